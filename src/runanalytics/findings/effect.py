"""The effect of a dose: how much form changes with what was done."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from runanalytics.arguments import checked_arguments, require_frame
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.beside import LEAST_RANGE, weeks_apart
from runanalytics.findings.contrasts import contrast_for, within_reach
from runanalytics.findings.effect_data import EffectData, effect_data
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.covariates import names_of
from runanalytics.findings.engine.dose_response import (
    LEAST_APART,
    LEAST_DF,
    TIME_CONSTANTS,
    VAGUE,
    Change,
    DoseResponse,
    fit_dose_response,
    weekly_range,
)
from runanalytics.findings.engine.priors import NormalEffect, prior_for
from runanalytics.findings.engine.run_covariates import only_on_tired_legs
from runanalytics.findings.engine.weeks import weeks_until
from runanalytics.findings.finding import (
    ADHERENCE,
    ASSOCIATION,
    NO_ASSOCIATION,
    NO_RUN_IN_LOG,
    NONE_OF_IT,
    NOT_ENOUGH_DATA,
    NOTHING_LOGGED,
    FormFinding,
    Subject,
    amount,
    asked_field,
    changes_table,
    count,
    deferred,
    extent,
    listed,
    more_of,
    replaced,
    require_level,
    short_of,
    signed,
    subject_of,
)
from runanalytics.findings.frames import Frames
from runanalytics.findings.log_gaps import note_on_log_gaps
from runanalytics.findings.readable import p_text
from runanalytics.findings.unknown_names import note_on_unknown_names
from runanalytics.schema.column_blocks import frame_from_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What race times are called among the metrics.
RACE_TIME = "race_time"
#: Chance with which a change of the detectable size would be found.
POWER = 0.8
#: Share of the weeks with one dose and not the other from which on two are told apart well
#: (`docs/calibration.md`).
APART_SHARE = 0.25
#: What is adjusted for where it is known of most runs, and differs.
WANTED = (
    "temperature",
    "weekly distance",
    "running load",
    "fast running",
    "long runs",
    "climbing",
    "other sports",
)
#: Weeks with both form and dose, below which numbers only describe.
LEAST_WEEKS = 40

#: Where an interval holds less than it should, which no answer can know of itself.
LESS_OFTEN = (
    "Where form wanders and does not come back, or training takes ten weeks to take effect, an "
    "interval is right less often than 19 times in 20: in 91 to 94 of 100 simulated runners."
)
METHOD = (
    "Log form of each run at the reference speed on exposure (exponentially weighted mean of the "
    "dose), together with that to the other doses, with AR(1) errors from week to week and noise "
    "from run to run, of which runs outside the log tell as well; mixture of Student's t over "
    "correlation, noise ratio and the time constant of each dose, weighed by restricted "
    f"likelihood. {LESS_OFTEN}"
)


@dataclass(frozen=True)
class SideChange:
    """A change that is told beside an effect.

    Parameters
    ----------
    percent, low_percent, high_percent : float
        Change and its interval, %.
    p_value : float
        Two-sided, of no change.
    """

    certainties: ClassVar[Certainties] = {
        "effect, the dose alone or all together": "low_percent high_percent p_value",
    }
    no_certainties: ClassVar[str] = "percent"

    percent: float
    low_percent: float
    high_percent: float
    p_value: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no change."""
        return self.low_percent > 0 or self.high_percent < 0

    def __str__(self) -> str:
        low, high = signed(self.low_percent), signed(self.high_percent)
        return f"{signed(self.percent)} % ({low} to {high} %)"


