"""Claims on trial, on runners of whom the truth is known."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from runanalytics.claims import Claim
from runanalytics.claims import claims as all_claims
from runanalytics.errors import UsageError
from runanalytics.findings.claim_tests import split_at
from runanalytics.findings.claims import ClaimsOnTrial, claims_on_trial
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.simulate.claims import CLAIMS, SimulatedTables, simulate_claims


def tables_of(drawn: SimulatedTables) -> RunnerTables:
    return RunnerTables(
        drawn.segments, drawn.runs, drawn.sessions, drawn.sets, drawn.races, drawn.spans
    )


def verdicts(found: ClaimsOnTrial) -> dict[str, str]:
    return {each.id: each.verdict for each in found.verdicts}


@pytest.fixture(scope="module")
def true_of_all() -> ClaimsOnTrial:
    drawn = simulate_claims(
        3,
        strength_contact=-4.0,
        drills_cadence=5.0,
        fatigue_contact=9.0,
        distance_form=2.0,
        strength_durability=-1.0,
        strength_stride=4.0,
        strength_economy=4.0,
    )
    return claims_on_trial(tables_of(drawn))


def test_what_is_true_is_found_in_its_direction(true_of_all: ClaimsOnTrial) -> None:
    found = verdicts(true_of_all)
    for claim in (
        "strength-contact",
        "drills-cadence",
        "fatigue-contact",
        "distance-form",
        "strength-durability",
        "strength-stride",
        "strength-economy",
        "speed-load",
    ):
        assert found[claim] == "goes along", claim


def test_the_opposite_of_a_claim_goes_against_it() -> None:
    drawn = simulate_claims(4, strength_contact=4.0, fatigue_contact=-3.0)
    found = verdicts(claims_on_trial(tables_of(drawn)))
    assert found["strength-contact"] == "against"
    assert found["fatigue-contact"] == "against"


def test_a_runner_of_whom_nothing_is_true_gets_no_verdict() -> None:
    wrong = 0
    for seed in range(6):
        found = verdicts(claims_on_trial(tables_of(simulate_claims(seed, weeks=60))))
        assert found.pop("speed-load") == "goes along"  # true of every runner
        wrong += any(verdict in ("goes along", "against") for verdict in found.values())
    assert wrong <= 1


def test_every_claim_that_is_simulated_is_tested(true_of_all: ClaimsOnTrial) -> None:
    tested = {each.id for each in true_of_all.verdicts if each.verdict != "not enough data"}
    assert set(CLAIMS) | {"speed-load"} <= tested <= set(all_claims())


def test_too_little_says_what_is_missing_and_by_when() -> None:
    found = claims_on_trial(tables_of(simulate_claims(1, weeks=8)))
    by_id = {each.id: each for each in found.verdicts}
    contact = by_id["strength-contact"]
    assert contact.verdict == "not enough data"
    assert "of 40 needed" in contact.reason
    assert contact.enough_on is not None
    assert f"by {contact.enough_on:%B %Y}" in contact.sentence()
    assert "of 12 needed" in by_id["fatigue-contact"].reason
    assert np.isnan(contact.p_adjusted)


def test_nothing_at_all_is_no_failure() -> None:
    drawn = simulate_claims(1, weeks=8)
    empty = [
        getattr(drawn, name).iloc[:0]
        for name in ("segments", "runs", "sessions", "sets", "races", "spans")
    ]
    found = claims_on_trial(RunnerTables(*empty))
    assert set(verdicts(found).values()) == {"not enough data"}
    assert found.n_tests == 0
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_sentence_table_figure_and_dict(true_of_all: ClaimsOnTrial) -> None:
    table = true_of_all.table()
    tested = table[table["verdict"] != "not enough data"]
    assert true_of_all.summary().startswith(
        f"Of {len(all_claims())} claims, {len(tested)} could be tested."
    )
    assert "simulated" in true_of_all.summary()
    assert table["claim"].tolist() == list(all_claims())
    assert (tested["p_corrected"] >= tested["p_value"] - 1e-12).all()
    assert len(true_of_all.plot().get_yticks()) == len(all_claims())
    assert json.dumps(true_of_all.to_dict(), allow_nan=False)


def test_a_claim_of_ones_own_is_tested_and_one_without_a_test_refused() -> None:
    own = Claim("mine", "Squats lengthen my step.", "step_length_m", "back_squat", "up", "", ())
    drawn = tables_of(simulate_claims(2, weeks=60))
    assert [each.id for each in claims_on_trial(drawn, [own]).verdicts] == ["mine"]
    with pytest.raises(UsageError, match="two claims are called 'mine'"):
        claims_on_trial(drawn, [own, own])
    odd = Claim("odd", "", "mood", "strength", "up", "", ())
    for words in ("no way to test mood against strength; did you mean", "Outcomes are: ground_c"):
        with pytest.raises(UsageError, match=words):
            claims_on_trial(drawn, [odd])
    heavy = Claim("heavy", "", "peak_force_bw", "strength", "up")
    with pytest.raises(UsageError, match="peak_force_bw goes with dose 'speed' only"):
        claims_on_trial(drawn, [heavy])


def test_the_method_says_which_p_values_are_corrected_together(true_of_all: ClaimsOnTrial) -> None:
    table = true_of_all.table()
    tested = table[table["verdict"] != "not enough data"]
    two_tests = tested["expected"] == "no further change"
    assert "one of no further change is two" in true_of_all.method
    assert two_tests.any()
    assert true_of_all.n_tests == len(tested) + int(two_tests.sum())
    assert "of all claims with enough data are corrected for one another" in true_of_all.method
    fewer = claims_on_trial(tables_of(simulate_claims(1, weeks=8)))
    lacking = [each for each in fewer.verdicts if each.verdict == "not enough data"]
    assert fewer.n_tests == len(fewer.verdicts) - len(lacking)
    assert all(np.isnan(each.p_adjusted) for each in lacking)


def test_a_dose_is_split_by_calendar_week() -> None:
    days = pd.date_range("2026-03-02", periods=14)
    amount = [1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    within, beyond = split_at(pd.DataFrame({"local_date": days, "amount": amount}), 1)
    assert within["amount"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert beyond["amount"].tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
