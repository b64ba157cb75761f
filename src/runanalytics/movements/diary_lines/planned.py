"""What was planned beside what was done, of which the latter counts, and runs that came later.

"Planned 3 rounds, got through 2: ..." are two rounds, and of "6 strides planned, 4 done" four were
run. "4 strides before the 300s" tell when, and no amount.
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.diary_lines.pieces import joining
from runanalytics.movements.matcher import named_exactly
from runanalytics.words.phrases import any_of, every

#: How much of it: "3", "3x10", "4x80 m"; and what separates two of them.
_MUCH = (
    r"\d{1,2}(?:\s?[x×*]\s?\d{1,3}(?:\s?(?:m|s|se[ckg])(?!\w))?)?"
    r"(?!\d|[.,:]\d|\s?(?:kg|lb|k?m|min|%))"
)
_TWO_NUMBERS = re.compile(r"\d[^\d]+[,;:(–-][^\d]*\d")
#: Runs of one length, which have no unit, or the sign of several: "the 300s", "den 1000ern".
_RUNS = (
    r"(?:\d{1,2}\s?[x×]\s?)?(?:[2-9]00|[1-9]\d00|[1-9]0000|[23]50|15\d0)"
    r"(?:['’]?s|ern?)?(?!\w|[.:,]\d|\s?(?:m|s|k?m|kg|se[ckg]|min)(?!\w))"
)
_WORDS = re.compile(r"\s+([^\W\d_][^\d,;:.()]*)")
_INTERVALS = (
    r"\d{1,2}\s?[x×]\s?(?:[2-9]\d0|[1-9]\d{3})(?:\s?m)?(?!\w)"
    r"|\d{1,2}\s?[x×]\s?\d(?:[.,]\d)?\s?km?(?!\w)"
)
_HUNDREDS = re.compile(
    r"[^\W\d_]\s(?:(?:\d{1,2}\s?[x×]\s?)?\d{1,3}[05]0(?:['’]?s|ern?|\s?m)?"
    r"|\d{1,2}\s?[x×]\s?\d\S*\s?km?)(?!\w)"
)


def as_done(text: str) -> str:
    """Return a line with what was done in place of what had been planned.

    Examples
    --------
    >>> as_done("planned 3 rounds, got through 2: 15 squats"), as_done("6 strides planned, 4 done")
    ('2 rounds: 15 squats', '4 strides')
    >>> as_done("drills before the 300s, plank 60 s")
    'drills, plank 60 s'
    """
    if _HUNDREDS.search(text):
        text = _beside_runs().sub("", text).lstrip(" ,:")
    if not (_TWO_NUMBERS.search(text) and _planned().search(text)):
        return text
    return _planned_and_done().sub(_done_alone, text)


def _done_alone(found: re.Match[str]) -> str:
    told = found.groupdict()
    first = next(told[name] for name in ("ahead", "before") if told[name])
    much = next(told[name] for name in ("behind", "done") if told[name])
    if ("x" in first.casefold().replace("×", "x")) != ("x" in much.casefold().replace("×", "x")):
        return found[0]  # "planned 3x10 squats, did 25": of what?
    what = next((told[name] for name in ("what", "of_it") if told[name]), "")
    behind = _WORDS.match(found.string, found.end())
    if told["behind"] and behind and named_exactly(behind[1]) is not None:
        what = ""  # "planned 6 strides, did 4 hill sprints"
    return f"{much} {what.strip()}".strip()


@cache
def _planned() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(every('circumstances.planned'))})(?!\w)", re.IGNORECASE)


@cache
def _planned_and_done() -> re.Pattern[str]:
    """Return the pattern of how much was planned, of what, and how much of it was done."""
    planned = rf"(?:{any_of(every('circumstances.planned'))})"
    done = rf"(?:{any_of(every('diary.got_done'))}|{joining('only')})"
    was = r"(?:(?:was|were|waren?|war|es|étaient|était|erano|era|eran|had|i|ich|a)\s+)?"
    only = rf"(?:(?:{joining('only')})\s+)?"
    what = r"[^\W\d_][^\d,;:()–-]{2,40}?"
    between = rf"\s*[,;:(–-]\s*(?:(?:{joining('but')})\s+)?"
    return re.compile(
        rf"(?<!\w){planned}:?\s+{was}(?P<ahead>{_MUCH})\s*(?P<what>{what})?{between}"
        rf"{only}{was}{only}{done}:?\s+{only}(?P<behind>{_MUCH})\)?"
        rf"|(?<![\w.,x×*])(?P<before>{_MUCH})\s+(?P<of_it>{what})\s+{was}{planned}{between}{only}{was}"
        rf"(?:{done}\s+{only}(?=\d))?(?P<done>{_MUCH})(?:\s+{was}{done}(?!\w)|(?=\s*(?:[;:.)]|$)))\)?",
        re.IGNORECASE,
    )


@cache
def _beside_runs() -> re.Pattern[str]:
    """Return the pattern of "before the 300s" behind what was done before or after these.

    Intervals may have their pace: "before 5x1k at 10k pace".
    """
    the = any_of(every("circumstances.articles"))
    pace = (
        rf"(?:\s+(?:at|in|im|en|@|à|a|al|bei)\s*\d[\d:.,'′]*\s?(?:k|km|s|min|m)?(?:/km)?"
        rf"(?:[\s-](?:{joining('pace')}))?)?"
    )
    return re.compile(
        rf"(?:^|(?<=\S),?\s+)(?:{joining('after')}|{joining('ahead_of')})(?:\s+(?:{the}))?\s+"
        rf"(?:{_RUNS}|(?:{_INTERVALS}){pace}(?=\s*(?:$|[,;.:)])|\s+(?:{joining('then')}|{joining('and')})\s))",
        re.IGNORECASE,
    )
