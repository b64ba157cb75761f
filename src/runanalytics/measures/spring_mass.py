"""A step of running from contact time and cadence alone: flight, duty factor, force, stiffness.

Force and stiffness take the vertical force during contact for half a sine wave (Morin et al. 2005,
doi:10.1123/jab.21.2.167). None of it needs the runner's mass. Leg stiffness, which the same paper
estimates, needs the length of the leg, which no file has, and is left out.

Every function takes ground contact time per step (ms) and cadence (steps per minute of both feet)
as array-likes of one shape and returns an array of that shape. Contact longer than a step is
walking: force and stiffness are NaN there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats

_MS_PER_MINUTE = 60_000.0


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
    contact_s = np.asarray(ground_contact_ms, dtype=np.float64) / 1000
    stiffness: Floats = force / (contact_s**2 * (force / np.pi**2 - 1 / 8))
    return stiffness
