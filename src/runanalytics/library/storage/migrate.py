"""Upgrades of libraries of older layouts.

An older library is read as it is. It is upgraded when it is opened for writing, in one
transaction: an upgrade that is cut short leaves the older library whole. Columns that the schema
has gained, and in which a value may be missing, need no layout of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from runanalytics import schema
from runanalytics.library.storage.catalogue import (
    LAYOUT,
    LAYOUT_2,
    LAYOUT_3,
    LAYOUT_4,
    LAYOUT_5,
    STORED,
    UNRECONCILED,
    Catalogue,
    declaration,
    table_statement,
)
from runanalytics.library.storage.words import DECISIONS_OF_LAYOUT_2

#: Rows of layout 1 that came from local times: those with an instant, of any source but FIT.
_LOCAL = tuple(
    f"""
INSERT OR IGNORE INTO clocks (what, id, clock, start_utc, utc_offset_s, local_date)
SELECT '{what}', {key}, 'local', start_utc, utc_offset_s, local_date FROM {what}
WHERE start_utc IS NOT NULL AND utc_offset_s IS NOT NULL AND {key} NOT IN (
    SELECT id FROM provenance JOIN sources USING (digest)
    WHERE what = '{what}' AND importer = 'fit'
);
"""  # noqa: S608 - names of our own
    for what, key in (("runs", "run_id"), ("sessions", "session_id"))
)
_MARK_UNRECONCILED = f"INSERT OR REPLACE INTO meta VALUES ('{UNRECONCILED}', '1');"  # noqa: S608

#: Statements that fill the tables of each layout from those of the one before.
_FILLING: Mapping[int, str] = {
    2: "\n".join((*_LOCAL, _MARK_UNRECONCILED)),
    3: f"INSERT INTO user_merges {DECISIONS_OF_LAYOUT_2}; {_MARK_UNRECONCILED}",
}

#: Statements that lead to each layout from the one before.
_STEPS: Mapping[int, str] = {
    2: LAYOUT_2 + _FILLING[2],
    3: LAYOUT_3 + _FILLING[3],
    4: LAYOUT_4,
    5: LAYOUT_5 + table_statement("events"),
}


def upgrade(catalogue: Catalogue) -> None:
    """Bring an open catalogue to the present layout and schema, in one transaction.

    Parameters
    ----------
    catalogue : Catalogue
        Open for writing. One that lacks nothing stays as it is.

    Raises
    ------
    LibraryError
        If it cannot be written; the older library is then as it was.
    """
    if catalogue.layout == LAYOUT and not _additions(catalogue):
        return
    with catalogue.transaction():
        for layout in range(catalogue.layout + 1, LAYOUT + 1):
            _run(catalogue, _STEPS[layout])
        for statement in _additions(catalogue):
            catalogue.write(statement, [()])
        catalogue.rows(f"PRAGMA user_version = {LAYOUT}")


def fill_later_tables(catalogue: Catalogue, layout: int) -> None:
    """Fill the tables of later layouts from rows of an older one, as `upgrade` does.

    Parameters
    ----------
    catalogue : Catalogue
        Of the present layout, inside a `transaction`.
    layout : int
        Layout of the library that its rows come from.
    """
    for later in range(layout + 1, LAYOUT + 1):
        _run(catalogue, _FILLING.get(later, ""))


def _run(catalogue: Catalogue, script: str) -> None:
    for statement in _statements(script):
        catalogue.write(statement, [()])


def _additions(catalogue: Catalogue) -> list[str]:
    """Return the statements that add the columns of the schema that a catalogue lacks."""
    return [
        f'ALTER TABLE "{name}" ADD COLUMN {declaration(column)}'
        for name in STORED
        for present in [catalogue.columns(name)]
        for column in schema.TABLES[name]
        if column.name not in present and not column.required
    ]


def _statements(script: str) -> list[str]:
    """Return a script's statements one by one: running it whole would end the transaction."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    return [statement for part in "\n".join(lines).split(";") if (statement := part.strip())]
