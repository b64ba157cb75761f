"""The catalogue: every small table of one library in one SQLite file.

Most tables are those of `runanalytics.schema`; a few are the library's own. SQLite's write-ahead
log lets a notebook read while an import writes. A sample file is listed here only once it is
safely on disk.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics import schema
from runanalytics.errors import LibraryError
from runanalytics.library.storage.durable import sync_folder
from runanalytics.library.storage.page_checksums import log_path, refuse_damage, seal, sums_path

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from runanalytics.schema.columns import TableColumns

#: Layout of the catalogue; libraries of later layouts are refused.
LAYOUT = 5

#: Size of SQLite's log from which it is carried over during an import.
LARGEST_LOG_BYTES = 2**24

#: Rows of a table that are read at a time.
_ROWS_AT_ONCE = 2**13

#: Tables of `runanalytics.schema` that the catalogue holds.
STORED = ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources", "events")

_OWN_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- Where a source was found, so that it is recognised without being read.
CREATE TABLE places (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL
) WITHOUT ROWID;
-- Which source states which row: a row of any table may have several.
CREATE TABLE provenance (
    digest TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (digest, what, id)
) WITHOUT ROWID;
-- The sample file of each run that has one, with the digest of its bytes.
CREATE TABLE streams (
    run_id TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
"""

#: What layout 2 added.
LAYOUT_2 = """
-- Rows whose source states one clock only ("local" or "utc"), as they were imported, and where
-- the other clock is now known from: "" as imported, "neighbour" or "pair".
CREATE TABLE clocks (
    what TEXT NOT NULL, id TEXT NOT NULL, clock TEXT NOT NULL,
    start_utc TEXT NOT NULL, utc_offset_s REAL NOT NULL, local_date TEXT NOT NULL,
    basis TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (what, id)
) WITHOUT ROWID;
-- Row `id` is a duplicate of its primary `into_id` and fills its missing values; the duplicate
-- of the lowest place first. Start and duration of a `timed` one are taken.
CREATE TABLE merges (
    what TEXT NOT NULL, id TEXT NOT NULL, into_id TEXT NOT NULL,
    place INTEGER NOT NULL DEFAULT 1, timed INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL, made_by TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (what, id, into_id)
) WITHOUT ROWID;
-- The run that recorded a race, where the race's source does not state it.
CREATE TABLE race_runs (race_id TEXT PRIMARY KEY, run_id TEXT NOT NULL) WITHOUT ROWID;
-- The user's statements on a log: days on which it was kept ("log"), or not ("break").
CREATE TABLE user_spans (
    what TEXT NOT NULL, kind TEXT NOT NULL, first_date TEXT NOT NULL, last_date TEXT NOT NULL,
    PRIMARY KEY (what, kind, first_date)
) WITHOUT ROWID;
-- The options with which a source was read, to read it again in the same way.
CREATE TABLE read_with (
    digest TEXT PRIMARY KEY, timezone TEXT, units TEXT, engine TEXT
) WITHOUT ROWID;
"""

#: What layout 3 added: since then `merges` is made anew from these decisions and the sources.
LAYOUT_3 = """
-- The user's decisions: rows `id` and `into_id` are not the same ("apart"), whatever is found, or
-- are ("together"). The reason is that of the merge which was undone.
CREATE TABLE user_merges (
    what TEXT NOT NULL, id TEXT NOT NULL, into_id TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('apart', 'together')), reason TEXT NOT NULL,
    PRIMARY KEY (what, id, into_id)
) WITHOUT ROWID;
-- The user's own files that came with these tables and have still to be written to their places.
CREATE TABLE pending_files (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
"""

#: What layout 4 added.
LAYOUT_4 = """
-- What the user took out: a source, by its digest, or a row of runs, sessions or races.
CREATE TABLE user_removed (
    what TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (what, id)
) WITHOUT ROWID;
"""

#: What layout 5 added, beside events of calendars.
LAYOUT_5 = """
-- The user's decisions on what was proposed: on all of a wording (id ''), or on one of it. Of a
-- calendar, what was past at the last decision or import counts.
CREATE TABLE user_proposals (
    what TEXT NOT NULL, wording TEXT NOT NULL, id TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('confirmed', 'rejected')),
    decided_utc TEXT NOT NULL, PRIMARY KEY (what, wording, id)
) WITHOUT ROWID;
"""

#: Tables without content of their own: the library's notes, the list of sample files, and files
#: on their way to their places.
_LEFT_OUT = ("meta", "streams", "pending_files")

#: Key of the note that an import has changed something since `reconcile` last ran.
UNRECONCILED = "unsettled"

#: How instants and days are written, for `strftime` and back.
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_DATE = "%Y-%m-%d"

