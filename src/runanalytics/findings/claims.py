"""Claims on trial: what articles on training assert, tested on a runner's own data."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.claims import Claim
from runanalytics.claims import claims as all_claims
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.claim_tests import ClaimTest, run_claim_test
from runanalytics.findings.effects import corrected_p_values
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    Finding,
    asked_field,
    change_text,
    count,
    listed,
    rows_of,
    step_after,
)
from runanalytics.findings.readable import p_text
from runanalytics.findings.runner_tables import RunnerTables, Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TESTED = "tested"
GOES_ALONG = "goes along"
AGAINST = "against"
UNCLEAR = "no clear association"
#: Letters of a line that names a claim beside its row.
_ROW_LETTERS = 42
#: Sign of the change that each expectation means.
_SIGNS = {"up": 1, "down": -1, "faster": -1}

METHOD = (
    "Each claim is one test of the data, and one of no further change is two: for it and against "
    "it. The p-values of all claims with enough data are corrected for one another (Benjamini & "
    "Hochberg 1995), and the verdict goes by the corrected one. Intervals are not corrected."
)


@dataclass(frozen=True)
class Verdict:
    """One claim and the verdict of the data.

    Parameters
    ----------
    id, statement, expected : str
        The claim, and the direction that it expects.
    question : str
        What was estimated.
    verdict : str
        "goes along", "against", "no clear association" or "not enough data".
    percent, low_percent, high_percent : float
        Change and its interval, %.
    p_value, p_adjusted : float
        Of the claim's test: alone, and corrected for the tests of all claims.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    n_runs, n_weeks : int
        How many runs (or races) and weeks were used.
    reason : str
        What is missing, where there is not enough data.
    enough_on : date, optional
        When there will be enough, if the runner goes on like this.
    research : str
        What others have found.
    sources : tuple of str
        Publications that found it.
    matters_percent : float
        Where no further change is claimed: the smallest change that matters, %; NaN else.
    """

    certainties: ClassVar[Certainties] = {
        "claims, intervals": "low_percent high_percent",
        "claims, verdicts": "p_value p_adjusted verdict",
        "effect, would be found": "detectable_percent",
        "effect, enough by": "enough_on",
    }
    no_certainties: ClassVar[str] = "percent matters_percent"

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

    @property
    def clear(self) -> bool:
        """Whether the data go along with the claim, or against it."""
        return self.verdict in (GOES_ALONG, AGAINST)

    @property
    def missing(self) -> str:
        """What is missing, and by when there will be enough if the runner goes on like this."""
        return self.reason + (f" (by {self.enough_on})" if self.enough_on else "")

    def sentence(self) -> str:
        """Return the verdict in a sentence."""
        if self.verdict == NOT_ENOUGH_DATA:
            when = f", by {self.enough_on:%B %Y} if this goes on" if self.enough_on else ""
            return f"Not enough data: {self.reason or 'nothing to go by'}{when}."
        change = change_text(self.percent, self.low_percent, self.high_percent)
        words = {
            GOES_ALONG: "Your data go along with it",
            AGAINST: "Your data go against it",
            UNCLEAR: "No clear association",
        }[self.verdict]
        p = self.p_adjusted
        chance = p_text(p)
        text = f"{words}. {self.question}: {change}, corrected {chance}."
        if self.verdict == UNCLEAR and np.isfinite(self.matters_percent):
            text += (
                " That there is none would show only if the whole interval lay within "
                f"±{self.matters_percent:g} %, the smallest change that matters."
            )
        return text


@dataclass(frozen=True)
class ClaimsOnTrial(Finding):
    """Every claim with its verdict.

    Parameters
    ----------
    verdicts : tuple of Verdict
        In the order of the claims.
    n_tests : int
        p-values corrected together: one a claim with enough data, two for no further change.
    level : float
        Of the intervals; 1 less it bounds the corrected p of a verdict.
    verdict : str
        "tested", or "not enough data" where no claim could be.
    reason : str
        Why none could be; else empty.
    method : str
        How it was worked out.
    notes : tuple of str
        What a reader should know of all of them.
    asked : str
        What the p comes to among all questions that were asked of a library; else empty.
    """

    certainties: ClassVar[Certainties] = {"claims, verdicts": "verdict"}
    no_certainties: ClassVar[str] = "level"

    verdicts: tuple[Verdict, ...]
    n_tests: int
    level: float
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    method: str = METHOD
    notes: tuple[str, ...] = ()
    asked: str = asked_field()

    def with_verdict(self, verdict: str) -> tuple[Verdict, ...]:
        """Return the claims with this verdict."""
        return tuple(each for each in self.verdicts if each.verdict == verdict)

    @property
    def next_step(self) -> str:
        """What to do where nothing at all is known, in words; else empty."""
        return step_after(each.reason for each in self.verdicts)

    def summary(self) -> str:
        """Return how many claims the data go along with, and which."""
        tested = len(self.verdicts) - len(self.with_verdict(NOT_ENOUGH_DATA))
        parts = [f"Of {count(len(self.verdicts), 'claim')}, {tested} could be tested."]
        for verdict, words in (
            (GOES_ALONG, "Your data go along with"),
            (AGAINST, "They go against"),
            (UNCLEAR, "No clear association for"),
        ):
            found = self.with_verdict(verdict)
            if found:
                parts.append(f"{words} {listed([each.id for each in found])}.")
        return self._with_notes(*parts)

    def table(self) -> pd.DataFrame:
        """Return the claims, one a row.

        Returns
        -------
        DataFrame
            claim, statement, expected, verdict, change_percent, low_percent, high_percent,
            p_value, p_corrected, n_runs, n_weeks, missing (what, and by when), question,
            research.
        """
        return rows_of(self.verdicts, _COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the change of each claim that was tested, and the direction that it expects."""
        tested = [each for each in self.verdicts if each.verdict != NOT_ENOUGH_DATA]
        size = (drawing.FIGURE_SIZE[0], 1.2 + 0.36 * max(len(tested), 3))
        title, reason = "Claims on trial", self.reason or "no claim could be tested"
        ax = self._begin_plot(ax, title, x="Change, %", size=size)
        if not tested:
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {reason}")
            return ax
        arrows = {"up": "↑", "down": "↓", "faster": "↓", "no further change": "="}
        drawing.rows(ax, [_row_name(each.statement, arrows[each.expected]) for each in tested])
        ax.tick_params(axis="y", labelsize=8)
        colours = {GOES_ALONG: drawing.ANSWER, AGAINST: drawing.CONTRAST, UNCLEAR: drawing.POINT}
        for row, each in enumerate(tested):
            colour = colours[each.verdict]
            drawing.row_interval(ax, row, each.low_percent, each.high_percent, colour)
            ax.plot(each.percent, row, "o", markersize=6, color=colour)
        return ax


