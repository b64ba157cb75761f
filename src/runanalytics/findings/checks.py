"""Checks of an effect: what else could look like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effect import Effect, effect
from runanalytics.findings.effects import corrected_p_values
from runanalytics.findings.finding import (
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    Finding,
    asked_field,
    count,
    listed,
    rows_of,
)
from runanalytics.findings.frames import Frames, named_frames
from runanalytics.findings.probes import (
    CONTROL,
    FAILS,
    INFORMATIONAL,
    PASSES,
    Check,
    EffectQuestion,
    Probe,
    control_dose,
    each_phase,
    future_dose,
    placebo_dates,
    refitted_effect,
    robustness,
    shifted_dose,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = (
    "Each check asks a question whose answer is known if the effect is what it seems to be. The "
    "p-values of the checks that can fail are corrected for one another (Benjamini & Hochberg "
    "1995); a check fails where its corrected p is below 1 less the level. The p-value of the "
    "effect is corrected for every test of the call: its own, those of the checks that can fail "
    "and that of the shifted dose, which only informs. The verdict on the effect goes by its own "
    "p-value, not corrected."
)


@dataclass(frozen=True)
class Checks(Finding):
    """An effect and its checks.

    Parameters
    ----------
    effect : Effect
        The effect, with p corrected for every test of the call; its verdict goes by its own p.
    checks : tuple of Check
        In the order of the summary.
    verdict : str
        "passes", "fails" or "not enough data".
    reason : str
        Why nothing could be checked; else empty.
    n_tests : int
        Tests of the call: the effect's, and every check that has a p.
    level : float
        Of the intervals.
    method : str
        How it was worked out.
    notes : tuple of str
        What else a reader should know.
    asked : str
        What the p comes to among all questions that were asked of a library; else empty.
    """

    certainties: ClassVar[Certainties] = {"checks, verdicts": "verdict"}
    no_certainties: ClassVar[str] = "level"

    effect: Effect
    checks: tuple[Check, ...]
    verdict: str
    reason: str = ""
    n_tests: int = 0
    level: float = 0.95
    method: str = METHOD
    notes: tuple[str, ...] = ()
    asked: str = asked_field()

    def check(self, name: str) -> Check:
        """Return one of the checks.

        Parameters
        ----------
        name : str
            What it is called, such as "future dose" or "control dose: upper body".

        Raises
        ------
        UsageError
            If it is not among them.
        """
        for each in self.checks:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in self.checks) or "none, for want of data"
        raise UsageError(f"no check '{name}'", hint=f"there are: {names}")

    def with_controls_of_the_log(self) -> Checks:
        """Return the same, with a note that its control doses were found in the log, or none."""
        names = [
            each.name.removeprefix(f"{CONTROL}: ")
            for each in self.checks
            if each.name.startswith(CONTROL)
        ]
        note = (
            f"control doses, which should not move form, found in the log: {listed(names)}"
            if names
            else "the log holds no mobility, upper-body work or other sport as a control dose"
        )
        return replace(self, notes=(*self.notes, note)) if self.checks else self

    def summary(self) -> str:
        """Return whether the effect stands up, then each check in a sentence."""
        subject = f"{self.effect.label.lower()} and {self.effect.dose_words}"
        if not self.checks:
            return self._with_notes(f"Not enough data to check {subject}: {self.reason}.")
        tested = [each for each in self.checks if each.outcome != INFORMATIONAL]
        failed = [each.name for each in tested if each.outcome == FAILS]
        if self.verdict == NOT_ENOUGH_DATA:
            first = f"Not enough data for {subject}, and so for its checks: {self.reason}."
        elif failed:
            first = (
                f"The answer on {subject} is in doubt: of {count(len(tested), 'check')}, "
                f"{listed(failed)} failed."
            )
        elif self.effect.verdict == NO_ASSOCIATION:
            first = (
                f"There is no clear association of {self.effect.label.lower()} with "
                f"{self.effect.dose_words}, and so nothing that checks could overturn; none of "
                f"{len(tested)} failed."
            )
        else:
            first = (
                f"The answer on {subject} stands up to {count(len(tested), 'check')}; that "
                "no check failed does not prove it."
            )
        return self._with_notes(first, *(each.sentence for each in self.checks if each.sentence))

    def table(self) -> pd.DataFrame:
        """Return the effect and its checks, one a row.

        Returns
        -------
        DataFrame
            check, outcome, change_percent, low_percent, high_percent, p_value, p_corrected,
            asks.
        """
        found = self.effect
        own = Check(
            "effect",
            "Does form go along with the dose?",
            found.verdict,
            "",
            *(found.percent, found.percent_low, found.percent_high),
            *(found.p_value, found.p_adjusted),
        )
        return rows_of([own, *self.checks], _COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the effect and the estimate of each check, in rows."""
        rows = self.table()
        size = (drawing.FIGURE_SIZE[0] + 0.8, 1.1 + 0.4 * max(len(rows), 3))
        title = f"Checks: {self.effect.label.lower()}, {self.effect.what}"
        if not self.checks:
            return self._begin_plot(ax, title, empty=True, size=size)
        x_name = f"Change, % ({100 * self.level:g} % interval)"
        ax = self._begin_plot(ax, title, x=x_name, size=size)
        drawing.rows(ax, rows["check"].tolist())
        colours = {FAILS: drawing.CONTRAST, PASSES: drawing.ANSWER, INFORMATIONAL: drawing.POINT}
        for place, row in enumerate(rows.to_dict("records")):
            colour = drawing.INK if not place else colours[row["outcome"]]
            if np.isfinite(row["change_percent"]):
                ends = (row["low_percent"], row["high_percent"])
                if np.isfinite(ends).all():
                    drawing.row_interval(ax, place, *ends, colour)
                ax.plot(row["change_percent"], place, "o", color=colour, markersize=6)
            chance = row["p_value"]
            words = row["outcome"] + (f", p = {chance:.2g}" if np.isfinite(chance) else "")
            ax.annotate(
                words,
                (1.01, place),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=8,
                color=colour,
            )
        return ax


