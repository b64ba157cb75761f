"""Exercise names as plain words, whatever their case, accents, plurals and abbreviations.

Two names that mean the same become the same words, whatever app they were logged in. The word
lists stand in `words.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_TOKEN = re.compile(r"[^\W_]+")
_APOSTROPHE_S = re.compile(r"['’`´](?=s\b)")
_ELISION = re.compile(r"(?<!\w)[dl]['’`´](?=\w)")
_FRENCH_TO = re.compile(r"(?<!\w)à(?!\w)")
_SETS_AND_REPS = re.compile(
    r"\d+\s*[x×]\s*\d+(?:\s*(?:m|s|sec|min|reps?|kg|lbs?)\b)?"
    r"|\d+(?:[.,]\d+)?\s*(?:sec|min|reps?|kg|lbs?)\b"
    r"|(?<!\w)\d+\s*[x×](?!\w)|(?<!\w)[x×]\s*\d+(?!\w)"
)
_WITH_OR_SIDES = re.compile(r"\bw/|\b[rl]/[rl]\b")


@dataclass(frozen=True)
class Lexicon:
    """The word lists of `words.toml`, in the singular.

    Parameters
    ----------
    stopwords : frozenset of str
        Small words without meaning in a name.
    equipment_and_manner : frozenset of str
        Words that may be left out of a name without changing the exercise.
    posture : frozenset of str
        The same, where two words or more remain.
    meaningful : frozenset of str
        Words that always count, besides those in the catalogue.
    compound_starts : tuple of str
        Equipment that is written in one word with the exercise.
    spellings : mapping of str to str
        Word as logged to what it stands for, which may be several words.
    pairs : mapping of tuple of str to str
        Two neighbouring words to the one that they make.
    """

    stopwords: frozenset[str]
    equipment_and_manner: frozenset[str]
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
    >>> "dumbbell" in lexicon().equipment_and_manner
    True
    """
    import tomllib

    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    of_words = ("stopwords", "equipment_and_manner", "posture", "meaningful")
    return Lexicon(
        **{name: frozenset(map(_singular, lists[name])) for name in of_words},
        compound_starts=tuple(lists["compound_starts"]),
        spellings=lists["spellings"],
        pairs={tuple(pair.split()): word for pair, word in lists["pairs"].items()},
    )


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """Return the words of an exercise name in one spelling, in the order of the name.

    Parameters
    ----------
    name : str
        As logged.

    Returns
    -------
    tuple of str
        Lower case, without accents, plurals, small words, punctuation and "3 x 10 kg";
        abbreviations written out, compounds such as "push-up" as one word.

    Examples
    --------
    >>> words("Push-Ups")
    ('pushup',)
    >>> words("SL RDL (DB)")
    ('oneleg', 'romanian', 'deadlift', 'dumbbell')
    >>> words("Presse à cuisses 3x10")
    ('presse', 'cuisse')
    """
    known = lexicon()
    spelled: list[str] = []
    for token in _TOKEN.findall(_plain_letters(name)):
        start = next((s for s in known.compound_starts if token.startswith(s)), "")
        rest = token[len(start) :]
        if start and len(rest) > 3:
            spelled.append(known.spellings.get(start, start))
            token = rest
        singular = _singular(token)
        one_spelling = known.spellings.get(token) or known.spellings.get(singular) or singular
        spelled.extend(one_spelling.split())
    meaningful = [word for word in _with_pairs_joined(spelled) if word not in known.stopwords]
    return tuple(_with_pairs_joined(meaningful))


def _plain_letters(name: str) -> str:
    # Some apps write "_" for a space, which to a regular expression is part of a word.
    text = unicodedata.normalize("NFC", name).casefold().replace("_", " ")
    text = _WITH_OR_SIDES.sub(" ", _FRENCH_TO.sub(" ", _SETS_AND_REPS.sub(" ", text)))
    text = _APOSTROPHE_S.sub("", _ELISION.sub("", text)).replace("œ", "oe")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _singular(token: str) -> str:
    if len(token) > 3 and token.endswith("ies"):
        return token[:-3] + "y"
    if len(token) > 3 and token.endswith("s") and not token.endswith("ss"):
        return token[:-1]
    return token


def _with_pairs_joined(tokens: list[str]) -> list[str]:
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
    >>> without(("leg", "press", "45", "machine"), lexicon().equipment_and_manner)
    ('leg', 'press')
    """
    return tuple(t for t in tokens if t not in dropped and not t[0].isdigit())
