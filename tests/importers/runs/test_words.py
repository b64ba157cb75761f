"""Words for running and for what is not running: the same from every source."""

from __future__ import annotations

import pytest

from runanalytics.importers.activity_lists.garmin_csv import GARMIN_CSV
from runanalytics.importers.activity_lists.garmin_json import GARMIN_JSON
from runanalytics.importers.activity_lists.strava import STRAVA_CSV
from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.runs.words import CODES, Sport, named_by_words, sport_of
from runanalytics.importers.tracks.gpx import GPX
from runanalytics.importers.tracks.tcx import TCX
from runanalytics.words import languages, words

OPTIONS = ReadOptions(timezone="UTC", units="metric")

RUNS = {
    "unknown": [
        *(
            "Running",
            "Obstacle Racing",
            "Track Running",
            "Street Running",
            "Obstacle Running",
            "Laufen",
        ),
        *("Straßenlauf", "Laufen auf der Bahn", "Löpning", "Landsvägslöpning", "Banlöpning"),
        *("Course à pied", "Course sur piste", "Corrida", "Corrida de rua", "Carrera"),
        *("Carrera en pista", "Corsa", "Corsa su strada", "Hardlopen"),
    ],
    "treadmill": [
        *("Treadmill Running", "Indoor Running", "Virtual Running", "Laufbandtraining"),
        *("Laufband", "Löpband", "Course à pied sur tapis roulant", "Tapis de course"),
        *("Corrida em esteira", "Carrera en cinta", "Corsa su tapis roulant", "Loopband"),
    ],
    "trail": [
        *("Trail Running", "Ultra Running", "Trailrunning", "Traillöpning", "Trail"),
        *("Ultra-trail", "Carrera por montaña", "Corrida em trilha", "Corsa su sentiero"),
    ],
}
COURSES = {
    "road": [
        *("Street Running", "street_running", "Road Running", "Straßenlauf", "Landsvägslöpning"),
        *("Course sur route", "Corrida de rua", "Carrera en ruta", "Corsa su strada"),
        "Hardlopen op de weg",
    ],
    "track": [
        *("Track Running", "track_running", "Indoor Track Running", "Laufen auf der Bahn"),
        *("Banlöpning", "Course sur piste", "Carrera en pista", "Corsa in pista"),
        *("Corrida em pista", "Hardlopen op de baan"),
    ],
    "trail": [
        *("Trail Run", "trail_running", "Geländelauf", "Corrida em trilha", "Corsa su sentiero"),
        "Carrera por montaña",
    ],
    "treadmill": [
        *("Virtual Run", "treadmill_running", "indoor_running", "Laufband", "Tapis de course"),
        *("Corrida em esteira", "Carrera en cinta", "Loopband"),
    ],
    "cross-country": ["Cross Country Running", "cross_country_running"],
    "obstacle": [
        *("obstacle_run", "Obstacle Racing", "Hindernislauf", "Corsa a ostacoli"),
        "Carrera de obstáculos",
    ],
    None: ["Run", "Running", "Laufen", "ultra_run", "Ultra Running", "Corrida", "Hardlopen"],
}
STRENGTH = [
    *("Strength Training", "Krafttraining", "Styrketräning", "Musculation"),
    *("Treinamento de força", "Treino de força", "Entrenamiento de fuerza"),
    *("Allenamento di forza", "Krachttraining", "Functional Strength Training"),
]
NEITHER = [
    *("Cycling", "Skilanglauf", "Cross Country Skiing", "Eislaufen", "Radfahren", "Cykling"),
    *("Treadmill Walking", "Walking", "Hiking", "Gehen", "Randonnée", "Marche à pied"),
    *("Pool Swimming", "Simbassäng", "Yoga", "Cardio", "Cardiovascular", "Indoor Cardio"),
    *("Indoor Rowing", "Tennis V2", "Ciclismo", "Camminata", "Fietsen", "Adventure Racing"),
    *("Ski de fond", "Course d'orientation", "Schneeschuhlaufen", "HIIT", "", "--"),
]


@pytest.mark.parametrize(
    ("kind", "activity"), [(kind, activity) for kind in RUNS for activity in RUNS[kind]]
)
def test_runs_and_their_kinds(kind: str, activity: str) -> None:
    for written in (activity, activity.upper()):
        sport = sport_of(written)
        assert (sport.what, sport.kind) == ("run", kind)


