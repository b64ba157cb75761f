"""One import, from the first file to the report: known files are recognised, the others read.

Archives are opened only if something in them may be new. Files are decoded by this process and,
where there is enough to do, by others beside it (`workers`). They are stored in the order in which
they were found, so that the library is the same either way.
"""

from __future__ import annotations

import functools
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runanalytics import __version__
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.files.archives import Archive
from runanalytics.importers.files.unpacking import ArchiveLimitError, Budget
from runanalytics.importers.files.walk import Found, name_at, walk
from runanalytics.library.ingest.report import FileOutcome, ImportReport, OutcomeName
from runanalytics.library.ingest.workers import Helpers, Job, do_in_order, spare_cores
from runanalytics.library.storage.catalogue import UNRECONCILED, Catalogue
from runanalytics.library.storage.writing import settle_originals

if TYPE_CHECKING:
    from runanalytics.importers.contract import ReadOptions
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.ingest.batches import BatchWriter
    from runanalytics.library.ingest.decoding import Content, Decoded
    from runanalytics.library.linking.one_body import AtOneTime
    from runanalytics.library.storage.originals import Originals

#: Outcomes after which the same content is read again when it is found again.
_READ_AGAIN = ("skipped", "replaced")

#: From so many new files, or bytes of them, other processes help: one is ready in a quarter of a
#: second, while this process loads what else it needs.
WORTH_FILES, WORTH_BYTES = 48, 6 * 2**20

#: Called with (files done, files found so far, what became of the file) after each file.
Progress = Callable[[int, int, FileOutcome], None]

_Place = tuple[str, int, int]


class GivenOptions(NamedTuple):
    """The options of `runanalytics.read` as the user gave them."""

    timezone: str | None = None
    units: str | None = None
    engine: str | None = None


def import_paths(
    folder: LibraryFolder,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    given: GivenOptions,
    *,
    dry_run: bool,
    keep_originals: bool,
    progress: Progress | None,
) -> ImportReport:
    """Import files and folders into a library; see `runanalytics.Library.add`."""
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    # A library inside an imported folder is not a source of itself.
    found = [file for file in walk(paths) if not file.path.is_relative_to(folder.path)]
    read = functools.partial(
        import_files, found, streams=folder.sample_folder, given=given, progress=progress
    )
    if dry_run:
        return read(folder.reading(), write=False)
    with folder.writing() as catalogue:
        kept = folder.originals if keep_originals else None
        report: ImportReport = read(catalogue, write=True, originals=kept)
        if kept is not None:
            settle_originals(catalogue, folder.path)
    if not report.total("sessions"):
        return report
    from runanalytics.library.log_gaps import log_gaps

    return replace(report, log_gaps=log_gaps(folder))


def import_files(
    found: list[Found],
    catalogue: Catalogue | None,
    *,
    streams: Path,
    given: GivenOptions,
    write: bool,
    progress: Progress | None = None,
    originals: Originals | None = None,
) -> ImportReport:
    """Import every file that is not known.

    Parameters
    ----------
    found : list of Found
        The files, in the order in which they are stored.
    catalogue : Catalogue or None
        The library's, open for writing where `write`; None where there is no library yet.
    streams : Path
        Folder of the sample files.
    given : GivenOptions
        How files are to be read.
    write : bool
        Whether to write; a dry run only reads.
    progress : callable, optional
        Called after each file.
    originals : Originals, optional
        Where the files themselves are kept; by default they are not.

    Returns
    -------
    ImportReport
        What became of each file.
    """
    if any(given):  # a wrong option is one, even if there is nothing new to read
        from runanalytics.importers import read_options

        read_options(**given._asdict())
    known = _known_places(catalogue) if originals is None else {}  # to be kept, they are opened
    current = _Import(known, progress, len(found), originals)
    unknown = [file for file in found if not current.is_known(file)]
    added: dict[str, set[str]] = {}
    if not unknown:
        # An import of nothing new need not load the importers.
        for file in found:
            current.record_known(file)
    else:
        with Helpers(_worth(unknown)) as helpers:  # they start while this process loads, too
            from runanalytics.importers import read_options
            from runanalytics.library.ingest.batches import BatchWriter

            options = read_options(**given._asdict())
            writer = BatchWriter(catalogue, options, streams, write=write)
            added = writer.added
            try:
                do_in_order(current.jobs(found, writer, options), options, helpers)
            finally:
                # Also after Ctrl-C: what has been read need not be read again.
                writer.flush(last=True)
    same: dict[str, int] = {}
    crossed: tuple[AtOneTime, ...] = ()
    if write and catalogue is not None:
        if catalogue.meta(UNRECONCILED) is not None:
            from runanalytics.library.linking.reconcile import reconcile

            reconcile(catalogue)
        if catalogue.meta("version") != __version__:
            with catalogue.transaction():
                version = [("version", __version__)]
                catalogue.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", version)
        same = _n_same(catalogue, added) if added else {}
        crossed = _at_one_time(catalogue, added["runs"] | added["races"]) if added else ()
    outcomes = tuple(current.outcomes.values())
    return ImportReport(outcomes, dry_run=not write, same=same, at_one_time=crossed)


