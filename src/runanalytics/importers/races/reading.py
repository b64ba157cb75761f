"""Rows of a list of races as table "races": day, name, course, distance, time.

A row is kept, stands there twice, or is left out for a reason that a note counts. Distance and
time of a row are chosen together: of all that its cells may mean, the first pair that a runner
can have run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.accounts import (
    COLUMN_NAMES,
    REPEATED,
    TOO_MANY_CELLS,
    WITHOUT_DATE,
    Ledger,
)
from runanalytics.importers.contract import Imported, Note, ReadOptions, counted_note, stable_id
from runanalytics.importers.races.columns import RaceColumns
from runanalytics.importers.races.events import (
    course_kind,
    event_distances,
    is_not_finished,
    is_not_run,
)
from runanalytics.importers.races.times import TimeWritten, times_written
from runanalytics.importers.text.delimited import DelimitedTable, Problems, Row, read_cell
from runanalytics.importers.text.local_time import day_of, parse_moments
from runanalytics.importers.text.plain_numbers import stands_for_nothing
from runanalytics.units import FOOT_M, length_unit
from runanalytics.units.numerals import parse_number, shown
from runanalytics.units.race_distances import (
    SHORTEST_M,
    course_named,
    distance_stated,
    is_bare,
)
from runanalytics.words.phrases import finder, plain

#: Distance -> speed below which nobody ends a race over it: 12 km in 5 h, a mile in 38 min. A
#: cell then does not mean what was written.
_SLOWEST_M = (42_195.0, 100_000.0)
_SLOWEST_M_S = (0.7, 0.4)
#: Distance -> speed that nobody reaches over it or over more: the records of men and women over
#: 100 m (9.58 s) to 100 km (6 h 5 min) with a tenth to spare.
_FASTEST_M = (200.0, 400.0, 800.0, 1_500.0, 3_000.0, 5_000.0, 10_000.0, 42_195.0, 100_000.0)
_FASTEST_M_S = (12.0, 10.2, 8.8, 8.0, 7.6, 7.3, 7.1, 6.5, 5.1)
#: More rows than this of one day and one distance are the results of several runners.
_HEATS = 3
#: The distance of a junior page's races, m.
_JUNIOR_M = 2_000.0
_SATURDAY = 5

LEFT_OUT = "rows were left out"


@dataclass
class RaceReader:
    """Reads the rows of one list.

    Attributes
    ----------
    table : DelimitedTable
        The file.
    columns : RaceColumns
        Which of its columns holds what.
    options : ReadOptions
        `units` of distances that state none.
    problems : Problems
        Rows that were left out, by reason, and cells that were taken as empty.
    """

    table: DelimitedTable
    columns: RaceColumns
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    ledger: Ledger = field(default_factory=Ledger)
    #: Columns of names whose cells are distances, or kinds of course.
    _events: tuple[str, ...] = ()
    _course: str | None = None
    _unitless: list[tuple[Row, str]] = field(default_factory=list)
    _turned: list[str] = field(default_factory=list)

    def read(self) -> Imported:
        """Return the races.

        Raises
        ------
        UnitError
            If distances have no unit, and neither their column nor the options state one.
        UnreadableFileError
            If no row can be read, the order of day and month is unknown, or the rows are those
            of several runners.
        """
        self._refuse_other_runners()
        self._look_at_names()
        for row in self.table.rows:
            self.ledger.open(row.line)
        rows, lines = [], []
        for row, day in self._dated():
            race = self._race(row, day)
            if race is not None:
                self.ledger.keep(row.line)
                rows.append(race)
                lines.append(row.line)
        self._ask_for_units()
        if not rows:
            raise self.problems.error("no row can be read")
        _refuse_several_runners(rows)
        for line, is_repeated in zip(lines, pd.DataFrame(rows).duplicated(), strict=True):
            if is_repeated:
                self.ledger.leave_out(line, REPEATED)
        races, repeated = _identified(rows)
        notes = [*self.table.notes, *self.problems.notes(), *self._what_was_inferred(), *repeated]
        account = self.ledger.account(self._unread())
        return Imported(races=schema.check(races, "races"), notes=notes, rows=account)

    # Columns ------------------------------------------------------------------------------

    def _look_at_names(self) -> None:
        """Find which columns of names hold distances, or kinds of course."""
        names = self.columns.names
        if not self.columns.distances:
            self._events = tuple(
                name for name in names if self._share(name, _is_distance, _is_event) >= 0.5
            )[:1]
        self._course = self.columns.others.get("course")
        if self._course is None:
            # A "course" is a race in French, and what lies under the feet in English.
            kinds = [name for name in names if name == "course" and self._share(name, _is_kind)]
            self._course = kinds[0] if kinds else None

    def _refuse_other_runners(self) -> None:
        column = self.columns.others.get("runner")
        if column is None:
            return
        runners = {plain(row[column]): row[column] for row in self.table.rows if row[column]}
        if len(runners) > 1:
            first, second = list(runners.values())[:2]
            raise UnreadableFileError(
                f"the list names {len(runners)} runners, such as {shown(first)} and"
                f" {shown(second)}",
                hint="leave only your own rows in the list",
            )

    def _share(self, column: str, *tests: Callable[[str], bool]) -> float:
        cells = [row[column] for row in self.table.rows if not stands_for_nothing(row[column])]
        fits = [any(test(cell) for test in tests) for cell in cells]
        return sum(fits) / len(fits) if fits else 0.0

    def _dated(self) -> list[tuple[Row, dt.date]]:
        """Return the rows that have a day; the others are left out."""
        rows = []
        for row in self.table.rows:
            if row.overfull:
                width = len(self.table.columns)
                reason = f"{len(row.overfull)} cells, {width} columns"
                self.problems.add(f"{LEFT_OUT} as having too many cells", row, reason)
                self.ledger.leave_out(row.line, TOO_MANY_CELLS)
            elif self._is_heading(row):
                self.problems.add(f"{LEFT_OUT} as headings", row, shown(row[self.columns.date]))
                self.ledger.leave_out(row.line, COLUMN_NAMES)
            else:
                rows.append(row)
        texts = [row[self.columns.date] for row in rows]
        moments = parse_moments(texts, month_first=self._month_first(texts))
        dated = []
        for row, moment, text in zip(rows, moments, texts, strict=True):
            if moment is None:
                reason = f"{shown(text)} is no date" if text else "no date"
                self._left_out(row, reason, WITHOUT_DATE)
            else:
                dated.append((row, day_of(moment)))
        return dated

    def _is_heading(self, row: Row) -> bool:
        """Return whether a row is the line of column names once more."""
        written = self.table.written(self.columns.date)
        return plain(row[self.columns.date]) == plain(written) != ""

    def _month_first(self, texts: Sequence[str]) -> bool | None:
        """Return the order of a parkrun page where Saturdays alone tell it; None elsewhere."""
        if self.columns.only_distance_m is None:
            return None
        shares = {}
        for month_first in (True, False):
            try:
                read = parse_moments(texts, month_first=month_first)
            except UnreadableFileError:
                return None
            days = [day_of(moment) for moment in read if moment is not None]
            shares[month_first] = sum(day.weekday() == _SATURDAY for day in days)
        if shares[True] == shares[False]:
            return None
        return shares[True] > shares[False]

    # Rows ---------------------------------------------------------------------------------

    def _race(self, row: Row, day: dt.date) -> dict[str, object] | None:
        name = self._name(row)
        events = [row[column] for column in (*self.columns.distances, *self._events)]
        written = next((cell for cell in events if not stands_for_nothing(cell)), "")
        if is_not_run(written) or (not written and is_not_run(name or "")):
            reason = shown(written or name)
            self.problems.add(f"{LEFT_OUT} as no run over a plain course", row, reason)
            self.ledger.leave_out(row.line, "of no run over a plain course")
            return None
        times = self._times(row)
        lengths, kind = self._lengths(row, written, name) if times else ((), None)
        if not lengths:
            return None
        covered = next(
            ((length, time) for time in times for length in lengths if _can_be_run(length, time)),
            None,
        )
        if covered is None:
            if is_bare(written) and self._unit(self._distance_column(row)) is None:
                self._unitless.append((row, written))
                return None
            time = next(row[column] for column in self.columns.times if row[column])
            where = written or f"{lengths[0]:g} m"
            reason = f"{shown(time)} is no time for {where}: write 1:35:20 or 35:20"
            self._left_out(row, reason, "with a time that nobody runs")
            return None
        length_m, time_s = covered
        if time_s.turned:
            self._turned.append(next(row[column] for column in self.columns.times if row[column]))
        return {
            "local_date": day,
            "title": name,
            "course": self._kind(row) or kind,
            "distance_m": length_m,
            "time_s": time_s.seconds,
            "ascent_m": self._number(row, "ascent"),
            "temperature_c": self._number(row, "temperature"),
        }

    def _name(self, row: Row) -> str | None:
        taken = (*self._events, self._course)
        names = (row[column] for column in self.columns.names if column not in taken)
        return next((name for name in names if not stands_for_nothing(name)), None)

    def _lengths(
        self, row: Row, written: str, name: str | None
    ) -> tuple[tuple[float, ...], str | None]:
        """Return what the distance may be, and the kind of course that its cell names."""
        missing: str | UnitError = "no distance"
        if written:
            column = self._distance_column(row)
            try:
                lengths, kind = event_distances(written, self._unit(column))
                if column in self._events and is_bare(written):
                    kind = "track"  # events over the road are named in kilometres
                return lengths, kind
            except UnitError as error:
                missing = error
                if is_bare(written):
                    self._unitless.append((row, written))
                    return (), None
        for text in (written, name or ""):
            title = plain(text)
            stated = distance_stated(title)
            length_m = stated if stated == stated else course_named(title)
            if length_m == length_m:
                return (length_m,), None
        if self.columns.only_distance_m is not None and not self._events:
            junior = finder("race_list.rows.junior").search(plain(name or ""))
            return (_JUNIOR_M if junior else self.columns.only_distance_m,), None
        reason = "no distance" if missing == "no distance" else f"distance: {missing}"
        self._left_out(row, reason, "without a distance that can be read")
        return (), None

    def _distance_column(self, row: Row) -> str:
        columns = (*self.columns.distances, *self._events)
        filled = (column for column in columns if not stands_for_nothing(row[column]))
        return next(filled, columns[0] if columns else "")

    def _unit(self, column: str) -> str | None:
        unit = self.columns.units.get(column)
        if unit is None and self.options.units is not None:
            unit = length_unit(self.options.units)
        return unit if unit in ("km", "m", "mi") else None

    def _times(self, row: Row) -> list[TimeWritten]:
        """Return the times that a row may have: that which counts most first."""
        found: list[TimeWritten] = []
        problem = "no time"
        not_finished = ""
        for column in self.columns.times:
            text = row[column]
            if stands_for_nothing(text):
                continue
            try:
                found += times_written(text, self.columns.units.get(column, ""))
            except UnitError as error:
                problem = f"time: {error}"
                not_finished = not_finished or (text if is_not_finished(text) else "")
        if not found and not_finished:
            self.problems.add(f"{LEFT_OUT} as not finished", row, shown(not_finished))
            self.ledger.leave_out(row.line, "not finished")
        elif not found:
            self._left_out(row, problem, "without a time that can be read")
        return found

    def _kind(self, row: Row) -> str | None:
        text = "" if self._course is None else row[self._course]
        if not stands_for_nothing(text):
            kind = course_kind(text)
            if kind is not None:
                return kind
            column = self.table.written(self._course or "")
            reason = f"{shown(text)} is no known kind of course"
            self.problems.add(f"cells of '{column}' were taken as empty", row, reason)
        indoor = self.columns.others.get("indoor")
        return "track" if indoor and plain(row[indoor]) in ("i", "x", "yes", "indoor") else None

    def _number(self, row: Row, what: str) -> float | None:
        column = self.columns.others.get(what)
        if column is None:
            return None
        unit = self.columns.units.get(column, "")
        # Where semicolons separate the cells, commas are decimal.
        comma: Literal["decimal"] | None = "decimal" if self.table.delimiter == ";" else None
        return read_cell(row, column, lambda text: _quantity(text, unit, comma), self.problems)

    def _left_out(self, row: Row, reason: str, counted_as: str) -> None:
        self.problems.add(LEFT_OUT, row, reason)
        self.ledger.leave_out(row.line, counted_as)

    # Notes --------------------------------------------------------------------------------

    def _ask_for_units(self) -> None:
        if not self._unitless:
            return
        row, text = self._unitless[0]
        more = len(self._unitless) - 1
        raise UnitError(
            f"{shown(text)}{f' and {more} more distances have' if more else ' has'} no unit",
            where=f"line {row.line}",
            hint=f"say --units metric (km) or --units imperial (miles), or write {text} km,"
            f" {text} mi or {text} m",
        )

    def _what_was_inferred(self) -> list[Note]:
        notes = []
        if self._turned:
            text = self._turned[0]
            message = (
                f"times that a spreadsheet had turned into hours ({len(self._turned)}), such as"
                f" {shown(text)}, were read as minutes and seconds"
            )
            notes.append(Note("info", message))
        return notes

    def _unread(self) -> list[str]:
        """Return the columns that are not read, as the file names them."""
        read = {*self.columns.read}
        pairs = zip(self.table.columns, self.table.names, strict=True)
        return [name for column, name in pairs if column and column not in read]


def _can_be_run(distance_m: float, time: TimeWritten) -> bool:
    """Return whether a runner can cover a distance in a time."""
    speed_m_s = distance_m / time.seconds
    slowest_m_s = float(np.interp(distance_m, _SLOWEST_M, _SLOWEST_M_S))
    fastest_m_s = float(np.interp(distance_m, _FASTEST_M, _FASTEST_M_S))
    return slowest_m_s <= speed_m_s <= fastest_m_s


def _is_distance(text: str) -> bool:
    try:
        lengths, _ = event_distances(text)
    except UnitError:
        return False
    return bool(lengths) and max(lengths) >= SHORTEST_M


def _is_event(text: str) -> bool:
    return is_not_run(text) and any(letter.isdigit() for letter in text)


def _is_kind(text: str) -> bool:
    return course_kind(text) is not None and len(plain(text).split()) == 1


def _quantity(text: str, unit: str, comma: Literal["decimal"] | None) -> float:
    """Return a height (m) or temperature (°C), which may be below zero."""
    cell = text.replace("−", "-").strip()
    sign = -1.0 if cell.startswith("-") else 1.0
    number, _, written = cell.lstrip("+-").partition(" ")
    stripped = number.rstrip("°CFftmDd+'’")
    written = (written or number[len(stripped) :]).strip(" °.").casefold() or unit
    value = sign * parse_number(stripped, comma=comma)
    if written in ("ft", "feet", "'"):
        return value * FOOT_M
    if written in ("f", "fahrenheit"):
        return (value - 32) / 1.8
    if written not in ("", "m", "c", "celsius", "hm", "d", "d+", "m d+", "mt", "grad", "м"):
        raise UnitError(f"{shown(text)} has an unknown unit")
    return value


def _refuse_several_runners(rows: Sequence[dict[str, object]]) -> None:
    frame = pd.DataFrame(rows)
    once = frame.drop_duplicates(["local_date", "distance_m", "time_s"])
    sizes = once.groupby(["local_date", "distance_m"]).size()
    if (sizes > _HEATS).any():
        most = sizes.reset_index(name="n").sort_values("n").iloc[-1]
        raise UnreadableFileError(
            f"{most['n']} rows are of one day ({most['local_date']}) and one distance"
            f" ({most['distance_m']:g} m): the results of several runners",
            hint="leave only your own rows in the list",
        )


def _identified(rows: Sequence[dict[str, object]]) -> tuple[pd.DataFrame, list[Note]]:
    """Return the races with an identifier each, and a note on rows written twice.

    The identifier depends on day, distance and title, whichever list has them: a list to which a
    column was added has the races that it had.
    """
    by = ["local_date", "distance_m", "title"]
    frame = pd.DataFrame(rows)
    once = frame[~frame.duplicated()].reset_index(drop=True)
    number = once.groupby(by, dropna=False).cumcount()
    once["race_id"] = [
        stable_id("tidy", "race_id", *key, *((n,) if n else ()))
        for key, n in zip(
            once[by].astype(object).fillna("").itertuples(index=False), number, strict=True
        )
    ]
    return once, counted_note(len(frame) - len(once), "rows that stand there twice")
