"""Runs during which the clock was changed: nothing is lost, merged or reordered, and days stay."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.fit import FIT

#: When the clocks of a zone change (UTC), in spring and in autumn. Cairo's and Santiago's change
#: at midnight, Lord Howe's by half an hour.
CHANGES = [
    ("Europe/Paris", "2026-03-29T01:00"),
    ("Europe/Paris", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Africa/Cairo", "2026-04-23T22:00"),
    ("Africa/Cairo", "2026-10-29T21:00"),
    ("America/Santiago", "2026-04-05T03:00"),
    ("America/Santiago", "2026-09-06T04:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
]
FIT_EPOCH = dt.datetime(1989, 12, 31, tzinfo=dt.UTC)
SECONDS = 1_200


def local(utc: dt.datetime, zone: str) -> dt.datetime:
    return utc.astimezone(zoneinfo.ZoneInfo(zone))


def offset_s(utc: dt.datetime, zone: str) -> int:
    offset = local(utc, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def a_run(fit, start: dt.datetime, stated_offset_s: int | None) -> bytes:
    """Twenty minutes with a record a second; the offset is that of its end, as watches write it."""
    first = int((start - FIT_EPOCH).total_seconds())
    writer = fit.file_id(fit.Writer())
    fit.event(writer, first, 0)
    fit.records(writer, first, SECONDS)
    fit.event(writer, first + SECONDS - 1, 4)
    fit.session(writer, first, SECONDS - 1, metres=3.0 * (SECONDS - 1))
    if stated_offset_s is not None:
        fit.activity(writer, first + SECONDS - 1, stated_offset_s)
    return writer.bytes()


def is_whole(imported: Imported, start: dt.datetime) -> bool:
    """Whether every record is there, each at its own instant, and in order."""
    run, samples = imported.runs.iloc[0], imported.samples
    np.testing.assert_array_equal(samples["elapsed_s"], np.arange(SECONDS))
    np.testing.assert_allclose(samples["distance_m"], 3.0 * np.arange(SECONDS))
    assert run["elapsed_s"] == SECONDS - 1
    return bool(run["start_utc"] == pd.Timestamp(start))


@pytest.mark.parametrize("before_s", [200, 1_000], ids=["mostly after", "mostly before"])
@pytest.mark.parametrize(("stated", "engine"), [(True, None), (False, None), (True, "fitparse")])
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_a_run_across_the_change(fit, zone, change, stated, engine, before_s) -> None:
    start = dt.datetime.fromisoformat(change).replace(tzinfo=dt.UTC) - dt.timedelta(
        seconds=before_s
    )
    end = start + dt.timedelta(seconds=SECONDS - 1)
    assert offset_s(start, zone) != offset_s(end, zone), "the clock changes during the run"
    data = a_run(fit, start, offset_s(end, zone) if stated else None)
    imported = FIT.read(data, ReadOptions(timezone=zone, engine=engine))
    assert is_whole(imported, start)
    (run,) = imported.runs.to_dict("records")
    assert run["utc_offset_s"] == offset_s(start, zone)
    assert run["local_date"].date() == local(start, zone).date()


def test_a_watch_in_another_zone_is_believed(fit) -> None:
    start = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    imported = FIT.read(a_run(fit, start, -18_000), ReadOptions(timezone="Europe/Paris"))
    assert is_whole(imported, start)
    assert imported.runs["utc_offset_s"].tolist() == [-18_000]
    assert imported.runs["local_date"].dt.day.tolist() == [24]


LIST = "Activity Type,Date,Title,Distance,Time,Avg HR,Avg Run Cadence,Avg Pace,Elapsed Time"


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_a_list_of_the_same_runs_adds_none(fit, zone, change, tmp_path: Path) -> None:
    middle = dt.datetime.fromisoformat(change).replace(tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    starts = [middle - dt.timedelta(seconds=SECONDS) / 2, middle + hour]
    lines = [LIST]
    for number, start in enumerate(starts):
        end = start + dt.timedelta(seconds=SECONDS - 1)
        (tmp_path / f"{number}.fit").write_bytes(a_run(fit, start, offset_s(end, zone)))
        written = local(start, zone).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"Running,{written},Early,3.60,00:19:59,150,168,5:33,00:19:59")
    (tmp_path / "Activities.csv").write_text("\n".join(lines))
    library = Library.open(tmp_path / "library")
    library.add(
        [*tmp_path.glob("*.fit"), tmp_path / "Activities.csv"], timezone=zone, units="metric"
    )
    runs = library.runs()
    assert runs["start_utc"].tolist() == [pd.Timestamp(start) for start in starts]
    assert runs["detail"].tolist() == ["samples"] * 2
    assert runs["title"].tolist() == ["Early"] * 2
    assert [day.date() for day in runs["local_date"]] == [local(one, zone).date() for one in starts]
    library.close()


def test_two_runs_at_one_time_of_the_clock_are_two(fit, tmp_path: Path) -> None:
    first = dt.datetime(2026, 10, 25, 0, 10, tzinfo=dt.UTC)
    starts = [first, first + dt.timedelta(hours=1)]
    for number, start in enumerate(starts):
        end = start + dt.timedelta(seconds=SECONDS - 1)
        data = a_run(fit, start, offset_s(end, "Europe/Paris"))
        (tmp_path / f"{number}.fit").write_bytes(data)
    library = Library.open(tmp_path / "library")
    library.add(tmp_path.glob("*.fit"), timezone="Europe/Paris")
    runs = library.runs()
    assert runs["start_utc"].tolist() == [pd.Timestamp(start) for start in starts]
    shown = runs["start_utc"] + pd.to_timedelta(runs["utc_offset_s"], unit="s")
    assert shown.dt.strftime("%H:%M").tolist() == ["02:10", "02:10"]
    library.close()
