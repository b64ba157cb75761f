"""Race times on one scale, with climb, heat and altitude taken out, and a model of them.

What is assumed:

1. Log race time is a level, plus an exponent times log distance, plus form that comes and goes
   over months (an Ornstein-Uhlenbeck process), plus the noise of a single race.
2. The exponent is near Riegel's 1.06 in most runners: its prior is N(1.06, 0.03).
3. A race's noise is known up to a factor: 1.2-1.9 % on the road, 2.7-4.2 % in half marathons
   and 2.6 % in marathons for the fastest quartile, up to twice that in slower runners (Hopkins
   & Hewson 2001, doi:10.1097/00005768-200109000-00023). The factor, and how far form moves, are
   averaged over by their marginal likelihood.

Gaussian throughout, so nothing is sampled (Rasmussen & Williams 2006, §2.7, doi:10.7551/
mitpress/3206.001.0001).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.measures import race_equations
from runanalytics.measures.race_detection import counting
from runanalytics.schema.checking import require, shaped

#: What can be taken out of a time -> the column that it needs.
ADJUSTMENTS = {"climb": "ascent_m", "heat": "temperature_c", "altitude": "altitude_m"}
#: Distances between which the model is used (m): sprints and ultramarathons are other events.
SHORTEST_M, LONGEST_M = 1_000.0, 60_000.0
#: Distance that levels are given for, m.
REFERENCE_M = 10_000.0
#: Prior standard deviation of the exponent.
EXPONENT_SD = 0.03
#: Noise of a race of the fastest quartile by its distance (m), standard deviation of log time.
_NOISE_M = (15_000.0, 21_097.5, 42_195.0)
_NOISE = (0.015, 0.030, 0.028)
#: VDOT of fast runners, and of those slow ones whose noise is twice as large.
_FAST_VDOT, _SLOW_VDOT = 60.0, 35.0
#: Standard deviations of form, of log time, with their prior weights; and its time constant.
_FORM_SD = ((0.01, 0.25), (0.02, 0.35), (0.04, 0.3), (0.08, 0.1))
_FORM_WEEKS = 26.0
#: Factors on a race's noise, with their prior weights.
_NOISE_FACTORS = ((0.7, 0.2), (1.0, 0.4), (1.4, 0.25), (2.0, 0.15))


def performances(
    races: pd.DataFrame,
    adjust: tuple[str, ...] = ("climb", "heat", "altitude"),
    *,
    distances_m: tuple[float, float] = (SHORTEST_M, LONGEST_M),
) -> pd.DataFrame:
    """Return each race's time with climbing, heat and altitude taken out, and its VDOT.

    Parameters
    ----------
    races : DataFrame
        Table ``races``: local_date, distance_m (m), time_s (s), and where known ascent_m (m)
        and temperature_c (°C); a column ``altitude_m`` (m) is used where there is one, and of
        a list from `Library.race_list` only the races that count.
    adjust : tuple of str
        What is taken out, of `ADJUSTMENTS`, where it is known of a race.
    distances_m : tuple of float
        Shortest and longest distance to include (m).

    Returns
    -------
    DataFrame
        One row a race with a time, by date: race_id, local_date, title, distance_m, time_s,
        ``climb``, ``heat`` and ``altitude`` (factors by which each made it slower), adjusted_s
        (the time without them, s), vdot (of that, ml/kg/min), and noise (standard deviation of
        its log).

    Raises
    ------
    SchemaError
        If a needed column is missing.
    UsageError
        If there is no such adjustment.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a"], "local_date": ["2026-05-03"],
    ...                       "distance_m": [10_000.0], "time_s": [2_400.0], "ascent_m": [200.0]})
    >>> performances(races)[["climb", "adjusted_s"]].round(3).to_numpy().tolist()
    [[1.021, 2351.659]]
    """
    unknown = [name for name in adjust if name not in ADJUSTMENTS]
    if unknown:
        raise UsageError(
            f"no adjustment '{unknown[0]}'", hint=f"there are: {', '.join(ADJUSTMENTS)}"
        )
    require(races, "races", ["local_date", "distance_m", "time_s"])
    races = counting(races)
    if "race_id" not in races.columns:
        races = races.assign(race_id=[f"race {number}" for number in range(1, len(races) + 1)])
    rows = shaped(races, "races", ["local_date", "distance_m", "time_s"])
    altitude = races["altitude_m"] if "altitude_m" in races.columns else np.nan
    rows["altitude_m"] = pd.Series(altitude, index=rows.index, dtype="float64")
    rows = rows[(rows["time_s"] > 0) & rows["distance_m"].between(*distances_m)]
    distance, time = rows["distance_m"].to_numpy(), rows["time_s"].to_numpy()
    climb = race_equations.climb_slowdown(rows["ascent_m"].to_numpy(), distance)
    heat = race_equations.heat_slowdown(
        race_equations.wet_bulb_globe_c(rows["temperature_c"].to_numpy()), time
    )
    factors = {"climb": climb, "heat": heat, "altitude": np.full(len(rows), np.nan)}
    factors = {
        name: np.where(np.isnan(factor) | (name not in adjust), 1.0, factor)
        for name, factor in factors.items()
    }
    flat = time / factors["climb"] / factors["heat"]
    if "altitude" in adjust:
        share = race_equations.altitude_power(rows["altitude_m"].fillna(0.0).to_numpy())
        at_sea_level = race_equations.vdot(distance, flat) / share
        slower = flat / race_equations.vdot_time(at_sea_level, distance)
        factors["altitude"] = np.where(share < 1, slower, 1.0)
    adjusted = flat / factors["altitude"]
    vdot = race_equations.vdot(distance, adjusted)
    result = rows[["race_id", "local_date", "title", "distance_m", "time_s"]].assign(
        **factors, adjusted_s=adjusted, vdot=vdot, noise=race_noise(distance, vdot)
    )
    return result.sort_values(["local_date", "race_id"], ignore_index=True)


def race_noise(distance_m: npt.ArrayLike, vdot_ml_kg_min: npt.ArrayLike) -> Floats:
    """Return the standard deviation of log race time from race to race.

    Parameters
    ----------
    distance_m : array_like
        Distance, m.
    vdot_ml_kg_min : array_like
        How fast the runner is: noise doubles from VDOT 60 down to 35.

    References
    ----------
    Hopkins & Hewson 2001, doi:10.1097/00005768-200109000-00023; how it grows between the
    fastest and the slowest is an assumption of this project.

    Examples
    --------
    >>> race_noise(5_000, [60.0, 35.0]).tolist()
    [0.015, 0.03]
    """
    base = np.interp(np.log(np.asarray(distance_m, dtype=np.float64)), np.log(_NOISE_M), _NOISE)
    slower = (_FAST_VDOT - np.asarray(vdot_ml_kg_min, dtype=np.float64)) / (_FAST_VDOT - _SLOW_VDOT)
    noise: Floats = base * (1 + np.clip(slower, 0.0, 1.0))
    return noise


@dataclass(frozen=True)
class CriticalSpeed:
    """Critical speed and the distance beyond it: d = CS t + D'.

    Parameters
    ----------
    speed_m_s, speed_se : float
        CS and its standard error, m/s; the error is NaN with two races.
    d_prime_m, d_prime_se : float
        D' and its standard error, m.
    n_races : int
        Number of races used.
    """

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
    design = np.column_stack([rows["t"], np.ones(len(rows))])
    inverse = np.linalg.inv(design.T @ design)
    speed, beyond = inverse @ design.T @ rows["d"].to_numpy()
    if speed <= 0 or beyond <= 0:
        return None
    df = len(rows) - 2
    residual = rows["d"].to_numpy() - design @ np.array([speed, beyond])
    variance = float(residual @ residual) / df if df else np.nan
    errors = np.sqrt(variance * inverse.diagonal())
    return CriticalSpeed(float(speed), float(errors[0]), float(beyond), float(errors[1]), len(rows))
