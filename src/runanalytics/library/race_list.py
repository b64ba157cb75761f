"""All races: listed, flagged by a watch, found by their titles, or stated by the user.

A race that is listed, flagged by its source or confirmed counts. One that is known by its run's
title alone is proposed, and counts once the user confirms it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.corrections.identifiers import begins, the_only
from runanalytics.library.corrections.races import (
    ADDED,
    FILE,
    NO_RACE,
    RACE,
    RaceCorrection,
    added_id,
    delete_race_corrections,
    parse_course,
    read_race_corrections,
    write_race_correction,
)
from runanalytics.library.linking.combine import Links
from runanalytics.library.linking.proposals import CONFIRMED, Decisions, decisions
from runanalytics.library.linking.proposals import RACE as RACE_TITLES
from runanalytics.library.linking.race_repeats import race_repeats, without_repeats
from runanalytics.library.linking.removed import removed
from runanalytics.library.linking.view import between
from runanalytics.measures.race_courses import ASSUMED, courses_in_words, courses_of
from runanalytics.measures.race_detection import (
    COUNTS,
    PROPOSED,
    REJECTED,
    TITLE,
    counting,
    course_of,
    plain_title,
    race_runs,
)
from runanalytics.units import parse_distance, parse_duration
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: How a race was found, beside "flag" and "title" of `measures.race_detection`.
LIST, USER = "list", "user"
#: How far the listed and the recorded distance of one race may lie apart, as a share.
_SAME_SHARE = 0.05
#: The same where their times lie no farther apart than the second, as shares: among trees and
#: houses watches err by more.
_SAME_TIME_SHARE, _TIME_SHARE = 0.1, 0.02
#: What was decided of a wording -> state of a race of which only its title tells.
_STATES = {CONFIRMED: COUNTS, REJECTED: REJECTED, PROPOSED: PROPOSED}
#: What is taken from a race's run where its list lacks it.
_FROM_RUN = ("ascent_m", "temperature_c")


def race_list(folder: LibraryFolder, *, altitude: bool = True) -> pd.DataFrame:
    """Return every race, and every run that may have been one.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    altitude : bool
        Whether to read the altitude of races from their samples.

    Returns
    -------
    DataFrame
        Table ``races`` by day, with course_by (from where its course is known: "user", or as
        `runanalytics.measures.race_courses.courses_of` says), raced (whether it was raced, as
        the user says; missing where nothing was said), altitude_m (median over the run's
        samples, m; missing where there are none), found_by ("list", "flag", "title" or "user")
        and state ("counts", "proposed" or "rejected"). The identifier of a race that was found
        in a run is the run's. Its attrs have ``unknown``: lines of the user's file that name
        nothing known, and ``courses``: how many races that count had which, in words.

    Raises
    ------
    UsageError
        If a line of the library's ``race_corrections.csv`` cannot be read.
    """

    def measured() -> pd.DataFrame:
        found = race_list(folder, altitude=False)
        return found.assign(altitude_m=_altitudes(folder, folder.runs(), found))

    if altitude:
        return folder.derived("races with altitudes", measured)
    return folder.derived("all races", lambda: _race_list(folder))


def _race_list(folder: LibraryFolder) -> pd.DataFrame:
    """Return all races, without altitudes."""
    runs = folder.runs()
    in_lists = folder.table("races")
    repeats = race_repeats(in_lists)
    listed = without_repeats(in_lists, repeats)
    found = _found_races(runs, listed, _decisions(folder))
    rows = pd.concat([_listed_races(listed, runs), found], ignore_index=True)
    rows = rows.assign(course_by=None, raced=None)
    gone = _taken_out(folder)
    corrections = {
        key: said for key, said in read_race_corrections(folder.path).items() if key not in gone
    }
    if corrections:
        rows = _corrected(rows, corrections, runs, {**_primaries(folder), **repeats})
    rows = rows.assign(**courses_of(rows, runs))
    columns = [*schema.table("races").names]
    table = schema.check(rows[columns], "races").assign(
        course_by=rows["course_by"].astype("str"),
        raced=rows["raced"].astype("boolean"),
        altitude_m=np.nan,
        found_by=rows["found_by"].astype("str"),
        state=rows["state"].astype("str"),
    )
    table = table.sort_values(["local_date", "race_id"], ignore_index=True)
    table.attrs = {
        "unknown": rows.attrs.get("unknown", []),
        "courses": courses_in_words(counting(table)),
    }
    return table


def races(folder: LibraryFolder, since: Any = None, until: Any = None) -> pd.DataFrame:
    """Return table ``races``: those that count, by day.

    The altitude of a course is no column of that table: `race_list` has it. Nor has the table a
    course that is only assumed, since whoever reads it could not tell.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    since, until : date, optional
        Local days, inclusive.
    """
    kept = counting(race_list(folder, altitude=False))
    kept = kept.assign(course=kept["course"].mask(kept["course_by"] == ASSUMED))
    kept = kept[[*schema.table("races").names]]
    kept.attrs = {}
    return between(kept, since, until)


def confirm_race(
    folder: LibraryFolder,
    identifier: str,
    *,
    distance_m: float | str | None = None,
    time_s: float | str | None = None,
    title: str = "",
    course: str | None = None,
    raced: bool | None = None,
) -> str:
    """State that a run or a listed race was a race; return its identifier.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    identifier : str
        Of a race or a run, or its beginning.
    distance_m, time_s : float or str, optional
        Official distance (m, or "10k") and time (s, or "41:20"), where they are not as found.
    title : str
        The name of the race; by default the run's title.
    course : str, optional
        Kind of course, of `schema.COURSES`.
    raced : bool, optional
        Whether it was run as fast as possible, rather than jogged.

    Raises
    ------
    UsageError
        If nothing, or more than one thing, has this identifier, or there is no such course.
    UnitError
        If a text is no distance, or no time.
    """
    distance_m = None if distance_m is None else _metres(distance_m)
    time_s = None if time_s is None else _seconds(time_s)
    kind = "" if course is None else parse_course(course)

    def decide() -> _Decided:
        row = _race_or_run(folder, identifier)
        race_id = str(row["race_id"])
        earlier = read_race_corrections(folder.path).get(race_id, RaceCorrection(RACE, race_id))
        correction = replace(
            earlier,
            decision=ADDED if earlier.decision == ADDED else RACE,
            day=row["local_date"].date(),
            distance_m=distance_m or earlier.distance_m,
            time_s=time_s or earlier.time_s,
            title=" ".join(title.split()) or earlier.title,
            course=kind or earlier.course,
            raced=earlier.raced if raced is None else raced,
        )
        if correction.decision == ADDED and correction.day and correction.distance_m is not None:
            key = added_id(correction.day, correction.distance_m, correction.title)
            correction = replace(correction, key=key)
        return _statement(folder, correction, instead_of=race_id)

    return _decided(folder, decide)


def reject_race(folder: LibraryFolder, identifier: str) -> str:
    """State that a run or a listed race was no race; return its identifier."""

    def decide() -> _Decided:
        row = _race_or_run(folder, identifier)
        race_id = str(row["race_id"])
        if race_id.startswith(ADDED):
            hint = f"take it out: runanalytics races remove {race_id}"
            raise UsageError(f"{race_id} was added by you", hint=hint)
        rejected = RaceCorrection(NO_RACE, race_id, row["local_date"].date())
        return _statement(folder, rejected)

    return _decided(folder, decide)


def add_race(
    folder: LibraryFolder,
    day: Any,
    distance_m: float | str,
    time_s: float | str,
    *,
    title: str = "",
    ascent_m: float | None = None,
    temperature_c: float | None = None,
    course: str | None = None,
) -> str:
    """Add a race of which there is no run; return its identifier.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    day : date or str
        When it was.
    distance_m, time_s : float or str
        Distance (m, or "10k") and time (s, or "41:20").
    title : str
        The name of the race.
    ascent_m, temperature_c : float, optional
        Total ascent (m) and air temperature (°C).
    course : str, optional
        Kind of course, of `schema.COURSES`.

    Raises
    ------
    UsageError
        If there is such a race already, there is no such course, or the values are implausible
        for a race.
    UnitError
        If a text is no distance, or no time.
    """
    distance_m, time_s = _metres(distance_m), _seconds(time_s)
    when = parse_day(day)
    kind = "" if course is None else parse_course(course)
    title = " ".join(title.split())

    def decide() -> _Decided:
        known = race_list(folder, altitude=False)
        same = known[known["state"].ne(REJECTED) & (known["local_date"] == pd.Timestamp(when))]
        same = same[(same["distance_m"] / distance_m - 1).abs() < _SAME_SHARE]
        if len(same):
            race_id = same["race_id"].iloc[0]
            raise UsageError(
                f"there is a race of that distance on {when}",
                hint=f"give it its time: runanalytics races confirm {race_id} --time ...",
            )
        key = added_id(when, distance_m, title)
        added = RaceCorrection(
            *(ADDED, key, when, distance_m, time_s, title, ascent_m, temperature_c), course=kind
        )
        return _statement(folder, added)

    return _decided(folder, decide)


def _metres(distance: float | str) -> float:
    return parse_distance(distance) if isinstance(distance, str) else distance


def _seconds(time: float | str) -> float:
    return parse_duration(time) if isinstance(time, str) else time


def remove_race(folder: LibraryFolder, identifier: str) -> str:
    """Delete what the user stated of a race; return its identifier.

    An added race is gone then, and any other is as it was found.
    """

    def decide() -> _Decided:
        corrections = read_race_corrections(folder.path)
        found = [key for key in corrections if begins(identifier, key)]
        if not found:
            # The user named the race and the statement names its run, or the other way round.
            row = _race_or_run(folder, identifier)
            found = [key for key in corrections if key in (row["race_id"], row["run_id"])]
        none = UsageError(
            f"nothing was stated of '{identifier}'",
            where=str(folder.path / FILE),
            hint="'runanalytics races reject' states that a run was no race",
        )
        race_id = the_only(identifier, {key: key for key in found}, none)
        return race_id, functools.partial(delete_race_corrections, folder.path, [race_id])

    return _decided(folder, decide)


#: Identifier of a race, and what writes down what is stated of it.
_Decided = tuple[str, Callable[[], None]]


def _statement(
    folder: LibraryFolder, correction: RaceCorrection, *, instead_of: str = ""
) -> _Decided:
    _refuse_implausible(correction)
    write = functools.partial(write_race_correction, folder.path, correction, instead_of=instead_of)
    return correction.key, write


def _decided(folder: LibraryFolder, decide: Callable[[], _Decided]) -> str:
    """Write down what is decided by the races that are there; return the identifier.

    If another process has written since they were looked at, it is decided anew.
    """
    while True:
        seen = folder.state()
        race_id, write = decide()
        with folder.writing():
            if folder.state() == seen:
                write()
                return race_id


def _listed_races(listed: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return listed races, filled from their runs."""
    from_runs = runs.set_index("run_id")[list(_FROM_RUN)]
    beside = from_runs.reindex(listed["run_id"]).set_axis(listed.index)
    filled = {name: listed[name].fillna(beside[name]) for name in _FROM_RUN}
    return listed.assign(**filled, found_by=LIST, state=COUNTS)


