"""What the report says, as plain values for the layout.

A section is a heading and blocks: ``text``, ``heading``, ``figure`` (SVG, alternative text and
caption), ``table`` (columns, widths, sides, rows, caption) and ``list``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runanalytics.findings.drawing import ANSWER
from runanalytics.findings.finding import count
from runanalytics.plots.races import by_course
from runanalytics.report import figures
from runanalytics.report.answers import answers, cards
from runanalytics.report.evidence import KINDS, METRICS
from runanalytics.report.methods import methods
from runanalytics.report.wording import (
    MONTHS,
    NBSP,
    change,
    is_known,
    label,
    name,
    percent,
    short_day,
    span,
    total,
    value,
)
from runanalytics.units import distance_text, duration_text, pace_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.report.evidence import Evidence

Block = dict[str, Any]

TITLE = "Progress report"
SIMULATED_MARK = "Simulated data"
_NO_SESSIONS = (
    "No strength or technique session is logged. Import a strength log, or a table of sessions "
    "with their dates, to see what goes along with it."
)
#: A course of fewer weeks is not worth a figure.
LEAST_WEEKS_DRAWN = 3
#: Rows of a long table.
MOST_RACES, MOST_MOVEMENTS, MOST_QUARTERS = 24, 12, 8


def content(evidence: Evidence, units: str) -> dict[str, Any]:
    """Return everything that a report on `evidence` says and shows.

    Parameters
    ----------
    evidence : Evidence
        What is known.
    units : {"metric", "imperial"}
        Of distance and pace.
    """
    covered = span(evidence.first_day, evidence.last_day)
    last = evidence.last_day
    shown = cards(evidence, units)
    for card, metric in zip(shown, METRICS, strict=True):
        card |= figures.sparkline(evidence.trends[metric])
    sections = [
        _progress(evidence, units),
        _done(evidence, units),
        _effects(evidence),
        _races(evidence, units),
        methods(evidence, units),
    ]
    return {
        "title": TITLE,
        "document_title": f"{TITLE}, {covered}",
        "brand": "runanalytics",
        "lang": "en",
        "date": [last.year, last.month, last.day],
        "span": covered,
        "footer": f"runanalytics · {covered}",
        "simulated": evidence.simulated,
        "simulated_mark": SIMULATED_MARK,
        "accent": ANSWER,
        "facts": _facts(evidence, units),
        "cards": shown,
        "answers": answers(evidence, units),
        "sections": [section for section in sections if section["blocks"]],
    }


def _facts(evidence: Evidence, units: str) -> list[dict[str, str]]:
    distance = evidence.runs["distance_m"].sum(min_count=1)
    facts = [("runs", f"{len(evidence.runs):,}")]
    if is_known(distance):
        facts.append(("run in all", total(distance, units)))
    for what in KINDS:
        facts.append((f"{what} sessions", f"{int(evidence.doses[what]['amount'].sum()):,}"))
    facts.append(("races", f"{len(evidence.races):,}"))
    return [{"label": words, "value": number} for words, number in facts]


def _progress(evidence: Evidence, units: str) -> dict[str, Any]:
    blocks: list[Block] = []
    pace = pace_text(evidence.speed_m_s, units)
    for metric, trend in evidence.trends.items():
        if not trend.n_runs:
            continue
        blocks.append({"kind": "heading", "text": f"{trend.label} at {pace}"})
        if trend.n_weeks >= LEAST_WEEKS_DRAWN:
            blocks.append(figures.progress(trend, evidence.doses))
        blocks.append({"kind": "text", "text": trend.summary()})
    if _has_figure(blocks):
        blocks.append({"kind": "note", "text": figures.PROGRESS_KEY})
    if not blocks:
        blocks = [{"kind": "text", "text": "No run with cadence or contact time is recorded."}]
    return _section("Cadence and contact time", blocks)


def _quarters(evidence: Evidence, units: str) -> Block | None:
    """Means by quarter: a table that a coach can read down."""
    weekly = {m: t.table().dropna(subset=["observed"]) for m, t in evidence.trends.items()}
    runs = evidence.runs
    if not len(runs):
        return None
    quarter = runs["local_date"].dt.to_period("Q")
    rows = []
    for period, group in runs.groupby(quarter):
        first = max(period.start_time, evidence.first_day)
        last = min(period.end_time, evidence.last_day)
        weeks = max(1.0, ((last - first).days + 1) / 7)
        distance = group["distance_m"].sum(min_count=1)
        row = [
            _quarter(period, first, last),
            f"{len(group) / weeks:.1f}",
            total(distance / weeks, units) if is_known(distance) else "–",
        ]
        for what in KINDS:
            dose = evidence.doses[what]
            inside = dose[dose["local_date"].between(first, last)]
            row.append(f"{7 * inside['amount'].mean():.1f}" if len(inside) else "not known")
        for metric in METRICS:
            table = weekly[metric]
            inside = table[table["week"].between(first, last)]
            known = is_known(inside["observed"].mean()) if len(inside) else False
            mean = np.average(inside["observed"], weights=inside["runs"]) if known else np.nan
            row.append(value(float(mean), metric) if known else "–")
        rows.append(row)
    compared = ""
    if is_known(evidence.speed_m_s):
        compared = (
            f"Cadence and contact time are at {pace_text(evidence.speed_m_s, units)}, as the "
            "device in use last would read them."
        )
    headings = ["", *(f"{what}\na week" for what in ("Runs", "Distance", "Strength", "Technique"))]
    headings += [f"{trend.label},\n{trend.unit}" for trend in evidence.trends.values()]
    return _table(
        headings,
        rows[-MOST_QUARTERS:],
        sides="lrrrrrr",
        wide=(1, 2, 3, 4),
        caption=compared,
    )


def _quarter(period: pd.Period, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """A quarter's name, and from or to when there are data if not for all of it."""
    words = f"{_QUARTER_MONTHS[period.quarter - 1]} {period.year}"
    if first.normalize() > period.start_time:
        words += f", from {first.day} {MONTHS[first.month - 1][:3]}"
    if last.normalize() < period.end_time.normalize():
        words += f", to {last.day} {MONTHS[last.month - 1][:3]}"
    return words


