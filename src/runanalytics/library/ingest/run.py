"""One import from the first file to the report: what is known is passed by, the rest is read.

Archives are opened only when something in them may be new. Files are decoded by this process
and, where there is enough to do, by others beside it (`workers`); they are
taken in the order in which they were met, so the library is the same either way.
"""

from __future__ import annotations

import functools
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runanalytics import __version__
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.files.archives import Archive
from runanalytics.importers.files.unpacking import ArchiveLimitError, Budget
from runanalytics.importers.files.walk import Found, walk, without_address
from runanalytics.library.ingest.report import FileOutcome, ImportReport, Outcome
from runanalytics.library.ingest.workers import Helpers, Job, do_in_order, spare_cores
from runanalytics.library.storage.catalogue import UNRECONCILED, Catalogue

if TYPE_CHECKING:
    from runanalytics.importers.contract import ReadOptions
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.ingest.batches import Ingest
    from runanalytics.library.ingest.decoding import Content, Decoded
    from runanalytics.library.storage.originals import Originals

#: Outcomes after which the same content is looked into again when it is met again.
_READ_AGAIN = ("skipped", "replaced")

#: From so many new files, or so many bytes of them, others help: starting one and handing it
#: its work costs a second and a third more processor time. With 200 runs there is too little
#: to win by it.
WORTH_FILES, WORTH_BYTES = 400, 32 * 2**20

#: Called with (files done, files met so far, what became of the file) after each file.
Progress = Callable[[int, int, FileOutcome], None]

_Place = tuple[str, int, int]


def add_paths(
    folder: LibraryFolder,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    dry_run: bool,
    keep_originals: bool,
    progress: Progress | None,
    timezone: str | None,
    units: str | None,
    engine: str | None,
) -> ImportReport:
    """Import files and folders into a library; see `runanalytics.Library.add`."""
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    # A library inside a folder that is imported is not a source of itself.
    found = [file for file in walk(paths) if not file.path.is_relative_to(folder.path)]
    take = functools.partial(
        add, found, progress=progress, timezone=timezone, units=units, engine=engine
    )
    if dry_run:
        return take(folder.reading(), folder.sample_folder, write=False)
    with folder.writing() as catalogue:
        originals = folder.originals if keep_originals else None
        return take(catalogue, folder.sample_folder, write=True, originals=originals)


def add(
    found: list[Found],
    catalogue: Catalogue | None,
    streams: Path,
    *,
    write: bool,
    progress: Progress | None = None,
    timezone: str | None = None,
    units: str | None = None,
    engine: str | None = None,
    originals: Originals | None = None,
) -> ImportReport:
    """Take every file that is not known into the library.

    Parameters
    ----------
    found : list of Found
        The files, in the order in which they are taken.
    catalogue : Catalogue or None
        What is known, open for writing where `write`; None where there is no library yet.
    streams : Path
        Folder of the sample files.
    write : bool
        Whether to write; a dry run only reads.
    progress : callable, optional
        Called after each file.
    timezone, units, engine : str, optional
        As for `runanalytics.read`.
    originals : Originals, optional
        Where the files themselves are kept; default: nowhere.

    Returns
    -------
    ImportReport
        What became of each file.
    """
    known = _known_places(catalogue) if originals is None else {}  # to be kept, they are opened
    adding = _Adding(known, progress, len(found), originals)
    unknown = [file for file in found if not adding.is_known(file)]
    entered: dict[str, set[str]] = {}
    if not unknown:
        # An import of nothing new need not load the importers.
        for file in found:
            adding.pass_by(file)
    else:
        with Helpers(_worth(unknown)) as helpers:  # they start while this process loads, too
            from runanalytics.importers import read_options
            from runanalytics.library.ingest.batches import Ingest

            options = read_options(engine=engine, timezone=timezone, units=units)
            ingest = Ingest(catalogue, options, streams, write=write)
            entered = ingest.entered
            try:
                do_in_order(adding.jobs(found, ingest, options), options, helpers)
            finally:
                # Also after Ctrl-C: what has been read need not be read again.
                ingest.flush()
    if write and catalogue is not None and catalogue.meta(UNRECONCILED) is not None:
        from runanalytics.library.linking.reconcile import reconcile

        reconcile(catalogue)
    if write and catalogue is not None and catalogue.meta("version") != __version__:
        with catalogue.transaction():
            catalogue.write("INSERT OR REPLACE INTO meta VALUES ('version', ?)", [[__version__]])
    same = _same(catalogue, entered) if write and entered and catalogue is not None else {}
    return ImportReport(tuple(adding.outcomes.values()), dry_run=not write, same=same)


def _same(catalogue: Catalogue, entered: dict[str, set[str]]) -> dict[str, int]:
    """Return how many of the rows that were added are the same as others."""
    from runanalytics.library.linking.combine import Links

    same = {}
    for what, new in entered.items():
        into = Links.from_catalogue(catalogue, what).into
        duplicates = {one for one in into if one in new}
        primaries = {primary for one, primary in into.items() if one not in new and primary in new}
        same[what] = len(duplicates | primaries)
    return {what: number for what, number in same.items() if number}


