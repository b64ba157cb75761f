"""What an effect is adjusted for, and what it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.covariates import (
    SEASON_WEEKS,
    candidates,
    chosen,
    steps,
    weekly_log_distance,
)
from runanalytics.findings.dose_log import daily_log
from runanalytics.findings.weeks import by_week
from runanalytics.simulate import simulate_form


def names(form, dose, runs=None):
    weeks, log = by_week(form), daily_log(dose)
    return [each.name for each in chosen(candidates(weeks, log, runs), weeks, n_others=2)]


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
            "sessions in the 48 h before",
            "weekly distance",
            "season",
            "temperature",
            "shoe",
        ]
    )


def test_a_year_of_weeks_is_needed_for_the_season():
    short = simulate_form(1, weeks=SEASON_WEEKS - 1)
    long = simulate_form(1, weeks=SEASON_WEEKS)
    assert "season" not in names(short.form, short.dose)
    assert names(long.form, long.dose).count("season") == 2


def test_few_weeks_carry_few_columns_but_always_the_devices():
    drawn = simulate_form(1, weeks=9, device_step_pct=3.0)
    assert names(drawn.form, drawn.dose) == ["device"]


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
    (step,) = steps(by_week(form), "device", 1, reference="new")
    assert step.level == "old"
    np.testing.assert_allclose(step.column * step.spread, [0.5, 0.0, -0.5], atol=1e-12)
    assert step.zero == pytest.approx(-0.5 / step.spread)


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
