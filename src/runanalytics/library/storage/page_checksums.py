"""Checksums of the catalogue's pages, since SQLite keeps none of its own.

Beside `catalogue.sqlite` lies `catalogue.sums` with a checksum of each of its pages and the
table that the page belongs to. SQLite changes the file only when it carries its log over, which
the writer allows in `seal` alone. So at any moment, also after a crash, each page either has the
checksum stated, or stands in the log, from where SQLite reads it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from runanalytics.errors import DamagedLibraryError
from runanalytics.library.storage.durable import sync_folder, write_durably

#: Bytes of a page's checksum (BLAKE2b).
_SUM_BYTES = 8

#: Parts of SQLite's log (sqlite.org/fileformat2.html, section 4): its header, a frame's header,
#: and where in them the page size, the salt and the page's number stand.
_LOG_HEADER, _FRAME_HEADER = 32, 24
_SALT_IN_LOG, _SALT_IN_FRAME = slice(16, 24), slice(8, 16)

#: How often a file that another process is writing to is compared again.
_TRIES = 20


@dataclass(frozen=True)
class _Checksums:
    """What the file of checksums states."""

    page_size: int
    sums: tuple[bytes, ...]
    #: The table that each page belongs to.
    owners: tuple[str, ...]
    #: Digest of the whole file; empty if it was damaged when this was stated. Comparing it is many
    #: times faster than comparing page by page.
    whole: str


def sums_path(catalogue: Path) -> Path:
    """Return where the checksums of a catalogue file stand."""
    return catalogue.with_suffix(".sums")


def log_path(catalogue: Path) -> Path:
    """Return where SQLite keeps its log of a catalogue file."""
    return Path(f"{catalogue}-wal")


def refuse_damage(catalogue: Path) -> None:
    """Raise if a page of the catalogue is not as it was stored.

    Raises
    ------
    DamagedLibraryError
        Naming the first damaged page's table.
    """
    damaged = damaged_pages(catalogue)
    if damaged and damaged != [_sums_name(catalogue)]:
        more = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise DamagedLibraryError(
            f"the catalogue is damaged: {damaged[0]}{more}",
            where=str(catalogue),
            hint="'runanalytics verify' names all of it, 'runanalytics rebuild' makes it anew",
        )


def damaged_pages(catalogue: Path) -> list[str]:
    """Return the pages of a catalogue file that are not as they were stored, in words.

    A catalogue without checksums, as an older version wrote it, has none to compare with.

    Parameters
    ----------
    catalogue : Path
        The SQLite file, which another process may be writing to.
    """
    found: list[str] = []
    stated = _read(sums_path(catalogue))
    if isinstance(stated, _Checksums) and _digest(catalogue.read_bytes()) == stated.whole:
        return found
    for _ in range(_TRIES):
        before = _state(catalogue)
        found = _compared(catalogue, *before)
        if not found or _state(catalogue) == before:
            break
    return found


def seal(connection: sqlite3.Connection, catalogue: Path) -> None:
    """Carry the log over into the catalogue file and state the checksums of its pages.

    Parameters
    ----------
    connection : Connection
        The writer's, outside a transaction.
    catalogue : Path
        Its file.
    """
    stated = _read(sums_path(catalogue))
    changing = _waiting(log_path(catalogue))
    connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
    # Pages that a reader still needs stay in the log; the checksums are those of the file now.
    _, frames, carried = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    page_size = int(connection.execute("PRAGMA page_size").fetchone()[0])
    data = catalogue.read_bytes()
    sums, whole = _sums(data, page_size), _digest(data)
    if isinstance(stated, _Checksums):
        fresh = sums
        # Pages that did not change keep their checksum, so that damage since is detected.
        known = zip(itertools.count(1), sums, stated.sums, strict=False)
        sums = [new if page in changing else old for page, new, old in known] + sums[
            len(stated.sums) :
        ]
        whole = whole if sums == fresh else ""
    owners = _owners(connection, len(sums))
    _write(sums_path(catalogue), _Checksums(page_size, tuple(sums), owners, whole))
    if frames == carried:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _owners(connection: sqlite3.Connection, n_pages: int) -> tuple[str, ...]:
    owners = ["free space"] * n_pages
    try:
        query = "SELECT pageno, tbl_name FROM dbstat JOIN sqlite_schema USING (name)"
        pages = connection.execute(query).fetchall()
    except sqlite3.Error:  # an SQLite that was built without it
        return ("catalogue",) * n_pages
    for page, table in [(1, "sqlite_schema"), *pages]:
        if page <= n_pages:
            owners[page - 1] = f"table {table}"
    return tuple(owners)


def _sums(data: bytes, page_size: int) -> list[bytes]:
    blake2b = hashlib.blake2b
    return [
        blake2b(data[start : start + page_size], digest_size=_SUM_BYTES).digest()
        for start in range(0, len(data), page_size)
    ]


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _state(catalogue: Path) -> tuple[_Checksums | str, frozenset[int]]:
    return _read(sums_path(catalogue)), _waiting(log_path(catalogue))


def _compared(catalogue: Path, stated: _Checksums | str, waiting: frozenset[int]) -> list[str]:
    if isinstance(stated, str):
        return [_sums_name(catalogue)] if stated else []
    sums = _sums(catalogue.read_bytes(), stated.page_size)
    pages = itertools.zip_longest(sums, stated.sums, stated.owners)
    return [
        f"page {page} ({owner or 'beyond its end'})"
        for page, (found, expected, owner) in enumerate(pages, start=1)
        if found != expected and page not in waiting
    ]


def _waiting(log: Path) -> frozenset[int]:
    """Return the numbers of the pages that stand in SQLite's log."""
    try:
        with log.open("rb") as file:
            header = file.read(_LOG_HEADER)
            if len(header) < _LOG_HEADER:
                return frozenset()
            page_size = int.from_bytes(header[8:12], "big")
            salt = header[_SALT_IN_LOG]
            pages = set()
            while len(frame := file.read(_FRAME_HEADER)) == _FRAME_HEADER:
                if frame[_SALT_IN_FRAME] != salt:  # left over from a log before this one
                    break
                pages.add(int.from_bytes(frame[:4], "big"))
                file.seek(page_size, os.SEEK_CUR)
    except FileNotFoundError:
        return frozenset()
    return frozenset(pages)


def _sums_name(catalogue: Path) -> str:
    return f"its checksums ({sums_path(catalogue).name})"


def _read(path: Path) -> _Checksums | str:
    """Return the checksums stated, "damaged", or "" where there are none."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return ""
    if _digest(body).encode() != digest:
        return "damaged"
    values = json.loads(body)
    packed = bytes.fromhex(values["sums"])
    sums = [packed[start : start + _SUM_BYTES] for start in range(0, len(packed), _SUM_BYTES)]
    owners = [owner for owner, count in values["owners"] for _ in range(count)]
    return _Checksums(values["page_size"], tuple(sums), tuple(owners), values["whole"])


def _write(path: Path, stated: _Checksums) -> None:
    values = {
        "page_size": stated.page_size,
        "sums": b"".join(stated.sums).hex(),
        "whole": stated.whole,
        "owners": [[owner, len(list(run))] for owner, run in itertools.groupby(stated.owners)],
    }
    body = json.dumps(values).encode()
    write_durably(path, _digest(body).encode() + b"\n" + body)
    sync_folder(path.parent)