@dataclass(frozen=True)
class HeldDose:
    """A dose that is held as it was, and how much more of it goes with the contrast of another.

    Parameters
    ----------
    what : str
        What was done.
    contrast : float
        How much more a week.
    measure : str
        How it is counted.
    """

    no_certainties: ClassVar[str] = "contrast"

    what: str
    contrast: float
    measure: str

    @property
    def name(self) -> str:
        """What was done, in words."""
        return self.what.replace("_", " ")

    @property
    def more(self) -> str:
        """The contrast in words."""
        return more_of(self.contrast, self.what, self.measure)


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
    not_known : tuple of str
        What would have been, had it been known of most runs.
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
    beside : tuple of HeldDose
        Other doses that were held as they were.
    alone : SideChange, optional
        The same change as if those had not been done.
    together : SideChange, optional
        The change that goes along with more of this dose and of all those.
    weeks_apart : int
        Weeks with some of this dose and none of the others, or the reverse.
    asked : str
        What the p comes to among all questions that were asked of a library; else empty.
    """

    certainties: ClassVar[Certainties] = {
        "effect": "percent_low percent_high low high p_value se_percent verdict slope",
        "effect, corrected for all tests": "p_adjusted",
        "effect, would be found": "detectable_percent detectable",
        "effect, enough by": "enough_on",
        "effect, time constant": "time_constants",
        "effect, weeks that tell doses apart": "weeks_apart",
    }
    no_certainties: ClassVar[str] = (
        "contrast level percent estimate first_date last_date baseline exposure_range rho points"
    )

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
    not_known: tuple[str, ...] = ()
    method: str = METHOD
    prior: NormalEffect | None = None
    posterior: NormalEffect | None = None
    se_percent: float = np.nan
    baseline: float = np.nan
    exposure_range: tuple[float, float] = (np.nan, np.nan)
    time_constants: tuple[tuple[float, float], ...] = ()
    rho: float = np.nan
    notes: tuple[str, ...] = ()
    points: pd.DataFrame = deferred(pd.DataFrame)
    slope: tuple[float, float, float] = deferred(lambda: (np.nan, np.nan, np.nan))
    beside: tuple[HeldDose, ...] = ()
    alone: SideChange | None = None
    together: SideChange | None = None
    weeks_apart: int = 0
    asked: str = asked_field()

    @property
    def pair_name(self) -> str:
        """What was done and the metric, in words."""
        what = self.what.replace("_", " ")
        return f"{what.capitalize()}, {self.label.lower()}" if what else self.label

    @property
    def held_words(self) -> str:
        """Which other doses were held as they were, in words; empty where there are none."""
        names = [each.name for each in self.beside]
        return f"{listed(names)} held as {'it was' if len(names) == 1 else 'they were'}"

    @property
    def not_apart(self) -> str:
        """What is told of doses that cannot be told apart: what goes along with all of them."""
        joint = f"; together {self.together}" if self.together else ""
        return f"these data cannot tell which of them it goes along with{joint}"

    @property
    def same_weeks(self) -> str:
        """Why the doses cannot be told apart."""
        own = self.what.replace("_", " ") or "the dose"
        names = listed([own, *(each.name for each in self.beside)])
        return f"{names} were done in the same weeks and cannot be told apart"

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
            joint = f": {self.not_apart}" if self.together is not None else ""
            return self._with_notes(f"{unknown}{self.reason}{joint}.", *self._few_apart())
        change = f"{signed(self.percent)} % ({amount(self.estimate, self.unit)})"
        interval = (
            f"{100 * self.level:g} % interval {signed(self.percent_low)} to "
            f"{signed(self.percent_high)} %"
        )
        size = f"{self.detectable_percent:.1f} % ({amount(self.detectable, self.unit)[1:]})"
        chance = p_text(self.p_value)
        if self.n_tests > 1:
            chance += f", {self.p_adjusted:.2g} corrected for {self.n_tests} tests"
        held = f", {self.held_words}" if self.beside else ""
        if self.verdict == ASSOCIATION:
            text = (
                f"Holding {self.dose_words}{held}{',' if held else ''} goes along with a change of "
                f"{change} in {self._subject}; {interval}, {chance}, {data}."
            )
        elif self.verdict == NO_ASSOCIATION:
            alone = f", {chance}" if self.n_tests > 1 else ""
            text = (
                f"No clear association of {self._subject} with {self.dose_words}{held}: {change}; "
                f"{interval}{alone}, {data}. "
                f"A change of {size} would be found with {100 * POWER:.0f} % chance."
            )
        else:
            when = f" by {self.enough_on:%B %Y}" if self.enough_on else ""
            text = (
                f"{unknown}{self.reason}. So far, as a description only{held}, {change}; "
                f"{interval}. You could detect {size}{when}."
            )
        return self._with_notes(text, *self._beside_sentences())

    def _beside_sentences(self) -> list[str]:
        """Return how the change differs from that of the dose alone, and from that of all."""
        if self.alone is None:
            return []
        clear = self.percent_low > 0 or self.percent_high < 0
        names = listed([each.name for each in self.beside])
        alone = f"Taken alone it is {self.alone}"
        if self.alone.clear and not clear:
            alone += f", but what goes along with {names} is part of that"
        elif clear and not self.alone.clear:
            alone += f", which is not clear: {names} hid it"
        sentences = [f"{alone}."]
        few = self._few_apart()
        if few and self.together is not None and self.together.clear and not clear:
            more = listed([self.dose_words, *(each.more for each in self.beside)])
            chance = p_text(self.together.p_value)
            sentences.append(f"With {more} together it is {self.together}, {chance}.")
            sentences += few
        return sentences

    def _few_apart(self) -> list[str]:
        """Return what would tell the doses apart, where there is too little of it."""
        needed = int(np.ceil(self.n_weeks * APART_SHARE))
        if self.together is None or self.weeks_apart >= needed:
            return []
        return [
            "Weeks with one of them and not the other would tell them apart: there "
            f"{'is' if self.weeks_apart == 1 else 'are'} {self.weeks_apart}, and about "
            f"{needed} are needed."
        ]

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
        """Draw weekly form, adjusted for the rest, over exposure, with line and band.

        Of race times, which have no weeks, the rows of `table` are drawn.
        """
        dose = " ".join(part for part in (self.what, self.measure) if part)
        title = f"{self.label} and {dose} a week"
        if self.points.empty:
            ax = self._begin_plot(ax, title, empty=not np.isfinite(self.percent))
            return drawing.estimates(ax, self.table()) if np.isfinite(self.percent) else ax
        tau = max(self.time_constants, key=lambda each: each[1])[0]
        x_name = f"{dose} a week, weighted mean of the past (time constant {tau:g} weeks)"
        ax = self._begin_plot(ax, title, x=x_name, y=f"{self.label}, adjusted (%)")
        x = self.points["exposure_per_week"].to_numpy(dtype=float)
        y = self.points["adjusted_percent"].to_numpy(dtype=float)
        runs = self.points["n_runs"].to_numpy(dtype=float)
        drawing.dots(ax, x, y, 10 + 6 * runs)
        drawing.band(ax, *self.line())
        return ax

    def line(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the line through `points`, and its band: exposure a week, then % of form."""
        x, runs = (self.points[each].to_numpy(float) for each in ("exposure_per_week", "n_runs"))
        across = np.linspace(x.min(), x.max(), 60)
        away = across - float(np.average(x, weights=runs))
        middle, *ends = self.slope
        low, high = np.sort(np.multiply.outer(ends, away), axis=0)
        return across, middle * away, low, high


