"""The plan of an experiment: what its file holds, and that an edit shows."""

from __future__ import annotations

import dataclasses
import tomllib

import numpy as np
import pytest

from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.experiments.plan import BLOCK_MEANS, Admissible, Plan, read_plan


def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    hostile = dataclasses.replace(
        plan, hypothesis='= "x"\n[[block]] \x7f \x1b[31m # 😀 \\', speed_m_s=np.nan
    ).digested()
    for each in (plan, hostile):
        again = read_plan(each.to_toml().encode(), "trial.toml")
        assert repr(again) == repr(each)  # NaN differs from itself
        assert not again.edited
    table = tomllib.loads(plan.to_toml())
    assert table["schedules"] == "616"
    assert len(table["block"]) == 12
    assert table["block"][0]["first"].isoformat() == "2024-12-30"
    assert {"hypothesis", "statistic_in_words", "test", "level", "seed", "written"} <= set(table)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level = 0.95", "level = 0.9"),
        ("first = 2025-01-27", "first = 2025-01-28"),
        ("with = true", "with = false"),
        ('metric = "ground', 'metric = "xground'),
        ('digest = "', 'digest = "0'),
        ("seed = 1", "seed = 2"),
        ("seed = 1", "seed = 1\nextra = 1"),
    ],
)
def test_every_edit_shows(plan: Plan, old: str, new: str) -> None:
    text = plan.to_toml()
    assert old in text
    assert read_plan(text.replace(old, new, 1).encode(), "trial.toml").edited


def test_a_comment_or_another_layout_is_no_edit(plan: Plan) -> None:
    text = plan.to_toml().replace("level = 0.95", "level=0.95  # as agreed")
    assert not read_plan(text.encode(), "trial.toml").edited


def test_a_schedule_that_was_not_drawn_shows_even_with_a_digest_that_fits(plan: Plan) -> None:
    others = plan.admissible.compared(0).labels
    chosen = next(tuple(each.tolist()) for each in others if tuple(each.tolist()) != plan.labels)
    assert dataclasses.replace(plan, labels=chosen).digested().edited


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "no plan"),
        ("x = 1", "it has no reference_speed_m_s"),
        ("\xff", "no plan"),
    ],
)
def test_a_broken_file_is_one_message(text: str, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read_plan(text.encode("latin-1"), "trial.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("block_weeks = 4", "block_weeks = 0"),
        ("level = 0.95", "level = 2.0"),
        ("with_a_week = 3.0", "with_a_week = -1.0"),
        ("first_date = 2024-12-30", 'first_date = "soon"'),
        ('name = "trial"', 'name = "../trial"'),
        ("time_constants_weeks = [1.5, ", "time_constants_weeks = [-1.5, "),
        ('statistic = "exposure"', 'statistic = "luck"'),
        ("with_a_week = 3.0", "with_a_week = 1e308"),
        ("expected_percent = -2.0", "expected_percent = nan"),
        ("expected_percent = -2.0", "expected_percent = 1e-308"),
        ('written = "', 'written = "<script>'),
        ("time_constants_weeks = [1.5, ", "time_constants_weeks = [nan, "),
        ("level = 0.95", f'level = "{"x" * 100_000}"'),
        ('name = "trial"', r'name = "a\nb\u001b[31m"'),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: Plan, old: str, new: str) -> None:
    text = plan.to_toml()
    assert old in text
    with pytest.raises(UnreadableFileError, match=r"trial\.toml: no plan") as refused:
        read_plan(text.replace(old, new).encode(), "trial.toml")
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 400


def test_pairs_have_one_block_with_and_one_without() -> None:
    pairs = Admissible(12, pairs=True)
    labels = pairs.compared(0).labels
    assert len(labels) == pairs.count == 64
    assert (labels.reshape(64, 6, 2).sum(axis=2) == 1).all()
    assert pairs.smallest_p() == 1 / 64
    assert pairs.smallest_p(BLOCK_MEANS) == 2 / 64
    fixed = Admissible(6, pairs=True, fixed={1: 1}).compared(0).labels
    assert fixed[:, :2].tolist() == [[0, 1]] * 4
    with pytest.raises(UsageError, match="fixed alike"):
        Admissible(6, pairs=True, fixed={0: 1, 1: 1}).count  # noqa: B018
    with pytest.raises(UsageError, match="do not make pairs"):
        Admissible(7, pairs=True)


def test_large_sets_are_drawn_from() -> None:
    large = Admissible(36, 3)
    some = large.compared(5, most=50)
    assert some.drawn
    assert some.labels.shape == (50, 36)
    assert not Admissible(12, 3).compared(5, most=50).drawn
