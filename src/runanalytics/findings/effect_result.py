"""What an effect says: its numbers, sentence, table and figure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from runanalytics.findings import drawing
from runanalytics.findings.finding import (
    ASSOCIATION,
    HIDDEN,
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    Finding,
    amount,
    count,
    marked,
    more_of,
    signed,
)
from runanalytics.findings.priors import Belief

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What race times are called among the metrics.
RACE_TIME = "race_time"
#: Chance with which a change of the detectable size would be found.
POWER = 0.8

METHOD = (
    "Weekly mean log form at the reference speed on exposure (exponentially weighted mean of the "
    "dose), with AR(1) errors and noise that falls with the number of runs; mixture of Student's "
    "t over correlation, noise ratio and time constant, weighed by restricted likelihood."
)


@dataclass(frozen=True)
class Effect(Finding):
    """The change of form that goes along with more of something a week.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    what, measure : str
        What was done, and how it was counted.
    contrast : float
        How much more a week, in the measure.
    level : float
        Of the interval, between 0 and 1.
    percent, percent_low, percent_high : float
        Change and its interval, %. NaN where nothing can be estimated.
    estimate, low, high : float
        The same in the metric's unit.
    p_value : float
        Two-sided, of no change.
    n_tests : int
        Tests that were run together.
    p_adjusted : float
        p corrected for all of them (Benjamini & Hochberg 1995). The verdict goes by it among
        `Effects`, and by `p_value` alone or in `Checks`.
    verdict : str
        "association", "no clear association" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    detectable : float
        The same in the metric's unit.
    enough_on : date, optional
        When there will be enough weeks if the runner goes on like this.
    n_runs, n_weeks : int
        Runs and weeks with both form and dose.
    first_date, last_date : date, optional
        First and last of those runs.
    adjusted_for : tuple of str
        What else was taken into account.
    method : str
        How it was estimated.
    prior, posterior : Belief, optional
        What research says before these data, and the mix of both. They do not enter the rest.
    se_percent : float
        Standard error, %.
    baseline : float
        Mean form over the weeks, in the metric's unit.
    exposure_range : tuple of float
        Lowest and highest exposure in a week, in the measure per week.
    time_constants : tuple of (float, float)
        Time constants (weeks), and how likely each is after the data.
    rho : float
        Correlation of the errors from week to week.
    notes : tuple of str
        What else should be known.
    points : DataFrame
        week, exposure_per_week, adjusted_percent, n_runs: what the figure shows.
    slope : tuple of float
        Change per unit of exposure and its interval, %, at the likeliest time constant.
    """

    metric: str
    label: str
    unit: str
    what: str
    measure: str
    contrast: float
    level: float
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    n_tests: int = 1
    p_adjusted: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    detectable_percent: float = np.nan
    detectable: float = np.nan
    enough_on: datetime.date | None = None
    n_runs: int = 0
    n_weeks: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    adjusted_for: tuple[str, ...] = ()
    method: str = METHOD
    prior: Belief | None = None
    posterior: Belief | None = None
    se_percent: float = np.nan
    baseline: float = np.nan
    exposure_range: tuple[float, float] = (np.nan, np.nan)
    time_constants: tuple[tuple[float, float], ...] = ()
    rho: float = np.nan
    notes: tuple[str, ...] = ()
    points: pd.DataFrame = field(
        default_factory=pd.DataFrame, repr=False, compare=False, metadata=HIDDEN
    )
    slope: tuple[float, float, float] = field(
        default=(np.nan, np.nan, np.nan), repr=False, metadata=HIDDEN
    )

    @property
    def dose_words(self) -> str:
        """The contrast in words, such as "2 more strength sessions a week"."""
        return more_of(self.contrast, self.what, self.measure)

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        subject = self.label[:1].lower() + self.label[1:]
        noun = "race" if self.metric == RACE_TIME else "run"
        extent = f"{count(self.n_runs, noun)} in {count(self.n_weeks, 'week')}"
        unknown = f"Not enough data to say how {subject} goes along with {self.dose_words}: "
        if not np.isfinite(self.percent):
            return f"{unknown}{self.reason}."
        change = f"{signed(self.percent)} % ({amount(self.estimate, self.unit)})"
        interval = (
            f"{100 * self.level:g} % interval {signed(self.percent_low)} to "
            f"{signed(self.percent_high)} %"
        )
        size = f"{self.detectable_percent:.1f} % ({amount(self.detectable, self.unit)[1:]})"
        chance = f"p = {self.p_value:.2g}"
        if self.n_tests > 1:
            chance += f", {self.p_adjusted:.2g} corrected for {self.n_tests} tests"
        if self.verdict == ASSOCIATION:
            text = (
                f"Holding {self.dose_words} goes along with a change of {change} in {subject}; "
                f"{interval}, {chance}, {extent}."
            )
        elif self.verdict == NO_ASSOCIATION:
            alone = f", {chance}" if self.n_tests > 1 else ""
            text = (
                f"No clear association of {subject} with {self.dose_words}: {change}; {interval}"
                f"{alone}, {extent}. "
                f"A change of {size} would be found with {100 * POWER:.0f} % chance."
            )
        else:
            when = f" by {self.enough_on:%B %Y}" if self.enough_on else ""
            text = (
                f"{unknown}{self.reason}. So far, as a description only, {change}; {interval}. "
                f"You could detect {size}{when}."
            )
        return " ".join([text, *(f"{note[:1].upper()}{note[1:]}." for note in self.notes)])

    def table(self) -> pd.DataFrame:
        """Return estimate, interval, and where there is one prior and posterior, in percent.

        Returns
        -------
        DataFrame
            source, change_percent, low_percent, high_percent, change (in the metric's unit),
            low, high.
        """
        half = float(stdtrit(np.inf, 0.5 + self.level / 2))
        named = [("these data", self.percent, self.percent_low, self.percent_high)]
        for name, belief in (("prior", self.prior), ("both", self.posterior)):
            if belief is not None:
                reach = half * belief.sd_percent
                middle = belief.mean_percent
                named.append((name, middle, middle - reach, middle + reach))
        rows = pd.DataFrame(
            named, columns=["source", "change_percent", "low_percent", "high_percent"]
        )
        for column, percent in (
            ("change", "change_percent"),
            ("low", "low_percent"),
            ("high", "high_percent"),
        ):
            rows[column] = rows[percent] / 100 * self.baseline
        return rows

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, adjusted for the rest, over exposure, with line and band."""
        ax = drawing.axes(ax)
        dose = " ".join(part for part in (self.what, self.measure) if part)
        title, y_name = (
            marked(f"{self.label} and {dose} a week", self.notes),
            f"{self.label}, adjusted (%)",
        )
        if self.points.empty:
            drawing.titled(ax, title)
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
            return ax
        tau = max(self.time_constants, key=lambda each: each[1])[0]
        x_name = f"{dose} a week, weighted mean of the past (time constant {tau:g} weeks)"
        drawing.titled(ax, title, x=x_name, y=y_name)
        x = self.points["exposure_per_week"].to_numpy(dtype=float)
        y = self.points["adjusted_percent"].to_numpy(dtype=float)
        runs = self.points["n_runs"].to_numpy(dtype=float)
        ax.scatter(x, y, s=10 + 6 * runs, color=drawing.POINT, alpha=0.6, linewidths=0)
        line = np.linspace(x.min(), x.max(), 60)
        centre = float(np.average(x, weights=runs))
        middle, low, high = self.slope
        ax.plot(line, middle * (line - centre), color=drawing.ANSWER, linewidth=2)
        edges = np.sort([low * (line - centre), high * (line - centre)], axis=0)
        ax.fill_between(
            line, edges[0], edges[1], color=drawing.ANSWER, alpha=drawing.BAND_ALPHA, linewidth=0
        )
        return ax
