"""A step of running from what watches record of it: flight, duty factor, force, stiffness.

Force and stiffness take the vertical force during contact for half a sine wave (Morin et al. 2005,
doi:10.1123/jab.21.2.167), on level ground. None of it needs the runner's mass.

Every function takes array-likes of one shape, most of them ground contact time per step (ms) and
cadence (steps per minute of both feet), and returns an array of that shape. Contact longer than a
step is walking: force and stiffness are NaN there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats

_MS_PER_MINUTE = 60_000.0
_GRAVITY_M_S2 = 9.81
#: Length of the leg, m, which no file states: 0.53 of a height of 1.70 m (Morin et al. 2005).
LEG_M = 0.9


def step_time_ms(cadence_spm: npt.ArrayLike) -> Floats:
    """Return the time from one foot's first contact to the other's, ms.

    Parameters
    ----------
    cadence_spm : array_like
        Steps per minute of both feet.

    Examples
    --------
    >>> float(step_time_ms(170).round(1))
    352.9
    """
    return _MS_PER_MINUTE / np.asarray(cadence_spm, dtype=np.float64)


def flight_time_ms(ground_contact_ms: npt.ArrayLike, cadence_spm: npt.ArrayLike) -> Floats:
    """Return the time between two contacts, ms: step time less contact time.

    Parameters
    ----------
    ground_contact_ms : array_like
        Ground contact time per step, ms.
    cadence_spm : array_like
        Steps per minute of both feet.

    Returns
    -------
    ndarray
        Flight time, ms; not above 0 where contact lasts as long as the step or longer.

    Examples
    --------
    >>> flight_time_ms([250.0, 180.0], [170.0, 185.0]).round(1).tolist()
    [102.9, 144.3]
    """
    return step_time_ms(cadence_spm) - np.asarray(ground_contact_ms, dtype=np.float64)


def duty_factor_pct(ground_contact_ms: npt.ArrayLike, cadence_spm: npt.ArrayLike) -> Floats:
    """Return the share of a stride, which is two steps, in which a foot is on the ground, %.

    Parameters
    ----------
    ground_contact_ms : array_like
        Ground contact time per step, ms.
    cadence_spm : array_like
        Steps per minute of both feet.

    Returns
    -------
    ndarray
        Duty factor, %; below 50 there is flight.

    Examples
    --------
    >>> duty_factor_pct([250.0, 180.0], [170.0, 185.0]).round(1).tolist()
    [35.4, 27.8]
    """
    contact = np.asarray(ground_contact_ms, dtype=np.float64)
    share: Floats = 100 * contact / (2 * step_time_ms(cadence_spm))
    return share


def peak_force_bw(ground_contact_ms: npt.ArrayLike, cadence_spm: npt.ArrayLike) -> Floats:
    """Return the peak vertical force of a step.

    Parameters
    ----------
    ground_contact_ms : array_like
        Ground contact time per step, ms.
    cadence_spm : array_like
        Steps per minute of both feet.

    Returns
    -------
    ndarray
        Peak force in body weights, π/2 (flight time / contact time + 1).

    References
    ----------
    Morin et al. 2005, doi:10.1123/jab.21.2.167.

    Examples
    --------
    >>> peak_force_bw([250.0, 180.0], [170.0, 185.0]).round(2).tolist()
    [2.22, 2.83]
    """
    contact = np.asarray(ground_contact_ms, dtype=np.float64)
    step = step_time_ms(cadence_spm)
    force: Floats = np.where(step >= contact, np.pi / 2 * step / contact, np.nan)
    return force


def vertical_stiffness_n_m_kg(
    ground_contact_ms: npt.ArrayLike, cadence_spm: npt.ArrayLike
) -> Floats:
    """Return the vertical stiffness of a step per body mass.

    Parameters
    ----------
    ground_contact_ms : array_like
        Ground contact time per step, ms.
    cadence_spm : array_like
        Steps per minute of both feet.

    Returns
    -------
    ndarray
        Peak force over the fall of the centre of mass during contact, N/m per kg of body mass.

    Notes
    -----
    With F the peak force in body weights, g gravity and t contact time, the centre of mass falls by
    g t² (F / π² − 1 / 8), and stiffness is F g over it: g cancels out.

    References
    ----------
    Morin et al. 2005, doi:10.1123/jab.21.2.167.

    Examples
    --------
    >>> vertical_stiffness_n_m_kg([250.0, 180.0], [170.0, 185.0]).round().tolist()
    [356.0, 540.0]
    """
    force = peak_force_bw(ground_contact_ms, cadence_spm)
    stiffness: Floats = force * _GRAVITY_M_S2 / _fall_m(ground_contact_ms, force)
    return stiffness


def _fall_m(ground_contact_ms: npt.ArrayLike, force_bw: Floats) -> Floats:
    """Return how far the centre of mass falls during contact, m."""
    contact_s = np.asarray(ground_contact_ms, dtype=np.float64) / 1000
    fall: Floats = _GRAVITY_M_S2 * contact_s**2 * (force_bw / np.pi**2 - 1 / 8)
    return fall


def leg_stiffness_n_m_kg(
    ground_contact_ms: npt.ArrayLike,
    cadence_spm: npt.ArrayLike,
    speed_m_s: npt.ArrayLike,
    *,
    leg_m: float = LEG_M,
) -> Floats:
    """Return the stiffness of the leg as a spring, per body mass, as estimated.

    Parameters
    ----------
    ground_contact_ms : array_like
        Ground contact time per step, ms.
    cadence_spm : array_like
        Steps per minute of both feet.
    speed_m_s : array_like
        Speed, m/s.
    leg_m : float, default 0.9
        Length of the leg, m.

    Returns
    -------
    ndarray
        Peak force over how much the leg is shortened during contact, N/m per kg of body mass; NaN
        where the foot would have to go farther during contact than the leg reaches.

    Notes
    -----
    The foot stays where it is while the hip goes on by speed times contact time, so that the leg is
    shortened by L − √(L² − (v t / 2)²) and by the fall of the centre of mass.

    References
    ----------
    Morin et al. 2005, doi:10.1123/jab.21.2.167.

    Examples
    --------
    >>> leg_stiffness_n_m_kg([250.0, 180.0], [170.0, 185.0], [3.0, 4.5]).round().tolist()
    [152.0, 188.0]
    """
    force = peak_force_bw(ground_contact_ms, cadence_spm)
    contact_s = np.asarray(ground_contact_ms, dtype=np.float64) / 1000
    half_m = np.asarray(speed_m_s, dtype=np.float64) * contact_s / 2
    with np.errstate(invalid="ignore"):
        shortened = leg_m - np.sqrt(leg_m**2 - half_m**2) + _fall_m(ground_contact_ms, force)
    stiffness: Floats = force * _GRAVITY_M_S2 / shortened
    return stiffness


def vertical_ratio_pct(
    vertical_oscillation_mm: npt.ArrayLike, cadence_spm: npt.ArrayLike, speed_m_s: npt.ArrayLike
) -> Floats:
    """Return vertical oscillation in percent of the step length, which is speed by cadence.

    Parameters
    ----------
    vertical_oscillation_mm : array_like
        Rise and fall of the trunk per step, mm.
    cadence_spm : array_like
        Steps per minute of both feet.
    speed_m_s : array_like
        Speed, m/s.

    Examples
    --------
    >>> float(vertical_ratio_pct(85.0, 170.0, 3.0).round(2))
    8.03
    """
    step_mm = np.asarray(speed_m_s, dtype=np.float64) * step_time_ms(cadence_spm)
    ratio: Floats = 100 * np.asarray(vertical_oscillation_mm, dtype=np.float64) / step_mm
    return ratio
