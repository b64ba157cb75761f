"""The effect of a dose on race times, and its mix with what research says.

Races are few, so the estimate from them alone is vague: it is given with its interval all the
same, and with the posterior that mixes it with the prior.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.findings.beside import LEAST_RANGE
from runanalytics.findings.effect import POWER, RACE_TIME, Effect, blank_effect
from runanalytics.findings.engine.ar1 import mixture
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS, TOWARDS_PER_SD, Change
from runanalytics.findings.engine.priors import NormalEffect
from runanalytics.findings.engine.race_terms import (
    beginning_term,
    course_terms,
    is_of_kind,
    load_terms,
    main_course,
    other_dose_terms,
)
from runanalytics.findings.engine.race_times import RaceFit, fit_races
from runanalytics.findings.engine.weeks import Days, days_of, is_simulated
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    NO_RACE_IN_LOG,
    NOT_ENOUGH_DATA,
    NOTHING_LOGGED,
    SIMULATED_NOTE,
    Subject,
    count,
    replaced,
)
from runanalytics.findings.log_gaps import note_on_log_gaps
from runanalytics.findings.unknown_names import note_on_unknown_names
from runanalytics.measures.performances import ADJUSTMENTS, COURSE_LEVELS, REFERENCE_M, compared

#: Races of one kind of course within the log, below which the estimate only describes.
LEAST_RACES = 8
#: Standard error of log time from which on there is no estimate.
VAGUE = 0.5
#: Scatter of log time, as it is estimated, from which on it is told that intervals hold less than
#: they should: where races scatter by a tenth, of which 4 to 9 % is taken for it, what is
#: scatter, form and no racing cannot be told apart.
WIDE_SCATTER = 0.04
#: Share of a dose's variance that a line through the years may hold: with more, what it does
#: cannot be told from what the years did.
MOST_OF_THE_YEARS = 0.9

METHOD = (
    "Log race time, with climbing, heat and altitude taken out, on exposure (exponentially "
    "weighted mean of the dose) beside log distance, a line through the years, an annual wave, "
    "kinds of course, the loss of first races, running load where known, and form that comes and "
    "goes over weeks to years; races scatter by an amount of the runner's own, and not all were "
    "raced; averaged over time constants, how far and how fast form moves and how far races "
    "scatter."
)


@checked_arguments
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
    runs: pd.DataFrame | None = None,
    other_doses: Sequence[pd.DataFrame] = (),
) -> Effect:
    """Estimate the change of race times that goes along with a higher dose.

    Parameters
    ----------
    races : DataFrame
        Table ``races``: local_date, distance_m (m), time_s (s); ascent_m, temperature_c and course
        where known; see `runanalytics.measures.performances.performances`.
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
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for running load.
    other_doses : sequence of DataFrame
        Other doses, as `dose`, that are adjusted for.

    Returns
    -------
    Effect
        In percent of race time, and in seconds over 10 km; below 0 is faster. With fewer than
        8 races over one kind of course within the log, or where the dose cannot be told from the
        years, the verdict is "not enough data", and `posterior` is the better
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
        return _estimated(blank, races, amounts, tuple(adjust), runs, other_doses)

    found = of(dose)
    found = replaced(found, notes=(*found.notes, *note_on_log_gaps(found, dose, of)))
    return replaced(found, notes=(*found.notes, *note_on_unknown_names(found, dose, of)))


def _estimated(
    blank: Effect,
    races: pd.DataFrame,
    dose: pd.DataFrame,
    adjust: tuple[str, ...],
    runs: pd.DataFrame | None,
    other_doses: Sequence[pd.DataFrame],
) -> Effect:
    """Return an effect with all that races and dose tell of it."""
    log = daily_log(dose)
    if not log.stretches:
        return replaced(blank, reason=NOTHING_LOGGED)
    raced, apart = compared(races, adjust)
    day = days_of(raced["local_date"], "races")
    first = int(day[0]) if len(day) else 0
    covered = log.covers(day)
    if not covered.all():
        raced, day = raced[covered].reset_index(drop=True), day[covered]
    if raced.empty:
        return replaced(blank, reason=NO_RACE_IN_LOG)
    described = _described(blank, raced, apart, log, day)
    exposures = np.column_stack([log.exposure(day, tau) for tau, _ in TIME_CONSTANTS])
    widest = exposures[:, np.ptp(exposures, axis=0).argmax()]
    described = replaced(described, exposure_range=(float(widest.min()), float(widest.max())))
    if np.ptp(widest) < LEAST_RANGE * described.contrast:
        return replaced(described, reason="the dose hardly varied between these races")
    course = main_course(raced)
    terms = [
        *course_terms(raced, course),
        beginning_term(day, first),
        *load_terms(day, runs),
        *other_dose_terms(day, other_doses),
    ]
    fit = fit_races(raced, terms, beside_dose=True)
    assert fit is not None
    adjusted = tuple(dict.fromkeys(term.name for term in terms if term.name not in _COURSES))
    described = replaced(described, adjusted_for=(*described.adjusted_for, *adjusted))
    few = int(is_of_kind(raced, course).sum())
    return _with_estimate(described, fit, exposures, _too_little(few, exposures, day, raced))


