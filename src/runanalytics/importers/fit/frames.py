"""Decoded columns as pandas frames.

A file has thirty message types with up to a hundred columns each, mostly of a single row, so a
frame is laid out block by block rather than column by column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics.importers.fit.columns import Columns
from runanalytics.importers.fit.values import Array, Cells, array_of
from runanalytics.schema import blocks as layout
from runanalytics.schema.blocks import Slot


@dataclass(slots=True)
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
        others = {name: self.columns.array(name) for name in self.columns.others}
        return {**dict(numbers), **others, "damaged": self.damaged}

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame of their own; ``timestamp`` first, ``damaged`` last."""
        held, others = self.columns, self.columns.others
        count = len(self.damaged)
        arranged = _arrangement(held.numbers, tuple(held.kinds.items()))
        blocks = [arranged.damaged.fill(self.damaged.reshape(1, -1))]
        if held.numbers:
            blocks.append(arranged.numbers.fill(held.matrix))
        for name, kind, slot in arranged.one_by_one:
            blocks.append(slot.fill(_one_column(kind, others[name])))
        for names, kind, slot in arranged.together:
            cells = _stacked(kind, [others[name] for name in names]).reshape(-1, count)
            if kind in _INSTANTS:
                cells = layout.instants(cells, _INSTANTS[kind])
            blocks.append(slot.fill(cells))
        # Views, since who names the frame's axes must not name those of the next one.
        rows = _ONE_ROW.view() if count == 1 else pd.RangeIndex(count)
        return layout.frame_of_slots(blocks, index=rows, columns=arranged.index.view())


_ONE_ROW = pd.RangeIndex(1)


@dataclass(frozen=True)
class _Arrangement:
    """The names of a frame's columns, and at which of them those of each kind stand."""

    index: pd.Index
    numbers: Slot
    damaged: Slot
    #: Of kinds whose pandas arrays hold one column each: name, kind and place.
    one_by_one: tuple[tuple[str, str, Slot], ...]
    #: Of the other kinds: names, kind and places.
    together: tuple[tuple[tuple[str, ...], str, Slot], ...]


_INSTANTS: dict[str, Any] = {
    "instant": pd.DatetimeTZDtype("us", "UTC"),
    "local": np.dtype("M8[us]"),
}
_DTYPES = {
    **_INSTANTS,
    "text": layout.TEXT,
    "flag": pd.BooleanDtype(),
    "object": np.dtype(object),
}
#: Kinds whose pandas arrays hold one column each.
_ONE_BY_ONE = ("text", "flag")


@lru_cache(maxsize=1024)
def _arrangement(numbers: tuple[str, ...], kinds: tuple[tuple[str, str], ...]) -> _Arrangement:
    ordered = sorted([*(name for name, _ in kinds), *numbers], key=lambda name: name != "timestamp")
    where = {name: place for place, name in enumerate(ordered)}
    groups: dict[str, list[str]] = {}
    for name, kind in kinds:
        groups.setdefault(kind, []).append(name)
    return _Arrangement(
        index=pd.Index([*ordered, "damaged"]),
        numbers=Slot(np.dtype(np.float64), [where[name] for name in numbers]),
        damaged=Slot(np.dtype(bool), [len(ordered)]),
        one_by_one=tuple(
            (name, kind, Slot(_DTYPES[kind], [where[name]]))
            for kind in _ONE_BY_ONE
            for name in groups.pop(kind, [])
        ),
        together=tuple(
            (tuple(names), kind, Slot(_DTYPES[kind], [where[name] for name in names]))
            for kind, names in groups.items()
        ),
    )


def _stacked(kind: str, columns: list[Cells]) -> Array:
    """Return columns of one kind, one after the other, as one array."""
    if len(columns) == 1:
        return array_of(kind, columns[0])
    if np.ndarray not in map(type, columns):
        return array_of(kind, list(chain.from_iterable(columns)))
    return np.concatenate([array_of(kind, cells) for cells in columns])


#: Columns as short as this come up again and again ("lap", "stop"): their arrays are kept.
_FEW = 64


def _one_column(kind: str, cells: Cells) -> Any:
    cells = cells if isinstance(cells, list) else cells.tolist()
    if len(cells) <= _FEW:
        return _few_cells(kind, tuple(cells)).copy()
    return _cells(kind, cells)


@lru_cache(maxsize=4096)
def _few_cells(kind: str, cells: tuple[Any, ...]) -> Any:
    return _cells(kind, list(cells))


def _cells(kind: str, cells: list[Any]) -> Any:
    if kind == "flag":
        return pd.array(cells, dtype="boolean")
    if len(cells) > _FEW and cells.count(cells[0]) == len(cells):
        return layout.same_text(cells[0], len(cells))
    return layout.text(cells)
