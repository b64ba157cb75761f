r"""GymBook's CSV export, with headers and words in the language of the phone.

One row a set, with the time at which it was done; two quantities share a column each
(``Wiederholungen / Zeit``, ``Gewicht / Strecke``), and the cells state their units. The German
form is known from a public reader of real exports; other languages are read by the same words in
the tables of words, and were not seen.

Examples
--------
>>> header = "Datum;Training;Zeit;Übung;Wiederholungen / Zeit;Gewicht / Strecke;Ausgelassen\n"
>>> row = "05.01.2026;Beine;18:02;Squat;10 Wiederholungen;62,5 kg;Nein"
>>> GYMBOOK.read((header + row).encode()).sets[["reps", "load_kg"]].to_numpy().tolist()
[[10.0, 62.5]]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from runanalytics.errors import UnitError
from runanalytics.importers.accounts import NOT_DONE, WITHOUT_REPETITIONS
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row, column_key, read_cell
from runanalytics.importers.text.headers import keys_of
from runanalytics.importers.text.local_time import Moment, day_of
from runanalytics.importers.text.set_words import set_kind, words_of
from runanalytics.movements import CellAmount, parse_amounts
from runanalytics.units import Load, parse_distance, parse_duration, parse_load

#: What joins the names of two quantities in one column.
_JOINT = "_/_"


def _joint(quantity: str, second: str) -> tuple[str, ...]:
    """Return the names of a column of two quantities, of one language each."""
    return tuple(
        f"{column_key(first)}{_JOINT}{column_key(other)}"
        for first in keys_of(quantity)
        for other in sorted(words_of("joint_headers", second))
    )


#: Our name -> the export's in each language.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": keys_of("date"),
    "start": tuple(map(column_key, sorted(words_of("joint_headers", "time")))),
    "title": keys_of("title"),
    "exercise": keys_of("movement"),
    "amount": _joint("reps", "time"),
    "weight": _joint("load", "distance"),
    "skipped": tuple(map(column_key, sorted(words_of("joint_headers", "skipped")))),
}
REQUIRED = ("date", "exercise", "amount", "weight")
_NAMES = {ours: frozenset(COLUMNS[ours]) for ours in ("amount", "weight")}


def _is_ours(header: tuple[str, ...]) -> bool:
    return not any(_NAMES[ours].isdisjoint(header) for ours in ("amount", "weight"))


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    workouts: dict[tuple[dt.date, str], list[tuple[Moment, LoggedSet]]] = {}
    kinds = [key for key in rows.table.columns if key.count(_JOINT) > 1]
    rows.also_read.update(kinds)
    for row, moment in rows.dated():
        logged = _logged_set(rows, row, kinds)
        if logged is not None:
            key = day_of(moment), rows.text(row, "title")
            workouts.setdefault(key, []).append((rows.at_time(row, moment, "start"), logged))
    return [
        LoggedSession(
            min((one for one, _ in sets), key=lambda moment: moment.isoformat()),
            title or None,
            sets=[logged for _, logged in sets],
            key=f"{day.isoformat()} {title}".strip(),
        )
        for (day, title), sets in workouts.items()
    ]


def _logged_set(rows: LoggedRows, row: Row, kinds: list[str]) -> LoggedSet | None:
    name = rows.exercise(row)
    if not name:
        return None
    if rows.says_yes(row, "skipped"):
        rows.leave_out(row, NOT_DONE)
        return None
    amount = read_cell(row, rows.columns["amount"], _amount, rows.problems)
    if amount is None:
        rows.leave_out(row, WITHOUT_REPETITIONS)
        return None
    weight = read_cell(row, rows.columns["weight"], _load_or_distance, rows.problems)
    set_type = next((kind for key in kinds if (kind := set_kind(row[key]))), "normal")
    logged = LoggedSet(name, amount.reps or None, hold_s=amount.hold_s, set_type=set_type)
    if isinstance(weight, Load):
        logged = replace(logged, load=weight)
    return rows.keep(row, replace(logged, distance_m=None if isinstance(weight, Load) else weight))


def _amount(text: str) -> CellAmount:
    try:
        return parse_amounts(text)[0]
    except UnitError:
        return CellAmount(hold_s=parse_duration(text))


def _load_or_distance(text: str) -> Load | float:
    try:
        return parse_load(text)
    except UnitError:
        return parse_distance(text)


GYMBOOK = LogImporter("gymbook", 1, COLUMNS, REQUIRED, _is_ours, _sessions)
