"""Rebuilding a library from the files it was imported from.

The user's words are copied first, so that nothing derived from a source stands in their place.
Then every source is read again: from the original that was kept, or from where it was imported, if
the same content is still there. Sources whose file is gone are copied from the old library and
named in the result, and so is what is lost. The new library takes the place of the old one in one
step, once it is complete.
"""

from __future__ import annotations

import functools
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runanalytics.errors import LibraryError, RunAnalyticsError, UsageError
from runanalytics.importers.accounts import counted
from runanalytics.importers.contract import content_digest
from runanalytics.importers.files.archives import Archive
from runanalytics.importers.files.walk import Found, path_at, walk
from runanalytics.library.corrections.diary import diary_in
from runanalytics.library.ingest.batches import OWNED
from runanalytics.library.ingest.run import GivenOptions, Progress, import_files
from runanalytics.library.linking.reconcile import reconcile
from runanalytics.library.storage.catalogue import Catalogue, copy_rows, stream_name, tables
from runanalytics.library.storage.durable import make_private, stream_digest, sync_folder
from runanalytics.library.storage.originals import Originals
from runanalytics.library.storage.page_checksums import damaged_pages, log_path, sums_path
from runanalytics.library.storage.words import copy_words, word_tables
from runanalytics.library.storage.writing import (
    CATALOGUE,
    ORIGINALS,
    REBUILD,
    STREAMS,
    explained,
    locked,
    sweep,
)

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: Tables that are copied whatever files are left, beside those of the user's words.
_ALWAYS_COPIED = ("places", "sources", "sqlite_schema")

#: Condition on sources that were read, and whose content may be in the library.
_READ = "outcome NOT IN ('skipped', 'replaced', 'ignored', 'opened')"


