"""Critical speed, and the distance that can be run beyond it."""

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
        CS and its standard error, m/s; the error is NaN with two races.
    d_prime_m, d_prime_se : float
        D' and its standard error, m.
    n_races : int
        Number of races used.
    """

    certainties: ClassVar[Certainties] = {"critical speed": "speed_se d_prime_se"}
    no_certainties: ClassVar[str] = "speed_m_s d_prime_m"

    speed_m_s: float
    speed_se: float
    d_prime_m: float
    d_prime_se: float
    n_races: int


#: Times of races that the model of critical speed applies to, s.
_CRITICAL_S = (120.0, 1_800.0)


def critical_speed(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> CriticalSpeed | None:
    """Return critical speed from the best times over distances of 2 to 30 minutes.

    Parameters
    ----------
    distance_m, time_s : array_like
        Races: distance (m) and time (s).

    Returns
    -------
    CriticalSpeed or None
        None with fewer than two distances that differ by a quarter, or where the best times
        give no positive speed and D'.

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
    rows = rows.sort_values("t").drop_duplicates("d")
    if len(rows) < 2 or rows["d"].max() < 1.25 * rows["d"].min():
        return None
    # Races scatter by a share of their time, so speed is fitted, on 1/t, rather than distance.
    time = rows["t"].to_numpy()
    run_at = rows["d"].to_numpy() / time
    design = np.column_stack([np.ones(len(rows)), 1 / time])
    inverse = np.linalg.inv(design.T @ design)
    speed, beyond = inverse @ design.T @ run_at
    if speed <= 0 or beyond <= 0:
        return None
    df = len(rows) - 2
    residual = run_at - design @ np.array([speed, beyond])
    variance = float(residual @ residual) / df if df else np.nan
    errors = np.sqrt(variance * inverse.diagonal())
    return CriticalSpeed(float(speed), float(errors[0]), float(beyond), float(errors[1]), len(rows))
