"""From a name as logged to a movement of the catalogue, with a score and the reason.

Amounts and sides are taken off a name first (`amounts`), and used: a number of metres or minutes
speaks for running, and rules out what is done on the spot; "left" and "right" speak for the
exercise of one leg. A match never leaves out a word that is known to change the exercise, nor
one that nothing is known of, unless it stands in brackets behind a name that is whole without it,
or names a grip. Nor does it make mobility or endurance of work with a weight.
These are tried in order: the user's correction; the same words as a name or alias; names that
could be several movements, which match none; the same words except equipment, manner, posture and
endings; one movement named twice, as in two languages; a kind of work that one word gives away,
such as stretching; the same words except for spelling. What none of these finds stays unmatched,
with the nearest name as a suggestion.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, product
from typing import ClassVar

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.index import (
    ONE_MISTAKE,
    CatalogueName,
    ambiguous_names,
    index,
    index_over_a_short_way,
    index_over_distance,
    index_with_repetitions,
)
from runanalytics.movements.kinds import Kind, kinds
from runanalytics.movements.names import lexicon, plain_text, without, words
from runanalytics.movements.vocabulary import Movement, catalogue, movement, movement_id
from runanalytics.movements.work import named_work

#: Reason of a match that the user stated.
CORRECTED = "your correction"
#: What the reason of a match begins with that holds but for spelling.
SIMILAR = "similar to"
#: ... and where it has words besides those of a known name.
VARIANT = "variant of "
_UNLIKE = "nothing similar enough"
#: ... and what that of a name ends with which means something beside few metres alone.
OVER_A_SHORT_WAY = "over a short way"
#: ... or a distance or time of any length.
OVER_A_WAY = "over a distance or time"
#: Scores, 0 to 100: the same words; without equipment and manner; without posture too; a kind of
#: work by one word; with words in brackets that nothing is known of.
_SAME, _VARIANT, _POSTURE, _KIND, _REMARK = 100.0, 97.0, 94.0, 92.0, 90.0
#: Least similarity of spelling, 0 to 100, at which a name is taken for another.
_THRESHOLD = 82.0
#: The same for a name of one word, and its least length: short words are alike by chance.
_THRESHOLD_ONE_WORD, _LEAST_ONE_WORD = 87.0, 7
#: By how much the best movement must be more similar than any other.
_MARGIN = 3.0
#: Length of a word from which it may be misspelt where somebody is asked: "sqat".
_LEAST_MISSPELT = 4
#: Length of a word from which two spelling mistakes are allowed.
_TWO_MISTAKES = 9
#: Longest name of an exercise, letters.
_LONGEST = 200
#: What stands between two names for one exercise.
_PART = re.compile(r"[()\[\]/|,:;=+&]|\s[-–—]\s|\s(?:or|oder|ou|lub|eller)\s")
#: What stands between two movements done one after the other.
_JOINED = re.compile(r"[+&]")
#: What stands between two movements of which either was done.
_EITHER = re.compile(r"\s(?:or|oder|ou|lub|eller)\s")
#: Number of words of equipment and manner up to which every way to leave some out is tried.
_MOST_OPTIONAL = 4
#: Words that tell that one side works, as "left" and "right" do.
_ONE_SIDED = frozenset(("unilateral", "single"))
#: What "one-legged" is in the words of a name, in all languages.
ONE_LEG = "oneleg"
#: Movements of both legs and the same of one, where their names do not tell.
_ONE_LEGGED = {
    "leg_press": "single_leg_press",
    "leg_extension": "single_leg_extension",
    "leg_curl": "single_leg_curl",
    "squat": "pistol_squat",
    "deadlift": "single_leg_deadlift",
    "romanian_deadlift": "single_leg_deadlift",
    "sliding_leg_curl": "single_leg_sliding_curl",
    "seated_calf_raise": "single_leg_seated_calf_raise",
}
#: What "held" is in the words of a name, in all languages, ...
_HELD_WORDS = frozenset(("isometric", "hold"))
#: ... movements whose hold is another, and others that hold for a time as well as they move.
_HELD = {
    "squat": "squat_hold",
    "back_squat": "squat_hold",
    "split_squat": "split_squat_hold",
    "bulgarian_split_squat": "split_squat_hold",
    "lunge": "split_squat_hold",
    "calf_raise": "calf_hold",
    "single_leg_calf_raise": "single_leg_calf_hold",
    "leg_curl": "hamstring_hold",
}
_HELD_TOO = frozenset(("glute_bridge", "single_leg_glute_bridge", "hip_thrust", "superman"))
#: Length of a name of one word from which it is taken without its posture.
_COMPOUND = 8
#: A number of sets at the end or beginning of a name.
_SETS = re.compile(r"^\s*\d{1,2}\s*[x×]\s+(?=\D)|\s+[x×]\s*\d{1,2}\s*$", re.IGNORECASE)
#: A number behind a name that is no part of it, as a weight without its unit.
_WEIGHT_BEHIND = re.compile(r"\s+\d{2,3}(?:[.,]\d)?$")
#: A word cut short, as "Ausfallschr."; names of more words are not looked for by spelling.
_CUT_SHORT, _FEW_WORDS = re.compile(r"(?<!\w)([^\W\d_]{3,})\.(?!\w)"), 3
#: How German writes umlauts without them.
_UMLAUT = re.compile(r"([aou])e")
#: What endurance work is done on, too.
_OF_ENDURANCE = frozenset(("machine",))
#: Main categories of which brackets tell no other movement: "arm circles (forward/backward)".
_WHATEVER = frozenset(("mobility", "conditioning", "other_sport"))
#: Time in one go from which an amount speaks for endurance work, in s.
_LONG_S = 60.0
#: What may be as many seconds, or the height of a box in inches.
_SECONDS = re.compile(r"(?:1?\d|20)\s?(?:\"|''|″|”)")
#: Longest way, in m, and time, in s, that hills are sprinted and not run as intervals.
_SHORT_M, _SHORT_S = 100.0, 20.0
#: Main categories of what is done over a distance, ...
_COVER_GROUND = frozenset(
    ("technique", "speed", "plyometric", "endurance", "conditioning", "other_sport", "warm_up")
)
#: ... and movements of other categories that are.
_COVER_GROUND_TOO = frozenset(
    (
        *("lunge", "walking_lunge", "reverse_lunge", "lateral_lunge", "overhead_lunge"),
        *("burpee", "inchworm", "lateral_band_walk", "wall_walk", "animal_crawl", "stone_lift"),
        *("tire_flip", "yoke_walk", "sled_push", "sled_pull"),
    )
)


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

    certainties: ClassVar[Certainties] = {"matching of names": "score"}

    name: str
    movement: str | None
    score: float
    reason: str


@checked_arguments
def match(name: str, *, corrections: Mapping[str, str] | None = None) -> Match:
    """Return the movement that a logged exercise name means, or why there is none.

    Parameters
    ----------
    name : str
        As logged, in any case, word order, plural or abbreviation, in English, German, French,
        Spanish, Italian, Portuguese, Dutch, Swedish or Polish; amounts and sides may stand in it.
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
    >>> match("Leg press (heavy)").reason
    "variant of 'Leg press'"
    >>> match("Fly 30 m").movement, match("Fly 3x10").movement
    ('sprint', 'chest_fly')
    >>> match("Nap").movement is None
    True
    """
    if corrections:
        for logged, corrected in corrections.items():
            if folded(logged) == folded(name):
                chosen = movement(corrected).id if corrected else None
                return Match(name, chosen, _SAME, CORRECTED)
    found = match_shipped(name)
    return _with_nearest(found) if found.reason == _UNLIKE else found


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
def match_shipped(name: str) -> Match:
    """Return what `match` does without corrections, but for the nearest name where nothing fits.

    That name is for people alone, and takes longer to find than all else.

    Parameters
    ----------
    name : str
        As logged.

    Examples
    --------
    >>> match_shipped("walrus").reason
    'nothing similar enough'
    """
    if len(name) > _LONGEST:
        return Match(name, None, 0.0, "too long for the name of an exercise")
    by_text = index().by_text
    if same := by_text.get(plain_text(name)) or by_text.get(plain_text(_SETS.sub("", name))):
        return _as_same(name, same)
    amounts, rest = take_amounts(name)
    return _matched_beside(name, amounts, rest)


def _matched_beside(name: str, amounts: Amounts, rest: str) -> Match:
    """Return the movement of a name from which its amounts were taken."""
    tokens = _without_own_grip(words(rest))
    if not tokens:
        return Match(name, None, 0.0, "no word in the name")
    if _is_short(amounts) and (known := index_over_a_short_way().find(tokens)):
        return Match(name, known.movement, _VARIANT, f"'{known.text}' {OVER_A_SHORT_WAY}")
    far = amounts.distance_m is not None
    if far or (amounts.hold_s or 0.0) >= _LONG_S:
        found = _over_distance(name, rest, tokens, far=far)
        if found:
            return found
    elif amounts.reps and (known := index_with_repetitions().find(tokens)):
        return Match(name, known.movement, _VARIANT, f"'{known.text}' with repetitions")
    found = _found(name, rest, tokens)
    if _ONE_SIDED & set(tokens) and found.score != _SAME:
        tokens = tuple(word for word in tokens if word not in _ONE_SIDED)
        found = _of_one_side(name, tokens, _found(name, rest, tokens))
    elif amounts.side in ("left", "right"):
        found = _of_one_side(name, tokens, found)
    elif found.movement is None and not _HELD_WORDS.isdisjoint(tokens):
        found = _of_a_hold(name, tokens) or found
    elif found.movement is None and ONE_LEG in tokens:
        found = _of_one_leg(name, tokens) or found
    if far and found.movement and not covers_ground(found.movement):
        reason = f"'{catalogue()[found.movement].name}' is not done over a distance"
        return Match(name, None, found.score, reason)
    return found


@lru_cache(maxsize=8192)
def named_exactly(name: str, *, far: bool = False) -> str | None:
    """Return the movement that words without amounts name, but for manner and endings.

    Parameters
    ----------
    name : str
        Without amounts.
    far : bool, default False
        Whether a distance stands beside it, so that names count that mean something only then.

    Examples
    --------
    >>> named_exactly("heavy squats"), named_exactly("zorb squats")
    ('squat', None)
    """
    tokens = words(name)
    if same := index().by_text.get(plain_text(name)):
        return same.movement
    found = _variant(tokens)
    if found is not None:
        return found[0].movement
    known = index_over_distance().find(tokens) if far else None
    return known.movement if known else None


def _is_short(amounts: Amounts) -> bool:
    """Return whether an amount is that of a sprint, and no longer."""
    if amounts.distance_m is not None:
        return amounts.distance_m <= _SHORT_M
    if amounts.hold_s is None:
        return any(map(_SECONDS.fullmatch, amounts.inexact))
    return amounts.hold_s <= _SHORT_S


def _as_same(name: str, same: CatalogueName) -> Match:
    reason = f"alias '{same.text}'" if same.is_alias else "exact name"
    return Match(name, same.movement, _SAME, reason)


def _found(name: str, rest: str, tokens: tuple[str, ...]) -> Match:
    if same := index().by_text.get(plain_text(rest)) or index().find(tokens):
        return _as_same(name, same)
    if bare := index().by_text.get(plain_text(_WEIGHT_BEHIND.sub("", rest))):
        return Match(name, bare.movement, _VARIANT, f"{VARIANT}'{bare.text}'")  # "bench 60"
    if ids := ambiguous_names().get(" ".join(sorted(without(tokens, lexicon().manner)))):
        meanings = " or ".join(f"'{catalogue()[id].name}'" for id in ids)
        return Match(name, None, _VARIANT, f"could be {meanings}")
    several = _names_several(rest)
    if not (several and _JOINED.search(rest)) and (variant := _variant(tokens) or _in_parts(rest)):
        known, score = variant
        return Match(name, known.movement, score, f"{VARIANT}'{known.text}'")
    if several:
        return Match(name, None, 0.0, "names several movements")
    if variant := _kind(tokens) or _variant(_with_umlauts(tokens)):
        known, score = variant
        return Match(name, known.movement, min(score, _VARIANT), f"{VARIANT}'{known.text}'")
    if (work := named_work(name)) and not (work.rest and _variant(words(work.rest))):
        return Match(name, work.movement, _KIND, f"{VARIANT}'{catalogue()[work.movement].name}'")
    return _similar(name, tokens)


def _without_own_grip(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a word that nothing is known of and that names a grip, as in "MAG grip"."""
    known = index().known
    return tuple(
        token
        for place, token in enumerate(tokens)
        if token in known or tokens[place + 1 : place + 2] != ("grip",)
    )


