r"""Hevy's CSV export: one row per set, in metric or imperial columns.

Dates are local and naive, to the minute. A workout is identified by its start, since its title
may be edited. `set_index` numbers the sets of an exercise: two identical rows are one set that
is listed twice, as in two exports put together, unless there is another exercise between them,
after which this one was resumed.

Examples
--------
>>> header = b'"title","start_time","end_time","exercise_title","set_index","set_type","weight_kg"'
>>> row = b'\n"Legs","7 Apr 2024, 16:34","7 Apr 2024, 17:34","Squat (Barbell)",0,"warmup",40'
>>> HEVY.read(header + row).sets[["movement", "set_type", "load_kg"]].to_numpy().tolist()
[['back_squat', 'warmup', 40.0]]
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from runanalytics.importers.contract import counted_note
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.local_time import Moment, parse_moments

#: Our name -> the export's, with the unit of the numbers below it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("start_time",),
    "end": ("end_time",),
    "title": ("title",),
    "exercise": ("exercise_title",),
    "order": ("set_index",),
    "type": ("set_type",),
    "weight": ("weight_kg", "weight_lbs", "weight_lb", "weight"),
    "pounds": ("weight_lbs", "weight_lb"),
    "reps": ("reps",),
    "distance": ("distance_km", "distance_miles", "distance_meters", "distance_m", "distance"),
    "seconds": ("duration_seconds",),
    "rpe": ("rpe",),
}
REQUIRED = ("date", "exercise", "type")
#: Columns that only this app has.
OWN = frozenset(("exercise_title", "set_index", "set_type", "superset_id"))

SET_TYPES = {
    "normal": "normal",
    "": "normal",
    "warmup": "warmup",
    "failure": "failure",
    "dropset": "drop",
}
#: Columns that may be edited without a set becoming another one.
_EDITABLE = ("title", "end_time", "description")


def _is_ours(header: tuple[str, ...]) -> bool:
    return len(OWN.intersection(header)) >= 2


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    workouts: dict[Moment, list[list[Row]]] = {}
    last: Moment | None = None
    for row, moment in rows.dated():
        stretches = workouts.setdefault(moment, [])
        if moment != last:
            stretches.append([])
        stretches[-1].append(row)
        last = moment
    texts = [rows.text(row, "end") for row in rows.table.rows]
    ends = dict(zip(texts, parse_moments(texts), strict=True))
    sessions, repeated = [], 0
    for moment, stretches in workouts.items():
        once = _once(stretches)
        repeated += sum(map(len, stretches)) - len(once)
        sets = [logged for row in once if (logged := _logged_set(rows, row))]
        if sets:
            title = rows.text(once[-1], "title") or None
            duration_s = _duration_s(moment, ends[rows.text(once[-1], "end")])
            sessions.append(
                LoggedSession(
                    moment, title, duration_s=duration_s, sets=sets, key=moment.isoformat()
                )
            )
    rows.more_notes += counted_note(repeated, "rows that stand there twice, taken once")
    return sessions


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    name, written = rows.exercise(row), rows.text(row, "type").casefold()
    if not name:
        return None
    if written not in SET_TYPES:
        rows.problems.add("sets of an unknown type were taken as normal", row, f"{written!r}")
    return rows.logged_set(row, name, SET_TYPES.get(written, "normal"))


def _duration_s(start: Moment, end: Moment | None) -> float | None:
    if not isinstance(end, dt.datetime) or not isinstance(start, dt.datetime):
        return None
    return (end - start).total_seconds() if end > start else None


def _signature(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((name, cell) for name, cell in row.cells.items() if name not in _EDITABLE)


def _once(stretches: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the rows of one workout, which may be listed in several places, each set once."""
    kept: list[Row] = []
    counted: Counter[object] = Counter()
    for stretch in stretches:
        here: Counter[object] = Counter()
        for row in _without_repeats(stretch):
            signature = _signature(row)
            here[signature] += 1
            if here[signature] > counted[signature]:
                kept.append(row)
        counted |= here
    return kept


def _without_repeats(stretch: Sequence[Row]) -> list[Row]:
    """Return consecutive rows of a workout without those that repeat others exactly."""
    signatures = [_signature(row) for row in stretch]
    for length in range(2, len(stretch) // 2 + 1):
        whole, rest = divmod(len(stretch), length)
        if not rest and signatures == signatures[:length] * whole:
            return _without_repeats(stretch[:length])
    kept: list[Row] = []
    exercise, seen = "", set[object]()
    for row, signature in zip(stretch, signatures, strict=True):
        if row["exercise_title"] != exercise:
            exercise, seen = row["exercise_title"], set()
        if signature not in seen:
            kept.append(row)
        seen.add(signature)
    return kept


HEVY = LogImporter("hevy", 2, COLUMNS, REQUIRED, _is_ours, _sessions)
