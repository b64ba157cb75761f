"""Dose: how much strength, technique, other work or any part of it was done, day by day.

A row is a day on which the log says what was done, so an amount of zero means "nothing". A day
outside the log, or one with a session of unknown amount, has no row.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Booleans, Floats
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.log_days import Days, log_gaps, logged_days
from runanalytics.movements import categories_of, log_of, members, work_of_set
from runanalytics.schema.checking import require, shaped

#: What can be counted, and in which unit.
MEASURES = {
    "sessions": "sessions",
    "sets": "sets",
    "reps": "repetitions",
    "minutes": "min",
    "tonnage_kg": "kg",
}
#: Measures that are known from sets only, whatever the kind of the session.
_NEED_SETS = ("sets", "reps", "tonnage_kg")
#: Kinds of work that are done in sets, with rests between them; others go on for their time.
_IN_SETS = ("strength", "technique", "speed")


@checked_arguments
def dose(
    sessions: pd.DataFrame,
    sets: pd.DataFrame,
    what: str = "strength",
    measure: str = "sessions",
    spans: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how much of something was done on each day of the log.

    Parameters
    ----------
    sessions : DataFrame
        Table ``sessions``; needs `session_id`, `local_date` and `kind`.
    sets : DataFrame
        Table ``sets``, possibly empty; needs `session_id` and `movement`, and what the measure
        is made of. Without `n_sets` each row is one set.
    what : str, default "strength"
        "strength", "technique", a category such as "mobility", a group such as "upper_body", a
        programme, or a movement by its id or its name.
    measure : {"sessions", "sets", "reps", "minutes", "tonnage_kg"}
        What is added up. Sessions: those with at least one set of it. Sets: warm-ups too.
        Repetitions: as logged, so one side's where a set stands for each side. Minutes: of the
        session's duration, the share of this work, as the notes say; where the duration is not
        logged, the time the sets were held. Tonnage (kg): sets × repetitions × external load; a
        load of unstated kind counts as external.
    spans : DataFrame, optional
        Table ``log_spans``: the days on which a log was kept. By default, and where it does not
        have this log, from the first session of the kind to the last.

    Returns
    -------
    DataFrame
        Table ``dose``: one row a day of the log, by date, `amount` in sessions, sets,
        repetitions, minutes or kg. Its `attrs` have `what`, `measure`, `unit` and
        `unknown_days`, the number of days of the log left out because the amount of a session
        is unknown; and, where any sessions rest on unknown names alone, `unknown_names`:
        how many of them count (`counted`) and do not (`not_counted`), and by how much the
        amounts of which days would fall if none did (`less`), and rise if all did (`more`).

    Raises
    ------
    UsageError
        If `what` or `measure` is unknown.
    SchemaError
        If a needed column or value is missing.

    Notes
    -----
    Work with any strength work among it belongs to the strength log, drills and sprints to the
    technique log, and each other kind to a log of its own; sets in a session of another log
    count too. A session of strength or technique without sets counts for its own kind, a mixed
    one for both. For a category, programme or movement, and for sets, repetitions and tonnage,
    its amount is unknown: its day is left out, as are the days before the first and after the
    last session that has sets. Sets of unknown names count for the kind of their session only.

    Minutes: where all rows of a session have times, by their share of that time. Elsewhere
    continuous work (a walk, yoga) takes its own time, and the rest of the duration is shared out
    by number of sets, since the time of a set is without its rests.

    Examples
    --------
    >>> sessions = pd.DataFrame({"session_id": ["a", "b"], "kind": "strength",
    ...                          "local_date": ["2026-03-02", "2026-03-04"]})
    >>> sets = pd.DataFrame({"session_id": ["a"], "movement": ["box_jump"], "n_sets": [3]})
    >>> dose(sessions, sets)
      local_date  amount
    0 2026-03-02     1.0
    1 2026-03-03     0.0
    2 2026-03-04     1.0
    >>> dose(sessions, sets, "plyometric", "sets")
      local_date  amount
    0 2026-03-02     3.0
    """
    measure = _measure(measure)
    wanted = _Wanted(what)
    sessions = shaped(sessions, "sessions", ("session_id", "local_date", "kind"))
    twice = sessions["session_id"][sessions["session_id"].duplicated()]
    if len(twice):
        raise SchemaError(f"session '{twice.iloc[0]}' stands in it twice", where="table 'sessions'")
    require(sets, "sets", ("session_id", "movement"))
    single = {} if "n_sets" in sets.columns else {"n_sets": 1}
    sets = sets.assign(position=np.arange(1, len(sets) + 1), **single)
    sets = shaped(sets, "sets", ("session_id", "movement"))
    row = pd.Index(sessions["session_id"]).get_indexer(pd.Index(sets["session_id"]))
    done = _Sets(sets[row >= 0], row[row >= 0])
    of_log = _of_each(sessions["kind"], wanted.kinds.__contains__, missing=False)
    counted = _counted_sets(sessions, done, of_log, wanted)
    amount = _session_amounts(counted, measure)
    has_counted = np.bincount(counted.session, minlength=len(sessions)) > 0
    days = logged_days(spans, wanted.log, counted.date[counted.of_log | has_counted])
    if measure in _NEED_SETS or not wanted.whole:
        days = _days_with_sets(counted, days)
    per_day = _daily_sums(counted.date, amount, days)
    known = ~np.isnan(per_day)
    table = pd.DataFrame({"local_date": days[known], "amount": per_day[known]})
    result = schema.check(table, "dose")
    result.attrs = {
        "what": what,
        "measure": measure,
        "unit": MEASURES[measure],
        "unknown_days": int((~known).sum()),
    }
    gaps = log_gaps(spans, wanted.log, counted.date[of_log]) if wanted.kinds else ()
    if gaps:
        result.attrs["log_gaps"] = [(first.isoformat(), last.isoformat()) for first, last in gaps]
    unnamed = _rests_on_unknown_names(done, len(sessions)) & wanted.whole
    of_unknown_kind = unnamed & _of_each(sessions["kind"], "unknown".__eq__, missing=False)
    inside = np.isin(counted.date, days)
    if (unnamed & of_log & inside).any() or of_unknown_kind.any():
        every = _counted_sets(sessions, done, of_log | of_unknown_kind, wanted)
        less = np.where(unnamed & of_log, amount, 0.0)
        more = np.where(of_unknown_kind, _session_amounts(every, measure), 0.0)
        result.attrs["unknown_names"] = {
            "counted": int((unnamed & of_log & inside).sum()),
            "not_counted": int(of_unknown_kind.sum()),
            "less": _by_day(counted.date, less, days[known]),
            "more": _by_day(counted.date, more, days[known]),
        }
    return result


