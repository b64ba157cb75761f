"""Effects beside each other. One effect over its dose is `Effect.plot`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from runanalytics.findings import drawing
from runanalytics.findings.finding import NOT_ENOUGH_DATA, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from runanalytics.findings.effect import Effect

#: Half a 95 % interval of the normal distribution, in standard deviations.
_HALF_95 = 1.959964


def forest(effects: Mapping[str, Effect], *, ax: Axes | None = None) -> Axes:
    """Draw effects in percent beside each other, with what was known before where it is.

    Parameters
    ----------
    effects : mapping of str to Effect
        By the label of the row. Those without an estimate keep their row, and say so.
    ax : Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    Axes
        Change over percent; a dot and its interval are of the data alone, the open diamond
        and thin line are of the literature.
    """
    axes = drawing.axes(ax)
    axes.axvline(0, color=drawing.INK, linewidth=0.8)
    axes.axvspan(-1, 1, color=drawing.NOTHING, linewidth=0, zorder=0)
    for row, effect in enumerate(effects.values()):
        known = np.isfinite(effect.percent)
        colour = drawing.ANSWER
        if known:
            settled = effect.verdict != NOT_ENOUGH_DATA
            axes.plot(
                [effect.percent_low, effect.percent_high],
                [row, row],
                color=colour,
                linewidth=2.2,
                alpha=1 if settled else 0.5,
                solid_capstyle="butt",
            )
            axes.plot(
                effect.percent,
                row,
                "o",
                markersize=7,
                markeredgecolor=colour,
                markerfacecolor=colour if settled else "white",
            )
        else:
            axes.annotate(
                NOT_ENOUGH_DATA,
                (0, row),
                xytext=(6, -3),
                textcoords="offset points",
                va="bottom",
                size=9,
                color=drawing.QUIET,
            )
        if effect.prior is not None:
            half = _HALF_95 * effect.prior.sd_percent
            axes.plot(
                [effect.prior.mean_percent - half, effect.prior.mean_percent + half],
                [row + 0.28] * 2,
                color=drawing.QUIET,
                linewidth=1.0,
            )
            axes.plot(
                effect.prior.mean_percent,
                row + 0.28,
                "D",
                markersize=4,
                markerfacecolor="white",
                markeredgecolor=drawing.QUIET,
            )
    axes.set_yticks(range(len(effects)), list(effects))
    axes.set_ylim(len(effects) - 0.4, -0.6)
    axes.set_xlabel("Change, %", fontsize=9, color=drawing.QUIET)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=drawing.RULE, linewidth=0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


def describe_forest(effects: Mapping[str, Effect]) -> str:
    """Return in words what `forest` shows.

    Parameters
    ----------
    effects : mapping of str to Effect
        By the label of the row.
    """
    parts = []
    for label, effect in effects.items():
        if np.isfinite(effect.percent):
            parts.append(
                f"{label}: {signed(effect.percent)} %, {effect.level:.0%} interval "
                f"{signed(effect.percent_low)} to {signed(effect.percent_high)} %, {effect.verdict}"
            )
        else:
            parts.append(f"{label}: {effect.verdict}")
    return f"Effects with their intervals. {'; '.join(parts)}."
