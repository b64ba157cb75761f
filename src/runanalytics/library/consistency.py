"""Whether what a library holds makes sense: what is derived follows from the rest.

Bytes that are as they were stored may still contradict each other. What is derived is made anew in
a copy and compared: zones, duplicates and the runs of races by `reconcile`, segments from the
stored samples. Rows that name others must find them, and files that users write must make sense.
The library itself is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from runanalytics import __version__, schema
from runanalytics.errors import LibraryError, RunAnalyticsError
from runanalytics.library.corrections.movements import read_corrections
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.storage.catalogue import (
    UNRECONCILED,
    CatalogueCopy,
    stream_name,
    tables,
)
from runanalytics.library.storage.migrate import upgrade
from runanalytics.library.storage.words import CLAIMS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from runanalytics.library.storage.catalogue import Catalogue

#: How many rows a message names.
_MOST_NAMED = 3
#: Runs whose segments are made anew at once: together is many times faster than one by one.
_RUNS_AT_ONCE = 64
#: Segments are made of exactly what is stored; another machine may add up in another order.
_LAST_DIGITS = 1e-9

_REBUILD = "'runanalytics rebuild' makes it anew"
_AGAIN = "importing its file again mends it"
_SETTLE = f"the next import of something new settles it, or {_REBUILD}"


class _Derived(NamedTuple):
    """What of a table `reconcile` derives, in words, and the SQL expression that names a row."""

    words: str
    named: str


#: Tables in which `reconcile` writes; of any other, rows are named by their key.
_DERIVED = {
    "merges": _Derived("which rows are duplicates", "id || ' into ' || into_id"),
    "race_runs": _Derived("which run was which race", "race_id"),
    "clocks": _Derived("from where time zones are known", "id"),
    "runs": _Derived("when runs were", "run_id"),
    "sessions": _Derived("when sessions were", "session_id"),
    "segments": _Derived("on which days segments were", "run_id"),
}


class _Loose(NamedTuple):
    """Rows that stand alone or against others: what they are, how to find them, what mends them."""

    words: str
    query: str
    mended_by: str = _REBUILD


#: What is looked for, beside rows that a source states and that are not there.
_LOOSE = (
    _Loose(
        "runs whose samples are not there",
        "SELECT run_id FROM runs WHERE detail = 'samples'"
        " AND run_id NOT IN (SELECT run_id FROM streams)",
    ),
    _Loose(
        "samples of no run with samples",
        "SELECT run_id FROM streams"
        " WHERE run_id NOT IN (SELECT run_id FROM runs WHERE detail = 'samples')",
    ),
    _Loose(
        "runs with segments of another day",
        "SELECT run_id FROM segments JOIN runs USING (run_id)"
        " WHERE segments.local_date IS NOT runs.local_date",
    ),
    _Loose(
        "segments of no run",
        "SELECT run_id FROM segments WHERE run_id NOT IN (SELECT run_id FROM runs)",
    ),
    _Loose(
        "sets of no session",
        "SELECT session_id FROM sets WHERE session_id NOT IN (SELECT session_id FROM sessions)",
    ),
    *(
        # A rebuild reads the sources that are listed, and would lose these.
        _Loose(
            f"{words} of no source",
            f"SELECT {named} FROM {table} WHERE digest NOT IN (SELECT digest FROM sources)",  # noqa: S608
            _AGAIN,
        )
        for words, table, named in (
            ("rows", "provenance", "what || ' ' || id"),
            ("places", "places", "path"),
            ("options", "read_with", "digest"),
        )
    ),
)


def contradictions(folder: LibraryFolder) -> list[str]:
    """Return what of a library contradicts the rest of it, in words, with what mends it.

    A catalogue that is not as it was stored is left to `storage.verify`.

    Parameters
    ----------
    folder : LibraryFolder
        The library, which an import may be writing to: it is taken as it is at one moment.

    Returns
    -------
    list of str
        Nothing where all of it makes sense, or there is no library.
    """
    if not folder.catalogue_path.exists():
        return []
    try:
        copy = CatalogueCopy(folder.catalogue_path)
    except LibraryError:
        return []
    with closing(copy):
        checks: tuple[Callable[[], Iterable[str]], ...] = (
            lambda: _upgraded(copy),
            lambda: _loose(copy),
            lambda: _segments(copy, folder.sample_folder),
            lambda: _own_files(_Copied(folder.path, copy)),
            lambda: _derived(copy),
        )
        return list(dict.fromkeys(each for check in checks for each in _answered(check)))


def unsettled(folder: LibraryFolder) -> list[str]:
    """Return what the next import completes, in words: it is no damage.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    """
    try:
        catalogue = folder.reading()
        if catalogue is None:
            return []
        if catalogue.meta(UNRECONCILED) is not None:
            return ["An import was cut short: the next import, of anything, completes it."]
        if (version := _other_version(catalogue)) is not None:
            return [
                f"What is derived here is of version {version}: the next import, of anything, makes"
                f" it anew with {__version__}, and it is checked from then on."
            ]
    except LibraryError:
        return []  # `storage.verify` tells why
    return []


class _Copied(LibraryFolder):
    """A library's folder, with a copy of its catalogue."""

    def __init__(self, path: Path, copy: CatalogueCopy) -> None:
        super().__init__(path)
        self._catalogue = copy


