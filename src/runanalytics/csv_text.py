r"""Reading CSV whose cells are as long as a file may have them.

The csv module refuses a cell of more than 131,072 characters. Titles and notes may be longer, and
what is exported has to be read back. The limit is one of the whole process: it is set here and
nowhere else, and never lowered.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

#: Characters of a cell. No file of more than 128 MiB is read into memory, and no cell of an
#: export is longer than the text that it was read from, but for its guard.
LONGEST_CELL = 2**28
#: Characters that no text has for its own sake.
_PRIVATE_USE = range(0xE000, 0xF900)


def csv_reader(
    lines: Iterable[str],
    *,
    delimiter: str = ",",
    strict: bool = False,
    skipinitialspace: bool = False,
) -> Reader:
    """Return `csv.reader` of lines, in which a cell may be as long as `LONGEST_CELL`."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=skipinitialspace)


def exported_rows(text: str) -> Iterator[list[str]]:
    r"""Yield the rows of a text that `csv.writer` wrote with ``\n`` at the ends of lines.

    It puts a cell with ``\r`` into no quotation marks, and `csv.reader` ends a row there.

    Parameters
    ----------
    text : str
        The whole text.

    Raises
    ------
    csv.Error
        If it was not written so.

    Examples
    --------
    >>> list(exported_rows('id,title\n1,a\rb\n2,"c\nd"\n'))
    [['id', 'title'], ['1', 'a\rb'], ['2', 'c\nd']]
    """
    if "\r" not in text:
        yield from csv_reader(io.StringIO(text, newline="\n"), strict=True)
        return
    stand_in = next(sign for sign in map(chr, _PRIVATE_USE) if sign not in text)
    lines = io.StringIO(text.replace("\r", stand_in), newline="\n")
    for row in csv_reader(lines, strict=True):
        yield [cell.replace(stand_in, "\r") for cell in row]
