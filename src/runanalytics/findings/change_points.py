"""When form changed its level at once, and what else came at that time.

What is assumed, besides what `series` and `weeks` say:

1. Between changes, form is a level with memory from week to week.
2. A straight line of all weeks looks like a few steps. The search only proposes; a change is
   told where it stands out beside such a line and all other changes, its p corrected for the
   dates that it could have had. Its size is that beside the line.
3. Devices are left as they are: a new watch is a change of level, and is named as one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effect import POWER
from runanalytics.findings.engine.covariates import Covariate, candidates, chosen, standardised
from runanalytics.findings.engine.dose_log import Log
from runanalytics.findings.engine.dose_response import Change, associate
from runanalytics.findings.engine.events import Event, beside, events_of, told_near
from runanalytics.findings.engine.step_scan import (
    centred_form,
    design,
    drawn_series,
    scan,
    step_columns,
)
from runanalytics.findings.engine.weeks import Weeks, by_week
from runanalytics.findings.finding import (
    HIDDEN,
    NOT_ENOUGH_DATA,
    Finding,
    amount,
    count,
    marked,
    short_of,
    signed,
    subject_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ChangePoint", "ChangePoints", "change_points"]

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


#: Weeks with a run, below which nothing is looked for.
LEAST_WEEKS = 20
#: Weeks of the shortest stretch between changes.
LEAST_STRETCH_WEEKS = 6
#: Weeks with a run on either side of a change.
LEAST_SEEN_WEEKS = 3
#: Weeks from which on the annual wave is taken out.
SEASON_WEEKS = 104
#: Share of series without any change in which one is proposed.
PROPOSED_SHARE = 0.1
#: Dates fewer weeks apart are about the same date, and count as one where a p is corrected for
#: all that were tried.
DISTINCT_WEEKS = 4
#: Series drawn for that.
N_DRAWN = 199
#: What is taken out before changes are looked for.
TAKEN_OUT = ("speed", "season")


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
        Of the series that tell how large a gain chance brings about.

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
    PELT: Killick, Fearnhead & Eckley 2012, doi:10.1080/01621459.2012.737745, as in ruptures
    (Truong, Oudre & Vayatis 2020, doi:10.1016/j.sigpro.2019.107299).

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104, device_step_pct=6.0)
    >>> found = change_points(drawn.form)
    >>> [each.beside[0].name for each in found.points]
    ['Simulated watch B']
    """
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")
    subject = subject_of(form, metric)
    weeks = by_week(form)
    asked = ChangePoints(
        metric=subject.metric, label=subject.label, unit=subject.unit, level=float(level)
    )
    if weeks.runs.empty:
        return replace(asked, reason="no run has a value")
    days = weeks.runs["day"].to_numpy()[[0, -1]].astype("datetime64[D]")
    met = replace(
        asked,
        n_runs=len(weeks.runs),
        n_weeks=int(weeks.seen.sum()),
        first_date=days[0].item(),
        last_date=days[1].item(),
        baseline=float(np.exp(weeks.log_form[weeks.seen].mean())),
        notes=weeks.notes,
    )
    steps, columns = step_columns(weeks, LEAST_STRETCH_WEEKS)
    if met.n_weeks < LEAST_WEEKS or not len(steps):
        there = f"{count(met.n_weeks, 'week')} with runs"
        return replace(met, reason=short_of(there, LEAST_WEEKS))
    covariates = _taken_out(weeks)
    places, penalty = _found(weeks, covariates, columns, seed)
    points, kept = _points(met, weeks, covariates, places, events_of(form))
    return replace(
        met,
        points=points,
        penalty=penalty,
        verdict=CHANGE_POINTS if points else NO_CHANGE_POINT,
        adjusted_for=tuple(dict.fromkeys([*(each.name for each in covariates), "trend"])),
        weekly=_weekly(weeks, kept),
    )


def _taken_out(weeks: Weeks) -> tuple[Covariate, ...]:
    long = len(weeks.seen) >= SEASON_WEEKS
    offered = (
        each
        for each in candidates(weeks, Log(), None)
        if each is not None and each.name in TAKEN_OUT and (long or each.name != "season")
    )
    return chosen(offered, weeks, n_others=2)


