import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from runanalytics.measures.within_runs import STEP_S, Prior, own_slopes, within

FREE = Prior(np.zeros(3), np.full(3, np.inf))


def simulated(rng, n_runs=40, rho=0.0, slopes=(-0.6, -0.3, 0.02), sigma=0.012, spread=0.0):
    """Segments of runs with known slopes and levels; errors are AR(1) in continuous time."""
    size = rng.integers(2, 15, n_runs)
    run = np.repeat(np.arange(n_runs), size)
    duration = rng.choice([60.0, 90.0, 120.0, 180.0], len(run))
    time = np.concatenate([300 + np.cumsum(duration[run == r]) for r in range(n_runs)])
    x = rng.normal(0, 0.06, n_runs)[run] + rng.normal(0, 0.05, len(run))
    z = np.column_stack((x, x**2, (time - 1200) / 3600))
    level = rng.normal(5.5, 0.02, n_runs)
    error = rng.normal(size=len(run))
    for i in range(1, len(run)):
        if run[i] == run[i - 1]:
            kept = rho ** ((time[i] - time[i - 1]) / STEP_S)
            error[i] = kept * error[i - 1] + np.sqrt(1 - kept**2) * error[i]
    own = rng.normal(0, spread, n_runs)[run] * x
    y = level[run] + z @ np.array(slopes) + own + sigma * error / np.sqrt(duration / 120)
    return y, z, run, time, duration / 120, level


def test_slopes_are_those_of_linearmodels():
    from linearmodels.panel import PanelOLS

    y, z, run, time, weight, _ = simulated(np.random.default_rng(5))
    index = pd.MultiIndex.from_arrays([run, time])
    frame = pd.DataFrame(z, index=index, columns=["x", "square", "hours"])
    theirs = PanelOLS(
        pd.Series(y, index=index),
        frame,
        entity_effects=True,
        weights=pd.Series(weight, index=index),
    ).fit()
    ours = within(y, z, run, time, weight, FREE, varying=(), rho=0.0)
    assert_allclose(ours.slopes, theirs.params, rtol=1e-6)
    # σ² carries a prior worth four segments here and none there.
    assert_allclose(np.sqrt(np.diag(ours.covariance)), theirs.std_errors, rtol=0.02)


def test_slopes_agree_with_a_mixed_model_of_statsmodels():
    import statsmodels.api as sm

    y, z, run, time, _, _ = simulated(np.random.default_rng(6))
    equal = np.ones(len(y))
    ours = within(y, z, run, time, equal, FREE, varying=(), rho=0.0)
    # In percent, and with levels farther apart than they are: that is what its optimiser likes,
    # and then a random level is all but the free one that we give each run.
    apart = 100 * (y + run % 7)
    theirs = sm.MixedLM(apart, sm.add_constant(z), groups=run).fit()
    assert_allclose(100 * ours.slopes, theirs.fe_params[1:], atol=0.1 * theirs.bse_fe[1:].min())
    errors = 100 * np.sqrt(np.diag(ours.covariance))
    assert_allclose(errors, theirs.bse_fe[1:], rtol=0.03)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_levels_and_variances_are_those_of_generalised_least_squares(rho):
    import statsmodels.api as sm

    y, z, run, time, weight, _ = simulated(np.random.default_rng(7), n_runs=12, rho=rho)
    apart = np.abs(time[:, None] - time[None, :]) / STEP_S
    correlation = np.where(run[:, None] == run[None, :], rho**apart, 0.0)
    covariance = correlation / np.sqrt(np.outer(weight, weight))
    design = np.column_stack((np.eye(12)[run], z))
    theirs = sm.GLS(y, design, sigma=covariance).fit()
    ours = within(y, z, run, time, weight, FREE, varying=(0, 2), rho=rho)
    assert_allclose(ours.levels, theirs.params[:12], rtol=1e-8)
    assert_allclose(ours.slopes, theirs.params[12:], rtol=1e-6)
    # The same estimator, where each run also has slopes of its own.
    assert ours.spreads[0] > 0
    assert ours.spreads[1] == 0
    same_run = run[:, None] == run[None, :]
    own = same_run * np.einsum("ik,k,jk->ij", z, ours.spreads**2, z)
    estimator = np.linalg.pinv(theirs.model.wexog) @ theirs.model.cholsigmainv
    expected = np.diag(estimator @ (ours.sigma**2 * covariance + own) @ estimator.T)
    assert_allclose(ours.variances, expected[:12], rtol=1e-6)
    assert_allclose(np.diag(ours.covariance), expected[12:], rtol=1e-6)


@pytest.mark.parametrize(
    ("rho", "low", "high"), [(0.0, 0.0, 0.15), (0.5, 0.4, 0.6), (0.8, 0.7, 0.9)]
)
def test_serial_correlation_is_recovered(rho, low, high):
    *data, _ = simulated(np.random.default_rng(8), n_runs=150, rho=rho)
    found = within(*data, FREE)
    assert low <= found.rho <= high
    assert found.sigma == pytest.approx(0.012, rel=0.1)


