"""Every race there is: listed, flagged by a watch, found by a title, and the user's own word.

A race that is listed, flagged by its source or confirmed counts. One that only its run's title
speaks of is proposed, and counts once the user confirms it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.merge import Links
from runanalytics.library.merging import stands_for
from runanalytics.library.race_words import (
    ADDED,
    FILE,
    NO_RACE,
    RACE,
    Word,
    added_id,
    read_words,
    say,
    take_back,
)
from runanalytics.measures.race_runs import (
    COUNTS,
    PROPOSED,
    REJECTED,
    TITLE,
    counting,
    course_of,
    race_runs,
)
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from runanalytics.library.store import Library

#: How a race is known, beside "flag" and "title" of `measures.race_runs`.
LIST, USER = "list", "user"
#: Distances of one race, listed and recorded, lie within this share of each other.
_SAME_SHARE = 0.05
#: What a run tells of a race where its list does not.
_FROM_RUN = ("ascent_m", "temperature_c")


def race_list(library: Library, *, altitude: bool = True) -> pd.DataFrame:
    """Return every race, and every run that may have been one.

    Parameters
    ----------
    library : Library
        The library.
    altitude : bool
        Whether to look into the samples of races for their altitude.

    Returns
    -------
    DataFrame
        Table ``races`` by day, with altitude_m (median over the run's samples, m; missing
        where there are none), found_by ("list", "flag", "title" or "user") and state
        ("counts", "proposed" or "rejected"). The identifier of a race that was found in a run
        is the run's. Its attrs have ``unknown``: lines of the user's file that name nothing
        known.

    Raises
    ------
    UsageError
        If a line of the library's ``race_corrections.csv`` makes no sense.
    """
    runs = library.runs()
    listed = library._table("races")
    rows = pd.concat([_of_lists(listed, runs), _of_runs(runs, listed)], ignore_index=True)
    words = read_words(library.folder)
    if words:
        rows = _with_words(rows, words, runs, _into(library))
    columns = [*schema.table("races").names]
    table = schema.check(rows[columns], "races").assign(
        altitude_m=_altitudes(library, rows) if altitude else np.nan,
        found_by=rows["found_by"].astype("str"),
        state=rows["state"].astype("str"),
    )
    table = table.sort_values(["local_date", "race_id"], ignore_index=True)
    table.attrs = {"unknown": rows.attrs.get("unknown", [])}
    return table


def races(library: Library) -> pd.DataFrame:
    """Return table ``races``: those that count, by day.

    The altitude of a course is no column of that table: `race_list` has it.
    """
    kept = counting(race_list(library, altitude=False))[[*schema.table("races").names]]
    kept.attrs = {}
    return kept


def confirm(
    library: Library,
    identifier: str,
    *,
    distance_m: float | None = None,
    time_s: float | None = None,
    title: str = "",
) -> str:
    """Say that a run or a listed race was a race; return its identifier.

    Parameters
    ----------
    library : Library
        The library.
    identifier : str
        Of a race or a run, or its beginning.
    distance_m, time_s : float, optional
        Official distance (m) and time (s), where they are not as found.
    title : str
        What it was called; by default the run's title.

    Raises
    ------
    UsageError
        If nothing, or more than one thing, is called so.
    """
    row = _named(library, identifier)
    id, day = str(row["race_id"]), _day(row)
    earlier = {word.id: word for word in read_words(library.folder)}.get(id, Word(RACE, id))
    word = replace(
        earlier,
        word=ADDED if earlier.word == ADDED else RACE,
        day=day,
        distance_m=distance_m or earlier.distance_m,
        time_s=time_s or earlier.time_s,
        title=" ".join(title.split()) or earlier.title,
    )
    if word.word == ADDED and word.distance_m is not None:
        word = replace(word, id=added_id(day, word.distance_m, word.title))
    _checked(word)
    _write(library, lambda: say(library.folder, word, instead_of=id))
    return word.id


def reject(library: Library, identifier: str) -> str:
    """Say that a run or a listed race was no race; return its identifier."""
    row = _named(library, identifier)
    if str(row["race_id"]).startswith(ADDED):
        raise UsageError(
            f"{row['race_id']} was added by you",
            hint=f"take it out: runanalytics races remove {row['race_id']}",
        )
    word = Word(NO_RACE, str(row["race_id"]), _day(row))
    _write(library, lambda: say(library.folder, word))
    return word.id


def add(
    library: Library,
    day: Any,
    distance_m: float,
    time_s: float,
    *,
    title: str = "",
    ascent_m: float | None = None,
    temperature_c: float | None = None,
) -> str:
    """Add a race of which there is no run; return its identifier.

    Parameters
    ----------
    library : Library
        The library.
    day : date or str
        When it was.
    distance_m, time_s : float
        Distance (m) and time (s).
    title : str
        What it was called.
    ascent_m, temperature_c : float, optional
        Climbed in all (m) and temperature (°C).

    Raises
    ------
    UsageError
        If there is such a race already.
    """
    when = parse_day(day)
    title = " ".join(title.split())
    known = race_list(library, altitude=False)
    same = known[known["state"].ne(REJECTED) & (known["local_date"] == pd.Timestamp(when))]
    same = same[(same["distance_m"] / distance_m - 1).abs() < _SAME_SHARE]
    if len(same):
        id = same["race_id"].iloc[0]
        raise UsageError(
            f"there is a race of that distance on {when}",
            hint=f"give it its time: runanalytics races confirm {id} --time ...",
        )
    word = Word(
        ADDED,
        added_id(when, distance_m, title),
        when,
        distance_m,
        time_s,
        title,
        ascent_m,
        temperature_c,
    )
    _checked(word)
    _write(library, lambda: say(library.folder, word))
    return word.id


def remove(library: Library, identifier: str) -> str:
    """Take back what was said of a race: an added one goes, any other is as it was found."""
    words = read_words(library.folder)
    found = [word.id for word in words if stands_for(identifier, word.id)]
    if not found:
        # Said of the run by which a listed race is known, or the other way round.
        row = _named(library, identifier)
        found = [word.id for word in words if word.id in (row["race_id"], row["run_id"])]
    if len(found) > 1:
        raise UsageError(f"'{identifier}' may be {', '.join(found)}", hint="write more of it")
    if not found:
        raise UsageError(
            f"nothing was said of '{identifier}'",
            where=str(library.folder / FILE),
            hint="'runanalytics races reject' says that a run was no race",
        )
    _write(library, lambda: take_back(library.folder, found))
    return found[0]


def _write(library: Library, write: Callable[[], None]) -> None:
    with library._writing():
        write()


def _day(row: pd.Series) -> Any:
    return row["local_date"].date()


def _of_lists(listed: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return listed races, with what their runs tell beside."""
    told = runs.set_index("run_id")[list(_FROM_RUN)]
    beside = told.reindex(listed["run_id"]).set_axis(listed.index)
    filled = {name: listed[name].fillna(beside[name]) for name in _FROM_RUN}
    return listed.assign(**filled, found_by=LIST, state=COUNTS)


