"""An effect says what it would be if the log had not been kept in a gap, where that matters."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from runanalytics.findings.effect import effect
from runanalytics.findings.log_gaps import note_on_log_gaps
from runanalytics.findings.race_effect import race_effect
from runanalytics.measures.log_days import without_log_gaps
from runanalytics.simulate import simulate_form
from runanalytics.simulate.races import simulate_races

FIRST, LAST = "2024-07-01", "2025-01-26"


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104, effect_pct=-3.0)


def stopped(dose: pd.DataFrame) -> pd.DataFrame:
    """Return a dose whose log was not kept for 30 weeks, as the log itself tells it."""
    inside = dose["local_date"].between(FIRST, LAST)
    result = dose.assign(amount=dose["amount"].mask(inside, 0.0))
    result.attrs = {**dose.attrs, "what": "strength", "log_gaps": [(FIRST, LAST)]}
    return result


def note_of(found):
    return [note for note in found.notes if "spans break" in note]


def test_without_a_long_gap_nothing_is_said(drawn):
    assert not note_of(effect(drawn.form, drawn.dose))


def test_the_note_says_the_other_answer_and_the_command_that_leads_to_it(drawn):
    dose = stopped(drawn.dose)
    found = effect(drawn.form, dose)
    (note,) = note_of(found)
    assert f"'runanalytics spans break strength {FIRST} {LAST}'" in note
    assert "from 1 July 2024 to 26 January 2025 (210 days)" in note
    other = effect(drawn.form, without_log_gaps(dose))
    assert not note_of(other)
    stated = [float(each.replace("−", "-")) for each in re.findall(r"[+−]?\d+\.\d(?= |,|%)", note)]
    expected = (other.percent, other.percent_low, other.percent_high)
    assert stated == pytest.approx([round(each, 1) for each in expected])
    assert f"'{other.verdict}'" in note


def test_race_times_are_asked_again_too():
    drawn = simulate_races(2, n_races=40, weeks=208, effect_pct=-8.0)
    dose = drawn.dose.copy()
    first, last = (f"{dose['local_date'].iloc[place]:%Y-%m-%d}" for place in (500, 800))
    dose.loc[500:800, "amount"] = 0.0
    dose.attrs = {**dose.attrs, "what": "strength", "log_gaps": [(first, last)]}
    (note,) = note_of(race_effect(drawn.races, dose))
    assert f"'runanalytics spans break strength {first} {last}'" in note
    other = race_effect(drawn.races, without_log_gaps(dose))
    assert not note_of(other)
    assert f"{other.percent:.1f}".replace("-", "−") in note


def test_the_rest_of_the_answer_is_as_without_the_note(drawn):
    dose = stopped(drawn.dose)
    plain = dose.copy()
    plain.attrs = {name: each for name, each in dose.attrs.items() if name != "log_gaps"}
    with_note, without = effect(drawn.form, dose).to_dict(), effect(drawn.form, plain).to_dict()
    assert {**with_note, "notes": 0, "summary": 0} == {**without, "notes": 0, "summary": 0}


class Answer:
    what = "strength"

    def __init__(self, verdict, percent, low, high):
        self.verdict, self.percent, self.percent_low, self.percent_high = (
            verdict,
            percent,
            low,
            high,
        )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Answer("no clear association", -0.6, -2.6, 1.4), False),
        (Answer("no clear association", -2.0, -4.0, 0.0), True),
        (Answer("no clear association", -0.6, -2.2, 3.0), True),
        (Answer("association", -1.0, -1.9, -0.1), True),
        (Answer("not enough data", float("nan"), float("nan"), float("nan")), True),
    ],
    ids=["hardly moves", "moves", "wider", "another verdict", "nothing left"],
)
def test_it_is_said_only_where_it_matters(drawn, other, said):
    found = Answer("no clear association", -0.5, -2.5, 1.5)
    assert bool(note_on_log_gaps(found, stopped(drawn.dose), lambda _: other)) == said
