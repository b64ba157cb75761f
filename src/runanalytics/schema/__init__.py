"""Every table that flows through the house: columns, types, units, meaning, plausible range.

Missing is NaN or NA, never 0. Every numeric column's unit stands in its name. Instants are
UTC; a table with an instant also carries `utc_offset_s` and `local_date`, since training
happens on local days. No table has a position.

Examples
--------
>>> TABLES["races"].names
('race_id', 'local_date', 'title', 'distance_m', 'time_s', 'ascent_m', 'temperature_c', 'run_id')
>>> TABLES["samples"]["cadence_spm"].meaning
'Steps per minute of both feet'
"""

from runanalytics.schema.checking import (
    check,
    empty,
    from_rows,
    table,
    without_implausible,
)
from runanalytics.schema.tables import (
    BOOLEAN,
    DATE,
    DETAILS,
    FLOAT,
    FORM_METRICS,
    INSTANT,
    INTEGER,
    LOAD_KINDS,
    LOAD_UNITS,
    LOG_KINDS,
    RUN_KINDS,
    SESSION_KINDS,
    SET_TYPES,
    SIDES,
    STRING,
    TABLES,
    Column,
    Dtype,
    Table,
)

__all__ = [
    "BOOLEAN",
    "DATE",
    "DETAILS",
    "FLOAT",
    "FORM_METRICS",
    "INSTANT",
    "INTEGER",
    "LOAD_KINDS",
    "LOAD_UNITS",
    "LOG_KINDS",
    "RUN_KINDS",
    "SESSION_KINDS",
    "SET_TYPES",
    "SIDES",
    "STRING",
    "TABLES",
    "Column",
    "Dtype",
    "Table",
    "check",
    "empty",
    "from_rows",
    "table",
    "without_implausible",
]
