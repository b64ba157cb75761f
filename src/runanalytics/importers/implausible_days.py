"""Rows dated before 1990 or in the future: they are left out, with a note.

A watch that has lost its clock begins at 1989-12-31 or at 1970, and a mistyped date may lie in
the future. Such a row would stretch every axis and every span of days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from runanalytics.importers.contract import ImportedColumns, Note
from runanalytics.schema.columns import TableColumns

#: No watch recorded a run before; the epoch of FIT is the last day of 1989.
FIRST_DAY = dt.date(1990, 1, 1)

#: Tables with days, the key of each, and the table that refers to it.
_DATED = (("runs", "run_id", ""), ("sessions", "session_id", "sets"), ("races", "race_id", ""))


def without_implausible_days(
    imported: ImportedColumns, today: dt.date | None = None
) -> ImportedColumns:
    """Return `imported` without rows dated before 1990 or after tomorrow, with a note.

    Parameters
    ----------
    imported : ImportedColumns
        The tables of one file.
    today : date, optional
        Default: the machine's own day. Tomorrow counts, since zones are a day apart.

    Returns
    -------
    ImportedColumns
        `imported` itself where there is no such row. Log spans end with the rows that are left.
    """
    last = (today or dt.datetime.now().astimezone().date()) + dt.timedelta(days=1)
    tables, samples = dict(imported.tables), dict(imported.samples)
    notes = []
    for name, key, dependent in _DATED:
        rows = imported.table(name)
        days = rows["local_date"]
        implausible = (days < np.datetime64(FIRST_DAY)) | (days > np.datetime64(last))
        if not implausible.any():
            continue
        gone = frozenset(rows[key][implausible].tolist())
        tables[name] = rows.rows(~implausible)
        if dependent in tables:
            kept = [one not in gone for one in tables[dependent][key].tolist()]
            tables[dependent] = tables[dependent].rows(np.array(kept, dtype=bool))
        samples = {run: of_run for run, of_run in samples.items() if run not in gone}
        what = name.rstrip("s") if len(gone) == 1 else name
        notes.append(
            Note(
                "warning",
                f"{len(gone)} {what} dated before 1990 or after tomorrow left out"
                f" ({days[implausible][0].astype('M8[D]')}): was the clock set?",
            )
        )
    if not notes:
        return imported
    tables["log_spans"] = _clipped_spans(imported.table("log_spans"), tables)
    return replace(
        imported,
        tables={name: rows for name, rows in tables.items() if len(rows)},
        samples=samples,
        notes=[*imported.notes, *notes],
    )


def _clipped_spans(spans: TableColumns, tables: dict[str, TableColumns]) -> TableColumns:
    """Return the log spans as far as the rows of the other tables reach."""
    dated = [tables[name]["local_date"] for name, _, _ in _DATED if len(tables.get(name, ()))]
    if not dated:
        return spans.rows(np.zeros(len(spans), dtype=bool))
    days = np.concatenate(dated)
    ends = {one: np.clip(spans[one], days.min(), days.max()) for one in ("first_date", "last_date")}
    return spans.replaced(**ends)
