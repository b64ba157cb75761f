"""The files at the paths that a user names.

Folders are walked in a fixed order, so the same folder always imports in the same order. In
them links are not followed, and hidden files are ignored. Gzipped files are unpacked as they
are read; `runanalytics.importers.files.archives` reads zip files.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from runanalytics.errors import UnreadableFileError, one_line
from runanalytics.importers.files.unpacking import GZIP_MAGIC, Meter, gunzipped
from runanalytics.importers.files.workbooks import is_workbook

#: Larger files are not read into memory: the largest known activity is under 30 MB. Importers
#: that read from a stream have no such limit.
LARGEST_BYTES = 128 * 2**20

#: Accounts in file names: `jo@example.org_123.fit` is the activity 123.
_ADDRESS = re.compile(
    r"[^\s/@]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*?"
    r"(?:_|(?=\.(?:fit|tcx|gpx|csv|json|xml|zip|gz)\b)|(?=[/\s]|$))",
    re.IGNORECASE,
)

#: How `Found.place` writes a byte that is no UTF-8.
_NO_UTF8 = re.compile(rb"\\x([89a-f][0-9a-f])")

#: Any zip archive begins so, an empty one included.
ZIP_MAGICS = (b"PK\3\4", b"PK\5\6")
#: Bytes that tell an archive from a workbook.
_HEAD_BYTES = 512

#: Why what is neither a file nor a folder is passed over.
NOT_WHOLE = "this is no file that can be read as a whole, as a pipe or a device"
#: Opening a pipe waits for one who writes into it, but for this.
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)


#: Endings of files that runners keep their training in. Such a file in a folder is named if it is
#: not read; other kinds, such as photos, are counted.
TRAINING_ENDINGS = frozenset(
    (".csv", ".json", ".xml", ".xlsx", ".txt", ".tcx", ".gpx", ".fit", ".zip")
)


@dataclass(frozen=True)
class Found:
    """A file, with what is needed to recognise it again without reading it.

    The path of a file in an archive begins with the archive's, and it has an `opener`.
    """

    path: Path
    size: int
    mtime_ns: int
    #: Whether the user named this very file, rather than a folder or an archive above it.
    named: bool
    #: How it is opened, if not by its path.
    opener: Callable[[], io.BufferedReader] | None = None
    #: Why it cannot be opened, if that is known without trying.
    problem: str = ""
    #: Counts the unpacked bytes of gzipped content.
    meter: Meter = field(default_factory=Meter)
    #: In how many archives it lies.
    depth: int = 0

    @property
    def name(self) -> str:
        """Its name in one line, without an account that an export may have put into it."""
        return name_at(self.path)

    @property
    def place(self) -> str:
        """Its path as text, which `path_at` turns back."""
        return _as_text(self.path)

    @property
    def may_hold_training(self) -> bool:
        """Whether it lies in a folder, and not in an archive, and is named as training is."""
        return not self.depth and is_training_name(self.path.name)

    def open(self) -> io.BufferedReader:
        """Open its content for reading; gzipped content is unpacked as it is read.

        Raises
        ------
        UnreadableFileError
            If it cannot be opened. Damage further on is only found while reading.
        """
        if self.problem:
            raise UnreadableFileError(self.problem, where=self.place)
        try:
            file = self.opener() if self.opener else _opened(self.path)
            packed = file.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            return gunzipped(file, self.meter) if packed else file
        except OSError as error:
            raise UnreadableFileError(
                f"cannot be read ({error.strerror})", where=self.place, hint="check its rights"
            ) from error
        except UnreadableFileError as error:
            error.where = error.where or self.place
            raise

    def is_zip(self) -> bool:
        """Return whether it is a zip archive of files, by its first bytes: no workbook is."""
        try:
            with self.open() as file:
                head = file.peek(_HEAD_BYTES)
                return head.startswith(ZIP_MAGICS) and not is_workbook(head)
        except UnreadableFileError:
            return False  # reading it raises the error

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises
        ------
        UnreadableFileError
            If it cannot be opened, is damaged, or is too large.
        """
        too_large = UnreadableFileError(
            f"more than {LARGEST_BYTES / 2**20:.0f} MiB is more than any activity or log",
            where=self.place,
            hint="name the files inside it instead",
        )
        if self.size > LARGEST_BYTES:
            raise too_large
        with self.open() as file:
            try:
                data = file.read(LARGEST_BYTES + 1)
            except UnreadableFileError as error:
                error.where = error.where or self.place
                raise
        if len(data) > LARGEST_BYTES:
            raise too_large
        return data


