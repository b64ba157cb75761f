"""Strength and technique work that a text names, such as a run's title, in any language.

"Easy 8k + 6 strides" says that strides were done. The names of movements and amounts are read as
in every log (`reading`); nothing is taken for a name that is merely similar to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.index import index
from runanalytics.movements.matcher import folded
from runanalytics.movements.names import lexicon, plain_text, stem, words
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.vocabulary import WHOLES, catalogue, session_kind, work_of_set
from runanalytics.movements.word_sets import shipped_set
from runanalytics.words import words as words_of

#: Between two things that were done; commas, colons and slashes within numbers are none.
_SIGNS = (
    r"[\n;|&\[\]()•·!?]|(?<!\d),|,(?!\d)|\+(?!\s*\d+(?:[.,]\d+)?\s*(?:kg|lb))|:(?!\d)"
    r"|(?<=[^\W\d])/(?=[^\W\d]{2})|\s[-–—/]\s|\.(?=\s|$)|\bw/"
)
#: Brackets around an amount: "A-skips (3x30 m)".
_AMOUNT_IN_BRACKETS = re.compile(r"\(([^()\n]*\d[^()\n]*)\)")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
#: A number, or numbers of sets, right before a name.
_NUMBER_BEFORE = re.compile(r"(?:\d{1,3}\s*[x×*]\s*)?\d{1,4}\s*(?:m|s|sec|min)?\s*[x×*]?\s*$")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
#: Sets of repetitions, not of metres or minutes: beside them a name that many things share, as
#: "squat" and "squat stretch" do, is that of an exercise.
_SETS = re.compile(
    r"(?<![\d.,])\d{1,2}\s*[x×*]\s*\d{1,2}(?![\d.,:'\"’”]|\s*(?:k?m|mi|min|s|sec)(?!\w))", re.I
)
#: Longest name that is looked for among other words, words; longest text that is read, letters.
_LONGEST_NAME, _LONGEST_TEXT = 4, 4_000
#: A match of the same words: nothing that is merely similar.
_SAME = 100.0


@dataclass(frozen=True)
class NamedPart:
    """Something that a text says was done.

    Parameters
    ----------
    wording : str
        Its words without amounts: what is alike in this is decided together.
    kind : str
        "strength" or "technique".
    reading : Reading
        The movement and how much of it.
    """

    wording: str
    kind: str
    reading: Reading

    @property
    def is_whole(self) -> bool:
        """Whether the name stands for a whole, without saying which exercises."""
        return self.reading.movement in WHOLES


def named_parts(text: str) -> tuple[NamedPart, ...]:
    """Return the strength and technique work that a line of text names.

    Examples
    --------
    >>> [(part.wording, part.reading.n_sets) for part in named_parts("5k easy, 4x100m strides")]
    [('strides', 4)]
    >>> named_parts("No strides today"), named_parts("Progression run")
    ((), ())
    >>> [part.wording for part in named_parts("Tempo run, felt like 2 strides at most")]
    ['felt like strides at most']
    >>> [part.wording for part in named_parts("squat 3x5 80 kg")], named_parts("Bridge, 6x800")
    (['squat'], ())
    """
    return _named_parts(text[:_LONGEST_TEXT])


@lru_cache(maxsize=8192)
def _named_parts(text: str) -> tuple[NamedPart, ...]:
    has_clue = not _clues().isdisjoint(map(stem, _TOKEN.findall(plain_text(text))))
    if not has_clue and not _SETS.search(text):
        return ()  # as most titles; reading each takes many times as long
    parts = _between().split(_AMOUNT_IN_BRACKETS.sub(r" \1 ", text))
    return tuple(filter(None, (_named_part(part.strip()) for part in parts if part.strip())))


@lru_cache(maxsize=1)
def _between() -> re.Pattern[str]:
    joining = sorted(_words_of("and") | _words_of("then") | _words_of("with"), key=len)
    words_between = "|".join(re.escape(word) for word in reversed(joining))
    return re.compile(rf"{_SIGNS}|(?<=\s)(?:{words_between})(?=\s)", re.IGNORECASE)


@lru_cache(maxsize=8)
def _words_of(kind: str) -> frozenset[str]:
    """Return the words of one kind that stand in diaries, in all languages."""
    tables = words_of("diary").values()
    return frozenset(plain_text(word) for table in tables for word in table.get(kind, ()))


def _named_part(text: str) -> NamedPart | None:
    """Return what a part of a text names: as a whole, or as some of its words."""
    rest = take_amounts(text)[1]
    tokens = [plain_text(token) for token in _TOKEN.findall(rest)]
    if not tokens or not _words_of("not").isdisjoint(tokens):
        return None
    if all(word in _known() for word in words(rest)):
        part = _part(" ".join(_TOKEN.findall(folded(rest))), read_name(text))
        if part is not None:
            return part
    for length in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        for name in _spans(text, length):
            if plain_text(name[0]) in _sure_names():
                wording = " ".join(_TOKEN.findall(_DIGITS.sub(" ", folded(text))))
                return _part(wording, read_name(f"{name[1]} {name[0]}".strip()))
    return None


def _part(wording: str, reading: Reading) -> NamedPart | None:
    if reading.movement is None or reading.match.score < _SAME:
        return None
    kind = session_kind([work_of_set(reading.movement)])
    return NamedPart(wording, kind, reading) if kind in ("strength", "technique") else None


def _spans(text: str, length: int) -> Iterator[tuple[str, str]]:
    """Yield each so many words of a text in a row, and the number right before them."""
    found = [each for each in _TOKEN.finditer(text) if not each[0].isdigit()]
    for first, last in zip(found, found[length - 1 :], strict=False):
        before = _NUMBER_BEFORE.search(text[: first.start()])
        yield text[first.start() : last.end()], before[0] if before else ""


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Return the words that a name may be made of; a text with any other is no name."""
    lists = lexicon()
    return index().known | lists.small | lists.manner | lists.posture


@shipped_set
def _clues() -> frozenset[str]:
    """Return words, without endings, of which work that is looked for has at least one."""
    kinds = {name: session_kind([work_of_set(name)]) for name in catalogue()}
    told: set[str] = set()
    elsewhere = {*lexicon().small}
    for text, named in index().by_text.items():
        kind = kinds[named.movement]
        (told if kind in ("strength", "technique") else elsewhere).update(_TOKEN.findall(text))
    stems = {*map(stem, told)} - {*map(stem, elsewhere)}
    return frozenset(stems | {stem(name) for name in _sure_names() if " " not in name})


@shipped_set
def _sure_names() -> frozenset[str]:
    """Return names that are looked for among other words.

    Names of single exercises of strength are not: a "bridge" in a title is mostly one to run over.
    """
    sure = {
        name
        for name in catalogue()
        if name in WHOLES or session_kind([work_of_set(name)]) == "technique"
    }
    return frozenset(text for text, named in index().by_text.items() if named.movement in sure)
