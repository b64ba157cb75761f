"""What every list of runs needs: which columns hold what, in which unit, and what becomes of rows.

A service's importer is a `RunListImporter`: the columns that tell its files, and for each of our
quantities the columns that may hold it with the size of their unit in ours. Everything else is
the same for all: sports, starts, numbers, cadence of one leg or two, rows left out by reason,
columns that are not read.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from runanalytics.importers.accounts import (
    NOT_DONE,
    OTHER_SPORTS,
    REPEATED,
    TOO_MANY_CELLS,
    WITHOUT_DATE,
    Ledger,
)
from runanalytics.importers.activity_lists.summaries import list_tables, listed_session
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, Counted, steps_per_count
from runanalytics.importers.runs.words import Sport, sport_of
from runanalytics.importers.strength.activity_types import TypedWork, work_of_type
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.delimited import (
    DelimitedTable,
    Problems,
    Row,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.local_time import Moment, parse_moments
from runanalytics.importers.text.notes import joined_notes
from runanalytics.units import parse_duration
from runanalytics.units.numerals import parse_number, shown

#: Our quantity -> (column, size of its unit in ours) of each column that may hold it, the best
#: first. Names are spelled as `runanalytics.importers.text.delimited.column_key` spells them.
Quantities = Mapping[str, tuple[tuple[str, float], ...]]

#: Why a row is left out, as it stands after a number.
WITHOUT_LENGTH = "without a distance or time"
#: Quantities that are times: they may be written as 1:02:03.
_TIMES = ("moving_s", "elapsed_s")
#: Further digits of what is computed come from rounding, not from a sensor.
_DECIMALS = 2
_OFFSET = re.compile(r"([+-]?)(\d{1,2}):?(\d{2})(?::?\d{2})?")


@dataclass(frozen=True)
class ListColumns:
    """Where the rows of a list say what is no quantity.

    Parameters
    ----------
    signature : tuple of str
        Columns that all such lists have, and no other file has together.
    start : tuple of str
        Columns of the start; a day and a time of day are joined.
    sport, detail, title, identity, device, shoe, end, offset : tuple of str
        Columns that may hold these, the best first.
    notes : tuple of str
        Columns of descriptions and notes, all of which are kept.
    """

    signature: tuple[str, ...]
    start: tuple[str, ...]
    sport: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    shoe: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    offset: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def read(self) -> set[str]:
        """All columns that are read."""
        groups = (self.start, self.sport, self.detail, self.title, self.identity, self.device)
        others = (self.shoe, self.end, self.offset, self.notes)
        return {name for group in (*groups, *others) for name in group}


@dataclass(frozen=True, eq=False)
class RunListImporter(Importer):
    """Reads the list of activities of one service or app.

    Parameters
    ----------
    name, version
        As of every importer.
    columns : ListColumns
        Which columns tell its files, and hold what is no quantity.
    quantities : mapping
        Which hold quantities, and in which unit.
    in_utc : bool
        Whether starts without an offset are in UTC rather than local.
    counted : {"one leg", "both legs", None}
        Which steps its cadence is known to count.
    table_of : callable
        From a file's bytes to its rows.
    is_own : callable
        Whether a file's first bytes are of this source, given the keys of its first line.
    sports : mapping of str to str
        Its codes for sports -> words that `runanalytics.importers.runs.words` knows.
    """

    name: str
    version: int
    columns: ListColumns
    quantities: Quantities
    in_utc: bool = False
    counted: Counted = None
    table_of: Callable[[bytes], DelimitedTable] = read_table
    is_own: Callable[[bytes], bool] | None = None
    sports: Mapping[str, str] = field(default_factory=dict)

    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether the columns, or the first names of JSON, are those of such a list."""
        if self.is_own is not None:
            return self.is_own(head)
        return set(self.columns.signature) <= set(header_of(head))

    def column_names(self) -> frozenset[str]:
        """Return the keys of all columns that it reads."""
        held = (name for columns in self.quantities.values() for name, _ in columns)
        return frozenset((*self.columns.read, *held))

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read runs and sessions of the gym and of other sports; what is neither is counted.

        Parameters
        ----------
        data : bytes
            The whole list.
        options : ReadOptions
            `timezone` is the zone of its local times.

        Returns
        -------
        Imported
            `runs` of detail "summary", `sessions` without sets, and the days between which each
            was logged; notes on what was repaired or left out.

        Raises
        ------
        MissingColumnError
            If a column that all such lists have is not there.
        UnreadableFileError
            If no row can be read, or the order of day and month is unclear.
        """
        table = self.table_of(data)
        if self.is_own is None:
            require_columns(table.columns, self.columns.signature)
        return _Rows(self, table, options).tables()


@dataclass
class _Rows:
    source: RunListImporter
    table: DelimitedTable
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)

    def tables(self) -> Imported:
        """Return runs and gym sessions, and what became of each row."""
        ledger = Ledger(row.line for row in self.table.rows)
        for line in self.table.overfull_lines:
            ledger.leave_out(line, TOO_MANY_CELLS)
        runs: list[tuple[Moment, dict[str, object]]] = []
        sessions: list[LoggedSession] = []
        others: Counter[str] = Counter()
        seen = set[str]()
        for row, start in zip(self.table.rows, self._starts(), strict=True):
            ledger.keep(row.line)
            sport, lasted_s = self._sport(row), self._lasted_s(row)
            if start is None:
                written = " ".join(row[name] for name in self.source.columns.start).strip()
                reason = f"{shown(written)} is no date" if written else "no date"
                self.problems.add("rows were left out", row, reason)
                ledger.leave_out(row.line, WITHOUT_DATE)
                continue
            identity = self._identity(row, start)
            typed = None if sport.is_run or sport.is_strength else self._typed(row)
            if not (sport.is_run or sport.is_strength or typed):
                others[self._text(row, "sport") or ""] += 1
                ledger.leave_out(row.line, OTHER_SPORTS)
            elif identity in seen:
                ledger.leave_out(row.line, REPEATED)
            elif sport.is_run:
                run = self._run(row, identity, sport)
                if not (run["distance_m"] or run["moving_s"]):
                    self._leave_out_empty(row, ledger, "no distance and no time")
                    continue
                runs.append((start, run))
            elif typed and not lasted_s:
                self._leave_out_empty(row, ledger, "no time")
                continue
            else:
                title = self._text(row, "title")
                sessions.append(listed_session(start, title, typed, lasted_s, key=identity))
            seen.add(identity)
        if not ledger.account().n_rows or all(row is None for row in self._starts()):
            raise self.problems.error("no row can be read")
        notes = _with_both_legs([run for _, run in runs], self.source.counted)
        tables = list_tables(self.source.name, runs, sessions, others, self.options.timezone)
        return replace(
            tables,
            notes=[*self.table.notes, *self.problems.notes(), *notes, *tables.notes],
            rows=ledger.account(self._unread()),
        )

    def _starts(self) -> list[Moment | None]:
        """Return when each row began: local, in UTC, or with the offset that its row states."""
        named = [name for name in self.source.columns.start if name in self.table.columns]
        texts = [" ".join(row[name] for name in named).strip() for row in self.table.rows]
        found = parse_moments(texts)
        return [
            None if moment is None else self._placed(moment, self._text(row, "offset"))
            for moment, row in zip(found, self.table.rows, strict=True)
        ]

    def _placed(self, moment: Moment, offset: str | None) -> Moment:
        if not isinstance(moment, dt.datetime):
            return moment
        if moment.tzinfo is None and self.source.in_utc:
            moment = moment.replace(tzinfo=dt.UTC)
        written = _OFFSET.fullmatch(offset or "")
        if written is None:
            return moment
        minutes = (int(written[2]) * 60 + int(written[3])) * (-1 if written[1] == "-" else 1)
        zone = dt.timezone(dt.timedelta(minutes=minutes))
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

    def _identity(self, row: Row, start: Moment) -> str:
        own = self._text(row, "identity")
        cells = () if isinstance(start, dt.datetime) else tuple(row.cells.values())
        return stable_id(self.source.name, own or "", *(() if own else (start.isoformat(), *cells)))

    def _sport(self, row: Row) -> Sport:
        named = self._text(row, "sport") or ""
        named = self.source.sports.get(named, named)
        return sport_of(named, self._text(row, "detail") or "", self._text(row, "title") or "")

    def _leave_out_empty(self, row: Row, ledger: Ledger, reason: str) -> None:
        """Leave out a row that says of nothing how much was done, as of what is only planned."""
        planned = any("planned" in key for key in self.table.columns)
        ledger.leave_out(row.line, NOT_DONE if planned else WITHOUT_LENGTH)
        if not planned:
            self.problems.add("rows were left out", row, reason)

    def _typed(self, row: Row) -> TypedWork | None:
        """Return the work that a row's sport names, the more precise word first."""
        named = self._text(row, "sport") or ""
        return work_of_type(self._text(row, "detail") or "", self.source.sports.get(named, named))

    def _run(self, row: Row, identity: str, sport: Sport) -> dict[str, object]:
        values = {name: self._number(row, name) for name in self.source.quantities}
        moving_s, elapsed_s = values.get("moving_s"), values.get("elapsed_s")
        if elapsed_s is None:
            elapsed_s = self._between_start_and_end_s(row)
        speed_m_s, distance_m = values.pop("speed_m_s", None), values.get("distance_m")
        if moving_s is None and speed_m_s and distance_m:
            moving_s = round(distance_m / speed_m_s, _DECIMALS)
        steps = values.pop("n_steps", None)
        if "cadence_spm" not in values and steps and (moving_s or elapsed_s):
            values["cadence_spm"] = round(
                60 * steps / (moving_s or elapsed_s or math.nan), _DECIMALS
            )
        return {
            "distance_m": None,
            **values,
            "run_id": identity,
            "title": self._text(row, "title"),
            "notes": joined_notes(
                *(row[name] for name in self.source.columns.notes if name in self.table.columns)
            ),
            "course": sport.course,
            "kind": sport.kind,
            "device": self._text(row, "device"),
            "shoe": self._text(row, "shoe"),
            "moving_s": moving_s or elapsed_s,
            "elapsed_s": elapsed_s,
        }

    def _lasted_s(self, row: Row) -> float | None:
        times = (self._number(row, name) for name in _TIMES if name in self.source.quantities)
        return next((time for time in times if time), self._between_start_and_end_s(row))

    def _between_start_and_end_s(self, row: Row) -> float | None:
        end = self._text(row, "end")
        if end is None:
            return None
        start = " ".join(row[name] for name in self.source.columns.start).strip()
        first, last = parse_moments([start, end])
        if not isinstance(first, dt.datetime) or not isinstance(last, dt.datetime):
            return None
        if (first.tzinfo is None) != (last.tzinfo is None):
            return None
        return (last - first).total_seconds() or None

    def _text(self, row: Row, what: str) -> str | None:
        cells = (row[name] for name in getattr(self.source.columns, what))
        return next((cell for cell in cells if cell), None)

    def _number(self, row: Row, ours: str) -> float | None:
        """Return a quantity in our unit, from the first column that holds one; 0 is none."""
        parse = _seconds if ours in _TIMES else _number
        for name, size in self.source.quantities[ours]:
            value = read_cell(row, name, parse, self.problems)
            if value:
                is_clock = ours in _TIMES and ":" in row[name]
                return value * (1.0 if is_clock else size)
        return None

    def _unread(self) -> list[str]:
        read = self.source.column_names()
        pairs = zip(self.table.columns, self.table.names, strict=True)
        return list(dict.fromkeys(name for key, name in pairs if key and key not in read))


