"""FIT files as tables, one for each message type, decoded on demand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.importers.fit.codec import columns, framing, joining, profile, timestamps, values
from runanalytics.importers.fit.codec.columns import Columns
from runanalytics.importers.fit.codec.definition import COMPRESSED_BIT, Definition
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.codec.messages import Messages
from runanalytics.importers.fit.codec.scanner import Part, Problem
from runanalytics.importers.fit.codec.values import Array

if TYPE_CHECKING:
    import pandas as pd

#: More cells in one table than any device fills: a file made to exhaust memory.
MAX_CELLS = 1 << 24
#: Cells of a message beside its fields: its place, its header, whether it is damaged.
_OVERHEAD_CELLS = 4
#: More developer fields than any file describes.
MAX_DESCRIPTIONS = 10_000
#: Of more layouts of one message than any device writes, no plan is kept while others are read.
_MOST_LAYOUTS = 64
#: A definition has at most 255 fields, and as many of developers.
_MOST_COLUMNS = 510


class PartReader(Protocol):
    """Reads the messages of one part of a `FitFile`: from its bytes, or by another library."""

    names: tuple[str, ...]

    @property
    def developer_fields(self) -> tuple[DeveloperField, ...]:
        """The fields that the part describes itself."""
        ...

    def messages(self, name: str, wanted: frozenset[str] | None) -> Messages:
        """Return the messages of one type."""
        ...


class FitFile(Mapping[str, "pd.DataFrame"]):
    """The content of a FIT file: a table for each message type.

    ``file["record"]`` is a frame with the profile's field names and units. Numbers are float64,
    exact for every integer of up to 32 bits, and NaN where the file says "invalid"; wider
    integers are Python's own; vocabularies are the profile's words, or a number in digits where
    the profile has no word; instants are UTC, and before 1999 where a device wrote seconds
    since it was switched on; lists are tuples and raw bytes `bytes`. Fields and messages that
    the profile lacks are ``unknown_N``. A field with a second meaning (``product`` may be a
    ``garmin_product``) has a column for each. ``enhanced_speed`` and the like stand beside the
    field they enhance. ``damaged`` is True for rows that were read after damage.

    Tables are decoded at each access, and not kept. `problems` lists what was damaged.

    Examples
    --------
    >>> import struct
    >>> definition = bytes([0x40, 0, 0, 0, 0, 1, 0, 1, 0])  # file_id with its field `type`
    >>> body = definition + bytes([0x00, 4])
    >>> head = struct.pack("<BBHI4s", 12, 16, 0, len(body), b".FIT")
    >>> from fastcrc import crc16
    >>> content = head + body
    >>> file = decode(content + struct.pack("<H", crc16.arc(content)))
    >>> file
    FitFile(1 file_id)
    >>> file["file_id"]
           type  damaged
    0  activity    False
    """

    def __init__(self, readers: tuple[PartReader, ...], problems: tuple[Problem, ...] = ()) -> None:
        self._readers = readers
        self.problems = problems

    @cached_property
    def parts(self) -> tuple[FitFile, ...]:
        """The FIT files of which this file consists, mostly one."""
        return tuple(FitFile((reader,)) for reader in self._readers)

    @cached_property
    def developer_fields(self) -> tuple[DeveloperField, ...]:
        """The fields that apps and sensors describe in the file."""
        return tuple(field for reader in self._readers for field in reader.developer_fields)

    @cached_property
    def _names(self) -> dict[str, None]:
        return {name: None for reader in self._readers for name in reader.names}

    def messages(self, name: str, wanted: frozenset[str] | None = None) -> Messages:
        """Return all messages of one type as plain arrays, without the cost of a frame.

        Parameters
        ----------
        name : str
            A message type.
        wanted : frozenset of str, optional
            Names of columns to decode; all if None. The file may lack some of them.

        Raises
        ------
        UsageError
            If the file has no such message.
        """
        by_part = [r.messages(name, wanted) for r in self._readers if name in r.names]
        if not by_part:
            raise UsageError(
                f"the file has no message '{name}'", hint=f"it has: {', '.join(self._names)}"
            )
        if len(by_part) == 1:
            return by_part[0]
        merged = joining.merged([messages.columns for messages in by_part], None)
        return Messages(merged, np.concatenate([messages.damaged for messages in by_part]))

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.messages(name).frame()

    def get(self, name: str, default: Any = None) -> Any:
        """Return the table of a message type, or `default` if the file has none."""
        if name not in self:
            return default
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        counts = [f"{len(self.messages(name, frozenset()).damaged)} {name}" for name in self]
        problems = [f"{len(self.problems)} problems"] if self.problems else []
        return f"FitFile({', '.join(counts + problems)})"


def decode(source: str | PathLike[str] | bytes) -> FitFile:
    """Decode a FIT file, or those parts of it that are not damaged.

    Parameters
    ----------
    source : path or bytes
        The file, or its content.

    Returns
    -------
    FitFile
        A table for each message type; `FitFile.problems` lists what was damaged.

    Raises
    ------
    UnreadableFileError
        If it holds no FIT message, or cannot be opened.
    """
    where = None
    if isinstance(source, bytes):
        data = source
    else:
        where = str(source)
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise UnreadableFileError(
                f"the file cannot be opened: {error.strerror}", where=where
            ) from error
    parts = framing.frame(data)
    if not any(found.count for part in parts for found in part.definitions):
        hint = "export the activity once more from the watch or its app"
        raise UnreadableFileError(_refusal(data, parts), where=where, hint=hint)
    return FitFile(
        tuple(_BytesReader(data, part) for part in parts),
        tuple(problem for part in parts for problem in part.problems),
    )


def _refusal(data: bytes, parts: list[Part]) -> str:
    if not data:
        return "the file is empty"
    if not parts:
        return "this is not a FIT file: it has neither FIT's header nor any FIT message"
    problems = "; ".join(str(problem) for part in parts[:3] for problem in part.problems[:3])
    return f"no message can be read from this FIT file{': ' if problems else ''}{problems}"


class _BytesReader:
    """Reads one of the FIT files of which a file consists from its bytes."""

    def __init__(self, data: bytes, part: Part) -> None:
        self._data = data
        self._part = part
        self._by_name: dict[str, list[Definition]] = {}
        for found in part.definitions:
            if found.count:
                name = profile.message_name(found.layout.message)
                self._by_name.setdefault(name, []).append(found)
        self.names = tuple(self._by_name)

    def messages(self, name: str, wanted: frozenset[str] | None) -> Messages:
        """Return the messages of one type."""
        found = self._by_name[name]
        each = (self._columns(definition, wanted) for definition in _bounded(found, name, wanted))
        is_odd = len(found) > _MOST_LAYOUTS
        pieces = [piece.made() if is_odd else piece for piece in each]
        if len(found) == 1:
            return Messages(joining.complete(pieces[0]), self._damaged(found[0].places))
        all_places = [definition.places for definition in found]
        places = np.concatenate(all_places)
        if all(a[-1] < b[0] for a, b in itertools.pairwise(all_places)):
            return Messages(joining.merged(pieces, None), self._damaged(places))
        order = np.argsort(places, kind="stable")
        return Messages(joining.merged(pieces, order), self._damaged(places.take(order)))

    def _damaged(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self._part.damaged_from == float("inf"):
            return np.zeros(len(places), dtype=bool)
        return places >= self._part.damaged_from

    def _columns(self, found: Definition, wanted: frozenset[str] | None) -> Columns:
        developer: tuple[DeveloperField | None, ...] = ()
        if found.layout.developer:
            known = self._developer_fields_by_number
            keys = [(index, number) for number, _, index in found.layout.developer]
            developer = tuple([known.get(key) for key in keys])
        result, compressed = columns.read(self._data, found, developer, wanted)
        if compressed is not None and (wanted is None or "timestamp" in wanted):
            times = self._compressed_times[id(found)]
            result.other("timestamp", "instant", values.instants(times, ~compressed | (times < 0)))
        return result

    @cached_property
    def _compressed_times(self) -> dict[int, NDArray[np.int64]]:
        """Full times of messages with only the lowest five bits in their headers, by definition.

        They are counted from the last full timestamp of any message before them, after damage
        back from the next one; -1 if there is none.
        """
        view = np.frombuffer(self._data, dtype=np.uint8)
        chosen = [f for f in self._part.definitions if f.count]
        all_places = [found.places for found in chosen]
        written, full = [], []
        for found, places in zip(chosen, all_places, strict=True):
            headers = view[places].astype(np.int64)
            lowest_bits = headers & ((1 << timestamps.OFFSET_BITS) - 1)
            times = np.where(headers >= COMPRESSED_BIT, lowest_bits, -1)
            is_full = np.zeros(len(places), dtype=bool)
            if found.layout.time_offset is not None:
                stated = timestamps.timestamps(view, places, found.layout)
                is_full = stated != profile.BASE_TYPES[0x86].invalid
                times = np.where(is_full, stated, times)
            written.append(times)
            full.append(is_full)
        places = np.concatenate(all_places)
        order = np.argsort(places, kind="stable")
        times, is_full = np.concatenate(written)[order], np.concatenate(full)[order]
        counts = times >= 0
        result = np.full(len(times), -1, dtype=np.int64)
        resumed = np.searchsorted(places[order][counts], self._part.resumed)
        result[counts] = timestamps.full_times(times[counts], is_full[counts], resumed)
        back = np.empty_like(result)
        back[order] = result
        ends = np.cumsum([len(places) for places in all_places])
        pieces = np.split(back, ends[:-1])
        return {id(found): piece for found, piece in zip(chosen, pieces, strict=True)}

    @cached_property
    def developer_fields(self) -> tuple[DeveloperField, ...]:
        """The fields that the part describes itself."""
        return tuple(self._developer_fields_by_number.values())

    @cached_property
    def _developer_fields_by_number(self) -> dict[tuple[int, int], DeveloperField]:
        name = profile.message_name(profile.FIELD_DESCRIPTION)
        if name not in self._by_name:
            return {}
        described = self.messages(name, None).arrays()
        reserved = {"damaged"}
        for definition in self._part.definitions:
            if definition.layout.developer:
                reserved |= profile.field_names(definition.layout.message)
        return developer_fields(described, frozenset(reserved))


def _bounded(found: list[Definition], name: str, wanted: frozenset[str] | None) -> list[Definition]:
    """Return the definitions of a message type, unless its table would exhaust memory.

    What a table costs is its rows by its distinct columns, of those that are read.
    """
    count = sum([definition.count for definition in found])
    if count > MAX_CELLS // (_OVERHEAD_CELLS + _MOST_COLUMNS):
        fields = {number for f in found for number, _, _ in f.layout.fields}
        apps = {(index, number) for f in found for number, _, index in f.layout.developer}
        width = len(fields) + len(apps)
        if wanted is not None:
            width = min(width, len(wanted))
        cells = count * (_OVERHEAD_CELLS + min(width, _MOST_COLUMNS))
        if cells > MAX_CELLS:
            raise UnreadableFileError(
                f"'{name}' would be a table of {cells:,} cells: no device writes so many"
            )
    return found


def developer_fields(
    described: Mapping[str, Array], reserved: frozenset[str]
) -> dict[tuple[int, int], DeveloperField]:
    """Return the fields that ``field_description`` describes, by developer and field number.

    Parameters
    ----------
    described : mapping of str to array
        Columns of those messages.
    reserved : frozenset of str
        Names of native columns, which no developer field may take.
    """
    natives = {word: number for number, word in profile.choices("mesg_num").items()}
    result: dict[tuple[int, int], DeveloperField] = {}
    taken: set[str] = set(reserved)
    names = [name for name in described if name != "damaged"]
    columns_of = [described[name][:MAX_DESCRIPTIONS].tolist() for name in names]
    for cells in zip(*columns_of, strict=True):
        row = dict(zip(names, cells, strict=True))
        index, number = row.get("developer_data_index"), row.get("field_definition_number")
        if not (_is_number(index) and _is_number(number)):
            continue
        name, unit, native = row.get("field_name"), row.get("units"), row.get("native_field_num")
        key = (int(index), int(number))
        stated = name if isinstance(name, str) else f"developer_{key[0]}_{key[1]}"
        before = result.get(key)
        if before is not None and before.name == stated:
            column = before.column  # described once more, as after each pause
        else:
            column = _distinct(stated, key, taken)
            taken.add(column)
        result[key] = DeveloperField(
            index=key[0],
            number=key[1],
            name=stated,
            unit=unit if isinstance(unit, str) else "",
            column=column,
            base=_BASE_CODES.get(str(row.get("fit_base_type_id")), 0x0D),
            native_message=natives.get(str(row.get("native_mesg_num"))),
            native_field=int(native) if _is_number(native) else None,
        )
    return result


_BASE_CODES = {kind.name: code for code, kind in profile.BASE_TYPES.items()}


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, float) and value == value


def _distinct(name: str, key: tuple[int, int], taken: set[str]) -> str:
    """Return a column name that neither the profile nor another developer field uses."""
    for candidate in (name, f"{name}_developer_{key[0]}"):
        if candidate not in taken:
            return candidate
    return f"{name}_developer_{key[0]}_{key[1]}"
