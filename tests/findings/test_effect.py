"""Effects: known truths come out, and what does not matter does not matter."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.errors import SchemaError, UsageError
from runanalytics.findings.effect import LEAST_WEEKS, Effect, effect
from runanalytics.findings.engine.priors import NormalEffect
from runanalytics.simulate import simulate_form

NUMBERS = [
    "percent",
    "percent_low",
    "percent_high",
    "p_value",
    "detectable_percent",
    "n_runs",
    "n_weeks",
]


def numbers(found):
    return [getattr(found, name) for name in NUMBERS]


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104, effect_pct=-3.0)


@pytest.fixture(scope="module")
def found(drawn):
    return effect(drawn.form, drawn.dose)


@pytest.fixture(scope="module")
def runners():
    """Sixty runners of a year for whom strength does nothing, and sixty whom it changes by -2 %."""
    return {
        truth: [
            effect(each.form, each.dose)
            for seed in range(60)
            for each in [simulate_form(7_000 + seed, weeks=52, effect_pct=truth)]
        ]
        for truth in (0.0, -2.0)
    }


def test_an_effect_is_found_with_its_sign_and_size(found):
    assert found.verdict == "association"
    assert found.percent_low < -3.0 < found.percent_high < 0
    assert found.low < found.estimate < found.high < 0
    assert found.p_value < 0.05
    assert found.estimate == pytest.approx(found.baseline * found.percent / 100)


@pytest.mark.parametrize("truth", [0.0, -2.0])
def test_intervals_cover_the_truth_as_often_as_they_say(runners, truth):
    covered = sum(each.percent_low <= truth <= each.percent_high for each in runners[truth])
    # Fewer than this would happen once in a thousand tries if 95 % were true; a plain weekly
    # correlation covers 3 of 60.
    assert covered >= stats.binom(60, 0.95).ppf(0.001)


def test_verdict_interval_and_p_value_agree(runners):
    for each in runners[0.0] + runners[-2.0]:
        clear = each.percent_low > 0 or each.percent_high < 0
        assert (each.verdict == "association") == clear == (each.p_value < 0.05)


def test_estimates_are_right_on_average(runners):
    nothing, something = (
        np.array([each.percent for each in runners[truth]]) for truth in (0.0, -2.0)
    )
    error = nothing.std() / np.sqrt(60)
    assert abs(nothing.mean()) < 3 * error
    assert abs(something.mean() + 2.0) < 0.5 + 3 * error


def test_real_effects_are_found(runners):
    share = np.mean([each.verdict == "association" for each in runners[-2.0]])
    assert share >= 0.28


def test_the_change_of_a_known_time_constant_is_unbiased():
    percents = [
        effect(each.form, each.dose, tau_weeks=3.0).percent
        for seed in range(60)
        for each in [simulate_form(8_000 + seed, weeks=104, effect_pct=-2.0)]
    ]
    assert np.mean(percents) == pytest.approx(-2.0, abs=0.15 + 3 * np.std(percents) / np.sqrt(60))


def test_unit_and_level_of_the_metric_do_not_matter(drawn, found):
    seconds = drawn.form.assign(value=drawn.form["value"] / 1000, se=drawn.form["se"] / 1000)
    np.testing.assert_allclose(numbers(effect(seconds, drawn.dose)), numbers(found), rtol=1e-6)
    assert effect(seconds, drawn.dose).estimate == pytest.approx(found.estimate / 1000)


def test_a_whole_number_of_weeks_earlier_says_the_same(drawn, found):
    ago = pd.Timedelta(days=7 * 300)
    form = drawn.form.assign(local_date=drawn.form["local_date"] - ago)
    dose = drawn.dose.assign(local_date=drawn.dose["local_date"] - ago)
    np.testing.assert_allclose(numbers(effect(form, dose)), numbers(found), rtol=1e-6)


def test_order_of_rows_and_kind_of_date_do_not_matter(drawn, found):
    form = drawn.form.sample(frac=1, random_state=3)
    form["local_date"] = form["local_date"].dt.strftime("%Y-%m-%d")
    dose = drawn.dose.sample(frac=1, random_state=3)
    dose["local_date"] = dose["local_date"].dt.date
    np.testing.assert_allclose(numbers(effect(form, dose)), numbers(found), rtol=1e-6)


def test_date_value_and_amount_are_enough(drawn):
    form = drawn.form[["local_date", "value"]].copy()
    form.attrs = {}
    dose = drawn.dose[["local_date", "amount"]].copy()
    dose.attrs = {}
    least = effect(form, dose)
    assert (least.verdict, least.metric, least.label) == ("association", "", "Form")
    assert least.prior is None
    assert least.posterior is None
    named = effect(form, dose, metric="contact-time", what="strength")
    assert (named.unit, named.label) == ("ms", "Ground contact time")
    assert named.prior is not None
    assert "speed" not in least.adjusted_for


def test_nothing_given_is_changed(drawn):
    form, dose = drawn.form.copy(), drawn.dose.copy()
    effect(form, dose)
    pd.testing.assert_frame_equal(form, drawn.form)
    pd.testing.assert_frame_equal(dose, drawn.dose)


def test_twice_the_contrast_is_twice_the_log_change(drawn, found):
    twice = effect(drawn.form, drawn.dose, contrast=4.0)
    assert np.log1p(twice.percent / 100) == pytest.approx(2 * np.log1p(found.percent / 100))
    assert twice.p_value == pytest.approx(found.p_value)
    assert "extrapolation" in twice.summary()
    assert "extrapolation" not in found.summary()


def test_a_wider_level_gives_a_wider_interval(drawn, found):
    wide = effect(drawn.form, drawn.dose, level=0.99)
    assert wide.percent_low < found.percent_low < found.percent_high < wide.percent_high


def test_a_new_watch_is_not_an_effect(drawn):
    same = drawn.form.assign(device=np.where(drawn.form["local_date"] < "2025-01-15", "A", "B"))
    biased = same.assign(value=same["value"] * np.where(same["device"] == "B", 1.05, 1.0))
    before, after = effect(same, drawn.dose), effect(biased, drawn.dose)
    assert "device" in after.adjusted_for
    np.testing.assert_allclose(
        [after.percent, after.percent_low, after.percent_high],
        [before.percent, before.percent_low, before.percent_high],
        atol=0.02,
    )


def test_missing_weeks_stay_missing(drawn, found):
    week = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days // 7
    gaps = effect(drawn.form[~week.between(30, 44)], drawn.dose)
    assert gaps.n_weeks == found.n_weeks - 15
    assert gaps.percent_low < -3.0 < gaps.percent_high


def test_runs_outside_the_log_do_not_count(drawn, found):
    half = drawn.dose.iloc[364:]
    later = effect(drawn.form, half)
    assert later.n_weeks == 52
    assert later.first_date >= half["local_date"].iloc[0].date()
    assert later.n_runs < found.n_runs


def test_more_weeks_detect_less():
    detectable = [
        np.median(
            [
                effect(each.form, each.dose).detectable_percent
                for seed in range(8)
                for each in [simulate_form(seed, weeks=weeks)]
            ]
        )
        for weeks in (52, 104, 208)
    ]
    assert detectable == sorted(detectable, reverse=True)


def test_too_few_weeks_are_described_and_dated():
    each = simulate_form(5, weeks=26, effect_pct=-2.0)
    found = effect(each.form, each.dose)
    assert found.verdict == "not enough data"
    assert np.isfinite([found.percent, found.detectable_percent]).all()
    assert str(LEAST_WEEKS) in found.reason
    assert found.enough_on is not None
    # Fourteen weeks are missing; breaks may come, though none has been.
    assert datetime.timedelta(weeks=16) < found.enough_on - found.last_date
    assert found.enough_on - found.last_date < datetime.timedelta(weeks=24)
    assert "as a description only" in found.summary()
    assert f"{found.enough_on:%B %Y}" in found.summary()


def lacking(drawn, how):
    form, dose = drawn.form, drawn.dose
    return {
        "no run": (form.iloc[:0], dose),
        "one run": (form.iloc[:1], dose),
        "three runs": (form.iloc[:3], dose),
        "no value": (form.assign(value=np.nan), dose),
        "no log": (form, dose.iloc[:0]),
        "no session": (form, dose.assign(amount=0.0)),
        "no overlap": (form, dose.assign(local_date=dose["local_date"] - pd.Timedelta("9000D"))),
        "every day": (form, dose.assign(amount=1.0)),
        "a fixed habit": (
            form,
            dose.assign(amount=(dose["local_date"].dt.day_of_week.isin([0, 3])).astype(float)),
        ),
    }[how]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("no run", "no run"),
        ("one run", ""),
        ("three runs", ""),
        ("no value", "no run with a value"),
        ("no log", "nothing is logged"),
        ("no session", "none of it"),
        ("no overlap", "within the log"),
        ("every day", "hardly varied"),
        ("a fixed habit", "hardly varied"),
    ],
)
def test_want_of_data_is_a_result_with_a_reason(drawn, how, reason):
    found = effect(*lacking(drawn, how))
    assert found.verdict == "not enough data"
    assert np.isnan([found.percent, found.low, found.high, found.p_value]).all()
    assert reason in found.reason
    assert found.reason in found.summary()


def test_a_dose_that_is_the_new_watch_cannot_be_told_from_it(drawn):
    form = drawn.form.assign(device=np.where(drawn.form["local_date"] < "2025-01-06", "A", "B"))
    dose = drawn.dose.assign(amount=np.where(drawn.dose["local_date"] < "2025-01-06", 0.0, 3 / 7))
    found = effect(form, dose, tau_weeks=0.01)
    assert found.verdict != "association"
    assert "told apart" in found.reason


def test_the_prior_stands_beside_the_data_and_not_in_them(drawn, found):
    own = effect(drawn.form, drawn.dose, prior=NormalEffect(5.0, 0.1, "a strange prior"))
    assert numbers(own) == numbers(found)
    assert own.posterior.mean_percent > 4.0
    assert found.prior.mean_percent == -0.5
    assert found.prior.mean_percent > found.posterior.mean_percent > found.percent
    assert found.posterior.sd_percent < found.prior.sd_percent
    assert effect(drawn.form, drawn.dose, contrast=1.0).prior.mean_percent == -0.25


def test_it_never_says_causes(runners, found):
    for each in [*runners[0.0], *runners[-2.0], found]:
        assert "cause" not in each.summary().lower()
    assert "goes along with" in found.summary()


@pytest.mark.parametrize(
    "wrong",
    [
        {"contrast": 0.0},
        {"contrast": float("nan")},
        {"level": 95},
        {"metric": "cadense"},
        {"tau_weeks": 0.0},
        {"tau_weeks": []},
    ],
)
def test_senseless_questions_are_refused(drawn, wrong):
    with pytest.raises(UsageError):
        effect(drawn.form, drawn.dose, **wrong)


def test_a_dose_below_zero_is_refused(drawn):
    with pytest.raises(SchemaError, match="below 0"):
        effect(drawn.form, drawn.dose.assign(amount=-1.0))


def test_weekly_distance_is_adjusted_for_where_it_is_known(drawn):
    rng = np.random.default_rng(0)
    runs = drawn.form[["local_date"]].assign(distance_m=rng.uniform(5e3, 2e4, len(drawn.form)))
    found = effect(drawn.form, drawn.dose, runs=runs)
    assert "weekly distance" in found.adjusted_for
    assert found.percent_low < -3.0 < found.percent_high


def test_an_effect_is_frozen(found):
    with pytest.raises(AttributeError):
        found.percent = 0.0
    assert isinstance(found, Effect)


def test_twenty_weeks_are_not_enough_and_say_what_could_be_found():
    each = simulate_form(9, weeks=20, effect_pct=-2.0)
    found = effect(each.form, each.dose)
    assert found.verdict == "not enough data"
    assert np.isfinite(found.detectable_percent)
    assert f"You could detect {found.detectable_percent:.1f} %" in found.summary()


def test_a_named_watch_in_mid_history_is_not_an_effect():
    """Twelve runners whose new watch reads 5 % lower from the middle of the log on."""
    clear = {"named": 0, "hidden": 0}
    off = {"named": [], "hidden": []}
    for seed in range(12):
        plain = simulate_form(9_100 + seed, weeks=104)
        truth = effect(plain.form, plain.dose).percent
        for kind in clear:
            each = simulate_form(
                9_100 + seed, weeks=104, device_step_pct=-5.0, device_named=kind == "named"
            )
            found = effect(each.form, each.dose)
            clear[kind] += found.verdict == "association"
            off[kind].append(abs(found.percent - truth))
    assert clear["named"] <= 3
    assert np.mean(off["named"]) < 0.5 * np.mean(off["hidden"])