def race_wording(title: str) -> str:
    """Return the wording of a race's title: what is alike in it is decided together.

    Examples
    --------
    >>> race_wording("12. Parkrun #4") == race_wording("Parkrun")
    True
    """
    words = [word for word in plain_title(title).split() if word.isalpha()]
    return " ".join(words) or title


def _decisions(folder: LibraryFolder) -> Decisions:
    catalogue = folder.reading()
    return Decisions() if catalogue is None else decisions(catalogue)


def _found_races(runs: pd.DataFrame, listed: pd.DataFrame, decided: Decisions) -> pd.DataFrame:
    """Return the runs that were or may have been races and stand in no list."""
    found = race_runs(runs)
    found = found[~found["run_id"].isin(listed["run_id"].dropna())]
    covered = ["local_date", "distance_m", "time_s"]
    same_day = found[["run_id", *covered]].merge(
        listed[covered], on="local_date", suffixes=("", "_listed")
    )
    apart = (same_day["distance_m"] / same_day["distance_m_listed"] - 1).abs()
    apart_s = (same_day["time_s"] / same_day["time_s_listed"] - 1).abs()
    same = (apart < _SAME_SHARE) | ((apart < _SAME_TIME_SHARE) & (apart_s < _TIME_SHARE))
    found = found[~found["run_id"].isin(same_day["run_id"][same])]
    rows = zip(found["found_by"], found["title"], found["run_id"], strict=True)
    state = [
        _STATES[decided.state(RACE_TITLES, race_wording(title), run_id)] if by == TITLE else COUNTS
        for by, title, run_id in rows
    ]
    return found.assign(race_id=found["run_id"], state=state)


