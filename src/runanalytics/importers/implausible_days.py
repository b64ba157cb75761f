"""Rows of days on which nobody can have kept a log: left out, and said so.

A watch that has lost its clock begins at 1989-12-31 or at 1970, and a slip of the pen lies in
the future. Such a row would stretch every axis and every span of days.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from runanalytics.importers.contract import Imported, Note

#: No watch recorded a run before; FIT's own time begins on the last day of 1989.
FIRST_DAY = dt.date(1990, 1, 1)

#: Tables with days, each with the tables that hang on it and by what, and what it logs.
_DATED = (
    ("runs", "run_id", ("samples",)),
    ("sessions", "session_id", ("sets",)),
    ("races", "race_id", ()),
)


def without_strange_days(imported: Imported, today: dt.date | None = None) -> Imported:
    """Return `imported` without what it dates before 1990 or after tomorrow, with a note.

    Parameters
    ----------
    imported : Imported
        The tables of one file.
    today : date, optional
        Default: the machine's own day. Tomorrow counts, since zones are a day apart.

    Returns
    -------
    Imported
        The same, where there is no such row; spans of its logs end with the rows that are left.
    """
    last = (today or dt.datetime.now().astimezone().date()) + dt.timedelta(days=1)
    frames: dict[str, pd.DataFrame] = {}
    notes = []
    for table, key, hanging in _DATED:
        rows = getattr(imported, table)
        if rows.empty:
            continue
        days = rows["local_date"]
        strange = (days < pd.Timestamp(FIRST_DAY)) | (days > pd.Timestamp(last))
        if not strange.any():
            continue
        ids = rows.loc[strange, key]
        frames[table] = rows[~strange].reset_index(drop=True)
        for other in hanging:
            frame = getattr(imported, other)
            frames[other] = frame[~frame[key].isin(ids)].reset_index(drop=True)
        first = days[strange].iloc[0]
        what = table.rstrip("s") if len(ids) == 1 else table
        notes.append(
            Note(
                "warning",
                f"{len(ids)} {what} dated before 1990 or after tomorrow left out"
                f" ({first:%Y-%m-%d}): was the clock set?",
            )
        )
    if not frames:
        return imported
    everything = {table: frames.get(table, getattr(imported, table)) for table in Imported.TABLES}
    everything["log_spans"] = _spans(imported.log_spans, everything)
    return Imported(**everything, notes=[*imported.notes, *notes], clock=imported.clock)


def _spans(spans: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the spans as far as rows with believable days reach."""
    days = pd.concat([frames[table]["local_date"] for table, _, _ in _DATED])
    if days.empty or spans.empty:
        return spans.iloc[:0]
    first, last = days.min(), days.max()
    kept = spans.assign(
        first_date=spans["first_date"].clip(lower=first, upper=last),
        last_date=spans["last_date"].clip(lower=first, upper=last),
    )
    return kept.reset_index(drop=True)
