"""Rows of a strength app's export, read by our own names of its columns.

In all of them 0 means that a field was not filled in, and a column's name may state the unit of
its numbers. If nothing states the unit of a load, the user has to: it is never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from runanalytics.errors import UnitError
from runanalytics.importers.accounts import (
    TOO_MANY_CELLS,
    WITHOUT_DATE,
    WITHOUT_EXERCISE,
    Ledger,
)
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    counted_note,
    require_columns,
)
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet, strength_tables
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Problems,
    Row,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.exports import rows_once
from runanalytics.importers.text.headers import unread_columns, without_unit
from runanalytics.importers.text.local_time import Moment, parse_moments, parse_time_of_day
from runanalytics.importers.text.set_words import words_of
from runanalytics.units import (
    LENGTHS_M,
    LOAD_UNITS,
    Load,
    load_unit,
    parse_distance,
    parse_duration,
    parse_load,
)
from runanalytics.units.numerals import parse_number

#: A unit at the end of a column's name, as in weight_lbs, weight_(kg) and duration(s).
_UNIT_IN_NAME = re.compile(r"[_(]([a-z]+)\)?$")
#: Words at the end of column names that are not units.
_NO_UNITS = ("unit", "duration", "weight", "time")
_MINUS = ("-", "−")
#: The same load in kg and in lb may differ by this share.
_SAME_LOAD = 0.02


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
        What the user states.
    """

    table: DelimitedTable
    columns: Mapping[str, str]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    more_notes: list[Note] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    #: Keys of columns that are read beside those of `columns`, and of those known and passed over.
    also_read: set[str] = field(default_factory=set)
    passed_over: tuple[str, ...] = ()
    _bare_distances: int = 0

    @classmethod
    def from_table(
        cls,
        table: DelimitedTable,
        spellings: Mapping[str, tuple[str, ...]],
        required: tuple[str, ...],
        options: ReadOptions,
        *,
        restarts: bool = False,
        passed_over: tuple[str, ...] = (),
    ) -> LoggedRows:
        """Return the rows of `table`, whose columns may have the names in `spellings`.

        A second line of column names begins a second export: of its rows, those that an earlier
        one has are left out.

        Parameters
        ----------
        table : DelimitedTable
            The export.
        spellings : mapping of str to tuple of str
            Our name of a column -> the export's in each of its forms.
        required : tuple of str
            Our names of the columns without which nothing can be read.
        options : ReadOptions
            What the user states.
        restarts : bool
            Whether a date that comes again after others begins a second export, too.
        passed_over : tuple of str
            Keys of columns that the app is known to write, and that are not read.

        Raises
        ------
        MissingColumnError
            If a `required` column is not there.
        UnreadableFileError
            If other columns are named further down.
        """
        bare = {without_unit(key): key for key in reversed(table.columns)}
        present = {**bare, **{key: key for key in table.columns}}
        columns = {
            ours: next((present[name] for name in theirs if name in present), theirs[0])
            for ours, theirs in spellings.items()
        }
        require_columns(table.columns, [columns[ours] for ours in required])
        ledger = Ledger(row.line for row in table.rows)
        for line in table.overfull_lines:
            ledger.leave_out(line, TOO_MANY_CELLS)
        rows = rows_once(table, columns["date"], ledger, restarts=restarts)
        table = replace(table, rows=tuple(rows))
        return cls(table, columns, options, ledger=ledger, passed_over=passed_over)

    def dated(self) -> Iterator[tuple[Row, Moment]]:
        """Yield the rows with a date."""
        column = self.columns["date"]
        moments = parse_moments([row[column] for row in self.table.rows])
        for row, moment in zip(self.table.rows, moments, strict=True):
            if moment is not None:
                yield row, moment
            else:
                reason = f"{row[column]!r} is no date"
                self.problems.add("rows without a date were left out", row, reason)
                self.leave_out(row, WITHOUT_DATE)

    def sessions_by_title(
        self, logged_set: Callable[[LoggedRows, Row], LoggedSet | None]
    ) -> list[LoggedSession]:
        """Return the sessions of a log whose rows repeat their session's start, title and duration.

        Parameters
        ----------
        logged_set : callable
            From these rows and one of them to its set; None if the row is none.
        """
        sessions: dict[tuple[Moment, str], LoggedSession] = {}
        for row, day in self.dated():
            logged = logged_set(self, row)
            if logged is None:
                continue
            moment = self.at_time(row, day, "start")
            title = self.text(row, "title")
            if (moment, title) not in sessions:
                duration_s = self.seconds(row, "duration")
                sessions[moment, title] = LoggedSession(
                    moment, title or None, duration_s=duration_s, key=moment.isoformat()
                )
            sessions[moment, title].sets.append(logged)
        return list(sessions.values())

    def leave_out(self, row: Row, reason: str) -> None:
        """Count a row as left out; the reason is a noun, or what stands after one."""
        self.ledger.leave_out(row.line, reason)

    def keep(self, row: Row, logged: LoggedSet) -> LoggedSet:
        """Return a set as one of a row, which is counted as kept."""
        self.ledger.keep(row.line)
        return replace(logged, row=row.line)

    def text(self, row: Row, ours: str) -> str:
        """Return a cell as it is; "" where the app has no such column."""
        return row[self.columns[ours]] if ours in self.columns else ""

    def says_yes(self, row: Row, ours: str) -> bool:
        """Return whether a cell says yes or true, as spreadsheets of any language write it."""
        return self.text(row, ours).casefold() in words_of("joint_headers", "yes")

    def at_time(self, row: Row, moment: Moment, ours: str) -> Moment:
        """Return a day at the time of day that a column states; the day where it states none."""
        time = parse_time_of_day(self.text(row, ours))
        if time is None or isinstance(moment, dt.datetime):
            return moment
        return dt.datetime.combine(moment, time)

    def number(self, row: Row, ours: str) -> float | None:
        """Return a number; None for 0, which apps write for a field that was not filled in."""
        if ours not in self.columns:
            return None
        return read_cell(row, self.columns[ours], _with_decimals, self.problems) or None

    def exercise(self, row: Row) -> str:
        """Return the name of the exercise; "" where there is none, which is recorded."""
        name = self.text(row, "exercise")
        if not name:
            reason = f"no {self.columns['exercise']}"
            self.problems.add("rows without an exercise were left out", row, reason)
            self.leave_out(row, WITHOUT_EXERCISE)
        return name

    def logged_set(self, row: Row, name: str, set_type: str = "normal") -> LoggedSet:
        """Return the set of a row, from those of the usual columns that the export has."""
        logged = LoggedSet(
            name,
            reps=self.number(row, "reps"),
            load=self.either_load(row) if "pounds" in self.columns else self.load(row),
            assisted=self.is_assisted(row, "weight", "pounds", "multiplier"),
            hold_s=self.seconds(row, "time")
            if "time" in self.columns
            else self.number(row, "seconds"),
            distance_m=self.distance_m(row),
            set_type=set_type,
            effort_rpe=self.number(row, "rpe"),
            row=row.line,
        )
        self.ledger.keep(row.line)
        return logged

    def is_assisted(self, row: Row, *ours: str) -> bool:
        """Return whether one of the columns is below zero: a weight that helps."""
        return any(self.text(row, one).startswith(_MINUS) for one in ours if one in self.columns)

    def load(self, row: Row, ours: str = "weight") -> Load | None:
        """Return the load, in the unit that the row, the column or the options state.

        Raises
        ------
        UnitError
            If there is a load, and none of these states its unit.
        """
        column = self.columns.get(ours, "")
        amount = read_cell(
            row, column, lambda text: _with_decimals(text.lstrip("".join(_MINUS))), self.problems
        )
        if not amount:
            return None
        unit = self._unit(row, column, "weight_unit")
        if unit:
            zero = read_cell(row, column, lambda _: parse_load(f"0 {unit}"), self.problems)
            return None if zero is None else Load.from_logged(amount, zero.unit)
        if self.options.units is None:
            raise bare_weight(self.table.written(column), row.line)
        return Load.from_logged(amount, load_unit(self.options.units))

    def either_load(self, row: Row) -> Load | None:
        """Return the load; of one that is written in kg and in lb, the unit that was logged."""
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
        # The load that was computed from the logged one has more decimals.
        return min(first, second, key=lambda load: len(f"{load.as_logged:.6f}".rstrip("0")))

    def distance_m(self, row: Row) -> float | None:
        """Return the distance if its unit is stated; others are left out and counted."""
        amount = self.number(row, "distance")
        if amount is None:
            return None
        column = self.columns["distance"]
        unit = self._unit(row, column, "distance_unit")
        if not unit:
            self._bare_distances += 1
            return None
        return read_cell(row, column, lambda _: parse_distance(f"{amount} {unit}"), self.problems)

    def seconds(self, row: Row, ours: str) -> float | None:
        """Return a time in s: a number in the unit of its column, or text such as 1:05:00."""
        column = self.columns[ours]
        unit = unit_in_name(column)
        if unit:
            amount = self.number(row, ours)
            return None if amount is None else parse_duration(f"{amount:f} {unit}")
        return read_cell(row, column, parse_duration, self.problems) or None

    def _unit(self, row: Row, column: str, unit_column: str) -> str:
        """Return the unit that a row states in a column of its own, else the column's name."""
        return self.text(row, unit_column) or unit_in_name(column)

    def tables(self, source: str, sessions: list[LoggedSession]) -> Imported:
        """Return the sessions as tables, with notes on what was left out.

        Raises
        ------
        UnreadableFileError
            If there is no session.
        """
        read = {*self.columns.values(), *self.also_read}
        unread = unread_columns(self.table, read, self.passed_over)
        if not sessions:
            left_out = self.ledger.account().sentence()
            why = f" ({left_out})" if left_out else ""
            raise self.problems.error(f"no row of this export is a set{why}")
        imported = strength_tables(source, sessions, self.options.timezone)
        message = "distances of sets left out, since their unit is not said"
        notes = [
            *(*self.table.notes, *self.problems.notes(), *self.more_notes),
            *counted_note(self._bare_distances, message),
            *imported.notes,
        ]
        return replace(imported, notes=notes, rows=self.ledger.account(unread))


