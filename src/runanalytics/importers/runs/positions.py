"""Distance and speed from positions, which are then forgotten.

Positions wander by a metre or two from one second to the next, and each step of that walk adds
to the distance. They are therefore averaged over `SMOOTHED_S` before their steps are summed, and
steps that no runner could take, or that a receiver wanders during a pause, do not count. Over
122 runs of watches that state both, the raw steps sum to a median of 1.4 % more than the
watch's own distance (at worst 35 %), and what is returned here to 0.1 % less (at worst 8 %).
Longer averages cut the corners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note

#: Mean radius of the Earth (Moritz 2000, Geodetic Reference System 1980,
#: 10.1007/s001900050278, R1).
EARTH_M = 6_371_008.7714
#: Positions are averaged over this long; where they are sparser, so that neighbours count, over
#: a little longer.
SMOOTHED_S = 3.0
_SMOOTHED_SPACINGS, _MOST_SMOOTHED_S = 1.5, 5.0
#: Speed is distance per time over this long.
SPEED_WINDOW_S = 10.0
#: Without a sample for longer than this, what is before and after is not averaged together.
LONGEST_GAP_S = 30.0
#: A step that takes more than this speed is the receiver's, not the runner's.
_MOST_M_S = 12.0
#: A long gap covered more slowly than this was a pause: the receiver wandered.
_LEAST_IN_GAP_M_S = 1.0
_PASSES = 3


def great_circle_m(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Return the distance of each position from the one before.

    The haversine formula (Sinnott 1984, "Virtues of the Haversine", Sky and Telescope 68:158),
    which stays exact for the short steps of a runner.

    Parameters
    ----------
    latitude_deg, longitude_deg : array of float
        Positions in degrees.

    Returns
    -------
    array of float
        Distances in m, one fewer than positions.

    Examples
    --------
    >>> great_circle_m(np.array([0.0, 1.0]), np.array([7.0, 7.0])).round(1).tolist()
    [111195.1]
    """
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    half = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    distance: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def travelled_m(
    elapsed_s: Floats,
    latitude_deg: Floats,
    longitude_deg: Floats,
    stopped: Floats,
    notes: list[Note],
) -> Floats:
    """Return the distance covered up to each sample.

    Parameters
    ----------
    elapsed_s : array of float
        Instants of the samples in s, increasing.
    latitude_deg, longitude_deg : array of float
        Positions in degrees; NaN where there is none.
    stopped : array of float, shape (n, 2)
        When the timer stood still (s): ground covered then does not count.
    notes : list of Note
        Where positions that were left out are entered.

    Returns
    -------
    array of float
        Distance in m; NaN where there is no position.
    """
    result = np.full(len(elapsed_s), np.nan)
    there = (np.abs(latitude_deg) <= 90) & (np.abs(longitude_deg) <= 180)
    # No runner was ever at 0° N 0° E: it is what receivers write that have no fix.
    there &= (latitude_deg != 0) | (longitude_deg != 0)
    sound = _sound(np.flatnonzero(there), elapsed_s, latitude_deg, longitude_deg)
    left_out = int(there.sum()) - len(sound)
    if left_out:
        notes.append(Note("info", f"positions that no runner could reach, left out: {left_out}"))
    if len(sound) < 2:
        return result
    time = elapsed_s[sound]
    # The date line must not lie within what is averaged.
    latitude = latitude_deg[sound]
    longitude = np.degrees(np.unwrap(np.radians(longitude_deg[sound])))
    seconds = np.diff(time)
    speed = great_circle_m(latitude, longitude) / seconds
    long_gap = seconds > LONGEST_GAP_S
    uncounted = np.diff(paused_before(time, stopped)) > 0
    uncounted |= (speed > _MOST_M_S) | (long_gap & (speed < _LEAST_IN_GAP_M_S))
    part = np.concatenate([[0], np.cumsum(uncounted | long_gap)])
    steps = great_circle_m(_averaged(time, latitude, part), _averaged(time, longitude, part))
    result[sound] = np.concatenate([[0.0], np.cumsum(np.where(uncounted, 0.0, steps))])
    return result


