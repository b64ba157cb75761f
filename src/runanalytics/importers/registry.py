"""The list of importers, and the functions that find one for a file and read with it."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.errors import RunAnalyticsError, UnreadableFileError, UsageError, one_line
from runanalytics.importers.contract import (
    HEAD_BYTES,
    Imported,
    ImportedColumns,
    Importer,
    Note,
    ReadOptions,
    StreamingImporter,
)
from runanalytics.importers.files.archives import Archive
from runanalytics.importers.files.unpacking import Budget
from runanalytics.importers.files.walk import Found, walk
from runanalytics.importers.fit import FIT
from runanalytics.importers.fit.codec.framing import MAGIC
from runanalytics.importers.implausible_days import without_implausible_days
from runanalytics.schema.columns import TableColumns
from runanalytics.units.numerals import shown

#: Columns of names that people and devices give; a name is one line.
_NAMES = frozenset(
    ("title", "name_as_logged", "device", "sensor", "power_sensor", "firmware", "shoe")
)

#: Every importer there is: its module, and its name there. They are loaded when there is a file
#: that is not FIT, since that takes as long as to read fifty runs.
_MODULES = (
    ("fit", "FIT"),
    ("activity_lists.garmin_csv", "GARMIN_CSV"),
    ("activity_lists.garmin_json", "GARMIN_JSON"),
    ("activity_lists.garmin_exercise_sets", "GARMIN_EXERCISE_SETS"),
    ("stryd", "STRYD"),
    ("tracks.tcx", "TCX"),
    ("tracks.gpx", "GPX"),
    ("apple.health", "APPLE_HEALTH"),
    ("activity_lists.strava", "STRAVA_CSV"),
    ("run_lists.fitbit_form", "FITBIT_FORM"),
    ("run_lists.tables", "FITBIT_EXERCISES"),
    ("run_lists.tables", "RUNKEEPER"),
    ("run_lists.tables", "TRAINING_PEAKS"),
    ("run_lists.tables", "INTERVALS_CSV"),
    ("run_lists.documents", "INTERVALS_JSON"),
    ("run_lists.documents", "RUNTASTIC"),
    ("run_lists.documents", "POLAR_JSON"),
    ("run_lists.polar_csv", "POLAR_CSV"),
    ("run_lists.documents", "SUUNTO_JSON"),
    ("run_lists.golden_cheetah", "GOLDEN_CHEETAH"),
    ("strength.strong", "STRONG"),
    ("strength.hevy", "HEVY"),
    ("strength.hevy_json", "HEVY_JSON"),
    ("strength.fitbod", "FITBOD"),
    ("strength.fitnotes", "FITNOTES"),
    ("strength.stronglifts", "STRONGLIFTS"),
    ("strength.jefit", "JEFIT"),
    ("races.importer", "RACE_LISTS"),
    ("strength.gymrun", "GYMRUN"),
    ("strength.liftlog", "LIFTLOG"),
    ("strength.liftosaur", "LIFTOSAUR"),
    ("strength.lyfta", "LYFTA"),
    ("strength.fitnotes_workouts", "FITNOTES_WORKOUTS"),
    ("strength.alpha_progression", "ALPHA_PROGRESSION"),
    ("strength.gymbook", "GYMBOOK"),
    ("strength.stronglifts_2016", "STRONGLIFTS_2016"),
    ("diary.calendar", "CALENDAR"),
    ("tidy.workbook", "WorkbookImporter"),
    ("diary.importer", "DIARY"),
    ("tidy.importer", "TIDY_SETS"),
    ("tidy.importer", "TIDY_SESSIONS"),
    ("races.importer", "TIDY_RACES"),
    ("tidy.importer", "TIDY_RUNS"),
)


#: Every importer there is, loaded when it is asked for. The shared contract tests run over all.
IMPORTERS: tuple[Importer, ...]


def __getattr__(name: str) -> Any:
    """Load `IMPORTERS`."""
    if name != "IMPORTERS":
        raise AttributeError(f"module 'runanalytics.importers.registry' has no attribute '{name}'")
    found = []
    for module, home in _MODULES:
        importer = getattr(importlib.import_module(f"runanalytics.importers.{module}"), home)
        # Sheets of a workbook are read with the importers of text.
        found.append(importer(claimants) if isinstance(importer, type) else importer)
    globals()[name] = result = tuple(found)
    return result


def _importers() -> Iterator[Importer]:
    """Yield every importer; the others are not loaded while the first is enough."""
    if "IMPORTERS" not in globals():
        yield FIT
        yield from __getattr__("IMPORTERS")[1:]
    else:
        yield from globals()["IMPORTERS"]


def importer_named(name: str | None) -> Importer | None:
    """Return the importer of this name; None if there is none, or no longer one."""
    return next((importer for importer in _importers() if importer.name == name), None)


def claimants(name: str, head: bytes) -> list[Importer]:
    """Return every importer that recognises a file of this name and these first bytes.

    Fallbacks are tried where no other importer recognises it. A binary file that an importer of
    binary files recognises by its first bytes is not offered to importers of text.
    """
    if b"\0" in head:
        if head[8:12] == MAGIC:  # so begins no other binary file
            return [FIT]
        of_binary = [one for one in _importers() if one.binary and one.recognises("", head)]
        if of_binary:
            return of_binary
    name = _without_gz(name)  # the content was unpacked
    # Of what is empty only the name tells, and only where people write the file themselves.
    asked = [one for one in _importers() if head or one.edited_by_hand]
    recognising = [one for one in asked if not one.fallback and one.recognises(name, head)]
    return recognising or [one for one in asked if one.fallback and one.recognises(name, head)]


def importer_by_ending(name: str) -> Importer | None:
    """Return the importer whose `endings` this file name has; None if no importer's.

    Examples
    --------
    >>> importer_by_ending("1234.FIT.gz").name, importer_by_ending("races.csv")
    ('fit', None)
    """
    name = _without_gz(name)
    return next((one for one in _importers() if name.endswith(one.endings)), None)


def is_expected(file: Found, head: bytes = b"") -> bool:
    """Return whether a file should be readable: the user named it, or its ending says so.

    That is the ending of an importer's files, or, outside of archives, of any that training is
    kept in. If such a file cannot be read, that is reported with the reason; any other file that
    no importer recognises is counted.

    Parameters
    ----------
    file : Found
        The file.
    head : bytes
        Its first bytes, where they are known.
    """
    if file.named or importer_by_ending(file.path.name) is not None:
        return True
    from runanalytics.importers.unknown import is_companion

    return file.may_hold_training and not is_companion(head)


def _without_gz(name: str) -> str:
    return name.lower().removesuffix(".gz")


def identify(name: str, head: bytes, *, by_name: bool = True) -> Importer:
    """Return the importer for a file.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first `HEAD_BYTES` bytes or more.
    by_name : bool
        Whether the name may be used where the content is not enough.

    Raises
    ------
    UnreadableFileError
        If no importer claims the file, or more than one does.
    """
    recognising = claimants(name if by_name else "", head)
    if len(recognising) == 1:
        return recognising[0]
    if recognising:
        names = ", ".join(importer.name for importer in recognising)
        raise UnreadableFileError(
            f"more than one importer claims this file: {names}",
            where=name,
            hint="please report it with the file's first line",
        )
    if not head:
        raise UnreadableFileError(
            "the file is empty", where=name, hint="export or copy it once more"
        )
    if expected := importer_by_ending(name):
        content = "text" if b"\0" not in head else "something else"
        if expected.edited_by_hand and not expected.binary:
            raise UnreadableFileError(
                f"the name says {expected.name}, but the content is {content}",
                where=name,
                hint="save it as plain text",
            )
        kind = expected.name.upper()
        raise UnreadableFileError(
            f"the name says {kind}, but the content is {content}",
            where=name,
            hint=f"export the activity once more as an original {kind} file",
        )
    from runanalytics.importers.unknown import unknown_file

    raise unknown_file(name, head, tuple(_importers()))


@checked_arguments
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
        A file of any source in `IMPORTERS`, also gzipped, or alone in a zip archive.
    engine : {None, "fitparse"}
        How a FIT file is decoded: by the built-in decoder, or by the fitparse library.
    timezone : str, optional
        IANA name of the zone of local times whose file does not state one. Default: this
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
    Imported(0 runs, 0 samples, 0 sessions, 0 sets, 9 races, 0 log_spans, 0 events, 0 notes)
    """
    options = read_options(engine=engine, timezone=timezone, units=units)
    given = Path(path).expanduser()
    if given.is_dir():
        raise UnreadableFileError(
            "this is a folder", where=str(given), hint="add folders with Library.add"
        )
    (file,) = walk([given])
    if not file.is_zip():
        return _with_account(file.name, _read_file(file, options))
    notes: list[Note] = []
    with contextlib.ExitStack() as opened:
        readable = list(itertools.islice(_readable(file, Budget(), opened, notes), 2))
        if len(readable) == 1:
            imported = _with_account(readable[0].name, _read_file(readable[0], options))
            return replace(imported, notes=[*notes, *imported.notes])
    number = "more than one file" if readable else "no file"
    why = f" ({notes[0].message})" if notes and not readable else ""
    raise UnreadableFileError(
        f"this archive holds {number} of a known source{why}",
        where=str(path),
        hint="import it into a library: 'runanalytics import PATH', or Library.add",
    )


