"""Numbers whose columns a heading or brackets name: "sets/reps/kg: squat 4/6/70, deadlift 3/5/80".

"Bench (reps x kg): 8x30, 6x35" are sets of 8 and 6, "squat (kg x reps): 60x8" one of 8 with 60 kg.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.pieces import joining_words

_SIGN = r"\s?[/x×*]\s?"
#: Two or three words with signs between them, in brackets or before a colon.
_NAMED = re.compile(
    rf"(?P<open>[(\[]\s*)?(?<![\w/])(?P<names>[^\W\d_]{{2,14}}\.?(?:{_SIGN}[^\W\d_]{{2,14}}\.?){{1,2}})(?![\w/])"
    r"(?(open)\s*[)\]]\s*:?|(?:\s*:|\s[-–—]\s))\s*",
    re.IGNORECASE,
)
_APART = re.compile(r"\s?[/x×*]\s?", re.IGNORECASE)
#: Rows in turn: "8x30, 6x35 and 4x40".
_ROW = rf"\d[\d.,]*{_SIGN}\d+(?:[.,]\d+)?(?:\s?(?:kg|lbs?))?(?![^\W\d_])"
_ROWS = re.compile(
    rf"[^\d,;.]*{_ROW}(?:\s*(?:[,/+&]\s*|(?<=\s)[^\W\d_]{{1,3}}\s+)?{_ROW})*", re.IGNORECASE
)
#: More sets or repetitions than these are others: "4/6/70" may be repetitions of three sets.
_MOST_SETS, _MOST_REPS = 10, 50


def in_columns(text: str) -> str:
    """Return a line with numbers whose columns are named as sets, repetitions and weights.

    Examples
    --------
    >>> in_columns("sets/reps/kg: squat 4/6/70, deadlift 3/5/80")
    'squat 4x6 70 kg, deadlift 3x5 80 kg'
    >>> in_columns("bench (reps x kg): 8x30, 6x35; pull-ups 3x5")
    'bench: 30 kg x 8, 35 kg x 6; pull-ups 3x5'
    """
    for found in _NAMED.finditer(text):
        columns = [_column(each) for each in _APART.split(found["names"])]
        if None in columns or len(set(columns)) < len(columns) or "reps" not in columns:
            continue
        named = tuple(each for each in columns if each is not None)
        head, behind = text[: found.start()].rstrip(), text[found.end() :]
        if not behind.strip(" .,;"):
            told = _told(head, named)
            return told if told != head else text
        end = _end_of_rows(behind) if head and "sets" not in named else len(behind)
        told = _told(behind[:end], named)
        if (before := _told(head, named)) != head:
            return f"{before}{'' if behind[0] in ',;.' else ' '}{_told(behind, named)}"
        if told == behind[:end]:
            continue
        colon = ": " if told[0].isdigit() and head else " " if head else ""
        return f"{head}{colon}{told}{behind[end:]}"
    return text


def _end_of_rows(text: str) -> int:
    """Return where the sets of one exercise end, "8x30, 6x35, then lunges 3x8"."""
    found = _ROWS.match(text)
    return found.end() if found else 0


@cache
def _columns() -> dict[str, str]:
    known = amount_words()
    kinds = {"sets": "sets", "repetitions": "reps", "kilograms": "kg", "pounds": "lb"}
    names = {
        word.casefold().strip("."): column for kind, column in kinds.items() for word in known[kind]
    }
    return {**{word.casefold(): "kg" for word in joining_words("weights")}, **names}


def _column(name: str) -> str | None:
    return _columns().get(name.casefold().strip(". "))


def _told(text: str, columns: Sequence[str]) -> str:
    """Return a text with each row of as many numbers as columns as these."""
    number = r"\d{1,3}(?:[.,]\d{1,2}(?!\d))?"
    row = rf"(?<![\w.,/×*-])({number})" + rf"{_SIGN}({number})" * (len(columns) - 1)

    def as_amounts(found: re.Match[str]) -> str:
        cell = dict(zip(columns, found.groups(), strict=True))
        sets, reps = cell.get("sets", "1"), cell["reps"]
        if not (sets.isdigit() and reps.isdigit()):
            return found[0]
        if not (0 < int(sets) <= _MOST_SETS and 0 < int(reps) <= _MOST_REPS):
            return found[0]
        unit = next((each for each in ("kg", "lb") if each in cell), None)
        if unit is None:
            return f"{sets}x{reps}"
        if "sets" in cell:
            return f"{sets}x{reps} {cell[unit]} {unit}"
        return f"{cell[unit]} {unit} x {reps}"

    return re.sub(rf"{row}(?:\s?(?:kg|lbs?))?(?![\w/×*]|[.,]\d)", as_amounts, text)
