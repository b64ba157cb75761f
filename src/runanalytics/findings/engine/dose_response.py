"""Dose response: regression of form on the exposure to one dose or several, behind every effect.

What is assumed, besides what `ar1` and `weeks` say:

1. What form remembers from week to week is the same for all runs of a week. The likelihood of
   runs is then that of their weekly means times that of their deviations from these, which no
   memory touches: the cross-products of deviations, each run weighed as in its mean, are added
   once to those of the whitened weeks, the same for every correlation and ratio. Nothing is lost
   to averaging, and the scale is that of runs. Runs far out weigh less, the sooner the heavier
   the tails of the runner's own scatter are (`weeks`).
2. How errors last and how large they are is learnt from runs outside the log as well.
3. How fast training takes effect and fades is not known. Time constants of 1.5, 3, 6 and 10
   weeks are averaged over, with equal priors, each weighed by its own restricted likelihood. That
   gains outlast training by some four weeks (PMC7821917) is compatible with all of them. A year of
   runs tells little of it, and the interval is mostly the width of the longest: held less likely,
   it is narrower, and covers too few effects that are as slow (`docs/calibration.md`). Of several
   doses each has a time constant of its own: all combinations are averaged over.
4. The prior of each effect is flat, a quarter of the way (by its logarithm) from flat per unit
   held for long to flat per standard deviation of the runner's own exposure. The first favours
   long time constants, under which a runner never came near the contrast, and overstates;
   the second disfavours them, and misses effects that are slow (`benchmarks/calibration.py`).
5. The change is that of holding a contrast for long. A long time constant means that a runner
   whose phases last two months was never near it, so its estimate is larger and vaguer. The
   interval has room for that; the estimate is where the mixture is densest, not its mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from runanalytics.arrays import Booleans, Floats
from runanalytics.certainties import Certainties
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Mixture,
    default_grid,
    mixture,
    normalised,
)
from runanalytics.findings.engine.covariates import Covariate, ridge
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.products import run_products, swept, week_products
from runanalytics.findings.engine.weeks import Weeks

#: Time constants, weeks, and the prior weight of each.
TIME_CONSTANTS: tuple[tuple[float, float], ...] = (
    (1.5, 0.25),
    (3.0, 0.25),
    (6.0, 0.25),
    (10.0, 0.25),
)
#: How far the prior of the effect goes from flat per unit of exposure towards flat per standard
#: deviation of it: a judgement of this project.
TOWARDS_PER_SD = 0.25
#: Standard error of log form from which on there is no estimate.
VAGUE = 1.0
#: Degrees of freedom below which nothing is estimated.
LEAST_DF = 3
#: Share of the exposure's sum of squares that the covariates must leave.
OWN_SHARE = 1e-6
#: Sum of squares below which an exposure is taken for constant.
LEAST_VARIED = 1e-12
#: Share of an exposure, covariates taken out, that other doses must leave for them to be told
#: apart.
LEAST_APART = 0.02
#: Added to each sum of squares, as a share of it, so that columns alike do not stop the algebra.
JITTER = 1e-10


@dataclass(frozen=True)
class DoseResponse:
    """The fit of form to exposure.

    Parameters
    ----------
    change : Mixture
        Change of log form for one unit more a week, held for long, other doses as they were.
    tau_share : ndarray, shape (n_taus,)
        Posterior weight of each time constant.
    tau_sd : ndarray, shape (n_taus,)
        Standard error of the change with each time constant.
    rho : float
        Posterior mean of the errors' correlation from week to week.
    slope : Mixture
        Change of log form per unit of exposure, at the likeliest time constant.
    of_runs : ndarray, shape (n_observations,)
        Exposure with that time constant, 1/week.
    exposure : ndarray, shape (n_weeks,)
        The same by week; NaN where the week is missing.
    held : ndarray, shape (n_observations, n_others)
        Exposure to the other doses with their likeliest time constants.
    adjusted : ndarray, shape (n_weeks,)
        Log form less what goes along with covariates and other doses, about its mean at mean
        exposure.
    alone : Mixture, optional
        The change as if the other doses did not exist; where there are others.
    together : Mixture, optional
        Change of log form for a contrast more of every dose at once; where there are others.
    apart : float
        Share of the exposure, covariates taken out, that the other doses leave. Below
        `LEAST_APART` the doses cannot be told apart, and `change` is that of all together.
    """

    change: Mixture
    tau_share: Floats
    tau_sd: Floats
    rho: float
    slope: Mixture
    of_runs: Floats
    exposure: Floats
    held: Floats
    adjusted: Floats
    alone: Mixture | None = None
    together: Mixture | None = None
    apart: float = 1.0


@dataclass(frozen=True)
class OtherDose:
    """A dose beside the one that is asked about.

    Parameters
    ----------
    exposures : ndarray, shape (n_observations, n_taus)
        As of the dose itself.
    contrast : float
        How much more a week goes with the other doses' contrasts.
    covariates : tuple of Covariate
        What it brings with it: sessions on the day of a run and before.
    """

    exposures: Floats
    contrast: float = 1.0
    covariates: tuple[Covariate, ...] = ()


@dataclass(frozen=True)
class Change:
    """A relative change, its interval, and what the data could have shown.

    Parameters
    ----------
    percent, low_percent, high_percent : float
        Change and its interval, %.
    p_value : float
        Two-sided, of no change.
    se_percent : float
        Half the width of the interval over the quantile of t, %.
    detectable_percent : float
        Change that would have been found with the power asked for, %.
    """

    certainties: ClassVar[Certainties] = {
        "effect": "low_percent high_percent p_value se_percent",
        "effect, would be found": "detectable_percent",
    }
    no_certainties: ClassVar[str] = "percent"

    percent: float
    low_percent: float
    high_percent: float
    p_value: float
    se_percent: float
    detectable_percent: float

    @classmethod
    def from_posterior(
        cls,
        per_unit: Mixture,
        contrast: float,
        level: float,
        power: float,
        by_constant: Sequence[tuple[float, float]] = (),
    ) -> Change | None:
        """Return the change for a contrast, or None where it is too vague.

        Parameters
        ----------
        per_unit : Mixture
            Change of log form per unit.
        contrast : float
            How many units.
        level, power : float
            Of the interval, and chance of finding the detectable change; between 0 and 1.
        by_constant : sequence of (float, float)
            How likely each time constant is beforehand, and the standard error of the change of
            log form per unit if it is true. The interval says how little is known of the time
            constant, which is no measure of what would be found. By default the one of the
            interval.
        """
        tail = (1 - level) / 2
        low, high = (contrast * per_unit.quantile(each) for each in (tail, 1 - tail))
        critical = float(stdtrit(per_unit.df, 1 - tail))
        se = (high - low) / (2 * critical)
        if not se < VAGUE:
            return None
        parts = [(share, contrast * sd) for share, sd in by_constant] or [(1.0, se)]
        detectable = detectable_change(parts, critical, power)
        return cls(
            percent=100 * float(np.expm1(contrast * per_unit.middle)),
            low_percent=100 * float(np.expm1(low)),
            high_percent=100 * float(np.expm1(high)),
            p_value=per_unit.two_sided_p(),
            se_percent=100 * se,
            detectable_percent=100 * float(np.expm1(detectable)),
        )

    def fields(self, baseline: float) -> dict[str, Any]:
        """Return the fields of a finding that state a change, in percent and in its unit.

        Parameters
        ----------
        baseline : float
            Mean form, in the metric's unit.
        """
        in_unit = baseline / 100
        return {
            "percent": self.percent,
            "percent_low": self.low_percent,
            "percent_high": self.high_percent,
            "estimate": in_unit * self.percent,
            "low": in_unit * self.low_percent,
            "high": in_unit * self.high_percent,
        }


def detectable_change(parts: Sequence[tuple[float, float]], critical: float, power: float) -> float:
    """Return the change that is found with a chance, averaged over what its error may be.

    Parameters
    ----------
    parts : sequence of (float, float)
        How likely each standard error is, and the error.
    critical : float
        Estimate over its standard error from which on a change is found.
    power : float
        The chance, between 0 and 1.

    Examples
    --------
    >>> round(detectable_change([(1.0, 1.0)], 1.96, 0.8), 2)
    2.8
    >>> round(detectable_change([(0.5, 1.0), (0.5, 3.0)], 1.96, 0.8), 2)
    6.64
    """
    weight, se = np.array(parts, dtype=np.float64).T
    # What an error lets be found with this chance is a quantile of a normal about `critical` of it.
    return Mixture(weight / weight.sum(), critical * se, se, np.inf).quantile(power)


def run_exposures(
    weeks: Weeks, log: DoseLog, time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS
) -> Floats:
    """Return exposure on the day of each run, a column per time constant.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    log : DoseLog
        The dose.
    time_constants : sequence of (float, float)
        Time constant (weeks) and its prior weight.

    Returns
    -------
    ndarray, shape (n_runs, n_taus)
        Exposure, 1/week.
    """
    return log.exposure(weeks.columns["day"], np.array([tau for tau, _ in time_constants])).T


def weekly_range(weeks: Weeks, exposures: Floats) -> tuple[float, float]:
    """Return the lowest and highest mean exposure of a week, where it ranges widest.

    A habit of fixed days differs between the runs of a week, and not between weeks.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    exposures : ndarray, shape (n_runs, n_taus)
        From `run_exposures`.
    """
    by_week = weeks.mean(exposures)[weeks.seen]
    widest = by_week[:, np.ptp(by_week, axis=0).argmax()]
    return float(widest.min()), float(widest.max())


@dataclass(frozen=True)
class Projected:
    """Form and exposures with the covariates taken out, at every point of the grid.

    Parameters
    ----------
    left : ndarray, shape (n_points, n_exposures + n_forms, n_exposures + n_forms)
        Cross-products of exposures, then log forms.
    log_weight : ndarray, shape (n_points,)
        Log of prior and of that part of the likelihood that no log form enters.
    varied : ndarray, shape (n_exposures,)
        Sum of squares of each exposure over the weeks, before anything is taken out.
    n_taus : int
        Exposures of each dose: those of the first dose come first.
    df : int
        Degrees of freedom without any dose.
    """

    left: Floats
    log_weight: Floats
    varied: Floats
    n_taus: int
    df: int

    def posterior(
        self,
        chosen: npt.NDArray[np.intp],
        log_prior: Floats,
        units: Sequence[float],
        which: int = 0,
    ) -> Posterior:
        """Return the posterior of a change, averaged over nothing yet.

        Parameters
        ----------
        chosen : ndarray of int, shape (n_combinations, n_doses)
            Exposures that are fitted together, one of each dose.
        log_prior : ndarray, shape (n_combinations,)
            Log prior weight of each combination.
        units : sequence of float, length n_doses
            How much more of each dose the change is for.
        which : int
            Which log form.
        """
        form = len(self.varied) + which
        place = np.column_stack([chosen, np.full(len(chosen), form)])
        # Rows and columns first: (n_doses + 1, n_doses + 1, n_points, n_combinations).
        terms = self.left.transpose(1, 2, 0)[place.T[:, None], place.T[None]].transpose(0, 1, 3, 2)
        terms, log_det = swept(terms.copy(), chosen.shape[1])
        m, unit = chosen.shape[1], np.asarray(units, dtype=np.float64)
        df = self.df - m
        residual = np.maximum(terms[m, m], LEAST_SQUARES)
        log_weight = (
            self.log_weight[:, None]
            - 0.5 * df * np.log(residual)
            - 0.5 * log_det
            + 0.5 * TOWARDS_PER_SD * np.log(self.varied[chosen]).sum(axis=1)
            + log_prior
        )
        centre = np.einsum("i,ipc->pc", unit, terms[:m, m])
        variance = -np.einsum("i,ijpc,j->pc", unit, terms[:m, :m], unit) * residual / df
        return Posterior(normalised(log_weight), centre, np.sqrt(variance), float(df))


@dataclass(frozen=True)
class Posterior:
    """A change at each point of the grid and combination of time constants.

    Parameters
    ----------
    weight, centre, scale : ndarray, shape (n_points, n_combinations)
        Weights sum to 1; each component is Student's t of `df` degrees of freedom.
    df : float
        Degrees of freedom.
    """

    weight: Floats
    centre: Floats
    scale: Floats
    df: float

    @property
    def mixed(self) -> Mixture:
        """The mixture of all."""
        return mixture(self.weight, self.centre, self.scale, self.df)

    def of_first(self, n_taus: int) -> Posterior:
        """Return the same by the time constant of the first dose alone.

        Over those of the other doses, each mixture is taken for one component with its mean and
        variance: they lie close together.

        Parameters
        ----------
        n_taus : int
            Time constants of each dose; combinations are in the order of `combinations`.
        """
        shape = (len(self.weight), n_taus, -1)
        weight, centre, scale = (
            each.reshape(shape) for each in (self.weight, self.centre, self.scale)
        )
        total = weight.sum(axis=2)
        share = weight / np.maximum(total, np.finfo(np.float64).tiny)[:, :, None]
        mean = (share * centre).sum(axis=2)
        variance = (share * (scale**2 + (centre - mean[:, :, None]) ** 2)).sum(axis=2)
        # Where nothing weighs anything, any scale serves.
        safe = np.where(total > 0, np.sqrt(variance), scale[:, :, 0])
        return Posterior(total, mean, safe, self.df)

    def of(self, tau: int) -> Mixture:
        """Return the mixture with one time constant of the first dose; after `of_first`."""
        weight = self.weight[:, tau]
        return mixture(weight / weight.sum(), self.centre[:, tau], self.scale[:, tau], self.df)


@dataclass(frozen=True)
class Factored:
    """Everything that is regressed, factored once for all questions.

    Parameters
    ----------
    columns : ndarray, shape (n_observations, n_columns)
        Nuisance columns, covariates of other doses, exposures, log forms; the last two about
        their means.
    factor : ndarray, shape (n_points, n_columns, n_columns)
        Cholesky factor of their cross-products.
    log_known : ndarray, shape (n_points,)
        Log prior, with what is known from elsewhere, less half the log determinant of the errors.
    varied : ndarray, shape (n_exposures,)
        As of `Projected`.
    n_columns : int
        Nuisance columns, intercept included, that belong to no other dose.
    n_beside : int
        Covariates of other doses.
    n_taus : int
        Exposures of each dose.
    n_observations : int
        Runs, or weeks.
    n_flat : int
        Nuisance columns with a flat prior.
    """

    columns: Floats
    factor: Floats
    log_known: Floats
    varied: Floats
    n_columns: int
    n_beside: int
    n_taus: int
    n_observations: int
    n_flat: int

    def project(self, beside: bool = True) -> Projected:
        """Return exposures and log forms with the covariates taken out.

        Parameters
        ----------
        beside : bool
            With those of the other doses, or without.
        """
        first = self.n_columns + (self.n_beside if beside else 0)
        rest = self.factor[:, self.n_columns + self.n_beside :, first:]
        determinant = np.log(np.diagonal(self.factor, axis1=1, axis2=2)[:, :first]).sum(axis=1)
        return Projected(
            rest @ rest.transpose(0, 2, 1),
            self.log_known - determinant,
            self.varied,
            self.n_taus,
            self.n_observations - self.n_flat,
        )


def factored(
    weeks: Weeks,
    exposures: Floats,
    covariates: Sequence[Covariate],
    log_forms: Sequence[Floats],
    beside: Sequence[OtherDose] = (),
    *,
    by_run: bool = True,
    elsewhere: Floats | float = 0.0,
) -> Factored | None:
    """Gather all that a dose response is worked out from.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    exposures : ndarray, shape (n_observations, n_taus)
        Exposure with each time constant (1/week), from `run_exposures`.
    covariates : sequence of Covariate
        What is adjusted for, one row a run; they must be independent of each other.
    log_forms : sequence of ndarray, shape (n_observations,)
        Log form: that of the runs, and others of the same runs.
    beside : sequence of OtherDose
        Doses that are estimated together with the first.
    by_run : bool
        Whether columns have one row a run, or one a week.
    elsewhere : ndarray, shape (n_points,), or 0
        Log likelihood of each point, from `likelihood_elsewhere`.

    Returns
    -------
    Factored or None
        None if too little is left, or exposure is made up of the covariates.
    """
    n_flat = 1 + sum(each.flat for each in covariates)
    if weeks.n_seen - n_flat - 1 - len(beside) < LEAST_DF:
        return None
    theirs = [each for other in beside for each in other.covariates]
    seen = slice(None) if by_run else weeks.seen
    every = np.column_stack([exposures, *(other.exposures for other in beside)])
    raw = np.column_stack([every, *log_forms])
    centred = np.zeros(raw.shape)
    centred[seen] = raw[seen] - raw[seen].mean(axis=0)
    nuisance = [np.ones(len(raw)), *(each.column for each in (*covariates, *theirs))]
    columns = np.column_stack([*nuisance, centred])
    log_prior = default_grid().log_prior + elsewhere
    products = (run_products if by_run else week_products)(weeks, columns)
    gram = products.gram
    size = np.diagonal(gram, axis1=1, axis2=2)
    added = np.maximum(JITTER * size, LEAST_SQUARES)
    added[:, 1 : len(nuisance)] += ridge((*covariates, *theirs), weeks)
    place = np.arange(columns.shape[1])
    gram[:, place, place] += added
    factor: Floats = np.asarray(np.linalg.cholesky(gram), dtype=np.float64)
    n_exposures = every.shape[1]
    own = slice(len(nuisance), len(nuisance) + n_exposures)
    left = (factor[:, own, len(nuisance) :] ** 2).sum(axis=2)
    if not (left > np.maximum(OWN_SHARE * size[:, own], LEAST_VARIED)).all():
        return None
    weekly, precision = products.means[:, own], 1.0 / weeks.noise
    about = weekly - precision @ weekly / precision.sum()
    return Factored(
        columns,
        factor,
        log_prior - 0.5 * products.log_det,
        precision @ about**2,
        1 + len(covariates),
        len(theirs),
        exposures.shape[1],
        products.n,
        n_flat,
    )


def combinations(
    time_constants: Sequence[tuple[float, float]], n_doses: int
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return which exposures go together, one of each dose, and the log prior of each set.

    Parameters
    ----------
    time_constants : sequence of (float, float)
        Time constant (weeks) and its prior weight.
    n_doses : int
        How many doses, each with these time constants.
    """
    n_taus = len(time_constants)
    each = np.array(list(product(range(n_taus), repeat=n_doses)), dtype=np.intp)
    with np.errstate(divide="ignore"):
        log_prior = np.log([prior for _, prior in time_constants])
    return each + n_taus * np.arange(n_doses), log_prior[each].sum(axis=1)


