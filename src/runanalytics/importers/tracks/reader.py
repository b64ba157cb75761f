"""Tracks as the elements of an XML file: the points of each as text, and what is said of it.

A format is data: which namespaces it has, which element is a track, a part, a lap and a point,
and what each of their elements says. One reader serves them all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runanalytics.importers.text.xml_stream import (
    AttributesByNamespace,
    ContentHandler,
    refuse_depth,
)


@dataclass(frozen=True)
class TrackFormat:
    """What the elements of a format mean.

    Parameters
    ----------
    root : str
        First element of a file.
    track, part, point : str
        Elements that are an activity, a stretch recorded without a break, and a moment.
    what : str
        What the format calls a track.
    namespaces : sequence of (pattern, names)
        The elements that count in a namespace, whatever its prefix. An element without a
        namespace is of the first.
    columns : mapping of str to str
        Element of a point, as "NAME" or "AROUND/NAME", or attribute, as "@NAME" -> our column.
        Of two for the same, the one that stands later counts.
    said : mapping of str to str
        "AROUND/NAME" or "AROUND/@NAME" -> field of `Track`. What stands before the first track
        is said of all. Times and distances add up; of texts the first counts.
    lap : str
        Element that is a lap, if the format has any.
    device : callable
        From what the format writes of a device to its name, empty where it is none.
    """

    root: str
    track: str
    part: str
    point: str
    what: str
    namespaces: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    columns: Mapping[str, str]
    said: Mapping[str, str]
    lap: str = ""
    device: Callable[[str], str] = str.strip


@dataclass
class Track:
    """One activity as its file has it, its points as text by column."""

    sport: str = ""
    title: str = ""
    device: str = ""
    start: str = ""
    distance_m: float = 0.0
    timer_s: float = 0.0
    points: list[dict[str, str]] = field(default_factory=list)
    laps: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    lap: int = 0
    part: int = 0
    timeless: int = 0

    def add(self, point: dict[str, str]) -> None:
        """Append a point to the current lap and part; one without a time says nothing."""
        if not point.get("time"):
            self.timeless += 1
            return
        self.points.append(point)
        self.laps.append(max(self.lap, 1))
        self.parts.append(self.part)

    def take(self, said: str, text: str) -> None:
        """Take in what the file says of the whole activity."""
        known = getattr(self, said)
        setattr(self, said, known + _amount(text) if isinstance(known, float) else known or text)


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
        self._said_of_all: list[tuple[str, str]] = []

    def startElementNS(  # noqa: N802 - the name that the parser calls
        self,
        name: tuple[str | None, str],
        qname: str | None,  # noqa: ARG002
        attrs: AttributesByNamespace,
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
                self._say(f"@{attribute}", value)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: ARG002, N802
        """Leave an element."""
        known = self._path.pop()
        if known == self._format.point and self._point is not None:
            if self.tracks:
                self.tracks[-1].add(self._point)
            self._point = None
        elif known:
            self._say(known, "".join(self._text).strip())
        self._text.clear()

    def characters(self, content: str) -> None:
        """Take in text."""
        self._text.append(content)

    def _begin(self, name: str) -> None:
        form = self._format
        if name == form.point:
            self._point = {}
        elif name == form.track:
            self.tracks.append(Track())
            for said, text in self._said_of_all:
                self.tracks[-1].take(said, text)
        elif self.tracks and name == form.part:
            self.tracks[-1].part += 1
        elif self.tracks and name == form.lap:
            self.tracks[-1].lap += 1

    def _say(self, name: str, text: str) -> None:
        """Take in the text of an element or attribute; the path is what stands around it."""
        if not text:
            return
        columns, around = self._format.columns, self._path[-1] if self._path else ""
        if self._point is not None:
            column = columns.get(name) or columns.get(f"{around}/{name}")
            if column:
                self._point[column] = text
        elif said := self._format.said.get(f"{around}/{name}"):
            if said == "device":
                text = self._format.device(text)
            if self.tracks:
                self.tracks[-1].take(said, text)
            else:
                self._said_of_all.append((said, text))

    def _known_name(self, namespace: str | None, name: str) -> str:
        for place, (pattern, names) in enumerate(self._format.namespaces):
            is_its = pattern.search(namespace) if namespace else place == 0
            if is_its and name in names:
                return name
        return ""


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        return 0.0
    return amount if math.isfinite(amount) and amount > 0 else 0.0
