"""Brackets of a diary line that hold several exercises: "gym (squat 3x5, dips 3x8), 4 strides".

What a session was made of is told as its parts, "gym, squat 3x5, dips 3x8, 4 strides", each with
the amounts that stand once, before the brackets or at their end: "2x30 m of each (A-skips,
B-skips)", "drills (A-skips, B-skips - 2x30 m each)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.diary_lines.pieces import is_amounts, is_whole, joining
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.reading import Reading, has_sets
from runanalytics.words.phrases import alternatives

_BRACKETS = re.compile(r"\s*\((?P<held>[^()]*[,;/+][^()]*)\)\s*(?=(?P<next>[^\s]?))")
_BETWEEN = re.compile(r"\s*[,;](?!\d)\s*|\s+[/+]\s+|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
#: What stands before the amounts of all, at the end of brackets.
_LAST = re.compile(r"\s*(?:[,;:]|\s[-–—])\s+(?=[^,;:]*$)")
_SETS = re.compile(r"\d{1,2}\s*[x×*]\s*\d{1,3}(?:\s?(?:m|s|se[ckg]\w*)(?!\w)|[\"'″′]{1,2})?", re.I)
_SETS_BEFORE = re.compile(rf"\s(?P<amounts>{_SETS.pattern})$", re.I)


def opened(body: str, read: Callable[[str], Reading]) -> str:
    """Return a line without the brackets that hold several exercises.

    Parameters
    ----------
    body : str
        A line in one spelling.
    read : callable
        What reads a piece, as `reading.read_name` does.

    Returns
    -------
    str

    Examples
    --------
    >>> from runanalytics.movements.reading import read_name
    >>> opened("6 strides then gym (squat 3x5 @ 80 kg, dips 3x8)", read_name)
    '6 strides then gym, squat 3x5 @ 80 kg, dips 3x8'
    >>> opened("drills (A-skips, carioca - 2 x 30 m of each) then 4 strides", read_name)
    'drills, A-skips 2 x 30 m, carioca 2 x 30 m; then 4 strides'
    """
    if "(" not in body:
        return body
    told, end = "", 0
    for found in _BRACKETS.finditer(body):
        before = body[end : found.start()]
        parts = _parts(told + before, found["held"], read)
        if parts is not None:
            before, exercises = parts
            behind = "; " if found["next"] not in ("", ",", ";", ".") else ""
            told, end = f"{before}{', '.join(exercises)}{behind}", found.end()
    return told + body[end:]


def _parts(
    before: str, held: str, read: Callable[[str], Reading]
) -> tuple[str, Sequence[str]] | None:
    """Return what stands before the parts in brackets, and these with their amounts."""
    amounts = ""
    if of_each := _of_each_ahead().search(before):
        amounts, before = of_each["amounts"], before[: of_each.start()]
    elif (told := _SETS_BEFORE.search(before)) and _is_session(before[: told.start()], read):
        # "drills 2x30 m (A-skips, B-skips and carioca)"
        amounts, before = told["amounts"], before[: told.start()]
    elif not _is_session(before, read):
        return None
    elif ends := [*_LAST.finditer(held)]:
        last = ends[-1]
        told = _SETS.search(held, last.end())
        said = replace(take_amounts(held[last.end() :])[0], side=None)  # "each" may be a side's
        if told and is_amounts(held[last.end() :]) and has_sets(said):
            if take_amounts(told[0])[0] != said:
                return None  # "balance, 3 x 1 min each leg"
            amounts, held = told[0], held[: last.start()]
    exercises = [each for part in _BETWEEN.split(held) for each in _named_apart(part, read) if each]
    counted = [any(map(str.isdigit, each)) for each in exercises]
    if any(counted) if amounts else not all(counted):
        return None
    if any(is_amounts(each) or read(each).movement is None for each in exercises):
        return None
    before = before.rstrip()
    before = f"{before}{' ' if before.endswith((':', ',', ';')) or not before else ', '}".lstrip()
    return before, [f"{each} {amounts}".strip() for each in exercises]


def _named_apart(part: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return what "and" joins as parts, if each of them is a name and all of it is none."""
    told = re.split(rf"\s+(?:{joining('and')})\s+", part, flags=re.IGNORECASE)
    apart = len(told) > 1 and all(read(each).movement for each in told)
    return told if apart and named_exactly(part) is None else [part]


def _is_session(before: str, read: Callable[[str], Reading]) -> bool:
    """Return whether a text ends with a session of some kind, and no amounts of it."""
    last = _ends_before().split(before)[-1].strip()
    return bool(words(last)) and not any(map(str.isdigit, last)) and is_whole(read(last))


@cache
def _ends_before() -> re.Pattern[str]:
    joined = "|".join(joining(kind) for kind in ("then", "and", "with"))
    return re.compile(rf"[,;:.&+]\s+|(?<!\w)(?:{joined})(?=\s)", re.IGNORECASE)


@cache
def _of_each_ahead() -> re.Pattern[str]:
    """Return the pattern of the amounts of each before brackets: "2x30 m for each drill (...)"."""
    times = alternatives(amount_words()["times"])
    return re.compile(
        rf"(?P<amounts>\d{{1,2}}\s*(?:[x×*]|{times})\s*\d{{1,3}}(?:\s?(?:m|s|se[ckg]\w*)(?!\w))?)"
        rf"\s+(?:[^\W\d_]{{1,4}}\s+)?(?:{joining('each')})(?:\s+[^\W\d_]{{3,}})?\s*:?\s*$",
        re.IGNORECASE,
    )
