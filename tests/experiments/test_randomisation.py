"""Randomisation tests: p-values that are known from elsewhere."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from runanalytics.experiments.randomisation import randomisation_p, smallest_p
from runanalytics.experiments.schedules import Schedules

#: Heights of crossed less self-fertilised maize, eighths of an inch (Darwin 1876; Fisher 1935).
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


def test_darwins_maize() -> None:
    assert DARWIN.sum() == 314
    signs = 1 - 2 * Schedules(15, balanced=False).all()
    sums = np.abs(signs @ DARWIN).astype(float)
    assert randomisation_p(314.0, sums) == 1726 / 32768


@pytest.mark.parametrize(("least", "count"), [(4, 165), (3, 455), (5, 35)])
def test_phases_that_begin_by_lot(least: int, count: int) -> None:
    design = Schedules(24, balanced=False, shortest=least, stretches=4, fixed={0: 0})
    followed = np.repeat([0, 1, 0, 1], 6)
    scores = 6.0 - 2.0 * followed + np.tile([0.5, -0.5], 12)
    labels = design.all()
    means = (1 - labels) @ scores / (1 - labels).sum(axis=1) - labels @ scores / labels.sum(axis=1)
    assert len(means) == count
    by_hand = 0
    for first, second, third in itertools.combinations(range(least, 24 - least + 1), 3):
        if second - first >= least and third - second >= least:
            phase = np.zeros(24, dtype=int)
            phase[first:second] = phase[third:] = 1
            by_hand += scores[phase == 0].mean() - scores[phase == 1].mean() >= 2.0 - 1e-12
    assert randomisation_p(2.0, means) == by_hand / count


def test_draws_count_the_one_that_was_followed() -> None:
    assert randomisation_p(9.0, np.zeros(99), drawn=True) == 1 / 100
    assert randomisation_p(0.0, np.zeros(99), drawn=True) == 1.0


def test_equal_but_for_rounding_is_as_large() -> None:
    assert randomisation_p(0.1 + 0.2, np.array([0.3, 0.1, -0.3, 0.1])) == 1 / 4


def test_the_smallest_p_that_can_be_reached() -> None:
    twelve, fixed = Schedules(12, longest=2), Schedules(12, longest=2, fixed={0: 1})
    assert smallest_p(twelve) == 1 / 208
    assert smallest_p(twelve, opposites_alike=True) == 2 / 208
    assert smallest_p(fixed, opposites_alike=True) == 1 / 104
    assert smallest_p(Schedules(70, longest=2)) == 1 / 100_001
