"""Oddities of FitNotes' exports, one test each; whole files are in golden/."""

from __future__ import annotations

import pytest

from runanalytics.errors import UnitError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.strength.fitnotes import FITNOTES
from runanalytics.units import POUND_KG

ANDROID = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment\n"
IOS = (
    "Date,Exercise,Category,Weight (kg),Weight (lbs),Reps,Distance,Distance Unit,Time,Notes,Kind\n"
)


def read(*rows: str, header: str = ANDROID, options: ReadOptions | None = None) -> Imported:
    data = (header + "\n".join(rows)).encode()
    return FITNOTES.read(data) if options is None else FITNOTES.read(data, options)


def test_days_have_no_time_and_state_no_clock() -> None:
    imported = read("2026-01-05,Squat,Legs,80.0,kgs,5,,,,")
    assert imported.clock == "both"
    assert imported.sessions["start_utc"].isna().all()
    assert imported.sessions["local_date"].astype(str).tolist() == ["2026-01-05"]


def test_each_row_is_a_set_and_each_day_a_session() -> None:
    day = ["2026-01-05,Squat,Legs,80.0,kgs,5,,,,"] * 3
    imported = read(*day, "2026-01-06,Squat,Legs,80.0,kgs,5,,,,", day[0])
    assert imported.sets["session_id"].value_counts().tolist() == [4, 1]


@pytest.mark.parametrize("unit", ["lbs", "lb"])
def test_pounds_come_back_as_they_were_logged(unit: str) -> None:
    sets = read(f"2026-01-05,Squat,Legs,187.5,{unit},5,,,,").sets
    assert sets["load_unit"].tolist() == ["lb"]
    assert round(sets["load_kg"][0] / POUND_KG, 9) == 187.5


def test_a_weight_without_a_unit_is_asked_about() -> None:
    bare = "2026-01-05,Squat,Legs,80.0,,5,,,,"
    with pytest.raises(UnitError, match=r"line 2: the column 'Weight' .*--units"):
        read(bare)
    assert read(bare, options=ReadOptions(units="metric")).sets["load_unit"].tolist() == ["kg"]


@pytest.mark.parametrize(
    ("cells", "unit", "amount"),
    [
        ("80,", "kg", 80),
        (",185", "lb", 185),
        ("83.91,185", "lb", 185),
        ("80,176.37", "kg", 80),
        ("0.0,185", "lb", 185),
    ],
)
def test_of_two_columns_the_one_that_was_logged_counts(
    cells: str, unit: str, amount: float
) -> None:
    sets = read(f"2026-01-05,Squat,Legs,{cells},5,,,,,wr", header=IOS).sets
    per = {"kg": 1.0, "lb": POUND_KG}[unit]
    assert sets["load_unit"].tolist() == [unit]
    assert sets["load_kg"][0] / per == pytest.approx(amount, abs=1e-9)


def test_two_columns_that_contradict_each_other_give_no_load() -> None:
    imported = read("2026-01-05,Squat,Legs,60,200,5,,,,,wr", header=IOS)
    assert imported.sets["load_kg"].isna().all()
    assert "line 2: 60 kg is not 200 lb" in imported.notes[0].message


@pytest.mark.parametrize("cells", ["-20,", ",-44"])
def test_a_weight_below_zero_is_help(cells: str) -> None:
    sets = read(f"2026-01-05,Pull Up,Back,{cells},5,,,,,wr", header=IOS).sets
    assert sets["load_kind"].tolist() == ["assisted"]
    assert sets["load_kg"][0] == pytest.approx(20, abs=0.1)


def test_times_and_distances() -> None:
    sets = read(
        "2026-01-05,Plank,Abs,,,,,,0:01:30,", "2026-01-05,Farmer's Walk,Back,24,kgs,,40.0,m,,"
    ).sets
    assert sets["hold_s"].tolist()[0] == 90.0
    assert sets["distance_m"].tolist()[1] == 40.0


def test_the_older_form() -> None:
    header = "Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time\n"
    assert FITNOTES.recognises("x", header.encode())
    sets = read("2016-03-05,Hip Thrust,Legs,60.0,8,,,", header=header).sets
    assert sets[["load_kg", "load_unit"]].to_numpy().tolist() == [[60.0, "kg"]]


@pytest.mark.parametrize(
    "header", ["date,exercise,sets,reps,load,unit", "Date,Exercise,Reps,Weight(kg),isWarmup", ""]
)
def test_other_files_are_not_taken_for_it(header: str) -> None:
    assert not FITNOTES.recognises("fitnotes.csv", header.encode())
