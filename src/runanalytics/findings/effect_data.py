"""What an effect is estimated from: form within all logs, doses, and what else is adjusted for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.findings.beside import Beside, known_beside, other_doses
from runanalytics.findings.engine.covariates import Covariate
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.dose_response import OtherDose, run_exposures
from runanalytics.findings.engine.errors_elsewhere import likelihood_elsewhere
from runanalytics.findings.engine.run_covariates import (
    acute_covariates,
    chosen_of_runs,
    run_candidates,
)
from runanalytics.findings.engine.running import endurance_covariates
from runanalytics.findings.engine.weeks import Days, Weeks, by_week
from runanalytics.findings.frames import Frames


@dataclass(frozen=True)
class EffectData:
    """What an effect is estimated from.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs, within all logs.
    log : DoseLog
        The dose.
    exposures : ndarray, shape (n_runs, n_taus)
        To it, with each time constant.
    constants : sequence of (float, float)
        Time constants (weeks) and their prior weights.
    covariates : tuple of Covariate
        What is adjusted for beside other doses, one row a run.
    beside : tuple of Beside
        The other doses.
    others : tuple of OtherDose
        What they are estimated by.
    notes : tuple of str
        What is not known of other doses.
    elsewhere : ndarray, shape (n_points,), or 0
        What runs outside the logs tell of the errors, from `likelihood_elsewhere`.
    """

    weeks: Weeks
    log: DoseLog
    exposures: Floats
    constants: Sequence[tuple[float, float]]
    covariates: tuple[Covariate, ...] = ()
    beside: tuple[Beside, ...] = ()
    others: tuple[OtherDose, ...] = ()
    notes: tuple[str, ...] = ()
    elsewhere: Floats | float = 0.0


def effect_data(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    beside: Frames,
    runs: pd.DataFrame | None,
    constants: Sequence[tuple[float, float]],
    *,
    sports: pd.DataFrame | None = None,
    without: Callable[[Days], npt.NDArray[np.bool_]] | None = None,
    n_more: int = 0,
) -> EffectData:
    """Gather what an effect is estimated from.

    Parameters
    ----------
    form, dose, beside, runs
        As in `effect`.
    constants : sequence of (float, float)
        Time constants (weeks) and their prior weights.
    sports : DataFrame, optional
        As in `effect`.
    without : callable, optional
        Given days since 1970, whether runs of each day are left out.
    n_more : int
        Further terms that there must be room for.
    """
    log = daily_log(dose)
    # Without attrs, which pandas copies with every column that is taken.
    form = pd.DataFrame(form)
    known = known_beside(form, log, beside)

    def left_out(day: Days) -> npt.NDArray[np.bool_]:
        return np.zeros(len(day), dtype=np.bool_) if without is None else without(day)

    def logged(day: Days) -> npt.NDArray[np.bool_]:
        return log.covers(day) & known.covers(day)

    weeks = by_week(form, lambda day: logged(day) & ~left_out(day), for_runs=True)
    exposures = run_exposures(weeks, log, constants)
    if not weeks.n_seen:
        return EffectData(weeks, log, exposures, constants, notes=known.notes)
    beside_known, others = other_doses(weeks, known.doses, constants)
    trained = endurance_covariates(weeks, runs, sports)
    offered = chain(run_candidates(weeks, runs), acute_covariates(weeks, log), trained)
    covariates = chosen_of_runs(offered, weeks, 1 + len(others) + n_more)
    elsewhere = likelihood_elsewhere(
        form, weeks, lambda day: logged(day) | left_out(day), runs, sports
    )
    return EffectData(
        weeks, log, exposures, constants, covariates, beside_known, others, known.notes, elsewhere
    )
