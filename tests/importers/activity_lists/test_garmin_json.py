"""Oddities of Garmin's activities as JSON, one test each; whole files are in golden/."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.activity_lists import garmin_json
from runanalytics.importers.activity_lists.garmin_json import GARMIN_JSON
from runanalytics.importers.contract import HEAD_BYTES, Imported, ReadOptions

PARIS = ReadOptions(timezone="Europe/Paris")


def run(**fields: Any) -> dict[str, Any]:
    """A run of 10 km in 50 minutes at 170 steps a minute, as a list has it."""
    return {
        "activityId": 7,
        "activityName": "Evening",
        "startTimeLocal": "2026-03-14 18:10:05",
        "startTimeGMT": "2026-03-14 17:10:05",
        "activityType": {"typeKey": "running"},
        "distance": 10_000.0,
        "duration": 3000.0,
        "averageSpeed": 3.333,
        "averageRunningCadenceInStepsPerMinute": 170.0,
        "avgStrideLength": 117.65,
        "avgVerticalOscillation": 9.4,
        "avgVerticalRatio": 8.0,
        "avgGroundContactTime": 245.3,
    } | fields


def archived(**fields: Any) -> dict[str, Any]:
    """The same run, as the account's archive has it."""
    archive = {
        "activityType": "running",
        "startTimeLocal": 1773511805000.0,
        "startTimeGmt": 1773508205000.0,
        "distance": 1_000_000.0,
        "duration": 3_000_000.0,
        "avgSpeed": 0.3333,
        "avgDoubleCadence": 170.0,
    }
    dropped = ("startTimeGMT", "averageSpeed", "averageRunningCadenceInStepsPerMinute")
    kept = {name: value for name, value in run().items() if name not in dropped}
    return kept | archive | fields


def gym(*exercises: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return run(
        activityType={"typeKey": "strength_training"},
        distance=0.0,
        summarizedExerciseSets=list(exercises),
        **fields,
    )


def read(*activities: Any, options: ReadOptions = PARIS) -> Imported:
    return GARMIN_JSON.read(json.dumps(activities).encode(), options)


def messages(imported: Imported) -> str:
    return "\n".join(note.message for note in imported.notes)


def test_a_list_and_the_archive_tell_the_same_run() -> None:
    listed = read(run())
    archive = read({"summarizedActivitiesExport": [archived()]})
    pd.testing.assert_frame_equal(listed.runs, archive.runs)
    assert listed.clock == archive.clock == "both"
    assert listed.notes == archive.notes == []
    (row,) = listed.runs.to_dict("records")
    assert row["start_utc"] == pd.Timestamp("2026-03-14 17:10:05", tz="UTC")
    assert row["utc_offset_s"] == 3600
    numbers = ["distance_m", "moving_s", "cadence_spm", "ground_contact_ms", "vertical_ratio_pct"]
    assert [row[name] for name in numbers] == [10_000, 3000, 170, 245.3, 8]
    assert row["step_length_m"] == pytest.approx(1.1765)
    assert row["vertical_oscillation_mm"] == pytest.approx(94)


@pytest.mark.parametrize(
    ("distance", "duration", "note"),
    [
        (10_000.0, 3000.0, ""),
        (10_000.0, 3_000_000.0, "metres and milliseconds"),
        (1_000_000.0, 3000.0, "centimetres and seconds"),
        (1_000_000.0, 3_000_000.0, "centimetres and milliseconds"),
    ],
)
def test_the_speed_tells_the_units(distance: float, duration: float, note: str) -> None:
    imported = read(run(distance=distance, duration=duration))
    assert imported.runs[["distance_m", "moving_s"]].to_numpy().tolist() == [[10_000, 3000]]
    assert note in messages(imported)


def test_each_time_has_its_own_unit() -> None:
    """In lists of 2019 to 2021 the elapsed time is in ms, all others in s."""
    read_ = read(
        run(elapsedDuration=3_060_000.0, movingDuration=2_990.0),
        run(activityId=8, elapsedDuration=3_060.0, movingDuration=2_990_000.0),
        run(activityId=9, elapsedDuration=2_000.0),
    )
    assert read_.runs["elapsed_s"].iloc[:2].tolist() == [3_060, 3_060]
    assert read_.runs["elapsed_s"].isna().tolist() == [False, False, True]
    assert read_.runs["moving_s"].tolist() == [3_000] * 3
    archive = read(archived(elapsedDuration=3_060_000.0)).runs
    assert archive["elapsed_s"].tolist() == [3_060]


def test_distances_that_no_unit_explains_are_left_out_and_said() -> None:
    imported = read(run(distance=10.0, duration=3000.0))
    assert imported.runs[["distance_m", "speed_m_s"]].isna().to_numpy().all()
    assert imported.runs["moving_s"].tolist() == [3000]
    assert "no runner's speed" in messages(imported)


def test_a_stated_speed_that_is_another_is_said() -> None:
    assert "stated speed is not distance per time" in messages(
        read(run(), run(activityId=8), run(activityId=9, averageSpeed=2.5))
    )


@pytest.mark.parametrize(("stride", "rise"), [(117.65, 9.4), (1.1765, 94.0), (1176.5, 9.4)])
def test_cadence_and_ratio_tell_the_units_of_the_stride(stride: float, rise: float) -> None:
    runs = read(run(avgStrideLength=stride, avgVerticalOscillation=rise)).runs
    assert runs["step_length_m"].tolist() == pytest.approx([1.1765])
    assert runs["vertical_oscillation_mm"].tolist() == pytest.approx([94.0])


def test_one_foots_cadence_is_doubled() -> None:
    activity = archived(avgRunCadence=85.0)
    del activity["avgDoubleCadence"]
    assert read(activity).runs["cadence_spm"].tolist() == [170]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("running", "unknown"),
        ("track_running", "unknown"),
        ("street_running", "unknown"),
        ("obstacle_run", "unknown"),
        ("treadmill_running", "treadmill"),
        ("indoor_running", "treadmill"),
        ("virtual_run", "treadmill"),
        ("trail_running", "trail"),
        ("ultra_run", "trail"),
        ("beach_running", "unknown"),
    ],
)
def test_kinds_of_run(key: str, kind: str) -> None:
    assert read(run(activityType={"typeKey": key})).runs["kind"].tolist() == [kind]
    assert read(archived(activityType=key)).runs["kind"].tolist() == [kind]


