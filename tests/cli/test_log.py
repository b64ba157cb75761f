"""The diary, as a user types it."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runanalytics import Library
from runanalytics.cli import app
from runanalytics.errors import LibraryError, UsageError


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def output(library: Library, *arguments: str) -> str:
    called = CliRunner().invoke(app, ["--library", str(library.folder), "log", *arguments])
    if called.exception is not None and not isinstance(called.exception, SystemExit):
        raise called.exception
    return called.stdout


def test_a_line_is_shown_kept_listed_and_taken_back(library: Library) -> None:
    text = output(library, "gym:", "squat", "3x5", "80", "kg,", "6 strides", "--on", "3 May 2025")
    assert "Saturday 2025-05-03: counts as strength and as technique" in text
    assert "3 × 5  80 kg" in text
    assert "runanalytics log undo --on 2025-05-03" in text
    assert "1 line" in output(library)
    (line,) = json.loads(output(library, "--json"))
    assert [part["movement"] for part in line["parts"]] == ["squat", "strides"]
    assert "Taken back from 2025-05-03: gym:" in output(library, "undo")
    assert output(library).startswith("The diary has no line yet")


def test_days_are_named_alike_where_a_line_is_kept_and_taken_back(library: Library) -> None:
    day = dt.date.today() - dt.timedelta(days=40)
    named = f"the {day.day}th of {day:%B}" if 4 <= day.day <= 20 else f"{day.day} {day:%b}"
    output(library, "drills", "--on", named)
    assert f"Taken back from {day}: drills" in output(library, "undo", "--on", named)


def test_loads_and_distances_are_shown_in_the_library_s_units(library: Library) -> None:
    line = ("squat 3x5 175 lb, A-skips 3x30 yards, plank 60 s", "--on", "2025-05-03")
    text = output(library, *line)
    assert " 79.38 kg" in text
    assert "3 × 27.4 m" in text
    library.units("imperial")
    text = output(library, *line, "--at", "18:30")
    assert " 175 lb" in text
    assert "3 × 30 yd" in text


def test_only_the_names_of_shown_commands_are_no_text(library: Library) -> None:
    assert "line hops 3x20 m" in output(library, "line", "hops", "3x20", "m", "--yes")
    assert "undo curls 3x10" in output(library, "undo curls 3x10", "--yes")
    assert "\nsquat 3x5  Squat" in output(library, "- squat 3x5")


def test_unknown_words_are_kept_only_if_that_is_said(library: Library) -> None:
    with pytest.raises(UsageError, match="not kept: 'zorbing'") as caught:
        output(library, "zorbing 3x10", "--on", "2025-05-03")
    assert caught.value.exit_status == 2
    assert not (library.folder / "diary.md").exists()
    kept = json.loads(output(library, "zorbing 3x10", "--on", "2025-05-03", "--yes", "--json"))
    assert (kept["kept"], kept["not_understood"]) == (True, ["zorbing"])


def test_edit_opens_the_diary_and_reads_it_anew(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'a').write('2025-05-03\\ndrills\\nlost')\n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(editor)]))
    assert "2 lines" in output(library, "edit")
    diary = library.folder / "diary.md"
    before = diary.read_bytes()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for status, why in ((0, "no text in UTF-8"), (3, "ended with status 3")):
        editor.write_text(
            f"import sys; open(sys.argv[1], 'ab').write(b'\\xff{status}'); sys.exit({status})\n"
        )
        with pytest.raises(UsageError, match=f"{why}; the diary is not edited"):
            output(library, "edit")
        assert diary.read_bytes() == before
    kept = {file.read_bytes()[-1:] for file in tmp_path.glob("diary-*.md")}
    assert kept == {b"0", b"3"}
    editor.write_text(
        "import sys; from runanalytics import Library\n"
        "Library.open(sys.argv[1]).log('6 strides', on='2025-05-04')\n"
        "open(sys.argv[2], 'a').write('- squat 3x5\\n')\n"
    )
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(editor), str(library.folder)]))
    with pytest.raises(LibraryError, match="changed meanwhile; the diary is not edited") as told:
        output(library, "edit")
    assert "6 strides" in diary.read_text()
    assert "squat" in Path(str(told.value.hint).rpartition(" ")[2]).read_text()
    monkeypatch.setenv("EDITOR", "no-such-editor")
    with pytest.raises(UsageError, match=r"cannot be started \(No such file or directory\); the"):
        output(library, "edit")
    monkeypatch.setenv("EDITOR", "true")
    library.diary_file().write_text("2025-05-03\ndrills\n2025-06-31\ngym\n")
    called = CliRunner().invoke(app, ["--library", str(library.folder), "log", "edit"])
    assert called.exit_code == 1  # a line is left out, and named
    assert "line 4 'gym' stands below a date that is none" in called.stderr
    assert library.status().diary.startswith("last kept on 2025-05-03 (1 line); not read: line 4")


def test_a_decision_says_what_was_decided_alone_and_stays(library: Library, tmp_path: Path) -> None:
    rows = "".join(f"2026-05-0{day},8 km,48:00,easy + 4 strides\n" for day in (1, 2, 3))
    (tmp_path / "runs.csv").write_text(f"date,distance,duration,title\n{rows}")
    library.add(tmp_path / "runs.csv")
    (first, *_) = library.proposals_in("strides")["id"]
    output(library, "confirm", "strides", "--only", first)
    alone = "Decided alone before (--only), and still so: 2026-05-01 confirmed.\n"
    text = output(library, "reject", "strides")
    assert "is rejected: 2 days, 2026-05-02 to 2026-05-03. What is imported later" in text
    assert alone in text
    assert output(library, "reject", "strides", "--undo").endswith(f"to 2026-05-03.\n{alone}")


def test_a_day_to_come_is_told_and_is_not_when_the_diary_was_last_kept(library: Library) -> None:
    library.log("6 strides", on="2025-05-03")
    day = dt.date.today() + dt.timedelta(days=30)
    with (library.folder / "diary.md").open("a") as file:
        file.write(f"\n{day}\nsquat 3x5\n")
    assert library.diary_problems() == [
        f"line 10 'squat 3x5' stands below {day}, which is in the future"
    ]
    assert "last kept on 2025-05-03" in library.status().diary


def test_help_shows_how_a_line_is_given_and_the_commands(library: Library) -> None:
    text = output(library, "--help")
    for word in ("[TEXT]", "--programme", "undo", "edit"):
        assert word in text
