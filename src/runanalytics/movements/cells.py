r"""Amounts of work as people write them into one cell: ``3x10``, ``10/leg``, ``30s``, ``10,8,6``.

A number alone is repetitions; a unit of time makes it a hold, one of length a distance. Words
that say each side, left or right are the side, in all languages (`amount_words`). What stands
beside a name is read by `amounts`. A range such as ``8-12`` is what was planned, not what was done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from runanalytics.errors import UnitError
from runanalytics.movements.amount_words import amount_words
from runanalytics.units import LENGTHS_M, TIMES_S, parse_duration
from runanalytics.units.numerals import NUMBER, parse_number, shown, tidied

_EXPECTED = "write 10, 3x10, 10/side, 10,8,6, 30 s or 40 m"
#: More sets than these in one cell are a typing error.
_MOST_SETS = 100

_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_TIMES = re.compile(r"(?P<sets>[0-9]{1,3})\s*[x×✕*]\s*(?P<rest>.+)")
_SETS_OF = re.compile(r"(?P<sets>[0-9]{1,3})\s*(?P<word>[^\W\d_]+)[\s,:]*(?P<rest>.*[0-9].*)")
_QUANTITY = re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>[^0-9\s].*)?")
_BETWEEN = re.compile(r"\s*[;/+&]\s*|\s*,\s+|,|\s+-\s+|\s+")
#: 8,0 is a number with decimals, 10,8 are two sets.
_WHOLE = re.compile(r"([0-9]+)[.,]0+")
_RANGE = re.compile(r"[0-9]+\s*[-–]\s*[0-9]+(?:\s*[^\W\d_]+)?")
_THREE_OR_MORE = re.compile(r"[0-9]+(?:\s*[-–]\s*[0-9]+){2,}")
#: Words between a number of sets and what each of them is: "3 sets of 10", "3 Sätze à 10".
_LINKS = re.compile(r"^(?:of|à|a|de|da|di|von|van|av|af|po|по|x|×|@|je|zu|mit|with)\s+")


@dataclass(frozen=True)
class CellAmount:
    """What one cell states of `n_sets` equal sets; None is what it does not state."""

    n_sets: int | None = None
    reps: float | None = None
    hold_s: float | None = None
    distance_m: float | None = None
    side: str | None = None


def parse_amounts(text: str) -> list[CellAmount]:
    """Return the sets that a cell states, those that are equal and written as one as one.

    Parameters
    ----------
    text : str
        Such as ``"10"``, ``"3x10"``, ``"10 each side"``, ``"30s"``, ``"40 m"``, ``"10,8,6"``.

    Returns
    -------
    list of CellAmount
        Repetitions, holds (s) and distances (m), at least one.

    Raises
    ------
    UnitError
        If it is none of these, or a range.

    Examples
    --------
    >>> parse_amounts("3x10/leg")
    [CellAmount(n_sets=3, reps=10.0, hold_s=None, distance_m=None, side='both')]
    >>> [one.reps for one in parse_amounts("10,8,6")], parse_amounts("2 Sätze à 45 Sek")[0].hold_s
    ([10.0, 8.0, 6.0], 45.0)
    """
    return list(_amounts(text))


# Cells repeat: a log has some hundred different ones in ten thousand rows.
@lru_cache(maxsize=8192)
def _amounts(text: str) -> tuple[CellAmount, ...]:
    plain = _WHOLE.sub(r"\1", tidied(text).casefold())
    if _RANGE.fullmatch(plain):
        raise UnitError(f"{shown(text)} is a range, not what was done", hint=_EXPECTED)
    plain, side = without_side(plain)
    n_sets = None
    if found := _TIMES.fullmatch(plain) or _sets_of(plain):
        n_sets, plain = int(found["sets"]), _LINKS.sub("", found["rest"].strip())
        if not 1 <= n_sets <= _MOST_SETS:
            raise UnitError(f"{shown(text)}: {n_sets} is no number of sets", hint=_EXPECTED)
    if _RANGE.fullmatch(plain):
        raise UnitError(f"{shown(text)} is a range, not what was done", hint=_EXPECTED)
    try:
        amounts = [replace(_single(plain), n_sets=n_sets, side=side)]
    except UnitError:
        parts = _parts(plain)
        if len(parts) < 2 or n_sets is not None:
            raise UnitError(f"{shown(text)} is no amount of a set", hint=_EXPECTED) from None
        amounts = [replace(_single(part), n_sets=1, side=side) for part in parts]
    return tuple(amounts)


@lru_cache(maxsize=8192)
def without_side(text: str) -> tuple[str, str | None]:
    """Return a text without the words that say the side, and the side: left, right or both.

    Examples
    --------
    >>> without_side("split squat per leg"), without_side("10 je seite"), without_side("row")
    (('split squat', 'both'), ('10', 'both'), ('row', None))
    """
    plain = tidied(text)
    found = _side_at_end().search(plain)
    if found is None or not found.start():
        return plain, None
    return plain[: found.start()].strip(), _sides()[(found["word"] or found["letters"]).casefold()]


def side_word(text: str) -> str | None:
    """Return the side that a word alone means, in any language: left, right or both.

    Examples
    --------
    >>> side_word("Links"), side_word("L"), side_word("derecha"), side_word("up")
    ('left', 'left', 'right', None)
    """
    return _sides().get(tidied(text).casefold())


def is_bodyweight(text: str) -> bool:
    """Return whether a load in words means the body alone, in any language.

    Examples
    --------
    >>> is_bodyweight("BW"), is_bodyweight("Körpergewicht"), is_bodyweight("20 kg")
    (True, True, False)
    """
    return tidied(text).casefold() in _words()["bodyweight"]


def beside_bodyweight(text: str) -> tuple[str, bool]:
    """Return what a load adds to the body or takes from it, and whether it takes it.

    Examples
    --------
    >>> beside_bodyweight("bw + 10kg"), beside_bodyweight("BW-20 kg"), beside_bodyweight("60 kg")
    (('10kg', False), ('20 kg', True), ('60 kg', False))
    """
    plain = tidied(text)
    found = re.fullmatch(r"(?P<body>[^0-9+−-]*?)\s*(?P<sign>[+−-])\s*(?P<rest>[0-9].*)", plain)
    if found and (not found["body"] or is_bodyweight(found["body"])):
        return found["rest"], found["sign"] != "+"
    return plain, False


def _parts(plain: str) -> list[str]:
    if _THREE_OR_MORE.fullmatch(plain):
        return re.split(r"\s*[-–]\s*", plain)
    return [part for part in _BETWEEN.split(plain) if part]


def _sets_of(plain: str) -> re.Match[str] | None:
    found = _SETS_OF.fullmatch(plain)
    return found if found and found["word"] in _words()["sets"] else None


def _single(plain: str) -> CellAmount:
    """Return one amount: repetitions, a hold or a distance."""
    if _CLOCK.fullmatch(plain):
        return CellAmount(hold_s=parse_duration(plain))
    found = _QUANTITY.fullmatch(plain)
    if found is None:
        raise UnitError(f"{shown(plain)} is no amount")
    number, unit = parse_number(found["number"], comma="decimal"), (found["unit"] or "").strip()
    known = _words()
    if not unit or unit in known["repetitions"]:
        return CellAmount(reps=number)
    if unit in known["metres"]:
        return CellAmount(distance_m=number)
    if unit in known["seconds"]:
        return CellAmount(hold_s=number)
    if unit in known["minutes"]:
        return CellAmount(hold_s=60 * number)
    if unit in known["hours"]:
        return CellAmount(hold_s=3600 * number)
    if unit in LENGTHS_M:
        return CellAmount(distance_m=number * LENGTHS_M[unit])
    if unit in TIMES_S:
        return CellAmount(hold_s=number * TIMES_S[unit])
    raise UnitError(f"{shown(plain)} has an unknown unit")


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(each) for kind, each in amount_words(in_cells=True).items()}


@cache
def _sides() -> Mapping[str, str]:
    """Return what says a side, the longest first -> the side."""
    found = {
        phrase: side
        for key, side in (("left", "left"), ("right", "right"), ("each_side", "both"))
        for phrase in amount_words(in_cells=True)[key]
    }
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


@cache
def _side_at_end() -> re.Pattern[str]:
    """Return the pattern of a side at the end of a text; groups hold the phrase."""
    phrases = list(_sides())
    # A letter or two is a side only behind a number: "10 l", "10l".
    letters = [one for one in phrases if len(one) <= 2 and one.isascii()]
    spaced = [one for one in phrases if one not in letters]

    def start(phrase: str) -> str:
        begins_word = phrase[0].isascii() and phrase[0].isalnum()
        return rf"(?<!\w){re.escape(phrase)}" if begins_word else re.escape(phrase)

    word, short = "|".join(map(start, spaced)), "|".join(map(re.escape, letters))
    either = rf"(?:(?P<word>{word})|(?<=[0-9])[\s(\[]*(?P<letters>{short}))"
    return re.compile(rf"[\s(\[,–-]*{either}[)\].]*$", re.IGNORECASE)
