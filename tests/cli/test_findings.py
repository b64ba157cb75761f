"""Commands on trends, effects, checks, a date, and change points."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runanalytics import Library, trend
from runanalytics.cli.curve import curve
from runanalytics.simulate import simulate_form

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


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        ("trend contact-time", "runanalytics status"),
        ("effect cadence --of strength", "runanalytics log"),
        ("effect all --of all", "runanalytics log"),
        ("effect cadence --of squat", "runanalytics log"),
        ("effect race-times --of strength", "runanalytics log"),
        ("checks cadence --of strength", "runanalytics log"),
        ("before-after contact-time --at 2026-03-03", "runanalytics status"),
        ("change-points contact-time", "runanalytics status"),
        ("races", "runanalytics races add"),
        ("claims", "runanalytics log"),
        ("adherence gym-and-after-run", "runanalytics log"),
        ("log proposed", "runanalytics log"),
    ],
)
def test_where_nothing_is_known_an_answer_says_what_to_do(
    run: Run, library: Library, tmp_path: Path, arguments: str, step: str
) -> None:
    """Of runs alone, and no log, contact time or race."""
    rows = [f"2026-03-0{day},09:00,8 km,48:00,168" for day in range(1, 5)]
    file = tmp_path / "runs.csv"
    file.write_text("\n".join(["date,time,distance,duration,cadence", *rows, ""]))
    assert library.add(file, timezone="Europe/Berlin").exit_status == 0
    said = run(*arguments.split(), library=library)
    assert said.status == 0, said.err
    assert f"'{step}" in said.out


def test_a_dose_that_was_never_done_says_what_to_do(run: Run, sample_library: Library) -> None:
    said = run("effect", "cadence", "--of", "depth-jump", library=sample_library)
    assert "the log holds none of it" in said.out
    assert "'runanalytics movements NAME'" in said.out


def test_an_effect_on_race_times_is_drawn_beside_its_prior(sample_library: Library) -> None:
    axes = sample_library.race_effect("strength").plot()
    assert [each.get_text() for each in axes.get_yticklabels()] == ["these data", "prior", "both"]
    assert "not enough data" not in " ".join(each.get_text() for each in axes.texts)


@pytest.mark.parametrize("group", ["", "log", "races", "experiment", "merges", "spans", "cohort"])
def test_help_cuts_no_sentence(run: Run, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = run(*group.split(), "--help").out.split("Commands:")[1].splitlines()
    assert len(listed) > 1
    assert not any(line.endswith("...") or len(line) > 80 for line in listed)


# The curve on a terminal -------------------------------------------------------------------------


def test_a_trend_draws_its_curve_where_somebody_looks(
    run: Run, sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["trend", "contact-time", "--since", "2026-01-01"]
    assert "░" not in run(*words, library=sample_library).out
    monkeypatch.setattr("runanalytics.cli.findings.on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    drawn = run(*words, library=sample_library).out.splitlines()
    assert sum("│" in line for line in drawn) == 9
    assert all(len(line) <= 60 for line in drawn)
    assert json.loads(run(*words, "--json", library=sample_library).out)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_curve_fits_and_goes_where_the_level_goes(width: int, ascii_only: bool) -> None:
    weekly = pd.DataFrame({"week": pd.date_range("2026-01-05", periods=30, freq="7D")})
    weekly["value"] = np.linspace(160.0, 170.0, 30)
    found = trend(simulate_form(3, weeks=8).form)
    found = replace(found, weekly=weekly.assign(low=weekly["value"] - 1, high=weekly["value"] + 1))
    title, *lines, dates = curve(found, width, ascii_only=ascii_only).split("\n")
    assert title.isascii() == ascii_only
    assert max(map(len, [*lines, dates])) <= width
    assert dates.split() == ["2026-01-05", "2026-07-27"]
    axis, signs, inside = ("|", "#", ":") if ascii_only else ("│", "▀▄", "░")
    cells = [line.split(axis, 1)[1] for line in lines]
    level = [min(line.find(sign) for sign in signs if sign in line) for line in cells[1:-1]]
    assert level == sorted(level, reverse=True)
    assert len(set(level)) == len(level)
    assert all(inside in line for line in cells)
    labels = [float(line.split(axis)[0]) for line in (lines[0], lines[4], lines[-1])]
    assert labels == [171, 165, 159]


def test_a_curve_of_one_week_is_none() -> None:
    form = pd.DataFrame({"local_date": ["2026-01-05", "2026-01-06"], "value": [160.0, 161.0]})
    assert curve(trend(form, metric="cadence"), 80) == ""


# Units -------------------------------------------------------------------------------------------


def test_units_are_remembered_until_others_are_stated(
    run: Run, sample_import: Path, tmp_path: Path
) -> None:
    place = tmp_path / "library"
    shutil.copytree(sample_import / "library", place)
    words = ["trend", "cadence", "--since", "2026-08-01"]

    def pace(*options: str) -> str:
        said = run(*words, *options, library=place)
        assert said.status == 0, said.err
        return str(re.search(r"All at [\d:]+/(km|mi):", said.out)[1])

    assert (pace(), run("units", library=place).out) == ("km", "Shown in metric units\n")
    assert run("units", "imperial", library=place).out == "Shown in imperial units\n"
    assert (pace(), pace("--metric"), pace("--imperial")) == ("mi", "km", "mi")
    assert run("races", library=place).out.count("/mi") == 9
    assert run(*words, "--json", library=place).json["reference_pace"].endswith("/mi")
    wrong = run("units", "nautical", library=place)
    assert wrong.status == 2
    assert "metric, imperial" in wrong.err
    assert Library.open(place).units() == "imperial"
    (place / "units.txt").write_text("parsecs")  # by hand
    assert pace() == "km"


def test_a_library_that_is_not_there_yet_shows_metric_units(run: Run, tmp_path: Path) -> None:
    assert run("units", library=tmp_path / "new").out == "Shown in metric units\n"
    assert not (tmp_path / "new").exists()


def test_a_report_is_in_the_units_of_its_library(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        "runanalytics.report.build_report", lambda *_, units, **__: asked.append(units)
    )
    library.units("imperial")
    library.report(tmp_path / "report.pdf")
    library.report(tmp_path / "report.pdf", units="metric")
    assert asked == ["imperial", "metric"]
