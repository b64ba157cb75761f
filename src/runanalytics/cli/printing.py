"""How the commands print: text for people, JSON for programs, figures into files.

Text is wrapped at the width of the terminal. In a pipe a line stays whole, so that `grep` finds
a sentence, unless the environment variable COLUMNS states a width.
"""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.cli.streams import can_encode, unescaped
from runanalytics.errors import printable

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.findings.finding import Finding

#: No text is narrower (letters), whatever a terminal says.
LEAST_WIDTH = 40
#: A table in a pipe is as wide as its longest row.
_ANY_WIDTH = 10_000
#: Letters between two columns.
_GUTTER = 2
#: A command in quotes, a number and its sign, and the name of an interval stay in one line.
_WHOLE = re.compile(r"'runanalytics [^']*'|(?<=\d) %|(?<=\d %) interval")
#: Stands for a space at which no line ends.
_NO_BREAK = "\x00"
#: What begins a line of a list, and keeps the lines after it further in.
_BULLET = re.compile(r"\s*(?:– )?")
#: What comes before the last column of a line, after two spaces or more.
_COLUMNS = re.compile(r".*\S {2,}(?=\S)")


def text_width(stream: Any = None) -> int | None:
    """Return at how many letters text is wrapped; None in a pipe, where it is not.

    Parameters
    ----------
    stream : text stream, optional
        Where it is written; by default stdout.
    """
    stated = os.environ.get("COLUMNS", "")
    if stated.isdigit() and int(stated):
        return max(int(stated), LEAST_WIDTH)
    stream = sys.stdout if stream is None else stream
    if not stream.isatty():
        return None
    try:
        return max(os.get_terminal_size(stream.fileno()).columns, LEAST_WIDTH)
    except (OSError, ValueError):
        return 80


def on_terminal() -> bool:
    """Return whether somebody looks at what is printed, who likes a curve."""
    return sys.stdout.isatty()


def wrapped(text: str, width: int | None) -> str:
    """Return text whose lines are no longer than `width`, the further ones of each indented.

    Parameters
    ----------
    text : str
        Lines; what goes on below begins where the last column of its line does.
    width : int or None
        Letters of a line; None wraps nothing.

    Examples
    --------
    >>> print(wrapped("– cadence rose by 2.1 %, and fell", 22))
    – cadence rose by
      2.1 %, and fell
    """
    if width is None:
        return text
    return "\n".join(_wrapped_line(line, width) for line in text.split("\n"))


def _wrapped_line(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    begins = [_COLUMNS.match(line), _BULLET.match(line)]
    indent = next((" " * each.end() for each in begins if each and 2 * each.end() < width), "")
    whole = _WHOLE.sub(lambda found: found[0].replace(" ", _NO_BREAK), line)
    lines = textwrap.wrap(
        whole,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(_NO_BREAK, " ")


def print_text(text: str, *, to_stderr: bool = False) -> None:
    """Print text for people, wrapped at the terminal's width."""
    stream = sys.stderr if to_stderr else sys.stdout
    print(wrapped(text, text_width(stream)), file=stream)


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
    """Print rows as a table, or one below the other where the terminal is too narrow for one.

    In a pipe a table is as wide as its longest row. Cells are never cut.
    """
    if not rows:
        return
    headings = [str(name) for name in rows[0]]
    cells = [[printable(_cell(value)) for value in row.values()] for row in rows]
    widths = _column_widths([headings, *cells], text_width() or _ANY_WIDTH)
    if widths is None:
        _print_one_below_the_other(headings, cells)
        return
    out = unescaped(sys.stdout)
    bold = out.isatty() and os.name != "nt" and os.environ.get("TERM") not in (None, "", "dumb")
    for line in _lines_of_row(headings, widths):
        out.write(f"\x1b[1m{line}\x1b[0m\n" if bold and line else f"{line}\n")
    for row in cells:
        out.write("".join(f"{line}\n" for line in _lines_of_row(row, widths)))


def _lines_of_row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return a row of a table in lines; what is wider than its column goes on below."""
    columns = [_filled(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines = []
    for parts in zip_longest(*columns, fillvalue=""):
        padded = [
            part + " " * (width - _width(part)) for part, width in zip(parts, widths, strict=True)
        ]
        lines.append((" " * _GUTTER).join(padded).rstrip())
    return lines


def _filled(cell: str, width: int) -> list[str]:
    """Return a cell in lines no wider than its column, whose longest word fits."""
    lines: list[str] = []
    for line in cell.splitlines():
        if _width(line) <= width:
            lines.append(line)
            continue
        begun = ""
        for word in line.split():
            if begun and _width(begun) + 1 + _width(word) > width:
                lines.append(begun)
                begun = word
            else:
                begun = f"{begun} {word}" if begun else word
        lines.append(begun)
    return lines


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    # All letters before the combining marks take one; rich, which knows the others, takes longer
    # to load than a line of the diary to read.
    if text.isascii() or max(text) < "\u0300":
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return how wide each column is in a table of at most `width`; None if words do not fit.

    The widest columns are made narrower first, down to their longest words.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    least = [max(_width(word) for word in " ".join(each).split() or [""]) for each in columns]
    while sum(widths) + _GUTTER * (len(widths) - 1) > width:
        narrowable = [place for place, one in enumerate(widths) if one > least[place]]
        if not narrowable:
            return None
        widths[max(narrowable, key=lambda place: widths[place])] -= 1
    return widths


def _print_one_below_the_other(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        named = zip(headings[1:], row[1:], strict=True)
        rest = "; ".join(f"{heading}: {cell}" if heading else cell for heading, cell in named)
        print_text(f"{row[0]}\n  {rest}")


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


def print_answer(finding: Finding) -> None:
    """Print the sentence of a finding, its notes, each once, and what to do if it has no data."""
    print_text(finding.answer())
    for note in dict.fromkeys(finding.notes):
        print_text(f"– {note[:1].upper()}{note[1:]}.")
    if step := finding.next_step:
        print_text(f"Next: {step}.")


def print_finding(finding: Finding, plot: Path | None, as_json: bool) -> None:
    """Print a finding, and save its figure where a file was asked for."""
    save_plot(finding, plot)
    if as_json:
        print_json(finding.to_dict())
        return
    print_answer(finding)
    table = finding.readable()
    # Where there is no answer, a table has nothing to say that the sentence does not.
    if table.size and finding.answered:
        print()
        print_rows(table.to_dict("records"))
