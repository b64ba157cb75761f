"""How much of a change in form goes along with what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.findings.association import (
    LEAST_DF,
    TIME_CONSTANTS,
    Association,
    Change,
    associate,
    exposures_of,
)
from runanalytics.findings.covariates import Covariate, candidates, chosen, standardised
from runanalytics.findings.dose_log import Log, daily_log
from runanalytics.findings.effect_result import POWER, Effect
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    count,
    short_of,
    subject_of,
)
from runanalytics.findings.priors import Belief, prior_for
from runanalytics.findings.weeks import Weeks, by_week

__all__ = ["LEAST_WEEKS", "Effect", "effect"]


#: Weeks with both form and dose, below which numbers only describe.
LEAST_WEEKS = 40
#: Exposure must range over this share of the contrast for anything to be said.
LEAST_RANGE = 0.2
#: Time constant of what is only adjusted for, weeks.
_BESIDE_TAU_WEEKS = 3.0


def effect(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    contrast: float = 2.0,
    level: float = 0.95,
    metric: str | None = None,
    what: str | None = None,
    measure: str | None = None,
    runs: pd.DataFrame | None = None,
    tau_weeks: float | Sequence[float] | None = None,
    prior: Belief | None = None,
    beside: pd.DataFrame | None = None,
) -> Effect:
    """Estimate the change of form that goes along with a higher dose.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, temperature_c, device, shoe.
    dose : DataFrame
        Table "dose", one row a day of the logged span: local_date, amount.
    contrast : float
        How much more a week, in the dose's measure.
    level : float
        Of the interval, between 0 and 1.
    metric, what, measure : str, optional
        What form and dose are about, where their attrs do not say.
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for weekly distance.
    tau_weeks : float or sequence of float, optional
        Time constant of the exposure (weeks), or several to average over; by default 1.5, 3, 6
        and 10.
    prior : Belief, optional
        What is believed before these data, in place of the one in `priors.PRIORS`.
    beside : DataFrame, optional
        Another dose, as `dose`, that is adjusted for: what else was done.

    Returns
    -------
    Effect
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If contrast, level, time constants or the metric's name make no sense.

    Notes
    -----
    Restricted likelihood: Harville 1974, doi:10.1093/biomet/61.2.383. Within and between
    effects of speed: Mundlak 1978, doi:10.2307/1913646.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(3, weeks=104, effect_pct=-3.0)
    >>> found = effect(drawn.form, drawn.dose)
    >>> found.verdict, found.percent_low < -3.0 < found.percent_high
    ('association', True)
    """
    if not 0 < contrast < np.inf:
        raise UsageError(f"a contrast of {contrast}", hint="it must be above 0")
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")
    constants = _constants(tau_weeks)
    subject = subject_of(form, metric)
    what = what if what is not None else str(dose.attrs.get("what") or "")
    measure = measure if measure is not None else str(dose.attrs.get("measure") or "sessions")
    if prior is None:
        prior = prior_for(subject.metric, what, measure, contrast)
    asked = Effect(
        metric=subject.metric,
        label=subject.label,
        unit=subject.unit,
        what=what,
        measure=measure,
        contrast=float(contrast),
        level=float(level),
        prior=prior,
    )
    log = daily_log(dose)
    if not log.stretches:
        return replace(asked, reason="nothing is logged")
    weeks = by_week(form, log.covers)
    if weeks.runs.empty:
        return replace(asked, reason="no run with a value lies within the log")
    exposures = exposures_of(weeks, log, constants)
    met = _met(asked, weeks, log, exposures)
    if not any((done > 0).any() for _, done in log.stretches):
        return replace(met, reason="the log holds none of it")
    if np.ptp(exposures[weeks.seen], axis=0).max() < LEAST_RANGE * contrast:
        lowest, highest = met.exposure_range
        return replace(
            met, reason=f"the dose hardly varied, from {lowest:.1f} to {highest:.1f} a week"
        )
    offered = candidates(weeks, log, runs)
    if beside is not None:
        offered = chain([_other_dose(beside, weeks)], offered)
    covariates = chosen(offered, weeks, n_others=2)
    found = associate(weeks, exposures, covariates, constants)
    if found is None:
        return replace(met, reason=_why_not(weeks, covariates))
    return _answered(met, found, weeks, covariates, constants)


def _other_dose(beside: pd.DataFrame, weeks: Weeks) -> Covariate | None:
    exposure = daily_log(beside).exposure(weeks.runs["day"].to_numpy(), _BESIDE_TAU_WEEKS)
    name = f"other {beside.attrs.get('what') or 'dose'}"
    return standardised(name, weeks.mean(exposure), weeks.seen)


def _constants(tau_weeks: float | Sequence[float] | None) -> Sequence[tuple[float, float]]:
    if tau_weeks is None:
        return TIME_CONSTANTS
    each = np.atleast_1d(np.asarray(tau_weeks, dtype=np.float64)).tolist()
    if not each or not all(np.isfinite(tau) and tau > 0 for tau in each):
        raise UsageError(f"time constants of {each} weeks", hint="each must be above 0")
    return [(tau, 1.0 / len(each)) for tau in each]


def _met(asked: Effect, weeks: Weeks, log: Log, exposures: Floats) -> Effect:
    """Enter which runs, weeks and doses there are."""
    days = weeks.runs["day"].to_numpy().astype("datetime64[D]")
    widest = exposures[weeks.seen][:, np.ptp(exposures[weeks.seen], axis=0).argmax()]
    lowest, highest = float(widest.min()), float(widest.max())
    notes = [*weeks.notes, *log.set_aside]
    if highest - lowest < asked.contrast:
        notes.append(
            f"a difference of {asked.contrast:g} a week is more than these weeks hold, from "
            f"{lowest:.1f} to {highest:.1f}, and so an extrapolation"
        )
    return replace(
        asked,
        n_runs=len(days),
        n_weeks=int(weeks.seen.sum()),
        first_date=days[0].item(),
        last_date=days[-1].item(),
        baseline=float(np.exp(weeks.log_form[weeks.seen].mean())),
        exposure_range=(lowest, highest),
        notes=tuple(notes),
    )


def _why_not(weeks: Weeks, covariates: Sequence[Covariate]) -> str:
    if weeks.seen.sum() - sum(each.flat for each in covariates) - 2 < LEAST_DF:
        return f"{count(int(weeks.seen.sum()), 'week')} with both form and dose, of {LEAST_WEEKS}"
    names = ", ".join(dict.fromkeys(each.name for each in covariates))
    return f"the dose cannot be told apart from {names}"


def _answered(
    asked: Effect,
    found: Association,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    constants: Sequence[tuple[float, float]],
) -> Effect:
    """Put numbers to the verdict and the words about it."""
    change = Change.of(found.change, asked.contrast, asked.level, POWER)
    slope = Change.of(found.slope, 1.0, asked.level, POWER)
    if change is None or slope is None:
        return replace(asked, reason="the dose varied too little beside the rest")
    clear = change.low_percent > 0 or change.high_percent < 0
    verdict, reason, enough_on = (ASSOCIATION if clear else NO_ASSOCIATION), "", None
    detectable = change.detectable_percent
    if asked.n_weeks < LEAST_WEEKS:
        verdict = NOT_ENOUGH_DATA
        there = f"{count(asked.n_weeks, 'week')} with both form and dose"
        reason = short_of(there, LEAST_WEEKS)
        pace = len(weeks.monday) / asked.n_weeks
        further = int(np.ceil((LEAST_WEEKS - asked.n_weeks) * pace))
        enough_on = (weeks.monday[-1] + 7 * (further + 1)).item()
        detectable *= float(np.sqrt(asked.n_weeks / LEAST_WEEKS))
    in_unit = asked.baseline / 100
    prior, seen = asked.prior, weeks.seen
    return replace(
        asked,
        percent=change.percent,
        percent_low=change.low_percent,
        percent_high=change.high_percent,
        estimate=in_unit * change.percent,
        low=in_unit * change.low_percent,
        high=in_unit * change.high_percent,
        p_value=change.p_value,
        verdict=verdict,
        reason=reason,
        detectable_percent=detectable,
        detectable=in_unit * detectable,
        enough_on=enough_on,
        posterior=None if prior is None else prior.updated(change.percent, change.se_percent),
        se_percent=change.se_percent,
        adjusted_for=tuple(dict.fromkeys(each.name for each in covariates)),
        time_constants=tuple(
            (float(tau), float(share))
            for (tau, _), share in zip(constants, found.tau_share, strict=True)
        ),
        rho=found.rho,
        points=pd.DataFrame(
            {
                "week": weeks.monday[seen],
                "exposure_per_week": found.exposure[seen],
                "adjusted_percent": 100 * found.adjusted[seen],
                "n_runs": weeks.n_runs[seen],
            }
        ),
        slope=(slope.percent, slope.low_percent, slope.high_percent),
    )
