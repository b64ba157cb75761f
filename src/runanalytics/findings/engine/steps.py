"""Steps of form: when its level changed, and by how much. One engine, asked by several findings.

`change_points` asks which steps there are; `trend`, whether what rose or fell did so in one of
them; `checks`, whether one stands beside the dose. They ask the same weeks, so that none denies
what another tells.

What is assumed, besides what `ar1` and `weeks` say:

1. Between steps, form is a level with AR(1) errors.
2. A straight line over all weeks looks like a few steps. The search only proposes steps; one is
   told if it is clear with such a line and all other steps in the model, its p corrected for the
   dates that it could have had. Its size is estimated with the line.
3. Steps between devices are not taken out: a new watch is a change of level, and is named as one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.findings.engine.covariates import (
    Covariate,
    candidates,
    chosen,
    design,
    standardised,
)
from runanalytics.findings.engine.dose_response import VAGUE, fit_dose_response
from runanalytics.findings.engine.events import Event, events_near
from runanalytics.findings.engine.placebo_steps import placebo_steps
from runanalytics.findings.engine.segmented import change_places
from runanalytics.findings.engine.step_dates import (
    DatedStep,
    Found,
    FoundSize,
    dated_step,
    given_that_it_was_found,
)
from runanalytics.findings.engine.step_scan import drawn_series, point_weights, step_columns
from runanalytics.findings.engine.weeks import Weeks, centred_form

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


def in_words(date: datetime.date) -> str:
    """Return a date as text: day, month and year."""
    return f"{date.day} {date:%B %Y}"


def between(first: datetime.date, last: datetime.date) -> str:
    """Return two dates as text, the year once where it is the same.

    Examples
    --------
    >>> between(datetime.date(2025, 6, 8), datetime.date(2025, 9, 4))
    'between 8 June and 4 September 2025'
    """
    begin = f"{first.day} {first:%B}" if first.year == last.year else in_words(first)
    return f"between {begin} and {in_words(last)}"


@dataclass(frozen=True)
class StepDates:
    """Between which runs form stepped.

    Parameters
    ----------
    date : date
        First run after it, where it is likeliest.
    last_before : date
        Last run before it, where it is likeliest.
    first_date, last_date : date
        Between which it lies, with the level's probability: the last run before that may still
        be of the level before, and the first after that must be of the level after.
    of_runs : str
        What these runs are called: "run", or "outdoor run" where others are set apart.
    """

    date: datetime.date
    last_before: datetime.date
    first_date: datetime.date
    last_date: datetime.date
    of_runs: str = field(default="run", kw_only=True)

    @property
    def in_gap(self) -> bool:
        """Whether it lies in a gap in which no run is known."""
        return (self.date - self.last_before).days >= GAP_DAYS

    @property
    def between(self) -> str:
        """Between which dates it was, in words."""
        if self.in_gap:
            return f"{between(self.last_before, self.date)}, when no {self.of_runs} is known"
        return between(self.first_date, self.last_date)


@dataclass(frozen=True)
class LevelStep(StepDates):
    """A step of form.

    Parameters
    ----------
    date, last_before, first_date, last_date : date
        Between which runs it was.
    week : int
        Week of the first run after it.
    size : FoundSize
        Step of log form: allowing for its date, and for its having been found.
    """

    week: int
    size: FoundSize

    @property
    def percent(self) -> float:
        """Its size, %."""
        return 100 * float(np.expm1(self.size.estimate))

    @property
    def percent_low(self) -> float:
        """Lower end of its interval, %."""
        return 100 * float(np.expm1(self.size.low))

    @property
    def percent_high(self) -> float:
        """Upper end of its interval, %."""
        return 100 * float(np.expm1(self.size.high))

    def beside(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return what was new within weeks of it.

        Parameters
        ----------
        events : sequence of Event
            From `events_of`.
        """
        return events_near(events, self.first_date, self.last_date)


@dataclass(frozen=True)
class FoundSteps:
    """All steps that stand out.

    Parameters
    ----------
    steps : tuple of LevelStep
        First to last.
    covariates : tuple of Covariate
        What was taken out before.
    penalty : float
        What a step must gain, in variances of a usual week's noise.
    """

    steps: tuple[LevelStep, ...]
    covariates: tuple[Covariate, ...]
    penalty: float


def found_steps(
    weeks: Weeks, level: float = 0.95, seed: int = 0, of_runs: str = "run"
) -> FoundSteps | None:
    """Return the steps of form that stand out, or None where there are too few weeks.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    level : float
        Of the intervals; a step is told where its corrected p is below 1 less this.
    seed : int
        Of the series that show how large a gain is by chance.
    of_runs : str
        What the runs are called.
    """
    places, columns = step_columns(weeks, LEAST_STRETCH_WEEKS)
    if weeks.n_seen < LEAST_WEEKS or not len(places):
        return None
    every = candidates(weeks, None, SEASON_WEEKS)
    offered = (each for each in every if each is not None and each.name in TAKEN_OUT)
    covariates = chosen(offered, weeks, n_others=2)
    proposed, penalty = _proposed(weeks, covariates, columns, seed)
    steps = (replace(each, of_runs=of_runs) for each in _clear(weeks, covariates, proposed, level))
    return FoundSteps(tuple(steps), covariates, penalty)


def _proposed(
    weeks: Weeks, covariates: Sequence[Covariate], columns: Floats, seed: int
) -> tuple[list[int], float]:
    """Return the weeks that begin another level, as they are proposed, and the penalty."""
    nuisance = design(weeks, covariates)
    weight = point_weights(weeks, nuisance)
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


def _clear(
    weeks: Weeks, covariates: Sequence[Covariate], places: Sequence[int], level: float
) -> tuple[LevelStep, ...]:
    """Estimate each step with all others and a line; return those that are clear.

    The smallest of many p-values is corrected for all of them (Bonferroni).
    """
    n_dates = max(1.0, (weeks.n_seen - 2 * LEAST_STRETCH_WEEKS) / DISTINCT_WEEKS)
    line = standardised("trend", np.arange(len(weeks.seen), dtype=np.float64), weeks.seen)
    steps = list[LevelStep]()
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
        if (
            fit is None
            or not fit.change.sd < VAGUE
            or n_dates * fit.change.two_sided_p() >= 1 - level
        ):
            begin = place + 1
            continue
        end = places[number + 1] if number + 1 < len(places) else len(weeks.seen)
        found = Found.by(fit.change, (1 - level) / n_dates)
        dated = dated_step(weeks, terms, begin, end, found)
        if dated is None:
            continue
        step = _sized(weeks, terms, dated, found, level)
        begin = step.week + 1
        steps.append(step)
    return tuple(steps)


def _sized(
    weeks: Weeks, terms: Sequence[Covariate], dated: DatedStep, found: Found, level: float
) -> LevelStep:
    """Return a step with its dates and its size, as uncertain as this runner's own weeks are."""
    own = placebo_steps(weeks, terms, dated)
    size = given_that_it_was_found(
        own.applied(dated.size), found.widened(max(own.factor, 1.0)), level
    )
    first, last = dated.between(level)
    last_before, date = dated.date(dated.likeliest)
    week = int((np.datetime64(date) - weeks.monday[0]).astype(np.int64)) // 7
    return LevelStep(
        date, last_before, dated.date(first)[0], dated.date(last)[1], week=week, size=size
    )
