"""Frames in the shape of their tables: empty or checked ones, and implausible values removed."""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from runanalytics.arguments import require_frame
from runanalytics.errors import SchemaError
from runanalytics.schema import column_blocks
from runanalytics.schema.tables import DATE, FLOAT, INSTANT, STRING, TABLES, Column, Table, table

_MICROSECONDS_A_DAY = 86_400_000_000


def empty(name: str) -> pd.DataFrame:
    """Return a frame of table `name` with its columns and dtypes, and no row.

    Examples
    --------
    >>> empty("dose").dtypes.to_dict()
    {'local_date': dtype('<M8[us]'), 'amount': dtype('float64')}
    """
    return _empty(table(name).name).copy(deep=False)


@functools.cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame(
        {column.name: pd.Series(dtype=column.dtype) for column in TABLES[name]},
        columns=list(TABLES[name].names),
    )


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `frame` as table `name`: its columns in order, each of its dtype.

    Columns that may be missing are added as missing; the frame itself is not changed.

    Parameters
    ----------
    frame : DataFrame
        Rows of the table.
    name : str
        Name of a table in `TABLES`.

    Returns
    -------
    DataFrame
        A new frame with exactly the table's columns.

    Raises
    ------
    SchemaError
        If a required column or value is missing, a column is unknown, a value does not fit
        its dtype or its vocabulary, or is infinite.

    Examples
    --------
    >>> check(pd.DataFrame({"local_date": ["2026-03-01"], "amount": [1]}), "dose")
      local_date  amount
    0 2026-03-01     1.0
    """
    target = table(name)
    require_frame(frame, name)
    _refuse_unknown(frame.columns, target)
    return _of_table(frame, target)


def _of_table(frame: pd.DataFrame, target: Table) -> pd.DataFrame:
    """Return the columns of a table that a frame has, and the others as missing, checked."""
    if frame.empty:
        return empty(target.name)
    checked = {column.name: _checked(frame, column, target.name) for column in target}
    return column_blocks.frame_from_columns(checked)


def _refuse_unknown(names: Iterable[str], target: Table) -> None:
    known = target.names
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SchemaError(
            f"unknown column {', '.join(map(repr, unknown))} in table '{target.name}'",
            hint=f"its columns are: {', '.join(known)}",
        )


def from_rows(rows: Sequence[Mapping[str, object]], name: str) -> pd.DataFrame:
    """Return a few rows as table `name`, checked as `check` does, at a fraction of its cost.

    Parameters
    ----------
    rows : sequence of mappings
        Values by column; what is missing is None, NaN or left out.
    name : str
        Name of a table in `TABLES`.

    Returns
    -------
    DataFrame
        A frame with exactly the table's columns.

    Raises
    ------
    SchemaError
        As `check` does.

    Examples
    --------
    >>> from_rows([{"local_date": pd.Timestamp("2026-03-01"), "amount": 1}], "dose")
      local_date  amount
    0 2026-03-01     1.0
    """
    target = table(name)
    for row in rows:
        _refuse_unknown(row, target)
    if not rows:
        return empty(name)
    floats, places = [], []
    others: list[column_blocks.ColumnBlock] = []
    for place, column in enumerate(target):
        cells = [row.get(column.name) for row in rows]
        where = f"table '{name}', column '{column.name}'"
        if column.required or column.choices:
            _check_cells(cells, column, where)
        if column.dtype == FLOAT:
            floats.append(_float_column(cells, where))
            places.append(place)
        else:
            others.append((_other_column(cells, column, where), np.array([place])))
    blocks = [(np.concatenate(floats).reshape(len(floats), -1), np.array(places)), *others]
    return column_blocks.frame_from_blocks(
        blocks, pd.RangeIndex(len(rows)), column_blocks.column_names(tuple(target.names))
    )


def _check_cells(cells: list[object], column: Column, where: str) -> None:
    for row, cell in enumerate(cells):
        is_missing = cell is None or cell != cell or cell is pd.NaT
        if is_missing and column.required:
            raise _missing_value(row, where)
        if not is_missing and column.choices and cell not in column.choices:
            raise _unknown_value(cell, column, where)


def _missing_value(row: int, where: str) -> SchemaError:
    return SchemaError(f"row {row} has no value, and one is required", where=where)


def _unknown_value(cell: object, column: Column, where: str) -> SchemaError:
    hint = f"known are: {', '.join(column.choices)}"
    return SchemaError(f"unknown value {cell!r}", where=where, hint=hint)


def _float_column(cells: list[object], where: str) -> np.ndarray:
    try:
        values = np.array([math.nan if cell is None else cell for cell in cells], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"expected {FLOAT}: {error}", where=where) from error
    if np.isinf(values).any():
        raise SchemaError("a value is infinite", where=where)
    return values


def _other_column(cells: list[object], column: Column, where: str) -> ExtensionArray:
    if column.dtype == STRING and all(cell is None or type(cell) is str for cell in cells):
        return column_blocks.text_column(
            [cell if isinstance(cell, str) else None for cell in cells]
        )
    if column.dtype in (INSTANT, DATE) and all(type(cell) is pd.Timestamp for cell in cells):
        stamps = [cell for cell in cells if isinstance(cell, pd.Timestamp)]
        if column.dtype == INSTANT:
            instants = np.array([stamp.asm8 for stamp in stamps], dtype="M8[us]")
            return pd.DatetimeIndex(instants, tz="UTC").array
        if all(stamp.tz is None for stamp in stamps):
            days = np.array([stamp.asm8 for stamp in stamps], dtype="M8[D]")
            return pd.DatetimeIndex(days.astype("M8[us]")).array
    array: ExtensionArray = _as_dtype(pd.Series(cells), column, where).array
    return array


def _checked(frame: pd.DataFrame, column: Column, name: str) -> ExtensionArray:
    """Return one column's values without their index, since aligning indexes costs the most."""
    where = f"table '{name}', column '{column.name}'"
    if column.name not in frame.columns:
        if column.required:
            raise SchemaError("a required column is missing", where=where)
        return column_blocks.missing_column(_empty(name)[column.name].array, len(frame))
    values = _as_dtype(frame[column.name], column, where)
    if column.required and values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        raise _missing_value(row, where)
    if column.dtype == FLOAT and np.isinf(values.to_numpy()).any():
        raise SchemaError("a value is infinite", where=where)
    if column.choices:
        known = {*column.choices, None}
        unknown = {each for each in values.unique() if each == each and each not in known}
        if unknown:
            raise _unknown_value(min(unknown), column, where)
    array: ExtensionArray = values.array
    return array


