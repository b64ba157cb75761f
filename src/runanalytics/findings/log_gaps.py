"""What an answer owes to days on which a log has nothing, for longer than this runner's habit.

Such days count as days without. Whether that matters is seen by asking again as if the log had
not been kept on them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from runanalytics.findings.finding import count, listed
from runanalytics.findings.unknown_names import Answer, differs, in_words
from runanalytics.measures.log_days import break_command, without_log_gaps
from runanalytics.movements import log_of

#: The estimate or an end of its interval moves by this share of the interval's width.
CLEAR_SHARE = 0.25


def note_on_log_gaps(
    found: Answer, dose: pd.DataFrame, ask: Callable[[pd.DataFrame], Answer]
) -> tuple[str, ...]:
    """Return a note on long gaps in the log, if the answer hangs on what was done in them.

    Parameters
    ----------
    found : Answer
        Of `dose`.
    dose : DataFrame
        Table "dose", from `runanalytics.dose`.
    ask : callable
        From another dose to its answer.

    Returns
    -------
    tuple of str
        One note, or none where there is no such gap or it hardly matters.
    """
    gaps = [tuple(map(date.fromisoformat, gap)) for gap in dose.attrs.get("log_gaps", ())]
    if not gaps:
        return ()
    other = ask(without_log_gaps(dose))
    if not (differs(found, other) or _moves(found, other)):
        return ()
    log = log_of(found.what) if found.what else "dose"
    spans = [
        f"from {_words(first)} to {_words(last)} ({count((last - first).days + 1, 'day')})"
        for first, last in gaps
    ]
    commands = [f"'{break_command(log, first, last)}'" for first, last in gaps]
    then = "then" if len(gaps) == 1 else "on these days"
    return (
        f"no {log} session is logged {listed(spans)}, and these days count as days without; if "
        f"the log was not kept {then}, the answer is {in_words(other)}: say so with "
        f"{listed(commands)}",
    )


def _moves(found: Answer, other: Answer) -> bool:
    """Return whether the estimate or its interval moves by a clear part of the interval."""
    clear = CLEAR_SHARE * (found.percent_high - found.percent_low)
    return (
        abs(other.percent - found.percent) > clear
        or abs(other.percent_low - found.percent_low) > clear
        or abs(other.percent_high - found.percent_high) > clear
    )


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
