"""One answer of many runners when nobody knows how fast gains come and go.

A runner's data hardly tell the time constant of their exposure, and an estimate that is averaged
over it carries that doubt in its standard error. The doubt is the same for all runners, so it
does not average out: pooling such estimates gives intervals that are far too narrow. Here runners
are pooled *within* time constants, and the time constants are weighed by all runners together.

What is assumed:

1. Runner i's change per unit, βᵢ, is N(μ, T²) about what is common. Given a time constant the
   runner's data say of βᵢ what Student's t says, with the marginal likelihood that goes with it.
2. The time constant of a runner is log-normal about a common one, with a spread that is not
   known and may be nil. It is averaged over for each runner.
3. μ has a flat prior, T a half-Cauchy prior whose scale is a judgement of this project, centre
   and spread of the time constants are spread evenly over a grid.

Everything is summed over a grid of the common time constant, its spread and T; no sampler.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Scale of the prior of T, the standard deviation of the runners' changes (log form, for the
#: contrast): runners seldom differ by more than a few percent.
SPREAD_SCALE = 0.015
SPREADS = np.concatenate([[0.0], np.geomspace(0.1, 6.0, 15)])
#: Standard deviation of the log of the time constant between runners.
TIME_SPREADS = np.array([0.0, 0.2, 0.4, 0.7])
#: Centres of the time constants between two that were fitted.
CENTRES_BETWEEN = 3
#: Points of μ, and how many standard errors they reach.
POINTS = 201
REACH = 8.0


@dataclass(frozen=True)
class Fitted:
    """What each runner's data say, for each time constant.

    Parameters
    ----------
    slope, scale : ndarray, shape (n_runners, n_taus)
        Change of log form for the contrast, and its scale.
    log_likelihood : ndarray, shape (n_runners, n_taus)
        Log marginal likelihood with a flat prior of the slope, up to a constant a runner.
    df : ndarray, shape (n_runners,)
        Degrees of freedom.
    tau_weeks : ndarray, shape (n_taus,)
        Time constants, weeks, in ascending order.
    """

    slope: Floats
    scale: Floats
    log_likelihood: Floats
    df: Floats
    tau_weeks: Floats

    def __post_init__(self) -> None:
        shape = (len(self.df), len(self.tau_weeks))
        parts = (self.slope, self.scale, self.log_likelihood)
        if any(each.shape != shape for each in parts):
            raise UsageError(f"slopes, scales and likelihoods must each have shape {shape}")
        if not all(np.isfinite(each).all() for each in (*parts, self.df)):
            raise UsageError(
                "a slope, scale or likelihood is unknown",
                hint="leave out runners of whom nothing could be estimated",
            )
        if not len(self.df):
            raise UsageError("no runner to pool")
