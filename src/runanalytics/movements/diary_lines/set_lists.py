"""Sets that are told one by one, in the spelling that `amounts` reads.

People number their sets ("1st set 10 push-ups, 2nd set 8", "sets 1 and 2: 12 squats; set 3: 10"),
tell a total and how it was parted ("100 push-ups in sets of 20"), and write times with dashes
between them ("plank 1'30 - 1'15 - 1'"). Weights of single sets are the business of `set_loads`.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.pieces import joining, joining_words, may_tell
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import lexicon
from runanalytics.movements.vocabulary import movement
from runanalytics.words.phrases import alternatives, any_of, every

#: What numbers are counted with: "1st", "2nd", "1ª", "1re", "2e", "1.".
_NTH = r"(?P<nth>\d{1,2})\s?(?:ª|º|°|st|nd|rd|th|ère|ere|re|er|ème|eme|e|a|o|\.)"
#: ... before repetitions, where the word for a set is left out: "1st set 12, 2nd 10".
_NTH_ALONE = (
    r"(?<![\w.])(?P<alone>[2-9])(?:ª|º|nd|rd|th|ème|eme|e|a|o)\s+(?=\d{1,3}(?!\d|\s*[x×*]))"
)
#: How often something was done, before its name or before nothing.
_REPS = re.compile(
    r"(?P<reps>\d{1,3})(?=\s*$|\s*[,;]|\s+(?!(?:kg|lbs?|min|mins|sec|secs|km|cm)(?!\w))[^\W\d_]{2})"
)
#: Three times or distances in a row with dashes or bars between them.
_ONE_TIME = (
    r"(?:\d{1,2}:[0-5]\d|\d{1,2}['′’]\s?(?:[0-5]\d[\"″”]?)?|\d{1,3}\s?(?:s|secs?|se[kg]|m)(?!\w))"
)
_TIMES_IN_A_ROW = re.compile(
    rf"(?<![\w.,:x×*/'-]){_ONE_TIME}(?:\s*[-–—/]\s*{_ONE_TIME}){{2,}}(?![\w:])", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*[-–—/]\s*")
_COUNT = re.compile(r"\d{1,3}")
#: One set that has a number is no list.
_LEAST_SETS = 2
#: What the patterns of some lines need, which take longer to make than to look for this: many of
#: something that were parted, and a list of repetitions with a word before it.
_MANY = re.compile(
    r"(?<![\w.,/x×*-])\d{2,3}\s+[^\W\d_]{3}(?:[^\d,;]|\d\d?\s?kg)*(?:\s(?:in|en|a|à|as|als|zu|come)\s|[(:=])[^,;()]*\d",
    re.IGNORECASE,
)
_A_LIST = re.compile(r"(?:^|[,;:]\s)[^\W\d_]+\s+[^\W\d_]{1,4}\s+\d{1,3}\s*[,/-]\s*\d")
#: "As" before sets is no name of a skip.
_AS_SETS = re.compile(r"(?<=\s)as\s+(?=\d{1,2}\s?[x×]\s?\d)")
#: "x10 x3".
_TIMES_TWICE = re.compile(
    r"(?<=[^\W\d_]\s)[x×]\s?(?P<each>\d{1,3})\s+[x×]\s?(?P<sets>\d)(?!\w|[.,]\d)", re.IGNORECASE
)
#: "60 squats (20+20+20)", and in how many goes.
_ADDED_UP = re.compile(
    r"(?<![\w.,/x×*-])(?P<total>\d{1,3})\s+(?P<name>[^\W\d_]{3}[^\d,;:+()]{0,30}?)"
    r"(?:,?\s+(?:in|auf|en|à|a|as)\s+[^\W\d_]+(?:\s+[^\W\d_]+)?)?\s*\((?P<each>\d{1,3}(?:\s?\+\s?\d{1,3})+)\)"
)
#: What stands between names, and what an amount of each of them needs.
_BETWEEN_NAMES = re.compile(r"\s*[,/+]\s*|\s+[-–—]\s+")
_ONE_EACH = re.compile(r"[^\W\d_][.:]\s+\d{1,3}[^\d,;.:]*/\s*\d")
#: What the patterns of ways in turn, counts in turn and sets of a total need.
_A_WAY_EACH = re.compile(r"\d\s+[^\W\d_][^,;:+()\d]+\(\d{1,3}\s*[,/+–-]")
_ONE_THEN_ANOTHER = re.compile(
    r"[^\W\d_],?\s[^\W\d_]+\s\d{1,3}(?:,?\s[^\W\d_]+\s\d{1,3})*\s*(?:$|[,;.])"
)
_SETS_OF_A_TOTAL = re.compile(
    r"\d\s?(?:[^\W\d_]{1,8}\.?|['\"]{1,2})(?:\s[^\W\d_]+){0,2}\s*[,(:=]?\s*(?:[^\W\d_]+\s+)?\d{1,2}\s*[x×*]"
    r"\s*\d{1,3}\s?[^\W\d_\s]"
)
_A_TIMES_SIGN = re.compile(r"[x×*]", re.IGNORECASE)
#: What the patterns of ladders need.
_A_LADDER = re.compile(r"(?:pyramid|leiter|escalera|[ée]chelle|scal|ladder)", re.IGNORECASE)
#: ... and that sets of one exercise began every minute: "swings EMOM 10x10".
_MAY_BE_EVERY = re.compile(
    r"minut|EMOM|\d,?\s+[^\W\d_]+\s+(?:[^\W\d_]+\s+)?\d{1,3}\s?(?:s|min)", re.IGNORECASE
)
_EMOM = re.compile(r"(?<=[^\W\d_]{3}),?\s+EMOM:?\s+(?=\d{1,2}\s?[x×]\s?\d)", re.IGNORECASE)
#: A list that is written in one word with its exercise, "Klimmzugleiter 1-2-3"; but a
#: "Koordinationsleiter" is one.
_LADDER = re.compile(
    r"(?<=[^\W\d_]{4})(?<!ns)(?P<ladder>pyramide|leiter)(?=\s*:?\s*\d{1,3}\s*[-,/]\s*\d)",
    re.IGNORECASE,
)
#: ... or tells it before, "escalera de flexiones 2-4-6"; a ladder for agility is one.
_LADDER_OF = re.compile(
    r"(?<!\w)(?:escalera|échelle|echelle|scaletta|scala|ladder|pyramid)\s+(?:de\s|di\s|d['’]|of\s)\s*"
    r"(?!agil|coord)(?=[^\W\d_][^\d,;]{2,30}\d{1,3}(?:\s*[-,/]\s*\d{1,3}){2})",
    re.IGNORECASE,
)
#: What the pattern of a list of several exercises needs: three numbers, and no others behind.
_A_LIST_OF_NAMES = re.compile(
    r"\d\s*[-–,/ ]\s*\d{1,3}\s*[-–,/ ]\s*\d{1,3}\s*:?\s+[^\W\d_][^\d:;]+$"
)
#: Sets of other counts behind sets, which a comma parts elsewhere: "sprints 2x30 m 2x50 m".
_SETS_BEHIND_SETS = re.compile(
    r"(?<=[^\W\d_]{2}\s)\d{1,2}\s?[x×]\s?\d{1,3}(?P<unit>(?:\s?(?:m|s|secs?|\"))?)"
    r"(?:\s+\d{1,2}\s?[x×]\s?\d{1,3}(?P=unit))+(?=\s*(?:$|[,;)]|\.(?!\d)))",
    re.IGNORECASE,
)
_BEFORE_SETS = re.compile(r"(?<=\S)\s+(?=\d{1,2}\s?[x×])")
#: "Lunges 12, 10, 8, 6 strides": the last number counts what stands behind it.
_COUNT_OF_NEXT = re.compile(
    r"(?<=[^\W\d_]{3}\s)(?P<counts>\d{1,3}(?:,\s*\d{1,3})+), ?"
    r"(?P<last>\d{1,3} (?P<name>[^\W\d_][^\d,;:.+()]{2,40}?))(?=\s*(?:$|[,;.+]|\d))"
)
#: "Calf raises 20, 20": two counts of which the second is of no other exercise.
_TWO_COUNTS = re.compile(
    r"(?<=[^\W\d_]{3}\s)(?P<first>\d{1,2}),\s*(?P<second>\d{1,2})"
    r"(?=\s*(?:$|;|\.(?!\d))|,\s*[^\W\d_]{3})"
)
#: ... which are about as many each time, and no more than are done at once.
_MOST_ALIKE, _MOST_AT_ONCE = 1.5, 50


def one_by_one(text: str) -> str:
    """Return a line with the sets that it tells one by one as sets with their number.

    Examples
    --------
    >>> one_by_one("1st set 10 push-ups, 2nd set 8")
    '1x10 push-ups; 1x8'
    >>> one_by_one("Sets 1 and 2: 12 squats with 30 kg; set 3: 10 with 40 kg")
    '2x12 squats with 30 kg; 1x10 with 40 kg'
    >>> one_by_one("100 push-ups in sets of 20, plank 1:30 - 1:15 - 1:00")
    '5x20 push-ups, plank 1:30, 1:15, 1:00'
    """
    if not any(map(str.isdigit, text)):
        return text
    if _TIMES_IN_A_ROW.search(text):
        text = _TIMES_IN_A_ROW.sub(lambda found: _BETWEEN.sub(", ", found[0]), text)
    if _A_LADDER.search(text):
        text = _LADDER_OF.sub("", _LADDER.sub(r" \g<ladder>", text))
    if _A_LIST_OF_NAMES.search(text):
        text = _list_of_names().sub(_of_several, text)
    text = _SETS_BEHIND_SETS.sub(lambda found: _BEFORE_SETS.sub(", ", found[0]), text)
    text = _COUNT_OF_NEXT.sub(_next_apart, text)
    text = _TWO_COUNTS.sub(_two_sets, text)
    text = _sets_in_turn(text)
    told = re.findall(r"[^\W\d_]+", text.casefold())
    n_told = sum(map(_words_for_sets().__contains__, told))
    if n_told >= _LEAST_SETS or (n_told and re.search(rf"[,;]\s+{_NTH_ALONE}", text, re.I)):
        text = _numbered_sets(text)
    if n_told:
        text = _warm_up().sub("", text)
        text = _before_list().sub("", text) if _A_LIST.search(text) else text
    return _AS_SETS.sub("", _total().sub(_parted, text) if _MANY.search(text) else text)


@cache
def _list_of_names() -> re.Pattern[str]:
    """Return the pattern of a list of repetitions of several: "ladder 10-8-6 of dips & rows"."""
    known = amount_words()
    units = alternatives(
        word
        for kind in ("seconds", "minutes", "metres", "kilograms", "sets")
        for word in known[kind]
    )
    number = r"\d{1,3}"
    return re.compile(
        rf"(?:^|(?<=:\s))(?:(?P<head>[^\W\d_][^\d,;:.()]*?)?(?P<ladder>{joining('ladder')}),?\s+)?"
        rf"(?P<counts>{number}(?:(?:\s*[-–/]\s*{number}){{2,}}|(?:,\s*{number}){{2,}}"
        rf"|(?(ladder)(?:\s{number}){{2,}}|(?!))))(?:\s+(?:{alternatives(known['repetitions'])}))?(?:\s*:)?"
        rf"\s+(?:(?:{alternatives(known['of'])})\s+)?(?!(?:{units})(?!\w))"
        rf"(?P<names>[^\W\d_]{{2}}[^\d:;()]*?(?:[,/+&]|\s(?:{joining('and')})\s)[^\d:;()]*)$",
        re.IGNORECASE,
    )


def _of_several(found: re.Match[str]) -> str:
    """Return a list of repetitions as a heading of the exercises that all have it."""
    counts = "-".join(_COUNT.findall(found["counts"]))
    head = (found["head"] or "").strip()
    return f"{head}: {counts}: {found['names']}" if head else f"{counts}: {found['names']}"


def _next_apart(found: re.Match[str]) -> str:
    """Return a list of repetitions without the last, which is of the exercise behind it."""
    first, name = found["name"].split()[0].casefold(), found["name"]
    joined = first in lexicon().small or first in _joining_words()  # "12, 10, 8 and planks"
    apart = not joined and named_exactly(name) is not None
    return f"{found['counts']}; {found['last']}" if apart else found[0]


@cache
def _joining_words() -> frozenset[str]:
    return frozenset((*joining_words("and"), *joining_words("then")))


def _two_sets(found: re.Match[str]) -> str:
    counts = sorted(map(int, found.groups()))
    alike = counts[0] and counts[1] <= min(_MOST_ALIKE * counts[0], _MOST_AT_ONCE)
    return f"1x{found['first']}, 1x{found['second']}" if alike else found[0]


def _sets_in_turn(text: str) -> str:
    """Return a line with counts and ways in turn, parted totals and sets by the minute as sets."""
    if _ONE_EACH.search(text):
        text = _names_with_amounts().sub(_each_with_its_own, text)
    if _TIMES_TWICE.search(text):
        text = _TIMES_TWICE.sub(_sets_last, _sets_named().sub(r"\1", text))
    if "+" in text:
        text = _ADDED_UP.sub(_added_up, text)
    if "(" in text and _A_WAY_EACH.search(text):
        text = _ways_in_turn().sub(_one_each, text)
    if _ONE_THEN_ANOTHER.search(text):
        text = _then_counts().sub(_counts_in_turn, text)
    if _A_TIMES_SIGN.search(text) and _SETS_OF_A_TOTAL.search(text):
        text = _total_of_sets().sub(_without_total, text)
    if _EMOM.search(text):
        text = _EMOM.sub(" ", text)
    if _MAY_BE_EVERY.search(text) and _sets_every().search(text):
        text = _sets_every().sub(r"\g<sets>", text)
    elif may_tell(text, "every_minute") and every_minute().search(text):
        text = _by_the_minute().sub(r"\g<minutes>x\g<reps>\g<name>\g<how>", text)
    if may_tell(text, "in_a_row") and _in_a_row_told().search(text):
        text = _in_a_row().sub(_as_counted, text)
    return text


@cache
def _names_with_amounts() -> re.Pattern[str]:
    """Return the pattern of names and then an amount of each: "dead bug - plank. 10 / 30 s"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["metres"], *known["repetitions"]))
    return re.compile(
        r"(?:^|(?<=[.;:]\s))(?P<names>[^\W\d_][^\d:;.()]{5,120}?)\s*[.:]\s+"
        rf"(?P<each>\d{{1,3}}(?:\s?(?:{unit}))?(?:\s*/\s*\d{{1,3}}(?:\s?(?:{unit}))?)+)(?!\w)(?=\s*(?:$|[.;,]))",
        re.IGNORECASE,
    )


