r"""Strong's CSV export: the comma form, the semicolon forms, that of 2016, and in other languages.

A row is a set and names its workout. Dates are local and naive, to the second. A workout is
identified by its start, since its name may be edited. A bare ``Weight`` column does not state
its unit, and it is not guessed.

In any other language the columns are known by their places and by what the first row holds.

Progression, another app, names its columns likewise, with day and time apart.

Read off real exports: the English forms, that of 2016 to 2018 (``kg``, ``km``), French and
German. From public parsers and their issues alone: Spanish, Portuguese and Italian, and the form
of Progression.

Examples
--------
>>> row = b"2026-01-05 18:00:00,Legs,Squat (Barbell),1,80,5"
>>> data = b"Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n" + row
>>> STRONG.read(data).sets[["movement", "load_kg", "reps"]].to_numpy().tolist()
[['back_squat', 80.0, 5.0]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import NOTES, REST
from runanalytics.importers.contract import Imported, Note, ReadOptions
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import DelimitedTable, Row, header_of, read_table
from runanalytics.importers.text.headers import keys_of
from runanalytics.importers.text.set_words import set_kind, words_of

#: Our name -> the export's, as `column_key` spells it, in each of its forms. A unit in
#: brackets is that of the column's numbers; exports of 2016 to 2018 name such columns by it alone.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": keys_of("date"),
    "start": ("time",),
    "title": (
        *("workout_name", "nom_de_l'entraînement", "trainingsname"),
        *("nombre_del_entrenamiento", "nombre_de_entrenamiento", "nome_dell'allenamento"),
        *("nome_allenamento", "nome_do_treino", "naam_van_training"),
    ),
    "duration": (
        *("duration", "duration_(sec)", "workout_duration", "session_duration_(s)"),
        *keys_of("duration"),
    ),
    "exercise": (
        *("exercise_name", "nom_de_l'exercice", "name_der_übung", "übungsname"),
        *("nombre_del_ejercicio", "nome_dell'esercizio", "nome_esercizio", "nome_do_exercício"),
        "naam_van_oefening",
    ),
    "order": (
        *("set_order", "ordre_de_la_série", "satzreihenfolge", "reihenfolge_der_sätze"),
        *("reihenfolge_festlegen", "orden_de_la_serie", "orden_de_las_series"),
        *("orden_de_series", "orden_de_serie", "ordine_delle_serie", "ordine_della_serie"),
        *("ordem_da_série", "ordem_das_séries", "volgorde_van_sets"),
    ),
    "weight": (
        *("weight_(kg)", "weight_(lb)", "weight_(lbs)", "weight_(kgs)"),
        *("kg", "lb", "lbs", *keys_of("load")),
    ),
    "weight_unit": ("weight_unit",),
    "reps": keys_of("reps"),
    "distance": (
        *("distance_(meters)", "distance_(km)", "distance_(miles)", "distance_(m)"),
        *("distance_(mi)", "km", "mi", *keys_of("distance")),
    ),
    "distance_unit": ("distance_unit",),
    "seconds": keys_of("hold"),
    "rpe": ("rpe", *keys_of("rpe")),
}
REQUIRED = ("date", "title", "exercise", "order")
#: Columns that only this app has.
OWN = ("title", "exercise", "order")

_NOT_A_SET = "rows whose set order is neither a number nor a kind of set were left out"
_SET_NUMBER = re.compile(r"[0-9]+(?:\.0*)?")


#: The order of the columns in all exports by the app for iOS, in whatever language.
PLACES = (
    *("date", "title", "duration", "exercise", "order", "weight", "reps", "distance", "seconds"),
    *("notes", "workout_notes", "rpe"),
)
#: What the cells of a row look like there: start, length, order, four numbers.
_START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_LENGTH = re.compile(r"(?:[0-9]+ ?[^\W\d_]+\.? ?)+")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


def _is_ours(header: tuple[str, ...]) -> bool:
    own = [any(spelling in header for spelling in COLUMNS[column]) for column in OWN]
    return sum(own) >= 2


class StrongImporter(LogImporter):
    """Reads Strong's exports by the names of their columns, or else by their places."""

    def recognises(self, name: str, head: bytes) -> bool:
        """Return whether the columns, or the cells of the first row, are those of this app."""
        return super().recognises(name, head) or _looks_like_ours(head)

    def read_rows(self, table: DelimitedTable, options: ReadOptions) -> Imported:
        """Read a table; columns in a language that is not known are taken by their places."""
        known = _is_ours(table.columns) or len(table.columns) != len(PLACES)
        if known or not table.rows or not _has_our_cells(list(table.rows[0].cells.values())):
            return super().read_rows(table, options)
        by_place = {
            **{ours: (key,) for ours, key in zip(PLACES, table.columns, strict=True)},
            "weight_unit": ("",),
            "distance_unit": ("",),
        }
        passed_over = tuple(by_place.pop(name)[0] for name in ("notes", "workout_notes"))
        imported = replace(self, columns=by_place, passed_over=passed_over).read_named(
            table, options
        )
        message = "column names of a language that is not known: read by their places"
        return replace(imported, notes=[Note("warning", message), *imported.notes])

    def read_named(self, table: DelimitedTable, options: ReadOptions) -> Imported:
        """Read a table whose columns have the names in `columns`."""
        return super().read_rows(table, options)


def _looks_like_ours(head: bytes) -> bool:
    """Return whether there are as many columns as this app has, the first row being a set."""
    header = header_of(head)
    if len(header) != len(PLACES) or header[-1] != "rpe":
        return False
    try:
        first = read_table(head).rows[0]
    except UnreadableFileError:
        return False
    return _has_our_cells(list(first.cells.values()))


def _has_our_cells(cells: Sequence[str]) -> bool:
    return (
        len(cells) >= 9
        and bool(_START.fullmatch(cells[0]) and _LENGTH.fullmatch(cells[2]))
        and all(not cell or _NUMBER.fullmatch(cell) for cell in cells[5:9])
    )


def _sessions(rows: LoggedRows) -> list[LoggedSession]:
    return rows.sessions_by_title(_logged_set)


def _logged_set(rows: LoggedRows, row: Row) -> LoggedSet | None:
    """Return the set of a row; None if the row is not a set."""
    name, order = rows.text(row, "exercise"), rows.text(row, "order").casefold()
    if order in words_of("rest", "timers"):
        rows.leave_out(row, REST)
    elif order in words_of("rest", "notes"):
        rows.leave_out(row, NOTES)
    elif not name:
        rows.exercise(row)
    elif _SET_NUMBER.fullmatch(order):
        return rows.logged_set(row, name)
    elif set_type := set_kind(order):
        return rows.logged_set(row, name, set_type)
    elif len(order) == 1:  # a letter for a kind of set, which is a set in any language
        message = "sets of a kind that is not known were taken as normal"
        rows.problems.add(message, row, f"{rows.text(row, 'order')!r}")
        return rows.logged_set(row, name)
    else:
        rows.problems.add(_NOT_A_SET, row, f"{rows.text(row, 'order')!r}")
        rows.leave_out(row, f"with {rows.text(row, 'order')!r} for the number of a set")
    return None


STRONG = StrongImporter(
    *("strong", 4, COLUMNS, REQUIRED, _is_ours, _sessions),
    restarts=True,
    passed_over=(
        *("workout_#", "notes", "workout_notes", "workout_description", "set_timestamp"),
        *("set_comment", "session_comment"),
    ),
)
