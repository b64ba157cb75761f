"""Rows of a table as plain arrays, from a decoder to the store; a frame where somebody wants one.

No pandas is loaded but for a frame, or for cells of unusual types: a file has many small tables,
and to keep one as a frame takes longer than to decode it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.errors import SchemaError
from runanalytics.schema.tables import (
    BOOLEAN,
    DATE,
    FLOAT,
    INSTANT,
    INTEGER,
    STRING,
    TABLES,
    Column,
    Table,
    table,
)

if TYPE_CHECKING:
    import pandas as pd

#: What stands for a missing value, and dtype of the plain arrays, by a column's own dtype.
_PLAIN: Mapping[str, tuple[Any, str]] = {
    FLOAT: (math.nan, "float64"),
    INTEGER: (math.nan, "float64"),
    BOOLEAN: (False, "bool"),
    STRING: (None, "object"),
    INSTANT: (np.datetime64("NaT"), "datetime64[us]"),
    DATE: (np.datetime64("NaT"), "datetime64[us]"),
}

#: Cells from which on texts of a column are shared.
_MANY = 2**14

#: What is written for a missing value, where it is not None.
_MISSING_CELL = {BOOLEAN: False}

Array = NDArray[Any]


@dataclass(frozen=True)
class TableColumns:
    """Some rows of one table, column by column.

    Parameters
    ----------
    name : str
        The table, which states each column's unit.
    count : int
        Number of rows.
    arrays : mapping of str to array
        By name of column, shape (count,). Numbers are float64 with NaN where missing, or int64;
        texts are objects, None where missing; instants (UTC) and days are datetime64[us]. A
        column without any value may be left out.

    Examples
    --------
    >>> doses = TableColumns("dose", 2, {"amount": np.array([1.0, 2.0])})
    >>> doses["amount"].sum(), np.isnat(doses["local_date"]).all()
    (np.float64(3.0), np.True_)
    """

    name: str
    count: int = 0
    arrays: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, name: str) -> Array:
        if name in self.arrays:
            return self.arrays[name]
        missing, dtype = _PLAIN[TABLES[self.name][name].dtype]
        return np.full(self.count, missing, dtype=dtype)

    def cells(self, name: str) -> list[Any]:
        """Return a column as Python's own values: None where missing, times in ISO 8601."""
        if name not in self.arrays:
            return [_MISSING_CELL.get(TABLES[self.name][name].dtype)] * self.count
        values, dtype = self.arrays[name], TABLES[self.name][name].dtype
        cells: list[Any] = values.tolist()
        if dtype in (STRING, BOOLEAN):
            return cells
        if dtype in (INSTANT, DATE):
            written = np.datetime_as_string(values, unit="us" if dtype == INSTANT else "D")
            zone = "Z" if dtype == INSTANT else ""
            return [None if text == "NaT" else text + zone for text in written.tolist()]
        if dtype == INTEGER and values.dtype.kind == "f":
            return [None if cell != cell else int(cell) for cell in cells]
        return [None if cell != cell else cell for cell in cells]

    @classmethod
    def of(cls, rows: TableColumns | pd.DataFrame, name: str) -> TableColumns:
        """Return rows of table `name` as columns; a frame may lack some of them."""
        if isinstance(rows, TableColumns):
            return rows
        present = [column for column in TABLES[name] if column.name in rows.columns]
        return cls(name, len(rows), {one.name: _plain(rows[one.name], one) for one in present})

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, object]], name: str) -> TableColumns:
        """Return rows as columns, checked as `runanalytics.schema.from_rows` says."""
        target = table(name)
        for row in rows:
            refuse_unknown(row, target)
        arrays = {}
        for column in target if rows else ():
            cells = [row.get(column.name) for row in rows]
            if column.required or column.choices:
                _check_cells(cells, column, place(name, column))
            if any(cell is not None for cell in cells):
                arrays[column.name] = _array(cells, column, place(name, column))
        return cls(name, len(rows), arrays)

    def rows(self, chosen: NDArray[np.bool_]) -> TableColumns:
        """Return those rows for which `chosen` is true."""
        arrays = {name: values[chosen] for name, values in self.arrays.items()}
        return TableColumns(self.name, int(np.count_nonzero(chosen)), arrays)

    def without(self, name: str) -> TableColumns:
        """Return the same rows without one of their columns."""
        arrays = {one: values for one, values in self.arrays.items() if one != name}
        return TableColumns(self.name, self.count, arrays)

    def replaced(self, **arrays: Array) -> TableColumns:
        """Return the same rows with other values in some columns."""
        return TableColumns(self.name, self.count, {**self.arrays, **arrays})

    def without_implausible(self) -> tuple[TableColumns, dict[str, int]]:
        """Return these rows without implausible values, and how many were removed by column."""
        removed = {}
        counts = {}
        for column in TABLES[self.name]:
            if column.name in self.arrays and (column.low is not None or column.high is not None):
                values = self.arrays[column.name]
                outside = implausible(values, column)
                if outside.any():
                    removed[column.name] = np.where(outside, np.nan, values)
                    counts[column.name] = int(np.count_nonzero(outside))
        return (self.replaced(**removed) if removed else self), counts

    def frame(self, **texts: str) -> pd.DataFrame:
        """Return a frame in the shape of the table.

        Parameters
        ----------
        **texts : str
            Text that a column has in all rows.
        """
        from runanalytics.schema import column_blocks

        columns = {
            column.name: column_blocks.repeated_text(texts[column.name], self.count)
            if column.name in texts
            else column_blocks.of_dtype(self[column.name], column.dtype)
            for column in TABLES[self.name]
        }
        return column_blocks.frame_from_columns(columns)