def _each_with_its_own(found: re.Match[str]) -> str:
    """Return names each with their own amount; a unit that stands once is of what is timed."""
    names = _BETWEEN_NAMES.split(found["names"])
    each = _BETWEEN.split(found["each"])
    ids = list(map(named_exactly, names))
    if len(names) != len(each) or None in ids:
        return found[0]
    units = [one.lstrip("0123456789").strip() for one in each]
    if units[-1] and not any(units[:-1]):
        # "10 / 10 / 30 seconds" are of a dead bug, a bird dog and a plank.
        timed = [movement(id).measured_in != "reps" for id in ids if id is not None]
        units = [units[-1] if one or not any(timed) else "" for one in timed]
    counts = [_COUNT.findall(one)[0] for one in each]
    told = zip(counts, units, names, strict=True)
    return ", ".join(" ".join(filter(None, one)) for one in told)


def _is_named(text: str) -> bool:
    """Return whether a text begins or ends with the name of a movement."""
    told = text.split()
    parts = ((told[:n], told[-n:]) for n in range(1, len(told) + 1))
    return any(named_exactly(" ".join(one)) for pair in parts for one in pair)


@cache
def _sets_named() -> re.Pattern[str]:
    """Return the pattern of "sets" behind "x 10 x 3"."""
    sets = alternatives(amount_words()["sets"])
    return re.compile(rf"([x×]\s?\d{{1,3}}\s+[x×]\s?\d)\s+(?:{sets})(?!\w)\.?", re.IGNORECASE)