@pytest.mark.parametrize(
    ("course", "activity"),
    [(course, activity) for course in COURSES for activity in COURSES[course]],
)
def test_the_course_of_a_sport(course: str | None, activity: str) -> None:
    for written in (activity, activity.upper()):
        assert (sport_of(written).is_run, sport_of(written).course) == (True, course)


def test_a_track_indoors_is_a_track() -> None:
    assert sport_of("Indoor Track Running") == Sport("run", "treadmill", "track")


@pytest.mark.parametrize("activity", STRENGTH)
def test_strength_work(activity: str) -> None:
    assert sport_of(activity) == Sport("strength")


@pytest.mark.parametrize("activity", NEITHER)
def test_other_sports_are_neither(activity: str) -> None:
    sport = sport_of(activity)
    assert not sport.is_run
    assert not sport.is_strength


def garmin(sport: str) -> bytes:
    return (
        f'Activity Type,Date,Title,Distance,Time\n"{sport}",2026-03-01 08:00:00,x,5,25:00'.encode()
    )


def strava(sport: str) -> bytes:
    names = "Activity ID,Activity Date,Activity Type,Moving Time,Elapsed Time,Distance"
    return f'{names}\n7,"Jun 1, 2025, 5:02:03 AM","{sport}",1500,1500,5'.encode()


def garmin_json(sport: str) -> bytes:
    return (
        f'[{{"activityId": 7, "activityType": {{"typeKey": "{sport}"}}, "distance": 5000.0, '
        '"startTimeLocal": "2026-03-01 08:00:00", "duration": 1500.0}]'
    ).encode()


