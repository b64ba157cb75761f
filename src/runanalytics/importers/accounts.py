"""What became of every row of a file: kept, or left out for a reason that is counted.

A reader of a table opens a `Ledger` of its rows and says of each what becomes of it. Whatever is
left out is so counted once, by its reason, and the sum is always that of the file: rows read =
rows kept + rows left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

#: Reasons that several readers share, as they stand after a number.
WITHOUT_DATE = "without a date"
WITHOUT_EXERCISE = "without an exercise"
WITHOUT_REPETITIONS = "without repetitions"
REPEATED = "repeated"
COLUMN_NAMES = "lines of column names"
TOO_MANY_CELLS = "with too many cells"
REST = "rest timers"
NOTES = "notes"
WITHOUT_SPORT = "without a sport"
NOT_DONE = "planned and not done"
OTHER_SPORTS = "of other sports"
#: A row that its reader forgot. None may have it; the tests of all readers hold that.
UNEXPLAINED = "for no stated reason"

#: Reasons that are nouns, and how they stand after a 1.
_ONE = {COLUMN_NAMES: "line of column names", REST: "rest timer", NOTES: "note"}


@dataclass(frozen=True)
class RowAccount:
    """How many rows a file has, how many were kept, and why the others were left out.

    Parameters
    ----------
    n_rows, n_kept : int
        Rows of the file, and those of which something was kept.
    left_out : mapping of str to int
        Reason -> number of rows.
    unread_columns : tuple of str
        Columns that are not read, as the file names them.

    Examples
    --------
    >>> print(RowAccount(5, 3, {"rest timers": 1, "without a date": 1}).sentence())
    2 rows left out: 1 rest timer, 1 without a date
    """

    n_rows: int = 0
    n_kept: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    unread_columns: tuple[str, ...] = ()

    @property
    def n_left_out(self) -> int:
        """How many rows were left out."""
        return sum(self.left_out.values())

    def sentence(self) -> str:
        """Return how many rows were left out, by reason; "" where none was."""
        if not self.n_left_out:
            return ""
        return f"{counted(self.n_left_out, 'row')} left out: {self.reasons()}"

    def reasons(self) -> str:
        """Return the reasons and their numbers, the most frequent first."""
        ordered = sorted(self.left_out.items(), key=lambda pair: (-pair[1], pair[0]))
        return ", ".join(
            f"{number:,} {_ONE.get(reason, reason) if number == 1 else reason}"
            for reason, number in ordered
        )

    def __add__(self, other: RowAccount) -> RowAccount:
        """Return the account of the rows of both."""
        return RowAccount(
            self.n_rows + other.n_rows,
            self.n_kept + other.n_kept,
            dict(Counter(self.left_out) + Counter(other.left_out)),
            tuple(dict.fromkeys((*self.unread_columns, *other.unread_columns))),
        )

    def __bool__(self) -> bool:
        """Return whether there is anything to account for."""
        return bool(self.n_rows or self.unread_columns)


class Ledger:
    """Every row of a table, and what became of it.

    Parameters
    ----------
    rows : iterable
        What identifies each row, such as its line.

    Examples
    --------
    >>> ledger = Ledger([2, 3, 4])
    >>> ledger.keep(2)
    >>> ledger.leave_out(3, REST)
    >>> ledger.account().left_out
    {'rest timers': 1, 'for no stated reason': 1}
    """

    def __init__(self, rows: Iterable[Hashable] = ()) -> None:
        self._fate: dict[Hashable, str | None] = dict.fromkeys(rows, UNEXPLAINED)

    def open(self, row: Hashable) -> None:
        """Enter a row of which nothing is said yet."""
        self._fate.setdefault(row, UNEXPLAINED)

    def keep(self, row: Hashable) -> None:
        """State that something of a row is kept."""
        self._fate[row] = None

    def leave_out(self, row: Hashable, reason: str) -> None:
        """State that a row is left out after all, and why: a noun or what stands after one."""
        self._fate[row] = reason

    def account(self, unread_columns: Iterable[str] = ()) -> RowAccount:
        """Return the sums."""
        left_out = Counter(reason for reason in self._fate.values() if reason is not None)
        n_kept = sum(reason is None for reason in self._fate.values())
        return RowAccount(len(self._fate), n_kept, dict(left_out), tuple(unread_columns))


def counted(number: int, noun: str) -> str:
    """Return a number and its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
