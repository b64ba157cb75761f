"""What follows from all sources together: zones, duplicates, races of runs.

Done after every import in one transaction, from what the sources said and from nothing else, so
that it comes out the same whatever was imported first. An import that is cut short leaves the
note "unsettled" in the catalogue, and the next writer does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from runanalytics import importers
from runanalytics.importers.contract import Imported, Importer
from runanalytics.library.linking.clusters import Said
from runanalytics.library.linking.combine import Links, merged
from runanalytics.library.linking.matching import Merge, same_runs, same_sessions
from runanalytics.library.linking.zones import offsets_of_pairs, settled
from runanalytics.library.storage.catalogue import UNSETTLED, Catalogue

#: Note in the catalogue: the importers of its sources that tell what a device recorded.
RECORDERS = "recorders"

#: How far a race may lie from the run that recorded it: courses are measured, watches measure.
RACE_DISTANCE_SHARE, RACE_TIME_SHARE, RACE_TIME_S = 0.05, 0.03, 60.0

_KEYS = {"runs": "run_id", "sessions": "session_id"}
_UNCERTAIN = ("what", "id", "clock", "start_utc", "utc_offset_s", "local_date", "basis")


def enter_clocks(catalogue: Catalogue, imported: Imported) -> None:
    """Note which clock the rows of one source state; inside the transaction that enters them."""
    for what, key in _KEYS.items():
        rows = getattr(imported, what)
        if not len(rows):
            continue
        ids = rows[key].tolist()
        catalogue.write("DELETE FROM clocks WHERE what = ? AND id = ?", [(what, i) for i in ids])
        if imported.clock == "both":
            continue
        catalogue.write(
            "INSERT INTO clocks (what, id, clock, start_utc, utc_offset_s, local_date)"  # noqa: S608
            f" SELECT ?, {key}, ?, start_utc, utc_offset_s, local_date FROM {what}"
            f" WHERE {key} = ? AND start_utc IS NOT NULL AND utc_offset_s IS NOT NULL",
            [(what, imported.clock, identifier) for identifier in ids],
        )
    catalogue.write("INSERT OR REPLACE INTO meta VALUES (?, '1')", [(UNSETTLED,)])


def settle(catalogue: Catalogue, *, anyway: bool = False) -> None:
    """Place rows with one clock, find duplicates, and link races, if anything has changed.

    Parameters
    ----------
    catalogue : Catalogue
        Open for writing.
    anyway : bool
        Also where no import has changed anything: the user said something of a merge.
    """
    if not anyway and catalogue.meta(UNSETTLED) is None:
        return
    with catalogue.transaction():
        _drop_orphans(catalogue)
        _place(catalogue, pairs=None)
        _write_merges(catalogue, "runs", _same_runs(catalogue))
        _place(catalogue, pairs=_known_from_pairs(catalogue))
        _write_merges(catalogue, "sessions", _same_sessions(catalogue))
        _link_races(catalogue)
        noted = (RECORDERS, " ".join(_recorders(catalogue)))
        catalogue.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [noted])
        catalogue.write("DELETE FROM meta WHERE key = ?", [(UNSETTLED,)])


def recorders(catalogue: Catalogue) -> list[str]:
    """Return the names of those importers of a library's sources that tell what was recorded.

    They are noted whenever the library settles. The importers themselves, which take a tenth of
    a second to load, are asked only where an import is not settled yet or an earlier version
    left no such note.
    """
    noted = catalogue.meta(RECORDERS) if catalogue.meta(UNSETTLED) is None else None
    return _recorders(catalogue) if noted is None else noted.split()


def _recorders(catalogue: Catalogue) -> list[str]:
    return [name for name, one in _importers(catalogue).items() if one.records]


def _importers(catalogue: Catalogue) -> dict[str, Importer]:
    """Return the importers of a library's sources by name, without those that are no more."""
    names = catalogue.rows("SELECT DISTINCT importer FROM sources ORDER BY importer")
    found = {name: importers.importer_named(name) for (name,) in names}
    return {name: importer for name, importer in found.items() if importer is not None}


def _drop_orphans(catalogue: Catalogue) -> None:
    for what, key in _KEYS.items():
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
    rows: list[tuple[str, float]] = []
    for what, key in _KEYS.items():
        rows += catalogue.rows(
            f"SELECT start_utc, utc_offset_s FROM {what} WHERE start_utc IS NOT NULL"  # noqa: S608
            f" AND utc_offset_s IS NOT NULL"
            f" AND {key} NOT IN (SELECT id FROM clocks WHERE what = '{what}')"
        )
    frame = pd.DataFrame(rows, columns=["start_utc", "utc_offset_s"])
    frame["start_utc"] = pd.to_datetime(frame["start_utc"], utc=True, format="ISO8601")
    return frame


