"""What the reading of a diary line left out: numbers that are nowhere in it, and unknown words.

Every number of a line must be a value that was read, belong to a name, or be shown as not
understood, and every word must be one that names, amounts or lines are known to have, or be shown.
The check looks at the text and at the result alone, so that it holds however the line was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import RPE_MAX, Amounts
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.index import index
from runanalytics.movements.matcher import SIMILAR, named_exactly
from runanalytics.movements.names import lexicon, plain_letters, plain_text, stem, words
from runanalytics.movements.reading import Reading
from runanalytics.movements.word_sets import shipped_set
from runanalytics.units import LENGTHS_M
from runanalytics.words import words as words_of
from runanalytics.words.phrases import any_of

#: Numbers that do not belong to a word, as that of "Z2" does; "x10" is a number all the same.
_NUMBER = re.compile(r"(?<![^\W\dx×])(?<!\d)\d+(?:[.,]\d+)*", re.IGNORECASE)
#: "5, 5, 5+": the last was as many as could be done.
_OR_MORE = re.compile(r"\d\+(?=$|[,;)])")
_DIGITS = re.compile(r"\d+")
#: A word of two letters or more; single letters are signs and names of skips.
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)*")
_APOSTROPHE = re.compile(r"['’]")
#: Signs beside numbers in every language.
_MARKS = ("rpe", "rir", "bw", "tempo", "flying")
#: Words that tell a number: where one is left in a line in figures, it was not read.
_NUMBERS = ("numbers", "numbers_and_a_half", "and_a_half", "a_half", "spoken_minutes")
#: Single letters are signs, and names of skips.
_LEAST_WORD = 2
#: Score of a name that is the catalogue's own.
_SAME = 100.0


def unread(text: str, read: Iterable[Reading | Amounts], shown: Iterable[str]) -> tuple[str, ...]:
    """Return the pieces of a line, between spaces, that have a number or word that was not read.

    Parameters
    ----------
    text : str
        The line.
    read : iterable of Reading or Amounts
        What was read of it: its parts, and amounts of the whole session.
    shown : iterable of str
        What is shown as not understood already.

    Examples
    --------
    >>> from runanalytics.movements.reading import read_name
    >>> unread("squat 3x5 zorb 7", [read_name("squat 3x5")], ["7"])
    ('zorb',)
    """
    read, shown = list(read), list(shown)
    numbers = _Numbers(read)
    left = Counter(number for each in shown for number in _DIGITS.findall(each))
    spoken = {word for each in shown for word in plain_text(each).split()}
    for each in read:
        if isinstance(each, Reading) and each.movement:
            if each.match.score == _SAME:
                left.update(_DIGITS.findall(each.name))
            said = plain_text(each.name).split()
            if each.match.score == _SAME or each.match.reason.startswith(SIMILAR):
                spoken.update(said)
            else:
                # What a match leaves out is known: how, with what, or of which kind of work.
                spoken.update(word for word in said if {word, stem(word)} & _naming())
            spoken.update(word for word in words(each.name) if word in _naming())
    movements = {each.movement for each in read if isinstance(each, Reading) and each.movement}
    missed, open_ = [], " ".join(shown)
    for piece in _without_both_sides(text).split():
        counted = [_take(number[0], numbers, left) for number in _NUMBER.finditer(piece)]
        if "+" in piece:
            counted += [found[0] in open_ for found in _OR_MORE.finditer(piece)]
        known = [_is_known(word[0], spoken, movements) for word in _WORD.finditer(piece)]
        if not all((*counted, *known)):
            missed.append(piece.strip(".,;:()[]!"))
    return tuple(missed)


def _without_both_sides(text: str) -> str:
    """Return a text without "on 2 sides", whose number is no amount."""
    return _both_sides().sub("", text) if "2" in text else text


@cache
def _both_sides() -> re.Pattern[str]:
    told = (each.split() for each in amount_words()["each_side"])
    in_figures = [" ".join(f"{numbers().get(word, word)}" for word in each) for each in told]
    both = any_of([each for each in in_figures if "2" in each])
    return re.compile(rf"(?<!\w)(?:{both})(?!\w)", re.IGNORECASE)


class _Numbers:
    """The numbers that may stand in a text for what was read, each as often as it was read.

    A time or distance stands there once, in one of its units: "90 s", "1:30" or "1.5 min". So a
    number that nothing has used is not taken for a part of another.
    """

    def __init__(self, read: Iterable[Reading | Amounts]) -> None:
        self._left = [told for each in read for told in _ways_to_tell(each)]

    def take(self, value: float) -> bool:
        """Take a number; return whether it was left."""
        for place, ways in enumerate(self._left):
            kept = [way for way in ways if value in way]
            if not kept:
                continue
            rest = [_without(way, value) for way in kept]
            self._left[place] = [way for way in rest if way]
            return True
        return False


def _without(way: tuple[float, ...], value: float) -> tuple[float, ...]:
    place = way.index(value)
    return (*way[:place], *way[place + 1 :])


def _ways_to_tell(read: Reading | Amounts) -> Iterator[list[tuple[float, ...]]]:
    """Yield, for each amount that was read, the numbers it may be told in: 90 s as 90 or 1, 30."""
    for number in (read.n_sets, *read.reps):
        if number is not None:
            yield [(float(number),)]
    if read.effort_rpe is not None:
        yield [(read.effort_rpe,), (RPE_MAX - read.effort_rpe,)]
    if read.load is not None:
        yield [(read.load.as_logged,)]
    if read.height_cm is not None:
        yield [(read.height_cm,)]
    if read.distance_m is not None:
        yield [
            (each,) for each in {round(read.distance_m / LENGTHS_M[unit], 3) for unit in LENGTHS_M}
        ]
    for time_s in (read.hold_s, read.rest_s):
        if time_s is not None:
            minutes, hours = time_s / 60.0, time_s / 3600.0
            yield [
                *((round(one, 3),) for one in (time_s, minutes, hours)),
                (minutes // 1.0, round(time_s % 60.0, 3)),
                (hours // 1.0, minutes % 60.0 // 1.0),
            ]


def _take(number: str, numbers: _Numbers, left: Counter[str]) -> bool:
    """Take a number, or each number of a list such as "8,8,6", from those that were read."""
    if "," not in number or number.count(",") == 1:
        decimal = number.replace(",", ".")
        value = round(float(decimal), 3) if decimal.count(".") < 2 else None
        if value is not None and numbers.take(value):
            return True
    taken = []
    for digits in _DIGITS.findall(number):
        if numbers.take(float(digits)):
            taken.append(True)
        else:
            taken.append(left[digits] > 0)
            left[digits] -= 1
    return all(taken)


def _is_known(word: str, spoken: set[str], movements: set[str]) -> bool:
    plain = plain_text(word)
    if spoken.issuperset(plain.split()) or _is_among(word.casefold(), _beside_names()):
        return True
    if spoken.issuperset(words(word)):
        return True  # "sq" of "front sq"
    return named_exactly(word) in movements


@lru_cache(maxsize=8192)
def is_vocabulary(word: str) -> bool:
    """Return whether names, amounts or lines are known to have a word, in lower case."""
    return _is_among(word, _every_word())


def is_of_names(word: str) -> bool:
    """Return whether a word, in lower case and without accents, is one of movements' names."""
    return word in _naming() or stem(word) in _naming()