def fit_dose_response(
    weeks: Weeks,
    exposures: Floats,
    covariates: Sequence[Covariate],
    time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS,
    beside: Sequence[OtherDose] = (),
    *,
    contrast: float = 1.0,
    by_run: bool = True,
    elsewhere: Floats | float = 0.0,
) -> DoseResponse | None:
    """Regress form on exposure, or return None where nothing can be estimated.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    exposures : ndarray, shape (n_observations, n_taus)
        Exposure with each time constant (1/week), from `run_exposures`.
    covariates : sequence of Covariate
        What is adjusted for; without the exposure, they must be independent of each other.
    time_constants : sequence of (float, float)
        Time constant (weeks) and its prior weight, of every dose.
    beside : sequence of OtherDose
        Doses that are estimated together with it.
    contrast : float
        How much more of the dose goes with the contrasts of the others, for the change that goes
        along with all of them together.
    by_run : bool
        Whether columns have one row a run, or one a week.
    elsewhere : ndarray, shape (n_points,), or 0
        Log likelihood of each point, from `likelihood_elsewhere`.

    Returns
    -------
    DoseResponse or None
        None if too little is left, or exposure is made up of the covariates.
    """
    log_form = weeks.columns["log_form"] if by_run else weeks.log_form
    every = factored(
        weeks, exposures, covariates, [log_form], beside, by_run=by_run, elsewhere=elsewhere
    )
    if every is None:
        return None
    n_taus, n_doses = len(time_constants), 1 + len(beside)
    own, log_prior = combinations(time_constants, 1)
    alone = every.project(beside=False).posterior(own, log_prior, [1.0])
    joint, together, apart = alone, None, 1.0
    if beside:
        terms = every.project()
        units = [contrast, *(other.contrast for other in beside)]
        apart = told_apart(terms, alone.weight)
        if apart < LEAST_APART:
            joint = together = _as_one(terms, units).posterior(own, log_prior, [1.0])
        else:
            own, log_prior = combinations(time_constants, n_doses)
            joint = terms.posterior(own, log_prior, [1.0] + [0.0] * len(beside))
            together = terms.posterior(own, log_prior, units)
    found = joint.of_first(n_taus)
    share = found.weight.sum(axis=0)
    variances = (found.weight * found.scale**2).sum(axis=0)
    best = int(share.argmax())
    weekly = weeks.mean if by_run else np.asarray
    return DoseResponse(
        change=found.mixed,
        tau_share=share,
        tau_sd=np.sqrt(variances / np.maximum(share, np.finfo(np.float64).tiny)),
        rho=float(found.weight.sum(axis=1) @ default_grid().rho),
        slope=found.of(best),
        of_runs=exposures[:, best],
        exposure=weekly(exposures[:, best]),
        held=_held(beside, joint, own, n_taus, len(exposures)),
        adjusted=weekly(_adjusted(every, joint, own, slice(None) if by_run else weeks.seen)),
        alone=alone.mixed if beside else None,
        together=None if together is None else together.of_first(n_taus).mixed,
        apart=apart,
    )


