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
    from runanalytics.cohort.group import Cohort, pool_runners
    from runanalytics.errors import RunAnalyticsError
    from runanalytics.experiments.analysis import analyse
    from runanalytics.experiments.design import design
    from runanalytics.findings.adherence import followed
    from runanalytics.findings.before_after import before_after
    from runanalytics.findings.change_points import change_points
    from runanalytics.findings.checks import checks
    from runanalytics.findings.claims import claims_on_trial
    from runanalytics.findings.effect import Effect, effect
    from runanalytics.findings.effects import effects
    from runanalytics.findings.race_effect import race_effect
    from runanalytics.findings.race_results import race_results
    from runanalytics.findings.trend import trend
    from runanalytics.importers import read
    from runanalytics.importers.contract import Imported, Note
    from runanalytics.libraries import Libraries
    from runanalytics.library import ImportReport, Library
    from runanalytics.measures.adherence import adherence
    from runanalytics.measures.dose import dose
    from runanalytics.measures.drift import drift
    from runanalytics.measures.form import form
    from runanalytics.measures.segments import segments
    from runanalytics.movements import match, read_diary_line
    from runanalytics.report import build_report
    from runanalytics.shipped import sample_folder
    from runanalytics.simulate import simulate_runner
    from runanalytics.units import pace_text, parse_pace

#: Public name -> module that holds it. Classes of results stand in the modules of what makes them.
_HOMES = {
    # Files, and where what they hold is kept.
    "read": "importers",
    "Library": "library",
    "Libraries": "libraries",
    "Imported": "importers.contract",
    "ImportReport": "library",
    "Note": "importers.contract",
    "RunAnalyticsError": "errors",
    # Quantities, from frames.
    "segments": "measures.segments",
    "form": "measures.form",
    "drift": "measures.drift",
    "dose": "measures.dose",
    "adherence": "measures.adherence",
    "match": "movements",
    "read_diary_line": "movements",
    # Answers, from frames.
    "trend": "findings.trend",
    "effect": "findings.effect",
    "Effect": "findings.effect",
    "effects": "findings.effects",
    "checks": "findings.checks",
    "before_after": "findings.before_after",
    "change_points": "findings.change_points",
    "race_results": "findings.race_results",
    "race_effect": "findings.race_effect",
    "followed": "findings.adherence",
    "claims_on_trial": "findings.claims",
    "design": "experiments.design",
    "analyse": "experiments.analysis",
    "pool_runners": "cohort.group",
    "Cohort": "cohort.group",
    "build_report": "report",
    # Paces, and data to try it all on.
    "pace_text": "units",
    "parse_pace": "units",
    "sample_folder": "shipped",
    "simulate_runner": "simulate",
}

__all__ = [
    "Cohort",
    "Effect",
    "ImportReport",
    "Imported",
    "Libraries",
    "Library",
    "Note",
    "RunAnalyticsError",
    "__version__",
    "adherence",
    "analyse",
    "before_after",
    "build_report",
    "change_points",
    "checks",
    "claims_on_trial",
    "design",
    "dose",
    "drift",
    "effect",
    "effects",
    "followed",
    "form",
    "match",
    "pace_text",
    "parse_pace",
    "pool_runners",
    "race_effect",
    "race_results",
    "read",
    "read_diary_line",
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
