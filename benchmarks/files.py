"""Where real files are, if they are."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def longitudinal() -> list[Path]:
    """Return one runner's real runs; empty where they are not at hand."""
    return sorted((CORPUS / "longitudinal").glob("*.fit"))
