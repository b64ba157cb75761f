"""Frames laid out block by block are what pandas itself would have made."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from runanalytics.schema import blocks

UTC = pd.DatetimeTZDtype("us", "UTC")
INSTANTS = np.array([["2026-03-29T00:59:59", "NaT"]], dtype="M8[us]")
COLUMNS = ["timestamp", "speed", "event", "cadence", "local", "lists", "flag", "damaged"]


@pytest.fixture(params=["this pandas", "a pandas not known"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as it is with a pandas whose blocks are known, and with any other."""
    if request.param == "this pandas":
        return blocks
    monkeypatch.setattr(pd, "__version__", "99.0.0")
    spec = importlib.util.spec_from_file_location("other_blocks", str(blocks.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def laid_out(way: ModuleType) -> pd.DataFrame:
    cells = np.empty((1, 2), dtype=object)
    cells[0] = np.fromiter([(1.0, 2.0), None], dtype=object)
    filled = [
        way.Slot(np.dtype("f8"), [1, 3]).fill(np.array([[3.0, np.nan], [84.0, 85.0]])),
        way.Slot(UTC, [0]).fill(way.instants(INSTANTS.copy(), UTC)),
        way.Slot(np.dtype("M8[us]"), [4]).fill(way.instants(INSTANTS.copy(), np.dtype("M8[us]"))),
        way.Slot(way.TEXT, [2]).fill(way.text(["lap", None])),
        way.Slot(np.dtype(object), [5]).fill(cells),
        way.Slot(pd.BooleanDtype(), [6]).fill(pd.array([True, None], dtype="boolean")),
        way.Slot(np.dtype(bool), [7]).fill(np.array([[False, True]])),
    ]
    frame: pd.DataFrame = way.frame_of_slots(filled, pd.RangeIndex(2), pd.Index(COLUMNS))
    return frame


def by_columns() -> pd.DataFrame:
    instants = pd.Series(INSTANTS[0])
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


def test_it_is_the_frame_that_pandas_makes_of_the_columns(way: ModuleType) -> None:
    assert_frame_equal(laid_out(way), by_columns())


def test_the_frame_can_be_worked_with(way: ModuleType) -> None:
    frame, expected = laid_out(way), by_columns()
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


def test_what_is_taken_from_it_changes_without_it(way: ModuleType) -> None:
    frame = laid_out(way)
    speed, whole = frame["speed"], frame[:]
    speed[0] = 99.0
    whole.loc[0, "event"] = "changed"
    assert_frame_equal(frame, by_columns())


def test_this_pandas_is_one_whose_blocks_are_known() -> None:
    # If it is not: see that the tests above pass with its blocks, then name it there.
    assert pd.__version__.startswith(blocks._KNOWN_PANDAS)
