"""Simulated data are called simulated wherever they are shown, and nobody else's are."""

from __future__ import annotations

import pytest

from runanalytics.findings.before_after import before_after
from runanalytics.findings.change_points import change_points
from runanalytics.findings.checks import checks
from runanalytics.findings.effect import effect
from runanalytics.findings.effects import effects
from runanalytics.findings.trend import trend
from runanalytics.simulate import simulate_form


@pytest.mark.parametrize(("device", "said"), [("Simulated watch A", True), ("Watch A", False)])
def test_a_finding_says_that_its_data_are_simulated(device: str, said: bool) -> None:
    drawn = simulate_form(3, weeks=60)
    form = drawn.form.assign(device=device)
    for found in (
        trend(form),
        effect(form, drawn.dose),
        effects(form, drawn.dose),
        checks(form, drawn.dose),
        before_after(form, "2024-08-12"),
        change_points(form),
    ):
        assert ("simulated" in found.summary()) is said
        assert ("simulated" in found.plot().get_title(loc="left")) is said
        assert any("simulated" in str(note) for note in found.to_dict()["notes"]) is said
