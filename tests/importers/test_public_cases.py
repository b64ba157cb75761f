"""Files rebuilt from public bug reports, with what is right for each, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics.importers import read

NEW_YORK = "America/New_York"
#: File, and what is right: columns of its runs.
RUNS = {
    "apple_records_of_62_seconds/ios15.xml": {"cadence_spm": 170, "distance_m": 3_600},
    "apple_records_of_62_seconds/no_totals.xml": {"cadence_spm": 170, "distance_m": 3_600},
    "apple_records_of_62_seconds/with_statistics.xml": {"cadence_spm": 170, "distance_m": 3_600},
    "fit_developer_contact_time_names/msec.fit": {"ground_contact_ms": 245},
    "fit_developer_contact_time_names/runscribe_old.fit": {"ground_contact_ms": 245},
    "fit_developer_contact_time_names/runscribe_one_pod.fit": {"ground_contact_ms": 245},
    "fit_developer_contact_time_names/runscribe_two_pods.fit": {"ground_contact_ms": 245},
    "fit_local_time_is_utc/coros.fit": {"utc_offset_s": -14_400},
    "fit_native_contact_drops_out/run.fit": {"ground_contact_ms": 241.3},
    "fit_speed_not_distance_per_time/double.fit": {"speed_m_s": 3.0, "step_length_m": 1.034},
    "fit_sport_generic/run.fit": {"speed_m_s": 3.0, "cadence_spm": 174},
    "gpx_watch_distance_ignored/coros.gpx": {
        **{"distance_m": 879, "power_w": 250, "temperature_c": 21.5},
    },
    "tcx_lap_cadence_only/run.tcx": {"cadence_spm": 176},
    "tcx_lap_distance_only/treadmill.tcx": {"distance_m": 900, "speed_m_s": 3.0},
    "tcx_treadmill_corrected/run.tcx": {"distance_m": 900, "speed_m_s": 3.0},
}


@pytest.fixture
def cases(shared: Path) -> Path:
    if not (shared / "cases").exists():
        pytest.skip("the public cases are not at hand")
    return shared / "cases"


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_read_as_is_right(cases: Path, name: str) -> None:
    imported = read(cases / name, timezone=NEW_YORK)
    (found,) = imported.runs.to_dict("records")
    right = RUNS[name]
    assert {key: found[key] for key in right} == pytest.approx(right, rel=0.003)


def test_an_evening_run_of_a_watch_without_a_zone_is_on_its_own_day(cases: Path) -> None:
    run = read(cases / "fit_local_time_is_utc" / "coros.fit", timezone=NEW_YORK).runs.iloc[0]
    assert f"{run['local_date']:%Y-%m-%d}" == "2024-05-04"


def test_a_run_indoors_with_one_position_has_no_distance(cases: Path) -> None:
    imported = read(cases / "gpx_distance_zero" / "indoor.gpx", timezone=NEW_YORK)
    assert imported.runs["distance_m"].isna().tolist() == [True]


def test_elapsed_times_of_a_list_are_seconds(cases: Path) -> None:
    listed = read(cases / "garmin_json_elapsed_ms" / "activities.json", timezone=NEW_YORK).runs
    assert listed["elapsed_s"].tolist() == pytest.approx([612.0, 4_677.151, 725.0])
