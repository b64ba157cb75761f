"""The library's own diary: diary.md in its folder, one line a session below the day.

It is written by `runanalytics log` or by hand, and is the truth: `runanalytics.library.diary` reads
it into the tables. What is not a line that is added or taken back stays as it is, to the byte.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unicodedata import category

from runanalytics.errors import (
    LibraryError,
    RunAnalyticsError,
    UnreadableFileError,
    UsageError,
)
from runanalytics.importers.diary.days import (
    NOT_TICKED,
    TOO_LONG,
    TWICE,
    Diary,
    Entry,
    Nothing,
    day_up_to,
    nothing_said,
    read_diary,
    said_twice,
)
from runanalytics.importers.text.local_time import parse_time_of_day
from runanalytics.library.corrections.movements import read_corrections
from runanalytics.library.storage.durable import make_private, sync_folder, write_durably
from runanalytics.library.storage.words import DIARY
from runanalytics.library.storage.writing import explained, locked
from runanalytics.movements import (
    KINDS,
    DiaryLine,
    folded,
    movement,
    programme_named,
    programme_of_line,
    read_diary_line,
)
from runanalytics.units import YARD_M, duration_text, load_text, load_unit
from runanalytics.units.days import parse_day
from runanalytics.units.numerals import shown

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.importers.files.walk import Found

#: What a new diary begins with.
_FIRST_LINES = (
    "# Diary",
    "",
    "> One line a session, below its day: gym: squat 3x5 80 kg; calf raise 3x12",
    "> 'runanalytics log' adds lines; edit them as you like.",
    "",
)
#: A text of more lines is a file to import.
_MOST_LINES = 40
#: Why a line is not kept, and what to do.
_REFUSED = {
    TOO_LONG: "write each session on a line of its own",
    NOT_TICKED: "log what was done, without the box",
}
_LONGEST_MIN = 24 * 60
_EDIT = "'runanalytics log edit' opens it"


@dataclass(frozen=True)
class LoggedLine:
    """A line of the diary, and what was understood of it.

    Parameters
    ----------
    day : date
        The day that it stands below.
    text : str
        As it stands in the diary.
    time : time, optional
        When the session began.
    meaning : DiaryLine, optional
        What it means; None where it says that nothing was done.
    nothing : Nothing, optional
        The days on which nothing was done, if it says so.
    kept : bool
        Whether it stands in the diary.
    """

    day: dt.date
    text: str
    time: dt.time | None
    meaning: DiaryLine | None
    nothing: Nothing | None = None
    kept: bool = True

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was not understood, or not for certain."""
        return self.meaning.unknown if self.meaning else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is said beside the work, and counts for nothing: "behind the pub"."""
        return self.meaning.remarks if self.meaning else ()

    @property
    def kind(self) -> str:
        """What it counts for: strength, technique, mixed, other, unknown, or nothing."""
        return self.meaning.kind if self.meaning else "nothing"

    def table(self) -> pd.DataFrame:
        """Return what was understood as a frame, one row a number of equal sets; see `rows`."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, object]]:
        """Return what was understood as rows of plain values; see `DiaryLine.rows`."""
        return self.meaning.rows() if self.meaning else []

    def shown_rows(self, units: str = "metric") -> list[dict[str, object]]:
        """Return what was understood for people: columns that say nothing are left out.

        Parameters
        ----------
        units : {"metric", "imperial"}
            Of loads and distances.
        """
        rows = [_shown(row, units) for row in self.rows()]
        used = [name for name in (rows[0] if rows else {}) if any(row[name] for row in rows)]
        return [{name: row[name] or "" for name in used} for row in rows]

    def _repr_html_(self) -> str:
        import pandas as pd

        rows, beside = self.shown_rows(), [self.text_of_day(), *self.remarks]
        said = "".join(f"<p>{html.escape(each)}</p>" for each in beside)
        return said + (pd.DataFrame(rows).to_html(index=False) if rows else "")

    def text_of_day(self) -> str:
        """Return day, time, kind and duration in words."""
        if self.nothing is not None:
            first, last = self.nothing.first, self.nothing.last
            span = f"{first}" if first == last else f"{first} to {last}"
            return f"{span}: nothing done, which counts as a log that was kept"
        time = f" {self.time:%H:%M}" if self.time else ""
        duration_s = self.meaning.duration_s if self.meaning else None
        lasted = f", {duration_text(duration_s)}" if duration_s else ""
        return f"{self.day:%A} {self.day}{time}: {_COUNTS_FOR[self.kind]}{lasted}"

    def to_dict(self) -> dict[str, Any]:
        """Return the line as plain values for JSON."""
        return {
            "day": self.day.isoformat(),
            "time": f"{self.time:%H:%M}" if self.time else None,
            "text": self.text,
            "kind": self.kind,
            "duration_s": self.meaning.duration_s if self.meaning else None,
            "nothing": [self.nothing.first.isoformat(), self.nothing.last.isoformat()]
            if self.nothing
            else None,
            "parts": self.rows(),
            "not_understood": list(self.unknown),
            "remarks": list(self.remarks),
            "kept": self.kept,
        }


