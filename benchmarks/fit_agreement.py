"""Every value of real FIT files compared with fitdecode, fitparse and the official SDK.

Run as ``python -m benchmarks.fit_agreement [STRIDE]``: prints, for each peer, how many values are
the same, and how many differ, by kind. Every kind is explained in `EXPLAINED`; what it does not
explain is printed one by one and ends the run with status 1.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import fitdecode
import fitparse
import numpy as np
from fitparse.records import DevField
from garmin_fit_sdk import Decoder, Profile, Stream
from numpy.typing import NDArray

from benchmarks.files import CORPUS
from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.fit import decode
from runanalytics.importers.fit.codec import profile

SAME = "the same"
EXPLAINED = {
    "other name": "the same value; profiles of other ages, or a developer field that shares its "
    "name with another, name it differently",
    "unscaled": "the same number; only the newer of two profiles knows its scale",
    "newer meaning": "the SDK's newer profile has words, instants or sub-fields that ours lacks",
    "word": "ours is the profile's word, the peer's the number (an older profile, lists, "
    "descriptions)",
    "one bit": "ours is the number; the peer names it where it happens to be one known bit",
    "text": "ours is the text up to its first zero byte, with U+FFFD for a character cut off; the "
    "peer adds what follows, or leaves that out",
    "width": "a size that does not fit the type: ours are the bytes, the peer's a number",
    "counter": "counters of the lowest bits: ours count on from the full value, and where a layout "
    "is declared anew, as the SDK's do",
    "sub-field": "two sub-fields fit: ours is the first in the profile's order",
    "cut off": "the SDK drops what a packed value has beyond the last digit of its target",
    "filled": "ours is filled from a field that holds the same in other units",
    "damaged": "in a damaged file, from the damage on",
    "invalid": "a developer field that says it is missing; the SDK gives the number that says so",
    "rows": "messages that the peer leaves out, as a file is damaged or its times are compressed",
}
BITS = {"device_index", "auto_activity_detect", "capabilities"}
CUT_OFF = "\ufffd"
COUNTERS = {"event_timestamp"}
#: Counters of the lowest bits alone, and the number of values after which they begin anew.
WRAPPED = {"total_cycles": 256}
#: Both those of a workout step's target and those of its repetition may fit.
SUB_FIELDS = {
    *(f"target_{name}_zone" for name in ("hr", "speed", "cadence", "power")),
    "target_stroke_type",
}
#: Last digit of the fields that enhance others.
FINEST = 0.001
#: Types of which an older profile has other words.
RENAMED = {"leader_type", "type"}
EPOCH = np.datetime64("1989-12-31", "us")
SECOND = np.timedelta64(1, "s")


@dataclass(frozen=True)
class Value:
    """One value as a peer has it; `number` is None where it does not say which field it is."""

    name: str
    number: int | None
    is_developer: bool
    value: object


Messages = Iterator[tuple[int, list[Value]]]


def by_fitdecode(data: bytes) -> Messages:
    with fitdecode.FitReader(
        io.BytesIO(data),
        error_handling=fitdecode.ErrorHandling.IGNORE,
        check_crc=fitdecode.CrcCheck.DISABLED,
    ) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                found = []
                for entry in frame.fields:
                    developer = entry.field_def is not None and entry.field_def.is_dev
                    found.append(Value(entry.name, entry.def_num, developer, entry.value))
                yield frame.global_mesg_num, found


def by_fitparse(data: bytes) -> Messages:
    for message in fitparse.FitFile(io.BytesIO(data), check_crc=False).get_messages():
        yield (
            message.mesg_num,
            [
                Value(entry.name, entry.def_num, isinstance(entry.field, DevField), entry.value)
                for entry in message.fields
            ],
        )


def by_sdk(data: bytes) -> Messages:
    decoder = Decoder(Stream.from_byte_array(bytearray(data)))
    messages, errors = decoder.read(merge_heart_rates=False, enable_crc_check=False)
    described = {
        one["key"]: one.get("field_name") for one in messages.get("field_description_mesgs", [])
    }
    numbers = {known["messages_key"]: number for number, known in Profile["messages"].items()}
    for key, rows in messages.items():
        number = numbers.get(key)
        number = int(key) if number is None else number
        known = Profile["messages"].get(number, {"fields": {}})["fields"]
        fields = {one["name"]: place for place, one in known.items()}
        for row in rows:
            found = []
            for name, value in row.items():
                if name == "developer_fields":
                    for place, own in value.items():
                        label = described.get(place)
                        label = label[0] if isinstance(label, list) else label
                        found.append(Value(str(label), None, True, own))
                elif not (number == profile.FIELD_DESCRIPTION and name == "key"):  # the SDK's own
                    place = name if isinstance(name, int) else fields.get(name)
                    label = f"unknown_{name}" if isinstance(name, int) else name
                    found.append(Value(label, place, False, value))
            yield number, found
    if errors:
        raise RuntimeError(str(errors[0]))


PEERS: Mapping[str, Callable[[bytes], Messages]] = {
    "fitdecode": by_fitdecode,
    "fitparse": by_fitparse,
    "garmin-fit-sdk": by_sdk,
}


def is_void(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(is_void, value))
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return value is None or (isinstance(value, float) and math.isnan(value))


def alike(ours: object, theirs: object) -> bool:
    """Whether two decoders mean the same: instants may be seconds, lists tuples."""
    if is_void(theirs) or is_void(ours):
        return is_void(theirs) and is_void(ours)
    if isinstance(ours, np.datetime64):
        if isinstance(theirs, dt.datetime):
            return bool(ours == np.datetime64(theirs.replace(tzinfo=None), "us"))
        return bool((ours - EPOCH) / SECOND == theirs)
    if isinstance(ours, bytes):
        parts = theirs if isinstance(theirs, (bytes, list, tuple)) else ()
        return ours == bytes(part or 0 for part in parts)
    if isinstance(ours, tuple) and isinstance(theirs, (tuple, list)):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(theirs, dt.time) and isinstance(ours, float):
        return ours == theirs.hour * 3_600 + theirs.minute * 60 + theirs.second
    if isinstance(ours, str) and isinstance(theirs, (int, float)):
        return ours in (str(theirs), f"{theirs:.0f}")
    if isinstance(ours, float) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-12)  # the order of dividing and adding
    return bool(ours == theirs)


def kind_of(
    message: int, one: Value, columns: Mapping[str, NDArray[np.generic]], row: int
) -> tuple[str, object]:
    """Return how a peer's value differs from ours, and ours."""
    number = one.number
    names = [one.name]
    if one.is_developer:
        names += [name for name in columns if name.startswith(f"{one.name}_developer_")]
    elif number is not None:
        own = "timestamp" if number == profile.TIMESTAMP_FIELD else None
        names += [own or profile.field(message, number).name, f"unknown_{number}"]
    there = [name for name in names if name in columns]
    for name in there:
        if alike(columns[name][row], one.value):
            return SAME if name == one.name else "other name", one.value
    if not there:
        return (SAME if is_void(one.value) else _of_absent(one)), None
    # Developer fields may share a name: any of ours may be the one that is meant.
    kinds = [_of_unlike(message, one, name, columns[name][row]) for name in there]
    best = next((place for place, kind in enumerate(kinds) if kind != "value"), 0)
    return kinds[best], columns[there[best]][row]


