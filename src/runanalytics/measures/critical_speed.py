"""Critical speed, and the distance that can be run beyond it.

What is assumed: a runner is worth the middle of the races over a distance. The best of several is
faster by chance alone, the more so the more there are: by 0.8 % of three that scatter by 1 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.certainties import Certainties


@dataclass(frozen=True)
class CriticalSpeed:
    """Critical speed and the distance beyond it: v = CS + D' / t.

    Parameters
    ----------
    speed_m_s, speed_se : float
        CS and its standard error, m/s; the error is NaN with two distances.
    d_prime_m, d_prime_se : float
        D' and its standard error, m.
    n_races, n_distances : int
        Number of races used, and of their distances. Errors are t-distributed with two degrees
        of freedom fewer than distances.
    """

    certainties: ClassVar[Certainties] = {"critical speed": "speed_se d_prime_se"}
    no_certainties: ClassVar[str] = "speed_m_s d_prime_m"

    speed_m_s: float
    speed_se: float
    d_prime_m: float
    d_prime_se: float
    n_races: int
    n_distances: int


#: Times of races that the model of critical speed applies to, s.
_CRITICAL_S = (120.0, 1_800.0)


def critical_speed(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> CriticalSpeed | None:
    """Return critical speed from the middle times over distances of 2 to 30 minutes.

    Parameters
    ----------
    distance_m, time_s : array_like
        Races: distance (m) and time (s).

    Returns
    -------
    CriticalSpeed or None
        None with fewer than two distances that differ by a quarter, or where times give no
        positive speed and D'.

    References
    ----------
    Poole et al. 2016, doi:10.1249/mss.0000000000000939; Kranenburg & Smith 1996.

    Examples
    --------
    >>> fit = critical_speed([1_500, 3_000, 5_000], [325, 700, 1_200])
    >>> round(fit.speed_m_s, 2), round(fit.d_prime_m)
    (4.0, 200)
    """
    rows = pd.DataFrame({"d": np.asarray(distance_m, float), "t": np.asarray(time_s, float)})
    rows = rows[rows["t"].between(*_CRITICAL_S) & (rows["d"] > 0)]
    by_distance = rows.groupby("d")["t"].agg(["median", "size"])
    distance = by_distance.index.to_numpy(dtype=np.float64)
    if len(distance) < 2 or distance.max() < 1.25 * distance.min():
        return None
    # Races scatter by a share of their time, so speed is fitted, on 1/t, rather than distance.
    time, n = (by_distance[name].to_numpy(dtype=np.float64) for name in ("median", "size"))
    run_at = distance / time
    design = np.column_stack([np.ones(len(distance)), 1 / time])
    inverse = np.linalg.inv((design.T * n) @ design)
    speed, beyond = inverse @ (design.T * n) @ run_at
    if speed <= 0 or beyond <= 0:
        return None
    df = len(distance) - 2
    residual = run_at - design @ np.array([speed, beyond])
    # How the middle times scatter holds what races of one distance share, as those of a season do.
    variance = float(residual @ (n * residual)) / df if df else np.nan
    errors = np.sqrt(variance * inverse.diagonal())
    return CriticalSpeed(
        float(speed),
        float(errors[0]),
        float(beyond),
        float(errors[1]),
        int(n.sum()),
        len(distance),
    )
