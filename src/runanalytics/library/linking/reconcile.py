"""Reconciling all sources of a library: time zones, duplicates, and the runs of races.

Done after every import, and in the transaction of every decision on a merge, from nothing but what
the sources state and the user decided, so that the result does not depend on the order of imports
and can always be made again. An import that is cut short leaves a note in the catalogue
(`UNRECONCILED`), and the next import does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from runanalytics import importers
from runanalytics.importers.contract import ImportedColumns, Importer
from runanalytics.library.linking.clusters import UserDecisions
from runanalytics.library.linking.combine import KEYS, Links, combined_rows
from runanalytics.library.linking.matching import (
    DuplicatePair,
    duplicate_runs,
    duplicate_sessions,
)
from runanalytics.library.linking.proposals import MADE, store_confirmed
from runanalytics.library.linking.removed import of_removed_sources
from runanalytics.library.linking.zones import offsets_of_pairs, with_zones
from runanalytics.library.storage.catalogue import UNRECONCILED, Catalogue
from runanalytics.movements import work_of_set

#: Note in the catalogue: the importers of its sources that read what a device recorded.
RECORDERS = "recorders"

#: How far a race may lie from the run that recorded it: courses are measured, watches measure.
RACE_DISTANCE_SHARE, RACE_TIME_SHARE, RACE_TIME_S = 0.05, 0.03, 60.0

_UNCERTAIN = ("what", "id", "clock", "start_utc", "utc_offset_s", "local_date", "basis")


def store_clocks(catalogue: Catalogue, imported: ImportedColumns) -> None:
    """Store which clock the rows of one source state; in the transaction that stores the rows."""
    for what, key in KEYS.items():
        ids = imported.table(what).cells(key)
        if not ids:
            continue
        catalogue.write("DELETE FROM clocks WHERE what = ? AND id = ?", [(what, i) for i in ids])
        if imported.clock == "both":
            continue
        catalogue.write(
            "INSERT INTO clocks (what, id, clock, start_utc, utc_offset_s, local_date)"  # noqa: S608
            f" SELECT ?, {key}, ?, start_utc, utc_offset_s, local_date FROM {what}"
            f" WHERE {key} = ? AND start_utc IS NOT NULL AND utc_offset_s IS NOT NULL",
            [(what, imported.clock, identifier) for identifier in ids],
        )
    catalogue.write("INSERT OR REPLACE INTO meta VALUES (?, '1')", [(UNRECONCILED,)])


def reconcile(catalogue: Catalogue, *, force: bool = False) -> None:
    """Infer missing zones, find duplicates and link races to runs, if an import changed anything.

    Parameters
    ----------
    catalogue : Catalogue
        Open for writing.
    force : bool
        Do it in any case, as after a decision of the user's on a merge.
    """
    if not force and catalogue.meta(UNRECONCILED) is None:
        return
    with catalogue.transaction():
        _drop_orphans(catalogue)
        _store_zones(catalogue, pairs=None)
        _store_duplicates(catalogue, "runs", _duplicate_runs(catalogue))
        _store_zones(catalogue, pairs=_offsets_of_duplicates(catalogue))
        store_confirmed(catalogue)
        _store_duplicates(catalogue, "sessions", _duplicate_sessions(catalogue))
        _link_races(catalogue)
        noted = (RECORDERS, " ".join(_recorders(catalogue)))
        catalogue.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [noted])
        catalogue.write("DELETE FROM meta WHERE key = ?", [(UNRECONCILED,)])


def recorders(catalogue: Catalogue) -> list[str]:
    """Return the names of a library's importers that read what a device recorded.

    `reconcile` notes them. The importers themselves, which take a tenth of a second to load, are
    asked only after an import that was cut short, or where an earlier version left no note.
    """
    noted = catalogue.meta(RECORDERS) if catalogue.meta(UNRECONCILED) is None else None
    return _recorders(catalogue) if noted is None else noted.split()


def _recorders(catalogue: Catalogue) -> list[str]:
    return [name for name, importer in _importers(catalogue).items() if importer.records]


def _importers(catalogue: Catalogue) -> dict[str, Importer]:
    """Return the importers of a library's sources by name, as far as they still exist."""
    names = catalogue.rows("SELECT DISTINCT importer FROM sources ORDER BY importer")
    found = {name: importers.importer_named(name) for (name,) in names}
    return {name: importer for name, importer in found.items() if importer is not None}


