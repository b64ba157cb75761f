"""Frames laid out block by block are what pandas itself would have made."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from runanalytics.schema import column_blocks

INSTANTS = np.array(["2026-03-29T00:59:59", "NaT"], dtype="M8[us]")
COLUMNS = ["timestamp", "speed", "event", "cadence", "local", "lists", "flag", "damaged"]


def laid_out() -> pd.DataFrame:
    cells = np.empty((1, 2), dtype=object)
    cells[0] = np.fromiter([(1.0, 2.0), None], dtype=object)
    filled: list[column_blocks.ColumnBlock] = [
        (np.array([[3.0, np.nan], [84.0, 85.0]]), np.array([1, 3])),
        (column_blocks.instant_column(INSTANTS.copy()), np.array([0])),
        (INSTANTS.reshape(1, -1).copy(), np.array([4])),
        (column_blocks.text_column(["lap", None]), np.array([2])),
        (cells, np.array([5])),
        (pd.array([True, None], dtype="boolean"), np.array([6])),
        (np.array([[False, True]]), np.array([7])),
    ]
    return column_blocks.frame_from_blocks(filled, pd.RangeIndex(2), pd.Index(COLUMNS))


def by_columns() -> pd.DataFrame:
    instants = pd.Series(INSTANTS)
    return pd.DataFrame(
        {
            "timestamp": instants.dt.tz_localize("UTC"),
            "speed": [3.0, np.nan],
            "event": pd.array(["lap", None], dtype="str"),
            "cadence": [84.0, 85.0],
            "local": instants,
            "lists": pd.Series([(1.0, 2.0), None], dtype=object),
            "flag": pd.array([True, None], dtype="boolean"),
            "damaged": [False, True],
        }
    )


def test_it_is_the_frame_that_pandas_makes_of_the_columns() -> None:
    assert_frame_equal(laid_out(), by_columns())


def test_the_frame_can_be_worked_with() -> None:
    frame, expected = laid_out(), by_columns()
    for each in (frame, expected):
        each.loc[0, "event"] = "stop"
        each.loc[1, "speed"] = 2.5
        each.insert(1, "lap", [1, 2])
        each["cadence"] *= 2
        del each["flag"]
    assert_frame_equal(frame, expected)
    assert_frame_equal(pd.concat([frame, frame]), pd.concat([expected, expected]))
    assert_frame_equal(frame.sort_values("speed"), expected.sort_values("speed"))
    assert_frame_equal(frame[frame["damaged"]], expected[expected["damaged"]])


def test_what_is_taken_from_it_changes_without_it() -> None:
    frame = laid_out()
    speed, whole = frame["speed"], frame[:]
    speed[0] = 99.0
    whole.loc[0, "event"] = "changed"
    assert_frame_equal(frame, by_columns())


def test_the_text_of_a_frame_is_pandas_own() -> None:
    frame = laid_out()
    assert frame["event"].dtype == pd.Series(["lap"]).dtype == "str"
    assert frame["event"].str.upper().tolist()[0] == "LAP"
    assert column_blocks.repeated_text("lap", 2).equals(column_blocks.text_column(["lap", "lap"]))


def test_instants_are_a_view_of_what_they_are_made_from() -> None:
    cells = INSTANTS.copy()
    column = column_blocks.instant_column(cells)
    cells[1] = cells[0]
    assert not column.isna().any()


def test_a_frame_of_columns_is_what_pandas_makes_and_shares_nothing_with_them() -> None:
    columns = {
        "speed": np.array([3.0, np.nan]),
        "event": pd.array(["lap", None], dtype="str"),
        "laps": np.array([1, 2]),
        "cadence": pd.array([84.0, 85.0], dtype="float64"),
        "local": pd.DatetimeIndex(INSTANTS).array,
        "flag": pd.array([True, None], dtype="boolean"),
    }
    made, by_pandas = column_blocks.frame_from_columns(columns), pd.DataFrame(columns)
    assert_frame_equal(made, by_pandas)
    columns["speed"][0] = columns["laps"][0] = 9
    columns["flag"][0] = False
    assert_frame_equal(made, by_pandas)
    made.columns.name = "other"
    assert column_blocks.frame_from_columns(columns).columns.name is None
