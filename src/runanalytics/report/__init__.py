"""The progress report (PDF, HTML): what changed, what was done, what goes along with what."""

from __future__ import annotations

from runanalytics.report.build import build_report

__all__ = ["build_report"]
