"""Days from text, dates and NumPy's datetime64."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any

from runanalytics.errors import UsageError

_AS_WRITTEN = "write it as 2026-03-01"
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ].*)?")


def parse_day(value: Any, where: str | None = None) -> datetime.date:
    """Return the day that a text, a date, a datetime or NumPy's datetime64 stands for.

    Parameters
    ----------
    value : str, date, datetime or datetime64
        Text in ISO form.
    where : str, optional
        What the day is for, for the message.

    Raises
    ------
    UsageError
        If it is no day.

    Examples
    --------
    >>> parse_day("2026-03-01"), parse_day(datetime.datetime(2026, 3, 1, 18, 30))
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    """
    if type(value).__name__ == "datetime64":  # NumPy is not loaded for this
        value = value.astype("datetime64[D]").item()
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            raise _no_day(value, where, hint=_hint(value.strip())) from None
    if isinstance(value, datetime.datetime) and value == value:  # pandas' NaT differs from itself
        value = value.date()
    if not isinstance(value, datetime.date) or value != value:
        raise _no_day(value, where)
    return value


def _no_day(value: Any, where: str | None, *, hint: str = _AS_WRITTEN) -> UsageError:
    return UsageError(f"'{value}' is not a day", where=where, hint=hint)


def _hint(text: str) -> str:
    """Return what to do about a text that is no day, such as one that no month has."""
    found = _ISO.fullmatch(text)
    if found is None:
        return _AS_WRITTEN
    year, month = int(found["year"]), int(found["month"])
    if not (year and 1 <= month <= 12):
        return f"there is no month {month} in a year" if year else _AS_WRITTEN
    last = calendar.monthrange(year, month)[1]
    if 1 <= int(found["day"]) <= last:
        return _AS_WRITTEN  # its time of day is none
    return f"that day does not exist: {found['year']}-{found['month']} has {last} days"
