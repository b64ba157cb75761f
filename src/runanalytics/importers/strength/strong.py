r"""Strong's CSV export: the comma form, the semicolon forms and the French one.

A row is a set, and its workout stands in every row. Dates are local and naive, to the second,
so a workout's start identifies it whatever its name is changed to. A bare ``Weight`` column
does not say its unit, and it is not guessed.

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
#: brackets is that of the numbers below.
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

#: Letters in the place of a set's number.
SET_TYPES = {"w": "warmup", "d": "drop", "f": "failure"}
#: Rows that are no sets.
NOT_SETS = ("rest timer", "note")

_SET_NUMBER = re.compile(r"[0-9]+(?:\.0*)?")
_NOT_A_SET = "rows whose set order is neither a number nor W, D or F were left out"


def _is_ours(header: tuple[str, ...]) -> bool:
    own = [any(spelling in header for spelling in COLUMNS[column]) for column in OWN]
    return sum(own) >= 2


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    found: dict[tuple[Moment, str], LoggedSession] = {}
    for row, moment in rows.dated():
        logged = _logged_set(rows, row)
        if logged is None:
            continue
        title = rows.text(row, "title")
        if (moment, title) not in found:
            found[moment, title] = LoggedSession(
                moment,
                title or None,
                duration_s=rows.seconds(row, "duration"),
                key=moment.isoformat(),
            )
        found[moment, title].sets.append(logged)
    return list(found.values())


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    """Return the set that a row stands for, or None if it is none."""
    name, order = rows.text(row, "exercise"), rows.text(row, "order").casefold()
    if order in NOT_SETS:
        return None
    set_type = "normal" if _SET_NUMBER.fullmatch(order) else SET_TYPES.get(order)
    if set_type is None or not name:
        rows.problems.add(_NOT_A_SET, row, f"{rows.text(row, 'order')!r}")
        return None
    return LoggedSet(
        name,
        reps=rows.number(row, "reps"),
        load=rows.load(row),
        assisted=rows.is_help(row),
        hold_s=rows.number(row, "seconds"),
        distance_m=rows.distance_m(row),
        set_type=set_type,
        effort_rpe=rows.number(row, "rpe"),
    )


STRONG = LogImporter("strong", 2, COLUMNS, REQUIRED, _is_ours, _sessions)
