"""The smooth behind a trend: level, line and AR(1) process, without the steps between devices.

How wide the band is depends on how much of a week's value is noise. Weekly means alone hardly
show it; the scatter of runs within weeks does, and enters the likelihood with its own degrees of
freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Grid,
    Mixture,
    default_grid,
    mixture,
    normalised,
    regress,
    smooth,
    whiten,
)
from runanalytics.findings.engine.covariates import Covariate, design, recent_mean, ridge
from runanalytics.findings.engine.weeks import Weeks

#: Points of the grid that hold less than this share between them are left out of the smooth.
LEFT_OUT = 1e-3
#: Degrees of freedom below which nothing is estimated.
LEAST_DF = 2


@dataclass(frozen=True)
class Ahead:
    """The weeks after the last whose mean is to be forecast.

    Parameters
    ----------
    weeks : int
        How many.
    noise : float
        Variance of the noise of the mean of their runs, relative to that of a usual week.
    """

    weeks: int
    noise: float


@dataclass(frozen=True)
class Smoothed:
    """Log form by week, as the reference device would read it at mean speed.

    Parameters
    ----------
    mean, low, high : ndarray, shape (n_weeks,)
        The smooth and its interval. Its shape is Student's t with the mixture's variance.
    last : Mixture
        The smooth in the last week.
    changes : tuple of Mixture
        Each of the contrasts of the smooth.
    steps : dict of (str, str) to Mixture
        How much higher each device, firmware or shoe reads than the reference, by what it is
        and its name.
    observed : ndarray, shape (n_weeks,)
        Weekly mean as the reference device would read it; NaN where missing.
    rho : float
        Posterior mean of the errors' correlation from week to week.
    following : Mixture, optional
        Mean of the runs of the weeks ahead, if nothing changes.
    """

    mean: Floats
    low: Floats
    high: Floats
    last: Mixture
    changes: tuple[Mixture, ...]
    steps: dict[tuple[str, str], Mixture]
    observed: Floats
    rho: float
    following: Mixture | None = None

    @property
    def widest(self) -> float:
        """Half the width of the widest interval: of a week, or of a change."""
        changes = [each.quantile(0.9995) - each.quantile(0.0005) for each in self.changes]
        return max(float((self.high - self.low).max()), *changes) / 2


def smoothed(
    weeks: Weeks,
    covariates: Sequence[Covariate],
    contrasts: Floats,
    level: float,
    ahead: Ahead | None = None,
) -> Smoothed | None:
    """Smooth weekly log form, or return None where there are too few weeks.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        Of which "trend" belongs to the smooth, and the others are taken out of it.
    contrasts : ndarray, shape (n_contrasts, n_weeks)
        Weights of the weeks in each change, that sum to 0; at least one.
    level : float
        Of the interval.
    ahead : Ahead, optional
        The weeks after the last whose mean is to be forecast.
    """
    seen = weeks.seen
    n_weeks, n_columns = len(seen), len(covariates) + 1
    # What has a prior takes no degree of freedom.
    df = weeks.n_seen - 1 - sum(each.flat for each in covariates)
    if df < LEAST_DF:
        return None
    centre = float(weeks.log_form[seen].mean())
    log_form = np.where(seen, weeks.log_form - centre, 0.0)
    n_ahead = ahead.weeks if ahead else 0
    n_all = n_weeks + n_ahead
    measured = design(weeks, covariates)
    neutral = np.column_stack(
        [np.ones(n_all)]
        + [
            _with_line(each, n_all)
            if each.name == "trend"
            else np.full(n_all, each.zero if each.level else 0)
            for each in covariates
        ]
    )
    if ahead:
        varying = np.array([False, *(each.varies for each in covariates)])
        neutral[n_weeks:, varying] = recent_mean(weeks, measured, n_weeks)[varying]
    # The weeks ahead are missing weeks.
    columns = np.pad(np.column_stack([measured, log_form]), ((0, n_ahead), (0, 0)))
    noise = np.pad(weeks.noise, (0, n_ahead), constant_values=np.inf)
    contrasts = np.pad(contrasts, ((0, 1 if ahead else 0), (0, n_ahead)))
    if ahead:
        contrasts[-1, n_weeks:] = 1 / n_ahead
    scatter, scatter_df = weeks.scatter
    total_df = df + scatter_df

    every = default_grid()
    # Without memory the level could not have moved, which is no assumption for a trend.
    full = every.where(every.ratio > 0)
    prior = np.append(0.0, ridge(covariates, weeks))
    weight = _weights(columns, noise, full, prior, scatter, total_df)
    order = np.argsort(weight)
    kept = np.zeros(len(weight), dtype=np.bool_)
    kept[order[np.cumsum(weight[order]) > LEFT_OUT]] = True
    grid, weight = full.where(kept), weight[kept] / weight[kept].sum()

    compared = np.flatnonzero(contrasts.any(axis=0))
    gap = np.abs(np.subtract.outer(np.arange(n_all), compared))
    alike = grid.rho[:, None, None] ** gap @ contrasts[:, compared].T
    toward = grid.ratio[:, None, None] * alike
    stacked = np.concatenate(
        [np.broadcast_to(columns, (len(weight), *columns.shape)), toward], axis=2
    )
    filtered = whiten(stacked, noise, grid)
    gram = filtered.whitened.transpose(0, 2, 1) @ filtered.whitened
    inverse = np.linalg.inv(gram[:, :n_columns, :n_columns] + np.diag(prior))
    beta = np.einsum("gij,gj->gi", inverse, gram[:, :n_columns, n_columns])
    residual = gram[:, n_columns, n_columns] - np.einsum(
        "gi,gi->g", beta, gram[:, :n_columns, n_columns]
    )
    variance = (np.maximum(residual, 0.0) + scatter + LEAST_SQUARES) / total_df

    memory, uncertain = smooth(filtered, grid)
    unknown = neutral - memory[:, :, :n_columns]
    mean = np.einsum("gwi,gi->gw", unknown, beta) + memory[:, :, n_columns]
    spread = variance[:, None] * (
        uncertain + np.einsum("gwi,gij,gwj->gw", unknown, inverse, unknown)
    )

    # A change is one linear function of the smooth; its covariance with the data is itself a
    # column that can be whitened, which spares the covariances of all pairs of weeks.
    known = gram[:, n_columns + 1 :, :]
    own = np.einsum("kw,gwk->gk", contrasts, toward)
    explained = np.einsum("gkk->gk", known[:, :, n_columns + 1 :])
    loading = contrasts @ neutral - known[:, :, :n_columns]
    change = np.einsum("gki,gi->gk", loading, beta) + known[:, :, n_columns]
    change_variance = variance[:, None] * (
        np.maximum(own - explained, 0.0) + np.einsum("gki,gij,gkj->gk", loading, inverse, loading)
    )

    mean, spread = mean[:, :n_weeks], spread[:, :n_weeks]
    total_mean = weight @ mean
    total_spread = weight @ (spread + (mean - total_mean) ** 2)
    half = float(stdtrit(total_df, 0.5 + level / 2)) * np.sqrt(total_spread)
    moved = (measured - neutral[:n_weeks]) @ (weight @ beta)
    changes = [
        mixture(weight, change[:, k], np.sqrt(change_variance[:, k]), float(total_df))
        for k in range(len(contrasts) - bool(ahead))
    ]
    following = None
    if ahead:
        spread_ahead = change_variance[:, -1] + ahead.noise * variance
        following = mixture(weight, centre + change[:, -1], np.sqrt(spread_ahead), float(total_df))
    return Smoothed(
        mean=centre + total_mean,
        low=centre + total_mean - half,
        high=centre + total_mean + half,
        last=mixture(weight, centre + mean[:, -1], np.sqrt(spread[:, -1]), float(total_df)),
        changes=tuple(changes),
        following=following,
        steps={
            (each.name, each.level): mixture(
                weight,
                beta[:, place] / each.spread,
                np.sqrt(variance * inverse[:, place, place]) / each.spread,
                float(total_df),
            )
            for place, each in enumerate(covariates, start=1)
            if each.level
        },
        observed=np.where(seen, centre + log_form - moved, np.nan),
        rho=float(weight @ grid.rho),
    )


def _with_line(line: Covariate, n_weeks: int) -> Floats:
    """Return a straight line over the weeks, continued beyond the last."""
    return np.asarray(np.arange(n_weeks) / line.spread + line.zero)


def _weights(
    columns: Floats, noise: Floats, grid: Grid, prior: Floats, scatter: float, total_df: int
) -> Floats:
    fitted = regress(whiten(columns, noise, grid), columns.shape[1] - 1, prior)
    residual = np.maximum(fitted.remainder[:, 0, 0], 0.0) + scatter + LEAST_SQUARES
    return normalised(grid.log_prior + fitted.log_determinants - 0.5 * total_df * np.log(residual))


def contrast(n_weeks: int, later: npt.ArrayLike, earlier: npt.ArrayLike) -> Floats:
    """Return the weights of weeks in the mean of some less that of others.

    Parameters
    ----------
    n_weeks : int
        Weeks in all.
    later, earlier : array of int
        Which weeks; some may be both.

    Returns
    -------
    ndarray, shape (n_weeks,)

    Examples
    --------
    >>> contrast(4, [2, 3], [0]).tolist()
    [-1.0, 0.0, 0.5, 0.5]
    """
    weights = np.zeros(n_weeks)
    for places, sign in ((np.asarray(later), 1.0), (np.asarray(earlier), -1.0)):
        weights[places] += sign / len(places)
    return weights
