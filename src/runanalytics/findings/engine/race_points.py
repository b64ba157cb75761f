"""What races tell of form and coefficients at every point of a grid: their normal posterior.

Form at the races has a tridiagonal precision (it is a Markov process; Rue & Held 2005, *Gaussian
Markov Random Fields*), so all of this grows linearly with races. Arrays over columns, points and
races have this order, in which all points are solved at once without a copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dpttrf, dpttrs

from runanalytics.arrays import Booleans, Floats


class Tridiagonal:
    """Factors of positive definite tridiagonal matrices, one a point: L D Lᵀ.

    The matrices stand one after the other in a single one without entries between them, so that
    one call of LAPACK factors all of them.

    Parameters
    ----------
    diagonal : ndarray, shape (n_points, n)
    beside : ndarray, shape (n_points, n - 1)
    """

    def __init__(self, diagonal: Floats, beside: Floats) -> None:
        self.shape = diagonal.shape
        off = np.zeros(diagonal.shape)
        off[:, :-1] = beside
        self.diagonal, self.beside, failed = dpttrf(
            diagonal.ravel(), off.ravel()[:-1], overwrite_e=True
        )
        assert not failed, "a precision is positive definite"

    def at(self, places: npt.NDArray[np.int_]) -> Tridiagonal:
        """Return the factors at some points."""
        some = object.__new__(Tridiagonal)
        some.shape = len(places), self.shape[1]
        off = np.append(self.beside, 0.0).reshape(self.shape)
        some.diagonal = self.diagonal.reshape(self.shape)[places].ravel()
        some.beside = off[places].ravel()[:-1]
        return some

    def log_det(self) -> Floats:
        """Return the log determinant of each, shape (n_points,)."""
        return np.asarray(np.log(self.diagonal).reshape(self.shape).sum(axis=1), dtype=np.float64)

    def solve(self, right: Floats, *, in_place: bool = False) -> Floats:
        """Solve for right sides of shape (m, n_points, n); in place, they must be contiguous."""
        flat = np.ascontiguousarray(right).reshape(len(right), -1).T
        solved, _ = dpttrs(self.diagonal, self.beside, flat, overwrite_b=in_place)
        return np.asarray(solved.T, dtype=np.float64).reshape(right.shape)


def is_definite(diagonal: Floats, beside: Floats) -> Booleans:
    """Return which of tridiagonal matrices, as of `Tridiagonal`, are positive definite.

    Examples
    --------
    >>> is_definite(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[0.5], [1.5]])).tolist()
    [True, False]
    """
    n_points, n = diagonal.shape
    off = np.zeros(diagonal.shape)
    off[:, :-1] = beside
    definite = np.ones(n_points, dtype=np.bool_)
    first = 0
    # LAPACK stops in the first matrix that is none; those behind it are tried anew.
    while first < n_points:
        *_, failed = dpttrf(diagonal[first:].ravel(), off[first:].ravel()[:-1])
        if not failed:
            break
        first += (failed - 1) // n + 1
        definite[first - 1] = False
    return definite


@dataclass(frozen=True)
class Posterior:
    """Posterior precision of form u and coefficients b, at every point of the grid.

    It is [[Q + W, W X], [Xᵀ W, Xᵀ W X + P]], with Q the precision of form, W that of the races,
    X what is regressed on and P the precision of its prior.

    Parameters
    ----------
    factor : Tridiagonal
        Of Q + W.
    weight : ndarray, shape (n_points, n_races)
        Diagonal of W.
    design : ndarray, shape (p, 1, n_races)
        Xᵀ.
    weighted, from_design : ndarray, shape (p, n_points, n_races)
        Xᵀ W, and what follows from it for form.
    schur : ndarray, shape (n_points, p, p)
        Precision of b.
    """

    factor: Tridiagonal
    weight: Floats
    design: Floats
    weighted: Floats
    from_design: Floats
    schur: Floats

    @classmethod
    def of(
        cls, diagonal: Floats, beside: Floats, weight: Floats, design: Floats, prior: Floats
    ) -> Posterior:
        """Return the posterior.

        Parameters
        ----------
        diagonal, beside : ndarray, shape (n_points, n_races) and (n_points, n_races - 1)
            Of Q + W.
        weight : ndarray, shape (n_points, n_races)
            Diagonal of W.
        design : ndarray, shape (n_races, p)
            X.
        prior : ndarray, shape (n_points, p)
            Diagonal of P.
        """
        factor = Tridiagonal(diagonal, beside)
        across = design.T[:, None, :]
        weighted = weight * across
        from_design = factor.solve(weighted)
        schur = _products(weighted, across - from_design)
        each = np.arange(prior.shape[1])
        schur[:, each, each] += prior
        return cls(factor, weight, across, weighted, from_design, schur)

    def at(self, places: npt.NDArray[np.int_]) -> Posterior:
        """Return the posterior at some points."""
        return Posterior(
            self.factor.at(places),
            self.weight[places],
            self.design,
            self.weighted[:, places],
            self.from_design[:, places],
            self.schur[places],
        )

    def log_det(self) -> Floats:
        """Return the log determinant, shape (n_points,)."""
        return np.asarray(self.factor.log_det() + np.linalg.slogdet(self.schur)[1])

    def solve(self, upper: Floats, lower: Floats) -> tuple[Floats, Floats]:
        """Solve for (u, b).

        Parameters
        ----------
        upper : ndarray, shape (m, n_points, n_races)
        lower : ndarray, shape (n_points, p, m)
        """
        ahead = self.factor.solve(upper)
        b = np.linalg.solve(self.schur, lower - _products(self.weighted, ahead))
        back = b.transpose(0, 2, 1) @ self.from_design.transpose(1, 0, 2)
        return ahead - back.transpose(1, 0, 2), np.asarray(b)


def least_squares(
    diagonal: Floats,
    beside: Floats,
    weight: Floats,
    target: Floats,
    design: Floats,
    prior: Floats,
) -> tuple[Floats, Floats]:
    """Return form u and coefficients b that fit targets best, without their posterior.

    With D = X - (Q + W)⁻¹ W X, they follow from (Dᵀ W X + P) b = Dᵀ t and (Q + W) u = t - W X b.

    Parameters
    ----------
    diagonal, beside, weight
        As of `Posterior.of`.
    target : ndarray, shape (n_points, n_races)
        t, the weights times what is to be fitted.
    design, prior
        As of `Posterior.of`.

    Returns
    -------
    u : ndarray, shape (n_points, n_races)
    b : ndarray, shape (n_points, p)
    """
    factor = Tridiagonal(diagonal, beside)
    across = design.T[:, None, :]
    left = factor.solve(weight * across, in_place=True)
    np.subtract(across, left, out=left)
    score = np.matmul(left.transpose(1, 0, 2), target[:, :, None])
    left *= weight
    schur = (left.reshape(-1, left.shape[2]) @ design).reshape(*left.shape[:2], -1)
    schur = schur.transpose(1, 0, 2)
    each = np.arange(prior.shape[1])
    schur[:, each, each] += prior
    b = np.linalg.solve(schur, score)[:, :, 0]
    u = factor.solve((target - weight * (b @ design.T))[None], in_place=True)[0]
    return u, np.asarray(b)


def _products(left: Floats, right: Floats) -> Floats:
    """Return sums over races of (p, n_points, n_races) times (q, …), shape (n_points, p, q)."""
    return np.asarray(left.transpose(1, 0, 2) @ right.transpose(1, 2, 0))


@dataclass(frozen=True)
class Points:
    """The fit at the points of the grid that matter.

    Parameters
    ----------
    form_sd, form_weeks, scatter, weight : ndarray, shape (n_points,)
        The points, and how likely each is.
    form : ndarray, shape (n_points, n_races)
        The likeliest.
    coefficients : ndarray, shape (n_points, p)
        Likewise.
    slope : ndarray, shape (n_points, n_races)
        Of the races' log density by form.
    parts : ndarray, shape (n_parts, n_points, n_races)
        Probability that a race belongs to each part of the noise.
    posterior : Posterior
        What is around the likeliest.
    """

    form_sd: Floats
    form_weeks: Floats
    scatter: Floats
    weight: Floats
    form: Floats
    coefficients: Floats
    slope: Floats
    parts: Floats
    posterior: Posterior

    def coefficient(self, place: int) -> tuple[Floats, Floats]:
        """Return mean and variance of a coefficient at each point."""
        variance: Floats = np.asarray(
            np.linalg.inv(self.posterior.schur)[:, place, place], dtype=np.float64
        )
        return self.coefficients[:, place], variance

    def information(self, columns: Floats) -> tuple[Floats, Floats]:
        """Return information on slopes of further columns, and the score, (n_points, q)."""
        across = columns.T[:, None, :]
        weighted = self.posterior.weight * across
        design = self.posterior.design
        u, b = self.posterior.solve(weighted, _products(design, weighted))
        left = across - u - (b.transpose(0, 2, 1) @ design[:, 0]).transpose(1, 0, 2)
        found: Floats = (weighted * left).sum(axis=2).T
        return found, np.asarray(self.slope @ columns, dtype=np.float64)

    def at(self, columns: Floats, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return mean and sd of u + X b at other weeks, (n_points, m)."""
        weights, further = self.interpolated(known, week)
        mean, variance = self._moments(weights, columns)
        return mean, np.sqrt(np.maximum(variance + further, 1e-16))

    def between(self, columns: Floats, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return mean and sd of the difference of the second of two weeks and the first.

        Both weeks are weeks of races, where form needs no interpolation.
        """
        weights, _ = self.interpolated(known, week)
        mean, variance = self._moments(weights[1:] - weights[:1], columns[1:] - columns[:1])
        return mean, np.sqrt(np.maximum(variance, 1e-16))

    def _moments(self, weights: Floats, columns: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of weightsᵀ u + columns b, (n_points, m)."""
        lower = np.broadcast_to(columns.T, (len(self.weight), *columns.T.shape))
        u, b = self.posterior.solve(weights, lower)
        variance = (weights * u).sum(axis=2).T + (lower * b).sum(axis=1)
        mean = (weights * self.form).sum(axis=2).T + self.coefficients @ columns.T
        return mean, variance

    def interpolated(self, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return how form at other weeks follows from that at races, and what it has of its own.

        Returns
        -------
        weights : ndarray, shape (m, n_points, n_races)
        variance : ndarray, shape (n_points, m)
        """
        after = np.searchsorted(known, week, side="left")
        before = after - 1
        inside = (after < len(known)) & (before >= 0)
        gap_after = np.where(after < len(known), known[np.minimum(after, len(known) - 1)] - week, 0)
        gap_before = np.where(before >= 0, week - known[np.maximum(before, 0)], 0)
        r = np.exp(-gap_before / self.form_weeks[:, None]) * (before >= 0)
        s = np.exp(-gap_after / self.form_weeks[:, None]) * (after < len(known))
        both = np.maximum(1 - (r * s) ** 2, 1e-12)
        from_before = np.where(inside, r * (1 - s**2) / both, r)
        from_after = np.where(inside, s * (1 - r**2) / both, s)
        own = np.where(inside, (1 - r**2) * (1 - s**2) / both, 1 - r**2 - s**2)
        weights = np.zeros((len(week), len(self.weight), len(known)))
        place = np.arange(len(week))
        weights[place, :, np.maximum(before, 0)] += from_before.T
        weights[place, :, np.minimum(after, len(known) - 1)] += from_after.T
        return weights, self.form_sd[:, None] ** 2 * np.maximum(own, 0.0)
