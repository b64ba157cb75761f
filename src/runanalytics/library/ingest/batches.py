"""Writing decoded files to a library in batches, except for what the library has already."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from runanalytics.importers import importer_named
from runanalytics.importers.contract import (
    ImportedColumns,
    ReadOptions,
    content_digest,
    counted_note,
)
from runanalytics.importers.files.walk import Found
from runanalytics.library.ingest.decoding import Decoded, holds_something
from runanalytics.library.ingest.report import FileOutcome, OutcomeName
from runanalytics.library.linking.reconcile import reconcile, store_clocks
from runanalytics.library.storage.catalogue import Catalogue, stream_name
from runanalytics.library.storage.durable import write_all_durably
from runanalytics.schema.columns import TableColumns

#: Files per transaction: syncing the catalogue costs about as much as reading ten runs.
BATCH_FILES = 64

#: What a source may state: the SQL expression that identifies it, and the tables that hold it.
OWNED = {
    "runs": ("run_id", ("runs", "segments", "streams")),
    "sessions": ("session_id", ("sessions", "sets")),
    "races": ("race_id", ("races",)),
    "events": ("event_id", ("events",)),
    "log_spans": ("what || ' ' || first_date || ' ' || source", ("log_spans",)),
}


#: Durations of one run in two versions of a list lie within this share, or s: a shorter recording
#: may be cut off, a row of a list is not.
SAME_DURATION_SHARE, SAME_DURATION_S = 0.05, 60.0
_UNLIKE = (
    "runs that begin when one of the library does and last otherwise, of which one is kept:"
    " a corrected list, or another person's"
)


@dataclass(frozen=True)
class _BatchFile(Decoded):
    """One decoded file of a batch; `known` if its content is in the library already."""

    file: Found = field(kw_only=True)
    known: bool = False


class BatchWriter:
    """Takes the decoded files of one import one by one and writes them in batches.

    Parameters
    ----------
    catalogue : Catalogue or None
        What is known; None where there is no library yet.
    options : ReadOptions
        How files are to be read.
    streams : Path
        Folder of the sample files.
    write : bool
        Whether to write; a dry run only reads.
    """

    def __init__(
        self, catalogue: Catalogue | None, options: ReadOptions, streams: Path, *, write: bool
    ) -> None:
        self._catalogue = catalogue
        self._options = options
        self._streams = streams
        self._write = write
        self._batch: list[_BatchFile] = []
        self._waiting: set[str] = set()
        self._known: dict[str, tuple[str, str, int | None]] = {}
        self._complete: dict[str, tuple[bool, float]] = {}
        #: How long each run lasted by its list (s); 0 where it has samples, or none is known.
        self._lasting: dict[str, float] = {}
        #: Identifiers of what was added.
        self.added: dict[str, set[str]] = {"runs": set(), "sessions": set(), "races": set()}
        if catalogue is not None:
            query = "SELECT digest, name, importer, importer_version FROM sources"
            query += " WHERE outcome NOT IN ('skipped', 'replaced', 'ignored', 'opened')"
            for digest, name, importer, version in catalogue.rows(query):
                self._known[digest] = (name, importer, version)
            query = "SELECT run_id, detail = 'samples', elapsed_s, moving_s FROM runs"
            for run_id, has_samples, elapsed_s, moving_s in catalogue.rows(query):
                self._complete[run_id] = (bool(has_samples), elapsed_s or 0.0)
                if not has_samples:
                    self._lasting[run_id] = elapsed_s or moving_s or 0.0

    def is_known(self, digest: str) -> bool:
        """Return whether this content was read by the importer that would read it now."""
        known = self._known.get(digest)
        return known is not None and _version(known[1]) == known[2]

    def add(self, file: Found, decoded: Decoded) -> FileOutcome:
        """Add one file to the batch; return what becomes of it.

        Parameters
        ----------
        file : Found
            The file.
        decoded : Decoded
            Its content; only the digest counts where that `is_known`.
        """
        digest = decoded.digest
        if self.is_known(digest):
            known_name, importer, _ = self._known[digest]
            self._queue(_BatchFile(digest, "duplicate", importer=importer, file=file, known=True))
            reason = "already in the library"
            if known_name != file.name:
                reason = f"the same content as {known_name}"
            return FileOutcome(file.name, file.place, "duplicate", reason, importer)
        source = _BatchFile(
            **{one.name: getattr(decoded, one.name) for one in fields(decoded)}, file=file
        )
        if digest not in self._known:
            source = self._without_lesser_copies(source)
        if source.importer is not None:
            self._known[digest] = (file.name, source.importer, _version(source.importer))
        if source.outcome != "ignored" or not file.depth:
            self._queue(source)
        if source.outcome == "added":
            for what, added in self.added.items():
                added.update(_ids(source.imported, what))
        return _outcome(source)

    def add_archive(self, file: Found, listing: str, outcome: OutcomeName, reason: str) -> None:
        """Add an archive whose files were all added: unchanged, it is not opened again.

        Parameters
        ----------
        file : Found
            The archive.
        listing : str
            Digest of its list of contents.
        outcome, reason : str
            What became of it as a whole.
        """
        self._queue(_BatchFile(listing, outcome, reason, file=file))

    def _without_lesser_copies(self, source: _BatchFile) -> _BatchFile:
        """Leave out runs of which the library holds a copy that is as complete.

        A run's identifier is the same in every copy of its file. A truncated or thinned copy must
        not replace the whole one, while a more complete copy does.
        """
        runs = source.imported.table("runs")
        lesser, unlike = [], []
        for run_id, detail, elapsed_s, moving_s in zip(
            *map(runs.cells, ("run_id", "detail", "elapsed_s", "moving_s")), strict=True
        ):
            lasted_s = moving_s or 0.0 if elapsed_s is None else elapsed_s
            complete = (detail == "samples", elapsed_s or 0.0)
            if run_id in self._waiting:
                self.flush()  # so that a batch never holds two copies of one run
            if detail != "samples":
                if _apart(lasted_s, self._lasting.get(run_id, 0.0)):
                    unlike.append(run_id)
                self._lasting.setdefault(run_id, lasted_s)
            if complete <= self._complete.get(run_id, (False, -1.0)):
                lesser.append(run_id)
            else:
                self._complete[run_id] = complete
                self._waiting.add(run_id)
        notes = source.imported.notes
        if unlike:
            notes = [*notes, *counted_note(len(unlike), _UNLIKE, "warning")]
        if not lesser:
            return replace(source, imported=replace(source.imported, notes=notes))
        tables = {**source.imported.tables, "runs": _without(runs, lesser)}
        tables = {name: rows for name, rows in tables.items() if len(rows)}
        kept = replace(
            source,
            imported=replace(source.imported, tables=tables, notes=notes),
            segments=_without(source.segments, lesser),
            streams={run: data for run, data in source.streams.items() if run not in lesser},
            n_bursts={run: n for run, n in source.n_bursts.items() if run not in lesser},
        )
        if holds_something(kept.imported):
            return kept
        reason = "the same run as one in the library, which is as complete"
        return replace(kept, outcome="duplicate", reason=reason)

    def _queue(self, source: _BatchFile) -> None:
        if not self._write:
            return
        if len(self._batch) >= BATCH_FILES:
            self.flush()  # a file follows, so that the last batch is never empty
        self._batch.append(source)

    def flush(self, *, last: bool = False) -> None:
        """Write the batch: samples first and synced, then everything else in one transaction.

        Parameters
        ----------
        last : bool
            Whether no other batch follows: what follows from all sources is then made anew in
            the same transaction, so that nobody reads the files without it.
        """
        if not self._batch or self._catalogue is None:
            return
        batch, self._batch = self._batch, []
        self._waiting.clear()
        entries: list[tuple[str, str, int]] = []
        files: dict[str, bytes] = {}
        for source in batch:
            for run_id, data in source.streams.items():
                digest = content_digest(data)
                files[stream_name(run_id, digest)] = data
                entries.append((run_id, digest, len(data)))
        write_all_durably(self._streams, files)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with self._catalogue.transaction():
            for source in batch:
                _store_source(self._catalogue, source, now)
            _store_runs(self._catalogue, batch, entries)
            for source in batch:
                _store_log(self._catalogue, source.imported)
                store_clocks(self._catalogue, source.imported)
            _store_options(self._catalogue, batch, self._options)
            if last:
                reconcile(self._catalogue)


def _version(importer: str | None) -> int | None:
    """Return the version of an importer; None of one that does not exist any more."""
    found = importer_named(importer)
    return None if found is None else found.version


def _store_options(catalogue: Catalogue, batch: list[_BatchFile], options: ReadOptions) -> None:
    """Store the options that were given, to read these sources again in the same way."""
    given = (options.timezone, options.units, options.engine)
    if any(given):
        read = [(source.digest, *given) for source in batch if source.importer and not source.known]
        catalogue.write("INSERT OR REPLACE INTO read_with VALUES (?, ?, ?, ?)", read)


def _store_source(catalogue: Catalogue, source: _BatchFile, now: str) -> None:
    """Store a file's place, its outcome, and which rows it states."""
    file, importer = source.file, source.importer
    reader = importer_named(importer)
    if reader is not None and reader.edited_by_hand:
        query = "SELECT digest FROM places JOIN sources USING (digest)"
        query += " WHERE path = ?1 AND digest <> ?2 AND importer = ?3 AND digest NOT IN"
        query += " (SELECT digest FROM places WHERE path <> ?1)"  # a copy still states it
        for (older,) in catalogue.rows(query, (file.place, source.digest, importer)):
            _delete_stated(catalogue, older)
            catalogue.write("UPDATE sources SET outcome = 'replaced' WHERE digest = ?", [(older,)])
    if source.outcome != "skipped" or not _is_edited_by_hand(catalogue, file.place):
        place = (file.place, file.size, file.mtime_ns, source.digest)
        catalogue.write("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", [place])
    # What could not be read there before does not lie there any more.
    mended = "DELETE FROM sources WHERE outcome = 'skipped' AND name = ? AND digest <> ?"
    mended += " AND digest NOT IN (SELECT digest FROM places)"
    catalogue.write(mended, [(file.name, source.digest)])
    if source.known:
        return
    _delete_stated(catalogue, source.digest)
    version = _version(importer)
    row = (source.digest, file.name, importer, version, now, source.outcome, source.reason)
    # A file that is read again keeps the instant at which it was first read.
    catalogue.write(
        "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET"
        " importer = excluded.importer, importer_version = excluded.importer_version,"
        " outcome = excluded.outcome, reason = excluded.reason",
        [row],
    )
    catalogue.write(
        "INSERT OR IGNORE INTO provenance VALUES (?, ?, ?)",
        [(source.digest, what, each) for what in OWNED for each in _ids(source.imported, what)],
    )


