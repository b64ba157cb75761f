"""Form by calendar week, which the weekly engine works on.

What is assumed:

1. A week runs from Monday to Sunday. Its form is the mean log form of its runs, each weighed
   by one over the sum of its own squared standard error and the day-to-day variance, which is
   the runner's with that device: one device may be noisier than another.
2. A run far from those around it, of the same device, weighs less in its week: beyond three
   standard deviations its variance grows with the square of the distance. One misread run
   then cannot move a week, and a level that stays is not an outlier for long.
3. Where runs themselves are regressed, three may be fewer: real runs have heavier tails than a
   normal distribution. The distance up to which a run counts in full is then the one with which
   this runner's own scatter leaves least variance (Jaeckel 1971, *Ann. Math. Stat.* 42: 1540), if
   it leaves clearly less than three does.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import SchemaError
from runanalytics.findings.finding import SIMULATED_NOTE, count, listed
from runanalytics.measures.form import DAY_SD, SD_OF_MAD
from runanalytics.schema.checking import require

Days = npt.NDArray[np.int64]

#: How many degrees of freedom the usual day-to-day standard deviation has when pooled with the
#: runner's own: a judgement of this project.
DAY_SD_DF = 10
#: Weeks without a run come in breaks of so many: a judgement of this project.
BREAK_WEEKS = 2.5
#: What stands for breaks that a runner has not had yet: so many weeks with and without a run.
SEEN_BEFORE, MISSED_BEFORE = 0.5 * BREAK_WEEKS, 1.0 * BREAK_WEEKS
#: Standard deviations below the mean above which nine in ten of a normal distribution lie.
NINE_IN_TEN = 1.2816
#: No runner is steadier from day to day than this, of the log.
LEAST_DAY_SD = 0.003
#: A run whose standard error is larger than this share of its value is left out.
LARGEST_LOG_SE = 0.5
#: What averages whose list names no device are of: never that of recordings without a name.
LIST = "a list without a device"
#: Runs of a device with fewer of them than this are set aside: its level is not known.
LEAST_RUNS_OF_A_DEVICE = 3
#: How many such devices are named; `status` lists all.
NAMED_DEVICES = 3
#: A run is compared with as many before and after it, and counts in full up to so many robust
#: standard deviations from their median.
NEIGHBOURS = 4
_BESIDE = np.delete(np.arange(-NEIGHBOURS, NEIGHBOURS + 1), NEIGHBOURS)
FULL_COUNT_SD = 3.0
#: Other distances up to which a run may count in full where runs are regressed, and the share of
#: the variance with the usual one below which what it leaves must be: an error is told too small by
#: 8 and 21 % of its variance with 2 and 1.5 (simulated series of 200 runs), and less must be left.
FULL_COUNTS_SD = ((2.5, 0.9), (2.0, 0.9), (1.5, 0.75))
#: Runs that must be compared with others for another than the usual one.
LEAST_TO_CHOOSE = 30
#: Runs that would count for less than this share of a usual one, up to the usual distance, are
#: mentioned.
MENTIONED_SHARE = 0.1
#: Simulated data are known by their devices' names, and are called so wherever they are shown.
SIMULATED = r"(?i)\bsimulated\b"
_SIMULATED = re.compile(SIMULATED)

_EPOCH = datetime.date(1970, 1, 1)
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
    columns : mapping of str to ndarray, shape (n_runs,)
        Of each run: day (days since 1970), week (index into the weeks), share (its weight in
        the week's mean), log_form, device, firmware, and the covariates.
    day_sd : float
        Day-to-day standard deviation of log form used for the weights.
    scatter : tuple of (float, int)
        Sum of squares of the runs about their weeks' means, as an estimate of the variance of
        a usual week's noise times its degrees of freedom; and those.
    usual : float
        Variance of the noise of log form in a usual week.
    set_aside : tuple of str
        What was left out, in words.
    day_sd_of : dict of str to float
        Day-to-day standard deviation of log form by device, each pooled with the runner's.
    """

    monday: npt.NDArray[np.datetime64]
    log_form: Floats
    noise: Floats
    n_runs: npt.NDArray[np.int64]
    columns: Mapping[str, npt.NDArray[Any]]
    day_sd: float
    scatter: tuple[float, int] = (0.0, 0)
    usual: float = DAY_SD**2
    set_aside: tuple[str, ...] = ()
    day_sd_of: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The columns as a frame, one row a run."""
        return pd.DataFrame(dict(self.columns), copy=False)

    @cached_property
    def seen(self) -> npt.NDArray[np.bool_]:
        """Weeks with a run."""
        return self.n_runs > 0

    @cached_property
    def n_seen(self) -> int:
        """Number of weeks with a run."""
        return int(self.seen.sum())

    @property
    def first_date(self) -> datetime.date:
        """Day of the first run."""
        return date_of(self.columns["day"][0])

    @property
    def last_date(self) -> datetime.date:
        """Day of the last run."""
        return date_of(self.columns["day"][-1])

    @property
    def baseline(self) -> float:
        """Mean form over the weeks with a run."""
        return float(np.exp(self.log_form[self.seen].mean()))

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known with any answer from these weeks."""
        return self.set_aside + ((SIMULATED_NOTE,) if _any_simulated(self.day_sd_of) else ())

    @cached_property
    def begins(self) -> npt.NDArray[np.intp]:
        """Place of the first run of each week with a run."""
        return (np.cumsum(self.n_runs) - self.n_runs)[self.seen]

    def mean(self, values: npt.ArrayLike) -> Floats:
        """Return weekly means of values per run, weighed as form is; NaN where unknown.

        Parameters
        ----------
        values : array_like, shape (n_runs,) or (n_runs, n_columns)
            NaN where unknown.
        """
        column = np.asarray(values, dtype=np.float64)
        share = self.columns["share"].reshape(-1, *[1] * (column.ndim - 1))
        mean = np.full((len(self.monday), *column.shape[1:]), np.nan)
        known = np.isfinite(column)
        if known.all():  # the shares of a week come to 1
            mean[self.seen] = np.add.reduceat(share * column, self.begins, axis=0)
            return mean
        weighed = (share * np.where(known, column, 0.0), share * known)
        total, weight = (np.add.reduceat(each, self.begins, axis=0) for each in weighed)
        with np.errstate(invalid="ignore"):
            mean[self.seen] = total / weight
        return mean


