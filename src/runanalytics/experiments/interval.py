"""Intervals by inversion of the randomisation test: all effects that it does not reject.

Under the hypothesis of an effect with a known time constant, form without it would have been the
same under every schedule, and form with it is known under each of them. The statistic weighs any
effect against that one over all time constants; what it is compared with depends a little on the
one that form was given, and p is the mean over them, each weighed by how likely it makes form (Meng
1994, doi:10.1214/aos/1176325622). Of no effect, this is the test itself. The prior of the statistic
makes the interval shorter where it is right, and no less exact where it is wrong (Yu & Hoff 2018,
doi:10.1093/biomet/asy009).

Taken off along the exposure that was really reached, and tested by the one assigned, the interval
is that of the effect as done, with assignment as the instrument (Imbens & Rosenbaum 2005,
doi:10.1111/j.1467-985X.2004.00340.x).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
#: Half standard errors to either side of the estimate in which something is kept, or nothing is.
STEPS_ABOUT = 5
#: Time constants with less than this share of the likelihood are left out of p.
LIKELY_SHARE = 0.01
#: Schedules that the one drawn is compared with at each step, where there are more.
MOST_COMPARED = 2_000


@dataclass(frozen=True)
class Inverted:
    """An estimate and the interval of what is not rejected, per unit of exposure.

    Parameters
    ----------
    estimate : float
        Change of log form per unit: the median over all time constants, from what the lot alone
        decided.
    low, high : float
        The interval; infinite where it has no end.
    """

    estimate: float
    low: float
    high: float


def p_of_change(
    trial: Trial,
    labels: Integers,
    compared: Compared,
    form: Floats,
    taken: Sequence[Floats],
    change: float,
) -> float:
    """Return the p of a change, the mean over the time constants that it may have.

    Parameters
    ----------
    trial, labels, compared, form, taken
        As for `inverted`.
    change : float
        Of log form per unit of exposure.
    """
    each = [trial.judged(form - change * along) for along in taken]
    share = normalised(np.array([one.log_likelihood for one in each]))
    likely = np.flatnonzero(share >= LIKELY_SHARE)
    p_values = [p_of(each[tau], labels, compared, change, tau)[1] for tau in likely.tolist()]
    return float(np.average(p_values, weights=share[likely]))


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
    few = Compared(compared.labels[:MOST_COMPARED], compared.drawn)
    known = list(_estimates(trial, labels, form, taken))
    if not known:
        return Inverted(np.nan, -np.inf, np.inf)
    log_weight, centre, scale = np.array(known).T
    mixed = Mixture(normalised(log_weight), centre, scale, np.inf)
    # Its densest place would lie too near to none: short time constants are the sharpest.
    middle = mixed.quantile(0.5)

    def kept(change: float) -> bool:
        return p_of_change(trial, labels, few, form, taken, change) > alpha

    begin = next(
        (
            at
            for step in range(STEPS_ABOUT)
            for at in (middle + step * mixed.sd / 2, middle - step * mixed.sd / 2)
            if kept(at)
        ),
        np.nan,
    )
    if np.isnan(begin):
        return Inverted(middle, np.nan, np.nan)
    step = FIRST_STEP * mixed.sd
    return Inverted(middle, _end(kept, begin, -step), _end(kept, begin, step))


def _estimates(
    trial: Trial, labels: Integers, form: Floats, taken: Sequence[Floats]
) -> Iterator[tuple[float, float, float]]:
    """Yield log weight, estimate and standard error with each time constant, from the lot alone."""
    precision, _ = trial.precision(form)
    for tau, along in enumerate(taken):
        decided = trial.decided(labels, tau)
        onto = trial.left @ decided
        score, square = float(precision @ (onto @ form)), float(precision @ (onto @ decided))
        reached = float(precision @ (onto @ along))
        if abs(reached) > LEAST_SQUARES and square > LEAST_SQUARES:
            yield score**2 / square / 2, score / reached, float(np.sqrt(square)) / abs(reached)


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
