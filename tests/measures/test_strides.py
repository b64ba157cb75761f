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
    assert sum(counted > 0 for _, counted in found(kind, recording)) <= (kind == "intervals 200 m")


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


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_recordings_of_a_few_samples_have_none(rows: int) -> None:
    run = pd.DataFrame({"elapsed_s": np.arange(rows), "speed_m_s": np.full(rows, np.nan)})
    assert strides(run).empty
