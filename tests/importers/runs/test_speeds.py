"""Units of speed and step length by the others, and runs by their speeds."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.importers.runs.speeds import checked_speed, checked_step_length, runners_speeds

SECOND = np.arange(0.0, 120.0)
NEVER = np.empty((0, 2))


@pytest.mark.parametrize(
    ("factor", "kept"), [(1.0, True), (1.3, True), (2.0, False), (0.28, False)]
)
def test_speed_times_time_is_distance(factor: float, kept: bool) -> None:
    stated = np.full(SECOND.size, 3.0 * factor)
    speed = checked_speed(SECOND, stated, 3 * SECOND, NEVER, notes := [])
    assert np.median(speed) == pytest.approx(3 * factor if kept else 3)
    assert len(notes) == (not kept)


@pytest.mark.parametrize("seconds", [2, 20])
def test_a_few_seconds_decide_nothing(seconds: int) -> None:
    stated = np.full(seconds, 6.0)
    speed = checked_speed(SECOND[:seconds], stated, 3 * SECOND[:seconds], NEVER, notes := [])
    assert (speed.tolist(), notes) == (stated.tolist(), [])


def test_a_pause_in_which_the_runner_moved_decides_nothing() -> None:
    second = np.concatenate([SECOND, SECOND + 140])
    distance = np.concatenate([3 * SECOND, 3 * SECOND + 3_000])
    speed = np.full(second.size, 3.0)
    checked_speed(second, speed, distance, np.array([[119.0, 140.0]]), notes := [])
    assert not notes


def test_without_speeds_they_are_distance_per_time() -> None:
    nothing = np.full(SECOND.size, np.nan)
    assert np.median(checked_speed(SECOND, nothing, 3 * SECOND, NEVER, [])) == pytest.approx(3)


@pytest.mark.parametrize(("length", "ours"), [(2.0, 1.0), (1.0, 1.0), (1.4, 1.4)])
def test_steps_of_two_legs_are_halved(length: float, ours: float) -> None:
    steps = checked_step_length(np.full(9, length), np.full(9, 180.0), np.full(9, 3.0), notes := [])
    assert steps.tolist() == [ours] * 9
    assert bool(notes) == (length != ours)


@pytest.mark.parametrize(
    ("speed", "is_run"), [(3.0, True), (1.3, False), (8.0, False), (np.nan, False)]
)
def test_a_runners_speeds(speed: float, is_run: bool) -> None:
    found, words = runners_speeds({"speed_m_s": np.full(60, speed)}, np.full(60, True))
    assert (found, words.startswith("its speeds")) == (is_run, True)
