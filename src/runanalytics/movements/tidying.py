"""A line of a diary before it is parted: spaces, digits, separators and amounts in one spelling.

People leave out spaces ("strides6x80m"), number what they did ("1) squat 2) lunge"), write numbers
as words and the weights of sets as a list ("3x8 (60, 65, 70 kg)"). Here all of that becomes what
`pieces` parts and `amounts` reads, so that neither has to know it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import PART_OF_A_NAME
from runanalytics.movements.cells import side_word
from runanalytics.movements.pieces import joining
from runanalytics.movements.unread import is_vocabulary
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, every

#: What may be a weekday at the beginning of a line; words, as numbers are written in.
_BEGINNING = re.compile(r"^([^\W\d_]{2,11})\.?\s*(?::|\s[-–—]\s)\s*")
#: ... and those that no hyphen follows: "A-skips" are not one skip.
_WHOLE_WORDS = re.compile(r"[^\W\d_]+(?![^\W\d_]|-)")
#: "w/" is short for "with", as "w" is before a number; "w/u" is the warm-up, "w/o" is "without".
_WITH_BAR = re.compile(r"(?<!\w)(?:w/\s*(?=\w)(?![uo]\b)|(?<=\s)w\s+(?=\d))", re.IGNORECASE)
#: Signs and pictures that phones put in: "strides 👍".
_PICTURES = re.compile("[\u2190-\u21ff\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]+")
#: Exercises done in turn: "A1 squat 3x8 A2 lunge 3x10".
_IN_TURN = re.compile(r"(?:^|[\s,;/]+)(?:[A-F][1-4])\s*[).:]?\s+(?=[^\W\d_])")
#: "1) squat 3x8 2) lunge 3x10", "a) squat b) lunge", and "1. Squats ... 2. Lunges".
_LISTED = re.compile(r"(?:^|[\s,;]+)(?:(?:\d|[a-f])\)\s*|\d\.\s+)(?=[^\W\d_]{2})")
#: Signs that stand between two parts as a comma does.
_SIGNS = re.compile(r"(?:^|\s+)(?:[•·▪→⇒]|->|>)\s+(?=\w)")
#: "m." and "c/" are short for "mit" and "con".
_MIT = re.compile(r"(?<=\s)m\.\s*(?=\d+(?:[.,]\d+)?\s*kg)|(?<=[^\W\d_]{2}\s)m\.\s+(?=[^\W\d_]{3})")
_CON = re.compile(r"(?<=\s)c/\s+(?=\w)", re.IGNORECASE)
#: Where a space is missing: "strides6x80m", "3xsquats", "6strides", "plank60s", '45"x3'.
_NO_SPACE = re.compile(
    r"(?<=[^\W\d_]{3})(?=\d{1,2}[x×*]\s*\d)|(?<=\d[x×*])(?=[^\W\d_]{4})|(?<=\d)(?=[^\W\d_x×]{4})"
    r"|(?<=[^\W\d_]{3})(?=\d{1,3}\s?(?:s|secs?|mins?|m|kg)(?!\w))|(?<=\d[\"'″′”])(?=[x×*]\s*\d)"
    r"|(?<=\d)(?=e/[sl](?!\w))"
)
#: "L / R", "3x8/8" and "3x8+8".
_BOTH_SIDES = re.compile(r"(?<!\w)([^\W\d_]{1,4}\.?)\s+([/+&])\s+([^\W\d_]{1,4})(?!\w)")
_EACH_SIDE = re.compile(r"([x×*]\s*)(\d{1,2})\s?[/+]\s?\2(?![\d/+]|\s*[x×*])")
#: "5x 100er Steigerung", and Italian "1 minuto per 3".
_HUNDREDS = re.compile(r"(?<!\w)(\d{2,3})er\s+(?=[^\W\d_]{4})")
_PER = re.compile(r"(?<=[^\W\d_]\s)per\s+(?=\d{1,2}\s*(?:$|[,;.]))")
#: "10+10+8" repetitions, and "60/45/30 s": three or more in a row are one set each.
_IN_A_ROW = re.compile(
    r"(?<![\w.,x×*+])\d{1,3}(?:\+\d{1,3}){2,}(?![\w.+\"'″′]|\s*(?:min|kg|km|m|s)\b)"
)
_QUANTITIES = re.compile(
    r"(?<![\w.,x×*/-])(?P<each>\d{1,3}(?:\s*[/,-]\s*\d{1,3}){2,})\s*"
    r"(?P<unit>secs?|sek|seg|s|m|\"|''|″)(?![\w'\"])"
)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d)?")
#: "10 each side x 3" and "10/leg x 3" are three sets.
_SIDES_BEFORE_TIMES = re.compile(
    r"(?<![\w.,x×*])(?P<reps>\d{1,2})(?:\s+|\s*/\s*)(?P<side>[^\W\d_]+(?:\s[^\W\d_]+)?)\s*"
    r"[x×*]\s*(?P<times>\d{1,2})(?=\s*(?:$|[,;.]))"
)
#: A full stop between two parts stands behind a number with its unit, or a word.
_SENTENCE = re.compile(
    r"(?P<before>\d\s?(?:[smk]|kg|mi|[\"'″′]{1,2})?[)%]?|[^\W\d_]{4,})\.\s+(?=[^\W\d_]{2}|\d)"
)
#: Numbers that are other words in other languages: "tirage de dos" is of the back.
_NO_NUMBERS = ("dos",)


def tidied(text: str) -> str:
    """Return a line without its weekday, with spaces and digits where they belong.

    Examples
    --------
    >>> tidied("Tue: two sets of squats, strides6x80m")
    '2 sets of squats, strides 6x80m'
    >>> tidied("squats 8/6 @ 60/70 kg, plank 60/45/30 s")
    'squats 60 kg x 8, 70 kg x 6, plank 60 s, 45 s, 30 s'
    >>> tidied("HEP day 4: bird dogs 10 each side x 3")
    'bird dogs 3x10 each side'
    """
    spaced = _spaced(text)
    if (day := _BEGINNING.match(spaced)) and day[1].casefold() in _weekdays():
        spaced = spaced[day.end() :]
    head, colon, _ = spaced.partition(":")
    if colon and any(map(str.isdigit, head)):
        spaced = _numbered().sub("", spaced)
    if "," in spaced and (behind := _times_behind().fullmatch(spaced)):
        spaced = f"{behind['sets']}x{behind['reps']} {behind['name']}"
    if into := _into().search(spaced):
        spaced = f"{spaced[: into.start('into')]}, {into['sets']}x{spaced[into.end('into') :]}"
    if (sided := _SIDES_BEFORE_TIMES.search(spaced)) and _is_side(sided):
        between = spaced[sided.end("reps") : sided.start("side")].strip() or " "
        of_sets = f"{sided['times']}x{sided['reps']}{between}{sided['side']}"
        spaced = f"{spaced[: sided.start()]}{of_sets}{spaced[sided.end() :]}"
    spaced = _SENTENCE.sub(lambda one: f"{one['before']}{_stop(one)}", spaced)
    if "(" in spaced:
        spaced = _rounds_in_brackets().sub(r"\1 \2: ", spaced)
    if spaced[:1].isdigit():
        spaced = _each_of().sub(r"\1: ", spaced)
    spaced = _one_a_set(_rest_named().sub("rest ", spaced) if ":" in spaced else spaced)
    said = _WHOLE_WORDS.findall(spaced.casefold())
    if _numbers().keys().isdisjoint(said) and not any(map(_times_in_a_word().match, said)):
        return spaced  # as most lines: the patterns take longer than all else
    counted = _counted().sub(lambda one: f"{_numbers()[one[0].casefold()]}", spaced)
    return _counted_before_a_name().sub(
        lambda one: f"{one[1]}{_numbers()[one[2].casefold()]}", counted
    )


def _is_side(found: re.Match[str]) -> bool:
    between = found.string[found.end("reps") : found.start("side")].strip()
    said = f"{between}{found['side'].casefold()}"
    return said in amount_words()["each_side"] or bool(not between and side_word(found["side"]))


@cache
def _times_behind() -> re.Pattern[str]:
    """Return the pattern of "20 heel raises each leg, 3 times", which are three sets."""
    return re.compile(
        r"(?P<reps>\d{1,3})\s+(?P<name>[^\W\d_][^\d,;+&]*),\s*(?P<sets>\d{1,2})\s*"
        rf"(?:{alternatives(amount_words()['times'])})",
        re.IGNORECASE,
    )


@cache
def _into() -> re.Pattern[str]:
    """Return the pattern of "high knees 3x20 m into 20 m sprint": each set goes on as the other."""
    return re.compile(
        r"(?<![\w.,])(?P<sets>\d{1,2})\s*[x×*]\s*\d{1,3}\s?m(?!\w)[^,;+&\d]*?"
        rf"(?P<into>\s+(?:{alternatives(every('diary.into'))})\s+)(?=\d{{1,3}}\s?m(?!\w))",
        re.IGNORECASE,
    )


def _stop(found: re.Match[str]) -> str:
    """Return what a full stop stands for: between parts ";", behind what is cut short itself."""
    before, text = found["before"], found.string
    if before[0].isdigit():
        # "1. Squats" is the first of several.
        said = text[: found.start() + len(before)]
        is_list = re.search(r"(?:^|[;,]\s*)\d*$", said) is not None
    else:
        is_list = text[found.end() : found.end() + 1].isdigit() or not is_vocabulary(
            before.casefold()
        )
    return found[0][len(before) :] if is_list else "; "


def without_weekday(text: str) -> str:
    """Return a text without a weekday, or its short form, as its first word.

    Examples
    --------
    >>> without_weekday("Mo Kraft")
    'Kraft'
    """
    day, _, behind = text.partition(" ")
    return behind if behind and day.rstrip(".,").casefold() in _weekdays() else text


def _spaced(text: str) -> str:
    """Return a line with the spaces that are missing, and without what numbers its exercises."""
    text = _SIGNS.sub("; ", text).lstrip("; ")
    text = _WITH_BAR.sub("with ", text if text.isascii() else _PICTURES.sub(" ", text).strip())
    text = _CON.sub("con ", _MIT.sub("mit ", text))
    text = _EACH_SIDE.sub(r"\1\2 each side", _BOTH_SIDES.sub(_without_spaces, text))
    text = _HUNDREDS.sub(r"\1 m ", _PER.sub("x ", text))
    for numbered in (_IN_TURN, _LISTED):
        if len(numbered.findall(text)) > 1:
            text = numbered.sub("; ", text).lstrip("; ")
    return _NO_SPACE.sub(" ", text)


def _without_spaces(found: re.Match[str]) -> str:
    joined = f"{found[1]}{found[2]}{found[3]}"
    sides = {side_word(found[1]), side_word(found[3])}
    return joined if sides == {"left", "right"} else found[0]


@cache
def _loads() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of weights that stand in another place than behind their sets.

    These are "3x10/60 kg", and "3x10-60 kg" where no range is meant; "3x10 kg 12"; the weight of
    each set, "3x8 (60, 65, 70 kg)" and "8/6/4 @ 60/70/80 kg"; and "8 @ 60 kg, 6 @ 70 kg".
    """
    load, unit = r"\d{1,3}(?:\.\d)?", r"(?:kgs?|lbs?)(?!\w)"
    patterns = (
        rf"(?<=[x×*])(\s*)(\d{{1,2}})\s*(?:/|-(?=[3-9]\d|1\d\d))\s*(?={load}\s*{unit})",
        rf"([x×*]\s*\d{{1,3}}|[^\W\d_])\s+(kgs?)\s?({load})(?!\s*(?:[x×*]|kg)|\w)",
        rf"(?<![\w.,/x×*-])(?:(?P<sets>\d{{1,2}})\s*[x×*]\s*(?P<each>\d{{1,3}})"
        rf"|(?P<reps>\d{{1,3}}(?:\s*[,/-]\s*\d{{1,3}})+))\s*(?:[@:]|[^\W\d_]{{1,4}}\s)?\s*\(?"
        rf"(?P<loads>{load}(?:\s*[,/;-]\s*{load})+)\s*(?P<unit>{unit})\)?",
        rf"(?<![\w.,/x×*@-])(?<![x×*]\s)(\d{{1,2}})\s*@\s*({load}\s*{unit})",
    )
    return tuple(re.compile(each, re.IGNORECASE) for each in patterns)


