"""Rows of a strength app's export, read by our own names for its columns.

What the apps share: 0 stands for a field that was not filled in, a column's name may state the
unit of the numbers below it, and a load whose unit nothing states is asked for, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, require_columns
from runanalytics.importers.strength.sessions import LoggedSession, strength_tables
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Problems,
    Row,
    column_key,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.local_time import Moment, parse_moments
from runanalytics.units import Load, load_unit, parse_distance, parse_duration, parse_load
from runanalytics.units.numerals import parse_number

#: A unit at the end of a column's name, as in weight_lbs, weight_(kg) and duration(s).
_UNIT_IN_NAME = re.compile(r"[_(]([a-z]+)\)?$")
#: Column names that end in a word which is no unit.
_NO_UNITS = ("unit", "duration", "weight")
_MINUS = ("-", "−")
#: By how much, as a share, two loads may differ that say the same in kg and in lb.
_SAME_LOAD = 0.02
_AS_IS = ReadOptions()


@dataclass
class LoggedRows:
    """A table of logged sets.

    Parameters
    ----------
    table : DelimitedTable
        The export.
    columns : mapping of str to str
        Our name of a column -> the export's, as `column_key` spells it.
    options : ReadOptions
        What the file leaves open.
    """

    table: DelimitedTable
    columns: Mapping[str, str]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    more_notes: list[Note] = field(default_factory=list)
    _bare_distances: int = 0

    @classmethod
    def of(
        cls,
        table: DelimitedTable,
        spellings: Mapping[str, tuple[str, ...]],
        required: tuple[str, ...],
        options: ReadOptions,
    ) -> LoggedRows:
        """Return the rows of `table`, whose columns may be called as in `spellings`.

        Raises
        ------
        MissingColumnError
            If a `required` column is not there.
        """
        columns = {
            ours: next((name for name in theirs if name in table.columns), theirs[0])
            for ours, theirs in spellings.items()
        }
        require_columns(table.columns, [columns[ours] for ours in required])
        return cls(table, columns, options)

    def dated(self, ours: str = "date") -> Iterator[tuple[Row, Moment]]:
        """Yield the rows that have a date; exports pasted together repeat the line of names."""
        column = self.columns[ours]
        moments = parse_moments([row[column] for row in self.table.rows])
        for row, moment in zip(self.table.rows, moments, strict=True):
            if moment is not None:
                yield row, moment
            elif column_key(row[column]) != column:
                reason = f"{row[column]!r} is no date"
                self.problems.add("rows without a date were left out", row, reason)

    def text(self, row: Row, ours: str) -> str:
        """Return a cell as it is."""
        return row[self.columns[ours]]

    def number(self, row: Row, ours: str) -> float | None:
        """Return a number; 0 is what apps write for a field that was not filled in."""
        found = read_cell(
            row, self.columns[ours], lambda text: parse_number(text, comma="decimal"), self.problems
        )
        return found or None

    def is_help(self, row: Row, *ours: str) -> bool:
        """Whether a weight is below zero: it is taken off the body's."""
        columns = ours or tuple({"weight", "pounds"}.intersection(self.columns))
        return any(self.text(row, one).startswith(_MINUS) for one in columns)

    def load(self, row: Row, ours: str = "weight") -> Load | None:
        """Return the load, in the unit that the row, the column or the options state.

        Raises
        ------
        UnitError
            If there is a load, and none of these states its unit.
        """
        column = self.columns[ours]
        amount = read_cell(
            row,
            column,
            lambda text: parse_number(text.lstrip("".join(_MINUS)), comma="decimal"),
            self.problems,
        )
        if not amount:
            return None
        unit = self.text(row, "weight_unit") if "weight_unit" in self.columns else ""
        unit = unit or unit_in_name(column)
        if unit:
            zero = read_cell(row, column, lambda _: parse_load(f"0 {unit}"), self.problems)
            return None if zero is None else Load.from_logged(amount, zero.unit)
        if self.options.units is None:
            raise bare_weight(self.written(column), row.line)
        return Load.from_logged(amount, load_unit(self.options.units))

    def either_load(self, row: Row) -> Load | None:
        """Return the load; where it stands there in kg and in lb, as it was logged."""
        first = self.load(row)
        if self.columns["pounds"] == self.columns["weight"]:
            return first
        second = self.load(row, "pounds")
        if first is None or second is None:
            return first or second
        if abs(first.kg - second.kg) > _SAME_LOAD * second.kg:
            reason = f"{first.as_logged:g} kg is not {second.as_logged:g} lb"
            self.problems.add("loads that contradict themselves were left out", row, reason)
            return None
        # One was entered and the other computed from it, so it has more decimals.
        return min(first, second, key=lambda load: len(f"{load.as_logged:.6f}".rstrip("0")))

    def distance_m(self, row: Row) -> float | None:
        """Return the distance where its unit is stated; a bare one is left out."""
        amount = self.number(row, "distance")
        if amount is None:
            return None
        column = self.columns["distance"]
        unit = self.text(row, "distance_unit") if "distance_unit" in self.columns else ""
        unit = unit or unit_in_name(column)
        if not unit:
            self._bare_distances += 1
            return None
        return read_cell(row, column, lambda _: parse_distance(f"{amount} {unit}"), self.problems)

    def seconds(self, row: Row, ours: str) -> float | None:
        """Return a time in s: a number in the unit of its column, or a clock such as 1:05:00."""
        column = self.columns[ours]
        unit = unit_in_name(column)
        if unit:
            amount = self.number(row, ours)
            return None if amount is None else parse_duration(f"{amount:f} {unit}")
        return read_cell(row, column, parse_duration, self.problems) or None

    def written(self, column: str) -> str:
        """Return the name of a column as the file has it."""
        names = dict(zip(self.table.columns, self.table.names, strict=True))
        return names.get(column, column)

    def tables(self, source: str, sessions: list[LoggedSession]) -> Imported:
        """Return the sessions as tables, with notes on what was left out.

        Raises
        ------
        UnreadableFileError
            If there is no session.
        """
        if not sessions:
            reason = "; ".join(note.message for note in self.problems.notes())
            raise UnreadableFileError(reason or "no row of this export is a set")
        imported = strength_tables(source, sessions, self.options.timezone)
        notes = [*self.table.notes, *self.problems.notes(), *self.more_notes]
        if self._bare_distances:
            message = "distances of sets left out, since their unit is not said"
            notes.append(Note("info", f"{message}: {self._bare_distances}"))
        return replace(imported, notes=[*notes, *imported.notes])