def _sets_last(found: re.Match[str]) -> str:
    """Return "x10 x3" as three sets, where nobody would do ten of three."""
    each, n_sets = int(found["each"]), int(found["sets"])
    return f"{n_sets}x{each}" if 2 * n_sets <= each else found[0]


def _added_up(found: re.Match[str]) -> str:
    """Return "60 squats (20+20+20)" as its sets, if they are as many in all."""
    each = _COUNT.findall(found["each"])
    if sum(map(int, each)) != int(found["total"]) or not _is_named(found["name"]):
        return found[0]
    if len(set(each)) == 1:
        return f"{len(each)}x{each[0]} {found['name']}"
    return ", ".join(f"1x{one} {found['name']}" for one in each)


@cache
def _ways_in_turn() -> re.Pattern[str]:
    """Return the pattern of "4 strides (60, 60, 80, 100 m)": how far or long each was."""
    known = amount_words()
    unit = alternatives((*known["metres"], *known["seconds"]))
    return re.compile(
        r"(?<![\w.,x×*])(?P<times>\d{1,2})\s+(?P<name>[^\W\d_][^,;:+()\d]{2,40}?)\s*"
        rf"\((?P<each>\d{{1,3}}(?:\s*[,/+–-]\s*\d{{1,3}})+)\s?(?P<unit>{unit})\)",
        re.IGNORECASE,
    )