@dataclass(frozen=True)
class Rebuilt:
    """What became of each source: how many were read anew, and the names of the others.

    Parameters
    ----------
    read : int
        Sources read again from an original or from where they lay.
    kept : tuple of str
        Sources whose file is gone, taken from the old library as they were.
    lost : tuple of str
        What could not be had from anywhere, in words.
    doubtful : tuple of str
        Damaged pages of the old catalogue: what was taken over from them, of sources whose file
        is gone and of what the user stated, may be wrong.
    """

    read: int
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the result in words, one thing a line."""
        were = "was" if self.read == 1 else "were"
        lines = [f"{counted(self.read, 'file')} {were} read anew."]
        if self.kept:
            one = len(self.kept) == 1
            gone = "1 is gone; what it" if one else f"{len(self.kept):,} are gone; what they"
            lines.append(f"{gone} held is taken from before:")
            lines += [f"  {name}" for name in self.kept]
        lines += [f"lost: {what}" for what in self.lost]
        if self.doubtful:
            lines.append("What was taken over from damaged pages may be wrong; look at it:")
            lines += [f"  {page}" for page in self.doubtful]
        return "\n".join(lines)


@dataclass(frozen=True)
class _ReadSource:
    """A source that was read: its name, the options given, and the places where it was found."""

    digest: str
    name: str
    given: GivenOptions
    places: tuple[tuple[str, int, int], ...]


def rebuild(folder: LibraryFolder, progress: Progress | None = None) -> Rebuilt:
    """Make a library anew; the old one stays as it is until the new one is complete.

    Parameters
    ----------
    folder : LibraryFolder
        The library, which may be damaged.
    progress : callable, optional
        Called with (files done, files in all, name of the file) after each file.

    Returns
    -------
    Rebuilt
        What was read, what was kept from before, and what is lost.

    Raises
    ------
    UsageError
        If there is nothing to rebuild from.
    LibraryError
        If the folder cannot be written.
    """
    path = folder.path
    if not folder.catalogue_path.exists() and not (path / ORIGINALS).is_dir():
        raise UsageError("there is no library to rebuild", where=str(path))
    folder.close()
    with explained(path), locked(path):
        new = path / REBUILD
        shutil.rmtree(new, ignore_errors=True)
        for inner in (new, new / STREAMS):
            make_private(inner)
        with _opened(path / CATALOGUE) as old, closing(Catalogue(new / CATALOGUE)) as catalogue:
            damaged = [] if old is None else damaged_pages(path / CATALOGUE)
            result = _rebuilt(path, old, catalogue, progress)
            if old is not None and not result.kept:
                copied = "|".join((*word_tables(old), *_ALWAYS_COPIED))
                damaged = [page for page in damaged if re.search(rf"\b(?:{copied})\b", page)]
            result = replace(result, doubtful=tuple(damaged))
        _take_its_place(new, path)
    return result


def _rebuilt(
    folder: Path, old: Catalogue | None, catalogue: Catalogue, progress: Progress | None
) -> Rebuilt:
    originals = Originals(folder / ORIGINALS)
    lost = [] if old is None else copy_words(old, catalogue)
    sources, unknown = _sources(old, originals)
    lost += unknown
    found = dict(_found(sources, originals, folder))
    for given in dict.fromkeys(source.given for source in sources):
        import_files(
            [
                found[each.digest]
                for each in sources
                if each.given == given and each.digest in found
            ],
            catalogue,
            streams=catalogue.path.parent / STREAMS,
            given=given,
            write=True,
            progress=progress,
        )
    if old is None:
        return Rebuilt(len(found), (), tuple(lost))
    gone = [source for source in sources if source.digest not in found]
    with catalogue.transaction():
        for source in gone:
            lost += _copied(source, old, catalogue, folder / STREAMS)
        lost += _copied_meetings(old, catalogue)
        reconcile(catalogue, force=True)
    # The same column of a newer version may be left behind of many sources.
    told = tuple(dict.fromkeys(lost))
    return Rebuilt(len(found), tuple(source.name for source in gone), told)


@contextmanager
def _opened(path: Path) -> Iterator[Catalogue | None]:
    """Open the old catalogue, damaged or not; None where it cannot be opened at all."""
    catalogue = None
    with suppress(LibraryError):
        catalogue = Catalogue(path, read_only=True, checked=False)
    try:
        yield catalogue
    finally:
        if catalogue is not None:
            catalogue.close()


# Sources and their files -------------------------------------------------------------------------


def _sources(old: Catalogue | None, originals: Originals) -> tuple[list[_ReadSource], list[str]]:
    """Return every source that was read, in the order in which they were imported."""
    sources: list[_ReadSource] = []
    lost = []
    try:
        if old is None:
            raise LibraryError("the catalogue cannot be opened")
        places = defaultdict(list)
        for path, size, mtime_ns, digest in old.rows("SELECT * FROM places ORDER BY path"):
            places[digest].append((path, size, mtime_ns))
        given = {}
        if "read_with" in tables(old):
            for digest, *options in old.rows("SELECT * FROM read_with"):
                given[digest] = GivenOptions(*options)
        query = f"SELECT digest, name FROM sources WHERE {_READ} ORDER BY rowid"  # noqa: S608
        sources = [
            _ReadSource(digest, name, given.get(digest, GivenOptions()), tuple(places[digest]))
            for digest, name in old.rows(query)
        ]
    except LibraryError as error:
        lost.append(f"the list of sources ({error.message}); only originals could be read")
    known = {source.digest for source in sources}
    return sources + [
        _ReadSource(digest, f"original {digest}", GivenOptions(), ())
        for digest in originals.digests()
        if digest not in known
    ], lost


def _found(
    sources: list[_ReadSource], originals: Originals, folder: Path
) -> Iterator[tuple[str, Found]]:
    """Yield the files whose content is still there, by its digest."""
    own = diary_in(folder)
    archives: dict[Path, dict[str, Found]] = {}
    for source in sources:
        if originals.holds(source.digest):
            path, size, mtime_ns = source.places[0] if source.places else (source.name, 0, 0)
            opener = functools.partial(originals.open, source.digest)
            yield source.digest, Found(path_at(path), size, mtime_ns, named=False, opener=opener)
            continue
        for path, _, _ in source.places:
            is_own = own is not None and path == own.place
            file = own if is_own else _at(path_at(path), archives)
            if file is not None and _digest(file) == source.digest:
                yield source.digest, file
                break


def _at(path: Path, archives: dict[Path, dict[str, Found]]) -> Found | None:
    """Return the file at a place, which may lie in an archive; None if it is gone."""
    if path.is_file():
        return next(walk([path]))
    outer = next((parent for parent in path.parents if parent.is_file()), None)
    if outer is None:
        return None
    if outer not in archives:
        with suppress(RunAnalyticsError):
            archives[outer] = {str(file.path): file for file in _inside(next(walk([outer])))}
    return archives.get(outer, {}).get(str(path))


def _inside(archive: Found) -> Iterator[Found]:
    with Archive(archive) as opened:
        for file in opened.files:
            if file.is_zip():
                yield from _inside(file)
            else:
                yield file


def _digest(file: Found) -> str:
    with suppress(RunAnalyticsError, OSError), file.open() as opened:
        return stream_digest(opened)
    return ""


# Copying ----------------------------------------------------------------------------------------


def _copied(source: _ReadSource, old: Catalogue, new: Catalogue, streams: Path) -> list[str]:
    """Copy what only this source holds; return what of it is lost."""
    lost = []
    try:
        for what, (key, owned) in OWNED.items():
            held = f"{key} IN (SELECT id FROM provenance WHERE digest = ? AND what = '{what}')"  # noqa: S608
            for table in owned:
                if table == "streams":
                    lost += _copied_samples(old, new, streams, held, source.digest)
                else:
                    lost += copy_rows(old, new, table, held, (source.digest,))
        lost += copy_rows(old, new, "provenance", "digest = ?", (source.digest,))
        held = "id IN (SELECT id FROM provenance WHERE digest = ?)"
        lost += copy_rows(old, new, "clocks", held, (source.digest,))
    except LibraryError as error:
        lost.append(f"what {source.name} held ({error.message})")
    return lost


def _copied_samples(
    old: Catalogue, new: Catalogue, streams: Path, held: str, source: str
) -> list[str]:
    lost = []
    present = {run_id for (run_id,) in new.rows("SELECT run_id FROM streams")}
    query = f"SELECT run_id, digest FROM streams WHERE {held}"  # noqa: S608
    for run_id, digest in old.rows(query, (source,)):
        path = streams / stream_name(run_id, digest)
        if run_id in present:
            continue
        if not path.exists() or content_digest(path.read_bytes()) != digest:
            lost.append(f"the samples of run {run_id}: damaged, and its file is gone")
            continue
        shutil.copy2(path, new.path.parent / STREAMS)
        lost += copy_rows(old, new, "streams", "run_id = ?", (run_id,))
    return lost


def _copied_meetings(old: Catalogue, new: Catalogue) -> list[str]:
    """Copy where and when each source was found."""
    lost = []
    for table in ("places", "sources"):
        try:
            lost += copy_rows(old, new, table)
        except LibraryError as error:
            lost.append(f"what table {table} held ({error.message})")
    with suppress(LibraryError):
        met = old.rows("SELECT added_utc, digest FROM sources")
        new.write("UPDATE sources SET added_utc = ? WHERE digest = ?", met)
    return lost


# Taking its place -------------------------------------------------------------------------------


def _take_its_place(new: Path, folder: Path) -> None:
    make_private(folder / STREAMS)
    for path in (new / STREAMS).iterdir():
        path.replace(folder / STREAMS / path.name)
    sync_folder(folder / STREAMS)
    place = folder / CATALOGUE
    try:
        with closing(Catalogue(place, checked=False)) as catalogue:
            catalogue.become(new / CATALOGUE)
    except LibraryError as error:
        if isinstance(error.__cause__, sqlite3.OperationalError):
            raise  # for lack of room, say: the old catalogue is whole, in part still in its log
        # It is too damaged to be opened, so nobody is reading it.
        for leftover in (log_path(place), Path(f"{place}-shm")):
            leftover.unlink(missing_ok=True)
        sums_path(new / CATALOGUE).replace(sums_path(place))
        (new / CATALOGUE).replace(place)
        sync_folder(folder)
    with closing(Catalogue(place)) as catalogue:
        sweep(catalogue, folder)
