"""The speed of runs over time, with the bursts that may be strides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.errors import RunAnalyticsError
from runanalytics.findings import drawing
from runanalytics.measures.strides import strides
from runanalytics.schema.checking import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Runs that are drawn, the latest of them.
MOST_RUNS = 6
_HEIGHT_IN, _WIDTH_IN = 1.6, 7.2


def bursts_of_runs(runs: pd.DataFrame, samples_of: Callable[[str], pd.DataFrame]) -> Axes:
    """Draw the speed of the latest runs, one below the other, with bursts marked.

    Parameters
    ----------
    runs : DataFrame
        One row a run, by day: id, local_date and text (its title, possibly missing).
    samples_of : callable
        Returns table ``samples`` of a run by its identifier.

    Returns
    -------
    Axes
        Those of the last run that is drawn; speed in m/s over minutes.

    Raises
    ------
    SchemaError
        If a column is missing.
    RunAnalyticsError
        If the samples of none of the runs can be read.
    """
    from matplotlib.figure import Figure

    require(runs, "runs", ("id", "local_date", "text"))
    drawn = []
    problem: RunAnalyticsError | None = None
    for run in runs.tail(MOST_RUNS).to_dict("records"):
        try:
            drawn.append((run, samples_of(str(run["id"]))))
        except RunAnalyticsError as error:
            problem = error
    if problem is not None and not drawn:
        raise problem
    figure = Figure(
        figsize=(_WIDTH_IN, 0.5 + _HEIGHT_IN * max(1, len(drawn))), layout="constrained"
    )
    panels = figure.subplots(len(drawn), 1, squeeze=False)[:, 0]
    for ax, (run, samples) in zip(panels, drawn, strict=True):
        _draw(ax, samples)
        title = run["text"] if isinstance(run["text"], str) else ""
        day = f"{run['local_date']:%Y-%m-%d}"
        ax.set_title(f"{day}  {title}".rstrip(), loc="left", fontsize=9, parse_math=False)
    panels[-1].set_xlabel("Minutes")
    last: Axes = panels[-1]
    return last


def _draw(ax: Axes, samples: pd.DataFrame) -> None:
    minutes = samples["elapsed_s"] / 60
    ax.plot(minutes, samples["speed_m_s"], color=drawing.INK, linewidth=0.8)
    found = strides(samples)
    for number, burst in enumerate(found.to_dict("records"), start=1):
        begin, end = burst["start_s"] / 60, (burst["start_s"] + burst["duration_s"]) / 60
        ax.axvspan(begin, end, color=drawing.CONTRAST, alpha=0.35, linewidth=0)
        ax.annotate(
            str(number),
            ((begin + end) / 2, burst["speed_m_s"]),
            ha="center",
            va="bottom",
            fontsize=8,
            color=drawing.INK,
        )
    ax.set_ylabel("Speed, m/s")
    ax.margins(x=0.01, y=0.15)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
