"""Time zones of rows whose source states local time or UTC alone.

A run whose watch states both clocks shows the runner's offset from UTC on that day. A row with
one clock, imported with an assumed zone, takes the offset of the nearest such run. "local" keeps
its local time and moves its instant; "utc" keeps its instant and moves its local day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Booleans, Floats

#: An offset is taken from a run at most this many days away.
NEAR_DAYS = 7.0

#: What the other clock of a row is known from: the zone assumed at import, a neighbouring run,
#: or another source of the same run.
ASSUMED, NEIGHBOUR, PAIR = "", "neighbour", "pair"

_DAY_S = 86_400.0
_QUARTER_S = 900.0


def with_zones(
    uncertain: pd.DataFrame, certain: pd.DataFrame, pairs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return rows with one clock, with the other from runs that state both.

    Parameters
    ----------
    uncertain : DataFrame
        `what`, `id`, `clock` ("local" or "utc") and, as they were imported, `start_utc`,
        `utc_offset_s` (s) and `local_date`.
    certain : DataFrame
        `start_utc` and `utc_offset_s` (s) of rows whose source states both clocks.
    pairs : DataFrame, optional
        `id` and `utc_offset_s` (s) of rows of `uncertain` whose offset is known because another
        source of the same run states the other clock; they then count as certain, too.

    Returns
    -------
    DataFrame
        `what`, `id`, `start_utc`, `utc_offset_s`, `local_date` and `basis`: "neighbour",
        "pair", or "" where no run is near and the row stays as imported.

    Examples
    --------
    >>> row = {"start_utc": pd.Timestamp("2026-07-01T18:00Z"), "utc_offset_s": 0.0}
    >>> gym = pd.DataFrame([{"what": "sessions", "id": "a", "clock": "local",
    ...                      "local_date": pd.Timestamp("2026-07-01"), **row}])
    >>> placed = with_zones(gym, pd.DataFrame([row | {"utc_offset_s": 7200.0}]))
    >>> placed[["start_utc", "utc_offset_s", "basis"]].iloc[0].astype(str).tolist()
    ['2026-07-01 16:00:00+00:00', '7200.0', 'neighbour']
    """
    start = _seconds(uncertain["start_utc"])
    offset = uncertain["utc_offset_s"].to_numpy(dtype=np.float64)
    is_local = (uncertain["clock"] == "local").to_numpy(dtype=bool)
    instants = _seconds(certain["start_utc"])
    offsets = certain["utc_offset_s"].to_numpy(dtype=np.float64)
    paired = np.full(len(uncertain), np.nan)
    if pairs is not None and len(pairs):
        by_id = pairs.drop_duplicates("id").set_index("id")["utc_offset_s"]
        paired = by_id.reindex(uncertain["id"]).to_numpy(dtype=np.float64)
        known = ~np.isnan(paired)
        moved = start + np.where(is_local, offset - paired, 0.0)
        instants = np.concatenate([instants, moved[known]])
        offsets = np.concatenate([offsets, paired[known]])
    near = _nearest(start, offset, is_local, instants, offsets)
    found = np.where(np.isnan(paired), near, paired)
    basis = np.select([~np.isnan(paired), ~np.isnan(near)], [PAIR, NEIGHBOUR], default=ASSUMED)
    found = np.where(np.isnan(found), offset, found)
    placed = np.where(is_local, start + offset - found, start)
    day = np.floor((placed + found) / _DAY_S).astype(np.int64).astype("datetime64[D]")
    as_imported = uncertain["local_date"].to_numpy(dtype="datetime64[D]")
    return pd.DataFrame(
        {
            "what": uncertain["what"].to_numpy(dtype=object),
            "id": uncertain["id"].to_numpy(dtype=object),
            "start_utc": pd.to_datetime(
                np.rint(placed * 1e6).astype(np.int64), unit="us", utc=True
            ),
            "utc_offset_s": found,
            # A session after midnight may be logged on the day before: a local day that a source
            # states stays.
            "local_date": np.where(is_local, as_imported, day).astype(schema.DATE),
            "basis": basis,
        }
    )


def offsets_of_pairs(uncertain: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Return offsets of runs of which one source states local time and another UTC.

    Parameters
    ----------
    uncertain : DataFrame
        As for `with_zones`.
    groups : DataFrame
        `id` and `group` of rows that are the same run, and, of those that state both clocks,
        `utc_offset_s` (s), else NaN.

    Returns
    -------
    DataFrame
        `id` and `utc_offset_s` (s, in quarters of an hour).
    """
    rows = uncertain.merge(groups[["id", "group"]], on="id")
    own = _seconds(rows["start_utc"])
    is_local = (rows["clock"] == "local").to_numpy(dtype=bool)
    stated = own + np.where(is_local, rows["utc_offset_s"].to_numpy(dtype=np.float64), 0.0)
    rows = rows.assign(
        local=np.where(is_local, stated, np.nan), instant=np.where(is_local, np.nan, stated)
    )
    first = rows.groupby("group")[["local", "instant"]].first()
    step = ((first["local"] - first["instant"]) / _QUARTER_S).round() * _QUARTER_S
    stated_by = groups.groupby("group")["utc_offset_s"].first()
    known = stated_by.fillna(step.reindex(stated_by.index))
    return pd.DataFrame({"id": rows["id"], "utc_offset_s": rows["group"].map(known)}).dropna(
        ignore_index=True
    )


def _nearest(
    start: Floats,
    offset: Floats,
    is_local: Booleans,
    instants: Floats,
    offsets: Floats,
) -> Floats:
    """Return the offset of the certain row that is nearest on the clock each row states."""
    found = np.full(len(start), np.nan)
    for here, own, clock in (
        (is_local, start + offset, instants + offsets),
        (~is_local, start, instants),
    ):
        if not here.any() or not len(clock):
            continue
        order = np.argsort(clock, kind="stable")
        times = clock[order]
        place = np.clip(np.searchsorted(times, own[here]), 1, max(len(times) - 1, 1))
        before, after = place - 1, np.minimum(place, len(times) - 1)
        nearer = np.where(own[here] - times[before] <= times[after] - own[here], before, after)
        near = np.abs(times[nearer] - own[here]) <= NEAR_DAYS * _DAY_S
        found[here] = np.where(near, offsets[order][nearer], np.nan)
    return found


def _seconds(moments: pd.Series) -> Floats:
    return np.asarray(moments.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6)
