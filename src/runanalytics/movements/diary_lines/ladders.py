"""Sets whose weights differ, in the spelling that `set_loads` reads.

A list of repetitions and one of weights apart by a sign ("5-5-3 / 80-90-100 kg"), a first set
without a weight ("12 bodyweight, 10 at 40 kg, 8 at 50 kg"), a last set with another one ("3x12, the
last set with 8 kg"), and repetitions by a weight in brackets ("(20 x 55 kg, 10 x 70 kg)").
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.diary_lines.pieces import any_joining, joining, joining_words
from runanalytics.words.phrases import alternatives

#: A weight, and its unit.
_LOAD, _UNIT = r"\d{1,3}(?:\.\d{1,2})?", r"(?:kgs?|lbs?)(?!\w)"
#: What stands between repetitions and their weight.
_AT = r"(?:at|with|à|a|avec|con|da|bei|mit)"
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_COUNT = r"\d{1,2}"
#: What each pattern needs, which is quicker to look for: the end of a list before another one, ...
_BEFORE_A_LIST = re.compile(
    r"\d\s?[,/-]\s?\d{1,3}\s*(?:kg|lbs?)?\s*[/;–-]\s+\d{1,3}\s?[,/-]", re.IGNORECASE
)
#: ... and words between a count and another one with a weight.
_BEFORE_A_WEIGHT = re.compile(
    r"\d\s+[^\W\d_][^\d:]*\s(?:\d{1,2}(?:\s*[x×]\s*|\s[^\d,;]{3,12}\s))?\d{1,2}[^\d,;]{1,8}\d[\d.,]*\s?(?:kg|lb)",
    re.IGNORECASE,
)
#: ... two numbers with a word between them, twice.
_COUNT_AT_WEIGHT = re.compile(
    r"\d\s+(?:[^\W\d_]+\s+)?[^\W\d_]{1,4}\s\d[\d.,]*(?:\s?[kl][gb]s?)?[^\d;]{1,20}\d[^;]{0,12}?\s[^\W\d_]{1,4}\s\d"
)
#: "(20 x 55 kg, 10 x 70 kg)" are the sets of a row, as they are without brackets.
_ROW_IN_BRACKETS = re.compile(
    rf"(?<=\w)\s*[(\[](\d{{1,2}}\s*[x×*]\s*{_LOAD}\s*{_UNIT}(?:\s*[,;/]\s*\d{{1,2}}\s*[x×*]\s*{_LOAD}\s*{_UNIT})+)[)\]]",
    re.IGNORECASE,
)
_A_UNIT = re.compile(r"\d\s?(kg|lb)s?(?!\w)", re.IGNORECASE)
_NAME_BEHIND_COLON = re.compile(r"(?<=[^\W\d_]{3})\s*:\s+$")


def in_ladders(text: str) -> str:
    """Return a line with the weights of sets that differ behind their repetitions.

    Examples
    --------
    >>> in_ladders("squat 5-5-3 / 80-90-100 kg")
    'squat 5/5/3 @ 80/90/100 kg'
    >>> in_ladders("calf raises 3x12, the last set with 8 kg")
    'calf raises 2x12, 1x12 8 kg'
    >>> in_ladders("squats (20 x 55 kg, 10 x 70 kg), snatch 3 sets of 6 x 30 kg")
    'squats 20 x 55 kg, 10 x 70 kg, snatch 3x6 30 kg'
    """
    if "(" in text or "[" in text:
        text = _ROW_IN_BRACKETS.sub(r" \1", text)
    if "x" in text or "×" in text:
        text = _sets_of_reps_by_load().sub(r"\1x\2 ", text)
    if _BEFORE_A_LIST.search(text):
        text = _lists_apart().sub(_with_loads, text)
    if _last_set_told().search(text):
        text = _last_set().sub(_last_with, text)
        text = _another_set().sub(r", 1x\g<reps>", text)
    return text


def with_counts_at_weights(text: str) -> str:
    """Return a line with sets told as repetitions at a weight, several in a row, each with both.

    Examples
    --------
    >>> with_counts_at_weights("squat 8 reps at 50, 6 at 60, then 3x5 at 70 kg")
    'squat 50 kg x 8, 60 kg x 6, 3x5 70 kg'
    """
    if not _COUNT_AT_WEIGHT.search(text):
        return text
    return _counts_at_weights().sub(_each_at_its_weight, text)


def _each_at_its_weight(row: re.Match[str]) -> str:
    told = _A_UNIT.findall(row[0])
    sets = [*_count_at_weight().finditer(row[0])]
    if len({unit.casefold() for unit in told}) != 1 or len(told) == len(sets):
        return row[0]
    unit = told[0]
    each = (
        f"{one['sets']}x{one['reps']} {one['load']} {unit}"
        if one["sets"]
        else f"{one['load']} {unit} x {one['reps']}"
        for one in sets
    )
    return ", ".join(each)


@cache
def _count_at_weight() -> re.Pattern[str]:
    """Return the pattern of "8 reps at 50 kg", "8 à 50" and "3x5 con 70 kg"."""
    reps = alternatives(amount_words()["repetitions"])
    return re.compile(
        r"(?<![\w.,/x×*-])(?:(?P<sets>\d{1,2})\s*[x×*]\s*)?"
        rf"(?P<reps>\d{{1,2}})(?:\s*(?:{reps}))?\s+{_AT}\s+(?P<load>\d{{1,3}}(?:[.,]\d{{1,2}}(?!\s+{_AT}\s))?)(?:\s?{_UNIT})?"
        r"(?![\w%]|[.,]\d|\s*(?:min|sec|m|s|h|km)\b|\s?[x×*\"'″′])",
        re.IGNORECASE,
    )


@cache
def _counts_at_weights() -> re.Pattern[str]:
    """Return the pattern of several of these in a row."""
    one = re.sub(r"\?P<\w+>", "?:", _count_at_weight().pattern)
    joined = rf"(?:(?:\s*[,;+/]\s*|\s+)(?:(?:{joining('and')}|{joining('then')})\s+)*)"
    return re.compile(rf"{one}(?:{joined}{one})+", re.IGNORECASE)


def with_unloaded_first(text: str) -> str:
    """Return a line with a first set without a weight as one set, before those with theirs.

    Examples
    --------
    >>> with_unloaded_first("squats: 12 bodyweight, 10 at 40 kg, 8 at 50 kg")
    'squats 1x12, 10 at 40 kg, 8 at 50 kg'
    """
    if not _BEFORE_A_WEIGHT.search(text) or not (found := _unloaded_first().search(text)):
        return text
    head = _NAME_BEHIND_COLON.sub(" ", text[: found.start()])
    rest = text[found.end() :]
    apart = "" if rest.lstrip()[0] in ",;" else ","
    return f"{head}{found['sets'] or 1}x{found['reps']}{apart}{rest}"


@cache
def _lists_apart() -> re.Pattern[str]:
    """Return the pattern of a list of repetitions and one of weights, which a sign parts."""
    apart = r"\s*(?:\s[-–—/]|;)\s+"
    reps, loads = _listed("reps", _COUNT), _listed("loads", _LOAD)
    first, counts = _listed("first", _LOAD), _listed("counts", _COUNT)
    return re.compile(
        rf"(?<![\w.,/x×*-])(?<![x×*]\s)(?:{reps}{apart}{loads}\s*(?P<unit>{_UNIT})"
        rf"|{first}\s*(?P<of>{_UNIT}){apart}{counts}(?![\w.:]|\s*[x×*]))",
        re.IGNORECASE,
    )


def _listed(name: str, one: str) -> str:
    sign = f"{name}_sign"
    return rf"(?P<{name}>{one}(?:(?P<{sign}>\s?[-/]\s?|,\s?){one}(?:(?P={sign}){one})*))"


def _with_loads(found: re.Match[str]) -> str:
    """Return repetitions with their weights behind "@", if there are as many of both."""
    reps = _NUMBER.findall(found["reps"] or found["counts"])
    loads = _NUMBER.findall(found["loads"] or found["first"])
    if len(reps) != len(loads):
        return found[0]
    return f"{'/'.join(reps)} @ {'/'.join(loads)} {found['unit'] or found['of']}"


def _at() -> str:
    of = (word for word in amount_words()["of"] if len(word) > 1)
    return rf"(?:@|(?:at|with|con|avec|bei|mit|{alternatives(of)}|à|a)(?=\s))"


@cache
def _unloaded_first() -> re.Pattern[str]:
    """Return the pattern of a set without a weight before ones with theirs."""
    known = amount_words()
    then = rf"(?:\s*[,;]\s*|\s+)(?:(?:{any_joining('then', 'and')})\s+){{0,2}}"
    reps = rf"(?:\s*(?:{alternatives(known['repetitions'])})(?!\w)\.?)?"
    of_sets = rf"(?:[x×]|(?:{alternatives(known['sets'])})\s+(?:{of_what()}))"
    return re.compile(
        rf"(?<![\w.,/x×*-])(?<![x×*]\s)(?:(?P<sets>{_COUNT})\s*{of_sets}\s*)?(?P<reps>{_COUNT}){reps}"
        rf"\s+(?:(?:{joining('with')})\s+)?(?:{joining('unloaded')})(?!\w)"
        rf"(?={then}(?:{_COUNT}\s*{of_sets}\s*)?{_COUNT}{reps}\s*(?:{_at()}\s*)?(?:2\s?[x×]\s?)?{_LOAD}\s*{_UNIT})",
        re.IGNORECASE,
    )


@cache
def _sets_of_reps_by_load() -> re.Pattern[str]:
    """Return the pattern of sets before a weight that a sign parts: "3 sets of 6 x 70 kg"."""
    sets = alternatives(amount_words()["sets"])
    return re.compile(
        rf"(?<![\w.,])(\d{{1,2}})\s+(?:{sets})\.?\s+(?:{of_what()})\s+(\d{{1,2}})\s*[x×*]\s*(?={_LOAD}\s*{_UNIT})",
        re.IGNORECASE,
    )


@cache
def _last_set_told() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('last_set')})\s[^,;:()]{{0,12}}\d", re.IGNORECASE)


@cache
def _last_set() -> re.Pattern[str]:
    """Return the pattern of sets and the weight of the last of them."""
    known = amount_words()
    times = rf"(?:[x×*]|(?:{alternatives(known['sets'])})\.?\s+(?:{alternatives(known['of'])}))"
    reps = rf"(?:\s*(?:{alternatives(known['repetitions'])})(?!\w)\.?)?"
    side = rf"(?:\s*(?:{alternatives(known['each_side'])})(?!\w))?"
    weight = rf"(?:{_at()}\s*)?{_LOAD}\s*{_UNIT}"
    return re.compile(
        rf"(?<![\w.,/x×*-])(?P<sets>{_COUNT})\s*{times}\s*(?P<each>{_COUNT}{reps}{side})"
        rf"(?P<load>\s+{weight})?\s*[,;(]\s*(?:(?:{joining('and')})\s+)?(?:{joining('last_set')})"
        rf"(?:\s+(?:{alternatives(known['sets'])})(?!\w))?\s+{_at()}?\s*(?P<last>{_LOAD}\s*{_UNIT})\)?",
        re.IGNORECASE,
    )


@cache
def _another_set() -> re.Pattern[str]:
    """Return the pattern of a last set with its repetitions: "and a last one of 3 at 100 kg"."""
    known = amount_words()
    sets = alternatives((*known["sets"], *joining_words("once")))
    return re.compile(
        rf"(?:\s*[,;]|\s+(?:{joining('and')}|{joining('then')}))\s+(?:[^\W\d_]{{1,4}}\s+)?(?:{joining('last_set')})"
        rf"(?:\s+(?:{sets})(?!\w))?\s+(?:{of_what()})\s+(?P<reps>{_COUNT})(?=\s+(?:{_AT}\s+)?{_LOAD}\s?{_UNIT})",
        re.IGNORECASE,
    )


def _last_with(found: re.Match[str]) -> str:
    n_before = int(found["sets"]) - 1
    if n_before < 1:
        return found[0]
    return f"{n_before}x{found['each']}{found['load'] or ''}, 1x{found['each']} {found['last']}"
