"""Amounts whose numbers are words, in figures: "three by fifteen", "half a dozen", "strides, six".

A number in words before what it counts ("two sets", "trenta secondi") is the business of `tidying`,
which knows names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.amounts import PART_OF_A_NAME
from runanalytics.movements.diary_lines.pieces import joining, joining_words
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, any_of

#: The most sets that are told as one number by another: "100 by 3" are none.
_MOST_SETS = 12
#: Numbers that are other words in other languages: "tirage de dos" is of the back.
NO_NUMBERS = ("dos",)


@cache
def numbers() -> Mapping[str, int]:
    """Return the numbers that words stand for, in all languages."""
    return _numbers("numbers")


@cache
def _dozens() -> Mapping[str, int]:
    return _numbers("dozens")


def _numbers(table: str) -> Mapping[str, int]:
    listed = (each.get(table, {}) for each in words_of("diary").values())
    return {word: number for each in listed for word, number in each.items()}


def in_figures(text: str) -> str:
    """Return a line with dozens, one number by another and numbers alone in figures.

    Examples
    --------
    >>> in_figures("squats three by eight, half a dozen strides")
    'squats 3x8, 6 strides'
    >>> in_figures("affondi tre per dieci; allunghi, sei")
    'affondi 3x10; allunghi, 6'
    """
    if _dozens_told().search(text):
        text = _dozens_told().sub(lambda one: f"{_dozens()[one['dozen'].casefold()]}", text)
    if _by_another().search(text):
        text = _one_by_another().sub(_as_sets, text)
    if _of_another().search(text):
        text = _one_of_another().sub(_as_sets, text)
    return _alone().sub(lambda one: f"{numbers()[one[0].casefold()]}", text)


@cache
def _dozens_told() -> re.Pattern[str]:
    """Return the pattern of "a dozen", "une douzaine de", before what is counted."""
    return re.compile(
        rf"(?<!\w)(?P<dozen>{any_of(_dozens())})"
        rf"(?:(?:\s+(?:{of_what()})|\s+d['’])?(?=\s+[^\W\d_]{{3}}|(?<=['’])[^\W\d_]{{3}})|(?=\s*(?:$|[,;.(])))",
        re.IGNORECASE,
    )


@cache
def _by_another() -> re.Pattern[str]:
    """Return the pattern of the words between two numbers, which is quicker to look for."""
    between = {*joining_words("by"), *amount_words()["times"]}
    return re.compile(
        rf"(?:(?:{any_of(between)})\s+(?:{any_of(_more_than_one())})"
        rf"|(?:{any_of(between)})\s+\d{{1,3}}\s*,\s*\d+|\s(?:{joining('by')})\s+\d+)(?!\w)",
        re.IGNORECASE,
    )


@cache
def _one_by_another() -> re.Pattern[str]:
    """Return the pattern of "three by eight", "drei mal acht" and "3 per 12"."""
    known = amount_words()
    few = alternatives(word for word, number in _more_than_one().items() if number <= _MOST_SETS)
    more, times, by = any_of(_more_than_one()), alternatives(known["times"]), joining("by")
    no_count = alternatives((*known["sets"], *known["times"], *known["kilograms"]))
    return re.compile(
        rf"(?<![\w.,/x×*-])(?P<sets>\d{{1,2}}|{few})(?:\s*(?:{times})|\s+(?:{by}))\s+"
        rf"(?:(?P<word>{more})|(?<=\s)(?P<number>\d{{1,3}}))(?![\w-]|[.,]\d|\s*(?:{no_count})(?!\w)"
        rf"|\s+(?:{PART_OF_A_NAME})s?\b)",
        re.IGNORECASE,
    )


@cache
def _of_another() -> re.Pattern[str]:
    """Return the pattern of a number word behind "of", which is quicker to look for."""
    return re.compile(rf"\s(?:{of_what()})\s+(?:{any_of(_more_than_one())})(?!\w)", re.IGNORECASE)


@cache
def _one_of_another() -> re.Pattern[str]:
    """Return the pattern of "three of ten" and "tre da dieci", behind a name or alone."""
    known = amount_words()
    few = alternatives(word for word, number in _more_than_one().items() if number <= _MOST_SETS)
    no_count = alternatives((*known["sets"], *known["times"], *known["kilograms"]))
    return re.compile(
        rf"(?:^|(?<=[^\W\d_]{{3}}\s)|(?<=[,;:.]\s))(?P<sets>{few})\s+(?:{of_what()})\s+"
        rf"(?P<word>{any_of(_more_than_one())})(?P<number>)(?![\w-]|\s*(?:{no_count})(?!\w))",
        re.IGNORECASE,
    )


def _as_sets(found: re.Match[str]) -> str:
    told = found["sets"].casefold()
    n_sets = int(told) if told.isdigit() else numbers()[told]
    each = found["number"] or numbers()[found["word"].casefold()]
    return f"{n_sets}x{each}" if 0 < n_sets <= _MOST_SETS else found[0]


@cache
def _more_than_one() -> Mapping[str, int]:
    return {word: number for word, number in numbers().items() if number > 1}


@cache
def _alone() -> re.Pattern[str]:
    """Return the pattern of a number between two signs, "strides on grass, six"."""
    said = any_of([word for word in _more_than_one() if word not in NO_NUMBERS])
    return re.compile(rf"(?<=[,;:.]\s)(?:{said})(?=\s*(?:$|[,;.(]))", re.IGNORECASE)
