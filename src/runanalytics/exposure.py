"""Exposure to past training: one formula for simulation and estimation."""

from __future__ import annotations

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Log of what is left of a dose, below which the sum begins anew.
LEAST_LOG = -300.0


def exposure(amount: Floats, tau_weeks: float | Floats, initial: float = 0.0) -> Floats:
    """Return the exposure to a daily dose: what is left of it, per week.

    With k = exp(−1 / (7 τ)) it is E(d) = k E(d − 1) + 7 (1 − k) amount(d): two sessions a week
    held for long give 2, which falls to 37 % in τ weeks after the last. That gains outlast
    training by weeks is known (PMC7821917); the exponential form is assumed.

    Parameters
    ----------
    amount : ndarray, shape (n_days,)
        Dose of each day, 1/day.
    tau_weeks : float, or ndarray, shape (n_taus,)
        Time constant, weeks, or several.
    initial : float
        Exposure on the day before the first, 1/week.

    Returns
    -------
    ndarray, shape (n_days,), or (n_taus, n_days)
        Exposure at the end of each day, 1/week.

    Raises
    ------
    UsageError
        If a time constant is not above 0.

    Examples
    --------
    >>> held = np.tile([1.0, 0, 0, 1.0, 0, 0, 0], 60)
    >>> round(float(exposure(held, tau_weeks=3.0)[-7:].mean()), 3)
    2.0
    """
    tau_days = 7.0 * np.asarray(tau_weeks, dtype=np.float64)[..., None]
    if not (tau_days > 0).all():
        raise UsageError(f"a time constant of {tau_weeks} weeks", hint="it must be above 0")
    kept = np.exp(-1.0 / tau_days)
    added = 7.0 * (1.0 - kept) * np.asarray(amount, dtype=np.float64)
    # scipy.signal.lfilter gives the same; importing its package takes longer than whole questions.
    # A sum in units of what each day is left with needs no loop over days, only a new unit
    # before numbers become too small.
    levels, level = np.empty(added.shape), np.asarray(initial, dtype=np.float64)
    days = max(int(-LEAST_LOG * tau_days.min()), 1)
    for first in range(0, added.shape[-1], days):
        part = added[..., first : first + days]
        left = np.exp(np.arange(part.shape[-1]) / -tau_days)
        own = left * (kept * level + np.cumsum(part / left, axis=-1))
        levels[..., first : first + days], level = own, own[..., -1:]
    return levels
