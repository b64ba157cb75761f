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
        "Half hour easy",
        "Semi-annual check of the lungs",
        "Berlin running",
        "Marathon block, week 3",
        "Maratonharjoitus",
        "Maratonträning",
        "Trening do maratonu",
        "Тренировка к марафону",
        "Maraton antrenmanı",
        "マラソン練習",
        "马拉松训练",
        "마라톤 훈련",
        "Koşu",
        "Løb",
        "Løp",
        "Běh",
        "Забег",
        "Corrida de domingo",
        "Course avant le semi",
        "Course du soir",
        "Memorial Park loop",
        "Champs-Élysées running",
        "경기도 수원 달리기",
        "",
        None,
    ],
)
def test_training_is_no_race(title: str | None) -> None:
    assert found(*USUAL, run(title)).empty


def test_a_number_of_kilometres_counts_only_where_it_was_run_fast() -> None:
    slow = run("Riverside 10 km", 10_100.0, elapsed_s=10_100.0 / 2.8)
    fast = run("Riverside 10 km", 10_100.0, elapsed_s=10_100.0 / 3.9)
    assert found(*USUAL, slow, fast)["time_s"].tolist() == [fast["elapsed_s"]]


@pytest.mark.parametrize(
    ("title", "distance_m"),
    [
        ("Half marathon", 21_200.0),
        ("Rotterdam Marathon", 42_800.0),
        ("Königsforst-Marathonlauf", 42_500.0),
        ("Semi de la côte", 21_250.0),
        ("Półmaraton Jesienny", 21_200.0),
        ("Puolimaraton", 21_300.0),
        ("Полумарафон «Осень»", 21_250.0),
        ("İzmir Yarı Maratonu", 21_200.0),
        ("上海半程马拉松", 21_200.0),
        ("하프마라톤", 21_200.0),
        ("Viertelmarathon", 10_600.0),
        # Words for training in one language are none in another.
        ("Medio maratón del río", 21_200.0),
        ("Prima maratona", 42_700.0),
        ("Półmaraton na Wyspie", 21_250.0),
        ("Mountain Pass Half Marathon", 21_250.0),
        ("Trentino Half Marathon", 21_250.0),
        ("アップルマラソン", 42_800.0),
        ("Transvalley Marathon", 42_800.0),
        ("Seaside parkrun", 5_080.0),
    ],
)
def test_a_named_course_is_proposed_however_slowly_it_was_run(
    title: str, distance_m: float
) -> None:
    slow = run(title, distance_m, elapsed_s=distance_m / 2.2)
    assert found(*USUAL, slow)["title"].tolist() == [title]
    if "parkrun" not in title:
        elsewhere = run(title, 0.7 * distance_m, elapsed_s=0.7 * distance_m / 2.2)
        assert found(*USUAL, elsewhere).empty


@pytest.mark.parametrize(
    "title",
    [
        *("Turkey Trot", "Silvesterlauf am Kanal", "Corrida de Noël", "Corrida du port"),
        *(
            "Ekiden leg 3",
            "駅伝 3区",
            "Riverside fun run",
            "Jingle Bell 5K",
            "Gran Premio di Ponte",
        ),
        *("Carrera popular del barrio", "Osterlauf", "Prestatieloop Oost", "Kanalloppet"),
        *("Nytårsløbet", "Lahden juoksukisa", "Zawody w parku", "Závody v lese", "Соревнования"),
        *("Halk Koşusu", "市民大会", "春季比赛", "봄 대회", "Corta-mato", "Dwarsloop Cross Cup"),
        *("Corrida de rua do bairro", "Motionsløb", "Gateløp", "Course officielle"),
    ],
)
def test_a_kind_of_race_is_proposed_at_any_pace_over_any_distance(title: str) -> None:
    assert found(*USUAL, run(title, 8_700.0, elapsed_s=8_700 / 2.3))["title"].tolist() == [title]


@pytest.mark.parametrize(
    ("everyday", "race"),
    [
        ("Poranny bieg", "Bieg Doliny 10 km"),
        ("Ranní běh", "12. Běh údolím"),
        ("Утренний забег", "Забег 10 км"),
        ("Sabah Koşusu", "Sahil Koşusu 2025"),
        ("Morgenløb", "Havneløb 10 km"),
        ("Avondloop", "3e Havenloop"),
        ("Corrida da manhã", "Corrida de 10 km"),
    ],
)
def test_where_one_word_means_run_and_race_something_else_has_to_speak_for_it(
    everyday: str, race: str
) -> None:
    assert found(*USUAL, run(everyday), run(race))["title"].tolist() == [race]


@pytest.mark.parametrize("title", ["10 km", "Morning 10K", "Bieg z psem", "Rondje", "Berlin 5 mi"])
def test_at_a_usual_pace_an_everyday_title_is_no_race(title: str) -> None:
    assert found(*USUAL, run(title, elapsed_s=10_050.0 / 2.8)).empty


def test_a_word_for_runs_and_races_alone_counts_only_fast_and_over_a_course() -> None:
    title = "Bieg Doliny"
    slow, fast = run(title, elapsed_s=4_000.0), run(title, elapsed_s=2_500.0)
    odd = run(title, 8_700.0, elapsed_s=2_100.0)
    assert found(*USUAL, slow, fast, odd)["time_s"].tolist() == [2_500.0]


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
