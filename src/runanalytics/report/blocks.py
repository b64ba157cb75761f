"""What sections are made of, as plain values for the layout.

A section is a heading and blocks: ``text``, ``heading``, ``figure`` (SVG, alternative text and
caption), ``table`` (columns, widths, sides, rows, caption) and ``list``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]

#: Rows of a table that stay together on a page.
MOST_ROWS = 14


def section(heading: str, blocks: list[Block], *, flowing: bool = False) -> dict[str, Any]:
    """Return a section; one with a figure begins a page unless it may flow on."""
    return {
        "heading": heading,
        "blocks": blocks,
        "new_page": has_figure(blocks) and not flowing,
    }


def text(words: str) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": words}


def heading(words: str) -> Block:
    """Return a heading inside a section."""
    return {"kind": "heading", "text": words}


def has_figure(blocks: list[Block]) -> bool:
    """Return whether one of the blocks is a figure."""
    return any(block["kind"] == "figure" for block in blocks)


def table(
    columns: list[str],
    rows: list[list[str]],
    *,
    sides: str,
    caption: str = "",
    wide: Sequence[int] = (0,),
    breaks: bool = False,
) -> Block:
    """Return a table whose `wide` columns share the room that the others leave.

    Parameters
    ----------
    columns : list of str
        Their heads.
    rows : list of list of str
        A cell for each column.
    sides : str
        A letter a column, "l" or "r", for where its text stands.
    caption : str
        What stands below.
    wide : sequence of int
        Numbers of the wide columns.
    breaks : bool
        Whether it may go on over the page even where it is short.
    """
    return {
        "kind": "table",
        "columns": columns,
        "widths": [1 if number in wide else "auto" for number in range(len(columns))],
        "align": ["right" if side == "r" else "left" for side in sides],
        "rows": rows,
        "breaks": breaks or len(rows) > MOST_ROWS,
        "caption": caption,
    }
