"""A line of a training diary: "gym: squat 3x5 80 kg; calf raise 3x12, 6 strides".

A line is split into parts, each a name with its amounts, which `reading` reads. A part of amounts
alone belongs to the part before it, or to the whole session; a name that stands for a whole, such
as "drills", tells the kind of the session and is no set. What is not understood is kept as text,
and named. Words that join parts stand in ``words/*.toml``, table ``diary``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from runanalytics.errors import UsageError
from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.cells import is_bodyweight, side_word
from runanalytics.movements.index import generic_names, index
from runanalytics.movements.matcher import CORRECTED, SIMILAR, Match, misspelt
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.sources import Target, programme_named
from runanalytics.movements.unread import unread
from runanalytics.movements.vocabulary import (
    WHOLES,
    kind_of_work,
    movement,
    session_kind,
    work_of_set,
)
from runanalytics.words import words as words_of

#: Kinds of session that a line may begin with; they hold, whatever work follows.
KINDS = ("strength", "technique", "mixed", "other")
#: Kinds of work that are no sets of strength or technique.
_OTHER_WORK = ("mobility", "conditioning", "endurance", "other_sport", "warm_up", "rest")
#: A time alone behind sets is that of the session from this length on, s.
_SESSION_FROM_S = 300.0
#: From this number on, repetitions of a drill that covers ground may be metres.
_MAYBE_METRES_FROM = 15
#: Work of this kind is so many rounds as one can, or one a minute: "EMOM 10 min: 10 swings".
_ROUNDS_UNKNOWN = "hiit"
#: A distance alone is a run from this length on, m, and is read with this name.
_RUN_FROM_M, _RUN = 1000.0, "run"
#: Kinds of exercise that nobody holds as long as this in one go, s: they are a whole then.
_NOT_HELD, _NOT_HELD_S = ("isometric", "core"), 300.0
#: Main categories of what covers ground.
_OF_RUNNING = ("technique", "speed")
#: Movements whose name has a number that is the height of a box.
_ON_A_BOX = re.compile(r"(?:^|_)(?:box|step)(?:_|$)")

#: Exercises done in turn: "A1 squat 3x8 A2 lunge 3x10".
_IN_TURN = re.compile(r"(?:^|[\s,;/]+)(?:[A-F][1-4])\s*[).:]?\s+(?=[^\W\d_])")
#: Where a space is missing: "strides6x80m", "3xsquats", "6strides".
_NO_SPACE = re.compile(
    r"(?<=[^\W\d_]{3})(?=\d{1,2}[x×*]\s*\d)|(?<=\d[x×*])(?=[^\W\d_]{4})|(?<=\d)(?=[^\W\d_x×]{4})"
)
#: Sets before the name of what comes next: "high knees 3x20m butt kicks 3x20m".
_SETS_BEFORE_A_NAME = re.compile(
    r"(\d\s*[x×*]\s*\d+\s*(?:m|s|sec|kg|[\"'″′]{1,2})?(?:\s*@?\s*\d+(?:[.,]\d+)?\s*kg)?)\s+(?=[^\W\d_]{3})"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+(?=\D))")
_PREFIX = re.compile(r"^(?P<prefix>[^:;,+]{2,60}?)\s*:(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL)
#: "Drills (A-skips, high knees 2x20 m)": what a whole was made of.
_MADE_OF = re.compile(r"(?P<whole>[^(),;:]+?)\s*\((?P<parts>[^()]*[,;+][^()]*)\)(?=\s*(?:$|[,;+]))")
#: "A/B/C skips" and "skips A", with amounts before or after; "skip A" is Polish for high knees.
_LETTERED = re.compile(
    r"^(?P<before>[\dx×* m]*\s)??(?:(?P<letters>[abc](?:\s?/\s?[abc])+)[ -](?P<skips>skips?)"
    r"|(?P<before_letters>skips)\s(?P<behind>[abc](?:\s?/\s?[abc])*))(?P<after>(?:\W.*)?)$",
    re.IGNORECASE,
)
#: Three numbers or more with spaces between them are one list of repetitions.
_SPACED_LIST = re.compile(r"(?<![\w.,])\d{1,3}(?:\s*,\s+\d{1,3}){2,}(?![\w.]|,\d|\s*[x×*])")
#: What stands between two parts, but not in brackets.
_HARD = re.compile(
    r"\s*(?:[;\n|]|,(?!\d)|(?<=\D),(?=\d)|,(?=\d+\s*[x×*])"
    r"|(?:(?<=[x×*]\d)|(?<=[x×*]\d\d)),(?=\d{2,3}(?:[.,]\d+)?\s*(?:kg|lbs?)\b)"
    r"|(?<!bw)\s[+/](?=\s|\d)|(?<=[^\W\d_]{3})/(?=\d+\s+[^\W\d_]{3})|\+(?=\s*\d+\s*[x×*]\s*\d|\s*\d+\s+[^\W\d_]{4})"
    r"|(?<=[^\W\d_]{3})\+(?=[^\W\d_]{3}|\s))(?![^(\[]*[)\]])\s*",
    re.IGNORECASE,
)
#: A dash between two parts; "8 - 12" is a range, but for a load behind repetitions.
_DASH = re.compile(r"(?<=\D)\s+[-–—]\s+|(?<=\d)\s+[-–—]\s+(?=\D)")
_BEFORE_LOAD = re.compile(
    r"([x×*]\s*\d{1,2})\s+[-–—]\s+(?=\d+(?:[.,]\d+)?\s*(?:kg|lbs?)\b)", re.IGNORECASE
)
#: "Easy 10 km with 6 strides" is two; "squat 3x8 with 60 kg" is one.
_WITH = r"\s+(?:{})\s+(?=\d)"
_GROUP = re.compile(
    r"^(?P<sets>\d{1,2})\s*[x×*]\s*[(\[](?P<inner>.+)[)\]]\s*(?:[,;]\s*(?P<rest>[^()]+))?$",
    re.DOTALL,
)
#: A group that other parts stand before or behind.
_GROUP_WITHIN = re.compile(
    r"(?:^|(?<=[,;+&])|(?<=\s))\s*(?P<sets>\d{1,2})\s*[x×*]\s*"
    r"[(\[](?P<inner>[^()\[\]]*[,;+&/][^()\[\]]*)[)\]]"
)
_BEHIND = re.compile(r"^(?P<name>.*[^\W\d_])\s+(?:(?P<count>\d{1,3})|\((?P<within>\d{1,2})\))$")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
#: Words for "and" that are other words in other languages: these join whole parts alone.
_AND_ELSEWHERE = ("en", "i")
_NUMBER_LEFT = re.compile(r"(?<![^\W\d])\d+(?![^\W\d])")
#: Score of a name that is the catalogue's own.
_SAME = 100.0
#: Put behind what stands behind "with", it is read as a pause: "with 40 s easy".
_RECOVERED = "recovered"


@dataclass(frozen=True)
class Part:
    """One part of a line.

    Parameters
    ----------
    text : str
        As written.
    reading : Reading
        The movement, and how much of it.
    is_whole : bool
        Whether it stands for a whole session of its kind, and is no set.
    """

    text: str
    reading: Reading
    is_whole: bool = False

    @property
    def work(self) -> str | None:
        """The kind of work that it is; None where its name is not known."""
        return work_of_set(self.reading.movement)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What of it was not understood."""
        return self.reading.not_understood

    @property
    def name(self) -> str:
        """The name without amounts, if it means the same movement so; else the whole text."""
        bare = self.reading.name
        if not bare or read_name(bare).movement != self.reading.movement:
            return self.text
        begin = self.text.casefold().find(bare)
        return self.text[begin : begin + len(bare)] if begin >= 0 else bare

    def sets(self) -> Iterator[tuple[int, int | None]]:
        """Yield numbers of equal sets with their repetitions, as they are entered."""
        reps = self.reading.reps
        if len(reps) > 1:
            yield from ((1, each) for each in reps)
        elif not self.is_whole:
            yield self.reading.n_sets or 1, reps[0] if reps else None


