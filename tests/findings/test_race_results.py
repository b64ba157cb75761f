"""Races on one scale, and what goes along with them: with no race, one, and many."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.race_results import race_results
from runanalytics.measures.performances import race_noise
from runanalytics.schema import COURSES
from runanalytics.simulate.races import simulate_races

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
    found = [race_effect(*runner(seed, effect_percent=truth)) for seed in range(60)]
    covered = np.mean([each.percent_low <= truth <= each.percent_high for each in found])
    assert covered >= 0.87  # 95 % within the scatter of 60 runners
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
    assert few.reason == "5 races, of 8 needed"
    assert np.isfinite(few.percent)
    trails = races.assign(course=["road"] * 5 + ["trail"] * 11)
    assert race_effect(trails, dose).reason == "5 races over one kind of course, of 8 needed"
    apart = races.assign(course=["road"] * 5 + ["obstacle"] * 11)
    assert "11 races set apart" in " ".join(race_effect(apart, dose).notes)
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
    assert one.reason == "1 race in 0 days, of 4 races in 56 days needed"
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


def test_where_races_scatter_widely_intervals_of_single_races_are_said_to_hold_less() -> None:
    def told(scatter_pct: float) -> str:
        return race_results(simulate_races(5, scatter_pct=scatter_pct).races).summary()

    assert "where they do the interval of a single race holds about 90 %" in told(5.0)
    assert "the interval of a single race" not in told(1.0)


def test_where_races_scatter_widely_intervals_of_effects_are_said_to_hold_less() -> None:
    def told(scatter_pct: float) -> str:
        drawn = simulate_races(5, scatter_pct=scatter_pct)
        return race_effect(drawn.races, drawn.dose, what="strength").summary()

    assert "where they do intervals of an effect hold about 92 %" in told(10.0)
    assert "intervals of an effect hold" not in told(2.0)


def test_wrong_use_is_named() -> None:
    races, dose = runner(1)
    with pytest.raises(UsageError, match="a level of 2"):
        race_results(races, level=2)
    with pytest.raises(UsageError, match="a distance of -5 m"):
        race_results(races, distances_m=[-5])
    with pytest.raises(UsageError, match="a contrast of 0"):
        race_effect(races, dose, contrast=0)


def test_predictions_hold_the_next_race() -> None:
    inside, raced_width, all_width = [], [], []
    for seed in range(40):
        races = simulate_races(seed, n_races=12, not_raced=0.15).races
        last = races.iloc[-1]
        found = race_results(
            races.iloc[:-1], distances_m=[last["distance_m"]], on=last["local_date"].date()
        ).predicted()
        inside.append(
            bool((found["low_s"] < last["time_s"]).all() & (last["time_s"] < found["high_s"]).all())
        )
        raced_width.append(found["raced_high_s"].iloc[0] / found["raced_low_s"].iloc[0])
        all_width.append(found["high_s"].iloc[0] / found["low_s"].iloc[0])
    assert np.mean(inside) >= 0.88  # 95 % within the scatter of 40 runners
    assert np.mean(raced_width) < np.mean(all_width)


def test_the_next_race_is_as_warm_as_those_before_and_may_be_jogged() -> None:
    races = simulate_races(3, n_races=20, not_raced=0.0).races
    cool = race_results(races, distances_m=[10_000.0]).predicted().iloc[0]
    assert 1.0 < cool["next_s"] / cool["time_s"] < 1.01
    warm = race_results(races.assign(temperature_c=35.0), distances_m=[10_000.0]).predicted()
    assert warm["time_s"].iloc[0] < 0.98 * cool["time_s"]
    # What heat took is known of all races alike: the next one takes what it would have.
    for name in ("next_s", "low_s", "high_s"):
        assert warm[name].iloc[0] == pytest.approx(cool[name], rel=0.01)
    told = races.assign(raced=[True, False] * 10)
    jogged = race_results(told, distances_m=[10_000.0]).predicted().iloc[0]
    assert jogged["next_s"] > 1.01 * jogged["time_s"]


def test_an_effect_of_the_detectable_size_is_found_as_often_as_told() -> None:
    found = []
    for seed in range(12):
        kwargs = {"n_races": 40, "weeks": 208}
        drawn = simulate_races(seed, **kwargs)
        size = race_effect(drawn.races, drawn.dose, what="strength").detectable_percent
        for tau_weeks, _ in TIME_CONSTANTS:
            effect_pct = 100 / (1 + size / 100) - 100
            same = simulate_races(seed, effect_pct=effect_pct, tau_weeks=tau_weeks, **kwargs)
            found.append(race_effect(same.races, same.dose, what="strength").percent_high < 0)
    assert 0.68 <= np.mean(found) <= 0.90  # 80 % within the scatter of 12 runners


def test_to_race_elsewhere_is_no_change_of_form() -> None:
    found = [
        race_results(simulate_races(seed, from_trails=True, form_sd_pct=0.5).races)
        for seed in range(30)
    ]
    assert sum(each.verdict == "faster" for each in found) <= 4
    kinds = found[0].kinds().set_index("course")
    assert kinds.loc["trail", "low_percent"] < 12 < kinds.loc["trail", "high_percent"]
    assert np.isnan(kinds.loc["road", "slower_percent"])


def test_a_runner_of_many_kinds_is_not_told_a_trend() -> None:
    kinds = ["trail", "trail", "trail", "obstacle", "trail", "road", "road"]
    distances = [42_195.0, 42_195.0, 55_700.0, 10_000.0, 12_000.0, 10_000.0, 42_195.0]
    hours = [5.6, 5.4, 8.0, 2.0, 1.17, 0.797, 3.9]
    days = ["2023-05-01", "2023-09-01", "2024-05-01", "2024-08-01", "2024-10-01", "2025-01-05"]
    races = pd.DataFrame(
        {
            "local_date": [*days, "2025-04-06"],
            "course": kinds,
            "distance_m": distances,
            "time_s": 3_600 * np.array(hours),
        }
    )
    found = race_results(races)
    assert found.verdict == "not enough data"
    assert found.reason.startswith("not enough races of one kind: 2 races on roads and tracks")
    assert found.apart["reason"].tolist() == [
        "longer than a marathon",
        "obstacle course or orienteering",
    ]
    assert found.time_low_s < 0.797 * 3_600 < found.time_high_s
    assert abs(found.time_s / (0.797 * 3_600) - 1) < 0.03
    assert "2 races" not in race_results(races.drop(columns="course")).summary()


@pytest.mark.parametrize("course", COURSES)
def test_a_single_race_over_any_course_has_an_answer(course: str) -> None:
    races, dose = runner(8, n=1)
    races["course"] = course
    found = race_results(races)
    assert found.verdict == "not enough data"
    assert found.summary()
    assert bool(found.n_races) == (course not in ("obstacle", "orienteering"))
    assert race_effect(races, dose).verdict == "not enough data"
    assert found.plot()


def test_a_dose_that_only_grew_cannot_be_told_from_the_years() -> None:
    races, dose = runner(7)
    grown = dose.assign(amount=np.linspace(0.1, 0.5, len(dose)))
    found = race_effect(races, grown)
    assert found.verdict == "not enough data"
    assert "cannot tell which of them" in found.reason


def test_running_that_is_told_is_adjusted_for() -> None:
    told, alone = [], []
    for seed in range(12):
        drawn = simulate_races(seed, weeks=260, n_races=40, load_pct=4.0)
        found = race_effect(drawn.races, drawn.dose, runs=drawn.runs)
        assert "running load" in found.adjusted_for
        told.append(found.percent)
        alone.append(race_effect(drawn.races, drawn.dose).percent)
    assert np.mean(alone) < -2.0  # what running did is taken for strength's
    assert abs(np.mean(told)) < 0.6 * abs(np.mean(alone))


def test_other_work_is_held_beside_a_dose() -> None:
    races, dose = runner(6)
    other = dose.assign(amount=np.roll(dose["amount"], 200))
    other.attrs = {"what": "technique"}
    assert "other technique" in race_effect(races, dose, other_doses=[other]).adjusted_for