_COUNTS_FOR = {
    "strength": "counts as strength",
    "technique": "counts as technique",
    "mixed": "counts as strength and as technique",
    "other": "counts neither as strength nor as technique",
    "unknown": "not known what it counts for",
}


def _shown(row: dict[str, Any], units: str) -> dict[str, object]:
    length_m, length = (YARD_M, "yd") if units == "imperial" else (1.0, "m")
    reps = "" if row["reps"] is None else str(row["reps"])
    each = [
        reps,
        "" if row["hold_s"] is None else duration_text(row["hold_s"]),
        "" if row["distance_m"] is None else f"{round(row['distance_m'] / length_m, 1):g} {length}",
    ]
    done = " ".join(filter(None, each))
    sets = "" if row["n_sets"] is None else f"{row['n_sets']} × {done}" if done else row["n_sets"]
    # Strides and sprints belong to the technique log.
    counts_for = "technique" if row["counts_for"] == "speed" else row["counts_for"]
    return {
        "written": row["part"],
        "read as": movement(row["movement"]).name if row["movement"] else "?",
        "sets": str(sets) if row["n_sets"] != 1 or done else "1",
        "load": "" if row["load_kg"] is None else load_text(row["load_kg"], load_unit(units)),
        "each side": "yes" if row["side"] == "both" else row["side"] or "",
        "RPE": "" if row["effort_rpe"] is None else f"{row['effort_rpe']:g}",
        "rest": "" if row["rest_s"] is None else duration_text(row["rest_s"]),
        "counts for": (counts_for or "?").replace("_", " "),
        "not understood": row["not_understood"] or "",
    }


# Reading ----------------------------------------------------------------------------------------


def diary_in(folder: Path) -> Found | None:
    """Return the diary of a library's folder as a file to import; None where there is none.

    Its place is its name alone, and it has no time: a copy of the library has the same. Where
    nothing is left in it, it is a diary without a line, unlike any other file.
    """
    path = folder / DIARY
    try:
        size = path.stat().st_size
    except OSError:
        return None
    from runanalytics.importers.files.walk import Found

    def opened() -> io.BufferedReader:
        data = path.read_bytes()
        content = io.BytesIO(data if data.strip() else _FIRST_LINES[0].encode())
        return io.BufferedReader(cast("io.RawIOBase", content))

    return Found(Path(DIARY), size, 0, named=True, opener=opened)


def logged_lines(folder: Path, latest: int | None = None) -> list[LoggedLine]:
    """Return the lines of a library's diary, by day; those that are not read are left out.

    Parameters
    ----------
    folder : Path
        The library's folder.
    latest : int, optional
        How many, the latest; by default all.

    Raises
    ------
    UsageError
        If the diary is no text, or its days cannot be told.
    LibraryError
        If it cannot be opened.
    """
    names = read_corrections(folder).names()
    kept = _kept(_diary(folder, _text(folder)))
    return [_logged(entry, names) for _, entry in kept[-latest if latest else 0 :]]


def kept_days(folder: Path) -> list[dt.date]:
    """Return the day of each line of a library's diary, without reading what the lines say.

    Parameters
    ----------
    folder : Path
        The library's folder.

    Raises
    ------
    UsageError, LibraryError
        As for `logged_lines`.
    """
    return [day for day, _ in _kept(_diary(folder, _text(folder)))]


def _kept(diary: Diary) -> list[tuple[dt.date, Entry]]:
    """Return the lines that are read, with their days, by day."""
    told = _with_problems(diary)
    kept = [(entry.day, entry) for entry, problem in told if entry.day and not problem]
    return sorted(kept, key=lambda each: each[0])


