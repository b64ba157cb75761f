"""What a library holds, from when to when, and what it lacks for an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from runanalytics.library.store import Library

#: Runs further apart than this leave a gap that is worth showing.
GAP_DAYS = 21

#: What is known or unknown about a runner, and what to import where it is missing.
_WANTED = {
    "runs": "import FIT files of runs",
    "cadence": "import FIT files with cadence",
    "contact time": "only watches or pods with running dynamics record it",
    "strength": "import a Strong export, or a sets.csv or sessions.csv of your own",
    "technique": "import a sessions.csv or sets.csv with your running drills",
    "races": "import a races.csv with date, distance and time",
}


@dataclass(frozen=True)
class Known:
    """One kind of thing: how many there are, and from which day to which."""

    what: str
    count: int
    first: str | None
    last: str | None
    missing: str = ""


@dataclass(frozen=True)
class DeviceSpan:
    """One recording device with its sensor: how many runs, and from which day to which."""

    device: str
    sensor: str
    n_runs: int
    n_with_contact_time: int
    first: str
    last: str


@dataclass(frozen=True)
class Status:
    """What a library holds.

    Attributes
    ----------
    folder : str
        Where it lies.
    known : tuple of Known
        Runs, cadence, contact time, strength, technique and races.
    devices : tuple of DeviceSpan
        Every device, by its first run.
    gaps : tuple of (str, str)
        Last day before and first day after each stretch without runs of over `GAP_DAYS` days.
    unmatched : tuple of (str, int)
        Exercise names that no movement matches, with their sets.
    skipped : tuple of (str, str)
        Files that could not be read, with the reason.
    """

    folder: str
    known: tuple[Known, ...]
    devices: tuple[DeviceSpan, ...]
    gaps: tuple[tuple[str, str], ...]
    unmatched: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the status as plain values for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Return the status as lines of text."""
        lines = [f"Library {self.folder}", ""]
        for one in self.known:
            if one.count:
                span = one.first if one.first == one.last else f"{one.first} to {one.last}"
                lines.append(f"  {one.what:<13} {one.count:>6,}   {span}")
            else:
                lines.append(f"  {one.what:<13}   none   {one.missing}")
        if self.devices:
            lines += ["", "Devices"]
            for device in self.devices:
                sensor = f", dynamics from {device.sensor}" if device.sensor else ""
                runs = "run" if device.n_runs == 1 else "runs"
                lines.append(
                    f"  {device.first} to {device.last}  {device.n_runs:>5,} {runs},"
                    f" {device.n_with_contact_time:,} with contact time: {device.device}{sensor}"
                )
        if self.gaps:
            lines += ["", f"Over {GAP_DAYS} days without a run"]
            lines += [f"  {last} to {first}" for last, first in self.gaps]
        if self.unmatched:
            lines += ["", "Exercise names that are not matched (sets)"]
            lines += [f"  {name} ({n_sets:,})" for name, n_sets in self.unmatched]
        if self.skipped:
            lines += ["", "Files that could not be read"]
            lines += [f"  {reason}" for _, reason in self.skipped]
        return "\n".join(lines)


def status(library: Library) -> Status:
    """Return what `library` holds, from when to when, and what is missing.

    Examples
    --------
    >>> import tempfile
    >>> from runanalytics.library import Library
    >>> [one.what for one in status(Library.open(tempfile.mkdtemp())).known]
    ['runs', 'cadence', 'contact time', 'strength', 'technique', 'races']
    """
    runs, sessions, sets = library.runs(), library.sessions(), library.sets()
    sources = library.sources()
    of_kind = {
        "runs": runs,
        "cadence": runs[runs["cadence_spm"].notna()],
        "contact time": runs[runs["ground_contact_ms"].notna()],
        "strength": sessions[sessions["kind"].isin(["strength", "mixed"])],
        "technique": sessions[sessions["kind"].isin(["technique", "mixed"])],
        "races": library.races(),
    }
    unmatched = (
        sets[sets["movement"].isna()].groupby("name_as_logged")["n_sets"].sum()
        .sort_values(ascending=False)
    )  # fmt: skip
    skipped = sources[sources["outcome"] == "skipped"]
    return Status(
        folder=str(library.folder),
        known=tuple(_known(what, frame) for what, frame in of_kind.items()),
        devices=_devices(runs),
        gaps=_gaps(runs),
        unmatched=tuple((str(name), int(count)) for name, count in unmatched.items()),
        skipped=tuple(zip(skipped["name"], skipped["reason"], strict=True)),
    )


def _known(what: str, frame: pd.DataFrame) -> Known:
    if frame.empty:
        return Known(what, 0, None, None, _WANTED[what])
    days = frame["local_date"]
    return Known(what, len(frame), _iso(days.min()), _iso(days.max()))


def _devices(runs: pd.DataFrame) -> tuple[DeviceSpan, ...]:
    if runs.empty:
        return ()
    labelled = runs.assign(
        device=runs["device"].fillna("unknown device"),
        sensor=runs["sensor"].fillna(""),
        has_contact=runs["ground_contact_ms"].notna(),
    )
    grouped = labelled.groupby(["device", "sensor"], sort=False).agg(
        n_runs=("run_id", "size"),
        n_with_contact_time=("has_contact", "sum"),
        first=("local_date", "min"),
        last=("local_date", "max"),
    )
    grouped = grouped.sort_values("first").reset_index()
    return tuple(
        DeviceSpan(
            str(row["device"]),
            str(row["sensor"]),
            int(row["n_runs"]),
            int(row["n_with_contact_time"]),
            _iso(row["first"]),
            _iso(row["last"]),
        )
        for row in grouped.to_dict("records")
    )


def _gaps(runs: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    days = runs["local_date"].drop_duplicates().sort_values(ignore_index=True)
    wide = days.diff() > pd.Timedelta(days=GAP_DAYS)
    return tuple(
        (_iso(days[index - 1]), _iso(days[index])) for index in days.index[wide] if index > 0
    )


def _iso(day: pd.Timestamp) -> str:
    return day.strftime("%Y-%m-%d")
