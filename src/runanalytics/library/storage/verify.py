"""Verification of every stored byte."""

from __future__ import annotations

from pathlib import Path

from runanalytics.errors import LibraryError
from runanalytics.importers.contract import content_digest
from runanalytics.library.storage.catalogue import Catalogue, stream_name
from runanalytics.library.storage.originals import Originals
from runanalytics.library.storage.page_checksums import damaged_pages, sums_path

#: From this layout on every catalogue has checksums.
_SUMMED_LAYOUT = 2

_REBUILD = "'runanalytics rebuild' makes it anew"


def problems(catalogue_path: Path, streams: Path, originals: Originals) -> list[str]:
    """Return what is wrong with a library, in words; nothing where there is no library.

    Parameters
    ----------
    catalogue_path : Path
        Its SQLite file.
    streams : Path
        Folder of the sample files.
    originals : Originals
        The originals that are kept.
    """
    if not catalogue_path.exists():
        return []
    found = [f"catalogue: {page} is damaged; {_REBUILD}" for page in damaged_pages(catalogue_path)]
    try:
        catalogue = Catalogue(catalogue_path, read_only=True, checked=False)
    except LibraryError as error:
        found += [] if found else [str(error)]
        return found + _by_name(streams) + originals.damaged()
    try:
        if catalogue.layout >= _SUMMED_LAYOUT and not sums_path(catalogue_path).exists():
            found.append(f"catalogue: its checksums ({sums_path(catalogue_path).name}) are gone")
        found += _unsound(catalogue)
        found += _damaged_samples(catalogue, streams)
    except LibraryError as error:
        found += [] if found else [str(error)]
        found += _by_name(streams)
    finally:
        catalogue.close()
    return found + originals.damaged()


def _unsound(catalogue: Catalogue) -> list[str]:
    return [
        f"catalogue: {message}"
        for (message,) in catalogue.rows("PRAGMA integrity_check")
        if message != "ok"
    ]


def _damaged_samples(catalogue: Catalogue, streams: Path) -> list[str]:
    found = []
    query = (
        "SELECT run_id, digest, size, local_date FROM streams LEFT JOIN runs USING (run_id)"
        " ORDER BY local_date, run_id"
    )
    for run_id, digest, size, date in catalogue.rows(query):
        run = f"run {run_id} of {date}"
        try:
            data = (streams / stream_name(run_id, digest)).read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            found.append(f"{run}: its samples cannot be read ({reason})")
            continue
        if content_digest(data) != digest:
            found.append(
                f"{run}: its samples are damaged ({len(data)} bytes, {size} expected);"
                " 'runanalytics rebuild', or importing its file again, restores them"
            )
    return found


def _by_name(streams: Path) -> list[str]:
    """Check the sample files by the digest in their names, where no catalogue lists them."""
    return [
        f"run {path.name.partition('.')[0]}: its samples are damaged"
        for path in sorted(streams.glob("*.parquet"))
        if not content_digest(path.read_bytes()).startswith(path.name.split(".")[-2])
    ]
