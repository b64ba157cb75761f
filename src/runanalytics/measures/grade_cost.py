"""What running up and down costs, and the speed on the level that costs as much.

The cost is that of ten mountain runners on a treadmill between −45 and 45 % (Minetti et al. 2002,
doi:10.1152/japplphysiol.01177.2001), within which a polynomial of the fifth degree describes it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats
from runanalytics.measures.race_equations import (
    LEVEL_COST_J_KG_M,
    STEEPEST_GRADE,
    running_cost,
)


def running_cost_j_kg_m(grade_pct: npt.ArrayLike) -> Floats:
    """Return the metabolic cost of running a metre.

    Parameters
    ----------
    grade_pct : array_like
        Rise per distance, %; negative downhill.

    Returns
    -------
    ndarray
        J per kg and m; NaN beyond 45 %.

    References
    ----------
    Minetti et al. 2002, doi:10.1152/japplphysiol.01177.2001.

    Examples
    --------
    >>> running_cost_j_kg_m([0.0, 10.0, -10.0]).round(2).tolist()
    [3.6, 5.97, 2.15]
    """
    grade = np.asarray(grade_pct, dtype=np.float64) / 100
    cost: Floats = np.where(np.abs(grade) <= STEEPEST_GRADE, running_cost(grade), np.nan)
    return cost


def grade_adjusted_speed_m_s(speed_m_s: npt.ArrayLike, grade_pct: npt.ArrayLike) -> Floats:
    """Return the speed on the level that costs as much a second.

    Parameters
    ----------
    speed_m_s : array_like
        Speed over ground, m/s.
    grade_pct : array_like
        Rise per distance, %, of the same shape.

    Examples
    --------
    >>> grade_adjusted_speed_m_s([3.0, 2.0, 4.0], [0.0, 10.0, -10.0]).round(2).tolist()
    [3.0, 3.32, 2.39]
    """
    adjusted: Floats = np.asarray(speed_m_s, dtype=np.float64) * cost_ratio(grade_pct)
    return adjusted


def cost_ratio(grade_pct: npt.ArrayLike) -> Floats:
    """Return the cost of running a metre, per that on the level.

    Parameters
    ----------
    grade_pct : array_like
        Rise per distance, %.

    Examples
    --------
    >>> cost_ratio([0.0, 5.0]).round(2).tolist()
    [1.0, 1.3]
    """
    ratio: Floats = running_cost_j_kg_m(grade_pct) / LEVEL_COST_J_KG_M
    return ratio
