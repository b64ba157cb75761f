"""Words beside the numbers of a set: units, sides, "sets", "repetitions", in all languages.

They stand in tables ``amounts`` of `runanalytics.words`. Some mean an amount in a cell that holds
nothing else, but not in the name of an exercise, which they may belong to ("broad jumps"); those
stand in ``amounts.in_cells``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from runanalytics.movements.names import without_accents
from runanalytics.words import words
from runanalytics.words.phrases import alternatives


@cache
def amount_words(*, in_cells: bool = False) -> Mapping[str, tuple[str, ...]]:
    """Return the words of each kind in all languages.

    Parameters
    ----------
    in_cells : bool
        Whether those are meant, too, that say so in cells alone.

    Returns
    -------
    mapping of str to tuple of str
        Kind ("seconds", "each_side", ...) -> words, in lower case.

    Examples
    --------
    >>> "jumps" in amount_words()["repetitions"], "reps" in amount_words()["repetitions"]
    (False, True)
    >>> "jumps" in amount_words(in_cells=True)["repetitions"]
    True
    """
    tables = ("amounts", "amounts.in_cells") if in_cells else ("amounts",)
    found: dict[str, list[str]] = {}
    for table in tables:
        for listed in words(table).values():
            for kind, spellings in listed.items():
                if kind != "in_cells":
                    # "fuß" is compared as "fuss", and found as it is written, and "côté" by those
                    # who leave out accents.
                    forms = (
                        form
                        for word in spellings
                        for form in (word, word.casefold(), without_accents(word.casefold()))
                    )
                    found.setdefault(kind, []).extend(forms)
    return MappingProxyType({kind: tuple(dict.fromkeys(each)) for kind, each in found.items()})


@cache
def of_what() -> str:
    """Return a pattern of the small words between a number and what it is of: "of", "de", "zu"."""
    return alternatives(word for word in amount_words()["of"] if word.isalpha() and word != "x")