@pytest.mark.parametrize("event", [{"eventType": {"typeKey": "race"}}, {"eventTypeId": 1}])
def test_a_race_is_one(event: dict[str, Any]) -> None:
    assert read(run(**event)).runs["kind"].tolist() == ["race"]
    on_trail = read(run(activityType={"typeKey": "trail_running"}, **event)).runs.iloc[0]
    assert (on_trail["kind"], on_trail["course"]) == ("race", "trail")
    assert read(run(eventType={"typeKey": "training"})).runs["kind"].tolist() == ["unknown"]


def test_contact_time_may_begin_with_a_new_watch() -> None:
    old = run(
        activityId=6, deviceId=1, avgGroundContactTime=None, startTimeLocal="2025-01-02 08:00:00"
    )
    runs = read(run(deviceId=2), old).runs
    assert runs["device"].tolist() == ["Garmin device 2", "Garmin device 1"]
    assert runs["ground_contact_ms"].notna().tolist() == [True, False]


@pytest.mark.parametrize("device", [None, 0, "0", ""])
def test_what_was_entered_by_hand_has_no_device(device: object) -> None:
    assert read(run(deviceId=device)).runs["device"].isna().all()


def test_an_exercise_is_a_row_of_sets() -> None:
    squat = {"category": "SQUAT", "subCategory": "GOBLET_SQUAT", "sets": 3, "reps": 24}
    press = {"category": "BENCH_PRESS", "subCategory": None, "sets": 4, "reps": 30}
    imported = read(gym(squat | {"maxWeight": 20_000.0, "duration": 90_000.0}, press))
    sets = imported.sets[["movement", "name_as_logged", "n_sets", "reps", "load_kg", "load_kind"]]
    assert sets.astype(object).where(sets.notna(), None).to_numpy().tolist() == [
        ["goblet_squat", "goblet squat", 3, 8.0, 20.0, "external"],
        ["bench_press", "bench press", 4, 7.5, None, None],
    ]
    assert imported.sets["hold_s"].isna().all()
    assert imported.sessions["duration_s"].tolist() == [3000]


def test_what_has_no_reps_was_held() -> None:
    plank = {"category": "PLANK", "sets": 2, "reps": 0, "duration": 90_000.0, "maxWeight": 0.0}
    sets = read(gym(plank)).sets
    assert sets["hold_s"].tolist() == [45]
    assert sets[["reps", "load_kg"]].isna().to_numpy().all()


def test_a_session_without_sets_counts() -> None:
    for sets in ([], None, [{"category": "UNKNOWN", "duration": 60_000.0}]):
        imported = read(gym() | {"summarizedExerciseSets": sets})
        assert len(imported.sessions) == 1
        assert imported.sets.empty
        assert imported.log_spans["what"].tolist() == ["strength"]


def test_weights_that_are_not_in_grams_are_left_out_and_said() -> None:
    imported = read(gym({"category": "ROW", "sets": 1, "reps": 10, "maxWeight": 80}))
    assert imported.sets["load_kg"].isna().all()
    assert "not in grams" in messages(imported)


@pytest.mark.parametrize(
    ("type_key", "kind", "category"),
    [
        ("yoga", "other", "mobility"),
        ("pilates", "other", "mobility"),
        ("mobility", "other", "mobility"),
        ("hiit", "other", "conditioning"),
        ("indoor_climbing", "other", "other_sport"),
        ("indoor_cardio", "strength", None),
        ("fitness_equipment", "strength", None),
        ("strength_training", "strength", None),
    ],
)
def test_the_type_of_an_activity_outranks_the_exercises_guessed_in_it(
    type_key: str, kind: str, category: str | None
) -> None:
    lunges = {"category": "LUNGE", "sets": 2, "reps": 40}
    plank = {"category": "PLANK", "sets": 1, "duration": 60_000}
    activity = gym(lunges, plank)
    activity["activityType"] = {"typeKey": type_key}
    imported = read(activity)
    assert imported.sessions["kind"].tolist() == [kind]
    assert imported.sets["name_as_logged"].tolist() == ["lunge", "plank"]
    assert imported.sets["category"].dropna().tolist() == [category] * (2 if category else 0)
    assert imported.sets["movement"].notna().tolist() == [category is None] * 2


