"""Colours and axes that all figures share.

The colours are those of Okabe & Ito (2008, *Color Universal Design*), told apart under the
common forms of colour-blindness; those that meet in one figure also differ in lightness, so
that they survive a grey printer. Matplotlib is loaded when the first figure is drawn.
"""

from __future__ import annotations

import datetime
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

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

#: Letters of a mark.
LONGEST_MARK = 28

#: Width and height of a figure of its own, inches.
FIGURE_SIZE = (7.2, 3.6)


def axes(ax: Axes | None = None) -> Axes:
    """Return `ax`, or the axes of a new figure that belongs to nobody else, in house style.

    Parameters
    ----------
    ax : Axes, optional
        Axes to draw on.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=FIGURE_SIZE, layout="constrained").add_subplot()
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
        What happened, written beside the line; cut where it is long.
    """
    if len(text) > LONGEST_MARK:
        text = f"{text[: LONGEST_MARK - 1]}…"
    across = ax.get_xaxis_transform()
    ax.plot(
        [np.datetime64(day)] * 2,
        [0, 1],
        transform=across,
        color=CONTRAST,
        linewidth=1,
        linestyle=(0, (4, 3)),
    )
    ax.annotate(
        text,
        (np.datetime64(day), 1),
        xycoords=across,
        xytext=(-2, -3),
        textcoords="offset points",
        ha="right",
        va="top",
        rotation=90,
        fontsize=7.5,
        color=CONTRAST,
    )


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
        ax.annotate(
            text[:LONGEST_MARK],
            (np.datetime64(day), 0.06),
            xycoords=across,
            ha="center",
            va="bottom",
            rotation=90,
            fontsize=6.5,
            color=CONTRAST,
        )


def say(ax: Axes, text: str) -> None:
    """Write on axes that there is nothing to draw, and why."""
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=QUIET, wrap=True
    )
    ax.set_xticks([])
    ax.set_yticks([])
