"""From a name as logged to a movement of the catalogue, with a score and the reason.

A match never leaves out a word that is known to change the exercise. In order: the user's
correction; the same words as a name or alias; the same words but for equipment, manner and
posture; one movement named twice, as in two languages; the same words but for spelling; the same
words but for one that is in no exercise's name. What none of these finds stays unmatched, with
the nearest name as a suggestion.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, product

from runanalytics.movements.names import lexicon, without, words
from runanalytics.movements.vocabulary import Movement, catalogue, movement, movement_id

#: Scores, 0 to 100: the same words; other equipment or manner; other posture too.
_SAME, _VARIANT, _POSTURE = 100.0, 97.0, 94.0
#: Least similarity of spelling, 0 to 100, at which a name is taken for another.
_THRESHOLD = 82.0
#: The same for a name of one word, and its least length: much else is one letter away.
_THRESHOLD_ONE_WORD, _LEAST_ONE_WORD = 88.0, 6
#: By how much the best movement must be more similar than any other.
_MARGIN = 3.0
#: Length of a word from which one, and from which two, slips of the pen are allowed.
_ONE_SLIP, _TWO_SLIPS = 4, 8

#: Letters beyond which a text is no name.
_LONGEST = 200
#: What stands between two names for one exercise.
_PART = re.compile(r"[()\[\]/|,]")
#: Words of equipment and manner up to which every way to leave some out is tried.
_MOST_OPTIONAL = 4


@dataclass(frozen=True)
class Match:
    """What a name as logged was taken for.

    Parameters
    ----------
    name : str
        As logged.
    movement : str or None
        Id of the movement, None if unmatched.
    score : float
        0 to 100; of the nearest name where unmatched.
    reason : str
        Why.
    """

    name: str
    movement: str | None
    score: float
    reason: str


@dataclass(frozen=True)
class _Entry:
    """A name of the catalogue."""

    movement: str
    text: str
    is_alias: bool


@dataclass(frozen=True)
class _Index:
    """Names of the catalogue as they stand, by words in any order, and by words run together.

    Words that in another order name another movement ("elbow to knee", "knees to elbows") are
    found in their own order only.
    """

    by_text: dict[str, _Entry]
    by_words: dict[str, _Entry]
    by_letters: dict[str, _Entry]
    vocabulary: tuple[str, ...]
    known: frozenset[str]

    def find(self, tokens: tuple[str, ...]) -> _Entry | None:
        return self.by_letters.get("".join(tokens)) or self.by_words.get(" ".join(sorted(tokens)))


@cache
def _index() -> _Index:
    by_text: dict[str, _Entry] = {}
    by_words: dict[str, _Entry] = {}
    by_letters: dict[str, _Entry] = {}
    ambiguous: set[str] = set()
    lists = lexicon()
    known = set(lists.meaningful | lists.equipment_and_manner | lists.posture)
    for entry in catalogue().values():
        for text in (entry.name, *entry.aliases, entry.id):
            tokens = words(text)
            found = _Entry(entry.id, text, is_alias=text in entry.aliases)
            by_text.setdefault(folded(text), found)
            key = " ".join(sorted(tokens))
            if by_words.setdefault(key, found).movement != entry.id:
                ambiguous.add(key)
            by_letters.setdefault("".join(tokens), found)
            known.update(tokens)
    for key in ambiguous:
        del by_words[key]
    vocabulary = tuple(sorted(word for word in known if len(word) >= _ONE_SLIP))
    return _Index(by_text, by_words, by_letters, vocabulary, frozenset(known))


def match(name: str, *, corrections: Mapping[str, str] | None = None) -> Match:
    """Return the movement that a logged exercise name means, or why there is none.

    Parameters
    ----------
    name : str
        As logged, in any case, word order, plural or abbreviation.
    corrections : mapping of str to str, optional
        The user's own: name as logged (any case and spacing) to the id of a movement, or to
        "" for what is no movement. They win over everything else.

    Returns
    -------
    Match
        With `movement` None where nothing fits.

    Raises
    ------
    UsageError
        If a correction names a movement that is not in the catalogue.

    Examples
    --------
    >>> match("SL RDL").movement
    'single_leg_deadlift'
    >>> match("Leg press (Machine)").reason
    "variant of 'Leg press'"
    >>> match("Nap").movement is None
    True
    """
    if corrections:
        wanted = folded(name)
        for logged, id in corrections.items():
            if folded(logged) == wanted:
                chosen = movement(id).id if id else None
                return Match(name, chosen, _SAME, "your correction")
    return _match(name)


def folded(name: str) -> str:
    """Return a name as names are compared: without case, in plain spaces and apostrophes.

    Examples
    --------
    >>> folded("  SL  RDL ") == folded("sl rdl")
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).replace("’", "'").casefold().split())


def named(text: str) -> Movement:
    """Return the movement that `text` names: by its id, its name or an alias.

    Parameters
    ----------
    text : str
        Such as "single-leg-deadlift" or "Single-leg deadlift".

    Raises
    ------
    UsageError
        If there is none, with the nearest.

    Examples
    --------
    >>> named("single-leg-deadlift").id, named("RDL").id
    ('single_leg_deadlift', 'romanian_deadlift')
    """
    known = catalogue().get(movement_id(text))
    if known is not None:
        return known
    found = match(text)
    return movement(found.movement if found.movement and found.score == _SAME else text)


