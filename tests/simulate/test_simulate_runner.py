"""The simulated runner: frames of the schema, and a truth that can be found in them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from runanalytics import movements, schema
from runanalytics.errors import UsageError
from runanalytics.simulate import Runner, Training, simulate_runner

NONE = Training(per_week=2.0)
#: A runner of whom nothing is left to chance but what a watch adds from stride to stride.
STILL = Runner(
    cadence_day_sd_pct=0,
    contact_day_sd_pct=0,
    cadence_week_sd_pct=0,
    contact_week_sd_pct=0,
    speed_error_pct=0,
    treadmill_speed_pct=0,
    race_sd_pct=0,
    strength=NONE,
    technique=NONE,
)


@pytest.fixture(scope="module")
def usual():
    runner = Runner(dynamics_week=5, new_watch_week=12, missing_weeks=(8,))
    return simulate_runner(11, runner=runner, weeks=24, start="2025-09-01")


@pytest.fixture(scope="module")
def still():
    return simulate_runner(3, runner=STILL, weeks=30)


@pytest.mark.parametrize("table", ["runs", "samples", "sessions", "sets", "races", "log_spans"])
def test_frames_are_tables_of_the_schema(usual, table):
    frame = getattr(usual, table)
    pd.testing.assert_frame_equal(schema.check(frame, table), frame)
    _, implausible = schema.without_implausible(frame, table)
    assert implausible == {}
    keys = list(schema.table(table).key)
    assert not keys or not frame.duplicated(keys).any()
    assert len(frame)


def test_same_seed_same_runner(usual):
    again = simulate_runner(11, runner=usual.truth.runner, weeks=24, start="2025-09-01")
    for table in ("runs", "samples", "sessions", "sets", "races"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(usual, table))
    other = simulate_runner(12, runner=usual.truth.runner, weeks=24, start="2025-09-01")
    assert not other.sessions["local_date"].equals(usual.sessions["local_date"])


def test_one_parameter_leaves_the_rest_of_chance_alone(usual):
    runner = usual.truth.runner
    changed = replace(runner, strength=replace(runner.strength, contact_pct=-6.0))
    drawn = simulate_runner(11, runner=changed, weeks=24, start="2025-09-01")
    pd.testing.assert_frame_equal(drawn.sessions, usual.sessions)
    assert drawn.samples["cadence_spm"].equals(usual.samples["cadence_spm"])
    own = drawn.truth.runs["ground_contact_ms"] / usual.truth.runs["ground_contact_ms"]
    exposures = usual.truth.daily.set_index("local_date")["strength_per_week"]
    of_run = exposures.loc[drawn.truth.runs["local_date"]].to_numpy()
    np.testing.assert_allclose(np.log(own), (np.log(0.94) - np.log(0.97)) / 2 * of_run, atol=1e-12)


def test_exponents_and_drift_are_found_in_the_samples(still):
    steady = still.samples[still.samples["cadence_spm"] > 140].merge(
        still.runs[["run_id", "kind"]], on="run_id"
    )
    # Grade moves cadence, too: a treadmill has none, and a flat course hardly any.
    rise = steady["altitude_m"].diff().abs().rolling(9, center=True).max()
    steady = steady[(rise < 0.3) | (steady["kind"] == "treadmill")]
    runner = still.truth.runner
    design = np.column_stack(
        [
            np.ones(len(steady)),
            np.log(steady["speed_m_s"] / runner.reference_speed_m_s),
            steady["elapsed_s"] / 3600,
        ]
    )
    for column, base, exponent, drift in (
        ("cadence_spm", runner.cadence_spm, 0.28, -0.8),
        ("ground_contact_ms", runner.ground_contact_ms, -0.62, 1.5),
    ):
        fitted = np.linalg.lstsq(design, np.log(steady[column]), rcond=None)[0]
        assert np.exp(fitted[0]) == pytest.approx(base, rel=0.003)
        assert fitted[1] == pytest.approx(exponent, abs=0.02)
        assert 100 * fitted[2] == pytest.approx(drift, abs=0.25)


def test_training_does_what_the_truth_says():
    runner = replace(
        STILL,
        strength=Training(per_week=2.0, contact_pct=-3.0, cadence_pct=0.5),
        technique=Training(per_week=2.5, cadence_pct=2.0, contrast=1.5),
    )
    drawn = simulate_runner(4, runner=runner, weeks=40)
    of_run = drawn.truth.daily.set_index("local_date").loc[drawn.truth.runs["local_date"]]
    strength = of_run["strength_per_week"].to_numpy() / 2
    technique = of_run["technique_per_week"].to_numpy() / 1.5
    np.testing.assert_allclose(
        drawn.truth.runs["ground_contact_ms"], 262 * 0.97**strength, rtol=1e-12
    )
    np.testing.assert_allclose(
        drawn.truth.runs["cadence_spm"], 166 * 1.005**strength * 1.02**technique, rtol=1e-12
    )


def test_exposures_follow_the_logged_sessions():
    blocks = ((0, 9), (20, 29))
    runner = replace(STILL, strength=Training(per_week=2.0, blocks=blocks, tau_weeks=2.0))
    drawn = simulate_runner(4, runner=runner, weeks=30, start="2025-04-07")
    dates = drawn.sessions.loc[drawn.sessions["kind"] == "strength", "local_date"]
    weeks = (dates - pd.Timestamp("2025-04-07")).dt.days // 7
    assert sorted(weeks.unique()) == [*range(10), *range(20, 30)]
    assert (weeks.value_counts() == 2).all()
    level = drawn.truth.daily["strength_per_week"].to_numpy()
    # Who begins in a block was at it before; eleven weeks without leave next to nothing.
    assert level[:70].mean() == pytest.approx(2.0, abs=0.15)
    assert level[139] < 0.02


def test_second_watch_is_a_step_of_the_watch_only():
    runner = replace(STILL, new_watch_week=5, new_watch_contact_pct=4.0)
    with_step = simulate_runner(4, runner=runner, weeks=10)
    without = simulate_runner(4, runner=replace(runner, new_watch_contact_pct=0.0), weeks=10)
    contact = "ground_contact_ms"
    change = (
        with_step.samples.groupby("run_id")[contact].mean()
        / without.samples.groupby("run_id")[contact].mean()
    )
    renewed = with_step.runs.set_index("run_id")["device"] == "Simulated watch B"
    np.testing.assert_allclose(change, np.where(renewed.loc[change.index], 1.04, 1.0), rtol=1e-4)
    assert renewed.sum() == (with_step.runs["local_date"] >= with_step.truth.new_watch_from).sum()
    pd.testing.assert_frame_equal(with_step.truth.runs, without.truth.runs)


def test_contact_time_begins_on_its_date(usual):
    begun = usual.runs["local_date"] >= usual.truth.dynamics_from
    assert usual.truth.dynamics_from == pd.Timestamp("2025-10-06")
    assert usual.runs["ground_contact_ms"].notna().equals(begun)
    before = usual.samples["run_id"].isin(usual.runs.loc[~begun, "run_id"])
    assert usual.samples.loc[before, "ground_contact_ms"].isna().all()
    assert usual.samples["cadence_spm"].notna().all()


def test_speed_is_cadence_times_step_length(usual):
    running = usual.samples.dropna(subset="step_length_m")
    product = running["cadence_spm"] / 60 * running["step_length_m"]
    np.testing.assert_allclose(product, running["speed_m_s"], atol=2e-4)


def test_samples_are_at_the_resolution_in_which_they_are_stored(usual):
    for column in schema.table("samples"):
        if column.resolution is None or column.name not in usual.samples:
            continue
        steps = usual.samples[column.name].dropna().astype(float) / column.resolution
        np.testing.assert_allclose(steps, steps.round(), atol=1e-6, err_msg=column.name)


def test_recording_is_irregular_and_laps_are_kept(usual):
    gaps = usual.samples.groupby("run_id")["elapsed_s"].diff().dropna()
    assert set(range(1, 8)) <= set(gaps.unique())
    assert gaps.median() in (4, 5, 6)
    assert (gaps > 14).sum() < len(usual.runs)
    assert usual.samples.groupby("run_id")["lap"].is_monotonic_increasing.all()
    workouts = usual.runs.loc[usual.runs["kind"] == "workout", "run_id"]
    laps = usual.samples[usual.samples["run_id"].isin(workouts)].groupby("run_id")["lap"].max()
    assert (laps >= 6).all()


def test_a_pause_is_time_without_motion(usual):
    paused = usual.runs["elapsed_s"] - usual.runs["moving_s"]
    assert (paused >= 0).all()
    longest_gap = usual.samples.groupby("run_id")["elapsed_s"].agg(lambda s: s.diff().max())
    stopped = usual.runs.set_index("run_id").loc[longest_gap.index]
    np.testing.assert_array_equal(longest_gap > 14, stopped["elapsed_s"] - stopped["moving_s"] > 0)
    assert 0 < (paused > 0).mean() < 0.5


def test_walking_has_low_cadence_and_no_contact_time():
    drawn = simulate_runner(11, weeks=24)
    walked = drawn.samples[drawn.samples["cadence_spm"] < 140]
    assert len(walked) > 20
    assert walked["ground_contact_ms"].isna().all()
    assert walked["speed_m_s"].between(1, 2.5).all()
    assert walked["moving"].all()


def test_treadmill_runs_have_no_altitude_and_a_speed_that_is_off():
    runner = replace(STILL, treadmill_speed_pct=5.0)
    drawn = simulate_runner(2, runner=runner, weeks=12, start="2025-11-03")
    belt = drawn.runs["kind"] == "treadmill"
    on_belt = drawn.samples["run_id"].isin(drawn.runs.loc[belt, "run_id"])
    assert on_belt.any()
    assert drawn.samples.loc[on_belt, "altitude_m"].isna().all()
    assert drawn.runs.loc[belt, "ascent_m"].isna().all()
    running = drawn.samples[drawn.samples["elapsed_s"] < 300]
    base = running["cadence_spm"] / (running["speed_m_s"] / 3.0) ** 0.28
    factor = base[on_belt].mean() / base[~on_belt].mean()
    assert factor == pytest.approx(1.05**-0.28, rel=0.004)


def test_races_follow_riegel_years_and_strength():
    strength = Training(per_week=2.0, race_time_pct=-4.0, blocks=((6, 29),))
    drawn = simulate_runner(
        5, runner=replace(STILL, strength=strength, race_gain_pct_per_year=-2.0), weeks=30
    )
    races = drawn.races
    assert races["title"].str.startswith("Simulated").all()
    level = drawn.truth.daily.set_index("local_date")["strength_per_week"]
    exposed = level.loc[races["local_date"]].to_numpy()
    years = (races["local_date"] - pd.Timestamp("2025-04-07")).dt.days / 365.25
    expected = (
        1330 * (races["distance_m"] / 5000) ** 1.06 * np.exp(-0.02 * years) * 0.96 ** (exposed / 2)
    )
    np.testing.assert_allclose(races["time_s"], expected, atol=0.51)
    recorded = drawn.runs.set_index("run_id").loc[races["run_id"]]
    assert (recorded["kind"] == "race").all()
    np.testing.assert_allclose(recorded["moving_s"], races["time_s"])
    np.testing.assert_allclose(recorded["distance_m"], races["distance_m"], rtol=0.02)


def test_local_days_and_summer_time(usual):
    local = usual.runs["start_utc"].dt.tz_localize(None) + pd.to_timedelta(
        usual.runs["utc_offset_s"], unit="s"
    )
    assert (
        local.dt.normalize().astype("datetime64[us]").tolist() == usual.runs["local_date"].tolist()
    )
    summer = usual.runs["local_date"] < pd.Timestamp("2025-10-26")
    assert usual.runs["utc_offset_s"].tolist() == np.where(summer, 7200.0, 3600.0).tolist()
    assert local.dt.hour.between(7, 10).all()


def test_logged_names_are_the_movements_of_the_catalogue(usual):
    named = usual.sets.drop_duplicates("name_as_logged")
    for name, logged in zip(named["name_as_logged"], named["movement"], strict=True):
        assert movements.match(name).movement == logged
    kinds = usual.sets.merge(usual.sessions[["session_id", "kind"]], on="session_id")
    drills = kinds["movement"].map(movements.is_technique).astype(bool)
    assert drills.equals(kinds["kind"] == "technique")


def test_missing_weeks_are_without_training(usual):
    away = pd.date_range("2025-10-27", periods=7)
    assert not usual.runs["local_date"].isin(away).any()
    assert not usual.sessions["local_date"].isin(away).any()


def test_truth_can_be_written_as_json(usual):
    stated = json.loads(json.dumps(usual.truth.to_dict(), allow_nan=False))
    assert stated["strength"]["contact_pct"] == -3.0
    assert stated["new_watch_from"] == "2025-11-24"
    assert simulate_runner(1, weeks=1).truth.to_dict()["new_watch_from"] is None


def test_a_runner_may_have_done_nothing():
    idle = replace(STILL, runs_per_week=(0, 0), strength=Training(2.0, blocks=()), race_weeks=99)
    drawn = simulate_runner(1, runner=replace(idle, technique=idle.strength), weeks=3)
    for table in ("runs", "samples", "sessions", "sets", "races"):
        pd.testing.assert_frame_equal(getattr(drawn, table), schema.empty(table))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: simulate_runner(1, weeks=0),
        lambda: Runner(runs_per_week=(4, 2)),
        lambda: Runner(week_rho=1.0),
    ],
)
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(UsageError, match=r"weeks|runs_per_week|week_rho"):
        wrong()
