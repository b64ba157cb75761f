"""What race times are worth: against the printed tables and published constants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.measures import race_equations as p

#: Rows of the printed table: VDOT, distance (m), time (s).
BOOK = [
    (40, 5_000, 24 * 60 + 8),
    (40, 10_000, 50 * 60 + 3),
    (40, 21_097.5, 3600 + 50 * 60 + 59),
    (40, 42_195, 3 * 3600 + 49 * 60 + 45),
    (50, 5_000, 19 * 60 + 57),
    (50, 10_000, 41 * 60 + 21),
    (50, 21_097.5, 3600 + 31 * 60 + 35),
    (50, 42_195, 3 * 3600 + 10 * 60 + 49),
]


@pytest.mark.parametrize(("worth", "distance_m", "time_s"), BOOK)
def test_times_agree_with_the_printed_table(worth: int, distance_m: float, time_s: int) -> None:
    assert float(p.vdot_time(worth, distance_m)) == pytest.approx(time_s, rel=0.002)


def test_constants_that_are_known_exactly() -> None:
    assert float(p.vdot_time(40, 5_000)) == pytest.approx(24 * 60 + 6.2, abs=0.05)
    assert float(p.vdot(5_000, 1_200)) == pytest.approx(49.8062, abs=1e-4)
    assert float(p.running_cost(0.10)) == pytest.approx(5.9682, abs=5e-5)
    assert float(p.running_cost(0.0)) == 3.6
    assert float(p.riegel_time(1_200, 5_000, 10_000)) == pytest.approx(1_200 * 2**1.06)


@given(st.floats(15, 95), st.floats(800, 100_000))
def test_time_and_vdot_are_inverse(worth: float, distance_m: float) -> None:
    time_s = p.vdot_time(worth, distance_m)
    assert float(p.vdot(distance_m, time_s)) == pytest.approx(worth, rel=1e-6)


@given(st.floats(0, 2_000), st.floats(1_000, 50_000))
def test_climbing_never_makes_a_loop_faster(ascent_m: float, distance_m: float) -> None:
    assert float(p.climb_slowdown(ascent_m, distance_m)) >= 1 - 1e-12


def test_heat_costs_what_was_found_in_the_fastest_marathons() -> None:
    time_s = 7_800.0
    classes = np.array(p.HEAT_WBGT_C)
    found = 100 * (p.heat_slowdown(classes, time_s) - 1)
    assert found == pytest.approx(np.array(p.HEAT_SLOWDOWN_PCT) - p.HEAT_SLOWDOWN_PCT[0])
    assert float(p.heat_slowdown(0.0, time_s)) == 1.0
    assert float(p.heat_slowdown(30.0, time_s)) > float(p.heat_slowdown(25.0, time_s))
    assert float(p.heat_slowdown(22.5, 2_400)) < float(p.heat_slowdown(22.5, 7_800))


def test_altitude_costs_power_and_the_sea_costs_none() -> None:
    assert float(p.altitude_power(-100)) == 1.0
    assert np.all(np.diff(p.altitude_power(np.arange(0, 4_000, 100))) < 0)


def test_arrays_give_arrays_and_missing_stays_missing() -> None:
    times = p.vdot_time([40.0, np.nan], 5_000)
    assert times.shape == (2,)
    assert np.isnan(times[1])
