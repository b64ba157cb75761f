"""Figures from frames and findings, and descriptions of them in words."""

from __future__ import annotations

from runanalytics.findings.forest import describe_forest, forest
from runanalytics.plots.calendar import describe_calendar, dose_calendar
from runanalytics.plots.progress import describe_form, form_over_time
from runanalytics.plots.races import describe_races, races_over_time
from runanalytics.plots.saving import save

__all__ = [
    "describe_calendar",
    "describe_forest",
    "describe_form",
    "describe_races",
    "dose_calendar",
    "forest",
    "form_over_time",
    "races_over_time",
    "save",
]