def _upgraded(catalogue: Catalogue) -> Iterable[str]:
    """Bring the copy of an older library to this version's layout, which the other checks know."""
    upgrade(catalogue)
    return ()


def _answered(check: Callable[[], Iterable[str]]) -> list[str]:
    """Return what a check finds; that it cannot be made is a finding, too."""
    try:
        return list(check())
    except Exception as error:
        # Where pages have no checksums, there may be anything in the catalogue.
        why = error.message if isinstance(error, RunAnalyticsError) else repr(error)
        return [f"catalogue: what stands there makes no sense ({why}); {_REBUILD}"]


def _other_version(catalogue: Catalogue) -> str | None:
    """Return the version that last derived rows, if that is another than this one."""
    version = catalogue.meta("version")
    return None if version == __version__ else version


def _named(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"


# Rows that name others ---------------------------------------------------------------------------


def _loose(catalogue: Catalogue) -> Iterator[str]:
    """Yield which rows name others that are not there."""
    from runanalytics.library.ingest.batches import OWNED

    stated = (
        _Loose(
            f"{what} that a source states and that are not there",
            f"SELECT id FROM provenance WHERE what = '{what}'"  # noqa: S608
            f" AND id NOT IN (SELECT {key} FROM {what})",
        )
        for what, (key, _) in OWNED.items()
    )
    for words, query, mended_by in (*_LOOSE, *stated):
        names = sorted({str(name) for (name,) in catalogue.rows(query)})
        if names:
            yield f"catalogue: {words} ({len(names):,}: {_named(names)}); {mended_by}"


# What reconcile derives --------------------------------------------------------------------------


def _derived(catalogue: Catalogue) -> Iterator[str]:
    """Yield which rows are not as `reconcile` makes them; it changes the catalogue."""
    from runanalytics.library.linking.reconcile import RECORDERS, reconcile

    if catalogue.meta(UNRECONCILED) is not None or _other_version(catalogue) is not None:
        return
    recorders = catalogue.meta(RECORDERS)
    compared = tables(catalogue)
    catalogue.rows("ATTACH ':memory:' AS before")
    for table in compared:
        catalogue.rows(f'CREATE TABLE before."{table}" AS SELECT * FROM main."{table}"')  # noqa: S608
    reconcile(catalogue, force=True)
    for table in compared:
        key = next(row[1] for row in catalogue.rows(f'PRAGMA table_info("{table}")') if row[5])
        words, named = _DERIVED.get(table, _Derived(f"table {table}", f'"{key}"'))
        one, other = (f'SELECT * FROM {each}."{table}"' for each in ("before", "main"))  # noqa: S608
        query = (
            f"SELECT DISTINCT {named} FROM (SELECT * FROM ({one} EXCEPT {other})"  # noqa: S608
            f" UNION ALL SELECT * FROM ({other} EXCEPT {one})) ORDER BY 1"
        )
        if names := [str(name) for (name,) in catalogue.rows(query)]:
            yield (
                f"catalogue: {words} is not as the sources and your statements give it"
                f" ({len(names):,}: {_named(names)}); {_SETTLE}"
            )
    if recorders not in (None, catalogue.meta(RECORDERS)):
        yield f"catalogue: its note on which sources are recorded is wrong; {_SETTLE}"


# Segments ----------------------------------------------------------------------------------------


def _segments(catalogue: Catalogue, sample_folder: Path) -> Iterator[str]:
    """Yield the runs whose segments are not what the stored samples give."""
    from runanalytics.library.storage.sample_files import unpack_several
    from runanalytics.measures.segments import segments
    from runanalytics.measures.strides import count_strides

    digests = list(_comparable(catalogue).items())
    wrong: list[str] = []
    miscounted: list[str] = []
    for start in range(0, len(digests), _RUNS_AT_ONCE):
        packed = dict(_packed(digests[start : start + _RUNS_AT_ONCE], sample_folder))
        if not packed:
            continue
        where = f"run_id IN ({', '.join('?' * len(packed))})"
        runs = catalogue.frame("runs", where, list(packed))[["run_id", "local_date"]]
        kept = {run_id: packed[run_id] for run_id in runs["run_id"]}
        samples = unpack_several(kept)
        again = segments(samples, runs)
        wrong += _differing(catalogue.frame("segments", where, list(packed)), again)
        # Of a run that was read before bursts were looked for, none are known.
        counts = f"SELECT run_id, n_bursts FROM runs WHERE n_bursts IS NOT NULL AND {where}"  # noqa: S608
        stored = dict(catalogue.rows(counts, list(packed)))
        of_runs = samples[samples["run_id"].isin(stored)].groupby("run_id", sort=False)
        miscounted += [str(one) for one, rows in of_runs if count_strides(rows) != stored[one]]
    if miscounted:
        yield (
            "catalogue: strides are not as many as their run's samples hold"
            f" ({len(miscounted):,} runs: {_named(sorted(miscounted))}); {_REBUILD}"
        )
    if wrong:
        yield (
            "catalogue: segments are not what their run's samples give"
            f" ({len(wrong):,} runs: {_named(sorted(wrong))}); {_REBUILD}"
        )


def _comparable(catalogue: Catalogue) -> dict[str, str]:
    """Return the digests of samples by run, of runs whose sources this version has read.

    Earlier versions made segments of what was read rather than of what is stored.
    """
    from runanalytics.importers import importer_named

    digests, older = {}, set()
    for run_id, digest, name, version in catalogue.rows(
        "SELECT run_id, streams.digest, importer, importer_version FROM streams"
        " JOIN provenance ON what = 'runs' AND id = run_id"
        " JOIN sources ON sources.digest = provenance.digest ORDER BY run_id"
    ):
        digests[run_id] = digest
        importer = importer_named(name)
        if importer is None or importer.version != version:
            older.add(run_id)
    return {run_id: digest for run_id, digest in digests.items() if run_id not in older}


def _packed(digests: Iterable[tuple[str, str]], sample_folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the stored samples of runs, but for those that `storage.verify` finds damaged."""
    from runanalytics.importers.contract import content_digest

    for run_id, digest in digests:
        try:
            data = (sample_folder / stream_name(run_id, digest)).read_bytes()
        except (OSError, ValueError):
            continue
        if content_digest(data) == digest:
            yield run_id, data


def _differing(stored: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """Return the runs whose segments differ in number, place or what was measured."""
    import numpy as np

    pairs = stored.merge(
        again, on=["run_id", "segment"], how="outer", suffixes=("", " again"), indicator=True
    )
    differs = (pairs["_merge"] != "both").to_numpy(dtype=bool, copy=True)
    for column in schema.table("segments"):
        if column.dtype != schema.FLOAT:
            continue
        one, two = (
            pairs[name].to_numpy(dtype="float64", na_value=np.nan)
            for name in (column.name, f"{column.name} again")
        )
        same = np.isclose(one, two, rtol=_LAST_DIGITS, atol=_LAST_DIGITS, equal_nan=True)
        # Where the watch measured none, it may be what was logged for the run.
        differs |= ~(same | (np.isnan(two) & (column.name == "temperature_c")))
    return [str(run_id) for run_id in pairs.loc[differs, "run_id"].unique()]


# Files that users write --------------------------------------------------------------------------


def _own_files(folder: LibraryFolder) -> Iterator[str]:
    """Yield what makes no sense in the files that users write, with file and line."""
    for problems in (_wrong_names, _wrong_races, _wrong_claims):
        try:
            yield from problems(folder)
        except RunAnalyticsError as error:
            yield str(error)
        except OSError as error:
            yield f"{error.filename}: cannot be read ({error.strerror})"


def _wrong_names(folder: LibraryFolder) -> Iterable[str]:
    read_corrections(folder.path)
    return ()


def _wrong_races(folder: LibraryFolder) -> Iterable[str]:
    from runanalytics.library.corrections.races import FILE
    from runanalytics.library.race_list import race_list

    if not (path := folder.path / FILE).exists():
        return ()
    unknown = race_list(folder, altitude=False).attrs["unknown"]
    return [f"{path}: {problem}; 'runanalytics races remove' deletes it" for problem in unknown]


def _wrong_claims(folder: LibraryFolder) -> Iterable[str]:
    from runanalytics.claims import read_claims

    if (path := folder.path / CLAIMS).exists():
        read_claims(path.read_bytes(), str(path))
    return ()
