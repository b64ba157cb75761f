"""Kinds of running: form is told of one of them, and never of a mixture.

On a treadmill the watch estimates speed from the arm's rhythm, and the belt sets the pace: form
there has a level of its own, and a drift of its own when the watch learns. Runs on it say little
of form outdoors, and are set apart.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from runanalytics.certainties import Certainties
from runanalytics.findings.finding import FELL, ROSE, count, signed
from runanalytics.findings.readable import digits_of

OUTDOOR = "outdoor"
TREADMILL = "treadmill"
#: From this share of the runs on, a runner is told of the treadmill rather than of outdoors.
MOSTLY = 0.8


@dataclass(frozen=True)
class KindTold:
    """Runs of the kind that is told, and those that are set apart.

    Parameters
    ----------
    form, apart : DataFrame
        Table "form".
    kind, other : str
        "outdoor" or "treadmill", of those told and of those set apart.
    """

    form: pd.DataFrame
    apart: pd.DataFrame
    kind: str = OUTDOOR
    other: str = TREADMILL

    @property
    def of_runs(self) -> str:
        """What the runs told of are called."""
        return "run" if self.apart.empty else f"{self.kind} run"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was set apart, in words."""
        if self.apart.empty:
            return ()
        return (f"{count(len(self.apart), f'{self.other} run')} set apart",)


@dataclass(frozen=True)
class SetApart:
    """Runs of the other kind of running, which have a level and a change of their own.

    Parameters
    ----------
    kind : str
        "treadmill" or "outdoor".
    n_runs : int
        How many.
    first_date, last_date : date
        First and last of them.
    value, low, high : float
        Their level in the week of the last, and its interval, in the metric's unit.
    verdict : str
        Of their own change, as in a trend.
    percent, percent_low, percent_high : float
        Their own change, %.
    n_since : int
        Runs of them after the last of those told of, whose change the level now rests on.
    """

    certainties: ClassVar[Certainties] = {
        "trend, other kind of running": "low high percent_low percent_high verdict",
    }
    no_certainties: ClassVar[str] = "first_date last_date value percent"

    kind: str
    n_runs: int
    first_date: datetime.date
    last_date: datetime.date
    value: float
    low: float
    high: float
    verdict: str
    percent: float
    percent_low: float
    percent_high: float
    n_since: int = 0

    def sentence(self, unit: str) -> str:
        """Return what was set apart, and its own level.

        Parameters
        ----------
        unit : str
            Of the metric.
        """
        runs = f"{count(self.n_runs, f'{self.kind} run')} {'is' if self.n_runs == 1 else 'are'}"
        if not np.isfinite(self.value):
            return f"{runs} set apart."
        digits = digits_of(self.value)
        level = (
            f"{self.value:.{digits}f} {unit}".rstrip()
            + f" in {self.last_date:%B %Y} (interval {self.low:.{digits}f} to "
            f"{self.high:.{digits}f})"
        )
        moved = ""
        if self.verdict in (ROSE, FELL):
            moved = f"; it {self.verdict} there by {signed(abs(self.percent))[1:]} %"
        return f"{runs} set apart, with a level of their own: {level}{moved}."


def kind_told(form: pd.DataFrame) -> KindTold:
    """Return the runs outdoors and those on a treadmill, apart.

    Parameters
    ----------
    form : DataFrame
        Table "form"; without a column `kind`, all runs are of one kind.

    Examples
    --------
    >>> told = kind_told(pd.DataFrame({"kind": ["outdoor", "easy", None, "treadmill"]}))
    >>> len(told.form), told.kind, told.notes
    (3, 'outdoor', ('1 treadmill run set apart',))
    """
    if "kind" not in form.columns:
        return KindTold(form, form.head(0))
    indoors = (form["kind"] == TREADMILL).fillna(False).to_numpy(dtype=bool)
    if not indoors.any() or indoors.all():
        return KindTold(form, form.head(0))
    outside, inside = form[~indoors], form[indoors]
    if indoors.mean() >= MOSTLY:
        return KindTold(inside, outside, TREADMILL, OUTDOOR)
    return KindTold(outside, inside)
