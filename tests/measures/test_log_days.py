"""Which gaps in a log are long for the runner who keeps it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.measures.dose import dose
from runanalytics.measures.log_days import LEAST_DAYS, long_gaps, without_log_gaps
from runanalytics.simulate import simulate_form

LOGGED = np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]")


def weekly(days_of_week: tuple[int, ...], without: tuple[tuple[int, int], ...] = ()) -> np.ndarray:
    """Return days with a session: some days of every week, but for stretches (places)."""
    place = np.arange(len(LOGGED))
    trained = np.isin(place % 7, days_of_week)
    for first, last in without:
        trained &= (place < first) | (place > last)
    return LOGGED[trained]


def test_a_log_that_stopped_is_one_gap_of_its_days():
    ((first, last),) = long_gaps(weekly((0, 3), ((100, 372),)), LOGGED)
    assert (last - first).days + 1 >= 273
    trained = weekly((0, 3), ((100, 372),))
    assert not ((trained >= np.datetime64(first)) & (trained <= np.datetime64(last))).any()


def test_breaks_that_come_again_are_a_habit():
    assert long_gaps(weekly((0, 3), ((100, 150), (300, 350), (500, 560))), LOGGED) == ()


def test_beside_such_breaks_a_gap_of_another_size_is_long():
    breaks = ((100, 140), (200, 240), (300, 340))
    ((first, last),) = long_gaps(weekly((0, 3), (*breaks, (400, 640))), LOGGED)
    assert 241 <= (last - first).days + 1 <= 250


def test_two_gaps_of_one_size_are_both_asked_about():
    assert len(long_gaps(weekly((0, 3), ((100, 250), (400, 550))), LOGGED)) == 2


@pytest.mark.parametrize("n_idle", [LEAST_DAYS - 8, LEAST_DAYS + 8])
def test_no_gap_below_four_weeks_is_long(n_idle):
    found = long_gaps(weekly((0, 3), ((98, 97 + n_idle),)), LOGGED)
    assert bool(found) == (n_idle > LEAST_DAYS)


def test_few_sessions_have_no_habit():
    assert long_gaps(LOGGED[[0, 3, 7, 500]], LOGGED) == ()


def test_days_outside_the_log_are_no_gap():
    trained = weekly((0, 3), ((100, 372),))
    kept = np.concatenate([LOGGED[:100], LOGGED[373:]])
    assert long_gaps(trained, kept) == ()
    assert long_gaps(trained[trained < LOGGED[100]], LOGGED[:200])[0][1] == LOGGED[199].item()


def test_runners_in_phases_and_runners_by_whim_are_hardly_ever_asked():
    """Nobody's log stopped: at most one runner in twenty is asked a needless question."""
    asked = []
    for seed in range(60):
        drawn = simulate_form(seed, weeks=104).dose
        days = drawn["local_date"].to_numpy()
        asked.append(bool(long_gaps(days[(drawn["amount"] > 0).to_numpy()], days)))
    rng = np.random.default_rng(7)
    asked += [bool(long_gaps(LOGGED[rng.random(len(LOGGED)) < 2 / 7], LOGGED)) for _ in range(60)]
    assert np.mean(asked) <= 0.05


def sessions_on(days: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"session_id": [str(day) for day in days], "local_date": days, "kind": "strength"}
    )


SETS = pd.DataFrame({"session_id": pd.Series(dtype="str"), "movement": pd.Series(dtype="str")})


def test_a_dose_names_the_gaps_of_its_log_and_can_leave_them_out():
    days = weekly((0, 3), ((100, 372),))
    found = dose(sessions_on(days), SETS)
    ((first, last),) = found.attrs["log_gaps"]
    shorter = without_log_gaps(found)
    assert len(found) - len(shorter) == (pd.Timestamp(last) - pd.Timestamp(first)).days + 1
    assert shorter["amount"].sum() == found["amount"].sum()
    assert "log_gaps" not in shorter.attrs


@pytest.mark.parametrize(("source", "asked"), [("strong", True), ("user", False)])
def test_days_that_the_user_states_are_not_asked_about(source, asked):
    days = weekly((0, 3), ((100, 372),))
    spans = pd.DataFrame(
        {
            "what": ["strength"],
            "first_date": [days[0]],
            "last_date": [days[-1]],
            "source": [source],
        }
    )
    assert ("log_gaps" in dose(sessions_on(days), SETS, spans=spans).attrs) == asked
