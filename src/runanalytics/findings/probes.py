"""What each check of an effect tests: one question, answered by a number.

What is assumed, besides what `association` says:

1. What happens later cannot act now: sessions still to come go along with form only if form,
   or what moves it, decides when to train.
2. A permanent step of form that the dose does not explain (a watch, a pod, a shoe, an injury)
   stays when the phase ends; the likeliest one is set against steps in series that the fitted
   model draws.
3. Every phase of the dose has the same effect, up to chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.effect import LEAST_WEEKS, POWER, Effect
from runanalytics.findings.effects import contrast_for
from runanalytics.findings.engine.covariates import Covariate, candidates, chosen, standardised
from runanalytics.findings.engine.dose_log import Log, Phase, daily_log, phases_of
from runanalytics.findings.engine.dose_response import Association, Change, associate, exposures_of
from runanalytics.findings.engine.robustness import beside_strongest, partial_r2, robustness_value
from runanalytics.findings.engine.step_scan import (
    centred_form,
    design,
    drawn_series,
    scan,
    step_columns,
    thinned,
)
from runanalytics.findings.engine.weeks import Days, Weeks, by_week
from runanalytics.findings.finding import (
    count,
    signed,
)

if TYPE_CHECKING:
    pass


#: Outcomes of a check, and with the first two the verdict of all.
PASSES = "passes"

FAILS = "fails"

INFORMATIONAL = "informational"


@dataclass(frozen=True)
class Check:
    """One check of an effect.

    Parameters
    ----------
    name : str
        What it is called.
    asks : str
        The question.
    outcome : str
        "passes", "fails" or "informational".
    sentence : str
        The answer.
    percent, percent_low, percent_high : float
        Its estimate and interval, %, where it has one.
    p_value : float
        Where it is a test: by itself.
    p_adjusted : float
        Where it can fail: corrected for the checks that can.
    numbers : mapping of str to float
        Further numbers by name, their unit in it.
    """

    name: str
    asks: str
    outcome: str
    sentence: str
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    p_value: float = np.nan
    p_adjusted: float = np.nan
    numbers: Mapping[str, float] = field(default_factory=dict)


#: Names of the checks.
FUTURE = "future dose"
CONTROL = "control dose"
PLACEBO_DATES = "placebo dates"
EACH_PHASE = "leave one phase out"
SHIFTED = "shifted dose"
ROBUSTNESS = "robustness value"

#: Series drawn for the largest of many steps.
N_DRAWN = 199
#: Weeks with runs on either side of a step.
LEAST_SIDE_WEEKS = 4
#: A dose shifted by fewer weeks is nearly the same dose.
LEAST_SHIFT_WEEKS = 4
#: At most so many phases are left out, the longest.
MOST_PHASES = 8


@dataclass(frozen=True)
class Probe:
    """A check that can fail, before its p is corrected and it is judged.

    Parameters
    ----------
    name : str
        What it is called.
    asks : str
        The question.
    if_passes, if_fails : str
        The sentence for either outcome.
    p_value : float
        By itself.
    percent, percent_low, percent_high : float
        Its estimate and interval, %, where it has one.
    numbers : mapping of str to float
        Further numbers by name, their unit in it.
    """

    name: str
    asks: str
    if_passes: str
    if_fails: str
    p_value: float
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    numbers: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_change(
        cls, name: str, asks: str, change: Change, *, if_passes: str, if_fails: str
    ) -> Probe:
        """Return the check that a change differs from none."""
        percents = (change.percent, change.low_percent, change.high_percent)
        return cls(name, asks, if_passes, if_fails, change.p_value, *percents)

    def judged(self, p_adjusted: float, level: float) -> Check:
        """Return the check with its outcome.

        Parameters
        ----------
        p_adjusted : float
            Its p, corrected for the other checks that can fail.
        level : float
            It fails where the corrected p is below 1 less this.
        """
        fails = p_adjusted < 1 - level
        outcome, sentence = (FAILS, self.if_fails) if fails else (PASSES, self.if_passes)
        percents = (self.percent, self.percent_low, self.percent_high)
        p_values = (self.p_value, p_adjusted)
        return Check(self.name, self.asks, outcome, sentence, *percents, *p_values, self.numbers)


@dataclass(frozen=True)
class Case:
    """An effect with all that it was estimated from.

    Parameters
    ----------
    effect : Effect
        The effect that is checked.
    weeks : Weeks
        Form by week, within the log.
    log : Log
        The dose.
    covariates : tuple of Covariate
        What is adjusted for.
    constants : tuple of (float, float)
        Time constants (weeks) and their prior weights.
    found : Association
        The effect, with these covariates.
    """

    effect: Effect
    weeks: Weeks
    log: Log
    covariates: tuple[Covariate, ...]
    constants: tuple[tuple[float, float], ...]
    found: Association

    def change(self, found: Association | None, contrast: float | None = None) -> Change | None:
        """Return what was found as a change for the contrast."""
        if found is None:
            return None
        return Change.of(
            found.change,
            self.effect.contrast if contrast is None else contrast,
            self.effect.level,
            POWER,
        )

    def beside(self, exposures: Floats) -> Association | None:
        """Estimate something beside the exposure that the effect is of."""
        past = standardised("exposure", self.found.exposure, self.weeks.seen)
        extra = () if past is None else (past,)
        return associate(self.weeks, exposures, (*self.covariates, *extra), self.constants)


def case_of(
    found: Effect, form: pd.DataFrame, dose: pd.DataFrame, runs: pd.DataFrame | None
) -> Case | None:
    """Return an effect with what it was estimated from, with room for one term more.

    Parameters
    ----------
    found : Effect
        The effect, with an estimate.
    form, dose, runs : DataFrame
        What it was estimated from.

    Returns
    -------
    Case or None
        None where the weeks cannot carry the term.
    """
    log = daily_log(dose)
    weeks = by_week(form, log.covers)
    constants = found.time_constants
    taus = tuple((tau, 1.0 / len(constants)) for tau, _ in constants)
    covariates = chosen(candidates(weeks, log, runs), weeks, n_others=3)
    again = associate(weeks, exposures_of(weeks, log, taus), covariates, taus)
    return None if again is None else Case(found, weeks, log, covariates, taus, again)


def _interval(change: Change) -> str:
    low, high = signed(change.low_percent), signed(change.high_percent)
    return f"{signed(change.percent)} %, {low} to {high} %"


def future_dose(case: Case) -> Probe | None:
    """Ask whether form goes along with sessions still to come, beside those that were.

    Parameters
    ----------
    case : Case
        The effect.
    """
    back = Log([(-(first + len(amount)), amount[::-1]) for first, amount in case.log.stretches])
    day = case.weeks.runs["day"].to_numpy()
    exposures = np.column_stack(
        [case.weeks.mean(back.exposure(-day - 1, tau)) for tau, _ in case.constants]
    )
    change = case.change(case.beside(exposures))
    if change is None:
        return None
    return Probe.from_change(
        FUTURE,
        "Does form go along with sessions still to come?",
        change,
        if_passes=f"Form does not go along with sessions still to come ({_interval(change)}).",
        if_fails=f"Form goes along with sessions still to come ({_interval(change)}): form, or "
        "what moves it, seems to decide when they are done.",
    )


def control_dose(
    case: Case,
    form: pd.DataFrame,
    runs: pd.DataFrame | None,
    name: str | None,
    control: pd.DataFrame,
) -> Probe | Check:
    """Ask whether form goes along with a dose that cannot move it, beside the one that may.

    Parameters
    ----------
    case : Case
        The effect.
    form, runs : DataFrame
        What the effect was estimated from.
    name : str or None
        What the control is of, where its attrs do not say.
    control : DataFrame
        Table "dose".
    """
    words = (name or str(control.attrs.get("what") or "control")).replace("_", " ")
    called, asks = f"{CONTROL}: {words}", f"Does form go along with {words}?"
    log = daily_log(control)
    weeks = by_week(form, lambda day: case.log.covers(day) & log.covers(day))
    n_weeks = 0 if weeks.runs.empty else int(weeks.seen.sum())
    if n_weeks < LEAST_WEEKS:
        few = f"The log of {words} shares {count(n_weeks, 'week')} with the rest"
        return Check(called, asks, INFORMATIONAL, f"{few}, too few to serve as a control.")
    covariates = chosen(candidates(weeks, case.log, runs), weeks, n_others=3)
    own = associate(
        weeks, exposures_of(weeks, case.log, case.constants), covariates, case.constants
    )
    there = case if own is None else replace(case, weeks=weeks, covariates=covariates, found=own)
    found = None if own is None else there.beside(exposures_of(weeks, log, case.constants))
    change = case.change(found, contrast_for(None, control))
    if change is None:
        hardly = f"{words.capitalize()} cannot serve as a control: it hardly varied."
        return Check(called, asks, INFORMATIONAL, hardly)
    return Probe.from_change(
        called,
        asks,
        change,
        if_passes=f"Form does not go along with {words} ({_interval(change)}).",
        if_fails=f"Form goes along with {words} ({_interval(change)}), which cannot move it: "
        "something else comes and goes with training.",
    )


def placebo_dates(case: Case, seed: int) -> Probe | None:
    """Set the likeliest permanent step against those of series without any.

    Parameters
    ----------
    case : Case
        The effect.
    seed : int
        Of those series.
    """
    weeks = case.weeks
    places, columns = step_columns(weeks, LEAST_SIDE_WEEKS)
    past = standardised("exposure", case.found.exposure, weeks.seen)
    if not len(places) or past is None:
        return None
    nuisance = design(weeks, (*case.covariates, past))
    here = scan(weeks, nuisance, columns, centred_form(weeks)[:, None])
    best = int(here.gain[:, 0].argmax())
    rng = np.random.default_rng(seed)
    chance = scan(weeks, nuisance, columns, drawn_series(rng, weeks, here.weight, N_DRAWN))
    above = int((chance.gain.max(axis=0) >= here.gain[best, 0]).sum())
    date = weeks.monday[places[best]].item()
    size = 100 * float(np.expm1(here.coefficient[best, 0]))
    return Probe(
        PLACEBO_DATES,
        "Does form step at a date, and stay there, whatever was done?",
        if_passes=f"No lasting step stands out at any date (the largest, {signed(size)} %, about "
        f"{date:%d %B %Y}).",
        if_fails=f"Form steps by {signed(size)} % about {date:%d %B %Y} and stays there whatever "
        "was done: look for a new watch, pod, shoe or injury then.",
        p_value=(1 + above) / (1 + N_DRAWN),
        numbers={"step_percent": size, "step_week": float(places[best])},
    )


def each_phase(case: Case, form: pd.DataFrame, runs: pd.DataFrame | None) -> Probe | Check | None:
    """Ask whether any phase of the dose has an effect of its own.

    Parameters
    ----------
    case : Case
        The effect.
    form, runs : DataFrame
        What the effect was estimated from.
    """
    phases = phases_of(case.log)
    asks = "Does the effect rest on one phase?"
    if len(phases) < 2:
        words = "one phase" if phases else "no clear phase"
        alone = f"The dose has {words}: the effect has nothing to be compared with."
        return Check(EACH_PHASE, asks, INFORMATIONAL, alone)
    longest = sorted(phases, key=lambda each: each.last - each.first)[-MOST_PHASES:]
    left_out = [_without(case, form, runs, each) for each in phases if each in longest]
    known = [each.percent for each in left_out if each is not None]
    apart = [
        _own_effect(case, phases, place) for place, each in enumerate(phases) if each in longest
    ]
    p_values = [each.p_value for each in apart if each is not None]
    if not known or not p_values:
        return None
    low, high = min(known), max(known)
    # One p for all phases (Bonferroni), so that many phases are not many checks.
    p = min(1.0, len(p_values) * min(p_values))
    odd = [each for each in phases if each in longest][
        int(np.argmin([np.inf if each is None else each.p_value for each in apart]))
    ]
    left_out_words = f"with any one of {count(len(phases), 'phase')} left out"
    between = f"{signed(low)} to {signed(high)} %"
    return Probe(
        EACH_PHASE,
        asks,
        if_passes=f"{left_out_words.capitalize()} it is {between}.",
        if_fails=f"The phase from {odd} differs from the rest; {left_out_words} the effect is "
        f"{between}.",
        p_value=p,
        percent=case.effect.percent,
        percent_low=low,
        percent_high=high,
        numbers={"phases": float(len(phases))},
    )


def _without(
    case: Case, form: pd.DataFrame, runs: pd.DataFrame | None, phase: Phase
) -> Change | None:
    def keep(day: Days) -> npt.NDArray[np.bool_]:
        return case.log.covers(day) & ~((day >= phase.first) & (day <= phase.last))

    weeks = by_week(form, keep)
    if weeks.runs.empty:
        return None
    covariates = chosen(candidates(weeks, case.log, runs), weeks, n_others=2)
    exposures = exposures_of(weeks, case.log, case.constants)
    if not np.ptp(exposures[weeks.seen], axis=0).min() > 0:
        return None
    return case.change(associate(weeks, exposures, covariates, case.constants))


def _own_effect(case: Case, phases: Sequence[Phase], place: int) -> Change | None:
    """How much more or less goes along with the dose of one phase than with the others'."""
    begin = phases[place].first if place else -np.inf
    end = phases[place + 1].first if place + 1 < len(phases) else np.inf
    day = case.weeks.runs["day"].to_numpy()
    inside = (day >= begin) & (day < end)
    exposures = np.column_stack(
        [case.weeks.mean(inside * case.log.exposure(day, tau)) for tau, _ in case.constants]
    )
    return case.change(case.beside(exposures))


