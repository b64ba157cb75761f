"""Page 1: what changed, what was done, what goes along with what, how sure this is."""

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
from runanalytics.report.contents import KINDS, METRICS
from runanalytics.report.wording import (
    NBSP,
    change,
    is_known,
    label,
    month,
    percent,
    total,
    value,
)
from runanalytics.units import pace_text

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.report.contents import Evidence

#: Below this many a week, a rate with one decimal would be 0.
_SELDOM = 0.05
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def answers(evidence: Evidence, units: str) -> list[dict[str, str]]:
    """Return the questions of page 1 with their answers.

    Parameters
    ----------
    evidence : Evidence
        What is known.
    units : {"metric", "imperial"}
        Of distance and pace.
    """
    return [
        {"question": "What changed", "text": _changed(evidence, units)},
        {"question": "What you did", "text": _did(evidence, units)},
        {"question": "What goes along with what", "text": _goes_along(evidence)},
        {"question": "How sure this is", "text": _sure(evidence)},
    ]


def _changed(evidence: Evidence, units: str) -> str:
    sentences = [
        _trend_sentence(metric, trend, evidence.speed_m_s, units)
        for metric, trend in evidence.trends.items()
    ]
    return " ".join([*sentences, *_race_sentence(evidence.results)])


def _race_sentence(results: RaceResults) -> Iterator[str]:
    """Yield whether race times changed, where races can tell."""
    if results.verdict == NOT_ENOUGH_DATA:
        return
    words = {FASTER: "Race times fell", SLOWER: "Race times rose"}
    yield (
        f"{words.get(results.verdict, 'Race times show no clear change')}: "
        f"{percent(results.percent)} (95{NBSP}% interval {percent(results.percent_low)} to "
        f"{percent(results.percent_high)})."
    )


def _trend_sentence(metric: str, trend: Trend, speed_m_s: float, units: str) -> str:
    subject = label(metric)
    title = subject[:1].upper() + subject[1:]
    if not trend.n_runs:
        return f"No run says anything about {subject}."
    if trend.verdict == NOT_ENOUGH_DATA or not is_known(trend.change):
        return (
            f"There is not enough data to say whether {subject} changed "
            f"({count(trend.n_runs, 'run')} with it, in {count(trend.n_weeks, 'week')})."
        )
    interval = (
        f"95{NBSP}% interval {change(trend.change_low, metric, unit=False)} to "
        f"{change(trend.change_high, metric)}"
    )
    if trend.verdict in (ROSE, FELL):
        return (
            f"{title} at {pace_text(speed_m_s, units)} {trend.verdict} by "
            f"{change(abs(trend.change), metric).lstrip('+')} ({percent(trend.percent)}; "
            f"{interval}) and is now {value(trend.value, metric)}."
        )
    return (
        f"{title} at {pace_text(speed_m_s, units)} shows no clear change: "
        f"{change(trend.change, metric)} ({interval})."
    )


def _did(evidence: Evidence, units: str) -> str:
    sentences = ["No run is recorded."]
    if len(evidence.runs):
        times = "once" if len(evidence.runs) == 1 else count(len(evidence.runs), "time")
        distance = float(evidence.runs["distance_m"].sum(min_count=1))
        far = f" and covered {total(distance, units)}" if is_known(distance) else ""
        dates = evidence.runs["local_date"]
        weeks = (dates.max() - dates.min()).days // 7 + 1
        sentences = [f"You ran {times}{far} in {count(weeks, 'week')}."]
    logged = {what: _logged(evidence, what) for what in KINDS}
    told = [words for words in logged.values() if words]
    if told:
        sentences.append(f"You logged {listed(told)}.")
    missing = [what for what, words in logged.items() if not words]
    if missing:
        sentences.append(f"No {' or '.join(missing)} session is logged.")
    return " ".join(sentences)