def with_unknown_names(dose: pd.DataFrame, counting: Literal["all", "none"]) -> pd.DataFrame:
    """Return a dose with all or with none of the sessions that rest on unknown names alone.

    Parameters
    ----------
    dose : DataFrame
        From `dose`.
    counting : {"all", "none"}
        Which of these sessions count.

    Returns
    -------
    DataFrame
        Table ``dose`` of the same days; its `attrs` no longer have ``unknown_names``.

    Examples
    --------
    >>> sessions = pd.DataFrame({"session_id": ["a"], "kind": ["strength"],
    ...                          "local_date": ["2026-03-02"]})
    >>> sets = pd.DataFrame({"session_id": ["a"], "movement": [None]})
    >>> with_unknown_names(dose(sessions, sets), "none")["amount"].tolist()
    [0.0]
    """
    stated = dose.attrs.get("unknown_names", {})
    column, sign = ("more", 1.0) if counting == "all" else ("less", -1.0)
    change = pd.Series(stated.get(column, {}), dtype="float64")
    days = dose["local_date"].dt.strftime("%Y-%m-%d")
    amount = (dose["amount"] + sign * days.map(change).fillna(0.0)).clip(lower=0.0)
    result = dose.assign(amount=amount)
    result.attrs = {name: value for name, value in dose.attrs.items() if name != "unknown_names"}
    return result


class _Wanted:
    """What is counted: its movements, its main categories, the log that it belongs to.

    Sessions of `kinds` are of that log; `whole` says whether the whole log counts.
    """

    def __init__(self, what: str) -> None:
        self.ids = members(what)
        self.categories = categories_of(what)
        self.log = log_of(what)
        self.kinds = {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}.get(
            self.log, ()
        )
        self.whole = what.strip().casefold() == self.log and bool(self.kinds)

    def counts(self, sets: pd.DataFrame) -> Booleans:
        """Return which rows of table "sets" are known to be of it."""
        named = _of_each(sets["movement"], self.ids.__contains__, missing=False)
        stated = _of_each(sets["category"], self.categories.__contains__, missing=False)
        return named | (stated & sets["movement"].isna().to_numpy())


