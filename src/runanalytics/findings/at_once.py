"""Whether a change came at once: in a step, or in a break in which no run is known."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.findings.engine.events import Event
from runanalytics.findings.engine.neighbours import BREAK_DAYS
from runanalytics.findings.engine.steps import StepDates, found_steps
from runanalytics.findings.engine.weeks import Weeks, date_of
from runanalytics.findings.finding import change_text, signed

#: Share of a change from which on it is mostly one step, or lies mostly in a break.
MOSTLY = 0.5
#: Weeks with runs on either side of a break whose means are compared.
SIDE_WEEKS = 4


@dataclass(frozen=True)
class AtOnce:
    """A step, or a break of runs, in which most of a change came.

    Parameters
    ----------
    kind : str
        "step", which stands out as one, or "break", in which nothing more is known.
    between : str
        Between which dates, in words.
    last_before, date : date
        Last run before it and first run after it.
    percent, percent_low, percent_high : float
        Its size and interval, %; no interval for a break.
    """

    certainties: ClassVar[Certainties] = {
        "change point, dates": "last_before date",
        "change point, size": "percent_low percent_high",
    }
    no_certainties: ClassVar[str] = "percent"

    kind: str
    between: str
    last_before: datetime.date
    date: datetime.date
    percent: float
    percent_low: float = np.nan
    percent_high: float = np.nan

    def sentence(self) -> str:
        """Return when most of the change came, in a sentence."""
        if self.kind == "break":
            return (
                f"Most of it lies in a break, {self.between}: {signed(self.percent)} % across it, "
                "and how that came is not known."
            )
        size = change_text(self.percent, self.percent_low, self.percent_high)
        return f"Most of it came in one step, {self.between}: {size}."


def came_at_once(
    weeks: Weeks, smooth: Floats, change: float, events: Sequence[Event], level: float, of_runs: str
) -> AtOnce | None:
    """Return the step in which most of a change came, or else the break; None if neither did.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    smooth : ndarray, shape (n_weeks,)
        Log form, steps between devices taken out.
    change : float
        Of the smooth from its first weeks to its last; not 0.
    events : sequence of Event
        From `events_of`: a step beside a new device is none, since it was taken out.
    level : float
        Of the step's interval.
    of_runs : str
        What the runs are called.
    """
    found = found_steps(weeks, level, of_runs=of_runs)
    for step in found.steps if found else ():
        new_device = any(each.kind == "device" for each in step.beside(events))
        if not new_device and step.size.estimate / change >= MOSTLY:
            percents = (step.percent, step.percent_low, step.percent_high)
            return AtOnce("step", step.between, step.last_before, step.date, *percents)
    day = np.unique(weeks.columns["day"])
    seen = smooth[weeks.seen]
    number = np.cumsum(weeks.seen) - 1
    first = int(weeks.monday[0].astype(np.int64))
    for place in np.flatnonzero(np.diff(day) > BREAK_DAYS):
        before, after = number[(day[place : place + 2] - first) // 7]
        across = float(
            seen[after : after + SIDE_WEEKS].mean()
            - seen[max(after - SIDE_WEEKS, 0) : before + 1].mean()
        )
        if across / change >= MOSTLY:
            last, begun = date_of(day[place]), date_of(day[place + 1])
            words = StepDates(begun, last, last, begun, of_runs=of_runs).between
            return AtOnce("break", words, last, begun, 100 * float(np.expm1(across)))
    return None
