"""How race times go along with what was done, beside what research says.

Races are few, so their own answer is vague: it is given with its interval all the same, and
mixed with the prior beside it (conjugate normal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from runanalytics.errors import UsageError
from runanalytics.findings.effect import POWER, RACE_TIME, Effect
from runanalytics.findings.engine.dose_log import Log, daily_log
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.engine.priors import Belief, prior_for
from runanalytics.findings.engine.weeks import SIMULATED, days_of
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    SIMULATED_NOTE,
    count,
)
from runanalytics.measures.race_model import ADJUSTMENTS, REFERENCE_M, fit_races, performances

#: Races within the log, below which their own answer only describes.
LEAST_RACES = 8
#: Exposure must range over this share of the contrast for anything to be said.
_LEAST_RANGE = 0.2
#: A standard error of log time from which on nothing is said.
_VAGUE = 0.5

METHOD = (
    "Log race time, with climbing, heat and altitude taken out, on exposure (exponentially "
    "weighted mean of the dose) beside log distance and form that comes and goes over months; "
    "averaged over time constants, how far form moves and how noisy races are."
)


def race_effect(
    races: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    contrast: float = 2.0,
    level: float = 0.95,
    what: str | None = None,
    measure: str | None = None,
    adjust: Sequence[str] = tuple(ADJUSTMENTS),
    prior: Belief | None = None,
) -> Effect:
    """Estimate the change of race times that goes along with a higher dose.

    Parameters
    ----------
    races : DataFrame
        Table ``races``: local_date, distance_m (m), time_s (s); ascent_m and temperature_c
        where known.
    dose : DataFrame
        Table ``dose``, one row a day of the logged span: local_date, amount.
    contrast : float
        How much more a week, in the dose's measure.
    level : float
        Of the interval, between 0 and 1.
    what, measure : str, optional
        What the dose is about, where its attrs do not say.
    adjust : sequence of str
        What is taken out of the times: of "climb", "heat", "altitude".
    prior : Belief, optional
        What is believed before these data, in place of the one in `priors.PRIORS`.

    Returns
    -------
    Effect
        In percent of race time, and in seconds over 10 km; below 0 is faster. With fewer than
        8 races within the log the verdict is "not enough data", and `posterior` is the better
        answer.

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If contrast or level makes no sense.

    Examples
    --------
    >>> days = pd.date_range("2025-01-06", periods=350)
    >>> dose = pd.DataFrame({"local_date": days, "amount": [1.0, 0, 0, 1.0, 0, 0, 0] * 50})
    >>> races = pd.DataFrame(
    ...     {"local_date": ["2025-06-01"], "distance_m": 5_000.0, "time_s": 1_200.0})
    >>> race_effect(races, dose, what="strength").verdict
    'not enough data'
    """
    if not 0 < contrast < np.inf:
        raise UsageError(f"a contrast of {contrast}", hint="it must be above 0")
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")
    what = what if what is not None else str(dose.attrs.get("what") or "")
    measure = measure if measure is not None else str(dose.attrs.get("measure") or "sessions")
    if prior is None:
        prior = prior_for(RACE_TIME, what, measure, contrast)
    asked = Effect(
        metric=RACE_TIME,
        label="Race time",
        unit="s over 10 km",
        what=what,
        measure=measure,
        contrast=float(contrast),
        level=float(level),
        method=METHOD,
        prior=prior,
    )
    log = daily_log(dose)
    if not log.stretches:
        return replace(asked, reason="nothing is logged")
    raced = performances(races, tuple(adjust))
    day = days_of(raced["local_date"], "races")
    raced, day = raced[log.covers(day)], day[log.covers(day)]
    if raced.empty:
        return replace(asked, reason="no race with a time lies within the log")
    return _answered(asked, raced, log, day)


def _answered(asked: Effect, raced: pd.DataFrame, log: Log, day: np.ndarray) -> Effect:
    simulated = raced["title"].str.contains(SIMULATED, na=False).any()
    taken = tuple(name for name in ADJUSTMENTS if not (raced[name] == 1).all())
    met = replace(
        asked,
        n_runs=len(raced),
        n_weeks=len(np.unique(day // 7)),
        first_date=raced["local_date"].iloc[0].date(),
        last_date=raced["local_date"].iloc[-1].date(),
        adjusted_for=("distance", *taken),
        notes=(SIMULATED_NOTE,) if simulated else (),
    )
    taus = [tau for tau, _ in TIME_CONSTANTS]
    exposures = np.column_stack([log.exposure(day, tau) for tau in taus])
    widest = exposures[:, np.ptp(exposures, axis=0).argmax()]
    met = replace(met, exposure_range=(float(widest.min()), float(widest.max())))
    if np.ptp(widest) < _LEAST_RANGE * met.contrast:
        return replace(met, reason="the dose hardly varied between these races")
    # About their own spread, so that the likelihoods of time constants can be compared.
    spread = exposures.std(axis=0)
    fits = [fit_races(raced, column[:, None]) for column in (exposures / spread).T]
    found = [(k, fit) for k, fit in enumerate(fits) if fit is not None]
    if not found:
        return replace(met, reason=f"{count(len(raced), 'race')} within the log")
    weight = np.array(
        [fit.log_likelihood + np.log(TIME_CONSTANTS[k][1]) for k, fit in found], dtype=np.float64
    )
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    scale = met.contrast / np.array([spread[k] for k, _ in found])
    each = np.array([fit.slopes[0] for _, fit in found]) * scale
    each_sd = np.array([fit.slopes_sd[0] for _, fit in found]) * scale
    middle = float(weight @ each)
    sd = float(np.sqrt(weight @ (each_sd**2 + (each - middle) ** 2)))
    if not sd < _VAGUE:
        return replace(met, reason=f"{count(len(raced), 'race')} say nothing of it")
    base = fit_races(raced)
    assert base is not None
    at = raced["local_date"].iloc[-1].to_datetime64()
    seconds = float(np.exp(base.level(REFERENCE_M, at)[0]))
    half = float(ndtri(0.5 + met.level / 2))
    percent, low, high = (100 * float(np.expm1(middle + k * sd)) for k in (0, -half, half))
    detectable = 100 * float(np.expm1((half + float(ndtri(POWER))) * sd))
    few = len(raced) < LEAST_RACES
    return replace(
        met,
        percent=percent,
        percent_low=low,
        percent_high=high,
        estimate=seconds * percent / 100,
        low=seconds * low / 100,
        high=seconds * high / 100,
        p_value=float(2 * ndtr(-abs(middle) / sd)),
        se_percent=100 * sd,
        detectable_percent=detectable,
        detectable=seconds * detectable / 100,
        baseline=seconds,
        time_constants=tuple(
            (taus[k], float(share)) for (k, _), share in zip(found, weight, strict=True)
        ),
        verdict=met.verdict if few else (ASSOCIATION if low > 0 or high < 0 else NO_ASSOCIATION),
        reason=f"{count(len(raced), 'race')} of {LEAST_RACES} needed" if few else "",
        posterior=None if met.prior is None else met.prior.updated(percent, 100 * sd),
    )
