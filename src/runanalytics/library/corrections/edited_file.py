"""Files of a library that people edit by hand or in a spreadsheet, with one statement a line.

Lines that begin with # are comments, and the program changes no line that it does not have to.
A spreadsheet takes some texts for formulas and runs them; `guarded` prevents that, here and in
whatever else is written as CSV.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from runanalytics.csv_text import csv_reader
from runanalytics.errors import RunAnalyticsError, UsageError
from runanalytics.library.storage.durable import sync_folder, write_durably
from runanalytics.units.numerals import shown

#: What makes a spreadsheet take a cell for a formula; some read the wide forms of East Asian
#: keyboards, too.
_FORMULA_LEADS = frozenset("=+-@＝＋－＠")
#: A cell that begins with one of these may run whatever follows (OWASP, "CSV Injection").
_CONTROL_LEADS = frozenset("\t\r\n")
#: Categories of characters without a shape of their own, such as spaces, the byte order mark
#: and the zero-width ones: some spreadsheets drop them in front of a formula.
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
#: What is put in front of a cell; a text that begins with it gets another one.
_GUARD = "'"

#: What separates the cells of a line, in the order in which they are tried.
_DELIMITERS = (",", ";", "\t")


def guarded(text: str) -> str:
    """Return a text as a cell that is not empty and that no spreadsheet runs.

    Parameters
    ----------
    text : str
        Any text; `unguarded` gives it back exactly.

    Examples
    --------
    >>> guarded("=1+1"), guarded("Legs"), guarded("'quoted'"), guarded("")
    ("'=1+1", 'Legs', "''quoted'", "'")
    """
    return _GUARD + text if text.startswith(_GUARD) or _needs_guard(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` may have made.

    An apostrophe that a person wrote before a harmless text stays: `guarded` writes none there.

    Parameters
    ----------
    cell : str
        The cell as it was read.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'t Gooi"), unguarded("''t Gooi")
    ('=1+1', "'t Gooi", "'t Gooi")
    """
    text = cell.removeprefix(_GUARD)
    return text if text.startswith(_GUARD) or _needs_guard(text) else cell


def _needs_guard(text: str) -> bool:
    seen = next((sign for sign in text if unicodedata.category(sign) not in _UNSEEN), None)
    return not text or text[0] in _CONTROL_LEADS or seen in _FORMULA_LEADS


class Statement(Protocol):
    """The content of a line, and its number."""

    @property
    def key(self) -> str:
        """What it is about; no two lines may state different things about the same."""

    @property
    def name(self) -> str:
        """What it is about, as it is written."""

    @property
    def line(self) -> int:
        """Number of its line, which does not count when two are compared."""


StatementT = TypeVar("StatementT", bound=Statement)


@dataclass(frozen=True)
class EditedFile(Generic[StatementT]):
    """One kind of file that people edit.

    Parameters
    ----------
    name : str
        Its name in a library's folder.
    first_lines : tuple of str
        What a new one begins with.
    read_line : callable
        Takes a line that is no comment, and its number; returns its statement, or None for the
        names of the columns.
    hint : str
        What to do where lines cannot be read.
    """

    name: str
    first_lines: tuple[str, ...]
    read_line: Callable[[str, int], StatementT | None]
    hint: str

    def statements(self, folder: Path) -> dict[str, StatementT]:
        """Return the statements of the file in `folder` by their keys; none without a file.

        Raises
        ------
        UsageError
            If a line cannot be read, naming every such line: leaving it out would give a
            wrong number.
        """
        found: dict[str, StatementT] = {}
        problems = []
        for number, text in enumerate(self._lines(folder) or (), start=1):
            try:
                stated = self._statement(text, number)
                if stated and (earlier := found.setdefault(stated.key, stated)) != stated:
                    raise UsageError(f"{shown(stated.name)} stands in line {earlier.line} already")
            except RunAnalyticsError as error:
                problems.append(f"line {number}: {error}")
        if problems:
            raise UsageError("; ".join(problems), where=str(folder / self.name), hint=self.hint)
        return found

    def rewrite(self, folder: Path, without: Container[str], lines: Sequence[str] = ()) -> None:
        """Remove statements and add lines at the end; every other line stays as it is.

        Parameters
        ----------
        folder : Path
            The library's folder, which exists; its writer's lock is held.
        without : container of str
            Keys of the statements to remove.
        lines : sequence of str
            The lines to add at the end.

        Raises
        ------
        UsageError
            If a line of the file cannot be read.
        """
        self.statements(folder)  # refuses a file with a line that cannot be read
        kept = []
        for text in self._lines(folder) or self.first_lines:
            stated = self._statement(text, 0)
            if stated is None or stated.key not in without:
                kept.append(text)
        text = "".join(f"{line}\n" for line in [*kept, *lines])
        write_durably(folder / self.name, text.encode())
        sync_folder(folder)

    def _statement(self, text: str, number: int) -> StatementT | None:
        if text.lstrip().startswith("#") or re.fullmatch(r"[\s,;]*", text):
            return None
        return self.read_line(text, number)

    def _lines(self, folder: Path) -> list[str] | None:
        path = folder / self.name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            number = data.count(b"\n", 0, error.start) + 1
            raise UsageError(
                f"line {number} is not UTF-8", where=str(path), hint="save it as text in UTF-8"
            ) from error
        return text.replace("\0", "").splitlines()


def cells_of(text: str, fits: Callable[[list[str]], bool]) -> list[str]:
    """Return the cells of a line, whichever separator the country's spreadsheets write.

    Parameters
    ----------
    text : str
        The line.
    fits : callable
        Returns whether these may be the cells of such a line.

    Returns
    -------
    list of str
        The first cells that fit, else those between commas; empty ones at the end are left out.

    Raises
    ------
    UsageError
        If there is a stray quotation mark.

    Examples
    --------
    >>> cells_of('"Squat; heavy";squat;', lambda cells: len(cells) == 2)
    ['Squat; heavy', 'squat']
    """
    readings = []
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv_reader([text], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        while cells and not cells[-1].strip():
            cells.pop()
        if fits(cells):
            return cells
        readings.append(cells)
    if len(readings) < len(_DELIMITERS):
        raise UsageError(f"{shown(text)} has a stray quotation mark")
    return readings[0]


def line_of(cells: Sequence[str]) -> str:
    """Return cells as a line that is no comment, even if the first of them begins with #.

    Examples
    --------
    >>> line_of(["Squat, heavy", "squat"]), line_of(["#1", "squat"])
    ('"Squat, heavy",squat', '"#1","squat"')
    """
    line = io.StringIO()
    looks_like_comment = cells[0].lstrip().startswith("#")
    csv.writer(
        line,
        quoting=csv.QUOTE_ALL if looks_like_comment else csv.QUOTE_MINIMAL,
        lineterminator="",
    ).writerow(cells)
    return line.getvalue()