@lru_cache(maxsize=8192)
def _match(name: str) -> Match:
    if len(name) > _LONGEST:
        return Match(name, None, 0.0, "too long for the name of an exercise")
    tokens = words(name)
    if not tokens:
        return Match(name, None, 0.0, "no word in the name")
    same = _index().by_text.get(folded(name)) or _index().find(tokens)
    if same:
        return Match(name, same.movement, _SAME, _why_same(same))
    variant = _variant(tokens)
    if variant:
        entry, score = variant
        return Match(name, entry.movement, score, f"variant of '{entry.text}'")
    twice = _said_twice(name)
    if twice:
        return Match(name, twice.movement, _VARIANT, f"variant of '{twice.text}'")
    return _similar(name, tokens)


def _said_twice(name: str) -> _Entry | None:
    """Find a name that says one movement in two ways, such as "High knees (Kniehebelauf)"."""
    parts = [words(part) for part in _PART.split(name)]
    found = [_variant(part) for part in parts if part]
    entries = [entry for entry, _ in filter(None, found)]
    if len(entries) < 2 or len(entries) < len(found):
        return None
    return entries[0] if len({entry.movement for entry in entries}) == 1 else None


def _why_same(entry: _Entry) -> str:
    return f"alias '{entry.text}'" if entry.is_alias else "exact name"


def _variant(tokens: tuple[str, ...]) -> tuple[_Entry, float] | None:
    """Find `tokens` as they are, without equipment and manner, and without posture too."""
    index = _index()
    found = index.find(tokens)
    if found:
        return found, _SAME
    numberless = without(tokens, frozenset())
    for kept in _fewer_and_fewer(numberless):
        found = index.find(kept)
        if found:
            return found, _VARIANT
    bare = without(tokens, lexicon().equipment_and_manner)
    barest = without(bare, lexicon().posture)
    if 2 <= len(barest) < len(bare):
        found = index.find(barest)
        if found:
            return found, _POSTURE
    return None


def _fewer_and_fewer(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with ever fewer words of equipment and manner: "smith squat" is not "squat".

    What stands first in the name is kept longest.
    """
    bare = without(tokens, lexicon().equipment_and_manner)
    optional = [
        place for place, token in enumerate(tokens) if token in lexicon().equipment_and_manner
    ]
    if not bare:
        return
    if len(optional) <= _MOST_OPTIONAL:
        for n_kept in range(len(optional), 0, -1):
            for places in combinations(optional, n_kept):
                dropped = set(optional) - set(places)
                yield tuple(t for place, t in enumerate(tokens) if place not in dropped)
    yield bare


def _similar(name: str, tokens: tuple[str, ...]) -> Match:
    """Match `tokens` but for spelling, or but for one word that no exercise's name has."""
    from rapidfuzz import fuzz

    logged = " ".join(tokens)
    scores: dict[str, tuple[float, _Entry]] = {}
    for respelled in _respellings(tokens):
        found = _variant(respelled)
        if found:
            entry = found[0]
            score = fuzz.ratio(logged, " ".join(respelled))
            if score > scores.get(entry.movement, (0.0, entry))[0]:
                scores[entry.movement] = (score, entry)
    ranked = sorted(scores.values(), key=lambda pair: (-pair[0], pair[1].movement))
    if ranked and ranked[0][0] >= _least_similarity(tokens):
        score, entry = ranked[0]
        if len(ranked) == 1 or score - ranked[1][0] >= _MARGIN:
            return Match(name, entry.movement, score, f"similar to '{entry.text}' ({score:.0f})")
        return Match(name, None, score, f"as similar to '{entry.text}' as to '{ranked[1][1].text}'")
    return _unmatched(name, tokens)


def _least_similarity(tokens: tuple[str, ...]) -> float:
    bare = without(tokens, lexicon().equipment_and_manner)
    if len(bare) != 1:
        return _THRESHOLD
    return _THRESHOLD_ONE_WORD if len(bare[0]) >= _LEAST_ONE_WORD else math.inf


def _respellings(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with each unknown word replaced by a known one, or one of them left out."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    index = _index()
    unknown = [
        place
        for place, token in enumerate(tokens)
        if token not in index.known and not token[0].isdigit()
    ]
    if not unknown or len(unknown) > 2:
        return
    choices: list[list[str]] = [[token] for token in tokens]
    for place in unknown:
        token = tokens[place]
        if len(token) >= _ONE_SLIP:
            slips = 2 if len(token) >= _TWO_SLIPS else 1
            near = process.extract(
                token, index.vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=5
            )
            choices[place] = [token, *(word for word, _, _ in near)]
    yield from product(*choices)
    for place in unknown:
        rest = tokens[:place] + tokens[place + 1 :]
        if len(without(rest, lexicon().equipment_and_manner)) >= 2:
            yield rest


def _unmatched(name: str, tokens: tuple[str, ...]) -> Match:
    from rapidfuzz import fuzz, process

    index = _index()
    wanted = " ".join(sorted(tokens))
    key, score, _ = process.extractOne(wanted, index.by_words.keys(), scorer=fuzz.ratio)
    nearest = index.by_words[key].text
    return Match(name, None, score, f"nothing similar enough; nearest '{nearest}' ({score:.0f})")
