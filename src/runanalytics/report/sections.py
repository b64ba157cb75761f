"""The report as a content model (`blocks.py`), and what its sections after page 1 say and show."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics.findings.adherence import LATELY_WEEKS
from runanalytics.findings.drawing import ANSWER
from runanalytics.findings.finding import NOT_ENOUGH_DATA, SIMULATED_NOTE, count, listed
from runanalytics.findings.readable import share_text
from runanalytics.plots.calendar import without_endurance
from runanalytics.plots.races import course_name
from runanalytics.report import figures
from runanalytics.report.blocks import (
    Block,
    Drawing,
    Report,
    Section,
    Table,
    bullets,
    heading,
    note,
    section,
    table,
    text,
)
from runanalytics.report.methods import methods
from runanalytics.report.page_one import answers, cards, facts
from runanalytics.report.wording import (
    MONTHS,
    NBSP,
    change,
    day,
    interval,
    is_known,
    label,
    month,
    name,
    or_dash,
    percent,
    percent_range,
    short_day,
    span,
    spelled,
    total,
    value,
)
from runanalytics.units import duration_text, pace_text

if TYPE_CHECKING:
    from runanalytics.findings.claims import ClaimsOnTrial, Verdict
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.report.contents import ReportContents
    from runanalytics.report.second_process import Asked

TITLE = "Progress report"
SIMULATED_MARK = "Simulated data"
#: Letters of a reason for which a claim was not tested.
_LONGEST_REASON = 400
#: Weeks below which a trend is not drawn.
LEAST_WEEKS_DRAWN = 3
#: Rows of long tables.
MOST_MOVEMENTS, MOST_RACES, MOST_QUARTERS, LEAST_QUARTERS = 10, 24, 8, 2

_QUARTER_MONTHS = ("Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec")
_DETECTABLE = (
    "Detectable: an effect of this size would be found four times out of five. The verdicts allow "
    "for the number of effects tested here."
)
_ONE_SCALE = (
    "Over 10 km: what each race was worth over that distance on the level in the cool, with what "
    "is known of climbing, heat and altitude taken out. Race times vary by 1 to 4 % from one race "
    "to the next with no change of fitness (Hopkins & Hewson 2001), and not every race is raced. A "
    "dash: a race that cannot be compared."
)
_PREDICTED = (
    "If raced: on the level in the cool. Next: whichever comes next, raced or not, as hilly and "
    "warm as your races were. 95 % of races lie between the times given. VDOT: what an equal VDOT "
    "(Daniels & Gilbert 1979) would take."
)
_LATE = (
    "How form changes the longer a run lasts, whatever the pace. Contact time mostly rises and "
    "cadence falls, but runners differ, even in the direction."
)
_FOLLOWED = (
    "Followed: how much of what it prescribes was done, mean over the weeks that lie within the "
    "log."
)
_RESEARCH = (
    "What the sources of the programmes claim, in our words, beside what your data say and what "
    "others have found. Research does not side with every claim, and a shorter contact is not "
    "better in itself."
)


def compose(contents: ReportContents, units: str, drawn: Asked = partial) -> Report:
    """Return all that a report says and shows, in order: words, numbers, tables and figures.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of distance and pace.
    drawn : callable
        Returns a call that gives what a function returns, for figures on paper; another process
        may be drawing one while the next is made up.
    """
    covered = span(contents.first_day, contents.last_day)
    last = contents.last_day
    numbers = cards(contents, units)
    for card in numbers:
        if "drawing" in card:
            card["drawing"] = _asked_for(card["drawing"], drawn)
    sections: list[Section] = []
    for make in (
        partial(_progress, contents, units),
        partial(_done, contents, units),
        partial(_effects, contents),
        partial(_races, contents, units),
        partial(_late_in_runs, contents),
        partial(_programmes, contents),
        partial(_claims, contents),
        partial(methods, contents, units),
    ):
        made = make()
        if made is not None:
            for block in made["blocks"]:
                if block["kind"] == "figure":
                    block["drawing"] = _asked_for(block["drawing"], drawn)
            sections.append(made)
    return {
        "title": TITLE,
        "document_title": f"{TITLE}, {covered}",
        "brand": "runanalytics",
        "lang": "en",
        "date": [last.year, last.month, last.day],
        "span": covered,
        "footer": f"runanalytics · {covered}",
        "simulated": contents.simulated,
        "simulated_mark": SIMULATED_MARK,
        "accent": ANSWER,
        "facts": facts(contents, units),
        "cards": numbers,
        "answers": answers(contents, units),
        "sections": sections,
    }


def _asked_for(drawing: Drawing, drawn: Asked) -> Drawing:
    return replace(drawing, on_paper=drawn(drawing.on_paper))


def _progress(contents: ReportContents, units: str) -> Section | None:
    blocks: list[Block] = []
    pace = pace_text(contents.speed_m_s, units)
    drawn = []
    for trend in contents.trends.values():
        if not trend.n_runs:
            continue
        blocks.append(heading(f"{trend.label} at {pace}"))
        if trend.n_weeks >= LEAST_WEEKS_DRAWN:
            elsewhere = {
                pace_text(speed, units): at_pace[trend.metric]
                for speed, at_pace in contents.elsewhere.items()
                if at_pace[trend.metric].n_weeks >= LEAST_WEEKS_DRAWN
            }
            blocks.append(
                figures.progress(
                    trend,
                    contents.doses,
                    contents.runs,
                    pace=pace,
                    elsewhere=elsewhere,
                    about=_about,
                )
            )
            drawn.append(trend)
        blocks.append(text(_about(trend)))
    if drawn:
        blocks.append(note(figures.progress_key(drawn, contents.doses)))
    with_runs = [trend.label for trend in contents.trends.values() if trend.n_runs]
    title = "Cadence and contact time" if len(with_runs) > 1 else "".join(with_runs)
    return section(title, blocks) if blocks else None


def _following(trend: Trend) -> list[str]:
    """Return where the next weeks would lie, where that can be said."""
    if not is_known(trend.next_value):
        return []
    low, high = (value(each, trend.metric) for each in (trend.next_low, trend.next_high))
    return [
        f"If nothing changes, the mean of the next four weeks lies between {low} and "
        f"{high}{NBSP}{trend.unit}."
    ]


def _about(trend: Trend) -> str:
    """Return what stands below a figure: the value now, its changes, and steps of devices."""
    metric = trend.metric
    if not is_known(trend.value):
        return trend.summary()
    sentences = [
        f"Now{trend.where} {value(trend.value, metric)}{NBSP}{trend.unit} "
        f"({interval(value(trend.low, metric), value(trend.high, metric))}), from "
        f"{_runs_and_weeks(trend)}.",
        *_following(trend),
        *_change(trend),
    ]
    if trend.at_once is not None:
        sentences.append(trend.at_once.sentence())
    if trend.year_ago is not None:
        ago = trend.year_ago
        sentences.append(
            f"Compared with the same weeks a year before: {percent(ago.percent)} (interval "
            f"{percent_range(ago.percent_low, ago.percent_high)})."
        )
    if not trend.reason and is_known(trend.minimal_detectable_percent):
        sentences.append(
            "Four of your runs and the next four differ by less than "
            f"{trend.minimal_detectable_percent:.1f}{NBSP}% in 19 of 20 cases."
        )
    if trend.device_steps:
        steps = [f"{name(step.name)} {percent(step.percent)}" for step in trend.device_steps]
        sentences.append(
            "How devices read compared with the usual recent one, taken out here: "
            f"{', '.join(steps)}."
        )
    if trend.set_apart is not None:
        sentences.append(trend.set_apart.sentence(trend.unit))
    return " ".join(sentences)


def _runs_and_weeks(trend: Trend) -> str:
    return f"{count(trend.n_runs, 'run')} in {count(trend.n_weeks, 'week')}"


def _change(trend: Trend) -> list[str]:
    """Return the change since the first weeks as a sentence, or why there is none."""
    if trend.reason:
        return [f"Not enough data for a change: {trend.reason}."]
    if trend.first_date is None:
        return []
    return [
        f"Change since {month(trend.first_date)}: {percent(trend.percent)} (interval "
        f"{percent_range(trend.percent_low, trend.percent_high)})."
    ]


def _done(contents: ReportContents, units: str) -> Section | None:
    blocks: list[Block] = []
    if len(contents.sessions):
        worked = without_endurance(contents.sessions, contents.sets)
        blocks.append(figures.calendar(worked, contents.spans, contents.races))
    if contents.diary_kept is not None:
        blocks.append(text(f"The diary was last kept on {day(contents.diary_kept)}."))
    quarters, movements = _quarters(contents, units), _movements(contents)
    if quarters is not None:
        blocks += [heading("Quarter by quarter"), quarters]
    if movements is not None:
        blocks += [heading("Most done"), movements]
    return section("What you did", blocks) if blocks else None


def _quarters(contents: ReportContents, units: str) -> Table | None:
    """Return means by quarter: a table that a coach can read down."""
    if not len(contents.runs):
        return None
    quarter = contents.runs["local_date"].dt.to_period("Q")
    periods = sorted(quarter.unique())[-MOST_QUARTERS:]
    if len(periods) < LEAST_QUARTERS:
        return None
    doses = {what: dose for what, dose in contents.doses.items() if len(dose)}
    trends = {metric: trend for metric, trend in contents.trends.items() if trend.n_runs}
    rows = []
    for period in periods:
        first = max(period.start_time, contents.first_day)
        last = min(period.end_time.normalize(), contents.last_day)
        weeks = max(1.0, ((last - first).days + 1) / 7)
        runs = contents.runs[quarter == period]
        distance = float(runs["distance_m"].sum(min_count=1))
        row = [
            _quarter(period, first, last),
            f"{len(runs) / weeks:.1f}",
            or_dash(distance, total(distance / weeks, units)),
        ]
        for dose in doses.values():
            inside = dose[dose["local_date"].between(first, last)]
            row.append(f"{7 * inside['amount'].mean():.1f}" if len(inside) else "not known")
        for metric, trend in trends.items():
            weekly = trend.table().dropna(subset=["observed"])
            weekly = weekly[weekly["week"].between(first, last)]
            mean = (weekly["observed"] * weekly["runs"]).sum() / max(weekly["runs"].sum(), 1)
            row.append(value(float(mean), metric) if len(weekly) else "–")
        rows.append(row)
    counted = ["Runs", "Distance", *(what.capitalize() for what in doses)]
    names = [trend.label for trend in trends.values()]
    headings = ["", *(f"{what}\na week" for what in counted)]
    headings += [f"{trend.label},\n{trend.unit}" for trend in trends.values()]
    verb = "is" if len(names) == 1 else "are"
    caption = (
        f"{listed([names[0], *(each.lower() for each in names[1:])])} {verb} at "
        f"{pace_text(contents.speed_m_s, units)}, as the usual recent device would read."
        if names and is_known(contents.speed_m_s)
        else ""
    )
    align = "l" + "r" * (len(headings) - 1)
    return table(headings, rows, align=align, wide=range(1, len(counted) + 1), caption=caption)


def _quarter(period: pd.Period, first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return a quarter's name, and from or to when there are data if not for all of it."""
    words = f"{_QUARTER_MONTHS[period.quarter - 1]} {period.year}"
    if first > period.start_time:
        words += f", from {first.day} {MONTHS[first.month - 1][:3]}"
    if last < period.end_time.normalize():
        words += f", to {last.day} {MONTHS[last.month - 1][:3]}"
    return words