#: Names of terms that are kinds of course.
_COURSES = frozenset(COURSE_LEVELS)


def _described(
    blank: Effect, raced: pd.DataFrame, apart: pd.DataFrame, log: DoseLog, day: Days
) -> Effect:
    """Enter which races there are."""
    taken = tuple(name for name in ADJUSTMENTS if (raced[name].to_numpy() != 1).any())
    kinds = ("kind of course",) if len(set(raced["course"].tolist())) > 1 else ()
    notes = [*log.set_aside]
    notes += [
        f"{count(number, 'race')} set apart: {reason}"
        for reason, number in Counter(apart["reason"]).most_common()
    ]
    notes += [SIMULATED_NOTE] * is_simulated(raced["title"])
    return replaced(
        blank,
        n_runs=len(raced),
        n_weeks=len(np.unique(day // 7)),
        first_date=raced["local_date"].iloc[0].date(),
        last_date=raced["local_date"].iloc[-1].date(),
        adjusted_for=("distance", "years", "season", *kinds, *taken),
        notes=tuple(notes),
    )


def _too_little(n_of_course: int, exposures: Floats, day: Days, raced: pd.DataFrame) -> str:
    """Return why the races cannot answer, or nothing."""
    if n_of_course < LEAST_RACES:
        kind = " over one kind of course" if n_of_course < len(raced) else ""
        return f"{count(n_of_course, 'race')}{kind}, of {LEAST_RACES} needed"
    line = day - day.mean()
    centred = exposures - exposures.mean(axis=0)
    square = (centred**2).sum(axis=0) * (line @ line)
    shared = (line @ centred) ** 2 / np.maximum(square, 1e-12)
    if shared.min() > MOST_OF_THE_YEARS:
        return (
            "the dose only rose or fell with the years, so these races cannot tell which of them "
            "race times go along with"
        )
    return ""


def _with_estimate(described: Effect, fit: RaceFit, exposures: Floats, too_little: str) -> Effect:
    """Enter the estimate and the verdict."""
    slopes = fit.slopes(exposures)
    weight = slopes.weight([prior for _, prior in TIME_CONSTANTS], TOWARDS_PER_SD)
    share = weight.sum(axis=0)
    sd = np.sqrt((weight * slopes.sd**2).sum(axis=0) / np.maximum(share, np.finfo(np.float64).tiny))
    per_unit = mixture(weight, slopes.slope, slopes.sd, np.inf)
    by_constant = [(prior, each) for (_, prior), each in zip(TIME_CONSTANTS, sd, strict=True)]
    change = Change.from_posterior(
        per_unit, described.contrast, described.level, POWER, by_constant
    )
    if change is None or change.se_percent > 100 * VAGUE:
        return replaced(described, reason=f"{count(described.n_runs, 'race')} say nothing of it")
    assert described.last_date is not None
    now = fit.level(REFERENCE_M, np.datetime64(described.last_date))
    seconds = float(np.exp(now.quantile(0.5)[0]))
    clear = change.low_percent > 0 or change.high_percent < 0
    verdict = ASSOCIATION if clear else NO_ASSOCIATION
    prior = described.prior
    notes = described.notes
    if fit.typical_scatter > WIDE_SCATTER:
        notes += (
            f"races scatter by {100 * fit.typical_scatter:.0f} %, and where they do intervals of "
            "an effect hold about 92 % in simulations, not 95",
        )
    return replaced(
        described,
        notes=notes,
        **change.fields(seconds),
        p_value=change.p_value,
        se_percent=change.se_percent,
        detectable_percent=change.detectable_percent,
        detectable=seconds * change.detectable_percent / 100,
        baseline=seconds,
        time_constants=tuple(
            (tau, float(each)) for (tau, _), each in zip(TIME_CONSTANTS, share, strict=True)
        ),
        verdict=NOT_ENOUGH_DATA if too_little else verdict,
        reason=too_little,
        posterior=None if prior is None else prior.given(per_unit, described.contrast),
    )
