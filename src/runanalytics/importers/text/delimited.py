"""Delimited text as people and spreadsheets save it: encodings, delimiters, ragged rows.

Every importer of a CSV file reads it with `read_table`, and recognises it by the columns that
`header_of` finds in its first bytes. Cells are text and stay text: one that starts with "=" is
not a formula here.
"""

from __future__ import annotations

import codecs
import csv
import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from runanalytics.csv_text import csv_reader
from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.contract import Note
from runanalytics.importers.text.plain_numbers import stands_for_nothing
from runanalytics.units.numerals import tidied

Parsed = TypeVar("Parsed")

DELIMITERS = (",", ";", "\t", "|")

#: Byte order marks and the encodings that they state.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encoding assumed for text that is neither UTF-8 nor UTF-16: older spreadsheets write it.
_LAST_RESORT = "cp1252"
#: The line with which a spreadsheet states the delimiter of the lines that follow.
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\s*")
#: Columns at a row's end whose text may hold the delimiter without quotes.
_FREE_TEXT = ("notes", "note", "comment", "comments", "workout_notes")
#: No table of a runner's has more columns; the widest export known has some 100.
MOST_COLUMNS = 2_000
#: How many bad cells a message lists before it only counts them.
_SHOWN_PROBLEMS = 3


@dataclass(frozen=True)
class Row:
    """One row of a delimited file: its line, counted from 1, and its cells by column.

    `overfull` holds all cells, in order, of a row that has more of them than there are columns.
    """

    line: int
    cells: Mapping[str, str]
    overfull: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> str:
        """Return the cell of `column`, empty where there is none."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class DelimitedTable:
    """A delimited file: its columns as `column_key` spells them and as written, and its rows."""

    columns: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]
    delimiter: str
    #: Lines of rows that were left out, since they have more cells than there are columns.
    overfull_lines: tuple[int, ...] = ()

    def written(self, column: str) -> str:
        """Return the name of a column as the file has it."""
        return dict(zip(self.columns, self.names, strict=True)).get(column, column)


@dataclass
class Problems:
    """Collects what could not be read, by consequence: a thousand bad cells are one note."""

    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, consequence: str, row: Row, reason: object) -> None:
        """Record what is wrong with `row`, and what is done about it."""
        self.lines.setdefault(consequence, []).append(f"line {row.line}: {reason}")

    def notes(self) -> list[Note]:
        """Return one warning for each consequence."""
        return [
            Note("warning", f"{consequence} ({len(lines)}): {_listed(lines)}")
            for consequence, lines in self.lines.items()
        ]

    def error(self, otherwise: str, hint: str | None = None) -> UnreadableFileError:
        """Return the error for a file of which no row is left; `otherwise` if without problems."""
        reason = "; ".join(note.message for note in self.notes())
        return UnreadableFileError(reason or otherwise, hint=hint)


def column_key(name: str) -> str:
    """Return the name of a column without case, and with its spaces and hyphens as one "_".

    Examples
    --------
    >>> column_key(" Duration (sec)"), column_key("Hold-S")
    ('duration_(sec)', 'hold_s')
    """
    plain = tidied(unicodedata.normalize("NFC", name)).casefold()
    return re.sub(r"[\s_\-]+", "_", plain).strip("_")


@functools.lru_cache(maxsize=2)  # every importer of text needs the header of the same file
def header_of(head: bytes) -> tuple[str, ...]:
    r"""Return the column keys of a delimited file whose first bytes are `head`.

    Examples
    --------
    >>> header_of(b"Date;Workout Name\n2026-01-05;Legs")
    ('date', 'workout_name')
    """
    return tuple(map(column_key, _lines(text_of(head)).header()))


def read_table(
    data: bytes, *, keep_overfull: bool = False, by_place: bool = False
) -> DelimitedTable:
    """Return the rows of a delimited file whose first line names its columns.

    Parameters
    ----------
    data : bytes
        UTF-8, UTF-16 or Windows-1252 text, delimited by comma, semicolon, tab or bar.
    keep_overfull : bool
        Whether rows with more cells than there are columns are kept, for a caller that can tell
        by other means which cell belongs to which column.
    by_place : bool
        Whether columns are called by their place, the first "0", rather than by their name: for
        files in which a name occurs twice.

    Returns
    -------
    DelimitedTable
        Rows with at least one cell that is not empty, and notes on what was repaired. A row
        with more cells than there are columns is left out, since nothing tells which is which.

    Raises
    ------
    UnreadableFileError
        If there is no header or no row, or more columns than `MOST_COLUMNS`.
    """
    lines = _lines(text_of(data))
    names = tuple(name.strip() for name in lines.header())
    columns = tuple(map(column_key, names))
    if not any(columns):
        raise UnreadableFileError("the file is empty", hint="expected a line of column names")
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(
            f"a table of {len(columns):,} columns, and no log has more than {MOST_COLUMNS:,}",
            hint="export it once more",
        )
    if by_place:
        columns = tuple(map(str, range(len(names))))
    rows, problems, overfull_lines = [], Problems(), []
    for line, cells in lines.rows:
        row = _row(line, cells, columns)
        if row is None and keep_overfull:
            rows.append(Row(line, {}, tuple(map(str.strip, cells))))
        elif row is None:
            reason = f"{len(cells)} cells, {len(columns)} columns"
            problems.add("rows with too many cells were left out", Row(line, {}), reason)
            overfull_lines.append(line)
        elif any(row.cells.values()):
            rows.append(row)
    if not rows:
        hint = "expected one row an entry"
        raise problems.error("there is no row below the column names", hint)
    notes = [*lines.notes, *problems.notes()]
    if _encoding(data) == _LAST_RESORT:
        notes.append(Note("info", "the text is not UTF-8; it was read as Windows-1252"))
    return DelimitedTable(
        columns, names, tuple(rows), tuple(notes), lines.delimiter, tuple(overfull_lines)
    )


def read_cell(
    row: Row, column: str, parse: Callable[[str], Parsed], problems: Problems
) -> Parsed | None:
    """Return a cell as `parse` reads it; None where it is empty or cannot be read.

    Parameters
    ----------
    row : Row
        Row of the cell.
    column : str
        Its column, as `column_key` spells it.
    parse : callable
        Turns text into a value, or raises `UnitError`.
    problems : Problems
        A cell that cannot be read is added here.

    Returns
    -------
    What `parse` returns, or None
    """
    text = row[column]
    if stands_for_nothing(text):
        return None
    try:
        return parse(text)
    except UnitError as error:
        problems.add(f"cells of '{column}' were taken as empty", row, error.message)
        return None


def _listed(lines: list[str]) -> str:
    more = len(lines) - _SHOWN_PROBLEMS
    return "; ".join(lines[:_SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    # Without a mark, Latin text in UTF-16 has a zero byte beside each letter.
    if len(data) >= 8 and data[1:8:2] == bytes(4):
        return "utf-16-le"
    if len(data) >= 8 and data[0:8:2] == bytes(4):
        return "utf-16-be"
    try:
        # The first bytes of a file may end within a character.
        codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return _LAST_RESORT
    return "utf-8"


def text_of(data: bytes) -> str:
    """Return the bytes of a file as text, in the encoding that they show.

    Examples
    --------
    >>> text_of("Übung".encode("cp1252"))
    'Übung'
    """
    return data.decode(_encoding(data), errors="replace").replace("\0", "")


@dataclass(frozen=True)
class _Lines:
    """Rows that are not blank, each with the number of its first line."""

    delimiter: str
    rows: Iterator[tuple[int, list[str]]]
    notes: tuple[Note, ...] = ()

    def header(self) -> list[str]:
        return next(self.rows, (1, []))[1]


def _lines(text: str) -> _Lines:
    first = re.search(r"[^\r\n]*\S[^\r\n]*", text)
    if first is None:
        return _Lines(DELIMITERS[0], iter(()))
    physical = re.split("\r\n|\r|\n", text)
    stated = _SEPARATOR_LINE.fullmatch(first[0])
    if stated:
        physical[physical.index(first[0])] = ""
    delimiter = stated[1] if stated else max(DELIMITERS, key=first[0].count)
    notes: tuple[Note, ...] = ()
    try:
        rows = list(_parsed(physical, delimiter))
    except csv.Error as error:
        # One stray quotation mark must not make the lines after it part of one cell.
        rows = [(n, _alone(line, delimiter)) for n, line in enumerate(physical, start=1)]
        message = f"broken quotation marks ({error}): each line was read alone"
        notes = (Note("warning", message),)
    filled = ((line, cells) for line, cells in rows if any(map(str.strip, cells)))
    return _Lines(delimiter, filled, notes)


def _alone(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv_reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


def _parsed(physical: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv_reader(
        (f"{line}\n" for line in physical), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row | None:
    extra = cells[len(columns) :]
    if any(map(str.strip, extra)):
        if columns[-1] not in _FREE_TEXT:
            return None
        cells = [*cells[: len(columns) - 1], ", ".join(cells[len(columns) - 1 :])]
    named: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        named.setdefault(column, cell.strip())
    return Row(line, named)
