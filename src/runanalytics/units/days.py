"""Days from text, dates and NumPy's datetime64."""

from __future__ import annotations

import datetime
from typing import Any

from runanalytics.errors import UsageError


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
            raise _no_day(value, where) from None
    if isinstance(value, datetime.datetime) and value == value:  # pandas' NaT differs from itself
        value = value.date()
    if not isinstance(value, datetime.date) or value != value:
        raise _no_day(value, where)
    return value


def _no_day(value: Any, where: str | None) -> UsageError:
    return UsageError(f"'{value}' is not a day", where=where, hint="write it as 2026-03-01")
