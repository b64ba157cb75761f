"""Rows that are the same thing read as one: each primary, filled from its duplicates.

Every source's rows stay in the library as the source stated them. All functions are pure, and
cost nothing where there are no duplicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics import schema

if TYPE_CHECKING:
    from runanalytics.arrays import Booleans
    from runanalytics.library.storage.catalogue import Catalogue

#: Tables whose rows may be duplicates, and the columns that identify a row.
KEYS = {"runs": "run_id", "sessions": "session_id"}

#: Columns that identify a row or state when it was: never filled one by one.
_OWN = ("run_id", "session_id", "start_utc", "utc_offset_s", "local_date", "detail")
#: When a session was, as its watch states it: taken over together.
_WHEN = ("start_utc", "utc_offset_s", "local_date")
#: What segments measure.
_MEASURED = (*schema.FORM_METRICS, "heart_rate_bpm", "power_w")
#: The kind of a run or session of which no kind is known.
_UNKNOWN = "unknown"

_Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Links:
    """Which rows are duplicates of which.

    Parameters
    ----------
    primary_of : mapping of str to str
        The primary of each duplicate; of several duplicates, the first fills it first.
    timed : frozenset of str
        Duplicates whose start and duration are taken.
    """

    primary_of: Mapping[str, str] = field(default_factory=dict)
    timed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.primary_of)

    @classmethod
    def from_catalogue(cls, catalogue: Catalogue, what: str) -> Links:
        """Return the links of ``runs`` or ``sessions``; none in a library of layout 1.

        A merge into a row that is gone at present hides nothing.
        """
        if catalogue.layout < 2:
            return cls()
        rows = catalogue.rows(
            "SELECT id, into_id, timed FROM merges WHERE what = ? AND NOT undone"  # noqa: S608
            f" AND into_id IN (SELECT {KEYS[what]} FROM {what}) ORDER BY place, id",
            (what,),
        )
        return cls(
            {duplicate: primary for duplicate, primary, _ in rows},
            frozenset(duplicate for duplicate, _, timed in rows if timed),
        )

    def are_duplicates(self, ids: pd.Series) -> Booleans:
        """Return which identifiers are those of duplicates."""
        return ids.isin(self.primary_of.keys()).to_numpy(dtype=bool)

    def filling_order(self, ids: pd.Series) -> _Places:
        """Return the order in which duplicates fill their primaries."""
        return np.argsort(
            pd.Index(self.primary_of.keys()).get_indexer(pd.Index(ids)), kind="stable"
        )


def _in_turn(places: _Places) -> Iterator[Booleans]:
    """Yield which rows are the first of their place, then which are the second, and so on."""
    turn = pd.Series(places).groupby(places).cumcount().to_numpy()
    for number in range(int(turn.max()) + 1 if len(turn) else 0):
        yield turn == number


def combined_rows(rows: pd.DataFrame, key: str, links: Links) -> pd.DataFrame:
    """Return the primaries among runs or sessions, filled from their duplicates.

    Parameters
    ----------
    rows : DataFrame
        Table ``runs`` or ``sessions``, of all sources.
    key : str
        Its identifying column.
    links : Links
        Which rows are duplicates.

    Returns
    -------
    DataFrame
        The same table without the duplicates; `rows` itself where there are none.

    Examples
    --------
    >>> rows = schema.check(pd.DataFrame({"run_id": ["a", "b"], "local_date": "2026-03-01",
    ...                                   "ground_contact_ms": [None, 250.0]}), "runs")
    >>> combined_rows(rows, "run_id", Links({"b": "a"}))["ground_contact_ms"].tolist()
    [250.0]
    """
    if not links:
        return rows
    is_duplicate = links.are_duplicates(rows[key])
    primaries, duplicates = rows[~is_duplicate].reset_index(drop=True), rows[is_duplicate]
    if duplicates.empty:
        return primaries
    place = pd.Index(primaries[key]).get_indexer(pd.Index(duplicates[key].map(links.primary_of)))
    order = links.filling_order(duplicates[key])
    order = order[place[order] >= 0]
    duplicates, place = duplicates.iloc[order], place[order]
    for now in _in_turn(place):
        primaries = _filled(primaries, duplicates[now], place[now], links)
    return primaries


def _filled(
    primaries: pd.DataFrame, duplicates: pd.DataFrame, place: _Places, links: Links
) -> pd.DataFrame:
    """Fill the primaries at `place` from one duplicate each."""
    given = duplicates.set_axis(pd.Index(place)).reindex(primaries.index)
    columns = {}
    for name in primaries.columns:
        if name in _OWN:
            continue
        lacks = primaries[name].isna()
        if name == "kind":
            lacks |= primaries[name] == _UNKNOWN
        if name == "firmware":
            # The firmware of another device is not this one's.
            lacks &= primaries["device"].isna() | (primaries["device"] == given["device"])
        if name == "power_sensor":
            # Nor did it estimate the power that this one has.
            lacks &= primaries["power_w"].isna()
        take = lacks & given[name].notna()
        if take.any():
            columns[name] = primaries[name].where(~take, given[name])
    if links.timed and "session_id" in primaries.columns:
        timed = given["session_id"].isin(links.timed)
        lasted = timed & given["duration_s"].notna()
        columns["duration_s"] = primaries["duration_s"].where(~lasted, given["duration_s"])
        began = timed & given["start_utc"].notna()
        columns |= {name: primaries[name].where(~began, given[name]) for name in _WHEN}
    return primaries.assign(**columns)


def combined_sets(sets: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Return the sets of each session: its own, or else those of its first duplicate with any.

    Parameters
    ----------
    sets : DataFrame
        Table ``sets``, of all sources.
    links : Links
        Which sessions are duplicates.

    Returns
    -------
    DataFrame
        Table ``sets``.
    """
    if not links or sets.empty:
        return sets
    is_duplicate = links.are_duplicates(sets["session_id"])
    with_sets = set(sets.loc[~is_duplicate, "session_id"])
    available = set(sets.loc[is_duplicate, "session_id"])
    chosen: dict[str, str] = {}
    for duplicate, primary in links.primary_of.items():
        if duplicate in available and primary not in with_sets:
            with_sets.add(primary)
            chosen[duplicate] = primary
    kept = sets[~is_duplicate | sets["session_id"].isin(chosen.keys()).to_numpy(dtype=bool)]
    kept = kept.reset_index(drop=True)
    renamed = kept["session_id"].map(chosen).astype(schema.STRING).fillna(kept["session_id"])
    return kept.assign(session_id=renamed)


