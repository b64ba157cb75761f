"""The pooled answer, the roster and moderators, on simulated runners and known rows."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from runanalytics.cohort.group import LEAST_RUNNERS, correct_groups, pool_rows, pool_runners
from runanalytics.cohort.runner import TAU_WEEKS, RunnerRow
from runanalytics.errors import UsageError
from runanalytics.simulate import simulate_form

DAY = datetime.date(2026, 3, 1)


def known(name: str, change: float, error: float = 0.01, **fields) -> RunnerRow:
    """A row whose change is the same with each time constant."""
    n = len(TAU_WEEKS)
    given = {
        "contrast": 2.0,
        "df": 200.0,
        "tau_weeks": TAU_WEEKS,
        "slope": (change,) * n,
        "scale": (error,) * n,
        "log_likelihood": (0.0,) * n,
        "variance": (1e-4,) * n,
        "n_weeks": 100,
        "last_run": DAY,
        "last_seen": DAY,
        "last_session": DAY,
        "log_until": DAY,
        "a_week": 2.0,
        "lately_a_week": 2.0,
    }
    return RunnerRow(
        name, "cadence_spm", "Cadence", "steps/min", "strength", "sessions", **given | fields
    )


def test_a_known_mean_and_spread_come_back() -> None:
    rng = np.random.default_rng(2)
    effects = rng.normal(-0.02, 0.012, 60)
    rows = [
        known(f"{n:02d}", effect + 0.008 * rng.standard_normal(), 0.008)
        for n, effect in enumerate(effects)
    ]
    found = pool_rows(rows)
    assert found.percent_low < -2.0 < found.percent_high
    assert found.by_random_effects.sd_percent == pytest.approx(1.2, abs=0.5)
    assert found.spread_percent == pytest.approx(1.2, abs=0.5)
    inside = [found.new_low < 100 * np.expm1(effect) < found.new_high for effect in effects]
    assert 0.85 < np.mean(inside) <= 1.0
    drawn = np.array([found.drawn[row.runner].percent for row in rows])
    own = np.array([100 * np.expm1(row.slope[0]) for row in rows])
    assert np.std(drawn) < np.std(own)
    assert np.mean((drawn - 100 * effects) ** 2) < np.mean((own - 100 * effects) ** 2)


def test_runners_from_frames() -> None:
    drawn = {f"{n}": simulate_form(n, weeks=70, effect_pct=-3.0) for n in range(LEAST_RUNNERS)}
    forms = {name: each.form for name, each in drawn.items()}
    doses = {name: each.dose for name, each in drawn.items()}
    found = pool_runners(forms, doses)
    assert found.n_pooled == LEAST_RUNNERS
    assert found.verdict == "association"
    assert found.percent_low < -3.0 < found.percent_high
    with pytest.raises(UsageError, match="not both"):
        pool_runners(forms, {})


def test_too_few_runners_are_not_pooled_but_looked_at() -> None:
    found = pool_rows([known("a", -0.02), RunnerRow("b", reason="cannot be read: torn")])
    assert found.verdict == "not enough data"
    assert found.roster["look"].tolist() == ["cannot be read: torn", ""]
    with pytest.raises(UsageError, match="two runners"):
        pool_rows([known("a", 0.0), known("a", 0.0)])
    with pytest.raises(UsageError, match="one at a time"):
        pool_rows([known("a", 0.0), known("b", 0.0, contrast=1.0)])
    with pytest.raises(UsageError, match="no runner"):
        pool_rows([])


def test_the_roster_begins_with_what_is_sure() -> None:
    weeks = [DAY - datetime.timedelta(weeks=n) for n in range(12)]
    clear = {"change_percent": -1.0, "change_low": -1.3, "change_high": -0.7}
    vague = {"change_percent": 9.0, "change_low": -5.0, "change_high": 24.0}
    rows = [
        known("vague", 0.0, **vague),
        known("clear", 0.0, **clear),
        known("unseen", 0.0, last_seen=weeks[6]),
        known("idle", 0.0, last_session=weeks[5]),
        known("less", 0.0, lately_a_week=0.5),
        known("gone", 0.0, last_run=weeks[9], last_seen=weeks[9]),
        known("watch", 0.0, device="B", device_since=weeks[3], device_percent=2.0,
              device_low=1.0, device_high=3.0),
        known("unlogged", 0.0, log_until=weeks[8]),
        known("also nothing", 0.0),
    ]  # fmt: skip
    roster = pool_rows(rows).roster
    look = dict(zip(roster["runner"], roster["look"], strict=True))
    assert look["unseen"] == "cadence not recorded for 6 weeks"
    assert look["idle"] == "no strength for 5 weeks"
    assert look["less"].startswith("strength: 0.5 sessions a week in the last 8 weeks, 2.0 in all")
    assert look["gone"] == "no run for 9 weeks"
    assert look["watch"].startswith("new device since 08 Feb 2026, B, reads +2.0 %")
    assert look["unlogged"] == "strength not logged for 8 weeks"
    assert look["clear"].startswith("cadence fell: −1.0 %")
    # The largest change is not clear, and stands among those of whom nothing is to be said.
    assert look["vague"] == look["also nothing"] == ""
    assert roster["runner"].tolist()[-3:] == ["clear", "also nothing", "vague"]


def test_a_runner_unlike_the_others_is_told() -> None:
    rows = [known(f"{n:02d}", -0.02 + 0.001 * (n % 3), 0.004) for n in range(30)]
    found = pool_rows([*rows, known("other", 0.12, 0.004)])
    assert found.roster.iloc[0]["runner"] == "other"
    assert "unlike the group's" in found.roster.iloc[0]["look"]


def test_moderators_are_found_and_few_of_a_kind_are_not_told_apart() -> None:
    rng = np.random.default_rng(5)
    rows = [
        known(
            f"{n:02d}",
            -0.02 - 0.03 * (n % 2) + 0.005 * rng.standard_normal(),
            0.005,
            device=f"watch {n % 2}",
        )
        for n in range(24)
    ]
    about = pd.DataFrame(
        {
            "runner": [row.runner for row in rows],
            "age": rng.integers(20, 60, 24),
            "rare": ["x"] * 22 + ["y"] * 2,
        }
    )
    found = {(each.name, each.kind): each for each in pool_rows(rows, about=about).moderators}
    assert set(found) == {("device", "watch 1"), ("age", "")}
    device = found["device", "watch 1"]
    assert device.percent_low < -3.0 < device.percent_high
    assert device.clear
    assert not found["age", ""].clear
    for wrong in (about.drop(columns="runner"), pd.concat([about, about])):
        with pytest.raises(UsageError):
            pool_rows(rows, about=wrong)


def test_answers_sought_together_are_corrected() -> None:
    rng = np.random.default_rng(1)
    rows = [known(f"{n}", -0.004 + 0.008 * rng.standard_normal(), 0.008) for n in range(20)]
    one = replace(pool_rows(rows), p_value=0.04, verdict="association")
    other = replace(one, metric="x", p_value=0.9)
    corrected = correct_groups([one, other, pool_rows(rows[:2])])
    assert [each.verdict for each in corrected] == [
        "no clear association",
        "no clear association",
        "not enough data",
    ]
    assert corrected[0].p_adjusted == pytest.approx(0.08)
    assert corrected[0].n_tests == 2
