"""Stryd's CSV: units in headers, zeros, two instruments, and real runs beside Garmin's list."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.stryd import STRYD
from runanalytics.measures.segments import segments
from runanalytics.units import parse_duration

ATHENS = ReadOptions(timezone="Europe/Athens")
START = 1_772_353_800
#: Stryd's name of each run -> its row in the list of the watch: distance (km) and steps/min.
RUNS = {
    "5121693342662656": ("2026-02-10 20:51:42", 179),
    "5608414928863232": ("2026-02-03 20:37:12", 178),
    "5611897476251648": ("2026-02-06 21:07:26", 178),
    "6106968369823744": ("2026-02-09 20:20:23", 179),
    "6304541764386816": ("2026-02-13 20:06:42", 177),
}


def table(columns: dict[str, object], seconds: int = 90) -> bytes:
    """A file of one value a column, or of what a function of the second gives."""
    lines = [",".join(["Timestamp", *columns])]
    for second in range(seconds):
        cells = [v(second) if callable(v) else v for v in columns.values()]
        lines.append(",".join(map(str, [START + second, *cells])))
    return "\n".join(lines).encode()


def read(columns: dict[str, object], seconds: int = 90) -> Imported:
    return STRYD.read(table({"Stryd Speed (m/s)": 2.8, **columns}, seconds), ATHENS)


def said(imported: Imported) -> str:
    return " | ".join(note.message for note in imported.notes)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_beside_the_list_of_its_watch(shared: Path, name: str) -> None:
    date, cadence = RUNS[name]
    with (shared / "tables/garmin_list/garmin_en_2026_pairs_stryd.csv").open() as file:
        listed = next(row for row in csv.DictReader(file) if row["Date"] == date)
    imported = STRYD.read((shared / f"tables/stryd/{name}.csv").read_bytes(), ATHENS)
    run = imported.runs.iloc[0]
    started = run["start_utc"].tz_convert("Europe/Athens").strftime("%Y-%m-%d %H:%M:%S")
    assert started == date
    assert run["distance_m"] == pytest.approx(1000 * float(listed["Distance"]), rel=0.03)
    assert run["elapsed_s"] == pytest.approx(parse_duration(listed["Time"]), rel=0.02)
    assert run["cadence_spm"] == pytest.approx(float(listed["Avg Run Cadence"]), abs=1)
    assert run["cadence_spm"] == pytest.approx(cadence, abs=1)
    assert run["step_length_m"] == pytest.approx(float(listed["Avg Stride Length"]), abs=0.03)
    assert 248 < run["ground_contact_ms"] < 262
    assert imported.clock == "utc"
    found = segments(imported.samples, imported.runs)
    assert len(found) >= 8
    assert found["ground_contact_ms"].between(235, 275).all()


def test_exact_values_of_a_real_second(shared: Path) -> None:
    imported = STRYD.read((shared / "tables/stryd/5121693342662656.csv").read_bytes(), ATHENS)
    samples = imported.samples.set_index("elapsed_s")
    at = samples.loc[999.0]  # 1770750501
    assert (at["speed_m_s"], at["cadence_spm"], at["ground_contact_ms"]) == (2.781, 182, 256)
    assert (at["vertical_oscillation_mm"], at["altitude_m"]) == (57.5, 32)
    # The file has W/kg, and stiffness as such and per kg: 12.375 / 0.1672297 is 74 kg.
    assert (at["power_w"], at["form_power_w"]) == (212, 68)
    assert at["leg_spring_stiffness_kn_m"] == 12.25
    watts = samples[["power_w", "form_power_w"]].dropna()
    assert len(watts) > 2000
    assert (watts % 1 == 0).all(axis=None)  # the pod states whole watts
    assert imported.runs["power_sensor"].tolist() == ["Stryd"]
    assert samples["ground_contact_ms"].iloc[:2].isna().all()
    assert samples["ground_contact_ms"].iloc[2] == 1024
    assert "watch's (6215 m); the pod measured 6009 m" in said(imported)


@pytest.mark.parametrize(
    ("header", "written", "column", "value"),
    [
        ("Ground Time (ms)", 252, "ground_contact_ms", 252),
        ("Ground Time (s)", 0.252, "ground_contact_ms", 252),
        ("Cadence (spm)", 178, "cadence_spm", 178),
        ("Cadence (rpm)", 89, "cadence_spm", 178),
        ("Vertical Oscillation (cm)", 6.25, "vertical_oscillation_mm", 62.5),
        ("Vertical Oscillation (in)", 2.5, "vertical_oscillation_mm", 63.5),
        ("Power (w)", 231, "power_w", 231),
        ("Form Power (w)", 69, "form_power_w", 69),
        ("Stiffness", 10.5, "leg_spring_stiffness_kn_m", 10.5),
        ("Stiffness (kN/m)", 10.5, "leg_spring_stiffness_kn_m", 10.5),
        ("POWER ( W )", 231, "power_w", 231),
        ("Watch Speed (mph)", 6.5, "speed_m_s", 2.90576),
        ("Watch Speed (km/h)", 10.8, "speed_m_s", 3.0),
        ("Stryd Elevation (feet)", 100, "altitude_m", 30.48),
        ("Heart Rate (bpm)", 150, "heart_rate_bpm", 150),
    ],
)
def test_a_header_states_the_unit(header: str, written: float, column: str, value: float) -> None:
    imported = read({header: written})
    assert imported.samples[column].iloc[-1] == pytest.approx(value)
    assert said(imported) == ""


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Ground Time", "does not state its unit"),
        ("Ground Time (fortnights)", "its unit 'fortnights' is not known"),
        ("Power (w/kg)", "does not state the runner's mass"),
    ],
)
def test_without_a_known_unit_a_column_is_left_out(header: str, reason: str) -> None:
    imported = read({header: 3})
    assert f"column '{header}' was left out: " in said(imported)
    assert reason in said(imported)
    assert imported.samples[["ground_contact_ms", "power_w"]].isna().all(axis=None)


def test_zero_is_missing_but_for_who_stands() -> None:
    def standing(second: int, value: float) -> float:
        return 0 if second < 30 else value

    imported = read(
        {
            "Stryd Speed (m/s)": lambda s: standing(s, 2.8),
            "Ground Time (ms)": lambda s: 0 if s < 60 else 250,
            "Vertical Oscillation (cm)": lambda s: 0 if s < 60 else 6,
            "Cadence (spm)": lambda s: 0 if s < 60 else 178,
        },
        seconds=180,
    )
    samples = imported.samples
    assert samples["ground_contact_ms"].isna().sum() == 60
    assert (samples["cadence_spm"].head(30) == 0).all()
    assert samples["cadence_spm"].iloc[30:60].isna().all()
    assert not samples["moving"].head(30).any()
    run = imported.runs.iloc[0]
    assert (run["ground_contact_ms"], run["cadence_spm"]) == (250, 178)


def test_how_somebody_walks_is_not_averaged_with_how_they_run() -> None:
    walking = 60
    imported = read(
        {
            "Stryd Speed (m/s)": lambda s: 1.4 if s < walking else 2.8,
            "Cadence (spm)": lambda s: 110 if s < walking else 178,
            "Ground Time (ms)": lambda s: 1020 if s < walking else 250,
        },
        seconds=180,
    )
    assert imported.samples["ground_contact_ms"].max() == 1020
    assert imported.runs["ground_contact_ms"].iloc[0] == 250
    walked = read({"Stryd Speed (m/s)": 1.4, "Cadence (spm)": 110, "Ground Time (ms)": 800})
    assert np.isnan(walked.runs["ground_contact_ms"].iloc[0])


def test_speed_and_distance_are_of_one_instrument() -> None:
    both = {
        "Watch Speed (m/s)": 3.0,
        "Stryd Speed (m/s)": 2.8,
        "Watch Distance (meters)": lambda s: 3.0 * s,
        "Stryd Distance (meters)": lambda s: 2.8 * s,
    }
    run = read(both).runs.iloc[0]
    assert (run["distance_m"], run["speed_m_s"]) == (pytest.approx(267), pytest.approx(3.0))
    without_watch = read(both | {"Watch Speed (m/s)": 0, "Watch Distance (meters)": 0})
    run = without_watch.runs.iloc[0]
    assert (run["distance_m"], run["speed_m_s"]) == (pytest.approx(249.2), pytest.approx(2.8))


def test_speed_alone_has_no_distance_and_distance_alone_gives_speed() -> None:
    run = read({}).runs.iloc[0]
    assert np.isnan(run["distance_m"])
    data = table({"Stryd Distance (miles)": lambda s: 3 * s / 1609.344, "Ground Time (ms)": 250})
    imported = STRYD.read(data, ATHENS)
    assert imported.samples["speed_m_s"].median() == pytest.approx(3.0)


@pytest.mark.parametrize("form", ["seconds", "milliseconds", "iso"])
def test_instants(form: str) -> None:
    data = table({"Stryd Speed (m/s)": 2.8, "Ground Time (ms)": 250}).decode()
    for second in range(90):
        stamp = {
            "seconds": str(START + second),
            "milliseconds": f"{START + second}000",
            "iso": pd.Timestamp(START + second, unit="s").isoformat() + "Z",
        }[form]
        data = data.replace(f"\n{START + second},", f"\n{stamp},")
    imported = STRYD.read(data.encode(), ATHENS)
    assert imported.runs["start_utc"].iloc[0] == pd.Timestamp(START, unit="s", tz="UTC")
    assert imported.runs["elapsed_s"].iloc[0] == 89


def test_a_torn_last_line_is_left_out() -> None:
    whole = table({"Stryd Speed (m/s)": 2.8, "Ground Time (ms)": 250})
    torn = STRYD.read(whole[:-5], ATHENS)
    assert len(torn.samples) == 89
    assert "line 91 is torn" in said(torn)


def test_a_file_without_instants_is_refused() -> None:
    data = table({"Stryd Speed (m/s)": 2.8, "Ground Time (ms)": 250}).replace(b"1772", b"x")
    with pytest.raises(UnreadableFileError, match="no row has an instant"):
        STRYD.read(data, ATHENS)


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(["", "0", "nan", "inf", "-1", "1e300", "252", "2,8", '"', "=1+1"]),
                st.text(max_size=6),
            ),
            min_size=3,
            max_size=6,
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=80, deadline=None)
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    header = "Timestamp,Stryd Speed (m/s),Stryd Distance (m),Ground Time (ms),Cadence (spm)\n"
    good = "".join(f"{START + s},2.8,{2.8 * s},250,178\n" for s in range(5))
    odd = "\n".join(",".join([str(START + 9), *row]) for row in rows)
    try:
        imported = STRYD.read((header + good + odd).encode(), ATHENS)
    except RunAnalyticsError:
        return
    schema.check(imported.runs, "runs")
    schema.check(imported.samples, "samples")
