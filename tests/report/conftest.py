"""Libraries of frames: what a report needs, without a file on disk."""

from __future__ import annotations

import functools
import importlib
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.claims import Claim, claims
from runanalytics.measures.dose import dose
from runanalytics.measures.form import form
from runanalytics.measures.segments import segments
from runanalytics.report.contents import ReportContents, gather
from runanalytics.simulate import Runner, simulate_runner

TABLES = ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources")


@dataclass
class Frames:
    """Tables by name; those that are left out are empty."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        return self.tables.get(name, schema.empty(name))

    def runs(self) -> pd.DataFrame:
        return self.table("runs")

    def count_runs(self) -> int:
        return len(self.runs())

    def sessions(self) -> pd.DataFrame:
        return self.table("sessions")

    def segments(self) -> pd.DataFrame:
        return self.table("segments")

    def claims(self) -> Mapping[str, Claim]:
        return claims()

    def sets(self) -> pd.DataFrame:
        return self.table("sets")

    def race_list(self) -> pd.DataFrame:
        return self.table("races").assign(altitude_m=float("nan"), found_by="list", state="counts")

    def log_spans(self) -> pd.DataFrame:
        return self.table("log_spans")

    def proposals(self) -> pd.DataFrame:
        return pd.DataFrame()

    def sources(self) -> pd.DataFrame:
        return self.table("sources")

    def form(self, metric: str = "ground_contact_ms", speed_m_s: float | None = None):
        return form(self.table("segments"), metric, speed_m_s)

    def dose(self, what: str = "strength", measure: str = "sessions") -> pd.DataFrame:
        return dose(self.sessions(), self.sets(), what, measure, spans=self.log_spans())


#: Answers that a report takes from frames alone, by where it finds them.
ANSWERS = (
    "findings.effects.effects",
    "findings.race_results.race_results",
    "findings.trend.trend",
    "report.next_steps.usual_chance",
)
#: What was answered, by what was asked.
KNOWN: dict[bytes, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def answered() -> Iterator[dict[bytes, Any]]:
    """Answer what was asked before as before: a dozen reports of one runner differ in little."""

    def remembering(place: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(answer)
        def once(*asked: Any, **how: Any) -> Any:
            key = pickle.dumps((place, asked, how))
            if key not in KNOWN:
                KNOWN[key] = answer(*asked, **how)
            return KNOWN[key]

        return once

    with pytest.MonkeyPatch.context() as patch:
        for place in ANSWERS:
            module, _, name = f"runanalytics.{place}".rpartition(".")
            home = importlib.import_module(module)
            patch.setattr(home, name, remembering(place, getattr(home, name)))
        yield KNOWN


@pytest.fixture(scope="session")
def simulated() -> dict[str, pd.DataFrame]:
    drawn = simulate_runner(11, weeks=60, runner=Runner(new_watch_week=35))
    tables = {name: getattr(drawn, name, None) for name in TABLES}
    tables["segments"] = segments(drawn.samples, drawn.runs)
    return {name: table for name, table in tables.items() if table is not None}


@pytest.fixture(scope="session")
def frames_once(simulated: dict[str, pd.DataFrame]) -> Frames:
    """A library of a simulated runner, for those who leave it as it is."""
    return Frames(dict(simulated))


@pytest.fixture(scope="session")
def contents(frames_once: Frames) -> ReportContents:
    return gather(frames_once)


@pytest.fixture
def frames(simulated: dict[str, pd.DataFrame]) -> Callable[..., Frames]:
    """Make a library of a simulated runner, with some tables replaced or left out."""

    def make(*without: str, **instead: pd.DataFrame) -> Frames:
        kept = {name: table for name, table in simulated.items() if name not in without}
        return Frames({**kept, **instead})

    return make
