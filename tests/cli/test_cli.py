"""The command line as a user meets it: its two streams and its exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from runanalytics import Library, __version__, cli
from runanalytics.cli import importing
from runanalytics.library.ingest.report import FileOutcome, ImportReport
from runanalytics.library.storage import writing

SAMPLE = Path(__file__).parents[2] / "data" / "sample"

Run = Callable[..., Any]


def test_version_names_the_fit_profile(run: Run) -> None:
    result = run("--version")
    assert re.fullmatch(
        rf"runanalytics {re.escape(__version__)} \(FIT profile [\d.]+\)\n", result.out
    )


@pytest.mark.parametrize("arguments", [["--help"], ["trend", "--help"], ["import", "--help"]])
def test_help_is_help(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.status == 0
    assert "Usage:" in result.out


@pytest.mark.parametrize("arguments", [["trent"], ["trend"], ["import"], ["trend", "--nope"]])
def test_wrong_use_is_status_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert "Usage" in result.err


def test_importing_the_sample(run: Run, sample_import: Path, tmp_path: Path) -> None:
    first = (sample_import / "out.txt").read_text(encoding="utf-8")
    assert re.search(r"\d+ added \(\d+ runs", first)
    library = tmp_path / "library"
    shutil.copytree(sample_import / "library", library)
    again = run("import", SAMPLE, library=library)
    assert again.status == 0
    assert "already there" in again.out
    assert " added" not in again.out


def test_broken_files_are_named_and_the_others_imported(
    run: Run, tmp_path: Path, some_files: Path
) -> None:
    (some_files / "text.fit").write_text("this is no FIT file")
    (some_files / "empty.fit").write_bytes(b"")
    (some_files / "sets.csv").write_text("date,sets,reps\n2026-03-01,3,10\n")
    result = run("import", some_files, library=tmp_path / "library")
    assert result.status == 1
    lines = [line for line in result.err.splitlines() if line.startswith("skipped: ")]
    assert len(lines) == 3, result.err
    by_file = {line.split(":")[1].strip(): line for line in lines}
    assert set(by_file) == {"text.fit", "empty.fit", "sets.csv"}
    assert "empty" in by_file["empty.fit"]
    assert "'movement'" in by_file["sets.csv"]
    assert "4 runs" in result.out


def test_files_without_content_are_told_of_by_their_reasons_and_all_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ride = "an activity of sport '{}': neither a run nor strength work"
    reasons = [
        *(f"the checksum does not match; {ride.format('cycling')}", ride.format("cycling")),
        *map(ride.format, ("walking", "rowing", "hiking", "swimming")),
        *(f"a file of type {letter}: it holds no activity" for letter in "abcdefg"),
    ]
    report = ImportReport(
        tuple(FileOutcome(f"{n}.fit", "", "nothing", each) for n, each in enumerate(reasons))
    )
    importing._print_report(report, every_line=False)
    first, *others, more, total = capsys.readouterr().out.splitlines()
    assert first == (
        "nothing to import: 6 files (0.fit, 1.fit, 2.fit, ...): an activity of sport 'cycling' "
        "(2), 'walking' (1), 'rowing' (1), 'hiking' (1), ...: neither a run nor strength work"
    )
    assert len(others) == 5
    assert more == (
        "nothing to import: 2 files for other reasons (an import with --all prints them)"
    )
    importing._print_report(report, every_line=True)
    *every, same = capsys.readouterr().out.splitlines()
    assert len(every) == len(set(reasons))
    assert any("checksum" in line for line in every)
    assert same == total == "13 files: 13 with nothing to import"


@pytest.mark.parametrize("content", [b"", b"this is no FIT file"])
def test_only_a_broken_file_is_status_2(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "only.fit").write_bytes(content)
    result = run("import", tmp_path / "only.fit", library=tmp_path / "library")
    assert result.status == 2
    assert result.err.startswith("skipped: only.fit: ")


def test_a_path_that_is_not_there_is_one_message(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path / "gone", library=tmp_path / "library")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert "there is no such file or folder" in result.err


def test_dry_run_changes_nothing(run: Run, tmp_path: Path, some_files: Path) -> None:
    result = run("import", some_files, "--dry-run", "--json", library=tmp_path / "library")
    assert result.json["dry_run"] is True
    assert not (tmp_path / "library").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_without_rights_is_status_3(run: Run, tmp_path: Path, some_files: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = run("import", some_files, library=tmp_path / "locked" / "library")
    assert result.status == 3
    assert "permission" in result.err


def test_a_library_that_is_a_file_is_status_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("status", library=tmp_path / "file")
    assert (result.status, result.out) == (3, "")
    assert "a library is a folder" in result.err


def test_status_of_nothing_says_what_to_import(run: Run, tmp_path: Path) -> None:
    result = run("status", library=tmp_path / "library")
    assert result.status == 0
    assert "import FIT files" in result.out
    assert not (tmp_path / "library").exists()


def test_status_lists_the_latest_of_many_breaks(tmp_path: Path) -> None:
    nothing = Library.open(tmp_path / "library").status()
    breaks = tuple((f"{year}-03-01", f"{year}-05-01") for year in range(2001, 2021))
    text = replace(nothing, gaps=breaks).text()
    assert "2020-03-01 to 2020-05-01\n  and 10 before that (--json)" in text
    assert "2010-03-01" not in text
    assert "before that" not in replace(nothing, gaps=breaks[:10]).text()


def test_status_of_the_sample(run: Run, sample_library: Library) -> None:
    known = {
        one["what"]: one for one in run("status", "--json", library=sample_library).json["known"]
    }
    assert known["runs"]["count"] == len(sample_library.runs())
    assert known["contact time"]["first"] > known["runs"]["first"]
    text = run("status", library=sample_library).out
    assert "Simulated" in text
    assert "strength" in text


@pytest.mark.parametrize(
    ("metric", "low", "high"), [("cadence", 140, 210), ("contact-time", 180, 350)]
)
def test_trend_gives_a_value_per_run(
    run: Run, sample_library: Library, metric: str, low: float, high: float
) -> None:
    answer = run("trend", metric, "--json", library=sample_library).json
    # A device with a single run says nothing about change, and is set aside.
    counted = answer["n_runs"] + answer["set_apart"]["n_runs"]
    assert 100 < counted <= len(answer["runs"]) <= counted + 2
    assert answer["set_apart"]["n_runs"] <= sum(
        one["kind"] == "treadmill" for one in answer["runs"]
    )
    for one in answer["runs"]:
        assert low < one["value"] < high
        assert 0 < one["se"] < one["value"] / 10
    assert answer["change_low"] < answer["change"] < answer["change_high"]
    assert re.fullmatch(r"\d:\d\d/km", answer["reference_pace"])
    text = run("trend", metric, library=sample_library)
    assert f"All at {answer['reference_pace']}" in text.out
    assert "--all shows them" in text.out
    assert "no part of it" in answer["se_of_runs"]
    assert answer["se_of_runs"] in " ".join(text.out.split())


def test_trend_at_another_pace_in_miles(run: Run, sample_library: Library) -> None:
    answer = run(
        "trend", "cadence", "--pace", "9:00/mi", "--imperial", "--json", library=sample_library
    ).json
    assert answer["reference_pace"] == "9:00/mi"
    usual = run("trend", "cadence", "--json", library=sample_library).json
    assert answer["value"] != usual["value"]


def test_trend_between_days(run: Run, sample_library: Library) -> None:
    days = sample_library.runs()["local_date"]
    since = days.iloc[len(days) // 2].date().isoformat()
    answer = run("trend", "cadence", "--since", since, "--json", library=sample_library).json
    assert min(one["local_date"] for one in answer["runs"]) >= since


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trend", "cadense"], "cadence"),
        (["trend", "cadence", "--pace", "5:00"], "5:00/km"),
        (["trend", "cadence", "--pace", "fast"], "fast"),
        (["trend", "cadence", "--since", "soon"], "2026-03-01"),
        (["effect", "cadence", "--of", "strenght"], "strength"),
        (["effect", "cadence", "--of", "strength", "--measure", "sweat"], "sessions"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(
    run: Run, sample_library: Library, arguments: list[str], message: str
) -> None:
    result = run(*arguments, library=sample_library)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("runanalytics: ")
    assert result.err.count("\n") == 1
    assert message in result.err


def test_an_empty_library_says_how_to_fill_it(run: Run, tmp_path: Path) -> None:
    for arguments in (["trend", "cadence"], ["effect", "cadence", "--of", "strength"]):
        result = run(*arguments, library=tmp_path / "library")
        assert (result.status, result.out) == (2, "")
        assert "runanalytics import" in result.err


def test_effect_says_goes_along_and_never_causes(run: Run, sample_library: Library) -> None:
    answer = run(
        "effect", "contact-time", "--of", "strength", "--json", library=sample_library
    ).json
    assert answer["percent_low"] < answer["percent"] < answer["percent_high"]
    text = run("effect", "contact-time", "--of", "strength", library=sample_library).out
    assert "along with" in text
    assert "cause" not in text.lower()


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_plot_is_drawn(run: Run, sample_library: Library, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"trend.{ending}"
    result = run("trend", "cadence", "--plot", file, library=sample_library)
    assert result.status == 0
    assert file.stat().st_size > 5_000


def test_a_plot_of_no_known_kind_is_refused(
    run: Run, sample_library: Library, tmp_path: Path
) -> None:
    result = run("trend", "cadence", "--plot", tmp_path / "a.doc", library=sample_library)
    assert result.status == 2
    assert ".png" in result.err


def test_movements_lists_and_explains(run: Run) -> None:
    assert "calf" in run("movements").out
    assert len(run("movements", "--json").json) >= 73
    assert "Trains" in run("movements", "calf raise").out
    assert run("movements", "calf raise", "--json").json["details"]["how"]
    unknown = run("movements", "underwater basket weaving")
    assert unknown.status == 1
    assert "not matched" in unknown.out


SETS = "date,movement,reps\n2026-01-05,Flurgle,20\n2026-01-07,Squat,5\n"


def test_a_name_is_mapped_and_the_mapping_outlives_a_reimport(run: Run, tmp_path: Path) -> None:
    library, log = tmp_path / "library", tmp_path / "sets.csv"
    log.write_text(SETS, encoding="utf-8")
    assert run("import", log, library=library).status == 0
    assert "Flurgle (1)" in run("status", library=library).out
    mapped = run("movements", "map", "FLURGLE", "a-march", library=library)
    assert mapped.status == 0
    assert "a_march; your correction" in mapped.out
    log.write_text(SETS + "2026-01-08,flurgle,20\n", encoding="utf-8")
    assert run("import", log, library=library).status == 0
    status = run("status", library=library).out
    assert "Flurgle" not in status
    assert re.search(r"technique +2 ", status)
    assert "your correction" in run("movements", "Flurgle", library=library).out
    listed = run("movements", "map", "--json", library=library).json
    assert listed == [{"name": "FLURGLE", "movement": "a_march", "sets": 2}]
    assert "a_march" in run("movements", "map", library=library).out
    taken_back = run("movements", "unmap", "flurgle", library=library)
    assert taken_back.status == 0
    assert "not matched" in taken_back.out
    assert run("movements", "map", "--json", library=library).json == []
    assert "Flurgle (1)" in run("status", library=library).out


def test_a_name_that_is_no_movement(run: Run, tmp_path: Path) -> None:
    assert run("movements", "map", "Squat", "none", library=tmp_path).status == 0
    shown = run("movements", "squat", library=tmp_path)
    assert (shown.status, shown.out) == (0, "'squat' is no movement: your correction\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["map", "SL RDL", "single-leg-dedlift"], "did you mean 'single_leg_deadlift'"),
        (["map", "SL"], "put a name of several words in quotes"),
        (["map", "SL", "RDL", "deadlift"], "put a name of several words in quotes"),
        (["map", " ", "deadlift"], "a name is wanted"),
        (["unmap", "SL RDL"], "no correction of 'SL RDL'"),
        (["unmap"], "in quotes"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(
    run: Run, tmp_path: Path, words: list[str], reason: str
) -> None:
    result = run("movements", *words, library=tmp_path / "library")
    assert result.status == 2
    assert reason in result.err
    assert not (tmp_path / "library" / "movements.csv").exists()


def test_a_bad_line_of_the_mappings_stops_every_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "movements.csv").write_text("Flurgle,calf rse\n", encoding="utf-8")
    for command in (["movements", "squat"], ["movements", "map"], ["status"]):
        result = run(*command, library=tmp_path)
        assert result.status == 2
        assert f"{tmp_path / 'movements.csv'}: line 1: no movement 'calf rse'" in result.err


def test_help_says_how_a_name_is_mapped(run: Run) -> None:
    text = run("movements", "--help").out
    assert "movements map NAME MOVEMENT" in text
    assert "movements unmap NAME" in text
    assert "movements.csv" in text
    assert re.search(r"(?m)^  map +Say what a name in your logs means", text)
    assert re.search(r"(?m)^  unmap +Remove a correction", text)
    assert "show" not in text.partition("Commands:")[2]  # what NAME leads to is no word to type


@pytest.mark.parametrize(("command", "words"), [("map", "NAME MOVEMENT"), ("unmap", "NAME")])
def test_commands_on_movements_have_help_of_their_own(run: Run, command: str, words: str) -> None:
    result = run("movements", command, "--help")
    assert result.status == 0
    assert f" movements {command} [OPTIONS] [{words}]" in result.out


def test_a_name_needs_no_quotes_and_may_begin_with_the_hidden_command(run: Run) -> None:
    assert "calf_raise" in run("movements", "calf", "raise").out
    shown = run("movements", "show", "jumping")
    assert (shown.status, shown.out.partition(":")[0]) == (1, "'show jumping' is not matched")


def test_json_may_stand_before_a_name_or_command_on_movements(run: Run, tmp_path: Path) -> None:
    shown = run("movements", "--json", "calf raise", library=tmp_path)
    assert shown.json == run("movements", "calf raise", "--json", library=tmp_path).json
    assert run("movements", "--json", "map", library=tmp_path).json == []


def test_verify_and_export(run: Run, sample_library: Library, tmp_path: Path) -> None:
    assert "as it was stored" in run("verify", library=sample_library).out
    assert run("export", tmp_path / "out", library=sample_library).status == 0
    assert (tmp_path / "out" / "runs.csv").exists()


def test_an_import_cut_short_is_told_by_verify_and_is_no_failure(
    run: Run, tmp_path: Path, some_files: Path
) -> None:
    library = Library.open(tmp_path / "library")
    library.add(some_files)
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write("INSERT INTO meta VALUES ('unsettled', '1')", [()])
    result = run("verify", library=library)
    assert result.status == 0
    assert "the next import, of anything, completes it" in result.out
    assert json.loads(run("verify", "--json", library=library).out) == {"problems": []}


def test_verify_of_damage_is_status_1(run: Run, tmp_path: Path, some_files: Path) -> None:
    library = Library.open(tmp_path / "library")
    library.add(some_files)
    next((library.folder / "streams").iterdir()).write_bytes(b"torn")
    result = run("verify", library=library)
    assert result.status == 1
    assert "damaged" in result.out


def test_notebooks_are_put_where_asked_and_never_overwritten(run: Run, tmp_path: Path) -> None:
    run("notebook", tmp_path / "mine")
    files = sorted((tmp_path / "mine").glob("*.ipynb"))
    assert len(files) >= 2
    files[0].write_text("my own")
    assert "left alone" in run("notebook", tmp_path / "mine").out
    assert files[0].read_text() == "my own"


def test_the_demo_ends_with_a_report_and_the_next_command(demo: Path) -> None:
    assert (demo / "progress.pdf").read_bytes().startswith(b"%PDF")
    out = (demo / "out.txt").read_text(encoding="utf-8")
    for words in ("imulated", "trend cadence", "trend contact-time", "effect contact-time"):
        assert words in out
    planned, _, after = out.partition("Its 48 weeks lie in the future. Here they are simulated")
    assert "demo: 3 against 0 strength sessions a week" in planned
    assert "no person ran them" in after
    found = re.search(r"Because of 3 strength .* interval -([\d.]+) to -([\d.]+) %, p = ", after)
    assert found is not None
    # What truth.json states of two sessions a week, of three.
    assert float(found[1]) > 100 * (1 - 0.97**1.5) > float(found[2])
    assert "runanalytics import" in out.splitlines()[-1]


def test_a_report_is_written_where_asked(
    run: Run, library: Library, some_files: Path, tmp_path: Path
) -> None:
    library.add(some_files)
    result = run("report", tmp_path / "mine.pdf", "--paper", "letter", library=library)
    assert result.status == 0, result.err
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")


def test_a_locked_library_is_status_3(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "LOCK_WAIT_S", 0.1)
    with library.opened.writing():
        monkeypatch.setattr(sys, "argv", ["runanalytics"])
        result = CliRunner().invoke(
            cli.app, ["--library", str(library.folder), "import", str(some_files)]
        )
    assert result.exception is not None
    assert getattr(result.exception, "exit_status", None) == 3


def test_a_folder_without_files_is_an_error(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run("import", empty, library=tmp_path / "library")
    assert result.status == 2
    assert "no file was found; name files" in result.out + result.err
