"""The list of importers, and the ways in: find the one for a file, and read with it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from runanalytics import schema
from runanalytics.errors import RunAnalyticsError, UnreadableFileError, UsageError
from runanalytics.importers.contract import (
    HEAD_BYTES,
    Imported,
    Importer,
    Note,
    ReadOptions,
)
from runanalytics.importers.fit import FIT
from runanalytics.importers.local_time import zone_named
from runanalytics.importers.strong import STRONG
from runanalytics.importers.tidy import TIDY_RACES, TIDY_RUNS, TIDY_SESSIONS, TIDY_SETS
from runanalytics.importers.walk import walk

#: Every importer there is. Add one here and the shared contract tests take it up.
IMPORTERS: tuple[Importer, ...] = (
    FIT,
    STRONG,
    TIDY_SETS,
    TIDY_SESSIONS,
    TIDY_RACES,
    TIDY_RUNS,
)


def identify(name: str, head: bytes) -> Importer:
    """Return the importer for a file.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first `HEAD_BYTES` bytes or more.

    Raises
    ------
    UnreadableFileError
        If no importer claims the file, or more than one does.
    """
    claimants = [importer for importer in IMPORTERS if importer.recognises(name, head)]
    if len(claimants) == 1:
        return claimants[0]
    if claimants:
        names = ", ".join(importer.name for importer in claimants)
        raise UnreadableFileError(
            f"more than one importer claims this file: {names}",
            where=name,
            hint="please report it with the file's first line",
        )
    if not head:
        raise UnreadableFileError(
            "the file is empty", where=name, hint="export or copy it once more"
        )
    if name.lower().endswith(".fit"):
        what = "text" if b"\0" not in head else "something else"
        raise UnreadableFileError(
            f"the name says FIT, but the content is {what}",
            where=name,
            hint="export the activity once more as an original FIT file",
        )
    known = ", ".join(importer.name for importer in IMPORTERS)
    raise UnreadableFileError(
        "not a file of any known source", where=name, hint=f"known sources are: {known}"
    )


def read(
    path: str | os.PathLike[str],
    *,
    engine: str | None = None,
    timezone: str | None = None,
    units: str | None = None,
) -> Imported:
    """Read one file into tables.

    Parameters
    ----------
    path : path
        A file of any source in `IMPORTERS`.
    engine : {None, "fitparse"}
        How a FIT file is decoded: by the built-in decoder, or by the fitparse library.
    timezone : str, optional
        IANA name of the zone of local times whose file does not state one. Default: the
        machine's zone.
    units : {None, "metric", "imperial"}
        Units of numbers whose file does not state them. Default: such a file is refused.

    Returns
    -------
    Imported
        The tables of `runanalytics.schema`, possibly empty, and notes.

    Raises
    ------
    UnreadableFileError
        If the file is not recognised, or nothing in it can be read.
    UnitError
        If its units have to be given by `units`.

    Examples
    --------
    >>> from runanalytics.shipped import sample_folder
    >>> read(sample_folder() / "races.csv", timezone="Europe/Berlin")
    Imported(0 runs, 0 samples, 0 sessions, 0 sets, 9 races, 0 log_spans, 0 notes)
    """
    options = read_options(engine=engine, timezone=timezone, units=units)
    (found,) = (file for file in walk([_one_file(path)]))
    return read_bytes(found.path.name, found.read(), options)[1]


def read_options(
    *, engine: str | None = None, timezone: str | None = None, units: str | None = None
) -> ReadOptions:
    """Return checked `ReadOptions`.

    Raises
    ------
    UsageError
        If the engine, zone or system of units is not known.
    """
    if engine not in (None, "fitparse"):
        raise UsageError(f"no FIT engine '{engine}'", hint="use 'fitparse' or leave it out")
    if units not in (None, "metric", "imperial"):
        raise UsageError(f"no system of units '{units}'", hint="use 'metric' or 'imperial'")
    if timezone is not None:
        zone_named(timezone)
    return ReadOptions(engine=engine, timezone=timezone, units=units)


def read_bytes(name: str, data: bytes, options: ReadOptions) -> tuple[Importer, Imported]:
    """Read a file's bytes; also return which importer did.

    Values outside the plausible range of their column are made missing, and said so in a note.

    Raises
    ------
    RunAnalyticsError
        With the file's name as its place.
    """
    importer = identify(name, data[:HEAD_BYTES])
    try:
        imported = importer.read(data, options)
    except RunAnalyticsError as error:
        error.where = f"{name}: {error.where}" if error.where else name
        raise
    except Exception as error:
        # One file must never stop the others; the cause stays attached for --debug.
        raise UnreadableFileError(
            f"the {importer.name} importer failed ({type(error).__name__}: {error})",
            where=name,
            hint="this is a defect of ours: please report it",
        ) from error
    return importer, _plausible(name, imported)


def _plausible(name: str, imported: Imported) -> Imported:
    frames = {}
    notes = [
        note if note.where.startswith(name) else replace(note, where=_place(name, note.where))
        for note in imported.notes
    ]
    for table in Imported.TABLES:
        frames[table] = getattr(imported, table)
        if frames[table].empty:
            continue
        frames[table], counts = schema.without_implausible(frames[table], table)
        for column, count in counts.items():
            spec = schema.TABLES[table][column]
            notes.append(
                Note(
                    "warning",
                    f"{count} implausible {'value' if count == 1 else 'values'} of {column} "
                    f"(outside {spec.low:g} to {spec.high:g} {spec.unit}) taken as missing",
                    name,
                )
            )
    return replace(imported, **frames, notes=notes)


def _place(name: str, where: str) -> str:
    return f"{name}: {where}" if where else name


def _one_file(path: str | os.PathLike[str]) -> Path:
    path = Path(path).expanduser()
    if path.is_dir():
        raise UnreadableFileError(
            "this is a folder", where=str(path), hint="add folders with Library.add"
        )
    return path
