"""How weekly form goes along with the exposure to a dose: the numbers behind an effect.

What is assumed, besides what `series` and `weeks` say:

1. How fast a dose builds up and fades is not known. Time constants of 1.5, 3, 6 and 10 weeks
   are averaged over, each weighed by its own restricted likelihood and by a prior that gains
   outlast training by some four weeks (PMC7821917).
2. The change is that of holding a contrast for long. A long time constant means that a runner
   whose phases last two months was never near it, so its estimate is larger and vaguer. The
   interval has room for that; the estimate weighs the time constants by precision, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from runanalytics.findings.covariates import Covariate
from runanalytics.findings.dose_log import Log
from runanalytics.findings.series import (
    LEAST_SQUARES,
    Mixture,
    default_grid,
    mixture,
    normalised,
    regress,
    whiten,
)
from runanalytics.findings.weeks import Weeks

Floats = npt.NDArray[np.float64]

#: Time constants, weeks, and the prior weight of each.
TIME_CONSTANTS: tuple[tuple[float, float], ...] = (
    (1.5, 0.20),
    (3.0, 0.35),
    (6.0, 0.25),
    (10.0, 0.20),
)
#: Standard error of log form from which on nothing is said.
VAGUE = 1.0
#: Degrees of freedom below which nothing is estimated.
LEAST_DF = 3
#: Share of the exposure's sum of squares that the covariates must leave.
OWN_SHARE = 1e-6


@dataclass(frozen=True)
class Association:
    """What the weeks say of form and exposure.

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
        Change that would have been found with the asked power, %.
    """

    percent: float
    low_percent: float
    high_percent: float
    p_value: float
    se_percent: float
    detectable_percent: float

    @classmethod
    def of(cls, per_unit: Mixture, contrast: float, level: float, power: float) -> Change | None:
        """Return the change for a contrast, or None where it is too vague to be one.

        Parameters
        ----------
        per_unit : Mixture
            Change of log form per unit.
        contrast : float
            How many units.
        level, power : float
            Of the interval, and chance of finding the detectable change; between 0 and 1.
        """
        tail = (1 - level) / 2
        low, high = (contrast * per_unit.quantile(each) for each in (tail, 1 - tail))
        critical = float(stdtrit(per_unit.df, 1 - tail))
        se = (high - low) / (2 * critical)
        if not se < VAGUE:
            return None
        detectable = se * (critical + float(stdtrit(per_unit.df, power)))
        return cls(
            percent=100 * float(np.expm1(contrast * per_unit.middle)),
            low_percent=100 * float(np.expm1(low)),
            high_percent=100 * float(np.expm1(high)),
            p_value=per_unit.two_sided_p(),
            se_percent=100 * se,
            detectable_percent=100 * float(np.expm1(detectable)),
        )


def exposures_of(
    weeks: Weeks, log: Log, time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS
) -> Floats:
    """Return mean exposure on the days of each week's runs, a column per time constant.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    log : Log
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


def associate(
    weeks: Weeks,
    exposures: Floats,
    covariates: Sequence[Covariate],
    time_constants: Sequence[tuple[float, float]] = TIME_CONSTANTS,
) -> Association | None:
    """Estimate how form goes along with exposure, or return None where nothing can be.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    exposures : ndarray, shape (n_weeks, n_taus)
        Exposure with each time constant (1/week), from `exposures_of`.
    covariates : sequence of Covariate
        What is adjusted for; without the exposure, they must be independent of each other.
    time_constants : sequence of (float, float)
        Time constant (weeks) and its prior weight.

    Returns
    -------
    Association or None
        None if too few weeks are left, or exposure is made up of the covariates.
    """
    seen = weeks.seen
    taus = np.array([tau for tau, _ in time_constants])
    df = int(seen.sum()) - len(covariates) - 2
    if df < LEAST_DF:
        return None
    centred = np.where(seen[:, None], exposures - exposures[seen].mean(axis=0), 0.0)
    log_form = np.where(seen, weeks.log_form - weeks.log_form[seen].mean(), 0.0)
    nuisance = np.column_stack([np.ones(len(seen)), *(each.column for each in covariates)])

    grid = default_grid()
    filtered = whiten(np.column_stack([nuisance, centred, log_form]), weeks.noise, grid)
    fitted = regress(filtered, nuisance.shape[1])
    n_taus = len(taus)
    own = np.diagonal(fitted.remainder, axis1=1, axis2=2)[:, :n_taus]
    total = (filtered.whitened[:, :, nuisance.shape[1] : -1] ** 2).sum(axis=1)
    if not (own > OWN_SHARE * total).all():
        return None
    shared = fitted.remainder[:, :n_taus, n_taus]
    slope = shared / own
    residual = np.maximum(fitted.remainder[:, n_taus, n_taus, None] - shared * slope, LEAST_SQUARES)
    scale = np.sqrt(residual / df / own)

    prior = np.log([weight for _, weight in time_constants])
    log_weight = (
        (grid.log_prior + fitted.log_likelihood)[:, None]
        - 0.5 * df * np.log(residual)
        - 0.5 * np.log(own)
        + prior
    )
    weight = normalised(log_weight)
    tau_share = weight.sum(axis=0)
    best = int(tau_share.argmax())
    at_best = weight[:, best] / tau_share[best]
    point = int(at_best.argmax())
    solved = fitted.solved[point]
    coefficients = solved[:, n_taus] - solved[:, best] * slope[point, best]
    return Association(
        change=mixture(weight, slope, scale, float(df)),
        tau_share=tau_share,
        rho=float(weight.sum(axis=1) @ grid.rho),
        slope=mixture(at_best, slope[:, best], scale[:, best], float(df)),
        exposure=exposures[:, best],
        adjusted=np.where(seen, log_form - nuisance @ coefficients, np.nan),
    )
