"""Why something was done, told behind it, which is no work: "bike 1 h because of my soleus".

And how many contacts all jumps had, which is no more of it: "..., about 100 contacts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from runanalytics.movements.diary_lines.pieces import (
    any_joining,
    is_amounts,
    joining,
    joining_words,
    may_tell,
)
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives


def without_reasons(pieces: Iterable[str], reasons: list[str]) -> Iterator[str]:
    """Yield pieces of a line without why they were done, which is added to the reasons."""
    for piece in pieces:
        told = _touched().fullmatch(piece.strip()) if any(map(str.isdigit, piece)) else None
        if told and (told["before"] or told["behind"]):
            reasons.append(piece)  # "insgesamt ca. 100 Kontakte" are those of all jumps
            continue
        bare, reason = without_reason(piece)
        reasons += [reason] if reason else []
        if bare:
            yield bare


@cache
def _touched() -> re.Pattern[str]:
    """Return the pattern of how often the feet touched the ground, in all."""
    tables = list(words_of("circumstances").values())
    totals = alternatives({word for table in tables for word in table.get("totals", ())})
    contacts = alternatives({word for table in tables for word in table.get("contacts", ())})
    return re.compile(
        rf"(?P<before>(?:(?:{totals})\s)+)?\d{{2,3}}\s(?:{contacts})(?P<behind>(?:\s(?:{totals}))+)?",
        re.IGNORECASE,
    )


def without_reason(piece: str) -> tuple[str, str]:
    """Return a piece of a line without why it was done, and the reason.

    Examples
    --------
    >>> without_reason("easy bike 1 h because of my soleus")
    ('easy bike 1 h', 'because of my soleus')
    >>> without_reason("squats 3x10 for speed")
    ('squats 3x10 for speed', '')
    """
    if not may_tell(piece, "reason", "pains") or not (found := _reason().search(piece)):
        return piece, ""
    if not joining_words("not").isdisjoint(found[0].casefold().split()):
        return piece, ""  # "the right one did not go because of my shoulder"
    rest = piece[: found.start()].rstrip(" ,-–")
    if rest and (is_amounts(rest) or _only().match(rest)):
        return piece, ""  # "only 2 sets because of the knee" tells why there were no more
    return rest, found[0].strip()


@cache
def _only() -> re.Pattern[str]:
    return re.compile(rf"(?:{joining('only')})\s+\d", re.IGNORECASE)


@cache
def _reason() -> re.Pattern[str]:
    """Return the pattern of a reason at the end, and of a word that may begin one before a pain."""
    pain = rf"(?=[^\d]*(?<!\w)(?:{any_joining('pains')})(?!\w))"
    return re.compile(
        rf"(?:^|\s)(?:(?:{any_joining('reason')})|(?:{any_joining('perhaps_reason')}){pain})"
        r"(?<=\w)(?!\w)[^\d]*$",
        re.IGNORECASE,
    )
