r"""Fitbod's CSV export: a row a set, instants in UTC, loads in kg whatever the app shows.

Rows of one workout have its instant, or instants of their own minutes apart. `multiplier` is
how often the app counts a load in its volume (2 for a pair of dumbbells); the load is kept as
it was logged, as other apps have it.

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

from runanalytics.importers.contract import Note
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.local_time import Moment

#: Our name -> the export's, with the unit of the numbers below it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "exercise": ("exercise",),
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


def _is_ours(header: tuple[str, ...]) -> bool:
    return "exercise" in header and len(OWN.intersection(header)) >= 3


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    logged = [
        (moment, logged) for row, moment in rows.dated() if (logged := _logged_set(rows, row))
    ]
    logged.sort(key=lambda pair: _order(pair[0]))
    sessions: list[LoggedSession] = []
    last: Moment | None = None
    for moment, one in logged:
        if last is None or _order(moment) - _order(last) > GAP:
            sessions.append(LoggedSession(moment, key=moment.isoformat()))
        sessions[-1].sets.append(one)
        last = moment
    doubled = sum(rows.number(row, "multiplier") not in (None, 1.0) for row in rows.table.rows)
    if doubled:
        message = "sets whose load the app counts more than once, taken as logged"
        rows.more_notes.append(Note("info", f"{message}: {doubled}"))
    return sessions


def _order(moment: Moment) -> dt.datetime:
    """Return the instant by which sets are sorted; one without a zone is as good as UTC here."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    name = rows.text(row, "exercise")
    if not name:
        rows.problems.add("rows without an exercise were left out", row, "no exercise")
        return None
    return LoggedSet(
        name,
        reps=rows.number(row, "reps"),
        load=rows.load(row),
        assisted=rows.is_help(row) or rows.is_help(row, "multiplier"),
        hold_s=rows.number(row, "seconds"),
        distance_m=rows.distance_m(row),
        set_type="warmup"
        if rows.text(row, "warmup").casefold() in ("true", "1", "yes")
        else "normal",
    )


FITBOD = LogImporter("fitbod", 1, COLUMNS, REQUIRED, _is_ours, _sessions)
