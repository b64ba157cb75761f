"""The library's own diary is read anew when it has changed, by `log`, by an editor or by a sync.

A line is kept by writing the file alone, which is done at once. Whoever reads the library next
reads the diary into its tables first, in one transaction, as an import of a changed file does. A
crash between the two leaves nothing to mend.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from runanalytics.errors import LibraryError, UnreadableFileError
from runanalytics.library.storage.catalogue import Catalogue
from runanalytics.library.storage.durable import stream_digest
from runanalytics.library.storage.words import DIARY
from runanalytics.library.storage.writing import STREAMS, writing

#: The library keeps no list of what its own diary once was, a row for each line that was added.
_FORGET_OLDER_VERSIONS = "DELETE FROM sources WHERE name = ? AND outcome = 'replaced'"

#: Size and time of a file, by which it is known to be as it was.
_Signature = tuple[int, int]


class DiaryReader:
    """Reads the diary of one library's folder into its tables whenever it has changed.

    Where it cannot be read or written now, what was read before stays: `status` says so.
    """

    def __init__(self) -> None:
        self._seen: _Signature | None = None

    def __call__(self, folder: Path, catalogue: Catalogue | None) -> None:
        """Read the diary of a folder if it is not as it was read.

        Parameters
        ----------
        folder : Path
            The library's folder.
        catalogue : Catalogue, optional
            What is known; None where there is no library yet.
        """
        try:
            stat = (folder / DIARY).stat()
        except OSError:
            return
        signature = (stat.st_size, stat.st_mtime_ns)
        if signature == self._seen:
            return
        self._seen = signature
        with suppress(LibraryError, UnreadableFileError):
            if not is_read(folder, catalogue):
                _read(folder)


def is_read(folder: Path, catalogue: Catalogue | None) -> bool:
    """Return whether the tables hold what the diary says now, read by the present version.

    Parameters
    ----------
    folder : Path
        The library's folder.
    catalogue : Catalogue, optional
        Its catalogue, if there is one.
    """
    # Loaded where there is a diary alone.
    from runanalytics.library.corrections.diary import diary_in

    found = diary_in(folder)
    if found is None or catalogue is None:
        return found is None
    from runanalytics.importers.diary.importer import DiaryImporter

    with found.open() as file:
        digest = stream_digest(file)
    query = "SELECT importer_version FROM places JOIN sources USING (digest)"
    versions = catalogue.rows(f"{query} WHERE path = ? AND digest = ?", (found.place, digest))
    return [version for (version,) in versions] == [DiaryImporter.version]


def still_counts(catalogue: Catalogue | None) -> bool:
    """Return whether the tables hold something that the library's diary said when it was read.

    Parameters
    ----------
    catalogue : Catalogue, optional
        The library's catalogue, if there is one.
    """
    query = "SELECT 1 FROM places JOIN provenance USING (digest) WHERE path = ? LIMIT 1"
    return catalogue is not None and bool(catalogue.rows(query, (DIARY,)))


def _read(folder: Path) -> None:
    from runanalytics.library.corrections.diary import diary_in
    from runanalytics.library.ingest.run import GivenOptions, import_files

    with writing(folder) as catalogue:
        found = diary_in(folder)
        if found is not None:
            streams = folder / STREAMS
            with catalogue.transaction():
                import_files([found], catalogue, streams=streams, given=GivenOptions(), write=True)
                catalogue.write(_FORGET_OLDER_VERSIONS, [(DIARY,)])
