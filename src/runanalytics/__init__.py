"""How a runner's cadence, contact time and race times changed, and what went along with it.

Import run files and strength logs into a `Library`, compare form at a reference pace, and ask
how much of its change goes along with strength and technique work:

>>> import runanalytics as ra
>>> ra.pace_text(1000 / 300)
'5:00/km'

Importing this package is cheap: each public name loads its module when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from runanalytics.errors import RunAnalyticsError
    from runanalytics.findings.effect import Effect, effect
    from runanalytics.findings.trend import Trend, trend
    from runanalytics.importers import read
    from runanalytics.importers.contract import Imported, Note
    from runanalytics.library import ImportReport, Library
    from runanalytics.measures.dose import dose
    from runanalytics.measures.form import form
    from runanalytics.measures.segments import segments
    from runanalytics.movements import Match, match
    from runanalytics.report import build_report
    from runanalytics.shipped import sample_folder
    from runanalytics.simulate import Runner, simulate_runner
    from runanalytics.units import pace_text, parse_pace

#: Public name -> module that holds it.
_HOMES = {
    "Effect": "findings.effect",
    "ImportReport": "library",
    "Imported": "importers.contract",
    "Library": "library",
    "Match": "movements",
    "Note": "importers.contract",
    "RunAnalyticsError": "errors",
    "Runner": "simulate",
    "Trend": "findings.trend",
    "build_report": "report",
    "dose": "measures.dose",
    "effect": "findings.effect",
    "form": "measures.form",
    "match": "movements",
    "pace_text": "units",
    "parse_pace": "units",
    "read": "importers",
    "sample_folder": "shipped",
    "segments": "measures.segments",
    "simulate_runner": "simulate",
    "trend": "findings.trend",
}

__all__ = [
    "Effect",
    "ImportReport",
    "Imported",
    "Library",
    "Match",
    "Note",
    "RunAnalyticsError",
    "Runner",
    "Trend",
    "__version__",
    "build_report",
    "dose",
    "effect",
    "form",
    "match",
    "pace_text",
    "parse_pace",
    "read",
    "sample_folder",
    "segments",
    "simulate_runner",
    "trend",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'runanalytics' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"runanalytics.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
