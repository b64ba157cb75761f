"""Oddities of Garmin Connect's Activities.csv, one test each; whole files are in golden/."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import (
    MissingColumnError,
    RunAnalyticsError,
    UnitError,
    UnreadableFileError,
)
from runanalytics.importers import read as read_file
from runanalytics.importers.activity_lists.garmin_csv import GARMIN_CSV
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.units import MILE_M, YARD_M

REAL = Path("../shared/tables/garmin_list/garmin_en_2026_pairs_stryd.csv")
PARIS = ReadOptions(timezone="Europe/Paris")
COLUMNS = {
    "Activity Type": "Running",
    "Date": "2026-03-14 18:10:05",
    "Favorite": "false",
    "Title": "Evening",
    "Distance": "10.00",
    "Time": "00:50:00",
    "Avg HR": "150",
    "Avg Run Cadence": "170",
    "Avg Pace": "5:00",
    "Total Ascent": "55",
    "Avg Stride Length": "1.18",
    "Avg Vertical Ratio": "8.0",
    "Avg Vertical Oscillation": "9.4",
    "Avg Ground Contact Time": "245",
    "Avg GCT Balance": "50.6% L / 49.4% R",
    "Elapsed Time": "00:51:00",
}


def table(*rows: dict[str, str], names: dict[str, str] | None = None) -> bytes:
    """A list of runs; `rows` say what differs, `names` what columns are called instead."""
    header = ",".join((names or {}).get(name, name) for name in COLUMNS)
    lines = (",".join(f'"{(COLUMNS | row)[name]}"' for name in COLUMNS) for row in rows)
    return "\n".join((header, *lines)).encode()


def read(*rows: dict[str, str], options: ReadOptions = PARIS) -> Imported:
    return GARMIN_CSV.read(table(*rows), options)


def messages(imported: Imported) -> str:
    return "\n".join(note.message for note in imported.notes)


def test_each_cell_in_its_column_and_unit() -> None:
    (row,) = read({}).runs.to_dict("records")
    assert row.pop("run_id")
    assert row.pop("start_utc") == pd.Timestamp("2026-03-14 17:10:05", tz="UTC")
    assert {name: value for name, value in row.items() if pd.notna(value)} == {
        "utc_offset_s": 3600,
        "local_date": pd.Timestamp("2026-03-14"),
        "title": "Evening",
        "kind": "unknown",
        "distance_m": 10_000,
        "moving_s": 3000,
        "elapsed_s": 3060,
        "speed_m_s": pytest.approx(10 / 3),
        "ascent_m": 55,
        "heart_rate_bpm": 150,
        "cadence_spm": 170,
        "ground_contact_ms": 245,
        "contact_balance_left_pct": 50.6,
        "vertical_oscillation_mm": 94,
        "vertical_ratio_pct": 8,
        "step_length_m": 1.18,
        "detail": "summary",
    }


@pytest.mark.skipif(not REAL.exists(), reason="the shared tables are not here")
def test_a_real_list() -> None:
    imported = read_file(REAL, timezone="Europe/Athens")
    runs = imported.runs.set_index("title", drop=False)
    assert len(runs) == 20
    assert imported.clock == "local"
    first = runs.iloc[0]
    assert first["title"] == "Long run"
    assert first["start_utc"] == pd.Timestamp("2026-02-14 07:36:08", tz="UTC")
    numbers = ["distance_m", "moving_s", "elapsed_s", "heart_rate_bpm", "cadence_spm"]
    assert first[numbers].tolist() == [19_850, 7385, 7385, 137, 174]
    assert first[["step_length_m", "ascent_m"]].tolist() == [0.93, 486]
    assert first["speed_m_s"] == pytest.approx(1000 / 372, rel=2e-3)  # 6:12 per km, as it says
    belt = runs.loc["Treadmill Running"]
    assert belt["kind"] == "treadmill"
    assert belt[numbers].tolist() == [510, 619, 619, 82, 65]
    assert runs["ascent_m"].isna().sum() == 3  # "--"
    assert runs["cadence_spm"].tolist()[-3:] == [176, 173, 175]
    assert runs["ground_contact_ms"].isna().all()
    assert imported.log_spans["what"].tolist() == ["runs"]
    product = runs["cadence_spm"] / 60 * runs["step_length_m"]
    assert (product / runs["speed_m_s"]).between(0.95, 1.05).all()


@pytest.mark.parametrize("cell", ["--", "0", "0.0", "0.00", ""])
def test_what_was_not_measured_is_missing_not_zero(cell: str) -> None:
    names = ["Avg Ground Contact Time", "Avg Vertical Ratio", "Avg GCT Balance", "Total Ascent"]
    runs = read({}, dict.fromkeys(names, cell) | {"Date": "2026-03-15 08:00:00"}).runs
    ours = ["ground_contact_ms", "vertical_ratio_pct", "contact_balance_left_pct", "ascent_m"]
    assert runs.loc[0, ours].notna().all()
    assert runs.loc[1, ours].isna().all()


@pytest.mark.parametrize(
    ("cell", "left_pct"),
    [
        ("50.6% L / 49.4% R", 50.6),
        ("50.6% vänster/49.4% höger", 50.6),
        ("50,6 % links / 49,4 % rechts", 50.6),
        ("49.4% G / 50.6% D", 49.4),
        ("49,2% I / 50,8% D", 49.2),
        ("49,2% S / 50,8% D", 49.2),
        ("49.2% E / 50.8% D", 49.2),
        ("49.4% R / 50.6% L", 50.6),
        ("50.6", 50.6),
        ("50.6%", 50.6),
    ],
)
def test_balance_is_the_left_foots_share(cell: str, left_pct: float) -> None:
    runs = read({"Avg GCT Balance": cell}).runs
    assert runs["contact_balance_left_pct"].tolist() == pytest.approx([left_pct])


def test_a_balance_of_unknown_sides_is_left_out_and_said() -> None:
    imported = read({"Avg GCT Balance": "50.6% ? / 49.4% ?"}, {"Avg GCT Balance": "51% x / 49% y"})
    assert imported.runs["contact_balance_left_pct"].isna().all()
    assert "avg_gct_balance" in messages(imported)


def test_decimal_commas_and_step_lengths_in_centimetres() -> None:
    data = {"Distance": "10,00", "Avg Stride Length": "117,65", "Avg Vertical Oscillation": "9,4"}
    runs = read(data | {"Total Ascent": "1.055", "Avg Ground Contact Time": "245,5"}).runs
    assert runs["distance_m"].tolist() == [10_000]
    assert runs["step_length_m"].tolist() == pytest.approx([1.1765])
    assert runs["vertical_oscillation_mm"].tolist() == [94]
    assert runs["ascent_m"].tolist() == [1055]
    assert runs["ground_contact_ms"].tolist() == [245.5]


def test_thousands_commas_beside_decimal_points() -> None:
    runs = read({"Total Ascent": "1,055"}).runs
    assert runs[["ascent_m", "distance_m"]].to_numpy().tolist() == [[1055, 10_000]]


def test_miles_are_told_by_cadence_and_step_length() -> None:
    imported = read({"Distance": "6.21", "Avg Pace": "8:03", "Total Ascent": "1,000"})
    assert imported.runs["distance_m"].tolist() == pytest.approx([6.21 * MILE_M])
    assert imported.runs["ascent_m"].tolist() == pytest.approx([1000 * YARD_M / 3])
    assert imported.runs["step_length_m"].tolist() == [1.18]
    assert "distances are in miles" in messages(imported)


NOTHING_TELLS = {"Avg Stride Length": "--", "Distance": "6.21", "Avg Pace": "8:03"}


def test_where_nothing_tells_the_unit_it_is_asked_for() -> None:
    with pytest.raises(UnitError, match=r"'Distance' does not say its unit.*--units metric"):
        read(NOTHING_TELLS)


@pytest.mark.parametrize(("units", "metres"), [("metric", 6210), ("imperial", 6.21 * MILE_M)])
def test_units_given_settle_it(units: str, metres: float) -> None:
    runs = read(NOTHING_TELLS, options=ReadOptions(timezone="UTC", units=units)).runs
    assert runs["distance_m"].tolist() == pytest.approx([metres])
    assert runs["cadence_spm"].tolist() == [170]


def test_units_given_win_over_what_the_file_tells_and_it_is_said() -> None:
    imported = read({}, options=ReadOptions(timezone="UTC", units="imperial"))
    assert imported.runs["distance_m"].tolist() == pytest.approx([10 * MILE_M])
    assert imported.runs[["cadence_spm", "step_length_m"]].isna().to_numpy().all()
    assert "as you say; cadence and step length say km" in messages(imported)


def test_without_any_distance_there_is_nothing_to_ask() -> None:
    runs = read({"Distance": "0.00", "Avg Stride Length": "--"}).runs
    assert runs[["distance_m", "speed_m_s"]].isna().to_numpy().all()
    assert runs["cadence_spm"].tolist() == [170]


def test_a_gym_log_alone_needs_no_unit() -> None:
    imported = read({"Activity Type": "Strength Training", "Distance": "0.00", "Time": "00:45:10"})
    assert imported.runs.empty
    assert imported.sessions[["kind", "title", "duration_s"]].to_numpy().tolist() == [
        ["strength", "Evening", 2710.0]
    ]
    assert imported.sets.empty
    assert imported.log_spans["what"].tolist() == ["strength"]


@pytest.mark.parametrize(
    ("pace", "step", "unit"),
    [("5:00", "1.18", "km"), ("5:00", "--", "km"), ("8:03", "--", "mi")],
)
def test_runs_on_a_track_are_listed_in_metres(pace: str, step: str, unit: str) -> None:
    track = {"Activity Type": "Track Running", "Distance": "10,000", "Avg Pace": pace}
    imported = read(track | {"Avg Stride Length": step, "Total Ascent": "10"})
    assert imported.runs["ascent_m"].tolist() == [10 if unit == "km" else 10 * YARD_M / 3]
    assert imported.runs["distance_m"].tolist() == [10_000]
    assert "listed in metres: 1" in messages(imported)


def test_the_first_rows_sport_names_the_shared_columns() -> None:
    names = {"Avg Run Cadence": "Avg Bike Cadence", "Avg Pace": "Avg Speed"}
    gym = {"Activity Type": "Strength Training", "Distance": "0.00", "Avg Run Cadence": "--"}
    ride = {"Activity Type": "Cycling", "Date": "2026-03-13 08:00:00", "Avg Pace": "27.8"}
    data = table(
        gym, {"Date": "2026-03-12 08:00:00"}, ride | {"Avg Run Cadence": "82"}, names=names
    )
    imported = GARMIN_CSV.read(data, PARIS)
    assert imported.runs["cadence_spm"].tolist() == [170]
    assert imported.sessions["kind"].tolist() == ["strength", "other"]
    assert imported.sets["movement"].tolist() == ["cycling"]
    assert "passed over" not in messages(imported)


def test_a_spreadsheet_saved_it_again() -> None:
    rows = [
        {"Date": "7/4/2020 15:36", "Time": "0:50:00", "Favorite": "FALSE"},
        {"Date": "6/30/2020 6:05", "Time": "12:50:00 AM", "Favorite": "FALSE"},
    ]
    data = b"\xef\xbb\xbf" + table(*rows).replace(b'"', b"")
    runs = GARMIN_CSV.read(data, PARIS).runs
    assert runs["local_date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-07-04", "2020-06-30"]
    assert runs["moving_s"].tolist() == [3000, 3000]


def test_an_unsettled_order_of_day_and_month_is_asked_about() -> None:
    with pytest.raises(UnreadableFileError, match="two dates"):
        read({"Date": "7/4/2020 15:36"})


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    data = table({}).replace(b"Favorite", b"Avg HR", 1).replace(b'"false"', b'"141"')
    assert GARMIN_CSV.read(data, PARIS).runs["heart_rate_bpm"].tolist() == [141]


def test_an_edited_title_is_the_same_run_and_a_longer_list_has_the_same_identifiers() -> None:
    old = read({})
    new = read({"Date": "2026-03-16 08:00:00"}, {"Title": "Renamed"})
    assert new.runs["run_id"].tolist()[1] == old.runs["run_id"].tolist()[0]
    assert new.runs["run_id"].is_unique


def test_a_list_put_together_of_two_has_each_activity_once() -> None:
    gym = {"Activity Type": "Strength Training", "Date": "2026-03-13 18:00:00"}
    imported = read({}, gym, {}, gym)
    assert (len(imported.runs), len(imported.sessions)) == (1, 1)
    assert imported.rows.left_out == {"repeated": 2}


def test_a_strength_log_reaches_from_its_first_to_its_last_session() -> None:
    gym = {"Activity Type": "Strength Training"}
    days = [f"2026-03-{day:02d} 18:00:00" for day in (2, 5, 9)]
    imported = read({"Date": "2026-02-01 08:00:00"}, *({"Date": day} | gym for day in days), {})
    spans = imported.log_spans.astype({"first_date": str, "last_date": str})
    assert spans[["what", "first_date", "last_date"]].to_numpy().tolist() == [
        ["runs", "2026-02-01", "2026-03-14"],
        ["strength", "2026-03-02", "2026-03-09"],
    ]


def test_running_alone_says_nothing_of_strength() -> None:
    assert read({}).log_spans["what"].tolist() == ["runs"]


def test_a_row_without_a_date_is_left_out_and_said() -> None:
    imported = read({}, {"Date": "yesterday"})
    assert len(imported.runs) == 1
    assert "rows without a date were left out (1): line 3: 'yesterday'" in messages(imported)


def test_a_list_without_runs_or_strength_is_empty_and_says_what_it_holds() -> None:
    imported = read({"Activity Type": "Multisport"})
    assert imported.runs.empty
    assert imported.sessions.empty
    assert "Multisport 1" in messages(imported)


@pytest.mark.parametrize("missing", ["Date", "Time"])
def test_a_missing_column_is_named(missing: str) -> None:
    with pytest.raises(MissingColumnError, match=f"no column '{missing.lower()}'"):
        GARMIN_CSV.read(table({}, names={missing: "Else"}), PARIS)


def test_no_plain_file_is_taken_for_a_list_nor_a_list_for_a_plain_file() -> None:
    header = b"Activity Type,Date,Favorite,Title,Distance,Time,Avg HR\n"
    assert claimants("Activities.csv", header) == [GARMIN_CSV]
    assert not GARMIN_CSV.recognises("Activities.csv", b"date,distance,time,title\n")
    strava = b"Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance\n"
    assert not GARMIN_CSV.recognises("activities.csv", strava)


CELLS = st.sampled_from(
    ["--", "0", "1,414", "1.414", "5,67", "5.67", "'-12", "4:40", "00:50:00", "x", "", "1e9", "∞"]
)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, CELLS)), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_cell_is_read_or_refused(rows: list[dict[str, str]]) -> None:
    try:
        runs = read(*rows, {}).runs
    except RunAnalyticsError:
        return
    assert (runs["distance_m"].dropna() > 0).all()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_encodings_and_delimiters_of_spreadsheets(encoding: str, delimiter: str) -> None:
    names = {"Activity Type": "Aktivitätstyp", "Date": "Datum", "Title": "Titel"}
    row = {"Activity Type": "Laufen", "Title": "Früh", "Distance": "10,00"}
    row |= {"Avg Stride Length": "1,18", "Avg Vertical Oscillation": "9,4"}
    text = table(row, names=names).decode().replace('","', f'"{delimiter}"')
    header, *rest = text.split("\n")
    data = "\n".join([header.replace(",", delimiter), *rest]).encode(encoding)
    assert GARMIN_CSV.recognises("x", data[:4096])
    runs = GARMIN_CSV.read(data, PARIS).runs
    assert runs[["title", "distance_m"]].to_numpy().tolist() == [["Früh", 10_000.0]]


def test_heights_are_left_out_where_nothing_tells_their_unit() -> None:
    track = {"Distance": "10,000", "Avg Pace": "--", "Avg Stride Length": "--"}
    runs = read(track).runs
    assert runs["distance_m"].tolist() == [10_000]
    assert runs["ascent_m"].isna().all()


@pytest.mark.parametrize("newest_first", [True, False])
def test_runs_of_a_night_when_the_clock_is_changed(newest_first: bool) -> None:
    dates = [
        *("2026-03-29 00:40:00", "2026-03-29 01:30:00", "2026-03-29 03:20:00"),
        *("2026-10-25 01:40:00", "2026-10-25 03:20:00"),
    ]
    order = -1 if newest_first else 1
    runs = read(*({"Date": date} for date in dates[::order])).runs[::order]
    assert runs["utc_offset_s"].tolist() == [3600, 3600, 7200, 7200, 3600]
    assert runs["start_utc"].dt.strftime("%d %H:%M").tolist() == [
        *("28 23:40", "29 00:30", "29 01:20"),
        *("24 23:40", "25 02:20"),
    ]
    assert runs["local_date"].dt.strftime("%d").tolist() == ["29"] * 3 + ["25"] * 2
    assert runs["elapsed_s"].tolist() == [51 * 60] * len(dates)
