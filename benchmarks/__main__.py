"""Print every speed table: `python -m benchmarks`."""

from __future__ import annotations

import platform
from importlib.metadata import version

from benchmarks import effect_speed, fit_speed, many_runs, whole_process

PEERS = ("pandas", "numpy", "scipy", "pyarrow", "fitparse", "fitdecode", "garmin-fit-sdk")


def main() -> None:
    named = ", ".join(f"{name} {version(name)}" for name in PEERS)
    print(f"Python {platform.python_version()}, {platform.machine()}; {named}\n")
    for benchmark in (fit_speed, effect_speed, whole_process, many_runs):
        print(f"## {benchmark.__name__.removeprefix('benchmarks.')}\n")
        benchmark.main()
        print()


if __name__ == "__main__":
    main()
