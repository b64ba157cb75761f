"""Export of a whole library, and its restoration.

An export is a folder of CSV files to be read by people and spreadsheets, the samples as Parquet,
and in `catalogue/` the catalogue's own tables, from which `restore` makes an equal library. Its
manifest is written last and states the digest of every file, so that half an export is detected.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics import __version__, schema
from runanalytics.csv_text import exported_rows
from runanalytics.errors import LibraryError, UsageError
from runanalytics.importers.contract import content_digest
from runanalytics.library.corrections.edited_file import guarded, unguarded
from runanalytics.library.corrections.movements import corrected_sessions, corrected_sets
from runanalytics.library.corrections.spans import log_spans
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.linking.reconcile import reconcile
from runanalytics.library.race_list import races
from runanalytics.library.storage.catalogue import (
    LAYOUT,
    STORED,
    Catalogue,
    stream_name,
    tables,
    unknown_column,
)
from runanalytics.library.storage.durable import make_private, sync_folder, write_durably
from runanalytics.library.storage.migrate import fill_later_tables
from runanalytics.library.storage.words import (
    EXPERIMENTS,
    is_word_file,
    store_pending_files,
    word_files,
    write_pending_files,
)

if TYPE_CHECKING:
    import pandas as pd

#: How tables are read that the user's corrections apply to; others are read as stored.
_CORRECTED: Mapping[str, Callable[[LibraryFolder], pd.DataFrame]] = {
    "runs": LibraryFolder.runs,
    "sessions": corrected_sessions,
    "sets": corrected_sets,
    "races": races,
    "log_spans": log_spans,
}

CATALOGUE_TABLES, SAMPLES = "catalogue", "samples"
MANIFEST, UNFINISHED = "export.json", "export.unfinished"
_FORMAT = "runanalytics export"
#: Rows of a table that are written at a time.
_ROWS_AT_ONCE = 2**16


@dataclass(frozen=True)
class Restored:
    """What became of an export: how many files were read, and what of them was left.

    Parameters
    ----------
    read : int
        Files of the export.
    left : tuple of str
        What a newer version wrote and this one does not know, in words.
    """

    read: int
    left: tuple[str, ...] = ()


def export(library: LibraryFolder, folder: Path) -> list[Path]:
    """Write everything a library holds into `folder`, as it is at one moment.

    Originals are left out, since they hold positions.

    Parameters
    ----------
    library : LibraryFolder
        The library; an import may go on meanwhile.
    folder : Path
        A new or empty folder; it and its files are private.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If there is something in the folder already.
    LibraryError
        If samples are damaged, or the folder cannot be written.
    """
    _refuse_filled(folder)
    try:
        make_private(folder)
        for inner in (CATALOGUE_TABLES, SAMPLES):
            make_private(folder / inner)
        write_durably(folder / UNFINISHED, b"")
        digests = {}
        if (library.path / EXPERIMENTS).is_dir():
            make_private(folder / EXPERIMENTS)
        with _snapshot(library) as (reader, catalogue, stated):
            layout = catalogue.layout  # that of an older library until it is written to
            for files in (_tables(reader, catalogue, stated), _samples(reader, catalogue)):
                for name, data in files:
                    write_durably(folder / name, data)
                    digests[name] = content_digest(data)
        for inner in (CATALOGUE_TABLES, SAMPLES, EXPERIMENTS):
            if (folder / inner).is_dir():
                sync_folder(folder / inner)
        manifest = {"format": _FORMAT, "layout": layout, "version": __version__, "files": digests}
        write_durably(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
        sync_folder(folder)
        (folder / UNFINISHED).unlink()
    except OSError as error:
        raise LibraryError(
            f"cannot be written ({error.strerror})", where=str(folder), hint="name another folder"
        ) from error
    return [folder / name for name in (*digests, MANIFEST)]


def restore(library: LibraryFolder, source: Path) -> Restored:
    """Make a library out of an export: its tables and the user's own files, in one commit.

    Parameters
    ----------
    library : LibraryFolder
        The new library, which is still empty.
    source : Path
        The folder of the export.

    Raises
    ------
    UsageError
        If there is a library already, or `source` is no whole export.
    """
    layout, digests = _manifest(source)
    content: dict[str, bytes] = {}
    for name, digest in digests.items():
        data = _content(source, name, digest)
        if not _is_sample_file(name):  # of these there may be thousands: they are read again
            content[name] = data
    library.close()
    with library.writing() as catalogue:
        own = {name: data for name, data in content.items() if is_word_file(name)}
        if any(catalogue.count(table) for table in tables(catalogue)) or any(
            (library.path / name).read_bytes() != own.get(name) for name in word_files(library.path)
        ):
            raise UsageError(
                "there is something in this library already",
                where=str(library.path),
                hint="name a new folder: runanalytics --library DIR restore EXPORT",
            )
        for name, digest in digests.items():
            if _is_sample_file(name):
                data = _content(source, name, digest)
                write_durably(library.sample_folder / Path(name).name, data)
        sync_folder(library.sample_folder)
        left: list[str] = []
        with catalogue.transaction():
            store_pending_files(catalogue, own)
            for name, data in content.items():
                if name.startswith(f"{CATALOGUE_TABLES}/"):
                    left += _fill(catalogue, Path(name).stem, data.decode("utf-8"))
            fill_later_tables(catalogue, layout)
            reconcile(catalogue, force=True)
        write_pending_files(catalogue, library.path)
    return Restored(len(digests), tuple(left))


def _is_sample_file(name: str) -> bool:
    return name.startswith(f"{SAMPLES}/")


def _refuse_filled(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    what, hint = "there are other things in this folder", "name a new one"
    if not folder.is_dir():
        what = "this is a file"
    elif (folder / UNFINISHED).exists():
        what, hint = "here is an export that was cut short", "delete it, or name a new folder"
    elif (folder / MANIFEST).exists():
        what = "here is an export already"
    raise UsageError(what, where=str(folder), hint=hint)


@contextmanager
def _snapshot(
    library: LibraryFolder,
) -> Iterator[tuple[LibraryFolder, Catalogue, dict[str, bytes]]]:
    """Read through a separate connection, in which the library stays as it is at one moment.

    The user's files, and the tables that follow from them, are given as they were then.
    """
    with closing(LibraryFolder(library.path)) as reader:
        catalogue = reader.reading()
        if catalogue is None:
            raise UsageError(
                "there is no library yet",
                where=str(library.path),
                hint="import something first: runanalytics import PATH...",
            )
        words: dict[str, bytes] = {}
        corrected: dict[str, bytes] = {}
        while not corrected or _words(reader) != words:
            if corrected:
                catalogue.rows("ROLLBACK")  # somebody has stated something meanwhile
            words = _words(reader)
            catalogue.rows("BEGIN")
            corrected = {
                f"{name}.csv": _of_frame(_by_date(ask(reader), name))
                for name, ask in _CORRECTED.items()
            }
        yield reader, catalogue, corrected | words


def _words(reader: LibraryFolder) -> dict[str, bytes]:
    return {name: (reader.path / name).read_bytes() for name in word_files(reader.path)}


def _tables(
    reader: LibraryFolder, catalogue: Catalogue, stated: dict[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    tables_of_schema = [f"{name}.csv" for name in STORED]
    for name, file in zip(STORED, tables_of_schema, strict=True):
        yield file, stated.get(file) or _of_frame(_by_date(reader.table(name), name))
    for name in (*tables(catalogue), "streams"):
        rows = catalogue.each_row(f'SELECT * FROM "{name}"')  # noqa: S608
        yield f"{CATALOGUE_TABLES}/{name}.csv", _csv(catalogue.columns(name), map(_cells, rows))
    yield from ((name, data) for name, data in stated.items() if name not in tables_of_schema)


def _samples(reader: LibraryFolder, catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    for run_id, digest in catalogue.rows("SELECT run_id, digest FROM streams ORDER BY run_id"):
        name = stream_name(run_id, digest)
        try:
            data = (reader.sample_folder / name).read_bytes()
        except OSError as error:
            raise LibraryError(
                f"the samples of run {run_id} cannot be read ({error.strerror})",
                where=str(reader.path),
                hint="if an import went on meanwhile, export once more into a new folder",
            ) from error
        if content_digest(data) != digest:
            raise LibraryError(
                f"the samples of run {run_id} are damaged",
                where=str(reader.path),
                hint="'runanalytics rebuild' restores them",
            )
        yield f"{SAMPLES}/{name}", data


def _by_date(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table by date and key, in whatever order its files were imported."""
    dates = [column for column in ("local_date", "start_utc") if column in frame.columns]
    return frame.sort_values([*dates, *schema.table(name).key], ignore_index=True)


