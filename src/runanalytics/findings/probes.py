"""The checks of an effect: each asks one question and answers it with a number.

What is assumed, besides what `dose_response` says:

1. What happens later cannot act now: sessions still to come go along with form only if form,
   or what moves it, decides when to train.
2. A permanent step of form that the dose does not explain (a watch, a pod, a shoe, an injury)
   stays when the phase ends; the likeliest one is compared with steps in series that are drawn
   from the fitted model.
3. Every phase of the dose has the same effect, up to chance.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.findings.contrasts import contrast_for
from runanalytics.findings.effect import LEAST_WEEKS, POWER, Effect
from runanalytics.findings.effect_data import EffectData, effect_data
from runanalytics.findings.engine.covariates import Covariate, design, ridge
from runanalytics.findings.engine.dose_log import DoseLog, Phase, daily_log, dose_phases
from runanalytics.findings.engine.dose_response import (
    LEAST_DF,
    Change,
    DoseResponse,
    fit_dose_response,
    run_exposures,
)
from runanalytics.findings.engine.events import events_of
from runanalytics.findings.engine.kinds import kind_told
from runanalytics.findings.engine.robustness import (
    partial_r2,
    robustness_value,
    strongest_benchmark,
)
from runanalytics.findings.engine.run_covariates import of_runs, weekly_columns
from runanalytics.findings.engine.step_scan import (
    drawn_series,
    point_weights,
    scan_columns,
    step_columns,
    thinned,
)
from runanalytics.findings.engine.steps import (
    DISTINCT_WEEKS,
    LevelStep,
    StepDates,
    found_steps,
)
from runanalytics.findings.engine.weeks import Days, Weeks, by_week, date_of, day_of
from runanalytics.findings.finding import ASSOCIATION, count, signed
from runanalytics.findings.frames import Frames

#: Outcomes of a check, and with the first two the verdict of all.
PASSES = "passes"
FAILS = "fails"
INFORMATIONAL = "informational"
#: Correlation of two exposures above which neither can be told from the other.
HAND_IN_HAND = 0.95
#: Names of the checks.
FUTURE = "future dose"
CONTROL = "control dose"
PLACEBO_DATES = "placebo dates"
EACH_PHASE = "leave one phase out"
SHIFTED = "shifted dose"
ROBUSTNESS = "robustness value"
#: Series drawn for the distribution of the largest of many steps.
N_DRAWN = 199
#: Weeks with runs on either side of a step.
LEAST_SIDE_WEEKS = 4
#: A dose shifted by fewer weeks is nearly the same dose.
LEAST_SHIFT_WEEKS = 4
#: Most phases that are left out one by one: the longest.
MOST_PHASES = 8


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

    certainties: ClassVar[Certainties] = {
        "checks, intervals": "percent_low percent_high",
        "checks, verdicts": "p_value p_adjusted outcome",
        "checks, robustness value": "numbers",
    }
    no_certainties: ClassVar[str] = "percent"

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
class EffectFit:
    """An effect with all that it was estimated from.

    Parameters
    ----------
    effect : Effect
        The effect that is checked.
    asked : EffectQuestion
        The frames that it was estimated from.
    data : EffectData
        What they come to.
    response : DoseResponse
        The fit.
    """

    effect: Effect
    asked: EffectQuestion
    data: EffectData
    response: DoseResponse

    @property
    def weeks(self) -> Weeks:
        """Form by week, and its runs."""
        return self.data.weeks

    @property
    def log(self) -> DoseLog:
        """The dose."""
        return self.data.log

    @property
    def constants(self) -> tuple[tuple[float, float], ...]:
        """Time constants (weeks) and their prior weights."""
        return tuple(self.data.constants)

    @property
    def covariates(self) -> tuple[Covariate, ...]:
        """What is adjusted for, other doses with their likeliest time constants among them."""
        theirs = [each for other in self.data.others for each in other.covariates]
        held = [
            of_runs(f"exposure to {dose.name}", exposure)
            for dose, exposure in zip(self.data.beside, self.response.held.T, strict=True)
        ]
        return (*self.data.covariates, *theirs, *(each for each in held if each is not None))

    @property
    def exposure(self) -> Covariate | None:
        """The exposure that the effect is of, as a covariate."""
        return of_runs("exposure", self.response.of_runs)

    def change(self, response: DoseResponse | None, contrast: float | None = None) -> Change | None:
        """Return a response as a change for a contrast, by default the effect's."""
        if response is None:
            return None
        contrast = self.effect.contrast if contrast is None else contrast
        return Change.from_posterior(response.change, contrast, self.effect.level, POWER)

    def adjusted_for_dose(self, exposures: Floats) -> DoseResponse | None:
        """Fit other exposures, adjusted for the one that the effect is of."""
        extra = () if self.exposure is None else (self.exposure,)
        parts = (self.weeks, exposures, (*self.covariates, *extra), self.constants)
        return fit_dose_response(*parts, elsewhere=self.data.elsewhere)

    def refitted(
        self, without: Callable[[Days], npt.NDArray[np.bool_]], n_more: int
    ) -> EffectFit | None:
        """Fit the same with some days left out, or return None where too little is left."""
        return self.asked.fitted(self.effect, self.constants, without, n_more)


