"""Covariates: what else moves form from week to week, as columns for the weekly engine.

Columns are offered in order of importance, and taken while the weeks can carry them: one
column for every three weeks. A column that is unknown, constant, or made up of those before it
is left out. What was taken is named, so that a finding can say what it was adjusted for.

What is assumed:

1. Devices may differ by any amount: a step between two has a flat prior, is always taken, and
   costs a degree of freedom.
2. A new firmware or another shoe seldom moves a metric by more than a few percent. Their steps
   have normal priors about 0, which cost little information on the dose: a runner with a dozen
   updates or shoes still has an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.engine.weeks import Weeks, days_of, numbers_of
from runanalytics.schema.checking import require

#: Weeks that there must be for each column.
WEEKS_PER_COLUMN = 3
YEAR_DAYS = 365.25
#: Weeks that show what is usual now.
RECENT_WEEKS = 13
#: A covariate must be known in this share of the weeks; the rest are given its mean.
KNOWN_SHARE = 0.8
#: Runs with a firmware or in a shoe before it has a level of its own, and how many levels may.
LEAST_RUNS_OF_A_LEVEL = 8
MOST_LEVELS = 12
#: Standard deviation of the steps of log form between firmwares, and between shoes (a minimal
#: shoe changes cadence by 3.9 %, doi:10.1055/a-0620-8039; shoes of one runner differ less):
#: judgements of this project.
FIRMWARE_SD = 0.015
SHOE_SD = 0.015
#: Share of a column's sum of squares that those before it must leave.
OWN_SHARE = 1e-6


@dataclass(frozen=True)
class Covariate:
    """A column of the design.

    Parameters
    ----------
    name : str
        What it adjusts for; several columns may share a name.
    column : ndarray, shape (n_weeks,)
        Standardised over the weeks with runs; 0 in the others.
    level : str
        The device or shoe whose step it is; else empty.
    zero : float
        Where the unstandardised 0 lies in the standardised column.
    spread : float
        Standard deviation before it was standardised.
    prior_sd : float
        Standard deviation of the prior of the change of log form per unit of the unstandardised
        column, about 0; infinite where the prior is flat.
    """

    name: str
    column: Floats
    level: str = ""
    zero: float = 0.0
    spread: float = 1.0
    prior_sd: float = np.inf

    @property
    def flat(self) -> bool:
        """Whether the prior is flat."""
        return bool(np.isinf(self.prior_sd))

    @property
    def varies(self) -> bool:
        """Whether its value in weeks to come is unknown: it is neither a step nor the line."""
        return not self.level and self.name != "trend"


def names_of(covariates: Sequence[Covariate]) -> tuple[str, ...]:
    """Return what covariates adjust for, each name once."""
    return tuple(dict.fromkeys(each.name for each in covariates))


def design(weeks: Weeks, covariates: Sequence[Covariate]) -> Floats:
    """Return intercept and covariates as columns.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        What is adjusted for.
    """
    return np.column_stack([np.ones(len(weeks.seen)), *(each.column for each in covariates)])


def recent_mean(weeks: Weeks, columns: Floats, until: int) -> Floats:
    """Return the mean of columns over the latest weeks with runs.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    columns : ndarray, shape (n_weeks, n_columns)
        The columns.
    until : int
        The week after the latest.
    """
    since = max(until - RECENT_WEEKS, 0)
    seen = weeks.seen[since:until]
    if not seen.any():
        return np.zeros(columns.shape[1])
    return np.asarray(columns[since:until][seen].mean(axis=0))


def ridge(covariates: Sequence[Covariate], weeks: Weeks) -> Floats:
    """Return the variance of a usual week's noise over each coefficient's prior variance."""
    own = np.array([each.prior_sd * each.spread for each in covariates])
    return np.asarray(weeks.usual / own**2, dtype=np.float64)


def standardised(
    name: str,
    values: Floats,
    seen: npt.NDArray[np.bool_],
    level: str = "",
    prior_sd: float = np.inf,
) -> Covariate | None:
    """Return a covariate from weekly values, or None where they cannot serve as one.

    Parameters
    ----------
    name : str
        What it adjusts for.
    values : ndarray, shape (n_weeks,)
        NaN where unknown.
    seen : ndarray of bool, shape (n_weeks,)
        Weeks with a run.
    level : str
        The device or shoe whose step it is.
    prior_sd : float
        Of the change of log form per unit; infinite for a flat prior.
    """
    known = seen & np.isfinite(values)
    n_known = np.count_nonzero(known)
    if n_known < KNOWN_SHARE * np.count_nonzero(seen) or n_known < 2:
        return None
    own = values[known] if n_known < len(values) else values
    centre = float(own.sum()) / n_known
    about = own - centre
    spread = float(np.sqrt(about @ about / n_known))
    if spread <= 1e-9 * max(1.0, abs(centre)):
        return None
    column = about = about / spread
    if n_known < len(values):
        column = np.zeros(len(values))
        column[known] = about
    return Covariate(name, column, level, -centre / spread, spread, prior_sd)


def levels_of(weeks: Weeks, what: str) -> npt.NDArray[np.object_]:
    """Return the level of each run: its device, shoe, or device and firmware.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    what : {"device", "firmware", "shoe"}
        Column of the runs.
    """
    labels = weeks.columns[what]
    if what == "firmware":
        device = weeks.columns["device"]
        labels = device + np.where(labels == "", "", " ") + labels
    return np.asarray(labels, dtype=object)


def step_covariates(
    weeks: Weeks,
    what: str,
    least_runs: int,
    reference: str | None = None,
    prior_sd: float = np.inf,
    *,
    by_run: bool = False,
) -> Iterator[Covariate]:
    """Yield a step for each level of `what` but one: the share of a week's runs that have it.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    what : {"device", "firmware", "shoe"}
        Column of the runs. The firmwares of two devices are different ones.
    least_runs : int
        Levels with fewer runs share one level with those that are not named.
    reference : str, optional
        Level without a step; by default the commonest.
    prior_sd : float
        Of the steps of log form. Where it is not infinite, only the commonest levels have one.
    by_run : bool
        One row a run, which has the level or not, in place of one a week.
    """
    own = weeks.columns[what]
    if not len(own) or ((own == own[0]).all() and not (what == "firmware" and own[0])):
        return
    labels = levels_of(weeks, what)
    codes, names = pd.factorize(labels)
    counts = np.bincount(codes, minlength=len(names)).tolist()
    commonest_first = sorted(zip(counts, map(str, names), strict=True), reverse=True)
    ordered = [name for n_runs, name in commonest_first if n_runs >= least_runs]
    if reference is None and ordered:
        reference = ordered[0]
    for name in ordered[: None if np.isinf(prior_sd) else MOST_LEVELS]:
        if name != reference:
            has = (labels == name).astype(np.float64)
            share, seen = (has, has >= 0) if by_run else (weeks.mean(has), weeks.seen)
            found = standardised(what, share, seen, name, prior_sd)
            if found is not None:
                yield found


def candidates(
    weeks: Weeks, runs: pd.DataFrame | None, season_weeks: int
) -> Iterator[Covariate | None]:
    """Yield what may be adjusted for by week, most important first.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    runs : DataFrame, optional
        Table "runs", or any frame of local_date and distance_m, for weekly distance.
    season_weeks : int
        Weeks from first to last from which on the annual wave is among them.

    Yields
    ------
    Covariate or None
        None where a column is unknown or does not vary.
    """
    seen = weeks.seen
    number = np.arange(len(seen), dtype=np.float64)
    yield from step_covariates(weeks, "device", 1)
    yield standardised("trend", number, seen)
    yield standardised("speed", weeks.mean(weeks.columns["log_speed"]), seen)
    if runs is not None:
        yield standardised("weekly distance", weekly_log_distance(weeks, runs), seen)
    if len(seen) >= season_weeks:
        angle = 2 * np.pi * 7 * number / YEAR_DAYS
        yield standardised("season", np.sin(angle), seen)
        yield standardised("season", np.cos(angle), seen)
    yield standardised("temperature", weeks.mean(weeks.columns["temperature_c"]), seen)
    yield from step_covariates(weeks, "firmware", LEAST_RUNS_OF_A_LEVEL, prior_sd=FIRMWARE_SD)
    yield from step_covariates(weeks, "shoe", LEAST_RUNS_OF_A_LEVEL, prior_sd=SHOE_SD)


def weekly_log_distance(weeks: Weeks, runs: pd.DataFrame) -> Floats:
    """Return the log of the distance run in each week; NaN in weeks without any known.

    Parameters
    ----------
    weeks : Weeks
        Form by week, for the calendar.
    runs : DataFrame
        local_date and distance_m of every run, whether its form is known or not.
    """
    require(runs, "runs", ["local_date", "distance_m"])
    distance = numbers_of(runs, "distance_m", "runs")
    first = int(weeks.monday[0].astype(np.int64))
    week = (days_of(runs["local_date"], "runs") - first) // 7
    inside = (week >= 0) & (week < len(weeks.monday)) & np.isfinite(distance)
    total = np.bincount(week[inside], distance[inside], len(weeks.monday))
    return np.log(np.where(total > 0, total, np.nan))


def chosen(
    offered: Iterable[Covariate | None], weeks: Weeks, n_others: int
) -> tuple[Covariate, ...]:
    """Return those of the offered columns that the weeks can carry, in order.

    Steps between devices are always taken: readings of two devices are never pooled. So are
    columns whose prior is not flat: they cost little.

    Parameters
    ----------
    offered : iterable of Covariate or None
        Most important first.
    weeks : Weeks
        Form by week.
    n_others : int
        Further columns of the model: the intercept, the dose.
    """
    seen = weeks.seen
    weight = 1.0 / np.sqrt(weeks.noise[seen])
    return independent(offered, weight, room_for(weeks, n_others), seen)


def room_for(weeks: Weeks, n_others: int) -> int:
    """Return how many columns with a flat prior the weeks can carry beside `n_others`."""
    return max(weeks.n_seen // WEEKS_PER_COLUMN - n_others, 0)


def independent(
    offered: Iterable[Covariate | None],
    weight: Floats,
    room: int,
    rows: npt.NDArray[np.bool_] | None = None,
) -> tuple[Covariate, ...]:
    """Return those of the offered columns that are not made up of those before, in order.

    Parameters
    ----------
    offered : iterable of Covariate or None
        Most important first.
    weight : ndarray, shape (n_rows,)
        One over the standard deviation of each row's noise.
    room : int
        How many there may be, devices and those with a prior aside.
    rows : ndarray of bool, optional
        Which rows of the columns count; by default all.
    """
    known = [covariate for covariate in offered if covariate is not None]
    taken: list[Covariate] = []
    kept = np.empty((1 + len(known), len(weight)))
    kept[0] = weight / np.linalg.norm(weight)
    for covariate in known:
        if covariate.flat and covariate.name != "device" and len(taken) >= room:
            continue
        column = (covariate.column if rows is None else covariate.column[rows]) * weight
        basis = kept[: 1 + len(taken)]
        rest = column - (basis @ column) @ basis
        left = float(rest @ rest)
        if left > OWN_SHARE * float(column @ column):
            kept[1 + len(taken)] = rest / np.sqrt(left)
            taken.append(covariate)
    return tuple(taken)
