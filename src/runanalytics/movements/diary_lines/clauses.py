"""Clauses of a line that tell how it was, and of no work: "while the kettle boiled".

What an exercise is called has no verb of its own, no pronoun and no name of a person before more
words. So a clause is one where it begins with such a word ("didn't write it down", "stopped while
...") or with somebody ("Hugo un peu raide"), where it ends with a verb ("Spaß gehabt"), or where
all its words but one are the commonest ones, with such a word among them ("the last two were
lousy"). A clause that tells what was done ("we tried zorbing"), or names it, is none. The words
stand in ``words/*.toml``, table ``circumstances``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from runanalytics.movements.names import without_accents
from runanalytics.words import words as words_of

#: Fewest words of a clause that begins with a word of a clause.
_LEAST = 3
#: Most words that nothing is known of, of a clause of the commonest words, of one that ends so, and
#: behind somebody.
_MOST_UNKNOWN, _MOST_BEFORE_END, _MOST_OF_SOMEBODY = 1, 2, 3
#: Most words of what opens a clause.
_LONGEST_OPENER = 3
#: What names of things that one does end with.
_GERUND = "ing"
#: What words that say how something was end with: "finally", "finalmente".
_ADVERBS = ("ly", "mente", "ment")
#: Fewest letters before the last word of a compound.
_LEAST_BEFORE_END = 3
#: Letters of such a word.
_LEAST_OF_ADVERB = 6


def is_person(word: str) -> bool:
    """Return whether a word is written as a name that many people have.

    Examples
    --------
    >>> is_person("Ellie"), is_person("ellie"), is_person("Zercher")
    (True, False, False)
    """
    return word[:1].isupper() and plain(word) in _listed("people")


@lru_cache(maxsize=8192)
def is_occasion(word: str) -> bool:
    """Return whether a German noun is a group, or a time at which something is done.

    Examples
    --------
    >>> is_occasion("Marathongruppe"), is_occasion("Gruppe"), is_occasion("Storchenwippe")
    (True, False, False)
    """
    said = plain(word)
    ends = (end for end in _listed("occasions") if len(said) >= len(end) + _LEAST_BEFORE_END)
    return word[:1].isupper() and any(map(said.endswith, ends))


def is_clause(told: Sequence[str], known: Sequence[bool], *, like: bool) -> bool:
    """Return whether words are a clause that tells how something was, and of no work.

    Parameters
    ----------
    told : sequence of str
        The words of a text that names no work, as written.
    known : sequence of bool
        Of each, whether it is one of those that stand beside work.
    like : bool
        Whether one of the others is of names of movements, or near to one.
    """
    words = [plain(word) for word in told]
    if not words or not _listed("tried").isdisjoint(words):
        return False
    start = next((at for at, word in enumerate(words) if word not in _listed("linking")), 0)
    words, told, known = words[start:], told[start:], known[start:]
    n_unknown = sum(not (each or is_person(word)) for word, each in zip(told, known, strict=True))
    opened = _opened(words)
    if opened and len(words) >= _LEAST:
        if words[0] in _listed("while") or n_unknown == 0:
            return True
        if not like and n_unknown <= _MOST_UNKNOWN and (opened > 1 or known[1]):
            return True
    if len(words) > 1 and is_person(told[0]) and words[1] not in _listed("joining"):
        # "Hugo un peu raide", but "Luca la sirena" may have done one.
        telling = _is_adverb(words[1]) or any(
            " ".join(words[1:n]) in _listed("degrees") for n in (2, 3)
        )
        if n_unknown == 0 or (telling and not like and n_unknown <= _MOST_OF_SOMEBODY):
            return True
    if like:
        return False
    if words[-1] in _listed("closers") and n_unknown <= _MOST_BEFORE_END:
        return True
    verb = next((at for at, word in enumerate(words) if word in _listed("of_clauses")), None)
    if verb is None or len(words) == 1 or n_unknown > _MOST_UNKNOWN:
        return False
    # "Zorbing was fun" tells of some exercise; "they went zorbing" does, too.
    return all(known[:verb]) and not any(
        word.endswith(_GERUND) for word, each in zip(words, known, strict=True) if not each
    )


def _opened(words: Sequence[str]) -> int:
    """Return how many words of a clause's beginning open it."""
    lengths = range(min(_LONGEST_OPENER, len(words)), 0, -1)
    return next((n for n in lengths if " ".join(words[:n]) in _listed("openers")), 0)


def _is_adverb(word: str) -> bool:
    return len(word) >= _LEAST_OF_ADVERB and word.endswith(_ADVERBS)


@lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """Return a word in lower case, without accents."""
    return without_accents(word.replace("’", "'")).casefold()


@cache
def _listed(kind: str) -> frozenset[str]:
    """Return words of clauses of one kind, as plain text, in all languages."""
    tables = words_of("circumstances.clauses").values()
    return frozenset(plain(word) for table in tables for word in table.get(kind, ()))
