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

Everything is summed over a grid of μ, T, the common time constant and its spread, twice: over all
that may be, and again, closer, over what is left. Between the time constants that were fitted,
slopes, scales and likelihoods are interpolated by cubic splines. No sampler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import gammaln, logsumexp, ndtr

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Scale of the prior of T, the standard deviation of the runners' changes (log form, for the
#: contrast): runners seldom differ by more than a few percent.
SPREAD_SCALE = 0.03
#: The values of T that are summed over first, in units of it.
SPREADS = np.concatenate([[0.0], np.geomspace(0.05, 4.0, 12)])
#: Standard deviations of the log of the time constant between runners that are summed over.
TIME_SPREADS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75])
#: Nodes between two time constants that were fitted, over which those of runners are spread.
NODES_BETWEEN = 3
#: The shortest and the longest time constant (weeks) that a group may have in common; those of
#: its runners spread beyond.
COMMON_WEEKS = (1.0, 14.5)
#: Points of the common time constant, of T the second time, and of μ; how many standard errors
#: these reach.
CENTRES, SPREADS_AGAIN, POINTS, REACH = 17, 11, 81, 9.0
#: Posterior weight, relative to the greatest, below which the second sum leaves a value out.
NEGLIGIBLE = 1e-6
#: Runners whose likelihoods are multiplied before their logs are added up, and the least that
#: each counts for, relative to where it is greatest: together they stay above the least float.
AT_ONCE, LEAST_LIKELIHOOD = 16, 1e-18


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

    def at(self, tau_weeks: float) -> tuple[Floats, Floats]:
        """Return each runner's slope and scale with a time constant between those.

        Parameters
        ----------
        tau_weeks : float
            The time constant, weeks.
        """
        slope, scale, _ = _Runners(self).at(np.log([tau_weeks]))
        return slope[:, 0], scale[:, 0]


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
    time_constants : tuple of (float, float)
        Common time constants (weeks), close enough together, and how likely each is.
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
    time_constants: tuple[tuple[float, float], ...]


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


@dataclass(frozen=True)
class _Grid:
    """What is summed over: μ, T, and the log of the common time constant."""

    mu: Floats
    spreads: Floats
    centres: Floats

    @property
    def log_prior(self) -> Floats:
        """Of T, with the width that each of its values stands for."""
        steps = np.gradient(self.spreads)
        return np.asarray(np.log(steps / (1 + (self.spreads / SPREAD_SCALE) ** 2)))


