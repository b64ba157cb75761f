"""Decoding on several cores: child processes decode ahead, and results are taken in order.

A helper is a plain child process that is fed through its standard input. So a script needs no
guard, notebooks work, and a helper ends with the process that started it, however that ends. It
decodes files and nothing else; only the parent process opens the library.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple

from runanalytics.processes import cores, leave_stopping_to_parent

if TYPE_CHECKING:
    from runanalytics.importers.contract import ReadOptions
    from runanalytics.library.ingest.decoding import Content, Decoded

#: More helpers than this cost more memory than they save time.
MOST_HELPERS = 3
#: Files that wait for a helper, so that it is never idle.
AHEAD = 4
#: Bytes of content that wait to be decoded, at most (one file more may stand above them).
AHEAD_BYTES = 16 * 2**20
#: After so many helpers that died, this process goes on alone.
MOST_DEATHS = 5

_CODE = (
    "import sys; sys.path[:] = {path!r}; "
    "from runanalytics.library.ingest.workers import help_out; help_out()"
)


class Job(NamedTuple):
    """What is to be done about one file: decode `content`, if there is any, then call `done`."""

    content: Content | None
    done: Callable[[Decoded | None], None]


def spare_cores() -> int:
    """Return how many processes may run beside this one."""
    return min(cores() - 1, MOST_HELPERS) if sys.executable else 0


@dataclass(eq=False)
class _QueuedJob:
    """A job in the queue, who decodes it, and the result."""

    job: Job
    helper: _Helper | None = None
    result: Decoded | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be decoded, and by nobody yet."""
        return self.job.content is not None and self.result is None and self.helper is None


class _Helper:
    """A child process, with a thread that writes to it and one that reads from it."""

    def __init__(self, heard: queue.SimpleQueue[tuple[_Helper, Decoded | str | None]]) -> None:
        self.given: deque[_QueuedJob] = deque()
        self.ready = False
        self._heard = heard
        self._tasks: queue.SimpleQueue[tuple[Content | None, ReadOptions] | None]
        self._tasks = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", _CODE.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        pipes = (self._process.stdin, self._process.stdout)
        self._pipes = [pipe for pipe in pipes if pipe is not None]
        self._threads = [
            threading.Thread(target=work, args=(pipe,), daemon=True)
            for work, pipe in zip((self._feed, self._listen), self._pipes, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    def give(self, waiting: _QueuedJob, options: ReadOptions) -> None:
        """Add a job to those before it."""
        waiting.helper = self
        self.given.append(waiting)
        self._tasks.put((waiting.job.content, options))

    def end(self) -> int:
        """End the process, whatever it is doing; return its exit status."""
        self._process.kill()
        self._tasks.put(None)
        status = self._process.wait()
        for thread in self._threads:
            thread.join()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):  # data in the pipe are lost
                pipe.close()
        return status

    def _feed(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):  # the other thread notices that it died
            while (task := self._tasks.get()) is not None:
                pickle.dump(task, pipe, protocol=pickle.HIGHEST_PROTOCOL)
                pipe.flush()

    def _listen(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                self._heard.put((self, pickle.load(pipe)))  # noqa: S301 - our own process
        self._heard.put((self, None))


class Helpers:
    """Processes that decode files beside this one; they end with the `with` block.

    Parameters
    ----------
    number : int
        How many; 0 for none.
    """

    def __init__(self, number: int) -> None:
        self._heard: queue.SimpleQueue[tuple[_Helper, Decoded | str | None]] = queue.SimpleQueue()
        self._all: list[_Helper] = []
        self._n_deaths = 0
        for _ in range(number):
            self._start()

    def __len__(self) -> int:
        return len(self._all)

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        while self._all:
            self._all.pop().end()

    def give(self, jobs: Iterable[_QueuedJob], options: ReadOptions) -> None:
        """Give jobs that nobody decodes to idle helpers, the first job first."""
        for waiting in jobs:
            if waiting.open:
                idle = min(
                    (one for one in self._all if one.ready and len(one.given) < AHEAD),
                    key=lambda one: len(one.given),
                    default=None,
                )
                if idle is None:
                    return
                idle.give(waiting, options)

    def hear(self, *, wait: bool) -> None:
        """Receive what has been decoded; with `wait`, at least one answer."""
        with contextlib.suppress(queue.Empty):
            while True:
                helper, answer = self._heard.get(block=wait)
                wait = False
                if isinstance(answer, str):
                    helper.ready = True
                elif answer is not None:
                    done = helper.given.popleft()
                    done.result, done.helper = answer, None
                elif helper in self._all:
                    self._bury(helper)

    def _bury(self, helper: _Helper) -> None:
        """Skip the file that ended a helper, and free the others that it had."""
        status = helper.end()
        self._all.remove(helper)
        self._n_deaths += 1
        for waiting in helper.given:
            waiting.helper = None
        if helper.given and helper.ready and (content := helper.given[0].job.content):
            from runanalytics.library.ingest.decoding import process_ended

            helper.given[0].result = process_ended(content, status)
        if helper.ready and self._n_deaths < MOST_DEATHS:
            self._start()

    def _start(self) -> None:
        """Start one more, where the system lets one start; without any, this process decodes."""
        with contextlib.suppress(OSError):
            self._all.append(_Helper(self._heard))


def do_in_order(jobs: Iterator[Job], options: ReadOptions, helpers: Helpers) -> None:
    """Do every job, decoding some ahead of their turn.

    Parameters
    ----------
    jobs : iterator of Job
        What is to be done; read only as far ahead as needed.
    options : ReadOptions
        How files are to be read.
    helpers : Helpers
        The processes that decode beside this one.
    """
    from runanalytics.library.ingest.decoding import decode

    waiting: deque[_QueuedJob] = deque()
    while True:
        most = 1 + 3 * AHEAD * len(helpers)
        while len(waiting) < most and _n_bytes(waiting) < AHEAD_BYTES:
            job = next(jobs, None)
            if job is None:
                break
            waiting.append(_QueuedJob(job))
        if not waiting:
            return
        first = waiting[0]
        if first.job.content is None or first.result is not None:
            waiting.popleft()
            first.job.done(first.result)
            continue
        helpers.hear(wait=False)
        if first.result is not None:
            continue
        # The first job is left to this process.
        helpers.give(itertools.islice(waiting, 1, None), options)
        mine = next((one for one in waiting if one.open), None)
        if mine is None:
            helpers.hear(wait=True)
        elif mine.job.content is not None:
            mine.result = decode(mine.job.content, options)


def _n_bytes(waiting: Iterable[_QueuedJob]) -> int:
    return sum(len(one.job.content.data) for one in waiting if one.job.content is not None)


def help_out() -> None:
    """Decode what comes in until the input ends: what a helper does."""
    leave_stopping_to_parent()
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not come between answers
    from runanalytics.library.ingest.decoding import decode

    answer: Decoded | str = "ready"
    while True:
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()
        try:
            content, options = pickle.load(tasks)  # noqa: S301 - from the process that it helps
        except EOFError:
            return
        answer = decode(content, options)
