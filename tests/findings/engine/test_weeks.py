"""Form by calendar week."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import SchemaError
from runanalytics.findings.engine.covariates import levels_of
from runanalytics.findings.engine.weeks import DAY_SD, by_week


def form(dates, values, **columns):
    return pd.DataFrame({"local_date": dates, "value": values, **columns})


def test_weeks_begin_on_monday_and_none_is_left_out():
    # 2026-03-01 is a Sunday, 2026-03-02 a Monday.
    weeks = by_week(form(["2026-03-16", "2026-03-01", "2026-03-02"], [1.0, 1.0, 1.0]))
    assert [str(day) for day in weeks.monday] == [
        "2026-02-23",
        "2026-03-02",
        "2026-03-09",
        "2026-03-16",
    ]
    assert weeks.n_runs.tolist() == [1, 1, 0, 1]
    assert np.isinf(weeks.noise[2])


def test_dates_before_1970_stand_in_their_own_week():
    weeks = by_week(form(["1969-12-28", "1969-12-29"], [1.0, 1.0]))
    assert [str(day) for day in weeks.monday] == ["1969-12-22", "1969-12-29"]


@pytest.mark.parametrize(
    "date",
    [
        "2026-03-04",
        datetime.date(2026, 3, 4),
        pd.Timestamp("2026-03-04 18:30"),
        pd.Timestamp("2026-03-04 18:30", tz="Europe/Berlin"),
        np.datetime64("2026-03-04"),
    ],
)
def test_dates_may_be_text_date_or_timestamp(date):
    assert by_week(form([date], [250.0])).runs["day"].tolist() == [
        (datetime.date(2026, 3, 4) - datetime.date(1970, 1, 1)).days
    ]


def test_sure_runs_weigh_more():
    weeks = by_week(form(["2026-03-02", "2026-03-03"], [100.0, 110.0], se=[0.1, 10.0]))
    share = weeks.runs["share"].to_numpy()
    assert share.sum() == pytest.approx(1.0)
    assert share[0] > 0.8
    assert weeks.log_form[0] == pytest.approx(share @ np.log([100.0, 110.0]))
    assert weeks.mean([1.0, np.nan])[0] == pytest.approx(1.0)


def test_noise_falls_with_the_number_of_runs():
    dates = ["2026-03-02", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"]
    noise = by_week(form(dates, [250.0] * 5)).noise
    assert noise[0] / noise[1] == pytest.approx(4.0)


def test_day_to_day_scatter_becomes_the_runners_own():
    rng = np.random.default_rng(2)
    days = pd.date_range("2024-01-01", periods=700).astype(str)
    steady = by_week(form(days, 250 * np.exp(0.006 * rng.standard_normal(700)), se=0.5))
    assert steady.day_sd == pytest.approx(np.sqrt(0.006**2 - 0.002**2), rel=0.1)
    assert by_week(form(["2026-03-02"], [250.0])).day_sd == pytest.approx(DAY_SD)


def test_a_device_with_too_few_runs_is_set_aside_and_named():
    days = pd.date_range("2026-03-02", periods=8)
    weeks = by_week(form(days, [250.0] * 6 + [300.0] * 2, device=["mine"] * 6 + ["a friend's"] * 2))
    assert len(weeks.runs) == 6
    assert weeks.set_aside == ("2 runs of a friend's set aside, too few to know its level",)


def test_several_devices_with_too_few_runs_are_one_note():
    devices = ["mine"] * 6 + ["a", "a", "b", "c", "d", "e"]
    weeks = by_week(form(pd.date_range("2026-03-02", periods=12), [250.0] * 12, device=devices))
    assert weeks.set_aside == (
        "6 runs of 5 devices set aside, too few of each to know its level: a, b, c and 2 more "
        "(runanalytics status)",
    )


def test_a_single_run_is_kept_whatever_its_device():
    assert len(by_week(form(["2026-03-02"], [250.0], device=["new"])).runs) == 1
    assert len(by_week(form(["2026-03-02", "2026-03-03"], [1.0, 1.0], device=["a", "b"])).runs) == 1


def test_rows_without_a_value_are_left_out_and_none_is_an_empty_frame():
    assert by_week(form(["2026-03-02", "2026-03-03"], [250.0, np.nan])).n_runs.tolist() == [1]
    nothing = by_week(form(["2026-03-02"], [np.nan]))
    assert len(nothing.monday) == len(nothing.runs) == 0


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"date": [], "value": []}), "no column 'local_date'"),
        (form(["2026-03-02"], [0.0]), "not above 0"),
        (form(["2026-03-02"], [np.inf]), "infinite"),
        (form(["2026-03-02"], ["quick"]), "not a number"),
        (form(["someday"], [250.0]), "not a date"),
        (form([None], [250.0]), "no date"),
        (form([3.7], [250.0], device=["x"]).assign(local_date=[object()]), "not a date"),
    ],
)
def test_what_cannot_be_form_is_refused_by_name(frame, said):
    with pytest.raises(SchemaError, match=said):
        by_week(frame)


def many(odd=None, factor=1.0, step=1.0):
    """Three runs a week for twenty weeks; one of them misread, or a step in the middle."""
    rng = np.random.default_rng(4)
    dates = pd.Timestamp("2026-01-05") + pd.to_timedelta(
        (np.arange(20)[:, None] * 7 + [0, 2, 4]).ravel(), unit="D"
    )
    values = 250 * np.exp(0.013 * rng.normal(size=60))
    values[30:] *= step
    if odd is not None:
        values[odd] *= factor
    return form(dates, values, se=1.0)


def test_a_misread_run_hardly_moves_its_week():
    plain, misread = by_week(many()), by_week(many(odd=31, factor=1.4))
    moved = misread.log_form - plain.log_form
    # Counted in full it would move its week by a third of log 1.4, that is by 0.11.
    assert abs(moved[10]) < 0.015
    np.testing.assert_allclose(np.delete(moved, 10), 0, atol=1e-3)
    assert misread.noise[10] > 1.3 * plain.noise[10]
    assert misread.set_aside == ("1 run far from those around counted less",)
    assert plain.set_aside == ()
    assert misread.day_sd < 1.5 * plain.day_sd


def test_a_level_that_stays_is_not_odd():
    plain, stepped = by_week(many()), by_week(many(step=1.1))
    moved = stepped.log_form - plain.log_form
    np.testing.assert_allclose(moved, np.where(np.arange(20) < 10, 0, np.log(1.1)), atol=0.004)
    assert stepped.set_aside == ()


def test_runs_of_two_devices_are_not_odd_beside_each_other():
    frame = many()
    other = np.arange(len(frame)) % 5 == 0
    frame["value"] *= np.where(other, 1.15, 1.0)
    frame["device"] = np.where(other, "B", "A")
    weeks = by_week(frame)
    assert weeks.set_aside == ()
    counted = weeks.runs.groupby("device")["share"].mean()
    assert counted["B"] == pytest.approx(counted["A"], rel=0.1)


def test_a_noisier_device_counts_less():
    frame = many()
    noisy = np.arange(len(frame)) % 2 == 0
    deviation = np.log(frame["value"] / 250)
    frame["value"] = 250 * np.exp(np.where(noisy, 3 * deviation, deviation))
    frame["device"] = np.where(noisy, "B", "A")
    share = by_week(frame).runs.groupby("device")["share"].mean()
    # One over nine, held towards one by the pooling.
    assert 0.08 < share["B"] / share["A"] < 0.4


@pytest.mark.parametrize("firmware", [np.nan, 4.32])
def test_names_may_be_numbers_as_files_of_a_table_give_them(firmware):
    form = pd.DataFrame(
        {
            "local_date": pd.date_range("2026-01-05", periods=8),
            "value": 250.0,
            "device": "watch",
            "firmware": firmware,
        }
    )
    expected = "watch" if np.isnan(firmware) else "watch 4.32"
    assert set(levels_of(by_week(form), "firmware")) == {expected}


def level_errors(noise, n_series=30):
    """Squared errors of the level of many series, runs weighed as in weeks and for runs."""
    rng = np.random.default_rng(11)
    dates = pd.Timestamp("2026-01-05") + pd.to_timedelta(np.arange(150) * 7 // 3, unit="D")
    errors = np.empty((n_series, 2))
    for error in errors:
        log_form = 0.03 * noise(rng, 150)
        frame = form(dates, 250 * np.exp(log_form), se=1.0)
        for place, for_runs in enumerate((False, True)):
            weeks = by_week(frame, for_runs=for_runs)
            weight = weeks.columns["share"] / weeks.noise[weeks.columns["week"]]
            error[place] = (weight @ log_form / weight.sum()) ** 2
    return errors


def test_runs_far_out_count_for_less_where_runs_are_regressed_and_tails_are_heavy():
    # A third of the runs are five times as noisy as the others.
    as_in_weeks, for_runs = level_errors(
        lambda rng, n: rng.normal(0.0, np.where(rng.random(n) < 0.33, 5.0, 1.0))
    ).mean(axis=0)
    assert for_runs < 0.8 * as_in_weeks


def test_runs_with_normal_noise_weigh_as_in_their_weeks():
    errors = level_errors(lambda rng, n: rng.normal(size=n))
    assert np.mean(np.isclose(*errors.T)) > 0.8
