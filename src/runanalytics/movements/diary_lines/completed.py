"""Amounts that stand behind a part and tell the rest of it: "squats, 8 each leg, 3 sets, 20 kg".

Or how some of what was counted was done, "6 strides, of which 2 fast", which is no other part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from runanalytics.movements.amounts import Amounts
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.reading import Reading, is_done

#: What was counted, at the end of a text; runs are not.
_COUNTED = re.compile(
    r"(?<![\w.,])(?P<n>\d{1,2})(?![.,]?\d|\s?(?:km|k|mi|miles?|min\w*|h|['’])(?!\w))[^,;:.()\d]*"
    r"(?:\d{1,3}[^,;:.()\d]*)?\s*[,(]?\s*$",
    re.IGNORECASE,
)


def with_shares_apart(line: str) -> str:
    """Return a line with a comma before what tells how some of what was counted were done.

    Examples
    --------
    >>> with_shares_apart("A-skips 3x20 m + 6 strides of which 2 fast")
    'A-skips 3x20 m + 6 strides, of which 2 fast'
    >>> with_shares_apart("8 km including 6 strides")
    '8 km including 6 strides'
    """
    found = share_of().search(line)
    counted = _COUNTED.search(line, 0, found.start()) if found else None
    if found is None or counted is None or int(found["some"]) > int(counted["n"]):
        return line
    before = line[: found.start()].rstrip(" ,(")
    return f"{before}, {line[found.start() :].lstrip()}"


@cache
def share_of() -> re.Pattern[str]:
    """Return the pattern of a part of what was counted, with how it was done: "of which 2 fast"."""
    return re.compile(
        rf"(?<!\w)(?:{joining('of_which')})\s+(?:(?:les?|las?|los|i|gli|the|die)\s+)?(?P<some>\d{{1,2}})\s+"
        r"(?P<how>(?!(?:km|min|kg|m|s|x)(?!\w))[^\W\d_][^,;:+.()\d]*)\)?",
        re.IGNORECASE,
    )


def completes(said: Amounts, had: Reading) -> bool:
    """Return whether amounts tell the other half: "3 sets, 15 reps", or "45 s + 15 s rest x 4"."""
    if said.n_sets is not None:
        # "10 each leg, 3 sets"
        return had.n_sets is None and len(had.reps) < 2 and is_done(had) and not is_done(said)
    sets_alone = bool(had.n_sets) and not is_done(had)
    return (sets_alone and is_done(said)) or is_often(said, had) is not None


def tells_all(read: Reading, told: Iterable[Reading | Amounts]) -> bool:
    """Return whether a reading has every number that was told: "8 each leg" and "3 sets"."""
    counts = {*read.reps, read.n_sets, None}
    return all(
        counts.issuperset((*each.reps, each.n_sets))
        and each.hold_s in (None, read.hold_s, read.rest_s)
        and each.distance_m in (None, read.distance_m)
        and each.load in (None, read.load)
        for each in told
    )


def is_often(said: Amounts, had: Reading) -> int | None:
    """Return how often a time was held, if that is told with the rest: "+ 15 s rest x 4"."""
    held_once = bool(had.hold_s) and not (had.n_sets or had.reps)
    return said.reps[0] if held_once and said.rest_s and len(said.reps) == 1 else None


def with_more(had: Reading, said: Amounts) -> Reading:
    """Return a reading with what amounts say beside it."""
    times = is_often(said, had)
    return replace(
        had,
        n_sets=had.n_sets or said.n_sets or times,
        reps=had.reps or (() if times else said.reps),
        hold_s=had.hold_s or said.hold_s,
        distance_m=had.distance_m or said.distance_m,
        load=had.load or said.load,
        side=had.side or said.side,
        effort_rpe=had.effort_rpe or said.effort_rpe,
        rest_s=had.rest_s or said.rest_s,
        not_understood=(*had.not_understood, *said.inexact),
    )
