"""Where a trend stands now: what it is fitted with, its next weeks, and weeks without a run.

A runner who moves to the treadmill for the winter has no run outdoors that says how they run now.
What is assumed of those weeks:

1. What the treadmill reads higher is not known, and is a step of its own. How form changed on it
   is how it changed outdoors, but for a drift of the difference: a watch that learns, a belt that
   is calibrated. The drift is a line about 0.
2. Only runs since the last one outdoors are used, so that what the difference was in other
   winters does not matter; and they say nothing of what came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.covariates import (
    FIRMWARE_SD,
    LEAST_RUNS_OF_A_LEVEL,
    RECENT_WEEKS,
    SHOE_SD,
    Covariate,
    chosen,
    standardised,
    step_covariates,
)
from runanalytics.findings.engine.hindcast import own_errors
from runanalytics.findings.engine.kinds import KindTold
from runanalytics.findings.engine.smoothing import Ahead, Smoothed, contrast, smoothed
from runanalytics.findings.engine.weeks import Weeks, by_week, days_of

#: Weeks ahead whose mean is forecast.
WEEKS_AHEAD = 4
#: Weeks from which on a straight line is part of the model; fewer cannot tell it from memory.
LINE_WEEKS = 8
#: How far the two kinds of running may drift apart while only one is run, of log form a week
#: (2 % a year): a judgement of this project.
DRIFT_SD = 0.02 / 52
#: The reference device is that of most recorded runs of the last days, or of the last if more.
RECENT_DAYS = 91
RECENT_RUNS = 10


@dataclass(frozen=True)
class Carried:
    """The level of the kind that is told, up to the last run of the other.

    Parameters
    ----------
    weeks : Weeks
        Form by week, with the runs of the other kind since the last that is told of.
    fit : Smoothed
        Over those weeks, as runs of the kind that is told would read.
    """

    weeks: Weeks
    fit: Smoothed

    @property
    def n_since(self) -> int:
        """Runs of the other kind that it rests on."""
        return int(self.weeks.columns["apart"].sum())


def carried_on(weeks: Weeks, told: KindTold) -> Weeks:
    """Return weeks up to the last run of those set apart, with those since the last run told of.

    They are as from a device of their own: what they read higher is a step, and only how they
    changed says anything of the kind that is told.

    Parameters
    ----------
    weeks : Weeks
        Form by week, of the kind that is told; at least one.
    told : KindTold
        Runs of both kinds.
    """
    day = days_of(told.apart["local_date"], "form") if len(told.apart) else np.empty(0)
    last_told = int(weeks.columns["day"][-1])
    if not (day > last_told).any():
        return weeks
    since = told.apart[day > last_told]
    name = since["device"].astype("str") if "device" in since.columns else ""
    since = since.assign(device=name + f" ({told.other})")
    joint = by_week(pd.concat([told.form, since], ignore_index=True))
    inside = joint.columns["day"] > last_told
    # The two are run at other speeds, which belongs to the step: what remains is their change.
    log_speed = joint.runs["log_speed"].copy()
    log_speed[inside] += log_speed[~inside].mean() - log_speed[inside].mean()
    known = {"log_speed": log_speed.to_numpy(), "apart": inside}
    joint = replace(joint, columns={**joint.columns, **known})
    return _up_to(joint, int(day.max()))


def _up_to(weeks: Weeks, last: int) -> Weeks:
    """Return weeks up to that of a day, without any run in those that are new."""
    first = int(weeks.monday[0].astype(np.int64))
    more = max((last - first) // 7 + 1 - len(weeks.monday), 0)
    return replace(
        weeks,
        monday=weeks.monday[0] + 7 * np.arange(len(weeks.monday) + more),
        log_form=np.pad(weeks.log_form, (0, more)),
        noise=np.pad(weeks.noise, (0, more), constant_values=np.inf),
        n_runs=np.pad(weeks.n_runs, (0, more)),
    )


def own_drift(weeks: Weeks) -> Covariate | None:
    """Return a line for the weeks of those set apart, which may drift away from those told of.

    Parameters
    ----------
    weeks : Weeks
        From `carried_on`.
    """
    share = weeks.mean(weeks.columns["apart"])
    begun = np.flatnonzero(share > 0)
    if not len(begun):
        return None
    line = np.where(share > 0, np.arange(len(share)) - begun[0], 0) * np.nan_to_num(share)
    return standardised("drift", line, weeks.seen, level="apart", prior_sd=DRIFT_SD)


def usual_recent(weeks: Weeks) -> dict[str, str]:
    """Return the usual recent device, its firmware, and the usual recent shoe.

    Runs of which a list gives averages alone tell no device where others were recorded.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    """
    recorded = weeks.runs[~weeks.runs["averages"]]
    runs = weeks.runs if recorded.empty else recorded
    since = runs["day"].iloc[-1] - RECENT_DAYS
    recent = runs.tail(max(RECENT_RUNS, int((runs["day"] > since).sum())))
    device = str(recent["device"].mode().iloc[0])
    firmware = str(recent.loc[recent["device"] == device, "firmware"].mode().iloc[0])
    shoe = str(recent["shoe"].mode().iloc[0])
    return {"device": device, "firmware": f"{device} {firmware}".rstrip(), "shoe": shoe}


def offered(weeks: Weeks, usual: dict[str, str]) -> Iterator[Covariate | None]:
    """Yield what a trend may take into account, most important first.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    usual : dict of str to str
        The reference device, firmware and shoe.

    Yields
    ------
    Covariate or None
        None where a column is unknown or does not vary.
    """
    yield from step_covariates(weeks, "device", 1, reference=usual["device"])
    if weeks.seen.sum() >= LINE_WEEKS:
        number = np.arange(len(weeks.seen), dtype=np.float64)
        yield standardised("trend", number, weeks.seen)
    yield standardised("speed", weeks.mean(weeks.columns["log_speed"]), weeks.seen)
    for what, prior_sd in (("firmware", FIRMWARE_SD), ("shoe", SHOE_SD)):
        yield from step_covariates(weeks, what, LEAST_RUNS_OF_A_LEVEL, usual[what], prior_sd)


def noise_ahead(weeks: Weeks) -> float:
    """Return the variance of the noise of the mean of the runs ahead, in usual weeks' units.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    """
    until = int(weeks.columns["week"][-1]) + 1
    recent = weeks.columns["week"] >= until - RECENT_WEEKS
    n_weeks = min(RECENT_WEEKS, until)
    n_runs = max(1.0, WEEKS_AHEAD * int(recent.sum()) / n_weeks)
    runs = weeks.runs[recent]
    of_runs = weeks.noise[runs["week"].to_numpy()] / runs["share"].to_numpy()
    return float(of_runs.mean()) / n_runs