def _of_absent(one: Value) -> str:
    if one.name == "timer_trigger":
        return "width"
    # Only the SDK has values without a field of their own: sub-fields and components.
    return "newer meaning" if one.number is None and not one.is_developer else "absent"


def _of_unlike(message: int, one: Value, name: str, ours: object) -> str:
    theirs = one.value
    listed = isinstance(theirs, (list, tuple))
    if is_void(theirs):
        return "filled"
    if one.is_developer and is_void(ours):
        return "invalid"
    if one.number is not None and one.name != name and "unknown_" in one.name + name:
        if isinstance(first_of(ours), float) and isinstance(first_of(theirs), (int, float)):
            return "unscaled" if is_unscaled(message, one, ours) else "value"
        return "newer meaning" if name.startswith("unknown_") else "word"
    if name in COUNTERS:
        return "counter"
    if name in WRAPPED and isinstance(ours, float) and isinstance(theirs, (int, float)):
        return "value" if (ours - theirs) % WRAPPED[name] else "counter"
    if name.startswith("enhanced_") and isinstance(ours, float) and isinstance(theirs, float):
        return "cut off" if 0 < ours - theirs <= FINEST else "value"
    if name in SUB_FIELDS and is_void(ours):
        return "sub-field"
    if isinstance(ours, str) and (theirs[0] if listed else theirs) == ours.replace(CUT_OFF, ""):
        return "text"
    if isinstance(ours, str) and isinstance(theirs, str) and ours.isdigit():
        return "newer meaning"
    if isinstance(ours, bytes):
        return "width"
    if name in BITS and isinstance(theirs, str):
        return "one bit"
    if isinstance(first_of(ours), str) and (isinstance(first_of(theirs), int) or name in RENAMED):
        return "word"
    return "value"


