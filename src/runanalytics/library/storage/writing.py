"""Writing to a library: the writer's lock, the private folders, and the removal of leftovers."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from runanalytics.errors import LibraryError, LibraryLockedError
from runanalytics.library.storage.catalogue import Catalogue, stream_name
from runanalytics.library.storage.durable import make_private
from runanalytics.library.storage.migrate import upgrade
from runanalytics.library.storage.originals import Originals
from runanalytics.library.storage.words import EXPERIMENTS, write_pending_files

#: How long a second writer waits for the first, s.
LOCK_WAIT_S = 5.0

#: What stands inside a library's folder.
CATALOGUE, STREAMS, ORIGINALS = "catalogue.sqlite", "streams", "originals"
#: Where a library is made anew; it takes the place of the old one once it is complete.
REBUILD = "rebuild"

#: What a crash leaves in the folder; the last three are names that earlier versions gave.
_UNFINISHED = (
    *(".*.tmp", "catalogue.new*", f"{ORIGINALS}/*.tmp", "experiments/.*.tmp"),
    *("catalogue.tmp", "movements.tmp", "race_corrections.tmp"),
)

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file may not grow any larger here",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "there is no permission to write",
    errno.EPERM: "there is no permission to write",
}


@contextmanager
def writing(folder: Path) -> Iterator[Catalogue]:
    """Hold the writer's lock and the open catalogue, upgraded; finish or remove what a crash left.

    Parameters
    ----------
    folder : Path
        The library's folder; made if it does not exist.

    Raises
    ------
    LibraryLockedError
        If another process or thread goes on writing for `LOCK_WAIT_S` seconds.
    LibraryError
        If the folder cannot be written or the disk is full.
    """
    with explained(folder):
        make_private(folder)
        make_private(folder / STREAMS)
        with locked(folder):
            catalogue = Catalogue(folder / CATALOGUE)
            try:
                upgrade(catalogue)
                write_pending_files(catalogue, folder)
                sweep(catalogue, folder)
                yield catalogue
            finally:
                catalogue.close()


def finish_restore(folder: Path) -> None:
    """Give the user's files their places, where a restore was cut short before it did.

    Parameters
    ----------
    folder : Path
        The library's folder.

    Raises
    ------
    LibraryLockedError
        If another process goes on writing for `LOCK_WAIT_S` seconds.
    LibraryError
        If the folder cannot be written.
    """
    try:
        with writing(folder):
            pass
    except LibraryLockedError:
        raise
    except LibraryError as error:
        raise LibraryError(
            f"a restore was cut short, and it cannot be finished here: {error.message}",
            where=str(folder),
            hint="open the library once where its folder can be written, or restore it anew",
        ) from error


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn errors of the operating system into errors that say what to do."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            _REASONS.get(error.errno or 0, error.strerror or str(error)),
            where=str(folder),
            hint="what was imported before is safe; make room or name another --library",
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of a library's folder; the error names the process that has it."""
    import filelock

    lock = filelock.FileLock(folder / "writer.lock", timeout=LOCK_WAIT_S, mode=0o600)
    holder = folder / "writer.txt"
    try:
        lock.acquire()
    except filelock.Timeout:
        who = "another process"
        with contextlib.suppress(OSError):
            who = holder.read_text(encoding="utf-8").strip() or who
        raise LibraryLockedError(
            f"{who} is writing to this library",
            where=str(folder),
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


def settle_originals(catalogue: Catalogue, folder: Path) -> None:
    """Keep new originals whose source the catalogue lists, and remove the others."""
    listed = "SELECT 1 FROM sources WHERE digest = ?"
    Originals(folder / ORIGINALS).settle(lambda digest: bool(catalogue.rows(listed, (digest,))))


def sweep(catalogue: Catalogue, folder: Path) -> None:
    """Remove sample files that the catalogue does not list, and other leftovers of a crash."""
    on_disk = {entry.name: Path(entry.path) for entry in os.scandir(folder / STREAMS)}
    for run_id, digest in catalogue.rows("SELECT run_id, digest FROM streams"):
        on_disk.pop(stream_name(run_id, digest), None)
    unfinished = [path for pattern in _UNFINISHED for path in folder.glob(pattern)]
    for orphan in (*on_disk.values(), *unfinished):
        orphan.unlink()
    settle_originals(catalogue, folder)
    shutil.rmtree(folder / REBUILD, ignore_errors=True)
    with contextlib.suppress(OSError):  # it is not there, or holds a plan
        (folder / EXPERIMENTS).rmdir()
