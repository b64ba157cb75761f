r"""A training diary in words: ``diary.md`` or any text file of days and what was done on them.

A date opens a day, each line below it is a session, and a line that begins with ``>`` or ``#`` is a
remark (`days`); what a line means is read by `runanalytics.movements.read_diary_line`. "Nothing
since 3 May" is a span of days without any session.

Examples
--------
>>> text = b"## 2026-05-03\ngym: squat 3x5 80 kg\n10 min drills\n"
>>> DIARY.read(text).sessions["kind"].tolist()
['strength', 'technique']
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import Ledger
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, log_spans
from runanalytics.importers.diary.days import (
    TWICE,
    Diary,
    Entry,
    Nothing,
    nothing_said,
    read_diary,
    said_twice,
)
from runanalytics.importers.implausible_days import FIRST_DAY
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet, strength_tables
from runanalytics.importers.text.delimited import text_of
from runanalytics.movements import (
    DiaryLine,
    Part,
    movement,
    programme_of_line,
    read_diary_line,
    read_name,
)
from runanalytics.units.numerals import shown

#: Names that only diaries have, and the endings of texts that may be one.
_NAMES, _ENDINGS = ("diary.md", "diary.txt"), (".md", ".txt")
#: A text of another name is a diary if so many of its lines tell of work that is known.
_KNOWN_SHARE = 0.34
#: A date that may be two days, and what stands for it where only that it is one matters.
_EITHER_DAY = re.compile(r"(?<![\d/-])\d{1,2}([/-])\d{1,2}(?:\1\d{2,4})?(?![\d/-])")
_ANY_DAY = f"{FIRST_DAY}"
#: Logs of which "nothing" says that they were kept.
_KEPT_LOGS = ("strength", "technique")
_NO_DAY = "of a span of days that is none"
_NOT_DONE_YET, _TOO_EARLY = "of a day in the future", f"of a day before {FIRST_DAY.year}"
#: How many problems a note lists before it only counts them.
_SHOWN = 5


class DiaryImporter(Importer):
    """Reads a diary that a person keeps in words."""

    name = "diary"
    version = 3
    fallback = True
    edited_by_hand = True
    endings = _NAMES

    def recognises(self, name: str, head: bytes) -> bool:
        """Return whether the file is called a diary, or has days and below them known work."""
        plain = name.casefold()
        if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return False
        if plain.endswith(_NAMES):
            return bool(head)
        if not re.search(rb"\d", head):
            return False
        text = text_of(head)
        diary = _days_in(text) or _days_in(_EITHER_DAY.sub(_ANY_DAY, text))
        if diary is None:
            return False
        # No table has a line that is a date alone.
        inline = {entry.line for entry in diary.entries}
        if not plain.endswith(_ENDINGS) and all(day.line in inline for day in diary.days):
            return False
        known = sum(_is_known(entry) for entry in diary.entries if entry.day is not None)
        return bool(known) and known >= _KNOWN_SHARE * len(diary.entries)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read lines into sessions; what is not understood is kept as text.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` of the times of day.

        Raises
        ------
        UnreadableFileError
            If no line is a date, or a date can be read as two days.
        """
        text = text_of(data)
        diary = read_diary(text)
        says_something = diary.entries or not re.search(r"(?m)^\s*[#>]", text)
        if says_something and not any(each.day for each in diary.days):
            problem = diary.days[0].problem if diary.days else "no line of it is a date"
            raise UnreadableFileError(
                f"no day of this diary can be told: {problem}",
                hint="write each day on a line of its own, as 2026-05-03, and what was done below",
            )
        ledger = Ledger(entry.line for entry in diary.entries)
        lines, nothing, problems = _lines(diary, ledger)
        tables = Imported()
        if lines:
            sessions = [session_of_line(entry, line) for entry, line in lines]
            tables = strength_tables(self.name, sessions, options.timezone, "unknown")
        empty = [] if diary.entries else [Note("info", "nothing stands below its days")]
        return replace(
            tables,
            log_spans=_with_nothing(self.name, tables, nothing),
            notes=[*tables.notes, *_doubts(lines), *_problem_notes(problems), *empty],
            rows=ledger.account(),
        )


def _days_in(text: str) -> Diary | None:
    """Return the days of a text; None where a date can be two days, which is asked of a diary."""
    with suppress(UnreadableFileError):
        return read_diary(text)
    return None


def session_of_line(entry: Entry, line: DiaryLine) -> LoggedSession:
    """Return the session that a line of a diary tells of.

    Parameters
    ----------
    entry : Entry
        Where the line stands; its day is known.
    line : DiaryLine
        What it means.
    """
    assert entry.day is not None
    start = entry.day if entry.time is None else dt.datetime.combine(entry.day, entry.time)
    return LoggedSession(
        start,
        title=line.text,
        kind=line.kind,
        duration_s=line.duration_s,
        effort_rpe=line.effort_rpe,
        sets=[each for part in line.parts for each in _sets(part, entry.line)],
        # Its own words and no other line's, so that nothing changes where another line does.
        key=f"{entry.day.isoformat()} {' '.join(line.text.casefold().split())}",
    )


