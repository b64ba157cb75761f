"""What change points say: their dates, sizes, sentence, table and figure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.findings.events import Event, told_near
from runanalytics.findings.finding import (
    HIDDEN,
    NOT_ENOUGH_DATA,
    Finding,
    amount,
    count,
    marked,
    signed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANGE_POINTS = "change points"
NO_CHANGE_POINT = "no change point"

#: What is likely where something new stands beside a change.
_LIKELY = {
    "device": "likely the device, not you",
    "firmware": "likely the firmware, not you",
    "shoe": "perhaps the shoes",
}

METHOD = (
    "PELT over weekly mean log form, each stretch whitened for memory and noise as they are "
    "beside the likeliest step, proposes changes: so many that 10 % of series drawn from the "
    "model without any change have one. Told are those that stand out beside a straight line and "
    "all others, as in an effect, p corrected for the dates tried. Sizes and intervals are of "
    "changes that were looked for, and so lean to the large side."
)


@dataclass(frozen=True)
class ChangePoint:
    """A change of level.

    Parameters
    ----------
    date : date
        First run after it.
    first_date, last_date : date
        Between which it lies, with the level's probability.
    percent, percent_low, percent_high : float
        Its size and interval, %.
    change, low, high : float
        The same in the metric's unit.
    beside : tuple of Event
        New devices, firmware and shoes within weeks of it.
    """

    date: datetime.date
    first_date: datetime.date
    last_date: datetime.date
    percent: float
    percent_low: float
    percent_high: float
    change: float
    low: float
    high: float
    beside: tuple[Event, ...] = ()

    @property
    def reason(self) -> str:
        """What came with it, in words; empty if nothing is known to have."""
        if not self.beside:
            return ""
        kinds = [kind for kind in _LIKELY if any(each.kind == kind for each in self.beside)]
        return f"{told_near(self.beside, self.date)}: {_LIKELY[kinds[0]]}"


@dataclass(frozen=True)
class ChangePoints(Finding):
    """The weeks in which a metric changed its level.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    level : float
        Of the intervals.
    points : tuple of ChangePoint
        First to last.
    verdict : str
        "change points", "no change point" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    n_runs, n_weeks : int
        Runs, and weeks with runs.
    first_date, last_date : date, optional
        First and last run.
    baseline : float
        Mean form over the weeks, in the metric's unit.
    penalty : float
        What a change must gain, in variances of a usual week's noise.
    adjusted_for : tuple of str
        What was taken out before.
    method : str
        How they were found.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        week, observed, level, segment, runs: what the figure shows.
    """

    metric: str
    label: str
    unit: str
    level: float
    points: tuple[ChangePoint, ...] = ()
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    n_runs: int = 0
    n_weeks: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    baseline: float = np.nan
    penalty: float = np.nan
    adjusted_for: tuple[str, ...] = ()
    method: str = METHOD
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = field(
        default_factory=pd.DataFrame, repr=False, compare=False, metadata=HIDDEN
    )

    def summary(self) -> str:
        """Return when the metric changed, and what came then."""
        said = [*(f"{note[:1].upper()}{note[1:]}." for note in self.notes)]
        subject = self.label[:1].lower() + self.label[1:]
        extent = f"{count(self.n_runs, 'run')} in {count(self.n_weeks, 'week')}"
        if self.verdict == NOT_ENOUGH_DATA:
            text = f"Not enough data to look for changes of {subject}: {self.reason}."
        elif not self.points:
            text = f"No change of level stands out in {subject}, from {extent}."
        else:
            times = "once" if len(self.points) == 1 else count(len(self.points), "time")
            text = f"{self.label} changed its level {times}, from {extent}."
        return " ".join([text, *(self._told(each) for each in self.points), *said])

    def _told(self, point: ChangePoint) -> str:
        text = (
            f"About {point.date.day} {point.date:%B %Y} (between {_day(point.first_date)} and "
            f"{_day(point.last_date)}): {signed(point.percent)} % "
            f"({amount(point.change, self.unit)}; {100 * self.level:g} % interval "
            f"{signed(point.percent_low)} to {signed(point.percent_high)} %)"
        )
        return f"{text}; {point.reason}." if point.reason else f"{text}; nothing new is known then."

    def table(self) -> pd.DataFrame:
        """Return the changes, one a row.

        Returns
        -------
        DataFrame
            date, first_date, last_date, change_percent, low_percent, high_percent, change (in
            the metric's unit), low, high, beside.
        """
        columns = ["date", "first_date", "last_date", "change_percent", "low_percent"]
        columns += ["high_percent", "change", "low", "high", "beside"]
        rows = [
            (
                each.date,
                each.first_date,
                each.last_date,
                each.percent,
                each.percent_low,
                each.percent_high,
                each.change,
                each.low,
                each.high,
                each.reason,
            )
            for each in self.points
        ]
        return pd.DataFrame(rows, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, its level between changes, and when each change was."""
        ax = drawing.axes(ax)
        unit = f" ({self.unit})" if self.unit else ""
        title = marked(f"{self.label}: changes of level", self.notes)
        drawing.titled(ax, title, y=f"{self.label}{unit}")
        if self.weekly.empty:
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
            return ax
        weekly = self.weekly
        with drawing.concise_dates():
            drawing.weekly_means(ax, weekly)
            for _, stretch in weekly.groupby("segment"):
                ax.plot(
                    stretch["week"] + pd.Timedelta(days=3),
                    stretch["level"],
                    color=drawing.ANSWER,
                    linewidth=2,
                )
            for point in self.points:
                ax.fill_between(
                    [np.datetime64(point.first_date), np.datetime64(point.last_date)],
                    0,
                    1,
                    transform=ax.get_xaxis_transform(),
                    color=drawing.NOTHING,
                    linewidth=0,
                    zorder=0,
                )
                name = f"new: {point.beside[0].name}" if point.beside else f"{point.date:%d %b %Y}"
                drawing.mark(ax, point.date, name)
        return ax


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"
