"""Colours and axes that all figures share.

The colours are those of Okabe & Ito (2008, *Color Universal Design*), told apart under the
common forms of colour-blindness; those that meet in one figure also differ in lightness, so
that they survive a grey printer. Matplotlib is loaded when the first figure is drawn.
"""

from __future__ import annotations

import datetime
import math
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from runanalytics.arrays import Floats

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

#: The answer itself, and its band.
ANSWER = "#0072B2"
#: What it is set against.
CONTRAST = "#D55E00"
#: A third thing.
THIRD = "#009E73"
#: Single weeks or runs.
POINT = "#8A8F98"
#: Text and lines of the second rank.
QUIET = "#5B616B"
RULE = "#D9DCE1"
INK = "#1B1F24"
#: Where nothing was done, and changes too small to matter.
NOTHING = "#ECEEF1"
BAND_ALPHA = 0.22
DASHED = (0, (4, 3))

#: Letters of a mark, its size, the height of a row of marks, and the gap between two, points.
LONGEST_MARK = 44
_MARK_SIZE, _MARK_ROW, _MARK_GAP = 7.5, 9.5, 7.0
#: What names a mark among the texts of its axes.
_MARK = "mark"
#: What stands behind words that lines would cross.
_CLEAR: Any = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
_TITLE: Any = {"loc": "left", "fontsize": 11, "fontweight": "bold", "color": INK}
#: Steps between times on an axis, s.
_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)

#: Width and height of a figure of its own, inches.
FIGURE_SIZE = (7.2, 3.6)


def axes(ax: Axes | None = None, size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return `ax`, or the axes of a new figure that belongs to nobody else, in house style.

    Parameters
    ----------
    ax : Axes, optional
        Axes to draw on.
    size : tuple of float
        Width and height of the new figure, inches.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=size, layout="constrained").add_subplot()
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(RULE)
    ax.tick_params(colors=QUIET, labelsize=9, length=3)
    ax.grid(axis="y", color=RULE, linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def titled(ax: Axes, title: str, *, x: str = "", y: str = "") -> None:
    """Name a figure and its axes.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`.
    title, x, y : str
        What is shown; what the axes mean, with unit.
    """
    ax.set_title(title, **_TITLE)
    ax.set_xlabel(x, fontsize=9, color=QUIET)
    ax.set_ylabel(y, fontsize=9, color=QUIET)


def rows(ax: Axes, names: Sequence[str]) -> None:
    """Make the y axis one of named rows from the top, about a line at no change.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`.
    names : sequence of str
        Of the rows.
    """
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(names)), list(names))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=RULE, linewidth=0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def estimates(ax: Axes, table: pd.DataFrame) -> Axes:
    """Draw estimates of one change in rows, the first as the answer.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`.
    table : DataFrame
        source, change_percent, low_percent, high_percent.
    """
    rows(ax, list(table["source"]))
    ends = table[["change_percent", "low_percent", "high_percent"]].to_numpy(float)
    for row, (middle, low, high) in enumerate(ends):
        colour = POINT if row else ANSWER
        row_interval(ax, row, low, high, colour)
        ax.plot(middle, row, "o", markersize=6, color=colour)
    ax.set_xlabel("Change, %", fontsize=9, color=QUIET)
    return ax


def row_interval(ax: Axes, row: float, low: float, high: float, colour: str, **style: Any) -> None:
    """Draw the interval of a row.

    Parameters
    ----------
    ax : Axes
        Axes with `rows`.
    row : float
        Which.
    low, high : float
        The interval.
    colour : str
        Its colour.
    **style
        As `Axes.plot` takes it.
    """
    ax.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", **style)


def row_without_data(ax: Axes, row: int, text: str, **style: Any) -> None:
    """Write in a row that it has no estimate.

    Parameters
    ----------
    ax : Axes
        Axes with `rows`.
    row : int
        Which.
    text : str
        What to write.
    **style
        As `Axes.annotate` takes it.
    """
    place: Any = {"ha": "center", "va": "center", "bbox": _CLEAR, "zorder": 3}
    ax.annotate(text, (0, row), color=QUIET, **place | style)