def _is_among(word: str, known: frozenset[str]) -> bool:
    for part in _APOSTROPHE.split(word):
        plain = plain_text(part)
        if len(plain) < _LEAST_WORD or plain in known or stem(plain) in known:
            continue
        if not known.issuperset(words(part)):
            return False
    return True


@cache
def _every_word() -> frozenset[str]:
    return _naming() | _beside_names()


@shipped_set
def _naming() -> frozenset[str]:
    """Return the words of names of movements, without accents, in all languages.

    One of these counts as read only if a movement that was read has it in its name: "salto" tells
    a jump from a lunge.
    """
    plain = {word for text in index().by_text for word in text.split()}
    for beside in ("with_repetitions", "over_distance", "over_a_short_way"):
        for text in _strings(words_of(f"movements.names_{beside}")):
            plain.update(plain_text(text).split(), words(text))
    plain |= index().known
    return frozenset(plain | {stem(word) for word in plain})


@shipped_set
def _beside_names() -> frozenset[str]:
    """Return the words of amounts and lines, and those of manner, in all languages."""
    lists = lexicon()
    texts = [
        *_MARKS,
        *(word for each in amount_words().values() for word in each),
    ]
    for listed in words_of("diary").values():
        texts.extend(_strings({name: listed[name] for name in listed if name not in _NUMBERS}))
    for tables in ("movements.kinds", "work.names", "work.with_amount", "work.within"):
        texts.extend(_strings(words_of(tables)))
    texts.extend(each.replace("|", " ") for each in _strings(words_of("weekdays")))
    plain = {word for text in texts for word in plain_letters(text).replace("'", " ").split()}
    plain |= {word for text in texts for word in plain_text(text).split()}
    plain |= lists.small | lists.manner | lists.posture
    plain |= {each for pair in lists.pairs for each in pair if lists.pairs[pair] in lists.manner}
    plain |= {word for word, meant in lists.spellings.items() if plain.issuperset(meant.split())}
    return frozenset(plain | {stem(word) for word in plain})


def _strings(found: object) -> Iterator[str]:
    """Yield every string of nested tables of words."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, (list, tuple)):
        for each in found:
            yield from _strings(each)
    elif hasattr(found, "values"):
        for each in found.values():
            yield from _strings(each)
