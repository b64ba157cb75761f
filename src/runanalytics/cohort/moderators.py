"""What the change differs by: device, sex, level, as meta-regression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtr

from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.cohort.random_effects import random_effects
from runanalytics.cohort.runner import RunnerRow
from runanalytics.errors import UsageError
from runanalytics.findings.effects import corrected_p_values
from runanalytics.findings.finding import change_text

#: Fewest runners of a kind that are told from the others.
LEAST_OF_A_KIND = 4
#: A column of so many different words or fewer is one of kinds.
MOST_KINDS = 6
#: Of the corrected p of a difference that is told.
CLEAR = 0.05


@dataclass(frozen=True)
class Moderator:
    """How the change of some runners differs from that of others.

    Parameters
    ----------
    name : str
        By what: device, sex, level, ...
    kind, beside : str
        Which runners, and beside which: those of the commonest kind. Both empty where the
        moderator is a number.
    n_runners : int
        Of this kind, or of whom the number is known.
    percent, percent_low, percent_high : float
        Difference of the change, in percentage points, with interval; of a number, for one more
        of it.
    p_value, p_adjusted : float
        Two-sided, of no difference; and corrected for all that were tested.
    """

    certainties: ClassVar[Certainties] = {
        "group, moderators": "percent_low percent_high p_value p_adjusted",
    }
    no_certainties: ClassVar[str] = "percent"

    name: str
    kind: str
    beside: str
    n_runners: int
    percent: float
    percent_low: float
    percent_high: float
    p_value: float
    p_adjusted: float = np.nan

    @property
    def clear(self) -> bool:
        """Whether it is told among all that were tested."""
        return self.p_adjusted < CLEAR

    @property
    def sentence(self) -> str:
        """The difference in a sentence."""
        of = f"{self.name} {self.kind} rather than {self.beside}" if self.kind else (
            f"one more of {self.name}"
        )  # fmt: skip
        change = change_text(self.percent, self.percent_low, self.percent_high)
        return f"With {of} the change differs by {change}."


def moderators_of(
    rows: Sequence[RunnerRow],
    estimates: Floats,
    variances: Floats,
    about: pd.DataFrame | None,
    level: float,
) -> tuple[Moderator, ...]:
    """Return what the change differs by, each by itself.

    Parameters
    ----------
    rows : sequence of RunnerRow
        The runners.
    estimates, variances : ndarray, shape (n_runners,)
        Of each, log form.
    about : DataFrame, optional
        "runner", and columns of what the change may differ by.
    level : float
        Of the intervals.

    Raises
    ------
    UsageError
        If `about` has no column "runner", or has a runner twice.
    """
    columns = {"device": pd.Series([row.device or None for row in rows], dtype="object")}
    if about is not None:
        columns |= _of_runners(about, [row.runner for row in rows])
    found = [
        each
        for name, values in columns.items()
        for each in _differences(name, values, estimates, variances, level)
    ]
    corrected = corrected_p_values([each.p_value for each in found])
    return tuple(replace(each, p_adjusted=p) for each, p in zip(found, corrected, strict=True))


def _of_runners(about: pd.DataFrame, names: Sequence[str]) -> dict[str, pd.Series]:
    """Return the columns of a table, in the order of the runners."""
    if "runner" not in about:
        raise UsageError(
            f"no column 'runner' among {', '.join(map(str, about.columns))}",
            where="table of runners",
            hint="name the runners as their folders are called",
        )
    keys = about["runner"].astype(str)
    if keys.duplicated().any():
        raise UsageError(
            f"'{keys[keys.duplicated()].iloc[0]}' stands in it twice", where="table of runners"
        )
    aligned = about.set_index(keys).drop(columns="runner").reindex(list(names))
    return {str(name): aligned[name].reset_index(drop=True) for name in aligned}


def _differences(
    name: str, values: pd.Series, estimates: Floats, variances: Floats, level: float
) -> Iterator[Moderator]:
    """Yield how the change differs by one moderator; nothing where too few can be compared."""
    known = values.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(values) and values[known].nunique() > 2:
        number = values[known].to_numpy(dtype=np.float64)
        if len(number) < 2 * LEAST_OF_A_KIND:
            return
        x = number[:, None] - number.mean()
        yield from _regressed(name, [("", "", len(number))], x, known, estimates, variances, level)
        return
    words = values.where(values.isna(), values.astype(str))
    counts = words[known].value_counts()
    kinds = [str(kind) for kind, n in counts.items() if n >= LEAST_OF_A_KIND]
    if len(kinds) < 2 or len(counts) > MOST_KINDS + len(kinds):
        return
    inside = words.isin(kinds[: MOST_KINDS + 1]).to_numpy()
    first, *others = sorted(kinds[: MOST_KINDS + 1], key=lambda kind: (-counts[kind], kind))
    x = np.column_stack([(words[inside] == kind).to_numpy(dtype=np.float64) for kind in others])
    told = [(kind, first, int(counts[kind])) for kind in others]
    yield from _regressed(name, told, x, inside, estimates, variances, level)


def _regressed(
    name: str,
    told: Sequence[tuple[str, str, int]],
    x: Floats,
    inside: np.ndarray,
    estimates: Floats,
    variances: Floats,
    level: float,
) -> Iterator[Moderator]:
    fit = random_effects(estimates[inside], variances[inside], x, level=level)
    for at, (kind, beside, n) in enumerate(told, start=1):
        t = abs(float(fit.coefficients[at] / fit.se[at]))
        middle, low, high = (
            100 * float(each[at]) for each in (fit.coefficients, fit.low, fit.high)
        )
        yield Moderator(name, kind, beside, n, middle, low, high, 2 * float(stdtr(fit.df, -t)))