def _one_a_set(text: str) -> str:
    """Return a line with the weight, time or distance behind each set that it is of."""
    if "kg" in (folded := text.casefold()) or "lb" in folded:
        behind, unit_first, of_each_set, at_load = _loads()
        text = unit_first.sub(r"\1 \3 \2", behind.sub(r"\1\2 ", text))
        text = of_each_set.sub(_with_its_load, text)
        if len(at_load.findall(text)) > 1:
            text = at_load.sub(r"\2 x \1", text)
    text = _IN_A_ROW.sub(lambda found: found[0].replace("+", "/"), text)
    return _QUANTITIES.sub(
        lambda found: ", ".join(f"{one} {found['unit']}" for one in _NUMBER.findall(found["each"])),
        text,
    )


def _with_its_load(found: re.Match[str]) -> str:
    loads = _NUMBER.findall(found["loads"])
    reps = _NUMBER.findall(found["reps"] or "") or [found["each"]] * int(found["sets"])
    if len(reps) != len(loads):
        return found[0]
    pairs = zip(reps, loads, strict=True)
    return ", ".join(f"{load} {found['unit']} x {each}" for each, load in pairs)


@cache
def _rounds_in_brackets() -> re.Pattern[str]:
    """Return the pattern of "circuit (3 rounds) squats 15, ..."."""
    return re.compile(
        rf"^([^\W\d_]+(?:\s[^\W\d_]+)?)\s*\((\d{{1,2}}\s*(?:{joining('rounds')})|[x×]\s*\d{{1,2}})\)\s*:?\s*"
        r"(?=\w)",
        re.IGNORECASE,
    )


