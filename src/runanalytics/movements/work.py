"""Work that is neither an exercise nor a drill: endurance, mobility, conditioning, other sport.

Logs of exercises and lists of activities name it in whole words ("Treadmill", "Easy bike 30 min",
"Kniebeugen-Dehnung"), in any language. The words stand in `runanalytics.words`, table ``work``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from runanalytics.movements.vocabulary import kind_of_work
from runanalytics.words import words as words_of_languages

#: Whatever the name of a stretch says beside, it stays a stretch.
_HEADS_MEAN = "stretching"
#: Distances and times: "5 km", "30min", "1:05:00", "2 x 500 m".
_AMOUNT = re.compile(
    r"(?<![^\W\d])\d+(?:[.,:]\d+)*\s*"
    r"(?P<unit>km|k|mi|miles?|m|met(?:er|re)s?|min(?:ute|uten|uto|utos|uti)?s?|h|hours?|hrs?|std"
    r"|分钟|分鐘|分|公里|キロ|분|킬로|sec(?:ond)?s?|s|'|\")?(?![^\W\d])"
)
#: What is left of "3 x" and of numbers without a unit.
_COUNT = re.compile(r"[x×]|[0-9]+x?")
_TOKEN = re.compile(r"[^\W_]+")
#: Kinds that say less than what stands beside them: "warm-up jog" is a jog.
_LEAST = ("warm_up", "rest")


@dataclass(frozen=True)
class NamedWork:
    """What a name says of work that is no exercise.

    Parameters
    ----------
    movement : str
        Id of the movement that stands for it.
    rest : str
        What the name says beside it, "" where its words say nothing else. If that is the name of
        an exercise, it is the exercise that was done ("yoga push-up").
    """

    movement: str
    rest: str = ""


@lru_cache(maxsize=8192)
def named_work(name: str) -> NamedWork | None:
    """Return the work that a name stands for if it is neither an exercise nor a drill.

    Parameters
    ----------
    name : str
        As logged, or the type of an activity with spaces between its words.

    Examples
    --------
    >>> named_work("Easy bike, 30 min")
    NamedWork(movement='cycling', rest='')
    >>> named_work("Wadendehnung").movement, named_work("Barbell row")
    ('stretching', None)
    >>> named_work("Row 500 m").movement, named_work("Yoga push-up").rest
    ('rowing_machine', 'push up')
    """
    text = _plain(name)
    has_amount = any(found["unit"] or ":" in found[0] for found in _AMOUNT.finditer(text))
    tokens = tuple(_TOKEN.findall(_AMOUNT.sub(" ", text)))
    whole = _whole_name(tokens, has_amount=has_amount)
    if whole is not None:
        return NamedWork(whole)
    heads, marks = _patterns()
    if heads.search(text):
        return NamedWork(_HEADS_MEAN)
    for movement, pattern in marks.items():
        if pattern.search(text):
            return NamedWork(movement, " ".join(_TOKEN.findall(pattern.sub(" ", text))))
    return None


def _whole_name(tokens: tuple[str, ...], *, has_amount: bool) -> str | None:
    """Return the movement of a name all of whose words are of such work or say how it was."""
    names, beside = _names(with_amount=has_amount), _beside()
    found: list[str] = []
    place = 0
    while place < len(tokens):
        for phrase in _phrases_from(tokens, place):
            if phrase in names:
                found.append(names[phrase])
                place += len(phrase)
                break
        else:
            if tokens[place] not in beside and not _COUNT.fullmatch(tokens[place]):
                return None
            place += 1
    return min(found, key=lambda movement: kind_of_work(movement) in _LEAST, default=None)


def _phrases_from(tokens: tuple[str, ...], place: int) -> Iterator[tuple[str, ...]]:
    """Yield the phrases that begin at a place, the longest first."""
    for length in range(min(_longest(), len(tokens) - place), 0, -1):
        yield tokens[place : place + length]


@cache
def _names(*, with_amount: bool) -> Mapping[tuple[str, ...], str]:
    names: dict[tuple[str, ...], str] = {}
    for table in ("work.names", "work.with_amount")[: 1 + with_amount]:
        for by_movement in words_of_languages(table).values():
            for movement, phrases in by_movement.items():
                for phrase in phrases:
                    names.setdefault(tuple(_TOKEN.findall(_plain(phrase))), movement)
    return names


@cache
def _longest() -> int:
    return max(map(len, _names(with_amount=True)))


@cache
def _beside() -> frozenset[str]:
    lists = words_of_languages("work.within.beside").values()
    return frozenset(_plain(word) for words in lists for word in words)


@cache
def _patterns() -> tuple[re.Pattern[str], Mapping[str, re.Pattern[str]]]:
    """Return the pattern of stretches, and those of each other movement that a word decides."""
    heads = [f"(?:{_plain(each)})" for each in words_of_languages("work.within.heads").values()]
    marks: dict[str, list[str]] = {}
    for by_movement in words_of_languages("work.within.marks").values():
        for movement, pattern in by_movement.items():
            marks.setdefault(movement, []).append(f"(?:{_plain(pattern)})")
    return re.compile("|".join(heads)), {
        movement: re.compile("|".join(patterns)) for movement, patterns in marks.items()
    }


def _plain(text: str) -> str:
    """Return text in lower case, without accents; a pattern without accents stays a pattern."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").lower())
    kept = "".join(each for each in decomposed if not unicodedata.combining(each))
    return unicodedata.normalize("NFC", kept).replace("ø", "o").replace("ł", "l")
