r"""FitNotes' CSV export on iOS as it is by workout: a row is a set of a workout with start and end.

The older form, with day and time apart and decimal commas where the phone has them, is read off a
real export; the newer one is known from public code alone. Times are UTC. Sets that were planned
and not done are in it, and neither loads nor distances state their unit.

Examples
--------
>>> from runanalytics.importers.contract import ReadOptions
>>> header = b"Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Status,IsWarmup\n"
>>> row = b"A,2026-01-05T17:00:00Z,2026-01-05T17:40:00Z,70,Squat,Barbell,5,60,%s,false\n"
>>> data = header + row % b"Done" + row % b"Pending"
>>> read = FITNOTES_WORKOUTS.read(data, ReadOptions(units="metric"))
>>> read.sets["load_kg"].tolist(), read.sessions["duration_s"].tolist(), read.rows.left_out
([60.0], [2400.0], {'planned and not done': 1})
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from runanalytics.importers.accounts import NOT_DONE
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.local_time import Moment, parse_moments

#: Our name -> the export's, in its older and its newer form.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("start_date_(utc)", "starttime"),
    "start": ("start_time_(utc)",),
    "end_date": ("end_date_(utc)", "endtime"),
    "end": ("end_time_(utc)",),
    "title": ("name",),
    "exercise": ("exercise",),
    "reps": ("reps",),
    "weight": ("weight",),
    "time": ("time",),
    "distance": ("distance",),
    "status": ("status",),
    "warmup": ("iswarmup",),
    "rpe": ("rpe",),
}
REQUIRED = ("date", "exercise", "status")
#: Columns that together only this app has.
OWN = frozenset(("name", "bodyweight", "exercise", "equipment", "status"))
PASSED_OVER = ("bodyweight", "equipment", "rir", "categories", "note")
#: What the app calls a set that was begun and not finished; of all others but "done" none was done.
_FAILED = "failed"


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    sessions: dict[tuple[Moment, str], LoggedSession] = {}
    last_days = parse_moments([rows.text(row, "end_date") for row in rows.table.rows])
    ended = {row.line: day for row, day in zip(rows.table.rows, last_days, strict=True)}
    for row, day in rows.dated():
        name, status = rows.exercise(row), rows.text(row, "status").casefold()
        if not name:
            continue
        if status not in ("done", _FAILED):
            rows.leave_out(row, NOT_DONE)
            continue
        start, title = _instant(rows, row, day, "start"), rows.text(row, "title")
        if (start, title) not in sessions:
            end = _instant(rows, row, ended[row.line] or day, "end")
            sessions[start, title] = LoggedSession(
                start,
                title or None,
                duration_s=_duration_s(start, end),
                key=f"{start.isoformat()} {title}",
            )
        warm = rows.says_yes(row, "warmup")
        kind = "warmup" if warm else "failure" if status == _FAILED else "normal"
        sessions[start, title].sets.append(rows.logged_set(row, name, kind))
    return list(sessions.values())


def _instant(rows: LoggedRows, row: Row, day: Moment, ours: str) -> Moment:
    moment = rows.at_time(row, day, ours)
    return moment.replace(tzinfo=dt.UTC) if isinstance(moment, dt.datetime) else moment


def _duration_s(start: Moment, end: Moment) -> float | None:
    if not (isinstance(start, dt.datetime) and isinstance(end, dt.datetime)):
        return None
    length_s = (end - start).total_seconds()
    return length_s if length_s > 0 else None


FITNOTES_WORKOUTS = LogImporter(
    *("fitnotes-workouts", 1, COLUMNS, REQUIRED, _is_ours, _sessions), passed_over=PASSED_OVER
)
