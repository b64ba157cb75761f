"""Names of movements in every language, indexed by their text, words and letters.

Reading all names takes longer than most commands do, so the index is shipped, in ``index.tsv``,
which ``make index`` writes. Where names or words have changed since, the index is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from runanalytics.movements.names import lexicon, plain_text, stem, words
from runanalytics.movements.vocabulary import catalogue
from runanalytics.words import word_files
from runanalytics.words import words as words_of

#: Length of a word from which a spelling mistake is allowed.
ONE_MISTAKE = 5


_SHIPPED, _CATALOGUE = (Path(__file__).with_name(name) for name in ("index.tsv", "catalogue.csv"))
#: Marks in the table: this key is the one before it, or that without spaces; this is an alias.
_SAME, _JOINED, _ALIAS = "=", "~", "a"


class CatalogueName(NamedTuple):
    """A name or alias of a movement."""

    movement: str
    text: str
    is_alias: bool


@dataclass(frozen=True)
class Index:
    """Names of the catalogue by their text, by their words in any order, and by their letters.

    Words that name another movement in another order ("elbow to knee", "knees to elbows") are
    found in their own order only.
    """

    by_text: dict[str, CatalogueName]
    by_words: dict[str, CatalogueName]
    by_letters: dict[str, CatalogueName]
    by_stems: dict[str, CatalogueName]
    vocabulary: tuple[str, ...]
    known: frozenset[str]

    def find(self, tokens: tuple[str, ...]) -> CatalogueName | None:
        """Return the name of these words, in any order or written as one."""
        return self.by_letters.get("".join(tokens)) or self.by_words.get(" ".join(sorted(tokens)))

    def find_stems(self, tokens: tuple[str, ...]) -> CatalogueName | None:
        """Return the name of these words without their endings."""
        return self.by_stems.get(" ".join(sorted(map(stem, tokens))))


def every_name() -> Iterator[tuple[str, str, bool]]:
    """Yield each name in every language, the id of its movement, and whether it is an alias.

    Examples
    --------
    >>> ("Wadenheben", "calf_raise", True) in set(every_name())
    True
    """
    for entry in catalogue().values():
        yield entry.name, entry.id, False
        for alias in entry.aliases:
            yield alias, entry.id, True
    for language in words_of("movements.names").values():
        for id, names in language.items():
            for name in names:
                yield name, id, True
    for id in catalogue():
        yield id, id, False


@cache
def index() -> Index:
    """Return the names of the catalogue."""
    of, first, *rows = _SHIPPED.read_text(encoding="utf-8").splitlines()
    if of != _fingerprint():
        return _made_index()
    columns: tuple[dict[str, CatalogueName], ...] = ({}, {}, {}, {})
    for row in rows:
        movement, alias, text, *keys = row.split("\t")
        name, before = CatalogueName(movement, text, alias == _ALIAS), ""
        for column, key in zip(columns, keys, strict=True):
            if key:
                if key == _JOINED:
                    before = before.replace(" ", "")
                elif key != _SAME:
                    before = key
                column[before] = name
    by_text, by_letters, by_words, by_stems = columns
    return _index(by_text, by_words, by_letters, by_stems, frozenset(first.split()))


def _made_index() -> Index:
    lists = lexicon()
    return _index_of(every_name(), lists.meaningful | lists.manner | lists.posture)


def _fingerprint() -> str:
    """Return what tells whether an index is of the names and words as they are now."""
    digest = blake2b(digest_size=16)
    for path in (_CATALOGUE, *word_files()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def index_table() -> str:
    """Return the names of the catalogue as a table: what it is of, known words, a name a line.

    A name has its movement, whether it is an alias, its text, and by which text, letters, words
    and stems it is found.
    """
    built = _made_index()
    columns = (built.by_text, built.by_letters, built.by_words, built.by_stems)
    keys: dict[CatalogueName, list[list[str]]] = {}
    for place, column in enumerate(columns):
        for key, name in column.items():
            keys.setdefault(name, [[], [], [], []])[place].append(key)
    lines = [_fingerprint(), " ".join(sorted(built.known))]
    for name, found in keys.items():
        before = ""
        cells = []
        for each in found:
            (key,) = each or ("",)
            marks = {before: _SAME, before.replace(" ", ""): _JOINED} if key else {}
            cells.append(marks.get(key, key))
            before = key or before
        lines.append("\t".join((name.movement, _ALIAS * name.is_alias, name.text, *cells)))
    return "\n".join(lines) + "\n"


@cache
def ambiguous_names() -> Mapping[str, tuple[str, ...]]:
    """Return the movements that a name could mean, by its sorted words without manner.

    Examples
    --------
    >>> ambiguous_names()["kickback"]
    ('glute_kickback', 'triceps_kickback')
    """
    return {
        " ".join(sorted(words(name))): tuple(ids)
        for table in words_of("movements.ambiguous").values()
        for name, ids in table.items()
    }


@cache
def generic_names() -> Mapping[str, tuple[str, ...]]:
    """Return the movements that a name is used for, too, by its sorted words.

    Such a name means one movement all the same, by which a log counts; where somebody can be
    asked, they are told.

    Examples
    --------
    >>> generic_names()["fondo"]
    ('push_up', 'dip')
    """
    return {
        " ".join(sorted(words(name))): tuple(ids)
        for table in words_of("movements.generic").values()
        for name, ids in table.items()
    }


@cache
def index_over_distance() -> Index:
    """Return names that mean a movement only beside a number of metres or minutes."""
    return _index_beside("over_distance")


@cache
def index_over_a_short_way() -> Index:
    """Return names that mean a movement only beside few metres or seconds: "hills 10x10 s"."""
    return _index_beside("over_a_short_way")


@cache
def index_with_repetitions() -> Index:
    """Return names that mean a movement only beside repetitions, which have no distance."""
    return _index_beside("with_repetitions")


def _index_beside(what: str) -> Index:
    tables = words_of(f"movements.names_{what}").values()
    return _index_of(
        ((name, id, True) for table in tables for id, names in table.items() for name in names),
        frozenset(),
    )


def _index_of(names: Iterator[tuple[str, str, bool]], everyday: frozenset[str]) -> Index:
    """Return an index; a name of one word that is among `everyday` is found by its text alone.

    "Calves" are calf raises, and "curls" biceps curls, but neither "calf" nor "curl" is.
    """
    by_text: dict[str, CatalogueName] = {}
    by_words: dict[str, CatalogueName] = {}
    by_letters: dict[str, CatalogueName] = {}
    by_stems: dict[str, CatalogueName] = {}
    ambiguous: set[str] = set()
    ambiguous_stems: set[str] = set()
    known = set(everyday)
    for text, id, is_alias in names:
        tokens = words(text)
        name = CatalogueName(id, text, is_alias)
        by_text.setdefault(plain_text(text), name)
        if len(tokens) == 1 and tokens[0] in everyday:
            continue
        key, stems = " ".join(sorted(tokens)), " ".join(sorted(map(stem, tokens)))
        if by_words.setdefault(key, name).movement != id:
            ambiguous.add(key)
        if stems not in everyday and by_stems.setdefault(stems, name).movement != id:
            ambiguous_stems.add(stems)
        by_letters.setdefault("".join(tokens), name)
        known.update(tokens)
    for key in ambiguous:
        del by_words[key]
    for key in ambiguous_stems:
        del by_stems[key]
    return _index(by_text, by_words, by_letters, by_stems, frozenset(known))


def _index(
    by_text: dict[str, CatalogueName],
    by_words: dict[str, CatalogueName],
    by_letters: dict[str, CatalogueName],
    by_stems: dict[str, CatalogueName],
    known: frozenset[str],
) -> Index:
    vocabulary = tuple(sorted(word for word in known if len(word) >= ONE_MISTAKE))
    return Index(by_text, by_words, by_letters, by_stems, vocabulary, known)


if __name__ == "__main__":
    _SHIPPED.write_text(index_table(), encoding="utf-8")
