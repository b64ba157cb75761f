"""Strides in simulated recordings: found where there are some, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.measures.strides import count_strides, strides
from runanalytics.simulate.bursts import RECORDINGS, WITH_STRIDES, WITHOUT, simulated_recording

#: Recordings of each kind.
N = 6


def found(kind: str, recording: str) -> list[tuple[int, int]]:
    """Return how many strides each recording has, and how many were found."""
    rng = np.random.default_rng([len(kind), len(recording)])
    drawn = (simulated_recording(kind, rng, recording) for _ in range(N))
    return [(true, count_strides(samples)) for samples, true in drawn]


@pytest.mark.parametrize("recording", RECORDINGS)
@pytest.mark.parametrize("kind", WITH_STRIDES)
def test_strides_are_found_and_counted(kind: str, recording: str) -> None:
    near = [abs(true - counted) <= 1 for true, counted in found(kind, recording)]
    assert sum(near) >= N - 1


@pytest.mark.parametrize("recording", RECORDINGS)
@pytest.mark.parametrize("kind", WITHOUT)
def test_nothing_else_is_taken_for_strides(kind: str, recording: str) -> None:
    assert not any(counted for _, counted in found(kind, recording))


def test_each_burst_has_its_place_and_its_speed() -> None:
    time = np.arange(0.0, 2_400.0)
    fast = (time >= 1_800) & (time % 90 < 20)
    run = pd.DataFrame({"elapsed_s": time, "speed_m_s": np.where(fast, 5.0, 3.0)})
    table = strides(run)
    assert table["start_s"].tolist() == [1_800, 1_890, 1_980, 2_070, 2_160, 2_250, 2_340]
    assert (table["duration_s"] == 20).all()
    assert (table[["speed_m_s", "around_m_s"]] == [5.0, 3.0]).all(axis=None)


@pytest.mark.parametrize("jump_m_s", [9.0, 12.0])
def test_jumps_are_no_strides(jump_m_s: float) -> None:
    time = np.arange(0.0, 2_400.0)
    jumps = (time >= 1_800) & (time % 90 < 9)
    run = pd.DataFrame({"elapsed_s": time, "speed_m_s": np.where(jumps, jump_m_s, 3.0)})
    assert strides(run).empty


def test_the_ends_of_long_intervals_are_no_strides() -> None:
    """Amid an interval of minutes the running around is the interval; at its ends it is not."""
    time = np.arange(0.0, 3_600.0)
    interval = (time >= 900) & ((time - 900) % 420 < 270)
    speed = np.where(interval, 3.8, np.where(time < 900, 3.0, 2.4))
    for seed in range(12):
        rng = np.random.default_rng(seed)
        gusts = np.interp(time, np.arange(0, 3_601, 6), rng.normal(0, 0.2, 601))
        assert strides(pd.DataFrame({"elapsed_s": time, "speed_m_s": speed + gusts})).empty


def test_steps_quicken_against_those_around() -> None:
    """Steps slow down over a run; that they are quick early on is no burst's doing."""
    time = np.arange(0.0, 3_600.0)
    faster = (time >= 200) & (time < 700) & (time % 100 < 15)
    speed = np.where(faster, 3.8, 3.0)
    slowing = 178 - time / 180
    run = pd.DataFrame({"elapsed_s": time, "speed_m_s": speed, "cadence_spm": slowing})
    assert strides(run).empty
    assert len(strides(run.assign(cadence_spm=slowing + 10 * faster))) == 5


def test_one_burst_unlike_the_others_is_one_of_them() -> None:
    time = np.arange(0.0, 2_400.0)
    fast = (time >= 1_800) & (time % 90 < 20)
    speed = np.where(fast, 4.6, 3.0)
    speed[(time >= 1_980) & (time < 2_000)] = 6.5
    speed[2_078:2_081] = 3.2  # the watch loses sight of the sky for an instant
    run = pd.DataFrame({"elapsed_s": time, "speed_m_s": speed})
    assert count_strides(run) == 7


def test_one_noisy_altitude_makes_no_hill() -> None:
    time = np.arange(0.0, 2_400.0)
    fast = (time >= 1_800) & (time % 90 < 20)
    altitude = np.where((time >= 1_990) & (time < 2_005), 96.0, 100.0)
    run = pd.DataFrame({"elapsed_s": time, "speed_m_s": np.where(fast, 4.6, 3.0)})
    assert count_strides(run.assign(altitude_m=altitude)) == 7
    climbing = 0.07 * np.cumsum(np.where(fast, 4.6, 0.0))
    assert count_strides(run.assign(altitude_m=climbing)) == 0


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_recordings_of_a_few_samples_have_none(rows: int) -> None:
    run = pd.DataFrame({"elapsed_s": np.arange(rows), "speed_m_s": np.full(rows, np.nan)})
    assert strides(run).empty
