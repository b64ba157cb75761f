"""What the user took out of a library: a source that is another person's, or a single row.

Nothing is deleted, so that it can be put back, and a file that is imported again, or a newer
export of it, brings nothing back. Rows of a source that was taken out are as if they were not
there: they are merged with nothing. A row that was taken out by itself is gone with all that is
read as one with it.
"""

from __future__ import annotations

from runanalytics.library.linking.combine import Links
from runanalytics.library.storage.catalogue import Catalogue

#: What is taken out as a whole file.
SOURCES = "sources"
#: Tables whose rows can be taken out one by one.
ROWS = ("runs", "sessions", "races")

_LAYOUT = 4


def of_removed_sources(catalogue: Catalogue, what: str) -> frozenset[str]:
    """Return the rows that stand in a source that was taken out.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout.
    what : str
        ``runs``, ``sessions``, ``races`` or ``log_spans``.
    """
    if catalogue.layout < _LAYOUT:
        return frozenset()
    # A log's span goes if nothing else states it; a row of another person's is not yours, whoever
    # else states it: a newer export of the same list does.
    query = (
        "SELECT id FROM provenance WHERE what = ?"
        " AND digest IN (SELECT id FROM user_removed WHERE what = ?)"
    )
    gone = frozenset(row_id for (row_id,) in catalogue.rows(query, (what, SOURCES)))
    if not gone or what != "log_spans":
        return gone
    elsewhere = query.replace(" AND digest IN", " AND digest NOT IN")
    return gone - {row_id for (row_id,) in catalogue.rows(elsewhere, (what, SOURCES))}


def removed(catalogue: Catalogue, what: str) -> frozenset[str]:
    """Return all rows that are not read: of such sources, and taken out by themselves.

    Parameters
    ----------
    catalogue, what
        As for `of_removed_sources`.
    """
    gone = of_removed_sources(catalogue, what)
    if catalogue.layout < _LAYOUT or what not in ROWS:
        return gone
    query = "SELECT id FROM user_removed WHERE what = ?"
    named = {row_id for (row_id,) in catalogue.rows(query, (what,))}
    if not named or what == "races":
        return gone | named
    primary_of = Links.from_catalogue(catalogue, what).primary_of
    primaries = {primary_of.get(row_id, row_id) for row_id in named}
    with_them = {row_id for row_id, primary in primary_of.items() if primary in primaries}
    return gone | named | primaries | with_them
