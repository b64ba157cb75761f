"""Patterns of amounts that are looked for, and made, only where a text has a word that they need.

Most texts have few kinds of amounts, and to make all their patterns takes longer than all else
together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

_RUN_OF_LETTERS = re.compile(r"[^\W\d_]+")


class Pattern:
    """A pattern that is compiled when a text first has one of the words, or the signs, it needs.

    Parameters
    ----------
    pattern : str
        Of texts in lower case.
    words : iterable of str
        Phrases one of which it needs, if it needs any.
    signs : str
        A pattern that it needs, if any, which is quicker to look for.
    within_words : bool
        Whether its words may be parts of other words.
    """

    def __init__(
        self,
        pattern: str,
        *,
        words: Iterable[str] = (),
        signs: str = "",
        within_words: bool = False,
    ) -> None:
        told = {word for word in words if word == word.casefold()}
        runs = [] if within_words else [_RUN_OF_LETTERS.findall(word) for word in told]
        self._pattern = pattern
        self._words = _least(told)
        self._runs = frozenset(max(each, key=len) for each in runs) if all(runs) else frozenset()
        self._signs = re.compile(signs) if signs else None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern)

    def _may_be_in(self, text: str) -> bool:
        if self._signs is not None and not self._signs.search(text):
            return False
        # A loop, since `any` of a generator takes twice as long.
        for word in self._words:
            if word in text:
                return True
        return not self._words

    def may_be_beside(self, told: frozenset[str]) -> bool:
        """Return whether `runs_of_letters` of a text have one that the pattern needs."""
        return not self._runs or not self._runs.isdisjoint(told)

    def search(self, text: str) -> re.Match[str] | None:
        """Return where a text, in lower case, first has it."""
        return self._compiled.search(text) if self._may_be_in(text) else None

    def subn(self, by: str, text: str) -> tuple[str, int]:
        """Return a text with each place replaced, and how many there were."""
        return self._compiled.subn(by, text) if self._may_be_in(text) else (text, 0)


def runs_of_letters(text: str) -> frozenset[str]:
    """Return the runs of letters in a text, with and without an "x" for times beside them.

    Examples
    --------
    >>> {"max", "each", "side"} <= runs_of_letters("3xmax each side")
    True
    """
    told = set(_RUN_OF_LETTERS.findall(text))
    for run in tuple(told):
        if run[0] == "x" or run[-1] == "x":
            told |= {run.removeprefix("x"), run.removesuffix("x"), run.strip("x")}
    return frozenset(told)


def _least(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of which a text has one if it has any: "set" for "sets"."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(map(word.__contains__, kept)):
            kept.append(word)
    return tuple(kept)
