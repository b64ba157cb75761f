"""The samples of one run as one Parquet file, in the watch's own integer units.

A watch records integers (0.1 ms of contact, 1 mm/s of speed), which take a fraction of the space
of floating-point numbers. Every page carries a checksum, and the digest of the whole file stands
in the catalogue, so that a flipped bit is detected.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from runanalytics import schema
from runanalytics.errors import LibraryError
from runanalytics.importers.contract import content_digest
from runanalytics.schema.columns import Array, TableColumns

if TYPE_CHECKING:
    import pandas as pd

_TABLE = schema.TABLES["samples"]

#: Columns that never fall: their differences pack better than their values.
_RISING = ("elapsed_s", "distance_m")


def _steps_per_unit(column: schema.Column) -> int:
    if column.resolution is None:
        raise LibraryError(f"table 'samples', column '{column.name}' has no stored resolution")
    return round(1 / column.resolution)


def packed(samples: TableColumns) -> tuple[bytes, TableColumns]:
    """Return one run's samples as the bytes of a Parquet file, and as `unpack` gives them back.

    What is made of the latter can be made again.

    Parameters
    ----------
    samples : TableColumns
        Table "samples"; its `run_id` is not stored: it stands in the file's name. Values are
        rounded to each column's `resolution`; columns without any value are left out.

    Examples
    --------
    >>> _, stored = packed(TableColumns("samples", 1, {"altitude_m": np.array([101.23])}))
    >>> stored["altitude_m"].tolist()
    [101.2]
    """
    columns: dict[str, pa.Array] = {}
    stored: dict[str, Array] = {}
    for column in _TABLE:
        if column.name == "run_id":
            continue
        if column.dtype == schema.BOOLEAN:
            stored[column.name] = samples[column.name]
            columns[column.name] = _array(pa.bool_(), samples[column.name], None)
            continue
        if column.name not in samples.arrays:
            continue
        numbers = samples.arrays[column.name]
        missing = np.isnan(numbers)
        if missing.all():
            continue
        steps = np.rint(numbers * _steps_per_unit(column))
        stored[column.name] = numbers if column.dtype == schema.INTEGER else _values(steps, column)
        gone = missing if missing.any() else None
        if gone is not None:
            steps[missing] = 0
        # Every plausible value of every column fits; importers have removed the others.
        columns[column.name] = _array(pa.int32(), steps.astype(np.int32), gone)
    table = pa.Table.from_arrays(list(columns.values()), names=list(columns))
    sink = io.BytesIO()
    rising = [name for name in _RISING if name in columns]
    pq.write_table(
        table,
        sink,
        compression="zstd",
        write_page_checksum=True,
        write_statistics=False,
        store_schema=False,
        use_dictionary=[name for name in columns if name not in (*rising, "moving")],
        column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
    )
    return sink.getvalue(), TableColumns("samples", samples.count, stored)


def _array(kind: pa.DataType, values: Array, missing: Array | None) -> pa.Array:
    """Return numbers or truth values as Arrow has them; its own constructor loads pandas."""
    bits = np.packbits(values, bitorder="little") if kind == pa.bool_() else values
    known = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(bits)])


def _values(steps: Array, column: schema.Column) -> Array:
    """Return stored numbers in a column's unit."""
    values: Array = steps / _steps_per_unit(column)
    return values


def unpack(data: bytes, run_id: str, digest: str | None = None) -> pd.DataFrame:
    """Return the samples that `packed` made into `data`, as table "samples".

    Parameters
    ----------
    data : bytes
        The bytes that `packed` gave.
    run_id : str
        The run.
    digest : str, optional
        Of the bytes as they were stored: Parquet's checksums leave out the names of columns.

    Raises
    ------
    LibraryError
        If the bytes are damaged.
    """
    if digest is not None and content_digest(data) != digest:
        raise _damaged(run_id)
    return _frame({run_id: _opened(data, run_id)})


def unpack_several(packed: Mapping[str, bytes]) -> pd.DataFrame:
    """Return the samples of several runs as one table "samples", one run after another.

    Parameters
    ----------
    packed : mapping of str to bytes
        The bytes that `packed` gave, by run; at least one.

    Raises
    ------
    LibraryError
        If some of it is damaged.
    """
    return _frame({run_id: _opened(data, run_id) for run_id, data in packed.items()})


def _damaged(run_id: str) -> LibraryError:
    return LibraryError(
        f"the samples of run {run_id} are damaged", hint="'runanalytics rebuild' restores them"
    )


def _opened(data: bytes, run_id: str) -> pa.Table:
    try:
        return pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        damaged = _damaged(run_id)
        damaged.message += f" ({error})"
        raise damaged from error


def _frame(by_run: Mapping[str, pa.Table]) -> pd.DataFrame:
    """Return table "samples" of what was stored, by run."""
    import pandas as pd

    table = pa.concat_tables(by_run.values(), promote_options="default")
    columns: dict[str, pd.Series] = {}
    for column in _TABLE:
        if column.name == "run_id":
            ids = np.repeat(list(by_run), [len(each) for each in by_run.values()])
            columns[column.name] = pd.Series(ids, dtype="str")
        elif column.name not in table.column_names:
            columns[column.name] = pd.Series(index=range(len(table)), dtype=column.dtype)
        elif column.dtype == schema.BOOLEAN:
            columns[column.name] = table[column.name].to_pandas()
        elif column.dtype == schema.INTEGER:
            columns[column.name] = table[column.name].to_pandas().astype(column.dtype)
        else:
            steps = table[column.name].to_numpy().astype("float64")
            columns[column.name] = pd.Series(_values(steps, column))
    return pd.DataFrame(columns)
