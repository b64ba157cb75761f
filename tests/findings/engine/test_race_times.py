"""The engine of race times: known truth in, known answer out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from runanalytics.findings.engine.normals import Normals
from runanalytics.findings.engine.race_noise import RACED, noise_terms, raced_quantile, shares
from runanalytics.findings.engine.race_points import least_squares
from runanalytics.findings.engine.race_terms import (
    beginning_term,
    course_terms,
    is_of_kind,
    load_terms,
    main_course,
)
from runanalytics.findings.engine.race_times import RaceFit, Term, fit_races
from runanalytics.measures.performances import performances
from runanalytics.simulate.races import simulate_races


def fitted(seed: int, *terms: Term, **kwargs: object) -> tuple[RaceFit, pd.DataFrame]:
    drawn = simulate_races(seed, **kwargs)
    fit = fit_races(performances(drawn.races), terms)
    assert fit is not None
    return fit, drawn.races.assign(level=drawn.level)


def test_quantiles_of_mixtures_are_those_of_their_distribution() -> None:
    weight = np.array([0.25, 0.75])
    mixture = Normals(
        weight, np.array([[0.0, 1.0], [2.0, -3.0]]), np.array([[1.0, 0.5], [3.0, 1.0]])
    )
    for probability in (0.025, 0.5, 0.9):
        value = mixture.quantile(probability)
        np.testing.assert_allclose(mixture.below(value), probability, atol=1e-9)
    alone = Normals(np.ones(1), np.array([[4.0]]), np.array([[2.0]]))
    assert alone.quantile(0.975)[0] == pytest.approx(norm.ppf(0.975, 4.0, 2.0))


def test_derivatives_of_the_noise_are_those_of_its_density() -> None:
    residual, scale, step = np.linspace(-6, 30, 73)[None] * 0.02, np.full((1, 73), 0.02), 1e-5
    before, here, after = (noise_terms(residual + k * step, scale) for k in (-1, 0, 1))
    slope = (after.log_density() - before.log_density()) / (2 * step)
    np.testing.assert_allclose(here.slope, -slope, rtol=1e-4, atol=1e-3)
    second = (after.log_density() - 2 * here.log_density() + before.log_density()) / step**2
    np.testing.assert_allclose(here.curvature(), -second, rtol=1e-3, atol=0.5)
    grid = np.linspace(-0.5, 3.0, 100_001)[None]
    density = np.exp(noise_terms(grid, np.full_like(grid, 0.02)).log_density())
    assert density.sum() * (grid[0, 1] - grid[0, 0]) == pytest.approx(1.0, abs=1e-6)


def test_what_the_runner_says_of_a_race_settles_whether_it_was_raced() -> None:
    said = shares(np.array([np.nan, 1.0, 0.0]))
    np.testing.assert_allclose(said.sum(axis=1), 1.0)
    assert not said[1, ~RACED].any()
    assert not said[2, RACED].any()
    races = simulate_races(1, n_races=12, not_raced=0.0).races
    races.loc[5, "time_s"] *= 1.25
    unsaid = fit_races(performances(races))
    assert unsaid.raced[5] < 0.05
    assert np.delete(unsaid.raced, 5).min() > 0.5
    stated = fit_races(performances(races.assign(raced=[None] * 5 + [True] + [None] * 6)))
    assert stated.raced[5] == 1.0
    assert stated.scatter > unsaid.scatter


def test_a_jogged_race_hardly_moves_the_level() -> None:
    races = simulate_races(2, n_races=20, not_raced=0.0, scatter_pct=1.5).races
    jogged = races.copy()
    jogged.loc[19, "time_s"] *= 1.3
    day = races["local_date"].iloc[-1].to_datetime64()
    levels = [
        fit_races(performances(each)).level(10_000, day).quantile(0.5)[0]
        for each in (races.iloc[:19], jogged)
    ]
    assert levels[1] == pytest.approx(levels[0], abs=0.02)  # of the 0.26 that it was slower


def test_scatter_and_exponent_are_the_runners_own() -> None:
    usual, wide = (
        np.mean(
            [
                fitted(seed, n_races=40, not_raced=0.0, scatter_pct=pct)[0].scatter
                for seed in range(8)
            ]
        )
        for pct in (2.0, 8.0)
    )
    assert 2.5 < wide / usual < 5.0
    steep = []
    for seed in range(8):
        races = simulate_races(seed, n_races=40).races
        races["time_s"] *= (races["distance_m"] / 10_000) ** 0.06
        steep.append(fit_races(performances(races)).exponent)
    assert np.mean(steep) == pytest.approx(1.11, abs=0.012)
    few = fit_races(performances(races.iloc[:2]))
    assert abs(few.exponent - 1.06) < 0.02


def test_one_race_none_and_two_on_a_day_behave() -> None:
    races = performances(simulate_races(3, n_races=3).races)
    assert fit_races(races.iloc[:0]) is None
    one = fit_races(races.iloc[:1])
    day = races["local_date"].iloc[0].to_datetime64()
    level = one.level(races["distance_m"].iloc[0], day)
    assert np.exp(level.quantile(0.5)[0]) == pytest.approx(races["time_s"].iloc[0], rel=0.01)
    twice = fit_races(races.assign(local_date=races["local_date"].iloc[0]))
    assert np.isfinite(twice.level(10_000, day).quantile(0.9)).all()


def test_levels_between_races_are_those_of_a_dense_gaussian_process() -> None:
    """Interpolation by neighbours agrees with conditioning on all races at once."""
    fit, races = fitted(4, n_races=15)
    points, week = fit._points, fit._week
    day = np.array([races["local_date"].iloc[4], races["local_date"].iloc[9]], dtype="M8[D]") + 9
    new = day.astype(np.int64) / 7.0
    weights, own = points.interpolated(week, new)
    k = int(points.weight.argmax())
    tau, variance = points.form_weeks[k], points.form_sd[k] ** 2
    among = variance * np.exp(-np.abs(week[:, None] - week) / tau)
    across = variance * np.exp(-np.abs(week[:, None] - new) / tau)
    np.testing.assert_allclose(weights[:, k].T, np.linalg.solve(among, across), atol=1e-8)
    left = variance - (across * np.linalg.solve(among, across)).sum(axis=0)
    np.testing.assert_allclose(own[k], left, rtol=1e-6)


def test_form_and_coefficients_are_those_of_the_dense_system() -> None:
    rng = np.random.default_rng(0)
    n_points, n, p = 3, 12, 4
    own, beside = rng.uniform(2.5, 4.0, (n_points, n)), rng.uniform(-1.0, 0.0, (n_points, n - 1))
    weight, target = rng.uniform(0.1, 5.0, (n_points, n)), rng.normal(size=(n_points, n))
    design, prior = rng.normal(size=(n, p)), rng.uniform(0.5, 2.0, (n_points, p))
    form, coefficients = least_squares(own + weight, beside, weight, target, design, prior)
    for k in range(n_points):
        precision = np.diag(own[k]) + np.diag(beside[k], 1) + np.diag(beside[k], -1)
        w = np.diag(weight[k])
        upper = [precision + w, w @ design]
        lower = [design.T @ w, design.T @ w @ design + np.diag(prior[k])]
        right = np.concatenate([target[k], design.T @ target[k]])
        both = np.linalg.solve(np.block([upper, lower]), right)
        np.testing.assert_allclose(np.concatenate([form[k], coefficients[k]]), both, rtol=1e-9)


def test_answers_are_about_the_roads_unless_they_are_hardly_raced() -> None:
    def course(**counts: int) -> str:
        names = [name for name, number in counts.items() for _ in range(number)]
        return main_course(pd.DataFrame({"course": [name.replace("_", "-") for name in names]}))

    assert course(road=5, trail=9) == "road"
    assert course(road=2, trail=3) == "road"
    assert course(road=2, trail=5) == "trail"
    assert course(trail=1) == "trail"
    assert course(track=6, road=3) == "track"
    assert course(cross_country=7) == "cross-country"
    kinds = pd.DataFrame({"course": ["road", "track", "", "trail"]})
    assert is_of_kind(kinds, "road").tolist() == [True, True, True, False]
    assert [term.name for term in course_terms(kinds, "road")] == ["track", "", "trail"]


def test_what_first_races_lose_is_no_change_of_form() -> None:
    found = {}
    for loss in (0.0, 0.06):
        lost = []
        for seed in range(4):
            races = simulate_races(seed, n_races=60, not_raced=0.0).races
            day = races["local_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
            term = beginning_term(day, int(day[0]))
            races["time_s"] *= np.exp(loss * term.column)
            lost.append(fit_races(performances(races), [term]).term(term.name).quantile(0.5)[0])
        found[loss] = float(np.mean(lost))
    # Three or four races lie in those weeks, so that the prior of 1.5 % holds it back.
    assert found[0.0] < 0.015
    assert found[0.06] - found[0.0] > 0.012


def test_the_search_ends_where_form_pulls_as_the_races_do() -> None:
    for seed in range(3):
        races = performances(simulate_races(seed, n_races=40, not_raced=0.2).races)
        fit = fit_races(races)
        points = fit._points
        x = np.log(races["distance_m"].to_numpy() / 10_000)
        y = np.log(races["adjusted_s"].to_numpy()) - 1.06 * x - fit._centre
        design = points.posterior.design[:, 0]
        residual = y - points.form - points.coefficients @ design
        scale = points.scatter[:, None] * races["noise"].to_numpy()
        slope = noise_terms(residual, scale).slope
        # In units of the step that it would take: the mean one over points, as they are likely.
        step = np.abs(slope - points.slope) * scale**2
        assert points.weight @ step.max(axis=1) < 2e-4
        assert (points.weight > 0).all()


def test_running_load_is_known_only_where_runs_are() -> None:
    drawn = simulate_races(5, n_races=20)
    day = drawn.races["local_date"].to_numpy().astype("M8[D]").astype(np.int64)
    assert [term.name for term in load_terms(day, drawn.runs)] == ["running load"] * 2
    assert load_terms(day, None) == []
    assert load_terms(day, drawn.runs.iloc[:200]) == []


def test_the_interval_of_a_raced_race_has_heavier_tails_than_a_normal() -> None:
    assert raced_quantile(0.975) > norm.ppf(0.975)
    assert raced_quantile(0.025) == pytest.approx(-raced_quantile(0.975))
