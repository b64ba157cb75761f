"""Adherence: how far a programme was followed, week by week.

Only weeks that the log covers wholly count, since a week that was not logged is not a week
without training. What a programme leaves open does not lower the score.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.measures.log_days import logged_days
from runanalytics.movements import (
    Programme,
    Target,
    is_strength,
    is_technique,
    programme_named,
    work_of_set,
)
from runanalytics.schema.checking import require, shaped

#: Work within this time of a run's end belongs to the run; without clock times, the same day.
AFTER_RUN = pd.Timedelta(hours=2)
#: How long before the run's end a session may begin, since two devices' clocks differ.
_CLOCKS_APART = pd.Timedelta(minutes=10)
#: What a week's score is made of, where the programme prescribes it.
PARTS = ("sessions_share", "figures_share", "after_run_share", "followed_share")


@checked_arguments
def adherence(
    sessions: pd.DataFrame,
    sets: pd.DataFrame,
    programme: str,
    *,
    runs: pd.DataFrame | None = None,
    spans: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how far a programme was followed in each logged week.

    Parameters
    ----------
    sessions : DataFrame
        Table ``sessions``; needs session_id, local_date and kind.
    sets : DataFrame
        Table ``sets``, possibly empty; needs session_id and movement.
    programme : str
        A programme of `runanalytics.movements.programmes`, by its id or its name.
    runs : DataFrame, optional
        Table ``runs``, for what is prescribed after runs.
    spans : DataFrame, optional
        Table ``log_spans``. By default from the first session to the last.

    Returns
    -------
    DataFrame
        One row a week that lies within the log: week (its Monday), n_sessions (with a movement
        of the programme; of the gym where that is what it prescribes), n_movements and n_sets
        (of the programme), and between 0 and 1, missing where nothing is prescribed:
        ``sessions_share`` (of the sessions a week), ``figures_share`` (of sets, repetitions,
        work and hold, mean over the movements that have figures), ``after_run_share`` (of the
        week's runs), ``followed_share`` (of its sessions that were followed by what should
        follow), and ``score``, the mean of these; the share of its movements that were done
        where none of them is prescribed. In its attrs: ``programme``, and the ``log``
        that its weeks are of, "strength" or "technique".

    Raises
    ------
    UsageError
        If there is no such programme.
    SchemaError
        If a needed column is missing, or a span ends before it begins.

    Examples
    --------
    >>> sessions = pd.DataFrame({"session_id": ["a", "b"], "kind": "strength",
    ...                          "local_date": ["2026-03-02", "2026-03-08"]})
    >>> sets = pd.DataFrame({"session_id": ["a"], "position": [1], "movement": ["calf_raise"],
    ...                      "n_sets": [5], "reps": [12.0], "hold_s": [36.0]})
    >>> weekly = adherence(sessions, sets, "gym_and_after_run")
    >>> weekly[["n_sessions", "sessions_share", "figures_share"]].to_numpy().tolist()
    [[2.0, 1.0, 0.5]]
    """
    followed = programme_named(programme)
    log = "strength" if any(map(is_strength, followed.movements)) else "technique"
    sessions = shaped(sessions, "sessions", ("session_id", "local_date", "kind"))
    require(sets, "sets", ("session_id", "movement"))
    if "position" not in sets.columns:
        sets = sets.assign(position=np.arange(1, len(sets) + 1))
    if "n_sets" not in sets.columns:
        sets = sets.assign(n_sets=1)
    rows = shaped(sets, "sets", ("session_id", "movement"))
    rows = rows.merge(sessions[["session_id", "local_date", "start_utc"]], on="session_id")
    rows["week"] = monday_of(rows["local_date"])
    done = rows[rows["movement"].isin(followed.movements)]
    weeks = _logged_weeks(sessions, spans, log)
    counted = _counted_sessions(sessions, rows, done, followed, log)
    table = pd.DataFrame({"week": weeks}).set_index("week")
    table["n_sessions"] = counted.groupby("week")["session_id"].nunique()
    table["n_movements"] = done.groupby("week")["movement"].nunique()
    table["n_sets"] = done.groupby("week")["n_sets"].sum()
    table = table.fillna(0).astype("float64")
    table["sessions_share"] = np.nan
    if followed.sessions_per_week:
        table["sessions_share"] = (table["n_sessions"] / followed.sessions_per_week).clip(upper=1)
    table["figures_share"] = _figures(table.index, done, followed.targets)
    table["after_run_share"] = np.nan
    if followed.after_run_min and runs is not None:
        table["after_run_share"] = _after_runs(table.index, runs, sessions, followed)
    table["followed_share"] = np.nan
    if followed.followed_by == "technique":
        table["followed_share"] = _followed(table.index, rows, sessions, done)
    done_share = table["n_movements"] / max(len(followed.movements), 1)
    table["score"] = table[list(PARTS)].mean(axis="columns").fillna(done_share)
    result = table.reset_index()
    result.attrs = {"programme": followed.id, "log": log}
    return result


