"""Apple Health: records on one axis, sources that count the same steps, units, zones, streams."""

from __future__ import annotations

import io
import itertools
import random
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.apple.health import APPLE_HEALTH
from runanalytics.importers.apple.records import MOST_RECORDS, STEP_S
from runanalytics.importers.contract import Imported, ReadOptions, StreamingImporter
from runanalytics.measures.segments import segments

WATCH, PHONE = "Runner\u2019s Apple\u00a0Watch", "Runner\u2019s iPhone"
HARDWARE = "&lt;&lt;HKDevice: 0x30&gt;, name:Apple Watch, model:Watch, hardware:Watch6,2&gt;"


def at(second: float, zone: str = "+0100") -> str:
    moment = pd.Timestamp("2026-03-01 18:00:00") + pd.Timedelta(seconds=second)
    return f"{moment:%Y-%m-%d %H:%M:%S} {zone}"


def record(
    kind: str, start: float, end: float, value: object, unit: str, source: str = WATCH
) -> str:
    device = f' device="{HARDWARE}"' if source == WATCH else ""
    return (
        f'<Record type="HKQuantityTypeIdentifier{kind}" sourceName="{source}"{device} '
        f'unit="{unit}" startDate="{at(start)}" endDate="{at(end)}" value="{value}"/>'
    )


def workout(
    seconds: float = 600,
    kind: str = "Running",
    inside: str = "",
    more: str = "",
    start: float = 0,
    source: str = WATCH,
    zone: str = "+0100",
) -> str:
    device = f' device="{HARDWARE}"' if source == WATCH else ""
    return (
        f'<Workout workoutActivityType="HKWorkoutActivityType{kind}" '
        f'duration="{seconds / 60}" durationUnit="min" sourceName="{source}"{device} '
        f'startDate="{at(start, zone)}" endDate="{at(start + seconds, zone)}" {more}>'
        f"{inside}</Workout>"
    )


def export(*parts: str) -> bytes:
    body = "\n".join(parts)
    return f'<?xml version="1.0"?><HealthData locale="en">{body}</HealthData>'.encode()


def read(*parts: str, options: ReadOptions | None = None) -> Imported:
    return APPLE_HEALTH.read(export(*parts), options or ReadOptions())


def steps(seconds: int = 600, spm: float = 174, every: int = 3, source: str = WATCH) -> list[str]:
    """Whole steps in whole seconds that add up to a cadence."""
    counted = [round(spm / 60 * t) for t in range(0, seconds + 1, every)]
    return [
        record("StepCount", every * i, every * (i + 1), after - before, "count", source)
        for i, (before, after) in enumerate(itertools.pairwise(counted))
    ]


def means(kind: str, value: object, unit: str, seconds: int = 600, every: int = 5) -> list[str]:
    return [record(kind, t, t + every, value, unit) for t in range(0, seconds, every)]


def distances(speed: float = 3.0, seconds: int = 600) -> list[str]:
    return [
        record("DistanceWalkingRunning", t, t + 5, speed * 5 / 1000, "km")
        for t in range(0, seconds, 5)
    ]


def said(imported: Imported) -> str:
    return " | ".join(note.message for note in imported.notes)


def test_it_reads_streams() -> None:
    assert isinstance(APPLE_HEALTH, StreamingImporter)
    data = export(*steps(), *distances(), workout())
    streamed = APPLE_HEALTH.read_stream(io.BytesIO(data))
    pd.testing.assert_frame_equal(streamed.samples, APPLE_HEALTH.read(data).samples)


