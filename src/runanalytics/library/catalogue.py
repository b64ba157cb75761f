"""The catalogue: every small table of one library in one SQLite file.

The tables are those of `runanalytics.schema`, made from it, plus a few of the store's own.
SQLite's write-ahead log lets a notebook read while an import writes. What is not in the
catalogue does not exist: sample files are entered here only once they are safely on disk.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.errors import LibraryError

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.schema import Column

#: Layout of the catalogue; a library of a later one is refused by name.
LAYOUT = 1

#: Tables of `runanalytics.schema` that the catalogue holds.
STORED = ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources")

_OWN_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- Where a source was met, so that it is known again without being read.
CREATE TABLE places (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL
) WITHOUT ROWID;
-- Which source said what: a row of any table may have several.
CREATE TABLE provenance (
    digest TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (digest, what, id)
) WITHOUT ROWID;
-- The sample file of each run that has one, with the digest of its bytes.
CREATE TABLE streams (
    run_id TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
"""

#: How instants and days are written, for `strftime` and back.
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_DATE = "%Y-%m-%d"

_SQL_TYPES = {"float64": "REAL", "Int64": "INTEGER", "bool": "INTEGER"}


def stream_name(run_id: str, digest: str) -> str:
    """Return the name of the file of a run's samples.

    The digest is part of it: samples that are read anew get a file of their own, so the old one
    stays whole until the catalogue names the new.
    """
    return f"{run_id}.{digest[:8]}.parquet"


class Catalogue:
    """An open catalogue file.

    Parameters
    ----------
    path : Path
        The SQLite file; made if it does not exist and `read_only` is false.
    read_only : bool
        Open without write access, as for a library on a read-only disk.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        fresh = not path.exists()
        if fresh and not read_only:
            # Made by hand first, since SQLite would make it readable by everybody.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            self._connection = self._connect(read_only)
            if fresh and not read_only:
                self._create()
            layout = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error as error:
            raise LibraryError(
                f"the catalogue cannot be opened ({error})",
                where=str(path),
                hint="is this a library's folder? 'runanalytics verify' tells more",
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
            return sqlite3.connect(uri, uri=True, timeout=5)
        connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _readable(self) -> Path:
        """Return a file to read where the folder cannot be written.

        SQLite cannot keep its log's shared memory there. Nobody writes there either, so the
        file may be taken as it is; unless an import was cut short and left its log, which is
        then merged in a private copy.
        """
        log = Path(f"{self.path}-wal")
        if not log.exists() or not log.stat().st_size:
            return self.path
        self._copy = tempfile.TemporaryDirectory(prefix="runanalytics-")
        copied = Path(self._copy.name, self.path.name)
        for source, target in ((self.path, copied), (log, Path(f"{copied}-wal"))):
            shutil.copyfile(source, target)
        with closing(sqlite3.connect(copied)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return copied

    def _create(self) -> None:
        from runanalytics import schema

        statements = [_OWN_TABLES]
        for name in STORED:
            table = schema.TABLES[name]
            columns = [_declaration(column) for column in table]
            key = ", ".join(f'"{part}"' for part in table.key)
            statements.append(f'CREATE TABLE "{name}" ({", ".join(columns)}, PRIMARY KEY ({key}));')
        statements.append(f"PRAGMA user_version = {LAYOUT};")
        self._connection.executescript("BEGIN;" + "".join(statements) + "COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes inside the block take effect together, or not at all."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
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

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        try:
            return self._connection.execute(query, parameters).fetchall()
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
        """Return a note that the store left itself, or None."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def frame(self, name: str, where: str = "", parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Return stored table `name`, in its key's order, as a frame of `runanalytics.schema`.

        Parameters
        ----------
        name : str
            One of `STORED`.
        where : str
            An SQL condition; values go into `parameters`, never into the text.
        parameters : sequence
            Values for the condition's placeholders.
        """
        import pandas as pd

        from runanalytics import schema

        table = schema.TABLES[name]
        columns = ", ".join(f'"{column}"' for column in table.names)
        condition = f" WHERE {where}" if where else ""
        rows = self.rows(f'SELECT {columns} FROM "{name}"{condition} ORDER BY rowid', parameters)  # noqa: S608
        by_column = list(zip(*rows, strict=True)) if rows else [()] * len(table.names)
        return pd.DataFrame(
            {
                column.name: _decoded(values, column)
                for column, values in zip(table, by_column, strict=True)
            }
        )

    def put(self, name: str, frame: pd.DataFrame) -> None:
        """Insert the rows of `frame`; where a key is there already, what it says is added.

        A later source's value wins, and what it leaves open stays as it was.
        """
        from runanalytics import schema

        table = schema.TABLES[name]
        key = ", ".join(f'"{part}"' for part in table.key)
        marks = ", ".join("?" * len(table.names))
        rest = [column for column in table.names if column not in table.key]
        merged = ", ".join(f'"{one}" = coalesce(excluded."{one}", "{one}")' for one in rest)
        columns = [_encoded(frame[column.name], column) for column in table]
        self.write(
            f'INSERT INTO "{name}" VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {merged}',  # noqa: S608
            zip(*columns, strict=True),
        )

    def count(self, name: str) -> int:
        """Return the number of rows of table `name`."""
        return int(self.rows(f'SELECT count(*) FROM "{name}"')[0][0])  # noqa: S608


def _declaration(column: Column) -> str:
    required = " NOT NULL" if column.required else ""
    return f'"{column.name}" {_SQL_TYPES.get(column.dtype, "TEXT")}{required}'


def _encoded(values: pd.Series, column: Column) -> list[object]:
    from runanalytics import schema

    missing = values.isna().to_numpy()
    if column.dtype == schema.INSTANT:
        values = values.dt.strftime(_INSTANT)
    elif column.dtype == schema.DATE:
        values = values.dt.strftime(_DATE)
    plain: list[object] = values.tolist()
    if missing.any():
        plain = [None if gone else value for value, gone in zip(plain, missing, strict=True)]
    return plain


def _decoded(values: Sequence[Any], column: Column) -> pd.Series:
    import pandas as pd

    from runanalytics import schema

    if column.dtype == schema.INSTANT:
        texts = pd.Series(values, dtype=object)
        return pd.to_datetime(texts, format=_INSTANT, utc=True).astype(schema.INSTANT)
    if column.dtype == schema.DATE:
        return pd.to_datetime(pd.Series(values, dtype=object), format=_DATE).astype(schema.DATE)
    return pd.Series(values, dtype=column.dtype)