def _of_frame(frame: pd.DataFrame) -> bytes:
    texts = frame.columns[frame.dtypes == "str"]
    sink = io.BytesIO()
    for first in range(0, max(len(frame), 1), _ROWS_AT_ONCE):
        part = frame.iloc[first : first + _ROWS_AT_ONCE]
        safe = {name: part[name].map(guarded, na_action="ignore") for name in texts}
        text = part.assign(**safe).to_csv(index=False, header=first == 0)
        sink.write(text.encode("utf-8"))
    return sink.getvalue()


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    sink = io.BytesIO()
    # StringIO would take four bytes a letter.
    text = io.TextIOWrapper(sink, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    text.flush()
    return sink.getvalue()


def _cells(row: Sequence[Any]) -> list[object]:
    # A float's repr is exact; csv writes it itself.
    return [guarded(value) if isinstance(value, str) else value for value in row]


def _manifest(source: Path) -> tuple[int, dict[str, str]]:
    """Return the layout of the library that was exported, and the digest of every file."""
    try:
        manifest = json.loads((source / MANIFEST).read_bytes())
        known = manifest["format"] == _FORMAT
        digests = {str(name): str(digest) for name, digest in manifest["files"].items()}
        layout = int(manifest["layout"])
    except FileNotFoundError:
        cut_short = (source / UNFINISHED).exists()
        raise UsageError(
            "this export was cut short" if cut_short else "this is no export: it has no manifest",
            where=str(source),
            hint="export once more" if cut_short else f"name a folder with a file {MANIFEST}",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"its manifest cannot be read ({type(error).__name__})",
            where=str(source / MANIFEST),
            hint="export once more",
        ) from error
    if not known or layout > LAYOUT:
        raise UsageError(
            f"an export of layout {layout}, and this version knows up to {LAYOUT}",
            where=str(source),
            hint="update runanalytics",
        )
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in digests):
        raise UsageError("its manifest names files outside of it", where=str(source))
    return layout, digests


