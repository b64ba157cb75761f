"""Files in, tables out: one importer per source, found by content in a plain list.

The list and the functions that read files are in `runanalytics.importers.registry`. They are
loaded when they are first used, so that walking folders does not import pandas.

Examples
--------
>>> from runanalytics.importers import identify
>>> identify("sessions.csv", b"date,kind,duration_min").name
'tidy-sessions'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runanalytics.importers.registry import (
        IMPORTERS,
        identify,
        importer_named,
        read,
        read_bytes,
        read_options,
    )

__all__ = ["IMPORTERS", "identify", "importer_named", "read", "read_bytes", "read_options"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'runanalytics.importers' has no attribute '{name}'")
    from runanalytics.importers import registry

    return getattr(registry, name)