def test_errors_of_slopes_are_right_where_runs_differ_in_theirs():
    """By speed and with time; without allowing for it, errors are far too small."""
    rng = np.random.default_rng(14)
    truth, scores, naive = np.array([-0.6, -0.3, 0.02]), [], []
    for _ in range(150):
        y, z, run, time, weight, _ = simulated(rng, n_runs=60, spread=0.12, rho=0.5)
        y = y + rng.normal(0, 0.06, 60)[run] * z[:, 2]
        data = (y, z, run, time, weight, FREE)
        for varying, kept in (((0, 2), scores), ((), naive)):
            found = within(*data, varying=varying, rho=0.5)
            kept.append(((found.slopes - truth) / np.sqrt(np.diag(found.covariance)))[[0, 2]])
    assert np.std(scores, axis=0) == pytest.approx(1, abs=0.15)
    assert np.std(naive, axis=0).min() > 1.25


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_spread_of_slopes_between_runs_is_recovered(spread):
    *data, _ = simulated(np.random.default_rng(9), n_runs=300, spread=spread)
    assert within(*data, FREE).spreads[0] == pytest.approx(spread, abs=0.04)


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_errors_of_levels_are_as_large_as_their_variances_say(rho):
    rng = np.random.default_rng(10)
    scores = []
    for _ in range(40):
        *data, level = simulated(rng, rho=rho)
        found = within(*data, FREE)
        scores.append((found.levels - level) / np.sqrt(found.variances))
    scores = np.concatenate(scores)
    assert np.std(scores) == pytest.approx(1, abs=0.1)
    assert np.mean(scores) == pytest.approx(0, abs=0.1)
    assert 0.93 < np.mean(np.abs(scores) < 1.96) < 0.97


def test_without_speed_range_slopes_are_the_prior():
    time = np.arange(4) * 150.0
    prior = Prior(np.array([-0.6, 0.0, 0.0]), np.array([0.2, 0.5, 0.03]))
    found = within(
        np.full(4, 5.5), np.zeros((4, 3)), np.array([0, 0, 1, 1]), time, np.ones(4), prior
    )
    assert_allclose(found.slopes, prior.mean)
    assert_allclose(np.sqrt(np.diag(found.covariance)), prior.sd)


def test_a_prior_without_deviation_fixes_a_slope():
    *data, _ = simulated(np.random.default_rng(11))
    prior = Prior(np.array([1.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.15]))
    assert_allclose(within(*data, prior).slopes[:2], [1.5, 0.0], atol=1e-6)


def test_many_segments_give_what_all_of_them_would():
    *data, _ = simulated(np.random.default_rng(12), n_runs=1100, rho=0.5)
    assert len(data[0]) > 8000
    assert within(*data, FREE).rho == pytest.approx(0.5, abs=0.05)


def test_rounding_errors_are_no_range_of_speed_to_learn_a_spread_from():
    rng = np.random.default_rng(13)
    z = np.array([[-0.1], [0.1], [0.05], [0.05 + 1e-17], [0.3], [0.3 + 6e-17]])
    z[3:6, 0] += np.array([4e-17, 6e-17, 1e-16])
    run = np.array([0, 0, 1, 1, 2, 2])
    prior = Prior(np.array([0.5]), np.array([0.2]))
    found = within(5 + rng.normal(0, 0.02, 6), z, run, np.arange(6) * 150.0, np.ones(6), prior)
    assert np.isfinite(found.variances).all()
    assert found.spreads[0] == 0.0


def test_a_spread_that_few_runs_tell_leaves_few_degrees_of_freedom():
    """Runs that differ far more than their segments' errors: hardly more than there are runs."""
    rng = np.random.default_rng(15)
    x = np.tile(np.linspace(-0.1, 0.1, 9), 6)
    run = np.repeat(np.arange(6), 9)
    y = rng.normal(0, 1, 6)[run] * x + rng.normal(0, 1e-3, len(x))
    data = (y, x[:, None], run, np.arange(54) * STEP_S, np.ones(54))
    free, held = (Prior(np.zeros(1), np.full(1, np.inf), np.array([sd])) for sd in (0.0, 1.0))
    few, with_held = (within(*data, prior, rho=0.0).df[0] for prior in (free, held))
    assert 5 <= few < 6.5
    assert few + 1 < with_held < few + 3
    assert within(*data, free, varying=(), rho=0.0).df == pytest.approx([4 + 54 - 6], rel=1e-3)


def test_how_much_runs_differ_is_no_error_of_their_own_slopes():
    y, z, run, *rest, _ = simulated(np.random.default_rng(16), spread=0.05)
    z, prior = z[:, ::-1], Prior(np.zeros(3), np.full(3, 1.0))
    own = np.random.default_rng(17).normal(0, 0.5, run[-1] + 1)
    slopes, variances = own_slopes(y, z, run, *rest, prior)
    more, same = own_slopes(y + own[run] * z[:, 0], z, run, *rest, prior)
    known = np.isfinite(variances)
    assert_allclose((more - slopes)[known], own[known], atol=1e-9)
    assert_allclose(same, variances, rtol=1e-9)
    allowing = Prior(np.zeros(3), np.full(3, 1.0), np.array([0.0, 0.0, 0.1]))
    assert (own_slopes(y, z, run, *rest, allowing)[1] > variances)[known].all()
