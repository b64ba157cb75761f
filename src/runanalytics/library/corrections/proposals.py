"""The user's decisions on proposals: on all of a wording, now and later, or on one of it.

They are rows of table ``user_proposals``. What follows from them (`linking.proposals`) is made in
the same transaction, so that nobody reads one without the other.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runanalytics.errors import UsageError
from runanalytics.library.linking.proposals import decisions
from runanalytics.library.linking.reconcile import reconcile

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder


def decide(
    folder: LibraryFolder, what: str, wording: str, decision: str | None, identifier: str = ""
) -> None:
    """Store a decision and all that follows from it, or take it back.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    what : str
        Where the proposal comes from: "words", "calendar", "samples" or "race".
    wording : str
        What is decided of.
    decision : str or None
        "confirmed" or "rejected"; None takes back what was decided.
    identifier : str
        A run or event, to decide of it alone; empty for all of the wording.

    Raises
    ------
    UsageError
        If this was decided already, or there is nothing to take back.
    """
    key = (what, wording, identifier)
    named = f"'{wording}'" + (f" of {identifier}" if identifier else "")
    with folder.writing() as catalogue:
        before = decisions(catalogue).made.get(key)
        if decision is None and before is None:
            raise UsageError(
                f"nothing was decided of {named}",
                hint="'runanalytics log proposed' lists proposals",
            )
        if decision == before:
            raise UsageError(f"{named} is {before} already", hint="--undo takes the decision back")
        with catalogue.transaction():
            if decision is None:
                query = "DELETE FROM user_proposals WHERE what = ? AND wording = ? AND id = ?"
                catalogue.write(query, [key])
            else:
                now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                query = "INSERT OR REPLACE INTO user_proposals VALUES (?, ?, ?, ?, ?)"
                catalogue.write(query, [(*key, decision, now)])
            reconcile(catalogue, force=True)
