r"""StrongLifts' CSV export of 2014 to 2017: one row a workout, its exercises side by side.

``Exercise 1``, its weight in kg and in lb, and the repetitions of its sets stand in columns that
repeat for each exercise under the same names, so they are read by their place. Known from public
readers of such files. One of the two weights is rounded from the other: the one in the unit of the
body's weight counts, which the app wrote beside it (``84KG``); without it, the one in kg.

Examples
--------
>>> header = b"Date,Note,Workout,Body Weight,Exercise 1,Weight (KG),Weight (LB),Set 1,Set 2\n"
>>> STRONGLIFTS_2016.read(header + b"18/03/2015,,B,84KG,Squat,62.5,140,5,4").sets["reps"].tolist()
[5.0, 4.0]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from runanalytics.importers.accounts import WITHOUT_REPETITIONS
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.log_importer import LoggedRows
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.strength.stronglifts import MEANT
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Row,
    column_key,
    header_of,
    read_table,
)
from runanalytics.importers.text.local_time import day_of

#: Our name -> the export's, among the columns before the exercises.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "date_(dd/mm/yyyy)", "date_(mm/dd/yyyy)", "date_(yyyy/mm/dd)"),
    "title": ("workout",),
    "body": ("body_weight", "body_weight_(kg)", "body_weight_(lb)"),
    "weight": ("weight_(kg)", "weight"),
    "pounds": ("weight_(lb)", "weight_(lbs)"),
}
PASSED_OVER = ("note", "notes", "body_weight", "workout_#")
_EXERCISE = re.compile(r"exercise_[0-9]+")
_SET = re.compile(r"set_[0-9]+")


class Stronglifts2016Importer(Importer):
    """Reads what the StrongLifts app exported until 2017."""

    name = "stronglifts-2016"
    version = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the columns have exercises by number, with sets beside them."""
        header = header_of(head)
        return "exercise_1" in header and "set_1" in header

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `units` of loads whose columns state none.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged.

        Raises
        ------
        MissingColumnError
            If there is no date.
        UnitError
            If loads are logged and neither the file nor `options.units` states their unit.
        UnreadableFileError
            If no row has a set.
        """
        table, groups = _by_exercise(read_table(data, by_place=True))
        rows = LoggedRows.from_table(table, COLUMNS, ("date",), options, passed_over=PASSED_OVER)
        rows.also_read.update(key for group in groups for key in group.values())
        sessions = []
        for row, moment in rows.dated():
            sets = [one for group in groups for one in _sets(rows, row, group)]
            if sets:
                day, title = day_of(moment), rows.text(row, "title")
                key = f"{day.isoformat()} {title}"
                sessions.append(LoggedSession(moment, title or None, sets=sets, key=key))
            else:
                rows.leave_out(row, WITHOUT_REPETITIONS)
        return rows.tables(self.name, sessions)


def _by_exercise(table: DelimitedTable) -> tuple[DelimitedTable, list[dict[str, str]]]:
    """Return the table with a name of its own for each column, and the columns of each exercise.

    An exercise's are its name, its loads and its sets, under our names.
    """
    keys: list[str] = []
    groups: list[dict[str, str]] = []
    for place, name in enumerate(table.names):
        key = column_key(name)
        ours = next((one for one, theirs in COLUMNS.items() if key in theirs), "")
        if _EXERCISE.fullmatch(key):
            groups.append({"exercise": key})
        elif groups and (ours in ("weight", "pounds") or _SET.fullmatch(key)):
            group = groups[-1]
            numbered = f"{group['exercise']}:{key}"
            group[ours or key] = key = numbered
        keys.append(key if key not in keys else f"{key}:{place}")
    named = dict(zip(table.columns, keys, strict=True))
    rows = tuple(
        Row(row.line, {named[key]: cell for key, cell in row.cells.items()}) for row in table.rows
    )
    return replace(table, columns=tuple(keys), rows=rows), groups


def _sets(rows: LoggedRows, row: Row, group: Mapping[str, str]) -> Iterator[LoggedSet]:
    name = row[group["exercise"]]
    of_this = replace(rows, columns={**rows.columns, **group})
    for ours in group:
        reps = of_this.number(row, ours) if _SET.fullmatch(ours) else None
        if reps and name:
            load = of_this.load(row, _logged_column(rows, row, group))
            logged = LoggedSet(name, reps, load, means=MEANT.get(name.casefold()))
            yield rows.keep(row, logged)


def _logged_column(rows: LoggedRows, row: Row, group: Mapping[str, str]) -> str:
    """Return the column of loads in the unit that the app showed."""
    body = f"{rows.text(row, 'body')} {rows.columns['body']}".casefold()
    is_pounds = "lb" in body or "weight" not in group
    return "pounds" if is_pounds and "pounds" in group else "weight"


STRONGLIFTS_2016 = Stronglifts2016Importer()