def _movements(contents: ReportContents) -> Table | None:
    sets = contents.sets.dropna(subset=["name_as_logged"])
    if not len(sets):
        return None
    dated = sets.merge(contents.sessions[["session_id", "local_date"]], on="session_id")
    grouped = dated.groupby("name_as_logged").agg(
        n_sets=("n_sets", "sum"),
        n_sessions=("session_id", "nunique"),
        last=("local_date", "max"),
    )
    ordered = grouped.sort_values(["n_sets", "n_sessions"], ascending=False, kind="stable")
    rows = [
        [name(movement), f"{row['n_sessions']:,}", f"{row['n_sets']:,}", short_day(row["last"])]
        for movement, row in ordered.head(MOST_MOVEMENTS).to_dict(orient="index").items()
    ]
    n_left = len(ordered) - MOST_MOVEMENTS
    return table(
        ["Exercise, as logged", "Sessions", "Sets", "Last done"],
        rows,
        align="lrrr",
        caption=f"And {count(n_left, 'other exercise')}." if n_left > 0 else "",
    )


def _effects(contents: ReportContents) -> Section | None:
    """Return the section on effects, where at least one has an estimate."""
    labelled = {
        f"{what.capitalize()}, {label(metric)}": effect
        for (what, metric), effect in contents.effects.items()
    }
    estimated = {words: each for words, each in labelled.items() if is_known(each.percent)}
    if not estimated:
        return None
    rows = [
        [
            words,
            percent(effect.percent),
            percent_range(effect.percent_low, effect.percent_high),
            or_dash(effect.estimate, change(effect.estimate, effect.metric)),
            f"{effect.n_weeks}",
            or_dash(effect.detectable_percent, f"{effect.detectable_percent:.1f}{NBSP}%"),
            effect.verdict.capitalize(),
        ]
        for words, effect in estimated.items()
    ]
    contrast = next(iter(estimated.values())).contrast
    blocks: list[Block] = [
        text(
            f"Each row is the change that goes along with {spelled(contrast)} more sessions a "
            "week, all else that is known being equal."
        ),
        figures.effects(estimated),
        table(
            ["", "Change", "95 % interval", "In its unit", "Weeks", "Detectable", "Verdict"],
            rows,
            align="lrrrrrl",
            caption=_DETECTABLE,
        ),
    ]
    if items := [*_combined(estimated), *_remarks(labelled)]:
        blocks.append(bullets(items))
    drawn = {words: effect for words, effect in estimated.items() if not effect.points.empty}
    if drawn:
        blocks += [heading("Dose and form, week by week"), figures.doses(drawn)]
    return section("What goes along with what", blocks)


