"""Where a function of text runs: the same answers in their places, whoever dies."""

from __future__ import annotations

import builtins
import html
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from runanalytics.errors import UsageError
from runanalytics.libraries.executors import Died, here, in_processes, on_dask, through

TASKS = [f"<{number}>\n" for number in range(9)]
ANSWERS = [html.escape(task) for task in TASKS]
KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def test_each_gives_every_answer_with_its_place() -> None:
    with ThreadPoolExecutor(2) as threads:
        for done in (
            here(html.escape, TASKS),
            in_processes(2, html.escape, TASKS),
            through(threads, html.escape, TASKS),
        ):
            found = dict(done)
            assert [found[at] for at in range(len(TASKS))] == ANSWERS
    assert list(in_processes(2, html.escape, [])) == []


def test_a_process_that_dies_costs_one_answer() -> None:
    # What is printed by a task does not come between answers.
    tasks = ["print('noise')", KILL, "pass", "raise ValueError", "pass"]
    found = dict(in_processes(1, builtins.exec, tasks))
    assert found[1] == Died("the process that read it was ended by signal 9")
    assert found[3] == Died("the process that read it was ended by an error")
    assert [found[at] for at in (0, 2, 4)] == ["None"] * 3


def test_where_no_process_can_be_started_each_answer_is_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    reason = "no process can be started to read it (Permission denied)"
    assert dict(in_processes(2, html.escape, TASKS)) == dict.fromkeys(range(9), Died(reason))


def test_when_stopped_no_process_stays() -> None:
    answers = in_processes(2, builtins.exec, ["pass", "import time; time.sleep(600)"])
    assert next(answers)[0] == 0
    answers.close()  # ends the one that sleeps


def test_a_script_needs_no_guard(tmp_path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import html\nfrom runanalytics.libraries.executors import in_processes\n"
        "print(sorted(in_processes(1, html.escape, ['<'])))\n",
        encoding="utf-8",
    )
    shown = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "[(0, '&lt;')]\n"


def test_dask_gives_the_same_answers() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, processes=False, dashboard_address=None, silence_logs=50
    ) as cluster:
        found = dict(on_dask(cluster.scheduler_address, html.escape, [*TASKS, 3]))
    assert [found[at] for at in range(len(TASKS))] == ANSWERS
    failed = found[len(TASKS)]
    assert isinstance(failed, Died)
    assert failed.reason.startswith("AttributeError")


def test_no_scheduler_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        list(on_dask("not an address", html.escape, TASKS))
