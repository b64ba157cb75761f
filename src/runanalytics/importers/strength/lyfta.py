r"""Lyfta's CSV export: one row per set, in the unit that the app shows, which it does not state.

Known from public parsers alone; no real export was seen. Dates are taken as local.

Examples
--------
>>> header = b"Title,Date,Duration,Exercise,Superset id,Weight,Reps,Distance,Time,Set Type\n"
>>> row = b"Legs,2026-01-05 18:00:00,00:45:00,Lunge,,,8,,,LEFT_SET"
>>> LYFTA.read(header + row).sets[["reps", "side"]].to_numpy().tolist()
[[8.0, 'left']]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.set_words import set_kind

#: Our name -> the export's.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "title": ("title",),
    "duration": ("duration",),
    "exercise": ("exercise",),
    "weight": ("weight", "weight_(kg)", "weight_(lbs)", "weight_(lb)"),
    "reps": ("reps",),
    "distance": ("distance", "distance_(km)", "distance_(mi)"),
    "time": ("time",),
    "type": ("set_type",),
}
REQUIRED = ("date", "exercise", "type")
#: Columns that together only this app has.
OWN = frozenset(("title", "date", "duration", "exercise", "superset_id", "set_type"))
#: Types that are sides.
SIDES = {"left_set": "left", "right_set": "right"}


def _is_ours(header: tuple[str, ...]) -> bool:
    return set(header) >= OWN


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    return rows.sessions_by_title(_logged_set)


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    name, written = rows.exercise(row), rows.text(row, "type").casefold()
    if not name:
        return None
    kind = "normal" if written in SIDES or not written else set_kind(written)
    if kind is None:
        rows.problems.add("sets of an unknown type were taken as normal", row, f"{written!r}")
    logged = rows.logged_set(row, name, kind or "normal")
    return replace(logged, side=SIDES.get(written, logged.side))


LYFTA = LogImporter(
    *("lyfta", 1, COLUMNS, REQUIRED, _is_ours, _sessions),
    restarts=True,
    passed_over=("superset_id",),
)
