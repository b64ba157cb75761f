"""Recordings of GoldenCheetah and Polar Flow: series and columns in our units."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runanalytics.errors import MissingColumnError, UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.importers.run_lists.golden_cheetah import GOLDEN_CHEETAH
from runanalytics.importers.run_lists.polar_csv import POLAR_CSV

OPTIONS = ReadOptions(timezone="Europe/Paris")
ABOUT = "Name,Sport,Date,Start time,Duration\nx,{sport},{date},07:10:00,00:01:30\n"
NAMES = "Sample rate,Time,HR (bpm),Speed (km/h),Cadence,Distances (m)\n"


def ride(sport: str = "Run", start: str = "2024/06/02 05:04:05 UTC", **series: Any) -> Imported:
    samples = [
        {"SECS": n, "KM": 0.003 * n, "RCAD": 85} | {name: of(n) for name, of in series.items()}
        for n in range(90)
    ]
    document = {"RIDE": {"STARTTIME": start, "TAGS": {"Sport": sport}, "SAMPLES": samples}}
    data = json.dumps(document).encode()
    assert claimants("ride.json", data[:4096]) == [GOLDEN_CHEETAH]
    return GOLDEN_CHEETAH.read(data, OPTIONS)


def session(sport: str = "RUNNING", date: str = "02-06-2024", cadence: int = 84) -> Imported:
    rows = "".join(f"1,00:{n // 60:02}:{n % 60:02},150,10.8,{cadence},{3 * n}\n" for n in range(90))
    data = f"{ABOUT.format(sport=sport, date=date)}{NAMES}{rows}".encode()
    assert claimants("session.csv", data[:4096]) == [POLAR_CSV]
    return POLAR_CSV.read(data, OPTIONS)


def test_contact_time_of_0_was_not_measured() -> None:
    imported = ride(RCON=lambda n: 250 if n % 2 else 0, RVERT=lambda _: 8.8)
    assert imported.runs["ground_contact_ms"].tolist() == [250.0]
    assert imported.samples["ground_contact_ms"].isna().sum() == 45
    assert imported.runs["vertical_oscillation_mm"].tolist() == pytest.approx([88.0])
    assert imported.runs["cadence_spm"].tolist() == [170.0]


def test_no_temperature_is_no_frost() -> None:
    assert ride(TEMP=lambda _: -255).runs["temperature_c"].isna().all()


@pytest.mark.parametrize("sport", ["Bike", "Swim", "", "Row"])
def test_another_sport_is_said_and_no_run(sport: str) -> None:
    imported = ride(sport)
    assert imported.runs.empty
    assert "no run" in imported.notes[-1].message


@pytest.mark.parametrize("start", ["", "02.06.2024", "2024/13/02 05:04:05 UTC"])
def test_a_start_that_is_none_is_refused(start: str) -> None:
    with pytest.raises(UnreadableFileError, match="STARTTIME"):
        ride(start=start)


@pytest.mark.parametrize("date", ["02-06-2024", "2024-06-02", "02.06.2024"])
def test_a_session_begins_on_its_day_in_local_time(date: str) -> None:
    imported = session(date=date)
    assert str(imported.runs["start_utc"][0]) == "2024-06-02 05:10:00+00:00"
    assert imported.clock == "local"


@pytest.mark.parametrize("cadence", [84, 168])
def test_cadence_of_one_leg_or_of_both(cadence: int) -> None:
    assert session(cadence=cadence).runs["cadence_spm"].tolist() == [168.0]


def test_a_session_of_another_sport_is_no_run() -> None:
    assert session("CYCLING").runs.empty


def test_a_session_without_samples_or_columns_is_refused() -> None:
    about = ABOUT.format(sport="RUNNING", date="2024-06-02")
    with pytest.raises(UnreadableFileError, match="no sample"):
        POLAR_CSV.read(about.encode(), OPTIONS)
    with pytest.raises(MissingColumnError, match="'sport'"):
        POLAR_CSV.read(b"Name,Date\nx,2024-06-02\n" + NAMES.encode(), OPTIONS)
