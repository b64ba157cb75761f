"""A line of a training diary: "gym: squat 3x5 80 kg; calf raise 3x12, 6 strides".

`pieces` parts a line, and `reading` reads each part, a name with its amounts. A part of amounts
alone belongs to the part before it, or to the whole session; a name that stands for a whole, such
as "drills", tells the kind of the session and is no set. What is not understood, or not for
certain, is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise

from runanalytics.arguments import checked_arguments
from runanalytics.errors import UsageError
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.index import generic_names, index
from runanalytics.movements.matcher import CORRECTED, SIMILAR, Match, misspelt
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.movements.pieces import (
    RUN,
    RUN_FROM_M,
    SAME,
    begins_with_amounts,
    is_amounts,
    is_other,
    is_recovery,
    is_whole,
    joining,
    joins_parts,
    pieces,
    stretches,
    tidied,
)
from runanalytics.movements.reading import Reading, read_name
from runanalytics.movements.sources import Target, programme_named
from runanalytics.movements.unread import unread
from runanalytics.movements.vocabulary import (
    kind_of_work,
    movement,
    session_kind,
    work_of_set,
)
from runanalytics.words import words as words_of

#: Kinds of session that a line may begin with; they hold, whatever work follows.
KINDS = ("strength", "technique", "mixed", "other")
#: A time alone behind sets is that of the session from this length on, s.
_SESSION_FROM_S = 300.0
#: From this number on, repetitions of a drill that covers ground may be metres.
_MAYBE_METRES_FROM = 15
#: Work of this kind is so many rounds as one can, or one a minute: "EMOM 10 min: 10 swings".
_ROUNDS_UNKNOWN = "hiit"
#: Main categories of what covers ground.
_OF_RUNNING = ("technique", "speed")
#: An exercise that is counted is not done in one go for so long, s.
_NOT_DONE_S = 600.0
#: Letters of a line of training. Finding what belongs together in it takes time with the square
#: of its length, so a longer one is refused.
LONGEST_LINE = 2_000
#: Movements whose name has a number that is the height of a box.
_ON_A_BOX = re.compile(r"(?:^|_)(?:box|step)(?:_|$)")

_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+(?=\D))")
_PREFIX = re.compile(r"^(?P<prefix>[^:;,+]{2,60}?)\s*:(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL)
#: "Drills (A-skips, high knees 2x20 m)": what a whole was made of.
_MADE_OF = re.compile(r"(?P<whole>[^(),;:]+?)\s*\((?P<parts>[^()]*[,;+][^()]*)\)(?=\s*(?:$|[,;+]))")
#: Three numbers or more with spaces between them are one list of repetitions.
_SPACED_LIST = re.compile(r"(?<![\w.,])\d{1,3}(?:\s*,\s+\d{1,3}){2,}(?![\w.]|,\d|\s*[x×*])")
#: A dash between two parts; "8 - 12" is a range, but for a load behind repetitions.
_DASH = re.compile(r"(?<=\D)\s+[-–—]\s+|(?<=\d)\s+[-–—]\s+(?=\D)")
_BEFORE_LOAD = re.compile(
    r"([x×*]\s*\d{1,2})\s+[-–—]\s+(?=\d+(?:[.,]\d+)?\s*(?:kg|lbs?)\b)", re.IGNORECASE
)
_GROUP = re.compile(
    r"^(?P<sets>\d{1,2})\s*[x×*]\s*[(\[](?P<inner>.+)[)\]]\s*(?:[,;]\s*(?P<rest>[^()]+))?$",
    re.DOTALL,
)
_BEHIND = re.compile(r"^(?P<name>.*[^\W\d_])\s+(?:(?P<count>\d{1,3})|\((?P<within>\d{1,2})\))$")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_NUMBER_LEFT = re.compile(r"(?<![^\W\d])\d+(?![^\W\d])")


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


@checked_arguments
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

    Raises
    ------
    UsageError
        If it is longer than `LONGEST_LINE`.

    Examples
    --------
    >>> line = read_diary_line("gym: squat 3x5 80 kg; calf raise 3x12, 6 strides")
    >>> line.kind, [part.reading.movement for part in line.parts if not part.is_whole]
    ('mixed', ['squat', 'calf_raise', 'strides'])
    >>> read_diary_line("10 min drills").duration_s, read_diary_line("squat 3x5, zorbing").unknown
    (600.0, ('zorbing',))
    """
    read: Callable[[str], Reading] = partial(_read_part, corrections=corrections)
    stated, source, unknown = None, "unknown", []
    text = text.strip()
    if len(text) > LONGEST_LINE:
        raise UsageError(
            f"a line of {len(text):,} letters; a line of training has up to {LONGEST_LINE:,}",
            hint="write each session on a line of its own",
        )
    counted = tidied(text)
    body = _DASH.sub("; ", _BEFORE_LOAD.sub(r"\1 ", counted))
    body = _SPACED_LIST.sub(lambda found: re.sub(r"\s", "", found[0]), _BULLET.sub("", body))
    body = _time_of_day().sub("", body)
    body = _BRACKETS.sub(lambda one: f"; {one[1]}" if is_recovery(one[1]) else one[0], body)
    body = _MADE_OF.sub(
        lambda one: f"{one['whole']}, {one['parts']}" if is_whole(read(one["whole"])) else one[0],
        body,
    )
    found = _PREFIX.match(body)
    rounds, lasted, of_group, prefixes = None, None, Amounts(), list[Reading]()
    of_each = Amounts()
    while found:
        prefix, rest = found["prefix"].strip(), found["rest"]
        said, name = take_amounts(prefix)
        if prefix.casefold() in KINDS:
            stated = prefix.casefold()
        elif (times := _times(said)) and (
            not words(name) or is_whole(read(name)) or not begins_with_amounts(rest)
        ):
            # "3 sets: ..." as well as "Circuit 3 rounds: ..." and "Circuit x3: ...".
            rounds = times
            if words(name):
                source = session_kind([work_of_set(read(name).movement)], source)
        elif prefix.casefold() in _places():
            pass
        elif words(prefix) and lexicon().manner.issuperset(words(prefix)):
            read = partial(_read_with, equipment=prefix, read=read)  # "kettlebell: swings 5x15"
        elif (named := read(prefix)).movement is None:
            unknown.append(prefix)
        elif is_whole(named) or not begins_with_amounts(rest):
            source = session_kind([work_of_set(named.movement)], source)
            if said.n_sets and (said.reps or said.hold_s or said.distance_m):
                of_each = said  # "drills 2x30 m each: A-skips, B-skips"
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
    for times, stretch in stretches(body):
        gathered.add_all(pieces(stretch, read), times)
    parts = _with_amounts(gathered.in_rounds(), of_each)
    alone = all(part.is_whole for part in parts)
    held = [part.reading.hold_s for part in parts if part.reading.hold_s] if alone else []
    shown = (
        *unknown,
        *(each for part in parts for each in part.unknown),
        *_open_amounts(parts),
    )
    in_rounds = (Amounts(n_sets=rounds), Amounts(n_sets=gathered.rounds))
    of_session = (of_each, *gathered.of_session, *in_rounds)
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


