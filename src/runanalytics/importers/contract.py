"""The base class of importers, what they return, and what all of them need.

An importer turns the bytes of one file into tables of `runanalytics.schema`. It is pure: it
opens no other file, no network and no library, so the same bytes with the same options give
the same tables on every machine.
"""

from __future__ import annotations

import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from runanalytics import schema
from runanalytics.errors import MissingColumnError, one_line
from runanalytics.importers.accounts import RowAccount
from runanalytics.schema.columns import TableColumns, samples_frame

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["info", "warning", "error"]

#: What a file states about times: local time without its zone, the instant without local time,
#: or both. Days without a time of day count as "both", since they need neither.
Clock = Literal["local", "utc", "both"]

#: How much of a file `Importer.recognises` sees.
HEAD_BYTES = 4096


@dataclass(frozen=True)
class Note:
    """Something the reader of a file should know: what was repaired, left out or assumed.

    Examples
    --------
    >>> print(Note("warning", "3 rows without a date were left out", "sets.csv"))
    sets.csv: 3 rows without a date were left out
    """

    severity: Severity
    message: str
    where: str = ""

    def __post_init__(self) -> None:
        """Keep what it quotes of a file to one line."""
        for name in ("message", "where"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class ReadOptions:
    """What a file may leave open, as the user states it.

    Parameters
    ----------
    engine : {None, "fitparse"}
        How a FIT file is decoded; None is the built-in decoder.
    timezone : str, optional
        IANA name of the zone in which naive local times were written.
    units : {None, "metric", "imperial"}
        Units of numbers whose file does not state them (a bare ``Weight`` column).
    """

    engine: str | None = None
    timezone: str | None = None
    units: str | None = None


@dataclass(frozen=True)
class Imported:
    """The tables of one file, each in the shape of `runanalytics.schema`, possibly empty."""

    runs: pd.DataFrame = field(default_factory=lambda: schema.empty("runs"))
    samples: pd.DataFrame = field(default_factory=lambda: schema.empty("samples"))
    sessions: pd.DataFrame = field(default_factory=lambda: schema.empty("sessions"))
    sets: pd.DataFrame = field(default_factory=lambda: schema.empty("sets"))
    races: pd.DataFrame = field(default_factory=lambda: schema.empty("races"))
    log_spans: pd.DataFrame = field(default_factory=lambda: schema.empty("log_spans"))
    #: What a calendar plans.
    events: pd.DataFrame = field(default_factory=lambda: schema.empty("events"))
    notes: list[Note] = field(default_factory=list)
    #: What the file states about times; what it does not was computed with an assumed zone. A
    #: library that knows the zone of neighbouring runs computes such times anew.
    clock: Clock = "both"
    #: What became of each row of the file, where it is a table or a list.
    rows: RowAccount = field(default_factory=RowAccount)

    #: The tables an importer may fill, in the order in which they are stored.
    TABLES = ("runs", "samples", "sessions", "sets", "races", "log_spans", "events")

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name))} {name}" for name in self.TABLES)
        return f"Imported({counts}, {len(self.notes)} notes)"


@dataclass(frozen=True)
class ImportedColumns:
    """The tables of one file as columns, on the way to a library.

    Parameters
    ----------
    tables : mapping of str to TableColumns
        Those of `Imported.TABLES` that have rows, but for the samples.
    samples : mapping of str to TableColumns
        The samples of each run that has some, without its identifier.
    notes, clock, rows
        As in `Imported`.
    """

    tables: Mapping[str, TableColumns] = field(default_factory=dict)
    samples: Mapping[str, TableColumns] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    clock: Clock = "both"
    rows: RowAccount = field(default_factory=RowAccount)

    def table(self, name: str) -> TableColumns:
        """Return a table, but for the samples."""
        return self.tables[name] if name in self.tables else TableColumns(name)

    @classmethod
    def of(cls, imported: Imported) -> ImportedColumns:
        """Return what was imported as frames."""
        tables = {
            name: TableColumns.of(frame, name)
            for name in Imported.TABLES
            if name != "samples" and len(frame := getattr(imported, name))
        }
        by_run = imported.samples.groupby("run_id", sort=False) if len(imported.samples) else ()
        samples = {
            str(run): TableColumns.of(rows, "samples").without("run_id") for run, rows in by_run
        }
        return cls(tables, samples, imported.notes, imported.clock, imported.rows)

    def frames(self) -> Imported:
        """Return the tables as frames."""
        frames: dict[str, Any] = {name: table.frame() for name, table in self.tables.items()}
        if self.samples:
            frames["samples"] = samples_frame(self.samples)
        return Imported(**frames, notes=self.notes, clock=self.clock, rows=self.rows)


