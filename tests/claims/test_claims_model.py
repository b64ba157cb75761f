import pytest

from runanalytics.claims import EXPECTATIONS, OTHER_DOSES, OUTCOMES, claims
from runanalytics.movements import members, programmes

CLAIMS = {
    "pull-contact",
    "strength-contact",
    "jumps-contact",
    "drills-cadence",
    "drills-contact",
    "fatigue-contact",
    "distance-form",
    "strength-durability",
    "strength-stride",
    "strength-economy",
    "strength-race",
    "drills-weekly",
    "post-run-habit",
    "speed-load",
}


def test_the_claims_of_the_sources_are_there():
    assert set(claims()) >= CLAIMS


@pytest.mark.parametrize("claim", claims().values(), ids=lambda c: c.id)
def test_a_claim_can_be_tested(claim):
    assert claim.outcome in OUTCOMES
    assert claim.dose in OTHER_DOSES or members(claim.dose)
    assert claim.expected in EXPECTATIONS
    assert (claim.dose == "adherence") == (claim.programme is not None)
    assert claim.programme is None or claim.programme in programmes()
    assert (claim.expected == "no further change") == (claim.beyond_per_week is not None)
    assert claim.statement.endswith(".")
    assert claim.research.endswith(".")
