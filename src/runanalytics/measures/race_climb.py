"""How much of a race's ascent can be believed.

Barometers drift with the weather and jump when their opening is wet, satellites measure height
badly, and lists have typing errors. An ascent that no course of the kind has, or that nobody could
have climbed in the time, says nothing about the race.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.measures.race_equations import climb_slowdown, vdot
from runanalytics.schema.checking import require
from runanalytics.schema.tables import COURSES

#: Most ascent that courses of a kind have, m/km. Trail, and unknown courses: the steepest that are
#: longer than a vertical kilometre are those of Grossglockner (100), Pikes Peak Ascent (111),
#: Mount Washington (116) and Zugspitz (124). Road: the Comrades has 20 and the Jungfrau marathon,
#: most of it no road, 43. Obstacle courses are set on ski slopes; of orienteering the rules of the
#: IOF allow 40 along the shortest route, and nobody finds that.
MOST_M_PER_KM: Mapping[str, float] = {
    **dict.fromkeys(COURSES, 60.0),
    **dict.fromkeys(("track", "treadmill"), 5.0),
    **{"trail": 150.0, "obstacle": 120.0, "orienteering": 80.0},
}
#: A vertical kilometre is at most 5 km long (rules of the ISF), and Fully's, the steepest, 1.92 km.
_VERTICAL_M, _VERTICAL_M_PER_KM = 6_000.0, 550.0
#: Kinds of course that may be a vertical kilometre.
_MOUNTAIN = "trail"
#: The best climb 1,000 m in 28:53 min (Fully 2017): nobody climbs faster.
_FASTEST_M_PER_H = 2_080.0
#: VDOT of the best races of men, whatever the distance, with a margin.
_BEST_VDOT = 87.0


def believable_ascent(races: pd.DataFrame) -> pd.DataFrame:
    """Return the ascent of races as far as it can be believed, and why it cannot.

    An ascent is not believed where, per kilometre, it is more than courses of the kind have
    (`MOST_M_PER_KM`; up to 6 km on trails a vertical kilometre's), where nobody could climb it in
    the time, or where the time with the climb taken out would be better than any that was ever
    run.

    Parameters
    ----------
    races : DataFrame
        One row a race: ascent_m and distance_m (m); where known course (of `schema.COURSES`;
        missing is taken as a trail, whose bound is the widest) and time_s (s).

    Returns
    -------
    DataFrame
        With the index of `races`: ascent_m (m, missing where it is not known or not believed) and
        reason (why it is not believed, missing otherwise).

    Raises
    ------
    SchemaError
        If a needed column is missing.

    References
    ----------
    Bounds are those of public courses, named beside the constants. Time without climb: see
    `runanalytics.measures.race_equations.climb_slowdown` (Minetti et al. 2002).

    Examples
    --------
    >>> races = pd.DataFrame({"course": ["road", "trail"], "distance_m": 10_000.0,
    ...                       "ascent_m": 900.0, "time_s": 4_500.0})
    >>> believable_ascent(races)["ascent_m"].tolist()
    [nan, 900.0]
    >>> believable_ascent(races)["reason"].iloc[0]
    '90 m/km of ascent, and road courses have up to 60'
    """
    require(races, "races", ["ascent_m", "distance_m"])
    ascent, distance, time = (floats(races, name) for name in ("ascent_m", "distance_m", "time_s"))
    course = races["course"].to_numpy() if "course" in races.columns else np.full(len(races), None)
    kind = pd.Series(course, dtype="object").fillna(_MOUNTAIN)
    with np.errstate(divide="ignore", invalid="ignore"):
        steepness = 1_000 * ascent / distance
        climbed_m_h = 3_600 * ascent / time
        worth = vdot(distance, time / climb_slowdown(ascent, distance))
        plain_worth = vdot(distance, time)
    most = _most_m_per_km(kind, distance)
    reason = np.full(len(races), None, dtype=object)
    for row in np.flatnonzero(worth > np.maximum(_BEST_VDOT, plain_worth)):
        reason[row] = "without that climb it would be the best race ever run"
    for row in np.flatnonzero(climbed_m_h > _FASTEST_M_PER_H):
        reason[row] = f"{climbed_m_h[row]:,.0f} m of ascent an hour, and nobody climbs as fast"
    for row in np.flatnonzero(steepness > most):
        reason[row] = (
            f"{steepness[row]:.0f} m/km of ascent, and {_named(course[row])} have up to"
            f" {most[row]:g}"
        )
    believed = pd.isna(reason) & (distance > 0)
    return pd.DataFrame(
        {
            "ascent_m": np.where(believed, ascent, np.nan),
            "reason": pd.Series(reason, dtype="str").array,
        },
        index=races.index,
    )


def _most_m_per_km(course: pd.Series, distance_m: Floats) -> Floats:
    most = course.map(MOST_M_PER_KM).to_numpy(dtype=np.float64)
    is_vertical = (course == _MOUNTAIN).to_numpy(dtype=bool) & (distance_m <= _VERTICAL_M)
    return np.where(is_vertical, _VERTICAL_M_PER_KM, most)


def floats(races: pd.DataFrame, name: str) -> Floats:
    """Return a column of numbers, NaN where it or a value is missing.

    Examples
    --------
    >>> floats(pd.DataFrame({"time_s": [60]}), "time_s").tolist()
    [60.0]
    """
    if name not in races.columns:
        return np.full(len(races), np.nan)
    return races[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _named(course: object) -> str:
    return f"{course} courses" if isinstance(course, str) else "courses"
