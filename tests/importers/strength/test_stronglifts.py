"""Oddities of StrongLifts' export, one test each; a whole file is in golden/."""

from __future__ import annotations

import pytest

from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import identify
from runanalytics.importers.strength.stronglifts import STRONGLIFTS

HEADER = (
    "\ufeffDate (yyyy/mm/dd),Workout,Workout Name,Exercise,Duration (hours),Start Time (h:mm),"
    "Set 1 (Reps), Set 1 (KG),Set 2 (Reps), Set 2 (KG)\n"
)
PARIS = ReadOptions(timezone="Europe/Paris")


def read(*rows: str, header: str = HEADER, options: ReadOptions = PARIS) -> Imported:
    return STRONGLIFTS.read((header + "\n".join(rows)).encode(), options)


def test_sets_side_by_side_become_rows() -> None:
    sets = read('"2026/03/03","1","Workout A","Squat","","","5","60","4","62.5"').sets
    assert sets[["reps", "load_kg"]].to_numpy().tolist() == [[5.0, 60.0], [4.0, 62.5]]
    assert set(sets["load_unit"]) == {"kg"}


def test_a_set_without_repetitions_was_not_done() -> None:
    assert len(read("2026/03/03,1,Workout A,Squat,,,5,60,0,60").sets) == 1
    with pytest.raises(UnreadableFileError, match="no row of this export is a set"):
        read("2026/03/03,1,Workout A,Squat,,,,,,")


def test_exercises_of_a_workout_are_one_session() -> None:
    rows = ["2026/03/03,1,A,Squat,,,5,60,,", "2026/03/03,1,A,Bench Press,,,5,60,,"]
    imported = read(*rows, "2026/03/05,2,B,Deadlift,,,5,90,,")
    assert len(imported.sessions) == 2
    assert imported.sessions["title"].tolist() == ["A", "B"]


def test_a_start_time_is_local_and_a_day_without_one_is_a_day() -> None:
    with_time = read("2026/03/03,1,A,Squat,0.75,6:02 PM,5,60,,")
    assert with_time.clock == "local"
    assert with_time.sessions["start_utc"].astype(str).tolist() == ["2026-03-03 17:02:00+00:00"]
    assert with_time.sessions["duration_s"].tolist() == [2700.0]
    assert read("2026/03/03,1,A,Squat,,,5,60,,").sessions["start_utc"].isna().all()


def test_identifiers_outlive_a_new_name_and_a_start_time() -> None:
    short = read("2026/03/03,1,A,Squat,,,5,60,,")
    long = read("2026/03/03,1,Renamed,Squat,,6:02 PM,5,60,,", "2026/03/05,2,B,Squat,,,5,60,,")
    assert short.sessions["session_id"][0] == long.sessions["session_id"][0]


def test_pounds_are_pounds_and_a_bare_weight_is_asked_about() -> None:
    pounds = HEADER.replace("(KG)", "(LB)")
    assert set(read("2026/03/03,1,A,Squat,,,5,135,,", header=pounds).sets["load_unit"]) == {"lb"}
    bare = HEADER.replace("(KG)", "(Weight)")
    with pytest.raises(UnitError, match="--units"):
        read("2026/03/03,1,A,Squat,,,5,135,,", header=bare)


def test_a_small_export_is_not_taken_for_a_plain_file() -> None:
    assert identify("x.csv", b"Date (yyyy/mm/dd),Workout,Exercise,Set 1 (Reps)\n") is STRONGLIFTS


def test_sets_by_time_are_holds() -> None:
    header = "Date,Workout,Exercise,Set 1 (Reps),Set 1 (KG),Set 1 (Time),Set 2 (Time)\n"
    rows = ("2026/03/03,1,Plank,,,01:00,00:45", "2026/03/03,1,Squat,5,60,00:00,")
    sets = read(*rows, header=header).sets
    assert sets["hold_s"].fillna(0).tolist() == [60, 45, 0]
    assert sets["reps"].fillna(0).tolist() == [0, 0, 5]
