"""From a name as logged to a movement of the catalogue, with a score and the reason.

A match never leaves out a word that is known to change the exercise. These are tried in order:
the user's correction; the same words as a name or alias; words for work that is no exercise
(`runanalytics.movements.work`); the same words except equipment, manner and posture; one movement
named twice, as in two languages; the same words except for spelling; the same words except one
that is in no exercise's name. What none of these finds stays unmatched, with the nearest name as
a suggestion.
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
from runanalytics.movements.vocabulary import (
    Movement,
    catalogue,
    kind_of_work,
    movement,
    movement_id,
)
from runanalytics.movements.work import named_work

#: Scores, 0 to 100: the same words; without equipment and manner; without posture too.
_SAME, _VARIANT, _POSTURE = 100.0, 97.0, 94.0
#: Least similarity of spelling, 0 to 100, at which a name is taken for another.
_THRESHOLD = 82.0
#: The same for a name of one word, and its least length: short words are alike by chance.
_THRESHOLD_ONE_WORD, _LEAST_ONE_WORD = 88.0, 6
#: By how much the best movement must be more similar than any other.
_MARGIN = 3.0
#: Length of a word from which one, and from which two, spelling mistakes are allowed.
_ONE_MISTAKE, _TWO_MISTAKES = 4, 8
#: Longest name of an exercise, letters.
_LONGEST = 200
#: What stands between two names for one exercise.
_PART = re.compile(r"[()\[\]/|,]")
#: Number of words of equipment and manner up to which every way to leave some out is tried.
_MOST_OPTIONAL = 4


@dataclass(frozen=True)
class Match:
    """The movement that a name as logged was matched to.

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
class _CatalogueName:
    """A name or alias of a movement."""

    movement: str
    text: str
    is_alias: bool


@dataclass(frozen=True)
class _Index:
    """Names of the catalogue by their text, by their words in any order, and by their letters.

    Words that name another movement in another order ("elbow to knee", "knees to elbows") are
    found in their own order only.
    """

    by_text: dict[str, _CatalogueName]
    by_words: dict[str, _CatalogueName]
    by_letters: dict[str, _CatalogueName]
    vocabulary: tuple[str, ...]
    known: frozenset[str]

    def find(self, tokens: tuple[str, ...]) -> _CatalogueName | None:
        return self.by_letters.get("".join(tokens)) or self.by_words.get(" ".join(sorted(tokens)))


@cache
def _index() -> _Index:
    by_text: dict[str, _CatalogueName] = {}
    by_words: dict[str, _CatalogueName] = {}
    by_letters: dict[str, _CatalogueName] = {}
    ambiguous: set[str] = set()
    lists = lexicon()
    known = set(lists.meaningful | lists.equipment_and_manner | lists.posture)
    for entry in catalogue().values():
        for text in (entry.name, *entry.aliases, entry.id):
            tokens = words(text)
            name = _CatalogueName(entry.id, text, is_alias=text in entry.aliases)
            by_text.setdefault(folded(text), name)
            key = " ".join(sorted(tokens))
            if by_words.setdefault(key, name).movement != entry.id:
                ambiguous.add(key)
            by_letters.setdefault("".join(tokens), name)
            known.update(tokens)
    for key in ambiguous:
        del by_words[key]
    vocabulary = tuple(sorted(word for word in known if len(word) >= _ONE_MISTAKE))
    return _Index(by_text, by_words, by_letters, vocabulary, frozenset(known))


