"""Tables as plain arrays: the same rows as a frame has, and the same cells in a database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import SchemaError
from runanalytics.schema.columns import TableColumns, samples_frame

#: A value of each dtype.
VALUES = {
    schema.STRING: "ß",
    schema.FLOAT: 0.1,
    schema.INTEGER: 3,
    schema.BOOLEAN: True,
    schema.INSTANT: pd.Timestamp("2026-03-29T00:59:59.999999Z"),
    schema.DATE: pd.Timestamp("2026-03-29"),
}


def rows_of(name: str) -> list[dict[str, object]]:
    """Return a row with every value, and one with those that are required."""
    columns = list(schema.TABLES[name])
    full = {each.name: each.choices[0] if each.choices else VALUES[each.dtype] for each in columns}
    needed = {each.name for each in columns if each.required or each.dtype == schema.BOOLEAN}
    return [full, {name: value for name, value in full.items() if name in needed}]


@pytest.mark.parametrize("name", schema.TABLES)
def test_rows_frames_and_columns_hold_the_same(name: str) -> None:
    frame = schema.check(pd.DataFrame(rows_of(name)), name)
    for columns in (TableColumns.from_rows(rows_of(name), name), TableColumns.of(frame, name)):
        pd.testing.assert_frame_equal(columns.frame(), frame)
    pd.testing.assert_frame_equal(TableColumns(name).frame(), schema.empty(name))


def test_cells_are_what_a_database_holds() -> None:
    columns = TableColumns.of(schema.check(pd.DataFrame(rows_of("runs")), "runs"), "runs")
    assert columns.cells("start_utc") == ["2026-03-29T00:59:59.999999Z", None]
    assert columns.cells("local_date") == ["2026-03-29", "2026-03-29"]
    assert columns.cells("n_bursts") == [3, None]
    assert [type(cell) for cell in columns.cells("n_bursts")] == [int, type(None)]
    assert columns.cells("distance_m") == [0.1, None]
    assert columns.without("title").cells("title") == [None, None]


def test_implausible_values_are_missing_and_counted() -> None:
    given = TableColumns("samples", 3, {"cadence_spm": np.array([172.0, 999.0, np.nan])})
    kept, counts = given.without_implausible()
    assert counts == {"cadence_spm": 1}
    assert kept.cells("cadence_spm") == [172.0, None, None]
    assert kept.without_implausible() == (kept, {})


def test_samples_of_runs_stand_one_after_another() -> None:
    one = TableColumns("samples", 2, {"elapsed_s": np.array([0.0, 1.0])})
    frame = samples_frame({"a": one, "none": TableColumns("samples"), "b": one})
    assert frame["run_id"].tolist() == ["a", "a", "b", "b"]
    assert frame["elapsed_s"].tolist() == [0.0, 1.0, 0.0, 1.0]


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="unknown column 'colour'"):
        TableColumns.from_rows([{"colour": "red"}], "runs")


def test_decoding_fit_loads_no_pandas(sample_fits: list[Path]) -> None:
    code = (
        "import sys, pathlib\n"
        "from runanalytics.importers.contract import ReadOptions\n"
        "from runanalytics.library.ingest.decoding import Content, decode\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "print(decode(Content('a.fit', data, 'x'), ReadOptions()).outcome, 'pandas' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(sample_fits[0])]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["added", "False"]
