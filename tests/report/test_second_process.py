"""A report by two processes: the same one, whatever becomes of the second."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future

import pytest

from runanalytics.errors import UnitError
from runanalytics.report import build, second_process
from runanalytics.report.second_process import SecondProcess
from runanalytics.units import parse_pace


@pytest.fixture
def here() -> int:
    """The number of this process."""
    return os.getpid()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done here because it has not been begun there."""
    monkeypatch.setattr(Future, "cancel", lambda _: False)


@pytest.mark.usefixtures("patient")
def test_the_second_process_answers_and_ends_with_the_block(here: int) -> None:
    with SecondProcess(wanted=True) as second:
        child = second._process
        assert child is not None
        assert second.asked(os.getpid)() == child.pid != here
        second.asked(time.sleep, 60)  # is never called for, and not waited for
    assert child.returncode is not None
    with SecondProcess(wanted=False) as second:
        assert second.asked(os.getpid)() == here


def test_what_is_left_to_it_is_waited_for(here: int) -> None:
    with SecondProcess(wanted=True) as second:
        second.asked(time.sleep, 0.3)
        assert second.left(os.getpid)() != here


def test_what_it_has_not_begun_is_done_here(here: int) -> None:
    with SecondProcess(wanted=True) as second:
        begun = second.asked(time.sleep, 0.3)
        waiting = second.asked(os.getpid)
        assert waiting() == here
        assert begun() is None


@pytest.mark.usefixtures("patient")
def test_its_errors_are_raised_as_here(here: int) -> None:
    with SecondProcess(wanted=True) as second:
        with pytest.raises(UnitError, match="not a pace"):
            second.asked(parse_pace, "five minutes")()
        assert second.asked(lambda: os.getpid())() == here, "which cannot be sent"
        assert second.asked(os.getpid)() != here


@pytest.mark.usefixtures("patient")
def test_if_it_dies_or_cannot_be_started_this_process_answers(
    here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SecondProcess(wanted=True) as second:
        assert second._process is not None
        first = second.asked(os.getpid)
        assert first() != here
        second._process.kill()
        assert [second.asked(os.getpid)() for _ in range(2)] == [here, here]

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no process may be started")

    monkeypatch.setattr(second_process.subprocess, "Popen", refuse)
    with SecondProcess(wanted=True) as second:
        assert second.asked(os.getpid)() == here


def test_it_is_wanted_where_it_helps_and_there_is_room(frames, tmp_path, monkeypatch) -> None:
    library, n_runs = frames(), len(frames().runs())
    pdf, page = tmp_path / "report.pdf", tmp_path / "report.html"
    assert not build._is_worth_two(library, pdf), "the suite uses all cores"
    monkeypatch.setattr(build, "cores", lambda: 2)
    for most, wanted in ((n_runs, True), (n_runs - 1, False)):
        monkeypatch.setattr(build, "MOST_RUNS_FOR_TWO", most)
        assert build._is_worth_two(library, pdf) is wanted
        assert not build._is_worth_two(library, page)
    assert not build._is_worth_two(frames("runs"), pdf)
