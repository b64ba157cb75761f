"""Amounts as they are spoken, in the figures and signs that `amounts` reads.

"A minute and a half" is 1.5 min, "three times each over 25 m" are 3x25 m of each, and "40 s left +
40 s right, x 2" are two sets of 40 s on each side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.cells import side_word
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.vocabulary import kind_of_work, movement
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, any_of, plain

#: As much on the other side, with how often before or behind both: "40s L + 40s R x 2", and with
#: the sides before both amounts, "L 40s R 40s x 2".
_OFTEN_BEHIND = r"(?:\s*,?\s*[x×*]\s*(?P<times>\d{1,2})(?![\w.,]))?"
_ON_BOTH_SIDES = re.compile(
    r"(?<![\w.,:])(?P<sets>\d{1,2}\s*[x×*]\s*)?\(?(?<![\d.,])(?P<number>\d{1,3})\s?(?P<unit>se[ckg]s?|s|m)?"
    r"\s*(?P<one>(?!se[ckg]|s\b|m\b)[^\W\d_]{1,9})\.?\s*(?:[+/&,]|[^\W\d_]{1,3}\s)?\s*(?(sets)(?:(?P=sets))?)"
    r"(?P=number)\s?(?(unit)(?P=unit))\s*(?P<other>[^\W\d_]{1,9})\.?(?!\w)\)?" + _OFTEN_BEHIND,
    re.IGNORECASE,
)
_SIDES_FIRST = re.compile(
    r"(?<![\w-])(?P<sets>\d{1,2}\s*[x×*]\s*)?\(?(?P<one>[^\W\d_]{1,9})\.?[\s:]\s*(?P<number>\d{1,3})"
    r"\s?(?P<unit>se[ckg]s?|s|m)?(?![^\W\d_])\s*(?:[+/&,]\s*|[^\W\d_]{1,3}\s+)?"
    r"(?P<other>[^\W\d_]{1,9})\.?[\s:]\s*(?P=number)\s?(?(unit)(?P=unit))(?!\w)\)?" + _OFTEN_BEHIND,
    re.IGNORECASE,
)
#: ... and what it needs, which is quicker to look for: one number twice, and a word between.
_ONE_NUMBER_TWICE = re.compile(
    r"(?<!\d)(\d{1,3})(?=\D)[^\d,;]{1,24}[,+]?[^\d;]{0,12}(?<!\d)\1(?!\d)"
)
#: As much on either side without a word for them, "8+8", and what the name of it stands between.
_AGAIN = re.compile(r"(?<![\w.,+])(\d{1,2})\s?(?:s|se[ckg]|[\"″]|'')?\s?\+\s?\1(?!\d)", re.I)
_BESIDE_A_NAME, _MOST_WORDS = re.compile(r"[,;+()\[\]\d]"), 5
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
    >>> spoken_in_figures("side plank 40s L + 40s R x 2")
    'side plank 2x40s each side'
    """
    if _half().search(text):
        text = _with_a_half().sub(_and_a_half, text)
    if _MINUTES_BEFORE_MORE.search(text):
        text = _minutes_and_seconds().sub(_as_a_clock, text)
    if (spoken := _spoken_times()).search(text):
        text = spoken.sub(lambda found: f"{_minutes()[plain(found[0])]} min", text)
    if _ONE_NUMBER_TWICE.search(text):
        text = _SIDES_FIRST.sub(_on_each_side, _ON_BOTH_SIDES.sub(_on_each_side, text))
    if "+" in text and _AGAIN.search(text):
        text = _as_much_again().sub(_with_the_other, text)
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


def _on_each_side(found: re.Match[str]) -> str:
    if {side_word(found["one"]), side_word(found["other"])} != {"left", "right"}:
        return found[0]
    if found["sets"] and found["times"]:
        return found[0]
    often = found["times"] or (found["sets"] or "").rstrip("x×* ")
    return _each_side(often, found["number"], found["unit"])


def _each_side(often: str | None, number: str, unit: str | None) -> str:
    # A bare number behind a name may be the height of a box.
    times = f"{often}x" if often else "" if unit else "x"
    return f"{times}{number}{unit or ''} each side"


@cache
def _as_much_again() -> re.Pattern[str]:
    """Return the pattern of "8+8" and "30 s + 30 s", with how often behind it."""
    sets = alternatives((*amount_words()["sets"], *amount_words()["times"]))
    unit = r"s|se[ckg]|[\"″]|''"
    return re.compile(
        rf"(?<![\w.,+])(?P<number>\d{{1,2}})\s?(?P<unit>{unit})?\s?\+\s?(?P=number)\s?(?P<same>{unit})?"
        rf"(?:\s*[x×*]\s*(?P<times>\d{{1,2}})(?!\w)|,?\s+(?P<often>\d{{1,2}})\s*(?:{sets})(?!\w))?"
        r"(?!\w|\s*[+x×*])",
        re.IGNORECASE,
    )


def _with_the_other(found: re.Match[str]) -> str:
    """Return "8+8" of what is done with one side after the other as so much each side."""
    behind = _BESIDE_A_NAME.split(found.string[found.end() :])[0].split()
    before = _BESIDE_A_NAME.split(found.string[: found.start()].rstrip(": "))[-1].split()
    names = [" ".join(before[-n:]) for n in range(1, min(len(before), _MOST_WORDS) + 1)]
    names += [" ".join(behind[:n]) for n in range(1, min(len(behind), _MOST_WORDS) + 1)]
    ids = list(filter(None, map(named_exactly, names)))
    if not any(movement(id).sides == "one" or "core" in movement(id).categories for id in ids):
        return found[0]
    often = found["times"] or found["often"]
    return _each_side(often, found["number"], found["unit"] or found["same"])


@cache
def _often_over() -> re.Pattern[str]:
    """Return the pattern of "3 times each over 25 m", but not of "8 times in 20 s"."""
    known = amount_words()
    unit = alternatives(
        word for kind in ("metres", "seconds", "minutes") for word in known[kind] if word != "'"
    )
    rest = alternatives((*known["rest"], *known["between"]))
    return re.compile(
        rf"(?<![\w.,])(?P<times>\d{{1,2}})\s*(?:{alternatives(known['times'])})"
        rf"(?:\s+(?P<each>{joining('each')})(?!\w))?"
        rf"(?:\s+(?:{joining('over')})|,)?\s+(?P<amount>\d{{1,3}}(?:\.\d)?\s?(?:{unit}))(?!\w|\s*(?:{rest}))",
        re.IGNORECASE,
    )


def _as_sets(found: re.Match[str]) -> str:
    each = f" {found['each']}" if found["each"] else ""
    return f"{found['times']}x{found['amount']}{each}"