def _combined(labelled: dict[str, Effect]) -> list[str]:
    """Return effects combined with the prior from research, where there is one."""
    parts = []
    for words, effect in labelled.items():
        for row in effect.table().to_dict(orient="records"):
            if row["source"] == "both" and is_known(row["change_percent"]):
                both = percent_range(row["low_percent"], row["high_percent"])
                parts.append(f"{words} {percent(row['change_percent'])} ({both})")
    if not parts:
        return []
    return [f"Combined with what research says: {'; '.join(parts)}."]


def _remarks(labelled: dict[str, Effect]) -> list[str]:
    """Return notes on single effects: why there is none, what was assumed."""
    effects_of: dict[str, list[str]] = {}
    for words, effect in labelled.items():
        for remark in (effect.reason, *effect.notes):
            if remark and remark != SIMULATED_NOTE:  # which every page is marked with
                effects_of.setdefault(remark, []).append(words)
    return [f"{'; '.join(effects)}: {name(remark)}." for remark, effects in effects_of.items()]


def _races(contents: ReportContents, units: str) -> Section | None:
    if not len(contents.races):
        return None
    results = contents.race_results
    adjusted = results.raced.set_index("race_id") if results.n_races else results.raced
    races = contents.races.sort_values("local_date", kind="stable").to_dict(orient="records")
    n_left = len(races) - MOST_RACES
    earlier = f" {count(n_left, 'earlier race')} not listed." if n_left > 0 else ""
    listed = table(
        ["Date", "Race", "Distance", "Time", "Pace", "Over 10 km", "VDOT"],
        [_race_row(race, adjusted, units) for race in races[-MOST_RACES:]],
        align="llrrrrr",
        wide=(1,),
        caption=f"{_ONE_SCALE}{earlier}",
    )
    if not results.n_races:
        return section("Races", [listed])
    drawn = [figures.race_results(results, units)] if results.n_races > 1 else []
    words = results.summary()
    if SIMULATED_NOTE in results.notes:  # which every page is marked with
        words = words.replace(f" {SIMULATED_NOTE[:1].upper()}{SIMULATED_NOTE[1:]}.", "")
    return section(
        "Races",
        [
            text(words.replace(" %", f"{NBSP}%")),
            *drawn,
            listed,
            heading("Races to come"),
            _predictions(results, units),
        ],
    )


