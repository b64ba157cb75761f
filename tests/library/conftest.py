"""Files in which several sources record one runner's week."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

_LISTS = {
    "list.csv": (
        "date,time,distance,duration,cadence_spm",
        "2026-06-01,18:00,10 km,50:00,172",
        "2026-06-02,18:00,2 km,12:00,160",
        "2026-06-02,18:13,8 km,36:00,176",
        "2026-06-04,07:00,5 km,25:00,171",
        "2026-06-04,19:00,5 km,25:00,171",
    ),
    "pod.csv": (
        "date,time,distance,duration,ground_contact_ms",
        "2026-06-01,18:01,10.05 km,50:05,245",
        "2026-06-02,18:14,7.95 km,35:50,238",
        "2026-06-04,19:01,4.98 km,25:02,250",
    ),
    "gym.csv": ("date,time,kind,duration_min", "2026-06-03,18:00,strength,70"),
    "lifted.csv": (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps",
        "2026-06-03 18:05:00,Legs,1h 2m,Squat (Barbell),1,80,5",
        "2026-06-03 18:05:00,Legs,1h 2m,Squat (Barbell),2,80,5",
    ),
}


@pytest.fixture(scope="session")
def write_overlapping() -> Callable[[Path], None]:
    """Write files of which `n_merges` rows are the same as another into a folder."""

    def write(folder: Path) -> None:
        for name, lines in _LISTS.items():
            (folder / name).write_text("\n".join(lines) + "\n")

    return write


@pytest.fixture
def overlapping_files(tmp_path: Path, write_overlapping: Callable[[Path], None]) -> Path:
    """A folder of files of which `n_merges` rows are the same as another."""
    write_overlapping(tmp_path)
    return tmp_path


@pytest.fixture
def n_merges() -> int:
    """How many rows of `overlapping_files` are the same as another."""
    return 4
