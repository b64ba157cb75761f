"""Streams that unpack zip entries and gzip while they are read, within limits, without a disk.

Sizes in headers are not relied upon: bytes are counted as they are unpacked, and compared with
the stated size, the limits of the whole archive, and the compression of real files.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from runanalytics.errors import UnreadableFileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Limits of one archive, with all that is packed inside it.
MOST_BYTES = 2 * 2**30
MOST_ENTRIES = 50_000

#: Real files are compressed 2- to 60-fold, deflate's maximum is 1,032-fold: more than this is a
#: bomb. Smaller files than `SPARED_BYTES` do no harm and are not checked.
MOST_FOLD = 200
SPARED_BYTES = 16 * 2**20

GZIP_MAGIC = b"\x1f\x8b"

_BLOCK = 64 * 2**10
#: Unpacked bytes between two places to which a reader can go back without starting over.
_STRIDE = 4 * 2**20
#: zlib's numbers for raw deflate, and for deflate in gzip.
_RAW, _GZIP = -15, 31

UNPACK_IT = "unpack it yourself and import what is in it"
COPY_AGAIN = "download or copy it once more"


class ArchiveLimitError(UnreadableFileError):
    """An archive exceeds a limit; what was read before is kept."""


@dataclass
class Budget:
    """Counts bytes and entries of one archive; all streams in it share one."""

    n_bytes: int = field(default=0, init=False)
    n_entries: int = field(default=0, init=False)

    def take_bytes(self, number: int) -> None:
        """Count unpacked bytes.

        Raises
        ------
        ArchiveLimitError
            If they are more than `MOST_BYTES` in all.
        """
        self.n_bytes += number
        if self.n_bytes > MOST_BYTES:
            raise ArchiveLimitError(
                f"the archive unpacks to more than {MOST_BYTES / 2**30:g} GiB", hint=UNPACK_IT
            )

    def take_entry(self) -> None:
        """Count an entry.

        Raises
        ------
        ArchiveLimitError
            If there are more than `MOST_ENTRIES`.
        """
        self.n_entries += 1
        if self.n_entries > MOST_ENTRIES:
            raise ArchiveLimitError(
                f"the archive holds more than {MOST_ENTRIES:,} entries", hint=UNPACK_IT
            )


@dataclass
class Meter:
    """How far one packed file was unpacked; unpacking it again does not count twice."""

    budget: Budget = field(default_factory=Budget)
    furthest: int = field(default=0, init=False)
    #: Bytes after the end of the packed content, once that was reached.
    n_behind: int = field(default=0, init=False)

    def reach(self, end: int) -> None:
        """Count the bytes up to `end` that were not yet counted."""
        if end > self.furthest:
            self.budget.take_bytes(end - self.furthest)
            self.furthest = end


@dataclass(frozen=True)
class StatedContent:
    """What a zip states about one entry: its unpacked size in bytes, and its checksum."""

    size: int
    crc: int


class Window(io.RawIOBase):
    """A part of an open file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size = file, start, size
        self._at = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be sought in."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the start of the part."""
        self._at = _place(offset, whence, self._at, self._size)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes; more than one window may read the same file in turn."""
        view = memoryview(buffer).cast("B")
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(view), max(self._size - self._at, 0)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a packed stream.

    Parameters
    ----------
    packed : binary stream
        The packed bytes from the start; seekable.
    meter : Meter
        Counts the unpacked bytes.
    stated : StatedContent, optional
        What the archive's header states about this entry; None for gzip, which has checks.
    stored : bool
        Whether the bytes are not packed at all.
    """

    def __init__(
        self,
        packed: BinaryIO | io.RawIOBase,
        meter: Meter,
        stated: StatedContent | None = None,
        *,
        stored: bool = False,
    ) -> None:
        super().__init__()
        self._packed, self._meter, self._stated = packed, meter, stated
        self._wbits = _GZIP if stated is None else _RAW
        self._inflater = None if stored else zlib.decompressobj(self._wbits)
        #: How many packed bytes were read, and those of them that are not yet unpacked.
        self._n_packed, self._rest = 0, b""
        #: The bytes that were unpacked last, and where they end.
        self._chunk, self._end = b"", 0
        self._at = 0
        #: How far the checksum reaches: bytes that are unpacked again are not added again.
        self._summed, self._crc = 0, 0
        self._ended = False
        self._returns: list[tuple[int, int, zlib._Decompress | None]] = []

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return whether it can be sought in: only if the size is known."""
        return self._stated is not None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; going back unpacks again from the nearest kept place before it."""
        if self._stated is None:
            raise io.UnsupportedOperation("seek")
        self._at = _place(offset, whence, self._at, self._stated.size)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes.

        Raises
        ------
        UnreadableFileError
            If they are damaged, differ from what is stated, or exceed a limit.
        """
        view = memoryview(buffer).cast("B")
        if self._at < self._end - len(self._chunk):
            self._return()
        while self._at >= self._end:
            if not self._advance():
                return 0
        start = self._at - (self._end - len(self._chunk))
        data = self._chunk[start : start + len(view)]
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        """Close it, and the packed stream with it."""
        if not self.closed:
            self._packed.close()
        super().close()

    def _return(self) -> None:
        """Go back to the nearest kept place before the current one."""
        while self._returns and self._returns[-1][0] > self._at:
            self._returns.pop()
        end, n_packed, inflater = self._returns[-1] if self._returns else (0, 0, None)
        if inflater is not None:
            inflater = inflater.copy()
        elif self._inflater is not None:
            inflater = zlib.decompressobj(self._wbits)
        self._inflater, self._n_packed, self._end = inflater, n_packed, end
        self._rest = b"" if inflater is None else inflater.unconsumed_tail
        self._chunk, self._ended = b"", False
        self._packed.seek(n_packed)

    def _advance(self) -> bool:
        """Unpack the next bytes; return whether there were any."""
        if self._ended:
            return False
        last_kept = self._returns[-1][0] if self._returns else 0
        if self.seekable() and self._end >= last_kept + _STRIDE:
            kept = None if self._inflater is None else self._inflater.copy()
            self._returns.append((self._end, self._n_packed, kept))
        try:
            chunk = self._next()
        except zlib.error as error:
            raise UnreadableFileError(f"it is damaged ({error})", hint=COPY_AGAIN) from error
        except OSError as error:
            raise UnreadableFileError(
                f"it cannot be read ({error.strerror})", hint="check the disk"
            ) from error
        self._chunk = chunk
        self._end += len(chunk)
        self._ended = not chunk
        self._check(chunk)
        if self._ended and self._stated is not None:
            self._check_end(self._stated)
        return bool(chunk)

    def _next(self) -> bytes:
        if self._inflater is None:
            return self._more()
        while True:
            if self._inflater.eof and not self._another():
                return b""
            packed = self._rest or self._more()
            chunk = self._inflater.decompress(packed, _BLOCK)
            self._rest = self._inflater.unconsumed_tail
            if chunk:
                return chunk
            if not packed and not self._inflater.eof:
                raise UnreadableFileError("it ends too early", hint=COPY_AGAIN)

    def _more(self) -> bytes:
        packed = self._packed.read(_BLOCK) or b""
        self._n_packed += len(packed)
        return packed

    def _another(self) -> bool:
        """Begin the next gzip stream, if there is one; zeros may pad the end."""
        if self._inflater is None or self._stated is not None:
            return False
        rest = self._inflater.unused_data.lstrip(b"\0")
        while not rest:
            more = self._more()
            if not more:
                return False
            rest = more.lstrip(b"\0")
        if not rest.startswith(GZIP_MAGIC[: len(rest)]):
            self._meter.n_behind = len(rest) + self._n_left()
            return False
        self._inflater, self._rest = zlib.decompressobj(self._wbits), rest
        return True

    def _n_left(self) -> int:
        """Return how many packed bytes have not been read."""
        size = self._packed.seek(0, io.SEEK_END)
        self._packed.seek(self._n_packed)
        return size - self._n_packed

    def _check(self, chunk: bytes) -> None:
        self._meter.reach(self._end)
        if self._end > self._summed:
            self._crc = zlib.crc32(chunk[-(self._end - self._summed) :], self._crc)
            self._summed = self._end
        if self._stated is not None and self._end > self._stated.size:
            raise UnreadableFileError(
                f"it unpacks to more than the {self._stated.size:,} bytes that the archive states",
                hint="do not trust this archive",
            )
        if self._end > max(SPARED_BYTES, MOST_FOLD * self._n_packed):
            raise UnreadableFileError(
                f"it unpacks to more than {MOST_FOLD} times its size, as no real file does",
                hint="do not trust this archive",
            )

    def _check_end(self, stated: StatedContent) -> None:
        if self._end != stated.size:
            raise UnreadableFileError(
                f"it unpacks to {self._end:,} bytes where the archive states {stated.size:,}",
                hint=COPY_AGAIN,
            )
        if self._crc != stated.crc:
            raise UnreadableFileError("it is damaged (its checksum is wrong)", hint=COPY_AGAIN)


def gunzipped(packed: BinaryIO, meter: Meter) -> io.BufferedReader:
    """Return the content of a gzip stream, as a stream.

    Parameters
    ----------
    packed : binary stream
        The gzip stream; closing the content closes it.
    meter : Meter
        Counts the unpacked bytes.

    Raises
    ------
    UnreadableFileError
        If the content is packed itself.
    """
    stream = buffered(Unpacked(packed, meter))
    try:
        if stream.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC):
            raise UnreadableFileError("it is gzipped twice", hint="unpack it once yourself")
    except UnreadableFileError:
        stream.close()
        raise
    return stream


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Return a raw stream with a buffer of this module's size."""
    return io.BufferedReader(raw, _BLOCK)


def _place(offset: int, whence: int, at: int, size: int) -> int:
    base = {io.SEEK_SET: 0, io.SEEK_CUR: at, io.SEEK_END: size}[whence]
    return max(base + offset, 0)
