"""The unit of the weights of a line where it stands once, beside none of them.

A heading, brackets or the first or last words tell it: "trap bar deadlift (lb): 135x5, 185x5",
"leg press 12@80, 10@100 (all kg)", "weights in kg: ...". Here each weight gets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from runanalytics.movements.diary_lines.pieces import any_joining
from runanalytics.movements.names import words

_UNIT = r"(?P<unit>kgs?|lbs?|kilos?|kilograms?|pounds?)"
#: A unit that no number stands before: all that most lines need to be looked at for.
_ALONE = re.compile(
    rf"(?:^|[(\[]|[^\W\d_]\s|[,;:–-]\s){_UNIT}(?=\s*(?:[)\]:;,.]|$))", re.IGNORECASE
)
#: The unit in brackets, with words beside it: "(all kg)", "(Gewichte in kg)".
_IN_BRACKETS = re.compile(
    rf"\s*[(\[](?:[^\W\d_]{{2,9}}\s+){{0,3}}{_UNIT}[)\]](?P<behind>\s*:?\s*)", re.IGNORECASE
)
#: ... and without them in a heading: "squat in lbs: 135x5", "Kniebeuge, kg: 60x5".
_IN_HEADING = re.compile(
    rf"^(?P<name>[^\W\d_][^\d,;:()]*?)(?:,\s+|\s+(?:in|en)\s+){_UNIT}\s*:\s+", re.IGNORECASE
)
#: "weighted pull-ups +5 4x5": a weight without its unit, behind what is done with one more.
_MORE_WEIGHT = re.compile(
    r"(?P<name>[^\W\d_][^,;:.+\d]{3,40}?(?:\s\d{1,2}\s?[x×]\s?\d{1,2})?\s)\+\s?(?P<load>\d{1,2}(?:[.,]5)?)"
    r"(?![\d.,]*\d|\s?[x×]|\s?(?!\d)\w)"
)
_STOPS = re.compile(r";|\.\s+(?=[^\W_a-z])")
#: A weight behind "@" or sets, or between a name and sets, and one before how often it was lifted;
#: below 20 it may be sets.
_AT = re.compile(
    r"(?P<load>@\s*\d{1,3}(?:[.,]\d{1,2})?)(?![\d:]|[.,]\d|\s*(?:[x×*%]|kg|lb))"
    r"|(?:(?<=[x×*]\d\s)|(?<=[x×*]\d\d\s))(?P<behind>[2-9]\d(?:[.,]5)?|[1-4]\d\d)(?=\s*(?:$|[,;)]))"
    r"|(?<=[^\W\d_]\s)(?P<before>[2-9]\d(?:[.,]5)?|[1-4]\d\d)(?=\s+\d{1,2}\s?[x×*]\s?\d{1,2}(?![\w:]|[.,]\d))",
    re.IGNORECASE,
)
_LIFTED = re.compile(
    r"(?<![\w.,x×*@])(?<![x×*@]\s)(?P<load>(?:[2-9]\d|[1-4]\d\d)(?:[.,]\d{1,2})?)\s*[x×*]\s*"
    r"(?P<reps>\d{1,2})(?![\d.:]|,\d|\s*(?:[x×*%@]|kg|lb|k?m\b|s\b|min|se[ck]))",
    re.IGNORECASE,
)


def with_added_weights(text: str) -> str:
    """Return a line with the unit of a weight that something is done with more than the body's.

    Examples
    --------
    >>> with_added_weights("weighted pull-ups +5 4x5")
    'weighted pull-ups +5 kg 4x5'
    """
    return _MORE_WEIGHT.sub(_in_kilograms_more, text) if "+" in text else text


def _in_kilograms_more(found: re.Match[str]) -> str:
    if "weighted" not in words(found["name"]) or "lb" in found.string.casefold():
        return found[0]
    return f"{found['name']}+{found['load']} kg"


def with_unit_of_weights(text: str) -> str:
    """Return a line with the unit behind each weight that it is told of once, apart from them.

    Examples
    --------
    >>> with_unit_of_weights("trap bar DL (lb): 135x5, 185x5; sit-ups 25x3")
    'trap bar DL: 135 lb x 5, 185 lb x 5; sit-ups 25x3'
    >>> with_unit_of_weights("leg press 12@80, 10@100 (all kg)")
    'leg press 12@80 kg, 10@100 kg'
    >>> with_unit_of_weights("weights in kg: squat 3x5@80"), with_unit_of_weights("squat (kg)")
    ('squat 3x5@80 kg', 'squat (kg)')
    """
    if not _ALONE.search(text):
        return text
    if found := _IN_BRACKETS.search(text):
        head, behind = text[: found.start()], text[found.end() :]
        if not behind.strip(" .!"):
            told = _of_all(head, found["unit"])
            return told if told != head else text
        colon = ": " if ":" in found["behind"] else " " if head else ""
        told = _of_list(behind, found["unit"])
        return f"{head}{colon}{told}" if told != behind else text
    if found := _IN_HEADING.match(text):
        told = _of_list(text[found.end() :], found["unit"])
        if told != text[found.end() :]:
            return f"{found['name']}: {told}" if not _tells_weights(found["name"]) else told
    if found := _beside_all().search(text):
        left = f"{text[: found.start()]}{text[found.end() :]}"
        told = _of_all(left, found["first"] or found["last"])
        return told if told != left else text
    return text


def _tells_weights(name: str) -> bool:
    return _of_weights().fullmatch(name.strip()) is not None


def _of_list(text: str, unit: str) -> str:
    """Return a text with the unit at each weight of the list it begins with, and behind "@"."""
    stop = _STOPS.search(text)
    end = stop.start() if stop else len(text)
    return _AT.sub(_with(unit), _LIFTED.sub(_with(unit), text[:end]) + text[end:])


def _of_all(text: str, unit: str) -> str:
    told = _AT.sub(_with(unit), text)
    return told if told != text else _LIFTED.sub(_with(unit), text)


def _with(unit: str) -> Callable[[re.Match[str]], str]:
    short = "kg" if unit[0] in "kK" else "lb"

    def told(found: re.Match[str]) -> str:
        groups = found.groupdict()
        reps = groups.get("reps")
        load = groups["load"] or groups.get("behind") or groups.get("before")
        return f"{load} {short}{f' x {reps}' if reps else ''}"

    return told


@cache
def _of_weights() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:{any_joining('all_of_it', 'weights')}|in|en)(?:\s+|$))+", re.IGNORECASE
    )


@cache
def _beside_all() -> re.Pattern[str]:
    """Return the pattern of what tells the unit of all weights first or last: "alles in kg"."""
    of_all = rf"(?:(?:{any_joining('all_of_it', 'weights')}|in|en)\s+){{1,3}}"
    return re.compile(
        rf"(?:^|(?<=[.;]\s)){of_all}{_UNIT.replace('unit', 'first')}\s*[:,;.]\s*"
        rf"|(?:\s*[,;.]|\s[–-])\s+{of_all}{_UNIT.replace('unit', 'last')}[\s.!]*$",
        re.IGNORECASE,
    )
