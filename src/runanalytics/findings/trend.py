"""How form changed over time, with a band that owns up to how weeks resemble each other."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from runanalytics.arrays import Floats, Integers
from runanalytics.errors import UsageError
from runanalytics.findings.covariates import (
    FIRMWARE_SD,
    LEAST_RUNS_OF_A_LEVEL,
    SHOE_SD,
    Covariate,
    chosen,
    levels_of,
    standardised,
    steps,
)
from runanalytics.findings.events import Event, events_of
from runanalytics.findings.finding import (
    FELL,
    NO_CHANGE,
    NOT_ENOUGH_DATA,
    ROSE,
    count,
    subject_of,
)
from runanalytics.findings.series import Mixture
from runanalytics.findings.smoothing import Smoothed, contrast, smoothed
from runanalytics.findings.trend_result import Step, Trend, YearAgo
from runanalytics.findings.weeks import DAY_SD_DF, Days, Weeks, by_week
from runanalytics.units.days import parse_day

__all__ = ["Trend", "YearAgo", "trend"]


#: Below these, a change is not judged.
LEAST_RUNS = 6
LEAST_WEEKS = 4
#: Weeks at either end whose means are compared.
WEEKS_COMPARED = 4
#: The last weeks are also compared with those of the year before, and so many around them,
#: where there are runs in so many weeks on either side.
YEAR_WEEKS = 52
AROUND_WEEKS = 4
LEAST_WEEKS_BESIDE = 2
#: Weeks from which on a straight line is part of the model; before, it cannot be told.
LINE_WEEKS = 8
#: Values are read as by the device of most runs of the last days, or of so many last runs.
RECENT_DAYS = 91
RECENT_RUNS = 10
#: Half the width of an interval of log form from which on nothing is said.
VAGUE = 2.0
#: Devices that were new less than so many days apart are drawn as one.
APART_DAYS = 28
#: Runs on either side of a comparison that the minimal detectable change is for.
RUNS_COMPARED = 4

_EPOCH = datetime.date(1970, 1, 1)


def trend(
    form: pd.DataFrame,
    *,
    since: str | datetime.date | None = None,
    until: str | datetime.date | None = None,
    level: float = 0.95,
    metric: str | None = None,
) -> Trend:
    """Estimate how form changed, steps between devices taken out.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, device.
    since, until : str or date, optional
        First and last day that counts.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        What form is about, where its attrs do not say.

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
    Best linear prediction: Robinson 1991, doi:10.1214/ss/1177011926. Minimal detectable change
    z √2 SD / √n with n = 4: Weir 2005, doi:10.1519/15184.1.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> found = trend(simulate_form(7, weeks=52).form)
    >>> found.n_weeks, found.low < found.value < found.high
    (52, True)
    """
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")
    subject = subject_of(form, metric)
    first, last = (
        None if bound is None else (parse_day(bound, name) - _EPOCH).days
        for name, bound in (("since", since), ("until", until))
    )

    def within(day: Days) -> npt.NDArray[np.bool_]:
        kept = np.ones(len(day), dtype=np.bool_)
        if first is not None:
            kept &= day >= first
        if last is not None:
            kept &= day <= last
        return kept

    weeks = by_week(form, within)
    asked = Trend(
        metric=subject.metric,
        label=subject.label,
        unit=subject.unit,
        level=float(level),
        smallest_worthwhile_percent=subject.smallest_percent,
        form=form,
    )
    if weeks.runs.empty:
        return replace(asked, reason="no run has a value")
    return _answered(asked, weeks)


def _answered(asked: Trend, weeks: Weeks) -> Trend:
    """Put numbers to the verdict and the words about it."""
    runs = weeks.runs
    n_weeks = int(weeks.seen.sum())
    days = runs["day"].to_numpy().astype("datetime64[D]")
    compared = min(WEEKS_COMPARED, n_weeks // 2)
    z = float(stdtrit(np.inf, 0.975))
    usual = _usual(weeks)
    day_sd = weeks.day_sd_of[usual["device"]]
    met = replace(
        asked,
        n_runs=len(runs),
        n_weeks=n_weeks,
        weeks_compared=compared,
        first_date=days[0].item(),
        last_date=days[-1].item(),
        day_sd_percent=100 * day_sd,
        minimal_detectable_percent=100 * z * day_sd * float(np.sqrt(2 / RUNS_COMPARED)),
        notes=weeks.notes,
        events=_events(weeks),
    )
    seen = weeks.seen.nonzero()[0]
    covariates = chosen(_offered(weeks, usual), weeks, n_others=1)
    sides = [(seen[-compared:], seen[:compared]), *_year_apart(seen)] if compared else []
    contrasts = [contrast(len(weeks.seen), *side) for side in sides]
    found = smoothed(weeks, covariates, np.array(contrasts), met.level) if compared else None
    few = len(runs) < LEAST_RUNS or n_weeks < LEAST_WEEKS
    reason = (
        f"{count(len(runs), 'run')} in {count(n_weeks, 'week')}, of {LEAST_RUNS} runs in "
        f"{LEAST_WEEKS} weeks needed"
    )
    if found is None:
        return _mean_only(replace(met, reason=reason), weeks)
    if not found.widest < VAGUE:
        return replace(met, reason="runs scatter too widely for a value")

    tail = (1 - met.level) / 2
    places = (0.5, tail, 1 - tail)
    now = [float(np.exp(found.last.quantile(each))) for each in places]
    ratio = _ratios(found.changes[0], places)
    begin = float(np.exp(found.mean[seen[:compared]].mean()))
    return replace(
        met,
        value=now[0],
        low=now[1],
        high=now[2],
        change=begin * ratio[0],
        change_low=begin * ratio[1],
        change_high=begin * ratio[2],
        percent=100 * ratio[0],
        percent_low=100 * ratio[1],
        percent_high=100 * ratio[2],
        verdict=NOT_ENOUGH_DATA if few else _verdict(ratio),
        reason=reason if few else "",
        year_ago=None if few or len(sides) < 2 else _year_ago(found, weeks, sides[1], places),
        steps=_steps(found, weeks, places),
        rho=found.rho,
        adjusted_for=tuple(dict.fromkeys(each.name for each in covariates if each.name != "trend")),
        weekly=_weekly(weeks, found.mean, found.low, found.high, found.observed),
    )


def _usual(weeks: Weeks) -> dict[str, str]:
    """Return the usual recent device, its firmware, and the usual recent shoe."""
    since = weeks.runs["day"].iloc[-1] - RECENT_DAYS
    recent = weeks.runs.tail(max(RECENT_RUNS, int((weeks.runs["day"] > since).sum())))
    device = str(recent["device"].mode().iloc[0])
    firmware = str(recent.loc[recent["device"] == device, "firmware"].mode().iloc[0])
    shoe = str(recent["shoe"].mode().iloc[0])
    return {"device": device, "firmware": f"{device} {firmware}".rstrip(), "shoe": shoe}


def _offered(weeks: Weeks, usual: dict[str, str]) -> Iterator[Covariate | None]:
    yield from steps(weeks, "device", 1, reference=usual["device"])
    if weeks.seen.sum() >= LINE_WEEKS:
        yield standardised("trend", np.arange(len(weeks.seen), dtype=np.float64), weeks.seen)
    yield standardised("speed", weeks.mean(weeks.runs["log_speed"]), weeks.seen)
    for what, prior_sd in (("firmware", FIRMWARE_SD), ("shoe", SHOE_SD)):
        yield from steps(weeks, what, LEAST_RUNS_OF_A_LEVEL, usual[what], prior_sd)


def _events(weeks: Weeks) -> tuple[Event, ...]:
    """Return what was new when, of devices that came within a month only the first."""
    runs = weeks.runs[["device", "firmware", "shoe"]].replace("", None)
    runs["device"] = weeks.runs["device"]
    runs["local_date"] = weeks.runs["day"].to_numpy().astype("datetime64[D]")
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
    return [(now, then)] if min(len(now), len(then)) >= LEAST_WEEKS_BESIDE else []


def _ratios(change: Mixture, places: Sequence[float]) -> list[float]:
    return [float(np.expm1(change.quantile(each))) for each in places]


def _verdict(ratio: Sequence[float]) -> str:
    return ROSE if ratio[1] > 0 else FELL if ratio[2] < 0 else NO_CHANGE


def _year_ago(
    found: Smoothed, weeks: Weeks, sides: tuple[Integers, Integers], places: Sequence[float]
) -> YearAgo:
    now, then = sides
    ratio = _ratios(found.changes[1], places)
    before = float(np.exp(found.mean[then].mean()))
    return YearAgo(
        weeks.monday[then[0]].item(),
        weeks.monday[then[-1]].item() + datetime.timedelta(days=6),
        len(now),
        len(then),
        _verdict(ratio),
        *(before * each for each in ratio),
        *(100 * each for each in ratio),
    )


def _mean_only(met: Trend, weeks: Weeks) -> Trend:
    """Too few weeks for a smooth: the mean of the runs, with the usual scatter from day to day."""
    precision = 1.0 / (weeks.day_sd**2 + np.nan_to_num(weeks.runs["log_se"].to_numpy()) ** 2)
    mean = float(np.average(weeks.runs["log_form"], weights=precision))
    half = float(stdtrit(DAY_SD_DF, 0.5 + met.level / 2) / np.sqrt(precision.sum()))
    if not half < VAGUE:
        return met
    seen, n_weeks = weeks.seen, len(weeks.seen)
    return replace(
        met,
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


def _steps(found: Smoothed, weeks: Weeks, places: Sequence[float]) -> tuple[Step, ...]:
    day = weeks.runs["day"].to_numpy()
    listed = []
    for (kind, name), step in found.steps.items():
        worn = day[levels_of(weeks, kind) == name].astype("datetime64[D]")
        middle, low, high = (100 * each for each in _ratios(step, places))
        own = 100 * weeks.day_sd_of.get(name, np.nan) if kind == "device" else np.nan
        since, until = worn[0].item(), worn[-1].item()
        listed.append(Step(kind, name, since, until, len(worn), middle, low, high, own))
    return tuple(sorted(listed, key=lambda step: step.since))


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
