"""The last section of the report: methods, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from runanalytics.findings.effect import LESS_OFTEN
from runanalytics.findings.finding import SIMULATED_NOTE, count
from runanalytics.report.blocks import Block, Section, bullets, heading, section, text
from runanalytics.report.contents import CONTACT, METRICS
from runanalytics.report.wording import is_known, label, name
from runanalytics.units import pace_text

if TYPE_CHECKING:
    from runanalytics.report.contents import ReportContents

#: Skipped files that are named for one reason.
MOST_FILES = 20

#: What is said of how things were worked out, by the part of the report that needs it.
_METHOD: dict[str, tuple[str, ...]] = {
    "form": (
        "Contact time falls and cadence rises with speed, so averages compare speeds, not form. "
        "Here both are estimated at one pace, {pace}, from steady segments of each run on nearly "
        "level ground (1 to 3 minutes, after the warm-up). The relation to speed is the runner's "
        "own.",
        "The trend is a smooth through weekly means. It allows for weeks that resemble their "
        "neighbours, and for devices that read differently: a new watch is taken out as a step, "
        "not counted as a change of the runner. The change compares the first and the last "
        "{weeks} weeks.",
    ),
    "effects": (
        "An effect compares runs after more strength or technique work with runs after less, the "
        "other kind of work held as it was, with trend, season, running, pace and device taken "
        "into account. How fast training builds up and fades is not known, so several speeds are "
        "averaged. Days outside the log "
        "count as not known, never as days without training. Among many effects some stand out by "
        "chance: the verdicts allow for the number tested (Benjamini and Hochberg 1995); the "
        "intervals are each one's own.",
        LESS_OFTEN,
        "Below 40 weeks with both runs and a log, numbers only describe.",
    ),
    "intervals": (
        "Intervals are 95 % intervals. They come from the runner's data alone; what research says "
        "is drawn beside them and not mixed in.",
    ),
    "races": (
        "Races are put on one scale by the runner's own exponent of distance, a line through the "
        "years, form that comes and goes, levels of other kinds of course, and races that scatter "
        "by an amount of the runner's own and are not all raced; climbing (Minetti 2002), heat "
        "(Ely 2007) and altitude (Bassett 1999) are taken out where they are known.",
    ),
    "drift": ("Drift inside runs is at matched pace.",),
    "adherence": ("Adherence to a programme is that of the weeks that the log covers.",),
    "contact": (
        "A shorter contact is not better in itself: across runners it does not go along with "
        "economy (van Hooren and others 2024, doi 10.1007/s40279-024-01997-3). This report states "
        "changes and does not grade them.",
    ),
}
_SIMULATED = (
    "The data of this report are simulated: no person ran these runs. They serve to show what a "
    "report looks like."
)


def methods(contents: ReportContents, units: str) -> Section:
    """Return the section on method, exclusions and skipped files.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.
    units : {"metric", "imperial"}
        Of pace.
    """
    compared = max((trend.weeks_compared for trend in contents.trends.values()), default=0)
    pace = pace_text(contents.speed_m_s, units) if is_known(contents.speed_m_s) else "the usual one"
    blocks: list[Block] = [text(_SIMULATED)] if contents.simulated else []
    words = [each for part in _parts(contents) for each in _METHOD[part]]
    if words:
        blocks.append(bullets([each.format(pace=pace, weeks=compared or "few") for each in words]))
    if adjusted := _adjusted(contents):
        blocks += [heading("What the effects were adjusted for"), bullets(adjusted)]
    left_out = [*_left_out(contents), *_proposed(contents)] or ["Nothing was left out."]
    blocks += [heading("What was left out, and why"), bullets(left_out)]
    if skipped := _skipped(contents):
        blocks += [heading("Files that could not be read"), bullets(skipped)]
    return section("How this was worked out", blocks)


def _parts(contents: ReportContents) -> Iterator[str]:
    """Yield the parts of the report whose methods are told: those that there are."""
    form = any(trend.n_runs for trend in contents.trends.values())
    effects = any(is_known(effect.percent) for effect in contents.effects.values())
    if form:
        yield "form"
    if effects:
        yield "effects"
    if form or contents.race_results.n_races:
        yield "intervals"
    if contents.race_results.n_races:
        yield "races"
    if any(is_known(trend.value) for trend in contents.drifts.values()):
        yield "drift"
    if any(one.n_weeks_done for one in contents.adherence):
        yield "adherence"
    if contents.trends[CONTACT].n_runs:
        yield "contact"


def _adjusted(contents: ReportContents) -> list[str]:
    """Return what effects were adjusted for, those with the same covariates together."""
    pairs_of: dict[tuple[str, ...], list[str]] = {}
    for (what, metric), effect in contents.effects.items():
        if effect.adjusted_for:
            covariates = tuple(name(each) for each in effect.adjusted_for)
            pairs_of.setdefault(covariates, []).append(f"{what} and {label(metric)}")
    return [
        f"{', '.join(pairs).capitalize()}: {', '.join(covariates)}."
        for covariates, pairs in pairs_of.items()
    ]


def _left_out(contents: ReportContents) -> list[str]:
    """Return how many runs were left out for each metric and why, with notes on its trend."""
    items = []
    for metric in METRICS:
        reasons = Counter(
            str(entry["reason"]) for entry in contents.forms[metric].attrs["excluded"]
        )
        without = len(contents.runs) - len(contents.forms[metric]) - sum(reasons.values())
        parts = [f"{count(number, 'run')} ({name(why)})" for why, number in reasons.most_common()]
        if without > 0:
            parts.append(f"{count(without, 'run')} (no steady stretch with it)")
        parts += [name(note) for note in contents.trends[metric].notes if note != SIMULATED_NOTE]
        if parts:
            items.append(f"From {label(metric)}: {'; '.join(parts)}.")
    return items


def _proposed(contents: ReportContents) -> list[str]:
    """Return what was proposed and not decided, without any of the words themselves."""
    if not contents.proposed:
        return []
    listed = "; ".join(contents.proposed)
    return [f"Not counted until it is confirmed (runanalytics log proposed): {listed}."]


def _skipped(contents: ReportContents) -> list[str]:
    """Return skipped files, those with the same reason together."""
    skipped = contents.sources[contents.sources["outcome"] == "skipped"]
    files_of: dict[str, list[str]] = {}
    for file, reason in zip(skipped["name"], skipped["reason"], strict=True):
        plain = str(reason).removeprefix(f"{file}: ")
        files_of.setdefault(name(plain), []).append(name(file))
    items = []
    for reason, files in files_of.items():
        left_out = len(files) - MOST_FILES
        more = f" and {count(left_out, 'other file')}" if left_out > 0 else ""
        items.append(f"{', '.join(files[:MOST_FILES])}{more}: {reason}")
    return items
