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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runanalytics.arrays import Booleans, Floats, Integers
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Filtered,
    Grid,
    Mixture,
    default_grid,
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
#: Forecasts that are made at a time: few enough for a cache.
AT_ONCE = 16


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
    origins = np.arange(len(weeks.seen) - n_ahead, 0, -n_ahead)[::-1]
    seen_before = np.cumsum(weeks.seen)[origins - 1]
    seen_ahead = weeks.seen[origins[:, None] + np.arange(n_ahead)].sum(axis=1)
    origins = origins[(seen_before >= FIRST_WEEKS) & (seen_ahead >= LEAST_SEEN)]
    if not len(origins):
        return OwnErrors(np.empty(0))
    past = _Past.of(weeks, covariates)
    found = [
        past.errors(some, gram, n_ahead) for some, gram in _grams_before(past.filtered, origins)
    ]
    return OwnErrors(np.concatenate(found))


def _grams_before(filtered: Filtered, origins: Integers) -> Iterator[tuple[Integers, Floats]]:
    """Yield some origins at a time, with the products of the columns over the weeks before each.

    Products have the shape (n_columns, n_columns, n_origins, n_points).
    """
    whitened, first = filtered.whitened, 0
    n_points, _, n_columns = whitened.shape
    before = np.zeros((n_points, n_columns, n_columns))
    for some in np.split(origins, range(AT_ONCE, len(origins), AT_ONCE)):
        sums = np.empty((len(some), *before.shape))
        for own, origin in zip(sums, some.tolist(), strict=True):
            known = whitened[:, first:origin]
            np.matmul(known.transpose(0, 2, 1), known, out=own)
            own += before
            before, first = own, origin
        yield some, np.ascontiguousarray(sums.transpose(2, 3, 0, 1))


