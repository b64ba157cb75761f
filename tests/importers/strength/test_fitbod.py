"""Oddities of Fitbod's export, one test each; a whole file is in golden/."""

from __future__ import annotations

import pytest

from runanalytics.errors import MissingColumnError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.strength.fitbod import FITBOD

HEADER = (
    "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup,Note,"
    "multiplier\n"
)
TOKYO = ReadOptions(timezone="Asia/Tokyo")


def read(*rows: str, header: str = HEADER) -> Imported:
    return FITBOD.read((header + "\n".join(rows)).encode(), TOKYO)


def row(
    name: str = " Barbell Squat",
    when: str = "2026-01-05 17:02:11 +0000",
    reps: str = "5",
    weight: str = "80.0",
    *,
    seconds: str = "0",
    warmup: str = "false",
    multiplier: str = "1",
) -> str:
    return f"{when},{name},{reps},{weight},{seconds},0,0,0,{warmup},,{multiplier}"


def test_an_instant_of_utc_is_of_the_runners_own_day() -> None:
    imported = read(row())
    assert imported.clock == "utc"
    assert imported.sessions["start_utc"].astype(str).tolist() == ["2026-01-05 17:02:11+00:00"]
    assert imported.sessions["local_date"].astype(str).tolist() == ["2026-01-06"]


def test_names_lose_their_leading_space() -> None:
    assert read(row()).sets["name_as_logged"].tolist() == ["Barbell Squat"]


def test_loads_are_kilograms_whatever_was_logged() -> None:
    sets = read(row(weight="83.91458845")).sets
    assert sets[["load_kg", "load_unit"]].to_numpy().tolist() == [[83.91458845, "kg"]]


def test_a_column_in_pounds_is_in_pounds() -> None:
    sets = read(row(weight="185"), header=HEADER.replace("(kg)", "(lbs)")).sets
    assert sets[["load_kg", "load_unit"]].to_numpy().tolist() == [[83.91458845, "lb"]]


@pytest.mark.parametrize(("written", "kind"), [("true", "warmup"), ("false", "normal")])
def test_warm_ups(written: str, kind: str) -> None:
    assert read(row(warmup=written)).sets["set_type"].tolist() == [kind]


def test_a_load_is_kept_as_logged_whatever_it_is_multiplied_by() -> None:
    imported = read(row(weight="20", multiplier="2"))
    assert imported.sets["load_kg"].tolist() == [20.0]
    assert imported.notes[0].message.endswith("taken as logged: 1")


def test_equal_sets_are_sets_of_their_own() -> None:
    assert len(read(row(), row(), row()).sets) == 3


@pytest.mark.parametrize(
    "name", ["Running", "Cycling", "Cycling - Stationary", "Walking", "Rowing", "Elliptical"]
)
def test_endurance_work_is_kept_as_other_work(name: str) -> None:
    imported = read(row(), row(f" {name}", reps="0", weight="0", seconds="1800"))
    assert imported.sets["name_as_logged"].tolist()[1:] == [name]
    assert imported.sessions["kind"].tolist() == ["strength"]
    alone = read(row(f" {name}", reps="0", weight="0", seconds="1800"))
    assert alone.sessions["kind"].tolist() == ["other"]


def test_sets_minutes_apart_are_one_workout_and_hours_apart_are_two() -> None:
    times = ("17:00:00", "17:02:00", "17:40:00", "20:00:00")
    imported = read(*(row(when=f"2026-01-05 {time} +0000") for time in times))
    assert imported.sets["session_id"].value_counts().tolist() == [3, 1]


def test_a_longer_export_newest_first_has_the_same_identifiers() -> None:
    old = [row(), row(when="2026-01-07 17:00:00 +0000")]
    short, long = read(*old), read(row(when="2026-03-07 17:00:00 +0000"), *reversed(old))
    assert set(short.sessions["session_id"]) < set(long.sessions["session_id"])


def test_a_plank_is_held() -> None:
    sets = read(row("Plank", reps="0", weight="0", seconds="45")).sets
    assert sets["hold_s"].tolist() == [45.0]
    assert sets[["reps", "load_kg"]].isna().to_numpy().all()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="'exercise'; the file has: date, reps"):
        FITBOD.read(b"Date,Reps,isWarmup\n2026-01-05,5,false\n")
