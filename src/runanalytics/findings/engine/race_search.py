"""The likeliest form of a runner, at every point of a grid of what is not known of it.

The grid is of how far and how fast form moves and how far races scatter. At each point the
likeliest form u and coefficients b are found by weighted least squares, then by Newton's steps.
What is around them is taken for normal (Laplace's approximation; Tierney & Kadane 1986,
doi:10.1080/01621459.1986.10478240), with the information that a race is expected to give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from runanalytics.arrays import Booleans, Floats
from runanalytics.findings.engine.ar1 import normalised
from runanalytics.findings.engine.race_noise import NoiseTerms, information, noise_terms, shares
from runanalytics.findings.engine.race_points import Points, Posterior, is_definite, least_squares

#: Standard deviations of form, of log time, and its time constants, weeks.
FORM_SD = (0.01, 0.016, 0.025, 0.04, 0.065, 0.1, 0.16)
FORM_WEEKS = (8.0, 26.0, 80.0)
#: Scatter of the runner's races over the usual one: the middle, and how far it reaches in its
#: logarithm. The search begins there, and each point is split in points that are even in the
#: logarithm.
SCATTER, _SCATTER_REACH = 1.25, 3.6
#: Rounds of the search in which the scatter is widened, so that a race that was not raced does not
#: hold it: at first so much, and less from round to round.
_WIDER, _NARROWING, _WIDE_ROUNDS = 4.0, 0.4, 4
#: After which rounds each point is split in how many by scatter.
_SPLITS: Mapping[int, int] = MappingProxyType({0: 4, 2: 2, 6: 3})
#: In which rounds points are left out that lie so far below the best, of log likelihood, and how
#: far in log scatter what a point will be split into may lie from it, which is allowed for.
_FAR_BELOW: Mapping[int, tuple[float, float]] = MappingProxyType(
    {2: (9.0, 0.42), 4: (9.0, 0.15), 6: (5.0, 0.15), 7: (9.0, 0.0)}
)
#: From which round on steps are Newton's.
_NEWTON_FROM = 7
#: Rounds of all points; most rounds that follow, of those points whose last step, of log time in
#: any race, was larger than so much over how likely they are. No end of an interval of an effect
#: is moved by more than 0.3 % of its width by stopping there.
_ROUNDS_OF_ALL, _ROUNDS_OF_FEW, _CONVERGED = 8, 5, 3e-5
#: Where a step of Newton's ended lower than it began, so much of it is taken.
_SHORTER = 0.25
#: Where steps of Newton's are not to be trusted, weights lie between those of least squares, which
#: always ascend, and curvature: so far towards it, and at least this share of the former.
_OF_CURVATURE, _LEAST_WEIGHT = 0.3, 0.3
#: A log density that is lower by less is the same.
_ROUNDING = 1e-9
#: Races of one day lie this far apart, weeks.
_LEAST_GAP = 0.05


@dataclass(frozen=True)
class RaceNoise:
    """What is known of the noise of each race.

    Parameters
    ----------
    usual : ndarray, shape (n_races,)
        Usual standard deviation of log time from race to race.
    further : ndarray, shape (n_races,)
        Standard deviation of what was taken out of log time.
    raced : ndarray, shape (n_races,)
        1 for a race that was raced, as the runner says, 0 for one that was not; NaN where nothing
        is said.
    """

    usual: Floats
    further: Floats
    raced: Floats

    def scale(self, scatter: Floats) -> Floats:
        """Return the runner's scatter in each race, shape (n_points, n_races)."""
        # Not np.hypot, which guards against numbers that no scatter comes near and takes longer.
        return np.asarray(np.sqrt(scatter[:, None] ** 2 * self.usual**2 + self.further**2))


@dataclass(frozen=True)
class Priors:
    """Priors of coefficients, and of the points of the grid.

    Parameters
    ----------
    sd : ndarray, shape (p,)
        Standard deviation of each coefficient, or, where it goes with form, over that of form.
    with_form : ndarray of bool, shape (p,)
        Which are larger in runners whose form moves more.
    form_sd, scatter : tuple of float
        Middle, and standard deviation of the logarithm, of form's standard deviation and of the
        scatter of the runner's races over the usual one.
    """

    sd: Floats
    with_form: Booleans
    form_sd: tuple[float, float]
    scatter: tuple[float, float]

    def precision(self, form_sd: Floats) -> Floats:
        """Return one over their variances, shape (n_points, p)."""
        return np.asarray((self.sd * np.where(self.with_form, form_sd[:, None], 1.0)) ** -2.0)

    def log_density(self, form_sd: Floats, scatter: Floats) -> Floats:
        """Return the log density of points of the grid, up to a constant, shape (n_points,)."""
        (form, form_spread), (middle, spread) = self.form_sd, self.scatter
        squares = (np.log(form_sd / form) / form_spread) ** 2
        return np.asarray(-0.5 * (squares + (np.log(scatter / middle) / spread) ** 2))


