"""What exercises of a line are done with, and how heavy it is: "kettlebell 16 kg: swings ..."."""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.names import lexicon, words
from runanalytics.movements.reading import read_name
from runanalytics.movements.vocabulary import movement

#: What a heading with a weight needs, which is quicker to look for.
_A_WEIGHT_AHEAD = re.compile(
    r"\s\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)[^,;:+&()\d]{0,15}:", re.IGNORECASE
)
#: An exercise that is counted, and neither weighed nor timed.
_COUNTED = re.compile(
    r"(?=.*[^\W\d_]{3})(?=.*\d)(?!.*\d\s?(?:kg|lbs?|k?m|s|secs?|min|[\"'″′]))", re.I
)


def is_equipment(text: str) -> bool:
    """Return whether a text tells a weight and what it was, and nothing else.

    Examples
    --------
    >>> is_equipment("kettlebell 16 kg"), is_equipment("squats 16 kg")
    (True, False)
    """
    said, name = take_amounts(text)
    told = words(name)
    return bool(told) and said == Amounts(load=said.load) and lexicon().manner.issuperset(told)


def with_weight_of_heading(line: str) -> str:
    """Return a line with the weight of a heading within it at each exercise that has no other.

    Examples
    --------
    >>> with_weight_of_heading("10 min easy, kettlebell 12 kg: swings 3x15, lunges 3x10")
    '10 min easy, kettlebell 12 kg: swings 3x15, lunges 3x10 12 kg'
    """
    return _heading_within().sub(_at_each, line) if _A_WEIGHT_AHEAD.search(line) else line


def _at_each(found: re.Match[str]) -> str:
    if not is_equipment(found["what"]):
        return found[0]
    first, *others = _between().split(found["parts"])
    weighed = (
        f"{each} {found['load']}" if place % 2 and _is_weighed(each) else each
        for place, each in enumerate(others)
    )
    return f"{found['before']}{found['what']}: {first}{''.join(weighed)}"


def _is_weighed(part: str) -> bool:
    id = read_name(part).movement if _COUNTED.match(part) else None
    return id is not None and not movement(id).is_of_body_weight


@cache
def _heading_within() -> re.Pattern[str]:
    """Return the pattern of a weight before a colon within a line, and what is told behind it."""
    joined = rf"(?:{joining('and')}|{joining('then')})\s+"
    return re.compile(
        rf"(?P<before>[,;+&.]\s+(?:{joined})?|\s{joined})(?P<what>[^,;:+&()\d]{{0,30}}?"
        r"(?P<load>\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?))(?![^\W\d_])[^,;:+&()\d]{0,15}?)\s*:\s+"
        r"(?P<parts>[^;:]*)",
        re.IGNORECASE,
    )


@cache
def _between() -> re.Pattern[str]:
    return re.compile(rf"(,\s+|\s\+\s|\s(?:&|{joining('and')})\s)", re.IGNORECASE)
