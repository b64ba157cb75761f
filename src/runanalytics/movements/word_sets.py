"""Sets of words that are made of all names and all words of lines, as they are shipped.

Making one takes longer than to read a line of a diary, so they stand in ``word_sets.tsv``, which
``make index`` writes. Where names or words have changed since, a set is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path

from runanalytics.movements.index import names_fingerprint

_SHIPPED = Path(__file__).with_name("word_sets.tsv")
_MADE: dict[str, Callable[[], frozenset[str]]] = {}


def shipped_set(make: Callable[[], frozenset[str]]) -> Callable[[], frozenset[str]]:
    """Let a function that makes a set of words return it as shipped, if that is of these names.

    Those of a module are written if ``__main__.py`` imports it.
    """
    name = f"{make.__module__.rpartition('.')[2]}.{make.__name__}"
    _MADE[name] = make

    @cache
    @wraps(make)
    def returned() -> frozenset[str]:
        line = _shipped().get(name)
        return make() if line is None else frozenset(line.split("|"))

    return returned


@cache
def _shipped() -> dict[str, str]:
    of, *lines = _SHIPPED.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines) if of == names_fingerprint() else {}


def word_sets_table() -> str:
    """Return the sets of all modules that have been imported: what they are of, a set a line."""
    lines = (f"{name}\t{'|'.join(sorted(make()))}" for name, make in sorted(_MADE.items()))
    return "\n".join((names_fingerprint(), *lines)) + "\n"


def write_word_sets() -> None:
    """Write the sets as they are shipped."""
    _SHIPPED.write_text(word_sets_table(), encoding="utf-8")
