"""Whether a file counts the steps of one leg or of both.

TCX and GPX have a field for cadence that says neither. Most devices write the strides of one
leg, some apps the steps of both, so the file's own numbers decide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.contract import Note

Floats = NDArray[np.float64]

#: From this speed on people run; so slow a jog and a fast walk lie apart by cadence alone.
_RUNNING_M_S = 1.9
#: At least this many samples at such a speed tell more than all of them.
_ENOUGH = 30
#: Runners take some 150 to 200 steps a minute, so 75 to 100 strides of one leg.
_LEAST_OF_BOTH_RUNNING = 117.0
#: Walkers take 90 to 130 steps, 45 to 65 strides: below this it is one leg that jogs.
_LEAST_OF_BOTH = 95.0


def steps_per_count(cadence: Floats, speed_m_s: Floats, notes: list[Note]) -> float:
    """Return how many steps one count of a file's cadence stands for: 2 or 1.

    Parameters
    ----------
    cadence : array of float
        Cadence as the file has it (1/min).
    speed_m_s : array of float
        Speed of the same samples (m/s); NaN where it is not known.
    notes : list of Note
        Where what was found is entered.

    Returns
    -------
    float

    Examples
    --------
    >>> steps_per_count(np.full(60, 87.0), np.full(60, 3.1), notes := [])
    2.0
    >>> print(notes[0])
    cadence counts one leg (median 87 a minute): doubled
    """
    stepping = cadence > 0
    running = stepping & (speed_m_s >= _RUNNING_M_S)
    enough = int(running.sum()) >= _ENOUGH
    chosen = running if enough else stepping
    if not chosen.any():
        return 2.0
    median = float(np.median(cadence[chosen]))
    if median < (_LEAST_OF_BOTH_RUNNING if enough else _LEAST_OF_BOTH):
        notes.append(
            Note("info", f"cadence counts one leg (median {median:.0f} a minute): doubled")
        )
        return 2.0
    notes.append(
        Note("info", f"cadence counts both legs (median {median:.0f} a minute): taken as it is")
    )
    return 1.0