def combined_segments(segments: pd.DataFrame, runs: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Return the segments of each run, with its duplicates' for the metrics that it lacks.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``, of all sources.
    runs : DataFrame
        Table ``runs``, of all sources; those without duplicates may be left out.
    links : Links
        Which runs are duplicates.

    Returns
    -------
    DataFrame
        Table ``segments``. Added rows stand after the run's own, with the numbers that follow,
        on its day, with their own device and sensor, and without the metrics that the run has.
        Averages whose source has no speed have that of the run.
    """
    if not links:
        return segments
    is_duplicate = links.are_duplicates(segments["run_id"])
    own, others = segments[~is_duplicate].reset_index(drop=True), segments[is_duplicate]
    added = _lacking_segments(own, others, runs, links)
    if added.empty:
        return _with_speed_of_run(own, runs, links)
    together = _with_speed_of_run(pd.concat([own, added], ignore_index=True), runs, links)
    # A run's added rows follow its own; runs stay in their order.
    first_row = pd.Series(np.arange(len(own)), index=own["run_id"]).groupby(level=0).min()
    order = together["run_id"].map(first_row).fillna(len(own)).to_numpy()
    return together.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _with_speed_of_run(segments: pd.DataFrame, runs: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Return segments in which averages without a speed have that of another source of the run.

    A file of contact times alone says neither where nor how fast the runner was.
    """
    lacks = (segments["detail"] == "summary") & segments["speed_m_s"].isna()
    if not lacks.any():
        return segments
    run_id = runs["run_id"].map(links.primary_of).astype(schema.STRING).fillna(runs["run_id"])
    speed_m_s = runs["speed_m_s"].groupby(run_id.to_numpy()).first()
    given = segments["run_id"].map(speed_m_s)
    return segments.assign(speed_m_s=segments["speed_m_s"].where(~lacks, given))


def _lacking_segments(
    own: pd.DataFrame, others: pd.DataFrame, runs: pd.DataFrame, links: Links
) -> pd.DataFrame:
    """Return the duplicates' segments that have metrics which the primary run lacks."""
    names = list(_MEASURED)
    days = runs.set_index("run_id")["local_date"]
    known = runs.set_index("run_id")[names].notna()
    of_primaries = own[own["run_id"].isin(links.primary_of.values())]
    known |= _metrics_by_run(of_primaries).reindex(known.index, fill_value=False)
    offered = _metrics_by_run(others)
    offered = offered.iloc[links.filling_order(offered.index.to_series())]
    primary = offered.index.map(links.primary_of)
    place = known.index.get_indexer(primary)
    offered, primary, place = offered[place >= 0], primary[place >= 0], place[place >= 0]
    covered, lacked = known.to_numpy(copy=True), offered.to_numpy(copy=True)
    for now in _in_turn(place):
        lacked[now] &= ~covered[place[now]]
        covered[place[now]] |= lacked[now]
    row = offered.index.get_indexer(pd.Index(others["run_id"]))
    wanted = np.where((row >= 0)[:, None], lacked[row], False) & others[names].notna().to_numpy()
    chosen = np.flatnonzero(wanted.any(axis=1))
    if not len(chosen):
        return others.iloc[:0]
    chosen = chosen[np.argsort(row[chosen], kind="stable")]
    added, wanted, row = others.iloc[chosen], wanted[chosen], row[chosen]
    run_id = pd.Series(primary[row], index=added.index, dtype=schema.STRING)
    last = run_id.map(of_primaries.groupby("run_id")["segment"].max()).fillna(0)
    return added.assign(
        **{name: added[name].where(wanted[:, at]) for at, name in enumerate(names)},
        run_id=run_id,
        local_date=run_id.map(days),
        segment=(last + run_id.groupby(run_id).cumcount() + 1).astype(schema.INTEGER),
    )


def _metrics_by_run(segments: pd.DataFrame) -> pd.DataFrame:
    """Return which metrics the segments of each run have."""
    return segments[list(_MEASURED)].notna().groupby(segments["run_id"].to_numpy()).any()
