"""How far a programme was followed: every figure worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UsageError
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.measures.adherence import adherence, adherence_dose

SPANS = pd.DataFrame(
    {
        "what": ["strength", "technique"],
        "first_date": pd.to_datetime(["2026-03-02", "2026-03-02"]),
        "last_date": pd.to_datetime(["2026-03-29", "2026-03-29"]),
    }
)


def sessions(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["session_id", "local_date", "kind"])


def sets(*rows: dict[str, object]) -> pd.DataFrame:
    columns = ["session_id", "position", "movement", "n_sets", "reps", "hold_s"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"n_sets": "Int64", "position": "Int64", "reps": "float64", "hold_s": "float64"}
    )


def test_weeks_within_the_log_and_no_others() -> None:
    spans = SPANS.assign(first_date=pd.Timestamp("2026-03-04"))
    found = adherence(sessions(), sets(), "technique_drills", spans=spans)
    mondays = pd.to_datetime(["2026-03-09", "2026-03-16", "2026-03-23"])
    assert found["week"].tolist() == list(mondays)
    assert (found["score"] == 0).all()


def test_no_log_at_all_gives_no_week() -> None:
    assert adherence(sessions(), sets(), "technique_drills").empty


def test_drills_once_a_week_are_all_that_is_asked_for() -> None:
    log = sessions(("a", "2026-03-03", "technique"), ("b", "2026-03-17", "technique"))
    drills = sets(
        {"session_id": "a", "position": 1, "movement": "high_skipping", "n_sets": 2},
        {"session_id": "a", "position": 2, "movement": "side_run", "n_sets": 1},
    )
    found = adherence(log, drills, "technique_drills", spans=SPANS).set_index("week")
    assert found["sessions_share"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert found["n_movements"].tolist() == [2.0, 0.0, 0.0, 0.0]
    assert found["n_sets"].tolist() == [3.0, 0.0, 0.0, 0.0]
    assert found["score"].tolist() == [1.0, 0.0, 1.0, 0.0]


def test_figures_count_sets_repetitions_and_seconds_of_the_best_session() -> None:
    log = sessions(("a", "2026-03-03", "strength"), ("b", "2026-03-05", "strength"))
    done = sets(
        {"session_id": "a", "position": 1, "movement": "squat", "n_sets": 3, "hold_s": 20.0},
        {"session_id": "b", "position": 1, "movement": "leapfrog", "n_sets": 2, "reps": 5.0},
        {"session_id": "b", "position": 2, "movement": "leapfrog", "n_sets": 1, "reps": 10.0},
    )
    found = adherence(log, done, "legs_at_home", spans=SPANS)
    # Squats: 3 of 3 sets at half the 40 s; leapfrog: 3 of 3 sets, more repetitions add nothing.
    assert found["figures_share"].tolist() == pytest.approx([0.75, 0.0, 0.0, 0.0])


def test_work_after_runs_is_seen_by_the_clock_and_by_the_day() -> None:
    log = sessions(("a", "2026-03-03", "strength"), ("b", "2026-03-05", "strength"))
    log = log.assign(
        start_utc=pd.to_datetime(["2026-03-03 08:05", None], utc=True), duration_s=[900.0, 900.0]
    )
    runs = pd.DataFrame(
        {
            "run_id": ["r1", "r2", "r3", "r4"],
            "local_date": pd.to_datetime(["2026-03-03", "2026-03-03", "2026-03-05", "2026-03-07"]),
            "start_utc": pd.to_datetime(
                ["2026-03-03 07:00", "2026-03-03 17:00", "2026-03-05 07:00", "2026-03-07 07:00"],
                utc=True,
            ),
            "elapsed_s": 3_600.0,
        }
    )
    found = adherence(log, sets(), "gym_and_after_run", runs=runs, spans=SPANS)
    # r1 was followed within two hours, r3 on a day without a clock time; r2 and r4 were not.
    assert found["after_run_share"].iloc[0] == 0.5
    assert np.isnan(found["after_run_share"].iloc[1])  # a week without a run requires nothing
    assert found["sessions_share"].iloc[0] == 1.0


def test_technique_must_come_after_strength() -> None:
    log = sessions(("a", "2026-03-03", "mixed"), ("b", "2026-03-05", "mixed"))
    done = sets(
        {"session_id": "a", "position": 1, "movement": "box_jump", "n_sets": 3},
        {"session_id": "a", "position": 2, "movement": "high_skipping", "n_sets": 3},
        {"session_id": "b", "position": 1, "movement": "high_skipping", "n_sets": 3},
        {"session_id": "b", "position": 2, "movement": "box_jump", "n_sets": 3},
    )
    found = adherence(log, done, "specialised_strength", spans=SPANS)
    assert found["followed_share"].iloc[0] == 0.5


def test_names_are_forgiving_and_unknown_ones_named() -> None:
    assert adherence(sessions(), sets(), "Legs at home", spans=SPANS).attrs == {
        "programme": "legs_at_home",
        "log": "strength",
    }
    with pytest.raises(UsageError, match="no programme 'yoga'"):
        adherence(sessions(), sets(), "yoga")


def test_as_a_dose_a_week_wholly_followed_is_one() -> None:
    log = sessions(("a", "2026-03-03", "technique"))
    weekly = adherence(log, sets(), "technique_drills", spans=SPANS)
    dose = adherence_dose(weekly)
    assert dose["amount"].sum() == pytest.approx(1.0)
    assert len(daily_log(dose).stretches) == 1
    assert dose.attrs["what"] == "technique_drills"
