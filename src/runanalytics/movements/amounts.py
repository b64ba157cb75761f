"""Sets, repetitions, times, distances, loads and sides as people write them beside a name.

"A-skips 3x30 m", "calf raises 3 x 15 each side", "Kniebeugen 3x8 mit 60 kg", "10/leg",
"bw+10kg": what is read is taken off, so that no number or unit is left over to become part of
another exercise's name. Words: `amount_words`. Cells that
hold nothing but amounts are read by `cells`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.needed_words import Pattern, runs_of_letters
from runanalytics.units import LENGTHS_M, Load

_NUMBER = r"\d{1,5}(?:[.,]\d{1,3})?"
_RANGE = rf"(?:{_NUMBER}\s*[-–]\s*)?{_NUMBER}"
_TIMES = r"[x×*✕]"
#: Three numbers or more in a row are the repetitions of as many sets; two are not ("90/90").
_LIST = r"\d{1,3}(?:(?:\s*[,/;]\s*\d{1,3}){2,}|(?:-\d{1,3}){2,})"
#: A time as a clock shows it: "1:30", "1'30", "1 min 30".
_CLOCK = (
    r"(?P<minutes>\d{1,2})(?::(?P<clock>[0-5]\d)(?![:\d])"
    r"|['′’]\s?(?P<marked>[0-5]\d)(?![\d.,])[\"″”]?"
    r"|\s?mi?n\.?\s?(?P<spoken>[0-5]\d)(?=\s*(?:$|[,;)/x×*]|(?:de|di|d['’]|of|von)(?!\w)|d['’])))"
)
#: A number before these is no amount but part of the name: "1-leg", "3-point", "4-way".
PART_OF_A_NAME = (
    r"(?<!\d\d\s)(?<![5-9]\s)leg|(?<!\d\d\s)(?<![5-9]\s)arm|hand|foot|feet|way|point|part|count|step(?![\s-]*(?:up|down))|board|jambe|bras|pierna|brazo|gamba|gambe|pied|piedi|pie"
    "|bein|beinig|arm|armig|perna|been|ben|rm"
)
#: Angles, which machines and poses are named by.
_ANGLES = frozenset((45, 90, 180, 360))
_MOST_SETS = 40
#: From here on, s, nobody tells seconds beside minutes.
_LONG_S = 600.0
#: Weights that one has in the hands.
_HANDS = 2
#: At this exertion no repetition is left in reserve; each that is left is one less (Zourdos 2016).
RPE_MAX = 10.0
#: A range, "8-10 reps", as it is kept among what is no one number.
_A_RANGE = re.compile(r"\d+\s*[-–]\s*\d")
#: Up to this number, "20 squats x 3" tells how many sets there were.
_MOST_TIMES = 10
#: A small word, such as "de" or "of".
_LETTERS = r"[^\W\d_]{1,3}"
#: Without one, a text says of amounts no more than a side, and that it was as many as possible.
_DIGIT = re.compile(r"\d")
#: Signs and brackets that nothing stands in once the amounts are taken off.
_LEFT_OVER = re.compile(r"\(\s*\)|\[\s*\]|^[\s/@+,;:.-]+|[\s/@+,;:-]+$")
#: A number that nothing stands beside.
_ALONE = re.compile(r"\s*\d{1,3}\s*")
#: What stands before the repetitions of sets that were named before: "3 Sätze Liegestütze à 15".
_EACH = "à|a|of|da|de|zu|je"
#: A count before a side.
_COUNT_BEFORE = re.compile(r"(?<![\w.,x×*/-])(?<![x×*]\s)(\d{1,3})\s*$")
#: A word for a side that is no longer than this counts at the end of a name alone.
_SHORT = 2
#: Beside sets these mean seconds, alone more often the height of a box in inches.
_INCHES = ('"', "''", "″", "”")


@dataclass(frozen=True)
class Amounts:
    """What a text says of how much was done; None, or no repetitions, where it says nothing.

    Parameters
    ----------
    n_sets : int, optional
        Number of sets.
    reps : tuple of int
        Repetitions: of every set, or of one set after the other if there are several numbers.
    hold_s : float, optional
        Time held or worked in each set, in s.
    distance_m : float, optional
        Distance of each set, in m.
    load : Load, optional
        With its unit.
    bodyweight : bool
        Whether the body was (part of) the load.
    side : str, optional
        "left", "right", or "both" where an amount is for each side.
    effort_rpe : float, optional
        Rating of perceived exertion.
    rest_s : float, optional
        Rest between sets, in s.
    count : int, optional
        A bare number before a name, as in "6 strides": how often it was done.
    inexact : tuple of str
        Amounts that are no one number, such as "8-12", as written.
    height_cm : float, optional
        Of a box that was jumped on or off, in cm.
    """

    n_sets: int | None = None
    reps: tuple[int, ...] = ()
    hold_s: float | None = None
    distance_m: float | None = None
    load: Load | None = None
    bodyweight: bool = False
    side: str | None = None
    effort_rpe: float | None = None
    rest_s: float | None = None
    count: int | None = None
    inexact: tuple[str, ...] = ()
    height_cm: float | None = None


#: What most texts say.
_NOTHING = Amounts()


@dataclass(frozen=True)
class _Units:
    """Patterns of the words for units and sides in all languages."""

    unit: str
    sets: str
    of: str
    rest: str
    between: str
    most: str
    paced: str
    held: str
    of_hands: Pattern
    on_bar: Pattern
    times: Pattern
    all_out: re.Pattern[str]
    small: Pattern
    scale: dict[str, tuple[str, float]]
    sides: tuple[tuple[str, Pattern], ...]


def _any(spellings: Iterable[str]) -> str:
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in _longest_first(spellings))


def _with_longer(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return phrases, and two as one that end and begin alike: "reps each" and "each side"."""
    told = [(phrase, phrase.split()) for phrase in phrases]
    begins = defaultdict[str, list[str]](list)
    for _, other in told:
        if len(other) > 1:
            begins[other[0]].append(" ".join(other[1:]))
    longer = (
        f"{phrase} {rest}" for phrase, one in told if len(one) > 1 for rest in begins[one[-1]]
    )
    return (*(phrase for phrase, _ in told), *longer)


