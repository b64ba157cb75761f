"""What a simulated runner's weeks are made of: phases, session days, exposure, ups and downs."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Process = Literal["ar1", "ar2", "random_walk"]
PROCESSES: tuple[str, ...] = get_args(Process)
Floats = npt.NDArray[np.float64]

#: Shortest and longest phase of training, and gap between phases, weeks.
PHASE_WEEKS = (6, 14)
GAP_WEEKS = (4, 10)
#: Second partial autocorrelation of the AR(2) process.
AR2_PARTIAL = 0.3


def phases(rng: np.random.Generator, weeks: int) -> npt.NDArray[np.bool_]:
    """Return which weeks lie in a phase of training, beginning anywhere in a phase or gap."""
    pairs = weeks // (PHASE_WEEKS[0] + GAP_WEEKS[0]) + 2
    lengths = rng.integers(
        np.tile([PHASE_WEEKS[0], GAP_WEEKS[0]], pairs),
        np.tile([PHASE_WEEKS[1], GAP_WEEKS[1]], pairs),
        endpoint=True,
    )
    on = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)
    begin = int(rng.integers(0, lengths[0] + lengths[1]))
    return on[begin : begin + weeks]


def drawn_days(
    rng: np.random.Generator, per_week: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_]:
    """Return which days are drawn when week w has `per_week[w]` of them, none twice.

    Examples
    --------
    >>> drawn_days(np.random.default_rng(1), np.array([7, 0, 2])).reshape(3, 7).sum(axis=1)
    array([7, 0, 2])
    """
    order = rng.random((len(per_week), 7)).argsort(axis=1).argsort(axis=1)
    return (order < per_week[:, None]).ravel()


def weekly_process(
    rng: np.random.Generator, weeks: int, *, sd: float, rho: float, process: Process = "ar1"
) -> Floats:
    """Return ups and downs with memory, one value a week.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    weeks : int
        How many.
    sd : float
        Standard deviation. A random walk has none; its steps are as large as those of the
        AR(1) process with this `sd` and `rho`.
    rho : float
        Correlation from one week to the next.
    process : {"ar1", "ar2", "random_walk"}
        The stationary ones begin in their stationary distribution.

    Returns
    -------
    ndarray, shape (weeks,)
        In the unit of `sd`.
    """
    shocks = rng.standard_normal(weeks)
    step_sd = sd * np.sqrt(1 - rho**2)
    if process == "random_walk":
        return np.cumsum(step_sd * shocks)
    partial = AR2_PARTIAL if process == "ar2" else 0.0
    innovation_sd = step_sd * np.sqrt(1 - partial**2)
    values = [sd * float(shocks[0])]
    if weeks > 1:
        values.append(rho * values[0] + float(step_sd * shocks[1]))
    for shock in (innovation_sd * shocks[2:]).tolist():
        values.append(rho * (1 - partial) * values[-1] + partial * values[-2] + shock)
    return np.array(values)
