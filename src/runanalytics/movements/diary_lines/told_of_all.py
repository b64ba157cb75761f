"""What a line tells once of all that it names, in the words that other rooms read.

"Squats, dips - 20 of each, 3 rounds" are 3x20 of each, "drills all 20 m and twice through: ..."
2x20 m of each, "same weight throughout, a 10 kg kettlebell" is all with 10 kg, and "strides as a
ladder: 60-80-100 m" are strides over these ways.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import any_joining, joining, joining_words, may_tell
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.vocabulary import WHOLES
from runanalytics.words.phrases import alternatives

_LETTERS = re.compile(r"[^\W\d_]+")
#: What each kind needs, which is quicker to look for.
_COUNTED_ROUNDS = re.compile(r"\d\s?[^\W\d_:,;()]*[^\d:;]{2,20},\s*\d{1,2}\s?[^\W\d_x×]")
_WAY_AND_TIMES = re.compile(
    r"\d\s?[^\W\d_\"']{0,7}[\"']{0,2}(?:,|\s[^\W\d_]{1,3})\s+(?:\d{1,2}\s?[^\W\d_]{2}[^:;\d]*"
    r"|[^\W\d_]{2,5}\s+[^:;\d]{3,14}):"
)
_SETS_AND_DASH = re.compile(r"\d\s*[x×]\s*\d{1,3}[^:;,+\d]*\s[-–—]\s+[^\W\d_]")
_LADDER = r"\d{1,3}(?:\s?-\s?\d{1,3}){2,}"
_A_LADDER = re.compile(_LADDER)
_WEIGHT = re.compile(r"\d\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
_TIMES_LAST = re.compile(r",\s*\d{1,2}\s?(?:[x×]|[^\W\d_]{3,8})[\s.!]*$", re.IGNORECASE)
_TIMES_TOLD = re.compile(r"\d[^\d]*\s\d[^\d,;]*,\s*\d{1,2}\s?(?:[x×]|[^\W\d_]{3,8})\s*(?:$|[,;.])")
_OF_SETS = re.compile(r"\d\s*[x×*]\s*\d|(?<![^\W\d_])[x×]\s?\d", re.IGNORECASE)
_SEVERAL = re.compile(r"[,+&/]|\s[^\W\d_]{1,3}\s")


def as_told_of_all(line: str) -> str:
    """Return a line with what it tells of all that it names in one way.

    Examples
    --------
    >>> as_told_of_all("squats, dips - 20 of each, 3 rounds")
    'squats, dips - 3x20 of each'
    >>> as_told_of_all("drills all 20 m and 2 times through: ankling, carioca")
    'drills: 2x20 m each: ankling, carioca'
    >>> as_told_of_all("squats 3x8, lunges 3x8; same weight throughout, a 10 kg kettlebell")
    'squats 3x8, lunges 3x8; all with 10 kg kettlebell'
    """
    if not any(map(str.isdigit, line)):
        return line
    if _COUNTED_ROUNDS.search(line):
        line = _each_in_rounds().sub(_as_sets_of_each, line)
    if _WAY_AND_TIMES.search(line):
        line = _all_over_a_way().sub(_way_of_each, line)
    if _SETS_AND_DASH.search(line):
        line = _each_and_dash().sub(_before_colon, line)
    if "(" in line:
        line = _counts_in_brackets().sub("", line)
        line = _sides_in_brackets().sub(r"\g<name> \g<count>", line)
    if _WEIGHT.search(line):
        line = _one_weight().sub(r"\g<before>all with \g<load>", line)
        line = _weight_for_all().sub(r"\g<load>: ", line)
    if may_tell(line, "at_once") and _TIMES_TOLD.search(line):
        line = _at_once().sub(_in_turn, line)
    if _TIMES_LAST.search(line):
        line = _straight_through().sub(_in_rounds, line)
    return line


def as_between_sets(text: str) -> str:
    """Return a line with "between sets" for longer words of it, which have numbers of their own.

    Examples
    --------
    >>> as_between_sets("squats 4x8, 2 min between one set and the next")
    'squats 4x8, 2 min between sets'
    """
    if not may_tell(text, "from_set_to_set"):
        return text
    return _from_set_to_set().sub("between sets", text)


@cache
def _from_set_to_set() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('from_set_to_set')})(?!\w)", re.IGNORECASE)


def as_ladders(text: str) -> str:
    """Return a line without words that say of numbers with dashes that they are a ladder.

    Examples
    --------
    >>> as_ladders("strides as a ladder: 60-80-100 m"), as_ladders("ladder 10-8-6 push-ups, dips")
    ('strides 60-80-100 m', '10-8-6 push-ups, dips')
    """
    if not _A_LADDER.search(text) or _ladders().isdisjoint(_LETTERS.findall(text.casefold())):
        return text
    return _as_ladder().sub(lambda found: f"{found['before'] or ''}{found['behind'] or ''}", text)


@cache
def _times() -> str:
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    through = rf"(?:\s+(?:{joining('through')})(?!\w))?"
    return rf"(?:{any_joining('rounds', 'rounds_ahead')}|{often})(?!\w){through}"


@cache
def _each() -> str:
    return rf"(?:(?:{of_what()})\s+)?(?:{any_joining('each', 'each_of')})(?!\w)"


@cache
def _each_in_rounds() -> re.Pattern[str]:
    """Return the pattern of "- 20 of each, 3 rounds" and ": 20 m each, twice"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"], *known["repetitions"]))
    sides = {word for each in known["each_side"] for word in each.split()[1:] if word.isalpha()}
    return re.compile(
        rf"(?P<sign>\s+[-–—]\s+|\s*:\s+|\s*\(|,\s+)(?P<each>\d{{1,3}}(?:\s?(?:{unit})(?!\w))?)\s+"
        rf"(?P<of>{_each()})(?!\s+(?:{alternatives(sides)})(?!\w)),\s*(?P<times>\d{{1,2}})\s*{_times()}"
        r"(?=\s*(?:$|[,;.)]))",
        re.IGNORECASE,
    )


