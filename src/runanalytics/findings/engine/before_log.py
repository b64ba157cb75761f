"""What was done before a log begins, as far as the log tells.

Exposure on the first day of a log comes from days that nobody wrote down. In one runner that is a
small part of the error; in the mean of many it is most of it. To begin at the mean of the first
weeks, as one runner's effect does, is wrong in a way that does not average out: training comes and
goes, so busy weeks follow quieter ones more often than not, and exposure that begins too high falls
while form rises. Changes then come out too small, the more so the slower they fade.

What is assumed:

1. A runner's weeks before the log were like those in it: the same mean, and weeks so far apart as
   much alike. Exposure before the log is then predicted from its first weeks by least squares
   (Wiener's prediction, backwards in time).
2. What a prediction by least squares misses does not go along with what it was made of, and so
   leaves slopes without bias (Berkson 1950, doi:10.1080/01621459.1950.10483349).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_toeplitz

from runanalytics.arrays import Floats

#: Weeks at most from which the exposure before them is predicted, and over which weeks are alike:
#: a judgement of this project.
MOST_WEEKS = 26
#: Least standard deviation of what was predicted, as a share of the mean dose: who trained evenly
#: since the log began need not have done so before.
LEAST_SHARE = 0.1
#: Added to the variance of a week, as a share of it, so that weeks alike do not stop the algebra.
_JITTER = 1e-6


@dataclass(frozen=True)
class Before:
    """Exposure on the day before a stretch of a log begins.

    Parameters
    ----------
    mean, sd : ndarray, shape (n_taus,)
        What is expected with each time constant, and its standard deviation, 1/week.
    """

    mean: Floats
    sd: Floats


class WeeklyDose:
    """How a runner's weeks of a dose vary: their mean, and how much alike they are.

    Parameters
    ----------
    amounts : sequence of ndarray
        Amount of each day, of each uninterrupted stretch of a log.

    Examples
    --------
    Whole phases of training alternate with gaps: before a phase there was a gap.

    >>> on_and_off = np.repeat([2.0, 0.0] * 6, 56) / 7
    >>> weekly = WeeklyDose([on_and_off])
    >>> weekly.before(on_and_off, [1.0, 12.0]).mean.round(1).tolist()
    [0.7, 0.8]
    """

    def __init__(self, amounts: Sequence[Floats]) -> None:
        each = [_by_week(amount) for amount in amounts]
        if not any(map(len, each)):  # no stretch is as long as a week
            each = [np.array([7 * np.concatenate(amounts).mean()])]
        every = np.concatenate(each)
        self.mean = float(every.mean())
        n_lags = min(max(map(len, each)), MOST_WEEKS + 1)
        covariance = np.zeros(n_lags)
        for weeks in each:
            about = weeks - self.mean
            for lag in range(min(n_lags, len(about))):
                covariance[lag] += about[lag:] @ about[: len(about) - lag]
        # Bartlett's window: what few pairs of weeks tell counts less, and no variance is below 0.
        self.covariance = covariance / len(every) * (1 - np.arange(n_lags) / n_lags)
        self.sd = float(np.sqrt(self.covariance[0]))
        both = self.covariance[0] + 2 * self.covariance[1:].sum()
        self._variance_of_mean = float(both) / len(every)

    def before(self, amount: Floats, tau_weeks: Sequence[float]) -> Before:
        """Return the exposure on the day before a stretch.

        Parameters
        ----------
        amount : ndarray, shape (n_days,)
            Amount of each of its days.
        tau_weeks : sequence of float, length n_taus
            Time constants, weeks.
        """
        first = _by_week(amount)[:MOST_WEEKS] - self.mean
        n_lags, n = len(self.covariance), len(first)
        kept = np.exp(-1.0 / np.asarray(tau_weeks, dtype=np.float64))
        lag = np.arange(1, n_lags)
        # Exposure is a sum over weeks past, of which each counts `kept` times the one after it.
        shared = np.zeros((n, len(kept)))
        for week in range(min(n, n_lags - 1)):
            shared[week] = (1 - kept) * (
                self.covariance[week + 1 :] @ kept ** (lag[week:, None] - 1 - week)
            )
        own = (1 - kept) / (1 + kept)
        own = own * (self.covariance[0] + 2 * self.covariance[1:] @ kept ** lag[:, None])
        weight = np.zeros_like(shared)
        if n and self.sd > 0:
            column = np.zeros(n)
            column[: min(n, n_lags)] = self.covariance[:n]
            column[0] *= 1 + _JITTER
            weight = solve_toeplitz(column, shared)
        missed = np.maximum(own - (shared * weight).sum(axis=0), 0.0)
        variance = missed + (1 - weight.sum(axis=0)) ** 2 * self._variance_of_mean
        least = LEAST_SHARE * self.mean
        return Before(self.mean + first @ weight, np.maximum(np.sqrt(variance), least))


def _by_week(amount: Floats) -> Floats:
    """Return the sums of whole weeks."""
    n_weeks = len(amount) // 7
    return np.asarray(amount[: 7 * n_weeks].reshape(n_weeks, 7).sum(axis=1))
