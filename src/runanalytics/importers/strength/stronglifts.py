r"""StrongLifts' CSV export: one row per exercise, its sets side by side.

Examples
--------
>>> header = b"Date (yyyy/mm/dd),Workout,Exercise,Set 1 (Reps),Set 1 (LB),Set 2 (Reps),Set 2 (LB)"
>>> STRONGLIFTS.read(header + b"\n2026/01/05,12,Squat,5,185,4,185").sets["reps"].tolist()
[5.0, 4.0]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

from runanalytics.importers.accounts import WITHOUT_REPETITIONS
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.local_time import day_of, parse_time_of_day

#: Our name -> the export's.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date_(yyyy/mm/dd)", "date"),
    "number": ("workout",),
    "title": ("workout_name",),
    "exercise": ("exercise",),
    "start": ("start_time_(h:mm)", "start_time"),
    "duration": ("duration_(hours)", "duration"),
}
REQUIRED = ("date", "exercise")
#: Columns of a set: its repetitions, and its load in the unit that the name states.
SET_COLUMN = re.compile(r"set_(?P<number>[0-9]+)_\((?P<what>[a-z]+)\)")
REPS = "reps"
TIMES = ("time", "s", "sec", "seconds", "min")
LOADS = ("kg", "kgs", "lb", "lbs", "weight")
#: Columns that the app writes, and that are not read: sums of the sets, and the body.
PASSED_OVER = (
    *("program_name", "body_weight", "sets×reps", "sets×time", "top_set", "e1rm", "reps", "volume"),
    *("workout_volume", "end_time", "notes"),
)
#: Short names -> the full names of exercises with a barbell.
MEANT = {"squat": "barbell squat"}
#: Columns of which one may hold the load of all sets, if there is none for each.
LOADS_OF_ALL = ("weight_(kg)", "weight_(lb)", "weight_(lbs)", "weight")


def _is_ours(header: tuple[str, ...]) -> bool:
    return "exercise" in header and "set_1_(reps)" in header


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    places = _places(rows.table.columns)
    wide = replace(rows, columns={**rows.columns, **places})
    rows.also_read.update(places.values())
    numbers = dict.fromkeys(
        ours.partition("_")[2] for ours in places if ours.startswith(("reps_", "hold_"))
    )
    sessions: dict[tuple[dt.date, str], LoggedSession] = {}
    for row, moment in rows.dated():
        sets = [logged for number in numbers if (logged := _logged_set(wide, row, number))]
        if not sets:
            rows.leave_out(row, WITHOUT_REPETITIONS)
            continue
        day = day_of(moment)
        number = rows.text(row, "number")
        if (day, number) not in sessions:
            time = parse_time_of_day(rows.text(row, "start"))
            sessions[day, number] = LoggedSession(
                day if time is None else dt.datetime.combine(day, time),
                rows.text(row, "title") or number or None,
                duration_s=rows.seconds(row, "duration"),
                key=f"{day.isoformat()} {number}",
            )
        sessions[day, number].sets.extend(sets)
    return list(sessions.values())


def _places(columns: tuple[str, ...]) -> dict[str, str]:
    """Return our names of each set's columns -> the export's: reps_1, weight_1, reps_2, ..."""
    places = {}
    of_all = next((column for column in columns if column in LOADS_OF_ALL), "")
    for column in columns:
        match = SET_COLUMN.fullmatch(column)
        if match and match["what"] == REPS:
            places[f"reps_{match['number']}"] = column
            places.setdefault(f"weight_{match['number']}", of_all)
        elif match and match["what"] in TIMES:
            places[f"hold_{match['number']}"] = column
        elif match and match["what"] in LOADS:
            places[f"weight_{match['number']}"] = column
    return places


def _logged_set(rows: LoggedRows, row: Row, number: str) -> LoggedSet | None:
    name, reps = rows.text(row, "exercise"), rows.number(row, f"reps_{number}")
    has_hold = rows.text(row, f"hold_{number}").strip("0:., ")
    hold_s = rows.seconds(row, f"hold_{number}") if has_hold else None
    if (reps is None and hold_s is None) or not name:
        return None
    logged = LoggedSet(
        name,
        reps,
        load=rows.load(row, f"weight_{number}"),
        hold_s=hold_s,
        assisted=rows.is_assisted(row, f"weight_{number}"),
        means=MEANT.get(name.casefold()),
    )
    return rows.keep(row, logged)


STRONGLIFTS = LogImporter(
    *("stronglifts", 2, COLUMNS, REQUIRED, _is_ours, _sessions), passed_over=PASSED_OVER
)
