"""Intervals by inversion of the randomisation test: all effects that it does not reject.

Under the hypothesis of an effect, form without it is form less the effect times exposure, and
the test applies to that as to form under the hypothesis of none. The time constant of the effect
is not known: an effect belongs to the interval if it is not rejected with one of the time
constants at least. Taken off along the exposure that was really reached, and tested by the one
assigned, the interval is that of the effect as done, with assignment as the instrument (Imbens &
Rosenbaum 2005, doi:10.1111/j.1467-985X.2004.00340.x).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats, Integers
from runanalytics.experiments.plan import Compared
from runanalytics.experiments.statistic import Trial, p_of
from runanalytics.findings.engine.ar1 import LEAST_SQUARES, Mixture, normalised

#: Change of log form per unit of exposure beyond which an interval has no end.
FARTHEST = 1.0
#: Halvings of the stretch in which an end of the interval lies.
HALVINGS = 8
#: First step from the estimate, in standard errors, and how much longer each is than the last.
FIRST_STEP, LONGER = 1.5, 1.6


@dataclass(frozen=True)
class Inverted:
    """An estimate and the interval of what is not rejected, per unit of exposure.

    Parameters
    ----------
    estimate : float
        Change of log form per unit: where those of all time constants are densest, as for
        `effect`.
    low, high : float
        The interval; infinite where it has no end.
    """

    estimate: float
    low: float
    high: float


def inverted(
    trial: Trial,
    labels: Integers,
    compared: Compared,
    alpha: float,
    form: Floats,
    taken: Sequence[Floats],
) -> Inverted:
    """Return estimate and interval.

    Parameters
    ----------
    trial : Trial
        All that the statistic is made of.
    labels : ndarray of int, shape (n_blocks,)
        The schedule that was drawn.
    compared : Compared
        Those that it is compared with.
    alpha : float
        The largest p that rejects.
    form : ndarray, shape (n_columns,)
        Log form as a combination of columns.
    taken : sequence of ndarray
        For each time constant, the exposure along which the effect is taken off, likewise.
    """
    precision, judged = trial.precision(form), trial.judged(form)
    score, square = (each[:, 0] for each in judged.by_constant(labels[None]))
    ends: list[tuple[float, float]] = []
    known: list[tuple[float, float, float]] = []
    for tau, along in enumerate(taken):
        reached = float(precision @ (trial.left @ along @ trial.decided(labels, tau)))
        if abs(reached) <= LEAST_SQUARES:
            ends.append((-np.inf, np.inf))
            continue
        middle = float(score[tau]) / reached
        error = float(np.sqrt(square[tau])) / abs(reached)
        known.append((float(score[tau] ** 2 / square[tau]) / 2, middle, error))
        step = FIRST_STEP * error

        def kept(change: float, along: Floats = along) -> bool:
            return p_of(trial.judged(form - change * along), labels, compared)[1] > alpha

        if kept(middle):
            ends.append((_end(kept, middle, -step), _end(kept, middle, step)))
    estimate = np.nan
    if known:
        log_weight, centre, scale = np.array(known).T
        estimate = Mixture(normalised(log_weight), centre, scale, np.inf).middle
    if not ends:
        return Inverted(estimate, np.nan, np.nan)
    return Inverted(estimate, min(each[0] for each in ends), max(each[1] for each in ends))


def _end(kept: Callable[[float], bool], middle: float, step: float) -> float:
    """Return the end of what is kept on one side of the estimate."""
    inside, outside = middle, middle + step
    while kept(outside):
        step *= LONGER
        inside, outside = outside, outside + step
        if abs(outside) > FARTHEST:
            return float(np.copysign(np.inf, step))
    for _ in range(HALVINGS):
        between = (inside + outside) / 2
        if kept(between):
            inside = between
        else:
            outside = between
    return inside
