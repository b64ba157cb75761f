"""Random effects over runners: one estimate each, and what they have in common.

Each runner's estimate is yᵢ = xᵢβ + uᵢ + eᵢ: uᵢ ~ N(0, τ²) is how runners differ, eᵢ ~ N(0, vᵢ)
how far an estimate is from its runner's truth. τ² is estimated by restricted likelihood
(Viechtbauer 2005, doi:10.3102/10769986030003261), or as DerSimonian & Laird 1986 or Paule & Mandel
1982 do; the interval of β is that of Hartung & Knapp 2001 (doi:10.1002/sim.791), which does not
take τ² for known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri, stdtr, stdtrit

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError

#: Points between 0 and the largest τ² that is thought of, at which the score is looked at.
_POINTS = 100
#: τ² is sought up to so many times the variance of the estimates.
_REACH = 20.0
_TOLERANCE = 1e-14


@dataclass(frozen=True)
class RandomEffects:
    """What estimates of several runners have in common.

    Parameters
    ----------
    tau2 : float
        Variance of the runners' true effects about what is common to them.
    coefficients, se, low, high : ndarray, shape (n_terms,)
        β, its standard errors and intervals; without moderators, the mean effect alone.
    df : float
        Degrees of freedom of the intervals; infinite for normal ones.
    covariance : ndarray, shape (n_terms, n_terms)
        Of the coefficients.
    level : float
        Of the intervals.
    i2 : float
        Share of the scatter of the estimates that is not their own error, % (Higgins & Thompson
        2002, doi:10.1002/sim.1186).
    q : float
        Cochran's Q: chi-squared of k − p degrees of freedom where runners do not differ.
    n : int
        Number of runners.
    """

    tau2: float
    coefficients: Floats
    se: Floats
    low: Floats
    high: Floats
    df: float
    covariance: Floats
    level: float
    i2: float
    q: float
    n: int

    @property
    def mean(self) -> float:
        """The first coefficient: the mean effect, where there are no moderators."""
        return float(self.coefficients[0])

    @property
    def p_value(self) -> float:
        """Two-sided, of no mean effect."""
        t = abs(self.mean) / float(self.se[0])
        return 2.0 * float(stdtr(self.df, -t))

    def prediction(self, level: float | None = None) -> tuple[float, float]:
        """Return the interval of a new runner's true effect.

        Student's t has k − p degrees of freedom, as the interval of the mean has (metafor's
        convention; Higgins et al. 2009, doi:10.1111/j.1467-985X.2008.00552.x, take one fewer).

        Parameters
        ----------
        level : float, optional
            By default that of the other intervals.
        """
        reach = _quantile(level or self.level, self.df)
        half = reach * float(np.sqrt(self.tau2 + self.se[0] ** 2))
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class Shrunken:
    """Each runner's effect, drawn towards what is common by how little is known of it.

    Parameters
    ----------
    value, se : ndarray, shape (n,)
        Best linear unbiased prediction and its standard error (Robinson 1991,
        doi:10.1214/ss/1177011926).
    """

    value: Floats
    se: Floats


def _quantile(level: float, df: float) -> float:
    """Return how many standard errors an interval reaches."""
    upper = 0.5 + level / 2
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))


def _checked(
    estimates: Floats, variances: Floats, moderators: Floats | None
) -> tuple[Floats, Floats, Floats]:
    """Return estimates, variances and design, or say what is wrong with them."""
    y, v = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape:
        raise UsageError("one variance for each estimate is needed")
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise UsageError(
            "an estimate or a variance is unknown, or a variance is not above 0",
            hint="leave out runners of whom nothing could be estimated",
        )
    x = np.ones((len(y), 1))
    if moderators is not None:
        x = np.column_stack([x, np.asarray(moderators, dtype=np.float64).reshape(len(y), -1)])
    if len(y) < x.shape[1] + 1:
        raise UsageError(
            f"{len(y)} estimates for {x.shape[1]} coefficients",
            hint="more runners are needed than there are coefficients",
        )
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise UsageError(
            "a moderator is the same for all runners, or made up of the others",
            hint="leave it out",
        )
    return y, v, x


@dataclass(frozen=True)
class _Fits:
    """Weighted least squares for several τ² at once; the first axis of each array is theirs."""

    coefficients: Floats
    inverse: Floats
    weights: Floats
    residuals: Floats
    design: Floats

    @classmethod
    def at(cls, tau2: Floats, y: Floats, v: Floats, x: Floats) -> _Fits:
        weights = 1.0 / (v + tau2[:, None])
        inverse = np.linalg.inv(np.einsum("mi,ij,ik->mjk", weights, x, x))
        coefficients = np.einsum("mjk,mi,ik,i->mj", inverse, weights, x, y, optimize=True)
        return cls(coefficients, inverse, weights, y - coefficients @ x.T, x)

    @property
    def q(self) -> Floats:
        """Cochran's Q, generalised to each τ²."""
        return np.asarray((self.weights * self.residuals**2).sum(axis=1))

    @property
    def trace(self) -> Floats:
        """Trace of P = W − W X (Xᵀ W X)⁻¹ Xᵀ W."""
        squared = np.einsum("mi,ij,ik->mjk", self.weights**2, self.design, self.design)
        taken = np.einsum("mjk,mkj->m", self.inverse, squared)
        return np.asarray(self.weights.sum(axis=1) - taken)

    @property
    def score(self) -> Floats:
        """Twice the derivative of the restricted log likelihood in τ²."""
        return np.asarray((self.weights**2 * self.residuals**2).sum(axis=1) - self.trace)

    @property
    def restricted_log_likelihood(self) -> Floats:
        """Up to a constant."""
        log_det = np.linalg.slogdet(self.inverse)[1]
        return np.asarray(0.5 * (np.log(self.weights).sum(axis=1) + log_det - self.q))


