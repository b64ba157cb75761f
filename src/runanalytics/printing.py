"""What the command line prints: text for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runanalytics.units import pace_text

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library import ImportReport
    from runanalytics.movements import Match, Movement

#: Rows of runs that a trend prints unless asked for all.
LATEST_RUNS = 12

#: Notes that an import prints; `--json` holds all of them.
MOST_NOTES = 12

#: Half the width of a 95 % interval, in standard errors.
_NORMAL_95 = 1.959964


def print_json(value: Any) -> None:
    """Print a value as JSON; there is no NaN in it, or it is a defect."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


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


def with_interval(form: pd.DataFrame) -> pd.DataFrame:
    """Return form with the 95 % interval of each run's own value."""
    half = _NORMAL_95 * form["se"]
    return form.assign(low=form["value"] - half, high=form["value"] + half)


def print_rows(rows: Sequence[Mapping[Any, Any]]) -> None:
    """Print rows as a table; in a pipe it is as wide as it needs to be, never cut."""
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
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 10_000, highlight=False).print(table)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def print_form(runs: pd.DataFrame, form: pd.DataFrame, system: str, everything: bool) -> None:
    """Print a metric run by run, and say what was left out."""
    shown = runs if everything else runs.tail(LATEST_RUNS)
    dates = shown["local_date"].dt.strftime("%Y-%m-%d")
    columns = ["value", "low", "high", "mean_speed_m_s", "device"]
    print_rows(
        [
            {
                "date": date,
                form.attrs["metric"]: f"{value:.1f}",
                "95 % interval": f"{low:.1f} to {high:.1f}",
                "run's own pace": pace_text(speed_m_s, system),
                "device": device,
            }
            for date, value, low, high, speed_m_s, device in zip(
                dates, *(shown[name] for name in columns), strict=True
            )
        ]
    )
    if len(shown) < len(runs):
        print(f"({len(runs) - len(shown)} earlier runs: --all shows them)")
    if n_excluded := len(form.attrs["excluded"]):
        what = "1 run" if n_excluded == 1 else f"{n_excluded} runs"
        print(f"({what} left out: --json says which and why)")
    if len(runs):
        print(f"\nAll at {pace_text(form.attrs['speed_m_s'], system)}:")


def print_movement(found: Match, known: Movement) -> None:
    """Print what a movement is, and how it is done."""
    print(f"{known.name} ({known.id}; {found.reason})")
    print(f"  Categories: {', '.join(known.categories)}")
    print(f"  Trains:     {known.trains}")
    print(f"  How:        {known.how}")
    print(f"  Counted in: {known.measured_in}, {known.sides}-sided")
    if known.programmes:
        print(f"  Programme:  {', '.join(known.programmes)}")


def print_import(report: ImportReport) -> None:
    """Print what was skipped and why, the first notes, and the sum of it all."""
    for file in report.of("skipped"):
        print(f"skipped: {file.reason}", file=sys.stderr)
    notes = [note for file in report.files for note in file.notes]
    for note in notes[:MOST_NOTES]:
        print(f"note: {note}", file=sys.stderr)
    if len(notes) > MOST_NOTES:
        print(f"({len(notes) - MOST_NOTES} more notes: --json holds them)", file=sys.stderr)
    print(report.summary())
