"""Contact time by the stride: stretches of rows are runs, and join the exercise of their hour."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.errors import MissingColumnError, UnitError, UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.importers.run_lists.fitbit_form import FITBIT_FORM

OPTIONS = ReadOptions(timezone="Europe/Paris")


def rows(start: str, n: int, value: float, every_s: int = 5) -> list[str]:
    instants = pd.date_range(start, periods=n, freq=f"{every_s}s")
    return [f"{instant:%Y-%m-%dT%H:%M:%SZ},{value}" for instant in instants]


def read(*lines: str, header: str = "timestamp,ground contact time") -> Imported:
    data = "\n".join([header, *lines]).encode()
    assert claimants("ground_contact_time_2025-05-01.csv", data) == [FITBIT_FORM]
    return FITBIT_FORM.read(data, OPTIONS)


def test_a_pause_of_ten_minutes_ends_a_run() -> None:
    early, late = rows("2025-05-04 06:00", 60, 250), rows("2025-05-04 06:16", 60, 260)
    runs = read(*early, *late).runs
    assert runs["ground_contact_ms"].tolist() == [250.0, 260.0]
    close = rows("2025-05-04 06:14", 60, 260)
    assert read(*early, *close).runs["ground_contact_ms"].tolist() == [255.0]


def test_order_of_rows_does_not_matter() -> None:
    lines = rows("2025-05-04 06:00", 60, 250)
    assert read(*lines).runs.equals(read(*reversed(lines)).runs)


def test_oscillation_is_in_centimetres() -> None:
    lines = rows("2025-05-04 06:00", 60, 8.5)
    runs = read(*lines, header="timestamp,vertical oscillation").runs
    assert runs["vertical_oscillation_mm"].tolist() == [85.0]


def test_another_unit_is_refused_and_a_known_one_taken() -> None:
    lines = rows("2025-05-04 06:00", 60, 250)
    with pytest.raises(UnitError, match="is in seconds"):
        read(*lines, header="timestamp,ground contact time (seconds)")
    assert len(read(*lines, header="timestamp,ground contact time (ms)").runs) == 1


def test_each_row_is_accounted_for() -> None:
    lines = [*rows("2025-05-04 06:00", 60, 250), "soon,250", "2025-05-04T06:01:00Z,"]
    account = read(*lines, *rows("2025-05-05 06:00", 5, 300)).rows
    assert (account.n_rows, account.n_kept) == (67, 60)
    assert account.left_out == {
        "in stretches too short for a run": 5,
        "without a date": 1,
        "without a value": 1,
    }


def test_strides_of_a_walk_to_the_door_are_no_run() -> None:
    with pytest.raises(UnreadableFileError, match="5 in stretches too short for a run"):
        read(*rows("2025-05-05 06:00", 5, 300))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="ground_contact_time"):
        FITBIT_FORM.read(b"timestamp,steps\n2025-05-05T06:00:00Z,3\n", OPTIONS)


def test_contact_time_joins_the_exercise_of_its_hour_and_has_its_speed(tmp_path: Path) -> None:
    form, exercises = [], []
    for day in range(1, 25):
        form += rows(f"2025-05-{day:02} 06:00:10", 340, 250 + day % 3)
        exercises.append(
            f"{day},2025-05-{day:02}T06:00:00Z,2025-05-{day:02}T06:30:00Z,+02:00,Run,"
            f"5000,{5_200_000 + 1000 * day},2888.9"
        )
    header = "exercise_id,exercise_start,exercise_end,utc_offset,activity_name,tracker_total_steps,"
    header += "tracker_total_distance_mm,tracker_avg_speed_mm_per_second"
    (tmp_path / "files").mkdir()
    for name, lines in (
        ("UserExercises.csv", [header, *exercises]),
        ("ground_contact_time_2025-05-01.csv", ["timestamp,ground contact time", *form]),
    ):
        (tmp_path / "files" / name).write_text("\n".join(lines))
    library = Library.open(tmp_path / "library")
    assert library.add(tmp_path / "files", timezone="Europe/Paris").exit_status == 0
    runs = library.runs()
    assert len(runs) == 24
    assert runs["ground_contact_ms"].notna().all()
    assert runs["distance_m"].notna().all()
    found = library.trend("contact-time")
    assert found.n_runs == 24
    assert 245 < found.value < 258
    assert library.verify() == []