def _one(tau2: float, y: Floats, v: Floats, x: Floats) -> _Fits:
    return _Fits.at(np.array([tau2]), y, v, x)


def tau2_by_restricted_likelihood(y: Floats, v: Floats, x: Floats) -> float:
    """Return the τ² of the greatest restricted likelihood.

    Parameters
    ----------
    y, v : ndarray, shape (n,)
        Estimates and their variances.
    x : ndarray, shape (n, n_terms)
        The design, intercept included.
    """
    scale = max(float(np.var(y)), float(v.max()))
    points = np.concatenate([[0.0], np.geomspace(1e-8 * scale, _REACH * scale, _POINTS)])
    score = _Fits.at(points, y, v, x).score
    # A maximum lies where the score turns from above 0 to below it; there may be more than one.
    turns = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0))
    tops = [
        float(brentq(lambda at: float(_one(at, y, v, x).score[0]), low, high, xtol=_TOLERANCE))
        for low, high in zip(points[turns], points[turns + 1], strict=True)
    ]
    found = np.array([0.0, *tops])
    return float(found[_Fits.at(found, y, v, x).restricted_log_likelihood.argmax()])


def tau2_by_moments(y: Floats, v: Floats, x: Floats) -> float:
    """Return τ² as DerSimonian & Laird 1986 estimate it, doi:10.1016/0197-2456(86)90046-2.

    Parameters
    ----------
    y, v : ndarray, shape (n,)
        Estimates and their variances.
    x : ndarray, shape (n, n_terms)
        The design, intercept included.
    """
    apart = _one(0.0, y, v, x)
    return max(0.0, float((apart.q[0] - (len(y) - x.shape[1])) / apart.trace[0]))


def tau2_by_generalised_q(y: Floats, v: Floats, x: Floats) -> float:
    """Return τ² as Paule & Mandel 1982 estimate it: where Q is its degrees of freedom.

    Parameters
    ----------
    y, v : ndarray, shape (n,)
        Estimates and their variances.
    x : ndarray, shape (n, n_terms)
        The design, intercept included.
    """

    def excess(tau2: float) -> float:
        return float(_one(tau2, y, v, x).q[0] - (len(y) - x.shape[1]))

    if excess(0.0) <= 0:
        return 0.0
    above = max(float(np.var(y)), float(v.max()))
    while excess(above) > 0:
        above *= 2
    return float(brentq(excess, 0.0, above, xtol=_TOLERANCE))