def is_simulated(names: pd.Series) -> bool:
    """Return whether any of the devices, titles or sources is called simulated."""
    return _any_simulated(names.unique())


def _any_simulated(names: Iterable[object]) -> bool:
    return any(_SIMULATED.search(str(name)) for name in names)


def centred_form(weeks: Weeks) -> Floats:
    """Return log form by week about its mean, 0 in missing weeks."""
    mean = float(weeks.log_form[weeks.seen].mean())
    return np.where(weeks.seen, weeks.log_form - mean, 0.0)


def date_of(day: int) -> datetime.date:
    """Return the date of a day since 1970."""
    return _EPOCH + datetime.timedelta(days=int(day))


def day_of(date: datetime.date) -> int:
    """Return a date as days since 1970."""
    return (date - _EPOCH).days


def days_of(dates: pd.Series, table: str) -> Days:
    """Return local dates, as text, date or timestamp, as days since 1970.

    Raises
    ------
    SchemaError
        If a value is no date.
    """
    where = {"where": f"table '{table}', column 'local_date'"}
    # What is an instant already is most of what is asked for, and converting takes long.
    instants = dates
    if not (isinstance(dates.dtype, np.dtype) and dates.dtype.kind == "M"):
        try:
            instants = pd.to_datetime(dates)
            if instants.dt.tz is not None:
                instants = instants.dt.tz_localize(None)
        except (TypeError, ValueError, AttributeError) as error:
            raise SchemaError(
                f"not a date: {error}", **where, hint="give dates as 2026-03-31"
            ) from error
    days = instants.array.to_numpy().astype("datetime64[D]")
    if np.isnat(days).any():
        raise SchemaError("a row has no date", **where, hint="leave such rows out")
    return np.asarray(days.astype(np.int64))


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
    own = frame[column]
    try:
        if own.dtype == np.float64:
            values = own.to_numpy()
        else:
            numbers = own.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
            values = np.asarray(numbers, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"not a number: {error}", where=where) from error
    if np.isinf(values).any():
        raise SchemaError("a value is infinite", where=where)
    return values


