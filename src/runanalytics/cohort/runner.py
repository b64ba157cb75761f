"""One runner's answers as one small row: what many runners are compared and pooled by.

A row is made of frames and holds none: an effect and a trend in numbers, what the data say of the
effect with each time constant, when things were last seen. It is JSON, so that it can be made in
another process or on another machine, and kept in a file.
"""

from __future__ import annotations

import datetime
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from runanalytics.certainties import Certainties
from runanalytics.findings.contrasts import contrast_for
from runanalytics.findings.effect import effect
from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.time_constants import by_time_constant
from runanalytics.findings.finding import NOT_ENOUGH_DATA, SIMULATED_NOTE, plain, subject_of
from runanalytics.findings.frames import Frames
from runanalytics.findings.trend import Trend, trend

if TYPE_CHECKING:
    from runanalytics.arrays import Floats

#: Time constants (weeks) with which each runner's change is worked out; closer together and
#: further apart than those that a single runner's effect is averaged over, since many runners
#: together tell them apart. They reach beyond what a group may have in common, for those of its
#: runners who are faster or slower than it.
TAU_WEEKS = (0.5, 0.7, 1.0, 1.5, 2.2, 3.2, 4.7, 6.8, 10.0, 14.5, 21.0)
#: The last weeks of a log, whose sessions are set against those of the whole.
LATELY_WEEKS = 8
#: Weeks with both form and dose below which a runner's effect is not pooled: of so few, the
#: standard error says little.
LEAST_WEEKS = 20