def _n_same(catalogue: Catalogue, added: dict[str, set[str]]) -> dict[str, int]:
    """Return how many of the rows that were added are the same as others."""
    from runanalytics.library.linking.combine import KEYS, Links

    same = {}
    for what in KEYS:
        new = added[what]
        pairs = Links.from_catalogue(catalogue, what).primary_of.items()
        rows = {row if row in new else primary for row, primary in pairs}
        same[what] = len(rows & new)
    return {what: number for what, number in same.items() if number}


def _at_one_time(catalogue: Catalogue, new: set[str]) -> tuple[AtOneTime, ...]:
    """Return the pairs of runs and races that cannot be of one person, one of them new."""
    if not new:
        return ()
    from runanalytics.library.linking.one_body import at_one_time
    from runanalytics.library.linking.view import table

    pairs = at_one_time(catalogue, table(catalogue, "runs"), table(catalogue, "races"))
    return tuple(pair for pair in pairs if not new.isdisjoint((pair.first, pair.second)))


def _worth(unknown: list[Found]) -> int:
    """Return how many processes beside this one are worth starting."""
    if len(unknown) < WORTH_FILES and sum(file.size for file in unknown) < WORTH_BYTES:
        return 0
    return spare_cores()


@dataclass
class _OpenArchive:
    """An outermost archive whose files are being read, and how many had which outcome so far."""

    archive: Found
    budget: Budget = field(default_factory=Budget)
    counts: Counter[OutcomeName] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    #: Why files of it cannot be opened at all, such as encrypted ones.
    problems: list[str] = field(default_factory=list)


