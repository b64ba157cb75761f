"""Which files stand behind the paths that a user names.

Folders are walked in a fixed order, so the same folder always imports in the same order.
Links are not followed out of a walked folder, and hidden files are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from runanalytics.errors import UnreadableFileError

#: Endings of files that may hold something for us. In a walked folder, a file with another
#: ending that no importer recognises is passed over and counted; one with such an ending is
#: reported with the reason.
SUFFIXES = frozenset({".fit", ".csv", ".tsv", ".tcx", ".gpx"})

#: A larger file is refused before it is read: the largest activity known is under 30 MB.
LARGEST_BYTES = 2**30


@dataclass(frozen=True)
class Found:
    """A file, with what is needed to know it again without reading it."""

    path: Path
    size: int
    mtime_ns: int
    #: Whether the user named this very file, rather than a folder above it.
    named: bool

    @property
    def expected(self) -> bool:
        """Whether it should be readable: the user named it, or its ending promises it."""
        return self.named or self.path.suffix.lower() in SUFFIXES

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises
        ------
        UnreadableFileError
            If it cannot be opened or is too large.
        """
        if self.size > LARGEST_BYTES:
            raise UnreadableFileError(
                f"{self.size / 2**30:.1f} GiB is more than any activity or log",
                where=str(self.path),
                hint="name the files inside it instead",
            )
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise UnreadableFileError(
                f"cannot be read ({error.strerror})", where=str(self.path), hint="check its rights"
            ) from error


def walk(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """Yield every file that `paths` name, folders walked, each file once.

    Parameters
    ----------
    paths : iterable of path
        Files and folders; ``~`` stands for the home folder.

    Raises
    ------
    UnreadableFileError
        If a path does not exist.
    """
    seen: set[Path] = set()
    for given in paths:
        top = Path(given).expanduser()
        if not top.exists():
            raise UnreadableFileError(
                "there is no such file or folder", where=str(given), hint="check the path"
            )
        for path, named in _below(top):
            resolved = path.resolve()
            if resolved in seen:
                continue
            seen.add(resolved)
            stat = resolved.stat()
            yield Found(resolved, stat.st_size, stat.st_mtime_ns, named)


def _below(top: Path) -> Iterator[tuple[Path, bool]]:
    if not top.is_dir():
        yield top, True
        return
    for folder, subfolders, files in os.walk(top):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path, False