@cache
def _each_of() -> re.Pattern[str]:
    """Return the pattern of sets of what follows, "4x20 m each of A-skips, B-skips"."""
    return re.compile(
        rf"^(\d{{1,2}}\s*[x×*]\s*\d{{1,3}}\s*[^\W\d_]{{0,4}}\s+(?:{joining('each_of')}))\s+(?=\D)",
        re.IGNORECASE,
    )


@cache
def _rest_named() -> re.Pattern[str]:
    """Return the pattern of a rest with a colon, "P: 90 s", which is no heading."""
    rest = sorted({*amount_words()["rest"], "p", "r"}, key=len, reverse=True)
    named = "|".join(re.escape(word.rstrip(".:")) for word in rest)
    return re.compile(rf"(?<=[\s(,;])(?:{named})\.?\s*:\s*(?=\d)", re.IGNORECASE)


@cache
def _weekdays() -> frozenset[str]:
    tables = words_of("weekdays").values()
    return frozenset(
        name for days in tables for each in days.values() for name in re.split(r"[ |]", each)
    )


@cache
def _numbered() -> re.Pattern[str]:
    """Return the pattern of the number of a day or week of a programme: "Rehab week 2: ..."."""
    return re.compile(
        rf"^\s*(?:(?:{joining('where')})\s+)?(?:{joining('numbered')})\s*\d{{1,3}}\s*:\s*",
        re.IGNORECASE,
    )