def adherence_dose(weekly: pd.DataFrame) -> pd.DataFrame:
    """Return adherence as a dose: a share of one a week, spread over its days.

    Parameters
    ----------
    weekly : DataFrame
        From `adherence`.

    Returns
    -------
    DataFrame
        Table ``dose``: local_date and amount, a seventh of the week's score. Its attrs have
        ``what`` (the programme) and ``measure`` ("adherence").

    Examples
    --------
    >>> weekly = pd.DataFrame({"week": [pd.Timestamp("2026-03-02")], "score": [0.7]})
    >>> weekly.attrs = {"programme": "technique_drills"}
    >>> adherence_dose(weekly)["amount"].round(2).tolist()
    [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    """
    days = weekly["week"].to_numpy().astype("datetime64[D]")[:, None] + np.arange(7)
    amount = np.repeat(weekly["score"].to_numpy(dtype=np.float64) / 7, 7)
    table = pd.DataFrame({"local_date": days.ravel().astype("datetime64[us]"), "amount": amount})
    result = schema.check(table, "dose")
    what = weekly.attrs["programme"]
    result.attrs = {"what": what, "measure": "adherence", "unit": "of the programme"}
    return result


def monday_of(day: pd.Series) -> pd.Series:
    """Return the first day of the week of each local day.

    Examples
    --------
    >>> monday_of(pd.to_datetime(pd.Series(["2026-03-08"]))).dt.strftime("%Y-%m-%d").tolist()
    ['2026-03-02']
    """
    monday: pd.Series = day.dt.normalize() - pd.to_timedelta(day.dt.day_of_week, unit="D")
    return monday


def _logged_weeks(sessions: pd.DataFrame, spans: pd.DataFrame | None, log: str) -> pd.DatetimeIndex:
    """Return the Mondays of the weeks that the log covers wholly."""
    dates = sessions["local_date"][sessions["kind"].isin((log, "mixed"))].to_numpy()
    days = pd.Series(pd.DatetimeIndex(logged_days(spans, log, dates)))
    n_days = days.groupby(monday_of(days)).size()
    return pd.DatetimeIndex(n_days.index[n_days == 7])


