"""Files of a library that people edit, too: one entry a line, in a spreadsheet or by hand.

Lines that begin with # are comments, and the program leaves every line alone that it does not
have to change. A spreadsheet takes some texts for formulas and runs them; `guarded` keeps it
from that, here and in whatever else is written as CSV.
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
#: What is put in front of a cell; whatever begins with it gets another one.
_GUARD = "'"

#: What parts the cells of a line, in the order in which they are tried.
_DELIMITERS = (",", ";", "\t")


def guarded(text: str) -> str:
    """Return the text of a cell so that no spreadsheet runs it, and that is not empty.

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
    """Return the text that `guarded` made a cell of.

    An apostrophe that somebody else wrote stays: `guarded` gives none that stands alone before
    a harmless text.

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


class Entry(Protocol):
    """What a line says, and where it stands."""

    @property
    def key(self) -> str:
        """What it is about: no two lines say different things of the same."""

    @property
    def name(self) -> str:
        """The same as it is written."""

    @property
    def line(self) -> int:
        """Number of its line, which plays no part when two are compared."""


EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True)
class EditedFile(Generic[EntryT]):
    """One kind of file that people edit.

    Parameters
    ----------
    name : str
        Its name in a library's folder.
    first_lines : tuple of str
        What a new one begins with.
    read_line : callable
        Takes a line that is no comment, and its number; returns its entry, or None for the
        names of the columns.
    hint : str
        What to do where lines cannot be read.
    """

    name: str
    first_lines: tuple[str, ...]
    read_line: Callable[[str, int], EntryT | None]
    hint: str

    def entries(self, folder: Path) -> dict[str, EntryT]:
        """Return what the file in `folder` says by what it is about; nothing without a file.

        Raises
        ------
        UsageError
            If a line cannot be read, naming every such line: an entry that was dropped would
            give a wrong number.
        """
        found: dict[str, EntryT] = {}
        problems = []
        for number, text in enumerate(self._lines(folder) or (), start=1):
            try:
                entry = self._entry(text, number)
                if entry is not None and (there := found.setdefault(entry.key, entry)) != entry:
                    raise UsageError(f"{shown(entry.name)} stands in line {there.line} already")
            except RunAnalyticsError as error:
                problems.append(f"line {number}: {error}")
        if problems:
            raise UsageError("; ".join(problems), where=str(folder / self.name), hint=self.hint)
        return found

    def rewrite(self, folder: Path, without: Container[str], lines: Sequence[str] = ()) -> None:
        """Take entries out and put others at the end; every other line stays as it is.

        Parameters
        ----------
        folder : Path
            The library's folder, which exists; its writer's lock is held.
        without : container of str
            Keys of the entries to take out.
        lines : sequence of str
            The lines to put at the end.

        Raises
        ------
        UsageError
            If a line of the file cannot be read.
        """
        self.entries(folder)  # refuses a file with a bad line, rather than losing what it says
        kept = []
        for text in self._lines(folder) or self.first_lines:
            entry = self._entry(text, 0)
            if entry is None or entry.key not in without:
                kept.append(text)
        text = "".join(f"{line}\n" for line in [*kept, *lines])
        write_durably(folder / self.name, text.encode())
        sync_folder(folder)

    def _entry(self, text: str, number: int) -> EntryT | None:
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
    """Return the cells of a line, split at what spreadsheets of some country put between them.

    Parameters
    ----------
    text : str
        The line.
    fits : callable
        Whether these may be the cells of such a line.

    Returns
    -------
    list of str
        The first cells that fit, else those between commas; empty ones at the end are left out.

    Raises
    ------
    UsageError
        If a quotation mark is in the way.

    Examples
    --------
    >>> cells_of('"Squat; heavy";squat;', lambda cells: len(cells) == 2)
    ['Squat; heavy', 'squat']
    """
    readings = []
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
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
    """Return cells as a line that is no comment, whatever the first of them begins with.

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
