"""The last years as calendars of strength, drill and race days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from runanalytics.findings import drawing
from runanalytics.plots.calendar import (
    KIND_COLOURS,
    MOST_YEARS,
    NOTHING_COLOUR,
    OTHER_COLOUR,
    day_states,
    with_other_work,
)
from runanalytics.report.blocks import Chart, Choice, Series
from runanalytics.report.charts.specification import specified
from runanalytics.report.wording import name, short_day

#: Share of a cell's side that is left free, and where its middle is.
_GAP, _MIDDLE = 0.14, 0.43
_DAY_HEIGHT = 12


def calendar(sessions: pd.DataFrame, spans: pd.DataFrame, races: pd.DataFrame) -> list[Chart]:
    """Return the last years, a chart each, newest last.

    Parameters
    ----------
    sessions, spans, races : DataFrame
        Tables of the library.
    """
    days = day_states(sessions, spans)
    if not len(days):
        return []
    days["other"] = np.where(with_other_work(sessions, days), "done", "unknown")
    index = pd.DatetimeIndex(days.index)
    raced = races.dropna(subset=["local_date"])
    work = sessions.dropna(subset=["local_date"])
    said = _by_day(work, work["kind"].str.capitalize()) + _by_day(raced, "Race")
    charts = []
    for year in sorted(set(index.year))[-MOST_YEARS:]:
        of_year = days[index.year == year]
        charts.append(_year(year, of_year, said))
    if charts:
        occurs = {word for each in said for word in [each[1].split(":")[0]]}
        key = [
            ("strength", "Strength", (days["strength"] == "done").any()),
            ("technique", "Technique", (days["technique"] == "done").any()),
            ("other", "Other work", (days["other"] == "done").any()),
            ("none", "Logged, nothing done", (days == "none").any(axis=None)),
            ("unknown", "Not known", (days[["strength", "technique"]] == "unknown").any(axis=None)),
            ("race", "Race", "Race" in occurs),
        ]
        shown = tuple((mark, words) for mark, words, there in key if there)
        head, *rest = charts
        charts = [Chart(head.specification, head.choices, head.title, shown), *rest]
    return charts


def _by_day(table: pd.DataFrame, kind: pd.Series | str) -> list[tuple[pd.Timestamp, str]]:
    """Return what was done on which day: its kind, and its title where it has one."""
    kinds = [kind] * len(table) if isinstance(kind, str) else kind.tolist()
    return [
        (pd.Timestamp(day), f"{each}: {name(title)}" if isinstance(title, str) else each)
        for day, each, title in zip(table["local_date"], kinds, table["title"], strict=True)
    ]


def _year(year: int, days: pd.DataFrame, said: list[tuple[pd.Timestamp, str]]) -> Chart:
    import altair as alt

    of_day: dict[pd.Timestamp, list[str]] = {}
    for day, words in said:
        if day.year == year:
            of_day.setdefault(day, []).append(words)
    named = sorted(of_day)
    rows = [[short_day(day), "; ".join(of_day[day])] for day in named]
    row_of = {day: number for number, day in enumerate(named)}
    cells: dict[str, list[Any]] = {each: [] for each in ("row", "week", "day", "part", "state")}
    new_year = pd.Timestamp(year, 1, 1).day_of_week

    def add(day: pd.Timestamp, part: int, state: str) -> None:
        cells["row"].append(row_of.get(day))
        cells["week"].append((day.day_of_year - 1 + new_year) // 7)
        cells["day"].append(day.day_of_week)
        cells["part"].append(part)
        cells["state"].append(state)

    for when, state in zip(
        pd.DatetimeIndex(days.index), days.to_dict(orient="records"), strict=True
    ):
        done = [kind for kind in ("strength", "technique") if state[kind] == "done"]
        unknown = [kind for kind in ("strength", "technique") if state[kind] == "unknown"]
        if state["other"] == "done":
            add(when, 0, "other")
        elif len(done) == 2:
            add(when, 1, "strength")
            add(when, 2, "technique")
        elif len(unknown) == 2:
            add(when, 0, "unknown")
        else:
            part = 0 if not unknown else 2 if unknown == ["strength"] else 1
            add(when, part, done[0] if done else "none")
    for day in named:
        if any(words.startswith("Race") for words in of_day[day]):
            add(day, 0, "race")
    states = {
        "strength": KIND_COLOURS["strength"],
        "technique": KIND_COLOURS["technique"],
        "other": OTHER_COLOUR,
        "none": NOTHING_COLOUR,
    }
    gap = 0.14
    base = alt.Chart(alt.NamedData("days")).transform_calculate(
        x0="datum.week + (datum.part == 2 ? 0.43 : 0)",
        x1=f"datum.week + (datum.part == 1 ? 0.43 : {1 - gap})",
        y1=f"datum.day + {1 - gap}",
        middle="datum.week + 0.43",
        centre="datum.day + 0.43",
    )
    months = [pd.Timestamp(year, month, 1) for month in range(1, 13)]
    starts = [(each.day_of_year - 1 + new_year) // 7 for each in months]
    labels = ",".join(f"'{each}':'{month:%b}'" for each, month in zip(starts, months, strict=True))
    x = alt.X(
        "x0:Q",
        scale=alt.Scale(domain=[0, 54], nice=False),
        axis=alt.Axis(
            title=None, orient="top", grid=False, domain=False, ticks=False,
            values=starts, labelExpr=f"{{{labels}}}[datum.value]", labelAlign="left",
            labelOverlap=True,
        ),
    )  # fmt: skip
    y = alt.Y(
        "day:Q",
        scale=alt.Scale(domain=[7, 0], nice=False),
        axis=alt.Axis(
            title=None, grid=False, domain=False, ticks=False, values=[0.43, 3.43, 6.43],
            labelExpr="datum.value < 1 ? 'Mon' : datum.value < 4 ? 'Thu' : 'Sun'",
        ),
    )  # fmt: skip
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=list(states), range=list(states.values())),
        legend=None,
    )
    filled = base.transform_filter("datum.state != 'unknown' && datum.state != 'race'")
    framed = base.transform_filter("datum.state == 'unknown'")
    ringed = base.transform_filter("datum.state == 'race'")
    chart = alt.layer(
        filled.mark_rect().encode(x, y, colour, x2="x1:Q", y2="y1:Q").properties(name="days_done"),
        framed.mark_rect(fill=None, stroke=drawing.RULE, strokeWidth=0.6).encode(
            x, y, x2="x1:Q", y2="y1:Q"
        ),
        ringed.mark_point(size=70, color=drawing.INK, strokeWidth=1.4, opacity=1)
        .encode(alt.X("middle:Q"), alt.Y("centre:Q"))
        .properties(name="days_race"),
        height=7 * 12,
    )
    series = Series(f"Days with work or a race, {year}", ["Day", "What"], rows, cells)
    return Chart(specified(chart), (Choice("", "", {"days": series}),), title=str(year))
