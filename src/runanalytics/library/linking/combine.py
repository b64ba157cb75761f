"""One view of many sources: what is the same thing is read as one row.

Every source's rows stay in the library as that source said them. Here the rows that speak are
filled with what they lack from those that are hidden behind them. All functions are pure, and
cost nothing where nothing is merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics import schema

if TYPE_CHECKING:
    from runanalytics.library.storage.catalogue import Catalogue

#: Columns that identify a row or say when it was: never filled one by one.
_OWN = ("run_id", "session_id", "start_utc", "utc_offset_s", "local_date", "detail")
#: When a session was, as its watch says: taken over together.
_WHEN = ("start_utc", "utc_offset_s", "local_date")
#: What segments measure.
_MEASURED = (*schema.FORM_METRICS, "heart_rate_bpm", "power_w")
#: The word for a kind of run that nobody stated.
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Links:
    """Which rows are hidden behind which, in the order in which they fill it.

    Parameters
    ----------
    into : mapping of str to str
        The row that speaks, by the hidden one, those of the first place first.
    timed : frozenset of str
        Hidden rows whose start and duration count.
    """

    into: Mapping[str, str] = field(default_factory=dict)
    timed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.into)

    @classmethod
    def of(cls, catalogue: Catalogue, what: str) -> Links:
        """Return the links of ``runs`` or ``sessions``; none in a library of layout 1."""
        if catalogue.layout < 2:
            return cls()
        rows = catalogue.rows(
            "SELECT id, into_id, timed FROM merges WHERE what = ? AND NOT undone"
            " ORDER BY place, id",
            (what,),
        )
        return cls(
            {id: into for id, into, _ in rows}, frozenset(id for id, _, timed in rows if timed)
        )


def merged(rows: pd.DataFrame, key: str, links: Links) -> pd.DataFrame:
    """Return runs or sessions as one row each, filled from what is hidden behind them.

    Parameters
    ----------
    rows : DataFrame
        Table ``runs`` or ``sessions``, of all sources.
    key : str
        Its identifying column.
    links : Links
        Which rows are hidden.

    Returns
    -------
    DataFrame
        The same table without the hidden rows; `rows` itself where nothing is merged.

    Examples
    --------
    >>> rows = schema.check(pd.DataFrame({"run_id": ["a", "b"], "local_date": "2026-03-01",
    ...                                   "ground_contact_ms": [None, 250.0]}), "runs")
    >>> merged(rows, "run_id", Links({"b": "a"}))["ground_contact_ms"].tolist()
    [250.0]
    """
    if not links:
        return rows
    is_hidden = rows[key].isin(links.into.keys()).to_numpy(dtype=bool)
    speak, hidden = rows[~is_hidden].reset_index(drop=True), rows[is_hidden]
    if hidden.empty:
        return speak
    place = pd.Index(speak[key]).get_indexer(pd.Index(hidden[key].map(links.into)))
    order = _by_place(hidden[key], links)
    order = order[place[order] >= 0]
    hidden, place = hidden.iloc[order], place[order]
    turn = pd.Series(place).groupby(place).cumcount().to_numpy()
    for number in range(int(turn.max()) + 1 if len(turn) else 0):
        speak = _filled(speak, hidden[turn == number], place[turn == number], links)
    return speak


def _by_place(ids: pd.Series, links: Links) -> npt.NDArray[np.intp]:
    """Return the order of hidden rows in which they fill what another leaves open."""
    return np.argsort(pd.Index(links.into.keys()).get_indexer(pd.Index(ids)), kind="stable")


def _filled(
    speak: pd.DataFrame, hidden: pd.DataFrame, place: npt.NDArray[np.intp], links: Links
) -> pd.DataFrame:
    """Fill the rows of `speak` at `place` from `hidden`, one hidden row each."""
    given = hidden.set_axis(pd.Index(place)).reindex(speak.index)
    columns = {}
    for name in speak.columns:
        if name in _OWN:
            continue
        lacks = speak[name].isna()
        if name == "kind" and "run_id" in speak.columns:
            lacks |= speak[name] == _UNKNOWN
        if name == "firmware":
            # That of another device says nothing about this one.
            lacks &= speak["device"].isna() | (speak["device"] == given["device"])
        take = lacks & given[name].notna()
        if take.any():
            columns[name] = speak[name].where(~take, given[name])
    if links.timed and "session_id" in speak.columns:
        timed = given["session_id"].isin(links.timed)
        lasted = timed & given["duration_s"].notna()
        columns["duration_s"] = speak["duration_s"].where(~lasted, given["duration_s"])
        began = timed & given["start_utc"].notna()
        columns |= {name: speak[name].where(~began, given[name]) for name in _WHEN}
    return speak.assign(**columns)


def merged_sets(sets: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Return the sets of each session: its own, or those of the first behind it that has any.

    Parameters
    ----------
    sets : DataFrame
        Table ``sets``, of all sources.
    links : Links
        Which sessions are hidden.

    Returns
    -------
    DataFrame
        Table ``sets``.
    """
    if not links or sets.empty:
        return sets
    is_hidden = sets["session_id"].isin(links.into.keys()).to_numpy(dtype=bool)
    told = set(sets.loc[~is_hidden, "session_id"])
    having = set(sets.loc[is_hidden, "session_id"])
    chosen: dict[str, str] = {}
    for id, into in links.into.items():
        if id in having and into not in told:
            told.add(into)
            chosen[id] = into
    speaks = ~is_hidden | sets["session_id"].isin(chosen.keys()).to_numpy(dtype=bool)
    kept = sets[speaks].reset_index(drop=True)
    renamed = kept["session_id"].map(chosen).astype(schema.STRING).fillna(kept["session_id"])
    return kept.assign(session_id=renamed)


