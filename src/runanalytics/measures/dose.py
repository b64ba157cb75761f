"""Dose: how much strength, technique or any part of them was done, day by day.

A row is a day on which the log tells what was done, so an amount of zero says "nothing". A day
outside the log, or one whose session does not tell, has no row: nobody knows.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Booleans, Floats
from runanalytics.errors import SchemaError, UsageError
from runanalytics.movements import is_strength, members
from runanalytics.schema.checking import require, shaped

Days = npt.NDArray[np.datetime64]

#: What can be counted, and in which unit.
MEASURES = {
    "sessions": "sessions",
    "sets": "sets",
    "reps": "repetitions",
    "minutes": "min",
    "tonnage_kg": "kg",
}
#: Measures that only the sets can tell, whatever the session is called.
_BY_SETS = ("sets", "reps", "tonnage_kg")


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
        "strength", "technique", a category, a programme, or a movement by its id or its name.
    measure : {"sessions", "sets", "reps", "minutes", "tonnage_kg"}
        What is added up. Sessions: those with at least one set of it. Sets, warm-ups among
        them. Repetitions: as logged, so one side's where a set stands for each side. Minutes:
        the session's duration, shared out by number of sets; where it is not logged, the time
        the sets were held. Tonnage (kg): sets × repetitions × external load, which a load of
        unstated kind is taken for.
    spans : DataFrame, optional
        Table ``log_spans``: the days on which a log was kept. By default, and where it says
        nothing of this log, from the first session of the kind to the last.

    Returns
    -------
    DataFrame
        Table ``dose``: one row a day of the log, by date, `amount` in sessions, sets,
        repetitions, minutes or kg. Its `attrs` have `what`, `measure`, `unit` and
        `unknown_days`, the number of days of the log left out since their session does not
        tell.

    Raises
    ------
    UsageError
        If `what` or `measure` is unknown.
    SchemaError
        If a needed column or value is missing.

    Notes
    -----
    Work without any strength in it (drills, sprints) is looked for in the technique log, all
    other in the strength log; sets that stand in a session of the other log count all the
    same. A session without sets counts for its own kind, a mixed one for
    both. Of anything finer, and of sets, repetitions and tonnage, it tells nothing: its day is
    left out, as are the days before the first and after the last session that has sets. Sets
    of unknown movements make a session count for its kind, and are part of nothing finer.

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
    ids = members(what)
    log = "strength" if any(is_strength(id) for id in ids) else "technique"
    whole = what.strip().casefold() == log
    sessions = shaped(sessions, "sessions", ("session_id", "local_date", "kind"))
    twice = sessions["session_id"][sessions["session_id"].duplicated()]
    if len(twice):
        raise SchemaError(f"session '{twice.iloc[0]}' stands in it twice", where="table 'sessions'")
    require(sets, "sets", ("session_id", "movement"))
    single = {} if "n_sets" in sets.columns else {"n_sets": 1}
    sets = sets.assign(position=np.arange(1, len(sets) + 1), **single)
    sets = shaped(sets, "sets", ("session_id", "movement"))
    work = _work(sessions, sets, ids, log, whole)
    amount = _amount(work, measure)
    days = _logged_days(work, spans, log)
    if measure in _BY_SETS or not whole:
        days = _days_with_sets(work, days)
    per_day = _summed(work.date, amount, days)
    known = ~np.isnan(per_day)
    table = pd.DataFrame({"local_date": days[known], "amount": per_day[known]})
    result = schema.check(table, "dose")
    result.attrs = {
        "what": what,
        "measure": measure,
        "unit": MEASURES[measure],
        "unknown_days": int((~known).sum()),
    }
    return result


def _measure(text: str) -> str:
    name = text.strip().casefold().replace("-", "_")
    name = "tonnage_kg" if name == "tonnage" else name
    if name in MEASURES:
        return name
    near = difflib.get_close_matches(name, MEASURES, n=1)
    guess = f"did you mean '{near[0]}'? There are: " if near else "there are: "
    raise UsageError(f"no measure '{text}'", hint=guess + ", ".join(MEASURES))


@dataclass(frozen=True)
class _Work:
    """Sessions and the sets that count, as arrays.

    Parameters
    ----------
    date, of_log, mixed, duration_min : ndarray, one value a session
        Day, whether its kind is of the log that is asked for, whether it is of both logs, and
        its duration (min).
    n_sets : ndarray, one value a session
        Sets it holds of anything.
    session, counted_sets, reps, load_kg, hold_min : ndarray, one value a set that counts
        Row of its session, sets it stands for, repetitions, external load (kg) and time held
        (min) of each. Zero where the set is measured otherwise, missing where it is not told.
    whole : bool
        Whether the whole of the log is asked for.
    """

    date: Days
    of_log: Booleans
    mixed: Booleans
    duration_min: Floats
    n_sets: Floats
    session: npt.NDArray[np.intp]
    counted_sets: Floats
    reps: Floats
    load_kg: Floats
    hold_min: Floats
    whole: bool

    def per_session(self, values: Floats) -> Floats:
        """Return sums over the sets that count, one a session."""
        return _added_up(self.session, values, len(self.date))


def _work(
    sessions: pd.DataFrame, sets: pd.DataFrame, ids: frozenset[str], log: str, whole: bool
) -> _Work:
    of_log = sessions["kind"].isin((log, "mixed")).to_numpy(dtype=bool)
    row = pd.Index(sessions["session_id"]).get_indexer(pd.Index(sets["session_id"]))
    sets, row = sets[row >= 0], row[row >= 0]
    counts = sets["movement"].isin(ids).to_numpy(dtype=bool)
    if whole:
        counts = counts | (sets["movement"].isna().to_numpy(dtype=bool) & of_log[row])
    counted = sets[counts]
    reps, hold, load = (
        counted[name].to_numpy(dtype=np.float64) for name in ("reps", "hold_s", "load_kg")
    )
    # A set held for a time or done over a distance has no repetitions; one without a load of
    # its own lifts no weight.
    otherwise_measured = ~np.isnan(hold) | counted["distance_m"].notna().to_numpy(dtype=bool)
    no_load = (counted["load_kind"] != "external").to_numpy(dtype=bool, na_value=False)
    unstated = counted["load_kind"].isna().to_numpy(dtype=bool)
    return _Work(
        date=sessions["local_date"].to_numpy(),
        of_log=of_log,
        mixed=(sessions["kind"] == "mixed").to_numpy(dtype=bool),
        duration_min=sessions["duration_s"].to_numpy(dtype=np.float64) / 60,
        n_sets=_added_up(row, sets["n_sets"].to_numpy(dtype=np.float64), len(sessions)),
        session=row[counts],
        counted_sets=counted["n_sets"].to_numpy(dtype=np.float64),
        reps=np.where(np.isnan(reps) & otherwise_measured, 0.0, reps),
        load_kg=np.where((no_load & ~unstated) | (unstated & np.isnan(load)), 0.0, load),
        hold_min=hold / 60,
        whole=whole,
    )


def _amount(work: _Work, measure: str) -> Floats:
    """Return the amount of each session; missing where it does not tell."""
    counted = work.per_session(work.counted_sets)
    if measure == "sessions":
        amount = (counted > 0).astype(np.float64)
    elif measure == "sets":
        amount = counted
    elif measure == "reps":
        amount = work.per_session(work.counted_sets * work.reps)
    elif measure == "tonnage_kg":
        lifted = np.where(work.load_kg == 0, 0.0, work.reps * work.load_kg)
        amount = work.per_session(work.counted_sets * lifted)
    else:
        share = counted / np.maximum(work.n_sets, 1)
        held = work.per_session(work.counted_sets * work.hold_min)
        timed = np.where(np.isnan(work.duration_min), held, share * work.duration_min)
        amount = np.where(counted > 0, timed, 0.0)
    silent = work.of_log & (work.n_sets == 0)
    if not work.whole or measure in _BY_SETS:
        told: float | Floats = np.nan
    elif measure == "sessions":
        told = 1.0
    else:
        told = np.where(work.mixed, np.nan, work.duration_min)
    return np.where(silent, told, amount)


def _logged_days(work: _Work, spans: pd.DataFrame | None, log: str) -> Days:
    """Return the days on which the log was kept, in order."""
    if spans is not None:
        spans = shaped(spans, "log_spans", ("what", "first_date", "last_date"))
        kept = spans[spans["what"] == log]
        if (kept["last_date"] < kept["first_date"]).any():
            raise SchemaError("a span ends before it begins", where="table 'log_spans'")
        pairs = list(zip(kept["first_date"].to_numpy(), kept["last_date"].to_numpy(), strict=True))
        if pairs:
            return np.unique(np.concatenate([_days(*pair) for pair in pairs]))
    holds = np.bincount(work.session, minlength=len(work.date)) > 0
    dates = work.date[work.of_log | holds]
    return _days(dates.min(), dates.max()) if len(dates) else dates


def _days(first: np.datetime64, last: np.datetime64) -> Days:
    return np.asarray(pd.date_range(first, last, unit="us"), dtype="datetime64[us]")


def _days_with_sets(work: _Work, days: Days) -> Days:
    """Leave out the days before sets were first logged and after they last were."""
    silent = work.of_log & (work.n_sets == 0)
    if not silent.any():
        return days
    told = work.date[work.n_sets > 0]
    if not len(told):
        return days[:0]
    between: Booleans = (days >= told.min()) & (days <= told.max())
    return days[between]


def _summed(dates: Days, amount: Floats, days: Days) -> Floats:
    """Return the sum of each day; missing where one of its sessions does not tell."""
    if not len(days):
        return np.empty(0)
    place = np.minimum(np.searchsorted(days, dates), len(days) - 1)
    logged = days[place] == dates
    return _added_up(place[logged], amount[logged], len(days))


def _added_up(place: npt.NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Return the sum of the values of each place, from 0 to below `count`."""
    sums: Floats = np.bincount(place, values, count).astype(np.float64)
    return sums
