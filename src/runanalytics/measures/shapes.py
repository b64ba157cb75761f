"""What a frame must have before it can be measured."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from runanalytics import schema
from runanalytics.errors import SchemaError


def shaped(frame: pd.DataFrame, table: str, needed: Sequence[str]) -> pd.DataFrame:
    """Return the columns of `frame` that belong to `table`, in its shape.

    Parameters
    ----------
    frame : DataFrame
        Rows of the table; columns that are not the table's are dropped.
    table : str
        Name of a table in `runanalytics.schema`.
    needed : sequence of str
        Columns that cannot be done without.

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
    require(frame, table, needed)
    present = [name for name in schema.table(table).names if name in frame.columns]
    return schema.check(frame[present], table)


def require(frame: pd.DataFrame, table: str, needed: Sequence[str]) -> None:
    """Raise `SchemaError` naming the needed columns that `frame` lacks and those it has.

    Examples
    --------
    >>> require(pd.DataFrame({"amount": [1]}), "dose", ["amount"])
    """
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise SchemaError(
            f"no column {', '.join(map(repr, missing))}",
            where=f"table '{table}'",
            hint=f"it has: {', '.join(map(str, frame.columns)) or 'none'}",
        )
