"""Doses that come and go together: what is told of each, and what is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from runanalytics.findings.effect import effect
from runanalytics.findings.effects import effects
from runanalytics.findings.selection import doses_beside
from runanalytics.simulate import simulate_form

#: Runners of each kind, and their first seed.
RUNNERS, SEED = 24, 81_000


@pytest.fixture(scope="module")
def two_doses(benchmark_module):
    return benchmark_module("two_doses")


@pytest.fixture(scope="module")
def often_together(two_doses):
    kind = "technique −4 %, 95 %"
    return [two_doses.analysed(SEED + each, kind, 104) for each in range(RUNNERS)]


def share(results, name):
    return np.mean([each[name] for each in results])


def most(rate):
    """More than so many would be seen once in a thousand tries if `rate` were true."""
    return stats.binom(RUNNERS, rate).ppf(0.999) / RUNNERS


def test_of_two_doses_that_are_often_together_the_one_that_works_is_told(often_together):
    assert share(often_together, "strength alone") > 0.6
    assert share(often_together, "strength") <= most(0.055)
    assert share(often_together, "technique") >= 0.75


def test_of_two_doses_that_work_both_are_told(two_doses):
    kind = "both −2 and −4 %, 50 %"
    results = [two_doses.analysed(SEED + each, kind, 104) for each in range(RUNNERS)]
    for name in ("strength covered", "technique covered"):
        assert share(results, name) >= stats.binom(RUNNERS, 0.95).ppf(0.001) / RUNNERS


def test_form_that_follows_load_is_no_effect(two_doses):
    results = [two_doses.analysed(SEED + each, "follows load", 104) for each in range(RUNNERS)]
    assert share(results, "strength") <= most(0.06)


def test_a_wave_of_the_year_is_no_effect_in_less_than_a_year(two_doses):
    results = [two_doses.analysed(SEED + each, "wave 2 %", 45) for each in range(RUNNERS)]
    assert share(results, "strength") <= most(0.06)


def test_on_the_same_days_they_cannot_be_told_apart_and_both_together_can(two_doses):
    covered = 0
    for seed in range(6):
        pair = two_doses.PAIRS["technique −4 %, same days"]
        form, strength, technique, runs = two_doses.two(SEED + seed, 104, pair)
        found = effect(form, strength, runs=runs, beside=[technique])
        assert found.verdict == "not enough data"
        assert np.isnan(found.percent)
        assert "strength and technique were done in the same weeks" in found.summary()
        assert "cannot be told apart" in found.reason
        assert found.together.high_percent < 0
        covered += found.together.low_percent < -4.0 < found.together.high_percent
        assert found.weeks_apart == 0
        assert "Weeks with one of them and not the other would tell them apart" in found.summary()
    assert covered >= stats.binom(6, 0.95).ppf(0.001)


@pytest.fixture(scope="module")
def pair(two_doses):
    return two_doses.two(SEED, 104, two_doses.PAIRS["technique −4 %, 50 %"])


def test_alone_is_what_it_is_without_the_other(pair):
    form, strength, technique, _ = pair
    alone, held = effect(form, strength), effect(form, strength, beside={"technique": technique})
    assert held.alone.percent == pytest.approx(alone.percent)
    assert held.alone.p_value == pytest.approx(alone.p_value)
    assert alone.alone is None
    assert "technique held as it was" in held.summary()
    assert "Taken alone" in held.summary()


def test_a_log_of_part_of_the_weeks_leaves_the_others_out_and_says_so(pair):
    form, strength, technique, _ = pair
    held = effect(form, strength, beside=[technique.iloc[7 * 40 :]])
    assert held.n_weeks == 64
    assert "of 104 weeks, the 64 in which technique is logged as well count" in held.notes


def test_a_log_of_few_weeks_is_not_adjusted_for_and_says_so(pair):
    form, strength, technique, _ = pair
    held, alone = effect(form, strength, beside=[technique.tail(70)]), effect(form, strength)
    assert held.n_weeks == 104
    assert held.percent == alone.percent
    assert any("technique is logged in 10 of these 104 weeks only" in each for each in held.notes)
    never = technique.assign(local_date=technique["local_date"] + pd.Timedelta(days=9_000))
    notes = effect(form, strength, beside=[never]).notes
    assert any("technique is not logged over these weeks" in each for each in notes)


def test_effects_of_strength_and_technique_hold_each_other(pair):
    form, strength, technique, _ = pair
    found = effects([form], [strength, technique])
    assert [[each.what for each in one.beside] for one in found.effects] == [
        ["technique"],
        ["strength"],
    ]
    alone = effects([form], [strength, technique], beside={})
    assert all(not one.beside for one in alone.effects)


def test_the_rest_of_its_own_log_is_held_beside_a_category():
    days = pd.date_range("2026-01-05", periods=4)
    amounts = {"strength": [1, 1, 0, 1], "plyometric": [0, 1, 0, 0], "technique": [0, 0, 1, 0]}

    def dose(what, measure):
        frame = pd.DataFrame({"local_date": days, "amount": np.array(amounts[what], dtype=float)})
        frame.attrs = {"what": what, "measure": measure}
        return frame

    held = doses_beside("plyometric", "sessions", dose)
    assert sorted(held) == ["other strength", "technique"]
    assert held["other strength"]["amount"].tolist() == [1, 0, 0, 1]
    assert list(doses_beside("strength", "sessions", dose)) == ["technique"]


def test_the_contrast_is_what_the_weeks_span():
    drawn = simulate_form(5, weeks=104)
    weekly = drawn.dose["amount"].to_numpy().reshape(-1, 7).any(axis=1)
    once = drawn.dose.assign(amount=np.outer(weekly, np.arange(7) == 2).astype(float).ravel())
    once.attrs = drawn.dose.attrs
    found = effect(drawn.form, once)
    assert found.contrast < 2.0
    assert found.exposure_range[1] - found.exposure_range[0] >= found.contrast
    assert found.dose_words in found.summary()
    assert f"{found.contrast:g} more" in found.dose_words
    assert "extrapolation" in effect(drawn.form, once, contrast=2.0).summary()


def test_runs_that_all_come_within_two_days_of_a_session_are_told():
    drawn = simulate_form(5, weeks=60)
    weekly = drawn.dose["amount"].to_numpy().reshape(-1, 7).any(axis=1)
    days = np.isin(np.arange(7), [0, 2, 4])
    often = drawn.dose.assign(amount=np.outer(weekly, days).astype(float).ravel())
    told = "cannot be told apart from what it does for long"
    assert any(told in each for each in effect(drawn.form, often).notes)
    assert not any(told in each for each in effect(drawn.form, drawn.dose).notes)
