"""Weights, times and distances of one set each, in the spelling that `amounts` reads.

People write what each set was as a list: "3x8 (60, 65, 70 kg)", "5 à 60 kg, 5 à 70, 3 à 80",
"135x5, 155x5 (lbs)", "60/70/80 kg x 5", "plank 60/45/30 s". A unit that stands once holds for the
whole list. Each set is told here with its own weight first, "60 kg x 5, 70 kg x 5".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.ladders import in_ladders
from runanalytics.movements.diary_lines.pieces import any_joining, is_recovery, joining
from runanalytics.movements.diary_lines.unit_of_weights import (
    with_added_weights,
    with_unit_of_weights,
)
from runanalytics.movements.names import lexicon, words
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, any_of, every

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
#: A weight, and its unit.
_LOAD, _UNIT = r"\d{1,3}(?:\.\d{1,2}|,(?:25|5|75)(?!\d))?", r"(?:kgs?|lbs?)(?!\w)"
#: A weight with a decimal comma, which is no comma between two weights: "37,5 kg".
_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,x×*])(?<![x×*]\s)(\d{1,3}),(\d|25|50|75)(?=(?:(?:\s*[/;-]\s*|,\s+|\s+[^\W\d_]{1,3}\s+)\d{1,3}(?:[.,]\d{1,2})?)*\s*(?:kg|lbs?)(?!\w))",
    re.IGNORECASE,
)
#: "10+10+8" repetitions, and "60/45/30 s": three or more in a row are one set each.
_IN_A_ROW = re.compile(
    r"(?<![\w.,x×*+])\d{1,3}(?:\s?\+\s?\d{1,3}){2,}(?![\w.+\"'″′]|\s*(?:min|kg|km|m|s)\b)"
)
#: What the pattern of quantities needs, which takes longer to make than to look for this.
_SEVERAL_NUMBERS = re.compile(r"\d\s*[/,-]\s*\d{1,3}\s*[/,-]\s*\d|\d\s+[^\W\d_]{1,3}\s+\d")
#: What the patterns of rows need, which take longer to make than to look for this.
_ONE_OF_A_ROW = (
    r"\d\s*(?:(?:kg|lb)s?\s*)?(?:[^\W\d_]{2,14}\.?\s+)?(?:[@x×*]|[^\W\d_]{1,8}\s)\s*"
    r"\d[\d.,]*\s*(?:kg|lb)?s?"
)
_A_ROW = re.compile(
    rf"{_ONE_OF_A_ROW}\s*[,;/+]?\s*(?:[^\W\d_]{{1,14}}\s+){{0,3}}\d*[.,]?{_ONE_OF_A_ROW}",
    re.IGNORECASE,
)
#: So many repetitions may stand before two dumbbells: "step-ups 3x20 2x10 kg" are no row.
_MOST_BEFORE_TWO = 30.0
#: Another exercise behind a row of sets, "... and lunges".
_AND_A_NAME = re.compile(r"\s+(?:and|und|et|e|y|then|dann|puis|poi|luego)\s+[^\W\d_]", re.I)
_WORDS_BEFORE_LOADS = re.compile(
    r"(?:^|[,;:]\s|\s[^\W\d_]+\s)[^\W\d_]+:?\s\d[\d.]*\s(?:kg|lb)s? x \d"
)
#: ... those of a weight that grows from set to set, ...
_WEIGHTS_BEHIND_SETS = re.compile(
    r"\d\s*(?:[x×*]|[^\W\d_]+\.?\s+[^\W\d_]{1,3})\s*\d{1,3}[^\d;]{1,60}\d[\d.,]*\s*(?:kg|lb)s?"
    r"[^\d]{1,25}(?:(?<=[+–-])\d|\d[\d.,]*\s*(?:kg|lb))",
    re.IGNORECASE,
)
#: ... a first weight and a last one, "5x3 from 60-80 kg", and sets behind "and", ...
_A_SPAN = re.compile(
    r"(?<![\d.,x×*])(?<![x×*]\s)\d[\d.,]*\s*(?:kg|lb)?s?(?:\s?[-–]\s?|\s+[^\W\d_]{1,4}\s+)\d[\d.,]*\s*(?:kg|lb)",
    re.IGNORECASE,
)
_AND_SETS = re.compile(r"(?:kg|lb)s?\s+[^\W\d_]{1,5}\s+\d{1,2}\s*[x×*]", re.IGNORECASE)
#: ... and a list of weights beside repetitions.
_LISTED_LOADS = re.compile(
    r"\d[^\d;]{1,45}(?<![x×*])(?<![x×*]\s)\d[\d.,]*(?:\s*(?:kg|lb)s?)?\s*(?:[,/;-]|\s[^\W\d_]{1,7}\s)\s*"
    r"(?:[^\W\d_]{1,7}\s)?\d[\d.,]*\s*(?:kg|lb)|\d\s*[/-]\s*\d[\d.,]*\s*(?:kg|lb)s?\s+[^\W\d_]{1,3}\s",
    re.IGNORECASE,
)
#: ... a bar, and a weight before the last words.
_A_BAR = re.compile(r"bar|bilanc|stange|langhantel", re.IGNORECASE)
_EMPTY = re.compile(
    r"(?<!\w)(?:(?:an?|the|der|einer)\s+)?(?:empty|leere[rn]?)\s+(?P<load>\d[\d.,]*[\s-]?kg)[\s-]"
    r"(?:bar|barbell|stange|langhantel)(?!\w)",
    re.IGNORECASE,
)
_WEIGHT_AT_THE_END = re.compile(r"\d[\s-]?(?:kg|lb)s?\b[^\d,;]{3,60}$", re.IGNORECASE)
#: The unit of all weights of a line, at its end: "cleans 5x3@50, snatches 4x2@35 (kg)".
_UNIT_OF_ALL = re.compile(
    r"(?:\s*\((?P<unit>kgs?|lbs?|kilos?)\)(?=\s*(?:$|[,;.]))|\s+[-–—]\s+(?P<behind>kgs?|lbs?)\s*$)",
    re.IGNORECASE,
)
#: ... which may stand behind sets without a sign: "leg curls 3x12 20, leg press 3x12 80 (kg)".
_BEHIND_SETS = re.compile(
    r"((?<![\w.,])\d{1,2}\s*[x×*]\s*\d{1,2}\s+\d{1,3}(?:\.\d{1,2})?)(?=\s*(?:$|[,;)/]))"
)
_ENDS_WITH_REPS = re.compile(r"\d\s*[x×*]\s*\d{1,2}$")
_BESIDE = re.compile(r"\s+([^\W\d_][^,;.()]*)")
_SENTENCE_ENDS = re.compile(r"(;|\.\s+(?=[^\W_a-z]))")
_WITHOUT_UNIT = re.compile(
    r"(?P<at>@\s*|(?<=\d\s)(?:at|with|mit|bei|à|a|avec|con)\s+|(?<=[x×*]\d)\s*\((?=[\d.,]+\))"
    r"|(?<=[x×*]\d\d)\s*\((?=[\d.,]+\))|(?<=[x×*]\s\d)\s*\((?=[\d.,]+\))"
    r"|(?<=[x×*]\s\d\d)\s*\((?=[\d.,]+\)))"
    r"(?P<load>\d{1,3}(?:[.,]\d{1,2})?)(?![\d:]|[.,]\d|\s*(?:[x×*%]|kg|lb|km|m\b|s\b|min))",
    re.IGNORECASE,
)
#: A weight without its unit where others have one: "3x8@40", "3x15 mit 40", "kb da 16"; up to 10 it
#: may be how hard it was.
_AS_OTHERS = re.compile(
    r"(?P<at>(?:(?<=\d)|(?<=\d\s))@\s*|(?<=[x×*]\d\s)(?:at|with|mit|bei|à|a|avec|con)\s+"
    r"|(?<=[x×*]\d\d\s)(?:at|with|mit|bei|à|a|avec|con)\s+"
    r"|(?<=[x×*]\s\d\s)(?:at|with|mit|bei|à|a|avec|con)\s+"
    r"|(?<=[x×*]\s\d\d\s)(?:at|with|mit|bei|à|a|avec|con)\s+"
    r"|(?<!\w)(?:kb|kettlebell|db)\s+(?:da|de|à|of|mit)\s+)"
    r"(?P<load>1[1-9](?:[.,]\d{1,2})?|[2-9]\d(?:[.,]\d{1,2})?|[12]\d\d(?:[.,]5)?)(?=\s*(?:$|[,;)]|\.(?!\d)))(?!,\d)",
    re.IGNORECASE,
)
_LEAST_ALONE = 2
_A_UNIT = re.compile(r"\d[\s-]?(kg|lb)s?(?!\w)", re.IGNORECASE)
#: "squats 5 @ 80 kg": once, so often.
_ONCE_AT = re.compile(
    r"(?<=[^\W\d_]{3}\s)(\d{1,2})\s*@\s*(\d{1,3}(?:[.,]\d{1,2})?\s*(?:kg|lb)s?)(?!\w|\s*[x×*,/-]\s*\d)",
    re.IGNORECASE,
)
_SETS_WITHOUT_UNIT = re.compile(
    r"(\d{1,2}\s*[x×*]\s*\d{1,3})(?![\d.,:]*\d|\s*(?:[x×*]|kg|lb|m\b|s\b|min))", re.IGNORECASE
)
#: "4x8 24k" is a weight, as "4x8 @ 24k" is.
_THOUSANDS = re.compile(r"([x×*]\s*\d{1,2}\s+|@\s*)(\d{1,3}(?:[.,]\d)?)\s?k(?!\w)", re.IGNORECASE)
#: Weights told as a first and a last one may be rounded by so much, kg.
_ROUNDED_KG = 0.3
_TIMES_SIGNS = ("x", "X", "×", "*")
#: From this weight on, a number beside "x" is no number of sets or repetitions: "5x60".
_LEAST_LOAD = 20.0


#: "Kettlebell" of so many kilograms, "mit der 16er Kettlebell" and "1x16 kg kettlebell", and a ball
#: that has a weight.
_OF_SO_MANY = re.compile(
    r"(?<![\w.,])(?:(?P<kg>\d{1,3})er[\s-]+|1\s?[x×]\s?(?P<load>\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)\s+))"
    r"(?=(?P<what>[^\W\d_]{2,}))",
    re.IGNORECASE,
)
#: "the 12 (12 kg)": said twice.
_TENS_AND_KILOGRAMS = re.compile(r"(?<!\w)(\d{1,3})er\s*\((?P<kg>\1\s?kg)\)", re.IGNORECASE)
#: Hands, and what may be a weight in each of them.
_HELD = 2
_WORDS = re.compile(r"\w+")
_MAY_BE_TWO = re.compile(
    r"[^\W\d_]\s+(?:2|[^\W\d_]{3,4})(?:\s+[^\W\d_]{1,3})?[\sx×]+\d{1,3}(?:[.,]\d)?[\s-]?(?:kg|lb)",
    re.IGNORECASE,
)
_BALL = re.compile(
    r"(?P<weight>\d[\s-]?(?:kg|lbs?)[\s-]+)(?:med\s)?balls?(?![\w-])"
    r"|(?<!\w)(?:ballon|pelota|balón|balon|palla)(?=\s+(?:de|da|di)\s\d+(?:[.,]\d)?\s?kg)",
    re.IGNORECASE,
)


def with_kilograms(text: str) -> str:
    """Return a line with the weights of bars, balls and kettlebells told as all others are.

    Examples
    --------
    >>> with_kilograms("Swings mit der 16er Kettlebell, Wall Balls mit 6-kg-Ball")
    'Swings mit der 16 kg Kettlebell, Wall Balls mit 6-kg-medicineball'
    >>> with_kilograms("good mornings, just the bar (20 kg)")
    'good mornings, barbell (20 kg)'
    >>> with_kilograms("squat 2x10 just the bar, 3x5 @ 60 kg")
    'squat 2x10, 3x5 @ 60 kg'
    """
    text = with_added_weights(text)
    if _has_weight(text):
        text = _BALL.sub(r"\g<weight>medicineball", text)
    if _A_BAR.search(text):
        text = _EMPTY.sub(r"\g<load>", text)
        text = _bare_bar().sub("barbell", _bare_bar_behind().sub("", text))
    if ("kg" in text or "lb" in text) and _MAY_BE_TWO.search(text):
        text = _two_weights().sub(r"\g<held> 2 \g<load> kettlebells", text)
    if "kg" in text or "lb" in text:
        text = _TENS_AND_KILOGRAMS.sub(r"\g<kg>", text)
        if not _so_many().isdisjoint(_WORDS.findall(text.casefold())):
            text = _so_many_of().sub(_held, text)
    return _OF_SO_MANY.sub(_in_kilograms, text)


def _has_weight(text: str) -> bool:
    """Return whether a text may have a weight with its unit, which most do not."""
    folded = text.casefold()
    return "kg" in folded or "lb" in folded


def _held(found: re.Match[str]) -> str:
    """Return two weights by a name of several, and one without its number."""
    if found["one"]:
        return ""
    known = amount_words()["dumbbells"]
    return found[0] if found["two"].casefold() in known else "2 kettlebells"


@cache
def _so_many() -> frozenset[str]:
    """Return one and two, in digits and in words, in lower case."""
    told = (word.casefold() for word, number in _numbers() if number in (1, _HELD))
    return frozenset(("1", "2", *told))


@cache
def _so_many_of() -> re.Pattern[str]:
    """Return the pattern of how many were held before a weight: "1 manubrio da 14 kg", "2 KH"."""
    numbers = dict(_numbers())
    one, two = (
        alternatives({str(n), *(word for word, number in numbers.items() if number == n)})
        for n in (1, _HELD)
    )
    what = joining("what_again")
    at = rf"(?:\s+(?:{_at()}))?\s*\(?{_LOAD}[\s-]?{_UNIT}"
    return re.compile(
        rf"(?<![\w.,/x×*])(?:(?P<one>{one})\s+(?=(?:{what}){at}|{_LOAD}[\s-]?(?:kg|lbs?)[\s-]+(?:{what})(?!\w))"
        rf"|(?:{two})\s+(?P<two>{what})(?={at}))",
        re.IGNORECASE,
    )


@cache
def _two_weights() -> re.Pattern[str]:
    """Return the pattern of two weights without a name: "with two of 16 kg", "with 2x8 kg, 3x9"."""
    two = alternatives({"2", *(word for word, number in _numbers() if number == _HELD)})
    known = amount_words()
    named = alternatives((*known["dumbbells"], *known["each_hand"]))
    sets = alternatives(known["sets"])
    return re.compile(
        rf"(?<!\w)(?P<held>{joining('with')})\s+(?:{two})"
        rf"(?:\s*[x×]\s*(?=[\d.,]+\s?{_UNIT}[\s,:]+\d{{1,2}}\s*(?:[x×]|{sets}))"
        rf"|\s+(?:(?:{_at()})\s+)?)"
        rf"(?P<load>{_LOAD}[\s-]?{_UNIT})(?![\s-]+(?:{named})(?!\w))(?:\s+bells)?(?!\s*[x×*])",
        re.IGNORECASE,
    )


def _numbers() -> Iterable[tuple[str, int]]:
    return (
        each for table in words_of("diary").values() for each in table.get("numbers", {}).items()
    )


@cache
def _bare_bar() -> re.Pattern[str]:
    """Return the pattern of a bar without weights: "just the bar", "à la barre à vide"."""
    return re.compile(rf"(?<!\w)(?:{any_of(every('diary.bare_bar'))})(?!\w)", re.IGNORECASE)


@cache
def _bare_bar_behind() -> re.Pattern[str]:
    """Return the pattern of a bar without weights behind sets, which says no more than that."""
    with_ = rf"(?:(?:{joining('with')})\s+(?:[^\W\d_]{{1,5}}\s+)?)?"
    told = rf"{with_}(?:{any_of(every('diary.bare_bar'))})"
    return re.compile(rf"(?<=\d)\s+(?:\({told}\)|{told})(?=\s*(?:$|[,;]|\.(?!\d)))", re.IGNORECASE)


def _in_kilograms(found: re.Match[str]) -> str:
    """Return "16 kg" of "16er" and "1x16 kg" before what is a weight."""
    if not lexicon().loads.issuperset(words(found["what"]) or " "):
        return found[0]
    return found["load"] or f"{found['kg']} kg "


def with_units(text: str) -> str:
    """Return a line with the unit at each amount that is told once for all of them.

    Examples
    --------
    >>> with_units("cleans 5x3@50, snatches 4x2@35 (kg)")
    'cleans 5x3@50 kg, snatches 4x2@35 kg'
    >>> with_units("high knees 2x20, skips 2x20 (all metres)")
    'high knees 2x20 metres, skips 2x20 metres'
    >>> with_units("squat 4x5 82,5 kg, bench 3x8@40"), with_units("bench 3x8 @ 40")
    ('squat 4x5 82,5 kg, bench 3x8@40 kg', 'bench 3x8 @ 40')
    """
    text = with_unit_of_weights(_kilos().sub("kg", _THOUSANDS.sub(r"\1\2 kg", text)))
    if _has_weight(text):
        text = _COUNT_AT_A_WEIGHT.sub(" reps ", text)
    if _WEIGHT_AT_THE_END.search(text) and (throughout := _throughout()).search(text):
        return throughout.sub(r"; all with \g<what>", text)
    if ":" in text and (ahead := _quantity_ahead().match(text)):
        rest = _SENTENCE_ENDS.split(text[ahead.end() :], maxsplit=1)
        rest[0] = _SETS_WITHOUT_UNIT.sub(rf"\1 {ahead['unit']}", rest[0])
        return f"{ahead['head']}: {''.join(rest)}"
    if of_all := _UNIT_OF_ALL.search(text):
        unit, before = of_all["unit"] or of_all["behind"], text[: of_all.start()]
        told = _BEHIND_SETS.sub(rf"\1 {unit}", _WITHOUT_UNIT.sub(rf"\g<at>\g<load> {unit}", before))
        # "Squat 3x5, 80 (kg)" keeps its unit, and of "squat 3x5 (kg)" no weight is told.
        if told == before and _ENDS_WITH_REPS.search(before):
            return text
        told = told if told != before else f"{before} {unit}"
        return f"{told}{text[of_all.end() :]}"
    if ")" in text and (of_all := _quantity_of_all().search(text)):
        told = _SETS_WITHOUT_UNIT.sub(rf"\1 {of_all['unit']}", text[: of_all.start()])
        changed = told != text[: of_all.start()]
        return f"{told}{text[of_all.end() :]}" if changed else text
    if weights_alone(text):
        return _AT_ALONE.sub(r"\g<sets> @ \g<load> kg", text)
    if "%" not in text and _AS_OTHERS.search(text):
        units = {unit.casefold() for unit in _A_UNIT.findall(text)}
        return _AS_OTHERS.sub(rf"\g<at>\g<load> {units.pop()}", text) if len(units) == 1 else text
    return text


#: Sets and a weight without its unit, in a line that has none: "squat 5x5@65, bench 5x5@45".
_AT_ALONE = re.compile(
    r"(?P<sets>(?<![\w.,])\d{1,2}\s*[x×*]\s*(?:1[0-5]|\d))\s*@\s*(?P<load>(?:[2-9]\d|1\d\d)(?:[.,]5)?)"
    r"(?![\d:#]|[.,]\d|\s*(?:[%#x×*'\"]|[^\W\d_]{1,3}(?![\w=])|watt))",
    re.IGNORECASE,
)


def weights_alone(text: str) -> list[str]:
    """Return weights of several sets that no unit is told of; one alone may be a percentage.

    Examples
    --------
    >>> weights_alone("squat 5x5@65, bench 5x5@45"), weights_alone("squat 5x5@65")
    (['65', '45'], [])
    """
    if text.count("@") < _LEAST_ALONE or _A_UNIT.search(text):
        return []
    told = [found["load"] for found in _AT_ALONE.finditer(text)]
    return told if len(told) >= _LEAST_ALONE else []


#: "hip thrusts 8 @ 80 kg": how often, behind a name and before a weight.
_COUNT_AT_A_WEIGHT = re.compile(
    r"(?:(?<=[^\W\d_]{3}\s\d)|(?<=[^\W\d_]{2}\s\d\d)(?<!\sd[ea]\s\d\d))(?<!desde\s\d)(?<!desde\s\d\d)\s+"
    r"(?=(?:@|at|mit|bei|con|avec|à|a)\s*\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)(?!\w)"
    r"|\(\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)\))",
    re.IGNORECASE,
)


@cache
def _quantity_ahead() -> re.Pattern[str]:
    """Return the pattern of the unit of all in a heading: "drills (metres): skips 2x20"."""
    known = amount_words()
    unit = alternatives(
        word for word in (*known["seconds"], *known["metres"]) if len(word) > len("sec")
    )
    return re.compile(
        r"(?P<head>[^\W\d_][^:;()\d]{1,40}?)(?:\s*\(|,?\s+in\s|,\s+)(?:[^\W\d_]{2,6}\s+){0,2}"
        rf"(?P<unit>{unit})\)?\s*:\s+",
        re.IGNORECASE,
    )


@cache
def _kilos() -> re.Pattern[str]:
    """Return the pattern of kilograms in words, behind a number: "60 kilos"."""
    told = alternatives(word for word in amount_words()["kilograms"] if len(word) > len("kgs"))
    return re.compile(rf"(?:(?<=\d)|(?<=\d\s))(?:{told})(?!\w)", re.IGNORECASE)


@cache
def _throughout() -> re.Pattern[str]:
    """Return the pattern of the weight of all parts: "(a 14 kg kettlebell throughout)"."""
    return re.compile(
        rf"\s*[,;(]\s*(?:(?:with|mit|avec|con)\s+)?(?:an?\s|eine[rmn]?\s|une?\s|una\s)?"
        rf"(?P<what>[^,;()]*\d[\s-]?(?:kg|lb)s?(?!\w)[^,;()]*?)\s+(?:{joining('throughout')})\)?[\s.!]*$",
        re.IGNORECASE,
    )


@cache
def _quantity_of_all() -> re.Pattern[str]:
    """Return the pattern of the unit of all distances or times of a line: "(all metres)"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"]))
    return re.compile(
        rf"\s*\((?:[^\W\d_]{{2,6}}\s+){{0,2}}(?P<unit>{unit})\)(?=\s*(?:$|[,;.]|[^\W\d_]))",
        re.IGNORECASE,
    )


