"""The sample folder: small, said to be simulated, written anew byte for byte, and readable."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from garmin_fit_sdk import Decoder, Stream

import runanalytics as ra
from runanalytics import schema
from runanalytics.simulate import SimulatedRunner

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
MAX_BYTES = 8_000_000


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "data")
        yield importlib.import_module("make_sample")


@pytest.fixture(scope="module")
def drawn(script: ModuleType) -> SimulatedRunner:
    return script.sample()


def run_path(run: pd.Series) -> Path:
    return SAMPLE / "runs" / f"{run['local_date']:%Y-%m-%d}-{run['kind']}.fit"


def decoded(path: Path) -> dict[str, list[dict]]:
    messages, errors = Decoder(Stream.from_file(path)).read()
    assert errors == []
    return messages


def test_folder_is_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*")) <= MAX_BYTES


def test_readme_says_that_it_is_simulated_and_by_what(script):
    text = (SAMPLE / "README.md").read_text()
    assert "**simulated**" in text
    assert "data/make_sample.py" in text
    assert f"seed {script.SEED}" in " ".join(text.split())


def test_truth_beside_it_is_what_it_was_drawn_from(script, drawn):
    stated = json.loads((SAMPLE / "truth.json").read_text())
    assert stated["simulated"] is True
    assert stated["seed"] == script.SEED
    assert stated["strength"]["contact_pct"] == drawn.truth.runner.strength.contact_pct == -3.0
    assert stated["technique"]["cadence_pct"] == drawn.truth.runner.technique.cadence_pct == 2.0
    assert stated["new_watch_from"] == drawn.truth.new_watch_from.date().isoformat()


def test_it_holds_these_files_and_no_others(drawn):
    on_disk = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*") if path.is_file()}
    texts = {"README.md", "truth.json", "strong.csv", "diary.md", "races.csv"}
    runs = {run_path(run).relative_to(SAMPLE).as_posix() for _, run in drawn.runs.iterrows()}
    gym = {name for name in on_disk if name.startswith("gym/")}
    assert on_disk == texts | runs | gym
    assert 200 <= len(runs) <= 260
    assert len(gym) >= 5


def test_script_writes_the_same_bytes_again(script, drawn):
    n_runs = 0
    for name, content in script.files(drawn):
        assert (SAMPLE / name).read_bytes() == content, name
        n_runs += name.startswith("runs/")
        if n_runs == 6:  # the rest is the same code, and slow
            break
    assert n_runs == 6


def test_main_replaces_what_an_earlier_run_has_written(script, tmp_path, monkeypatch):
    stale = tmp_path / "runs" / "2001-01-01-easy.fit"
    stale.parent.mkdir()
    stale.write_bytes(b"old")
    monkeypatch.setattr(script, "files", lambda _: [("races.csv", b"date"), ("gym/x.fit", b".")])
    script.main(tmp_path)
    assert not stale.exists()
    assert (tmp_path / "gym" / "x.fit").read_bytes() == b"."


@pytest.mark.parametrize("kind", ["easy", "workout", "long", "race", "treadmill"])
def test_watch_files_hold_what_was_drawn(script, drawn, kind):
    """Read with the official SDK's decoder, which shares no code with ours."""
    encoding = importlib.import_module("sample_fit")
    run = drawn.runs[drawn.runs["kind"] == kind].iloc[-1]
    messages = decoded(run_path(run))
    samples = drawn.samples[drawn.samples["run_id"] == run["run_id"]].reset_index(drop=True)
    records = pd.DataFrame(messages["record_mesgs"])
    start = run["start_utc"].to_pydatetime()
    elapsed = (records["timestamp"] - start).dt.total_seconds()
    np.testing.assert_array_equal(elapsed, samples["elapsed_s"])
    np.testing.assert_array_equal(
        2 * (records["cadence"] + records["fractional_cadence"]), samples["cadence_spm"]
    )
    for column, field, factor, _ in (*encoding.RECORD_FIELDS, *encoding.DYNAMICS_FIELDS):
        if samples[column].isna().all():
            assert field not in records
        else:
            expected = samples[column] * factor
            np.testing.assert_allclose(records[field], expected, atol=1e-6, err_msg=field)
    assert {"position_lat", "position_long"}.isdisjoint(records.columns)

    (maker,) = messages["file_id_mesgs"]
    assert maker["manufacturer"] == "development"
    assert maker["product_name"] == run["device"]
    (session,) = messages["session_mesgs"]
    assert session["sport_profile_name"].startswith("Simulated")
    assert session["sub_sport"] == ("treadmill" if kind == "treadmill" else "generic")
    assert session["total_timer_time"] == run["moving_s"]
    assert session["total_distance"] == pytest.approx(run["distance_m"], abs=0.01)
    laps = messages["lap_mesgs"]
    assert len(laps) == session["num_laps"] == samples["lap"].nunique()
    assert sum(lap["total_timer_time"] for lap in laps) == session["total_timer_time"]
    (activity,) = messages["activity_mesgs"]
    local = datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=activity["local_timestamp"])
    assert (local - activity["timestamp"]).total_seconds() == run["utc_offset_s"]


def test_pauses_are_timer_events(drawn):
    paused = drawn.runs[drawn.runs["elapsed_s"] > drawn.runs["moving_s"]].iloc[-1]
    messages = decoded(run_path(paused))
    events = [(e["event_type"], e["timestamp"]) for e in messages["event_mesgs"]]
    assert [kind for kind, _ in events] == ["start", "stop_all", "start", "stop_all"]
    stood = (events[2][1] - events[1][1]).total_seconds()
    assert stood == paused["elapsed_s"] - paused["moving_s"]


