"""What the command line prints: text for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from runanalytics.units import pace_text

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library import ImportReport
    from runanalytics.library.movement_use import Practice
    from runanalytics.movements import Match, Movement, Programme

#: Rows of runs that a trend prints unless asked for all.
LATEST_RUNS = 12

#: Notes that an import prints; `--json` holds all of them.
MOST_NOTES = 12

#: What a terminal obeys: control characters but tab and line feed, and marks of direction.
_CONTROLS = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

#: Half the width of a 95 % interval, in standard errors.
_NORMAL_95 = 1.959964


class Escaping:
    r"""A text stream that shows control characters instead of obeying them.

    What a terminal would take for a command (an escape sequence in a run's title, a mark that
    turns the direction of writing) is written as ``\u001b``, which JSON reads as what it was.

    Parameters
    ----------
    stream : TextIO
        Where it is written to.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unescaped = stream

    def write(self, text: str) -> int:
        """Write `text`, its control characters in words."""
        return self.unescaped.write(printable(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unescaped, name)


def unescaped(stream: TextIO) -> TextIO:
    """Return the stream itself, for what moves the cursor on purpose: a progress bar, a table."""
    return stream.unescaped if isinstance(stream, Escaping) else stream


def printable(text: str) -> str:
    r"""Return `text` with its control characters as escapes; line breaks stay.

    Examples
    --------
    >>> print(printable("Tempo \x1b[2J"))
    Tempo \u001b[2J
    """
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


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
        table.add_row(*(Text(printable(_cell(value))) for value in row.values()))
    width = None if sys.stdout.isatty() else 10_000
    Console(file=unescaped(sys.stdout), width=width, highlight=False).print(table)


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
    if len(runs) and "speed_m_s" in form.attrs:
        print(f"\nAll at {pace_text(form.attrs['speed_m_s'], system)}:")


def print_movement(
    found: Match, known: Movement, programmes: Sequence[Programme], done: Practice
) -> None:
    """Print what a movement is, how it is done, what is prescribed, and how often it was done."""
    print(f"{known.name} ({known.id}; {found.reason})")
    print(f"  Categories: {', '.join(known.categories)}")
    print(f"  Trains:     {known.trains}")
    print(f"  How:        {known.how}")
    print(f"  Counted in: {known.measured_in}, {known.sides}-sided")
    for one in programmes:
        print(f"  Programme:  {one.name}: {one.prescription}")
    if not done.weeks_logged:
        print("  You:        no log tells of it")
    elif not done.sessions:
        print(f"  You:        never, in {done.weeks_logged} logged weeks")
    else:
        print(
            f"  You:        {done.sessions} sessions, {done.sets} sets, "
            f"{done.sessions_per_week:.1f} sessions a week over {done.weeks_logged} logged "
            f"weeks; last on {done.last_date}"
        )


def print_import(report: ImportReport) -> None:
    """Print what became of the files, what was skipped and why, and the first notes."""
    for skipped in report.grouped("skipped"):
        print(f"skipped: {skipped}", file=sys.stderr)
    notes = report.notes()
    for note in notes[:MOST_NOTES]:
        print(f"note: {note}", file=sys.stderr)
    if len(notes) > MOST_NOTES:
        print(f"({len(notes) - MOST_NOTES} more notes: --json holds them)", file=sys.stderr)
    already = {"already in the library"}
    for same in report.grouped("duplicate"):
        if same.what not in already:
            print(f"already there: {same}")
    for nothing in report.grouped("nothing"):
        print(f"nothing to import: {nothing}")
    for opened in report.with_outcome("opened"):
        print(f"archive: {opened.name}: {opened.reason}")
    if ignored := report.with_outcome("ignored"):
        endings = Counter(Path(file.name).suffix.lower() or "without ending" for file in ignored)
        kinds = ", ".join(f"{number} {ending}" for ending, number in endings.most_common(6))
        print(f"of no kind that is read: {kinds}{', ...' if len(endings) > 6 else ''}")
    print(report.summary())
    if report.same:
        print("Each of these counts once: 'runanalytics merges' lists them.")
