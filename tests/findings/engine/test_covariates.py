"""What an effect is adjusted for, and what it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.effect import effect
from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.covariates import step_covariates, weekly_log_distance
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.engine.run_covariates import weekly_columns
from runanalytics.findings.engine.weeks import by_week
from runanalytics.simulate import simulate_form


def names(form, dose, runs=None):
    data = effect_data(form, dose, (), runs, TIME_CONSTANTS)
    return [each.name for each in data.covariates]


def test_all_that_is_known_is_adjusted_for():
    drawn = simulate_form(1, weeks=104, device_step_pct=3.0)
    rng = np.random.default_rng(0)
    form = drawn.form.assign(
        temperature_c=rng.uniform(0, 30, len(drawn.form)),
        shoe=np.where(np.arange(len(drawn.form)) % 3, "red", "blue"),
    )
    runs = form[["local_date"]].assign(distance_m=rng.uniform(5e3, 2e4, len(form)))
    assert dict.fromkeys(names(form, drawn.dose, runs)) == dict.fromkeys(
        [
            "device",
            "trend",
            "speed",
            "season",
            "temperature",
            "weekly distance",
            "shoe",
            "session on the day",
            "sessions in the 48 h before",
            "running load",
            "long runs",
        ]
    )


def test_the_annual_wave_is_held_in_any_length_of_log():
    drawn = simulate_form(1, weeks=45)
    assert names(drawn.form, drawn.dose).count("season") == 2


def test_few_weeks_carry_few_columns_of_any_size_but_always_the_devices():
    drawn = simulate_form(1, weeks=9, device_step_pct=3.0)
    found = effect_data(drawn.form, drawn.dose, (), None, TIME_CONSTANTS).covariates
    assert [each.name for each in found if each.flat] == ["device"]


def test_speed_may_work_otherwise_between_weeks_than_within():
    drawn = simulate_form(1, weeks=60)
    data = effect_data(drawn.form, drawn.dose, (), None, TIME_CONSTANTS)
    assert names(drawn.form, drawn.dose).count("speed") == 2
    by_week = weekly_columns(data.weeks, data.covariates)
    assert [each.name for each in by_week].count("speed") == 1


def test_constant_unknown_and_collinear_columns_are_left_out():
    drawn = simulate_form(1, weeks=52)
    form = drawn.form.assign(mean_speed_m_s=3.0, temperature_c=np.nan)
    form["shoe"] = np.where(form["local_date"] < "2024-07-01", "red", "blue")
    form["device"] = np.where(form["local_date"] < "2024-07-01", "old", "new")
    found = names(form, drawn.dose)
    assert "speed" not in found
    assert "temperature" not in found
    assert found.count("device") == 1
    assert "shoe" not in found


def test_a_step_is_the_share_of_the_weeks_runs():
    form = pd.DataFrame(
        {
            "local_date": ["2026-03-02", "2026-03-03", "2026-03-09", "2026-03-10"]
            + ["2026-03-16"] * 3,
            "value": 250.0,
            "device": ["old", "old", "old", "new", "new", "new", "new"],
        }
    )
    (step,) = step_covariates(by_week(form), "device", 1, reference="new")
    assert step.level == "old"
    # Each device's day-to-day noise is its own, and so is what its runs weigh in a week.
    np.testing.assert_allclose(step.column * step.spread, [0.5, 0.0, -0.5], atol=0.02)
    assert step.zero == pytest.approx(-0.5 / step.spread, abs=0.02 / step.spread)


def test_weekly_distance_counts_every_run():
    weeks = by_week(pd.DataFrame({"local_date": ["2026-03-02", "2026-03-16"], "value": 250.0}))
    runs = pd.DataFrame(
        {
            "local_date": ["2026-03-01", "2026-03-02", "2026-03-08", "2026-03-16", "2026-03-24"],
            "distance_m": [1.0, 5e3, 7e3, np.nan, 1.0],
        }
    )
    distance = weekly_log_distance(weeks, runs)
    assert distance[0] == pytest.approx(np.log(12e3))
    assert np.isnan(distance[1:]).all()


def test_a_dozen_shoes_do_not_eat_the_data():
    widths = {"one shoe": [], "twelve shoes": []}
    for seed in range(12):
        drawn = simulate_form(seed, weeks=104)
        number = np.arange(len(drawn.form)) * 12 // len(drawn.form)
        twelve = drawn.form.assign(shoe=[f"shoe {each}" for each in number])
        for name, form in (("one shoe", drawn.form), ("twelve shoes", twelve)):
            found = effect(form, drawn.dose, tau_weeks=3.0)
            widths[name].append(found.percent_high - found.percent_low)
        assert "shoe" in found.adjusted_for
    assert np.mean(widths["twelve shoes"]) < 1.35 * np.mean(widths["one shoe"])


@pytest.mark.parametrize("what", ["firmware", "shoe"])
def test_a_named_change_is_hardly_an_effect(what):
    named, unnamed = [], []
    for seed in range(12):
        drawn = simulate_form(seed, weeks=104)
        level = np.where(drawn.form["local_date"] < "2025-01-15", "old", "new")
        same = drawn.form.assign(**{what: level})
        moved = same.assign(value=same["value"] * np.where(level == "new", 1.02, 1.0))
        before, after, without = (
            effect(form, drawn.dose) for form in (same, moved, moved.drop(columns=what))
        )
        assert what in after.adjusted_for
        named.append(after.percent - before.percent)
        unnamed.append(without.percent - before.percent)
    assert np.std(named) < 0.5 * np.std(unnamed)


def test_firmwares_are_those_of_a_device():
    drawn = simulate_form(1, weeks=60)
    late = drawn.form["local_date"] >= "2024-08-01"
    form = drawn.form.assign(device=np.where(late, "B", "A"), firmware="7.1")
    found = names(form, drawn.dose)
    assert found.count("device") == 1
    assert "firmware" not in found
    form["firmware"] = np.where(drawn.form["local_date"] < "2024-04-01", "7.0", "7.1")
    assert names(form, drawn.dose).count("firmware") == 1


def test_levels_with_a_prior_are_the_commonest_twelve():
    drawn = simulate_form(1, weeks=260)
    number = np.arange(len(drawn.form)) * 30 // len(drawn.form)
    form = drawn.form.assign(shoe=[f"shoe {each:02d}" for each in number])
    assert names(form, drawn.dose).count("shoe") == 11