def test_walking_breaks_have_no_contact_time_in_the_file(drawn):
    dynamics = drawn.samples[drawn.samples["run_id"] >= f"run-{drawn.truth.dynamics_from:%Y-%m-%d}"]
    walked = dynamics[dynamics["cadence_spm"] < 140]
    run_id = walked["run_id"].iloc[0]
    run = drawn.runs.set_index("run_id").loc[run_id]
    records = pd.DataFrame(decoded(run_path(run))["record_mesgs"])
    walking = 2 * (records["cadence"] + records["fractional_cadence"]) < 140
    assert walking.sum() == (walked["run_id"] == run_id).sum()
    assert records["stance_time"].isna().tolist() == walking.tolist()


def test_gym_on_the_watch_and_in_the_app_are_different_hours(drawn):
    strength = drawn.sessions[drawn.sessions["kind"] == "strength"]
    app = pd.read_csv(SAMPLE / "strong.csv", sep=";")
    in_app = set(pd.to_datetime(app["Date"]).dt.strftime("%Y-%m-%d"))
    on_watch = {path.name[:10] for path in (SAMPLE / "gym").glob("*.fit")}
    assert in_app.isdisjoint(on_watch)
    assert in_app | on_watch == set(strength["local_date"].dt.strftime("%Y-%m-%d"))
    # The app's log reaches to both ends, so that the watch's sessions lie within its span.
    assert min(in_app) < min(on_watch)
    assert max(in_app) > max(on_watch)


def test_gym_files_hold_sets_and_rests(drawn):
    path = min((SAMPLE / "gym").glob("*.fit"))
    sets = pd.DataFrame(decoded(path)["set_mesgs"])
    logged = drawn.sets[drawn.sets["session_id"] == f"strength-{path.name[:10]}"]
    active = sets[sets["set_type"] == "active"]
    assert len(active) == len(logged) == (sets["set_type"] == "rest").sum()
    assert active["repetitions"].tolist() == pytest.approx(logged["reps"].tolist(), nan_ok=True)
    assert active["weight"].tolist() == pytest.approx(logged["load_kg"].fillna(0).tolist())


@pytest.mark.parametrize("kind", schema.RUN_KINDS[:5])
def test_runs_read_back_are_what_was_drawn(drawn, kind):
    run = drawn.runs[drawn.runs["kind"] == kind].iloc[-1]
    imported = ra.read(run_path(run))
    (read,) = [row for _, row in imported.runs.iterrows()]
    assert read["local_date"] == run["local_date"]
    assert read["start_utc"] == run["start_utc"]
    assert read["utc_offset_s"] == run["utc_offset_s"]
    assert "Simulated watch" in read["device"]
    assert read["distance_m"] == pytest.approx(run["distance_m"], abs=0.01)
    assert read["moving_s"] == pytest.approx(run["moving_s"], abs=1)
    assert read["cadence_spm"] == pytest.approx(run["cadence_spm"], rel=0.01)
    assert read["ground_contact_ms"] == pytest.approx(run["ground_contact_ms"], rel=0.01)
    own = drawn.samples[drawn.samples["run_id"] == run["run_id"]].reset_index(drop=True)
    for column in (*schema.FORM_METRICS, "elapsed_s", "distance_m", "speed_m_s", "altitude_m"):
        np.testing.assert_allclose(imported.samples[column], own[column], atol=1e-6, err_msg=column)


def test_logs_read_back_are_what_was_drawn(drawn):
    strong = ra.read(SAMPLE / "strong.csv", timezone="Europe/Berlin")
    drills = ra.read(SAMPLE / "diary.md", timezone="Europe/Berlin")
    races = ra.read(SAMPLE / "races.csv")
    gym = [ra.read(path) for path in sorted((SAMPLE / "gym").glob("*.fit"))]
    sessions = pd.concat([strong.sessions, drills.sessions, *(file.sessions for file in gym)])
    sets = pd.concat([strong.sets, drills.sets, *(file.sets for file in gym)])
    for kind in ("strength", "technique"):
        read, own = (frame[frame["kind"] == kind] for frame in (sessions, drawn.sessions))
        assert sorted(read["local_date"]) == sorted(own["local_date"])
        assert sorted(read["start_utc"]) == sorted(own["start_utc"])
    volume = sets.groupby("movement")["n_sets"].sum()
    assert (
        volume.sort_index().to_dict()
        == drawn.sets["movement"].value_counts().sort_index().to_dict()
    )
    assert sets["movement"].notna().all()
    assert sets["load_kg"].sum() == drawn.sets["load_kg"].sum()
    for column in ("local_date", "distance_m", "time_s", "temperature_c"):
        assert races.races[column].tolist() == drawn.races[column].tolist()


@pytest.mark.parametrize(
    ("metric", "what", "held_long_pct"),
    [
        ("ground_contact_ms", "strength", -3.0),
        ("ground_contact_ms", "technique", 0.0),
        ("cadence_spm", "strength", 0.0),
        ("cadence_spm", "technique", 2.0),
    ],
)
def test_analysis_recovers_the_truth(drawn, metric, what, held_long_pct):
    """From the samples on; the effect is that of ten weeks, with a time constant of four."""
    segments = ra.segments(drawn.samples, drawn.runs)
    dose = ra.dose(drawn.sessions, drawn.sets, what=what, spans=drawn.log_spans)
    found = ra.effect(ra.form(segments, metric), dose, contrast=2.0)
    true_pct = held_long_pct * (1 - np.exp(-10 / 4))
    assert found.percent_low < true_pct < found.percent_high
    assert found.verdict == ("association" if held_long_pct else "no clear association")