def _content(source: Path, name: str, digest: str) -> bytes:
    try:
        data = (source / name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"a file of this export cannot be read ({error.strerror})",
            where=str(source / name),
            hint="copy the export once more, whole",
        ) from error
    if content_digest(data) != digest:
        raise UsageError(
            "this file is not as it was exported",
            where=str(source / name),
            hint="restore from an untouched copy; edited tables can be imported as tidy CSV",
        )
    return data


def _fill(catalogue: Catalogue, table: str, text: str) -> list[str]:
    """Fill a table; return what of it is left, since this version does not know it, in words."""
    types = {row[1]: row[2] for row in catalogue.rows(f'PRAGMA table_info("{table}")')}
    rows = exported_rows(text)
    left: set[str] = set()
    try:
        names = next(rows, [])
        if not names:
            raise ValueError("it has no line with the names of its columns")
        known = [name for name in names if name in types]

        def values() -> Iterator[list[object]]:
            for row in rows:
                cells = dict(zip(names, row, strict=True))
                left.update(name for name in cells if cells[name] and name not in types)
                yield [
                    _READ.get(types[name], unguarded)(cells[name]) if cells[name] else None
                    for name in known
                ]

        if known:
            catalogue.insert(table, known, values())
    except (csv.Error, ValueError) as error:
        raise UsageError(
            f"table '{table}' of this export cannot be read ({error})", hint="export once more"
        ) from error
    return [unknown_column(table, name) for name in sorted(left)]


#: How a cell is read by its column's type; SQLite's own reading of a float is not exact.
_READ = {"REAL": float, "INTEGER": int}
