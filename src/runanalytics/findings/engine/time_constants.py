"""What data say of a change with each time constant by itself: the small row that is pooled.

An effect averages over time constants within a runner. Of many runners the time constant is
sought together (`runanalytics.cohort.time_constants`), which needs of each one, for every time
constant, the change, its scale and how likely the data are.

What is assumed, besides what `dose_response` says:

1. The change has a flat prior here: what is believed of it beforehand enters once, where runners
   are pooled.
2. What was done before a log begins is predicted from its first weeks (`before_log`). Each stretch
   of a log has a term for what the prediction misses, which fades with the same time constant; its
   prior standard deviation is that of the prediction times a usual slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from runanalytics.arrays import Floats
from runanalytics.exposure import exposure
from runanalytics.findings.engine.ar1 import LEAST_SQUARES
from runanalytics.findings.engine.before_log import LEAST_SHARE, WeeklyDose
from runanalytics.findings.engine.covariates import Covariate
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.dose_response import OtherDose, combinations, factored
from runanalytics.findings.engine.products import swept
from runanalytics.findings.engine.weeks import Weeks

#: Change of log form that goes along with one standard deviation of a week's dose, held for long,
#: by which what is missed of the time before a log may act: a judgement of this project.
USUAL_CHANGE = 0.01
#: A log in more stretches has such terms for the longest of them.
MOST_STRETCHES = 3
#: A stretch has none where so little is left of it in its first run.
LEAST_FADING = 0.1


@dataclass(frozen=True)
class ByTimeConstant:
    """A change of log form with each time constant.

    Parameters
    ----------
    slope, scale : ndarray, shape (n_taus,)
        Change per unit of exposure, and its scale.
    log_likelihood : ndarray, shape (n_taus,)
        Log marginal likelihood with a flat prior of the slope, up to a constant.
    varied : ndarray, shape (n_taus,)
        Sum of squares of the exposure over the weeks, in units of the noise of a usual week: times
        the square of the scale, it is the variance of form that the scale rests on.
    df : float
        Degrees of freedom.
    """

    slope: Floats
    scale: Floats
    log_likelihood: Floats
    varied: Floats
    df: float


def by_time_constant(
    weeks: Weeks,
    log: DoseLog,
    covariates: Sequence[Covariate],
    beside: Sequence[OtherDose],
    tau_weeks: Sequence[float],
) -> ByTimeConstant | None:
    """Regress form on exposure with each time constant, averaged over all else.

    Parameters
    ----------
    weeks : Weeks
        Form by week, within the log.
    log : DoseLog
        The dose.
    covariates : sequence of Covariate
        What is adjusted for, one row a run; they must be independent of each other.
    beside : sequence of OtherDose
        Doses that are estimated together with it; their time constants are averaged over.
    tau_weeks : sequence of float, length n_taus
        The time constants, weeks.

    Returns
    -------
    ByTimeConstant or None
        None if too little is left, or exposure is made up of the covariates.
    """
    exposures, fading, fading_sd = _exposures(weeks, log, tau_weeks)
    log_form = weeks.columns["log_form"]
    every = factored(weeks, exposures, covariates, [log_form], [*fading, *beside])
    if every is None:
        return None
    terms, n_taus, n_before = every.project(), exposures.shape[1], len(fading)
    own, _ = combinations([(1.0, 1.0 / n_taus)] * n_taus, 1 + len(beside))
    first, others = own[:, :1], own[:, 1:] + n_taus * n_before
    chosen = np.column_stack([first + n_taus * np.arange(1 + n_before), others])
    place = np.column_stack([chosen, np.full(len(chosen), len(terms.varied))])
    left = terms.left.copy()
    missed = np.arange(n_taus, n_taus * (1 + n_before))
    precision = weeks.usual / fading_sd**2
    left[:, missed, missed] += precision.ravel()
    # Rows and columns first: (n_terms + 1, n_terms + 1, n_points, n_combinations).
    products = left.transpose(1, 2, 0)[place.T[:, None], place.T[None]].transpose(0, 1, 3, 2)
    products, log_det = swept(products.copy(), chosen.shape[1])
    df = terms.df - 1 - len(beside)
    residual = np.maximum(products[-1, -1], LEAST_SQUARES)
    log_weight = terms.log_weight[:, None] - 0.5 * df * np.log(residual) - 0.5 * log_det
    # The prior of what was missed differs between time constants, so its own height counts.
    log_weight = log_weight + 0.5 * np.log(precision).sum(axis=0)[first[:, 0]]
    # Other doses have a prior that is flat per standard deviation of their exposure, or long time
    # constants of theirs would be favoured.
    log_weight = log_weight + 0.5 * np.log(terms.varied[others]).sum(axis=1)
    shape = (-1, n_taus, n_taus ** len(beside))

    def by_own(values: Floats) -> Floats:
        """Order values as (n_taus, all else)."""
        each = values.reshape(shape).transpose(1, 0, 2)
        return np.asarray(each.reshape(n_taus, -1))

    log_weight, slope = by_own(log_weight), by_own(products[0, -1])
    variance = by_own(-products[0, 0] * residual / df)
    log_likelihood = logsumexp(log_weight, axis=1)
    weight = np.exp(log_weight - log_likelihood[:, None])
    mean = (weight * slope).sum(axis=1)
    spread = (weight * (variance + (slope - mean[:, None]) ** 2)).sum(axis=1)
    varied = terms.varied[:n_taus]
    return ByTimeConstant(mean, np.sqrt(spread), log_likelihood, varied, float(df))


def _exposures(
    weeks: Weeks, log: DoseLog, tau_weeks: Sequence[float]
) -> tuple[Floats, list[OtherDose], Floats]:
    """Return exposure on the day of each run, and what it may lack of the time before the log.

    Returns
    -------
    exposures : ndarray, shape (n_runs, n_taus)
        Exposure, 1/week.
    fading : list of OtherDose
        How exposure before each of the longest stretches fades, 1 on the day before it.
    sd : ndarray, shape (n_fading, n_taus)
        Prior standard deviation of the change of log form that goes along with each.
    """
    day, taus = weeks.columns["day"], np.asarray(tau_weeks, dtype=np.float64)
    weekly = WeeklyDose([amount for _, amount in log.stretches])
    exposures = np.full((len(day), len(taus)), np.nan)
    fading: list[OtherDose] = []
    sd: list[Floats] = []
    for first, amount in sorted(log.stretches, key=lambda each: -len(each[1])):
        inside = (day >= first) & (day < first + len(amount))
        since = day[inside] - first
        before = weekly.before(amount, tau_weeks)
        for place, (tau, begin) in enumerate(zip(taus, before.mean, strict=True)):
            exposures[inside, place] = exposure(amount, float(tau), float(begin))[since]
        fades = np.zeros(exposures.shape)
        fades[inside] = np.exp(-(since[:, None] + 1) / (7 * taus))
        acts = weekly.mean > 0 and bool((fades.max(axis=0) > LEAST_FADING).all())
        if acts and len(fading) < MOST_STRETCHES:
            fading.append(OtherDose(fades))
            sd.append(USUAL_CHANGE * before.sd / max(weekly.sd, LEAST_SHARE * weekly.mean))
    return exposures, fading, np.reshape(sd, (len(fading), len(taus)))
