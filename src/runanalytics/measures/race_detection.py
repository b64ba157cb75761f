"""Which runs may have been races, and over which course.

A run counts as a race where its source says so. Its title, read in several languages, can only
propose one, and does not where it has words of training. The words stand in `runanalytics.words`,
table ``races``.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from runanalytics.schema.checking import shaped
from runanalytics.units import race_distances
from runanalytics.words import words
from runanalytics.words.phrases import finder, pattern, plain

#: Courses that races are run over, m.
COURSES_M = (
    *(1_609.344, 3_000.0, 5_000.0, 8_000.0, 10_000.0, 12_000.0, 15_000.0, 16_093.44, 20_000.0),
    *(21_097.5, 25_000.0, 30_000.0, 42_195.0, 50_000.0, 80_467.2, 100_000.0),
)
#: How far a measured distance may lie from the course, as shares: watches mostly measure more.
SHORTER, LONGER = -0.01, 0.04
#: The same where the title names the course.
_NAMED_SHORTER, _NAMED_LONGER = -0.04, 0.08
#: Where only a number of kilometres suggests a race, how much faster than usual it must be.
_FASTER = 1.05
#: What showed that a run was a race.
FLAG, TITLE = "flag", "title"
#: State of a possible race, in a column ``state``.
COUNTS, PROPOSED, REJECTED = "counts", "proposed", "rejected"

#: "6 x 1000", and parts of a workout.
_REPEATS = re.compile(r"\d ?[x×*] ?\d")
#: The number of a race, or its year: "12. Bieg", "Bieg 2025", "第10回".
_EDITION = re.compile(
    r"(?<![\d.,])(?:\d{1,3}\.(?!\d)|\d{1,3}(?:st|nd|rd|th|e|o|a|eme)\b|(?:19|20)\d\d)"
)


def race_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that were races or may have been.

    Parameters
    ----------
    runs : DataFrame
        Table ``runs``: run_id, local_date, kind, title, distance_m (m), elapsed_s and
        moving_s (s), ascent_m (m) and temperature_c (°C) where known.

    Returns
    -------
    DataFrame
        One row a candidate, by date: run_id, local_date, title, distance_m (the course, or
        what was measured where it fits none, m), time_s (elapsed, s), ascent_m,
        temperature_c, and found_by: "flag" where the source calls the run a race, "title"
        where only its title does.

    Raises
    ------
    SchemaError
        If a needed column is missing.

    Examples
    --------
    >>> runs = pd.DataFrame({"run_id": ["a", "b"], "local_date": "2026-05-03",
    ...     "title": ["Stadtlauf", "10k race pace"], "distance_m": [10_120.0, 10_050.0],
    ...     "elapsed_s": [2_500.0, 2_700.0]})
    >>> race_runs(runs)[["run_id", "distance_m", "found_by"]].to_numpy().tolist()
    [['a', 10000.0, 'title']]
    """
    rows = shaped(runs, "runs", ["run_id", "local_date", "distance_m"])
    time_s = rows["elapsed_s"].fillna(rows["moving_s"])
    distance_m = rows["distance_m"]
    usual = float((distance_m / time_s).median()) if len(rows) else np.nan
    flagged = (rows["kind"] == "race").to_numpy(dtype=bool, na_value=False)
    titled = rows["title"].notna().to_numpy(dtype=bool)
    indoor = (rows["kind"] == "treadmill").to_numpy(dtype=bool, na_value=False)
    usable = ((distance_m > 0) & (time_s > 0)).to_numpy(dtype=bool)
    course = np.full(len(rows), np.nan)
    is_race = flagged & usable
    for row in np.flatnonzero(usable & titled & ~indoor | is_race):
        title = plain_title(rows["title"].iloc[row]) if titled[row] else ""
        measured = float(distance_m.iloc[row])
        named = course_named(title)
        course[row] = course_of(measured, named)
        if not is_race[row]:
            fast = measured / float(time_s.iloc[row]) >= _FASTER * usual
            is_race[row] = _may_be_race(title, course[row], fast=fast)
    kept = rows[["run_id", "local_date", "title", "ascent_m", "temperature_c"]].assign(
        distance_m=np.where(np.isnan(course), distance_m, course),
        time_s=time_s,
        found_by=np.where(flagged, FLAG, TITLE),
    )[is_race]
    return kept.sort_values(["local_date", "run_id"], ignore_index=True)