@dataclass(frozen=True)
class DiaryLine:
    """What a line of a diary means.

    Parameters
    ----------
    text : str
        As written.
    kind : str
        What the session counts for: strength, technique, mixed, other, or unknown.
    parts : tuple of Part
        What was done, in order.
    duration_s : float, optional
        How long the session lasted, in s.
    effort_rpe : float, optional
        Rating of perceived exertion of the whole session.
    unknown : tuple of str
        What was not understood, or not for certain: "fondos: read as 'Dip', could be 'Push-up'".
    """

    text: str
    kind: str
    parts: tuple[Part, ...]
    duration_s: float | None = None
    effort_rpe: float | None = None
    unknown: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """Return the line as rows of plain values: one a number of equal sets.

        Returns
        -------
        list of dict
            part (as written), movement, counts_for (a kind of work), n_sets, reps, load_kg, hold_s,
            distance_m, side, effort_rpe, rest_s, not_understood; None is what is not stated.
        """
        return [
            {
                "part": part.text,
                "movement": part.reading.movement,
                "counts_for": part.work,
                "n_sets": n_sets,
                "reps": reps,
                "load_kg": part.reading.load.kg if part.reading.load else None,
                "hold_s": None if part.is_whole else part.reading.hold_s,
                "distance_m": part.reading.distance_m,
                "side": part.reading.side,
                "effort_rpe": part.reading.effort_rpe,
                "rest_s": part.reading.rest_s,
                "not_understood": ", ".join(part.reading.not_understood) or None,
            }
            for part in self.parts
            for n_sets, reps in ([(None, None)] if part.is_whole else part.sets())
        ]


