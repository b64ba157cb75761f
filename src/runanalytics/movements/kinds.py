"""Words that give a kind of work away, such as stretching, yoga or cycling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from runanalytics.movements.names import plain_text, words
from runanalytics.words import words as words_of


@dataclass(frozen=True)
class Kind:
    """Words that give a kind of work away, whatever else is said or beside few other words."""

    movement: str
    decisive: frozenset[str]
    first: frozenset[str]
    endings: tuple[str, ...]
    alone: frozenset[str]
    beside: frozenset[str]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds of work with the words of all languages."""
    tables = words_of("movements.kinds").values()

    def listed(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for table in tables:
            for id, heads in table.get(name, {}).items():
                found.setdefault(id, set()).update(word for one in heads for word in words(one))
        return found

    heads = {name: listed(name) for name in ("decisive", "first", "alone")}
    endings: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for id, listed_endings in table.get("endings", {}).items():
            endings[id] = (*endings.get(id, ()), *map(plain_text, listed_endings))
    beside = {word for table in tables for one in table.get("beside", ()) for word in words(one)}
    return tuple(
        Kind(
            id,
            decisive=frozenset(heads["decisive"].get(id, ())),
            first=frozenset(heads["first"].get(id, ())),
            endings=endings.get(id, ()),
            alone=frozenset(heads["alone"].get(id, ())),
            beside=frozenset(beside),
        )
        for id in dict.fromkeys((*(id for ids in heads.values() for id in ids), *endings))
    )
