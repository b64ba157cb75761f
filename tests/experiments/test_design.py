"""Planning: what is refused, what is drawn, and what it could find."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from runanalytics.errors import UsageError
from runanalytics.experiments.analysis import prepared, weeks_of
from runanalytics.experiments.design import design, draw_plan, usual_chance
from runanalytics.experiments.plan import Plan
from runanalytics.experiments.power import (
    Noise,
    Past,
    _exposed,
    _Simulated,
    _weeks_to_come,
    noise_of,
    power,
)
from runanalytics.experiments.statistic import p_of
from runanalytics.findings.engine.ar1 import default_grid
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.weeks import day_of
from runanalytics.simulate import SimulatedForm, simulate_form

TODAY = "2026-01-01"


def small(form: Any, **options: Any) -> Plan:
    return draw_plan(form, **{"seed": 1, "today": TODAY} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "2025-12-31"}, "cannot be drawn by lot"),
        ({"start": "2030-01-01"}, "begin between"),
        ({"weeks": 16}, "take 24 weeks or more"),
        ({"weeks": 50}, "do not fill 50 weeks"),
        ({"block_weeks": 0}, "do not fill"),
        ({"without": 3.0}, "below the second"),
        ({"within": float("nan")}, "below the second"),
        ({"expected_percent": 0.0}, "an expected change of 0 %"),
        ({"level": 1.0}, "must lie between"),
        ({"statistic": "luck"}, "exposure or block means"),
        ({"name": "Grüße!"}, "small letters"),
        ({"fixed": {"2027-06-01": True}}, "outside of the experiment"),
        ({"fixed": {"2026-02-03": True, "2026-02-04": False}}, "both with and without"),
        ({"fixed": {f"2026-0{month}-10": True for month in range(1, 9)}}, "no schedule follows"),
    ],
)
def test_what_makes_no_sense_is_one_message(
    past: SimulatedForm, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        small(past.form, **options)


def test_the_length_that_a_refusal_names_is_accepted(past: SimulatedForm) -> None:
    plan = small(past.form, weeks=24)
    assert plan.admissible.smallest_p() == 0.05
    # A sign that is open, and a past of which nothing is known: opposite schedules are alike.
    with pytest.raises(UsageError, match=r"take 32 weeks or more.*say which change you expect"):
        design(past.form, weeks=24, seed=1, today=TODAY)


def test_the_same_seed_draws_the_same_and_others_draw_all(past: SimulatedForm) -> None:
    assert small(past.form) == small(past.form)
    drawn = {small(past.form, seed=seed, weeks=32).labels for seed in range(600)}
    assert len(drawn) == small(past.form, seed=0, weeks=32).admissible.count == 62


def test_fixed_days_settle_their_blocks(past: SimulatedForm) -> None:
    plan = small(past.form, fixed={"2026-01-05": True, "2026-12-06": False})
    assert (plan.labels[0], plan.labels[-1]) == (1, 0)
    assert plan.fixed == {0: 1, 11: 0}


def known(rho: float, ratio: float, sd: float) -> Noise:
    grid = default_grid()
    distance = (grid.rho - rho) ** 2 + np.log(np.maximum(grid.ratio, 1e-9) / ratio) ** 2
    weight = (np.arange(len(grid.rho)) == distance.argmin()).astype(float)
    return Noise(weight, np.full(len(weight), sd**2), 1e6, n_weeks=52)


def test_noise_and_memory_are_the_runners_own() -> None:
    """Variance of weekly form is that of the simulation: 1 % remembered, 1.3 % over 4 runs."""
    found = noise_of(simulate_form(4, weeks=104, effect_pct=0.0).form)
    assert found.known
    sd = np.sqrt(found.weight @ found.variance)
    assert 0.0050 < sd < 0.0085
    assert 0.5 < found.weight @ default_grid().rho < 0.95
    assert not noise_of(simulate_form(4, weeks=6).form).known


def test_power_is_the_level_for_nothing_and_grows_with_the_effect(
    plan: Plan, past: SimulatedForm
) -> None:
    known_well = Past(past.form, None, known(0.8, 2.4, 0.0065))
    short = dataclasses.replace(plan, block_weeks=3)
    found = power(short, known_well, [0.0, -2.0, -6.0], 2.0, n=200).found
    assert found[0] < 0.1
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.95
    slow = power(short, known_well, [-2.0], 2.0, tau_weeks=10.0, n=200).found[0]
    assert slow < found[1]
    unknown = Past.of(past.form.head(9), 10**6)
    assert found[2] > power(short, unknown, [-6.0], 2.0, n=200).found[0] > 0.3


@pytest.mark.parametrize("statistic", ["exposure", "block means"])
def test_planning_judges_as_the_analysis_does(
    plan: Plan, lived: SimulatedForm, statistic: str
) -> None:
    """The same runs, schedule and form have the same p in both; an effect is as if it were felt."""
    plan = dataclasses.replace(plan, statistic=statistic, either_sign=False)
    weeks, log = weeks_of(plan, lived.form, plan.last_date), daily_log(lived.dose)
    day, form = weeks.columns["day"], weeks.columns["log_form"]
    ready = prepared(plan, weeks, log)
    judged = ready.trial.judged(ready.trial.column(0))
    schedules = plan.admissible.compared(1).labels
    followed = np.flatnonzero((schedules == plan.labels).all(axis=1))
    as_true = dataclasses.replace(plan, statistic="exposure", time_constants=(4.0,))
    exposures = [_exposed(each, log, day) for each in (plan, as_true)]

    def p_values(noise: np.ndarray, size: float) -> np.ndarray:
        simulated = _Simulated.of(weeks, *exposures, noise[:, None], schedules, followed)
        return simulated.p_values(plan, size)

    wanted = p_of(judged, np.array(plan.labels), ready.compared)[1]
    assert p_values(form - form.mean(), 0.0) == pytest.approx(wanted)
    felt = 0.004 * exposures[1] @ [*plan.labels, 1.0]
    assert p_values(form + felt, 0.0) == pytest.approx(p_values(form, 0.004))
    assert p_values(form + felt, 0.0) > wanted


def test_runs_to_come_are_those_of_the_latest_year(plan: Plan, past: SimulatedForm) -> None:
    """Their days and speeds come again, on the device of the last of them."""
    form = past.form.assign(device=np.where(past.form.index < 100, "old", "new"))
    weeks = _weeks_to_come(plan, Past.of(form, day_of(plan.first_date)), np.random.default_rng(1))
    columns, first = weeks.columns, day_of(plan.first_date)
    for name in ("day", "log_speed"):
        inside = columns[name][columns["day"] >= first] - (364 if name == "day" else 0)
        assert inside.tolist() == columns[name][: len(inside)].tolist()
    assert set(columns["device"][columns["day"] >= first]) == {"new"}
    assert columns["day"][-1] < first + plan.n_days
    # Who runs in every fourth week does so then; a break does not come again as one.
    every_fourth = form[form["local_date"].dt.isocalendar().week % 4 == 0]
    sparse = _weeks_to_come(plan, Past.of(every_fourth, first), np.random.default_rng(1))
    inside = sparse.columns["day"][sparse.columns["day"] >= first]
    weeks_with_runs = np.unique((inside + 3) // 7)
    assert 10 <= len(weeks_with_runs) <= 14
    assert np.diff(weeks_with_runs).max() <= 6


def test_one_plan_has_one_chance_wherever_it_is_told(
    past: SimulatedForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the sentence, in the table beside it, and on the report's last page."""
    monkeypatch.setattr("runanalytics.experiments.design.LENGTHS_WEEKS", (48,))
    monkeypatch.setattr("runanalytics.experiments.design.BLOCKS_WEEKS", (4,))
    found = design(past.form, past.dose, seed=2, today=past.form["local_date"].max().date())
    table = found.table().set_index(["weeks", "block_weeks", "a_week"])["found_percent"]
    assert found.expected_found == found.found[1]
    assert table[48, 4, 3.0] == 100 * found.expected_found
    assert usual_chance(past.form, past.dose, "strength") == found.expected_found
    fixed = design(past.form, seed=2, today=TODAY, fixed={"2026-02-03": True}, expected_percent=-3)
    table = fixed.table().set_index(["weeks", "block_weeks", "a_week", "n_schedules"])
    assert table["found_percent"][48, 4, 3.0, fixed.n_schedules] == 100 * fixed.found[2]


