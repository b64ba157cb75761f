"""What a line of a diary says before colons at its beginning, of all that follows.

The kind of the session, how often all was done, how much of each, with what, or nothing but a
place: "technique: drills, 2x20 m each: A-skips, B-skips", "3 rounds with 16 kg: 10 swings".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.clauses import is_person
from runanalytics.movements.diary_lines.done_on import is_jumped, jumped_on
from runanalytics.movements.diary_lines.gathered import SESSION_FROM_S
from runanalytics.movements.diary_lines.names_before import tells_variant
from runanalytics.movements.diary_lines.parts import Part, said_as
from runanalytics.movements.diary_lines.pieces import (
    COUNTED_WORK,
    SAME,
    any_joining,
    begins_with_amounts,
    is_amounts,
    is_of_body,
    is_other,
    is_whole,
    joining,
    places,
)
from runanalytics.movements.diary_lines.remarks import (
    NOT_DONE,
    amounts_alone,
    begins_denied,
    is_beside,
    is_filling,
    is_remark,
    is_uphill,
    on_a_hill,
    read_with,
    read_with_less,
)
from runanalytics.movements.diary_lines.rounds_of_all import is_heading_of_rounds, times_alone
from runanalytics.movements.diary_lines.tidying import without_weekday
from runanalytics.movements.diary_lines.weights_of_parts import heading_of, is_unloaded
from runanalytics.movements.index import could_mean
from runanalytics.movements.matcher import SIMILAR, named_exactly
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.movements.reading import Reading, has_amounts, has_sets, is_done
from runanalytics.movements.vocabulary import WHOLES, movement, session_kind, work_of_set
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives

#: Kinds of session that a line may begin with; they hold, whatever work follows.
KINDS = ("strength", "technique", "mixed", "other")
#: Work of this kind is so many rounds as one can, or one a minute: "EMOM 10 min: 10 swings".
_ROUNDS_UNKNOWN = "hiit"
_PREFIX = re.compile(
    r"^(?P<prefix>(?:[^:;,+]|(?<=\w)\+(?=\w)){2,60}?)\s*:(?=\s|$)\s*(?P<rest>.*)$", re.DOTALL
)
_SEVERAL_PARTS = re.compile(r"[,;+&/]")
_HILL_SPRINT = "hill_sprint"
#: Words with a comma among them before a colon.
_SEVERAL_AHEAD = re.compile(
    r"(?P<ahead>[^:;\d]{2,60},[^:;\d]{2,60}?)\s*:\s+(?P<rest>.+)$", re.DOTALL
)
_SEVERAL, _EACH = re.compile(r"\s[/&+]\s"), "each"


@dataclass
class BeforeColons:
    """What a line says before colons, taken from it one by one.

    Parameters
    ----------
    read : callable
        What reads a piece, as `reading.read_name` does; with what is told of all, once taken.
    corrections : mapping of str to str, optional
        As for `match`.
    of_each : Amounts
        What each part was done for, if it tells nothing of its own.
    stated : str, optional
        The kind of session, in so many words.
    source : str
        The kind of session by what it is called.
    rounds : int, optional
        How often all was done.
    lasted_s : float, optional
        How long all took.
    name : str
        The movement, or work, that a heading names; empty if none.
    lifted : Reading, optional
        The movement that a heading's weight is of.
    jumped : str, optional
        What was jumped on, as `done_on.jumped_on` tells it.
    readings : list of Reading
        What was read of it.
    unknown, remarks : list of str
        What was not understood, and what is told beside.
    """

    read: Callable[[str], Reading]
    corrections: Mapping[str, str] | None
    of_each: Amounts
    stated: str | None = None
    source: str = "unknown"
    rounds: int | None = None
    lasted_s: float | None = None
    name: str = ""
    lifted: Reading | None = None
    jumped: str | None = None
    readings: list[Reading] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _done: Reading | None = None
    _jumped_on: str = ""

    def take_from(self, body: str) -> str:
        """Take what stands before colons, and return the line without it."""
        if (several := _SEVERAL_AHEAD.match(body)) is not None:
            told = re.split(r"\s*,\s*", several["ahead"])
            if all(is_person(each) or is_remark(each, is_heading=True) for each in told):
                self.remarks += told  # "Hugo, after his tempo: 4 hill sprints"
                body = several["rest"]
        while found := _PREFIX.match(body):
            prefix, rest = without_weekday(found["prefix"].strip()), found["rest"]
            no_heading = self._done_before(prefix, rest) or self._parts_before(prefix, rest)
            no_heading = no_heading or self._take(prefix, rest)
            if no_heading is not None:
                return no_heading
            if is_uphill(prefix) or named_exactly(prefix) == _HILL_SPRINT:
                # "Hills behind the house: 10 sprints of 8 s"
                self.read = partial(on_a_hill, read=self.read)
            self.jumped = jumped_on(prefix) or self.jumped  # "Stadium steps: 5 x 10 jumps"
            body = rest
        return body

    def left_out(self, parts: Sequence[Part]) -> Iterator[str]:
        """Yield an exercise that was done by a heading, and is none of the parts.

        As in "lunges 3x15 in boots: squats 3x10" and "hurdles: squats 3x8", but not "stadium steps:
        5x10 jumps".
        """
        if self._jumped_on and not any(map(is_jumped, parts)):
            yield self._jumped_on
        done = self._done
        if done and not any(self._is_of(done, part) for part in parts):
            yield done.name

    @staticmethod
    def _is_of(heading: Reading, part: Part) -> bool:
        """Return whether a part is the exercise of a heading, or one of its kind or words.

        As in "hops: single leg 3x10" and "Calf raises: standing calf 3x15".
        """
        had = part.reading
        if had.movement is None or had.movement == heading.movement:
            return had.movement is not None
        if is_done(heading):
            return False
        told = {*words(had.name), *words(part.text), *words(movement(had.movement).name)}
        return not told.isdisjoint(words(heading.name))

    def load_of(self, part: Part) -> bool:
        """Return whether the weight of a heading is that of a part: its movement, or unnamed."""
        if self.lifted is None:
            return True
        had = part.reading
        left_out = set(words(had.name)).difference(words(part.text))
        return had.movement == self.lifted.movement or not left_out.isdisjoint(
            words(self.lifted.name)
        )

    def _parts_before(self, prefix: str, rest: str) -> str | None:
        """Return a line of which some parts stand before a heading, with these as parts."""
        *before, last = (
            _sentences().split(prefix) if take_amounts(prefix)[1] != prefix else [prefix]
        )
        done = [each for each in map(self.read, before) if has_amounts(each)]
        named = [each for each in done if each.movement not in (None, *WHOLES)]
        of_others = is_amounts(last) and not all(map(is_whole, named))
        if done and (of_others or is_whole(self.read(last))):
            # "6 strides then gym: squats 3x8", "lunges 3x10 and 2x8 each: squats, dips"
            return f"{'; '.join(before)}; {last}: {rest}"
        return None

    def _done_before(self, prefix: str, rest: str) -> str | None:
        """Return a line with the counted work of a heading as a part: "after 5 strides: ..."."""
        found = _after_count().match(prefix) if any(map(str.isdigit, prefix)) else None
        told = found["what"].split() if found else []
        for last in range(len(told), 1, -1):
            done = self.read(" ".join(told[:last]))
            counted = work_of_set(done.movement) in COUNTED_WORK and done.movement not in WHOLES
            sure = counted and not done.not_understood and done.match.score >= SAME
            if sure and has_amounts(done):
                return self._with_done(" ".join(told[:last]), told[last:], rest)
        return None

    def _with_done(self, done: str, beside: Sequence[str], rest: str) -> str | None:
        """Return a line that begins with work of its heading, if all beside it tells where."""
        left = " ".join(beside)
        place = " ".join(each for each in beside if each.casefold() not in lexicon().small)
        is_told = left.casefold() in places() or is_remark(left, is_heading=True)
        if left and not (is_told or place.casefold() in places() or is_whole(self.read(place))):
            return None
        self.remarks += [left] if left else []
        return f"{done}; {rest}"

    def _take(self, prefix: str, rest: str) -> str | None:
        """Take what stands before one colon; return the line if that is no heading of all."""
        said, name = take_amounts(prefix)
        if prefix.casefold() in KINDS:
            self.stated = prefix.casefold()
        elif (times := times_alone(said)) and (
            not words(name) or is_whole(self.read(name)) or not begins_with_amounts(rest)
        ):
            self._take_rounds(prefix, name, times)
        elif prefix.casefold() in places() or is_unloaded(prefix):
            pass  # tells no work
        elif (has_sets(said) or said.load or said.distance_m or len(said.reps) > 1) and (
            is_amounts(prefix) or is_of_body(name)
        ):
            # "2x20 m each: high knees, butt kicks", "@ 60 kg: squat 3x5"
            self.of_each = replace(said, load=said.load or self.of_each.load)
        elif not self._take_weight(prefix, name, said):
            named = self.read(prefix)
            if named.movement is None and (within := _named_of_variants(prefix, rest)):
                prefix, named = within, self.read(within)
            if named.movement is None:
                return self._take_unknown(prefix, rest, named)
            if begins_with_amounts(rest) and not is_whole(named):
                return f"{prefix} {rest}"
            if _is_other_with_amounts(prefix, rest, named, self.read):
                return f"{prefix} {rest}"
            self._take_work(prefix, rest, named, said)
        return None

    def _take_rounds(self, prefix: str, name: str, times: int) -> None:
        """Take "3 sets: ..." as well as "Circuit 3 rounds: ..." and "Circuit x3: ..."."""
        self.rounds = times
        if not words(name):
            return
        circuit = self.read(name)
        self.source = session_kind([work_of_set(circuit.movement)], self.source)
        self.readings.append(Reading(circuit.match, circuit.name))
        if not is_whole(circuit) and not is_heading_of_rounds(prefix):
            is_told = name.casefold() in places() or is_remark(name, is_heading=True)
            (self.remarks if is_told else self.unknown).append(prefix)

    def _take_weight(self, prefix: str, name: str, said: Amounts) -> bool:
        """Take with what all was done; return whether it is that which a heading tells."""
        if weight := heading_of(prefix):
            # "all with the 20 kg bar: squats 3x8", "3 rounds with 16 kg: 10 swings"
            self.rounds = weight.rounds or self.rounds
            self.of_each = replace(self.of_each, load=weight.load)
            self._with(weight.equipment)
        elif self._is_manner(prefix) and not said.load:
            self._with(prefix)  # "kettlebell: swings 5x15"
        elif (with_ := lexicon().loads.intersection(words(name if said.load else prefix))) and (
            self.read(prefix).movement is None
        ):
            # "Kettlebell 12 kg at Mary's: swings 4x20", "band around the knees: side steps 2x12"
            self.of_each = replace(self.of_each, load=said.load or self.of_each.load)
            self._with(" ".join(with_))
            left = " ".join(each for each in name.split() if not is_beside(each))
            self.unknown += [left] if left else []
        else:
            return False
        return True

    def _take_unknown(self, prefix: str, rest: str, named: Reading) -> str | None:
        """Take words that name no work; return the line if they belong to what follows."""
        if _SEVERAL.search(prefix) and is_amounts(rest):
            return f"{prefix} {rest} {_EACH}"  # "high knees / skips: 3x20 m"
        if begins_with_amounts(rest) and _is_named_within(prefix, rest, self.corrections):
            return f"{prefix} {rest}"  # "tried hip thrusts for once: 3x10"
        is_told = is_remark(prefix, is_heading=True) and not is_amounts(rest)
        if not is_told and jumped_on(prefix) is not None:
            self._jumped_on, is_told = prefix, True
        (self.remarks if is_told else self.unknown).append(prefix)
        if (named.hold_s or 0.0) >= SESSION_FROM_S:
            self.lasted_s = named.hold_s  # "Renfo triathlon 45': ..."
        if named.match.reason.startswith(NOT_DONE) or begins_denied(prefix):
            self.source = "other"  # "No gym: knee swollen"
        return None

    def _take_work(self, prefix: str, rest: str, named: Reading, said: Amounts) -> None:
        """Take what the session, or what follows, is called: "drills 2x30 m each: ..."."""
        self.source = session_kind([work_of_set(named.movement)], self.source)
        self.of_each = replace(self.of_each, load=said.load or self.of_each.load)
        self.lifted = named if said.load and not is_whole(named) else self.lifted
        short = said.distance_m is not None and work_of_set(named.movement) == "technique"
        if has_sets(said) or short:
            self.of_each = said  # "drills 2x30 m each: A-skips, ...", "drills over 30 m: ..."
        self.readings.append(Reading(named.match, named.name))
        if _is_one_word_of_two(named):
            self.unknown.append(said_as(named.name, named))
        if with_weights := lexicon().loads.intersection(words(prefix)):
            self._with(" ".join(with_weights))  # "kettlebell workout: swings 5x15"
        if named.movement == _ROUNDS_UNKNOWN:
            self.unknown.append(prefix)
            one_a_minute = "emom" in prefix.casefold() and not _SEVERAL_PARTS.search(rest)
            if one_a_minute and named.hold_s:
                self.rounds = round(named.hold_s / 60.0)
        self.lasted_s = named.hold_s or self.lasted_s
        counted = work_of_set(named.movement) in COUNTED_WORK and named.movement not in WHOLES
        # "Les haies jeunes : ..." may be some hurdles.
        is_like = named.match.reason.startswith(SIMILAR)
        self._done = named if counted and (is_like or is_done(named)) else self._done
        # "Hops: single leg 3x10" are no session of jumps.
        if not is_whole(named) or could_mean(named.name):
            self.name = named.name

    def _is_manner(self, prefix: str) -> bool:
        """Return whether words tell how, or with what, and name no session: "drills: ..."."""
        told = words(prefix)
        return bool(told) and lexicon().manner.issuperset(told) and not is_whole(self.read(prefix))

    def _with(self, equipment: str) -> None:
        self.read = partial(read_with, equipment=equipment, read=self.read)


def _is_one_word_of_two(heading: Reading) -> bool:
    """Return whether words that name work each were read as one: "Sprung Krafttraining: ..."."""
    told = plain_text(heading.name).split()
    joined = "".join(told)
    return (
        len(told) > 1
        and joined in plain_text(heading.match.reason).split()
        and all(map(named_exactly, told))
    )


@cache
def _after_count() -> re.Pattern[str]:
    """Return the pattern of a heading that tells after how many of something all was done."""
    tables = words_of("circumstances").values()
    articles = alternatives({word for table in tables for word in table.get("articles", ())})
    return re.compile(
        rf"(?:{any_joining('after')})\s(?:(?:{articles})\s)?(?P<what>\d{{1,2}}\s[^\W\d_].*)$",
        re.IGNORECASE,
    )


@cache
def _sentences() -> re.Pattern[str]:
    """Return the pattern of what stands between a heading and what was done before it."""
    and_, then = joining("and"), joining("then")
    # "and" joins names, too, but for amounts behind it.
    amounts = rf"(?=(?:(?:{joining('each')})\s)?\d)"
    joined = rf",?\s+(?:(?:{and_})\s+{amounts}|(?:(?:{and_})\s+)?(?:{then})\s+)"
    return re.compile(rf"(?:\s*\.\s+|\s/\s|{joined})(?![^(]*\))", re.IGNORECASE)


def _named_of_variants(prefix: str, rest: str) -> str | None:
    """Return the exercise that a heading names beside filling words, where variants of it follow.

    As in "lots of calves today: 4x20 standing, 3x15 seated".
    """
    if not tells_variant(re.split(r"[,;+]", rest)[0]):
        return None
    told = prefix.split()
    while told and (is_filling(told[-1]) or is_remark(told[-1])):
        told.pop()
    while told and named_exactly(" ".join(told)) is None and is_filling(told[0]):
        del told[0]
    id = named_exactly(" ".join(told)) if told else None
    is_one = id is not None and id not in WHOLES and not is_other(id)
    return " ".join(told) if is_one else None


def _is_named_within(prefix: str, rest: str, corrections: Mapping[str, str] | None) -> bool:
    """Return whether some words of a heading are the name of what the amounts behind it are of."""
    first = re.split(r"[,;+]", rest)[0]
    less = read_with_less(f"{prefix} {first}", corrections=corrections)
    return less is not None and less.movement is not None and has_amounts(less)


def _is_other_with_amounts(
    prefix: str, rest: str, named: Reading, read: Callable[[str], Reading]
) -> bool:
    """Return whether a heading means another movement with its amounts: "hills: 10x10 s"."""
    first = re.split(r"[,;+]", rest)[0]
    first = amounts_alone(first) or first
    if not is_amounts(first):
        return False
    told = read(f"{prefix} {first}")
    return told.movement not in (None, named.movement) and not is_whole(told)