def _measure(text: str) -> str:
    name = text.strip().casefold().replace("-", "_")
    name = "tonnage_kg" if name == "tonnage" else name
    if name in MEASURES:
        return name
    near = difflib.get_close_matches(name, MEASURES, n=1)
    guess = f"did you mean '{near[0]}'? There are: " if near else "there are: "
    raise UsageError(f"no measure '{text}'", hint=guess + ", ".join(MEASURES))


@dataclass(frozen=True)
class _CountedSets:
    """Sessions and the sets that count, as arrays.

    Parameters
    ----------
    date, of_log, mixed : ndarray, one value a session
        Day, whether its kind belongs to the log in question, whether it belongs to both logs.
    duration_min, share : ndarray, one value a session
        Its duration (min), and the share of it that counts.
    n_sets : ndarray, one value a session
        Sets of any movement.
    session, sets, reps, load_kg, hold_min : ndarray, one value a row of sets that count
        Number of its session, sets it stands for, repetitions, external load (kg) and time held
        (min) of each. Zero where the set is measured otherwise, missing where it is not logged.
    whole : bool
        Whether the whole log counts.
    """

    date: Days
    of_log: Booleans
    mixed: Booleans
    duration_min: Floats
    share: Floats
    n_sets: Floats
    session: npt.NDArray[np.intp]
    sets: Floats
    reps: Floats
    load_kg: Floats
    hold_min: Floats
    whole: bool

    @property
    def without_sets(self) -> Booleans:
        """Which sessions of the log have no sets."""
        without: Booleans = self.of_log & (self.n_sets == 0)
        return without

    def per_session(self, values: Floats) -> Floats:
        """Return sums over the sets that count, one a session."""
        return _sums(self.session, values, len(self.date))


class _Sets:
    """Rows of table "sets" as arrays, with the number of each one's session.

    `work` is the kind of work of each, "" of unknown names.
    """

    def __init__(self, sets: pd.DataFrame, row: npt.NDArray[np.intp]) -> None:
        self.table, self.row = sets, row
        self.n_sets, self.reps, self.hold_s, self.distance_m, self.load_kg = (
            sets[name].to_numpy(dtype=np.float64, na_value=np.nan)
            for name in ("n_sets", "reps", "hold_s", "distance_m", "load_kg")
        )
        named = _of_each(sets["movement"], lambda name: work_of_set(name) or "", missing="")
        stated = _of_each(sets["category"], lambda name: work_of_set(None, name) or "", missing="")
        work = np.where(sets["movement"].notna().to_numpy(), named, stated)
        self.unknown, self.rest = work == "", work == "rest"
        self.beside = self.rest | (work == "warm_up")
        self.continuous = ~np.isin(work, ("", *_IN_SETS))


def _counted_sets(
    sessions: pd.DataFrame, sets: _Sets, of_log: Booleans, wanted: _Wanted
) -> _CountedSets:
    """Return the sets that count."""
    counts = wanted.counts(sets.table)
    if wanted.whole:
        counts = counts | (sets.unknown & of_log[sets.row])
    # A set held for a time or done over a distance has no repetitions; one without a load of
    # its own lifts no weight.
    otherwise_measured = ~np.isnan(sets.hold_s) | ~np.isnan(sets.distance_m)
    reps = np.where(np.isnan(sets.reps) & otherwise_measured, 0.0, sets.reps)
    kind = sets.table["load_kind"]
    no_load = _of_each(kind, "external".__ne__, missing=False)
    unloaded = no_load | (kind.isna().to_numpy() & np.isnan(sets.load_kg))
    duration_min = sessions["duration_s"].to_numpy() / 60
    return _CountedSets(
        date=sessions["local_date"].to_numpy(),
        of_log=of_log,
        mixed=_of_each(sessions["kind"], "mixed".__eq__, missing=False),
        duration_min=duration_min,
        share=_shares(sets, counts, duration_min),
        n_sets=_sums(sets.row, sets.n_sets, len(sessions)),
        session=sets.row[counts],
        sets=sets.n_sets[counts],
        reps=reps[counts],
        load_kg=np.where(unloaded, 0.0, sets.load_kg)[counts],
        hold_min=sets.hold_s[counts] / 60,
        whole=wanted.whole,
    )


