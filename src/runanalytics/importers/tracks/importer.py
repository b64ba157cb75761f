"""The importer of TCX and GPX files: their tracks as runs.

A track is a list of points, each with a time, usually a position, and what sensors measured.
`runanalytics.importers.tracks.reader` reads the points as text; here they become runs.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runanalytics import schema
from runanalytics.arrays import Floats, Integers
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, counted_note
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.offsets import believed_offset_s
from runanalytics.importers.runs.recorded import (
    MICROSECONDS,
    UNKNOWN_US,
    RecordedRun,
    Run,
    instants_us,
    run_of,
    summary_of,
    tables_of,
)
from runanalytics.importers.runs.speeds import runners_speeds
from runanalytics.importers.runs.witnesses import Stated, legs_by_steps
from runanalytics.importers.runs.words import Sport, sport_of
from runanalytics.importers.text.local_time import offset_written_s
from runanalytics.importers.text.notes import joined_notes
from runanalytics.importers.text.plain_numbers import n_unread, numbers_in, unread_note
from runanalytics.importers.text.xml_stream import first_element, read_xml
from runanalytics.importers.tracks.reader import Track, TrackFormat, TrackReader

#: How many other sports have a note of their own.
_SHOWN_SPORTS = 10
#: Numbers that Strava writes in place of a sport.
_NUMBERED_SPORTS: Mapping[str, str] = {"9": "run"}
#: If a part of a track begins this long after the previous one, there was a pause.
_SHORTEST_PAUSE_US = 10 * MICROSECONDS
_LONGEST_TITLE = 120
#: No runner's history has more activities.
_MOST_TRACKS = 10_000


@dataclass(frozen=True)
class TrackImporter(Importer):
    """Reads the files of one format of tracks.

    Parameters
    ----------
    name, version : str, int
        As in `runanalytics.importers.contract.Importer`.
    form : TrackFormat
        What the elements of the format mean.
    endings : tuple of str
        As in `runanalytics.importers.contract.Importer`.

    Examples
    --------
    >>> from runanalytics.importers.tracks.gpx import GPX
    >>> GPX.recognises("run.xml", b'<?xml version="1.0"?><gpx creator="a watch">')
    True
    """

    name: str
    version: int
    form: TrackFormat
    endings: tuple[str, ...]
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the file's first element is the format's."""
        return first_element(head) == self.form.root

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a file's bytes into tables.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is used, since the file states instants only.

        Returns
        -------
        Imported
            Runs with samples. A note names tracks of other sports; one without a sport is a run
            if its speeds are a runner's. Positions are dropped.

        Raises
        ------
        UnreadableFileError
            If it holds no track, or a document type definition.
        """
        reader = TrackReader(self.form)
        torn = read_xml(io.BytesIO(data), reader, namespaces=True)
        return _imported(reader.tracks, torn, self, options)


def _imported(
    found: list[Track], torn: str | None, importer: TrackImporter, options: ReadOptions
) -> Imported:
    """Return the tracks of a file as tables; `torn` is where and why reading ended early."""
    what = importer.form.what
    notes = []
    if torn is not None:
        notes.append(Note("warning", f"the file is torn ({torn}): what stands before was read"))
        for track in found[-1:]:
            # The totals of a lap stand before its points: these are no longer all there.
            if track.points:
                track.stated.clear()
    tracks = [track for track in found if track.points or track.timer_s > 0 or _is_other(track)]
    if len(tracks) > _MOST_TRACKS:
        raise UnreadableFileError(
            f"the file holds {len(tracks)} activities, and at most {_MOST_TRACKS} are read",
            hint="export them in parts",
        )
    if not found:
        raise UnreadableFileError(
            f"the file holds no {what}" if torn is None else f"the file is torn ({torn})",
            hint="export the activity once more",
        )
    message = f"left out, since they have no times ({what})"
    notes += counted_note(len(found) - len(tracks), message)
    others = Counter(track.sport.strip() for track in tracks if _is_other(track))
    notes += [
        Note("info", f"left out, since their sport ({sport}) is not running: {count}")
        for sport, count in others.most_common(_SHOWN_SPORTS)
    ]
    runs, offsets = [], []
    for place, track in enumerate(tracks, start=1):
        if _is_other(track):
            continue
        where = f"{what} {place}" if len(tracks) > 1 else ""
        offsets.append(_offset_s(track))
        run, run_notes = _run(track, importer.name, options)
        notes += [replace(note, where=where) for note in run_notes]
        if run is not None:
            runs.append(run)
    rows, samples = tables_of(runs)
    return Imported(
        runs=rows,
        samples=samples,
        notes=notes,
        clock="utc" if any(offset is None for offset in offsets) else "both",
    )


def _sport(track: Track) -> Sport:
    written = track.sport.strip()
    return sport_of(_NUMBERED_SPORTS.get(written, written))


def _is_other(track: Track) -> bool:
    return _sport(track).what not in ("run", "unstated")


def _run(track: Track, source: str, options: ReadOptions) -> tuple[Run | None, list[Note]]:
    sport = track.sport.strip()
    named = _sport(track).is_run
    recorded, notes = _recorded(track, source)
    run = run_of(recorded, options)
    if run is None:
        run = _summary(track, recorded, options)
        if run is None or not named:
            return None, [*notes, Note("info", "it has no times: no run, left out")]
        return run, [*notes, *run.notes]
    if not named:
        quantities, moving = {"speed_m_s": run.columns["speed_m_s"]}, run.columns["moving"]
        is_run, speeds = runners_speeds(quantities, moving)
        stated = f"it says sport '{sport}'" if sport else "it does not say its sport"
        if not is_run:
            return None, [*notes, Note("info", f"{stated}, and {speeds} no runner's: left out")]
        notes.append(Note("info", f"{stated}: taken as a run, since {speeds} a runner's"))
    return run, [*notes, *run.notes]


def _recorded(track: Track, source: str) -> tuple[RecordedRun, list[Note]]:
    notes = counted_note(track.n_without_time, "left out, points without a time", "warning")
    time_us = instants_us([point.get("time") for point in track.points])
    laps = np.array(track.laps, dtype=np.int64)
    notes += unread_note(track.n_unread, "totals")
    quantities = {
        name: values
        for name in schema.table("samples").names
        if np.isfinite(values := _numbers(track.points, name, notes)).any()
    }
    for name in ("heart_rate_bpm", "power_w"):
        if name in quantities:
            quantities[name] = np.where(quantities[name] == 0, np.nan, quantities[name])
    _mend_distance(quantities, time_us, notes)
    _drop_rare_speed(quantities)
    title, _, further = (part.strip() for part in track.title.partition("\n"))
    known: dict[str, object] = {
        "course": _sport(track).course,
        "kind": _sport(track).kind,
        "title": title[:_LONGEST_TITLE] or None,
        "notes": joined_notes(further if title else track.title, track.notes, track.comment),
        "device": track.device or None,
    }
    latitude, longitude = (
        _numbers(track.points, name, notes) for name in ("latitude", "longitude")
    )
    has_positions = bool(np.isfinite(latitude).any())
    has_distance = "distance_m" in quantities or track.distance_m > 0
    if track.points and not has_positions and has_distance and known["kind"] == "unknown":
        known |= {"kind": "treadmill", "course": known["course"] or "treadmill"}
        notes.append(Note("info", "it has no positions: taken as a run on a treadmill"))
    return (
        RecordedRun(
            source,
            time_us,
            quantities,
            laps=laps,
            pauses_us=_pauses(time_us, np.array(track.parts, dtype=np.int64)),
            known=known,
            stated=_stated(track, quantities, notes),
            offset_s=_offset_s(track),
            positions=(latitude, longitude) if has_positions else None,
            counts_unstated=True,
        ),
        notes,
    )


def _stated(track: Track, quantities: Mapping[str, Floats], notes: list[Note]) -> Stated:
    """Return what the laps state of the whole activity."""
    averages = {"heart_rate_bpm": track.average("heart_rate_bpm")}
    counted, steps_spm = track.average("cadence"), track.steps_spm
    if counted > 0:
        speed = track.distance_m / track.timer_s if track.timer_s > 0 else math.nan
        legs = legs_by_steps(counted, steps_spm)
        if legs is None:
            about = notes if "cadence_spm" not in quantities else []
            legs = steps_per_count(
                np.array([counted]), np.array([speed]), about, enough=ENOUGH_AVERAGES
            )
        averages["cadence_spm"] = legs * counted
    elif steps_spm > 0:
        averages["cadence_spm"] = steps_spm
    return Stated(track.distance_m, averages, steps_spm, by="laps")


def _numbers(points: Sequence[Mapping[str, str]], name: str, notes: list[Note]) -> Floats:
    texts = [point.get(name) for point in points]
    numbers = numbers_in(texts)
    notes += unread_note(n_unread(texts, numbers), name)
    return numbers


def _mend_distance(quantities: dict[str, Floats], time_us: Integers, notes: list[Note]) -> None:
    """Sum up a distance that starts at 0 in each lap; drop one that never grows."""
    distance = quantities.get("distance_m")
    if distance is None:
        return
    measured = np.flatnonzero(np.isfinite(distance) & (time_us != UNKNOWN_US))
    measured = measured[np.argsort(time_us[measured], kind="stable")]
    known = distance[measured]
    if not known.size or known.max() <= 0:
        del quantities["distance_m"]
        return
    restarts = np.flatnonzero(np.diff(known) < -0.5 * known[:-1])
    if restarts.size:
        before = np.zeros(len(known))
        before[restarts + 1] = known[restarts]
        distance = distance.copy()
        distance[measured] = known + np.cumsum(before)
        quantities["distance_m"] = distance
        notes.append(Note("info", f"the distance begins anew {restarts.size} times: summed up"))


def _drop_rare_speed(quantities: dict[str, Floats]) -> None:
    """Drop a speed that most points lack, or that is 0 throughout."""
    speed = quantities.get("speed_m_s")
    if speed is not None and (not np.nanmax(speed) > 0 or np.isfinite(speed).mean() < 0.5):
        del quantities["speed_m_s"]


def _pauses(time_us: Integers, parts: Integers) -> list[tuple[int, int]]:
    """Return the long gaps between the parts of a track."""
    known = time_us != UNKNOWN_US
    times, is_new_part = time_us[known], np.diff(parts[known]) != 0
    gaps = zip(times[:-1][is_new_part].tolist(), times[1:][is_new_part].tolist(), strict=True)
    return [(end, begin) for end, begin in gaps if begin - end > _SHORTEST_PAUSE_US]


def _offset_s(track: Track) -> float | None:
    """Return local time minus UTC (s) if times are written with it.

    Converters write UTC as an offset of 0 wherever the run was: it is not believed.
    """
    written = next((point["time"] for point in track.points if point.get("time")), track.start)
    return believed_offset_s(offset_written_s(written))


def _summary(track: Track, recorded: RecordedRun, options: ReadOptions) -> Run | None:
    """Return a run that has no points, only totals."""
    (start_us,) = instants_us([track.start])
    if start_us <= 0 or not track.timer_s > 0:
        return None
    known = {**recorded.known, "moving_s": track.timer_s, "elapsed_s": track.timer_s}
    if track.distance_m > 0:
        known["distance_m"] = track.distance_m
    averages = recorded.stated.averages.items()
    known |= {name: average for name, average in averages if average > 0}
    return summary_of(recorded.source, int(start_us), known, recorded.offset_s, options)
