"""Exact randomisation tests: what was observed, among all that the lot could have given.

If the dose does nothing, form would have been the same under every admissible schedule. The
statistic of the schedule that was drawn is then one of the statistics of all of them, and each
was equally likely to be drawn: the share that is at least as large is an exact p-value, whatever
form's errors are like (Edgington & Onghena 2007, *Randomization Tests*, 4th ed.). It is exact
only among the very set that was drawn from.
"""

from __future__ import annotations

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.experiments.schedules import LISTED, Schedules

#: Schedules drawn where there are too many to list.
DRAWS = 100_000
#: Statistics are equal that differ by less than this share of the largest: rounding decides
#: otherwise which of two opposite schedules is the larger.
EQUAL = 1e-9


def randomisation_p(observed: float, others: Floats, *, drawn: bool = False) -> float:
    """Return the probability of a statistic at least as large as the one observed.

    Parameters
    ----------
    observed : float
        Statistic of the schedule that was followed.
    others : ndarray, shape (n,)
        Statistics of all admissible schedules, the one that was followed among them; or, if
        `drawn`, of schedules drawn from them by lot.
    drawn : bool
        Whether the others were drawn. One is then added to both counts, without which p could
        be 0 and would be too small (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585).

    Examples
    --------
    Six pairs, all of them one way, out of 64 ways in which the lots could have fallen:

    >>> signs = np.array(np.meshgrid(*[[-1, 1]] * 6)).reshape(6, -1).sum(axis=0)
    >>> randomisation_p(6.0, signs) == 1 / 64, randomisation_p(6.0, abs(signs)) == 2 / 64
    (True, True)
    """
    slack = EQUAL * max(abs(observed), float(np.abs(others).max(initial=0.0)))
    as_large = int((others >= observed - slack).sum())
    if drawn:
        return (1 + as_large) / (1 + len(others))
    return as_large / len(others)


def smallest_p(schedules: Schedules, *, opposites_alike: bool = False) -> float:
    """Return the smallest p that a test can reach.

    Parameters
    ----------
    schedules : Schedules
        The admissible schedules.
    opposites_alike : bool
        Whether a schedule and its opposite, with for without, have the same statistic.

    Examples
    --------
    >>> eight = Schedules(8, longest=2)
    >>> round(smallest_p(eight), 4), round(smallest_p(eight, opposites_alike=True), 4)
    (0.0294, 0.0588)
    """
    alike = 2 if opposites_alike and schedules.mirrored else 1
    among = schedules.count if schedules.count <= LISTED else DRAWS + 1
    return min(alike / among, 1.0)
