"""The schedule of an experiment on one page, to hang up, laid out as a PDF by typst."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.report.build import PAPERS, compile_layout

if TYPE_CHECKING:
    from runanalytics.experiments.plan import Block, Plan

#: Weeks of a block whose days have room beside their boxes.
_DATED_WEEKS = 6
#: Most sessions a week that have a box each to tick.
_MOST_TICKS = 7


def schedule_pdf(plan: Plan, *, paper: str = "a4", simulated: bool = False) -> bytes:
    """Return the schedule of an experiment as a PDF of one page.

    Parameters
    ----------
    plan : Plan
        The plan.
    paper : {"a4", "letter"}
        Size of the page.
    simulated : bool
        Whether it was planned on simulated data; the page then says so.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    UsageError
        If `paper` is unknown.
    """
    if paper not in PAPERS:
        raise UsageError(f"unknown paper '{paper}'", hint=f"known are: {', '.join(PAPERS)}")
    data = schedule_data(plan, simulated=simulated) | {"paper": PAPERS[paper]}
    return compile_layout("schedule.typ", data)


def schedule_data(plan: Plan, *, simulated: bool = False) -> dict[str, Any]:
    """Return what the page shows, in words and numbers.

    Parameters
    ----------
    plan : Plan
        The plan.
    simulated : bool
        As for `schedule_pdf`.
    """
    what = plan.what.replace("_", " ")
    return {
        "title": plan.name,
        "accent": drawing.ANSWER,
        "simulated": "Simulated data" if simulated else "",
        "question": f"To be found out: whether {plan.hypothesis}. From "
        f"{_day(plan.first_date, year=True)} to {_day(plan.last_date, year=True)}.",
        "with": _amount(plan.high, what, plan.measure),
        "without": _amount(plan.low, what, plan.measure),
        "dated": plan.block_weeks <= _DATED_WEEKS,
        "blocks": [
            {
                "number": str(number),
                "dates": f"{_day(block.first)} – {_day(block.last, year=True)}",
                "begins": _day(block.first, year=True),
                "done": block.done,
                "what": f"{block.a_week:g} a week" if block.a_week else "none",
                "weeks": _weeks(plan, block),
            }
            for number, block in enumerate(plan.blocks, start=1)
        ],
        "rules": [
            f"Filled weeks are with, dashed ones without. Tick each of the {plan.measure} off."
            if _ticks(plan, plan.high)
            else "Filled weeks are with, dashed ones without.",
            "Keep to the order, whatever your form does: it was drawn by lot, and that is what "
            "makes the answer worth something. Run as usual in both.",
            f"Log what you do. In between: runanalytics experiment check {plan.name}. After the "
            f"last day, once: runanalytics experiment analyse {plan.name}",
        ],
        "footer": f"Drawn by lot from {plan.admissible.count:,} schedules, seed {plan.seed}. "
        f"Digest of the plan: {plan.digest}",
    }


def _weeks(plan: Plan, block: Block) -> list[dict[str, Any]]:
    week = datetime.timedelta(weeks=1)
    ticks = _ticks(plan, block.a_week)
    return [
        {"day": _day(block.first + number * week), "ticks": ticks}
        for number in range(plan.block_weeks)
    ]


def _ticks(plan: Plan, a_week: float) -> int:
    """Return how many boxes a week has to tick: one a session, where they are whole and few."""
    fits = plan.measure == "sessions" and a_week == int(a_week) and a_week <= _MOST_TICKS
    return int(a_week) if fits and plan.block_weeks <= _DATED_WEEKS else 0


def _amount(a_week: float, what: str, measure: str) -> str:
    return f"{a_week:g} {what} {measure} a week" if a_week else f"no {what}"


def _day(day: datetime.date, *, year: bool = False) -> str:
    text = f"{day.day} {day:%b}"
    return f"{text} {day.year}" if year else text
