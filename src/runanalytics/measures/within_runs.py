"""Regression inside runs: pooled slopes, and each run's own level with its variance.

Model, for segment i of run r with weight w (its duration over two minutes)::

    y_ri = level_r + z_ri · β + e_ri,    var(e_ri) = σ² / w_ri,
    corr(e_ri, e_rj) = ρ ** (|t_i - t_j| / 150 s)

Every run has a level of its own, so β comes from differences inside runs alone: what differs
between days cannot pass for an effect of speed. Errors of neighbouring segments are correlated
(by about a half on 196 runs of one runner), which whitening takes into account; independent
errors are the case ρ = 0. β has a normal prior, so that a runner with three runs gets an answer
too, with a wide interval. Runs also differ in their slopes, by speed and by time into the run, by
more than their segments' errors: how much is estimated, and the errors of β and of the levels
hold it. A few runs, or many of which a few hold most of the information, tell little of that. In
the errors of β, what is held of it beforehand counts for `SPREAD_RUNS` of them; in those of the
levels it does not, since levels are mostly looked at near the reference and hold without it.
Sources: Wooldridge 2010, *Econometric Analysis*, ch. 10 (within estimator); Harville 1977,
10.1080/01621459.1977.10480998 (restricted likelihood); Gelman et al. 2013, *Bayesian Data
Analysis*, §14.8 (prior as additional data); DerSimonian & Laird 1986,
10.1016/0197-2456(86)90046-2 (spread of the runs' own slopes); Laird & Ware 1982, 10.2307/2529876
(slopes that vary between subjects); Satterthwaite 1946, 10.2307/3002019 (degrees of freedom of a
sum of estimated variances).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from runanalytics.arrays import Floats, Integers

#: Time between two segments (s) for which ρ is stated: about that between neighbours.
STEP_S = 150.0
#: Values of ρ that are weighed against each other, equally likely beforehand.
_RHO_GRID = tuple(np.linspace(0.0, 0.9, 10).tolist())
#: Share of the best run's information that is none.
_NO_INFORMATION = 1e-9
#: Number of segments that ρ is estimated from: more would only take longer.
_ENOUGH_FOR_RHO = 4000
#: Runs whose segments are multiplied with each other at a time.
_RUNS_AT_ONCE = 2048
#: Prior of σ of a two-minute segment: 1.2 %, and how many segments it is worth.
PRIOR_SIGMA = 0.012
_PRIOR_SIGMA_WEIGHT = 4.0
#: Runs that the spread of slopes held beforehand counts for. With two, halves of a runner's runs
#: differ as their errors say, and those of simulated runners hold (`benchmarks/told_measures.py`).
SPREAD_RUNS = 2.0


@dataclass(frozen=True)
class Prior:
    """What is held of the slopes beforehand.

    Parameters
    ----------
    mean, sd : ndarray, (p,)
        Means and standard deviations of a normal prior (0 fixes, inf leaves free).
    spreads : ndarray, (p,), optional
        Standard deviation between runs of each slope, 0 where nothing is held of it. By default
        nothing is.
    """

    mean: Floats
    sd: Floats
    spreads: Floats | None = None

    @property
    def precision(self) -> Floats:
        """Inverse variances; very large instead of infinite where `sd` is 0."""
        return 1 / np.maximum(self.sd, 1e-6) ** 2


@dataclass(frozen=True)
class WithinFit:
    """Slopes common to all runs, and the level of each run where z is zero.

    Parameters
    ----------
    slopes, covariance : ndarray
        β and its posterior covariance.
    df : ndarray
        Degrees of freedom of the error of each slope.
    sigma : float
        Standard deviation of the error of a segment of weight 1.
    rho : float
        Correlation of errors 150 s apart.
    spreads : ndarray
        Standard deviation between runs of each slope; 0 of those that are the same in all.
    levels, variances : ndarray
        Each run's level and its variance.
    """

    slopes: Floats
    covariance: Floats
    df: Floats
    sigma: float
    rho: float
    spreads: Floats
    levels: Floats
    variances: Floats


@dataclass(frozen=True)
class _Whitened:
    """Data whitened for one value of ρ, with each run's level taken out, and what is left free."""

    free: int
    information: Floats
    y: Floats
    z: Floats
    y_mean: Floats
    z_mean: Floats
    log_determinant: float


