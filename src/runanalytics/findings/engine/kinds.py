"""Kinds of running: form is told of one of them, and never of a mixture.

On a treadmill the watch estimates speed from the arm's rhythm, and the belt sets the pace: form
there has a level of its own, and a drift of its own when the watch learns. Runs on it say little
of form outdoors, and are set apart.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from runanalytics.certainties import Certainties
from runanalytics.findings.engine.weeks import Weeks, days_of
from runanalytics.findings.finding import FELL, ROSE, count, signed

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


def digits_of(value: float) -> int:
    """Return how many decimals a level is shown with."""
    return 1 if value >= 20 else 3


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


def carried_on(weeks: Weeks, apart: pd.DataFrame) -> Weeks:
    """Return weeks up to the last run of those set apart, without any run of their own.

    Parameters
    ----------
    weeks : Weeks
        Form by week, of the kind that is told; at least one.
    apart : DataFrame
        Runs of the other kind.
    """
    if apart.empty:
        return weeks
    last = int(days_of(apart["local_date"], "form").max())
    first = int(weeks.monday[0].astype(np.int64))
    more = (last - first) // 7 + 1 - len(weeks.monday)
    if more <= 0:
        return weeks
    mondays = weeks.monday[0] + 7 * np.arange(len(weeks.monday) + more)
    return replace(
        weeks,
        monday=mondays,
        log_form=np.pad(weeks.log_form, (0, more)),
        noise=np.pad(weeks.noise, (0, more), constant_values=np.inf),
        n_runs=np.pad(weeks.n_runs, (0, more)),
    )