@cache
def _numbers() -> Mapping[str, int]:
    """Return the numbers that words stand for, in all languages."""
    tables = (table.get("numbers", {}) for table in words_of("diary").values())
    return {word: number for table in tables for word, number in table.items()}


@cache
def _times_in_a_word() -> re.Pattern[str]:
    """Return the pattern of "zweimal", which is "zwei mal"."""
    return re.compile(rf"(?:{'|'.join(_numbers())})(?:{'|'.join(amount_words()['times'])})$")


@cache
def _counted() -> re.Pattern[str]:
    """Return the pattern of a number in words before what it counts: "two sets", "une heure"."""
    known = amount_words()
    kinds = ("sets", "repetitions", "times", "minutes", "hours", "seconds")
    units = {word for kind in kinds for word in known[kind] if len(word) > 1 and word.isalpha()}
    counted = "|".join(sorted((*map(re.escape, units), joining("rounds")), key=len, reverse=True))
    numbers = "|".join(sorted(map(re.escape, _numbers()), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{numbers})(?=['’]?\s*(?:{counted})(?!\w))", re.IGNORECASE)


@cache
def _counted_before_a_name() -> re.Pattern[str]:
    """Return the pattern of a number in words before a name, but "two-leg" and "un po'"."""
    sure = (word for word in _numbers() if _numbers()[word] > 1 and word not in _NO_NUMBERS)
    return re.compile(
        rf"(^|[,;+&]\s*|\s(?:{joining('and')}|of|de|da|di|à|zu)\s+)"
        rf"({'|'.join(sorted(sure, key=len, reverse=True))})"
        rf"(?=\s+(?!(?:{PART_OF_A_NAME})s?\b)[^\W\d_]{{3}})",
        re.IGNORECASE,
    )
