"""A scan: many columns fitted one at a time with the same covariates, and its null distribution.

The largest of many gains is not distributed as a single one. Its distribution comes from series
drawn from the fitted model itself (parametric bootstrap: Davison & Hinkley 1997, *Bootstrap
Methods and their Application*, § 4.2), on each of which the whole scan is repeated, estimation
of correlation and noise ratio included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Filtered,
    Grid,
    default_grid,
    normalised,
    project_out,
    regress,
    whiten,
    whitened_in_parts,
)
from runanalytics.findings.engine.weeks import Weeks, centred_form

#: A scan uses every second value of correlation and of ratio.
COARSE = 2
#: Share of a column's sum of squares that the covariates must leave.
OWN_SHARE = 1e-4
#: Most columns of a scan: of more, every second or third is taken.
MOST_COLUMNS = 120
#: Values of whitened columns that are held at a time: 16 MiB.
_MOST_WHITENED = 2**21


@lru_cache(maxsize=1)
def coarse_grid() -> Grid:
    """Return every second correlation and ratio of the grid that findings integrate over."""
    full = default_grid()
    rho, ratio = (np.unique(each)[::COARSE] for each in (full.rho, full.ratio))
    return full.where(np.isin(full.rho, rho) & np.isin(full.ratio, ratio))


@dataclass(frozen=True)
class ColumnScan:
    """What each column gains on each series.

    Parameters
    ----------
    gain : ndarray, shape (n_columns, n_series)
        Twice the gain in log likelihood with the column, correlation and ratio fitted with it
        and without; 0 where the covariates leave nothing of the column.
    coefficient : ndarray, shape (n_columns, n_series)
        Of the column, where the likelihood is highest.
    """

    gain: Floats
    coefficient: Floats


def scan_columns(
    weeks: Weeks,
    nuisance: Floats,
    columns: Floats,
    series: Floats | None = None,
    ridge: Floats | None = None,
) -> ColumnScan:
    """Fit each column alone with the nuisance columns, on each series.

    Parameters
    ----------
    weeks : Weeks
        For the noise of each week.
    nuisance : ndarray, shape (n_weeks, n_nuisance)
        From `design`.
    columns : ndarray, shape (n_weeks, n_columns)
        Finite in all weeks.
    series : ndarray, shape (n_weeks, n_series), optional
        By default log form alone.
    ridge : ndarray, shape (n_nuisance,), optional
        As in `regress`.
    """
    series = centred_form(weeks)[:, None] if series is None else series
    fits = _fit_columns(weeks, nuisance, columns, series, ridge)
    best = fits.log_likelihood_with.argmax(axis=0)
    slope = fits.shared / fits.own[:, :, None]
    gain = 2 * (fits.log_likelihood_with.max(axis=0) - fits.log_likelihood_without.max(axis=0))
    return ColumnScan(
        np.where(fits.usable[:, None], np.maximum(gain, 0.0), 0.0),
        np.take_along_axis(slope, best[None], axis=0)[0],
    )


@dataclass(frozen=True)
class _ColumnFits:
    """Sums of squares and log likelihoods by point of the grid, column and series."""

    usable: npt.NDArray[np.bool_]
    own: Floats
    shared: Floats
    left: Floats
    log_likelihood_without: Floats
    log_likelihood_with: Floats
    solved: Floats


def _fit_columns(
    weeks: Weeks,
    nuisance: Floats,
    columns: Floats,
    series: Floats,
    ridge: Floats | None = None,
) -> _ColumnFits:
    grid = coarse_grid()
    n_columns = columns.shape[1]
    filled = np.column_stack([nuisance, columns, series])
    # Some points at a time: of many weeks, whitened columns are large.
    at_once = max(_MOST_WHITENED // filled.size, 1)
    sums = (
        _point_sums(part, nuisance, columns, ridge)
        for part in whitened_in_parts(filled, weeks.noise, grid, at_once)
    )
    total, free, shared, solved, log_det = map(np.concatenate, zip(*sums, strict=True))
    own = free[:, :n_columns]
    usable = np.asarray((own > OWN_SHARE * total[:, :n_columns]).all(axis=0))
    own = np.where(usable, own, 1.0)
    # In place: a value for each point, column and series is much.
    shared *= usable[:, None]
    squares = np.maximum(free[:, n_columns:], LEAST_SQUARES)
    left = shared**2
    left /= own[:, :, None]
    np.subtract(squares[:, None], left, out=left)
    np.maximum(left, LEAST_SQUARES, out=left)
    half = 0.5 * int(weeks.seen.sum())
    known = grid.log_prior - 0.5 * log_det
    log_likelihood_with = np.log(left)
    log_likelihood_with *= -half
    log_likelihood_with += known[:, None, None]
    return _ColumnFits(
        usable=usable,
        own=own,
        shared=shared,
        left=left,
        log_likelihood_without=known[:, None] - half * np.log(squares),
        log_likelihood_with=log_likelihood_with,
        solved=solved,
    )


def _point_sums(
    filtered: Filtered, nuisance: Floats, columns: Floats, ridge: Floats | None
) -> tuple[Floats, ...]:
    """Return sums of squares of columns and series at each point, and products of the two.

    These are: squares; those without the nuisance columns; products without these; what solves for
    these; the filter's log determinants.
    """
    n_nuisance, n_columns = nuisance.shape[1], columns.shape[1]
    fitted = project_out(filtered, n_nuisance, ridge)
    rest = filtered.whitened[:, :, n_nuisance:]
    total = np.einsum("pwc,pwc->pc", rest, rest)
    free = total - (fitted.cross * fitted.solved).sum(axis=1)
    products = (
        rest[:, :, :n_columns].transpose(0, 2, 1) @ rest[:, :, n_columns:]
        - fitted.cross[:, :, :n_columns].transpose(0, 2, 1) @ fitted.solved[:, :, n_columns:]
    )
    return total, free, products, fitted.solved, filtered.log_det


@dataclass(frozen=True)
class BestColumnFit:
    """The fit of each series with the column that fits it best.

    Parameters
    ----------
    point : ndarray of int, shape (n_series,)
        Likeliest point of `coarse_grid`.
    nuisance : ndarray, shape (n_nuisance, n_series)
        Coefficients of the nuisance columns.
    variance : ndarray, shape (n_series,)
        var(e) in a usual week.
    """

    point: npt.NDArray[np.intp]
    nuisance: Floats
    variance: Floats


def fit_with_best_column(
    weeks: Weeks, nuisance: Floats, columns: Floats, series: Floats
) -> BestColumnFit:
    """Fit each series with the column that fits it best.

    Parameters
    ----------
    weeks, nuisance, columns, series
        As in `scan`.
    """
    fits = _fit_columns(weeks, nuisance, columns, series)
    n_series = series.shape[1]
    by_column = fits.log_likelihood_with.max(axis=0)
    column = by_column.argmax(axis=0)
    every = np.arange(n_series)
    point = fits.log_likelihood_with[:, column, every].argmax(axis=0)
    coefficient = fits.shared[point, column, every] / fits.own[point, column]
    solved = fits.solved[point]
    n_columns = columns.shape[1]
    of_series = solved[every, :, n_columns + every].T
    of_column = solved[every, :, column].T
    return BestColumnFit(
        point,
        of_series - of_column * coefficient,
        fits.left[point, column, every] / int(weeks.seen.sum()),
    )


def point_weights(weeks: Weeks, nuisance: Floats, ridge: Floats | None = None) -> Floats:
    """Return the posterior weight of the points of `coarse_grid` with the nuisance columns alone.

    Parameters
    ----------
    weeks, nuisance, ridge
        As in `scan_columns`.

    Returns
    -------
    ndarray, shape (n_points,)
        Sums to 1.
    """
    grid, n_nuisance = coarse_grid(), nuisance.shape[1]
    columns = np.column_stack([nuisance, centred_form(weeks)])
    fitted = regress(whiten(columns, weeks.noise, grid), n_nuisance, ridge)
    squares = np.maximum(fitted.remainder[:, 0, 0], LEAST_SQUARES)
    df = weeks.n_seen - (n_nuisance if ridge is None else int((ridge == 0).sum()))
    return normalised(grid.log_prior + fitted.log_determinants - 0.5 * df * np.log(squares))


def likeliest_point(weeks: Weeks, nuisance: Floats) -> Grid:
    """Return the point of the coarse grid that is likeliest with the nuisance columns alone.

    Parameters
    ----------
    weeks, nuisance
        As in `scan_columns`.
    """
    weight = point_weights(weeks, nuisance)
    return coarse_grid().where(np.arange(len(weight)) == weight.argmax())


def drawn_series(rng: np.random.Generator, weeks: Weeks, weight: Floats, number: int) -> Floats:
    """Draw series from the model without any column.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    weeks : Weeks
        For the noise of each week, and which are missing.
    weight : ndarray, shape (n_points,)
        From `point_weights`; each series takes one of the points.
    number : int
        How many.

    Returns
    -------
    ndarray, shape (n_weeks, number)
        In units of the noise of a usual week; 0 in missing weeks.
    """
    grid = coarse_grid()
    point = rng.choice(len(weight), number, p=weight)
    rho, sd = grid.rho[point], np.sqrt(grid.ratio[point])
    n_weeks = len(weeks.seen)
    shocks = rng.standard_normal((n_weeks, number))
    state = sd * shocks[0]
    memory = np.empty((n_weeks, number))
    for week in range(n_weeks):
        if week:
            state = rho * state + sd * np.sqrt(1 - rho**2) * shocks[week]
        memory[week] = state
    noise = np.sqrt(np.where(weeks.seen, weeks.noise, 0.0))
    drawn = memory + noise[:, None] * rng.standard_normal((n_weeks, number))
    return np.asarray(np.where(weeks.seen[:, None], drawn, 0.0))


def step_columns(weeks: Weeks, least: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return weeks at which form may step, and a column of 0 before and 1 after for each.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    least : int
        Weeks with a run that there must be on either side.

    Returns
    -------
    places : ndarray of int, shape (n_steps,)
        First week after the step.
    columns : ndarray, shape (n_weeks, n_steps)
        The steps.
    """
    before: npt.NDArray[np.int64] = np.cumsum(weeks.seen) - weeks.seen
    possible = weeks.seen & (before >= least) & (before <= weeks.seen.sum() - least)
    places = thinned(np.flatnonzero(possible))
    number = np.arange(len(weeks.seen))
    return places, (number[:, None] >= places).astype(np.float64)


def thinned(places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return at most about as many places as a scan takes, evenly spread."""
    return places[:: max(1, -(-len(places) // MOST_COLUMNS))]