_LAYOUT_OF_FILE = "PRAGMA user_version"
#: What SQLite says where there is no room (SQLITE_IOERR and SQLITE_FULL), and what to do then.
_NO_ROOM = (10, 13)
_MAKE_ROOM = "is the disk full? Make room, then run the same command again"

_SQL_TYPES = {"float64": "REAL", "Int64": "INTEGER", "bool": "INTEGER"}


def stream_name(run_id: str, digest: str) -> str:
    """Return the name of the file of a run's samples.

    The digest is part of it: samples that are read anew get a file of their own, so the old one
    stays whole until the catalogue names the new.
    """
    return f"{run_id}.{digest[:8]}.parquet"


class Catalogue:
    """An open catalogue file, which several threads may read through one connection.

    A thread that still reads when another closes the catalogue opens the file once more for what
    it asks: closing never fails somebody else's call.

    Parameters
    ----------
    path : Path
        The SQLite file; made if it does not exist and `read_only` is false.
    read_only : bool
        Open without write access, as for a library on a read-only disk.
    checked : bool
        Refuse a file that is not as it was stored.
    """

    def __init__(self, path: Path, *, read_only: bool = False, checked: bool = True) -> None:
        self.path = path
        self._read_only = read_only
        #: Held while the connection is used: one with a lock is faster than one a thread
        #: (`benchmarks/threads.py`), and what is read is kept once.
        self._lock = threading.RLock()
        self._closed = False
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._guard: sqlite3.Connection | None = None
        if checked and path.exists():
            refuse_damage(path)
        try:
            if not read_only and not path.exists():
                self._create()
            self._connection = self._connect(read_only)
            layout = int(self._connection.execute(_LAYOUT_OF_FILE).fetchone()[0])
        except sqlite3.Error as error:
            raise LibraryError(
                f"the catalogue cannot be opened ({error})",
                where=str(path),
                hint=_MAKE_ROOM
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_ROOM
                else "is this a library's folder? 'runanalytics verify' tells more",
            ) from error
        if layout > LAYOUT:
            self.close()
            raise LibraryError(
                f"the library has layout {layout}, and this version knows up to {LAYOUT}",
                where=str(path),
                hint="update runanalytics",
            )
        if layout == 0:
            self.close()
            raise LibraryError(
                "this is an SQLite file, but not a catalogue of ours",
                where=str(path),
                hint="choose another folder with --library",
            )

    def _connect(self, read_only: bool) -> sqlite3.Connection:
        if read_only:
            path, mode = self.path, "ro"
            if not os.access(path.parent, os.W_OK):
                path, mode = self._readable(), "ro&immutable=1"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            return sqlite3.connect(uri, uri=True, timeout=5, check_same_thread=False)
        connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # The log is carried over in `seal` alone, not by SQLite when it grows or when its last
        # connection is closed: a second connection outlives the first.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        self._guard = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
        self._guard.execute("PRAGMA user_version").fetchone()
        if self._log_bytes() or not sums_path(self.path).exists():
            seal(connection, self.path)
        return connection

    def _log_bytes(self) -> int:
        log = log_path(self.path)
        return log.stat().st_size if log.exists() else 0

    def _readable(self) -> Path:
        """Return a file to read where the folder cannot be written.

        SQLite cannot keep its log's shared memory there. Nobody writes there either, so the
        file is read as it is. Only where an import was cut short and left its log, both are
        carried together in a private copy.
        """
        log = log_path(self.path)
        if not self._log_bytes():
            return self.path
        self._copy = tempfile.TemporaryDirectory(prefix="runanalytics-")
        copied = Path(self._copy.name, self.path.name)
        for source, target in ((self.path, copied), (log, Path(f"{copied}-wal"))):
            shutil.copyfile(source, target)
        with closing(sqlite3.connect(copied)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return copied

    def _create(self) -> None:
        statements = [_OWN_TABLES, LAYOUT_2, LAYOUT_3, LAYOUT_4, LAYOUT_5]
        statements += [table_statement(name) for name in STORED]
        statements.append(f"PRAGMA user_version = {LAYOUT};")
        # Under another name first: if this is interrupted, there is a whole catalogue or none.
        # SQLite would make a file that everybody can read.
        made = self.path.with_suffix(".new")
        os.close(os.open(made, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(made, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript("BEGIN;" + "".join(statements) + "COMMIT;")
            seal(connection, made)
        made.replace(self.path)
        sync_folder(self.path.parent)

    @property
    def layout(self) -> int:
        """Layout of the file at this moment: another process may have upgraded it."""
        return int(self.rows(_LAYOUT_OF_FILE)[0][0])

    def close(self) -> None:
        """Close the file, once what other threads are reading from it is read."""
        with self._lock:
            self._closed = True
            if self._guard is not None:
                # If the disk is full, the log keeps what does not fit into the file.
                with suppress(sqlite3.Error, OSError):
                    seal(self._connection, self.path)
                if not self._log_bytes():
                    self._guard.close()
            self._connection.close()
            if self._guard is not None:
                self._guard.close()
            if self._copy is not None:
                self._copy.cleanup()

    @contextmanager
    def moment(self) -> Iterator[Catalogue]:
        """Give the catalogue as it is at one moment, whatever others write inside the block."""
        with self._lock:
            if not self._closed:
                if self._connection.in_transaction:
                    yield self
                    return
                self.rows("BEGIN")
                try:
                    yield self
                finally:
                    self.rows("ROLLBACK")
                return
        with closing(Catalogue(self.path, read_only=True, checked=False)) as again, again.moment():
            yield again

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes inside the block take effect together, or not at all.

        A block inside another takes effect with the outer one.
        """
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
            if self._log_bytes() > LARGEST_LOG_BYTES:
                seal(self._connection, self.path)
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise LibraryError(
                    f"the catalogue cannot be written ({error})",
                    where=str(self.path),
                    hint="check the disk's space and the folder's rights",
                ) from error
            raise

    def become(self, other: Path) -> None:
        """Take over another catalogue's content at once; readers see the old one till then."""
        try:
            with closing(sqlite3.connect(other)) as source:
                source.backup(self._connection)
            seal(self._connection, self.path)
        except sqlite3.Error as error:
            raise LibraryError(
                f"the catalogue cannot be written ({error})", where=str(self.path)
            ) from error

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.cursor(query, parameters) as found:
            return found.fetchall()

    def each_row(self, query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, few of them in memory; other threads wait for the last."""
        with self.cursor(query, parameters) as found:
            yield from found

    @contextmanager
    def cursor(self, query: str, parameters: Sequence[Any]) -> Iterator[sqlite3.Cursor]:
        """Give a cursor on what a query finds, as it is at one moment; other threads wait."""
        try:
            with self._lock:
                if not (self._closed and self._read_only):
                    yield self._connection.execute(query, parameters)
                    return
            with (
                closing(Catalogue(self.path, read_only=True, checked=False)) as again,
                again.cursor(query, parameters) as found,
            ):
                yield found
        except sqlite3.Error as error:
            raise LibraryError(
                f"the catalogue cannot be read ({error})",
                where=str(self.path),
                hint="'runanalytics verify' tells more",
            ) from error

    def write(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one writing statement for each of `rows`; inside a `transaction` only."""
        self._connection.executemany(query, rows)

    def meta(self, key: str) -> str | None:
        """Return one of the library's own notes, or None."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def frame(self, name: str, where: str = "", parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Return stored table `name`, in the order of storing, as a frame of `runanalytics.schema`.

        Parameters
        ----------
        name : str
            One of `STORED`.
        where : str
            An SQL condition; values go into `parameters`, never into the text.
        parameters : sequence
            Values for the condition's placeholders.
        """
        from runanalytics.schema.column_blocks import frame_from_columns, joined_columns

        table = schema.TABLES[name]
        present = self.columns(name)
        # A library that is only read lacks columns and tables that were added since it was last
        # written.
        columns = ", ".join(
            f'"{column}"' if column in present else "NULL" for column in table.names
        )
        condition = f" WHERE {where}" if where else ""
        query = f'SELECT {columns} FROM "{name}"{condition} ORDER BY rowid'  # noqa: S608
        parts: list[list[NDArray[Any] | ExtensionArray]] = []
        if present:
            # Rows are Python's own objects, many times as large as columns: never are there many.
            with self.cursor(query, parameters) as found:
                while rows := found.fetchmany(_ROWS_AT_ONCE):
                    by_column = zip(table, zip(*rows, strict=True), strict=True)
                    parts.append([_decoded(cells, column) for column, cells in by_column])
        if not parts:
            return schema.empty(name)
        by_column = zip(table, zip(*parts, strict=True), strict=True)
        return frame_from_columns({each.name: joined_columns(some) for each, some in by_column})

    def insert(
        self,
        name: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        verb: str = "INSERT",
        conflict: str = "",
    ) -> None:
        """Insert rows into table `name`; inside a `transaction` only.

        Parameters
        ----------
        name : str
            The table.
        columns : sequence of str
            Its columns that the rows have.
        rows : iterable of sequence
            The rows.
        verb : str
            The SQL verb, such as ``INSERT OR IGNORE``.
        conflict : str
            An SQL clause on rows whose key is there already.
        """
        named, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
        self.write(f'{verb} INTO "{name}" ({named}) VALUES ({marks}) {conflict}', rows)

    def upsert(self, name: str, rows: pd.DataFrame | TableColumns) -> None:
        """Insert rows of a table; where a key is there already, its row is updated.

        A later source's value replaces the earlier one; a missing value replaces nothing.
        """
        table = schema.TABLES[name]
        key = ", ".join(f'"{part}"' for part in table.key)
        updates = ", ".join(
            f'"{column}" = coalesce(excluded."{column}", "{column}")'
            for column in table.names
            if column not in table.key
        )
        from runanalytics.schema.columns import TableColumns

        columns = TableColumns.of(rows, name)
        cells = zip(*(columns.cells(column) for column in table.names), strict=True)
        conflict = f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
        self.insert(name, table.names, cells, conflict=conflict)

    def writes_of_others(self) -> int:
        """Return a number that changes whenever another connection has written."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def columns(self, name: str) -> list[str]:
        """Return the names of the columns that table `name` has."""
        return [row[1] for row in self.rows(f'PRAGMA table_info("{name}")')]

    def count(self, name: str) -> int:
        """Return the number of rows of table `name`."""
        return int(self.rows(f'SELECT count(*) FROM "{name}"')[0][0])  # noqa: S608


class CatalogueCopy(Catalogue):
    """A catalogue as it is at one moment, in memory: what is written to it reaches no file.

    Parameters
    ----------
    path : Path
        The SQLite file, which is only read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_only=True)
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with closing(self._connection) as source:
                source.backup(copy)
        except sqlite3.Error as error:
            copy.close()
            self.close()
            raise LibraryError(
                f"the catalogue cannot be read ({error})", where=str(path)
            ) from error
        self._connection = copy
        self._read_only = False
        self.path = Path(":memory:")


def tables(catalogue: Catalogue) -> list[str]:
    """Return the names of a catalogue's tables with content."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return sorted(name for (name,) in catalogue.rows(query) if name not in _LEFT_OUT)


def copy_rows(
    old: Catalogue, new: Catalogue, table: str, where: str = "1", parameters: Sequence[Any] = ()
) -> list[str]:
    """Copy rows that are not there yet from one catalogue to another; inside a `transaction` only.

    Parameters
    ----------
    old, new : Catalogue
        From where, of any version, and to where.
    table : str
        A table of the new one. Where the old one lacks it, there is nothing to copy.
    where : str
        An SQL condition; values go into `parameters`.
    parameters : sequence
        Values for the condition's placeholders.

    Returns
    -------
    list of str
        What is left behind, in words: values of columns that the new catalogue does not know.
    """
    known = new.columns(table)
    names = sorted(old.columns(table), key=lambda name: name not in known)
    n_common = len(set(names).intersection(known))
    if not names:
        return []
    selected = ", ".join(f'"{name}"' for name in names)
    rows = old.rows(f'SELECT {selected} FROM "{table}" WHERE {where}', parameters)  # noqa: S608
    common = [row[:n_common] for row in rows]
    new.insert(table, names[:n_common], common, verb="INSERT OR IGNORE")
    return [
        unknown_column(table, name)
        for at, name in enumerate(names[n_common:], start=n_common)
        if any(row[at] is not None for row in rows)
    ]


def unknown_column(table: str, column: str) -> str:
    """Return in words what is left behind of a library that a newer version wrote."""
    return f"column '{column}' of table '{table}', which this version does not know"


def declaration(column: schema.Column) -> str:
    """Return the declaration of a column in SQL.

    Examples
    --------
    >>> declaration(schema.TABLES["runs"]["run_id"])
    '"run_id" TEXT NOT NULL'
    """
    required = " NOT NULL" if column.required else ""
    return f'"{column.name}" {_SQL_TYPES.get(column.dtype, "TEXT")}{required}'


def table_statement(name: str) -> str:
    """Return the SQL statement that makes a stored table of `runanalytics.schema`.

    Examples
    --------
    >>> table_statement("events").startswith('CREATE TABLE "events" ("event_id" TEXT NOT NULL')
    True
    """
    table = schema.TABLES[name]
    columns = ", ".join(map(declaration, table))
    key = ", ".join(f'"{part}"' for part in table.key)
    return f'CREATE TABLE "{name}" ({columns}, PRIMARY KEY ({key}));'


def _decoded(values: Sequence[Any], column: schema.Column) -> NDArray[Any] | ExtensionArray:
    import numpy as np
    import pandas as pd

    from runanalytics.schema.column_blocks import text_column

    if column.dtype == schema.STRING:
        return text_column(list(values))
    if column.dtype == schema.FLOAT:
        return np.array(values, dtype=column.dtype)  # None is NaN
    if column.dtype == schema.INSTANT:
        texts = pd.Series(values, dtype=object)
        return pd.to_datetime(texts, format=_INSTANT, utc=True).astype(schema.INSTANT).array
    if column.dtype == schema.DATE:
        days = pd.to_datetime(pd.Series(values, dtype=object), format=_DATE)
        return days.astype(schema.DATE).array
    return pd.Series(values, dtype=column.dtype).array
