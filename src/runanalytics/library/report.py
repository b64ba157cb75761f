"""What an import did with every file it met."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: added: something new is in the library. duplicate: its content was there. nothing: read, but
#: it holds nothing for us (a ride, a watch's settings). skipped: could not be read. ignored: of
#: no kind that we read, met in a folder.
Outcome = Literal["added", "duplicate", "nothing", "skipped", "ignored"]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file: the outcome, why, and what it held."""

    name: str
    path: str
    outcome: Outcome
    reason: str = ""
    importer: str = ""
    n_runs: int = 0
    n_sessions: int = 0
    n_sets: int = 0
    n_races: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did: one `FileOutcome` a file, in the order in which they were met.

    Examples
    --------
    >>> report = ImportReport((FileOutcome("a.fit", "runs/a.fit", "added", n_runs=1),))
    >>> print(report.summary())
    1 file: 1 added (1 run)
    """

    files: tuple[FileOutcome, ...]
    dry_run: bool = False

    def of(self, outcome: Outcome) -> tuple[FileOutcome, ...]:
        """Return the files with this outcome."""
        return tuple(file for file in self.files if file.outcome == outcome)

    @property
    def exit_status(self) -> int:
        """0 if every file was read, 1 if some were skipped, 2 if nothing could be read."""
        skipped = len(self.of("skipped"))
        if self.files and not skipped:
            return 0
        return 2 if skipped + len(self.of("ignored")) == len(self.files) else 1

    def total(self, what: str) -> int:
        """Return how many ``runs``, ``sessions``, ``sets`` or ``races`` were added."""
        return sum(getattr(file, f"n_{what}") for file in self.of("added"))

    def summary(self) -> str:
        """Return one sentence on the whole import."""
        counts: Counter[str] = Counter(file.outcome for file in self.files)
        held = [
            _counted(self.total(what), what.rstrip("s"))
            for what in ("runs", "sessions", "sets", "races")
            if self.total(what)
        ]
        words = {
            "added": "would be added" if self.dry_run else "added",
            "duplicate": "already there",
            "nothing": "with nothing to import",
            "skipped": "skipped",
            "ignored": "of no kind that is read",
        }
        parts = []
        for outcome, word in words.items():
            if counts[outcome]:
                detail = f" ({', '.join(held)})" if outcome == "added" and held else ""
                parts.append(f"{counts[outcome]} {word}{detail}")
        return f"{_counted(len(self.files), 'file')}: {', '.join(parts) or 'nothing to do'}"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            "summary": self.summary(),
            "dry_run": self.dry_run,
            "exit_status": self.exit_status,
            "files": [asdict(file) for file in self.files],
        }


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
