"""Digests of all content of a library, to compare two libraries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runanalytics.importers.contract import content_digest
from runanalytics.library.storage.catalogue import Catalogue, tables

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: Columns that are left out: when something was imported is no part of its content.
_TIMES = {"sources": ("added_utc",)}


def fingerprint(folder: LibraryFolder) -> dict[str, str]:
    """Return a digest of each table and of each run's samples.

    The digests depend on content alone: not on the order of rows, on when a file was
    imported, nor on columns and tables that a later version added and that are empty.

    Parameters
    ----------
    folder : LibraryFolder
        The library.

    Returns
    -------
    dict of str to str
        BLAKE2b digests by table, and by ``samples of RUN``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from runanalytics.library.folder import LibraryFolder
    >>> fingerprint(LibraryFolder(Path(tempfile.mkdtemp())))
    {}
    """
    catalogue = folder.reading()
    if catalogue is None:
        return {}
    found = {name: digest for name in tables(catalogue) if (digest := _content(catalogue, name))}
    for (run_id,) in catalogue.rows("SELECT run_id FROM streams ORDER BY run_id"):
        samples = folder.samples(run_id)
        columns = [name for name in samples.columns if samples[name].notna().any()]
        text = samples[columns].to_csv(index=False)
        found[f"samples of {run_id}"] = content_digest(text.encode())
    return found


def _content(catalogue: Catalogue, table: str) -> str:
    names = [name for name in catalogue.columns(table) if name not in _TIMES.get(table, ())]
    selected = ", ".join(f'"{name}"' for name in names)
    lines = []
    for row in catalogue.rows(f'SELECT {selected} FROM "{table}"'):  # noqa: S608
        present = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        lines.append(json.dumps(present, sort_keys=True))
    return content_digest("\n".join(sorted(lines)).encode()) if lines else ""
