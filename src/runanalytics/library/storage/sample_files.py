"""The samples of one run as one Parquet file, in the watch's own integer units.

A watch records integers (0.1 ms of contact, 1 mm/s of speed), which take a fraction of the space
of floating-point numbers. Every page carries a checksum, and the digest of the whole file stands
in the catalogue, so that a flipped bit is detected.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from runanalytics import schema
from runanalytics.errors import LibraryError
from runanalytics.importers.contract import content_digest

_TABLE = schema.TABLES["samples"]

#: Columns that never fall: their differences pack better than their values.
_RISING = ("elapsed_s", "distance_m")


def _steps_per_unit(column: schema.Column) -> int:
    if column.resolution is None:
        raise LibraryError(f"table 'samples', column '{column.name}' has no stored resolution")
    return round(1 / column.resolution)


def pack(samples: pd.DataFrame) -> bytes:
    """Return one run's samples as the bytes of a Parquet file.

    Parameters
    ----------
    samples : DataFrame
        Table "samples"; its `run_id` is not stored: it stands in the file's name. Values are
        rounded to each column's `resolution`; columns without any value are left out.
    """
    columns: dict[str, pa.Array] = {}
    for column in _TABLE:
        if column.name == "run_id":
            continue
        values = samples[column.name]
        if column.dtype == schema.BOOLEAN:
            columns[column.name] = pa.array(values.to_numpy(dtype=bool))
            continue
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        missing = np.isnan(numbers)
        if missing.all():
            continue
        steps = np.rint(np.where(missing, 0.0, numbers) * _steps_per_unit(column))
        # Every plausible value of every column fits; importers have removed the others.
        columns[column.name] = pa.array(
            steps.astype(np.int32), mask=missing if missing.any() else None
        )
    table = pa.table(columns)
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
    return sink.getvalue()


def as_stored(samples: pd.DataFrame) -> pd.DataFrame:
    """Return samples as `unpack` gives them back: what is made of them can be made again.

    Parameters
    ----------
    samples : DataFrame
        Table "samples", of one run or many.

    Examples
    --------
    >>> as_stored(pd.DataFrame({"altitude_m": [101.23]}))["altitude_m"].tolist()
    [101.2]
    """
    rounded = {}
    for column in _TABLE:
        if column.dtype == schema.FLOAT and column.name in samples.columns:
            steps = _steps_per_unit(column)
            values = samples[column.name].to_numpy(dtype="float64", na_value=np.nan)
            rounded[column.name] = np.rint(values * steps) / steps
    return samples.assign(**rounded)


def unpack(data: bytes, run_id: str, digest: str | None = None) -> pd.DataFrame:
    """Return the samples that `pack` made into `data`, as table "samples".

    Parameters
    ----------
    data : bytes
        What `pack` gave.
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
    return _frame({run_id: _packed(data, run_id)})


def unpack_several(packed: Mapping[str, bytes]) -> pd.DataFrame:
    """Return the samples of several runs as one table "samples", one run after another.

    Parameters
    ----------
    packed : mapping of str to bytes
        What `pack` gave, by run; at least one.

    Raises
    ------
    LibraryError
        If some of it is damaged.
    """
    return _frame({run_id: _packed(data, run_id) for run_id, data in packed.items()})


def _damaged(run_id: str) -> LibraryError:
    return LibraryError(
        f"the samples of run {run_id} are damaged", hint="'runanalytics rebuild' restores them"
    )


def _packed(data: bytes, run_id: str) -> pa.Table:
    try:
        return pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        damaged = _damaged(run_id)
        damaged.message += f" ({error})"
        raise damaged from error


def _frame(by_run: Mapping[str, pa.Table]) -> pd.DataFrame:
    """Return table "samples" of what was stored, by run."""
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
            columns[column.name] = pd.Series(steps / _steps_per_unit(column))
    return pd.DataFrame(columns)
