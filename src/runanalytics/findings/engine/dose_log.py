"""A dose as the weekly engine takes it: uninterrupted days, exposure, and phases of training.

What is assumed:

1. Exposure is an exponentially weighted mean of the daily dose. It begins at the mean of the
   first weeks of the log, since what was done before is not known.
2. Outside the log there is no exposure: absence of a log is not absence of training.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import SchemaError
from runanalytics.exposure import exposure
from runanalytics.findings.engine.weeks import Days, date_of, days_of, numbers_of
from runanalytics.schema.checking import require

#: Weeks at the beginning of a log whose mean stands for what came before.
WARM_START_WEEKS = 4
#: A daily log may leave out this many days before it counts as interrupted.
LONGEST_SILENCE_DAYS = 13


@dataclass(frozen=True)
class DoseLog:
    """A daily dose, in stretches without interruption.

    Parameters
    ----------
    stretches : list of (int, ndarray)
        First day (days since 1970) and the amount of each day from there on.
    set_aside : tuple of str
        What was assumed, in words.
    """

    stretches: list[tuple[int, Floats]] = field(default_factory=list)
    set_aside: tuple[str, ...] = ()

    @property
    def days(self) -> Days:
        """Every logged day, days since 1970."""
        each = [first + np.arange(len(amount)) for first, amount in self.stretches]
        return np.concatenate(each) if each else np.empty(0, dtype=np.int64)

    @property
    def any_done(self) -> bool:
        """Whether the log holds any of it."""
        return any((amount > 0).any() for _, amount in self.stretches)

    def covers(self, day: Days) -> npt.NDArray[np.bool_]:
        """Whether each day is logged."""
        inside = np.zeros(len(day), dtype=np.bool_)
        for first, amount in self.stretches:
            inside |= (day >= first) & (day < first + len(amount))
        return inside

    def exposure(self, day: Days, tau_weeks: float | Floats) -> Floats:
        """Return exposure on some logged days, 1/week; NaN on days that are not logged.

        Parameters
        ----------
        day : ndarray of int, shape (n_days,)
            Days since 1970.
        tau_weeks : float, or ndarray, shape (n_taus,)
            Time constant, weeks, or several, each of which has a row of its own.
        """
        found = np.full((*np.shape(tau_weeks), len(day)), np.nan)
        for first, amount in self.stretches:
            inside = (day >= first) & (day < first + len(amount))
            begin = 7.0 * float(amount[: 7 * WARM_START_WEEKS].mean())
            found[..., inside] = exposure(amount, tau_weeks, begin)[..., day[inside] - first]
        return found

    def amounts(self, day: Days) -> Floats:
        """Return the amount of some days, 1/day; NaN on days that are not logged."""
        found = np.full(day.shape, np.nan)
        for first, amount in self.stretches:
            inside = (day >= first) & (day < first + len(amount))
            found[inside] = amount[day[inside] - first]
        return found

    def trained(self, day: Days) -> Floats:
        """Return 1 for days with any of it, else 0."""
        return (self.amounts(day) > 0).astype(np.float64)


def daily_log(dose: pd.DataFrame) -> DoseLog:
    """Return a dose as uninterrupted stretches of days.

    Parameters
    ----------
    dose : DataFrame
        Table "dose": local_date and amount, one row a day of the logged span. A day with a
        missing amount is not logged.

    Returns
    -------
    DoseLog
        Without stretches if nothing is logged.

    Raises
    ------
    SchemaError
        If a column is missing or not of its type, an amount is below 0, a day stands in it
        twice, or only the days with a session stand in it.
    """
    require(dose, "dose", ["local_date", "amount"])
    amount = numbers_of(dose, "amount", "dose")
    if (amount < 0).any():
        raise SchemaError("an amount is below 0", where="table 'dose', column 'amount'")
    known = np.isfinite(amount)
    day, amount = days_of(dose["local_date"], "dose")[known], amount[known]
    if not len(day):
        return DoseLog()
    order = np.argsort(day, kind="stable")
    logged, amount = day[order], amount[order]
    gaps = np.diff(logged)
    _require_every_day_once(logged, gaps, amount)
    ends = [*(np.flatnonzero(gaps > LONGEST_SILENCE_DAYS) + 1), len(logged)]
    stretches = []
    for first, after in itertools.pairwise([0, *ends]):
        begin, end = int(logged[first]), int(logged[after - 1])
        each = np.zeros(end - begin + 1)
        each[logged[first:after] - begin] = amount[first:after]
        stretches.append((begin, each))
    return DoseLog(stretches)


def _require_every_day_once(logged: Days, gaps: Days, amount: Floats) -> None:
    """Raise a `SchemaError` if a day stands twice in a dose, or it is a list of sessions."""
    if (gaps == 0).any():
        twice = date_of(int(logged[1:][gaps == 0][0]))
        raise SchemaError(
            f"{twice} stands in it twice",
            where="table 'dose'",
            hint="add up its amounts: dose.groupby('local_date', as_index=False)['amount'].sum()",
        )
    n_days = int(logged[-1] - logged[0]) + 1
    if 2 * len(logged) < n_days and np.median(gaps) > 1 and (amount > 0).all():
        raise SchemaError(
            f"{len(logged)} of {n_days} days have a row, each with a session: days without one are "
            "missing, and a day without a row counts as not logged",
            where="table 'dose'",
            hint="give them a row of amount 0, if the log was kept: "
            "dose.set_index(pd.to_datetime(dose['local_date']))[['amount']]"
            ".asfreq('D', fill_value=0).reset_index()",
        )


#: A week belongs to a phase when the mean of three weeks is above this share of a full week,
#: which is the 90th percentile of all weeks.
SHARE_OF_FULL = 0.5
FULL_PERCENTILE = 90
SMOOTHED_WEEKS = 3
#: Shorter stretches are no phase, and shorter gaps do not divide one.
LEAST_PHASE_WEEKS = 3
LEAST_GAP_WEEKS = 3


@dataclass(frozen=True)
class Phase:
    """A stretch of weeks in which something was done often.

    Parameters
    ----------
    first, last : int
        Its first and last day, days since 1970.
    """

    first: int
    last: int

    @property
    def first_date(self) -> datetime.date:
        """First day."""
        return date_of(self.first)

    @property
    def last_date(self) -> datetime.date:
        """Last day."""
        return date_of(self.last)

    def __str__(self) -> str:
        return f"{self.first_date:%B %Y} to {self.last_date:%B %Y}"


def dose_phases(log: DoseLog) -> tuple[Phase, ...]:
    """Return the phases of a dose, first to last.

    Parameters
    ----------
    log : DoseLog
        The dose.

    Examples
    --------
    >>> amount = np.tile(np.repeat([1.0, 0.0], 56), 2)
    >>> [(each.first, each.last) for each in dose_phases(DoseLog([(0, amount)]))]
    [(0, 55), (112, 167)]
    """
    found = []
    for first, amount in log.stretches:
        n_weeks = len(amount) // 7
        if n_weeks < LEAST_PHASE_WEEKS:
            continue
        weekly = amount[: 7 * n_weeks].reshape(n_weeks, 7).sum(axis=1)
        full = float(np.percentile(weekly, FULL_PERCENTILE))
        window = np.ones(SMOOTHED_WEEKS)
        smooth = np.convolve(weekly, window, "same") / np.convolve(np.ones(n_weeks), window, "same")
        busy = (smooth > SHARE_OF_FULL * full) & (full > 0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], busy, [0]]).astype(np.int8)))
        begins, ends = edges[::2], edges[1::2]
        apart = np.flatnonzero(begins[1:] - ends[:-1] >= LEAST_GAP_WEEKS)
        begins = begins[np.concatenate([[0], apart + 1])] if len(begins) else begins
        ends = ends[np.concatenate([apart, [-1]])] if len(ends) else ends
        found += [
            Phase(first + 7 * int(begin), first + 7 * int(end) - 1)
            for begin, end in zip(begins, ends, strict=True)
            if end - begin >= LEAST_PHASE_WEEKS
        ]
    return tuple(found)