def read_diary_line(text: str, *, corrections: Mapping[str, str] | None = None) -> DiaryLine:
    """Return what a line of a training diary means.

    Parameters
    ----------
    text : str
        ``[kind:] part (separator part)*``, in any language: "A-skips 3x30 m, 6 strides".
    corrections : mapping of str to str, optional
        As for `match`.

    Returns
    -------
    DiaryLine

    Examples
    --------
    >>> line = read_diary_line("gym: squat 3x5 80 kg; calf raise 3x12, 6 strides")
    >>> line.kind, [part.reading.movement for part in line.parts if not part.is_whole]
    ('mixed', ['squat', 'calf_raise', 'strides'])
    >>> read_diary_line("10 min drills").duration_s, read_diary_line("squat 3x5, zorbing").unknown
    (600.0, ('zorbing',))
    """
    read = partial(_read_part, corrections=corrections)
    stated, source, unknown = None, "unknown", []
    text = text.strip()
    counted = _counted().sub(lambda one: f"{_numbers()[one[0].casefold()]}", _spaced(text))
    counted = _weekday().sub("", counted)
    body = _DASH.sub("; ", _BEFORE_LOAD.sub(r"\1 ", counted))
    body = _SPACED_LIST.sub(lambda found: re.sub(r"\s", "", found[0]), _BULLET.sub("", body))
    body = _time_of_day().sub("", body)
    body = _BRACKETS.sub(lambda one: f"; {one[1]}" if _is_recovery(one[1]) else one[0], body)
    body = _MADE_OF.sub(
        lambda one: f"{one['whole']}, {one['parts']}" if _is_whole(read(one["whole"])) else one[0],
        body,
    )
    found = _PREFIX.match(body)
    rounds, lasted, of_group, prefixes = None, None, Amounts(), list[Reading]()
    while found:
        prefix, rest = found["prefix"].strip(), found["rest"]
        said, name = take_amounts(prefix)
        if prefix.casefold() in KINDS:
            stated = prefix.casefold()
        elif (times := _times(said)) and (not words(name) or _is_whole(read(name))):
            # "3 sets: ..." as well as "Circuit 3 rounds: ..." and "Circuit x3: ...".
            rounds = times
            if words(name):
                source = session_kind([work_of_set(read(name).movement)], source)
        elif (named := read(prefix)).movement is None:
            unknown.append(prefix)
        elif _is_whole(named) or not _is_amounts(_HARD.split(rest)[0]):
            source = session_kind([work_of_set(named.movement)], source)
            prefixes.append(Reading(named.match, named.name))
            if named.movement == _ROUNDS_UNKNOWN:
                unknown.append(prefix)
            lasted = named.hold_s or lasted
        else:
            rest = f"{prefix} {rest}"
            body = rest
            break
        body = rest
        found = _PREFIX.match(body)
    if found := _rounds_before().match(body):
        rounds, body = int(found["sets"]), body[found.end() :]
    elif (found := _GROUP.match(body)) and (not found["rest"] or _rest_alone(found["rest"])):
        rounds, body = int(found["sets"]), found["inner"]
        of_group = take_amounts(found["rest"] or "")[0]
    if rounds is None and (found := _rounds_behind().search(body)):
        rounds, body = int(found["sets"] or found["times"]), body[: found.start()]
    gathered = _Gathered(read, unknown=unknown, rounds=rounds, duration_s=lasted)
    gathered.of_session += [Amounts(hold_s=lasted), of_group]
    for times, stretch in _stretches(body):
        gathered.add_all(_pieces(stretch, read), times)
    parts = gathered.in_rounds()
    alone = all(part.is_whole for part in parts)
    held = [part.reading.hold_s for part in parts if part.reading.hold_s] if alone else []
    shown = (*unknown, *(each for part in parts for each in part.unknown))
    of_session = (*gathered.of_session, Amounts(n_sets=rounds), Amounts(n_sets=gathered.rounds))
    read_of_it: tuple[Reading | Amounts, ...] = (
        *(part.reading for part in parts),
        *of_session,
        *prefixes,
    )
    missed = unread(_BULLET.sub("", counted), read_of_it, shown)
    return DiaryLine(
        text,
        stated or session_kind((part.work for part in parts), source),
        parts,
        gathered.duration_s or (sum(held) if held else None),
        gathered.effort_rpe,
        tuple(dict.fromkeys((*shown, *missed))),
    )


