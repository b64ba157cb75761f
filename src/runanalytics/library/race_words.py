"""The user's own word on races: race_corrections.csv in the library's folder.

One line a race, written by `runanalytics races confirm`, `reject` and `add`, or by hand; lines
that begin with # are comments. A line names a run or a listed race by its identifier, so what it
says holds whatever is imported afterwards, and nothing stored is rewritten.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from runanalytics.errors import UsageError
from runanalytics.importers.contract import content_digest
from runanalytics.library.corrections import FORMULA_LEADS, lines_of, read_lines
from runanalytics.library.durable import sync_folder, write_durably
from runanalytics.units import distance_text, duration_text, parse_distance, parse_duration
from runanalytics.units.days import parse_day
from runanalytics.units.numerals import parse_number, shown

#: Name of the file, and its columns.
FILE = "race_corrections.csv"
COLUMNS = ("word", "id", "date", "distance", "time", "title", "ascent_m", "temperature_c")
_BEGIN = (
    "# Your own word on races, one line each",
    "# race: this run was one; no race: it was none; added: a race without a run",
    ",".join(COLUMNS),
)
#: What can be said: that a run or listed race is one, that it is none, or that there was one.
RACE, NO_RACE, ADDED = "race", "no race", "added"
WORDS = (RACE, NO_RACE, ADDED)


@dataclass(frozen=True)
class Word:
    """What the user says of one race.

    Parameters
    ----------
    word : str
        "race", "no race" or "added".
    id : str
        Of the run or the listed race; of an added race its own.
    day : date, optional
        Needed of an added race.
    distance_m, time_s : float, optional
        In place of what was found, m and s; needed of an added race.
    title : str
        What it was called; empty if nothing is said.
    ascent_m, temperature_c : float, optional
        m and °C.
    line : int
        Where it stands in the file; 0 if it does not yet.
    """

    word: str
    id: str
    day: date | None = None
    distance_m: float | None = None
    time_s: float | None = None
    title: str = ""
    ascent_m: float | None = None
    temperature_c: float | None = None
    line: int = 0


def read_words(folder: Path) -> tuple[Word, ...]:
    """Return what the user says of races in the library in `folder`; none without a file.

    Raises
    ------
    UsageError
        If a line makes no sense, naming every such line.
    """
    found: dict[str, Word] = {}

    def read_line(text: str, number: int) -> None:
        one = _read_line(text, number)
        if one is not None and found.setdefault(one.id, one) is not one:
            raise UsageError(f"{shown(one.id)} stands in line {found[one.id].line} already")

    read_lines(folder / FILE, read_line, f"the columns are {','.join(COLUMNS)}")
    return tuple(found.values())


def say(folder: Path, word: Word, *, instead_of: str = "") -> None:
    """Enter a word in place of what was said of the same race before.

    Parameters
    ----------
    folder : Path
        The library's folder, which exists; its writer's lock is held.
    word : Word
        What is said.
    instead_of : str
        Identifier by which the race went before, where that is another.
    """
    _rewrite(folder, (word.id, instead_of), [_written(word)])


def take_back(folder: Path, identifiers: Sequence[str]) -> None:
    """Take out what was said of a race; every other line stays as it is.

    Parameters
    ----------
    folder : Path
        As for `say`.
    identifiers : sequence of str
        Of the lines to take out.
    """
    _rewrite(folder, identifiers, [])


def added_id(day: date, distance_m: float, title: str) -> str:
    """Return the identifier of a race that the user adds: it follows from what it was.

    Examples
    --------
    >>> added_id(date(2026, 5, 3), 10_000.0, "City run")
    'added-f85aca2d'
    """
    told = f"{day.isoformat()} {distance_m:.1f} {title}"
    return f"added-{content_digest(told.encode())[:8]}"


def _rewrite(folder: Path, without: Sequence[str], lines: list[str]) -> None:
    read_words(folder)  # refuses a file with a bad line, rather than losing what it says
    path = folder / FILE
    old = lines_of(path.read_bytes(), path) if path.exists() else list(_BEGIN)
    kept = []
    for number, text in enumerate(old, start=1):
        one = _read_line(text, number)
        if one is None or one.id not in without:
            kept.append(text)
    write_durably(path, "".join(f"{line}\n" for line in [*kept, *lines]).encode())
    sync_folder(folder)


def _read_line(text: str, number: int) -> Word | None:
    if not text.strip(" ,;\t") or text.lstrip().startswith("#"):
        return None
    cells = _cells(text)
    word = cells["word"].casefold()
    if word == COLUMNS[0]:
        return None
    if word not in WORDS:
        raise UsageError(f"{shown(cells['word'])} is none of: {', '.join(WORDS)}")
    day = parse_day(cells["date"]) if cells["date"] else None
    distance_m = parse_distance(cells["distance"]) if cells["distance"] else None
    time_s = parse_duration(cells["time"]) if cells["time"] else None
    title = cells["title"]
    if title.startswith("'") and _is_guarded(title):
        title = title[1:]
    identifier = cells["id"]
    if word == ADDED:
        if day is None or distance_m is None or time_s is None:
            raise UsageError("an added race needs its date, distance and time")
        identifier = added_id(day, distance_m, title)
    elif not identifier:
        raise UsageError(f"'{word}' needs the id of a run or a race")
    ascent_m, temperature_c = (
        parse_number(cells[name]) if cells[name] else None for name in COLUMNS[-2:]
    )
    return Word(word, identifier, day, distance_m, time_s, title, ascent_m, temperature_c, number)


def _cells(text: str) -> dict[str, str]:
    """Return the cells of a line by column: parted by what makes its first one a word."""
    try:
        readings = [
            [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True))]
            for delimiter in (",", ";", "\t")
        ]
    except csv.Error as error:
        raise UsageError(f"{shown(text)} has a stray quotation mark") from error
    known = [cells for cells in readings if cells[0].casefold() in (*WORDS, COLUMNS[0])]
    found = (known or readings)[0]
    if any(found[len(COLUMNS) :]):
        raise UsageError(f"{shown(text)} has more than {len(COLUMNS)} cells")
    found += [""] * len(COLUMNS)
    return dict(zip(COLUMNS, found, strict=False))


def _written(word: Word) -> str:
    title = f"'{word.title}" if _is_guarded(word.title) else word.title
    numbers = [
        "" if value is None else f"{value:g}" for value in (word.ascent_m, word.temperature_c)
    ]
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(
        [
            word.word,
            "" if word.word == ADDED else word.id,
            "" if word.day is None else word.day.isoformat(),
            "" if word.distance_m is None else _distance(word.distance_m),
            "" if word.time_s is None else duration_text(word.time_s),
            " ".join(title.split()),
            *numbers,
        ]
    )
    return line.getvalue()


def _is_guarded(title: str) -> bool:
    """Return whether a title needs an apostrophe in front, or has had one put there."""
    return title.lstrip("'").startswith(FORMULA_LEADS)


def _distance(distance_m: float) -> str:
    """Return a distance as short as it can be read back."""
    text = distance_text(distance_m)
    return text if abs(parse_distance(text) - distance_m) < 0.05 else f"{distance_m:.1f} m"
