"""Everything that a library holds, as digests by which two libraries can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from runanalytics.importers.contract import content_digest
from runanalytics.library.storage.catalogue import Catalogue, tables

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: When something was imported is no part of its content.
_TIMES = {"sources": ("added_utc",)}


def dump(folder: LibraryFolder) -> dict[str, str]:
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
    >>> dump(LibraryFolder(Path(tempfile.mkdtemp())))
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
    columns = [row[1] for row in catalogue.rows(f'PRAGMA table_info("{table}")')]
    kept = [name for name in columns if name not in _TIMES.get(table, ())]
    selected = ", ".join(f'"{name}"' for name in kept)
    rows = catalogue.rows(f'SELECT {selected} FROM "{table}"')  # noqa: S608
    return _digest(json.dumps(_present(kept, row), sort_keys=True) for row in rows)


def _present(names: list[str], row: tuple[object, ...]) -> dict[str, object]:
    return {name: value for name, value in zip(names, row, strict=True) if value is not None}


def _digest(lines: Iterable[str]) -> str:
    ordered = sorted(lines)
    return content_digest("\n".join(ordered).encode()) if ordered else ""
