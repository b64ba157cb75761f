"""The days of a diary: which of its lines are dates, and which tell of a session.

A date opens a day, in any language and also without a year, which then follows from a heading
above (``# 2026``) or from the day before it. Lines that begin with ``>``, and headings that are no
date, are remarks. Nothing here needs pandas, so that a line can be kept at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.text.date_styles import match_date
from runanalytics.importers.text.local_time import (
    day_of,
    parse_moments,
    parse_time_of_day,
)
from runanalytics.movements import LONGEST_LINE, read_name, take_amounts
from runanalytics.units.numerals import shown
from runanalytics.words import words
from runanalytics.words.phrases import alternatives, every, folded

#: Why a line is left out.
BEFORE_ANY_DAY, NO_SUCH_DAY, NO_YEAR, TOO_LONG = (
    "above the first day",
    "below a date that is none",
    "below a date whose year stands nowhere",
    f"in a line of more than {LONGEST_LINE:,} letters",
)
#: Why a line of a list of tasks is not done: "- [ ] squat 3x5", beside "- [x] lunges 3x8".
NOT_TICKED = "without the tick of what is done"
#: Why a line counts once that stands twice below one day.
TWICE = "below its day already"

#: A longer line is no date.
_LONGEST_DATE = 48
#: Marks of Markdown and other notes around a date: "## ", "- ", "**...**", "[[...]]", "...:".
_MARKS = re.compile(
    r"^\s*(?:[-*+•]\s+)?(?P<hashes>#*)\s*[*_]?\s*(?P<text>.*?)\s*[*_]?\s*[:–—-]?\s*$"
)
_STRONG, _LINK = re.compile(r"\*\*+|__+"), re.compile(r"\[\[?([^\[\]]+)\]\]?(?!\()")
#: So many words of a heading may be its date.
_DATE_WORDS = 7
_RULE = re.compile(r"^[\W_]*$")
_TASK = re.compile(r"^(?:(?:[-*+•]|\d{1,2}[.)])\s+)?\[\s*\]\s")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: A date before what was done on it: "2026-05-03: squat 3x5", "3 May - gym".
_DATE_BEFORE = re.compile(
    r"^(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.(?:\s?(?:\d{4}|\d{2})(?!\d))?)"
    r"(?:\s*[:–—|]\s*|\s+-\s+|\s+)(?P<text>\S.*)$"
    r"|^(?P<words>[^:–—|]{4,40}?)(?::\s+|\s+[-–—|]\s+)(?P<after>\S.*)$"
)
_TIME_BEFORE = re.compile(
    r"^(?P<time>\d{1,2}(?:[:h]\d{2})?\s*[ap]\.?m\.?(?!\w)|\d{1,2}[:h]\d{2})(?P<clock>\s*(?:uhr|h|ore)(?!\w))?"
    r"(?P<mark>\s*[,:–-])?\s+(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DayLine:
    """A line of a diary that opens a day.

    Parameters
    ----------
    line : int
        Its number, from 1.
    written : str
        The date as written.
    day : date, optional
        None if there is no such day, or its year stands nowhere.
    problem : str
        Why there is none.
    """

    line: int
    written: str
    day: dt.date | None
    problem: str = ""


@dataclass(frozen=True)
class Entry:
    """A line that tells of a session, or of days without any.

    Parameters
    ----------
    line : int
        Its number, from 1.
    day : date, optional
        The day that it stands below; None if that is none.
    text : str
        What it says, without the time of day.
    time : time, optional
        When the session began.
    problem : str
        Why it is left out.
    """

    line: int
    day: dt.date | None
    text: str
    time: dt.time | None = None
    problem: str = ""


@dataclass(frozen=True)
class Nothing:
    """Days on which nothing was done, first and last inclusive."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Diary:
    """The days and the entries of a diary, in the order of its lines."""

    days: tuple[DayLine, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class _Dated:
    """A line with a date: the date with the year that it is tried with, and what follows it."""

    line: int
    written: str
    full: str
    rest: str
    #: Whether the year is written, follows from a heading, or from the day before ("").
    year_from: str
    #: Whether it is a heading: what else it says is a session only if nothing stands below it.
    is_heading: bool


def read_diary(text: str) -> Diary:
    r"""Return the days and entries of a diary.

    Parameters
    ----------
    text : str
        The whole file.

    Raises
    ------
    UnreadableFileError
        If a date can be read as two days, and no other line decides which.

    Examples
    --------
    >>> diary = read_diary("## Sunday 3 May 2026\n18:30 gym\n> slept badly\n### 5.5.\ndrills")
    >>> [(entry.day.isoformat(), entry.text) for entry in diary.entries]
    [('2026-05-03', 'gym'), ('2026-05-05', 'drills')]
    >>> diary.entries[0].time
    datetime.time(18, 30)
    """
    lines = text.splitlines()
    dated = {each.line: each for each in _dated(lines)}
    days = _with_days(list(dated.values()))
    current: DayLine | None = None
    entries: list[Entry] = []
    titles = dict[int, Entry]()
    for number, line in enumerate(lines, start=1):
        said = line.strip()
        if number in dated:
            current = days[number]
            said = dated[number].rest
        elif said.startswith(("#", ">")):
            continue
        if _RULE.match(said):
            continue
        if len(line) > LONGEST_LINE:
            entries.append(Entry(number, None, said[:LONGEST_LINE], problem=TOO_LONG))
        elif current is None:
            entries.append(Entry(number, None, said, problem=BEFORE_ANY_DAY))
        elif _TASK.match(said):
            entries.append(Entry(number, None, said, problem=NOT_TICKED))
        else:
            time, rest = time_before(said)
            entry = Entry(number, current.day, rest, time, current.problem)
            if number in dated and dated[number].is_heading:
                titles[number] = entry  # "## 3 May, gym" above what was done there
            else:
                titles.pop(current.line, None)
                entries.append(entry)
    entries = sorted([*entries, *titles.values()], key=lambda each: each.line)
    return Diary(tuple(days.values()), tuple(entries))


def said_twice(diary: Diary) -> frozenset[int]:
    r"""Return the numbers of lines that say word for word what one above them says of that day.

    Parameters
    ----------
    diary : Diary
        As `read_diary` returns it.

    Examples
    --------
    >>> said_twice(read_diary("2026-05-03\n6 strides\n18:00 drills\n6 Strides\n19:00 drills"))
    frozenset({4})
    """
    said, again = set[tuple[object, ...]](), set[int]()
    for entry in diary.entries:
        words = (entry.day, entry.time, *folded(entry.text).split())
        again |= {entry.line} if entry.day is not None and words in said else set()
        said.add(words)
    return frozenset(again)


def time_before(text: str) -> tuple[dt.time | None, str]:
    """Return the time of day that a line begins with, and the rest of it.

    Examples
    --------
    >>> time_before("18:30 gym"), time_before("1:30 plank")
    ((datetime.time(18, 30), 'gym'), (None, '1:30 plank'))
    """
    found = _TIME_BEFORE.match(text)
    if found is None:
        return None, text
    time = parse_time_of_day(re.sub("h", ":", found["time"], flags=re.IGNORECASE))
    # "1:30 plank" is held so long.
    sure = found["clock"] or found["mark"] or "m" in found["time"].casefold()
    if time is None or not (sure or len(found["time"]) >= len("00:00") or time.hour >= 4):
        return None, text
    return time, text[found.end() :]


def nothing_said(text: str, day: dt.date) -> Nothing | None:
    """Return the days on which a line says that nothing was done; None if it does not.

    Parameters
    ----------
    text : str
        Such as "nothing", "nothing since 3 May", "nichts seit 3. Mai".
    day : date
        The day that it stands below: the last of them, unless it names another.

    Examples
    --------
    >>> nothing_said("nothing since 3 May", dt.date(2026, 5, 20))
    Nothing(first=datetime.date(2026, 5, 3), last=datetime.date(2026, 5, 20))
    >>> nothing_said("nothing much, 6 strides", dt.date(2026, 5, 20)) is None
    True
    """
    plain = text.strip().rstrip(".!")
    found = _nothing().fullmatch(plain)
    if found is None:
        reading = read_name(plain) if len(plain) <= _LONGEST_DATE else None
        rests = reading is not None and reading.movement == "resting"
        return Nothing(day, day) if rests else None
    first, last = (
        day_up_to(found[name], day) if found[name] else day for name in ("since", "until")
    )
    if first is None or last is None or not first <= last <= day:
        wrong = found["since"] if first is None or first > day else found["until"]
        raise UnreadableFileError(
            f"{shown(wrong or text)} is no day before {day}",
            hint="write for example: nothing since 2026-05-03",
        )
    return Nothing(first, last)


def _any(table: str) -> str:
    return alternatives(every(table))


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_any('diary.nothing')})(?:\s+(?:{_any('diary.since')})\s*(?P<since>.+?))?"
        rf"(?:\s+(?:{_any('diary.until')}|-|–)\s*(?P<until>.*\d.*))?",
        re.IGNORECASE,
    )


