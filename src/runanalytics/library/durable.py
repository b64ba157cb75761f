"""Files that are there whole after a crash, and that only their owner can read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can look into, if it is not there yet."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        # mkdir's mode is cut by the umask, never widened; parents keep the umask's own.
        folder.chmod(0o700)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is there whole, or not at all.

    The folder itself has to be synced afterwards (`sync_folder`), once for many files.
    """
    temporary = path.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


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
