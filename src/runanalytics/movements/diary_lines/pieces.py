"""Where a line of a diary is parted: "squat 3x5, then high knees and skips 2x20 m, walk back".

A piece is a name with its amounts, amounts alone, or how one recovered. Words that join parts stand
in ``words/*.toml``, table ``diary``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.cells import is_bodyweight, side_word
from runanalytics.movements.matcher import OVER_A_SHORT_WAY, named_exactly
from runanalytics.movements.names import lexicon, plain_text, without_accents, words
from runanalytics.movements.reading import Reading, has_sets, is_done
from runanalytics.movements.vocabulary import WHOLES, kind_of_work, movement
from runanalytics.words import words as words_of
from runanalytics.words.phrases import alternatives, any_of

#: Kinds of work that are no sets of strength or technique.
_OTHER_WORK = ("mobility", "conditioning", "endurance", "other_sport", "warm_up", "rest")
#: A distance alone is a run from this length on, m, and is read with this name.
RUN_FROM_M, RUN = 1000.0, "run"
#: ... and a time beside strides or drills.
_RUN_FROM_S = 600.0
#: Kinds of work that nobody does as long as this in one go, s: they are a whole then.
_NOT_HELD, _NOT_HELD_S = ("isometric", "core", "technique"), 300.0
#: Kinds of work that are done over a distance.
OVER_A_WAY = ("technique", "speed", "endurance")
#: ... and those of which it counts how much was done.
COUNTED_WORK = ("strength", "technique", "speed")
#: What is done in rounds, which are no sets of it.
IN_ROUNDS = ("circuit", "hiit")
#: ... and the most that a session has.
MOST_ROUNDS = 10
_LETTERS = re.compile(r"[^\W\d_]+['’]?")
#: A word or a number, where nothing but its letters or digits count.
_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+")
#: Sets before a name, with a weight that has no unit: "sq 5x5 90 bench 5x5 60".
_SETS_AND_WEIGHT_BEFORE_A_NAME = re.compile(
    r"(\d\s*[x×*]\s*\d{1,2}\s+@?\s*\d{2,3}(?:[.,]\d)?)\s+(?=[^\W\d_]{2})", re.IGNORECASE
)
#: Counts before names that nothing parts: "20 squats 15 push-ups 10 burpees".
_COUNTED_IN_TURN = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=\dkg)|(?<=\d kg))\s+(?=\d{1,3}\s?(?:min|sec|s|m)?\s+[^\W\d_]{3})"
)
#: Words behind sets that no name begins with.
_NO_NAMES = (
    *("kg", "lb", "lbs", "je", "ea", "es", "li", "re", "ps", "bw", "rm", "mn", "km", "mi", "in"),
    *("cm", "of", "de", "da", "di", "zu", "at", "mit", "con", "avec", "with", "per", "par", "por"),
    *("pro", "over", "über", "sur", "sobre"),
)
#: ... and what that needs, which is quicker to look for.
_SETS_AND_A_NAME = re.compile(
    rf"[x×*]\s*\d.*\s(?!(?:{'|'.join(_NO_NAMES)})(?!\w))[^\W\d_]{{2}}", re.IGNORECASE | re.DOTALL
)
#: ... and sets before them.
_SETS_IN_TURN = re.compile(
    r"(?<=[^\W\d_]{2})\s+(?=\d{1,2}\s*[x×]\s*\d{1,3}\s?(?:m|s|secs?|kg|[\"'″])?\s+[^\W\d_]{2})",
    re.IGNORECASE,
)
_ONE_SET = re.compile(r"\d\s*[x×]\s*\d", re.IGNORECASE)
#: ... and how often all of them were done.
_TIMES_OF_ALL = re.compile(r"\s*[x×*]\s*\d{1,2}$")
#: "A/B/C skips" and "skips A", with amounts before or after; "skip A" is Polish for high knees.
_LETTERED = re.compile(
    r"^(?P<before>[\dx×* m]*\s)??(?:(?P<letters>[abc](?:\s?/\s?[abc])+)[ -](?P<skips>skips?)"
    r"|(?P<before_letters>skips)\s(?P<behind>[abc](?:\s?/\s?[abc])*))(?P<after>(?:\W.*)?)$",
    re.IGNORECASE,
)
#: Letters of a name in a row: "lat band walks" are no lats.
_LEAST_LETTERS = 4
#: What two exercises done as one are.
_TWO_AS_ONE = "combined_lift"
#: Names that stand in a row, and the words that they have.
_LEAST_NAMES_IN_A_ROW, _LEAST_IN_A_ROW, _MOST_IN_A_ROW = 2, 2, 12
#: What stands between two parts, but not in brackets.
_HARD = re.compile(
    r"\s*(?:[;\n|]|,(?!\d)|(?<=\D),(?=\d)|,(?=\d+\s*[x×*])"
    r"|(?:(?<=[x×*]\d)|(?<=[x×*]\d\d)),(?=\d{2,3}(?:[.,]\d+)?\s*(?:kg|lbs?)\b)"
    r"|(?<!bw)\s[+/](?=\s|\d)|(?<=[^\W\d_]{3})/(?=\d+\s+[^\W\d_]{3})|\+(?=\s*\d+\s*[x×*]\s*\d|\s*\d+\s+[^\W\d_]{4})"
    r"|(?<=[^\W\d_]{3})\+(?=[^\W\d_]{3}|\s))(?![^(\[]*[)\]])\s*",
    re.IGNORECASE,
)
#: "Easy 10 km with 6 strides" is two; "squat 3x8 with 60 kg" is one.
_WITH = r"\s+(?:{})\s+(?=\d)"
#: Words for "and" that are other words in other languages: these join whole parts alone.
_AND_ELSEWHERE = ("en", "i")
_ELSEWHERE = re.compile(rf"\s+(?:{'|'.join(_AND_ELSEWHERE)})\s+", re.IGNORECASE)
#: So many words may tell when or where something was done.
_MOST_WORDS_OF_WHEN = 4
#: What a name stands before, with a colon.
_NAMED = re.compile(r"^(?P<whole>[^:;,+]{2,40}?)\s*:\s+(?P<rest>\S.*)$", re.DOTALL)
#: A number before all words but "each": "je 20 squats".
_BEGINS_COUNTED = re.compile(r"(?:(?:je|jeweils|each)\s+)?\d", re.IGNORECASE)
#: Score of a name that is the catalogue's own.
SAME = 100.0
#: Least score of a name that has all words of the catalogue's but for what tells how.
SURE = 94.0
#: Between two words, but not within "4 x 50 s".
_BETWEEN_WORDS = re.compile(r"(?<=\S)(?<!\d)(?<!\d[x×*])(?<!\d\s[x×*])\s+(?=\S)", re.IGNORECASE)
#: A distance, with a small word before it.
_WAY = re.compile(r"\s+(?:[^\W\d_]{1,4}\s+)?\d+\s?m")
#: Put behind what stands behind "with", it is read as a pause: "with 40 s easy".
_RECOVERED = "recovered"


@cache
def places() -> frozenset[str]:
    """Return places, times and parts of a session that stand before a colon: "track: ..."."""
    return frozenset(joining_words("where"))


def pieces(body: str, read: Callable[[str], Reading]) -> Iterator[str]:
    """Yield the pieces of a line, each a name with amounts or amounts alone.

    Parameters
    ----------
    body : str
        A stretch of a line.
    read : callable
        What reads a piece, as `reading.read_name` does.

    Yields
    ------
    str

    Examples
    --------
    >>> from runanalytics.movements.reading import read_name
    >>> list(pieces("squat 3x5, lunges and burpees 2x10", read_name))
    ['squat 3x5', 'lunges 2x10', 'burpees 2x10']
    """
    for sentence in _HARD.split(body):
        for piece in _then().split(sentence) if may_tell(sentence, "then") else (sentence,):
            for each in _joined(_without_and_before(piece.strip(" .!")), read):
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
    tail = _with_anything().search(piece) if may_tell(piece, "with") else None
    if tail and is_recovery(piece[tail.end() :], behind_with=True):
        return (*_joined(piece[: tail.start()], read), f"{piece[tail.end() :]} {_RECOVERED}")
    if is_recovery(piece):
        return (piece,)
    if of_the_body(piece, read):
        return (piece,)
    # "5 strides after 8 km easy"
    beside = beside_a_run().search(piece) if may_tell(piece, "after") else None
    if beside and _is_run(take_amounts(piece[beside.end() :])[0]):
        return (*_joined(piece[: beside.start()], read), piece[beside.end() :])
    # "4 strides, then gym: squat 3x5"
    if before := _NAMED.match(piece):
        if before["whole"].casefold() in places():
            return _joined(before["rest"], read)
        if is_whole(read(before["whole"])):
            return (before["whole"], *_joined(before["rest"], read))
    if (place := _recovery_behind(piece, read)) is not None:
        return (*_joined(piece[:place], read), piece[place:])
    named = f" {take_amounts(piece)[1]} "
    ends = _and().search(piece) if _without_and_before(named) != named else None
    if ends and piece[:1].isdigit() and is_amounts(piece[: ends.start()]):
        # "sumo squats, 20 kg, 3x12 and lunges 3x10": the first amounts are of what stands before.
        return (piece[: ends.start()], *_joined(piece[ends.end() :], read))
    joined = (_may_join(named) and _and().search(named)) or _ELSEWHERE.search(named)
    if not joined and not (may_tell(piece, "with") and _with_a_number().search(piece)):
        return _run_together(piece, read)
    parts = _and().split(piece)
    if len(parts) == 1:
        return _joined_elsewhere(piece, read)
    exercises = [part for part in parts if not is_amounts(part)]
    body = parts[0].partition(" ")[0]
    if is_of_body(body) and not any(map(str.isdigit, piece)) and is_aside(parts[0]):
        return (parts[0], *(f"{body} {part}" for part in parts[1:]))  # "legs heavy and loaded"
    if not exercises or {take_amounts(part)[0].side for part in parts} == {"left", "right"}:
        return parts  # "25 left and 22 right"
    if _ends_what_was_before(parts):
        return (parts[0], *(each for part in parts[1:] for each in _joined_elsewhere(part, read)))
    if len(exercises) > 1 and all(_tells_sets(one) and read(one).movement for one in exercises):
        return [each for part in parts for each in _joined_elsewhere(part, read)]
    told = (take_amounts(part)[1] for part in parts[1:])
    if is_other(read(parts[0]).movement) and all(
        is_of_body(each) or is_of_body(_remarks().sub(" ", each)) for each in told
    ):
        return (piece,)  # "mobility hips and ankles 20 min before bed"
    # "10 km with 6 strides": a distance without a name is a run of its own.
    if (take_amounts(parts[0])[0].distance_m or 0.0) >= RUN_FROM_M and is_amounts(parts[0]):
        return parts
    whole = read(piece)
    counted = any(_BEGINS_COUNTED.match(part) and read(part).movement for part in parts[1:])
    of_several = whole.movement in WHOLES and bool(whole.reps)  # "core and back 3x20"
    # "Calf raises 3x20 on both legs and 2x12 on one leg"
    apart = all(map(_tells_sets, parts)) and not is_amounts(parts[0])
    if (
        whole.match.score == SAME
        and not (counted or of_several or apart)
        and (not joins_parts(whole) or not all(read(part).movement for part in parts))
    ):
        return (piece,)
    if (
        whole.movement
        and not (counted or of_several)
        and any(read(part).movement is None for part in parts)
        and not apart
    ):
        return (piece,)
    known = any(read(part).movement for part in parts)
    if not known:
        return (piece,)
    return [each for part in _alike(parts, read) for each in _joined_elsewhere(part, read)]


def _ends_what_was_before(parts: Sequence[str]) -> bool:
    """Return whether amounts before "and" are not of what follows: "squat, 70 kg, 3x5 and lunges".

    "3x10 and 3x8 squats" are two amounts of one exercise.
    """
    if not is_amounts(parts[0]) or parts[1][:1].isdigit() or is_amounts(parts[1]):
        return False
    said, behind = take_amounts(parts[0])[0], take_amounts(parts[1])[0]
    sets_alone = said == Amounts(n_sets=said.n_sets) and is_done(behind)
    if sets_alone or said == Amounts(load=said.load):
        return True  # "12 dips, 4 sets and squats 60 kg x 8", "squats 3x5, 60 kg and lunges 3x10"
    return has_sets(said) or _tells_sets(parts[1])


def _is_run(said: Amounts) -> bool:
    """Return whether amounts are those of a run that something was done beside."""
    alone = not (said.n_sets or said.reps or said.count)
    return alone and ((said.distance_m or 0.0) >= RUN_FROM_M or (said.hold_s or 0.0) >= _RUN_FROM_S)


def joins_parts(reading: Reading) -> bool:
    """Return whether "and" was left out of a name: "lunges and hops" may be two, no "lunge hop"."""
    if reading.movement is None or not (_may_join(reading.name) and _and().search(reading.name)):
        return False
    told = reading.name.split()
    behind = (is_of_body(" ".join(told[place:])) for place in range(1, len(told)))
    if is_other(reading.movement) and any(behind):
        return False  # "stretching calves and hips"
    named = f"{movement(reading.movement).name} {reading.match.reason}"
    return not _and().search(named)


def _joined_elsewhere(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return what words join that mean "and" in some languages, or nothing does."""
    parts = _ELSEWHERE.split(piece)
    told = all(is_whole(read(part)) or any(map(str.isdigit, part)) for part in parts)
    if len(parts) > 1 and told and all(read(part).movement for part in parts):
        ran = any((take_amounts(part)[0].distance_m or 0.0) >= RUN_FROM_M for part in parts)
        return parts if ran or read(piece).movement is None else (piece,)
    return _run_together(piece, read)