def _logged(evidence: Evidence, what: str) -> str:
    sessions = int(evidence.doses[what]["amount"].sum())
    if not sessions:
        return ""
    weeks = max(1, len(evidence.doses[what]) / 7)
    rate = f"{sessions / weeks:.1f}" if sessions / weeks >= _SELDOM else "less than 0.1"
    return (
        f"{count(sessions, f'{what} session')} ({rate} a week over the "
        f"{count(round(weeks), 'week')} of that log)"
    )


def _goes_along(evidence: Evidence) -> str:
    found = [effect for effect in evidence.effects.values() if effect.verdict == ASSOCIATION]
    sentences = [_association(effect) for effect in found]
    unclear, unknown = list[str](), list[str]()
    for (what, metric), effect in evidence.effects.items():
        if effect.verdict == ASSOCIATION:
            continue
        pair = f"{what} work and {label(metric)}"
        (unknown if effect.verdict == NOT_ENOUGH_DATA else unclear).append(pair)
    if unclear:
        sentences.append(f"No clear association shows between {listed(unclear)}.")
    if unknown:
        between = "anything" if len(unknown) == len(evidence.effects) else listed(unknown)
        sentences.append(
            "There is not enough data yet to say what goes along with what."
            if between == "anything"
            else f"There is not enough data yet on {between}."
        )
    return " ".join(sentences)


def _association(effect: Effect) -> str:
    number = _NUMBERS.get(int(effect.contrast), f"{effect.contrast:g}")
    return (
        f"Holding {number} more {effect.what} {effect.measure} a week goes along with a change of "
        f"{percent(effect.percent)} ({change(effect.estimate, effect.metric)}) in "
        f"{label(effect.metric)}; the 95{NBSP}% interval is {percent(effect.percent_low)} to "
        f"{percent(effect.percent_high)}."
    )


def _sure(evidence: Evidence) -> str:
    sentences = list(_confidence(evidence))
    sentences.append(
        "This says what went together in time, not what caused what: for that, weeks with and "
        "without the work would have to be chosen at random."
    )
    return " ".join(sentences)


def _confidence(evidence: Evidence) -> Iterator[str]:
    effects = evidence.effects.values()
    settled = [effect for effect in effects if effect.verdict != NOT_ENOUGH_DATA]
    waiting = [effect for effect in effects if effect.enough_on is not None]
    if settled:
        yield (
            f"With {max(effect.n_weeks for effect in settled)} weeks of runs and log, an effect "
            f"of {_reach(settled)} would be found four times out of five, and a smaller one is "
            "easily missed. The intervals allow for weeks that resemble their neighbours, season, "
            "pace and a change of watch."
        )
    if waiting:
        when = max(effect.enough_on for effect in waiting if effect.enough_on is not None)
        yield (
            f"If you go on as now, there will be enough weeks by {month(when)}, and an effect of "
            f"{_reach(waiting)} would be found four times out of five."
        )
    if not settled and not waiting:
        yield (
            "To say more takes some 40 weeks with both runs that have cadence or contact time, "
            "and a log of strength or technique work that goes on and off."
        )


def _reach(effects: Sequence[Effect]) -> str:
    """Return the smallest and largest effect that would be found, in words."""
    sizes = sorted({f"{effect.detectable_percent:.1f}" for effect in effects}, key=float)
    return f"{sizes[0]}{NBSP}%" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}{NBSP}%"


def cards(evidence: Evidence, units: str) -> list[dict[str, str]]:
    """Return the number cards of page 1, without their figures.

    Parameters
    ----------
    evidence : Evidence
        What is known.
    units : {"metric", "imperial"}
        Of pace.
    """
    return [_card(metric, evidence.trends[metric], evidence.speed_m_s, units) for metric in METRICS]


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
        first = trend.first_date
        since = f" since {month(first)}" if first is not None else ""
        card["change"] = f"{change(trend.change, metric)} ({percent(trend.percent)}){since}"
        card["interval"] = (
            f"95{NBSP}% interval {change(trend.change_low, metric, unit=False)} to "
            f"{change(trend.change_high, metric)}"
        )
    return card
