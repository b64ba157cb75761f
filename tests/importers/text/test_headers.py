"""What a column of a strength log is, by its name."""

from __future__ import annotations

import pytest

from runanalytics.errors import MissingColumnError
from runanalytics.importers.text.delimited import column_key, read_table
from runanalytics.importers.text.headers import Column, Headers, keys_of, unread_columns
from runanalytics.words import languages, words

QUANTITIES = ("date", "movement", "sets", "reps", "load", "hold", "distance", "side", "notes")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Weight (kg)", Column("load", "kg")),
        ("load_lb", Column("load", "lb")),
        ("Gewicht [kg]", Column("load", "kg")),
        ("Peso, kg", Column("load", "kg")),
        ("Hold (s)", Column("hold", "s")),
        ("Hold in sec", Column("hold", "sec")),
        ("Duration (s)", Column("duration", "s")),
        ("Distance (m)", Column("distance", "m")),
        ("km", Column("distance", "km")),
        ("lbs", Column("load", "lbs")),
        ("Reps", Column("reps")),
        ("Répétitions", Column("reps")),
        ("повторения", Column("reps")),
        ("回数", Column("reps")),
        ("Weight (stone)", None),
        ("Mood", None),
    ],
)
def test_a_name_states_a_quantity_and_perhaps_its_unit(name: str, column: Column | None) -> None:
    key = column_key(name)
    assert Headers.of(("date", "exercise", key)).column(key) == column


def test_a_word_of_two_meanings_is_read_in_the_language_of_the_others() -> None:
    spanish = Headers.of(("fecha", "ejercicio", "serie", "repeticiones"))
    italian = Headers.of(("data", "esercizio", "serie", "ripetizioni"))
    assert spanish.column("serie") == Column("order")
    assert italian.column("serie") == Column("sets")


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("Load per hand (kg)", "load"),
        ("Reps left", "reps"),
        ("Set weight", "load"),
        ("Date of training", "date"),
        ("Target reps", None),
        ("Body weight (kg)", None),
        ("Total weight", None),
        ("1RM (kg)", None),
        ("Rest (s)", None),
        ("Set 1", "reps"),
        ("Satz 2", "reps"),
        ("Mood", None),
        ("Q1", None),
    ],
)
def test_what_a_column_resembles(name: str, quantity: str | None) -> None:
    assert Headers.of(("date", "exercise", "sets")).resembles(column_key(name)) == quantity


def unread(header: str, row: str, read: tuple[str, ...] = ("date", "movement")) -> tuple[str, ...]:
    return unread_columns(read_table(f"{header}\n{row}\n".encode()), read)


def test_a_column_that_looks_like_a_load_and_is_not_understood_is_asked_about() -> None:
    with pytest.raises(MissingColumnError, match=r"'Weight \(stone\)' looks like a load"):
        unread("date,movement,Weight (stone)", "2026-01-05,Squat,9")


@pytest.mark.parametrize("cell", ["", "0", "0.0", "-"])
def test_a_column_that_states_nothing_needs_no_question(cell: str) -> None:
    assert unread("date,movement,Weight (stone)", f"2026-01-05,Squat,{cell}") == ("Weight (stone)",)


def test_other_columns_are_named_as_the_file_has_them() -> None:
    assert unread("date,movement,Mood,Place", "2026-01-05,Squat,good,gym") == ("Mood", "Place")


@pytest.mark.parametrize("code", languages())
def test_each_language_has_a_word_for_each_quantity_and_none_for_two(code: str) -> None:
    table = words("strength_headers")[code]
    assert set(QUANTITIES) <= set(table)
    names = [name for key, held in table.items() if key != "passed_over" for name in held]
    assert len(names) == len(set(names))
    assert all(name == name.casefold() for name in names)


@pytest.mark.parametrize("code", languages())
def test_a_log_in_each_language_is_read_by_its_first_words(code: str) -> None:
    table = words("strength_headers")[code]
    keys = tuple(column_key(table[quantity][0]) for quantity in QUANTITIES)
    headers = Headers.of(keys)
    found = [headers.column(key) for key in keys]
    assert [one.quantity if one else None for one in found] == list(QUANTITIES)


def test_keys_are_spelled_as_columns_are() -> None:
    assert {"nombre_del_ejercicio", "exercise_name"} <= set(keys_of("movement"))