def band(ax: Axes, x: ArrayLike, middle: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
    """Draw a line with its band.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x, middle, low, high : array_like
        The line and the edges of its band.
    """
    ax.fill_between(x, low, high, color=ANSWER, alpha=BAND_ALPHA, linewidth=0)
    ax.plot(x, middle, color=ANSWER, linewidth=2)


def dots(ax: Axes, x: ArrayLike, y: ArrayLike, area: Floats) -> None:
    """Draw dots of several sizes, through which dots and lines below them show.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x, y : array_like
        Their places.
    area : ndarray
        As `Axes.scatter` takes it, square points. Of few sizes: there each dot would be drawn by
        itself, which takes ten times as long.
    """
    across, up = np.asarray(x), np.asarray(y)
    style: Any = {"color": POINT, "alpha": 0.6, "markeredgewidth": 0, "zorder": 1}
    for size in np.unique(area):
        alike = area == size
        ax.plot(across[alike], up[alike], "o", markersize=np.sqrt(size), **style)


def concise_dates() -> AbstractContextManager[None]:
    """Return a context in which date axes say each year and month once, not at every tick."""
    from matplotlib import rc_context

    return rc_context({"date.converter": "concise"})


def weekly_means(ax: Axes, weekly: pd.DataFrame) -> npt.NDArray[np.datetime64]:
    """Draw a dot for each week, larger where it has more runs; return the middles of the weeks.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    weekly : DataFrame
        Columns week (its Monday), observed and runs.
    """
    from matplotlib.dates import ConciseDateFormatter

    middle = np.asarray(weekly["week"] + np.timedelta64(3, "D"), dtype="M8[us]")
    size = 8.0 + 4.0 * weekly["runs"].to_numpy()
    dots(ax, middle, weekly["observed"], size)
    formatter = ax.xaxis.get_major_formatter()
    if isinstance(formatter, ConciseDateFormatter):
        # Over a few months ticks are days and name their months: beside them the year is enough.
        formatter.offset_formats[2] = "%Y"
    return middle


def mark(ax: Axes, day: datetime.date, text: str) -> None:
    """Mark a day on an axis of dates, with its words above the axes, off the curve.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`, with dates on x, and all else drawn.
    day : date
        The day.
    text : str
        What happened; words beyond `LONGEST_MARK` letters are left out.
    """
    across: Any = ax.get_xaxis_transform()
    ends = [np.datetime64(day)] * 2
    # Words have a place in days of 1970, as the axis has after its units are converted.
    at = float((np.datetime64(day) - np.datetime64(0, "D")) / np.timedelta64(1, "D"))
    ax.plot(ends, [0, 1], transform=across, color=CONTRAST, linewidth=1, linestyle=DASHED)
    ax.annotate(
        _short(text),
        (at, 1),
        (0, 4),
        xycoords=across,
        textcoords="offset points",
        fontsize=_MARK_SIZE,
        color=CONTRAST,
        ha="center",
        va="bottom",
        parse_math=False,
        gid=_MARK,
        bbox=_CLEAR,
        arrowprops={"arrowstyle": "-", "color": CONTRAST, "linewidth": 0.8, "shrinkB": 0},
    )
    _arrange_marks(ax)


def _short(text: str) -> str:
    """Return a name whole, or its first words; a first word that is too long is cut."""
    first, *rest = text.split() or [""]
    if len(first) >= LONGEST_MARK:
        first = f"{first[: LONGEST_MARK - 2]}…"
    return textwrap.shorten(" ".join([first, *rest]), LONGEST_MARK, placeholder="…")


def _arrange_marks(ax: Axes) -> None:
    """Put the words of marks in rows above the axes, each in the lowest where there is room."""
    from matplotlib.textpath import text_to_path

    left, right = ax.get_xlim()
    figure = ax.get_figure(root=True)
    width = 72 * ax.get_position().width * (figure.get_size_inches()[0] if figure else 0.0)
    marks: Any = [text for text in ax.texts if text.get_gid() == _MARK]
    placed: list[tuple[int, float, float]] = []
    for text in sorted(marks, key=lambda each: each.xy[0]):
        at = width * (text.xy[0] - left) / (right - left)
        words, font = text.get_text(), text.get_fontproperties()
        long = text_to_path.get_text_width_height_descent(words, font, ismath=False)[0]
        begin = max(min(at - long / 2, width - long), 0.0)
        end = begin + long + _MARK_GAP
        taken = {row for row, start, stop in placed if begin < stop and start < end}
        row = next(each for each in range(len(placed) + 1) if each not in taken)
        placed.append((row, begin, end))
        text.set_position((begin + long / 2 - at, 4 + _MARK_ROW * row))
    if marks and ax.get_title(loc="left"):
        pad = 8 + _MARK_ROW * (1 + max(row for row, _, _ in placed))
        ax.set_title(ax.get_title(loc="left"), pad=pad, **_TITLE)


def notch(ax: Axes, day: datetime.date, text: str) -> None:
    """Mark a day of the second rank at the foot of an axis of dates.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`, with dates on x.
    day : date
        The day.
    text : str
        What was new, written below the axes after what earlier notches were; may be empty.
    """
    across: Any = ax.get_xaxis_transform()
    ax.plot([np.datetime64(day)] * 2, [0, 0.05], transform=across, color=CONTRAST, linewidth=1)
    if text:
        words = f"{_short(text)} ({day:%b %Y})"
        before = ax.get_xlabel() or "marks at the foot:"
        label = f"{before}{',' if ax.get_xlabel() else ''} {words}"
        ax.set_xlabel(label, fontsize=8, color=QUIET, parse_math=False)


def round_times(low_s: float, high_s: float, most: int = 7) -> list[float]:
    """Return the multiples of a round time between two, at most `most` or so.

    Parameters
    ----------
    low_s, high_s : float
        Two times, s.
    most : int
        How many steps there may be between them.

    Examples
    --------
    >>> round_times(2531.0, 2840.0)
    [2580.0, 2640.0, 2700.0, 2760.0, 2820.0]
    """
    step = next(
        (step for step in _TIME_STEPS_S if high_s - low_s <= step * most),
        3600 * math.ceil((high_s - low_s) / (3600 * most)),
    )
    return [float(step * n) for n in range(math.ceil(low_s / step), math.floor(high_s / step) + 1)]


def say(ax: Axes, text: str) -> None:
    """Write on axes why there is nothing to draw."""
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=QUIET, wrap=True
    )
    ax.set_xticks([])
    ax.set_yticks([])