def _with_umlauts(tokens: tuple[str, ...]) -> tuple[str, ...]:
    known = index().known
    return tuple(token if token in known else _UMLAUT.sub(r"\1", token) for token in tokens)


def _over_distance(name: str, rest: str, tokens: tuple[str, ...], *, far: bool) -> Match | None:
    known_names = index_over_distance()
    if known := known_names.by_text.get(plain_text(rest)):
        return Match(name, known.movement, _VARIANT, f"'{known.text}' {OVER_A_WAY}")
    if (same := index().by_text.get(plain_text(rest))) and (
        not far or covers_ground(same.movement)
    ):
        return None  # "rodillo 5 min" is a roller, whose ending alone parts it from knees
    ways, named = [tokens], index().find(tokens)
    if not named:
        ways.append(without(tokens, lexicon().manner - {"a"}))
    for kept in ways:
        known = known_names.find(kept)
        if known is None and not named:  # "lunges 40 m" are no "lungo"
            known = known_names.find_stems(kept)
        if known:
            return Match(name, known.movement, _VARIANT, f"'{known.text}' {OVER_A_WAY}")
    return None


def covers_ground(id: str) -> bool:
    """Return whether a movement, by its id, can be done over a distance.

    Examples
    --------
    >>> covers_ground("lunge"), covers_ground("squat")
    (True, False)
    """
    entry = catalogue()[id]
    return (
        entry.measured_in == "metres"
        or entry.categories[0] in _COVER_GROUND
        or id in _COVER_GROUND_TOO
    )


