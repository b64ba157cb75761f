"""The files in zip archives, and in archives in them, read without unpacking to disk.

Archives are recognised by their first bytes, not by their names. Every entry becomes a file
with a path such as ``export.zip/activities/1.fit.gz``; it is opened only when it is read. Names
that lead out of the archive are refused, although nothing is ever written.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
import stat
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.files.unpacking import (
    COPY_AGAIN,
    UNPACK_IT,
    Budget,
    Meter,
    StatedContent,
    Unpacked,
    Window,
    buffered,
)
from runanalytics.importers.files.walk import Found, without_address

#: Account archives are a zip, or a zip in a zip; a third level is a bomb.
DEEPEST = 2

_ENTRY_MAGIC, _LOCAL_MAGIC, _END_MAGIC = b"PK\1\2", b"PK\3\4", b"PK\5\6"
_END64_MAGIC, _LOCATOR64_MAGIC = b"PK\6\6", b"PK\6\7"
#: An entry in the list of contents: signature, maker's version and system, version, flags,
#: method, time, checksum, sizes packed and unpacked, lengths of name, extra field and comment,
#: disk, attributes inside and outside, offset.
_ENTRY = struct.Struct("<4sxB2xHH4xIIIHHH4xII")
#: An entry's own header: signature, lengths of its name and extra field.
_LOCAL = struct.Struct("<4s22xHH")
#: The end: signature, size and offset of the list of contents, length of the comment.
_END = struct.Struct("<4s8xIIH")
_LONGEST_COMMENT = 2**16 - 1
#: The same with 64 bits, and the record that states its offset.
_END64, _LOCATOR64 = struct.Struct("<4s36xQQ"), struct.Struct("<4s4xQ4x")
_MAX32, _EXTRA64 = 0xFFFF_FFFF, 1

_STORED, _DEFLATED = 0, 8
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
_ENCRYPTED = 0x1
_UNIX = 3

_LEADS_OUT = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\0")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class _Entry:
    name: str
    #: Length of the name as written, which the entry's own header repeats.
    name_bytes: int
    offset: int
    packed: int
    stated: StatedContent
    method: int
    encrypted: bool
    link: bool
    #: Offset at which the entry has to end.
    limit: int = 0


class Archive:
    """A zip archive that is open, and the files in it.

    Parameters
    ----------
    found : Found
        The archive.
    budget : Budget, optional
        Limits of the outermost archive; default: new ones.

    Raises
    ------
    UnreadableFileError
        If the list of contents cannot be read, holds too much, or its entries overlap.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> from pathlib import Path
    >>> from runanalytics.importers.files.walk import walk
    >>> path = Path(tempfile.mkdtemp(), "export.zip")
    >>> with zipfile.ZipFile(path, "w") as written:
    ...     written.writestr("activities/1.csv", "date,kind")
    >>> with Archive(*walk([path])) as archive:
    ...     [(file.name, file.read()) for file in archive.files]
    [('1.csv', b'date,kind')]
    """

    def __init__(self, found: Found, budget: Budget | None = None) -> None:
        if found.depth >= DEEPEST:
            raise UnreadableFileError(
                "a zip in a zip in a zip is not opened", where=found.place, hint=UNPACK_IT
            )
        self.found = found
        self._stream: io.BufferedReader | None = None
        budget = budget or Budget()
        try:
            entries, beside = _checked(self.file(), budget)
        except BaseException as error:
            self.close()
            if isinstance(error, UnreadableFileError):
                error.where = error.where or found.place
            raise
        #: The files, in the archive's order; for one that cannot be read, opening it says why.
        self.files = list(self._files(entries, budget))
        #: What was found around the archive and ignored, in words.
        self.notes = [f"{size:,} bytes {place} were ignored" for place, size in beside if size > 0]
        listed = [(entry.name, entry.stated, entry.offset) for entry in entries]
        #: Digest of the list of contents, checksums included.
        self.listing = hashlib.blake2b(repr(listed).encode(), digest_size=16).hexdigest()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def file(self) -> io.BufferedReader:
        """Return the open archive: opened once for all its files, and again after `close`."""
        if self._stream is None:
            self._stream = self.found.open()
        return self._stream

    def close(self) -> None:
        """Close the archive."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _files(self, entries: list[_Entry], budget: Budget) -> Iterator[Found]:
        count: Counter[PurePosixPath] = Counter()
        for entry in entries:
            inside = _inside(entry.name)
            if inside is None:
                continue
            count[inside] += 1
            if count[inside] > 1:
                inside = inside.with_stem(f"{inside.stem} ({count[inside]})")
            yield Found(
                path=self.found.path / inside,
                size=entry.stated.size,
                # In place of a time: the checksum shows better whether the content is the same.
                mtime_ns=entry.stated.crc,
                named=False,
                opener=functools.partial(_opened, self, entry, Meter(budget)),
                problem=_problem(entry),
                meter=Meter(budget),
                depth=self.found.depth + 1,
            )


def _opened(archive: Archive, entry: _Entry, meter: Meter) -> io.BufferedReader:
    file = archive.file()
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        raise UnreadableFileError("it is not where the archive states", hint=COPY_AGAIN)
    start = entry.offset + _LOCAL.size + sum(_LOCAL.unpack(header)[1:])
    if start + entry.packed > entry.limit:
        raise UnreadableFileError("it overlaps the next entry of the archive", hint=COPY_AGAIN)
    packed = Window(file, start, entry.packed)
    return buffered(Unpacked(packed, meter, entry.stated, stored=entry.method == _STORED))