@dataclass(frozen=True)
class _Past:
    """What forecasts of the past are made from, and set against.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    columns : ndarray, shape (n_weeks, n_columns)
        What is taken into account, and log form last.
    unknown : ndarray of bool, shape (n_columns - 1,)
        Which of them nobody knows ahead.
    prior : ndarray, shape (n_columns - 1,)
        As `ridge` of `ar1.regress`.
    grid : Grid
        Correlations and ratios.
    filtered : Filtered
        The columns, whitened on it.
    log_precision : ndarray, shape (n_weeks, n_points)
        Sum of the logarithms up to each week, over weeks with runs.
    """

    weeks: Weeks
    columns: Floats
    unknown: Booleans
    prior: Floats
    grid: Grid
    filtered: Filtered
    log_precision: Floats

    @classmethod
    def of(cls, weeks: Weeks, covariates: Sequence[Covariate]) -> _Past:
        """Return it for these covariates."""
        columns = np.column_stack([design(weeks, covariates), centred_form(weeks)])
        # A line and a device go on; how fast the runs ahead will be, nobody knows.
        unknown = np.array([False, *(each.varies for each in covariates)])
        every = default_grid()
        grid = every.where(every.ratio > 0)
        filtered = whiten(columns, weeks.noise, grid)
        prior = np.append(0.0, ridge(covariates, weeks))
        precision = np.where(weeks.seen[:, None], filtered.precision, 1.0)
        log_precision = np.cumsum(np.log(precision), axis=0)
        return cls(weeks, columns, unknown, prior, grid, filtered, log_precision)

    def errors(self, origins: Integers, gram: Floats, n_ahead: int) -> Floats:
        """Return the standardised errors of the forecasts from some weeks on that can be judged.

        Parameters
        ----------
        origins : ndarray of int, shape (n_origins,)
            The first week that each forecasts.
        gram : ndarray, shape (n_columns, n_columns, n_origins, n_points)
            Products of the whitened columns over the weeks before.
        n_ahead : int
            Weeks whose mean is forecast.
        """
        weeks, grid, n = self.weeks, self.grid, self.columns.shape[1] - 1
        ahead = origins[:, None] + np.arange(n_ahead)
        n_runs = weeks.n_runs[ahead].astype(np.float64)
        share = n_runs / n_runs.sum(axis=1, keepdims=True)
        fading = share @ grid.rho ** np.arange(n_ahead)[:, None]
        carried = fading * self._memory(origins)
        expected = np.einsum("oh,ohi->io", share, self.columns[ahead, :n])
        for place, origin in enumerate(origins.tolist()):
            recent = recent_mean(weeks, self.columns[:, :n], origin)
            expected[self.unknown, place] = recent[self.unknown]

        # Products of the columns, form and what is forecast of the columns. With the columns taken
        # out (Gaussian elimination), what is left of the last two tells all.
        terms = np.zeros((n + 2, n + 2, *gram.shape[2:]))
        terms[: n + 1, : n + 1] = gram
        every = np.arange(n)
        # A device that is still to come has a column of zeros, and a coefficient without any error.
        terms[every, every] += self.prior[:, None, None] + NOT_YET * gram[every, every].max(axis=0)
        terms[:n, n + 1] = expected[:, :, None] - carried[:n]
        log_det = 0.0
        for k in range(n):
            log_det = log_det + np.log(terms[k, k])
            row = terms[k, k + 1 :]
            terms[k + 1 :, k + 1 :] -= (row / terms[k, k])[:, None] * row
        left, of_beta = terms[n, n], -terms[n + 1, n + 1]
        mean = carried[n] - terms[n, n + 1]

        until = origins - 1
        so_far = np.cumsum(weeks.n_runs)[until] / weeks.n_runs.sum()
        scatter, scatter_df = weeks.scatter
        moved = np.logical_or.accumulate(self.columns[:, :n] != 0)[until]
        n_flat = (moved & (self.prior == 0)).sum(axis=1)
        df = np.cumsum(weeks.seen)[until] - n_flat + so_far * scatter_df
        squares = np.maximum(left, 0.0) + (so_far * scatter + LEAST_SQUARES)[:, None]
        log_weight = grid.log_prior + 0.5 * (
            self.log_precision[until] - log_det - df[:, None] * np.log(squares)
        )
        weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        noise = np.where(n_runs > 0, weeks.noise[ahead], 0.0)
        rest = self._spread(origins, share, fading) + (share**2 * noise).sum(axis=1)[:, None]
        middle = (weight * mean).sum(axis=1)
        spread = squares / df[:, None] * (of_beta + rest) + (mean - middle[:, None]) ** 2
        came = (share * self.columns[ahead, n]).sum(axis=1)
        errors = (came - middle) / np.sqrt((weight * spread).sum(axis=1))
        judged = (weight * of_beta).sum(axis=1) <= UNKNOWN_LEVEL * (weight * rest).sum(axis=1)
        return np.asarray(errors[judged])

    def _memory(self, origins: Integers) -> Floats:
        """Return what is expected of each column's memory at each origin, from the weeks before.

        Its shape is (n_columns, n_origins, n_points).
        """
        filtered = self.filtered
        seen = np.flatnonzero(self.weeks.seen)
        last = seen[np.searchsorted(seen, origins) - 1]
        innovation = filtered.whitened[:, last].transpose(2, 1, 0)
        innovation = innovation / np.sqrt(filtered.precision[last])
        known = self.columns[last].T[:, :, None] - (1 - filtered.gain[last]) * innovation
        memory: Floats = self.grid.rho ** (origins - last)[:, None] * known
        return memory

    def _spread(self, origins: Integers, share: Floats, fading: Floats) -> Floats:
        """Return the variance of the weighted mean of the memory over the weeks ahead.

        Parameters
        ----------
        origins : ndarray of int, shape (n_origins,)
            The first week of each.
        share : ndarray, shape (n_origins, n_ahead)
            Weights of the weeks.
        fading : ndarray, shape (n_origins, n_points)
            What is left of the memory of the first week, in that mean.
        """
        number = np.arange(share.shape[1])
        apart = np.abs(np.subtract.outer(number, number))
        pairs = (share[:, :, None] * share[:, None]).reshape(len(share), -1)
        settled = pairs @ self.grid.rho ** apart.reshape(-1, 1)
        first = self.filtered.variance[origins] - self.grid.ratio
        spread: Floats = self.grid.ratio * settled + first * fading**2
        return spread
