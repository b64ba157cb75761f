"""Adherence as an answer."""

from __future__ import annotations

import json

import pandas as pd

from runanalytics.findings.adherence import followed
from runanalytics.findings.effect import effect
from runanalytics.measures.adherence import adherence, adherence_dose
from runanalytics.simulate import simulate_form


def weekly(*days: str, spans: tuple[str, str] = ("2026-03-02", "2026-03-29")) -> pd.DataFrame:
    sessions = pd.DataFrame(
        {
            "session_id": list(days),
            "kind": "technique",
            "local_date": list(days),
        }
    )
    sets = pd.DataFrame({"session_id": list(days), "movement": "low_skipping"})
    first, last = spans
    log = pd.DataFrame({"what": ["technique"], "first_date": [first], "last_date": [last]})
    return adherence(sessions, sets, "technique_drills", spans=log)


def test_it_says_how_often_and_how_far() -> None:
    found = followed(weekly("2026-03-03", "2026-03-04", "2026-03-17"))
    assert (found.n_weeks, found.n_weeks_done, found.n_weeks_wholly) == (4, 2, 2)
    assert (found.n_sessions, found.score, found.lately) == (3, 0.5, 0.5)
    assert "done in 2 of 4 logged weeks (3 sessions, 0.8 a week), 50 % of" in found.summary()
    assert found.table()["score"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert found.plot().get_ylim()[1] >= 1


def test_without_a_log_it_says_that_nothing_is_known() -> None:
    found = followed(weekly(spans=("2026-03-03", "2026-03-05")))
    assert found.reason.startswith("no week lies wholly within a log of running drills; import ")
    assert "not enough data" in found.summary()
    assert found.plot().texts
    json.dumps(found.to_dict(), allow_nan=False)


def test_logged_and_never_done_is_said_plainly() -> None:
    assert followed(weekly()).summary() == "Technique drills: not done in 4 logged weeks."


def test_a_simulated_log_is_called_simulated() -> None:
    found = followed(weekly("2026-03-03"), simulated=True)
    assert "simulated" in found.summary()
    assert "simulated" in found.plot().get_title(loc="left")


def test_it_is_a_dose_like_any_other() -> None:
    drawn = simulate_form(3, weeks=60)
    days = drawn.dose["local_date"]
    log = (str(days.min().date()), str(days.max().date()))
    on = drawn.dose.loc[drawn.dose["amount"] > 0, "local_date"]
    share = adherence_dose(weekly(*on.dt.strftime("%Y-%m-%d"), spans=log))
    found = effect(drawn.form, share, contrast=1.0)
    assert found.dose_words == "technique drills followed wholly rather than not at all"
    assert found.n_weeks > 40