def within(
    y: Floats,
    z: Floats,
    run: Integers,
    time_s: Floats,
    weight: Floats,
    prior: Prior,
    *,
    varying: Sequence[int] = (0,),
    rho: float | None = None,
) -> WithinFit:
    """Regress `y` on `z` inside runs.

    Parameters
    ----------
    y : ndarray, (n,)
        Outcome.
    z : ndarray, (n, p)
        Regressors, zero at the reference.
    run : ndarray of int, (n,)
        Number of each segment's run, from 0, never falling, none left out.
    time_s : ndarray, (n,)
        Time within the run (s), rising within each.
    weight : ndarray, (n,)
        Weight of each segment: inverse of its relative error variance.
    prior : Prior
        Of the p slopes.
    varying : sequence of int
        Columns of `z` whose slopes differ between runs.
    rho : float, optional
        Correlation of errors 150 s apart, 0 to below 1; by default estimated by restricted
        likelihood and averaged over its uncertainty.

    Returns
    -------
    WithinFit
        In the units of `y` and `z`.

    Examples
    --------
    >>> z = np.array([[-1.0], [0.0], [1.0], [0.0], [2.0]])
    >>> run = np.array([0, 0, 0, 1, 1])
    >>> y = 0.5 * z[:, 0] + np.array([3.0, 3.0, 3.0, 4.0, 4.0])
    >>> free = Prior(np.zeros(1), np.array([np.inf]))
    >>> within(y, z, run, np.arange(5) * 150.0, np.ones(5), free, rho=0.0).levels.round(3)
    array([3., 4.])
    """
    data = (y, z, run, time_s, weight)
    if rho is None:
        rho = _correlation(*data, prior)
    white = _whiten(*data, rho)
    slopes, covariance, sigma, _ = _solve(white, prior)
    squares = _squares_by_run(white.z, run)
    spreads = _spreads(white, slopes, run, squares, sigma, prior, varying)
    information = squares / sigma**2
    # What a run's own departures from β add to its level, less what it has pulled β after itself.
    pulled = np.einsum("ri,ij,rjk->rk", white.z_mean, covariance, information)
    variances = sigma**2 / white.information
    variances += ((white.z_mean - pulled) ** 2 - pulled**2) @ spreads**2
    estimated = _allowing_for(spreads, covariance, information)
    variances += np.einsum("ri,ij,rj->r", white.z_mean, estimated, white.z_mean)
    held, runs = _with_held(spreads, squares, prior, varying)
    return WithinFit(
        slopes,
        _allowing_for(held, covariance, information),
        _degrees_of_freedom(held, runs, covariance, information, _PRIOR_SIGMA_WEIGHT + white.free),
        sigma,
        rho,
        spreads,
        levels=white.y_mean - white.z_mean @ slopes,
        variances=variances,
    )


def _allowing_for(spreads: Floats, covariance: Floats, information: Floats) -> Floats:
    """Return the covariance of slopes that differ between runs, from that of slopes that do not."""
    between = np.einsum("rik,k,rjk->ij", information, spreads**2, information)
    return np.asarray(covariance + covariance @ between @ covariance)


def _degrees_of_freedom(
    spreads: Floats, runs: Floats, covariance: Floats, information: Floats, of_segments: float
) -> Floats:
    """Return those of the error of each slope: of its segments' errors and of each spread.

    Parameters
    ----------
    spreads, runs : ndarray, (p,)
        By how much each slope differs between runs, and how many runs tell so.
    covariance, information : ndarray, (p, p) and (n_runs, p, p)
        Of slopes that are the same in all runs.
    of_segments : float
        Degrees of freedom of σ.
    """
    parts = ((covariance @ information) ** 2).sum(0) * spreads**2
    own = covariance.diagonal()
    squares = own**2 / of_segments + (parts**2 / np.maximum(runs, 1.0)).sum(1)
    return np.asarray((own + parts.sum(1)) ** 2 / squares)


