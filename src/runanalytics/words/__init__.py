"""Words that files are written in, one TOML file a language.

What a month, a sport, a race or a column is called in a language stands in that language's file
and nowhere else, one table a use; importers and measures ask for the table that they need. A new
language is one new file, named by its code of ISO 639-1 (Chinese in traditional characters:
``zh-hant``). A language may leave out any table.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_FOLDER = Path(__file__).parent
#: The header of a table.
_HEADER = re.compile(r"^\[([\w.-]+)\]", re.MULTILINE)


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


def word_files() -> tuple[Path, ...]:
    """Return the files of all languages.

    Examples
    --------
    >>> word_files()[0].name
    'en.toml'
    """
    return tuple(_FOLDER / f"{code}.toml" for code in languages())


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
        held: Any = _read(code, table)
        for name in table.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        if held is not None:
            found[code] = held
    return MappingProxyType(found)


def _read(code: str, table: str) -> dict[str, Any]:
    """Return a language's file as far as it is a table, those within it and those around it.

    Parsing TOML takes longer than all else, and few commands need more than a few tables.
    """
    around = {table[:place] for place, letter in enumerate(table) if letter == "."}
    return tomllib.loads(
        "".join(
            text
            for header, text in _parts(code).items()
            if header == table or header.startswith(f"{table}.") or header in around
        )
    )


@cache
def _parts(code: str) -> Mapping[str, str]:
    """Return the text of a language's file by the names of its tables."""
    text = (_FOLDER / f"{code}.toml").read_text(encoding="utf-8")
    starts = [*_HEADER.finditer(text)]
    ends = [*(one.start() for one in starts[1:]), len(text)]
    return {start[1]: text[start.start() : end] for start, end in zip(starts, ends, strict=True)}
