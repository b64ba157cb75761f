"""A line of a training diary: "gym: squat 3x5 80 kg; calf raise 3x12, 6 strides".

A line is split into parts, each a name with its amounts, which `reading` reads. A part of amounts
alone belongs to the part before it, or to the whole session; a name that stands for a whole, such
as "drills", tells the kind of the session and is no set. What is not understood is kept as text,
and named. Words that join parts stand in ``words/*.toml``, table ``diary``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from runanalytics.arguments import checked_arguments
from runanalytics.errors import UsageError
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.cells import is_bodyweight, side_word
from runanalytics.movements.names import words
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
#: A distance alone is a run from this length on, m, and is read with this name.
_RUN_FROM_M, _RUN = 1000.0, "run"
#: Kinds of exercise that nobody holds as long as this in one go, s: they are a whole then.
_NOT_HELD, _NOT_HELD_S = ("isometric", "core"), 300.0
#: Movements whose name has a number that is the height of a box.
_ON_A_BOX = re.compile(r"(?:^|_)(?:box|step)(?:_|$)")

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
    r"\s*(?:[;\n|]|,(?!\d)|(?<=\D),(?=\d)|,(?=\d+\s*[x×*])|(?<!bw)\s[+/](?=\s|\d)"
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
_BEHIND = re.compile(r"^(?P<name>.*[^\W\d_])\s+(?P<count>\d{1,3})$")
_NUMBER_LEFT = re.compile(r"(?<![^\W\d])\d+(?![^\W\d])")
#: Score of a name that is the catalogue's own.
_SAME = 100.0


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
        What was not understood.
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
    body = _DASH.sub("; ", _BEFORE_LOAD.sub(r"\1 ", text))
    body = _SPACED_LIST.sub(lambda found: re.sub(r"\s", "", found[0]), _BULLET.sub("", body))
    body = _time_of_day().sub("", body)
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
    for piece in _pieces(body, read):
        gathered.add(piece)
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
    missed = unread(_BULLET.sub("", text), read_of_it, shown)
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
    """Return what `read_name` does, also of "light drills", "strides at the end"."""
    reading = read_name(text, corrections=corrections)
    if reading.movement is None and (shorter := _little().sub("", text)) != text:
        again = read_name(shorter, corrections=corrections)
        if _is_whole(again):
            return again
    if reading.movement is None and (shorter := _when().sub("", text)) != text:
        again = read_name(shorter, corrections=corrections)
        if again.movement is not None:
            return again
    return reading


@cache
def _little() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{_joining('little')})\s+)+", re.IGNORECASE)


@cache
def _time_of_day() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[,;+]\s))(?:{_joining('little')})\s*:\s*", re.IGNORECASE)


@cache
def _when() -> re.Pattern[str]:
    said = f"(?:{_joining('when')}|{_joining('each')})"
    return re.compile(rf"(?:\s+{said})+(?=$|[,;]|\s+\d)|^(?:{said}\s+)+", re.IGNORECASE)


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
def _rounds_before() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sets>\d{{1,2}})\s*(?:{_joining('rounds')})(?!\w)(?:\s+\w{{1,3}})?\s*:?\s+(?=\d)",
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
    return re.compile(rf"(?:^|\s+)(?:{_joining('then')})\s+", re.IGNORECASE)


@cache
def _and() -> re.Pattern[str]:
    return re.compile(
        rf"\s+(?:{_joining('and')}|&)\s+|{_WITH.format(_joining('with'))}"
        r"|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})",
        re.IGNORECASE,
    )


@cache
def _in_all() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{_joining('in_all')})$", re.IGNORECASE)


def _held(piece: str) -> float | None:
    """Return the time that a piece states alone, in s."""
    said, name = take_amounts(piece)
    return None if words(name) else said.hold_s


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
    joined = _and().search(take_amounts(piece)[1])
    if not joined and not re.search(_WITH.format(_joining("with")), piece, re.IGNORECASE):
        return (piece,)
    parts = _and().split(piece)
    # "10 km with 6 strides": a distance without a name is a run of its own.
    if (take_amounts(parts[0])[0].distance_m or 0.0) >= _RUN_FROM_M and _is_amounts(parts[0]):
        return parts
    whole = read(piece)
    if whole.movement and whole.match.score == _SAME:
        return (piece,)
    if whole.movement and any(read(part).movement is None for part in parts):
        return (piece,)
    known = any(read(part).movement for part in parts)
    return parts if known else (piece,)


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

    def add(self, piece: str) -> None:
        """Add a piece as a part, or as amounts of the part before it or of the session."""
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
        elif of_sets and has_sets and had.movement and not before.is_whole:
            self.parts.append(_part(f"{before.name} {piece}", self.read, text=piece))
        elif not of_sets and self._is_of_session(said, before, has_sets=has_sets):
            self._of_session(piece, said)
        else:
            self.parts[-1] = _part(f"{before.text} {piece}", self.read)

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

    def in_rounds(self) -> tuple[Part, ...]:
        """Return the parts; those without a number of sets are done once in each round."""
        if self.waiting:
            self.unknown.append(self.waiting)
        parts = _each_alike(tuple(self.parts))
        if self.rounds is None:
            return parts
        return tuple(
            part
            if part.is_whole or part.reading.n_sets
            else replace(part, reading=replace(part.reading, n_sets=self.rounds))
            for part in parts
        )


def _part(piece: str, read: Callable[[str], Reading], *, text: str = "") -> Part:
    """Return the part of a piece that has a name."""
    reading = read(piece)
    bare = not (reading.n_sets or reading.reps or reading.hold_s or reading.distance_m)
    behind = _BEHIND.match(piece)
    if behind and bare and reading.movement and not _ON_A_BOX.search(reading.movement):
        turned = read(f"{behind['count']} {behind['name']}")
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
    left = () if reading.match.score == _SAME else tuple(_NUMBER_LEFT.findall(reading.name))
    if left and reading.movement:
        reading = replace(reading, not_understood=(*reading.not_understood, *left))
    return Part(text or piece, reading, _is_whole(reading))


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