def _spaced(text: str) -> str:
    """Return a line with the spaces that are missing, and without what numbers its exercises."""
    if len(_IN_TURN.findall(text)) > 1:
        text = _IN_TURN.sub("; ", text).lstrip("; ")
    return _NO_SPACE.sub(" ", text)


def _each_alike(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts with the amounts of the next that says "each": "skips, hops 2x5 each"."""
    alike: list[Part] = []
    each: Reading | None = None
    for part in reversed(parts):
        had = part.reading
        if part.is_whole or had.n_sets or had.reps or had.hold_s or had.distance_m:
            each = had if _each().search(part.text) and not part.is_whole else None
        elif each is not None:
            how_much = replace(
                had,
                n_sets=each.n_sets,
                reps=each.reps,
                hold_s=each.hold_s,
                distance_m=each.distance_m,
            )
            part = replace(part, reading=how_much)
        alike.append(part)
    return tuple(reversed(alike))


@cache
def _each() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_joining('each')})(?!\w)", re.IGNORECASE)


def _read_part(text: str, *, corrections: Mapping[str, str] | None) -> Reading:
    """Return what `read_name` does, also of "light drills" and "strides at the end".

    What is said not to have been done, as in "no strides today", is no movement.
    """
    reading = read_name(text, corrections=corrections)
    kept = text
    if reading.movement is None:
        for kept in _without_remarks(text):
            again = read_name(kept, corrections=corrections)
            if again.movement is not None:
                reading = again
                break
    if reading.movement is None and (near := misspelt(reading.name)):
        return replace(reading, match=near, not_understood=reading.not_understood[:-1])
    if plain_text(reading.name) not in index().by_text:
        before, behind = _when()
        said = plain_text(behind.sub("", before.sub("", kept)))
        denied = [word for word in _denying() if f" {word} " in f" {said} "]
        if reading.movement is not None and denied:
            match = Match(text, None, 0.0, f"not done, says '{denied[0]}'")
            return Reading(match, reading.name, not_understood=(text,))
    return reading


def _without_remarks(text: str) -> Iterator[str]:
    """Yield a text without what is said of when, where and how, a whole without adjectives."""
    before, behind = _when()
    if (shorter := _little().sub("", text)) != text and _is_whole(read_name(shorter)):
        yield shorter
    begun, ended = before.sub("", text), behind.sub("", text)
    both = behind.sub("", begun)
    yield from (each for each in dict.fromkeys((begun, ended, both)) if each != text)


@cache
def _denying() -> tuple[str, ...]:
    """Return words that say that something was not done, in all languages."""
    listed = (word for table in words_of("diary").values() for word in table.get("not", ()))
    return tuple(dict.fromkeys(map(plain_text, listed)))


@cache
def _little() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{_joining('little')})\s+)+", re.IGNORECASE)


@cache
def _weekday() -> re.Pattern[str]:
    tables = words_of("weekdays").values()
    names = {name for days in tables for each in days.values() for name in re.split(r"[ |]", each)}
    longest_first = "|".join(sorted(map(re.escape, names), key=lambda one: (-len(one), one)))
    return re.compile(rf"^(?:{longest_first})\.?\s*:\s*", re.IGNORECASE)


@cache
def _time_of_day() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[,;+]\s))(?:{_joining('little')})\s*:\s*", re.IGNORECASE)


@cache
def _when() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of remarks before a name and behind it."""
    said = f"(?:{_joining('when')}|{_joining('each')})"
    return (
        re.compile(rf"^(?:{said}\s+)+", re.IGNORECASE),
        re.compile(rf"(?:\s+{said})+(?=$|[,;]|\s+\d)", re.IGNORECASE),
    )


def _is_whole(reading: Reading) -> bool:
    """Return whether a name stands for a whole session of its kind."""
    if reading.movement is None or reading.n_sets or reading.reps:
        return False
    main = movement(reading.movement).categories[0]
    if main in _NOT_HELD and (reading.hold_s or 0.0) >= _NOT_HELD_S:
        return True
    return reading.movement in WHOLES or _is_other(reading.movement)


def _times(said: Amounts) -> int | None:
    """Return how often something is done, if amounts say that and nothing else."""
    reps = said.reps[0] if len(said.reps) == 1 and said.n_sets is None else None
    alone = Amounts(n_sets=said.n_sets) if reps is None else Amounts(reps=(reps,))
    return (said.n_sets or reps) if said == alone else None


def _rest_alone(piece: str) -> bool:
    """Return whether a piece of a line states a rest and nothing else."""
    said, name = take_amounts(piece)
    return said == Amounts(rest_s=said.rest_s) and said.rest_s is not None and not words(name)


def _is_amounts(piece: str) -> bool:
    """Return whether a piece of a line has amounts and no name."""
    if is_bodyweight(piece) or side_word(piece):
        return True
    return any(each.isdigit() for each in piece) and not words(take_amounts(piece)[1])


# Pieces -----------------------------------------------------------------------------------------


@cache
def _joining(kind: str) -> str:
    """Return a pattern of the words of one kind that join parts, in all languages."""
    listed = {word for table in words_of("diary").values() for word in table.get(kind, ())}
    return "|".join(re.escape(word) for word in sorted(listed, key=lambda one: (-len(one), one)))


@cache
def _numbers() -> Mapping[str, int]:
    """Return the numbers that words stand for, in all languages."""
    tables = words_of("diary.numbers").values()
    return {word: number for table in tables for word, number in table.items()}


@cache
def _counted() -> re.Pattern[str]:
    """Return the pattern of a number in words before what it counts: "two sets", "une heure"."""
    known = amount_words()
    kinds = ("sets", "repetitions", "times", "minutes", "hours", "seconds")
    units = {word for kind in kinds for word in known[kind] if len(word) > 1 and word.isalpha()}
    counted = "|".join(sorted((*map(re.escape, units), _joining("rounds")), key=len, reverse=True))
    numbers = "|".join(sorted(map(re.escape, _numbers()), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{numbers})(?=['’]?\s*(?:{counted})(?!\w))", re.IGNORECASE)


@cache
def _rounds_before() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sets>\d{{1,2}})\s*(?:{_joining('rounds')})(?!\w)(?:\s+\w{{1,3}})?\s*[:;]?\s+(?=\d)",
        re.IGNORECASE,
    )


@cache
def _rounds_behind() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!^)(?:\s*[,;]\s*|\s+)\(?(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:{_joining('rounds')})[\s.)]*$"
        r"|\s*[,;]\s*[x×*]\s*(?P<times>\d{1,2})[\s.]*$",
        re.IGNORECASE,
    )


