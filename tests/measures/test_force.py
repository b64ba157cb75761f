"""How peak force grows with speed."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.measures.force import force_by_speed
from runanalytics.simulate.claims import simulate_claims


def test_the_exponent_follows_from_those_of_contact_and_cadence() -> None:
    drawn = simulate_claims(5, weeks=30)
    exponent, se, used = force_by_speed(drawn.segments)
    # Force goes with step time over contact time: -0.25 + 0.60.
    assert exponent == pytest.approx(0.35, abs=4 * se)
    assert se < 0.01
    assert used["peak_force_bw"].between(1.8, 3).all()


def test_too_little_gives_no_number() -> None:
    drawn = simulate_claims(5, weeks=30)
    exponent, se, _ = force_by_speed(drawn.segments.iloc[:1])
    assert np.isnan(exponent)
    assert np.isnan(se)
