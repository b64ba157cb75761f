"""Oddities of Garmin's sets one by one; a whole document is in golden/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers import identify
from runanalytics.importers.activity_lists.garmin_exercise_sets import GARMIN_EXERCISE_SETS
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.library import Library

PARIS = ReadOptions(timezone="Europe/Paris")
SUMMARY = {
    "activityId": 1,
    "activityName": "Gym",
    "activityType": {"typeKey": "strength_training"},
    "startTimeLocal": "2026-01-05 18:00:00",
    "startTimeGMT": "2026-01-05 17:00:00",
    "duration": 3000.0,
    "summarizedExerciseSets": [
        {"category": "SQUAT", "reps": 16, "sets": 2, "maxWeight": 70_000.0, "duration": 80_000}
    ],
}


def one_set(weight: float | None = 60_000.0, minute: int = 0, **more: object) -> dict[str, object]:
    return {
        "exercises": [{"category": "SQUAT", "name": "BARBELL_BACK_SQUAT", "probability": 99.6}],
        "duration": 40.0,
        "repetitionCount": 8,
        "weight": weight,
        "setType": "ACTIVE",
        "startTime": f"2026-01-05T17:{minute:02d}:00.0",
        **more,
    }


def read(*sets: dict[str, object]) -> Imported:
    return GARMIN_EXERCISE_SETS.read(json.dumps({"activityId": 1, "exerciseSets": sets}).encode())


def test_loads_are_those_of_each_set_in_grams() -> None:
    sets = read(one_set(60_000.0), one_set(62_500.0, minute=3), one_set(None, minute=6)).sets
    assert sets["load_kg"].fillna(0).tolist() == [60.0, 62.5, 0.0]


def test_rests_are_counted_and_belong_to_the_time_of_the_session() -> None:
    rest = one_set(None, minute=1, setType="REST", exercises=[], duration=540.0)
    imported = read(one_set(), rest)
    assert imported.rows.left_out == {"rest timers": 1}
    assert imported.sessions["duration_s"].tolist() == [600.0]


def test_of_several_guesses_the_likeliest_counts() -> None:
    guesses = [
        {"category": "LUNGE", "name": None, "probability": 12.5},
        {"category": "CALF_RAISE", "name": "STANDING_CALF_RAISE", "probability": 87.5},
        {"category": "SQUAT", "name": None},
    ]
    assert read(one_set(exercises=guesses)).sets["movement"].tolist() == ["calf_raise"]


def test_the_day_is_the_local_one() -> None:
    late = one_set(startTime="2026-01-05T23:30:00.0")
    data = json.dumps([{"activityId": 1, "exerciseSets": [late]}]).encode()
    imported = GARMIN_EXERCISE_SETS.read(data, PARIS)
    assert imported.clock == "utc"
    assert imported.sessions["local_date"].astype(str).tolist() == ["2026-01-06"]


def test_nothing_but_rests_is_refused_with_the_reason() -> None:
    with pytest.raises(UnreadableFileError, match=r"no set of work .*1 rest timer"):
        read(one_set(setType="REST"))


def test_a_list_of_activities_is_not_taken_for_it() -> None:
    head = json.dumps([SUMMARY | {"exerciseSets": [one_set()]}]).encode()
    assert identify("x.json", head).name == "garmin-json"


@pytest.mark.parametrize("order", [("sets", "list"), ("list", "sets")])
def test_beside_the_summary_of_the_activity_the_sets_count_one_by_one(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    texts = {
        "sets": {"activityId": 1, "exerciseSets": [one_set(60_000.0), one_set(70_000.0, 5)]},
        "list": [SUMMARY],
    }
    library = Library(tmp_path / "library")
    for name in order:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(texts[name]))
        library.add(path, timezone="Europe/Paris")
    assert len(library.sessions()) == 1
    assert library.sets()["load_kg"].tolist() == [60.0, 70.0]
