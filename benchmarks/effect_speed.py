"""How long an effect and a trend take, by length of history: the best of many calls.

`python -m benchmarks.effect_speed`
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from benchmarks.two_doses import PAIRS, two
from runanalytics.findings.effect import effect
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.trend import trend
from runanalytics.simulate import simulate_form
from runanalytics.simulate.races import simulate_races

WEEKS = (26, 52, 104, 208, 520, 780)
RACES = 60
REPEATS = 40
#: Bars, ms: effects of one dose and of two together, by weeks, and of races.
ONE_MS, TWO_MS, RACES_MS = {104: 5, 520: 15}, {104: 15, 520: 40}, 20


def best_ms(work: Callable[[], object]) -> float:
    """Return how long the fastest of `REPEATS` calls takes, ms."""
    times_s = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - started)
    return 1000 * min(times_s)


def main() -> None:
    print(
        "| weeks | runs | one dose, ms | two doses, ms | trend, ms |", "| --- " * 5 + "|", sep="\n"
    )
    for weeks in WEEKS:
        drawn = simulate_form(1, weeks=weeks, device_step_pct=1.0)
        both, strength, technique, _ = two(1, weeks, PAIRS["both −2 and −4 %, 50 %"])
        asked: tuple[tuple[Callable[[], object], int | None], ...] = (
            (partial(effect, drawn.form, drawn.dose), ONE_MS.get(weeks)),
            (partial(effect, both, strength, beside=[technique]), TWO_MS.get(weeks)),
            (partial(trend, drawn.form), None),
        )
        cells = [f"{best_ms(ask):.1f}" + f" (<= {bar})" * bool(bar) for ask, bar in asked]
        print(f"| {weeks} | {len(drawn.form)} | {' | '.join(cells)} |", flush=True)
    raced = simulate_races(1, n_races=RACES)
    races_ms = best_ms(partial(race_effect, raced.races, raced.dose, what="strength"))
    print(f"\nEffect on {RACES} races: {races_ms:.1f} ms (<= {RACES_MS}).")


if __name__ == "__main__":
    main()
