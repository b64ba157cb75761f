"""The report of an import: what became of every file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from runanalytics.library.linking.one_body import AtOneTime
    from runanalytics.library.log_gaps import LogGap

from runanalytics.importers.accounts import RowAccount, counted

#: added: something new is in the library. duplicate: its content was there. nothing: read, but
#: without anything for a library (a ride, a watch's settings). skipped: could not be read.
#: ignored: of no kind that is read, found in a folder or an archive. opened: an archive.
OutcomeName = Literal["added", "duplicate", "nothing", "skipped", "ignored", "opened"]

#: How many files of a group are named, and how many kinds of them.
SHOWN_NAMES, SHOWN_KINDS = 3, 4

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file: the outcome, why, and what it held."""

    name: str
    path: str
    outcome: OutcomeName
    reason: str = ""
    importer: str = ""
    n_runs: int = 0
    n_sessions: int = 0
    n_sets: int = 0
    n_races: int = 0
    n_events: int = 0
    notes: tuple[str, ...] = ()
    #: What became of each row of a table or list.
    rows: RowAccount = field(default_factory=RowAccount)


@dataclass(frozen=True)
class FileGroup:
    """Files with the same reason or note: the text, their number, and the first few names.

    Where the others' texts have other numbers, `what` is that of the first file alone.
    """

    what: str
    n_files: int
    examples: tuple[str, ...]
    other_numbers: bool = False

    def __str__(self) -> str:
        if self.n_files == 1:
            return f"{self.examples[0]}: {self.what}"
        if self.other_numbers:
            others = ", ".join(self.examples[1:])
            more = ", ..." if self.n_files > len(self.examples) else ""
            return (
                f"{self.examples[0]}: {self.what} (and, with other numbers, in "
                f"{counted(self.n_files - 1, 'more file')}: {others}{more})"
            )
        more = ", ..." if self.n_files > len(self.examples) else ""
        return f"{self.n_files:,} files ({', '.join(self.examples)}{more}): {self.what}"