def samples_frame(by_run: Mapping[str, TableColumns]) -> pd.DataFrame:
    """Return table "samples" of several runs, one run after another."""
    import pandas as pd

    frames = [samples.frame(run_id=run_id) for run_id, samples in by_run.items() if len(samples)]
    if not frames:
        return TableColumns("samples").frame()
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def implausible(values: Array, column: Column) -> NDArray[np.bool_]:
    """Return which numbers are outside of a column's plausible range; missing ones are not."""
    outside = np.zeros(len(values), dtype=bool)
    if column.low is not None:
        outside |= values < column.low
    if column.high is not None:
        outside |= values > column.high
    return outside


def place(table_name: str, column: Column) -> str:
    """Return in words where a value stands."""
    return f"table '{table_name}', column '{column.name}'"


def refuse_unknown(names: Iterable[str], target: Table) -> None:
    """Raise `SchemaError` if some names are not those of a table's columns."""
    known = target.names
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SchemaError(
            f"unknown column {', '.join(map(repr, unknown))} in table '{target.name}'",
            hint=f"its columns are: {', '.join(known)}",
        )


def missing_value(row: int, where: str) -> SchemaError:
    """Return the error of a row without a value that is required."""
    return SchemaError(f"row {row} has no value, and one is required", where=where)


def unknown_value(cell: object, column: Column, where: str) -> SchemaError:
    """Return the error of a value that is not in a column's vocabulary."""
    hint = f"known are: {', '.join(column.choices)}"
    return SchemaError(f"unknown value {cell!r}", where=where, hint=hint)


def _check_cells(cells: list[object], column: Column, where: str) -> None:
    for row, cell in enumerate(cells):
        is_missing = cell is None or cell != cell
        if is_missing and column.required:
            raise missing_value(row, where)
        if not is_missing and column.choices and cell not in column.choices:
            raise unknown_value(cell, column, where)


def _array(cells: list[object], column: Column, where: str) -> Array:
    if column.dtype == FLOAT:
        return _floats(cells, where)
    if column.dtype == STRING and all(cell is None or type(cell) is str for cell in cells):
        return np.array(cells, dtype=object)
    if column.dtype == INTEGER and all(type(cell) is int for cell in cells):
        return np.array(cells, dtype=np.int64)
    if column.dtype in (INSTANT, DATE) and all(type(cell) is np.datetime64 for cell in cells):
        # A day has no time.
        written = np.array(cells, dtype="M8[us]" if column.dtype == INSTANT else "M8[D]")
        return written.astype("M8[us]")
    import pandas as pd

    from runanalytics.schema.column_blocks import as_dtype

    return _plain(as_dtype(pd.Series(cells), column, where), column)


def _floats(cells: list[object], where: str) -> Array:
    try:
        values = np.array([math.nan if cell is None else cell for cell in cells], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"expected {FLOAT}: {error}", where=where) from error
    if np.isinf(values).any():
        raise SchemaError("a value is infinite", where=where)
    return values


def _plain(values: pd.Series, column: Column) -> Array:
    """Return a column of a frame as a plain array."""
    if column.dtype == INTEGER and not values.isna().any():
        return values.to_numpy(dtype=np.int64)
    missing, dtype = _PLAIN[column.dtype]
    if column.dtype in (INSTANT, DATE, BOOLEAN):
        return values.to_numpy(dtype=dtype)
    if column.dtype == STRING and len(values) > _MANY:
        # Texts of long columns repeat, and each cell would be an object of its own.
        places, texts = values.array.factorize()
        shared: Array = np.append(np.asarray(texts, dtype=object), missing)  # -1 is missing
        return np.asarray(shared[places])
    plain: Array = values.to_numpy(dtype=dtype, na_value=missing)
    return plain
