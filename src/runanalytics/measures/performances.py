"""Race times on one scale: which races can be compared, and what is taken out of their times.

What is assumed:

1. Climb, heat and altitude slow a race as `race_equations` says. What is taken out of a time is
   known to about a third of it: a race of which 15 % is taken out says little of form.
2. A race's noise is that of Hopkins & Hewson 2001 (doi:10.1097/00005768-200109000-00023): 1.2-1.9
   % on the road, 2.7-4.2 % in half marathons and 2.6 % in marathons for the fastest quartile, up
   to twice that in slower runners. How a runner's own compares is for the model to find
   (`runanalytics.findings.engine.race_times`).
3. Courses of another kind than the road are slower by amounts that are not known, and differ among
   themselves (`COURSE_LEVELS`). Obstacle courses and orienteering cannot be compared with
   anything, and races beyond the marathon are other events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.measures import race_equations
from runanalytics.measures.race_climb import believable_ascent, floats
from runanalytics.measures.race_detection import counting
from runanalytics.schema.checking import require, shaped_columns
from runanalytics.schema.column_blocks import frame_from_columns, text_column
from runanalytics.units import distance_text

#: What can be taken out of a time -> the column that it needs.
ADJUSTMENTS = {"climb": "ascent_m", "heat": "temperature_c", "altitude": "altitude_m"}
#: Distances of races that are compared (m): sprints and ultramarathons are other events. Marathons
#: as watches measure them are somewhat longer.
SHORTEST_M, LONGEST_M = 1_000.0, 44_000.0
#: Distance that levels are given for, m.
REFERENCE_M = 10_000.0
#: Noise of a race of the fastest quartile by its distance (m), standard deviation of log time.
_NOISE_M = (15_000.0, 21_097.5, 42_195.0)
_NOISE = (0.015, 0.030, 0.028)
#: VDOT of fast runners, and of those slow ones whose noise is twice as large.
_FAST_VDOT, _SLOW_VDOT = 60.0, 35.0
#: Standard deviation of what was taken out of a time, as a share of it.
ADJUSTED_SD = 0.35


@dataclass(frozen=True)
class CourseLevel:
    """How races over a kind of course compare with races on the road: a judgement of this project.

    Parameters
    ----------
    mean, sd : float
        Of log time, climb taken out, less that on the road: the prior of its level.
    spread : float
        Standard deviation of log time from one such course to another.
    """

    mean: float
    sd: float
    spread: float


#: Kinds of course that can be put on one scale. The empty name is that of a course that is not
#: known. Roads and tracks are measured, trails are as slow as they are rough.
COURSE_LEVELS: Mapping[str, CourseLevel] = MappingProxyType(
    {
        "road": CourseLevel(0.0, 0.0, 0.0),
        "track": CourseLevel(-0.005, 0.015, 0.0),
        "": CourseLevel(0.0, 0.03, 0.0),
        "treadmill": CourseLevel(0.0, 0.05, 0.02),
        "cross-country": CourseLevel(0.05, 0.06, 0.03),
        "trail": CourseLevel(0.10, 0.15, 0.06),
    }
)
#: Kinds of course that are one for the question which races are of one kind.
ON_ROADS = ("road", "track", "")


class Compared(NamedTuple):
    """Races that can be compared, and those that cannot.

    Parameters
    ----------
    performances : DataFrame
        As from `performances`.
    set_apart : DataFrame
        race_id, local_date, title, distance_m, time_s, course and reason of the others.
    """

    performances: pd.DataFrame
    set_apart: pd.DataFrame


def performances(
    races: pd.DataFrame,
    adjust: Sequence[str] = tuple(ADJUSTMENTS),
    *,
    distances_m: tuple[float, float] = (SHORTEST_M, LONGEST_M),
) -> pd.DataFrame:
    """Return the races that can be compared, with climbing, heat and altitude taken out.

    Parameters
    ----------
    races : DataFrame
        Table ``races``: local_date, distance_m (m), time_s (s), and where known ascent_m (m),
        temperature_c (°C) and course; columns ``altitude_m`` (m) and ``raced`` (whether it was
        raced, as the runner says) are used where there are such, and of a list from
        `Library.race_list` only the races that count.
    adjust : sequence of str
        What is taken out, of `ADJUSTMENTS`, where it is known of a race.
    distances_m : tuple of float
        Shortest and longest distance to include (m).

    Returns
    -------
    DataFrame
        One row a race with a time, by date: race_id, local_date, title, course (empty where it is
        not known), raced, distance_m, time_s, ``climb``, ``heat`` and ``altitude`` (factors by
        which each made it slower), adjusted_s (the time without them, s), vdot (of that,
        ml/kg/min), noise (usual standard deviation of its log from race to race), and
        uncertainty (standard deviation of its log from course and adjustments).

    Raises
    ------
    SchemaError
        If a needed column is missing.
    UsageError
        If there is no such adjustment.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a"], "local_date": ["2026-03-01"],
    ...                       "distance_m": [10_000.0], "time_s": [2_400.0], "ascent_m": [200.0]})
    >>> performances(races)[["climb", "adjusted_s"]].round(3).to_numpy().tolist()
    [[1.021, 2351.659]]
    """
    return compared(races, adjust, distances_m=distances_m).performances


def compared(
    races: pd.DataFrame,
    adjust: Sequence[str] = tuple(ADJUSTMENTS),
    *,
    distances_m: tuple[float, float] = (SHORTEST_M, LONGEST_M),
) -> Compared:
    """Return the races that can be compared, as `performances` does, and those set apart.

    Parameters
    ----------
    races, adjust, distances_m
        As of `performances`.

    Raises
    ------
    SchemaError, UsageError
        As `performances` does.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a"], "local_date": ["2026-03-01"],
    ...                       "distance_m": [100.0], "time_s": [14.0]})
    >>> compared(races).set_apart["reason"].tolist()
    ['shorter than 1 km']
    """
    unknown = [name for name in adjust if name not in ADJUSTMENTS]
    if unknown:
        raise UsageError(
            f"no adjustment '{unknown[0]}'", hint=f"there are: {', '.join(ADJUSTMENTS)}"
        )
    require(races, "races", ["local_date", "distance_m", "time_s"])
    races = counting(races)
    rows, raced = _tidied(races), _stated(races)
    course = courses = rows["course"].to_numpy(dtype=object, na_value="")
    distance, time = _numbers(rows["distance_m"]), _numbers(rows["time_s"])
    reason = _why_apart(course, distance, time, distances_m)
    by_date = np.lexsort([rows["race_id"].to_numpy(dtype=str), rows["local_date"].to_numpy()])
    apart = by_date[reason[by_date] != ""]
    kept = by_date[reason[by_date] == ""]
    course, distance, time = course[kept], distance[kept], time[kept]
    altitude = floats(races, "altitude_m")[kept]
    factors = _factors(rows, kept, distance, time, altitude, adjust)
    adjusted = time / np.prod(list(factors.values()), axis=0)
    vdot = race_equations.vdot(distance, adjusted)
    spread = np.array([COURSE_LEVELS[each].spread for each in course], dtype=np.float64)
    taken = [ADJUSTED_SD * np.log(factor) for factor in factors.values()]
    # Columns are taken from their arrays: a frame that is cut and sorted costs more than all this.
    result = {
        **{name: rows[name].take(kept) for name in ("race_id", "local_date", "title")},
        "distance_m": distance,
        "time_s": time,
        "course": text_column(course.tolist()),
        "raced": raced.take(kept),
        **factors,
        "adjusted_s": adjusted,
        "vdot": vdot,
        "noise": race_noise(distance, vdot),
        "uncertainty": np.sqrt(np.sum(np.square([spread, *taken]), axis=0)),
    }
    columns = ["race_id", "local_date", "title", "distance_m", "time_s"]
    others = {name: rows[name].take(apart) for name in columns}
    others |= {
        "course": text_column(courses[apart].tolist()),
        "reason": text_column(reason[apart].tolist()),
    }
    return Compared(frame_from_columns(result), frame_from_columns(others))


def _tidied(races: pd.DataFrame) -> dict[str, ExtensionArray]:
    """Return the columns of races in the shape of their table, each race with an identifier."""
    if "race_id" not in races.columns:
        races = races.assign(race_id=[f"race {number}" for number in range(1, len(races) + 1)])
    return shaped_columns(races, "races", ["local_date", "distance_m", "time_s"])


def _numbers(column: ExtensionArray) -> Floats:
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def _stated(races: pd.DataFrame) -> pd.arrays.BooleanArray:
    """Return whether each race was raced, as the runner says; missing where nothing is said."""
    if "raced" in races.columns:
        said: pd.arrays.BooleanArray = pd.array(races["raced"].array, dtype="boolean")
        return said
    nothing = np.zeros(len(races), dtype=np.bool_)
    return pd.arrays.BooleanArray(nothing, ~nothing)


def _why_apart(
    course: npt.NDArray[np.object_],
    distance: Floats,
    time: Floats,
    distances_m: tuple[float, float],
) -> npt.NDArray[np.str_]:
    """Return why each race cannot be compared with others; empty where it can."""
    shortest, longest = distances_m
    reasons = [
        (~((time > 0) & (distance > 0)), "without a time or distance"),
        (~np.isin(course.astype(str), list(COURSE_LEVELS)), "obstacle course or orienteering"),
        (distance < shortest, f"shorter than {distance_text(shortest)}"),
        (distance > longest, "longer than a marathon"),
    ]
    return np.select([which for which, _ in reasons], [text for _, text in reasons], "")


def _factors(
    rows: Mapping[str, ExtensionArray],
    kept: npt.NDArray[np.int_],
    distance: Floats,
    time: Floats,
    altitude: Floats,
    adjust: Sequence[str],
) -> dict[str, Floats]:
    """Return by what factor each of `ADJUSTMENTS` made each kept row slower; 1 if not known."""
    known = {
        "climb": _numbers(rows["ascent_m"])[kept],
        "heat": _numbers(rows["temperature_c"])[kept],
        "altitude": altitude,
    }
    factors = {name: np.ones(len(kept)) for name in ADJUSTMENTS}

    def asked(name: str) -> bool:
        return name in adjust and bool(np.isfinite(known[name]).any())

    if asked("climb"):
        climbed = frame_from_columns({name: column.take(kept) for name, column in rows.items()})
        climb = race_equations.climb_slowdown(believable_ascent(climbed)["ascent_m"], distance)
        factors["climb"] = np.where(np.isnan(climb), 1.0, climb)
    if asked("heat"):
        heat = race_equations.heat_slowdown(race_equations.wet_bulb_globe_c(known["heat"]), time)
        factors["heat"] = np.where(np.isnan(heat), 1.0, heat)
    if asked("altitude"):
        flat = time / factors["climb"] / factors["heat"]
        altitude = np.where(np.isnan(known["altitude"]), 0.0, known["altitude"])
        share = race_equations.altitude_power(altitude)
        at_sea_level = race_equations.vdot(distance, flat) / share
        slower = flat / race_equations.vdot_time(at_sea_level, distance)
        factors["altitude"] = np.where(share < 1, slower, 1.0)
    return factors


def race_noise(distance_m: npt.ArrayLike, vdot_ml_kg_min: npt.ArrayLike) -> Floats:
    """Return the standard deviation of log race time from race to race.

    Parameters
    ----------
    distance_m : array_like
        Distance, m.
    vdot_ml_kg_min : array_like
        How fast the runner is: noise doubles from VDOT 60 down to 35.

    References
    ----------
    Hopkins & Hewson 2001, doi:10.1097/00005768-200109000-00023; how it grows between the
    fastest and the slowest is an assumption of this project.

    Examples
    --------
    >>> race_noise(5_000, [60.0, 35.0]).tolist()
    [0.015, 0.03]
    """
    base = np.interp(np.log(np.asarray(distance_m, dtype=np.float64)), np.log(_NOISE_M), _NOISE)
    slower = (_FAST_VDOT - np.asarray(vdot_ml_kg_min, dtype=np.float64)) / (_FAST_VDOT - _SLOW_VDOT)
    noise: Floats = base * (1 + np.clip(slower, 0.0, 1.0))
    return noise
