"""Random effects: values of metafor, lme4's and PyMARE's own examples, and simulation."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.cohort.random_effects import RandomEffects, random_effects, shrunken
from runanalytics.errors import UsageError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ResourceWarning)  # it leaves a file open when it is imported
    import pymare.estimators
    import pymare.stats

#: Thirteen trials of a vaccine against tuberculosis (Colditz et al. 1994): cases and others with
#: the vaccine, cases and others without.
VACCINE = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


def vaccine() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = VACCINE.T
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    return y, 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def test_restricted_likelihood_as_metafor() -> None:
    known = random_effects(*vaccine(), hartung_knapp=False)
    assert known.tau2 == pytest.approx(0.313243, abs=5e-7)
    assert known.mean == pytest.approx(-0.714532, abs=5e-7)
    assert known.se[0] == pytest.approx(0.179782, abs=5e-7)
    assert (known.low[0], known.high[0]) == pytest.approx((-1.066898, -0.362167), abs=1e-6)
    assert known.prediction() == pytest.approx((-1.866692, 0.437628), abs=1e-6)


def test_hartung_and_knapp_as_metafor() -> None:
    estimated = random_effects(*vaccine())
    assert estimated.se[0] == pytest.approx(0.180792, abs=5e-7)
    assert (estimated.low[0], estimated.high[0]) == pytest.approx((-1.108444, -0.320621), abs=1e-6)
    assert estimated.prediction() == pytest.approx((-1.996017, 0.566952), abs=1e-6)
    assert estimated.df == 12


def test_other_estimators_as_metafor() -> None:
    assert random_effects(*vaccine(), tau2="dl").tau2 == pytest.approx(0.308760, abs=5e-7)
    # metafor's search for the root stops within 1e-4 of it, at 0.318094; ours is where Q is 12.
    found = random_effects(*vaccine(), tau2="pm").tau2
    assert found == pytest.approx(0.318094, abs=5e-5)
    y, v = vaccine()
    weights = 1 / (v + found)
    assert weights @ (y - weights @ y / weights.sum()) ** 2 == pytest.approx(12, abs=1e-9)


def test_each_ones_own_as_metafor() -> None:
    y, v = vaccine()
    known = random_effects(y, v, hartung_knapp=False)
    each = shrunken(y, v, known)
    assert each.value[0] == pytest.approx(-0.800234, abs=5e-7)
    assert each.se[0] == pytest.approx(0.409930, abs=5e-7)


def sleep_study() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Subjects, slopes and variances of reaction times over ten days with little sleep.

    Belenky et al. 2003, doi:10.1046/j.1365-2869.2003.00337.x, as lme4 has them.
    """
    table = np.loadtxt(Path(__file__).with_name("sleepstudy.csv"), delimiter=",", skiprows=1)
    days, times = np.arange(10.0), table[:, 1:].T
    lines = np.polyfit(days, times, 1)
    residuals = times - np.outer(days, lines[0]) - lines[1]
    about = ((days - days.mean()) ** 2).sum()
    return table[:, 0], lines[0], (residuals**2).sum(axis=0) / 8 / about


def test_slopes_of_a_balanced_study_as_lme4() -> None:
    subject, slope, variance = sleep_study()
    pooled = np.full(18, variance.mean())  # one residual variance for all, as lme4 has
    common = random_effects(slope, pooled)
    assert common.mean == pytest.approx(10.46729, abs=5e-6)
    assert common.se[0] == pytest.approx(1.54579, abs=5e-6)
    assert np.sqrt(common.tau2) == pytest.approx(5.9221, abs=5e-5)
    each = dict(zip(subject, shrunken(slope, pooled, common).value, strict=True))
    assert (slope[subject == 335][0], each[335]) == pytest.approx((-2.881, -0.417), abs=5e-4)
    assert (slope[subject == 308][0], each[308]) == pytest.approx((21.765, 19.679), abs=5e-4)
    # With each one's own, subjects whose few days happened to lie on a line get too much weight.
    assert random_effects(slope, variance).mean == pytest.approx(10.13586, abs=5e-6)


def test_generalised_q_as_pymare() -> None:
    y = np.array([-1, 0.5, 0.5, 0.5, 1, 1, 2, 10])
    found = random_effects(y, np.array([1, 1, 2.4, 0.5, 1, 1, 1.2, 1.5]), tau2="pm")
    assert (found.tau2, found.mean) == pytest.approx((10.2123, 1.7784), abs=5e-5)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.integers(0, 2), st.floats(-3, 3))
