"""Words for kinds of sets, and for rows that are no sets, in all languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from runanalytics.importers.text.delimited import column_key
from runanalytics.words import words


def set_kind(word: str) -> str | None:
    """Return the kind of set that a word means: normal, warmup, failure or drop; else None.

    Parameters
    ----------
    word : str
        As an app or a person writes it: in any case, with spaces, hyphens or underscores.

    Examples
    --------
    >>> set_kind("Drop_Set"), set_kind("Aufwärmsatz"), set_kind("WARMUP_SET"), set_kind("7")
    ('drop', 'warmup', 'warmup', None)
    """
    key = column_key(word)
    kinds = _set_kinds()
    return kinds.get(key) or kinds.get(key.removesuffix("_set"))


@cache
def words_of(table: str, key: str) -> frozenset[str]:
    """Return the words of all languages under one key of a table, in lower case.

    Examples
    --------
    >>> "ruhezeit" in words_of("rest", "timers")
    True
    """
    return frozenset(word.casefold() for held in words(table).values() for word in held[key])


@cache
def _set_kinds() -> Mapping[str, str]:
    return {
        column_key(word): kind
        for table in words("set_kinds").values()
        for kind, known in table.items()
        for word in known
    }
