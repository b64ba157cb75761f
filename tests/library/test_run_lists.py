"""A run that a watch recorded and a list names is one run, whichever service's list it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runanalytics import Library

ZONE = "Europe/Berlin"


def _runkeeper(run: Any) -> str:
    header = "Activity Id,Date,Type,Distance (km),Duration,GPX File"
    return f"{header}\na,{run.local:%Y-%m-%d %H:%M:%S},Running,{run.km:.2f},{run.clock},"


def _fitbit(run: Any) -> str:
    header = "exercise_id,exercise_start,exercise_end,utc_offset,activity_name,"
    return (
        f"{header}tracker_total_distance_mm\n1,{run.start:%Y-%m-%dT%H:%M:%SZ},"
        f"{run.end:%Y-%m-%dT%H:%M:%SZ},{run.offset},Run,{1e6 * run.km:.0f}"
    )


def _training_peaks(run: Any) -> str:
    header = "Title,WorkoutType,WorkoutDay,DistanceInMeters,TimeTotalInHours"
    hours = run.moving_s / 3600
    return f"{header}\nx,Run,{run.local:%Y-%m-%d},{1000 * run.km:.1f},{hours:.4f}"


def _intervals(run: Any) -> str:
    header = "id,type,start_date_local,name,distance,moving_time,elapsed_time"
    start = f"{run.local:%Y-%m-%dT%H:%M:%S}"
    return f"{header}\ni1,Run,{start},x,{1000 * run.km:.1f},{run.moving_s:.0f},{run.elapsed_s:.0f}"


def _intervals_json(run: Any) -> str:
    activity = {"id": "i1", "type": "Run", "icu_ctl": 1, "distance": 1000 * run.km}
    start = f"{run.local:%Y-%m-%dT%H:%M:%S}"
    return json.dumps([{**activity, "start_date_local": start, "moving_time": run.moving_s}])


def _runtastic(run: Any) -> str:
    return json.dumps(
        {
            "id": "a",
            "start_time": int(run.start.timestamp() * 1000),
            "start_time_timezone_offset": int(run.offset_s * 1000),
            "sport_type_id": "1",
            "distance": round(1000 * run.km),
            "duration": round(1000 * run.moving_s),
        }
    )


def _polar(run: Any) -> str:
    start, stop = (f"{one:%Y-%m-%dT%H:%M:%S}" for one in (run.local, run.local_end))
    exercise = {"startTime": start, "stopTime": stop, "sport": "RUNNING"}
    exercise |= {"duration": f"PT{run.elapsed_s:.0f}S", "distance": 1000 * run.km}
    return json.dumps({"startTime": start, "stopTime": stop, "exercises": [exercise]})


def _suunto(run: Any) -> str:
    header = {"ActivityType": 3, "DateTime": f"{run.local:%Y-%m-%dT%H:%M:%S}{run.offset}"}
    header |= {"Distance": 1000 * run.km, "Duration": run.elapsed_s}
    return json.dumps({"DeviceLog": {"Header": header}})


def _golden_cheetah(run: Any) -> str:
    n_s = round(run.elapsed_s)
    samples = [{"SECS": n, "KM": run.km * n / n_s, "RCAD": 84} for n in range(n_s + 1)]
    start = f"{run.start:%Y/%m/%d %H:%M:%S} UTC "
    return json.dumps({"RIDE": {"STARTTIME": start, "TAGS": {"Sport": "Run"}, "SAMPLES": samples}})


def _polar_csv(run: Any) -> str:
    n_s = round(run.elapsed_s)
    about = "Name,Sport,Date,Start time,Duration"
    session = f"x,RUNNING,{run.local:%d-%m-%Y},{run.local:%H:%M:%S},{run.clock}"
    times = (f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(n_s + 1))
    rows = [f"1,{time},{1000 * run.km * n / n_s:.1f}" for n, time in enumerate(times)]
    return "\n".join([about, session, "Sample rate,Time,Distances (m)", *rows])


class Recorded:
    """A run of the library in the numbers that lists have."""

    def __init__(self, row: Any) -> None:
        self.start, self.offset_s = row["start_utc"], row["utc_offset_s"]
        self.moving_s, self.elapsed_s = row["moving_s"], row["elapsed_s"]
        self.km = row["distance_m"] / 1000
        self.end = self.start + _seconds(self.elapsed_s)
        self.local, self.local_end = (
            each.tz_localize(None) + _seconds(self.offset_s) for each in (self.start, self.end)
        )
        self.offset = f"+{int(self.offset_s // 3600):02}:00"
        minutes, seconds = divmod(round(self.moving_s), 60)
        self.clock = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _seconds(number: float) -> Any:
    return pd.Timedelta(seconds=number)


LISTS: dict[str, Callable[[Any], str]] = {
    "cardioActivities.csv": _runkeeper,
    "UserExercises.csv": _fitbit,
    "workouts.csv": _training_peaks,
    "activities.csv": _intervals,
    "activities.json": _intervals_json,
    "sport-session.json": _runtastic,
    "training-session.json": _polar,
    "log.json": _suunto,
    "ride.json": _golden_cheetah,
    "session.csv": _polar_csv,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_recording_and_a_list_of_one_run_are_one(
    name: str, tmp_path: Path, sample_fits: list[Path]
) -> None:
    library = Library.open(tmp_path / "library")
    (tmp_path / "files").mkdir()
    shutil.copy(sample_fits[0], tmp_path / "files")
    assert library.add(tmp_path / "files", timezone=ZONE).exit_status == 0
    (before,) = library.runs().to_dict("records")
    listed = tmp_path / name
    listed.write_text(LISTS[name](Recorded(before)))
    assert library.add(listed, timezone=ZONE).exit_status == 0
    (after,) = library.runs().to_dict("records")
    for column in ("run_id", "detail", "distance_m", "cadence_spm"):
        assert after[column] == before[column]
    assert library.verify() == []
