"""What a trend found: the smooth by week, changes over a span, steps of devices and shoes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.findings.events import KINDS, Event
from runanalytics.findings.finding import (
    FELL,
    HIDDEN,
    NO_CHANGE,
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

#: Updates and shoes that are named in a figure; of more, only the days are marked.
MOST_NAMED = 6

METHOD = (
    "Weekly mean log form at the reference speed; level, slope and device steps with AR(1) "
    "errors and noise that falls with the number of runs; steps between firmwares and shoes with "
    "normal priors; the smooth is their best linear prediction, averaged over a grid of "
    "correlation and noise ratio by restricted likelihood. A run far from those around it counts "
    "less."
)


@dataclass(frozen=True)
class Step:
    """How a device, firmware or shoe reads beside the usual recent one.

    Parameters
    ----------
    kind : str
        "device", "firmware" or "shoe".
    name : str
        Its name; a firmware's begins with its device's.
    since, until : date
        Its first and last run.
    n_runs : int
        Runs with it.
    percent, percent_low, percent_high : float
        How much higher it reads, with interval, %.
    day_sd_percent : float
        The runner's standard deviation from day to day with it, %; NaN but for devices.
    """

    kind: str
    name: str
    since: datetime.date
    until: datetime.date
    n_runs: int
    percent: float
    percent_low: float
    percent_high: float
    day_sd_percent: float = np.nan


@dataclass(frozen=True)
class YearAgo:
    """The last weeks beside the same weeks of the year before.

    Parameters
    ----------
    since, until : date
        Monday of the first and Sunday of the last of the earlier weeks.
    n_weeks, n_weeks_before : int
        Weeks with runs, now and then.
    verdict : str
        "rose", "fell" or "no clear change".
    change, change_low, change_high : float
        Mean of the smooth now less that of then, with interval, in the metric's unit.
    percent, percent_low, percent_high : float
        The same, %.
    """

    since: datetime.date
    until: datetime.date
    n_weeks: int
    n_weeks_before: int
    verdict: str
    change: float
    change_low: float
    change_high: float
    percent: float
    percent_low: float
    percent_high: float

    def told(self, unit: str) -> str:
        """Return it as a sentence.

        Parameters
        ----------
        unit : str
            Of the metric.
        """
        then = f"{self.since.day} {self.since:%b} to {self.until.day} {self.until:%b %Y}"
        words = {ROSE: "higher than", FELL: "lower than", NO_CHANGE: "not clearly other than"}
        return (
            f"The last weeks are {words[self.verdict]} a year ago ({then}): "
            f"{signed(self.percent)} % ({amount(self.change, unit)}; interval "
            f"{signed(self.percent_low)} to {signed(self.percent_high)} %)."
        )


@dataclass(frozen=True)
class Trend(Finding):
    """A metric over time, at the reference speed and as the usual recent device reads it.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    level : float
        Of all intervals.
    value, low, high : float
        The smooth in the last week with a run, and its interval, in the metric's unit.
    change, change_low, change_high : float
        Mean of the smooth over the last weeks less that over the first, in the unit.
    percent, percent_low, percent_high : float
        The same, %.
    verdict : str
        "rose", "fell", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    n_runs, n_weeks, weeks_compared : int
        Runs, weeks with a run, and weeks at either end whose means are compared.
    first_date, last_date : date, optional
        First and last run.
    year_ago : YearAgo, optional
        The last weeks beside the same weeks of the year before, where both have runs.
    steps : tuple of Step
        Steps between devices, firmwares and shoes, taken out of the smooth.
    smallest_worthwhile_percent : float
        Smallest change that matters, %.
    minimal_detectable_percent : float
        Difference between the means of four runs and of four others that this runner's
        day-to-day noise alone would exceed in 5 % of cases, %.
    day_sd_percent : float
        This runner's standard deviation from day to day, with the usual recent device, %.
    rho : float
        Correlation of the errors from week to week.
    adjusted_for : tuple of str
        What else was taken into account.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        What `table` returns.
    events : tuple of Event
        First runs with each device, firmware and shoe after the first; of devices that came
        within a month only the first.
    form : DataFrame
        The form that it was found in, as it was given: one row a run.
    """

    metric: str
    label: str
    unit: str
    level: float
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    change: float = np.nan
    change_low: float = np.nan
    change_high: float = np.nan
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    n_runs: int = 0
    n_weeks: int = 0
    weeks_compared: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    year_ago: YearAgo | None = None
    steps: tuple[Step, ...] = ()
    smallest_worthwhile_percent: float = 1.0
    minimal_detectable_percent: float = np.nan
    day_sd_percent: float = np.nan
    rho: float = np.nan
    adjusted_for: tuple[str, ...] = ()
    method: str = METHOD
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["week", "value", "low", "high", "observed", "runs"]
        ),
        repr=False,
        compare=False,
        metadata=HIDDEN,
    )
    events: tuple[Event, ...] = field(default=(), repr=False, metadata=HIDDEN)
    form: pd.DataFrame = field(
        default_factory=pd.DataFrame, repr=False, compare=False, metadata=HIDDEN
    )

    @property
    def device_steps(self) -> tuple[Step, ...]:
        """Those of the steps that are between devices."""
        return tuple(step for step in self.steps if step.kind == "device")

    @property
    def beside_own_variation(self) -> str:
        """How the change compares with this runner's ups and downs, in words; empty if unknown."""
        if not np.isfinite(self.percent) or not np.isfinite(self.minimal_detectable_percent):
            return ""
        beyond = abs(self.percent) > self.minimal_detectable_percent
        return (
            f"{'larger than' if beyond else 'within'} what your own day-to-day variation shows "
            f"({self.minimal_detectable_percent:.1f} % between two means of four runs)"
        )

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        if not np.isfinite(self.value):
            return f"Not enough data on {self.label.lower()}: {self.reason}."
        unit = f" {self.unit}".rstrip()
        digits = 1 if self.value >= 20 else 3
        now = (
            f"{self.label} is now {self.value:.{digits}f}{unit} ({100 * self.level:g} % interval "
            f"{self.low:.{digits}f} to {self.high:.{digits}f})"
        )
        extent = f"{count(self.n_runs, 'run')} in {count(self.n_weeks, 'week')}"
        if not np.isfinite(self.change):
            return f"{now}, from {extent}; not enough data for a change: {self.reason}."
        change = (
            f"{signed(self.percent)} % ({amount(self.change, self.unit)}; interval "
            f"{signed(self.percent_low)} to {signed(self.percent_high)} %)"
        )
        since = f"since {self.first_date:%B %Y}: {change}" if self.first_date else change
        words = {
            ROSE: f"It rose {since}",
            FELL: f"It fell {since}",
            NO_CHANGE: f"No clear change {since}",
            NOT_ENOUGH_DATA: f"Not enough data for a change: {self.reason}",
        }[self.verdict]
        text = f"{now}. {words}, from {extent}."
        if self.verdict in (ROSE, FELL):
            text += f" That is {self.beside_own_variation}."
            if abs(self.percent) < self.smallest_worthwhile_percent:
                text += f" Less than {self.smallest_worthwhile_percent:g} % hardly matters."
        said = [text, *([self.year_ago.told(self.unit)] if self.year_ago else [])]
        said += self._told_steps()
        return " ".join([*said, *(f"{note[:1].upper()}{note[1:]}." for note in self.notes)])

    def _told_steps(self) -> list[str]:
        said = []
        if self.device_steps:
            named = "; ".join(
                f"{step.name or 'the unnamed device'} reads {signed(step.percent)} %"
                for step in self.device_steps
            )
            said.append(f"Steps between devices are taken out: {named}.")
        others = [step for step in self.steps if step.kind != "device"]
        if others:
            clear = [step for step in others if step.percent_low * step.percent_high > 0]
            named = "; ".join(f"{step.name} reads {signed(step.percent)} %" for step in clear)
            kinds = " and ".join(dict.fromkeys(KINDS[step.kind] for step in others))
            said.append(f"So are those of {kinds}: {named or 'none of them is clear'}.")
        return said

    def table(self) -> pd.DataFrame:
        """Return the smooth by week.

        Returns
        -------
        DataFrame
            week (its Monday), value, low, high (the smooth, in the metric's unit), observed
            (mean of the week's runs as that device would read it; missing without a run),
            runs.
        """
        return self.weekly.copy()

    def steps_table(self) -> pd.DataFrame:
        """Return how each device, firmware and shoe reads beside the usual recent one.

        Returns
        -------
        DataFrame
            kind, name, first_date, last_date, runs, percent, percent_low, percent_high,
            day_sd_percent.
        """
        return pd.DataFrame(
            {
                "kind": [step.kind for step in self.steps],
                "name": [step.name for step in self.steps],
                "first_date": np.array([s.since for s in self.steps], "datetime64[us]"),
                "last_date": np.array([s.until for s in self.steps], "datetime64[us]"),
                "runs": [step.n_runs for step in self.steps],
                "percent": [step.percent for step in self.steps],
                "percent_low": [step.percent_low for step in self.steps],
                "percent_high": [step.percent_high for step in self.steps],
                "day_sd_percent": [step.day_sd_percent for step in self.steps],
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly means, the smooth with its band, and the days of what was new."""
        ax = drawing.axes(ax)
        unit = f" ({self.unit})" if self.unit else ""
        drawing.titled(
            ax, marked(f"{self.label} at the reference pace", self.notes), y=f"{self.label}{unit}"
        )
        if self.weekly.empty:
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
            return ax
        weekly = self.weekly
        with drawing.concise_dates():
            middle = drawing.weekly_means(ax, weekly)
            ax.fill_between(
                middle,
                weekly["low"].to_numpy(),
                weekly["high"].to_numpy(),
                color=drawing.ANSWER,
                alpha=drawing.BAND_ALPHA,
                linewidth=0,
            )
            ax.plot(middle, weekly["value"], color=drawing.ANSWER, linewidth=2)
            small = [each for each in self.events if each.kind != "device"]
            named = len(small) <= MOST_NAMED
            for each in small:
                drawing.notch(ax, each.date, f"{each.kind} {each.name}" if named else "")
            if not named:
                kinds = " and ".join(dict.fromkeys(each.kind for each in small))
                ax.set_xlabel(f"marks at the foot: new {kinds}", fontsize=8, color=drawing.QUIET)
            for each in self.events:
                if each.kind == "device":
                    drawing.mark(ax, each.date, each.name or "unnamed device")
        return ax
