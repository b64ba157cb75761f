"""Rows with more cells than the header has names: only proven cells are read."""

from __future__ import annotations

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.activity_lists.garmin_csv import GARMIN_CSV
from runanalytics.importers.contract import Imported, ReadOptions

HEADER = (
    "Activity Type,Date,Favorite,Title,Distance,Time,Avg Bike Cadence,Avg Speed,Total Ascent,"
    "Avg Stride Length,Avg Vertical Ratio,Avg Vertical Oscillation,Avg Ground Contact Time,"
    "Avg GCT Balance,Elapsed Time"
)
GYM = "Strength Training,2026-05-03 11:13:49,false,Legs,0.00,00:45:00" + ",--" * 11
RIDE = 'Cycling,2026-05-01 08:00:00,false,Ride,30.00,01:00:00,82,"2:00"' + ",--" * 9


def run(
    distance: str = "10.00",
    *,
    pace: str = "5:00",
    stride: str = "117.65",
    contact: str = "245",
    title: str = "Run",
) -> str:
    """A run whose dynamics stand two cells further than they are named."""
    start = f"Running,2026-05-02 07:00:00,false,{title},{distance},00:50:00,170,{pace}"
    return f"{start},--,--,55,{stride},8.0,9.4,{contact},50.1% L / 49.9% R,00:51:00"


def read(*rows: str) -> Imported:
    data = "\n".join((HEADER, *rows)).encode()
    return GARMIN_CSV.read(data, ReadOptions(timezone="UTC"))


def test_what_proves_itself_is_read() -> None:
    imported = read(GYM, run(), RIDE)
    (row,) = imported.runs.to_dict("records")
    numbers = ["distance_m", "moving_s", "cadence_spm", "ground_contact_ms", "vertical_ratio_pct"]
    assert [row[name] for name in numbers] == [10_000, 3000, 170, 245, 8]
    assert row["step_length_m"] == pytest.approx(1.1765)
    assert row["vertical_oscillation_mm"] == pytest.approx(94)
    assert imported.runs[["ascent_m", "elapsed_s"]].isna().to_numpy().all()
    assert imported.sessions["duration_s"].tolist() == [2700, 3600]
    assert "were read up to the pace, and running dynamics" in imported.notes[0].message


@pytest.mark.parametrize("changed", [{"stride": "57"}, {"contact": "8.0"}])
def test_dynamics_that_do_not_prove_themselves_are_not_read(changed: dict[str, str]) -> None:
    data = "\n".join((HEADER, run(**changed))).encode()
    runs = GARMIN_CSV.read(data, ReadOptions(timezone="UTC", units="metric")).runs
    assert runs[["distance_m", "cadence_spm"]].to_numpy().tolist() == [[10_000, 170]]
    assert runs[["step_length_m", "ground_contact_ms"]].isna().to_numpy().all()


@pytest.mark.parametrize("changed", [{"pace": "6:00"}, {"pace": "--"}, {"title": "Long, easy"}])
def test_a_row_whose_pace_is_not_its_own_is_left_out_and_said(changed: dict[str, str]) -> None:
    imported = read(run(**changed), GYM)
    assert imported.runs.empty
    assert "left out (1): line 2: 1" in "\n".join(note.message for note in imported.notes)


def test_a_row_of_another_table_is_left_out() -> None:
    imported = read(run() + ",--" * 20, GYM)
    assert imported.runs.empty


def test_a_row_that_fits_its_header_is_read_by_name_beside_them() -> None:
    plain = (
        "Running,2026-05-04 07:00:00,false,Plain,10.00,00:50:00,170,5:00,55,1.18,8.0,9.4,240,--,--"
    )
    runs = read(run(stride="1.18"), plain).runs
    assert runs["ground_contact_ms"].tolist() == [245, 240]
    assert runs["ascent_m"].isna().tolist() == [True, False]


def test_nothing_but_such_rows_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="no row below"):
        read("")