def _one_each(found: re.Match[str]) -> str:
    each = _COUNT.findall(found["each"])
    if len(each) != int(found["times"]) or not _is_named(found["name"]):
        return found[0]
    return ", ".join(f"1x{one} {found['unit']} {found['name']}" for one in each)


@cache
def _then_counts() -> re.Pattern[str]:
    """Return the pattern of "10 squats, then 12, then 15"."""
    then = rf"(?:{joining('then')})"
    return re.compile(
        r"(?<![\w.,x×*/-])(?P<first>\d{1,3})\s+(?P<name>[^\W\d_]{3}[^\d,;:()+]{0,40}?)"
        rf"(?P<others>(?:,?\s+{then}\s+\d{{1,3}})+)(?=\s*(?:$|[,;.](?!\d)))",
        re.IGNORECASE,
    )


def _counts_in_turn(found: re.Match[str]) -> str:
    if not _is_named(found["name"]):
        return found[0]  # "45 min easy, then 6"
    each = (found["first"], *_COUNT.findall(found["others"]))
    return ", ".join(f"1x{one} {found['name']}" for one in each)


@cache
def _total_of_sets() -> re.Pattern[str]:
    """Return the pattern of how much it was in all before its sets: "2 min in all, as 4 x 30 s"."""
    known = amount_words()
    units = {kind: alternatives(known[kind]) for kind in ("minutes", "seconds", "metres")}
    as_ = r"(?:(?:in|en|à|as|als|come|como)\s+)"
    return re.compile(
        rf"(?<![\w.,x×*])(?P<total>\d{{1,4}})\s?(?:(?P<minutes>{units['minutes']})|{units['seconds']}"
        rf"|(?P<far>{units['metres']}))"
        rf"(?:\s+(?:{joining('in_all')})\s*[,(:=]?\s*{as_}?|\s*[(=:]\s*{as_}?|,?\s+{as_})"
        r"(?P<sets>\d{1,2})\s*[x×*]\s*(?P<each>\d{1,3})\s?"
        rf"(?:(?P<each_far>{units['metres']})|(?P<each_s>{units['seconds']}))(?!\w)\)?",
        re.IGNORECASE,
    )