def _drop_orphans(catalogue: Catalogue) -> None:
    for what, key in KEYS.items():
        catalogue.write(
            f"DELETE FROM clocks WHERE what = ? AND id NOT IN (SELECT {key} FROM {what})",  # noqa: S608
            [(what,)],
        )


# Zones ---------------------------------------------------------------------------------------


def _clocks(catalogue: Catalogue) -> pd.DataFrame:
    names = ", ".join(_UNCERTAIN)
    rows = catalogue.rows(f"SELECT {names} FROM clocks")  # noqa: S608
    frame = pd.DataFrame(rows, columns=list(_UNCERTAIN))
    frame["start_utc"] = pd.to_datetime(frame["start_utc"], utc=True, format="ISO8601")
    frame["local_date"] = pd.to_datetime(frame["local_date"], format="ISO8601")
    return frame


def _certain(catalogue: Catalogue) -> pd.DataFrame:
    rows: list[list[Any]] = []
    for what, key in KEYS.items():
        gone = of_removed_sources(catalogue, what)
        found = catalogue.rows(
            f"SELECT {key}, start_utc, utc_offset_s FROM {what}"  # noqa: S608
            " WHERE start_utc IS NOT NULL AND utc_offset_s IS NOT NULL"
            f" AND {key} NOT IN (SELECT id FROM clocks WHERE what = '{what}')"
        )
        rows += [clock for row_id, *clock in found if row_id not in gone]
    frame = pd.DataFrame(rows, columns=["start_utc", "utc_offset_s"])
    frame["start_utc"] = pd.to_datetime(frame["start_utc"], utc=True, format="ISO8601")
    return frame