def name_at(path: Path) -> str:
    r"""Return the name of a file for people: one line, without an account.

    Examples
    --------
    >>> name_at(Path("jo@example.org_123\n.fit"))
    '123 .fit'
    """
    return one_line(without_address(_as_text(path.name)))


def without_address(name: str) -> str:
    """Return a name without the e-mail addresses in it.

    Examples
    --------
    >>> without_address("jo@example.org_123.fit"), without_address("jo@example.org")
    ('123.fit', 'account')
    """
    return _ADDRESS.sub("", name) or "account"


def is_training_name(name: str) -> bool:
    """Return whether a file's name ends as those in which runners keep their training.

    Examples
    --------
    >>> is_training_name("RUN.FIT.gz"), is_training_name("photo.jpg")
    (True, False)
    """
    return os.path.splitext(name.lower().removesuffix(".gz"))[1] in TRAINING_ENDINGS  # noqa: PTH122


def _opened(path: Path) -> io.BufferedReader:
    """Open a file that was one when it was found; nobody waits for a pipe in its place."""
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAITING))  # noqa: SIM115
    if not S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UnreadableFileError(NOT_WHOLE)
    return file


def _as_text(path: str | os.PathLike[str]) -> str:
    r"""Return a path as text that every table holds: bytes that are no UTF-8 stand as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def path_at(place: str) -> Path:
    r"""Return the path that `Found.place` gives as text.

    Examples
    --------
    >>> path_at("runs/Fu\\xdf.csv") == Path(os.fsdecode(b"runs/Fu\xdf.csv"))
    True
    """
    path = Path(place)
    if os.name == "nt" or path.exists():
        return path
    raw = _NO_UTF8.sub(lambda match: bytes.fromhex(match[1].decode()), os.fsencode(path))
    return Path(os.fsdecode(raw))


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
    tops = []
    for given in paths:
        top = Path(given).expanduser()
        if not top.exists():
            raise UnreadableFileError(
                "there is no such file or folder", where=_as_text(given), hint="check the path"
            )
        tops.append(top)
    named = {top.resolve() for top in tops if not top.is_dir()}
    seen: set[Path] = set()
    for top in tops:
        for path, problem in _below(top):
            # What is passed over is named as it lies there: a link, not what it leads to.
            resolved = Path(os.path.abspath(path)) if problem else path.resolve()  # noqa: PTH100
            if resolved not in seen:
                seen.add(resolved)
                # A file that is named counts as such, also where its folder is named before it.
                yield _found(resolved, resolved in named, problem)


def _found(path: Path, named: bool, problem: str) -> Found:
    try:
        stat = path.stat()
    except OSError as error:
        problem = problem or f"cannot be read ({error.strerror})"
        return Found(path, 0, 0, named=True, problem=problem)
    if not problem and not S_ISREG(stat.st_mode):
        problem = NOT_WHOLE
    return Found(path, stat.st_size, stat.st_mtime_ns, named or bool(problem), problem=problem)


def _below(top: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file in order, and what is passed over with the reason.

    Links come last, when all is known that is met without them: one that leads to a file or a
    folder below the same top hides nothing.
    """
    if not top.is_dir():
        yield top, ""
        return
    links: list[os.DirEntry[str]] = []
    # A stack of its own: folders may be nested deeper than Python may call.
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(
                    (entry for entry in listed if not entry.name.startswith(".")),
                    key=lambda entry: entry.name,
                )
        except OSError as error:
            yield Path(folder), f"this folder cannot be listed ({error.strerror})"
            continue
        below = []
        for entry in entries:
            if entry.is_symlink():
                links.append(entry)
            elif entry.is_dir(follow_symlinks=False):
                below.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path), ""
            elif is_training_name(entry.name):
                yield Path(entry.path), NOT_WHOLE
        waiting += reversed(below)
    yield from _hiding(links, top.resolve())


def _hiding(links: Iterable[os.DirEntry[str]], top: Path) -> Iterator[tuple[Path, str]]:
    """Yield the links that lead to what may be training and is not below `top`."""
    for link in links:
        try:
            target = Path(link.path).resolve(strict=True)
        except (OSError, RuntimeError):  # Python 3.11 and 3.12 raise the latter of a loop
            if is_training_name(link.name):
                yield Path(link.path), "a link that leads nowhere"
            continue
        if not target.is_relative_to(top) and (target.is_dir() or is_training_name(link.name)):
            yield (
                Path(link.path),
                "links in a folder are not followed; name it, or what it leads to",
            )
