"""Identifiers as users write them: whole, or by their first characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from runanalytics.errors import UsageError

#: Shortest beginning of an identifier that stands for it.
_SHORTEST = 4
#: Candidates that a message lists.
_MOST_LISTED = 5

T = TypeVar("T")


def begins(text: str, identifier: str) -> bool:
    """Return whether `text` is an identifier, or at least its first four characters."""
    return text == identifier or (len(text) >= _SHORTEST and identifier.startswith(text))


def the_only(text: str, found: Mapping[str, T], none: UsageError) -> T:
    """Return the only thing that an identifier stands for.

    Parameters
    ----------
    text : str
        The identifier as the user wrote it.
    found : mapping of str
        What it may stand for, by the name that a message gives it.
    none : UsageError
        The error where it stands for nothing.

    Raises
    ------
    UsageError
        If it stands for nothing, or for several things.
    """
    if len(found) > 1:
        listed = ", ".join(list(found)[:_MOST_LISTED])
        raise UsageError(f"'{text}' may be {listed}", hint="write more of it")
    if not found:
        raise none
    (only,) = found.values()
    return only
