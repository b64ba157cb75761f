"""Changes and their intervals in rows: effects, and claims."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runanalytics.findings import drawing
from runanalytics.findings.finding import NOT_ENOUGH_DATA
from runanalytics.report.blocks import Chart, Choice, Series
from runanalytics.report.charts.specification import HALF_95, columns, specified
from runanalytics.report.wording import change, name, or_dash, percent, percent_range

if TYPE_CHECKING:
    import altair as alt

    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect

#: Height of a row with its name above it, px.
_FOREST_ROW = 46
#: Height of a line of that name, px.
_LINE_HEIGHT = 13
#: Letters that a line of a row's name has room for.
_LINE = 46
_ARROWS = {"up": "↑", "down": "↓", "faster": "↓", "no further change": "="}


def effects(labelled: Mapping[str, Effect]) -> Chart:
    """Return effects beside each other, with their priors.

    Parameters
    ----------
    labelled : mapping of str to Effect
        By the label of the row.
    """
    import altair as alt

    rows, drawn = [], []
    for number, (words, effect) in enumerate(labelled.items()):
        enough = effect.verdict != NOT_ENOUGH_DATA
        rows.append(
            [
                words,
                percent(effect.percent),
                percent_range(effect.percent_low, effect.percent_high),
                or_dash(effect.estimate, change(effect.estimate, effect.metric)),
                effect.verdict.capitalize(),
            ]
        )
        one: dict[str, Any] = {
            "row": number,
            "words": _lines(words),
            "enough": enough,
            "value": effect.percent,
        }
        one |= {"low": effect.percent_low, "high": effect.percent_high}
        if effect.prior is not None:
            half = HALF_95 * effect.prior.sd_percent
            middle = effect.prior.mean_percent
            ends = {"prior_low": middle - half, "prior_high": middle + half}
            one |= {"prior": middle, **ends}
        drawn.append(one)
    base = alt.Chart(alt.NamedData("effects"))
    y = alt.Y("middle:Q")
    base = base.transform_calculate(middle="datum.row + 0.62", below="datum.row + 0.84")
    weak = "datum.enough ? 1 : 0.5"
    strength = alt.Opacity("weight:Q", scale=None, legend=None)
    data = base.transform_calculate(weight=weak)
    fill = alt.condition("datum.enough", alt.value(drawing.ANSWER), alt.value("transparent"))
    layers = [
        _change_zone(len(rows)),
        data.mark_rule(color=drawing.ANSWER, strokeWidth=2.5).encode(
            alt.X("low:Q"), y, strength, x2="high:Q"
        ),
        data.mark_point(color=drawing.ANSWER, size=70, opacity=1)
        .encode(alt.X("value:Q"), y, fill=fill)
        .properties(name="effects_change"),
    ]
    if any("prior" in one for one in drawn):
        prior, below = base.transform_filter("isValid(datum.prior)"), alt.Y("below:Q")
        layers += [
            prior.mark_rule(color=drawing.QUIET).encode(
                alt.X("prior_low:Q"), below, x2="prior_high:Q"
            ),
            prior.mark_point(color=drawing.QUIET, shape="diamond", size=28, opacity=1).encode(
                alt.X("prior:Q"), below
            ),
        ]
    chart = alt.layer(*layers, _row_names("effects"), height=_FOREST_ROW * len(rows))
    series = Series(
        "Change that goes along with more sessions",
        ["", "Change", "95 % interval", "In its unit", "Verdict"],
        rows,
        columns(drawn),
    )
    return Chart(specified(chart, rows=len(rows)), (Choice("", "", {"effects": series}),))


def claims(found: ClaimsOnTrial) -> Chart:
    """Return the claims that were tested, each with its change and the direction claimed.

    Parameters
    ----------
    found : ClaimsOnTrial
        The claims.
    """
    import altair as alt

    tested = [each for each in found.verdicts if each.verdict != NOT_ENOUGH_DATA]
    rows = [
        [
            each.statement,
            percent(each.percent),
            percent_range(each.low_percent, each.high_percent),
            each.verdict.capitalize(),
        ]
        for each in tested
    ]
    drawn = [
        {
            "row": number,
            "words": _lines(f"{name(each.statement.removesuffix('.'))} {_ARROWS[each.expected]}"),
            "verdict": each.verdict,
            "value": each.percent,
            "low": each.low_percent,
            "high": each.high_percent,
        }
        for number, each in enumerate(tested)
    ]
    colours = {
        "goes along": drawing.ANSWER,
        "against": drawing.CONTRAST,
        "no clear association": drawing.POINT,
    }
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=None,
    )
    base = alt.Chart(alt.NamedData("claims")).transform_calculate(middle="datum.row + 0.68")
    y = alt.Y("middle:Q")
    chart = alt.layer(
        base.mark_rule(strokeWidth=2.5).encode(alt.X("low:Q"), y, colour, x2="high:Q"),
        base.mark_circle(size=70, opacity=1)
        .encode(alt.X("value:Q"), y, colour)
        .properties(name="claims_change"),
        _row_names("claims"),
        height=_FOREST_ROW * len(rows),
    )
    series = Series(
        "Claims tested", ["Claim", "Change", "95 % interval", "Verdict"], rows, columns(drawn)
    )
    return Chart(specified(chart, rows=len(rows)), (Choice("", "", {"claims": series}),))


def _lines(words: str) -> list[str]:
    """Return the name of a row in as many lines as the narrowest screen needs, at most two."""
    return textwrap.wrap(words, _LINE, max_lines=2, placeholder=" …")


def _row_names(series: str) -> alt.Chart:
    """Return the names of rows, each above its own, so that the narrowest screen has room."""
    import altair as alt

    names: alt.Chart = (
        alt.Chart(alt.NamedData(series))
        # A text of two lines is placed by its first.
        .transform_calculate(
            foot="datum.row + 0.5 - (isArray(datum.words) && length(datum.words) > 1"
            f" ? {_LINE_HEIGHT / _FOREST_ROW} : 0)"
        )
        .mark_text(
            align="left",
            baseline="line-bottom",
            fontSize=11.5,
            lineHeight=_LINE_HEIGHT,
            color=drawing.INK,
        )
        .encode(x=alt.value(0), y=alt.Y("foot:Q"), text="words:N")
    )
    return names


def _change_zone(n_rows: int) -> alt.Chart:
    """Return the zone of changes that are too small to matter."""
    import altair as alt

    zone: alt.Chart = (
        alt.Chart(alt.InlineData([{"from": -1, "to": 1, "top": 0, "foot": n_rows}]))
        .mark_rect(color=drawing.NOTHING)
        .encode(alt.X("from:Q"), alt.Y("top:Q"), x2="to:Q", y2="foot:Q")
    )
    return zone
