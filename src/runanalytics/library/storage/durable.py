"""Files that survive a crash whole or not at all, and that only their owner can read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from runanalytics.errors import LibraryError, UsageError

#: Files that are open, and that are synced, at the same time.
_OPEN_AT_ONCE, _SYNCED_AT_ONCE = 64, 8


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can look into, if it is not there yet."""
    if not folder.exists():
        # Another thread or process may be making it, too.
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        # The umask narrows mkdir's mode; parents keep the umask's own.
        folder.chmod(0o700)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is there whole, or not at all.

    The folder itself has to be synced afterwards (`sync_folder`), once for many files.

    Parameters
    ----------
    path : Path
        The file; an older one there is replaced once the new one is whole.
    data : bytes
        What it holds.

    Raises
    ------
    OSError
        If it cannot be written; an older file is then as it was, and nothing else is left.
    """
    with unfinished(path.parent, path.name) as file:
        file.write(data)
        finish(file, path)


def write_all_durably(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of one folder as `write_durably` does, and sync the folder.

    Some are written, synced at the same time, and then given their names: the file system
    enters them in its journal together, which takes a fraction of the time.

    Parameters
    ----------
    folder : Path
        An existing folder.
    files : mapping of str to bytes
        What each file holds, by its name.

    Raises
    ------
    OSError
        If one of them cannot be written: each is then as it was, or replaced whole.
    """
    if not files:
        return
    from concurrent.futures import ThreadPoolExecutor

    names = list(files)
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        for start in range(0, len(names), _OPEN_AT_ONCE):
            with ExitStack() as opened:
                written = {}
                for name in names[start : start + _OPEN_AT_ONCE]:
                    written[name] = file = opened.enter_context(unfinished(folder, name))
                    file.write(files[name])
                    file.flush()
                list(pool.map(os.fsync, [file.fileno() for file in written.values()]))
                for name, file in written.items():
                    file.close()
                    Path(file.name).replace(folder / name)
    sync_folder(folder)


def require_no_file(path: Path) -> None:
    """Raise a `UsageError` if there is something by a name already."""
    if path.exists():
        raise UsageError("there is a file here already", where=str(path), hint="name another")


def write_new(path: Path, data: bytes) -> None:
    """Write a file durably where there is none, and sync its folder.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What it holds.

    Raises
    ------
    UsageError
        If there is something by this name already.
    LibraryError
        If it cannot be written.
    """
    require_no_file(path)
    try:
        write_durably(path, data)
        sync_folder(path.parent)
    except OSError as error:
        raise LibraryError(
            f"cannot be written ({error.strerror})", where=str(path), hint="name another place"
        ) from error


@contextmanager
def unfinished(folder: Path, name: str) -> Iterator[BinaryIO]:
    """Open a new private file under a temporary name, which ends in .tmp.

    It is removed at the end of the block, unless `finish` has given it its own name. The next
    writer of a library removes those that a crash left there.

    Parameters
    ----------
    folder : Path
        An existing folder.
    name : str
        What the temporary name begins with, after a dot.
    """
    temporary = folder / f".{name}.{os.urandom(4).hex()}.tmp"
    # "x": a link that somebody has put there is not followed.
    file = open(temporary, "x+b", opener=lambda path, flags: os.open(path, flags, 0o600))  # noqa: SIM115
    try:
        with file:
            yield file
    finally:
        temporary.unlink(missing_ok=True)


def finish(file: BinaryIO, path: Path) -> None:
    """Sync and close an `unfinished` file, and give it its own name in the same folder."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
    Path(file.name).replace(path)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut (nothing to do on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stream_digest(file: BinaryIO) -> str:
    """Return what `content_digest` gives for all that an open file holds."""
    digest = hashlib.blake2b(digest_size=16)
    while chunk := file.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()