class Importer(ABC):
    """One source of files, such as FIT or Strong's CSV.

    An importer has a `name`, a `version` and two methods. The other attributes say what kind of
    source it is; their defaults are those of an app that exports a log as text. The rest of the
    package reads these attributes and names no importer.

    Attributes
    ----------
    name : str
        Name of the source, as errors and the catalogue give it.
    version : int
        Raised whenever the tables for the same bytes, or one of the attributes below, change:
        files that an older version has read are read anew when they are met again.
    binary : bool
        Whether its files are not text. A binary file that such an importer recognises by its
        first bytes is offered to no other importer.
    fallback : bool
        Whether it is offered only files that no other importer recognises, so that it need not
        know the files of other sources.
    endings : tuple of str
        Endings that only names of such files have, in lower case. Such a file that cannot be
        read is reported, also where a whole folder is imported.
    records : bool
        Whether its files hold what a device recorded, rather than what somebody logged. The
        log of sessions then counts as kept from the first of them to the last, and their start
        and duration take precedence over those of a log.
    rank : int
        Order of the sources of one run that are equally detailed, the best first: 0 for files
        of the recording device itself, 1 for recordings in another format, 2 for all others.
    edited_by_hand : bool
        Whether people go on editing such files. A row that is gone was then deleted on purpose,
        while an app's export that became shorter may cover a shorter time.
    """

    name: str
    version: int
    binary: bool = False
    fallback: bool = False
    endings: tuple[str, ...] = ()
    records: bool = False
    rank: int = 2
    edited_by_hand: bool = False

    @abstractmethod
    def recognises(self, name: str, head: bytes) -> bool:
        """Return whether a file is of this source.

        Parameters
        ----------
        name : str
            The file's name, or "" where it must not be used. Use it only where the content is
            not enough.
        head : bytes
            The file's first `HEAD_BYTES` bytes.
        """

    def column_names(self) -> frozenset[str]:
        """Return the keys of all columns that it reads, where its files are tables.

        A file that no importer takes is compared with them, to say what it is nearest to.
        """
        return frozenset()

    @abstractmethod
    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a file's bytes into tables, with notes on what could not be read.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            What the file leaves open.

        Raises
        ------
        UnreadableFileError
            If nothing in it can be read.
        """

    def read_columns(self, data: bytes, options: ReadOptions) -> ImportedColumns:
        """Read a file's bytes as `read` does, into columns."""
        return ImportedColumns.of(self.read(data, options))


class StreamingImporter(Importer):
    """An importer of files that may be larger than memory: it can also read from a stream."""

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a file's bytes into tables, as `read_stream` reads an open file."""
        return self.read_stream(io.BytesIO(data), options)

    @abstractmethod
    def read_stream(self, file: BinaryIO, options: ReadOptions = ReadOptions()) -> Imported:
        """Read an open file into the tables that `read` gives for its bytes."""


def stable_id(*parts: object) -> str:
    """Return a short identifier that depends on nothing but `parts`.

    A session has the same identifier in this month's export and in the next, so importing
    the longer one again adds only what is new.

    Examples
    --------
    >>> stable_id("strong", "2026-01-05T18:00", "Legs")
    '48055ef437789f64'
    """
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def content_digest(data: bytes) -> str:
    """Return the digest by which the same file is known again (BLAKE2b, 32 hex digits).

    Examples
    --------
    >>> content_digest(b"")
    'cae66941d9efbd404e4d88758ea67670'
    """
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def require_columns(present: Iterable[str], required: Iterable[str], guess: str = "") -> None:
    """Raise `MissingColumnError` naming what is missing, what there is, and what may be meant.

    Examples
    --------
    >>> require_columns(["Datum", "reps"], ["date", "reps"])
    Traceback (most recent call last):
    ...
    runanalytics.errors.MissingColumnError: no column 'date'; the file has: Datum, reps
    """
    columns = list(present)
    missing = [name for name in required if name not in columns]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        hint = f"the file has: {', '.join(columns)}"
        raise MissingColumnError(f"no column {names}", hint=f"{hint}; {guess}" if guess else hint)


def counted_note(count: int, message: str, severity: Severity = "info") -> list[Note]:
    """Return one note of `message` and a count, or none where the count is 0.

    Examples
    --------
    >>> counted_note(2, "rows of endurance work left out")
    [Note(severity='info', message='rows of endurance work left out: 2', where='')]
    """
    return [Note(severity, f"{message}: {count}")] if count else []


def log_spans(source: str, days: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return table "log_spans": the first and the last day on which each kind was logged.

    Parameters
    ----------
    source : str
        Name of the source.
    days : mapping of str to Series
        Kind of what was logged, as in the column ``what`` -> local dates; kinds without one are
        left out.
    """
    rows = [
        {"what": what, "first_date": dates.min(), "last_date": dates.max(), "source": source}
        for what, dates in days.items()
        if len(dates)
    ]
    return schema.from_rows(rows, "log_spans")
