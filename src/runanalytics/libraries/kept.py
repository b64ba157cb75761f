"""A file of rows that are done, so that a stopped question goes on where it was.

A line is JSON: first what was asked, then the rows of one library each, with the state that it was
in. A line that was cut short counts for nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from runanalytics import __version__
from runanalytics.cohort.runner import TAU_WEEKS
from runanalytics.errors import LibraryError, UsageError
from runanalytics.libraries.stage_one import Asked


def state_of(folder: Path) -> str:
    """Return what changes whenever a library does: the times and sizes of its files.

    Parameters
    ----------
    folder : Path
        The library's folder.
    """
    with contextlib.suppress(OSError):
        found = [entry for entry in os.scandir(folder) if entry.is_file()]
        # Readers make and remove the files beside the catalogue in which SQLite shares memory.
        stats = sorted(
            (entry.name, entry.stat().st_mtime_ns, entry.stat().st_size)
            for entry in found
            if not entry.name.endswith(("-shm", ".lock")) and entry.stat().st_size
        )
        return json.dumps(stats)
    return ""


class Kept:
    """Rows by library, in a file that grows as they are done.

    Parameters
    ----------
    path : Path or None
        The file; None keeps nothing.
    asked : Asked
        What is asked.

    Raises
    ------
    UsageError
        If the file is of something else, or of another question.
    LibraryError
        If it cannot be read or written.
    """

    def __init__(self, path: Path | None, asked: Asked) -> None:
        self._file: TextIO | None = None
        self._path = path
        self._rows: dict[tuple[str, str, str], str] = {}
        if path is None:
            return
        made = {"version": __version__, "tau_weeks": TAU_WEEKS}
        head = json.dumps(made | {"asked": asdict(asked)})
        is_new = False
        try:
            is_new = not path.exists()
            if not (is_new or path.is_file()):  # a device or a pipe would be read for ever
                raise UsageError("is no file of answers", where=str(path), hint="name another file")
            lines = [] if is_new else path.read_text(encoding="utf-8").splitlines()
            if lines and lines[0] != head:
                raise UsageError(
                    "holds the answers to another question, or of another version",
                    where=str(path),
                    hint="name another file, or remove this one",
                )
            for line in lines[1:]:
                with contextlib.suppress(ValueError, TypeError, RecursionError):
                    runner, folder, state, rows = json.loads(line)
                    self._rows[runner, folder, state] = rows
            self._file = path.open("a", encoding="utf-8")
            path.chmod(0o600)
            # After a line that was cut short, the next begins on one of its own.
            self._file.write("\n" if lines else f"{head}\n")
            self._file.flush()
        except UnicodeDecodeError as error:
            raise UsageError(
                "is no file of answers", where=str(path), hint="name another file"
            ) from error
        except OSError as error:
            if is_new and self._file is not None:
                # With half of its first line it would be taken for another question's.
                self.close()
                path.unlink(missing_ok=True)
            raise self._not_written(error) from error

    def rows(self, runner: str, folder: Path) -> str | None:
        """Return the rows of a library that has not changed since, or None."""
        return self._rows.get((runner, str(folder), state_of(folder))) if self._file else None

    def keep(self, runner: str, folder: Path, state: str, rows: str) -> None:
        """Add the rows of a library, as it was when it was asked.

        Raises
        ------
        LibraryError
            If they cannot be written.
        """
        if self._file is not None:
            try:
                self._file.write(json.dumps([runner, str(folder), state, rows]) + "\n")
                self._file.flush()
            except OSError as error:
                raise self._not_written(error) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # it was flushed, or could not be
                self._file.close()

    def _not_written(self, error: OSError) -> LibraryError:
        return LibraryError(
            f"cannot be written ({error.strerror})", where=str(self._path), hint="name another file"
        )
