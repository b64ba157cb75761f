"""One athlete's data in one private folder.

The folder holds `catalogue.sqlite` with every small table and `streams/` with one Parquet file
a run. Files are written to a temporary name, synced, renamed, and only then entered in the
catalogue in one transaction: whatever interrupts an import, what was acknowledged is there
whole, and the rest is not there at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics import __version__
from runanalytics.errors import LibraryError, LibraryLockedError, UsageError
from runanalytics.importers.walk import Found, walk
from runanalytics.library.catalogue import STORED, Catalogue, stream_name
from runanalytics.library.report import FileOutcome, ImportReport
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library.ingest import Ingest

#: How long a second writer waits for the first.
LOCK_WAIT_S = 5.0

#: Outcomes after which the same content is looked into again when it is met again.
_READ_AGAIN = ("skipped", "replaced")

Progress = Callable[[int, int, str], None]


class Library:
    """One athlete's runs, sessions and races, read as frames of `runanalytics.schema`.

    Nothing is written until something is added, and reading a library that does not exist yet
    gives empty frames.

    Examples
    --------
    >>> import tempfile
    >>> library = Library.open(tempfile.mkdtemp())
    >>> len(library.runs())
    0
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader: Catalogue | None = None

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Library:
        """Open the library in a folder.

        Parameters
        ----------
        path : path, optional
            The library's folder. Default: the platform's folder for user data.

        Raises
        ------
        LibraryError
            If the path is a file, or the library was made by a newer version.
        """
        if path is None:
            import platformdirs

            path = platformdirs.user_data_path("runanalytics", appauthor=False)
        folder = Path(path).expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise LibraryError(
                "a library is a folder, and this is a file", where=str(folder), hint="name a folder"
            )
        library = cls(folder)
        library._reading()  # refuses a library of a newer version now rather than later
        return library

    def __repr__(self) -> str:
        catalogue = self._reading()
        counts = [f"{catalogue.count(name) if catalogue else 0} {name}" for name in _COUNTED]
        return f"Library({str(self.folder)!r}: {', '.join(counts)})"

    def close(self) -> None:
        """Close the library's files; it opens them again when it is used again."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # Reading ---------------------------------------------------------------------------------

    def runs(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "runs", by start, of local days from `since` to `until` inclusive."""
        frame = self._table("runs", since, until)
        return frame.sort_values("start_utc", ignore_index=True)

    def samples(self, run_id: str) -> pd.DataFrame:
        """Return table "samples" of one run.

        Raises
        ------
        UsageError
            If there is no such run, or it came without samples.
        LibraryError
            If the run's samples are damaged or gone.
        """
        from runanalytics.library.streams import unpack

        catalogue = self._reading()
        query = "SELECT digest FROM streams WHERE run_id = ?"
        entered = catalogue.rows(query, (run_id,)) if catalogue else []
        if not entered:
            raise UsageError(
                f"no samples of a run '{run_id}'",
                where=str(self.folder),
                hint="Library.runs() lists the runs; 'detail' says which have samples",
            )
        path = self._streams / stream_name(run_id, entered[0][0])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LibraryError(
                f"the samples of run {run_id} cannot be read ({error.strerror})",
                where=str(path),
                hint="import the run's file again to restore them",
            ) from error
        return unpack(data, run_id)

    def segments(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "segments": the steady stretches of every run, computed at import."""
        return self._table("segments", since, until)

    def sessions(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "sessions", by day."""
        frame = self._table("sessions", since, until)
        return frame.sort_values(["local_date", "start_utc"], ignore_index=True)

    def sets(self) -> pd.DataFrame:
        """Return table "sets"."""
        return self._table("sets")

    def races(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "races", by day."""
        return self._table("races", since, until).sort_values("local_date", ignore_index=True)

    def log_spans(self) -> pd.DataFrame:
        """Return table "log_spans": from when to when each kind of thing was logged.

        What a log states of itself, and for runs and watch-recorded sessions the days from the
        first to the last of them.
        """
        from runanalytics.library.spans import with_derived_spans

        spans = self._table("log_spans")
        catalogue = self._reading()
        if catalogue is None:
            return spans
        return with_derived_spans(spans, catalogue)

    def form(
        self,
        metric: str = "ground_contact_ms",
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
    ) -> pd.DataFrame:
        """Return table "form": `metric` at the reference speed, one row a run.

        Parameters
        ----------
        metric : str
            A metric's column or short name (``cadence``, ``contact-time``).
        speed_m_s : float, optional
            Reference speed in m/s. Default: the runner's own usual speed.
        since, until : date, optional
            Local days, inclusive.
        """
        from runanalytics.measures.form import form

        segments, runs = self.segments(since, until), self.runs(since, until)
        return form(segments, metric, speed_m_s, runs=runs)

    def dose(self, what: str = "strength", measure: str = "sessions") -> pd.DataFrame:
        """Return table "dose": what was done on each day of the logged span.

        Parameters
        ----------
        what : str
            ``strength``, ``technique``, a category, a programme or a movement.
        measure : {"sessions", "sets", "reps", "minutes", "tonnage_kg"}
            What is counted.
        """
        from runanalytics.measures.dose import dose

        return dose(self.sessions(), self.sets(), what, measure, spans=self.log_spans())

    def sources(self) -> pd.DataFrame:
        """Return table "sources": every file that was met, and what became of it."""
        return self._table("sources")

    def verify(self) -> list[str]:
        """Check every stored byte and return what is wrong, in words; empty if nothing is."""
        from runanalytics.library.check import problems

        catalogue = self._reading()
        return [] if catalogue is None else problems(catalogue, self._streams)

    def export(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every table as CSV, and samples as Parquet, into `folder`; return the files."""
        from runanalytics.library.check import export

        return export(self, Path(folder).expanduser())

    # Writing ---------------------------------------------------------------------------------

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        timezone: str | None = None,
        units: str | None = None,
        engine: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import files and folders; what is there already is left alone.

        Parameters
        ----------
        paths : path or iterable of path
            Files, and folders to be walked.
        timezone, units, engine : str, optional
            As for `runanalytics.read`.
        dry_run : bool
            Read everything, write nothing, and report what would be done.
        progress : callable, optional
            Called with (files done, files in all, name of the file) after each file.

        Returns
        -------
        ImportReport
            What became of each file. A file that cannot be read never stops the others.

        Raises
        ------
        LibraryLockedError
            If another process goes on writing for `LOCK_WAIT_S` seconds.
        LibraryError
            If the folder cannot be written or the disk is full; what was acknowledged before
            is there.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        # A library inside a folder that is imported is not a source of itself.
        found = [file for file in walk(paths) if not file.path.is_relative_to(self.folder)]
        if dry_run:
            outcomes = self._met(found, self._reading())
            return self._ingest(found, outcomes, None, progress, timezone, units, engine)
        with self._writing() as catalogue:
            outcomes = self._met(found, catalogue)
            return self._ingest(found, outcomes, catalogue, progress, timezone, units, engine)

    def _met(self, found: list[Found], catalogue: Catalogue | None) -> dict[Path, FileOutcome]:
        """Return the outcome of every file that is known by place, size and time alone.

        Only files that this very version has read or passed over count: a newer one may read
        more out of them, and looks into each again.
        """
        if catalogue is None or catalogue.meta("version") != __version__:
            return {}
        known = {
            (path, size, mtime_ns): (outcome, reason, importer)
            for path, size, mtime_ns, outcome, reason, importer in catalogue.rows(
                "SELECT path, size, mtime_ns, outcome, reason, importer"
                " FROM places JOIN sources USING (digest)"
            )
        }
        outcomes = {}
        for file in found:
            match = known.get((str(file.path), file.size, file.mtime_ns))
            if match is None or match[0] in _READ_AGAIN:
                continue
            outcome, reason, importer = match
            if outcome == "added":
                outcome, reason = "duplicate", "already in the library"
            outcomes[file.path] = FileOutcome(
                file.path.name, str(file.path), outcome, reason or "", importer or ""
            )
        return outcomes

    def _ingest(
        self,
        found: list[Found],
        outcomes: dict[Path, FileOutcome],
        catalogue: Catalogue | None,
        progress: Progress | None,
        timezone: str | None,
        units: str | None,
        engine: str | None,
    ) -> ImportReport:
        ingest: Ingest | None = None
        try:
            for number, file in enumerate(found, start=1):
                if file.path not in outcomes:
                    if ingest is None:
                        # Only now: an import of nothing new need not load the importers.
                        from runanalytics.importers import read_options
                        from runanalytics.library.ingest import Ingest

                        options = read_options(engine=engine, timezone=timezone, units=units)
                        known = catalogue or self._reading()
                        ingest = Ingest(known, options, self._streams, write=catalogue is not None)
                    outcomes[file.path] = ingest.take(file)
                if progress is not None:
                    progress(number, len(found), file.path.name)
        finally:
            # Also after Ctrl-C: what has been read need not be read again.
            if ingest is not None:
                ingest.flush()
        if catalogue is not None and catalogue.meta("version") != __version__:
            with catalogue.transaction():
                catalogue.write(
                    "INSERT OR REPLACE INTO meta VALUES ('version', ?)", [[__version__]]
                )
        return ImportReport(tuple(outcomes[file.path] for file in found), dry_run=catalogue is None)

    # Inside ----------------------------------------------------------------------------------

    @property
    def _streams(self) -> Path:
        return self.folder / "streams"

    def _reading(self) -> Catalogue | None:
        path = self.folder / "catalogue.sqlite"
        if self._reader is None and path.exists():
            self._reader = Catalogue(path, read_only=True)
        return self._reader

    def _table(self, name: str, since: Any = None, until: Any = None) -> pd.DataFrame:
        from runanalytics import schema

        catalogue = self._reading()
        if catalogue is None:
            return schema.empty(name)
        conditions, parameters = [], []
        for bound, operator in ((since, ">="), (until, "<=")):
            if bound is not None:
                conditions.append(f"local_date {operator} ?")
                parameters.append(parse_day(bound).isoformat())
        return catalogue.frame(name, " AND ".join(conditions), parameters)

    @contextmanager
    def _writing(self) -> Iterator[Catalogue]:
        """Hold the writer's lock and an open catalogue, and leave no orphan behind."""
        try:
            self._make_folders()
            with self._locked():
                catalogue = Catalogue(self.folder / "catalogue.sqlite")
                try:
                    self._sweep(catalogue)
                    yield catalogue
                finally:
                    catalogue.close()
        except OSError as error:
            reason = {
                errno.ENOSPC: "the disk is full",
                errno.EDQUOT: "the disk quota is used up",
                errno.EROFS: "the disk is read-only",
                errno.EACCES: "there is no permission to write",
                errno.EPERM: "there is no permission to write",
            }.get(error.errno or 0, error.strerror or str(error))
            raise LibraryError(
                reason,
                where=str(self.folder),
                hint="what was imported before is safe; make room or name another --library",
            ) from error

    def _make_folders(self) -> None:
        for folder in (self.folder, self._streams):
            if not folder.exists():
                folder.mkdir(parents=True, mode=0o700)
                # mkdir's mode is cut by the umask, never widened; parents keep the umask's own.
                folder.chmod(0o700)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import filelock

        lock = filelock.FileLock(self.folder / "writer.lock", timeout=LOCK_WAIT_S, mode=0o600)
        holder = self.folder / "writer.txt"
        try:
            lock.acquire()
        except filelock.Timeout:
            who = "another process"
            with contextlib.suppress(OSError):
                who = holder.read_text(encoding="utf-8").strip() or who
            raise LibraryLockedError(
                f"{who} is writing to this library",
                where=str(self.folder),
                hint="wait until it is done and try again",
            ) from None
        try:
            started = datetime.now(UTC).isoformat(timespec="seconds")
            descriptor = os.open(holder, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"process {os.getpid()} (since {started})")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def _sweep(self, catalogue: Catalogue) -> None:
        """Remove sample files of an import that was interrupted before it entered them."""
        on_disk = {entry.name: Path(entry.path) for entry in os.scandir(self._streams)}
        for run_id, digest in catalogue.rows("SELECT run_id, digest FROM streams"):
            on_disk.pop(stream_name(run_id, digest), None)
        for orphan in on_disk.values():
            orphan.unlink()


_COUNTED = tuple(name for name in STORED if name not in ("segments", "log_spans"))