@cache
def _then() -> re.Pattern[str]:
    # "After the run" is no other part.
    return re.compile(
        rf"(?:^|\s+)(?!(?:{_joining('when')})(?!\w))(?:{_joining('then')})\s+", re.IGNORECASE
    )


@cache
def _and() -> re.Pattern[str]:
    elsewhere = "|".join(_AND_ELSEWHERE)
    return re.compile(
        rf"\s+(?!(?:{elsewhere})\s)(?:{_joining('and')}|&)\s+|{_WITH.format(_joining('with'))}"
        r"|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3}|[abc][ -]skip)",
        re.IGNORECASE,
    )


@cache
def _in_all() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{_joining('in_all')})$", re.IGNORECASE)


def _held(piece: str) -> float | None:
    """Return the time that a piece states alone, in s."""
    said, name = take_amounts(piece)
    return None if words(name) else said.hold_s


def _stretches(body: str) -> Iterator[tuple[int | None, str]]:
    """Yield stretches of a line, with the rounds of those that were done in rounds of their own."""
    if found := _rounds_within().search(body):
        yield from _stretches(body[: found.start()])
        yield int(found["sets"]), body[found.end() :]
        return
    place = 0
    for found in _GROUP_WITHIN.finditer(body):
        yield None, body[place : found.start()]
        yield int(found["sets"]), found["inner"]
        place = found.end()
    yield None, body[place:]


@cache
def _rounds_within() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[,;+]\s*|\s[-–—]\s+)(?P<sets>\d{{1,2}})\s*(?:[x×]\s*)?(?:{_joining('rounds')})"
        r"(?!\w)(?:\s+\w{1,3})?\s*[:;]\s*",
        re.IGNORECASE,
    )


def _is_recovery(piece: str, *, behind_with: bool = False) -> bool:
    """Return whether a piece says how one recovered: "walk back", "Gehpause", "with 40 s easy"."""
    said, name = take_amounts(piece)
    told = set(plain_text(name).split())
    recovery, beside = _recovery()
    stated = bool(told & recovery) or (behind_with and said.hold_s is not None)
    return bool(told) and stated and told <= recovery | beside and not (said.n_sets or said.reps)


def _recovery_behind(piece: str) -> int | None:
    """Return where the last words of a piece begin to tell of recovery: "8x10 s walk back"."""
    if _recovery()[0].isdisjoint(plain_text(piece).split()):
        return None
    places = [space.start() for space in re.finditer(r"(?<=\S)(?<!\d)\s+(?=\S)", piece)]
    found = next((at for at in places if _is_recovery(piece[at:])), None)
    return found if found and words(take_amounts(piece[:found])[1]) else None


