"""How the commands print: text for people, JSON for programs, figures into files."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.cli.streams import can_encode, printable, unescaped

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.findings.finding import Finding


def print_json(value: Any) -> None:
    """Print a value as JSON, with escapes where needed; NaN in it is a defect and raises."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    if not can_encode(text, sys.stdout.encoding or "utf-8"):
        text = json.dumps(value, indent=2, allow_nan=False)
    print(text)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as plain values for JSON: missing is null, days are ISO."""
    days = {
        name: frame[name].dt.strftime("%Y-%m-%d")
        for name in frame.columns[frame.dtypes == "datetime64[us]"]
    }
    rows: list[dict[str, Any]] = json.loads(
        frame.assign(**days).to_json(orient="records", double_precision=10)
    )
    return rows


def print_rows(rows: Sequence[Mapping[Any, Any]]) -> None:
    """Print rows as a table; in a pipe it is as wide as its longest row and never cut."""
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(str(name), overflow="fold")
    for row in rows:
        # Text, not str: a name in brackets is a name, not markup.
        table.add_row(*(Text(printable(_cell(value))) for value in row.values()))
    width = None if sys.stdout.isatty() else 10_000
    Console(file=unescaped(sys.stdout), width=width, highlight=False).print(table)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def save_plot(finding: Finding, file: Path | None) -> None:
    """Save a finding's figure where a file was asked for."""
    if file is None:
        return
    from runanalytics.plots import save

    save(finding.plot(), file)
    print(f"Drew {file}", file=sys.stderr)


def print_finding(finding: Finding, plot: Path | None, as_json: bool) -> None:
    """Print a finding, and save its figure where a file was asked for."""
    save_plot(finding, plot)
    if as_json:
        print_json(finding.to_dict())
        return
    print(finding.summary())
    print_rows(finding.table().to_dict("records"))
