"""What else moves race times, as terms of their model: course, first races and training load.

What is assumed:

1. Other courses than the road are slower by an unknown amount, the same for all races of one
   runner over one kind, with the priors of `performances.COURSE_LEVELS`: to race elsewhere is no
   change of form.
2. How much was run in the weeks before works with a memory that is not known: exponentially
   weighted means of daily distance over 3 and 8 weeks, of which any mix may count. Two thirds
   more running goes along with a few percent less time.
3. The first races of a list are often the runner's first, and get faster within weeks as nothing
   does later: to pace oneself and to know the course is learnt. Whoever takes up running and
   strength in the same weeks would otherwise have an effect of it. In a weekly 5 km runners take
   3 % longer in their first four weeks than about a year later, and hardly any longer after ten.
   How many other lists begin with a runner's first race is not known, hence half of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.exposure import exposure
from runanalytics.findings.engine.dose_log import WARM_START_WEEKS, daily_log
from runanalytics.findings.engine.race_times import Term
from runanalytics.findings.engine.weeks import Days, days_of, numbers_of
from runanalytics.measures.performances import COURSE_LEVELS, ON_ROADS
from runanalytics.schema.checking import require

#: Races of one kind of course from which on it can be the one that answers are about.
LEAST_OF_A_KIND = 4
#: Time constants of running load, weeks, and the prior standard deviation of the change of log
#: race time for one unit of its logarithm.
LOAD_WEEKS, LOAD_SD = (3.0, 8.0), 0.06
#: Share of the races before which running must be known.
_KNOWN_SHARE = 0.8
#: Least load, m/week: that of weeks without a run.
_LEAST_LOAD_M = 2_000.0
#: Time constant of the first races' loss, weeks, and the prior of its log time at the first one.
BEGINNING_WEEKS, BEGINNING_MEAN, BEGINNING_SD = 8.0, 0.015, 0.03
#: Time constants at which another dose is held, and the prior standard deviation of the change of
#: log race time for one unit more a week of each.
OTHER_DOSE_WEEKS, OTHER_DOSE_SD = (2.0, 8.0), 0.03


def main_course(performed: pd.DataFrame) -> str:
    """Return the kind of course that answers are about.

    It is the most frequent of roads, tracks and those that are not known, but for a runner who
    hardly races there and often elsewhere.

    Parameters
    ----------
    performed : DataFrame
        From `runanalytics.measures.performances.performances`.

    Examples
    --------
    >>> main_course(pd.DataFrame({"course": ["road", "track", "track", "trail", "trail"]}))
    'track'
    """
    counts = Counter(performed["course"])
    elsewhere = {course: number for course, number in counts.items() if course not in ON_ROADS}
    n_elsewhere = max(elsewhere.values(), default=0)
    on_roads = {course: counts[course] for course in ON_ROADS}
    n_on_roads = sum(on_roads.values())
    if not n_on_roads or n_on_roads < LEAST_OF_A_KIND <= n_elsewhere:
        return str(max(elsewhere, key=elsewhere.__getitem__))
    return max(on_roads, key=on_roads.__getitem__)


def is_of_kind(performed: pd.DataFrame, course: str) -> Booleans:
    """Return which races are of one kind with a course: roads and tracks are one."""
    alike = ON_ROADS if course in ON_ROADS else (course,)
    # Not Series.isin, which takes longer than all of a few dozen comparisons.
    return np.array([each in alike for each in performed["course"].tolist()], dtype=np.bool_)


def course_terms(performed: pd.DataFrame, course: str) -> list[Term]:
    """Return the levels of other courses beside one.

    Parameters
    ----------
    performed : DataFrame
        From `performances`.
    course : str
        The one whose level is told, from `main_course`.
    """
    own = COURSE_LEVELS[course]
    raced = performed["course"].to_numpy(dtype=object)
    return [
        Term(
            name,
            (raced == name).astype(np.float64),
            level.mean - own.mean,
            float(np.hypot(level.sd, own.sd)),
        )
        for name, level in COURSE_LEVELS.items()
        if name != course and name in raced
    ]


def beginning_term(day: Days, first: int) -> Term:
    """Return the loss of a runner's first races, which fades within weeks.

    Parameters
    ----------
    day : ndarray of int
        Days of the races, days since 1970.
    first : int
        Day of the first race that is known of the runner.

    Examples
    --------
    >>> beginning_term(np.array([0, 56, 365]), 0).column.round(2).tolist()
    [1.0, 0.37, 0.0]
    """
    column = np.exp((first - day) / (7 * BEGINNING_WEEKS))
    return Term("first races", column, BEGINNING_MEAN, BEGINNING_SD)


def load_terms(day: Days, runs: pd.DataFrame | None) -> list[Term]:
    """Return the running load before each race.

    Parameters
    ----------
    day : ndarray of int
        Days of the races, days since 1970.
    runs : DataFrame, optional
        local_date and distance_m (m) of every run.

    Returns
    -------
    list of Term
        Empty where the runs before most races are not known.
    """
    if runs is None:
        return []
    require(runs, "runs", ["local_date", "distance_m"])
    distance = numbers_of(runs, "distance_m", "runs")
    when = days_of(runs["local_date"], "runs")[np.isfinite(distance)]
    if not len(when):
        return []
    first = int(when.min())
    each_day = np.bincount(when - first, distance[np.isfinite(distance)]).astype(np.float64)
    place = day - 1 - first
    known = (place >= 7 * WARM_START_WEEKS) & (place < len(each_day) + 7)
    if known.mean() < _KNOWN_SHARE:
        return []
    place = np.clip(place, 0, len(each_day) - 1)
    begin = 7.0 * float(each_day[: 7 * WARM_START_WEEKS].mean())
    terms = []
    for weeks in LOAD_WEEKS:
        load = np.log(np.maximum(exposure(each_day, weeks, begin)[place], _LEAST_LOAD_M))
        usual = float(load[known].mean())
        terms.append(Term("running load", np.where(known, load - usual, 0.0), 0.0, LOAD_SD))
    return terms


def other_dose_terms(day: Days, doses: Sequence[pd.DataFrame]) -> list[Term]:
    """Return the exposure to other doses before each race, held beside the one in question.

    Parameters
    ----------
    day : ndarray of int
        Days of the races, days since 1970.
    doses : sequence of DataFrame
        Table "dose" of each. Days that one does not cover count as its mean.
    """
    terms = []
    for dose in doses:
        log, name = daily_log(dose), f"other {dose.attrs.get('what') or 'dose'}"
        for weeks in OTHER_DOSE_WEEKS:
            own: Floats = log.exposure(day, weeks)
            known = np.isfinite(own)
            if known.mean() >= _KNOWN_SHARE:
                column = np.where(known, own - own[known].mean(), 0.0)
                terms.append(Term(name, column, 0.0, OTHER_DOSE_SD))
    return terms
