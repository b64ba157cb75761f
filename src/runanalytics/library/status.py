"""Overview of a library: what it holds, from when to when, and what is missing."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics import schema
from runanalytics.errors import LibraryError, UnreadableFileError, UsageError
from runanalytics.importers.accounts import counted
from runanalytics.library.corrections.movements import corrected_sessions, corrected_sets
from runanalytics.library.corrections.removals import Removal, removals
from runanalytics.library.corrections.spans import log_spans
from runanalytics.library.coverage import LogSpan, Overlap, overlaps, spans_by_log
from runanalytics.library.linking.combine import Links
from runanalytics.library.linking.one_body import (
    WAY_OUT,
    AtOneTime,
    at_one_time,
    at_one_time_in_words,
)
from runanalytics.library.linking.zones import NEIGHBOUR, PAIR
from runanalytics.library.log_gaps import LogGap, gaps_among
from runanalytics.library.proposal_list import in_words, proposals
from runanalytics.library.questions import Question, asked_questions
from runanalytics.library.race_list import race_list, races
from runanalytics.library.storage.words import DIARY
from runanalytics.measures.dose import dose
from runanalytics.movements import work_of_set

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

#: Pairs of runs at one time that are listed; the others are counted.
MOST_PAIRS = 5

#: Unmatched names that are listed; the others are counted.
MOST_NAMES = 8

#: Versions of firmware that are listed; of more, the first and the last.
MOST_VERSIONS = 3

#: Where the other clock of a row is known from, in words.
_BASES = {
    NEIGHBOUR: "taken from neighbouring runs that know it",
    PAIR: "known from another source of the same run",
    "": "assumed at import (--timezone, or this machine's)",
}

#: Where the recordings of runs are that are known by their averages only, and what they add.
_FIT_FILES = (
    "FIT files would give more: cadence and contact time at one pace, and late in long runs. "
    "They are in the archive of your account, which 'runanalytics import' reads as it is:",
    "Garmin:  garmin.com/account/datamanagement, Export Your Data",
    "Strava:  strava.com/account, Download or Delete Your Account, Request Your Archive",
)

#: What to do about sessions all of whose names are unknown.
_SETTLE = "all names unknown: say what they are (runanalytics movements map NAME KIND)"

#: Runs further apart than this leave a gap that is worth showing.
GAP_DAYS = 21
#: How many such breaks are listed, the latest ones.
MOST_GAPS = 10

#: Kinds of other work of which hours are told.
_IN_HOURS = ("endurance", "other_sport")

#: Kinds of data, and what to import where they are missing.
_WANTED = {
    "runs": "import FIT files of runs",
    "cadence": "import FIT files with cadence",
    "contact time": "only watches or pods with running dynamics record it",
    "strength": "import a Strong export, or a sets.csv or sessions.csv of your own",
    "technique": 'no file? keep a diary: runanalytics log "drills, 6 strides"',
    "races": "import a races.csv with date, distance and time",
}


#: What counts where the diary cannot be read or what it says cannot be stored.
_AS_BEFORE = "what was read of it before counts"


@dataclass(frozen=True)
class Holding:
    """One kind of data: how much of it there is, and from which day to which."""

    what: str
    count: int
    first: str | None
    last: str | None
    missing: str = ""


@dataclass(frozen=True)
class DeviceSpan:
    """One recording device with its sensor: its runs, their days, its firmware's versions."""

    device: str
    sensor: str
    n_runs: int
    n_with_contact_time: int
    first: str
    last: str
    firmware: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """What a library holds.

    Attributes
    ----------
    folder : str
        Where it is.
    known : tuple of Holding
        Runs, cadence, contact time, strength, technique and races; other kinds of work, and
        sessions of unknown names, where there are any.
    devices : tuple of DeviceSpan
        Every device, by its first run.
    gaps : tuple of (str, str)
        Last day before and first day after each stretch without runs of over `GAP_DAYS` days.
    unmatched : tuple of (str, int)
        Names whose work is not known, with their sets.
    skipped : tuple of (str, str)
        Files that could not be read, with the reason.
    spans : tuple of LogSpan
        On which days each log was kept, and its breaks.
    merged : dict of str to int
        How many ``runs`` and ``sessions`` are duplicates.
    undone : int
        Merges that the user undid.
    zones : tuple of (str, str, int)
        Runs or sessions whose source does not state their time zone: what it was taken from,
        and how many.
    at_one_time : tuple of AtOneTime
        Runs at one time, and long races of one day, that cannot all be of one person.
    removed : tuple of Removal
        Files and rows that the user took out.
    overlaps : tuple of Overlap
        In how many weeks form and training are both known, and when that will be enough.
    courses : str
        How many races had which kind of course, in words.
    log_gaps : tuple of LogGap
        Stretches of a log without a session that are long for this runner.
    averages_only : int
        Runs without samples, of which only averages are known.
    proposed : tuple of str
        What titles, notes, calendars and samples propose and nothing was decided of, in words.
    diary : str
        When the diary was last kept, and what of it is not read, in words; "" where there is none.
    questions : tuple of Question
        What was asked, of all that could be tested.
    """

    folder: str
    known: tuple[Holding, ...]
    devices: tuple[DeviceSpan, ...]
    gaps: tuple[tuple[str, str], ...]
    unmatched: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, str], ...]
    spans: tuple[LogSpan, ...] = ()
    merged: dict[str, int] = field(default_factory=dict)
    undone: int = 0
    zones: tuple[tuple[str, str, int], ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    courses: str = ""
    at_one_time: tuple[AtOneTime, ...] = ()
    removed: tuple[Removal, ...] = ()
    log_gaps: tuple[LogGap, ...] = ()
    averages_only: int = 0
    proposed: tuple[str, ...] = ()
    diary: str = ""
    questions: tuple[Question, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the status as plain values for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text())}</pre>"

    def text(self) -> str:
        """Return the status as lines of text."""
        lines = [f"Library {self.folder}", ""]
        for held in self.known:
            if held.count:
                span = held.first if held.first == held.last else f"{held.first} to {held.last}"
                lines.append(
                    f"  {held.what:<13} {held.count:>6,}   {span}  {held.missing}".rstrip()
                )
            else:
                lines.append(f"  {held.what:<13}   none   {held.missing}")
        if self.courses:
            lines.append(f"  {'':<13} {'':>6}   {self.courses}")
        if self.diary:
            lines += ["", f"Diary: {self.diary}"]
        n_runs = self.known[0].count
        if 2 * self.averages_only > n_runs:
            which = "all" if self.averages_only == n_runs else f"{self.averages_only:,} of"
            lines += ["", f"Known by their averages only: {which} {counted(n_runs, 'run')}"]
            lines += [f"  {line}" for line in _FIT_FILES]
        if self.devices:
            lines += ["", "Devices"]
            for device in self.devices:
                sensor = f", dynamics from {device.sensor}" if device.sensor else ""
                runs = "run" if device.n_runs == 1 else "runs"
                lines.append(
                    f"  {device.first} to {device.last}  {device.n_runs:>5,} {runs},"
                    f" {device.n_with_contact_time:,} with contact time: {device.device}{sensor}"
                    f"{_firmware_text(device.firmware)}"
                )
        if self.spans:
            lines += ["", "Logs"]
            lines += [f"  {span.text()}" for span in self.spans]
        for gap in self.log_gaps:
            lines += ["", "Was the log kept?", *(f"  {line}" for line in gap.text().split("\n"))]
        if self.gaps:
            lines += ["", f"Over {GAP_DAYS} days without a run"]
            lines += [f"  {last} to {first}" for last, first in self.gaps[-MOST_GAPS:]]
            if (more := len(self.gaps) - MOST_GAPS) > 0:
                lines.append(f"  and {more:,} before that (--json)")
        lines += self._duplicates()
        if self.at_one_time:
            lines += ["", at_one_time_in_words(self.at_one_time)]
            lines += [f"  {pair.text()}" for pair in self.at_one_time[:MOST_PAIRS]]
            if (more := len(self.at_one_time) - MOST_PAIRS) > 0:
                lines.append(f"  and {more:,} more (--json)")
            lines.append(f"  {WAY_OUT}")
        if self.removed:
            lines += ["", "Taken out (runanalytics remove --undo NAME reads it again)"]
            lines += [f"  {each.text()}" for each in self.removed]
        if self.proposed:
            lines += ["", "Proposed, and not counted (runanalytics log proposed)"]
            lines += [f"  {each}" for each in self.proposed]
        if self.zones:
            lines += ["", "Times without their zone"]
            lines += [
                f"  {counted(count, what.removesuffix('s'))}: {basis}"
                for what, basis, count in self.zones
            ]
        if self.unmatched:
            lines += ["", "Names that are not matched (sets)"]
            lines += [f"  {name} ({n_sets:,})" for name, n_sets in self.unmatched[:MOST_NAMES]]
            if (more := len(self.unmatched) - MOST_NAMES) > 0:
                lines.append(f"  and {more} more (--json)")
            lines.append("  say what they are:  runanalytics movements map NAME MOVEMENT-OR-KIND")
        if self.skipped:
            lines += ["", "Files that could not be read"]
            lines += [f"  {reason}" for _, reason in self.skipped]
        if self.overlaps:
            lines += ["", "What an effect can be asked of"]
            lines += [f"  {overlap.text()}" for overlap in self.overlaps]
        if self.questions:
            asked = counted(len(self.questions), "question")
            lines += ["", f"Asked so far: {asked} (runanalytics status --questions)"]
        return "\n".join(lines)

    def _duplicates(self) -> list[str]:
        counts = [
            f"{count:,} {what if count > 1 else what.removesuffix('s')}"
            for what, count in self.merged.items()
            if count
        ]
        if not counts and not self.undone:
            return []
        words = " and ".join(counts) or "nothing"
        undone = f", {self.undone} undone" if self.undone else ""
        return ["", f"Also recorded by another source: {words}{undone} (runanalytics merges)"]


