r"""Liftosaur's CSV export: one row per set, instants in UTC, loads with their unit.

The columns are those of the app's own documentation and code; no real export was seen. A row
without completed repetitions is a set that was planned and not done.

Examples
--------
>>> header = b"Workout DateTime,Day Name,Exercise,Is Warmup Set?,Required Reps,Completed Reps,"
>>> header += b"Completed Weight Value,Completed Weight Unit\n"
>>> rows = b"2026-03-01T10:00:00.000Z,A,Squat,0,5,5,225,lb\n2026-03-01T10:00:00.000Z,A,Squat,0,5,,,"
>>> read = LIFTOSAUR.read(header + rows)
>>> read.sets["load_unit"].tolist(), read.rows.left_out
(['lb'], {'planned and not done': 1})
"""

from __future__ import annotations

from collections.abc import Mapping

from runanalytics.importers.accounts import NOT_DONE
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.local_time import Moment

#: Our name -> the export's.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("workout_datetime",),
    "title": ("day_name",),
    "exercise": ("exercise",),
    "warmup": ("is_warmup_set?",),
    "reps": ("completed_reps",),
    "weight": ("completed_weight_value",),
    "weight_unit": ("completed_weight_unit",),
    "rpe": ("completed_rpe",),
}
REQUIRED = ("date", "exercise", "reps")
#: Columns that only this app has.
OWN = frozenset(("workout_datetime", "completed_reps"))
PASSED_OVER = (
    *("program", "required_reps", "is_amrap?", "required_rpe", "log_rpe?", "ask_weight?", "notes"),
    *("required_weight_value", "required_weight_unit", "completed_reps_time", "target_muscles"),
    *("synergist_muscles", "completed_reps_left", "required_reps_left"),
)


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    sessions: dict[Moment, LoggedSession] = {}
    for row, moment in rows.dated():
        name = rows.exercise(row)
        if not name:
            continue
        if rows.number(row, "reps") is None:
            rows.leave_out(row, NOT_DONE)
            continue
        kind = "warmup" if rows.says_yes(row, "warmup") else "normal"
        title = rows.text(row, "title") or None
        session = LoggedSession(moment, title, key=moment.isoformat())
        sessions.setdefault(moment, session).sets.append(rows.logged_set(row, name, kind))
    return list(sessions.values())


LIFTOSAUR = LogImporter(
    *("liftosaur", 1, COLUMNS, REQUIRED, _is_ours, _sessions), passed_over=PASSED_OVER
)
