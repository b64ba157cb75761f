"""What to do next, the end of page 1: data that are missing, logs to complete, what to try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.experiments.design import usual_chance
from runanalytics.findings.finding import ASSOCIATION
from runanalytics.measures.log_days import break_command
from runanalytics.measures.metrics import METRICS
from runanalytics.report.contents import CONTACT, KINDS
from runanalytics.report.wording import NBSP, day, is_known, label, spelled

if TYPE_CHECKING:
    from runanalytics.findings.effect import Effect
    from runanalytics.report.blocks import Step
    from runanalytics.report.contents import ReportContents

#: Steps that page 1 has room for.
MOST_STEPS = 4
#: Days from the end of a log to the last run after which the log has fallen behind.
_BEHIND_DAYS = 28
#: How the work of each kind of session is called.
_WORK = {"strength": "strength work", "technique": "running drills"}
_IMPORT = "runanalytics import"
_NOT_LOGGED = {
    ("strength",): (
        "Log your strength work: import the export of your gym app, or a table with two columns, "
        "date and kind, and a row for each session:",
        f"{_IMPORT} strong.csv",
    ),
    ("technique",): (
        "Log your running drills, a line for each day, in your own words:",
        'runanalytics log "A-skips 3x30 m, 6 strides"',
    ),
    KINDS: (
        "Log your strength work and your running drills: import the export of your gym app, or "
        "keep a diary in your own words, a line for each day:",
        'runanalytics log "gym: squat 3x5 80 kg; A-skips 3x30 m"',
    ),
}


def next_steps(contents: ReportContents) -> list[Step]:
    """Return what to do next, what is most worth doing first.

    Parameters
    ----------
    contents : ReportContents
        The tables and findings that the report is about.

    Returns
    -------
    list of Step
        With the command that does it, where there is one.
    """
    tried = list(_to_try(contents))
    asked = [*_missing_runs(contents), *_missing_sessions(contents), *_missing_races(contents)]
    return [*asked[: MOST_STEPS - len(tried)], *tried]


def _step(text: str, command: str = "") -> Step:
    return {"text": text, "command": command}


def _missing_runs(contents: ReportContents) -> Iterator[Step]:
    if not len(contents.runs):
        yield _step("Import the export of your watch:", f"{_IMPORT} FOLDER")
    elif not len(contents.forms[CONTACT]):
        if contents.runs["detail"].eq("summary").all():
            yield _step(
                "Your runs come from a list, with one average a run. Files of the watch (.fit) "
                "tell more from the same runs, and hold ground contact time where it was recorded:",
                f"{_IMPORT} FOLDER",
            )
        else:
            yield _step(
                "Ground contact time takes a watch or a pod that records running dynamics. If you "
                "have one, switch them on."
            )


def _missing_sessions(contents: ReportContents) -> Iterator[Step]:
    absent = tuple(what for what in KINDS if contents.doses[what].empty)
    if absent:
        yield _step(*_NOT_LOGGED[absent])
    for what in KINDS:
        for first, last in contents.doses[what].attrs.get("log_gaps", ()):
            yield _step(
                f"No {what} session is logged from {day(pd.Timestamp(first))} to "
                f"{day(pd.Timestamp(last))}, and these days count as days without. If you did not "
                "keep the log then, say so:",
                break_command(what, first, last),
            )
    dates = contents.runs["local_date"].dropna()
    for what in KINDS:
        if what in absent or not len(dates):
            continue
        until = pd.Timestamp(contents.doses[what]["local_date"].max())
        if (dates.max() - until).days > _BEHIND_DAYS:
            yield _step(
                f"The log of your {_WORK[what]} ends on {day(until)}, and you have run since. "
                "Import its newer part, so that those weeks count:",
                f"{_IMPORT} FILE",
            )


def _missing_races(contents: ReportContents) -> Iterator[Step]:
    if not len(contents.races):
        yield _step(
            "List your races, too: a table with date, distance and time is enough:",
            f"{_IMPORT} races.csv",
        )


def _to_try(contents: ReportContents) -> Iterator[Step]:
    """Yield how the open question can be answered."""
    effect = _open_question(contents)
    if effect is not None:
        chance = _in_words(_chance(contents, effect), effect)
        yield _step(_experiment(effect, chance), _plan_command(effect))


def _chance(contents: ReportContents, effect: Effect) -> float:
    """Return how likely the usual experiment would find the usual effect; NaN where unknown."""
    form, dose = contents.forms[effect.metric], contents.doses[effect.what]
    return float("nan") if form.empty or dose.empty else usual_chance(form, dose, effect.what)


def _open_question(contents: ReportContents) -> Effect | None:
    """Return the effect with the best chance of an answer: the smallest would be found."""
    known = {
        pair: effect
        for pair, effect in contents.effects.items()
        if is_known(effect.detectable_percent)
    }
    still_open = {pair: each for pair, each in known.items() if each.verdict != ASSOCIATION}
    pool = still_open or known
    return min(pool.values(), key=lambda each: each.detectable_percent, default=None)


def _plan_command(effect: Effect) -> str:
    return f"runanalytics experiment plan {METRICS[effect.metric].short} --of {effect.what}"


def _in_words(chance: float, effect: Effect) -> str:
    """Return how likely the usual experiment would find the usual effect; empty where unknown."""
    if not is_known(chance):
        return ""
    return (
        "48 weeks, with blocks of four and three sessions a week or none, a change of "
        f"2{NBSP}% for {spelled(effect.contrast)} a week would be found with about "
        f"{100 * chance:.0f}{NBSP}% chance"
    )


def _experiment(effect: Effect, chance: str) -> str:
    question = (
        f"whether {_WORK[effect.what]} {'go' if effect.what == 'technique' else 'goes'} along with "
        f"{label(effect.metric)}"
    )
    unit = f"{effect.detectable:.1f}{NBSP}{effect.unit}"
    more = spelled(effect.contrast)
    return (
        f"The open question that your data are nearest to answering is {question}: a change of "
        f"{effect.detectable_percent:.1f}{NBSP}% ({unit}) for {more} more sessions a week would be "
        "found four times out of five. To learn more than by going on as now, plan blocks of weeks "
        "with the work and without, in an order drawn by lot"
        f"{f'. In {chance}' if chance else ''}. Without the draw, it stays an observation:"
    )
