"""How often all that a line of a diary names was done, told before it or behind it.

"3 rounds: 10 squats, 8 lunges", "4x (10 squats, 8 lunges)", "10 squats, 8 lunges, 3 rounds".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import is_recovery, joining
from runanalytics.movements.names import words
from runanalytics.words.phrases import alternatives

_GROUP = re.compile(
    r"^(?P<sets>\d{1,2})\s*[x×*]\s*[(\[](?P<inner>.+)[)\]]\s*[,;]?\s*(?P<rest>[^()]+)?$",
    re.DOTALL,
)
_TIMES_BEHIND = re.compile(r"(?<=[^\W\d_]{3})\s+[x×*]\s*(\d{1,2})[\s.]*$")
#: "(x2)" and "(2x)" at the end of a line, and a sign of sets.
_IN_BRACKETS_BEHIND = re.compile(
    r"\s*\(\s*(?:[x×*]\s*(\d{1,2})|(\d{1,2})\s*[x×*])\s*\)[\s.]*$", re.IGNORECASE
)
_SETS_OR_TIMES = re.compile(r"\d\s*[x×*]\s*\d|\(\s*[x×*]\s*\d|\(\d\s*[x×*]\)", re.IGNORECASE)
#: Sets of one exercise, also "3 planks of 40 s", and one of several with its weight.
_SETS_OR_LOADS = re.compile(
    r"\d\s*[x×*]\s*\d|(?:kg|lbs?)\s*[x×*]\s*\d|^\s*\d\s+[^\W\d_]{3}\D*\s\d+\s?[sm]", re.IGNORECASE
)
_A_LOAD = re.compile(r"\d+(?:[.,]\d+)?\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
_SEVERAL_PARTS = re.compile(r"[,;+&/]")
_A_NAME, _A_WORD = re.compile(r"[^\W\d_]{3}"), re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class RoundsOfAll:
    """How often all was done, and what was done.

    Parameters
    ----------
    rounds : int or None
        None if it is not told.
    body : str
        The line without it.
    beside : Amounts
        What is told with it: "3x (...), 2 min rest".
    doubts : tuple of str
        What it may be of one exercise alone: "3 sets: of all?".
    """

    rounds: int | None
    body: str
    beside: Amounts = field(default_factory=Amounts)
    doubts: tuple[str, ...] = ()


def rounds_of_all(body: str, rounds: int | None, of_each: Amounts) -> RoundsOfAll:
    """Return how often all of a line was done.

    Parameters
    ----------
    body : str
        A line in one spelling.
    rounds : int or None
        How often by what stands before a colon.
    of_each : Amounts
        What each was done for.

    Returns
    -------
    RoundsOfAll

    Examples
    --------
    >>> found = rounds_of_all("10 squats, 8 lunges, 3 rounds", None, Amounts())
    >>> found.rounds, found.body
    (3, '10 squats, 8 lunges')
    """
    beside, doubts = Amounts(), list[str]()
    found = _rounds_before().match(body)
    of_one = found is not None and not found[0].rstrip().endswith((":", ";", ","))
    if (
        found
        and not (
            _sets_again().search(body, found.end())
            # "3 sets of 12 squats, lunges 3x15" are no rounds.
            or (of_one and _goes_on_with_sets(body[found.end() :], found[0]))
        )
    ):
        rounds, body = int(found["sets"]), body[found.end() :]
        several = _SEVERAL_PARTS.search(body) or _counted_behind_name().match(body)
        if of_one and several and _sets_again().search(found[0]):
            doubts.append(f"{found[0].strip()}: of all?")  # "3 sets of 12 squats, 8 lunges"
    elif (found := _GROUP.match(body)) and _is_rest(found["rest"] or ""):
        rounds, body = int(found["sets"]), found["inner"]
        beside = take_amounts(found["rest"] or "")[0]
    if of_each.hold_s and of_each.n_sets is None:
        body = _TIMES_BEHIND.sub(r", x\1", body)  # "30 s on, 30 s off: squats, lunges x 3"
    if rounds is None and (found := _rounds_told_behind(body) or _rounds_in_brackets_behind(body)):
        times = next(filter(None, found.groups()))
        rounds, body = int(times), body[: found.start()].rstrip(" -–—")
        of_last = found[0].startswith(" ") and _sets_again().search(found[0]) is not None
        if of_last and _SEVERAL_PARTS.search(body):
            doubts.append(f"{found[0].strip()}: of all?")  # "8 squats, 10 dips x 5 sets"
    return RoundsOfAll(rounds, body, beside, tuple(doubts))


def is_heading_of_rounds(prefix: str) -> bool:
    """Return whether what stands before a colon tells rounds and nothing else: "3 rounds of"."""
    return _rounds_before().fullmatch(f"{prefix}: ") is not None


def times_alone(said: Amounts) -> int | None:
    """Return how often something is done, if amounts say that and nothing else."""
    reps = said.reps[0] if len(said.reps) == 1 and said.n_sets is None else None
    alone = Amounts(n_sets=said.n_sets) if reps is None else Amounts(reps=(reps,))
    return (said.n_sets or reps) if said == alone else None


def _is_rest(piece: str) -> bool:
    """Return whether a piece of a line states a rest and nothing else, or is empty."""
    if not piece or (not any(map(str.isdigit, piece)) and is_recovery(piece)):
        return True  # "4x (...), jog back"
    said, name = take_amounts(piece)
    return said == Amounts(rest_s=said.rest_s) and said.rest_s is not None and not words(name)


@cache
def _rounds_before() -> re.Pattern[str]:
    # "3 sets of squats 10 + lunges 8", "4x squats 4 reps and straight into a sprint"
    name, once = r"[^\W\d_]{3}[^,;:+()\d]*\s\d[^,;:+()]*\s", rf"(?:{joining('at_once')})\s"
    other = r"(?:\d{1,3}\s?(?:[^\W\d_]{1,3}\s+)?)?(?!(?:kg|lb)s?\b)[^\W\d_]{3}"
    return re.compile(
        rf"(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:[x×]\s*(?={name}{once})|(?:{joining('rounds')})(?!\w)"
        rf"(?:\s+(?!(?:{joining('each')})\s)\w{{1,3}})?\s*"
        rf"(?:[:;,]\s*|\s+(?=\d|{name}(?:\+\s|{once}){other})))",
        re.IGNORECASE,
    )


def _goes_on_with_sets(text: str, rounds: str) -> bool:
    """Return whether the second exercise of a text has sets of its own, or leaves out all amounts.

    "3 sets of 12 squats, lunges and dips" are three sets of each, but "3 rounds" are rounds.
    """
    parts = re.split(rf"[,;+&/]|\s(?:{joining('and')}|{joining('then')})\s", text)[1:]
    second = next(filter(_A_NAME.search, parts), "")
    if not any(map(str.isdigit, _A_LOAD.sub("", second))):
        return re.search(rf"(?<!\w)(?:{joining('rounds_ahead')})(?!\w)", rounds, re.I) is None
    # "2 sets of 15 bridges, and a plank of one minute"
    once = numbers().get(second.split()[0].casefold()) == 1
    return once or bool(_SETS_OR_LOADS.search(second))


@cache
def _counted_behind_name() -> re.Pattern[str]:
    """Return the pattern of two exercises told in turn: "12 squats and lunges 8"."""
    return re.compile(
        rf"\d[^,;+&]*?\s(?:{joining('and')}|{joining('then')})\s+(?!\d)[^\W\d_][^,;+&\d]*\s\d",
        re.IGNORECASE,
    )


@cache
def _sets_again() -> re.Pattern[str]:
    """Return the pattern of sets: "3 sets of 12 squats and 3 sets of 15 lunges" are no rounds."""
    return re.compile(rf"\d\s*(?:{alternatives(amount_words()['sets'])})(?!\w)", re.IGNORECASE)


@cache
def _rounds_behind() -> re.Pattern[str]:
    """Return the pattern of how often all was done: "3 rounds", ", x3", "das Ganze 3x"."""
    all_, times = joining("all_of_it"), "|".join(map(re.escape, amount_words()["times"]))
    rounds = joining("rounds")
    return re.compile(
        rf"(?<!^)(?:\s*[,;:]\s*|\s+)\(?(?:[x×*]\s*)?(?P<sets>\d{{1,2}})\s*(?:{rounds})[\s.)]*$"
        r"|\s*[,;]\s*[x×*]\s*(?P<times>\d{1,2})[\s.]*$"
        rf"|(?:\s*[,;.+-]|\s+(?:{joining('and')})\s)\s*\(?(?:{all_})\s*:?\s*(?:[^\W\d_]{{1,3}}\s+)?(?:[x×*]\s*)?(?P<of_all>\d{{1,2}})"
        rf"\s*(?:[x×*]|{rounds}|{times})?(?:\s+(?:{joining('done')}))?[\s.)]*$"
        rf"|\s*[,;.+-]\s*\(?(?P<all>\d{{1,2}})\s*(?:[x×*]|{times})\s*(?:{all_})[\s.)]*$",
        re.IGNORECASE,
    )


def _rounds_told_behind(body: str) -> re.Match[str] | None:
    """Return how often all was done; "8 reps x 3 sets, 10 reps x 3 sets" are sets of each."""
    found = _rounds_behind().search(body)
    if found is None or not (word := _A_WORD.search(found[0])):
        return found
    return None if re.search(rf"\d\s*{word[0]}(?!\w)", body[: found.start()]) else found


def _rounds_in_brackets_behind(body: str) -> re.Match[str] | None:
    """Return how often all parts were done: "25 sit-ups, 20 squats (x2)", where none has sets."""
    found = _IN_BRACKETS_BEHIND.search(body)
    if found is None or _SETS_OR_TIMES.search(body, 0, found.start()):
        return None
    return found if _SEVERAL_PARTS.search(body, 0, found.start()) else None
