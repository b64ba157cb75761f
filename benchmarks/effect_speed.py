"""How long an effect and a trend take, by length of history: the best of several runs.

`python -m benchmarks.effect_speed`
"""

from __future__ import annotations

import time
from collections.abc import Callable

from runanalytics.findings.effect import effect
from runanalytics.findings.trend import trend
from runanalytics.simulate import simulate_form

WEEKS = (26, 52, 104, 208, 520, 780)
REPEATS = 7


def best_ms(work: Callable[[], object]) -> float:
    """Return how long the fastest of `REPEATS` calls takes, ms."""
    times_s = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - started)
    return 1000 * min(times_s)


def main() -> None:
    print(f"{'weeks':>6} {'runs':>6} {'effect ms':>10} {'trend ms':>9}")
    for weeks in WEEKS:
        drawn = simulate_form(1, weeks=weeks, device_step_pct=1.0)
        form, dose = drawn.form, drawn.dose
        effect_ms = best_ms(lambda form=form, dose=dose: effect(form, dose))
        trend_ms = best_ms(lambda form=form: trend(form))
        print(f"{weeks:>6} {len(form):>6} {effect_ms:>10.1f} {trend_ms:>9.1f}")


if __name__ == "__main__":
    main()