def _without_total(found: re.Match[str]) -> str:
    """Return the sets alone, if they add up to it."""
    if bool(found["far"]) != bool(found["each_far"]):
        return found[0]
    total = int(found["total"]) * (60 if found["minutes"] else 1)
    if total != int(found["sets"]) * int(found["each"]):
        return found[0]
    return f"{found['sets']}x{found['each']} {found['each_far'] or found['each_s']}"


@cache
def every_minute() -> re.Pattern[str]:
    """Return the pattern of "every minute", which is quicker to look for than its sets."""
    return re.compile(rf"(?<!\w)(?:{any_of(every('diary.every_minute'))})(?!\w)", re.IGNORECASE)


@cache
def _by_the_minute() -> re.Pattern[str]:
    """Return the pattern of "10 squats every minute for 10 minutes"."""
    minute = alternatives(amount_words()["minutes"])
    return re.compile(
        r"(?<![\w.,x×*])(?P<reps>\d{1,2})(?P<name>\s+[^\W\d_][^,;:.+()\d]*?)??,?\s+"
        rf"(?:{any_of(every('diary.every_minute'))})(?P<how>[^,;:.+()\d]{{0,20}}?),?\s+"
        rf"(?:(?:for|during|für|pendant|per|durante|x|über)\s+)?(?P<minutes>\d{{1,2}})\s?(?:{minute})(?!\w)"
        r"(?:\s+lang)?",
        re.IGNORECASE,
    )


