"""What runs outside a log tell of the errors of form: how long they last, and how large they are.

A log of a year says little of how form wanders from month to month. The runner's other runs say
more, and what they say enters as a likelihood: that of their form, whatever moved it, at each
correlation and noise ratio.

What is assumed:

1. Errors outside the log are as correlated as within it, and as large beside the noise of runs.
   How large that is may differ, as it does between watches and years.
2. What was done outside the log is not known, and what it did to form there counts among the
   errors. They are taken to be larger for it, not smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import LEAST_SQUARES
from runanalytics.findings.engine.covariates import ridge
from runanalytics.findings.engine.dose_response import JITTER
from runanalytics.findings.engine.products import run_products
from runanalytics.findings.engine.run_covariates import chosen_of_runs, run_candidates
from runanalytics.findings.engine.running import endurance_covariates
from runanalytics.findings.engine.weeks import Days, Weeks, by_week, days_of

#: Days on either side of the log whose runs count, and weeks with runs that there must be.
REACH_DAYS = 1_820
LEAST_WEEKS = 13


def likelihood_elsewhere(
    form: pd.DataFrame,
    weeks: Weeks,
    inside: Callable[[Days], npt.NDArray[np.bool_]],
    runs: pd.DataFrame | None,
    sports: pd.DataFrame | None = None,
) -> Floats | float:
    """Return the log likelihood of form outside a log, at each point of the default grid.

    Parameters
    ----------
    form : DataFrame
        Table "form".
    weeks : Weeks
        Its runs within the log.
    inside : callable
        Given days since 1970, whether runs of each day are not to be counted.
    runs : DataFrame, optional
        Table "runs", as for `run_candidates`.
    sports : DataFrame, optional
        Hours a day of other sports, as for `endurance_covariates`.

    Returns
    -------
    ndarray, shape (n_points,), or 0
        Restricted likelihood, coefficients and scale integrated out, up to a constant; 0 where
        there are too few runs.
    """
    first, last = (int(weeks.columns["day"][place]) for place in (0, -1))

    def counts(day: Days) -> npt.NDArray[np.bool_]:
        return ~inside(day) & (day >= first - REACH_DAYS) & (day <= last + REACH_DAYS)

    # Most logs cover all runs, and gathering form by week takes longer than a look at its days.
    if len(form) - len(weeks.columns["day"]) < LEAST_WEEKS:
        return 0.0
    if counts(days_of(form["local_date"], "form")).sum() < LEAST_WEEKS:
        return 0.0
    other = by_week(form, counts, for_runs=True)
    if other.n_seen < LEAST_WEEKS:
        return 0.0
    # Both are measured by what a usual week is within the log.
    other = replace(other, noise=other.noise * (other.usual / weeks.usual), usual=weeks.usual)
    trained = endurance_covariates(other, runs, sports)
    covariates = chosen_of_runs(chain(run_candidates(other, runs), trained), other, 0)
    log_form = other.columns["log_form"]
    columns = [np.ones(len(log_form)), *(each.column for each in covariates)]
    products = run_products(other, np.column_stack([*columns, log_form - log_form.mean()]))
    gram, place = products.gram, np.arange(len(columns) + 1)
    added = np.maximum(JITTER * gram[:, place, place], LEAST_SQUARES)
    added[:, 1:-1] += ridge(covariates, other)
    gram[:, place, place] += added
    factor = np.diagonal(np.linalg.cholesky(gram), axis1=1, axis2=2)
    df = products.n - 1 - sum(each.flat for each in covariates)
    squares = np.maximum(factor[:, -1] ** 2, LEAST_SQUARES)
    determinants = 0.5 * products.log_det + np.log(factor[:, :-1]).sum(axis=1)
    return np.asarray(-0.5 * df * np.log(squares) - determinants, dtype=np.float64)