def _longest_first(spellings: Iterable[str]) -> list[str]:
    return sorted(set(spellings), key=lambda one: (-len(one), one))


@cache
def _units() -> _Units:
    known = amount_words()
    scale: dict[str, tuple[str, float]] = {}
    for name, field, factor in (
        ("repetitions", "reps", 1.0),
        ("pieces", "reps", 1.0),
        ("metres", "distance_m", 1.0),
        ("kilometres", "distance_m", LENGTHS_M["km"]),
        ("miles", "distance_m", LENGTHS_M["mi"]),
        ("yards", "distance_m", LENGTHS_M["yd"]),
        ("centimetres", "height", 1.0),
        ("seconds", "hold_s", 1.0),
        ("minutes", "hold_s", 60.0),
        ("hours", "hold_s", 3600.0),
        ("kilograms", "kg", 1.0),
        ("pounds", "lb", 1.0),
    ):
        scale |= dict.fromkeys(known[name], (field, factor))
    unit = rf"(?:{_any(list(scale))})(?![^\W\d_])"
    each = _with_longer(known["each_side"])
    # "10/leg" as well as "10 per leg".
    words = _any([one for one in each if not one.startswith("/")])
    marks = _any([one[1:] for one in each if one.startswith("/")])
    both = rf"(?:(?<!\w)(?:{words})|(?:(?<=\d)\s*/\s*|/)(?:{marks}))(?!\w)"
    sides = [("both", Pattern(both, words=known["each_side"]))]
    for side in ("left", "right"):
        anywhere = [word for word in known[side] if len(word) > _SHORT and " " not in word]
        # "Left leg extension" is an extension of the left leg; "L-sit" is no left side.
        at_end = _any([word for word in known[side] if word not in anywhere])
        phrases = _any([word for word in known[side] if " " in word])
        # "Barre droite" is a straight bar.
        no_side = "".join(
            rf"(?<!{re.escape(phrase)})"
            for phrase in known["no_side"]
            if phrase.split()[-1] in anywhere
        )
        sides.append(
            (
                side,
                Pattern(
                    rf"(?<=\s)(?:(?<=[\dsm]\s)(?:{phrases})(?!\w)"
                    rf"|(?:{at_end})(?=[\W\dx×]*(?:\d\s*{unit})?\W*$))"
                    rf"|^(?:{at_end})(?=\s*:?\s\d)"
                    rf"|(?<!\w)(?:{_any(anywhere)})(?!\w){no_side}",
                    words=known[side],
                ),
            )
        )
    weights = _any([*known["kilograms"], *known["pounds"]])
    load = rf"{_NUMBER}\s*(?:{weights})"
    return _Units(
        unit=unit,
        sets=_any(known["sets"]),
        of=_any(known["of"]),
        rest=_any(known["rest"]),
        between=rf"(?:\s+(?:{_any(known['between'])}))?",
        most=_any(known["most"]),
        paced=_any(known["pace"]),
        held=_any(known["held"]),
        # Nothing says whether both were lifted at once.
        of_hands=Pattern(
            rf"(?<!\w)(?:(?:2\s+)?(?:{_any(known['dumbbells'])})(?:\s+{_LETTERS})?\s+{load}"
            rf"|(?:2(?:\s*{_TIMES}\s*|\s+))?{load}\s+(?:{_any(known['dumbbells'])})"
            rf"|{load}(?:\s+[^\W\d_]+)?\s+(?:{_any(known['each_hand'])})|(?:{_any(known['each_hand'])})\s+{load}"
            rf"|(?:{_any(known['each_of_two'])})\s+{load})(?!\w)",
            words=(*known["dumbbells"], *known["each_hand"], *known["each_of_two"]),
        ),
        on_bar=Pattern(rf"(?<!\w)(?:{_any(known['bars'])})\s*\+\s*{load}(?!\w)", signs=r"\+"),
        all_out=re.compile(_any(known["most"])),
        # "3 mal 15" is "3x15"; "15 mal" are repetitions.
        times=Pattern(rf"(?<=\d)\s*(?:{_any(known['times'])})\s*(?=\d)", words=known["times"]),
        # "10 min of core"; but "a" may be the name of a skip.
        small=Pattern(
            rf"^\s*(?:{_any(one for one in known['of'] if len(one) > 1)})\s+(?=[^\W\d_]{{3}})",
            words=[one for one in known["of"] if len(one) > 1],
        ),
        scale=scale,
        sides=tuple(sides),
    )


