"""The user's statements on races: race_corrections.csv in the library's folder.

One line a race, written by `runanalytics races confirm`, `reject` and `add`, or by hand; lines
that begin with # are comments. A line names a run or a listed race by its identifier, so that it
stays valid whatever is imported afterwards, and nothing stored is rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.importers.contract import content_digest
from runanalytics.library.corrections.edited_file import (
    EditedFile,
    cells_of,
    guarded,
    line_of,
    unguarded,
)
from runanalytics.schema import COURSES
from runanalytics.units import distance_text, duration_text, parse_distance, parse_duration
from runanalytics.units.days import parse_day
from runanalytics.units.numerals import parse_number, shown

#: Name of the file, its columns, and what it begins with.
FILE = "race_corrections.csv"
COLUMNS = (
    *("word", "id", "date", "distance", "time", "title", "ascent_m", "temperature_c"),
    *("course", "raced"),
)
#: How many of them every line has: older files have no others.
_ALWAYS = 8
_FIRST_LINES = (
    "# Your own statements on races, one line each",
    "# race: this run was one; no race: it was none; added: a race without a run",
    f"# course: {', '.join(COURSES)}; raced: yes, or no if it was jogged",
    ",".join(COLUMNS),
)
#: Whether it was run as fast as possible -> how the file says it.
_RACED = {True: "yes", False: "no"}
#: What can be stated: that a run or listed race is one, that it is none, or that there was one.
RACE, NO_RACE, ADDED = "race", "no race", "added"
DECISIONS = (RACE, NO_RACE, ADDED)


@dataclass(frozen=True)
class RaceCorrection:
    """What the user states of one race.

    Parameters
    ----------
    decision : str
        "race", "no race" or "added".
    key : str
        Identifier of the run or the listed race; an added race has its own.
    day : date, optional
        Needed of an added race.
    distance_m, time_s : float, optional
        In place of what was found, m and s; needed of an added race.
    title : str
        Name of the race; empty if nothing is stated.
    ascent_m, temperature_c : float, optional
        m and °C.
    course : str
        Kind of course, of `schema.COURSES`; empty if nothing is stated.
    raced : bool, optional
        Whether it was run as fast as possible, rather than jogged.
    line : int
        Where it stands in the file; 0 if it does not yet.
    """

    decision: str
    key: str
    day: date | None = None
    distance_m: float | None = None
    time_s: float | None = None
    title: str = ""
    ascent_m: float | None = None
    temperature_c: float | None = None
    course: str = ""
    raced: bool | None = None
    line: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """The identifier: it is compared as it is written."""
        return self.key

    def values(self) -> dict[str, Any]:
        """Return what is stated, by columns of table ``races``; None where nothing is."""
        return {
            "local_date": pd.Timestamp(self.day) if self.day else None,
            "distance_m": self.distance_m,
            "time_s": self.time_s,
            "title": self.title or None,
            "ascent_m": self.ascent_m,
            "temperature_c": self.temperature_c,
            "course": self.course or None,
        }


def read_race_corrections(folder: Path) -> dict[str, RaceCorrection]:
    """Return what the user states of races in the library in `folder`, by identifier.

    Raises
    ------
    UsageError
        If a line cannot be read, naming every such line.
    """
    return _RACES.statements(folder)


def write_race_correction(
    folder: Path, correction: RaceCorrection, *, instead_of: str = ""
) -> None:
    """Write a statement in place of what was stated of the same race before.

    Parameters
    ----------
    folder : Path
        The library's folder, which exists; its writer's lock is held.
    correction : RaceCorrection
        What is stated.
    instead_of : str
        Identifier that the race had before, where that is another.
    """
    _RACES.rewrite(folder, (correction.key, instead_of), [_line(correction)])


def delete_race_corrections(folder: Path, identifiers: Collection[str]) -> None:
    """Delete what was stated of races; every other line stays as it is.

    Parameters
    ----------
    folder : Path
        As for `write_race_correction`.
    identifiers : collection of str
        Of the lines to delete.
    """
    _RACES.rewrite(folder, identifiers)


def added_id(day: date, distance_m: float, title: str) -> str:
    """Return the identifier of a race that the user adds, from its day, distance and title.

    Examples
    --------
    >>> added_id(date(2026, 5, 3), 10_000.0, "City run")
    'added-f85aca2d'
    """
    stated = f"{day.isoformat()} {distance_m:.1f} {title}"
    return f"added-{content_digest(stated.encode())[:8]}"


def _read_line(text: str, number: int) -> RaceCorrection | None:
    known = (*DECISIONS, COLUMNS[0])
    found = cells_of(text, lambda cells: cells != [] and cells[0].strip().casefold() in known)
    found += [""] * (len(COLUMNS) - len(found))
    decision = found[0].strip().casefold()
    if decision == COLUMNS[0]:
        return None
    if decision not in DECISIONS:
        raise UsageError(f"{shown(found[0].strip())} is none of: {', '.join(DECISIONS)}")
    if len(found) > len(COLUMNS):
        raise UsageError(f"{shown(text)} has more than {len(COLUMNS)} cells")
    cells = {name: unguarded(cell.strip()) for name, cell in zip(COLUMNS, found, strict=True)}
    day = parse_day(cells["date"]) if cells["date"] else None
    distance_m = parse_distance(cells["distance"]) if cells["distance"] else None
    time_s = parse_duration(cells["time"]) if cells["time"] else None
    title, identifier = cells["title"], cells["id"]
    if decision == ADDED:
        if day is None or distance_m is None or time_s is None:
            raise UsageError("an added race needs its date, distance and time")
        identifier = added_id(day, distance_m, title)
    elif not identifier:
        raise UsageError(f"'{decision}' needs the id of a run or a race")
    ascent_m, temperature_c = (
        parse_number(cells[name]) if cells[name] else None for name in ("ascent_m", "temperature_c")
    )
    return RaceCorrection(
        *(decision, identifier, day, distance_m, time_s, title, ascent_m, temperature_c),
        course=parse_course(cells["course"]) if cells["course"] else "",
        raced=_parse_raced(cells["raced"]) if cells["raced"] else None,
        line=number,
    )


def parse_course(text: str) -> str:
    """Return the kind of course that a word names.

    Parameters
    ----------
    text : str
        One of `schema.COURSES`; case and hyphens do not matter.

    Raises
    ------
    UsageError
        If it is none; the message lists them.

    Examples
    --------
    >>> parse_course("Cross Country")
    'cross-country'
    """
    plain = "-".join(re.split(r"[\s_-]+", text.casefold().strip()))
    if plain not in COURSES:
        raise UsageError(
            f"{shown(text)} is no kind of course", hint=f"the kinds are: {', '.join(COURSES)}"
        )
    return plain


def _parse_raced(text: str) -> bool:
    for raced, word in _RACED.items():
        if text.casefold() == word:
            return raced
    raise UsageError(f"whether it was raced is yes or no, not {shown(text)}")


def _line(correction: RaceCorrection) -> str:
    title = " ".join(correction.title.split())
    distance_m, time_s = correction.distance_m, correction.time_s
    numbers = (correction.ascent_m, correction.temperature_c)
    cells = [
        correction.decision,
        "" if correction.decision == ADDED else correction.key,
        "" if correction.day is None else correction.day.isoformat(),
        "" if distance_m is None else _distance(distance_m),
        "" if time_s is None else duration_text(time_s),
        guarded(title) if title else "",
        *("" if value is None else f"{value:g}" for value in numbers),
        correction.course,
        "" if correction.raced is None else _RACED[correction.raced],
    ]
    while len(cells) > _ALWAYS and not cells[-1]:
        cells.pop()
    return line_of(cells)


def _distance(distance_m: float) -> str:
    """Return a distance as short as it can be read back."""
    text = distance_text(distance_m)
    return text if abs(parse_distance(text) - distance_m) < 0.05 else f"{distance_m:.1f} m"


_RACES = EditedFile(FILE, _FIRST_LINES, _read_line, f"the columns are {','.join(COLUMNS)}")
