"""The engine of race times: form at irregular times, seen through races that not all were raced.

What is assumed:

1. Log race time is a level, plus an exponent times log distance (prior N(1.06, 0.03), Riegel
   1981), plus a line through the years (N(0, 5 %) a year) and an annual wave (N(0, 1.5 %)), plus
   form that comes and goes (an Ornstein-Uhlenbeck process), plus the noise of a single race.
2. How far form moves and how fast is not known: standard deviations of 1 to 16 % (prior
   log-normal about 4 %) over 8, 26 and 80 weeks.
3. Neither is the scatter of a runner's races: the published one (Hopkins & Hewson 2001,
   doi:10.1097/00005768-200109000-00023) is a prior that is worth two or three races.
4. That noise has heavy tails and leans to the slow side (`race_noise`).
5. Whatever else moves race times (training load, another dose, the kind of course) is a column
   with a prior of its own. A dose has a flat one.

At every point of a grid of form's movement and the races' scatter the likeliest form is found,
and what is around it is taken for normal (Laplace's approximation; Tierney & Kadane 1986,
doi:10.1080/01621459.1986.10478240), with the information that a race is expected to give. All
answers are quantiles of the mixture over the grid, so nothing is sampled. Form is a Markov
process, so that time grows linearly with races (Rue & Held 2005, *Gaussian Markov Random Fields*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg.lapack import dpttrf, dpttrs

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import normalised
from runanalytics.findings.engine.normals import Normals
from runanalytics.findings.engine.race_noise import (
    MEAN,
    PRIOR_RACES,
    RACED,
    SD,
    SHARE,
    USUALLY_NOT_RACED,
    information,
    noise_terms,
    shares,
)
from runanalytics.measures import race_equations
from runanalytics.measures.performances import REFERENCE_M

#: Prior standard deviations: of the exponent, of the line (log time a year), and of each half of
#: the annual wave (log time).
EXPONENT_SD, LINE_SD, WAVE_SD = 0.03, 0.05, 0.015
#: Standard deviation of the level about the median race: as good as flat.
_LEVEL_SD = 1.0
#: Standard deviations of form, of log time, and its time constants, weeks.
FORM_SD = (0.01, 0.016, 0.025, 0.04, 0.065, 0.1, 0.16)
FORM_WEEKS = (8.0, 26.0, 80.0)
#: Scatter of the runner's races over the usual one: points that are even in its logarithm, each of
#: which is split in three where it matters.
_SCATTER_STEP = 0.45
SCATTER = np.exp(np.arange(-3, 5) * _SCATTER_STEP)
#: Priors of both: middle, and standard deviation of the logarithm.
FORM_PRIOR, SCATTER_PRIOR = (0.04, 0.8), (1.0, 0.5)
#: Rounds of the search for the likeliest form, and the step of log time at which it ends. The
#: scatter begins wide, so that a race that was not raced does not hold the search, and halves its
#: excess from round to round.
_ROUNDS, _CONVERGED, _WIDER, _WIDE_ROUNDS = 18, 2e-5, 4.0, 4
#: After how many rounds points are left out that lie this far below the best, of log likelihood.
_FAR_BELOW: Mapping[int, float] = MappingProxyType({3: 16.0, 6: 9.0, 8: 9.0})
#: After how many the scatter of those that are left is split.
_SPLIT = 6
#: Points with less weight than this do not enter answers.
_NEGLIGIBLE = 1e-4
#: Races of one day lie this far apart, weeks.
_LEAST_GAP = 0.05
_YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True)
class Term:
    """Something that moves race times, with a normal prior.

    Parameters
    ----------
    name : str
        What it adjusts for.
    column : ndarray, shape (n_races,)
        Its value in each race; a level is told where it is 0.
    mean, sd : float
        Prior of the change of log time for one unit.
    """

    name: str
    column: Floats
    mean: float
    sd: float


@dataclass(frozen=True)
class RaceFit:
    """A runner's race times over the years; made by `fit_races`.

    Parameters
    ----------
    exponent, exponent_sd : float
        With which race time grows with distance, and its standard deviation.
    scatter : float
        Scatter of the runner's races over the usual one.
    raced : ndarray, shape (n_races,)
        How likely it is that each race was raced.
    share_raced : float
        Share of races that the runner races.
    terms : tuple of Term
        What was adjusted for, beside distance, years and the annual wave.
    """

    exponent: float
    exponent_sd: float
    scatter: float
    raced: Floats
    share_raced: float
    terms: tuple[Term, ...]
    _week: Floats
    _points: _Points
    _centre: float

    def level(self, distance_m: npt.ArrayLike, date: npt.ArrayLike) -> Normals:
        """Return the expected log race time, s, where every further term is 0.

        Parameters
        ----------
        distance_m : array_like
            Distances, m; m of them.
        date : array_like of datetime64
            Days.
        """
        x, week = self._at(distance_m, date)
        mean, sd = self._points.at(self._columns(x, week), self._week, week)
        from_distance = self._centre + race_equations.RIEGEL_EXPONENT * x
        return Normals(self._points.weight, mean + from_distance, sd)

    def race(
        self, distance_m: npt.ArrayLike, date: npt.ArrayLike, noise: npt.ArrayLike, *, raced: bool
    ) -> Normals:
        """Return the log time of a single race to come, s.

        Parameters
        ----------
        distance_m, date : array_like
            As in `level`.
        noise : array_like
            The usual scatter of such a race, from `race_noise`.
        raced : bool
            Of a race that will be raced; else of whichever comes next.
        """
        level = self.level(distance_m, date)
        scale = self._points.scatter[:, None] * np.asarray(noise, dtype=np.float64)
        share = np.where(RACED, self.share_raced, 1 - self.share_raced) * _within(RACED)
        share = share * RACED / share[RACED].sum() if raced else share
        parts = np.flatnonzero(share)
        return Normals(
            np.concatenate([share[k] * level.weight for k in parts]),
            np.concatenate([level.mean + MEAN[k] * scale for k in parts]),
            np.concatenate([np.hypot(level.sd, SD[k] * scale) for k in parts]),
        )

    def change(self, before: np.datetime64, after: np.datetime64) -> Normals:
        """Return by how much log race time changed between two days, at one time of the year.

        Parameters
        ----------
        before, after : datetime64
            Two days.
        """
        x, week = self._at(REFERENCE_M, np.array([before, after]))
        columns = self._columns(x, week)
        columns[:, _WAVE] = 0.0
        mean, sd = self._points.between(columns, self._week, week)
        return Normals(self._points.weight, mean, sd)

    def term(self, name: str) -> Normals:
        """Return the change of log race time for one unit of a term."""
        (place,) = (number for number, term in enumerate(self.terms) if term.name == name)
        mean, variance = self._points.coefficient(_N_KNOWN + place)
        mean = self.terms[place].mean + mean
        return Normals(self._points.weight, mean[:, None], np.sqrt(variance)[:, None])

    def slopes(self, columns: Floats) -> Slopes:
        """Return the change of log time for one unit of each column, with a flat prior.

        Parameters
        ----------
        columns : ndarray, shape (n_races, n_columns)
            As of the same dose with other time constants: each is the only one.
        """
        centred = columns - columns.mean(axis=0)
        information, score = self._points.information(centred)
        return Slopes(
            np.log(self._points.weight),
            score / information,
            information**-0.5,
            (centred**2).sum(axis=0),
        )

    def _at(self, distance_m: npt.ArrayLike, date: npt.ArrayLike) -> tuple[Floats, Floats]:
        distance, day = np.broadcast_arrays(
            np.atleast_1d(np.asarray(distance_m, dtype=np.float64)),
            np.atleast_1d(np.asarray(date, dtype="datetime64[D]")),
        )
        return np.log(distance / REFERENCE_M), _weeks(day)

    def _columns(self, x: Floats, week: Floats) -> Floats:
        known = _known_columns(x, week, float(self._week.mean()))
        return np.column_stack([known, np.zeros((len(x), len(self.terms)))])


@dataclass(frozen=True)
class Slopes:
    """Slopes on columns of which one is the right one, at every point of the grid.

    Parameters
    ----------
    log_weight : ndarray, shape (n_points,)
        Of each point, before the columns.
    slope, sd : ndarray, shape (n_points, n_columns)
        Slopes of log time, and their standard deviations.
    square : ndarray, shape (n_columns,)
        Sum of squares of each column.
    """

    log_weight: Floats
    slope: Floats
    sd: Floats
    square: Floats

    def weight(self, prior: Sequence[float], towards_per_sd: float) -> Floats:
        """Return the weight of each point and column, shape (n_points, n_columns).

        Parameters
        ----------
        prior : sequence of float
            Prior weight of each column.
        towards_per_sd : float
            How far the flat prior goes from one per unit towards one per standard deviation.
        """
        return normalised(
            self.log_weight[:, None]
            + 0.5 * (self.slope / self.sd) ** 2
            + np.log(self.sd)
            + 0.5 * towards_per_sd * np.log(self.square)
            + np.log(prior)
        )


#: Columns that every fit has: level, distance, line, wave.
_N_KNOWN = 5
_WAVE = slice(3, 5)


def _known_columns(x: Floats, week: Floats, middle: float) -> Floats:
    angle = 2 * np.pi * week / _YEAR_WEEKS
    years = (week - middle) / _YEAR_WEEKS
    return np.column_stack([np.ones(len(x)), x, years, np.sin(angle), np.cos(angle)])


def _within(kept: npt.NDArray[np.bool_]) -> Floats:
    """Return the share of each part of the noise among the parts of its kind."""
    share: Floats = np.where(kept, SHARE / SHARE[kept].sum(), SHARE / SHARE[~kept].sum())
    return share


def fit_races(performed: pd.DataFrame, terms: Sequence[Term] = ()) -> RaceFit | None:
    """Fit level, exponent, form and scatter to a runner's races.

    Parameters
    ----------
    performed : DataFrame
        From `runanalytics.measures.performances.performances`: local_date, distance_m,
        adjusted_s, noise, and where known ``uncertainty`` (standard deviation of log time of
        what was taken out of it) and ``raced`` (whether the runner says that it was raced).
    terms : sequence of Term
        What else moves race times.

    Returns
    -------
    RaceFit or None
        None without a race.

    Examples
    --------
    >>> from runanalytics.measures.performances import performances
    >>> races = pd.DataFrame({"local_date": ["2026-03-01", "2026-05-03"], "race_id": ["a", "b"],
    ...                       "distance_m": [5_000.0, 10_000.0], "time_s": [1_200.0, 2_500.0]})
    >>> fit = fit_races(performances(races))
    >>> round(float(np.exp(fit.level(10_000, "2026-05-03").quantile(0.5)[0])), -1)
    2500.0
    >>> round(fit.exponent, 2)
    1.06
    """
    n = len(performed)
    if not n:
        return None
    performed = performed.sort_values("local_date", kind="stable")
    x = np.log(performed["distance_m"].to_numpy() / REFERENCE_M)
    week = _weeks(performed["local_date"].to_numpy())
    y = np.log(performed["adjusted_s"].to_numpy()) - race_equations.RIEGEL_EXPONENT * x
    y = y - sum((term.mean * term.column for term in terms), np.zeros(n))
    centre = float(np.median(y))
    design = np.column_stack(
        [_known_columns(x, week, float(week.mean())), *(term.column for term in terms)]
    )
    sd = np.array([_LEVEL_SD, EXPONENT_SD, LINE_SD, WAVE_SD, WAVE_SD, *(term.sd for term in terms)])
    stated = _stated(performed)
    points = _fitted(y - centre, week, design, sd, performed, stated)
    weight = points.weight
    not_raced = weight @ points.parts[~RACED].sum(axis=0)
    not_raced = np.where(np.isnan(stated), not_raced, 1 - stated)
    mean, covariance = points.coefficient(1)
    return RaceFit(
        exponent=race_equations.RIEGEL_EXPONENT + float(weight @ mean),
        exponent_sd=float(np.sqrt(weight @ (covariance + (mean - weight @ mean) ** 2))),
        scatter=float(np.exp(weight @ np.log(points.scatter))),
        raced=1 - not_raced,
        share_raced=1 - (PRIOR_RACES * USUALLY_NOT_RACED + not_raced.sum()) / (PRIOR_RACES + n),
        terms=tuple(terms),
        _week=week,
        _points=points,
        _centre=centre,
    )


def _stated(performed: pd.DataFrame) -> Floats:
    """Return 1 for races that were raced, as the user states, 0 for others; NaN if not stated."""
    if "raced" not in performed.columns:
        return np.full(len(performed), np.nan)
    return np.asarray(performed["raced"].astype("float64"))


@dataclass(frozen=True)
class _Posterior:
    """Posterior precision of form u and coefficients b, at every point of the grid.

    It is [[Q + W, W X], [Xᵀ W, Xᵀ W X + P]], with Q the precision of form, W that of the races,
    X what is regressed on and P the precision of its prior.
    """

    weight: Floats
    design: Floats
    factor: _Tridiagonal
    from_design: Floats
    schur: Floats
    schur_inverse: Floats

    @classmethod
    def of(
        cls, diagonal: Floats, beside: Floats, weight: Floats, design: Floats, prior: Floats
    ) -> _Posterior:
        factor = _Tridiagonal(diagonal, beside)
        weighted = weight[:, :, None] * design
        from_design = factor.solve(weighted)
        schur = design.T @ weighted + prior - weighted.transpose(0, 2, 1) @ from_design
        return cls(weight, design, factor, from_design, schur, np.asarray(np.linalg.inv(schur)))

    def log_det(self) -> Floats:
        """Return the log determinant, shape (n_points,)."""
        return np.asarray(self.factor.log_det() + np.linalg.slogdet(self.schur)[1])

    def solve(self, upper: Floats, lower: Floats) -> tuple[Floats, Floats]:
        """Solve for (u, b), with right sides (n_points, n_races, m) and (n_points, p, m)."""
        ahead = self.factor.solve(upper)
        weighted = self.weight[:, :, None] * self.design
        b = self.schur_inverse @ (lower - weighted.transpose(0, 2, 1) @ ahead)
        return ahead - self.from_design @ b, b


@dataclass(frozen=True)
class _Points:
    """The fit at the points of the grid that matter."""

    form_sd: Floats
    form_weeks: Floats
    scatter: Floats
    weight: Floats
    form: Floats
    coefficients: Floats
    slope: Floats
    parts: Floats
    posterior: _Posterior

    def coefficient(self, place: int) -> tuple[Floats, Floats]:
        """Return mean and variance of a coefficient at each point."""
        return self.coefficients[:, place], self.posterior.schur_inverse[:, place, place]

    def information(self, columns: Floats) -> tuple[Floats, Floats]:
        """Return information on slopes of further columns, and the score, (n_points, q)."""
        weighted = self.posterior.weight[:, :, None] * columns
        u, b = self.posterior.solve(weighted, self.posterior.design.T @ weighted)
        left = columns - u - self.posterior.design @ b
        return (weighted * left).sum(axis=1), np.asarray(self.slope @ columns)

    def at(self, columns: Floats, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return mean and sd of u + X b at other weeks, (n_points, m)."""
        weights, further = self._interpolated(known, week)
        mean, variance = self._moments(weights, columns)
        return mean, np.sqrt(np.maximum(variance + further, 1e-16))

    def between(self, columns: Floats, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return mean and sd of the difference of the second of two weeks and the first.

        Both weeks are weeks of races, where form needs no interpolation.
        """
        weights, _ = self._interpolated(known, week)
        step = np.array([[-1.0], [1.0]])
        mean, variance = self._moments(weights @ step, (columns.T @ step).T)
        return mean, np.sqrt(np.maximum(variance, 1e-16))

    def _moments(self, weights: Floats, columns: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of weightsᵀ u + columns b, (n_points, m)."""
        lower = np.broadcast_to(columns.T, (len(self.weight), *columns.T.shape))
        u, b = self.posterior.solve(weights, lower)
        variance = (weights * u).sum(axis=1) + (lower * b).sum(axis=1)
        mean = (weights * self.form[:, :, None]).sum(axis=1) + self.coefficients @ columns.T
        return mean, variance

    def _interpolated(self, known: Floats, week: Floats) -> tuple[Floats, Floats]:
        """Return how form at other weeks follows from that at races, and what it has of its own.

        Returns
        -------
        weights : ndarray, shape (n_points, n_races, m)
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
        weights = np.zeros((len(self.weight), len(known), len(week)))
        place = np.arange(len(week))
        weights[:, np.maximum(before, 0), place] += from_before
        weights[:, np.minimum(after, len(known) - 1), place] += from_after
        return weights, self.form_sd[:, None] ** 2 * np.maximum(own, 0.0)


class _Tridiagonal:
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
        self.diagonal, self.beside, failed = dpttrf(diagonal.ravel(), off.ravel()[:-1])
        assert not failed, "a precision is positive definite"

    def log_det(self) -> Floats:
        """Return the log determinant of each, shape (n_points,)."""
        return np.asarray(np.log(self.diagonal).reshape(self.shape).sum(axis=1), dtype=np.float64)

    def solve(self, right: Floats) -> Floats:
        """Solve for right sides of shape (n_points, n, m)."""
        flat = np.asfortranarray(right.reshape(-1, right.shape[2]))
        solved, _ = dpttrs(self.diagonal, self.beside, flat)
        return np.asarray(solved, dtype=np.float64).reshape(right.shape)


def _form_precision(week: Floats, sd: Floats, weeks: Floats) -> tuple[Floats, Floats, Floats]:
    """Return diagonal, off-diagonal and log determinant of the precision of form at races."""
    gap = np.maximum(np.diff(week), _LEAST_GAP)
    rho = np.exp(-gap / weeks[:, None])
    own = 1.0 / (1.0 - rho**2)
    diagonal = np.ones((len(sd), len(week)))
    diagonal[:, :-1] += own - 1.0
    diagonal[:, 1:] += own - 1.0
    scale = sd[:, None] ** 2
    log_det = np.log(own).sum(axis=1) - 2 * len(week) * np.log(sd)
    return diagonal / scale, -rho * own / scale, log_det


@dataclass(frozen=True)
class _Search:
    """The search for the likeliest form u and coefficients b, at every point of the grid."""

    form_sd: Floats
    form_weeks: Floats
    scatter: Floats
    form_precision: tuple[Floats, Floats]
    form_log_det: Floats
    design: Floats
    prior_precision: Floats
    form: Floats
    coefficients: Floats

    @classmethod
    def begin(cls, week: Floats, design: Floats, prior_precision: Floats) -> _Search:
        sd, weeks, scatter = (
            each.ravel() for each in np.meshgrid(FORM_SD, FORM_WEEKS, SCATTER, indexing="ij")
        )
        diagonal, beside, log_det = _form_precision(week, sd, weeks)
        form, b = np.zeros(diagonal.shape), np.zeros((len(sd), design.shape[1]))
        precision = (diagonal, beside)
        return cls(sd, weeks, scatter, precision, log_det, design, prior_precision, form, b)

    @property
    def expected(self) -> Floats:
        """Expected log time of each race."""
        return self.form + self.coefficients @ self.design.T

    @property
    def pull(self) -> Floats:
        """Q u: what form is pulled by, which is the slope of the races' log density."""
        diagonal, beside = self.form_precision
        pull = diagonal * self.form
        pull[:, :-1] += beside * self.form[:, 1:]
        pull[:, 1:] += beside * self.form[:, :-1]
        return np.asarray(pull)

    def log_prior(self) -> Floats:
        """Return the log prior density of each point with its form and coefficients."""
        b = self.coefficients
        twice = (
            (np.log(self.form_sd / FORM_PRIOR[0]) / FORM_PRIOR[1]) ** 2
            + (np.log(self.scatter / SCATTER_PRIOR[0]) / SCATTER_PRIOR[1]) ** 2
            + (self.form * self.pull).sum(axis=1)
            + ((b @ self.prior_precision) * b).sum(axis=1)
            - self.form_log_det
        )
        return np.asarray(-0.5 * twice)

    def where(self, kept: npt.NDArray[np.bool_]) -> _Search:
        """Return the points for which `kept` is true."""
        return self._at(np.flatnonzero(kept))

    def split(self) -> _Search:
        """Return three points for each, of less, the same and more scatter."""
        step = _SCATTER_STEP / 3 * np.repeat([-1.0, 0.0, 1.0], len(self.scatter))
        thrice = self._at(np.tile(np.arange(len(self.scatter)), 3))
        return replace(thrice, scatter=thrice.scatter * np.exp(step))

    def _at(self, places: npt.NDArray[np.int_]) -> _Search:
        diagonal, beside = self.form_precision
        return replace(
            self,
            form_sd=self.form_sd[places],
            form_weeks=self.form_weeks[places],
            scatter=self.scatter[places],
            form_precision=(diagonal[places], beside[places]),
            form_log_det=self.form_log_det[places],
            form=self.form[places],
            coefficients=self.coefficients[places],
        )

    def posterior(self, weight: Floats) -> _Posterior:
        """Return the posterior precision of (u, b) where races have these precisions."""
        diagonal, beside = self.form_precision
        return _Posterior.of(diagonal + weight, beside, weight, self.design, self.prior_precision)

    def step(self, weight: Floats, slope: Floats) -> _Search:
        """Return the search after one step of weighted least squares."""
        target = (weight * self.expected + slope)[:, :, None]
        form, b = self.posterior(weight).solve(target, self.design.T @ target)
        return replace(self, form=form[:, :, 0], coefficients=b[:, :, 0])


def _fitted(
    y: Floats,
    week: Floats,
    design: Floats,
    prior_sd: Floats,
    performed: pd.DataFrame,
    stated: Floats,
) -> _Points:
    """Find the likeliest form at every point of the grid, and what is around it."""
    share, told = shares(stated), information(stated)
    further = performed["uncertainty"].to_numpy() if "uncertainty" in performed else 0.0
    search = _Search.begin(week, design, np.diag(prior_sd**-2.0))
    noise = performed["noise"].to_numpy()
    scale = np.hypot(search.scatter[:, None] * noise, further)
    for number in range(_ROUNDS):
        widened = scale * (1 + _WIDER * 0.4**number) if number < _WIDE_ROUNDS else scale
        terms = noise_terms(y - search.expected, widened, share)
        weight = terms.precision
        if number > _WIDE_ROUNDS:
            # Between the bound, which always descends, and Newton's step, which may not.
            weight = np.maximum(0.7 * weight + 0.3 * terms.curvature, 0.3 * weight)
        before = search.expected
        search = search.step(weight, terms.slope)
        if number in _FAR_BELOW:
            log_weight, _, _ = _weighed(search, y, scale, share, told)
            kept = log_weight > log_weight.max() - _FAR_BELOW[number]
            search = search.where(kept).split() if number == _SPLIT else search.where(kept)
            scale = np.hypot(search.scatter[:, None] * noise, further)
        elif number > max(_FAR_BELOW) and np.abs(search.expected - before).max() < _CONVERGED:
            break
    log_weight, _, _ = _weighed(search, y, scale, share, told)
    kept = normalised(log_weight) > _NEGLIGIBLE
    search, scale = search.where(kept), scale[kept]
    log_weight, posterior, parts = _weighed(search, y, scale, share, told)
    return _Points(
        search.form_sd,
        search.form_weeks,
        search.scatter,
        normalised(log_weight),
        search.form,
        search.coefficients,
        search.pull,
        parts,
        posterior,
    )


def _weighed(
    search: _Search, y: Floats, scale: Floats, share: Floats, told: Floats
) -> tuple[Floats, _Posterior, Floats]:
    """Return the log weight of each point, the posterior there, and the parts of each race."""
    terms = noise_terms(y - search.expected, scale, share)
    posterior = search.posterior(told / scale**2)
    log_density = terms.log_density.sum(axis=1) + search.log_prior()
    return log_density - 0.5 * posterior.log_det(), posterior, terms.parts


def _weeks(dates: npt.ArrayLike) -> Floats:
    days = np.asarray(dates).astype("datetime64[D]").astype(np.int64)
    weeks: Floats = days / 7.0
    return weeks