def one_a_set(text: str) -> str:
    """Return a line with the weight, time or distance behind each set that it is of.

    Examples
    --------
    >>> one_a_set("squat 5 at 60 kg, 5 at 70, 3 at 80")
    'squat 60 kg x 5, 70 kg x 5, 80 kg x 3'
    >>> one_a_set("squat 60/70 kg x 5, plank 60/45/30 s")
    'squat 60 kg x 5, 70 kg x 5, plank 60 s, 45 s, 30 s'
    """
    if _has_weight(text):
        behind, unit_first, at_load = _loads()
        text = in_ladders(_DECIMAL_COMMA.sub(r"\1.\2", text))
        if _WEIGHTS_BEHIND_SETS.search(text):
            text = _in_steps().sub(_stepped, text)
        if _A_SPAN.search(text):
            text = _from_to().sub(_up_to, text)
        if _perhaps_some().search(text):
            text = _some_with(text)
        if _AND_SETS.search(text):
            text = _and_other_sets().sub(", ", text)
        if _A_ROW.search(text):
            text = _load_behind().sub(_loads_in_a_row, text)
            text = _load_before().sub(_loads_in_a_row, text)
            if _WORDS_BEFORE_LOADS.search(text):
                text = _rising_before().sub("", text)
        text = unit_first.sub(r"\1 \3 \2", behind.sub(r"\1\2 ", text))
        if _LISTED_LOADS.search(text):
            of_each_set, loads_first, *each_alike = _lists_of_loads()
            text = loads_first.sub(_with_its_load, of_each_set.sub(_with_its_load, text))
            for pattern in each_alike:
                text = pattern.sub(_alike, text)
        if len(at_load.findall(text)) > 1:
            text = at_load.sub(r"\2 x \1", text)
        elif "@" in text:
            text = _ONCE_AT.sub(r"\2 x \1", text)
    text = _IN_A_ROW.sub(lambda found: "/".join(_NUMBER.findall(found[0])), text)
    if not _SEVERAL_NUMBERS.search(text):
        return text
    return _quantities().sub(_with_unit_each, text)