def _may_be_race(title: str, course_m: float, *, fast: bool) -> bool:
    """Return whether the title of a run proposes a race.

    Parameters
    ----------
    title : str
        From `plain_title`.
    course_m : float
        The course that the run's length stands for, m; NaN if none.
    fast : bool
        Whether it was faster than the runner's usual run.
    """
    if not title or names_training(title):
        return False
    if names_race(title):
        return True
    # Who writes marathon over 42 km has run one, however slowly; "10 km" is said of any run.
    by_word = course_m == race_distances.course_named(title)
    by_number = course_m == race_distances.distance_stated(title)
    if by_word or (by_number and fast):
        return True
    signs = fast or by_number or _EDITION.search(title) is not None
    return bool(may_name_race(title) and signs and course_m == course_m)


def counting(races: pd.DataFrame) -> pd.DataFrame:
    """Return the races that count.

    Parameters
    ----------
    races : DataFrame
        Table ``races``. Where it has a column ``state``, as of `Library.race_list`, rows that
        are only proposed or were rejected do not count.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a", "b"], "state": ["counts", "proposed"]})
    >>> counting(races)["race_id"].to_list()
    ['a']
    """
    if "state" not in races.columns:
        return races
    return races[races["state"] == COUNTS].reset_index(drop=True)


def plain_title(title: str) -> str:
    """Return a title as titles are compared: without case, accents and hyphens.

    Examples
    --------
    >>> plain_title("Semi-Marathon d'Orléans!")
    'semi marathon d orleans'
    """
    return plain(title)


def names_race(title: str) -> bool:
    """Return whether a title, from `plain_title`, calls a run a race.

    Examples
    --------
    >>> names_race("goteborgsvarvet 2026"), names_race("berlin running")
    (True, False)
    """
    if finder("races.names").search(title):
        return True
    return bool(finder("races.doubtful").search(title)) and not _names_everyday(title)


def may_name_race(title: str) -> bool:
    """Return whether a title, from `plain_title`, has a word for runs and for races.

    In many languages one word means both: a Polish "bieg" is any run, and "12. Bieg Wiosny" is
    a race. It speaks for a race where something else does, and does not where the time of day
    or the day of the week stands beside it, as in the titles that apps give.

    Examples
    --------
    >>> may_name_race("bieg niepodleglosci"), may_name_race("poranny bieg")
    (True, False)
    """
    named = " " in title and finder("races.runs").search(title)
    return bool(named) and not _names_everyday(title)


def names_training(title: str) -> bool:
    """Return whether a title, from `plain_title`, names training, whatever else it names.

    Examples
    --------
    >>> names_training("half marathon pace"), names_training("6 x 1 km")
    (True, True)
    """
    return bool(_REPEATS.search(title) or finder("races.training").search(title))


def course_named(title: str) -> float:
    """Return the course (m) that a title, from `plain_title`, names; NaN if none.

    Examples
    --------
    >>> course_named("berlin halbmarathon"), course_named("city run 10 km")
    (21097.5, 10000.0)
    """
    by_word = race_distances.course_named(title)
    return by_word if by_word == by_word else race_distances.distance_stated(title)


def course_of(measured_m: float, named_m: float = float("nan")) -> float:
    """Return the course that a measured distance stands for, m; NaN if none.

    Parameters
    ----------
    measured_m : float
        As the watch measured it, m.
    named_m : float
        Course that the title names, m, which is taken where it is near enough.

    Examples
    --------
    >>> course_of(10_210.0), course_of(16_200.0, 16_093.44), course_of(13_400.0)
    (10000.0, 16093.44, nan)
    """
    if _NAMED_SHORTER <= measured_m / named_m - 1 <= _NAMED_LONGER:
        return float(named_m)
    courses = np.array(COURSES_M)
    over = measured_m / courses - 1
    fits = (over >= SHORTER) & (over <= LONGER)
    if not fits.any():
        return float("nan")
    return float(courses[fits][np.abs(over[fits]).argmin()])


def _names_everyday(title: str) -> bool:
    return bool(finder("races.everyday").search(title) or _weekday().search(title))


@cache
def _weekday() -> re.Pattern[str]:
    """Return the pattern of the days of the week in all languages."""
    full = (table.get("full", table["names"]) for table in words("weekdays").values())
    return pattern(name for names in full for name in names.replace("|", " ").split())
