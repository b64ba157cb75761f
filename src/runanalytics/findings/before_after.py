"""Form before and after a date: the change at the date, and some weeks after it.

What is assumed, besides what `ar1`, `weeks` and `interrupted` say:

1. Without the date, form would have gone on along the straight line of the weeks before it,
   apart from errors with memory and from the covariates.
2. From the date on it has another level and another slope. The contrast is the line after
   less the line before, continued, so many weeks after the date.
3. Nothing else came with the date. The weeks cannot tell whether something did; new equipment
   near it is named.
4. A date splits the runs, and all dates that split them alike are one: after begins with the first
   run on the date or later, and weeks are counted from there.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effect import POWER
from runanalytics.findings.engine.ar1 import whiten
from runanalytics.findings.engine.covariates import (
    Covariate,
    candidates,
    chosen,
    design,
    names_of,
)
from runanalytics.findings.engine.dose_response import Change
from runanalytics.findings.engine.events import Event, events_in_words, events_near, events_of
from runanalytics.findings.engine.interrupted import InterruptedSeries, fit_interrupted_series
from runanalytics.findings.engine.kinds import kind_told
from runanalytics.findings.engine.step_scan import likeliest_point, thinned
from runanalytics.findings.engine.steps import GAP_DAYS, between, in_words
from runanalytics.findings.engine.weeks import Days, Weeks, by_week, centred_form, date_of, day_of
from runanalytics.findings.finding import (
    FELL,
    NO_VALUE,
    NOT_ENOUGH_DATA,
    ROSE,
    FormFinding,
    amount,
    change_text,
    changes_table,
    count,
    direction,
    hidden_frame,
    require_level,
    short_of,
    signed,
    subject_of,
)
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = (
    "Weekly mean log form at the reference speed on a line, and from the date on another level "
    "and slope, with errors that have no memory, are AR(1) or a random walk, and noise that falls "
    "with the number of runs; mixture of Student's t over correlation and noise ratio, weighed by "
    "restricted likelihood. Placebo dates: the same contrast at dates on which nothing is known "
    "to have happened."
)

#: Weeks with a run on either side, below which numbers only describe, and below which there are
#: none.
LEAST_SIDE_WEEKS = 12
BARE_SIDE_WEEKS = 4
#: Weeks after the date of which the contrast is, unless there are fewer or others are asked for.
HORIZON_WEEKS = 12
#: With a bend in the line, one year cannot tell the annual wave from it; two can.
SEASON_WEEKS = 104
#: Placebo dates lie so many weeks with runs from the date and from the ends.
PLACEBO_APART_WEEKS = 8
#: Fewer placebo dates make no distribution: one year leaves some 20, so much alike that in one
#: runner in ten without any change none of them stands out as much.
LEAST_PLACEBOS = 25
#: Probability of a random walk from which on it is mentioned.
WANDERS = 0.5


@dataclass(frozen=True)
class BeforeAfter(FormFinding):
    """Form some weeks after a date, less what it would have been without it.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    date : date
        First day that counts as after.
    what : str
        What happened then, in words; may be empty.
    level : float
        Of the intervals.
    last_before, first_after : date, optional
        Last run before the date, and the first on it or later, from which weeks are counted.
    horizon_weeks : float
        Weeks after that run of which the contrast is.
    percent, percent_low, percent_high : float
        The contrast and its interval, %.
    estimate, low, high : float
        The same in the metric's unit.
    p_value : float
        Two-sided, of no contrast.
    level_percent, level_low_percent, level_high_percent : float
        Change at the date itself, and its interval, %.
    placebo_p_value : float
        Share of dates, this one counted, whose contrast stands out as much.
    n_placebos : int
        Number of other dates.
    verdict : str
        "rose", "fell", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    detectable_percent, detectable : float
        Contrast that would be found with 80 % chance, % and in the metric's unit.
    beside : tuple of Event
        New devices, firmware and shoes within weeks of the date.
    n_runs_before, n_runs_after, n_weeks_before, n_weeks_after : int
        Runs, and weeks with runs, on either side.
    first_date, last_date : date, optional
        First and last run.
    baseline : float
        Mean form over the weeks, in the metric's unit.
    adjusted_for : tuple of str
        What else was taken into account.
    rho : float
        Correlation of the errors from week to week; 1 where they are a random walk.
    walk : float
        Probability that errors are a random walk, so that form would not have returned to a line.
    smallest_worthwhile_percent : float
        Smallest change that matters, %.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    weekly : DataFrame
        week, observed, fitted, without, runs: what the figure shows.
    """

    certainties: ClassVar[Certainties] = {
        "before and after, weeks later": ("percent_low percent_high low high p_value verdict walk"),
        "before and after, at the date": "level_low_percent level_high_percent",
        "before and after, would be found": "detectable_percent detectable",
        "before and after, other dates": "placebo_p_value",
    }
    no_certainties: ClassVar[str] = (
        "date level last_before first_after horizon_weeks percent estimate level_percent "
        "first_date last_date baseline rho smallest_worthwhile_percent weekly"
    )

    date: datetime.date
    what: str
    level: float
    last_before: datetime.date | None = None
    first_after: datetime.date | None = None
    horizon_weeks: float = np.nan
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    level_percent: float = np.nan
    level_low_percent: float = np.nan
    level_high_percent: float = np.nan
    placebo_p_value: float = np.nan
    n_placebos: int = 0
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    detectable_percent: float = np.nan
    detectable: float = np.nan
    beside: tuple[Event, ...] = ()
    n_runs_before: int = 0
    n_runs_after: int = 0
    n_weeks_before: int = 0
    n_weeks_after: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    baseline: float = np.nan
    adjusted_for: tuple[str, ...] = ()
    rho: float = np.nan
    walk: float = np.nan
    smallest_worthwhile_percent: float = 1.0
    method: str = METHOD
    notes: tuple[str, ...] = ()
    weekly: pd.DataFrame = hidden_frame()

    def summary(self) -> str:
        """Return the answer in a few sentences."""
        day = in_words(self.date)
        since = f"{day} ({self.what})" if self.what else day
        cautions = []
        if self.beside:
            cautions.append(f"Near the date: {events_in_words(self.beside, self.date)}.")
        if self.walk > WANDERS:
            cautions.append(
                "Form seems to wander rather than to follow a line, so how it would have gone on "
                "is hardly known, and the interval is wide."
            )
        label = self.label.lower()
        unknown = f"Not enough data on {label} before and after {since}: {self.reason}."
        if not np.isfinite(self.percent):
            return self._with_notes(unknown, *cautions)
        data = (
            f"{count(self.n_weeks_before, 'week')} before and {self.n_weeks_after} after, with "
            f"{count(self.n_runs_before + self.n_runs_after, 'run')}"
        )
        when = f"{self.horizon_weeks:g} weeks after {since}"
        at_date = "At the date itself"
        if self._in_gap and self.first_after and self.first_after > self.date:
            at_date = "At that first run"
            first = in_words(self.first_after)
            when = f"{self.horizon_weeks:g} weeks after the first run since {since}, on {first}"
        in_unit = amount(self.estimate, self.unit)
        change = change_text(self.percent, self.percent_low, self.percent_high, in_unit, self.level)
        change += " beside how it would have gone on"
        size = f"{self.detectable_percent:.1f} % ({amount(self.detectable, self.unit)[1:]})"
        if self.verdict in (ROSE, FELL):
            higher = "higher" if self.verdict == ROSE else "lower"
            text = f"{self.label} is {higher} {when}: {change}, from {data}."
        elif self.verdict == NOT_ENOUGH_DATA:
            text = f"{unknown} So far, as a description only: {change}. You could detect {size}."
        else:
            text = (
                f"No clear change of {label} {when}: {change}, from {data}. A "
                f"change of {size} would be found with {100 * POWER:.0f} % chance."
            )
        at_once = (
            f"{at_date}: {signed(self.level_percent)} % ({signed(self.level_low_percent)} "
            f"to {signed(self.level_high_percent)} %)."
        )
        if self.n_placebos:
            as_large = round(self.placebo_p_value * (1 + self.n_placebos)) - 1
            at_once += (
                f" Of {count(self.n_placebos, 'other date')}, {as_large} stand out as much "
                f"(p = {self.placebo_p_value:.2g})."
            )
        return self._with_notes(text, at_once, *cautions)

    @property
    def _in_gap(self) -> bool:
        """Whether the date lies in a gap in which no run is known."""
        if self.last_before is None or self.first_after is None:
            return False
        return (self.first_after - self.last_before).days >= GAP_DAYS

    def table(self) -> pd.DataFrame:
        """Return the change at the date and at the horizon.

        Returns
        -------
        DataFrame
            when, weeks_after, change_percent, low_percent, high_percent, change (in the
            metric's unit), low, high.
        """
        now = (self.level_percent, self.level_low_percent, self.level_high_percent)
        then = (self.percent, self.percent_low, self.percent_high)
        rows = [("at the date", 0.0, *now), ("at the horizon", self.horizon_weeks, *then)]
        return changes_table(rows, ["when", "weeks_after"], self.baseline)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weekly form, the lines before and after the date, and the first one continued."""
        weekly, title = self.weekly, f"{self.label} before and after {self.date:%d %B %Y}"
        ax = self._begin_plot(ax, title, y=self._axis_name, empty=weekly.empty)
        if weekly.empty:
            return ax
        with drawing.concise_dates():
            middle = drawing.weekly_means(ax, weekly)
            before = middle < np.datetime64(self.date)
            for side in (before, ~before):
                drawn = side & weekly["fitted"].notna().to_numpy()
                ax.plot(middle[drawn], weekly["fitted"][drawn], color=drawing.ANSWER, linewidth=2)
            known = weekly["without"].notna().to_numpy()
            without = weekly["without"].to_numpy()[known]
            ax.plot(middle[known], without, color=drawing.QUIET, lw=1.4, ls=drawing.DASHED)
            at = np.datetime64(self.date) + np.timedelta64(round(7 * self.horizon_weeks), "D")
            days = middle[known].astype("datetime64[D]").astype(np.int64)
            level = np.interp(at.astype("datetime64[D]").astype(np.int64), days, without)
            ends = level * (1 + np.array([self.percent_low, self.percent_high]) / 100)
            ax.plot([at, at], ends, color=drawing.ANSWER, linewidth=3, alpha=0.6)
            drawing.mark(ax, self.date, self.what or f"{self.date:%d %B %Y}")
        return ax


@checked_arguments
def before_after(
    form: pd.DataFrame,
    date: str | datetime.date,
    *,
    horizon_weeks: float | None = None,
    level: float = 0.95,
    metric: str | None = None,
    runs: pd.DataFrame | None = None,
    label: str = "",
) -> BeforeAfter:
    """Estimate how form changed after a date, compared with how it would have gone on.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, temperature_c, device, shoe.
    date : str or date
        First day that counts as after.
    horizon_weeks : float, optional
        Weeks after the date of which the contrast is; by default 12, or as far as the runs
        reach.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        What form is about, where its attrs do not say.
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for weekly distance.
    label : str
        What happened on the date, in words.

    Returns
    -------
    BeforeAfter
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If the date, the horizon, the level or the metric's name makes no sense.

    Notes
    -----
    Interrupted time series: Wagner et al. 2002, doi:10.1046/j.1365-2710.2002.00430.x.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104)
    >>> form = drawn.form
    >>> later = form["local_date"] >= "2025-01-06"
    >>> stepped = form.assign(value=form["value"] * (1 - 0.06 * later))
    >>> found = before_after(stepped, "2025-01-06")
    >>> found.verdict, found.percent_low < -6.0 < found.percent_high
    ('fell', True)
    """
    day = parse_day(date, "date")
    require_level(level)
    if horizon_weeks is not None and not 0 <= horizon_weeks < np.inf:
        raise UsageError(f"a horizon of {horizon_weeks} weeks", hint="it must be 0 or more")
    subject = subject_of(form, metric)
    told = kind_told(form)
    weeks = by_week(told.form)
    blank = BeforeAfter(
        *subject.names,
        date=day,
        what=label,
        level=float(level),
        smallest_worthwhile_percent=subject.smallest_percent,
    )
    if not weeks.n_seen:
        return replace(blank, reason=NO_VALUE)
    described = _with_data(blank, weeks, horizon_weeks, events_of(told.form))
    described = replace(described, notes=(*told.notes, *described.notes))
    if described.last_before and described.first_after and described._in_gap:
        dates = between(described.last_before, described.first_after)
        note = f"no {told.of_runs} is known {dates}: every date in between gives this answer"
        described = replace(described, notes=(note, *described.notes))
    if min(described.n_weeks_before, described.n_weeks_after) < BARE_SIDE_WEEKS:
        return replace(described, reason=_few(described, BARE_SIDE_WEEKS))
    covariates = chosen(candidates(weeks, runs, SEASON_WEEKS), weeks, n_others=3)
    assert described.first_after is not None
    split, horizon = day_of(described.first_after), described.horizon_weeks
    terms = _terms(weeks, split)
    fit = fit_interrupted_series(weeks, covariates, *terms, horizon)
    names = ", ".join(names_of(covariates))
    inseparable = replace(described, reason=f"the date cannot be told apart from {names}")
    if fit is None:
        return inseparable
    change, at_once = (
        Change.from_posterior(each, 1.0, level, POWER) for each in (fit.later, fit.at_once)
    )
    if change is None or at_once is None:
        return inseparable
    estimated = _with_estimate(described, change, at_once, fit, covariates)
    return _with_placebos(estimated, weeks, covariates, split, horizon)


def _with_data(
    blank: BeforeAfter, weeks: Weeks, horizon_weeks: float | None, events: Sequence[Event]
) -> BeforeAfter:
    """Enter which runs there are on either side, and the horizon."""
    days = weeks.columns["day"]
    after = days >= day_of(blank.date)
    n_before, n_after = (len(np.unique(weeks.columns["week"][side])) for side in (~after, after))
    last_before = None if after.all() else date_of(days[~after][-1])
    first_after = date_of(days[after][0]) if after.any() else None
    reach = (float(days[-1]) - day_of(first_after)) / 7 if first_after else 0.0
    horizon = min(HORIZON_WEEKS, round(reach)) if horizon_weeks is None else horizon_weeks
    notes = list(weeks.notes)
    if horizon > reach:
        notes.append(
            f"the runs reach {reach:.0f} weeks after the date, and the rest is an extrapolation"
        )
    around = blank.date, blank.date
    if last_before is not None and first_after is not None:
        around = last_before, first_after
    return replace(
        blank,
        n_runs_before=int((~after).sum()),
        n_runs_after=int(after.sum()),
        n_weeks_before=n_before,
        n_weeks_after=n_after,
        first_date=weeks.first_date,
        last_date=weeks.last_date,
        baseline=weeks.baseline,
        horizon_weeks=float(horizon),
        last_before=last_before,
        first_after=first_after,
        beside=events_near(events, *around),
        notes=tuple(notes),
    )


def _few(described: BeforeAfter, needed: int) -> str:
    before = f"{count(described.n_weeks_before, 'week')} with runs before the date"
    return short_of(f"{before} and {described.n_weeks_after} after", needed, "on either side")


def _terms(weeks: Weeks, day: int) -> tuple[Floats, Floats]:
    """Return the share of runs from the date on, and weeks since it, 0 before; 0 if missing."""
    days = weeks.columns["day"]
    after = (days >= day).astype(np.float64)
    since = np.maximum(days - day, 0) / 7.0
    return np.nan_to_num(weeks.mean(after)), np.nan_to_num(weeks.mean(since))


def _contrasted(weeks: Weeks, day: int, horizon: float) -> Floats:
    """Return a step at the date, whose coefficient is the contrast, and the change of slope."""
    after, since = _terms(weeks, day)
    return np.column_stack([after, since - horizon * after])


def _with_estimate(
    described: BeforeAfter,
    change: Change,
    at_once: Change,
    fit: InterruptedSeries,
    covariates: Sequence[Covariate],
) -> BeforeAfter:
    few = min(described.n_weeks_before, described.n_weeks_after) < LEAST_SIDE_WEEKS
    verdict = direction(change.low_percent, change.high_percent)
    return replace(
        described,
        **change.fields(described.baseline),
        p_value=change.p_value,
        level_percent=at_once.percent,
        level_low_percent=at_once.low_percent,
        level_high_percent=at_once.high_percent,
        detectable_percent=change.detectable_percent,
        detectable=described.baseline / 100 * change.detectable_percent,
        verdict=NOT_ENOUGH_DATA if few else verdict,
        reason=_few(described, LEAST_SIDE_WEEKS) if few else "",
        rho=fit.rho,
        walk=fit.walk,
        adjusted_for=names_of(covariates),
    )


def _with_placebos(
    estimated: BeforeAfter,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    day: int,
    horizon: float,
) -> BeforeAfter:
    """Enter the share of placebo dates with as large a contrast, and what the figure shows.

    All are estimated at the correlation and ratio that are likeliest at the true date.
    """
    base, form = design(weeks, covariates), centred_form(weeks)
    step, bend = _contrasted(weeks, day, horizon).T
    grid = likeliest_point(weeks, np.column_stack([base, bend]))
    terms = [_contrasted(weeks, int(each), horizon) for each in _placebo_days(weeks, day)]
    columns = np.column_stack([base, step, bend, *terms, form])
    white = whiten(columns, weeks.noise, grid).whitened[0]

    n_base = base.shape[1]
    beta, *_ = np.linalg.lstsq(white[:, : n_base + 2], white[:, -1], rcond=None)
    weekly = _weekly(weeks, covariates, columns[:, : n_base + 2], beta, day)
    orthogonal, _ = np.linalg.qr(white[:, :n_base])
    rest = white[:, n_base:] - orthogonal @ (orthogonal.T @ white[:, n_base:])
    df = weeks.n_seen - n_base - 2
    pairs = range(0, rest.shape[1] - 1, 2)
    t = np.array([_t_of_first(rest[:, at : at + 2], rest[:, -1], df) for at in pairs])
    others = np.abs(t[1:][np.isfinite(t[1:])])
    if len(others) < LEAST_PLACEBOS or not np.isfinite(t[0]):
        return replace(estimated, weekly=weekly)
    return replace(
        estimated,
        placebo_p_value=(1 + int((others >= abs(t[0])).sum())) / (1 + len(others)),
        n_placebos=len(others),
        weekly=weekly,
    )


def _placebo_days(weeks: Weeks, day: int) -> Days:
    """Return the first run of each week that is far enough, by weeks with runs, from the date."""
    runs = weeks.runs.drop_duplicates("week")
    number = np.arange(len(runs))
    own = np.searchsorted(runs["day"].to_numpy(), day, side="right") - 1
    apart = PLACEBO_APART_WEEKS
    far = (number >= apart) & (number < len(runs) - apart) & (np.abs(number - own) >= apart)
    return thinned(runs["day"].to_numpy()[far])


def _t_of_first(terms: Floats, response: Floats, df: int) -> float:
    """Return the first term's estimate over its standard error; NaN if it has none."""
    orthogonal, triangle = np.linalg.qr(terms[:, ::-1])
    if df < 1 or abs(triangle[1, 1]) < 1e-6 * np.sqrt(terms[:, 0] @ terms[:, 0] + 1e-300):
        return float("nan")
    left = response - orthogonal @ (orthogonal.T @ response)
    shared = float(orthogonal[:, 1] @ response) * float(np.sign(triangle[1, 1]))
    error = float(np.sqrt(left @ left / df))
    return shared / error if error > 0 else float("nan")


def _weekly(
    weeks: Weeks, covariates: Sequence[Covariate], columns: Floats, beta: Floats, day: int
) -> pd.DataFrame:
    """Return what the figure shows: weekly form, the lines before and after, and without."""
    kept = np.array([True, *(each.name == "trend" for each in covariates), True, True])
    others = columns[:, ~kept] @ beta[~kept]
    changed = columns[:, -2:] @ beta[-2:]
    line = columns[:, kept] @ beta[kept] - changed
    centre = float(weeks.log_form[weeks.seen].mean())
    after = weeks.monday.astype(np.int64) + 6 >= day
    known = np.where(weeks.seen, 0.0, np.nan)
    return pd.DataFrame(
        {
            "week": weeks.monday,
            "observed": np.exp(known + weeks.log_form - others),
            "fitted": np.exp(known + centre + line + changed),
            "without": np.where(after & weeks.seen, np.exp(centre + line), np.nan),
            "runs": weeks.n_runs,
        }
    )
