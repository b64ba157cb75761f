"""The forest plot: effects and their intervals in rows. `Effect.plot` shows one over its dose."""

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
    """Draw effects in percent in rows, with their priors where there are any.

    Parameters
    ----------
    effects : mapping of str to Effect
        By the label of the row. Those without an estimate keep their row, marked so.
    ax : Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    Axes
        Change over percent; a dot and its interval are of the data alone, the open diamond
        and thin line are of the literature.
    """
    axes = drawing.axes(ax)
    drawing.rows(axes, list(effects))
    axes.axvspan(-1, 1, color=drawing.NOTHING, linewidth=0, zorder=0)
    for row, effect in enumerate(effects.values()):
        if np.isfinite(effect.percent):
            enough = effect.verdict != NOT_ENOUGH_DATA
            ends, alpha = (effect.percent_low, effect.percent_high), 1 if enough else 0.5
            drawing.row_interval(axes, row, *ends, drawing.ANSWER, alpha=alpha)
            axes.plot(
                effect.percent,
                row,
                "o",
                markersize=7,
                markeredgecolor=drawing.ANSWER,
                markerfacecolor=drawing.ANSWER if enough else "white",
            )
        else:
            drawing.row_without_data(axes, row, NOT_ENOUGH_DATA, fontsize=9)
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
    axes.set_xlabel("Change, %", fontsize=9, color=drawing.QUIET)
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