def day_up_to(written: str, day: dt.date) -> dt.date | None:
    """Return the latest day up to `day` that a date without a year can be, or that with its year.

    "Today", "yesterday" and days of the week are days, too, in all languages.

    Examples
    --------
    >>> day_up_to("3 May", dt.date(2026, 2, 1)), day_up_to("3.5.2026", dt.date(2026, 2, 1))
    (datetime.date(2025, 5, 3), datetime.date(2026, 5, 3))
    >>> day_up_to("gestern", dt.date(2026, 2, 1)), day_up_to("Friday", dt.date(2026, 2, 1))
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 30))
    """
    named = folded(written.strip())
    if named in _days_before():
        return day - dt.timedelta(_days_before()[named])
    if named in _weekdays():
        return day - dt.timedelta((day.weekday() - _weekdays()[named]) % 7)
    if match_date(written):
        return _parsed(written)
    for year in (day.year, day.year - 1):
        full = _with_year(written, year)
        found = _parsed(full) if full else None
        if found is not None and found <= day:
            return found
    return None


@cache
def _days_before() -> dict[str, int]:
    """Return how many days ago "today" and "yesterday" are, in all languages."""
    said = enumerate(("dates.today", "dates.yesterday"))
    return {folded(each): ago for ago, table in said for each in every(table)}


