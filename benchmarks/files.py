"""Where real files are, on machines that have them."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def longitudinal() -> list[Path]:
    """Return one runner's real runs; empty where there are none."""
    return sorted((CORPUS / "longitudinal").glob("*.fit"))