@cache
def _patterns() -> tuple[tuple[Pattern, Callable[[Amounts, re.Match[str]], Amounts]], ...]:
    """Return each way to write an amount with what it says, in the order they are looked for."""
    known = _units()
    start, of = r"(?<![\w.,/])", rf"(?:\s*(?:{known.of})(?!\w))?"
    amount = rf"(?P<amount>{_LIST}|{_RANGE})\s*(?P<unit>{known.unit})?(?!\w|\s*%)"
    sets = amount_words()["sets"]
    few_s = rf"(?:10|\d)(?:[.,]\d)?\s*(?:{_any(amount_words()['seconds'])})"
    return (
        # Flying 30s are sprints over 30 m.
        (
            Pattern(
                r"(?<!\w)(?:(?<=flying )|(?<=fly ))(?P<amount>[2-9]0)(?:s|\s?m)?(?!\w)",
                words=["fly"],
                within_words=True,
            ),
            _metres,
        ),
        (
            Pattern(rf"{start}tempo\s*:?\s*\d(?:\s*[-/:]?\s*[\dx]){{2,3}}(?!\w)", words=["tempo"]),
            _inexact,
        ),
        # "@ 3-1-1": seconds down, below and up.
        (Pattern(r"@\s*\d-\d-[\dx](?:-[\dx])?(?![\w.,-])", signs=r"@\s*\d-\d-"), _inexact),
        (
            Pattern(
                r"(?<![\w.,/-])\(?\d-\d-[\dx](?:-[\dx])?\)?(?![\w.,-])",
                signs=rf"\d\s*{_TIMES}\s*\d",
            ),
            _inexact,
        ),
        # "3s down", and "3sdown".
        (
            Pattern(
                _behind_or_before(few_s, known.paced),
                words=amount_words()["pace"],
                within_words=True,
            ),
            _inexact,
        ),
        (
            Pattern(
                rf"(?<=\d)\s*{_TIMES}\s*{few_s}\s*(?:{known.held})(?!\w)",
                signs=rf"\d\s*{_TIMES}\s*\d+\s*{_TIMES}\s*\d",
            ),
            _inexact,
        ),
        # "3x10, 5 s hold": of each repetition, while "3x10 s hold" are sets of 10 s.
        (
            Pattern(
                _behind_or_before(few_s, known.held),
                signs=rf"\d\s*{_TIMES}\s*\d+(?!\d|\s*(?:{known.unit}))",
            ),
            _inexact,
        ),
        (
            Pattern(
                rf"{start}(?P<hours>\d)(?:\s?h\s?(?P<minutes>[0-5]\d)(?:\s?min)?(?!\w)"
                r"|:(?P<clock>[0-5]\d)\s?(?:h|hours|std)(?!\w))",
                signs=r"\d\s?(?:h|:)",
            ),
            _hours,
        ),
        (
            Pattern(
                rf"{start}(?:(?P<sets>\d{{1,2}})\s*{_TIMES}\s*)?{_CLOCK}",
                signs=r"\d\s?(?:[:'′’]|mi?n)",
            ),
            _clock,
        ),
        (
            Pattern(
                rf"{start}(?P<sets>\d{{1,2}})\s*{_TIMES}\s*(?P<amount>\d{{1,3}})\s*{_TIMES}\s*"
                rf"(?P<load>{_NUMBER})\s*(?P<unit>{known.unit})(?!\w)",
                signs=rf"{_TIMES}\s*\d+\s*{_TIMES}",
            ),
            _of_sets_with_load,
        ),
        (
            Pattern(
                rf"{start}(?P<load>{_NUMBER})\s*(?P<unit>{known.unit})\s*{_TIMES}\s*"
                rf"(?P<amount>\d{{1,3}})(?:\s*(?:{_any(amount_words()['repetitions'])})\s*{_TIMES}\s*"
                rf"(?P<sets>\d{{1,2}})(?:\s*(?:{known.sets}))?(?!\w)|(?![\w.,]|\s*(?:{known.unit})))",
                signs=rf"[^\W\d]\s*{_TIMES}\s*\d",
            ),
            _with_load,
        ),
        (
            Pattern(
                rf"{start}(?:(?P<sets>\d{{1,2}})\s*(?:{_TIMES}|(?:{known.sets})(?!\w)\.?{of})\s*)?"
                rf"(?:{known.most})(?!\w)",
                words=amount_words()["most"],
            ),
            _as_many_as_possible,
        ),
        (
            Pattern(
                rf"{start}(?<![x×*]\s)(?P<amount>\d{{1,3}})\s*{_TIMES}\s*(?P<sets>\d{{1,2}})\s*"
                rf"(?:{known.sets})(?!\w)\.?",
                words=sets,
            ),
            _sets_behind,
        ),
        (
            Pattern(rf"{start}(?P<sets>\d{{1,2}})\s*{_TIMES}\s*{amount}", signs=rf"\d\s*{_TIMES}"),
            _of_sets,
        ),
        # "10 x 3 sets" and "10 reps x 3" are three sets; "x 5 x 4" could be either way round.
        (
            Pattern(
                rf"{start}(?<![x×*]\s)(?P<amount>\d{{1,3}})\s*(?:{_any(amount_words()['repetitions'])})\s*{_TIMES}\s*"
                rf"(?P<sets>\d{{1,2}})(?![\w.,])(?:\s*(?:{known.sets})(?!\w))?",
                words=amount_words()["repetitions"],
            ),
            _sets_behind,
        ),
        (
            Pattern(
                rf"{start}(?P<sets>\d{{1,2}})\s*(?:{known.sets})(?!\w)\.?{of}\s*{amount}",
                words=sets,
            ),
            _of_sets,
        ),
        (
            Pattern(
                rf"{start}(?P<amount>{_LIST})(?![\w/])(?:\s*(?P<unit>{known.unit}))?",
                signs=r"\d\s*[,/;-]\s*\d",
            ),
            _of_each_set,
        ),
        (
            Pattern(
                rf"\bbw\s*(?:[+&]\s*(?P<amount>{_NUMBER})\s*(?P<unit>{known.unit})?)(?!\w)",
                words=["bw"],
            ),
            _on_top,
        ),
        (
            Pattern(
                rf"\b(?:rpe|rir)\s*[:=@]?\s*{_NUMBER}\s*[-–/]\s*{_NUMBER}", words=["rpe", "rir"]
            ),
            _inexact,
        ),
        (
            Pattern(
                rf"@?\s*\b(?P<scale>rpe|rir)\s*[:=@]?\s*(?P<amount>{_NUMBER})"
                rf"|(?:@\s*)?{start}(?P<before>10|\d)\s?(?P<behind>rir|rpe)(?!\w|\s*[:=@]?\s*\d)",
                words=["rpe", "rir"],
            ),
            _effort,
        ),
        (
            Pattern(
                rf"{start}(?:(?:{_TIMES}|@)\s*|(?P<of>{known.of})\s+)?(?P<amount>{_RANGE})\s*"
                rf"(?P<unit>{known.unit})(?!\w)",
                signs=r"\d\s*(?:[^\W\d_]|[\"'″′’”#])",
            ),
            _alone,
        ),
        (
            Pattern(rf"{start}(?P<sets>\d{{1,2}})\s*(?:{known.sets})(?!\w)\.?{of}", words=sets),
            _sets_alone,
        ),
        (Pattern(rf"(?<!\w){_TIMES}\s*(?P<amount>\d{{1,3}})(?!\w)"), _repetitions),
        (Pattern(rf"{start}(?P<sets>\d{{1,3}})\s*{_TIMES}(?!\w)"), _sets_alone),
        (Pattern(r"(?<!\w)\d{1,3}(?:[.,]\d+)?\s*%(?:\s*(?:of\s+)?(?:1\s?)?rm\b)?"), _inexact),
        (
            Pattern(rf"(?<!\w)(?:{_EACH})\s*(?P<amount>\d{{1,3}})(?:\s+[^\W\d_]{{1,4}})?\s*$"),
            _of_each_of_sets,
        ),
        (Pattern(rf"{start}\d{{1,2}}\s*[-–]\s*\d{{1,2}}(?=\s+[^\W\d_]{{3,}})"), _inexact),
        (
            Pattern(
                rf"{start}(?P<amount>\d{{1,3}})\s+(?!(?:{PART_OF_A_NAME})s?\b)"
                r"(?=[^\W\d_]{2,}|[^\W\d_][-‑][^\W\d_]{2})"
            ),
            _count,
        ),
        (Pattern(rf"@\s*{_RANGE}(?!\w)", words=["@"]), _inexact),
    )


