"""The effect of a dose: how much form changes with what was done."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.engine.covariates import (
    Covariate,
    candidates,
    chosen,
    names_of,
    standardised,
)
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import (
    LEAST_DF,
    TIME_CONSTANTS,
    Change,
    DoseResponse,
    fit_dose_response,
    weekly_exposures,
)
from runanalytics.findings.engine.priors import NormalEffect, prior_for
from runanalytics.findings.engine.weeks import Weeks, by_week
from runanalytics.findings.finding import (
    ASSOCIATION,
    HIDDEN,
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    FormFinding,
    Subject,
    amount,
    changes_table,
    count,
    extent,
    hidden_frame,
    more_of,
    require_level,
    short_of,
    signed,
    subject_of,
)
from runanalytics.findings.log_gaps import note_on_log_gaps
from runanalytics.findings.unknown_names import note_on_unknown_names
from runanalytics.schema.checking import require_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What race times are called among the metrics.
RACE_TIME = "race_time"
#: Chance with which a change of the detectable size would be found.
POWER = 0.8
#: Weeks with both form and dose, below which numbers only describe.
LEAST_WEEKS = 40
#: Exposure must range over this share of the contrast for an estimate.
LEAST_RANGE = 0.2
#: Time constant of another dose that is only adjusted for, weeks.
OTHER_DOSE_TAU_WEEKS = 3.0

METHOD = (
    "Weekly mean log form at the reference speed on exposure (exponentially weighted mean of the "
    "dose), with AR(1) errors and noise that falls with the number of runs; mixture of Student's "
    "t over correlation, noise ratio and time constant, weighed by restricted likelihood."
)


@dataclass(frozen=True)
class Effect(FormFinding):
    """The change of form that goes along with more of something a week.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    what, measure : str
        What was done, and how it was counted.
    contrast : float
        How much more a week, in the measure.
    level : float
        Of the interval, between 0 and 1.
    percent, percent_low, percent_high : float
        Change and its interval, %. NaN where nothing can be estimated.
    estimate, low, high : float
        The same in the metric's unit.
    p_value : float
        Two-sided, of no change.
    n_tests : int
        Tests that were run together.
    p_adjusted : float
        p corrected for all of them (Benjamini & Hochberg 1995). The verdict goes by it among
        `Effects`, and by `p_value` alone or in `Checks`.
    verdict : str
        "association", "no clear association" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    detectable : float
        The same in the metric's unit.
    enough_on : date, optional
        When there will be enough weeks if the runner goes on like this.
    n_runs, n_weeks : int
        Runs and weeks with both form and dose.
    first_date, last_date : date, optional
        First and last of those runs.
    adjusted_for : tuple of str
        What else was taken into account.
    method : str
        How it was estimated.
    prior, posterior : NormalEffect, optional
        What research says before these data, and the mix of both. They do not enter the rest.
    se_percent : float
        Standard error, %.
    baseline : float
        Mean form over the weeks, in the metric's unit.
    exposure_range : tuple of float
        Lowest and highest exposure in a week, in the measure per week.
    time_constants : tuple of (float, float)
        Time constants (weeks), and how likely each is after the data.
    rho : float
        Correlation of the errors from week to week.
    notes : tuple of str
        What else should be known.
    points : DataFrame
        week, exposure_per_week, adjusted_percent, n_runs: what the figure shows.
    slope : tuple of float
        Change per unit of exposure and its interval, %, at the likeliest time constant.
    """

    what: str
    measure: str
    contrast: float
    level: float
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    n_tests: int = 1
    p_adjusted: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    detectable_percent: float = np.nan
    detectable: float = np.nan
    enough_on: datetime.date | None = None
    n_runs: int = 0
    n_weeks: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    adjusted_for: tuple[str, ...] = ()
    method: str = METHOD
    prior: NormalEffect | None = None
    posterior: NormalEffect | None = None
    se_percent: float = np.nan
    baseline: float = np.nan
    exposure_range: tuple[float, float] = (np.nan, np.nan)
    time_constants: tuple[tuple[float, float], ...] = ()
    rho: float = np.nan
    notes: tuple[str, ...] = ()
    points: pd.DataFrame = hidden_frame()
    slope: tuple[float, float, float] = field(
        default=(np.nan, np.nan, np.nan), repr=False, metadata=HIDDEN
    )

    @property
    def dose_words(self) -> str:
        """The contrast in words, such as "2 more strength sessions a week"."""
        return more_of(self.contrast, self.what, self.measure)

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        noun = "race" if self.metric == RACE_TIME else "run"
        data = extent(self.n_runs, self.n_weeks, noun)
        unknown = f"Not enough data to say how {self._subject} goes along with {self.dose_words}: "
        if not np.isfinite(self.percent):
            return f"{unknown}{self.reason}."
        change = f"{signed(self.percent)} % ({amount(self.estimate, self.unit)})"
        interval = (
            f"{100 * self.level:g} % interval {signed(self.percent_low)} to "
            f"{signed(self.percent_high)} %"
        )
        size = f"{self.detectable_percent:.1f} % ({amount(self.detectable, self.unit)[1:]})"
        chance = f"p = {self.p_value:.2g}"
        if self.n_tests > 1:
            chance += f", {self.p_adjusted:.2g} corrected for {self.n_tests} tests"
        if self.verdict == ASSOCIATION:
            text = (
                f"Holding {self.dose_words} goes along with a change of {change} in "
                f"{self._subject}; {interval}, {chance}, {data}."
            )
        elif self.verdict == NO_ASSOCIATION:
            alone = f", {chance}" if self.n_tests > 1 else ""
            text = (
                f"No clear association of {self._subject} with {self.dose_words}: {change}; "
                f"{interval}{alone}, {data}. "
                f"A change of {size} would be found with {100 * POWER:.0f} % chance."
            )
        else:
            when = f" by {self.enough_on:%B %Y}" if self.enough_on else ""
            text = (
                f"{unknown}{self.reason}. So far, as a description only, {change}; {interval}. "
                f"You could detect {size}{when}."
            )
        return self._with_notes(text)

    def table(self) -> pd.DataFrame:
        """Return estimate, interval, and where there is one prior and posterior, in percent.

        Returns
        -------
        DataFrame
            source, change_percent, low_percent, high_percent, change (in the metric's unit),
            low, high.
        """
        half = float(stdtrit(np.inf, 0.5 + self.level / 2))
        rows = [("these data", self.percent, self.percent_low, self.percent_high)]
        for name, known in (("prior", self.prior), ("both", self.posterior)):
            if known is not None:
                middle, reach = known.mean_percent, half * known.sd_percent
                rows.append((name, middle, middle - reach, middle + reach))
        return changes_table(rows, ["source"], self.baseline)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, adjusted for the rest, over exposure, with line and band."""
        dose = " ".join(part for part in (self.what, self.measure) if part)
        title = f"{self.label} and {dose} a week"
        if self.points.empty:
            return self._begin_plot(ax, title, empty=True)
        tau = max(self.time_constants, key=lambda each: each[1])[0]
        x_name = f"{dose} a week, weighted mean of the past (time constant {tau:g} weeks)"
        ax = self._begin_plot(ax, title, x=x_name, y=f"{self.label}, adjusted (%)")
        x = self.points["exposure_per_week"].to_numpy(dtype=float)
        y = self.points["adjusted_percent"].to_numpy(dtype=float)
        runs = self.points["n_runs"].to_numpy(dtype=float)
        ax.scatter(x, y, s=10 + 6 * runs, color=drawing.POINT, alpha=0.6, linewidths=0)
        line = np.linspace(x.min(), x.max(), 60)
        centre = float(np.average(x, weights=runs))
        middle, low, high = self.slope
        edges = np.sort([low * (line - centre), high * (line - centre)], axis=0)
        drawing.band(ax, line, middle * (line - centre), *edges)
        return ax


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
    prior: NormalEffect | None = None,
    other_dose: pd.DataFrame | None = None,
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
    prior : NormalEffect, optional
        Distribution of the effect before these data, in place of the one in `priors.PRIORS`.
    other_dose : DataFrame, optional
        Another dose, as `dose`, that is adjusted for.

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
    subject, constants = subject_of(form, metric), _constants(tau_weeks)
    require_frame(dose, "dose")

    def of(amounts: pd.DataFrame) -> Effect:
        blank = blank_effect(subject, amounts, contrast, level, what, measure, prior)
        return _estimated(blank, form, amounts, constants, runs, other_dose)

    found = of(dose)
    found = replace(found, notes=(*found.notes, *note_on_log_gaps(found, dose, of)))
    return replace(found, notes=(*found.notes, *note_on_unknown_names(found, dose, of)))


def _estimated(
    blank: Effect,
    form: pd.DataFrame,
    dose: pd.DataFrame,
    constants: Sequence[tuple[float, float]],
    runs: pd.DataFrame | None,
    other_dose: pd.DataFrame | None,
) -> Effect:
    """Return an effect with all that form and dose tell of it."""
    log = daily_log(dose)
    if not log.stretches:
        return replace(blank, reason="nothing is logged")
    weeks = by_week(form, log.covers)
    if weeks.runs.empty:
        return replace(blank, reason="no run with a value lies within the log")
    exposures = weekly_exposures(weeks, log, constants)
    described = _with_data(blank, weeks, log, exposures)
    if not any((done > 0).any() for _, done in log.stretches):
        return replace(described, reason="the log holds none of it")
    if np.ptp(exposures[weeks.seen], axis=0).max() < LEAST_RANGE * blank.contrast:
        lowest, highest = described.exposure_range
        return replace(
            described, reason=f"the dose hardly varied, from {lowest:.1f} to {highest:.1f} a week"
        )
    offered = candidates(weeks, log, runs)
    if other_dose is not None:
        offered = chain([_other_exposure(other_dose, weeks)], offered)
    covariates = chosen(offered, weeks, n_others=2)
    fit = fit_dose_response(weeks, exposures, covariates, constants)
    if fit is None:
        return replace(described, reason=_why_not(weeks, covariates))
    return _with_estimate(described, fit, weeks, covariates, constants)


def blank_effect(
    subject: Subject,
    dose: pd.DataFrame,
    contrast: float,
    level: float,
    what: str | None,
    measure: str | None,
    prior: NormalEffect | None,
    method: str = METHOD,
) -> Effect:
    """Return an effect that nothing is known of yet but its prior.

    Parameters
    ----------
    subject : Subject
        What it is an effect on.
    dose, contrast, level, what, measure, prior
        As in `effect`.
    method : str
        How it will be estimated.

    Raises
    ------
    UsageError
        If contrast or level makes no sense.
    """
    if not 0 < contrast < np.inf:
        raise UsageError(f"a contrast of {contrast}", hint="it must be above 0")
    require_level(level)
    what = what if what is not None else str(dose.attrs.get("what") or "")
    measure = measure if measure is not None else str(dose.attrs.get("measure") or "sessions")
    return Effect(
        *subject.names,
        what=what,
        measure=measure,
        contrast=float(contrast),
        level=float(level),
        method=method,
        prior=prior or prior_for(subject.metric, what, measure, contrast),
    )


def _other_exposure(dose: pd.DataFrame, weeks: Weeks) -> Covariate | None:
    exposure = daily_log(dose).exposure(weeks.runs["day"].to_numpy(), OTHER_DOSE_TAU_WEEKS)
    name = f"other {dose.attrs.get('what') or 'dose'}"
    return standardised(name, weeks.mean(exposure), weeks.seen)


def _constants(tau_weeks: float | Sequence[float] | None) -> Sequence[tuple[float, float]]:
    if tau_weeks is None:
        return TIME_CONSTANTS
    each = np.atleast_1d(np.asarray(tau_weeks, dtype=np.float64)).tolist()
    if not each or not all(np.isfinite(tau) and tau > 0 for tau in each):
        raise UsageError(f"time constants of {each} weeks", hint="each must be above 0")
    return [(tau, 1.0 / len(each)) for tau in each]


def _with_data(blank: Effect, weeks: Weeks, log: DoseLog, exposures: Floats) -> Effect:
    """Enter which runs, weeks and doses there are."""
    widest = exposures[weeks.seen][:, np.ptp(exposures[weeks.seen], axis=0).argmax()]
    lowest, highest = float(widest.min()), float(widest.max())
    notes = [*weeks.notes, *log.set_aside]
    if highest - lowest < blank.contrast:
        notes.append(
            f"a difference of {blank.contrast:g} a week is more than these weeks hold, from "
            f"{lowest:.1f} to {highest:.1f}, and so an extrapolation"
        )
    return replace(
        blank,
        n_runs=len(weeks.runs),
        n_weeks=weeks.n_seen,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        baseline=weeks.baseline,
        exposure_range=(lowest, highest),
        notes=tuple(notes),
    )


def _why_not(weeks: Weeks, covariates: Sequence[Covariate]) -> str:
    if weeks.n_seen - sum(each.flat for each in covariates) - 2 < LEAST_DF:
        return f"{count(weeks.n_seen, 'week')} with both form and dose, of {LEAST_WEEKS}"
    return f"the dose cannot be told apart from {', '.join(names_of(covariates))}"


def _with_estimate(
    described: Effect,
    fit: DoseResponse,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    constants: Sequence[tuple[float, float]],
) -> Effect:
    """Enter the estimate and the verdict."""
    change = Change.from_posterior(fit.change, described.contrast, described.level, POWER)
    slope = Change.from_posterior(fit.slope, 1.0, described.level, POWER)
    if change is None or slope is None:
        return replace(described, reason="the dose varied too little beside the rest")
    clear = change.low_percent > 0 or change.high_percent < 0
    verdict, reason, enough_on = (ASSOCIATION if clear else NO_ASSOCIATION), "", None
    detectable, n_weeks = change.detectable_percent, described.n_weeks
    if n_weeks < LEAST_WEEKS:
        verdict = NOT_ENOUGH_DATA
        reason = short_of(f"{count(n_weeks, 'week')} with both form and dose", LEAST_WEEKS)
        pace = len(weeks.monday) / n_weeks
        further = int(np.ceil((LEAST_WEEKS - n_weeks) * pace))
        enough_on = (weeks.monday[-1] + 7 * (further + 1)).item()
        detectable *= float(np.sqrt(n_weeks / LEAST_WEEKS))
    prior, seen = described.prior, weeks.seen
    return replace(
        described,
        **change.fields(described.baseline),
        p_value=change.p_value,
        verdict=verdict,
        reason=reason,
        detectable_percent=detectable,
        detectable=described.baseline / 100 * detectable,
        enough_on=enough_on,
        posterior=None if prior is None else prior.updated(change.percent, change.se_percent),
        se_percent=change.se_percent,
        adjusted_for=names_of(covariates),
        time_constants=tuple(
            (float(tau), float(share))
            for (tau, _), share in zip(constants, fit.tau_share, strict=True)
        ),
        rho=fit.rho,
        points=pd.DataFrame(
            {
                "week": weeks.monday[seen],
                "exposure_per_week": fit.exposure[seen],
                "adjusted_percent": 100 * fit.adjusted[seen],
                "n_runs": weeks.n_runs[seen],
            }
        ),
        slope=(slope.percent, slope.low_percent, slope.high_percent),
    )
