"""Originals: the imported files themselves, kept on request.

They hold positions, so they are not kept by default. Each is gzipped and named by the digest of
its content, so that the same file is kept once, and by the digest of its packed bytes, so that
damage is found. Until its source is listed in the catalogue it is a new one, by another name: of an
import that was cut short, the next writer removes it. A kept one is never removed, whatever the
catalogue lists, which may be lost.
"""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from runanalytics.library.storage.durable import (
    finish,
    make_private,
    stream_digest,
    sync_folder,
    unfinished,
)

#: Half as fast as no compression, and hardly larger than the best: watch files compress badly.
_LEVEL = 4
#: What stands behind the names of new ones.
_NEW = ".new"


class Originals:
    """The originals of one library.

    Parameters
    ----------
    folder : Path
        Where they lie; made when the first is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, digest: str, content: BinaryIO) -> None:
        """Keep a file, once: as a new one, until `settle` finds its source listed.

        Parameters
        ----------
        digest : str
            Digest of its content.
        content : file
            The file, open at its beginning.
        """
        if (path := self._path(digest)) is not None:
            if self.holds(digest):
                return
            path.unlink()
        make_private(self.folder)
        with unfinished(self.folder, digest) as file:
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
                shutil.copyfileobj(content, packed, 2**20)
            file.flush()
            file.seek(0)
            packed_digest = stream_digest(file)
            finish(file, self.folder / f"{digest}.{packed_digest[:8]}.gz{_NEW}")
        sync_folder(self.folder)

    def settle(self, is_listed: Callable[[str], bool]) -> None:
        """Keep new ones whose source is listed, and remove the others.

        Parameters
        ----------
        is_listed : callable
            Takes the digest of a file's content.
        """
        new = list(self.folder.glob(f"*.*.gz{_NEW}"))
        for path in new:
            if is_listed(path.name.partition(".")[0]):
                path.replace(path.with_suffix(""))
            else:
                path.unlink()
        if new:
            sync_folder(self.folder)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def digests(self) -> list[str]:
        """Return the digests of the files that are kept."""
        return sorted(path.name.partition(".")[0] for path in self.folder.glob("*.gz"))

    def open(self, digest: str) -> io.BufferedReader:
        """Open the content of a file that is kept.

        Raises
        ------
        FileNotFoundError
            If it is not.
        """
        path = self._path(digest)
        if path is None:
            raise FileNotFoundError(f"no original {digest}")
        return io.BufferedReader(gzip.GzipFile(path))

    def holds(self, digest: str) -> bool:
        """Return whether a file is kept, and undamaged."""
        try:
            with self.open(digest) as file:
                return stream_digest(file) == digest
        except (OSError, EOFError, ValueError):
            return False

    def damaged(self) -> list[str]:
        """Return which originals are not as they were kept, in words."""
        found = []
        for path in sorted(self.folder.glob("*.*.gz")):
            digest, packed_digest, _ = path.name.split(".", 2)
            with path.open("rb") as file:
                if not stream_digest(file).startswith(packed_digest):
                    found.append(f"the original {digest} is damaged; import its file once more")
        return found

    def _path(self, digest: str) -> Path | None:
        kept = self.folder.glob(f"{digest}.*.gz")
        return next(kept, None) or next(self.folder.glob(f"{digest}.*.gz{_NEW}"), None)