@cache
def _without_number() -> tuple[tuple[Pattern, Callable[[Amounts, re.Match[str]], Amounts]], ...]:
    """Return the ways to write an amount without any number: "to failure"."""
    return tuple(each for each in _patterns() if each[1] is _as_many_as_possible)


def _behind_or_before(time: str, words: str) -> str:
    """Return the pattern of a time with one of some words behind or before it: "3 s down"."""
    return (
        rf"(?<![\w.,/])(?<![x×*]\s)(?:\(\s*)?(?:{time}\s*(?:{words})|(?:{words})\s*:?\s*{time})"
        r"(?!\w)(?:\s*\))?"
    )


@cache
def _rests() -> tuple[Pattern, ...]:
    """Return each way to write a rest, looked for before sides: "r=2'" is no right side."""
    known = _units()
    time = rf"(?:{_CLOCK}|(?P<amount>{_NUMBER})\s*(?P<unit>{known.unit}))(?!\w)"
    start, rest = r"(?<![\w.,/])", amount_words()["rest"]
    return (
        Pattern(
            rf"{start}(?:{known.rest})\.?\s*[:=]?\s*(?:(?:{known.of})\s+)?{time}{known.between}",
            words=rest,
        ),
        Pattern(
            rf"(?:{start}[pr]\s*[:=]\s*|{start}r(?=\d)|(?:^|(?<=\()|(?<=[\dms\"'’]\s)|(?<=min\s)|(?<=se[ckg]\s))[pr]\s+){time}",
            signs=r"[pr]\s*[:=\d]|\([pr]",
        ),
        Pattern(
            rf"{start}(?<![x×*])(?<![x×*]\s){time}\s*(?:{known.rest})(?!\w){known.between}",
            words=rest,
        ),
        Pattern(
            rf"{start}{time}\s+(?:{_any(amount_words()['between'])})(?!\w)",
            words=amount_words()["between"],
        ),
        # Work and rest: "squats 8x20s/10s".
        Pattern(rf"(?<=\d[s\"'″])\s*/\s*{time}", words=["/"]),
    )


