"""What the prior of an effect says of exposures that differ in size and in nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.findings.engine.covariates import candidates, chosen
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.dose_response import (
    TIME_CONSTANTS,
    TOWARDS_PER_SD,
    fit_dose_response,
    projected,
    weekly_exposures,
)
from runanalytics.findings.engine.weeks import by_week
from runanalytics.simulate import simulate_form


@pytest.fixture(scope="module")
def runner():
    drawn = simulate_form(11, weeks=60, effect_pct=-3.0)
    log = daily_log(drawn.dose)
    weeks = by_week(drawn.form, log.covers)
    return weeks, weekly_exposures(weeks, log), chosen(candidates(weeks, log, None), weeks, 2)


def test_of_two_like_exposures_the_smaller_is_weighed_as_the_prior_says(runner):
    weeks, exposures, covariates = runner
    size = 0.2
    both = np.column_stack([exposures[:, 1], size * exposures[:, 1]])
    found = projected(weeks, both, covariates, [weeks.log_form])
    weight, slope, _ = found.posterior([0, 1], [0.5, 0.5])
    np.testing.assert_allclose(slope[:, 1] * size, slope[:, 0])
    # Flat per unit, the vaguer one gains 1 / size; flat per standard deviation, nothing.
    gained = size ** (TOWARDS_PER_SD - 1)
    np.testing.assert_allclose(weight[:, 1], gained * weight[:, 0])


def test_the_estimate_of_averaged_time_constants_is_nearer_to_no_change_than_their_mean(runner):
    weeks, exposures, covariates = runner
    change = fit_dose_response(weeks, exposures, covariates, TIME_CONSTANTS).change
    assert change.mean < change.middle < 0
    assert change.quantile(0.025) < change.middle < change.quantile(0.975)
