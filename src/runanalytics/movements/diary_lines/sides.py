"""Sides, as they are told in a line: of each, one by one, or one leg at a time.

"Left 3x10, right 3x10", "10 L + 10 R x 3" and "8+8" are sets of each side, which are counted once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts
from runanalytics.movements.cells import side_word
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.pieces import joining, may_tell
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.reading import is_done
from runanalytics.movements.vocabulary import movement
from runanalytics.words.phrases import alternatives, any_of, every

_SIDES = frozenset(("left", "right"))
#: Movements of both sides in which these take turns.
_IN_TURN = (
    *("bird_dog", "dead_bug", "russian_twist", "bicycle_crunch", "mountain_climber"),
    *("torso_rotation", "shoulder_tap", "heel_tap", "windshield_wiper"),
    *("sprinter_crunch", "twisting_sit_up"),
)
#: As much on the other side, with how often before or behind both: "40s L + 40s R x 2", and with
#: the sides before both amounts, "L 40s R 40s x 2".
_OFTEN_BEHIND = r"(?:\s*,?\s*[x×*]\s*(?P<times>\d{1,2})(?!\w|[.,]\d))?"
_ON_BOTH_SIDES = re.compile(
    r"(?<![\w.,:])(?P<sets>\d{1,2}\s*[x×*]\s*)?\(?(?<![\d.,])(?P<number>\d{1,3})\s?(?P<unit>se[ckg]s?|s|m)?"
    r"\s*(?P<one>(?!se[ckg]|s\b|m\b)[^\W\d_]{1,9})\.?\s*(?:[+/&,]|[^\W\d_]{1,3}\s)?\s*(?(sets)(?:(?P=sets))?)"
    r"(?P=number)\s?(?(unit)(?P=unit))\s*(?P<other>[^\W\d_]{1,9})\.?(?!\w)\)?" + _OFTEN_BEHIND,
    re.IGNORECASE,
)
_SIDES_FIRST = re.compile(
    r"(?<![\w-])(?P<sets>\d{1,2}\s*[x×*]\s*)?\(?(?P<one>[^\W\d_]{1,9})\.?[\s:]\s*(?P<number>\d{1,3})"
    r"\s?(?P<unit>se[ckg]s?|s|m)?(?![^\W\d_])\s*(?:[+/&,]\s*|[^\W\d_]{1,3}\s+)?"
    r"(?P<other>[^\W\d_]{1,9})\.?[\s:]\s*(?P=number)\s?(?(unit)(?P=unit))(?!\w)\)?" + _OFTEN_BEHIND,
    re.IGNORECASE,
)
#: ... and what it needs, which is quicker to look for: one number twice, and a word between.
_ONE_NUMBER_TWICE = re.compile(
    r"(?<!\d)(\d{1,3})(?=\D)[^\d,;]{1,24}[,+]?[^\d;]{0,12}(?<!\d)\1(?!\d)"
)
#: "Der" is short for the right side where the left one has its Spanish name; else it is German.
_RIGHT_IN_SPANISH = re.compile(r"(?<![\w/+-])der(?:\.|(?![\w/+-]))(?!\s?[/+]\s?i)", re.IGNORECASE)
_LEFT_IN_SPANISH = re.compile(r"(?<!\w)(?:izq|izda|izquierd[ao])(?!\w)", re.IGNORECASE)
#: As much on either side without a word for them, "8+8", and what the name of it stands between.
_AGAIN = re.compile(r"(?<![\w.,+])(\d{1,2})\s?(?:s|se[ckg]|[\"″]|'')?\s?\+\s?\1(?!\d)", re.I)
_BESIDE_A_NAME, _MOST_WORDS = re.compile(r"[,;+()\[\]\d]"), 5
#: ... and behind sets, "3x8/8" and "3x8+8".
_OF_SETS_AGAIN = re.compile(
    r"(?P<sets>[x×*]\s*)(?P<reps>\d{1,2})(?P<sign>[/+]|\s?[/+]\s?(?!\d+\s+[^\W\d_]))(?P=reps)"
    r"(?![\d/+]|,\d|\s*[x×*]|\s?(?:kg|lb))"
)
#: What is done with both arms at once: "pull-ups 4x5 +5" are with 5 kg.
_BOTH_AT_ONCE = ("pull_up", "chin_up", "dip", "push_up", "muscle_up")
_WEIGHTED = "weighted"
#: What the pattern of a count of each side needs, which takes longer to make.
_MAY_BE_OF_SIDES = re.compile(
    r"[^\W\d_,:][,:]?\s\d{1,2}\s[^\W\d_]+\s[^\W\d_]+\s(?:\(|[^\W\d_/]+\s[^,;]*\d)"
)


def with_as_many_on_either(text: str) -> str:
    """Return a line with as many on either side as so many on each side.

    Examples
    --------
    >>> with_as_many_on_either("lunges 3x8+8"), with_as_many_on_either("weighted pull-ups 4x5 +5")
    ('lunges 3x8 each side', 'weighted pull-ups 4x5 +5 kg')
    """
    return _OF_SETS_AGAIN.sub(_on_either, text)


def _on_either(found: re.Match[str]) -> str:
    if found["sign"].strip() == "+":
        name = _BESIDE_A_NAME.split(found.string[: found.start()].rstrip(" 0123456789"))[-1]
        at_once = named_exactly(name.strip(" :")) in _BOTH_AT_ONCE
        if (at_once and found["sign"] == " +") or _WEIGHTED in words(name):
            return f"{found['sets']}{found['reps']} +{found['reps']} kg"
        if at_once:
            return found[0]  # "dips 3x10+10" are of no side
    return f"{found['sets']}{found['reps']} each side"


def with_both_sides(first: Part, second: Part) -> tuple[tuple[Part, ...], Amounts] | None:
    """Return two parts that are the sides of one as it, and what was told of it twice.

    A weight behind the second is that of both. Where one side did more than the other, both stay,
    the second with a doubt, as nothing says how many sets that makes. None is returned for parts
    that are not the sides of one movement.
    """
    one, other = first.reading, second.reading
    if one.movement is None or one.movement != other.movement:
        return None
    if {one.side, other.side} != _SIDES or not (is_done(one) and is_done(other)):
        return None
    again = Amounts(
        n_sets=other.n_sets, reps=other.reps, hold_s=other.hold_s, distance_m=other.distance_m
    )
    had = Amounts(n_sets=one.n_sets, reps=one.reps, hold_s=one.hold_s, distance_m=one.distance_m)
    if had != again or (one.load and one.load != other.load):
        doubt = f"{second.text}: more or less than '{first.text}'?"
        doubts = (*other.not_understood, doubt)
        return (first, replace(second, reading=replace(other, not_understood=doubts))), Amounts()
    doubts = tuple(dict.fromkeys((*one.not_understood, *other.not_understood)))
    reading = replace(
        one,
        side="both",
        load=other.load,
        rest_s=one.rest_s or other.rest_s,
        effort_rpe=one.effort_rpe or other.effort_rpe,
        not_understood=doubts,
    )
    return (replace(first, reading=reading),), replace(again, load=one.load and other.load)


def of_each_side(text: str) -> str:
    """Return a line with what was done on one side and then the other as of each side.

    Examples
    --------
    >>> of_each_side("side plank 40s L + 40s R x 2, lunges 8+8, get-up 3 per side (12 kg)")
    'side plank 2x40s each side, lunges x8 each side, get-up x3 per side (12 kg)'
    """
    if _LEFT_IN_SPANISH.search(text):
        text = _RIGHT_IN_SPANISH.sub("derecha", text)
    if _ONE_NUMBER_TWICE.search(text):
        text = _SIDES_FIRST.sub(_on_each_side, _ON_BOTH_SIDES.sub(_on_each_side, text))
    if "+" in text and _AGAIN.search(text):
        text = _as_much_again().sub(_with_the_other, text)
    if _MAY_BE_OF_SIDES.search(text):
        text = _count_of_sides().sub(_counted, text)
    return _one_leg_at_a_time().sub("sl", text) if may_tell(text, "one_leg_at_a_time") else text


def _counted(found: re.Match[str]) -> str:
    if _sets_before().search(found.string, 0, found.start()):
        return found[0]  # "4 times 6 each side (easy)"
    return f"x{found['reps']}"


@cache
def _sets_before() -> re.Pattern[str]:
    known = amount_words()
    return re.compile(
        rf"\d\s*(?:{alternatives((*known['times'], *known['sets']))})\s*$", re.IGNORECASE
    )


def _on_each_side(found: re.Match[str]) -> str:
    if {side_word(found["one"]), side_word(found["other"])} != {"left", "right"}:
        return found[0]
    if found["sets"] and found["times"]:
        return found[0]
    often = found["times"] or (found["sets"] or "").rstrip("x×* ")
    return _each_side(often, found["number"], found["unit"])


def _each_side(often: str | None, number: str, unit: str | None) -> str:
    # A bare number behind a name may be the height of a box.
    times = f"{often}x" if often else "" if unit else "x"
    return f"{times}{number}{unit or ''} each side"


@cache
def _as_much_again() -> re.Pattern[str]:
    """Return the pattern of "8+8" and "30 s + 30 s", with how often behind it."""
    sets = alternatives((*amount_words()["sets"], *amount_words()["times"]))
    unit = r"s|se[ckg]|[\"″]|''"
    return re.compile(
        rf"(?<![\w.,+])(?P<number>\d{{1,2}})\s?(?P<unit>{unit})?\s?\+\s?(?P=number)\s?(?P<same>{unit})?"
        rf"(?:\s*[x×*]\s*(?P<times>\d{{1,2}})(?!\w)|,?\s+(?P<often>\d{{1,2}})\s*(?:{sets})(?!\w))?"
        r"(?!\w|\s*[+x×*])",
        re.IGNORECASE,
    )


def _with_the_other(found: re.Match[str]) -> str:
    """Return "8+8" of what is done with one side after the other as so much each side."""
    behind = _BESIDE_A_NAME.split(found.string[found.end() :])[0].split()
    before = _BESIDE_A_NAME.split(found.string[: found.start()].rstrip(": "))[-1].split()
    if found["unit"] and not found["same"] and behind:
        return found[0]  # "hill sprints 5x12 s + 12 lunges"
    names = [" ".join(before[-n:]) for n in range(1, min(len(before), _MOST_WORDS) + 1)]
    names += [" ".join(behind[:n]) for n in range(1, min(len(behind), _MOST_WORDS) + 1)]
    ids = list(filter(None, map(named_exactly, names)))
    if not any(movement(id).sides == "one" or id in _IN_TURN for id in ids):
        return found[0]
    often = found["times"] or found["often"]
    return _each_side(often, found["number"], found["unit"] or found["same"])


def with_sets_of_sides(text: str) -> str:
    """Return a line with sets of each side as one amount: "10 each side x 3"."""
    return _sides_before_times().sub(_sets_of_sides, text)


def _sets_of_sides(found: re.Match[str]) -> str:
    if not _is_side(found):
        return found[0]
    between = found.string[found.end("reps") : found.start("side")].strip() or " "
    return f"{found['times'] or found['often']}x{found['reps']}{between}{found['side']}"


@cache
def _sides_before_times() -> re.Pattern[str]:
    """Return the pattern of "10 each side x 3" and "10/leg for 3 times", which are three sets."""
    return re.compile(
        r"(?<![\w.,x×*])(?P<reps>\d{1,2})(?:\s+|\s*/\s*)(?P<side>[^\W\d_]+(?:\s[^\W\d_]+)?)"
        r"(?:\s*[x×*]\s*(?P<times>\d{1,2})|\s+(?:[^\W\d_]{3,4}\s+)?(?P<often>\d{1,2})\s*"
        rf"(?:{alternatives(amount_words()['times'])}))(?=\s*(?:$|[,;.(]|(?:{joining('with')})\s))",
        re.IGNORECASE,
    )


def _is_side(found: re.Match[str]) -> bool:
    between = found.string[found.end("reps") : found.start("side")].strip()
    said = f"{between}{found['side'].casefold()}"
    return said in amount_words()["each_side"] or bool(not between and side_word(found["side"]))


@cache
def _count_of_sides() -> re.Pattern[str]:
    """Return the pattern of a count of each side with more behind: "get-up 3 per side (12 kg)"."""
    side = any_of([side for side in amount_words()["each_side"] if " " in side])
    return re.compile(
        rf"(?:(?<=[^\W\d_]{{2}}\s)|(?<=[,:]\s))(?<!\s(?:of|d[aei]|zu)\s)(?P<reps>\d{{1,2}})(?=\s+(?:{side})\s*(?:\(|(?:{joining('with')})\s+[^,;]*\d))",
        re.IGNORECASE,
    )


@cache
def _one_leg_at_a_time() -> re.Pattern[str]:
    """Return the pattern of "one leg at a time", which is single-leg work."""
    said = any_of(every("diary.one_leg_at_a_time"))
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)
