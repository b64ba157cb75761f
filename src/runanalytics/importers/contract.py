"""What an importer is, and what it gives back.

An importer turns the bytes of one file into tables of `runanalytics.schema`. It is pure: it
opens no other file, no network and no library, so the same bytes with the same options give
the same tables on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Protocol, runtime_checkable

import pandas as pd

from runanalytics import schema
from runanalytics.errors import MissingColumnError

Severity = Literal["info", "warning", "error"]

#: What a file states of when something was: the runner's own clock without its zone, the instant
#: without the runner's own clock, or both (and days without a clock, which need neither).
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

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class ReadOptions:
    """What a file may leave open and its reader has to be told.

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


def _empty(table: str) -> pd.DataFrame:
    return schema.empty(table)


@dataclass(frozen=True)
class Imported:
    """The tables of one file, each in the shape of `runanalytics.schema`, possibly empty."""

    runs: pd.DataFrame = field(default_factory=lambda: _empty("runs"))
    samples: pd.DataFrame = field(default_factory=lambda: _empty("samples"))
    sessions: pd.DataFrame = field(default_factory=lambda: _empty("sessions"))
    sets: pd.DataFrame = field(default_factory=lambda: _empty("sets"))
    races: pd.DataFrame = field(default_factory=lambda: _empty("races"))
    log_spans: pd.DataFrame = field(default_factory=lambda: _empty("log_spans"))
    notes: list[Note] = field(default_factory=list)
    #: Which clock the file states; the other was had from an assumed zone. A library that knows
    #: the zone of neighbouring runs places such times anew.
    clock: Clock = "both"

    #: The tables an importer may fill, in the order in which they are stored.
    TABLES = ("runs", "samples", "sessions", "sets", "races", "log_spans")

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name))} {name}" for name in self.TABLES)
        return f"Imported({counts}, {len(self.notes)} notes)"


@runtime_checkable
class Importer(Protocol):
    """One source of files, such as FIT or Strong's CSV.

    `recognises` looks at a file's name and first bytes only and decides by content wherever
    content tells. `read` takes the whole file; it raises `UnreadableFileError` when nothing
    can be had from it and otherwise returns what can, with notes on what could not.
    """

    @property
    def name(self) -> str:
        """Name of the source, as errors and the catalogue give it."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the tables for the same bytes change.

        Files that an older version has read are read anew when they are met again.
        """
        ...

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether this file is of this source."""
        ...

    def read(self, data: bytes, options: ReadOptions = ...) -> Imported:
        """Read the file's bytes into tables."""
        ...


@runtime_checkable
class StreamingImporter(Importer, Protocol):
    """An importer of files that may be larger than memory: it can also read from a stream."""

    def read_stream(self, file: BinaryIO, options: ReadOptions = ...) -> Imported:
        """Read an open file into the tables that `read` gives for its bytes."""
        ...


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


def require_columns(present: Iterable[str], required: Iterable[str]) -> None:
    """Raise `MissingColumnError` naming what is missing and what there is.

    Examples
    --------
    >>> require_columns(["Datum", "reps"], ["date", "reps"])
    Traceback (most recent call last):
    ...
    runanalytics.errors.MissingColumnError: no column 'date'; the file has: Datum, reps
    """
    there = list(present)
    missing = [name for name in required if name not in there]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        raise MissingColumnError(f"no column {names}", hint=f"the file has: {', '.join(there)}")
