"""Analysing an experiment: what is recovered, what is refused, and when "because of" may stand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UsageError
from runanalytics.experiments.analysis import Experiment, analyse, prepared, weeks_of
from runanalytics.experiments.plan import BLOCK_MEANS, EXPOSURE, Plan
from runanalytics.experiments.power import Past
from runanalytics.experiments.statistic import p_of
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.weeks import day_of
from runanalytics.simulate import SimulatedForm
from runanalytics.simulate.experiment import simulate_experiment

TODAY = "2026-03-01"


def answer(plan: Plan, lived: SimulatedForm, **options: Any) -> Experiment:
    return analyse(plan, lived.form, lived.dose, **{"today": TODAY} | options)


@pytest.fixture(scope="module")
def found(plan: Plan, lived: SimulatedForm) -> Experiment:
    return answer(plan, lived)


def test_a_true_effect_is_found_and_put_down_to_what_was_assigned(found: Experiment) -> None:
    true = 100 * np.expm1(np.log(0.96) / 2 * 3)
    assert found.verdict == "effect"
    assert found.percent_low <= true <= found.percent_high < 0
    assert "expected" not in found.summary()
    assert found.p_value < 0.05
    assert found.because
    assert found.summary().startswith("Because of 3 strength sessions a week rather than 0")
    assert found.agree
    assert found.followed == found.followed_with == found.followed_without == 1
    assert found.n_compared == found.n_schedules == 616
    assert len(found.table()) == 3
    assert found.to_dict()["verdict"] == "effect"
    assert found.plot().get_title(loc="left") == "trial (simulated data)"
    assert found.plot_test().get_xlabel() == "log of how likely form makes it"


@pytest.mark.parametrize(
    ("statistic", "logged_before", "alike"),
    [(EXPOSURE, True, 1), (EXPOSURE, False, 2), (BLOCK_MEANS, True, 2)],
)
def test_the_smallest_p_that_planning_tells_is_reached(
    plan: Plan, lived: SimulatedForm, statistic: str, logged_before: bool, alike: int
) -> None:
    """Of a schedule alone, or of it and its opposite, which only changes the sign."""
    other = dataclasses.replace(plan, statistic=statistic)
    logged = lived.dose["local_date"] >= np.datetime64(plan.first_date)
    log = daily_log(lived.dose if logged_before else lived.dose[logged])
    ready = prepared(other, weeks_of(other, lived.form, other.last_date), log)
    judged = ready.trial.judged(ready.trial.column(0))
    largest = ready.compared.labels[judged.statistics(ready.compared.labels).argmax()]
    reached = p_of(judged, largest, ready.compared)[1]
    past = Past.of(lived.form, day_of(plan.first_date), log)
    assert reached == past.smallest_p(other) == alike / 616


def test_nothing_is_called_no_clear_effect(plan: Plan) -> None:
    found = answer(plan, simulate_experiment(3, plan.labels))
    assert found.verdict == "no clear effect"
    assert found.percent_low < 0 < found.percent_high
    assert "ecause" not in found.summary()


def test_a_change_of_the_other_sign_is_said_to_have_a_wider_interval(plan: Plan) -> None:
    lived = simulate_experiment(11, plan.labels, effect_pct=4.0)
    falling, rising = (
        dataclasses.replace(plan, either_sign=False, expected_percent=percent)
        for percent in (-2.0, 2.0)
    )
    said = "wider than need be, and holds 98 % in simulations"
    found = answer(falling, lived, edited=True)
    assert found.percent > 0
    assert said in found.summary()
    assert said not in answer(rising, lived, edited=True).summary()
    assert said not in answer(plan, lived).summary(), "whose sign is open"


def test_a_new_device_takes_because_away(plan: Plan, lived: SimulatedForm) -> None:
    new = lived.form["local_date"] >= "2025-07-01"
    form = lived.form.assign(device=lived.form["device"].where(~new, "Simulated watch C"))
    form.attrs = lived.form.attrs
    found = analyse(plan, form, lived.dose, today=TODAY)
    assert not found.because
    assert "Because" not in found.summary()
    assert "a device changed" in found.why_not_because
    assert "Simulated watch C is new since 2025-07-0" in found.summary()


def test_what_is_not_followed_alike_takes_because_away_and_as_done_is_larger(plan: Plan) -> None:
    lived = simulate_experiment(7, plan.labels, effect_pct=-4.0)
    skipped = np.random.default_rng(1).random(len(lived.dose)) < 0.7
    inside = lived.dose["local_date"] >= "2024-12-30"
    dose = lived.dose.assign(amount=lived.dose["amount"].where(~(skipped & inside), 0.0))
    dose.attrs = lived.dose.attrs
    found = analyse(plan, lived.form, dose, today=TODAY)
    assert found.followed_without == 1 > found.followed_with
    assert not found.because
    assert abs(found.as_done[0]) > abs(found.percent)


def test_an_early_stop_is_analysed_to_where_it_came(plan: Plan, lived: SimulatedForm) -> None:
    form = lived.form[lived.form["local_date"] <= "2025-08-31"]
    form.attrs = lived.form.attrs
    found = analyse(plan, form, lived.dose, stopped="2025-08-31", today="2025-09-10")
    assert found.stopped
    assert str(found.last_date) == "2025-08-31"
    assert len(found.blocks) == 9
    assert "stopped on 2025-08-31" in found.summary()
    later = lived.form
    assert analyse(
        plan, later, lived.dose, stopped="2025-08-31", today=TODAY
    ).p_value == pytest.approx(found.p_value)


def test_block_means_are_compared_where_asked_for(plan: Plan, lived: SimulatedForm) -> None:
    other = dataclasses.replace(plan, statistic="block means").digested()
    found = answer(other, lived)
    assert found.percent < 0
    assert abs(found.percent) < abs(answer(plan, lived).percent)  # carry-over eats it


def test_missing_weeks_stay_missing(plan: Plan, lived: SimulatedForm) -> None:
    gone = lived.form["local_date"].between("2025-05-01", "2025-06-30")
    form = lived.form[~gone]
    form.attrs = lived.form.attrs
    found = analyse(plan, form, lived.dose, today=TODAY)
    assert found.n_weeks < 42
    assert found.percent < 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"today": "2025-11-30"}, "runs until 2025-11-30"),
        ({"stopped": "2026-02-01"}, "cannot have stopped"),
        ({"stopped": "soon"}, "is not a day"),
        ({"stopped": "2025-06-01", "today": "2025-06-01"}, "runs until 2025-06-01"),
    ],
)
def test_too_early_is_refused(
    plan: Plan, lived: SimulatedForm, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        answer(plan, lived, **options)


def test_an_edited_plan_is_refused_unless_told_and_then_said(
    plan: Plan, lived: SimulatedForm
) -> None:
    edited = dataclasses.replace(plan, level=0.9)
    with pytest.raises(UsageError, match="--edited"):
        answer(edited, lived)
    found = answer(edited, lived, edited=True)
    assert not found.because
    assert "The plan was edited" in found.summary()


def test_a_log_that_does_not_cover_it_is_refused(plan: Plan, lived: SimulatedForm) -> None:
    for dose in (lived.dose[lived.dose["local_date"] < "2025-06-01"], lived.dose.head(0)):
        with pytest.raises(UsageError, match="log of strength"):
            analyse(plan, lived.form, dose, today=TODAY)


def test_too_few_runs_are_not_enough_data(plan: Plan, lived: SimulatedForm) -> None:
    few = lived.form[lived.form["local_date"] < "2025-02-01"]
    few.attrs = lived.form.attrs
    found = analyse(plan, few, lived.dose, today=TODAY)
    assert found.verdict == "not enough data"
    assert "weeks with runs in it, of 8 needed" in found.summary()
    assert analyse(plan, few.head(0), lived.dose, today=TODAY).verdict == "not enough data"
    assert found.plot() is not None
    assert isinstance(found.table(), pd.DataFrame)
