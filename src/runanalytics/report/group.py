"""The report on many runners: who needs a look, what all say together, and how that was found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.findings.drawing import ANSWER
from runanalytics.findings.finding import NOT_ENOUGH_DATA, SIMULATED_NOTE, count, signed
from runanalytics.report import figures
from runanalytics.report.blocks import (
    Answer,
    Block,
    Fact,
    Report,
    Section,
    Step,
    heading,
    note,
    section,
    table,
    text,
)
from runanalytics.report.build import checked_target, write_report
from runanalytics.report.sections import SIMULATED_MARK
from runanalytics.report.wording import day, name, percent, percent_range

if TYPE_CHECKING:
    from runanalytics.cohort.group import Cohort

TITLE = "Group report"
#: Runners of a table; the rest are counted.
MOST_RUNNERS = 120
_ROSTER = (
    "First come facts that nobody doubts, then changes that are clear among so many runners, then "
    "all others by name; nobody is ranked by the size of a change. Change: from the first weeks to "
    "the last. Beside the group: what goes along with the dose, drawn towards the group's by how "
    "little is known of this runner. 95 % intervals."
)
_ASSOCIATION = (
    "What goes along with what need not be its cause: whoever trains more may differ in other ways."
)


def build_group_report(
    groups: Sequence[Cohort], path: str | os.PathLike[str], *, paper: str = "a4"
) -> Path:
    """Write what many runners say together as PDF.

    Parameters
    ----------
    groups : sequence of Cohort
        One a metric and dose; without runners if they are anonymous.
    path : path
        The PDF; an older one there is replaced once the new one is complete.
    paper : {"a4", "letter"}
        Size of the pages.

    Raises
    ------
    UsageError
        If there is no group, `paper` is unknown, or the name does not end in .pdf.
    LibraryError
        If the PDF cannot be written.
    """
    target = checked_target(path, paper, [".pdf"])
    if not groups:
        raise UsageError("nothing to report on", hint="ask about a metric and a dose first")
    return write_report(target, _composed(groups), paper)


def _composed(groups: Sequence[Cohort]) -> Report:
    """Return all that it says and shows."""
    first = groups[0]
    # Dates are those of the data, so that the same data give the same report.
    as_of = pd.Timestamp(first.as_of or "1970-01-01")
    span = f"{count(first.n_runners, 'runner')}, up to {day(as_of)}" if first.as_of else "no data"
    return {
        "title": TITLE,
        "document_title": f"{TITLE}, {span}",
        "brand": "runanalytics",
        "lang": "en",
        "date": [as_of.year, as_of.month, as_of.day],
        "span": span,
        "footer": f"runanalytics · {span}",
        "simulated": any(SIMULATED_NOTE in each.notes for each in groups),
        "simulated_mark": SIMULATED_MARK,
        "accent": ANSWER,
        "facts": _facts(first),
        "cards": [],
        "answers": _answers(groups),
        "sections": [*_rosters(groups), _pooled(groups), _method(groups)],
    }


def _facts(group: Cohort) -> list[Fact]:
    unread = sum("could not be read" in each for each in group.notes)
    facts = [
        ("runners", f"{group.n_runners:,}"),
        ("whose changes are pooled", f"{group.n_pooled:,}"),
        ("weeks of theirs", f"{group.n_weeks:,}"),
    ]
    if unread and group.unread:
        facts.append(("not read", f"{len(group.unread):,}"))
    return [{"label": label, "value": value} for label, value in facts]


def _answers(groups: Sequence[Cohort]) -> list[Answer]:
    found: list[Answer] = [
        {"question": each.pair_name, "text": each.answer()} for each in groups[:4]
    ]  # the rest stands after page 1
    roster = groups[0].roster_table()
    if not roster.empty:
        looked = roster[roster["look"] != ""]
        who = [f"{name(row['runner'])}: {row['look']}" for row in looked.head(6).to_dict("records")]
        more = len(looked) - len(who)
        steps: list[Step] = [{"text": f"{each}.", "command": ""} for each in who]
        if more > 0:
            steps.append(
                {"text": f"{count(more, 'more runner')}: see the next page.", "command": ""}
            )
        if steps:
            found.append({"question": "Who needs a look", "steps": steps})
    return [*found, {"question": "How sure this is", "text": _sure(groups)}]


def _sure(groups: Sequence[Cohort]) -> str:
    notes = dict.fromkeys(note for each in groups for note in each.notes if note != SIMULATED_NOTE)
    words = [f"{each[:1].upper()}{each[1:]}." for each in notes]
    return " ".join([_ASSOCIATION, *words])


def _rosters(groups: Sequence[Cohort]) -> list[Section]:
    blocks: list[Block] = []
    for each in groups:
        roster = each.roster_table()
        if roster.empty:
            continue
        if len(groups) > 1:
            blocks.append(heading(each.pair_name))
        rows = [
            [
                name(row["runner"]),
                name(row["look"], 400) if row["look"] else "–",
                _change(*(row[each] for each in ("change_percent", "low_percent", "high_percent"))),
                _change(*(row[each] for each in ("drawn_percent", "drawn_low", "drawn_high"))),
            ]
            for row in roster.head(MOST_RUNNERS).to_dict("records")
        ]
        blocks.append(
            table(
                ["Runner", "Look at", "Change, %", "Beside the group, %"],
                rows,
                align="llrr",
                wide=(1,),
                breaks=True,
            )
        )
        if len(roster) > MOST_RUNNERS:
            blocks.append(note(f"{len(roster) - MOST_RUNNERS} more runners are not shown."))
    return [section("Who needs a look", [*blocks, note(_ROSTER)])] if blocks else []


def _change(middle: float, low: float, high: float) -> str:
    """Return a change and its interval, %, for a column that names the unit."""
    return "–" if middle != middle else f"{signed(middle)} ({signed(low)} to {signed(high)})"


def _pooled(groups: Sequence[Cohort]) -> Section:
    blocks: list[Block] = []
    for each in groups:
        if len(groups) > 1:
            blocks.append(heading(each.pair_name))
        blocks.append(text(each.answer()))
        if each.verdict == NOT_ENOUGH_DATA:
            continue
        blocks.append(figures.group(each))
        if (one := each.by_random_effects) is not None:
            blocks.append(
                text(
                    "By random effects, mixed over time constants: "
                    f"{percent(one.percent)} ({percent_range(one.percent_low, one.percent_high)}), "
                    f"a new runner {percent_range(one.new_low, one.new_high)}; runners differ by a "
                    f"standard deviation of {one.sd_percent:.1f} %, and {one.i2_percent:.0f} % of "
                    "the scatter of their estimates is more than these estimates' own error."
                )
            )
        if each.moderators:
            blocks.append(_moderators(each))
    return section("What all say together", blocks)


def _moderators(group: Cohort) -> Block:
    rows = [
        [
            name(each.name),
            f"{name(each.kind)} rather than {name(each.beside)}" if each.kind else "one more",
            str(each.n_runners),
            _change(each.percent, each.percent_low, each.percent_high),
            f"{each.p_adjusted:.2g}",
        ]
        for each in group.moderators
    ]
    return table(
        ["Differs by", "", "Runners", "Difference, percentage points", "p, corrected"],
        rows,
        align="llrrr",
        wide=(1,),
    )


def _method(groups: Sequence[Cohort]) -> Section:
    return section("How it was worked out", [text(groups[0].method)])
