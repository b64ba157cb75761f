"""What a part of a diary line says beside its name: when, where, or that it was not done.

A name is first read as it stands; remarks are left out only where it then means something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import chain, pairwise

from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.cells import side_word
from runanalytics.movements.diary_lines.clauses import is_person
from runanalytics.movements.diary_lines.parts import read_as
from runanalytics.movements.diary_lines.pieces import (
    COUNTED_WORK,
    RUN_FROM_M,
    SAME,
    SURE,
    any_joining,
    beside_a_run,
    is_amounts,
    is_made_of,
    is_of_body,
    is_other,
    is_whole,
    joining,
    joining_words,
    joins_parts,
    may_tell,
    of_the_body,
    phrases,
    without_asides,
)
from runanalytics.movements.diary_lines.tidying import without_weekday
from runanalytics.movements.diary_lines.unread import is_vocabulary
from runanalytics.movements.index import could_mean, index
from runanalytics.movements.matcher import (
    CORRECTED,
    ONE_LEG,
    SIMILAR,
    VARIANT,
    Match,
    misspelt,
    named_exactly,
)
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.movements.reading import Reading, has_amounts, read_name
from runanalytics.movements.vocabulary import WHOLES, kind_of_work, movement, work_of_set
from runanalytics.movements.work import named_work
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives

#: Letters from which a misspelt name is one without any amount: "travel" is none.
_LEAST_ALONE = 7
_SPACE = re.compile(r"\s+")
#: A word, in a text that may be a remark.
_WORD = re.compile(r"[^\W\d_]+")
#: A number before what it counts: "8 sprints".
_COUNT = re.compile(r"\d{1,3}\s+(?=[^\W\d_]{3})")
#: "a walk", but not "A-walk" or "a skip 2x20 m".
_AN_OUTING = re.compile(r"an?\s(?P<what>[^\W\d_]+)\s*$")
#: What stands behind a name, in brackets or as what it was done on.
_ASIDE = re.compile(r"\s(?:\([^()]*\)\s*$|on\s\d+\s(?:cm|inch)\s[^()]*$)")
#: Repetitions behind where it was done.
_COUNTED_THERE = re.compile(
    r"(?P<where>[^\W\d_][^\d,;:+]{2,40}?)\s+(?P<what>\d{1,2}\s+[^\W\d_]{3}.*)$"
)
#: What is put before a name that is done on a hill, what sprints are there, and where they are not.
_HILL, _SPRINT, _HILL_SPRINT = "hill", "sprint", "hill_sprint"
#: A group of runners of one age: "U18", "M45".
_AGE_GROUP = re.compile(r"(?<!\w)(?:[UMWF]|MU|WU|sub-?)\d{2}s?(?!\w)")
#: Most words of a text in which a name is looked for, and of that name.
_MOST_WORDS, _MOST_OF_A_NAME = 40, 6
#: What may be a place that has a name: "at Kew".
_A_CAPITAL = re.compile(r"[^\W\d_]\s(?:[Ll]['’])?[^\W\d_a-zà-ÿ][a-zà-ÿ]")
#: What may stand beside a day off.
_BESIDE_A_DAY_OFF = ("little", "rested", "when", "and")
#: What the reason of a text begins with that says that something was not done.
NOT_DONE = "not done"


def read_part(text: str, *, corrections: Mapping[str, str] | None) -> Reading:
    """Return what `read_name` does, also of "light drills" and "strides at the end".

    What is said not to have been done, as in "no strides today", is no movement.
    """
    if (behind := _COUNTED_THERE.match(text)) and is_uphill(behind["where"]):
        # "On the last hill 6 sprints of 8 s"
        ran = on_a_hill(behind["what"], read=partial(read_name, corrections=corrections))
        if ran.movement == _HILL_SPRINT and not ran.not_understood:
            return ran
    if (went := _AN_OUTING.match(text)) is not None:
        outing = read_name(went["what"], corrections=corrections)
        if outing.movement is not None and work_of_set(outing.movement) not in COUNTED_WORK:
            return outing  # "yoga and a walk" has no A-walk
    reading = read_name(text, corrections=corrections)
    if reading.movement is not None and is_person(text.strip()):
        match = Match(text, None, 0.0, "a person")  # "Marco, calf raises 3x12"
        return replace(reading, match=match, not_understood=(text,))
    aside = _ASIDE.search(text)
    if aside and (reading.movement is None or reading.match.reason.startswith(VARIANT)):
        alone = read_name(text[: aside.start()], corrections=corrections)
        sure = _is_named(alone) or (reading.movement is None and alone.match.score >= SURE)
        if alone.movement not in (None, reading.movement) and sure:
            # "crunches 3x10 (band around the knees)" are none on the knees
            match = replace(alone.match, name=text)
            if any(map(str.isdigit, aside[0])):
                return replace(reading, match=match, name=alone.name, not_understood=())
            open_ = (aside[0].strip(" ()"),) if reading.movement is None else ()
            return replace(alone, match=match, not_understood=(*alone.not_understood, *open_))
    if reading.movement is not None and reading.match.score < SAME and _is_company(text):
        reading = replace(reading, match=Match(text, None, 0.0, "company"))  # "con Marco"
        return replace(reading, not_understood=(text,))
    if reading.match.score < SAME and (bare := _with_somebody().sub("", text)) != text:
        alone = read_name(bare, corrections=corrections)
        if alone.match.score >= SAME and is_whole(alone):
            return alone  # "palestra con Marco 1 ora" is no march
    kept = text
    if reading.movement is None or _is_unsure(reading):
        for shorter in _without_remarks(text):
            again = read_name(shorter, corrections=corrections)
            same = again.movement == reading.movement and not _is_unsure(again)
            if again.movement is not None and (reading.movement is None or same):
                kept, reading = shorter, again  # "zu Hause Ausfallschritte", "yoga and that's it"
                break
    if reading.movement is None and reading.match.reason != CORRECTED:
        # A log leaves such names out; here somebody is asked.
        told_how_much = has_amounts(reading) or len(reading.name) >= _LEAST_ALONE
        near = misspelt(reading.name) if told_how_much else None
        if near is not None and begins_denied(reading.name):
            near = None  # "kein Krafttraining"
        if near is None and (bare := without_asides(reading.name)) not in ("", reading.name):
            near = misspelt(bare)
        if ids := could_mean(reading.name):
            near = Match(text, ids[0], 0.0, f"could be '{movement(ids[0]).name}'")
        if near is not None:
            return replace(reading, match=near, not_understood=reading.not_understood[:-1])
    bare = reading.name.rstrip(" 0123456789")  # "squat sauté 8"
    if reading.movement is None or plain_text(bare) in index().by_text:
        return reading
    denied = _denied(kept, plain_text(reading.match.reason))
    if denied is None:
        return reading
    match = Match(text, None, 0.0, f"{NOT_DONE}, says '{denied}'")
    return Reading(match, reading.name, not_understood=(text,))


def _is_named(reading: Reading) -> bool:
    """Return whether a name is one that the catalogue has."""
    return named_exactly(reading.name) == reading.movement


def _is_company(text: str) -> bool:
    """Return whether a text says with whom and no more: "with Ann"."""
    said = text.split()
    return (
        len(said) == len(("with", "Ann"))
        and said[0].casefold() in joining_words("with")
        and said[1][:1].isupper()
    )


@cache
def _with_somebody() -> re.Pattern[str]:
    """Return the pattern of "with Ann" behind a word."""
    return re.compile(
        rf"(?<=\w)\s(?:{joining('with')})\s(?-i:[A-ZÀ-Ý])[^\W\d_]+(?=\s+\d|\s*$)", re.I
    )


def _is_unsure(reading: Reading) -> bool:
    """Return whether a name is like a movement's alone, or joins two parts to one."""
    if reading.match.score >= SAME:
        return False  # as most
    return reading.match.reason.startswith(SIMILAR) or joins_parts(reading)


