"""Commands on effects, checks, a date, and change points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runanalytics import Library

Run = Callable[..., Any]


def test_effects_of_several_are_corrected_together(
    run: Run, sample_library: Library, tmp_path: Path
) -> None:
    file = tmp_path / "effects.svg"
    words = ["effect", "cadence,contact-time", "--of", "strength,technique"]
    result = run(*words, "--json", "--plot", file, library=sample_library)
    assert result.status == 0, result.err
    answer = result.json
    assert answer["finding"] == "effects"
    assert answer["n_tests"] == 4
    assert [each["what"] for each in answer["effects"]] == ["strength", "technique"] * 2
    assert file.stat().st_size > 5_000


def test_all_names_everything_that_was_done(run: Run, sample_library: Library) -> None:
    result = run("effect", "cadence", "--of", "all", "--json", library=sample_library)
    answer = result.json
    assert {"strength", "technique", "plyometric"} <= {each["what"] for each in answer["effects"]}
    assert {each["metric"] for each in answer["effects"]} == {"cadence_spm"}


def test_checks_are_printed_one_by_one(run: Run, sample_library: Library) -> None:
    result = run(
        "checks",
        "contact-time",
        "--of",
        "strength",
        "--control",
        "technique",
        library=sample_library,
    )
    assert result.status == 0, result.err
    for words in ("future dose", "control dose: technique", "robustness value", "stands up to"):
        assert words in result.out


def test_before_and_after_a_date(run: Run, sample_library: Library) -> None:
    arguments = ["before-after", "contact-time", "--at", "2025-12-01", "--what", "a new plan"]
    result = run(*arguments, "--horizon", "8", library=sample_library)
    assert result.status == 0, result.err
    assert "8 weeks after 1 December 2025 (a new plan)" in result.out
    answer = run(*arguments, "--json", library=sample_library).json
    assert answer["percent_low"] < answer["percent"] < answer["percent_high"]


def test_change_points_of_the_sample(run: Run, sample_library: Library) -> None:
    answer = run("change-points", "cadence", "--json", library=sample_library).json
    assert answer["verdict"] in ("change points", "no change point")
    assert len(answer["table"]) == len(answer["points"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["before-after", "cadence", "--at", "soon"], "2026-03-01"),
        (["checks", "cadense", "--of", "strength"], "cadence"),
        (["checks", "cadence", "--of", "strength", "--control", "knitting"], "knitting"),
        (["effect", ",", "--of", "strength"], "names nothing"),
        (["effect", "cadence", "--of", "strength,strenght"], "strenght"),
    ],
)
def test_wrong_use_is_one_message(
    run: Run, sample_library: Library, arguments: list[str], message: str
) -> None:
    result = run(*arguments, library=sample_library)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("runanalytics: ")
    assert message in result.err
