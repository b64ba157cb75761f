"""The pieces of a diary line put together: amounts that stand alone belong to a part or to all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise, takewhile

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, is_held, take_amounts
from runanalytics.movements.diary_lines.circumstances import is_no_amount
from runanalytics.movements.diary_lines.completed import (
    completes,
    is_often,
    share_of,
    tells_all,
    with_more,
)
from runanalytics.movements.diary_lines.names_before import with_name_before
from runanalytics.movements.diary_lines.parts import (
    HOW_MANY,
    Part,
    is_like_none,
    is_of_same,
    is_own_name,
    names_its_kind,
    read_as,
    read_piece,
    said_as,
)
from runanalytics.movements.diary_lines.pieces import (
    COUNTED_WORK,
    OVER_A_WAY,
    RUN,
    RUN_FROM_M,
    SURE,
    as_before,
    is_amounts,
    is_aside,
    is_of_body,
    is_recovery,
    joining,
    without_asides,
    without_roughly,
)
from runanalytics.movements.diary_lines.remarks import (
    NOT_DONE,
    amounts_alone,
    is_beside,
    is_day_off,
    is_filling,
    is_of_form,
    is_remark,
    is_uphill,
    on_a_hill,
    read_with,
    without_words,
)
from runanalytics.movements.diary_lines.shared_amounts import (
    each_alike,
    each_set,
    is_fast_run,
    repeated,
    times_of_one,
    with_amounts,
)
from runanalytics.movements.diary_lines.sides import with_both_sides
from runanalytics.movements.diary_lines.stretches import ONCE
from runanalytics.movements.diary_lines.tidying import without_weekday
from runanalytics.movements.diary_lines.weights_of_parts import (
    OfOne,
    each_one,
    holds,
    is_unloaded,
    of_all,
    of_one,
)
from runanalytics.movements.index import could_mean
from runanalytics.movements.matcher import ONE_LEG, named_exactly
from runanalytics.movements.names import lexicon, words
from runanalytics.movements.reading import Reading, has_amounts, has_sets, is_done
from runanalytics.movements.vocabulary import WHOLES, movement, work_of_set
from runanalytics.units import Load

_WEIGHT_AND_WORDS = re.compile(r"[\d.,]+\s?(?:kg|lbs?)(?:\s+[^\W\d_]+)+")
#: A number that nothing stands beside.
_BARE = re.compile(r"\d{1,3}")
#: What brackets tell in words alone.
_IN_BRACKETS = re.compile(r"\s*\((?P<told>[^()\d]+)\)")
#: What a day off is read as.
_REST = "rest day"
_WITHOUT_METRES = re.compile(r"([x×*]\s*\d+)", re.IGNORECASE)
#: What is run this far each time is no drill, m.
_INTERVALS_FROM_M = 300.0
#: ... or this far with a rest between, "10x200 rec 1'".
_INTERVALS_WITH_REST_M = 200.0
#: ... and in whole numbers of these, where no unit is told: "then 6x600".
_STEP_M = 100.0
#: ... and this far behind shorter ones, perhaps none.
_PERHAPS_RUN_FROM_M = 150.0
#: Work of which nothing that follows is taken for intervals, and a run.
_LIFTED, _RUN = ("strength",), "endurance"
_BODY = ("bodyweight",)
#: A time alone behind sets is that of the session from this length on, s.
SESSION_FROM_S = 300.0


@cache
def _bars() -> frozenset[str]:
    """Return what bars that nothing hangs on are called, in lower case."""
    return frozenset(amount_words()["bars"])


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(joining("each_set"), re.IGNORECASE)


def _is_rest(piece: str) -> bool:
    return is_recovery(piece) or take_amounts(piece)[0].rest_s is not None


@cache
def _vague() -> re.Pattern[str]:
    """Return the pattern of "some" and "a few", which are no number."""
    return re.compile(rf"(?<!\w)(?:{joining('vague')})\s", re.IGNORECASE)


@cache
def _in_all() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{joining('in_all')})$", re.IGNORECASE)


def _held(piece: str) -> float | None:
    """Return the time that a piece states alone, in s."""
    said, name = take_amounts(piece)
    return None if words(name) else said.hold_s


@dataclass
class Gathered:
    """The parts of a line so far."""

    read: Callable[[str], Reading]
    unknown: list[str]
    #: What a piece means whose name is known but for some of its words.
    read_with_less: Callable[[str], Reading | None]
    rounds: int | None = None
    parts: list[Part] = field(default_factory=list)
    duration_s: float | None = None
    effort_rpe: float | None = None
    #: Amounts that were read as those of the session.
    of_session: list[Amounts] = field(default_factory=list)
    #: Amounts that stand before their name.
    waiting: list[str] = field(default_factory=list)
    #: How many parts the amounts before a name make with its own.
    in_a_row: int = 0
    #: The kind of session that it begins with.
    source: str = ""
    #: Whether something is said not to have been done.
    is_denied: bool = False
    #: Whether sets stand behind the piece that is added.
    is_counted: bool = False
    #: Pieces that tell how it was, where or with whom.
    remarks: list[str] = field(default_factory=list)
    #: The exercise that a line begins with, "calf raises: knee straight 3x15, bent 3x15".
    heading: str = ""
    #: Parts that were done in rounds of their own, "...; 2 rounds: 15 crunches, 10 dips".
    in_own_rounds: list[Part] = field(default_factory=list)

    def add_all(self, pieces: Iterable[str], times: int | Amounts | None) -> None:
        """Add pieces; those without a number of sets were done so many times, if that is stated.

        Amounts are those of each that has none: "2x30 m each: high knees, skips".
        """
        first = len(self.parts)
        for piece, behind in pairwise([*pieces, ""]):
            self.is_counted = is_amounts(behind) and has_sets(take_amounts(behind)[0])
            self.add(piece)
        if isinstance(times, Amounts):
            self.parts[first:] = with_amounts(tuple(self.parts[first:]), times)
        elif times is not None:
            self.parts[first:] = repeated(self.parts[first:], abs(times))
            self.in_own_rounds += self.parts[first:]
            self.of_session += [Amounts(n_sets=times)] if times != ONCE else []

    def add(self, piece: str) -> None:
        """Add a piece as a part, or as amounts of the part before it or of the session."""
        n_before = len(self.parts)
        if n_before and self._is_of_others(piece):
            return
        if n_before and (share := share_of().fullmatch(piece)):
            told = is_remark(share["how"]) or all(map(is_beside, share["how"].split()))
            (self.remarks if told else self.unknown).append(piece)
            return
        alike = as_before().search(piece) if n_before else None
        bare = " ".join(f"{piece[: alike.start()]} {piece[alike.end() :]}".split()) if alike else ""
        if alike and not bare and n_before > 1 and (alike["all"] or self._lacks_load()):
            # "leg curl 25 kg, idem", "goblet squats 3x10 @ 16 kg, swings 3x15, same bell"
            self._take_over(alike, self.parts[-2].reading)
        elif alike and bare:
            before, plain = self.parts[-1].reading, self.read
            if before.load and (with_ := lexicon().loads.intersection(words(self.parts[-1].text))):
                # "Russian twists 3x20 (4 kg medicine ball), throws 4x6 with the same ball"
                self.read = partial(read_with, equipment=" ".join(with_), read=plain)
            self._add(bare)
            self.read = plain
            if len(self.parts) > n_before:
                self._take_over(alike, before)
            else:
                self.unknown.append(piece)
        elif n_before and (each := each_set().search(piece)) and not _is_rest(piece):
            self._add(f"{piece[: each.start()]} {piece[each.end() :]}".strip())
            self._in_each_set(each, n_before)
        elif n_before and piece[-1:].isalpha() and _alone().fullmatch(piece):
            self.unknown.append(piece)  # "each set followed by 10 push-ups"
        elif n_before > 1 and (each := each_set().fullmatch(piece.strip())):
            self._in_each_set(each, n_before - 1)  # "20 sit-ups | between sets"
        else:
            self._add(piece)
        if n_before:
            self._join_equipment()
        both = self.parts[-2:] if len(self.parts) > max(n_before, 1) else []
        if both and (sides := with_both_sides(*both)):
            self.parts[-2:], again = sides
            self.of_session.append(again)
        if not n_before and is_uphill(piece) and all(map(self._tells_where, self.parts)):
            self.read = partial(on_a_hill, read=self.read)  # "hill session, 12 sprints of 8 s"
        if len(self.parts) > n_before:
            self._ask_how_many(piece)
            first = self.parts[0]
            # "Circuit 3 rounds, 40 s each: ..."; intervals, "6x800 m", are no rounds of others.
            if not n_before and self.rounds is None and first.is_whole and first.work != _RUN:
                self.rounds = first.reading.n_sets
            self.is_denied = self.is_denied or _is_denied(self.parts[-1].reading)

    def _in_each_set(self, each: re.Match[str], place: int) -> None:
        """Take what was done after each set of the part before: "20 sit-ups after each set"."""
        counted = self.parts[place].reading if place < len(self.parts) else None
        if counted is None or counted.n_sets or not is_done(counted):
            self.unknown.append(each[0])
            return
        of = self.parts[place - 1].reading
        in_a_row = takewhile(
            lambda part: part.reading.movement == of.movement, reversed(self.parts[:place])
        )
        n_sets = of.n_sets or sum(len(part.reading.reps) or 1 for part in in_a_row)
        doubts = (*counted.not_understood, *([f"{each[0]}: how often?"] if each["between"] else ()))
        reading = replace(counted, n_sets=n_sets, not_understood=doubts)
        self.parts[place] = replace(self.parts[place], reading=reading)

    def _is_of_others(self, piece: str) -> bool:
        """Take a weight of parts before: "both 16 kg", "only the step-ups with 12 kg", or none."""
        last = self.parts[-1]
        if piece[-1:].isalpha() and _WEIGHT_AND_WORDS.fullmatch(piece) and each_one(piece):
            self.unknown.append(piece)  # "lunges 3x10, 10 kg each": in each hand?
        elif is_unloaded(piece) and not (last.is_whole or last.reading.load):
            # "lunges, 3 sets of 10, without weight"
            self.parts[-1] = replace(last, reading=replace(last.reading, bodyweight=True))
        elif (shared := of_all(piece)) is not None:
            bare = [
                place
                for place, part in enumerate(self.parts)
                if not (part.is_whole or part.reading.load)
                and part.work == "strength"
                and (part.reading.reps or part.reading.distance_m or not has_amounts(part.reading))
            ]
            if shared.of_two and len(bare) > 2:
                self.unknown.append(f"{piece}: of which?")
            for place in bare[-2:] if shared.of_two else bare:
                self._load(place, shared.load)
        elif (
            not self.is_counted  # "squats 1x20, squats with 30 kg, 2x8"
            and (alone := of_one(piece)) is not None
            and (its := self._place_of(alone)) is not None
        ):
            self._load(its, alone.load)
        else:
            return False
        return True

    def _load(self, place: int, load: Load) -> None:
        part = self.parts[place]
        self.parts[place] = replace(part, reading=replace(part.reading, load=load))

    def _place_of(self, alone: OfOne) -> int | None:
        """Return the place of the one part that a weight is of by its name, if it has none."""
        id, told = self.read(alone.name).movement, set(words(alone.name))
        found = [
            place
            for place, part in enumerate(self.parts)
            if part.reading.movement
            and (part.reading.movement == id or told.issubset(words(part.reading.name)))
            and not (part.is_whole or part.reading.load or part.reading.bodyweight)
            and (alone.is_sure or is_done(part.reading))
        ]
        return found[0] if len(found) == 1 else None

    def _join_equipment(self) -> None:
        """Read the last two parts as one where the first is what it is done with.

        "Hex bar, deadlift 4x6" is a trap-bar deadlift, as the first part alone may be.
        """
        if len(self.parts) < 2:
            return
        first, second = self.parts[-2:]
        id = first.reading.movement
        apart = first.work == second.work == "strength" and id != second.reading.movement
        bare = not (first.is_whole or second.is_whole or any(map(str.isdigit, first.text)))
        if not (apart and bare and has_amounts(second.reading)):
            return
        told = words(first.reading.name), words(second.reading.name)
        if set(told[0]).isdisjoint(told[1]) and "bar" in " ".join(told[0]):
            joined = read_piece(f"{first.text} {second.text}", self.read)
            if joined.reading.movement == id and joined.reading.match.score >= SURE:
                self.parts[-2:] = [joined]

    @staticmethod
    def _tells_where(part: Part) -> bool:
        """Return whether a part tells of no sets and no run, whatever else it names."""
        none_told = not has_sets(part.reading) and (part.reading.distance_m or 0.0) < RUN_FROM_M
        return none_told and (part.is_whole or part.reading.movement is None)

    def _take_over(self, alike: re.Match[str], before: Reading) -> None:
        """Take what the part before had: its weight ("same kettlebell"), or all of it ("idem")."""
        part = self.parts[-1]
        had = part.reading
        of = (alike["of"] or "").casefold()
        if alike["all"] and not has_amounts(had):
            told = [each for each in self.parts[:-1] if of in each.text.casefold()]
            sets = told[-1:] and takewhile(partial(is_of_same, told[-1]), reversed(told))
            amounts = ("n_sets", "reps", "hold_s", "distance_m")
            row = [{name: getattr(each.reading, name) for name in amounts} for each in sets]
            load = had.load or (told[-1].reading.load if told else None)
            row = row if any(map(any, map(dict.values, row))) else []
            self.parts[-1:] = [
                replace(part, reading=replace(had, load=load, **each)) for each in reversed(row)
            ] or [part]
            self.unknown += [] if row else [alike[0].strip()]
            return
        if before.load is not None and had.load is None and had.movement is not None:
            choice = said_as(had.name, had)
            kept = (each for each in had.not_understood if not each.startswith(choice))
            named = named_exactly(f"kettlebell {had.name}")  # as "swings" with any weight are
            doubts = tuple(kept) if named == had.movement else had.not_understood
            had = replace(had, load=before.load, not_understood=doubts)
        else:
            had = replace(had, not_understood=(*had.not_understood, alike[0].strip()))
        self.parts[-1] = replace(part, reading=had)

    def _lacks_load(self) -> bool:
        """Return whether the part before the last has a weight, and the last has none."""
        before, last = (part.reading.load for part in self.parts[-2:])
        return before is not None and last is None

    def _ask_how_many(self, piece: str) -> None:
        """Show "some squats" as open."""
        part = self.parts[-1]
        if part.is_whole or has_amounts(part.reading) or part.work not in COUNTED_WORK:
            return
        found = _vague().search(piece)
        if found and all(map(is_filling, piece[: found.start()].split())):
            doubts = (*part.reading.not_understood, f"{found[0].strip()}{HOW_MANY}")
            self.parts[-1] = replace(part, reading=replace(part.reading, not_understood=doubts))

    def _add(self, piece: str) -> None:
        told = self._without_beside(piece)
        last = self._open()
        if told is not None and last is not None and _BARE.fullmatch(told.strip()):
            # "kettlebell swings, 100"
            self.parts[-1] = read_piece(f"{last.text} {told.strip()}", self.read)
            return
        if told is not None and not is_amounts(told) and self.read(told).movement is None:
            told = self._without_words_beside(told)
        if told is None:
            return
        if is_amounts(told):
            self._add_amounts(told)
        else:
            self._add_named(told)

    def _open(self) -> Part | None:
        """Return the last part, if it is an exercise without any amounts yet."""
        last = self.parts[-1] if self.parts else None
        return None if last is None or last.is_whole or has_amounts(last.reading) else last

    def _without_beside(self, piece: str) -> str | None:
        """Return a piece without what it says beside the work, and take that; None if no more."""
        if self.parts and "(" in piece and (told := _IN_BRACKETS.search(piece)):
            bare = f"{piece[: told.start()]}{piece[told.end() :]}".strip()
            if is_amounts(bare) and not is_amounts(piece):  # "wall sit 60 s, 45 s (quads on fire!)"
                self.unknown.append(told["told"])
                piece = bare
        piece = without_roughly(piece)
        if "kg" in piece and take_amounts(piece)[0].load and words(take_amounts(piece)[1]) == _BODY:
            self.unknown.append(piece)  # "body weight 68 kg" is the runner's own
            return None
        bare = without_asides(piece)
        if (
            piece[:1].isdigit()
            and bare != piece
            and is_amounts(bare)
            and has_sets(take_amounts(bare)[0])
        ):
            piece = bare  # "8x10 s all out"
        elif bare != piece and not any(map(str.isdigit, piece)) and is_of_body(bare):
            self.remarks.append(piece)  # "left calf tight" is no exercise
            return None
        if is_recovery(piece):
            said = take_amounts(piece)[0]
            if self.parts:
                self._recovered(said)
                return None
            rest_s = said.rest_s or said.hold_s or SESSION_FROM_S
            if rest_s < SESSION_FROM_S:  # "Rest between everything 60 s. Step-ups 3x12, ..."
                self.of_session.append(Amounts(rest_s=rest_s))
                return None
        if (of_all := _in_all().search(piece)) and (held := _held(piece[: of_all.start()])):
            self.duration_s = held
            self.of_session.append(Amounts(hold_s=held))
            return None
        if of_all and _BARE.fullmatch(piece[: of_all.start()].strip()):
            piece = piece[: of_all.start()]  # "kettlebell swings, 100 in total"
        is_lifted = bool(self.parts) and is_own_name(piece)  # "squats, good mornings"
        if is_aside(piece) and not is_lifted:
            return None
        if not any(map(str.isdigit, piece)) and is_day_off(
            without_weekday(without_asides(piece)).strip(" .!-")
        ):
            self.is_denied = True
            if not self.parts:
                self.parts.append(read_piece(_REST, self.read, text=piece))
            return None
        filling = not any(map(str.isdigit, piece)) and all(map(is_filling, piece.split()))
        if filling and not is_lifted:
            return None
        is_told = (is_remark(piece) and is_like_none(self.read(piece))) or (
            bool(self.parts) and is_of_form(piece)
        )
        if is_told or piece.casefold() in _bars():
            self.remarks.append(piece)
            return None
        return piece

    def _without_words_beside(self, piece: str) -> str | None:
        """Return a piece that names nothing as its amounts, or None if they were taken."""
        piece = amounts_alone(piece) or (self._sets_of_it(piece) if self._open() else piece)
        if any(map(str.isdigit, piece)) and is_no_amount(piece):
            self.remarks.append(piece)
            return None
        if self.parts and self.parts[-1].reading.reps and is_held(piece):
            doubts = (*self.parts[-1].reading.not_understood, piece)
            reading = replace(self.parts[-1].reading, not_understood=doubts)
            self.parts[-1] = replace(self.parts[-1], reading=reading)
            return None  # "bridge 2x10, hold 5 s": of each repetition
        with_what, named = take_amounts(piece)
        with_sets = bool(self.parts) and has_sets(with_what)
        heavy = with_sets and not lexicon().loads.isdisjoint(words(named))
        heavy = heavy or self._open() is not None
        if has_amounts(with_what) and heavy and all(map(is_beside, named.split())):
            # "3x8 holding a dumbbell", and behind other sets "2x8 with a 12 kg plate"
            piece, named = without_words(piece.casefold(), named.split()), ""
        held = with_what == Amounts(load=with_what.load) and with_what.load is not None
        how = words(named)
        weighed = held and not lexicon().loads.isdisjoint(how) and bool(self.parts)
        if weighed and not lexicon().manner.issuperset(how):
            # "KB de 16 kg tenue devant la poitrine"
            before = self.parts[-1]
            left = tuple(each for each in named.split() if not is_beside(each))
            had = replace(before.reading, load=before.reading.load or with_what.load)
            doubts = (*had.not_understood, " ".join(left))
            reading = replace(had, not_understood=tuple(filter(None, doubts)))
            self.parts[-1] = Part(f"{before.text} {piece}", reading, before.is_whole)
            return None
        alone = held and all(map(holds, named.split()))  # "60 kg on it", "im Rucksack"
        if self.parts and (alone or lexicon().manner.issuperset(how or " ")):
            if _is_as_long_as_a_session(with_what):
                self._of_session(piece, with_what)  # "gym, 40 min hard"
                return None
            if with_what.load and not (with_what.n_sets or with_what.reps):
                # "single-leg RDL 3x8, 8 kg kettlebell"
                before, said = self.parts[-1], replace(with_what, count=None)
                reading = with_more(before.reading, said)
                self.parts[-1] = Part(f"{before.text} {piece}", reading, before.is_whole)
                return None
            if not has_sets(with_what) and (with_what.load or not has_amounts(with_what)):
                return None  # "Pallof press 3x10, medium band"
            # "15 squats, 3 sets bodyweight", "deadlift 1x8 40 kg, work sets 3x4 @ 85 kg"
            piece = without_words(piece.casefold(), named.split())
        if self.parts and words(piece) == (ONE_LEG,):
            self.parts[-1] = self._on_one_leg(self.parts[-1], piece)
            return None
        return piece

    def _add_named(self, piece: str) -> None:
        """Add a piece that may name something: a part, or several with the amounts before it."""
        last = self._open()
        if self.waiting and has_amounts(take_amounts(piece)[0]):
            self._wait_no_longer(take_amounts(piece)[0], take_amounts(piece)[1])
        *others, text = (f"{each} {piece}".strip() for each in self.waiting or [""])
        self.waiting = []
        self.parts.extend(read_piece(each, self.read) for each in others)
        part = read_piece(text, self.read)
        part = with_name_before(part, self.parts, self.heading, self.read)
        if last is not None and names_its_kind(part.reading, last.reading):
            more = replace(take_amounts(piece)[0], count=None)
            self.parts[-1] = replace(last, reading=with_more(last.reading, more))
            return  # "jumps up the stairs, 5 times 12 jumps"
        is_open = part.reading.movement is None and not _is_denied(part.reading)
        less = self.read_with_less(text) if is_open else None
        if less is not None:
            part = read_piece(text, lambda told: less if told == text else self.read(told))
        elif is_open and _is_far(part.reading):
            part = self._ran(part)
        elif (
            is_open
            and _is_as_long_as_a_session(part.reading)
            and is_remark(part.reading.name)
            # "core at the clubhouse 25 min" was none
            and not any(named_exactly(each) in WHOLES for each in part.reading.name.split())
        ):
            # "45 min steady with the club": a run, or so long what stands before it
            if self.parts:
                self._of_session(piece, Amounts(hold_s=part.reading.hold_s))
                return
            part = self._ran(part)
        self.parts.append(self._among_drills(part))

    def _add_amounts(self, piece: str) -> None:
        """Add amounts alone: of the part before them, of another set of it, or of the session."""
        said = take_amounts(piece)[0]
        of_sets = bool(said.n_sets or said.reps or said.distance_m)
        # "Bike, 40 km" was ridden.
        is_of_whole = bool(self.parts) and self.parts[-1].is_whole
        is_far = said.distance_m is not None and said.distance_m >= RUN_FROM_M
        if self._are_intervals(said):
            ran = piece if said.distance_m else _WITHOUT_METRES.sub(r"\1 m", piece)
            part = read_piece(f"{RUN} {ran}", self.read, text=piece)
            self.parts.append(replace(part, is_whole=True))
            return
        if is_far and not (said.n_sets or said.reps or is_of_whole):
            self.parts.append(read_piece(f"{RUN} {piece}", self.read, text=piece))
            return
        if not self.parts:
            headed = self._headed(piece) if of_sets and self.heading else None
            if headed is not None:
                # "Alfredson protocol: 3x15 straight knee, ..."
                self.parts.append(headed)
            elif of_sets:
                self.waiting.append(piece)
            else:
                self._of_session(piece, said)
            return
        if said.rest_s and said == Amounts(rest_s=said.rest_s):
            self._recovered(said)
            return
        before = self.parts[-1]
        had = before.reading
        is_told = has_amounts(had)
        counts = is_done(had) or before.work in OVER_A_WAY  # "strides, 6 of them"
        if counts and not before.is_whole and (often := times_of_one().fullmatch(piece)):
            self._done_often(int(often["times"]), piece, said)
            return
        if (
            said.n_sets
            and not said.reps
            and not said.hold_s
            and not said.distance_m
            and not had.n_sets
            and not all(each.is_whole or each.reading.n_sets for each in self.parts[:-1])
        ):
            self.rounds = said.n_sets
        elif is_told and said == Amounts(n_sets=said.n_sets or 0, load=said.load) and said.load:
            # "farmer's walk 3x30 m, 2x20 kg": a weight in each hand, or sets of one repetition
            doubts = (*had.not_understood, piece)
            self.parts[-1] = replace(before, reading=replace(had, not_understood=doubts))
        elif (
            (of_sets or self._is_another_hold(said, had))
            and is_told
            and not completes(said, had)
            and had.movement
            and not before.is_whole
        ):
            again = read_piece(f"{had.name} {piece}", self.read, text=piece)
            if again.reading.movement != had.movement:
                again = read_piece(f"{before.name} {piece}", self.read, text=piece)
            reading, far = again.reading, again.reading.distance_m or 0.0
            beyond = far >= _PERHAPS_RUN_FROM_M > (had.distance_m or 0.0)
            if beyond and before.work in OVER_A_WAY and not again.unknown:
                doubt = f"{piece}: of '{before.text}', too?"  # "6 strides, 5x200"
                reading = replace(reading, not_understood=(*reading.not_understood, doubt))
            self.parts.append(replace(again, reading=reading))
        elif (
            said.n_sets
            and before.is_whole
            and (before.work != "endurance" or had.hold_s or had.distance_m)
        ):
            self.unknown.append(piece)  # "drills, 8x200 m": of what is not said
        elif not of_sets and self._is_of_session(said, before, is_told=is_told):
            self._of_session(piece, said)
        elif len(self.parts) == self.in_a_row and said == Amounts(load=said.load):
            # "1x12 and 1x8 squats with 16 kg"
            self.parts[:] = [self._added_to(part, piece, said) for part in self.parts]
        else:
            self.parts[-1] = self._added_to(before, piece, said)

    def _sets_of_it(self, piece: str) -> str:
        """Return sets alone of words that name nothing, which are shown: "10x8 s up the lane"."""
        said, name = take_amounts(piece)
        alone = piece[:1].isdigit() and has_sets(said) and any(map(is_beside, name.split()))
        done = said.reps or said.hold_s or said.distance_m
        if not (alone and done) or said.load:
            return piece
        (self.remarks if is_remark(name) else self.unknown).append(name)
        return without_words(piece.casefold(), (), name.split())

    def _are_intervals(self, said: Amounts) -> bool:
        """Return whether amounts alone are runs: "6x800 m", before all or behind drills."""
        far = said.distance_m or (float(said.reps[0]) if len(said.reps) == 1 else 0.0)
        id = self.parts[-1].reading.movement if self.parts else None
        counted = id is not None and movement(id).measured_in == "reps"  # "squats 3x8, then 8x400"
        # Nobody does drills over 200 m, but some do strides.
        drilled = id is not None and not (id in WHOLES or is_fast_run(id))
        drilled = drilled and work_of_set(id) == "technique"
        rested = said.rest_s is not None
        least = _INTERVALS_WITH_REST_M if rested or counted or drilled else _INTERVALS_FROM_M
        if not said.n_sets or far < least or said.load or said.hold_s:
            return False
        if not self.parts:
            return not self.heading
        before = self.parts[-1]
        told = before.is_whole or has_amounts(before.reading)
        return told and far % _STEP_M == 0.0 and (before.work not in _LIFTED or counted)

    def _ran(self, part: Part) -> Part:
        """Return what has no known name and is as far as a run, as one: "easy 12k with Ann"."""
        reading = replace(part.reading, match=self.read(RUN).match)
        return replace(part, reading=reading, is_whole=True)

    def _wait_no_longer(self, said: Amounts, name: str) -> None:
        """Read amounts before a name that has its own as of it, too, if all are of one kind.

        "30 m, 40 m, 50 m sprints" are three, and "1x8 and 3x5 squats" two;
        "4x400 m then 4x60 m hill sprints" are not all hills.
        """
        before = [take_amounts(each)[0] for each in self.waiting]
        once = all(each.n_sets is None and not each.reps for each in (said, *before))
        alike = all(bool(each.distance_m) == bool(said.distance_m) for each in before)
        lifted = all(each.load is not None and each.reps for each in (said, *before))
        of_sets = all(each.n_sets and each.reps for each in (said, *before))
        if (once and alike) or lifted or of_sets:
            self.in_a_row = len(self.waiting) + 1
            self.parts.extend(read_piece(f"{each} {name}", self.read) for each in self.waiting)
        else:
            self.unknown.extend(self.waiting)
        self.waiting = []

    def _headed(self, piece: str) -> Part | None:
        """Return amounts as of the exercise that the line begins with."""
        for text in (f"{self.heading} {piece}", f"{piece} {self.heading}"):
            part = read_piece(text, self.read, text=piece)
            if part.reading.match.score >= SURE and is_done(part.reading) and not part.is_whole:
                return part
        return None

    def _done_often(self, times: int, piece: str, said: Amounts) -> None:
        """Take how often it was done behind what was done: "high knees 20 m, 3 times".

        "Squat 3x8, 3 times" may be nine sets, and what stands behind several parts may be of all.
        """
        before = self.parts[-1]
        had = before.reading
        if had.n_sets or len(had.reps) > 1:
            self.unknown.append(f"{piece}: of '{before.text}', too?")
            return
        reading = replace(had, n_sets=times, side=had.side or said.side)
        if any(not (each.is_whole or each.reading.n_sets) for each in self.parts[:-1]):
            doubt = f"{piece}: of '{before.text}' alone?"
            reading = replace(reading, not_understood=(*had.not_understood, doubt))
        self.parts[-1] = replace(before, reading=reading)

    def _on_one_leg(self, before: Part, piece: str) -> Part:
        """Return a part that was done on one leg, as is told behind it: "..., einbeinig"."""
        again = read_piece(f"{before.text} {piece}", self.read)
        if again.reading.movement is not None:
            return again
        id = before.reading.movement
        single = named_exactly(f"single-leg {movement(id).name}") if id else None
        if single is None:
            self.unknown.append(piece)
            return before
        return replace(before, reading=read_as(before.reading, single))

    def _among_drills(self, part: Part) -> Part:
        """Return a part whose name is that of a drill, too, as the drill if it is one of drills."""
        wholes = [each.work for each in self.parts if each.is_whole] or [self.source]
        could_be = could_mean(part.reading.name)
        drill = next((id for id in could_be if movement(id).categories[0] == "technique"), None)
        # "Skipping, talones 2x30 m": a drill before it tells as much, where no amount does.
        beside = bool(self.parts) and self.parts[-1].work == "technique"
        among = wholes[-1] == "technique" or (beside and not has_amounts(part.reading))
        if not among or part.work == "technique" or drill is None:
            return part
        reading = read_as(part.reading, drill)
        doubt = said_as(reading.name, reading)
        return replace(part, reading=replace(reading, not_understood=(doubt,)))

    def _added_to(self, before: Part, piece: str, said: Amounts) -> Part:
        """Return a part with amounts behind it, read as one text if that means the same."""
        text, had = f"{before.text} {piece}", before.reading
        again = read_piece(text, self.read)
        less = None
        if had.movement is None and again.reading.movement is None:
            less = self.read_with_less(text)  # "bounding up the hill, 6x30 m"
        if less is not None:
            return read_piece(text, lambda told: less if told == text else self.read(told))
        open_ = not has_amounts(had) and (had.movement is None or before.is_whole)
        sure = again.reading.movement is not None and again.reading.match.score >= SURE
        if open_ and sure and has_sets(again.reading) and not again.is_whole:
            return again  # "Hills - 10 x 15 s": the amounts tell what it was
        same = again.reading.movement == had.movement
        same = same and tells_all(again.reading, (had, said))
        if same and (again.reading.n_sets or not had.n_sets) and not is_often(said, had):
            rest_s = again.reading.rest_s or had.rest_s
            return replace(again, reading=replace(again.reading, rest_s=rest_s))
        reading = with_more(had, said)
        is_whole = before.is_whole and (has_sets(had) or not has_sets(reading))
        return Part(text, reading, is_whole)

    @staticmethod
    def _is_another_hold(said: Amounts, had: Reading) -> bool:
        """Return whether a time is that of one more set: "plank 30 s, 45 s, 60 s"."""
        alone = bool(had.hold_s) and not (had.n_sets or had.reps or had.distance_m)
        return alone and 0.0 < (said.hold_s or 0.0) < SESSION_FROM_S

    def _is_of_session(self, said: Amounts, before: Part, *, is_told: bool) -> bool:
        """Return whether a time or effort alone behind parts is not that of the last of them."""
        several = len(self.parts) > 1
        if said.hold_s:
            had = before.reading
            if had.n_sets and not is_done(had) and said.hold_s < SESSION_FROM_S:
                return False  # "10 hill sprints, 10 s each"
            is_long = several and said.hold_s >= SESSION_FROM_S
            return is_told or before.is_whole or is_long
        return bool(said.effort_rpe and not said.load and several)

    def _of_session(self, piece: str, said: Amounts) -> None:
        whole = not self.parts or self.parts[-1].is_whole
        if said.hold_s and (whole or said.hold_s >= SESSION_FROM_S):
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
        # Nobody walks back between sets of squats: a way there is another amount.
        ran = before.is_whole or before.work in OVER_A_WAY or before.reading.distance_m
        self.of_session.append(Amounts(rest_s=time_s, distance_m=said.distance_m if ran else None))

    def in_rounds(self) -> tuple[Part, ...]:
        """Return the parts; those without a number of sets are done once in each round."""
        self.unknown.extend(self.waiting)
        parts = each_alike(tuple(self.parts))
        if self.rounds is None:
            return parts
        own, often = self.in_own_rounds, repeated(parts, self.rounds)
        return tuple(one if one in own else all_ for one, all_ in zip(parts, often, strict=True))


def _is_far(said: Reading) -> bool:
    """Return whether amounts are those of a run, whatever it is called."""
    if said.distance_m:
        return said.distance_m * (said.n_sets or 1) >= RUN_FROM_M
    return bool(said.n_sets) and len(said.reps) == 1 and said.reps[0] >= _INTERVALS_FROM_M


def _is_as_long_as_a_session(said: Reading | Amounts) -> bool:
    beside = said.n_sets or said.reps or said.load or said.distance_m
    return not beside and (said.hold_s or 0.0) >= SESSION_FROM_S


def _is_denied(reading: Reading) -> bool:
    return reading.match.reason.startswith(NOT_DONE)