@cache
def _sets_every() -> re.Pattern[str]:
    """Return the pattern of how often sets begin, behind these: "10 sets of 10 on the minute"."""
    known = amount_words()
    of = rf"(?:{alternatives(known['sets'])})\.?\s+(?:{alternatives(known['of'])})"
    time = alternatives((*known["seconds"], *known["minutes"]))
    return re.compile(
        rf"(?P<sets>(?<![\w.,])\d{{1,2}}\s*(?:[x×*]|{of})\s*\d{{1,3}}"
        rf"(?:\s+(?:{alternatives(known['repetitions'])}))?),?\s+"
        rf"(?:{any_of((*every('diary.every_minute'), 'EMOM'))}"
        rf"|(?:{joining('so_often')})\s+\d{{1,3}}\s?(?:{time}))(?!\w)",
        re.IGNORECASE,
    )


@cache
def _in_a_row_told() -> re.Pattern[str]:
    return re.compile(rf"\d\s+(?:{any_of(every('diary.in_a_row'))})(?!\w)", re.IGNORECASE)


@cache
def _in_a_row() -> re.Pattern[str]:
    """Return the pattern of "5 in a row": so many without a rest."""
    return re.compile(
        rf"(?P<times>[x×*]\s*)?(?<![\w.,])(?P<reps>\d{{1,2}})\s+(?:{any_of(every('diary.in_a_row'))})(?!\w)",
        re.IGNORECASE,
    )


def _as_counted(found: re.Match[str]) -> str:
    if not found["times"] and found.string[: found.start()].rstrip()[-1:] in ",;:.":
        return found["reps"]  # "..., x40" may be rounds
    return f"{found['times'] or 'x'}{found['reps']}"


@cache
def _words_for_sets() -> frozenset[str]:
    warm_up = " ".join(every("diary.warm_up_sets")).casefold().replace("-", " ").split()
    return frozenset((*amount_words()["sets"], *warm_up))


def _numbered_sets(text: str) -> str:
    """Return a line without the numbers of its sets, if they are counted from one."""
    found = list(_label().finditer(text))
    if len(found) < _LEAST_SETS:
        return text
    places, expected = list[tuple[int, int]](), 1
    for one in found:
        first = int(one["first"] or one["nth"] or one["alone"] or expected)
        last = int(one["last"] or first)
        if first != expected or last < first:
            return text
        places.append((first, last))
        expected = last + 1
    sets, ends = [], [*(one.start() for one in found[1:]), len(text)]
    for one, (first, last), end in zip(found, places, ends, strict=True):
        told = text[one.end() : end].strip(" ,;.")
        n_sets = last - first + 1
        counted = _REPS.match(told)
        sets.append(f"{n_sets}x{told}" if counted else "; ".join([told] * n_sets))
    head = text[: found[0].end("before")].rstrip(" -–—")
    if re.fullmatch(r"\dx\d{1,3}", sets[0]):
        head = head.rstrip(":")  # "pull-ups: 1st set 8, 2nd set 6"
    return f"{head} {'; '.join(sets)}".strip()


@cache
def _label() -> re.Pattern[str]:
    """Return the pattern of "Set 1:", "sets 1 and 2:" and "1st set" before what a set was."""
    sets, reps = (alternatives(amount_words()[kind]) for kind in ("sets", "repetitions"))
    to = rf"(?:\s*[-–&+/]\s*|\s+(?:{joining('and')})\s+)"
    return re.compile(
        rf"(?:^|(?<=[;,.])\s*|(?<=[^\W\d_]{{3}})(?:\s*:|\s[-–—])?\s+)(?P<before>)"
        rf"(?:(?:{_NTH}|{joining('one_set')})\s*(?:{sets})(?!\w)\s*[:=)]?|{_NTH_ALONE}"
        rf"|(?:{sets})\s*(?P<first>\d{{1,2}})(?:{to}(?P<last>\d{{1,2}}))?"
        rf"(?:\s*[:=)]|(?=\s\d{{1,3}}\s*(?:[x×@]|kg|{reps}))))\s*(?=\d|[^\W\d_])",
        re.IGNORECASE,
    )


@cache
def _warm_up() -> re.Pattern[str]:
    """Return the pattern of "warm-up sets" before sets with their weight, which are sets."""
    return re.compile(
        rf"(?<!\w)(?:{joining('warm_up_sets')})\s*:?\s+"
        r"(?=\d{1,3}\s*(?:[x×*]\s*\d{1,3}|kg\s*[x×*])[^,;]{0,12}\d)",
        re.IGNORECASE,
    )


