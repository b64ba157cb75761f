"""What else moves form from run to run and from week to week, as columns with one row a run.

What is assumed:

1. Devices may differ by any amount, and so may form along a line and with speed: these have flat
   priors. Speed may work otherwise between weeks than within (Mundlak 1978, doi:10.2307/1913646).
2. All else has a normal prior about 0, and therefore costs little where it does nothing: what a
   session does to a run on its day and on the two days after, the annual wave, heat, how much was
   run this week and before, how much of it fast, uphill or long, firmware and shoes.
3. Sessions impair running for 24 to 48 hours. Which way form goes then is not
   assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.engine.covariates import (
    FIRMWARE_SD,
    LEAST_RUNS_OF_A_LEVEL,
    SHOE_SD,
    YEAR_DAYS,
    Covariate,
    independent,
    room_for,
    standardised,
    step_covariates,
    weekly_log_distance,
)
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.weeks import Weeks

#: Prior standard deviation of the change of log form with a session on the day of a run, or in the
#: two days before: a judgement of this project.
ACUTE_SD = 0.01
#: Share of the runs of weeks with sessions that may come within two days of one before it is said
#: that the two cannot be told apart.
NEARLY_ALL = 0.95
#: Of its change in a year; of either wave of the year; per degree C; per unit of the log of a
#: week's distance. Judgements of this project.
TREND_SD = 0.05
SEASON_SD = 0.015
HEAT_SD = 0.0015
DISTANCE_SD = 0.03


def acute_covariates(weeks: Weeks, log: DoseLog) -> Iterator[Covariate | None]:
    """Yield whether sessions were on the day of each run, in the two days before, or the eve.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    log : DoseLog
        The dose.

    Yields
    ------
    Covariate or None
        None where a column does not vary.
    """
    same, before, earlier = log.trained(weeks.columns["day"] - np.arange(3)[:, None])
    yield of_runs("session on the day", same, prior_sd=ACUTE_SD)
    yield of_runs("sessions in the 48 h before", np.maximum(before, earlier), prior_sd=ACUTE_SD)
    yield of_runs("sessions in the 48 h before", before, prior_sd=ACUTE_SD)


def only_on_tired_legs(weeks: Weeks, log: DoseLog) -> bool:
    """Return whether nearly all runs of weeks with sessions came within two days of one.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    log : DoseLog
        The dose.
    """
    day, week = weeks.columns["day"], weeks.columns["week"]
    near = log.trained(day - np.arange(3)[:, None]).max(axis=0) > 0
    first = int(weeks.monday[0].astype(np.int64))
    trained = log.trained(first + np.arange(7 * len(weeks.seen))).reshape(-1, 7).max(axis=1) > 0
    inside = trained[week]
    return bool(inside.any() and near[inside].mean() > NEARLY_ALL)


def run_candidates(weeks: Weeks, runs: pd.DataFrame | None) -> Iterator[Covariate | None]:
    """Yield what may be adjusted for beside doses, most important first.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    runs : DataFrame, optional
        Table "runs", or any frame of local_date and distance_m, for weekly distance.

    Yields
    ------
    Covariate or None
        None where a column is unknown or does not vary.
    """
    own = weeks.columns
    day, week = own["day"], own["week"]
    yield from step_covariates(weeks, "device", 1, by_run=True)
    yield of_runs("trend", (day - day.mean()) / YEAR_DAYS, prior_sd=TREND_SD)
    log_speed = own["log_speed"]
    yield of_runs("speed", log_speed)
    yield of_runs("speed", weeks.mean(log_speed)[week])
    angle = 2 * np.pi * day / YEAR_DAYS
    yield of_runs("season", np.sin(angle), prior_sd=SEASON_SD)
    yield of_runs("season", np.cos(angle), prior_sd=SEASON_SD)
    yield of_runs("temperature", own["temperature_c"], prior_sd=HEAT_SD)
    if runs is not None:
        distance = weekly_log_distance(weeks, runs)[week]
        yield of_runs("weekly distance", distance, prior_sd=DISTANCE_SD)
    for what, prior_sd in (("firmware", FIRMWARE_SD), ("shoe", SHOE_SD)):
        yield from step_covariates(
            weeks, what, LEAST_RUNS_OF_A_LEVEL, prior_sd=prior_sd, by_run=True
        )


def of_runs(
    name: str, values: npt.ArrayLike, prior_sd: float = np.inf, level: str = ""
) -> Covariate | None:
    """Return a covariate from a value a run, or None where they cannot serve as one.

    Parameters
    ----------
    name : str
        What it adjusts for.
    values : array_like, shape (n_runs,)
        NaN where unknown.
    prior_sd : float
        Of the change of log form per unit; infinite for a flat prior.
    level : str
        The device or shoe whose step it is.
    """
    column = np.asarray(values, dtype=np.float64)
    return standardised(name, column, np.ones(len(column), dtype=np.bool_), level, prior_sd)


def chosen_of_runs(
    offered: Iterable[Covariate | None], weeks: Weeks, n_doses: int
) -> tuple[Covariate, ...]:
    """Return those of the offered columns that the data can carry, in order.

    Parameters
    ----------
    offered : iterable of Covariate or None
        Most important first.
    weeks : Weeks
        Form by week, and its runs.
    n_doses : int
        Doses of the model, beside the intercept.
    """
    return independent(offered, run_weights(weeks), room_for(weeks, 1 + n_doses))


def run_weights(weeks: Weeks) -> Floats:
    """Return one over the standard deviation of each run's noise, 1 for a week as usual."""
    share, week = weeks.columns["share"], weeks.columns["week"]
    return np.asarray(np.sqrt(share / weeks.noise[week]))


def weekly_columns(weeks: Weeks, covariates: Sequence[Covariate]) -> tuple[Covariate, ...]:
    """Return covariates of runs as covariates of weeks; what only differs within weeks is left out.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.
    covariates : sequence of Covariate
        One row a run.
    """
    offered = [
        standardised(
            each.name, weeks.mean(each.column), weeks.seen, each.level, each.prior_sd * each.spread
        )
        for each in covariates
    ]
    weight = 1.0 / np.sqrt(weeks.noise[weeks.seen])
    return independent(offered, weight, len(offered), weeks.seen)