@dataclass(frozen=True)
class LogImporter(Importer):
    """Reads what one strength app exports as a table.

    Parameters
    ----------
    name, version : str, int
        As in `runanalytics.importers.contract.Importer`.
    columns : mapping of str to tuple of str
        Our name of a column -> the export's in each of its forms, as `column_key` spells it.
    required : tuple of str
        Our names of the columns without which nothing can be read.
    is_ours : callable
        Whether column names, as `column_key` spells them, are those of this app.
    sessions : callable
        Turns the rows into sessions: each row is kept (`LoggedRows.keep`) or left out
        (`LoggedRows.leave_out`).
    restarts : bool
        Whether a date that comes again after others begins a second export.
    passed_over : tuple of str
        Keys of columns that the app is known to write, and that are not read: they are named,
        and never asked about.
    """

    name: str
    version: int
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    is_ours: Callable[[tuple[str, ...]], bool]
    sessions: Callable[[LoggedRows], list[LoggedSession]]
    restarts: bool = False
    passed_over: tuple[str, ...] = ()

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the columns are those that only this app has."""
        return self.is_ours(header_of(head))

    def column_names(self) -> frozenset[str]:
        """Return the keys of the columns that it reads."""
        return frozenset(name for theirs in self.columns.values() for name in theirs)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `units` of loads whose unit the file does not state, `timezone` of its local times.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged; notes on what was left out.

        Raises
        ------
        MissingColumnError
            If a required column is not there.
        UnitError
            If loads are logged and neither the file nor `options.units` states their unit.
        UnreadableFileError
            If no row is a set.
        """
        return self.read_rows(read_table(data), options)

    def read_rows(self, table: DelimitedTable, options: ReadOptions) -> Imported:
        """Read a table that was found elsewhere than in a CSV file, as `read` does."""
        rows = LoggedRows.from_table(
            table,
            self.columns,
            self.required,
            options,
            restarts=self.restarts,
            passed_over=self.passed_over,
        )
        return rows.tables(self.name, self.sessions(rows))


def _with_decimals(text: str) -> float:
    return parse_number(text, comma="decimal")


def unit_in_name(column: str) -> str:
    """Return the unit that the name of a column ends with, or "".

    Examples
    --------
    >>> [unit_in_name(name) for name in ("weight_lbs", "duration(s)", "km", "weight")]
    ['lbs', 's', 'km', '']
    """
    found = _UNIT_IN_NAME.search(column)
    if column in LOAD_UNITS or column in LENGTHS_M:
        return column  # Strong of 2016 to 2018 names its columns so
    return found[1] if found and found[1] not in _NO_UNITS else ""


def bare_weight(column: str, line: int) -> UnitError:
    """Return the error for a column of weights whose unit nothing states."""
    return UnitError(
        f"the column '{column}' does not say its unit",
        where=f"line {line}",
        hint="say --units metric if it is kg, or --units imperial if it is lb",
    )
