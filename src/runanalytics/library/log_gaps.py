"""Gaps in the logs of strength and technique work that are long for this runner, as questions.

A log that was not kept reads like weeks without training. Only the runner knows which it was, and
says so with one of two commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics.measures.log_days import break_command
from runanalytics.measures.log_days import log_gaps as long_gaps_of

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: The logs whose gaps are asked about, and the kinds of session that they hold.
_LOGS = {"strength": ("strength", "mixed"), "technique": ("technique", "mixed")}


@dataclass(frozen=True)
class LogGap:
    """Days on which a log has no session, more of them in a row than is this runner's habit.

    Parameters
    ----------
    what : str
        The log: "strength" or "technique".
    first, last : str
        Its first and last day, ISO.
    n_days : int
        How many days it lasts.
    log_first, log_last : str
        First and last day of the log.
    """

    what: str
    first: str
    last: str
    n_days: int
    log_first: str
    log_last: str

    @property
    def command(self) -> str:
        """The command that states that the log was not kept."""
        return break_command(self.what, self.first, self.last)

    @property
    def command_if_kept(self) -> str:
        """The command that states that the log was kept, and nothing was done."""
        return f"runanalytics spans set {self.what} {self.log_first} {self.log_last}"

    def text(self) -> str:
        """Return the question in three lines."""
        return (
            f"No {self.what} session from {self.first} to {self.last} ({self.n_days} days). They "
            "count as days without.\n"
            f"  If the log was not kept then:   {self.command}\n"
            f"  If it was, and nothing done:    {self.command_if_kept}"
        )


def log_gaps(folder: LibraryFolder) -> tuple[LogGap, ...]:
    """Return the gaps in strength and technique logs that are long for this runner.

    Parameters
    ----------
    folder : LibraryFolder
        The library.

    Returns
    -------
    tuple of LogGap
        As `runanalytics.measures.log_days.long_gaps` finds them; none of a log whose days the user
        has stated.
    """
    from runanalytics.library.corrections.movements import corrected_sessions
    from runanalytics.library.corrections.spans import log_spans

    catalogue = folder.reading()
    if catalogue is None or not catalogue.rows("SELECT 1 FROM sessions LIMIT 1"):
        return ()
    return gaps_among(corrected_sessions(folder), log_spans(folder))


def gaps_among(sessions: pd.DataFrame, spans: pd.DataFrame) -> tuple[LogGap, ...]:
    """Return the long gaps of some sessions; see `log_gaps`.

    Parameters
    ----------
    sessions, spans : DataFrame
        Tables ``sessions`` and ``log_spans``.
    """
    found = []
    for what, kinds in _LOGS.items():
        dates = sessions.loc[sessions["kind"].isin(kinds), "local_date"].to_numpy()
        own = spans[spans["what"] == what]
        begin, end = own["first_date"].min(), own["last_date"].max()
        for first, last in long_gaps_of(spans, what, dates):
            n_days = (last - first).days + 1
            whole = (f"{begin:%Y-%m-%d}", f"{end:%Y-%m-%d}") if len(own) else ("FIRST", "LAST")
            found.append(LogGap(what, first.isoformat(), last.isoformat(), n_days, *whole))
    return tuple(found)
