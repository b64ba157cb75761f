"""Logs that a spreadsheet saved again, that were put together, or that people keep themselves."""

from __future__ import annotations

import pytest

from runanalytics.errors import MissingColumnError
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.fitbod import FITBOD
from runanalytics.importers.strength.fitnotes import FITNOTES
from runanalytics.importers.strength.hevy import HEVY
from runanalytics.importers.strength.liftosaur import LIFTOSAUR
from runanalytics.importers.strength.strong import STRONG
from runanalytics.importers.tidy.importer import TIDY_SESSIONS, TIDY_SETS

OPTIONS = ReadOptions(timezone="Europe/Paris")

STRONG_NAMES = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps,RPE"
HEVY_NAMES = "title,start_time,end_time,exercise_title,set_index,set_type,weight_kg,reps"
FITNOTES_NAMES = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time"
LIFTOSAUR_NAMES = (
    "Workout DateTime,Day Name,Exercise,Is Warmup Set?,Completed Reps,"
    "Completed Weight Value,Completed Weight Unit"
)


def read(importer: Importer, *lines: str, encoding: str = "utf-8") -> Imported:
    return importer.read("\r\n".join(lines).encode(encoding), OPTIONS)


def semicolons(names: str) -> str:
    return names.replace(",", ";")


@pytest.mark.parametrize(
    ("importer", "lines"),
    [
        (
            STRONG,
            (
                "sep=;",
                semicolons(STRONG_NAMES),
                "05/01/2026 18:00;Legs;31m;Squat (Barbell);1;62,5;5;8,5",
                "25/01/2026 18:00;Legs;31m;Squat (Barbell);1;62,5;5;",
            ),
        ),
        (
            HEVY,
            (
                semicolons(HEVY_NAMES),
                "Legs;05.01.2026 18:00;05.01.2026 18:40;Squat (Barbell);0;normal;62,5;5",
                "Legs;25.01.2026 18:00;25.01.2026 18:40;Squat (Barbell);0;normal;62,5;5",
            ),
        ),
        (
            FITNOTES,
            (
                "sep=,",
                FITNOTES_NAMES,
                '"1/5/26","Barbell Squat","Legs","62.5","kgs","5","","",""',
                '"1/25/26","Barbell Squat","Legs","62.5","kgs","5","","",""',
            ),
        ),
        (
            FITBOD,
            (
                "Date;Exercise;Reps;Weight(kg);Duration(s);Distance(m);isWarmup;multiplier",
                "05/01/2026 22:14;Back Squat;5;62,5;0;0;FALSCH;1",
                "25/01/2026 22:14;Back Squat;5;62,5;0;0;FALSCH;1",
            ),
        ),
    ],
    ids=["strong", "hevy", "fitnotes", "fitbod"],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_export_that_a_spreadsheet_saved_again(
    importer: Importer, lines: tuple[str, ...], encoding: str
) -> None:
    imported = read(importer, *lines, encoding=encoding)
    days = imported.sessions["local_date"].dt.strftime("%Y-%m-%d").tolist()
    assert days == ["2026-01-05", "2026-01-25"]
    assert imported.sets["load_kg"].tolist() == [62.5, 62.5]
    assert imported.sets["movement"].tolist() == ["back_squat", "back_squat"]


@pytest.mark.parametrize(
    ("written", "set_type"),
    [
        ("WAHR", "warmup"),
        ("VRAI", "warmup"),
        ("true", "warmup"),
        ("FALSO", "normal"),
        ("", "normal"),
    ],
)
def test_yes_and_no_as_spreadsheets_of_any_language_write_them(written: str, set_type: str) -> None:
    names = "Date;Exercise;Reps;Weight(kg);Duration(s);Distance(m);isWarmup;multiplier"
    imported = read(FITBOD, names, f"2026-01-05;Back Squat;5;62,5;0;0;{written};1")
    assert imported.sets["set_type"].tolist() == [set_type]


@pytest.mark.parametrize(
    ("importer", "names", "first", "later"),
    [
        (
            STRONG,
            STRONG_NAMES,
            "2026-01-05 18:00:00,Legs,31m,Squat (Barbell),1,60,5,",
            "2026-01-07 18:00:00,Legs,31m,Squat (Barbell),1,65,5,",
        ),
        (
            HEVY,
            HEVY_NAMES,
            'Legs,"5 Jan 2026, 18:00","5 Jan 2026, 18:40",Squat (Barbell),0,normal,60,5',
            'Legs,"7 Jan 2026, 18:00","7 Jan 2026, 18:40",Squat (Barbell),0,normal,65,5',
        ),
        (
            FITNOTES,
            FITNOTES_NAMES,
            "2026-01-05,Barbell Squat,Legs,60,kgs,5,,,",
            "2026-01-07,Barbell Squat,Legs,65,kgs,5,,,",
        ),
        (
            LIFTOSAUR,
            LIFTOSAUR_NAMES,
            "2026-01-05T17:00:00.000Z,A,Squat,0,5,60,kg",
            "2026-01-07T17:00:00.000Z,A,Squat,0,5,65,kg",
        ),
        (
            TIDY_SETS,
            "date,movement,set,reps,load (kg)",
            "2026-01-05,Squat,1,5,60",
            "2026-01-07,Squat,1,5,65",
        ),
    ],
    ids=["strong", "hevy", "fitnotes", "liftosaur", "tidy"],
)
def test_two_exports_pasted_together_count_what_both_have_once(
    importer: Importer, names: str, first: str, later: str
) -> None:
    imported = read(importer, names, first, names, first, later)
    assert imported.sets["load_kg"].tolist() == [60.0, 65.0]
    assert imported.rows.left_out == {"repeated": 1, "lines of column names": 1}


@pytest.mark.parametrize(
    "header",
    [
        "Date,Exercise,Sets,Reps,Weight/kg,Hold [sec]",
        "Date,Exercise,Sets,Reps,Weight in kg,Hold in s",
        "Date,Exercise,Sets,Reps,Weight - kg,Time (s)",
        'Date,Exercise,Sets,Reps,"Weight, kg","Time, s"',
        "Дата,Упражнение,Подходы,Повторения,Вес (кг),Удержание (сек)",
        "日期,动作,组数,次数,重量（公斤）,保持时间（秒）",
    ],
)
def test_units_of_columns_in_any_shape_and_script(header: str) -> None:
    imported = read(TIDY_SETS, header, "2026-01-05,Squat,3,5,60,", "2026-01-05,Plank,2,,,45")
    sets = imported.sets
    assert sets["n_sets"].tolist() == [3, 2]
    assert sets["load_kg"].iloc[0] == 60.0
    assert sets["hold_s"].iloc[1] == 45.0


def test_sets_and_repetitions_in_one_column() -> None:
    imported = read(
        TIDY_SETS,
        "Date,Exercise,Sets x Reps,Weight",
        "2026-01-05,Squat,3x5,60kg",
        "2026-01-05,Plank,2 x 45 s,",
    )
    assert imported.sets["n_sets"].tolist() == [3, 2]
    assert imported.sets["reps"].iloc[0] == 5
    assert imported.sets["hold_s"].iloc[1] == 45.0


def test_minutes_of_a_session_are_no_time_of_day() -> None:
    imported = read(TIDY_SESSIONS, "date,kind,Time (min)", "2026-01-05,strength,50")
    assert imported.sessions["duration_s"].tolist() == [3000.0]


def test_a_column_that_looks_like_a_load_in_another_language_stops_the_file() -> None:
    with pytest.raises(MissingColumnError, match="'Poids soulevé' looks like a load"):
        read(TIDY_SETS, "date,movement,sets,reps,Poids soulevé", "2026-01-05,Squat,3,10,60")
