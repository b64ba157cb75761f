"""Plans of experiments in a library's folder: files that are written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.storage.durable import (
    make_private,
    sync_folder,
    write_durably,
    write_new,
)
from runanalytics.library.storage.words import EXPERIMENTS, is_word_file, word_files


def plan_file(folder: LibraryFolder, name: str) -> Path:
    """Return where the plan of an experiment stands, or would.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    name : str
        Of the experiment.

    Raises
    ------
    UsageError
        If no experiment may be called so.
    """
    within = f"{EXPERIMENTS}/{name}.toml"
    if not is_word_file(within):
        raise UsageError(
            f"an experiment called '{name}'",
            hint="name it with small letters, digits and hyphens, as contact-time-2026",
        )
    return folder.path / within


def plan_names(folder: LibraryFolder) -> list[str]:
    """Return the names of all experiments that are planned.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    """
    return [Path(name).stem for name in word_files(folder.path) if "/" in name]


def read_plan_file(folder: LibraryFolder, name: str) -> bytes:
    """Return what the plan of an experiment holds.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    name : str
        Of the experiment.

    Raises
    ------
    UsageError
        If there is no such experiment.
    LibraryError
        If its file cannot be read.
    """
    path = plan_file(folder, name)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        known = ", ".join(plan_names(folder))
        raise UsageError(
            f"no experiment '{name}'",
            where=str(path.parent),
            hint=f"there are: {known}" if known else "plan one: runanalytics experiment plan",
        ) from None
    except OSError as error:
        raise LibraryError(f"cannot be read ({error.strerror})", where=str(path)) from error


def write_plan_file(
    folder: LibraryFolder, name: str, text: str, beside: Mapping[Path, bytes] | None = None
) -> Path:
    """Write the plan of an experiment, durably and private; never over another.

    Files beside it are written first: there is no plan before all of them are complete, and none
    of them stays where it cannot be written.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    name : str
        Of the experiment.
    text : str
        What the file holds.
    beside : mapping of Path to bytes, optional
        Other new files, such as a calendar, and what they hold.

    Raises
    ------
    UsageError
        If there is an experiment with this name, or a file beside it.
    LibraryError
        If the folder cannot be written or the disk is full.
    """
    path = plan_file(folder, name)
    with folder.writing():
        if path.exists():
            raise UsageError(
                f"there is an experiment '{name}' already",
                where=str(path),
                hint="give the new one another --name; a plan is never written over",
            )
        with _all_or_none(beside or {}) as written:
            make_private(path.parent)
            write_durably(path, text.encode("utf-8"))
            written.append(path)
            sync_folder(path.parent)
            sync_folder(folder.path)
    return path


@contextmanager
def _all_or_none(files: Mapping[Path, bytes]) -> Iterator[list[Path]]:
    """Write new files, and remove them again where one of them or what follows fails.

    They would show a schedule that no plan holds, and the same command would refuse them. What
    follows may add files of its own to those that it is given.
    """
    written: list[Path] = []
    try:
        for path, data in files.items():
            write_new(path, data)
            written.append(path)
        yield written
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
