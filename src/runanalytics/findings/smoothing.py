"""The smooth behind a trend: level, line, and what the weeks remember, without devices' steps.

How wide the band is depends on how much of a week's value is noise. Weekly means alone hardly
tell; the scatter of runs within weeks does, and it enters the likelihood beside them, with its
own degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from runanalytics.findings.covariates import Covariate
from runanalytics.findings.series import (
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
from runanalytics.findings.weeks import Weeks

Floats = npt.NDArray[np.float64]

#: Points of the grid that hold less than this share between them are left out of the smooth.
LEFT_OUT = 1e-3
#: Degrees of freedom below which nothing is estimated.
LEAST_DF = 2


@dataclass(frozen=True)
class Smoothed:
    """Log form by week, as the reference device would read it at mean speed.

    Parameters
    ----------
    mean, low, high : ndarray, shape (n_weeks,)
        The smooth and its interval. Its shape is Student's t with the mixture's variance.
    last : Mixture
        The smooth in the last week.
    change : Mixture
        Mean over the last weeks with runs less that over the first.
    steps : dict of str to Mixture
        How much higher each device reads than the reference.
    observed : ndarray, shape (n_weeks,)
        Weekly mean as the reference device would read it; NaN where missing.
    rho : float
        Posterior mean of the errors' correlation from week to week.
    """

    mean: Floats
    low: Floats
    high: Floats
    last: Mixture
    change: Mixture
    steps: dict[str, Mixture]
    observed: Floats
    rho: float

    @property
    def widest(self) -> float:
        """Half the width of the widest interval: of a week, or of the change."""
        change = self.change.quantile(0.9995) - self.change.quantile(0.0005)
        return max(float((self.high - self.low).max()), change) / 2


def smoothed(
    weeks: Weeks, covariates: Sequence[Covariate], compared: int, level: float
) -> Smoothed | None:
    """Smooth weekly log form, or return None where there are too few weeks.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        Of which "trend" belongs to the smooth, and the others are taken out of it.
    compared : int
        Weeks with runs at either end whose means are compared.
    level : float
        Of the interval.
    """
    seen = weeks.seen
    n_weeks, n_columns = len(seen), len(covariates) + 1
    df = int(seen.sum()) - n_columns
    if df < LEAST_DF:
        return None
    centre = float(weeks.log_form[seen].mean())
    log_form = np.where(seen, weeks.log_form - centre, 0.0)
    design = np.column_stack([np.ones(n_weeks), *(each.column for each in covariates)])
    neutral = np.column_stack(
        [np.ones(n_weeks)]
        + [
            each.column
            if each.name == "trend"
            else np.full(n_weeks, each.zero if each.level else 0)
            for each in covariates
        ]
    )
    columns = np.column_stack([design, log_form])
    scatter, scatter_df = weeks.scatter
    total_df = df + scatter_df

    full = default_grid()
    weight = _weights(columns, weeks.noise, full, scatter, total_df)
    order = np.argsort(weight)
    kept = np.zeros(len(weight), dtype=np.bool_)
    kept[order[np.cumsum(weight[order]) > LEFT_OUT]] = True
    grid, weight = full.where(kept), weight[kept] / weight[kept].sum()

    contrast = _contrast(seen, compared)
    gap = np.abs(np.subtract.outer(np.arange(n_weeks), np.flatnonzero(contrast)))
    toward = grid.ratio[:, None] * np.einsum(
        "gwc,c->gw", grid.rho[:, None, None] ** gap, contrast[contrast != 0]
    )
    stacked = np.concatenate(
        [np.broadcast_to(columns, (len(weight), *columns.shape)), toward[:, :, None]], axis=2
    )
    filtered = whiten(stacked, weeks.noise, grid)
    gram = filtered.whitened.transpose(0, 2, 1) @ filtered.whitened
    inverse = np.linalg.inv(gram[:, :n_columns, :n_columns])
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

    # The change is one linear function of the smooth; its covariance with the data is itself a
    # column that can be whitened, which spares the covariances of all pairs of weeks.
    own = np.einsum("w,gw->g", contrast, toward)
    loading = contrast @ neutral - gram[:, n_columns + 1, :n_columns]
    change = np.einsum("gi,gi->g", loading, beta) + gram[:, n_columns + 1, n_columns]
    change_variance = variance * (
        np.maximum(own - gram[:, n_columns + 1, n_columns + 1], 0.0)
        + np.einsum("gi,gij,gj->g", loading, inverse, loading)
    )

    total_mean = weight @ mean
    total_spread = weight @ (spread + (mean - total_mean) ** 2)
    half = float(stdtrit(total_df, 0.5 + level / 2)) * np.sqrt(total_spread)
    moved = (design - neutral)[:, :] @ (weight @ beta)
    return Smoothed(
        mean=centre + total_mean,
        low=centre + total_mean - half,
        high=centre + total_mean + half,
        last=mixture(weight, centre + mean[:, -1], np.sqrt(spread[:, -1]), float(total_df)),
        change=mixture(weight, change, np.sqrt(change_variance), float(total_df)),
        steps={
            each.level: mixture(
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


def _weights(columns: Floats, noise: Floats, grid: Grid, scatter: float, total_df: int) -> Floats:
    fitted = regress(whiten(columns, noise, grid), columns.shape[1] - 1)
    residual = np.maximum(fitted.remainder[:, 0, 0], 0.0) + scatter + LEAST_SQUARES
    return normalised(grid.log_prior + fitted.log_likelihood - 0.5 * total_df * np.log(residual))


def _contrast(seen: np.ndarray, compared: int) -> Floats:
    """Weights of the weeks in the change: the last ones with runs less the first ones."""
    places = np.flatnonzero(seen)
    contrast = np.zeros(len(seen))
    contrast[places[-compared:]] += 1.0 / compared
    contrast[places[:compared]] -= 1.0 / compared
    return contrast
