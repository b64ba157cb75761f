"""What an exercise is done with, and without: "kettlebell 16 kg", "without vest", "sin peso"."""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.pieces import any_joining, joining, joining_words
from runanalytics.movements.names import lexicon, words
from runanalytics.words.phrases import alternatives

_LETTERS = re.compile(r"[^\W\d_]+")
#: A weight in a heading.
_WEIGHT_BEFORE_COLON = re.compile(r"\d\s?(?:kg|lbs?)(?!\w)[^:]{0,40}:\s", re.IGNORECASE)


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


def without_weights(text: str) -> str:
    """Return a line without what says that an exercise was done without a weight.

    Below a heading that tells one, it stays as a sign that the weight is of others.

    Examples
    --------
    >>> without_weights("lunges 3x10 without vest, squats 3x8 bodyweight")
    'lunges 3x10, squats 3x8'
    >>> without_weights("16 kg: goblet squats 3x10, lunges 3x8 no weight")
    '16 kg: goblet squats 3x10, lunges 3x8 bw'
    """
    if not may_be_unloaded(text):
        return text
    by = " bw" if _WEIGHT_BEFORE_COLON.search(text) else ""
    return _without_gear().sub(by, _unloaded().sub(by, text))


def may_be_unloaded(text: str) -> bool:
    """Return whether a text has the longest word of such a phrase: the patterns take longer."""
    return not _told_by().isdisjoint(_LETTERS.findall(text.casefold()))


@cache
def _told_by() -> frozenset[str]:
    said = joining_words("unloaded") | joining_words("without")
    return frozenset(max(_LETTERS.findall(each.casefold()), key=len) for each in said)


@cache
def _unloaded() -> re.Pattern[str]:
    """Return the pattern of "without" behind an amount, which is of the weights before it."""
    said = rf"(?:(?:{joining('only')})\s+)?(?:{joining('unloaded')})"
    told = rf"(?:\({said}\)(?=\s*(?:$|[,;.]))|{said}(?=\s*(?:$|[,;.)])))"
    return re.compile(rf"(?<=\d|m|s|\"|')\s+{told}", re.IGNORECASE)


def no_gear() -> str:
    """Return a pattern of "without vest", "ohne Rucksack" and of phrases for no weight."""
    phrases = alternatives(each for each in joining_words("unloaded") if " " in each)
    gear = any_joining("what_again", "gear")
    without = rf"(?:{joining('without')})\s+(?:[^\W\d_]{{1,4}}\s+)?(?:{gear})"
    return rf"(?:{phrases}|{without})(?!\w)"


@cache
def _without_gear() -> re.Pattern[str]:
    """Return the pattern of "without vest" behind a name or its amounts."""
    return re.compile(rf"(?<=\w)\s+(?:\({no_gear()}\)|{no_gear()})(?=\s*(?:$|[,;.)]|\d))", re.I)