def _place(catalogue: Catalogue, pairs: pd.DataFrame | None) -> None:
    """Write the placed start, offset and day of every row with one clock."""
    uncertain = _clocks(catalogue)
    if uncertain.empty:
        return
    placed = settled(uncertain, _certain(catalogue), pairs)
    moved = pd.DataFrame(
        {
            "start": placed["start_utc"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "offset": placed["utc_offset_s"],
            "day": placed["local_date"].dt.strftime("%Y-%m-%d"),
            "id": placed["id"],
        }
    )
    for what, key in _KEYS.items():
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


def _known_from_pairs(catalogue: Catalogue) -> pd.DataFrame | None:
    """Return the offsets of runs that have a source with another clock."""
    links = Links.of(catalogue, "runs")
    if not links:
        return None
    groups = pd.DataFrame(
        [(id, into) for id, into in links.into.items()]
        + [(into, into) for into in sorted(set(links.into.values()))],
        columns=["id", "group"],
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


def _same_runs(catalogue: Catalogue) -> list[Merge]:
    runs = catalogue.frame("runs")
    if len(runs) < 2:
        return []
    files, read_by = _sources(catalogue, "runs", runs["run_id"])
    rank = [min((one.rank for one in some), default=Importer.rank) for some in read_by]
    rows = runs.assign(clock=_clock_of(catalogue, "runs", runs["run_id"]), rank=rank)
    return same_runs(rows, files, _said(catalogue, "runs"))


def _same_sessions(catalogue: Catalogue) -> list[Merge]:
    sessions = catalogue.frame("sessions")
    if len(sessions) < 2:
        return []
    files, read_by = _sources(catalogue, "sessions", sessions["session_id"])
    counts = dict(catalogue.rows("SELECT session_id, sum(n_sets) FROM sets GROUP BY session_id"))
    rows = sessions.assign(
        clock=_clock_of(catalogue, "sessions", sessions["session_id"]),
        typed=[not any(one.records for one in some) for some in read_by],
        n_sets=[int(counts.get(one, 0)) for one in sessions["session_id"]],
    )
    return same_sessions(rows, files, _said(catalogue, "sessions"))


def _sources(
    catalogue: Catalogue, what: str, ids: Iterable[str]
) -> tuple[list[frozenset[str]], list[list[Importer]]]:
    """Return the files that say each row, and their importers as far as there are such."""
    files, read_by = defaultdict(set), defaultdict(list)
    known = _importers(catalogue)
    query = "SELECT id, digest, importer FROM provenance JOIN sources USING (digest) WHERE what = ?"
    for identifier, digest, importer in catalogue.rows(query, (what,)):
        files[identifier].add(digest)
        if importer in known:
            read_by[identifier].append(known[importer])
    return [frozenset(files[one]) for one in ids], [read_by[one] for one in ids]


def _clock_of(catalogue: Catalogue, what: str, ids: pd.Series) -> list[str]:
    stated = dict(catalogue.rows("SELECT id, clock FROM clocks WHERE what = ?", (what,)))
    return [stated.get(one, "both") for one in ids]


def _said(catalogue: Catalogue, what: str) -> Said:
    rows = catalogue.rows(
        "SELECT id, into_id, made_by, undone FROM merges WHERE what = ? ORDER BY id, into_id",
        (what,),
    )
    return Said(
        apart=tuple((id, into) for id, into, _, undone in rows if undone),
        together={id: into for id, into, by, undone in rows if by == "user" and not undone},
    )


def _write_merges(catalogue: Catalogue, what: str, merges: list[Merge]) -> None:
    """Replace what was found before; what the user said stays."""
    hand_made = _said(catalogue, what).together
    catalogue.write("DELETE FROM merges WHERE what = ? AND NOT undone", [(what,)])
    catalogue.write(
        "INSERT INTO merges VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
        [
            (
                *(what, one.id, one.into_id, one.place, int(one.timed), one.reason),
                "user" if one.id in hand_made else "import",
            )
            for one in merges
        ],
    )
    merged_now = {one.id for one in merges}
    catalogue.write(
        "INSERT OR IGNORE INTO merges VALUES (?, ?, ?, 1, 0, 'joined by hand', 'user', 0)",
        [(what, id, into) for id, into in hand_made.items() if id not in merged_now],
    )


# Races ---------------------------------------------------------------------------------------


def _link_races(catalogue: Catalogue) -> None:
    races = catalogue.frame("races")
    catalogue.write("DELETE FROM race_runs", [()])
    if races.empty:
        return
    runs = merged(catalogue.frame("runs"), "run_id", Links.of(catalogue, "runs"))
    catalogue.write("INSERT INTO race_runs VALUES (?, ?)", runs_of_races(races, runs).items())


def runs_of_races(races: pd.DataFrame, runs: pd.DataFrame) -> Mapping[str, str]:
    """Return the run that recorded each race: of its day, and agreeing in distance and time.

    Parameters
    ----------
    races, runs : DataFrame
        In the shape of their tables.

    Returns
    -------
    mapping of str to str
        run_id by race_id; races that no run agrees with, and that say themselves, are left out.
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
    best = pairs.sort_values(["not_a_race", "share", "run_id_of_run"], kind="stable")
    best = best.drop_duplicates("race_id").drop_duplicates("run_id_of_run")
    return dict(zip(best["race_id"], best["run_id_of_run"], strict=True))