def shifted_dose(case: Case) -> Check | None:
    """Move the same dose along the log, its end joined to its beginning.

    Parameters
    ----------
    case : Case
        The effect.
    """
    weeks, n_weeks = case.weeks, len(case.log.days) // 7
    places = thinned(np.arange(LEAST_SHIFT_WEEKS, n_weeks - LEAST_SHIFT_WEEKS + 1))
    if not len(places):
        return None
    tau = case.constants[int(case.found.tau_share.argmax())][0]
    logged = case.log.days
    daily = case.log.exposure(logged, tau)
    day = np.searchsorted(logged, weeks.runs["day"].to_numpy())
    columns = np.column_stack([weeks.mean(np.roll(daily, 7 * by)[day]) for by in [0, *places]])
    centred = np.where(weeks.seen[:, None], columns - columns[weeks.seen].mean(axis=0), 0.0)
    gain = scan(weeks, design(weeks, case.covariates), centred, centred_form(weeks)[:, None]).gain[
        :, 0
    ]
    p = (1 + int((gain[1:] >= gain[0]).sum())) / (1 + len(places))
    least = 1 / (1 + len(places))
    bound = (
        f" With {count(n_weeks, 'week')} it cannot fall below {least:.2f}." if least >= 0.05 else ""
    )
    return Check(
        SHIFTED,
        "How many shifts of the same dose go along with form as well?",
        INFORMATIONAL,
        f"Of {count(len(places), 'shift')} of the same dose along the log, "
        f"{round(p * (1 + len(places))) - 1} fit as well (p = {p:.2g}).{bound}",
        p_value=p,
        numbers={"least_p_value": least, "shifts": float(len(places))},
    )


