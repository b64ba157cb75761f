"""Errors that are meant for the user, as one root with named leaves.

A message says what was read, where, and what to do about it. `RunAnalyticsError` includes
everything that this package raises on purpose; any other exception that reaches a user is a
defect.
"""

from __future__ import annotations

import re

#: Letters of a message. What it quotes of a file may be of any length.
LONGEST_MESSAGE = 4_000
#: What ends a line, with the blanks around it.
_LINE_ENDS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
#: Characters that a terminal obeys: controls but tab and line feed, and marks of direction.
_CONTROLS = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str, most: int | None = LONGEST_MESSAGE) -> str:
    r"""Return a text in one line, of at most so many letters.

    What stands in a file must not look as if the program had said it in a line of its own.

    Parameters
    ----------
    text : str
        Any text.
    most : int, optional
        Letters; None cuts nothing.

    Examples
    --------
    >>> one_line("Tempo\nrun"), one_line("a" * 9, 5)
    ('Tempo run', 'aaaa…')
    """
    if most is not None and len(text) > most:
        text = f"{text[: most - 1]}…"
    return _LINE_ENDS.sub(" ", text)


def printable(text: str) -> str:
    r"""Return `text` with its control characters as escapes; line breaks stay.

    Examples
    --------
    >>> print(printable("Tempo \x1b[2J"))
    Tempo \u001b[2J
    """
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class RunAnalyticsError(Exception):
    """Root of every error that is meant for the user.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence.
    where : str, optional
        The place: a file, and the line, column or byte in it.
    hint : str, optional
        What to do about it.

    Examples
    --------
    >>> print(RunAnalyticsError("no column 'date'", where="sets.csv", hint="add one"))
    sets.csv: no column 'date'; add one
    """

    #: Exit status of the command line when this ends it: 2 is wrong use or unreadable input.
    exit_status = 2

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.hint}" if self.hint else ""
        return one_line(f"{place}{self.message}{advice}")


class UnreadableFileError(RunAnalyticsError):
    """A file that no importer recognises, or that is broken beyond reading."""


class MissingColumnError(UnreadableFileError):
    """A table in a file lacks a column that is needed."""


class UnitError(RunAnalyticsError):
    """A text is not a quantity of the expected kind, or its unit is not stated."""


class SchemaError(RunAnalyticsError):
    """A frame does not fit its table in `runanalytics.schema`."""


class UsageError(RunAnalyticsError):
    """An argument that names no known metric, movement, measure or the like."""


class LibraryError(RunAnalyticsError):
    """The library cannot be opened, read or written."""

    exit_status = 3


class DamagedLibraryError(LibraryError):
    """The stored data is not what was written."""


class LibraryLockedError(LibraryError):
    """Another process is writing to the library."""