def _with_unit_each(found: re.Match[str]) -> str:
    """Return "60 m, 80 m" of "60/80 m", and how one came back apart: "60/80 m walk back"."""
    behind = _BESIDE.match(found.string, found.end())
    apart = "," if behind and is_recovery(behind[1]) else ""
    told = ", ".join(f"{one} {found['unit']}" for one in _NUMBER.findall(found["each"]))
    return f"{told}{apart}"


def _at() -> str:
    words = (word for word in amount_words()["of"] if len(word) > 1)
    return rf"(?:at|with|con|avec|bei|{alternatives(words)}|à|a)(?=\s)"


@cache
def _loads() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of weights that stand in another place than behind their sets.

    These are "3x10/60 kg", and "3x10-60 kg" where no range is meant; "3x10 kg 12"; and "8 @ 60 kg,
    6 @ 70 kg".
    """
    patterns = (
        rf"(?<=[x×*])(\s*)(\d{{1,2}})\s*(?:/|-(?=[3-9]\d|1\d\d))\s*(?={_LOAD}\s*{_UNIT})",
        rf"([x×*]\s*\d{{1,3}}|[^\W\d_])\s+(kgs?)\s?({_LOAD})(?!\s*(?:[x×*]|kg)|\w)",
        rf"(?<![\w.,/x×*@-])(?<![x×*]\s)(?<!\d,\s)(\d{{1,2}})\s*@\s*({_LOAD}\s*{_UNIT})",
    )
    return tuple(re.compile(each, re.IGNORECASE) for each in patterns)


@cache
def _lists_of_loads() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a list of weights, one of each set.

    These are "3x8 (60, 65, 70 kg)", "8/6/4 @ 60/70/80 kg" and "12, 10, 8 squats with 40, 50 and
    60 kg"; "60-70-80 kg, 8-6-4"; and "60/70/80 kg x 5".
    """
    known = amount_words()
    then = joining("then")
    between = rf"(?:\s*[,/;-]\s*(?:(?:{then})\s+)?|,?\s+(?:{joining('and')}|{then})\s+)"
    counted = rf"\s*(?:{alternatives(known['repetitions'])})(?!\w)\.?"
    reps = rf"(?:{counted})?"
    small = r"(?:[^\W\d_]{1,4}\s+)?"
    each, ends = joining("each"), r"(?![\dx×*/-]|[.,]\d)"
    side = rf"(?P<side>\s*(?:{alternatives(known['each_side'])})(?!\w))?"
    withs = rf"@|{joining('with')}|at|bei|à|a"
    patterns = (
        rf"(?<![\w.,/x×*-])(?<![x×*]\s)(?:{_sets_of()}|(?P<reps>\d{{1,3}}(?:{between}\d{{1,3}}){{1,9}})"
        rf"|(?P<alike>\d{{1,2}})(?={counted})"
        rf"|(?:{alternatives(known['sets'])})\s+(?:{alternatives(known['of'])})\s+(?P<of>\d{{1,2}}))(?!\d)"
        rf"{reps}{side}"
        rf"(?:(?P<name>\s+[^\W\d_][^\d,;:+()&]{{2,40}}?)(?=\s+(?:{withs})\s|\s*\())?"
        rf"(?:\s*[@:,]|\s+[-–—](?=\s))?\s*{small}(?:(?:{joining('weights')})\s+)?(?:(?:{joining('rising')})\s*:?\s+)?"
        rf"{small}\s*(?P<open>\()?"
        rf"(?P<loads>(?:{_LOAD}(?:\s*{_UNIT})?{between}){{1,9}}{_LOAD})\s*(?P<unit>{_UNIT})"
        rf"(?(open)(?P<what>[^()\d]*)\)|(?:\s+(?:{alternatives(known['dumbbells'])})(?!\w))?)",
        rf"(?<![\w.,/x×*-])(?<![x×*]\s)(?P<loads>(?:{_LOAD}{between}){{1,9}}{_LOAD})\s*(?P<unit>{_UNIT})"
        rf"(?P<name>)(?P<what>)\s*[,x×*:]\s*(?P<reps>\d{{1,3}}(?:\s*[,/-]\s*\d{{1,3}})+)"
        rf"(?!\s*(?:[x×*.:\d]|kg|lb)){reps}{side}",
        rf"(?<![\w.,/x×*-])(?<![x×*]\s)(?P<loads>{_LOAD}(?:\s*[/-]\s*{_LOAD})+)\s*(?P<unit>{_UNIT})\s*"
        rf"(?:[x×*]|(?:{_at()}))\s*(?P<each>\d{{1,2}}){ends}{reps}(?:\s+(?:{each})(?!\w))?",
        rf"(?<![\w.,/x×*@-])(?P<loads>{_LOAD}(?:{between}{_LOAD})+)\s*(?P<unit>{_UNIT})\s*[,:(]\s*"
        rf"(?=(?:(?:{each})\s+)?{small}\d+(?:{counted}|\s+(?:{each})(?!\w))|(?:{each})\s)"
        rf"(?:(?:{each})\s+)?{small}(?P<each>\d{{1,2}}){ends}{reps}(?:\s+(?:{each})(?!\w))?\)?",
    )
    return tuple(re.compile(each, re.IGNORECASE) for each in patterns)


