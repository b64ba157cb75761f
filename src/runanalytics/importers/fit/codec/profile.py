"""The meanings of FIT's numbers: base types, and the profile's names, scales and vocabularies.

The profile itself (which message has which field, at which scale) is that of `fitdecode`,
which generates it from Garmin's. It is loaded when the first file is decoded.

References
----------
Flexible and Interoperable Data Transfer (FIT) Protocol, Garmin, developer.garmin.com/fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class BaseType:
    """How a value is laid out, and the bit pattern that stands for a missing one.

    Parameters
    ----------
    name : str
        As the protocol calls it.
    code : str
        NumPy's letter and width, without byte order.
    width : int
        Size of one value, bytes.
    invalid : int, optional
        The value that stands for a missing one; None where NaN does (floats) or text is empty.
    """

    name: str
    code: str
    width: int
    invalid: int | None


#: Base types by the byte that names them in a definition (FIT Protocol, "Base Type").
BASE_TYPES: Mapping[int, BaseType] = MappingProxyType(
    {
        0x00: BaseType("enum", "u1", 1, 0xFF),
        0x01: BaseType("sint8", "i1", 1, 0x7F),
        0x02: BaseType("uint8", "u1", 1, 0xFF),
        0x83: BaseType("sint16", "i2", 2, 0x7FFF),
        0x84: BaseType("uint16", "u2", 2, 0xFFFF),
        0x85: BaseType("sint32", "i4", 4, 0x7FFFFFFF),
        0x86: BaseType("uint32", "u4", 4, 0xFFFFFFFF),
        0x07: BaseType("string", "S", 1, None),
        0x88: BaseType("float32", "f4", 4, None),
        0x89: BaseType("float64", "f8", 8, None),
        0x0A: BaseType("uint8z", "u1", 1, 0),
        0x8B: BaseType("uint16z", "u2", 2, 0),
        0x8C: BaseType("uint32z", "u4", 4, 0),
        0x0D: BaseType("byte", "u1", 1, 0xFF),
        0x8E: BaseType("sint64", "i8", 8, 0x7FFFFFFFFFFFFFFF),
        0x8F: BaseType("uint64", "u8", 8, 0xFFFFFFFFFFFFFFFF),
        0x90: BaseType("uint64z", "u8", 8, 0),
    }
)
BYTE = BASE_TYPES[0x0D]

#: Message and field numbers that the protocol itself relies on.
FILE_ID = 0
FIELD_DESCRIPTION = 206
TIMESTAMP_FIELD = 253
INVALID_MESSAGE = 0xFFFF

#: Seconds from the Unix epoch to FIT's, 1989-12-31 00:00 UTC.
EPOCH_S = 631_065_600

#: Types whose listed values are limits, flags or single exceptions, not a vocabulary: their values
#: stay numbers.
OPEN_TYPES = frozenset(
    {
        "attitude_validity",
        "auto_activity_detect",
        "backlight_timeout",
        "device_index",
        "left_right_balance",
        "left_right_balance_100",
        "localtime_into_day",
        "message_index",
        "user_local_id",
        "weight",
        "workout_hr",
        "workout_power",
    }
)

#: Kinds of fields by the name of their type.
_KINDS: Mapping[str, str] = {"date_time": "instant", "local_date_time": "local", "bool": "flag"}


class Vocabulary(dict[int, str | None]):
    """Words by value; a value without a word is its number in digits.

    Examples
    --------
    >>> Vocabulary({1: "running"})[54]
    '54'
    """

    def __missing__(self, value: float) -> str:
        return f"{value:.0f}"

    def with_missing(self, value: int | None) -> Vocabulary:
        """Return the vocabulary with None for the value that stands for a missing one."""
        return self if value is None else Vocabulary({**self, value: None})


@dataclass(frozen=True)
class Component:
    """A quantity packed into some bits of another field."""

    target: str
    target_number: int
    scale: float
    offset: float
    bits: int
    bit_offset: int
    accumulate: bool


@dataclass(frozen=True)
class Field:
    """A field as the profile describes it; `sub_fields` replace it under their conditions.

    `kind` is "number", "text", "instant", "local", "flag" or "choice" (then `choices` maps a
    value to its word). `conditions` are pairs (number of another field, its raw value), any of
    which makes this sub-field the meaning of its parent.
    """

    name: str
    kind: str = "number"
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    choices: Vocabulary | None = None
    components: tuple[Component, ...] = ()
    sub_fields: tuple[Field, ...] = ()
    conditions: tuple[tuple[int, int], ...] = ()


@cache
def _fitdecode_profile() -> ModuleType:
    import fitdecode.profile

    module: ModuleType = fitdecode.profile
    return module


@cache
def profile_version() -> str:
    """Return the version of Garmin's profile that files are decoded by.

    Examples
    --------
    >>> profile_version() >= "21"
    True
    """
    with Path(str(_fitdecode_profile().__file__)).open(encoding="utf-8") as lines:
        for line in lines:
            if "SDK VERSION" in line:
                return line.split("SDK VERSION", 1)[1].split()[0]
    return "unknown"


@cache
def message_name(number: int) -> str:
    """Return a message type's name, or ``unknown_N`` where the profile has none.

    Examples
    --------
    >>> message_name(20), message_name(140)
    ('record', 'unknown_140')
    """
    entry = _fitdecode_profile().MESSAGE_TYPES.get(number)
    return str(entry.name) if entry is not None else f"unknown_{number}"


def is_known_message(number: int) -> bool:
    """Return whether the profile has a message type of this number."""
    return number in _fitdecode_profile().MESSAGE_TYPES


@cache
def field(message: int, number: int) -> Field:
    """Return a field of a message type; ``unknown_N`` where the profile has none.

    Examples
    --------
    >>> stance_time = field(20, 41)
    >>> stance_time.name, stance_time.scale, stance_time.unit
    ('stance_time', 10.0, 'ms')
    """
    if number == TIMESTAMP_FIELD:
        return Field("timestamp", "instant", unit="s")
    entry = _fitdecode_profile().MESSAGE_TYPES.get(message)
    known = entry.fields.get(number) if entry is not None else None
    return Field(f"unknown_{number}") if known is None else _converted(known)


@cache
def field_names(message: int) -> frozenset[str]:
    """Return the names that the profile's fields of a message type have."""
    entry = _fitdecode_profile().MESSAGE_TYPES.get(message)
    fields = entry.fields.values() if entry is not None else ()
    return frozenset(str(known.name) for known in fields) | {"timestamp"}


