"""Checking every stored byte, and taking everything out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.errors import LibraryError
from runanalytics.importers.contract import content_digest
from runanalytics.library.catalogue import STORED, Catalogue, stream_name
from runanalytics.library.streams import pack

if TYPE_CHECKING:
    from runanalytics.library.store import Library

#: First characters that make a spreadsheet take a cell for a formula.
_FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


def problems(catalogue: Catalogue, streams: Path) -> list[str]:
    """Return what is wrong with a library, in words.

    Parameters
    ----------
    catalogue : Catalogue
        The open catalogue.
    streams : Path
        Folder of the sample files.
    """
    found = [
        f"catalogue: {message}"
        for (message,) in catalogue.rows("PRAGMA integrity_check")
        if message != "ok"
    ]
    query = (
        "SELECT run_id, digest, size, local_date FROM streams LEFT JOIN runs USING (run_id)"
        " ORDER BY local_date, run_id"
    )
    for run_id, digest, size, date in catalogue.rows(query):
        run = f"run {run_id} of {date}"
        try:
            data = (streams / stream_name(run_id, digest)).read_bytes()
        except OSError as error:
            found.append(f"{run}: its samples cannot be read ({error.strerror})")
            continue
        if content_digest(data) != digest:
            found.append(
                f"{run}: its samples are damaged ({len(data)} bytes, {size} expected);"
                " import its file again to restore them"
            )
    return found


def export(library: Library, folder: Path) -> list[Path]:
    """Write the library's tables into `folder`; return the files written.

    Text cells that a spreadsheet would run as a formula get an apostrophe in front.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for table in STORED:
            frame = library.sources() if table == "sources" else getattr(library, table)()
            path = folder / f"{table}.csv"
            _without_formulas(frame).to_csv(path, index=False)
            written.append(path)
        samples = folder / "samples"
        samples.mkdir(exist_ok=True)
        runs = library.runs()
        for run_id in runs.loc[runs["detail"] == "samples", "run_id"]:
            path = samples / f"{run_id}.parquet"
            path.write_bytes(pack(library.samples(run_id)))
            written.append(path)
    except OSError as error:
        raise LibraryError(
            f"cannot be written ({error.strerror})", where=str(folder), hint="name another folder"
        ) from error
    return written


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame.copy()
    for name in kept.columns[kept.dtypes == "str"]:
        leads = kept[name].str.startswith(_FORMULA_LEADS, na=False)
        kept[name] = kept[name].mask(leads, "'" + kept[name])
    return kept
