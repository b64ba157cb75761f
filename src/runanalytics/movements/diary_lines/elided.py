"""What a line of a diary leaves out because it has just said it, put where it is read.

"3 sets of 12 squats, 3 of lunges" are three sets of twelve lunges, "4 passes of 20 m" are 4x20 m,
and "3x30 m + 3x60 m sprints" are sprints all of them.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.diary_lines.completed import with_shares_apart
from runanalytics.movements.diary_lines.pieces import any_joining, joining, may_tell, two
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.vocabulary import kind_of_work, movement
from runanalytics.words.phrases import alternatives

#: Sets of a short run: "3x30 m". Farther ones may be intervals.
_RUN = r"\d{1,2}\s?[x×*]\s?(?:[1-9]\d|1[0-4]\d)\s?(?:m|met\w+|mèt\w+)(?!\w)"
_SETS_IN_A_ROW = re.compile(rf"{_RUN}\W*\s?(?:[^\W\d_]{{1,4}}\s+)?{_RUN}\s+[^\W\d_]", re.IGNORECASE)
_OF_RUNNING, _SMALL = ("technique", "speed"), 2
#: The most sets that are told without what was done in each: "10 of lunges" may be ten lunges.
_MOST_SETS = 5
#: Sets behind what was counted, in brackets or behind a comma, and another count before it.
_SETS_BEHIND = re.compile(
    r"\d\s[^\W\d_][^,;:.+()\d]*(?:\(|,\s*)[x×]?\s*\d{1,2}\s*(?:[x×]?\)|[^\W\d_]{3})"
)
_COUNTED_BEFORE = re.compile(r"(?:^|[,;:]\s*)\d{1,3}\s+[^\W\d_]{3}")
#: A bare count before a comma or brackets.
_A_COUNT = re.compile(r"[\s(:]\d{1,2}(?:,\s|\s\(\d)")
#: "70 kg for 5" are five repetitions.
_FOR_SO_MANY = re.compile(
    r"(?P<load>\d\s?(?:kg|lb)s?)\s+(?:for|für|pour|per|por|para)\s+(?P<reps>\d{1,2})(?=\s*(?:$|[,;.(]))",
    re.IGNORECASE,
)
#: Two words of which the first leaves out what both end with: "Fersen- und Ballengang".
_COMPOUNDS = re.compile(
    r"(?<![\w-])(?P<first>[^\W\d_]{3,})-\s+(?P<and>und|oder)\s+(?P<second>\w{6,})"
)
_LEAST_SHARED = 4
#: How long a name before was held, which is no exercise of its own: "wall sit, hold 3x30 s".
_HELD_BEHIND = re.compile(
    r"[^\W\d_],\s+[^\W\d_]{4,}\s+(?:[^\W\d_]{2,3}\s+)?\d{1,2}\s?[x×]\s?\d{1,3}\s?(?:s|min|[\"″])",
    re.IGNORECASE,
)
#: Sets with their weight and words behind it, and a weight behind words in brackets.
_SETS_WITH_WEIGHT = r"\d\s*[x×*]\s*\d{1,3}\s[^,;:\d]{0,9}\d[\d.,]*\s?(?:kg|lb)s?"
_WORDS_BEHIND_WEIGHT = re.compile(rf"{_SETS_WITH_WEIGHT}\s+[^\W\d_]", re.IGNORECASE)
_WEIGHT_IN_BRACKETS = re.compile(r"\([^()\d]{3,30}\d[\d.,]*\s?(?:kg|lb)", re.IGNORECASE)
#: Sets without what was done in each need one of these: a number, a small word, a number.
_NEEDED = re.compile(r"\d\s+[^\W\d_]+\s+[^\W\d_]*\s*\d")

#: Sets before what was counted, and one more behind.
_ONE_MORE = re.compile(
    r"\d\s*[^\W\d_]{3,}\.?\s+[^\W\d_]{1,4}\s+\d{1,3}\s[^\d]*\s[^\W\d_]{1,4}\s+\d|\dx\d[^\d]*\s[^\W\d_]{1,4}\s+\d"
)
#: Three counts in a row behind a name, and what stands between several names.
_ONE_EACH = re.compile(r"[^\W\d_]\s*[.;:]\s*\d{1,3}\s?/\s?\d{1,3}\s?/\s?\d")
_BETWEEN_NAMES = re.compile(r"\s+[-–—]\s+|\s*[,/+]\s*")


def told_in_full(line: str) -> str:
    """Return a line whose sets have what was done in each, as the sets before them had.

    Examples
    --------
    >>> told_in_full("3 sets of 12 squats, 3 of lunges and 2 of dips")
    '3 sets of 12 squats, 3x12 lunges and 2x12 dips'
    >>> told_in_full("4 passes of 20 m high knees, 4 of carioca")
    '4x20 m high knees, 4x20 m carioca'
    """
    if "- " in line:
        line = _COMPOUNDS.sub(_both_compounds, line)
    if _HELD_BEHIND.search(line):
        line = _held().sub(_held_so_long, line)
    if _FOR_SO_MANY.search(line):
        line = _FOR_SO_MANY.sub(r"\g<load> x \g<reps>", line)
    if _A_COUNT.search(line):
        line = _counted_and_far().sub(_of_runs, line)
    if may_tell(line, "for_all", "of_both", "each"):
        line = _weight_of_all().sub(_all_with, line)
    if _WORDS_BEHIND_WEIGHT.search(line):
        line = _sets_of_all().sub(r"each \g<sets>", line)
    if _WEIGHT_IN_BRACKETS.search(line):
        line = _all_in_brackets().sub(r", \g<all>", line)
    line = _of_a_total().sub(_in_sets, line)
    if _ONE_MORE.search(line) and (told := _one_of().sub(r"\g<before>1x", line)) != line:
        line = _so_many_of().sub(r"\g<times>x", told)
    line = _sets_of_each_of().sub(r"\g<sets>x\g<each> ", line)
    line = _with_sets_first(line)
    if "(" in line:
        line = _sets_with_rest_behind().sub(r"\g<name> \g<sets>x\g<each>\g<behind>", line)
    line = with_shares_apart(line)
    if _UNIT_LEFT_OUT.search(line):
        line = _with_units_again(line)
    if may_tell(line, "lengths"):
        line = _so_far_each().sub(r"\g<times>x\g<way>", line)
        line = _lengths_of().sub(_as_often, line)
    line = _of_one_name().sub(_each_named, line) if _SETS_IN_A_ROW.search(line) else line
    if not _NEEDED.search(line):
        return line
    told, end, each = "", 0, None
    for found in _sets().finditer(line):
        between = line[end : found.start()]
        if found["each"]:
            each = found["each"]
            in_full = found[0]
            if found["lengths"] and not each.isdigit():
                in_full = f"{found['times']}x{each} "
        elif each is None or not _goes_on(line, found) or int(found["often"]) > _MOST_SETS:
            in_full = found[0]
        else:
            in_full = f"{found['before']}{found['often']}x{each} "
        told, end = f"{told}{between}{in_full}", found.end()
    return told + line[end:]


def _both_compounds(found: re.Match[str]) -> str:
    """Return two compounds in full, "Fersengang und Ballengang", if the first is a name then."""
    second = found["second"]
    for n_shared in range(_LEAST_SHARED, len(second) - 1):
        if named_exactly(whole := f"{found['first']}{second[-n_shared:]}") is not None:
            return f"{whole} {found['and']} {second}"
    return found[0]


@cache
def _held() -> re.Pattern[str]:
    """Return the pattern of a name, and behind a comma of how long it was held."""
    return re.compile(
        rf"(?P<before>^|[,;:.]\s+)(?P<name>[^\W\d_][^\d,;:.+()]{{2,40}}),\s+(?P<hold>{joining('hold')})\s+"
        r"(?:[^\W\d_]{2,3}\s+)?(?=\d{1,2}\s?[x×]\s?\d{1,3}\s?(?:s|min|[\"″]))",
        re.IGNORECASE,
    )


def _held_so_long(found: re.Match[str]) -> str:
    """Return the name of a hold with how long it was held behind it: "squat hold 3x30 s"."""
    name = found["name"].strip()
    of_hold = next(
        (each for each in (f"{name} hold", f"isometric {name}") if named_exactly(each)), name
    )
    id = named_exactly(name)
    is_held = id is not None and movement(id).measured_in == "seconds"
    return f"{found['before']}{name if is_held else of_hold} " if id else found[0]


def one_for_each(line: str) -> str:
    """Return a line with the count of each of several names beside it.

    Examples
    --------
    >>> one_for_each("squats - dips - plank. 10 / 8 / 30 s")
    '10 squats, 8 dips, 30 s plank'
    """
    return _names_and_counts().sub(_each_with_its_count, line) if _ONE_EACH.search(line) else line


def _goes_on(line: str, found: re.Match[str]) -> bool:
    """Return whether no amount stands behind the name of sets that leave out theirs."""
    behind = re.split(rf"[,;:.(]|\s(?:{joining('and')})\s", line[found.end() :])[0]
    return not any(map(str.isdigit, behind))


@cache
def _of_one_name() -> re.Pattern[str]:
    """Return the pattern of sets in a row before the one name that they are of."""
    joined = rf"\s*(?:[+,&]|(?:{joining('and')})(?=\s))\s*"
    return re.compile(
        rf"(?P<before>^|[,;.]\s+)(?P<others>{_RUN}(?:{joined}{_RUN})*){joined}(?P<last>{_RUN})\s+"
        r"(?P<name>[^\W\d_][^,;:.+()\d]*)",
        re.IGNORECASE,
    )


def _each_named(found: re.Match[str]) -> str:
    """Return sets in a row each with their name, if it is that of a sprint, stride or drill."""
    told = found["name"].split()
    told = told[1:] if len(told[0]) <= _SMALL else told  # "2x80 m di allunghi"
    name = _running_named_first(told)
    if name is None:
        return found[0]
    each = re.findall(_RUN, found["others"], re.IGNORECASE)
    others = "".join(f"{one} {name}, " for one in each)
    return f"{found['before']}{others}{found['last']} {' '.join(told)}"


@cache
def _weight_of_all() -> re.Pattern[str]:
    """Return the pattern of a weight for all at the end: "(16 kg for all)", ", überall 16 kg"."""
    known = amount_words()
    unit = alternatives((*known["kilograms"], *known["pounds"]))
    weight = rf"(?:[^\W\d_]+\s+){{0,3}}\d{{1,3}}(?:[.,]\d)?\s?(?:{unit})(?!\w)"
    for_all = rf"(?:{joining('for_all')})(?!\w)"
    side = alternatives(known["each_side"])
    return re.compile(
        rf"\s*[,;(]\s*(?:(?P<behind>{weight}(?:\s+[^\W\d_]+)?)\s+{for_all}"
        rf"|(?:{for_all}|{joining('of_both')}|(?:{joining('each')})\s+(?:{side})\s+(?:{joining('and')})\s+(?:{joining('with')}))"
        rf"\s+(?P<ahead>{weight}(?:\s+[^\W\d_]+)?))\)?\s*$",
        re.IGNORECASE,
    )


def _all_with(found: re.Match[str]) -> str:
    both = "both" if two().search(found[0]) else "all with"
    return f", {both} {found['behind'] or found['ahead']}"


@cache
def _sets_of_all() -> re.Pattern[str]:
    """Return the pattern of sets and a weight of all: "3x15 con 30 kg en los dos"."""
    return re.compile(
        rf"(?P<sets>{_SETS_WITH_WEIGHT})\s+(?:{joining('of_all')})(?=\s*(?:$|[,;.]))", re.IGNORECASE
    )


@cache
def _all_in_brackets() -> re.Pattern[str]:
    """Return the pattern of "(both with a 16 kg kettlebell)", which is not of the last alone."""
    all_ = any_joining("of_both", "of_all")
    weight = r"[^()]*\d\s?(?:kg|lbs?)(?!\w)[^()]*"
    return re.compile(rf"\s*\((?P<all>(?:{all_})\s{weight})\)", re.IGNORECASE)


@cache
def _names_and_counts() -> re.Pattern[str]:
    """Return the pattern of names and then the count of each: "squats, dips, plank: 9/9/30 s"."""
    unit = alternatives((*amount_words()["seconds"], *amount_words()["repetitions"]))
    return re.compile(
        r"(?P<names>[^\W\d_][^\d;:()]*?)\s*[.;:]\s*(?P<counts>\d{1,3}(?:\s?/\s?\d{1,3}){2,})"
        rf"(?:\s*(?P<unit>{unit})(?!\w))?(?=\s*(?:$|[;,.]))",
        re.IGNORECASE,
    )


def _each_with_its_count(found: re.Match[str]) -> str:
    """Return names each with its count, if there are as many; a time is of what is held alone."""
    names = _BETWEEN_NAMES.split(found["names"])
    counts = re.findall(r"\d+", found["counts"])
    ids = [named_exactly(name) for name in names]
    if len(names) != len(counts) or None in ids:
        return found[0]
    held = (found["unit"] or "").casefold() in map(str.casefold, amount_words()["seconds"])
    mixed = held and len({movement(id or "").measured_in for id in ids}) > 1
    in_turn = sorted(set(map(int, counts)))
    falling = len(in_turn) == len(counts) and [*map(int, counts)] in (in_turn, in_turn[::-1])
    if falling and not mixed:
        return found[0]  # "squats, dips, lunges: 12/10/8" may be sets of each
    told = []
    for name, count, id in zip(names, counts, ids, strict=True):
        is_held = held and movement(id or "").measured_in == "seconds"
        told.append(f"{count} {'s ' if is_held else ''}{name}")
    return ", ".join(told)


@cache
def _of_a_total() -> re.Pattern[str]:
    """Return the pattern of repetitions in all and in each set: "100 push-ups in sets of 20"."""
    known = amount_words()
    of = of_what()
    sets = alternatives(known["sets"])
    return re.compile(
        r"(?<![\w.,x×*])(?P<total>\d{2,3})\s+(?P<name>[^\W\d_][^,;:.+()\d]*?)\s+(?:in|en|par|a)\s+"
        rf"(?:(?:(?P<often>\d{{1,2}})\s*)?(?:{sets})\s+(?:{of})\s+(?P<each>[1-9]\d?)"
        rf"|(?P<tens>[1-9]\d?)er[ -]?(?:{sets}))(?!\w)",
        re.IGNORECASE,
    )


def _in_sets(found: re.Match[str]) -> str:
    """Return as many sets as make the repetitions in all, if they are whole ones."""
    each = int(found["each"] or found["tens"])
    n_sets, left = divmod(int(found["total"]), each)
    if left or n_sets != int(found["often"] or n_sets):
        return found[0]
    return f"{found['name']} {n_sets}x{each}"


@cache
def _one_of() -> re.Pattern[str]:
    """Return the pattern of one more set, "one of 15 push-ups", "otra de 15 flexiones"."""
    return re.compile(
        rf"(?P<before>(?:^|[,;.&+]\s*|\s(?:{any_joining('and', 'then')})\s+))"
        rf"(?:{any_joining('one_set', 'one_more')})\s+(?:{of_what()}|{joining('with')})\s+(?=\d)",
        re.IGNORECASE,
    )


@cache
def _so_many_of() -> re.Pattern[str]:
    """Return the pattern of "3 sets of 12 squats", and of "2 sets with 12 squats"."""
    sets = alternatives(amount_words()["sets"])
    return re.compile(
        rf"(?<![\w.,x×*])(?P<times>\d{{1,2}})\s*(?:{sets})\s+(?:{of_what()}|{joining('with')})\s+"
        r"(?=\d{1,3}\s?(?:[^\W\d_]{1,3}\s)?[^\W\d_]{2})",
        re.IGNORECASE,
    )


@cache
def _sets_of_each_of() -> re.Pattern[str]:
    """Return the pattern of "3 de 12 de zancadas", which are sets wherever they stand."""
    return re.compile(
        r"(?<![\w.,x×*])(?P<sets>\d)\s+(?:of|von|à|da|de|di)\s+(?P<each>\d{1,2})\s+(?:of|de|di)\s+"
        r"(?=[^\W\d_]{3})",
        re.IGNORECASE,
    )


@cache
def _sets_with_rest_behind() -> re.Pattern[str]:
    """Return the pattern of sets with repetitions in brackets: "4 sets of dips (10, ...)"."""
    known = amount_words()
    of, rest = of_what(), alternatives((*known["rest"], *known["between"]))
    return re.compile(
        rf"(?<![\w.,x×*])(?P<sets>\d{{1,2}})\s*(?:{alternatives(known['sets'])})\s+(?:(?:{of})\s+)?"
        r"(?P<name>[^\W\d_][^,;:.+()\d]*?)\s*\((?P<each>\d{1,3})"
        rf"(?!\s?[^\W\d_]{{1,4}}\s+(?:[^\W\d_]{{1,3}}\s+)?(?:{rest}))(?P<behind>(?!\d|\s*[,/-]\s*\d)[^()]*)\)",
        re.IGNORECASE,
    )


def _with_sets_first(line: str) -> str:
    """Return a line with the sets behind what was counted before it: "15 bridges (3 sets)"."""
    if not _SETS_BEHIND.search(line):
        return line
    found = list(_counted_in_sets().finditer(line))
    # "10 squats, 10 lunges (3 sets)" are sets of both.
    if len(found) == 1 and _COUNTED_BEFORE.search(line[: found[0].end("before")]):
        return line
    return _counted_in_sets().sub(_sets_first, line)


def _sets_first(found: re.Match[str]) -> str:
    of_sets = (
        f"{found['before']}{found['sets'] or found['times'] or found['often']}x{found['each']}"
    )
    return " ".join(filter(None, (of_sets, (found["side"] or "").strip(), found["name"])))


@cache
def _counted_in_sets() -> re.Pattern[str]:
    """Return the pattern of "15 bridges (3 sets)", and of "each side 15 bridges, 3 sets"."""
    known = amount_words()
    often = alternatives((*known["sets"], *known["times"]))
    side = alternatives(known["each_side"])
    return re.compile(
        rf"(?P<before>^|[,;:.]\s+|\s(?:{joining('and')})\s+)(?P<side>(?:{side})\s+)?(?P<each>\d{{1,3}})\s+"
        r"(?!kg|lbs?\b|km)(?P<name>[^\W\d_][^,;:.+()\d]*?)"
        rf"(?:\s*\((?:[x×]\s*(?P<times>\d{{1,2}})|(?P<sets>\d{{1,2}})\s*(?:{often}|[x×]))\)"
        rf"|(?(side),\s*(?P<often>\d{{1,2}})\s*(?:{often})(?=\s*(?:$|[,;.]))|(?!)))",
        re.IGNORECASE,
    )


@cache
def _counted_and_far() -> re.Pattern[str]:
    """Return the pattern of a bare count and how far each was: "strides: 6, 20 s each"."""
    known = amount_words()
    unit = alternatives((*known["metres"], *known["seconds"]))
    of = alternatives((*(word for word in known["of"] if word.isalpha()), "n."))
    return re.compile(
        r"(?P<name>[^\W\d_][^,;:+()\d]{2,30}?)\s*(?::|[,(]|\s[-–—])\s*"
        rf"(?:(?:[^\W\d_]+['’])?(?:[^\W\d_]+\s+){{0,2}}(?P<done>{joining('counted')})\s+)?"
        rf"(?P<times>\d{{1,2}})(?:\s+(?:{alternatives(known['pieces'])}))?(?:,\s*|\s*\((?=\d))"
        rf"(?:(?:{of}|{joining('each')})\s+)?(?P<way>\d{{1,3}}\s?(?:{unit}))(?!\w)(?:\s*(?:{joining('each')})(?!\w))?\)?",
        re.IGNORECASE,
    )


def _of_runs(found: re.Match[str]) -> str:
    """Return a count and a way of a sprint or stride as sets: "strides 6x20 s"."""
    told = found["name"].split()
    for n_words in range(len(told), 0, -1):
        id = named_exactly(" ".join(told[-n_words:]))
        if id is not None and kind_of_work(id) in _OF_RUNNING:
            return f"{found['name']} {found['times']}x{found['way']}"
    return found[0]


@cache
def _so_far_each() -> re.Pattern[str]:
    """Return the pattern of how far each length was: "walking lunges, 3 lengths of 20 m"."""
    known = amount_words()
    unit = alternatives((*known["metres"], *known["seconds"]))
    return re.compile(
        rf"(?<![\w.,x×*])(?P<times>\d{{1,2}})\s*(?:{joining('lengths')})\s+(?:{of_what()})\s+"
        rf"(?P<way>\d{{1,3}}\s?(?:{unit}))(?=\s*(?:$|[,;.(]))",
        re.IGNORECASE,
    )


#: A way or time, what was done over it, and another number before what was done.
_UNIT_LEFT_OUT = re.compile(
    r"\d\s?[^\W\d_]{1,8}\s+(?:of|de|di|von|d['’])[^\d;:()]{4,40}\s\d{1,3}\s+(?:of|de|di|von|d['’])"
)

#: Less than this is how often it was done: "4 passes of 30 m of skips, 4 of hops".
_LEAST_WAY = 10


def _with_units_again(line: str) -> str:
    """Return a line with the unit that ways or times leave out: "20 m of skips, 20 of hops"."""
    told, end, unit, kind = "", 0, "", ""
    for found in _way_of().finditer(line):
        left_out = ""
        if found["metres"] or found["seconds"]:
            unit, kind = found["unit"], "metres" if found["metres"] else "seconds"
        elif (
            unit and int(found["way"]) >= _LEAST_WAY and _is_measured_in(kind, line[found.end() :])
        ):
            left_out = f" {unit}"
        told = f"{told}{line[end : found.end('way')]}{left_out}"
        end = found.end("way")
    return told + line[end:]


def _is_measured_in(kind: str, text: str) -> bool:
    """Return whether a text begins with a name of what is done over a way, or so long."""
    told = re.split(r"[,;:.+()\d]", text)[0].split()
    if kind == "metres":
        return _running_named_first(told) is not None
    names = (named_exactly(" ".join(told[:n_words])) for n_words in range(len(told), 0, -1))
    id = next(filter(None, names), None)
    return id is not None and movement(id).measured_in == "seconds"


@cache
def _way_of() -> re.Pattern[str]:
    """Return the pattern of a way or time, or a number alone, before what was done over it."""
    known = amount_words()
    metres, seconds = alternatives(known["metres"]), alternatives(known["seconds"])
    units = rf"(?P<metres>{metres})|(?P<seconds>{seconds})"
    return re.compile(
        rf"(?<![\w.,x×*])(?P<way>\d{{1,3}})(?:\s?(?P<unit>{units}))?\s+(?:(?:of|de|di|von)\s+|d['’])"
        r"(?=[^\W\d_]{3})",
        re.IGNORECASE,
    )


@cache
def _lengths_of() -> re.Pattern[str]:
    """Return the pattern of lengths of a hall, or passes, of a drill: "4 lengths of A-skips"."""
    of = of_what()
    return re.compile(
        rf"(?<![\w.,x×*])(?P<times>\d{{1,2}})\s*(?:{joining('lengths')})\s+(?:(?:{of})\s+)?"
        r"(?P<name>[^\W\d_][^,;:.+()\d]*)",
        re.IGNORECASE,
    )


def _as_often(found: re.Match[str]) -> str:
    is_drill = _running_named_first(found["name"].split()) is not None
    return f"{found['times']}x {found['name']}" if is_drill else found[0]


def _running_named_first(told: list[str]) -> str | None:
    """Return the longest name that words begin with, if it is of a sprint, stride or drill."""
    for n_words in range(len(told), 0, -1):
        name = " ".join(told[:n_words])
        if (id := named_exactly(name)) is not None:
            return name if kind_of_work(id) in _OF_RUNNING else None
    return None


@cache
def _sets() -> re.Pattern[str]:
    """Return the pattern of sets with what was done in each, or without: "3 of lunges"."""
    known = amount_words()
    unit = alternatives((*known["metres"], *known["seconds"], *known["repetitions"]))
    lengths = joining("lengths")
    of = of_what()
    return re.compile(
        rf"(?<![\w.,x×*])(?P<times>\d{{1,2}})\s*(?:(?P<lengths>{lengths})|{alternatives(known['sets'])})"
        rf"\s+(?:(?:{of})\s+)?(?P<each>\d{{1,3}}(?:\s?(?:{unit})(?!\w))?)\s+(?:(?:{of})\s+)?(?=[^\W\d_]{{3}})"
        rf"|(?P<before>(?:[,;]|\s(?:{joining('and')}))\s+)(?P<often>\d{{1,2}})\s+"
        rf"(?:(?:{lengths})\s+)?(?:{of})\s+(?=[^\W\d_]{{3}})",
        re.IGNORECASE,
    )
