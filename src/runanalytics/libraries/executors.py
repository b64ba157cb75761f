"""Where a function of text runs many times: here, in child processes, or on a Dask cluster.

Each gives answers as they are done, with their places, so that what is done can be kept when the
rest is stopped. A task whose process died, or could not be started, has the reason in place of an
answer, and is not tried again; the others go on.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from runanalytics.errors import UsageError
from runanalytics.processes import ONE_THREAD, leave_stopping_to_parent, look_for_garbage_seldom

#: A function from text to text, at the top of its module.
TextFunction = Callable[[str], str]

_CODE = (
    "import sys; sys.path[:] = {path!r}; "
    "from runanalytics.libraries.executors import serve; serve()"
)


class Died(NamedTuple):
    """Why a task has no answer."""

    reason: str


#: Place of a task, and its answer.
Done = tuple[int, str | Died]


def here(function: TextFunction, tasks: Sequence[str]) -> Iterator[Done]:
    """Yield answers that this process works out one after the other."""
    for at, task in enumerate(tasks):
        yield at, function(task)


def through(executor: Any, function: TextFunction, tasks: Sequence[str]) -> Iterator[Done]:
    """Yield answers from anything with a method `map`, such as `concurrent.futures` has."""
    yield from enumerate(executor.map(function, tasks))


def in_processes(number: int, function: TextFunction, tasks: Sequence[str]) -> Iterator[Done]:
    """Yield answers from child processes, which need no guard in scripts and work in notebooks.

    Parameters
    ----------
    number : int
        How many at once.
    function : callable
        From text to text; a child imports it by its name.
    tasks : sequence of str
        What it is called with.
    """
    waiting: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
    for task in enumerate(tasks):
        waiting.put(task)
    done: queue.SimpleQueue[Done] = queue.SimpleQueue()
    children = [_Child(function, waiting, done) for _ in range(min(number, len(tasks)))]
    try:
        for _ in tasks:
            yield done.get()
    finally:
        for child in children:
            child.end()


class _Child:
    """A thread that gives tasks to a process, one by one, and starts another when it dies."""

    def __init__(
        self,
        function: TextFunction,
        waiting: queue.SimpleQueue[tuple[int, str]],
        done: queue.SimpleQueue[Done],
    ) -> None:
        self._name = f"{function.__module__}:{function.__qualname__}"
        self._waiting, self._done = waiting, done
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                at, task = self._waiting.get(block=False)
                try:
                    process = self._running()
                except OSError as error:  # no right, no memory, too many processes or files
                    reason = f"no process can be started to read it ({error.strerror})"
                    self._done.put((at, Died(reason)))
                    continue
                if process is None:
                    return
                self._done.put((at, self._asked(process, task)))

    def _running(self) -> subprocess.Popen[str] | None:
        """Return the process, a new one if there is none; None after the end."""
        with self._lock:
            if self._ended:
                return None
            if self._process is None:
                self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                    [sys.executable, "-c", _CODE.format(path=sys.path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    encoding="utf-8",
                    env=ONE_THREAD | os.environ,
                )
            return self._process

    def _asked(self, process: subprocess.Popen[str], task: str) -> str | Died:
        assert process.stdin is not None
        assert process.stdout is not None
        answer = ""
        with contextlib.suppress(OSError):  # it died: there is no answer, either
            process.stdin.write(json.dumps([self._name, task]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        if answer.endswith("\n"):
            return str(json.loads(answer))
        self._stop()
        how = f"signal {-process.returncode}" if process.returncode < 0 else "an error"
        return Died(f"the process that read it was ended by {how}")

    def _stop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
            process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]

    def end(self) -> None:
        """End the process, whatever it is doing."""
        with self._lock:
            self._ended = True
            process = self._process
        if process is not None:
            process.kill()
        self._thread.join()
        self._stop()


def serve() -> None:
    """Answer what comes in until the input ends: what a child process does."""
    leave_stopping_to_parent()
    look_for_garbage_seldom()
    tasks, answers = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # whatever prints must not come between answers
    for line in tasks:
        name, task = json.loads(line)
        module, _, function = name.partition(":")
        answer = getattr(importlib.import_module(module), function)(task)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def on_dask(address: str, function: TextFunction, tasks: Sequence[str]) -> Iterator[Done]:
    """Yield answers from a Dask cluster, whose workers see the same folders.

    Parameters
    ----------
    address : str
        Of its scheduler, such as "tcp://10.0.0.4:8786".
    function : callable
        From text to text; the workers import it by its name.
    tasks : sequence of str
        What it is called with.

    Raises
    ------
    UsageError
        If Dask is not installed, or nothing answers at the address.
    """
    try:
        import distributed
    except ImportError as error:
        raise UsageError(
            "Dask is not installed", hint="pip install 'runanalytics[cohort]'"
        ) from error
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers ({error})",
            where=address,
            hint="start one with 'dask scheduler', workers with 'dask worker ADDRESS'",
        ) from error
    with client:
        futures = client.map(function, list(tasks), pure=False, retries=0)
        places = {future.key: at for at, future in enumerate(futures)}
        try:
            for future in distributed.as_completed(futures):
                failed = future.exception()
                answer = future.result() if failed is None else Died(_in_words(failed))
                yield places[future.key], answer
        finally:
            client.cancel(futures)


def _in_words(error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return "the worker that read it died, and so did others that tried"
    return f"{type(error).__name__}: {error}"
