"""The times of a run, each in the unit in which it makes sense beside the others.

A unit belongs to a field: lists of Garmin Connect have had seconds and milliseconds side by side.
The time in motion is no longer than the time of the timer, and that no longer than the time from
start to end; none of them is hundreds of times another.
"""

from __future__ import annotations

import math

#: Factors between units of time that are mixed up: seconds and milliseconds.
_UNITS = (1.0, 0.001, 1000.0)
#: Times are rounded, and timers start late: the shorter may exceed the longer by this share.
_ROUNDED = 0.02
#: Nobody pauses for longer than this many times the run.
_MOST = 150.0


def elapsed_time_s(stated: float, unit_s: float, timer_s: float) -> float:
    """Return the time from start to end of a run.

    Parameters
    ----------
    stated : float
        As the source has it; NaN where it does not.
    unit_s : float
        Unit of the source's times (s), as far as is known.
    timer_s : float
        Time of the timer (s).

    Returns
    -------
    float
        In s; NaN where it is shorter than the timer's in any unit.

    Examples
    --------
    >>> elapsed_time_s(612_000.0, 1.0, 600.0), elapsed_time_s(612.0, 1.0, 600.0)
    (612.0, 612.0)
    """
    return _between(stated * unit_s, timer_s * (1 - _ROUNDED), timer_s * _MOST)


def moving_time_s(stated: float, unit_s: float, timer_s: float) -> float:
    """Return the time in motion of a run.

    Parameters
    ----------
    stated, unit_s, timer_s : float
        As for `elapsed_time_s`.

    Returns
    -------
    float
        In s; NaN where it is longer than the timer's in any unit.

    Examples
    --------
    >>> moving_time_s(595.0, 1.0, 600.0), moving_time_s(595_000.0, 1.0, 600.0)
    (595.0, 595.0)
    """
    return _between(stated * unit_s, timer_s / _MOST, timer_s * (1 + _ROUNDED))


def _between(value_s: float, low_s: float, high_s: float) -> float:
    """Return a time in the first unit in which it lies between two others."""
    if not low_s > 0:
        return value_s
    return next((f * value_s for f in _UNITS if low_s <= f * value_s <= high_s), math.nan)
