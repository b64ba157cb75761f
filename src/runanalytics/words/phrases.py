"""Finding words of all languages in what people write: titles, headers, cells.

In a language's file a phrase stands as it is written. A star says that the word may go on:
``"*loppet"`` also fits Vasaloppet, ``"train*"`` also training. Words in scripts without spaces
are found anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache, lru_cache

from runanalytics.words import words

#: Letters that do not decompose into a plain letter and an accent.
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
#: Kana, Chinese characters and Hangul: words stand side by side without spaces.
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def folded(text: str) -> str:
    """Return a text without case and accents, in which all else stands as it was.

    Examples
    --------
    >>> folded("1. März"), folded("İstanbul Koşusu")
    ('1. marz', 'istanbul kosusu')
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain)


@lru_cache(maxsize=8192)  # every file is asked for the same headers by many importers
def plain(text: str) -> str:
    """Return a text as titles and headers are compared: without case, accents and hyphens.

    Examples
    --------
    >>> plain("Semi-Marathon d'Orléans!")
    'semi marathon d orleans'
    """
    return " ".join(re.sub(r"[^\w.,×*]+|_", " ", folded(text)).split())


def alternatives(phrases: Iterable[str]) -> str:
    """Return a pattern of any of some phrases, the longest first.

    Examples
    --------
    >>> alternatives(["set", "sets"])
    'sets|set'
    """
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))


def any_of(phrases: Collection[str], *, n_shared: int = 3) -> str:
    """Return a pattern of any of many phrases in any case, the longest first, found quickly.

    Phrases that begin alike share their beginning, so that a place in a text is not tried with each
    of hundreds, as it is by a pattern of `alternatives`.

    Parameters
    ----------
    phrases : collection of str
        As written.
    n_shared : int
        Number of letters that are shared; more take longer to put together.

    Examples
    --------
    >>> any_of(["set", "sets", "reps"])
    '(?:rep(?:s)|set(?:s)?)'
    """
    if not n_shared:
        behind = alternatives(phrase for phrase in phrases if phrase)
        return f"(?:{behind}){'?' if '' in phrases else ''}" if behind else ""
    beginnings: dict[str, list[str]] = {}
    ends_here = False
    for phrase in sorted({phrase.lower() for phrase in phrases}):
        if phrase:
            beginnings.setdefault(phrase[0], []).append(phrase[1:])
        else:
            ends_here = True
    ways = [
        re.escape(letter) + any_of(behind, n_shared=n_shared - 1)
        for letter, behind in beginnings.items()
    ]
    if len(ways) == 1 and not ends_here:
        return ways[0]
    return f"(?:{'|'.join(ways)}){'?' if ends_here else ''}" if ways else ""


@cache
def every(table: str) -> tuple[str, ...]:
    """Return the phrases that a table has in any language.

    Parameters
    ----------
    table : str
        Name of a list of phrases, such as ``"races.names"``.

    Examples
    --------
    >>> "parkrun" in every("races.names"), every("no such table")
    (True, ())
    """
    return tuple(dict.fromkeys(phrase for held in words(table).values() for phrase in held))


@cache
def finder(table: str) -> re.Pattern[str]:
    """Return a pattern that finds the phrases of a table in what `plain` returns.

    Parameters
    ----------
    table : str
        Name of a list of phrases, such as ``"races.names"``.

    Examples
    --------
    >>> bool(finder("races.names").search(plain("Göteborgsvarvet 2026")))
    True
    """
    return pattern(every(table))


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds phrases in what `plain` returns, the longest first.

    Parameters
    ----------
    phrases : iterable of str
        As they stand in the files of languages.

    Examples
    --------
    >>> pattern(["*lauf", "gara"]).findall("volkslauf margaret")
    ['volkslauf']
    """
    anywhere, whole = set(), set()
    for phrase in phrases:
        core = plain(phrase.strip("*"))
        if _WITHOUT_SPACES.search(core):
            anywhere.add(re.escape(core))
        elif core:
            before = r"\w*" if phrase.startswith("*") else ""
            after = r"\w*" if phrase.endswith("*") else ""
            whole.add(f"{before}{re.escape(core)}{after}")
    parts = sorted(anywhere, key=len, reverse=True)
    if whole:
        listed = "|".join(sorted(whole, key=len, reverse=True))
        parts.append(rf"(?<!\w)(?:{listed})(?!\w)")
    return re.compile("|".join(parts) or r"(?!)")
