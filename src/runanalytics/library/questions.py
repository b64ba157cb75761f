"""What was asked of a library: questions.jsonl in its folder, one line an answer.

Whoever asks often enough finds something that looks clear. So each tested question is kept with
its p, and an answer can say what it comes to among all of them. The same question asked again,
whatever was imported since, is one question, and its last answer counts.

Reading commands write this file, so it is kept as well as that allows, and no more: one write at
the end of it, which processes at one time do not tear, not synced, and an error is passed by. A
line that cannot be read is skipped.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from math import isfinite
from pathlib import Path

from runanalytics.errors import LibraryError
from runanalytics.library.storage.words import QUESTIONS

#: Digits of p that are kept.
DIGITS = 6
_Key = tuple[str | float | bool, ...]


@dataclass(frozen=True)
class Question:
    """A question and its last answer.

    Parameters
    ----------
    metric : str
        What may have changed, or ``claim``.
    what : str
        What was done, or the claim's id.
    measure : str
        How it was counted.
    since, until : str
        The span that was asked for, ISO days; empty for all of it.
    speed_m_s : float
        The reference speed that was asked for, m/s; 0 for the usual one.
    alone : bool
        Whether other doses were left out.
    p_value : float
        Of no change.
    asked_on : str
        When it was first asked, ISO day.
    """

    metric: str
    what: str
    measure: str = ""
    since: str = ""
    until: str = ""
    speed_m_s: float = 0.0
    alone: bool = False
    p_value: float = 1.0
    asked_on: str = ""

    @property
    def key(self) -> _Key:
        """What makes it another question: all that moves p, and so not the contrast."""
        span = (self.since, self.until, self.speed_m_s, self.alone)
        return (self.metric, self.what, self.measure, *span)


#: What `Library.questions` shows of each.
COLUMNS = tuple(each.name for each in fields(Question))
_KINDS: dict[str, type] = {
    name: {"speed_m_s": float, "p_value": float, "alone": bool}.get(name, str) for name in COLUMNS
}


def asked_questions(folder: Path) -> tuple[Question, ...]:
    """Return every question that was asked of a library, in the order of the first time.

    Parameters
    ----------
    folder : Path
        The library's folder.
    """
    return tuple(_last_answers(_kept(folder)).values())


def ask(folder: Path, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Keep questions with their answers; return every one that was asked, these among them.

    Parameters
    ----------
    folder : Path
        The library's folder. Where there is none, or it cannot be written, nothing is kept.
    questions : iterable of Question
        As they were answered just now.
    """
    known = _last_answers(_kept(folder))
    today = datetime.date.today().isoformat()
    new = []
    for each in questions:
        before = known.get(each.key)
        now = replace(each, p_value=round(each.p_value, DIGITS), asked_on=today)
        if before is None or before.p_value != now.p_value:
            new.append(now)
    if new:
        with suppress(OSError):
            _append(folder / QUESTIONS, new)
    return tuple(_last_answers(new, known).values())


def forget_questions(folder: Path) -> int:
    """Begin the list anew; return how many questions were on it.

    Parameters
    ----------
    folder : Path
        The library's folder.

    Raises
    ------
    LibraryError
        If the file cannot be removed.
    """
    n_asked, path = len(asked_questions(folder)), folder / QUESTIONS
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(
            f"the list of questions cannot be begun anew ({error.strerror})",
            where=str(path),
            hint="make the library's folder writable",
        ) from error
    return n_asked


def _append(path: Path, questions: Iterable[Question]) -> None:
    lines = "".join(f"{json.dumps(vars(each))}\n" for each in questions)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        # A write that a crash cut short must not take the next line with it.
        if size := os.fstat(descriptor).st_size:
            file.seek(size - 1)
            lines = lines if file.read(1) == b"\n" else f"\n{lines}"
        file.write(lines.encode())


def _kept(folder: Path) -> Iterator[Question]:
    try:
        lines = (folder / QUESTIONS).read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError, TypeError, RecursionError):
            yield _question(json.loads(line))


def _question(told: object) -> Question:
    """Return the question of a line; fields of a newer version are left out."""
    if not isinstance(told, dict):
        raise TypeError("a line is an object")
    known = {name: told[name] for name in _KINDS if name in told}
    for name, value in known.items():
        if type(value) is not _KINDS[name]:
            raise TypeError(f"{name} is {value!r}")
    question = Question(**known)
    if not (isfinite(question.speed_m_s) and 0.0 <= question.p_value <= 1.0):
        raise ValueError("no speed, or no p")
    return question


def _last_answers(
    questions: Iterable[Question], before: Mapping[_Key, Question] | None = None
) -> dict[_Key, Question]:
    """Return the last answer of each question, with the day of its first."""
    last = dict(before or {})
    for each in questions:
        first = last.get(each.key)
        last[each.key] = each if first is None else replace(each, asked_on=first.asked_on)
    return last
