"""How far form steps by itself: steps put where none is told, against the errors they should have.

The model's standard error of a step is right only for runners who are as the model. Whether this
one is so can be seen at all dates but that of the step: there the estimate of a step should differ
from none by its standard error. Where such placebo steps are larger, the step that is told is
known less well.

What is assumed:

1. Placebo steps that are so many weeks with runs apart are independent.
2. There are five to seven of them in a year, which tell the size of errors no better than to a
   third, and of runners who are as the model those with larger ones do not err more in the step
   that is told. So the size that is held beforehand counts for `PRIOR_STEPS` of them. Taken for
   what they are, they made the intervals of a year's steps a fourth wider than need be.
3. Beforehand, a step that is found errs by `PRIOR_FACTOR` times what the model says.

Both constants were chosen on simulated runners and real series, and tried on others
(`benchmarks/change_points.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import LEAST_SQUARES, normalised, regress, whiten
from runanalytics.findings.engine.covariates import Covariate, design
from runanalytics.findings.engine.hindcast import OwnErrors
from runanalytics.findings.engine.step_dates import DatedStep, runs_after
from runanalytics.findings.engine.step_scan import coarse_grid, step_columns
from runanalytics.findings.engine.weeks import Weeks, centred_form

#: Weeks with runs from one placebo step to the next, and on either side of each.
APART_WEEKS = 8
LEAST_SIDE_WEEKS = 4
#: Placebo steps that the size held beforehand counts for, and that size in the model's own.
PRIOR_STEPS = 20.0
PRIOR_FACTOR = 1.1
#: Share of a placebo step's sum of squares that the step itself and the covariates must leave.
OWN_SHARE = 0.01


def placebo_steps(weeks: Weeks, terms: Sequence[Covariate], step: DatedStep) -> OwnErrors:
    """Estimate steps at other dates, each with the step that is told in the model.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    terms : sequence of Covariate
        What else is in the model, with flat priors.
    step : DatedStep
        The step that is told.

    Returns
    -------
    OwnErrors
        The placebo steps over their standard errors.
    """
    told = runs_after(weeks, step.after[[step.likeliest]])
    nuisance = np.column_stack([design(weeks, terms), told])
    places, columns = step_columns(weeks, LEAST_SIDE_WEEKS)
    df = weeks.n_seen - nuisance.shape[1] - 1
    if not len(places) or df < 1:
        return _own(np.empty(0))
    block = np.cumsum(weeks.seen)[places] // APART_WEEKS
    columns = columns[:, np.unique(block, return_index=True)[1]]
    grid, n_nuisance, n_columns = coarse_grid(), nuisance.shape[1], columns.shape[1]
    stacked = np.column_stack([nuisance, columns, centred_form(weeks)])
    filtered = whiten(stacked, weeks.noise, grid)
    fitted = regress(filtered, n_nuisance)
    own = np.diagonal(fitted.remainder, axis1=1, axis2=2)[:, :n_columns]
    total = (filtered.whitened[:, :, n_nuisance : n_nuisance + n_columns] ** 2).sum(axis=1)
    usable = (own > OWN_SHARE * total).all(axis=0)
    own, shared = own[:, usable], fitted.remainder[:, :n_columns, -1][:, usable]
    left = np.maximum(fitted.remainder[:, -1, -1][:, None] - shared**2 / own, LEAST_SQUARES)
    log_weight = (
        (grid.log_prior + fitted.log_determinants)[:, None]
        - 0.5 * np.log(own)
        - 0.5 * df * np.log(left)
    )
    standardised = []
    for each in range(own.shape[1]):
        weight = normalised(log_weight[:, each])
        slope = shared[:, each] / own[:, each]
        middle = float(weight @ slope)
        spread = float(weight @ (left[:, each] / df / own[:, each] + (slope - middle) ** 2))
        standardised.append(middle / np.sqrt(spread))
    return _own(np.array(standardised))


def _own(standardised: Floats) -> OwnErrors:
    return OwnErrors(standardised, PRIOR_STEPS, PRIOR_FACTOR)
