"""Days in every form in which they are given."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UsageError
from runanalytics.units.days import parse_day

DAY = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01",
        " 2026-03-01 ",
        "2026-03-01T18:30",
        DAY,
        datetime.datetime(2026, 3, 1, 18, 30),
        pd.Timestamp("2026-03-01 18:30"),
        np.datetime64("2026-03-01T18:30"),
    ],
)
def test_a_day_is_a_day(value: object) -> None:
    day = parse_day(value)
    assert day == DAY
    assert type(day) is datetime.date


@pytest.mark.parametrize(
    "value", ["soon", "", "01.03.2026", None, 5, pd.NaT, np.datetime64("NaT"), "2026-02-03T25:00"]
)
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="write it as 2026-03-01"):
        parse_day(value, "since")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("2026-02-30", "that day does not exist: 2026-02 has 28 days"),
        ("2028-02-30 18:00", "that day does not exist: 2028-02 has 29 days"),
        ("2026-13-01", "there is no month 13"),
    ],
)
def test_a_day_that_no_month_has_is_said_to_be_none(value: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        parse_day(value, where="since")