class _Runners:
    """Runners' likelihoods at any time constant between those that were fitted."""

    def __init__(self, fitted: Fitted) -> None:
        self.log_tau = np.log(fitted.tau_weeks)
        self.df = fitted.df
        top = fitted.log_likelihood.max(axis=1, keepdims=True)
        parts = (fitted.slope, np.log(fitted.scale), fitted.log_likelihood - top)
        self._splines = [CubicSpline(self.log_tau, each, axis=1) for each in parts]
        n_nodes = (len(self.log_tau) - 1) * (NODES_BETWEEN + 1) + 1
        self.nodes = np.linspace(self.log_tau[0], self.log_tau[-1], n_nodes)
        shortest, longest = np.clip(np.log(COMMON_WEEKS), self.log_tau[0], self.log_tau[-1])
        self.common = float(shortest), float(longest)

    def at(self, log_tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Return slope, scale and log likelihood, each of shape (n_runners, n)."""
        slope, log_scale, log_likelihood = (each(log_tau) for each in self._splines)
        return slope, np.exp(log_scale), log_likelihood

    def shares(self, centres: Floats) -> Floats:
        """Return how time constants spread about each centre, (n_nodes, n_spreads · n_centres)."""
        each = []
        for spread in TIME_SPREADS[1:]:
            share = np.exp(-0.5 * ((self.nodes[:, None] - centres) / spread) ** 2)
            each.append(share / share.sum(axis=0))
        return np.concatenate(each, axis=1)

    def log_likelihood(self, grid: _Grid) -> Floats:
        """Return that of all runners, shape (n_spreads of T, n_mu, n_time_spreads, n_centres)."""
        slope, scale, own = self.at(np.concatenate([grid.centres, self.nodes]))
        share, n_centres = self.shares(grid.centres), len(grid.centres)
        found = np.empty((len(grid.spreads), len(grid.mu), len(TIME_SPREADS) * n_centres))
        for at, spread in enumerate(grid.spreads):
            wider = np.sqrt(scale**2 + spread**2)
            df = np.minimum(self.df[:, None] * (wider / scale) ** 4, 1e6)
            total = np.zeros(found.shape[1:])
            for some in _in_parts(len(slope)):
                distance = (grid.mu[:, None] - slope[some, None]) / wider[some, None]
                log_density = _log_t(distance, df[some, None])
                log_density += (own[some] - np.log(wider[some]))[:, None]
                peak = log_density.max(axis=(1, 2), keepdims=True)
                density = np.exp(log_density - peak)
                each = np.concatenate(
                    [density[:, :, :n_centres], density[:, :, n_centres:] @ share], axis=2
                )
                product = np.maximum(each, LEAST_LIKELIHOOD).prod(axis=0)
                total += np.log(product) + peak.sum()
            found[at] = total
        return found.reshape(*found.shape[:2], len(TIME_SPREADS), n_centres)


def _in_parts(n: int) -> Iterator[slice]:
    for first in range(0, n, AT_ONCE):
        yield slice(first, first + AT_ONCE)


def _posterior(runners: _Runners, grid: _Grid) -> Floats:
    """Return weights that sum to 1, shape as of `log_likelihood`."""
    weight = runners.log_likelihood(grid) + grid.log_prior[:, None, None, None]
    return np.asarray(np.exp(weight - logsumexp(weight)))


def _first_grid(runners: _Runners) -> _Grid:
    """Return a grid over all that may be: μ wherever some time constant and T would have it."""
    spreads = SPREAD_SCALE * SPREADS
    centres = np.linspace(*runners.common, CENTRES)
    slope, scale, own = runners.at(centres)
    weight = 1.0 / (scale**2 + spreads[:, None, None] ** 2)
    total = weight.sum(axis=1)
    mean = (weight * slope).sum(axis=1) / total
    agree = (weight * (slope - mean[:, None]) ** 2).sum(axis=1)
    log_weight = own.sum(axis=0) + 0.5 * (np.log(weight).sum(axis=1) - np.log(total) - agree)
    # Where time constants differ between runners, T need not stand for it: less of it counts, too.
    log_weight = log_weight - log_weight.max()
    kept = log_weight > 2 * np.log(NEGLIGIBLE)
    reach = REACH / np.sqrt(total)
    low, high = (mean - reach)[kept].min(), (mean + reach)[kept].max()
    return _Grid(np.linspace(low, high, POINTS), spreads, centres)


def _closer(grid: _Grid, posterior: Floats) -> _Grid:
    """Return a grid over what has some weight, closer, and wider where weight is at its edge."""

    def between(points: Floats, weight: Floats, n: int) -> Floats:
        kept = np.flatnonzero(weight > NEGLIGIBLE * weight.max())
        first, last = max(kept[0] - 1, 0), min(kept[-1] + 1, len(points) - 1)
        return np.linspace(points[first], points[last], n)

    of_mu = posterior.sum(axis=(0, 2, 3))
    mu = between(grid.mu, of_mu, POINTS)
    for edge, sign in ((0, -1), (-1, 1)):
        if of_mu[edge] > NEGLIGIBLE * of_mu.max():
            ends = [float(mu[0]), float(mu[-1])]
            ends[edge] += sign * 0.5 * (ends[1] - ends[0])
            mu = np.linspace(ends[0], ends[1], POINTS)
    spreads = between(grid.spreads, posterior.sum(axis=(1, 2, 3)), SPREADS_AGAIN)
    centres = between(grid.centres, posterior.sum(axis=(0, 1, 2)), CENTRES)
    return _Grid(mu, spreads, centres)


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
    runners = _Runners(fitted)
    grid = _first_grid(runners)
    posterior = _posterior(runners, grid)
    for _ in range(2):
        grid = _closer(grid, posterior)
        posterior = _posterior(runners, grid)
    tail = (1 - level) / 2
    of_mu = posterior.sum(axis=(0, 2, 3))
    low, high = _quantiles(grid.mu, of_mu, (tail, 1 - tail))
    mass = np.concatenate([[0.0], np.cumsum(0.5 * (of_mu[1:] + of_mu[:-1]))])
    below = float(np.interp(0.0, grid.mu, mass / mass[-1], left=0.0, right=1.0))
    of_centre = posterior.sum(axis=(0, 1, 2))
    tau = _quantiles(grid.centres, of_centre, (tail, 0.5, 1 - tail))
    both = posterior.sum(axis=(2, 3))
    new_low, new_high = _new_runner(grid.mu, grid.spreads, both, (tail, 1 - tail))
    return Pooled(
        mean=float(of_mu @ grid.mu),
        low=low,
        high=high,
        new_low=new_low,
        new_high=new_high,
        p_value=2 * min(below, 1 - below),
        spread=float(both.sum(axis=1) @ grid.spreads),
        tau_weeks=float(np.exp(tau[1])),
        tau_low=float(np.exp(tau[0])),
        tau_high=float(np.exp(tau[2])),
        level=level,
        time_constants=tuple(
            (float(np.exp(centre)), float(share))
            for centre, share in zip(grid.centres, of_centre, strict=True)
        ),
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