def by_week(
    form: pd.DataFrame,
    keep: Callable[[Days], npt.NDArray[np.bool_]] | None = None,
    *,
    for_runs: bool = False,
) -> Weeks:
    """Return form by calendar week.

    Parameters
    ----------
    form : DataFrame
        Table "form": local_date and value, and where known se, mean_speed_m_s, temperature_c,
        device, firmware, shoe, detail. Rows without a value, or with a standard error above half
        of it, are left out.
    keep : callable, optional
        Given days since 1970, whether runs of each day count.
    for_runs : bool
        Whether runs are regressed, not weeks: up to which distance from those around it a run
        counts in full is then chosen by this runner's scatter.

    Returns
    -------
    Weeks
        Without rows if no run is left.

    Raises
    ------
    SchemaError
        If a column is missing or not of its type, or a value is not above 0.
    """
    require(form, "form", ["local_date", "value"])
    value = numbers_of(form, "value", "form")
    if (value <= 0).any():
        raise SchemaError(
            "a value is not above 0, and form is compared by ratio",
            where="table 'form', column 'value'",
        )
    speed = numbers_of(form, "mean_speed_m_s", "form")
    columns: dict[str, npt.NDArray[Any]] = {
        "day": days_of(form["local_date"], "form"),
        "log_form": np.log(value),
        "log_se": numbers_of(form, "se", "form") / value,
        "log_speed": np.log(np.where(speed > 0, speed, np.nan)),
        "temperature_c": numbers_of(form, "temperature_c", "form"),
        "firmware": _labels(form, "firmware"),
        "shoe": _labels(form, "shoe"),
    }
    codes, details = _coded(form, "detail")
    columns["averages"] = (details == "summary")[codes]
    codes, devices = _coded(form, "device")
    codes[columns["averages"] & (devices == "")[codes]] = len(devices)
    devices = np.append(devices, LIST)
    columns["device"] = devices[codes]
    kept = np.isfinite(value) & ~(columns["log_se"] > LARGEST_LOG_SE)
    if keep is not None:
        kept &= keep(columns["day"])
    rare = _rare(np.bincount(codes[kept], minlength=len(devices)))
    too_few = Counter(columns["device"][kept & rare[codes]])
    place = np.flatnonzero(kept & ~rare[codes])
    place = place[np.argsort(columns["day"][place], kind="stable")]
    columns = {name: column[place] for name, column in columns.items()}

    number = (columns["day"] + 3) // 7
    first = int(number[0]) if len(number) else 0
    week = number - first
    n_weeks = int(week[-1]) + 1 if len(week) else 0
    codes = codes[place]
    alike, group = np.unique(week * len(devices) + codes, return_inverse=True)
    log_form, own = columns["log_form"], _squared(columns["log_se"])
    around = _around(log_form, own[0], codes)
    outlyingness = around.outlyingness(FULL_COUNT_SD)
    n_groups = np.bincount(alike % len(devices), minlength=len(devices))
    variance, day_sd, sd_of = _variances(log_form, *own, group, outlyingness, codes, n_groups)
    if for_runs:
        variance *= around.outlyingness(around.best_full_count()) / outlyingness
    set_aside = [_too_few(too_few)] if too_few else []
    outliers = int((outlyingness > 1 / MENTIONED_SHARE).sum())
    if outliers:
        plural = "s" if outliers > 1 else ""
        set_aside.append(f"{outliers} run{plural} far from those around counted less")
    precision = 1.0 / variance
    total = np.bincount(week, precision, n_weeks)
    seen = total > 0
    safe = np.where(seen, total, 1.0)
    noise = np.where(seen, 1.0 / safe, np.inf)
    usual = float(np.exp(np.log(noise[seen]).mean())) if seen.any() else 1.0
    size = np.bincount(group, precision)
    about = log_form - (np.bincount(group, precision * log_form) / size)[group]
    return Weeks(
        monday=_EPOCH_MONDAY + 7 * np.arange(first, first + n_weeks),
        log_form=np.bincount(week, precision * log_form, n_weeks) / safe,
        noise=noise / usual,
        n_runs=np.bincount(week, minlength=n_weeks).astype(np.int64),
        columns=columns | {"week": week, "share": precision / safe[week]},
        day_sd=day_sd,
        scatter=(usual * float(precision @ about**2), len(week) - len(size)),
        usual=usual,
        set_aside=tuple(set_aside),
        day_sd_of={
            str(devices[code]): float(sd_of[code]) for code in dict.fromkeys(codes.tolist())
        },
    )


