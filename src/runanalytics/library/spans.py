"""From when to when something was logged: as logs, activities and the user say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.library.settling import recorders
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from runanalytics.library.catalogue import Catalogue
    from runanalytics.library.store import Library

#: What a session's kind tells about.
_TOLD_BY = {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}

#: Where a span is known from if the user said it.
BY_USER = "user"

#: First and last day, inclusive.
_Span = tuple[date, date]
_DAY = timedelta(days=1)


def with_derived_spans(spans: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return `spans`, those that follow from single activities, and what the user says of both.

    A log in one file states its own span. Activities of a watch come one by one, so their span
    reaches from the first to the last of them. Where the user says on which days a log was
    kept, that counts alone; the user's breaks are cut out of whatever else is known.
    """
    derived = [("runs", *_range(catalogue, "SELECT min(local_date), max(local_date) FROM runs"))]
    recorded_by = recorders(catalogue)
    marks = ", ".join("?" * len(recorded_by))
    for what, kinds in _TOLD_BY.items():
        query = (
            "SELECT min(local_date), max(local_date) FROM sessions WHERE kind IN (?, ?)"  # noqa: S608
            " AND session_id IN (SELECT id FROM provenance JOIN sources USING (digest)"
            f"  WHERE what = 'sessions' AND importer IN ({marks}))"
        )
        derived.append((what, *_range(catalogue, query, (*kinds, *recorded_by))))
    rows = pd.DataFrame(
        [
            {"what": what, "first_date": first, "last_date": last, "source": "activities"}
            for what, first, last in derived
            if first is not None
        ],
        columns=list(spans.columns),
    )
    if not rows.empty:
        spans = pd.concat([spans, schema.check(rows, "log_spans")], ignore_index=True)
    said = user_spans(catalogue)
    return spans if not said else _as_the_user_says(spans, said)


def _range(
    catalogue: Catalogue, query: str, parameters: tuple[str, ...] = ()
) -> tuple[str | None, str | None]:
    ((first, last),) = catalogue.rows(query, parameters)
    return first, last


def user_spans(catalogue: Catalogue) -> list[tuple[str, str, date, date]]:
    """Return what the user said: what, "log" or "break", first and last day."""
    if catalogue.layout < 2:
        return []
    query = "SELECT what, kind, first_date, last_date FROM user_spans ORDER BY what, first_date"
    return [
        (what, kind, date.fromisoformat(first), date.fromisoformat(last))
        for what, kind, first, last in catalogue.rows(query)
    ]


def _as_the_user_says(
    spans: pd.DataFrame, said: Sequence[tuple[str, str, date, date]]
) -> pd.DataFrame:
    rows: list[tuple[str, date, date, str]] = []
    known = [
        (str(what), first.date(), last.date(), str(source))
        for what, first, last, source in spans.itertuples(index=False, name=None)
    ]
    for what in schema.LOG_KINDS:
        logs = [(first, last) for told, kind, first, last in said if (told, kind) == (what, "log")]
        breaks = [(a, b) for told, kind, a, b in said if (told, kind) == (what, "break")]
        stated = [(what, first, last, BY_USER) for first, last in _united(logs)]
        for _, first, last, source in stated or [row for row in known if row[0] == what]:
            rows += [(what, a, b, source) for a, b in without((first, last), breaks)]
    frame = pd.DataFrame(rows, columns=list(spans.columns))
    return schema.check(frame, "log_spans")


def _united(spans: Sequence[_Span]) -> list[_Span]:
    """Return spans with those that touch made one.

    Examples
    --------
    >>> _united([(date(2026, 1, 1), date(2026, 1, 9)), (date(2026, 1, 10), date(2026, 2, 1))])
    [(datetime.date(2026, 1, 1), datetime.date(2026, 2, 1))]
    """
    united: list[_Span] = []
    for first, last in sorted(spans):
        if united and first <= united[-1][1] + _DAY:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united


def without(span: _Span, breaks: Sequence[_Span]) -> list[_Span]:
    """Return what is left of a span once breaks are cut out of it.

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


def say(library: Library, what: str, kind: str, first: Any, last: Any) -> None:
    """Store what the user says of a log: that it was kept on some days, or was not.

    Parameters
    ----------
    library : Library
        Where it is stored; it survives every import.
    what : str
        ``runs``, ``strength`` or ``technique``.
    kind : str
        ``log``: it was kept on these days, and on no others. ``break``: nothing was logged,
        though the log goes on.
    first, last : date
        Days, inclusive.

    Raises
    ------
    UsageError
        If there is no such log, or the last day is before the first.
    """
    begin, end = parse_day(first, "first day"), parse_day(last, "last day")
    if end < begin:
        raise UsageError(
            f"the last day {end} is before the first, {begin}", hint="name the first day first"
        )
    row = (_log(what), kind, begin.isoformat(), end.isoformat())
    with library._writing() as catalogue, catalogue.transaction():
        catalogue.write("INSERT OR REPLACE INTO user_spans VALUES (?, ?, ?, ?)", [row])


def clear(library: Library, what: str) -> int:
    """Forget what the user said of a log, and return how many spans that were."""
    name = _log(what)
    with library._writing() as catalogue, catalogue.transaction():
        count = sum(told == name for told, *_ in user_spans(catalogue))
        catalogue.write("DELETE FROM user_spans WHERE what = ?", [(name,)])
    return count


def _log(what: str) -> str:
    name = what.strip().casefold()
    if name not in schema.LOG_KINDS:
        raise UsageError(f"no log '{what}'", hint=f"the logs are: {', '.join(schema.LOG_KINDS)}")
    return name
