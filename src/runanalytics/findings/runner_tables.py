"""A runner's tables, and the form, drift, dose and adherence that claims are tested on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import pandas as pd

from runanalytics.findings.selection import doses_beside, other_sports
from runanalytics.measures.adherence import adherence, adherence_dose
from runanalytics.measures.dose import dose
from runanalytics.measures.drift import drift
from runanalytics.measures.fast_running import with_fast_time
from runanalytics.measures.form import form
from runanalytics.measures.race_detection import counting

#: The metric of form of each outcome of a claim.
FORMS: Mapping[str, str] = {
    "ground_contact_ms": "ground_contact_ms",
    "cadence_spm": "cadence_spm",
    "step_length_m": "step_length_m",
    "speed_at_heart_rate": "speed_m_s",
}
#: The metric whose drift inside runs is the outcome of a claim.
DRIFTS: Mapping[str, str] = {"ground_contact_drift": "ground_contact_ms"}


class Tables(Protocol):
    """A library, or anything else with a runner's tables."""

    def segments(self) -> pd.DataFrame:
        """Return table "segments"."""

    def runs(self) -> pd.DataFrame:
        """Return table "runs"."""

    def sessions(self) -> pd.DataFrame:
        """Return table "sessions"."""

    def sets(self) -> pd.DataFrame:
        """Return table "sets"."""

    def race_list(self) -> pd.DataFrame:
        """Return table "races" and more, as `runanalytics.Library.race_list` does."""

    def log_spans(self) -> pd.DataFrame:
        """Return table "log_spans"."""


@dataclass(frozen=True)
class RunnerTables:
    """A runner's tables, and what is computed from them, each once.

    Parameters
    ----------
    segments, runs, sessions, sets, races, spans : DataFrame
        Tables of `runanalytics.schema`, possibly empty.
    level : float
        Of the intervals, between 0 and 1.
    known : mapping of str to DataFrame
        Forms and drifts that are computed already, by outcome.
    """

    segments: pd.DataFrame
    runs: pd.DataFrame
    sessions: pd.DataFrame
    sets: pd.DataFrame
    races: pd.DataFrame
    spans: pd.DataFrame
    level: float = 0.95
    known: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def from_library(cls, library: Tables, level: float = 0.95) -> RunnerTables:
        """Return the tables of a library.

        Parameters
        ----------
        library : Tables
            A `runanalytics.Library`, or anything with its tables.
        level : float
            Of the intervals, between 0 and 1.
        """
        segments = library.segments()
        return cls(
            segments,
            with_fast_time(library.runs(), segments),
            library.sessions(),
            library.sets(),
            counting(library.race_list()),
            library.log_spans(),
            level,
        )

    def form(self, outcome: str) -> pd.DataFrame:
        """Return form, or drift, of the metric that an outcome of a claim is about."""
        if outcome in DRIFTS:
            return self._once(outcome, lambda: drift(self.segments, DRIFTS[outcome]))
        return self._once(outcome, lambda: form(self.segments, FORMS[outcome]))

    def dose(self, what: str) -> pd.DataFrame:
        """Return sessions a day of a category, programme or movement."""
        return self._once(f"dose of {what}", lambda: self._dose(what, "sessions"))

    @property
    def sports(self) -> pd.DataFrame:
        """Hours a day of other sports."""
        return self._once("sports", lambda: other_sports(self._dose))

    def _dose(self, what: str, measure: str) -> pd.DataFrame:
        return dose(self.sessions, self.sets, what, measure, spans=self.spans)

    def beside(self, what: str, measure: str = "sessions") -> dict[str, pd.DataFrame]:
        """Return the doses that are held as they were beside one, by what was done."""
        return doses_beside(what, measure, lambda name, _: self.dose(name))

    def adherence(self, programme: str) -> pd.DataFrame:
        """Return how far a programme was followed, week by week."""
        return self._once(
            f"adherence to {programme}",
            lambda: adherence(
                self.sessions, self.sets, programme, runs=self.runs, spans=self.spans
            ),
        )

    def adherence_dose(self, programme: str) -> pd.DataFrame:
        """Return how far a programme was followed, as a dose."""
        return adherence_dose(self.adherence(programme))

    def _once(self, key: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if key not in self._computed:
            self._computed[key] = compute()
        return self._computed[key]

    @cached_property
    def _computed(self) -> dict[str, pd.DataFrame]:
        return dict(self.known)
