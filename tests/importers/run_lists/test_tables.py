"""Lists of services as CSV: units in the names, what was not done, each row accounted for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import MissingColumnError, RunAnalyticsError, UnreadableFileError
from runanalytics.importers.accounts import UNEXPLAINED
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.importers.run_lists.tables import (
    FITBIT_EXERCISES,
    INTERVALS_CSV,
    RUNKEEPER,
    TRAINING_PEAKS,
)

OPTIONS = ReadOptions(timezone="Europe/Paris")
KILOMETRES = "Activity Id,Date,Type,Distance (km),Duration,Climb (m),GPX File"
MILES = "Activity Id,Date,Type,Distance (mi),Duration,Climb (ft),GPX File"
EXERCISES = (
    "exercise_id,exercise_start,exercise_end,utc_offset,activity_name,"
    "tracker_total_steps,tracker_total_distance_mm,tracker_avg_speed_mm_per_second"
)
PEAKS = (
    "Title,WorkoutType,WorkoutDay,DistanceInMeters,TimeTotalInHours,CadenceAverage,PlannedDuration"
)


def runkeeper(*rows: str, header: str = KILOMETRES) -> Imported:
    return RUNKEEPER.read("\n".join([header, *rows]).encode(), OPTIONS)


def test_kilometres_and_miles_are_told_by_the_names_of_columns() -> None:
    row = "a,2019-05-04 16:35:09,Running,10.00,50:00,100,"
    for header, metres, climb_m in ((KILOMETRES, 10_000.0, 100.0), (MILES, 16_093.44, 30.48)):
        (run,) = runkeeper(row, header=header).runs.to_dict("records")
        assert (run["distance_m"], run["ascent_m"]) == pytest.approx((metres, climb_m))
        assert run["moving_s"] == 3_000.0


def test_an_hour_and_more_is_written_with_three_parts() -> None:
    runs = runkeeper("a,2019-05-04 16:35:09,Running,20.00,1:50:30,,").runs
    assert runs["moving_s"].tolist() == [6_630.0]


def test_the_offset_of_a_row_places_its_start() -> None:
    row = "1,2025-05-04T22:40:00Z,2025-05-04T23:10:00Z,+05:30,Run,5000,5000000,2777.8"
    imported = FITBIT_EXERCISES.read(f"{EXERCISES}\n{row}".encode(), OPTIONS)
    (run,) = imported.runs.to_dict("records")
    assert str(run["start_utc"]) == "2025-05-04 22:40:00+00:00"
    assert (run["utc_offset_s"], str(run["local_date"].date())) == (19_800.0, "2025-05-05")
    assert imported.clock == "both"


def test_time_in_motion_is_distance_per_average_speed_and_cadence_steps_in_it() -> None:
    row = "1,2025-05-04T04:10:00Z,2025-05-04T04:50:00Z,+00:00,Run,5100,5200000,2888.889"
    (run,) = FITBIT_EXERCISES.read(f"{EXERCISES}\n{row}".encode(), OPTIONS).runs.to_dict("records")
    assert (run["moving_s"], run["elapsed_s"]) == pytest.approx((1_800.0, 2_400.0))
    assert run["cadence_spm"] == pytest.approx(170.0)


def test_planned_workouts_that_were_not_done_are_neither_runs_nor_rides() -> None:
    rows = [
        "Tempo,Run,2025-03-04,10050,0.9,86",
        "Long,Run,2025-03-09,,,",
        "Swim,Swim,2025-03-10,,,",
    ]
    imported = TRAINING_PEAKS.read("\n".join([PEAKS, *rows]).encode(), OPTIONS)
    assert imported.runs["moving_s"].tolist() == [3_240.0]
    assert imported.runs["cadence_spm"].tolist() == [172.0]
    assert imported.sessions.empty
    assert imported.rows.left_out == {"planned and not done": 2}


def test_two_runs_of_one_day_and_length_stay_two() -> None:
    rows = ["A,Run,2025-03-04,5000,0.4,", "B,Run,2025-03-04,5000,0.4,"]
    runs = TRAINING_PEAKS.read("\n".join([PEAKS, *rows]).encode(), OPTIONS).runs
    assert runs["run_id"].is_unique
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("importer", "header"),
    [
        (RUNKEEPER, KILOMETRES),
        (RUNKEEPER, MILES),
        (FITBIT_EXERCISES, EXERCISES),
        (TRAINING_PEAKS, PEAKS),
        (INTERVALS_CSV, "id,type,start_date_local,name,distance,moving_time,average_heartrate"),
    ],
)
def test_one_importer_claims_each_list(importer: object, header: str) -> None:
    assert claimants("list.csv", f"{header}\n".encode()) == [importer]


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(MissingColumnError, match=r"'gpx_file'.*distance_\(km\)"):
        runkeeper(
            "a,2019-05-04,Running,10,50:00", header="Activity Id,Date,Type,Distance (km),Duration"
        )


def test_a_run_without_distance_and_time_is_said() -> None:
    imported = runkeeper("a,2019-05-04 16:35:09,Running,,,,", "b,2019-05-05,Running,5,25:00,,")
    assert imported.rows.left_out == {"without a distance or time": 1}
    assert "line 2: no distance and no time" in imported.notes[0].message


def test_a_list_without_a_date_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="'soon' is no date"):
        runkeeper("a,soon,Running,10.00,50:00,,")


_CELLS = st.sampled_from(
    ["", "a", "b", "Running", "Cycling", "2019-05-04 16:35:09", "10.5", "50:00", "-3", "0", "x"]
)


@settings(deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=7, max_size=8), min_size=1, max_size=6))
def test_every_row_is_kept_or_left_out_for_a_reason(rows: list[list[str]]) -> None:
    lines = [",".join(row) for row in rows]
    try:
        imported = runkeeper(*lines)
    except RunAnalyticsError:
        return
    account = imported.rows
    assert account.n_rows == sum(bool(line.strip(",")) for line in lines)
    assert account.n_kept == len(imported.runs) + len(imported.sessions)
    assert account.n_kept + account.n_left_out == account.n_rows
    assert UNEXPLAINED not in account.left_out
