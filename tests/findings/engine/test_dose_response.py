"""What the prior of an effect says of exposures that differ in size and in nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.ar1 import default_grid
from runanalytics.findings.engine.dose_response import (
    TIME_CONSTANTS,
    TOWARDS_PER_SD,
    OtherDose,
    detectable_change,
    factored,
    fit_dose_response,
)
from runanalytics.findings.engine.products import run_products, swept
from runanalytics.simulate import simulate_form


@pytest.fixture(scope="module")
def runner():
    drawn = simulate_form(11, weeks=60, effect_pct=-3.0)
    return effect_data(drawn.form, drawn.dose, (), None, TIME_CONSTANTS)


def log_form(data):
    return data.weeks.runs["log_form"].to_numpy()


def test_runs_are_weighed_as_their_whole_covariance_says(runner):
    """The decomposition into weeks and what is within them gives the same as V⁻¹ by hand."""
    weeks = runner.weeks
    week, share = weeks.runs["week"].to_numpy(), weeks.runs["share"].to_numpy()
    columns = np.column_stack([np.ones(len(week)), runner.exposures, log_form(runner)])
    grid, found = default_grid(), run_products(weeks, columns)
    noise = np.diag(weeks.noise[week] / share)
    for point in (0, 40, 100, 160):
        rho, ratio = grid.rho[point], grid.ratio[point]
        lag = np.abs(week[:, None] - week)
        covariance = noise + ratio * np.where(lag == 0, 1.0, rho**lag)
        by_hand = columns.T @ np.linalg.solve(covariance, columns)
        np.testing.assert_allclose(found.gram[point], by_hand, rtol=1e-8)
        log_det = np.linalg.slogdet(covariance)[1] - np.log(noise.diagonal()).sum()
        # Up to what is the same at every point.
        same = -np.log(weeks.noise[weeks.seen]).sum()
        assert found.log_det[point] + same == pytest.approx(log_det)


def test_terms_that_are_swept_are_regressed_on():
    rng = np.random.default_rng(2)
    columns = rng.standard_normal((30, 4))
    terms, log_det = swept(columns.T @ columns, 3)
    x, y = columns[:, :3], columns[:, 3]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(terms[:3, 3], beta)
    np.testing.assert_allclose(-terms[:3, :3], np.linalg.inv(x.T @ x))
    assert terms[3, 3] == pytest.approx(((y - x @ beta) ** 2).sum())
    assert log_det == pytest.approx(np.linalg.slogdet(x.T @ x)[1])


def test_of_two_like_exposures_the_smaller_is_weighed_as_the_prior_says(runner):
    size = 0.2
    both = np.column_stack([runner.exposures[:, 1], size * runner.exposures[:, 1]])
    found = factored(runner.weeks, both, runner.covariates, [log_form(runner)]).project()
    every = found.posterior(np.array([[0], [1]]), np.zeros(2), [1.0])
    np.testing.assert_allclose(every.centre[:, 1] * size, every.centre[:, 0], rtol=1e-6)
    # Flat per unit, the vaguer one gains 1 / size; flat per standard deviation, nothing.
    gained = size ** (TOWARDS_PER_SD - 1)
    np.testing.assert_allclose(every.weight[:, 1], gained * every.weight[:, 0], rtol=1e-6)


def test_the_estimate_of_averaged_time_constants_is_nearer_to_no_change_than_their_mean(runner):
    change = fit_dose_response(runner.weeks, runner.exposures, runner.covariates).change
    assert change.mean < change.middle < 0
    assert change.quantile(0.025) < change.middle < change.quantile(0.975)


def test_a_dose_done_on_the_same_days_cannot_be_told_apart(runner):
    twin = OtherDose(runner.exposures.copy())
    parts = (runner.weeks, runner.exposures, runner.covariates)
    alone, both = fit_dose_response(*parts), fit_dose_response(*parts, beside=[twin])
    assert both.apart < 1e-6
    assert both.together.middle == pytest.approx(alone.change.middle, rel=1e-4)


def test_doses_of_one_time_constant_are_those_of_least_squares(runner):
    """Two doses at one point of the grid against the whole covariance by hand."""
    other = simulate_form(12, weeks=60).dose
    drawn = simulate_form(11, weeks=60, effect_pct=-3.0)
    data = effect_data(drawn.form, drawn.dose, [other], None, [(3.0, 1.0)])
    found = factored(
        data.weeks, data.exposures, data.covariates, [log_form(data)], data.others
    ).project()
    every = found.posterior(np.array([[0, 1]]), np.zeros(1), [1.0, 0.5])
    point, left = 77, found.left[77]
    slopes = np.linalg.solve(left[:2, :2], left[:2, 2])
    assert every.centre[point, 0] == pytest.approx(slopes @ [1.0, 0.5])
    residual = left[2, 2] - slopes @ left[:2, 2]
    variance = np.array([1.0, 0.5]) @ np.linalg.inv(left[:2, :2]) @ [1.0, 0.5]
    assert every.scale[point, 0] == pytest.approx(np.sqrt(variance * residual / every.df))


def test_what_is_detected_is_found_as_often_as_it_says():
    rng = np.random.default_rng(4)
    size = detectable_change([(0.25, 1.0), (0.5, 2.0), (0.25, 5.0)], 1.96, 0.8)
    se = rng.choice([1.0, 2.0, 5.0], 40_000, p=[0.25, 0.5, 0.25])
    found = np.mean(size + se * rng.standard_normal(len(se)) > 1.96 * se)
    assert found == pytest.approx(0.8, abs=0.01)