@lru_cache(4_096)  # the pieces of a line are looked at from several sides
def take_amounts(text: str) -> tuple[Amounts, str]:
    """Return what a text says of how much was done, and the text without it.

    Parameters
    ----------
    text : str
        A name with amounts before, after or within.

    Returns
    -------
    amounts : Amounts
    rest : str
        In lower case.

    Examples
    --------
    >>> take_amounts("Calf raises 3x15 each side")
    (Amounts(n_sets=3, reps=(15,), ..., side='both', ...), 'calf raises')
    >>> take_amounts("Fly 30m")[0].distance_m
    30.0
    """
    said, rest = _NOTHING, " ".join(text.casefold().split())
    has_number = _DIGIT.search(rest) is not None
    if has_number:
        rest, _ = _units().times.subn("x", rest)
    told = runs_of_letters(rest)
    if has_number:
        said, rest = _without_rests(rest, told)
    for side, pattern in _units().sides:
        if not (pattern.may_be_beside(told) and pattern.search(rest)):
            continue
        rest, found = pattern.subn(" ", _sets_first(rest, pattern) if side == "both" else rest)
        if found and rest.strip():
            said = replace(said, side="both" if said.side not in (None, side) else side)
    for pattern, say in _patterns() if has_number else _without_number():
        if not pattern.may_be_beside(told):
            continue
        while found_one := pattern.search(rest):
            changed = say(said, found_one)
            if changed is said:
                break
            said = changed
            rest = f"{rest[: found_one.start()]} {rest[found_one.end() :]}"
    if said is not _NOTHING:
        rest, _ = _units().small.subn("", rest)
        if (
            said.side
            and not said.reps
            and said.n_sets is None
            and (alone := _ALONE.fullmatch(rest))
        ):
            said, rest = replace(said, reps=(int(alone[0]),)), ""  # "28 right, 24 left"
    return said, " ".join(_LEFT_OVER.sub(" ", rest).split())