@dataclass(frozen=True)
class LogImporter(Importer):
    """Reads what one strength app exports as a table.

    Parameters
    ----------
    name, version : str, int
        As `runanalytics.importers.contract.Importer` has them.
    columns : mapping of str to tuple of str
        Our name of a column -> the export's in each of its forms, as `column_key` spells it.
    required : tuple of str
        Our names of the columns without which nothing can be read.
    is_ours : callable
        Whether a line of column names is that of this app.
    sessions : callable
        Turns the rows into sessions.
    """

    name: str
    version: int
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    is_ours: Callable[[tuple[str, ...]], bool]
    sessions: Callable[[LoggedRows], list[LoggedSession]]

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Whether the columns are those that only this app has."""
        return self.is_ours(header_of(head))

    def read(self, data: bytes, options: ReadOptions = _AS_IS) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `units` says what loads are in whose unit the file does not state, `timezone` where
            its times were local.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged; notes on what was left out.

        Raises
        ------
        MissingColumnError
            If a column that names a set is not there.
        UnitError
            If loads are logged and neither the file nor `options.units` says their unit.
        UnreadableFileError
            If no row is a set.
        """
        rows = LoggedRows.of(read_table(data), self.columns, self.required, options)
        return rows.tables(self.name, self.sessions(rows))


def day_of(moment: Moment) -> dt.date:
    """Return the day of a moment, where an app knows no more than that."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def unit_in_name(column: str) -> str:
    """Return the unit that the name of a column ends in, or "".

    Examples
    --------
    >>> unit_in_name("weight_lbs"), unit_in_name("duration(s)"), unit_in_name("weight")
    ('lbs', 's', '')
    """
    found = _UNIT_IN_NAME.search(column)
    return found[1] if found and found[1] not in _NO_UNITS else ""


def bare_weight(column: str, line: int) -> UnitError:
    """Return the error that asks for the unit of a column of weights."""
    return UnitError(
        f"the column '{column}' does not say its unit",
        where=f"line {line}",
        hint="say --units metric if it is kg, or --units imperial if it is lb",
    )
