"""Words that files are written in, one TOML file a language.

What a month, a sport, a race or a column is called in a language stands in that language's file
and nowhere else, one table a use; importers and measures ask for the table that they need. A new
language is one new file, named by its code of ISO 639-1 (Chinese in traditional characters:
``zh-hant``). A language may leave out any table.

Reading TOML takes longer than many a command does, so that the words are shipped as JSON, too, in
``words.json``, which ``make index`` writes. Where a file has changed since, the files are read.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

_FOLDER = Path(__file__).parent
_SHIPPED = _FOLDER / "words.json"
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
    shipped = _shipped()
    for code in languages():
        held: Any = _read(code, table) if shipped is None else shipped[code]
        for name in table.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        if held is not None:
            found[code] = held
    return MappingProxyType(found)


@cache
def fingerprint() -> str:
    """Return what tells whether the files of words are those that something was made of."""
    digest = blake2b(digest_size=16)
    for path in word_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def words_table() -> str:
    """Return the words of all languages as JSON, below the fingerprint of what they are of."""
    lines = (
        f"{json.dumps(path.stem)}: "
        + json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        for path in word_files()
    )
    return "".join((fingerprint(), "\n{", ",\n".join(lines), "}\n"))


@cache
def _shipped() -> Mapping[str, Any] | None:
    of, _, tables = _SHIPPED.read_text(encoding="utf-8").partition("\n")
    found: dict[str, Any] | None = json.loads(tables) if of == fingerprint() else None
    return found


def write_shipped() -> None:
    """Write the words as they are shipped."""
    _SHIPPED.write_text(words_table(), encoding="utf-8")


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
