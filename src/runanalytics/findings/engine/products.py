"""Cross-products of columns in the metric of the weekly errors, of runs or of weekly means.

What form remembers from week to week is the same for all runs of a week. The likelihood of runs
is then that of their weekly means times that of their deviations from these, which no memory
touches: the cross-products of deviations, each run weighed as in its mean, are added once to
those of the whitened weeks, the same at every point of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import LEAST_SQUARES, default_grid, weighed_products
from runanalytics.findings.engine.weeks import Weeks


@dataclass(frozen=True)
class Products:
    """Cross-products of columns in the metric of the errors, at every point of the grid.

    Parameters
    ----------
    gram : ndarray, shape (n_points, n_columns, n_columns)
        Xᵀ V⁻¹ X, with V in units of the noise variance of a usual week.
    log_det : ndarray, shape (n_points,)
        Log determinant of V, up to a constant.
    n : int
        Number of observations.
    means : ndarray, shape (n_weeks, n_columns)
        The columns by week; of missing weeks they say nothing.
    """

    gram: Floats
    log_det: Floats
    n: int
    means: Floats


def run_products(weeks: Weeks, columns: Floats) -> Products:
    """Return the cross-products of columns with one row a run.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    columns : ndarray, shape (n_runs, n_columns)
        Finite.
    """
    week, share = weeks.columns["week"], weeks.columns["share"]
    means = weeks.mean(columns)
    means[~weeks.seen] = 0.0
    about = columns - means[week]
    within = about.T @ ((share / weeks.noise[week])[:, None] * about)
    between = week_products(weeks, means)
    gram = between.gram
    gram += within
    return Products(gram, between.log_det, len(week), means)


def week_products(weeks: Weeks, columns: Floats) -> Products:
    """Return the cross-products of columns with one row a week.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    columns : ndarray, shape (n_weeks, n_columns)
        Finite in all weeks.
    """
    gram, log_det = weighed_products(columns, weeks.noise, default_grid())
    return Products(gram, log_det, weeks.n_seen, columns)


def without_nuisance(
    products: Products, n_nuisance: int, ridge: Floats | None = None
) -> tuple[Floats, Floats]:
    """Take the first columns out of the others, which may depend on each other or be 0.

    Parameters
    ----------
    products : Products
        Of nuisance columns, and of others after them.
    n_nuisance : int
        Number of nuisance columns.
    ridge : ndarray, shape (n_nuisance,), optional
        As in `ar1.regress`.

    Returns
    -------
    left : ndarray, shape (n_points, n_others, n_others)
        Cross-products of what is left of the others.
    log_weight : ndarray, shape (n_points,)
        Log of the prior and of that part of the restricted likelihood that no residual enters.
    """
    gram = products.gram
    nuisance = gram[:, :n_nuisance, :n_nuisance]
    if ridge is not None:
        nuisance = nuisance + np.diag(ridge)
    cross = gram[:, :n_nuisance, n_nuisance:]
    left = gram[:, n_nuisance:, n_nuisance:] - cross.transpose(0, 2, 1) @ np.linalg.solve(
        nuisance, cross
    )
    place = np.arange(left.shape[1])
    left[:, place, place] = np.maximum(left[:, place, place], LEAST_SQUARES)
    log_det = products.log_det + np.linalg.slogdet(nuisance)[1]
    return left, default_grid().log_prior - 0.5 * log_det


def swept(terms: Floats, n: int) -> tuple[Floats, Floats]:
    """Regress the last of some terms on the first `n` (sweep operator: Goodnight 1979).

    Parameters
    ----------
    terms : ndarray, shape (n_terms, n_terms, ...)
        Cross-products; overwritten.
    n : int
        How many terms are taken out of the rest.

    Returns
    -------
    terms : ndarray
        Less the inverse of the first n, their coefficients, and what is left of the rest.
    log_det : ndarray
        Log determinant of the first n.

    Notes
    -----
    Doi:10.1080/00031305.1979.10482685.

    Examples
    --------
    >>> terms, log_det = swept(np.array([[4.0, 2.0], [2.0, 3.0]]), 1)
    >>> terms.tolist(), round(float(np.exp(log_det)), 6)
    ([[-0.25, 0.5], [0.5, 2.0]], 4.0)
    """
    log_det = np.zeros(terms.shape[2:])
    for k in range(n):
        pivot = terms[k, k].copy()
        log_det += np.log(pivot)
        row = terms[k] / pivot
        terms = terms - row[:, None] * terms[k][None]
        terms[k] = row
        terms[:, k] = row
        terms[k, k] = -1.0 / pivot
    return terms, log_det