def test_records_of_a_run_on_one_axis() -> None:
    read_ = read(
        *steps(),
        *distances(),
        *means("RunningSpeed", 10.8, "km/hr"),
        *means("RunningStrideLength", 3 / 174 * 60, "m"),
        *means("RunningGroundContactTime", 246, "ms"),
        *means("RunningVerticalOscillation", 9.2, "cm"),
        *means("RunningPower", 231, "W"),
        *means("HeartRate", 151, "count/min"),
        workout(),
    )
    samples = read_.samples
    assert samples["elapsed_s"].tolist() == np.arange(0, 601, STEP_S).tolist()
    run = read_.runs.iloc[0]
    assert run["cadence_spm"] == pytest.approx(174, abs=0.5)
    assert samples["cadence_spm"].between(168, 180).all()
    assert (run["ground_contact_ms"], run["vertical_oscillation_mm"]) == (246, 92)
    assert (run["power_w"], run["heart_rate_bpm"]) == (231, 151)
    assert run["speed_m_s"] == pytest.approx(3.0, rel=0.01)
    assert run["device"] == "Apple Watch (Watch6,2)"
    assert run["sensor"] == "wrist"
    assert read_.clock == "both"
    assert not [note for note in read_.notes if note.severity == "warning"]
    found = segments(samples, read_.runs)
    assert len(found) >= 1
    assert found["cadence_spm"].to_numpy() == pytest.approx(174, abs=2)
    assert found["ground_contact_ms"].to_numpy() == pytest.approx(246)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "column", "ours"),
    [
        ("RunningSpeed", 3.0, "m/s", "speed_m_s", 3.0),
        ("RunningSpeed", 6.5, "mi/hr", "speed_m_s", 2.90576),
        ("RunningStrideLength", 105, "cm", "step_length_m", 1.05),
        ("RunningStrideLength", 40, "in", "step_length_m", 1.016),
        ("RunningVerticalOscillation", 3.5, "in", "vertical_oscillation_mm", 88.9),
        ("RunningGroundContactTime", 0.25, "s", "ground_contact_ms", 250),
    ],
)
def test_units_are_read(kind: str, value: float, unit: str, column: str, ours: float) -> None:
    read_ = read(*distances(), *means(kind, value, unit), workout())
    assert read_.samples[column].median() == pytest.approx(ours, rel=1e-5)


def test_an_unknown_unit_is_left_out_and_said() -> None:
    read_ = read(*distances(), *means("RunningGroundContactTime", 0.25, "fortnight"), workout())
    assert read_.samples["ground_contact_ms"].isna().all()
    assert "unit 'fortnight' is not known: 120 left out" in said(read_)


@pytest.mark.parametrize("unit", ["km", "mi", "m"])
def test_distance_and_speed_from_distance(unit: str) -> None:
    per = {"km": 1000.0, "mi": 1609.344, "m": 1.0}[unit]
    records = [record("DistanceWalkingRunning", t, t + 5, 15 / per, unit) for t in range(0, 600, 5)]
    read_ = read(*records, workout())
    assert read_.runs["distance_m"].iloc[0] == pytest.approx(1800, rel=1e-4)
    assert read_.samples["speed_m_s"].median() == pytest.approx(3.0, rel=1e-4)


def test_steps_of_phone_and_watch_are_not_added() -> None:
    both = [*steps(), *steps(source=PHONE, every=5), *distances()]
    random.Random(3).shuffle(both)
    assert read(*both, workout()).runs["cadence_spm"].iloc[0] == pytest.approx(174, abs=0.5)


def test_the_workouts_own_source_comes_first() -> None:
    app = "A running app"
    both = [*steps(), *steps(spm=160, source=app), *distances()]
    read_ = read(*both, workout(source=app))
    assert read_.runs["cadence_spm"].iloc[0] == pytest.approx(160, abs=0.5)
    assert read_.runs["device"].iloc[0] == app


def test_steps_counted_over_minutes_are_no_samples() -> None:
    read_ = read(*distances(), record("StepCount", 0, 600, 1740, "count", PHONE), workout())
    assert read_.samples["cadence_spm"].isna().all()
    assert "cover minutes" in said(read_)


def by_the_minute(seconds: int, kind: str, a_second: float, unit: str, whole: int = 600):
    """Records of a phone, the last of them shorter."""
    return [
        record(kind, t, min(t + seconds, whole), a_second * (min(t + seconds, whole) - t), unit)
        for t in range(0, whole, seconds)
    ]


