"""Hours of other sports, which come with strength and move form themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.effect import effect
from runanalytics.findings.effects import effects
from runanalytics.findings.selection import other_sports
from runanalytics.measures.dose import dose
from runanalytics.simulate import simulate_form

WEEKS = 60


@pytest.fixture(scope="module")
def cyclist():
    """Return a runner, and hours on the bike that do what strength seems to do."""
    drawn = simulate_form(5, weeks=WEEKS, rho=0.0)
    rides = np.repeat(drawn.truth.in_phase, 7) & (np.arange(7 * WEEKS) % 3 == 0)
    # In one phase of three there are no rides, so that the two can be told apart.
    rides &= np.arange(7 * WEEKS) // 140 != 1
    hours = drawn.dose.assign(amount=2.0 * rides)
    past = np.convolve(np.concatenate([np.zeros(28), hours["amount"]]), np.full(28, 0.25))
    day = (drawn.form["local_date"] - hours["local_date"].iloc[0]).dt.days.to_numpy()
    form = drawn.form.assign(value=drawn.form["value"] * np.exp(-0.01 * past[27:][day]))
    form.attrs = drawn.form.attrs
    return drawn, form, hours


def test_what_hours_of_other_sports_do_is_not_told_of_strength(cyclist) -> None:
    drawn, form, hours = cyclist
    unknown = effect(form, drawn.dose, contrast=2.0)
    known = effect(form, drawn.dose, contrast=2.0, sports=hours)
    assert unknown.verdict == "association"
    assert unknown.percent < -2
    assert "other sports" in unknown.not_known
    assert "other sports" not in unknown.adjusted_for
    assert known.verdict == "no clear association"
    assert abs(known.percent) < abs(unknown.percent) / 2
    assert "other sports" in known.adjusted_for
    assert "other sports" not in known.not_known
    (among,) = effects([form], [drawn.dose], contrast=2.0, sports=hours).effects
    assert among.percent == known.percent


def test_hours_known_over_few_of_the_runs_are_not_adjusted_for(cyclist) -> None:
    drawn, form, hours = cyclist
    late = hours.iloc[4 * 7 * WEEKS // 5 :]
    assert effect(form, drawn.dose, sports=late).percent == effect(form, drawn.dose).percent


def test_running_in_a_log_is_no_other_sport_and_both_logs_count() -> None:
    days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    kinds = {"kind": "other", "duration_s": [3600.0, 1800.0, 7200.0, 5400.0]}
    sessions = pd.DataFrame({"session_id": list("abcd"), "local_date": days, **kinds})
    movements = ["cycling", "running", "running", "cycling", "ball_game"]
    sets = pd.DataFrame({"session_id": list("abccd"), "movement": movements})
    hours = other_sports(lambda what, measure: dose(sessions, sets, what, measure))
    assert hours["amount"].tolist() == [1.0, 0.0, 1.0, 1.5]
    nothing = other_sports(lambda what, measure: dose(sessions[:0], sets[:0], what, measure))
    assert nothing.empty
