"""Races on one scale: known truth in, known answer out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.performances import (
    critical_speed,
    fit_races,
    performances,
    race_noise,
)

DISTANCES = np.array([3_000.0, 5_000.0, 10_000.0, 15_000.0, 21_097.5, 42_195.0])


def raced(seed: int, *, n: int = 12, exponent: float = 1.06, form_sd: float = 0.03) -> pd.DataFrame:
    """Races of a runner whose level, exponent and form over the years are known."""
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, 3 * 365, n))
    weeks = day / 7
    form = np.linalg.cholesky(
        form_sd**2 * np.exp(-np.abs(weeks[:, None] - weeks) / 26) + 1e-12 * np.eye(n)
    ) @ random.normal(size=n)
    distance = random.choice(DISTANCES, n)
    noise = race_noise(distance, 50.0)
    log_time = np.log(2_480) + exponent * np.log(distance / 10_000) + form
    return pd.DataFrame(
        {
            "race_id": [f"r{k}" for k in range(n)],
            "local_date": pd.Timestamp("2023-01-01") + pd.to_timedelta(day, unit="D"),
            "distance_m": distance,
            "time_s": np.exp(log_time + noise * random.normal(size=n)),
            "truth": np.exp(log_time),
        }
    )


def test_the_next_race_lies_where_it_was_expected() -> None:
    z = []
    for seed in range(150):
        races = raced(seed, n=25)
        known, last = performances(races.iloc[:-1]), races.iloc[-1]
        fit = fit_races(known)
        assert fit is not None
        noise = race_noise(last["distance_m"], 50.0)
        mean, sd = fit.level(last["distance_m"], last["local_date"], noise=noise)
        z.append((np.log(last["time_s"]) - mean) / sd)
    inside = np.mean(np.abs(z) < 1.96)
    assert 0.90 <= inside <= 0.985  # 95 % within the scatter of 150 runners


def test_a_change_is_as_uncertain_as_it_says() -> None:
    z = []
    for seed in range(120):
        races = raced(seed, n=20)
        first, last = races.iloc[0], races.iloc[-1]
        mean, sd = fit_races(performances(races)).change(first["local_date"], last["local_date"])
        level = np.log(races["truth"]) - 1.06 * np.log(races["distance_m"])
        z.append((level.iloc[-1] - level.iloc[0] - mean) / sd)
    assert abs(np.mean(z)) < 0.3
    assert 0.75 < np.std(z) < 1.2


def test_a_personal_exponent_is_found_and_shrunk() -> None:
    found = [fit_races(performances(raced(seed, n=40, exponent=1.12))) for seed in range(20)]
    exponents = np.array([fit.exponent for fit in found])
    assert exponents.mean() == pytest.approx(1.11, abs=0.012)
    two = fit_races(performances(raced(3, n=2, exponent=1.12)))
    assert abs(two.exponent - 1.06) < abs(exponents.mean() - 1.06)
    assert two.exponent_sd > found[0].exponent_sd


def test_what_a_further_regressor_does_is_found_with_its_error() -> None:
    z = []
    for seed in range(60):
        races = raced(seed, n=30)
        dose = np.random.default_rng(seed + 1_000).normal(size=30)
        races["time_s"] *= np.exp(-0.02 * dose)
        fit = fit_races(performances(races), dose[:, None])
        z.append((fit.slopes[0] + 0.02) / fit.slopes_sd[0])
    assert abs(np.mean(z)) < 0.4
    assert 0.7 < np.std(z) < 1.3


def test_one_race_and_one_distance_behave() -> None:
    one = performances(raced(1, n=1))
    fit = fit_races(one)
    mean, sd = fit.level(DISTANCES, one["local_date"].iloc[0])
    at_its_own = np.argmin(np.abs(DISTANCES - one["distance_m"].iloc[0]))
    assert sd.argmin() == at_its_own
    assert np.exp(mean[at_its_own]) == pytest.approx(one["time_s"].iloc[0], rel=0.001)
    assert fit.exponent == pytest.approx(1.06)
    assert fit_races(one, np.ones((1, 1))) is None
    assert fit_races(one.iloc[:0]) is None


def test_a_constant_regressor_is_refused() -> None:
    assert fit_races(performances(raced(1, n=5)), np.ones((5, 1))) is None


def test_adjustments_are_shown_and_can_be_left_out() -> None:
    races = raced(2, n=3).assign(ascent_m=300.0, temperature_c=28.0, altitude_m=1_800.0)
    races["distance_m"] = 10_000.0
    full = performances(races)
    assert (full[["climb", "heat", "altitude"]] > 1.001).all(axis=None)
    product = full["climb"] * full["heat"] * full["altitude"]
    np.testing.assert_allclose(full["time_s"] / product, full["adjusted_s"])
    bare = performances(races, adjust=())
    np.testing.assert_allclose(bare["adjusted_s"], bare["time_s"])
    assert (performances(races, ("heat",))["climb"] == 1).all()


def test_of_a_list_only_the_races_that_count_do() -> None:
    listed = raced(2, n=3).assign(state=["counts", "proposed", "rejected"])
    assert performances(listed)["race_id"].tolist() == ["r0"]


def test_races_of_other_events_and_without_time_do_not_count() -> None:
    races = raced(2, n=4)
    races["distance_m"] = [400.0, 100_000.0, 5_000.0, 10_000.0]
    races.loc[3, "time_s"] = np.nan
    assert performances(races)["race_id"].tolist() == ["r2"]


def test_wrong_use_is_named() -> None:
    with pytest.raises(UsageError, match="no adjustment 'wind'"):
        performances(raced(1), ("wind",))
    with pytest.raises(SchemaError, match="time_s"):
        performances(raced(1).drop(columns="time_s"))


def test_critical_speed_is_exact_on_exact_data_and_silent_on_too_little() -> None:
    time = np.array([240.0, 600.0, 1_200.0])
    found = critical_speed(4.4 * time + 180, time)
    assert found.speed_m_s == pytest.approx(4.4)
    assert found.d_prime_m == pytest.approx(180)
    assert found.speed_se == pytest.approx(0, abs=1e-6)
    assert critical_speed([5_000, 5_000], [1_200, 1_190]) is None
    assert critical_speed([21_097], [5_400]) is None
