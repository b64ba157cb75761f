"""Two lines and errors that remember: as dense algebra has it, and true differences come out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from runanalytics.findings.before_after import WANDERS, before_after
from runanalytics.findings.engine.covariates import ridge, standardised
from runanalytics.findings.engine.interrupted import (
    NO_MEMORY,
    RHO_PRIOR,
    WALK,
    WALK_RHO,
    fit_interrupted_series,
    grid_with_walks,
)
from runanalytics.findings.engine.weeks import by_week
from runanalytics.simulate import simulate_form


def line(weeks):
    found = standardised("trend", np.arange(len(weeks.seen), dtype=float), weeks.seen)
    assert found is not None
    return found


def terms(weeks, first):
    number = np.arange(len(weeks.seen))
    return (number >= first).astype(float), np.maximum(number - first, 0).astype(float)


def test_the_prior_is_what_it_says():
    grid = grid_with_walks()
    share = np.exp(grid.log_prior)
    walks, none = grid.rho == WALK_RHO, grid.ratio == 0
    assert share.sum() == pytest.approx(1)
    assert share[none].sum() == pytest.approx(NO_MEMORY)
    assert share[walks].sum() == pytest.approx(WALK)
    between = ~walks & ~none
    mean = share[between] @ grid.rho[between] / share[between].sum()
    assert mean == pytest.approx(stats.beta(*RHO_PRIOR).mean(), abs=0.01)


def test_it_is_the_mixture_of_generalised_least_squares_by_the_whole_covariance():
    weeks = by_week(simulate_form(3, weeks=30, missing_weeks=0.1).form)
    trend = line(weeks)
    after, since = terms(weeks, 14)
    found = fit_interrupted_series(weeks, [trend], after, since, 8.0)
    assert found is not None
    grid, seen = grid_with_walks(), weeks.seen
    y = weeks.log_form[seen] - weeks.log_form[seen].mean()
    x = np.column_stack([np.ones(len(seen)), trend.column, after, since])[seen]
    prior = np.append(0.0, ridge([trend], weeks))
    assert not prior.any()
    number = np.flatnonzero(seen)
    lag = np.abs(np.subtract.outer(number, number))
    df = len(y) - 4
    log_weight, later, scale = [], [], []
    for rho, ratio, log_prior in zip(grid.rho, grid.ratio, grid.log_prior, strict=True):
        covariance = ratio * rho**lag + np.diag(weeks.noise[seen])
        inverse = np.linalg.inv(covariance)
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        squares = (y - x @ beta) @ inverse @ (y - x @ beta)
        determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
        log_weight.append(log_prior - 0.5 * determinants - 0.5 * df * np.log(squares))
        loading = np.array([0.0, 0.0, 1.0, 8.0])
        later.append(loading @ beta)
        spread = loading @ np.linalg.solve(information, loading)
        scale.append(np.sqrt(squares / df * spread))
    weight = np.exp(np.array(log_weight) - max(log_weight))
    weight /= weight.sum()
    assert found.later.df == df
    assert found.later.mean == pytest.approx(weight @ later, rel=1e-3)
    expected = np.sqrt(weight @ (np.square(scale) + (np.array(later) - weight @ later) ** 2))
    assert found.later.sd == pytest.approx(expected, rel=1e-3)
    assert found.walk == pytest.approx(weight[grid.rho == WALK_RHO].sum(), abs=1e-4)


def test_what_is_made_up_of_the_covariates_is_not_told():
    weeks = by_week(simulate_form(3, weeks=40).form)
    after, since = terms(weeks, 20)
    step = standardised("device", after, weeks.seen)
    assert fit_interrupted_series(weeks, [line(weeks), step], after, since, 8.0) is None
    assert fit_interrupted_series(weeks, [line(weeks)], after, since, 8.0) is not None
    assert fit_interrupted_series(weeks, [line(weeks)], np.zeros(40), since, 8.0) is None
    few = by_week(simulate_form(3, weeks=6).form)
    assert fit_interrupted_series(few, [line(few)], *terms(few, 3), 2.0) is None


@pytest.mark.parametrize("rho", [0.0, 0.95])
def test_intervals_cover_the_truth_with_and_without_memory(rho):
    runners, covered, at_once = 60, 0, 0
    for seed in range(runners):
        found = before_after(simulate_form(7_000 + seed, weeks=52, rho=rho).form, "2024-07-01")
        covered += found.percent_low <= 0 <= found.percent_high
        at_once += found.level_low_percent <= 0 <= found.level_high_percent
    assert min(covered, at_once) >= stats.binom(runners, 0.94).ppf(0.001)


@pytest.mark.parametrize(("process", "rho", "most"), [("random_walk", 0.8, 6), ("ar1", 0.0, 0)])
def test_form_that_wanders_is_said_to(process, rho, most):
    said = 0
    for seed in range(6):
        form = simulate_form(100 + seed, weeks=208, process=process, rho=rho).form
        found = before_after(form, "2026-01-05")
        told = "seems to wander" in found.summary()
        assert told == (found.walk > WANDERS)
        said += told
    assert most - 2 <= said <= most