def _without_rests(text: str, told: frozenset[str]) -> tuple[Amounts, str]:
    """Return what a text says of weights in the hands, on a bar and of rests, and what is left."""
    said, rest = _NOTHING, text
    of_hands = _units().of_hands
    if of_hands.may_be_beside(told) and (in_hands := of_hands.search(rest)):
        said = _in_each_hand(said, in_hands)
        rest = f"{rest[: in_hands.start()]} {rest[in_hands.end() :]}"
    if on_top := _units().on_bar.search(rest):
        said = _inexact(said, on_top)  # "bar + 40 kg": nothing says how heavy the bar is
        rest = f"{rest[: on_top.start()]} {rest[on_top.end() :]}"
    for pattern in _rests():
        if not pattern.may_be_beside(told):
            continue
        if (found_one := pattern.search(rest)) and (changed := _rest(said, found_one)) is not said:
            said = changed
            rest = f"{rest[: found_one.start()]} {rest[found_one.end() :]}"
    return said, rest


def _sets_first(text: str, side: Pattern) -> str:
    """Return "8 each side x 3" as "3x8 each side": without the side, it might be eight sets."""
    found = side.search(text)
    count = _COUNT_BEFORE.search(text, 0, found.start()) if found else None
    times = _times_behind().match(text, found.end()) if found else None
    if not (found and count and times):
        return text
    return f"{text[: count.start()]}{times[1]}x{count[1]} {found[0]} {text[times.end() :]}"