@cache
def _weekdays() -> dict[str, int]:
    """Return the days of the week, Monday 0, by their names of one meaning in all languages."""
    found: dict[str, set[int]] = {}
    for table in words("weekdays").values():
        for listed in (table["names"], table.get("full", "")):
            for number, names in enumerate(listed.split()):
                for name in names.split("|"):
                    found.setdefault(folded(name), set()).add(number)
    return {name: number for name, (number, *others) in found.items() if not others}


def _parsed(written: str) -> dt.date | None:
    (moment,) = parse_moments([written])
    return None if moment is None else day_of(moment)


def _dated(lines: Sequence[str]) -> Iterator[_Dated]:
    """Yield the lines with a date; one without a year is tried with that of the lines above."""
    year, year_from = 2000, ""
    for number, line in enumerate(lines, start=1):
        line = line[:LONGEST_LINE]
        if not any(each.isdigit() for each in line) or line.lstrip().startswith(">"):
            continue
        line = " ".join(line.split())  # of spaces in a row, patterns would try each with all others
        marked = _MARKS.match(_LINK.sub(r"\1", _STRONG.sub("", line)))
        assert marked is not None
        written, rest = marked["text"], ""
        is_heading = bool(marked["hashes"]) or "**" in line
        full = _full_date(written, year, is_heading=is_heading)
        if full is None and (before := _DATE_BEFORE.match(written)):
            date, after = before["date"] or before["words"], before["text"] or before["after"]
            full = _full_date(date, year, is_heading=before["date"] is not None)
            if marked["hashes"] and _has_a_date(after.split(), year):
                full = None
            written, rest = (written, rest) if full is None else (date, after)
        if full is None and marked["hashes"]:
            full, written, rest = _date_among(written, year)
        stated = _YEAR.search(written) if full is None or full == written else None
        if full is not None:
            has_year = full == written
            year_from_it = "written" if has_year else year_from
            yield _Dated(number, written, full, rest, year_from_it, bool(marked["hashes"]))
            if has_year and (matched := match_date(full)):
                digits = matched["year"].removeprefix("'")
                year = int(digits) if len(digits) == 4 else 2000 + int(digits)
                year_from = "day"
        elif stated and marked["hashes"]:
            year, year_from = int(stated[0]), "heading"