def _each_alike(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts with the amounts of the next that says "each": "skips, hops 2x5 each"."""
    alike: list[Part] = []
    each: Reading | None = None
    for part in reversed(parts):
        had = part.reading
        if part.is_whole or _has_amounts(had):
            each = had if _each().search(part.text) and not part.is_whole else None
        elif each is not None:
            (part,) = _with_amounts((part,), each)
        alike.append(part)
    return tuple(reversed(alike))


def _with_amounts(parts: tuple[Part, ...], said: Reading | Amounts) -> tuple[Part, ...]:
    """Return parts of which those without any amount have these."""
    return tuple(
        part
        if part.is_whole or _has_amounts(part.reading) or not _has_amounts(said)
        else replace(
            part,
            reading=replace(
                part.reading,
                n_sets=said.n_sets,
                reps=said.reps,
                hold_s=said.hold_s,
                distance_m=said.distance_m,
            ),
        )
        for part in parts
    )


def _open_amounts(parts: tuple[Part, ...]) -> Iterator[str]:
    """Yield parts that may share the sets of the next: "A-skips, B-skips 2x30 m"."""
    for part, following in pairwise(parts):
        reading, behind = part.reading, not following.text[:1].isdigit()
        alone = reading.movement is not None and not part.is_whole and not _has_amounts(reading)
        if alone and behind and following.reading.n_sets and part.work == following.work:
            yield f"{part.text}: as much as '{following.text}'?"


def _has_amounts(said: Reading | Amounts) -> bool:
    return bool(said.n_sets or said.reps or said.hold_s or said.distance_m)


@cache
def _each() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('each')})(?!\w)", re.IGNORECASE)


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
    if reading.movement is None or plain_text(reading.name) in index().by_text:
        return reading
    denied = _denied(kept, plain_text(reading.match.reason))
    if denied is None:
        return reading
    match = Match(text, None, 0.0, f"not done, says '{denied}'")
    return Reading(match, reading.name, not_understood=(text,))


def _denied(text: str, named: str) -> str | None:
    """Return a word by which a text says that something was not done.

    It is not in a remark ("without weights") nor in the name ("saut en longueur sans élan").
    """
    said = f" {plain_text(text)} "
    found = [word for word in _denying() if f" {word} " in said and f" {word} " not in named]
    if not found:
        return None
    before, behind = _when()
    said = f" {plain_text(behind.sub('', before.sub('', text)))} "
    return next((word for word in found if f" {word} " in said), None)


def _read_with(text: str, *, equipment: str, read: Callable[[str], Reading]) -> Reading:
    """Return what a name means that is known beside what it is done with."""
    reading = read(text)
    return reading if reading.movement is not None else read(f"{equipment} {text}")


def _without_remarks(text: str) -> Iterator[str]:
    """Yield a text without what is said of when, where and how, a whole without adjectives."""
    before, behind = _when()
    if (shorter := _little().sub("", text)) != text and is_whole(read_name(shorter)):
        yield shorter
    begun, ended = before.sub("", text), behind.sub("", text)
    both = behind.sub("", begun)
    yield from (each for each in dict.fromkeys((begun, ended, both)) if each != text)
    if found := _beside_a_run().search(text):
        ran = read_name(text[found.end() :]).movement
        if ran is not None and kind_of_work(ran) == "endurance":
            yield text[: found.start()]


@cache
def _beside_a_run() -> re.Pattern[str]:
    """Return the pattern of words before a run that something was done after, or before."""
    return re.compile(rf"\s+(?:{joining('after')})\s+", re.IGNORECASE)


@cache
def _places() -> frozenset[str]:
    """Return places and times that a line may begin with: "track: drills, 4 strides"."""
    tables = words_of("diary").values()
    return frozenset(word for table in tables for word in table.get("where", ()))


@cache
def _denying() -> tuple[str, ...]:
    """Return words that say that something was not done, in all languages."""
    listed = (word for table in words_of("diary").values() for word in table.get("not", ()))
    return tuple(dict.fromkeys(map(plain_text, listed)))


@cache
def _little() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{joining('little')})\s+)+", re.IGNORECASE)


@cache
def _time_of_day() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[,;+]\s))(?:{joining('little')})\s*:\s*", re.IGNORECASE)


@cache
def _when() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of remarks before a name and behind it."""
    said = f"(?:{joining('when')}|{joining('each')})"
    return (
        re.compile(rf"^(?:{said}\s+)+", re.IGNORECASE),
        re.compile(rf"(?:\s+\(?{said}\)?)+(?=$|[,;]|\s+\d)", re.IGNORECASE),
    )


def _times(said: Amounts) -> int | None:
    """Return how often something is done, if amounts say that and nothing else."""
    reps = said.reps[0] if len(said.reps) == 1 and said.n_sets is None else None
    alone = Amounts(n_sets=said.n_sets) if reps is None else Amounts(reps=(reps,))
    return (said.n_sets or reps) if said == alone else None


def _rest_alone(piece: str) -> bool:
    """Return whether a piece of a line states a rest and nothing else."""
    said, name = take_amounts(piece)
    return said == Amounts(rest_s=said.rest_s) and said.rest_s is not None and not words(name)


@cache
def _rounds_before() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sets>\d{{1,2}})\s*(?:{joining('rounds')})(?!\w)(?:\s+\w{{1,3}})?\s*[:;]?\s+(?=\d)",
        re.IGNORECASE,
    )


