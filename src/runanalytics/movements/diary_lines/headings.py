"""The heading of a diary line: which day of a programme it is, and how often all was done.

"Week 2 of the plan: squats 3x8", "App at home, 3 rounds of 40 s: squats, push-ups", "Circuit x4 /
10 squats / 8 lunges", "twice through the list - 12 squats", "block 1 x3: ...; block 2 x2: ...".
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.diary_lines.all_again import with_rounds_first
from runanalytics.movements.diary_lines.equipment import is_equipment
from runanalytics.movements.diary_lines.numbers_in_words import numbers
from runanalytics.movements.diary_lines.pieces import (
    begins_with_amounts,
    is_amounts,
    is_aside,
    is_other,
    joining,
    joining_words,
    may_tell,
    places,
)
from runanalytics.movements.diary_lines.stations import with_stations
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.reading import has_sets
from runanalytics.movements.vocabulary import WHOLES
from runanalytics.words.phrases import alternatives, every

#: What a heading and the first of what was counted stand between, but for a colon.
_NO_COLON = re.compile(r"\s*[;/|=]\s*|\s+[-–—]\s+")
#: Something that was counted: "10 squats", "30 s plank".
_COUNTED = re.compile(r"\d{1,3}\s?(?:[^\W\d_]{1,4}\.?|[\"'″′]{1,2})?\s+[^\W\d_]{3}")
#: How far or how long each was, at the end of a heading: "drills over 30 m".
_OF_EACH = re.compile(r"(?:^|\s+)(?:[^\W\d_]{1,5}\s+)?(?P<each>\d{1,3}\s?[^\W\d_]{1,8})$")
#: ... and what may be that before a colon, which is quicker to look for.
_WAY_AHEAD = re.compile(r"\d\s?(?:[^\W\d_]{1,7}|[\"'″′]{1,2})(?:,[^:,]{3,20})?\s*:")
_TOLD_APART = re.compile(r"\s*[,()]\s*|\s+[-–—]\s+")
_WEIGHT = re.compile(r"\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
#: As many on either side in each of several rounds: "3 x [lunges 8+8, ...]".
_IN_ROUNDS = re.compile(r"\d\s*[x×]\s*[\[(]|\d rounds: ")
_AS_MANY = re.compile(r"(?<=[^\W\d_]{2}\s)(\d{1,2})\s?\+\s?\1(?![\w.,+]\d|\w)")
#: What may be equipment between a name and its sets.
_EQUIPMENT_APART = re.compile(
    r"(?<=[^\W\d_]),\s+(?P<what>[^,:;]*\d\s?(?:kg|lb)[^,:;]*):\s+(?=\d{1,2}\s*[x×]\s*\d)"
)
#: What stands between several names.
_SEVERAL = re.compile(r"[,/+&]|\s[^\W\d_]{1,3}\s")


def with_rounds_alone(line: str) -> str:
    """Return a line with the rounds, or the sets of each, that end its heading as one of their own.

    Examples
    --------
    >>> with_rounds_alone("At home, 3 rounds of 40 s: squats, push-ups")
    'At home: 3 rounds of 40 s: squats, push-ups'
    >>> with_rounds_alone("3 sets of 10, each exercise: squats, push-ups")
    '3 sets of 10: squats, push-ups'
    """
    line = with_stations(line)
    line = _with_rounds_ahead(_with_rounds_of(with_rounds_first(line)))
    line = _with_amounts_told_apart(_with_amounts_of_each(_EQUIPMENT_APART.sub(_joined, line)))
    if _has_number(line):
        line = _rounds_in_heading().sub(_heading, line)
        line = _sets_in_heading().sub(r"\1:", line)
    if _WAY_AHEAD.search(line):
        line = _each_over_a_way().sub(_of_each_way, line)
    if may_tell(line, "each", "both"):
        line = _each_in_brackets().sub(" each", _each_behind().sub(_with_each_behind, line))
    line = _counted_each().sub(_with_its_count, line) if "(" in line else line
    if "+" in line and _IN_ROUNDS.search(line):
        line = _AS_MANY.sub(r"\1 each side", line)
    return line


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
    if len(_ONE_PAIR.findall(line)) > 1:
        line = _ONE_PAIR.sub(r"\g<times> rounds: \g<parts>", line)
    if _LETTERS_ALONE.search(line):
        line = _A_LETTER.sub(r"\g<before>block \g<letter>: ", line)
    if ":" not in line:
        return line
    line = _labelled_with_rounds_behind().sub(_rounds_first, line)
    return _labels().sub(_of_label, line).removeprefix("; ")


#: "n. 8 da 60 m", "n° 3 séries": a sign before a number.
_NUMBER_SIGN = re.compile(r"(?<![\w.])(?:n|nr|no)\s?[.°º]\s*(?=\d)", re.IGNORECASE)
#: "A: squat 8 + dips 6, x3. B: ...", and what was done in turn without them.
_LETTERS_ALONE = re.compile(r"^A\s*[:)]\s.*[.,;]\s+B\s*[:)]\s")
_A_LETTER = re.compile(r"(?P<before>^|[.,;]\s+)(?P<letter>[A-F])\s*[:)]\s+")
_ONE_PAIR = re.compile(
    r"(?:^|(?<=[.;]\s))(?P<parts>[^.;:,()×*]*?\s\+\s[^.;:,()×*]*?),\s*[x×]\s?(?P<times>\d)(?=\s*(?:$|[.;]))"
)


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
    """Return the pattern of a block with its rounds at its end.

    As in "block 1: ... (3 rounds)" and "superset A: squat 8 + dips 6, x3. superset B: ..., x3".
    """
    often = rf"(?:[x×]\s?\d{{1,2}}|\d{{1,2}}\s*(?:[x×]|{_often()}))"
    return re.compile(
        rf"(?<!\w)(?P<label>(?:{joining('label')})\s*(?:\d|[A-F]|I{{1,3}}))\s*:\s+(?P<parts>[^:()]*?)"
        rf"(?:[\s,]*\((?P<within>{often})\)"
        rf"|(?:[,;.]\s*|\s+)(?P<behind>{often})(?=\s*(?:$|[.;!]|,\s+{joining('label')})))",
        re.IGNORECASE,
    )


def _rounds_first(found: re.Match[str]) -> str:
    often = _DIGITS.findall(found["within"] or found["behind"])[0]
    behind = found["behind"] is not None
    if behind and (_SETS.search(found["parts"]) or not _SEVERAL.search(found["parts"])):
        return found[0]  # of the last alone
    return f"{found['label']} x{often}: {found['parts']}"


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
    # "3 rounds with 12 squats", "3 Runden mit je 12 Kniebeugen"
    with_ = rf"(?:{of}|{joining('with')}|{joining('each')})(?:\s+(?:{joining('each')}))?"
    return re.compile(
        r"(?:^(?:(?P<who>[^:;,+()\d]{2,40}?)\s+)?|(?P<behind>[,;:]\s+|\s[-–—]\s+)"
        rf"|(?P<then>,?\s+(?:(?:{joining('and')})\s+(?:(?:{joining('then')})\s+)?|(?:{joining('then')})\s+)|\s+[+&]\s+))(?P<times>\d{{1,2}})\s*"
        rf"(?:(?P<rounds>{joining('rounds_ahead')})(?:\s+{with_})?|{each})\s+"
        r"(?=\d{1,3}\s+[^\W\d_]{3}|[^\W\d_]{3}[^\d,;:+()]*\s\d{1,3}\s?(?:se?[ckg]?|[\"'″′]{1,2})?\s*[,;+/&])",
        re.IGNORECASE,
    )


def _with_rounds_of(line: str) -> str:
    """Return a line with rounds of several exercises as a heading: "we did 3 rounds of 10 ..."."""
    found = _rounds_of().search(line) if may_tell(line, "rounds_ahead", "each") else None
    if found is None:
        return line
    who = (found["who"] or "").rstrip(" -–—")
    id = named_exactly(who) if who else None
    if id is not None and id not in WHOLES and not is_other(id):
        return line
    rest = line[found.end() :]
    if found["rounds"] and re.search(rf"\d\s*{found['rounds']}(?!\w)", rest):
        again = _with_rounds_of(rest)
        if again == rest:
            return line  # "..., 3 rounds"
        rest = again  # "... and 2 rounds of 12 lunges"
    behind = "; " if found["then"] else found["behind"] or ""
    before = f"{who}: " if who else f"{line[: found.start()]}{behind}"
    if behind.startswith(":") and "," in line[: found.start()]:
        before = f"{line[: found.start()]}; "  # "rain, so we went indoors: 3 rounds of ..."
    return f"{before}{found['times']} rounds: {rest}"


def _with_rounds_ahead(line: str) -> str:
    """Return a line with how often all was done as a heading of its own: "3 rounds: ..."."""
    head, colon, rest = line.partition(": ")
    if colon and (rested := _rest_ahead().search(head)):
        told = _heading_of_rounds(f"{head[: rested.start()]}{head[rested.end() :]}", rest)
        return f"{told}{rest}; {rested['rest']}" if told else line
    told = _heading_of_rounds(head, rest) if colon else None
    if told is None and (found := _NO_COLON.search(line)) and _COUNTED.match(line, found.end()):
        head, rest = line[: found.start()], line[found.end() :]
        ends = _rounds_ahead().match(head)
        told = _heading_of_rounds(head, rest) if ends and not ends["how"].strip() else None
    return line if told is None else f"{told}{rest}"


@cache
def _rest_ahead() -> re.Pattern[str]:
    """Return the pattern of the rest in a heading: "circuit, 3 rounds, rest 2 min between"."""
    rest = alternatives(amount_words()["rest"])
    return re.compile(
        rf"(?<=\w)[\s,(]+(?:(?:{joining('with')})\s+)?(?P<rest>(?:(?:{rest})\.?\s*\d{{1,3}}"
        rf"|\d{{1,3}}\s?[^\W\d_'\"]*['\"]*\s+(?:(?:{of_what()})\s+)?(?:{rest}))(?!\w)[^,:;()\d]*)\)?$",
        re.IGNORECASE,
    )


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
        drilled = named_exactly(what[: of_each.start()].strip())
        if drilled is not None and drilled not in WHOLES:
            return None  # "high knees 40 m x 2; 6 squats"
        if not (said.distance_m or said.hold_s):
            return None
        beside = re.split(r"\s*,\s*", what[: of_each.start()])
        where = "".join(f"{each}: " for each in beside if each and not is_aside(each))
        return f"{where}{times}x{of_each['each']}: "
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


def _joined(found: re.Match[str]) -> str:
    """Return what an exercise was done with behind its name: "squat, kettlebell 16 kg: 4x10"."""
    return f" {found['what']} " if is_equipment(found["what"]) else found[0]


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
    if told and all(map(is_amounts, told)) and is_equipment(name):
        return f"{name}: {together}:{rest}"  # "with a 30 kg bar, 3x8 each: squats, rows"
    if len(told) < 2 or not all(map(is_amounts, told)) or any(map(str.isdigit, name)):
        return line
    return f"{name} {together}:{rest}".strip() if has_sets(take_amounts(together)[0]) else line


def _with_amounts_of_each(line: str) -> str:
    """Return a line whose heading has the amounts of each of what follows alone.

    As in "Everything 3x12 today: ...", "3 sets of 12 on each machine: ...", "Sets of 15 (three per
    exercise): ...", "reps 12 / sets 3 - ..." and "Ladder 12-9-6: ...".
    """
    if _TWO_LABELLED.match(line):
        labelled = _labelled_ahead().match(line)
        if labelled and (of_each := _in_figures(labelled)):
            return f"{of_each}: {line[labelled.end() :]}"
    head, colon, rest = line.partition(": ")
    if not (colon and any(map(str.isdigit, head))):
        return line
    if _BESIDE_A_NUMBER.search(head):
        often = _sets_of_each().fullmatch(head.strip())
        if often and (n_sets := _number(often["often"])):
            return f"{n_sets}x{often['reps']}: {rest}"
    if _words_of_each().isdisjoint(_LETTERS.findall(head.casefold())):
        return line
    if (who := _with_who_ahead(head)) != head:
        return f"{who}: {rest}"
    ladder = _LADDER.search(head)
    if is_amounts(head) and ladder is None:
        return line
    bare, n_told = _of_each().subn(" ", head)
    told = bare.split()
    if not (n_told or (ladder and not _ladders().isdisjoint(map(str.casefold, told)))):
        return line
    told = [each for each in told if not _is_little(each)]
    amounts = _LADDER.sub(lambda one: "-".join(_DIGITS.findall(one[0])), " ".join(told)).strip(" ,")
    if "," in amounts or not is_amounts(amounts):
        return line
    said = take_amounts(amounts)[0]
    return f"{amounts}: {rest}" if has_sets(said) or len(said.reps) > 1 else line


def _with_who_ahead(head: str) -> str:
    """Return a heading with who did it apart: "The juniors did 2x30 m of each"."""
    found = _who_did().match(head)
    return f"{found['who']}: {head[found.end() :]}" if found else head


@cache
def _who_did() -> re.Pattern[str]:
    return re.compile(rf"(?P<who>[^\W\d_][^:;,\d]*?\s(?:{joining('did')}))\s+(?=\d)", re.IGNORECASE)


_SETS = re.compile(r"\d\s*[x×]\s*\d|\d\s*[x×](?!\w)", re.IGNORECASE)
#: Repetitions of one set after the other.
_LADDER = re.compile(r"(?<![\w.,/-])\d{1,3}(?:(?:,\s?|-)\d{1,3}){2,}(?![\w.,/-])")
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
#: What a heading with sets and repetitions by their words has, which is quicker to look for.
_TWO_LABELLED = re.compile(
    r"(?:[^\W\d_]{3,}\.?\s*[:=]?\s*\d+|\d+\s*[^\W\d_]{3,}\.?)\s*[/,;]\s*"
    r"(?:[^\W\d_]{3,}\.?\s*[:=]?\s*\d|\d+\s*[^\W\d_]{3,}\.?\s*[/,;:–-])"
)
#: ... and one that has the sets of each behind its repetitions.
_BESIDE_A_NUMBER = re.compile(r"\d\s*[(,]\s*\w")


@cache
def _words_of_each() -> frozenset[str]:
    """Return a word of whatever says that amounts are of each or all, in lower case."""
    said = frozenset().union(*map(joining_words, ("each", "each_of", "all_of_it", "ladder")))
    return frozenset(max(_LETTERS.findall(each.casefold()), key=len) for each in said)


def _number(said: str) -> int | None:
    return int(said) if said.isdigit() else numbers().get(said.casefold())


def _is_little(word: str) -> bool:
    said = word.casefold().strip(",")
    return (said in _filling() and said not in amount_words()["of"]) or said in _ladders()


@cache
def _ladders() -> frozenset[str]:
    return frozenset(word.casefold() for word in joining_words("ladder"))


@cache
def _of_each() -> re.Pattern[str]:
    """Return the pattern of "each" or "all" with what is meant: "en cada aparato", "everything"."""
    return re.compile(
        rf"(?<!\w)(?:(?:en|on|an|in|por|per|à|a|bei|pour|für|{of_what()})\s+)?"
        rf"(?:{joining('each')}|{joining('each_of')}|{joining('all_of_it')})(?!\w)"
        rf"(?:\s+(?:{joining('apparatus')})(?!\w))?",
        re.IGNORECASE,
    )


@cache
def _sets_of_each() -> re.Pattern[str]:
    """Return the pattern of "Sets of 15 (three per exercise)"."""
    known = amount_words()
    return re.compile(
        rf"(?:{alternatives(known['sets'])})\s+(?:{of_what()})\s+(?P<reps>\d{{1,3}})\s*[(,]\s*"
        rf"(?P<often>\d{{1,2}}|[^\W\d_]+)\s+(?:{joining('each')}|(?:per|par|por|pro|für|for)\s+(?:{joining('apparatus')}))\)?",
        re.IGNORECASE,
    )


@cache
def _labelled_ahead() -> re.Pattern[str]:
    """Return the pattern of "reps 12 / sets 3 / rest 60 s -" and "3 sets, 12 reps, rest 60 s:"."""
    known = amount_words()
    label = alternatives((*known["sets"], *known["repetitions"]))
    one = rf"(?:{label})\.?\s*[:=]?\s*\d{{1,3}}|\d{{1,3}}\s*(?:{label})\.?"
    apart = r"\s*[/,;]\s*"
    return re.compile(
        rf"(?P<one>{one}){apart}(?P<other>{one})"
        rf"(?:{apart}(?P<rest>(?:{alternatives(known['rest'])})[^:;,/]{{1,15}}?))?"
        r"\s*(?::|\s[-–—]|;)\s+(?=[^\W\d_]{3})",
        re.IGNORECASE,
    )


def _in_figures(labelled: re.Match[str]) -> str | None:
    """Return sets and repetitions that have their words beside them as "3x12 rest 60 s"."""
    told = (labelled["one"], labelled["other"])
    sets = [bool(_sets_in_words().search(each)) for each in told]
    if sets == [True, True] or sets == [False, False]:
        return None
    first, second = (_DIGITS.findall(each)[0] for each in told)
    of_sets = f"{first}x{second}" if sets[0] else f"{second}x{first}"
    return f"{of_sets} {labelled['rest'] or ''}".strip()


@cache
def _sets_in_words() -> re.Pattern[str]:
    of_sets = alternatives(amount_words()["sets"])
    return re.compile(rf"(?<![^\W\d_])(?:{of_sets})(?![^\W\d_])", re.IGNORECASE)


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
    weight = found["weight"] or found["lifted"]
    of_all = f" each, both {weight}" if weight else " each"
    return (
        f" {amounts}{of_all}{'; ' if found['when'] or found['how'] else ''}"
        if several
        else found[0]
    )


@cache
def _counted_each() -> re.Pattern[str]:
    """Return the pattern of a count or time of each in brackets: "squats, dips (10 each)"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"], *known["repetitions"]))
    amount = rf"\d{{1,3}}(?:\s?(?:{unit})(?!\w))?"
    return re.compile(
        rf"(?P<names>[^\W\d_][^();:.\d]*)\s*\((?:(?:{joining('each')})\s+(?P<amount>{amount})"
        rf"|(?P<before>{amount})\s+(?:{joining('each')}))\)",
        re.IGNORECASE,
    )


