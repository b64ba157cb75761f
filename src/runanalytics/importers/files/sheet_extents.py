"""How many cells lie between the outermost ones of a sheet.

The library that reads workbooks makes room for all of them at once. For a log of thirty rows with
a stray cell in the last row and the last column that would be 17 billion, and the process would
end: such a sheet has to be known before.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from runanalytics.errors import UnreadableFileError

#: A sheet's cells, the empty ones between others included, and those that hold something: no log
#: has more, and they take some 400 MiB.
MOST_CELLS, MOST_FILLED = 8_000_000, 2_000_000

#: The first element of a sheet in Excel's form, and of all sheets in OpenDocument's.
_EXCEL, _OPEN_DOCUMENT = "worksheet", "document-content"
_EXCEL_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
#: What begins a part that is XML, before its first bracket.
_BEFORE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


class SheetExtent:
    """Reads the parts of a workbook and refuses a sheet that is too large."""

    def __init__(self) -> None:
        self._parser: Any = None
        self._kind = ""
        self._done = False
        #: Where a cell of Excel's stands, and the outermost ones: row and column.
        self._row = self._column = 0
        self._first: tuple[int, int] | None = None
        self._last = (0, 0)
        self._begin_table()

    def see(self, block: bytes) -> None:
        """Read on in a part.

        Raises
        ------
        UnreadableFileError
            If a sheet in it is too large.
        ValueError
            If it is no sound XML.
        """
        if self._parser is None:
            self._done = not block.lstrip(_BEFORE).startswith(b"<")
            self._parser = expat.ParserCreate()
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end
            self._parser.StartDoctypeDeclHandler = self._refuse_definition
        if self._done:
            return
        try:
            self._parser.Parse(block)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._kind:
            self._kind = name
            self._done = name not in (_EXCEL, _OPEN_DOCUMENT)
        if self._done:
            return
        if self._kind == _EXCEL:
            self._excel(name, given)
        else:
            self._open_document(name, given)

    def _excel(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            stated = given.get("r", "")
            self._row = int(stated) if stated.isdecimal() else self._row + 1
            self._column = 0
        elif name == "c":
            stands = _EXCEL_CELL.fullmatch(given.get("r", ""))
            self._column += 1
            if stands:
                self._column, self._row = _number(stands[1]), int(stands[2])
        elif name in ("v", "is"):  # an empty cell takes no room
            first = self._first or (self._row, self._column)
            self._first = (min(first[0], self._row), min(first[1], self._column))
            self._last = (max(self._last[0], self._row), max(self._last[1], self._column))
            _check(self._last[0] - self._first[0] + 1, self._last[1] - self._first[1] + 1, 0)

    def _begin_table(self) -> None:
        """Begin a sheet of OpenDocument's."""
        self._n_rows = self._width = self._n_filled = 0
        self._times = self._cells_times = 1
        self._n_in_row = self._n_filled_in_row = self._width_of_row = 0

    def _open_document(self, name: str, given: dict[str, str]) -> None:
        if name == "table":
            self._begin_table()
        elif name == "table-row":
            self._times = _stated(given, "number-rows-repeated")
            self._n_in_row = self._n_filled_in_row = self._width_of_row = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._cells_times = _stated(given, "number-columns-repeated")
            self._n_in_row += self._cells_times
            if any(key.rpartition(":")[2] == "value-type" for key in given):
                self._width_of_row = self._n_in_row
                self._n_filled_in_row += self._cells_times

    def _end(self, name: str) -> None:
        if self._kind == _OPEN_DOCUMENT and name.rpartition(":")[2] == "table-row":
            # Empty rows before the first and after the last that holds something count here:
            # a sheet may end in a million of them, of which the library makes none.
            self._n_rows += self._times
            if self._width_of_row:
                self._width = max(self._width, self._width_of_row)
                self._n_filled += self._times * self._n_filled_in_row
                _check(self._n_rows, self._width, self._n_filled)

    def _refuse_definition(self, *_: object) -> None:
        raise ValueError("it has a document type definition, as no workbook does")


def _stated(given: dict[str, str], name: str) -> int:
    """Return how often a row or cell stands there."""
    stated = next((each for key, each in given.items() if key.rpartition(":")[2] == name), "1")
    return max(int(stated), 1)


def _number(letters: str) -> int:
    """Return the number of a column.

    Examples
    --------
    >>> _number("A"), _number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _check(n_rows: int, n_columns: int, n_filled: int) -> None:
    if n_rows * n_columns > MOST_CELLS or n_filled > MOST_FILLED:
        raise UnreadableFileError(
            f"a sheet of {n_rows:,} rows and {n_columns:,} columns is more than any log has",
            hint="is there a stray cell far down or to the right? Delete it, or save as CSV",
        )