@cache
def _rounds_behind() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!^)(?:\s*[,;]\s*|\s+)\(?(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:{joining('rounds')})[\s.)]*$"
        r"|\s*[,;]\s*[x×*]\s*(?P<times>\d{1,2})[\s.]*$",
        re.IGNORECASE,
    )


@cache
def _in_all() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{joining('in_all')})$", re.IGNORECASE)


def _held(piece: str) -> float | None:
    """Return the time that a piece states alone, in s."""
    said, name = take_amounts(piece)
    return None if words(name) else said.hold_s


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
        if self.parts and is_recovery(piece):
            self._recovered(take_amounts(piece)[0])
            return
        if (of_all := _in_all().search(piece)) and (held := _held(piece[: of_all.start()])):
            self.duration_s = held
            self.of_session.append(Amounts(hold_s=held))
            return
        if not is_amounts(piece):
            text, self.waiting = f"{self.waiting} {piece}".strip(), ""
            self.parts.append(_part(text, self.read))
            return
        said = take_amounts(piece)[0]
        of_sets = bool(said.n_sets or said.reps or said.distance_m)
        # "Bike, 40 km" was ridden.
        is_of_whole = bool(self.parts) and self.parts[-1].is_whole
        is_far = said.distance_m is not None and said.distance_m >= RUN_FROM_M
        if is_far and not (said.n_sets or said.reps or is_of_whole):
            self.parts.append(_part(f"{RUN} {piece}", self.read, text=piece))
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
    if reading.n_sets and reading.match.score < SAME and is_other(reading.movement):
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
    doubts = (*_choice(reading), *_too_much(reading))
    reading = replace(reading, not_understood=(*reading.not_understood, *doubts))
    left = () if reading.match.score == SAME else tuple(_NUMBER_LEFT.findall(reading.name))
    if left and reading.movement:
        reading = replace(reading, not_understood=(*reading.not_understood, *left))
    return Part(text or piece, reading, is_whole(reading))


