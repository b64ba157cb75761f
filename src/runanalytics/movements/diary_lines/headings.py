"""The heading of a diary line: which day of a programme it is, and how often all was done.

"Week 2 of the plan: squats 3x8", "App at home, 3 rounds of 40 s: squats, push-ups", "Circuit x4 /
10 squats / 8 lunges", "twice through the list - 12 squats", "block 1 x3: ...; block 2 x2: ...".
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.diary_lines.pieces import (
    begins_with_amounts,
    is_amounts,
    is_aside,
    is_other,
    joining,
    places,
)
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.reading import has_sets
from runanalytics.movements.vocabulary import WHOLES
from runanalytics.words.phrases import alternatives, every

#: What a heading and the first of what was counted stand between, but for a colon.
_NO_COLON = re.compile(r"\s*[;/|=]\s*|\s+[-–—]\s+")
#: Something that was counted: "10 squats", "30 s plank".
_COUNTED = re.compile(r"\d{1,3}\s?(?:[^\W\d_]{1,4}\.?|[\"'″′]{1,2})?\s+[^\W\d_]{3}")
#: How far or how long each was, at the end of a heading: "drills over 30 m".
_OF_EACH = re.compile(r"(?:^|\s+)(?:[^\W\d_]{1,5}\s+)?(?P<each>\d{1,3}\s?[^\W\d_]{1,7})$")
#: ... and what may be that before a colon, which is quicker to look for.
_WAY_AHEAD = re.compile(r"\d\s?(?:[^\W\d_]{1,7}|[\"'″′]{1,2})(?:,[^:,]{3,20})?\s*:")
_TOLD_APART = re.compile(r"\s*[,()]\s*|\s+[-–—]\s+")
#: What may be how often several parts that plus signs join were done.
_WITH_PLUS, _OF_SETS = re.compile(r"\s\+\s"), re.compile(r"\d\s*[x×*]\s*\d", re.IGNORECASE)
_WEIGHT = re.compile(r"\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
#: What stands between several names.
_SEVERAL = re.compile(r"[,/+&]|\s[^\W\d_]{1,3}\s")
#: What is done in rounds.
_IN_ROUNDS = ("circuit", "hiit")
#: Runs are no parts of what was done so often.
_A_RUN = re.compile(r"\d\s?(?:km?|h|min|mi|'|′)(?!\w)", re.IGNORECASE)


def with_rounds_alone(line: str) -> str:
    """Return a line with the rounds, or the sets of each, that end its heading as one of their own.

    Examples
    --------
    >>> with_rounds_alone("At home, 3 rounds of 40 s: squats, push-ups")
    'At home: 3 rounds of 40 s: squats, push-ups'
    >>> with_rounds_alone("3 sets of 10, each exercise: squats, push-ups")
    '3 sets of 10: squats, push-ups'
    """
    line = _with_rounds_ahead(_of_all_with_plus(_with_rounds_of(line)))
    line = _with_amounts_told_apart(line)
    if _has_number(line):
        line = _rounds_in_heading().sub(_heading, line)
        line = _sets_in_heading().sub(r"\1:", line)
    if _WAY_AHEAD.search(line):
        line = _each_over_a_way().sub(_of_each_way, line)
    return _each_in_brackets().sub(" each", _each_behind().sub(_with_each_behind, line))


def without_labels(line: str) -> str:
    """Return a line without what numbers its blocks, with the rounds of each as a heading.

    Examples
    --------
    >>> without_labels("Block 1 x3: 10 squats, 8 lunges; block 2 x2: 15 crunches")
    '3 rounds: 10 squats, 8 lunges; 2 rounds: 15 crunches'
    >>> without_labels("S/S 1: squat 3x8 + dips 3x10. S/S 2: lunge 3x10")
    'squat 3x8 + dips 3x10; lunge 3x10'
    """
    if not any(map(str.isdigit, line)):
        return line
    line = _NUMBER_SIGN.sub("", line)
    if ":" not in line:
        return line
    line = _labelled_with_rounds_behind().sub(_rounds_first, line)
    return _labels().sub(_of_label, line).removeprefix("; ")


#: "n. 8 da 60 m", "n° 3 séries": a sign before a number.
_NUMBER_SIGN = re.compile(r"(?<![\w.])(?:n|nr|no)\s?[.°º]\s*(?=\d)", re.IGNORECASE)


@cache
def _labels() -> re.Pattern[str]:
    """Return the pattern of the number of a block, with its rounds: "block 2 x2:", "S/S 1:"."""
    return re.compile(
        rf"(?:^|(?P<behind>[:;,.]\s+))(?:{joining('label')})\s*(?:\d|[A-F]|I{{1,3}})"
        rf"(?:[\s,(]+(?:[x×]\s?(?P<times>\d{{1,2}})|(?P<often>\d{{1,2}})\s*(?:[x×]|{_often()}))\)?)?\s*:\s+",
        re.IGNORECASE,
    )


@cache
def _labelled_with_rounds_behind() -> re.Pattern[str]:
    """Return the pattern of a block with its rounds at its end: "block 1: ... (3 rounds)"."""
    return re.compile(
        rf"(?<!\w)(?P<label>(?:{joining('label')})\s*(?:\d|[A-F]|I{{1,3}}))\s*:\s+(?P<parts>[^:()]*?)[\s,]*"
        rf"\((?:[x×]\s?(?P<times>\d{{1,2}})|(?P<often>\d{{1,2}})\s*(?:[x×]|{_often()}))\)",
        re.IGNORECASE,
    )


def _rounds_first(found: re.Match[str]) -> str:
    return f"{found['label']} x{found['times'] or found['often']}: {found['parts']}"


def _of_label(found: re.Match[str]) -> str:
    times = found["times"] or found["often"]
    before = ": " if (found["behind"] or "").startswith(":") else "; "
    return f"{before}{times} rounds: " if times else before


@cache
def _often() -> str:
    """Return a pattern of words for how often all was done, which a heading alone has, too."""
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    return rf"(?:{joining('rounds')}|{joining('rounds_ahead')}|{often})(?!\w)"


@cache
def _filling() -> frozenset[str]:
    """Return words that tell nothing of what was done: "today", "only", "repeat"."""
    said = (*every("diary.filling"), *every("diary.little"), *every("diary.all_of_it"))
    return frozenset(word for phrase in said for word in phrase.casefold().split())


@cache
def _once() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('once')})(?!\w)", re.IGNORECASE)


@cache
def _rounds_ahead() -> re.Pattern[str]:
    """Return the pattern of a heading that has how often all was done, and through what.

    "Circuit x4", "Core, 3 laps", "twice through the list", "un seul tour du circuit, tired".
    """
    return re.compile(
        r"^(?P<what>[^:;+/]*?)(?<![\w.,x×*])"
        rf"(?:[x×]\s?(?P<times>\d{{1,2}})(?:\s(?:{_often()}))?|(?P<often>\d{{1,2}}|(?P<once>{joining('once')}))\s*(?:[x×]|{_often()}))(?!\w)"
        rf"(?:\s*(?:{joining('through')})(?!\w))?"
        rf"(?:\s+(?:[^\W\d_]{{1,3}}['’\s]\s*){{0,2}}(?P<kind>[^\W\d_]+\s+)??(?:{joining('circuit')})(?!\w))?"
        r"(?P<how>[^:;\d]*)$",
        re.IGNORECASE,
    )


@cache
def _behind_each() -> re.Pattern[str]:
    return re.compile(rf"[\s,]+(?:{joining('each')})$", re.IGNORECASE)


@cache
def _rounds_of() -> re.Pattern[str]:
    """Return the pattern of rounds of several exercises, behind who did them, where or what else.

    As in "we did 3 rounds of 10 squats, 8 lunges" and "3 sets each of 10 squats and 8 lunges".
    """
    known = amount_words()
    of = alternatives(word for word in known["of"] if word.isalpha())
    each = rf"(?:{alternatives(known['sets'])})\s+(?:{joining('each')})\s+(?:{of})"
    return re.compile(
        r"(?:^(?:(?P<who>[^:;,+()\d]{2,40}?)\s+)?|(?P<behind>[,;]\s+))(?P<times>\d{1,2})\s*"
        rf"(?:(?P<rounds>{joining('rounds_ahead')})(?:\s+(?:{of}))?|{each})\s+"
        r"(?=\d{1,3}\s+[^\W\d_]{3})",
        re.IGNORECASE,
    )


def _with_rounds_of(line: str) -> str:
    """Return a line with rounds of several exercises as a heading: "we did 3 rounds of 10 ..."."""
    found = _rounds_of().search(line)
    if found is None or (found["who"] and named_exactly(found["who"]) is not None):
        return line
    rest = line[found.end() :]
    if found["rounds"] and re.search(rf"\d\s*{found['rounds']}(?!\w)", rest):
        return line  # "... and 2 rounds of 12 lunges"
    before = (
        f"{found['who']}: " if found["who"] else f"{line[: found.start()]}{found['behind'] or ''}"
    )
    return f"{before}{found['times']} rounds: {rest}"


def _with_rounds_ahead(line: str) -> str:
    """Return a line with how often all was done as a heading of its own: "3 rounds: ..."."""
    head, colon, rest = line.partition(": ")
    told = _heading_of_rounds(head, rest) if colon else None
    if told is None and (found := _NO_COLON.search(line)) and _COUNTED.match(line, found.end()):
        head, rest = line[: found.start()], line[found.end() :]
        ends = _rounds_ahead().match(head)
        told = _heading_of_rounds(head, rest) if ends and not ends["how"].strip() else None
    return line if told is None else f"{told}{rest}"


def _heading_of_rounds(head: str, rest: str) -> str | None:
    if not (any(map(str.isdigit, head)) or _once().search(head)):
        return None  # as most: the pattern of rounds takes longer
    found = _rounds_ahead().match(head)
    if found is None or begins_with_amounts(rest) or head.count("(") != head.count(")"):
        return None
    what, how = found["what"].strip(" ,(-–"), found["how"].strip(" ,)")
    times = found["times"] or ("1" if found["once"] else found["often"])
    if of_each := _OF_EACH.search(_behind_each().sub("", what)):
        said = take_amounts(of_each["each"])[0]
        if not (said.distance_m or said.hold_s):
            return None
        return f"{what[: of_each.start()]} {times}x{of_each['each']}: ".lstrip()
    id = named_exactly(what) if what else None
    if any(map(str.isdigit, what)) or not (id is None or id in WHOLES or is_other(id)):
        return None
    beside = [*re.split(r"\s*,\s*", what), found["kind"] or "", *re.split(r"\s*,\s*", how)]
    told = [
        each.strip()
        for each in beside
        if not (_filling().issuperset(each.casefold().split()) or is_aside(each))
    ]
    return "".join(f"{each}: " for each in (*told, f"{times} rounds"))


def _with_amounts_told_apart(line: str) -> str:
    """Return a line with the sets and repetitions of its heading as one amount.

    As in "strength (3 sets, 10 reps): squats 40 kg, dips".
    """
    head, colon, rest = line.partition(":")
    if not colon:
        return line
    if ":" in rest and not any(map(str.isdigit, head)):
        # "strength: 3 sets, 10 reps: squat 40 kg"
        return f"{head}: {_with_amounts_told_apart(rest.strip())}"
    name, *told = (each for each in _TOLD_APART.split(head) if each) if head else ("",)
    if told and is_amounts(name):
        name, told = "", [name, *told]
    together = " ".join(told)
    if len(told) < 2 or not all(map(is_amounts, told)) or any(map(str.isdigit, name)):
        return line
    return f"{name} {together}:{rest}".strip() if has_sets(take_amounts(together)[0]) else line


@cache
def _times_of_all() -> re.Pattern[str]:
    """Return the pattern of how often all was done, behind the last part, and how."""
    times = alternatives(amount_words()["times"])
    return re.compile(
        rf"(?:\s*,\s*(?:[^\W\d_]{{1,3}}\s+)?(?P<times>\d{{1,2}})\s*(?:[x×]|{times}|{joining('rounds')})"
        rf"|\s+[-–—]\s+(?P<again>\d{{1,2}})\s*(?:[x×]|{times})"
        rf"|,\s*(?P<each>\d{{1,2}})\s*(?:{alternatives(amount_words()['sets'])})\s+(?:[^\W\d_]{{1,3}}\s+)?(?:{joining('each')})"
        rf"|\s+(?:[x×]\s*)?(?P<rounds>\d{{1,2}})\s*(?:{joining('rounds')}))(?!\w)(?P<how>[^\d:;]*)$",
        re.IGNORECASE,
    )


def _of_all_with_plus(line: str) -> str:
    """Return a line with how often what plus signs join was done as its heading.

    As in "high knees 20 m + strides 60 m, 4 times" and "squats 15 + dips 10 x 5 rounds".
    """
    if (found := _times_of_all().search(line)) is None:
        return line
    head, colon, parts = line[: found.start()].rpartition(": ")
    of_all = found["each"] or named_exactly(head) in _IN_ROUNDS
    if not (of_all or (_WITH_PLUS.search(parts) and set(";,").isdisjoint(parts))):
        return line
    if _OF_SETS.search(parts) or _A_RUN.search(parts):
        return line
    how = found["how"].strip(" ,.")
    told = f"{parts.strip()}; {how}" if how else parts
    times = next(filter(None, found.groups()))
    return f"{head}{colon}{times} rounds: {told}"


@cache
def _each_over_a_way() -> re.Pattern[str]:
    """Return the pattern of how often and how far each of what follows.

    As in "each twice over 30 m:", "drills over 30 m, 2 of each:" and "3 lengths of 20 m:".
    """
    known = amount_words()
    times = rf"\s*(?:[x×]|{alternatives(known['times'])})"
    way = r"\d{1,3}\s?(?:[^\W\d_]{1,8}|[\"'″′]{1,2})"
    return re.compile(
        rf"(?<!\w)(?:{joining('each')})\s+(?:(?P<times>\d{{1,2}}){times}|(?:{joining('once')}))\s+"
        rf"(?:[^\W\d_]{{1,5}}\s+)?(?P<way>{way})\s*:"
        rf"|(?:(?<!\w)[^\W\d_]{{1,5}}\s+)?(?P<far>{way}),\s*(?P<often>\d{{1,2}})(?:{times})?\s+"
        rf"(?:[^\W\d_]{{1,3}}\s+)?(?:{joining('each')})\s*:"
        rf"|^(?P<lengths>\d{{1,2}})\s*(?:{joining('lengths')})\s+[^\W\d_]{{1,3}}\s+(?P<length>{way})\s*:",
        re.IGNORECASE,
    )


def _of_each_way(found: re.Match[str]) -> str:
    often = found["times"] or found["often"] or found["lengths"] or 1
    way = found["way"] or found["far"] or found["length"]
    said = take_amounts(way)[0]
    return f"{often}x{way} each:" if said.distance_m or said.hold_s else found[0]


def _with_each_behind(found: re.Match[str]) -> str:
    """Return amounts of each behind several names that have none."""
    names = re.split(r"[;.]\s|:\s", found.string[: found.start()])[-1]
    several = _SEVERAL.search(names) and not any(map(str.isdigit, _WEIGHT.sub("", names)))
    several = several and names.count("(") == names.count(")")
    amounts = found["amounts"] or found["before"]
    return f" {amounts} each{'; ' if found['when'] else ''}" if several else found[0]


@cache
def _each_in_brackets() -> re.Pattern[str]:
    """Return the pattern of "each" alone in brackets: "squats + dips 3x15 (von allem)"."""
    small = "|".join(word for word in amount_words()["of"] if word.isalpha())
    return re.compile(rf"\s*\((?:(?:{small})\s+)?(?:{joining('each')})\)", re.IGNORECASE)


@cache
def _each_behind() -> re.Pattern[str]:
    """Return the pattern of amounts of each behind a sign: "skips, hops: all 3x30 m".

    When it was may stand behind them: "skips, hops - 2x30 m of each before the race".
    """
    of = of_what()
    sides = {word for each in amount_words()["each_side"] for word in each.split()[1:]}
    amounts = r"\d{1,2}\s*[x×*]\s*\d{1,3}(?:\s?[^\W\d_]{1,4})?"
    return re.compile(
        rf"(?<=[^\W\d_]{{2}})(?:\s*[:,]\s+|\s+[-–—]\s+|\s*\()(?:(?:{joining('each')})\s+(?P<amounts>{amounts})"
        rf"|(?P<before>{amounts}?)\s+(?:(?:{of})\s+)?(?:{joining('each')})(?!\s+(?:{alternatives(sides)})(?!\w)))"
        rf"\)?(?:(?=\s*(?:$|[,;.)]))|(?P<when>\s+(?=(?:{joining('after')})\s)))",
        re.IGNORECASE,
    )


def without_day(line: str) -> str:
    """Return a line without the number of a day or week of a programme in its heading.

    Examples
    --------
    >>> without_day("Week 2 of the plan: squats 3x8")
    'of the plan: squats 3x8'
    """
    head = re.match(r"[^:;\d]*\d[^:;]*[:;]", line)
    return _numbered().sub(_without_number, line) if head else line


def _has_number(line: str) -> bool:
    head, colon, _ = line.partition(":")
    return bool(colon) and any(map(str.isdigit, head))


@cache
def _rounds_in_heading() -> re.Pattern[str]:
    """Return the pattern of how often all was done, at the end of a heading of several parts.

    As in "Morning routine, 2 times: ...", "App at home, 3 rounds of 40 s: ..." and "3 rounds (no
    rest): ...".
    """
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    return re.compile(
        rf"^(?:(?P<what>[^:;,+\d]{{2,40}}|(?P<each>[^:;,+]{{2,30}}\d{{1,2}})),\s*)?"
        rf"(?P<times>\d{{1,2}})\s*(?P<rounds>{joining('rounds')}|{often})"
        r"(?P<of>\s+[^\W\d_]{1,3}\s\d{1,3}\s?(?:s|sec|seg|sek)\w*)?(?:\s*\((?P<how>[^():\d]*)\))?\s*:\s*",
        re.IGNORECASE,
    )


def _heading(found: re.Match[str]) -> str:
    if not (found["what"] or found["how"] or found["each"]):
        return found[0]
    if found["each"]:  # "Sets of 10, 3 times round: ..."
        sets = alternatives(amount_words()["sets"])
        of_each = re.fullmatch(rf"(?:{sets})\s+[^\W\d_]{{1,3}}\s(\d{{1,2}})", found["each"], re.I)
        return f"{found['times']}x{of_each[1]}: " if of_each else found[0]
    what = f"{found['what']}: " if found["what"] else ""
    how = f"{found['how']}; " if found["how"] else ""
    rounds = f"{found['times']} {found['rounds']}" if found["of"] else f"{found['times']} rounds"
    return f"{what}{rounds}{found['of'] or ''}: {how}"


@cache
def _sets_in_heading() -> re.Pattern[str]:
    """Return the pattern of "3 sets of 10, each exercise: ..."."""
    return re.compile(
        rf"^([^:;,+]*\d[^:;,+]*),\s*(?:{joining('each')})(?:\s[^\W\d_]+)?\s*:", re.IGNORECASE
    )


@cache
def _numbered() -> re.Pattern[str]:
    """Return the pattern of the number of a day of a programme: "Week 2 of the plan: ...".

    Or of a week and a session, "Semana 6, sesión 2: ...", and of who had it, "Ann, wk 3: ...".
    """
    number = rf"(?<!\w)(?:{joining('numbered')})\.?\s*\d{{1,3}}"
    return re.compile(
        rf"^(?P<what>[^:;,\d]{{0,40}}?)[\s,]*{number}(?:[\s,/]+(?:[^\W\d_]{{2,3}}\s+)?{number})*"
        rf"(?:(?P<of>\s[^:;,\d]{{2,40}})?\s*:|\s*;)\s*",
        re.IGNORECASE,
    )


def _without_number(found: re.Match[str]) -> str:
    """Return a heading without the number of a day, and none if it is that of a place."""
    what = " ".join(filter(None, (found["what"].strip(), (found["of"] or "").strip())))
    if what and found[0].rstrip().endswith(";"):
        return found[0]  # "lunges day 2; ..." may be some
    return f"{what}: " if what and what.casefold() not in places() else ""
