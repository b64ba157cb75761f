"""Effects of every dose on every metric at once, p-values corrected for how many were tested.

Eight tests on a runner without any effect find one in one runner of three. The p of each effect
is therefore corrected for the number of all that were tested together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arguments import checked_arguments, require_frame
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effect import POWER, Effect, effect
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    Finding,
    asked_field,
    change_text,
    count,
    listed,
    more_of,
    rows_of,
    step_after,
)
from runanalytics.findings.forest import forest
from runanalytics.findings.frames import Frames, named_frames
from runanalytics.findings.readable import p_text
from runanalytics.findings.selection import held_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = (
    "Each as in a single effect; p corrected by Benjamini & Hochberg (1995) over all effects that "
    "were tested in this question, and the verdict by the corrected p. Intervals are each one's "
    "own, not corrected."
)


@dataclass(frozen=True)
class Effects(Finding):
    """Effects that were tested together.

    Parameters
    ----------
    effects : tuple of Effect
        One a pair of metric and dose, metrics first; each verdict goes by the corrected p.
    n_tests : int
        How many of them could be tested; the rest lack data and count for nothing.
    level : float
        Of the intervals; 1 less it bounds the corrected p of an association.
    verdict : str
        "association" if there is any, "no clear association" if any was tested, else "not
        enough data".
    method : str
        How it was worked out.
    notes : tuple of str
        What should be known of all of them.
    asked : str
        What the p comes to among all questions that were asked of a library; else empty.
    """

    certainties: ClassVar[Certainties] = {"effect, corrected for all tests": "verdict"}
    no_certainties: ClassVar[str] = "level"

    effects: tuple[Effect, ...]
    n_tests: int
    level: float
    verdict: str
    method: str = METHOD
    notes: tuple[str, ...] = ()
    asked: str = asked_field()

    def __iter__(self) -> Iterable[Effect]:
        return iter(self.effects)

    def __len__(self) -> int:
        return len(self.effects)

    def pair(self, metric: str, what: str) -> Effect:
        """Return one of the effects.

        Parameters
        ----------
        metric : str
            Column of the metric.
        what : str
            What was done.

        Raises
        ------
        UsageError
            If it is not among them.
        """
        for each in self.effects:
            if (each.metric, each.what) == (metric, what):
                return each
        pairs = ", ".join(f"{each.metric} of {each.what}" for each in self.effects)
        raise UsageError(f"no effect on {metric} of {what}", hint=f"there are: {pairs}")

    @property
    def next_step(self) -> str:
        """What to do where nothing at all is known, in words; else empty."""
        return step_after(each.reason for each in self.effects)

    def summary(self) -> str:
        """Return what goes along with what, in a few sentences."""
        found = [each for each in self.effects if each.verdict == ASSOCIATION]
        unclear = [each for each in self.effects if each.verdict == NO_ASSOCIATION]
        unknown = [each for each in self.effects if each.verdict == NOT_ENOUGH_DATA]
        sentences = []
        if self.n_tests:
            tests = count(self.n_tests, "effect")
            clear = "none is" if not found else "1 is" if len(found) == 1 else f"{len(found)} are"
            corrected = " after correction for all of them" if self.n_tests > 1 else ""
            sentences.append(f"Of {tests} tested, {clear} clear{corrected}.")
        sentences += [
            f"{each.pair_name}: "
            f"{change_text(each.percent, each.percent_low, each.percent_high, level=each.level)} "
            f"goes along with {each.dose_words}, corrected {p_text(each.p_adjusted)}."
            for each in found
        ]
        alone = [each for each in unclear if each.percent_low > 0 or each.percent_high < 0]
        if alone:
            sentences.append(
                f"Clear alone but not among so many: {listed([each.pair_name for each in alone])}."
            )
        if unclear:
            sizes = [each.detectable_percent for each in unclear]
            sentences.append(
                f"Where none is clear, a change of {_range(sizes)} % would be found with "
                f"{100 * POWER:.0f} % chance."
            )
        by_reason: dict[str, list[Effect]] = {}
        for each in unknown:
            by_reason.setdefault(each.reason, []).append(each)
        sentences += [
            f"Not enough data on {_pairs(lacking)}: {reason}."
            for reason, lacking in by_reason.items()
        ]
        return self._with_notes(*sentences)

    def table(self) -> pd.DataFrame:
        """Return the effects, one a row.

        Returns
        -------
        DataFrame
            metric, what, measure, contrast (in the measure a week), change_percent,
            low_percent, high_percent, change (in the metric's unit), unit, p_value,
            p_corrected, detectable_percent, n_weeks, verdict.
        """
        return rows_of(self.effects, _COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw all of them in rows."""
        contrasts = {more_of(each.contrast, "", each.measure) for each in self.effects}
        title = f"With {contrasts.pop() if len(contrasts) == 1 else 'so much more'}"
        size = (drawing.FIGURE_SIZE[0], 1.1 + 0.42 * max(len(self.effects), 2))
        ax = self._begin_plot(ax, title, size=size)
        forest({each.pair_name: each for each in self.effects}, ax=ax)
        ax.set_xlabel(f"Change, % ({100 * self.level:g} % interval)")
        return ax


_COLUMNS = {
    "metric": "metric",
    "what": "what",
    "measure": "measure",
    "contrast": "contrast",
    "change_percent": "percent",
    "low_percent": "percent_low",
    "high_percent": "percent_high",
    "change": "estimate",
    "unit": "unit",
    "p_value": "p_value",
    "p_corrected": "p_adjusted",
    "detectable_percent": "detectable_percent",
    "n_weeks": "n_weeks",
    "verdict": "verdict",
}


@checked_arguments
def effects(
    forms: Frames,
    doses: Frames,
    *,
    contrast: float | None = None,
    level: float = 0.95,
    runs: pd.DataFrame | None = None,
    tau_weeks: float | Sequence[float] | None = None,
    beside: Mapping[str, Frames] | None = None,
    sports: pd.DataFrame | None = None,
) -> Effects:
    """Estimate what goes along with what, for every metric and every dose at once.

    Parameters
    ----------
    forms : mapping of str to DataFrame, or sequence of DataFrame
        Tables "form" by metric, or frames whose attrs name their metric.
    doses : mapping of str to DataFrame, or sequence of DataFrame
        Tables "dose" by what was done, or frames whose attrs name it.
    contrast : float, optional
        How much more a week, in each dose's measure; by default as in `effect`.
    level : float
        Of the intervals, between 0 and 1.
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for weekly distance.
    tau_weeks : float or sequence of float, optional
        As in `effect`.
    beside : mapping of str to doses, optional
        The doses that each is estimated together with, as in `effect`, by what was done. By
        default strength and technique, where both are given.
    sports : DataFrame, optional
        As in `effect`.

    Returns
    -------
    Effects
        One effect a pair, each with its corrected p.

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If contrast, level, time constants or a metric's name make no sense.

    Notes
    -----
    False discovery rate: Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(3, weeks=104, effect_pct=-3.0)
    >>> found = effects({"contact-time": drawn.form}, {"strength": drawn.dose})
    >>> found.n_tests, found.verdict
    (1, 'association')
    """
    for given, table in ((forms, "form"), (doses, "dose")):
        if isinstance(given, str | pd.Series):
            require_frame(given, table)
    named = [
        (what or str(dose.attrs.get("what") or ""), dose) for what, dose in named_frames(doses)
    ]
    given = dict(named)
    held = (
        {what: {name: given[name] for name in held_beside(what, given)} for what in given}
        if beside is None
        else beside
    )
    every = [
        effect(
            form,
            dose,
            contrast=contrast,
            level=level,
            metric=metric,
            what=what,
            runs=runs,
            tau_weeks=tau_weeks,
            beside=held.get(what, ()),
            sports=sports,
        )
        for metric, form in named_frames(forms)
        for what, dose in named
    ]
    return correct_effects(every, level)


def correct_effects(effects: Sequence[Effect], level: float = 0.95) -> Effects:
    """Correct effects that were tested together for how many they are.

    Parameters
    ----------
    effects : sequence of Effect
        From `effect`.
    level : float
        1 less it bounds the corrected p of an association.

    Returns
    -------
    Effects
        With the same effects in the same order; what lacks data stays as it was.
    """
    tested = [each for each in effects if each.verdict != NOT_ENOUGH_DATA]
    p_adjusted = iter(corrected_p_values([each.p_value for each in tested]))
    judged = tuple(
        each
        if each.verdict == NOT_ENOUGH_DATA
        else _judged(each, next(p_adjusted), len(tested), level)
        for each in effects
    )
    verdicts = {each.verdict for each in judged}
    clearest_first = (verdict for verdict in (ASSOCIATION, NO_ASSOCIATION) if verdict in verdicts)
    # A note that all effects share stands once, with the whole.
    notes = judged[0].notes if judged else ()
    shared = tuple(note for note in notes if all(note in each.notes for each in judged))
    best = next(clearest_first, NOT_ENOUGH_DATA)
    return Effects(judged, len(tested), level, best, notes=shared)


def corrected_p_values(p_values: npt.ArrayLike) -> list[float]:
    """Return p-values corrected for how many there are (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p_values : array_like
        Of all tests that were run together.

    Examples
    --------
    >>> corrected_p_values([0.01, 0.2, 0.02, 0.9])
    [0.04, 0.26666666666666666, 0.04, 0.9]
    """
    # scipy.stats.false_discovery_control gives the same; importing its package takes half a second.
    every = np.asarray(p_values, dtype=np.float64)
    rising = np.argsort(every)
    scaled = every[rising] * (len(every) / np.arange(1, len(every) + 1))
    adjusted = np.empty_like(every)
    adjusted[rising] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    return [float(each) for each in adjusted]


def _judged(found: Effect, p_adjusted: float, n_tests: int, level: float) -> Effect:
    clear = p_adjusted < 1 - level
    return replace(
        found,
        p_adjusted=p_adjusted,
        n_tests=n_tests,
        verdict=ASSOCIATION if clear else NO_ASSOCIATION,
    )


def _pairs(effects: Sequence[Effect]) -> str:
    """Return pairs of metric and dose in words, doses that have the same metrics together."""
    by_dose: dict[str, list[str]] = {}
    for each in effects:
        by_dose.setdefault(each.what.replace("_", " "), []).append(each.label.lower())
    by_labels: dict[str, list[str]] = {}
    for what, labels in by_dose.items():
        by_labels.setdefault(listed(labels), []).append(what)
    return "; ".join(
        f"{labels} with {' or '.join(doses)}" if any(doses) else labels
        for labels, doses in by_labels.items()
    )


def _range(values: Sequence[float]) -> str:
    known = np.array(values)
    low, high = f"{known.min():.1f}", f"{known.max():.1f}"
    return low if low == high else f"{low} to {high}"
