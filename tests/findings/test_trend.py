"""Trends: the smooth, its band, and the change from first to last weeks."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.errors import SchemaError, UsageError
from runanalytics.findings.change_points import change_points
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.hindcast import PRIOR_ERRORS, OwnErrors, own_errors
from runanalytics.findings.engine.weeks import by_week
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
    assert step.name == "Simulated watch A"
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
    assert [step.name for step in answer.device_steps] == ["treadmill"]
    assert answer.value > 240
    assert [each.name for each in answer.events] == ["treadmill"]


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


@pytest.mark.parametrize(
    "kind",
    [{}, {"rho": 0.95}, {"process": "random_walk"}, {"student_df": 3.0}, {"missing_weeks": 0.3}],
)
def test_one_in_twenty_neighbouring_fours_differs_by_more_than_is_told(kind):
    """Whatever moves runs from week to week: it is counted, not modelled."""
    form = simulate_form(95_000, weeks=60, **kind).form
    log = np.log(form["value"].to_numpy())
    fours = np.convolve(log, np.full(4, 0.25), "valid")
    apart = 100 * np.expm1(np.abs(fours[4:] - fours[:-4]))
    told = trend(form).minimal_detectable_percent
    assert 0.03 <= np.mean(apart > told) <= 0.08


def test_what_a_run_is_known_to_err_by_does_not_make_the_smallest_visible_change_a_constant(drawn):
    wild = drawn.form.assign(se=0.04 * drawn.form["value"])
    told = trend(wild)
    usual = trend(drawn.form)
    assert told.minimal_detectable_percent == pytest.approx(usual.minimal_detectable_percent)
    assert np.isnan(told.day_sd_percent), "its errors leave nothing of the day to be seen"
    assert usual.day_sd_percent == pytest.approx(1.25, abs=0.2)
    few = trend(drawn.form.head(40))
    assert np.isnan(few.minimal_detectable_percent)
    assert few.beside_own_variation == ""


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


def test_a_steady_change_is_covered():
    inside = []
    for seed in range(60):
        each = simulate_form(9_500 + seed, weeks=40, slowdown_m_s=0.0)
        week = ((each.form["local_date"] - each.dose["local_date"].min()).dt.days // 7).to_numpy()
        log = each.truth.process_pct / 100 + np.arange(40) * 0.001
        answer = trend(
            each.form.assign(value=each.form["value"] * np.exp(np.arange(40) * 0.001)[week])
        )
        change = 100 * np.expm1(log[-4:].mean() - log[:4].mean())
        inside.append(answer.percent_low <= change <= answer.percent_high)
    assert covered_often_enough(inside)


def test_the_last_weeks_beside_the_same_weeks_a_year_ago(found):
    """80 weeks, so the last four are those from 76 on, and a year before 24 to 27."""
    table = found.table()
    log = np.log(table["value"].to_numpy())
    change = log[76:].mean() - log[20:32].mean()
    year_ago = found.year_ago
    assert year_ago.percent == pytest.approx(100 * np.expm1(change), abs=0.05)
    assert year_ago.percent_low < year_ago.percent < year_ago.percent_high
    assert year_ago.since == table["week"].iloc[20].date()
    assert year_ago.until == table["week"].iloc[31].date() + datetime.timedelta(days=6)
    assert (year_ago.n_weeks, year_ago.n_weeks_before) == (4, 12)
    assert f"a year ago ({year_ago.since.day} " in found.summary()
    assert found.to_dict()["year_ago"]["percent"] == year_ago.percent


def test_without_runs_a_year_ago_nothing_is_compared(drawn):
    week = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days // 7
    assert trend(drawn.form[~week.between(19, 33)]).year_ago is None
    short = trend(drawn.form[week >= 40])
    assert short.year_ago is None
    assert "a year ago" not in short.summary()
    sparse = trend(drawn.form[~week.between(21, 32)])
    assert sparse.year_ago is None, "one week is not enough"


def test_a_year_that_fell_is_called_so(drawn):
    late = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days // 7 >= 50
    answer = trend(drawn.form.assign(value=drawn.form["value"] * np.where(late, 0.9, 1.0)))
    assert answer.year_ago.verdict == "fell"
    assert "lower than a year ago" in answer.summary()


def test_a_change_is_set_beside_ones_own_variation(drawn):
    late = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days // 7 >= 40
    grown = trend(drawn.form.assign(value=drawn.form["value"] * np.where(late, 1.08, 1.0)))
    assert grown.beside_own_variation.startswith("more than four of your runs")
    assert f"That is {grown.beside_own_variation}." in grown.summary()
    within = dataclasses.replace(grown, percent=0.9 * grown.minimal_detectable_percent)
    assert within.beside_own_variation.startswith("within")
    assert trend(drawn.form.head(0)).beside_own_variation == ""


def test_firmware_and_shoes_are_steps_and_marked_days(drawn):
    day = drawn.form["local_date"]
    updated, worn = pd.Timestamp("2024-09-02"), pd.Timestamp("2025-02-03")
    form = drawn.form.assign(
        value=drawn.form["value"] * np.where(day < updated, 1.05, 1.0),
        firmware=np.where(day < updated, "4.10", "4.32"),
        shoe=np.where(day < worn, "red", "blue"),
    )
    answer = trend(form)
    table = answer.steps_table().set_index("kind")
    device = form["device"].iloc[0]
    assert table["name"].to_dict() == {"firmware": f"{device} 4.10", "shoe": "red"}
    assert table.loc["firmware", "percent"] > 1
    assert table.loc["firmware", "runs"] == (day < updated).sum()
    assert {"firmware", "shoe"} <= set(answer.adjusted_for)
    assert {(each.kind, each.name) for each in answer.events} == {
        ("firmware", "4.32"),
        ("shoe", "blue"),
    }
    assert "So are differences between firmware versions and pairs of shoes" in answer.summary()
    axes = answer.plot()
    assert not axes.texts
    assert "firmware 4.32 (Sep 2024), shoe blue (Feb 2025)" in axes.get_xlabel()


def test_a_device_has_its_own_scatter_from_day_to_day():
    each = simulate_form(3, weeks=104, device_step_pct=6.0, device_noise=2.5, slowdown_m_s=0.0)
    answer = trend(each.form)
    (step,) = answer.device_steps
    assert step.day_sd_percent < 0.7 * answer.day_sd_percent


@pytest.mark.parametrize("odd", [0.8, 1.25])
def test_one_odd_last_run_after_a_gap_does_not_carry_today_along(odd):
    moved = []
    for seed in range(12):
        form = simulate_form(9_700 + seed, weeks=52, slowdown_m_s=0.0).form
        last = form["local_date"].iloc[-1]
        kept = form[
            (form["local_date"] < last - pd.Timedelta(days=42)) | (form.index == len(form) - 1)
        ]
        value = kept["value"].to_numpy(copy=True)
        value[-1] *= odd
        usual, pulled = trend(kept), trend(kept.assign(value=value))
        moved.append(abs(pulled.value - usual.value) / ((pulled.high - pulled.low) / 2))
        assert "far from those around counted less" in pulled.summary()
    assert np.median(moved) < 0.5
    assert max(moved) < 1


def test_the_next_weeks_lie_where_they_are_forecast():
    """Series of known future: with memory, a walk, heavy tails and missing weeks."""
    kinds = (
        {},
        {"rho": 0.95},
        {"process": "random_walk"},
        {"student_df": 3.0},
        {"missing_weeks": 0.25},
    )
    inside = within_now = tried = 0
    for seed in range(8):
        for kind in kinds:
            form = simulate_form(91_000 + seed, weeks=56, **kind).form
            cut = pd.Timestamp("2024-01-01") + pd.Timedelta(weeks=52)
            ahead = form.loc[form["local_date"] >= cut, "value"]
            if len(ahead) >= 3:
                found = trend(form[form["local_date"] < cut].reset_index(drop=True))
                tried += 1
                inside += found.next_low <= ahead.mean() <= found.next_high
                within_now += found.low <= ahead.mean() <= found.high
    assert inside >= stats.binom(tried, 0.93).ppf(0.01)
    assert within_now < inside, "what is now says less of what comes"


def test_a_forecast_is_as_wide_as_the_runners_own_errors_were():
    calm = simulate_form(92_000, weeks=104, ar_sd_pct=0.3).form
    month = (calm["local_date"] - calm["local_date"].min()).dt.days // 28
    jumps = np.random.default_rng(1).choice([-0.05, 0.05], int(month.max()) + 1)
    wild = calm.assign(value=calm["value"] * np.exp(jumps[month]))

    def half(form):
        found = trend(form)
        assert found.next_low < found.next_value < found.next_high
        return np.log(found.next_high / found.next_low) / 2

    assert half(wild) > 3 * half(calm)
    model = Mixture(np.ones(1), np.zeros(1), np.ones(1), df=300.0)
    sizes = [OwnErrors(np.full(12, each)).applied(model).quantile(0.975) for each in (0.7, 1, 2)]
    assert sizes == sorted(sizes)
    assert OwnErrors(np.empty(0)).applied(model).df == PRIOR_ERRORS


def test_where_form_is_now_and_next_is_told_together():
    form = simulate_form(93_000, weeks=52).form
    found = trend(form)
    assert "if nothing changes, the mean of the next four weeks lies between" in found.summary()
    table = found.table()
    assert table["next_low"].iloc[-1] == found.next_low
    assert table["next_value"].iloc[:-1].isna().all()
    assert found.to_dict()["next_high"] == found.next_high
    assert "mean of the next four weeks" in found.plot().get_legend_handles_labels()[1]
    few = trend(form.head(2))
    assert np.isnan(few.next_value)
    assert "next four weeks" not in few.summary()


def test_past_forecasts_use_nothing_that_came_later():
    """Errors up to a week are the same whatever comes after it."""
    form = simulate_form(94_000, weeks=60, missing_weeks=0.0).form
    week = (form["local_date"] - form["local_date"].min()).dt.days // 7
    later = form.assign(value=form["value"] * np.where(week >= 48, 1.2, 1.0))
    one, other = (own_errors(by_week(each), (), 4).standardised for each in (form, later))
    # Only how much days differ is taken from all runs.
    np.testing.assert_allclose(one[:8], other[:8], atol=0.15)
    assert abs(other[9:]).max() > 4


def test_a_list_of_averages_is_never_the_device_compared_with() -> None:
    form = simulate_form(7, weeks=52).form
    listed = form["local_date"] >= form["local_date"].iloc[len(form) // 2]
    form = form.assign(
        device=pd.Series(np.where(listed, "a list", "Watch"), dtype="str"),
        detail=pd.Series(np.where(listed, "summary", "samples"), dtype="str"),
        value=form["value"] * np.where(listed, 1.05, 1.0),
    )
    steps = trend(form).device_steps
    assert [step.name for step in steps] == ["a list"]
    assert steps[0].percent == pytest.approx(5, abs=3)
    # Where nothing was recorded, there is nothing else to compare with.
    only = form[form["device"] == "a list"]
    assert trend(only).value > 0


def test_a_list_without_a_device_is_not_pooled_with_recordings_without_one() -> None:
    form = simulate_form(7, weeks=52).form
    listed = form["local_date"] >= form["local_date"].iloc[len(form) // 2]
    form = form.assign(
        device=None,
        detail=pd.Series(np.where(listed, "summary", "samples"), dtype="str"),
        value=form["value"] * np.where(listed, 1.08, 1.0),
    )
    found = trend(form)
    assert [step.name for step in found.device_steps] == ["a list without a device"]
    assert found.device_steps[0].percent == pytest.approx(8, abs=3)
    assert "a list without a device reads +" in found.summary()


def test_what_is_not_known_to_be_a_list_is_recorded() -> None:
    form = simulate_form(7, weeks=52, device_step_pct=4.0).form
    assert trend(form).steps == trend(form.assign(detail=None)).steps


@pytest.fixture(scope="module")
def indoors():
    """Runners who move to the treadmill for the last weeks, and the truth outdoors then."""
    found = []
    for seed in range(6):
        for offset in (-7.0, -3.0):
            each = simulate_form(
                96_000 + seed,
                weeks=64,
                slowdown_m_s=0.0,
                treadmill_pct=offset,
                treadmill_from=0.8,
            )
            found.append((250 * np.exp(each.truth.process_pct[-1] / 100), trend(each.form), each))
    return found


def test_now_is_that_of_outdoors_while_runs_are_on_a_treadmill(indoors):
    assert covered_often_enough([found.low <= truth <= found.high for truth, found, _ in indoors])
    for _, found, each in indoors:
        outside = each.form["kind"] == "outdoor"
        assert found.n_runs == outside.sum()
        assert found.last_date == each.form.loc[outside, "local_date"].max().date()
        assert found.weekly["week"].iloc[-1] + pd.Timedelta(days=6) >= each.form["local_date"].max()
        assert found.device_steps == ()


def test_what_was_set_apart_has_a_level_of_its_own(indoors):
    truth, found, each = indoors[0]
    apart = found.set_apart
    assert (apart.kind, apart.n_runs) == ("treadmill", (each.form["kind"] == "treadmill").sum())
    assert apart.low < 0.93 * truth < apart.high
    assert "time outdoors is now" in found.summary()
    assert "treadmill runs are set apart, with a level of their own" in found.summary()
    assert f"the last run outdoors was on {found.last_date.day} " in found.summary()
    assert f"is taken from {apart.n_since} treadmill runs" in found.summary()


def test_how_form_changed_on_the_treadmill_counts_and_what_it_reads_higher_does_not(indoors):
    for (_, one, _), (_, other, _) in zip(indoors[::2], indoors[1::2], strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-4)
    _, found, each = indoors[0]
    inside = (each.form["kind"] == "treadmill").to_numpy()
    risen = each.form["value"] * (1 + 0.06 * np.cumsum(inside) / inside.sum())
    assert trend(each.form.assign(value=risen)).value > 1.02 * found.value
    unknown = trend(each.form[~inside | (np.arange(len(inside)) >= len(inside) - 2)])
    assert unknown.high - unknown.low > found.high - found.low
    assert "too few treadmill runs since then tell how it changed" in unknown.summary()


def test_a_runner_of_the_treadmill_is_told_of_it():
    each = simulate_form(97_000, weeks=40, treadmill_pct=-7.0, treadmill_from=0.1)
    found = trend(each.form)
    assert found.kind == "treadmill"
    assert found.set_apart.kind == "outdoor"
    assert found.value < 243
    alone = trend(each.form[each.form["kind"] == "treadmill"])
    assert alone.set_apart is None
    assert alone.value == pytest.approx(found.value, rel=1e-6)


@pytest.fixture(scope="module")
def after_a_break():
    form = simulate_form(11, weeks=104, ar_sd_pct=0.5).form
    start, end = pd.Timestamp("2025-02-09"), pd.Timestamp("2025-05-09")
    return form[(form["local_date"] <= start) | (form["local_date"] >= end)].reset_index(drop=True)


def grown_after(form, percent, date="2025-04-01"):
    later = form["local_date"] >= date
    return form.assign(value=form["value"] * np.where(later, 1 + percent / 100, 1.0))


def test_what_came_in_one_step_is_told_so_as_change_points_tells_it(after_a_break):
    form = grown_after(after_a_break, 8.0)
    found = trend(form)
    (point,) = change_points(form).points
    step = found.at_once
    assert (step.kind, step.percent, step.between) == ("step", point.percent, point.between)
    assert (step.last_before, step.date) == (point.last_before, point.date)
    assert f"Most of it came in one step, {point.between}: " in found.summary()
    assert "when no run is known" in found.summary()


def test_what_came_over_a_break_is_told_so_though_no_step_stands_out(after_a_break):
    short = after_a_break[after_a_break["local_date"] > "2024-11-01"].reset_index(drop=True)
    short = short[short["local_date"] < "2025-06-15"].reset_index(drop=True)
    form = grown_after(short, 4.0)
    assert change_points(form).points == ()
    found = trend(form)
    assert found.verdict == "rose"
    assert found.at_once.kind == "break"
    assert found.at_once.last_before < datetime.date(2025, 4, 1) < found.at_once.date
    assert found.at_once.percent > 2
    assert "lies in a break, between" in found.summary()


def test_a_steady_rise_came_neither_in_a_step_nor_over_a_break(drawn):
    week = (drawn.form["local_date"] - drawn.form["local_date"].min()).dt.days / 7
    found = trend(drawn.form.assign(value=drawn.form["value"] * np.exp(0.0015 * week)))
    assert found.verdict == "rose"
    assert found.at_once is None


def test_a_step_of_a_new_watch_is_no_step_of_the_runner():
    each = simulate_form(3, weeks=104, device_step_pct=6.0, slowdown_m_s=0.0)
    week = (each.form["local_date"] - each.form["local_date"].min()).dt.days / 7
    found = trend(each.form.assign(value=each.form["value"] * np.exp(0.0008 * week)))
    assert found.at_once is None or found.at_once.kind == "break"
