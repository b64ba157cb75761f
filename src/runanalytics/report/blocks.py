"""The content model of a report: its sections, sentences, tables and figures, in order.

`runanalytics.report.sections.compose` decides all of it once; the PDF (`build.py`) and the page
for browsers (`html.py`) render the same model and add no words of their own but those of their
controls. It is plain values throughout, but for figures, which are drawn when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

#: Tables with at most this many rows stay together on a page.
MOST_ROWS = 6


@dataclass(frozen=True)
class Series:
    """Part of a figure for screens: what is drawn, and the same values as a table of words.

    Parameters
    ----------
    caption : str
        What it is a table of.
    columns, rows : list
        Headings, and a row of cells for each thing drawn: what the pointer is told of it.
    drawn : dict of str to list
        Numbers that place and colour it, by field, a value for each row.
    """

    caption: str
    columns: list[str]
    rows: list[list[str]]
    drawn: dict[str, list[Any]]


@dataclass(frozen=True)
class Choice:
    """One version of a figure, such as that at one pace.

    Parameters
    ----------
    label : str
        What is chosen; empty where there is nothing to choose.
    words : str
        What else is to be said of it.
    series : dict of str to Series
        By the name of their data in the figure's specification.
    """

    label: str
    words: str
    series: dict[str, Series]


@dataclass(frozen=True)
class Chart:
    """A figure for screens, which answers to the pointer.

    Parameters
    ----------
    specification : dict
        Of Vega-Lite, with data by name.
    choices : tuple of Choice
        Versions, the report's own first.
    title : str
        Its title, where a figure is of several charts.
    key : tuple of (str, str)
        What marks mean: class of the mark (`page.css`), and words.
    hideable : tuple of (str, str)
        Devices that can be hidden: the sign of their runs, and their name.
    """

    specification: dict[str, Any]
    choices: tuple[Choice, ...]
    title: str = ""
    key: tuple[tuple[str, str], ...] = ()
    hideable: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A figure that each renderer draws in its own way, when it is asked to.

    Parameters
    ----------
    on_paper : callable
        Returns it as SVG, without arguments. Until it is asked for it can be pickled, so that
        another process may draw.
    on_screen : callable
        Returns it as a list of `Chart`, without arguments.
    size_in : (float, float)
        Its width and height on paper, inches: known before it is drawn.
    """

    on_paper: Callable[[], str]
    on_screen: Callable[[], list[Chart]]
    size_in: tuple[float, float]


class Words(TypedDict):
    """A paragraph, one in small print, or a heading inside a section."""

    kind: Literal["text", "note", "heading"]
    text: str


class Items(TypedDict):
    """A list."""

    kind: Literal["list"]
    items: list[str]


class Table(TypedDict):
    """A table: `widths` are shares of what columns of width "auto" leave."""

    kind: Literal["table"]
    columns: list[str]
    widths: list[int | str]
    align: list[str]
    rows: list[list[str]]
    breaks: bool
    caption: str


class Figure(TypedDict):
    """A figure with what it shows in words (`alt`) and how to read it (`caption`)."""

    kind: Literal["figure"]
    drawing: Drawing
    alt: str
    caption: str


Block = Words | Items | Table | Figure


class Section(TypedDict):
    """A heading and blocks."""

    heading: str
    blocks: list[Block]


class Fact(TypedDict):
    """A count of page 1."""

    label: str
    value: str


#: A number of page 1: ``label``, ``value``, ``unit``, ``place``, ``change`` and ``interval``, and
#: where there is a trend a small picture of it with its first and last month.
Card = TypedDict(
    "Card",
    {
        "label": str,
        "value": str,
        "unit": str,
        "place": str,
        "change": str,
        "interval": str,
        "drawing": NotRequired[Drawing],
        "alt": NotRequired[str],
        "from": NotRequired[str],
        "until": NotRequired[str],
    },
)


class Step(TypedDict):
    """What to do next, and the command that does it, empty where there is none."""

    text: str
    command: str


class Answer(TypedDict):
    """A question of page 1 with its answer, in words or in steps."""

    question: str
    text: NotRequired[str]
    steps: NotRequired[list[Step]]


class Report(TypedDict):
    """A whole report; `date` is the last day with data: year, month, day."""

    title: str
    document_title: str
    brand: str
    lang: str
    date: list[int]
    span: str
    footer: str
    simulated: bool
    simulated_mark: str
    accent: str
    facts: list[Fact]
    cards: list[Card]
    answers: list[Answer]
    sections: list[Section]


def section(heading: str, blocks: list[Block]) -> Section:
    """Return a section."""
    return {"heading": heading, "blocks": blocks}


def text(words: str) -> Words:
    """Return a paragraph."""
    return {"kind": "text", "text": words}


def note(words: str) -> Words:
    """Return a paragraph in small print."""
    return {"kind": "note", "text": words}


def heading(words: str) -> Words:
    """Return a heading inside a section."""
    return {"kind": "heading", "text": words}


def bullets(items: list[str]) -> Items:
    """Return a list."""
    return {"kind": "list", "items": items}


def figure(drawing: Drawing, alt: str, caption: str = "") -> Figure:
    """Return a figure."""
    return {"kind": "figure", "drawing": drawing, "alt": alt, "caption": caption}


def table(
    columns: list[str],
    rows: list[list[str]],
    *,
    align: str,
    caption: str = "",
    wide: Sequence[int] = (0,),
    widths: Sequence[int | str] = (),
    breaks: bool = False,
) -> Table:
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
    widths : sequence of int or str
        The width of each column instead: a share, or "auto".
    breaks : bool
        Whether even a short table may break over two pages.
    """
    shares = [1 if number in wide else "auto" for number in range(len(columns))]
    return {
        "kind": "table",
        "columns": columns,
        "widths": list(widths) or shares,
        "align": ["right" if side == "r" else "left" for side in align],
        "rows": rows,
        "breaks": breaks or len(rows) > MOST_ROWS,
        "caption": caption,
    }
