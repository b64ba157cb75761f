"""The weekly engine: regression with AR(1) errors, whose parameters intervals do not take as known.

Weekly form is y = Xβ + u + e: u an AR(1) process (this week resembles the last), e noise whose
variance falls with the number of runs of the week. What is assumed:

1. Form is compared on the log scale, one value a calendar week; a week without a run is a
   missing observation across which u goes on.
2. u is stationary with correlation ρ from week to week; ρ has the prior Beta(10, 2). One runner
   in ten has no u at all. Of the others, the share that u has in the variance of a single run,
   of four a week, has the prior Beta(1, 1/2): sd(u) / sd(e) then has the long tail of Cauchy's
   distribution (Gelman 2006, doi:10.1214/06-BA117A), and seldom is so small that it cannot be
   told from none. A prior that is flat up to a bound expects a large u: runners in whom it is as
   large as e then pass for having none, and too many effects are found (`docs/calibration.md`).
3. β has a flat prior, and so has the log of the scale. Both are integrated out (restricted
   likelihood: Patterson & Thompson 1971, doi:10.1093/biomet/58.3.545; Harville 1974,
   doi:10.1093/biomet/61.2.383), so that, given ρ and the ratio, a coefficient is Student's t.
4. ρ and the ratio are never known. An interval is that of the mixture of those t over a grid of
   both, weighed by restricted likelihood and prior, not that of the likeliest pair.

Everything is a Kalman recursion over weeks (Durbin & Koopman 2012, *Time Series Analysis by
State Space Methods*, §§ 4.3–4.5) for all points of the grid and all columns at once or, where
cross-products are all that is asked for, an elimination in tridiagonal matrices: time grows
linearly with weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtr, ndtri, stdtr, stdtrit

from runanalytics.arrays import Floats

#: Prior of the week-to-week correlation: Beta(a, b), mean 0.83.
RHO_PRIOR = (10.0, 2.0)
RHO_POINTS = 14
#: Square root of the distance of ρ from 1, farthest and nearest. Farther off, the prior is nil.
RHO_EDGES = (0.9, 0.05)
#: Prior probability that weeks have no memory: var(u) is 0.
NO_MEMORY = 0.1
#: Standard deviation of u over that of e in a week of usual weight: bounds and points, log-even.
RATIO_BOUNDS = (0.25, 16.0)
RATIO_POINTS = 12
#: Standard deviation of a single run's noise over that of e: four runs a week.
RUN_SD = 2.0
#: Least sum of squares of log form: a series without any scatter is not known without error.
LEAST_SQUARES = 1e-20
#: Weeks that the recursion goes through before what it gave is used: few enough for a cache.
WEEKS_AT_ONCE = 26
#: Components of a mixture that hold less than this share in all are left out.
NEGLIGIBLE = 1e-5


@dataclass(frozen=True)
class Grid:
    """Pairs of correlation and variance ratio, and the log of each one's prior weight.

    Parameters
    ----------
    rho : ndarray, shape (n_points,)
        Correlation of u from a week to the next.
    ratio : ndarray, shape (n_points,)
        var(u) / var(e) in a week of usual weight; 0 without memory.
    log_prior : ndarray, shape (n_points,)
        Log prior weight, up to a constant.
    """

    rho: Floats
    ratio: Floats
    log_prior: Floats

    def where(self, kept: npt.NDArray[np.bool_]) -> Grid:
        """Return the points for which `kept` is true."""
        return Grid(self.rho[kept], self.ratio[kept], self.log_prior[kept])


@lru_cache(maxsize=1)
def default_grid() -> Grid:
    """Return the grid that every finding integrates over.

    The first point is that without memory. Points of ρ are spread as the square root of their
    distance from 1, finest where a small change matters most.

    Examples
    --------
    >>> grid = default_grid()
    >>> len(grid.rho), float(grid.ratio[0]), round(float(np.exp(grid.log_prior).sum()), 6)
    (169, 0.0, 1.0)
    """
    edge = np.linspace(*RHO_EDGES, RHO_POINTS)
    rho = 1.0 - edge**2
    a, b = RHO_PRIOR
    density = rho ** (a - 1) * (1 - rho) ** (b - 1) * edge
    sd = np.geomspace(*RATIO_BOUNDS, RATIO_POINTS)
    rhos, sds = np.meshgrid(rho, sd, indexing="ij")
    # A share of Beta(1, 1/2) is a density of sd (1 + (sd / RUN_SD)²)^(-3/2) in sd, and on points
    # that are even in the logarithm it weighs sd times that.
    spread = sd**2 * (1 + (sd / RUN_SD) ** 2) ** -1.5
    remembered = np.outer(density / density.sum(), spread / spread.sum()).ravel()
    return Grid(
        np.concatenate([[0.0], rhos.ravel()]),
        np.concatenate([[0.0], sds.ravel() ** 2]),
        np.log(np.concatenate([[NO_MEMORY], (1 - NO_MEMORY) * remembered])),
    )


@dataclass(frozen=True)
class Filtered:
    """Some columns after the recursion, for every point of a grid.

    Parameters
    ----------
    whitened : ndarray, shape (n_points, n_weeks, n_columns)
        Innovations over their standard deviation: L⁻¹ columns, where L Lᵀ is the covariance of
        u + e in units of var(e). Rows of missing weeks are 0.
    log_det : ndarray, shape (n_points,)
        Log determinant of that covariance.
    gain : ndarray, shape (n_weeks, n_points)
        Weight of the week's innovation in the estimate of u.
    variance : ndarray, shape (n_weeks, n_points)
        Variance of u in a week, given the weeks before.
    precision : ndarray, shape (n_weeks, n_points)
        One over the variance of the innovation; 0 in a missing week.
    """

    whitened: Floats
    log_det: Floats
    gain: Floats
    variance: Floats
    precision: Floats


def whiten(columns: Floats, noise: Floats, grid: Grid) -> Filtered:
    """Run the recursion over weeks for every column and every point of the grid.

    Parameters
    ----------
    columns : ndarray, shape (n_weeks, n_columns) or (n_points, n_weeks, n_columns)
        Columns to whiten, the same for all points or one set for each. Values in missing weeks
        do not matter, but must be finite.
    noise : ndarray, shape (n_weeks,)
        Variance of e relative to a usual week; infinite where the week is missing.
    grid : Grid
        Correlations and ratios.

    Returns
    -------
    Filtered
        Whitened columns, and what is needed to go back from them.
    """
    return _whitened(columns, grid, np.isfinite(noise), *_recursion(noise, grid))


def whitened_in_parts(
    columns: Floats, noise: Floats, grid: Grid, points_at_once: int
) -> Iterator[Filtered]:
    """Yield what `whiten` returns for some points of the grid at a time, first to last.

    Parameters
    ----------
    columns, noise, grid
        As for `whiten`; the same columns for all points.
    points_at_once : int
        Of many columns and weeks, those of all points are large.
    """
    recursion = _recursion(noise, grid)
    number = np.arange(len(grid.rho)) // points_at_once
    for each in range(number[-1] + 1):
        part = number == each
        of_part = (one[:, part] for one in recursion)
        yield _whitened(columns, grid.where(part), np.isfinite(noise), *of_part)


def _whitened(
    columns: Floats,
    grid: Grid,
    seen: npt.NDArray[np.bool_],
    gain: Floats,
    variance: Floats,
    precision: Floats,
) -> Filtered:
    """Return what `whiten` does, from what `_recursion` returns."""
    n_points, (n_weeks, n_columns) = len(grid.rho), columns.shape[-2:]
    # Points come last, which what differs from week to week is multiplied with.
    given = columns[:, :, None] if columns.ndim == 2 else columns.transpose(1, 2, 0)
    carry, scale = grid.rho * gain, np.sqrt(precision)
    keep = grid.rho - carry
    whitened = np.empty((n_points, n_weeks, n_columns))
    state = np.zeros((WEEKS_AT_ONCE + 1, n_columns, n_points))
    kept = np.empty((n_columns, n_points))
    for first in range(0, n_weeks, WEEKS_AT_ONCE):
        weeks = slice(first, first + WEEKS_AT_ONCE)
        own = given[weeks]
        before, after = state[: len(own)], state[1 : len(own) + 1]
        np.multiply(carry[weeks, None], own, out=after)
        for one, following, share in zip(before, after, keep[weeks], strict=True):
            np.multiply(one, share, out=kept)
            following += kept
        last = after[-1].copy()
        np.subtract(own, before, out=before)
        before *= scale[weeks, None]
        whitened[:, weeks] = before.transpose(2, 0, 1)
        state[0] = last
    log_det = -np.log(precision[seen]).sum(axis=0)
    return Filtered(whitened, log_det, gain, variance, precision)


def _recursion(noise: Floats, grid: Grid) -> tuple[Floats, Floats, Floats]:
    """Return gain, variance and precision, as of `Filtered`."""
    gain, variance = np.empty((2, len(noise), len(grid.rho)))
    squared, fresh = grid.rho**2, (1.0 - grid.rho**2) * grid.ratio
    expected, rest = grid.ratio.copy(), np.empty(len(grid.rho))
    for own, weight, of_week in zip(variance, gain, noise.tolist(), strict=True):
        own[:] = expected
        np.add(own, of_week, out=rest)
        np.divide(own, rest, out=weight)
        np.subtract(1.0, weight, out=rest)
        rest *= own
        rest *= squared
        np.add(rest, fresh, out=expected)
    return gain, variance, 1.0 / (variance + noise[:, None])


def weighed_products(columns: Floats, noise: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """Return the cross-products of whitened columns, without whitening them.

    The covariance V of u + e has the inverse W − q W M⁻¹ W (Woodbury's identity), where W is one
    over the variance of e, q that of what u gains in a week, and M = q W + q R⁻¹ is tridiagonal, as
    is the inverse of R, the covariance of u (Rue & Held 2005, *Gaussian Markov Random Fields*).
    Two of every three weeks are eliminated all at once, and then the third ones, which alone join
    them, from the first to the last (Wang 1981, doi:10.1145/355945.355947).

    Parameters
    ----------
    columns, noise, grid
        As for `whiten`; the same columns for all points.

    Returns
    -------
    gram : ndarray, shape (n_points, n_columns, n_columns)
        Xᵀ V⁻¹ X.
    log_det : ndarray, shape (n_points,)
        As of `Filtered`.

    Examples
    --------
    >>> columns, noise, grid = np.eye(3), np.array([1.0, np.inf, 0.5]), default_grid()
    >>> whitened = whiten(columns, noise, grid).whitened
    >>> gram, _ = weighed_products(columns, noise, grid)
    >>> np.allclose(gram, whitened.transpose(0, 2, 1) @ whitened)
    True
    """
    n_weeks, n_columns = columns.shape
    n_points, squared = len(grid.rho), grid.rho**2
    fresh = grid.ratio * (1 - squared)
    # Missing weeks after the last make whole blocks of three, and one more that is empty.
    n_blocks = -(-n_weeks // 3)
    pivot, inverse, loads, left, outer, half = _in_one_piece(
        (3 * n_blocks, n_points),
        (3, n_blocks, n_points),
        (n_blocks, 5, n_points),
        (n_blocks, n_points, n_columns),
        (3, n_blocks, n_columns, n_columns),
        (n_points, n_columns**2),
    )
    weight = np.zeros(3 * n_blocks)
    weight[:n_weeks] = 1 / noise
    weighed = np.zeros((n_blocks + 1, 3, n_columns))
    by_week = weighed.reshape(-1, n_columns)[:n_weeks]
    np.multiply(columns, weight[:n_weeks, None], out=by_week)
    np.multiply.outer(weight, fresh, out=pivot)
    pivot += 1 + squared
    pivot[0] -= squared
    pivot[-1] -= squared
    one, two, third = pivot.reshape(n_blocks, 3, n_points).transpose(1, 0, 2)
    # The inverse of the first two weeks of each block: of the first, of both, of the second.
    determinant = one * two - squared
    for numerator, part in zip((two, grid.rho, one), inverse, strict=True):
        np.divide(numerator, determinant, out=part)
    link = squared * inverse[1]
    third -= squared * inverse[2]
    third[:-1] -= squared * inverse[0, 1:]
    for before, own, joined in zip(third, third[1:], link[1:] ** 2, strict=False):
        own -= joined / before
    # What the third weeks take over from the two on either side, over the root of their pivot.
    scale = 1 / np.sqrt(third)
    taken = grid.rho * scale
    np.multiply(inverse[1:].transpose(1, 0, 2), taken[:, None], out=loads[:, :2])
    loads[:, 2] = scale
    np.multiply(inverse[:2, 1:].transpose(1, 0, 2), taken[:-1, None], out=loads[:-1, 3:])
    loads[-1, 3:] = 0
    near = np.concatenate([weighed[:-1], weighed[1:, :2]], axis=1)
    np.matmul(loads.transpose(0, 2, 1), near, out=left)
    kept = (link[1:] * scale[1:] * scale[:-1])[:, :, None]
    step = np.empty((n_points, n_columns))
    for before, own, share in zip(left, left[1:], kept, strict=False):
        np.multiply(before, share, out=step)
        own += step
    gram: Floats = left.transpose(1, 2, 0) @ left.transpose(1, 0, 2)
    # Of the products of the two weeks, half; the other half is that with columns exchanged.
    inverse[::2] *= 0.5
    for (i, j), products in zip(((0, 0), (0, 1), (1, 1)), outer, strict=True):
        np.multiply(weighed[:-1, i, :, None], weighed[:-1, j, None], out=products)
    np.matmul(inverse.reshape(-1, n_points).T, outer.reshape(-1, n_columns**2), out=half)
    gram += half.reshape(gram.shape)
    gram += half.reshape(gram.shape).transpose(0, 2, 1)
    gram *= -fresh[:, None, None]
    gram += by_week.T @ columns
    log_det = np.log(determinant * third).sum(axis=0) - np.log1p(-squared)
    return gram, log_det + np.log(noise[np.isfinite(noise)]).sum()


def _in_one_piece(*shapes: tuple[int, ...]) -> list[Floats]:
    """Return arrays of some shapes, with any values, that share one piece of memory.

    Where pieces that are freed come to more than twice the largest, glibc gives them back to the
    system, and takes them page by page again the next time, which takes as long as the algebra.
    """
    ends = list(accumulate(map(math.prod, shapes), initial=0))
    whole = np.empty(ends[-1])
    return [
        whole[first:end].reshape(shape)
        for (first, end), shape in zip(pairwise(ends), shapes, strict=True)
    ]


def smooth(filtered: Filtered, grid: Grid) -> tuple[Floats, Floats]:
    """Return the estimate of u from all weeks, for each column as if it were data.

    Parameters
    ----------
    filtered : Filtered
        From `whiten`.
    grid : Grid
        The grid that it was made on.

    Returns
    -------
    mean : ndarray, shape (n_points, n_weeks, n_columns)
        E(u | column), linear in the column.
    variance : ndarray, shape (n_points, n_weeks)
        var(u | data), in units of var(e).
    """
    n_points, n_weeks, n_columns = filtered.whitened.shape
    mean = np.empty((n_points, n_weeks, n_columns))
    variance = np.empty((n_points, n_weeks))
    ahead = np.zeros((n_points, n_columns))
    information = np.zeros(n_points)
    forward = np.zeros((n_points, n_columns))
    predicted = np.empty((n_weeks, n_points, n_columns))
    innovations = filtered.whitened.transpose(1, 0, 2)
    scale = np.sqrt(filtered.precision)[:, :, None]
    rho = grid.rho[:, None]
    for week in range(n_weeks):
        predicted[week] = forward
        # gain × innovation = variance × precision × innovation = variance × scale × whitened
        step = filtered.variance[week][:, None] * scale[week] * innovations[week]
        forward = rho * (forward + step)
    for week in range(n_weeks - 1, -1, -1):
        keep = grid.rho * (1.0 - filtered.gain[week])
        ahead = scale[week] * innovations[week] + keep[:, None] * ahead
        information = filtered.precision[week] + keep**2 * information
        before = filtered.variance[week]
        mean[:, week] = predicted[week] + before[:, None] * ahead
        variance[:, week] = before - before**2 * information
    return mean, variance


@dataclass(frozen=True)
class Mixture:
    """A weighted mixture of Student's t, one for each set of unknown parameters.

    Parameters
    ----------
    weight : ndarray, shape (n,)
        Sums to 1.
    centre, scale : ndarray, shape (n,)
        Of each component, in one unit.
    df : float
        Degrees of freedom of all components; infinite for normal ones.

    Examples
    --------
    >>> one = Mixture(np.ones(1), np.zeros(1), np.ones(1), df=10.0)
    >>> round(one.quantile(0.975), 4), round(one.two_sided_p(), 4)
    (2.2281, 1.0)
    """

    weight: Floats
    centre: Floats
    scale: Floats
    df: float

    @cached_property
    def mean(self) -> float:
        """Mean of the mixture."""
        return float(self.weight @ self.centre)

    @property
    def middle(self) -> float:
        """Where the mixture is densest, to first order in how far its components lie apart.

        The density of a component of scale s falls off around its centre by its weight over
        s³, so these are the weights. Where components disagree, as those of different time
        constants do, the vague ones have the larger centres: the mixture's mean overstates.
        """
        curvature = self.weight / self.scale**3
        return float(curvature @ self.centre / curvature.sum())

    @cached_property
    def sd(self) -> float:
        """Standard deviation, with the components' scale taken for theirs."""
        spread = self.weight @ (self.scale**2 + (self.centre - self.mean) ** 2)
        return float(np.sqrt(spread))

    def cdf(self, value: float) -> float:
        """Return the probability of lying below `value`."""
        return float(self.weight @ stdtr(self.df, (value - self.centre) / self.scale))

    def density(self, value: float) -> float:
        """Return the probability density at `value`."""
        return float(np.exp(self.log_densities(np.array([value]))[0]))

    def log_densities(self, values: Floats) -> Floats:
        """Return the logs of the probability density at some values, shape (n_values,)."""
        shrunk = 1 / (self.scale * np.sqrt(2.0 if np.isinf(self.df) else self.df))
        parts = values[:, None] * shrunk
        parts -= self.centre * shrunk
        parts *= parts
        if np.isinf(self.df):
            np.negative(parts, out=parts)
        else:
            parts += 1
            np.log(parts, out=parts)  # log1p takes several times as long
            parts *= -(self.df + 1) / 2
        # Far from all components their heights are too small for a float, but not their logs.
        highest = parts.max(axis=1)
        parts -= highest[:, None]
        heights = np.exp(parts, out=parts) @ (self.weight / self.scale)
        return np.asarray(self._log_constant + highest + np.log(heights))

    @cached_property
    def _log_constant(self) -> float:
        """Log density of a standard component at its centre."""
        if np.isinf(self.df):
            return -0.5 * float(np.log(2 * np.pi))
        ratio = gammaln((self.df + 1) / 2) - gammaln(self.df / 2)
        return float(ratio - 0.5 * np.log(self.df * np.pi))

    def two_sided_p(self) -> float:
        """Return twice the smaller tail beyond 0."""
        below = self.cdf(0.0)
        return 2.0 * min(below, 1.0 - below)

    def quantile(self, probability: float) -> float:
        """Return the value below which `probability` lies.

        It lies between the extreme components' own quantiles. Halley's steps from the normal
        approximation find it, and halving wherever a step leaves the bounds; the first of them
        with an approximate cdf, which costs a tenth of the exact one. What is left of the error
        is of the order of the cube of the last step, in standard deviations.
        """
        each = self.centre + self.scale * float(stdtrit(self.df, probability))
        bounds = float(each.min()), float(each.max())
        if bounds[0] == bounds[1]:
            return bounds[0]
        sd = self.sd
        value = self.mean + sd * float(ndtri(probability))
        for exact, tolerance in ((False, 1e-2 * sd), (True, 1e-4 * sd)):
            low, high = bounds
            value = min(max(value, low), high)
            for _ in range(60):
                below, density, slope = self._cdf_and_density(value, exact)
                low, high = (low, value) if below > probability else (value, high)
                before = value
                beyond = below - probability
                bent = density**2 - beyond * slope / 2
                value = value - beyond * density / bent if bent > 0 else np.inf
                if not low <= value <= high:
                    value = (low + high) / 2
                if abs(value - before) <= tolerance:
                    break
        return value

    def _cdf_and_density(self, value: float, exact: bool) -> tuple[float, float, float]:
        """Return the probability below a value, the density, and its slope.

        The probability is exact or has some four digits (Wallace 1959, *Ann. Math. Stat.* 30:
        1121).
        """
        df, t = self.df, (value - self.centre) / self.scale
        if np.isinf(df):
            each, height, fall = ndtr(t), np.exp(-0.5 * t**2), t
        else:
            spread = 1 + t**2 / df
            log_spread = np.log(spread)
            if exact:
                each = np.asarray(stdtr(df, t), dtype=np.float64)
            else:
                root = np.sqrt(df * ((8 * df + 1) / (8 * df + 3)) ** 2 * log_spread)
                each = ndtr(np.copysign(root, t))
            height, fall = np.exp(-(df + 1) / 2 * log_spread), (1 + 1 / df) * t / spread
        height *= self._heights
        return float(self.weight @ each), float(height.sum()), -float(height @ (fall / self.scale))

    @cached_property
    def _heights(self) -> Floats:
        """Weighed density of each component at its centre."""
        return np.asarray(np.exp(self._log_constant) * self.weight / self.scale)


def normalised(log_weight: Floats) -> Floats:
    """Return weights that sum to 1 from logs known up to a constant."""
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def mixture(weight: Floats, centre: Floats, scale: Floats, df: float) -> Mixture:
    """Return the mixture of the components that matter, flattened."""
    order = np.argsort(weight, axis=None)
    flat = weight.ravel()[order]
    kept = order[np.cumsum(flat) > NEGLIGIBLE]
    share = weight.ravel()[kept]
    return Mixture(share / share.sum(), centre.ravel()[kept], scale.ravel()[kept], df)


@dataclass(frozen=True)
class Regression:
    """Generalised least squares at every point of a grid, nuisance columns projected out.

    Parameters
    ----------
    solved : ndarray, shape (n_points, n_nuisance, n_rest)
        Coefficients on the nuisance columns of each candidate and, last, of y.
    inverse : ndarray, shape (n_points, n_nuisance, n_nuisance)
        (Xᵀ V⁻¹ X)⁻¹ of the nuisance columns.
    remainder : ndarray, shape (n_points, n_rest, n_rest)
        Cross-products of candidates and y (last) once the nuisance is projected out.
    log_determinants : ndarray, shape (n_points,)
        log |V|^(−1/2) |Xᵀ V⁻¹ X|^(−1/2), the part that does not depend on the residuals.
    """

    solved: Floats
    inverse: Floats
    remainder: Floats
    log_determinants: Floats


def regress(filtered: Filtered, n_nuisance: int, ridge: Floats | None = None) -> Regression:
    """Project the first `n_nuisance` whitened columns out of the others, of which y is last.

    A coefficient with the prior N(0, var(e) / ridge) is one whose column has `ridge` added to
    its sum of squares: X b becomes part of the errors (Lindley & Smith 1972,
    doi:10.1111/j.2517-6161.1972.tb00885.x).

    Parameters
    ----------
    filtered : Filtered
        From `whiten`: nuisance columns, candidates, y.
    n_nuisance : int
        Number of nuisance columns.
    ridge : ndarray, shape (n_nuisance,), optional
        var(e) over the prior variance of each nuisance coefficient; 0 for a flat prior.
    """
    projection = project_out(filtered, n_nuisance, ridge)
    rest = filtered.whitened[:, :, n_nuisance:]
    crossed = projection.cross.transpose(0, 2, 1) @ projection.solved
    return Regression(
        projection.solved,
        projection.inverse,
        rest.transpose(0, 2, 1) @ rest - crossed,
        projection.log_determinants,
    )


@dataclass(frozen=True)
class Projection:
    """What projects nuisance columns out of others, at every point of a grid.

    Parameters
    ----------
    cross : ndarray, shape (n_points, n_nuisance, n_rest)
        Cross-products of nuisance columns with the others.
    solved, inverse, log_determinants
        As of `Regression`.
    """

    cross: Floats
    solved: Floats
    inverse: Floats
    log_determinants: Floats


def project_out(filtered: Filtered, n_nuisance: int, ridge: Floats | None = None) -> Projection:
    """Return what `regress` projects out with, without the products of the others.

    Of many columns and many series, the products of series with each other are most of the work,
    and nobody asks for them.

    Parameters
    ----------
    filtered, n_nuisance, ridge
        As of `regress`.
    """
    nuisance = filtered.whitened[:, :, :n_nuisance]
    gram = nuisance.transpose(0, 2, 1) @ nuisance
    if ridge is not None:
        gram = gram + np.diag(ridge)
    cross = nuisance.transpose(0, 2, 1) @ filtered.whitened[:, :, n_nuisance:]
    inverse = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    log_det = np.asarray(np.linalg.slogdet(gram)[1], dtype=np.float64)
    return Projection(cross, inverse @ cross, inverse, -0.5 * (filtered.log_det + log_det))
