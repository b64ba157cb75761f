"""The generator that calibration rests on: its truth is where it says, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.simulate import simulate_form
from runanalytics.simulate.form import (
    ATTENUATED_EXPONENT,
    HISTORY_WEEKS,
    SPEED_EXPONENT,
    USUAL_SPEED_M_S,
)
from runanalytics.simulate.weeks import weekly_process

QUIET = {"day_sd_pct": 0.0, "ar_sd_pct": 0.0}


def days_of(drawn) -> np.ndarray:
    return (drawn.form["local_date"] - drawn.dose["local_date"].iloc[0]).dt.days.to_numpy()


def log_form_pct(drawn) -> np.ndarray:
    """Log of form in %, without what the attenuated slope leaves of speed."""
    left = (SPEED_EXPONENT - ATTENUATED_EXPONENT) * np.log(
        drawn.runs["speed_m_s"] / USUAL_SPEED_M_S
    )
    return 100 * (np.log(drawn.form["value"] / 250) - left).to_numpy()


def test_frames_are_tables_of_the_schema():
    drawn = simulate_form(1, effect_pct=-2, device_step_pct=3, missing_weeks=0.2)
    pd.testing.assert_frame_equal(schema.check(drawn.form, "form"), drawn.form)
    pd.testing.assert_frame_equal(schema.check(drawn.dose, "dose"), drawn.dose)
    assert drawn.runs["run_id"].tolist() == drawn.form["run_id"].tolist()
    assert drawn.form["run_id"].is_unique
    assert drawn.form["local_date"].is_monotonic_increasing
    assert drawn.form.attrs["metric"] == "ground_contact_ms"
    assert drawn.dose.attrs == {"what": "strength", "measure": "sessions"}


def test_same_seed_same_frames_other_seed_others():
    one, again, other = simulate_form(5), simulate_form(5), simulate_form(6)
    pd.testing.assert_frame_equal(one.form, again.form)
    pd.testing.assert_frame_equal(one.dose, again.dose)
    assert not one.dose["amount"].equals(other.dose["amount"])


def test_effect_size_does_not_change_what_else_is_drawn():
    without, with_effect = simulate_form(5), simulate_form(5, effect_pct=-2)
    pd.testing.assert_frame_equal(without.dose, with_effect.dose)
    change = np.log(with_effect.form["value"] / without.form["value"])
    expected = np.log(0.98) / 2 * with_effect.truth.exposure_per_week[days_of(with_effect)]
    np.testing.assert_allclose(change, expected, atol=1e-12)


def test_without_noise_form_is_base_effect_and_what_the_slope_leaves():
    drawn = simulate_form(2, effect_pct=-3, contrast=1.5, tau_weeks=6, **QUIET)
    expected = 100 * np.log(0.97) / 1.5 * drawn.truth.exposure_per_week[days_of(drawn)]
    np.testing.assert_allclose(log_form_pct(drawn), expected, atol=1e-9)


def test_true_exposure_is_that_of_the_logged_dose_once_history_is_forgotten():
    drawn = simulate_form(3, tau_weeks=1.5)
    from_log = exposure(drawn.dose["amount"].to_numpy(), 1.5)
    late = slice(7 * 20, None)
    np.testing.assert_allclose(drawn.truth.exposure_per_week[late], from_log[late], atol=1e-4)
    assert drawn.truth.exposure_per_week.max() < 4


def test_strength_comes_in_phases_of_about_two_a_week():
    drawn = [simulate_form(seed) for seed in range(60)]
    weekly = np.array([d.dose["amount"].to_numpy().reshape(-1, 7).sum(axis=1) for d in drawn])
    in_phase = np.array([d.truth.in_phase for d in drawn])
    assert weekly[in_phase].mean() == pytest.approx(2.0, abs=0.05)
    assert weekly[~in_phase].max() == 0
    assert 0.45 < in_phase.mean() < 0.65


def test_runs_are_slower_in_phases_and_raw_values_confounded():
    slower, raw_slopes = [], []
    for seed in range(40):
        drawn = simulate_form(seed, effect_pct=-2)
        weeks = days_of(drawn) // 7
        phase = drawn.truth.in_phase[weeks]
        speed = drawn.runs["speed_m_s"]
        slower.append(speed[~phase].mean() - speed[phase].mean())
        dose = drawn.dose["amount"].to_numpy().reshape(-1, 7).sum(axis=1)[weeks]
        raw_slopes.append(200 * np.polyfit(dose, np.log(drawn.runs["raw_value"]), 1)[0])
    assert np.mean(slower) == pytest.approx(0.15, abs=0.02)
    # The truth is a fall of 2 %; who takes raw values sees a rise.
    assert np.mean(raw_slopes) > 1


def test_noise_has_the_stated_size_and_standard_errors_are_part_of_it():
    drawn = [simulate_form(seed, ar_sd_pct=0, slowdown_m_s=0) for seed in range(60)]
    noise = np.concatenate([log_form_pct(d) for d in drawn])
    assert noise.std() == pytest.approx(1.3, rel=0.03)
    se_pct = np.concatenate([100 * d.form["se"] / d.form["value"] for d in drawn])
    assert 0.15 * 1.3 < se_pct.min() < se_pct.max() < 0.45 * 1.3 + 1e-9


def test_heavy_tails_keep_the_standard_deviation():
    drawn = [simulate_form(seed, ar_sd_pct=0, student_df=5) for seed in range(80)]
    noise = np.concatenate([log_form_pct(d) for d in drawn])
    assert noise.std() == pytest.approx(1.3, rel=0.05)
    assert np.mean(noise**4) / np.mean(noise**2) ** 2 > 4.5


def processes(runners: int, *, weeks: int = 52, **options) -> np.ndarray:
    """The weekly process of many runners, as form has it, without all else that is drawn."""
    drawn = [
        weekly_process(np.random.default_rng(seed), HISTORY_WEEKS + weeks, sd=1.0, **options)
        for seed in range(runners)
    ]
    return np.array(drawn)[:, HISTORY_WEEKS:]


def test_the_process_of_form_is_the_one_that_is_asked_for(monkeypatch):
    asked = {}

    def drawing(rng, weeks, **options):
        asked.update(options, values=weekly_process(rng, weeks, **options))
        return asked["values"]

    monkeypatch.setattr("runanalytics.simulate.form.weekly_process", drawing)
    drawn = simulate_form(3, process="ar2", rho=0.6, ar_sd_pct=1.2, weeks=52)
    assert (asked["process"], asked["rho"], asked["sd"]) == ("ar2", 0.6, 1.2)
    np.testing.assert_array_equal(drawn.truth.process_pct, asked["values"][HISTORY_WEEKS:])
    simulate_form(3)
    assert (asked["process"], asked["rho"], asked["sd"]) == ("ar1", 0.8, 1.0)


@pytest.mark.parametrize(("process", "rho"), [("ar1", 0.0), ("ar1", 0.95), ("ar2", 0.8)])
def test_stationary_processes_have_the_stated_moments(process, rho):
    values = processes(500, process=process, rho=rho)
    # A week across 500 runners: independent draws.
    for week in (0, 25, 51):
        assert values[:, week].std() == pytest.approx(1.0, rel=0.12)
    correlation = np.mean(values[:, 1:] * values[:, :-1]) / np.mean(values**2)
    assert correlation == pytest.approx(rho, abs=0.03)


def test_ar2_remembers_longer_than_ar1():
    lag_two = {}
    for process in ("ar1", "ar2"):
        values = processes(300, process=process, rho=0.6)
        lag_two[process] = np.mean(values[:, 2:] * values[:, :-2]) / np.mean(values**2)
    assert lag_two["ar1"] == pytest.approx(0.36, abs=0.04)
    assert lag_two["ar2"] == pytest.approx(0.6 * 0.7 * 0.6 + 0.3, abs=0.04)


def test_random_walk_spreads_with_time_by_steps_like_those_of_the_ar1():
    values = processes(300, weeks=104, process="random_walk", rho=0.8)
    assert np.diff(values, axis=1).std() == pytest.approx(0.6, rel=0.03)
    assert values[:, -1].std() > 1.5 * values[:, 0].std()


def test_missing_weeks_have_no_run_but_the_log_goes_on():
    drawn = simulate_form(4, missing_weeks=0.4)
    assert np.unique(days_of(drawn) // 7).size == pytest.approx(0.6 * 104, abs=3)
    assert len(drawn.dose) == 7 * 104


def test_acute_fatigue_touches_the_two_days_after_a_session_only():
    tired, fresh = simulate_form(9, acute_pct=1.0), simulate_form(9)
    change = 100 * np.log(tired.form["value"] / fresh.form["value"])
    amount, days = fresh.dose["amount"].to_numpy(), days_of(fresh)
    inside = days >= 2
    after = (amount[days[inside] - 1] > 0) | (amount[days[inside] - 2] > 0)
    np.testing.assert_allclose(change[inside], np.where(after, 1.0, 0.0), atol=1e-9)


@pytest.mark.parametrize("named", [True, False])
def test_device_step_comes_with_a_new_name_or_hidden(named):
    stepped = simulate_form(9, device_step_pct=4.0, device_step_at=0.25, device_named=named)
    change = 100 * np.log(stepped.form["value"] / simulate_form(9).form["value"])
    new = days_of(stepped) >= 0.25 * 7 * 104
    np.testing.assert_allclose(change, np.where(new, 4.0, 0.0), atol=1e-9)
    assert stepped.form["device"].nunique() == (2 if named else 1)
    assert all(name.startswith("Simulated") for name in stepped.form["device"])


def test_season_is_a_yearly_wave():
    drawn = simulate_form(8, season_pct=2.0, weeks=156, **QUIET)
    days = days_of(drawn)
    angle = 2 * np.pi * days / 365.25
    design = np.column_stack([np.sin(angle), np.cos(angle)])
    fitted, residual, *_ = np.linalg.lstsq(design, log_form_pct(drawn), rcond=None)
    assert np.hypot(*fitted) == pytest.approx(2.0, abs=1e-6)
    assert residual[0] == pytest.approx(0, abs=1e-9)


def test_arma_forgets_half_of_a_weeks_shock_at_once():
    values = processes(500, process="arma", rho=0.9)
    for week in (0, 25, 51):
        assert values[:, week].std() == pytest.approx(1.0, rel=0.12)
    lag = [np.mean(values[:, k:] * values[:, : 52 - k]) / np.mean(values**2) for k in (1, 2, 3)]
    # (φ + θ)(1 + φθ) / (1 + 2φθ + θ²), then times φ each week.
    first = (0.9 - 0.5) * (1 - 0.45) / (1 - 0.9 + 0.25)
    np.testing.assert_allclose(lag, [first, 0.9 * first, 0.81 * first], atol=0.04)


def test_what_a_late_effect_adds_comes_later():
    late, usual = (simulate_form(2, effect_pct=-3, delay_weeks=delay, **QUIET) for delay in (2, 0))
    np.testing.assert_allclose(
        late.truth.exposure_per_week[14:], usual.truth.exposure_per_week[:-14], atol=1e-12
    )
    expected = 100 * np.log(0.97) / 2 * late.truth.exposure_per_week[days_of(late)]
    np.testing.assert_allclose(log_form_pct(late), expected, atol=1e-9)


def test_summaries_are_noisier_and_say_so():
    drawn = [simulate_form(seed, ar_sd_pct=0, summaries=0.4) for seed in range(40)]
    se = np.concatenate([100 * (d.form["se"] / d.form["value"]).to_numpy() for d in drawn])
    noise = np.concatenate([log_form_pct(d) for d in drawn])
    summary = se > 1.0
    assert summary.mean() == pytest.approx(0.4, abs=0.03)
    assert noise[~summary].std() == pytest.approx(1.3, rel=0.05)
    own = 1.3**2 * (1 - np.mean(np.linspace(0.15, 0.45, 1001) ** 2))
    np.testing.assert_allclose(
        noise[summary].std(), np.sqrt(own + np.mean(se[summary] ** 2)), rtol=0.05
    )


def test_a_noisier_watch_has_a_name():
    drawn = [simulate_form(seed, ar_sd_pct=0, device_noise=2.0) for seed in range(20)]
    noise = np.concatenate([log_form_pct(d) for d in drawn])
    device = np.concatenate([d.form["device"] for d in drawn])
    old, new = (noise[device == each].std() for each in sorted(set(device)))
    assert new == pytest.approx(2 * old, rel=0.06)


def test_weekly_distance_and_heat_move_form_as_stated():
    drawn = simulate_form(3, distance_pct=-2.0, weeks=60, **QUIET)
    week = days_of(drawn) // 7
    total = np.bincount(week, drawn.runs["distance_m"])[week]
    np.testing.assert_allclose(
        np.diff(log_form_pct(drawn)), -2.0 * np.diff(np.log2(total)), atol=1e-9
    )
    training = drawn.truth.in_phase[week]
    distance = drawn.runs["distance_m"]
    assert distance[training].mean() < 0.9 * distance[~training].mean()
    hot = simulate_form(3, heat_pct=1.5, **QUIET)
    np.testing.assert_allclose(
        np.diff(log_form_pct(hot)), 0.15 * np.diff(hot.form["temperature_c"]), atol=1e-9
    )
    assert hot.form["temperature_c"].between(-20, 40).all()


def test_a_dose_that_follows_form_is_skipped_after_bad_weeks():
    trained, mood = [], []
    for seed in range(150):
        drawn = simulate_form(seed, follows=1.0, weeks=52)
        week = drawn.dose["amount"].to_numpy().reshape(-1, 7).sum(axis=1)
        on = drawn.truth.in_phase[1:]
        trained.append(week[1:][on])
        mood.append(drawn.truth.process_pct[:-1][on])
    assert np.corrcoef(np.concatenate(trained), np.concatenate(mood))[0, 1] < -0.3


def test_a_slope_estimated_wrongly_leaves_speed_in_form():
    drawn = simulate_form(5, slope_estimated=-0.4, **QUIET)
    left = 100 * np.log(drawn.form["value"] / 250)
    expected = -20 * np.log(drawn.runs["speed_m_s"] / USUAL_SPEED_M_S)
    np.testing.assert_allclose(left, expected, atol=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weeks": 0},
        {"process": "ma"},
        {"pattern": "summer"},
        {"phase_weeks": (5, 3)},
        {"gap_weeks": (0, 3)},
        {"summaries": 1.5},
        {"delay_weeks": 40},
        {"rho": 1.0},
        {"student_df": 2.0},
        {"missing_weeks": 1.0},
        {"runs_per_week": (5, 3)},
        {"runs_per_week": (3, 8)},
        {"effect_pct": -100.0},
        {"tau_weeks": 0.0},
    ],
)
def test_parameters_outside_their_range_are_named(wrong):
    with pytest.raises(UsageError, match=r"cannot simulate|time constant"):
        simulate_form(1, **wrong)


def test_one_week_can_be_drawn():
    drawn = simulate_form(1, weeks=1, runs_per_week=(1, 1))
    assert len(drawn.form) == 1
    assert len(drawn.dose) == 7
