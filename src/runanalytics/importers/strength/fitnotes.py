r"""FitNotes' CSV export: Android's new and old form, and that of FitNotes 2 on iOS.

A row is a set, even if it repeats another. Days have no time, and a day is one session.

Examples
--------
>>> header = b"Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment"
>>> row = b"\n2026-01-05,Barbell Squat,Legs,185.0,lbs,5,,,,"
>>> FITNOTES.read(header + row).sets[["movement", "load_unit"]].to_numpy().tolist()
[['back_squat', 'lb']]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.local_time import day_of

#: Our name -> the export's, with the unit of the numbers below it where it is stated.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "exercise": ("exercise",),
    "category": ("category",),
    "weight": ("weight", "weight_(kg)", "weight_(kgs)", "weight_(lb)", "weight_(lbs)"),
    "pounds": ("weight_(lbs)", "weight_(lb)"),
    "weight_unit": ("weight_unit",),
    "reps": ("reps",),
    "distance": ("distance",),
    "distance_unit": ("distance_unit",),
    "time": ("time",),
}
REQUIRED = ("date", "exercise")
#: Columns of which this app has one beside date, exercise and category.
OWN = frozenset(
    (
        *("weight_unit", "weight_(kg)", "weight_(kgs)", "weight_(lb)", "weight_(lbs)"),
        *("distance_unit", "kind"),
    )
)


def _is_ours(header: tuple[str, ...]) -> bool:
    return {"date", "exercise", "category"} <= set(header) and bool(OWN.intersection(header))


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    days: dict[dt.date, LoggedSession] = {}
    for row, moment in rows.dated():
        if name := rows.exercise(row):
            day = day_of(moment)
            session = days.setdefault(day, LoggedSession(day, key=day.isoformat()))
            session.sets.append(rows.logged_set(row, name))
    return list(days.values())


FITNOTES = LogImporter("fitnotes", 2, COLUMNS, REQUIRED, _is_ours, _sessions)