def problems(folder: Path) -> list[str]:
    """Return the lines of the diary that are not read, and why, in words."""
    try:
        diary = _diary(folder, _text(folder))
    except (UsageError, LibraryError) as error:
        return [error.message]
    return [
        f"line {entry.line} {shown(entry.text)} {problem}"
        for entry, problem in _with_problems(diary)
        if problem
    ]


def _with_problems(diary: Diary) -> Iterator[tuple[Entry, str]]:
    """Yield the lines of a diary, each with why it is not read, which may be ""."""
    again = said_twice(diary)
    for entry in diary.entries:
        yield entry, f"stands {TWICE}" if entry.line in again else _problem(entry)


def _problem(entry: Entry) -> str:
    if entry.day is None:
        return f"stands {entry.problem}"
    if entry.day > dt.date.today():
        return f"stands below {entry.day}, which is in the future"
    try:
        nothing_said(entry.text, entry.day)
    except UnreadableFileError as error:
        return f"names no days: {error.message}"
    return ""


def understood(folder: Path, day: dt.date, text: str) -> LoggedLine:
    """Return what a line would mean below a day, not kept.

    Parameters
    ----------
    folder : Path
        The library's folder: the user's own names count.
    day : date
        The day.
    text : str
        As it would stand in the diary.

    Raises
    ------
    UsageError
        If it would be no line of that day but a date or a remark, or names days that are none.
    """
    entries = _diary(folder, f"{day.isoformat()}\n{text}\n").entries
    for problem, hint in _REFUSED.items():
        if [entry.problem for entry in entries] == [problem]:
            raise UsageError(f"{shown(text)} stands {problem}", hint=hint)
    if len(entries) != 1 or entries[0].day != day or entries[0].line != 2:
        raise UsageError(
            f"{shown(text)} would be read as a date or a remark",
            hint="write what was done: squat 3x5 80 kg, 6 strides",
        )
    try:
        return _logged(entries[0], read_corrections(folder).names(), kept=False)
    except UnreadableFileError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _logged(entry: Entry, names: dict[str, str], *, kept: bool = True) -> LoggedLine:
    assert entry.day is not None
    nothing = nothing_said(entry.text, entry.day)
    meaning = None
    if nothing is None:
        meaning = programme_of_line(entry.text) or read_diary_line(entry.text, corrections=names)
    return LoggedLine(entry.day, entry.text, entry.time, meaning, nothing, kept)


def _text(folder: Path) -> str:
    """Return the text of the diary, or that of a new one."""
    path = folder / DIARY
    try:
        return _as_text(_content(path), path)
    except FileNotFoundError:
        return "\n".join(_FIRST_LINES) + "\n"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise LibraryError(
            f"the diary cannot be read ({error.strerror})",
            where=str(path),
            hint="it is to be a text file that you may read and write",
        ) from error


def _as_text(data: bytes, path: Path) -> str:
    try:
        if b"\0" in data:
            raise UnicodeError
        return data.decode("utf-8")
    except UnicodeError:
        raise UsageError(
            "the diary is no text in UTF-8",
            where=str(path),
            hint="save it as such; it is untouched",
        ) from None


def _diary(folder: Path, text: str) -> Diary:
    try:
        return _days_of(text.removeprefix("\ufeff"))  # which stays in the file
    except UnreadableFileError as error:
        raise UsageError(error.message, where=str(folder / DIARY), hint=error.hint) from None


@lru_cache(maxsize=2)  # a question asks for lines, days and problems of one text
def _days_of(text: str) -> Diary:
    return read_diary(text)


# Writing ----------------------------------------------------------------------------------------


