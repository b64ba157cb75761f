"""Points and what was fitted to them: form over dose, races on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import pandas as pd

from runanalytics.findings import drawing
from runanalytics.findings.race_results import PROBABLY
from runanalytics.plots.races import course_name
from runanalytics.report.blocks import Chart, Choice, Series
from runanalytics.report.charts.specification import (
    MONTHS_AXIS,
    TALL,
    days_since_1970,
    of_the_last,
    rounded,
    rows_told,
    smooth_band,
    specified,
)
from runanalytics.report.wording import name, percent, short_day
from runanalytics.units import distance_text, duration_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
#: Weeks of a dose, the last ones, of which the pointer is told.
WEEKS_TOLD: Final = 104


def doses(labelled: Mapping[str, Effect]) -> list[Chart]:
    """Return form over dose, a chart an effect.

    Parameters
    ----------
    labelled : mapping of str to Effect
        By the title of the chart.
    """
    import altair as alt

    charts = []
    for words, effect in labelled.items():
        points = effect.points
        line, middle, low, high = effect.line()
        rows = [
            [
                short_day(each["week"]),
                f"{each['exposure_per_week']:.1f}",
                percent(each["adjusted_percent"]),
                f"{each['n_runs']:.0f}",
            ]
            for each in points.tail(WEEKS_TOLD).to_dict(orient="records")
        ]
        weeks = Series(
            of_the_last(words, "weeks", len(points), WEEKS_TOLD),
            ["Week from", "Sessions a week, lately", "Form, adjusted", "Runs"],
            rows,
            {
                "row": rows_told(len(points), WEEKS_TOLD),
                "x": rounded(points["exposure_per_week"]),
                "y": rounded(points["adjusted_percent"]),
                "runs": points["n_runs"].astype(int).tolist(),
            },
        )
        ends = {"x": line, "y": middle, "low": low, "high": high}
        slope = Series("", [], [], {each: rounded(pd.Series(a)) for each, a in ends.items()})
        x = alt.X("x:Q", scale=alt.Scale(zero=False, nice=False), title=f"{effect.measure} a week")
        y = alt.Y("y:Q", title="adjusted, %")
        base, dots = (alt.Chart(alt.NamedData(each)) for each in ("slope", "weeks"))
        size = alt.Size("runs:Q", scale=alt.Scale(domain=[1, 7], range=[20, 90]), legend=None)
        chart = alt.layer(
            dots.mark_circle(color=drawing.POINT, opacity=0.65)
            .encode(x, y, size)
            .properties(name="weeks_dot"),
            base.mark_area(color=drawing.ANSWER, opacity=drawing.BAND_ALPHA).encode(
                x, alt.Y("low:Q"), y2="high:Q"
            ),
            base.mark_line(color=drawing.ANSWER, strokeWidth=2).encode(x, y),
            height=170,
        )
        charts.append(
            Chart(
                specified(chart, y="adjusted, %"),
                (Choice("", "", {"weeks": weeks, "slope": slope}),),
                title=words,
            )
        )
    return charts


def race_results(results: RaceResults, units: str) -> Chart:
    """Return races on one scale.

    Parameters
    ----------
    results : RaceResults
        The races.
    units : {"metric", "imperial"}
        Of distances.
    """
    import altair as alt

    raced = results.raced
    rows = [
        [
            short_day(each["local_date"]),
            name(each["title"]),
            course_name(each["distance_m"], units),
            duration_text(each["time_s"]),
            duration_text(each["time_10km_s"]),
            f"{duration_text(each['low_s'])} to {duration_text(each['high_s'])}",
            "Yes" if each["raced"] >= PROBABLY else "Probably not",
        ]
        for each in raced.to_dict(orient="records")
    ]
    races = Series(
        "Races on one scale",
        ["Date", "Race", "Distance", "Time", "Over 10 km", "95 % interval", "Raced"],
        rows,
        {
            "t": days_since_1970(raced["local_date"]),
            "value": rounded(raced["time_10km_s"]),
            **{each: rounded(raced[f"{each}_s"]) for each in ("low", "high")},
            "raced": [bool(each >= PROBABLY) for each in raced["raced"]],
            "course": [distance_text(float(each), units) for each in raced["distance_m"]],
        },
    )
    smooth = results.smooth
    level = Series(
        "", [], [],
        {
            "t": days_since_1970(smooth["day"]),
            **{
                each: rounded(smooth[f"{column}_s"])
                for each, column in (("value", "time"), ("low", "low"), ("high", "high"))
            },
        },
    )  # fmt: skip
    low, high = float(raced["low_s"].min()), float(raced["high_s"].max())
    time = alt.Y(
        "low:Q",
        scale=alt.Scale(zero=False, reverse=True),
        axis=alt.Axis(
            values=drawing.round_times(low, high),
            labelExpr="utcFormat(datum.value * 1000, datum.value < 3600 ? '%-M:%S' : '%-H:%M:%S')",
        ),
    )
    base = alt.Chart(alt.NamedData("races"))
    x = alt.X("t:T", scale=alt.Scale(type="utc", padding=14), axis=alt.Axis(**MONTHS_AXIS))
    fill = alt.condition("datum.raced", alt.value(drawing.INK), alt.value("transparent"))
    chart = alt.layer(
        *smooth_band("level"),
        base.mark_rule(color=drawing.POINT).encode(x, time, y2="high:Q"),
        base.mark_point(color=drawing.INK, size=50, opacity=1)
        .encode(x, alt.Y("value:Q"), fill=fill)
        .properties(name="races_time"),
        base.mark_text(color=drawing.QUIET, fontSize=10, dy=-9).encode(
            x, alt.Y("low:Q"), text="course:N"
        ),
        height=TALL,
    )
    return Chart(
        specified(chart, y="worth over 10 km, faster is higher"),
        (Choice("", "", {"races": races, "level": level}),),
    )