def _store_zones(catalogue: Catalogue, pairs: pd.DataFrame | None) -> None:
    """Store start, offset and day of every row whose source states one clock."""
    uncertain = _clocks(catalogue)
    if uncertain.empty:
        return
    placed = with_zones(uncertain, _certain(catalogue), pairs)
    moved = pd.DataFrame(
        {
            "start": placed["start_utc"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "offset": placed["utc_offset_s"],
            "day": placed["local_date"].dt.strftime("%Y-%m-%d"),
            "id": placed["id"],
        }
    )
    for what, key in KEYS.items():
        own = moved[(placed["what"] == what).to_numpy(dtype=bool)]
        catalogue.write(
            f"UPDATE {what} SET start_utc = ?, utc_offset_s = ?, local_date = ? WHERE {key} = ?",  # noqa: S608
            own.itertuples(index=False, name=None),
        )
        if what == "runs":
            catalogue.write(
                "UPDATE segments SET local_date = ?1 WHERE run_id = ?2 AND local_date <> ?1",
                own[["day", "id"]].itertuples(index=False, name=None),
            )
    catalogue.write(
        "UPDATE clocks SET basis = ? WHERE what = ? AND id = ?",
        placed[["basis", "what", "id"]].itertuples(index=False, name=None),
    )


def _offsets_of_duplicates(catalogue: Catalogue) -> pd.DataFrame | None:
    """Return the offsets of runs of which another source states the other clock."""
    primary_of = Links.from_catalogue(catalogue, "runs").primary_of
    if not primary_of:
        return None
    primaries = sorted(set(primary_of.values()))
    groups = pd.DataFrame(
        [*primary_of.items(), *zip(primaries, primaries, strict=True)], columns=["id", "group"]
    )
    certain = dict(
        catalogue.rows(
            "SELECT run_id, utc_offset_s FROM runs WHERE utc_offset_s IS NOT NULL"
            " AND run_id NOT IN (SELECT id FROM clocks WHERE what = 'runs')"
        )
    )
    groups["utc_offset_s"] = groups["id"].map(certain).astype("float64")
    uncertain = _clocks(catalogue)
    return offsets_of_pairs(uncertain[uncertain["what"] == "runs"], groups)


# Duplicates ----------------------------------------------------------------------------------


def _duplicate_runs(catalogue: Catalogue) -> list[DuplicatePair]:
    runs = _with_clocks(catalogue, "runs")
    if len(runs) < 2:
        return []
    files, read_by = _sources(catalogue, "runs", runs["run_id"])
    rank = [min((importer.rank for importer in some), default=Importer.rank) for some in read_by]
    return duplicate_runs(runs.assign(rank=rank), files, _decisions(catalogue, "runs"))


def _duplicate_sessions(catalogue: Catalogue) -> list[DuplicatePair]:
    sessions = _with_clocks(catalogue, "sessions")
    if len(sessions) < 2:
        return []
    files, read_by = _sources(catalogue, "sessions", sessions["session_id"])
    query = "SELECT session_id, sum(n_sets), count(*) FROM sets GROUP BY session_id"
    counts = {session_id: numbers for session_id, *numbers in catalogue.rows(query)}
    rows = sessions.assign(
        typed=[not any(importer.records for importer in some) for some in read_by],
        n_sets=[int(counts.get(one, (0, 0))[0]) for one in sessions["session_id"]],
        n_set_rows=[int(counts.get(one, (0, 0))[1]) for one in sessions["session_id"]],
        work=_other_work(catalogue, sessions),
        proposed=sessions["session_id"].str.startswith(MADE),
    )
    return duplicate_sessions(rows, files, _decisions(catalogue, "sessions"))


def _other_work(catalogue: Catalogue, sessions: pd.DataFrame) -> list[str]:
    """Return the kind of each session, and of one of kind "other" which work it holds."""
    sets = catalogue.frame(
        "sets", "session_id IN (SELECT session_id FROM sessions WHERE kind = 'other')"
    )
    held: dict[str, set[str]] = {}
    for session_id, *row in zip(
        sets["session_id"], sets["movement"], sets["category"], strict=True
    ):
        held.setdefault(session_id, set()).add(work_of_set(*row) or "")
    return [
        " ".join((kind, *sorted(held.get(session_id, ()))))
        for session_id, kind in zip(sessions["session_id"], sessions["kind"], strict=True)
    ]


def _with_clocks(catalogue: Catalogue, what: str) -> pd.DataFrame:
    """Return the rows of all sources with the clock that each states."""
    # In an order that does not depend on that of the imports.
    rows = _there(catalogue, what).sort_values(KEYS[what], ignore_index=True)
    stated = dict(catalogue.rows("SELECT id, clock FROM clocks WHERE what = ?", (what,)))
    return rows.assign(clock=[stated.get(row_id, "both") for row_id in rows[KEYS[what]]])


def _there(catalogue: Catalogue, what: str) -> pd.DataFrame:
    """Return the rows of all sources but those that the user took out."""
    rows = catalogue.frame(what)
    gone = of_removed_sources(catalogue, what)
    key = KEYS.get(what, "race_id")
    return rows[~rows[key].isin(gone).to_numpy(dtype=bool)].reset_index(drop=True)


def _sources(
    catalogue: Catalogue, what: str, ids: pd.Series
) -> tuple[list[frozenset[str]], list[list[Importer]]]:
    """Return the files that each row stands in, and their importers as far as they exist."""
    files, read_by = defaultdict(set), defaultdict(list)
    known = _importers(catalogue)
    query = "SELECT id, digest, importer FROM provenance JOIN sources USING (digest) WHERE what = ?"
    for row_id, digest, importer in catalogue.rows(query, (what,)):
        files[row_id].add(digest)
        if importer in known:
            read_by[row_id].append(known[importer])
    return [frozenset(files[row_id]) for row_id in ids], [read_by[row_id] for row_id in ids]


def _decisions(catalogue: Catalogue, what: str) -> UserDecisions:
    query = "SELECT id, into_id FROM user_merges WHERE what = ? AND decision = ?"
    query += " ORDER BY id, into_id"
    # What was said of rows that were taken out waits for them.
    gone = of_removed_sources(catalogue, what)
    apart, together = (
        [pair for pair in catalogue.rows(query, (what, said)) if gone.isdisjoint(pair)]
        for said in ("apart", "together")
    )
    return UserDecisions(apart=tuple(apart), together=dict(together))


def _store_duplicates(catalogue: Catalogue, what: str, pairs: list[DuplicatePair]) -> None:
    """Store all merges anew: those that the user undid, those found, and those of rows now gone."""
    by_hand = _decisions(catalogue, what).together
    catalogue.write("DELETE FROM merges WHERE what = ?", [(what,)])
    catalogue.write(
        "INSERT INTO merges SELECT what, id, into_id, 1, 0, reason, 'user', 1 FROM user_merges"
        " WHERE what = ? AND decision = 'apart'",
        [(what,)],
    )
    catalogue.write(
        "INSERT OR IGNORE INTO merges VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        [
            (
                *(what, pair.duplicate, pair.primary, pair.place, int(pair.timed), pair.reason),
                "user" if pair.duplicate in by_hand else "import",
            )
            for pair in pairs
        ],
    )
    found = {pair.duplicate for pair in pairs}
    catalogue.write(
        "INSERT OR IGNORE INTO merges VALUES (?, ?, ?, 1, 0, 'joined by hand', 'user', 0)",
        [(what, *joined) for joined in by_hand.items() if joined[0] not in found],
    )