def _of_one_side(name: str, tokens: tuple[str, ...], found: Match) -> Match:
    """Match a name with "left" or "right" to the exercise of one leg, where there is one."""
    if found.movement and catalogue()[found.movement].sides == "one":
        return found
    if one_leg := _variant((ONE_LEG, *tokens)):
        known, score = one_leg
        return Match(name, known.movement, min(score, _VARIANT), f"{VARIANT}'{known.text}'")
    both = found.movement or ""
    one = _ONE_LEGGED.get(both, f"single_leg_{both}")
    if one in catalogue():
        return Match(name, one, min(found.score, _VARIANT), found.reason)
    return found


def _of_one_leg(name: str, tokens: tuple[str, ...]) -> Match | None:
    """Match a name with "on one leg" to the exercise of one leg whose name is that of both."""
    both = _variant(tuple(word for word in tokens if word != ONE_LEG))
    if both is None:
        return None
    known, score = both
    one = _ONE_LEGGED.get(known.movement, f"single_leg_{known.movement}")
    if one not in catalogue():
        return None
    return Match(name, one, min(score, _VARIANT), f"'{known.text}' of one leg")


def _of_a_hold(name: str, tokens: tuple[str, ...]) -> Match | None:
    """Match a name with "isometric" or "hold" to the hold of what it is: "Split squat halten"."""
    moved = _variant(tuple(word for word in tokens if word not in _HELD_WORDS))
    if moved is None:
        return None
    known, score = moved
    id = known.movement
    stays = id in _HELD_TOO or "isometric" in catalogue()[id].categories
    held = _HELD.get(id, id if stays else None)
    if held is None:
        return None
    return Match(name, held, min(score, _VARIANT), f"'{catalogue()[id].name}' held")


