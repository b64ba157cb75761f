"""Folders that come with the package, installed or in its source tree."""

from __future__ import annotations

from pathlib import Path

from runanalytics.errors import UsageError

_PACKAGE = Path(__file__).parent


def sample_folder() -> Path:
    """Return the folder of the sample: files of a simulated runner, and the truth behind them.

    Examples
    --------
    >>> (sample_folder() / "truth.json").exists()
    True
    """
    return _existing(_PACKAGE / "_sample", _PACKAGE.parents[1] / "data" / "sample")


def notebook_folder() -> Path:
    """Return the folder of the notebooks."""
    return _existing(_PACKAGE / "_notebooks", _PACKAGE.parents[1] / "notebooks")


def _existing(installed: Path, source: Path) -> Path:
    for folder in (installed, source):
        if folder.is_dir():
            return folder
    raise UsageError(
        "a folder of the package is missing", where=str(installed), hint="install it again"
    )