def status(folder: LibraryFolder) -> Status:
    """Return what a library holds, from when to when, and what is missing.

    Parameters
    ----------
    folder : LibraryFolder
        The library.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from runanalytics.library.folder import LibraryFolder
    >>> [held.what for held in status(LibraryFolder(Path(tempfile.mkdtemp()))).known]
    ['runs', 'cadence', 'contact time', 'strength', 'technique', 'races']
    """
    runs, sessions, sets = folder.runs(), corrected_sessions(folder), corrected_sets(folder)
    work = pd.Series(
        [work_of_set(*row) for row in zip(sets["movement"], sets["category"], strict=True)],
        index=sets.index,
        dtype=object,
    )
    sources = folder.table("sources")
    of_kind = {
        "runs": runs,
        "cadence": runs[runs["cadence_spm"].notna()],
        "contact time": runs[runs["ground_contact_ms"].notna()],
        "strength": sessions[sessions["kind"].isin(["strength", "mixed"])],
        "technique": sessions[sessions["kind"].isin(["technique", "mixed"])],
        "races": races(folder),
    }
    unmatched = (
        sets[work.isna()].groupby("name_as_logged")["n_sets"].sum()
        .sort_values(ascending=False)
    )  # fmt: skip
    skipped = sources[sources["outcome"] == "skipped"]
    return Status(
        folder=str(folder.path),
        known=(
            *(_holding(what, frame) for what, frame in of_kind.items()),
            *_other_work(sessions, sets, work),
        ),
        devices=_devices(runs),
        gaps=_gaps(runs),
        unmatched=tuple((str(name), int(count)) for name, count in unmatched.items()),
        skipped=tuple(zip(skipped["name"], skipped["reason"], strict=True)),
        courses=race_list(folder, altitude=False).attrs["courses"],
        averages_only=int((runs["detail"] == "summary").sum()),
        proposed=in_words(proposals(folder)),
        diary=_diary(folder),
        questions=asked_questions(folder.path),
        **_records(folder, runs, sessions),
    )


