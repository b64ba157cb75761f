"""Everything that a report speaks of, gathered from a library once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from runanalytics.errors import RunAnalyticsError
from runanalytics.findings.engine.weeks import is_simulated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runanalytics.claims import Claim
    from runanalytics.findings.adherence import Adherence
    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend

#: What the report follows, and what it sets beside them.
CADENCE, CONTACT = METRICS = ("cadence_spm", "ground_contact_ms")
#: What claims call the drift of contact time.
DRIFT = "ground_contact_drift"
KINDS = ("strength", "technique")


class Source(Protocol):
    """What a report needs of a library: its tables, form and dose."""

    def runs(self) -> pd.DataFrame:
        """Return table "runs"."""

    def sessions(self) -> pd.DataFrame:
        """Return table "sessions"."""

    def sets(self) -> pd.DataFrame:
        """Return table "sets"."""

    def segments(self) -> pd.DataFrame:
        """Return table "segments"."""

    def race_list(self) -> pd.DataFrame:
        """Return table "races" and more, as `runanalytics.Library.race_list` does."""

    def claims(self) -> Mapping[str, Claim]:
        """Return the claims to try, by id."""

    def log_spans(self) -> pd.DataFrame:
        """Return table "log_spans"."""

    def sources(self) -> pd.DataFrame:
        """Return table "sources"."""

    def form(self, metric: str = ..., speed_m_s: float | None = ...) -> pd.DataFrame:
        """Return table "form"."""

    def dose(self, what: str = ...) -> pd.DataFrame:
        """Return table "dose"."""


@dataclass(frozen=True)
class Evidence:
    """Tables and findings that a report is written from.

    Parameters
    ----------
    runs, sessions, sets, races, spans, sources : DataFrame
        Tables of the library.
    speed_m_s : float
        Reference speed, m/s; NaN if no run could be compared.
    forms : dict of str to DataFrame
        Table "form" by metric.
    doses : dict of str to DataFrame
        Table "dose", sessions a day, by what it is of.
    trends : dict of str to Trend
        By metric.
    effects : dict of (str, str) to Effect
        By what was done and metric; verdicts allow for how many were tested.
    results : RaceResults
        Races on one scale.
    drifts : dict of str to Trend
        How form changes inside runs, by metric.
    followed : tuple of Adherence
        How far each programme was followed.
    claims : ClaimsOnTrial
        What the sources claim.
    """

    runs: pd.DataFrame
    sessions: pd.DataFrame
    sets: pd.DataFrame
    races: pd.DataFrame
    spans: pd.DataFrame
    sources: pd.DataFrame
    speed_m_s: float
    forms: dict[str, pd.DataFrame]
    doses: dict[str, pd.DataFrame]
    trends: dict[str, Trend]
    effects: dict[tuple[str, str], Effect]
    results: RaceResults
    drifts: dict[str, Trend]
    followed: tuple[Adherence, ...]
    claims: ClaimsOnTrial

    @property
    def simulated(self) -> bool:
        """Whether any of it is of a simulated runner."""
        forms = [form["device"] for form in self.forms.values()]
        names = pd.concat([self.runs["device"], self.spans["source"], *forms])
        return is_simulated(names)

    @property
    def first_day(self) -> pd.Timestamp:
        """First day of anything that was recorded."""
        return pd.Timestamp(min(dates.min() for dates in self._days()))

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day of anything that was recorded."""
        return pd.Timestamp(max(dates.max() for dates in self._days()))

    def _days(self) -> list[pd.Series]:
        tables = (self.runs, self.sessions, self.races)
        return [table["local_date"] for table in tables if len(table)]


def gather(library: Source, speed_m_s: float | None = None) -> Evidence:
    """Return what a report on `library` is written from.

    Parameters
    ----------
    library : Source
        A `runanalytics.Library`, or anything with its tables.
    speed_m_s : float, optional
        Reference speed, m/s. Default: the runner's usual one, from runs with contact time
        where there are any.

    Raises
    ------
    RunAnalyticsError
        If the library holds nothing to report on.
    """
    from runanalytics.findings.adherence import followed
    from runanalytics.findings.claims import claims_on_trial
    from runanalytics.findings.effects import effects
    from runanalytics.findings.race_results import race_results
    from runanalytics.findings.runner_tables import RunnerTables
    from runanalytics.findings.trend import trend
    from runanalytics.measures.drift import drift
    from runanalytics.measures.race_detection import counting
    from runanalytics.movements import programmes

    runs, sessions, races = library.runs(), library.sessions(), counting(library.race_list())
    if not (len(runs) or len(sessions) or len(races)):
        raise RunAnalyticsError(
            "there is nothing to report on: the library holds no run, session or race",
            hint="import run files and a strength log first ('runanalytics import PATH')",
        )
    forms: dict[str, pd.DataFrame] = {}
    # Contact time first: both are compared at one speed, and fewer runs have it.
    for metric in reversed(METRICS):
        forms[metric] = library.form(metric, speed_m_s)
        if speed_m_s is None and np.isfinite(forms[metric].attrs["speed_m_s"]):
            speed_m_s = float(forms[metric].attrs["speed_m_s"])
    doses = {what: library.dose(what) for what in KINDS}
    found = effects(forms, doses, runs=runs)
    sets, spans, segments = library.sets(), library.log_spans(), library.segments()
    drifts = {metric: drift(segments, metric) for metric in METRICS}
    tables = RunnerTables(
        segments, runs, sessions, sets, races, spans, known={**forms, DRIFT: drifts[CONTACT]}
    )
    return Evidence(
        runs=runs,
        sessions=sessions,
        sets=sets,
        races=races,
        spans=spans,
        sources=library.sources(),
        speed_m_s=float("nan") if speed_m_s is None else speed_m_s,
        forms={metric: forms[metric] for metric in METRICS},
        doses=doses,
        trends={metric: trend(forms[metric]) for metric in METRICS},
        effects={(what, metric): found.pair(metric, what) for what in KINDS for metric in METRICS},
        results=race_results(races),
        drifts={metric: trend(drifts[metric]) for metric in METRICS},
        followed=tuple(followed(tables.adherence(each)) for each in programmes()),
        claims=claims_on_trial(tables, list(library.claims().values())),
    )