@cache
def _times_behind() -> re.Pattern[str]:
    return re.compile(rf"\s*{_TIMES}\s*(\d{{1,2}})(?![\w.,])(?:\s*(?:{_units().sets})(?!\w)\.?)?")


@lru_cache(4_096)
def is_held(text: str) -> bool:
    """Return whether a text says no more than how long each repetition was held: "hold 5 s"."""
    held = _units().held
    few_s = rf"(?:10|\d)(?:[.,]\d)?\s*(?:{_any(amount_words()['seconds'])})"
    return re.fullmatch(_behind_or_before(few_s, held), text.casefold().strip()) is not None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _in_each_hand(said: Amounts, found: re.Match[str]) -> Amounts:
    """Show the weight that was in a hand as open: nothing says whether both had one."""
    return _inexact(said, found)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _quantity(said: Amounts, amount: str, unit: str | None) -> Amounts:
    """Add an amount with its unit; without one it is repetitions."""
    field, factor = _units().scale[" ".join(unit.split())] if unit else ("reps", 1.0)
    if re.search(r"[-–]", amount):
        return replace(said, inexact=(*said.inexact, f"{amount} {unit or ''}".strip()))
    if re.fullmatch(_LIST, amount):
        return replace(said, reps=_numbers(amount))
    value = _number(amount) * factor
    if field == "reps":
        return replace(said, reps=(round(value),))
    if field in ("kg", "lb"):
        return replace(said, load=Load.from_logged(value, "kg" if field == "kg" else "lb"))
    if field == "height":
        return replace(said, height_cm=value)
    if field == "distance_m":
        return replace(said, distance_m=value)
    # "1 min 30 s" is one time; "10 s, 2 min" and "45 min ... 30 s" are two.
    longest = said.hold_s is not None and said.hold_s >= _LONG_S and factor < _LONG_S
    if said.hold_s and (longest or said.hold_s % 60.0 or (factor >= 60.0 and said.hold_s % 3600.0)):
        return replace(said, inexact=(*said.inexact, f"{amount} {unit}"))
    return replace(said, hold_s=(said.hold_s or 0.0) + value)


def _of_sets(said: Amounts, found: re.Match[str]) -> Amounts:
    n_sets = int(found["sets"])
    # "3x8 2x10 kg" may be two dumbbells, of which nothing says whether both were lifted at once.
    field = _units().scale[" ".join(found["unit"].split())][0] if found["unit"] else ""
    if n_sets == _HANDS and field in ("kg", "lb"):
        return _inexact(said, found)
    done = said.reps or said.hold_s or said.distance_m
    if n_sets > _MOST_SETS or (said.n_sets is not None and done):
        return _inexact(said, found)
    return _quantity(replace(said, n_sets=n_sets), found["amount"], found["unit"])


def _sets_behind(said: Amounts, found: re.Match[str]) -> Amounts:
    if said.n_sets is not None or said.reps:
        return _inexact(said, found)
    return replace(said, n_sets=int(found["sets"]), reps=(int(found["amount"]),))


def _as_many_as_possible(said: Amounts, found: re.Match[str]) -> Amounts:
    n_sets = int(found["sets"]) if found["sets"] else said.n_sets
    return _inexact(replace(said, n_sets=n_sets), found)


def _metres(said: Amounts, found: re.Match[str]) -> Amounts:
    return replace(said, distance_m=float(found["amount"]))


def _of_each_of_sets(said: Amounts, found: re.Match[str]) -> Amounts:
    return replace(said, reps=(int(found["amount"]),)) if said.n_sets and not said.reps else said


def _clock(said: Amounts, found: re.Match[str]) -> Amounts:
    if said.hold_s is not None:
        return said
    n_sets = int(found["sets"]) if found["sets"] else said.n_sets
    return replace(said, n_sets=n_sets, hold_s=_clock_s(found))


def _clock_s(found: re.Match[str]) -> float:
    seconds = found["clock"] or found["marked"] or found["spoken"]
    return 60.0 * int(found["minutes"]) + int(seconds)


def _hours(said: Amounts, found: re.Match[str]) -> Amounts:
    if said.hold_s is not None:
        return said
    minutes = 60 * int(found["hours"]) + int(found["minutes"] or found["clock"])
    return replace(said, hold_s=60.0 * minutes)


