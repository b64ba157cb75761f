r"""Garmin Connect's list of activities as its web page exports it: ``Activities.csv``.

One row an activity, averages only. The columns' names depend on the language and, where sports
share a column, on the sport of the first row, so a run's cadence may stand under the bike's and
its pace under a speed. Dates are local and naive. Distances are in kilometres or miles, and the
file does not state which: the unit follows from cadence, step length, time and distance, or else
the user is asked for it. Rows of gym sessions hold no sets; they become sessions without sets.

Examples
--------
>>> header = b"Activity Type,Date,Title,Distance,Time,Avg Run Cadence,Avg Stride Length\n"
>>> row = b"Running,2026-02-13 20:06:42,EZ,5.67,00:34:06,177,0.94"
>>> runs = GARMIN_CSV.read(header + row).runs
>>> runs[["distance_m", "cadence_spm", "step_length_m"]].to_numpy().tolist()
[[5670.0, 177.0, 0.94]]
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runanalytics.errors import UnitError
from runanalytics.importers.accounts import (
    OTHER_SPORTS,
    REPEATED,
    TOO_MANY_CELLS,
    WITHOUT_DATE,
    Ledger,
)
from runanalytics.importers.activity_lists.garmin_overfull_rows import Cells, aligned
from runanalytics.importers.activity_lists.summaries import list_tables, listed_session
from runanalytics.importers.activity_lists.units import LONG_UNITS_M, ListedRun, long_unit
from runanalytics.importers.activity_lists.words import (
    columns_of,
    is_left,
    is_right,
    is_type,
)
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.words import Sport, sport_of
from runanalytics.importers.strength.activity_types import work_of_type
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Parsed,
    Problems,
    Row,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.local_time import Moment, parse_moments, parse_time_of_day
from runanalytics.units import FOOT_M, length_unit, parse_duration
from runanalytics.units.numerals import parse_number, shown

#: Columns without which nothing can be read.
REQUIRED = ("type", "date", "time")
#: A file is Garmin's list if it has the type of activity and this many of the others.
_OTHERS = ("date", "favorite", "title", "distance", "time")
_ENOUGH_OTHERS = 3
#: Averages that need no unit of the file, by our columns.
AVERAGES = ("heart_rate_bpm", "cadence_spm", "ground_contact_ms", "vertical_ratio_pct", "power_w")
#: Metres of the unit of heights, beside each unit of distances.
HEIGHTS_M = {"km": 1.0, "mi": FOOT_M}

#: Numbers by whose form decimals are known to follow a comma or a point.
_DECIMAL_COMMA = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),(?:[0-9]{1,2}|[0-9]{4,})")
_DECIMAL_POINT = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)\.(?:[0-9]{1,2}|[0-9]{4,})")
_THOUSANDS_POINT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(,[0-9]*)?")
#: "50.6% L / 49.4% R", "50,6 % vänster/49,4 % höger", "左50.6% / 右49.4%".
_SIDE = r"[^\W\d_]*"
_BALANCE = re.compile(
    rf"(?P<before>{_SIDE})[: ]*(?P<share>[0-9]+(?:[.,][0-9]+)?) ?% ?(?P<first>{_SIDE})\.? ?/ ?"
    rf"(?P<behind>{_SIDE})[: ]*[0-9.,]+ ?% ?(?P<second>{_SIDE})\.?"
)


class GarminCsvImporter(Importer):
    """Reads the list of activities that Garmin Connect exports."""

    name = "garmin-csv"
    version = 5
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Whether the columns are those of the list, in any of its languages."""
        header = header_of(head)
        if not any(map(is_type, header)):
            return False
        found = columns_of(header)
        return sum(ours in found for ours in _OTHERS) >= _ENOUGH_OTHERS

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read runs and sessions of the gym and of other sports; what is neither is counted.

        Parameters
        ----------
        data : bytes
            The whole list.
        options : ReadOptions
            `units` states whether distances are km or miles, whatever the file implies;
            `timezone` is the zone of its local times.

        Returns
        -------
        Imported
            `runs` of detail "summary", `sessions` without sets, and the days between which each
            was logged; notes on what was inferred, repaired or left out.

        Raises
        ------
        MissingColumnError
            If the type, date or time of activities is not there.
        UnitError
            If it does not follow whether distances are kilometres or miles.
        UnreadableFileError
            If no row can be read, or the order of day and month is unclear.
        """
        table = read_table(data, keep_overfull=True)
        columns = columns_of(table.columns)
        ours = {columns[name][0]: name for name in REQUIRED if name in columns}
        columns_by_key = zip(table.columns, table.names, strict=True)
        require_columns([ours.get(key, name) for key, name in columns_by_key], REQUIRED)
        return _Reader(table, columns, options).tables(self.name)


@dataclass
class _Reader:
    table: DelimitedTable
    columns: Mapping[str, tuple[str, ...]]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    notes: list[Note] = field(default_factory=list)
    decimal_comma: bool = False
    ledger: Ledger = field(default_factory=Ledger)

    def tables(self, source: str) -> Imported:
        """Return the list as tables."""
        self.decimal_comma = self._has_decimal_comma()
        cells = Cells(_or_none(self._number), _or_none(_seconds), _or_none(_pace_s))
        for row in self.table.rows:
            self.ledger.leave_out(row.line, TOO_MANY_CELLS)  # until it is aligned
        rows, notes = aligned(self.table, self.columns, cells)
        self.table = replace(self.table, rows=tuple(rows))
        self.notes += notes
        runs: dict[str, tuple[Moment, Row]] = {}
        sessions: dict[str, LoggedSession] = {}
        others: Counter[str] = Counter()
        for start, row in self._dated():
            sport = self._sport(row)
            key = self._key(start, row)
            typed = None if sport.is_run or sport.is_strength else work_of_type(self._type(row))
            self.ledger.keep(row.line)
            if not (sport.is_run or sport.is_strength or typed):
                others[row[self.columns["type"][0]]] += 1
                self.ledger.leave_out(row.line, OTHER_SPORTS)
            elif key in (runs if sport.is_run else sessions):
                self.ledger.leave_out(row.line, REPEATED)
            elif sport.is_run:
                runs[key] = start, row
            else:
                title, lasted_s = self._cell(row, "title", str), self._seconds(row, "time")
                sessions[key] = listed_session(start, title, typed, lasted_s, key=key)
        listed = self._runs(source, runs)
        timezone = self.options.timezone
        tables = list_tables(source, listed, list(sessions.values()), others, timezone)
        own_notes = [*self.table.notes, *self.problems.notes(), *self.notes]
        read = {column for columns in self.columns.values() for column in columns}
        pairs = zip(self.table.columns, self.table.names, strict=True)
        unread = dict.fromkeys(name for key, name in pairs if key and key not in read)
        return replace(tables, notes=[*own_notes, *tables.notes], rows=self.ledger.account(unread))

    def _dated(self) -> Iterator[tuple[Moment, Row]]:
        """Yield the rows that have a date, each with its date or start."""
        (column, *_) = self.columns["date"]
        starts = parse_moments([row[column] for row in self.table.rows])
        for start, row in zip(starts, self.table.rows, strict=True):
            if start is None:
                reason = f"{shown(row[column])} is no date"
                self.problems.add("rows without a date were left out", row, reason)
                self.ledger.leave_out(row.line, WITHOUT_DATE)
            else:
                yield start, row

    def _key(self, start: Moment, row: Row) -> str:
        """Return what identifies an activity: its start, which nobody edits."""
        if isinstance(start, dt.datetime):
            return start.isoformat()
        cells = (
            row[column] for ours in ("distance", "time") for column in self.columns.get(ours, ())
        )
        return "|".join((start.isoformat(), *cells))

    def _runs(
        self, source: str, runs: Mapping[str, tuple[Moment, Row]]
    ) -> list[tuple[Moment, dict[str, object]]]:
        """Return each run's start, and its row as `list_tables` takes it."""
        listed = {key: self._listed_run(row) for key, (_, row) in runs.items()}
        unit = self._unit(list(listed.values()))
        unit_m, height_m = LONG_UNITS_M.get(unit, math.nan), HEIGHTS_M.get(unit, math.nan)
        result: list[tuple[Moment, dict[str, object]]] = []
        for key, (start, row) in runs.items():
            run = listed[key]
            columns: dict[str, object] = {
                "run_id": stable_id(source, "run", key),
                "title": self._cell(row, "title", str),
                "course": self._sport(row).course,
                "kind": self._sport(row).kind,
                "distance_m": run.distance * (1.0 if run.in_metres else unit_m),
                "moving_s": run.time_s,
                "elapsed_s": self._seconds(row, "elapsed"),
                "other_time_s": run.moving_s,
                "ascent_m": self._float(row, "ascent") * height_m,
                "step_length": run.step_length,
                "oscillation": self._float(row, "oscillation"),
                "contact_balance_left_pct": self._cell(
                    row, "contact_balance_left_pct", self._balance
                ),
                **{name: self._float(row, name) for name in AVERAGES},
            }
            result.append((start, columns))
        metre_rows = sum(run.in_metres for run in listed.values())
        if metre_rows:
            message = "runs whose distance is listed in metres"
            self.notes.append(Note("info", f"{message}: {metre_rows}"))
        return result

    def _unit(self, runs: Sequence[ListedRun]) -> str:
        """Return the unit of distances: the one given, else the one that follows from the runs.

        Where no run has a distance it is empty, and heights are left out.
        """
        implied = long_unit(runs)
        if self.options.units is not None:
            given = length_unit(self.options.units)
            if implied not in (None, given):
                message = f"distances taken as {given}, as you say; cadence and step length say"
                self.notes.append(Note("warning", f"{message} {implied}: leave out --units to see"))
            return given
        if implied is None:
            if not any(run.distance > 0 and not run.in_metres for run in runs):
                return ""
            (key, *_) = self.columns["distance"]
            name = dict(zip(self.table.columns, self.table.names, strict=True))[key]
            raise UnitError(
                f"the column '{name}' does not say its unit, and no run has a cadence and a step "
                "length that tell it",
                hint="say --units metric if it is km, or --units imperial if it is miles",
            )
        if implied == "mi":
            message = "distances are in miles, as cadence and step length say; heights in feet"
            self.notes.append(Note("info", message))
        return implied

    def _listed_run(self, row: Row) -> ListedRun:
        return ListedRun(
            distance=self._float(row, "distance"),
            time_s=self._seconds(row, "time") or math.nan,
            cadence_spm=self._float(row, "cadence_spm"),
            step_length=self._float(row, "step_length"),
            steps=self._float(row, "steps"),
            pace_s=self._cell(row, "pace", _pace_s) or math.nan,
            indoors=self._sport(row).kind == "treadmill",
            moving_s=self._seconds(row, "moving") or math.nan,
        )

    def _cell(self, row: Row, ours: str, parse: Callable[[str], Parsed | None]) -> Parsed | None:
        """Return the value of the first filled cell among the columns that may hold it."""
        for column in self.columns.get(ours, ()):
            value = read_cell(row, column, parse, self.problems)
            if value is not None:
                return value
        return None

    def _sport(self, row: Row) -> Sport:
        return sport_of(self._type(row))

    def _type(self, row: Row) -> str:
        return row[self.columns["type"][0]]

    def _seconds(self, row: Row, ours: str) -> float | None:
        return self._cell(row, ours, _seconds)

    def _float(self, row: Row, ours: str) -> float:
        """Return a number; NaN where it is missing, for which the list may write 0."""
        return self._cell(row, ours, self._number) or math.nan

    def _number(self, text: str) -> float | None:
        plain = text.lstrip("'")
        if self.decimal_comma and (grouped := _THOUSANDS_POINT.fullmatch(plain)):
            plain = grouped[1].replace(".", "") + (grouped[2] or "")
        return parse_number(plain, comma="decimal" if self.decimal_comma else "thousands") or None

    def _balance(self, text: str) -> float | None:
        """Return the left foot's share (%); the cell names which side is which."""
        match = _BALANCE.fullmatch(" ".join(text.split()))
        if match is None:
            return self._number(text.removesuffix("%").rstrip())
        share = parse_number(match["share"], comma="decimal")
        first, second = match["before"] or match["first"], match["behind"] or match["second"]
        if is_left(first) and not is_left(second):
            return share or None
        if is_right(first) and is_left(second):
            return 100 - share
        raise UnitError(f"{shown(text)} does not say which side is left")

    def _has_decimal_comma(self) -> bool:
        """Return whether the numbers of this list have decimal commas, as most cells show."""
        names = {
            column
            for ours in ("distance", "step_length", "oscillation", "ascent", *AVERAGES)
            for column in self.columns.get(ours, ())
        }
        cells = [
            cell.lstrip("'")
            for row in self.table.rows
            for cell in row.overfull or map(row.__getitem__, names)
        ]
        commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
        points = sum(_DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
        return commas > points


def _or_none(parse: Callable[[str], float | None]) -> Callable[[str], float | None]:
    """Return a parser that returns None for what it cannot read."""

    def parsed(text: str) -> float | None:
        try:
            return parse(text)
        except UnitError:
            return None

    return parsed


def _seconds(text: str) -> float | None:
    """Return a duration (s), also where a spreadsheet turned it into a time (12:34:06 AM)."""
    if text.casefold().endswith("m") and (time := parse_time_of_day(text)) is not None:
        return time.hour * 3600.0 + time.minute * 60.0 + time.second or None
    return parse_duration(text) or None


def _pace_s(text: str) -> float | None:
    """Return the time of a pace for one unit of distance (s); None for a speed."""
    return parse_duration(text) if re.fullmatch(r"[0-9]+:[0-9]{2}", text) else None


GARMIN_CSV = GarminCsvImporter()
