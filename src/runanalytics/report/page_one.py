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
from runanalytics.report.contents import KINDS, OTHER_KINDS
from runanalytics.report.next_steps import next_steps
from runanalytics.report.wording import (
    NBSP,
    change,
    is_known,
    label,
    month,
    percent,
    percent_range,
    spelled,
    total,
    value,
)
from runanalytics.units import pace_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.report.blocks import Answer, Card, Fact
    from runanalytics.report.contents import ReportContents

    #: A kind of session and a metric.
    Pair = tuple[str, str]

#: Below this many a week, a rate with one decimal would be 0.
_SELDOM = 0.05
_NOT_A_CAUSE = (
    "This says what went together in time, not what caused what: for that, weeks with and without "
    "the work would have to be chosen at random."
)
_EMPTY = (
    "To say more takes some 40 weeks with both runs that have cadence or contact time, and a log "
    "of strength or technique work that goes on and off."
)


def answers(contents: ReportContents, units: str) -> list[Answer]:
    """Return the questions of page 1 with their answers.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of distance and pace.

    Returns
    -------
    list of Answer
        Steps are those of `runanalytics.report.next_steps`.
    """
    answered: list[Answer] = [
        {"question": "What changed", "text": _changed(contents, units)},
        {"question": "What you did", "text": _did(contents, units)},
        {"question": "What goes along with what", "text": _goes_along(contents)},
        {"question": "How sure this is", "text": _sure(contents)},
    ]
    steps = next_steps(contents)
    if steps:
        answered.append({"question": "What to do next", "steps": steps})
    return answered


def _changed(contents: ReportContents, units: str) -> str:
    trends = contents.trends.items()
    sentences = [
        _trend_sentence(metric, trend, contents.speed_m_s, units)
        for metric, trend in trends
        if _has_change(trend)
    ]
    unknown = [label(metric) for metric, trend in trends if trend.n_runs and not _has_change(trend)]
    if unknown:
        sentences.append(f"There is not enough data to say whether {' or '.join(unknown)} changed.")
    absent = [label(metric) for metric, trend in trends if not trend.n_runs]
    if not len(contents.runs):
        sentences.append("Without runs, no change of form can be told.")
    elif absent:
        sentences.append(f"No run has {' or '.join(absent)}.")
    return " ".join([*sentences, *_race_sentence(contents.race_results)])


def _has_change(trend: Trend) -> bool:
    return trend.verdict != NOT_ENOUGH_DATA and is_known(trend.change)


def _race_sentence(results: RaceResults) -> Iterator[str]:
    """Yield how race times changed, where there are enough races."""
    if results.verdict == NOT_ENOUGH_DATA:
        if results.n_races > results.n_of_course or len(results.apart):
            yield f"Whether race times changed cannot be told: {results.reason}."
        return
    words = {FASTER: "Race times fell", SLOWER: "Race times rose"}
    span = f"likely between {percent_range(results.percent_low, results.percent_high, ' and ')}"
    if results.verdict in words:
        yield f"{words[results.verdict]} by {percent(abs(results.percent)).lstrip('+')}, {span}."
    else:
        yield f"Race times show no clear change: {percent(results.percent)}, {span}."


def _trend_sentence(metric: str, trend: Trend, speed_m_s: float, units: str) -> str:
    subject = label(metric)
    title = f"{subject[:1].upper() + subject[1:]} at {pace_text(speed_m_s, units)}{trend.where}"
    since = "" if trend.first_date is None else f" since {month(trend.first_date)}"
    if trend.verdict in (ROSE, FELL):
        size = change(abs(trend.change), metric).lstrip("+")
        now = f"{value(trend.value, metric)}{NBSP}{trend.unit}"
        at_once = "" if trend.at_once is None else f" {trend.at_once.sentence()}"
        return f"{title} {trend.verdict} by {size}{since} and is now {now}.{at_once}"
    return f"{title} shows no clear change{since}."


def _likely(trend: Trend) -> str:
    low = change(trend.change_low, trend.metric, unit=False)
    return f"likely between {low} and {change(trend.change_high, trend.metric)}"


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
    if not len(contents.races):
        sentences.append("No race is recorded.")
    return " ".join(sentences)


def _logged(sessions: int, what: str, contents: ReportContents) -> str:
    weeks = max(1, len(contents.doses[what]) / 7)
    rate = f"{sessions / weeks:.1f}" if sessions / weeks >= _SELDOM else "less than 0.1"
    return (
        f"{count(sessions, f'{what} session')} ({rate} a week over the "
        f"{count(round(weeks), 'week')} of that log)"
    )


def _goes_along(contents: ReportContents) -> str:
    found: list[Effect] = []
    unclear: list[Pair] = []
    unknown: list[Pair] = []
    together: dict[str, str] = {}
    for pair, effect in contents.effects.items():
        if effect.verdict == ASSOCIATION:
            found.append(effect)
        elif effect.verdict == NOT_ENOUGH_DATA:
            if effect.together is not None and not is_known(effect.percent):
                together[pair[1]] = f"{effect.same_weeks}: {effect.not_apart}"
            else:
                unknown.append(pair)
        else:
            unclear.append(pair)
    sentences = [_association(effect) for effect in found]
    if unclear:
        sentences.append(f"No clear link shows between {_pairs(unclear, 'or between')}.")
    if len(unknown) == len(contents.effects):
        sentences.append("There is not enough data yet to say what goes along with what.")
    elif unknown:
        sentences.append(f"There is not enough data yet on {_pairs(unknown, 'or on')}.")
    sentences += [f"{label(metric).capitalize()}: {why}." for metric, why in together.items()]
    return " ".join(sentences)


