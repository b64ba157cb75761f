"""The cases of lists and sports that were rebuilt from public reports, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics.importers import read
from runanalytics.importers.accounts import UNEXPLAINED

SHARED = Path(__file__).parents[4] / "shared"
CASES = SHARED / "cases"
#: Case -> its runs, and their distance (m) where the report states it.
LISTS = {
    "strava_french_dates/fr.csv": (12, 5_400.5),
    "strava_before_2019/activities.csv": (1, 5_681.0),
    "strava_types_of_run/types.csv": (9, 5_400.5),
}

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")


@pytest.mark.parametrize("case", LISTS)
def test_a_list_has_each_of_its_runs(case: str) -> None:
    n_runs, distance_m = LISTS[case]
    imported = read(CASES / case, timezone="UTC")
    assert imported.runs["distance_m"].tolist() == [distance_m] * n_runs
    assert imported.rows.n_kept == imported.rows.n_rows == n_runs


@pytest.mark.parametrize("number", range(10))
def test_a_track_of_a_run_in_any_language_is_one(number: int) -> None:
    path = CASES / "gpx_runs_in_other_languages" / f"{number}.gpx"
    assert len(read(path, timezone="UTC").runs) == 1


def test_every_row_of_the_shared_list_is_accounted_for() -> None:
    (path,) = (SHARED / "tables" / "garmin_list").glob("*.csv")
    account = read(path, timezone="Europe/Athens").rows
    assert account.n_kept + account.n_left_out == account.n_rows > 0
    assert UNEXPLAINED not in account.left_out
    assert account.unread_columns