def likeliest(y: Floats, week: Floats, design: Floats, priors: Priors, noise: RaceNoise) -> Points:
    """Find the likeliest form at every point of the grid, and what is around it.

    Parameters
    ----------
    y, week : ndarray, shape (n_races,)
        Log time, and when; by date.
    design : ndarray, shape (n_races, p)
        What moves log time beside form.
    priors : Priors
        Of the coefficient of each, about 0, and of the points of the grid.
    noise : RaceNoise
        What is known of the races' noise.

    Returns
    -------
    Points
        Those that are likely.
    """
    share, told = shares(noise.raced), information(noise.raced)
    search = _Search.begin(week, design, priors)
    posterior: Posterior | None = None
    for number in range(_ROUNDS_OF_ALL):
        scale = noise.scale(search.scatter)
        if number >= _WIDE_ROUNDS:
            terms = noise_terms(y - search.expected, scale, share)
        if number in _FAR_BELOW:
            if number < _WIDE_ROUNDS:
                terms = noise_terms(y - search.expected, scale, share)
            # It depends on where a point lies in the grid, not on how far the search has come.
            if posterior is None:
                posterior = search.posterior(told / scale**2)
            log_weight = search.log_density(terms) - 0.5 * posterior.log_det()
            kept = np.flatnonzero(log_weight > log_weight.max() - _far_below(number, len(y)))
            search, posterior, scale = search.at(kept), posterior.at(kept), scale[kept]
            likely = normalised(log_weight[kept])
            terms = terms.at(kept)
        before = search.expected
        if number < _WIDE_ROUNDS:
            wider = 1 + _WIDER * _NARROWING**number
            search = search.least_squares(noise_terms(y - search.expected, wider * scale, share))
        else:
            search = search.newton(terms, trusting=number >= _NEWTON_FROM)
        if number in _SPLITS:
            search, posterior = search.split(_SPLITS[number]), None
    assert posterior is not None, "points are left out after they were last split"
    moving = np.arange(len(search.scatter))
    moved = np.abs(search.expected - before).max(axis=1)
    for _ in range(_ROUNDS_OF_FEW):
        going_on = moved * likely[moving] > _CONVERGED
        moving = moving[going_on]
        if not len(moving):
            break
        few = search.at(moving)
        terms = noise_terms(y - few.expected, noise.scale(few.scatter), share)
        stepped = few.newton(terms, trusting=True)
        moved = np.abs(stepped.expected - few.expected).max(axis=1)
        search = search.replaced(moving, stepped)
    scale = noise.scale(search.scatter)
    terms = noise_terms(y - search.expected, scale, share)
    settled = search.settled(terms)
    if settled is not search:
        search, terms = settled, noise_terms(y - settled.expected, scale, share)
    return Points(
        search.form_sd,
        search.form_weeks,
        search.scatter,
        normalised(search.log_density(terms) - 0.5 * posterior.log_det()),
        search.form,
        search.coefficients,
        search.pull,
        terms.parts,
        posterior,
    )