def speed_over_m_s(elapsed_s: Floats, distance_m: Floats, stopped: Floats) -> Floats:
    """Return distance per time over `SPEED_WINDOW_S` around each sample.

    Parameters
    ----------
    elapsed_s : array of float
        Instants of the samples in s, increasing.
    distance_m : array of float
        Distance covered up to each in m; NaN where it is not known.
    stopped : array of float, shape (n, 2)
        When the timer stood still (s): nothing is averaged across.

    Returns
    -------
    array of float
        Speed in m/s; NaN where the distance is not known.

    Examples
    --------
    >>> time = np.arange(0.0, 30.0)
    >>> set(speed_over_m_s(time, 3 * time, np.empty((0, 2))).round(9).tolist())
    {3.0}
    """
    result = np.full(len(elapsed_s), np.nan)
    there = np.flatnonzero(np.isfinite(distance_m))
    if there.size < 2:
        return result
    time = elapsed_s[there]
    divided = (np.diff(time) > LONGEST_GAP_S) | (np.diff(paused_before(time, stopped)) > 0)
    first, last = _bounds(np.concatenate([[0], np.cumsum(divided)]))
    begin = np.maximum(time - SPEED_WINDOW_S / 2, time[first])
    end = np.minimum(time + SPEED_WINDOW_S / 2, time[last])
    metres = np.interp(end, time, distance_m[there]) - np.interp(begin, time, distance_m[there])
    known = end > begin
    result[there[known]] = np.maximum(metres[known], 0) / (end - begin)[known]
    return result


def paused_before(elapsed_s: Floats, stopped: Floats) -> Floats:
    """Return for how long (s) the timer had stood still at each instant."""
    total = np.zeros(len(elapsed_s))
    for start, end in stopped:
        total += np.clip(elapsed_s, start, end) - start
    return total


def _bounds(part: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last sample of each sample's part; parts are numbered in order."""
    first = np.searchsorted(part, part, side="left")
    last = np.searchsorted(part, part, side="right") - 1
    return first.astype(np.int64), last.astype(np.int64)


def _averaged(time: Floats, values: Floats, part: NDArray[np.int64]) -> Floats:
    """Return `values` averaged around each sample, within its part.

    Between samples they are taken as a line. Towards the ends of a part the mean is over less,
    evenly to both sides.
    """
    first, last = _bounds(part)
    half = np.minimum(time - time[first], time[last] - time)
    width = np.diff(time)
    window = np.clip(_SMOOTHED_SPACINGS * np.median(width), SMOOTHED_S, _MOST_SMOOTHED_S)
    half = np.minimum(half, window / 2)
    area = np.concatenate([[0.0], np.cumsum(width * (values[1:] + values[:-1]) / 2)])
    slope = np.diff(values) / width

    def integral(at: Floats) -> Floats:
        left = np.clip(np.searchsorted(time, at, side="right") - 1, 0, len(time) - 2)
        beyond = at - time[left]
        total: Floats = area[left] + values[left] * beyond + slope[left] * beyond**2 / 2
        return total

    span = np.where(half > 0, 2 * half, 1.0)
    return np.where(half > 0, (integral(time + half) - integral(time - half)) / span, values)


def _sound(
    there: NDArray[np.intp], elapsed_s: Floats, latitude_deg: Floats, longitude_deg: Floats
) -> NDArray[np.intp]:
    """Return which positions are not far off both their neighbours."""
    for _ in range(_PASSES):
        if there.size < 3:
            break
        speed = great_circle_m(latitude_deg[there], longitude_deg[there]) / np.diff(
            elapsed_s[there]
        )
        off = np.concatenate([[False], (speed[:-1] > _MOST_M_S) & (speed[1:] > _MOST_M_S), [False]])
        if not off.any():
            break
        there = there[~off]
    return there
