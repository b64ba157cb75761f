"""Claims on trial: what the founding articles assert, held against a runner's own data."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.claims import Claim
from runanalytics.claims import claims as all_claims
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effects import corrected
from runanalytics.findings.evidence import Evidence, Tables
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    Finding,
    count,
    listed,
    marked,
    signed,
)
from runanalytics.findings.trials import Trial, tried

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRIED = "tried"
GOES_ALONG = "goes along"
AGAINST = "against"
UNCLEAR = "no clear association"
#: p-values below this one are all as small.
_LEAST_P = 0.001
#: Sign of the change that each expectation means.
_SIGNS = {"up": 1, "down": -1, "faster": -1}

METHOD = (
    "Each claim is one question asked of the data; p corrected by Benjamini & Hochberg (1995) over "
    "all that were tried, and the verdict by the corrected p. Intervals are not corrected."
)


@dataclass(frozen=True)
class Verdict:
    """What the data say of one claim.

    Parameters
    ----------
    id, statement, expected : str
        The claim, and the direction that it expects.
    question : str
        What was asked of the data.
    verdict : str
        "goes along", "against", "no clear association" or "not enough data".
    percent, low_percent, high_percent : float
        Change and its interval, %.
    p_value, p_adjusted : float
        Alone, and corrected for all claims tried.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    n_runs, n_weeks : int
        What it rests on: runs or races, and weeks.
    reason : str
        What is missing, where there is not enough data.
    enough_on : date, optional
        When there will be enough, if the runner goes on like this.
    research : str
        What others have found.
    sources : tuple of str
        Where they said so.
    matters_percent : float
        Where no further change is claimed: the smallest change that matters, %; NaN else.
    """

    id: str
    statement: str
    expected: str
    question: str
    verdict: str
    percent: float
    low_percent: float
    high_percent: float
    p_value: float
    p_adjusted: float
    detectable_percent: float
    n_runs: int
    n_weeks: int
    reason: str
    enough_on: datetime.date | None
    research: str
    sources: tuple[str, ...]
    matters_percent: float = np.nan

    def sentence(self) -> str:
        """Return the verdict in a sentence."""
        if self.verdict == NOT_ENOUGH_DATA:
            when = f", by {self.enough_on:%B %Y} if this goes on" if self.enough_on else ""
            return f"Not enough data: {self.reason or 'nothing to go by'}{when}."
        change = (
            f"{self.question}: {signed(self.percent)} % (interval "
            f"{signed(self.low_percent)} to {signed(self.high_percent)} %)"
        )
        words = {
            GOES_ALONG: "Your data go along with it",
            AGAINST: "Your data speak against it",
            UNCLEAR: "No clear association",
        }[self.verdict]
        text = f"{words}. {change}, corrected {_p_words(self.p_adjusted)}."
        if self.verdict == UNCLEAR and np.isfinite(self.matters_percent):
            text += (
                " That there is none would show only if the whole interval lay within "
                f"±{self.matters_percent:g} %, the smallest change that matters."
            )
        return text


def _p_words(p: float) -> str:
    return f"p = {p:.2g}" if p >= _LEAST_P else f"p < {_LEAST_P:g}"


@dataclass(frozen=True)
class ClaimsOnTrial(Finding):
    """Every claim with its verdict.

    Parameters
    ----------
    verdicts : tuple of Verdict
        In the order of the claims.
    n_tests : int
        Tests that the correction is for.
    level : float
        Of the intervals; 1 less it bounds the corrected p of a verdict.
    verdict : str
        "tried", or "not enough data" where no claim could be.
    reason : str
        Why none could be; else empty.
    method : str
        How it was worked out.
    notes : tuple of str
        What should be known of all of them.
    """

    verdicts: tuple[Verdict, ...]
    n_tests: int
    level: float
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    method: str = METHOD
    notes: tuple[str, ...] = ()

    def of(self, verdict: str) -> tuple[Verdict, ...]:
        """Return the claims with this verdict."""
        return tuple(each for each in self.verdicts if each.verdict == verdict)

    def summary(self) -> str:
        """Return how many claims the data go along with, and which."""
        tested = len(self.verdicts) - len(self.of(NOT_ENOUGH_DATA))
        parts = [f"Of {count(len(self.verdicts), 'claim')}, {tested} could be tried."]
        for verdict, words in (
            (GOES_ALONG, "Your data go along with"),
            (AGAINST, "They speak against"),
            (UNCLEAR, "No clear association for"),
        ):
            found = self.of(verdict)
            if found:
                parts.append(f"{words} {listed([each.id for each in found])}.")
        return " ".join([*parts, *(f"{note[:1].upper()}{note[1:]}." for note in self.notes)])

    def table(self) -> pd.DataFrame:
        """Return the claims, one a row.

        Returns
        -------
        DataFrame
            claim, statement, expected, verdict, change_percent, low_percent, high_percent,
            p_value, p_corrected, n_runs, n_weeks, missing (what, and by when), question,
            research.
        """
        rows = [
            (
                each.id,
                each.statement,
                each.expected,
                each.verdict,
                each.percent,
                each.low_percent,
                each.high_percent,
                each.p_value,
                each.p_adjusted,
                each.n_runs,
                each.n_weeks,
                each.reason + (f" (by {each.enough_on})" if each.enough_on else ""),
                each.question,
                each.research,
            )
            for each in self.verdicts
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every claim's change with its interval, and the direction it expects."""
        if ax is None:
            from matplotlib.figure import Figure

            size = (drawing.FIGURE_SIZE[0], 1.2 + 0.36 * max(len(self.verdicts), 3))
            ax = Figure(figsize=size, layout="constrained").add_subplot()
        ax = drawing.axes(ax)
        ax.axvline(0, color=drawing.INK, linewidth=0.8)
        colours = {GOES_ALONG: drawing.ANSWER, AGAINST: drawing.CONTRAST, UNCLEAR: drawing.POINT}
        for row, each in enumerate(self.verdicts):
            if each.verdict == NOT_ENOUGH_DATA:
                ax.annotate(
                    NOT_ENOUGH_DATA,
                    (0, row),
                    xytext=(6, -3),
                    textcoords="offset points",
                    fontsize=8,
                    color=drawing.QUIET,
                )
                continue
            colour = colours[each.verdict]
            ends = [each.low_percent, each.high_percent]
            ax.plot(ends, [row, row], color=colour, linewidth=2.2, solid_capstyle="butt")
            ax.plot(each.percent, row, "o", markersize=6, color=colour)
        arrows = {"up": "↑", "down": "↓", "faster": "↓", "no further change": "="}
        names = [f"{each.id} {arrows[each.expected]}" for each in self.verdicts]
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", color=drawing.RULE, linewidth=0.6)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        drawing.titled(ax, marked("Claims on trial", self.notes), x="Change, %")
        return ax