def _are_days(values: pd.Series) -> bool:
    """Return whether no value has a time of day, nor is missing."""
    return bool((values.to_numpy().astype(np.int64) % _MICROSECONDS_A_DAY == 0).all())


def _as_dtype(values: pd.Series, column: Column, where: str) -> pd.Series:
    if values.dtype == column.dtype and (column.dtype != DATE or _are_days(values)):
        return values
    try:
        if column.dtype == INSTANT:
            return pd.to_datetime(values, utc=True).astype(INSTANT)
        if column.dtype == DATE:
            return pd.to_datetime(values).astype(DATE).dt.normalize()
        if column.dtype == STRING:
            return values.astype("object").where(values.notna(), None).astype(STRING)
        return values.astype(column.dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise SchemaError(
            f"expected {column.dtype}, found {values.dtype}: {error}", where=where
        ) from error


def without_implausible(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return `frame` without values outside their plausible range, and how many were removed.

    Parameters
    ----------
    frame : DataFrame
        In the shape of table `name`.
    name : str
        Name of a table in `TABLES`.

    Returns
    -------
    frame : DataFrame
        The frame itself where nothing had to be removed, else a new one.
    counts : dict of str to int
        Number of values removed, by column; columns without any are left out.

    Examples
    --------
    >>> runs = pd.DataFrame({"cadence_spm": [172.0, 999.0]})
    >>> kept, counts = without_implausible(runs, "runs")
    >>> kept["cadence_spm"].tolist(), counts
    ([172.0, nan], {'cadence_spm': 1})
    """
    counts: dict[str, int] = {}
    masked: dict[str, pd.Series] = {}
    for column in table(name):
        if column.name not in frame.columns or (column.low is None and column.high is None):
            continue
        values = frame[column.name].to_numpy(dtype="float64", na_value=np.nan)
        outside = np.zeros(len(values), dtype=bool)
        if column.low is not None:
            outside |= values < column.low
        if column.high is not None:
            outside |= values > column.high
        if outside.any():
            masked[column.name] = frame[column.name].mask(outside)
            counts[column.name] = int(outside.sum())
    return (frame.assign(**masked) if masked else frame), counts


def shaped(frame: pd.DataFrame, name: str, needed: Sequence[str]) -> pd.DataFrame:
    """Return the columns of `frame` that belong to table `name`, in its shape.

    Parameters
    ----------
    frame : DataFrame
        Rows of the table; columns that are not the table's are dropped.
    name : str
        Name of a table in `TABLES`.
    needed : sequence of str
        Columns that the frame must have.

    Returns
    -------
    DataFrame
        A new frame with every column of the table; those not given are missing.

    Raises
    ------
    SchemaError
        If a needed column is missing, or a value does not fit.

    Examples
    --------
    >>> shaped(pd.DataFrame({"amount": [1]}), "dose", ["local_date"])
    Traceback (most recent call last):
    ...
    runanalytics.errors.SchemaError: table 'dose': no column 'local_date'; it has: amount
    """
    require(frame, name, needed)
    return _of_table(frame, table(name))


def require(frame: pd.DataFrame, name: str, needed: Sequence[str]) -> None:
    """Raise `SchemaError` if `frame` lacks needed columns, naming them and those it has.

    Examples
    --------
    >>> require(pd.DataFrame({"amount": [1]}), "dose", ["amount"])
    """
    require_frame(frame, name)
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        has = [str(column) for column in frame.columns if column not in needed]
        near = {column: difflib.get_close_matches(column, has, n=1) for column in missing}
        guesses = {guess[0]: column for column, guess in near.items() if guess}
        rename = f"; rename what it is: {name}.rename(columns={guesses})" if guesses else ""
        raise SchemaError(
            f"no column {', '.join(map(repr, missing))}",
            where=f"table '{name}'",
            hint=f"it has: {', '.join(map(str, frame.columns)) or 'none'}{rename}",
        )
