"""The progress report as PDF: what changed, what was done, what goes along with what, how sure."""

from __future__ import annotations

from runanalytics.report.build import build_report

__all__ = ["build_report"]
