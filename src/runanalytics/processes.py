"""Processes beside this one: how many may run, in which environment, and how a child behaves."""

from __future__ import annotations

import gc
import os
import signal
from typing import Final

#: Environment in which libraries of linear algebra, once loaded, use one thread a process. What is
#: asked of them here is many small products: to wake a second thread for each takes longer than it
#: saves, up to twice as long for a whole report, and what they give then depends on how many there
#: are. Processes that share the cores use all of them already.
ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
#: How many more objects there are before Python looks for garbage: by default 700. Loading modules
#: makes many of them and no garbage.
_OBJECTS_TO_LOOK_FOR_GARBAGE: Final = 20_000
#: Signals to stop, which a terminal or a service manager sends to all processes of a command.
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


def cores() -> int:
    """Return how many processes can run at once."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def look_for_garbage_seldom() -> None:
    """Let Python look for garbage seldom, in a process that is this package's alone."""
    gc.set_threshold(_OBJECTS_TO_LOOK_FOR_GARBAGE)


def leave_stopping_to_parent() -> None:
    """Pass by signals to stop: they are for the process that started this one, which ends it."""
    for name in _STOPPING:
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, signal.SIG_IGN)