def _checked(file: BinaryIO, budget: Budget) -> tuple[list[_Entry], list[tuple[str, int]]]:
    """Return the list of contents, in its own order, and how many bytes lie beside the archive.

    Each entry has its limit.
    """
    directory, end, shift, behind = _directory(file)
    entries = list(_entries(file, directory, end, shift, budget))
    order = sorted(range(len(entries)), key=lambda number: entries[number].offset)
    limits = [*(entries[number].offset for number in order[1:]), directory]
    for number, limit in zip(order, limits, strict=False):  # an archive may be empty
        entry = entries[number]
        if entry.offset + _LOCAL.size + entry.name_bytes + entry.packed > limit:
            raise UnreadableFileError(
                f"its entry '{shown_name(entry.name)}' overlaps another, as in no honest zip",
                hint="do not trust this archive",
            )
        entries[number] = replace(entry, limit=limit)
    return entries, [("before the archive", shift), ("after its end", behind)]


def _directory(file: BinaryIO) -> tuple[int, int, int, int]:
    """Return start and end of the list of contents, and the bytes before and after the archive.

    By those before it all stated offsets are off.
    """
    size = file.seek(0, io.SEEK_END)
    tail_start = max(size - _END.size - _LONGEST_COMMENT, 0)
    file.seek(tail_start)
    tail = file.read()
    at = tail.rfind(_END_MAGIC)
    while at >= 0:
        if at + _END.size <= len(tail):
            *_, directory_size, offset, n_comment = _END.unpack_from(tail, at)
            end = tail_start + at
            behind = max(size - (end + _END.size + n_comment), 0)
            if larger := _directory64(file, end):
                end, directory_size, offset = larger
            start = end - directory_size
            if start >= 0 and _begins_with_entry(file, start, end):
                return start, end, start - offset, behind
        at = tail.rfind(_END_MAGIC, 0, at)
    raise UnreadableFileError(
        "the zip is cut off or damaged: its list of contents is not there", hint=COPY_AGAIN
    )


def _directory64(file: BinaryIO, end: int) -> tuple[int, int, int] | None:
    """Return end, size and offset of the list of contents of a zip with 64-bit numbers."""
    if end < _LOCATOR64.size:
        return None
    file.seek(end - _LOCATOR64.size)
    magic, stated = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
    if magic != _LOCATOR64_MAGIC:
        return None
    # If there are bytes before the zip, the stated offset is off: look just before the locator.
    for at in (stated, end - _LOCATOR64.size - _END64.size):
        if 0 <= at <= end - _LOCATOR64.size - _END64.size:
            file.seek(at)
            magic, size, offset = _END64.unpack(file.read(_END64.size))
            if magic == _END64_MAGIC:
                return at, size, offset
    return None


def _begins_with_entry(file: BinaryIO, start: int, end: int) -> bool:
    file.seek(start)
    return start == end or file.read(len(_ENTRY_MAGIC)) == _ENTRY_MAGIC


def _entries(file: BinaryIO, start: int, end: int, shift: int, budget: Budget) -> Iterator[_Entry]:
    damaged = UnreadableFileError("the zip's list of contents is damaged", hint=COPY_AGAIN)
    file.seek(start)
    while start < end:
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(_ENTRY_MAGIC):
            raise damaged
        fields = _ENTRY.unpack(head)
        _, system, flags, method, crc, packed, size, n_name, n_extra, n_comment = fields[:10]
        attributes, offset = fields[10:]
        rest = file.read(n_name + n_extra + n_comment)
        start += len(head) + len(rest)
        if len(rest) < n_name + n_extra + n_comment or start > end:
            raise damaged
        budget.take_entry()
        size, packed, offset = _numbers64(rest[n_name : n_name + n_extra], size, packed, offset)
        yield _Entry(
            name=_decoded(rest[:n_name]),
            name_bytes=n_name,
            offset=offset + shift,
            packed=packed,
            stated=StatedContent(size, crc),
            method=method,
            encrypted=bool(flags & _ENCRYPTED),
            link=system == _UNIX and stat.S_ISLNK(attributes >> 16),
        )


def _numbers64(extra: bytes, *numbers: int) -> tuple[int, ...]:
    """Return the numbers; those that need 64 bits are taken from the entry's extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _EXTRA64:
            held = extra[at + 4 : at + 4 + size]
            wide = list(struct.unpack_from(f"<{len(held) // 8}Q", held))
            return tuple(wide.pop(0) if number == _MAX32 and wide else number for number in numbers)
        at += 4 + size
    return numbers


def _decoded(name: bytes) -> str:
    # The flag for names in UTF-8 is often wrong, both ways.
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")


def shown_name(name: str) -> str:
    """Return the name of an archive's entry as it may be shown: on one line, without an account.

    Examples
    --------
    >>> shown_name("UploadedFiles/jo@example.org_123.fit")
    'UploadedFiles/123.fit'
    """
    return _UNPRINTABLE.sub("?", without_address(name))


def _inside(name: str) -> PurePosixPath | None:
    """Return an entry's place in its archive; None for folders and hidden files."""
    if name.endswith(("/", "\\")):
        return None
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if any((part != ".." and part.startswith(".")) or part == "__MACOSX" for part in parts):
        return None
    parts = ["__" if part == ".." else shown_name(part) or "file" for part in parts]
    return PurePosixPath(*parts or ["file"])


def _problem(entry: _Entry) -> str:
    """Return why an entry must not or cannot be opened, or ""."""
    if _LEADS_OUT.search(entry.name):
        return f"the name '{shown_name(entry.name)}' leads out of the archive"
    if entry.link:
        return "it is a link, and links are not followed"
    if entry.encrypted:
        return "it is encrypted, and would have to be unpacked by hand"
    if entry.method not in (_STORED, _DEFLATED):
        method = _METHODS.get(entry.method, f"method {entry.method}")
        return f"it is packed by {method}, which is not read: pack it anew as an ordinary zip"
    return ""
