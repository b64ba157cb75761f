"""What to do next: what is missing is asked for once, and what to try is what the data can tell."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from runanalytics.findings.finding import ASSOCIATION, NO_ASSOCIATION
from runanalytics.report.contents import ReportContents
from runanalytics.report.next_steps import MOST_STEPS, next_steps
from runanalytics.report.page_one import answers, facts


def without(contents: ReportContents, *logs: str) -> ReportContents:
    doses = {what: dose.head(0) if what in logs else dose for what, dose in contents.doses.items()}
    return dataclasses.replace(contents, doses=doses, effects={})


def commands(contents: ReportContents) -> list[str]:
    return [step["command"] for step in next_steps(contents)]


@pytest.mark.parametrize(
    ("logs", "work", "command"),
    [
        (("strength",), "your strength work:", "import strong.csv"),
        (("technique",), "your running drills,", 'log "A-skips 3x30 m, 6 strides"'),
        (
            ("strength", "technique"),
            "your strength work and your running drills:",
            'log "gym: squat 3x5 80 kg; A-skips 3x30 m"',
        ),
    ],
)
def test_work_that_is_not_logged_is_asked_for_once(contents, logs, work, command):
    steps = next_steps(without(contents, *logs))
    asked = [step for step in steps if work in step["text"]]
    assert [step["command"] for step in asked] == [f"runanalytics {command}"]
    shown = {fact["label"] for fact in facts(without(contents, *logs), "metric")}
    assert not shown & {f"{what} sessions" for what in logs}


def test_nothing_is_asked_for_that_is_there(contents):
    assert commands(dataclasses.replace(contents, effects={})) == []


def test_a_log_that_has_fallen_behind_is_asked_for(contents):
    dose = contents.doses["strength"]
    early = dose[dose["local_date"] < dose["local_date"].max() - pd.Timedelta(days=60)]
    late = dataclasses.replace(
        contents, doses={**contents.doses, "strength": early.copy()}, effects={}
    )
    (step,) = next_steps(late)
    assert "strength work ends on" in step["text"]
    assert step["command"] == "runanalytics import FILE"


def test_a_long_gap_in_a_log_is_asked_about(contents):
    dose = contents.doses["technique"].copy()
    dose.attrs["log_gaps"] = [("2025-07-01", "2025-10-01")]
    paused = dataclasses.replace(contents, doses={**contents.doses, "technique": dose}, effects={})
    (step,) = next_steps(paused)
    assert "from 1 July 2025 to 1 October 2025" in step["text"].replace("\N{NO-BREAK SPACE}", " ")
    assert step["command"] == "runanalytics spans break technique 2025-07-01 2025-10-01"


def test_lists_of_runs_are_told_from_watches_without_dynamics(contents):
    none = {metric: form.head(0) for metric, form in contents.forms.items()}
    absent = dataclasses.replace(contents, forms=none, effects={})
    assert "switch them on" in next_steps(absent)[0]["text"]
    listed = dataclasses.replace(absent, runs=contents.runs.assign(detail="summary"))
    assert "come from a list" in next_steps(listed)[0]["text"]


def test_what_to_try_is_the_open_question_with_the_smallest_effect_that_would_be_found(contents):
    sizes = (3.0, 2.0, 1.0, 4.0)
    effects = {
        pair: dataclasses.replace(
            effect, verdict=NO_ASSOCIATION, detectable_percent=size, detectable=size
        )
        for (pair, effect), size in zip(contents.effects.items(), sizes, strict=True)
    }
    *_, pair, _ = effects
    effects[pair] = dataclasses.replace(effects[pair], verdict=ASSOCIATION)
    text = next_steps(dataclasses.replace(contents, effects=effects))[-1]["text"]
    assert "whether strength work goes along with ground contact time" in text
    assert "2.0\u00a0% (2.0\u00a0ms) for two more sessions a week" in text
    assert "stays an observation" in text


def test_page_one_has_room_for_all_and_ends_with_them(contents):
    bare = dataclasses.replace(
        without(contents, "strength", "technique"),
        effects=contents.effects,
        races=contents.races.head(0),
        forms={metric: form.head(0) for metric, form in contents.forms.items()},
    )
    assert 0 < len(next_steps(bare)) <= MOST_STEPS
    last = answers(bare, "metric")[-1]
    assert last["question"] == "What to do next"
    assert "p = " not in str(answers(contents, "metric"))
