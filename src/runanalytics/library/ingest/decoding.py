"""Decoding one file of an import: from its bytes to tables, segments and packed samples."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.contract import (
    HEAD_BYTES,
    ImportedColumns,
    Importer,
    Note,
    ReadOptions,
    StreamingImporter,
    content_digest,
)
from runanalytics.importers.files.unpacking import ArchiveLimitError
from runanalytics.importers.files.walk import Found
from runanalytics.importers.registry import (
    claimants,
    identify,
    is_expected,
    packing_notes,
    read_columns,
    read_stream,
)
from runanalytics.library.ingest.report import OutcomeName
from runanalytics.library.storage.sample_files import packed
from runanalytics.measures.segments import segments_of
from runanalytics.measures.strides import count_strides
from runanalytics.schema.columns import TableColumns

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Content from this size on is read as a stream where its importer can. It is recognised by its
#: content alone: no activity is known to be as large, whatever the file's name.
STREAM_FROM_BYTES = 32 * 2**20

IGNORED = "of no kind that is read"


@dataclass(frozen=True)
class Decoded:
    """The content of one file, ready to be stored; samples are packed, and not in `imported`."""

    digest: str
    outcome: OutcomeName
    reason: str = ""
    importer: str | None = None
    imported: ImportedColumns = field(default_factory=ImportedColumns)
    segments: TableColumns = field(default_factory=lambda: TableColumns("segments"))
    #: Packed samples by run.
    streams: dict[str, bytes] = field(default_factory=dict)
    #: How many strides the samples of each run hold.
    n_bursts: dict[str, int] = field(default_factory=dict)


class Content(NamedTuple):
    """A file's bytes, name and digest: what is needed to decode it, also in another process."""

    name: str
    data: bytes
    digest: str
    #: Notes on how it was packed.
    notes: tuple[Note, ...] = ()


def content_of(file: Found, options: ReadOptions) -> Content | Decoded:
    """Return a file's content, or its result where the content need not or cannot be in memory.

    Parameters
    ----------
    file : Found
        The file, plain or in an archive.
    options : ReadOptions
        How it is to be read, if it has to be read from a stream.

    Raises
    ------
    UnreadableFileError
        If it cannot be opened, is damaged, or exceeds a limit.
    """
    head = data = b""
    expected = is_expected(file)
    try:
        with file.open() as stream:
            head = stream.read(HEAD_BYTES)
            expected = is_expected(file, head)
            if not expected and not claimants(file.name, head):
                return Decoded(content_digest(head), "ignored", IGNORED)
        importer = _importer(file.name, head, file.size)
        if isinstance(importer, StreamingImporter):
            with file.open() as stream:
                data = stream.read(STREAM_FROM_BYTES)
            if len(data) == STREAM_FROM_BYTES:
                return _streamed(file, importer, options)
        elif not isinstance(importer, Decoded):
            data = file.read()
    except UnreadableFileError as error:
        error.where = error.where or file.place
        if head or expected or isinstance(error, ArchiveLimitError):
            raise
        known_by = str(file.path).encode("utf-8", "surrogateescape")
        return Decoded(content_digest(known_by), "ignored", IGNORED)
    if len(data) >= STREAM_FROM_BYTES:  # the size of gzipped content is known only now
        importer = _importer(file.name, head, len(data))
    if isinstance(importer, Decoded):
        return importer
    return Content(file.name, data, content_digest(data), tuple(packing_notes(file)))


def _importer(name: str, head: bytes, size: int) -> Importer | Decoded:
    """Return a file's importer; without one, its result, whose digest is that of its head."""
    try:
        return identify(name, head, by_name=size < STREAM_FROM_BYTES)
    except UnreadableFileError as error:
        return Decoded(content_digest(head), "skipped", str(error))


def decode(content: Content, options: ReadOptions) -> Decoded:
    """Return a file's tables, the segments of its runs, and its samples packed."""
    try:
        importer, imported = read_columns(content.name, content.data, options)
        imported = replace(imported, notes=[*content.notes, *imported.notes])
        return _decoded(content.name, content.digest, importer.name, imported)
    except RunAnalyticsError as error:
        return Decoded(content.digest, "skipped", str(error))


def process_ended(content: Content, status: int) -> Decoded:
    """Return the result of a file on which the process that read it ended."""
    how = f"signal {-status}" if status < 0 else f"status {status}"
    reason = f"reading it ended the process that read it ({how}); is there too little memory?"
    return Decoded(content.digest, "skipped", f"{content.name}: {reason}")


def _streamed(file: Found, importer: StreamingImporter, options: ReadOptions) -> Decoded:
    with file.open() as raw:
        digested = _DigestedStream(raw)
        try:
            imported = read_stream(importer, file.name, io.BufferedReader(digested), options)
            digest = digested.digest()
            imported = replace(imported, notes=[*packing_notes(file), *imported.notes])
            return _decoded(file.name, digest, importer.name, imported)
        except ArchiveLimitError as error:
            error.hint = f"unpack it and import {file.name}, which may be of any size"
            raise
        except RunAnalyticsError as error:
            return Decoded(digested.digest(), "skipped", str(error))


def _decoded(name: str, digest: str, importer: str, imported: ImportedColumns) -> Decoded:
    derived = _derived(name, imported)
    imported = replace(imported, samples={})
    if holds_something(imported):
        return Decoded(digest, "added", "", importer, imported, *derived)
    reason = "; ".join(note.message for note in imported.notes)
    return Decoded(digest, "nothing", reason, importer, imported, *derived)


def _derived(
    name: str, imported: ImportedColumns
) -> tuple[TableColumns, dict[str, bytes], dict[str, int]]:
    """Return the segments of a file's runs, their samples packed, and the number of strides."""
    try:
        streams, stored, n_bursts = {}, {}, {}
        for run_id, samples in imported.samples.items():
            # Of what is stored, not of what was read: so `verify` can make the same of it again.
            streams[run_id], stored[run_id] = packed(samples)
            n_bursts[run_id] = count_strides(stored[run_id])
        return segments_of(stored, imported.table("runs")), streams, n_bursts
    except Exception as error:
        # One file must never stop the others; --debug shows the cause.
        raise UnreadableFileError(
            f"its runs cannot be stored ({type(error).__name__}: {error})",
            where=name,
            hint="this is a defect of ours: please report it",
        ) from error


def holds_something(imported: ImportedColumns) -> bool:
    """Return whether a library keeps anything of it."""
    return not imported.tables.keys().isdisjoint(("runs", "sessions", "races", "events"))


class _DigestedStream(io.RawIOBase):
    """A stream whose digest is computed while it is read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        super().__init__()
        self._stream = stream
        self._hash = hashlib.blake2b(digest_size=16)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the next bytes."""
        number = self._stream.readinto(buffer)
        self._hash.update(memoryview(buffer)[:number])
        return number

    def digest(self) -> str:
        """Read what is left, and return the digest of the whole, as `content_digest` gives it."""
        while block := self._stream.read(2**20):
            self._hash.update(block)
        return self._hash.hexdigest()
