"""Cores of the processor: how many may be used, and that linear algebra keeps to one."""

from __future__ import annotations

import os
from typing import Final

#: Environment in which libraries of linear algebra, once loaded, use one thread a process. What is
#: asked of them here is many small products: to wake a second thread for each takes longer than it
#: saves, up to twice as long for a whole report, and what they give then depends on how many there
#: are. Processes that share the cores use all of them already.
ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


def cores() -> int:
    """Return how many processes can run at once."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