def _as_sets_of_each(found: re.Match[str]) -> str:
    names = re.split(r"[;.]\s|:\s", found.string[: found.start()])[-1]
    if any(map(str.isdigit, names)) or not _SEVERAL.search(names):
        return found[0]
    return f"{found['sign']}{found['times']}x{found['each']} {found['of']}"


@cache
def _all_over_a_way() -> re.Pattern[str]:
    """Return the pattern of "all 20 m and 2 times through:" and "over 15 m, one of each:"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"]))
    one = alternatives(word for word, number in numbers().items() if number == 1)
    apart = rf"\s*(?:,|\s(?:{joining('and')})(?=\s))\s*"
    all_ = rf"(?:(?P<all>{any_joining('each', 'everything')})\s+)?"
    return re.compile(
        rf"(?:^|(?P<what>[^\W\d_][^:;,+()\d]*?)[\s,]+){all_}(?:(?:{joining('over')}|{of_what()})\s+)?"
        rf"(?P<way>\d{{1,3}}\s?(?:{unit}))(?!\w){apart}(?P<times>\d{{1,2}})\s*{_times()}\s*:"
        rf"|\s+(?:{joining('over')})\s+(?P<far>\d{{1,3}}\s?(?:{unit}))(?!\w),\s*(?:{one})\s+(?:{_each()})\s*:",
        re.IGNORECASE,
    )


def _way_of_each(found: re.Match[str]) -> str:
    if found["far"]:
        return f": 1x{found['far']} each:"
    what = found["what"] or ""
    if not found["all"] and named_exactly(what) not in WHOLES:
        return found[0]
    return f"{what}{': ' if what else ''}{found['times']}x{found['way']} each:"


@cache
def _each_and_dash() -> re.Pattern[str]:
    """Return the pattern of "drills 2x30 m each - ", which a colon may stand for."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"]))
    sets = rf"\d{{1,2}}\s*[x×]\s*\d{{1,3}}(?:\s?(?:{unit})(?!\w))?"
    return re.compile(
        rf"(?:^|(?<=[:;.,]\s))(?P<what>[^\W\d_][^:;,+()\d]*?)\s+(?P<amounts>{sets}\s+{_each()}|{_each()}\s+{sets})"
        r"\s+[-–—]\s+(?=[^\W\d_])",
        re.IGNORECASE,
    )


def _before_colon(found: re.Match[str]) -> str:
    if named_exactly(found["what"]) not in WHOLES:
        return found[0]
    return f"{found['what']} {found['amounts']}: "


@cache
def _counts_in_brackets() -> re.Pattern[str]:
    """Return the pattern of "reps in brackets", which says what brackets hold behind it."""
    reps = alternatives(amount_words()["repetitions"])
    return re.compile(
        rf"(?:\s*[,;]\s*|\s+\(|\s+)(?:{reps})\.?\s+(?:{joining('in_brackets')})\)?(?=\s*(?::|\s[-–—]\s))",
        re.IGNORECASE,
    )


