"""On which days a log was kept, and which of its gaps are long for the runner who keeps it.

A log that was not kept for months reads like months without training, and nothing in it tells the
one from the other. What tells is the runner's own habit: breaks that come again are a habit, and a
gap twice as long as nearly all others is worth a question.
"""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.errors import SchemaError
from runanalytics.schema.checking import shaped

Days = npt.NDArray[np.datetime64]
#: First and last day of a stretch without a session.
Gap = tuple[datetime.date, datetime.date]

#: Nobody is asked about gaps shorter than four weeks: illness, holidays, a race and its recovery.
LEAST_DAYS = 28
#: At most this many of the other gaps are half as long; breaks that come more often are a habit.
MOST_ALIKE = 1
#: Days with a session from which on a runner's gaps tell what is usual.
LEAST_SESSIONS = 10
#: Source of a span that the user stated: its days were logged, whatever was done on them.
BY_USER = "user"


def logged_days(spans: pd.DataFrame | None, log: str, dates: Days) -> Days:
    """Return the days on which a log was kept, in order.

    Parameters
    ----------
    spans : DataFrame, optional
        Table ``log_spans``.
    log : str
        One of `LOG_KINDS` of `runanalytics.schema`.
    dates : ndarray of datetime64
        Days of its sessions: the log lasts from first to last where no span is known.

    Raises
    ------
    SchemaError
        If a span ends before it begins.

    Examples
    --------
    >>> dates = np.array(["2026-03-02", "2026-03-04"], dtype="datetime64[us]")
    >>> logged_days(None, "strength", dates).astype("datetime64[D]").tolist()[1:]
    [datetime.date(2026, 3, 3), datetime.date(2026, 3, 4)]
    """
    first = last = dates[:0]
    if spans is not None:
        spans = shaped(spans, "log_spans", ("what", "first_date", "last_date"))
        own = np.asarray(spans["what"] == log)
        first, last = (spans[end].to_numpy()[own] for end in ("first_date", "last_date"))
        if (last < first).any():
            raise SchemaError("a span ends before it begins", where="table 'log_spans'")
    if not len(first):
        if not len(dates):
            return dates
        first, last = dates.min(keepdims=True), dates.max(keepdims=True)
    ends = zip(first.astype("datetime64[D]"), last.astype("datetime64[D]"), strict=True)
    days = np.concatenate([np.arange(begin, end + 1) for begin, end in ends])
    return np.unique(days).astype("datetime64[us]")


def break_command(log: str, first: object, last: object) -> str:
    """Return the command that states that a log was not kept from a day to another.

    Parameters
    ----------
    log : str
        The log, such as "strength".
    first, last : date or str
        Days, ISO as text.
    """
    return f"runanalytics spans break {log} {first} {last}"


def log_gaps(spans: pd.DataFrame | None, log: str, dates: Days) -> tuple[Gap, ...]:
    """Return the gaps in a log that are long for this runner; none where the user states the days.

    Parameters
    ----------
    spans : DataFrame, optional
        Table ``log_spans``.
    log : str
        One of `LOG_KINDS` of `runanalytics.schema`.
    dates : ndarray of datetime64
        Days of its sessions.

    Returns
    -------
    tuple of (date, date)
        First and last day of each, as `long_gaps`.
    """
    if len(dates) < LEAST_SESSIONS:
        return ()
    if spans is not None and "source" in spans:
        by_user = (spans["what"] == log) & (spans["source"] == BY_USER)
        if by_user.any():
            return ()
    return long_gaps(dates, logged_days(spans, log, dates))


def long_gaps(trained: Days, logged: Days) -> tuple[Gap, ...]:
    """Return the gaps in a log that are long for this runner, in order.

    A gap is a stretch of logged days without a session. It is long if it lasts for `LEAST_DAYS`
    days or more and at most `MOST_ALIKE` of the runner's other gaps is at least half as long.

    Parameters
    ----------
    trained : ndarray of datetime64
        Days with a session, in any order, with repeats.
    logged : ndarray of datetime64
        Days on which the log was kept, in order.

    Returns
    -------
    tuple of (date, date)
        First and last day of each; none where there are under `LEAST_SESSIONS` days with a session.

    Examples
    --------
    >>> logged = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]")
    >>> twice_a_week = logged[np.isin(np.arange(len(logged)) % 7, (0, 3))]
    >>> stopped = (twice_a_week > logged[78]) & (twice_a_week < logged[231])
    >>> long_gaps(twice_a_week[~stopped], logged)
    ((datetime.date(2025, 3, 20), datetime.date(2025, 8, 19)),)
    """
    day = logged.astype("datetime64[D]").astype(np.int64)
    idle = ~np.isin(day, trained.astype("datetime64[D]").astype(np.int64))
    if np.count_nonzero(~idle) < LEAST_SESSIONS:
        return ()
    elsewhere = np.diff(day) > 1
    begins = idle & np.concatenate([[True], ~idle[:-1] | elsewhere])
    ends = idle & np.concatenate([~idle[1:] | elsewhere, [True]])
    first, last = day[begins], day[ends]
    length = last - first + 1
    alike = len(length) - np.searchsorted(np.sort(length), length / 2) - 1
    long = (length >= LEAST_DAYS) & (alike <= MOST_ALIKE)
    return tuple((_date(a), _date(b)) for a, b in zip(first[long], last[long], strict=True))


def without_log_gaps(dose: pd.DataFrame) -> pd.DataFrame:
    """Return a dose as if the log had not been kept in its long gaps.

    Parameters
    ----------
    dose : DataFrame
        From `runanalytics.dose`; its attrs name the gaps.

    Returns
    -------
    DataFrame
        Table ``dose`` without the days of the gaps; its `attrs` no longer have ``log_gaps``.

    Examples
    --------
    >>> days = pd.date_range("2026-03-01", periods=4)
    >>> amounts = pd.DataFrame({"local_date": days, "amount": [1.0, 0, 0, 1]})
    >>> amounts.attrs = {"log_gaps": [("2026-03-02", "2026-03-03")]}
    >>> without_log_gaps(amounts)["local_date"].dt.day.tolist()
    [1, 4]
    """
    day = dose["local_date"]
    inside = np.zeros(len(dose), dtype=np.bool_)
    for first, last in dose.attrs.get("log_gaps", ()):
        inside |= day.between(pd.Timestamp(first), pd.Timestamp(last)).to_numpy(dtype=np.bool_)
    result = dose[~inside].reset_index(drop=True)
    result.attrs = {name: value for name, value in dose.attrs.items() if name != "log_gaps"}
    return result


def _date(day: np.int64) -> datetime.date:
    found: datetime.date = np.datetime64(int(day), "D").item()
    return found
