"""Workbooks (.xlsx, .ods): each sheet is read as a CSV file of the same content would be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.accounts import RowAccount
from runanalytics.importers.contract import (
    HEAD_BYTES,
    Clock,
    Imported,
    Importer,
    Note,
    ReadOptions,
)
from runanalytics.importers.files.workbooks import is_workbook, sheets
from runanalytics.importers.text.delimited import header_of


class WorkbookImporter(Importer):
    """Reads the sheets of a workbook.

    Parameters
    ----------
    claimants : callable
        Returns the importers that recognise a file of a name and first bytes.
    """

    name = "workbook"
    version = 1
    binary = True
    edited_by_hand = True
    endings = (".xlsx", ".ods")

    def __init__(self, claimants: Callable[[str, bytes], Sequence[Importer]]) -> None:
        self._claimants = claimants

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the first part of the archive is a workbook's."""
        return is_workbook(head)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read every sheet that is a log or a list of a known kind.

        Parameters
        ----------
        data : bytes
            The whole workbook.
        options : ReadOptions
            As for the kinds of its sheets.

        Returns
        -------
        Imported
            The tables of all sheets, and notes on the sheets that were not read.

        Raises
        ------
        UnreadableFileError
            If it cannot be opened, or no sheet is of a known kind.
        RunAnalyticsError
            If a sheet of a known kind cannot be read; `where` names it.
        """
        read: list[Imported] = []
        notes: list[Note] = []
        unknown = []
        for sheet, text in sheets(data):
            head = text[:HEAD_BYTES]
            claiming = self._claimants("", head)
            if len(claiming) != 1:
                unknown.append(f"'{sheet}' ({', '.join(filter(None, header_of(head)))})")
                continue
            try:
                imported = claiming[0].read(text, options)
            except RunAnalyticsError as error:
                error.where = f"sheet '{sheet}'" + (f", {error.where}" if error.where else "")
                raise
            read.append(imported)
            notes += [_of_sheet(note, sheet) for note in imported.notes]
        if not read:
            listed = "; ".join(unknown) or "no sheet holds more than one column"
            raise UnreadableFileError(
                f"no sheet is of a known kind: {listed}",
                hint="expected columns such as date, movement, sets, reps, load",
            )
        if unknown:
            message = f"sheets that were not read, with their columns: {'; '.join(unknown)}"
            notes.append(Note("warning", message))
        return _together(read, notes)


def _of_sheet(note: Note, sheet: str) -> Note:
    return replace(note, where=f"sheet '{sheet}'" + (f", {note.where}" if note.where else ""))


def _together(read: Sequence[Imported], notes: list[Note]) -> Imported:
    """Return the tables of all sheets in one; a row that two sheets state stands once."""
    frames: dict[str, Any] = {}
    for table in Imported.TABLES:
        given = [frame for one in read if len(frame := getattr(one, table))]
        if given:
            frames[table] = pd.concat(given, ignore_index=True).drop_duplicates(ignore_index=True)
    clocks = {one.clock for one in read}
    order: tuple[Clock, ...] = ("local", "utc", "both")
    clock = next(one for one in order if one in clocks)
    rows = sum((one.rows for one in read), RowAccount())
    return Imported(**frames, notes=notes, clock=clock, rows=rows)
