"""Weights of sets that are told by their number: "3x8 - set 1 bodyweight, sets 2 and 3 with 10 kg".

"1 x 12 then 2 x 8, 12 kg for the first set and 20 kg for the other two" is one set with 12 kg and
two with 20 kg.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import groupby

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import any_joining, joining, joining_words
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives

_WEIGHT = re.compile(r"\d\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
_LOAD = r"(?P<{}>\d{{1,3}}(?:[.,]\d{{1,2}})?\s?(?:kg|lbs?))(?!\w)"
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.|[^\W\d_]{1,3}|ª)?(?=\W|$)")
_ENDS = re.compile(r"\)?\s*(?:$|[;.])")
_MOST_SETS = 8


def with_numbered_sets(text: str) -> str:
    """Return a line with the weight of each set behind it, where sets are told by their number.

    Examples
    --------
    >>> with_numbered_sets("split squats 3x8 - set 1 bodyweight, sets 2 and 3 with 10 kg")
    'split squats 1x8, 2x8 10 kg'
    >>> with_numbered_sets("squats 1 x 12 then 2 x 8, 12 kg for the first and 20 kg for the rest")
    'squats 1x12 12 kg, 2x8 20 kg'
    """
    if not (_WEIGHT.search(text) and _may_be_numbered().search(text)):
        return text
    told, end = "", 0
    for found in _sets().finditer(text):
        if found.start() < end:
            continue
        counted = [
            each["each"]
            for each in _one_of_sets().finditer(found["sets"])
            for _ in range(min(int(each["times"]), _MOST_SETS + 1))
        ]
        read = _loads(text, found.end(), len(counted))
        if read is None or not 1 < len(counted) <= _MOST_SETS:
            continue
        loads, last = read
        sets = [
            f"{len([*alike])}x{each}{f' {load}' if load else ''}"
            for (each, load), alike in groupby(zip(counted, loads, strict=True))
        ]
        told, end = f"{told}{text[end : found.start()]}{', '.join(sets)}", last
    return told + text[end:]


def _loads(text: str, place: int, n_sets: int) -> tuple[list[str], int] | None:
    """Return the weight of each set, none where it was done without one, and where these end."""
    loads: dict[int, str] = {}
    begins = _begins().match(text, place)
    clause = begins and _clause().match(text, begins.end())
    n_told = 0
    while clause and begins:
        which = clause["which"] or clause["which_behind"]
        load = clause["load"] or clause["load_ahead"] or ""
        places = _places(which, n_sets, loads)
        if not places or not loads.keys().isdisjoint(places):
            return None
        loads.update(dict.fromkeys(places, load))
        n_told, place = n_told + 1, clause.end()
        if len(loads) == n_sets:
            break
        joined = _joined().match(text, place)
        clause = joined and _clause().match(text, joined.end())
    if n_told == 1 and not loads.keys() >= {*range(n_sets)}:
        # "3x8, the first set with 40 kg": nothing is told of the others
        if not _ENDS.match(text, place):
            return None
        loads = {**dict.fromkeys(range(n_sets), ""), **loads}
    elif n_told < 2 or loads.keys() != {*range(n_sets)}:
        return None
    if begins and "(" in begins[0]:
        place += text[place : place + 1] == ")"
    return [loads[each] for each in range(n_sets)], place


def _places(which: str, n_sets: int, told: Mapping[int, str]) -> list[int]:
    """Return the places of the sets that are meant, from 0."""
    if re.search(rf"(?<!\w)(?:{joining('the_others')})(?!\w)", which, re.IGNORECASE):
        left = [each for each in range(n_sets) if each not in told]
        said = [int(each) for each in _DIGITS.findall(which)]
        said += [_few()[each] for each in which.casefold().split() if each in _few()]
        return left if not said or said == [len(left)] else []
    ordinals = _ordinals()
    places = [
        ordinals[word] - 1 if word in ordinals else int(_DIGITS.findall(word)[0]) - 1
        for word in _WORD.findall(which.casefold())
        if word in ordinals or word[0].isdigit()
    ]
    if re.search(r"\d\s?-\s?\d", which) and len(places) == 2:
        places = [*range(places[0], places[1] + 1)]
    return places if all(0 <= each < n_sets for each in places) else []


@cache
def _ordinals() -> Mapping[str, int]:
    """Return the numbers of "first", "2nd", "dritte", in lower case."""
    return {
        word.casefold(): number
        for table in words_of("diary").values()
        for number, said in enumerate(table.get("which_set", ()), start=1)
        for word in said.split("|")
    }


@cache
def _few() -> Mapping[str, int]:
    both = dict.fromkeys(map(str.casefold, joining_words("two")), 2)
    return both | {word: n for word, n in numbers().items() if 1 < n <= _MOST_SETS}


@cache
def _may_be_numbered() -> re.Pattern[str]:
    of_sets = alternatives(amount_words()["sets"])
    return re.compile(rf"(?<!\w)(?:(?:{of_sets})\.?\s?1(?!\d)|(?:{_first()})(?!\w))", re.IGNORECASE)


def _first() -> str:
    return alternatives(word for word, number in _ordinals().items() if number == 1)


@cache
def _one_of_sets() -> re.Pattern[str]:
    side = alternatives(amount_words()["each_side"])
    return re.compile(
        rf"(?<![\w.,/x×*-])(?P<times>\d)\s?[x×*]\s?(?P<each>\d{{1,2}}(?:\s*(?:{side})(?!\w))?)",
        re.IGNORECASE,
    )


@cache
def _sets() -> re.Pattern[str]:
    one = re.sub(r"\?P<\w+>", "?:", _one_of_sets().pattern)
    joined = rf"(?:\s*,\s*|\s+)(?:(?:{any_joining('and', 'then')})\s+){{0,2}}"
    return re.compile(rf"(?P<sets>{one}(?:{joined}{one})*)(?!\w|\s?(?:m|s|kg|lbs?)\b)", re.I)


@cache
def _begins() -> re.Pattern[str]:
    return re.compile(r"\s*[,;:(]\s*|\s+[-–—]\s+|\s+")


@cache
def _joined() -> re.Pattern[str]:
    and_ = rf"(?:{any_joining('and', 'then')})\s+"
    return re.compile(rf"\s*[,;/]\s*(?:{and_})?|\s+{and_}", re.IGNORECASE)


@cache
def _clause() -> re.Pattern[str]:
    """Return the pattern of some sets and their weight, or of a weight and some sets."""
    of_sets = rf"(?:{alternatives(amount_words()['sets'])})\.?"
    small = r"(?:[^\W\d_]{1,4}['’]?\s*(?<!\d))"
    and_ = rf"\s*(?:,|&|\+|-|(?<=\s)(?:{joining('and')})(?=\s))\s*"
    number, ordinal = (
        r"[1-8](?!\d|[.,]\d|\s?(?:kg|lb|x|×))",
        rf"(?:{alternatives(_ordinals())})(?!\w)",
    )
    few = alternatives(_few())
    others = (
        rf"(?:(?:{few}|\d)\s+)?(?:{joining('the_others')})(?!\w)"
        rf"(?:\s+(?:{few}|\d(?!\d|\s?(?:kg|lb)))(?!\w))?(?:\s+{of_sets}(?!\w))?"
    )
    told = (
        rf"(?:{small}\s+)?(?:{others}"
        rf"|{of_sets}\s+{number}(?:{and_}{number})*"
        rf"|{ordinal}(?:{and_}(?:{small}\s+)?{ordinal})*(?:\s+{of_sets}(?!\w))?)"
    )
    none = rf"(?:{any_joining('unloaded', 'nothing')}|{any_joining('bare_bar')})(?!\w)"
    with_ = rf"(?:(?:{joining('with')}|at|à|a|bei|con|@|only|just|nur)\s+(?:[^\W\d_]{{1,4}}\s+)?)?"
    held = rf"(?:\s+(?:{joining('what_again')})(?!\w))?"
    weight, ahead = (rf"(?:{_LOAD.format(name)}{held}|{none})" for name in ("load", "load_ahead"))
    return re.compile(
        rf"(?P<which>{told})\s*:?\s+{with_}{weight}"
        rf"|{with_}{ahead}\s+(?:[^\W\d_]{{1,5}}\s+){{0,2}}(?P<which_behind>{told})",
        re.IGNORECASE,
    )
