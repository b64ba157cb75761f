"""Exposure before a log begins, predicted from its first weeks."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.exposure import exposure
from runanalytics.findings.engine.before_log import LEAST_SHARE, WeeklyDose
from runanalytics.simulate.weeks import drawn_days, phases

TAUS = (1.5, 4.0, 10.0)


def test_it_misses_by_what_it_says_and_not_to_one_side() -> None:
    """Phases of a hundred years, of which logs of two years begin anywhere."""
    rng = np.random.default_rng(5)
    on = phases(rng, 5200)
    amount = drawn_days(rng, rng.choice([1, 2, 3], size=len(on)) * on).astype(np.float64)
    true = np.array([exposure(amount, tau, 1.0) for tau in TAUS])
    missed, said, tilt = [], [], []
    fades = np.exp(-np.arange(26) / np.array(TAUS)[:, None])
    for begin in 7 * np.arange(150, 5000, 16):
        log = amount[begin : begin + 7 * 104]
        before = WeeklyDose([log]).before(log, TAUS)
        first_weeks = np.full(len(TAUS), 7 * log[:28].mean())
        missed.append(true[:, begin - 1] - before.mean)
        said.append(before.sd)
        for mean in (before.mean, first_weeks):
            used = [
                exposure(log, tau, at)[: 7 * 26 : 7] for tau, at in zip(TAUS, mean, strict=True)
            ]
            lacks = fades * (true[:, begin - 1] - mean)[:, None]
            tilt.append((lacks * (np.array(used) - 1.15)).mean(axis=1))
    assert np.abs(np.mean(missed, axis=0)).max() < 0.1
    root = np.sqrt(np.mean(np.square([missed, said]), axis=1))
    assert root[0] == pytest.approx(root[1], rel=0.15)
    # What is missed must not go along with the exposure that is used while it fades: that would
    # tilt slopes, as the mean of the first weeks in its place does.
    of_prediction, of_first_weeks = np.mean(np.reshape(tilt, (-1, 2, len(TAUS))), axis=0)
    assert (np.abs(of_prediction) < 0.2 * np.abs(of_first_weeks)).all(), (
        of_prediction,
        of_first_weeks,
    )


def test_who_trains_evenly_is_taken_to_have_done_so() -> None:
    log = np.tile([1.0, 0, 0, 1.0, 0, 0, 0], 30)
    before = WeeklyDose([log]).before(log, TAUS)
    assert before.mean == pytest.approx([2.0] * 3)
    assert before.sd == pytest.approx([2.0 * LEAST_SHARE] * 3)


def test_of_a_short_stretch_the_others_tell() -> None:
    rng = np.random.default_rng(1)
    long = drawn_days(rng, rng.choice([1, 2, 3], size=60) * phases(rng, 60)).astype(np.float64)
    weekly = WeeklyDose([long, np.zeros(3)])
    before = weekly.before(np.zeros(3), TAUS)
    assert before.mean == pytest.approx([weekly.mean] * 3)
    assert (np.diff(before.sd) < 0).all()


def test_without_a_whole_week_the_mean_of_the_days_stands_for_all() -> None:
    before = WeeklyDose([np.array([1.0, 0.0]), np.zeros(2)]).before(np.array([1.0, 0.0]), TAUS)
    assert before.mean == pytest.approx([7 / 4] * 3)
    assert (before.sd > 0).all()
