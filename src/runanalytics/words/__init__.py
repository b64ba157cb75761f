"""Words that files are written in, one TOML file a language.

What a month, a sport, a race or a column is called in a language stands in that language's file
and nowhere else, one table a use; importers and measures ask for the table that they need. A new
language is one new file, named by its code of ISO 639-1 (Chinese in traditional characters:
``zh-hant``). A language may leave out any table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages, English first.

    Examples
    --------
    >>> languages()[0]
    'en'
    """
    codes = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    return ("en", *(code for code in codes if code != "en"))


@cache
def words(table: str) -> Mapping[str, Any]:
    """Return a table of words in each language that has it.

    Parameters
    ----------
    table : str
        Its name; tables within tables are joined by dots.

    Returns
    -------
    mapping
        Code of the language -> what its file holds under that name.

    Examples
    --------
    >>> list(words("no such table"))
    []
    """
    found = {}
    for code in languages():
        held: Any = _read(code)
        for name in table.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        if held is not None:
            found[code] = held
    return MappingProxyType(found)


@cache
def _read(code: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
