"""Stretches of a diary line: rounds of their own, amounts of each, and what ends a session.

"5 km easy; 3x(10 squats, 8 lunges); 2x30 m each: skips, hops; finisher 50 crunches".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.pieces import (
    begins_with_amounts,
    is_of_body,
    is_other,
    joining,
    joining_words,
)
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.vocabulary import WHOLES
from runanalytics.words.phrases import alternatives

_LETTERS = re.compile(r"[^\W\d_]+['’]?")
#: Amounts of each of several things.
_AMOUNTS = r"\d{1,2}\s*[x×*]\s*\d{1,3}\s*(?:m|s|sec|sek|seg|reps|wdh|[\"'″′])?"
#: Rounds of what was done once, beside others.
ONCE = -1


def stretches(body: str) -> Iterator[tuple[int | Amounts | None, str]]:
    """Yield stretches of a line, with the rounds of those that were done in rounds of their own.

    What a session ends with, "finisher 50 crunches", was done once, in no rounds before it.

    Where a stretch begins with the amounts of each, "EL 15', drills 2x30 m each: ...", these come
    instead.

    Parameters
    ----------
    body : str
        A line without its prefix.

    Yields
    ------
    times : int, Amounts or None
        Number of rounds, `ONCE`, or the amounts of each.
    text : str
        The stretch.

    Examples
    --------
    >>> list(stretches("drills, 3x(10 squats, 8 lunges)"))[:2]
    [(None, 'drills,'), (3, '10 squats, 8 lunges')]
    """
    may_end = not _begin_ending().isdisjoint(_LETTERS.findall(body.casefold()))
    if may_end and (last := _ending().search(body)) and last.start():
        yield from stretches(body[: last.start()])
        rest = body[last.end() :]
        yield from stretches(rest) if _group_within().match(rest) else [(ONCE, rest)]
        return
    found = _last_heading(body)
    if found is not None:
        told = found.groupdict()
        yield from stretches(body[: found.start("times") if told.get("times") else found.start()])
        if (head := told.get("head")) and not is_of_body(head):
            yield None, head  # "...; strength 3x12: squats, lunges"
        if rounds := told.get("sets") or told.get("times") or told.get("again"):
            yield int(rounds), body[found.end() :]
            return
        amounts = next(filter(None, (told[name] for name in told if name.startswith("amounts"))))
        said, name = take_amounts(amounts)
        if words(name):
            said = Amounts(n_sets=int(amounts.split()[0]))  # "4 lengths each"
        yield said, body[found.end() :]
        return
    place = 0
    for found in _group_within().finditer(body) if "(" in body or "[" in body else ():
        yield None, body[place : found.start()]
        yield int(found["sets"]), found["inner"]
        place = found.end()
    yield None, body[place:]


@cache
def _group_within() -> re.Pattern[str]:
    """Return the pattern of a group that other parts stand before or behind."""
    return re.compile(
        r"(?:^|(?<=[,;+&])|(?<=\s))\s*(?P<sets>\d{1,2})\s*[x×*]\s*"
        rf"[(\[](?P<inner>[^()\[\]]*(?:[,;+&/]|\d[^()\[\]]*\s(?:{joining('and')})\s+\d)[^()\[\]]*)[)\]]",
        re.IGNORECASE,
    )


@cache
def _begin_ending() -> frozenset[str]:
    """Return the first words of what tells that an exercise ends a session, in lower case."""
    return frozenset(_LETTERS.findall(each.casefold())[0] for each in joining_words("ending"))


@cache
def _ending() -> re.Pattern[str]:
    """Return the pattern of what tells that an exercise ends a session, before it."""
    joined = rf"(?:\s*[,;.:+/&]\s*|\s+)(?:(?:{joining('and')}|{joining('then')})\s+)?"
    behind = r"(?=\d[^,;]*[^\W\d_]{3}|[^\W\d_]+\s\d)"  # and not "strides at the end, 80 m"
    one = r"(?=(?:an?|une?|una|uno|eine?n?|the|[dl]as|die|den|l[aeo]s?|il|el)\s[^\W\d_]{3}[^,;]*\d)"
    said = rf"(?:\s*[:,])?\s+(?:{behind}|{one})"  # "and, to finish, a plank of 60 s"
    return re.compile(rf"{joined}(?:{joining('ending')}){said}", re.IGNORECASE)


def _last_heading(body: str) -> re.Match[str] | None:
    """Return the last heading within a line that says how much of each, or how often all."""
    if ":" not in body and ";" not in body:
        return None
    found = [
        one
        for pattern in (_rounds_within(), _each_within(), _headed_within())
        for one in pattern.finditer(body)
        if _is_heading(one, body)
    ]
    return max(found, key=re.Match.end, default=None)


def _is_heading(found: re.Match[str], body: str) -> bool:
    told = found.groupdict()
    if "sets" in told and found[0].rstrip().endswith(";"):
        before = re.split(r"[,;]\s", body[: found.start()])[-1]
        # "press, 8 reps, 3 sets; dips" are sets of what stands before.
        if any(map(str.isdigit, before)) or begins_with_amounts(body[found.end() :]):
            return False
    id = named_exactly(told["head"]) if told.get("head") else None
    return id is None or id in WHOLES or is_other(id)  # "calf raises 3x15: straight knee, ..."


@cache
def _rounds_within() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[,;+]\s*|\s[-–—]\s+)(?:(?:{joining('then')})\s+)?(?P<sets>\d{{1,2}})\s*(?:[x×]\s*)?(?:{joining('rounds')})"
        r"(?!\w)(?:\s+[^\W\d_]{1,3})?\s*[:;]\s*"
        # "..., body weight circuit 3x: 15 squats, ..."
        r"|(?<=[^\W\d_]\s)(?P<times>\d{1,2})\s*[x×]\s*:\s+(?=\d)",
        re.IGNORECASE,
    )


@cache
def _headed_within() -> re.Pattern[str]:
    """Return the pattern of another heading: "; core 3x30 s: ...", "; core, 3 rounds: ..."."""
    return re.compile(
        r"[;,]\s*(?P<head>[^\W\d_][^:;,+()\d]{1,30}?)"
        rf"(?:\s+(?P<amounts>{_AMOUNTS})\s*:\s+(?=[^\W\d_])"
        rf"|[\s,(]+(?:[x×]\s?(?P<again>\d{{1,2}})|(?P<sets>\d{{1,2}})\s*(?:{joining('rounds')}|[x×]))\)?\s*:\s+"
        r"(?=\d{1,3}\s?(?:[^\W\d_]{1,4}\.?|[\"'″′]{1,2})?\s+[^\W\d_]{3}|[^\W\d_]{3}))",
        re.IGNORECASE,
    )


@cache
def _each_within() -> re.Pattern[str]:
    """Return the pattern of the amounts of each that follows: "je 2x30 m: high knees, skips"."""
    each = joining("each")
    often = "|".join((alternatives(amount_words()["sets"]), joining("lengths")))
    amounts = rf"(?:{_AMOUNTS}|\d{{1,2}}\s*(?:{often}))"
    return re.compile(
        rf"(?<!\w)(?:(?:(?:{each})\s+(?P<amounts>{amounts}))"
        rf"|(?:(?P<amounts_before>{amounts})\s+(?:[^\W\d_]{{2}}\s+)?(?:{each}))"
        rf"|(?<=[,;+]\s)(?P<amounts_alone>{_AMOUNTS}))\s*:\s+(?=[^\W\d_])",
        re.IGNORECASE,
    )