def _in_parts(rest: str) -> tuple[CatalogueName, float] | None:
    """Find the movement of a name that has brackets or parts.

    It may give the movement twice, as in "High knees (Kniehebelauf)"; name a kind of work and
    then the movement, as in "Running (A-skips)"; or add a remark of words that are in no
    exercise's name, as in "Leg press (blue one)".
    """
    parts, found = _parts(rest)
    names = [known for known, _ in filter(None, found)]
    if len(parts) < 2 or not names or not found[0]:
        return None
    if catalogue()[names[0].movement].categories[0] in _WHATEVER and not _JOINED.search(rest):
        return names[0], _REMARK
    ids = list(dict.fromkeys(name.movement for name in names))
    if len(names) == len(parts):
        # "Treadmill - walking" is walking; "running (A-skips)" are skips.
        kinds_of_ids = {id: catalogue()[id].categories[0] for id in ids}
        exact = [id for id in ids if kinds_of_ids[id] not in ("endurance", "warm_up")]
        # "Walk / mobility" is two kinds of work, and "bike or rower" is either.
        either = _EITHER.search(rest) or (
            exact and "/" in rest and "endurance" in kinds_of_ids.values()
        )
        if len(exact) > 1 or (len(ids) > 1 and either):
            return None
        chosen = exact[0] if exact else ids[-1]
        return next(name for name in names if name.movement == chosen), _VARIANT
    unknown = {word for part, one in zip(parts, found, strict=True) if not one for word in part}
    if len(ids) == 1 and not any(map(_says_which, unknown - lexicon().manner)):
        return names[0], _REMARK
    return None


