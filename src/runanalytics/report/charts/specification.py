"""What charts share: their look, their smooth with its band, and numbers as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from runanalytics.findings import drawing

if TYPE_CHECKING:
    import altair as alt

#: Half a 95 % interval of the normal distribution, in standard errors.
HALF_95: Final = 1.959964
#: What Vega counts time in: a day, ms.
DAY_MS: Final = 86_400_000
#: Height of a figure over time, px.
TALL: Final = 260
MONTHS_AXIS: Any = {"title": None, "grid": False, "labelOverlap": True, "tickCount": 6}
_CONFIG: Any = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "domainColor": drawing.RULE,
        "gridColor": drawing.RULE,
        "tickColor": drawing.RULE,
        "labelColor": drawing.QUIET,
        "titleColor": drawing.QUIET,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
}


def specified(
    chart: alt.LayerChart | alt.FacetChart, *, y: str | None = None, rows: int = 0
) -> dict[str, Any]:
    """Return the specification of a chart that is as wide as its place.

    Parameters
    ----------
    chart : LayerChart
        Layers, with data by name.
    y : str, optional
        What its vertical axis means.
    rows : int
        How many rows it has instead, about a line at no change.
    """
    made: dict[str, Any] = chart.to_dict(validate=False)
    layers = made["layer"]
    if rows:
        line = {"mark": {"type": "rule", "color": drawing.INK}, "data": {"values": [{"at": 0}]}}
        layers.insert(0, line | {"encoding": {"x": {"field": "at", "type": "quantitative"}}})
        for layer in layers:
            encoding = layer["encoding"]
            if "field" in encoding["x"]:
                encoding["x"]["axis"] = {"title": "Change, %", "format": "~g", "tickCount": 7}
            if "y" in encoding:
                scale = {"domain": [rows, 0], "nice": False}
                encoding["y"] |= {"scale": scale, "axis": None}
    else:
        for layer in layers:
            if "field" in layer.get("encoding", {}).get("y", {}) and y is not None:
                layer["encoding"]["y"]["title"] = y
    fitting = {"type": "fit-x", "contains": "padding"}
    return made | {"width": "container", "autosize": fitting, "config": _CONFIG}


def smooth_band(series: str, below: int = 0) -> list[alt.Chart]:
    """Return the line and band of a series over time; `below` (px) leaves room above the dates."""
    import altair as alt

    base = alt.Chart(alt.NamedData(series))
    x = alt.X("t:T", scale=alt.Scale(type="utc"), axis=alt.Axis(**MONTHS_AXIS, offset=below))
    y = alt.Y("low:Q", scale=alt.Scale(zero=False))
    band = base.mark_area(color=drawing.ANSWER, opacity=drawing.BAND_ALPHA)
    line = base.mark_line(color=drawing.ANSWER, strokeWidth=2)
    return [band.encode(x, y, y2="high:Q"), line.encode(x, alt.Y("value:Q"))]


def columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns; what a row lacks is missing."""
    names = dict.fromkeys(each for row in rows for each in row)
    return {each: [plain(row.get(each)) for row in rows] for each in names}


def plain(cell: Any) -> Any:
    """Return a number as JSON has it, to five digits; anything else as it is."""
    if isinstance(cell, float):
        return float(f"{cell:.5g}") if np.isfinite(cell) else None
    return cell


def rounded(numbers: pd.Series) -> list[float | None]:
    """Return numbers as JSON has them, to five digits."""
    return [plain(float(each)) for each in numbers]


def rows_told(n_drawn: int, n_told: int) -> list[int | None]:
    """Return the row of words of each thing drawn; of many, only the last ones have one."""
    untold = max(0, n_drawn - n_told)
    return [None] * untold + list(range(n_drawn - untold))


def of_the_last(caption: str, what: str, n_drawn: int, n_told: int) -> str:
    """Return the caption of a table of what is drawn, saying if it is of the last ones only."""
    return f"{caption}, the last {n_told} {what}" if n_drawn > n_told else caption


def days_since_1970(days: pd.Series) -> list[int]:
    """Return days as the page holds them; who draws them makes them milliseconds (`DAY_MS`)."""
    since = np.asarray(days, dtype="datetime64[D]").astype(np.int64)
    return [int(each) for each in since]