def test_any_case_as_pymare(seed: int, n: int, n_moderators: int, log_spread: float) -> None:
    rng = np.random.default_rng(seed)
    v = np.exp(rng.normal(0, 1, n))
    y = rng.normal(1, np.exp(log_spread), n) + np.sqrt(v) * rng.standard_normal(n)
    moderators = rng.standard_normal((n, n_moderators)) if n_moderators else None
    x = np.column_stack([np.ones(n), *([] if moderators is None else moderators.T)])
    columns = y[:, None], v[:, None]

    def alike(ours: RandomEffects, coefficients: np.ndarray, covariance: np.ndarray) -> None:
        assert ours.coefficients == pytest.approx(coefficients[:, 0], rel=1e-9, abs=1e-9)
        assert ours.covariance == pytest.approx(covariance[:, :, 0], rel=1e-9, abs=1e-9)

    theirs = pymare.estimators.DerSimonianLaird().fit(*columns, x).params_
    moments = random_effects(y, v, moderators, tau2="dl")
    assert moments.tau2 == pytest.approx(float(theirs["tau2"][0]), rel=1e-9, abs=1e-9)
    alike(moments, theirs["fe_params"], theirs["inv_cov"])
    for way in ("reml", "pm"):
        ours = random_effects(y, v, moderators, tau2=way)
        coefficients, plain = pymare.stats.weighted_least_squares(
            *columns, x, ours.tau2, return_cov=True
        )
        adjusted, df = pymare.stats.knapp_hartung_cov_and_dof(
            *columns, x, coefficients, plain, ours.tau2
        )
        alike(ours, coefficients, adjusted)
        assert (df == ours.df).all()
    if ours.tau2 > 0:
        q = pymare.stats.q_gen(*columns, x, ours.tau2)
        assert float(q[0]) == pytest.approx(n - x.shape[1], abs=1e-9)
    # PyMARE's search stops near the top of the likelihood, which is flat there.
    search = pymare.estimators.VarianceBasedLikelihoodEstimator(method="REML")
    found = float(search.fit(*columns, x).params_["tau2"][0, 0])
    assert random_effects(y, v, moderators).tau2 == pytest.approx(found, rel=1e-4, abs=1e-5)


def test_where_runners_do_not_differ() -> None:
    y, v = np.array([1.0, 1.1, 0.9, 1.0]), np.full(4, 0.5)
    common = random_effects(y, v)
    assert common.tau2 == 0
    assert common.i2 == 0
    assert shrunken(y, v, common).value == pytest.approx(np.full(4, 1.0))


def test_a_moderator_takes_its_share() -> None:
    rng = np.random.default_rng(8)
    level = rng.normal(size=400)
    v = rng.uniform(0.1, 1.0, 400)
    y = 2.0 - 1.5 * level + rng.normal(scale=0.5, size=400) + rng.normal(size=400) * np.sqrt(v)
    with_level, without = random_effects(y, v, level), random_effects(y, v)
    apart = np.abs(with_level.coefficients - [2.0, -1.5]) / with_level.se
    assert (apart < 3).all()
    assert with_level.tau2 == pytest.approx(0.25, abs=0.15)
    assert without.tau2 > with_level.tau2 + 1.5


@pytest.mark.parametrize("runners", [5, 30])
def test_intervals_hold_what_they_say(runners: int) -> None:
    rng = np.random.default_rng(runners)
    held = new = 0
    for _ in range(200):
        v = rng.uniform(0.2, 2.0, runners)
        effects = rng.normal(-2.0, 1.0, runners)
        found = random_effects(effects + rng.normal(size=runners) * np.sqrt(v), v)
        held += found.low[0] < -2.0 < found.high[0]
        low, high = found.prediction()
        new += low < rng.normal(-2.0, 1.0) < high
    assert 0.90 < held / 200 < 0.99
    assert new / 200 > 0.88


def test_what_cannot_be_pooled_is_refused() -> None:
    for y, v, x in (
        ([1.0, np.nan], [1.0, 1.0], None),
        ([1.0, 2.0], [1.0, 0.0], None),
        ([1.0], [1.0], None),
        ([1.0, 2.0, 3.0], [1.0, 1.0], None),
        ([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]),
    ):
        with pytest.raises(UsageError):
            random_effects(np.array(y), np.array(v), None if x is None else np.array(x))
    with pytest.raises(UsageError, match="reml"):
        random_effects(*vaccine(), tau2="ml")
