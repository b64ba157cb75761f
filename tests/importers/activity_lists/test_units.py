"""Units that a list does not state: inferred from relations between columns, or not at all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.importers.activity_lists.units import (
    LONG_UNITS_M,
    OSCILLATION_UNITS_MM,
    STEP_UNITS_M,
    ListedRun,
    agreeing,
    long_unit,
    oscillation_unit,
    step_unit,
)

NAN = math.nan


def listed(
    speed_m_s: float = 3.0,
    unit: str = "km",
    step: str = "m",
    *,
    time_s: float = 3000.0,
    error: float = 1.0,
    indoors: bool = False,
) -> ListedRun:
    """A run at 170 steps a minute; its step length is off by a factor of `error`."""
    step_length = error * speed_m_s / (170 / 60) / STEP_UNITS_M[step]
    distance = speed_m_s * time_s / LONG_UNITS_M[unit]
    pace_s = LONG_UNITS_M[unit] / speed_m_s
    return ListedRun(distance, time_s, 170.0, step_length, NAN, pace_s, indoors)


@given(
    speed_m_s=st.floats(1.2, 6.5),
    unit=st.sampled_from(["km", "mi"]),
    step=st.sampled_from(["m", "cm", "mm"]),
    time_s=st.floats(300, 40_000),
    error=st.floats(0.9, 1.1),
)
def test_cadence_and_step_length_tell_kilometres_from_miles(
    speed_m_s: float, unit: str, step: str, time_s: float, error: float
) -> None:
    assert long_unit([listed(speed_m_s, unit, step, time_s=time_s, error=error)]) == unit


@given(speed_m_s=st.floats(1.2, 6.5), unit=st.sampled_from(["km", "mi"]))
def test_on_a_track_pace_tells_what_a_distance_in_metres_does_not(
    speed_m_s: float, unit: str
) -> None:
    pace_s = round(LONG_UNITS_M[unit] / speed_m_s)
    run = ListedRun(round(speed_m_s * 2000), 2000.0, NAN, NAN, NAN, pace_s, False)
    assert run.in_metres
    assert long_unit([run]) == unit


def test_pace_alone_tells_nothing() -> None:
    run = ListedRun(10.0, 3000.0, NAN, NAN, NAN, 300.0, False)
    assert long_unit([run] * 50) is None


def test_steps_stand_in_for_cadence() -> None:
    run = ListedRun(10.0, 3000.0, NAN, 1.05, 9500.0, NAN, False)
    assert long_unit([run]) == "km"


@pytest.mark.parametrize(("count", "unit"), [(2, None), (3, "mi")])
def test_a_treadmill_tells_only_where_several_agree(count: int, unit: str | None) -> None:
    assert long_unit([listed(unit="mi", indoors=True)] * count) == unit


def test_a_corrected_treadmill_does_not_outvote_the_road() -> None:
    belt = [listed(error=1.6, indoors=True)] * 9
    assert long_unit(belt) == "mi"
    assert long_unit([*belt, listed()]) == "km"


def test_runs_that_contradict_each_other_tell_nothing() -> None:
    assert long_unit([listed(unit="km"), listed(unit="mi")]) is None
    assert long_unit([listed(unit="km")] * 9 + [listed(unit="mi")]) == "km"


def test_a_long_rest_does_not_make_miles_of_kilometres() -> None:
    stood = replace(listed(time_s=1000.0), time_s=1610.0)
    assert long_unit([stood]) == "mi"
    assert long_unit([replace(stood, moving_s=1000.0)]) is None
    assert long_unit([replace(stood, time_s=1250.0, moving_s=1000.0)]) == "km"


def test_one_foots_cadence_tells_nothing() -> None:
    assert long_unit([listed(error=0.5)]) is None


@given(st.floats(0.6, 1.8), st.sampled_from(list(STEP_UNITS_M)), st.booleans())
def test_step_lengths_tell_their_unit(metres: float, unit: str, known: bool) -> None:
    cadence = 170.0 if known else NAN
    stated = np.array([metres / STEP_UNITS_M[unit]])
    assert step_unit(stated, np.array([cadence]), np.array([metres * 170 / 60])) == unit


@given(st.floats(50, 130), st.sampled_from(list(OSCILLATION_UNITS_MM)))
def test_vertical_ratio_tells_the_unit_of_oscillation(rise_mm: float, unit: str) -> None:
    stated = np.array([rise_mm / OSCILLATION_UNITS_MM[unit]])
    ratio_pct = np.array([100 * rise_mm / 1100])
    assert oscillation_unit(stated, ratio_pct, np.array([1.1])) == unit
    assert oscillation_unit(stated, np.array([NAN]), np.array([1.1])) == "cm"


def runs(kind: str, cadence_spm: float, step_length_m: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": [kind],
            "local_date": pd.to_datetime(["2026-03-01"]),
            "speed_m_s": [3.0],
            "cadence_spm": [cadence_spm],
            "step_length_m": [step_length_m],
            "vertical_ratio_pct": [8.0],
        }
    )


def test_what_agrees_stays() -> None:
    frame = runs("unknown", 170, 3.0 * 60 / 170)
    kept, notes = agreeing(frame, np.array([NAN]))
    pd.testing.assert_frame_equal(kept, frame)
    assert notes == []


def test_what_disagrees_on_the_road_goes() -> None:
    kept, notes = agreeing(runs("unknown", 85, 1.06), np.array([NAN]))
    assert kept[["cadence_spm", "step_length_m", "vertical_ratio_pct"]].isna().to_numpy().all()
    assert "not the speed" in notes[0].message
    assert "2026-03-01" in notes[0].message


def test_on_a_treadmill_the_cadence_stays() -> None:
    kept, notes = agreeing(runs("treadmill", 170, 0.8), np.array([NAN]))
    assert kept["cadence_spm"].tolist() == [170]
    assert kept["step_length_m"].isna().all()
    assert "corrected distance" in notes[0].message


def test_averages_may_be_over_another_time() -> None:
    frame = runs("unknown", 170, 1.3)
    kept, notes = agreeing(frame, np.array([1.3 * 170 / 60]))
    pd.testing.assert_frame_equal(kept, frame)
    assert notes == []
