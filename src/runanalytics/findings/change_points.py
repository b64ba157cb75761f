"""Change points: the weeks in which form changed its level, and what else was new then.

How steps are found, dated and sized, and what is assumed, stands in `engine.steps`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.findings import drawing
from runanalytics.findings.engine.covariates import names_of
from runanalytics.findings.engine.events import Event, events_in_words, events_of
from runanalytics.findings.engine.kinds import kind_told
from runanalytics.findings.engine.steps import (
    LEAST_WEEKS,
    LevelStep,
    StepDates,
    between,
    found_steps,
    in_words,
)
from runanalytics.findings.engine.weeks import Weeks, by_week
from runanalytics.findings.finding import (
    NO_VALUE,
    NOT_ENOUGH_DATA,
    FormFinding,
    amount,
    change_text,
    count,
    extent,
    hidden_frame,
    listed,
    require_level,
    rows_of,
    short_of,
    subject_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANGE_POINTS = "change points"
NO_CHANGE_POINT = "no change point"

#: What new equipment between the dates of a change makes likely. Firmware and shoes are new more
#: often than they change how a run reads.
_LIKELY = {
    "device": "likely the device, not you",
    "firmware": "perhaps the firmware",
    "shoe": "perhaps the shoes",
}
#: The same of a device where the dates leave more room than these days, or no run is known.
_PERHAPS, CLOSE_DAYS = "perhaps the device", 28
#: Of new equipment near a change, but not between its dates.
_OUTSIDE = "not between these dates, so hardly the reason"
#: Weeks with runs below which sizes of runners whose errors last (ρ = 0.95) were right in 88 % of
#: some simulated runners and 94 % of others: how far form steps by itself is then seen at five to
#: seven dates only.
FEW_WEEKS = 60
FEW_WEEKS_NOTE = (
    "how far your form steps by itself is hardly known from so few weeks, so if it wanders, the "
    "size of a change is right less often than 19 times in 20"
)
#: Of the interval of a change that is called one that reaches 0: its nearer end, %, which is told
#: with one decimal. All of 19 changes that were told of 304 simulated runners without any, whose
#: form wandered, had such intervals; of 61 steps of 5 and 6 % that were told, one had.
REACHES_NOTHING = 0.05

METHOD = (
    "Optimal partitioning of weekly mean log form, each stretch whitened for memory and noise as "
    "they are beside the likeliest step, proposes changes: so many that 10 % of series drawn from "
    "the model without any change have one. Told are those that stand out beside a straight line "
    "and all others, as in an effect, p corrected for the dates tried. Each lies between two runs, "
    "weighed over all such places; since one pair of runs mostly has all the weight, the dates "
    "hold 99 % of steps of 5 % or more in simulations. Sizes allow for the date, for having been "
    "found, and for how far this runner's weeks step at other dates; those of steps of 3 %, which "
    "are seldom found, hold 99 % in simulations. Whatever else changed in the same weeks is part "
    "of a size, and a step is found more readily where that goes the same way."
)


@dataclass(frozen=True)
class ChangePoint(StepDates):
    """A change of level.

    Parameters
    ----------
    date, last_before, first_date, last_date : date
        First run after it and last run before it, where it is likeliest; the dates between which
        it lies, with the level's probability.
    percent, percent_low, percent_high : float
        Its size and interval, %: allowing for its date, and for its having been found.
    change, low, high : float
        The same in the metric's unit.
    beside : tuple of Event
        New devices, firmware and shoes within weeks of it.
    """

    certainties: ClassVar[Certainties] = {
        "change point, dates": "last_before first_date last_date date",
        "change point, size": "percent_low percent_high low high",
        "change point, what was new": "beside",
    }
    no_certainties: ClassVar[str] = "percent change"

    percent: float
    percent_low: float
    percent_high: float
    change: float
    low: float
    high: float
    beside: tuple[Event, ...] = ()

    @property
    def may_be_none(self) -> bool:
        """Whether its interval reaches 0, to the digits that are told."""
        return -self.percent_high < REACHES_NOTHING and self.percent_low < REACHES_NOTHING

    @property
    def when(self) -> str:
        """When it was, in words: about a date, or in a gap in which no run is known."""
        widest = between(self.first_date, self.last_date)
        if not self.in_gap:
            return f"About {in_words(self.date)} ({widest})"
        gap = f"{self.between[:1].upper()}{self.between[1:]}"
        if (self.first_date, self.last_date) == (self.last_before, self.date):
            return gap
        return f"{gap} (at the widest {widest})"

    @property
    def reason(self) -> str:
        """What was new then, in words; empty if nothing is known."""
        if not self.beside:
            return ""
        kinds = {each.kind for each in self.new_then}
        kind = next((each for each in _LIKELY if each in kinds), None)
        likely = _OUTSIDE if kind is None else _LIKELY[kind]
        days = (self.last_date - self.first_date).days
        if kind == "device" and (self.in_gap or days > CLOSE_DAYS):
            likely = _PERHAPS
        return f"{events_in_words(self.beside, self.date)}: {likely}"

    @property
    def new_then(self) -> tuple[Event, ...]:
        """What was new between its dates: equipment reads otherwise from its first run on."""
        return tuple(each for each in self.beside if self.first_date < each.date <= self.last_date)


_COLUMNS = {
    "date": "date",
    "last_before": "last_before",
    "first_date": "first_date",
    "last_date": "last_date",
    "change_percent": "percent",
    "low_percent": "percent_low",
    "high_percent": "percent_high",
    "change": "change",
    "low": "low",
    "high": "high",
    "beside": "reason",
}


@dataclass(frozen=True)
class ChangePoints(FormFinding):
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

    certainties: ClassVar[Certainties] = {"change point, found": "verdict"}
    no_certainties: ClassVar[str] = "level first_date last_date baseline penalty weekly"

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
    weekly: pd.DataFrame = hidden_frame()

    def summary(self) -> str:
        """Return when the metric changed, and what came then."""
        data = extent(self.n_runs, self.n_weeks)
        if self.verdict == NOT_ENOUGH_DATA:
            text = f"Not enough data to look for changes of {self._subject}: {self.reason}."
        elif not self.points:
            text = f"No change of level stands out in {self._subject}, from {data}."
        else:
            times = "once" if len(self.points) == 1 else count(len(self.points), "time")
            text = f"{self.label} changed its level {times}, from {data}."
        return self._with_notes(text, *(self._sentence(each) for each in self.points))

    def _sentence(self, point: ChangePoint) -> str:
        in_unit = amount(point.change, self.unit)
        change = change_text(
            point.percent, point.percent_low, point.percent_high, in_unit, self.level
        )
        reason = point.reason or "nothing new is known then"
        return f"{point.when}: {change}; {reason}."

    def table(self) -> pd.DataFrame:
        """Return the changes, one a row.

        Returns
        -------
        DataFrame
            date (first run after it), last_before (last run before it), first_date, last_date
            (between which it lies), change_percent, low_percent, high_percent, change (in the
            metric's unit), low, high, beside.
        """
        return rows_of(self.points, _COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, its level between changes, and when each change was."""
        weekly, title = self.weekly, f"{self.label}: changes of level"
        ax = self._begin_plot(ax, title, y=self._axis_name, empty=weekly.empty)
        if weekly.empty:
            return ax
        with drawing.concise_dates():
            drawing.weekly_means(ax, weekly)
            for _, stretch in weekly.groupby("segment"):
                middle = stretch["week"] + pd.Timedelta(days=3)
                ax.plot(middle, stretch["level"], color=drawing.ANSWER, linewidth=2)
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
                new = point.new_then
                name = f"new: {new[0].name}" if new else f"{point.date:%d %b %Y}"
                drawing.mark(ax, point.date, name)
        return ax


@checked_arguments
def change_points(
    form: pd.DataFrame,
    *,
    level: float = 0.95,
    metric: str | None = None,
    seed: int = 0,
) -> ChangePoints:
    """Find the weeks in which form changed its level, and what else came then.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, device, firmware, shoe.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        What form is about, where its attrs do not say.
    seed : int
        Of the series that show how large a gain is by chance.

    Returns
    -------
    ChangePoints
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If the level or the metric's name makes no sense.

    Notes
    -----
    Optimal partitioning: Jackson et al. 2005, doi:10.1109/LSP.2001.838216.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104, device_step_pct=6.0)
    >>> found = change_points(drawn.form)
    >>> [each.beside[0].name for each in found.points]
    ['Simulated watch B']
    """
    require_level(level)
    subject = subject_of(form, metric)
    told = kind_told(form)
    weeks = by_week(told.form)
    blank = ChangePoints(*subject.names, level=float(level))
    if not weeks.n_seen:
        return replace(blank, reason=NO_VALUE)
    described = replace(
        blank,
        n_runs=int(weeks.n_runs.sum()),
        n_weeks=weeks.n_seen,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        baseline=weeks.baseline,
        notes=(*told.notes, *weeks.notes),
    )
    found = found_steps(weeks, level, seed, told.of_runs)
    if found is None:
        few = short_of(f"{count(weeks.n_seen, 'week')} with runs", LEAST_WEEKS)
        return replace(described, reason=few)
    events = events_of(told.form)
    few_weeks = () if weeks.n_seen >= FEW_WEEKS or not found.steps else (FEW_WEEKS_NOTE,)
    points = tuple(_told(each, weeks.baseline, events) for each in found.steps)
    return replace(
        described,
        points=points,
        penalty=found.penalty,
        verdict=CHANGE_POINTS if points else NO_CHANGE_POINT,
        notes=(*described.notes, *few_weeks, *_doubtful(points)),
        adjusted_for=(*names_of(found.covariates), "trend"),
        weekly=_weekly(weeks, [each.week for each in found.steps]),
    )


def _doubtful(points: Sequence[ChangePoint]) -> tuple[str, ...]:
    """Return which changes may be none, in a note."""
    doubtful = [in_words(each.date) for each in points if each.may_be_none]
    if not doubtful:
        return ()
    words = ("intervals", "changes", "reach", "they")
    if len(doubtful) == 1:
        words = ("interval", "change", "reaches", "it")
    intervals, changes, reach, they = words
    return (
        f"the {intervals} of the {changes} about {listed(doubtful)} {reach} 0, so {they} may be no "
        "change at all: of form that wanders by itself, 5 to 7 in 100 series of two years have one "
        "like that",
    )


def _told(step: LevelStep, baseline: float, events: Sequence[Event]) -> ChangePoint:
    """Return a step with its size in the metric's unit, and what was new then."""
    in_unit = baseline / 100
    return ChangePoint(
        step.date,
        step.last_before,
        step.first_date,
        step.last_date,
        step.percent,
        step.percent_low,
        step.percent_high,
        in_unit * step.percent,
        in_unit * step.percent_low,
        in_unit * step.percent_high,
        step.beside(events),
        of_runs=step.of_runs,
    )


def _weekly(weeks: Weeks, places: Sequence[int]) -> pd.DataFrame:
    """Return what the figure shows: weekly form, and its level between changes."""
    segment = np.searchsorted(np.asarray(places), np.arange(len(weeks.seen)), side="right")
    weight = np.where(weeks.seen, 1.0 / np.where(weeks.seen, weeks.noise, 1.0), 0.0)
    mean = np.array(
        [
            np.average(weeks.log_form[segment == each], weights=weight[segment == each])
            for each in range(len(places) + 1)
        ]
    )
    return pd.DataFrame(
        {
            "week": weeks.monday,
            "observed": np.exp(np.where(weeks.seen, weeks.log_form, np.nan)),
            "level": np.exp(mean[segment]),
            "segment": segment,
            "runs": weeks.n_runs,
        }
    )
