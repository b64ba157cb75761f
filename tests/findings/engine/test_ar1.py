"""The weekly engine against dense algebra and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from runanalytics.findings.engine.ar1 import (
    NO_MEMORY,
    RATIO_POINTS,
    RHO_POINTS,
    Grid,
    Mixture,
    default_grid,
    mixture,
    normalised,
    regress,
    smooth,
    weighed_products,
    whiten,
)

RHO, RATIO = 0.7, 1.8


@pytest.fixture
def data():
    """Twenty-four calendar weeks, three of them missing, with uneven noise."""
    rng = np.random.default_rng(5)
    n_weeks = 24
    noise = rng.uniform(0.5, 2.0, n_weeks)
    noise[[6, 7, 15]] = np.inf
    seen = np.isfinite(noise)
    design = np.column_stack([np.ones(n_weeks), np.arange(n_weeks) / 10, rng.normal(size=n_weeks)])
    y = rng.normal(size=n_weeks)
    return np.where(seen[:, None], np.column_stack([design, y]), 0.0), noise, seen


def covariance(rho, ratio, n_weeks):
    gap = np.abs(np.subtract.outer(np.arange(n_weeks), np.arange(n_weeks)))
    return ratio * rho**gap


def one_point(rho=RHO, ratio=RATIO):
    return Grid(np.array([rho]), np.array([ratio]), np.zeros(1))


@pytest.mark.parametrize(("rho", "ratio"), [(0.0, 0.3), (0.7, 1.8), (0.99, 40.0)])
def test_whitening_is_the_dense_cholesky_factor(data, rho, ratio):
    columns, noise, seen = data
    found = whiten(columns, noise, one_point(rho, ratio))
    dense = covariance(rho, ratio, len(noise))[np.ix_(seen, seen)] + np.diag(noise[seen])
    factor = np.linalg.cholesky(dense)
    np.testing.assert_allclose(
        found.whitened[0][seen], np.linalg.solve(factor, columns[seen]), atol=1e-10
    )
    assert (found.whitened[0][~seen] == 0).all()
    np.testing.assert_allclose(found.log_det[0], np.linalg.slogdet(dense)[1], atol=1e-10)


@pytest.mark.parametrize("n_weeks", [1, 2, 3, 4, 5, 8, 24])
def test_products_are_those_of_whitened_columns_however_many_weeks(data, n_weeks):
    columns, noise, _ = data
    for noise_of in (noise, noise[::-1], np.where(np.arange(24) < 2, np.inf, noise)):
        own, grid = (columns[:n_weeks], noise_of[:n_weeks]), default_grid()
        expected = whiten(*own, grid)
        gram, log_det = weighed_products(*own, grid)
        wanted = expected.whitened.transpose(0, 2, 1) @ expected.whitened
        np.testing.assert_allclose(gram, wanted, rtol=0, atol=1e-11 * max(1.0, abs(wanted).max()))
        np.testing.assert_allclose(log_det, expected.log_det, rtol=0, atol=1e-11)


def test_columns_may_differ_from_point_to_point(data):
    columns, noise, _ = data
    grid = Grid(np.array([0.2, 0.8]), np.array([1.0, 3.0]), np.zeros(2))
    together = whiten(np.stack([columns, 2 * columns]), noise, grid).whitened
    np.testing.assert_allclose(together[1], 2 * whiten(columns, noise, grid).whitened[1])


def test_regression_equals_statsmodels_gls(data):
    sm = pytest.importorskip("statsmodels.api")
    columns, noise, seen = data
    dense = covariance(RHO, RATIO, len(noise))[np.ix_(seen, seen)] + np.diag(noise[seen])
    oracle = sm.GLS(columns[seen, 3], columns[seen, :3], sigma=dense).fit()
    fitted = regress(whiten(columns, noise, one_point()), 2)
    own, shared, left = (fitted.remainder[0, i, j] for i, j in ((0, 0), (0, 1), (1, 1)))
    df = seen.sum() - 3
    slope = shared / own
    np.testing.assert_allclose(slope, oracle.params[2])
    np.testing.assert_allclose(np.sqrt((left - shared * slope) / df / own), oracle.bse[2])


def test_restricted_likelihood_equals_the_dense_one(data):
    columns, noise, seen = data
    x, y = columns[seen, :3], columns[seen, 3]
    df = seen.sum() - 3

    def dense(rho, ratio):
        v = covariance(rho, ratio, len(noise))[np.ix_(seen, seen)] + np.diag(noise[seen])
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        residual = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
        return -0.5 * (
            np.linalg.slogdet(v)[1]
            + np.linalg.slogdet(information)[1]
            + df * np.log(residual @ inverse @ residual)
        )

    pairs = [(0.1, 0.5), (0.6, 2.0), (0.95, 9.0)]
    grid = Grid(*(np.array(each) for each in zip(*pairs, strict=True)), np.zeros(3))
    fitted = regress(whiten(columns, noise, grid), 3)
    ours = fitted.log_determinants - 0.5 * df * np.log(fitted.remainder[:, 0, 0])
    np.testing.assert_allclose(ours, [dense(*pair) for pair in pairs])


def test_a_prior_on_a_coefficient_is_part_of_the_errors(data):
    columns, noise, seen = data
    prior_variance, points = 0.3, [(0.1, 0.5), (0.6, 2.0), (0.95, 9.0)]
    grid = Grid(*(np.array(each) for each in zip(*points, strict=True)), np.zeros(3))
    fitted = regress(whiten(columns, noise, grid), 2, np.array([0.0, 1 / prior_variance]))
    x, random, y = columns[seen][:, [0, 2]], columns[seen, 1], columns[seen, 3]
    likelihood, slope = [], []
    for rho, ratio in points:
        v = covariance(rho, ratio, len(noise))[np.ix_(seen, seen)] + np.diag(noise[seen])
        inverse = np.linalg.inv(v + prior_variance * np.outer(random, random))
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        residual = y - x @ beta
        slope.append(beta[1])
        likelihood.append(
            -0.5 * np.linalg.slogdet(v + prior_variance * np.outer(random, random))[1]
            - 0.5 * np.linalg.slogdet(information)[1]
            - 0.5 * (seen.sum() - 2) * np.log(residual @ inverse @ residual)
        )
    own, shared, left = (fitted.remainder[:, i, j] for i, j in ((0, 0), (0, 1), (1, 1)))
    np.testing.assert_allclose(shared / own, slope)
    ours = (
        fitted.log_determinants
        - 0.5 * np.log(own)
        - 0.5 * (seen.sum() - 2) * np.log(left - shared**2 / own)
    )
    np.testing.assert_allclose(np.diff(ours), np.diff(likelihood))


def test_smooth_is_the_conditional_mean_and_variance(data):
    columns, noise, seen = data
    mean, variance = smooth(whiten(columns, noise, one_point()), one_point())
    prior = covariance(RHO, RATIO, len(noise))
    v = prior[np.ix_(seen, seen)] + np.diag(noise[seen])
    weight = prior[:, seen] @ np.linalg.inv(v)
    np.testing.assert_allclose(mean[0], weight @ columns[seen], atol=1e-10)
    np.testing.assert_allclose(variance[0], np.diag(prior - weight @ prior[seen]), atol=1e-10)


def test_missing_weeks_at_the_end_forget(data):
    columns, noise, _ = data
    longer = np.vstack([columns, np.zeros((200, 4))])
    later = np.concatenate([noise, np.full(200, np.inf)])
    mean, variance = smooth(whiten(longer, later, one_point()), one_point())
    np.testing.assert_allclose(mean[0, -1], 0, atol=1e-12)
    np.testing.assert_allclose(variance[0, -1], RATIO)


def test_mixture_of_one_is_students_t():
    one = Mixture(np.ones(1), np.array([1.5]), np.array([0.4]), df=7.0)
    oracle = stats.t(7, loc=1.5, scale=0.4)
    for probability in (0.001, 0.025, 0.5, 0.8, 0.999):
        assert one.quantile(probability) == pytest.approx(oracle.ppf(probability), abs=1e-5)
    assert one.density(1.1) == pytest.approx(oracle.pdf(1.1))
    assert one.two_sided_p() == pytest.approx(2 * oracle.cdf(0.0))


def test_quantiles_of_a_mixture_invert_its_distribution():
    rng = np.random.default_rng(1)
    some = Mixture(
        rng.dirichlet(np.ones(40)), rng.normal(0, 5, 40), rng.uniform(0.01, 3, 40), df=3.0
    )
    for probability in (0.0005, 0.025, 0.4, 0.6, 0.975, 0.9995):
        assert some.cdf(some.quantile(probability)) == pytest.approx(probability, abs=1e-5)


def test_vague_components_do_not_drag_the_middle():
    two = Mixture(np.array([0.5, 0.5]), np.array([-2.0, -6.0]), np.array([1.0, 4.0]), df=50.0)
    assert two.mean == pytest.approx(-4.0)
    assert -2.1 < two.middle < -2.0


def test_the_middle_of_components_that_lie_close_is_where_they_are_densest():
    rng = np.random.default_rng(2)
    some = Mixture(
        rng.dirichlet(np.ones(9)), rng.normal(-2, 0.05, 9), rng.uniform(1, 3, 9), df=20.0
    )
    densest = optimize.minimize_scalar(
        lambda value: -some.density(value), bounds=(-3, -1), method="bounded"
    ).x
    assert some.middle == pytest.approx(densest, abs=1e-4)
    assert abs(some.mean - densest) > 2e-3


def test_negligible_components_are_left_out_and_the_rest_sum_to_one():
    weight = normalised(np.array([[0.0, -1.0], [-50.0, -60.0]]))
    kept = mixture(weight, np.arange(4.0).reshape(2, 2), np.ones((2, 2)), df=5.0)
    assert sorted(kept.centre) == [0.0, 1.0]
    assert kept.weight.sum() == pytest.approx(1.0)


def test_grid_prior_is_beta_in_rho_and_in_the_share_and_a_share_has_no_memory():
    grid = default_grid()
    weight = np.exp(grid.log_prior)
    assert (grid.rho[0], grid.ratio[0], weight[0]) == (0.0, 0.0, pytest.approx(NO_MEMORY))
    assert (grid.ratio[1:] > 0).all()
    table = weight[1:].reshape(RHO_POINTS, RATIO_POINTS)
    rho = np.unique(grid.rho[1:])
    np.testing.assert_allclose(
        normalised(np.log(table.sum(axis=1))),
        normalised(stats.beta(10, 2).logpdf(rho) + 0.5 * np.log1p(-rho)),
        atol=1e-12,
    )
    # The share of u in the variance of one run, of four a week: by points even in log ratio.
    ratio = np.unique(grid.ratio[1:])
    share = ratio / (ratio + 4)
    np.testing.assert_allclose(
        normalised(np.log(table.sum(axis=0))),
        normalised(stats.beta(1, 0.5).logpdf(share) + np.log(share * (1 - share))),
        atol=1e-12,
    )


def test_without_memory_whitening_only_weighs(data):
    columns, noise, seen = data
    found = whiten(columns, noise, one_point(0.0, 0.0))
    np.testing.assert_allclose(
        found.whitened[0][seen], columns[seen] / np.sqrt(noise[seen])[:, None]
    )
    mean, variance = smooth(found, one_point(0.0, 0.0))
    assert (mean == 0).all()
    assert (variance == 0).all()
