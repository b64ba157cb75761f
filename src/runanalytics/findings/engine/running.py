"""What was run before, how much, fast, long and uphill, and other sports: what is remembered.

What is assumed:

1. What running does to form builds up and fades as doses do, with time constants of which any
   mix may count (load, fast running), or with one of about a month; load may also work by its
   mean over four weeks. It works by its logarithm.
2. Fast running is the time above the runner's own threshold pace; where that is not known, runs
   that are workouts, races, or of the fastest fifth of the runner's own by mean speed. How far
   beyond the usual speed a run was counts, too. A long run is one and a half times as long as
   usual.
3. Hours of other sports build up and fade as running load does, in proportion to the hours, and
   whichever sport it is. Outside the days over which they are logged they are not known.
4. Each has a normal prior about 0, a judgement of this project. Those of the four columns of load
   come to 6 % together for e times as much running, those of other sports to 0.9 % an hour.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.exposure import exposure
from runanalytics.findings.engine.covariates import Covariate
from runanalytics.findings.engine.dose_log import WARM_START_WEEKS, daily_log
from runanalytics.findings.engine.run_covariates import of_runs
from runanalytics.findings.engine.weeks import Days, Weeks, days_of, numbers_of

#: Time constants of running load, weeks, and the prior standard deviation of the change of log
#: form for one unit of the logarithm of each. Least load, m/week: that of weeks without a run.
LOAD_WEEKS, LOAD_SD, LEAST_LOAD_M = (1.5, 4.0, 10.0), 0.03, 2_000.0
#: Days over which load is averaged as well.
LOAD_DAYS = 28
#: Time constants of fast running, weeks, and the prior standard deviation of the change of log
#: form with one fast run more a week of each, and with one run more that is a fifth faster than
#: usual.
FAST_WEEKS, FAST_SD, FASTER = (2.0, 6.0), 0.02, 0.2
#: Time above threshold pace that counts as one fast run, s.
FAST_RUN_S = 900.0
#: Kinds of run that are fast whatever their mean speed.
FAST_KINDS = ("workout", "race")
#: Share of the runs that are fast, and length of a long run over that of the usual one.
FAST_SHARE, LONG = 0.2, 1.5
#: Time constant of long runs and of climbing, weeks; prior standard deviations of the change of
#: log form with one long run more a week, and with a thousand metres of ascent more a week.
OTHER_WEEKS, LONG_SD, CLIMB_SD = 4.0, 0.015, 0.01
#: Prior standard deviation of the change of log form with one hour more a week of other sports,
#: with each of the time constants of running load.
SPORT_SD = 0.005
#: Days of running before which what was run before is not known.
LEAST_DAYS = 14
#: Share of the runs whose speed, distance or ascent must be known.
KNOWN_SHARE = 0.8


def endurance_covariates(
    weeks: Weeks, runs: pd.DataFrame | None, sports: pd.DataFrame | None
) -> Iterator[Covariate | None]:
    """Yield what was run before each run, and how much of other sports was done.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    runs : DataFrame, optional
        As for `running_covariates`.
    sports : DataFrame, optional
        Hours a day of other sports: local_date and amount, one row a day of the logged span.

    Yields
    ------
    Covariate or None
        None where a column is unknown or does not vary.
    """
    if runs is not None and len(runs):
        yield from running_covariates(weeks, runs)
    if sports is not None and len(sports):
        log = daily_log(sports)
        for tau_weeks in LOAD_WEEKS:
            hours = log.exposure(weeks.columns["day"] - 1, tau_weeks)
            yield of_runs("other sports", hours, prior_sd=SPORT_SD)


def running_covariates(weeks: Weeks, runs: pd.DataFrame) -> Iterator[Covariate | None]:
    """Yield what was run before each run: how much, how fast, how long and how hilly.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    runs : DataFrame
        Table "runs": local_date and distance_m of every run and, where known, speed_m_s,
        ascent_m, kind and fast_s, the time above threshold pace
        (`runanalytics.measures.fast_running.with_fast_time`).

    Yields
    ------
    Covariate or None
        None where a column is unknown or does not vary.
    """
    day = weeks.columns["day"]
    when = days_of(runs["local_date"], "runs")
    distance, speed = (numbers_of(runs, name, "runs") for name in ("distance_m", "speed_m_s"))
    if _known(distance):
        known = np.nan_to_num(distance)
        loads = [remembered_running(day, when, known, tau_weeks) for tau_weeks in LOAD_WEEKS]
        for load in (mean_running(day, when, known), *loads):
            log_load = np.log(np.maximum(load, LEAST_LOAD_M))
            yield of_runs("running load", log_load, prior_sd=LOAD_SD)
    if _known(speed):
        seconds = numbers_of(runs, "fast_s", "runs")
        if _known(seconds):
            fast = np.nan_to_num(seconds) / FAST_RUN_S
        else:
            is_fast = speed >= np.nanquantile(speed, 1 - FAST_SHARE)
            if "kind" in runs.columns:
                is_fast |= runs["kind"].isin(FAST_KINDS).to_numpy()
            fast = is_fast.astype(np.float64)
        faster = np.nan_to_num(np.log(speed / np.nanmedian(speed))).clip(min=0.0) / FASTER
        for amount in (fast, faster):
            for tau_weeks in FAST_WEEKS:
                remembered = remembered_running(day, when, amount, tau_weeks)
                yield of_runs("fast running", remembered, prior_sd=FAST_SD)
    if _known(distance):
        long = (distance >= LONG * np.nanmedian(distance)).astype(np.float64)
        remembered = remembered_running(day, when, long, OTHER_WEEKS)
        yield of_runs("long runs", remembered, prior_sd=LONG_SD)
    ascent = numbers_of(runs, "ascent_m", "runs")
    if _known(ascent):
        remembered = remembered_running(day, when, np.nan_to_num(ascent) / 1000, OTHER_WEEKS)
        yield of_runs("climbing", remembered, prior_sd=CLIMB_SD)


def mean_running(day: Days, when: Days, amount: Floats) -> Floats:
    """Return the mean of something that runs are, a week, over the four weeks before some days.

    Parameters
    ----------
    day, when, amount
        As in `remembered_running`.

    Returns
    -------
    ndarray
        A week; NaN in the first four weeks of running and after its last.

    Examples
    --------
    >>> mean_running(np.array([3, 630]), np.arange(0, 700, 7), np.full(100, 5.0)).tolist()
    [nan, 5.0]
    """
    first = int(when.min())
    total = np.concatenate([[0.0], np.cumsum(np.bincount(when - first, amount, LOAD_DAYS))])
    end = day - first
    known = (end >= LOAD_DAYS) & (end < len(total) + 7)
    inside = np.clip(end, LOAD_DAYS, len(total) - 1)
    return np.where(known, (total[inside] - total[inside - LOAD_DAYS]) / LOAD_DAYS * 7, np.nan)


def remembered_running(day: Days, when: Days, amount: Floats, tau_weeks: float) -> Floats:
    """Return the exposure to something that runs are, on the eve of some days.

    Parameters
    ----------
    day : ndarray of int
        The days, days since 1970.
    when : ndarray of int, shape (n_runs,)
        Day of each run.
    amount : ndarray, shape (n_runs,)
        How much of it each run is.
    tau_weeks : float
        Time constant, weeks.

    Returns
    -------
    ndarray
        A week; NaN in the first weeks of running and after its last.

    Examples
    --------
    >>> when = np.arange(0, 700, 7)
    >>> remembered_running(np.array([3, 634]), when, np.ones(100), 4.0).round(1).tolist()
    [nan, 1.0]
    """
    first = int(when.min())
    daily = np.bincount(when - first, amount).astype(np.float64)
    begin = 7.0 * float(daily[: 7 * WARM_START_WEEKS].mean())
    place = day - 1 - first
    known = (place >= LEAST_DAYS) & (place < len(daily) + 7)
    inside = np.clip(place, 0, len(daily) - 1)
    return np.where(known, exposure(daily, tau_weeks, begin)[inside], np.nan)


def _known(values: Floats) -> bool:
    return bool(len(values) and np.isfinite(values).mean() >= KNOWN_SHARE)