#: Ways to estimate τ².
ESTIMATORS: dict[str, Callable[[Floats, Floats, Floats], float]] = {
    "reml": tau2_by_restricted_likelihood,
    "dl": tau2_by_moments,
    "pm": tau2_by_generalised_q,
}


def random_effects(
    estimates: Floats,
    variances: Floats,
    moderators: Floats | None = None,
    *,
    tau2: str = "reml",
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> RandomEffects:
    """Return what the estimates of several runners have in common.

    Parameters
    ----------
    estimates, variances : ndarray, shape (n,)
        One of each a runner, in one unit and its square.
    moderators : ndarray, shape (n,) or (n, n_moderators), optional
        What may change the effect, beside an intercept.
    tau2 : {"reml", "dl", "pm"}
        How the variance between runners is estimated.
    hartung_knapp : bool
        Whether the standard error allows for τ² being estimated; else it is taken for known, and
        the interval is normal.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    RandomEffects
        Mean, intervals, and how runners differ.

    Raises
    ------
    UsageError
        If a value is unknown, or there are too few.

    Examples
    --------
    Thirteen trials of a vaccine, log relative risks (Colditz et al. 1994):

    >>> y = [-.889311, -1.585387, -1.348073, -1.441551, -.217547, -.786116, -1.620898,
    ...      .011952, -.469418, -1.371345, -.339359, .445913, -.017314]
    >>> v = [.325585, .194581, .415368, .020010, .051210, .006906, .223017,
    ...      .003962, .056434, .073025, .012412, .532506, .071405]
    >>> both = random_effects(np.array(y), np.array(v))
    >>> round(both.tau2, 4), round(both.mean, 4), round(float(both.se[0]), 4)
    (0.3132, -0.7145, 0.1808)
    """
    y, v, x = _checked(estimates, variances, moderators)
    if tau2 not in ESTIMATORS:
        raise UsageError(f"no estimator '{tau2}'", hint=f"take one of {', '.join(ESTIMATORS)}")
    found = ESTIMATORS[tau2](y, v, x)
    fit, apart = _one(found, y, v, x), _one(0.0, y, v, x)
    df = float(len(y) - x.shape[1])
    covariance = fit.inverse[0] * (fit.q[0] / df if hartung_knapp else 1.0)
    df_of_interval = df if hartung_knapp else np.inf
    se = np.sqrt(np.diag(covariance))
    half = _quantile(level, df_of_interval) * se
    typical = df / float(apart.trace[0])
    return RandomEffects(
        tau2=found,
        coefficients=fit.coefficients[0],
        se=se,
        low=fit.coefficients[0] - half,
        high=fit.coefficients[0] + half,
        df=df_of_interval,
        covariance=covariance,
        level=level,
        i2=100.0 * found / (found + typical),
        q=float(apart.q[0]),
        n=len(y),
    )


def shrunken(
    estimates: Floats,
    variances: Floats,
    common: RandomEffects,
    moderators: Floats | None = None,
) -> Shrunken:
    """Return each runner's effect, drawn towards what is common.

    Parameters
    ----------
    estimates, variances : ndarray, shape (n,)
        One of each a runner.
    common : RandomEffects
        What they have in common.
    moderators : ndarray, optional
        As for `random_effects`.

    Returns
    -------
    Shrunken
        Values and standard errors, which allow for the error of what is common.
    """
    y, v, x = _checked(estimates, variances, moderators)
    own = common.tau2 / (common.tau2 + v)
    mean = x @ common.coefficients
    of_mean = np.einsum("ij,jk,ik->i", x, common.covariance, x)
    variance = own * v + (1 - own) ** 2 * of_mean
    return Shrunken(mean + own * (y - mean), np.sqrt(variance))
