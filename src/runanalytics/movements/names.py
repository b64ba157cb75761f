"""Exercise names as plain words, whatever their case, accents, plurals and abbreviations.

Two names that mean the same become the same words, whatever app they were logged in. The word
lists stand with the other words of each language, in tables ``movements.reading`` of
`runanalytics.words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from runanalytics.words import words as words_of

_TOKEN = re.compile(r"[^\W_]+")
_APOSTROPHE_S = re.compile(r"['’`´](?=s\b)")
_ELISION = re.compile(r"(?<!\w)(?:[dl]|all|dell|nell|sull)['’`´](?=\w)")
_TO = re.compile(r"(?<!\w)(?:à|w/|w/o)(?!\w)")
_ONE_SIDE_OR_OTHER = re.compile(r"\b([rl])/([rl])\b")
_APOSTROPHES = frozenset("'’`´")
#: Accents of Latin letters, once these are taken apart.
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
#: Letters that no accent is taken off, but that have a plain spelling all the same.
_PLAIN = str.maketrans({"œ": "oe", "ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i"})
#: Length of a word from which its last letters may be its number and gender.
_LEAST_STEM = 4


@dataclass(frozen=True)
class Lexicon:
    """The word lists of all languages, in the singular.

    Parameters
    ----------
    small : frozenset of str
        Small words without meaning in a name.
    manner : frozenset of str
        Words that tell with what or how, and may be left out without changing the exercise.
    loads : frozenset of str
        Those of them that are weights and machines.
    posture : frozenset of str
        Words that may be left out likewise, where two words or more remain.
    meaningful : frozenset of str
        Words that always count, besides those in the catalogue.
    compound_starts : tuple of str
        Equipment that is written in one word with the exercise.
    spellings : mapping of str to str
        Word as logged to what it stands for, which may be several words.
    pairs : mapping of tuple of str to str
        Two neighbouring words to the one that they make.
    """

    small: frozenset[str]
    manner: frozenset[str]
    loads: frozenset[str]
    posture: frozenset[str]
    meaningful: frozenset[str]
    compound_starts: tuple[str, ...]
    spellings: Mapping[str, str]
    pairs: Mapping[tuple[str, ...], str]


@cache
def lexicon() -> Lexicon:
    """Return the word lists.

    Examples
    --------
    >>> "dumbbell" in lexicon().manner
    True
    """
    tables = words_of("movements.reading").values()

    def listed(name: str) -> Iterable[str]:
        return (word for table in tables for word in table.get(name, ()))

    def mapped(name: str) -> dict[str, str]:
        return {key: word for table in tables for key, word in table.get(name, {}).items()}

    manner, posture, meaningful = (
        frozenset(map(_singular, listed(name))) for name in ("manner", "posture", "meaningful")
    )
    return Lexicon(
        small=frozenset(listed("small")),
        manner=manner,
        loads=frozenset(listed("loads")),
        posture=posture,
        meaningful=meaningful,
        compound_starts=tuple(listed("compound_starts")),
        spellings=mapped("spellings"),
        pairs={tuple(pair.split()): word for pair, word in mapped("pairs").items()},
    )


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """Return the words of an exercise name in one spelling, in the order of the name.

    Parameters
    ----------
    name : str
        As logged, without amounts.

    Returns
    -------
    tuple of str
        Lower case, without accents, plurals, small words and punctuation; abbreviations written
        out, compounds such as "push-up" as one word.

    Examples
    --------
    >>> words("Push-Ups")
    ('pushup',)
    >>> words("SL RDL (DB)")
    ('oneleg', 'romanian', 'deadlift', 'dumbbell')
    >>> words("Presse à cuisses")
    ('presse', 'cuisse')
    """
    known = lexicon()
    spelled: list[str] = []
    for token in _TOKEN.findall(plain_letters(name)):
        if token.startswith(known.compound_starts):
            start = next(each for each in known.compound_starts if token.startswith(each))
            if len(token) - len(start) > 3:
                spelled.append(known.spellings.get(start, start))
                token = token[len(start) :]
        singular = _singular(token)
        if singular in known.small:
            singular = token
        one_spelling = known.spellings.get(token) or known.spellings.get(singular) or singular
        spelled.extend(one_spelling.split())
    meaningful = [word for word in _with_pairs_joined(spelled) if word not in known.small]
    return tuple(_with_pairs_joined(meaningful))


@lru_cache(maxsize=8192)
def plain_letters(name: str) -> str:
    """Return a name in lower case, without accents and elided articles.

    Examples
    --------
    >>> plain_letters("Haussement d'Épaules")
    'haussement epaules'
    """
    # Some apps write "_" for a space, which to a regular expression is part of a word.
    text = unicodedata.normalize("NFC", name).casefold().replace("_", " ")
    if "à" in text or "w/" in text:
        text = _TO.sub(" ", text)
    if "/" in text:
        text = _ONE_SIDE_OR_OTHER.sub(" ", text)
    if not _APOSTROPHES.isdisjoint(text):
        text = _APOSTROPHE_S.sub("", _ELISION.sub("", text))
    if text.isascii():  # as most names: the rest takes longer than all before
        return text
    return without_accents(text).casefold()


def without_accents(text: str) -> str:
    """Return a text without accents.

    Examples
    --------
    >>> without_accents("à la maison")
    'a la maison'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_ACCENTS)
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain


@lru_cache(maxsize=8192)
def plain_text(name: str) -> str:
    """Return a name in lower case, without accents and punctuation, all words as written.

    Examples
    --------
    >>> plain_text(" Talons-fesses ! ")
    'talons fesses'
    """
    return " ".join(_TOKEN.findall(plain_letters(name)))


def _singular(token: str) -> str:
    if len(token) > 3 and token.endswith("ies"):
        return token[:-3] + "y"
    if len(token) > 3 and token.endswith("s") and not token.endswith("ss"):
        return token[:-1]
    return token


def stem(word: str) -> str:
    """Return a word without the endings that tell number, gender and case.

    Examples
    --------
    >>> stem("talone"), stem("talon"), stem("laterali"), stem("laterale"), stem("fly")
    ('talon', 'talon', 'lateral', 'lateral', 'fly')
    """
    shortened = word.removesuffix("en") if word.endswith("en") else word.rstrip("aeio")
    return shortened if len(shortened) >= _LEAST_STEM else word


def _with_pairs_joined(tokens: list[str]) -> list[str]:
    if len(tokens) < 2:
        return tokens
    pairs = lexicon().pairs
    joined: list[str] = []
    for token in tokens:
        pair = pairs.get((joined[-1], token)) if joined else None
        if pair:
            joined[-1] = pair
        else:
            joined.append(token)
    return joined


def without(tokens: tuple[str, ...], dropped: frozenset[str]) -> tuple[str, ...]:
    """Return `tokens` without those in `dropped` and without numbers.

    Parameters
    ----------
    tokens : tuple of str
        As from `words`.
    dropped : frozenset of str
        Words to leave out.

    Examples
    --------
    >>> without(("leg", "press", "45", "machine"), lexicon().manner)
    ('leg', 'press')
    """
    # A list, since a generator takes half as long again.
    return tuple([t for t in tokens if t not in dropped and not t[0].isdigit()])