def test_a_design_says_what_it_could_find_and_what_would_be_worth_doing(
    past: SimulatedForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"weeks": 24, "block_weeks": 2, "seed": 1, "today": TODAY, "name": "short"}
    found = design(past.form, within=2.0, **options)
    assert found.verdict == "not worth doing"
    assert "Not worth doing: it would miss a change of 2 %" in found.summary()
    assert "other" not in found.summary()
    with monkeypatch.context() as only:  # what is beside it was looked at above
        only.setattr("runanalytics.experiments.design.LENGTHS_WEEKS", (24,))
        only.setattr("runanalytics.experiments.design.BLOCKS_WEEKS", (2,))
        directed = design(past.form, within=2.0, expected_percent=-2, **options)
    assert "rather than 0 lower ground contact time" in directed.plan.hypothesis
    assert "Not worth doing: it would miss the −2.0 % that you expect" in directed.summary()
    assert "as large a change of the other would be found with" in directed.summary()
    # The same schedules and noise: the sign that is expected is found more often.
    assert directed.expected_found > found.expected_found
    assert directed.opposite_found < found.opposite_found
    assert "48 weeks in blocks of" in found.summary()
    assert list(found.found) == sorted(found.found)
    table = found.table().set_index(["weeks", "block_weeks", "a_week"])["found_percent"]
    fewer, more = sorted(found.table()["a_week"].unique())
    assert np.isnan(table[24, 6, more])
    assert table[48, 4, fewer] < table[48, 4, more] < table[72, 4, more] + 10
    assert "These data are simulated" in found.summary()
    assert found.to_dict()["plan"]["name"] == "short"  # type: ignore[index,call-overload]
    assert found.plot().get_title(loc="left").startswith("What short would find")
