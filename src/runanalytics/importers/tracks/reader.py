"""The reader of XML files of tracks: the points of each track as text, and its title and totals.

A format is data: its namespaces, which element is a track, a part, a lap and a point, and what
the elements in them mean. One reader serves all formats.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl

from runanalytics.importers.text.plain_numbers import plain_number, stands_for_nothing
from runanalytics.importers.text.xml_stream import refuse_depth


@dataclass(frozen=True)
class TrackFormat:
    """What the elements of a format mean.

    Parameters
    ----------
    root : str
        First element of a file.
    track, part, point : str
        Elements of an activity, of a part recorded without a break, and of a sample.
    what : str
        What the format calls a track.
    namespaces : sequence of (pattern, names)
        Pattern of a namespace's name, and the elements of it that are used. An element without
        a namespace belongs to the first.
    columns : mapping of str to str
        Element of a point, as "NAME" or "PARENT/NAME", or attribute, as "@NAME" -> our column.
        Of several for one column the last in the file is used.
    track_fields : mapping of str to str
        "PARENT/NAME" or "PARENT/@NAME" -> field of `Track`, or one of `LAP_NUMBERS`. One before
        the first track holds for all tracks. Of several texts the first is used.
    lap : str
        Element of a lap, if the format has laps.
    device : callable
        From the format's text on a device to its name, empty where it is not a device.
    """

    root: str
    track: str
    part: str
    point: str
    what: str
    namespaces: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    columns: Mapping[str, str]
    track_fields: Mapping[str, str]
    lap: str = ""
    device: Callable[[str], str] = str.strip


#: Numbers that a lap or a track may state: its distance (m), time (s), steps of both legs, and
#: averages of cadence (1/min, of one leg or of both) and heart rate (1/min).
LAP_NUMBERS = frozenset(("distance_m", "timer_s", "steps", "cadence", "heart_rate_bpm"))
_SUMS = frozenset(("distance_m", "timer_s", "steps"))


@dataclass
class Track:
    """One activity as its file has it, its points as text by column.

    `stated` has the numbers that each lap states, or the track where its format has no laps.
    """

    sport: str = ""
    title: str = ""
    notes: str = ""
    comment: str = ""
    device: str = ""
    start: str = ""
    stated: list[dict[str, float]] = field(default_factory=list)
    points: list[dict[str, str]] = field(default_factory=list)
    laps: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    lap: int = 0
    part: int = 0
    n_without_time: int = 0
    n_unread: int = 0

    @property
    def distance_m(self) -> float:
        """Distance of all laps (m); NaN unless each that took time states its own."""
        return self._sum("distance_m")

    @property
    def timer_s(self) -> float:
        """Time of all laps (s); 0 if none is stated."""
        return sum(lap.get("timer_s", 0.0) for lap in self.stated)

    @property
    def steps_spm(self) -> float:
        """Steps of both legs over the time of all laps (1/min); NaN unless each counts them."""
        steps = self._sum("steps")
        return steps / self.timer_s * 60 if self.timer_s > 0 else math.nan

    def average(self, name: str) -> float:
        """Return the average of a number of laps, each by its time; NaN where none states it."""
        laps = [(lap["timer_s"], lap[name]) for lap in self.stated if {"timer_s", name} <= {*lap}]
        laps = [(seconds, value) for seconds, value in laps if value > 0]
        seconds = sum(seconds for seconds, _ in laps)
        return sum(s * value for s, value in laps) / seconds if seconds > 0 else math.nan

    def _sum(self, name: str) -> float:
        laps = [lap for lap in self.stated if lap.get("timer_s", 1.0) > 0 or name in lap]
        if not laps or any(name not in lap for lap in laps):
            return math.nan
        return sum(lap[name] for lap in laps)

    def add(self, point: dict[str, str]) -> None:
        """Append a point to the current lap and part; one without a time is only counted."""
        if not point.get("time"):
            self.n_without_time += 1
            return
        self.points.append(point)
        self.laps.append(max(self.lap, 1))
        self.parts.append(self.part)

    def enter(self, name: str, text: str) -> None:
        """Add a text of the file to one of the fields above."""
        if name in LAP_NUMBERS:
            amount = plain_number(text)
            self.n_unread += math.isnan(amount) and not stands_for_nothing(text)
            if not self.stated:
                self.stated.append({})
            if amount >= 0:
                before = self.stated[-1].get(name, 0.0) if name in _SUMS else 0.0
                self.stated[-1][name] = before + amount
        else:
            setattr(self, name, getattr(self, name) or text)


class TrackReader(ContentHandler):
    """Collects the tracks of a file of a format, element by element."""

    def __init__(self, form: TrackFormat) -> None:
        super().__init__()
        self.tracks: list[Track] = []
        self._format = form
        self._path: list[str] = []
        self._names: dict[tuple[str | None, str], str] = {}
        self._text: list[str] = []
        self._point: dict[str, str] | None = None
        self._of_all_tracks: list[tuple[str, str]] = []

    def startElementNS(  # noqa: N802 - the name that the parser calls
        self,
        name: tuple[str | None, str],
        qname: str | None,  # noqa: ARG002
        attrs: AttributesNSImpl,
    ) -> None:
        """Enter an element."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = self._known_name(*name)
        self._text.clear()
        if known:
            self._begin(known)
        self._path.append(known)
        refuse_depth(len(self._path))
        if known:
            for (_, attribute), value in attrs.items():
                self._enter(f"@{attribute}", value)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: ARG002, N802
        """Leave an element."""
        known = self._path.pop()
        if known == self._format.point and self._point is not None:
            if self.tracks:
                self.tracks[-1].add(self._point)
            self._point = None
        elif known:
            self._enter(known, "".join(self._text).strip())
        self._text.clear()

    def characters(self, content: str) -> None:
        """Collect text."""
        self._text.append(content)

    def _begin(self, name: str) -> None:
        form = self._format
        if name == form.point:
            self._point = {}
        elif name == form.track:
            self.tracks.append(Track())
            for field_name, text in self._of_all_tracks:
                self.tracks[-1].enter(field_name, text)
        elif self.tracks and name == form.part:
            self.tracks[-1].part += 1
        elif self.tracks and name == form.lap:
            self.tracks[-1].lap += 1
            self.tracks[-1].stated.append({})

    def _enter(self, name: str, text: str) -> None:
        """Enter the text of an element or attribute of this name in the current point or track."""
        if not text:
            return
        columns, parent = self._format.columns, self._path[-1] if self._path else ""
        if self._point is not None:
            column = columns.get(name) or columns.get(f"{parent}/{name}")
            if column:
                self._point[column] = text
        elif field_name := self._format.track_fields.get(f"{parent}/{name}"):
            if field_name == "device":
                text = self._format.device(text)
            if self.tracks:
                self.tracks[-1].enter(field_name, text)
            else:
                self._of_all_tracks.append((field_name, text))

    def _known_name(self, namespace: str | None, name: str) -> str:
        for place, (pattern, names) in enumerate(self._format.namespaces):
            matches = pattern.search(namespace) if namespace else place == 0
            if matches and name in names:
                return name
        return ""
