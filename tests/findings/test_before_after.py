"""Before and after a date: true steps come out, and nothing else does."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.errors import UsageError
from runanalytics.findings.before_after import PLACEBO_APART_WEEKS, _placebo_days, before_after
from runanalytics.findings.engine.weeks import by_week, day_of
from runanalytics.simulate import simulate_form

AT = "2024-12-30"


def stepped(drawn, percent, at=AT):
    later = drawn.form["local_date"] >= at
    return drawn.form.assign(value=drawn.form["value"] * (1 + percent / 100 * later))


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104)


@pytest.fixture(scope="module")
def found(drawn):
    return before_after(stepped(drawn, -6.0), AT, label="new plan")


def test_a_step_is_found_with_its_sign_and_size(found):
    assert found.verdict == "fell"
    assert found.percent_low < -6.0 < found.percent_high < 0
    assert found.level_low_percent < -6.0 < found.level_high_percent
    assert found.placebo_p_value < 0.1
    assert found.horizon_weeks == 12
    assert "new plan" in found.summary()
    assert "cause" not in found.summary()


def test_intervals_cover_the_truth_as_often_as_they_say():
    covered = {0.0: 0, -3.0: 0}
    runners = 40
    for seed in range(runners):
        each = simulate_form(4_000 + seed, weeks=52)
        for truth in covered:
            answer = before_after(stepped(each, truth, "2024-07-01"), "2024-07-01")
            covered[truth] += answer.percent_low <= truth <= answer.percent_high
    # Fewer would happen once in a thousand tries if 95 % were true.
    assert min(covered.values()) >= stats.binom(runners, 0.95).ppf(0.001)


def test_one_year_has_too_few_other_dates_to_set_it_against():
    answer = before_after(simulate_form(11, weeks=52).form, "2024-07-01")
    assert answer.n_placebos == 0
    assert np.isnan(answer.placebo_p_value)
    assert "other date" not in answer.summary()


def test_a_change_of_slope_grows_with_the_horizon(drawn):
    days = (drawn.form["local_date"] - pd.Timestamp(AT)).dt.days.clip(lower=0)
    bent = drawn.form.assign(value=drawn.form["value"] * np.exp(-0.002 * days / 7))
    near, far = (before_after(bent, AT, horizon_weeks=weeks) for weeks in (4, 40))
    assert near.percent > far.percent
    assert far.percent_low < -8.0 < far.percent_high
    assert near.level_percent == pytest.approx(far.level_percent)


def test_the_horizon_is_as_far_as_the_runs_reach(drawn):
    early = drawn.form[drawn.form["local_date"] < "2025-02-10"]
    answer = before_after(early, AT)
    assert answer.horizon_weeks == 6
    assert answer.verdict == "not enough data"
    assert "12 needed on either side" in answer.reason
    assert np.isfinite([answer.percent, answer.detectable_percent]).all()
    assert "extrapolation" in before_after(drawn.form, AT, horizon_weeks=90).summary()


def test_a_new_watch_on_the_date_is_told_and_not_taken_for_a_change(drawn):
    form = stepped(drawn, -6.0)
    form["device"] = np.where(form["local_date"] >= AT, "B", "A")
    same_day = before_after(form, AT)
    assert same_day.verdict == "not enough data"
    assert "told apart" in same_day.reason
    assert same_day.beside[0].name == "B"
    assert "a new watch or pod (B)" in same_day.summary()
    earlier = drawn.form.assign(device=np.where(drawn.form["local_date"] >= "2024-09-02", "B", "A"))
    earlier["value"] *= np.where(earlier["device"] == "B", 1.06, 1.0)
    apart = before_after(earlier, AT)
    assert apart.percent_low < 0 < apart.percent_high
    assert apart.beside == ()
    assert "device" in apart.adjusted_for


@pytest.mark.parametrize("at", ["2023-06-01", "2024-01-20", "2026-06-01"])
def test_a_side_without_weeks_is_not_enough_data(drawn, at):
    answer = before_after(drawn.form, at)
    assert answer.verdict == "not enough data"
    assert "needed on either side" in answer.reason
    assert np.isnan(answer.percent)
    assert answer.reason in answer.summary()


def test_no_run_is_not_enough_data(drawn):
    assert "no run" in before_after(drawn.form.head(0), AT).reason


@pytest.mark.parametrize(
    ("date", "wrong"),
    [
        ("soon", {}),
        (AT, {"horizon_weeks": -1.0}),
        (AT, {"level": 95}),
        (AT, {"metric": "cadense"}),
    ],
)
def test_senseless_questions_are_refused(drawn, date, wrong):
    with pytest.raises(UsageError):
        before_after(drawn.form, date, **wrong)


def test_the_figure_continues_the_line_before(found):
    weekly = found.weekly
    after = weekly["week"] >= AT
    assert weekly["without"][~after].isna().all()
    gap = (weekly["fitted"] / weekly["without"] - 1)[after]
    at_horizon = gap[weekly["week"] >= pd.Timestamp(AT) + pd.Timedelta(weeks=12)].iloc[0]
    assert 100 * at_horizon == pytest.approx(found.percent, abs=1.0)


@pytest.fixture(scope="module")
def with_a_gap(drawn):
    """No run from 10 December 2024 to 6 March 2025."""
    day = drawn.form["local_date"]
    kept = (day <= "2024-12-09") | (day >= "2025-03-07")
    return drawn.form[kept].reset_index(drop=True)


def test_all_dates_in_one_gap_are_one_date(with_a_gap):
    first, *others = (
        before_after(with_a_gap, date) for date in ("2024-12-12", "2025-01-20", "2025-03-05")
    )
    for each in others:
        for name in ("p_value", "percent", "level_percent", "placebo_p_value", "n_placebos"):
            assert getattr(each, name) == getattr(first, name), name
    assert first.last_before.isoformat() <= "2024-12-09" < "2025-03-07"
    assert first.first_after.isoformat() >= "2025-03-07"
    words = first.summary()
    assert "weeks after the first run since 12 December 2024, on" in words
    assert words.count("every date in between gives this answer") == 1
    assert "every date in between" not in before_after(with_a_gap, "2024-06-03").summary()


def test_other_dates_are_counted_in_weeks_with_runs(with_a_gap):
    weeks = by_week(with_a_gap)
    day = day_of(datetime.date(2025, 3, 7))
    days = _placebo_days(weeks, day)
    runs = weeks.runs
    assert np.isin(days, runs["day"]).all()
    assert len(np.unique(runs.set_index("day")["week"].groupby(level=0).first()[days])) == len(days)
    for each in days:
        low, high = sorted((int(each), day))
        apart = runs.loc[(runs["day"] >= low) & (runs["day"] < high), "week"].nunique()
        assert apart >= PLACEBO_APART_WEEKS
    assert before_after(with_a_gap, "2025-03-07").n_placebos <= len(days)


def test_runs_on_a_treadmill_are_no_change():
    form = simulate_form(11, weeks=104, treadmill_pct=-7.0, treadmill_from=0.85).form
    found = before_after(form, "2025-02-03")
    outdoors = form[form["kind"] == "outdoor"].reset_index(drop=True)
    assert found.percent == before_after(outdoors, "2025-02-03").percent
    assert "treadmill runs set apart" in found.summary()
