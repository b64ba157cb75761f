"""Names of movements in every language, indexed by their text, words and letters.

Reading all names takes longer than most commands do, so the index is shipped, in ``index.tsv``,
which ``make index`` writes. Where names or words have changed since, the index is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from runanalytics.movements.names import lexicon, plain_text, stem, without, words
from runanalytics.movements.vocabulary import catalogue
from runanalytics.words import fingerprint
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


class _Names(Mapping[str, CatalogueName]):
    """Names by their text, as rows of the shipped table of which few are ever read."""

    def __init__(self, rows: dict[str, str]) -> None:
        rows.pop("", None)
        self._rows = rows

    def __getitem__(self, text: str) -> CatalogueName:
        movement, alias, name, _ = self._rows[text].split("\t", 3)
        return CatalogueName(movement, name, alias == _ALIAS)

    def __contains__(self, text: object) -> bool:
        return text in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


#: Names by their letters, by their words and by their stems.
_Others = tuple[
    Mapping[str, CatalogueName], Mapping[str, CatalogueName], Mapping[str, CatalogueName]
]


@dataclass(frozen=True)
class Index:
    """Names of the catalogue by their text, by their words in any order, and by their letters.

    Words that name another movement in another order ("elbow to knee", "knees to elbows") are
    found in their own order only. Most names are found by their text, so that the rest is made
    when it is first asked for.
    """

    by_text: Mapping[str, CatalogueName]
    known: frozenset[str]
    others: Callable[[], _Others]

    @cached_property
    def _others(self) -> _Others:
        return self.others()

    @property
    def by_letters(self) -> Mapping[str, CatalogueName]:
        """Names by their words, written as one."""
        return self._others[0]

    @property
    def by_words(self) -> Mapping[str, CatalogueName]:
        """Names by their words, sorted."""
        return self._others[1]

    @property
    def by_stems(self) -> Mapping[str, CatalogueName]:
        """Names by their words without endings, sorted."""
        return self._others[2]

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """The words in which a mistake is told from another word."""
        return tuple(sorted(word for word in self.known if len(word) >= ONE_MISTAKE))

    @cached_property
    def in_words(self) -> tuple[str, ...]:
        """The names by their words, sorted, in a row: going through `by_words` takes longer."""
        return tuple(self.by_words)

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
    if of != names_fingerprint():
        return _made_index()
    by_text = _Names({row.split("\t", 4)[3]: row for row in rows})
    return Index(by_text, frozenset(first.split()), partial(_other_keys, rows))


def _other_keys(rows: list[str]) -> _Others:
    """Return the names of a shipped index by letters, words and stems."""
    letters: dict[str, str] = {}
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    columns = (letters, words, stems)
    for row in rows:
        _, _, _, before, *keys = row.split("\t")
        for column, key in zip(columns, keys):  # noqa: B905 (ten thousand times)
            if key:
                if key == _JOINED:
                    before = before.replace(" ", "")
                elif key != _SAME:
                    before = key
                column[before] = row
    return _Names(letters), _Names(words), _Names(stems)


def _made_index() -> Index:
    lists = lexicon()
    return _index_of(every_name(), lists.meaningful | lists.manner | lists.posture)


def write_index() -> None:
    """Write the index as it is shipped."""
    _SHIPPED.write_text(index_table(), encoding="utf-8")


@cache
def names_fingerprint() -> str:
    """Return what tells whether an index is of the names and words as they are now."""
    digest = blake2b(_CATALOGUE.read_bytes(), digest_size=16)
    digest.update(fingerprint().encode())
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
    lines = [names_fingerprint(), " ".join(sorted(built.known))]
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


def could_mean(name: str) -> tuple[str, ...]:
    """Return the movements that a name is used for, if there are several.

    Examples
    --------
    >>> could_mean("Fondos"), could_mean("kickbacks")
    (('push_up', 'dip'), ('glute_kickback', 'triceps_kickback'))
    """
    said = words(name)
    alone, bare = without(said, _joining()), without(said, lexicon().manner)
    generic = next(
        (found for each in (said, alone) if (found := generic_names().get(" ".join(sorted(each))))),
        None,
    )
    return generic or ambiguous_names().get(" ".join(sorted(bare)), ())


@cache
def _joining() -> frozenset[str]:
    """Return the words that join a name with what stands beside it, in all languages."""
    tables = words_of("diary").values()
    joined = (each for table in tables for kind in ("and", "then") for each in table.get(kind, ()))
    return frozenset(word for each in joined if " " not in each for word in words(each))


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
    return Index(by_text, frozenset(known), lambda: (by_letters, by_words, by_stems))
