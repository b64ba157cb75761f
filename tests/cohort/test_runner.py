"""One runner as one small row."""

from __future__ import annotations

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from runanalytics.cohort.runner import LEAST_WEEKS, TAU_WEEKS, RunnerRow, runner_row
from runanalytics.findings.effect import effect
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.engine.time_constants import by_time_constant
from runanalytics.findings.engine.weeks import by_week
from runanalytics.findings.trend import trend
from runanalytics.simulate import simulate_form

DRAWN = simulate_form(4, weeks=80, effect_pct=-3.0, device_step_pct=4.0, device_step_at=0.9)
ROW = runner_row("one", DRAWN.form, DRAWN.dose, runs=DRAWN.runs)


def test_it_says_what_the_runners_own_answers_say() -> None:
    own, changed = effect(DRAWN.form, DRAWN.dose, runs=DRAWN.runs, contrast=2.0), trend(DRAWN.form)
    assert (ROW.percent, ROW.percent_low, ROW.verdict) == (
        own.percent,
        own.percent_low,
        own.verdict,
    )
    assert (ROW.n_weeks, ROW.detectable_percent) == (own.n_weeks, own.detectable_percent)
    assert (ROW.level_now, ROW.change_high) == (changed.value, changed.percent_high)
    assert ROW.simulated
    assert ROW.a_week == pytest.approx(7 * DRAWN.dose["amount"].mean())
    assert ROW.last_run == DRAWN.form["local_date"].max().date()


def test_it_is_small_and_comes_back_from_json() -> None:
    text = json.dumps(ROW.to_dict(), allow_nan=False)
    assert len(text) < 4000
    assert RunnerRow.from_dict(json.loads(text)) == ROW
    empty = RunnerRow.from_dict(json.loads(json.dumps(RunnerRow("x", reason="gone").to_dict())))
    assert empty.reason == "gone"
    assert np.isnan(empty.percent)
    assert empty.last_run is None


def test_a_new_device_is_named_with_how_it_reads() -> None:
    assert ROW.device == "Simulated watch B"
    since = DRAWN.form.loc[DRAWN.form["device"] == ROW.device, "local_date"].min()
    assert ROW.device_since == since.date()
    assert ROW.device_low < 4.0 < ROW.device_high
    one = runner_row("one", DRAWN.form.assign(device="A"), DRAWN.dose)
    assert one.device_since is None


def test_of_too_few_weeks_nothing_is_pooled() -> None:
    short = simulate_form(2, weeks=LEAST_WEEKS - 2)
    row = runner_row("short", short.form, short.dose)
    assert not row.pooled
    assert row.last_run is not None
    nothing = runner_row("none", short.form.head(0), short.dose.head(0))
    assert not nothing.pooled
    assert nothing.last_seen is None
    never = runner_row("never", DRAWN.form, DRAWN.dose.assign(amount=0.0))
    assert not never.pooled


def test_the_same_change_whatever_the_contrast() -> None:
    one = runner_row("one", DRAWN.form, DRAWN.dose, runs=DRAWN.runs, contrast=1.0)
    assert np.array(one.slope) * 2 == pytest.approx(np.array(ROW.slope))
    assert np.array(one.log_likelihood) == pytest.approx(np.array(ROW.log_likelihood))


def test_what_went_before_the_log_is_allowed_for() -> None:
    """Else slow changes come out too small in the mean of many, and too fast."""
    taus, slopes, likelihood = (5.0, 10.0, 20.0), [], []
    for seed in range(40):
        drawn = simulate_form(seed, weeks=52, effect_pct=-8.0, tau_weeks=10.0, ar_sd_pct=0.05)
        log = daily_log(drawn.dose)
        found = by_time_constant(by_week(drawn.form, log.covers), log, (), (), taus)
        slopes.append(2 * found.slope[1])
        likelihood.append(found.log_likelihood)
    assert 100 * np.expm1(np.mean(slopes)) == pytest.approx(-8.0, abs=0.3)
    assert np.argmax(np.sum(likelihood, axis=0)) == 1


def test_time_constants_of_single_runners_lie_within() -> None:
    single = [tau for tau, _ in TIME_CONSTANTS]
    assert TAU_WEEKS[0] < single[0]
    assert single[-1] < TAU_WEEKS[-1]


def test_other_doses_are_held_beside_it() -> None:
    rng = np.random.default_rng(3)
    both = simulate_form(9, weeks=104, effect_pct=-4.0, tau_weeks=3.0)
    other = both.dose.assign(amount=(rng.random(len(both.dose)) < 0.2).astype(float))
    other.attrs = {"what": "technique", "measure": "sessions"}
    alone = runner_row("a", both.form, both.dose)
    held = runner_row("a", both.form, both.dose, beside={"technique": other})
    at = TAU_WEEKS.index(3.2)
    assert held.slope[at] == pytest.approx(alone.slope[at], abs=2 * alone.scale[at])
    assert held.scale[at] > 0.9 * alone.scale[at]


def test_dates_are_those_of_the_data() -> None:
    later = DRAWN.form.assign(local_date=DRAWN.form["local_date"] + pd.Timedelta(days=7))
    row = runner_row("one", later, DRAWN.dose)
    assert row.last_run - ROW.last_run == datetime.timedelta(days=7)
