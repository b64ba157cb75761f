"""Every table of the package: columns, types, units, meaning, plausible range.

Missing is NaN or NA, never 0. Every numeric column's unit stands in its name. Instants are
UTC; a table with an instant also has `utc_offset_s` and `local_date`, since training happens
on local days. No table has a position.

The functions on frames are loaded when they are first used, so that the tables can be read
without importing pandas.

Examples
--------
>>> TABLES["dose"].names
('local_date', 'amount')
>>> TABLES["samples"]["cadence_spm"].meaning
'Steps per minute of both feet'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runanalytics.schema.tables import (
    BOOLEAN,
    COURSES,
    DATE,
    FLOAT,
    FORM_METRICS,
    INSTANT,
    INTEGER,
    LOG_KINDS,
    RUN_KINDS,
    SESSION_KINDS,
    STRING,
    TABLES,
    WORK_CATEGORIES,
    Column,
    table,
)

if TYPE_CHECKING:
    from runanalytics.schema.checking import check, empty, from_rows, without_implausible

__all__ = [
    "BOOLEAN",
    "COURSES",
    "DATE",
    "FLOAT",
    "FORM_METRICS",
    "INSTANT",
    "INTEGER",
    "LOG_KINDS",
    "RUN_KINDS",
    "SESSION_KINDS",
    "STRING",
    "TABLES",
    "WORK_CATEGORIES",
    "Column",
    "check",
    "empty",
    "from_rows",
    "table",
    "without_implausible",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'runanalytics.schema' has no attribute '{name}'")
    from runanalytics.schema import checking

    globals()[name] = value = getattr(checking, name)
    return value
