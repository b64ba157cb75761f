"""Page 1: number cards, and answers on what changed, what was done, and how sure this is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from runanalytics.findings.finding import (
    ASSOCIATION,
    FELL,
    NOT_ENOUGH_DATA,
    ROSE,
    count,
    listed,
)
from runanalytics.findings.race_results import FASTER, SLOWER
from runanalytics.report import figures
from runanalytics.report.contents import KINDS, METRICS
from runanalytics.report.wording import (
    NBSP,
    change,
    interval,
    is_known,
    label,
    month,
    percent,
    percent_range,
    total,
    value,
)
from runanalytics.units import pace_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.report.contents import ReportContents

#: Below this many a week, a rate with one decimal would be 0.
_SELDOM = 0.05
_NOT_A_CAUSE = (
    "This says what went together in time, not what caused what: for that, weeks with and without "
    "the work would have to be chosen at random."
)
_NUMBERS = {1.0: "one", 2.0: "two", 3.0: "three", 4.0: "four", 5.0: "five"}


def answers(contents: ReportContents, units: str) -> list[dict[str, str]]:
    """Return the questions of page 1 with their answers.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of distance and pace.
    """
    return [
        {"question": "What changed", "text": _changed(contents, units)},
        {"question": "What you did", "text": _did(contents, units)},
        {"question": "What goes along with what", "text": _goes_along(contents)},
        {"question": "How sure this is", "text": _sure(contents)},
    ]


def _changed(contents: ReportContents, units: str) -> str:
    sentences = [
        _trend_sentence(metric, trend, contents.speed_m_s, units)
        for metric, trend in contents.trends.items()
    ]
    return " ".join([*sentences, *_race_sentence(contents.race_results)])


def _race_sentence(results: RaceResults) -> Iterator[str]:
    """Yield how race times changed, where there are enough races."""
    if results.verdict == NOT_ENOUGH_DATA:
        if results.n_races > results.n_of_course or len(results.apart):
            yield f"Whether race times changed cannot be told: {results.reason}."
        return
    words = {FASTER: "Race times fell", SLOWER: "Race times rose"}
    yield (
        f"{words.get(results.verdict, 'Race times show no clear change')}: "
        f"{percent(results.percent)} "
        f"({interval(percent(results.percent_low), percent(results.percent_high))})."
    )


def _trend_sentence(metric: str, trend: Trend, speed_m_s: float, units: str) -> str:
    subject = label(metric)
    title = subject[:1].upper() + subject[1:]
    if not trend.n_runs:
        return f"No run has {subject}."
    if trend.verdict == NOT_ENOUGH_DATA or not is_known(trend.change):
        return (
            f"There is not enough data to say whether {subject} changed "
            f"({count(trend.n_runs, 'run')} with it, in {count(trend.n_weeks, 'week')})."
        )
    if trend.verdict in (ROSE, FELL):
        return (
            f"{title} at {pace_text(speed_m_s, units)} {trend.verdict} by "
            f"{change(abs(trend.change), metric).lstrip('+')} ({percent(trend.percent)}; "
            f"{_change_interval(trend)}) and is now {value(trend.value, metric)}."
        )
    return (
        f"{title} at {pace_text(speed_m_s, units)} shows no clear change: "
        f"{change(trend.change, metric)} ({_change_interval(trend)})."
    )


def _change_interval(trend: Trend) -> str:
    low = change(trend.change_low, trend.metric, unit=False)
    return interval(low, change(trend.change_high, trend.metric))


def _did(contents: ReportContents, units: str) -> str:
    sentences = ["No run is recorded."]
    if len(contents.runs):
        times = "once" if len(contents.runs) == 1 else count(len(contents.runs), "time")
        distance = float(contents.runs["distance_m"].sum(min_count=1))
        far = f" and covered {total(distance, units)}" if is_known(distance) else ""
        dates = contents.runs["local_date"]
        weeks = (dates.max() - dates.min()).days // 7 + 1
        sentences = [f"You ran {times}{far} in {count(weeks, 'week')}."]
    sessions = {what: int(contents.doses[what]["amount"].sum()) for what in KINDS}
    logged = [_logged(number, what, contents) for what, number in sessions.items() if number]
    if logged:
        sentences.append(f"You logged {listed(logged)}.")
    missing = [what for what, number in sessions.items() if not number]
    if missing:
        sentences.append(f"No {' or '.join(missing)} session is logged.")
    return " ".join(sentences)


def _logged(sessions: int, what: str, contents: ReportContents) -> str:
    weeks = max(1, len(contents.doses[what]) / 7)
    rate = f"{sessions / weeks:.1f}" if sessions / weeks >= _SELDOM else "less than 0.1"
    return (
        f"{count(sessions, f'{what} session')} ({rate} a week over the "
        f"{count(round(weeks), 'week')} of that log)"
    )


def _goes_along(contents: ReportContents) -> str:
    sentences, unclear, unknown = list[str](), list[str](), list[str]()
    together = dict[str, str]()
    for (what, metric), effect in contents.effects.items():
        pair = f"{what} work and {label(metric)}"
        if effect.verdict == ASSOCIATION:
            sentences.append(_association(effect))
        elif effect.verdict == NOT_ENOUGH_DATA:
            unknown.append(pair)
            if effect.together is not None and not is_known(effect.percent):
                together[metric] = f"{effect.same_weeks}: {effect.not_apart}"
        else:
            unclear.append(pair)
    if unclear:
        sentences.append(f"No clear association shows between {listed(unclear)}.")
    if len(unknown) == len(contents.effects):
        sentences.append("There is not enough data yet to say what goes along with what.")
    elif unknown:
        sentences.append(f"There is not enough data yet on {listed(unknown)}.")
    sentences += [f"{label(metric).capitalize()}: {why}." for metric, why in together.items()]
    return " ".join(sentences)


def _association(effect: Effect) -> str:
    number = _NUMBERS.get(effect.contrast, f"{effect.contrast:g}")
    more = effect.dose_words.replace(f"{effect.contrast:g}", number, 1)
    held = f", {effect.held_words}," if effect.beside else ""
    return (
        f"Holding {more}{held} goes along with a change of "
        f"{percent(effect.percent)} ({change(effect.estimate, effect.metric)}) in "
        f"{label(effect.metric)}; the 95{NBSP}% interval is "
        f"{percent_range(effect.percent_low, effect.percent_high)}."
    )


def _sure(contents: ReportContents) -> str:
    return " ".join([*_power(contents), _NOT_A_CAUSE])


def _power(contents: ReportContents) -> Iterator[str]:
    """Yield what size of effect the data can show, now and later."""
    effects = contents.effects.values()
    answered = [effect for effect in effects if effect.verdict != NOT_ENOUGH_DATA]
    waiting = [effect for effect in effects if effect.enough_on is not None]
    if answered:
        yield (
            f"With {max(effect.n_weeks for effect in answered)} weeks of runs and log, an effect "
            f"of {_reach(answered)} would be found four times out of five, and a smaller one is "
            "easily missed. The intervals allow for weeks that resemble their neighbours, season, "
            "pace and a change of watch."
        )
    if waiting:
        when = max(effect.enough_on for effect in waiting if effect.enough_on is not None)
        yield (
            f"If you go on as now, there will be enough weeks by {month(when)}, and an effect of "
            f"{_reach(waiting)} would be found four times out of five."
        )
    if not answered and not waiting:
        yield (
            "To say more takes some 40 weeks with both runs that have cadence or contact time, "
            "and a log of strength or technique work that goes on and off."
        )


def _reach(effects: Sequence[Effect]) -> str:
    """Return the smallest and largest effect that would be found, in words."""
    sizes = sorted({f"{effect.detectable_percent:.1f}" for effect in effects}, key=float)
    return f"{sizes[0]}{NBSP}%" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}{NBSP}%"


def cards(contents: ReportContents, units: str) -> list[dict[str, str]]:
    """Return the number cards of page 1, each with a small picture of its trend.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of pace.
    """
    return [_card(metric, contents.trends[metric], contents.speed_m_s, units) for metric in METRICS]


def _card(metric: str, trend: Trend, speed_m_s: float, units: str) -> dict[str, str]:
    known = is_known(trend.value)
    card = {
        "label": label(metric).capitalize(),
        "value": value(trend.value, metric) if known else "–",
        "unit": trend.unit if known else "",
        "place": f"at {pace_text(speed_m_s, units)}" if known else "",
        "change": "No run with it" if not trend.n_runs else "Not enough data for a change",
        "interval": "",
    }
    if known and is_known(trend.change) and trend.verdict != NOT_ENOUGH_DATA:
        since = f" since {month(trend.first_date)}" if trend.first_date is not None else ""
        card["change"] = f"{change(trend.change, metric)} ({percent(trend.percent)}){since}"
        card["interval"] = _change_interval(trend)
    return card | figures.sparkline(trend)
