"""Commands on effects, checks, a date, and change points."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runanalytics import Library


def run(library: Library, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "from runanalytics.cli import main; main()"
    call = [sys.executable, "-c", code, "--library", str(library.folder), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_effects_of_several_are_corrected_together(sample_library: Library, tmp_path: Path) -> None:
    file = tmp_path / "effects.svg"
    result = run(
        sample_library,
        "effect",
        "cadence,contact-time",
        "--of",
        "strength,technique",
        "--json",
        "--plot",
        file,
    )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["finding"] == "effects"
    assert answer["n_tests"] == 4
    assert [each["what"] for each in answer["effects"]] == ["strength", "technique"] * 2
    assert file.stat().st_size > 5_000


def test_all_names_everything_that_was_done(sample_library: Library) -> None:
    result = run(sample_library, "effect", "cadence", "--of", "all", "--json")
    answer = json.loads(result.stdout)
    assert {"strength", "technique", "plyometric"} <= {each["what"] for each in answer["effects"]}
    assert {each["metric"] for each in answer["effects"]} == {"cadence_spm"}


def test_checks_are_printed_one_by_one(sample_library: Library) -> None:
    result = run(
        sample_library, "checks", "contact-time", "--of", "strength", "--control", "technique"
    )
    assert result.returncode == 0, result.stderr
    for words in ("future dose", "control dose: technique", "robustness value", "stands up to"):
        assert words in result.stdout


def test_before_and_after_a_date(sample_library: Library) -> None:
    arguments = ["before-after", "contact-time", "--at", "2025-12-01", "--what", "a new plan"]
    result = run(sample_library, *arguments, "--horizon", "8")
    assert result.returncode == 0, result.stderr
    assert "8 weeks after 1 December 2025 (a new plan)" in result.stdout
    answer = json.loads(run(sample_library, *arguments, "--json").stdout)
    assert answer["percent_low"] < answer["percent"] < answer["percent_high"]


def test_change_points_of_the_sample(sample_library: Library) -> None:
    answer = json.loads(run(sample_library, "change-points", "cadence", "--json").stdout)
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
    sample_library: Library, arguments: list[str], message: str
) -> None:
    result = run(sample_library, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("runanalytics: ")
    assert message in result.stderr
