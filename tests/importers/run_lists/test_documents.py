"""Activities as JSON: starts with what is known of their clock, sports by number."""

from __future__ import annotations

import json

import pytest

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.importers.run_lists.documents import (
    INTERVALS_JSON,
    POLAR_JSON,
    RUNTASTIC,
    SUUNTO_JSON,
)
from runanalytics.importers.run_lists.listed import RunListImporter

OPTIONS = ReadOptions(timezone="Europe/Paris")
SESSION = {
    "start_time": 1_530_424_800_000,
    "start_time_timezone_offset": 7_200_000,
    "distance": 5_000,
    "duration": 1_500_000,
    "id": "a",
    "sport_type_id": "1",
}
EXERCISE = {
    "startTime": "2019-05-17T17:05:24.000",
    "stopTime": "2019-05-17T17:55:24.000",
    "duration": "PT50M",
    "distance": 9_000.0,
    "sport": "RUNNING",
}


def read(importer: RunListImporter, document: object) -> Imported:
    data = json.dumps(document).encode()
    assert claimants("file.json", data[:4096]) == [importer]
    return importer.read(data, OPTIONS)


def polar(**session: object) -> Imported:
    whole = {"name": "Easy", "startTime": "x", "stopTime": "y", "exercises": [EXERCISE]}
    return read(POLAR_JSON, {**whole, **session})


def suunto(activity: int, **header: object) -> Imported:
    whole = {"ActivityType": activity, "DateTime": "2021-06-05T08:30:00+02:00", "Duration": 1_500.0}
    return read(SUUNTO_JSON, {"DeviceLog": {"Header": {**whole, "Distance": 5_000.0, **header}}})


@pytest.mark.parametrize(
    ("number", "n_runs", "kind"),
    [("1", 1, "unknown"), ("14", 1, "treadmill"), ("19", 0, ""), ("77", 0, "")],
)
def test_a_sport_by_number_is_a_run_only_if_it_is_known_to_be(
    number: str, n_runs: int, kind: str
) -> None:
    imported = read(RUNTASTIC, {**SESSION, "sport_type_id": number})
    assert imported.runs["kind"].tolist() == [kind] * n_runs
    assert imported.sets["movement"].tolist() == ["walking"] * (number == "19")
    assert imported.rows.n_left_out == (number == "77")


def test_an_instant_in_milliseconds_and_the_offset_beside_it() -> None:
    (run,) = read(RUNTASTIC, SESSION).runs.to_dict("records")
    assert str(run["start_utc"]) == "2018-07-01 06:00:00+00:00"
    assert (run["utc_offset_s"], run["moving_s"]) == (7_200.0, 1_500.0)


def test_what_stands_in_features_counts_where_nothing_stands_beside_them() -> None:
    features = [{"type": "track_metrics", "attributes": {"distance": 6_000}}]
    given = {name: value for name, value in SESSION.items() if name != "distance"}
    assert read(RUNTASTIC, {**given, "features": features}).runs["distance_m"].tolist() == [6_000.0]
    assert read(RUNTASTIC, {**SESSION, "features": features}).runs["distance_m"].tolist() == [5_000]


def test_a_clock_that_programs_read_in_two_ways_is_local_without_its_offset() -> None:
    imported = polar(timezoneOffset=180)
    assert imported.clock == "local"
    assert str(imported.runs["start_utc"][0]) == "2019-05-17 15:05:24+00:00"


def test_a_clock_that_is_known_has_its_offset() -> None:
    imported = polar(timezoneOffsetMinutes=-210)
    assert imported.clock == "both"
    assert imported.runs["utc_offset_s"].tolist() == [-12_600.0]


def test_each_exercise_of_a_session_is_a_row_and_samples_are_said_to_be_passed_over() -> None:
    ride = {**EXERCISE, "sport": "CYCLING", "samples": {"heartRate": []}}
    imported = polar(exercises=[EXERCISE, ride])
    assert (len(imported.runs), imported.sets["movement"].tolist()) == (1, ["cycling"])
    assert any("samples are passed over" in note.message for note in imported.notes)


def test_steps_and_heart_rate_in_hertz() -> None:
    (run,) = suunto(3, StepCount=4_250).runs.to_dict("records")
    assert run["cadence_spm"] == pytest.approx(170.0)
    samples = [{"HR": 2.4}, {"HR": 2.6}, {}]
    header = {"ActivityType": 3, "DateTime": "2021-06-05T08:30:00+02:00", "Duration": 1_500.0}
    log = {"DeviceLog": {"Header": {**header, "Distance": 5e3}, "Samples": samples}}
    assert read(SUUNTO_JSON, log).runs["heart_rate_bpm"].tolist() == [150.0]


def test_an_activity_number_that_is_not_known_is_no_run() -> None:
    assert suunto(99).rows.left_out == {"of other sports": 1}


def test_the_list_of_intervals_is_told_from_that_of_strava() -> None:
    activity = {"id": 1, "type": "Run", "start_date_local": "2025-03-04T18:00:11", "distance": 5e3}
    data = json.dumps([activity]).encode()
    assert INTERVALS_JSON not in claimants("list.json", data)
    read(INTERVALS_JSON, [{**activity, "moving_time": 1_500, "icu_training_load": 3}])


@pytest.mark.parametrize(
    "document",
    [
        {"DeviceLog": {"Header": []}},
        {"DeviceLog": 3},
        {"startTime": 1, "stopTime": 2, "exercises": [3]},
        {"startTime": 1, "stopTime": 2, "exercises": [{"statistics": [], "sport": {}}]},
        {"start_time": "x", "start_time_timezone_offset": "y", "sport_type_id": 1, "features": 5},
        {"start_time": 10**18, "start_time_timezone_offset": 10**12, "sport_type_id": "1"},
    ],
)
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    data = json.dumps(document).encode()
    (importer,) = claimants("file.json", data)
    with pytest.raises(RunAnalyticsError):
        importer.read(data, OPTIONS)


def test_there_is_no_activity() -> None:
    with pytest.raises(UnreadableFileError, match="no activity"):
        polar(exercises=[])