def _with_both_legs(runs: Sequence[dict[str, object]], counted: Counted) -> list[Note]:
    """Let the cadence of runs count the steps of both legs; return notes on that."""
    names = ["cadence_spm", "distance_m", "moving_s"]
    frame = pd.DataFrame(runs, columns=names, dtype="float64")
    cadence = frame["cadence_spm"].to_numpy()
    if not np.isfinite(cadence).any():
        return []
    speed_m_s = (frame["distance_m"] / frame["moving_s"]).to_numpy()
    notes: list[Note] = []
    steps = steps_per_count(cadence, speed_m_s, notes, counted, enough=ENOUGH_AVERAGES)
    for run, cadence_spm in zip(runs, (steps * cadence).tolist(), strict=True):
        run["cadence_spm"] = cadence_spm
    return notes


def _number(text: str) -> float:
    if text.startswith(("-", "−")):
        return -parse_number(text[1:], comma="decimal")
    return parse_number(text, comma="decimal" if text.count(",") == 1 else "thousands")


def _seconds(text: str) -> float:
    return parse_duration(text) if ":" in text else _number(text)


def one_of(names: Iterable[str], size: float = 1.0) -> tuple[tuple[str, float], ...]:
    """Return columns of one unit, as `Quantities` has them."""
    return tuple((name, size) for name in names)