def _is_edited_by_hand(catalogue: Catalogue, place: str) -> bool:
    """Return whether what was read at a place counts until a version that can be read replaces it.

    While somebody edits it, it may be empty or cut off.
    """
    query = "SELECT importer FROM places JOIN sources USING (digest) WHERE path = ?"
    readers = [importer_named(importer) for (importer,) in catalogue.rows(query, (place,))]
    return any(reader is not None and reader.edited_by_hand for reader in readers)


def _ids(imported: ImportedColumns, what: str) -> list[str]:
    """Return what identifies each row of a table of `OWNED`, as its SQL expression does."""
    if what not in imported.tables:
        return []
    rows = imported.tables[what]
    if what == "log_spans":
        parts = map(rows.cells, ("what", "first_date", "source"))
        return [" ".join(row) for row in zip(*parts, strict=True)]
    ids: list[str] = rows.cells(OWNED[what][0])
    return ids


def _delete_stated(catalogue: Catalogue, digest: str) -> None:
    """Delete the rows that only this source states, since it is read anew."""
    if not catalogue.rows("SELECT 1 FROM provenance WHERE digest = ? LIMIT 1", (digest,)):
        return
    for what, (key, tables) in OWNED.items():
        ids = catalogue.rows(
            "SELECT id FROM provenance WHERE digest = ?1 AND what = ?2 AND NOT EXISTS"
            " (SELECT 1 FROM provenance AS other WHERE other.id = provenance.id"
            "  AND other.what = ?2 AND other.digest <> ?1)",
            (digest, what),
        )
        for table in tables:
            catalogue.write(f'DELETE FROM "{table}" WHERE {key} = ?', ids)  # noqa: S608
    catalogue.write("DELETE FROM provenance WHERE digest = ?", [(digest,)])