@cache
def as_before() -> re.Pattern[str]:
    """Return the pattern of what refers to the part before: "with the same ball", "idem"."""
    withs, the = joining("with"), r"(?:the|der|dem|den|le|la|l'|les|il|el|los|las)"
    than = r"as|as the|wie|wie die|que les?|que las?|que los|alla|alle|ai|allo|agli|al"
    again = r"\s+(?:" + joining("what_again") + r")(?!\w)"
    return re.compile(
        rf"(?<!\w)(?P<all>{any_joining('ditto')})(?!\w|{again})\.?(?:\s+(?:{than})\s+(?P<of>[^\W\d_]+)$)?"
        rf"|(?<!\w)(?:(?:{withs}|at|à|@|a|con|bei)\s+)?(?:{the}\s*)?(?:{joining('same')})(?!\w)(?:{again})?",
        re.IGNORECASE,
    )


def _run_together(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return the parts that nothing parts: "high knees 3x20m butt kicks 3x20m"."""
    if found := _whole_before(piece, read):
        return (found[0], *_run_together(found[1], read))
    rounds = _TIMES_OF_ALL.search(piece)
    once = piece[: rounds.start()] if rounds else piece
    counted = [f"{part}{rounds[0] if rounds else ''}" for part in _COUNTED_IN_TURN.split(once)]
    if len(counted) > 1 and piece[:1].isdigit() and not is_amounts(counted[0]):
        known = all(read(part).movement and not is_amounts(part) for part in counted)
        if known and read(piece).movement in (None, _TWO_AS_ONE):
            return counted
    if in_turn := _sets_in_turn(piece, read):
        return in_turn
    if in_a_row := _names_in_a_row(piece, read):
        return in_a_row
    with_weights = _SETS_AND_WEIGHT_BEFORE_A_NAME.sub(r"\1\n", piece)
    if "\n" in with_weights:
        parts = with_weights.split("\n")
        if all(_tells_sets(one) and read(one).movement for one in parts):
            return parts
    parts = []
    for part in _parted_before_names(piece):
        if parts and (is_amounts(part) or not any(map(str.isdigit, part))):
            parts[-1] = f"{parts[-1]} {part}"  # "lunges 3x10 each leg", "... same kettlebell"
        else:
            parts.append(part)
    if len(parts) == 1 or not all(any(map(str.isdigit, part)) for part in parts):
        return (piece,)
    # Two numbers of sets are two exercises, whatever else the name may be.
    of_sets = all(map(_tells_sets, parts))
    bare = [as_before().sub(" ", without_asides(one)) for one in parts]
    known = (of_sets or read(piece).movement in (None, _TWO_AS_ONE)) and all(
        read(one).movement for one in bare
    )
    return parts if known else (piece,)


def _parted_before_names(piece: str) -> list[str]:
    """Return what stands before each name that sets stand before, and the last of them."""
    if not _SETS_AND_A_NAME.search(piece):
        return piece.split("\n")
    return _sets_before_a_name().sub(r"\1\n", piece).split("\n")


@cache
def _sets_before_a_name() -> re.Pattern[str]:
    """Return the pattern of sets before the name of what comes next.

    As in "high knees 3x20m butt kicks 3x20m" and "split squats 3x10 each leg lunges 3x8".
    """
    unit = r"(?:m|s|secs?|mins?|kg|[\"'″′]{1,2})?"
    sides = alternatives(word for word in amount_words()["each_side"] if len(word) > 1)
    small = "|".join(_NO_NAMES)
    return re.compile(
        rf"((?:\d\s*{unit}|(?<=[^\W\d_]{{3}}\s))\s*[x×*]\s*\d+\s*{unit}(?:\s*(?:{sides})(?!\w))?+"
        r"(?:\s*(?:@|with|mit|avec|con|w)?\s*\d+(?:[.,]\d+)?\s*(?:kg|lbs?|#)(?!\w))?)"
        rf"\s+(?=[^\W\d_]{{2}})(?!(?:{small}|{sides})(?!\w))",
        re.IGNORECASE,
    )


def _sets_in_turn(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return sets before their names: "physio 3x12 clamshells 3x12 bridges 3x30 s balance"."""
    parts = _SETS_IN_TURN.split(piece)
    first, others = parts[0], parts[1:]
    if not others or any(len(_ONE_SET.findall(part)) != 1 for part in others):
        return ()
    n_first = len(_ONE_SET.findall(first))
    whole = n_first == 0 and read(first).movement in WHOLES
    if not (whole or (n_first == 1 and first[:1].isdigit())):
        return ()
    return parts if all(read(part).movement for part in parts) else ()


def _names_in_a_row(piece: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return names that nothing parts, each alone, the last with amounts behind all of them.

    "A-skips B-skips high knees 2x20 m" are three, where every word is one of an exact name.
    """
    name = take_amounts(piece)[1]
    told, text = name.split(), piece.casefold()
    if not _LEAST_IN_A_ROW <= len(told) <= _MOST_IN_A_ROW or not text.startswith(name):
        return ()
    if read(piece).movement is not None:
        return ()
    #: Fewest names that the first words are made of.
    made: list[list[str] | None] = [[]]
    for last in range(1, len(told) + 1):
        ways = [
            [*before, " ".join(told[first:last])]
            for first in range(last)
            if (before := made[first]) is not None
            and len(" ".join(told[first:last])) >= _LEAST_LETTERS
            and _names_alone(" ".join(told[first:last]))
        ]
        made.append(min(ways, key=len) if ways else None)
    names = made[-1]
    if not names or len(names) < _LEAST_NAMES_IN_A_ROW:
        return ()
    ids = {named_exactly(each, far=True) or "" for each in names}
    if len({kind_of_work(id) in OVER_A_WAY for id in ids}) > 1:
        return ()  # exercises and drills are not told in one breath
    if not any(map(str.isdigit, text)) and any(map(is_of_body, names)):
        return ()  # "piernas cargadas" are no power cleans but how legs felt
    if len(ids) == 1:
        return (f"{names[-1]}{text[len(name) :]}",)  # "roll-outs with ab wheel"
    return (*names[:-1], f"{names[-1]}{text[len(name) :]}")


def _names_alone(text: str) -> bool:
    """Return whether words name a movement beside others; a run is none: "skip alto di corsa"."""
    id = named_exactly(text, far=True)
    return id not in (None, _TWO_AS_ONE) and kind_of_work(id or "") != "endurance"


def _tells_sets(piece: str) -> bool:
    said = take_amounts(piece)[0]
    return bool(said.n_sets or len(said.reps) > 1)


def _whole_before(piece: str, read: Callable[[str], Reading]) -> tuple[str, str] | None:
    """Return a session and what was done in it: "gym squat 3x5", "gym legs 40 min squat 4x8"."""
    told = piece.split()
    counted = len(told) > 2 and piece[:1].isalpha() and any(map(str.isdigit, piece))
    if not counted or read(piece).movement:
        return None
    for place in range(min(4, len(told) - 2), 0, -1):
        head, behind = " ".join(told[:place]), " ".join(told[place:])
        first = _parted_before_names(behind)[0]
        done = read(first)
        named = done.movement and not done.match.reason.endswith(OVER_A_SHORT_WAY)
        of_sets = done.n_sets and named and words(take_amounts(first)[1])
        if read(f"{head} {first}").movement is not None:
            continue  # "split squats 3x10" is no split
        if of_sets and is_whole(read(of_the_body(head, read) or head)):
            return head, behind
    return None


def _alike(parts: Sequence[str], read: Callable[[str], Reading]) -> Sequence[str]:
    """Return parts with the sets behind the last, where no other has any: "skips and hops 2x5"."""
    others, last = parts[:-1], parts[-1].casefold()
    reading = read(last)
    behind = last[len(reading.name) :] if last.startswith(reading.name) else ""
    alone = all(
        (other := read(part)).movement and not is_whole(other) and not any(map(str.isdigit, part))
        for part in others
    )
    if not (reading.n_sets and reading.movement and behind[:1].isspace() and alone):
        return parts
    return (*(f"{part}{behind}" for part in others), parts[-1])


@cache
def beside_a_run() -> re.Pattern[str]:
    """Return the pattern of words before a run that something was done after, or before."""
    return re.compile(rf"\s+(?:{joining('after')})\s+", re.IGNORECASE)


@cache
def _with_anything() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{joining('with')})\s+", re.IGNORECASE)


@cache
def _then() -> re.Pattern[str]:
    # "After the run" is no other part.
    then = any_joining("then", "at_once")
    starts = re.compile(rf"(?:{then})(?!\w)")
    beside = joining_words("when") | joining_words("after_each_set")
    remarks = alternatives(one for one in beside if starts.match(one))
    return re.compile(rf"(?:^|\s+)(?!(?:{remarks})(?!\w))(?:{then})\s+", re.IGNORECASE)


def of_the_body(piece: str, read: Callable[[str], Reading]) -> str | None:
    """Return a session without the parts of the body that it was for, as in "gym legs and back".

    None is returned where a piece is no such session.
    """
    said, name = take_amounts(piece)
    if not name or said.n_sets or said.reps:
        return None
    told, parts = name.split(), _body()
    for place in range(1, len(told)):
        rest = plain_text(" ".join(told[place:])).split()
        if parts[0].issuperset(rest) and not parts[1].isdisjoint(rest):
            head = " ".join(told[:place])
            of_head = read(head)
            id = of_head.movement
            if id and is_whole(of_head) and (kind_of_work(id) == "strength" or is_other(id)):
                return f"{head} {said.hold_s:g} s" if said.hold_s else head
    return None


def is_of_body(text: str) -> bool:
    """Return whether a text names parts of the body, and which side, and nothing else."""
    told = [word for word in plain_text(text).split() if side_word(word) is None]
    return bool(told) and _body()[0].issuperset(told) and not _body()[1].isdisjoint(told)


@cache
def _body() -> tuple[frozenset[str], frozenset[str]]:
    """Return words of parts of the body with small words beside them, and the parts alone."""
    tables = words_of("diary").values()
    parts = {plain_text(word) for table in tables for word in table.get("body", ())}
    joined = set(map(plain_text, joining_words("and")))
    parts = {word for text in parts for word in text.split()}
    return frozenset(parts | joined | lexicon().small), frozenset(parts)


def _without_and_before(piece: str) -> str:
    """Return a piece without "and" as its first word, as behind a comma."""
    first, _, behind = piece.partition(" ")
    joins = first.casefold() not in _AND_ELSEWHERE and first.casefold() in joining_words("and")
    return behind.strip() if behind and joins else piece


def _may_join(text: str) -> bool:
    """Return whether a text may have "and", or a sign for it; its pattern takes longer."""
    return "/" in text or "&" in text or may_tell(text, "and", "with")


@cache
def _with_a_number() -> re.Pattern[str]:
    return re.compile(_WITH.format(joining("with")), re.IGNORECASE)


@cache
def _and() -> re.Pattern[str]:
    elsewhere = "|".join(_AND_ELSEWHERE)
    return re.compile(
        rf"\s+(?!(?:{elsewhere})\s)(?:{joining('and')}|&)\s+|{_WITH.format(joining('with'))}"
        r"|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3}|[abc][ -]skip)",
        re.IGNORECASE,
    )


def is_recovery(piece: str, *, behind_with: bool = False) -> bool:
    """Return whether a piece says how one recovered: "walk back", "Gehpause", "with 40 s easy"."""
    said, name = take_amounts(piece)
    told = set(plain_text(name).split())
    recovery, beside = _recovery()
    stated = bool(told & recovery) or (behind_with and said.hold_s is not None)
    return bool(told) and stated and told <= recovery | beside and not (said.n_sets or said.reps)


def _recovery_behind(piece: str, read: Callable[[str], Reading]) -> int | None:
    """Return where the last words of a piece begin to tell of recovery: "8x10 s walk back"."""
    if _recovery()[0].isdisjoint(plain_text(piece).split()):
        return None
    whole = read(piece)
    if whole.match.score >= SAME or (whole.movement and whole.rest_s is not None):
        return None
    places = [space.start() for space in _BETWEEN_WORDS.finditer(piece)]
    found = [at for at in places if is_recovery(piece[at:]) and words(take_amounts(piece[:at])[1])]
    told = take_amounts(piece[: found[0]])[0] if found else None
    if told is not None and not (told.distance_m or told.hold_s):
        # "6 rectas de 80 m rec. trote": the distance is that of the strides.
        found = [at for at in found if not _WAY.match(piece, at)] or found
    known = next((at for at in found if read(piece[:at]).movement is not None), None)
    if whole.movement is not None:
        return known
    return known if known is not None else next(iter(found), None)


@cache
def _recovery() -> tuple[frozenset[str], frozenset[str]]:
    """Return words that tell of recovery, and those that stand beside them."""
    tables = words_of("diary").values()

    def listed(kind: str) -> frozenset[str]:
        found = (plain_text(word) for table in tables for word in table.get(kind, ()))
        return frozenset(word for text in found for word in text.split())

    return listed("recovery"), listed("recovering") | lexicon().small


def is_whole(reading: Reading) -> bool:
    """Return whether a name stands for a whole session of its kind."""
    if reading.movement is None:
        return False
    if kind_of_work(reading.movement) == "endurance" and not reading.load:
        return True  # "6x800" and "2 laps jog" are no sets of an exercise
    if reading.reps:
        return False
    if reading.n_sets:
        alone = not (reading.hold_s or reading.distance_m) and reading.n_sets <= MOST_ROUNDS
        in_rounds = reading.movement in WHOLES and alone
        return in_rounds or reading.movement in IN_ROUNDS
    main = movement(reading.movement).categories[0]
    if main in _NOT_HELD and (reading.hold_s or 0.0) >= _NOT_HELD_S and not reading.distance_m:
        return True
    return reading.movement in WHOLES or is_other(reading.movement)


def is_other(id: str | None) -> bool:
    """Return whether a movement is neither strength nor technique, such as yoga or a ride."""
    return id is not None and kind_of_work(id) in _OTHER_WORK


def is_amounts(piece: str) -> bool:
    """Return whether a piece of a line has amounts and no name."""
    if is_bodyweight(piece) or side_word(piece):
        return True
    if not any(map(str.isdigit, piece)):
        return False
    name = take_amounts(piece)[1]
    told = frozenset(words(name))
    return not told or told in _words_for_each() or plain_text(name) in _phrases_for_each()


@cache
def _phrases_for_each() -> frozenset[str]:
    """Return the phrases for "each" as texts are compared."""
    return frozenset(map(plain_text, joining_words("each")))


@cache
def _words_for_each() -> frozenset[frozenset[str]]:
    """Return the words of each phrase: "each drill" names no work, while "drill" does.

    Small words are none of them, so that "per drill" is known as a phrase alone.
    """
    said = (text for table in words_of("diary").values() for text in table.get("each", ()))
    told = ((text.split(), frozenset(words(text))) for text in said)
    return frozenset(each for text, each in told if len(each) > 1 or len(text) == 1)


def is_aside(piece: str) -> bool:
    """Return whether a piece tells how it was, and nothing that was done: "felt strong"."""
    if not _beside_work().issuperset(_LETTERS.findall(piece.casefold())):
        return False  # as most pieces: the patterns take longer than all else
    left = _remarks().sub(" ", without_asides(piece)).strip(" .,!-–()")
    return bool(piece.strip(" .!-")) and not left


def without_asides(text: str) -> str:
    """Return a text without words that tell how it was or felt.

    Examples
    --------
    >>> without_asides("strides felt good")
    'strides'
    """
    bare = _asides().sub(" ", text) if may_tell(text, "aside") else text
    return " ".join(bare.split())


def without_roughly(piece: str) -> str:
    """Return a piece without "about" before an amount alone or behind it: "just over 50 min"."""
    if not any(map(str.isdigit, piece)) or _roughly_words().isdisjoint(piece.casefold().split()):
        return piece
    return _roughly().sub("", piece)


@cache
def _roughly_words() -> frozenset[str]:
    return frozenset(each.split()[-1].casefold() for each in joining_words("roughly"))


@cache
def _roughly() -> re.Pattern[str]:
    said, behind = joining("roughly"), r"(?:(?<=\d)|(?<=\d[hms'])|(?<=min)|(?<=k[gm]))"
    return re.compile(rf"^(?:{said})\s+(?=\d)|{behind}\s+(?:{said})$", re.IGNORECASE)


@cache
def _beside_work() -> frozenset[str]:
    """Return the words of remarks, in lower case."""
    kinds = ("aside", "when", "little", "and")
    listed = (joining(kind).replace("\\", "").casefold() for kind in kinds)
    return frozenset(word for words_of_kind in listed for word in _LETTERS.findall(words_of_kind))


@cache
def _remarks() -> re.Pattern[str]:
    """Return the pattern of words on when, where and with whom, and of "and" between them."""
    said = any_joining("when", "little", "and")
    return re.compile(rf"(?<![\w-])(?:{said})(?![\w-])", re.IGNORECASE)


@cache
def _asides() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])\(?(?:{any_joining('aside')})\)?(?![\w-])", re.IGNORECASE)


def begins_with_amounts(text: str) -> bool:
    """Return whether the first piece of a text has amounts and no name."""
    first = _then().split(_HARD.split(text)[0])[0]
    return any(is_amounts(each) for each in (first, without_asides(first), _without_when(first)))


def _without_when(text: str) -> str:
    """Return a text without when or where something was done, behind it: "3x10 in palestra"."""
    told = text.split()
    for n_left in range(max(len(told) - _MOST_WORDS_OF_WHEN, 1), len(told)):
        if " ".join(told[n_left:]).casefold() in _words_of_when():
            return " ".join(told[:n_left])
    return text


@cache
def _words_of_when() -> frozenset[str]:
    return frozenset(map(str.casefold, joining_words("when") | joining_words("where")))


@cache
def joining(kind: str) -> str:
    """Return a pattern of the words of one kind that join parts, in all languages."""
    return alternatives(joining_words(kind))


@cache
def any_joining(*kinds: str) -> str:
    """Return a pattern of the words of some kinds, in any case, that is found quickly."""
    return any_of({word for kind in kinds for word in joining_words(kind)})


def may_tell(text: str, *kinds: str) -> bool:
    """Return whether a text has the longest word of a phrase of some kinds.

    Their patterns take longer, to make as well as to look for, and most texts have none of them.
    They must not find a phrase within a word.
    """
    return not _words_of_kinds(kinds).isdisjoint(words_in(text))


@cache
def _words_of_kinds(kinds: tuple[str, ...]) -> frozenset[str]:
    return longest_words(phrase for kind in kinds for phrase in joining_words(kind))


@cache
def phrases(*kinds: str) -> frozenset[str]:
    """Return the phrases of some kinds in lower case."""
    return frozenset(phrase.casefold() for kind in kinds for phrase in joining_words(kind))


@cache
def _most_words(*kinds: str) -> int:
    return max(len(phrase.split()) for phrase in phrases(*kinds))


def is_made_of(told: Sequence[str], *kinds: str) -> bool:
    """Return whether words in lower case are phrases of some kinds, one after the other.

    Examples
    --------
    >>> is_made_of(["this", "morning", "in", "the", "park"], "when")
    True
    """
    known, most = phrases(*kinds), _most_words(*kinds)
    made = [True]  # of the first words, of none on
    for last in range(1, len(told) + 1):
        made.append(
            any(
                made[first] and " ".join(told[first:last]) in known
                for first in range(max(0, last - most), last)
            )
        )
    return made[-1]


def longest_words(phrases: Iterable[str]) -> frozenset[str]:
    """Return the longest word of each phrase, in lower case."""
    told = (_WORD_OR_NUMBER.findall(phrase.casefold()) for phrase in phrases)
    return frozenset(max(each, key=len) for each in told)


@lru_cache(maxsize=1024)  # a line and its pieces are looked at for many kinds
def words_in(text: str) -> frozenset[str]:
    """Return the words and numbers of a text, in lower case."""
    return frozenset(_WORD_OR_NUMBER.findall(text.casefold()))


@cache
def joining_words(kind: str) -> frozenset[str]:
    """Return the words of one kind that join parts, without accents, too."""
    listed = {word for table in words_of("diary").values() for word in table.get(kind, ())}
    return frozenset(listed | {without_accents(word) for word in listed if not word.isascii()})


@cache
def then_or_stop() -> re.Pattern[str]:
    """Return the pattern of what ends what was told together: "; ...", "then ..."."""
    return re.compile(rf";\s|\s(?:{joining('then')})\s", re.IGNORECASE)


@cache
def two() -> re.Pattern[str]:
    """Return the pattern of two as a word."""
    return re.compile(rf"(?<!\w)(?:{joining('two')})(?!\w)", re.IGNORECASE)
