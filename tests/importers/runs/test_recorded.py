"""What every source of samples shares: order, clocks, cadence, pauses, units, contradictions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.runs.cadence import steps_per_count
from runanalytics.importers.runs.recorded import UNKNOWN_US, RecordedRun, Run, instants_us, run_of
from runanalytics.importers.text.stated_units import FACTORS, factor
from runanalytics.units import (
    LENGTHS_M,
    SPEEDS_M_S,
    TIMES_S,
    parse_distance,
    parse_duration,
    parse_pace,
)

START_US = int(pd.Timestamp("2026-03-01T07:30:00Z").value // 1000)
OPTIONS = ReadOptions(timezone="Europe/Berlin")


def made(seconds: int = 120, **changes: object) -> Run:
    time = np.arange(0.0, seconds + 1)
    quantities = {
        "speed_m_s": np.full(time.size, 3.0),
        "cadence_spm": np.full(time.size, 174.0),
        "distance_m": 3 * time,
    }
    given = {
        "time_us": START_US + (time * 1e6).astype(np.int64),
        "quantities": quantities,
        **changes,
    }
    run = run_of(RecordedRun("test", **given), OPTIONS)
    assert run is not None
    return run


def test_a_run_is_a_row_and_samples() -> None:
    run = made(known={"title": "Easy", "distance_m": 365.0})
    assert schema.from_rows([run.row], "runs")["distance_m"].iloc[0] == 365
    pd.testing.assert_frame_equal(run.samples, schema.check(run.samples, "samples"))
    assert run.row["step_length_m"] == pytest.approx(3 / 174 * 60, abs=1e-6)
    assert (run.row["moving_s"], run.row["elapsed_s"], run.row["utc_offset_s"]) == (120, 120, 3600)


def test_no_time_no_run() -> None:
    given = RecordedRun("test", np.full(3, UNKNOWN_US), {})
    assert run_of(given, OPTIONS) is None
    assert run_of(RecordedRun("test", np.empty(0, np.int64), {}), OPTIONS) is None


def test_the_identifier_hangs_on_source_and_start_alone() -> None:
    assert made().row["run_id"] == made(seconds=60).row["run_id"]
    other = run_of(RecordedRun("else", np.array([START_US]), {}), OPTIONS)
    assert other is not None
    assert other.row["run_id"] != made().row["run_id"]


def test_pauses_are_not_moving_time() -> None:
    run = made(pauses_us=[(START_US + 30_000_000, START_US + 50_000_000)])
    assert run.row["moving_s"] == 100
    assert not run.samples["moving"].iloc[31:50].any()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_no_sample_is_lost_when_clocks_change(zone: str, month: int) -> None:
    for day in range(1, 29, 3):
        start = pd.Timestamp(2026, month, day, 0, 30, tz="UTC")
        time = int(start.value // 1000) + np.arange(0, 4 * 3600, 60) * 1_000_000
        run = run_of(
            RecordedRun("test", time, {"speed_m_s": np.full(time.size, 3.0)}),
            ReadOptions(timezone=zone),
        )
        assert run is not None
        assert run.samples["elapsed_s"].tolist() == list(range(0, 4 * 3600, 60))
        offset = start.tz_convert(zone).utcoffset()
        assert offset is not None
        assert run.row["utc_offset_s"] == offset.total_seconds()


def test_a_contradiction_of_cadence_and_step_length_is_said() -> None:
    time = np.arange(121.0)
    quantities = {
        "speed_m_s": np.full(time.size, 3.0),
        "cadence_spm": np.full(time.size, 174.0),
        "step_length_m": np.full(time.size, 1.5),
    }
    run = made(quantities=quantities)
    assert any("1.45 times the speed" in note.message for note in run.notes)
    assert not made().notes


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01 02:00:00 +0200", 0),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1970-01-01T00:00:01", 1_000_000),
        ("soon", UNKNOWN_US),
        (None, UNKNOWN_US),
        ("", UNKNOWN_US),
    ],
)
def test_instants(text: str | None, microseconds: int) -> None:
    assert instants_us([text]).tolist() == [microseconds]


def test_legs_are_told_apart_over_all_runners() -> None:
    for cadence in range(140, 216, 5):
        for speed in (2.0, 3.0, 5.5):
            speeds = np.full(60, speed)
            assert steps_per_count(np.full(60, float(cadence)), speeds, []) == 1
            assert steps_per_count(np.full(60, cadence / 2), speeds, []) == 2
    unknown = np.full(60, np.nan)
    assert steps_per_count(np.full(60, 85.0), unknown, []) == 2
    assert steps_per_count(np.full(60, 170.0), unknown, []) == 1
    assert steps_per_count(np.zeros(60), unknown, []) == 2


def test_factors_are_of_columns_of_samples_and_lead_to_plausible_values() -> None:
    assert set(FACTORS) <= set(schema.table("samples").names)
    assert factor("step_length_m", "IN") == pytest.approx(0.0254)
    assert factor("speed_m_s", "mi/hr") == pytest.approx(0.44704)
    assert factor("altitude_m", "feet") == pytest.approx(0.3048)
    assert factor("contact_balance_left_pct", "%") is None


@pytest.mark.parametrize("spelling", LENGTHS_M)
def test_lengths_are_spelled_alike_in_cells_and_in_headers(spelling: str) -> None:
    assert factor("distance_m", spelling) == parse_distance(f"1 {spelling}")


@pytest.mark.parametrize("spelling", TIMES_S)
def test_times_are_spelled_alike_in_cells_and_in_headers(spelling: str) -> None:
    assert factor("elapsed_s", spelling) == parse_duration(f"1 {spelling}")


@pytest.mark.parametrize("spelling", SPEEDS_M_S)
def test_speeds_are_spelled_alike_in_cells_and_in_headers(spelling: str) -> None:
    assert factor("speed_m_s", spelling) == parse_pace(f"1 {spelling}")


def test_every_spelling_of_a_length_that_sources_have_is_known() -> None:
    for written, metres in (("10 yds", 9.144), ("60 cm", 0.6), ("24 in", 0.6096), ("5 kms", 5000)):
        amount, spelling = written.split()
        assert parse_distance(written) == pytest.approx(metres)
        assert float(amount) * factor("step_length_m", spelling) == pytest.approx(metres)
