"""Full stops in a diary line: between two sentences, and behind a word that is cut short.

"3x8 squats. Right knee ok. 4x20 m skips" are three parts, "bounds altern. 3x30 m" is one.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import is_amounts, joining, joining_words
from runanalytics.movements.diary_lines.unread import is_vocabulary
from runanalytics.movements.index import index
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import lexicon, words
from runanalytics.words.phrases import every

#: A full stop between two parts stands behind a number with its unit, or a word.
_SENTENCE = re.compile(
    r"(?P<before>/(?:km|mi|mile|[^\W\d_]{1,3})|\d\s?(?:[smk]|kg|lbs?|km|cm|mi|min|rm|%|[\"'″′]{1,2})?[)%]?|[^\W\d_]{3,}|[^\W\d_]{2}\)|(?<=\s)[^\W\d_]{2}(?=\.\s+[A-ZÀ-Ý\d]))\.\s+"
    r"(?=[^\W\d_]{2}|\d|[x×]\s?\d|[^\W\d_a-zà-ÿ]['’\s:)-])"
)
#: How long all of it took, behind the last part.
_TIME_OF_ALL = re.compile(r"\d{1,2}:[0-5]\d(?:\s*(?:min|total|in total|gesamt|$)|\s*[,;.(])")
#: A word that may be one of a name, what ends a name, and the most words that it has.
_A_NAME, _NO_LETTERS = re.compile(r"[^\W\d_]{4}|[A-Z]{3}"), re.compile(r"[,;:/+()\d]")
_MOST_WORDS = 4
#: Sets before a full stop, and behind it.
_SETS = re.compile(r"\d\s*(?:[x×*]|[^\W\d_]{3,6})\s*\d", re.IGNORECASE)
_SETS_OF = re.compile(
    r"\d{1,2}\s*(?:[x×*]|[^\W\d_]{3,9}\s(?:[^\W\d_]{1,3}\s)?)\s*\d", re.IGNORECASE
)
_SETS_WITH_NAME = re.compile(
    r"\d{1,2}\s*[x×*]\s*\d{1,3}(?:\s?(?:[smk]|kg|lbs?|min|secs?|sek|seg|[\"'″′]{1,2}))?\s+[^\W\d_]{4}",
    re.IGNORECASE,
)
_SEVERAL_WORDS = re.compile(r"[^\W\d_]\s+[^\W\d_]{4}")
_A_RUN = re.compile(r"\d\s?(?:min|km|mi|miles?|h|['′’])(?!\w)", re.IGNORECASE)
_COUNTED_NAME = re.compile(
    r"\d{1,2}\s*(?:[x×*]\s*(?:\d{1,3}\s?[^\W\d_]{0,4}\s+)?)?[^\W\d_]{4}", re.IGNORECASE
)
#: Repetitions of each set, sets of them, or a count, and the words behind.
_COUNTS_AND_NAME = re.compile(
    r"\d{1,2}(?:(?:[-/]\d{1,2})+|\s*[x×*](?:\s*\d{1,3})?)?\s+(?P<name>[^\d,;.:()]+)",
    re.IGNORECASE,
)
#: "8 x 2" before "sets".
_BY_SETS = re.compile(r"\d\s*[x×]\s*\d{1,2}\s+$")
#: Letters of a word that is too short for most sentences to end with.
_TWO = 2
#: Words up to "each" that amounts stand in, "2x30 m of each".
_BEFORE_EACH = 4
#: Letters from which a full stop ends a sentence whatever follows.
_LEAST_AT_THE_END = 4


def with_sentences_parted(line: str) -> str:
    """Return a line with a semicolon for each full stop between two parts.

    Examples
    --------
    >>> with_sentences_parted("3x10 lunges re. 3x8 squats. Right knee ok. 4 strides")
    '3x10 lunges re. 3x8 squats; Right knee ok; 4 strides'
    """
    if "." not in line:
        return line
    return _SENTENCE.sub(lambda one: f"{one['before']}{_stop(one)}", line)


def _stop(found: re.Match[str]) -> str:
    """Return what a full stop stands for: between parts ";", behind what is cut short itself."""
    before, text = found["before"], found.string
    if before.isalpha() and _rounds_told().match(text, found.end()):
        return "; "  # "14 turned up. 3 times round: ..."
    if before[0].isdigit():
        # "1. Squats" is the first of several.
        said = text[: found.start() + len(before)]
        is_list = re.search(r"(?:^|(?<!\d)[;,]\s*)\d*$", said) is not None
    elif before.endswith(")") or before[0] == "/":
        is_list = False  # "side plank 2x20 s li/re. 2x10 squats"
    else:
        word = before.casefold()
        of_weight = lexicon().loads.issuperset(words(word) or " ")  # "..., 20 kg kb. Lunges"
        felt = word in joining_words("felt")  # "Right knee ok. 3x8 squats"
        if felt and len(word) == _TWO:
            return "; "
        if len(word) == _TWO and word not in _small_words() and not of_weight:
            return found[0][len(before) :]  # "60 kg on it. Backward ..." ends, "re. 3x10" does not
        told = text[: found.end("before")].split()
        if word in _often() and len(told) > 1 and told[-2].isdigit():
            return "; "  # "high knees 15 m, 4 times. 2 min plank"
        if word in _of_sets() and _BY_SETS.search(text[: found.start()]):
            return "; "  # "calf raises 8 x 2 sets. 2x25 m skips"
        if word in _repetitions() and _begins_a_sentence(text, found):
            return "; "
        if (
            word in _each()
            and len(told) > 1
            and any(map(str.isdigit, " ".join(told[-_BEFORE_EACH:])))
        ):
            return "; "  # "high knees, skips - 2x30 m of each. 4 strides to finish"
        goes_on = text[found.end() : found.end() + 1].isdigit()
        known = is_vocabulary(word) or word in numbers()
        complete = (
            goes_on
            and (len(word) >= _LEAST_AT_THE_END or before.isupper())  # "RDL. 3x15 calf raises"
            and _ends_a_name(text, found.end("before"))
        )
        if _TIME_OF_ALL.match(text, found.end()):
            return "; "
        complete = complete or (goes_on and _is_between_sets(text, found))
        goes_on = goes_on and not complete  # "3x10 squats. 3x5 hip thrusts"
        if not known and text[found.end() : found.end() + 1].isupper():
            # "Track iced over. Pool ..." are sentences, "Ausfallschr. Sprünge" are not.
            known = not any(each.startswith(word) for each in index().vocabulary)
        is_list = goes_on or (word in _cut_short() and not complete) or not known
        if len(word) < _LEAST_AT_THE_END and not (is_list or complete):
            is_list = not text[found.end() : found.end() + 1].isupper()
    return found[0][len(before) :] if is_list else "; "


@cache
def _rounds_told() -> re.Pattern[str]:
    """Return the pattern of rounds of what a colon stands before: "3 rounds: ..."."""
    return re.compile(rf"\d{{1,2}}\s*(?:{joining('rounds')})\s*:\s", re.IGNORECASE)


@cache
def _often() -> frozenset[str]:
    return frozenset(each.rstrip(".").casefold() for each in amount_words()["times"])


@cache
def _each() -> frozenset[str]:
    """Return the last words of whatever says "of each" and is not cut short, in lower case."""
    said = (*joining_words("each"), *joining_words("both"), *joining_words("each_of"))
    last = {each.casefold().split()[-1] for each in said}
    return frozenset(word for word in last if word.isalpha()) - _cut_short()


@cache
def _of_sets() -> frozenset[str]:
    return frozenset(each.rstrip(".").casefold() for each in amount_words()["sets"])


@cache
def _repetitions() -> frozenset[str]:
    known = amount_words()
    units = (*known["repetitions"], *known["seconds"], *known["metres"])
    return frozenset(word.rstrip(".").casefold() for word in units if len(word) > _TWO)


def _begins_a_sentence(text: str, stop: re.Match[str]) -> bool:
    """Return whether what stands behind "reps." has amounts and is no name of theirs.

    "Hops: 3 sets, 20 reps. Skipping 5 min" are two; "3x10 Wdh. Kniebeugen" is one.
    """
    said = re.split(r";|\.\s", text[: stop.start()])[-1].lstrip()
    of_next = said.rpartition(", ")[2] + stop["before"]
    if "," in said and _SETS_OF.match(of_next):
        return False  # "Kreuzheben 50 kg, 3x10 Wdh. Rudern 40 kg"
    name, _, behind = re.split(r";|\.\s", text[stop.end() :])[0].partition(",")
    counted = any(map(str.isdigit, name)) or is_amounts(behind.split(",")[0])
    return said[:1].isalpha() and name[:1].isupper() and counted


def _ends_a_name(text: str, end: int) -> bool:
    """Return whether a name ends at a place, and one follows: "5x lignes droites. 3x10 squats"."""
    if not _A_NAME.search(re.split(r"[,;.]", text[end + 1 :])[0]):
        return False  # "balzi altern. 3x30 m"
    told = _NO_LETTERS.split(text[:end])[-1].split()[-_MOST_WORDS:]
    return any(named_exactly(" ".join(told[first:])) for first in range(len(told)))


def _is_between_sets(text: str, stop: re.Match[str]) -> bool:
    """Return whether sets stand before a full stop, and others with their name behind it.

    As in "3x40 s plank per side. 3x20 squats", but not in "bounds altern. 3x30 m".
    """
    before = re.split(r"[,;]\s|\.\s", text[: stop.start()])[-1] + stop["before"]
    alone = not any(map(str.isdigit, before)) and stop["before"].casefold() not in _cut_short()
    if alone and _SEVERAL_WORDS.search(before) and is_vocabulary(stop["before"].casefold()):
        # "On the track. 3x8 squats", "Slowly down. 6 hill sprints"
        return bool(_SETS_WITH_NAME.match(text, stop.end())) or _counts_what_is_known(text, stop)
    if _A_RUN.search(before) and _COUNTED_NAME.match(text, stop.end()):
        return True  # "15 min easy. 4 hill sprints"
    whole = stop["before"].casefold() not in _cut_short()
    if whole and _COUNTED_NAME.match(before.lstrip()) and _counts_what_is_known(text, stop):
        return True  # "10x cuestas. 8-8-6-6 flexiones"
    return bool(_SETS.search(before) and _SETS_WITH_NAME.match(text, stop.end()))


def _counts_what_is_known(text: str, stop: re.Match[str]) -> bool:
    """Return whether a full stop stands before a known exercise with how often it was done."""
    behind = _COUNTS_AND_NAME.match(text, stop.end())
    return behind is not None and named_exactly(behind["name"].strip()) is not None


@cache
def _small_words() -> frozenset[str]:
    """Return words that tell nothing of what was done, in lower case."""
    return frozenset(word.casefold() for word in every("diary.filling")) - _cut_short()


@cache
def _cut_short() -> frozenset[str]:
    """Return words that a full stop behind them cuts short, in lower case: "einb.", "approx."."""
    return frozenset(word.casefold() for word in every("diary.cut_short"))