@cache
def _recovery() -> tuple[frozenset[str], frozenset[str]]:
    """Return words that tell of recovery, and those that stand beside them."""
    tables = words_of("diary").values()

    def listed(kind: str) -> frozenset[str]:
        found = (plain_text(word) for table in tables for word in table.get(kind, ()))
        return frozenset(word for text in found for word in text.split())

    return listed("recovery"), listed("recovering") | lexicon().small


def _pieces(body: str, read: Callable[[str], Reading]) -> Iterator[str]:
    """Yield the pieces of a line, each a name with amounts or amounts alone."""
    for sentence in _HARD.split(body):
        for piece in _then().split(sentence):
            for each in _joined(piece.strip(" .!"), read):
                yield from filter(None, _lettered(each))


def _lettered(piece: str) -> Iterator[str]:
    """Yield "A/B skips 2x30 m" as its skips."""
    found = _LETTERED.match(piece)
    if found is None:
        yield piece
        return
    name = found["skips"] or found["before_letters"]
    for letter in re.findall(r"[abc]", found["letters"] or found["behind"], re.IGNORECASE):
        yield f"{found['before'] or ''}{letter}-{name}{found['after']}"


def _joined(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return what "and" joins, unless it stands in the name of one movement or side."""
    if (tail := _with_anything().search(piece)) and _is_recovery(
        piece[tail.end() :], behind_with=True
    ):
        return piece[: tail.start()], f"{piece[tail.end() :]} {_RECOVERED}"
    if _is_recovery(piece):
        return (piece,)
    if (place := _recovery_behind(piece)) and read(piece).movement is None:
        return piece[:place], piece[place:]
    named = take_amounts(piece)[1]
    joined = _and().search(named) or _and_elsewhere().search(named)
    if not joined and not re.search(_WITH.format(_joining("with")), piece, re.IGNORECASE):
        return _run_together(piece, read)
    parts = _and().split(piece)
    if len(parts) == 1:
        return _joined_elsewhere(piece, read)
    # "10 km with 6 strides": a distance without a name is a run of its own.
    if (take_amounts(parts[0])[0].distance_m or 0.0) >= _RUN_FROM_M and _is_amounts(parts[0]):
        return parts
    whole = read(piece)
    if whole.movement and whole.match.score == _SAME:
        return (piece,)
    counted = any(part[:1].isdigit() and read(part).movement for part in parts[1:])
    if whole.movement and not counted and any(read(part).movement is None for part in parts):
        return (piece,)
    known = any(read(part).movement for part in parts)
    if not known:
        return (piece,)
    return [each for part in _alike(parts, read) for each in _joined_elsewhere(part, read)]


def _joined_elsewhere(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return what words join that mean "and" in some languages, or nothing does."""
    parts = _and_elsewhere().split(piece)
    told = all(_is_whole(read(part)) or any(map(str.isdigit, part)) for part in parts)
    if len(parts) > 1 and told and all(read(part).movement for part in parts):
        return parts if read(piece).movement is None else (piece,)
    return _run_together(piece, read)


@cache
def _and_elsewhere() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{'|'.join(_AND_ELSEWHERE)})\s+", re.IGNORECASE)