def _diary(folder: LibraryFolder) -> str:
    """Return when the diary was last kept, and what of it is not read."""
    from runanalytics.importers.diary.importer import DiaryImporter
    from runanalytics.library.corrections.diary import kept_days, problems
    from runanalytics.library.diary import is_read, still_counts

    catalogue = folder.reading()
    if not (folder.path / DIARY).exists():
        if still_counts(catalogue):
            return f"{DIARY} is gone; {_AS_BEFORE}"
        spans = log_spans(folder)
        last = spans.loc[spans["source"] == DiaryImporter.name, "last_date"].max()
        return "" if pd.isna(last) else f"last kept on {last:%Y-%m-%d}"
    wrong = problems(folder.path)
    try:
        days = kept_days(folder.path)
        read = is_read(folder.path, catalogue)
    except (UsageError, LibraryError, UnreadableFileError):
        return f"{wrong[0]}; {_AS_BEFORE}"
    more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    unread = f"; not read: {wrong[0]}{more}" if wrong else ""
    kept = f"last kept on {max(days)} ({counted(len(days), 'line')})" if days else "no line yet"
    later = "" if read else f"; the library cannot be written, and so {_AS_BEFORE}"
    return f"{kept}{unread}{later}"


def _records(folder: LibraryFolder, runs: pd.DataFrame, sessions: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of `Status` on logs, merges and zones."""
    catalogue = folder.reading()
    if catalogue is None:
        return {}
    logs = log_spans(folder)
    found: dict[str, Any] = {
        "spans": spans_by_log(logs, runs),
        "overlaps": overlaps(catalogue, logs, runs),
        "log_gaps": gaps_among(sessions, logs),
    }
    if catalogue.layout < 2:
        return found
    ((undone,),) = catalogue.rows("SELECT count(*) FROM merges WHERE undone")
    found["at_one_time"] = at_one_time(catalogue, runs, races(folder))
    found["removed"] = tuple(removals(folder))
    merged = {
        what: len(Links.from_catalogue(catalogue, what).primary_of) for what in ("runs", "sessions")
    }
    return found | {"merged": merged, "undone": undone, "zones": _zones(catalogue)}


def _zones(catalogue: Catalogue) -> tuple[tuple[str, str, int], ...]:
    query = "SELECT what, basis, count(*) FROM clocks GROUP BY what, basis ORDER BY what, basis"
    return tuple((what, _BASES[basis], count) for what, basis, count in catalogue.rows(query))


def _holding(what: str, frame: pd.DataFrame) -> Holding:
    if frame.empty:
        return Holding(what, 0, None, None, _WANTED[what])
    days = frame["local_date"]
    return Holding(what, len(frame), f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}")


def _other_work(sessions: pd.DataFrame, sets: pd.DataFrame, work: pd.Series) -> Iterator[Holding]:
    """Yield the sessions of each other kind of work, and those of which nothing is known."""
    for kind in schema.LOG_KINDS[3:]:
        held = sessions[sessions["session_id"].isin(sets.loc[work == kind, "session_id"])]
        if len(held):
            often = _hours_a_week(sessions, sets, kind) if kind in _IN_HOURS else ""
            yield replace(_holding(kind.replace("_", " "), held), missing=often)
    unknown = sessions[sessions["kind"] == "unknown"]
    if len(unknown):
        yield replace(_holding("unknown work", unknown), missing=_SETTLE)


def _hours_a_week(sessions: pd.DataFrame, sets: pd.DataFrame, kind: str) -> str:
    """Return how many hours a week of a kind of work were done between its first and last day."""
    done = dose(sessions, sets, kind, "minutes")["amount"]
    return f"{7 * done.mean() / 60:.1f} h a week" if done.any() and len(done) >= 7 else ""


def _devices(runs: pd.DataFrame) -> tuple[DeviceSpan, ...]:
    if runs.empty:
        return ()
    labelled = runs.sort_values("local_date", kind="stable").assign(
        device=runs["device"].fillna("unknown device"),
        sensor=runs["sensor"].fillna(""),
        has_contact=runs["ground_contact_ms"].notna(),
    )
    spans = labelled.groupby(["device", "sensor"], sort=False).agg(
        n_runs=("run_id", "size"),
        n_with_contact_time=("has_contact", "sum"),
        first=("local_date", "min"),
        last=("local_date", "max"),
        firmware=("firmware", lambda versions: tuple(versions.dropna().unique())),
    )
    rows = spans.sort_values("first").reset_index().itertuples(index=False, name=None)
    return tuple(
        DeviceSpan(
            device, sensor, n_runs, n_contact, f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", known
        )
        for device, sensor, n_runs, n_contact, first, last, known in rows
    )


def _firmware_text(versions: tuple[str, ...]) -> str:
    if not versions:
        return ""
    if len(versions) <= MOST_VERSIONS:
        return f", firmware {', '.join(versions)}"
    return f", firmware {versions[0]} to {versions[-1]} ({len(versions)} versions)"


def _gaps(runs: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    days = runs["local_date"].drop_duplicates().sort_values(ignore_index=True)
    first = days.index[days.diff() > pd.Timedelta(days=GAP_DAYS)]
    return tuple((f"{days[at - 1]:%Y-%m-%d}", f"{days[at]:%Y-%m-%d}") for at in first)
