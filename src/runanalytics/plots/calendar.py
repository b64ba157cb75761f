"""Calendar of the days with strength work, drills, other work or a race."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.findings import drawing
from runanalytics.movements import work_of_set
from runanalytics.schema.checking import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


#: Colours of strength and technique, apart in hue and in lightness (Okabe & Ito 2008), and of
#: logged days and weeks with neither.
KIND_COLOURS = {"strength": drawing.CONTRAST, "technique": "#56B4E9"}
NOTHING_COLOUR = drawing.NOTHING
#: Colour of days with work that is neither, and of none of which the kind is known.
OTHER_COLOUR = "#B5A642"
#: Dose -> kinds of session that count.
_KINDS = {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}
_OTHER_KINDS = ("other", "unknown")
#: Share of a cell's side that is drawn; the rest separates it from its neighbours.
_FILLED = 0.86
#: Corners of a whole cell, and of its upper left and lower right half.
_WHOLE = ((0.0, 0.0), (_FILLED, 0.0), (_FILLED, _FILLED), (0.0, _FILLED))
_HALVES = {
    "strength": ((_FILLED, 0.0), (0.0, _FILLED), (0.0, 0.0)),
    "technique": ((_FILLED, 0.0), (0.0, _FILLED), (_FILLED, _FILLED)),
}
#: How a race day is ringed.
_RING: Any = {"facecolors": "none", "edgecolors": drawing.INK, "linewidths": 1.1}
#: Height of a year in cells: seven days, and room for the names of the months.
_YEAR_CELLS = 9.6
#: Years that are drawn at most.
MOST_YEARS = 3
#: Weeks that a year can touch, and room for the names left of them, inches.
_COLUMNS, _LEFT_IN, _TOP_IN = 54, 0.62, 0.3


def dose_calendar(
    sessions: pd.DataFrame,
    spans: pd.DataFrame,
    *,
    races: pd.DataFrame | None = None,
    years: int = MOST_YEARS,
    width_in: float = 6.7,
) -> Figure:
    """Draw the last years as a calendar of strength, drill and race days.

    A day with both strength work and drills is split between their colours. Other work, such as
    yoga, shows on days with neither, in a colour of its own; a logged day without any is grey. A
    day that no log covers is an empty frame; where only one of the two logs covers it, half of it
    is missing.

    Parameters
    ----------
    sessions : DataFrame
        Table "sessions".
    spans : DataFrame
        Table "log_spans".
    races : DataFrame, optional
        Table "races"; race days get a ring.
    years : int
        The last years that are drawn, at most.
    width_in : float
        Width of the figure, inches.

    Returns
    -------
    Figure
        One strip of weeks a year.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_runner
    >>> drawn = simulate_runner(3, weeks=8)
    >>> figure = dose_calendar(drawn.sessions, drawn.log_spans)
    >>> [text.get_text() for text in figure.axes[0].texts][:1]
    ['2025']
    """
    from matplotlib.figure import Figure

    days = day_states(sessions, spans)
    shown = sorted(set(_dates(days).year))[-years:]
    days = days[_dates(days).year >= shown[0]] if shown else days
    pitch = (width_in - _LEFT_IN) / _COLUMNS
    height_in = calendar_height_in(len(shown), width_in)
    figure = Figure(figsize=(width_in, height_in))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-_LEFT_IN / pitch, _COLUMNS)
    axes.set_ylim(height_in / pitch, 0)
    top_cells = _TOP_IN / pitch

    column, row = _places(_dates(days), shown, top_cells)
    other_work = with_other_work(sessions, days)
    add_cells(axes, _corners(column, row, _WHOLE)[other_work], OTHER_COLOUR)
    for what, other in (("strength", "technique"), ("technique", "strength")):
        corners = _corners(column, row, _HALVES[what])
        state = days[what].to_numpy()
        other_only = (state == "none") & (days[other] == "done").to_numpy()
        for mask, face in (
            ((state == "none") & ~other_only & ~other_work, NOTHING_COLOUR),
            (other_only, KIND_COLOURS[other]),
            (state == "done", KIND_COLOURS[what]),
        ):
            add_cells(axes, corners[mask], face)
    unknown = (days == "unknown").all(axis=1).to_numpy() & ~other_work
    add_cells(axes, _corners(column, row, _WHOLE)[unknown], "none", drawing.RULE)
    if races is not None and len(races):
        dates = pd.DatetimeIndex(pd.to_datetime(races["local_date"]).dropna().unique())
        dates = dates[dates.year.isin(shown)]
        across, down = _places(dates, shown, top_cells)
        size = (pitch * 72 * 0.8) ** 2
        axes.scatter(across + 0.43, down + 0.43, s=size, **_RING)
    _name_years(axes, shown, top_cells)
    _key(
        axes, days, has_other=bool(other_work.any()), has_races=races is not None and len(races) > 0
    )
    return figure


def add_cells(
    axes: Axes, corners: Floats, face: Any, edge: Any = "none", *, below: bool = False
) -> None:
    """Fill cells with one colour, as one path, since years have thousands of cells.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    corners : ndarray, shape (n_cells, n_corners, 2)
        Corners of each cell, in the units of the axes.
    face, edge : colour
        Inside and outline.
    below : bool
        Whether the second coordinate is a share of the axes' height instead, negative below them.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    n_cells, n_corners, _ = corners.shape
    if not n_cells:
        return
    closed = np.concatenate([corners, corners[:, :1]], axis=1).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, *[Path.LINETO] * (n_corners - 1), Path.CLOSEPOLY], n_cells)
    patch = PathPatch(Path(closed, codes), facecolor=face, edgecolor=edge, linewidth=0.4)
    if below:
        patch.set_transform(axes.get_xaxis_transform())
        patch.set_clip_on(False)
        axes.add_artist(patch)
    else:
        axes.add_patch(patch)