_QUARTER_MONTHS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")


def _done(evidence: Evidence, units: str) -> dict[str, Any]:
    blocks: list[Block] = []
    if len(evidence.sessions):
        blocks.append(figures.calendar(evidence.sessions, evidence.spans, evidence.races))
    else:
        blocks.append({"kind": "text", "text": _NO_SESSIONS})
    quarters = _quarters(evidence, units)
    if quarters is not None:
        blocks += [{"kind": "heading", "text": "Quarter by quarter"}, quarters]
    movements = _movements(evidence)
    if movements is not None:
        blocks += [{"kind": "heading", "text": "Most done"}, movements]
    return _section("What you did", blocks)


def _movements(evidence: Evidence) -> Block | None:
    sets = evidence.sets.dropna(subset=["name_as_logged"])
    if not len(sets):
        return None
    dated = sets.merge(evidence.sessions[["session_id", "local_date"]], on="session_id")
    grouped = dated.groupby("name_as_logged").agg(
        n_sets=("n_sets", "sum"),
        n_sessions=("session_id", "nunique"),
        last=("local_date", "max"),
    )
    ordered = grouped.sort_values(["n_sets", "n_sessions"], ascending=False, kind="stable")
    rows = [
        [name(logged), f"{row.n_sessions:,}", f"{row.n_sets:,}", short_day(row.last)]
        for logged, row in zip(ordered.index, ordered.itertuples(), strict=True)
    ]
    left_out = len(rows) - MOST_MOVEMENTS
    return _table(
        ["Exercise, as logged", "Sessions", "Sets", "Last done"],
        rows[:MOST_MOVEMENTS],
        sides="lrrr",
        caption=f"And {count(left_out, 'other exercise')}." if left_out > 0 else "",
    )


