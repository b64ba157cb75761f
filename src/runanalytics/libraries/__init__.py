"""Many runners' libraries at once: one small row of each, and what all of them say together.

Stands above `Library`, which it opens once a runner: in this process, in others, or on a cluster.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runanalytics.libraries.libraries import Libraries

__all__ = ["Libraries"]


def __getattr__(name: str) -> Any:
    if name != "Libraries":
        raise AttributeError(f"module 'runanalytics.libraries' has no attribute '{name}'")
    return importlib.import_module("runanalytics.libraries.libraries").Libraries