def _of_each(
    values: pd.Series, say: Callable[[str], bool | str], missing: bool | str
) -> npt.NDArray[Any]:
    """Return what is said of each value; of few distinct ones, each is asked about once."""
    codes, distinct = values.array.factorize()
    of_each: npt.NDArray[Any] = np.array([*map(say, distinct), missing])[codes]
    return of_each


def _rests_on_unknown_names(sets: _Sets, n_sessions: int) -> Booleans:
    """Return which sessions have sets of unknown names and no other work."""
    unknown = _sums(sets.row, sets.unknown.astype(np.float64), n_sessions)
    known = _sums(sets.row, (~sets.unknown & ~sets.beside).astype(np.float64), n_sessions)
    rests: Booleans = (unknown > 0) & (known == 0)
    return rests


def _shares(sets: _Sets, counts: Booleans, duration_min: Floats) -> Floats:
    """Return the share of each session's duration that the sets that count took."""

    def total(values: Floats, of: Booleans) -> Floats:
        return _sums(sets.row[of], values[of], len(duration_min))

    n_sets = sets.n_sets
    time_min = n_sets * sets.hold_s / 60
    # A rest is no part of the work that is shared out.
    counts, working = counts & ~sets.rest, ~sets.rest
    timed = np.isfinite(time_min) & (time_min > 0) & working
    every_row_is_timed = total(np.ones(len(n_sets)), working & ~timed) == 0
    alone = timed & sets.continuous
    alone_min = total(time_min, alone)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_time = total(time_min, timed & counts) / total(time_min, timed)
        by_sets = total(n_sets, counts) / total(n_sets, working)
        left = np.where(alone_min < duration_min, 1 - alone_min / duration_min, np.nan)
        left_by_sets = total(n_sets, counts & ~alone) / total(n_sets, working & ~alone)
        apart = total(time_min, alone & counts) / duration_min + left * left_by_sets
    share = np.where(every_row_is_timed, by_time, np.where(np.isnan(apart), by_sets, apart))
    return np.nan_to_num(share)


def _session_amounts(counted: _CountedSets, measure: str) -> Floats:
    """Return the amount of each session; missing where it is not known."""
    n_counted = counted.per_session(counted.sets)
    if measure == "sessions":
        amount = (n_counted > 0).astype(np.float64)
    elif measure == "sets":
        amount = n_counted
    elif measure == "reps":
        amount = counted.per_session(counted.sets * counted.reps)
    elif measure == "tonnage_kg":
        lifted = np.where(counted.load_kg == 0, 0.0, counted.reps * counted.load_kg)
        amount = counted.per_session(counted.sets * lifted)
    else:
        held = counted.per_session(counted.sets * counted.hold_min)
        shared = counted.share * counted.duration_min
        minutes = np.where(np.isnan(counted.duration_min), held, shared)
        amount = np.where(n_counted > 0, minutes, 0.0)
    if not counted.whole or measure in _NEED_SETS:
        without_sets: float | Floats = np.nan
    elif measure == "sessions":
        without_sets = 1.0
    else:
        without_sets = np.where(counted.mixed, np.nan, counted.duration_min)
    return np.where(counted.without_sets, without_sets, amount)


def _days_with_sets(counted: _CountedSets, days: Days) -> Days:
    """Leave out the days before sets were first logged and after they last were."""
    if not counted.without_sets.any():
        return days
    dates = counted.date[counted.n_sets > 0]
    if not len(dates):
        return days[:0]
    between: Booleans = (days >= dates.min()) & (days <= dates.max())
    return days[between]


def _daily_sums(dates: Days, amount: Floats, days: Days) -> Floats:
    """Return the sum of each day; missing where the amount of a session is."""
    if not len(days):
        return np.empty(0)
    place = np.minimum(np.searchsorted(days, dates), len(days) - 1)
    logged = days[place] == dates
    return _sums(place[logged], amount[logged], len(days))


def _by_day(dates: Days, amount: Floats, days: Days) -> dict[str, float]:
    """Return the sum of each of the days that has one, by date in words."""
    sums = np.nan_to_num(_daily_sums(dates, amount, days))
    some = np.flatnonzero(sums)
    named = np.datetime_as_string(days[some].astype("datetime64[D]"))
    return dict(zip(named.tolist(), sums[some].tolist(), strict=True))


def _sums(place: npt.NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Return the sum of the values of each place, from 0 to below `count`."""
    sums: Floats = np.bincount(place, values, count).astype(np.float64)
    return sums
