"""A part of a diary line: a name with how much was done, and what of it is not certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.cells import without_side
from runanalytics.movements.diary_lines.pieces import (
    RUN_FROM_M,
    SAME,
    is_other,
    is_whole,
    joins_parts,
)
from runanalytics.movements.index import could_mean, index
from runanalytics.movements.matcher import CORRECTED, SIMILAR, covers_ground, named_exactly
from runanalytics.movements.names import plain_text, words
from runanalytics.movements.reading import Reading, has_sets, is_done, read_name
from runanalytics.movements.vocabulary import WHOLES, kind_of_work, movement, work_of_set
from runanalytics.words.phrases import alternatives

#: What a name of exercises for the trunk means where no amount says which.
_OF_ABS = "core_work"
#: What stands between what a name was read as and what else it could be.
CHOICE = ", could be "
#: How what is shown as open ends where somebody did "some" of something.
HOW_MANY = ": how many?"
#: From this number on, what is told of a hold is seconds.
_SECONDS_FROM = 15
#: From this number on, repetitions of a drill that covers ground may be metres.
_MAYBE_METRES_FROM = 15
#: Main categories of what covers ground.
_OF_RUNNING = ("technique", "speed")
#: "Strides 2x4" are two series of four; more may be metres or seconds.
_MOST_SERIES, _MOST_IN_SERIES = 5, 8
#: So many sets of so few repetitions are the other way round.
_MANY_SETS, _FEW_REPETITIONS = 12, 5
#: From this number on, "20x squats" are repetitions.
_REPETITIONS_FROM = 8
#: Up to this number, "squats 3x" are sets.
_SETS_ALONE, _TIMES = 3, re.compile(r"\d\s?[x×]|[x×]\s?\d", re.IGNORECASE)
#: ... but with a weight behind the sign, "deadlift 3 x 100 kg", they may be repetitions.
_TIMES_LOAD = re.compile(r"\d\s?[x×]\s?\d[\d.,]*\s?(?:kg|lb)", re.IGNORECASE)
_TIMES_BEFORE = re.compile(r"\s*(?P<times>\d{1,2})\s?[x×]\s+(?=[^\W\d_]{2})", re.IGNORECASE)
#: "Sprints: 30s, 60s" may be short for distances.
_TENS_S = re.compile(r"(?<![\d.,])(?P<amount>[3-9]0|1[0-5]0)s(?!\w)")
#: Nor is one over metres, or a sprint, so long in one go: "strides, 6x800" are intervals.
_DRILLED_M = 300.0
#: An exercise that is counted is not done in one go for so long, s.
_NOT_DONE_S = 600.0
#: What is held for each side, if a time is said to be so; "2x je 40 s Unterarmstütz, Seitstütz"
#: tells of each of these.
_EACH_AHEAD = re.compile(r"(?:\d{1,2}\s?[x×]\s?)?(?:je|jeweils)\s+\d", re.IGNORECASE)
_BY_SIDE = {"plank": "side_plank", "single_leg_plank": "side_plank"}
#: Intervals are from so far each, m; and the farthest that is run and ridden in several goes, m.
_RUNNING, _INTERVAL_FROM_M, _RUN_TO_M, _RIDDEN_TO_M = "running", 100.0, 50_000.0, 300_000.0
#: Intervals whose unit is left out are several times so far, m: "series 5x1000".
_RUN_BY_M = 100
#: Strides are no longer than this, m and s: "8 km in progressione" is a run that became faster.
_RUN_ON_M, _RUN_ON_S = 800.0, 240.0
#: A rest in brackets behind sets, and the shortest, s, that is no hold of each repetition, with a
#: weight and without.
_TIME_LAST = re.compile(
    r"\d[^()]*\(\s*\d[\d:]*\s*(?:s|min|['’′]|[\"″])?\s*(?:\d+\s*(?:s|[\"″]|'')?)?\s*\)\s*$"
)
_RESTED_WITH_KG_S, _RESTED_S = 30.0, 60.0
#: Nor is a drill over some metres, but that name may be of another: "skipping 5x1 min".
_DRILLED_S = 60.0
#: From this weight on, kg, squats are done with a bar.
_WITH_A_BAR_KG = 30.0
#: Nor is a drill done with such a weight, kg.
_DRILLED_WITH_KG = 15.0
#: Runs that are done with one.
_WEIGHTED = ("resisted_sprint",)
#: Nor is a sprint.
_SPRINTED_S = 120.0
#: Drills that are done while running on.
_RUN_LONG = ("cadence_run", "running_rhythm")
#: Movements whose name has a number that is the height of a box, if it is no smaller than this.
_LEAST_BOX = 21
_ON_A_BOX = re.compile(r"(?:^|_)(?:box|step)(?:_|$)")
_BEHIND = re.compile(r"^(?P<name>.*[^\W\d_])\s+(?:(?P<count>\d{1,3})|\((?P<within>\d{1,2})\))$")
_AMOUNT_AHEAD = re.compile(
    r"(?P<amount>\d{1,2}(?:\s?[x×]\s?\d{1,3})?)\s+(?P<name>(?P<first>[^\W\d_]+)\s[^\W\d_][^\d@]*?)(?P<rest>\s+[\d@].*)?$",
    re.IGNORECASE,
)
_TWO_SETS = re.compile(r"(?<=[^\W\d_]\s)(?P<first>\d{1,2})\s?/\s?(?P<second>\d{1,2})$")
#: ... and the most repetitions that are taken for two sets: "40/20" are work and rest.
_MOST_IN_TURN = 20
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
        one_side = self.reading.side in ("left", "right")  # which the amounts behind say, too
        if not bare or not (one_side or read_name(bare).movement == self.reading.movement):
            return self.text
        begin = self.text.casefold().find(bare)
        return self.text[begin : begin + len(bare)] if begin >= 0 else bare

    def sets(self) -> Iterator[tuple[int, int | None]]:
        """Yield numbers of equal sets with their repetitions, as they are entered."""
        reps = self.reading.reps
        if len(reps) > 1 and len(set(reps)) == 1:
            yield len(reps), reps[0]
        elif len(reps) > 1:
            yield from ((1, each) for each in reps)
        elif not self.is_whole:
            yield self.reading.n_sets or 1, reps[0] if reps else None


def read_piece(piece: str, read: Callable[[str], Reading], *, text: str = "") -> Part:
    """Return the part of a piece that has a name."""
    ahead = _AMOUNT_AHEAD.match(piece)
    if ahead and ahead["first"].casefold() in _words_for_sets() and named_exactly(ahead["name"]):
        # "3x10 giro ruso" are no ten "giri" of something else
        text, piece = text or piece, f"{ahead['name']} {ahead['amount']}{ahead['rest'] or ''}"
    reading = read(piece)
    bare = not (reading.n_sets or reading.reps or reading.hold_s or reading.distance_m)
    may_count = bare and reading.movement and any(map(str.isdigit, piece))
    behind = _BEHIND.match(without_side(piece)[0]) if may_count else None
    number = (behind["count"] or behind["within"]) if behind else ""
    # "Step-down 20" may be the height of a step, but for "step-down 20 each leg".
    if behind and (reading.side == "both" or not _is_of_a_box(reading.movement or "", number)):
        side = f" {reading.side}" if reading.side in ("left", "right") else ""
        turned = read(f"{number} {behind['name']}{side}")
        if turned.movement != reading.movement and len(turned.name) < len(behind["name"]):
            # "giro ruso 20" are no "20 giri" of something else
            turned = read(f"{behind['name']} x{number}{side}")
        same = turned.movement == reading.movement or turned.match.score == SAME
        if same and (turned.reps or turned.n_sets):
            reading = turned
    in_turn = _TWO_SETS.search(piece)
    if in_turn and bare and reading.movement and movement(reading.movement).measured_in == "reps":
        # "dips 10/8"
        reps = (int(in_turn["first"]), int(in_turn["second"]))
        if max(reps) <= _MOST_IN_TURN and reps[0] != reps[1] and not reading.reps:
            doubts = (*reading.not_understood, f"{in_turn[0].strip()}: two sets?")
            reading = replace(reading, reps=reps, not_understood=doubts)
    # "Hills 10x60 m w/ walk down" is not ten times walking.
    if reading.n_sets and reading.match.score < SAME and is_other(reading.movement):
        also = tuple(each for each in words(reading.name) if _names_another(each, reading, read))
        reading = replace(reading, not_understood=(*reading.not_understood, *also))
    reading = _run_on(_in_open_sets(_over_intervals(_with_rest(reading, piece))))
    # "A-skips 2x30" are 30 m or 30 contacts.
    entry = movement(reading.movement) if reading.movement else None
    over_ground = entry is not None and (
        (entry.measured_in, entry.categories[0]) == ("metres", "technique")
        or kind_of_work(entry.id) == "endurance"
    )
    if over_ground and reading.n_sets and max(reading.reps, default=0) >= _MAYBE_METRES_FROM:
        open_ = tuple(str(each) for each in reading.reps)
        reading = replace(reading, not_understood=(*reading.not_understood, *open_))
    on_one_leg = "oneleg" in words(reading.name)
    of_side = reading.side is not None and not _EACH_AHEAD.match(piece)
    if reading.movement in _BY_SIDE and of_side and not on_one_leg:
        reading = read_as(reading, _BY_SIDE[reading.movement])
        doubt = said_as(reading.name, reading)
        reading = replace(reading, not_understood=(*reading.not_understood, doubt))
    could_be = could_mean(reading.name)
    reading = _fitting(reading, could_be)
    if _too_much(reading):
        others = (read_as(reading, id) for id in sorted(could_be, key=WHOLES.__contains__))
        # The last is a whole, if any can be: "skipping 5x1 min" is done with a rope.
        fitting = [other for other in others if not _too_much(other)]
        if fitting and (other := fitting[-1]):
            told = () if _choice(other) else (said_as(other.name, other),)
            reading = replace(other, not_understood=(*other.not_understood, *told))
    reading = _held(_turned(_in_series(_with_one_amount(reading))))
    of_no_set = is_other(reading.movement) or reading.movement in WHOLES
    of_what = reading.movement in WHOLES and not could_be
    if of_what and ((reading.n_sets and is_done(reading)) or reading.load):
        doubt = f"{said_as(reading.name, reading)}: sets of what?"  # "core 3x20"
        reading = replace(reading, not_understood=(*reading.not_understood, doubt))
    elif is_whole(reading) and reading.load and kind_of_work(reading.movement or "") != "endurance":
        kilograms = f"{reading.load.kg:g} kg: of what?"
        reading = replace(reading, not_understood=(*reading.not_understood, kilograms))
    if reading.reps and of_no_set and reading.n_sets is None:
        # "40 min of weights and 15 of stretching"
        open_ = tuple(str(each) for each in reading.reps)
        reading = replace(reading, reps=(), not_understood=(*reading.not_understood, *open_))
    doubts = (*_choice(reading), *_too_much(reading), *_either_amount(piece, reading))
    reading = replace(reading, not_understood=(*reading.not_understood, *doubts))
    left = () if reading.match.score == SAME else tuple(_NUMBER_LEFT.findall(reading.name))
    if left and reading.movement:
        reading = replace(reading, not_understood=(*reading.not_understood, *left))
    return Part(text or piece, reading, is_whole(reading))


@cache
def _words_for_sets() -> frozenset[str]:
    return frozenset(map(str.casefold, amount_words()["sets"]))


def _is_of_a_box(id: str, number: str) -> bool:
    return bool(_ON_A_BOX.search(id)) and int(number) >= _LEAST_BOX


def _with_one_amount(reading: Reading) -> Reading:
    """Return a reading without a list of numbers beside other amounts: "4x90 m (30/30/30)"."""
    several = len(reading.reps) > 1
    other = reading.n_sets is not None and reading.n_sets != len(reading.reps)
    if not several or not (reading.distance_m or reading.hold_s or other):
        return reading
    doubts = (*reading.not_understood, "/".join(map(str, reading.reps)))
    return replace(reading, reps=(), not_understood=doubts)


def _over_intervals(reading: Reading) -> Reading:
    """Return a run "series 5x1000" as one over so many metres each."""
    (number,) = reading.reps if len(reading.reps) == 1 else (0,)
    ran = reading.movement == _RUNNING and reading.n_sets and not reading.distance_m
    if not ran or number < 2 * _RUN_BY_M or number % _RUN_BY_M:
        return reading
    return replace(reading, reps=(), distance_m=float(number))


def _run_on(reading: Reading) -> Reading:
    """Return a run that became faster as a run: "8 km in progressione" are no strides."""
    long = (reading.distance_m or 0.0) >= _RUN_ON_M or (reading.hold_s or 0.0) >= _RUN_ON_S
    if reading.movement != "strides" or not long or reading.n_sets or reading.reps:
        return reading
    return read_as(reading, _RUNNING)


def _with_rest(reading: Reading, text: str) -> Reading:
    """Return sets with a time in brackets behind them as sets with a rest: "4x8 60 kg (90 s)"."""
    open_ = reading.movement is None or reading.rest_s is not None or not reading.reps
    least_s = _RESTED_WITH_KG_S if reading.load else _RESTED_S
    if open_ or (reading.n_sets or 0) < 2 or (reading.hold_s or 0.0) < least_s:
        return reading
    if movement(reading.movement or "").measured_in != "reps" or not _TIME_LAST.search(text):
        return reading
    return replace(reading, hold_s=None, rest_s=reading.hold_s)


def _in_open_sets(reading: Reading) -> Reading:
    """Return an exercise in sets of as many as one can without a doubt: "pull-ups 3xmax".

    How many that were nobody knows; how many sets is told.
    """
    # "3x8 @ 80 kg + 1 set to failure" may be with another weight.
    few = 1 < (reading.n_sets or 0) <= _MOST_SERIES
    if not few or reading.movement is None or movement(reading.movement).measured_in != "reps":
        return reading
    left = tuple(each for each in reading.not_understood if not _open_sets().fullmatch(each))
    return replace(reading, not_understood=left)


@cache
def _open_sets() -> re.Pattern[str]:
    """Return the pattern of sets of as many as one can: "3xmax", "3 sets to failure"."""
    known = amount_words()
    most, sets = alternatives(known["most"]), alternatives(known["sets"])
    times = rf"\d{{1,2}}\s*(?:[x×*]|(?:{sets})\.?,?\s)"
    return re.compile(rf"{times}\s*(?:{most})(?!\w)\.?", re.IGNORECASE)


def _held(reading: Reading) -> Reading:
    """Return "plank 3x45" as held for so many seconds, shown as a choice."""
    if reading.movement is None or reading.hold_s or reading.distance_m or len(reading.reps) != 1:
        return reading
    (number,) = reading.reps
    if movement(reading.movement).measured_in != "seconds" or number < _SECONDS_FROM:
        return reading
    doubts = (*reading.not_understood, f"{number}: seconds?")
    return replace(reading, reps=(), hold_s=float(number), not_understood=doubts)


def _turned(reading: Reading) -> Reading:
    """Return "superman 15 x 2" as two sets of 15, shown as a choice: nobody does 15 sets of two."""
    if reading.movement is None or len(reading.reps) != 1:
        return reading
    n_sets, reps, entry = reading.n_sets or 0, reading.reps[0], movement(reading.movement)
    if entry.measured_in != "reps" or n_sets < _MANY_SETS or reps > _FEW_REPETITIONS:
        return reading
    doubts = (*reading.not_understood, f"{n_sets}x{reps}: {reps} sets of {n_sets}?")
    return replace(reading, n_sets=reps, reps=(n_sets,), not_understood=doubts)


def _in_series(reading: Reading) -> Reading:
    """Return how often something was run in all: "strides 2x4" are eight, as "2 sets of 4" are."""
    if reading.movement is None or not movement(reading.movement).is_fast_run:
        return reading
    if not reading.n_sets or len(reading.reps) != 1:
        return reading
    (each,) = reading.reps
    if reading.n_sets <= _MOST_SERIES and each <= _MOST_IN_SERIES:
        return replace(reading, n_sets=reading.n_sets * each, reps=())
    doubt = f"{reading.n_sets}x{each}: how often, how far?"
    return replace(reading, not_understood=(*reading.not_understood, doubt))


def _fitting(reading: Reading, could_be: tuple[str, ...]) -> Reading:
    """Return the movement, of those that go by a name, that is measured in what is stated.

    "Wechselsprünge 3x20" are jumps on the spot, and "talones 3x20 m" a drill.
    """
    if reading.movement not in could_be or reading.match.reason == CORRECTED:
        return reading
    if reading.distance_m is not None:
        fits = [id for id in could_be if movement(id).categories[0] in _OF_RUNNING]
    elif reading.reps and not reading.hold_s:
        fits = [id for id in could_be if movement(id).measured_in == "reps" and id not in WHOLES]
        if movement(reading.movement).measured_in != "metres":
            return reading
    elif not reading.n_sets and (not reading.hold_s or reading.hold_s >= _NOT_DONE_S):
        fits = [id for id in could_be if id == _OF_ABS]  # "abs and lower back 15 min"
    else:
        return reading
    return reading if not fits or reading.movement in fits else read_as(reading, fits[0])


def with_other_amounts(part: Part, reading: Reading) -> Part:
    """Return a part with the amounts that it shares, as the movement that these fit.

    "Skips, talones 2x20 m each": the distance tells that both are drills.
    """
    could_be = could_mean(reading.name)
    if could_be:
        kept = tuple(each for each in reading.not_understood if CHOICE not in each)
        reading = replace(_fitting(reading, could_be), not_understood=kept)
        reading = replace(reading, not_understood=(*kept, *_choice(reading)))
    return replace(part, reading=reading)


def _choice(reading: Reading) -> tuple[str, ...]:
    """Return what a name was read as, if it is misspelt or one that several movements go by."""
    if reading.movement is None or reading.match.reason == CORRECTED:
        return ()
    said = said_as(reading.name, reading)
    if reading.match.reason.startswith(SIMILAR) or joins_parts(reading):
        return (said,)
    named = could_mean(reading.name)
    others = [id for id in named if id != reading.movement and reading.movement in named]
    if reading.distance_m is not None:
        others = [id for id in others if _may_cover_ground(id)]
    elif is_done(reading) and movement(reading.movement).measured_in != "metres":
        # "Zancadas con salto 3x10" are no bounding; counted drills are asked about.
        others = [id for id in others if movement(id).measured_in != "metres"]
    if reading.load is not None:
        # "Swings 4x15 with 16 kg" are of no mobility work, and half squats with 90 kg have a bar.
        others = [id for id in others if id not in WHOLES and not is_other(id)]
        if reading.movement == "back_squat" and reading.load.kg >= _WITH_A_BAR_KG:
            others = []
    elif reading.movement == _OF_ABS and reading.hold_s and not reading.n_sets:
        others = []  # "abs 10 min": whatever was done for the trunk
    names = " or ".join(f"'{movement(id).name}'" for id in others)
    return (f"{said}{CHOICE}{names}",) if others else ()


def _may_cover_ground(id: str) -> bool:
    """Return whether a distance leaves a movement possible: lunges may be over metres, no rope."""
    entry = movement(id)
    in_reps = entry.measured_in == "reps" and covers_ground(id) and id not in WHOLES
    return in_reps or entry.measured_in == "metres" or entry.categories[0] in _OF_RUNNING


def read_as(reading: Reading, id: str) -> Reading:
    """Return a reading of another movement that its name is used for, too."""
    match = replace(reading.match, movement=id, reason=f"could be '{movement(id).name}'")
    return replace(reading, match=match)


def said_as(name: str, reading: Reading) -> str:
    """Return what a name was read as, in words."""
    assert reading.movement is not None
    return f"{name}: read as '{movement(reading.movement).name}'"


def _either_amount(text: str, reading: Reading) -> tuple[str, ...]:
    """Return an amount that may be another: "60s sprints" of metres, "jumps 6x" of repetitions."""
    if reading.movement is None or is_other(reading.movement):
        return ()
    entry = movement(reading.movement)
    is_sprint = entry.is_fast_run and entry.id != "strides"
    found = _TENS_S.search(text) if is_sprint else None
    if found and reading.hold_s == float(found["amount"]):
        return (f"{found[0].strip()}: seconds or metres?",)
    counted = entry.measured_in == "reps" and entry.id not in WHOLES
    n_sets = 0 if _open_sets().search(text) else reading.n_sets or 0
    by_load = n_sets and _TIMES_LOAD.search(text)
    if counted and not is_done(reading) and (n_sets > _SETS_ALONE or by_load):
        return (f"{reading.n_sets}x: sets or repetitions?",) if _TIMES.search(text) else ()
    if reading.reps and (reading.hold_s or reading.distance_m) and entry.id not in WHOLES:
        other = f"{reading.hold_s:g} s" if reading.hold_s else f"{reading.distance_m:g} m"
        return (f"{other}: of {reading.reps[0]} repetitions?",)  # "3x8 w/ 30s"
    before = _TIMES_BEFORE.match(text)
    times = int(before["times"]) if before else _REPETITIONS_FROM
    if (
        counted
        and times < _REPETITIONS_FROM
        and reading.n_sets is None
        and reading.reps == (times,)
    ):
        return (f"{times}x: sets or repetitions?",)
    ran = entry.id in WHOLES and (reading.distance_m or 0.0) >= RUN_FROM_M  # "drills 20 min, 3 km"
    if reading.hold_s and reading.distance_m and not ran:
        return (f"{reading.hold_s:g} s: in {reading.distance_m:g} m?",)  # "6 strides 80 m 60 s"
    return ()


def _too_much(reading: Reading) -> tuple[str, ...]:
    """Return an amount that nobody does of an exercise or drill: "lungo 25 km" are no lunges."""
    if reading.movement is None:
        return ()
    if reading.load and kind_of_work(reading.movement) in ("endurance", "warm_up"):
        return (f"{reading.name}: {reading.load.kg:g} kg of '{movement(reading.movement).name}'",)
    entry = movement(reading.movement)
    if reading.n_sets and reading.distance_m and kind_of_work(entry.id) == "endurance":
        # Intervals are no sprints, "series 5x60 m", and nobody runs 37 times 6 km.
        ran = entry.id == _RUNNING
        far_m = reading.n_sets * reading.distance_m
        is_short = ran and reading.distance_m < _INTERVAL_FROM_M
        if is_short or far_m > (_RUN_TO_M if ran else _RIDDEN_TO_M):
            return (f"{reading.n_sets}x{reading.distance_m:g} m of '{entry.name}'",)
    if is_other(reading.movement) or is_whole(reading):
        return ()
    found = []
    longest_m = RUN_FROM_M if reading.movement in _RUN_LONG else _DRILLED_M
    if (reading.distance_m or 0.0) >= longest_m:
        found.append(f"{reading.distance_m:g} m")
    if entry.categories[0] == "technique" and (reading.hold_s or 0.0) >= _DRILLED_S:
        found.append(f"{reading.hold_s:g} s")
    if entry.is_fast_run and (reading.hold_s or 0.0) >= _SPRINTED_S:
        found.append(f"{reading.hold_s:g} s")
    weighed = reading.load is not None and reading.load.kg >= _DRILLED_WITH_KG
    drilled = entry.categories[0] in _OF_RUNNING and entry.id not in _WEIGHTED
    if weighed and drilled and reading.load is not None:
        found.append(f"{reading.load.kg:g} kg")
    in_reps = entry.measured_in == "reps"
    if in_reps and (reading.hold_s or 0.0) >= _NOT_DONE_S and (reading.n_sets or 1) == 1:
        found.append(f"{reading.hold_s:g} s")
    return tuple(f"{reading.name}: {each} of '{movement(reading.movement).name}'" for each in found)


def _names_another(word: str, reading: Reading, read: Callable[[str], Reading]) -> bool:
    return read(word).movement not in (None, reading.movement)


def names_its_kind(said: Reading, had: Reading) -> bool:
    """Return whether sets are told of "jumps", as what was done before them are."""
    if said.movement not in WHOLES or not has_sets(said) or had.movement is None:
        return False
    return movement(said.movement).categories[0] in movement(had.movement).categories


def is_of_same(part: Part, other: Part) -> bool:
    """Return whether two parts are of one movement."""
    return part.reading.movement == other.reading.movement


def is_like_none(reading: Reading) -> bool:
    """Return whether a name is none of a movement, or like one but for spelling."""
    return reading.movement is None or reading.match.reason.startswith(SIMILAR)


def is_own_name(piece: str) -> bool:
    """Return whether a piece is a name of the catalogue itself: a "good morning" is lifted."""
    named = index().by_text.get(plain_text(piece))
    return named is not None and not named.is_alias
