"""Races on one scale, and what goes along with them: with no race, one, and many."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.race_results import race_results
from runanalytics.measures.performances import race_noise

WEEKS = 156


def runner(seed: int, *, n: int = 16, effect_percent: float = 0.0):
    """Races of a runner with a dose in phases, and that dose."""
    random = np.random.default_rng(seed)
    on = np.repeat(random.permutation([0, 1] * 8), 10)[:WEEKS]
    amount = np.zeros(7 * WEEKS)
    for week in np.flatnonzero(on):
        amount[7 * week + random.choice(7, 2, replace=False)] = 1
    held = exposure(amount, 3.0, 0.0)
    day = np.sort(random.choice(np.arange(60, 7 * WEEKS), n, replace=False))
    distance = random.choice([5_000.0, 10_000.0, 21_097.5], n)
    weeks = day / 7
    kernel = 0.02**2 * np.exp(-np.abs(weeks[:, None] - weeks) / 26) + 1e-12 * np.eye(n)
    log_time = np.log(2_480) + 1.06 * np.log(distance / 10_000)
    log_time += np.linalg.cholesky(kernel) @ random.normal(size=n)
    log_time += effect_percent / 100 / 2 * held[day]
    log_time += race_noise(distance, 50.0) * random.normal(size=n)
    start = pd.Timestamp("2023-01-02")
    races = pd.DataFrame(
        {
            "race_id": [f"r{k}" for k in range(n)],
            "local_date": start + pd.to_timedelta(day, unit="D"),
            "distance_m": distance,
            "time_s": np.exp(log_time),
        }
    )
    dose = pd.DataFrame({"local_date": pd.date_range(start, periods=7 * WEEKS), "amount": amount})
    dose.attrs = {"what": "strength", "measure": "sessions"}
    return races, dose


@pytest.mark.parametrize("truth", [0.0, -4.0])
def test_intervals_of_a_race_effect_cover_the_truth(truth: float) -> None:
    found = [race_effect(*runner(seed, effect_percent=truth)) for seed in range(80)]
    covered = np.mean([each.percent_low <= truth <= each.percent_high for each in found])
    assert covered >= 0.87  # 95 % within the scatter of 80 runners
    assert np.mean([each.percent for each in found]) == pytest.approx(truth, abs=1.2)
    if not truth:
        assert np.mean([each.verdict == "association" for each in found]) <= 0.125


def test_prior_data_and_posterior_stand_side_by_side() -> None:
    found = race_effect(*runner(1, effect_percent=-4.0))
    assert found.table()["source"].tolist() == ["these data", "prior", "both"]
    between = sorted([found.percent, found.prior.mean_percent])
    assert between[0] <= found.posterior.mean_percent <= between[1]
    assert found.posterior.sd_percent < min(found.prior.sd_percent, found.se_percent)


def test_few_races_describe_and_none_says_nothing() -> None:
    races, dose = runner(2)
    few = race_effect(races.iloc[:5], dose)
    assert few.verdict == "not enough data"
    assert few.reason == "5 races of 8 needed"
    assert np.isfinite(few.percent)
    assert race_effect(races.iloc[:0], dose).reason == "no race with a time lies within the log"
    early = races.assign(local_date=races["local_date"] - pd.Timedelta(days=3_000))
    assert race_effect(early, dose).reason == "no race with a time lies within the log"
    steady = dose.assign(amount=2 / 7)
    assert race_effect(races, steady).reason == "the dose hardly varied between these races"


def test_a_runner_who_got_faster_is_told_so_and_one_who_did_not_is_not() -> None:
    races, _ = runner(3, n=20)
    years = (races["local_date"] - races["local_date"].iloc[0]).dt.days / 365
    faster = race_results(races.assign(time_s=races["time_s"] * np.exp(-0.07 * years)))
    assert faster.verdict == "faster"
    assert faster.percent_high < 0
    still = [race_results(runner(seed)[0]).verdict for seed in range(40)]
    assert still.count("no clear change") >= 30


def test_no_race_one_race_and_one_distance() -> None:
    races, _ = runner(4)
    none = race_results(races.iloc[:0])
    assert none.summary() == "Not enough data on races: there is no race."
    assert none.table().empty
    one = race_results(races.iloc[:1])
    assert one.verdict == "not enough data"
    assert one.reason == "all races were on one day"
    assert one.predicted()["time_s"].is_monotonic_increasing
    same = race_results(races.assign(distance_m=10_000.0))
    assert any("one distance" in note for note in same.notes)
    assert json.dumps(one.to_dict(), allow_nan=False)
    for found in (none, one, same):
        assert found.plot().get_title(loc="left") or found.plot().get_title()


def test_a_prediction_widens_away_from_what_was_raced() -> None:
    races, _ = runner(5)
    short = races[races["distance_m"] < 11_000]
    predicted = race_results(short).predicted().set_index("distance_m")
    width = np.log(predicted["high_s"] / predicted["low_s"])
    assert width[42_195.0] > width[10_000.0]
    assert "far from any distance raced" in predicted.loc[42_195.0, "note"]
    assert predicted.loc[10_000.0, "note"] == ""


def test_wrong_use_is_named() -> None:
    races, dose = runner(1)
    with pytest.raises(UsageError, match="a level of 2"):
        race_results(races, level=2)
    with pytest.raises(UsageError, match="a distance of -5 m"):
        race_results(races, distances_m=[-5])
    with pytest.raises(UsageError, match="a contrast of 0"):
        race_effect(races, dose, contrast=0)
