"""Colours and axes that all figures share.

The colours are those of Okabe & Ito (2008, *Color Universal Design*), told apart under the
common forms of colour-blindness; those that meet in one figure also differ in lightness, so
that they survive a grey printer. Matplotlib is loaded when the first figure is drawn.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

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

#: Letters of a mark.
LONGEST_MARK = 28

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
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
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
    offset = (6, -3)
    ax.annotate(text, (0, row), offset, textcoords="offset points", color=QUIET, **style)


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
    middle = np.asarray(weekly["week"] + np.timedelta64(3, "D"), dtype="M8[us]")
    size = 8.0 + 4.0 * weekly["runs"].to_numpy()
    ax.scatter(middle, weekly["observed"], s=size, color=POINT, alpha=0.6, linewidths=0)
    return middle


def mark(ax: Axes, day: datetime.date, text: str) -> None:
    """Mark a day on an axis of dates.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`, with dates on x.
    day : date
        The day.
    text : str
        What happened, written along the line; cut where it is long.
    """
    if len(text) > LONGEST_MARK:
        text = f"{text[: LONGEST_MARK - 1]}…"
    across = ax.get_xaxis_transform()
    ends = [np.datetime64(day)] * 2
    ax.plot(ends, [0, 1], transform=across, color=CONTRAST, linewidth=1, linestyle=DASHED)
    _write_upright(ax, day, 1, text, xytext=(-2, -3), ha="right", va="top", fontsize=7.5)


def notch(ax: Axes, day: datetime.date, text: str) -> None:
    """Mark a day of the second rank at the foot of an axis of dates.

    Parameters
    ----------
    ax : Axes
        Axes from `axes`, with dates on x.
    day : date
        The day.
    text : str
        What was new, written above; may be empty.
    """
    across = ax.get_xaxis_transform()
    ax.plot([np.datetime64(day)] * 2, [0, 0.05], transform=across, color=CONTRAST, linewidth=1)
    if text:
        short = text[:LONGEST_MARK]
        _write_upright(ax, day, 0.06, short, xytext=(0, 0), ha="center", va="bottom", fontsize=6.5)


def _write_upright(ax: Axes, day: datetime.date, height: float, text: str, **style: Any) -> None:
    ax.annotate(
        text,
        (np.datetime64(day), height),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        rotation=90,
        color=CONTRAST,
        **style,
    )


def say(ax: Axes, text: str) -> None:
    """Write on axes why there is nothing to draw."""
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=QUIET, wrap=True
    )
    ax.set_xticks([])
    ax.set_yticks([])
