r"""LiftLog's CSV export: one row per set, with the identifier of its workout.

Read off the shape that the app's maker publishes; no real export was seen. Times are local and
naive, one a set: a workout begins with its first.

Examples
--------
>>> header = b"SessionId,Timestamp,Exercise,Weight,WeightUnit,Reps,TargetReps,Notes\n"
>>> LIFTLOG.read(header + b"b5,2024-10-16T10:45:06,Squats,97.5,kg,8,8,").sets["reps"].tolist()
[8.0]
"""

from __future__ import annotations

from collections.abc import Mapping

from runanalytics.importers.accounts import NOT_DONE
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.local_time import Moment

#: Our name -> the export's.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("timestamp",),
    "session": ("sessionid",),
    "exercise": ("exercise",),
    "weight": ("weight",),
    "weight_unit": ("weightunit",),
    "reps": ("reps",),
}
REQUIRED = ("date", "session", "exercise")
#: Columns that only this app has.
OWN = frozenset(("sessionid", "weightunit", "targetreps"))


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    workouts: dict[str, list[tuple[Moment, LoggedSet]]] = {}
    for row, moment in rows.dated():
        name = rows.exercise(row)
        if not name:
            continue
        if rows.text(row, "reps") == "":
            rows.leave_out(row, NOT_DONE)
            continue
        logged = moment, rows.logged_set(row, name)
        workouts.setdefault(rows.text(row, "session"), []).append(logged)
    return [
        LoggedSession(min((one for one, _ in sets), key=_order), sets=[s for _, s in sets], key=key)
        for key, sets in workouts.items()
    ]


def _order(moment: Moment) -> str:
    return moment.isoformat()


LIFTLOG = LogImporter(
    *("liftlog", 1, COLUMNS, REQUIRED, _is_ours, _sessions), passed_over=("targetreps", "notes")
)