def _pairs(pairs: Sequence[Pair], between: str) -> str:
    words = [f"{what} work and {label(metric)}" for what, metric in pairs]
    return f", {between} ".join(words)


def _association(effect: Effect) -> str:
    number = spelled(effect.contrast)
    more = effect.dose_words.replace(f"{effect.contrast:g}", number, 1)
    held = f", {effect.held_words}," if effect.beside else ""
    return (
        f"Holding {more}{held} goes along with a change of "
        f"{percent(effect.percent)} ({change(effect.estimate, effect.metric)}) in "
        f"{label(effect.metric)}, likely between "
        f"{percent_range(effect.percent_low, effect.percent_high, ' and ')}."
    )


def _sure(contents: ReportContents) -> str:
    return " ".join([*_power(contents), _NOT_A_CAUSE])


def _power(contents: ReportContents) -> Iterator[str]:
    """Yield what size of effect the data can show, now and later, metric by metric."""
    effects = contents.effects.values()
    answered = [effect for effect in effects if effect.verdict != NOT_ENOUGH_DATA]
    waiting = [effect for effect in effects if effect.enough_on is not None]
    if answered or any(_has_change(trend) for trend in contents.trends.values()):
        yield "“Likely” means that such a range is right 19 times out of 20."
    if answered:
        parts = [_found(metric, answered) for metric in _metrics(answered)]
        yield f"An effect of {listed(parts)} would be found four times out of five."
    if waiting:
        when = max(effect.enough_on for effect in waiting if effect.enough_on is not None)
        parts = [_waited_for(metric, waiting) for metric in _metrics(waiting)]
        yield (
            f"If you go on as now, there will be enough weeks by {month(when)}, and an effect of "
            f"{listed(parts)} would be found four times out of five."
        )
    if not answered and not waiting:
        yield _EMPTY


def _found(metric: str, effects: Sequence[Effect]) -> str:
    its = [effect for effect in effects if effect.metric == metric]
    weeks = sorted({effect.n_weeks for effect in its})
    extent = f"{weeks[-1]}" if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}"
    return f"{_reach(its)} in {label(metric)} ({extent} weeks with it and a log)"


def _waited_for(metric: str, effects: Sequence[Effect]) -> str:
    its = [effect for effect in effects if effect.metric == metric]
    return f"{_reach(its)} in {label(metric)}"


def _metrics(effects: Sequence[Effect]) -> list[str]:
    return list(dict.fromkeys(effect.metric for effect in effects))


def _reach(effects: Sequence[Effect]) -> str:
    """Return the smallest and largest effect that would be found, in words."""
    sizes = sorted({f"{effect.detectable_percent:.1f}" for effect in effects}, key=float)
    return f"{sizes[0]}{NBSP}%" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}{NBSP}%"


def facts(contents: ReportContents, units: str) -> list[Fact]:
    """Return the counts of page 1; what no log covers is not a count of nothing.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of distance.
    """
    distance = contents.runs["distance_m"].sum(min_count=1)
    counted = [("runs", f"{len(contents.runs):,}")] if len(contents.runs) else []
    if is_known(distance):
        counted += [("run in all", total(float(distance), units))]
    for what, dose in contents.doses.items():
        if len(dose):
            counted += [(f"{what} sessions", f"{int(dose['amount'].sum()):,}")]
    n_others = int(contents.sessions["kind"].isin(OTHER_KINDS).sum())
    if n_others:
        counted += [("other sessions", f"{n_others:,}")]
    if len(contents.races):
        counted += [("races", f"{len(contents.races):,}")]
    return [{"label": words, "value": number} for words, number in counted]


def cards(contents: ReportContents, units: str) -> list[Card]:
    """Return the number cards of page 1, each with a small picture of its trend.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of pace.
    """
    return [
        _card(metric, trend, contents.speed_m_s, units)
        for metric, trend in contents.trends.items()
        if trend.n_runs
    ]


def _card(metric: str, trend: Trend, speed_m_s: float, units: str) -> Card:
    known = is_known(trend.value)
    card: Card = {
        "label": label(metric).capitalize(),
        "value": value(trend.value, metric) if known else "–",
        "unit": trend.unit if known else "",
        "place": f"at {pace_text(speed_m_s, units)}" if known else "",
        "change": "Not enough data for a change",
        "interval": "",
    }
    if known and is_known(trend.change) and trend.verdict != NOT_ENOUGH_DATA:
        since = f" since {month(trend.first_date)}" if trend.first_date is not None else ""
        card["change"] = f"{change(trend.change, metric)} ({percent(trend.percent)}){since}"
        card["interval"] = _likely(trend)
    figures.add_sparkline(card, trend)
    return card