def _run_together(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return the parts that nothing parts: "high knees 3x20m butt kicks 3x20m"."""
    parts = _SETS_BEFORE_A_NAME.sub(r"\1\n", piece).split("\n")
    if len(parts) == 1 or not all(any(map(str.isdigit, part)) for part in parts):
        return (piece,)
    known = read(piece).movement is None and all(read(part).movement for part in parts)
    return parts if known else (piece,)


def _alike(parts: Sequence[str], read: Callable[[str], Reading]) -> Sequence[str]:
    """Return parts with the sets behind the last, where no other has any: "skips and hops 2x5"."""
    *others, last = parts
    reading = read(last)
    behind = last[len(reading.name) :] if last.casefold().startswith(reading.name) else ""
    alone = all(
        (other := read(part)).movement and not _is_whole(other) and not any(map(str.isdigit, part))
        for part in others
    )
    if not (reading.n_sets and reading.movement and behind[:1].isspace() and alone):
        return parts
    return (*(f"{part}{behind}" for part in others), last)


@cache
def _with_anything() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{_joining('with')})\s+", re.IGNORECASE)


@dataclass
class _Gathered:
    """The parts of a line so far."""

    read: Callable[[str], Reading]
    unknown: list[str]
    rounds: int | None = None
    parts: list[Part] = field(default_factory=list)
    duration_s: float | None = None
    effort_rpe: float | None = None
    #: Amounts that were read as those of the session.
    of_session: list[Amounts] = field(default_factory=list)
    #: Amounts that stand before their name.
    waiting: str = ""

    def add_all(self, pieces: Iterable[str], times: int | None) -> None:
        """Add pieces; those without a number of sets were done so many times, if that is stated."""
        first = len(self.parts)
        for piece in pieces:
            self.add(piece)
        if times is not None:
            self.parts[first:] = _repeated(self.parts[first:], times)
            self.of_session.append(Amounts(n_sets=times))

    def add(self, piece: str) -> None:
        """Add a piece as a part, or as amounts of the part before it or of the session."""
        if self.parts and _is_recovery(piece):
            self._recovered(take_amounts(piece)[0])
            return
        if (of_all := _in_all().search(piece)) and (held := _held(piece[: of_all.start()])):
            self.duration_s = held
            self.of_session.append(Amounts(hold_s=held))
            return
        if not _is_amounts(piece):
            text, self.waiting = f"{self.waiting} {piece}".strip(), ""
            self.parts.append(_part(text, self.read))
            return
        said = take_amounts(piece)[0]
        of_sets = bool(said.n_sets or said.reps or said.distance_m)
        # "Bike, 40 km" was ridden.
        is_of_whole = bool(self.parts) and self.parts[-1].is_whole
        is_far = said.distance_m is not None and said.distance_m >= _RUN_FROM_M
        if is_far and not (said.n_sets or said.reps or is_of_whole):
            self.parts.append(_part(f"{_RUN} {piece}", self.read, text=piece))
            return
        if not self.parts:
            if of_sets:
                self.waiting = piece
            else:
                self._of_session(piece, said)
            return
        before = self.parts[-1]
        had = before.reading
        has_sets = bool(had.n_sets or had.reps or had.distance_m or had.hold_s)
        if (
            said.n_sets
            and not said.reps
            and not said.hold_s
            and not said.distance_m
            and len(self.parts) > 1
            and not had.n_sets
        ):
            self.rounds = said.n_sets
        elif (
            (of_sets or self._is_another_hold(said, had))
            and has_sets
            and had.movement
            and not before.is_whole
        ):
            self.parts.append(_part(f"{before.name} {piece}", self.read, text=piece))
        elif said.n_sets and before.is_whole and before.work != "endurance":
            self.unknown.append(piece)  # "drills, 8x200 m": of what is not said
        elif not of_sets and self._is_of_session(said, before, has_sets=has_sets):
            self._of_session(piece, said)
        else:
            self.parts[-1] = _part(f"{before.text} {piece}", self.read)

    @staticmethod
    def _is_another_hold(said: Amounts, had: Reading) -> bool:
        """Return whether a time is that of one more set: "plank 30 s, 45 s, 60 s"."""
        alone = bool(had.hold_s) and not (had.n_sets or had.reps or had.distance_m)
        return alone and 0.0 < (said.hold_s or 0.0) < _SESSION_FROM_S

    def _is_of_session(self, said: Amounts, before: Part, *, has_sets: bool) -> bool:
        """Return whether a time or effort alone behind parts is not that of the last of them."""
        several = len(self.parts) > 1
        if said.hold_s:
            is_long = several and said.hold_s >= _SESSION_FROM_S
            return has_sets or before.is_whole or is_long
        return bool(said.effort_rpe and not said.load and several)

    def _of_session(self, piece: str, said: Amounts) -> None:
        whole = not self.parts or self.parts[-1].is_whole
        if said.hold_s and (whole or said.hold_s >= _SESSION_FROM_S):
            self.duration_s = (self.duration_s or 0.0) + said.hold_s
            self.of_session.append(Amounts(hold_s=said.hold_s))
        elif said.effort_rpe:
            self.effort_rpe = said.effort_rpe
            self.of_session.append(Amounts(effort_rpe=said.effort_rpe))
        else:
            self.unknown.append(piece)

    def _recovered(self, said: Amounts) -> None:
        """Take the time between sets of the part before; how one recovered is not kept."""
        time_s, before = said.rest_s or said.hold_s, self.parts[-1]
        if time_s and before.reading.rest_s is None and not before.is_whole:
            self.parts[-1] = replace(before, reading=replace(before.reading, rest_s=time_s))
            time_s = None
        self.of_session.append(Amounts(rest_s=time_s, distance_m=said.distance_m))

    def in_rounds(self) -> tuple[Part, ...]:
        """Return the parts; those without a number of sets are done once in each round."""
        if self.waiting:
            self.unknown.append(self.waiting)
        parts = _each_alike(tuple(self.parts))
        return parts if self.rounds is None else tuple(_repeated(parts, self.rounds))


def _repeated(parts: Iterable[Part], times: int) -> list[Part]:
    """Return parts of which those without a number of sets were done so many times."""
    return [
        part
        if part.is_whole or part.reading.n_sets
        else replace(part, reading=replace(part.reading, n_sets=times))
        for part in parts
    ]


def _part(piece: str, read: Callable[[str], Reading], *, text: str = "") -> Part:
    """Return the part of a piece that has a name."""
    reading = read(piece)
    bare = not (reading.n_sets or reading.reps or reading.hold_s or reading.distance_m)
    behind = _BEHIND.match(piece)
    if behind and bare and reading.movement and not _ON_A_BOX.search(reading.movement):
        turned = read(f"{behind['count'] or behind['within']} {behind['name']}")
        if turned.movement == reading.movement and (turned.reps or turned.n_sets):
            reading = turned
    # "Hills 10x60 m w/ walk down" is not ten times walking.
    if reading.n_sets and reading.match.score < _SAME and _is_other(reading.movement):
        also = tuple(each for each in words(reading.name) if _names_another(each, reading, read))
        reading = replace(reading, not_understood=(*reading.not_understood, *also))
    # "A-skips 2x30" are 30 m or 30 contacts.
    entry = movement(reading.movement) if reading.movement else None
    if (
        entry is not None
        and (entry.measured_in, entry.categories[0]) == ("metres", "technique")
        and reading.n_sets
        and max(reading.reps, default=0) >= _MAYBE_METRES_FROM
    ):
        open_ = tuple(str(each) for each in reading.reps)
        reading = replace(reading, not_understood=(*reading.not_understood, *open_))
    reading = replace(reading, not_understood=(*reading.not_understood, *_choice(reading)))
    left = () if reading.match.score == _SAME else tuple(_NUMBER_LEFT.findall(reading.name))
    if left and reading.movement:
        reading = replace(reading, not_understood=(*reading.not_understood, *left))
    return Part(text or piece, reading, _is_whole(reading))


def _choice(reading: Reading) -> tuple[str, ...]:
    """Return what a name was read as, if it is misspelt or one that several movements go by."""
    if reading.movement is None or reading.match.reason == CORRECTED:
        return ()
    said = f"{reading.name}: read as '{movement(reading.movement).name}'"
    if reading.match.reason.startswith(SIMILAR):
        return (said,)
    named = generic_names().get(" ".join(sorted(words(reading.name))), ())
    others = [id for id in named if id != reading.movement and reading.movement in named]
    if reading.distance_m is not None:
        others = [id for id in others if movement(id).categories[0] in _OF_RUNNING]
    names = " or ".join(f"'{movement(id).name}'" for id in others)
    return (f"{said}, could be {names}",) if others else ()


def _is_other(id: str | None) -> bool:
    return id is not None and kind_of_work(id) in _OTHER_WORK


def _names_another(word: str, reading: Reading, read: Callable[[str], Reading]) -> bool:
    return read(word).movement not in (None, reading.movement)


def programme_line(name: str) -> DiaryLine:
    """Return a programme as it is prescribed, as if it were a line.

    Parameters
    ----------
    name : str
        Its id or name. Where it prescribes a range, the least counts; what it leaves open is not
        stated.

    Raises
    ------
    UsageError
        If there is no such programme.

    Examples
    --------
    >>> [part.reading.hold_s for part in programme_line("legs at home").parts][:4]
    [None, None, 40.0, None]
    """
    programme = programme_named(name)
    targets = {target.movement: target for target in programme.targets}
    parts = tuple(_prescribed(each, targets.get(each)) for each in programme.movements)
    return DiaryLine(programme.name, session_kind(part.work for part in parts), parts)


def programme_of_line(text: str) -> DiaryLine | None:
    """Return the programme that a line names, "programme: legs at home"; None if it names none.

    Examples
    --------
    >>> programme_of_line("Programme: Technique drills").kind, programme_of_line("drills")
    ('technique', None)
    """
    found = _programme_prefix().match(text.strip())
    if found is None:
        return None
    named, _, amount = found["name"].partition(",")
    try:
        line = programme_line(named)
    except UsageError:
        return None
    said = take_amounts(amount)[0]
    return replace(line, text=text.strip(), duration_s=said.hold_s)


@cache
def _programme_prefix() -> re.Pattern[str]:
    return re.compile(rf"(?:{_joining('programme')})\s*:\s*(?P<name>.+)", re.IGNORECASE)


def _prescribed(id: str, target: Target | None) -> Part:
    name = movement(id).name
    reading = read_name(name)
    if target is not None:
        reading = replace(
            reading,
            n_sets=target.sets[0] if target.sets else None,
            reps=target.reps[:1] if target.reps else (),
            hold_s=float(target.work_s) if target.work_s is not None else None,
            rest_s=float(target.rest_s) if target.rest_s is not None else None,
            side="both" if target.per_side else None,
        )
    return Part(name, reading)
