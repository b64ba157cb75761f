"""Strava's list of activities: places for names, instants in UTC, one foot's cadence."""

from __future__ import annotations

import pytest

from runanalytics.errors import MissingColumnError, UnreadableFileError
from runanalytics.importers.activity_lists.strava import STRAVA_CSV
from runanalytics.importers.contract import Imported, ReadOptions

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
    [("Weight Training", 1), ("Crossfit", 1), ("Workout", 0), ("Ride", 0), ("Walk", 0)],
)
def test_which_activities_are_strength_work(kind: str, n_sessions: int) -> None:
    imported = of(row(kind=kind), row())
    assert imported.sessions["kind"].tolist() == ["strength"] * n_sessions
    assert any("passed over" in note.message for note in imported.notes) == (not n_sessions)


@pytest.mark.parametrize(
    ("kind", "movement"),
    [("Yoga", "yoga"), ("Pilates", "pilates"), ("Rock Climb", "climbing"), ("Soccer", "ball_game")],
)
def test_other_work_is_a_session_of_its_own(kind: str, movement: str) -> None:
    imported = of(row(kind=kind), row())
    assert imported.sessions["kind"].tolist() == ["other"]
    assert imported.sets["movement"].tolist() == [movement]


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
