"""Tables: what `check` accepts, casts and refuses, and what counts as implausible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import SchemaError, UsageError

#: The tables and columns that are used from outside: they keep their names.
CONTRACT = {
    "runs": "run_id start_utc utc_offset_s local_date title kind distance_m moving_s elapsed_s "
    "speed_m_s ascent_m temperature_c heart_rate_bpm cadence_spm ground_contact_ms "
    "contact_balance_left_pct vertical_oscillation_mm vertical_ratio_pct step_length_m power_w "
    "device sensor shoe detail",
    "samples": "run_id elapsed_s distance_m speed_m_s cadence_spm ground_contact_ms "
    "contact_balance_left_pct vertical_oscillation_mm vertical_ratio_pct step_length_m "
    "heart_rate_bpm power_w altitude_m temperature_c moving lap",
    "sessions": "session_id start_utc utc_offset_s local_date kind title duration_s effort_rpe",
    "sets": "session_id position movement name_as_logged set_type n_sets reps load_kg load_kind "
    "hold_s distance_m side effort_rpe",
    "races": "race_id local_date title distance_m time_s ascent_m temperature_c run_id",
    "log_spans": "what first_date last_date source",
    "sources": "digest name importer importer_version added_utc outcome reason",
    "form": "run_id local_date value se mean_speed_m_s duration_s temperature_c device shoe",
    "dose": "local_date amount",
}


@pytest.mark.parametrize("name", CONTRACT)
def test_contract_columns_are_there(name: str) -> None:
    assert set(CONTRACT[name].split()) <= set(schema.TABLES[name].names)


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_an_empty_table_passes_its_own_check(name: str) -> None:
    empty = schema.empty(name)
    checked = schema.check(empty, name)
    assert list(checked.columns) == list(schema.TABLES[name].names)
    assert checked.dtypes.equals(empty.dtypes)


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_every_numeric_column_says_its_unit(name: str) -> None:
    unitless = {"position", "segment", "lap", "importer_version", "value", "se", "amount"}
    for column in schema.TABLES[name]:
        if column.dtype in (schema.FLOAT, schema.INTEGER) and column.name not in unitless:
            assert column.unit, f"{name}.{column.name}"
        assert column.meaning


def test_missing_columns_are_added_as_missing() -> None:
    frame = pd.DataFrame({"race_id": ["a"], "local_date": ["2026-03-01"]})
    checked = schema.check(frame, "races")
    assert checked.loc[0, "local_date"] == pd.Timestamp("2026-03-01")
    assert np.isnan(checked.loc[0, "time_s"])
    assert list(frame.columns) == ["race_id", "local_date"], "the caller's frame is left alone"


def test_an_instant_is_kept_to_the_microsecond_and_in_utc() -> None:
    frame = pd.DataFrame(
        {
            "run_id": ["a"],
            "start_utc": [pd.Timestamp("2026-03-01T10:00:00.123456+02:00")],
            "local_date": ["2026-03-01"],
        }
    )
    start = schema.check(frame, "runs").loc[0, "start_utc"]
    assert start == pd.Timestamp("2026-03-01T08:00:00.123456Z")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"speed": [1.0]}, "unknown column 'speed'"),
        ({"kind": ["jog"]}, "unknown value 'jog'"),
        ({"local_date": [None]}, "one is required"),
        ({"distance_m": [np.inf]}, "infinite"),
        ({"distance_m": ["far"]}, "expected float64"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    change: dict[str, list[object]], message: str
) -> None:
    frame = pd.DataFrame({"run_id": ["a"], "local_date": ["2026-03-01"], **change})
    with pytest.raises(SchemaError, match=message):
        schema.check(frame, "runs")


def test_a_missing_required_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="table 'runs', column 'local_date'"):
        schema.check(pd.DataFrame({"run_id": ["a"]}), "runs")


def test_implausible_values_become_missing_and_are_counted() -> None:
    runs = pd.DataFrame({"cadence_spm": [85.0, 9_999.0, np.nan], "distance_m": [-1.0, 2.0, 3.0]})
    kept, counts = schema.without_implausible(runs, "runs")
    assert counts == {"cadence_spm": 1, "distance_m": 1}
    assert kept["cadence_spm"].isna().tolist() == [False, True, True]
    assert runs.loc[1, "cadence_spm"] == 9_999.0, "the caller's frame is left alone"


def test_an_unknown_table_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no table 'run'.*runs"):
        schema.table("run")