_COLUMNS = [
    "claim",
    "statement",
    "expected",
    "verdict",
    "change_percent",
    "low_percent",
    "high_percent",
    "p_value",
    "p_corrected",
    "n_runs",
    "n_weeks",
    "missing",
    "question",
    "research",
]


def claims_on_trial(
    evidence: Evidence | Tables, claims: Sequence[Claim] | None = None
) -> ClaimsOnTrial:
    """Hold claims against a runner's data, all together.

    Parameters
    ----------
    evidence : Evidence or Library
        The runner's tables.
    claims : sequence of Claim, optional
        By default those of the sources, `runanalytics.claims.claims`.

    Returns
    -------
    ClaimsOnTrial
        A verdict each; never fails for want of data.

    Raises
    ------
    UsageError
        If two claims have one id, or no question is known that would answer one.

    Notes
    -----
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    evidence = evidence if isinstance(evidence, Evidence) else Evidence.of(evidence)
    chosen = tuple(all_claims().values()) if claims is None else tuple(claims)
    ids = [claim.id for claim in chosen]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise UsageError(f"two claims are called '{min(twice)}'", hint="give each its own id")
    trials = [tried(claim, evidence) for claim in chosen]
    by_trial, n_tests = _corrected(trials)
    verdicts = tuple(
        _verdict(trial, *adjusted, 1 - evidence.level)
        for trial, adjusted in zip(trials, by_trial, strict=True)
    )
    notes = (SIMULATED_NOTE,) if any(trial.simulated for trial in trials) else ()
    return ClaimsOnTrial(
        verdicts,
        n_tests,
        evidence.level,
        verdict=TRIED if n_tests else NOT_ENOUGH_DATA,
        reason="" if n_tests else "no claim could be tried",
        notes=notes,
    )


def _corrected(trials: Sequence[Trial]) -> tuple[list[tuple[float, float]], int]:
    """Return corrected p of each trial, for its claim and against it, and how many there were."""
    alone = np.array(
        [(each.p_value, each.p_against) if each.tested else (np.nan, np.nan) for each in trials],
        dtype=np.float64,
    ).reshape(-1, 2)
    known = np.isfinite(alone)
    judged = np.full(alone.shape, np.nan)
    if known.any():
        # An average over a grid may end a rounding error above 1.
        judged[known] = corrected(alone[known].clip(0.0, 1.0))
    return [(float(own), float(other)) for own, other in judged], int(known.sum())


def _verdict(trial: Trial, adjusted: float, against: float, alpha: float) -> Verdict:
    claim = trial.claim
    if not trial.tested or not np.isfinite(adjusted):
        verdict = NOT_ENOUGH_DATA
    elif claim.expected not in _SIGNS:
        verdict = GOES_ALONG if adjusted < alpha else AGAINST if against < alpha else UNCLEAR
    elif adjusted >= alpha:
        verdict = UNCLEAR
    else:
        as_expected = np.sign(trial.percent) == _SIGNS[claim.expected]
        verdict = GOES_ALONG if as_expected else AGAINST
    return Verdict(
        id=claim.id,
        statement=claim.statement,
        expected=claim.expected,
        question=trial.question,
        verdict=verdict,
        percent=trial.percent,
        low_percent=trial.low_percent,
        high_percent=trial.high_percent,
        p_value=trial.p_value,
        p_adjusted=adjusted,
        detectable_percent=trial.detectable_percent,
        n_runs=trial.n_runs,
        n_weeks=trial.n_weeks,
        reason=trial.reason,
        enough_on=trial.enough_on,
        research=claim.research,
        sources=claim.sources,
        matters_percent=trial.matters_percent,
    )