def read_with_less(text: str, *, corrections: Mapping[str, str] | None) -> Reading | None:
    """Return what the longest run of words in a name means that is a name, with the others open.

    "Strides in the last mile" are strides, and a "glute bridge iso" is a bridge; what was left out
    is shown as not understood. A text that says no amount is no exercise: "squat rack was busy".
    """
    text = without_asides(" ".join(text.casefold().split()))
    reading = read_name(text, corrections=corrections)
    counted = take_amounts(text)[0].count is not None or bool(_begins_vaguely().match(text))
    told = reading.name.split()
    if reading.movement is not None or not 1 < len(told) <= _MOST_WORDS:
        return None
    far = reading.distance_m is not None
    runs = list(_runs(len(told)))
    denied = _denied_by(tuple(told))
    if denied is not None and (place := _named_with(denied, told, runs)):
        denied = _denied_by((*told[: place[0]], *told[place[1] :]))
    if denied is not None and not has_amounts(reading):
        if not any(_named(" ".join(told[first:last]), far=far) for first, last in runs):
            return None
        match = Match(text, None, 0.0, f"{NOT_DONE}, says '{denied}'")
        return Reading(match, reading.name, not_understood=(text,))
    exercises = [each for each in runs if not _is_whole_work(told, each, far=far)]
    if has_amounts(reading) or counted:
        done = iter(exercises)
    elif any(_named(" ".join(told[first:last]), far=far) for first, last in exercises):
        return None  # "squat rack in the gym was busy"
    else:
        done = iter(())
    # "I spent 20 min on core work in the living room": a whole, and at last a run or a ride; "core
    # 20 min on the mat after the swim" was no swim.
    wholes = (
        each
        for each in sorted(runs, key=lambda each: bool(each[0]) and reading.hold_s is not None)
        if _is_whole_work(told, each, far=far)
        # "20 min core before dinner", but not "core sore".
        and (
            (reading.hold_s and all(map(is_filling, told[: each[0]])))
            or not is_of_body(" ".join(told[slice(*each)]))
        )
    )
    for first, last in chain(done, wholes):
        kept, before, behind = told[first:last], told[:first], told[last:]
        id = _named(" ".join(kept), far=far)
        if id is None:
            continue
        is_name = plain_text(" ".join(kept)) in index().by_text
        denied = _denied_by((*before, *behind) if is_name else tuple(told))
        if denied is not None:
            match = Match(text, None, 0.0, f"{NOT_DONE}, says '{denied}'")
            return Reading(match, reading.name, not_understood=(text,))
        shorter = without_words(text, before, behind)
        less = read_name(shorter, corrections=corrections)
        ran = (less.distance_m or 0.0) >= RUN_FROM_M and not is_other(id)
        if ran and not less.n_sets:
            return None  # "progressive 10 km"
        if ran:
            # "after 8 km I did 6 strides"
            way = f"{text}: a run before it?"
            less = replace(less, distance_m=None, not_understood=(*less.not_understood, way))
        is_sure = less.match.score >= SURE or (is_other(id) and less.movement is not None)
        if is_sure and is_other(less.movement) == is_other(id):
            left_out = (
                " ".join(part).strip("() ")
                for part in (before, behind)
                if not all(is_filling(word) or _is_load(word) for word in part)
            )
            return replace(less, not_understood=(*less.not_understood, *filter(None, left_out)))
    return None