def _corrected(
    rows: pd.DataFrame,
    corrections: Mapping[str, RaceCorrection],
    runs: pd.DataFrame,
    primaries: Mapping[str, str],
) -> pd.DataFrame:
    """Return races as the user states them."""
    table = rows.astype(object)
    unknown = []
    for key, correction in corrections.items():
        place = _place(table, primaries.get(key, key), correction, runs)
        if place is None:
            unknown.append(f"line {correction.line}: no run or race {key}")
            continue
        state = REJECTED if correction.decision == NO_RACE else COUNTS
        table.loc[place, ["found_by", "state", "raced"]] = [USER, state, correction.raced]
        if correction.course:
            table.loc[place, "course_by"] = USER
        for name, value in correction.values().items():
            # The day of a race that was found is not for the user to state.
            if value is not None and (name != "local_date" or correction.decision == ADDED):
                table.loc[place, name] = value
    table = table.reset_index(drop=True)
    table.attrs = {"unknown": unknown}
    return table


def _place(
    table: pd.DataFrame, key: str, correction: RaceCorrection, runs: pd.DataFrame
) -> int | None:
    """Return the row of the race with this identifier, added if there is none."""
    new = len(table)
    if correction.decision == ADDED:
        table.loc[new, "race_id"] = key
        return new
    known = np.flatnonzero((table["race_id"] == key) | (table["run_id"] == key))
    if len(known):
        return int(known[0])
    run = runs[runs["run_id"] == key]
    if run.empty:
        return None
    for name, value in _race_of(run.iloc[0]).items():
        table.loc[new, name] = value
    return new