#: A weight without its unit beside "x", which no name or other unit stands behind: "8x60, 6x70 kg".
_BARE_LOAD = r"(?:[2-9]\d|[1-4]\d\d)(?:[.,]\d{1,2})?(?![\d.:]|,\d|\s*[^\s\d,;/+.()$-])"
_ENDS = r"(?![\d:]|[.,]\d|\s*(?:[x×*%]|\w{1,3}[\"'″′]))"


@cache
def _load_behind() -> re.Pattern[str]:
    """Return the pattern of repetitions with the weight of each set: "5 à 60 kg, 5 à 70"."""
    reps = rf"(?:\s*(?:{alternatives(amount_words()['repetitions'])})(?!\w)\.?)?"
    return _row(
        rf"\d{{1,2}}{reps}\s*(?:(?:@|{_at()})\s*{_LOAD}{_ENDS}(?:\s*{_UNIT})?"
        rf"|[x×*]\s*(?:{_LOAD}\s*{_UNIT}|{_BARE_LOAD}))"
    )


@cache
def _load_before() -> re.Pattern[str]:
    """Return the pattern of the weight of each set before its repetitions: "135x5, 155x5 lbs"."""
    return _row(
        rf"(?:{_LOAD}\s*{_UNIT}\s*[x×*]?|(?:[2-9]\d|[1-4]\d\d)(?:[.,]\d{{1,2}})?\s*[x×*])\s*\d{{1,2}}"
        r"(?![\d:]|[.,]\d|\s*(?:[x×*%]|[ms]\b|se[ckg]|rounds?)|\s*[\"'″′])"
    )


