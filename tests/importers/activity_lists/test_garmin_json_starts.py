"""The starts of Garmin's activities on either clock, or on both."""

from __future__ import annotations

import pandas as pd
import pytest

from runanalytics.importers.activity_lists.garmin_json_starts import start_of, starts


def when(
    *activities: dict[str, object], timezone: str = "Europe/Paris"
) -> tuple[pd.DataFrame, str]:
    begun = [start for activity in activities if (start := start_of(activity)) is not None]
    frame, clock, _ = starts(begun, timezone)
    return frame, clock


BOTH = {"startTimeLocal": "2026-07-01 00:30:00", "startTimeGMT": "2026-06-30 22:30:00"}


@pytest.mark.parametrize(
    "activity",
    [
        BOTH,
        {"startTimeLocal": "2026-07-01T00:30:00.0", "startTimeGMT": "2026-06-30T22:30:00.0"},
        {"startTimeLocal": 1782865800000, "startTimeGmt": 1782858600000.0},
        {"startTimeLocal": 1782865800000, "beginTimestamp": 1782858600000},
        {"summaryDTO": BOTH},
    ],
)
@pytest.mark.parametrize("timezone", ["Europe/Paris", "America/Chicago"])
def test_both_clocks_need_no_zone(activity: dict[str, object], timezone: str) -> None:
    frame, clock = when(activity, timezone=timezone)
    assert clock == "both"
    assert frame["start_utc"].tolist() == [pd.Timestamp("2026-06-30 22:30", tz="UTC")]
    assert frame["utc_offset_s"].tolist() == [7200]
    assert frame["local_date"].tolist() == [pd.Timestamp("2026-07-01")]


def test_a_winter_in_london_is_local_time_too() -> None:
    same = {"startTimeLocal": "2026-01-05 23:30:00", "startTimeGMT": "2026-01-05 23:30:00"}
    frame, clock = when(same, timezone="Asia/Tokyo")
    assert clock == "both"
    assert frame["utc_offset_s"].tolist() == [0]
    assert frame["local_date"].tolist() == [pd.Timestamp("2026-01-05")]


@pytest.mark.parametrize(("known", "clock"), [("startTimeLocal", "local"), ("startTimeGMT", "utc")])
def test_one_clock_needs_a_zone(known: str, clock: str) -> None:
    frame, stated = when({known: BOTH[known]})
    assert stated == clock
    assert frame["start_utc"].tolist() == [pd.Timestamp("2026-06-30 22:30", tz="UTC")]
    assert frame["local_date"].tolist() == [pd.Timestamp("2026-07-01")]


def test_clocks_that_cannot_both_be_right_leave_the_local_one() -> None:
    frame, clock = when(
        {"startTimeLocal": "2026-07-01 00:30:00", "startTimeGMT": "2026-01-01 00:00:00"}
    )
    assert clock == "local"
    assert frame["start_utc"].tolist() == [pd.Timestamp("2026-06-30 22:30", tz="UTC")]


def test_a_half_hour_zone() -> None:
    india = {"startTimeLocal": "2026-07-01 06:00:00", "startTimeGMT": "2026-07-01 00:30:00"}
    assert when(india)[0]["utc_offset_s"].tolist() == [5.5 * 3600]


@pytest.mark.parametrize(
    "value", [None, "", "soon", True, [], {}, 1e30, -1e30, float("inf"), 5e14, "2026-07-01"]
)
def test_what_is_no_moment_is_none(value: object) -> None:
    assert start_of({"startTimeLocal": value}) is None