def _says_which(word: str) -> bool:
    """Return whether a word, as it is or misspelt once, is one of names of movements."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if word in index().known:
        return True
    near = process.extractOne(word, index().vocabulary, scorer=OSA.distance, score_cutoff=1)
    return len(word) >= ONE_MISTAKE and near is not None


def _names_several(rest: str) -> bool:
    """Return whether parts of a name are names of several movements."""
    return len({known.movement for known, _ in filter(None, _parts(rest)[1])}) > 1


@lru_cache(maxsize=512)  # a name is asked for its parts three times
def _parts(
    rest: str,
) -> tuple[list[tuple[str, ...]], list[tuple[CatalogueName, float] | None]]:
    """Return the words of each part of a name, and what each is the name of."""
    texts = [part for part in _PART.split(rest) if words(part)]
    by_text = index().by_text
    found: list[tuple[CatalogueName, float] | None] = []
    for text in texts:
        same = by_text.get(plain_text(text)) if not found else None
        found.append((same, _SAME) if same else _variant(words(text)) or _kind(words(text)))
    return [words(text) for text in texts], found


@lru_cache(maxsize=8192)
def _kind(tokens: tuple[str, ...]) -> tuple[CatalogueName, float] | None:
    """Find the kind of work that a word gives away, such as stretching, yoga or cycling.

    A decisive word does so at the beginning or end of a name, or where the rest names no
    exercise; another one only beside words that go with any such work.
    """
    for kind in kinds():
        places = [place for place, token in enumerate(tokens) if token in kind.decisive]
        if places and (
            places[0] == 0 or places[-1] == len(tokens) - 1 or not _variant(_less(tokens, kind))
        ):
            return CatalogueName(kind.movement, catalogue()[kind.movement].name, False), _KIND
        if (tokens[:1] and tokens[0] in kind.first and not _variant(tokens[1:])) or (
            kind.endings and any(token.endswith(kind.endings) for token in tokens)
        ):
            return CatalogueName(kind.movement, catalogue()[kind.movement].name, False), _KIND
    for kind in kinds():
        if kind.alone & set(tokens):
            rest = [token for token in _less(tokens, kind) if not token[0].isdigit()]
            if set(rest) <= kind.beside:
                name = CatalogueName(kind.movement, catalogue()[kind.movement].name, False)
                return name, _KIND
    return None


def _less(tokens: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
    return tuple(token for token in tokens if token not in kind.decisive | kind.alone)


@lru_cache(maxsize=8192)
def _variant(tokens: tuple[str, ...]) -> tuple[CatalogueName, float] | None:
    """Find `tokens` as they are, then without equipment, manner and endings, then posture."""
    known_names = index()
    if not tokens:
        return None
    if known := known_names.find(tokens):
        return known, _SAME
    if known := known_names.find_stems(tokens):
        return known, _VARIANT
    loads = lexicon().loads
    for kept in _with_less_equipment(without(tokens, frozenset())):
        known = known_names.find(kept) or known_names.find_stems(kept)
        if known and not _needs_no_load(known.movement, loads.intersection(tokens) - set(kept)):
            return known, _VARIANT
    bare = without(tokens, lexicon().manner)
    barest = without(bare, lexicon().posture)
    enough = len(barest) >= 2 or len("".join(barest)) >= _COMPOUND
    if (
        enough
        and len(barest) < len(bare)
        and (known := known_names.find(barest) or known_names.find_stems(barest))
    ):
        return known, _POSTURE
    return None


def _needs_no_load(id: str, left_out: frozenset[str]) -> bool:
    """Return whether nobody does a movement with the weights and machines left out of its name.

    A "kettlebell walk" is no walk, a "barbell deep squat" no stretch, and a "march with a band" no
    drill.
    """
    kind = catalogue()[id].categories[0]
    if kind in ("endurance", "technique"):
        return bool(left_out - _OF_ENDURANCE)
    return bool(left_out) and kind == "mobility"


def _with_less_equipment(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with fewer and fewer words of equipment and manner, the first kept longest.

    "Smith squat", which the catalogue has, is thus found before "squat".
    """
    bare = without(tokens, lexicon().manner)
    optional = [place for place, token in enumerate(tokens) if token in lexicon().manner]
    if not bare:
        return
    if len(optional) <= _MOST_OPTIONAL:
        for n_kept in range(len(optional), 0, -1):
            for places in combinations(optional, n_kept):
                dropped = set(optional) - set(places)
                yield tuple(t for place, t in enumerate(tokens) if place not in dropped)
    yield bare


