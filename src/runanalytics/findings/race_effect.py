"""The effect of a dose on race times, and its mix with what research says.

Races are few, so the estimate from them alone is vague: it is given with its interval all the
same, and with the posterior that mixes it with the prior (conjugate normal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from runanalytics.findings.effect import LEAST_RANGE, POWER, RACE_TIME, Effect, blank_effect
from runanalytics.findings.engine.ar1 import normalised
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.engine.priors import NormalEffect
from runanalytics.findings.engine.weeks import Days, days_of, is_simulated
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    SIMULATED_NOTE,
    Subject,
    count,
)
from runanalytics.findings.unknown_names import note_on_unknown_names
from runanalytics.measures.race_model import ADJUSTMENTS, REFERENCE_M, fit_races, performances

#: Races within the log, below which the estimate only describes.
LEAST_RACES = 8
#: Standard error of log time from which on there is no estimate.
VAGUE = 0.5

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
    prior: NormalEffect | None = None,
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
    prior : NormalEffect, optional
        Distribution of the effect before these data, in place of the one in `priors.PRIORS`.

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
    subject = Subject(RACE_TIME, "Race time", "s over 10 km")

    def of(amounts: pd.DataFrame) -> Effect:
        blank = blank_effect(subject, amounts, contrast, level, what, measure, prior, METHOD)
        return _estimated(blank, races, amounts, tuple(adjust))

    found = of(dose)
    return replace(found, notes=(*found.notes, *note_on_unknown_names(found, dose, of)))


def _estimated(
    blank: Effect, races: pd.DataFrame, dose: pd.DataFrame, adjust: tuple[str, ...]
) -> Effect:
    """Return an effect with all that races and dose tell of it."""
    log = daily_log(dose)
    if not log.stretches:
        return replace(blank, reason="nothing is logged")
    raced = performances(races, adjust)
    day = days_of(raced["local_date"], "races")
    raced, day = raced[log.covers(day)], day[log.covers(day)]
    if raced.empty:
        return replace(blank, reason="no race with a time lies within the log")
    return _with_estimate(blank, raced, log, day)


def _with_estimate(blank: Effect, raced: pd.DataFrame, log: DoseLog, day: Days) -> Effect:
    taken = tuple(name for name in ADJUSTMENTS if not (raced[name] == 1).all())
    described = replace(
        blank,
        n_runs=len(raced),
        n_weeks=len(np.unique(day // 7)),
        first_date=raced["local_date"].iloc[0].date(),
        last_date=raced["local_date"].iloc[-1].date(),
        adjusted_for=("distance", *taken),
        notes=(SIMULATED_NOTE,) if is_simulated(raced["title"]) else (),
    )
    taus = [tau for tau, _ in TIME_CONSTANTS]
    exposures = np.column_stack([log.exposure(day, tau) for tau in taus])
    widest = exposures[:, np.ptp(exposures, axis=0).argmax()]
    described = replace(described, exposure_range=(float(widest.min()), float(widest.max())))
    if np.ptp(widest) < LEAST_RANGE * described.contrast:
        return replace(described, reason="the dose hardly varied between these races")
    # In units of their own spread, so that the likelihoods of time constants can be compared.
    spread = exposures.std(axis=0)
    fits = [fit_races(raced, column[:, None]) for column in (exposures / spread).T]
    found = [(k, fit) for k, fit in enumerate(fits) if fit is not None]
    if not found:
        return replace(described, reason=f"{count(len(raced), 'race')} within the log")
    weight = normalised(
        np.array([fit.log_likelihood + np.log(TIME_CONSTANTS[k][1]) for k, fit in found])
    )
    scale = described.contrast / np.array([spread[k] for k, _ in found])
    each = np.array([fit.slopes[0] for _, fit in found]) * scale
    each_sd = np.array([fit.slopes_sd[0] for _, fit in found]) * scale
    middle = float(weight @ each)
    sd = float(np.sqrt(weight @ (each_sd**2 + (each - middle) ** 2)))
    if not sd < VAGUE:
        return replace(described, reason=f"{count(len(raced), 'race')} say nothing of it")
    base = fit_races(raced)
    assert base is not None
    at = raced["local_date"].iloc[-1].to_datetime64()
    seconds = float(np.exp(base.level(REFERENCE_M, at)[0]))
    half = float(ndtri(0.5 + described.level / 2))
    percent, low, high = (100 * float(np.expm1(middle + k * sd)) for k in (0, -half, half))
    detectable = 100 * float(np.expm1((half + float(ndtri(POWER))) * sd))
    few = len(raced) < LEAST_RACES
    return replace(
        described,
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
        verdict=described.verdict
        if few
        else (ASSOCIATION if low > 0 or high < 0 else NO_ASSOCIATION),
        reason=f"{count(len(raced), 'race')} of {LEAST_RACES} needed" if few else "",
        posterior=None if described.prior is None else described.prior.updated(percent, 100 * sd),
    )