def _race_row(race: Mapping[Hashable, Any], adjusted: pd.DataFrame, units: str) -> list[str]:
    distance_m, time_s = race["distance_m"], race["time_s"]
    timed = is_known(time_s) and is_known(distance_m) and time_s > 0
    own = adjusted.loc[race["race_id"]] if race["race_id"] in adjusted.index else None
    return [
        short_day(race["local_date"]),
        name(race["title"]),
        course_name(distance_m, units) if is_known(distance_m) else "–",
        duration_text(time_s),
        pace_text(distance_m / time_s, units) if timed else "–",
        "–" if own is None else duration_text(own["time_10km_s"]),
        "–" if own is None else f"{own['vdot']:.1f}",
    ]


def _predictions(results: RaceResults, units: str) -> Table:
    rows = [
        [
            course_name(row["distance_m"], units),
            duration_text(row["time_s"]),
            f"{duration_text(row['raced_low_s'])} to {duration_text(row['raced_high_s'])}",
            duration_text(row["next_s"]),
            f"{duration_text(row['low_s'])} to {duration_text(row['high_s'])}",
            duration_text(row["vdot_time_s"]),
            str(row["note"]).capitalize(),
        ]
        for row in results.predicted().to_dict(orient="records")
    ]
    caption = (
        f"{_PREDICTED} Your race time grows with distance to the power of {results.exponent:.3f} ± "
        f"{results.exponent_sd:.3f} (usual: 1.06)."
    )
    if results.critical is not None:
        caption += (
            f" Critical speed {pace_text(results.critical.speed_m_s, units)}, with "
            f"{results.critical.d_prime_m:.0f}{NBSP}m beyond it."
        )
    headings = ["", "If raced", "Between", "Next", "Between", "VDOT", ""]
    return table(headings, rows, align="lrrrrrl", wide=(6,), caption=caption)


