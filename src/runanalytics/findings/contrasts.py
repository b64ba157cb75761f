"""How much more of a dose a change is told for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from runanalytics.findings.finding import ADHERENCE

#: Default contrast by the measure of dose: about two sessions, or all of a programme.
TWO_SESSIONS: Mapping[str, float] = MappingProxyType(
    {
        "sessions": 2.0,
        "sets": 20.0,
        "reps": 200.0,
        "minutes": 90.0,
        "tonnage_kg": 5_000.0,
        ADHERENCE: 1.0,
    }
)
#: Share of a contrast from which on weeks count as spanning all of it.
NEARLY = 0.9
#: Leading digits of round contrasts.
ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def contrast_for(contrast: float | None, dose: pd.DataFrame) -> float:
    """Return a contrast, by default what about two sessions come to.

    Parameters
    ----------
    contrast : float, optional
        How much more a week, in the dose's measure.
    dose : DataFrame
        Table "dose", whose attrs name its measure.
    """
    return TWO_SESSIONS.get(str(dose.attrs.get("measure")), 2.0) if contrast is None else contrast


def within_reach(contrast: float, spanned: float) -> float:
    """Return a contrast, or the largest round one that a runner's weeks span if that is less.

    A runner whose weeks never differed by more than one session has no data on two.

    Parameters
    ----------
    contrast : float
        How much more a week.
    spanned : float
        Highest less lowest exposure, in the same unit; above 0.

    Examples
    --------
    >>> within_reach(2.0, 2.4), within_reach(2.0, 1.3), within_reach(5_000.0, 800.0)
    (2.0, 1.0, 700.0)
    """
    if spanned >= NEARLY * contrast:
        return contrast
    power = 10.0 ** np.floor(np.log10(spanned))
    return float(max(each for each in ROUND if each * power <= spanned * (1 + 1e-9)) * power)
