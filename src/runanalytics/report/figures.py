"""The report's figures: alternative text, caption, and how each is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from runanalytics import plots
from runanalytics.findings import drawing
from runanalytics.findings.finding import NOT_ENOUGH_DATA
from runanalytics.plots.calendar import MOST_YEARS, calendar_height_in
from runanalytics.report import blocks, charts
from runanalytics.report.blocks import Chart, Drawing
from runanalytics.report.wording import is_known, month

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from runanalytics.cohort.group import Cohort
    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.finding import Finding
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend

#: Font that matplotlib measures text with, and the one of the report that stands in its place.
#: Their widths are alike, and text that stays text can be selected, searched and read aloud.
_MEASURED, _SHOWN = "STIXGeneral", "Libertinus Serif"
_STYLE: Any = {
    "font.family": _MEASURED,
    "font.size": 9.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "runanalytics",
    "text.parse_math": False,
}
#: What matplotlib counts in an SVG: text measured at another resolution has another width.
_SVG_DPI = 72
#: Width of the text on a page, inches; size of a metric over time, and of its small picture.
_WIDTH_IN = 6.7
_PROGRESS_IN, _SPARKLINE_IN = (_WIDTH_IN, 2.6), (2.9, 0.95)
_CALENDAR_KEY = (
    "A split day had both. “Not known” is a day that no log covers. Half a cell: only one of the "
    "two logs covers the day."
)
#: The logs of which a day can have one, both or none.
_LOGS = {"strength", "technique"}


def load() -> None:
    """Load all that figures on paper are drawn with, which takes as long as to draw some."""
    import matplotlib.backends.backend_svg
    import matplotlib.dates
    import matplotlib.figure  # noqa: F401


def progress(
    trend: Trend,
    doses: Mapping[str, pd.DataFrame],
    runs: pd.DataFrame,
    *,
    pace: str = "",
    elsewhere: Mapping[str, Trend] = MappingProxyType({}),
    about: Callable[[Trend], str] | None = None,
    y: str = "",
) -> blocks.Figure:
    """Return a metric over time, with what was done each week below.

    Parameters
    ----------
    trend : Trend
        What is drawn.
    doses : mapping of str to DataFrame
        Table "dose" by kind of session.
    runs : DataFrame
        Table "runs", for their titles.
    pace : str
        The pace that it is about.
    elsewhere : mapping of str to Trend
        By pace: versions that a reader of the screen can choose.
    about : callable, optional
        Returns what is said of such a version.
    y : str
        What its axis means. Default: the metric, with its unit.
    """

    def on_screen() -> list[Chart]:
        said = {at: about(each) for at, each in elsewhere.items()} if about else {}
        versions = {pace if elsewhere else "": trend, **elsewhere}
        return [charts.progress(versions, doses, runs, said, y or f"{trend.label}, {trend.unit}")]

    on_paper = partial(_progress_on_paper, trend, doses, y)
    drawn = Drawing(on_paper, on_screen, _PROGRESS_IN)
    return blocks.figure(drawn, plots.describe_form(trend, doses))


def _progress_on_paper(trend: Trend, doses: Mapping[str, pd.DataFrame], y: str) -> str:
    with _styled():
        figure = _figure(_PROGRESS_IN)
        axes = plots.form_over_time(trend, doses, ax=figure.add_subplot())
        axes.set_title("", loc="left")
        axes.set_ylabel(y or axes.get_ylabel())
        return _svg(figure)


def progress_key(trends: Sequence[Trend], doses: Mapping[str, pd.DataFrame]) -> str:
    """Return how to read what `progress` draws of these trends."""
    kinds = {event.kind for trend in trends for event in trend.events}
    parts = [
        "Dots: weekly means, larger with more runs. Line and band: the smooth and its 95 % "
        "interval."
    ]
    if any(is_known(trend.next_value) for trend in trends):
        parts.append("Bar on the right: where the mean of the next four weeks would lie.")
    if any(len(dose) for dose in doses.values()):
        parts.append(
            "Rows below: sessions that week, darker for more, grey for none, empty where no log "
            "covers it."
        )
    if "device" in kinds:
        parts.append("Dashed: a new device, its step taken out.")
    return " ".join(parts)


def add_sparkline(card: blocks.Card, trend: Trend) -> None:
    """Add a small picture of a trend to its card, where there is a trend."""
    if len(trend.weekly) < 2:
        return
    week = trend.weekly["week"]
    on_paper = partial(_sparkline_on_paper, trend.weekly)
    card["drawing"] = Drawing(on_paper, lambda: [charts.sparkline(trend)], _SPARKLINE_IN)
    card["alt"] = f"Course of {trend.label.lower()}: {trend.verdict}."
    card["from"], card["until"] = month(week.iloc[0]), month(week.iloc[-1])


def _sparkline_on_paper(weekly: pd.DataFrame) -> str:
    week, value, low, high = (weekly[name] for name in ("week", "value", "low", "high"))
    colour, alpha = drawing.ANSWER, drawing.BAND_ALPHA
    with _styled():
        figure = _figure(_SPARKLINE_IN, layout=None)
        axes = figure.add_axes((0, 0.04, 0.985, 0.92))
        axes.set_axis_off()
        axes.fill_between(week, low, high, color=colour, alpha=alpha, linewidth=0)
        axes.plot(week, value, color=colour, linewidth=1.6)
        axes.plot(week.iloc[-1], value.iloc[-1], "o", color=colour)
        axes.margins(x=0.012)
        return _svg(figure)


def calendar(sessions: pd.DataFrame, spans: pd.DataFrame, races: pd.DataFrame) -> blocks.Figure:
    """Return the last years as a calendar."""
    first = min(
        dates.min() for dates in (sessions["local_date"], spans["first_date"]) if len(dates)
    )
    last = max(dates.max() for dates in (sessions["local_date"], spans["last_date"]) if len(dates))
    caption = _CALENDAR_KEY if set(spans["what"]) >= _LOGS else ""
    if last.year - first.year >= MOST_YEARS:
        caption = f"{caption} Years before {last.year - MOST_YEARS + 1} are not drawn.".strip()
    on_paper = partial(_calendar_on_paper, sessions, spans, races)
    n_years = min(last.year - first.year + 1, MOST_YEARS)
    size_in = _WIDTH_IN, calendar_height_in(n_years, _WIDTH_IN)
    return blocks.figure(
        Drawing(on_paper, lambda: charts.calendar(sessions, spans, races), size_in),
        plots.describe_calendar(sessions, spans),
        caption,
    )


def _calendar_on_paper(sessions: pd.DataFrame, spans: pd.DataFrame, races: pd.DataFrame) -> str:
    with _styled():
        return _svg(plots.dose_calendar(sessions, spans, races=races, width_in=_WIDTH_IN))


def effects(labelled: Mapping[str, Effect]) -> blocks.Figure:
    """Return effects beside each other, with their priors."""
    size_in = _WIDTH_IN, 0.55 + 0.37 * len(labelled)
    on_paper = partial(_effects_on_paper, labelled, size_in)
    return blocks.figure(
        Drawing(on_paper, lambda: [charts.effects(labelled)], size_in),
        plots.describe_forest(labelled),
        "Dot and thick line: this runner's data alone, with its 95 % interval; open and pale "
        "where there is not enough data. Diamond and thin line: the prior, from research, "
        "where there is one. Grey: changes below 1 %, too small to matter.",
    )


def _effects_on_paper(labelled: Mapping[str, Effect], size_in: tuple[float, float]) -> str:
    with _styled():
        figure = _figure(size_in)
        plots.forest(labelled, ax=figure.add_subplot())
        return _svg(figure)


def doses(labelled: Mapping[str, Effect]) -> blocks.Figure:
    """Return form over dose, one small picture an effect."""
    lines = -(-len(labelled) // 2)
    size_in = _WIDTH_IN, 1.55 * lines + 0.2
    on_paper = partial(_doses_on_paper, labelled, lines, size_in)
    return blocks.figure(
        Drawing(on_paper, lambda: charts.doses(labelled), size_in),
        " ".join(effect.summary() for effect in labelled.values()),
        "Each dot is a week, larger with more runs. Across: sessions a week lately, older "
        "weeks counting less. Up: form, adjusted for season, pace and the rest.",
    )


def _doses_on_paper(
    labelled: Mapping[str, Effect], lines: int, size_in: tuple[float, float]
) -> str:
    with _styled():
        figure = _figure(size_in)
        for place, (words, effect) in enumerate(labelled.items(), start=1):
            axes = effect.plot(figure.add_subplot(lines, 2, place))
            axes.set_title(words, loc="left", fontsize=9.5, fontweight="normal")
            axes.set_xlabel(f"{effect.measure} a week" if place > len(labelled) - 2 else "")
            axes.set_ylabel("adjusted, %")
        return _svg(figure)


def race_results(results: RaceResults, units: str) -> blocks.Figure:
    """Return races on one scale."""
    return blocks.figure(
        _drawing_of(results, 2.7, lambda: [charts.race_results(results, units)]),
        results.summary(),
        "Each dot is a race as a time over 10 km; higher is faster. Its line is the interval from "
        "the noise of a single race; hollow dots were probably not raced. Line and band: your "
        "level and its 95 % interval.",
    )


def claims(claims: ClaimsOnTrial) -> blocks.Figure:
    """Return the claims that were tested, and the change that the data show for each."""
    tested = [each for each in claims.verdicts if each.verdict != NOT_ENOUGH_DATA]
    return blocks.figure(
        _drawing_of(claims, 0.65 + 0.33 * len(tested), lambda: [charts.claims(claims)]),
        " ".join(f"{each.statement} {each.sentence()}" for each in tested),
        "Change and its 95 % interval; the arrow is the direction claimed, and = a claim that "
        "nothing more changes. Blue: your data go along with the claim; orange: against; grey: no "
        "clear association.",
    )


def group(found: Cohort) -> blocks.Figure:
    """Return the changes of many runners, and of all together; on paper alone."""
    # Loaded for groups alone: it brings all that pools them.
    from runanalytics.cohort.group import MOST_NAMED

    named = min(len(found.drawn), MOST_NAMED)
    own = (
        "Blue: each runner's change, drawn towards the group's; grey: by that runner's data alone. "
        if found.drawn
        else ""
    )
    return blocks.figure(
        _drawing_of(found, 1.3 + 0.19 * named, list),
        found.summary(),
        f"{own}Green: where a new runner's change would lie. Orange: the mean over runners, with "
        "its 95 % interval.",
    )


def _drawing_of(
    finding: Finding, height_in: float, on_screen: Callable[[], list[Chart]]
) -> Drawing:
    size_in = _WIDTH_IN, height_in
    return Drawing(partial(_of_finding, finding, size_in), on_screen, size_in)


def _of_finding(finding: Finding, size_in: tuple[float, float]) -> str:
    """Return a finding's own figure without its title."""
    with _styled():
        figure = _figure(size_in)
        finding.plot(figure.add_subplot()).set_title("", loc="left")
        return _svg(figure)


def _styled() -> AbstractContextManager[None]:
    import matplotlib

    return matplotlib.rc_context(_STYLE)


def _figure(
    size_in: tuple[float, float], *, layout: Literal["constrained"] | None = "constrained"
) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=size_in, dpi=_SVG_DPI, layout=layout)


def _svg(figure: Figure) -> str:
    """Return a figure as SVG, the same for the same figure, with text as text."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)
    if (layout := figure.get_layout_engine()) is not None:
        # Left to do it, `savefig` first draws all of the figure to nowhere.
        layout.execute(figure)
        figure.set_layout_engine(None)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(_MEASURED, _SHOWN)
