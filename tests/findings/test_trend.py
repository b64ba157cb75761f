"""Trends: the smooth, its band, and the change from first to last weeks."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.errors import SchemaError, UsageError
from runanalytics.findings.trend import trend
from runanalytics.simulate import simulate_form


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(21, weeks=80, slowdown_m_s=0.0)


@pytest.fixture(scope="module")
def found(drawn):
    return trend(drawn.form)


@pytest.fixture(scope="module")
def many():
    pairs = []
    for seed in range(60):
        each = simulate_form(9_000 + seed, weeks=60, slowdown_m_s=0.0)
        pairs.append((np.exp(each.truth.process_pct / 100), trend(each.form)))
    return pairs


def covered_often_enough(inside):
    """Whether it would happen more than once in a thousand tries that so few are covered."""
    return np.sum(inside) >= stats.binom(len(inside), 0.95).ppf(0.001)


def test_the_interval_of_today_covers_the_truth(many):
    assert covered_often_enough(
        [answer.low <= 250 * truth[-1] <= answer.high for truth, answer in many]
    )


def test_the_interval_of_the_change_covers_the_truth(many):
    inside = []
    for truth, answer in many:
        log = np.log(truth)
        change = 100 * np.expm1(log[-4:].mean() - log[:4].mean())
        inside.append(answer.percent_low <= change <= answer.percent_high)
    assert covered_often_enough(inside)


def test_the_band_covers_the_truth_in_every_week(many):
    inside = [
        (answer.table()["low"].to_numpy() <= 250 * truth)
        & (250 * truth <= answer.table()["high"].to_numpy())
        for truth, answer in many
    ]
    assert 0.92 < np.mean(inside) < 0.98


def test_the_smooth_is_nearer_the_truth_than_the_weekly_means(many):
    smooth = np.mean([np.square(a.table()["value"] - 250 * truth).mean() for truth, a in many])
    raw = np.mean([np.square(a.table()["observed"] - 250 * truth).mean() for truth, a in many])
    assert smooth < raw


def test_the_last_week_of_the_table_is_the_value(found):
    last = found.table().iloc[-1]
    assert last["value"] == pytest.approx(found.value, rel=1e-3)
    assert last["low"] == pytest.approx(found.low, rel=2e-3)
    assert last["high"] == pytest.approx(found.high, rel=2e-3)
    assert found.table()["runs"].sum() == found.n_runs


def test_the_change_is_that_of_the_smooth(found):
    log = np.log(found.table()["value"].to_numpy())
    change = 100 * np.expm1(log[-4:].mean() - log[:4].mean())
    assert found.weeks_compared == 4
    assert found.percent == pytest.approx(change, abs=0.05)


@pytest.mark.parametrize(("slope", "verdict"), [(0.08, "rose"), (-0.08, "fell")])
def test_a_steady_change_is_seen(drawn, slope, verdict):
    week = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days / 7
    form = drawn.form.assign(value=drawn.form["value"] * np.exp(slope * week / 100 * 2))
    answer = trend(form)
    assert answer.verdict == verdict
    assert np.sign(answer.change) == np.sign(slope)
    assert f"It {verdict}" in answer.summary()


def test_unit_does_not_matter(drawn, found):
    seconds = drawn.form.assign(value=drawn.form["value"] / 1000, se=drawn.form["se"] / 1000)
    answer = trend(seconds)
    assert answer.percent == pytest.approx(found.percent)
    assert answer.value == pytest.approx(found.value / 1000)
    assert answer.change == pytest.approx(found.change / 1000)


def test_a_new_watch_is_a_step_and_not_a_change():
    each = simulate_form(3, weeks=104, device_step_pct=6.0, slowdown_m_s=0.0)
    answer = trend(each.form)
    (step,) = answer.device_steps
    assert step.device == "Simulated watch A"
    assert step.percent_low < 100 * np.expm1(-0.06) < step.percent_high
    assert answer.percent_high < 6.0
    assert "Simulated watch A" in answer.summary()
    raw = each.form.assign(device="one")
    assert trend(raw).percent > answer.percent + 3


def test_values_are_as_the_last_watch_reads_them():
    each = simulate_form(3, weeks=104, device_step_pct=6.0, slowdown_m_s=0.0)
    last = each.form[each.form["device"] == "Simulated watch B"]["value"].mean()
    assert trend(each.form).table()["value"].mean() == pytest.approx(last, rel=0.03)


def test_values_are_as_the_watch_in_use_reads_them_even_if_the_last_run_was_on_another(drawn):
    device = np.full(len(drawn.form), "watch", dtype=object)
    device[-5:] = "treadmill"
    biased = np.where(device == "treadmill", 0.9, 1.0) * drawn.form["value"]
    answer = trend(drawn.form.assign(device=device, value=biased))
    assert [step.device for step in answer.device_steps] == ["treadmill"]
    assert answer.value > 240
    assert [name for _, name in answer.new_devices] == ["treadmill"]


def test_missing_weeks_widen_the_band(drawn):
    week = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days // 7
    table = trend(drawn.form[~week.between(30, 49)]).table()
    width = (table["high"] - table["low"]).to_numpy()
    assert table["observed"].isna().sum() == 20
    assert width[40] > 1.3 * width[[15, 65]].mean()


def test_since_and_until_are_inclusive(drawn):
    days = drawn.form["local_date"]
    first, last = days.iloc[40], days.iloc[160]
    answer = trend(drawn.form, since=str(first.date()), until=last.date())
    assert (answer.first_date, answer.last_date) == (first.date(), last.date())
    assert answer.n_runs == 121


def test_minimal_detectable_change_is_that_of_four_runs(found):
    assert found.minimal_detectable_percent == pytest.approx(
        1.959964 * found.day_sd_percent * np.sqrt(0.5), rel=1e-5
    )
    assert found.day_sd_percent == pytest.approx(1.25, abs=0.2)
    assert found.smallest_worthwhile_percent == 1.0


@pytest.mark.parametrize("runs", [1, 2, 3, 5])
def test_a_few_runs_give_a_value_with_an_interval_and_no_verdict(drawn, runs):
    answer = trend(drawn.form.head(runs))
    assert answer.verdict == "not enough data"
    assert answer.low < answer.value < answer.high
    assert answer.reason
    assert answer.n_runs == runs
    assert (answer.table()["low"] < answer.table()["high"]).all()


def test_no_run_is_a_result_with_a_reason(drawn):
    answer = trend(drawn.form.head(0))
    assert np.isnan(answer.value)
    assert answer.table().empty
    assert "no run has a value" in answer.summary()
    assert trend(drawn.form, since="2099-01-01").verdict == "not enough data"


def test_date_and_value_are_enough(drawn):
    answer = trend(drawn.form[["local_date", "value"]])
    assert answer.n_weeks == 80
    assert answer.adjusted_for == ()


def test_nothing_given_is_changed(drawn):
    form = drawn.form.copy()
    trend(form, since=datetime.date(2024, 3, 1))
    pd.testing.assert_frame_equal(form, drawn.form)


@pytest.mark.parametrize(
    "wrong", [{"since": "someday"}, {"until": pd.NaT}, {"level": 1.0}, {"metric": "cadense"}]
)
def test_senseless_questions_are_refused(drawn, wrong):
    with pytest.raises(UsageError):
        trend(drawn.form, **wrong)


def test_a_frame_that_is_no_form_is_refused():
    with pytest.raises(SchemaError, match="local_date"):
        trend(pd.DataFrame({"value": [1.0]}))
