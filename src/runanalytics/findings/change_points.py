"""Change points: the weeks in which form changed its level, and what else was new then.

What is assumed, besides what `ar1` and `weeks` say:

1. Between changes, form is a level with AR(1) errors.
2. A straight line over all weeks looks like a few steps. The search only proposes changes; one
   is reported if it is clear with such a line and all other changes in the model, its p corrected
   for the dates that it could have had. Its size is estimated with the line.
3. Steps between devices are not taken out: a new watch is a change of level, and is named as one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings import drawing
from runanalytics.findings.effect import POWER
from runanalytics.findings.engine.covariates import (
    Covariate,
    candidates,
    chosen,
    design,
    names_of,
    standardised,
)
from runanalytics.findings.engine.dose_response import Change, fit_dose_response
from runanalytics.findings.engine.events import Event, events_in_words, events_near, events_of
from runanalytics.findings.engine.step_dates import (
    DatedStep,
    Found,
    dated_step,
    given_that_it_was_found,
)
from runanalytics.findings.engine.step_scan import drawn_series, scan_columns, step_columns
from runanalytics.findings.engine.weeks import Weeks, by_week, centred_form
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    FormFinding,
    amount,
    change_text,
    count,
    extent,
    hidden_frame,
    require_level,
    rows_of,
    short_of,
    subject_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANGE_POINTS = "change points"
NO_CHANGE_POINT = "no change point"

#: Weeks with a run, below which there is no search.
LEAST_WEEKS = 20
#: Weeks of the shortest stretch between changes.
LEAST_STRETCH_WEEKS = 6
#: Weeks with a run on either side of a change.
LEAST_SEEN_WEEKS = 3
#: Weeks from which on the annual wave is taken out.
SEASON_WEEKS = 104
#: Share of series without any change in which one is proposed, and series drawn to find it.
PROPOSED_SHARE = 0.1
N_DRAWN = 199
#: Dates fewer weeks apart are about the same, and count as one where a p is corrected for all
#: dates of the search.
DISTINCT_WEEKS = 4
#: Days between the last run before a change and the first after it, from which on the change is
#: said to lie between the two.
GAP_DAYS = 14
#: What is taken out before the search.
TAKEN_OUT = ("speed", "season")
#: What new equipment near a change makes likely.
_LIKELY = {
    "device": "likely the device, not you",
    "firmware": "likely the firmware, not you",
    "shoe": "perhaps the shoes",
}

METHOD = (
    "PELT over weekly mean log form, each stretch whitened for memory and noise as they are "
    "beside the likeliest step, proposes changes: so many that 10 % of series drawn from the "
    "model without any change have one. Told are those that stand out beside a straight line and "
    "all others, as in an effect, p corrected for the dates tried. Each lies between two runs, "
    "weighed over all such places; sizes allow for the date, and for having been found."
)


@dataclass(frozen=True)
class ChangePoint:
    """A change of level.

    Parameters
    ----------
    date : date
        First run after it, where it is likeliest.
    last_before : date
        Last run before it, where it is likeliest.
    first_date, last_date : date
        Between which it lies, with the level's probability: the last run before that may still
        be of the level before, and the first after that must be of the level after.
    percent, percent_low, percent_high : float
        Its size and interval, %: allowing for its date, and for its having been found.
    change, low, high : float
        The same in the metric's unit.
    beside : tuple of Event
        New devices, firmware and shoes within weeks of it.
    """

    date: datetime.date
    last_before: datetime.date
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
    def when(self) -> str:
        """When it was, in words: about a date, or in a gap in which no run is known."""
        between = f"between {in_words(self.first_date)} and {in_words(self.last_date)}"
        if (self.date - self.last_before).days < GAP_DAYS:
            return f"About {in_words(self.date)} ({between})"
        if (self.first_date, self.last_date) == (self.last_before, self.date):
            return f"B{between[1:]}, when no run is known"
        gap = f"Between {in_words(self.last_before)} and {in_words(self.date)}"
        return f"{gap}, when no run is known (at the widest {between})"

    @property
    def reason(self) -> str:
        """What was new then, in words; empty if nothing is known."""
        if not self.beside:
            return ""
        kinds = [kind for kind in _LIKELY if any(each.kind == kind for each in self.beside)]
        return f"{events_in_words(self.beside, self.date)}: {_LIKELY[kinds[0]]}"


def in_words(date: datetime.date) -> str:
    """Return a date as text: day, month and year."""
    return f"{date.day} {date:%B %Y}"


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
                name = f"new: {point.beside[0].name}" if point.beside else f"{point.date:%d %b %Y}"
                drawing.mark(ax, point.date, name)
        return ax


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
    require_level(level)
    subject = subject_of(form, metric)
    weeks = by_week(form)
    blank = ChangePoints(*subject.names, level=float(level))
    if weeks.runs.empty:
        return replace(blank, reason="no run has a value")
    described = replace(
        blank,
        n_runs=len(weeks.runs),
        n_weeks=weeks.n_seen,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        baseline=weeks.baseline,
        notes=weeks.notes,
    )
    steps, columns = step_columns(weeks, LEAST_STRETCH_WEEKS)
    if weeks.n_seen < LEAST_WEEKS or not len(steps):
        few = short_of(f"{count(weeks.n_seen, 'week')} with runs", LEAST_WEEKS)
        return replace(described, reason=few)
    covariates = _taken_out(weeks)
    places, penalty = _search(weeks, covariates, columns, seed)
    points, kept = _points(described, weeks, covariates, places, events_of(form))
    return replace(
        described,
        points=points,
        penalty=penalty,
        verdict=CHANGE_POINTS if points else NO_CHANGE_POINT,
        adjusted_for=(*names_of(covariates), "trend"),
        weekly=_weekly(weeks, kept),
    )


def _taken_out(weeks: Weeks) -> tuple[Covariate, ...]:
    every = candidates(weeks, None, SEASON_WEEKS)
    offered = (each for each in every if each is not None and each.name in TAKEN_OUT)
    return chosen(offered, weeks, n_others=2)


def _search(
    weeks: Weeks, covariates: Sequence[Covariate], columns: Floats, seed: int
) -> tuple[list[int], float]:
    from runanalytics.findings.engine.segmented import change_places  # ruptures takes long to load

    nuisance = design(weeks, covariates)
    weight = scan_columns(weeks, nuisance, columns).weight
    drawn = drawn_series(np.random.default_rng(seed), weeks, weight, N_DRAWN)
    series = np.column_stack([centred_form(weeks), drawn])
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
    described: ChangePoints,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    places: Sequence[int],
    events: Sequence[Event],
) -> tuple[tuple[ChangePoint, ...], list[int]]:
    """Estimate each change with all others and a line; return those that are clear, with events.

    The smallest of many p-values is corrected for all of them (Bonferroni).
    """
    n_dates = max(1.0, (weeks.n_seen - 2 * LEAST_STRETCH_WEEKS) / DISTINCT_WEEKS)
    line = standardised("trend", np.arange(len(weeks.seen), dtype=np.float64), weeks.seen)
    level, points, kept = described.level, [], []
    begin = 1
    for number, place in enumerate(places):
        others = [
            standardised("other change", _step(weeks, each), weeks.seen)
            for each in places
            if each != place
        ]
        terms = [*covariates, *(each for each in (line, *others) if each is not None)]
        fit = fit_dose_response(
            weeks, _step(weeks, place)[:, None], terms, [(1.0, 1.0)], by_run=False
        )
        change = None if fit is None else Change.from_posterior(fit.change, 1.0, level, POWER)
        if fit is None or change is None or n_dates * change.p_value >= 1 - level:
            begin = place + 1
            continue
        end = places[number + 1] if number + 1 < len(places) else len(weeks.seen)
        found = Found.by(fit.change, (1 - level) / n_dates)
        step = dated_step(weeks, terms, begin, end, found)
        if step is None:
            continue
        point = _told(described, step, found, events)
        week = int((np.datetime64(point.date) - weeks.monday[0]).astype(np.int64)) // 7
        begin = week + 1
        kept.append(week)
        points.append(point)
    return tuple(points), kept


def _told(
    described: ChangePoints, step: DatedStep, found: Found, events: Sequence[Event]
) -> ChangePoint:
    """Return a change as it is told: its dates, its size, and what was new then."""
    size = given_that_it_was_found(step.size, found, described.level)
    first, last = step.between(described.level)
    last_before, date = step.date(step.likeliest)
    first_date, last_date = step.date(first)[0], step.date(last)[1]
    percent, low, high = (
        100 * float(np.expm1(each)) for each in (size.estimate, size.low, size.high)
    )
    in_unit = described.baseline / 100
    return ChangePoint(
        date=date,
        last_before=last_before,
        first_date=first_date,
        last_date=last_date,
        percent=percent,
        percent_low=low,
        percent_high=high,
        change=in_unit * percent,
        low=in_unit * low,
        high=in_unit * high,
        beside=events_near(events, first_date, last_date),
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