@cache
def _and_other_sets() -> re.Pattern[str]:
    """Return the pattern of what joins sets and others, each with its weight, of one name."""
    each = rf"\d{{1,2}}\s*[x×*]\s*\d{{1,3}}\s+(?:(?:{_at()}|@)\s*)?{_LOAD}\s*{_UNIT}"
    return re.compile(rf"(?<=kg|lb)s?\s+(?:{joining('and')})\s+(?={each}\s*(?:$|[,;.]))", re.I)


@cache
def _rising_before() -> re.Pattern[str]:
    """Return the pattern of what says before sets that their weights grow: "worked up to"."""
    return re.compile(
        rf"(?<!\w)(?:{joining('rising')})(?:\s*:)?\s+(?=\d[\d.]*\s(?:kg|lb)s? x \d)", re.I
    )


def _row(each: str) -> re.Pattern[str]:
    and_, then = joining("and"), f"{joining('then')}|{joining('at_last')}"
    then = rf"(?:{and_}|(?:(?:{and_})\s+)?(?:{then}))\s+(?:(?:{joining('again')})\s+)?"
    joined = rf"\s*[,;/+]\s*(?:{then})?|\s+(?:{then})?"
    return re.compile(
        rf"(?<![\w.,/x×*@-])(?<![x×*@]\s){each}(?:(?:{joined})(?:{each}))+(?P<of_all>\s*\(?{_UNIT}\)?)?(?!\w)",
        re.IGNORECASE,
    )