@pytest.mark.parametrize("seconds", [58, 62, 95, 290, 600])
@pytest.mark.parametrize("more", ["", 'totalDistance="1.8" totalDistanceUnit="km"'])
def test_records_of_any_length_add_up_to_the_run(seconds: int, more: str) -> None:
    """A phone's are of 62 s, or of minutes; the last one is shorter and hides none of the rest."""
    run = read(
        *by_the_minute(seconds, "StepCount", 170 / 60, "count"),
        *by_the_minute(seconds, "DistanceWalkingRunning", 0.003, "km"),
        workout(more=more),
    ).runs.iloc[0]
    assert run["distance_m"] == pytest.approx(1_800, rel=1e-3)
    assert run["cadence_spm"] == pytest.approx(170, rel=0.005)
    assert run["speed_m_s"] == pytest.approx(3.0, rel=1e-3)


def test_of_a_record_that_goes_on_after_the_run_its_share_counts() -> None:
    steps_ = record("StepCount", -60, 660, 720 * 3, "count", PHONE)
    run = read(*distances(), steps_, workout()).runs.iloc[0]
    assert run["cadence_spm"] == pytest.approx(180)


def test_averages_of_a_workout_stand_in_for_records() -> None:
    inside = (
        '<WorkoutStatistics type="HKQuantityTypeIdentifierRunningGroundContactTime" '
        'average="251" unit="ms"/>'
    )
    read_ = read(*steps(), *distances(), workout(inside=inside))
    assert read_.runs["ground_contact_ms"].tolist() == [251]
    assert "said by the workout" in said(read_)


def test_pauses() -> None:
    events = "".join(
        f'<WorkoutEvent type="HKWorkoutEventType{kind}" date="{at(second)}"/>'
        for kind, second in (("Pause", 200), ("Lap", 250), ("Resume", 320))
    )
    kept = [r for t, r in enumerate(distances()) if not 200 <= 5 * t < 320]
    run = read(*kept, workout(inside=events)).runs.iloc[0]
    assert (run["moving_s"], run["elapsed_s"]) == (480, 600)
    assert run["speed_m_s"] == pytest.approx(3.0, rel=1e-3)


def test_the_totals_of_newer_and_older_exports() -> None:
    newer = "".join(
        f'<WorkoutStatistics type="HKQuantityTypeIdentifier{kind}" {how}="{value}" unit="{unit}"/>'
        for kind, how, value, unit in (
            ("DistanceWalkingRunning", "sum", 5, "km"),
            ("RunningGroundContactTime", "average", 251, "ms"),
            ("StepCount", "sum", 4350, "count"),
            ("HeartRate", "average", 148, "count/min"),
        )
    )
    run = read(workout(1500, inside=newer)).runs.iloc[0]
    assert (run["detail"], run["distance_m"]) == ("summary", 5000)
    assert (run["ground_contact_ms"], run["cadence_spm"], run["heart_rate_bpm"]) == (251, 174, 148)
    assert run["speed_m_s"] == pytest.approx(5000 / 1500)
    older = read(workout(1500, more='totalDistance="3" totalDistanceUnit="mi"')).runs.iloc[0]
    assert older["distance_m"] == pytest.approx(4828.032)
    unstated = read(workout(1500, more='totalDistance="3"')).runs.iloc[0]
    assert np.isnan(unstated["distance_m"])


def test_a_workout_tells_its_own_zone_and_weather() -> None:
    inside = (
        '<MetadataEntry key="HKTimeZone" value="America/New_York"/>'
        '<MetadataEntry key="HKIndoorWorkout" value="1"/>'
        '<MetadataEntry key="HKWeatherTemperature" value="50 degF"/>'
        '<MetadataEntry key="HKElevationAscended" value="1250 cm"/>'
    )
    run = read(workout(inside=inside)).runs.iloc[0]
    assert run["start_utc"] == pd.Timestamp("2026-03-01T17:00:00Z")
    assert run["utc_offset_s"] == -5 * 3600
    assert (run["kind"], run["temperature_c"], run["ascent_m"]) == ("treadmill", 10, 12.5)
    assert run["course"] == "treadmill"
    odd = inside.replace("America/New_York", "Mars/Olympus")
    assert read(workout(inside=odd)).runs["utc_offset_s"].iloc[0] == 3600
    at_utc = read(workout(zone="+0000"), options=ReadOptions(timezone="Asia/Tokyo"))
    assert at_utc.runs["utc_offset_s"].iloc[0] == 0


