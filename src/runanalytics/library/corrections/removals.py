"""Taking a source or a row out of a library, and putting it back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from runanalytics.errors import UsageError
from runanalytics.library.corrections.identifiers import begins, the_only
from runanalytics.library.linking.reconcile import reconcile
from runanalytics.library.linking.removed import ROWS, SOURCES
from runanalytics.library.storage.words import DIARY

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

_KEYS = {"runs": "run_id", "sessions": "session_id", "races": "race_id"}
#: Sources that hold rows: archives and files that could not be read hold none.
_HOLDING = "outcome = 'added'"


@dataclass(frozen=True)
class Removal:
    """A source, run, session or race that is taken out.

    Parameters
    ----------
    what : str
        ``sources``, ``runs``, ``sessions`` or ``races``.
    identifier : str
        The digest of a source, or the identifier of a row.
    name : str
        The name of a source's file, or the day of a row; empty where it is not there at present.
    n_rows : int
        Runs, sessions and races that it holds.
    """

    what: str
    identifier: str
    name: str
    n_rows: int

    def text(self) -> str:
        """Return it in a line."""
        name = f"{self.name}, " if self.name else ""
        if self.what == SOURCES:
            rows = "1 row" if self.n_rows == 1 else f"{self.n_rows:,} rows"
            return f"{name}a file of {rows}  ({self.identifier[:8]})"
        return f"{name}one of the {self.what}  ({self.identifier})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


def removals(folder: LibraryFolder) -> list[Removal]:
    """Return what is taken out.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    """
    catalogue = folder.reading()
    return [] if catalogue is None else _removals(catalogue)


def _removals(catalogue: Catalogue) -> list[Removal]:
    if not catalogue.columns("user_removed"):
        return []
    rows = catalogue.rows("SELECT what, id FROM user_removed ORDER BY what DESC, id")
    return [_described(catalogue, what, identifier) for what, identifier in rows]


def remove(folder: LibraryFolder, name: str) -> Removal:
    """Take a source or a row out: it is not read, now and after every import.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    name : str
        The name of a file that was imported, or the identifier of a run, session or race, or at
        least the first four characters of it.

    Raises
    ------
    UsageError
        If there is no such file or row, or several.
    """
    none = UsageError(
        f"no file, run, session or race '{name}'",
        hint="name a file that was imported, or an ID that 'runanalytics status' shows",
    )
    if folder.reading() is None:
        raise none
    with folder.writing() as catalogue:
        what, identifier = the_only(name, _found(catalogue, name), none)
        own = "SELECT 1 FROM places WHERE digest = ? AND path = ?"
        if catalogue.rows(own, (identifier, DIARY)):
            raise UsageError(
                "the library's own diary is not taken out, but edited",
                hint="'runanalytics log undo' and 'runanalytics log edit' take lines out of it",
            )
        _state(catalogue, "INSERT OR REPLACE INTO user_removed VALUES (?, ?)", (what, identifier))
        return _described(catalogue, what, identifier)


def put_back(folder: LibraryFolder, name: str) -> Removal:
    """Read again what was taken out.

    Parameters
    ----------
    folder, name
        As for `remove`.

    Raises
    ------
    UsageError
        If no such file or row was taken out, or several were.
    """
    none = UsageError(f"'{name}' is not taken out", hint="'runanalytics remove' lists what is")
    if folder.reading() is None:
        raise none
    with folder.writing() as catalogue:
        found = {
            f"{each.name} ({each.identifier})": each
            for each in _removals(catalogue)
            if name == each.name or begins(name, each.identifier)
        }
        one = the_only(name, found, none)
        _state(
            catalogue,
            "DELETE FROM user_removed WHERE what = ? AND id = ?",
            (one.what, one.identifier),
        )
        return one


def _state(catalogue: Catalogue, query: str, row: tuple[str, str]) -> None:
    """Write down what the user stated, and all that follows from it, at once."""
    with catalogue.transaction():
        catalogue.write(query, [row])
        reconcile(catalogue, force=True)


def _found(catalogue: Catalogue, name: str) -> dict[str, tuple[str, str]]:
    """Return what a name may stand for; a file's name is taken before any identifier."""
    files = {
        f"{file} ({digest[:8]})": (SOURCES, digest)
        for digest, file in catalogue.rows(
            f"SELECT digest, name FROM sources WHERE {_HOLDING} ORDER BY rowid"  # noqa: S608
        )
        if name == file or begins(name, digest)
    }
    if files:
        return files
    return {
        row_id: (what, row_id)
        for what in ROWS
        for (row_id,) in catalogue.rows(f"SELECT {_KEYS[what]} FROM {what}")  # noqa: S608
        if begins(name, row_id)
    }


def _described(catalogue: Catalogue, what: str, identifier: str) -> Removal:
    if what == SOURCES:
        names = catalogue.rows("SELECT name FROM sources WHERE digest = ?", (identifier,))
        ((n_rows,),) = catalogue.rows(
            "SELECT count(*) FROM provenance WHERE digest = ? AND what <> 'log_spans'",
            (identifier,),
        )
        return Removal(what, identifier, names[0][0] if names else "", n_rows)
    query = f"SELECT local_date FROM {what} WHERE {_KEYS[what]} = ?"  # noqa: S608
    days = catalogue.rows(query, (identifier,))
    return Removal(what, identifier, days[0][0] if days else "", len(days))
