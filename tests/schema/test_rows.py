"""Rows made into tables directly, beside the way through a frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import SchemaError, UsageError

ROWS = [
    {
        "session_id": "a",
        "start_utc": pd.Timestamp("2026-03-01T09:00:00Z"),
        "utc_offset_s": 3600,
        "local_date": pd.Timestamp("2026-03-01"),
        "kind": "strength",
        "title": None,
        "duration_s": 1800.0,
    },
    {
        "session_id": "b",
        "start_utc": None,
        "local_date": pd.Timestamp("2026-03-02"),
        "kind": "technique",
        "title": "Drills",
        "duration_s": np.nan,
    },
]


def test_the_same_table_as_through_a_frame() -> None:
    expected = schema.check(pd.DataFrame(ROWS), "sessions")
    pd.testing.assert_frame_equal(schema.from_rows(ROWS, "sessions"), expected)


def test_integers_and_text_of_sets() -> None:
    rows = [{"session_id": "a", "position": 1, "n_sets": 3, "reps": 8, "movement": "calf_raise"}]
    expected = schema.check(pd.DataFrame(rows), "sets")
    pd.testing.assert_frame_equal(schema.from_rows(rows, "sets"), expected)


def test_no_rows_are_the_empty_table() -> None:
    pd.testing.assert_frame_equal(schema.from_rows([], "runs"), schema.empty("runs"))


def test_rows_can_be_written_to_without_touching_others() -> None:
    first, second = (schema.from_rows(ROWS, "sessions") for _ in range(2))
    first.loc[0, "title"] = "changed"
    first.columns.name = "named"
    assert second["title"].isna()[0]
    assert second.columns.name is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"session_id": None}, "row 0 has no value"),
        ({"kind": "yoga"}, "unknown value 'yoga'"),
        ({"duration_s": float("inf")}, "infinite"),
        ({"duration_s": "long"}, "expected float64"),
        ({"local_date": "not a day"}, "expected datetime64"),
        ({"colour": "red"}, "unknown column 'colour'"),
    ],
)
def test_refused_with_a_reason(change: dict[str, object], reason: str) -> None:
    rows = [{**ROWS[0], **change}]
    with pytest.raises(SchemaError, match=reason):
        schema.from_rows(rows, "sessions")
    with pytest.raises(SchemaError, match=reason):
        schema.check(pd.DataFrame(rows), "sessions")


def test_no_such_table() -> None:
    with pytest.raises(UsageError, match="no table 'nights'"):
        schema.from_rows(ROWS, "nights")
