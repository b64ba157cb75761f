"""Times of a run: each in the unit in which it makes sense beside the others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.importers.runs.times import elapsed_time_s, moving_time_s


@pytest.mark.parametrize(
    ("stated", "unit", "timer", "elapsed"),
    [
        (612.0, 1.0, 600.0, 612.0),
        (612_000.0, 1.0, 600.0, 612.0),
        (4_677_150.9, 1.0, 3_459.3, 4_677.1509),
        (612_000.0, 0.001, 600.0, 612.0),
        (612.0, 0.001, 600.0, 612.0),
        (86_000.0, 1.0, 3_600.0, 86_000.0),  # a day of pauses is one
        (500.0, 1.0, 600.0, math.nan),
        (math.nan, 1.0, 600.0, math.nan),
        (612.0, 1.0, math.nan, 612.0),
    ],
)
def test_elapsed_time(stated: float, unit: float, timer: float, elapsed: float) -> None:
    assert elapsed_time_s(stated, unit, timer) == pytest.approx(elapsed, nan_ok=True)


@given(st.floats(20, 1e5), st.floats(1.0, 100.0), st.sampled_from([1.0, 0.001]))
def test_a_unit_does_not_change_a_time(timer: float, share: float, unit: float) -> None:
    elapsed = timer * share
    assert elapsed_time_s(elapsed * 1000, 1.0, timer) == pytest.approx(elapsed)
    assert elapsed_time_s(elapsed / unit, unit, timer) == pytest.approx(elapsed)
    assert moving_time_s(timer / share * 1000, 1.0, timer) == pytest.approx(timer / share)