def _sets(part: Part, row: int) -> list[LoggedSet]:
    """Return the sets of a part; a whole of strength or technique is told by the session's kind."""
    if part.is_whole and part.work in (*_KEPT_LOGS, "speed"):
        return []
    said = part.reading
    # What the line around it tells counts, as it is shown: "bent 3x15" of calf raises.
    by_line = said.movement is not None and read_name(part.name).movement != said.movement
    means = movement(said.movement).name if said.movement and by_line else None
    return [
        LoggedSet(
            name=part.name,
            means=means,
            reps=reps,
            load=said.load,
            hold_s=said.hold_s,
            distance_m=said.distance_m,
            n_sets=n_sets,
            side=said.side,
            effort_rpe=said.effort_rpe,
            row=row,
        )
        for n_sets, reps in list(part.sets()) or [(1, None)]
    ]


def _is_known(entry: Entry) -> bool:
    if nothing_said_of(entry) is not None:
        return True
    return any(part.reading.movement for part in read_diary_line(entry.text).parts)


def nothing_said_of(entry: Entry) -> Nothing | None:
    """Return the days on which an entry says that nothing was done; None if it does not."""
    if entry.day is None:
        return None
    return nothing_said(entry.text, entry.day)


def _lines(
    diary: Diary, ledger: Ledger
) -> tuple[list[tuple[Entry, DiaryLine]], list[Nothing], list[str]]:
    """Return the sessions, the days without any, and the problems of lines that are left out."""
    sessions: list[tuple[Entry, DiaryLine]] = []
    nothing: list[Nothing] = []
    problems = []
    # Tomorrow counts, since zones are a day apart.
    last = dt.datetime.now().astimezone().date() + dt.timedelta(days=1)
    again = said_twice(diary)
    for entry in diary.entries:
        if entry.day is None:
            ledger.leave_out(entry.line, entry.problem.partition(" (")[0])
            problems.append(f"line {entry.line} {shown(entry.text)} stands {entry.problem}")
            continue
        if not FIRST_DAY <= entry.day <= last:
            ledger.leave_out(entry.line, _NOT_DONE_YET if entry.day > last else _TOO_EARLY)
            when = "in the future" if entry.day > last else f"before {FIRST_DAY.year}"
            problems.append(
                f"line {entry.line} {shown(entry.text)} stands under {entry.day}, {when}"
            )
            continue
        if entry.line in again:
            ledger.leave_out(entry.line, TWICE)
            problems.append(f"line {entry.line} {shown(entry.text)} stands {TWICE}")
            continue
        try:
            none_done = nothing_said_of(entry)
        except UnreadableFileError as error:
            ledger.leave_out(entry.line, _NO_DAY)
            problems.append(f"line {entry.line}: {error.message}")
            continue
        ledger.keep(entry.line)
        if none_done is not None:
            nothing.append(none_done)
        else:
            sessions.append((entry, meaning(entry.text)))
    return sessions, nothing, problems


@lru_cache(maxsize=4096)  # people write the same lines again and again
def meaning(text: str) -> DiaryLine:
    """Return what a line means; "programme: legs at home" is the programme as prescribed."""
    return programme_of_line(text) or read_diary_line(text)


def _with_nothing(source: str, tables: Imported, nothing: Sequence[Nothing]) -> pd.DataFrame:
    """Return the spans of the logs, which days without any session belong to."""
    spans = tables.log_spans
    if not nothing:
        return spans
    ends = pd.Series([pd.Timestamp(day) for each in nothing for day in (each.first, each.last)])
    days = {
        str(what): pd.concat([of_log["first_date"], of_log["last_date"]])
        for what, of_log in spans.groupby("what", sort=False)
    }
    for what in _KEPT_LOGS:
        days[what] = pd.concat([days[what], ends]) if what in days else ends
    return log_spans(source, days)


def _doubts(lines: Sequence[tuple[Entry, DiaryLine]]) -> list[Note]:
    """Return a note on what was not understood for certain, beside names that match nothing."""
    n_lines, doubts = 0, Counter[str]()
    for _, line in lines:
        unmatched = {part.reading.name for part in line.parts if part.reading.movement is None}
        open_ = dict.fromkeys(each for each in line.unknown if each.casefold() not in unmatched)
        n_lines += bool(open_)
        doubts.update(open_.keys())
    if not n_lines:
        return []
    more = f" and {len(doubts) - _SHOWN} more" if len(doubts) > _SHOWN else ""
    listed = "; ".join(f"{each!r} ({count})" for each, count in doubts.most_common(_SHOWN))
    return [
        Note("warning", f"lines that are not understood for certain: {n_lines} ({listed}{more})")
    ]


def _problem_notes(problems: Sequence[str]) -> list[Note]:
    if not problems:
        return []
    more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return [Note("warning", f"not read: {'; '.join(problems[:_SHOWN])}{more}")]


DIARY = DiaryImporter()
