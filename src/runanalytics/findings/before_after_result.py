"""What a comparison before and after a date says: its numbers, sentence, table and figure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.findings.effect_result import POWER
from runanalytics.findings.events import Event, told_near
from runanalytics.findings.finding import (
    FELL,
    HIDDEN,
    NOT_ENOUGH_DATA,
    ROSE,
    Finding,
    amount,
    count,
    marked,
    signed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = (
    "Weekly mean log form at the reference speed on a line, and from the date on another level "
    "and slope, with errors that have no memory, are AR(1) or a random walk, and noise that falls "
    "with the number of runs; mixture of Student's t over correlation and noise ratio, weighed by "
    "restricted likelihood. Placebo dates: the same contrast at dates on which nothing is known "
    "to have happened."
)

#: Probability of a random walk from which on it is mentioned.
WANDERS = 0.5


@dataclass(frozen=True)
class BeforeAfter(Finding):
    """Form some weeks after a date, less what it would have been without it.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    date : date
        First day that counts as after.
    what : str
        What happened then, in words; empty if not told.
    level : float
        Of the intervals.
    horizon_weeks : float
        Weeks after the date of which the contrast is.
    percent, percent_low, percent_high : float
        The contrast and its interval, %.
    estimate, low, high : float
        The same in the metric's unit.
    p_value : float
        Two-sided, of no contrast.
    level_percent, level_low_percent, level_high_percent : float
        Change at the date itself, and its interval, %.
    placebo_p_value : float
        Share of dates, this one counted, whose contrast stands out as much.
    n_placebos : int
        Other dates that were tried.
    verdict : str
        "rose", "fell", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    detectable_percent, detectable : float
        Contrast that would be found with 80 % chance, % and in the metric's unit.
    beside : tuple of Event
        New devices, firmware and shoes within weeks of the date.
    n_runs_before, n_runs_after, n_weeks_before, n_weeks_after : int
        Runs, and weeks with runs, on either side.
    first_date, last_date : date, optional
        First and last run.
    baseline : float
        Mean form over the weeks, in the metric's unit.
    adjusted_for : tuple of str
        What else was taken into account.
    rho : float
        Correlation of the errors from week to week; 1 where they are a random walk.
    walk : float
        Probability that errors are a random walk, so that form would not have returned to a line.
    smallest_worthwhile_percent : float
        Smallest change that matters, %.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        week, observed, fitted, without, runs: what the figure shows.
    """

    metric: str
    label: str
    unit: str
    date: datetime.date
    what: str
    level: float
    horizon_weeks: float = np.nan
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    level_percent: float = np.nan
    level_low_percent: float = np.nan
    level_high_percent: float = np.nan
    placebo_p_value: float = np.nan
    n_placebos: int = 0
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    detectable_percent: float = np.nan
    detectable: float = np.nan
    beside: tuple[Event, ...] = ()
    n_runs_before: int = 0
    n_runs_after: int = 0
    n_weeks_before: int = 0
    n_weeks_after: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    baseline: float = np.nan
    adjusted_for: tuple[str, ...] = ()
    rho: float = np.nan
    walk: float = np.nan
    smallest_worthwhile_percent: float = 1.0
    method: str = METHOD
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = field(
        default_factory=pd.DataFrame, repr=False, compare=False, metadata=HIDDEN
    )

    def summary(self) -> str:
        """Return the answer in a few sentences."""
        day = f"{self.date.day} {self.date:%B %Y}"
        since = f"{day} ({self.what})" if self.what else day
        said = [*(f"{note[:1].upper()}{note[1:]}." for note in self.notes)]
        if self.walk > WANDERS:
            said.insert(
                0,
                "Form seems to wander rather than to follow a line, so how it would have gone on "
                "is hardly known, and the interval is wide.",
            )
        if self.beside:
            said.insert(0, f"Near the date: {told_near(self.beside, self.date)}.")
        if not np.isfinite(self.percent):
            text = f"Not enough data on {self.label.lower()} before and after {since}: "
            return " ".join([f"{text}{self.reason}.", *said])
        extent = (
            f"{count(self.n_weeks_before, 'week')} before and {self.n_weeks_after} after, with "
            f"{count(self.n_runs_before + self.n_runs_after, 'run')}"
        )
        when = f"{self.horizon_weeks:g} weeks after {since}"
        change = (
            f"{signed(self.percent)} % ({amount(self.estimate, self.unit)}; {100 * self.level:g} % "
            f"interval {signed(self.percent_low)} to {signed(self.percent_high)} %) beside how it "
            "would have gone on"
        )
        size = f"{self.detectable_percent:.1f} % ({amount(self.detectable, self.unit)[1:]})"
        if self.verdict in (ROSE, FELL):
            higher = "higher" if self.verdict == ROSE else "lower"
            text = f"{self.label} is {higher} {when}: {change}, from {extent}."
        elif self.verdict == NOT_ENOUGH_DATA:
            text = (
                f"Not enough data on {self.label.lower()} before and after {since}: {self.reason}. "
                f"So far, as a description only: {change}. You could detect {size}."
            )
        else:
            text = (
                f"No clear change of {self.label.lower()} {when}: {change}, from {extent}. A "
                f"change of {size} would be found with {100 * POWER:.0f} % chance."
            )
        at_once = (
            f"At the date itself: {signed(self.level_percent)} % ({signed(self.level_low_percent)} "
            f"to {signed(self.level_high_percent)} %)."
        )
        if self.n_placebos:
            tried = round(self.placebo_p_value * (1 + self.n_placebos)) - 1
            at_once += (
                f" Of {count(self.n_placebos, 'other date')}, {tried} stand out as much "
                f"(p = {self.placebo_p_value:.2g})."
            )
        return " ".join([text, at_once, *said])

    def table(self) -> pd.DataFrame:
        """Return the change at the date and at the horizon.

        Returns
        -------
        DataFrame
            when, weeks_after, change_percent, low_percent, high_percent, change (in the
            metric's unit), low, high.
        """
        now = (self.level_percent, self.level_low_percent, self.level_high_percent)
        then = (self.percent, self.percent_low, self.percent_high)
        rows = pd.DataFrame(
            [
                ("at the date", 0.0, *now),
                ("at the horizon", self.horizon_weeks, *then),
            ],
            columns=["when", "weeks_after", "change_percent", "low_percent", "high_percent"],
        )
        for column, percent in (
            ("change", "change_percent"),
            ("low", "low_percent"),
            ("high", "high_percent"),
        ):
            rows[column] = rows[percent] / 100 * self.baseline
        return rows

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, the lines before and after the date, and the first one continued."""
        ax = drawing.axes(ax)
        unit = f" ({self.unit})" if self.unit else ""
        title = marked(f"{self.label} before and after {self.date:%d %B %Y}", self.notes)
        drawing.titled(ax, title, y=f"{self.label}{unit}")
        if self.weekly.empty:
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
            return ax
        weekly = self.weekly
        with drawing.concise_dates():
            middle = drawing.weekly_means(ax, weekly)
            before = middle < np.datetime64(self.date)
            for side in (before, ~before):
                drawn = side & weekly["fitted"].notna().to_numpy()
                ax.plot(middle[drawn], weekly["fitted"][drawn], color=drawing.ANSWER, linewidth=2)
            known = weekly["without"].notna().to_numpy()
            without = weekly["without"].to_numpy()[known]
            ax.plot(
                middle[known],
                without,
                color=drawing.QUIET,
                linewidth=1.4,
                linestyle=(0, (4, 3)),
            )
            at = np.datetime64(self.date) + np.timedelta64(round(7 * self.horizon_weeks), "D")
            days = middle[known].astype("datetime64[D]").astype(np.int64)
            level = np.interp(at.astype("datetime64[D]").astype(np.int64), days, without)
            ends = level * (1 + np.array([self.percent_low, self.percent_high]) / 100)
            ax.plot([at, at], ends, color=drawing.ANSWER, linewidth=3, alpha=0.6)
            drawing.mark(ax, self.date, self.what or f"{self.date:%d %B %Y}")
        return ax