@dataclass(frozen=True)
class EffectQuestion:
    """The frames that an effect is estimated from.

    Parameters
    ----------
    form, dose : DataFrame
        Tables "form" and "dose".
    runs : DataFrame, optional
        As in `effect`.
    beside : mapping of str to DataFrame, sequence of DataFrame, or DataFrame
        Doses that are held as they were.
    sports : DataFrame, optional
        As in `effect`.
    """

    form: pd.DataFrame
    dose: pd.DataFrame
    runs: pd.DataFrame | None
    beside: Frames = ()
    sports: pd.DataFrame | None = None

    def fitted(
        self,
        found: Effect,
        constants: tuple[tuple[float, float], ...],
        without: Callable[[Days], npt.NDArray[np.bool_]] | None = None,
        n_more: int = 1,
    ) -> EffectFit | None:
        """Return an effect with what it is estimated from, or None where nothing can be.

        Parameters
        ----------
        found : Effect
            The effect, with an estimate.
        constants : tuple of (float, float)
            Time constants (weeks) and their prior weights.
        without : callable, optional
            Given days since 1970, whether runs of each day are left out.
        n_more : int
            Further terms that there must be room for.
        """
        frames = (self.form, self.dose, self.beside, self.runs)
        data = effect_data(*frames, constants, sports=self.sports, without=without, n_more=n_more)
        if not data.weeks.n_seen or not np.ptp(data.exposures, axis=0).min() > 0:
            return None
        parts = (data.weeks, data.exposures, data.covariates, data.constants, data.others)
        response = fit_dose_response(*parts, contrast=found.contrast, elsewhere=data.elsewhere)
        return None if response is None else EffectFit(found, self, data, response)


def refitted_effect(found: Effect, asked: EffectQuestion) -> EffectFit | None:
    """Return an effect with what it was estimated from, with room for one term more.

    Parameters
    ----------
    found : Effect
        The effect, with an estimate.
    asked : EffectQuestion
        The frames that it was estimated from.

    Returns
    -------
    EffectFit or None
        None where the weeks cannot carry the term.
    """
    each = found.time_constants
    return asked.fitted(found, tuple((tau, 1.0 / len(each)) for tau, _ in each))


def _interval(change: Change) -> str:
    low, high = signed(change.low_percent), signed(change.high_percent)
    return f"{signed(change.percent)} %, {low} to {high} %"


def future_dose(fit: EffectFit) -> Probe | None:
    """Ask whether form goes along with sessions still to come, given those that were.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    """
    back = DoseLog([(-(first + len(amount)), amount[::-1]) for first, amount in fit.log.stretches])
    day = fit.weeks.columns["day"]
    exposures = np.column_stack([back.exposure(-day - 1, tau) for tau, _ in fit.constants])
    change = fit.change(fit.adjusted_for_dose(exposures))
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


def control_dose(fit: EffectFit, name: str | None, control: pd.DataFrame) -> Probe | Check:
    """Ask whether form goes along with a dose that cannot move it, given the one that may.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    name : str or None
        What the control is of, where its attrs do not say.
    control : DataFrame
        Table "dose".
    """
    words = (name or str(control.attrs.get("what") or "control")).replace("_", " ")
    called, asks = f"{CONTROL}: {words}", f"Does form go along with {words}?"
    log = daily_log(control)
    day = fit.weeks.columns["day"]
    n_weeks = len(np.unique(fit.weeks.columns["week"][log.covers(day)]))
    if n_weeks < LEAST_WEEKS:
        few = f"The log of {words} shares {count(n_weeks, 'week')} with the rest"
        return Check(called, asks, INFORMATIONAL, f"{few}, too few to serve as a control.")
    shared = fit.refitted(lambda day: ~log.covers(day), 1)
    change = None
    if shared is not None:
        exposures = run_exposures(shared.weeks, log, fit.constants)
        together = _correlation(shared, exposures)
        if abs(together) > HAND_IN_HAND:
            cannot = f"{words.capitalize()} cannot serve as a control: it goes hand in hand with"
            sentence = f"{cannot} {fit.effect.what or 'the dose'} (r = {together:.2f})."
            return Check(called, asks, INFORMATIONAL, sentence.replace("_", " "))
        change = fit.change(shared.adjusted_for_dose(exposures), contrast_for(None, control))
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