def composed(
    text: str,
    day: dt.date,
    *,
    at: str | dt.time | None = None,
    minutes: float | None = None,
    kind: str | None = None,
    programme: str | None = None,
) -> str:
    """Return a line as it stands in the diary.

    Parameters
    ----------
    text : str
        What was done, in words; "" with a programme.
    day : date
        The day, which "nothing since 3 May" ends with.
    at, minutes, kind, programme
        As for `runanalytics.Library.log`.

    Raises
    ------
    UsageError
        If there is no text, or any of them is none.
    """
    lines = [_plain(line) for line in text.splitlines() if _plain(line)]
    if len(lines) > _MOST_LINES:
        raise UsageError(
            f"{len(lines):,} lines are no session", hint="import them as a file: diary.md"
        )
    said = "; ".join(lines)
    if programme is not None:
        if said:
            raise UsageError(
                "a programme is a line of its own", hint="log what else was done in another line"
            )
        said = f"programme: {programme_named(programme).name}"
    if not any(each.isalnum() for each in said):
        raise UsageError(
            "there is nothing to log", hint="write what was done: squat 3x5 80 kg, 6 strides"
        )
    try:
        nothing = nothing_said(said, day)
    except UnreadableFileError as error:
        raise UsageError(error.message, hint=error.hint) from None
    if nothing is not None:
        if at is not None or minutes is not None or kind is not None:
            raise UsageError("nothing has no time, duration or kind", hint="leave them out")
        since = "" if nothing.first == day else f" since {nothing.first}"
        until = "" if nothing.last == day else f" until {nothing.last}"
        return f"nothing{since}{until}"
    if kind is not None:
        if kind not in KINDS:
            raise UsageError(f"no kind {shown(kind)}", hint=f"there are: {', '.join(KINDS)}")
        said = f"{kind}: {said}"
    if minutes is not None:
        if not 0 < minutes <= _LONGEST_MIN:
            raise UsageError(f"{minutes:g} minutes are no duration of a session")
        said = f"{said}; {minutes:g} min in all"
    return f"{_time(at):%H:%M} {said}" if at is not None else said


def _plain(line: str) -> str:
    """Return a line without control characters, of which one NUL makes a file no text."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(f"{shown(line)} is not text in UTF-8") from None
    kept = (each if each == "\t" or category(each) != "Cc" else " " for each in line)
    return "".join(kept).strip()


def _time(at: str | dt.time) -> dt.time:
    time = at if isinstance(at, dt.time) else parse_time_of_day(at)
    if time is None:
        raise UsageError(f"{shown(str(at))} is no time of day", hint="write it as 18:30")
    return time


def day_logged(on: object, today: dt.date) -> dt.date:
    """Return the day that a line is for.

    Parameters
    ----------
    on : date, str or None
        None is today.
    today : date
        The last day that can be.

    Raises
    ------
    UsageError
        If it is no day, or in the future.
    """
    day = today if on is None else _day(on, today)
    if day > today:
        raise UsageError(f"{day} is in the future", hint="log what was done, on the day or later")
    return day


def _day(on: object, today: dt.date) -> dt.date:
    with suppress(UnreadableFileError):
        written = day_up_to(on, today) if isinstance(on, str) else None
        if written is not None:
            return written
    return parse_day(on)


def add_line(folder: Path, day: dt.date, text: str) -> None:
    """Add a line below its day; every other line stays as it is.

    Parameters
    ----------
    folder : Path
        The library's folder.
    day : date
        The day.
    text : str
        The line, as `composed` gives it.

    Raises
    ------
    UsageError
        If the diary cannot be read, or the line stands below that day already.
    LibraryError
        If the folder cannot be written, or another process goes on writing.
    """
    with explained(folder):
        make_private(folder)
        with locked(folder):
            old = _text(folder)
            _write(folder, _with_line(old, _diary(folder, old), day, text).encode("utf-8"))


def take_back(folder: Path, on: object) -> tuple[dt.date, str]:
    """Take the last line of a day out of the diary; return the day and the line.

    Parameters
    ----------
    folder : Path
        The library's folder.
    on : date or str, optional
        The day; by default the latest that has lines.

    Raises
    ------
    UsageError
        If there is no such line.
    """
    with explained(folder):
        if not (folder / DIARY).exists():
            raise UsageError("the diary has no line yet", hint="log one: runanalytics log TEXT")
        with locked(folder):
            old = _text(folder)
            diary = _diary(folder, old)
            days = [entry.day for entry in diary.entries if entry.day is not None]
            latest = max(days, default=None)
            wanted = latest if on is None else _day(on, dt.date.today())
            of_day = [entry for entry in diary.entries if wanted and entry.day == wanted]
            if not of_day or wanted is None:
                raise UsageError(f"the diary has no line of {wanted or 'any day'}", hint=_EDIT)
            last = of_day[-1]
            _write(folder, _without_entry(old, diary, last).encode("utf-8"))
            return wanted, last.text


def diary_file(folder: Path) -> Path:
    """Return the diary's path; a new one is begun where there is none."""
    path = folder / DIARY
    if not path.exists():
        with explained(folder):
            make_private(folder)
            with locked(folder):
                _write(folder, _text(folder).encode("utf-8"))
    return path