@cache
def _total() -> re.Pattern[str]:
    """Return the pattern of "100 push-ups in sets of 20" and "100 push-ups (5x20)"."""
    known = amount_words()
    sets, of = alternatives(known["sets"]), alternatives(known["of"])
    return re.compile(
        rf"(?<![\w.,/x×*-])(?P<total>\d{{2,3}})\s+"
        rf"(?P<name>[^\W\d_]{{3}}(?:[^\d,;:+()]|\d{{1,3}}\s?kg){{0,40}}?)"
        rf"(?:,?\s+(?:in|en|a|à|as|als|zu|come)\s+(?:(?P<in>\d{{1,2}})\s+(?:{sets})(?!\w)(?!\.?\s+(?:{of})\s*\d)"
        rf"|(?P<tens>\d{{1,3}})er[\s-]?(?:{sets}))"
        rf"|(?:,?\s+(?:in|en|a|à|as|als|zu|come)\s+|\s*[:=]\s*|\s*\()"
        rf"(?:(?:(?P<sets>\d{{1,2}})\s+)?(?:{sets})\.?\s+(?:{of})\s*(?P<each>\d{{1,3}})"
        rf"|(?P<times>\d{{1,2}})\s*[x×*]\s*(?P<of_times>\d{{1,3}})))(?![\w.])\)?",
        re.IGNORECASE,
    )


def _parted(found: re.Match[str]) -> str:
    """Return the sets that a total was parted into, if they add up to it."""
    each, told = (
        int(next(filter(None, map(found.group, names)), 0))
        for names in (("each", "tens", "of_times"), ("sets", "in", "times"))
    )
    n_sets, left = divmod(int(found["total"]), each or told or 1)
    if not each:
        n_sets, each = told, n_sets
        before = found.string[: found.start()].rstrip()
        if before.endswith(",") and not _total().search(before.rstrip(",").split(",")[-1]):
            return found[0]  # "20 squats, 20 lunges in 2 sets" may be of each
    if left or n_sets < _LEAST_SETS or told not in (0, n_sets):
        return found[0]
    return f"{n_sets}x{each} {found['name'].strip()}"


@cache
def _before_list() -> re.Pattern[str]:
    """Return the pattern of "sets of" before repetitions in a row, "sets of 12, 10, 8 squats"."""
    known = amount_words()
    sets, of = alternatives(known["sets"]), alternatives(known["of"])
    return re.compile(
        rf"(?:^|(?<=[,;:]\s))(?:{sets})\s+(?:{of})\s+(?=\d{{1,3}}\s*[,/-]\s*\d)", re.IGNORECASE
    )


def counts_behind_name(text: str) -> str:
    """Return a line whose repetitions behind a colon stand behind the name.

    Examples
    --------
    >>> counts_behind_name("Pull-ups: 6 + 5 + 4; dips: 8, 8")
    'Pull-ups 6/5/4; dips 2x8'
    """
    return _counts_behind_colon().sub(_without_colon, text)


@cache
def _counts_behind_colon() -> re.Pattern[str]:
    """Return the pattern of repetitions behind a colon: "hip thrust 90 kg: 10, 10, 8 then ..."."""
    return re.compile(
        r"(?P<before>[^\W\d_]{2}\)?)\s*:\s+"
        r"(?P<each>\d{1,3}(?:\s*[,+]\s*\d{1,3})*|\d{1,3}(?:[/-]\d{1,3}){2,})"
        rf"(?=\s*(?:\([^()\d]+\)\s*)?(?:$|[;.](?!\d))|,?\s+(?:(?:{joining('and')})\s+)?(?:{joining('then')})\s)",
        re.IGNORECASE,
    )


def _without_colon(found: re.Match[str]) -> str:
    """Return repetitions of sets behind a colon as they stand behind a name."""
    each = _COUNT.findall(found["each"])
    if len(each) == 1:
        return f"{found['before']} x{each[0]}"
    counts = f"{len(each)}x{each[0]}" if len(set(each)) == 1 else "/".join(each)
    if len(each) == 2 and counts.count("/"):
        counts = " ".join((f"1x{each[0]},", f"1x{each[1]}"))
    return f"{found['before']} {counts}"
