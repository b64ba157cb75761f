"""An answer says what it owes to sessions all of whose names are unknown."""

from __future__ import annotations

import pandas as pd
import pytest

from runanalytics.findings.checks import checks
from runanalytics.findings.effect import effect
from runanalytics.findings.effects import effects
from runanalytics.findings.race_effect import race_effect
from runanalytics.simulate import simulate_form


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104, effect_pct=-3.0)


def resting(dose: pd.DataFrame, share: int, counted: bool = True) -> pd.DataFrame:
    """Return a dose of which every `share`-th day with sessions rests on unknown names."""
    done = dose[dose["amount"] > 0].iloc[::share]
    days = dict(zip(done["local_date"].dt.strftime("%Y-%m-%d"), done["amount"], strict=True))
    result = (
        dose
        if counted
        else dose.assign(amount=dose["amount"].mask(dose.index.isin(done.index), 0.0))
    )
    result = result.copy()
    result.attrs = {
        **dose.attrs,
        "unknown_names": {
            "counted": len(days) if counted else 0,
            "not_counted": 0 if counted else len(days),
            "less": days if counted else {},
            "more": {} if counted else days,
        },
    }
    return result


def test_without_unknown_names_nothing_is_said(drawn):
    assert not any("unknown" in note for note in effect(drawn.form, drawn.dose).notes)


def test_few_of_them_leave_the_verdict_and_that_is_said(drawn):
    dose = resting(drawn.dose, 40)
    n = dose.attrs["unknown_names"]["counted"]
    found = effect(drawn.form, dose)
    assert found.percent == effect(drawn.form, drawn.dose).percent
    (note,) = [note for note in found.notes if "unknown names" in note]
    assert note.startswith(f"of strength, {n} sessions rest on unknown names alone")
    assert "with none of them counted the verdict stays" in note
    assert note in found.summary() or note.capitalize() in found.summary()


def test_where_they_could_change_the_verdict_the_answer_says_so(drawn):
    found = effect(drawn.form, resting(drawn.dose, 1))
    (note,) = [note for note in found.notes if "unknown names" in note]
    assert (
        "that could change the verdict: with none of them counted it is 'not enough data'" in note
    )
    left_out = effect(drawn.form, resting(drawn.dose, 1, counted=False))
    (note,) = [note for note in left_out.notes if "unknown" in note]
    assert "are not counted, since all names are unknown" in note
    assert "with all of them counted it is 'association' (" in note


def test_one_session_is_one(drawn):
    dose = drawn.dose.copy()
    day = dose.loc[dose["amount"] > 0, "local_date"].iloc[0]
    less = {f"{day:%Y-%m-%d}": 1.0}
    stated = {"counted": 1, "not_counted": 0, "less": less, "more": {}}
    dose.attrs = {**dose.attrs, "unknown_names": stated}
    (note,) = [note for note in effect(drawn.form, dose).notes if "unknown names" in note]
    assert note.startswith("of strength, 1 session rests on unknown names alone")


def test_every_answer_on_a_dose_says_it(drawn):
    dose = resting(drawn.dose, 40)
    together = effects({"contact-time": drawn.form}, {"strength": dose})
    checked = checks(drawn.form, dose)
    races = pd.DataFrame({"local_date": ["2025-06-01"], "distance_m": 5e3, "time_s": 1200.0})
    for answer in (together, checked):
        assert "unknown names" in answer.summary()
    assert any("unknown names" in note for note in race_effect(races, dose).notes)