def _with_account(name: str, imported: Imported) -> Imported:
    """Return what was read with notes on the rows and columns that were not."""
    account = imported.rows
    columns = ", ".join(account.unread_columns)
    messages = (account.sentence(), f"columns not read: {columns}" if columns else "")
    notes = [Note("info", message, name) for message in messages if message]
    return replace(imported, notes=[*imported.notes, *notes])


def _read_file(file: Found, options: ReadOptions) -> Imported:
    with file.open() as stream:
        importer = identify(file.name, stream.read(HEAD_BYTES))
    if isinstance(importer, StreamingImporter):
        with file.open() as stream:
            imported = read_stream(importer, file.name, stream, options)
    else:
        _, imported = read_columns(file.name, file.read(), options)
    return replace(imported, notes=[*packing_notes(file), *imported.notes]).frames()


def packing_notes(file: Found) -> list[Note]:
    """Return a note if there was something after the compressed content of a file just read."""
    message = "bytes after the end of the compressed data were ignored"
    behind = file.meter.n_behind
    return [Note("warning", f"{behind:,} {message}", file.name)] if behind else []


def _readable(
    archive: Found, budget: Budget, opened: contextlib.ExitStack, notes: list[Note]
) -> Iterator[Found]:
    """Yield the files in an archive that some importer reads; `opened` closes what was opened."""
    content = opened.enter_context(Archive(archive, budget))
    notes += [Note("warning", message, archive.name) for message in content.notes]
    for member in content.files:
        if member.is_zip():
            yield from _readable(member, budget, opened, notes)
        elif member.problem:
            notes.append(Note("warning", f"{member.name}: {member.problem}", archive.name))
        else:
            with member.open() as file:
                if claimants(member.name, file.read(HEAD_BYTES)):
                    yield member


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
        from runanalytics.units import system_of

        system = system_of(units)
        either = "write metric (kg, km) or imperial (lb, mi)"
        raise UsageError(
            f"no system of units {shown(units)}", hint=f"write {system}" if system else either
        )
    if timezone is not None:
        from runanalytics.importers.text.local_time import zone_named

        zone_named(timezone)
    return ReadOptions(engine=engine, timezone=timezone, units=units)


