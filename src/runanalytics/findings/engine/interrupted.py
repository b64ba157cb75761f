"""Interrupted series: how two lines, before and from a date on, differ when errors have memory.

What is assumed, besides what `ar1` and `weeks` say:

1. Errors have no memory, are an AR(1) process about the line, or a random walk, which has no
   line to return to. Far from the date, the difference of two lines depends on the longest memory
   that is possible, so a walk must have a prior probability of its own: with the prior that serves
   effects (few without memory, ρ near 0.83, no walk) intervals hold the truth in 88 to
   92 % of runners with ρ = 0.95.
2. ρ of the AR(1) process has the prior Beta(4, 2), sd(u) / sd(e) a flat one up to a bound, and so
   has the size of a walk's steps.
3. The scatter of runs within weeks is not used. It would tell how much of a week is noise, but a
   week may have noise of its own, and where it has (ρ near 0) that would be taken for memory.

No prior holds 93 to 97 % for all of ρ = 0 to 0.95 and for walks: one or two years of weeks, with
two lines taken out, cannot tell a walk from ρ = 0.8 (`benchmarks/before_after.py`). This one was
chosen to find too little in runners without memory rather than too much in those with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Grid,
    Mixture,
    default_grid,
    mixture,
    normalised,
    regress,
    whiten,
)
from runanalytics.findings.engine.covariates import Covariate, design, ridge
from runanalytics.findings.engine.dose_response import LEAST_DF, OWN_SHARE
from runanalytics.findings.engine.weeks import Weeks, centred_form

#: Prior probabilities that errors have no memory, and that they are a random walk.
NO_MEMORY = 0.05
WALK = 0.3
#: Prior of the AR(1) process's ρ: Beta(a, b), mean 0.67.
RHO_PRIOR = (4.0, 2.0)
#: Standard deviation of a walk's weekly steps over that of e in a usual week: bounds and points,
#: log-even.
STEP_BOUNDS = (0.05, 3.0)
STEP_POINTS = 12
#: A random walk is taken as a process with so nearly full correlation.
WALK_RHO = 1.0 - 1e-5


@dataclass(frozen=True)
class InterruptedSeries:
    """How two lines differ.

    Parameters
    ----------
    later : Mixture
        Line after the date less the line before it, continued, at the horizon; log form.
    at_once : Mixture
        The same at the date.
    rho : float
        Posterior mean of the errors' correlation from week to week, 1 for a walk.
    walk : float
        Posterior probability that errors are a random walk.
    """

    later: Mixture
    at_once: Mixture
    rho: float
    walk: float


@lru_cache(maxsize=1)
def grid_with_walks() -> Grid:
    """Return the points of ρ and ratio that findings integrate over, and those of random walks.

    Examples
    --------
    >>> grid = grid_with_walks()
    >>> walks = grid.rho == WALK_RHO
    >>> int(walks.sum()), round(float(np.exp(grid.log_prior[walks]).sum()), 6)
    (12, 0.3)
    """
    usual = default_grid()
    usual = usual.where(usual.ratio > 0)
    a, b = RHO_PRIOR
    # Points are even in √(1 − ρ) and in the log of sd(u) / sd(e).
    remembered = usual.rho ** (a - 1) * (1 - usual.rho) ** (b - 0.5) * np.sqrt(usual.ratio)
    steps = np.geomspace(*STEP_BOUNDS, STEP_POINTS)
    weight = np.concatenate(
        [
            [NO_MEMORY],
            (1 - NO_MEMORY - WALK) * remembered / remembered.sum(),
            WALK * steps / steps.sum(),
        ]
    )
    return Grid(
        np.concatenate([[0.0], usual.rho, np.full(STEP_POINTS, WALK_RHO)]),
        np.concatenate([[0.0], usual.ratio, steps**2 / (1 - WALK_RHO**2)]),
        np.log(weight),
    )


def fit_interrupted_series(
    weeks: Weeks,
    covariates: Sequence[Covariate],
    after: Floats,
    since: Floats,
    horizon: float,
) -> InterruptedSeries | None:
    """Estimate how the line after a date differs, or return None where the data cannot tell.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        What is adjusted for; the line before the date among them.
    after : ndarray, shape (n_weeks,)
        Share of a week's runs on or after the date.
    since : ndarray, shape (n_weeks,)
        Weeks since the date, on the mean of a week's runs; 0 before it.
    horizon : float
        Weeks after the date.

    Returns
    -------
    InterruptedSeries or None
        None if too few weeks are left, or the terms are made up of the covariates.
    """
    df = weeks.n_seen - sum(each.flat for each in covariates) - 3
    if df < LEAST_DF:
        return None
    nuisance = design(weeks, covariates)
    terms = np.where(weeks.seen[:, None], np.column_stack([after, since]), 0.0)
    grid = grid_with_walks()
    filtered = whiten(np.column_stack([nuisance, terms, centred_form(weeks)]), weeks.noise, grid)
    n_nuisance = nuisance.shape[1]
    fitted = regress(filtered, n_nuisance, np.append(0.0, ridge(covariates, weeks)))
    own, shared = fitted.remainder[:, :2, :2], fitted.remainder[:, :2, 2]
    total = (filtered.whitened[:, :, n_nuisance : n_nuisance + 2] ** 2).sum(axis=1)
    left = np.linalg.det(own)
    apart = left[:, None] / np.maximum(own[:, [1, 0], [1, 0]], LEAST_SQUARES)
    if not (apart > OWN_SHARE * total).all():
        return None
    inverse = np.linalg.inv(own)
    slopes = np.einsum("gij,gj->gi", inverse, shared)
    explained = np.einsum("gi,gi->g", slopes, shared)
    residual = np.maximum(fitted.remainder[:, 2, 2] - explained, LEAST_SQUARES)
    weight = normalised(
        grid.log_prior + fitted.log_determinants - 0.5 * np.log(left) - 0.5 * df * np.log(residual)
    )

    def contrast(at: float) -> Mixture:
        loading = np.array([1.0, at])
        variance = residual / df * np.einsum("i,gij,j->g", loading, inverse, loading)
        return mixture(weight, slopes @ loading, np.sqrt(variance), float(df))

    walks = grid.rho == WALK_RHO
    return InterruptedSeries(
        contrast(horizon), contrast(0.0), float(weight @ grid.rho), float(weight[walks].sum())
    )
