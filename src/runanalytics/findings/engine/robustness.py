"""How strong an unmeasured confounder would have to be to explain an effect away.

Partial R² and robustness value: Cinelli & Hazlett 2020, *Journal of the Royal Statistical
Society B* 82(1), 39–67, doi:10.1111/rssb.12348, §§ 3–4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from runanalytics.arrays import Floats
from runanalytics.findings.engine.ar1 import whiten
from runanalytics.findings.engine.covariates import Covariate, design, ridge
from runanalytics.findings.engine.step_scan import likeliest_point
from runanalytics.findings.engine.weeks import Weeks, centred_form


def partial_r2(t: float, df: float) -> float:
    """Return the share of the remaining variance that a term explains.

    Parameters
    ----------
    t : float
        Its estimate over its standard error.
    df : float
        Degrees of freedom.

    Examples
    --------
    >>> round(partial_r2(4.18445, 783), 4)
    0.0219
    """
    return t**2 / (t**2 + df)


def robustness_value(t: float, df: float, level: float | None = None) -> float:
    """Return how much of the rest of dose and form a confounder must share to explain it all.

    Parameters
    ----------
    t : float
        Estimate of the effect over its standard error.
    df : float
        Degrees of freedom.
    level : float, optional
        With it: to bring the interval of this level to include 0, rather than the estimate
        to 0.

    Returns
    -------
    float
        Partial R² with dose and with form, between 0 and 1; 0 where the interval includes 0
        as it is.

    Examples
    --------
    >>> round(robustness_value(4.18445, 783), 4), round(robustness_value(4.18445, 783, 0.95), 4)
    (0.1388, 0.0763)
    """
    f = abs(t) / np.sqrt(df)
    if level is not None:
        f -= float(stdtrit(df - 1, 0.5 + level / 2)) / np.sqrt(df - 1)
        if f <= 0:
            return 0.0
    return float((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def adjusted_estimate(
    estimate: float, se: float, df: float, r2_form: float, r2_dose: float, times: float = 1.0
) -> float:
    """Return the estimate adjusted for a confounder as strong as a covariate that was measured.

    Parameters
    ----------
    estimate, se : float
        Of the effect, and its standard error.
    df : float
        Degrees of freedom.
    r2_form, r2_dose : float
        The covariate's partial R² with form (dose among the terms) and with the dose.
    times : float
        How many times as strong the confounder is.

    Returns
    -------
    float
        In the unit of the estimate; of the other sign if more than all of it is explained. NaN
        where no confounder can be so strong.

    Examples
    --------
    >>> round(adjusted_estimate(0.0973158, 0.0232565, 783, 0.1090700, 0.0090809), 4)
    0.0752
    """
    ratio_dose = times * r2_dose / (1 - r2_dose)
    if not ratio_dose < 1:
        return float("nan")
    r2_dose_covariate = times * r2_dose**2 / ((1 - times * r2_dose) * (1 - r2_dose))
    if not r2_dose_covariate < 1:
        return float("nan")
    factor = (np.sqrt(times) + np.sqrt(r2_dose_covariate)) / np.sqrt(1 - r2_dose_covariate)
    ratio_form = min(factor**2 * r2_form / (1 - r2_form), 1.0)
    bias = se * np.sqrt(df) * np.sqrt(ratio_form * ratio_dose / (1 - ratio_dose))
    return float(np.sign(estimate) * (abs(estimate) - bias))


def strongest_benchmark(
    weeks: Weeks,
    covariates: Sequence[Covariate],
    exposure: Floats,
    estimate: float,
    se: float,
    df: float,
) -> tuple[str, float]:
    """Return the covariate whose like would explain most as a confounder, and what it would leave.

    Parameters
    ----------
    weeks : Weeks
        Form by week.
    covariates : sequence of Covariate
        What the effect is adjusted for.
    exposure : ndarray, shape (n_weeks,)
        What the effect is of; NaN in missing weeks.
    estimate, se, df : float
        Of the effect, as in `adjusted_estimate`.

    Returns
    -------
    name : str
        Empty where there is none.
    left : float
        In the unit of the estimate.
    """
    dose, form = np.nan_to_num(exposure), centred_form(weeks)[:, None]
    base = design(weeks, covariates)
    grid = likeliest_point(weeks, base)
    white = whiten(np.column_stack([base, dose, form]), weeks.noise, grid).whitened[0]
    held = np.append(0.0, ridge(covariates, weeks))
    t_form = _t_values(white[:, :-1], white[:, -1], df, np.append(held, 0.0))
    t_dose = _t_values(white[:, :-2], white[:, -2], df + 1, held)
    left = {
        each.name: adjusted_estimate(
            estimate, se, df, partial_r2(t_form[place], df), partial_r2(t_dose[place], df + 1)
        )
        for place, each in enumerate(covariates, start=1)
    }
    known = {name: value for name, value in left.items() if np.isfinite(value)}
    if not known:
        return "", float("nan")
    strongest = min(known, key=lambda name: known[name] * np.sign(estimate))
    return strongest, known[strongest]


def _t_values(terms: Floats, response: Floats, df: float, held: Floats) -> Floats:
    """Return each term's estimate over its standard error."""
    inverse = np.linalg.inv(terms.T @ terms + np.diag(held))
    beta = inverse @ terms.T @ response
    rest = response - terms @ beta
    error = np.sqrt(rest @ rest / df * np.diag(inverse))
    # Where everything is explained, as when form never moves, no term has a t value.
    t: Floats = np.divide(beta, error, out=np.full(len(beta), np.nan), where=error > 0)
    return t
