"""The user's words: what a library holds that no imported file can give back.

They stand in tables of the catalogue and in files beside it, and a word names rows by identifier,
whether they are there at present or not. Everything else is made from words and sources, and can
be made again. So whatever fills a new catalogue begins with `copy_words`: no row that an import
derives can then take the place of a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from runanalytics.errors import LibraryError
from runanalytics.library.storage.catalogue import Catalogue, copy_rows
from runanalytics.library.storage.durable import make_private, sync_folder, write_durably

#: Tables that hold them: decisions on merges, spans of logs, units and zones given at an import,
#: files that a restore has still to write, what was taken out, and decisions on proposals.
TABLES = (
    *("user_merges", "user_spans", "read_with", "pending_files"),
    *("user_removed", "user_proposals"),
)

#: Files that hold them.
CLAIMS = "claims.toml"
#: The diary is a word and a source: what it tells of is read into tables like any file's rows.
DIARY = "diary.md"
#: What was asked of the library.
QUESTIONS = "questions.jsonl"
#: Whether kilometres or miles are shown.
UNITS = "units.txt"
#: What logged names mean, and what races were; both hold for all that is read.
CORRECTIONS = ("movements.csv", "race_corrections.csv")
FILES = (*CORRECTIONS, CLAIMS, DIARY, QUESTIONS, UNITS)
#: Folder of the plans of experiments, each a file of words.
EXPERIMENTS = "experiments"
_PLAN = re.compile(rf"{EXPERIMENTS}/[a-z0-9][a-z0-9_-]{{0,59}}\.toml")

#: Decisions on merges as layout 2 had them: among the merges themselves.
DECISIONS_OF_LAYOUT_2 = """
SELECT what, id, into_id, CASE WHEN undone THEN 'apart' ELSE 'together' END AS decision, reason
FROM merges WHERE undone OR made_by = 'user'
"""
_LAYOUT_WITH_DECISIONS = 3
#: Layouts that added the last of these tables, one each.
_ADDED_LAST = (4, 5)


def is_word_file(name: str) -> bool:
    """Return whether a file by this name within a library's folder holds the user's words.

    Examples
    --------
    >>> is_word_file("diary.md"), is_word_file("experiments/a.toml"), is_word_file("../a.toml")
    (True, True, False)
    """
    return name in FILES or _PLAN.fullmatch(name) is not None


def word_files(folder: Path) -> list[str]:
    """Return the names of the files in a library's folder that hold the user's words.

    Parameters
    ----------
    folder : Path
        The library's folder.
    """
    plans = sorted(f"{EXPERIMENTS}/{path.name}" for path in folder.glob(f"{EXPERIMENTS}/*.toml"))
    return [name for name in (*FILES, *filter(is_word_file, plans)) if (folder / name).is_file()]


def word_tables(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of the tables that hold the user's words in a catalogue of any layout."""
    layout = catalogue.layout
    known = TABLES[: len(TABLES) - sum(layout < added for added in _ADDED_LAST)]
    return known if layout >= _LAYOUT_WITH_DECISIONS else ("merges", *known[1:])


def copy_words(old: Catalogue, new: Catalogue) -> list[str]:
    """Copy the user's words into a new catalogue, before anything is imported into it.

    Parameters
    ----------
    old : Catalogue
        Of any layout; it may be damaged.
    new : Catalogue
        Open for writing, and empty.

    Returns
    -------
    list of str
        What is lost, in words.
    """
    lost = []
    with new.transaction():
        for home, table in zip(word_tables(old), TABLES, strict=False):
            try:
                if home == table:
                    lost += copy_rows(old, new, table)
                elif old.columns(home):
                    decisions = old.rows(DECISIONS_OF_LAYOUT_2)
                    new.insert(table, new.columns(table), decisions)
            except LibraryError as error:
                lost.append(f"what table {home} held ({error.message})")
    return lost


# Files that come with a commit ------------------------------------------------------------------


def store_pending_files(catalogue: Catalogue, files: Mapping[str, bytes]) -> None:
    """Store the user's files in the transaction that fills the tables.

    `write_pending_files` then gives them their places: tables and files appear together, since
    nothing is read from a catalogue that has such files.

    Parameters
    ----------
    catalogue : Catalogue
        Inside a `transaction`.
    files : mapping of str to bytes
        Content by name, each of which `is_word_file`.
    """
    catalogue.insert("pending_files", ("name", "content"), files.items())


def has_pending_files(catalogue: Catalogue) -> bool:
    """Return whether files are stored that have still to be written to their places."""
    if catalogue.layout < _LAYOUT_WITH_DECISIONS:
        return False
    return bool(catalogue.rows("SELECT 1 FROM pending_files LIMIT 1"))


def write_pending_files(catalogue: Catalogue, folder: Path) -> None:
    """Write the files that are still to be written, if there are any.

    Parameters
    ----------
    catalogue : Catalogue
        Open for writing.
    folder : Path
        The library's folder. A file that is there already is whole: it was written before a
        crash, and the user may have edited it since.
    """
    pending = catalogue.rows("SELECT name, content FROM pending_files")
    for name, content in pending:
        path = folder / name
        if is_word_file(name) and not path.exists():
            make_private(path.parent)
            write_durably(path, content)
            sync_folder(path.parent)
    if pending:
        sync_folder(folder)
        with catalogue.transaction():
            catalogue.write("DELETE FROM pending_files", [()])
