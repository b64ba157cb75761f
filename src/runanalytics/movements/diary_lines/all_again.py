"""How often all of several exercises was done, told behind them, as rounds before them.

"10 squats, 8 lunges, the whole lot four times, laughing", "(plank 60 s, 20 dead bugs), 2 times
through", "high knees 20 m, carioca 20 m, 3 times each" and "10 squats, 8 lunges. 3 times."
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.diary_lines.pieces import IN_ROUNDS, joining, joining_words
from runanalytics.movements.matcher import named_exactly
from runanalytics.words.phrases import alternatives

#: What stands between two parts.
_BETWEEN = re.compile(r"\s*[;,](?!\d)\s*|\s+[+/&]\s+")
#: A part of a number and a name, and one that has a way or a time.
_COUNTED = re.compile(r"\d")
_OVER_A_WAY = re.compile(r"\d\s?(?:m|s|se[ckg]\w*|met\w*|mèt\w*|min\w*|\"|'|″|′)(?![^\W\d_])", re.I)
_OF_SETS = re.compile(r"\d\s*[x×*]\s*\d|(?<![^\W\d_])[x×]\s?\d", re.IGNORECASE)
_RUN = re.compile(r"\d\s?(?:km?|h|mi)(?!\w)", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*[-–—:]\s")
_SEVERAL = 2
#: Parts that plus signs join, behind others: "plank 45 s x 2, squats 8 + dips 10".
_JOINED_LAST = re.compile(r"(?P<earlier>.*[,;.]\s+)(?P<last>[^,;.]*\s\+\s[^,;.]*)$")


def with_rounds_first(line: str) -> str:
    """Return a line with how often all was done before what was done so often.

    Examples
    --------
    >>> with_rounds_first("10 squats, 8 lunges, all of it 3 times, laughing")
    '3x(10 squats, 8 lunges); laughing'
    >>> with_rounds_first("core (plank 60 s, 20 dead bugs), 2 times through")
    'core, 2x(plank 60 s, 20 dead bugs)'
    >>> with_rounds_first("high knees 20 m and carioca 20 m, 3 times each")
    '3x(high knees 20 m and carioca 20 m)'
    """
    if _words_of_it().isdisjoint(_WORDS.findall(line.casefold())) and not _X_ALONE.search(line):
        return line  # as most: the patterns take longer
    for found in _told_behind().finditer(line):
        if (told := _rounds_first(line, found)) is not None:
            return told
    return line


#: "10 squats, 8 dips, x3, felt good".
_X_ALONE = re.compile(r"[,;]\s*[x×]\s?\d{1,2}\s*[,;.]", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")


@cache
def _words_of_it() -> frozenset[str]:
    """Return a word of whatever tells how often all or each was done, in lower case."""
    said = {
        *amount_words()["times"],
        *joining_words("rounds_ahead"),
        *joining_words("all_of_it"),
        *joining_words("each"),
    }
    return frozenset(max(_WORDS.findall(each.casefold()), key=len) for each in said)


@cache
def _rounds() -> frozenset[str]:
    """Return words for rounds, without those that are a way, too: "2 laps easy"."""
    known = joining_words("rounds_ahead") - joining_words("lengths")
    return frozenset(known - joining_words("lap"))


@cache
def _told_behind() -> re.Pattern[str]:
    known = amount_words()
    times, rounds = alternatives(known["times"]), alternatives(_rounds())
    often = rf"(?:[x×]|(?:{times}|{rounds})(?!\w))"
    small = r"(?:[^\W\d_]+['’]?\s+){0,2}?"
    all_ = rf"(?:(?:{joining('and')}|{joining('then')})\s+)?(?:{joining('all_of_it')})(?!\w)"
    through = rf"(?:\s+(?:{joining('through')}|{joining('done')})(?!\w))?"
    sides = {word for each in known["each_side"] for word in each.split()[1:] if word.isalpha()}
    each = rf"(?:{joining('each')})(?!\w|\s+(?:{alternatives(sides)})(?!\w))"
    ends = r"(?=\s*(?:$|[,;.)(!]|/\s))"
    # "4 rounds without rest", but not "2 rounds of 8 lunges"
    in_time = r"\s[^\W\d_]{2,6}\s\d{1,2}(?::\d\d)?\s?(?:min[^\W\d_]*|['′’])"
    how = (
        rf"(?=\s*(?:(?!(?:{of_what()})\s)(?:{in_time}|(?:\s[^\W\d_]+){{1,3}}\s*))?"
        r"(?:$|[,;.)(!]))"
    )
    then = rf"(?:\s[^\W\d_]+){{0,3}}\s*[;,.]\s*(?:{joining('then')})\s"
    to_the_end = rf"(?=[^\d:;]*$|{then})"
    reps = alternatives(known["repetitions"])
    return re.compile(
        # "3 times each", "x 4 rounds"
        rf"(?:\s*,)?\s+(?P<each>\d{{1,2}})\s*(?:{times}|{alternatives(known['sets'])}|(?P<reps>{reps}))"
        rf"\s+(?:[^\W\d_]{{1,3}}\s+)?{each}{ends}"
        rf"|\s+(?:(?P<x>[x×])\s?)?(?P<x_rounds>\d{{1,2}})\s*(?:{joining('rounds')}|{rounds})(?!\w)(?:{to_the_end}|{ends})"
        # "the whole lot 4 times", "(all x3)"
        rf"|(?P<sign>\s*[,;:.+(]\s*|\s+[-–—]\s+|(?<=\))\s+)(?:{all_}\s*:?\s*{small}"
        rf"(?:[x×]\s?(?P<x_all>\d{{1,2}})(?!\s?[^\W\d_x×]|\d)|(?P<all>\d{{1,2}})\s*{often}{through})"
        # "3 rounds", "2 times through"
        rf"|(?:(?:{joining('did')})\s+)?(?:[x×]\s?)?(?P<rounds>\d{{1,2}})\s*(?:(?:{rounds})"
        rf"|(?:{times})\s+(?:{joining('through')}))(?!\w){how}"
        # "(3 passes)"
        rf"|(?<=\()(?P<in_brackets>\d{{1,2}})\s*(?:{joining('rounds_ahead')})(?!\w)(?=\))"
        # "4 times all of it"
        rf"|(?P<times_all>\d{{1,2}})\s*{often}\s+{all_}{ends}"
        # "both 3 times", "each done 3 times"
        rf"|(?:{each}|(?P<both>{joining('of_both')})(?!\w))\s+(?:(?:{joining('done')})\s+)?"
        rf"(?P<each_first>\d{{1,2}})\s*(?:(?:{times})|[x×](?!\s?\d)){ends}"
        # "3 times", which may be of the last alone
        # ... and "x3"
        rf"|[x×]\s?(?P<x_alone>\d{{1,2}})(?!\d|\s?[^\W\d_])(?=\s*[,;.][^\d:]*$)"
        rf"|(?:[^\W\d_]{{1,3}}\s+)?(?P<alone>\d{{1,2}})\s*(?:[x×]|{times}|{joining('rounds')})(?!\w)"
        rf"(?:{to_the_end}|(?=\s*[;.][^\d:]*$)))",
        re.IGNORECASE,
    )


@cache
def _one_round() -> re.Pattern[str]:
    """Return the pattern of what says that this was one round: "= 1 round"."""
    round_ = rf"(?:1|{joining('once')})\s+(?:{alternatives(_rounds())})"
    return re.compile(rf"\s*[=:]\s*{round_}[\s.;]*$|^{round_}\s*[=:]\s*", re.IGNORECASE)


@cache
def _and() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{joining('and')})\s", re.IGNORECASE)


def _rounds_first(line: str, found: re.Match[str]) -> str | None:
    """Return a line with rounds before their parts, or None where nothing says of what they are."""
    before, behind = line[: found.start()], line[found.end() :]
    sign = (found["sign"] or "").strip()
    if _GOES_ON.match(behind):
        return None  # "40 s on, 20 s off, 3 rounds - squats, dips"
    if sign == "(":
        if not (closed := re.match(r"[^()\d]*\)", behind)):
            return None
        behind = f"{closed[0][:-1]}{behind[closed.end() :]}"
    if before.count("(") != before.count(")"):
        return None
    lead, parts = _parts(_one_round().sub("", before))
    if found["x_rounds"] and (joined := _JOINED_LAST.match(parts)):
        lead, parts = f"{lead}{joined['earlier']}", joined["last"]
    if _OF_SETS.search(parts):
        return None
    told = [each for part in _BETWEEN.split(parts) for each in _and().split(part)]
    counted = [each for each in told if _COUNTED.search(each)]
    all_of_it = found["all"] or found["x_all"] or found["times_all"]
    for_all = all_of_it or found["in_brackets"] or found["rounds"] or found["x_rounds"]
    if len(counted) < (1 if all_of_it else _SEVERAL):
        return None
    if found["both"] and len(counted) != _SEVERAL:
        return None
    together = " + " in parts and set(",;").isdisjoint(parts)
    together = together or named_exactly(lead.rpartition(":")[0]) in IN_ROUNDS
    apart = sign in (".", ";") and behind.strip(" !")[:1] in ("", ".", ";")
    if found["alone"] and not (together or apart):
        return None
    ends = not behind.strip() or behind.lstrip()[0] in ",;.(!/"
    in_brackets = before.rstrip().endswith(")")
    if found["x_rounds"] and not (together or (ends and (found["x"] or in_brackets))):
        return None
    if found["reps"] and not all(map(_OVER_A_WAY.search, counted)):
        return None  # "squats 40 kg, dips 10 kg, 8 reps each"
    times = for_all or found["each_first"] or found["x_alone"] or found["alone"] or found["each"]
    how = behind.strip(" ,.;!/")
    how = how[1:-1] if re.fullmatch(r"\([^()]*\)", how) else how
    if "(" in parts:
        if lead.strip() and not lead.rstrip().endswith(":"):
            return None
        return f"{lead}{times} rounds: {parts}{f'; {how}' if how else ''}"
    return f"{lead}{times}x({parts}){f'; {how}' if how else ''}"


def _parts(before: str) -> tuple[str, str]:
    """Return what stands before the parts that were done so often, and these."""
    before = before.rstrip(" ,.;")
    if before.endswith(")"):
        lead, _, parts = before[:-1].rpartition("(")
        if ")" not in parts and len(_BETWEEN.split(parts)) >= _SEVERAL:
            lead = lead.rstrip()
            return (f"{lead}{'' if not lead or lead[-1] in ',;:' else ','} ".lstrip(), parts)
    head, colon, parts = before.rpartition(": ")
    earlier, sign, last = parts.rpartition("; ")
    if earlier and all(map(_is_apart, re.split(r"[,;]\s", earlier))):
        return f"{head}{colon}{earlier}{sign}", last
    return f"{head}{colon}", parts


def _is_apart(part: str) -> bool:
    """Return whether a part has sets of its own, or is none that was done in rounds."""
    return bool(not _COUNTED.search(part) or _OF_SETS.search(part) or _RUN.search(part))
