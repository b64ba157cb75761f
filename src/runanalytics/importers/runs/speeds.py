"""What follows from speed: which unit a quantity is in, and whether somebody ran.

A unit belongs to a field, not to a file. So each quantity is checked by itself against the
others: speed times time is distance, and cadence times step length is speed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.positions import LONGEST_GAP_S, paused_before, speed_over_m_s

#: Speed times time and distance that differ by more than this factor are not in the same unit.
_SAME_UNIT = 1.5
#: At least this much time must be there to tell.
_ENOUGH_S = 30.0
#: Steps of this many times the length that speed and cadence give are of two steps.
_TWO_STEPS = (1.7, 2.3)
#: Limits of a runner's median speed while moving, and of the 95th percentile.
_RUNNERS_M_S = (1.8, 5.6)
_MOST_FAST_M_S, _FAST_QUANTILE = 7.5, 0.95


def checked_speed(
    elapsed_s: Floats,
    speed_m_s: Floats,
    distance_m: Floats,
    stopped: Floats,
    notes: list[Note],
) -> Floats:
    """Return speeds, or distance per time where the stated speeds are in another unit.

    Parameters
    ----------
    elapsed_s : array of float
        Instants of the samples in s, increasing.
    speed_m_s : array of float
        Speed as stated (m/s); where there is none at all, distance per time is returned.
    distance_m : array of float
        Distance covered up to each sample (m).
    stopped : array of float, shape (n, 2)
        Start and end of each pause of the timer (s).
    notes : list of Note
        Receives a note if the stated speeds were not used.

    Examples
    --------
    >>> second = np.arange(60.0)
    >>> speed = checked_speed(second, 10.8 + 0 * second, 3 * second, np.empty((0, 2)), notes := [])
    >>> float(speed[30].round(6)), notes[0].message
    (3.0, 'its speed is 3.60 times its distance per time: the latter was taken')
    """
    known = np.isfinite(distance_m) & np.isfinite(speed_m_s)
    if known.any():
        ratio = _ratio(elapsed_s[known], speed_m_s[known], distance_m[known], stopped)
        if np.isnan(ratio) or 1 / _SAME_UNIT <= ratio <= _SAME_UNIT:
            return speed_m_s
        message = f"its speed is {ratio:.2f} times its distance per time: the latter was taken"
        notes.append(Note("warning", message))
    elif np.isfinite(speed_m_s).any():
        return speed_m_s
    return speed_over_m_s(elapsed_s, distance_m, stopped)


def _ratio(elapsed_s: Floats, speed_m_s: Floats, distance_m: Floats, stopped: Floats) -> float:
    """Return speed times time over distance; NaN where there is too little to tell."""
    seconds = np.diff(elapsed_s)
    paused = np.diff(paused_before(elapsed_s, stopped)) > 0 if len(stopped) else False
    steady = (seconds > 0) & (seconds <= LONGEST_GAP_S) & ~np.asarray(paused)
    metres = float(np.diff(distance_m)[steady].sum())
    expected = float(((speed_m_s[1:] + speed_m_s[:-1]) / 2 * seconds)[steady].sum())
    if not metres > 0 or not float(seconds[steady].sum()) >= _ENOUGH_S:
        return float("nan")
    return expected / metres


def checked_step_length(
    step_length_m: Floats, cadence_spm: Floats, speed_m_s: Floats, notes: list[Note]
) -> Floats:
    """Return step lengths, halved if they are of two steps by cadence and speed.

    Parameters
    ----------
    step_length_m, cadence_spm, speed_m_s : array of float
        Of the same samples, in m, steps a minute and m/s.
    notes : list of Note
        Receives a note if they were halved.

    Examples
    --------
    >>> of = [np.full(3, value) for value in (2.0, 180.0, 3.0)]
    >>> checked_step_length(*of, []).tolist()
    [1.0, 1.0, 1.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = cadence_spm / 60 * step_length_m / speed_m_s
    ratio = ratio[np.isfinite(ratio)]
    low, high = _TWO_STEPS
    if not ratio.size or not low <= float(np.median(ratio)) <= high:
        return step_length_m
    notes.append(Note("warning", "its strides are of two steps, by cadence and speed: halved"))
    return step_length_m / 2


def runners_speeds(quantities: Mapping[str, Floats], moving: NDArray[np.bool_]) -> tuple[bool, str]:
    """Return whether the speeds while moving are a runner's, and a phrase that states them.

    It decides about activities whose source names no sport.

    Parameters
    ----------
    quantities : mapping of str to array of float
        Columns of table "samples".
    moving : array of bool
        Which samples were taken while moving.

    Examples
    --------
    >>> runners_speeds({"speed_m_s": np.full(5, 3.0)}, np.full(5, True))
    (True, 'its speeds (median 3.0 m/s, at times 3.0) are')
    """
    speed = quantities["speed_m_s"][moving]
    speed = speed[np.isfinite(speed)]
    if not speed.size:
        return False, "its speeds are not known, so they are"
    median, fast = float(np.median(speed)), float(np.quantile(speed, _FAST_QUANTILE))
    low, high = _RUNNERS_M_S
    return (
        low <= median <= high and fast <= _MOST_FAST_M_S,
        f"its speeds (median {median:.1f} m/s, at times {fast:.1f}) are",
    )
