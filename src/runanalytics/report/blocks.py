"""The blocks that sections of the report are made of, as plain values for the layout.

A section is a heading and blocks: ``text``, ``note``, ``heading``, ``figure`` (SVG, alternative
text and caption), ``table`` (columns, widths, alignment, rows, caption) and ``list``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]
Section = dict[str, Any]

#: Tables with at most this many rows stay together on a page.
MOST_ROWS = 5


def section(heading: str, blocks: list[Block]) -> Section:
    """Return a section."""
    return {"heading": heading, "blocks": blocks}


def text(words: str) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": words}


def note(words: str) -> Block:
    """Return a paragraph in small print."""
    return {"kind": "note", "text": words}


def heading(words: str) -> Block:
    """Return a heading inside a section."""
    return {"kind": "heading", "text": words}


def bullets(items: list[str]) -> Block:
    """Return a list."""
    return {"kind": "list", "items": items}


def table(
    columns: list[str],
    rows: list[list[str]],
    *,
    align: str,
    caption: str = "",
    wide: Sequence[int] = (0,),
    breaks: bool = False,
) -> Block:
    """Return a table whose `wide` columns share the width that the others leave.

    Parameters
    ----------
    columns : list of str
        Headings.
    rows : list of list of str
        A cell for each column.
    align : str
        One letter a column: "l" for left, "r" for right.
    caption : str
        Text below the table.
    wide : sequence of int
        Indices of the wide columns.
    breaks : bool
        Whether even a short table may break over two pages.
    """
    return {
        "kind": "table",
        "columns": columns,
        "widths": [1 if number in wide else "auto" for number in range(len(columns))],
        "align": ["right" if side == "r" else "left" for side in align],
        "rows": rows,
        "breaks": breaks or len(rows) > MOST_ROWS,
        "caption": caption,
    }