def gpx(sport: str) -> bytes:
    points = "".join(
        f'<trkpt lat="{48 + second * 2.7e-5:.6f}" lon="8"><time>2026-03-01T08:'
        f"{second // 60:02d}:{second % 60:02d}Z</time></trkpt>"
        for second in range(0, 120, 5)
    )
    return (
        '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk>'
        f"<type>{sport}</type><trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def tcx(sport: str) -> bytes:
    space = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    return (
        f'<TrainingCenterDatabase xmlns="{space}"><Activities><Activity Sport="{sport}">'
        '<Lap StartTime="2026-03-01T08:00:00Z"><TotalTimeSeconds>1500</TotalTimeSeconds>'
        "<DistanceMeters>5000</DistanceMeters></Lap></Activity></Activities>"
        "</TrainingCenterDatabase>"
    ).encode()


SOURCES = (
    (GARMIN_CSV, garmin),
    (STRAVA_CSV, strava),
    (GARMIN_JSON, garmin_json),
    (GPX, gpx),
    (TCX, tcx),
)
#: What some lists had called a run and others had not, and what it is.
ONCE_DIFFERENT = {
    **dict.fromkeys(("Jogging", "Löprunda", "Hardloopsessie", "correr", "VirtualRun"), True),
    **dict.fromkeys(("Trail", "Ultra-trail", "Obstacle Racing", "Carrera en cinta"), True),
    **dict.fromkeys(("Skilanglauf", "Eislaufen", "Schneeschuhlaufen", "Wanderung"), False),
    **dict.fromkeys(("wheelchair_push_run", "Course d'orientation", "Krafttraining"), False),
}


@pytest.mark.parametrize(("sport", "is_run"), ONCE_DIFFERENT.items())
def test_every_source_takes_the_same_words_for_a_run(sport: str, is_run: bool) -> None:
    for importer, written in SOURCES:
        read = importer.read(written(sport), OPTIONS)
        assert len(read.runs) == is_run, importer.name
        assert read.runs["kind"].tolist() == [sport_of(sport).kind] * is_run, importer.name


@pytest.mark.parametrize(
    ("sport", "sub_sport", "kind", "course"),
    [
        ("running", "generic", "unknown", None),
        ("running", "challenge", "unknown", None),
        ("running", "virtual_activity", "treadmill", "treadmill"),
        ("running", "indoor_running", "treadmill", "treadmill"),
        ("running", "trail", "trail", "trail"),
        ("running", "street", "unknown", "road"),
        ("running", "track", "unknown", "track"),
        ("running", "obstacle", "unknown", "obstacle"),
        ("running", "orienteering", "unknown", "orienteering"),
        ("running", "ultra", "trail", None),
        ("running", "track_me", "unknown", None),
        ("generic", "street", "unknown", "road"),
        ("fitness_equipment", "treadmill", "treadmill", "treadmill"),
        ("all", "track", "unknown", "track"),
        ("unknown", "obstacle", "unknown", "obstacle"),
    ],
)
def test_a_kind_of_sport_counts_where_the_sport_is_not_said(
    sport: str, sub_sport: str, kind: str, course: str | None
) -> None:
    assert sport_of(sport, sub_sport) == Sport("run", kind, course)


@pytest.mark.parametrize(
    ("sport", "sub_sport", "what"),
    [
        ("cycling", "track", "other"),
        ("walking", "treadmill", "other"),
        ("generic", "generic", "unstated"),
        ("track", "", "unstated"),
        ("street", "", "other"),
        ("", "", "unstated"),
        ("generic", "indoor_rowing", "other"),
    ],
)
def test_what_is_no_run_by_sport_and_kind(sport: str, sub_sport: str, what: str) -> None:
    assert sport_of(sport, sub_sport).what == what


def test_a_title_tells_what_work_it_was_and_nothing_else() -> None:
    assert sport_of("Workout", title="Legs").is_strength
    assert not sport_of("Workout", title="Long run").is_strength
    assert not sport_of("Yoga", title="Core").is_strength
    assert sport_of("Run", title="Core").is_run


#: Language -> a run, a run on a treadmill, and sports of which a part looks like running.
LANGUAGES = {
    "en": ("Running", "Treadmill Running", "Cross Country Skiing", "Run and bike"),
    "de": ("Laufen", "Laufband", "Eisschnelllauf mit Schlittschuhen", "Skilanglauf", "Laufrad"),
    "fr": ("Course à pied", "Course sur tapis", "Course d'orientation", "Course de ski"),
    "es": ("Correr", "Carrera en cinta", "Carrera de bicicletas", "Carrera de orientación"),
    "it": ("Corsa", "Corsa su tapis roulant", "Corsa in bici", "Corsa di orientamento"),
    "pt": ("Corrida", "Corrida em esteira", "Corrida de aventura", "Corrida de orientação"),
    "nl": ("Hardloopsessie", "Hardlopen op de loopband", "Langlaufen", "Hardlopen met fiets"),
    "sv": ("Löprunda", "Löpband", "Skidlöpning", "Skridskolöpning"),
    "nb": ("Løping", "Løping på tredemølle", "Skiløping", "Skøyteløping", "Orienteringsløp"),
    "da": ("Løb", "Løbebånd", "Skøjteløb", "Orienteringsløb"),
    "fi": ("Juoksu", "Juoksumatto", "Hiihtojuoksu", "Suunnistusjuoksu"),
    "pl": (
        "Bieganie",
        "Bieg na bieżni",
        "Bieg na nartach",
        "Biegi narciarskie",
        "Bieg na orientację",
    ),
    "cs": ("Běh", "Běžecký pás", "Běh na lyžích", "Běžky", "Orientační běh"),
    "ru": ("Бег", "Беговая дорожка", "Беговые лыжи", "Бег на коньках"),
    "tr": ("Koşu", "Koşu bandı", "Kayaklı koşu", "Koşu bandında yürüyüş"),
    "id": ("Lari", "Lari treadmill", "Jalan kaki di treadmill"),
    "ja": (
        "ランニング",
        "トレッドミルランニング",
        "トランポリン",
        "プランク",
        "トレッドミルウォーキング",
    ),
    "zh": ("跑步", "跑步机", "跑步机步行", "跑酷"),
    "zh-hant": ("跑步", "跑步機", "跑步機健走", "跑酷"),
    "ko": ("달리기", "트레드밀 러닝", "런지", "러닝머신 걷기"),
}


@pytest.mark.parametrize("language", languages())
def test_running_in_every_language_and_what_only_looks_like_it(language: str) -> None:
    run, treadmill, *others = LANGUAGES[language]
    for written in (run, run.upper(), run.casefold()):
        assert sport_of(written) == Sport("run")
    assert sport_of(treadmill) == Sport("run", "treadmill", "treadmill")
    assert [sport_of(other).what for other in others] == ["other"] * len(others)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_its_words_for_sports(language: str) -> None:
    held = words("sports")[language]
    assert {"running", "other", "strength", "treadmill"} <= set(held)
    for phrase in held["strength"]:
        assert sport_of(phrase.strip("*")).what == "strength", phrase


def test_a_short_word_is_no_part_of_a_longer_one() -> None:
    assert sport_of("ラン").is_run
    assert sport_of("Galopp").what == sport_of("Ride with a slope").what == "other"


def test_codes_are_what_the_words_say() -> None:
    assert {code: named_by_words(*code) for code in CODES} == CODES