@cache
def _begins_vaguely() -> re.Pattern[str]:
    """Return the pattern of "some", and of what is no number, before a name."""
    return re.compile(rf"(?:{joining('vague')})\s", re.IGNORECASE)


def without_words(text: str, before: Sequence[str], behind: Sequence[str] = ()) -> str:
    """Return a text without some of its first and last words, nor small ones before a number."""
    for word in before:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text, count=1)
    for word in reversed(behind):
        head, _, tail = text.rpartition(word)
        text = f"{head} {tail}"
    told = text.split()
    n_small = next((place for place, word in enumerate(told) if not _is_small(word)), 0)
    return " ".join(told[n_small:] if told[n_small:] and told[n_small][:1].isdigit() else told)


def _is_small(word: str) -> bool:
    return word.isalpha() and (word in lexicon().small or is_filling(word))


@lru_cache(maxsize=8192)
def _named(name: str, *, far: bool) -> str | None:
    """Return the movement, or other work, that words without amounts name."""
    if (id := named_exactly(name, far=far)) is not None:
        return id
    work = named_work(f"{name} 5 km" if far else name)
    return work.movement if work is not None and not work.rest else None


def _is_whole_work(told: list[str], place: tuple[int, int], *, far: bool) -> bool:
    id = _named(" ".join(told[place[0] : place[1]]), far=far)
    return id is not None and (id in WHOLES or is_other(id))