def _loads_in_a_row(found: re.Match[str]) -> str:
    """Return the sets of a row with the weight first, as of one set each.

    A weight without a unit has that of the next one, or of the one before.
    """
    told = re.sub(r"[()]", "", found[0])  # "135x5, 155x5 (lbs)"
    pairs = re.findall(
        r"(\d[\d.]*)(?:\s*(kgs?|lbs?)(?!\w))?([^\d]*?)(\d[\d.]*)(?:\s*(kgs?|lbs?)(?!\w))?",
        re.sub(r"(\d),(25|5|75)(?!\d)", r"\1.\2", told),
        re.IGNORECASE,
    )
    units = [before or behind for _, before, _, _, behind in pairs]
    stated = [unit for unit in units if unit]
    if not stated:
        return found[0]
    by_two = len(pairs) == _HELD and pairs[-1][0] == str(_HELD) and not units[0]
    if by_two and float(pairs[0][3]) <= _MOST_BEFORE_TWO:
        return found[0]
    if len({sign.strip() in _TIMES_SIGNS for _, _, sign, _, _ in pairs}) > 1:
        return found[0]  # "6 @ 75 kg, then 1x20 without"
    first = any(before for _, before, _, _, _ in pairs)
    if not any(behind for _, _, _, _, behind in pairs[:-1]) and all(
        float(load) >= _LEAST_LOAD and float(reps) < _LEAST_LOAD for load, _, _, reps, _ in pairs
    ):
        first = True  # "135x5, 155x5, 175x3 lbs"
    sets = []
    for place, (one, _, sign, other, _) in enumerate(pairs):
        load, reps = (one, other) if first else (other, one)
        counted = sign.strip() in _TIMES_SIGNS
        if "." in reps or (counted and not units[place] and float(load) < _LEAST_LOAD):
            return found[0]
        unit = next(filter(None, (*units[place:], *reversed(stated))))
        sets.append(f"{load} {unit} x {reps}")
    apart = "," if _AND_A_NAME.match(found.string, found.end()) else ""
    return f"{', '.join(sets)}{apart}"


