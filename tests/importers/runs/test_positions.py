"""Distance and speed from positions: exact on lines and circles, unmoved by noise and pauses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.fit import decode
from runanalytics.importers.runs.positions import (
    EARTH_M,
    great_circle_m,
    speed_over_m_s,
    travelled_m,
)

NO_PAUSE = np.empty((0, 2))
DEGREES_PER_M = 180 / (np.pi * EARTH_M)


def placed(
    north: np.ndarray, east: np.ndarray, latitude: float = 50.0
) -> tuple[np.ndarray, np.ndarray]:
    """Positions some metres from a place."""
    return (
        latitude + north * DEGREES_PER_M,
        8 + east * DEGREES_PER_M / np.cos(np.radians(latitude)),
    )


def test_great_circles_of_known_length() -> None:
    # A quarter of the way round, along the equator and along a meridian; and to itself.
    latitude = np.array([0.0, 0.0, 90.0, 90.0])
    longitude = np.array([0.0, 90.0, 90.0, 90.0])
    quarter = np.pi / 2 * EARTH_M
    assert great_circle_m(latitude, longitude) == pytest.approx([quarter, quarter, 0])


def test_a_line_and_a_lap_of_a_track() -> None:
    time = np.arange(0.0, 401.0)
    line = travelled_m(time, *placed(3 * time, 4 * time), NO_PAUSE, [])
    assert line[-1] == pytest.approx(2000, rel=1e-4)
    angle = 2 * np.pi * time / 100  # four laps of 400 m at 4 m/s
    radius = 400 / (2 * np.pi)
    lap = travelled_m(time, *placed(radius * np.sin(angle), radius * np.cos(angle)), NO_PAUSE, [])
    assert lap[-1] == pytest.approx(1600, rel=0.003)


def test_noise_of_a_receiver_adds_little() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(0.0, 1800.0)
    noise = rng.normal(0, 0.6, (2, time.size))
    latitude, longitude = placed(3 * time + noise[0], noise[1])
    raw = great_circle_m(latitude, longitude).sum()
    distance = travelled_m(time, latitude, longitude, NO_PAUSE, [])
    assert raw > 1.03 * 5397
    assert distance[-1] == pytest.approx(5397, rel=0.01)
    speed = speed_over_m_s(time, distance, NO_PAUSE)
    assert np.std(speed) < 0.15
    assert np.median(speed) == pytest.approx(3.0, rel=0.01)


def test_a_spike_is_left_out_and_said() -> None:
    time = np.arange(0.0, 100.0)
    north = 3 * time
    north[40] += 500
    notes: list = []
    assert travelled_m(time, *placed(north, 0 * time), NO_PAUSE, notes)[-1] == pytest.approx(297)
    assert "left out: 1" in notes[0].message


def test_a_jump_does_not_count() -> None:
    time = np.arange(0.0, 100.0)
    north = 3 * time + np.where(time >= 50, 300, 0)
    assert travelled_m(time, *placed(north, 0 * time), NO_PAUSE, [])[-1] == pytest.approx(
        294, abs=1
    )


def test_wandering_in_a_pause_does_not_count_but_a_tunnel_does() -> None:
    time = np.concatenate([np.arange(0.0, 60.0), np.arange(160.0, 220.0)])
    for gap_m, expected in ((40, 354), (300, 654)):
        north = 3 * (time - np.where(time >= 160, 101, 0)) + np.where(time >= 160, gap_m, 0)
        covered = travelled_m(time, *placed(north, 0 * time), NO_PAUSE, [])[-1]
        assert covered == pytest.approx(expected, abs=3.1)


def test_a_pause_of_the_timer_divides() -> None:
    time = np.concatenate([np.arange(0.0, 60.0), np.arange(75.0, 135.0)])
    stopped = np.array([[59.0, 75.0]])
    distance = travelled_m(time, *placed(3 * time, 0 * time), stopped, [])
    assert distance[-1] == pytest.approx(354)
    speed = speed_over_m_s(time, distance, stopped)
    assert speed == pytest.approx(3.0, rel=1e-3)


def test_across_the_date_line() -> None:
    time = np.arange(0.0, 100.0)
    longitude = (179.9999 + 3 * time * DEGREES_PER_M + 180) % 360 - 180
    assert travelled_m(time, 0 * time + 0.1, longitude, NO_PAUSE, [])[-1] == pytest.approx(
        297, rel=1e-4
    )


def test_without_a_fix_there_is_no_distance() -> None:
    time = np.arange(0.0, 100.0)
    latitude, longitude = placed(3 * time, 0 * time)
    latitude[:20] = longitude[:20] = 0
    latitude[30] = np.nan
    latitude[31] = 400
    distance = travelled_m(time, latitude, longitude, NO_PAUSE, [])
    assert np.isnan(distance[[0, 19, 30, 31]]).all()
    assert distance[-1] == pytest.approx(237)
    assert np.isnan(travelled_m(time, 0 * time, 0 * time, NO_PAUSE, [])).all()


def test_distance_of_watches_that_state_it(shared: Path) -> None:
    found = []
    for path in sorted((shared / "corpus").rglob("*.fit"))[::6]:
        try:
            file = decode(path)
        except RunAnalyticsError:  # what cannot be read is not asked here
            continue
        needed = ["position_lat", "position_long", "distance"]
        if not {"record", "session"} <= set(file) or not set(needed) <= set(file["record"]):
            continue
        record = file["record"].dropna(subset=needed)
        time = record["timestamp"].astype("int64").to_numpy() / 1e6
        stated = record["distance"].to_numpy()
        if set(file["session"]["sport"]) != {"running"} or len(record) < 600:
            continue
        if (np.diff(time) <= 0).any():
            continue
        latitude, longitude = (record[n].to_numpy() for n in ("position_lat", "position_long"))
        if np.abs(latitude).max() > 90:
            latitude, longitude = latitude * 180 / 2**31, longitude * 180 / 2**31
        ours = travelled_m(time - time[0], latitude, longitude, NO_PAUSE, [])[-1]
        found.append(ours / (stated[-1] - stated[0]) - 1)
    assert len(found) >= 8
    assert abs(np.median(found)) < 0.005
    assert np.quantile(np.abs(found), 0.9) < 0.02