def describe_calendar(sessions: pd.DataFrame, spans: pd.DataFrame) -> str:
    """Return in words what `dose_calendar` shows.

    Parameters
    ----------
    sessions, spans : DataFrame
        Tables "sessions" and "log_spans".

    Returns
    -------
    str
        Days with each kind of work, year by year.
    """
    days = day_states(sessions, spans)
    other_work = pd.Series(with_other_work(sessions, days), index=days.index)
    parts = []
    for year, of_year in days.groupby(_dates(days).year):
        strength = int((of_year["strength"] == "done").sum())
        drills = int((of_year["technique"] == "done").sum())
        other = int(other_work[of_year.index].sum())
        with_other = f", {other} with other work alone" if other else ""
        unknown = int(((of_year == "unknown").all(axis=1) & ~other_work[of_year.index]).sum())
        without = f", {unknown} days without a log" if unknown else ""
        parts.append(
            f"{year}: {strength} days with strength work, {drills} with drills{with_other}{without}"
        )
    return f"Calendar of strength and drill days. {'; '.join(parts) or 'No day is logged'}."


def calendar_height_in(n_years: int, width_in: float) -> float:
    """Return how high a calendar of so many years is that is so wide, inches."""
    return max(1, n_years) * _YEAR_CELLS * (width_in - _LEFT_IN) / _COLUMNS + _TOP_IN


