"""Frames in the shape of their tables: empty or checked ones, and implausible values removed."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from runanalytics.arguments import require_frame
from runanalytics.errors import SchemaError
from runanalytics.schema import column_blocks
from runanalytics.schema.columns import (
    TableColumns,
    implausible,
    missing_value,
    place,
    refuse_unknown,
    unknown_value,
)
from runanalytics.schema.tables import FLOAT, TABLES, Column, Table, table


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

    TableColumns that may be missing are added as missing; the frame itself is not changed.

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
    refuse_unknown(frame.columns, target)
    return _of_table(frame, target)


def _of_table(frame: pd.DataFrame, target: Table) -> pd.DataFrame:
    if frame.empty:
        return empty(target.name)
    return column_blocks.frame_from_columns(_columns_of_table(frame, target))


def _columns_of_table(frame: pd.DataFrame, target: Table) -> dict[str, ExtensionArray]:
    """Return the columns of a table that a frame has, and the others as missing, checked."""
    if frame.empty:
        frame = _empty(target.name)
    return {column.name: _checked(frame, column, target.name) for column in target}


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
    return TableColumns.from_rows(rows, name).frame()


def _checked(frame: pd.DataFrame, column: Column, name: str) -> ExtensionArray:
    """Return one column's values without their index, since aligning indexes costs the most."""
    where = place(name, column)
    if column.name not in frame.columns:
        if column.required:
            raise SchemaError("a required column is missing", where=where)
        return column_blocks.missing_column(_empty(name)[column.name].array, len(frame))
    # The array alone: what a Series does of these takes several times as long.
    values: ExtensionArray = column_blocks.as_dtype(frame[column.name], column, where).array
    if column.required and (missing := np.asarray(values.isna())).any():
        raise missing_value(int(missing.argmax()), where)
    if column.dtype == FLOAT and np.isinf(values.to_numpy()).any():
        raise SchemaError("a value is infinite", where=where)
    if column.choices:
        known = {*column.choices, None}
        unknown = {each for each in values.unique() if each == each and each not in known}
        if unknown:
            raise unknown_value(min(unknown), column, where)
    return values


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
        outside = implausible(values, column)
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
        TableColumns that the frame must have.

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


def shaped_columns(
    frame: pd.DataFrame, name: str, needed: Sequence[str]
) -> dict[str, ExtensionArray]:
    """Return the columns that `shaped` gives a frame, without the frame.

    To take a column out of a frame again costs as much as to check it.

    Parameters
    ----------
    frame, name, needed
        As of `shaped`.

    Raises
    ------
    SchemaError
        As `shaped` does.

    Examples
    --------
    >>> dose = pd.DataFrame({"local_date": ["2026-03-01"], "amount": [1]})
    >>> shaped_columns(dose, "dose", ["local_date"])["amount"].to_numpy().tolist()
    [1.0]
    """
    require(frame, name, needed)
    return _columns_of_table(frame, table(name))


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