def _race_of(run: pd.Series) -> dict[str, Any]:
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


def _race_or_run(folder: LibraryFolder, identifier: str) -> pd.Series:
    """Return the race or run that an identifier, or its beginning, stands for."""
    known = race_list(folder, altitude=False)[["race_id", "run_id", "local_date"]]
    runs = folder.runs()[["run_id", "local_date"]]
    others = runs[~runs["run_id"].isin(known["run_id"])]
    rows = pd.concat([known, others.assign(race_id=others["run_id"])], ignore_index=True)
    fits = [
        any(begins(identifier, each) for each in ids if isinstance(each, str))
        for ids in rows[["race_id", "run_id"]].itertuples(index=False)
    ]
    none = UsageError(
        f"no race or run '{identifier}'",
        hint="'runanalytics races' lists races; runs.csv of 'runanalytics export' lists runs",
    )
    found = {str(row["race_id"]): row for _, row in rows[fits].iterrows()}
    return the_only(identifier, found, none)


def _refuse_implausible(correction: RaceCorrection) -> None:
    """Refuse implausible values before they are written."""
    row = {"race_id": correction.key, **correction.values()}
    _, names = schema.without_implausible(schema.check(pd.DataFrame([row]), "races"), "races")
    if names:
        values = ", ".join(f"{name} is {row[name]}" for name in names)
        raise UsageError(f"that is no race: {values}", hint="look at its units")


def _altitudes(folder: LibraryFolder, runs: pd.DataFrame, rows: pd.DataFrame) -> list[float]:
    """Return the median altitude of each race that counts and has samples, m."""
    detailed = runs.query("detail == 'samples'")["run_id"]
    wanted = rows["run_id"].isin(detailed) & (rows["state"] == COUNTS)
    return [
        _altitude(folder, run_id) if is_wanted else float("nan")
        for run_id, is_wanted in zip(rows["run_id"], wanted, strict=True)
    ]


def _altitude(folder: LibraryFolder, run_id: str) -> float:
    try:
        return float(folder.samples(run_id)["altitude_m"].median())
    except (LibraryError, UsageError):
        return float("nan")  # 'verify' reports damaged samples


def _taken_out(folder: LibraryFolder) -> frozenset[str]:
    """Return the runs and races that are taken out; what was said of them waits for them."""
    catalogue = folder.reading()
    if catalogue is None:
        return frozenset()
    return removed(catalogue, "races") | removed(catalogue, "runs")


def _primaries(folder: LibraryFolder) -> Mapping[str, str]:
    """Return the primary of each run that is a duplicate."""
    catalogue = folder.reading()
    return {} if catalogue is None else Links.from_catalogue(catalogue, "runs").primary_of
