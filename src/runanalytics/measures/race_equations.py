"""Equations of race performance: distance, time, slope, heat and altitude.

Every function takes numbers or arrays and returns an array of their common shape.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats

#: Exponent of race time on distance (Riegel 1981, American Scientist 69:285).
RIEGEL_EXPONENT = 1.06
#: Minetti 2002: cost of running on the level, J/kg/m.
LEVEL_COST_J_KG_M = 3.6
#: Coefficients of his polynomial of the slope, J/kg/m, from the fifth power down.
_COST = (155.4, -30.4, -43.3, 46.3, 19.5, LEVEL_COST_J_KG_M)
#: Steepest slope, up or down, that Minetti's equation was fitted to.
STEEPEST_GRADE = 0.45
#: Ely 2007: middle of each class of wet-bulb globe temperature (°C), and by how much the fastest
#: men's marathons were slower than in the best conditions (%).
HEAT_WBGT_C = (7.5, 12.5, 17.5, 22.5)
HEAT_SLOWDOWN_PCT = (1.7, 2.5, 3.3, 4.5)
#: About how long those marathons took, s: the loss is taken to grow with time.
_HEAT_RACE_S = 7_800.0
#: Relative humidity assumed where none is known.
USUAL_HUMIDITY = 0.5
#: Race times between which that of a VDOT is searched, s.
_SHORTEST_S, _LONGEST_S = 5.0, 1e6


def oxygen_uptake(speed_m_s: npt.ArrayLike) -> Floats:
    """Return the oxygen uptake of running on the level at a speed.

    Parameters
    ----------
    speed_m_s : array_like
        Speed, m/s.

    Returns
    -------
    ndarray
        Oxygen uptake, ml/kg/min: -4.60 + 0.182258 v + 0.000104 v², v in m/min.

    References
    ----------
    Daniels & Gilbert 1979, Oxygen Power.

    Examples
    --------
    >>> round(float(oxygen_uptake(5.0)), 2)
    59.44
    """
    v = 60 * np.asarray(speed_m_s, dtype=np.float64)
    return -4.60 + 0.182258 * v + 0.000104 * v**2


def sustained_fraction(time_s: npt.ArrayLike) -> Floats:
    """Return the share of maximal oxygen uptake that is sustained for a time.

    Parameters
    ----------
    time_s : array_like
        Time, s.

    Returns
    -------
    ndarray
        Share: 0.8 + 0.1894393 exp(-0.012778 t) + 0.2989558 exp(-0.1932605 t), t in min.

    References
    ----------
    Daniels & Gilbert 1979, Oxygen Power.

    Examples
    --------
    >>> round(float(sustained_fraction(20 * 60)), 4)
    0.953
    """
    t = np.asarray(time_s, dtype=np.float64) / 60
    fraction: Floats = 0.8 + 0.1894393 * np.exp(-0.012778 * t) + 0.2989558 * np.exp(-0.1932605 * t)
    return fraction


def vdot(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> Floats:
    """Return the VDOT of a race: the maximal oxygen uptake that the time would require.

    Parameters
    ----------
    distance_m, time_s : array_like
        Distance (m) and time (s).

    Returns
    -------
    ndarray
        VDOT, ml/kg/min.

    References
    ----------
    Daniels & Gilbert 1979, Oxygen Power.

    Examples
    --------
    >>> round(float(vdot(5_000, 20 * 60)), 4)
    49.8062
    """
    speed = np.asarray(distance_m, dtype=np.float64) / np.asarray(time_s, dtype=np.float64)
    return oxygen_uptake(speed) / sustained_fraction(time_s)


def vdot_time(vdot_ml_kg_min: npt.ArrayLike, distance_m: npt.ArrayLike) -> Floats:
    """Return the time over a distance that has a VDOT.

    Parameters
    ----------
    vdot_ml_kg_min : array_like
        VDOT, ml/kg/min, above 0.
    distance_m : array_like
        Distance, m.

    Returns
    -------
    ndarray
        Time, s.

    References
    ----------
    Daniels & Gilbert 1979, Oxygen Power, solved for time by bisection.

    Examples
    --------
    >>> round(float(vdot_time(50, 10_000)) / 60, 2)
    41.33
    """
    wanted, distance = np.broadcast_arrays(
        np.asarray(vdot_ml_kg_min, dtype=np.float64), np.asarray(distance_m, dtype=np.float64)
    )
    low = np.full(wanted.shape, np.log(_SHORTEST_S))
    high = np.full(wanted.shape, np.log(_LONGEST_S))
    # VDOT falls with time: halving this span of log time 60 times leaves 1e-17 of it.
    for _ in range(60):
        middle = (low + high) / 2
        is_faster = vdot(distance, np.exp(middle)) > wanted
        low, high = np.where(is_faster, middle, low), np.where(is_faster, high, middle)
    missing = np.isnan(wanted) | np.isnan(distance)
    time: Floats = np.where(missing, np.nan, np.exp((low + high) / 2))
    return time


def riegel_time(
    time_s: npt.ArrayLike,
    from_m: npt.ArrayLike,
    to_m: npt.ArrayLike,
    exponent: npt.ArrayLike = RIEGEL_EXPONENT,
) -> Floats:
    """Return the time over another distance: t (d₂ / d₁) ** exponent.

    Parameters
    ----------
    time_s : array_like
        Time of the race, s.
    from_m, to_m : array_like
        Its distance, and the other (m).
    exponent : array_like
        The runner's own, or the usual 1.06.

    Returns
    -------
    ndarray
        Time, s. For half of marathoners it is at least ten minutes too fast
        (doi:10.1186/s13102-016-0052-y).

    References
    ----------
    Riegel 1981, American Scientist 69:285.

    Examples
    --------
    >>> round(float(riegel_time(40 * 60, 10_000, 42_195)) / 60, 1)
    184.0
    """
    ratio = np.asarray(to_m, dtype=np.float64) / np.asarray(from_m, dtype=np.float64)
    time: Floats = np.asarray(time_s, dtype=np.float64) * ratio ** np.asarray(exponent)
    return time


def running_cost(grade: npt.ArrayLike) -> Floats:
    """Return the energy cost of running on a slope.

    Parameters
    ----------
    grade : array_like
        Rise per distance; taken as 0.45 up or down where it is steeper.

    Returns
    -------
    ndarray
        Cost, J/kg/m: 155.4 i⁵ - 30.4 i⁴ - 43.3 i³ + 46.3 i² + 19.5 i + 3.6.

    References
    ----------
    Minetti et al. 2002, doi:10.1152/japplphysiol.01177.2001.

    Examples
    --------
    >>> round(float(running_cost(0.10)), 4)
    5.9682
    """
    i = np.clip(np.asarray(grade, dtype=np.float64), -STEEPEST_GRADE, STEEPEST_GRADE)
    return np.asarray(np.polyval(_COST, i), dtype=np.float64)


def climb_slowdown(ascent_m: npt.ArrayLike, distance_m: npt.ArrayLike) -> Floats:
    """Return by what factor a course that ends where it began is slower than the level.

    Half of it is assumed to rise and half to fall, evenly: the least that an ascent can cost.

    Parameters
    ----------
    ascent_m, distance_m : array_like
        Total ascent, and length of the course (m).

    Returns
    -------
    ndarray
        Time over time on the level.

    References
    ----------
    Minetti et al. 2002, doi:10.1152/japplphysiol.01177.2001.

    Examples
    --------
    >>> round(float(climb_slowdown(200, 10_000)), 4)
    1.0206
    """
    ascent = np.asarray(ascent_m, dtype=np.float64)
    grade = 2 * ascent / np.asarray(distance_m, dtype=np.float64)
    factor: Floats = (running_cost(grade) + running_cost(-grade)) / (2 * LEVEL_COST_J_KG_M)
    return factor


def wet_bulb_globe_c(
    temperature_c: npt.ArrayLike, humidity: npt.ArrayLike = USUAL_HUMIDITY
) -> Floats:
    """Return the wet-bulb globe temperature in moderate sun and light wind.

    Parameters
    ----------
    temperature_c : array_like
        Air temperature, °C.
    humidity : array_like
        Relative humidity, 0 to 1.

    Returns
    -------
    ndarray
        WBGT, °C: 0.567 T + 0.393 e + 3.94 with the vapour pressure e in hPa.

    References
    ----------
    Australian Bureau of Meteorology, "Thermal comfort observations".

    Examples
    --------
    >>> round(float(wet_bulb_globe_c(20.0)), 1)
    19.9
    """
    air = np.asarray(temperature_c, dtype=np.float64)
    vapour = np.asarray(humidity) * 6.105 * np.exp(17.27 * air / (237.7 + air))
    wbgt: Floats = 0.567 * air + 0.393 * vapour + 3.94
    return wbgt


def heat_slowdown(wbgt_c: npt.ArrayLike, time_s: npt.ArrayLike) -> Floats:
    """Return by what factor heat slows a race down, compared with 7.5 °C WBGT and below.

    Parameters
    ----------
    wbgt_c : array_like
        Wet-bulb globe temperature, °C. Above the last class, 22.5 °C, its slope is extended.
    time_s : array_like
        Time of the race, s: the loss of the fastest marathons is assumed to grow with it, since
        slower runners lose more, and hardly anything is lost in short races.

    Returns
    -------
    ndarray
        Time over time in the cool.

    References
    ----------
    Ely et al. 2007, doi:10.1249/mss.0b013e31802d3aba; that the loss grows in proportion to time
    is an assumption of this project.

    Examples
    --------
    >>> round(float(heat_slowdown(22.5, 7_800)), 4)
    1.028
    """
    wbgt = np.asarray(wbgt_c, dtype=np.float64)
    loss: Floats = np.interp(wbgt, HEAT_WBGT_C, HEAT_SLOWDOWN_PCT)
    slope = (HEAT_SLOWDOWN_PCT[-1] - HEAT_SLOWDOWN_PCT[-2]) / (HEAT_WBGT_C[-1] - HEAT_WBGT_C[-2])
    loss = loss + slope * np.maximum(wbgt - HEAT_WBGT_C[-1], 0.0) - HEAT_SLOWDOWN_PCT[0]
    factor: Floats = 1 + loss / 100 * np.asarray(time_s, dtype=np.float64) / _HEAT_RACE_S
    return factor


def altitude_power(altitude_m: npt.ArrayLike) -> Floats:
    """Return the share of aerobic power that the unacclimatised keep at an altitude.

    Parameters
    ----------
    altitude_m : array_like
        Altitude, m; below 0 counts as 0.

    Returns
    -------
    ndarray
        Share: (0.178 h³ - 1.43 h² - 4.07 h + 100) / 100, h in km.

    References
    ----------
    Bassett et al. 1999, Medicine and Science in Sports and Exercise 31:1665.

    Examples
    --------
    >>> round(float(altitude_power(2_000)), 4)
    0.8756
    """
    h = np.maximum(np.asarray(altitude_m, dtype=np.float64), 0.0) / 1000
    share: Floats = np.polyval([0.178, -1.43, -4.07, 100.0], h) / 100
    return share
