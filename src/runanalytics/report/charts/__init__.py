"""The report's figures for screens, as specifications of Vega-Lite with data by name.

What is drawn carries the number of its row in a table of words (`blocks.Series`), which is what the
pointer is told and what stands below the figure: the two cannot differ, and no name from a file
is ever part of a specification. A mark's name begins with that of its series.
"""

from __future__ import annotations

from runanalytics.report.charts.calendar import calendar
from runanalytics.report.charts.fits import doses, race_results
from runanalytics.report.charts.progress import progress, sparkline
from runanalytics.report.charts.rows import claims, effects

__all__ = ["calendar", "claims", "doses", "effects", "progress", "race_results", "sparkline"]
