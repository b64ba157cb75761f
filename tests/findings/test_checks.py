"""Checks: they let honest effects pass, and catch what they are there for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.errors import UsageError
from runanalytics.findings.change_points import change_points
from runanalytics.findings.checks import checks
from runanalytics.findings.effect import effect
from runanalytics.findings.engine import step_scan
from runanalytics.findings.engine.ar1 import default_grid
from runanalytics.findings.engine.covariates import design
from runanalytics.findings.engine.dose_log import DoseLog, daily_log, dose_phases
from runanalytics.findings.engine.robustness import adjusted_estimate, partial_r2, robustness_value
from runanalytics.findings.engine.step_scan import (
    coarse_grid,
    drawn_series,
    scan_columns,
    step_columns,
)
from runanalytics.findings.engine.weeks import by_week, centred_form
from runanalytics.simulate import simulate_form


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104, effect_pct=-3.0)


@pytest.fixture(scope="module")
def found(drawn):
    return checks(drawn.form, drawn.dose)


def failed(found):
    return {each.name for each in found.checks if each.outcome == "fails"}


def test_each_check_asks_answers_and_has_an_outcome(found):
    assert [each.name for each in found.checks] == [
        "future dose",
        "placebo dates",
        "leave one phase out",
        "shifted dose",
        "robustness value",
    ]
    for each in found.checks:
        assert each.asks.endswith("?")
        assert each.sentence.endswith(".")
        assert "|" not in each.sentence
        assert each.outcome in ("passes", "fails", "informational")
        assert each.sentence in found.summary()


def test_the_effect_is_that_of_effect_with_every_test_counted(drawn, found):
    alone = effect(drawn.form, drawn.dose)
    assert found.effect.percent == alone.percent
    assert found.effect.verdict == alone.verdict
    p = [alone.p_value, *(each.p_value for each in found.checks if np.isfinite(each.p_value))]
    assert found.n_tests == len(p) == 5
    assert found.effect.p_adjusted == pytest.approx(stats.false_discovery_control(p)[0])


def test_checks_are_corrected_for_those_that_can_fail(found):
    able = [each for each in found.checks if each.outcome != "informational"]
    expected = stats.false_discovery_control([each.p_value for each in able])
    assert [each.p_adjusted for each in able] == pytest.approx(expected.tolist())
    assert all(np.isnan(each.p_adjusted) for each in found.checks if each not in able)


def test_the_method_says_which_p_values_are_corrected_together(drawn):
    found = checks(drawn.form, drawn.dose, controls={"mobility": simulate_form(8, weeks=104).dose})
    able = [each for each in found.checks if each.outcome != "informational"]
    informing = [each for each in found.checks if each.outcome == "informational"]
    assert "the checks that can fail are corrected for one another" in found.method
    of_able = stats.false_discovery_control([each.p_value for each in able])
    assert [each.p_adjusted for each in able] == pytest.approx(of_able.tolist())
    assert "that of the shifted dose, which only informs" in found.method
    with_p = [each for each in informing if np.isfinite(each.p_value)]
    assert [each.name for each in with_p] == ["shifted dose"]
    assert "The p-value of the effect is corrected for every test of the call" in found.method
    every = [found.effect.p_value, *(each.p_value for each in (*able, *with_p))]
    assert found.n_tests == found.effect.n_tests == len(every) == 6
    assert found.effect.p_adjusted == pytest.approx(stats.false_discovery_control(every)[0])


def test_the_verdict_on_the_effect_goes_by_its_own_p():
    each = simulate_form(5, weeks=104, effect_pct=-1.0)
    found = checks(each.form, each.dose)
    assert "goes by its own p-value, not corrected" in found.method
    assert found.effect.p_value < 0.05 < found.effect.p_adjusted
    assert found.effect.verdict == "association"


def test_a_bar_in_the_name_of_a_control_cuts_no_sentence(drawn):
    other = simulate_form(77, weeks=104).dose
    found = checks(drawn.form, drawn.dose, controls={"arms | chest": other})
    control = found.check("control dose: arms | chest")
    assert control.sentence.startswith("Form does not go along with arms | chest (")
    assert control.sentence.endswith(" %).")


def test_two_controls_without_a_name_are_judged_apart(drawn):
    controls = [simulate_form(seed, weeks=104).dose for seed in (77, 78)]
    for each in controls:
        each.attrs = {}
    found = checks(drawn.form, drawn.dose, controls=controls)
    able = [each for each in found.checks if each.outcome != "informational"]
    expected = stats.false_discovery_control([each.p_value for each in able])
    assert [each.name for each in able].count("control dose: control") == 2
    assert [each.p_adjusted for each in able] == pytest.approx(expected.tolist())


def test_a_check_that_is_not_there_is_an_error_that_names_those_that_are(drawn, found):
    with pytest.raises(UsageError, match="no check 'future'; there are: future dose, placebo"):
        found.check("future")
    with pytest.raises(UsageError, match="there are: none, for want of data"):
        checks(drawn.form.head(0), drawn.dose).check("future dose")


@pytest.mark.parametrize("truth", [0.0, -2.0])
def test_honest_effects_pass(truth):
    runners = 8
    count = sum(
        checks(each.form, each.dose).verdict == "fails"
        for seed in range(runners)
        for each in [simulate_form(500 + seed, weeks=52, effect_pct=truth)]
    )
    assert count <= stats.binom(runners, 0.08).ppf(0.999)


def test_a_hidden_watch_on_the_first_day_of_a_phase_is_caught():
    caught = 0
    for seed in range(4):
        each = simulate_form(700 + seed, weeks=104)
        begins = [phase.first_date for phase in dose_phases(daily_log(each.dose))]
        at = pd.Timestamp(begins[len(begins) // 2])
        later = each.form["local_date"] >= at
        found = checks(each.form.assign(value=each.form["value"] * (1 - 0.06 * later)), each.dose)
        caught += "placebo dates" in failed(found)
    assert caught >= 3


def test_sessions_that_follow_form_are_caught():
    caught = 0
    for seed in range(4):
        each = simulate_form(900 + seed, weeks=104, ar_sd_pct=2.0, rho=0.9)
        process = each.truth.process_pct
        late = np.concatenate([np.full(3, process[0]), process])[: len(process)]
        weekly = np.where(late > np.median(process), 3, 0)
        amount = np.tile([1, 0, 1, 0, 1, 0, 0], (len(weekly), 1)) * (weekly > 0)[:, None]
        found = checks(each.form, each.dose.assign(amount=amount.ravel().astype(float)))
        caught += "future dose" in failed(found)
    assert caught >= 2


def test_a_control_that_moves_with_form_is_caught(drawn):
    other = simulate_form(77, weeks=104).dose
    found = checks(drawn.form, other, controls={"upper body": drawn.dose})
    control = found.check("control dose: upper body")
    assert control.outcome == "fails"
    assert "something else comes and goes" in control.sentence
    calm = checks(drawn.form, drawn.dose, controls={"upper body": other})
    assert calm.check("control dose: upper body").outcome == "passes"


def test_a_control_without_data_is_named_and_not_tested(drawn, found):
    short = checks(drawn.form, drawn.dose, controls={"mobility": drawn.dose.head(60)})
    control = short.check("control dose: mobility")
    assert control.outcome == "informational"
    assert "too few" in control.sentence
    constant = checks(drawn.form, drawn.dose, controls={"rest": drawn.dose.assign(amount=0.0)})
    assert "hardly varied" in constant.check("control dose: rest").sentence
    assert short.n_tests == constant.n_tests == found.n_tests


def test_a_control_that_goes_hand_in_hand_with_the_dose_tells_nothing(drawn):
    nearly = drawn.dose.copy()
    nearly.loc[nearly.index[::97], "amount"] = 0.0
    found = checks(drawn.form, drawn.dose, controls={"upper_body": nearly})
    control = found.check("control dose: upper body")
    assert control.outcome == "informational"
    assert "goes hand in hand with strength (r = " in control.sentence


def test_shifting_the_dose_cannot_be_clear_with_26_weeks():
    each = simulate_form(5, weeks=26, effect_pct=-4.0)
    found = checks(each.form, each.dose)
    shifted = found.check("shifted dose")
    assert shifted.numbers["least_p_value"] >= 0.05
    assert "cannot fall below" in shifted.sentence
    assert found.verdict == "not enough data"


def test_without_data_there_are_no_checks(drawn):
    found = checks(drawn.form.head(0), drawn.dose)
    assert (found.verdict, found.checks) == ("not enough data", ())
    assert found.reason in found.summary()


def test_the_same_seed_gives_the_same_answer(drawn, found):
    assert checks(drawn.form, drawn.dose).to_dict() == found.to_dict()


def test_one_phase_has_nothing_to_be_compared_with(drawn):
    half = drawn.dose["local_date"] >= drawn.dose["local_date"].iloc[360]
    amount = np.where(half & drawn.dose["local_date"].dt.day_of_week.isin([0, 3]), 1.0, 0.0)
    phase = checks(drawn.form, drawn.dose.assign(amount=amount)).check("leave one phase out")
    assert phase.outcome == "informational"
    assert "one phase" in phase.sentence


def test_phases_are_stretches_of_weeks():
    assert dose_phases(DoseLog()) == ()
    assert dose_phases(DoseLog([(0, np.zeros(70))])) == ()
    phases = dose_phases(DoseLog([(0, np.repeat([0.0, 1.0, 0.0, 1.0, 0.0], 42))]))
    assert [(each.first, each.last) for each in phases] == [(42, 83), (126, 167)]
    truth = simulate_form(3, weeks=104)
    found = dose_phases(daily_log(truth.dose))
    inside = np.zeros(104, dtype=bool)
    first = truth.dose["local_date"].min().date()
    for each in found:
        inside[(each.first_date - first).days // 7 : (each.last_date - first).days // 7 + 1] = True
    assert (inside == truth.truth.in_phase).mean() > 0.9


def test_the_robustness_value_is_the_published_one():
    # The authors' example (Darfur): t 4.18445, 783 degrees of freedom.
    assert robustness_value(4.18445, 783) == pytest.approx(0.13878, abs=1e-4)
    assert robustness_value(4.18445, 783, 0.95) == pytest.approx(0.07626, abs=1e-4)
    assert partial_r2(4.18445, 783) == pytest.approx(0.02187, abs=1e-4)
    assert robustness_value(1.0, 783, 0.95) == 0.0


def test_something_as_strong_as_the_robustness_value_explains_it_all():
    t, df = 3.0, 90.0
    value = robustness_value(t, df)
    # A confounder with that partial R² on both sides: bias = se √df √(R²y R²d / (1 − R²d)).
    bias = np.sqrt(df) * np.sqrt(value * value / (1 - value))
    assert bias == pytest.approx(t)
    assert adjusted_estimate(2.0, 1.0, df, 0.0, 0.1) == 2.0
    assert adjusted_estimate(2.0, 1.0, df, 0.2, 0.1) < 2.0
    assert adjusted_estimate(-2.0, 1.0, df, 0.2, 0.1) > -2.0
    assert np.isnan(adjusted_estimate(2.0, 1.0, df, 0.2, 0.9))


def test_a_scan_finds_the_step_that_was_made(drawn):
    weeks = by_week(drawn.form)
    places, columns = step_columns(weeks, 6)
    base = design(weeks, ())
    made = centred_form(weeks) + 0.08 * columns[:, 40]
    scanned = scan_columns(weeks, base, columns, np.column_stack([made, centred_form(weeks)]))
    assert places[scanned.gain[:, 0].argmax()] == places[40]
    assert scanned.coefficient[40, 0] == pytest.approx(0.08, abs=0.03)
    assert scanned.gain[:, 0].max() > scanned.gain[:, 1].max()
    constant = scan_columns(weeks, base, np.ones((len(weeks.seen), 1)), made[:, None])
    assert constant.gain[0, 0] == 0.0
    whole = scan_columns(weeks, base, columns, made[:, None])
    with pytest.MonkeyPatch.context() as patch:  # point by point, as of very many weeks
        patch.setattr(step_scan, "_MOST_WHITENED", 1)
        by_point = scan_columns(weeks, base, columns, made[:, None])
    for name in ("gain", "coefficient"):
        assert getattr(by_point, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_drawn_series_have_the_variance_and_memory_of_the_model(drawn):
    weeks = by_week(drawn.form)
    grid = coarse_grid()
    assert set(grid.rho) < set(default_grid().rho)
    weight = np.zeros(len(grid.rho))
    point = int(np.abs(grid.rho - 0.8).argmin())
    weight[point] = 1.0
    series = drawn_series(np.random.default_rng(1), weeks, weight, 4_000)
    expected = grid.ratio[point] + weeks.noise
    np.testing.assert_allclose(series.var(axis=1), expected, rtol=0.12)
    products = (series[:-1] * series[1:]).mean(axis=1)
    assert products.mean() == pytest.approx(grid.rho[point] * grid.ratio[point], rel=0.05)


def test_what_change_points_finds_is_not_denied_by_the_placebo_dates():
    """Strength began with a step of form: neither is told without the other."""
    drawn = simulate_form(31, weeks=104, ar_sd_pct=0.5, slowdown_m_s=0.0)
    date = pd.Timestamp("2025-01-06")
    form = drawn.form.assign(
        value=drawn.form["value"] * np.where(drawn.form["local_date"] >= date, 0.93, 1.0)
    )
    twice = drawn.dose["local_date"].dt.day_of_week.isin([1, 4])
    dose = drawn.dose.assign(amount=(twice & (drawn.dose["local_date"] >= date)).astype(float))
    (point,) = change_points(form).points
    check = checks(form, dose).check("placebo dates")
    assert "No lasting step" not in check.sentence
    assert point.between in check.sentence
    rare = checks(form, drawn.dose).check("placebo dates")
    assert rare.outcome == "fails"
    assert point.between in rare.sentence
