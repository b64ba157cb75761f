"""What claims are held against: a runner's tables, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import pandas as pd

from runanalytics.measures.adherence import adherence, adherence_dose
from runanalytics.measures.dose import dose
from runanalytics.measures.drift import drift
from runanalytics.measures.form import form
from runanalytics.measures.race_runs import counting

#: What outcomes of claims are called among the metrics of form.
FORMS: Mapping[str, str] = {
    "ground_contact_ms": "ground_contact_ms",
    "cadence_spm": "cadence_spm",
    "step_length_m": "step_length_m",
    "speed_at_heart_rate": "speed_m_s",
}
#: What drifts, by outcome.
DRIFTS: Mapping[str, str] = {"ground_contact_drift": "ground_contact_ms"}


class Tables(Protocol):
    """A library, or whatever else has a runner's tables."""

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
class Evidence:
    """A runner's tables, and what follows from them, worked out once.

    Parameters
    ----------
    segments, runs, sessions, sets, races, spans : DataFrame
        Tables of `runanalytics.schema`, possibly empty.
    level : float
        Of the intervals, between 0 and 1.
    known : mapping of str to DataFrame
        Forms and drifts that are worked out already, by outcome.
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
    def of(cls, tables: Tables, level: float = 0.95) -> Evidence:
        """Return what a library, or anything with its tables, holds.

        Parameters
        ----------
        tables : Tables
            A `runanalytics.Library`.
        level : float
            Of the intervals, between 0 and 1.
        """
        return cls(
            tables.segments(),
            tables.runs(),
            tables.sessions(),
            tables.sets(),
            counting(tables.race_list()),
            tables.log_spans(),
            level,
        )

    def form(self, outcome: str) -> pd.DataFrame:
        """Return the form, or the drift, that an outcome stands for."""
        if outcome not in self._held:
            if outcome in DRIFTS:
                self._held[outcome] = drift(self.segments, DRIFTS[outcome])
            else:
                self._held[outcome] = form(self.segments, FORMS[outcome])
        return self._held[outcome]

    def dose(self, what: str) -> pd.DataFrame:
        """Return sessions a day of a category, programme or movement."""
        held = f"dose of {what}"
        if held not in self._held:
            self._held[held] = dose(self.sessions, self.sets, what, "sessions", spans=self.spans)
        return self._held[held]

    def adherence(self, programme: str) -> pd.DataFrame:
        """Return how far a programme was followed, as a dose."""
        return adherence_dose(self.followed(programme))

    def followed(self, programme: str) -> pd.DataFrame:
        """Return how far a programme was followed, week by week."""
        held = f"adherence to {programme}"
        if held not in self._held:
            self._held[held] = adherence(
                self.sessions, self.sets, programme, runs=self.runs, spans=self.spans
            )
        return self._held[held]

    @cached_property
    def _held(self) -> dict[str, pd.DataFrame]:
        return dict(self.known)