def _labels(form: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    """Return a column of names as text, empty where there is none."""
    codes, names = _coded(form, column)
    labels: npt.NDArray[np.object_] = names[codes]
    return labels


def _coded(form: pd.DataFrame, column: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Return which name each row of a column has, and the names; empty where there is none."""
    if column not in form.columns:
        return np.zeros(len(form), dtype=np.intp), np.array([""], dtype=object)
    own = form[column].array
    if own.isna().all():  # as for most shoes, and quicker known than which names there are
        return np.zeros(len(form), dtype=np.intp), np.array([""], dtype=object)
    codes, names = own.factorize()
    # Where no name or only numbers are given, files of a table make numbers of them.
    texts = [*map(str, names), ""]
    first: dict[str, int] = {}
    places = [first.setdefault(text, place) for place, text in enumerate(texts)]
    return np.array(places, dtype=np.intp)[codes], np.array(texts, dtype=object)


def _too_few(runs: Counter[str]) -> str:
    """Return one note on the runs of devices that have too few of them."""
    named = [name or "an unnamed device" for name, _ in runs.most_common()]
    if len(named) == 1:
        return f"{count(runs.total(), 'run')} of {named[0]} set aside, too few to know its level"
    n_devices = len(named)
    if (more := n_devices - NAMED_DEVICES) > 1:
        named[NAMED_DEVICES:] = [f"{more} more (runanalytics status)"]
    return (
        f"{count(runs.total(), 'run')} of {n_devices} devices set aside, too few of each to know "
        f"its level: {listed(named)}"
    )


def _rare(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which devices have too few runs to know their level; never all of them."""
    rare = (counts > 0) & (counts < LEAST_RUNS_OF_A_DEVICE)
    if rare.any() and counts.max() < LEAST_RUNS_OF_A_DEVICE:
        rare[counts.argmax()] = False
    return rare


def _squared(log_se: Floats) -> tuple[Floats, float]:
    """Return each run's own variance, the usual one where it is unknown; and the usual one."""
    squared = log_se**2
    known = np.isfinite(squared)
    usual = _median(squared[known]) if known.any() else 0.0
    return np.where(known, squared, usual), usual


def _median(values: Floats) -> float:
    """Return what `numpy.median` does, which checks for longer than it sorts."""
    ordered, n = np.sort(values), len(values)
    return float(ordered[(n - 1) // 2] + ordered[n // 2]) / 2


@dataclass(frozen=True)
class _Around:
    """How far runs lie from those around them.

    Parameters
    ----------
    distance : ndarray, shape (n_runs,)
        From the median of the runs around, in robust standard deviations of this; 0 where there
        are too few of them.
    judged : ndarray of bool, shape (n_runs,)
        Whether there are enough.
    """

    distance: Floats
    judged: npt.NDArray[np.bool_]

    def outlyingness(self, full_count: float) -> Floats:
        """Return by how much the variance of each run is to grow, 1 for most."""
        return np.asarray(np.maximum(self.distance / full_count, 1.0) ** 2)

    def best_full_count(self) -> float:
        """Return the distance up to which a run is best counted in full.

        That with the least asymptotic variance of a mean (Huber 1981, *Robust Statistics*, §3.2)
        in which runs within it weigh 1, and others its square over that of their distance.
        """
        distance = self.distance[self.judged]
        if len(distance) < LEAST_TO_CHOOSE:
            return FULL_COUNT_SD
        others = np.array([full_count for full_count, _ in FULL_COUNTS_SD])
        usual, *variances = _variances_of_mean(distance, np.append(FULL_COUNT_SD, others)).tolist()
        least, chosen = usual, FULL_COUNT_SD
        for (full_count, share), variance in zip(FULL_COUNTS_SD, variances, strict=True):
            if variance < min(least, share * usual):
                least, chosen = variance, full_count
        return chosen


def _variances_of_mean(distance: Floats, full_counts: Floats) -> Floats:
    """Return the asymptotic variances of such means, in squares of the distance's unit."""
    full_count = full_counts[:, None]
    weight = (full_count / np.maximum(distance, full_count)) ** 2
    slope = np.where(distance <= full_count, 1.0, -weight).mean(axis=1)
    variance = ((weight * distance) ** 2).mean(axis=1) / slope**2
    return np.where(slope > 0, variance, np.inf)


def _around(log_form: Floats, squared: Floats, device: npt.NDArray[np.intp]) -> _Around:
    """Return how far each run lies from those around it, of its device; runs in order of day."""
    far, is_judged = np.zeros(len(log_form)), np.zeros(len(log_form), dtype=np.bool_)
    found = _Around(far, is_judged)
    if not len(log_form):
        return found
    order = np.argsort(device, kind="stable")
    place = np.arange(len(order))[:, None] + _BESIDE
    near = order.take(place, mode="clip")
    same = (device[near] == device[order][:, None]) & (place >= 0) & (place < len(order))
    around = np.where(same, log_form[near], np.inf)
    around.sort(axis=1)
    n_around = same.sum(axis=1)
    judged = n_around >= NEIGHBOURS
    if not judged.any():
        return found
    row, size = np.flatnonzero(judged), n_around[judged]
    middle = (around[row, (size - 1) // 2] + around[row, size // 2]) / 2
    of = order[judged]
    distance = np.abs(log_form[of] - middle) / np.sqrt(squared[of] + DAY_SD**2)
    scale = SD_OF_MAD * _median(distance)
    if scale > 0:
        far[of], is_judged[of] = distance / scale, True
    return found


def _variances(
    log_form: Floats,
    squared: Floats,
    usual: float,
    group: npt.NDArray[np.intp],
    outlyingness: Floats,
    device: npt.NDArray[np.intp],
    n_groups: npt.NDArray[np.int64],
) -> tuple[Floats, float, Floats]:
    """Return each run's variance of log form, and the day-to-day SD in it: in all, by device.

    Runs of one week and device are a group, of which each device has so many.

    The runner's own scatter within weeks is pooled with the usual one, and each device's with
    the runner's; what it is pooled with counts for `DAY_SD_DF` degrees of freedom.
    """
    size = np.bincount(group, 1 / outlyingness)
    within = log_form - (np.bincount(group, log_form / outlyingness) / size)[group]
    df = len(log_form) - len(size)
    pooled = (within @ (within / outlyingness) + DAY_SD_DF * (DAY_SD**2 + usual)) / (df + DAY_SD_DF)
    n_devices = len(n_groups)
    df_of = np.bincount(device, minlength=n_devices) - n_groups
    own = np.bincount(device, within**2 / outlyingness, n_devices) + DAY_SD_DF * pooled
    least = LEAST_DAY_SD**2
    day_variance = np.maximum(own / (df_of + DAY_SD_DF) - usual, least)
    variance: Floats = (squared + day_variance[device]) * outlyingness
    day_sd = float(np.sqrt(max(float(pooled) - usual, least)))
    return variance, day_sd, np.sqrt(day_variance)


def weeks_until(needed: int, seen: int, passed: int) -> int:
    """Return in how many weeks there will be so many more, nine times out of ten.

    Parameters
    ----------
    needed : int
        Weeks that count and are still missing.
    seen, passed : int
        Weeks that counted, of so many that passed.

    Examples
    --------
    >>> weeks_until(20, 20, 20), weeks_until(20, 30, 40)
    (29, 40)
    """
    ahead = np.arange(needed, 100 * needed + 1)
    # The first week counted by definition, and so tells nothing of the share.
    counted, of = seen - 1 + SEEN_BEFORE, passed - 1 + SEEN_BEFORE + MISSED_BEFORE
    share = counted / of
    # Normal for a binomial whose share is as uncertain as the weeks that passed leave it.
    sd = np.sqrt(BREAK_WEEKS * ahead * share * (1 - share) * (1 + ahead / of))
    enough = ahead * share - NINE_IN_TEN * sd >= needed
    return int(ahead[enough.argmax()]) if enough.any() else int(ahead[-1])