def _effects(evidence: Evidence) -> dict[str, Any]:
    labelled = {
        f"{what.capitalize()}, {label(metric)}": effect
        for (what, metric), effect in evidence.effects.items()
    }
    remarks = _remarks(labelled)
    if not any(is_known(effect.percent) for effect in labelled.values()):
        text = "Nothing can be said yet of what goes along with what."
        return _section(
            "What goes along with what",
            [{"kind": "text", "text": text}, {"kind": "list", "items": remarks}],
        )
    rows = [
        [
            words,
            percent(effect.percent) if is_known(effect.percent) else "–",
            f"{percent(effect.percent_low)} to {percent(effect.percent_high)}"
            if is_known(effect.percent)
            else "–",
            change(effect.estimate, effect.metric) if is_known(effect.estimate) else "–",
            f"{effect.n_weeks}",
            f"{effect.detectable_percent:.1f}{NBSP}%" if is_known(effect.detectable_percent) else "–",
            effect.verdict.capitalize(),
        ]
        for words, effect in labelled.items()
    ]
    first = next(iter(labelled.values()))
    blocks: list[Block] = [
        {
            "kind": "text",
            "text": f"Each row is the change that goes along with {first.contrast:g} more sessions "
            f"a week, held for {first.held_weeks:g} weeks, all else that is known being equal.",
        },
        figures.effects(labelled),
        _table(
            ["", "Change", "95 % interval", "In its unit", "Weeks", "Detectable", "Verdict"],
            rows,
            sides="lrrrrrl",
            caption="Detectable: an effect of this size would be found four times out of five.",
        ),
    ]
    if remarks:
        blocks.append({"kind": "list", "items": remarks})
    drawn = {words: effect for words, effect in labelled.items() if not effect.points.empty}
    if drawn:
        blocks += [{"kind": "heading", "text": "Dose and form, week by week"}, figures.doses(drawn)]
    return _section("What goes along with what", blocks)


def _remarks(labelled: dict[str, Effect]) -> list[str]:
    """What should be known of single effects: why there is none, and what was assumed."""
    together: dict[str, list[str]] = {}
    for words, effect in labelled.items():
        for remark in (effect.reason, *effect.notes):
            if remark:
                together.setdefault(remark, []).append(words)
    return [f"{'; '.join(pairs)}: {name(remark)}." for remark, pairs in together.items()]


def _races(evidence: Evidence, units: str) -> dict[str, Any]:
    races = evidence.races.sort_values("local_date", kind="stable")
    if not len(races):
        return _section("Races", [{"kind": "text", "text": "No race is recorded."}])
    first_time: dict[str, float] = {}
    for _, course in by_course(races):
        first = course["time_s"].iloc[0] / course["distance_m"].iloc[0]
        first_time |= {race_id: first for race_id in course["race_id"].iloc[1:]}
    rows = []
    for race in races.itertuples():
        timed = is_known(race.time_s) and is_known(race.distance_m) and race.time_s > 0
        versus = first_time.get(race.race_id)
        rows.append(
            [
                short_day(race.local_date),
                name(race.title),
                distance_text(race.distance_m, units) if is_known(race.distance_m) else "–",
                duration_text(race.time_s) if is_known(race.time_s) else "–",
                pace_text(race.distance_m / race.time_s, units) if timed else "–",
                percent(100 * (race.time_s / race.distance_m / versus - 1))
                if timed and versus
                else "–",
            ]
        )
    left_out = len(rows) - MOST_RACES
    caption = (
        "Change: time against the first race over the same distance. Race times vary by 1 to 4 % "
        "from one race to the next with no change of fitness (Hopkins & Hewson 2001), and courses "
        "and weather differ."
    )
    if left_out > 0:
        caption += f" {count(left_out, 'earlier race')} not listed."
    blocks: list[Block] = []
    if first_time or len(races) > 1:
        blocks.append(figures.races(races, units))
    blocks.append(
        _table(
            ["Date", "Race", "Distance", "Time", "Pace", "Change"],
            rows[-MOST_RACES:],
            sides="llrrrr",
            wide=(1,),
            caption=caption,
        )
    )
    return _section("Races", blocks, flowing=True)


def _section(heading: str, blocks: list[Block], *, flowing: bool = False) -> dict[str, Any]:
    """A section; one with a figure begins a page unless it may flow on."""
    return {
        "heading": heading,
        "blocks": blocks,
        "new_page": _has_figure(blocks) and not flowing,
    }


def _has_figure(blocks: list[Block]) -> bool:
    return any(block["kind"] == "figure" for block in blocks)


def _table(
    columns: list[str], rows: list[list[str]], *, sides: str, caption: str = "", wide: Sequence[int] = (0,)
) -> Block:
    """A table whose `wide` columns share the room that the others leave."""
    return {
        "kind": "table",
        "columns": columns,
        "widths": [1 if number in wide else "auto" for number in range(len(columns))],
        "align": ["right" if side == "r" else "left" for side in sides],
        "rows": rows,
        "caption": caption,
    }
