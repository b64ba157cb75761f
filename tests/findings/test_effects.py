"""Effects asked together: the number of questions is part of the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runanalytics.errors import UsageError
from runanalytics.findings.effect import effect
from runanalytics.findings.effects import correct_effects, corrected_p_values, effects
from runanalytics.simulate import simulate_form
from runanalytics.simulate.weeks import weekly_process


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(11, weeks=104, effect_pct=-3.0)


def null_forms(drawn, seed, number):
    """Metrics of the same runs that nothing moves."""
    rng = np.random.default_rng([seed, 1])
    days = (drawn.form["local_date"] - drawn.dose["local_date"].min()).dt.days
    return {
        f"metric {each}": drawn.form.assign(
            value=250
            * np.exp(
                weekly_process(rng, len(drawn.dose) // 7, sd=0.01, rho=0.8)[days // 7]
                + 0.013 * rng.standard_normal(len(days))
            )
        )
        for each in range(number)
    }


def unnamed(forms):
    """Sequence of frames whose attrs carry a name of no known metric."""
    frames = []
    for name, form in forms.items():
        form.attrs = {"metric": name, "unit": "ms"}
        frames.append(form)
    return frames


def test_in_runners_who_have_nothing_nothing_is_found(drawn):
    runners = 20
    any_found = any_alone = 0
    for seed in range(runners):
        one, other = (simulate_form(3_000 + 2 * seed + k, weeks=52) for k in (0, 1))
        found = effects(
            unnamed(null_forms(one, seed, 4)), {"strength": one.dose, "technique": other.dose}
        )
        assert found.n_tests == 8
        any_found += found.verdict == "association"
        any_alone += any(each.p_value < 0.05 for each in found.effects)
    # Uncorrected, eight tests would find something in a third of them.
    assert any_found <= stats.binom(runners, 0.05).ppf(0.999)
    assert any_alone > any_found


def test_corrected_p_is_that_of_benjamini_and_hochberg(drawn):
    forms = unnamed(null_forms(drawn, 1, 3))
    found = effects([*forms, drawn.form], [drawn.dose])
    p = np.array([each.p_value for each in found.effects])
    order = np.argsort(p)
    by_hand = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    np.testing.assert_allclose(
        [each.p_adjusted for each in found.effects], by_hand[order.argsort()]
    )
    assert all((each.p_adjusted < 0.05) == (each.verdict == "association") for each in found)
    assert [each.n_tests for each in found] == [4] * 4


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_corrected_p_is_scipys(p_values):
    expected = stats.false_discovery_control(p_values)
    np.testing.assert_allclose(corrected_p_values(p_values), expected, rtol=1e-12)


def test_a_single_question_needs_no_correction(drawn):
    found = effects([drawn.form], [drawn.dose])
    alone = effect(drawn.form, drawn.dose)
    assert found.effects[0].p_adjusted == alone.p_value
    assert found.effects[0].verdict == alone.verdict
    assert "corrected for" not in found.effects[0].summary()


def test_what_is_clear_alone_may_not_be_clear_among_many(drawn):
    weak = next(
        each
        for seed in range(100)
        for each in [simulate_form(seed, weeks=52, effect_pct=-2.0)]
        if 0.02 < effect(each.form, each.dose).p_value < 0.05
    )
    found = effects([weak.form, *unnamed(null_forms(weak, 5, 5))], [weak.dose])
    first = found.effects[0]
    assert first.p_value < 0.05 < first.p_adjusted
    assert first.verdict == "no clear association"
    assert "corrected for 6 tests" in first.summary()
    assert "Clear alone but not among so many" in found.summary()


def test_what_lacks_data_is_listed_and_does_not_count(drawn):
    short = simulate_form(5, weeks=20)
    found = effects(
        {"contact-time": drawn.form}, {"strength": drawn.dose, "technique": short.dose.head(70)}
    )
    assert len(found) == 2
    assert found.n_tests == 1
    lacking = found.pair("ground_contact_ms", "technique")
    assert lacking.verdict == "not enough data"
    assert np.isnan(lacking.p_adjusted)
    assert "Not enough data on ground contact time with technique: " in found.summary()
    assert len(found.table()) == 2


def test_names_come_from_the_mapping_or_from_the_frames(drawn):
    named = effects({"cadence": drawn.form}, {"plyometric": drawn.dose}).effects[0]
    assert (named.metric, named.what, named.contrast) == ("cadence_spm", "plyometric", 2.0)
    own = effects(drawn.form, drawn.dose).effects[0]
    assert (own.metric, own.what) == ("ground_contact_ms", "strength")
    minutes = drawn.dose.assign(amount=45 * drawn.dose["amount"])
    minutes.attrs = {"what": "strength", "measure": "minutes"}
    assert effects(drawn.form, minutes).effects[0].contrast == 90.0
    assert effects(drawn.form, minutes, contrast=30.0).effects[0].contrast == 30.0
    with pytest.raises(UsageError, match="strength"):
        effects(drawn.form, drawn.dose).pair("ground_contact_ms", "swimming")


def test_nothing_asked_is_not_enough_data():
    found = correct_effects([])
    assert (found.verdict, found.n_tests, len(found.table())) == ("not enough data", 0, 0)
    assert corrected_p_values([]) == []


def test_the_figure_has_a_row_for_each(drawn):
    axes = effects(drawn.form, {"strength": drawn.dose, "nothing": drawn.dose.head(0)}).plot()
    labels = [each.get_text() for each in axes.get_yticklabels()]
    assert labels == ["Strength, ground contact time", "Nothing, ground contact time"]
    assert isinstance(effects(drawn.form, drawn.dose).table(), pd.DataFrame)
