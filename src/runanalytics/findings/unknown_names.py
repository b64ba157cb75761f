"""What an answer owes to sessions all of whose names are unknown.

Such sessions count as their source says, or not at all. Whether that matters is seen by asking
again with all of them counted, and with none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import pandas as pd

from runanalytics.findings.finding import ASSOCIATION, count, listed, signed
from runanalytics.measures.dose import with_unknown_names

#: Which of these sessions count -> what the dose's attrs say of the difference that it makes.
_WAYS: Mapping[Literal["none", "all"], str] = {"none": "less", "all": "more"}


class Answer(Protocol):
    """What is needed of an effect."""

    @property
    def what(self) -> str:
        """What was done."""

    @property
    def verdict(self) -> str:
        """In a few words."""

    @property
    def percent(self) -> float:
        """Estimate, %; NaN where there is none."""

    @property
    def percent_low(self) -> float:
        """Lower end of its interval, %."""

    @property
    def percent_high(self) -> float:
        """Upper end of its interval, %."""


def note_on_unknown_names(
    found: Answer, dose: pd.DataFrame, ask: Callable[[pd.DataFrame], Answer]
) -> tuple[str, ...]:
    """Return a note on how many sessions rest on unknown names, and whether that matters.

    Parameters
    ----------
    found : Answer
        Of `dose`.
    dose : DataFrame
        Table "dose", from `runanalytics.dose`.
    ask : callable
        From another dose to its answer.

    Returns
    -------
    tuple of str
        One note, or none where no session rests on unknown names.
    """
    stated = dose.attrs.get("unknown_names")
    if not stated:
        return ()
    what = (found.what or "the dose").replace("_", " ")
    parts = []
    if n_counted := stated["counted"]:
        parts.append(f"{_sessions(n_counted, 'rests', 'rest')} on unknown names alone")
    if n_left := stated["not_counted"]:
        beside = " more" if n_counted else ""
        parts.append(
            f"{_sessions(n_left, 'is', 'are', beside)} not counted, since all names are unknown"
        )
    others = {
        way: ask(with_unknown_names(dose, way)) for way, change in _WAYS.items() if stated[change]
    }
    differing = [
        f"with {way} of them counted it is {in_words(other)}"
        for way, other in others.items()
        if differs(found, other)
    ]
    if differing:
        parts.append(f"that could change the verdict: {listed(differing)}")
    elif others:
        parts.append(f"with {' or '.join(others)} of them counted the verdict stays")
    return (f"of {what}, {'; '.join(parts)} ('runanalytics movements map' settles names)",)


def _sessions(number: int, one: str, several: str, beside: str = "") -> str:
    words = count(number, "session")
    number_word, _, noun = words.partition(" ")
    return f"{number_word}{beside} {noun} {one if number == 1 else several}"


def differs(found: Answer, other: Answer) -> bool:
    """Return whether the verdict is another, or an association points the other way."""
    if found.verdict != other.verdict:
        return True
    return found.verdict == ASSOCIATION and (found.percent > 0) != (other.percent > 0)


def in_words(answer: Answer) -> str:
    """Return the verdict of an answer, and its estimate where there is one."""
    if answer.percent != answer.percent:
        return f"'{answer.verdict}'"
    interval = f"{signed(answer.percent_low)} to {signed(answer.percent_high)} %"
    return f"'{answer.verdict}' ({signed(answer.percent)} %, {interval})"
