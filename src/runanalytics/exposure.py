"""Exposure to past training: one formula for simulation and estimation."""

from __future__ import annotations

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Log of what is left of a dose, below which the sum begins anew.
LEAST_LOG = -300.0


def exposure(amount: Floats, tau_weeks: float, initial: float = 0.0) -> Floats:
    """Return the exposure to a daily dose: what is left of it, per week.

    With k = exp(−1 / (7 τ)) it is E(d) = k E(d − 1) + 7 (1 − k) amount(d): two sessions a week
    held for long give 2, which falls to 37 % in τ weeks after the last. That gains outlast
    training by weeks is known (PMC7821917); the exponential form is assumed.

    Parameters
    ----------
    amount : ndarray, shape (n_days,)
        Dose of each day, 1/day.
    tau_weeks : float
        Time constant, weeks.
    initial : float
        Exposure on the day before the first, 1/week.

    Returns
    -------
    ndarray, shape (n_days,)
        Exposure at the end of each day, 1/week.

    Raises
    ------
    UsageError
        If `tau_weeks` is not above 0.

    Examples
    --------
    >>> held = np.tile([1.0, 0, 0, 1.0, 0, 0, 0], 60)
    >>> round(float(exposure(held, tau_weeks=3.0)[-7:].mean()), 3)
    2.0
    """
    if not tau_weeks > 0:
        raise UsageError(f"a time constant of {tau_weeks} weeks", hint="it must be above 0")
    kept = float(np.exp(-1.0 / (7.0 * tau_weeks)))
    added = 7.0 * (1.0 - kept) * np.asarray(amount, dtype=np.float64)
    # scipy.signal.lfilter gives the same; importing its package takes longer than whole questions.
    # A sum in units of what each day is left with needs no loop over days, only a new unit
    # before numbers become too small.
    levels, level = np.empty(len(added)), float(initial)
    days = max(int(LEAST_LOG * -7.0 * tau_weeks), 1)
    for first in range(0, len(added), days):
        part = added[first : first + days]
        left = kept ** np.arange(float(len(part)))
        levels[first : first + days] = left * (kept * level + np.cumsum(part / left))
        level = float(levels[first + len(part) - 1])
    return levels