def _with_its_count(found: re.Match[str]) -> str:
    """Return several names each with the amount of each, if all of them are names."""
    names = found["names"].strip()
    ahead = _then_ahead().match(names)
    then, names = (ahead[0], names[ahead.end() :]) if ahead else ("", names)
    told = [each for part in _SEPARATORS.split(names) for each in _and().split(part)]
    if len(told) == 1 or any(named_exactly(each) is None for each in told):
        return found[0]
    amount = found["amount"] or found["before"]
    return f"{then}{', '.join(f'{amount} {each}' for each in told)}"


_SEPARATORS = re.compile(r"\s*[,/+&]\s*")


@cache
def _and() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{joining('and')})\s+", re.IGNORECASE)


@cache
def _then_ahead() -> re.Pattern[str]:
    return re.compile(rf"(?:{joining('then')})\s+", re.IGNORECASE)


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
    known = amount_words()
    long = alternatives(word for word in (*known["metres"], *known["seconds"]) if word[4:])
    amounts = rf"\d{{1,2}}\s*[x×*]\s*\d{{1,3}}(?:\s?(?:(?:{long})(?!\w)|[^\W\d_]{{1,4}}))?"
    each = f"{joining('each')}|{joining('both')}"
    kilograms = r"\d{1,3}(?:[.,]\d)?\s?(?:kg|lbs?)(?!\w)"
    weight = rf"\s+(?:(?:{joining('with')}|a|à|at|@)\s+)?"
    return re.compile(
        rf"(?<=[^\W\d_]{{2}})(?:\s*[:,]\s+|\s+[-–—]\s+|\s*\()(?:(?:{each})\s+(?:(?:en|a|à|in|zu)\s+)?(?P<amounts>{amounts})(?:{weight}(?P<weight>{kilograms}))?"
        rf"(?:(?=\s*(?:$|[,;.)]))|(?P<how>\s+(?=(?!(?:{of})\s)[^\d,;:.()]+(?:$|[,;.]))))"
        rf"|(?P<before>{amounts}?)(?:{weight}(?P<lifted>{kilograms}))?\s+(?:(?:{of})\s+)?(?:{each})(?!\s+(?:{alternatives(sides)})(?!\w)))"
        rf"\)?(?:(?=\s*(?:$|[,;.)]))|(?P<when>\s+(?=(?:{joining('after')})\s))|(?(how)|(?!)))",
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


def without_half_days(line: str) -> str:
    """Return a line without the half of the day before what was done in it.

    "PM" is short for a deadlift in Spanish: where its name goes on ("PM rumano"), it stays.

    Examples
    --------
    >>> without_half_days("Swim 2k AM. PM gym 40 min, pm rumano 3x8")
    'Swim 2k. gym 40 min, pm rumano 3x8'
    """
    return _HALF_DAY.sub(_without_half_day, _HALF_DAY_BEHIND.sub("", line))


#: "AM swim", but not "PM 3x5 100 kg".
_HALF_DAY = re.compile(
    r"(?:^|(?<=[.;,]\s))(?P<half>[AP]M|[ap]m)\s+(?=(?:\d{1,3}\s?(?:k|km|min|h)?\s+)?(?P<behind>[^\W\d_][^\d,;.:()]+))"
)
_HALF_DAY_BEHIND = re.compile(r"(?<=[\w)])\s[AP]M(?=\s*(?:[.;,]|$))")
_MOST_WORDS = 4


def _without_half_day(found: re.Match[str]) -> str:
    told = found["behind"].split()[:_MOST_WORDS]
    names = [" ".join(told[:n_words]) for n_words in range(1, len(told) + 1)]
    if any(named_exactly(f"{found['half']} {name}") for name in names):
        return found[0]
    return "" if any(map(named_exactly, names)) else found[0]


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