def day_states(sessions: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Return a row a day from the first logged to the last: done, none or unknown, by dose.

    Parameters
    ----------
    sessions, spans : DataFrame
        Tables "sessions" and "log_spans".
    """
    require(sessions, "sessions", ["local_date", "kind"])
    require(spans, "log_spans", ["what", "first_date", "last_date"])
    bounds = pd.concat(
        [sessions["local_date"], spans["first_date"], spans["last_date"]], ignore_index=True
    ).dropna()
    if not len(bounds):
        return pd.DataFrame(columns=list(_KINDS), index=pd.DatetimeIndex([]))
    days = pd.date_range(bounds.min(), bounds.max(), freq="D")
    states = {}
    for what, kinds in _KINDS.items():
        state = np.full(len(days), "unknown", dtype=object)
        logged = spans[spans["what"] == what]
        for first, last in zip(logged["first_date"], logged["last_date"], strict=True):
            state[(days >= first) & (days <= last)] = "none"
        done = sessions.loc[sessions["kind"].isin(kinds), "local_date"]
        state[days.isin(done)] = "done"
        states[what] = state
    # A dose that is never logged has no half of its own.
    for what, other in (("strength", "technique"), ("technique", "strength")):
        if (states[what] == "unknown").all():
            states[what] = np.where(states[other] == "done", "none", states[other])
    return pd.DataFrame(states, index=days)


def with_other_work(sessions: pd.DataFrame, days: pd.DataFrame) -> Booleans:
    """Return which days have a session, but none of strength or technique.

    Parameters
    ----------
    sessions : DataFrame
        Table "sessions".
    days : DataFrame
        From `day_states`.
    """
    others = sessions.loc[sessions["kind"].isin(_OTHER_KINDS), "local_date"]
    with_other: Booleans = days.index.isin(others) & ~(days == "done").any(axis=1).to_numpy()
    return with_other


def without_endurance(sessions: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
    """Return sessions but those of endurance work alone, which would colour most days of many.

    Parameters
    ----------
    sessions, sets : DataFrame
        Tables "sessions" and "sets".
    """
    work = zip(sets["movement"], sets["category"], strict=True)
    is_endurance = pd.Series([work_of_set(*row) == "endurance" for row in work], dtype=bool)
    alone = is_endurance.groupby(sets["session_id"].to_numpy()).all()
    rides = sessions["session_id"].isin(alone.index[alone.to_numpy()])
    return sessions[~(rides & (sessions["kind"] == "other")).to_numpy(dtype=bool)]


def _dates(days: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days.index)


def _places(dates: pd.DatetimeIndex, shown: list[int], top_cells: float) -> tuple[Floats, Floats]:
    """Return column and row of the upper left corner of each day's cell; the first year on top."""
    year = dates.year.to_numpy()
    new_year = pd.to_datetime(pd.Series(year.astype(str)) + "-01-01").dt.day_of_week.to_numpy()
    column = (dates.day_of_year.to_numpy() - 1 + new_year) // 7
    strip = year - shown[0] if shown else year
    row = top_cells + strip * _YEAR_CELLS + 1.6 + dates.day_of_week.to_numpy()
    return column.astype(float), row.astype(float)


def _corners(column: Floats, row: Floats, offsets: Sequence[tuple[float, float]]) -> Floats:
    """Return the corners of each cell, given as offsets from its upper left one."""
    corners: Floats = np.stack([column, row], axis=1)[:, None, :] + np.array(offsets)[None, :, :]
    return corners


def _name_years(axes: Axes, shown: list[int], top_cells: float) -> None:
    for year in shown:
        top = top_cells + (year - shown[0]) * _YEAR_CELLS
        write = partial(axes.text, color=drawing.QUIET, va="center")
        write(-5.0, top + 0.4, str(year), size=10, color=drawing.INK)
        firsts = pd.date_range(f"{year}-01-01", periods=12, freq="MS")
        across, _ = _places(firsts, shown, top_cells)
        for first, column in zip(firsts, across, strict=True):
            write(column + 0.9, top + 0.4, first.strftime("%b"), size=8)
        for name, row in (("Mon", 0), ("Thu", 3), ("Sun", 6)):
            write(-0.5, top + 1.6 + row + 0.45, name, size=7, ha="right")


def _key(axes: Axes, days: pd.DataFrame, *, has_other: bool, has_races: bool) -> None:
    """Draw a key of the colours above the years, without those that do not occur."""
    from matplotlib.patches import Rectangle

    entries = [
        ("Strength", KIND_COLOURS["strength"], "none", (days["strength"] == "done").any()),
        ("Technique", KIND_COLOURS["technique"], "none", (days["technique"] == "done").any()),
        ("Other work", OTHER_COLOUR, "none", has_other),
        ("Logged, nothing done", NOTHING_COLOUR, "none", (days == "none").any(axis=None)),
        ("Not known", "none", drawing.RULE, (days == "unknown").any(axis=None)),
    ]
    at = 0.0
    for name, face, edge, occurs in entries:
        if not occurs:
            continue
        axes.add_patch(Rectangle((at, 0.35), 0.9, 0.9, facecolor=face, edgecolor=edge, lw=0.6))
        axes.text(at + 1.4, 0.8, name, size=8.5, color=drawing.INK, va="center")
        at += 3.4 + 0.47 * len(name)
    if has_races:
        axes.scatter([at + 0.45], [0.8], s=25, **_RING)
        axes.text(at + 1.4, 0.8, "Race", size=8.5, color=drawing.INK, va="center")
