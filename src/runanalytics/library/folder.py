"""The open folder of a library, which every function on stored data takes.

The folder holds `catalogue.sqlite` with every small table and `streams/` with one Parquet file
a run. Files are written to a temporary name, synced, renamed, and only then listed in the
catalogue in one transaction: if an import is interrupted, what was acknowledged is there whole,
and the rest is not there at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.storage.catalogue import Catalogue, stream_name
from runanalytics.library.storage.words import CORRECTIONS, has_pending_files
from runanalytics.library.storage.writing import (
    CATALOGUE,
    ORIGINALS,
    STREAMS,
    finish_restore,
    writing,
)

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library.linking.view import Views
    from runanalytics.library.storage.originals import Originals


class LibraryFolder:
    """One athlete's folder, opened when something in it is first read.

    Several threads may use it at once: what they read comes through one connection, in turn, and
    each frame is the caller's own. A thread that writes waits for one that does, as another
    process would. `close` waits for what is being read.

    Parameters
    ----------
    path : Path
        The folder; nothing is made before something is written.
    settle : callable, optional
        Called with the folder and its catalogue, if there is one, before anything is read or
        written: it reads the diary if somebody has changed it.

    Examples
    --------
    >>> import tempfile
    >>> folder = LibraryFolder(Path(tempfile.mkdtemp()))
    >>> folder.reading() is None, len(folder.table("races"))
    (True, 0)
    """

    def __init__(
        self, path: Path, settle: Callable[[Path, Catalogue | None], None] | None = None
    ) -> None:
        self.path = path
        self._settle = settle
        #: Held while the catalogue is opened or closed.
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._views: Views | None = None
        #: Which file was opened: a restore may put another one in its place.
        self._identity: tuple[int, int] | None = None

    @property
    def catalogue_path(self) -> Path:
        """The SQLite file of all small tables."""
        return self.path / CATALOGUE

    @property
    def sample_folder(self) -> Path:
        """Where the sample files are."""
        return self.path / STREAMS

    @property
    def originals(self) -> Originals:
        """The imported files themselves, if they are kept."""
        from runanalytics.library.storage.originals import Originals

        return Originals(self.path / ORIGINALS)

    def reading(self) -> Catalogue | None:
        """Return the catalogue, open for reading; None where there is no library yet.

        Raises
        ------
        DamagedLibraryError
            If it is not as it was stored.
        LibraryError
            If it cannot be opened, was made by a newer version, or has to be written first,
            since a restore was cut short, and cannot be.
        """
        with self._lock:
            return self._opened()

    def check(self) -> None:
        """Open the catalogue as `reading` does, but for what has to be settled first."""
        with self._lock:
            self._open()

    def _opened(self) -> Catalogue | None:
        catalogue = self._open()
        if self._settle is None:
            return catalogue
        self._settle(self.path, catalogue)
        return self._open()

    def _open(self) -> Catalogue | None:
        there = _identity(self.catalogue_path)
        if self._identity not in (None, there):
            self._forget()  # another library has taken its place, or it is gone
        if self._catalogue is None and there is not None:
            self._catalogue = Catalogue(self.catalogue_path, read_only=True)
            self._identity = there
        if self._catalogue is not None and has_pending_files(self._catalogue):
            finish_restore(self.path)
        return self._catalogue

    def state(self) -> Hashable:
        """Return what is no longer the same once anybody else has written.

        Whoever decides by what is there compares it inside `writing` with what it was before.
        """
        from runanalytics.library.linking.view import content

        with self._lock:
            catalogue = self._open()
            writes = None if catalogue is None else catalogue.writes_of_others()
            files = [content(self.path / name) for name in CORRECTIONS]
            return self._identity, writes, *files

    def writing(self) -> AbstractContextManager[Catalogue]:
        """Return a block with the writer's lock and the catalogue, open for writing.

        Raises
        ------
        LibraryLockedError
            If another process or thread goes on writing for
            `storage.writing.LOCK_WAIT_S` seconds.
        LibraryError
            If the folder cannot be written or the disk is full.
        """
        with suppress(LibraryError):
            self.reading()  # what has to be settled needs the lock, too
        return writing(self.path)

    def close(self) -> None:
        """Close the folder's files; they are opened again when needed."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = self._views = self._identity = None

    def table(self, name: str, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return a stored table: all sources as one, without the user's corrections.

        Parameters
        ----------
        name : str
            One of `runanalytics.library.storage.catalogue.STORED`.
        since, until : date, optional
            Local days, inclusive.
        """
        from runanalytics import schema

        views = self._present_views()
        return schema.empty(name) if views is None else views.table(name, since, until)

    def derived(self, what: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a frame that follows from what is stored and what the user stated.

        It is made once, and again when either has changed.

        Parameters
        ----------
        what : hashable
            Names the frame.
        make : callable
            Returns it; takes nothing from elsewhere.
        """
        views = self._present_views()
        return make() if views is None else views.derived(what, make)

    def _present_views(self) -> Views | None:
        """Return the views of the catalogue; None where there is no library yet."""
        from runanalytics.library.linking.view import Views

        with self._lock:
            catalogue = self._opened()
            if catalogue is not None and self._views is None:
                self._views = Views(catalogue, [self.path / name for name in CORRECTIONS])
            return None if catalogue is None else self._views

    def runs(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "runs" by start, as `table` does."""
        return self.table("runs", since, until).sort_values("start_utc", ignore_index=True)

    def samples(self, run_id: str) -> pd.DataFrame:
        """Return table "samples" of one run.

        Parameters
        ----------
        run_id : str
            The whole identifier.

        Raises
        ------
        UsageError
            If there is no such run, or it came without samples.
        LibraryError
            If the run's samples are damaged or gone.
        """
        from runanalytics.library.storage.sample_files import unpack

        digest = self.sample_digests().get(run_id)
        if digest is None:
            raise UsageError(
                f"no samples of a run '{run_id}'",
                where=str(self.path),
                hint="Library.runs() lists the runs; 'detail' says which have samples",
            )
        return unpack(self.packed_samples(run_id, digest), run_id, digest)

    def sample_digests(self) -> dict[str, str]:
        """Return the digest of each run's sample file, of runs that have one."""
        catalogue = self.reading()
        return dict(catalogue.rows("SELECT run_id, digest FROM streams")) if catalogue else {}

    def packed_samples(self, run_id: str, digest: str) -> bytes:
        """Return a sample file's content.

        Parameters
        ----------
        run_id, digest : str
            From `sample_digests`.

        Raises
        ------
        LibraryError
            If it cannot be read.
        """
        path = self.sample_folder / stream_name(run_id, digest)
        try:
            return path.read_bytes()
        except OSError as error:
            raise LibraryError(
                f"the samples of run {run_id} cannot be read ({error.strerror})",
                where=str(path),
                hint="'runanalytics rebuild' restores them",
            ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one in its place; None if there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