def edit(folder: Path, change: Callable[[Path], object]) -> bool:
    """Have a copy of the diary edited, and put it in the diary's place once it is a diary.

    Parameters
    ----------
    folder : Path
        The library's folder.
    change : callable
        Takes the path of the copy, and changes that.

    Returns
    -------
    bool
        Whether anything was changed.

    Raises
    ------
    UsageError, LibraryError
        If `change` fails, if the copy is no diary then, or if another process has changed the diary
        meanwhile. The diary is as it was, and the copy is kept and named if it has been changed.
    """
    path = diary_file(folder)
    before = _content(path)
    with explained(folder):
        number, name = tempfile.mkstemp(prefix="diary-", suffix=".md")
        os.close(number)
        copy = Path(name)
        copy.write_bytes(before)
    try:
        change(copy)
        edited = _edited(folder, copy)
        if edited != before:
            with explained(folder), locked(folder):
                if path.read_bytes() != before:
                    raise LibraryError("the diary was changed meanwhile", where=str(path))
                _write(folder, edited)
    except BaseException as error:
        is_changed = copy.exists() and copy.read_bytes() != before
        if not is_changed:
            copy.unlink(missing_ok=True)
        if not isinstance(error, RunAnalyticsError):
            raise
        hint = f"what was written is in {copy}" if is_changed else error.hint
        reason = f"{error.message}; the diary is not edited"
        raise type(error)(reason, where=str(path), hint=hint) from None
    copy.unlink()
    return edited != before


def _edited(folder: Path, copy: Path) -> bytes:
    """Return what an editor has written, if it is a diary."""
    try:
        edited = copy.read_bytes()
    except FileNotFoundError:
        raise UsageError("the editor left no file", where=str(copy)) from None
    _diary(folder, _as_text(edited, copy))
    return edited


def _write(folder: Path, data: bytes) -> None:
    write_durably(folder / DIARY, data)
    sync_folder(folder)


def _with_line(old: str, diary: Diary, day: dt.date, text: str) -> str:
    """Return a diary's text with a line more: below its day, or below a new heading."""
    lines, ending = _lines(old)
    same = [entry for entry in diary.entries if entry.day == day]
    written = [folded(lines[entry.line - 1].strip()) for entry in same]
    if folded(text) in written:
        twice = "if it was done twice, give the time of one: --at 18:30"
        raise UsageError(
            f"{shown(text)} stands below {day} already",
            hint="" if nothing_said(text, day) else twice,
        )
    # What a heading tells of is a session only while nothing stands below it: "## 3 May, gym".
    titles = {one.line for one in same if lines[one.line - 1].lstrip().startswith("#")}
    opened = [each.line for each in diary.days if each.day == day and each.line not in titles]
    if opened:
        place = max([each.line for each in same if each.line not in titles] + [opened[-1]])
        added = [text]
    else:
        known = [each for each in diary.days if each.day is not None]
        days = [each.day for each in known if each.day is not None]
        falls = len(days) > 1 and days[0] > days[-1]
        after = (
            each for each in known if each.day and (each.day < day if falls else each.day > day)
        )
        place = next((each.line - 1 for each in after), len(lines))
        gap = [""] if place and lines[place - 1].strip() else []
        added = [*gap, f"## {day.isoformat()}", text, *([""] if place < len(lines) else [])]
    if place and lines[place - 1].splitlines() == [lines[place - 1]]:
        lines[place - 1] += ending
    lines[place:place] = [f"{line}{ending}" for line in added]
    return "".join(lines)


def _without_entry(old: str, diary: Diary, entry: Entry) -> str:
    """Return a diary's text without a line, and without its heading if that has no other."""
    lines, ending = _lines(old)
    gone = {entry.line}
    heading = max(
        (each for each in diary.days if each.line <= entry.line), key=lambda one: one.line
    )
    following = min(
        (each.line for each in diary.days if each.line > heading.line), default=len(lines) + 1
    )
    below = range(heading.line, following)
    others = [one for one in diary.entries if one.line in below and one.line != entry.line]
    remarks = [n for n in below if n not in (heading.line, entry.line) and lines[n - 1].strip()]
    if not others and not remarks:
        gone |= set(below)
    elif entry.line == heading.line:
        lines[entry.line - 1] = f"{heading.written}{ending}"
        gone = set()
    return "".join(line for n, line in enumerate(lines, start=1) if n not in gone)


def _lines(text: str) -> tuple[list[str], str]:
    """Return the lines of a diary with their endings, and how a new one is to end."""
    return text.splitlines(keepends=True), "\r\n" if "\r\n" in text else "\n"
