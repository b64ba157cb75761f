"""What an answer comes to among all that was asked.

Thirty questions about a runner in whom nothing goes along with anything give one or two clear
answers. The p of an answer is therefore also corrected for every question that was asked, by the
rule of all other corrections here (Benjamini & Hochberg 1995): of the answers that stay clear, at
most one in twenty is expected to be wrong, however long the list becomes. Holm's rule bounds the
chance of any wrong one; true answers would then have to be ever clearer the more is asked, and
metrics of one runner are too alike for it. The verdict stays that of the question itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from runanalytics.findings.finding import ASSOCIATION, NOT_ENOUGH_DATA
from runanalytics.findings.readable import p_text

if TYPE_CHECKING:
    from runanalytics.findings.checks import Checks
    from runanalytics.findings.claims import ClaimsOnTrial, Verdict
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.effects import Effects

    Answered = TypeVar("Answered", Effect, Effects, Checks, ClaimsOnTrial)

#: What claims are called among metrics.
CLAIM = "claim"


@dataclass(frozen=True)
class Answer:
    """What was asked, and how clear the answer is.

    Parameters
    ----------
    label : str
        In words.
    metric, what, measure : str
        What may have changed, what was done, and how it was counted.
    p_value : float
        Of no change; not corrected.
    clear : bool
        Whether the verdict is one.
    """

    label: str
    metric: str
    what: str
    measure: str
    p_value: float
    clear: bool


def answers_of(effects: Sequence[Effect]) -> list[Answer]:
    """Return the answers of those effects that could be tested.

    Parameters
    ----------
    effects : sequence of Effect
        From `effect`.
    """
    return [
        Answer(
            each.pair_name,
            each.metric,
            each.what,
            each.measure,
            each.p_value,
            each.verdict == ASSOCIATION,
        )
        for each in effects
        if each.verdict != NOT_ENOUGH_DATA and np.isfinite(each.p_value)
    ]


def answers_on_claims(verdicts: Sequence[Verdict]) -> list[Answer]:
    """Return the answers on those claims that could be tested.

    Parameters
    ----------
    verdicts : sequence of Verdict
        From `claims_on_trial`.
    """
    return [
        Answer(each.id, CLAIM, each.id, "", min(each.p_value, 1.0), each.clear)
        for each in verdicts
        if each.verdict != NOT_ENOUGH_DATA and np.isfinite(each.p_value)
    ]


def among_all(found: Answered, answers: Sequence[Answer], others: Sequence[float]) -> Answered:
    """Return a finding that says what its clear answers come to among all that was asked.

    Parameters
    ----------
    found : Effect, Effects, Checks or ClaimsOnTrial
        The finding.
    answers : sequence of Answer
        Its own.
    others : sequence of float
        p of every other question.
    """
    from runanalytics.findings.effects import corrected_p_values

    if not others or not any(each.clear for each in answers):
        return found
    corrected = corrected_p_values([*(each.p_value for each in answers), *others])
    told = []
    for each, p_value in zip(answers, corrected, strict=False):
        if each.clear:
            chance = "" if p_value < 1 - found.level else " (it may be chance)"
            name = f"{each.label} " if len(answers) > 1 else ""
            told.append(f"{name}{p_text(p_value)}{chance}")
    n_asked = len(answers) + len(others)
    many = f"{'both' if n_asked == 2 else f'all {n_asked}'} questions asked of this library"
    return replace(found, asked=f"Corrected for {many}: {'; '.join(told)}.")
