"""Planning: what is refused, what is drawn, and what it could find."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from runanalytics.errors import UsageError
from runanalytics.experiments.design import design, draw_plan, usual_chance
from runanalytics.experiments.plan import Plan
from runanalytics.experiments.power import Noise, noise_of, power
from runanalytics.findings.engine.ar1 import default_grid
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
    assert found.with_runs == 1.0
    sd = np.sqrt(found.weight @ found.variance)
    assert 0.0050 < sd < 0.0085
    assert 0.5 < found.weight @ default_grid().rho < 0.95
    assert not noise_of(simulate_form(4, weeks=6).form).known


def test_power_is_the_level_for_nothing_and_grows_with_the_effect(plan: Plan) -> None:
    noise = known(0.8, 2.4, 0.0065)
    short = dataclasses.replace(plan, block_weeks=3)
    found = power(short, noise, [0.0, -2.0, -6.0], 2.0, n=100).found
    assert found[0] < 0.13
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.95
    slow = power(short, noise, [-2.0], 2.0, tau_weeks=10.0, n=100).found[0]
    assert slow < found[1]


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
    found = design(past.form, weeks=24, block_weeks=2, seed=1, today=TODAY, name="short")
    assert found.verdict == "not worth doing"
    assert "Not worth doing: it would miss a change of 2 %" in found.summary()
    assert "other" not in found.summary()
    with monkeypatch.context() as only:  # what is beside it was looked at above
        only.setattr("runanalytics.experiments.design.LENGTHS_WEEKS", (24,))
        only.setattr("runanalytics.experiments.design.BLOCKS_WEEKS", (2,))
        directed = design(
            past.form,
            weeks=24,
            block_weeks=2,
            seed=1,
            today=TODAY,
            name="short",
            expected_percent=-2,
        )
    assert "rather than 0 lower ground contact time" in directed.plan.hypothesis
    assert "Not worth doing: it would miss the −2.0 % that you expect" in directed.summary()
    assert "as large a change of the other would be found with" in directed.summary()
    # The same schedules and noise: the sign that is expected is found more often.
    assert directed.expected_found > found.expected_found
    assert directed.opposite_found < found.opposite_found
    assert "48 weeks in blocks of" in found.summary()
    assert list(found.found) == sorted(found.found)
    table = found.table().set_index(["weeks", "block_weeks", "a_week"])["found_percent"]
    assert np.isnan(table[24, 6, 3.0])
    assert table[48, 4, 2.0] < table[48, 4, 3.0] < table[72, 4, 3.0] + 10
    assert "These data are simulated" in found.summary()
    assert found.to_dict()["plan"]["name"] == "short"  # type: ignore[index,call-overload]
    assert found.plot().get_title(loc="left").startswith("What short would find")
