r"""Plain CSV files kept in a spreadsheet: sets, sessions or runs, one row each.

Plain lists of races are read in `runanalytics.importers.races`. These files are for drills, which
no strength app knows, and for anything else that is kept by hand. A file's columns decide which
it is; its name does not matter. Neither do the order of columns, case, spaces and underscores,
nor the style of dates, if it is unambiguous.

Examples
--------
>>> TIDY_RUNS.read(b"Date;Distance;Duration\n1.3.2026;half;1:35:20").runs["moving_s"].tolist()
[5720.0]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.errors import UnitError
from runanalytics.importers.accounts import (
    REPEATED,
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
    log_spans,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.strength.activity_types import work_of_type
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet, strength_tables
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Parsed,
    Problems,
    Row,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.exports import rows_once
from runanalytics.importers.text.headers import unread_columns
from runanalytics.importers.text.local_time import (
    Moment,
    clock_of,
    day_of,
    instants,
    parse_moments,
    parse_time_of_day,
)
from runanalytics.importers.tidy.columns import (
    COLUMNS,
    COURSE_OF_KIND,
    IN_ANY_LANGUAGE,
    REQUIRED,
    RUN_KINDS,
    SESSION_KINDS,
    SIDES,
    columns_of,
    guesses,
    guesses_in_words,
    kind_of,
    unit_of,
)
from runanalytics.movements import (
    CellAmount,
    beside_bodyweight,
    is_bodyweight,
    parse_amounts,
    read_name,
    side_word,
    without_side,
)
from runanalytics.units import (
    Load,
    length_unit,
    load_unit,
    parse_distance,
    parse_duration,
    parse_load,
)
from runanalytics.units.numerals import NUMBER, parse_number, shown
from runanalytics.words.courses import course_kind

#: Columns that are known, and of which no table, or none but that of runs, has room.
_NOT_READ = ("notes", "order")
#: Columns of runs that are taken over as written.
_TEXTS = ("title", "notes", "device", "sensor", "power_sensor", "shoe")
#: A larger number of sets is a typing error.
_MOST_SETS = 100
#: Nobody runs at a speed outside these: a cell does not mean what was written, such as 1:35 for
#: hours and minutes. The fastest 100 m of all (9.58 s) were run at 10.4 m/s.
SPEED_M_S = (0.4, 12.0)

#: What stands between the loads of a list: 60, 62.5, 65 and 60/65/70.
_LIST_OF_LOADS = re.compile(r"\s*[;/]\s*|,\s+|,(?=[0-9]+(?:[,.]|$))")


@dataclass(frozen=True)
class TidyImporter(Importer):
    """Reads one kind of plain CSV file."""

    name: str
    version: int
    kind: str
    tables: Callable[[_PlainRows], Imported]
    fallback = True
    edited_by_hand = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the columns are those of this kind of file, or are meant to be."""
        if not head:  # a folder may hold many empty files: columns need not be sought
            return False
        return kind_of(header_of(head)) == self.kind

    def column_names(self) -> frozenset[str]:
        """Return the keys of the columns that it reads."""
        return frozenset(name for theirs in COLUMNS[self.kind].values() for name in theirs)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read rows into tables; a row that cannot be read is left out, with a note.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `units` of loads and distances that state none, `timezone` of clock times.

        Returns
        -------
        Imported
            Tables of this kind of file, in SI units.

        Raises
        ------
        MissingColumnError
            If a required column is not there.
        UnitError
            If a load has no unit, and neither the file nor `options.units` states one.
        UnreadableFileError
            If no row can be read, or the order of day and month is unknown.
        """
        table = read_table(data)
        columns = columns_of(self.kind, table.columns)
        ours = {theirs: name for name, theirs in columns.items()}
        written = zip(table.columns, table.names, strict=True)
        meant = guesses_in_words(guesses(self.kind, table.columns))
        present = [ours.get(key, name) for key, name in written]
        require_columns(
            present, REQUIRED[self.kind], guesses_in_words(guesses(None, table.columns))
        )
        rows = _PlainRows.of(self.kind, table, columns, options)
        unread = rows.unread_columns()
        imported = self.tables(rows)
        notes = [*table.notes, *rows.problems.notes(), *imported.notes]
        notes += [Note("warning", meant)] if meant else []
        return replace(imported, notes=notes, rows=rows.ledger.account(unread))


@dataclass
class _PlainRows:
    """The rows of a file; their cells are read by our names of the columns."""

    kind: str
    table: DelimitedTable
    columns: Mapping[str, str]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    ledger: Ledger = field(default_factory=Ledger)
    _units: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: str,
        table: DelimitedTable,
        columns: Mapping[str, str],
        options: ReadOptions,
    ) -> _PlainRows:
        """Return the rows of a table, those of a second one below it once."""
        ledger = Ledger(row.line for row in table.rows)
        for line in table.overfull_lines:
            ledger.leave_out(line, TOO_MANY_CELLS)
        once = rows_once(table, columns["date"], ledger, restarts=False)
        return cls(kind, replace(table, rows=tuple(once)), columns, options, ledger=ledger)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Columns that are known, and for which its table has no room."""
        return tuple(name for name in _NOT_READ if self.kind != "runs" or name not in _TEXTS)

    def unread_columns(self) -> tuple[str, ...]:
        """Return the columns that are not read, as the file names them."""
        read = {theirs for ours, theirs in self.columns.items() if ours not in self.passed_over}
        if self.kind in IN_ANY_LANGUAGE:
            return unread_columns(self.table, read)
        pairs = zip(self.table.columns, self.table.names, strict=True)
        return tuple(dict.fromkeys(name for key, name in pairs if key and key not in read))

    def dated(self) -> list[tuple[Row, Moment]]:
        """Return the rows with a date, and with its time of day where that is known."""
        has_clock = "time" in self.columns
        moments = parse_moments([row[self.columns["date"]] for row in self.table.rows])
        if all(moment is None or _is_midnight(moment) for moment in moments):
            # Spreadsheets write a date as midnight of the day.
            moments = [None if moment is None else day_of(moment) for moment in moments]
        rows = []
        for row, moment in zip(self.table.rows, moments, strict=True):
            if moment is None:
                reason = f"{shown(row[self.columns['date']])} is no date"
                self.left_out(row, reason, WITHOUT_DATE)
                continue
            time = self.cell(row, "time", _time_of_day) if has_clock else None
            if time is not None and not isinstance(moment, dt.datetime):
                moment = dt.datetime.combine(moment, time)
            rows.append((row, moment))
        return rows

    def left_out(self, row: Row, reason: str, counted_as: str) -> None:
        """Record that a row is left out, with what is wrong with it and how that is counted."""
        self.problems.add("rows were left out", row, reason)
        self.ledger.leave_out(row.line, counted_as)

    def cell(self, row: Row, ours: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        """Return an optional cell."""
        if ours not in self.columns:
            return None
        return read_cell(row, self.columns[ours], parse, self.problems)

    def needed(self, row: Row, ours: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        """Return a cell; without it the row is left out."""
        text = row[self.columns[ours]]
        try:
            return parse(text)
        except UnitError as error:
            reason = f"{ours}: {error}" if text else f"no {ours}"
            self.left_out(row, reason, f"without a {ours} that can be read")
            return None

    def text(self, row: Row, ours: str) -> str | None:
        """Return a cell of free text."""
        return self.cell(row, ours, str)

    def number(self, row: Row, ours: str) -> float | None:
        """Return a number; below zero is allowed, for temperatures."""
        return self.cell(row, ours, self._signed)

    def _signed(self, text: str) -> float:
        # Where semicolons separate the cells, commas are decimal.
        comma: Literal["decimal"] | None = "decimal" if self.table.delimiter == ";" else None
        if text.startswith(("-", "−")):
            return -parse_number(text[1:], comma=comma)
        return parse_number(text, comma=comma)

    def duration_s(self, text: str, ours: str) -> float:
        """Return a duration; the unit of a bare number is that in its column's name."""
        unit = self.unit(ours) or ""
        text = without_side(text)[0]
        return parse_duration(f"{text} {unit}" if _is_bare(text) else text)

    def distance_m(self, text: str) -> float:
        """Return a distance; the unit of a bare number is the column's, or that of the options."""
        unit = self.unit("distance")
        if unit is None and self.options.units is not None:
            unit = length_unit(self.options.units)
        return parse_distance(text, unit)

    def distance_and_time(self, row: Row, ours: str) -> tuple[float, float] | None:
        """Return distance and time if a runner can cover the one in the other."""
        distance_m = self.needed(row, "distance", self.distance_m)
        time_s = self.needed(row, ours, lambda text: self.duration_s(text, ours))
        if distance_m is None or time_s is None:
            return None
        if not SPEED_M_S[0] * time_s <= distance_m <= SPEED_M_S[1] * time_s:
            distance, time = row[self.columns["distance"]], row[self.columns[ours]]
            reason = f"{shown(time)} is no time for {distance}: write 1:35:20 or 35:20"
            self.left_out(row, reason, "with a time that nobody runs")
            return None
        return distance_m, time_s

    def loads(self, row: Row) -> list[tuple[Load | None, bool]]:
        """Return the load, or those of a list, each with whether it helps the body.

        Its unit is that which the cell, row, column or options state.
        """
        text = row[self.columns["load"]] if "load" in self.columns else ""
        parts = [part for part in _LIST_OF_LOADS.split(text) if part]
        if len(parts) > 1 and all(part[0].isdigit() for part in parts) and not _is_bare(text):
            return [(self._load(row, part), False) for part in parts]
        rest, assisted = beside_bodyweight(without_side(text)[0])
        return [(self._load(row, rest), assisted)]

    def _load(self, row: Row, text: str) -> Load | None:
        if is_bodyweight(text):
            return Load(0.0, "kg")
        unit = self.text(row, "unit") or self.unit("load")
        if unit is None and self.options.units is not None:
            unit = load_unit(self.options.units)
        bare = _is_bare(text)
        written = f"{text} {unit or 'kg'}" if bare else text
        load = self.cell(row, "load", lambda _: parse_load(written))
        if bare and unit is None and load is not None and load.kg:
            raise UnitError(
                f"the load {shown(text)} does not say its unit",
                where=f"line {row.line}",
                hint=f"write {text} kg or {text} lb, add a column 'unit', or say --units",
            )
        return load

    def unit(self, ours: str) -> str | None:
        """Return the unit that the name of a column states."""
        if ours not in self._units:
            self._units[ours] = unit_of(self.kind, self.columns, ours)
        return self._units[ours]

    def require(self, rows: Sized) -> None:
        """Raise an error if no row is left."""
        if not rows:
            raise self.problems.error("no row can be read")


def _read_sets(table: _PlainRows) -> Imported:
    sessions: dict[tuple[Moment, str | None], LoggedSession] = {}
    for row, moment in table.dated():
        name = table.text(row, "movement")
        if name is None:
            table.left_out(row, "no movement", WITHOUT_EXERCISE)
            continue
        title = table.text(row, "title")
        session = sessions.setdefault((moment, title), LoggedSession(moment, title))
        session.sets.extend(_logged_sets(table, row, name))
        table.ledger.keep(row.line)
    table.require(sessions)
    # A table of sets may hold anything, so that unknown names tell nothing of a session.
    return strength_tables("tidy", list(sessions.values()), table.options.timezone, "unknown")


def _logged_sets(table: _PlainRows, row: Row, name: str) -> list[LoggedSet]:
    """Return the sets of a row: several where its repetitions or loads are a list."""
    written = table.cell(row, "sets", _number_of_sets) or [CellAmount()]
    n_sets = written[0].n_sets if len(written) == 1 else None
    amounts = table.cell(row, "reps", parse_amounts) or written
    if amounts == [CellAmount()]:
        amounts = _amounts_in(name)
    if len(amounts) == 2 and n_sets not in (None, 2) and amounts[0] == amounts[1]:
        amounts = [replace(amounts[0], n_sets=None, side="both")]  # 10/10: left and right
    loads = table.loads(row)
    if len(loads) > 1 and len(amounts) == 1:
        amounts = [replace(amounts[0], n_sets=1)] * len(loads)
    if len(loads) not in (1, len(amounts)):
        table.problems.add("lists of loads and of repetitions that differ in length", row, name)
        loads = loads[:1]
    if len(amounts) > 1 and n_sets not in (None, 1, len(amounts)):
        reason = f"{n_sets} sets, and {len(amounts)} listed"
        table.problems.add("lists of another number of sets, which were taken", row, reason)
    if len(amounts) == 1 and n_sets and amounts[0].n_sets not in (None, n_sets):
        reason = f"{n_sets} sets, and {amounts[0].n_sets} beside the repetitions"
        table.problems.add("two numbers of sets, the second of which was taken", row, reason)
    side = table.cell(row, "side", lambda text: side_word(text) or _one_of(SIDES, text))
    hold_s = table.cell(row, "hold_s", lambda text: table.duration_s(text, "hold_s"))
    distance_m = table.cell(row, "distance", table.distance_m)
    return [
        LoggedSet(
            name,
            reps=amount.reps or None,
            load=load,
            assisted=assisted,
            hold_s=hold_s or amount.hold_s or None,
            distance_m=distance_m or amount.distance_m,
            n_sets=1 if len(amounts) > 1 else amount.n_sets or n_sets or 1,
            side=side or amount.side,
            effort_rpe=table.number(row, "rpe") or None,
            row=row.line,
        )
        for amount, (load, assisted) in zip(
            amounts, loads * len(amounts) if len(loads) == 1 else loads, strict=True
        )
    ]


def _amounts_in(name: str) -> list[CellAmount]:
    """Return the sets that a name states where no cell does: "A-skips 3x30 m", "lunges 10,8,6"."""
    said = read_name(name)
    if len(said.reps) > 1:
        return [CellAmount(1, reps) for reps in said.reps]
    return [CellAmount(said.n_sets, reps=said.reps[0] if said.reps else None)]


def _read_sessions(table: _PlainRows) -> Imported:
    sessions = []
    for row, moment in table.dated():
        work = table.needed(row, "kind", _work_or_kind)
        if work is None:
            continue
        table.ledger.keep(row.line)
        kind, sets = work
        sessions.append(
            LoggedSession(
                moment,
                table.text(row, "title"),
                kind,
                table.cell(row, "duration", lambda text: table.duration_s(text, "duration")),
                table.number(row, "rpe") or None,
                sets=sets,
            )
        )
    table.require(sessions)
    return strength_tables("tidy", sessions, table.options.timezone)


def _read_runs(table: _PlainRows) -> Imported:
    numbers = [
        column.name
        for column in schema.TABLES["runs"]
        if column.name in COLUMNS["runs"] and column.dtype == schema.FLOAT
    ]
    rows, moments, lines = [], [], []
    for row, moment in table.dated():
        covered = table.distance_and_time(row, "duration")
        if covered is None:
            continue
        distance_m, moving_s = covered
        kind = table.cell(row, "kind", lambda text: _one_of(RUN_KINDS, text)) or "unknown"
        course = table.cell(row, "course", _course)
        table.ledger.keep(row.line)
        moments.append(moment)
        lines.append(row.line)
        rows.append(
            {
                "start": moment.isoformat(),
                "distance_m": distance_m,
                "moving_s": moving_s,
                "speed_m_s": distance_m / moving_s,
                "course": course or COURSE_OF_KIND.get(kind),
                "kind": kind,
                "detail": "summary",
                **{name: table.text(row, name) for name in _TEXTS},
                **{name: table.number(row, name) for name in numbers},
            }
        )
    table.require(rows)
    when, notes = instants(moments, table.options.timezone)
    frame, kept = _identified(rows, "run_id", ["start", "title"], when)
    for line in np.array(lines)[~kept].tolist():
        table.ledger.leave_out(line, REPEATED)
    cadence, speed_m_s = (_floats(frame, name) for name in ("cadence_spm", "speed_m_s"))
    steps = steps_per_count(cadence, speed_m_s, notes, "both legs", enough=ENOUGH_AVERAGES)
    frame = frame.drop(columns="start").assign(cadence_spm=steps * cadence)
    return Imported(
        runs=schema.check(frame, "runs"),
        log_spans=log_spans("tidy", {"runs": frame["local_date"]}),
        notes=notes,
        clock=clock_of(moments),
    )


TIDY_SETS = TidyImporter("tidy-sets", 3, "sets", _read_sets)
TIDY_SESSIONS = TidyImporter("tidy-sessions", 3, "sessions", _read_sessions)
TIDY_RUNS = TidyImporter("tidy-runs", 4, "runs", _read_runs)


def _identified(
    rows: Sequence[Mapping[str, object]],
    column: str,
    by: list[str],
    more: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the rows as a frame with an identifier each, once, and which rows these are."""
    frame = pd.concat([pd.DataFrame(rows), more], axis="columns")
    kept = ~frame.duplicated().to_numpy(dtype=bool)
    once = frame[kept].reset_index(drop=True)
    number = once.groupby(by, dropna=False).cumcount()
    once[column] = [
        stable_id("tidy", column, *key, *((n,) if n else ()))
        for key, n in zip(once[by].fillna("").itertuples(index=False), number, strict=True)
    ]
    return once, kept


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _is_midnight(moment: Moment) -> bool:
    return not isinstance(moment, dt.datetime) or moment.time() == dt.time()


def _time_of_day(text: str) -> dt.time:
    time = parse_time_of_day(text)
    if time is None:
        raise UnitError(f"{shown(text)} is no time of day", hint="write 18:30")
    return time


def _is_bare(text: str) -> bool:
    return re.fullmatch(NUMBER, text) is not None


def _number_of_sets(text: str) -> list[CellAmount]:
    """Return a number of sets, or the sets of a cell that holds their amounts as well: 3x10."""
    if not _is_bare(text):
        return parse_amounts(text)
    number = parse_number(text)
    if number != int(number) or not 1 <= number <= _MOST_SETS:
        raise UnitError(f"{shown(text)} is no number of sets", hint=f"expected 1 to {_MOST_SETS}")
    return [CellAmount(n_sets=int(number))]


def _work_or_kind(text: str) -> tuple[str, list[LoggedSet]]:
    """Return the kind of a session, and work such as "yoga" as a set of it."""
    typed = None if text.casefold() in SESSION_KINDS else work_of_type(text)
    if typed is not None:
        return "other", [LoggedSet(text, means=typed.stands_for)]
    return _one_of(SESSION_KINDS, text), []


def _course(text: str) -> str:
    kind = course_kind(text)
    if kind is None:
        known = ", ".join(schema.COURSES)
        raise UnitError(f"unknown course {shown(text)}", hint=f"known are: {known}")
    return kind


def _one_of(choices: Mapping[str, str], text: str) -> str:
    if text.casefold() not in choices:
        raise UnitError(f"unknown {shown(text)}", hint=f"known are: {', '.join(choices)}")
    return choices[text.casefold()]
