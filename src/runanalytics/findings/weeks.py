"""Form and dose by calendar week: what the weekly engine works on.

What is assumed:

1. A week runs from Monday to Sunday. Its form is the mean log form of its runs, each weighed
   by one over the sum of its own squared standard error and the runner's day-to-day variance.
2. Exposure is an exponentially weighted mean of the daily dose, and begins at the mean of the
   first weeks of the log, since what was done before is not known. Outside the log there is
   none: absence of a log is not absence of training.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.errors import SchemaError

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

#: Day-to-day standard deviation of form at a fixed speed, of the log, and how many degrees of
#: freedom it counts for beside the runner's own: a starting value of this project.
DAY_SD = 0.013
DAY_SD_DF = 10
#: No runner is steadier from day to day than this, of the log.
LEAST_DAY_SD = 0.003
#: Weeks at the beginning of a log whose mean stands for what came before.
WARM_START_WEEKS = 4
#: A daily log may leave out this many days before it counts as interrupted.
LONGEST_SILENCE_DAYS = 13
#: Runs on this many days after a session count as run on tired legs.
ACUTE_DAYS = 2
#: Runs of a device with fewer of them than this are set aside: its level is not known.
LEAST_RUNS_OF_A_DEVICE = 3

_EPOCH_MONDAY = np.datetime64("1969-12-29", "D")


@dataclass(frozen=True)
class Weeks:
    """A runner's form by calendar week, from the first week with a run to the last.

    Parameters
    ----------
    monday : ndarray of datetime64[D], shape (n_weeks,)
        First day of each week, none left out.
    log_form : ndarray, shape (n_weeks,)
        Mean log form; 0 where the week is missing.
    noise : ndarray, shape (n_weeks,)
        Variance of its noise relative to a usual week; infinite where the week is missing.
    n_runs : ndarray of int, shape (n_weeks,)
        Runs in the week.
    runs : DataFrame
        One row a run: day (days since 1970), week (index into the weeks), share (its weight in
        the week's mean), log_form, device, and the covariates.
    day_sd : float
        Day-to-day standard deviation of log form used for the weights.
    set_aside : tuple of str
        What was left out, in words.
    """

    monday: npt.NDArray[np.datetime64]
    log_form: Floats
    noise: Floats
    n_runs: npt.NDArray[np.int64]
    runs: pd.DataFrame
    day_sd: float
    set_aside: tuple[str, ...] = ()

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """Weeks with a run."""
        return self.n_runs > 0

    def mean(self, values: npt.ArrayLike) -> Floats:
        """Return the weekly mean of a value per run, weighed as form is; NaN where unknown."""
        column = np.asarray(values, dtype=np.float64)
        known = np.isfinite(column)
        share = self.runs["share"].to_numpy() * known
        week = self.runs["week"].to_numpy()
        total = np.bincount(week, share * np.where(known, column, 0.0), len(self.monday))
        weight = np.bincount(week, share, len(self.monday))
        mean: Floats = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)
        return mean


def days_of(dates: pd.Series, table: str) -> Days:
    """Return local dates, as text, date or timestamp, as days since 1970.

    Raises
    ------
    SchemaError
        If a value is no date.
    """
    try:
        instants = pd.to_datetime(dates)
        if instants.dt.tz is not None:
            instants = instants.dt.tz_localize(None)
    except (TypeError, ValueError, AttributeError) as error:
        raise SchemaError(
            f"not a date: {error}",
            where=f"table '{table}', column 'local_date'",
            hint="give dates as 2026-03-31",
        ) from error
    if instants.isna().any():
        raise SchemaError(
            "a row has no date",
            where=f"table '{table}', column 'local_date'",
            hint="leave such rows out",
        )
    return instants.to_numpy().astype("datetime64[D]").astype(np.int64)


def numbers_of(frame: pd.DataFrame, column: str, table: str) -> Floats:
    """Return a column as floats, NaN where missing or where there is no such column.

    Raises
    ------
    SchemaError
        If a value is no number, or infinite.
    """
    where = f"table '{table}', column '{column}'"
    if column not in frame.columns:
        return np.full(len(frame), np.nan)
    try:
        values = frame[column].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"not a number: {error}", where=where) from error
    if np.isinf(values).any():
        raise SchemaError("a value is infinite", where=where)
    return values


def require(frame: pd.DataFrame, columns: Sequence[str], table: str) -> None:
    """Raise SchemaError if `frame` lacks one of `columns`."""
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise SchemaError(
            f"no column {', '.join(map(repr, lacking))}",
            where=f"table '{table}'",
            hint=f"it has: {', '.join(map(str, frame.columns)) or 'none'}",
        )


def by_week(
    form: pd.DataFrame, keep: Callable[[Days], npt.NDArray[np.bool_]] | None = None
) -> Weeks:
    """Return form by calendar week.

    Parameters
    ----------
    form : DataFrame
        Table "form": local_date and value, and where known se, mean_speed_m_s, temperature_c,
        device, shoe. Rows without a value are left out.
    keep : callable, optional
        Given days since 1970, whether runs of each day count.

    Returns
    -------
    Weeks
        Without rows if no run is left.

    Raises
    ------
    SchemaError
        If a column is missing or not of its type, or a value is not above 0.
    """
    require(form, ["local_date", "value"], "form")
    value = numbers_of(form, "value", "form")
    if (value <= 0).any():
        raise SchemaError(
            "a value is not above 0, and form is compared by ratio",
            where="table 'form', column 'value'",
        )
    speed = numbers_of(form, "mean_speed_m_s", "form")
    columns = {
        "day": days_of(form["local_date"], "form"),
        "log_form": np.log(value),
        "log_se": numbers_of(form, "se", "form") / value,
        "log_speed": np.log(np.where(speed > 0, speed, np.nan)),
        "temperature_c": numbers_of(form, "temperature_c", "form"),
        "device": _labels(form, "device"),
        "shoe": _labels(form, "shoe"),
    }
    kept = np.isfinite(value)
    if keep is not None:
        kept &= keep(columns["day"])
    device = columns["device"]
    names, counts = np.unique(device[kept].astype(str), return_counts=True)
    rare = _rare(counts)
    kept &= ~np.isin(device, names[rare].astype(object))
    place = np.flatnonzero(kept)
    place = place[np.argsort(columns["day"][place], kind="stable")]
    columns = {name: column[place] for name, column in columns.items()}

    number = (columns["day"] + 3) // 7
    first = int(number[0]) if len(number) else 0
    week = number - first
    n_weeks = int(week[-1]) + 1 if len(week) else 0
    variance, day_sd = _variances(columns["log_form"], columns["log_se"], columns["device"], week)
    precision = 1.0 / variance
    total = np.bincount(week, precision, n_weeks)
    seen = total > 0
    safe = np.where(seen, total, 1.0)
    noise = np.where(seen, 1.0 / safe, np.inf)
    if seen.any():
        noise = noise / np.exp(np.log(noise[seen]).mean())
    return Weeks(
        monday=_EPOCH_MONDAY + 7 * np.arange(first, first + n_weeks),
        log_form=np.bincount(week, precision * columns["log_form"], n_weeks) / safe,
        noise=noise,
        n_runs=np.bincount(week, minlength=n_weeks).astype(np.int64),
        runs=pd.DataFrame({**columns, "week": week, "share": precision / safe[week]}),
        day_sd=day_sd,
        set_aside=tuple(
            f"{runs} run{'s' if runs > 1 else ''} of {name or 'an unnamed device'} set aside, "
            "too few to know its level"
            for name, runs in zip(names[rare], counts[rare], strict=True)
        ),
    )


def _labels(form: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    """Return a column of names as text, empty where there is none."""
    if column not in form.columns:
        return np.full(len(form), "", dtype=object)
    labels = form[column].to_numpy(dtype=object)
    return np.where(form[column].isna().to_numpy(), "", labels).astype(object)


def _rare(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which devices have too few runs to know their level; never all of them."""
    rare = counts < LEAST_RUNS_OF_A_DEVICE
    if rare.all():
        rare[counts.argmax() if len(counts) else slice(0)] = False
    return rare


def _variances(
    log_form: Floats, log_se: Floats, device: npt.NDArray[np.object_], week: Days
) -> tuple[Floats, float]:
    """Return each run's variance of log form, and the day-to-day standard deviation in it.

    The runner's own scatter within weeks is pooled with the usual one, which counts for
    `DAY_SD_DF` degrees of freedom.
    """
    squared = log_se**2
    usual = float(np.nanmedian(squared)) if np.isfinite(squared).any() else 0.0
    squared = np.where(np.isfinite(squared), squared, usual)
    codes, names = pd.factorize(device)
    _, group = np.unique(week * max(len(names), 1) + codes, return_inverse=True)
    size = np.bincount(group)
    within = log_form - (np.bincount(group, log_form) / size)[group]
    df = len(log_form) - len(size)
    pooled = (within @ within + DAY_SD_DF * (DAY_SD**2 + usual)) / (df + DAY_SD_DF)
    day_variance = max(float(pooled) - usual, LEAST_DAY_SD**2)
    return squared + day_variance, float(np.sqrt(day_variance))


def exposure(amount: Floats, tau_weeks: float, initial: float) -> Floats:
    """Return what of a daily dose is still at work, as a rate per week.

    E(d) = k E(d − 1) + 7 (1 − k) amount(d) with k = exp(−1 / (7 τ)): whoever holds two a week
    is at 2, and who stops falls to 37 % of that in τ weeks. The exponential form is an
    assumption; that gains outlast training by weeks is known (PMC7821917).

    Parameters
    ----------
    amount : ndarray, shape (n_days,)
        What was done each day, 1/day.
    tau_weeks : float
        Time constant, weeks.
    initial : float
        Exposure on the day before the first, 1/week.

    Returns
    -------
    ndarray, shape (n_days,)
        Exposure at the end of each day, 1/week.

    Examples
    --------
    >>> exposure(np.array([1.0, 0.0, 0.0]), 1.0, 0.0).round(3).tolist()
    [0.932, 0.808, 0.7]
    """
    kept = float(np.exp(-1.0 / (7.0 * tau_weeks)))
    level = initial
    levels: list[float] = []
    for gained in (7.0 * (1.0 - kept) * amount).tolist():
        level = kept * level + gained
        levels.append(level)
    return np.array(levels)


@dataclass(frozen=True)
class Log:
    """A daily dose, in stretches without interruption.

    Parameters
    ----------
    stretches : list of (int, ndarray)
        First day (days since 1970) and the amount of each day from there on.
    set_aside : tuple of str
        What was assumed, in words.
    """

    stretches: list[tuple[int, Floats]] = field(default_factory=list)
    set_aside: tuple[str, ...] = ()

    @property
    def days(self) -> Days:
        """Every logged day, days since 1970."""
        each = [first + np.arange(len(amount)) for first, amount in self.stretches]
        return np.concatenate(each) if each else np.empty(0, dtype=np.int64)

    def covers(self, day: Days) -> npt.NDArray[np.bool_]:
        """Whether each day is logged."""
        inside = np.zeros(len(day), dtype=np.bool_)
        for first, amount in self.stretches:
            inside |= (day >= first) & (day < first + len(amount))
        return inside

    def exposure(self, day: Days, tau_weeks: float) -> Floats:
        """Return exposure on some logged days, 1/week; NaN on days that are not logged."""
        found = np.full(len(day), np.nan)
        for first, amount in self.stretches:
            inside = (day >= first) & (day < first + len(amount))
            begin = 7.0 * float(amount[: 7 * WARM_START_WEEKS].mean())
            found[inside] = exposure(amount, tau_weeks, begin)[day[inside] - first]
        return found

    def after_session(self, day: Days) -> Floats:
        """Return 1 for days with a session on one of the two days before, else 0."""
        trained = np.concatenate(
            [first + np.flatnonzero(amount > 0) for first, amount in self.stretches]
            or [np.empty(0, dtype=np.int64)]
        )
        tired = [np.isin(day - ago, trained) for ago in range(1, ACUTE_DAYS + 1)]
        return np.any(tired, axis=0).astype(np.float64)


def daily_log(dose: pd.DataFrame) -> Log:
    """Return a dose as uninterrupted stretches of days.

    Parameters
    ----------
    dose : DataFrame
        Table "dose": local_date and amount, one row a day of the logged span. A day with a
        missing amount is not logged; several rows of one day are added up. Where most days
        have no row, the frame is taken for a list of sessions, and the days between for days
        without one.

    Returns
    -------
    Log
        Without stretches if nothing is logged.

    Raises
    ------
    SchemaError
        If a column is missing or not of its type, or an amount is below 0.
    """
    require(dose, ["local_date", "amount"], "dose")
    amount = numbers_of(dose, "amount", "dose")
    if (amount < 0).any():
        raise SchemaError("an amount is below 0", where="table 'dose', column 'amount'")
    day = days_of(dose["local_date"], "dose")[np.isfinite(amount)]
    amount = amount[np.isfinite(amount)]
    if not len(day):
        return Log()
    logged, place = np.unique(day, return_inverse=True)
    summed = np.bincount(place, amount)
    gaps = np.diff(logged)
    sparse = len(logged) < 0.5 * (logged[-1] - logged[0] + 1)
    breaks = np.array([], dtype=np.int64) if sparse else np.flatnonzero(gaps > LONGEST_SILENCE_DAYS)
    words = ("days between the rows of the dose counted as days without",) if sparse else ()
    stretches = []
    for part in np.split(np.arange(len(logged)), breaks + 1):
        begin, end = int(logged[part[0]]), int(logged[part[-1]])
        each = np.zeros(end - begin + 1)
        each[logged[part] - begin] = summed[part]
        stretches.append((begin, each))
    return Log(stretches, words)
