"""Where one athlete's data lives: a private folder that is added to and never loses anything."""

from runanalytics.library.report import FileOutcome, ImportReport
from runanalytics.library.store import Library

__all__ = ["FileOutcome", "ImportReport", "Library"]
