"""Text fits the terminal, stays whole in a pipe, and tables are never cut."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runanalytics import before_after
from runanalytics.cli.printing import print_finding, print_rows, print_text, text_width, wrapped
from runanalytics.simulate import simulate_form

SENTENCE = "Cadence rose by 2.1 % (95 % interval 1.0 to 4.5 %), from 221 runs in 75 weeks. " * 3


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_no_longer_than_the_width_and_no_word_is_lost(width: int) -> None:
    lines = wrapped(SENTENCE, width).split("\n")
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == SENTENCE.split()
    assert not any(line.startswith("%") for line in lines)


def test_a_command_stays_in_one_line_to_be_copied() -> None:
    command = "'runanalytics spans break strength 2025-09-15 2026-03-05'"
    text = wrapped(f"if the log was not kept then, say so with {command} and ask again", 60)
    assert command in text.split("\n")[1]


def test_what_goes_on_below_begins_where_its_line_does() -> None:
    text = wrapped("  strength       none   " + "import a log of strength work " * 3, 60)
    first, *others = text.split("\n")
    assert all(len(line) - len(line.lstrip()) == first.index("import") for line in others)


def test_in_a_pipe_nothing_is_wrapped_unless_a_width_is_stated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    print_text(SENTENCE)
    assert capsys.readouterr().out == f"{SENTENCE}\n"
    monkeypatch.setenv("COLUMNS", "50")
    print_text(SENTENCE, to_stderr=True)
    assert max(map(len, capsys.readouterr().err.split("\n"))) <= 50
    assert text_width(io.StringIO()) == 50


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_on_a_terminal_text_is_as_wide_as_it(tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
    code = f"from runanalytics.cli.printing import print_text; print_text({SENTENCE!r})"
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    done = subprocess.run([sys.executable, "-c", code], stdout=theirs, env=environment, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert done.returncode == 0
    assert shown == f"{wrapped(SENTENCE, 60)}\n"


ROWS = [
    {"metric": "ground contact time", "change, %": "−3.4 (−5.7 to −1.8)", "verdict": "association"},
    {"metric": "跑步 cadence", "change, %": "+0.1", "verdict": "no clear association"},
]


@pytest.mark.parametrize("width", [0, 120, 60, 40])
def test_a_table_holds_every_word_at_every_width(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_rows(ROWS)
    shown = capsys.readouterr().out
    for row in ROWS:
        for cell in row.values():
            assert all(word in shown for word in cell.split())
    if width:
        assert max(map(len, shown.split("\n"))) <= width
    assert not any(line.endswith(" ") for line in shown.split("\n"))


def test_a_table_that_no_terminal_can_hold_is_written_row_by_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_rows([{"name": "a" * 30, "sha": "b" * 30}])
    assert capsys.readouterr().out == f"{'a' * 30}\n  sha: {'b' * 30}\n"


def test_without_an_answer_no_table_is_printed_and_nothing_is_near(
    capsys: pytest.CaptureFixture[str],
) -> None:
    form = simulate_form(7, weeks=12, device_step_pct=4.0).form
    print_finding(before_after(form, "2015-06-01"), None, as_json=False)
    said = capsys.readouterr().out
    assert said.startswith("Not enough data on ground contact time before and after 1 June 2015")
    assert "at the horizon" not in said
    assert "Near the date" not in said