@dataclass
class _Import:
    """The outcomes of the files of one import so far, and the jobs that are left."""

    known: dict[_Place, FileOutcome]
    progress: Progress | None
    #: Files found so far; those in an archive are found when it is opened.
    n_found: int
    #: Where the files themselves are kept, if they are.
    originals: Originals | None = None
    outcomes: dict[Path, FileOutcome] = field(default_factory=dict)
    n_done: int = 0

    def is_known(self, file: Found) -> bool:
        """Return whether it is known by place, size and time alone.

        A file that was passed over in its folder is read when it is named, to say why it cannot be.
        """
        known = self.known.get(_place(file))
        return known is not None and not (file.named and known.outcome == "ignored")

    def record_known(self, file: Found, opened: _OpenArchive | None = None) -> None:
        """Record the outcome of a known file, and of those in it, when they were imported."""
        outcome = self.known[_place(file)]
        self._record(file, outcome, opened)
        if outcome.outcome == "opened":
            inside = f"{file.place}{os.sep}"
            for (path, _, _), member in self.known.items():
                if path.startswith(inside):
                    self.outcomes[Path(path)] = member

    def jobs(
        self, found: Iterable[Found], writer: BatchWriter, options: ReadOptions
    ) -> Iterator[Job]:
        """Yield what is to be done, in order."""
        for file in found:
            yield from self._jobs(file, writer, options, None)

    def _jobs(
        self, file: Found, writer: BatchWriter, options: ReadOptions, opened: _OpenArchive | None
    ) -> Iterator[Job]:
        if self.is_known(file):
            yield Job(None, lambda _: self.record_known(file, opened))
        elif file.is_zip():
            yield from self._archive_jobs(file, writer, options, opened)
        else:
            yield self._job(file, writer, options, opened)

    def _archive_jobs(
        self, file: Found, writer: BatchWriter, options: ReadOptions, within: _OpenArchive | None
    ) -> Iterator[Job]:
        opened = within or _OpenArchive(file)
        try:
            with Archive(file, opened.budget) as archive:
                self.n_found += len(archive.files)
                opened.notes += [f"{file.name}: {note}" for note in archive.notes]
                opened.problems += [member.problem for member in archive.files if member.problem]
                for member in archive.files:
                    yield from self._jobs(member, writer, options, opened)
                listing = archive.listing
        except UnreadableFileError as error:
            if within is not None and isinstance(error, ArchiveLimitError):
                raise  # reported once, of the outermost archive
            skipped = FileOutcome(file.name, file.place, "skipped", str(error))
            yield Job(None, lambda _: self._record(file, skipped, opened))
            return
        if within is None:
            yield Job(None, lambda _: self._close_archive(opened, listing, writer))

    def _job(
        self, file: Found, writer: BatchWriter, options: ReadOptions, opened: _OpenArchive | None
    ) -> Job:
        from runanalytics.library.ingest.decoding import Content, Decoded, content_of

        try:
            content = content_of(file, options)
        except ArchiveLimitError:
            raise
        except RunAnalyticsError as error:
            skipped = FileOutcome(file.name, file.place, "skipped", str(error))
            return Job(None, lambda _: self._record(file, skipped, opened))
        if self.originals is not None and content.digest:
            self._keep_original(file, content)
        known = content if isinstance(content, Decoded) else Decoded(content.digest, "duplicate")

        def take(decoded: Decoded | None) -> None:
            self._record(file, writer.add(file, decoded or known), opened)

        if isinstance(content, Content) and not writer.is_known(content.digest):
            return Job(content, take)
        return Job(None, take)

    def _keep_original(self, file: Found, content: Content | Decoded) -> None:
        """Keep the original of a file that some importer reads."""
        from runanalytics.importers.contract import HEAD_BYTES
        from runanalytics.importers.registry import claimants
        from runanalytics.library.ingest.decoding import Content

        assert self.originals is not None
        if isinstance(content, Content):
            if claimants(content.name, content.data[:HEAD_BYTES]):
                self.originals.keep(content.digest, io.BytesIO(content.data))
        elif content.importer is not None:
            with file.open() as opened:
                self.originals.keep(content.digest, opened)

    def _close_archive(self, opened: _OpenArchive, listing: str, writer: BatchWriter) -> None:
        """Record an archive, and how many of its files are of no kind that is read."""
        file, counts = opened.archive, opened.counts
        n_files, n_ignored = counts.total(), counts["ignored"]
        outcome: OutcomeName = "opened"
        reason = f"{n_ignored} of its {n_files} files are of no kind that is read"
        if n_ignored == n_files:
            outcome = "skipped" if file.named or file.may_hold_training else "ignored"
            reason = f"none of its {n_files} files is of a kind that is read"
            if opened.problems:
                reason = f"none of its {n_files} files can be read: {opened.problems[0]}"
        elif not n_ignored:
            reason = "1 file" if n_files == 1 else f"{n_files} files"
        if outcome == "skipped":
            reason = f"{file.name}: {reason}"
        elif not counts["skipped"]:
            writer.add_archive(file, listing, outcome, reason)
        notes = tuple(opened.notes)
        self._record(file, FileOutcome(file.name, file.place, outcome, reason, notes=notes))

    def _record(
        self, file: Found, outcome: FileOutcome, opened: _OpenArchive | None = None
    ) -> None:
        if opened is not None:
            opened.counts[outcome.outcome] += 1
        if outcome.outcome != "ignored" or not file.depth:
            self.outcomes[file.path] = outcome
        self.n_done += 1
        if self.progress is not None:
            self.progress(self.n_done, self.n_found, outcome)


def _place(file: Found) -> _Place:
    return file.place, file.size, file.mtime_ns


def _known_places(catalogue: Catalogue | None) -> dict[_Place, FileOutcome]:
    """Return what became of every file that need not be read again.

    Only files that this very version has read or ignored count: a newer one may read more of
    them.
    """
    if catalogue is None or catalogue.meta("version") != __version__:
        return {}
    known = {}
    for path, size, mtime_ns, outcome, reason, importer in catalogue.rows(
        "SELECT path, size, mtime_ns, outcome, reason, importer"
        " FROM places JOIN sources USING (digest)"
    ):
        if outcome in _READ_AGAIN:
            continue
        if outcome == "added":
            outcome, reason = "duplicate", "already in the library"
        known[path, size, mtime_ns] = FileOutcome(
            name_at(Path(path)), path, outcome, reason or "", importer or ""
        )
    return known