def _found(
    weeks: Weeks, covariates: Sequence[Covariate], columns: Floats, seed: int
) -> tuple[list[int], float]:
    from runanalytics.findings.engine.segmented import change_places  # ruptures takes long to load

    nuisance, own = design(weeks, covariates), centred_form(weeks)[:, None]
    weight = scan(weeks, nuisance, columns, own).weight
    drawn = drawn_series(np.random.default_rng(seed), weeks, weight, N_DRAWN)
    series = np.column_stack([own, drawn])
    places, penalty = change_places(
        weeks, nuisance, columns, series, LEAST_STRETCH_WEEKS, PROPOSED_SHARE
    )
    kept: list[int] = []
    for place in places:  # a stretch without runs has no level
        begin = kept[-1] if kept else 0
        if min(weeks.seen[begin:place].sum(), weeks.seen[place:].sum()) >= LEAST_SEEN_WEEKS:
            kept.append(place)
    return kept, penalty


def _step(weeks: Weeks, place: int) -> Floats:
    return (np.arange(len(weeks.seen)) >= place).astype(np.float64)


def _points(
    met: ChangePoints,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    places: Sequence[int],
    events: Sequence[Event],
) -> tuple[tuple[ChangePoint, ...], list[int]]:
    """Estimate each change beside all others and a line, and set those that are told beside events.

    The smallest of many p-values is corrected for all of them (Bonferroni).
    """
    n_dates = max(1.0, (met.n_weeks - 2 * LEAST_STRETCH_WEEKS) / DISTINCT_WEEKS)
    line = standardised("trend", np.arange(len(weeks.seen), dtype=np.float64), weeks.seen)
    points, kept = [], []
    for number, place in enumerate(places):
        others = [
            standardised("other change", _step(weeks, each), weeks.seen)
            for each in places
            if each != place
        ]
        terms = [*covariates, *(each for each in (line, *others) if each is not None)]
        found = associate(weeks, _step(weeks, place)[:, None], terms, [(1.0, 1.0)])
        change = None if found is None else Change.of(found.change, 1.0, met.level, POWER)
        if change is None or n_dates * change.p_value >= 1 - met.level:
            continue
        begin = places[number - 1] + 1 if number else 1
        end = places[number + 1] if number + 1 < len(places) else len(weeks.seen)
        early, late = _when(weeks, terms, range(begin, end), met.level)
        in_unit = met.baseline / 100
        kept.append(place)
        points.append(
            ChangePoint(
                date=_date(weeks, place),
                first_date=weeks.monday[early].item(),
                last_date=weeks.monday[late].item() + datetime.timedelta(days=6),
                percent=change.percent,
                percent_low=change.low_percent,
                percent_high=change.high_percent,
                change=in_unit * change.percent,
                low=in_unit * change.low_percent,
                high=in_unit * change.high_percent,
                beside=beside(events, _date(weeks, early), _date(weeks, late)),
            )
        )
    return tuple(points), kept


def _date(weeks: Weeks, place: int) -> datetime.date:
    """Return the day of the first run of a week, or its Monday if it has none."""
    days = weeks.runs["day"].to_numpy()[weeks.runs["week"].to_numpy() == place]
    if len(days):
        return datetime.date(1970, 1, 1) + datetime.timedelta(days=int(days.min()))
    monday: datetime.date = weeks.monday[place].item()
    return monday


def _when(weeks: Weeks, terms: Sequence[Covariate], places: range, level: float) -> tuple[int, int]:
    """Return the weeks between which the change lies with the level's probability."""
    tried = np.array([place for place in places if weeks.seen[place]])
    columns = np.column_stack([_step(weeks, int(place)) for place in tried])
    gain = scan(weeks, design(weeks, terms), columns, centred_form(weeks)[:, None]).gain[:, 0]
    share = np.exp((gain - gain.max()) / 2)
    tail = (1 - level) / 2
    first, last = np.quantile(tried, [tail, 1 - tail], weights=share, method="inverted_cdf")
    return int(first), int(last)


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