def _of_sets_with_load(said: Amounts, found: re.Match[str]) -> Amounts:
    return _with_load(said, found)


def _with_load(said: Amounts, found: re.Match[str]) -> Amounts:
    field, _ = _units().scale[" ".join(found["unit"].split())]
    if field not in ("kg", "lb") or said.reps:
        return said
    load = Load.from_logged(_number(found["load"]), "kg" if field == "kg" else "lb")
    n_sets = int(found["sets"]) if found["sets"] else said.n_sets
    return replace(said, n_sets=n_sets, load=load, reps=(int(found["amount"]),))


def _of_each_set(said: Amounts, found: re.Match[str]) -> Amounts:
    unit = found["unit"]
    if unit and _units().scale[" ".join(unit.split())][0] in ("kg", "lb"):
        return _inexact(said, found)  # "50-60-70 kg" are no repetitions
    return replace(said, reps=_numbers(found["amount"]))


def _alone(said: Amounts, found: re.Match[str]) -> Amounts:
    # "Hill sprints of 10\"" are timed; "box jump 24\"" is not.
    if found["unit"] in _INCHES and not found["of"]:
        return _inexact(said, found)
    return _quantity(said, found["amount"], found["unit"])


def _on_top(said: Amounts, found: re.Match[str]) -> Amounts:
    unit = _units().scale.get(found["unit"] or "kg", ("", 0.0))[0]
    if unit not in ("kg", "lb"):
        return said
    load = Load.from_logged(_number(found["amount"]), "kg" if unit == "kg" else "lb")
    return replace(said, load=load, bodyweight=True)


def _rest(said: Amounts, found: re.Match[str]) -> Amounts:
    if said.rest_s is not None:
        return said
    if found["minutes"]:
        return replace(said, rest_s=_clock_s(found))
    field, factor = _units().scale[" ".join(found["unit"].split())]
    if field != "hold_s":
        return said
    return replace(said, rest_s=_number(found["amount"]) * factor)


def _effort(said: Amounts, found: re.Match[str]) -> Amounts:
    number = _number(found["amount"] or found["before"])
    in_reserve = "rir" in (found["scale"], found["behind"])
    return replace(said, effort_rpe=RPE_MAX - number if in_reserve else number)


def _sets_alone(said: Amounts, found: re.Match[str]) -> Amounts:
    n_sets = int(found["sets"])
    if n_sets > _MOST_SETS and not said.reps:
        return replace(said, reps=(n_sets,))  # "Russian twists 50x"
    return replace(said, n_sets=n_sets) if 0 < n_sets <= _MOST_SETS else said


def _repetitions(said: Amounts, found: re.Match[str]) -> Amounts:
    number = int(found["amount"])
    if said.n_sets is None and any(
        _units().all_out.fullmatch(each) or _A_RANGE.match(each) for each in said.inexact
    ):
        return replace(said, n_sets=number)  # "pull-ups amrap x3", "squats 8-10 reps x 3"
    if said.reps:  # "60 kg x 8 x 3" are three sets; "x 5 x 4" could be either way round
        sets_known = said.n_sets is None and said.load is not None
        return replace(said, n_sets=number) if sets_known else _inexact(said, found)
    if said.n_sets is None and (said.hold_s or said.distance_m) and number <= _MOST_SETS:
        return replace(said, n_sets=number)  # "high knees 30 m x 3"
    return replace(said, reps=(int(found["amount"]),))


def _inexact(said: Amounts, found: re.Match[str]) -> Amounts:
    return replace(said, inexact=(*said.inexact, found[0].strip()))


def _count(said: Amounts, found: re.Match[str]) -> Amounts:
    number = int(found["amount"])
    if said.count is not None or number in _ANGLES or not number:
        return said
    if said.n_sets is None and len(said.reps) == 1:
        # "20 calf raises x 3" are three sets; "4 squats x 20" could be either.
        (times,) = said.reps
        if times > _MOST_TIMES or times >= number:
            return replace(said, inexact=(*said.inexact, f"{number} ... x {times}"))
        return replace(said, n_sets=times, reps=(number,))
    return replace(said, count=number)
