from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.exposure import exposure
from runanalytics.simulate.weeks import (
    GAP_WEEKS,
    PHASE_WEEKS,
    drawn_days,
    phases,
    trained,
    weekly_process,
)


@given(st.lists(st.integers(0, 7), max_size=40), st.integers(0, 2**32 - 1))
def test_each_week_has_its_number_of_days(per_week, seed):
    drawn = drawn_days(np.random.default_rng(seed), np.array(per_week, dtype=int))
    assert drawn.reshape(-1, 7).sum(axis=1).tolist() == per_week


def test_days_of_the_week_are_alike():
    drawn = drawn_days(np.random.default_rng(1), np.full(7000, 2)).reshape(-1, 7)
    np.testing.assert_allclose(drawn.mean(axis=0), 2 / 7, atol=0.02)


@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_phases_and_gaps_have_their_lengths(weeks, seed):
    on = phases(np.random.default_rng(seed), weeks)
    assert len(on) == weeks
    turns = np.flatnonzero(np.diff(on.astype(int)))
    # The first and the last are cut by the ends of the log.
    for begin, end in itertools.pairwise(turns):
        low, high = PHASE_WEEKS if on[end] else GAP_WEEKS
        assert low <= end - begin <= high


def test_exposure_fades_to_37_percent_in_tau_weeks():
    nothing = exposure(np.zeros(28), tau_weeks=4.0, initial=2.0)
    assert nothing[-1] == pytest.approx(2 / np.e)


def test_exposure_of_a_week_held_long_is_its_number_of_sessions():
    weekly = np.tile([1.0, 0, 0, 0, 0, 0, 0], 100)
    assert exposure(weekly, tau_weeks=3)[-7:].mean() == pytest.approx(1.0, rel=1e-6)
    unchanged = exposure(np.full(70, 1 / 7), tau_weeks=3, initial=1.0)
    np.testing.assert_allclose(unchanged, 1.0)


@pytest.mark.parametrize("weeks", [1, 2, 3])
def test_process_of_few_weeks(weeks):
    values = weekly_process(np.random.default_rng(1), weeks, sd=1.0, rho=0.5)
    assert values.shape == (weeks,)
    assert np.isfinite(values).all()


@given(st.integers(6, 200), st.integers(0, 2**32 - 1))
def test_one_phase_begins_in_the_middle_third_and_does_not_end(weeks, seed):
    on = trained(np.random.default_rng(seed), 26, weeks, pattern="once")
    begin = int(np.flatnonzero(on)[0]) - 26
    assert weeks // 3 <= begin <= 2 * weeks // 3
    assert on[26 + begin :].all()


def test_winter_is_trained_and_summer_is_not():
    on = np.array(
        [trained(np.random.default_rng(s), 26, 156, pattern="winter")[26:] for s in range(50)]
    )
    share = on.mean(axis=0).reshape(3, 52).mean(axis=0)
    assert (share[:4] == 1).all()
    assert (share[25:39] == 0).all()
    assert (share[47:] == 1).all()


def test_irregular_phases_end_by_chance():
    on = trained(np.random.default_rng(1), 0, 20_000, pattern="irregular")
    turns = np.flatnonzero(np.diff(on.astype(int)))
    lengths = np.diff(turns)
    assert lengths.min() == 1
    np.testing.assert_allclose([lengths[::2].mean(), lengths[1::2].mean()], [4.5, 4.5], atol=0.9)
    assert on.mean() == pytest.approx(0.25 / 0.45, abs=0.02)


def test_phases_may_have_other_lengths():
    on = trained(np.random.default_rng(1), 10, 300, phase_weeks=(3, 5), gap_weeks=(2, 2))
    turns = np.flatnonzero(np.diff(on.astype(int)))
    lengths = {bool(on[end]): set() for end in turns}
    for begin, end in itertools.pairwise(turns):
        lengths[bool(on[end])].add(int(end - begin))
    assert lengths == {True: {3, 4, 5}, False: {2}}
