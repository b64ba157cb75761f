"""Parts of a simulated runner's weeks: phases of training, days of sessions, weekly processes."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Booleans, Floats

Process = Literal["ar1", "ar2", "random_walk", "arma"]
PROCESSES: tuple[str, ...] = get_args(Process)
Pattern = Literal["phases", "irregular", "once", "winter"]
PATTERNS: tuple[str, ...] = get_args(Pattern)

#: Shortest and longest phase of training, and gap between phases, weeks.
PHASE_WEEKS = (6, 14)
GAP_WEEKS = (4, 10)
#: Chance that a week ends an irregular phase, and that it ends a gap between two.
IRREGULAR_ENDS = (0.20, 0.25)
#: First and last week of the year in which winter's strength may begin, and its length, weeks.
WINTER_BEGINS = (40, 46)
WINTER_WEEKS = (18, 26)
#: Second partial autocorrelation of the AR(2) process.
AR2_PARTIAL = 0.3
#: Weight of the shock of the week before in the ARMA(1, 1) process.
MOVING_AVERAGE = -0.5


def phases(
    rng: np.random.Generator,
    weeks: int,
    phase_weeks: tuple[int, int] = PHASE_WEEKS,
    gap_weeks: tuple[int, int] = GAP_WEEKS,
) -> Booleans:
    """Return which weeks lie in a phase of training, beginning anywhere in a phase or gap."""
    pairs = weeks // (phase_weeks[0] + gap_weeks[0]) + 2
    lengths = rng.integers(
        np.tile([phase_weeks[0], gap_weeks[0]], pairs),
        np.tile([phase_weeks[1], gap_weeks[1]], pairs),
        endpoint=True,
    )
    on = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)
    begin = int(rng.integers(0, lengths[0] + lengths[1]))
    return on[begin : begin + weeks]


def trained(
    rng: np.random.Generator,
    before: int,
    weeks: int,
    *,
    pattern: Pattern = "phases",
    phase_weeks: tuple[int, int] = PHASE_WEEKS,
    gap_weeks: tuple[int, int] = GAP_WEEKS,
) -> Booleans:
    """Return which weeks have strength sessions, in and before a log that begins in January.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    before, weeks : int
        Weeks before the log and in it.
    pattern : {"phases", "irregular", "once", "winter"}
        Phases and gaps of lengths between bounds; phases and gaps that end at random, some after
        a week; none until a week in the middle third of the log, then every week; every winter.
    phase_weeks, gap_weeks : tuple of int
        Shortest and longest, weeks, where the pattern is "phases".

    Returns
    -------
    ndarray of bool, shape (before + weeks,)
    """
    lived = before + weeks
    if pattern == "phases":
        return phases(rng, lived, phase_weeks, gap_weeks)
    on = np.zeros(lived, dtype=np.bool_)
    if pattern == "irregular":
        now = bool(rng.random() < 0.5)
        for week, chance in enumerate(rng.random(lived).tolist()):
            now ^= chance < IRREGULAR_ENDS[0 if now else 1]
            on[week] = now
    elif pattern == "once":
        on[before + int(rng.integers(weeks // 3, 2 * weeks // 3 + 1)) :] = True
    else:
        for year in range(-1 - before // 52, weeks // 52 + 1):
            begin = before + 52 * year + int(rng.integers(*WINTER_BEGINS, endpoint=True))
            on[max(begin, 0) : max(begin + int(rng.integers(*WINTER_WEEKS, endpoint=True)), 0)] = (
                True
            )
    return on


def drawn_days(rng: np.random.Generator, per_week: npt.NDArray[np.integer]) -> Booleans:
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
    """Return fluctuations with memory, one value a week.

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
    process : {"ar1", "ar2", "random_walk", "arma"}
        The stationary ones begin in their stationary distribution. Of "arma", `rho` is the
        autoregressive coefficient; half of what a week adds is gone in the next.

    Returns
    -------
    ndarray, shape (weeks,)
        In the unit of `sd`.
    """
    shocks = rng.standard_normal(weeks)
    step_sd = sd * np.sqrt(1 - rho**2)
    if process == "random_walk":
        return np.cumsum(step_sd * shocks)
    if process == "arma":
        shock_sd = sd / np.sqrt(1 + (rho + MOVING_AVERAGE) ** 2 / (1 - rho**2))
        mixed = shocks.copy()
        mixed[1:] += MOVING_AVERAGE * shocks[:-1]
        # Where it begins: the part remembered from before the first week.
        level = (rho + MOVING_AVERAGE) / np.sqrt(1 - rho**2) * float(rng.standard_normal())
        level += float(shocks[0])
        values = [level]
        for shock in mixed[1:].tolist():
            values.append(rho * values[-1] + shock)
        scaled: Floats = shock_sd * np.array(values)
        return scaled
    partial = AR2_PARTIAL if process == "ar2" else 0.0
    innovation_sd = step_sd * np.sqrt(1 - partial**2)
    values = [sd * float(shocks[0])]
    if weeks > 1:
        values.append(rho * values[0] + float(step_sd * shocks[1]))
    for shock in (innovation_sd * shocks[2:]).tolist():
        values.append(rho * (1 - partial) * values[-1] + partial * values[-2] + shock)
    return np.array(values)
