import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.effect import effect
from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.ar1 import default_grid, normalised
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS
from runanalytics.simulate import simulate_form


def logged_last(weeks: int, **kwargs: object) -> tuple[pd.DataFrame, pd.DataFrame, pd.Timestamp]:
    """Three years of form, the dose of the last weeks of them, and when it begins."""
    drawn = simulate_form(7, weeks=156, **kwargs)
    begin = drawn.dose["local_date"].iloc[-7 * weeks]
    return drawn.form, drawn.dose[drawn.dose["local_date"] >= begin], begin


@pytest.mark.parametrize(("rho", "low", "high"), [(0.95, 0.8, 1.0), (0.3, 0.0, 0.75)])
def test_a_short_log_learns_from_the_years_before_it(rho, low, high):
    form, dose, begin = logged_last(40, rho=rho, ar_sd_pct=1.5)
    grid = default_grid()
    elsewhere = effect_data(form, dose, (), None, TIME_CONSTANTS).elsewhere
    learnt = normalised(grid.log_prior + elsewhere) @ grid.rho
    assert low < learnt < high
    with_years, alone = effect(form, dose), effect(form[form["local_date"] >= begin], dose)
    assert abs(with_years.rho - rho) < abs(alone.rho - rho)
    assert with_years.n_runs == alone.n_runs


def test_runs_within_the_log_are_not_counted_twice():
    form, dose, begin = logged_last(156)
    assert effect_data(form, dose, (), None, TIME_CONSTANTS).elsewhere == 0.0
    form, dose, begin = logged_last(52)
    times = np.where(form["local_date"] >= begin, 1.5, 1.0)
    moved = form.assign(value=times * form["value"], se=times * form["se"])
    first, second = (
        effect_data(each, dose, (), None, TIME_CONSTANTS).elsewhere for each in (form, moved)
    )
    np.testing.assert_allclose(first - first.max(), second - second.max(), rtol=1e-6)


def test_form_without_any_scatter_tells_what_it_can():
    form, dose, begin = logged_last(40)
    flat = form.assign(value=form["value"].where(form["local_date"] >= begin, 250.0))
    assert np.isfinite(effect(flat, dose).percent)
