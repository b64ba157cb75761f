"""A metric over time: weeks, single runs, new equipment, and what was done each week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.findings.engine.kinds import kind_told
from runanalytics.plots.calendar import KIND_COLOURS, NOTHING_COLOUR
from runanalytics.plots.progress import sessions_by_week
from runanalytics.report.blocks import Chart, Choice, Series
from runanalytics.report.charts.specification import (
    DAY_MS,
    TALL,
    days_since_1970,
    of_the_last,
    rounded,
    rows_told,
    smooth_band,
    specified,
)
from runanalytics.report.wording import change, is_known, name, or_dash, short_day, value

if TYPE_CHECKING:
    import altair as alt

    from runanalytics.findings.engine.events import Event
    from runanalytics.findings.trend import Trend

#: How much is drawn and told at most, so that ten years fit into a page: the last weeks and runs
#: of the report's own pace, and of each other one. Its own weeks are drawn all.
MOST_RUNS, MOST_RUNS_ELSEWHERE = 400, 250
MOST_WEEKS_ELSEWHERE: Final = 156
WEEKS_TOLD, WEEKS_TOLD_ELSEWHERE = 156, 104
RUNS_TOLD, RUNS_TOLD_ELSEWHERE = 240, 100
#: Shapes of the runs of devices, and the signs that stand for them beside their names.
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
_SIGNS = ("●", "■", "▲", "◆", "▼", "✚")
#: The error of a run's form: what GPS measures wrong is no part of it.
WITHIN_THE_RUN: Final = "Standard error within the run"
#: Height of a row of weeks below the figure, and the gap above it, px.
_WEEK_ROW, _WEEK_GAP = 11, 5
#: Sessions a week from which on a week is drawn in full colour, with fewer paler.
_FULL_WEEK, _PALEST = 3, 0.4


def progress(
    trends: Mapping[str, Trend],
    doses: Mapping[str, pd.DataFrame],
    runs: pd.DataFrame,
    words: Mapping[str, str],
    y: str,
) -> Chart:
    """Return a metric over time: weeks, single runs, new equipment, and what was done each week.

    Parameters
    ----------
    trends : mapping of str to Trend
        By pace in words (empty where there is none to choose); the report's own first.
    doses : mapping of str to DataFrame
        Table "dose" by kind of session.
    runs : DataFrame
        Table "runs", for titles; a run without one is called by its kind.
    words : mapping of str to str
        What is said of the trends at other paces, by pace.
    y : str
        What the axis means, with unit.
    """
    import altair as alt

    first, *_ = trends.values()
    called = runs["title"].fillna(runs["kind"].str.capitalize())
    titles = dict(zip(runs["run_id"], called, strict=True))
    devices = list(dict.fromkeys(_as_read(first)["device"]))
    known = {kind: dose for kind, dose in doses.items() if len(dose)}
    choices = tuple(
        Choice(pace, words.get(pace, ""), _of_trend(trend, pace, known, titles, devices, number))
        for number, (pace, trend) in enumerate(trends.items())
    )
    layers = [
        *smooth_band("weeks", below=_below(len(known))),
        *_over_time(),
        *_done_below(list(known)),
    ]
    hidden = alt.param(name="hidden", value=[])
    chart = alt.layer(*layers, height=TALL).add_params(hidden)
    shown = [("dot", "A week’s mean"), ("run", "A run")]
    hideable = [
        (_SIGNS[place % len(_SIGNS)], name(each) if each else "No device named")
        for place, each in enumerate(devices)
    ]
    events = [
        ("mark", f"{place}: {name(each.name)}, {short_day(pd.Timestamp(each.date))}")
        for place, each in enumerate(_devices_marked(first), start=1)
    ]
    return Chart(
        specified(chart, y=y),
        choices,
        key=(*shown, *events),
        hideable=tuple(hideable) if len(hideable) > 1 else (),
    )


def _devices_marked(trend: Trend) -> list[Event]:
    return [event for event in trend.events if event.kind == "device"]


def _of_trend(
    trend: Trend,
    pace: str,
    doses: Mapping[str, pd.DataFrame],
    titles: Mapping[str, str],
    devices: list[str],
    number: int,
) -> dict[str, Series]:
    at = f" at {pace}" if pace else ""
    weekly, most_runs = trend.weekly, MOST_RUNS
    weeks_told, runs_told = WEEKS_TOLD, RUNS_TOLD
    if number > 0:
        weekly, most_runs = weekly.tail(MOST_WEEKS_ELSEWHERE), MOST_RUNS_ELSEWHERE
        weeks_told, runs_told = WEEKS_TOLD_ELSEWHERE, RUNS_TOLD_ELSEWHERE
    runs = _as_read(trend).sort_values(["day", "run_id"], kind="stable").tail(most_runs)
    return {
        "weeks": _weeks(trend, weekly, doses, weeks_told, f"{trend.label}{at}, week by week"),
        "runs": _runs(trend, runs, titles, devices, runs_told, f"{trend.label}{at}, run by run"),
        "events": _events(trend, f"{trend.label}{at}: new equipment"),
        "next": _next(trend, f"{trend.label}{at}: if nothing changes"),
    }


def _weeks(
    trend: Trend,
    weekly: pd.DataFrame,
    doses: Mapping[str, pd.DataFrame],
    n_told: int,
    caption: str,
) -> Series:
    metric, unit = trend.metric, trend.unit
    done = {kind: _done_in(weekly["week"], dose) for kind, dose in doses.items()}
    rows = [
        [
            short_day(week["week"]),
            or_dash(week["observed"], value(week["observed"], metric)),
            f"{week['runs']:.0f}",
            value(week["value"], metric),
            f"{value(week['low'], metric)} to {value(week['high'], metric)}",
            *("–" if np.isnan(each[place]) else f"{each[place]:g}" for each in done.values()),
        ]
        for place, week in enumerate(weekly.to_dict(orient="records"))
    ]
    return Series(
        of_the_last(caption, "weeks", len(weekly), n_told),
        ["Week from", f"Mean, {unit}", "Runs", f"Smooth, {unit}", "95 % interval"]
        + [f"{kind.capitalize()} sessions" for kind in doses],
        rows[-n_told:],
        {
            "row": rows_told(len(weekly), n_told),
            "t": [each + 3 for each in days_since_1970(weekly["week"])],
            **{each: rounded(weekly[each]) for each in ("observed", "value", "low", "high")},
            "runs": weekly["runs"].astype(int).tolist(),
            **{kind: rounded(pd.Series(each)) for kind, each in done.items()},
        },
    )


def _done_in(weeks: pd.Series, dose: pd.DataFrame) -> np.ndarray:
    """Return the sessions of each week, NaN where no log covers it."""
    mondays, amounts = sessions_by_week(dose)
    by_week = pd.Series(amounts, index=pd.DatetimeIndex(mondays))
    return by_week.reindex(pd.DatetimeIndex(weeks)).to_numpy(dtype=float)


def _as_read(trend: Trend) -> pd.DataFrame:
    """Return the runs of a trend as the usual recent device, firmware and shoe would read them."""
    runs = kind_told(trend.form).form.dropna(subset=["value"])
    text = {each: runs[each].fillna("").astype(str) for each in ("device", "firmware", "shoe")}
    level_of = text | {"firmware": (text["device"] + " " + text["firmware"]).str.rstrip()}
    factor = np.ones(len(runs))
    for step in trend.steps:
        factor[(level_of[step.kind] == step.name).to_numpy()] *= 1 + step.percent / 100
    return pd.DataFrame(
        {
            "run_id": runs["run_id"],
            "day": runs["local_date"],
            "device": text["device"],
            "value": runs["value"] / factor,
            "se": runs["se"] / factor,
        }
    )


def _runs(
    trend: Trend,
    runs: pd.DataFrame,
    titles: Mapping[str, str],
    devices: list[str],
    n_told: int,
    caption: str,
) -> Series:
    metric = trend.metric
    rows = [
        [
            short_day(run["day"]),
            name(titles.get(run["run_id"])),
            value(run["value"], metric),
            _within_the_run(run["se"], metric),
            name(run["device"] or None),
        ]
        for run in runs.tail(n_told).to_dict(orient="records")
    ]
    place = {device: number for number, device in enumerate(devices)}
    return Series(
        of_the_last(caption, "runs", len(runs), n_told),
        ["Date", "Run", f"Value, {trend.unit}", WITHIN_THE_RUN, "Device"],
        rows,
        {
            "row": rows_told(len(runs), n_told),
            "t": [each + 0.5 for each in days_since_1970(runs["day"])],
            "value": rounded(runs["value"]),
            "device": [place.get(each, 0) for each in runs["device"]],
        },
    )


def _within_the_run(se: float, metric: str) -> str:
    return change(se, metric, unit=False).removeprefix("+") if is_known(se) else "–"


def _events(trend: Trend, caption: str) -> Series:
    numbers = iter(range(1, len(trend.events) + 1))
    days = pd.Series([pd.Timestamp(each.date) for each in trend.events], dtype="datetime64[us]")
    return Series(
        caption,
        ["First run", "What", "Name"],
        [
            [short_day(pd.Timestamp(each.date)), each.kind.capitalize(), name(each.name)]
            for each in trend.events
        ],
        {
            "t": days_since_1970(days),
            "mark": [str(next(numbers)) if e.kind == "device" else "" for e in trend.events],
        },
    )


def _next(trend: Trend, caption: str) -> Series:
    metric, weekly = trend.metric, trend.weekly
    known = is_known(trend.next_value) and len(weekly) > 0
    last = days_since_1970(weekly["week"].tail(1)) if known else []
    low, high = (value(each, metric) if known else "" for each in (trend.next_low, trend.next_high))
    return Series(
        caption,
        ["", f"Mean, {trend.unit}", "95 % interval"],
        [["The next four weeks", value(trend.next_value, metric), f"{low} to {high}"]] * known,
        {
            "t": [each + 21 for each in last],
            **{
                end: rounded(pd.Series([getattr(trend, f"next_{end}")] * known))
                for end in ("value", "low", "high")
            },
        },
    )


def _over_time() -> list[alt.Chart]:
    """Return single runs, weekly means, what comes next and new equipment."""
    import altair as alt

    runs, weeks, following, events = (
        alt.Chart(alt.NamedData(each)) for each in ("runs", "weeks", "next", "events")
    )
    x = alt.X("t:T")
    shape = alt.Scale(domain=list(range(len(_SHAPES))), range=list(_SHAPES))
    single = (
        runs.transform_filter("indexof(hidden, datum.device) < 0")
        .transform_calculate(shape=f"datum.device % {len(_SHAPES)}")
        .mark_point(size=16, strokeWidth=1, color=drawing.POINT, opacity=0.65)
        .encode(x, alt.Y("value:Q"), alt.Shape("shape:N", scale=shape, legend=None))
    )
    means = (
        weeks.transform_filter("isValid(datum.observed)")
        .mark_circle(color=drawing.POINT, opacity=0.75)
        .encode(
            x,
            alt.Y("observed:Q"),
            alt.Size("runs:Q", scale=alt.Scale(domain=[1, 7], range=[26, 110]), legend=None),
        )
    )
    ahead = following.mark_errorbar(color=drawing.ANSWER, ticks=True).encode(
        x, alt.Y("low:Q"), y2="high:Q"
    )
    expected = following.mark_point(
        color=drawing.ANSWER, filled=True, size=30, shape="diamond", opacity=1
    ).encode(x, alt.Y("value:Q"))
    new = events.transform_filter("datum.mark != ''")
    dashed = new.mark_rule(color=drawing.CONTRAST, strokeDash=[4, 3]).encode(
        x, y=alt.value(0), y2=alt.value(TALL)
    )
    numbered = new.mark_text(color=drawing.CONTRAST, fontSize=11, fontWeight="bold").encode(
        x, y=alt.value(-8), text="mark:N"
    )
    notch = (
        events.transform_filter("datum.mark == ''")
        .mark_rule(color=drawing.CONTRAST, strokeWidth=1.5)
        .encode(x, y=alt.value(TALL - 12), y2=alt.value(TALL))
    )
    return [
        single.properties(name="runs_each"),
        means.properties(name="weeks_mean"),
        ahead,
        expected.properties(name="next_mean"),
        dashed.properties(name="events_device"),
        numbered,
        notch.properties(name="events_other"),
    ]


def _below(n_rows: int) -> int:
    """Return how far below the figure rows of weeks reach, px."""
    return n_rows * (_WEEK_ROW + _WEEK_GAP)


def _done_below(kinds: Sequence[str]) -> list[alt.Chart]:
    """Return a row of weeks below the figure for each kind of session."""
    import altair as alt

    layers = []
    for number, kind in enumerate(kinds):
        top = TALL + _below(number) + _WEEK_GAP
        shade = f"min(1, {_PALEST} + {1 - _PALEST} * (datum.{kind} - 1) / {_FULL_WEEK - 1})"
        week = (
            alt.Chart(alt.NamedData("weeks"))
            .transform_filter(f"isValid(datum.{kind})")
            .transform_calculate(
                begin=f"datum.t - {2.9 * DAY_MS}",
                end=f"datum.t + {2.9 * DAY_MS}",
                shade=f"datum.{kind} > 0 ? {shade} : 1",
            )
            .mark_rect()
            .encode(
                alt.X("begin:T"),
                x2="end:T",
                y=alt.value(top),
                y2=alt.value(top + _WEEK_ROW),
                fill=alt.condition(
                    f"datum.{kind} > 0", alt.value(KIND_COLOURS[kind]), alt.value(NOTHING_COLOUR)
                ),
                opacity=alt.Opacity("shade:Q", scale=None, legend=None),
            )
        )
        label = (
            alt.Chart(alt.InlineData([{"kind": kind.capitalize()}]))
            .mark_text(align="right", fontSize=10, color=drawing.QUIET)
            .encode(x=alt.value(-6), y=alt.value(top + _WEEK_ROW / 2), text=alt.Text("kind:N"))
        )
        layers += [week.properties(name=f"weeks_{kind}"), label]
    return layers


def sparkline(trend: Trend) -> Chart:
    """Return a small picture of a trend.

    Parameters
    ----------
    trend : Trend
        The trend; its weeks are at least two.
    """
    import altair as alt

    weekly = trend.weekly
    drawn: dict[str, list[Any]] = {"t": days_since_1970(weekly["week"])}
    drawn |= {each: rounded(weekly[each]) for each in ("value", "low", "high")}
    base = alt.Chart(alt.NamedData("weeks"))
    x = alt.X("t:T", axis=None, scale=alt.Scale(type="utc"))
    y = alt.Scale(zero=False, nice=False)
    band = base.mark_area(color=drawing.ANSWER, opacity=drawing.BAND_ALPHA)
    line = base.mark_line(color=drawing.ANSWER, strokeWidth=2)
    last = base.transform_filter(f"datum.t == {drawn['t'][-1] * DAY_MS}").mark_circle(
        color=drawing.ANSWER, size=60, opacity=1
    )
    chart = alt.layer(
        band.encode(x, alt.Y("low:Q", axis=None, scale=y), y2="high:Q"),
        line.encode(x, alt.Y("value:Q", axis=None)),
        last.encode(x, alt.Y("value:Q", axis=None)),
        height=80,
    )
    return Chart(specified(chart), (Choice("", "", {"weeks": Series("", [], [], drawn)}),))