# Races ---------------------------------------------------------------------------------------


def _link_races(catalogue: Catalogue) -> None:
    races = _there(catalogue, "races")
    catalogue.write("DELETE FROM race_runs", [()])
    if races.empty or not catalogue.rows("SELECT 1 FROM runs LIMIT 1"):
        return
    links = Links.from_catalogue(catalogue, "runs")
    runs = combined_rows(_there(catalogue, "runs"), "run_id", links)
    catalogue.write("INSERT INTO race_runs VALUES (?, ?)", runs_of_races(races, runs).items())


def runs_of_races(races: pd.DataFrame, runs: pd.DataFrame) -> Mapping[str, str]:
    """Return the run that recorded each race: of the same day, with distance and time that agree.

    Parameters
    ----------
    races, runs : DataFrame
        In the shape of their tables.

    Returns
    -------
    mapping of str to str
        run_id by race_id, without races that no run agrees with or whose source names the run.
    """
    open_races = races[races["run_id"].isna()]
    pairs = open_races.merge(runs, on="local_date", suffixes=("", "_of_run"))
    if pairs.empty:
        return {}
    share = (pairs["distance_m_of_run"] / pairs["distance_m"] - 1).abs()
    apart = np.fmin(
        (pairs["elapsed_s"] - pairs["time_s"]).abs(), (pairs["moving_s"] - pairs["time_s"]).abs()
    )
    allowed = np.maximum(RACE_TIME_SHARE * pairs["time_s"], RACE_TIME_S)
    fits = (share <= RACE_DISTANCE_SHARE) & (apart <= allowed)
    pairs = pairs.assign(not_a_race=pairs["kind"] != "race", share=share)[fits.to_numpy(dtype=bool)]
    best = pairs.sort_values(["not_a_race", "share", "run_id_of_run", "race_id"], kind="stable")
    best = best.drop_duplicates("race_id").drop_duplicates("run_id_of_run")
    return dict(zip(best["race_id"], best["run_id_of_run"], strict=True))
