"""The checks of an effect as a finding: their sentences, table and figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effect_result import Effect
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    Finding,
    count,
    listed,
    marked,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Outcomes of a check, and with the first two the verdict of all.
PASSES = "passes"
FAILS = "fails"
INFORMATIONAL = "informational"

METHOD = (
    "Each check asks a question whose answer is known if the effect is what it seems to be. The "
    "p-values of the checks that can fail are corrected for one another (Benjamini & Hochberg "
    "1995); a check fails where its corrected p is below 1 less the level. The p-value of the "
    "effect is corrected for every test of the call: its own, those of the checks that can fail "
    "and that of the shifted dose, which only informs. The verdict on the effect goes by its own "
    "p-value, not corrected."
)


@dataclass(frozen=True)
class Check:
    """One check of an effect.

    Parameters
    ----------
    name : str
        What it is called.
    asks : str
        The question.
    outcome : str
        "passes", "fails" or "informational".
    sentence : str
        The answer.
    percent, percent_low, percent_high : float
        Its estimate and interval, %, where it has one.
    p_value : float
        Where it is a test: by itself.
    p_adjusted : float
        Where it can fail: corrected for the checks that can.
    numbers : mapping of str to float
        Further numbers by name, their unit in it.
    """

    name: str
    asks: str
    outcome: str
    sentence: str
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    p_value: float = np.nan
    p_adjusted: float = np.nan
    numbers: Mapping[str, float] = field(default_factory=dict)


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
    """

    effect: Effect
    checks: tuple[Check, ...]
    verdict: str
    reason: str = ""
    n_tests: int = 0
    level: float = 0.95
    method: str = METHOD
    notes: tuple[str, ...] = ()

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
        there = ", ".join(each.name for each in self.checks) or "none, for want of data"
        raise UsageError(f"no check '{name}'", hint=f"there are: {there}")

    def summary(self) -> str:
        """Return whether the effect stands up, then each check in a sentence."""
        subject = f"{self.effect.label.lower()} and {self.effect.dose_words}"
        notes = [f"{note[:1].upper()}{note[1:]}." for note in self.notes]
        if not self.checks:
            return " ".join([f"Not enough data to check {subject}: {self.reason}.", *notes])
        tested = [each for each in self.checks if each.outcome != INFORMATIONAL]
        failed = [each.name for each in tested if each.outcome == FAILS]
        if self.verdict == NOT_ENOUGH_DATA:
            first = f"Not enough data for {subject}, and so for its checks: {self.reason}."
        elif failed:
            first = (
                f"The answer on {subject} is in doubt: of {count(len(tested), 'check')}, "
                f"{listed(failed)} failed."
            )
        else:
            first = (
                f"The answer on {subject} stands up to {count(len(tested), 'check')}; that "
                "no check failed does not prove it."
            )
        return " ".join([first, *(each.sentence for each in self.checks), *notes])

    def table(self) -> pd.DataFrame:
        """Return the effect and its checks, one a row.

        Returns
        -------
        DataFrame
            check, outcome, change_percent, low_percent, high_percent, p_value, p_corrected,
            asks.
        """
        effect = self.effect
        own = (
            "effect",
            effect.verdict,
            effect.percent,
            effect.percent_low,
            effect.percent_high,
            effect.p_value,
            effect.p_adjusted,
            "Does form go along with the dose?",
        )
        rows = [
            (
                each.name,
                each.outcome,
                each.percent,
                each.percent_low,
                each.percent_high,
                each.p_value,
                each.p_adjusted,
                each.asks,
            )
            for each in self.checks
        ]
        names = ["change_percent", "low_percent", "high_percent", "p_value", "p_corrected", "asks"]
        return pd.DataFrame([own, *rows], columns=["check", "outcome", *names])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the effect and what each check found in its place."""
        rows = self.table()
        if ax is None:
            from matplotlib.figure import Figure

            size = (drawing.FIGURE_SIZE[0] + 0.8, 1.1 + 0.4 * max(len(rows), 3))
            ax = Figure(figsize=size, layout="constrained").add_subplot()
        ax = drawing.axes(ax)
        title = marked(f"Checks: {self.effect.label.lower()}, {self.effect.what}", self.notes)
        if not self.checks:
            drawing.titled(ax, title)
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
            return ax
        drawing.titled(ax, title, x=f"Change, % ({100 * self.level:g} % interval)")
        ax.axvline(0, color=drawing.INK, linewidth=0.8)
        colours = {FAILS: drawing.CONTRAST, PASSES: drawing.ANSWER, INFORMATIONAL: drawing.POINT}
        for place, row in enumerate(rows.to_dict("records")):
            colour = drawing.INK if not place else colours[row["outcome"]]
            if np.isfinite(row["change_percent"]):
                ends = [row["low_percent"], row["high_percent"]]
                if np.isfinite(ends).all():
                    ax.plot(ends, [place] * 2, color=colour, linewidth=2.2, solid_capstyle="butt")
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
        ax.set_yticks(range(len(rows)), rows["check"].tolist())
        ax.set_ylim(len(rows) - 0.5, -0.6)
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", color=drawing.RULE, linewidth=0.6)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        return ax
