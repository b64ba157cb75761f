"""Effects err as often as they may, over simulated runners, where common ways err more often.

The full table is `benchmarks/calibration.py`'s; this is its machinery over fewer runners.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

#: Generator, weeks and number of runners.
ASKED = [("usual", 52, 150), ("random walk", 52, 80), ("no memory at all", 104, 80)]
NAMES = [name for name, _, _ in ASKED]


@pytest.fixture(scope="module")
def calibration(benchmark_module):
    return benchmark_module("calibration")


@pytest.fixture(scope="module")
def answers(calibration):
    """Of each generator and method: truth 0 or −2 %, then what the benchmark knows of a runner."""
    found = {}
    for name, weeks, runners in ASKED:
        each = [
            calibration.one_runner(
                (90_000_000 + seed, seed == 0), weeks=weeks, kwargs=calibration.CELLS[name]
            )
            for seed in range(runners)
        ]
        for place, method in enumerate(calibration.METHODS):
            found[name, method] = np.array(each)[:, :, place].transpose(1, 0, 2)
    return found


def outside(below):
    """How many intervals do not hold the value below which these probabilities lie."""
    return int((np.minimum(below, 1 - below) < 0.025).sum())


def most(share, runners):
    """More than so many would be seen once in a thousand tries if `share` were true."""
    return stats.binom(runners, share).ppf(0.999)


@pytest.mark.parametrize("method", ["ours", "tau known"])
@pytest.mark.parametrize("name", NAMES)
def test_false_positives_and_misses_are_as_rare_as_promised(answers, calibration, name, method):
    nothing, something = answers[name, method]
    assert outside(nothing[:, 0]) <= most(calibration.MOST_FALSE / 100, len(nothing))
    assert outside(something[:, 1]) <= most(1 - calibration.COVERAGE[0] / 100, len(something))


def test_on_average_they_are_rarer(answers, calibration):
    nothing = np.concatenate([answers[name, "ours"][0][:, 0] for name in NAMES])
    assert outside(nothing) <= most(calibration.MOST_FALSE_MEAN / 100, len(nothing))


@pytest.mark.parametrize("method", ["Newey-West", "naive"])
def test_common_ways_fail_the_same_test(answers, calibration, method):
    nothing, _ = answers["usual", method]
    assert outside(nothing[:, 0]) > most(calibration.MOST_FALSE / 100, len(nothing))


def test_the_naive_way_misses_a_real_effect_and_finds_its_opposite(answers):
    _, something = answers["usual", "naive"]
    assert outside(something[:, 1]) > 0.8 * len(something)
    assert something[:, 2].mean() > 1.0


@pytest.mark.parametrize("method", ["ours", "tau known"])
def test_real_effects_are_found_and_right_on_average(answers, calibration, method):
    _, something = answers["usual", method]
    runners = len(something)
    power = calibration.POWER[method, 52] / 100
    assert outside(something[:, 0]) >= stats.binom(runners, power).ppf(0.001)
    error = something[:, 2].std() / np.sqrt(runners)
    assert abs(something[:, 2].mean() + 2.0) < calibration.MOST_BIAS[method] + 3 * error
