"""Dose response: regression of weekly form on the exposure to a dose, behind every effect.

What is assumed, besides what `ar1` and `weeks` say:

1. How fast a dose builds up and fades is not known. Time constants of 1.5, 3, 6 and 10 weeks
   are averaged over, with equal priors, each weighed by its own restricted likelihood. That
   gains outlast training by some four weeks (PMC7821917) is compatible with all of them.
2. The prior of the effect is flat, a quarter of the way (by its logarithm) from flat per unit
   held for long to flat per standard deviation of the runner's own exposure. The first favours
   long time constants, under which a runner never came near the contrast, and overstates;
   the second disfavours them, and misses effects that are slow (`benchmarks/calibration.py`).
3. The change is that of holding a contrast for long. A long time constant means that a runner
   whose phases last two months was never near it, so its estimate is larger and vaguer. The
   interval has room for that; the estimate is where the mixture is densest, not its mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import (
    LEAST_SQUARES,
    Mixture,
    default_grid,
    mixture,
    normalised,
    regress,
    whiten,
)
from runanalytics.findings.engine.covariates import Covariate, design, ridge
from runanalytics.findings.engine.dose_log import DoseLog
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


@dataclass(frozen=True)
class DoseResponse:
    """The fit of weekly form to exposure.

    Parameters
    ----------
    change : Mixture
        Change of log form for one unit more a week, held for long.
    tau_share : ndarray, shape (n_taus,)
        Posterior weight of each time constant.
    rho : float
        Posterior mean of the errors' correlation from week to week.
    slope : Mixture
        Change of log form per unit of exposure, at the likeliest time constant.
    exposure : ndarray, shape (n_weeks,)
        Exposure with that time constant, 1/week; NaN where the week is missing.
    adjusted : ndarray, shape (n_weeks,)
        Log form less what goes along with the covariates, about its mean at mean exposure.
    """

    change: Mixture
    tau_share: Floats
    rho: float
    slope: Mixture
    exposure: Floats
    adjusted: Floats


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
    low, high = 0.0, float(se.max()) * (critical + float(ndtri(power)))
    for _ in range(50):
        middle = (low + high) / 2
        found = float(weight @ ndtr(middle / se - critical))
        low, high = (middle, high) if found < power * weight.sum() else (low, middle)
    return high


def weekly_exposures(
    weeks: Weeks, log: DoseLog, time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS
) -> Floats:
    """Return mean exposure on the days of each week's runs, a column per time constant.

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
    ndarray, shape (n_weeks, n_taus)
        Exposure, 1/week; NaN in missing weeks.
    """
    day = weeks.runs["day"].to_numpy()
    return np.column_stack([weeks.mean(log.exposure(day, tau)) for tau, _ in time_constants])


@dataclass(frozen=True)
class Projected:
    """Form and exposures with the covariates taken out, at every point of the grid.

    Parameters
    ----------
    own : ndarray, shape (n_points, n_taus)
        Sum of squares of each exposure.
    shared : ndarray, shape (n_points, n_taus, n_forms)
        Cross-products of each exposure with each log form.
    square : ndarray, shape (n_points, n_forms)
        Sum of squares of each log form.
    log_weight : ndarray, shape (n_points,)
        Log of prior and of that part of the likelihood that no log form enters.
    varied : ndarray, shape (n_taus,)
        Sum of squares of each exposure over weeks, before anything is taken out.
    df : int
        Degrees of freedom.
    nuisance : ndarray, shape (n_weeks, n_nuisance)
        Intercept and covariates.
    solved : ndarray, shape (n_points, n_nuisance, n_taus + n_forms)
        Coefficients of exposures and log forms on them.
    """

    own: Floats
    shared: Floats
    square: Floats
    log_weight: Floats
    varied: Floats
    df: int
    nuisance: Floats
    solved: Floats

    def posterior(
        self, taus: Sequence[int], prior: Sequence[float], which: int = 0
    ) -> tuple[Floats, Floats, Floats]:
        """Return weight, slope and its scale at each point for some of the exposures.

        Parameters
        ----------
        taus : sequence of int
            Which exposures.
        prior : sequence of float
            Prior weight of each.
        which : int
            Which log form.

        Returns
        -------
        weight, slope, scale : ndarray, shape (n_points, n_taus)
            Weights sum to 1; each component is Student's t of `df` degrees of freedom.
        """
        own, shared = self.own[:, taus], self.shared[:, taus, which]
        slope = shared / own
        residual = np.maximum(self.square[:, which, None] - shared * slope, LEAST_SQUARES)
        log_weight = (
            self.log_weight[:, None]
            - 0.5 * self.df * np.log(residual)
            - 0.5 * np.log(own)
            + 0.5 * TOWARDS_PER_SD * np.log(self.varied[taus])
            + np.log(prior)
        )
        return normalised(log_weight), slope, np.sqrt(residual / self.df / own)


def projected(
    weeks: Weeks,
    exposures: Floats,
    covariates: Sequence[Covariate],
    log_forms: Sequence[Floats],
) -> Projected | None:
    """Take the covariates out of exposures and log forms, at every point of the grid.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    exposures : ndarray, shape (n_weeks, n_taus)
        Exposure with each time constant (1/week), from `weekly_exposures`.
    covariates : sequence of Covariate
        What is adjusted for; without the exposure, they must be independent of each other.
    log_forms : sequence of ndarray, shape (n_weeks,)
        Log form by week: `weeks.log_form`, and others of the same weeks.

    Returns
    -------
    Projected or None
        None if too few weeks are left, or exposure is made up of the covariates.
    """
    seen = weeks.seen
    df = weeks.n_seen - sum(each.flat for each in covariates) - 2
    if df < LEAST_DF:
        return None
    raw = np.column_stack([exposures, *log_forms])
    centred = np.where(seen[:, None], raw - raw[seen].mean(axis=0), 0.0)
    nuisance = design(weeks, covariates)
    n_nuisance, n_taus = nuisance.shape[1], exposures.shape[1]

    grid = default_grid()
    filtered = whiten(np.column_stack([nuisance, centred]), weeks.noise, grid)
    fitted = regress(filtered, n_nuisance, np.append(0.0, ridge(covariates, weeks)))
    diagonal = np.diagonal(fitted.remainder, axis1=1, axis2=2)
    total = (filtered.whitened[:, :, n_nuisance : n_nuisance + n_taus] ** 2).sum(axis=1)
    if not (diagonal[:, :n_taus] > OWN_SHARE * total).all():
        return None
    precision = 1.0 / weeks.noise
    about = centred[:, :n_taus] - precision @ centred[:, :n_taus] / precision.sum()
    return Projected(
        own=diagonal[:, :n_taus],
        shared=fitted.remainder[:, :n_taus, n_taus:],
        square=diagonal[:, n_taus:],
        log_weight=grid.log_prior + fitted.log_determinants,
        varied=precision @ about**2,
        df=df,
        nuisance=nuisance,
        solved=fitted.solved,
    )


def fit_dose_response(
    weeks: Weeks,
    exposures: Floats,
    covariates: Sequence[Covariate],
    time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS,
) -> DoseResponse | None:
    """Regress form on exposure, or return None where nothing can be estimated.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    exposures : ndarray, shape (n_weeks, n_taus)
        Exposure with each time constant (1/week), from `weekly_exposures`.
    covariates : sequence of Covariate
        What is adjusted for; without the exposure, they must be independent of each other.
    time_constants : sequence of (float, float)
        Time constant (weeks) and its prior weight.

    Returns
    -------
    DoseResponse or None
        None if too few weeks are left, or exposure is made up of the covariates.
    """
    terms = projected(weeks, exposures, covariates, [weeks.log_form])
    if terms is None:
        return None
    n_taus = len(time_constants)
    weight, slope, scale = terms.posterior(range(n_taus), [prior for _, prior in time_constants])
    tau_share = weight.sum(axis=0)
    best = int(tau_share.argmax())
    at_best = weight[:, best] / tau_share[best]
    point = int(at_best.argmax())
    solved, seen, df = terms.solved[point], weeks.seen, float(terms.df)
    coefficients = solved[:, n_taus] - solved[:, best] * slope[point, best]
    log_form = weeks.log_form - weeks.log_form[seen].mean()
    return DoseResponse(
        change=mixture(weight, slope, scale, df),
        tau_share=tau_share,
        rho=float(weight.sum(axis=1) @ default_grid().rho),
        slope=mixture(at_best, slope[:, best], scale[:, best], df),
        exposure=exposures[:, best],
        adjusted=np.where(seen, log_form - terms.nuisance @ coefficients, np.nan),
    )