def match(name: str, *, corrections: Mapping[str, str] | None = None) -> Match:
    """Return the movement that a logged exercise name means, or why there is none.

    Parameters
    ----------
    name : str
        As logged, in any case, word order, plural or abbreviation.
    corrections : mapping of str to str, optional
        The user's own: name as logged (any case and spacing) to the id of a movement, or to
        "" for what is no movement. They take precedence over everything else.

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
        for logged, corrected in corrections.items():
            if folded(logged) == folded(name):
                chosen = movement(corrected).id if corrected else None
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
    """Return the movement that `text` names by its id, its name or an alias.

    Parameters
    ----------
    text : str
        Such as "single-leg-deadlift" or "Single-leg deadlift".

    Raises
    ------
    UsageError
        If there is none, naming the nearest.

    Examples
    --------
    >>> named("single-leg-deadlift").id, named("RDL").id
    ('single_leg_deadlift', 'romanian_deadlift')
    """
    known = catalogue().get(movement_id(text))
    if known is not None:
        return known
    best = match(text)
    return movement(best.movement if best.movement and best.score == _SAME else text)


@lru_cache(maxsize=8192)
def _match(name: str) -> Match:
    if len(name) > _LONGEST:
        return Match(name, None, 0.0, "too long for the name of an exercise")
    tokens = words(name)
    if not tokens:
        return Match(name, None, 0.0, "no word in the name")
    same = _index().by_text.get(folded(name)) or _index().find(tokens)
    if same:
        reason = f"alias '{same.text}'" if same.is_alias else "exact name"
        return Match(name, same.movement, _SAME, reason)
    if work := _work(name):
        return Match(name, work, _SAME, f"kind of work: {kind_of_work(work).replace('_', ' ')}")
    variant = _variant(tokens)
    if variant:
        known, score = variant
        return Match(name, known.movement, score, f"variant of '{known.text}'")
    twice = _named_twice(name)
    if twice:
        return Match(name, twice.movement, _VARIANT, f"variant of '{twice.text}'")
    return _similar(name, tokens)


def _work(name: str) -> str | None:
    """Find work that is no exercise, unless the rest of the name is that of one."""
    found = named_work(name)
    if found is None or (found.rest and _variant(words(found.rest))):
        return None
    return found.movement


def _named_twice(name: str) -> _CatalogueName | None:
    """Find the movement of a name that gives it twice, such as "High knees (Kniehebelauf)"."""
    parts = [words(part) for part in _PART.split(name)]
    variants = [_variant(part) for part in parts if part]
    names = [known for known, _ in filter(None, variants)]
    if len(names) < 2 or len(names) < len(variants):
        return None
    return names[0] if len({known.movement for known in names}) == 1 else None


def _variant(tokens: tuple[str, ...]) -> tuple[_CatalogueName, float] | None:
    """Find `tokens` as they are, then without equipment and manner, then without posture too."""
    index = _index()
    if known := index.find(tokens):
        return known, _SAME
    for kept in _with_less_equipment(without(tokens, frozenset())):
        if known := index.find(kept):
            return known, _VARIANT
    bare = without(tokens, lexicon().equipment_and_manner)
    barest = without(bare, lexicon().posture)
    if 2 <= len(barest) < len(bare) and (known := index.find(barest)):
        return known, _POSTURE
    return None


def _with_less_equipment(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with fewer and fewer words of equipment and manner, the first kept longest.

    "Smith squat", which the catalogue has, is thus found before "squat".
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
    """Match `tokens` except for spelling, or except for one word that no exercise's name has."""
    from rapidfuzz import fuzz

    logged = " ".join(tokens)
    scores: dict[str, tuple[float, _CatalogueName]] = {}
    for respelled in _respellings(tokens):
        if variant := _variant(respelled):
            known = variant[0]
            score = fuzz.ratio(logged, " ".join(respelled))
            if score > scores.get(known.movement, (0.0, known))[0]:
                scores[known.movement] = (score, known)
    ranked = sorted(scores.values(), key=lambda pair: (-pair[0], pair[1].movement))
    if ranked and ranked[0][0] >= _least_similarity(tokens):
        score, best = ranked[0]
        if len(ranked) == 1 or score - ranked[1][0] >= _MARGIN:
            return Match(name, best.movement, score, f"similar to '{best.text}' ({score:.0f})")
        return Match(name, None, score, f"as similar to '{best.text}' as to '{ranked[1][1].text}'")
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
        if len(token) >= _ONE_MISTAKE:
            most = 2 if len(token) >= _TWO_MISTAKES else 1
            near = process.extract(
                token, index.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=5
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
