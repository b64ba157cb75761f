"""The library of one athlete: a private folder of all imported data.

`Library` stands above the findings and the report, which it calls; the other modules here stand
below. It is therefore loaded when it is first used, not with any of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runanalytics.library.ingest.report import FileOutcome, ImportReport
    from runanalytics.library.library import Library

__all__ = ["FileOutcome", "ImportReport", "Library"]

_HOMES = {"FileOutcome": "ingest.report", "ImportReport": "ingest.report", "Library": "library"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'runanalytics.library' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"runanalytics.library.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
