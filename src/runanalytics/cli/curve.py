"""The curve of a trend in letters, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runanalytics.findings.trend import Trend

#: Lines of a curve, and the most letters of one.
_LINES, _WIDEST = 9, 110
#: The level in the lower and the upper half of a line, its interval, and the axis.
_BLOCKS = ("▄", "▀", "░", "│")
#: The same in an encoding that lacks them.
_ASCII = ("#", "#", ":", "|")
#: All that a curve is drawn with where its encoding has it.
BLOCKS = "".join(_BLOCKS)


def curve(found: Trend, width: int, *, ascii_only: bool = False) -> str:
    """Return the level of a trend by week with its interval, drawn in letters.

    Parameters
    ----------
    found : Trend
        What is drawn.
    width : int
        The most letters of a line.
    ascii_only : bool
        Whether to do without block characters.

    Returns
    -------
    str
        Lines, the first of which says what they show and the last from when to when; empty where
        there are not two weeks with a level.
    """
    import numpy as np

    weekly = found.weekly.dropna(subset=["value", "low", "high"])
    if len(weekly) < 2:
        return ""
    lower, upper, inside, axis = _ASCII if ascii_only else _BLOCKS
    value, low, high = (weekly[name].to_numpy(float) for name in ("value", "low", "high"))
    bottom, top = float(low.min()), float(high.max())
    digits = found.digits if top - bottom < 10 else 0
    names = {
        0: f"{top:.{digits}f}",
        _LINES // 2: f"{(top + bottom) / 2:.{digits}f}",
        _LINES - 1: f"{bottom:.{digits}f}",
    }
    margin = max(map(len, names.values()))
    n_columns = min(width, _WIDEST) - margin - 2
    days = (weekly["week"] - weekly["week"].iloc[0]).dt.days.to_numpy(float)
    across = np.linspace(0.0, days[-1], n_columns)
    # Heights in half lines from the bottom.
    scale = 2 * _LINES / max(top - bottom, np.finfo(float).tiny)
    heights = (np.interp(across, days, each) for each in (value, low, high))
    middle, least, most = (
        np.clip((each - bottom) * scale, 0, 2 * _LINES - 0.01) for each in heights
    )
    lines = [f"{_heading(found)}; {inside} is its {100 * found.level:g} % interval"]
    for number in range(_LINES):
        foot = 2 * (_LINES - 1 - number)
        cells = np.where((least < foot + 1.5) & (most > foot + 0.5), inside, " ")
        for half, sign in enumerate((lower, upper)):
            cells[middle.astype(int) == foot + half] = sign
        drawn = "".join(cells).rstrip()
        lines.append(f"{names.get(number, ''):>{margin}} {axis}{drawn}")
    first, last = (f"{day:%Y-%m-%d}" for day in weekly["week"].iloc[[0, -1]])
    lines.append(f"{'':{margin}}  {first}{last:>{n_columns - len(first)}}")
    return "\n".join(lines)


def _heading(found: Trend) -> str:
    unit = f", {found.unit}" if found.unit else ""
    return f"{found.label}{found.where}{unit}, by week"
