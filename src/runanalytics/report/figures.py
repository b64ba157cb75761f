"""The report's figures as blocks for the layout: SVG, alternative text, caption."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from runanalytics import plots
from runanalytics.cohort.group import MOST_NAMED
from runanalytics.findings import drawing
from runanalytics.findings.finding import NOT_ENOUGH_DATA
from runanalytics.plots.calendar import MOST_YEARS
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
#: Width of the text on a page, inches.
_WIDTH_IN = 6.7
_CALENDAR_KEY = (
    "A split day had both. “Not known” is a day that no log covers. Half a cell: only one of the "
    "two logs covers the day."
)
#: The logs of which a day can have one, both or none.
_LOGS = {"strength", "technique"}


def progress(trend: Trend, doses: Mapping[str, pd.DataFrame], *, y: str = "") -> dict[str, str]:
    """Return a metric over time, with what was done each week below; `y` names its axis."""
    with _styled():
        figure = _figure(2.6)
        axes = plots.form_over_time(trend, doses, ax=figure.add_subplot())
        axes.set_title("", loc="left")
        axes.set_ylabel(y or axes.get_ylabel())
        return _block(figure, plots.describe_form(trend, doses))


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


def sparkline(trend: Trend) -> dict[str, str]:
    """Return a small picture of a trend for its card, or nothing where there is no trend."""
    if len(trend.weekly) < 2:
        return {}
    week, value = trend.weekly["week"], trend.weekly["value"]
    low, high = trend.weekly["low"], trend.weekly["high"]
    colour, alpha = drawing.ANSWER, drawing.BAND_ALPHA
    with _styled():
        figure = _figure(0.95, width_in=2.9, layout=None)
        axes = figure.add_axes((0, 0.04, 0.985, 0.92))
        axes.set_axis_off()
        axes.fill_between(week, low, high, color=colour, alpha=alpha, linewidth=0)
        axes.plot(week, value, color=colour, linewidth=1.6)
        axes.plot(week.iloc[-1], value.iloc[-1], "o", color=colour)
        axes.margins(x=0.012)
        return {
            "svg": _svg(figure),
            "alt": f"Course of {trend.label.lower()}: {trend.verdict}.",
            "from": month(week.iloc[0]),
            "until": month(week.iloc[-1]),
        }


def calendar(sessions: pd.DataFrame, spans: pd.DataFrame, races: pd.DataFrame) -> dict[str, str]:
    """Return the last years as a calendar."""
    first = min(
        dates.min() for dates in (sessions["local_date"], spans["first_date"]) if len(dates)
    )
    last = max(dates.max() for dates in (sessions["local_date"], spans["last_date"]) if len(dates))
    caption = _CALENDAR_KEY if set(spans["what"]) >= _LOGS else ""
    if last.year - first.year >= MOST_YEARS:
        caption = f"{caption} Years before {last.year - MOST_YEARS + 1} are not drawn.".strip()
    with _styled():
        figure = plots.dose_calendar(sessions, spans, races=races, width_in=_WIDTH_IN)
        return _block(figure, plots.describe_calendar(sessions, spans), caption)


def effects(labelled: Mapping[str, Effect]) -> dict[str, str]:
    """Return effects beside each other, with their priors."""
    with _styled():
        figure = _figure(0.55 + 0.37 * len(labelled))
        plots.forest(labelled, ax=figure.add_subplot())
        return _block(
            figure,
            plots.describe_forest(labelled),
            "Dot and thick line: this runner's data alone, with its 95 % interval; open and pale "
            "where there is not enough data. Diamond and thin line: the prior, from research, "
            "where there is one. Grey: changes below 1 %, too small to matter.",
        )


def doses(labelled: Mapping[str, Effect]) -> dict[str, str]:
    """Return form over dose, one small picture an effect."""
    with _styled():
        lines = -(-len(labelled) // 2)
        figure = _figure(1.55 * lines + 0.2)
        for place, (words, effect) in enumerate(labelled.items(), start=1):
            axes = effect.plot(figure.add_subplot(lines, 2, place))
            axes.set_title(words, loc="left", fontsize=9.5, fontweight="normal")
            axes.set_xlabel(f"{effect.measure} a week" if place > len(labelled) - 2 else "")
            axes.set_ylabel("adjusted, %")
        return _block(
            figure,
            " ".join(effect.summary() for effect in labelled.values()),
            "Each dot is a week, larger with more runs. Across: sessions a week lately, older "
            "weeks counting less. Up: form, adjusted for season, pace and the rest.",
        )


def race_results(results: RaceResults) -> dict[str, str]:
    """Return races on one scale."""
    return _finding(
        results,
        2.7,
        "Each dot is a race as a time over 10 km; higher is faster. Its line is the interval from "
        "the noise of a single race; hollow dots were probably not raced. Line and band: your "
        "level and its 95 % interval.",
    )


def claims(claims: ClaimsOnTrial) -> dict[str, str]:
    """Return the claims that were tested, and the change that the data show for each."""
    tested = [each for each in claims.verdicts if each.verdict != NOT_ENOUGH_DATA]
    return _finding(
        claims,
        0.65 + 0.33 * len(tested),
        "Change and its 95 % interval; the arrow is the direction claimed, and = a claim that "
        "nothing more changes. Blue: your data go along with the claim; orange: against; grey: no "
        "clear association.",
        alt=" ".join(f"{each.statement} {each.sentence()}" for each in tested),
    )


def group(found: Cohort) -> dict[str, str]:
    """Return the changes of many runners, and of all together."""
    named = min(len(found.drawn), MOST_NAMED)
    own = (
        "Blue: each runner's change, drawn towards the group's; grey: by that runner's data alone. "
        if found.drawn
        else ""
    )
    return _finding(
        found,
        1.3 + 0.19 * named,
        f"{own}Green: where a new runner's change would lie. Orange: the mean over runners, with "
        "its 95 % interval.",
    )


def _finding(finding: Finding, height_in: float, caption: str, alt: str = "") -> dict[str, str]:
    """Return a finding's own figure without its title."""
    with _styled():
        figure = _figure(height_in)
        finding.plot(figure.add_subplot()).set_title("", loc="left")
        return _block(figure, alt or finding.summary(), caption)


def _styled() -> AbstractContextManager[None]:
    import matplotlib

    return matplotlib.rc_context(_STYLE)


def _figure(
    height_in: float,
    *,
    width_in: float = _WIDTH_IN,
    layout: Literal["constrained"] | None = "constrained",
) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout=layout)


def _block(figure: Figure, alt: str, caption: str = "") -> dict[str, str]:
    return {"kind": "figure", "svg": _svg(figure), "alt": alt, "caption": caption}


def _svg(figure: Figure) -> str:
    """Return a figure as SVG, the same for the same figure, with text as text."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(_MEASURED, _SHOWN)
