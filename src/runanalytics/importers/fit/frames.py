"""Decoded columns as pandas frames.

A file has thirty message types with up to a hundred columns each, mostly of a single row, so a
frame is laid out block by block rather than column by column.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from runanalytics.importers.fit.columns import Columns
from runanalytics.importers.fit.values import Array

# pandas offers this to libraries that make frames of their own data; its stubs lack it.
_frame_of_blocks: Callable[..., pd.DataFrame] = importlib.import_module(
    "pandas.api.internals"
).create_dataframe_from_blocks


@dataclass(frozen=True)
class Messages:
    """All messages of one type, as columns in the order in which they were written.

    Parameters
    ----------
    columns : Columns
        Their values.
    damaged : array of bool
        Whether a message was read after damage, so that nothing vouches for it.
    """

    columns: Columns
    damaged: NDArray[np.bool_]

    def arrays(self) -> dict[str, Array]:
        """Return every column as an array, by name, and ``damaged``."""
        numbers = zip(self.columns.numbers, self.columns.matrix, strict=True)
        return {**dict(numbers), **self.columns.others, "damaged": self.damaged}

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame of their own; ``timestamp`` first, ``damaged`` last."""
        held = self.columns
        count = len(self.damaged)
        kinds = tuple(held.kinds[name] for name in held.others)
        index, places = _arrangement(held.numbers, tuple(held.others), kinds)
        blocks: list[tuple[object, Array]] = [(self.damaged.reshape(1, -1), places["damaged"])]
        if held.numbers:
            blocks.append((held.matrix, places["number"]))
        for kind, columns_of_kind in _by_kind(held).items():
            if kind in _ONE_BY_ONE:
                blocks += [
                    (_one_column(kind, column), place.reshape(1))
                    for column, place in zip(columns_of_kind, places[kind], strict=True)
                ]
                continue
            stacked = np.concatenate(columns_of_kind)
            block = _instants(kind, stacked) if kind in _TEMPLATES else stacked
            blocks.append((block.reshape(-1, count), places[kind]))
        # A view, since who names the frame's columns must not name those of the next one.
        return _frame_of_blocks(blocks, index=pd.RangeIndex(count), columns=index.view())


def _by_kind(held: Columns) -> dict[str, list[Array]]:
    result: dict[str, list[Array]] = {}
    for name, column in held.others.items():
        result.setdefault(held.kinds[name], []).append(column)
    return result


@lru_cache(maxsize=512)
def _arrangement(
    numbers: tuple[str, ...], others: tuple[str, ...], kinds: tuple[str, ...]
) -> tuple[pd.Index, dict[str, Array]]:
    """Return the names of a frame's columns, and at which of them those of each kind stand."""
    ordered = [*zip(others, kinds, strict=True), *((name, "number") for name in numbers)]
    ordered.sort(key=lambda pair: pair[0] != "timestamp")
    ordered.append(("damaged", "damaged"))
    places: dict[str, list[int]] = {}
    where = {name: place for place, (name, _) in enumerate(ordered)}
    for name, kind in [*zip(others, kinds, strict=True), *((name, "number") for name in numbers)]:
        places.setdefault(kind, []).append(where[name])
    places["damaged"] = [len(ordered) - 1]
    index = pd.Index([name for name, _ in ordered])
    return index, {kind: np.array(rows) for kind, rows in places.items()}


_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_TEMPLATES: dict[str, Any] = {
    "instant": pd.array(np.zeros(1, dtype="M8[us]"), dtype="datetime64[us, UTC]"),
    "local": pd.array(np.zeros(1, dtype="M8[us]"), dtype="datetime64[us]"),
}


def _instants(kind: str, column: Array) -> Any:
    # Filled in place: a fifth of the time that the checks of a constructor take.
    result = _TEMPLATES[kind].take(np.zeros(len(column), dtype=np.intp))
    result.asi8[:] = column.view("i8")
    return result


#: Columns as short as this come up again and again ("lap", "stop"): their arrays are kept.
_FEW = 64


def _one_column(kind: str, column: Array) -> Any:
    cells = column.tolist()
    if len(cells) <= _FEW:
        return _few_cells(kind, tuple(cells)).copy()
    return _cells(kind, cells)


@lru_cache(maxsize=4096)
def _few_cells(kind: str, cells: tuple[Any, ...]) -> Any:
    return _cells(kind, list(cells))


def _cells(kind: str, cells: list[Any]) -> Any:
    if kind == "flag":
        return pd.array(cells, dtype="boolean")
    array: Any = pd.arrays.ArrowStringArray
    return array(pa.array(cells, pa.large_string()), dtype=_TEXT)


#: Kinds whose pandas arrays hold one column each.
_ONE_BY_ONE = ("text", "flag")
