"""Which runs were races: by their flag, by their titles in several languages, and by no pace."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import SchemaError
from runanalytics.measures.race_detection import COURSES_M, course_of, race_runs


def run(title: str | None, distance_m: float = 10_050.0, **more: object) -> dict[str, object]:
    return {
        "title": title,
        "local_date": "2026-05-03",
        "distance_m": distance_m,
        "elapsed_s": 2_500.0,
        **more,
    }


def found(*rows: dict[str, object]) -> pd.DataFrame:
    runs = pd.DataFrame([{"run_id": f"run-{n}", **row} for n, row in enumerate(rows)])
    return race_runs(runs)


#: Slow runs beside, so that what is fast is known.
USUAL = [run("Morning run", 9_000.0, elapsed_s=3_200.0)] * 5


@pytest.mark.parametrize(
    ("title", "distance_m"),
    [
        ("Local race", 10_050.0),
        ("parkrun #120", 5_080.0),
        ("Wettkampf 10km", 10_200.0),
        ("Stadthalbmarathon", 21_300.0),
        ("Berlin-Marathon 2025", 42_900.0),
        ("Semi de Paris", 21_250.0),
        ("Mezza Maratona di Roma", 21_200.0),
        ("Maratón de Valencia", 42_600.0),
        ("Göteborgsvarvet", 21_250.0),
        ("Vasaloppet", 30_100.0),
        ("São Silvestre", 15_100.0),
        ("ハーフマラソン", 21_200.0),
        ("Women's 10K", 10_100.0),
    ],
)
def test_a_race_is_known_by_its_title(title: str, distance_m: float) -> None:
    speed = 4.3
    table = found(*USUAL, run(title, distance_m, elapsed_s=distance_m / speed))
    assert table["title"].tolist() == [title]
    assert table["found_by"].tolist() == ["title"]
    assert table["distance_m"].iloc[0] in COURSES_M


@pytest.mark.parametrize(
    "title",
    [
        "Race pace workout",
        "Marathon training",
        "half marathon pace",
        "10k easy",
        "Post-race jog",
        "Race shakeout",
        "6 x 1 km race effort",
        "Marathonvorbereitung",
        "Entraînement semi",
        "Allenamento maratona",
        "Entrenamiento media maratón",
        "Morgenlauf",
        "Course à pied le matin",
        "Corrida matinal",
        "Carrera por la mañana",
        "Second half",
        "",
        None,
    ],
)
def test_training_is_no_race(title: str | None) -> None:
    assert found(*USUAL, run(title)).empty


def test_a_bare_distance_counts_only_where_it_was_run_fast() -> None:
    slow = run("Half marathon", 21_200.0, elapsed_s=21_200.0 / 2.8)
    fast = run("Half marathon", 21_200.0, elapsed_s=21_200.0 / 3.9)
    assert found(*USUAL, slow, fast)["time_s"].tolist() == [fast["elapsed_s"]]


def test_a_flag_counts_whatever_the_title() -> None:
    table = found(run("Easy morning", kind="race"), run(None, 7_400.0, kind="race"))
    assert table["found_by"].tolist() == ["flag", "flag"]
    assert table["distance_m"].tolist() == [10_000.0, 7_400.0]


def test_a_treadmill_is_no_race_by_its_title() -> None:
    assert found(*USUAL, run("Race", kind="treadmill")).empty


@pytest.mark.parametrize(
    ("measured", "course"),
    [(9_910, 10_000), (10_390, 10_000), (42_800, 42_195), (1_620, 1_609.344)],
)
def test_a_watch_measures_a_little_more_than_the_course(measured: float, course: float) -> None:
    assert course_of(measured) == course


@pytest.mark.parametrize("measured", [9_890, 10_410, 13_400])
def test_beyond_the_error_of_a_watch_there_is_no_course(measured: float) -> None:
    assert np.isnan(course_of(measured))


def test_a_title_decides_between_courses_that_are_near() -> None:
    assert course_of(16_600.0) == 16_093.44
    assert course_of(10_700.0, 10_000.0) == 10_000.0


def test_without_runs_there_is_nothing() -> None:
    from runanalytics import schema

    assert race_runs(schema.empty("runs")).empty
    with pytest.raises(SchemaError, match="no column 'distance_m'"):
        race_runs(pd.DataFrame({"run_id": ["a"], "local_date": ["2026-01-01"]}))