def _held(
    beside: Sequence[OtherDose],
    joint: Posterior,
    own: npt.NDArray[np.intp],
    n_taus: int,
    n_observations: int,
) -> Floats:
    """Return exposure to each other dose, with its likeliest time constant beside the others."""
    likeliest = own[int(joint.weight.sum(axis=0).argmax())] % n_taus
    # Where all doses are taken as one they have one time constant.
    taus = likeliest[1:] if len(likeliest) > 1 else np.repeat(likeliest, len(beside))
    held = np.empty((n_observations, len(beside)))
    for place, (other, tau) in enumerate(zip(beside, taus, strict=True)):
        held[:, place] = other.exposures[:, tau]
    return held


def told_apart(terms: Projected, weight: Floats) -> float:
    """Return the share of the first dose's exposure that the others leave, covariates taken out.

    Parameters
    ----------
    terms : Projected
        Exposures of all doses.
    weight : ndarray, shape (n_points, n_taus)
        Weight of each point and time constant, the same for all doses.
    """
    n_doses = len(terms.varied) // terms.n_taus
    place = np.arange(terms.n_taus) + terms.n_taus * np.arange(n_doses - 1, -1, -1)[:, None]
    products = terms.left.transpose(1, 2, 0)[place[:, None], place[None]].transpose(0, 1, 3, 2)
    before = products[-1, -1].copy()
    rest, _ = swept(products.copy(), n_doses - 1)
    return float((weight * rest[-1, -1] / before).sum())


