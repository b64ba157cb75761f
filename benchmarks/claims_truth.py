"""How often verdicts on claims are right over simulated runners whose truth is known.

    python -m benchmarks.claims_truth --runners 100 --weeks 104

First runners for whom no claim is true except that faster running loads the leg more: how often
does any other claim get a verdict? Then, for each claim, runners for whom it alone is true.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from runanalytics.findings.claims import AGAINST, GOES_ALONG, claims_on_trial
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.simulate.claims import simulate_claims

#: Plausible size of each claim; its sign is the one that the claim expects.
SIZES = {
    "pull-contact": -4.0,
    "strength-contact": -3.0,
    "jumps-contact": -4.0,
    "drills-cadence": 4.0,
    "drills-contact": -4.0,
    "fatigue-contact": 2.0,
    "distance-form": 1.5,
    "strength-durability": -2.0,
    "strength-stride": 3.0,
    "strength-economy": 3.0,
    "strength-race": -4.0,
    "drills-weekly": 0.0,
    "post-run-habit": -6.0,
}
#: The claim that is true for every runner, by the laws of motion.
ALWAYS = "speed-load"
#: The claim that nothing changes, which is true without any effect.
NOTHING = "drills-weekly"


def verdicts(seed: int, *, weeks: int, sizes: dict[str, float]) -> dict[str, str]:
    """Return the verdict on every claim for one runner."""
    named = {claim.replace("-", "_"): size for claim, size in sizes.items()}
    drawn = simulate_claims(seed, weeks=weeks, **named)
    tables = RunnerTables(
        drawn.segments, drawn.runs, drawn.sessions, drawn.sets, drawn.races, drawn.spans
    )
    return {each.id: each.verdict for each in claims_on_trial(tables).verdicts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=100, help="of each kind")
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--null", action="store_true", help="only those of whom none is true")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=10_000)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.runners)
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        null = list(pool.map(partial(verdicts, weeks=options.weeks, sizes={}), seeds, chunksize=5))
        given = [[c for c, v in each.items() if v in (GOES_ALONG, AGAINST)] for each in null]
        wrong = [[claim for claim in each if claim not in (ALWAYS, NOTHING)] for each in given]
        share = sum(
            len(false) / max(len(each), 1) for false, each in zip(wrong, given, strict=True)
        )
        any_wrong, falsely = (100 * each / len(null) for each in (sum(map(bool, wrong)), share))
        print(
            f"{options.runners} runners of whom no other claim is true, {options.weeks} weeks: "
            f"a verdict for one in {any_wrong:.1f} %; false verdicts are {falsely:.1f} % of a "
            "runner's verdicts on average (bar 5)\n"
        )
        if options.null:
            return
        print("| claim | true size, % | goes along % | against % | unclear % | no data % |")
        print("| --- " * 6 + "|")
        for claim, size in SIZES.items():
            verdicts_of = partial(verdicts, weeks=options.weeks, sizes={claim: size})
            found = Counter(each[claim] for each in pool.map(verdicts_of, seeds, chunksize=5))
            shares = [
                f"{100 * found[verdict] / options.runners:.0f}"
                for verdict in (GOES_ALONG, AGAINST, "no clear association", "not enough data")
            ]
            print(f"| {claim} | {size:g} | {' | '.join(shares)} |", flush=True)
    print(f"\n{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
