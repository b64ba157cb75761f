"""Adherence to a programme: how far it was followed, in all logged weeks and lately."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.findings import drawing
from runanalytics.findings.finding import (
    NOT_ENOUGH_DATA,
    NOTHING_LOGGED,
    SIMULATED_NOTE,
    Finding,
    count,
    hidden_frame,
    listed,
    step_after,
)
from runanalytics.findings.readable import share_text
from runanalytics.measures.adherence import PARTS
from runanalytics.movements import programmes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Last weeks that "lately" means.
LATELY_WEEKS = 4
#: Score of a week from which on it was followed wholly: people round what they log.
WHOLLY = 0.99
#: Mean score from which on a programme counts as followed.
MOSTLY = 0.8
FOLLOWED, PARTLY, NOT_FOLLOWED = "followed", "partly followed", "not followed"
#: What the parts of a score are called.
PART_NAMES = {
    "sessions_share": "sessions a week",
    "figures_share": "sets, repetitions and holds",
    "after_run_share": "minutes after runs",
    "followed_share": "running drills after it",
}
#: The log that a programme's weeks are of -> that log, and how one comes to have it.
_LOGS = {
    "strength": "a log of strength work; import the export of your gym app, or a sets.csv",
    "technique": "a log of running drills; import a sessions.csv or sets.csv with them",
}


@dataclass(frozen=True)
class Adherence(Finding):
    """How far a programme was followed.

    Parameters
    ----------
    programme, name, prescription : str
        Which, and what it prescribes in words.
    n_weeks : int
        Weeks that lie within the log.
    n_weeks_done, n_weeks_wholly : int
        Of those, with a session of it, and followed wholly.
    n_sessions, n_sets : int
        Of the programme.
    first_week, last_week : date, optional
        Mondays.
    sessions_a_week : float
        Mean over logged weeks.
    score, lately : float
        Mean over all weeks, and over the last four, between 0 and 1.
    parts : tuple of (str, float)
        What it prescribes, and how far each was met.
    verdict : str
        "followed", "partly followed", "not followed" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    notes : tuple of str
        What else should be known.
    weeks : DataFrame
        From `runanalytics.measures.adherence.adherence`.
    """

    certainties: ClassVar[Certainties] = {"adherence": "score lately parts weeks verdict"}
    no_certainties: ClassVar[str] = "first_week last_week sessions_a_week"

    programme: str
    name: str
    prescription: str
    n_weeks: int = 0
    n_weeks_done: int = 0
    n_weeks_wholly: int = 0
    n_sessions: int = 0
    n_sets: int = 0
    first_week: datetime.date | None = None
    last_week: datetime.date | None = None
    sessions_a_week: float = np.nan
    score: float = np.nan
    lately: float = np.nan
    parts: tuple[tuple[str, float], ...] = ()
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    notes: tuple[str, ...] = ()
    weeks: pd.DataFrame = hidden_frame()

    @property
    def next_step(self) -> str:
        """What to do where no week is logged, in words; else empty."""
        return step_after([NOTHING_LOGGED]) if self.reason else ""

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        if self.reason:
            return f"{self.name}: not enough data, {self.reason}."
        if not self.n_weeks_done:
            text = f"{self.name}: not done in {count(self.n_weeks, 'logged week')}."
        else:
            text = (
                f"{self.name}: done in {self.n_weeks_done} of {count(self.n_weeks, 'logged week')} "
                f"({count(self.n_sessions, 'session')}, {self.sessions_a_week:.1f} a week), "
                f"{share_text(self.score)} of what it prescribes; {share_text(self.lately)} in the "
                f"last {count(min(LATELY_WEEKS, self.n_weeks), 'week')}."
            )
            if len(self.parts) > 1:
                parts = [f"{PART_NAMES[part]} {share_text(share)}" for part, share in self.parts]
                text += f" Of that: {listed(parts)}."
        return self._with_notes(text)

    def table(self) -> pd.DataFrame:
        """Return the weeks.

        Returns
        -------
        DataFrame
            week (Monday), n_sessions, n_movements, n_sets, sessions_share, figures_share,
            after_run_share, followed_share and score (0 to 1; missing where nothing is
            prescribed).
        """
        return self.weeks.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the score of each week, with the sessions behind it."""
        from matplotlib.ticker import PercentFormatter

        ax = self._begin_plot(ax, self.name, y="of what is prescribed", empty=self.weeks.empty)
        if self.weeks.empty:
            return ax
        with drawing.concise_dates():
            week = self.weeks["week"] + pd.Timedelta(days=3)
            ax.bar(week, 1.0, width=5.5, color=drawing.NOTHING)
            ax.bar(week, self.weeks["score"], width=5.5, color=drawing.ANSWER)
        ax.set_ylim(0, 1.02)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        return ax


@checked_arguments
def followed(weekly: pd.DataFrame, *, simulated: bool = False) -> Adherence:
    """Say how far a programme was followed.

    Parameters
    ----------
    weekly : DataFrame
        From `runanalytics.measures.adherence.adherence`; its attrs name the programme.
    simulated : bool
        Whether the log is simulated.

    Returns
    -------
    Adherence
        Never fails for want of data: `reason` then says what is missing.

    Examples
    --------
    >>> from runanalytics.measures.adherence import adherence
    >>> sessions = pd.DataFrame({"session_id": ["a", "b"], "kind": "technique",
    ...                          "local_date": ["2026-03-02", "2026-03-15"]})
    >>> sets = pd.DataFrame({"session_id": ["a", "b"], "movement": "low_skipping"})
    >>> followed(adherence(sessions, sets, "technique_drills")).summary()
    'Technique drills: done in 2 of 2 logged weeks (2 sessions, 1.0 a week), 100 % of what ...'
    """
    programme = programmes()[weekly.attrs["programme"]]
    blank = Adherence(
        programme.id,
        programme.name,
        programme.prescription,
        weeks=weekly,
        notes=(SIMULATED_NOTE,) if simulated else (),
        reason=f"no week lies wholly within {_LOGS[weekly.attrs.get('log', 'strength')]}",
    )
    if weekly.empty:
        return blank
    mean = weekly[list(PARTS)].mean()
    score = float(weekly["score"].mean())
    return replace(
        blank,
        reason="",
        n_weeks=len(weekly),
        n_weeks_done=int((weekly["n_sessions"] > 0).sum()),
        n_weeks_wholly=int((weekly["score"] >= WHOLLY).sum()),
        n_sessions=int(weekly["n_sessions"].sum()),
        n_sets=int(weekly["n_sets"].sum()),
        first_week=weekly["week"].iloc[0].date(),
        last_week=weekly["week"].iloc[-1].date(),
        sessions_a_week=float(weekly["n_sessions"].mean()),
        score=score,
        lately=float(weekly["score"].tail(LATELY_WEEKS).mean()),
        parts=tuple((str(part), float(share)) for part, share in mean.dropna().items()),
        verdict=FOLLOWED if score >= MOSTLY else PARTLY if score > 0 else NOT_FOLLOWED,
    )
