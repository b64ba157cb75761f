"""The statistic of an experiment beside one worked out schedule by schedule, and its exactness."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from runanalytics.experiments.interval import inverted
from runanalytics.experiments.plan import Compared, Plan
from runanalytics.experiments.statistic import Trial, assigned_exposure, p_of, some_points
from runanalytics.exposure import exposure
from runanalytics.findings.engine.ar1 import default_grid
from runanalytics.findings.engine.products import Products

N_WEEKS = 48


def covariance(rho: float, ratio: float) -> np.ndarray:
    apart = np.abs(np.subtract.outer(np.arange(N_WEEKS), np.arange(N_WEEKS)))
    return ratio * rho**apart + np.eye(N_WEEKS)


@pytest.fixture(scope="module")
def nuisance() -> np.ndarray:
    week = np.arange(N_WEEKS)
    return np.column_stack([np.ones(N_WEEKS), week - week.mean()])


@pytest.fixture(scope="module")
def form() -> np.ndarray:
    rng = np.random.default_rng(11)
    return 0.01 * np.linalg.cholesky(covariance(0.8, 2.0)) @ rng.standard_normal(N_WEEKS)


def weekly_exposure(plan: Plan, labels: np.ndarray, tau: float, begin: float) -> np.ndarray:
    amount = np.where(np.repeat(labels, 7 * plan.block_weeks) == 1, plan.high, plan.low) / 7
    return exposure(amount, tau, begin).reshape(-1, 7).mean(axis=1)


def trial_of(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared
) -> tuple[Trial, np.ndarray]:
    """Return a trial on the whole grid, its products made the slow way."""
    before = np.full(len(plan.time_constants), 1.0)
    assigned = assigned_exposure(plan, before).weekly()
    own = assigned.of(np.array(plan.labels))
    columns = np.column_stack([nuisance, assigned.columns(np.arange(N_WEEKS)), form, own.T])
    grid = default_grid()
    inverses = [
        np.linalg.inv(covariance(rho, ratio))
        for rho, ratio in zip(grid.rho, grid.ratio, strict=True)
    ]
    gram = np.array([columns.T @ each @ columns for each in inverses])
    log_det = -np.array([np.linalg.slogdet(each)[1] for each in inverses])
    products = Products(gram, log_det, N_WEEKS)
    return Trial.from_products(products, np.zeros(2), len(own), compared), own


@pytest.fixture(scope="module")
def compared(plan: Plan) -> Compared:
    return plan.admissible.compared(2)


@pytest.fixture(scope="module")
def trial(plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared) -> Trial:
    return trial_of(plan, nuisance, form, compared)[0]


def test_assigned_exposure_is_that_of_the_daily_dose(plan: Plan) -> None:
    before = np.array([0.5, 1.0, 2.0, 3.0])
    assigned = assigned_exposure(plan, before).weekly().of(np.array(plan.labels))
    for found, tau, begin in zip(assigned, plan.time_constants, before, strict=True):
        wanted = weekly_exposure(plan, np.array(plan.labels), tau, begin)
        np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_statistics_are_those_of_generalised_least_squares(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared
) -> None:
    """At a single point of the grid |t|, but for its scale, is that of a textbook's regression."""
    point = 15
    chosen = some_points()[0][point]
    rho, ratio = default_grid().rho[chosen], default_grid().ratio[chosen]
    trial, _ = trial_of(plan, nuisance, form, compared)
    one = dataclasses.replace(trial, left=trial.left[[point]], log_weight=trial.log_weight[[point]])
    some = compared.labels[::77]
    found = one.judged(one.column(0)).statistics(some)
    root = np.linalg.inv(np.linalg.cholesky(covariance(rho, ratio)))
    x, y = root @ nuisance, root @ form
    q, _ = np.linalg.qr(x)
    residual = y - q @ (q.T @ y)
    sd = np.sqrt(residual @ residual / (N_WEEKS - 2))
    mean = np.array([weekly_exposure(plan, each, 3.0, 1.0) for each in compared.labels]).mean(0)
    wanted = []
    for labels in some:
        each = []
        for tau in plan.time_constants:
            raw = weekly_exposure(plan, labels, tau, 1.0)
            decided = raw - (
                mean
                if tau == 3.0
                else assigned_exposure(plan, np.ones(4))
                .weekly()
                .of(compared.labels.mean(0))[plan.time_constants.index(tau)]
            )
            z = root @ decided
            z -= q @ (q.T @ z)
            each.append(abs(z @ residual) / np.sqrt(z @ z) / sd)
        wanted.append(max(each))
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_the_test_is_exact_whatever_form_is(trial: Trial, compared: Compared) -> None:
    """Over all schedules p is at most alpha in a share of at most alpha: by counting, not luck."""
    others = trial.judged(trial.column(0)).statistics(compared.labels)
    p = np.array([compared.p_value(float(each), others) for each in others])
    for alpha in (0.01, 0.05, 0.1, 0.5):
        assert (p <= alpha + 1e-9).mean() <= alpha + 1e-9
    assert p.min() == pytest.approx(2 / 616)


def test_no_schedule_enters_what_others_are_judged_by(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared, trial: Trial
) -> None:
    opposite = dataclasses.replace(plan, labels=tuple(1 - each for each in plan.labels))
    other, _ = trial_of(opposite, nuisance, form, compared)
    np.testing.assert_allclose(
        other.judged(other.column(0)).squares, trial.judged(trial.column(0)).squares
    )


def test_the_interval_is_what_the_test_does_not_reject(
    plan: Plan, trial: Trial, compared: Compared
) -> None:
    labels, y = np.array(plan.labels), trial.column(0)
    along = [trial.column(1 + tau) for tau in range(4)]
    found = inverted(trial, labels, compared, plan.alpha, y, along)
    assert found.low < found.estimate < found.high

    def largest_p(change: float) -> float:
        each = [p_of(trial.judged(y - change * x), labels, compared)[1] for x in along]
        return max(each)

    reach = 0.02 * (found.high - found.low)
    for end, outwards in ((found.low, -reach), (found.high, reach)):
        assert largest_p(end - outwards) > plan.alpha
        assert largest_p(end + outwards) <= plan.alpha
    p_of_none = p_of(trial.judged(y), labels, compared)[1]
    assert (found.low <= 0 <= found.high) == (p_of_none > plan.alpha)


def test_what_is_added_along_the_exposure_moves_the_interval_by_as_much(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared, trial: Trial
) -> None:
    labels, tau, added = np.array(plan.labels), 1, 0.013
    own = weekly_exposure(plan, labels, plan.time_constants[tau], 1.0)
    moved, _ = trial_of(plan, nuisance, form + added * own, compared)
    before, after = (
        inverted(each, labels, compared, plan.alpha, each.column(0), [each.column(1 + tau)])
        for each in (trial, moved)
    )
    assert after.low - before.low == pytest.approx(added, abs=2e-4)
    assert after.high - before.high == pytest.approx(added, abs=2e-4)
