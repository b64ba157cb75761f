r"""Strong's CSV export: the comma form, the semicolon forms and the French one.

A row is a set, and its workout stands in every row. Dates are local and naive. A bare
``Weight`` column does not say its unit, and it is not guessed.

Examples
--------
>>> row = b"2026-01-05 18:00:00,Legs,Squat (Barbell),1,80,5"
>>> data = b"Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n" + row
>>> STRONG.read(data).sets[["movement", "load_kg", "reps"]].to_numpy().tolist()
[['back_squat', 80.0, 5.0]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.contract import Imported, Note, ReadOptions, require_columns
from runanalytics.importers.local_time import Moment, parse_moments
from runanalytics.importers.strength_log import LoggedSession, LoggedSet, strength_tables
from runanalytics.importers.tables import (
    DelimitedTable,
    Problems,
    Row,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.units import Load, LoadUnit, load_unit, parse_distance, parse_duration, parse_load
from runanalytics.units.numerals import parse_number

#: Our name -> the export's, as `column_key` spells it, in each of its forms.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "title": ("workout_name", "nom_de_l'entraînement"),
    "duration": ("duration", "duration_(sec)", "workout_duration", "durée"),
    "exercise": ("exercise_name", "nom_de_l'exercice"),
    "order": ("set_order", "ordre_de_la_série"),
    "weight": ("weight", "weight_(kg)", "weight_(lb)", "weight_(lbs)", "poids"),
    "weight_unit": ("weight_unit",),
    "reps": ("reps", "réps"),
    "distance": ("distance", "distance_(meters)", "distance_(km)", "distance_(miles)"),
    "distance_unit": ("distance_unit",),
    "seconds": ("seconds", "secondes"),
    "rpe": ("rpe",),
}
REQUIRED = ("date", "title", "exercise", "order")

#: Columns that state the unit of bare numbers below them.
COLUMN_UNITS: Mapping[str, LoadUnit] = {
    "weight_(kg)": "kg",
    "weight_(lb)": "lb",
    "weight_(lbs)": "lb",
}
COLUMN_LENGTHS = {"distance_(meters)": "m", "distance_(km)": "km", "distance_(miles)": "mi"}
COLUMN_SECONDS = ("duration_(sec)",)

#: Letters in the place of a set's number.
SET_TYPES = {"w": "warmup", "d": "drop", "f": "failure"}
#: Rows that are no sets.
NOT_SETS = ("rest timer", "note")

_AS_IS = ReadOptions()
_SET_NUMBER = re.compile(r"[0-9]+(?:\.0*)?")
_NOT_A_SET = "rows whose set order is neither a number nor W, D or F were left out"


class StrongImporter:
    """Reads what the Strong app exports."""

    name = "strong"
    version = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Whether two of the three columns that only Strong has are there."""
        header = header_of(head)
        own = [
            any(spelling in header for spelling in COLUMNS[column])
            for column in ("title", "exercise", "order")
        ]
        return sum(own) >= 2

    def read(self, data: bytes, options: ReadOptions = _AS_IS) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `units` says what a bare ``Weight`` is in, `timezone` where its times were local.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged; notes on what was left out.

        Raises
        ------
        MissingColumnError
            If a column that names a set is not there.
        UnitError
            If weights are logged and neither the file nor `options.units` says their unit.
        UnreadableFileError
            If no row is a set.
        """
        table = read_table(data)
        columns = {
            ours: next((name for name in theirs if name in table.columns), theirs[0])
            for ours, theirs in COLUMNS.items()
        }
        require_columns(table.columns, [columns[ours] for ours in REQUIRED])
        reader = _Reader(columns, options, weight_name=_written(table, columns["weight"]))
        sessions = reader.sessions(table)
        imported = strength_tables(self.name, sessions, options.timezone)
        notes = [*table.notes, *reader.problems.notes(), *reader.notes(), *imported.notes]
        return replace(imported, notes=notes)


def _written(table: DelimitedTable, column: str) -> str:
    return dict(zip(table.columns, table.names, strict=True)).get(column, column)


@dataclass
class _Reader:
    columns: Mapping[str, str]
    options: ReadOptions
    weight_name: str
    problems: Problems = field(default_factory=Problems)
    bare_distances: int = 0

    def sessions(self, table: DelimitedTable) -> list[LoggedSession]:
        """Return the workouts, in the order in which they first appear."""
        moments = parse_moments([row[self.columns["date"]] for row in table.rows])
        found: dict[tuple[Moment, str], LoggedSession] = {}
        for row, moment in zip(table.rows, moments, strict=True):
            logged = self.logged_set(row)
            if logged is None:
                continue
            if moment is None:
                date = row[self.columns["date"]]
                self.problems.add("rows without a date were left out", row, f"{date!r} is no date")
                continue
            title = row[self.columns["title"]]
            if (moment, title) not in found:
                duration_s = self.duration_s(row)
                found[moment, title] = LoggedSession(moment, title or None, duration_s=duration_s)
            found[moment, title].sets.append(logged)
        if not found:
            reason = "; ".join(note.message for note in self.problems.notes())
            raise UnreadableFileError(reason or "no row of this export is a set")
        return list(found.values())

    def logged_set(self, row: Row) -> LoggedSet | None:
        """Return the set that a row stands for, or None if it is none."""
        name, order = row[self.columns["exercise"]], row[self.columns["order"]].casefold()
        if order in NOT_SETS:
            return None
        set_type = "normal" if _SET_NUMBER.fullmatch(order) else SET_TYPES.get(order)
        if set_type is None or not name:
            self.problems.add(_NOT_A_SET, row, f"{row[self.columns['order']]!r}")
            return None
        return LoggedSet(
            name,
            reps=self.number(row, "reps"),
            load=self.load(row),
            hold_s=self.number(row, "seconds"),
            distance_m=self.distance_m(row),
            set_type=set_type,
            effort_rpe=self.number(row, "rpe"),
        )

    def number(self, row: Row, ours: str) -> float | None:
        """Return a number; 0 is what the app writes for a field that was not filled in."""
        number = read_cell(
            row, self.columns[ours], lambda text: parse_number(text, comma="decimal"), self.problems
        )
        return number or None

    def load(self, row: Row) -> Load | None:
        """Return the load, in the unit that the row, the column or the options state."""
        amount = self.number(row, "weight")
        if amount is None:
            return None
        stated = read_cell(
            row, self.columns["weight_unit"], lambda text: parse_load(f"0 {text}"), self.problems
        )
        if stated is not None:
            return Load.of(amount, stated.unit)
        unit = COLUMN_UNITS.get(self.columns["weight"])
        if unit is None and self.options.units is not None:
            unit = load_unit(self.options.units)
        if unit is None:
            raise UnitError(
                f"the column '{self.weight_name}' does not say its unit",
                where=f"line {row.line}",
                hint="say --units metric if it is kg, or --units imperial if it is lb",
            )
        return Load.of(amount, unit)

    def distance_m(self, row: Row) -> float | None:
        """Return the distance where its unit is stated; a bare one is left out."""
        amount = self.number(row, "distance")
        unit = COLUMN_LENGTHS.get(self.columns["distance"]) or row[self.columns["distance_unit"]]
        if amount is None:
            return None
        if not unit:
            self.bare_distances += 1
            return None
        column = self.columns["distance"]
        return read_cell(row, column, lambda _: parse_distance(f"{amount} {unit}"), self.problems)

    def duration_s(self, row: Row) -> float | None:
        """Return how long the workout took."""
        column = self.columns["duration"]
        if column in COLUMN_SECONDS:
            return self.number(row, "duration")
        return read_cell(row, column, parse_duration, self.problems)

    def notes(self) -> list[Note]:
        """Return what else the reader of the file should know."""
        if not self.bare_distances:
            return []
        message = f"distances of sets left out, since their unit is not said: {self.bare_distances}"
        return [Note("info", message)]


STRONG = StrongImporter()
