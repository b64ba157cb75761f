"""How far a runner's own weeks came out from what the model would have forecast for them.

The model's forecast of the next weeks is right only for runners who are as the model: no jumps,
no months of steady gain, no weeks that differ more than days do. Whether this runner is so can be
seen: at every fourth week of the past the same forecast is made from what was known until then,
and set against what came. If the runner's own errors were half as large again as they should have
been, so will be the next, and the interval says so; if they were smaller, it narrows.

What is assumed:

1. Errors of forecasts that do not overlap are independent, and those to come are of the same
   size. How large they are is unknown: before any is seen, as large as the model says, as if
   known from `PRIOR_ERRORS` of them; their distribution is then Student's t (the normal with an
   unknown variance: Gelman et al. 2013, *Bayesian Data Analysis*, § 2.6).
2. A runner's first three months show the model, not its errors.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runanalytics.arrays import Booleans, Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Filtered,
    Grid,
    Mixture,
    default_grid,
    normalised,
    whiten,
)
from runanalytics.findings.engine.covariates import Covariate, design, recent_mean, ridge
from runanalytics.findings.engine.weeks import Weeks, centred_form

#: Weeks with a run before the first forecast of the past.
FIRST_WEEKS = 12
#: Errors that the model's own size of them counts for: a judgement of this project.
PRIOR_ERRORS = 4.0
#: Of the weeks ahead, so many must have a run for a forecast to be judged.
LEAST_SEEN = 2
#: A forecast whose level was not known (a new device) is not judged: the coefficients' share of
#: its variance over the rest.
UNKNOWN_LEVEL = 1.0
#: Added to each column's sum of squares, as a share of the largest: a device to come has none.
NOT_YET = 1e-9


@dataclass(frozen=True)
class OwnErrors:
    """A runner's past forecasts against what came.

    Parameters
    ----------
    standardised : ndarray, shape (n_forecasts,)
        Errors over the standard deviation that the model gave each.
    prior_errors : float
        Errors that what is held beforehand counts for.
    prior_factor : float
        How much larger than the model says errors are held to be beforehand.
    """

    standardised: Floats
    prior_errors: float = PRIOR_ERRORS
    prior_factor: float = 1.0

    @property
    def factor(self) -> float:
        """How much wider the next forecast is than the model says."""
        squares = float(self.standardised @ self.standardised)
        before = self.prior_errors * self.prior_factor**2
        return float(np.sqrt((before + squares) / self.df))

    @property
    def df(self) -> float:
        """Degrees of freedom of that size."""
        return self.prior_errors + len(self.standardised)

    def applied(self, forecast: Mixture) -> Mixture:
        """Return a forecast with errors as large as the runner's own.

        Parameters
        ----------
        forecast : Mixture
            As the model has it.

        Examples
        --------
        >>> model = Mixture(np.ones(1), np.zeros(1), np.ones(1), df=400.0)
        >>> usual = OwnErrors(np.ones(20)).applied(model)
        >>> wilder = OwnErrors(np.full(20, 1.5)).applied(model)
        >>> [round(each.quantile(0.975), 2) for each in (model, usual, wilder)]
        [1.97, 2.06, 2.95]
        """
        middle, factor = forecast.mean, self.factor
        return replace(
            forecast,
            centre=middle + factor * (forecast.centre - middle),
            scale=factor * forecast.scale,
            df=min(forecast.df, self.df),
        )


def own_errors(weeks: Weeks, covariates: Sequence[Covariate], n_ahead: int) -> OwnErrors:
    """Forecast the mean of some weeks again and again from the weeks before, and compare.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        What is taken into account, the line too.
    n_ahead : int
        Weeks whose mean is forecast.
    """
    n_weeks = len(weeks.seen)
    seen_so_far = np.cumsum(weeks.seen)
    origins = np.arange(n_weeks - n_ahead, 0, -n_ahead)[::-1]
    origins = origins[seen_so_far[origins - 1] >= FIRST_WEEKS]
    if not len(origins):
        return OwnErrors(np.empty(0))
    columns = np.column_stack([design(weeks, covariates), centred_form(weeks)])
    # A line and a device go on; how fast the runs ahead will be, nobody knows.
    unknown = np.array([False, *(each.varies for each in covariates)])
    every = default_grid()
    grid = every.where(every.ratio > 0)
    filtered = whiten(columns, weeks.noise, grid)
    states = _states(filtered, grid)
    prior = np.append(0.0, ridge(covariates, weeks))
    found = [
        _error(weeks, columns, unknown, filtered, states, grid, prior, before, n_ahead)
        for before in _before_each(weeks, columns, filtered, origins.tolist())
    ]
    return OwnErrors(np.array([each for each in found if each is not None]))


@dataclass(frozen=True)
class _Before:
    """Sums over the weeks before `origin`, each carried on from those before the last one.

    Parameters
    ----------
    origin : int
        The first week that is forecast.
    gram : ndarray, shape (n_points, n_columns, n_columns)
        Products of the whitened columns.
    log_precision : ndarray, shape (n_points,)
        Sum of the logarithms over weeks with runs.
    moved : ndarray of bool, shape (n_columns,)
        Which columns were not always zero.
    """

    origin: int
    gram: Floats
    log_precision: Floats
    moved: Booleans


def _before_each(
    weeks: Weeks, columns: Floats, filtered: Filtered, origins: list[int]
) -> Iterator[_Before]:
    """Yield what the weeks before each origin add up to: in all, one pass over the weeks."""
    n_points, _, n_columns = filtered.whitened.shape
    gram = np.zeros((n_points, n_columns, n_columns))
    log_precision, moved = np.zeros(n_points), np.zeros(n_columns, dtype=bool)
    for first, origin in itertools.pairwise([0, *origins]):
        here = slice(first, origin)
        known = filtered.whitened[:, here]
        gram = gram + known.transpose(0, 2, 1) @ known
        seen = weeks.seen[here]
        log_precision = log_precision + np.log(filtered.precision[here][seen]).sum(axis=0)
        moved = moved | (columns[here] != 0).any(axis=0)
        yield _Before(origin, gram, log_precision, moved)


def _states(filtered: Filtered, grid: Grid) -> Floats:
    """Return what is expected of each column's memory in each week, from the weeks before."""
    n_points, n_weeks, n_columns = filtered.whitened.shape
    states = np.zeros((n_weeks + 1, n_points, n_columns))
    for week in range(n_weeks):
        scale = np.sqrt(filtered.precision[week])
        # gain × innovation, as in `smooth`
        step = (filtered.variance[week] * scale)[:, None] * filtered.whitened[:, week]
        states[week + 1] = grid.rho[:, None] * (states[week] + step)
    return states