def merged_segments(segments: pd.DataFrame, runs: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Return the segments of each run, with those of hidden runs for the metrics it lacks.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``, of all sources.
    runs : DataFrame
        Table ``runs``, of all sources; those that take no part in a merge may be left out.
    links : Links
        Which runs are hidden.

    Returns
    -------
    DataFrame
        Table ``segments``. Added rows stand after the run's own, counted on, on its day, with
        their own device and sensor, and without the metrics that the run itself knows.
    """
    if not links:
        return segments
    is_hidden = segments["run_id"].isin(links.into.keys()).to_numpy(dtype=bool)
    own, others = segments[~is_hidden].reset_index(drop=True), segments[is_hidden]
    added = _lacked(own, others, runs, links)
    if added.empty:
        return own
    together = pd.concat([own, added], ignore_index=True)
    # A run's added rows follow its own; runs stay in their order.
    first_row = pd.Series(np.arange(len(own)), index=own["run_id"]).groupby(level=0).min()
    order = together["run_id"].map(first_row).fillna(len(own)).to_numpy()
    return together.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _lacked(
    own: pd.DataFrame, others: pd.DataFrame, runs: pd.DataFrame, links: Links
) -> pd.DataFrame:
    """Return the segments of hidden runs that measure what the run that speaks does not know."""
    names = list(_MEASURED)
    days = runs.set_index("run_id")["local_date"]
    known = runs.set_index("run_id")[names].notna()
    partly = own[own["run_id"].isin(links.into.values())]
    known |= _tells(partly).reindex(known.index, fill_value=False)
    tells = _tells(others)
    tells = tells.iloc[_by_place(tells.index.to_series(), links)]
    into = tells.index.map(links.into)
    place = known.index.get_indexer(into)
    tells, into, place = tells[place >= 0], into[place >= 0], place[place >= 0]
    settled, lacked = known.to_numpy(copy=True), tells.to_numpy(copy=True)
    turn = pd.Series(place).groupby(place).cumcount().to_numpy()
    for number in range(int(turn.max()) + 1 if len(turn) else 0):
        now = turn == number
        lacked[now] &= ~settled[place[now]]
        settled[place[now]] |= lacked[now]
    row = tells.index.get_indexer(pd.Index(others["run_id"]))
    wanted = np.where((row >= 0)[:, None], lacked[row], False) & others[names].notna().to_numpy()
    chosen = np.flatnonzero(wanted.any(axis=1))
    chosen = chosen[np.argsort(row[chosen], kind="stable")]
    added, wanted, row = others.iloc[chosen], wanted[chosen], row[chosen]
    speaker = pd.Series(into[row], index=added.index, dtype=schema.STRING)
    last = speaker.map(partly.groupby("run_id")["segment"].max()).fillna(0)
    return added.assign(
        **{name: added[name].where(wanted[:, at]) for at, name in enumerate(names)},
        run_id=speaker,
        local_date=speaker.map(days),
        segment=(last + speaker.groupby(speaker).cumcount() + 1).astype(schema.INTEGER),
    )


def _tells(segments: pd.DataFrame) -> pd.DataFrame:
    """Return which metrics the segments of each run have."""
    return segments[list(_MEASURED)].notna().groupby(segments["run_id"].to_numpy()).any()
