"""Whatever frames of the right shape are given, there is an answer, and it is whole."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.findings.before_after import before_after
from runanalytics.findings.change_points import change_points
from runanalytics.findings.checks import checks
from runanalytics.findings.effect import effect
from runanalytics.findings.trend import trend

FIRST = pd.Timestamp("2020-01-01")


@st.composite
def forms(draw):
    n_runs = draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    days = rng.integers(0, draw(st.sampled_from([1, 20, 400, 2000])), n_runs)
    scatter = draw(st.sampled_from([0.0, 0.01, 0.3, 2.0]))
    form = pd.DataFrame(
        {
            "local_date": FIRST + pd.to_timedelta(days, unit="D"),
            "value": 250.0 * np.exp(scatter * rng.standard_normal(n_runs)),
        }
    )
    choices = {
        "se": [0.0, 1.0, np.nan, 500.0],
        "mean_speed_m_s": [2.5, 3.0, np.nan, 0.0],
        "temperature_c": [-5.0, 20.0, np.nan],
        "device": ["a", "b", "c", None],
        "shoe": ["a", "b", None],
    }
    for column in draw(st.sets(st.sampled_from(sorted(choices)))):
        form[column] = rng.choice(np.array(choices[column], dtype=object), n_runs)
    return form


@st.composite
def doses(draw):
    n_days = draw(st.integers(0, 600))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    in_phase = np.sin(np.arange(n_days) / draw(st.sampled_from([3, 30, 1e9]))) > -0.1
    amount = rng.choice([0.0, 1.0, 2.0], n_days, p=[0.7, 0.25, 0.05]) * in_phase
    days = np.arange(n_days) + draw(st.integers(-300, 300))
    dose = pd.DataFrame({"local_date": FIRST + pd.to_timedelta(days, unit="D"), "amount": amount})
    kept = dose[rng.random(n_days) < draw(st.sampled_from([0.3, 0.97, 1.0]))]
    # Rows of sessions alone are refused: they do not say on which days the log was kept.
    return kept if (kept["amount"] == 0).any() else kept.head(0)


def is_whole(found):
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.summary()
    assert (found.verdict == "not enough data") or found.reason == ""
    if np.isfinite(found.percent):
        assert found.percent_low <= found.percent <= found.percent_high
    else:
        assert found.verdict == "not enough data"
        assert found.reason


@settings(max_examples=60, deadline=None)
@given(forms(), doses(), st.sampled_from([0.1, 2.0, 50.0]))
def test_an_effect_is_whole(form, dose, contrast):
    is_whole(effect(form, dose, contrast=contrast))


@settings(max_examples=60, deadline=None)
@given(forms(), st.sampled_from([0.5, 0.95, 0.999]))
def test_a_trend_is_whole(form, level):
    is_whole(trend(form, level=level))


@settings(max_examples=15, deadline=None)
@given(forms(), doses())
def test_checks_are_whole(form, dose):
    found = checks(form, dose)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert (found.verdict == "not enough data") or found.checks


@settings(max_examples=30, deadline=None)
@given(forms(), st.integers(-100, 2100), st.sampled_from([None, 0.0, 8.0, 200.0]))
def test_before_and_after_is_whole(form, days, horizon):
    found = before_after(form, (FIRST + pd.Timedelta(days=days)).date(), horizon_weeks=horizon)
    is_whole(found)


@settings(max_examples=15, deadline=None)
@given(forms())
def test_change_points_are_whole(form):
    found = change_points(form)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert bool(found.points) == (found.verdict == "change points")
    for each in found.points:
        assert each.percent_low <= each.percent <= each.percent_high
        assert each.first_date <= each.date <= each.last_date
