"""Paces of races over time, and the names of courses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.schema.checking import require
from runanalytics.units import distance_text, duration_text, length_unit, pace_text, parse_distance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Courses whose lengths differ by no more than this share count as one distance.
SAME_COURSE = 0.03
#: Courses that have one name everywhere, and how far from it a measured distance may be.
_NAMED_COURSES = ("1500 m", "1 mi", "3 km", "5 km", "10 km", "15 km", "Half marathon", "Marathon")
_NEAR_A_NAME = 0.01
#: Distances differ in colour and in marker, and are named beside the line.
_COLOURS = (drawing.ANSWER, drawing.CONTRAST, drawing.THIRD, drawing.INK)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def races_over_time(races: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """Draw each race's pace over its date, with a line through races of one distance.

    Parameters
    ----------
    races : DataFrame
        Table "races": local_date, distance_m, time_s. Races without a time are left out.
    units : {"metric", "imperial"}
        Pace per kilometre or per mile.
    ax : Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    Axes
        Speed in m/s upwards, labelled as pace, so that faster is higher.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> races = pd.DataFrame({"local_date": ["2026-03-01", "2026-06-01"],
    ...                       "distance_m": 5000.0, "time_s": [1200.0, 1180.0]})
    >>> races_over_time(races).get_ylabel()
    'Pace'
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter

    axes = drawing.axes(ax)
    with drawing.concise_dates():
        for number, (distance_m, course) in enumerate(by_course(races)):
            date = pd.to_datetime(course["local_date"]).to_numpy()
            speed = (course["distance_m"] / course["time_s"]).to_numpy(dtype=float)
            colour = _COLOURS[number % len(_COLOURS)]
            axes.plot(
                date,
                speed,
                color=colour,
                linewidth=1.2,
                marker=_MARKERS[number % len(_MARKERS)],
                markersize=6,
                markeredgecolor="white",
                markeredgewidth=0.6,
            )
            axes.annotate(
                course_name(distance_m, units),
                (date[-1], speed[-1]),
                xytext=(7, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                size=9,
            )
    axes.margins(x=0.09, y=0.15)
    axes.yaxis.set_major_locator(FixedLocator(_even_paces(*axes.get_ylim(), units)))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda speed, _: pace_text(speed, units) if speed > 0 else "")
    )
    axes.set_ylabel("Pace", fontsize=9, color=drawing.QUIET)
    return axes


def describe_races(races: pd.DataFrame, *, units: str = "metric") -> str:
    """Return in words what `races_over_time` shows.

    Parameters
    ----------
    races : DataFrame
        Table "races".
    units : {"metric", "imperial"}
        Kilometres or miles.
    """
    parts = []
    for distance_m, course in by_course(races):
        times = [duration_text(time) for time in course["time_s"]]
        several = f"{len(times)} races, from {times[0]} to {times[-1]}"
        words = times[0] if len(times) == 1 else several
        parts.append(f"{course_name(distance_m, units)}: {words}")
    return f"Pace of races over time. {'; '.join(parts) or 'There is none'}."


def _even_paces(slowest_m_s: float, fastest_m_s: float, units: str) -> list[float]:
    """Return speeds between two, m/s, whose paces are multiples of a whole number of seconds."""
    length_m = parse_distance(f"1 {length_unit(units)}")
    slow, fast = length_m / max(slowest_m_s, 0.1), length_m / max(fastest_m_s, 0.1)
    return [length_m / pace_s for pace_s in drawing.round_times(fast, slow) if pace_s > 0]


def course_name(distance_m: float, units: str = "metric") -> str:
    """Return what runners call a distance, whichever units they train in.

    Parameters
    ----------
    distance_m : float
        Distance, m.
    units : {"metric", "imperial"}
        For a distance that has no name.

    Examples
    --------
    >>> course_name(21_150.0, "imperial"), course_name(5_000.0, "imperial")
    ('Half marathon', '5 km')
    >>> course_name(7_000.0, "imperial")
    '4.35 mi'
    """
    for words in _NAMED_COURSES:
        length_m = parse_distance(words.lower().replace(" ", ""))
        if abs(distance_m - length_m) <= _NEAR_A_NAME * length_m:
            return words
    return distance_text(distance_m, units)


def by_course(races: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """Yield each distance that was raced, shortest first, and its races by date.

    Parameters
    ----------
    races : DataFrame
        Table "races". Courses within `SAME_COURSE` of the shortest of them are one distance.

    Examples
    --------
    >>> races = pd.DataFrame({"local_date": ["2026-03-01", "2026-06-01"],
    ...                       "distance_m": [5000.0, 5050.0], "time_s": [1200.0, 1180.0]})
    >>> [(distance_m, len(course)) for distance_m, course in by_course(races)]
    [(5025.0, 2)]
    """
    require(races, "races", ["local_date", "distance_m", "time_s"])
    timed = races.dropna(subset=["local_date", "distance_m", "time_s"])
    timed = timed[(timed["distance_m"] > 0) & (timed["time_s"] > 0)]
    ordered = timed.sort_values("distance_m", kind="stable")
    distance = ordered["distance_m"].to_numpy(dtype=float)
    course = np.zeros(len(distance), dtype=np.int64)
    for place in range(1, len(distance)):
        shortest = distance[np.searchsorted(course[:place], course[place - 1])]
        course[place] = course[place - 1] + (distance[place] > shortest * (1 + SAME_COURSE))
    for _, group in ordered.groupby(course):
        yield float(group["distance_m"].median()), group.sort_values("local_date", kind="stable")
