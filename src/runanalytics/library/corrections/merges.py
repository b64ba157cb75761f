"""Merges: the list of duplicates, and the user's decisions to undo, redo or add one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runanalytics.errors import UsageError
from runanalytics.library.corrections.identifiers import begins, the_only
from runanalytics.library.linking.combine import KEYS
from runanalytics.library.linking.proposals import BY_WORDS, MADE
from runanalytics.library.linking.reconcile import reconcile
from runanalytics.units import distance_text, duration_text

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

#: What is shown of a row: its start or day, its distance and duration, how detailed it is.
_SHOWN = {
    "runs": "SELECT start_utc, local_date, distance_m, elapsed_s, detail FROM runs"
    " WHERE run_id = ?",
    "sessions": "SELECT start_utc, local_date, NULL, duration_s,"
    " (SELECT sum(n_sets) || CASE sum(n_sets) WHEN 1 THEN ' set' ELSE ' sets' END FROM sets"
    " WHERE sets.session_id = sessions.session_id)"
    " FROM sessions WHERE session_id = ?",
}


@dataclass(frozen=True)
class MergedRow:
    """One of the two rows of a merge: its files, their importers, its start and what it holds."""

    identifier: str
    files: tuple[str, ...]
    importers: tuple[str, ...]
    start: str
    details: str

    def text(self) -> str:
        """Return it in a line."""
        made = BY_WORDS if self.identifier.startswith(MADE) else "?"
        source = ", ".join(self.importers) or made
        names = ", ".join(self.files[:2]) + (" ..." if len(self.files) > 2 else "")
        details = self.details or "no details"
        files = f" ({names})" if names else ""
        return f"{self.identifier}  {self.start}  {source}: {details}{files}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "id": self.identifier,
            "files": self.files,
            "importers": self.importers,
            "start": self.start,
            "said": self.details,
        }


@dataclass(frozen=True)
class Merge:
    """Two rows that are read as one, or were until the user undid it.

    Parameters
    ----------
    what : str
        ``runs`` or ``sessions``.
    duplicate, primary : MergedRow
        The primary is read; the duplicate only fills its missing values.
    reason : str
        Why, in words.
    made_by : str
        ``import`` or ``user``.
    undone : bool
        Whether the user undid it.
    """

    what: str
    duplicate: MergedRow
    primary: MergedRow
    reason: str
    made_by: str
    undone: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "what": self.what,
            "hidden": self.duplicate.to_dict(),
            "speaks": self.primary.to_dict(),
            "reason": self.reason,
            "made_by": self.made_by,
            "undone": self.undone,
        }


def merges(folder: LibraryFolder) -> list[Merge]:
    """Return every merge of a library, undone ones too, by day."""
    catalogue = folder.reading()
    if catalogue is None or catalogue.layout < 2:
        return []
    found = _merges(catalogue, lambda duplicate, undone: True)  # noqa: ARG005
    return sorted(found, key=lambda merge: (merge.what, merge.primary.start))


def _merges(catalogue: Catalogue, wanted: Callable[[str, bool], bool]) -> list[Merge]:
    """Return the merges that are wanted, by their duplicate and whether they are undone."""
    query = (
        "SELECT what, id, into_id, reason, made_by, undone FROM merges ORDER BY what, into_id,"
        " undone, place, id"
    )
    return [
        Merge(
            what,
            _merged_row(catalogue, what, duplicate),
            _merged_row(catalogue, what, primary),
            reason,
            made_by,
            bool(undone),
        )
        for what, duplicate, primary, reason, made_by, undone in catalogue.rows(query)
        if wanted(duplicate, bool(undone))
    ]


def _merged_row(catalogue: Catalogue, what: str, identifier: str) -> MergedRow:
    rows = catalogue.rows(_SHOWN[what], (identifier,))
    start, day, distance_m, duration_s, detail = rows[0] if rows else (None,) * 5
    sources = catalogue.rows(
        "SELECT name, importer FROM provenance JOIN sources USING (digest)"
        " WHERE what = ? AND id = ? ORDER BY name",
        (what, identifier),
    )
    details = [
        distance_text(distance_m) if distance_m is not None else "",
        duration_text(duration_s) if duration_s is not None else "",
        str(detail or ""),
    ]
    return MergedRow(
        identifier,
        tuple(name for name, _ in sources),
        tuple(sorted({importer for _, importer in sources if importer})),
        f"{start[:16]}Z" if start else str(day or "gone"),
        ", ".join(part for part in details if part),
    )


def undo_merge(folder: LibraryFolder, identifier: str) -> Merge:
    """Read a duplicate as a row of its own again, now and after every import.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    identifier : str
        Of the duplicate, or its beginning.

    Raises
    ------
    UsageError
        If no merge in force, or more than one, has such a duplicate.
    """
    return _reverse(folder, identifier, undone=True)


def redo_merge(folder: LibraryFolder, identifier: str) -> Merge:
    """Put a merge that was undone back in force, whatever later imports find.

    Parameters
    ----------
    folder, identifier
        As for `undo_merge`.

    Raises
    ------
    UsageError
        If no merge of such a duplicate, or more than one, was undone.
    """
    return _reverse(folder, identifier, undone=False)


def join(folder: LibraryFolder, identifier: str, into: str) -> None:
    """Merge two rows by hand; `into` is the primary, and the other fills its missing values.

    A row is joined with one other: joined anew, it leaves the one before.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    identifier, into : str
        Identifiers of two runs or two sessions, or their beginnings.

    Raises
    ------
    UsageError
        If they are not two of one kind, or a run with samples would become the duplicate of
        one without.
    """
    with folder.writing() as catalogue:
        (what, duplicate), (other, primary) = (_row(catalogue, text) for text in (identifier, into))
        if what != other or duplicate == primary:
            raise UsageError(
                f"'{identifier}' and '{into}' are not two {what}", hint="name two of one kind"
            )
        if what == "runs":
            details = dict(catalogue.rows("SELECT run_id, detail FROM runs"))
            if (details[duplicate], details[primary]) == ("samples", "summary"):
                raise UsageError(
                    f"run {duplicate} has samples and {primary} has not",
                    hint=f"join them the other way round: merges join {primary} {duplicate}",
                )
        _decide(catalogue, _Decision(what, duplicate, primary, "together", "joined by hand"))


def _reverse(folder: LibraryFolder, identifier: str, *, undone: bool) -> Merge:
    """Undo the merge with this duplicate, or redo it; return it as it was before."""
    state, decision = ("merge", "apart") if undone else ("undone merge", "together")
    none = UsageError(
        f"no {state} of '{identifier}'",
        hint="'runanalytics merges' lists them; name the first of the two rows",
    )
    if folder.reading() is None:
        raise none
    with folder.writing() as catalogue:
        found = {
            f"{each.duplicate.identifier} into {each.primary.identifier}": each
            for each in _merges(
                catalogue, lambda duplicate, was: was != undone and begins(identifier, duplicate)
            )
        }
        merge = the_only(identifier, found, none)
        rows = (merge.duplicate.identifier, merge.primary.identifier)
        _decide(catalogue, _Decision(merge.what, *rows, decision, merge.reason))
    return merge


class _Decision(NamedTuple):
    """One row of table ``user_merges``."""

    what: str
    duplicate: str
    primary: str
    decision: str
    reason: str


def _decide(catalogue: Catalogue, new: _Decision) -> None:
    """Store what the user decided of two rows, and all that follows from it, at once."""
    with catalogue.transaction():
        query = "SELECT * FROM user_merges WHERE what = ? ORDER BY id, into_id"
        known = [_Decision(*row) for row in catalogue.rows(query, (new.what,))]
        catalogue.write(
            "DELETE FROM user_merges WHERE what = ? AND id = ? AND into_id = ?",
            [each[:3] for each in _contradicted(known, new)],
        )
        catalogue.write("INSERT OR REPLACE INTO user_merges VALUES (?, ?, ?, ?, ?)", [new])
        reconcile(catalogue, force=True)


def _contradicted(known: Sequence[_Decision], new: _Decision) -> list[_Decision]:
    """Return the decisions that a new one contradicts: what was said last counts.

    Examples
    --------
    >>> apart = _Decision("runs", "a", "b", "apart", "")
    >>> joined = [_Decision("runs", row, "c", "together", "") for row in ("a", "b")]
    >>> _contradicted([apart, joined[0]], joined[1]) == [apart]
    True
    """
    joined = {each.duplicate: each for each in known if each.decision == "together"}
    found = [joined.pop(new.duplicate)] if new.duplicate in joined else []
    # Followed from the primary, what was joined must not lead back to the duplicate.
    row, walked = new.primary, set[str]()
    while row in joined and row not in walked:
        walked.add(row)
        if joined[row].primary == new.duplicate:
            found.append(joined.pop(row))
        else:
            row = joined[row].primary
    if new.decision == "together":
        sides = [_joined_with(joined.values(), each) for each in (new.duplicate, new.primary)]
        found += [
            each
            for each in known
            if each.decision == "apart"
            and any(each.duplicate in a and each.primary in b for a, b in (sides, sides[::-1]))
        ]
    return found


def _joined_with(joined: Iterable[_Decision], row: str) -> set[str]:
    """Return a row and all that were joined by hand with it, directly or through others."""
    rows, pairs = {row}, [{each.duplicate, each.primary} for each in joined]
    while more := [pair for pair in pairs if pair & rows and not pair <= rows]:
        rows = rows.union(*more)
    return rows


def _row(catalogue: Catalogue, identifier: str) -> tuple[str, str]:
    """Return whether an identifier is of runs or sessions, and the whole of it."""
    found = {
        row_id: (what, row_id)
        for what, key in KEYS.items()
        for (row_id,) in catalogue.rows(f"SELECT {key} FROM {what}")  # noqa: S608
        if begins(identifier, row_id)
    }
    none = UsageError(
        f"no run or session '{identifier}'",
        hint="runs.csv and sessions.csv of 'runanalytics export' list them",
    )
    return the_only(identifier, found, none)
