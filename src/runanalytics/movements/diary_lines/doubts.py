"""Amounts of a diary line that are likely to be meant otherwise than they were read.

However a line was read, an exercise without amounts among others that have them, a number behind
an exercise that is too small to be another set of it, or a hundred repetitions with a bar are
asked about rather than believed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.cells import without_side
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.pieces import (
    COUNTED_WORK,
    MOST_ROUNDS,
    joining,
    joining_words,
    may_tell,
    words_in,
)
from runanalytics.movements.diary_lines.set_loads import weights_alone
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.reading import has_amounts, is_done
from runanalytics.movements.vocabulary import movement
from runanalytics.words.phrases import alternatives, any_of

#: Kinds of work that are done with weights.
_LOADED, _RUNNING = ("strength", "speed"), "running"
_LAST_TIMES = re.compile(r"[^\W\d_]{3}(?<!lbs)\s+[x×*]\s*(\d{1,2})$")
#: More sets than this of one exercise, and more repetitions than this with a weight, are unlikely.
_MOST_SETS, _MOST_LIFTED = 15, 50
#: ... as are so many repetitions in each of several sets, and so long a way in one, m.
_MANY, _FAR_M = 100, 150.0
#: A number up to this behind an exercise may be how often it was done.
_MOST_TIMES = 6
#: Nor are these done with such a weight, kg, which may be the runner's own.
_MOST_KG = {"technique": 15.0, "speed": 40.0, "isometric": 50.0, "core": 40.0, "plyometric": 40.0}
#: As much is done in turn, and what parts more than that.
_IN_TURN = 2
_FULL_STOP = re.compile(r";\s|\.\s+(?=[A-ZÀ-Ý\d])")
#: "4 x (6 squats + 8 dips)".
_GROUPS = re.compile(r"(?<![\d.,x×])(?P<sets>\d{1,2})\s*[x×*]\s*[(\[](?P<held>[^()\[\]]+)[)\]]")
#: What no drill is done on.
_ON_HANDS = re.compile(
    r"(?<!\w)(?:on|sur|auf|sulle|sobre|en)\s(?:[^\W\d_]{2,3}\s)?(?:hands|mains|händen|mani|manos)(?!\w)",
    re.IGNORECASE,
)
#: As many rounds as fit in a time, or one a minute.
_AS_MANY = re.compile(
    r"(?<!\w)(?:(?:AMRAP|EMOM)\W{1,2}(?:[^\W\d_]+\s){0,2}\d{1,2}\s?(?:min|['′’])"
    r"|\d{1,2}\s?(?:min|['′’])\s(?:[^\W\d_]+\s)?(?:AMRAP|EMOM)(?!\w))",
    re.IGNORECASE,
)
#: A whole of this length, s, is done once.
_LONG_S = 600.0
#: A time below this, s, is that of a set, and not of a session.
_A_SET_S = 60.0


def unlikely_amounts(
    parts: Sequence[Part], rounds: int | None = None, duration_s: float | None = None
) -> Iterator[str]:
    """Yield what is unlikely of the amounts of a line, in words.

    Parameters
    ----------
    parts : sequence of Part
    rounds : int, optional
        How often all was done.
    duration_s : float, optional
        How long all of it took, in s.

    Yields
    ------
    str
        Such as "lunges: how many?".
    """
    done = [part for part in parts if _is_counted(part)]
    if any(is_done(part.reading) for part in done):
        yield from (f"{part.text}: how many?" for part in done if _is_bare(part, rounds))
    if rounds and rounds > 1 and done and all(part.reading.n_sets != rounds for part in done):
        yield f"{rounds} rounds: of what?"
    for before, part in pairwise(done):
        if _is_perhaps_of_the_same(before, part):
            yield f"{part.text}: of '{before.text}', how often?"
    for before, part in pairwise(parts):
        apart = part.is_whole and part.reading.n_sets and not is_done(part.reading)
        if apart and _is_counted(before) and not before.reading.n_sets:
            yield f"{part.text}: of '{before.text}'?"  # "15 crunches, 3 sets of body weight"
    in_turn = len({part.reading.hold_s for part in done}) < len(done)  # each so long, in a circuit
    for part in done:
        yield from _unlikely_of(part, perhaps_held=not in_turn)
    short = [part for part in parts if part.is_whole and 0 < (part.reading.hold_s or 0) < _A_SET_S]
    short += [part for part in parts if _is_often_long(part)]
    yield from (f"{part.text}: of each?" for part in short)
    if 0 < (duration_s or 0.0) < _A_SET_S:
        yield f"{duration_s:g} s: of what?"


def _unlikely_of(part: Part, *, perhaps_held: bool) -> Iterator[str]:
    """Yield what nobody does of an exercise: a hundred repetitions with a bar, a plank of 150 m."""
    had = part.reading
    entry = movement(had.movement or "")
    most, load_kg = max(had.reps, default=0), had.load.kg if had.load else 0.0
    is_strength, of_sets = part.work == "strength", (had.n_sets or 0) > _MOST_SETS
    lifted = bool(load_kg) or entry.categories[0] == "max_strength"
    counted = entry.measured_in == "reps"
    if (had.n_sets and most >= _MANY) or (counted and lifted and most > _MOST_LIFTED):
        yield f"{part.text}: {most} repetitions of '{entry.name}'?"
    elif entry.measured_in == "seconds" and had.reps and not had.hold_s:
        yield f"{part.text}: {had.reps[0]} repetitions of '{entry.name}'?"
    if perhaps_held and counted and had.hold_s and not (had.reps or had.not_understood):
        name = entry.name.casefold()
        held = named_exactly(f"{name} hold") or named_exactly(f"{name.replace(' raise', '')} hold")
        if held not in (None, entry.id):
            yield f"{part.text}: or '{movement(held or '').name}'?"
    if is_strength and (had.distance_m or 0.0) >= _FAR_M and not had.not_understood:
        yield f"{part.text}: {had.distance_m:g} m of '{entry.name}'?"
    if is_strength and of_sets and is_done(had):
        yield f"{part.text}: {had.n_sets} sets of '{entry.name}'?"
    if part.work == "technique" and (on_hands := _ON_HANDS.search(part.text)):
        yield f"{part.text}: '{entry.name}' {on_hands[0]}?"
    most_kg = _MOST_KG.get(entry.categories[0], math.inf)
    of_body = load_kg and not had.bodyweight and "bodyweight" in words(part.text)
    if load_kg >= most_kg or of_body:
        yield f"{part.text}: {load_kg:g} kg of '{entry.name}'?"


def open_rounds(parts: Sequence[Part], line: str, rounds: int | None) -> Iterator[str]:
    """Yield parts of "4 x (6 squats, 8 dips)" that were not read as done so often.

    And work of which as many rounds were done as fit: "AMRAP 12 min, 5 pull-ups, 10 squats".
    """
    done = [part for part in parts if _is_counted(part) and is_done(part.reading)]
    if rounds is None and any(part.reading.n_sets is None for part in done):
        yield from (f"{found[0]}: how many rounds?" for found in _AS_MANY.finditer(line))
    for found in _GROUPS.finditer(line):
        n_sets, held = int(found["sets"]), found["held"].casefold()
        for part in done:
            within = part.text.strip("()[] ").casefold() in held
            if within and (part.reading.n_sets or 1) % n_sets and not part.unknown:
                yield f"{found['sets']} x (...): of '{part.text}', too?"


def beyond_a_stop(parts: Sequence[Part], line: str) -> Iterator[str]:
    """Yield parts that were read as done in rounds told on the other side of a full stop.

    As the leg press of "3 rounds: 10 squats, 8 dips; 12 leg press", where other signs part what
    was done in turn.
    """
    stops = [found.start() for found in _FULL_STOP.finditer(line)]
    for told in _rounds_told().finditer(line) if stops else ():
        rounds, place = int(told["often"]), told.start()
        alike = _alike(parts, line, rounds) if rounds > 1 else []
        for is_behind in (True, False):
            within = [stop for stop in stops if (stop > place) == is_behind]
            stop = (within[0] if is_behind else within[-1]) if within else place
            low, high = sorted((place, stop))
            if sum(low < began < high for began, _ in alike) >= _IN_TURN:
                apart = (
                    part for began, part in alike if (began > high if is_behind else began < low)
                )
                yield from (f"{rounds} rounds: of '{part.text}', too?" for part in apart)


def _alike(parts: Sequence[Part], line: str, rounds: int) -> list[tuple[int, Part]]:
    """Return the exercises of so many sets that do not tell them, and where each begins."""
    plain, at = line.casefold(), list[tuple[int, Part]]()
    for part in filter(_is_counted, parts):
        after, text = at[-1][0] + 1 if at else 0, part.text.casefold()
        began = plain.find(text, after)
        if began < 0:  # the line tells it in another spelling
            began = plain.find(max(sorted(words_in(text)), key=len, default=text), after)
        own = take_amounts(part.text)[0]
        # "4 strides" in 3 rounds are twelve.
        is_run = movement(part.reading.movement or "").is_fast_run
        times = own.n_sets or (own.reps[0] if len(own.reps) == 1 else 1) if is_run else 1
        alone = is_run or own.n_sets is None
        if began >= 0 and alone and part.reading.n_sets == rounds * times:
            at.append((began, part))
    return at


@cache
def _rounds_told() -> re.Pattern[str]:
    often = any_of({*joining_words("rounds"), *joining_words("rounds_ahead")})
    return re.compile(rf"(?<![\w.,])(?P<often>\d{{1,2}})\s*(?:{often})(?!\w)", re.IGNORECASE)


def amounts_of_either(parts: Sequence[Part], line: str) -> Iterator[str]:
    """Yield parts that share the amounts behind them where a heading told those of each, too.

    As in "2x30 m each: high knees, skips and planks 2x50 s".
    """
    told = line.casefold()
    for before, part in pairwise(parts):
        had, said = before.reading, part.reading
        alike = (had.n_sets, had.reps, had.hold_s) == (said.n_sets, said.reps, said.hold_s)
        if alike and is_done(had) and before.text.casefold() not in told and not before.is_whole:
            yield f"{before.text}: as much as '{part.text}'?"


def _is_counted(part: Part) -> bool:
    return not part.is_whole and part.reading.movement is not None and part.work in COUNTED_WORK


def _is_often_long(part: Part) -> bool:
    """Return whether what is long was done several times: "drills (15 min) before 5x1k"."""
    had = part.reading
    return (had.n_sets or 0) > 1 and (had.hold_s or 0.0) >= _LONG_S


def _is_bare(part: Part, rounds: int | None) -> bool:
    """Return whether a part has no amounts but the rounds of all, and nothing is asked of it."""
    had = part.reading
    told = had.n_sets if had.n_sets != rounds else None
    return not (is_done(had) or told or had.not_understood)


def _is_perhaps_of_the_same(before: Part, part: Part) -> bool:
    """Return whether amounts alone behind an exercise may belong to it in another way.

    "20 crunches, 3 in a row" are hardly a set of three, and "box jumps 40 m, 5x4" no jumps over
    metres.
    """
    had, said = before.reading, part.reading
    if had.movement != said.movement or not is_done(had) or said.load:
        return False
    if had.name and had.name.split()[0] in part.text.casefold():
        return False  # a list: "push-ups (12, 5)"
    alike = (had.n_sets, had.reps, had.hold_s) == (said.n_sets, said.reps, said.hold_s)
    if had.n_sets and alike:
        # "dead bugs the same, 3x8", but not "strides 2x60 m, 2x80 m"
        return had.distance_m == said.distance_m or not (had.distance_m and said.distance_m)
    if bool(had.reps) != bool(said.reps) and is_done(said):
        return True
    alone = has_amounts(said) and not (said.hold_s or said.distance_m)
    times = said.n_sets or (said.reps[0] if len(said.reps) == 1 else 0)
    small = not had.reps or times * 2 <= max(had.reps)
    alone = alone and not had.n_sets and not (said.n_sets and said.reps)
    return alone and 0 < times <= _MOST_TIMES and small


def open_amounts(parts: tuple[Part, ...], rounds: int | None) -> Iterator[str]:
    """Yield how often something was done, if that may be of more, and weights of what is open."""
    counted = [part for part in parts if not part.is_whole]
    times = _LAST_TIMES.search(counted[-1].text) if len(counted) > 1 else None
    sets = [part for part in counted[:-1] if part.reading.n_sets]
    # "Dips x 15 each side, squats x 20" have repetitions each.
    if times and int(times[1]) > MOST_ROUNDS:
        times = None  # "bird dogs x 20"
    if times and not sets and not all(_LAST_TIMES.search(without_side(p.text)[0]) for p in counted):
        yield f"x{times[1]}: of '{counted[-1].text}' alone?"  # "10 squats, 30 s plank x3"
    for before, part in pairwise(counted):
        open_ = is_done(before.reading) and not before.reading.n_sets and rounds is None
        if open_ and (often := _rounds_behind().search(part.text)):
            yield f"{often[0]}: of '{before.text}', too?"  # "squats 8 + lunges 12 x 3 rounds"
    for before, part in pairwise(parts):
        run = part.reading
        counted_alone = run == replace(run, reps=(), hold_s=None, distance_m=None)
        if run.movement == _RUNNING and counted_alone and not has_amounts(before.reading):
            yield f"{part.text}: runs of what?"  # "wickets, 4 runs"
    yield from _open_weights(parts, rounds)


@cache
def _rounds_behind() -> re.Pattern[str]:
    return re.compile(rf"[x×]\s?\d{{1,2}}\s*(?:{joining('rounds_ahead')})(?!\w)", re.IGNORECASE)


def _open_weights(parts: tuple[Part, ...], rounds: int | None) -> Iterator[str]:
    """Yield parts of which a weight is told and nothing else, behind others: "..., 10 kg sled"."""
    for part in parts[1:]:
        told = is_done(part.reading) if rounds else has_amounts(part.reading)
        if part.reading.load and part.work in _LOADED and not told:
            yield f"{part.text}: how often?"


def rounds_ahead(parts: Sequence[Part], *spelt: str) -> Iterator[str]:
    """Yield sets or rounds at the beginning of a line that not all of its parts have.

    As in "4 rounds with 60 s rest: 6 rows, 15 push-ups", whatever of it was read, in one of the
    spellings of the line.
    """
    done = [part for part in parts if _is_counted(part) and is_done(part.reading)]
    counted = [part for part in parts if _is_counted(part)]
    if len(counted) < 2 or all(part.reading.n_sets for part in done):
        return
    found = next(filter(None, map(_sets_ahead().match, spelt)), None)
    if found and any(part.reading.n_sets == int(found["often"]) for part in counted):
        yield from (f"{found['said']}: of '{p.text}', too?" for p in done if not p.reading.n_sets)


@cache
def _sets_ahead() -> re.Pattern[str]:
    often = alternatives((*joining_words("rounds_ahead"), *amount_words()["sets"]))
    return re.compile(
        rf"(?:[^\d,;:]{{0,40}}?[:\[(]?\s*)?(?P<said>(?P<often>\d{{1,2}})\s*(?:{often})(?!\w))",
        re.IGNORECASE,
    )


def open_in_words(text: str) -> Iterator[str]:
    """Yield what a line leaves open: another day, how often, and weights of which."""
    yield from (f"@{load}: kg?" for load in weights_alone(text))
    if may_tell(text, "often"):
        yield from (f"{found[0]}: counted once" for found in _often().finditer(text))
    if may_tell(text, "another_day"):
        yield from (f"{found[0]}: which day?" for found in _another_day().finditer(text))
    if may_tell(text, "own_weight"):
        yield from (f"{found[0]}: lifted?" for found in _own_weight().finditer(text))


@cache
def _often() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{joining('often')})(?![\w-])", re.IGNORECASE)


@cache
def _another_day() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{joining('another_day')})(?![\w-])", re.IGNORECASE)


@cache
def _own_weight() -> re.Pattern[str]:
    said = rf"(?<![\w-])(?:{joining('own_weight')})(?!\w)[^\d,;()]{{0,20}}"
    return re.compile(rf"{said}\d+(?:[.,]\d+)?\s?(?:kgs?|kilos?|lbs?|pounds?)(?!\w)", re.IGNORECASE)
