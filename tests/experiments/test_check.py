"""During an experiment: adherence, runs and what comes next, and never a look at form."""

from __future__ import annotations

import dataclasses
import itertools

import pandas as pd
import pytest

from runanalytics.experiments.check import ExperimentCheck, check_experiment, list_experiments
from runanalytics.experiments.plan import Plan, read_plan
from runanalytics.simulate import SimulatedForm


def checked(plan: Plan, lived: SimulatedForm, today: str) -> ExperimentCheck:
    until = lived.form["local_date"] <= today
    runs = lived.form.loc[until, ["local_date", "device"]]
    return check_experiment(plan, runs, lived.dose[lived.dose["local_date"] <= today], today=today)


def test_it_says_how_it_goes_and_what_comes_next_without_form(
    plan: Plan, lived: SimulatedForm
) -> None:
    found = checked(plan, lived, "2025-06-12")
    assert found.verdict == "running"
    assert found.followed == 1
    assert len(found.blocks) == 6
    text = found.summary()
    assert "The effect is not looked at before the end" in text
    now, following = plan.blocks[5], plan.blocks[6]
    assert f"until {now.last}: {now.a_week:g} strength sessions a week" in text
    assert f"From {following.first} on: {following.a_week:g} a week" in text
    names = {field.name for field in dataclasses.fields(found)}
    assert not names & {"percent", "p_value", "estimate"}
    assert not {column for column in found.table() if "change" in column}
    assert found.plot().get_title(loc="left") == "trial (simulated data)"


def test_before_and_after(plan: Plan, lived: SimulatedForm) -> None:
    before = checked(plan, lived, "2024-12-28")
    assert before.verdict == "not begun"
    assert before.plot() is not None
    assert "From 2024-12-30" in before.summary()
    after = checked(plan, lived, "2026-01-10")
    assert after.verdict == "over"
    assert "runanalytics experiment analyse trial" in after.summary()


def test_days_off_by_one_new_devices_few_runs_and_a_late_log_are_told(
    plan: Plan, lived: SimulatedForm
) -> None:
    blocks = plan.blocks
    after = next(
        second.first
        for first, second in itertools.pairwise(blocks)
        if first.done and not second.done
    )
    today = str(after + pd.Timedelta(days=20))
    dose = lived.dose[lived.dose["local_date"] <= pd.Timestamp(after)].copy()
    dose.loc[dose["local_date"] == pd.Timestamp(after), "amount"] = 1.0
    runs = lived.form.loc[lived.form["local_date"] <= today, ["local_date", "device"]]
    late = runs["local_date"] >= pd.Timestamp(after)
    runs = runs[~late | (runs.index % 3 == 0)].copy()
    runs.loc[late, "device"] = "Simulated watch C"
    found = check_experiment(plan, runs, dose, today=today)
    assert found.days_off_by_one == (after,)
    assert found.new_devices[0][0] == "Simulated watch C"
    notes = " ".join(found.notes)
    for words in ("a day next to a block with", "is new since", "fewer than 2 runs", "not reach"):
        assert words in notes


def test_a_list_names_what_is_broken(plan: Plan) -> None:
    def read(name: str) -> Plan:
        return plan if name == "trial" else read_plan(b"x = [", "broken.toml")

    found = list_experiments(["broken", "trial"], read, today="2025-06-12")
    assert found["state"].tolist()[1] == "running"
    assert "no plan" in found["state"].tolist()[0]
    assert list_experiments([], read).empty


@pytest.mark.parametrize("today", ["2024-12-30", "2025-11-30"])
def test_first_and_last_day_belong_to_it(plan: Plan, lived: SimulatedForm, today: str) -> None:
    assert checked(plan, lived, today).verdict == "running"
