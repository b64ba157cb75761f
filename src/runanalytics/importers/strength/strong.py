r"""Strong's CSV export: the comma form, the semicolon forms and the French one.

A row is a set and names its workout. Dates are local and naive, to the second. A workout is
identified by its start, since its name may be edited. A bare ``Weight`` column does not state
its unit, and it is not guessed.

Examples
--------
>>> row = b"2026-01-05 18:00:00,Legs,Squat (Barbell),1,80,5"
>>> data = b"Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n" + row
>>> STRONG.read(data).sets[["movement", "load_kg", "reps"]].to_numpy().tolist()
[['back_squat', 80.0, 5.0]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import Row
from runanalytics.importers.text.local_time import Moment

#: Our name -> the export's, as `column_key` spells it, in each of its forms. A unit in
#: brackets is that of the column's numbers.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "datum", "fecha", "data"),
    "title": (
        *("workout_name", "nom_de_l'entraînement", "trainingsname"),
        *("nombre_del_entrenamiento", "nome_dell'allenamento", "nome_do_treino"),
    ),
    "duration": (
        *("duration", "duration_(sec)", "workout_duration", "durée", "dauer"),
        *("duración", "durata", "duração"),
    ),
    "exercise": (
        *("exercise_name", "nom_de_l'exercice", "name_der_übung", "übungsname"),
        *("nombre_del_ejercicio", "nome_dell'esercizio", "nome_do_exercício"),
    ),
    "order": (
        *("set_order", "ordre_de_la_série", "satzreihenfolge", "reihenfolge_der_sätze"),
        *("orden_de_la_serie", "orden_de_series", "ordine_delle_serie", "ordem_da_série"),
    ),
    "weight": (
        *("weight", "weight_(kg)", "weight_(lb)", "weight_(lbs)", "weight_(kgs)"),
        *("poids", "gewicht", "peso"),
    ),
    "weight_unit": ("weight_unit",),
    "reps": ("reps", "réps", "wiederholungen", "wdh.", "repeticiones", "ripetizioni", "repetições"),
    "distance": (
        *("distance", "distance_(meters)", "distance_(km)", "distance_(miles)"),
        *("distance_(m)", "distance_(mi)", "entfernung", "distanz", "distancia", "distanza"),
    ),
    "distance_unit": ("distance_unit",),
    "seconds": ("seconds", "secondes", "sekunden", "segundos", "secondi"),
    "rpe": ("rpe",),
}
REQUIRED = ("date", "title", "exercise", "order")
#: Columns that only this app has.
OWN = ("title", "exercise", "order")

#: Letters in place of a set's number.
SET_TYPES = {"w": "warmup", "d": "drop", "f": "failure"}
#: Rows that are not sets.
NOT_SETS = ("rest timer", "note")

_SET_NUMBER = re.compile(r"[0-9]+(?:\.0*)?")
_NOT_A_SET = "rows whose set order is neither a number nor W, D or F were left out"


def _is_ours(header: tuple[str, ...]) -> bool:
    own = [any(spelling in header for spelling in COLUMNS[column]) for column in OWN]
    return sum(own) >= 2


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    sessions: dict[tuple[Moment, str], LoggedSession] = {}
    for row, moment in rows.dated():
        logged = _logged_set(rows, row)
        if logged is None:
            continue
        title = rows.text(row, "title")
        if (moment, title) not in sessions:
            duration_s = rows.seconds(row, "duration")
            sessions[moment, title] = LoggedSession(
                moment, title or None, duration_s=duration_s, key=moment.isoformat()
            )
        sessions[moment, title].sets.append(logged)
    return list(sessions.values())


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    """Return the set of a row; None if the row is not a set."""
    name, order = rows.text(row, "exercise"), rows.text(row, "order").casefold()
    if order in NOT_SETS:
        return None
    set_type = "normal" if _SET_NUMBER.fullmatch(order) else SET_TYPES.get(order)
    if set_type is None or not name:
        rows.problems.add(_NOT_A_SET, row, f"{rows.text(row, 'order')!r}")
        return None
    return rows.logged_set(row, name, set_type)


STRONG = LogImporter("strong", 3, COLUMNS, REQUIRED, _is_ours, _sessions)
