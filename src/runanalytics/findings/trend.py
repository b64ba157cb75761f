"""The trend of a metric: how form changed over time, steps between devices taken out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats, Integers
from runanalytics.certainties import Certainties
from runanalytics.findings import drawing
from runanalytics.findings.at_once import AtOnce, came_at_once
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.covariates import (
    Covariate,
    chosen,
    levels_of,
    names_of,
)
from runanalytics.findings.engine.events import Event, events_of
from runanalytics.findings.engine.kinds import (
    OUTDOOR,
    KindTold,
    SetApart,
    kind_told,
)
from runanalytics.findings.engine.level_now import (
    WEEKS_AHEAD,
    carried_level,
    forecast,
    noise_ahead,
    offered,
    usual_recent,
)
from runanalytics.findings.engine.neighbours import smallest_visible_change
from runanalytics.findings.engine.smoothing import Ahead, Smoothed, contrast, smoothed
from runanalytics.findings.engine.steps import in_words
from runanalytics.findings.engine.weeks import (
    DAY_SD_DF,
    LEAST_DAY_SD,
    Weeks,
    by_week,
    date_of,
    day_of,
    days_of,
)
from runanalytics.findings.finding import (
    FELL,
    HIDDEN,
    NO_CHANGE,
    NO_VALUE,
    NOT_ENOUGH_DATA,
    ROSE,
    FormFinding,
    amount,
    change_text,
    count,
    direction,
    extent,
    hidden_frame,
    require_level,
    rows_of,
    signed,
    subject_of,
)
from runanalytics.findings.readable import digits_of
from runanalytics.measures.metrics import METRICS
from runanalytics.measures.segments import GRADE_ADJUSTED
from runanalytics.schema.checking import require
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Below these, there is no verdict on a change.
LEAST_RUNS = 6
LEAST_WEEKS = 4
#: Weeks at either end whose means are compared.
WEEKS_COMPARED = 4
#: The last weeks are also compared with those a year before, give or take some weeks, if both
#: have runs in enough weeks.
YEAR_WEEKS = 52
AROUND_WEEKS = 4
LEAST_WEEKS_A_YEAR_APART = 2
#: Half the width of an interval of log form from which on there is no estimate.
VAGUE = 2.0
#: Of devices that were new fewer days apart, a figure marks the first.
APART_DAYS = 28
#: Updates and shoes that are named in a figure; of more, only the days are marked.
MOST_NAMED = 6

#: Said of form at grade-adjusted speed: of 600 simulated runners whose runs are all among hills,
#: the level now of 92.8 % (cadence) and 93.0 % (contact time) lay in its interval.
AMONG_HILLS = (
    "where runs are among hills, the interval of a grade-adjusted level holds about 93 % in "
    "simulations, not 95"
)

#: What firmwares and shoes are called in a sentence.
_VERSIONS = {"firmware": "firmware versions", "shoe": "pairs of shoes"}

METHOD = (
    "Weekly mean log form at the reference speed; level, slope and device steps with AR(1) "
    "errors and noise that falls with the number of runs; steps between firmwares and shoes with "
    "normal priors; the smooth is their best linear prediction, averaged over a grid of "
    "correlation and noise ratio by restricted likelihood. A run far from those around it counts "
    "less. Runs outdoors and on a treadmill are never one trend; after the last run of one kind, "
    "its level follows the change, not the level, of the other. "
    "The next four weeks are forecast by the same model, as wide as this runner's own errors "
    "in such forecasts of the past."
)


@dataclass(frozen=True)
class Step:
    """How a device, firmware or shoe reads compared with the usual recent one.

    Parameters
    ----------
    kind : str
        "device", "firmware" or "shoe".
    name : str
        Its name; a firmware's begins with its device's.
    since, until : date
        Its first and last run.
    n_runs : int
        Runs with it.
    percent, percent_low, percent_high : float
        How much higher it reads, with interval, %.
    day_sd_percent : float
        The runner's standard deviation from day to day with it, %; NaN but for devices.
    """

    certainties: ClassVar[Certainties] = {"trend, device step": "percent_low percent_high"}
    no_certainties: ClassVar[str] = "since until percent day_sd_percent"

    kind: str
    name: str
    since: datetime.date
    until: datetime.date
    n_runs: int
    percent: float
    percent_low: float
    percent_high: float
    day_sd_percent: float = np.nan


_STEP_COLUMNS = {
    "kind": "kind",
    "name": "name",
    "first_date": "since",
    "last_date": "until",
    "runs": "n_runs",
    "percent": "percent",
    "percent_low": "percent_low",
    "percent_high": "percent_high",
    "day_sd_percent": "day_sd_percent",
}


@dataclass(frozen=True)
class YearAgo:
    """The last weeks compared with the same weeks of the year before.

    Parameters
    ----------
    since, until : date
        Monday of the first and Sunday of the last of the earlier weeks.
    n_weeks, n_weeks_before : int
        Weeks with runs, now and then.
    verdict : str
        "rose", "fell" or "no clear change".
    change, change_low, change_high : float
        Mean of the smooth now less that of then, with interval, in the metric's unit.
    percent, percent_low, percent_high : float
        The same, %.
    """

    certainties: ClassVar[Certainties] = {
        "trend, year ago": "change_low change_high percent_low percent_high verdict",
    }
    no_certainties: ClassVar[str] = "since until change percent"

    since: datetime.date
    until: datetime.date
    n_weeks: int
    n_weeks_before: int
    verdict: str
    change: float
    change_low: float
    change_high: float
    percent: float
    percent_low: float
    percent_high: float

    def sentence(self, unit: str) -> str:
        """Return the comparison in a sentence.

        Parameters
        ----------
        unit : str
            Of the metric.
        """
        then = f"{self.since.day} {self.since:%b} to {self.until.day} {self.until:%b %Y}"
        words = {ROSE: "higher than", FELL: "lower than", NO_CHANGE: "not clearly other than"}
        change = change_text(
            self.percent, self.percent_low, self.percent_high, amount(self.change, unit)
        )
        return f"The last weeks are {words[self.verdict]} a year ago ({then}): {change}."


@dataclass(frozen=True)
class Trend(FormFinding):
    """A metric over time, at the reference speed and as the usual recent device reads it.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    level : float
        Of all intervals.
    value, low, high : float
        The smooth in the last week with a run of any kind, and its interval, in the metric's
        unit.
    next_value, next_low, next_high : float
        Where the mean of the runs of the next four weeks would lie if nothing changes, with its
        interval, in the metric's unit.
    change, change_low, change_high : float
        Mean of the smooth over the last weeks less that over the first, in the unit.
    percent, percent_low, percent_high : float
        The same, %.
    verdict : str
        "rose", "fell", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    n_runs, n_weeks, weeks_compared : int
        Runs, weeks with a run, and weeks at either end whose means are compared.
    first_date, last_date : date, optional
        First and last run.
    year_ago : YearAgo, optional
        The last weeks compared with those of the year before, where both have runs.
    at_once : AtOnce, optional
        The step or break in which most of the change came, where there is one.
    kind : str
        Kind of running that it is about: "outdoor" or "treadmill".
    set_apart : SetApart, optional
        Runs of the other kind.
    steps : tuple of Step
        Steps between devices, firmwares and shoes, taken out of the smooth.
    smallest_worthwhile_percent : float
        Smallest change that matters, %.
    minimal_detectable_percent : float
        Difference that one in twenty of this runner's pairs of four runs and the next four
        exceeds, %; NaN where there are too few.
    day_sd_percent : float
        This runner's standard deviation from day to day, with the usual recent device, %; NaN
        where the runs' own errors leave nothing to be seen of it.
    rho : float
        Correlation of the errors from week to week.
    adjusted_for : tuple of str
        What else was taken into account.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        What `table` returns.
    events : tuple of Event
        First runs with each device, firmware and shoe after the first; of devices that came
        within a month only the first.
    form : DataFrame
        The form that it was found in, as it was given: one row a run.
    """

    certainties: ClassVar[Certainties] = {
        "trend, now": "low high",
        "trend, band": "weekly",
        "trend, next four weeks": "next_low next_high",
        "trend, change": "change_low change_high percent_low percent_high verdict",
        "trend, smallest visible change": "minimal_detectable_percent",
    }
    no_certainties: ClassVar[str] = (
        "level value next_value change percent first_date last_date smallest_worthwhile_percent "
        "day_sd_percent rho form"
    )

    level: float
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    next_value: float = np.nan
    next_low: float = np.nan
    next_high: float = np.nan
    change: float = np.nan
    change_low: float = np.nan
    change_high: float = np.nan
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    n_runs: int = 0
    n_weeks: int = 0
    weeks_compared: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    year_ago: YearAgo | None = None
    at_once: AtOnce | None = None
    kind: str = OUTDOOR
    set_apart: SetApart | None = None
    steps: tuple[Step, ...] = ()
    smallest_worthwhile_percent: float = 1.0
    minimal_detectable_percent: float = np.nan
    day_sd_percent: float = np.nan
    rho: float = np.nan
    adjusted_for: tuple[str, ...] = ()
    method: str = METHOD
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = hidden_frame(["week", "value", "low", "high", "observed", "runs"])
    events: tuple[Event, ...] = field(default=(), repr=False, metadata=HIDDEN)
    form: pd.DataFrame = hidden_frame()

    @property
    def device_steps(self) -> tuple[Step, ...]:
        """The steps between devices."""
        return tuple(step for step in self.steps if step.kind == "device")

    @property
    def beside_own_variation(self) -> str:
        """How the change compares with this runner's ups and downs, in words; empty if unknown."""
        if not np.isfinite(self.percent) or not np.isfinite(self.minimal_detectable_percent):
            return ""
        beyond = abs(self.percent) > self.minimal_detectable_percent
        return (
            f"{'more than' if beyond else 'within what'} four of your runs and the next four "
            f"differ by (in 19 of 20 cases less than {self.minimal_detectable_percent:.1f} %)"
        )

    @property
    def digits(self) -> int:
        """Decimals with which values are shown."""
        return digits_of(self.value) if np.isfinite(self.value) else 1

    @property
    def where(self) -> str:
        """Of which kind of running it is, in words after a space, where there are runs of both."""
        if self.set_apart is None:
            return ""
        return " outdoors" if self.kind == OUTDOOR else " on the treadmill"

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        if not np.isfinite(self.value):
            return f"Not enough data on {self.label.lower()}: {self.reason}."
        unit = f" {self.unit}".rstrip()
        digits = self.digits
        where = self.where
        now = (
            f"{self.label}{where} is now {self.value:.{digits}f}{unit} ({100 * self.level:g} % "
            f"interval {self.low:.{digits}f} to {self.high:.{digits}f}"
            f"{self._carried_on(where)})"
        )
        if np.isfinite(self.next_value):
            now += (
                f"; if nothing changes, the mean of the next four weeks lies between "
                f"{self.next_low:.{digits}f} and {self.next_high:.{digits}f}{unit}"
            )
        data = extent(self.n_runs, self.n_weeks)
        apart = [self.set_apart.sentence(self.unit)] if self.set_apart else []
        if not np.isfinite(self.change):
            few = f"{now}, from {data}; not enough data for a change: {self.reason}."
            return self._with_notes(few, *apart)
        change = change_text(
            self.percent, self.percent_low, self.percent_high, amount(self.change, self.unit)
        )
        since = f"since {self.first_date:%B %Y}: {change}" if self.first_date else change
        words = {
            ROSE: f"It rose {since}",
            FELL: f"It fell {since}",
            NO_CHANGE: f"No clear change {since}",
            NOT_ENOUGH_DATA: f"Not enough data for a change: {self.reason}",
        }[self.verdict]
        text = f"{now}. {words}, from {data}."
        if self.verdict in (ROSE, FELL):
            if self.at_once is not None:
                text += f" {self.at_once.sentence()}"
            if self.beside_own_variation:
                text += f" That is {self.beside_own_variation}."
            if abs(self.percent) < self.smallest_worthwhile_percent:
                text += f" Less than {self.smallest_worthwhile_percent:g} % hardly matters."
        year_ago = [self.year_ago.sentence(self.unit)] if self.year_ago else []
        return self._with_notes(text, *year_ago, *apart, *self._step_sentences())

    def _carried_on(self, where: str) -> str:
        """Return since when there was no run of this kind, where that was weeks ago."""
        if self.set_apart is None or self.last_date is None:
            return ""
        if (self.set_apart.last_date - self.last_date).days < 7 * WEEKS_COMPARED:
            return ""
        known = f"too few {self.set_apart.kind} runs since then tell how it changed"
        if self.set_apart.n_since:
            runs = count(self.set_apart.n_since, f"{self.set_apart.kind} run")
            known = f"how it changed since then is taken from {runs}"
        return f"; the last run{where} was on {in_words(self.last_date)}, and {known}"

    def _step_sentences(self) -> list[str]:
        sentences = []
        if self.device_steps:
            named = "; ".join(
                f"{step.name or 'the unnamed device'} reads {signed(step.percent)} %"
                for step in self.device_steps
            )
            sentences.append(f"Differences between devices are taken out: {named}.")
        others = [step for step in self.steps if step.kind != "device"]
        if others:
            clear = [step for step in others if step.percent_low * step.percent_high > 0]
            named = "; ".join(f"{step.name} reads {signed(step.percent)} %" for step in clear)
            kinds = " and ".join(dict.fromkeys(_VERSIONS[step.kind] for step in others))
            told = f": {named}" if named else ", none of which is clear"
            sentences.append(f"So are differences between {kinds}{told}.")
        return sentences

    def table(self) -> pd.DataFrame:
        """Return the smooth by week.

        Returns
        -------
        DataFrame
            week (its Monday), value, low, high (the smooth, in the metric's unit), observed
            (mean of the week's runs as that device would read it; missing without a run),
            runs; next_value, next_low, next_high in the last row: the mean of the four weeks
            after it, if nothing changes.
        """
        last = np.arange(len(self.weekly)) == len(self.weekly) - 1
        following = ("next_value", "next_low", "next_high")
        return self.weekly.assign(
            **{name: np.where(last, getattr(self, name), np.nan) for name in following}
        )

    def steps_table(self) -> pd.DataFrame:
        """Return how each device, firmware and shoe reads compared with the usual recent one.

        Returns
        -------
        DataFrame
            kind, name, first_date, last_date, runs, percent, percent_low, percent_high,
            day_sd_percent.
        """
        dates = ["first_date", "last_date"]
        return rows_of(self.steps, _STEP_COLUMNS).astype(dict.fromkeys(dates, "datetime64[us]"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly means, the smooth with its band, what comes next, and what was new."""
        # A metric of one's own is compared at no pace.
        at_pace = " at the reference pace" if self.metric in METRICS else ""
        weekly, title = self.weekly, f"{self.label}{at_pace}"
        ax = self._begin_plot(ax, title, y=self._axis_name, empty=weekly.empty)
        if weekly.empty:
            return ax
        with drawing.concise_dates():
            middle = drawing.weekly_means(ax, weekly)
            drawing.band(ax, middle, *(weekly[name] for name in ("value", "low", "high")))
            if np.isfinite(self.next_value):
                ahead = pd.Timedelta(weeks=WEEKS_AHEAD / 2 + 1)
                ax.errorbar(
                    weekly["week"].iloc[-1] + ahead,
                    self.next_value,
                    [[self.next_value - self.next_low], [self.next_high - self.next_value]],
                    fmt="none",
                    ecolor=drawing.ANSWER,
                    capsize=2.5,
                    linewidth=1,
                    label="mean of the next four weeks",
                )
            small = [each for each in self.events if each.kind != "device"]
            named = len(small) <= MOST_NAMED
            for each in small:
                drawing.notch(ax, each.date, f"{each.kind} {each.name}" if named else "")
            if not named:
                kinds = " and ".join(dict.fromkeys(each.kind for each in small))
                ax.set_xlabel(f"marks at the foot: new {kinds}", fontsize=8, color=drawing.QUIET)
            for each in self.events:
                if each.kind == "device":
                    drawing.mark(ax, each.date, each.name or "unnamed device")
        return ax


@checked_arguments
def trend(
    form: pd.DataFrame,
    *,
    since: str | datetime.date | None = None,
    until: str | datetime.date | None = None,
    level: float = 0.95,
    metric: str | None = None,
    at_once: bool = True,
) -> Trend:
    """Estimate how form changed, steps between devices taken out.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, device, firmware, shoe, kind
        ("treadmill" or not: the two are told apart), and detail: a device of which only lists of
        averages tell ("summary") is not the one compared with.
    since, until : str or date, optional
        First and last day that counts.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        What form is about, where its attrs do not say.
    at_once : bool
        Whether to look for a step or break in which most of a clear change came, which takes most
        of the time.

    Returns
    -------
    Trend
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If a date, the level or the metric's name makes no sense.

    Notes
    -----
    Best linear prediction: Robinson 1991, doi:10.1214/ss/1177011926.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> found = trend(simulate_form(7, weeks=52).form)
    >>> found.n_weeks, found.low < found.value < found.high
    (52, True)
    """
    require_level(level)
    subject = subject_of(form, metric)
    first = -np.inf if since is None else day_of(parse_day(since, "since"))
    last = np.inf if until is None else day_of(parse_day(until, "until"))

    def counts(day: Integers) -> npt.NDArray[np.bool_]:
        return np.asarray((day >= first) & (day <= last))

    require(form, "form", ["local_date", "value"])
    inside = form[counts(days_of(form["local_date"], "form"))] if len(form) else form
    told = kind_told(inside)
    weeks = by_week(told.form)
    blank = Trend(
        *subject.names,
        level=float(level),
        smallest_worthwhile_percent=subject.smallest_percent,
        form=form,
        kind=told.kind,
        notes=(AMONG_HILLS,) if form.attrs.get(GRADE_ADJUSTED) else (),
    )
    if not weeks.n_seen:
        return replace(blank, reason=NO_VALUE)
    if not told.apart.empty:
        blank = replace(blank, set_apart=_set_apart(blank, told))
    estimated = _since_then(_with_estimate(blank, weeks), weeks, told)
    if estimated.verdict not in (ROSE, FELL) or not at_once:
        return estimated
    smooth = np.log(estimated.weekly["value"].to_numpy()[: len(weeks.seen)])
    change = float(np.log1p(estimated.percent / 100))
    events = events_of(told.form)
    found = came_at_once(weeks, smooth, change, events, float(level), told.of_runs)
    return replace(estimated, at_once=found)


def _set_apart(blank: Trend, told: KindTold) -> SetApart | None:
    """Return the level and change of the runs that are not told of."""
    weeks = by_week(told.apart)
    if not weeks.n_seen:
        return None
    own = _with_estimate(replace(blank, kind=told.other), weeks, forecasts=False)
    return SetApart(
        told.other,
        int(told.apart["value"].notna().sum()),
        weeks.first_date,
        weeks.last_date,
        *(own.value, own.low, own.high),
        own.verdict,
        *(own.percent, own.percent_low, own.percent_high),
    )


def _since_then(estimated: Trend, weeks: Weeks, told: KindTold) -> Trend:
    """Enter the level up to the last run of the other kind, where that came later."""
    carried = None
    if np.isfinite(estimated.change):
        carried = carried_level(weeks, told, estimated.level)
    if carried is None or not carried.fit.widest < VAGUE:
        return estimated
    apart = estimated.set_apart
    fit = carried.fit
    since = _weekly(carried.weeks, fit.mean, fit.low, fit.high, fit.observed)
    since = since.iloc[len(weeks.seen) :].assign(observed=np.nan, runs=0)
    covariates = chosen(offered(weeks, usual_recent(weeks)), weeks, n_others=1)
    return replace(
        estimated,
        **_now(fit, estimated.level),
        **_ahead(fit, weeks, covariates, estimated.level),
        set_apart=None if apart is None else replace(apart, n_since=carried.n_since),
        weekly=pd.concat([estimated.weekly, since], ignore_index=True),
    )


def _now(fit: Smoothed, level: float) -> dict[str, Any]:
    """Return the level in the last week, with its interval."""
    ends = _ends(level).items()
    return {name: float(np.exp(fit.last.quantile(each))) for name, each in ends}


def _ahead(
    fit: Smoothed, weeks: Weeks, covariates: Sequence[Covariate], level: float
) -> dict[str, Any]:
    """Return the mean of the weeks ahead, with its interval."""
    ahead = forecast(fit, weeks, covariates)
    ends = _ends(level).items()
    return {f"next_{name}": float(np.exp(ahead.quantile(each))) for name, each in ends}


def _ends(level: float) -> dict[str, float]:
    tail = (1 - level) / 2
    return {"value": 0.5, "low": tail, "high": 1 - tail}


def _with_estimate(blank: Trend, weeks: Weeks, *, forecasts: bool = True) -> Trend:
    """Enter the runs, the estimates (those of the weeks ahead only if wanted) and the verdict."""
    n_runs, n_weeks = int(weeks.n_runs.sum()), weeks.n_seen
    compared = min(WEEKS_COMPARED, n_weeks // 2)
    usual = usual_recent(weeks)
    day_sd = weeks.day_sd_of[usual["device"]]
    described = replace(
        blank,
        n_runs=n_runs,
        n_weeks=n_weeks,
        weeks_compared=compared,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        day_sd_percent=100 * _beyond_floor(day_sd),
        minimal_detectable_percent=100 * float(np.expm1(smallest_visible_change(weeks))),
        notes=(*blank.notes, *weeks.notes),
        events=_events(weeks),
    )
    seen = weeks.seen.nonzero()[0]
    covariates = chosen(offered(weeks, usual), weeks, n_others=1)
    sides = [(seen[-compared:], seen[:compared]), *_year_apart(seen)] if compared else []
    contrasts = [contrast(len(weeks.seen), *side) for side in sides]
    level = described.level
    ahead = Ahead(WEEKS_AHEAD, noise_ahead(weeks))
    fit = smoothed(weeks, covariates, np.array(contrasts), level, ahead) if compared else None
    few = n_runs < LEAST_RUNS or n_weeks < LEAST_WEEKS
    needed = f"of {LEAST_RUNS} runs in {LEAST_WEEKS} weeks needed"
    reason = f"{extent(n_runs, n_weeks)}, {needed}"
    if fit is None:
        return _mean_only(replace(described, reason=reason), weeks)
    if not fit.widest < VAGUE:
        return replace(described, reason="runs scatter too widely for a value")

    tail = (1 - level) / 2
    probabilities = (0.5, tail, 1 - tail)
    ratio = _ratios(fit.changes[0], probabilities)
    verdict = NOT_ENOUGH_DATA if few else direction(*ratio[1:])
    begin = float(np.exp(fit.mean[seen[:compared]].mean()))
    return replace(
        described,
        **_now(fit, level),
        **(_ahead(fit, weeks, covariates, level) if forecasts else {}),
        change=begin * ratio[0],
        change_low=begin * ratio[1],
        change_high=begin * ratio[2],
        percent=100 * ratio[0],
        percent_low=100 * ratio[1],
        percent_high=100 * ratio[2],
        verdict=verdict,
        reason=reason if few else "",
        year_ago=None if few or len(sides) < 2 else _year_ago(fit, weeks, sides[1], probabilities),
        steps=_steps(fit, weeks, probabilities),
        rho=fit.rho,
        adjusted_for=tuple(name for name in names_of(covariates) if name != "trend"),
        weekly=_weekly(weeks, fit.mean, fit.low, fit.high, fit.observed),
    )


def _beyond_floor(day_sd: float) -> float:
    """Return a day-to-day standard deviation, NaN where it is only the least that is assumed."""
    return day_sd if day_sd > LEAST_DAY_SD else float("nan")


def _events(weeks: Weeks) -> tuple[Event, ...]:
    """Return what was new when, of devices that came within a month only the first."""
    runs = weeks.runs[["device", "firmware", "shoe"]].replace("", None)
    runs["device"] = weeks.runs["device"]
    runs["local_date"] = weeks.columns["day"].astype("datetime64[D]")
    first = weeks.runs.groupby("device")["day"].min().sort_values()
    fresh = first.index[1:][np.diff(first.to_numpy()) > APART_DAYS]
    return tuple(each for each in events_of(runs) if each.kind != "device" or each.name in fresh)


def _year_apart(seen: Integers) -> list[tuple[Integers, Integers]]:
    """Return the last weeks and those a year before, of weeks with runs; nothing if too few."""
    last = seen[-1]
    now = seen[seen > last - WEEKS_COMPARED]
    first = last - WEEKS_COMPARED + 1 - YEAR_WEEKS
    near = (seen >= first - AROUND_WEEKS) & (seen <= last - YEAR_WEEKS + AROUND_WEEKS)
    then = seen[near]
    return [(now, then)] if min(len(now), len(then)) >= LEAST_WEEKS_A_YEAR_APART else []


def _ratios(change: Mixture, probabilities: Sequence[float]) -> list[float]:
    return [float(np.expm1(change.quantile(each))) for each in probabilities]


def _year_ago(
    fit: Smoothed, weeks: Weeks, sides: tuple[Integers, Integers], probabilities: Sequence[float]
) -> YearAgo:
    now, then = sides
    ratio = _ratios(fit.changes[1], probabilities)
    before = float(np.exp(fit.mean[then].mean()))
    return YearAgo(
        weeks.monday[then[0]].item(),
        weeks.monday[then[-1]].item() + datetime.timedelta(days=6),
        len(now),
        len(then),
        direction(*ratio[1:]),
        *(before * each for each in ratio),
        *(100 * each for each in ratio),
    )


def _mean_only(described: Trend, weeks: Weeks) -> Trend:
    """Enter the mean of the runs, with the usual scatter from day to day: too few for a smooth."""
    precision = 1.0 / (weeks.day_sd**2 + np.nan_to_num(weeks.columns["log_se"]) ** 2)
    mean = float(np.average(weeks.columns["log_form"], weights=precision))
    half = float(stdtrit(DAY_SD_DF, 0.5 + described.level / 2) / np.sqrt(precision.sum()))
    if not half < VAGUE:
        return described
    seen, n_weeks = weeks.seen, len(weeks.seen)
    return replace(
        described,
        value=float(np.exp(mean)),
        low=float(np.exp(mean - half)),
        high=float(np.exp(mean + half)),
        weekly=_weekly(
            weeks,
            np.full(n_weeks, mean),
            np.full(n_weeks, mean - half),
            np.full(n_weeks, mean + half),
            np.where(seen, weeks.log_form, np.nan),
        ),
    )


def _steps(fit: Smoothed, weeks: Weeks, probabilities: Sequence[float]) -> tuple[Step, ...]:
    day = weeks.columns["day"]
    compared = []
    for (kind, name), step in fit.steps.items():
        worn = day[levels_of(weeks, kind) == name]
        middle, low, high = (100 * each for each in _ratios(step, probabilities))
        own = np.nan
        if kind == "device":
            own = 100 * _beyond_floor(weeks.day_sd_of.get(name, np.nan))
        since, until = date_of(worn[0]), date_of(worn[-1])
        compared.append(Step(kind, name, since, until, len(worn), middle, low, high, own))
    return tuple(sorted(compared, key=lambda step: step.since))


def _weekly(
    weeks: Weeks, mean: Floats, low: Floats, high: Floats, observed: Floats
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "week": weeks.monday.astype("datetime64[us]"),
            "value": np.exp(mean),
            "low": np.exp(low),
            "high": np.exp(high),
            "observed": np.exp(observed),
            "runs": weeks.n_runs,
        }
    )
