from __future__ import annotations

import datetime

import pytest

from runanalytics.experiments.design import draw_plan
from runanalytics.experiments.plan import Plan
from runanalytics.simulate import SimulatedForm, simulate_form
from runanalytics.simulate.experiment import simulate_experiment

FIRST = datetime.date(2024, 12, 30)  # a year of 52 weeks after a simulated log begins


@pytest.fixture(scope="session")
def past() -> SimulatedForm:
    return simulate_form(3, weeks=60)


@pytest.fixture(scope="session")
def plan(past: SimulatedForm) -> Plan:
    return draw_plan(past.form, name="trial", seed=1, start=FIRST, today="2024-12-25")


@pytest.fixture(scope="session")
def lived(plan: Plan) -> SimulatedForm:
    return simulate_experiment(7, plan.labels, effect_pct=-4.0)