def _correlation(fit: EffectFit, exposures: Floats) -> float:
    """Return how the exposure of the effect goes along with the same of another dose."""
    other = exposures[:, int(fit.response.tau_share.argmax())]
    own = fit.response.of_runs
    if not (np.ptp(own) > 0 and np.ptp(other) > 0):
        return 0.0
    return float(np.corrcoef(own, other)[0, 1])


def placebo_dates(fit: EffectFit, form: pd.DataFrame, seed: int) -> Probe | None:
    """Compare the likeliest permanent step with those of series without any.

    The steps that stand out when nobody asks about a dose (`found_steps`, as `change_points` tells
    them) are named: one that is not clear beside the dose came together with it.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    form : DataFrame
        What the effect was estimated from.
    seed : int
        Of those series.
    """
    weeks = fit.weeks
    places, columns = step_columns(weeks, LEAST_SIDE_WEEKS)
    exposure = fit.exposure
    if not len(places) or exposure is None:
        return None
    terms = weekly_columns(weeks, (*fit.covariates, exposure))
    nuisance, held = design(weeks, terms), np.append(0.0, ridge(terms, weeks))
    observed = scan_columns(weeks, nuisance, columns, ridge=held)
    best = int(observed.gain[:, 0].argmax())
    weight = point_weights(weeks, nuisance, held)
    drawn = drawn_series(np.random.default_rng(seed), weeks, weight, N_DRAWN)
    chance = scan_columns(weeks, nuisance, columns, drawn, held)
    above = int((chance.gain.max(axis=0) >= observed.gain[best, 0]).sum())
    sizes = 100 * np.expm1(observed.coefficient[:, 0])
    known = _steps_without_dose(fit, form)
    nearest = min(
        known,
        key=lambda step: abs(_week_of(weeks, step.date) - places[best]),
        default=None,
    )
    when = _run_dates(weeks, int(places[best]))
    passes = (
        f"No lasting step stands out at any date (the largest, {signed(sizes[best])} %, {when})."
    )
    fails = (
        f"Beside the dose, and with devices taken out, form steps by {signed(sizes[best])} % "
        f"{when}, and stays there (change-points, which leaves both in, tells no step then)"
    )
    if nearest is not None:
        if abs(_week_of(weeks, nearest.date) - places[best]) <= DISTINCT_WEEKS:
            fails = (
                f"Form steps by {signed(sizes[best])} % {nearest.between}, and stays there "
                "whatever was done"
            )
        told = np.abs(places - _week_of(weeks, nearest.date)).argmin()
        passes = (
            f"Form steps by {signed(nearest.percent)} % {nearest.between}, as change-points says, "
            f"but beside the dose no step is clear (there, {signed(sizes[told])} %): step and dose "
            "came together, and cannot be told apart."
        )
    return Probe(
        PLACEBO_DATES,
        "Does form step at a date, and stay there, whatever was done?",
        if_passes=passes,
        if_fails=f"{fails}: look for a new watch, pod, shoe or injury then.",
        p_value=(1 + above) / (1 + N_DRAWN),
        numbers={"step_percent": float(sizes[best]), "step_week": float(places[best])},
    )


def _steps_without_dose(fit: EffectFit, form: pd.DataFrame) -> list[LevelStep]:
    """Return the steps that stand out in the effect's weeks, but those of a new device.

    Those are taken out of an effect.
    """
    told = kind_told(form)
    every = by_week(told.form)
    found = None if every.runs.empty else found_steps(every, of_runs=told.of_runs)
    events = events_of(told.form)
    first, last = fit.weeks.first_date, fit.weeks.last_date
    return [
        step
        for step in (found.steps if found else ())
        if first < step.date <= last
        and not any(each.kind == "device" for each in step.beside(events))
    ]


def _week_of(weeks: Weeks, date: datetime.date) -> int:
    return (day_of(date) - int(weeks.monday[0].astype(np.int64))) // 7


def _run_dates(weeks: Weeks, week: int) -> str:
    """Return in words between which runs a step at the beginning of a week lies."""
    day, number = weeks.columns["day"], weeks.columns["week"]
    begin, end = date_of(day[number < week][-1]), date_of(day[number >= week][0])
    return StepDates(end, begin, begin, end).between