def _worth(unknown: list[Found]) -> int:
    """Return how many processes beside this one are worth their start."""
    n_bytes = sum(file.size for file in unknown)
    if len(unknown) < WORTH_FILES and n_bytes < WORTH_BYTES:
        return 0
    return spare_cores()


@dataclass
class _Opened:
    """An outermost archive whose files are being taken, and what became of them so far."""

    archive: Found
    budget: Budget = field(default_factory=Budget)
    counts: Counter[Outcome] = field(default_factory=Counter)


@dataclass
class _Adding:
    known: dict[_Place, FileOutcome]
    progress: Progress | None
    #: Files met so far; those in an archive are met when it is opened.
    n_met: int
    #: Where the files themselves are kept, if they are.
    originals: Originals | None = None
    outcomes: dict[Path, FileOutcome] = field(default_factory=dict)
    n_done: int = 0

    def is_known(self, file: Found) -> bool:
        """Return whether it is known by place, size and time alone."""
        return _place(file) in self.known

    def pass_by(self, file: Found, opened: _Opened | None = None) -> None:
        """Enter what became of a known file, and of those in it, when they were taken."""
        outcome = self.known[_place(file)]
        self._enter(file, outcome, opened)
        if outcome.outcome == "opened":
            inside = f"{file.path}{os.sep}"
            for (path, _, _), member in self.known.items():
                if path.startswith(inside):
                    self.outcomes[Path(path)] = member

    def jobs(self, found: Iterable[Found], ingest: Ingest, options: ReadOptions) -> Iterator[Job]:
        """Yield what is to be done, in order."""
        for file in found:
            yield from self._jobs_for(file, ingest, options, None)

    def _jobs_for(
        self, file: Found, ingest: Ingest, options: ReadOptions, opened: _Opened | None
    ) -> Iterator[Job]:
        if self.is_known(file):
            yield Job(None, lambda _: self.pass_by(file, opened))
        elif file.is_zip():
            yield from self._inside(file, ingest, options, opened)
        else:
            yield self._one(file, ingest, options, opened)

    def _inside(
        self, file: Found, ingest: Ingest, options: ReadOptions, within: _Opened | None
    ) -> Iterator[Job]:
        opened = within or _Opened(file)
        try:
            with Archive(file, opened.budget) as archive:
                self.n_met += len(archive.files)
                for member in archive.files:
                    yield from self._jobs_for(member, ingest, options, opened)
                listing = archive.listing
        except UnreadableFileError as error:
            if within is not None and isinstance(error, ArchiveLimitError):
                raise  # the outermost archive says so, once
            skipped = FileOutcome(file.name, str(file.path), "skipped", str(error))
            yield Job(None, lambda _: self._enter(file, skipped, opened))
            return
        if within is None:
            yield Job(None, lambda _: self._close(opened, listing, ingest))

    def _one(
        self, file: Found, ingest: Ingest, options: ReadOptions, opened: _Opened | None
    ) -> Job:
        from runanalytics.library.ingest.decoding import Content, Decoded, content_of

        try:
            content = content_of(file, options)
        except ArchiveLimitError:
            raise
        except RunAnalyticsError as error:
            skipped = FileOutcome(file.name, str(file.path), "skipped", str(error))
            return Job(None, lambda _: self._enter(file, skipped, opened))
        if self.originals is not None and content.digest:
            self._keep(file, content)
        known = content if isinstance(content, Decoded) else Decoded(content.digest, "duplicate")

        def take(decoded: Decoded | None) -> None:
            self._enter(file, ingest.take(file, decoded or known), opened)

        if isinstance(content, Content) and not ingest.is_known(content.digest):
            return Job(content, take)
        return Job(None, take)

    def _keep(self, file: Found, content: Content | Decoded) -> None:
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

    def _close(self, opened: _Opened, listing: str, ingest: Ingest) -> None:
        """Enter an archive, and how much of it was of no use."""
        file, counts = opened.archive, opened.counts
        n_files, n_ignored = counts.total(), counts["ignored"]
        outcome: Outcome = "opened"
        reason = f"{n_ignored} of its {n_files} files are of no kind that is read"
        if n_ignored == n_files:
            outcome = "skipped" if file.named else "ignored"
            reason = f"none of its {n_files} files is of a kind that is read"
        elif not n_ignored:
            reason = f"{n_files} files"
        if outcome == "skipped":
            reason = f"{file.name}: {reason}"
        elif not counts["skipped"]:
            ingest.take_archive(file, listing, outcome, reason)
        self._enter(file, FileOutcome(file.name, str(file.path), outcome, reason))

    def _enter(self, file: Found, outcome: FileOutcome, opened: _Opened | None = None) -> None:
        if opened is not None:
            opened.counts[outcome.outcome] += 1
        if outcome.outcome != "ignored" or not file.depth:
            self.outcomes[file.path] = outcome
        self.n_done += 1
        if self.progress is not None:
            self.progress(self.n_done, self.n_met, outcome)


def _place(file: Found) -> _Place:
    return str(file.path), file.size, file.mtime_ns


def _known_places(catalogue: Catalogue | None) -> dict[_Place, FileOutcome]:
    """Return what became of every file that need not be looked into again.

    Only files that this very version has read or passed over count: a newer one may read
    more out of them.
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
            without_address(Path(path).name), path, outcome, reason or "", importer or ""
        )
    return known