_COLUMNS = {
    "check": "name",
    "outcome": "outcome",
    "change_percent": "percent",
    "low_percent": "percent_low",
    "high_percent": "percent_high",
    "p_value": "p_value",
    "p_corrected": "p_adjusted",
    "asks": "asks",
}


@checked_arguments
def checks(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    controls: Frames = (),
    contrast: float | None = None,
    level: float = 0.95,
    metric: str | None = None,
    what: str | None = None,
    runs: pd.DataFrame | None = None,
    tau_weeks: float | Sequence[float] | None = None,
    beside: Frames = (),
    sports: pd.DataFrame | None = None,
    seed: int = 0,
) -> Checks:
    """Check an effect against other reasons for the same numbers.

    Parameters
    ----------
    form : DataFrame
        Table "form", as in `effect`.
    dose : DataFrame
        Table "dose", as in `effect`.
    controls : mapping of str to DataFrame, or sequence of DataFrame
        Tables "dose" of what cannot move form, such as upper-body or mobility work.
    contrast : float, optional
        How much more a week, in the dose's measure; by default as in `effect`.
    level : float
        Of the intervals, between 0 and 1.
    metric, what : str, optional
        What form and dose are about, where their attrs do not say.
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for weekly distance.
    tau_weeks : float or sequence of float, optional
        As in `effect`.
    beside : mapping of str to DataFrame, sequence of DataFrame, or DataFrame
        Doses that are held as they were, as in `effect`.
    sports : DataFrame, optional
        As in `effect`.
    seed : int
        Of the series drawn for the placebo dates.

    Returns
    -------
    Checks
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If contrast, level, time constants or the metric's name make no sense.

    Notes
    -----
    Negative controls: Lipsitch, Tchetgen Tchetgen & Cohen 2010,
    doi:10.1097/EDE.0b013e3181d61eeb. Robustness value: Cinelli & Hazlett 2020,
    doi:10.1111/rssb.12348.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104, effect_pct=-3.0)
    >>> checks(drawn.form, drawn.dose).verdict
    'passes'
    """
    found = effect(
        form,
        dose,
        contrast=contrast,
        level=level,
        metric=metric,
        what=what,
        runs=runs,
        tau_weeks=tau_weeks,
        beside=beside,
        sports=sports,
    )
    unchecked = Checks(found, (), NOT_ENOUGH_DATA, found.reason, level=level, notes=found.notes)
    if not np.isfinite(found.percent):
        return unchecked
    fit = refitted_effect(found, EffectQuestion(form, dose, runs, beside, sports))
    if fit is None:
        return replace(unchecked, reason="too few weeks to ask more of them")
    results = [
        future_dose(fit),
        *(control_dose(fit, name, each) for name, each in named_frames(controls)),
        placebo_dates(fit, form, seed),
        each_phase(fit),
        shifted_dose(fit),
        robustness(fit),
    ]
    return _judged(unchecked, [each for each in results if each is not None])


def _judged(unchecked: Checks, results: list[Probe | Check]) -> Checks:
    """Correct the p-values as `METHOD` says, and give each check its outcome."""
    own, level = unchecked.effect, unchecked.level
    # A check that only informs cannot fail, and a clear effect is no reason to let a check fail
    # sooner, so the checks that can fail are corrected for one another alone.
    p_adjusted = iter(
        corrected_p_values([each.p_value for each in results if isinstance(each, Probe)])
    )
    checks = tuple(
        each.judged(next(p_adjusted), level) if isinstance(each, Probe) else each
        for each in results
    )
    tests = [own.p_value, *(each.p_value for each in checks if np.isfinite(each.p_value))]
    fails = any(each.outcome == FAILS for each in checks)
    few = own.verdict == NOT_ENOUGH_DATA
    return replace(
        unchecked,
        effect=replace(own, n_tests=len(tests), p_adjusted=corrected_p_values(tests)[0]),
        checks=checks,
        verdict=NOT_ENOUGH_DATA if few else FAILS if fails else PASSES,
        reason=own.reason,
        n_tests=len(tests),
    )