def _of_runs(runs: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that were or may have been races and stand in no list."""
    found = race_runs(runs)
    found = found[~found["run_id"].isin(listed["run_id"].dropna())]
    same_day = found[["run_id", "local_date", "distance_m"]].merge(
        listed[["local_date", "distance_m"]], on="local_date", suffixes=("", "_listed")
    )
    apart = (same_day["distance_m"] / same_day["distance_m_listed"] - 1).abs()
    found = found[~found["run_id"].isin(same_day["run_id"][apart < _SAME_SHARE])]
    state = np.where(found["found_by"] == TITLE, PROPOSED, COUNTS)
    return found.assign(race_id=found["run_id"], state=state)


def _with_words(
    rows: pd.DataFrame, words: tuple[Word, ...], runs: pd.DataFrame, into: dict[str, str]
) -> pd.DataFrame:
    """Return races with what the user says of them."""
    table = rows.astype(object)
    unknown = []
    for word in words:
        id = into.get(word.id, word.id)
        if word.word == ADDED:
            place = len(table)
            table.loc[place, ["race_id", "state"]] = [word.id, COUNTS]
        else:
            known = np.flatnonzero((table["race_id"] == id) | (table["run_id"] == id))
            if len(known):
                place = int(known[0])
            elif (runs["run_id"] == id).any():
                place = len(table)
                for name, value in _of_run(runs[runs["run_id"] == id].iloc[0]).items():
                    table.loc[place, name] = value
            else:
                unknown.append(f"line {word.line}: no run or race {word.id}")
                continue
        table.loc[place, ["found_by", "state"]] = [
            USER,
            REJECTED if word.word == NO_RACE else COUNTS,
        ]
        stated: dict[str, Any] = {
            "distance_m": word.distance_m,
            "time_s": word.time_s,
            "title": word.title or None,
            "ascent_m": word.ascent_m,
            "temperature_c": word.temperature_c,
        }
        if word.word == ADDED:
            stated["local_date"] = pd.Timestamp(word.day) if word.day else None
        for name, value in stated.items():
            if value is not None:
                table.loc[place, name] = value
    table = table.reset_index(drop=True)
    table.attrs = {"unknown": unknown}
    return table


def _of_run(run: pd.Series) -> dict[str, Any]:
    """Return a run as a race."""
    measured = float(run["distance_m"])
    course = course_of(measured)
    time_s = run["elapsed_s"] if run["elapsed_s"] == run["elapsed_s"] else run["moving_s"]
    return {
        "race_id": run["run_id"],
        "run_id": run["run_id"],
        "local_date": run["local_date"],
        "title": run["title"],
        "distance_m": measured if np.isnan(course) else course,
        "time_s": time_s,
        **{name: run[name] for name in _FROM_RUN},
    }


def _named(library: Library, identifier: str) -> pd.Series:
    """Return the race or run that an identifier, or its beginning, stands for."""
    known = race_list(library, altitude=False)[["race_id", "run_id", "local_date"]]
    runs = library.runs()[["run_id", "local_date"]]
    others = runs[~runs["run_id"].isin(known["run_id"])]
    rows = pd.concat([known, others.assign(race_id=others["run_id"])], ignore_index=True)
    found = [
        row
        for _, row in rows.iterrows()
        if any(
            stands_for(identifier, one)
            for one in (row["race_id"], row["run_id"])
            if isinstance(one, str)
        )
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(one["race_id"]) for one in found[:5])
        raise UsageError(f"'{identifier}' may be {ids}", hint="write more of it")
    raise UsageError(
        f"no race or run '{identifier}'",
        hint="'runanalytics races' lists races; runs.csv of 'runanalytics export' lists runs",
    )


def _checked(word: Word) -> None:
    """Refuse what can be no race, before it stands in the file."""
    row = {
        "race_id": word.id,
        "local_date": pd.Timestamp(word.day) if word.day else pd.NaT,
        "distance_m": word.distance_m,
        "time_s": word.time_s,
        "ascent_m": word.ascent_m,
        "temperature_c": word.temperature_c,
    }
    _, removed = schema.without_implausible(schema.check(pd.DataFrame([row]), "races"), "races")
    if removed:
        values = ", ".join(f"{name} is {row[name]}" for name in removed)
        raise UsageError(f"that is no race: {values}", hint="look at its units")


def _altitudes(library: Library, rows: pd.DataFrame) -> list[float]:
    """Return the median altitude of each race that counts and has samples, m."""
    detailed = library.runs().query("detail == 'samples'")["run_id"]
    wanted = rows["run_id"].isin(detailed) & (rows["state"] == COUNTS)
    return [
        _altitude(library, run_id) if looked else float("nan")
        for run_id, looked in zip(rows["run_id"], wanted, strict=True)
    ]


def _altitude(library: Library, run_id: str) -> float:
    try:
        return float(library.samples(run_id)["altitude_m"].median())
    except (LibraryError, UsageError):
        return float("nan")  # damaged samples are for 'verify' to tell of


def _into(library: Library) -> dict[str, str]:
    catalogue = library._reading()
    return {} if catalogue is None else dict(Links.of(catalogue, "runs").into)