def _similar(name: str, tokens: tuple[str, ...]) -> Match:
    """Match `tokens` except for spelling."""
    from rapidfuzz import fuzz

    logged = " ".join(tokens)
    scores: dict[str, tuple[float, CatalogueName]] = {}
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
            return Match(name, best.movement, score, f"{SIMILAR} '{best.text}' ({score:.0f})")
        return Match(name, None, score, f"as similar to '{best.text}' as to '{ranked[1][1].text}'")
    return Match(name, None, 0.0, _UNLIKE)


@lru_cache(maxsize=8192)
def misspelt(name: str) -> Match | None:
    """Return the only movement whose name has one letter more, less or otherwise, or is cut short.

    Short names are alike by chance, so that `match` takes none of these. Where somebody is shown
    what was understood, it is worth a question.

    Parameters
    ----------
    name : str
        Without amounts.

    Examples
    --------
    >>> misspelt("sqauts").movement, misspelt("Ausfallschr.").movement, misspelt("walrus")
    ('squat', 'lunge', None)
    """
    cut = _CUT_SHORT.sub(r"\1", name)
    tokens = words(cut)
    if not 0 < len(tokens) <= _FEW_WORDS:
        return None
    shortened = {words(one[1])[-1] for one in _CUT_SHORT.finditer(name) if words(one[1])}
    found: dict[str, CatalogueName] = {}
    for respelled in _completed(tokens, shortened) if shortened else _near(tokens):
        if variant := _variant(respelled):
            found.setdefault(variant[0].movement, variant[0])
    if not found or (len(found) > 1 and not shortened):
        return None
    best = next(iter(found.values()))
    return Match(name, best.movement, _THRESHOLD, f"{SIMILAR} '{best.text}'")


def _near(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with one unknown word replaced by each that differs in one letter."""
    known = index()
    unknown = [place for place, token in enumerate(tokens) if token not in known.known]
    if len(unknown) != 1 or len(tokens[unknown[0]]) < _LEAST_MISSPELT:
        return
    (place,) = unknown
    near = _words_near(tokens[place], 1)
    yield from ((*tokens[:place], word, *tokens[place + 1 :]) for word in near)


@lru_cache(maxsize=8192)  # the words of a piece are looked at from several sides
def _words_near(token: str, most: int, limit: int | None = None) -> tuple[str, ...]:
    """Return known words that differ in at most `most` letters, nearest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(
        token, index().vocabulary, scorer=OSA.distance, score_cutoff=most, limit=limit
    )
    return tuple(word for word, _, _ in near)


def is_near_names(word: str) -> bool:
    """Return whether a word is one of names of movements but for one letter."""
    return bool(_words_near(word, 1, 1))


def _completed(tokens: tuple[str, ...], shortened: set[str]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with those that were cut short as each word that begins so, short first."""
    vocabulary = index().vocabulary
    yield from product(
        *(
            sorted((word for word in vocabulary if word.startswith(token)), key=len)
            if token in shortened
            else [token]
            for token in tokens
        )
    )


def _least_similarity(tokens: tuple[str, ...]) -> float:
    bare = without(tokens, lexicon().manner)
    if len(bare) != 1:
        return _THRESHOLD
    return _THRESHOLD_ONE_WORD if len(bare[0]) >= _LEAST_ONE_WORD else math.inf


def _respellings(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield `tokens` with each unknown word replaced by a known one."""
    known_names = index()
    unknown = [
        place
        for place, token in enumerate(tokens)
        if token not in known_names.known and not token[0].isdigit()
    ]
    if not unknown or len(unknown) > 2:
        return
    choices: list[list[str]] = [[token] for token in tokens]
    for place in unknown:
        token = tokens[place]
        if len(token) >= ONE_MISTAKE:
            most = 2 if len(token) >= _TWO_MISTAKES else 1
            choices[place] = [token, *_words_near(token, most, 5)]
    yield from product(*choices)


@lru_cache(maxsize=1024)
def _with_nearest(unlike: Match) -> Match:
    from rapidfuzz import fuzz, process

    known_names = index()
    wanted = " ".join(sorted(_without_own_grip(words(take_amounts(unlike.name)[1]))))
    key, score, _ = process.extractOne(wanted, known_names.in_words, scorer=fuzz.ratio)
    nearest = known_names.by_words[key].text
    return replace(unlike, score=score, reason=f"{_UNLIKE}; nearest '{nearest}' ({score:.0f})")