def _late_in_runs(contents: ReportContents) -> Section | None:
    """Return the section on how form changes inside runs, where there are long enough ones."""
    blocks: list[Block] = []
    for trend in contents.drifts.values():
        if trend.n_weeks < LEAST_WEEKS_DRAWN or not is_known(trend.value):
            continue
        now = (
            f"An hour into a run it is now {trend.value:.1f}{NBSP}% of what it was at the start, "
            f"at matched pace ({interval(f'{trend.low:.1f}', f'{trend.high:.1f}{NBSP}%')}), from "
            f"{_runs_and_weeks(trend)}."
        )
        blocks += [
            heading(trend.label),
            figures.progress(trend, contents.doses, contents.runs, y="% of an hour earlier"),
            text(" ".join([now, *_change(trend)])),
        ]
    return section("Late in long runs", [*blocks, note(_LATE)]) if blocks else None


def _programmes(contents: ReportContents) -> Section | None:
    """Return the section on how far programmes were followed, where any was done."""
    rows = [
        [
            f"{one.name}: {one.prescription}",
            f"{one.n_weeks_done} of {one.n_weeks}",
            f"{one.sessions_a_week:.1f}",
            share_text(one.score),
            share_text(one.lately),
        ]
        for one in contents.adherence
        if one.n_weeks_done
    ]
    if not rows:
        return None
    never = [one.name for one in contents.adherence if one.n_weeks and not one.n_weeks_done]
    listed = table(
        ["", "Weeks\nwith it", "Sessions\na week", "Followed", f"Last {LATELY_WEEKS}\nweeks"],
        rows,
        align="lrrrr",
        caption=f"{_FOLLOWED} Never done: {', '.join(never)}." if never else _FOLLOWED,
    )
    return section("Programmes", [listed])


def _claims(contents: ReportContents) -> Section | None:
    """Return the section on claims, where at least one could be tested."""
    claims = contents.claims
    tested = [each for each in claims.verdicts if each.verdict != NOT_ENOUGH_DATA]
    if not tested:
        return None
    blocks: list[Block] = [
        text(_RESEARCH),
        figures.claims(claims),
        table(
            ["Claim", "Your data", "What others have found"],
            [[each.statement, _verdict(each), each.research or "–"] for each in tested],
            align="lll",
            widths=(3, 4, 5),
            breaks=True,
            caption=f"Verdicts allow for the {count(claims.n_tests, 'test')} made here (Benjamini "
            "& Hochberg 1995); intervals are each one's own.",
        ),
    ]
    if untested := _untested(claims):
        blocks += [heading("Not enough data"), bullets(untested)]
    return section("Claims tested", blocks)


def _untested(claims: ClaimsOnTrial) -> list[str]:
    """Return the claims that could not be tested, those that want for the same together."""
    statements_of: dict[str, list[str]] = {}
    for each in claims.with_verdict(NOT_ENOUGH_DATA):
        when = f", by {month(each.enough_on)} if this goes on" if each.enough_on else ""
        missing = name(f"{each.reason or 'no data'}{when}", _LONGEST_REASON)
        statements_of.setdefault(missing, []).append(f"“{each.statement.removesuffix('.')}”")
    return [
        f"{missing[:1].upper()}{missing[1:]}: {', '.join(statements)}."
        for missing, statements in statements_of.items()
    ]


def _verdict(each: Verdict) -> str:
    return (
        f"{each.verdict.capitalize()}. {each.question}: {percent(each.percent)} "
        f"({percent_range(each.low_percent, each.high_percent)})"
    )
