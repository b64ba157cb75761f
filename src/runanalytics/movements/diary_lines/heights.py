"""How high it is what work was done on or off: "vom 40er Kasten", "banc de 40 cm".

The height of a box, step or bench is no amount of work, and a box or bench with its height is no
exercise of its own: it is written as "40 cm Kasten", behind the exercise that it belongs to.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.diary_lines.languages import is_foreign
from runanalytics.movements.diary_lines.pieces import is_amounts
from runanalytics.movements.names import words
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives

#: What has a height, of what exercises are done on.
_HIGH = ("box", "bench", "step")
#: What a line with such a height mostly has: a unit or "er" behind a number.
_MAYBE = re.compile(r"\d{2}\s?-?(?:cm|in|er|zoll|pouces|pulgadas|pollici|[\"″”])")
_INCHES = r"in(?:ch(?:es)?)?|zoll|pouces|pulgadas|pollici|[\"″”]"
_STROKES = ('"', "″", "”")
_OF = "à|de|da|di|von|mit|a|of"
#: Less than this is as likely a number of inches, where nothing says which.
_CM_FROM = 40
#: A full stop behind brackets parts.
_A_STOP = re.compile(r"^\.\s+")


def with_heights(text: str) -> str:
    """Return a line in which what work was done on stands behind it, with its height in one way.

    Examples
    --------
    >>> with_heights("Drop Jumps vom 40er Kasten 4x5")
    'Drop Jumps vom 40 cm Kasten 4x5'
    >>> with_heights("step-ups 4 x 10, 8 kg, banc de 40 cm, squats 3x8")
    'step-ups 4 x 10 on 40 cm banc, 8 kg, squats 3x8'
    """
    told = _bare().sub(_in_one_way, text)
    if _MAYBE.search(told.casefold()):
        told = _ahead().sub(_in_one_way, _behind().sub(_in_one_way, told))
    elif told == text:
        return text
    text = told
    while alone := _alone().search(text):
        text = _behind_work(text, alone)
    return text


def _in_one_way(found: re.Match[str]) -> str:
    told = found.groupdict()
    if told["unit"] in _STROKES and told["on"].casefold() not in _boxes():
        return found[0]  # "chaise 45\"" is held
    is_bare = not told["unit"] and not told.get("of") and int(told["number"]) < _CM_FROM
    if is_bare and not any(is_foreign(word, {"en"}) for word in words(found.string)):
        return found[0]  # in English it may be inches
    unit = "inch" if re.fullmatch(_INCHES, told["unit"] or "", re.IGNORECASE) else "cm"
    height = f"{told['number']} {unit} {told['on']}"
    return f"({height})" if told.get("bracket") else height


def _behind_work(text: str, alone: re.Match[str]) -> str:
    """Return a text in which a height that stands alone is behind the work before it."""
    before, behind = text[: alone.start()], _A_STOP.sub("; ", text[alone.end() :])
    end = len(before)
    while (comma := before.rfind(",", 0, end)) >= 0 and is_amounts(before[comma + 1 : end]):
        end = comma
    return f"{before[:end]} on {alone['within'] or alone['what']}{before[end:]}{behind}"


@cache
def _boxes() -> frozenset[str]:
    tables = words_of("circumstances.supports").values()
    return frozenset(each.casefold() for table in tables for each in table["box"])


def _listed(*kinds: str) -> str:
    """Return a pattern of what exercises are done on."""
    tables = words_of("circumstances.supports").values()
    return alternatives({word for table in tables for kind in kinds for word in table[kind]})


@cache
def _ahead() -> re.Pattern[str]:
    """Return the pattern of "40er Kasten", "24-in box"."""
    return re.compile(
        rf"(?<![\w.,])(?P<number>\d{{2,3}})(?:\s?-?(?P<unit>cm|{_INCHES})|er)[\s-]?"
        rf"(?P<on>{_listed(*_HIGH)})(?!\w)",
        re.IGNORECASE,
    )


@cache
def _behind() -> re.Pattern[str]:
    """Return the pattern of "banc de 40 cm", "box 24 in"."""
    return re.compile(
        rf"(?<!\w)(?P<on>{_listed(*_HIGH)}),?\s(?:(?:{_OF})\s)?"
        rf"(?P<number>\d{{2,3}})\s?-?(?P<unit>cm|{_INCHES})(?!\w)",
        re.IGNORECASE,
    )


@cache
def _bare() -> re.Pattern[str]:
    """Return the pattern of a box with a number of cm: "box da 60", and "(box 30)"."""
    box = _listed("box")
    return re.compile(
        rf"(?<!\w)(?P<bracket>\()?(?P<on>{box})\s(?P<of>(?:{_OF})\s)?(?P<number>[2-9]\d|1[0-2]0)"
        r"(?(bracket)(?P<unit>)(?P<end>\))|(?(of)(?!\w|\s?[x×*:'\"+-]|[.,]\d|\s[^\W\d])|(?!)))",
        re.IGNORECASE,
    )


@cache
def _alone() -> re.Pattern[str]:
    """Return the pattern of a height that stands in brackets or between commas."""
    what = rf"\d{{2,3}} (?:cm|inch) (?:{_listed(*_HIGH)})"
    return re.compile(
        rf"(?<=[\w)])(?:\s*,\s*(?P<what>{what})(?=\s*(?:$|[,;.:)]))|\s*\((?P<within>{what})\))",
        re.IGNORECASE,
    )
