"""Which languages a word of a diary line belongs to, and German words without their umlauts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache

from runanalytics.movements.diary_lines.unread import is_vocabulary
from runanalytics.movements.names import words
from runanalytics.movements.vocabulary import catalogue
from runanalytics.words import words as words_of

#: The language of the catalogue.
_CATALOGUE = "en"
#: Where names and words of lines stand, in ``words/*.toml``.
_TABLES = ("movements.names", "movements.generic", "amounts", "diary")
#: Two letters that may stand for an umlaut: not those of "Pause", "neue" and "quer".
_MAY_BE_UMLAUT = re.compile(r"(?<![aeqou])([aou])e(?=[^\W\d_])", re.IGNORECASE)
_MAY_HAVE_UMLAUT = re.compile(
    rf"(?<![^\W\d_])(?=[^\W\d_]{{5}})[^\W\d_]*?{_MAY_BE_UMLAUT.pattern}[^\W\d_]*", re.IGNORECASE
)
_UMLAUTS = str.maketrans("aouAOU", "äöüÄÖÜ")


def languages_of_generic(name: str) -> frozenset[str]:
    """Return the languages in which alone several movements go by a name; none if it is in all."""
    said = sorted(words(name))
    return frozenset(
        language
        for language, table in words_of("movements.generic_here").items()
        if any(sorted(words(each)) == said for each in table["names"])
    )


def is_foreign(word: str, languages: Set[str]) -> bool:
    """Return whether a word, as `names.words` returns it, is known in other languages alone.

    Examples
    --------
    >>> is_foreign("talon", {"en"}), is_foreign("squat", {"en"})
    (True, False)
    """
    known = {language for language, of_it in _words_by_language().items() if word in of_it}
    return bool(known) and known.isdisjoint(languages)


def with_umlauts(text: str) -> str:
    """Return a text in which words that are known with umlauts alone are written with these.

    Examples
    --------
    >>> with_umlauts("3 Klimmzuege; 2 neue foam boxes")
    '3 Klimmzüge; 2 neue foam boxes'
    """
    return _MAY_HAVE_UMLAUT.sub(_with_umlauts, text)


def _with_umlauts(found: re.Match[str]) -> str:
    word = found[0]
    if is_vocabulary(word.casefold()):
        return word
    spelled = _MAY_BE_UMLAUT.sub(lambda one: one[1].translate(_UMLAUTS), word)
    return spelled if is_vocabulary(spelled.casefold()) else word


@cache
def _words_by_language() -> dict[str, frozenset[str]]:
    # Each is asked for once: kept, they would take the place of names that are asked for again.
    words_once = words.__wrapped__
    found: dict[str, set[str]] = {
        _CATALOGUE: {
            word
            for entry in catalogue().values()
            for name in (entry.name, *entry.aliases)
            for word in words_once(name)
        }
    }
    for name in _TABLES:
        for language, table in words_of(name).items():
            said = (word for text in _strings(table) for word in words_once(text))
            found.setdefault(language, set()).update(said)
    return {language: frozenset(of_it) for language, of_it in found.items()}


def _strings(found: object) -> Iterator[str]:
    """Yield the strings of nested tables of words, and their keys, which may be names."""
    if isinstance(found, str):
        yield found
    elif hasattr(found, "items"):
        for key, each in found.items():
            yield key
            yield from _strings(each)
    elif isinstance(found, (list, tuple)):
        for each in found:
            yield from _strings(each)
