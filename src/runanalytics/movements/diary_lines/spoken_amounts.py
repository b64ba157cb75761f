"""Amounts as they are spoken, in the figures and signs that `amounts` reads.

"A minute and a half" is 1.5 min, and "three times each over 25 m" are 3x25 m of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.vocabulary import kind_of_work
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, any_of, plain

#: Minutes and seconds that are told together, and what that needs, which is quicker to look for.
_MINUTES_TOLD, _SECONDS_TOLD = 6, (10, 15, 20, 30, 40, 45, 50)
_MINUTES_BEFORE_MORE = re.compile(
    r"(?<![^\W\d_])min[^\W\d_]{2,5}\s+(?:[^\W\d_]{1,3}\s+)?(?:\d|[^\W\d_]{4,})", re.IGNORECASE
)


def spoken_in_figures(text: str) -> str:
    """Return a line with the amounts that it speaks of in figures.

    Examples
    --------
    >>> spoken_in_figures("plank a minute and a half, easy run half an hour")
    'plank 1.5 minute, easy run 30 min'
    """
    if _half().search(text):
        text = _with_a_half().sub(_and_a_half, text)
    if _MINUTES_BEFORE_MORE.search(text):
        text = _minutes_and_seconds().sub(_as_a_clock, text)
    if (spoken := _spoken_times()).search(text):
        text = spoken.sub(lambda found: f"{_minutes()[plain(found[0])]} min", text)
    return text


@cache
def _minutes_and_seconds() -> re.Pattern[str]:
    """Return the pattern of "1 minute 30" and "one minute thirty", whose seconds have no unit."""
    known = amount_words()
    minute = alternatives(word for word in known["minutes"] if len(word) > len("min."))
    of = alternatives(word for word in known["of"] if word.isalpha() and len(word) > 1)
    seconds = alternatives(word for word, number in numbers().items() if number in _SECONDS_TOLD)
    return re.compile(
        rf"(?<![\w.,])(?P<minutes>[1-9]|{alternatives(_few())})\s*(?:{minute})\s+(?:(?:{joining('and')})\s+)?"
        rf"(?P<seconds>[1-5][05]|{seconds})(?=\s*(?:$|[,;.)/x×]|(?:{of})(?!\w)|d['’]))",
        re.IGNORECASE,
    )


def _few() -> Iterable[str]:
    return (word for word, number in numbers().items() if number < _MINUTES_TOLD)


def _as_a_clock(found: re.Match[str]) -> str:
    minutes, seconds = (
        told if told.isdigit() else f"{numbers()[told.casefold()]}"
        for told in (found["minutes"], found["seconds"])
    )
    return f"{minutes}:{seconds}"


def often_over(text: str) -> str:
    """Return a line with how often, and how far or long each time, as sets.

    Examples
    --------
    >>> often_over("high knees and carioca, 3 times each over 25 m")
    'high knees and carioca, 3x25 m each'
    """
    return _often_over().sub(_as_sets, text)


def holds_in_turn(text: str) -> str:
    """Return a line with a comma between two times that a hold was held for.

    Examples
    --------
    >>> holds_in_turn("plank 1 min and 1 min 30, wall sit 45 s + 60 s")
    'plank 1 min, 1 min 30, wall sit 45 s, 60 s'
    >>> holds_in_turn("2 planks (1 min, 45 s)")
    'planks 1 min, 45 s'
    """
    if _COUNTED_HOLDS.search(text):
        text = _counted_holds().sub(_one_by_one, text)
    return (
        _two_holds().sub(r"\g<before>\g<first>, \g<second>", text)
        if _TWO_HOLDS.search(text)
        else text
    )


_TWO_HOLDS = re.compile(
    r"[^\W\d_]\s*:?\s+\d{1,2}[^\d,;()]{1,12}\d?\d?\s?(?:[^\W\d_]{1,4}|\+|&)\s+\d"
)


_COUNTED_HOLDS = re.compile(r"(?<![\w.,])[2-5]\s?[x×]?\s[^\W\d_][^\d;:.+()]{2,30}[(,:\s]\s*\d")


@cache
def _held() -> str:
    """Return the pattern of a time shorter than five minutes."""
    known = amount_words()
    second, minute = alternatives(known["seconds"]), alternatives(known["minutes"])
    return (
        rf"(?:[1-4]\s?(?:{minute})(?![^\W\d_])(?:\s?[1-5]\d(?!\d)(?:\s?(?:{second})(?!\w))?)?"
        rf"|[0-4]:[0-5]\d(?!\w)|[1-9]\d\s?(?:{second})(?!\w))"
    )


@cache
def _counted_holds() -> re.Pattern[str]:
    """Return the pattern of how many holds there were, and of each: "2 planks (1 min, 45 s)"."""
    joined = rf"\s*(?:[,+&/]|(?<=\s)(?:{joining('and')})(?=\s))\s*"
    return re.compile(
        r"(?<![\w.,])(?P<times>[2-5])\s?[x×]?\s(?P<name>[^\W\d_][^\d,;:.+()]{2,30}?)\s*[(,:]\s*"
        rf"(?P<holds>{_held()}(?:{joined}{_held()})+)\)?(?=\s*(?:$|[,;]|\.(?!\d)))",
        re.IGNORECASE,
    )


def _one_by_one(found: re.Match[str]) -> str:
    holds = [each[0] for each in re.finditer(_held(), found["holds"], re.IGNORECASE)]
    if len(holds) != int(found["times"]):
        return found[0]
    return f"{found['name']} {', '.join(holds)}"


@cache
def _two_holds() -> re.Pattern[str]:
    """Return the pattern of two times behind a name, each shorter than five minutes."""
    side = alternatives(amount_words()["each_side"])
    return re.compile(
        rf"(?<=[^\W\d_]{{3}})(?P<before>\s*:?\s+)(?P<first>{_held()})\s+(?:{joining('and')}|\+|&)\s+"
        rf"(?P<second>{_held()})(?=\s*(?:$|[,;)]|\.(?!\d)|(?:{side})(?!\w)))",
        re.IGNORECASE,
    )


def run_apart(text: str) -> str:
    """Return a line that begins with what a run was before, with a sign behind the run.

    Examples
    --------
    >>> run_apart("After running 30 min I did 4 strides of 80 m")
    'After running 30 min; 4 strides of 80 m'
    """
    return _after_a_run().sub(_then_other_work, text)


@cache
def _after_a_run() -> re.Pattern[str]:
    known = amount_words()
    kinds = ("minutes", "hours", "kilometres", "miles")
    unit = alternatives(word for kind in kinds for word in known[kind])
    return re.compile(
        rf"^(?P<run>(?:{joining('after')})\s+(?P<before>[^\d,;:]{{0,20}}?)\s*\d{{1,3}}(?:[.,]\d)?\s?(?P<unit>{unit})(?!\w)"
        rf"(?P<behind>[^\d,;:]{{0,20}}?))(?:,?\s+(?P<did>{joining('did')}))?,?\s+"
        rf"(?=(?:\d{{1,2}}\s*(?:[x×]\s*\d{{1,2}}\s*)?[x×]?|(?:{joining('vague')})(?=\s))\s*"
        r"(?!min|km)[^\W\d_]{3})",
        re.IGNORECASE,
    )


def _then_other_work(found: re.Match[str]) -> str:
    told = [*found["before"].split(), *found["behind"].split()]
    ids = filter(None, map(named_exactly, told))
    is_far = found["unit"].casefold() in amount_words()["kilometres"]
    ran = not told or found["did"] or is_far
    ran = ran or any(kind_of_work(id) == "endurance" for id in ids)
    return f"{found['run']}; " if ran else found[0]


@cache
def _halves() -> Mapping[str, int]:
    """Return the numbers that words stand for with a half more: "anderthalb" is one and a half."""
    tables = (table.get("numbers_and_a_half", {}) for table in words_of("diary").values())
    return {word: number for table in tables for word, number in table.items()}


@cache
def _half() -> re.Pattern[str]:
    """Return the pattern of words for a half, which is quicker to look for than amounts with it."""
    words_for_it = {each.split()[-1] for kind in ("and_a_half", "a_half") for each in _listed(kind)}
    return re.compile(rf"(?:{any_of({*words_for_it, *_halves()})})(?!\w)|½|1/2", re.IGNORECASE)


def _listed(kind: str) -> tuple[str, ...]:
    return tuple(each for table in words_of("diary").values() for each in table.get(kind, ()))


@cache
def _with_a_half() -> re.Pattern[str]:
    """Return the pattern of times and ways with a half: "two and a half minutes", "1 1/2 km"."""
    known = amount_words()
    kinds = ("minutes", "hours", "kilometres", "miles", "kilograms")
    unit = alternatives(word for kind in kinds for word in known[kind])
    minute = alternatives(word for word in known["minutes"] if word.isalpha())
    number = rf"\d{{1,2}}|(?:{alternatives(numbers())})(?=\W)"
    half, alone = joining("and_a_half"), joining("a_half")
    return re.compile(
        rf"(?<![\w.,/])(?:(?P<first>{number})?\s*(?P<of_first>{unit})\s+(?:{half})(?!\w)"
        rf"|(?P<second>{number})\s*(?:(?:{half})|½|\s1/2)\s*(?P<of_second>{unit})(?!\w)"
        rf"|(?P<more>{alternatives(_halves())})\s+(?P<of_more>{unit})(?!\w)"
        rf"|(?:(?:{alone})[\s-]+|½\s*|1/2\s+)(?P<of_half>{minute})(?!\w))",
        re.IGNORECASE,
    )


def _and_a_half(found: re.Match[str]) -> str:
    if found["of_half"]:
        return f"0.5 {found['of_half']}"
    if found["more"]:
        return f"{_halves()[found['more'].casefold()]}.5 {found['of_more']}"
    told, unit = found["first"] or found["second"] or "1", found["of_first"] or found["of_second"]
    return f"{told if told.isdigit() else numbers()[told.casefold()]}.5 {unit}"


@cache
def _minutes() -> Mapping[str, int]:
    """Return the minutes of times in words, such as "half an hour", in all languages."""
    return {
        plain(phrase): int(minutes)
        for table in words_of("diary").values()
        for minutes, phrases in table.get("spoken_minutes", {}).items()
        for phrase in phrases
    }


@cache
def _spoken_times() -> re.Pattern[str]:
    phrases = {
        phrase
        for table in words_of("diary").values()
        for phrases in table.get("spoken_minutes", {}).values()
        for phrase in phrases
    }
    return re.compile(rf"(?<!\w)(?:{any_of(phrases)})(?!\w)", re.IGNORECASE)


@cache
def _often_over() -> re.Pattern[str]:
    """Return the pattern of "3 times each over 25 m", but not of "8 times in 20 s"."""
    known = amount_words()
    unit = alternatives(
        word for kind in ("metres", "seconds", "minutes") for word in known[kind] if word != "'"
    )
    rest = alternatives((*known["rest"], *known["between"]))
    ends = r"(?=\s*(?:$|[,;.)]))"
    return re.compile(
        rf"(?<![\w.,])(?P<times>\d{{1,2}})\s*(?:{alternatives(known['times'])})"
        rf"(?:\s+(?P<each>{joining('each')})(?!\w))?"
        rf"(?:\s+(?:{joining('over')})|(?P<apart>,))?\s+(?P<amount>\d{{1,3}}(?:\.\d)?\s?(?:{unit}))(?!\w|\s*(?:[^\W\d_]{{1,3}}\s+)?(?:{rest}))(?(apart){ends})",
        re.IGNORECASE,
    )


def _as_sets(found: re.Match[str]) -> str:
    each = f" {found['each']}" if found["each"] else ""
    return f"{found['times']}x{found['amount']}{each}"