def test_an_activity_without_exercises_is_one_row_of_what_its_type_says() -> None:
    activity = gym()
    activity["activityType"] = {"typeKey": "yoga"}
    imported = read(activity)
    assert imported.sets[["movement", "name_as_logged"]].to_numpy().tolist() == [["yoga", "yoga"]]
    assert imported.log_spans["what"].tolist() == ["mobility"]


def test_exercises_of_endurance_make_no_strength_session() -> None:
    activity = gym({"category": "RUN_INDOOR", "subCategory": "TREADMILL", "sets": 1, "reps": 0})
    assert read(activity).sessions["kind"].tolist() == ["other"]


@pytest.mark.parametrize(
    ("volume", "load_kg"), [(900_000.0, 45.0), (0.0, 80.0), (None, 80.0), (99_000_000.0, 80.0)]
)
def test_a_stated_volume_outranks_the_heaviest_set(volume: float | None, load_kg: float) -> None:
    squat = {"category": "SQUAT", "reps": 20, "sets": 3, "maxWeight": 80_000.0, "volume": volume}
    assert read(gym(squat)).sets["load_kg"].tolist() == [load_kg]


def test_identifiers_are_garmins_own() -> None:
    old = read(run()).runs["run_id"].tolist()
    new = read(run(activityName="Renamed", startTimeLocal="2026-03-14 18:10:00")).runs
    assert new["run_id"].tolist() == old
    assert read(run(activityId=8)).runs["run_id"].tolist() != old


def test_what_is_listed_twice_is_one() -> None:
    imported = read(run(), run(), {"summarizedActivitiesExport": [run()]})
    assert len(imported.runs) == 1
    assert imported.rows.left_out == {"repeated": 2}


def test_without_a_start_an_activity_is_left_out_and_said() -> None:
    lost = run(activityId=8)
    del lost["startTimeLocal"], lost["startTimeGMT"]
    imported = read(run(), lost, run(activityId=9, startTimeLocal="soon", startTimeGMT=None))
    assert len(imported.runs) == 1
    assert imported.rows.left_out == {"without a date": 2}


@pytest.mark.parametrize("wrapped", ["activities", "activityList", "summarizedActivitiesExport"])
def test_lists_within_an_object(wrapped: str) -> None:
    data = json.dumps({wrapped: [run()]}).encode()
    assert len(GARMIN_JSON.read(data, PARIS).runs) == 1


def test_a_byte_order_mark_does_not_matter() -> None:
    data = b"\xef\xbb\xbf" + json.dumps([run()]).encode()
    assert GARMIN_JSON.recognises("x", data[:HEAD_BYTES])
    assert len(GARMIN_JSON.read(data, PARIS).runs) == 1


@pytest.mark.parametrize("head", [b"", b"{}", b"[]", b'[{"date": 1}]', b'"activityId"', b"\xff["])
def test_other_json_is_not_taken_for_garmins(head: bytes) -> None:
    assert not GARMIN_JSON.recognises("activities.json", head)


def test_a_torn_file_is_one_clear_message() -> None:
    data = json.dumps([run(), run(activityId=8)], indent=1).encode()
    with pytest.raises(UnreadableFileError, match=r"line \d+, column \d+: the JSON is torn") as at:
        GARMIN_JSON.read(data[: len(data) // 2], PARIS)
    assert "once more" in str(at.value)


@pytest.mark.parametrize(
    "data", [b"[" * 200_000, b'{"a":' * 200_000, b"[" + b"9" * 5000 + b"]", b"[NaN, Infinity]"]
)
def test_hostile_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        GARMIN_JSON.read(data, PARIS)


def test_a_file_too_large_for_a_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garmin_json, "LARGEST_BYTES", 100)
    with pytest.raises(UnreadableFileError, match="more than any list of activities"):
        read(run())


def test_half_a_surrogate_in_a_title_is_no_defect() -> None:
    assert read(run(activityName="run \ud83d")).runs["title"].tolist() == ["run ?"]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["typeKey", "sets"]), st.integers(), max_size=2),
)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(gym(), VALUES)), max_size=3))
@settings(max_examples=60, deadline=None)
@example([{"avgStrideLength": 2.3e-311}])
@example([{"averageSpeed": 2.3e-311}, {"distance": 1e300}])
def test_any_value_is_read_or_refused(changes: list[dict[str, Any]]) -> None:
    try:
        imported = read(*(run() | change for change in changes), gym(activityId=99))
    except RunAnalyticsError:
        return
    assert not any(math.isinf(value) for value in imported.runs["distance_m"].dropna())