def robustness(case: Case) -> Check | None:
    """Say how strong something unseen would have to be to explain the effect away.

    Parameters
    ----------
    case : Case
        The effect.
    """
    per_unit, contrast = case.found.change, case.effect.contrast
    change = case.change(case.found)
    if change is None:
        return None
    estimate, se = contrast * per_unit.middle, change.se_percent / 100
    t, df = estimate / se, per_unit.df
    value = robustness_value(t, df)
    bounded = robustness_value(t, df, case.effect.level)
    strongest, left = beside_strongest(
        case.weeks, case.covariates, case.found.exposure, estimate, se, df
    )
    words = (
        f" Something as strong as {strongest} would leave {signed(100 * float(np.expm1(left)))} %."
        if strongest
        else ""
    )
    return Check(
        ROBUSTNESS,
        "How strong would something unseen have to be to explain it all?",
        INFORMATIONAL,
        f"Something unseen would have to share {100 * value:.0f} % of the rest of both dose and "
        f"form to explain it all, {100 * bounded:.0f} % to make it unclear.{words}",
        numbers={
            "robustness_value": value,
            "robustness_value_at_level": bounded,
            "partial_r2": partial_r2(t, df),
            **({"percent_with_benchmark": 100 * float(np.expm1(left))} if strongest else {}),
        },
    )
