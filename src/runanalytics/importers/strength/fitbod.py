r"""Fitbod's CSV export: one row per set, instants in UTC, loads in kg whatever the app shows.

All rows of a workout have the same instant, or instants minutes apart. `multiplier` is how
often the app counts a load in its volume (2 for a pair of dumbbells); the load is kept as
logged, as in other apps' exports. Exports of 2019 have days alone, and loads without a unit.

Examples
--------
>>> row = b"2026-01-05 17:02:11 +0000, Dumbbell Lunge,10,22.5,0,0,0,0,false,,1"
>>> header = b"Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,"
>>> read = FITBOD.read(header + b"isWarmup,Note,multiplier\n" + row)
>>> read.sets[["movement", "load_kg"]].to_numpy().tolist(), read.clock
([['lunge', 22.5]], 'utc')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from runanalytics.importers.contract import counted_note
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.local_time import Moment

#: Our name -> the export's, with the unit of the numbers below it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "exercise": ("exercise",),
    "sets": ("sets",),
    "reps": ("reps",),
    "weight": (
        *("weight(kg)", "weight_(kg)", "weight(lbs)", "weight(lb)"),
        *("weight_(lbs)", "weight_(lb)", "weight"),
    ),
    "seconds": ("duration(s)", "duration_(s)"),
    "distance": ("distance(m)", "distance_(m)"),
    "warmup": ("iswarmup",),
    "multiplier": ("multiplier",),
}
REQUIRED = ("date", "exercise")
#: Columns that only this app has.
OWN = frozenset(("iswarmup", "multiplier", "incline", "resistance", "duration(s)", "weight(kg)"))

#: Sets further apart than this are of two workouts.
GAP = dt.timedelta(hours=1)


#: Columns that only this app had in 2019.
OWN_2019 = frozenset(("exercise", "sets", "reps", "iswarmup"))
#: More sets than these in one row are a typing error.
_MOST_SETS = 100


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN_2019 or ("exercise" in header and len(OWN.intersection(header)) >= 3)


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    logged: list[tuple[Moment, LoggedSet]] = []
    for row, moment in rows.dated():
        if name := rows.exercise(row):
            is_warmup = rows.says_yes(row, "warmup")
            one = rows.logged_set(row, name, "warmup" if is_warmup else "normal")
            n_sets = rows.number(row, "sets") or 1
            if 1 < n_sets <= _MOST_SETS and n_sets == int(n_sets):
                one = replace(one, n_sets=int(n_sets))
            logged.append((moment, one))
    logged.sort(key=lambda pair: _instant(pair[0]))
    sessions: list[LoggedSession] = []
    last: Moment | None = None
    for moment, logged_set in logged:
        if last is None or _instant(moment) - _instant(last) > GAP:
            sessions.append(LoggedSession(moment, key=moment.isoformat()))
        sessions[-1].sets.append(logged_set)
        last = moment
    doubled = sum(rows.number(row, "multiplier") not in (None, 1.0) for row in rows.table.rows)
    rows.more_notes += counted_note(
        doubled, "sets whose load the app counts more than once, taken as logged"
    )
    return sessions


def _instant(moment: Moment) -> dt.datetime:
    """Return the instant by which sets are sorted; one without a zone is taken as UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


FITBOD = LogImporter(
    *("fitbod", 2, COLUMNS, REQUIRED, _is_ours, _sessions),
    passed_over=("incline", "resistance", "note"),
)
