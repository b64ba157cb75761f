r"""GymRun's CSV export of entries: one row per set, loads without a unit.

Known from one example and from public converters. A workout is a routine on a day; its start is
the time of its first set. Numbers of times and distances whose unit is not written are left out.

Examples
--------
>>> from runanalytics.importers.contract import ReadOptions
>>> header = b"Date;Time;Routine;Exercise;Set;Weight;Reps;Duration;Distance;Para6;Note;Type;Book\n"
>>> row = b"29.04.2025;12:00:00;Legs;Barbell Squat;1;100;10;;;;;1;1"
>>> GYMRUN.read(header + row, ReadOptions(units="metric")).sets["load_kg"].tolist()
[100.0]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.local_time import Moment, day_of

#: Our name -> the export's.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "start": ("time",),
    "title": ("routine",),
    "exercise": ("exercise",),
    "order": ("set",),
    "weight": ("weight",),
    "reps": ("reps",),
    "time": ("duration",),
    "distance": ("distance",),
}
REQUIRED = ("date", "exercise")
#: Columns that only this app has.
OWN = frozenset(("routine", "book", "para6"))
PASSED_OVER = (*(f"para{number}" for number in range(6, 20)), "note", "type", "book", "version1")


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    workouts: dict[tuple[dt.date, str], list[tuple[Moment, LoggedSet]]] = {}
    for row, moment in rows.dated():
        if name := rows.exercise(row):
            key = day_of(moment), rows.text(row, "title")
            logged = rows.at_time(row, moment, "start"), rows.logged_set(row, name)
            workouts.setdefault(key, []).append(logged)
    return [
        LoggedSession(
            min((one for one, _ in sets), key=lambda moment: moment.isoformat()),
            title or None,
            sets=[logged for _, logged in sets],
            key=f"{day.isoformat()} {title}".strip(),
        )
        for (day, title), sets in workouts.items()
    ]


GYMRUN = LogImporter(
    *("gymrun", 1, COLUMNS, REQUIRED, _is_ours, _sessions), passed_over=PASSED_OVER
)
