"""What every answer has in common, held for every answer, with data and without."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from runanalytics.cohort.group import pool_runners
from runanalytics.errors import UsageError
from runanalytics.experiments.analysis import analyse
from runanalytics.experiments.check import check_experiment
from runanalytics.experiments.design import design, draw_plan
from runanalytics.findings.adherence import followed
from runanalytics.findings.before_after import before_after
from runanalytics.findings.change_points import change_points
from runanalytics.findings.checks import checks
from runanalytics.findings.claims import claims_on_trial
from runanalytics.findings.effect import effect
from runanalytics.findings.effects import effects
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.engine.priors import PRIORS, NormalEffect, prior_for
from runanalytics.findings.finding import Finding, amount, plain, subject_of
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.race_results import race_results
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.findings.trend import trend
from runanalytics.measures.adherence import adherence
from runanalytics.simulate import simulate_form
from runanalytics.simulate.claims import simulate_claims
from runanalytics.simulate.experiment import simulate_experiment

DRAWN = simulate_form(2, weeks=60, device_step_pct=2.0)
SHORT = simulate_form(2, weeks=12)
STEPPED = simulate_form(2, weeks=60, device_step_pct=8.0)
CLAIMS = simulate_claims(2, weeks=60)
TABLES = (
    *(CLAIMS.segments, CLAIMS.runs, CLAIMS.sessions, CLAIMS.sets, CLAIMS.races, CLAIMS.spans),
)
RUNNER, EMPTY_RUNNER = RunnerTables(*TABLES), RunnerTables(*(table.head(0) for table in TABLES))

PLAN = draw_plan(DRAWN.form, seed=1, start="2024-12-30", today="2024-12-25")
LIVED = simulate_experiment(7, PLAN.labels)

GROUP = {f"<b>{seed}": simulate_form(seed, weeks=50) for seed in range(5)}


def group(*names: str, weeks: int = 50):
    form = {name: GROUP[name].form.head(4 * weeks) for name in names or GROUP}
    return pool_runners(form, {name: GROUP[name].dose for name in form})


def a_plan():
    # What it has beside it is made of other plans, each of which takes as long; one will do.
    with patch.multiple("runanalytics.experiments.design", LENGTHS_WEEKS=(24,), BLOCKS_WEEKS=(4,)):
        return design(
            DRAWN.form, weeks=24, block_weeks=2, seed=1, start="2024-12-30", today="2024-12-25"
        )


ANSWERS = {
    "a group": group,
    "a group without names": lambda: group().anonymous(),
    "a group of one": lambda: group("<b>1"),
    "a group with nothing": lambda: group("<b>1", weeks=0),
    "effect": lambda: effect(DRAWN.form, DRAWN.dose),
    "effect of a few weeks": lambda: effect(SHORT.form, SHORT.dose),
    "effect of nothing": lambda: effect(DRAWN.form.head(0), DRAWN.dose),
    "effects": lambda: effects(DRAWN.form, {"strength": DRAWN.dose, "none": DRAWN.dose.head(0)}),
    "effects of nothing": lambda: effects(DRAWN.form.head(0), DRAWN.dose),
    "checks": lambda: checks(DRAWN.form, DRAWN.dose),
    "checks of a few weeks": lambda: checks(SHORT.form, SHORT.dose),
    "checks of nothing": lambda: checks(DRAWN.form.head(0), DRAWN.dose),
    "before and after": lambda: before_after(DRAWN.form, "2024-08-12"),
    "before and after a few weeks": lambda: before_after(SHORT.form, "2024-02-12"),
    "before and after nothing": lambda: before_after(DRAWN.form.head(0), "2024-08-12"),
    "change points": lambda: change_points(DRAWN.form),
    "a change point": lambda: change_points(STEPPED.form),
    "change points of nothing": lambda: change_points(DRAWN.form.head(0)),
    "claims": lambda: claims_on_trial(RUNNER),
    "claims of nothing": lambda: claims_on_trial(EMPTY_RUNNER),
    "adherence": lambda: followed(adherence(CLAIMS.sessions, CLAIMS.sets, "technique_drills")),
    "a plan": a_plan,
    "an experiment": lambda: analyse(PLAN, LIVED.form, LIVED.dose, today="2026-03-01"),
    "an experiment with nothing": lambda: analyse(
        PLAN, LIVED.form.head(0), LIVED.dose, today="2026-03-01"
    ),
    "a check": lambda: check_experiment(PLAN, LIVED.runs, LIVED.dose, today="2025-06-12"),
    "a check beforehand": lambda: check_experiment(
        PLAN, LIVED.runs.head(0), LIVED.dose, today="2024-12-25"
    ),
    "adherence of nothing": lambda: followed(
        adherence(CLAIMS.sessions.head(0), CLAIMS.sets.head(0), "legs_at_home")
    ),
    "races": lambda: race_results(CLAIMS.races),
    "one race": lambda: race_results(CLAIMS.races.head(1)),
    "races of nothing": lambda: race_results(CLAIMS.races.head(0)),
    "race times and a dose": lambda: race_effect(CLAIMS.races, RUNNER.dose("strength")),
    "trend": lambda: trend(DRAWN.form),
    "trend of a few runs": lambda: trend(DRAWN.form.head(3)),
    "trend of nothing": lambda: trend(DRAWN.form.head(0)),
}


@pytest.fixture(params=ANSWERS, scope="module")
def answer(request) -> Finding:
    return made(request.param)


@cache
def made(name: str) -> Finding:
    return ANSWERS[name]()


def kinds(base: type[Finding]) -> set[type[Finding]]:
    """Every class of result below one, those that others are built on left out."""
    return {
        kind
        for each in base.__subclasses__()
        for kind in ({each} if not each.__subclasses__() else kinds(each))
    }


def test_every_kind_of_finding_is_here():
    assert {type(made(name)) for name in ANSWERS} == kinds(Finding)


def test_it_has_a_sentence(answer):
    assert answer.summary().endswith(".")
    assert str(answer) == answer.summary()
    assert "nan" not in answer.summary().lower().replace("unnamed", "")


def test_its_notes_stand_after_the_answer_once(answer):
    notes = " ".join(f"{note[:1].upper()}{note[1:]}." for note in answer.notes)
    assert answer.summary() in (f"{answer.answer()} {notes}".strip(), answer.answer())
    assert not any(note in answer.answer() for note in answer.notes)
    assert len(set(answer.notes)) == len(answer.notes)


def test_its_table_for_people_has_its_rows_and_no_name_for_programs(answer):
    shown = answer.readable()
    assert len(shown) == len(answer.table())
    assert not any("_" in heading for heading in shown.columns)


def test_its_dict_is_json_and_comes_back(answer):
    as_dict = answer.to_dict()
    assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict
    assert as_dict["finding"] == type(answer).__name__.lower()
    assert as_dict["summary"] == answer.summary()
    assert len(as_dict["table"]) == len(answer.table())
    assert as_dict["verdict"] == answer.verdict


#: What tables call fields that are declared: `p_adjusted`, and `percent_low` beside a group.
CALLED_OTHERWISE = ("p_corrected", "drawn_low", "drawn_high")


@cache
def promised() -> set[frozenset[str]]:
    """Words of the names of all that any result tells with a certainty, and of what runs have."""
    of_modules = [vars(module) for name, module in sys.modules.items() if "runanalytics." in name]
    declared = [
        each
        for names in of_modules
        for value in names.values()
        for each in (getattr(value, "certainties", None), names.get("CERTAINTIES"))
        if isinstance(each, Mapping)
    ]
    names = " ".join(name for each in declared for name in each.values()).split()
    return {frozenset(name.rpartition(".")[2].split("_")) for name in (*names, *CALLED_OTHERWISE)}


def test_columns_that_promise_a_certainty_are_of_what_is_declared(answer):
    own = [field.name for field in dataclasses.fields(answer)]
    whole = " ".join(getattr(answer, "certainties", {}).values()).split()
    tables = [answer.table(), *(getattr(answer, name) for name in own if name not in whole)]
    columns = {
        column
        for table in tables
        if isinstance(table, pd.DataFrame)
        for column in map(str, table.columns)
        if re.search(r"(^|_)(low|high|se|sd|p|likely|chance|score)(_|$)", column)
    }
    assert {each for each in columns if frozenset(each.split("_")) not in promised()} == set()


def test_its_table_is_a_copy(answer):
    table = answer.table()
    table["strange"] = 1
    assert "strange" not in answer.table().columns


def test_it_shows_itself_in_a_notebook(answer):
    html = answer._repr_html_()
    assert html.startswith("<p>")
    assert "<table" in html


def test_it_prints_nothing(answer, capsys):
    answer.summary(), answer.table(), answer.plot(), answer.to_dict()
    assert capsys.readouterr() == ("", "")


def test_it_draws_on_axes_of_its_own_or_on_those_given(answer):
    from matplotlib.figure import Figure

    own = answer.plot()
    assert own.get_title(loc="left")
    given = Figure().add_subplot()
    assert answer.plot(given) is given
    own.figure.savefig("/dev/null", format="svg")
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


def test_html_of_a_finding_is_escaped():
    form = DRAWN.form.assign(device="<script>alert(1)</script>")
    form.loc[form.index[:20], "device"] = "<b>"
    assert "<script>" not in trend(form)._repr_html_()
    assert "<b>" not in trend(form)._repr_html_()


def test_plain_knows_what_json_does_not():
    assert plain(
        {
            "a": np.array([1.0, np.nan]),
            "b": (np.int64(2), np.bool_(True), pd.NA, None),
            "c": pd.DataFrame({"day": [pd.Timestamp("2026-03-01")], "n": [np.inf]}),
            "d": NormalEffect(1.0, 2.0, "here"),
            "e": datetime.date(2026, 3, 1),
        }
    ) == {
        "a": [1.0, None],
        "b": [2, True, None, None],
        "c": [{"day": "2026-03-01", "n": None}],
        "d": {"mean_percent": 1.0, "sd_percent": 2.0, "source": "here"},
        "e": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0 m"), (-0.0004, "−0.0004 m"), (0.25, "+0.25 m"), (-12.34, "−12.3 m")],
)
def test_small_changes_keep_their_digits(value, text):
    assert amount(value, "m") == text


def test_a_subject_is_what_the_frame_says_unless_overruled():
    form = DRAWN.form
    assert subject_of(form, None).unit == "ms"
    assert subject_of(form, "cadence").unit == "steps/min"
    short = form.copy()
    short.attrs = {"metric": "contact-time"}
    assert (subject_of(short, None).metric, subject_of(short, None).unit) == (
        "ground_contact_ms",
        "ms",
    )
    strange = form.copy()
    strange.attrs = {"metric": "stiffness", "unit": "kN/m"}
    assert (subject_of(strange, None).label, subject_of(strange, None).unit) == (
        "stiffness",
        "kN/m",
    )
    with pytest.raises(UsageError):
        subject_of(form, "stiffness")


def test_priors_scale_and_belong_to_sessions():
    assert prior_for("cadence_spm", "strength", "minutes", 2.0) is None
    assert prior_for("cadence_spm", "swimming", "sessions", 2.0) is None
    half = prior_for("ground_contact_ms", "plyometric", "sessions", 1.0)
    assert (half.mean_percent, half.sd_percent) == (-0.5, 1.0)
    assert all(prior.sd_percent > 0 and prior.source for prior in PRIORS.values())


def test_a_posterior_is_the_precision_weighted_mean_of_normal_effects():
    data = Mixture(np.ones(1), np.log([0.97]) / 2, np.full(1, 0.01 / 0.97 / 2), df=np.inf)
    mixed = NormalEffect(-1.0, 2.0, "prior").given(data, 2.0)
    assert mixed.mean_percent == pytest.approx((-1 / 4 - 3) / (1 / 4 + 1), abs=0.02)
    assert mixed.sd_percent == pytest.approx((1 / 4 + 1) ** -0.5, abs=0.02)


def test_research_rules_out_what_only_vague_components_would_hold():
    """Half of the data's weight is on one that is as wide as ten studies together."""
    data = Mixture(np.full(2, 0.5), np.zeros(2), np.array([0.005, 0.2]), df=50.0)
    mixed = NormalEffect(0.0, 1.5, "prior").given(data, 1.0)
    assert mixed.sd_percent < 1.5 / 2