def _far_below(number: int, n_races: int) -> float:
    """Return how far below the best, of log likelihood, a point no longer matters in a round.

    About its middle log likelihood falls with the square of log scatter, by at most 1 a race.
    """
    below, apart = _FAR_BELOW[number]
    return float((np.sqrt(below) + apart * np.sqrt(n_races)) ** 2)


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
    """Where the search for the likeliest form u and coefficients b has come, at every point.

    `place_before` is where the last step of Newton's went from, and `reached` the log density
    there.
    """

    form_sd: Floats
    form_weeks: Floats
    scatter: Floats
    form_precision: tuple[Floats, Floats]
    prior_log_det: Floats
    design: Floats
    priors: Priors
    prior_precision: Floats
    form: Floats
    coefficients: Floats
    place_before: tuple[Floats, Floats]
    scatter_step: float
    reached: Floats

    @classmethod
    def begin(cls, week: Floats, design: Floats, priors: Priors) -> _Search:
        sd, weeks = (each.ravel() for each in np.meshgrid(FORM_SD, FORM_WEEKS, indexing="ij"))
        scatter = np.full(len(sd), SCATTER)
        diagonal, beside, log_det = _form_precision(week, sd, weeks)
        place = np.zeros(diagonal.shape), np.zeros((len(sd), design.shape[1]))
        precision = priors.precision(sd)
        return cls(
            sd,
            weeks,
            scatter,
            (diagonal, beside),
            log_det + np.log(precision).sum(axis=1),
            design,
            priors,
            precision,
            *place,
            place,
            _SCATTER_REACH,
            np.full(len(sd), -np.inf),
        )

    @cached_property
    def expected(self) -> Floats:
        """Expected log time of each race."""
        return self.form + self.coefficients @ self.design.T

    @cached_property
    def pull(self) -> Floats:
        """Q u: what form is pulled by, which is the slope of the races' log density."""
        diagonal, beside = self.form_precision
        pull = diagonal * self.form
        pull[:, :-1] += beside * self.form[:, 1:]
        pull[:, 1:] += beside * self.form[:, :-1]
        return np.asarray(pull)

    def log_density(self, terms: NoiseTerms) -> Floats:
        """Return the log density of the races and of each point with its form, from both."""
        b = self.coefficients
        twice = (
            (self.form * self.pull).sum(axis=1)
            + (self.prior_precision * b**2).sum(axis=1)
            - self.prior_log_det
        )
        of_points = self.priors.log_density(self.form_sd, self.scatter)
        return np.asarray(terms.log_density().sum(axis=1) + of_points - 0.5 * twice)

    def split(self, number: int) -> _Search:
        """Return so many points for each, which differ in scatter alone."""
        step = self.scatter_step / number
        places = np.tile(np.arange(len(self.scatter)), number)
        away = step * np.repeat(np.arange(number) - (number - 1) / 2, len(self.scatter))
        more = self.at(places)
        return replace(
            more,
            scatter=more.scatter * np.exp(away),
            scatter_step=step,
            reached=np.full(len(places), -np.inf),
        )

    def at(self, places: npt.NDArray[np.int_]) -> _Search:
        """Return some of the points."""
        diagonal, beside = self.form_precision
        form, b = self.place_before
        return replace(
            self,
            form_sd=self.form_sd[places],
            form_weeks=self.form_weeks[places],
            scatter=self.scatter[places],
            form_precision=(diagonal[places], beside[places]),
            prior_log_det=self.prior_log_det[places],
            prior_precision=self.prior_precision[places],
            form=self.form[places],
            coefficients=self.coefficients[places],
            place_before=(form[places], b[places]),
            reached=self.reached[places],
        )

    def replaced(self, places: npt.NDArray[np.int_], by: _Search) -> _Search:
        """Return the search where some points, those of `at`, have come to other places."""

        def put(old: Floats, new: Floats) -> Floats:
            both = old.copy()
            both[places] = new
            return both

        return replace(
            self,
            form=put(self.form, by.form),
            coefficients=put(self.coefficients, by.coefficients),
            place_before=(
                put(self.place_before[0], by.place_before[0]),
                put(self.place_before[1], by.place_before[1]),
            ),
            reached=put(self.reached, by.reached),
        )

    def posterior(self, weight: Floats) -> Posterior:
        """Return the posterior precision of (u, b) where races have these precisions."""
        diagonal, beside = self.form_precision
        return Posterior.of(diagonal + weight, beside, weight, self.design, self.prior_precision)

    def least_squares(self, terms: NoiseTerms) -> _Search:
        """Return the search after a step of weighted least squares, which always ascends."""
        form, b = self._stepped(terms.precision, terms.slope)
        return replace(self, form=form, coefficients=b)

    def newton(self, terms: NoiseTerms, *, trusting: bool) -> _Search:
        """Return the search after a step of Newton's; a shorter one where the last descended."""
        reached = self.log_density(terms)
        fell = (reached < self.reached - _ROUNDING)[:, None]
        diagonal, beside = self.form_precision
        curvature = terms.curvature()
        weight = np.maximum(
            (1 - _OF_CURVATURE) * terms.precision + _OF_CURVATURE * curvature,
            _LEAST_WEIGHT * terms.precision,
        )
        if trusting:
            trusted = is_definite(diagonal + curvature, beside)
            weight = np.where(trusted[:, None], curvature, weight)
        form, b = self._stepped(weight, terms.slope)
        form_before, b_before = self.place_before
        if fell.any():
            # Such a step ascends at first, so that some part of it does.
            form = np.where(fell, form_before + _SHORTER * (self.form - form_before), form)
            b = np.where(fell, b_before + _SHORTER * (self.coefficients - b_before), b)
            form_before = np.where(fell, form_before, self.form)
            b_before = np.where(fell, b_before, self.coefficients)
        else:
            form_before, b_before = self.form, self.coefficients
        return replace(
            self,
            form=form,
            coefficients=b,
            place_before=(form_before, b_before),
            reached=np.maximum(reached, self.reached),
        )

    def settled(self, terms: NoiseTerms) -> _Search:
        """Return the search before its last step at points where that descended, if any did."""
        fell = (self.log_density(terms) < self.reached - _ROUNDING)[:, None]
        if not fell.any():
            return self
        form_before, b_before = self.place_before
        return replace(
            self,
            form=np.where(fell, form_before, self.form),
            coefficients=np.where(fell, b_before, self.coefficients),
        )

    def _stepped(self, weight: Floats, slope: Floats) -> tuple[Floats, Floats]:
        target = weight * self.expected + slope
        diagonal, beside = self.form_precision
        return least_squares(
            diagonal + weight, beside, weight, target, self.design, self.prior_precision
        )