def _may_hold_drills(sessions: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return which sessions are of drills, by their kind, and not of sprints alone."""
    pairs = zip(rows["movement"], rows["category"], strict=True)
    work = pd.Series([work_of_set(*pair) for pair in pairs], index=rows.index, dtype=object)
    sprinted = set(rows["session_id"][work == "speed"])
    drilled = set(rows["session_id"][work.isna() | (work == "technique")])
    may: pd.Series = sessions["kind"].isin(("technique", "mixed"))
    return may & ~sessions["session_id"].isin(sprinted - drilled)


def _counted_sessions(
    sessions: pd.DataFrame,
    rows: pd.DataFrame,
    done: pd.DataFrame,
    followed: Programme,
    log: str,
) -> pd.DataFrame:
    """Return the sessions that count: all of the gym where minutes after runs are prescribed."""
    if followed.after_run_min is not None:
        held = sessions["kind"].isin((log, "mixed"))
    else:
        of_programme = sessions["session_id"].isin(done["session_id"])
        held = of_programme | (_may_hold_drills(sessions, rows) & (log == "technique"))
    chosen = sessions[held]
    return chosen.assign(week=monday_of(chosen["local_date"]))


def _figures(weeks: pd.Index, done: pd.DataFrame, targets: tuple[Target, ...]) -> Floats:
    """Return the mean over targets of how far the week's best session met each."""
    if not targets:
        return np.full(len(weeks), np.nan)
    shares = []
    for target in targets:
        rows = done[done["movement"] == target.movement]
        met = np.minimum(1.0, _share_of_least(rows["reps"], target.reps))
        met *= np.minimum(1.0, _share_of_least(rows["hold_s"], _seconds(target)))
        per_session = (
            rows.assign(met=met * rows["n_sets"].astype("float64"))
            .groupby(["week", "session_id"])["met"]
            .sum()
        )
        wanted = target.sets[0] if target.sets else 1
        best = (per_session / wanted).clip(upper=1).groupby("week").max()
        shares.append(best.reindex(weeks).fillna(0.0).to_numpy(dtype=np.float64))
    mean: Floats = np.mean(shares, axis=0)
    return mean


def _seconds(target: Target) -> tuple[float, float] | None:
    """Return the seconds of a set: of work, or of all its holds."""
    if target.work_s:
        return (target.work_s, target.work_s)
    if target.hold_s and target.reps:
        return (target.hold_s * target.reps[0], target.hold_s * target.reps[1])
    return None


def _share_of_least(values: pd.Series, figure: tuple[float, float] | None) -> Floats:
    """Return values as shares of the least that is prescribed; 1 where either is not stated."""
    numbers = values.to_numpy(dtype=np.float64)
    if figure is None:
        return np.ones(len(numbers))
    share: Floats = np.where(np.isnan(numbers), 1.0, numbers / figure[0])
    return share


def _after_runs(
    weeks: pd.Index, runs: pd.DataFrame, sessions: pd.DataFrame, followed: Programme
) -> Floats:
    """Return the share of each week's runs that the prescribed minutes followed."""
    rows = shaped(runs, "runs", ("run_id", "local_date"))
    least_s = 60.0 * (followed.after_run_min or (0, 0))[0]
    end = rows["start_utc"] + pd.to_timedelta(rows["elapsed_s"], unit="s")
    ran = rows.assign(end=end)[["run_id", "local_date", "end"]]
    held = sessions[["local_date", "start_utc", "duration_s"]]
    long_enough = held["duration_s"].isna() | (held["duration_s"] >= least_s)
    pairs = ran.merge(held[long_enough], on="local_date")
    wait = pairs["start_utc"] - pairs["end"]
    unknown = pairs["start_utc"].isna() | pairs["end"].isna()
    pairs = pairs[unknown | wait.between(-_CLOCKS_APART, AFTER_RUN)]
    was_followed = ran["run_id"].isin(pairs["run_id"])
    share = was_followed.astype("float64").groupby(monday_of(ran["local_date"])).mean()
    return np.asarray(share.reindex(weeks).to_numpy(dtype=np.float64))


def _followed(
    weeks: pd.Index, rows: pd.DataFrame, sessions: pd.DataFrame, done: pd.DataFrame
) -> Floats:
    """Return the share of each week's sessions in which technique came after strength.

    One session may stand in two logs, so drills in another session later that day count.
    """
    drills = set(filter(is_technique, rows["movement"].dropna().unique()))
    stated = rows["movement"].isna() & (rows["category"] == "technique")
    technique = rows[rows["movement"].isin(drills) | stated]
    last_drill = technique.groupby("session_id")["position"].max()
    first_strength = done.groupby("session_id")["position"].min()
    order = pd.DataFrame({"strength": first_strength}).join(last_drill.rename("drill"))
    after = order["drill"] > order["strength"]
    with_drills = sessions["session_id"].isin(technique["session_id"]) | (
        (sessions["kind"] == "technique") & _may_hold_drills(sessions, rows)
    )
    columns = ["session_id", "local_date", "start_utc"]
    pairs = done.drop_duplicates("session_id")[columns].merge(
        sessions.loc[with_drills, columns], on="local_date", suffixes=("", "_drills")
    )
    wait = pairs["start_utc_drills"] - pairs["start_utc"]
    later = (pairs["session_id"] != pairs["session_id_drills"]) & ~(wait < pd.Timedelta(0))
    after |= after.index.isin(pairs.loc[later, "session_id"])
    week = done.drop_duplicates("session_id").set_index("session_id")["week"]
    share = after.fillna(False).astype("float64").groupby(week).mean()
    return np.asarray(share.reindex(weeks).fillna(0.0).to_numpy(dtype=np.float64))
