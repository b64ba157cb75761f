"""Pooling over time constants, which no runner knows: what is common is found all the same."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.cohort.random_effects import random_effects
from runanalytics.cohort.runner import TAU_WEEKS as ALL_WEEKS
from runanalytics.cohort.time_constants import Fitted, pool
from runanalytics.errors import UsageError

TAU_WEEKS = np.array([1.5, 3.0, 6.0, 10.0])


def one_time_constant(effects: np.ndarray, errors: np.ndarray, seed: int) -> Fitted:
    """Runners whose data rule out all time constants but 3 weeks."""
    rng = np.random.default_rng(seed)
    n = len(effects)
    slope = np.tile((effects + errors * rng.normal(size=n))[:, None], 4)
    likelihood = np.tile([-60.0, 0.0, -60.0, -60.0], (n, 1))
    return Fitted(slope, np.tile(errors[:, None], 4), likelihood, np.full(n, 200.0), TAU_WEEKS)


def test_with_one_time_constant_it_is_as_random_effects() -> None:
    rng = np.random.default_rng(3)
    errors = rng.uniform(0.005, 0.02, 40)
    fitted = one_time_constant(rng.normal(-0.02, 0.01, 40), errors, 4)
    common, pooled = random_effects(fitted.slope[:, 1], errors**2), pool(fitted)
    width = float(common.high[0] - common.low[0])
    assert pooled.mean == pytest.approx(common.mean, abs=0.1 * width)
    assert pooled.high - pooled.low == pytest.approx(width, rel=0.2)
    assert pooled.spread == pytest.approx(np.sqrt(common.tau2), abs=0.004)
    assert pooled.new_low < pooled.low < pooled.high < pooled.new_high
    assert 2.0 < pooled.tau_weeks < 4.5


def test_runners_who_each_hardly_know_it_tell_the_time_constant_together() -> None:
    rng = np.random.default_rng(5)
    n = 60
    # With a longer time constant the same data need a larger slope, and fit a little worse.
    slope = -0.02 * np.array([0.8, 1.0, 1.4, 2.0]) + rng.normal(0, 0.01, (n, 1))
    likelihood = np.array([-0.5, 0.0, -0.4, -0.8]) + rng.normal(0, 0.1, (n, 4))
    fitted = Fitted(slope, np.full((n, 4), 0.01), likelihood, np.full(n, 80.0), TAU_WEEKS)
    pooled = pool(fitted)
    assert 2.0 < pooled.tau_weeks < 4.5
    assert pooled.low < -0.02 < pooled.high
    assert pooled.high - pooled.low < 0.012
    assert pooled.p_value < 1e-3


def test_runners_faster_than_any_group_do_not_make_the_group_faster() -> None:
    rng = np.random.default_rng(8)
    own = np.log(1.5) + rng.normal(0, 0.5, (80, 1))  # a fifth are faster than a group may be
    taus = np.array(ALL_WEEKS)
    shape = (len(own), len(taus))
    likelihood = -0.5 * ((np.log(taus) - own) / 0.3) ** 2
    slope, scale = rng.normal(-0.02, 0.005, (len(own), 1)), np.full(shape, 0.005)
    fitted = Fitted(np.broadcast_to(slope, shape), scale, likelihood, np.full(80, 80.0), taus)
    pooled = pool(fitted)
    assert pooled.tau_low < 1.5 < pooled.tau_high
    assert pooled.tau_weeks == pytest.approx(1.5, rel=0.1)


@pytest.mark.parametrize("spread", [0.0, 0.01])
def test_intervals_hold_what_they_say(spread: float) -> None:
    held = new = 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        effects, errors = rng.normal(-0.02, spread, 12), rng.uniform(0.005, 0.02, 12)
        pooled = pool(one_time_constant(effects, errors, seed + 1000))
        held += pooled.low < -0.02 < pooled.high
        new += pooled.new_low < rng.normal(-0.02, spread) < pooled.new_high
    # Four standard errors below 95 %; the benchmark has many more.
    assert held >= 12
    assert new >= 12


def test_what_cannot_be_pooled_is_refused() -> None:
    nothing = np.empty((0, 4))
    with pytest.raises(UsageError, match="no runner"):
        pool(Fitted(nothing, nothing, nothing, np.empty(0), TAU_WEEKS))
    one = np.zeros((1, 4))
    with pytest.raises(UsageError, match="unknown"):
        Fitted(one, one, np.full((1, 4), np.nan), np.ones(1), TAU_WEEKS)
    with pytest.raises(UsageError, match="shape"):
        Fitted(one, one, np.zeros((1, 3)), np.ones(1), TAU_WEEKS)