@checked_arguments
def effect(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    contrast: float | None = None,
    level: float = 0.95,
    metric: str | None = None,
    what: str | None = None,
    measure: str | None = None,
    runs: pd.DataFrame | None = None,
    tau_weeks: float | Sequence[float] | None = None,
    prior: NormalEffect | None = None,
    beside: Frames = (),
    sports: pd.DataFrame | None = None,
    asked_again: bool = True,
) -> Effect:
    """Estimate the change of form that goes along with a higher dose.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, temperature_c, device, shoe.
    dose : DataFrame
        Table "dose", one row a day of the logged span: local_date, amount.
    contrast : float, optional
        How much more a week, in the dose's measure; by default what about two sessions come to,
        or as much as these weeks span if that is less.
    level : float
        Of the interval, between 0 and 1.
    metric, what, measure : str, optional
        What form and dose are about, where their attrs do not say.
    runs : DataFrame, optional
        Table "runs", or local_date and distance_m (m) of all runs, to adjust for how much was run.
    tau_weeks : float or sequence of float, optional
        Time constant of the exposure (weeks), or several to average over; by default 1.5, 3, 6
        and 10.
    prior : NormalEffect, optional
        Distribution of the effect of `contrast` before these data, in place of the one in
        `priors.PRIORS`.
    beside : mapping of str to DataFrame, sequence of DataFrame, or DataFrame
        Other doses, as `dose`, that are estimated together with it and so held as they were:
        technique beside strength. Only weeks that all logs cover count, and a log that covers
        too few of them is left out, with a note.
    sports : DataFrame, optional
        Hours a day of sports other than running, as `dose`, to adjust for what the weeks before
        held of them; see `runanalytics.findings.selection.other_sports`.
    asked_again : bool
        Whether to ask again without long gaps in the log, and with all and none of what unknown
        names stand for, for notes on what hangs on them; each takes as long as the effect itself.

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
        asked = contrast_for(contrast, amounts)
        blank = blank_effect(subject, amounts, asked, level, what, measure, prior)
        data = effect_data(form, amounts, beside, runs, constants, sports=sports)
        return _estimated(blank, data, contrast is None)

    found = of(dose)
    if not asked_again:
        return found
    more = note_on_log_gaps(found, dose, of) + note_on_unknown_names(found, dose, of)
    return replaced(found, notes=found.notes + more) if more else found


def _estimated(blank: Effect, data: EffectData, within: bool) -> Effect:
    """Return an effect with all that form and doses tell of it."""
    if not data.log.stretches:
        return replaced(blank, reason=NOTHING_LOGGED)
    if not data.weeks.n_seen:
        return replaced(blank, reason=NO_RUN_IN_LOG)
    described = _with_data(blank, data, within)
    if not data.log.any_done:
        return replaced(described, reason=NONE_OF_IT)
    lowest, highest = described.exposure_range
    if highest - lowest < LEAST_RANGE * blank.contrast:
        return replaced(
            described, reason=f"the dose hardly varied, from {lowest:.1f} to {highest:.1f} a week"
        )
    fit = fit_dose_response(
        data.weeks,
        data.exposures,
        data.covariates,
        data.constants,
        data.others,
        contrast=described.contrast,
        elsewhere=data.elsewhere,
    )
    if fit is None:
        return replaced(described, reason=_why_not(data))
    return _with_estimate(described, fit, data)


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


def _constants(tau_weeks: float | Sequence[float] | None) -> Sequence[tuple[float, float]]:
    if tau_weeks is None:
        return TIME_CONSTANTS
    each = np.atleast_1d(np.asarray(tau_weeks, dtype=np.float64)).tolist()
    if not each or not all(np.isfinite(tau) and tau > 0 for tau in each):
        raise UsageError(f"time constants of {each} weeks", hint="each must be above 0")
    return [(tau, 1.0 / len(each)) for tau in each]


def _with_data(blank: Effect, data: EffectData, within: bool) -> Effect:
    """Enter which runs, weeks and doses there are, and a contrast within what they span."""
    weeks = data.weeks
    lowest, highest = weekly_range(weeks, data.exposures)
    notes = [*weeks.notes, *data.log.set_aside, *data.notes]
    contrast = blank.contrast
    if within and highest - lowest >= LEAST_RANGE * contrast:
        contrast = within_reach(contrast, highest - lowest)
    elif highest - lowest < contrast:
        notes.append(
            f"a difference of {contrast:g} a week is more than these weeks hold, from "
            f"{lowest:.1f} to {highest:.1f}, and so an extrapolation"
        )
    if blank.measure != ADHERENCE and only_on_tired_legs(weeks, data.log):
        notes.append(
            "nearly every run in weeks with it came on the day of a session or in the two days "
            "after: what a session does for days cannot be told apart from what it does for long"
        )
    prior = None if blank.prior is None else blank.prior.scaled(contrast / blank.contrast)
    return replaced(
        blank,
        contrast=contrast,
        prior=prior,
        n_runs=int(weeks.n_runs.sum()),
        n_weeks=weeks.n_seen,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        baseline=weeks.baseline,
        exposure_range=(lowest, highest),
        notes=tuple(notes),
    )


def _why_not(data: EffectData) -> str:
    weeks, covariates = data.weeks, data.covariates
    n_terms = sum(each.flat for each in covariates) + 2 + len(data.others)
    if weeks.n_seen - n_terms < LEAST_DF:
        return f"{count(weeks.n_seen, 'week')} with both form and dose, of {LEAST_WEEKS}"
    return f"the dose cannot be told apart from {', '.join(names_of(covariates))}"


def _with_estimate(described: Effect, fit: DoseResponse, data: EffectData) -> Effect:
    """Enter the estimate and the verdict."""
    weeks, constants = data.weeks, data.constants
    contrast, level = described.contrast, described.level
    by_constant = [(prior, float(sd)) for (_, prior), sd in zip(constants, fit.tau_sd, strict=True)]
    change = Change.from_posterior(fit.change, contrast, level, POWER, by_constant)
    if change is None or not fit.slope.sd < VAGUE:
        return replaced(described, reason="the dose varied too little beside the rest")
    names = names_of(data.covariates)
    terms: dict[str, Any] = {
        "beside": tuple(HeldDose(each.name, each.contrast, each.measure) for each in data.beside),
        "alone": _side_change(fit.alone, contrast, level),
        "together": _side_change(fit.together, 1.0, level),
        "weeks_apart": weeks_apart(weeks, data.log, [each.log for each in data.beside]),
        "adjusted_for": names,
        "not_known": tuple(name for name in WANTED if name not in names),
    }
    if fit.apart < LEAST_APART:
        described = replaced(described, **terms)
        return replaced(described, reason=described.same_weeks)
    clear = change.low_percent > 0 or change.high_percent < 0
    verdict, reason, enough_on = (ASSOCIATION if clear else NO_ASSOCIATION), "", None
    detectable, n_weeks = change.detectable_percent, described.n_weeks
    if n_weeks < LEAST_WEEKS:
        verdict = NOT_ENOUGH_DATA
        reason = short_of(f"{count(n_weeks, 'week')} with both form and dose", LEAST_WEEKS)
        further = weeks_until(LEAST_WEEKS - n_weeks, n_weeks, len(weeks.monday))
        enough_on = (weeks.monday[-1] + 7 * (further + 1)).item()
        detectable *= float(np.sqrt(n_weeks / LEAST_WEEKS))
    prior, seen = described.prior, weeks.seen
    columns = {
        "week": weeks.monday[seen].astype("datetime64[s]"),
        "exposure_per_week": fit.exposure[seen],
        "adjusted_percent": 100 * fit.adjusted[seen],
        "n_runs": weeks.n_runs[seen],
    }
    figure: dict[str, Any] = {
        "points": partial(frame_from_columns, columns),
        "slope": partial(_slope, fit.slope, level),
    }
    return replaced(
        described,
        **terms,
        **change.fields(described.baseline),
        p_value=change.p_value,
        verdict=verdict,
        reason=reason,
        detectable_percent=detectable,
        detectable=described.baseline / 100 * detectable,
        enough_on=enough_on,
        posterior=None if prior is None else prior.given(fit.change, contrast),
        se_percent=change.se_percent,
        time_constants=tuple(
            (float(tau), float(share))
            for (tau, _), share in zip(constants, fit.tau_share, strict=True)
        ),
        rho=fit.rho,
        **figure,
    )


def _slope(per_unit: Mixture, level: float) -> tuple[float, float, float]:
    """Return a change per unit of exposure and its interval, %."""
    tail = (1 - level) / 2
    ends = (per_unit.quantile(each) for each in (tail, 1 - tail))
    middle, low, high = (100 * float(np.expm1(each)) for each in (per_unit.middle, *ends))
    return middle, low, high


def _side_change(found: Mixture | None, contrast: float, level: float) -> SideChange | None:
    """Return a change beside the one that is told, or None where it is none or too vague."""
    change = None if found is None else Change.from_posterior(found, contrast, level, POWER)
    if change is None:
        return None
    return SideChange(change.percent, change.low_percent, change.high_percent, change.p_value)
