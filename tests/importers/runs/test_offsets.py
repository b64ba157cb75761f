"""Offsets from UTC: only those of places, and no 0 of makers who do not know the zone."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from runanalytics.importers.runs.offsets import PLACES_S, believed_offset_s


def test_every_offset_of_the_tz_database_since_2000_is_a_places() -> None:
    instants = [
        dt.datetime(year, month, 1, tzinfo=dt.UTC) for year in range(2000, 2027) for month in (1, 7)
    ]
    found = set()
    for name in zoneinfo.available_timezones():
        zone = zoneinfo.ZoneInfo(name)
        if name.startswith(("Etc/", "right/", "posix/")):
            continue
        for instant in instants:
            offset = instant.astimezone(zone).utcoffset()
            assert offset is not None
            found.add(round(offset.total_seconds()))
    assert found <= PLACES_S
    assert {5.5 * 3600, 12.75 * 3600, -9.5 * 3600} <= found


@pytest.mark.parametrize(
    ("stated", "maker", "believed"),
    [
        (7_200.0, "coros", 7_200.0),
        (10_803.0, "bryton", 10_800.0),  # one time was read some seconds later
        (20_700.0, None, 20_700.0),  # Nepal
        (0.0, "garmin", 0.0),
        (0.0, "coros", None),
        (0.0, "development", None),
        (0.0, None, None),
        (7_500.0, "garmin", None),
        (50_400.0 + 3_600, "garmin", None),
        (-983_794_606.0, "onelap", None),
        (None, "garmin", None),
    ],
)
def test_what_is_believed(stated: float | None, maker: str | None, believed: float | None) -> None:
    assert believed_offset_s(stated, maker) == believed