@dataclass(frozen=True)
class ImportReport:
    """What an import did: one `FileOutcome` a file, in the order in which they were read.

    Examples
    --------
    >>> report = ImportReport((FileOutcome("a.fit", "runs/a.fit", "added", n_runs=1),))
    >>> print(report.summary())
    1 file: 1 added (1 run)
    """

    files: tuple[FileOutcome, ...]
    dry_run: bool = False
    #: How many of the runs and sessions that were added are in another source, too.
    same: Mapping[str, int] = field(default_factory=dict)
    #: Pairs of runs or races, one of them added, that cannot both be of one person.
    at_one_time: tuple[AtOneTime, ...] = ()
    #: Gaps in the logs that are long for this runner, where sessions were added.
    log_gaps: tuple[LogGap, ...] = ()

    def __str__(self) -> str:
        return self.summary()

    def with_outcome(self, outcome: OutcomeName) -> tuple[FileOutcome, ...]:
        """Return the files with this outcome."""
        return tuple(file for file in self.files if file.outcome == outcome)

    @property
    def exit_status(self) -> int:
        """0 if every file was read, 1 if some were skipped, 2 if nothing could be read."""
        skipped = len(self.with_outcome("skipped"))
        if self.files and not skipped:
            return 0
        unread = skipped + len(self.with_outcome("ignored")) + len(self.with_outcome("opened"))
        return 2 if unread == len(self.files) else 1

    def total(self, what: str) -> int:
        """Return how many ``runs``, ``sessions``, ``sets`` or ``races`` were added."""
        return sum(getattr(file, f"n_{what}") for file in self.with_outcome("added"))

    def grouped(self, outcome: OutcomeName) -> list[FileGroup]:
        """Return why files had this outcome: equal reasons once, the most frequent first."""
        return _groups((file.name, file.reason) for file in self.with_outcome(outcome))

    def without_content(self) -> list[FileGroup]:
        """Return why files held nothing to import, those of all sports or types as one."""
        groups: dict[str, tuple[Counter[str], list[str]]] = {}
        for file in self.with_outcome("nothing"):
            # Repairs may stand before the reason itself.
            reason = file.reason.rpartition("; ")[2]
            kinds, names = groups.setdefault(_QUOTED.sub("''", reason, count=1), (Counter(), []))
            kinds.update(_QUOTED.findall(reason)[:1])
            names.append(file.name)
        found = [
            FileGroup(_with_kinds(what, kinds), len(names), tuple(names[:SHOWN_NAMES]))
            for what, (kinds, names) in groups.items()
        ]
        return sorted(found, key=lambda group: -group.n_files)

    def notes(self) -> list[FileGroup]:
        """Return what was repaired or left out: notes that differ in numbers only as one."""
        return _groups((file.name, note) for file in self.files for note in file.notes)

    def one_body(self) -> str:
        """Return one note on runs at one time and races of one day; empty where there are none."""
        if not self.at_one_time:
            return ""
        from runanalytics.library.linking.one_body import note_of

        return note_of(self.at_one_time)

    def rows(self) -> RowAccount:
        """Return what became of the rows of all tables and lists that were read."""
        return sum((file.rows for file in self.files), RowAccount())

    def rows_sentence(self) -> str:
        """Return one line on the rows of all logs and lists, or "" where none was read."""
        account = self.rows()
        if not account.n_rows:
            return ""
        n_files = sum(bool(file.rows.n_rows) for file in self.files)
        rows = f"{counted(account.n_rows, 'row')} in {counted(n_files, 'log')}"
        if not account.n_left_out:
            return f"{rows}: all kept"
        return (
            f"{rows}: {account.n_kept:,} kept, {account.n_left_out:,} left out: {account.reasons()}"
        )

    def unread_columns(self) -> dict[str, tuple[str, ...]]:
        """Return the columns that were not read, by the kind of file."""
        columns: dict[str, tuple[str, ...]] = {}
        for file in self.files:
            known = columns.get(file.importer, ())
            columns[file.importer] = tuple(dict.fromkeys((*known, *file.rows.unread_columns)))
        return {kind: names for kind, names in columns.items() if names}

    def summary(self) -> str:
        """Return one sentence on the whole import."""
        counts: Counter[str] = Counter(file.outcome for file in self.files)
        n_files = len(self.files) - counts["opened"]
        held = [
            counted(self.total(what), what.rstrip("s"))
            for what in ("runs", "sessions", "sets", "races", "events")
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
        same = [f"{number:,} of the {what}" for what, number in self.same.items()]
        merged = f"; {' and '.join(same)} are the same as ones of another source" if same else ""
        if not parts:
            return "no file was found; name files, or the folder that they are in"
        return f"{counted(n_files, 'file')}: {', '.join(parts)}{merged}"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            "summary": self.summary(),
            "dry_run": self.dry_run,
            "exit_status": self.exit_status,
            "same_as_others": dict(self.same),
            "at_one_time": [asdict(pair) for pair in self.at_one_time],
            "log_gaps": [asdict(gap) for gap in self.log_gaps],
            "skipped": [asdict(group) for group in self.grouped("skipped")],
            "notes": [asdict(group) for group in self.notes()],
            "rows": {
                "n_rows": self.rows().n_rows,
                "n_kept": self.rows().n_kept,
                "left_out": dict(self.rows().left_out),
                "unread_columns": {kind: list(of) for kind, of in self.unread_columns().items()},
            },
            "files": [asdict(file) for file in self.files],
        }


def _groups(notes: Iterable[tuple[str, str]]) -> list[FileGroup]:
    """Return notes on files by their text; numbers and the file's name do not count."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name, text in notes:
        what = _without_place(text, name)
        texts, names = found.setdefault(_NUMBER.sub("#", what), ([], []))
        texts.append(what)
        names.append(name)
    groups = [
        FileGroup(
            texts[0],
            len(set(names)),
            tuple(dict.fromkeys(names))[:SHOWN_NAMES],
            other_numbers=len(set(texts)) > 1,
        )
        for texts, names in found.values()
    ]
    return sorted(groups, key=lambda group: -group.n_files)


def _with_kinds(what: str, kinds: Mapping[str, int]) -> str:
    """Return a reason with the most frequent of its kinds in place of the empty quotes."""
    ordered = Counter(kinds).most_common()
    named = [f"'{kind}'{f' ({number:,})' if len(ordered) > 1 else ''}" for kind, number in ordered]
    more = ["..."] if len(named) > SHOWN_KINDS else []
    return what.replace("''", ", ".join(named[:SHOWN_KINDS] + more), 1)


def _without_place(text: str, name: str) -> str:
    """Return a message without the name or path of the file that it begins with."""
    head, colon, rest = text.partition(f"{name}: ")
    return rest if colon and " " not in head.removesuffix(name) else text
