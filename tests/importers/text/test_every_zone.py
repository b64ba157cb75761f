"""Every zone's changes of the clock: no time is lost, merged or put out of order."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo

import pandas as pd
import pytest

from runanalytics.importers.text.local_time import instants

WEEKS = [dt.datetime(2015, 1, 1) + dt.timedelta(weeks=number) for number in range(679)]
STEP = dt.timedelta(minutes=10)


def offset(utc: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.timedelta:
    return utc.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset() or dt.timedelta()


def changes(zone: zoneinfo.ZoneInfo) -> list[dt.datetime]:
    """Return the first and last change of a zone's clock (UTC): by weeks, then by halving."""
    offsets = [(instant, offset(instant, zone)) for instant in WEEKS]
    apart = [
        (low, high, before)
        for (low, before), (high, after) in itertools.pairwise(offsets)
        if before != after
    ]
    found = []
    for low, high, before in apart[:1] + apart[1:][-1:]:
        while high - low > dt.timedelta(seconds=1):
            middle = (low + (high - low) / 2).replace(microsecond=0)
            if offset(middle, zone) == before:
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def test_the_test_sees_changes_where_there_are_some() -> None:
    paris = changes(zoneinfo.ZoneInfo("Europe/Paris"))
    assert paris == [dt.datetime(2015, 3, 29, 1), dt.datetime(2027, 10, 31, 1)]
    assert changes(zoneinfo.ZoneInfo("Asia/Tokyo")) == []


@pytest.mark.parametrize("part", range(4))
def test_times_around_every_change_of_every_zone(part: int) -> None:
    n_changes = 0
    for name in sorted(zoneinfo.available_timezones())[part::4]:
        if name == "localtime":
            continue
        zone = zoneinfo.ZoneInfo(name)
        for change in changes(zone):
            n_changes += 1
            utc = [change + STEP * number for number in range(-18, 19)]
            aware = [one.replace(tzinfo=dt.UTC).astimezone(zone) for one in utc]
            # With its offset (a watch's own file), each is the instant it was.
            stated, _ = instants(
                [one.replace(tzinfo=dt.timezone(one.utcoffset())) for one in aware], name
            )
            assert stated["start_utc"].dt.tz_localize(None).tolist() == utc, name
            assert stated["local_date"].dt.date.tolist() == [one.date() for one in aware]
            # Without, as most logs have it: none lost, none reordered, and unless the clock was
            # set back, none merged.
            local, notes = instants([one.replace(tzinfo=None, fold=0) for one in aware], name)
            assert len(local) == len(utc)
            assert local["start_utc"].notna().all()
            wrong = (local["start_utc"].dt.tz_localize(None) - pd.Series(utc)).dt.total_seconds()
            repeated = any("twice" in note.message for note in notes)
            assert (wrong != 0).any() <= repeated, f"{name}: only a repeated time may be ambiguous"
            shown = [one.replace(tzinfo=None) for one in aware]
            again = local["start_utc"] + pd.to_timedelta(local["utc_offset_s"], unit="s")
            assert again.dt.tz_localize(None).dt.round("s").tolist() == shown, (
                "the clock shows what was written"
            )
            n_distinct = len(set(shown))
            assert local["start_utc"].nunique() == n_distinct, name
    assert n_changes > 50


def test_times_that_the_clock_skipped_are_kept_in_order() -> None:
    texts = [dt.datetime(2026, 3, 29, 1, 50) + STEP * number for number in range(9)]
    when, notes = instants(texts, "Europe/Paris")
    assert when["start_utc"].notna().all()
    assert len(when) == len(texts)
    assert any("no clock showed" in note.message for note in notes)
