"""Schedules: counts that are known, and every schedule once."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import UsageError
from runanalytics.experiments.schedules import Schedules


def longest_of(periods: tuple[int, ...]) -> int:
    return max(len(list(group)) for _, group in itertools.groupby(periods))


def lengths_of(periods: tuple[int, ...]) -> list[int]:
    return [len(list(group)) for _, group in itertools.groupby(periods)]


def test_balanced_periods_at_most_two_alike_in_a_row() -> None:
    assert math.comb(12, 6) == Schedules(12).count == 924
    assert Schedules(12, longest=2).count == 208
    assert Schedules(70, longest=2).count == 136_050_710_238_288


@pytest.mark.parametrize(("least", "count"), [(4, 165), (3, 455), (5, 35)])
def test_a_design_abab_of_24_points(least: int, count: int) -> None:
    design = Schedules(24, balanced=False, shortest=least, stretches=4, fixed={0: 0})
    assert design.count == count


@given(
    n=st.integers(1, 9),
    balanced=st.booleans(),
    shortest=st.integers(1, 3),
    more=st.none() | st.integers(0, 3),
    stretches=st.none() | st.integers(1, 4),
    fixed=st.dictionaries(st.integers(0, 8), st.integers(0, 1), max_size=2),
)
@settings(max_examples=150, deadline=None)
def test_they_are_those_that_follow_the_rules(
    n: int,
    balanced: bool,
    shortest: int,
    more: int | None,
    stretches: int | None,
    fixed: dict[int, int],
) -> None:
    fixed = {at: done for at, done in fixed.items() if at < n}
    longest = None if more is None else shortest + more
    wanted = [
        periods
        for periods in itertools.product((0, 1), repeat=n)
        if (not balanced or abs(2 * sum(periods) - n) <= 1)
        and min(lengths_of(periods)) >= shortest
        and (longest is None or longest_of(periods) <= longest)
        and (stretches is None or len(lengths_of(periods)) == stretches)
        and all(periods[at] == done for at, done in fixed.items())
    ]
    rules = {"longest": longest, "shortest": shortest, "stretches": stretches, "fixed": fixed}
    if not wanted:
        with pytest.raises(UsageError, match="no schedule"):
            Schedules(n, balanced=balanced, **rules)  # type: ignore[arg-type]
        return
    schedules = Schedules(n, balanced=balanced, **rules)  # type: ignore[arg-type]
    assert [tuple(each) for each in schedules.all().tolist()] == wanted
    held = [schedules.holds(each) for each in itertools.product((0, 1), repeat=n)]
    assert sum(held) == len(wanted)


def test_each_is_drawn_equally_often() -> None:
    schedules = Schedules(8, longest=2)
    numbers = {tuple(each): at for at, each in enumerate(schedules.all().tolist())}
    drawn = schedules.draw(20_000, seed=5)
    counts = np.bincount([numbers[tuple(each)] for each in drawn.tolist()])
    expected = 20_000 / schedules.count
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    df = schedules.count - 1
    assert len(counts) == schedules.count
    assert chi2 < df + 4 * math.sqrt(2 * df)
    assert (schedules.draw(5, seed=9) == schedules.draw(5, seed=9)).all()


def test_more_than_64_bits_of_them() -> None:
    schedules = Schedules(100, longest=3)
    assert schedules.count > 2**64
    drawn = schedules.draw(50, seed=1)
    assert (drawn.sum(axis=1) == 50).all()
    assert all(schedules.holds(each) for each in drawn)
    last = schedules.numbered([schedules.count - 1])[0].tolist()
    assert last[:4] == [1, 1, 1, 0]
    with pytest.raises(UsageError, match="too many to list"):
        schedules.all()


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (
        lambda: Schedules(0),
        lambda: Schedules(6, longest=0),
        lambda: Schedules(6, fixed={6: 1}),
        lambda: Schedules(4, fixed={0: 1, 1: 1, 2: 1}),
        lambda: Schedules(6).numbered([Schedules(6).count]),
    ):
        with pytest.raises(UsageError):
            wrong()