def each_phase(fit: EffectFit) -> Probe | Check | None:
    """Ask whether any phase of the dose has an effect of its own.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    """
    phases = dose_phases(fit.log)
    asks = "Does the effect rest on one phase?"
    if len(phases) < 2:
        words = "one phase" if phases else "no clear phase"
        alone = f"The dose has {words}: the effect has nothing to be compared with."
        return Check(EACH_PHASE, asks, INFORMATIONAL, alone)
    longest = sorted(phases, key=lambda each: each.last - each.first)[-MOST_PHASES:]
    shown = [(place, each) for place, each in enumerate(phases) if each in longest]
    left_out = [_left_out(fit, phase) for _, phase in shown]
    percents = [each.percent for each in left_out if each is not None]
    differences = [_difference(fit, phases, place) for place, _ in shown]
    p_values = [each.p_value for each in differences if each is not None]
    if not percents or not p_values:
        return None
    low, high = min(percents), max(percents)
    # One p for all phases (Bonferroni), so that many phases are not many checks.
    p = min(1.0, len(p_values) * min(p_values))
    _, odd = shown[
        int(np.argmin([np.inf if each is None else each.p_value for each in differences]))
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
        # Estimates, from least to most: no interval.
        numbers={"phases": float(len(phases)), "least_percent": low, "most_percent": high},
    )


def _left_out(fit: EffectFit, phase: Phase) -> Change | None:
    rest = fit.refitted(lambda day: (day >= phase.first) & (day <= phase.last), 0)
    return None if rest is None else fit.change(rest.response)


def _difference(fit: EffectFit, phases: Sequence[Phase], place: int) -> Change | None:
    """Return how much more or less goes along with the dose of one phase than with the others'."""
    begin = phases[place].first if place else -np.inf
    end = phases[place + 1].first if place + 1 < len(phases) else np.inf
    day = fit.weeks.columns["day"]
    inside = (day >= begin) & (day < end)
    exposures = np.column_stack([inside * fit.log.exposure(day, tau) for tau, _ in fit.constants])
    return fit.change(fit.adjusted_for_dose(exposures))


def shifted_dose(fit: EffectFit) -> Check | None:
    """Move the same dose along the log, its end joined to its beginning.

    Each shift is fitted with the time constant that suits it best, as the dose itself is: the one
    that suits the dose would favour it.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    """
    weeks, n_weeks = fit.weeks, len(fit.log.days) // 7
    places = thinned(np.arange(LEAST_SHIFT_WEEKS, n_weeks - LEAST_SHIFT_WEEKS + 1))
    if not len(places):
        return None
    logged = fit.log.days
    day = np.searchsorted(logged, weeks.columns["day"])
    by_constant = [fit.log.exposure(logged, tau) for tau, _ in fit.constants]
    columns = np.column_stack(
        [weeks.mean(np.roll(daily, 7 * by)[day]) for daily in by_constant for by in [0, *places]]
    )
    centred = np.where(weeks.seen[:, None], columns - columns[weeks.seen].mean(axis=0), 0.0)
    terms = weekly_columns(weeks, fit.covariates)
    held = np.append(0.0, ridge(terms, weeks))
    every = scan_columns(weeks, design(weeks, terms), centred, ridge=held).gain[:, 0]
    gain = every.reshape(len(by_constant), -1).max(axis=0)
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


def robustness(fit: EffectFit) -> Check | None:
    """Return how strong something unseen would have to be to explain the effect away.

    Parameters
    ----------
    fit : EffectFit
        The effect.
    """
    per_unit, contrast = fit.response.change, fit.effect.contrast
    change = fit.change(fit.response)
    if change is None:
        return None
    estimate, se = contrast * per_unit.middle, change.se_percent / 100
    # What something unseen shares is told by week: no memory ties it to single runs.
    terms = weekly_columns(fit.weeks, fit.covariates)
    df = float(max(fit.weeks.n_seen - sum(each.flat for each in terms) - 2, LEAST_DF))
    t = estimate / se
    value = robustness_value(t, df)
    bounded = robustness_value(t, df, fit.effect.level)
    strongest, left = strongest_benchmark(fit.weeks, terms, fit.response.exposure, estimate, se, df)
    words = (
        f" Something as strong as {strongest} would leave {signed(100 * float(np.expm1(left)))} %."
        if strongest
        else ""
    )
    sentence = (
        f"Something unseen would have to share {100 * value:.0f} % of the rest of both dose and "
        f"form to explain it all, {100 * bounded:.0f} % to make it unclear.{words}"
    )
    return Check(
        ROBUSTNESS,
        "How strong would something unseen have to be to explain it all?",
        INFORMATIONAL,
        # What is not clear needs no explanation.
        sentence if fit.effect.verdict == ASSOCIATION else "",
        numbers={
            "robustness_value": value,
            "robustness_value_at_level": bounded,
            "partial_r2": partial_r2(t, df),
            **({"percent_with_benchmark": 100 * float(np.expm1(left))} if strongest else {}),
        },
    )