def read_bytes(name: str, data: bytes, options: ReadOptions) -> tuple[Importer, Imported]:
    """Return the importer that recognises a file's bytes, and the tables that it reads.

    Values outside the plausible range of their column are made missing, with a note.

    Raises
    ------
    RunAnalyticsError
        If the file cannot be read; `where` begins with the file's name.
    """
    importer, imported = read_columns(name, data, options)
    return importer, imported.frames()


def read_columns(name: str, data: bytes, options: ReadOptions) -> tuple[Importer, ImportedColumns]:
    """Return what `read_bytes` does, as columns."""
    importer = identify(name, data[:HEAD_BYTES])
    return importer, _guarded(importer, name, lambda: importer.read_columns(data, options))


def read_stream(
    importer: StreamingImporter, name: str, file: BinaryIO, options: ReadOptions
) -> ImportedColumns:
    """Read a file larger than memory, as `read_columns` reads a smaller one.

    Raises
    ------
    RunAnalyticsError
        If the file cannot be read; `where` begins with the file's name.
    """
    return _guarded(importer, name, lambda: ImportedColumns.of(importer.read_stream(file, options)))


def _guarded(
    importer: Importer, name: str, read_file: Callable[[], ImportedColumns]
) -> ImportedColumns:
    try:
        # What overflows is no number, and becomes missing; NumPy would also warn on stderr.
        with np.errstate(over="ignore", invalid="ignore"):
            imported = read_file()
    except RunAnalyticsError as error:
        error.where = _place(name, error.where)
        raise
    except Exception as error:
        # One file must never stop the others; --debug shows the cause.
        raise UnreadableFileError(
            f"the {importer.name} importer failed ({type(error).__name__}: {error})",
            where=name,
            hint="this is a defect of ours: please report it",
        ) from error
    return _plausible(name, without_implausible_days(imported))


def _plausible(name: str, imported: ImportedColumns) -> ImportedColumns:
    notes = [
        note if note.where.startswith(name) else replace(note, where=_place(name, note.where))
        for note in imported.notes
    ]
    tables, samples = dict(imported.tables), dict(imported.samples)
    counts: dict[str, Counter[str]] = {table: Counter() for table in Imported.TABLES}
    for table, rows in tables.items():
        tables[table], removed = _named_in_one_line(rows).without_implausible()
        counts[table].update(removed)
    for run_id, rows in samples.items():
        samples[run_id], removed = rows.without_implausible()
        counts["samples"].update(removed)
    for table, of_table in counts.items():
        for spec in schema.TABLES[table] if of_table else ():
            if count := of_table[spec.name]:
                values = f"{count} implausible {'value' if count == 1 else 'values'} of {spec.name}"
                limits = f"outside {spec.low:g} to {spec.high:g} {spec.unit}"
                notes.append(Note("warning", f"{values} ({limits}) taken as missing", name))
    return replace(imported, tables=tables, samples=samples, notes=notes)


def _named_in_one_line(table: TableColumns) -> TableColumns:
    """Return a table whose names of runs, exercises, devices and the like are of one line each."""
    odd = {}
    for column in _NAMES.intersection(table.arrays):
        names = table.arrays[column].tolist()
        lines = [one_line(name, None) if isinstance(name, str) else name for name in names]
        if any(line is not name for line, name in zip(lines, names, strict=True)):
            odd[column] = np.array(lines, dtype=object)
    return table.replaced(**odd) if odd else table


def _place(name: str, where: str | None) -> str:
    return f"{name}: {where}" if where else name