def forecast(fit: Smoothed, weeks: Weeks, covariates: Sequence[Covariate]) -> Mixture:
    """Return the mean of the weeks ahead, as wide as this runner's own errors were.

    Parameters
    ----------
    fit : Smoothed
        With weeks ahead.
    weeks : Weeks
        Form by week, of one kind of running, in which past forecasts are judged.
    covariates : sequence of Covariate
        What is taken into account there, the line too.
    """
    assert fit.following is not None
    return own_errors(weeks, covariates, WEEKS_AHEAD).applied(fit.following)


def carried_level(weeks: Weeks, told: KindTold, level: float) -> Carried | None:
    """Return the level since the last run, or None where it is that of the last run.

    Parameters
    ----------
    weeks : Weeks
        Form by week of the kind that is told.
    told : KindTold
        Runs of both kinds.
    level : float
        Of the interval.
    """
    joint = carried_on(weeks, told)
    if len(joint.seen) == len(weeks.seen):
        return None
    offer = (*offered(joint, usual_recent(weeks)), own_drift(joint))
    covariates = chosen(offer, joint, n_others=1)
    since_last = contrast(len(joint.seen), [len(joint.seen) - 1], [len(weeks.seen) - 1])
    ahead = Ahead(WEEKS_AHEAD, noise_ahead(joint))
    fit = smoothed(joint, covariates, since_last[None], level, ahead)
    return None if fit is None else Carried(joint, fit)