def own_slopes(
    y: Floats,
    z: Floats,
    run: Integers,
    time_s: Floats,
    weight: Floats,
    prior: Prior,
) -> tuple[Floats, Floats]:
    """Return each run's own slope on the first regressor, with its variance.

    The other slopes are common to all, but the variance holds how much runs differ in those
    of which `prior.spreads` holds something.

    Parameters
    ----------
    y, z, run, time_s, weight, prior
        As for `within`.

    Returns
    -------
    slopes, variances : ndarray, (n_runs,)
        In the units of `y` and `z`; the variance is infinite where a run has no information.

    Examples
    --------
    >>> z = np.array([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
    >>> run = np.array([0, 0, 0, 1, 1, 1])
    >>> y = np.array([0.0, 0.1, 0.2, 5.0, 4.9, 4.8])
    >>> free = Prior(np.zeros(1), np.array([np.inf]))
    >>> own_slopes(y, z, run, np.arange(6) * 150.0, np.ones(6), free)[0].round(3)
    array([ 0.1, -0.1])
    """
    data = (y, z, run, time_s, weight)
    common = Prior(prior.mean[1:], prior.sd[1:])
    white = _whiten(*data, _correlation(*data, common, own_slopes=True))
    first, others = white.z[:, 0], white.z[:, 1:]
    slopes, covariance, sigma, _ = _solve(_without_own_slopes(white, run), common)
    remainder = white.y - others @ slopes
    information = np.bincount(run, first**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.bincount(run, first * remainder) / information
        dependence = np.column_stack(
            [np.bincount(run, first * other) / information for other in others.T]
            or [np.empty((len(information), 0))]
        )
        variance = sigma**2 / information
    spreads = _spreads_of_others(white, run, prior)
    variance = variance + np.einsum("ri,ij,rj->r", dependence, covariance, dependence)
    variance += dependence**2 @ spreads**2
    informed = information > 0
    return np.where(informed, own, np.nan), np.where(informed, variance, np.inf)


def _spreads_of_others(white: _Whitened, run: Integers, prior: Prior) -> Floats:
    """Return by how much slopes on all but the first regressor differ between runs."""
    varying = (0, *(np.flatnonzero(prior.spreads[1:]) + 1 if prior.spreads is not None else ()))
    slopes, _, sigma, _ = _solve(white, prior)
    squares = _squares_by_run(white.z, run)
    found = _spreads(white, slopes, run, squares, sigma, prior, varying)
    return _with_held(found, squares, prior, varying)[0][1:]


def _whiten(
    y: Floats, z: Floats, run: Integers, time_s: Floats, weight: Floats, rho: float
) -> _Whitened:
    first = np.diff(run, prepend=-1) > 0
    gap = np.maximum(np.diff(time_s, prepend=time_s[0]), 1.0)
    carried = np.where(first, 0.0, rho ** (gap / STEP_S))
    independent = np.sqrt(1 - carried**2)

    def whitened(values: Floats) -> Floats:
        scaled = values * np.sqrt(weight)
        new: Floats = (scaled - carried * np.concatenate(([0.0], scaled[:-1]))) / independent
        return new

    starts = np.flatnonzero(first)
    ones = whitened(np.ones_like(y))
    information = np.add.reduceat(ones**2, starts)
    # In place: of hundreds of thousands of segments, each copy takes room.
    inside = np.empty((len(y), 1 + z.shape[1]))
    for place, column in enumerate((y, *z.T)):
        inside[:, place] = whitened(column)
    shares = inside * ones[:, None]
    means = np.add.reduceat(shares, starts, axis=0) / information[:, None]
    np.take(means, run, axis=0, out=shares, mode="clip")
    shares *= ones[:, None]
    inside -= shares
    return _Whitened(
        free=len(y) - len(information),
        information=information,
        y=inside[:, 0],
        z=inside[:, 1:],
        y_mean=means[:, 0],
        z_mean=means[:, 1:],
        log_determinant=float(2 * np.log(independent).sum() + np.log(information).sum()),
    )


def _without_own_slopes(white: _Whitened, run: Integers) -> _Whitened:
    """Return the same with each run's own slope on the first regressor taken out, too.

    Slopes that differ would otherwise pass for errors, and for a correlation of errors.
    """
    first = white.z[:, 0]
    squares = np.bincount(run, first**2)
    informed = squares > _NO_INFORMATION * squares.max(initial=0.0)
    weight = np.where(informed, 1 / np.where(informed, squares, 1.0), 0.0)

    def left(values: Floats) -> Floats:
        return np.asarray(values - first * (weight * np.bincount(run, first * values))[run])

    others = [left(other) for other in white.z[:, 1:].T]
    return replace(
        white,
        free=white.free - int(np.count_nonzero(informed)),
        y=left(white.y),
        z=np.column_stack(others) if others else np.empty((len(first), 0)),
        log_determinant=white.log_determinant + float(np.log(squares[informed]).sum()),
    )


def _solve(white: _Whitened, prior: Prior) -> tuple[Floats, Floats, float, float]:
    """Return slopes, their covariance, σ and the logarithm of the restricted posterior."""
    squares, products = white.z.T @ white.z, white.z.T @ white.y
    total = float(white.y @ white.y)
    prior_squares = _PRIOR_SIGMA_WEIGHT * PRIOR_SIGMA**2
    variance = PRIOR_SIGMA**2
    # Slopes and σ² depend on each other through the prior; a few rounds converge.
    for _ in range(8):
        precision = squares / variance + np.diag(prior.precision)
        covariance: Floats = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        slopes = covariance @ (products / variance + prior.precision * prior.mean)
        misfit = max(float(total - 2 * slopes @ products + slopes @ squares @ slopes), 0.0)
        used = float(np.trace(covariance @ squares)) / variance
        variance = (prior_squares + misfit) / (_PRIOR_SIGMA_WEIGHT + max(white.free - used, 0.0))
    log_posterior = -0.5 * (
        white.log_determinant
        + float(np.linalg.slogdet(precision)[1])
        + (white.free + _PRIOR_SIGMA_WEIGHT) * np.log(variance)
        + (misfit + prior_squares) / variance
        + float(prior.precision @ (slopes - prior.mean) ** 2)
    )
    return slopes, covariance, float(np.sqrt(variance)), float(log_posterior)


def _correlation(
    y: Floats,
    z: Floats,
    run: Integers,
    time_s: Floats,
    weight: Floats,
    prior: Prior,
    *,
    own_slopes: bool = False,
) -> float:
    """Return the mean of ρ over the grid, each value weighed by its restricted likelihood.

    With `own_slopes`, runs differ in the slope on the first regressor, of which `prior` says
    nothing.
    """
    every = -(-len(y) // _ENOUGH_FOR_RHO)
    kept = run % every == 0
    of, *data = run[kept] // every, y[kept], z[kept], time_s[kept], weight[kept]
    white = [_whiten(data[0], data[1], of, data[2], data[3], rho) for rho in _RHO_GRID]
    if own_slopes:
        white = [_without_own_slopes(each, of) for each in white]
    logs = np.array([_solve(each, prior)[3] for each in white])
    likelihood = np.exp(logs - logs.max())
    return float(likelihood @ np.array(_RHO_GRID) / likelihood.sum())


def _squares_by_run(z: Floats, run: Integers) -> Floats:
    """Return the sums of squares and products of the regressors inside each run, (n_runs, p, p)."""
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    squares = np.empty((len(starts), z.shape[1], z.shape[1]))
    # Some runs at a time: the products of all segments are many.
    for first in range(0, len(starts), _RUNS_AT_ONCE):
        some = starts[first : first + _RUNS_AT_ONCE]
        last = first + len(some)
        part = z[some[0] : starts[last] if last < len(starts) else len(z)]
        squares[first:last] = np.add.reduceat(
            part[:, :, None] * part[:, None, :], some - some[0], axis=0
        )
    return squares


def _spreads(
    white: _Whitened,
    slopes: Floats,
    run: Integers,
    squares: Floats,
    sigma: float,
    prior: Prior,
    varying: Sequence[int],
) -> Floats:
    """Return by how much each slope differs between runs beyond chance.

    Moments, as of DerSimonian & Laird, of all slopes and of σ² at once: what a run's own slopes
    miss by is σ² and what each of its slopes departs by, through how the regressors go together.
    The σ that takes slopes for the same in all runs is larger, and would hide how they differ.
    """
    n_slopes = len(slopes)
    residual = white.y - white.z @ slopes
    n_runs, total = len(white.information), squares.sum(0)
    inverse = np.linalg.inv(total + sigma**2 * np.diag(prior.precision))
    missed = np.stack([np.bincount(run, residual * column) for column in white.z.T], axis=1)
    free = len(residual) - n_runs - float(np.trace(inverse @ total))
    weight = _PRIOR_SIGMA_WEIGHT + max(free, 0.0)
    prior_squares = _PRIOR_SIGMA_WEIGHT * PRIOR_SIGMA**2
    own = [column for column in varying if prior.sd[column] > 0]
    rows = [[weight, *(_beyond_mean(squares[:, j, j], total[j, j]) for j in own)]]
    sums = [prior_squares + float(residual @ residual)]
    for k in own:
        within_k = squares[:, k, k]
        # Runs alone in their group have rounding errors for information.
        informed = within_k > _NO_INFORMATION * within_k.max(initial=0.0)
        if np.count_nonzero(informed) < 2:
            rows.append([0.0, *(float(j == k) for j in own)])
            sums.append(0.0)
            continue
        of, here = within_k[informed], squares[informed]
        taken = np.einsum("ri,ij,rj->r", here[:, k], inverse, here[:, k]) / of
        rows.append(
            [
                float((1 - taken).sum()),
                *(
                    float((here[:, k, j] ** 2 / of).sum() - (here[:, k, j] ** 2).sum() / of.sum())
                    for j in own
                ),
            ]
        )
        sums.append(float((missed[informed, k] ** 2 / of).sum()))
    scale = np.array([max(row[0], 1.0) for row in rows])
    found = _not_negative(np.array(rows) / scale[:, None], np.array(sums) / scale)
    spreads = np.zeros(n_slopes)
    spreads[own] = np.sqrt(found[1:])
    return spreads


def _with_held(
    spreads: Floats, squares: Floats, prior: Prior, varying: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return spreads of slopes, with what is held of them beforehand, and how many runs tell so."""
    together, runs = spreads.copy(), np.zeros(len(spreads))
    for k in varying:
        runs[k] = _runs_that_tell(squares[:, k, k])
        if prior.spreads is not None and prior.spreads[k] > 0:
            held = SPREAD_RUNS * prior.spreads[k] ** 2
            together[k] = np.sqrt((runs[k] * spreads[k] ** 2 + held) / (runs[k] + SPREAD_RUNS))
            runs[k] += SPREAD_RUNS
    return together, runs


def _runs_that_tell(squares: Floats) -> float:
    """Return how many runs that are alike would tell as much of a spread, less one for its mean.

    Examples
    --------
    >>> _runs_that_tell(np.ones(10)), _runs_that_tell(np.array([1.0, 0.0, 0.0]))
    (9.0, 0.0)
    """
    total = float(squares.sum())
    return max(total**2 / float(squares @ squares) - 1, 0.0) if total > 0 else 0.0


def _not_negative(rows: Floats, sums: Floats) -> Floats:
    """Return the least-squares solution of which no part is negative.

    There are up to four unknowns, so all sets of those that are not zero are tried, the whole
    first. scipy.optimize.nnls gives the same; importing its package takes longer than a form.

    Examples
    --------
    >>> _not_negative(np.eye(2), np.array([1.0, -2.0]))
    array([1., 0.])
    """
    number = rows.shape[1]
    best, least = np.zeros(number), np.inf
    for size in range(number, -1, -1):
        for kept in map(list, itertools.combinations(range(number), size)):
            found = np.zeros(number)
            found[kept] = np.linalg.lstsq(rows[:, kept], sums)[0]
            missed = float(np.sum((rows @ found - sums) ** 2))
            if found.min() >= 0 and missed < least:
                best, least = found, missed
        if size == number and np.isfinite(least):
            return best  # the least of all
    return best


def _beyond_mean(squares: Floats, total: float) -> float:
    """Return a sum of squares without what one slope common to all runs would take of it."""
    return float(total - (squares**2).sum() / total) if total > 0 else 0.0
