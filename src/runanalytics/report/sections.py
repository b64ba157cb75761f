"""What the report says, as plain values for the layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics.findings.drawing import ANSWER
from runanalytics.findings.finding import SIMULATED_NOTE, count
from runanalytics.report import figures, races_and_claims
from runanalytics.report.blocks import Block, has_figure, section, table
from runanalytics.report.contents import METRICS
from runanalytics.report.methods import methods
from runanalytics.report.page_one import answers, cards
from runanalytics.report.wording import (
    MONTHS,
    NBSP,
    change,
    is_known,
    label,
    month,
    name,
    percent,
    short_day,
    span,
    total,
    value,
)
from runanalytics.units import pace_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.trend import Trend
    from runanalytics.report.contents import Evidence

TITLE = "Progress report"
SIMULATED_MARK = "Simulated data"
_NO_SESSIONS = (
    "No strength or technique session is logged. Import a strength log, or a table of sessions "
    "with their dates, to see what goes along with it."
)
#: A course of fewer weeks is not worth a figure.
LEAST_WEEKS_DRAWN = 3
#: Rows of a long table.
MOST_MOVEMENTS, MOST_QUARTERS, LEAST_QUARTERS = 10, 8, 2


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
    told = [
        _progress(evidence, units),
        _done(evidence, units),
        _effects(evidence),
        races_and_claims.races(evidence, units),
        races_and_claims.late_in_runs(evidence),
        *races_and_claims.programmes_and_claims(evidence),
        methods(evidence, units),
    ]
    sections = [each for each in told if each is not None]
    # Page 1 stands alone.
    sections[0]["new_page"] = True
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
        "sections": sections,
    }


def _facts(evidence: Evidence, units: str) -> list[dict[str, str]]:
    distance = evidence.runs["distance_m"].sum(min_count=1)
    facts = [("runs", f"{len(evidence.runs):,}")]
    if is_known(distance):
        facts += [("run in all", total(float(distance), units))]
    for what, dose in evidence.doses.items():
        facts += [(f"{what} sessions", f"{int(dose['amount'].sum()):,}")]
    facts += [("races", f"{len(evidence.races):,}")]
    return [{"label": words, "value": number} for words, number in facts]


def _progress(evidence: Evidence, units: str) -> dict[str, Any]:
    blocks: list[Block] = []
    pace = pace_text(evidence.speed_m_s, units)
    for trend in evidence.trends.values():
        if not trend.n_runs:
            continue
        blocks.append({"kind": "heading", "text": f"{trend.label} at {pace}"})
        if trend.n_weeks >= LEAST_WEEKS_DRAWN:
            blocks.append(figures.progress(trend, evidence.doses))
        blocks.append({"kind": "text", "text": _about(trend)})
    if has_figure(blocks):
        blocks.append({"kind": "note", "text": figures.PROGRESS_KEY})
    if not blocks:
        blocks = [{"kind": "text", "text": "No run with cadence or contact time is recorded."}]
    return section("Cadence and contact time", blocks)


def _about(trend: Trend) -> str:
    """Return what stands below a figure: the value now, its noise, and steps of devices."""
    metric = trend.metric
    if not is_known(trend.value):
        return trend.summary()
    sentences = [
        f"Now {value(trend.value, metric)}{NBSP}{trend.unit} (95{NBSP}% interval "
        f"{value(trend.low, metric)} to {value(trend.high, metric)}), from "
        f"{count(trend.n_runs, 'run')} in {count(trend.n_weeks, 'week')}."
    ]
    if trend.reason:
        sentences.append(f"Not enough data for a change: {trend.reason}.")
    elif trend.first_date is not None:
        sentences.append(
            f"Change since {month(trend.first_date)}: {percent(trend.percent)} (interval "
            f"{percent(trend.percent_low)} to {percent(trend.percent_high)})."
        )
    if trend.year_ago is not None:
        sentences.append(
            f"Beside the same weeks a year before: {percent(trend.year_ago.percent)} (interval "
            f"{percent(trend.year_ago.percent_low)} to {percent(trend.year_ago.percent_high)})."
        )
    if not trend.reason and is_known(trend.minimal_detectable_percent):
        sentences.append(
            f"Four runs must differ from four others by "
            f"{trend.minimal_detectable_percent:.1f}{NBSP}% before it is more than the ups and "
            "downs from day to day."
        )
    if trend.device_steps:
        told = [f"{name(step.name)} {percent(step.percent)}" for step in trend.device_steps]
        sentences.append(
            f"How devices read beside the usual recent one, taken out here: {', '.join(told)}."
        )
    return " ".join(sentences)


def _quarters(evidence: Evidence, units: str) -> Block | None:
    """Return means by quarter: a table that a coach can read down."""
    if not len(evidence.runs):
        return None
    quarter = evidence.runs["local_date"].dt.to_period("Q")
    periods = sorted(quarter.unique())[-MOST_QUARTERS:]
    if len(periods) < LEAST_QUARTERS:
        return None
    rows = []
    for period in periods:
        first = max(period.start_time, evidence.first_day)
        last = min(period.end_time.normalize(), evidence.last_day)
        weeks = max(1.0, ((last - first).days + 1) / 7)
        runs = evidence.runs[quarter == period]
        distance = float(runs["distance_m"].sum(min_count=1))
        row = [
            _quarter(period, first, last),
            f"{len(runs) / weeks:.1f}",
            total(distance / weeks, units) if is_known(distance) else "–",
        ]
        for dose in evidence.doses.values():
            inside = dose[dose["local_date"].between(first, last)]
            row.append(f"{7 * inside['amount'].mean():.1f}" if len(inside) else "not known")
        for metric, trend in evidence.trends.items():
            weekly = trend.table().dropna(subset=["observed"])
            weekly = weekly[weekly["week"].between(first, last)]
            mean = (weekly["observed"] * weekly["runs"]).sum() / max(weekly["runs"].sum(), 1)
            row.append(value(float(mean), metric) if len(weekly) else "–")
        rows.append(row)
    headings = ["", *(f"{what}\na week" for what in ("Runs", "Distance", "Strength", "Technique"))]
    headings += [f"{trend.label},\n{trend.unit}" for trend in evidence.trends.values()]
    compared = (
        f"Cadence and contact time are at {pace_text(evidence.speed_m_s, units)}, as the usual "
        "recent device would read them."
    )
    return table(
        headings,
        rows,
        sides="lrrrrrr",
        wide=(1, 2, 3, 4),
        caption=compared if is_known(evidence.speed_m_s) else "",
    )


def _quarter(period: pd.Period, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return a quarter's name, and from or to when there are data if not for all of it."""
    words = f"{_QUARTER_MONTHS[period.quarter - 1]} {period.year}"
    if first > period.start_time:
        words += f", from {first.day} {MONTHS[first.month - 1][:3]}"
    if last < period.end_time.normalize():
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
    return section("What you did", blocks)


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
        [
            name(row["name_as_logged"]),
            f"{row['n_sessions']:,}",
            f"{row['n_sets']:,}",
            short_day(row["last"]),
        ]
        for row in ordered.head(MOST_MOVEMENTS).reset_index().to_dict(orient="records")
    ]
    left_out = len(ordered) - MOST_MOVEMENTS
    return table(
        ["Exercise, as logged", "Sessions", "Sets", "Last done"],
        rows,
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
        return section(
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
            f"{effect.detectable_percent:.1f}{NBSP}%"
            if is_known(effect.detectable_percent)
            else "–",
            effect.verdict.capitalize(),
        ]
        for words, effect in labelled.items()
    ]
    first = next(iter(labelled.values()))
    blocks: list[Block] = [
        {
            "kind": "text",
            "text": f"Each row is the change that goes along with {first.contrast:g} more sessions "
            "a week, all else that is known being equal.",
        },
        figures.effects(labelled),
        table(
            ["", "Change", "95 % interval", "In its unit", "Weeks", "Detectable", "Verdict"],
            rows,
            sides="lrrrrrl",
            caption="Detectable: an effect of this size would be found four times out of five. The "
            "verdicts allow for the number of effects tested here.",
        ),
    ]
    items = [*_mixed(labelled), *remarks]
    if items:
        blocks.append({"kind": "list", "items": items})
    drawn = {words: effect for words, effect in labelled.items() if not effect.points.empty}
    if drawn:
        blocks += [{"kind": "heading", "text": "Dose and form, week by week"}, figures.doses(drawn)]
    return section("What goes along with what", blocks)


_PARTS = ("change", "low", "high")


def _mixed(labelled: dict[str, Effect]) -> list[str]:
    """Return effects mixed with what research says, where it says something."""
    told = []
    for words, effect in labelled.items():
        for row in effect.table().to_dict(orient="records"):
            if row["source"] == "both" and is_known(row["change_percent"]):
                mean, low, high = (percent(row[f"{part}_percent"]) for part in _PARTS)
                told.append(f"{words} {mean} ({low} to {high})")
    return [f"Mixed with what research says: {'; '.join(told)}."] if told else []


def _remarks(labelled: dict[str, Effect]) -> list[str]:
    """Return what should be known of single effects: why there is none, what was assumed."""
    together: dict[str, list[str]] = {}
    for words, effect in labelled.items():
        for remark in (effect.reason, *effect.notes):
            if remark and remark != SIMULATED_NOTE:  # which every page is marked with
                together.setdefault(remark, []).append(words)
    return [f"{'; '.join(pairs)}: {name(remark)}." for remark, pairs in together.items()]