def _named_with(
    word: str, told: Sequence[str], runs: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Return where the longest name stands that has a word: "skipped" in "affondi saltati"."""
    return next(
        (
            (first, last)
            for first, last in runs
            if word in map(plain_text, told[first:last])
            and plain_text(" ".join(told[first:last])) in index().by_text
        ),
        None,
    )


def _denied_by(told: tuple[str, ...]) -> str | None:
    """Return the first of some words, or two in a row, by which a text says "not done"."""
    plain = tuple(map(plain_text, told))
    denying = _every_denial()
    pairs = (" ".join(pair) for pair in pairwise(plain))
    return next((word for word in (*plain, *pairs) if word in denying), None)


def is_denial(text: str) -> str | None:
    """Return a word of a text by which it says "not done"."""
    return _denied_by(tuple(text.split()))


def begins_denied(text: str) -> bool:
    """Return whether the first word of a text says that something was not done: "no gym"."""
    return bool(text.split()) and _denied_by(tuple(text.split()[:1])) is not None


def is_called_off(text: str) -> bool:
    """Return whether a text without a movement says that nothing was done: "session cancelled".

    "Without" says so as its first word alone.
    """
    told = plain_text(text).split()
    first, behind = tuple(told[:1]), tuple(each for each in told[1:] if each not in _without())
    return _denied_by((*first, *behind)) is not None


@cache
def _without() -> frozenset[str]:
    """Return words for "without": the first of what says that there was no weight."""
    said = (each for table in words_of("diary").values() for each in table.get("unloaded", ()))
    return frozenset(plain_text(each).split()[0] for each in said)


@lru_cache(maxsize=8192)
def is_filling(word: str) -> bool:
    """Return whether a word tells nothing of what was done: "I", "and", "went"."""
    plain = plain_text(word)
    return len(plain) < 2 or plain in _filling()


def is_day_off(text: str) -> bool:
    """Return whether a text tells of a day off, and why or when, and of nothing else.

    Examples
    --------
    >>> is_day_off("no training this morning"), is_day_off("no training squats")
    (True, False)
    """
    if not may_tell(text, "rested"):
        return False
    told, off = text.casefold().split(), phrases("rested")
    return any(
        " ".join(told[first:last]) in off
        and all(is_made_of(each, *_BESIDE_A_DAY_OFF) for each in (told[:first], told[last:]))
        for first in range(len(told))
        for last in range(first + 1, len(told) + 1)
    )


def is_beside(word: str) -> bool:
    """Return whether a word tells nothing of what was done, or how it was done: "slow"."""
    return is_filling(word) or lexicon().manner.issuperset(words(word) or " ")


def _is_load(word: str) -> bool:
    """Return whether a word is what a weight is of: "one dumbbell"."""
    return lexicon().loads.issuperset(words(word) or " ")


@lru_cache(maxsize=8192)
def is_remark(text: str, *, is_heading: bool = False) -> bool:
    """Return whether a text tells how it was, where or with whom, and of no work: "knee sore".

    It has a word for that, and all others stand beside such words or name parts of the body or,
    behind a small word, what is written as a name: "with Ann", "am Uetliberg". In a heading
    a name may stand behind who or what told it: "Coach Anna: squats 3x5".
    """
    if plain_text(text) in _phrases():
        return True
    groups = _AGE_GROUP.findall(text)
    text = _AGE_GROUP.sub(" ", text)
    told, felt, context = _WORD.findall(text), listed("felt"), listed("context")
    if not (told or groups) or any(map(str.isdigit, text)) or _denied_by(tuple(told)) is not None:
        return False
    n_telling, before = len(groups), ""
    for word in told:
        plain = plain_text(word)
        is_name = word[:1].isupper() and before in lexicon().small and not is_vocabulary(word)
        n_telling += plain in felt or plain in context or is_name
        beside = plain in felt or plain in context or is_filling(word) or plain in lexicon().small
        if is_heading and not beside:
            # "Coach Anna: ..." is told by somebody.
            named = word[:1].isupper() and before in context and named_exactly(word) is None
            beside = named or plain in listed("numbered")
        beside = beside or plain in weekdays()
        if not (beside or is_name or is_of_body(word) or side_word(word)):
            return False
        before = plain
    return n_telling > 0 and ONE_LEG not in words(text)


def is_of_form(text: str) -> bool:
    """Return whether a text judges how work before it looked: "technique ok", "Technik sauber".

    By itself "technique" is a session, and so is an easy one: "Technik locker".
    """
    told = list(map(plain_text, _WORD.findall(text)))
    if any(map(str.isdigit, text)) or listed("form").isdisjoint(told):
        return False
    beside = [each for each in told if each not in listed("form")]
    judged = listed("judged") | (listed("felt") - lexicon().manner)
    return not judged.isdisjoint(beside) and all(
        each in judged or each in lexicon().small or is_filling(each) for each in beside
    )


@cache
def weekdays() -> frozenset[str]:
    """Return the names of weekdays, also cut short, as plain text, in all languages."""
    tables = (days for table in words_of("weekdays").values() for days in table.values())
    return frozenset(plain_text(word) for days in tables for word in re.split(r"[|\s]+", days))


@cache
def listed(kind: str) -> frozenset[str]:
    """Return the words of one kind that stand beside work, as plain text, in all languages."""
    tables = words_of("diary").values()
    said = (word for table in tables for word in table.get(kind, ()))
    return frozenset(each for word in said for each in plain_text(word).split())


def is_uphill(text: str) -> bool:
    """Return whether a text tells that something was done on a hill: "behind the house, uphill"."""
    return not hills().isdisjoint(text.casefold().split())


@cache
def hills() -> frozenset[str]:
    """Return the words for a hill."""
    return frozenset(word.casefold() for word in joining_words("hill"))


@cache
def _phrases() -> frozenset[str]:
    """Return phrases that tell how it was, where or with whom, as a whole."""
    tables = words_of("diary").values()
    return frozenset(plain_text(phrase) for table in tables for phrase in table.get("remarks", ()))


@cache
def _filling() -> frozenset[str]:
    tables = words_of("diary").values()
    said = (word for table in tables for word in table.get("filling", ()))
    return frozenset(each for word in said for each in plain_text(word).split())


def _runs(n_words: int) -> Iterator[tuple[int, int]]:
    """Yield the places of each run of words but the whole, the longest and the first ones first."""
    for length in range(min(n_words - 1, _MOST_OF_A_NAME), 0, -1):
        yield from ((first, first + length) for first in range(n_words - length + 1))


def _denied(text: str, named: str) -> str | None:
    """Return a word by which a text says that something was not done.

    It is not in a remark ("without weights") nor in the name ("saut en longueur sans élan").
    """
    said, named = f" {plain_text(text)} ", f" {named} "
    found = [word for word in _denying() if f" {word} " in said and f" {word} " not in named]
    if not found:
        return None
    said = f" {plain_text(without_asides(_ended(_begun(text))))} "
    return next((word for word in found if f" {word} " in said), None)


def on_a_hill(text: str, *, read: Callable[[str], Reading]) -> Reading:
    """Return what a name means on a hill, where sprints are hill sprints, but not on the flat."""
    reading = read(text)
    if _on_the_flat().search(text):
        return reading
    if reading.movement == _SPRINT:
        return read_as(reading, _HILL_SPRINT)
    return read_with(text, equipment=_HILL, read=read)


@cache
def _on_the_flat() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('on_the_flat')})(?!\w)", re.IGNORECASE)


def read_with(text: str, *, equipment: str, read: Callable[[str], Reading]) -> Reading:
    """Return what a name means beside what it is done with: "barbell: squats" are back squats."""
    count = _COUNT.match(text)
    behind = text[count.end() :] if count else text
    reading = read(text)
    beside = read(f"{count[0] if count else ''}{equipment} {behind}")
    open_ = reading.movement is None or reading.match.reason.startswith(SIMILAR)
    return beside if (open_ and beside.movement) or beside.match.score == SAME else reading


def _without_remarks(text: str) -> Iterator[str]:
    """Yield a text without what is said of when, where and how, a whole without adjectives."""
    if (
        may_tell(text, "little")
        and (shorter := _little().sub("", text)) != text
        and is_whole(read_name(shorter))
    ):
        yield shorter
    if found := _done_by().match(text):
        yield text[found.end() :]  # "the group did A-skips"
    if (shorter := _session().sub(" ", text).strip()) != text and is_whole(read_name(shorter)):
        yield shorter
    if (later := without_weekday(text)) != text:
        yield later
    if _A_CAPITAL.search(text) and (elsewhere := _at_named_place().sub("", text)) != text:
        yield elsewhere  # "côtes 10x12 s à Meylan"
    begun, ended = _begun(text), _ended(text)
    both = _ended(begun)
    bare = without_asides(both)
    tried = (_without_last(text), begun, both, ended, bare, _ended(_begun(bare)))
    yield from (each for each in dict.fromkeys(tried) if each.strip() and each != text)
    yield from filter(None, (of_the_body(text, read_name), _one_whole(text)))
    if may_tell(text, "after") and (found := beside_a_run().search(text)):
        ran = read_name(text[found.end() :]).movement
        if ran is not None and kind_of_work(ran) == "endurance":
            yield text[: found.start()]


def _one_whole(text: str) -> str | None:
    """Return the first of two names for a session of one kind: "gym, legs" without its comma."""
    said, name = take_amounts(text)
    told = name.split()
    for place in range(1, len(told)):
        first, second = " ".join(told[:place]), " ".join(told[place:])
        whole = read_name(first)
        if not is_whole(whole) or not is_whole(also := read_name(second)):
            continue
        if work_of_set(whole.movement) == work_of_set(also.movement):
            return f"{first} {said.hold_s:g} s" if said.hold_s else first
    return None


@cache
def _denying() -> tuple[str, ...]:
    """Return words that say that something was not done, in all languages."""
    listed = (word for table in words_of("diary").values() for word in table.get("not", ()))
    return tuple(dict.fromkeys(map(plain_text, listed)))


@cache
def _every_denial() -> frozenset[str]:
    return frozenset(_denying())


@cache
def _done_by() -> re.Pattern[str]:
    """Return the pattern of who did it, in words that tell nothing of what was done."""
    tables = words_of("circumstances").values()
    doing = alternatives({word for table in tables for word in table.get("doing", ())})
    return re.compile(rf"(?:[^\W\d]+\s){{1,4}}?(?:{doing})\s+(?=[^\W\d_])", re.IGNORECASE)


@cache
def _little() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{any_joining('little')})\s+)+", re.IGNORECASE)


@cache
def _session() -> re.Pattern[str]:
    """Return the pattern of a word for a session behind its kind: "Stabi-Programm"."""
    return re.compile(rf"(?<=\w{{3}})[\s-]*(?:{joining('session')})(?!\w)", re.IGNORECASE)


@cache
def time_of_day() -> re.Pattern[str]:
    """Return the pattern of a time of day before a part: "morning: drills"."""
    return re.compile(rf"(?:^|(?<=[,;+]\s))(?:{any_joining('little')})\s*:\s*", re.IGNORECASE)


def _without_last(text: str) -> str:
    """Return a text without one remark, where others may be names: "progressifs sur l'herbe"."""
    for space in _SPACE.finditer(text) if may_tell(text, "when") else ():
        said = text[space.end() :].removeprefix("(").removesuffix(")")
        if said.casefold() in phrases("when"):
            return text[: space.start()]
    return text


@cache
def _at_named_place() -> re.Pattern[str]:
    """Return the pattern of a place that has a name: "at Kew", "à la Croix-Rousse"."""
    tables = words_of("circumstances").values()

    def listed_as(*kinds: str) -> str:
        return alternatives(
            word for table in tables for kind in kinds for word in table.get(kind, ())
        )

    at, articles = listed_as("near", "at"), listed_as("articles")
    name = r"[^\W\d_a-zà-ÿ][^\W\d_]+"
    return re.compile(
        rf"\s(?:a|{at})\s(?:(?:{articles})\s?)?{name}(?:[\s'’-](?:d\w{{0,2}}[\s-])?{name})*(?!\w)"
    )


@cache
def _when() -> re.Pattern[str]:
    """Return the pattern of remarks behind a name."""
    said = f"(?:{any_joining('when', 'each')})"
    # What stands last may be a word that joins parts: "6 Steigerungen zum Schluss".
    behind = f"(?:{said}|(?:{any_joining('then')})$)"
    return re.compile(
        rf"(?:\s+\(?{behind}\)?)+(?=$|[,;]|\s+(?:[^\W\d_]{{1,3}}\s+)?\d)", re.IGNORECASE
    )


def _begun(text: str) -> str:
    """Return a text without the remarks on when and where that it begins with."""
    if not may_tell(text, "when", "each"):
        return text
    spaces = list(_SPACE.finditer(text))
    begin = 0
    while spaces:
        said = (
            space
            for space in reversed(spaces)
            if text[begin : space.start()].casefold() in phrases("when", "each")
        )
        if (longest := next(said, None)) is None:
            break
        begin = longest.end()
        spaces = [space for space in spaces if space.start() >= begin]
    return text[begin:]


def _ended(text: str) -> str:
    """Return a text without the remarks on when and where behind its name or its numbers."""
    return _when().sub("", text) if may_tell(text, "when", "each", "then") else text


def amounts_alone(piece: str) -> str | None:
    """Return a piece without remarks on when and where, if it then is amounts alone."""
    bare = _ended(_begun(piece)).strip()
    return bare if bare != piece and is_amounts(bare) else None
