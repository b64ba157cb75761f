"""Analysing an experiment, once, after its end: what the dose did, as assigned and as done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments, require_frame
from runanalytics.arrays import Floats, Integers
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.experiments.following import (
    BlockDone,
    blocks_done,
    new_devices,
    share_followed,
)
from runanalytics.experiments.interval import Inverted, inverted
from runanalytics.experiments.plan import EXPOSURE, STATISTICS, Compared, Plan
from runanalytics.experiments.power import BEFORE_WEEKS
from runanalytics.experiments.statistic import Assigned, Trial, assigned_exposure, p_of
from runanalytics.findings import drawing
from runanalytics.findings.engine.covariates import Covariate, names_of, ridge
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import Change, fit_dose_response
from runanalytics.findings.engine.products import run_products
from runanalytics.findings.engine.run_covariates import chosen_of_runs, run_candidates
from runanalytics.findings.engine.weeks import Weeks, by_week, date_of, day_of
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    FormFinding,
    amount,
    changes_table,
    count,
    extent,
    hidden_frame,
    more_of,
    short_of,
    signed,
    subject_of,
)
from runanalytics.findings.readable import share_text
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EFFECT, NO_EFFECT = "effect", "no clear effect"
#: Weeks with runs that an experiment needs.
LEAST_WEEKS = 8
#: Said where the change has not the sign that its plan expects. Of 2,000 simulated experiments with
#: +2 % where −2 % was expected 98.4 % of the intervals held it; of those with −2 %, 96.4.
OTHER_SIGN = (
    "the change has not the sign that was expected: its interval is then wider than need be, and "
    "holds 98 % in simulations"
)
#: By how much the shares of weeks followed with and without may differ, and how many weeks must
#: be followed, for a change to be put down to what was assigned.
LARGEST_DIFFERENCE, LEAST_FOLLOWED = 0.2, 0.7


@dataclass(frozen=True)
class Experiment(FormFinding):
    """What an experiment shows.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    name, hypothesis : str
        Of the experiment.
    what, measure : str
        What was done more of, and how it was counted.
    low_a_week, high_a_week : float
        Assigned in blocks without and with.
    level : float
        Of test and interval, between 0 and 1.
    percent, percent_low, percent_high : float
        Change with the higher dose held long, as assigned (intention to treat), %; its interval
        by inversion of the test, infinite where it has no end.
    estimate, low, high : float
        The same in the metric's unit.
    p_value : float
        Of the randomisation test.
    statistic : float
        Of the test, for the schedule that was drawn.
    statistic_in_words : str
        What that is.
    n_schedules : int
        Schedules that the rules allow.
    n_compared : int
        Schedules that the one drawn was compared with.
    engine : Change, optional
        The change as assigned by the regression behind `effect`, with AR(1) errors.
    agree : bool
        Whether that lies within the interval.
    as_done : tuple of float
        Change and interval as done, with assignment as the instrument, %.
    followed, followed_with, followed_without : float
        Share of the logged weeks in which the schedule was followed: of all, of those in blocks
        with, of those in blocks without.
    blocks : tuple of BlockDone
        What was done in each block.
    verdict : str
        "effect", "no clear effect" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    because : bool
        Whether a change may be put down to what was assigned.
    why_not_because : str
        Why it may not; else empty.
    edited, stopped : bool
        Whether the plan was edited after it was written, and the experiment stopped early.
    n_runs, n_weeks : int
        Runs in the experiment, and weeks with them.
    first_date, last_date : date, optional
        Its days, as far as they count.
    adjusted_for : tuple of str
        What was taken into account.
    baseline : float
        Mean form, in the metric's unit.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        week, observed (in the metric's unit), runs.
    statistics : ndarray
        Of all schedules compared.
    """

    certainties: ClassVar[Certainties] = {
        "experiment, exact test": "p_value verdict",
        "experiment, interval": "low high percent_low percent_high as_done",
    }
    no_certainties: ClassVar[str] = (
        "estimate percent baseline level first_date last_date followed followed_with "
        "followed_without low_a_week high_a_week statistic statistics weekly"
    )

    name: str
    hypothesis: str
    what: str
    measure: str
    low_a_week: float
    high_a_week: float
    level: float
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    statistic: float = np.nan
    statistic_in_words: str = ""
    n_schedules: int = 0
    n_compared: int = 0
    engine: Change | None = None
    agree: bool = False
    as_done: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    followed: float = np.nan
    followed_with: float = np.nan
    followed_without: float = np.nan
    blocks: tuple[BlockDone, ...] = ()
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    because: bool = False
    why_not_because: str = ""
    edited: bool = False
    stopped: bool = False
    n_runs: int = 0
    n_weeks: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    adjusted_for: tuple[str, ...] = ()
    baseline: float = np.nan
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = hidden_frame()
    statistics: pd.DataFrame = hidden_frame()

    @property
    def _doses(self) -> str:
        return (
            f"{self.high_a_week:g} {self.what.replace('_', ' ')} {self.measure} a week rather "
            f"than {self.low_a_week:g}"
        )

    def summary(self) -> str:
        """Return the answer in a few sentences."""
        if not np.isfinite(self.p_value):
            return self._with_notes(
                f"Not enough data to say what {self._doses} did to {self._subject}: {self.reason}."
            )
        schedules = f"{count(self.n_compared, 'schedule')}"
        if self.n_compared < self.n_schedules:
            schedules += f" drawn from {self.n_schedules:,}"
        data = extent(self.n_runs, self.n_weeks)
        change = f"{signed(self.percent)} % ({amount(self.estimate, self.unit)})"
        test = f"p = {self.p_value:.2g} among {schedules}; {data}"
        interval = (
            f"{100 * self.level:g} % interval {self._extent(self.percent_low, self.percent_high)}"
        )
        if self.verdict == EFFECT and self.because:
            answer = (
                f"Because of {self._doses}, {self._subject} changed by {change}; "
                f"{interval}, {test}."
            )
        elif self.verdict == EFFECT:
            answer = (
                f"{self._subject[:1].upper()}{self._subject[1:]} followed the schedule, with "
                f"{change} for {self._doses}; {interval}, {test}. Whether it was because of them "
                f"is open: {self.why_not_because}."
            )
        else:
            answer = (
                f"No clear effect of {self._doses} on {self._subject}: {change}; "
                f"{interval}, {test}."
            )
        return self._with_notes(answer, *self._beside())

    def _extent(self, low: float, high: float) -> str:
        if not np.isfinite([low, high]).any():
            return "without an end"
        ends = [signed(each) if np.isfinite(each) else "no end" for each in (low, high)]
        return f"{ends[0]} to {ends[1]} %"

    def _beside(self) -> list[str]:
        sentences = []
        if np.isfinite(self.followed):
            sentences.append(
                f"The schedule was followed in {share_text(self.followed)} of the logged weeks "
                f"({share_text(self.followed_with)} with, "
                f"{share_text(self.followed_without)} without)."
            )
        if np.isfinite(self.as_done[0]):
            percent, low, high = self.as_done
            sentences.append(
                f"As done it is {signed(percent)} % for {self._more} ({self._extent(low, high)})."
            )
        if self.engine is not None:
            agrees = "agrees with" if self.agree else "does not agree with"
            sentences.append(
                f"A regression with AR(1) errors {agrees} it: {signed(self.engine.percent)} % "
                f"({self._extent(self.engine.low_percent, self.engine.high_percent)})."
            )
        return sentences

    @property
    def _more(self) -> str:
        return more_of(self.high_a_week - self.low_a_week, self.what, self.measure)

    def table(self) -> pd.DataFrame:
        """Return the change as assigned, by test and by regression, and as done.

        Returns
        -------
        DataFrame
            source, change_percent, low_percent, high_percent, change (in the metric's unit),
            low, high.
        """
        rows: list[tuple[object, ...]] = [
            ("as assigned, by the test", self.percent, self.percent_low, self.percent_high)
        ]
        if self.engine is not None:
            engine = self.engine
            rows.append(
                (
                    *("as assigned, by regression", engine.percent),
                    *(engine.low_percent, engine.high_percent),
                )
            )
        rows.append(("as done, by the test", *self.as_done))
        return changes_table(rows, ["source"], self.baseline)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form over the schedule."""
        ax = self._begin_plot(ax, self.name, y=self._axis_name, empty=self.weekly.empty)
        if self.weekly.empty:
            return ax
        with drawing.concise_dates():
            drawing.weekly_means(ax, self.weekly)
            for block in self.blocks:
                if block.done:
                    ends: Any = (np.datetime64(block.first), np.datetime64(block.last) + 1)
                    ax.axvspan(
                        *ends,
                        color=drawing.ANSWER,
                        alpha=drawing.BAND_ALPHA,
                        linewidth=0,
                    )
        ax.set_xlabel(
            f"shaded: {self.high_a_week:g} a week, else {self.low_a_week:g}",
            fontsize=9,
            color=drawing.QUIET,
        )
        return ax

    def plot_test(self, ax: Axes | None = None) -> Axes:
        """Draw the statistic of the schedule that was drawn among those of all."""
        ax = self._begin_plot(
            ax,
            f"{self.name}: the schedule among all",
            x="log of how likely form makes it",
            y="schedules",
            empty=self.statistics.empty,
        )
        if not self.statistics.empty:
            ax.hist(self.statistics["statistic"], bins=40, color=drawing.POINT)
            ax.axvline(self.statistic, color=drawing.CONTRAST, linewidth=2, label="drawn")
            ax.legend(frameon=False, fontsize=9)
        return ax


@checked_arguments
def analyse(
    plan: Plan,
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    stopped: Any = None,
    edited: bool = False,
    today: Any = None,
) -> Experiment:
    """Analyse an experiment after its end.

    Parameters
    ----------
    plan : Plan
        The plan, as it was written.
    form : DataFrame
        Table "form" of the plan's metric at its reference speed, one row a run; runs of the year
        before help.
    dose : DataFrame
        Table "dose" of what the plan is about: local_date and amount of each logged day.
    stopped : date or str, optional
        Last day on which the schedule was followed, where that was before its end.
    edited : bool
        Analyse a plan that was edited after it was written; the answer says so.
    today : date or str, optional
        By default that of the clock.

    Returns
    -------
    Experiment
        Never fails for want of runs: the verdict then is "not enough data".

    Raises
    ------
    UsageError
        If the experiment is not over, its plan was edited, or the log does not cover it.

    Examples
    --------
    >>> from runanalytics.experiments.design import draw_plan
    >>> from runanalytics.simulate import simulate_form
    >>> past = simulate_form(3, weeks=60).form
    >>> plan = draw_plan(past, seed=1, start="2024-12-30", today="2024-12-25")
    >>> from runanalytics.simulate.experiment import simulate_experiment
    >>> lived = simulate_experiment(7, plan.labels, effect_pct=-4.0)
    >>> found = analyse(plan, lived.form, lived.dose, today="2026-01-01")
    >>> found.verdict, found.because, found.p_value < 0.05
    ('effect', True, True)
    """
    subject = subject_of(form, plan.metric or None)
    require_frame(dose, "dose")
    if plan.edited and not edited:
        raise UsageError(
            f"the plan of {plan.name} was edited after it was written",
            hint="restore it as it was, or add --edited; the answer will say so",
        )
    now = datetime.date.today() if today is None else parse_day(today)
    until = plan.last_date if stopped is None else parse_day(stopped, "stopped")
    if not plan.first_date <= until <= plan.last_date:
        raise UsageError(
            f"{plan.name} cannot have stopped on {until}",
            hint=f"it runs from {plan.first_date} to {plan.last_date}",
        )
    if now <= until:
        raise UsageError(
            f"{plan.name} runs until {until}",
            hint="analyse it once, after that; if you stopped before, add --stopped DATE",
        )
    log = daily_log(dose)
    _require_covered(plan, log, until)
    blank = Experiment(
        *subject.names,
        name=plan.name,
        hypothesis=plan.hypothesis,
        what=plan.what,
        measure=plan.measure,
        low_a_week=plan.low,
        high_a_week=plan.high,
        level=plan.level,
        statistic_in_words=STATISTICS[plan.statistic],
        n_schedules=plan.admissible.count,
        edited=plan.edited,
        stopped=until < plan.last_date,
        first_date=plan.first_date,
        last_date=until,
    )
    weeks = weeks_of(plan, form, until)
    within = weeks.columns["day"] >= day_of(plan.first_date)
    n_weeks = len(np.unique(weeks.columns["week"][within]))
    notes = [*weeks.notes]
    if plan.edited:
        notes.append("the plan was edited after it was written, so this is no planned test")
    if blank.stopped:
        notes.append(f"it was stopped on {until}, before its end on {plan.last_date}")
    blocks = blocks_done(plan, log, weeks.columns["day"][within], until)
    described = replace(
        blank,
        n_runs=int(within.sum()),
        n_weeks=n_weeks,
        blocks=blocks,
        followed=share_followed(blocks),
        followed_with=share_followed(blocks, done=True),
        followed_without=share_followed(blocks, done=False),
        notes=tuple(notes),
    )
    if n_weeks < LEAST_WEEKS:
        reason = short_of(f"{count(n_weeks, 'week')} with runs in it", LEAST_WEEKS)
        return replace(described, reason=reason)
    return _tested(described, plan, weeks, log)


def _require_covered(plan: Plan, log: DoseLog, until: datetime.date) -> None:
    """Raise a `UsageError` where the log does not cover an experiment.

    A log ends with its last session, which in a block without may be long before the end of it.
    """
    logged = log.days
    begin, end = day_of(plan.first_date), day_of(until)
    what = plan.what.replace("_", " ")
    hint = "import its newer part; if you did not keep it, 'runanalytics spans set' says what is so"
    if not len(logged):
        raise UsageError(f"there is no log of {what}", hint="import one")
    latest = max(
        [each.last for each in plan.blocks if each.done and each.last <= until],
        default=plan.first_date,
    )
    needed = min(end, day_of(latest)) - 7
    if logged[0] > begin + 6 or logged[-1] < needed:
        raise UsageError(
            f"the log of {what} goes from {date_of(int(logged[0]))} to "
            f"{date_of(int(logged[-1]))}, and does not cover {plan.name}, {plan.first_date} to "
            f"{until}",
            hint=hint,
        )


@dataclass(frozen=True)
class _Exposures:
    """Exposure of each run, shape (n_taus, n_runs): as assigned, and as done."""

    assigned: Floats
    done: Floats


def _exposures(
    plan: Plan, assigned: Assigned, before: Floats, log: DoseLog, day: Integers
) -> _Exposures:
    row = day - day_of(plan.first_date)
    inside = row >= 0
    every = assigned.of(np.array(plan.labels))
    scheduled = np.where(inside, every[:, np.maximum(row, 0)], np.nan)
    if plan.statistic == EXPOSURE:
        real = np.array([log.exposure(day, tau) for tau in plan.time_constants])
    else:
        block = np.maximum(row, 0) // (7 * plan.block_weeks)
        first = day_of(plan.first_date) + 7 * plan.block_weeks * block
        days = first[:, None] + np.arange(7 * plan.block_weeks)
        amounts = log.amounts(days.ravel()).reshape(days.shape)
        known = np.isfinite(amounts)
        total = np.where(known, amounts, 0.0).sum(axis=1)
        mean = 7 * total / np.maximum(known.sum(axis=1), 1)
        real = np.where(inside, mean, (plan.low + plan.high) / 2)[None]
    # Before the experiment both are what was done, or the mean of both doses where that is unknown.
    known_before = np.where(np.isfinite(real), real, before[: len(real), None])
    scheduled = np.where(inside, scheduled, known_before)
    return _Exposures(scheduled, np.where(np.isfinite(real), real, scheduled))


@dataclass(frozen=True)
class Prepared:
    """All that the test of an experiment is made of.

    Parameters
    ----------
    trial : Trial
        With, after exposure: log form, and exposures as done.
    compared : Compared
        Schedules that the one drawn is compared with.
    covariates : tuple of Covariate
        What is taken out.
    exposures : ndarray, shape (n_taus, n_runs)
        Of each run, as assigned.
    """

    trial: Trial
    compared: Compared
    covariates: tuple[Covariate, ...]
    exposures: Floats


def prepared(plan: Plan, weeks: Weeks, log: DoseLog) -> Prepared:
    """Return all that the test of an experiment is made of.

    Parameters
    ----------
    plan : Plan
        The plan.
    weeks : Weeks
        Form in the year before and in the experiment.
    log : DoseLog
        What was done.
    """
    day = weeks.columns["day"]
    eve = np.array([day_of(plan.first_date) - 1])
    before = np.array([log.exposure(eve, tau)[0] for tau in plan.time_constants])
    before = np.where(np.isfinite(before), before, (plan.low + plan.high) / 2)
    assigned = assigned_exposure(plan, before)
    exposures = _exposures(plan, assigned, before, log, day)
    covariates = chosen_of_runs(run_candidates(weeks, None), weeks, 1)
    compared = plan.admissible.compared(plan.seed + 1)
    trial = _trial(plan, weeks, covariates, assigned, exposures, compared)
    return Prepared(trial, compared, covariates, exposures.assigned)


def weeks_of(plan: Plan, form: pd.DataFrame, until: datetime.date) -> Weeks:
    """Return form in the year before an experiment and in it, by week.

    Parameters
    ----------
    plan : Plan
        The plan.
    form : DataFrame
        Table "form", one row a run.
    until : date
        Last day that counts.
    """
    first, last = day_of(plan.first_date) - 7 * BEFORE_WEEKS, day_of(until)
    return by_week(form, lambda day: (day >= first) & (day <= last))


def _tested(described: Experiment, plan: Plan, weeks: Weeks, log: DoseLog) -> Experiment:
    """Enter test, interval, estimates and verdict."""
    ready = prepared(plan, weeks, log)
    trial, compared = ready.trial, ready.compared
    labels, n_taus = np.array(plan.labels), trial.n_taus
    form = trial.column(0)
    statistic, p_value, others = p_of(trial.judged(form), labels, compared)
    assigned_columns = [trial.assigned(labels, tau) for tau in range(n_taus)]
    done_columns = [trial.column(1 + tau) for tau in range(n_taus)]
    as_assigned = inverted(trial, labels, compared, plan.alpha, form, assigned_columns)
    as_done = inverted(trial, labels, compared, plan.alpha, form, done_columns)
    percent, low, high = _percents(as_assigned, plan.contrast)
    engine = _by_regression(plan, weeks, ready.exposures, ready.covariates)
    devices = new_devices(plan, weeks.runs)
    why_not = _why_not_because(described, devices)
    notes = [*described.notes, *(f"{name} is new since {day}" for name, day in devices)]
    if percent * plan.expected_percent < 0 and not plan.either_sign:
        notes.append(OTHER_SIGN)
    unit = weeks.baseline / 100
    return replace(
        described,
        percent=percent,
        percent_low=low,
        percent_high=high,
        estimate=unit * percent,
        low=unit * low,
        high=unit * high,
        p_value=p_value,
        statistic=statistic,
        n_compared=len(others),
        engine=engine,
        agree=engine is not None and bool(low <= engine.percent <= high),
        as_done=_percents(as_done, plan.contrast),
        verdict=EFFECT if p_value <= plan.alpha else NO_EFFECT,
        because=not why_not,
        why_not_because=why_not,
        adjusted_for=names_of(ready.covariates),
        baseline=weeks.baseline,
        notes=tuple(notes),
        weekly=_weekly(weeks, plan),
        statistics=pd.DataFrame({"statistic": others}),
    )


def _trial(
    plan: Plan,
    weeks: Weeks,
    covariates: tuple[Covariate, ...],
    assigned: Assigned,
    exposures: _Exposures,
    compared: Compared,
) -> Trial:
    """Return the trial with, after exposure as assigned: log form, and exposures as done."""
    row = weeks.columns["day"] - day_of(plan.first_date)
    log_form = weeks.columns["log_form"]
    columns = np.column_stack(
        [
            np.ones(len(row)),
            *(each.column for each in covariates),
            assigned.columns(row, exposures.assigned),
            log_form - log_form.mean(),
            exposures.done.T,
        ]
    )
    held = np.concatenate([[0.0], ridge(covariates, weeks)])
    n_taus = len(assigned.parts)
    return Trial.from_products(run_products(weeks, columns), held, plan, n_taus, compared)


def _percents(found: Inverted, contrast: float) -> tuple[float, float, float]:
    percents = 100 * np.expm1(contrast * np.array([found.estimate, found.low, found.high]))
    percents[1] = -np.inf if np.isneginf(found.low) else percents[1]
    return float(percents[0]), float(percents[1]), float(percents[2])


def _by_regression(
    plan: Plan, weeks: Weeks, exposures: Floats, covariates: tuple[Covariate, ...]
) -> Change | None:
    """Return the change as assigned by the engine of `effect`."""
    n_taus = len(exposures)
    constants = [(tau, 1 / n_taus) for tau in plan.time_constants[:n_taus]]
    fit = fit_dose_response(weeks, exposures.T, covariates, constants)
    return (
        None if fit is None else Change.from_posterior(fit.change, plan.contrast, plan.level, 0.8)
    )


def _why_not_because(described: Experiment, devices: list[tuple[str, datetime.date]]) -> str:
    """Return why a change may not be put down to what was assigned; empty if it may."""
    if described.edited:
        return "the plan was edited after it was written"
    if devices:
        return "a device changed during the experiment"
    with_, without = described.followed_with, described.followed_without
    if not abs(with_ - without) <= LARGEST_DIFFERENCE:
        return "the schedule was not followed alike in blocks with and without"
    if not described.followed >= LEAST_FOLLOWED:
        return "the schedule was followed in too few weeks"
    return ""


def _weekly(weeks: Weeks, plan: Plan) -> pd.DataFrame:
    seen = weeks.seen & (weeks.monday + 6 >= np.datetime64(plan.first_date))
    return pd.DataFrame(
        {
            "week": weeks.monday[seen].astype("M8[us]"),
            "observed": np.exp(weeks.log_form[seen]),
            "runs": weeks.n_runs[seen],
        }
    )