def _date_among(heading: str, year: int) -> tuple[str | None, str, str]:
    """Return the date that a heading begins or ends with, as written, and what follows it.

    The first is None if there is none, or another beside it: "## Week 18", "## 4 to 10 May 2026",
    "## 4 May - 10 May".
    """
    said = heading.split()
    for number in range(min(_DATE_WORDS, len(said) - 1), 0, -1):
        first, rest = " ".join(said[:number]).rstrip(",;"), said[number:]
        full = _full_date(first, year, is_heading=False)
        if full is not None and not _has_a_date(rest, year):
            return full, first, " ".join(rest)
        last, rest = " ".join(said[-number:]).strip("()"), said[:-number]
        if _full_date(last, year, is_heading=False) == last and not _has_a_date(rest, year):
            return last, last, ""
    return None, heading, ""


def _has_a_date(said: Sequence[str], year: int) -> bool:
    """Return whether some of these words are a date, or all a day of the month: "4 to" 10 May."""
    ends = ((begin, end) for begin in range(len(said)) for end in range(begin + 1, len(said) + 1))
    return any(
        _full_date(" ".join(said[begin:end]).strip("(),;:"), year, is_heading=False) is not None
        for begin, end in ends
        if end - begin <= _DATE_WORDS
    ) or (len(said) <= 2 and said[0].rstrip(".").isdigit())


@lru_cache(maxsize=4096)
def _full_date(written: str, year: int, *, is_heading: bool) -> str | None:
    """Return a date with its year, or with `year` where it has none; None if it is no date."""
    if not 3 <= len(written) <= _LONGEST_DATE or not any(each.isdigit() for each in written):
        return None
    if match := match_date(written):
        return None if match["hour"] else written
    full = _with_year(written, year)
    if full is None or is_heading:
        return full
    said, _ = take_amounts(_ordinal().sub(r"\1", written))  # "3 sets" are not in September
    is_amount = said.n_sets or said.reps or said.hold_s or said.distance_m or said.load
    return None if is_amount or read_name(written).movement else full


@cache
def _ordinal() -> re.Pattern[str]:
    return re.compile(rf"(?<!\d)(\d{{1,2}})(?:{_any('dates.ordinals')})(?!\w)", re.IGNORECASE)


def _with_year(written: str, year: int) -> str | None:
    """Return a date without a year with one, in the style that it is written in."""
    if _YEAR.search(written):
        return None
    bare = written.strip().rstrip(",")
    for form in (
        "{bare} {year}",
        "{bare}{year}",
        "{bare}. {year}",
        "{bare}/{year}",
        "{year}年{bare}",
    ):
        match = match_date(full := form.format(bare=bare, year=year))
        if match and not match["hour"] and match["year"] == str(year):
            return full
    return None


def _with_days(dated: Sequence[_Dated]) -> dict[int, DayLine]:
    """Return the day of each line with a date."""
    moments = parse_moments([each.full for each in dated])
    days: dict[int, DayLine] = {}
    before: dt.date | None = None
    for each, moment in zip(dated, moments, strict=True):
        day = None if moment is None else day_of(moment)
        problem = "" if day else f"{NO_SUCH_DAY} ({shown(each.written)})"
        if day is not None and not each.year_from:
            day, problem = None, f"{NO_YEAR} ({shown(each.written)})"
        elif day is not None and each.year_from == "day" and before is not None:
            day = _nearest(day, before)
        days[each.line] = DayLine(each.line, each.written, day, problem)
        before = day or before
    return days


def _nearest(day: dt.date, before: dt.date) -> dt.date:
    """Return a day in the year in which it is nearest to the day before it."""
    possible = []
    for year in (before.year - 1, before.year, before.year + 1):
        with contextlib.suppress(ValueError):  # the 29th of February
            possible.append(day.replace(year=year))
    return min(possible, key=lambda one: abs(one - before), default=day)