def _sets_of() -> str:
    """Return the pattern of "3x10" and "3 sets of 10"."""
    known = amount_words()
    times = rf"(?:[x×*]|(?:{alternatives(known['sets'])})\.?\s+(?:{alternatives(known['of'])}))"
    return rf"(?P<sets>\d{{1,2}})\s*{times}\s*(?P<each>\d{{1,3}})"


def _sets_of_side() -> str:
    """Return the pattern of sets, and of each side behind them."""
    sides = alternatives(amount_words()["each_side"])
    return rf"(?<![\w.,/x×*-]){_sets_of()}(?!\d)(?P<side>\s*(?:{sides})(?!\w))?"


@cache
def _in_steps() -> re.Pattern[str]:
    """Return the pattern of a weight that grows: "3x5 starting at 60 kg, +5 kg each set"."""
    more, each_set = rf"(?:{joining('adding')})", rf"(?:{joining('each_set')})"
    step = rf"{_LOAD}\s*{_UNIT}"
    return re.compile(
        rf"{_sets_of_side()}(?P<between>[^\d;+()]{{1,60}}?)(?P<load>{_LOAD})\s*(?P<unit>{_UNIT})"
        rf"\s*[,;(]?\s*(?:(?:{joining('and')})\s+)?"
        rf"(?P<step>(?:[+–-]|{more}(?:\s[^\W\d_]{{1,3}})?\s)\s*{_LOAD}\s*(?:{_UNIT})?\s*(?:{more}\s+)?{each_set}"
        rf"|{step}\s*{more}\s+{each_set}|{each_set}\s+{step}\s*{more})(?!\w)\)?",
        re.IGNORECASE,
    )


def _stepped(found: re.Match[str]) -> str:
    """Return the weight of each set, the first of which is told and by how much it grows."""
    (told,) = re.findall(r"\d+(?:[.,]\d+)?", found["step"])
    step = float(told.replace(",", ".")) * (-1.0 if found["step"][0] in "–-" else 1.0)
    first = float(found["load"].replace(",", "."))
    loads = [f"{first + place * step:g}" for place in range(int(found["sets"]))]
    rising = re.compile(rf"(?<!\w)(?:{joining('rising')})(?!\w)", re.IGNORECASE)
    name = rising.sub("", found["between"])
    told = re.sub(rf"(?<!\w)(?:{_at()}|(?:{joining('with')})(?!\w))[\s,:@]*$", "", name)
    return f"{told.strip(' ,:@')} {_sets_with(found, loads)}".strip()


@cache
def _from_to() -> re.Pattern[str]:
    """Return the pattern of the first weight and the last: "5x3 from 60-80 kg, 5 kg more a set"."""
    more, each_set = rf"(?:{joining('adding')})", rf"(?:{joining('each_set')})"
    step = rf"{_LOAD}\s*{_UNIT}"
    step = "|".join(
        rf"{first}\s+{second}\s+{third}"
        for first, second, third in (
            (more, step, each_set),
            (step, more, each_set),
            (each_set, step, more),
        )
    )
    small = r"(?:[^\W\d_]{1,4}\s+)"
    return re.compile(
        rf"{_sets_of_side()}[\s,;:(]+(?:(?P<step>{step})[\s,;(]+)?(?:{joining('rising')}|{small})\s*"
        rf"(?P<first>{_LOAD})(?:\s*{_UNIT})?(?:\s?[-–]\s?|\s+{small})(?P<last>{_LOAD})\s*(?P<unit>{_UNIT})"
        rf"(?:[\s,;(]+(?P<behind>{step}))?\)?",
        re.IGNORECASE,
    )


def _up_to(found: re.Match[str]) -> str:
    """Return the weight of each set between the first and the last, if a step leads from one on."""
    told = _NUMBER.findall((found["step"] or found["behind"] or "").replace(",", "."))
    first, last = (float(found[end].replace(",", ".")) for end in ("first", "last"))
    n_steps = int(found["sets"]) - 1
    if not told or abs(first + n_steps * float(told[0]) - last) > _ROUNDED_KG:
        return found[0]
    return _sets_with(
        found, [f"{first + place * float(told[0]):g}" for place in range(n_steps + 1)]
    )


@cache
def _perhaps_some() -> re.Pattern[str]:
    """Return the pattern of a small number beside a weight and words: "2 sets at 40 kg"."""
    few = rf"(?:(?<![\w.,x×*])[1-9]|(?<!\w)(?:{alternatives(dict(_numbers()))}))"
    return re.compile(
        rf"{few}(?:\s?[x×]\s?|\s+(?:[^\W\d_]+\s+){{0,3}})\d[\d.,]*\s*(?:kg|lb)"
        rf"|(?:kg|lb)s?\s+(?:[^\W\d_]+\s+){{1,4}}{few}(?![\w.,])"
        rf"|(?<!\w)(?:{joining('the_others')})\s",
        re.IGNORECASE,
    )


@cache
def _counted_sets() -> re.Pattern[str]:
    return re.compile(_sets_of_side(), re.IGNORECASE)


@cache
def _between_some() -> re.Pattern[str]:
    """Return the pattern of what stands between some sets and others, which "en" may stand in."""
    and_ = rf"(?!en\s)(?:{joining('and')})\s+"
    return re.compile(rf"\s*[,;](?!\d)\s*(?:{and_})?|\s+{and_}", re.IGNORECASE)


