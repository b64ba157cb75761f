"""Frames laid out block by block: many times cheaper than column by column where rows are few."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

#: A frame of pairs (values with a row for each column, places of these columns), an `index` and
#: `columns`. pandas offers it to libraries that make frames of their own; its stubs lack it.
frame_of_blocks: Callable[..., pd.DataFrame] = importlib.import_module(
    "pandas.api.internals"
).create_dataframe_from_blocks

#: Versions of pandas whose own blocks are known to be what `Slot` and `frame_of_slots` take them
#: for. With others `frame_of_blocks` does the same in twice the time.
_KNOWN_PANDAS = ("3.1.",)
_is_known = pd.__version__.startswith(_KNOWN_PANDAS)
_blocks: Any = importlib.import_module("pandas.core.internals.blocks") if _is_known else None
_managers: Any = importlib.import_module("pandas.core.internals.managers") if _is_known else None
_from_manager: Any = getattr(pd.DataFrame, "_from_mgr", None)
_instants: Any = getattr(pd.arrays.DatetimeArray, "_simple_new", None)

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


class Slot:
    """Where in frames of one shape the columns of one dtype stand: made once, filled often.

    `fill` makes of values what `frame_of_slots` takes.

    Parameters
    ----------
    dtype : dtype
        Of the columns.
    places : sequence of int
        At which of the frame's columns they stand.
    """

    def __init__(self, dtype: object, places: Sequence[int]) -> None:
        where = np.array(places, dtype=np.intp)
        self.fill: Callable[[Any], Any] = lambda values: (values, where)
        if _is_known:
            placement = _blocks.BlockPlacement(where)
            self.fill = partial(_blocks.get_block_type(dtype), placement=placement, ndim=2)


def frame_of_slots(blocks: list[Any], index: pd.Index, columns: pd.Index) -> pd.DataFrame:
    """Return the frame of blocks that slots were filled with: of every column, once.

    Parameters
    ----------
    blocks : list
        What `Slot.fill` returned: of numpy arrays or instants with a row for each column, or
        of extension arrays that are one column.
    index, columns : Index
        The frame's, and no other frame's.

    Examples
    --------
    >>> slot = Slot(np.dtype("f8"), [0, 1])
    >>> block = slot.fill(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> frame_of_slots([block], pd.RangeIndex(2), pd.Index(["a", "b"]))
         a    b
    0  1.0  3.0
    1  2.0  4.0
    """
    if not _is_known:
        return frame_of_blocks(blocks, index=index, columns=columns)
    manager = _managers.BlockManager(tuple(blocks), [columns, index], verify_integrity=False)
    frame: pd.DataFrame = _from_manager(manager, manager.axes)
    return frame


def instants(cells: NDArray[np.datetime64], dtype: object) -> Any:
    """Return instants as an array of pandas' own, of as many dimensions, without its checks.

    Parameters
    ----------
    cells : ndarray of datetime64[us]
        In UTC if the dtype has a zone.
    dtype : dtype
        "datetime64[us]", with a zone or without.

    Examples
    --------
    >>> instants(np.array(["2026-03-29T01:00"], dtype="M8[us]"), pd.DatetimeTZDtype("us", "UTC"))
    <DatetimeArray>
    ['2026-03-29 01:00:00+00:00']
    Length: 1, dtype: datetime64[us, UTC]
    """
    if _is_known:
        return _instants(cells, dtype=dtype)
    zone = getattr(dtype, "tz", None)
    plain = pd.array(cells.ravel(), dtype="datetime64[us]")
    return (plain if zone is None else plain.tz_localize(zone)).reshape(cells.shape)


def text(cells: list[str | None]) -> ExtensionArray:
    """Return text as an array of pandas' own dtype "str", without the checks of its constructor.

    Examples
    --------
    >>> text(["lap", None]).tolist()
    ['lap', nan]
    """
    return _text(pa.array(cells, pa.large_string()))


def same_text(cell: str | None, count: int) -> ExtensionArray:
    """Return one text, repeated.

    Examples
    --------
    >>> same_text("lap", 2).tolist()
    ['lap', 'lap']
    """
    return _text(pa.repeat(pa.scalar(cell, pa.large_string()), count))


def _text(values: Any) -> ExtensionArray:
    array: Any = pd.arrays.ArrowStringArray
    result: ExtensionArray = array(values, dtype=TEXT)
    return result
