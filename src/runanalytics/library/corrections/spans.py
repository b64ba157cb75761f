"""Days on which logs were kept: as logs state, as activities imply, as the user states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.library.corrections.movements import (
    Corrections,
    read_corrections,
    sources_of_sessions,
)
from runanalytics.library.linking.proposals import BY_WORDS, MADE
from runanalytics.library.linking.reconcile import recorders
from runanalytics.library.linking.removed import removed
from runanalytics.measures.log_days import BY_USER
from runanalytics.movements import movement_id
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

#: Sources of spans that follow from activities, and from what the user confirmed of words in
#: titles, calendars and samples.
BY_ACTIVITIES = "activities"

#: First and last day, inclusive.
_Days = tuple[date, date]
_DAY = timedelta(days=1)


def log_spans(folder: LibraryFolder) -> pd.DataFrame:
    """Return table "log_spans": the spans that logs state, activities imply and the user states.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    """

    def spans() -> pd.DataFrame:
        stored, catalogue = folder.table("log_spans"), folder.reading()
        if catalogue is None:
            return stored
        sessions, sets = folder.table("sessions"), folder.table("sets")
        corrections, sources = read_corrections(folder.path), sources_of_sessions(catalogue)
        corrected = corrections.spans(stored, sessions, sets, sources)
        return with_derived_spans(corrected, catalogue, corrections)

    return folder.derived("log spans", spans)


def with_derived_spans(
    spans: pd.DataFrame, catalogue: Catalogue, corrections: Corrections
) -> pd.DataFrame:
    """Return `spans` and those derived from activities, corrected by the user's statements.

    A log in one file states its own span. Activities of a watch come one by one, so their span
    reaches from the first to the last of them. Where the user states on which days a log was
    kept, that counts alone; the user's breaks are cut out of whatever else is known.
    """
    from runanalytics.importers.strength import sessions as strength_log

    first, last = _first_and_last_run(catalogue)
    recorded_by = recorders(catalogue)
    marks = ", ".join("?" * len(recorded_by))
    recorded = (
        "session_id IN (SELECT id FROM provenance JOIN sources USING (digest)"  # noqa: S608
        f" WHERE what = 'sessions' AND importer IN ({marks}))"
    )
    gone = removed(catalogue, "sessions")
    derived = [
        strength_log.spans(source, *_of(catalogue, where, parameters, gone, corrections))
        for source, where, parameters in (
            (BY_ACTIVITIES, recorded, recorded_by),
            (BY_WORDS, f"session_id LIKE '{MADE}%'", ()),
        )
        # Most libraries have none of one of them; then no table need be made of it.
        if catalogue.rows(f"SELECT 1 FROM sessions WHERE {where} LIMIT 1", parameters)  # noqa: S608
    ]
    if first is not None:
        runs = {"what": ["runs"], "first_date": [first], "last_date": [last]}
        frame = pd.DataFrame({**runs, "source": [BY_ACTIVITIES]})
        derived.insert(0, schema.check(frame, "log_spans"))
    filled = [each for each in (spans, *derived) if not each.empty]
    spans = pd.concat(filled, ignore_index=True) if filled else spans
    stated = user_spans(catalogue)
    return _with_user_spans(spans, stated) if stated else spans


def _of(
    catalogue: Catalogue,
    where: str,
    parameters: Sequence[str],
    gone: frozenset[str],
    corrections: Corrections,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sessions and sets that a condition chooses, corrected, but for those taken out."""
    sessions, sets = (catalogue.frame(name, where, parameters) for name in ("sessions", "sets"))
    sessions, sets = (each[~each["session_id"].isin(gone)] for each in (sessions, sets))
    return corrections.sessions(sessions, sets), corrections.sets(sets)


def _first_and_last_run(catalogue: Catalogue) -> tuple[str | None, str | None]:
    """Return the first and last day of the runs that are not taken out."""
    gone = removed(catalogue, "runs")
    rows = catalogue.rows("SELECT run_id, local_date FROM runs")
    days = [day for run_id, day in rows if run_id not in gone]
    return (min(days), max(days)) if days else (None, None)


def user_spans(catalogue: Catalogue) -> list[tuple[str, str, date, date]]:
    """Return the user's statements: the log, "log" or "break", first and last day."""
    if catalogue.layout < 2:
        return []
    query = "SELECT what, kind, first_date, last_date FROM user_spans ORDER BY what, first_date"
    return [
        (what, kind, date.fromisoformat(first), date.fromisoformat(last))
        for what, kind, first, last in catalogue.rows(query)
    ]


