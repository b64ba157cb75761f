"""Strava's list of activities: places for names, instants in UTC, one foot's cadence."""

from __future__ import annotations

import pytest

from runanalytics.errors import MissingColumnError, UnreadableFileError
from runanalytics.importers.activity_lists.strava import STRAVA_CSV
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants

OLD = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Relative Effort,Commute,Activity Gear,Filename,Average Cadence"
)


def of(*rows: str, header: str = OLD, timezone: str = "UTC") -> Imported:
    data = "\n".join([header, *rows]).encode()
    return STRAVA_CSV.read(data, ReadOptions(timezone=timezone))


def row(date: str = '"Jun 1, 2025, 5:02:03 AM"', kind: str = "Run", rest: str = "") -> str:
    return f"7,{date},Morning,{kind},,1800,5.02,,false,Shoe A,activities/7.gpx,{rest}"


def test_a_single_distance_is_in_kilometres() -> None:
    (run,) = of(row()).runs.to_dict("records")
    assert (run["distance_m"], run["moving_s"], run["shoe"]) == (5020.0, 1800.0, "Shoe A")


def test_dates_are_in_utc_and_days_the_runners_own() -> None:
    imported = of(row('"Jun 1, 2025, 11:30:00\u202fPM"'), timezone="Europe/Paris")
    (run,) = imported.runs.to_dict("records")
    assert str(run["start_utc"]) == "2025-06-01 23:30:00+00:00"
    assert str(run["local_date"].date()) == "2025-06-02"
    assert imported.clock == "utc"


@pytest.mark.parametrize(("counted", "steps"), [("84.5", 169.0), ("169.0", 169.0)])
def test_cadence_is_of_both_feet(counted: str, steps: float) -> None:
    assert of(row(rest=counted)).runs["cadence_spm"].tolist() == [steps]


@pytest.mark.parametrize(
    ("kind", "n_sessions"),
    [("Weight Training", 1), ("Crossfit", 1), ("Workout", 0)],
)
def test_which_activities_are_strength_work(kind: str, n_sessions: int) -> None:
    imported = of(row(kind=kind), row())
    assert imported.sessions["kind"].tolist() == ["strength"] * n_sessions
    assert any("passed over" in note.message for note in imported.notes) == (not n_sessions)


@pytest.mark.parametrize(
    ("kind", "course"),
    [("Trail Run", "trail"), ("Virtual Run", "treadmill"), ("Track Run", "track")],
)
def test_which_course_a_run_had(kind: str, course: str) -> None:
    runs = of(row(kind=kind), row().replace("7,", "8,", 1)).runs
    assert runs["course"].fillna("none").tolist() == [course, "none"]


@pytest.mark.parametrize(
    ("kind", "movement"),
    [
        *(("Yoga", "yoga"), ("Pilates", "pilates"), ("Rock Climb", "climbing")),
        *(("Soccer", "ball_game"), ("Ride", "cycling"), ("E-Mountain Bike Ride", "cycling")),
        *(("Walk", "walking"), ("Swim", "swimming"), ("Nordic Ski", "ski_ergometer")),
    ],
)
def test_other_work_is_a_session_of_its_own(kind: str, movement: str) -> None:
    imported = of(row(kind=kind), row())
    assert imported.sessions["kind"].tolist() == ["other"]
    assert imported.sets["movement"].tolist() == [movement]
    assert not {"strength", "technique"} & {*imported.log_spans["what"]}


@pytest.mark.parametrize(("kind", "durations"), [("Ride", [34_200]), ("Weight Training", [])])
def test_a_ride_may_take_more_than_six_hours(kind: str, durations: list[float]) -> None:
    long = row(kind=kind).replace("1800", "34200")
    assert of(long, row()).sessions["duration_s"].dropna().tolist() == durations


def test_the_same_activity_has_the_same_identity_in_the_next_archive() -> None:
    one, two = of(row()), of(row(), row('"Jul 1, 2025, 5:02:03 AM"').replace("7,", "8,", 1))
    assert one.runs["run_id"].tolist() == two.runs["run_id"].tolist()[:1]


def test_a_missing_column_is_named_with_those_there_are() -> None:
    header = "Activity ID,Activity Date,Activity Type"
    with pytest.raises(MissingColumnError, match=r"'Elapsed Time'.*Activity Type"):
        of('7,"Jun 1, 2025, 5:02:03 AM",Run', header=header)


def test_rows_without_a_date_are_left_out_and_counted() -> None:
    imported = of(row("soon"), row())
    assert len(imported.runs) == 1
    assert any("line 2: no date and time" in note.message for note in imported.notes)
    with pytest.raises(UnreadableFileError, match="no date and time"):
        of(row("soon"))


BEFORE_2019 = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename"


def test_before_june_2019_names_were_short_and_the_distance_in_metres() -> None:
    text = (
        f"{BEFORE_2019}\n12,2018-03-04 16:10:09,Evening,Run,,1802,5204.0,false,Shoe B,a/12.gpx\n"
        "13,2018-03-05 16:10:09,Ride,Ride,,1802,15204.0,true,,a/13.gpx\n"
    )
    assert claimants("activities.csv", text.encode()) == [STRAVA_CSV]
    imported = STRAVA_CSV.read(text.encode(), ReadOptions(timezone="UTC"))
    assert imported.runs["distance_m"].tolist() == [5204.0]
    assert imported.runs["shoe"].tolist() == ["Shoe B"]
    assert imported.sessions["duration_s"].tolist() == [1802]


#: How Strava writes the third of each month in the language of an account.
DATES = {
    "fr": (
        "3 {} 2025 à 19:00:04",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    ),
    "nl": ("3 {} 2025 19:00:04", "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec."),
    "pt": (
        "3 de {} de 2025, 19:00:04",
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    ),
    "es": ("3 {} 2025, 19:00:04", "ene feb mar abr may jun jul ago sept oct nov dic"),
    "it": ("3 {} 2025, 19:00:04", "gen feb mar apr mag giu lug ago set ott nov dic"),
    "da": ("3. {} 2025 kl. 19.00.04", "jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec."),
    "fi": ("3.{}.2025 klo 19.00.04", "1 2 3 4 5 6 7 8 9 10 11 12"),
    "cs": ("3. {}. 2025 19:00:04", "1 2 3 4 5 6 7 8 9 10 11 12"),
    "ru": (
        "3 {} 2025 г. в 19:00:04",
        "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
    ),
    "ja": ("2025年{}月3日 19:00:04", "1 2 3 4 5 6 7 8 9 10 11 12"),
    "zh": ("2025年{}月3日 下午7:00:04", "1 2 3 4 5 6 7 8 9 10 11 12"),
    "ko": ("2025. {}. 3. 오후 7:00:04", "1 2 3 4 5 6 7 8 9 10 11 12"),
}


@pytest.mark.parametrize("language", DATES)
def test_every_month_of_an_account_in_any_language(language: str) -> None:
    style, months = DATES[language]
    rows = [
        row(f'"{style.format(month)}"').replace("7,", f"{number},", 1)
        for number, month in enumerate(months.split())
    ]
    runs = of(*rows).runs
    assert [start.isoformat() for start in runs["start_utc"]] == [
        f"2025-{month:02}-03T19:00:04+00:00" for month in range(1, 13)
    ]


def test_an_activity_that_stands_there_twice_counts_once() -> None:
    imported = of(row(), row())
    assert (len(imported.runs), imported.rows.left_out) == (1, {"repeated": 1})


def test_every_column_that_is_not_read_is_named() -> None:
    unread = of(row()).rows.unread_columns
    assert unread == ("Relative Effort", "Commute", "Filename")
