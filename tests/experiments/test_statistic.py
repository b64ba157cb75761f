"""The statistic of an experiment beside one worked out schedule by schedule, and its exactness."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from runanalytics.experiments.interval import LIKELY_SHARE, inverted
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
    exposed = assigned.columns(np.arange(N_WEEKS), own)
    columns = np.column_stack([nuisance, exposed, form])
    grid = default_grid()
    inverses = [
        np.linalg.inv(covariance(rho, ratio))
        for rho, ratio in zip(grid.rho, grid.ratio, strict=True)
    ]
    gram = np.array([columns.T @ each @ columns for each in inverses])
    log_det = -np.array([np.linalg.slogdet(each)[1] for each in inverses])
    products = Products(gram, log_det, N_WEEKS, np.empty((N_WEEKS, gram.shape[1])))
    return Trial.from_products(products, np.zeros(2), plan, len(own), compared), own


@pytest.fixture(scope="module")
def compared(plan: Plan) -> Compared:
    return plan.admissible.compared(2)


@pytest.fixture(scope="module")
def trial(plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared) -> Trial:
    return trial_of(plan, nuisance, form, compared)[0]


def test_assigned_exposure_is_that_of_the_daily_dose(plan: Plan) -> None:
    before = np.linspace(0.5, 3.5, len(plan.time_constants))
    assigned = assigned_exposure(plan, before).weekly().of(np.array(plan.labels))
    for found, tau, begin in zip(assigned, plan.time_constants, before, strict=True):
        wanted = weekly_exposure(plan, np.array(plan.labels), tau, begin)
        np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("either_sign", [True, False])
def test_statistics_are_likelihood_ratios_of_multivariate_normals(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared, either_sign: bool
) -> None:
    """At a single point of the grid: densities with effect, and with the one that is tested."""
    plan = dataclasses.replace(plan, either_sign=either_sign)
    assert (plan.effect_mean == 0) == either_sign
    n_taus = len(plan.time_constants)
    point, change, along = 15, -0.004, 2
    chosen = some_points()[0][point]
    rho, ratio = default_grid().rho[chosen], default_grid().ratio[chosen]
    trial, _ = trial_of(plan, nuisance, form, compared)
    one = dataclasses.replace(trial, left=trial.left[[point]], log_weight=trial.log_weight[[point]])
    root = np.linalg.inv(np.linalg.cholesky(covariance(rho, ratio)))
    q, _ = np.linalg.qr(root @ nuisance)
    rest = np.linalg.qr(np.column_stack([q, np.eye(N_WEEKS)]))[0][:, 2:].T @ root
    y = rest @ form
    variance = y @ y / (N_WEEKS - 2)
    sd = plan.effect_sd
    assigned = assigned_exposure(plan, np.ones(n_taus)).weekly()
    some = compared.labels[::77]
    for tested in (0.0, change):
        wanted = []
        for labels in some:
            exposed = rest @ assigned.of(labels).T
            lived = y + tested * exposed[:, along]
            with_any, with_this = [], []
            for tau in range(n_taus):
                by_choice = np.outer(begun := rest @ assigned.fixed[tau], begun) * sd**2
                noise = variance * np.eye(N_WEEKS - 2) + by_choice
                effect = exposed[:, tau]
                with_any.append(
                    stats.multivariate_normal.logpdf(
                        lived - plan.effect_mean * effect,
                        cov=noise + sd**2 * np.outer(effect, effect),
                    )
                )
                with_this.append(
                    stats.multivariate_normal.logpdf(lived - tested * effect, cov=noise)
                )
            wanted.append(np.logaddexp.reduce(with_any) - np.logaddexp.reduce(with_this))
        found = one.judged(one.column(0)).statistics(some, tested, along)
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_the_test_is_exact_whatever_form_is(trial: Trial, compared: Compared) -> None:
    """Over all schedules p is at most alpha in a share of at most alpha: by counting, not luck."""
    others = trial.judged(trial.column(0)).statistics(compared.labels)
    p = np.array([compared.p_value(float(each), others) for each in others])
    for alpha in (0.01, 0.05, 0.1, 0.5):
        assert (p <= alpha + 1e-9).mean() <= alpha + 1e-9
    assert p.min() == pytest.approx(1 / 616)


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
    along = [trial.assigned(labels, tau) for tau in range(trial.n_taus)]
    found = inverted(trial, labels, compared, plan.alpha, y, along)
    assert found.low < found.estimate < found.high

    def mean_p(change: float) -> float:
        each = [trial.judged(y - change * x) for x in along]
        weight = np.exp([one.log_likelihood - each[0].log_likelihood for one in each])
        weight *= weight >= LIKELY_SHARE * weight.sum()
        p = [p_of(one, labels, compared, change, tau)[1] for tau, one in enumerate(each)]
        return float(np.average(p, weights=weight))

    reach = 0.02 * (found.high - found.low)
    for end, outwards in ((found.low, -reach), (found.high, reach)):
        assert mean_p(end - outwards) > plan.alpha
        assert mean_p(end + outwards) <= plan.alpha
    p_of_none = p_of(trial.judged(y), labels, compared)[1]
    assert (found.low <= 0 <= found.high) == (p_of_none > plan.alpha)


def test_an_effect_moves_estimate_and_interval_by_as_much(
    plan: Plan, nuisance: np.ndarray, form: np.ndarray, compared: Compared, trial: Trial
) -> None:
    labels, tau, added = np.array(plan.labels), 1, -0.02
    own = weekly_exposure(plan, labels, plan.time_constants[tau], 1.0)
    moved, _ = trial_of(plan, nuisance, form + added * own, compared)
    before, after = (
        inverted(each, labels, compared, plan.alpha, each.column(0), [each.assigned(labels, tau)])
        for each in (trial, moved)
    )
    assert after.estimate - before.estimate == pytest.approx(added, abs=2e-3)
    assert after.low < added < after.high
    assert after.high < 0