def first_of(value: object) -> object:
    return value[0] if isinstance(value, (list, tuple)) and value else value


def is_unscaled(message: int, one: Value, ours: object) -> bool:
    """Whether one of two numbers (or lists) is the other before scale and offset."""
    if one.name.startswith("unknown_"):
        field = profile.field(message, one.number or 0)
        raw, scaled, scale, offset = one.value, ours, field.scale, field.offset
    else:
        known = Profile["messages"][message]["fields"][one.number]
        raw, scaled = ours, one.value
        scale, offset = known["scale"][0], known["offset"][0]
    pairs = zip(np.atleast_1d(raw).tolist(), np.atleast_1d(scaled).tolist(), strict=True)
    return all(
        (is_void(whole) and is_void(part))
        or math.isclose((part + offset) * scale, whole, rel_tol=1e-9)
        for whole, part in pairs
    )


def compare(path: Path, peer: str) -> tuple[Counter[str], list[str]]:
    """Return how often each kind of difference is met in a file, and what is not explained."""
    return compare_content(path.name, path.read_bytes(), peer)


def compare_content(name: str, data: bytes, peer: str) -> tuple[Counter[str], list[str]]:
    """Compare as `compare` does, by the bytes of a file of any name."""
    source = name
    counted: Counter[str] = Counter()
    odd: list[str] = []
    try:
        file = decode(data)
    except RunAnalyticsError:
        return Counter({"files without a message": 1}), odd
    tables = {name: file.messages(name).arrays() for name in file}
    rows: Counter[str] = Counter()
    whole = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for message, values in PEERS[peer](data):
                name = profile.message_name(message)
                row = rows[name]
                rows[name] += 1
                if name not in tables or row >= len(tables[name]["damaged"]):
                    counted["damaged" if file.problems else "row of theirs"] += 1
                    continue
                met: dict[str, list[tuple[str, object]]] = {}
                for one in values:
                    met.setdefault(one.name, []).append(kind_of(message, one, tables[name], row))
                for key, kinds in met.items():
                    # Of two fields with one name, the one that we have as well counts.
                    kind, ours = next((met for met in kinds if met[0] == SAME), kinds[0])
                    if len(kinds) > 1 and alike(
                        ours, [one.value for one in values if one.name == key]
                    ):
                        kind = SAME  # the peer has each part of a list as a field
                    if kind not in (SAME, *EXPLAINED) and file.problems:
                        kind = "damaged"
                    counted[kind] += 1
                    if kind not in (SAME, *EXPLAINED):
                        theirs = [one.value for one in values if one.name == key]
                        odd.append(f"{source} {name}[{row}].{key}: {ours!r}, theirs {theirs}")
    except Exception as error:
        whole = False
        counted[f"files where it stops ({type(error).__name__})"] += 1
    missing = sum(len(table["damaged"]) - rows[name] for name, table in tables.items())
    if missing > 0:
        counted["rows" if file.problems or not whole else "rows of ours"] += missing
        if whole and not file.problems:
            odd.append(f"{source}: {missing} rows that {peer} lacks")
    return counted, odd


def _compare_all(path: Path) -> dict[str, tuple[Counter[str], list[str]]]:
    return {peer: compare(path, peer) for peer in PEERS}


def main() -> int:
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    paths = sorted(path for path in CORPUS.glob("*/*") if path.suffix.lower() == ".fit")[::stride]
    totals: dict[str, Counter[str]] = {peer: Counter() for peer in PEERS}
    odd = []
    with Pool(2) as pool:
        for found in pool.imap_unordered(_compare_all, paths):
            for peer, (counted, unexplained) in found.items():
                totals[peer] += counted
                odd += [f"{peer}: {line}" for line in unexplained]
    print(f"{len(paths)} files.\n")
    return shown(totals, odd)


def shown(totals: Mapping[str, Counter[str]], odd: list[str]) -> bool:
    """Print how many values are alike, and what is not explained; return whether there is any."""
    print(f"| values | {' | '.join(PEERS)} | |")
    print("| --- " * (2 + len(PEERS)) + "|")
    kinds = dict.fromkeys(
        [SAME, *EXPLAINED, *(kind for found in totals.values() for kind in found)]
    )
    for kind in kinds:
        cells = " | ".join(f"{totals[peer][kind]:,}" for peer in PEERS)
        print(f"| {kind} | {cells} | {EXPLAINED.get(kind, '')} |")
    print(f"\n{len(odd)} differences are not explained.")
    print(*odd[:60], sep="\n")
    return bool(odd)


if __name__ == "__main__":
    sys.exit(main())
