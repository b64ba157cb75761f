"""Over which kind of course a race went, and from where that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.errors import SchemaError
from runanalytics.measures.race_courses import course_titled, courses_of
from runanalytics.measures.race_detection import plain_title
from runanalytics.schema.tables import COURSES
from runanalytics.words import languages, words

TITLES = {
    "road": [
        *(
            "Club road race",
            "Road Relays leg 3",
            "Stadtlauf Ulm",
            "Deutsche Straßenlaufmeisterschaft",
        ),
        *("10 km sur route", "Carrera en ruta", "Corsa su strada", "Corrida de Rua", "Stratenloop"),
        *("Bieg uliczny", "Забег по шоссе", "ロードレース大会", "도로대회", "Gateløp"),
    ],
    "track": [
        *(
            "Track mile",
            "5000 m club night",
            "5000m",
            "5.000 m Bahn",
            "Indoor 3000",
            "10,000 metres",
        ),
        *("Abendsportfest", "3000 m Hindernis", "Bahneröffnung", "5000 sur piste", "5000 in pista"),
        *("Atletiekbaan 5 km", "Bantävling", "Ratakilpailut", "стадион", "長距離記録会", "田径场"),
    ],
    "trail": [
        *(
            "Trail des Crêtes",
            "Zugspitz Ultratrail",
            "Nachttrail",
            "Hochfelln-Berglauf",
            "Fell race",
        ),
        *("Off-road half", "Sky Race", "Vertical Kilometer", "Carrera por montaña", "Motbakkeløp"),
        *("Corsa in montagna", "Corrida de montanha", "Polkujuoksu", "Maraton górski"),
        *(
            "Běh do vrchu",
            "Трейловый забег",
            "Patika koşusu",
            "高尾トレイルラン",
            "越野跑",
            "트레일러닝",
        ),
    ],
    "cross-country": [
        *("County Cross Country", "XC League 2", "Crosslauf", "Waldcross", "Cross du Figaro"),
        *(
            "Campo a través",
            "Corsa campestre",
            "Corta-mato",
            "Veldloop",
            "Terräng-SM",
            "Terrengløp",
        ),
        *(
            "Maastojuoksut",
            "Bieg przełajowy",
            "Přespolní běh",
            "Кросс",
            "クロスカントリー",
            "Terrænløb",
        ),
    ],
    "obstacle": [
        *("Spartan Beast", "Tough Mudder", "OCR championship", "Mud Run", "Hindernislauf"),
        *("Course d'obstacles", "Carrera de obstáculos", "Obstakelrun", "Hinderbanelopp"),
        *("Runmageddon Rekrut", "Гонка героев", "スパルタンレース", "Trail Obstacle Race"),
    ],
    "orienteering": [
        *("Orienteering sprint", "Orientierungslauf", "Course d'orientation", "Suunnistus"),
        *("Nattorientering", "Bieg na orientację", "Спортивное ориентирование", "定向赛"),
    ],
    "treadmill": ["Treadmill 5k", "Laufband", "Tapis de course", "Löpband", "跑步机"],
}
NO_COURSE = [
    *("Track my run", "Back on track 10k", "Race track half", "Cinder Track 5", "Cross training"),
    *("Trailhead Coffee run", "Rail Trail Half", "Red Cross 10k", "Kings Cross 5k", "CrossFit run"),
    *("Run across the city", "Motocross park run", "Piste cyclable", "Pista ciclabile", "S-Bahn"),
    *(
        "Eisenbahnlauf",
        "Schwebebahnlauf",
        "Montana Marathon",
        "Backtracking",
        "Contrails 5k",
        "Spartans Club 10",
    ),
    *("Indoor running", "City Half Marathon", "parkrun", "Cross country skiing", "Straßenbahn"),
    *("Halbmarathon", "", "Lacrosse fun run", "Rotes Kreuz Lauf", "10 km", "Bahnhof 10"),
]


@pytest.mark.parametrize(
    ("course", "title"), [(course, title) for course in TITLES for title in TITLES[course]]
)
def test_titles_name_courses(course: str, title: str) -> None:
    for written in (title, title.upper(), f"Our {title}, 2025"):
        distance_m = 5_000.0 if "10" not in written else 10_000.0
        assert course_titled(plain_title(written), distance_m) == course


@pytest.mark.parametrize("title", NO_COURSE)
def test_titles_that_only_look_like_it_name_none(title: str) -> None:
    assert course_titled(plain_title(title), 10_000.0) is None


@pytest.mark.parametrize(
    ("title", "distance_m", "course"),
    [
        ("Marathon 1500 m", 42_195.0, None),
        ("Alpine half 1200m", 21_097.5, None),
        ("Track and field club half", 21_097.5, None),
        ("1500m", 1_500.0, "track"),
        ("10 000 m", 10_000.0, "track"),
        ("10000m road championship", 10_000.0, "road"),
        ("5000 m", np.nan, None),
    ],
)
def test_metres_are_those_of_the_race(title: str, distance_m: float, course: str | None) -> None:
    assert course_titled(plain_title(title), distance_m) == course


def test_every_name_of_a_course_names_it_in_every_language() -> None:
    """No language's words take away another's."""
    for code, held in words("courses").items():
        assert set(held) <= {*COURSES, "none"}, code
        for course in COURSES:
            for name in held.get(course, ()):
                plain = plain_title(name.strip("*"))
                assert course_titled(plain, 5_000.0) == course, (code, name)


def test_every_language_has_words_for_courses() -> None:
    assert set(words("courses")) == set(languages())
    for code, held in words("courses").items():
        assert {"track", "trail", "obstacle", "orienteering"} <= set(held), code


@given(st.text(max_size=60))
def test_any_title_has_one_course_or_none(title: str) -> None:
    assert course_titled(plain_title(title), 5_000.0) in (None, *COURSES)


def races(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"distance_m": 10_000.0, **columns}, index=[0])


def told(races: pd.DataFrame, runs: pd.DataFrame | None = None) -> list[object]:
    return courses_of(races, runs).fillna("").iloc[0].tolist()


RUNS = pd.DataFrame(
    {
        "run_id": ["street", "trail", "ultra", "indoors", "plain"],
        "course": ["road", "trail", None, None, None],
        "kind": ["race", "trail", "trail", "treadmill", "race"],
    }
)


def test_what_is_stated_comes_before_what_follows() -> None:
    everything = {"title": "Berglauf", "ascent_m": 900.0, "run_id": "street"}
    assert told(races(course="track", **everything), RUNS) == ["track", "list"]
    assert told(races(course="track", course_by="user", **everything), RUNS) == ["track", "user"]
    assert told(races(**everything), RUNS) == ["road", "sport"]
    assert told(races(**everything)) == ["trail", "title"]
    assert told(races(ascent_m=900.0)) == ["trail", "climb"]
    assert told(races()) == ["road", "assumed"]


@pytest.mark.parametrize(
    ("title", "run_id", "course"),
    [
        *(("Spartan Super", "trail", "obstacle"), ("Crosslauf", "street", "cross-country")),
        *(("Orienteering relay", "trail", "orienteering"), ("Track 10000", "trail", "trail")),
    ],
)
def test_a_title_makes_the_mode_of_a_watch_more_precise(
    title: str, run_id: str, course: str
) -> None:
    assert told(races(title=title, run_id=run_id), RUNS)[0] == course


def test_the_kind_of_a_run_counts_where_nothing_else_is_known() -> None:
    assert told(races(run_id="ultra"), RUNS) == ["trail", "sport"]
    assert told(races(run_id="ultra", title="Road race"), RUNS) == ["road", "title"]
    assert told(races(run_id="indoors"), RUNS) == ["treadmill", "sport"]
    assert told(races(run_id="plain"), RUNS) == ["road", "assumed"]
    assert told(races(run_id="gone"), RUNS) == ["road", "assumed"]


@pytest.mark.parametrize(
    ("distance_m", "ascent_m", "course", "by"),
    [
        *((5_000.0, np.nan, "road", "assumed"), (42_195.0, 700.0, "road", "assumed")),
        *((10_000.0, 300.0, "", ""), (10_000.0, 410.0, "trail", "climb")),
        # No course is so steep: the ascent says nothing.
        (10_000.0, 3_000.0, "road", "assumed"),
        *((13_400.0, np.nan, "", ""), (50_000.0, np.nan, "", ""), (3_000.0, np.nan, "", "")),
        *((1_500.0, np.nan, "track", "assumed"), (np.nan, np.nan, "", "")),
    ],
)
def test_what_is_assumed(distance_m: float, ascent_m: float, course: str, by: str) -> None:
    assert told(races(distance_m=distance_m, ascent_m=ascent_m)) == [course, by]


def test_an_ascent_that_nobody_climbs_in_the_time_is_no_mountain() -> None:
    assert told(races(ascent_m=1_400.0, time_s=1_900.0)) == ["road", "assumed"]
    assert told(races(ascent_m=1_400.0, time_s=5_000.0)) == ["trail", "climb"]


def test_the_index_is_kept_and_the_frame_unchanged() -> None:
    given = pd.DataFrame({"distance_m": [10_000.0, 5_000.0], "title": [None, "XC"]}, index=[7, 3])
    before = given.copy()
    found = courses_of(given)
    assert found.index.tolist() == [7, 3]
    assert found["course"].tolist() == ["road", "cross-country"]
    pd.testing.assert_frame_equal(given, before)
    assert courses_of(given.iloc[:0]).empty


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(SchemaError, match="unknown course 'moon'; known are: road, track"):
        courses_of(races(course="moon"))
    with pytest.raises(SchemaError, match="no column 'distance_m'"):
        courses_of(pd.DataFrame({"title": ["Trail"]}))