@cache
def _of_some() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Return the patterns of the weight of some sets, and of none, and words beside them."""
    load = (
        rf"(?<!\w)(?:@|{_at()}|(?:{joining('with')})(?=\s))\s*(?P<at>{_LOAD})(?:\s*{_UNIT})?(?![\w%])"
        rf"|(?P<load>{_LOAD})\s*{_UNIT}"
    )
    small = (
        *amount_words()["sets"],
        *amount_words()["of"],
        *every("diary.with"),
        "at",
        "bei",
        "x",
        "×",
    )
    words_beside = {
        word.casefold() for each in (*small, *every("diary.which_sets")) for word in each.split()
    }
    nothing = rf"(?<!\w)(?:{any_joining('unloaded', 'nothing')})(?!\w)"
    return re.compile(load, re.I), re.compile(nothing, re.I), frozenset(words_beside)


def _some_with(text: str) -> str:
    """Return a line with the weight of some sets and of others behind as many.

    As in "4x8: 2 sets at 40 kg and 2 at 45 kg" and "4x12: 10 kg on the first 2, nothing on the
    last 2"; they must be as many as were counted.
    """
    told, end = "", 0
    for found in _counted_sets().finditer(text):
        behind = re.match(r"[\s,:(]*([^;()]*?(?:\.(?=\s|$)|[;()]|$))", text[found.end() :])
        if found.start() < end or behind is None or not behind[1][:1].isalnum():
            continue
        place, sets, n_sets = found.end() + behind.start(1), list[str](), 0
        ends = [*_between_some().finditer(behind[1].rstrip(".;()")), None]
        begin = 0
        for separator in ends:
            chunk = behind[1][
                begin : separator.start() if separator else len(behind[1].rstrip(".;()"))
            ]
            part = _some_sets(chunk, found, int(found["sets"]) - n_sets)
            if part is None:
                break
            n_sets += part[0]
            sets.append(part[1])
            if n_sets >= int(found["sets"]):
                break
            begin = separator.end() if separator else begin
        if len(sets) > 1 and n_sets == int(found["sets"]):
            last = place + begin + len(chunk)
            last += text[last : last + 1] == ")" and "(" in behind[0][: behind.start(1)]
            told, end = f"{told}{text[end : found.start()]}{', '.join(sets)}", last
    return told + text[end:]


def _some_sets(chunk: str, of_all: re.Match[str], n_left: int) -> tuple[int, str] | None:
    """Return how many of the sets of all a text is of, and these with their weight or none."""
    with_load, without, beside = _of_some()
    load = with_load.search(chunk)
    left = with_load.sub(" ", chunk, count=1)
    unit = re.search(_UNIT, chunk, re.I) or re.search(_UNIT, of_all.string[of_all.end() :], re.I)
    if load is None and not without.search(left):
        return None
    left = left if load else without.sub(" ", left)
    numbers = dict(_numbers())
    told = re.findall(r"[^\W_]+['’]?|\S", left.casefold().replace("×", "x"))
    count = [
        int(one) if one.isdigit() else numbers[one]
        for one in told
        if one.isdigit() or one in numbers
    ]
    others = (one for one in told if not (one.isdigit() or one in numbers))
    if not count and re.search(rf"(?<!\w)(?:{joining('one_set')})(?!\w)", left, re.IGNORECASE):
        count = [1]  # "nothing on the last one"
    elif not count and re.search(rf"(?<!\w)(?:{joining('the_others')})(?!\w)", left, re.I):
        count = [n_left]
    if len(count) != 1 or unit is None or not beside.issuperset(others):
        return None
    side = f" {of_all['side'].strip()}" if of_all["side"] else ""
    kilograms = f" {load['at'] or load['load']} {unit[0]}" if load else ""
    return count[0], f"{count[0]}x{of_all['each']}{side}{kilograms}"


def _sets_with(found: re.Match[str], loads: list[str]) -> str:
    side = f" {found['side'].strip()}" if found["side"] else ""
    return ", ".join(f"{load} {found['unit']} x {found['each']}{side}" for load in loads)


def _with_its_load(found: re.Match[str]) -> str:
    loads = _NUMBER.findall(found["loads"])
    told = found.groupdict()
    alike = told.get("alike") or told.get("of")
    reps = _NUMBER.findall(found["reps"] or "") or (
        [alike] * len(loads) if alike else [found["each"]] * int(found["sets"])
    )
    if len(reps) != len(loads):
        return found[0]
    pairs = zip(reps, loads, strict=True)
    side = f" {found['side'].strip()}" if found["side"] else ""
    sets = ", ".join(f"{load} {found['unit']} x {each}{side}" for each, load in pairs)
    # "(40/45/50 lb dumbbell, goblet hold)"
    what, comma, behind = (found["what"] or "").partition(",")
    parts = (found["name"] or "", what, f"{sets}{comma}{behind}")
    return " ".join(filter(None, map(str.strip, parts)))


def _alike(found: re.Match[str]) -> str:
    loads = _NUMBER.findall(found["loads"])
    return ", ".join(f"{load} {found['unit']} x {found['each']}" for load in loads)


@cache
def _quantities() -> re.Pattern[str]:
    """Return the pattern of times and distances of one set each, with one unit: "60/45/30 s"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"]))
    rest = alternatives((*known["rest"], *known["between"]))
    return re.compile(
        r"(?<![\w.,x×*/-])(?P<each>\d{1,3}(?P<sign>\s*[/,-]\s*)\d{1,3}(?:(?P=sign)\d{1,3})+"
        rf"|\d{{1,3}}(?:,\s*\d{{1,3}})*,?\s+(?:{joining('and')})\s+\d{{1,3}})\s*"
        rf"(?P<unit>{unit})(?![\w'\"]|\s+(?:[^\W\d_]{{1,3}}\s+)?(?:{rest})(?!\w|\s*:?\s*\d))",
        re.IGNORECASE,
    )
