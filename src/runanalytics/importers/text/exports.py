"""Several exports of one app put together into one file, each set of them once."""

from __future__ import annotations

import re
from collections import Counter

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import COLUMN_NAMES, REPEATED, Ledger
from runanalytics.importers.text.delimited import DelimitedTable, Row, column_key
from runanalytics.importers.text.headers import Headers

_DECIMALS = re.compile(r"[0-9]+\.[0-9]+")
#: Quantities that people change after they have exported a workout.
_EDITABLE = ("title", "notes", "duration")


def rows_once(table: DelimitedTable, date: str, ledger: Ledger, *, restarts: bool) -> list[Row]:
    """Return the rows of all exports in a table, without lines of column names and repeats.

    Of equal rows, as many are kept as the export has of them that has the most. Titles, notes and
    durations may be edited between two exports without a row becoming another one.

    Parameters
    ----------
    table : DelimitedTable
        The exports, one below the other.
    date : str
        Key of the column of dates.
    ledger : Ledger
        Where rows that are left out are counted.
    restarts : bool
        Whether a date that comes again after others begins another export, too.

    Raises
    ------
    UnreadableFileError
        If other columns are named further down.
    """
    if not _is_of_several(table, date, restarts=restarts):
        return list(table.rows)
    headers = Headers.of(table.columns)
    meanings = {key: headers.column(key) for key in table.columns}
    editable = {key for key, one in meanings.items() if one and one.quantity in _EDITABLE}
    kept, earlier, here = [], Counter[object](), Counter[object]()
    seen, last = set[str](), ""
    for row in table.rows:
        if names := _column_names(row, table, date):
            ledger.leave_out(row.line, names)
            earlier, here, seen, last = earlier | here, Counter(), set(), ""
            continue
        if restarts and row[date] != last:
            if row[date] in seen:
                earlier, here, seen = earlier | here, Counter(), set()
            last = row[date]
            seen.add(last)
        signature = tuple((key, _plain(row[key])) for key in row.cells if key not in editable)
        here[signature] += 1
        if here[signature] > earlier[signature]:
            kept.append(row)
        else:
            ledger.leave_out(row.line, REPEATED)
    return kept


def _is_of_several(table: DelimitedTable, date: str, *, restarts: bool) -> bool:
    """Return whether a table may hold several exports: most hold one, and are long."""
    seen, last = set[str](), ""
    for row in table.rows:
        written = row[date]
        if not written[:1].isdigit() and column_key(written) == date:
            return True
        if restarts and written != last:
            if written in seen:
                return True
            last = written
            seen.add(last)
    return False


def _column_names(row: Row, table: DelimitedTable, date: str) -> str:
    """Return the reason to leave a row out that is a line of column names, else ""."""
    if column_key(row[date]) != date:
        return ""
    other = [
        cell
        for key, cell in row.cells.items()
        if cell and column_key(cell) not in (key, column_key(table.written(key)))
    ]
    if other:
        raise UnreadableFileError(
            f"from here on the columns have other names ('{other[0]}')",
            where=f"line {row.line}",
            hint="these are two exports of different forms in one file: import each from its own",
        )
    return COLUMN_NAMES


def _plain(cell: str) -> str:
    """Return a cell as another version of the app might write it, too: 60 for 60.0."""
    return cell.rstrip("0").rstrip(".") if _DECIMALS.fullmatch(cell) else cell