def _error(
    weeks: Weeks,
    columns: Floats,
    unknown: Booleans,
    filtered: Filtered,
    states: Floats,
    grid: Grid,
    prior: Floats,
    before: _Before,
    n_ahead: int,
) -> float | None:
    """Return the standardised error of the forecast of the weeks from an origin on."""
    origin, gram = before.origin, before.gram
    ahead = slice(origin, origin + n_ahead)
    n_runs = weeks.n_runs[ahead].astype(np.float64)
    if (n_runs > 0).sum() < LEAST_SEEN:
        return None
    share = n_runs / n_runs.sum()
    n_columns = columns.shape[1] - 1
    # A device that is still to come has a column of zeros, and a coefficient without any error.
    own = gram[:, :n_columns, :n_columns]
    least = NOT_YET * np.diagonal(own, axis1=1, axis2=2).max(axis=1)
    own = own + np.diag(prior) + least[:, None, None] * np.eye(n_columns)
    inverse = np.linalg.inv(own)
    beta = np.einsum("gij,gj->gi", inverse, gram[:, :n_columns, n_columns])
    left = gram[:, n_columns, n_columns] - np.einsum("gi,gi->g", beta, gram[:, :n_columns, -1])
    so_far = float(weeks.n_runs[:origin].sum() / weeks.n_runs.sum())
    scatter, scatter_df = weeks.scatter
    flat = (prior == 0) & before.moved[:n_columns]
    df = int(weeks.seen[:origin].sum()) - int(flat.sum()) + so_far * scatter_df
    squares = np.maximum(left, 0.0) + so_far * scatter + LEAST_SQUARES
    weight = normalised(
        grid.log_prior
        + 0.5 * before.log_precision
        - 0.5 * np.linalg.slogdet(own)[1]
        - 0.5 * df * np.log(squares)
    )
    variance = squares / df
    fading = grid.rho[:, None] ** np.arange(n_ahead)
    carried = (fading @ share)[:, None] * states[origin]
    expected = share @ columns[ahead, :n_columns]
    expected[unknown] = recent_mean(weeks, columns[:, :n_columns], origin)[unknown]
    loading = expected - carried[:, :n_columns]
    mean = np.einsum("gi,gi->g", loading, beta) + carried[:, n_columns]
    of_beta = np.einsum("gi,gij,gj->g", loading, inverse, loading)
    rest = _spread(filtered.variance[origin], grid, share) + float(
        share[n_runs > 0] ** 2 @ weeks.noise[ahead][n_runs > 0]
    )
    if weight @ of_beta > UNKNOWN_LEVEL * (weight @ rest):
        return None
    middle = float(weight @ mean)
    spread = float(weight @ (variance * (of_beta + rest) + (mean - middle) ** 2))
    return float((share @ columns[ahead, n_columns] - middle) / np.sqrt(spread))


def _spread(first: Floats, grid: Grid, share: Floats) -> Floats:
    """Return the variance of the weighted mean of the memory over the weeks ahead.

    Parameters
    ----------
    first : ndarray, shape (n_points,)
        Its variance in the first of them.
    grid : Grid
        Correlation and ratio.
    share : ndarray, shape (n_ahead,)
        Weights of the weeks.
    """
    number = np.arange(len(share))
    earlier = np.minimum.outer(number, number)
    apart = np.abs(np.subtract.outer(number, number))
    rho = grid.rho[:, None, None]
    of_earlier = (
        grid.ratio[:, None, None] + rho ** (2 * earlier) * ((first - grid.ratio)[:, None, None])
    )
    spread: Floats = np.einsum("h,ghk,k->g", share, rho**apart * of_earlier, share)
    return spread
