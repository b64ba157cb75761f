"""Change points: steps are found where they are, and nothing is found in memory."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from ruptures import Pelt
from ruptures.base import BaseCost
from scipy import stats

from runanalytics.errors import UsageError
from runanalytics.findings.change_points import ChangePoint, change_points, in_words
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.events import Event, events_in_words, events_near, events_of
from runanalytics.findings.engine.hindcast import OwnErrors
from runanalytics.findings.engine.placebo_steps import PRIOR_FACTOR, PRIOR_STEPS
from runanalytics.findings.engine.segmented import (
    cheapest_places,
    prefix_costs,
    segment_costs,
)
from runanalytics.findings.engine.step_dates import Found, given_that_it_was_found
from runanalytics.simulate import simulate_form

AT = datetime.date(2024, 7, 1)


def stepped(drawn, percent, at=AT):
    later = drawn.form["local_date"] >= pd.Timestamp(at)
    return drawn.form.assign(value=drawn.form["value"] * (1 + percent / 100 * later))


def test_false_alarms_are_as_rare_as_they_are_said_to_be():
    runners = 24
    alarms = sum(
        bool(change_points(simulate_form(6_000 + seed, weeks=52, rho=rho).form).points)
        for seed in range(runners // 2)
        for rho in (0.5, 0.9)
    )
    assert alarms <= stats.binom(runners, 0.05).ppf(0.999)


def test_steps_are_found_where_they_are():
    hits = covered = dated = 0
    for seed in range(8):
        found = change_points(stepped(simulate_form(6_500 + seed, weeks=52), -6.0))
        near = [each for each in found.points if abs((each.date - AT).days) <= 21]
        hits += bool(near)
        covered += any(each.percent_low <= -6.0 <= each.percent_high for each in near)
        dated += any(each.first_date <= AT <= each.last_date for each in near)
    assert hits >= 6
    assert min(covered, dated) >= hits - 2


def test_dates_and_sizes_hold_what_was_put_in_between_two_runs():
    """At a run of any day of a week; the benchmark has the same over more runners."""
    ratios, days, hits, covered, dated = [], [], 0, 0, 0
    for seed in range(12):
        form = simulate_form(6_900 + seed, weeks=52).form
        runs = form["local_date"].drop_duplicates()
        at = runs.iloc[len(runs) // 4 + 7 * seed].date()
        found = change_points(stepped(SimpleNamespace(form=form), 6.0, at))
        near = [each for each in found.points if abs((each.date - at).days) <= 21]
        for point in near[:1]:
            hits += 1
            before = runs[runs < pd.Timestamp(at)].iloc[-1].date()
            dated += point.first_date <= before and at <= point.last_date
            covered += point.percent_low <= 6.0 <= point.percent_high
            days.append((point.last_date - point.first_date).days)
            ratios.append(point.percent / 6.0)
    assert hits >= 10
    assert dated >= hits - 1
    assert covered >= hits - 2
    assert np.median(days) <= 14
    assert 0.85 <= np.mean(ratios) <= 1.1


def test_a_change_in_a_gap_lies_between_the_runs_on_either_side_of_it():
    form = simulate_form(11, weeks=104).form
    start, end = pd.Timestamp("2024-12-09"), pd.Timestamp("2025-03-07")
    kept = form[(form["local_date"] <= start) | (form["local_date"] >= end)].reset_index(drop=True)
    (point,) = change_points(stepped(SimpleNamespace(form=kept), 8.0, end)).points
    before = kept.loc[kept["local_date"] <= start, "local_date"].max().date()
    after = kept.loc[kept["local_date"] >= end, "local_date"].min().date()
    assert (point.first_date, point.last_date) == (before, after)
    assert point.first_date <= point.date <= point.last_date
    words = f"Between {in_words(before)} and {in_words(after)}, when no run is known: "
    assert words in change_points(stepped(SimpleNamespace(form=kept), 8.0, end)).summary()
    wider = replace(point, first_date=before - datetime.timedelta(days=3))
    assert wider.when.endswith(
        f"(at the widest between {in_words(wider.first_date)} and {in_words(after)})"
    )


def test_the_date_told_lies_inside_its_interval_whatever_the_runs():
    for seed in range(6):
        drawn = simulate_form(6_950 + seed, weeks=78, missing_weeks=0.3, process="random_walk")
        for point in change_points(stepped(drawn, -7.0)).points:
            assert point.first_date <= point.last_before < point.date <= point.last_date
            assert point.percent_low <= point.percent <= point.percent_high
            assert point.percent_low * point.percent_high >= 0


def test_a_step_is_dated_by_the_runs_of_its_own_week():
    """Six of seven runs of a week before a step, and none of another week in doubt."""
    days = pd.date_range("2024-01-01", periods=7 * 40)
    rng = np.random.default_rng(3)
    value = 250 * np.exp(rng.normal(0, 0.004, len(days)))
    value[7 * 20 + 6 :] *= 1.05
    (point,) = change_points(pd.DataFrame({"local_date": days, "value": value})).points
    assert point.date == days[7 * 20 + 6].date()
    assert (point.last_date - point.first_date).days <= 2


def test_what_was_barely_clear_may_be_smaller_and_what_was_sure_is_left_alone():
    size = Mixture(np.ones(1), np.full(1, -0.04), np.full(1, 0.01), df=50.0)
    barely = given_that_it_was_found(size, Found.by(size, 1e-3), 0.95)
    sure = given_that_it_was_found(size, Found(0.005, 0.01), 0.95)
    assert sure.estimate == pytest.approx(-0.04, abs=1e-3)
    assert sure.low == pytest.approx(size.quantile(0.025), abs=1e-3)
    assert -0.04 < barely.estimate < 0
    assert sure.high < barely.high <= 0


def test_a_change_whose_interval_reaches_nothing_may_be_none():
    wandering = simulate_form(5_000_025, weeks=104, process="random_walk", rho=0.95)
    found = change_points(wandering.form)
    (point,) = found.points
    assert point.may_be_none
    told = f"of the change about {in_words(point.date)} reaches 0, so it may be no change at all"
    assert told in " ".join(found.notes)
    assert told in found.summary()
    clear = change_points(stepped(simulate_form(7, weeks=104), 6.0))
    assert clear.points
    assert "no change at all" not in clear.summary()


def test_a_steady_drift_is_no_change_of_level():
    runners, alarms = 30, 0
    for seed in range(runners):
        form = simulate_form(6_700 + seed, weeks=52).form
        share = (form["local_date"] - form["local_date"].min()).dt.days / 364
        drifting = form.assign(value=form["value"] * np.exp(0.04 * share))
        alarms += bool(change_points(drifting).points)
    assert alarms <= stats.binom(runners, 0.065).ppf(0.99)


def test_two_steps_are_two_changes():
    drawn = simulate_form(8, weeks=104, ar_sd_pct=0.5)
    later = datetime.date(2025, 3, 3)
    once = stepped(drawn, -8.0)
    both = once.assign(
        value=once["value"] * np.where(once["local_date"] >= pd.Timestamp(later), 1.09, 1.0)
    )
    found = change_points(both)
    apart = [
        abs((each.date - day).days) for each, day in zip(found.points, (AT, later), strict=True)
    ]
    assert max(apart) <= 14
    assert [np.sign(each.percent) for each in found.points] == [-1, 1]
    assert "2 times" in found.summary()


def test_a_new_watch_stands_beside_its_step():
    drawn = simulate_form(7, weeks=104, device_step_pct=6.0)
    found = change_points(drawn.form)
    (point,) = found.points
    assert point.beside[0].kind == "device"
    assert "likely the device, not you" in found.summary()
    assert "Simulated watch B" in found.table()["beside"].iloc[0]
    hidden = change_points(drawn.form.assign(device="Watch"))
    assert hidden.points[0].beside == ()
    assert "nothing new is known then" in hidden.summary()


@pytest.mark.parametrize(
    ("new", "last", "kind", "words"),
    [
        (4, 6, "device", "likely the device, not you"),
        (1, 6, "device", "hardly the reason"),
        (20, 6, "device", "hardly the reason"),
        (4, 31, "device", "perhaps the device"),
        (4, 6, "firmware", "perhaps the firmware"),
        (4, 6, "shoe", "perhaps the shoes"),
    ],
)
def test_new_equipment_is_the_reason_only_between_the_dates(new, last, kind, words):
    last_before, date, first, until, since = (
        datetime.date(2025, 3, day) for day in (3, 4, 1, last, new)
    )
    sizes = (5.0, 4.0, 6.0, 12.0, 10.0, 14.0)
    event = Event(kind, "B", since)
    point = ChangePoint(date, last_before, first, until, *sizes, (event,))
    assert point.reason.endswith(words)
    assert (point.new_then == (event,)) == ("hardly" not in words)
    in_gap = ChangePoint(date, datetime.date(2025, 2, 1), first, until, *sizes, (event,))
    assert "likely" not in in_gap.reason


def test_what_is_new_is_the_first_run_with_it():
    form = pd.DataFrame(
        {
            "local_date": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]),
            "device": ["A", "A", "B", "A"],
            "firmware": ["1", "2", "2", None],
            "shoe": [None, "old", "old", "new"],
        }
    )
    assert events_of(form) == (
        Event("firmware", "2", datetime.date(2025, 2, 1)),
        Event("device", "B", datetime.date(2025, 3, 1)),
        Event("shoe", "new", datetime.date(2025, 4, 1)),
    )
    assert events_of(form[["local_date"]]) == ()
    assert events_of(form.head(0)) == ()
    day = datetime.date(2025, 3, 20)
    near = events_near(events_of(form), day, day)
    assert [each.name for each in near] == ["new", "B"]
    assert near[0].in_words(day) == "a new pair of shoes (new) 12 days after"
    assert Event("firmware", "2", day).in_words(day) == "new firmware (2) the same day"


def test_the_firmware_that_a_new_device_came_with_is_no_event_of_its_own():
    form = pd.DataFrame(
        {
            "local_date": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]),
            "device": ["A", "B", "B"],
            "firmware": ["6.80", "14.15", "14.20"],
        }
    )
    assert [each.name for each in events_of(form)] == ["B", "14.20"]


def test_of_many_events_few_are_told_and_a_device_first():
    day = datetime.date(2025, 3, 1)
    events = [Event("firmware", f"{number}", day) for number in range(5)]
    words = events_in_words([*events, Event("device", "B", datetime.date(2025, 1, 1))], day)
    assert words.startswith("a new watch or pod (B) 59 days before, new firmware (0)")
    assert words.endswith("and 3 more events")
    assert events_in_words(events[:1], day) == "new firmware (0) the same day"


@pytest.mark.parametrize("weeks", [0, 3, 15])
def test_few_weeks_are_not_enough_data(weeks):
    drawn = simulate_form(4, weeks=20)
    form = drawn.form[
        drawn.form["local_date"] < drawn.dose["local_date"].iloc[0] + pd.Timedelta(weeks=weeks)
    ]
    found = change_points(form)
    assert found.verdict == "not enough data"
    assert found.reason in found.summary()
    assert len(found.table()) == 0


def test_missing_weeks_are_no_change():
    drawn = simulate_form(21, weeks=104)
    week = (drawn.form["local_date"] - drawn.dose["local_date"].min()).dt.days // 7
    found = change_points(drawn.form[~week.between(40, 70)])
    assert found.n_weeks == 73
    assert found.verdict == "no change point"


def test_the_same_seed_gives_the_same_answer_and_levels_must_make_sense():
    form = simulate_form(3, weeks=52).form
    assert change_points(form).to_dict() == change_points(form).to_dict()
    with pytest.raises(UsageError):
        change_points(form, level=95)


def test_costs_of_segments_are_squares_by_the_whole_covariance():
    rng = np.random.default_rng(4)
    n, rho, ratio = 9, 0.7, 2.5
    values, noise = rng.standard_normal(n), rng.uniform(0.5, 2.0, n)
    noise[4] = np.inf
    table = segment_costs(values, noise, rho, ratio)
    lag = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    for first, last in ((0, 9), (2, 7), (3, 4)):
        kept = [week for week in range(first, last) if np.isfinite(noise[week])]
        covariance = ratio * rho ** lag[np.ix_(kept, kept)] + np.diag(noise[kept])
        inverse = np.linalg.inv(covariance)
        y, one = values[kept], np.ones(len(kept))
        level = (one @ inverse @ y) / (one @ inverse @ one)
        by_hand = (y - level) @ inverse @ (y - level)
        assert table[first, last] == pytest.approx(by_hand, abs=1e-9)
    whole = prefix_costs(values[:, None], noise[:, None], np.array([rho]), np.array([ratio]))
    np.testing.assert_allclose(whole[:, 0], table[0])


def test_a_step_is_known_less_well_where_the_runner_steps_at_other_dates_too():
    size = Mixture(np.ones(1), np.full(1, 0.06), np.full(1, 0.01), df=50.0)

    def half(standardised):
        own = OwnErrors(np.array(standardised), PRIOR_STEPS, PRIOR_FACTOR).applied(size)
        return own.quantile(0.975) - own.quantile(0.025)

    assert half([3.0] * 10) > 1.5 * half([1.0] * 10)
    assert half([0.1] * 10) > 0.8 * half([1.0] * 10), "hardly better than the model says"


def test_runs_on_a_treadmill_are_no_change_of_level():
    form = simulate_form(7, weeks=104, treadmill_pct=-7.0, treadmill_from=0.8).form
    found = change_points(form)
    assert found.points == ()
    assert "treadmill runs set apart" in found.summary()
    assert change_points(form.drop(columns="kind")).points != ()


def test_the_cheapest_segments_are_those_of_pelt():
    """As an implementation by others finds them, with the costs of every segment given."""

    class Given(BaseCost):
        model, min_size = "given", 6

        def fit(self, signal):
            self.signal = signal
            return self

        def error(self, start, end):
            return costs[start, end]

    rng = np.random.default_rng(11)
    n_found = 0
    for penalty in (4.0, 8.0, 12.0) * 4:
        values = rng.normal(size=90) + 3 * rng.normal() * (np.arange(90) >= rng.integers(20, 70))
        noise = np.where(rng.random(90) < 0.1, np.inf, 1.0)
        costs = segment_costs(np.where(np.isfinite(noise), values, 0.0), noise, 0.5, 1.0)
        search = Pelt(custom_cost=Given(), min_size=6, jump=1).fit(values[:, None])
        places = search.predict(pen=penalty)[:-1]
        assert cheapest_places(costs, 6, penalty) == places
        n_found += len(places)
    assert n_found >= 6