@dataclass(frozen=True)
class RunnerRow:
    """One runner, one metric and one dose, in numbers.

    Parameters
    ----------
    runner : str
        A name for the runner.
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    what, measure : str
        What was done, and how it is counted.
    contrast : float
        How much more a week all changes are for, in the measure.
    verdict : str
        Of the runner's own effect: "association", "no clear association" or "not enough data".
    reason : str
        Why there is not enough data, or no row at all; else empty.
    percent, percent_low, percent_high, se_percent : float
        The runner's own effect, its interval and standard error, %.
    detectable_percent : float
        Effect that would be found with 80 % chance, %.
    df : float
        Degrees of freedom of what follows.
    tau_weeks : tuple of float
        Time constants, weeks.
    slope, scale : tuple of float
        Change of log form for the contrast with each of them, and its scale.
    log_likelihood : tuple of float
        Log marginal likelihood of each, up to a constant.
    variance : tuple of float
        Variance of form that the scale rests on, with each.
    n_runs, n_weeks : int
        Runs and weeks with both form and dose.
    first_date, last_date : date, optional
        First and last of those runs.
    level_now, level_low, level_high : float
        The metric in its last week and the interval, in its unit.
    change_percent, change_low, change_high : float
        Its change from the first weeks to the last, with interval, %.
    a_week, lately_a_week : float
        How much of the dose was done a week, in the whole log and in its last weeks.
    last_run, last_seen, last_session : date, optional
        Last run, last run with the metric, and last day with any of the dose.
    log_until : date, optional
        Last day of the log.
    device : str
        What recorded the latest runs.
    device_since : date, optional
        Its first run, where another device came before it.
    device_percent, device_low, device_high : float
        How much higher the latest device reads than the one before it, with interval, %.
    simulated : bool
        Whether the data are simulated.
    """

    certainties: ClassVar[Certainties] = {
        "effect": "percent_low percent_high se_percent verdict scale",
        "effect, would be found": "detectable_percent",
        "trend, now": "level_low level_high",
        "trend, change": "change_low change_high",
        "trend, device step": "device_low device_high",
    }
    no_certainties: ClassVar[str] = (
        "contrast percent df tau_weeks slope log_likelihood variance first_date last_date "
        "level_now change_percent a_week lately_a_week last_run last_seen last_session log_until "
        "device_since device_percent"
    )

    runner: str
    metric: str = ""
    label: str = ""
    unit: str = ""
    what: str = ""
    measure: str = "sessions"
    contrast: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    se_percent: float = np.nan
    detectable_percent: float = np.nan
    df: float = np.nan
    tau_weeks: tuple[float, ...] = ()
    slope: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    log_likelihood: tuple[float, ...] = ()
    variance: tuple[float, ...] = ()
    n_runs: int = 0
    n_weeks: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    level_now: float = np.nan
    level_low: float = np.nan
    level_high: float = np.nan
    change_percent: float = np.nan
    change_low: float = np.nan
    change_high: float = np.nan
    a_week: float = np.nan
    lately_a_week: float = np.nan
    last_run: datetime.date | None = None
    last_seen: datetime.date | None = None
    last_session: datetime.date | None = None
    log_until: datetime.date | None = None
    device: str = ""
    device_since: datetime.date | None = None
    device_percent: float = np.nan
    device_low: float = np.nan
    device_high: float = np.nan
    simulated: bool = False

    @property
    def pooled(self) -> bool:
        """Whether there is an effect of this runner that can be pooled with others."""
        return bool(self.slope)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON can hold it: dates as ISO text, unknown as None."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the row that `to_dict` was made of.

        Parameters
        ----------
        values : mapping
            What `to_dict` returned.
        """
        types_of = typing.get_type_hints(cls)
        known = {each.name for each in fields(cls)} & set(values)
        return cls(**{name: _given(values[name], types_of[name]) for name in known})


def _given(value: Any, kind: Any) -> Any:
    """Return what JSON holds as the type of a field."""
    if isinstance(kind, types.UnionType):
        return None if value is None else datetime.date.fromisoformat(value)
    if kind is float:
        return np.nan if value is None else float(value)
    return tuple(map(float, value)) if isinstance(value, list) else value


def runner_row(
    runner: str,
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    runs: pd.DataFrame | None = None,
    beside: Frames = (),
    sports: pd.DataFrame | None = None,
    contrast: float | None = None,
    metric: str | None = None,
) -> RunnerRow:
    """Return one runner's answers as one small row.

    Parameters
    ----------
    runner : str
        A name for the runner.
    form, dose
        As for `runanalytics.effect`.
    runs : DataFrame, optional
        Table "runs", or local_date and distance_m (m) of all runs, to adjust for how much was run.
    beside, sports
        Other doses, and hours of other sports, as for `runanalytics.effect`.
    contrast : float, optional
        How much more a week; by default what about two sessions come to. It is the same for all
        runners, so those whose weeks do not span it are extrapolated, with the uncertainty of it.
    metric : str, optional
        The metric's name, where the frame's attrs do not say.

    Returns
    -------
    RunnerRow
        Never fails for want of data.

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(3, weeks=104, effect_pct=-3.0)
    >>> row = runner_row("simulated", drawn.form, drawn.dose)
    >>> row.n_weeks, row.a_week > 0.5, RunnerRow.from_dict(row.to_dict()) == row
    (104, True, True)
    """
    asked = contrast_for(contrast, dose)
    found = effect(
        *(form, dose),
        contrast=asked,
        runs=runs,
        beside=beside,
        sports=sports,
        metric=metric,
        asked_again=False,
    )
    changed = trend(form, metric=metric, at_once=False)
    subject = subject_of(form, metric)
    return RunnerRow(
        runner=runner,
        metric=subject.metric,
        label=subject.label,
        unit=subject.unit,
        what=found.what,
        measure=found.measure,
        contrast=found.contrast,
        verdict=found.verdict,
        reason=found.reason,
        percent=found.percent,
        percent_low=found.percent_low,
        percent_high=found.percent_high,
        se_percent=found.se_percent,
        detectable_percent=found.detectable_percent,
        **with_each_constant(form, dose, runs=runs, beside=beside, sports=sports, contrast=asked),
        n_runs=found.n_runs,
        n_weeks=found.n_weeks,
        first_date=found.first_date,
        last_date=found.last_date,
        level_now=changed.value,
        level_low=changed.low,
        level_high=changed.high,
        change_percent=changed.percent,
        change_low=changed.percent_low,
        change_high=changed.percent_high,
        **_amounts(dose),
        last_run=_last(form if runs is None or runs.empty else runs),
        last_seen=_last(form),
        **_device(form, changed),
        simulated=SIMULATED_NOTE in found.notes or SIMULATED_NOTE in changed.notes,
    )


def with_each_constant(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    runs: pd.DataFrame | None = None,
    beside: Frames = (),
    sports: pd.DataFrame | None = None,
    contrast: float = 2.0,
) -> dict[str, Any]:
    """Return what the data say with each time constant, as fields of a row.

    Parameters
    ----------
    form, dose, runs, beside, sports, contrast
        As for `runner_row`.

    Returns
    -------
    dict
        df, tau_weeks, slope, scale, log_likelihood and variance; empty where there is too little.
    """
    constants = [(tau, 1.0 / len(TAU_WEEKS)) for tau in TAU_WEEKS]
    data = effect_data(form, dose, beside, runs, constants, sports=sports)
    if not data.weeks.n_seen or not data.log.any_done or data.weeks.n_seen < LEAST_WEEKS:
        return {}
    each = by_time_constant(data.weeks, data.log, data.covariates, data.others, TAU_WEEKS)
    if each is None:
        return {}
    return {
        "df": each.df,
        "tau_weeks": TAU_WEEKS,
        "slope": _as_tuple(contrast * each.slope),
        "scale": _as_tuple(contrast * each.scale),
        "log_likelihood": _as_tuple(each.log_likelihood - each.log_likelihood.max()),
        "variance": _as_tuple(each.varied * each.scale**2),
    }


def _as_tuple(values: Floats) -> tuple[float, ...]:
    return tuple(map(float, values))


def _amounts(dose: pd.DataFrame) -> dict[str, Any]:
    """Return how much of a dose was done a week, and when last."""
    logged = dose[dose["amount"].notna()]
    if logged.empty:
        return {}
    lately = logged.tail(7 * LATELY_WEEKS)["amount"]
    return {
        "a_week": 7 * float(logged["amount"].mean()),
        "lately_a_week": 7 * float(lately.mean()),
        "last_session": _last(logged[logged["amount"] > 0]),
        "log_until": _last(logged),
    }


def _last(table: pd.DataFrame) -> datetime.date | None:
    """Return the last day of a table."""
    days = pd.to_datetime(table["local_date"])
    return None if days.empty else days.max().date()


def _device(form: pd.DataFrame, changed: Trend) -> dict[str, Any]:
    """Return the device of the latest run, since when, and how it reads beside the one before."""
    if "device" not in form or form["device"].dropna().empty:
        return {}
    days = form.assign(day=pd.to_datetime(form["local_date"])).dropna(subset=["device"])
    days = days.sort_values("day", kind="stable")
    device = str(days["device"].iloc[-1])
    first = days.loc[days["device"] == device, "day"].iloc[0]
    before = days.loc[(days["day"] < first) & (days["device"] != device), "device"]
    if before.empty:
        return {"device": device}
    found: dict[str, Any] = {"device": device, "device_since": first.date()}
    steps = {each.name: each for each in changed.device_steps}
    reads, other = steps.get(device), steps.get(str(before.iloc[-1]))
    if reads is not None:
        ends = (reads.percent, reads.percent_low, reads.percent_high)
    elif other is not None:  # the latest is what others are compared with
        ends = _turned(other.percent), _turned(other.percent_high), _turned(other.percent_low)
    else:
        return found
    return found | dict(zip(("device_percent", "device_low", "device_high"), ends, strict=True))


def _turned(percent: float) -> float:
    """Return by how much the one is higher, given by how much the other is."""
    return 100 * (1 / (1 + percent / 100) - 1)
