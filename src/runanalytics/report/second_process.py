"""A second process, in which part of a report is worked out and drawn while this one goes on.

It is a plain child process that is fed through its standard input, as those that decode files are:
scripts need no guard, notebooks work, and it ends with the process that started it, however that
ends. What it cannot do, for whatever reason, this process does: an error is then raised where it
would be without it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from runanalytics.processes import ONE_THREAD, leave_stopping_to_parent, look_for_garbage_seldom

Answer = TypeVar("Answer")

#: Given a function and what it is called with, returns a call that gives what it returns.
Asked = Callable[..., Callable[[], Any]]

_CODE = (
    "import sys; sys.path[:] = {path!r}; "
    "from runanalytics.report.second_process import serve; serve()"
)


class _NoAnswerError(Exception):
    """The second process failed, or has ended."""


class SecondProcess:
    """A process that is asked for what functions return; it ends with the `with` block.

    Parameters
    ----------
    wanted : bool
        Whether to start one. Without one, this process answers.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        #: The thread that waits for its answers, one after the other.
        self._thread = ThreadPoolExecutor(1)
        if wanted and sys.executable:
            with contextlib.suppress(OSError):  # no right, no memory, too many processes or files
                self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                    [sys.executable, "-c", _CODE.format(path=sys.path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=ONE_THREAD | os.environ,
                )

    def __enter__(self) -> SecondProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._process is not None:
            with contextlib.suppress(OSError):  # what it had not read is lost
                self._process.communicate()

    def asked(self, function: Callable[..., Answer], *arguments: Any) -> Callable[[], Answer]:
        """Ask for what a function returns, which is given when it is called for.

        What the second process has not begun by then, this process works out.

        Parameters
        ----------
        function : callable
            Such as can be pickled, as its arguments and what it returns.
        *arguments
            What it is called with.
        """
        return self._asked(partial(function, *arguments), take_back=True)

    def left(self, function: Callable[..., Answer], *arguments: Any) -> Callable[[], Answer]:
        """Ask as `asked` does for what this process would have to load much for, and leave it.

        Parameters
        ----------
        function, *arguments
            As for `asked`.
        """
        return self._asked(partial(function, *arguments), take_back=False)

    def _asked(self, call: Callable[[], Answer], *, take_back: bool) -> Callable[[], Answer]:
        if self._process is None:
            return call
        asked = self._thread.submit(self._ask, call)

        def answer() -> Answer:
            with contextlib.suppress(_NoAnswerError):
                if not (take_back and asked.cancel()):
                    return asked.result()
            return call()

        return answer

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        """Return what the second process answers."""
        assert self._process is not None
        tasks, answers = self._process.stdin, self._process.stdout
        assert tasks is not None
        assert answers is not None
        try:
            task = pickle.dumps(call, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # whatever in it cannot be pickled
            raise _NoAnswerError from error
        try:
            tasks.write(task)
            tasks.flush()
            done, answer = pickle.load(answers)  # noqa: S301 - our own process
        except Exception as error:
            self._process.kill()  # so that no later question is taken to have this answer
            raise _NoAnswerError from error
        if not done:
            raise _NoAnswerError
        return answer  # type: ignore[no-any-return]


def serve() -> None:
    """Answer what comes in until the input ends: what the second process does."""
    leave_stopping_to_parent()
    look_for_garbage_seldom()
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not come between answers
    while True:
        try:
            call = pickle.load(tasks)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        answer: tuple[bool, Any] = (False, None)
        with contextlib.suppress(Exception):  # the other process meets the same, and says so
            answer = (True, call())
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()