@cache
def _sides_in_brackets() -> re.Pattern[str]:
    """Return the pattern of a count of each side in brackets: "jump lunges (8 per leg)"."""
    side = alternatives(amount_words()["each_side"])
    return re.compile(
        r"(?P<name>(?:^|(?<=[,;:+]\s))[^\W\d_][^\d,;:+()]*?)\s*"
        rf"\((?P<count>\d{{1,3}}\s?(?:{side}))\)(?=\s*(?:$|[,;.+]))",
        re.IGNORECASE,
    )


@cache
def _ladders() -> frozenset[str]:
    return frozenset(word.casefold() for word in joining_words("ladder"))


@cache
def _as_ladder() -> re.Pattern[str]:
    """Return the pattern of what says that numbers are steps: "as a ladder: 60-80-100 m"."""
    ladder = rf"(?:{joining('ladder')})(?!\w)(?:\s+(?!(?:{of_what()})\s)[^\W\d_]{{8,}})?"
    as_ = r"(?:as|in|als|en|comme|como|come|a)\s+(?:(?:a|an|une|una)\s+)?"
    return re.compile(
        rf"(?P<before>[^\W\d_]{{3}}),?\s+{as_}{ladder}\s*:?(?P<behind>\s+(?={_LADDER}))"
        rf"|(?:^|(?<=[:;.]\s)){ladder}\s*:?\s+(?:(?:{of_what()})\s+)?(?={_LADDER}\s?(?:[ms]\s+)?[^\W\d_]{{4}})",
        re.IGNORECASE,
    )


@cache
def _one_weight() -> re.Pattern[str]:
    """Return the pattern of "same weight throughout, a 10 kg kettlebell" behind all."""
    same, all_ = joining("same_weight"), joining("throughout")
    told = rf"(?:(?:{same})\s+(?:{all_})|(?:{all_})\s+(?:{same}))(?!\w)"
    small = r"(?:[^\W\d_]{1,4}\s+){0,2}"
    load = (
        r"(?:[^\W\d_]+\s+(?:[^\W\d_]{1,3}\s+)?)?\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)(?!\w)[^,;.:+\d]*"
    )
    return re.compile(
        rf"(?P<before>[,;.]\s+|\s[-–—]\s+){told}\s*[,:(]?\s*{small}(?P<load>{load}?)\)?(?=\s*(?:$|[,;.]))",
        re.IGNORECASE,
    )


@cache
def _weight_for_all() -> re.Pattern[str]:
    """Return the pattern of "50 kg on the bar for everything -" before all."""
    on_it = rf"(?:\s+(?:[^\W\d_]{{1,3}}\s+){{0,2}}(?:{any_joining('bare_bar', 'what_again')}))?"
    all_ = rf"(?:{any_joining('throughout', 'for_all', 'of_all')})"
    return re.compile(
        rf"^(?P<load>\d{{1,3}}(?:[.,]\d)?\s?(?:kg|lbs?)){on_it}\s+{all_}"
        r"\s*(?:[:,;]|\s[-–—])\s+",
        re.IGNORECASE,
    )


@cache
def _at_once() -> re.Pattern[str]:
    """Return the pattern of "5 squats and straight into 5 squat jumps, 4 times"."""
    apart = r"[^:;,+()]*?[^\W\d_]{3}[^:;,+()]*?"
    return re.compile(
        rf"(?P<one>\d{apart}),?\s+(?:{joining('at_once')})\s+(?P<other>\d{apart}),\s*"
        rf"(?P<times>\d{{1,2}})\s*{_times()}(?=\s*(?:$|[,;.]))",
        re.IGNORECASE,
    )


def _in_turn(found: re.Match[str]) -> str:
    if _OF_SETS.search(found["one"]) or _OF_SETS.search(found["other"]):
        return found[0]
    return f"{found['times']}x({found['one']} + {found['other']})"


@cache
def _straight_through() -> re.Pattern[str]:
    """Return the pattern of "25 press-ups, 40 sit-ups, straight through, twice"."""
    return re.compile(
        rf"(?P<sign>\s*[,;.]\s*)(?:{joining('straight_through')})(?:\s*,\s*|\s+)(?P<times>\d{{1,2}})\s*"
        rf"(?:[x×]|{_times()})[\s.!]*$",
        re.IGNORECASE,
    )


def _in_rounds(found: re.Match[str]) -> str:
    if _OF_SETS.search(found.string, 0, found.start()):
        return found[0]
    return f", {found['times']} rounds"