def test_other_work_is_a_session_of_its_own() -> None:
    types = [
        "Yoga",
        "Pilates",
        "Flexibility",
        "HighIntensityIntervalTraining",
        "Climbing",
        "Walking",
    ]
    read_ = read(*(workout(900, name, start=90_000 * n) for n, name in enumerate(types)))
    assert read_.sessions["kind"].tolist() == ["other"] * len(types)
    expected = ["yoga", "pilates", "stretching", "hiit", "climbing", "walking"]
    assert read_.sets["movement"].tolist() == expected
    assert read_.sets["session_id"].tolist() == read_.sessions["session_id"].tolist()


def test_strength_workouts_are_sessions_and_others_are_counted() -> None:
    read_ = read(
        workout(2400, "TraditionalStrengthTraining"),
        workout(1800, "FunctionalStrengthTraining", start=90_000),
        workout(900, "CoreTraining", start=180_000),
        workout(1800, "SwimBikeRun"),
        workout(1800, "SwimBikeRun", start=4000),
    )
    assert read_.runs.empty
    assert read_.sessions["duration_s"].tolist() == [2400, 1800, 900]
    assert set(read_.sessions["kind"]) == {"strength"}
    assert read_.sessions["session_id"].is_unique
    assert "left out: 2 of 'SwimBikeRun'" in said(read_)


def test_a_longer_export_names_the_same_run_alike() -> None:
    short = read(*distances(), workout())
    longer = read(*distances(), workout(), workout(start=86_400))
    assert short.runs["run_id"].iloc[0] in set(longer.runs["run_id"])
    assert len(longer.runs) == 2


def test_strides_of_two_steps_are_halved() -> None:
    stride = 2 * 3 / 174 * 60
    read_ = read(*steps(), *distances(), *means("RunningStrideLength", stride, "m"), workout())
    assert read_.samples["step_length_m"].median() == pytest.approx(stride / 2, rel=1e-4)
    assert "of two steps" in said(read_)


def test_a_torn_export_gives_what_stands_before() -> None:
    whole = export(*distances(), workout(), workout(start=4000))
    torn = APPLE_HEALTH.read(whole[:-40])
    assert len(torn.runs) == 1
    assert "torn" in said(torn)
    with pytest.raises(UnreadableFileError, match="torn"):
        APPLE_HEALTH.read(whole[: len(whole) // 2])


def test_an_export_without_workouts_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="no workout"):
        read(*distances())


def test_times_that_make_no_sense_are_left_out() -> None:
    backwards = workout().replace(at(600), at(-600))
    endless = workout(10 * 86_400)
    timeless = workout().replace(at(0), "soon")
    read_ = read(backwards, endless, timeless, workout())
    assert len(read_.runs) == 1
    assert said(read_).count("make no sense") == 3


def test_memory_hangs_on_the_records_of_runners_alone() -> None:
    other = record("ActiveEnergyBurned", 0, 60, 1, "kcal")
    data = export(*[other] * 16_000, workout())
    tracemalloc.start()
    read_ = APPLE_HEALTH.read_stream(io.BytesIO(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(read_.runs) == 1
    assert peak < len(data) / 2
    assert MOST_RECORDS * 14 < 2**29


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RunningSpeed", "StepCount", "HeartRate", "DistanceWalkingRunning"]),
            st.sampled_from([0, 3, 3, 30, 700, -5, 1e9]),
            st.sampled_from([0, 3, 3, 30, 700, -5, 1e9]),
            st.one_of(st.sampled_from(["nan", "inf", "", "-3", "1e39", "3"]), st.floats().map(str)),
            st.sampled_from(["count", "km/hr", "km", "count/min", "", "m"]),
        ),
        max_size=30,
    ),
    st.sampled_from([0, 1, 59, 600]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_records_are_read_or_refused(
    records: list[tuple[str, float, float, str, str]], seconds: int
) -> None:
    made = [record(kind, a, a + b, value, unit) for kind, a, b, value, unit in records]
    try:
        read_ = read(*made, workout(seconds))
    except RunAnalyticsError:
        return
    schema.check(read_.runs, "runs")
    schema.check(read_.samples, "samples")
