"""A form metric over time, with the sessions of each week below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings import drawing
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.plots.calendar import KIND_COLOURS, NOTHING_COLOUR, add_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from runanalytics.findings.trend import Trend

_Numbers = Callable[[object], Any]

#: A week with this many sessions is drawn in full colour, with fewer paler.
_FULL_WEEK, _PALEST = 3, 0.4
#: Height of a row of weeks below the axes, and the gap above it, as shares of the axes.
_ROW, _ROW_GAP = 0.05, 0.025


def form_over_time(
    trend: Trend,
    doses: Mapping[str, pd.DataFrame] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a metric at the reference pace over time, and below it the sessions of each week.

    Parameters
    ----------
    trend : Trend
        The finding that is drawn: weekly means, the smooth and its band, new devices.
    doses : mapping of str to DataFrame, optional
        Table "dose" by kind of session (``strength``, ``technique``): a row of weeks below,
        the darker the more sessions, grey for none, empty where the log does not cover them.
    ax : Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    Axes
        With the metric in its own unit over the date.

    Examples
    --------
    >>> from runanalytics.findings.trend import trend
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=52)
    >>> form_over_time(trend(drawn.form), {"strength": drawn.dose}).get_ylabel()
    'Ground contact time (ms)'
    """
    axes = trend.plot(ax)
    if not trend.weekly.empty:
        _draw_doses(axes, doses or {})
    return axes


def describe_form(trend: Trend, doses: Mapping[str, pd.DataFrame] | None = None) -> str:
    """Return in words what `form_over_time` shows.

    Parameters
    ----------
    trend : Trend
        The finding that is drawn.
    doses : mapping of str to DataFrame, optional
        As for `form_over_time`.
    """
    below = f" Below, sessions a week of {' and '.join(doses)}." if doses else ""
    return f"{trend.label} at the reference pace, week by week. {trend.summary()}{below}"


def _draw_doses(axes: Axes, doses: Mapping[str, pd.DataFrame]) -> None:
    """Draw a row of weeks below the axes for each dose that was logged."""
    number_of: _Numbers = axes.convert_xunits
    left, right = axes.get_xlim()
    number = 0
    for what, dose in doses.items():
        week, amount = sessions_by_week(dose)
        start = np.asarray(number_of(week), dtype=np.float64)
        shown = (start + 7 > left) & (start < right)
        if not shown.any():
            continue
        top = -_ROW_GAP - number * (_ROW + _ROW_GAP)
        begin = np.maximum(start[shown] + 0.4, left)
        end = np.minimum(start[shown] + 6.6, right)
        low, high = np.full_like(begin, top - _ROW), np.full_like(begin, top)
        across, down = np.stack([begin, end, end, begin]), np.stack([high, high, low, low])
        corners = np.stack([across, down]).T
        for sessions in range(_FULL_WEEK + 1):
            face = _shade(KIND_COLOURS[what], sessions) if sessions else NOTHING_COLOUR
            chosen = np.clip(np.ceil(amount[shown]), 0, _FULL_WEEK) == sessions
            add_cells(axes, corners[chosen], face, below=True)
        place: Any = {"transform": axes.transAxes, "ha": "right", "va": "center"}
        axes.text(-0.008, top - _ROW / 2, what.capitalize(), size=8, color=drawing.QUIET, **place)
        number += 1
    axes.set_xlim(left, right)
    if number:
        axes.spines["bottom"].set_position(("axes", -number * (_ROW + _ROW_GAP) - _ROW_GAP))
        axes.spines["bottom"].set_visible(False)


def _shade(colour: str, sessions: int) -> tuple[float, ...]:
    """Return a colour on white, the paler the fewer sessions."""
    from matplotlib.colors import to_rgb

    share = _PALEST + (1 - _PALEST) * (sessions - 1) / (_FULL_WEEK - 1)
    return tuple(1 - share * (1 - part) for part in to_rgb(colour))


def sessions_by_week(dose: pd.DataFrame) -> tuple[npt.NDArray[np.datetime64], Floats]:
    """Return the Mondays of the logged weeks, and the dose of each.

    Parameters
    ----------
    dose : DataFrame
        Table "dose".
    """
    log = daily_log(dose)
    if not log.stretches:
        return np.array([], dtype="datetime64[D]"), np.array([])
    # 1 January 1970 was a Thursday.
    number, place = np.unique((log.days + 3) // 7, return_inverse=True)
    amount = np.concatenate([each for _, each in log.stretches])
    return np.datetime64("1969-12-29", "D") + 7 * number, np.bincount(place, amount).astype(
        np.float64
    )