def _store_runs(
    catalogue: Catalogue, batch: list[_BatchFile], entries: list[tuple[str, str, int]]
) -> None:
    """Store the runs of a whole batch at once, with their segments."""
    for source in batch:
        if "runs" in source.imported.tables:
            ids = [(run_id,) for run_id in _ids(source.imported, "runs")]
            catalogue.write("DELETE FROM segments WHERE run_id = ?", ids)
            catalogue.upsert("runs", source.imported.tables["runs"])
            catalogue.upsert("segments", source.segments)
    catalogue.write("INSERT OR REPLACE INTO streams VALUES (?, ?, ?)", entries)
    counts = [(n, run_id) for source in batch for run_id, n in source.n_bursts.items()]
    catalogue.write("UPDATE runs SET n_bursts = ? WHERE run_id = ?", counts)


def _store_log(catalogue: Catalogue, imported: ImportedColumns) -> None:
    """Store sessions, sets, races and spans; the newest sets of a session replace earlier ones.

    Of two files of one source whose logs begin on one day, the one that reaches further counts.
    """
    ids = dict.fromkeys(imported.table("sets").cells("session_id"))
    catalogue.write("DELETE FROM sets WHERE session_id = ?", [(each,) for each in ids])
    for table in ("sessions", "sets", "races", "events"):
        if table in imported.tables:
            catalogue.upsert(table, imported.tables[table])
    spans = imported.table("log_spans")
    catalogue.write(
        "INSERT INTO log_spans (what, first_date, last_date, source) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (what, first_date, source)"
        " DO UPDATE SET last_date = max(last_date, excluded.last_date)",
        zip(*map(spans.cells, ("what", "first_date", "last_date", "source")), strict=True),
    )


def _apart(one_s: float, other_s: float) -> bool:
    """Return whether two durations, both known, are those of two runs."""
    allowed = max(SAME_DURATION_SHARE * max(one_s, other_s), SAME_DURATION_S)
    return bool(one_s and other_s) and abs(one_s - other_s) > allowed


def _without(rows: TableColumns, runs: list[str]) -> TableColumns:
    gone = frozenset(runs)
    return rows.rows(np.array([one not in gone for one in rows["run_id"].tolist()], dtype=bool))


def _outcome(source: _BatchFile) -> FileOutcome:
    imported = source.imported
    return FileOutcome(
        name=source.file.name,
        path=source.file.place,
        outcome=source.outcome,
        reason=source.reason,
        importer=source.importer or "",
        n_runs=len(imported.table("runs")),
        n_sessions=len(imported.table("sessions")),
        n_sets=int(np.nansum(imported.table("sets")["n_sets"])),
        n_races=len(imported.table("races")),
        n_events=len(imported.table("events")),
        notes=tuple(str(note) for note in imported.notes if note.severity != "info"),
        rows=imported.rows,
    )
