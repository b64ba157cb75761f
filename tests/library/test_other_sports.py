"""Rides, swims and hikes of files and lists: kept, counted once, and adjusted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from runanalytics import Library
from runanalytics.findings.selection import other_sports
from runanalytics.libraries.stage_one import Asked, library_rows
from runanalytics.library.status import status
from runanalytics.plots.calendar import without_endurance
from runanalytics.simulate import simulate_form

STRAVA = "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Moving Time\n"
GARMIN = "Activity Type,Date,Favorite,Title,Distance,Time\n"
#: A triathlon of shared/corpus: what its legs took by their timers (min).
TRIATHLON, SWIM_MIN, RIDE_MIN = "dtcooper__sample_mulitple_header.fit", 33.13, 73.70
#: A ride of shared/corpus: when it began, and what it took by its timer (min).
RIDE, START, TIMER_MIN = (
    "dtcooper__coros-pace-2-cycling-misaligned-fields.fit",
    pd.Timestamp("2020-10-25 11:10:19", tz="UTC"),
    188.12,
)


def minutes(library: Library, what: str) -> list[float]:
    amount = library.dose(what, "minutes")["amount"]
    return [round(each, 2) for each in amount[amount > 0]]


def strava(*rides: tuple[pd.Timestamp, str, float]) -> str:
    rows = (
        f'{n},"{start:%b %d, %Y, %I:%M:%S %p}",Out,{sport},{lasted_s:.0f},20,{lasted_s:.0f}\n'
        for n, (start, sport, lasted_s) in enumerate(rides)
    )
    return STRAVA + "".join(rows)


def test_the_legs_of_a_triathlon_are_a_run_and_two_sessions(library: Library, shared: Path) -> None:
    library.add(shared / "corpus" / "devices" / TRIATHLON, timezone="UTC")
    assert len(library.runs()) == 1
    assert library.sessions()["kind"].tolist() == ["other", "other"]
    assert minutes(library, "swimming") == [SWIM_MIN]
    assert minutes(library, "cycling") == [RIDE_MIN]
    assert minutes(library, "endurance") == [round(SWIM_MIN + RIDE_MIN, 2)]
    assert set(library.log_spans()["what"]) == {"runs", "endurance"}
    assert library.dose("strength").empty
    assert library.dose("technique").empty


def test_a_ride_in_a_file_and_in_two_lists_is_one_session(
    library: Library, tmp_path: Path, shared: Path
) -> None:
    listed = strava((START, "Ride", 60 * TIMER_MIN), (START + pd.Timedelta("2D"), "Hike", 9 * 3600))
    (tmp_path / "activities.csv").write_text(listed, encoding="utf-8")
    garmin = f"{GARMIN}Cycling,{START:%Y-%m-%d %H:%M:%S},false,Out,60.00,03:08:07\n"
    (tmp_path / "Activities.csv.txt").write_text(garmin, encoding="utf-8")
    for path in (shared / "corpus" / "devices" / RIDE, *sorted(tmp_path.glob("*.*v*"))):
        assert library.add(path, timezone="UTC").exit_status == 0
    assert len(library.sessions()) == 2
    assert [merge.what for merge in library.merges()] == ["sessions", "sessions"]
    assert minutes(library, "endurance") == [TIMER_MIN, 540]
    assert other_sports(library.dose)["amount"].round(2).tolist() == [3.14, 0, 9]
    (held,) = (each for each in status(library.opened).known if each.what == "endurance")
    assert (held.count, held.missing) == (2, "")
    assert without_endurance(library.sessions(), library.sets()).empty


def test_hours_on_the_bike_from_files_are_adjusted_for(library: Library, tmp_path: Path) -> None:
    drawn = simulate_form(5, weeks=60, rho=0.0)
    days = drawn.dose["local_date"]
    # As in tests/findings/engine/test_other_sports.py: rides do what strength seems to do.
    rides = np.repeat(drawn.truth.in_phase, 7) & (np.arange(420) % 3 == 0)
    rides &= np.arange(420) // 140 != 1
    past = np.convolve(np.concatenate([np.zeros(28), 2.0 * rides]), np.full(28, 0.25))
    day = (drawn.form["local_date"] - days.iloc[0]).dt.days.to_numpy()
    contact = drawn.form["value"].to_numpy() * np.exp(-0.01 * past[27:][day])
    runs = pd.DataFrame(
        {
            "date": drawn.form["local_date"].dt.strftime("%Y-%m-%d"),
            "distance_km": 10.0,
            "duration_min": 55.0 + np.arange(len(day)) % 5,
            "ground_contact_ms": contact,
        }
    )
    runs.to_csv(tmp_path / "runs.csv", index=False)
    gym = days[drawn.dose["amount"].to_numpy() > 0].dt.strftime("%Y-%m-%d")
    pd.DataFrame({"date": gym, "kind": "strength", "duration_min": 45}).to_csv(
        tmp_path / "sessions.csv", index=False
    )
    starts = days[rides].dt.tz_localize("UTC") + pd.Timedelta("8h")
    (tmp_path / "activities.csv").write_text(strava(*((each, "Ride", 7200) for each in starts)))
    library.add(tmp_path, timezone="UTC")
    assert len(library.sessions()) == len(gym) + int(rides.sum())
    found = library.effect("contact-time", "strength")
    assert "other sports" in found.adjusted_for
    assert found.verdict == "no clear association"
    asked = Asked(("contact-time",), ("strength",))
    (row,) = library_rows("simulated", library.opened.path, asked)
    (tmp_path / "unknown").mkdir()
    without = Library(tmp_path / "unknown")
    for name in ("runs.csv", "sessions.csv"):
        without.add(tmp_path / name, timezone="UTC")
    unknown = without.effect("contact-time", "strength")
    assert "other sports" in unknown.not_known
    assert unknown.percent < -1.5
    assert max(abs(found.percent), abs(row.percent)) < abs(unknown.percent) / 2
