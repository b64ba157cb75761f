"""Distances of races as people write them, in words and numbers of all languages.

The words stand in `runanalytics.words`, table ``distances``. A cell may be ambiguous where its
time is not: "5M" are miles, "100M" may be a sprint or a hundred miles, "10,000 m" are not ten
metres. All that a text can mean is returned, the likeliest first; who has the time chooses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from runanalytics.errors import UnitError
from runanalytics.units import KILOMETRE_M, LENGTHS_M, MARATHON_M, MILE_M
from runanalytics.units.numerals import NUMBER, parse_number, shown, tidied
from runanalytics.words import words
from runanalytics.words.phrases import every, pattern, plain

#: Course as the tables of words name it -> its length, m; the shortest first, since a word for
#: a half marathon may end as that for a marathon does.
COURSE_LENGTHS_M: Mapping[str, float] = {
    "junior_parkrun": 2_000.0,
    "parkrun": 5_000.0,
    "mile": MILE_M,
    "five_miles": 5 * MILE_M,
    "quarter": MARATHON_M / 4,
    "ten_miles": 10 * MILE_M,
    "half": MARATHON_M / 2,
    "marathon": MARATHON_M,
}
_UNITS_M = {"km": KILOMETRE_M, "m": 1.0, "mi": MILE_M}
#: No race is shorter, m: a smaller number is not of metres.
SHORTEST_M = 50.0
#: "5.000", "10,000", "1 609": thousands, or three decimals.
_THOUSANDS = re.compile(r"([0-9]{1,3})[., ]([0-9]{3})")
_NUMBER_AND_UNIT = re.compile(rf"({NUMBER}) ?([^\W\d_]+(?: [^\W\d_]+)*)?\.?")


@cache
def _units() -> Mapping[str, float]:
    """Return spelling of a unit of distance -> m, in any language."""
    named = {
        plain(spelling): _UNITS_M[unit]
        for table in words("distances.units").values()
        for unit, spellings in table.items()
        for spelling in spellings
    }
    return {**{spelling: LENGTHS_M[spelling] for spelling in ("yd", "yards")}, **named}


@cache
def _names() -> Mapping[str, tuple[re.Pattern[str], float]]:
    """Return course -> the pattern of its names in any language, and its length in m."""
    return {
        course: (pattern(every(f"distances.{course}")), length_m)
        for course, length_m in COURSE_LENGTHS_M.items()
    }


@cache
def _stated() -> re.Pattern[str]:
    """Return the pattern of a number with a unit within a title: 10k, 5 km, 10 miles."""
    long = [unit for unit, length_m in _units().items() if length_m >= KILOMETRE_M]
    units = "|".join(re.escape(unit) for unit in sorted(long, key=len, reverse=True))
    return re.compile(rf"(?<![\d.,])(\d{{1,3}}(?:[.,]\d{{1,3}})?) ?({units})(?![a-z\d])")


def course_named(title: str) -> float:
    """Return the course (m) that a title, from `words.phrases.plain`, names by a word.

    Examples
    --------
    >>> course_named("berlin halbmarathon"), course_named("10 km stadtlauf")
    (21097.5, nan)
    """
    found = [
        (len(match[0]), -length_m)
        for names, length_m in _names().values()
        for match in names.finditer(title)
    ]
    # The longest words, and of words that end alike the shortest course.
    return -max(found, default=(0, float("nan")))[1]


def distance_stated(title: str) -> float:
    """Return the distance (m) that a title, from `words.phrases.plain`, states as a number.

    Examples
    --------
    >>> distance_stated("city run 10 km"), distance_stated("10 miler"), distance_stated("no 10")
    (10000.0, 16093.44, nan)
    """
    stated = _stated().search(title)
    if stated is None:
        return float("nan")
    return float(stated[1].replace(",", ".")) * _units()[stated[2]]


def distances_written(text: str, unit: str | None = None) -> tuple[float, ...]:
    """Return the distances that a text may stand for, the likeliest first.

    Parameters
    ----------
    text : str
        All of a cell, such as ``"HM"``, ``"10,0 km"``, ``"5M"``, ``"5000 m"``, ``"semi"``.
    unit : {None, "km", "m", "mi"}
        Unit of a bare number; a bare number that cannot be of it may also be of metres.

    Returns
    -------
    tuple of float
        m.

    Raises
    ------
    UnitError
        If the text is no distance, or a bare number that may be of kilometres or miles.

    Examples
    --------
    >>> distances_written("semi"), distances_written("5M"), distances_written("10,0 km")
    ((21097.5,), (8046.72,), (10000.0,))
    >>> distances_written("3000"), distances_written("42.195 km"), distances_written("7", "km")
    ((3000.0,), (42195000.0, 42195.0), (7000.0,))
    """
    cell = plain(text)
    for names, length_m in _names().values():
        if names.fullmatch(cell):
            return (length_m,)
    match = _NUMBER_AND_UNIT.fullmatch(cell)
    if match is None or (match[2] and match[2] not in _units()):
        raise UnitError(
            f"{shown(tidied(text))} is not a distance",
            hint="expected a distance such as 5 km, 26.2 mi, 400 m, half or marathon",
        )
    found = []
    for number in _numbers(match[1]):
        if match[2] in ("m", None):
            # 5M are miles: nobody races over five metres.
            miles = [number * MILE_M] if match[2] and number <= 200 else []
            metres = [number] if number >= SHORTEST_M else []
            known = [number * _UNITS_M[unit]] if match[2] is None and unit else []
            found += [*known, *metres, *miles]
        else:
            found.append(number * _units()[match[2]])
    if not found:
        bare = tidied(text)
        raise UnitError(
            f"{shown(bare)} has no unit",
            hint=f"say --units metric or --units imperial, or write {bare} km, {bare} mi or"
            f" {bare} m",
        )
    return tuple(length_m for length_m in dict.fromkeys(found) if length_m > 0)


def is_bare(text: str) -> bool:
    """Return whether a text is a number without a unit.

    Examples
    --------
    >>> is_bare("10.0"), is_bare("10k")
    (True, False)
    """
    return re.fullmatch(NUMBER, tidied(text)) is not None


def _numbers(text: str) -> list[float]:
    """Return what a number may be: three digits behind a mark are decimals or thousands."""
    if match := _THOUSANDS.fullmatch(text):
        decimals, thousands = float(f"{match[1]}.{match[2]}"), float(match[1] + match[2])
        return [thousands] if " " in text else [thousands, decimals]
    return [parse_number(text)]
