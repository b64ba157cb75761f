"""Rows dated before 1990 or in the future: they are left out, with a note.

A watch that has lost its clock begins at 1989-12-31 or at 1970, and a mistyped date may lie in
the future. Such a row would stretch every axis and every span of days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd

from runanalytics.importers.contract import Imported, Note

#: No watch recorded a run before; the epoch of FIT is the last day of 1989.
FIRST_DAY = dt.date(1990, 1, 1)

#: Tables with days, the key of each, and the tables that refer to it.
_DATED = (
    ("runs", "run_id", ("samples",)),
    ("sessions", "session_id", ("sets",)),
    ("races", "race_id", ()),
)


def without_implausible_days(imported: Imported, today: dt.date | None = None) -> Imported:
    """Return `imported` without rows dated before 1990 or after tomorrow, with a note.

    Parameters
    ----------
    imported : Imported
        The tables of one file.
    today : date, optional
        Default: the machine's own day. Tomorrow counts, since zones are a day apart.

    Returns
    -------
    Imported
        `imported` itself where there is no such row. Log spans end with the rows that are left.
    """
    last = (today or dt.datetime.now().astimezone().date()) + dt.timedelta(days=1)
    frames: dict[str, Any] = {}
    notes = []
    for table, key, dependents in _DATED:
        rows = getattr(imported, table)
        if rows.empty:
            continue
        days = rows["local_date"]
        implausible = (days < pd.Timestamp(FIRST_DAY)) | (days > pd.Timestamp(last))
        if not implausible.any():
            continue
        keys = rows.loc[implausible, key]
        frames[table] = rows[~implausible].reset_index(drop=True)
        for other in dependents:
            frame = getattr(imported, other)
            frames[other] = frame[~frame[key].isin(keys)].reset_index(drop=True)
        first = days[implausible].iloc[0]
        what = table.rstrip("s") if len(keys) == 1 else table
        notes.append(
            Note(
                "warning",
                f"{len(keys)} {what} dated before 1990 or after tomorrow left out"
                f" ({first:%Y-%m-%d}): was the clock set?",
            )
        )
    if not frames:
        return imported
    kept = replace(imported, **frames, notes=[*imported.notes, *notes])
    return replace(kept, log_spans=_clipped_spans(kept))


def _clipped_spans(imported: Imported) -> pd.DataFrame:
    """Return the log spans as far as the rows of `imported` reach."""
    spans = imported.log_spans
    days = pd.concat([getattr(imported, table)["local_date"] for table, _, _ in _DATED])
    if days.empty or spans.empty:
        return spans.iloc[:0]
    first, last = days.min(), days.max()
    ends = {name: spans[name].clip(lower=first, upper=last) for name in ("first_date", "last_date")}
    return spans.assign(**ends).reset_index(drop=True)
