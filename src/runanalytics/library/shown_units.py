"""Whether a library's user reads kilometres or miles: a word of theirs, in a file of one word."""

from __future__ import annotations

from runanalytics.errors import UsageError
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.storage.durable import sync_folder, write_durably
from runanalytics.library.storage.words import UNITS

#: Systems of units; the first is that of libraries whose users said nothing.
SYSTEMS = ("metric", "imperial")


def shown_units(folder: LibraryFolder) -> str:
    """Return the system of units that is shown: "metric" or "imperial".

    Parameters
    ----------
    folder : LibraryFolder
        The library. A file that cannot be read, or says something else, counts as none.
    """
    try:
        said = (folder.path / UNITS).read_text(encoding="utf-8").strip().lower()
    except (OSError, UnicodeDecodeError):
        return SYSTEMS[0]
    return said if said in SYSTEMS else SYSTEMS[0]


def show_units(folder: LibraryFolder, system: str) -> None:
    """Keep which system of units is shown from now on.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    system : str
        "metric" or "imperial".

    Raises
    ------
    UsageError
        If there is no such system.
    """
    if system not in SYSTEMS:
        raise UsageError(f"unknown units '{system}'", hint=f"known are: {', '.join(SYSTEMS)}")
    with folder.writing():
        write_durably(folder.path / UNITS, f"{system}\n".encode())
        sync_folder(folder.path)
