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
    from runanalytics.findings.before_after import BeforeAfter, before_after
    from runanalytics.findings.change_points import ChangePoints, change_points
    from runanalytics.findings.checks import Checks, checks
    from runanalytics.findings.claims import claims_on_trial
    from runanalytics.findings.effect import Effect, effect
    from runanalytics.findings.effects import Effects, effects
    from runanalytics.findings.followed import followed
    from runanalytics.findings.race_effect import race_effect
    from runanalytics.findings.race_results import race_results
    from runanalytics.findings.trend import Trend, trend
    from runanalytics.importers import read
    from runanalytics.importers.contract import Imported, Note
    from runanalytics.library import ImportReport, Library
    from runanalytics.measures.adherence import adherence
    from runanalytics.measures.dose import dose
    from runanalytics.measures.drift import drift
    from runanalytics.measures.form import form
    from runanalytics.measures.segments import segments
    from runanalytics.movements import Match, match
    from runanalytics.report import build_report
    from runanalytics.shipped import sample_folder
    from runanalytics.simulate import Runner, simulate_runner
    from runanalytics.units import pace_text, parse_pace

#: Public name -> module that holds it.
_HOMES = {
    "BeforeAfter": "findings.before_after",
    "ChangePoints": "findings.change_points",
    "Checks": "findings.checks",
    "Effect": "findings.effect",
    "Effects": "findings.effects",
    "ImportReport": "library",
    "Imported": "importers.contract",
    "Library": "library",
    "Match": "movements",
    "Note": "importers.contract",
    "RunAnalyticsError": "errors",
    "Runner": "simulate",
    "Trend": "findings.trend",
    "adherence": "measures.adherence",
    "before_after": "findings.before_after",
    "build_report": "report",
    "change_points": "findings.change_points",
    "checks": "findings.checks",
    "claims_on_trial": "findings.claims",
    "dose": "measures.dose",
    "drift": "measures.drift",
    "effect": "findings.effect",
    "effects": "findings.effects",
    "followed": "findings.followed",
    "form": "measures.form",
    "match": "movements",
    "pace_text": "units",
    "parse_pace": "units",
    "race_effect": "findings.race_effect",
    "race_results": "findings.race_results",
    "read": "importers",
    "sample_folder": "shipped",
    "segments": "measures.segments",
    "simulate_runner": "simulate",
    "trend": "findings.trend",
}

__all__ = [
    "BeforeAfter",
    "ChangePoints",
    "Checks",
    "Effect",
    "Effects",
    "ImportReport",
    "Imported",
    "Library",
    "Match",
    "Note",
    "RunAnalyticsError",
    "Runner",
    "Trend",
    "__version__",
    "adherence",
    "before_after",
    "build_report",
    "change_points",
    "checks",
    "claims_on_trial",
    "dose",
    "drift",
    "effect",
    "effects",
    "followed",
    "form",
    "match",
    "pace_text",
    "parse_pace",
    "race_effect",
    "race_results",
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
