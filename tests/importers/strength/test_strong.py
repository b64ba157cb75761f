"""Oddities of Strong's exports, one test each; whole files are in golden/."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import (
    MissingColumnError,
    RunAnalyticsError,
    UnitError,
    UnreadableFileError,
)
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.strength.strong import STRONG
from runanalytics.units import POUND_KG

HEADER = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,"
    "Notes,Workout Notes,RPE\n"
)
KILOGRAMS = ReadOptions(timezone="Europe/Paris", units="metric")


def read(*rows: str, options: ReadOptions = KILOGRAMS) -> Imported:
    return STRONG.read((HEADER + "\n".join(rows)).encode(), options)


def row(
    name: str = "Squat (Barbell)",
    order: str = "1",
    weight: str = "80",
    reps: str = "5",
    *,
    date: str = "2026-01-05 18:00:00",
    duration: str = "1h",
    distance: str = "0",
    seconds: str = "0",
    rpe: str = "",
) -> str:
    return f'{date},Legs,{duration},"{name}",{order},"{weight}",{reps},{distance},{seconds},,,{rpe}'


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        '"Workout #";"Date";"Workout Name";"Duration (sec)";"Exercise Name";"Set Order";',
        "Date,Nom de l'entraînement,Durée,Nom de l'exercice,Ordre de la série,Poids,Réps",
        "Date,Workout Name,Exercise Name,Weight",
    ],
)
def test_each_form_is_recognised_by_its_header(header: str) -> None:
    assert STRONG.recognises("whatever.bin", header.encode())


@pytest.mark.parametrize(
    "header",
    [
        '"title","start_time","end_time","description","exercise_title","superset_id"',
        "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment",
        "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup",
        "date,movement,sets,reps,load",
        "",
    ],
)
def test_other_apps_are_not_taken_for_strong(header: str) -> None:
    assert not STRONG.recognises("strong.csv", header.encode())


def test_a_bare_weight_is_asked_about() -> None:
    with pytest.raises(UnitError, match=r"line 2: the column 'Weight' .*--units metric"):
        read(row(), options=ReadOptions(timezone="UTC"))


@pytest.mark.parametrize("weight", ["0", "0.0", ""])
def test_without_any_weight_there_is_nothing_to_ask(weight: str) -> None:
    sets = read(row("High Knees", weight=weight), options=ReadOptions(timezone="UTC")).sets
    assert sets["load_kg"].isna().all()
    assert sets["load_kind"].tolist() == ["bodyweight"]


@pytest.mark.parametrize(("units", "kg"), [("metric", 185.0), ("imperial", 185 * POUND_KG)])
def test_units_settle_a_bare_weight(units: str, kg: float) -> None:
    sets = read(row(weight="185"), options=ReadOptions(timezone="UTC", units=units)).sets
    assert sets["load_kg"].tolist() == pytest.approx([kg], abs=1e-9)
    assert sets["load_unit"].tolist() == ["kg" if units == "metric" else "lb"]


def test_a_column_that_states_its_unit_outweighs_the_option() -> None:
    data = (HEADER.replace("Weight", "Weight (lb)") + row(weight="100")).encode()
    assert STRONG.read(data, KILOGRAMS).sets["load_kg"][0] == pytest.approx(45.359237)


@pytest.mark.parametrize(
    ("order", "set_type"),
    [("1", "normal"), ("12", "normal"), ("W", "warmup"), ("D", "drop"), ("F", "failure")],
)
def test_kinds_of_set(order: str, set_type: str) -> None:
    assert read(row(order=order)).sets["set_type"].tolist() == [set_type]


@pytest.mark.parametrize("order", ["Rest Timer", "Note"])
def test_a_rest_is_not_a_set(order: str) -> None:
    imported = read(row(), row(order=order, weight="0", reps="0", seconds="90"))
    assert len(imported.sets) == 1
    assert imported.notes == []
    assert imported.rows.n_left_out == 1


def test_a_set_order_of_unknown_meaning_is_left_out_and_said() -> None:
    imported = read(row(), row(order="Zeitnehmer", seconds="90"))
    assert len(imported.sets) == 1
    assert "line 3: 'Zeitnehmer'" in imported.notes[0].message
    assert imported.rows.sentence() == (
        "1 row left out: 1 with 'Zeitnehmer' for the number of a set"
    )


def test_zeros_stand_for_fields_not_filled_in() -> None:
    sets = read(row("Plank", weight="0", reps="0", seconds="60", rpe="0")).sets
    assert sets["hold_s"].tolist() == [60]
    assert sets[["reps", "effort_rpe", "load_kg", "distance_m"]].isna().to_numpy().all()


@pytest.mark.parametrize(("cell", "kg"), [("8,5", 8.5), ("74.99999999999999", 75.0)])
def test_numbers_as_phones_write_them(cell: str, kg: float) -> None:
    assert read(row(weight=cell)).sets["load_kg"].tolist() == [kg]


def test_a_timer_left_on_is_no_duration() -> None:
    imported = read(row(duration="15h 46m"))
    assert imported.sessions["duration_s"].isna().all()
    assert "timer left on: 1" in imported.notes[0].message


@pytest.mark.parametrize(("text", "duration_s"), [("45m", 2700), ("1h 5m", 3900), ("58s", 58)])
def test_durations(text: str, duration_s: float) -> None:
    assert read(row(duration=text)).sessions["duration_s"].tolist() == [duration_s]


def test_an_exercise_done_twice_keeps_the_order_of_the_session() -> None:
    names = ["Squat (Barbell)", "Plank", "Squat (Barbell)"]
    sets = read(*(row(name) for name in names)).sets
    assert sets["name_as_logged"].tolist() == names
    assert sets["position"].tolist() == [1, 2, 3]


def test_two_workouts_of_a_day_are_two_sessions() -> None:
    imported = read(row(), row(order="2"), row(date="2026-01-05 20:00:00"))
    assert imported.sessions["session_id"].is_unique
    assert imported.sets["session_id"].value_counts().tolist() == [2, 1]


def test_a_longer_export_has_the_same_identifiers() -> None:
    first = row(), row(date="2026-01-07 18:00:00")
    short, long = read(*first), read(*first, row(date="2026-01-09 18:00:00"))
    assert short.sessions["session_id"].tolist() == long.sessions["session_id"].tolist()[:2]


def test_help_is_not_load() -> None:
    sets = read(row("Pull Up (Assisted)", weight="15")).sets
    assert sets[["load_kind", "load_kg"]].to_numpy().tolist() == [["assisted", 15.0]]


def test_a_bare_distance_is_left_out_and_said() -> None:
    imported = read(row("Farmers Walk", distance="40"))
    assert imported.sets["distance_m"].isna().all()
    assert "unit is not said: 1" in imported.notes[0].message


def test_a_missing_column_is_named_beside_those_there_are() -> None:
    data = b"Date,Workout Name,Exercise Name,Weight,Reps\n2026-01-05 18:00:00,Legs,Squat,80,5\n"
    with pytest.raises(MissingColumnError, match=r"'set_order'; the file has: date, workout_name"):
        STRONG.read(data)


def test_a_row_without_a_date_is_left_out_and_the_rest_kept() -> None:
    imported = read(row(), row(date="yesterday"))
    assert len(imported.sets) == 1
    assert "line 3: 'yesterday' is no date" in imported.notes[0].message


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row(order="Rest Timer")], "no row of this export is a set"),
        ([row(date="yesterday")], "line 2: 'yesterday' is no date"),
        ([], "no row below the column names"),
    ],
)
def test_an_export_without_a_set_is_refused_with_the_reason(rows: list[str], reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read(*rows)


def test_nothing_but_running_is_other_work() -> None:
    imported = read(row("Running", weight="0"), row("Rowing (Machine)", weight="0"))
    assert imported.sessions["kind"].tolist() == ["other"]


CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["2026-01-05 18:00:00", "Squat (Barbell)", "1", "W", "8,5", "-20", "1e9", "15h 46m", '"', "=1"]
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, max_size=13), max_size=5))
def test_any_cells_are_tables_or_an_error_of_ours(rows: list[list[str]]) -> None:
    data = (HEADER + "\n".join(",".join(cells) for cells in rows)).encode()
    try:
        imported = STRONG.read(data, KILOGRAMS)
    except RunAnalyticsError:
        return
    assert imported.sessions["session_id"].is_unique
    assert set(imported.sets["session_id"]) <= set(imported.sessions["session_id"])


def test_workouts_of_a_night_when_the_clock_is_changed() -> None:
    dates = [
        *("2026-03-29 00:40:00", "2026-03-29 01:40:00", "2026-03-29 03:20:00"),
        *("2026-10-25 01:40:00", "2026-10-25 03:20:00"),
    ]
    imported = read(*(row(date=date) for date in dates))
    assert imported.sessions["utc_offset_s"].tolist() == [3600, 3600, 7200, 7200, 3600]
    assert imported.sessions["start_utc"].dt.strftime("%d %H:%M").tolist() == [
        *("28 23:40", "29 00:40", "29 01:20"),
        *("24 23:40", "25 02:20"),
    ]
    assert imported.sessions["local_date"].dt.strftime("%d").tolist() == ["29"] * 3 + ["25"] * 2
    assert len(imported.sets) == len(dates)


def test_two_workouts_at_one_time_of_the_clock_are_two() -> None:
    legs = row(date="2026-10-25 02:10:00")
    imported = read(legs, legs.replace("Legs", "Arms"))
    assert imported.sessions["title"].tolist() == ["Legs", "Arms"]
    assert "occur twice" in " ".join(note.message for note in imported.notes)