@cache
def choices(type_name: str) -> Vocabulary:
    """Return a vocabulary of the profile, value to word; empty if there is none.

    Examples
    --------
    >>> choices("sport")[1]
    'running'
    """
    entry = _fitdecode_profile().FIELD_TYPES.get(type_name)
    return Vocabulary(entry.enum or {}) if entry is not None else Vocabulary()


def _converted(entry: Any) -> Field:
    kind, vocabulary = _kind(entry)
    return Field(
        name=str(entry.name),
        kind=kind,
        scale=float(entry.scale or 1),
        offset=float(entry.offset or 0),
        unit=str(entry.units or ""),
        choices=vocabulary,
        components=tuple(
            Component(
                str(part.name),
                int(part.def_num),
                float(part.scale or 1),
                float(part.offset or 0),
                int(part.bits),
                int(part.bit_offset or 0),
                bool(part.accumulate),
            )
            for part in entry.components or ()
        ),
        sub_fields=tuple(_converted(sub) for sub in getattr(entry, "subfields", None) or ()),
        conditions=tuple(
            (int(ref.def_num), int(ref.raw_value))
            for ref in getattr(entry, "ref_fields", None) or ()
        ),
    )


def _kind(entry: Any) -> tuple[str, Vocabulary | None]:
    name, base = str(entry.type.name), str(entry.base_type.name)
    if name in _KINDS:
        return _KINDS[name], None
    if base == "string":
        return "text", None
    if entry.type.enum and not base.endswith("z") and name not in OPEN_TYPES:
        return "choice", choices(name)
    return "number", None