def _with_user_spans(
    spans: pd.DataFrame, stated: Sequence[tuple[str, str, date, date]]
) -> pd.DataFrame:
    rows: list[tuple[str, date, date, str]] = []
    known = [
        (str(what), first.date(), last.date(), str(source))
        for what, first, last, source in spans.itertuples(index=False, name=None)
    ]
    for what in schema.LOG_KINDS:
        logs, breaks = (
            [(first, last) for log, kind, first, last in stated if (log, kind) == (what, wanted)]
            for wanted in ("log", "break")
        )
        by_user = [(what, first, last, BY_USER) for first, last in _united(logs)]
        for _, first, last, source in by_user or [row for row in known if row[0] == what]:
            rows += [(what, a, b, source) for a, b in without((first, last), breaks)]
    frame = pd.DataFrame(rows, columns=list(spans.columns))
    return schema.check(frame, "log_spans")


def _united(spans: Sequence[_Days]) -> list[_Days]:
    """Return spans in order; those that touch are joined.

    Examples
    --------
    >>> _united([(date(2026, 1, 1), date(2026, 1, 9)), (date(2026, 1, 10), date(2026, 2, 1))])
    [(datetime.date(2026, 1, 1), datetime.date(2026, 2, 1))]
    """
    united: list[_Days] = []
    for first, last in sorted(spans):
        if united and first <= united[-1][1] + _DAY:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united


def without(span: _Days, breaks: Sequence[_Days]) -> list[_Days]:
    """Return the parts of a span between breaks.

    Examples
    --------
    >>> without((date(2026, 1, 1), date(2026, 1, 31)), [(date(2026, 1, 10), date(2026, 1, 20))])
    [(datetime.date(2026, 1, 1), datetime.date(2026, 1, 9)),
     (datetime.date(2026, 1, 21), datetime.date(2026, 1, 31))]
    """
    first, end = span
    left = []
    for begin, last in _united(breaks):
        if last < first or begin > end:
            continue
        if begin > first:
            left.append((first, begin - _DAY))
        first = last + _DAY
    return [*left, (first, end)] if first <= end else left


def set_span(folder: LibraryFolder, what: str, first: Any, last: Any) -> None:
    """State that a log was kept on these days and, but for others so stated, on no others.

    Parameters
    ----------
    folder : LibraryFolder
        The library; the statement survives every import.
    what : str
        ``runs``, ``strength``, ``technique``, ``mobility`` or another of `schema.LOG_KINDS`.
    first, last : date
        Local days, inclusive.

    Raises
    ------
    UsageError
        If there is no such log, or the last day is before the first.
    """
    _store(folder, what, "log", first, last)


def add_break(folder: LibraryFolder, what: str, first: Any, last: Any) -> None:
    """State that nothing was logged on these days, though the log goes on.

    Parameters
    ----------
    folder, what, first, last
        As for `set_span`.

    Raises
    ------
    UsageError
        As for `set_span`.
    """
    _store(folder, what, "break", first, last)


def _store(folder: LibraryFolder, what: str, kind: str, first: Any, last: Any) -> None:
    begin, end = parse_day(first, "first day"), parse_day(last, "last day")
    if end < begin:
        raise UsageError(
            f"the last day {end} is before the first, {begin}", hint="name the first day first"
        )
    row = (_log(what), kind, begin.isoformat(), end.isoformat())
    with folder.writing() as catalogue, catalogue.transaction():
        catalogue.write("INSERT OR REPLACE INTO user_spans VALUES (?, ?, ?, ?)", [row])


def clear_spans(folder: LibraryFolder, what: str) -> int:
    """Delete the spans and breaks that the user stated of a log; return their number."""
    name = _log(what)
    with folder.writing() as catalogue, catalogue.transaction():
        count = sum(log == name for log, *_ in user_spans(catalogue))
        catalogue.write("DELETE FROM user_spans WHERE what = ?", [(name,)])
    return count


def _log(what: str) -> str:
    name = movement_id(what)
    if name not in schema.LOG_KINDS:
        raise UsageError(f"no log '{what}'", hint=f"the logs are: {', '.join(schema.LOG_KINDS)}")
    return name
