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
from scipy.special import gammaln, logsumexp, ndtr

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Scale of the prior of T, the standard deviation of the runners' changes (log form, for the
#: contrast): runners seldom differ by more than a few percent.
SPREAD_SCALE = 0.015
#: The values of T that are summed over, in units of it.
SPREADS = np.concatenate([[0.0], np.geomspace(0.1, 6.0, 15)])
#: Standard deviations of the log of the time constant between runners that are summed over.
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


@dataclass(frozen=True)
class Pooled:
    """What all runners together say.

    Parameters
    ----------
    mean : float
        Posterior mean of μ.
    low, high : float
        Its interval.
    new_low, new_high : float
        Interval of a new runner's change.
    p_value : float
        Two-sided, of no mean change.
    spread : float
        Posterior mean of T.
    tau_weeks, tau_low, tau_high : float
        Median and interval of the common time constant, weeks.
    level : float
        Of the intervals.
    """

    mean: float
    low: float
    high: float
    new_low: float
    new_high: float
    p_value: float
    spread: float
    tau_weeks: float
    tau_low: float
    tau_high: float
    level: float


def _log_t(value: Floats, df: Floats) -> Floats:
    """Return the log density of Student's t, of scale 1."""
    half = (df + 1) / 2
    constant = gammaln(half) - gammaln(df / 2) - 0.5 * np.log(df * np.pi)
    return np.asarray(constant - half * np.log1p(value**2 / df))


def _quantiles(points: Floats, weight: Floats, at: tuple[float, ...]) -> list[float]:
    """Return quantiles of a distribution whose density is linear between points."""
    width = np.diff(points)
    mass = np.concatenate([[0.0], np.cumsum(0.5 * width * (weight[1:] + weight[:-1]))])
    return [float(np.interp(each * mass[-1], mass, points)) for each in at]


def pool(fitted: Fitted, level: float = 0.95) -> Pooled:
    """Pool runners within time constants, and average over time constants.

    Parameters
    ----------
    fitted : Fitted
        What each runner's data say.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    Pooled
        Mean change, how runners differ, and how fast gains come and go.
    """
    log_tau = np.log(fitted.tau_weeks)
    gap = float(np.diff(log_tau).mean())
    n_centres = (len(log_tau) - 1) * (CENTRES_BETWEEN + 1) + 1
    centres = np.linspace(log_tau[0], log_tau[-1], n_centres)
    shares = []
    for spread in TIME_SPREADS:
        width = np.sqrt(spread**2 + (0.4 * gap) ** 2)
        share = np.exp(-0.5 * ((log_tau[:, None] - centres) / width) ** 2)
        shares.append(share / share.sum(axis=0))
    share = np.concatenate(shares, axis=1)

    best = fitted.log_likelihood.argmax(axis=1)
    rows = np.arange(len(best))
    own, err = fitted.slope[rows, best], fitted.scale[rows, best]
    about = float(np.average(own, weights=1 / (err**2 + SPREAD_SCALE**2)))
    se = 1.0 / np.sqrt((1 / (fitted.scale.max(axis=1) ** 2 + SPREAD_SCALE**2)).sum())
    reach = REACH * se + 2 * float(np.ptp(np.average(fitted.slope, axis=0, weights=1 / err**2)))
    mu = np.linspace(about - reach, about + reach, POINTS)

    spreads = SPREAD_SCALE * SPREADS
    steps = np.gradient(spreads)
    log_prior = np.log(steps / (1 + SPREADS**2))
    top = fitted.log_likelihood.max(axis=1)
    likelihood = np.empty((len(spreads), POINTS, share.shape[1]))
    for at, spread in enumerate(spreads):
        wider = np.sqrt(fitted.scale**2 + spread**2)
        df = np.minimum(fitted.df[:, None] * (wider / fitted.scale) ** 4, 1e6)
        distance = (mu - fitted.slope[:, :, None]) / wider[:, :, None]
        log_density = _log_t(distance, df[:, :, None]) - np.log(wider)[:, :, None]
        log_density += (fitted.log_likelihood - top[:, None])[:, :, None]
        peak = log_density.max(axis=1)
        each = np.exp(log_density - peak[:, None]).transpose(0, 2, 1) @ share
        likelihood[at] = np.log(each).sum(axis=0) + peak.sum(axis=0)[:, None]
    log_posterior = likelihood + log_prior[:, None, None]
    posterior = np.exp(log_posterior - logsumexp(log_posterior))

    of_mu = posterior.sum(axis=(0, 2))
    tail = (1 - level) / 2
    low, high = _quantiles(mu, of_mu, (tail, 1 - tail))
    below = float(np.interp(0.0, mu, np.cumsum(of_mu), left=0.0, right=1.0))
    of_centre = posterior.sum(axis=(0, 1)).reshape(len(TIME_SPREADS), n_centres).sum(axis=0)
    cumulated = np.cumsum(of_centre)
    tau = [float(np.exp(np.interp(each, cumulated, centres))) for each in (tail, 0.5, 1 - tail)]
    both = posterior.sum(axis=2)
    new_low, new_high = _new_runner(mu, spreads, both, (tail, 1 - tail))
    return Pooled(
        mean=float(of_mu @ mu),
        low=low,
        high=high,
        new_low=new_low,
        new_high=new_high,
        p_value=2 * min(below, 1 - below),
        spread=float(both.sum(axis=1) @ spreads),
        tau_weeks=tau[1],
        tau_low=tau[0],
        tau_high=tau[2],
        level=level,
    )


def _new_runner(
    mu: Floats, spreads: Floats, weight: Floats, at: tuple[float, float]
) -> tuple[float, float]:
    """Return quantiles of N(μ, T²) averaged over both."""
    least = 0.25 * float(mu[1] - mu[0])
    scale = np.maximum(spreads, least)
    reach = 5 * float(scale.max())
    points = np.linspace(mu[0] - reach, mu[-1] + reach, 2001)
    kept = weight > 1e-7
    which, where = np.nonzero(kept)
    shares = weight[kept] / weight[kept].sum()
    cdf = np.zeros(len(points))
    for share, spread, centre in zip(shares, scale[which], mu[where], strict=True):
        cdf += share * ndtr((points - centre) / spread)
    low, high = (float(np.interp(each, cdf, points)) for each in at)
    return low, high
