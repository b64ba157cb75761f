"""Variances of runners, each drawn towards those of all.

The standard error of a short log is itself a guess, and one that is too small gets too much
weight. A variance is therefore mixed with what is common to all (Smyth 2004,
doi:10.2202/1544-6115.1027, as the limma package does for genes): true variances are scaled inverse
chi-squared about a common one, and how closely is estimated from how far they lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Degrees of freedom of a common variance beyond which it is the same for all.
MOST_DF = 1e6
#: Fewest variances of which a common one is sought.
LEAST_VARIANCES = 3


@dataclass(frozen=True)
class Moderated:
    """Variances, and what they were mixed with.

    Parameters
    ----------
    variance, df : ndarray, shape (n,)
        Each mixed with the common one, and its degrees of freedom.
    common : float
        The common variance; NaN where there are too few.
    common_df : float
        How many degrees of freedom it counts for; infinite where variances do not differ by more
        than chance would have it.
    """

    variance: Floats
    df: Floats
    common: float
    common_df: float


def moderated(variance: Floats, df: Floats) -> Moderated:
    """Return variances, each drawn towards what is common to all.

    Parameters
    ----------
    variance : ndarray, shape (n,)
        Estimates, above 0.
    df : ndarray, shape (n,)
        Degrees of freedom of each, above 0.

    Returns
    -------
    Moderated
        Variances and their degrees of freedom; as they were where there are fewer than three.

    Raises
    ------
    UsageError
        If a variance or its degrees of freedom are not above 0.

    Examples
    --------
    >>> found = moderated(np.array([1.0, 4.0, 2.0, 9.0]), np.array([3.0, 30.0, 10.0, 3.0]))
    >>> (found.variance[[0, 3]] > 1.0).tolist(), bool(found.variance[3] < 9.0)
    ([True, True], True)
    """
    variance, df = np.asarray(variance, dtype=np.float64), np.asarray(df, dtype=np.float64)
    if not ((variance > 0).all() and (df > 0).all()):
        raise UsageError("a variance or its degrees of freedom are not above 0")
    if len(variance) < LEAST_VARIANCES:
        return Moderated(variance, df, np.nan, 0.0)
    half = df / 2
    unbiased = np.log(variance) - digamma(half) + np.log(half)
    middle = float(unbiased.mean())
    beyond = float(((unbiased - middle) ** 2).sum() / (len(df) - 1) - polygamma(1, half).mean())
    if beyond <= polygamma(1, MOST_DF / 2):
        common = float(np.exp(middle))
        return Moderated(np.full(len(df), common), np.full(len(df), np.inf), common, np.inf)
    common_df = 2.0 * float(brentq(lambda at: float(polygamma(1, at)) - beyond, 1e-8, MOST_DF))
    common = float(np.exp(middle + digamma(common_df / 2) - np.log(common_df / 2)))
    mixed = (common_df * common + df * variance) / (common_df + df)
    return Moderated(mixed, df + common_df, common, common_df)
