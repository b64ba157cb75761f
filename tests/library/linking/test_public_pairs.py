"""The same run from two sources, of which one states a time or a zone wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics.library.library import Library


@pytest.fixture
def cases(shared: Path) -> Path:
    if not (shared / "cases").exists():
        pytest.skip("the public cases are not at hand")
    return shared / "cases"


def test_a_list_with_elapsed_times_in_milliseconds(library: Library, cases: Path) -> None:
    folder = cases / "garmin_json_elapsed_ms"
    library.add([folder / "activities.json", folder / "same_run.fit"])
    assert len(library.runs()) == 3


@pytest.mark.parametrize("log_first", [True, False])
def test_a_watch_that_writes_utc_as_local_time(
    library: Library, cases: Path, tmp_path: Path, log_first: bool
) -> None:
    log = tmp_path / "runs.csv"
    log.write_text("date,time,distance,duration,title\n2024-05-04,21:30,0.357 km,1:59,Evening\n")
    files = [log, cases / "fit_local_time_is_utc" / "coros.fit"]
    for file in files if log_first else files[::-1]:
        library.add(file, timezone="America/New_York")
    assert len(library.runs()) == 1
    assert f"{library.runs()['local_date'].iloc[0]:%Y-%m-%d}" == "2024-05-04"
