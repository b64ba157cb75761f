"""A dose as uninterrupted days, and its exposure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.errors import SchemaError
from runanalytics.exposure import exposure
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.simulate import simulate_form


def dose(first, amounts):
    return pd.DataFrame(
        {"local_date": pd.date_range(first, periods=len(amounts)), "amount": amounts}
    )


@given(
    st.lists(st.floats(0, 5), min_size=1, max_size=60),
    st.floats(0.3, 30),
    st.floats(0, 10),
)
def test_exposure_is_the_weighted_sum_of_what_was_done(amounts, tau, initial):
    kept = np.exp(-1 / (7 * tau))
    days = np.arange(len(amounts))
    ago = np.subtract.outer(days, days)
    weight = np.where(ago >= 0, 7 * (1 - kept) * kept ** np.maximum(ago, 0), 0.0)
    expected = weight @ np.array(amounts) + initial * kept ** (days + 1)
    np.testing.assert_allclose(exposure(np.array(amounts), tau, initial), expected, atol=1e-9)


def test_a_steady_habit_is_its_own_exposure_from_the_first_day():
    log = daily_log(dose("2026-01-05", [1, 0, 0, 1, 0, 0, 0] * 20))
    found = log.exposure(log.days, 6.0)
    assert abs(found - 2.0).max() < 0.15


def test_exposure_comes_near_the_truth_once_the_start_is_forgotten():
    drawn = simulate_form(4, weeks=104, tau_weeks=3.0)
    log = daily_log(drawn.dose)
    late = slice(7 * 20, None)
    np.testing.assert_allclose(
        log.exposure(log.days, 3.0)[late], drawn.truth.exposure_per_week[late], atol=0.01
    )


def test_outside_the_log_there_is_no_exposure():
    log = daily_log(dose("2026-01-05", [0.0, 1.0]))
    day = log.days
    outside = np.array([day[0] - 1, day[0], day[1], day[1] + 1])
    assert log.covers(outside).tolist() == [False, True, True, False]
    assert np.isnan(log.exposure(outside, 3.0)).tolist() == [True, False, False, True]


def test_a_long_silence_interrupts_a_daily_log():
    frame = pd.concat([dose("2026-01-05", [1.0] * 30), dose("2026-03-20", [1.0] * 30)])
    log = daily_log(frame)
    assert [len(amount) for _, amount in log.stretches] == [30, 30]
    unknown = daily_log(dose("2026-01-05", [1.0] * 30 + [np.nan] * 20 + [1.0] * 30))
    assert [len(amount) for _, amount in unknown.stretches] == [30, 30]


def test_a_list_of_sessions_does_not_say_when_the_log_was_kept():
    days = ["2026-01-05", "2026-01-12", "2026-03-02"]
    with pytest.raises(SchemaError, match="3 of 57 days have a row"):
        daily_log(pd.DataFrame({"local_date": days, "amount": 1}))


def test_a_day_that_stands_twice_is_named():
    frame = pd.concat([dose("2026-01-05", [1.0] * 3), dose("2026-01-06", [2.0])])
    with pytest.raises(SchemaError, match="2026-01-06 stands in it twice"):
        daily_log(frame)


def test_a_log_that_was_not_kept_for_most_of_its_time_stays_broken():
    frame = pd.concat([dose("2026-01-05", [1.0, 0.0] * 10), dose("2026-12-20", [0.0, 1.0] * 5)])
    assert [len(amount) for _, amount in daily_log(frame).stretches] == [20, 10]


def test_days_of_sessions_are_known():
    log = daily_log(dose("2026-01-05", [0, 1.0, 0, 0, 0]))
    assert log.trained(log.days - 1).tolist() == [0, 0, 1, 0, 0]


def test_an_empty_dose_has_no_days():
    log = daily_log(dose("2026-01-05", []))
    assert len(log.days) == 0
    assert log.covers(np.array([0])).tolist() == [False]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"local_date": ["2026-01-05"]}), "no column 'amount'"),
        (dose("2026-01-05", [-1.0]), "below 0"),
        (dose("2026-01-05", [np.inf]), "infinite"),
    ],
)
def test_what_cannot_be_a_dose_is_refused_by_name(frame, said):
    with pytest.raises(SchemaError, match=said):
        daily_log(frame)