def _as_one(terms: Projected, units: Sequence[float]) -> Projected:
    """Return all doses as one, of which a unit is a contrast of each."""
    n_taus, n_doses = terms.n_taus, len(units)
    size = terms.left.shape[1]
    mean = np.zeros((size, n_taus + size - n_taus * n_doses))
    for dose, unit in enumerate(units):
        mean[np.arange(n_taus) + n_taus * dose, np.arange(n_taus)] = 1.0 / (unit * n_doses)
    mean[n_taus * n_doses :, n_taus:] = np.eye(size - n_taus * n_doses)
    varied = terms.varied[:n_taus] / units[0] ** 2
    return Projected(mean.T @ terms.left @ mean, terms.log_weight, varied, n_taus, terms.df)


def _adjusted(
    every: Factored, joint: Posterior, own: npt.NDArray[np.intp], seen: slice | Booleans
) -> Floats:
    """Return log form less what goes along with covariates and other doses, where likeliest."""
    point, combination = np.unravel_index(int(joint.weight.argmax()), joint.weight.shape)
    first = every.n_columns + every.n_beside
    # Exposures of the combination, and the last column, which is log form.
    taken = [*range(first), *(first + own[combination]), every.factor.shape[1] - 1]
    rows, columns = every.factor[point][taken], every.columns[:, taken]
    products = rows @ rows.T
    coefficients = np.linalg.solve(products[:-1, :-1], products[:-1, -1])
    coefficients[first] = 0.0  # what goes along with the dose itself stays
    rest = columns[:, -1] - columns[:, :-1] @ coefficients
    about = np.full(len(rest), np.nan)
    about[seen] = rest[seen] - rest[seen].mean()
    return about