def _row_name(statement: str, arrow: str) -> str:
    """Return a claim in at most two lines, and the direction that it expects."""
    words = statement.removesuffix(".")
    half = len(words) if len(words) <= _ROW_LETTERS else len(words) // 2 + _ROW_LETTERS // 8
    lines = textwrap.wrap(words, max(half, 1), max_lines=2, placeholder="…")
    return f"{chr(10).join(lines)} {arrow}"


_COLUMNS = {
    "claim": "id",
    "statement": "statement",
    "expected": "expected",
    "verdict": "verdict",
    "change_percent": "percent",
    "low_percent": "low_percent",
    "high_percent": "high_percent",
    "p_value": "p_value",
    "p_corrected": "p_adjusted",
    "n_runs": "n_runs",
    "n_weeks": "n_weeks",
    "missing": "missing",
    "question": "question",
    "research": "research",
}


@checked_arguments
def claims_on_trial(
    tables: RunnerTables | Tables, claims: Sequence[Claim] | None = None
) -> ClaimsOnTrial:
    """Test claims on a runner's data, all together.

    Parameters
    ----------
    tables : RunnerTables or Library
        The runner's data.
    claims : sequence of Claim, optional
        By default those of the sources, `runanalytics.claims.claims`.

    Returns
    -------
    ClaimsOnTrial
        A verdict for each; want of data is a verdict, not an error.

    Raises
    ------
    UsageError
        If two claims have one id, or there is no test for the outcome and dose of one.

    Notes
    -----
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    tables = tables if isinstance(tables, RunnerTables) else RunnerTables.from_library(tables)
    chosen = tuple(all_claims().values()) if claims is None else tuple(claims)
    ids = [claim.id for claim in chosen]
    repeated = {each for each in ids if ids.count(each) > 1}
    if repeated:
        raise UsageError(f"two claims are called '{min(repeated)}'", hint="give each its own id")
    tests = [run_claim_test(claim, tables) for claim in chosen]
    p_adjusted, n_tests = _corrected(tests)
    verdicts = tuple(
        _verdict(test, *adjusted, 1 - tables.level)
        for test, adjusted in zip(tests, p_adjusted, strict=True)
    )
    return ClaimsOnTrial(
        verdicts,
        n_tests,
        tables.level,
        verdict=TESTED if n_tests else NOT_ENOUGH_DATA,
        reason="" if n_tests else "no claim could be tested",
        notes=(SIMULATED_NOTE,) if any(test.simulated for test in tests) else (),
    )


def _corrected(tests: Sequence[ClaimTest]) -> tuple[list[tuple[float, float]], int]:
    """Return the corrected p of each test, for its claim and against it, and how many there are."""
    alone = np.array(
        [(each.p_value, each.p_against) if each.tested else (np.nan, np.nan) for each in tests],
        dtype=np.float64,
    ).reshape(-1, 2)
    known = np.isfinite(alone)
    judged = np.full(alone.shape, np.nan)
    if known.any():
        # An average over a grid may end a rounding error above 1.
        judged[known] = corrected_p_values(alone[known].clip(0.0, 1.0))
    return [(float(own), float(other)) for own, other in judged], int(known.sum())


def _verdict(test: ClaimTest, adjusted: float, against: float, alpha: float) -> Verdict:
    claim = test.claim
    if not test.tested or not np.isfinite(adjusted):
        verdict = NOT_ENOUGH_DATA
    elif claim.expected not in _SIGNS:
        verdict = GOES_ALONG if adjusted < alpha else AGAINST if against < alpha else UNCLEAR
    elif adjusted >= alpha:
        verdict = UNCLEAR
    else:
        as_expected = np.sign(test.percent) == _SIGNS[claim.expected]
        verdict = GOES_ALONG if as_expected else AGAINST
    return Verdict(
        id=claim.id,
        statement=claim.statement,
        expected=claim.expected,
        question=test.question,
        verdict=verdict,
        percent=test.percent,
        low_percent=test.low_percent,
        high_percent=test.high_percent,
        p_value=test.p_value,
        p_adjusted=adjusted,
        detectable_percent=test.detectable_percent,
        n_runs=test.n_runs,
        n_weeks=test.n_weeks,
        reason=test.reason,
        enough_on=test.enough_on,
        research=claim.research,
        sources=claim.sources,
        matters_percent=test.matters_percent,
    )