def _choice(reading: Reading) -> tuple[str, ...]:
    """Return what a name was read as, if it is misspelt or one that several movements go by."""
    if reading.movement is None or reading.match.reason == CORRECTED:
        return ()
    said = f"{reading.name}: read as '{movement(reading.movement).name}'"
    if reading.match.reason.startswith(SIMILAR) or joins_parts(reading):
        return (said,)
    named = generic_names().get(" ".join(sorted(words(reading.name))), ())
    others = [id for id in named if id != reading.movement and reading.movement in named]
    if reading.distance_m is not None:
        others = [id for id in others if movement(id).categories[0] in _OF_RUNNING]
    names = " or ".join(f"'{movement(id).name}'" for id in others)
    return (f"{said}, could be {names}",) if others else ()


def _too_much(reading: Reading) -> tuple[str, ...]:
    """Return an amount that nobody does of an exercise or drill: "lungo 25 km" are no lunges."""
    if reading.movement is None or is_other(reading.movement) or is_whole(reading):
        return ()
    found = []
    if (reading.distance_m or 0.0) >= RUN_FROM_M:
        found.append(f"{reading.distance_m:g} m")
    in_reps = movement(reading.movement).measured_in == "reps"
    if in_reps and (reading.hold_s or 0.0) >= _NOT_DONE_S and (reading.n_sets or 1) == 1:
        found.append(f"{reading.hold_s:g} s")
    return tuple(f"{reading.name}: {each} of '{movement(reading.movement).name}'" for each in found)


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
    return re.compile(rf"(?:{joining('programme')})\s*:\s*(?P<name>.+)", re.IGNORECASE)


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
