"""Bytes written in any way are read back: any types, orders, headers and developer fields."""

from __future__ import annotations

import functools
import math
import struct
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.importers.fit import decode

#: Number in the profile's numbering of base types, struct's letter, and what means "missing".
NUMBERS = {
    "enum": ("B", 0xFF),
    "sint8": ("b", 0x7F),
    "uint8": ("B", 0xFF),
    "sint16": ("h", 0x7FFF),
    "uint16": ("H", 0xFFFF),
    "sint32": ("i", 0x7FFFFFFF),
    "uint32": ("I", 0xFFFFFFFF),
    "uint8z": ("B", 0),
    "uint16z": ("H", 0),
    "uint32z": ("I", 0),
    "sint64": ("q", 2**63 - 1),
    "uint64": ("Q", 2**64 - 1),
    "uint64z": ("Q", 0),
}
FLOATS = {"float32": "f", "float64": "d"}
#: Message types that no profile names, so that nothing is scaled.
FIRST_UNKNOWN = 65_290
BASE = 1_100_000_000


@dataclass(frozen=True)
class Field:
    number: int
    kind: str
    count: int

    def expected(self, written: tuple[object, ...]) -> object:
        """What must be read."""
        if self.kind == "string":
            return written[0].rstrip(b"\0").decode() or None
        if self.kind == "byte":
            return None if set(written) == {0xFF} else bytes(written)
        if self.kind in FLOATS:
            found = [None if math.isnan(one) else one for one in written]
        else:
            found = [None if one == NUMBERS[self.kind][1] else one for one in written]
        if self.count == 1:
            return found[0]
        return None if all(one is None for one in found) else tuple(found)


@functools.cache  # Hypothesis looks long at each strategy that it meets for the first time
def values_of(field: Field) -> st.SearchStrategy[tuple[object, ...]]:
    """What may be written: as many values as struct packs."""
    if field.kind == "string":
        text = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12)
        fitting = text.filter(lambda one: len(one.encode()) <= field.count)
        return fitting.map(lambda one: (one.encode().ljust(field.count, b"\0"),))
    if field.kind == "byte":
        return st.tuples(*[st.integers(0, 255)] * field.count)
    if field.kind in FLOATS:
        width = 32 if field.kind == "float32" else 64
        one = st.floats(width=width, allow_infinity=False)
    else:
        letter, invalid = NUMBERS[field.kind]
        bits = 8 * struct.calcsize("<" + letter)
        low = -(2 ** (bits - 1)) if letter.islower() else 0
        one = st.one_of(st.integers(low, low + 2**bits - 1), st.just(invalid))
    return st.tuples(*[one] * field.count)


def same(ours: object, expected: object) -> bool:
    if ours is None or ours != ours:
        return expected is None
    if isinstance(expected, tuple):
        return len(ours) == len(expected) and all(map(same, ours, expected))
    return type(ours) is not bool and ours == expected


@st.composite
def fields(draw: st.DrawFn) -> list[Field]:
    numbers = draw(st.lists(st.integers(0, 240), min_size=1, max_size=6, unique=True))
    found = []
    for number in numbers:
        kind = draw(st.sampled_from([*NUMBERS, *FLOATS, "string", "byte"]))
        count = draw(st.sampled_from([1, 1, 1, 2, 3]))
        count = {"string": draw(st.integers(1, 20)), "byte": draw(st.integers(2, 9))}.get(
            kind, count
        )
        found.append(Field(number, kind, count))
    return found


@st.composite
def contents(draw: st.DrawFn, kit) -> tuple[bytes, dict[str, list[dict[str, object]]]]:
    """A file of any messages, and what it says."""
    writer = kit.Writer(big_endian=draw(st.booleans()))
    expected_rows: dict[str, list[dict[str, object]]] = {}
    in_force: dict[int, tuple[str, list[Field]]] = {}
    for _ in range(draw(st.integers(1, 12))):
        local = draw(st.integers(0, 15))
        if local not in in_force or draw(st.integers(0, 3)) == 0:
            message = FIRST_UNKNOWN + draw(st.integers(0, 2))
            chosen = draw(fields())
            writer.define(local, message, [(one.number, one.kind, one.count) for one in chosen])
            in_force[local] = f"unknown_{message}", chosen
        name, chosen = in_force[local]
        for _ in range(draw(st.sampled_from([1, 1, 2, 20]))):
            written = [draw(values_of(one)) for one in chosen]
            writer.write(local, *[part for values in written for part in values])
            row = {
                f"unknown_{one.number}": one.expected(values)
                for one, values in zip(chosen, written, strict=True)
            }
            expected_rows.setdefault(name, []).append(row)
    return writer.bytes(draw(st.sampled_from([12, 14]))), expected_rows


def check(content: bytes, expected_rows: dict[str, list[dict[str, object]]]) -> None:
    file = decode(content)
    assert file.problems == ()
    assert set(file) == set(expected_rows)
    for name, rows in expected_rows.items():
        columns = file.messages(name).arrays()
        frame = file[name]
        assert len(frame) == len(rows)
        assert not columns["damaged"].any()
        for place, row in enumerate(rows):
            for column, values in columns.items():
                if column != "damaged":
                    expected = row.get(column)
                    assert same(values[place], expected), (name, place, column, expected)
            assert all(column in columns for column, value in row.items() if value is not None)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_any_messages_are_read_back(fit, data):
    check(*data.draw(contents(fit)))


@settings(max_examples=50, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 31), st.integers(0, 254)), min_size=1, max_size=120),
    every=st.integers(2, 40),
    big_endian=st.booleans(),
)
def test_any_compressed_times_are_read_back(fit, steps, every, big_endian):
    writer = fit.Writer(big_endian=big_endian)
    writer.define(1, 20, [(253, "uint32"), (3, "uint8")]).define(2, 20, [(3, "uint8")])
    now, times = BASE, []
    for number, (step, rate) in enumerate(steps):
        now += step
        times.append(now)
        if number % every == 0:
            writer.write(1, now, rate)
        else:
            writer.write_compressed(2, now % 32, rate)
    frame = decode(writer.bytes())["record"]
    epoch = np.datetime64("1989-12-31", "us")
    read = (frame["timestamp"].dt.tz_localize(None).to_numpy() - epoch) / np.timedelta64(1, "s")
    assert read.tolist() == times
    assert frame["heart_rate"].tolist() == [rate for _, rate in steps]


@settings(max_examples=50, deadline=None)
@given(data=st.data(), big_endian=st.booleans())
def test_any_developer_fields_are_read_back(fit, data, big_endian):
    chosen = data.draw(fields())
    writer = fit.Writer(big_endian=big_endian)
    codes = fit.types
    writer.define(0, 207, [(3, "uint8")]).write(0, 4)
    writer.define(
        1, 206, [(0, "uint8"), (1, "uint8"), (2, "uint8"), (3, "string", 16), (8, "string", 8)]
    )
    for one in chosen:
        name = f"app field {one.number}".encode().ljust(16, b"\0")
        writer.write(1, 4, one.number, codes[one.kind][0], name, b"units\0\0\0")
    letters = [f"{one.count}{codes[one.kind][1]}" for one in chosen]
    sizes = [struct.calcsize("<" + letter) for letter in letters]
    developer = [
        (one.number, size, 4, letter)
        for one, size, letter in zip(chosen, sizes, letters, strict=True)
    ]
    writer.define(2, FIRST_UNKNOWN, [(7, "uint16")], developer=developer)
    rows = []
    for number in range(data.draw(st.sampled_from([1, 3, 30]))):
        written = [data.draw(values_of(one)) for one in chosen]
        writer.write(2, number, *[part for values in written for part in values])
        row = {
            f"app field {one.number}": one.expected(values)
            for one, values in zip(chosen, written, strict=True)
        }
        rows.append({"unknown_7": number, **row})
    file = decode(writer.bytes())
    columns = file.messages(f"unknown_{FIRST_UNKNOWN}").arrays()
    for place, row in enumerate(rows):
        for column, expected in row.items():
            assert same(columns[column][place] if column in columns else None, expected)
    assert [one.unit for one in file.developer_fields] == ["units"] * len(chosen)


def test_no_bit_pattern_of_a_real_number_disturbs(fit):
    """Signalling NaN, subnormal numbers and infinity stand in 32 bits like any other."""
    writer = fit.Writer().define(1, FIRST_UNKNOWN, [(0, "uint32")]).define(2, 20, [(3, "uint8")])
    body = writer.body.replace(bytes([0, 4, 0x86]), bytes([0, 4, 0x88]))
    writer.body = body
    patterns = [0x7FA00000, 0x7F800000, 0x00000001, 0xFFFFFFFF, 0x80000000] * 8
    for pattern in patterns:
        writer.write(1, pattern)
    frame = decode(writer.bytes())[f"unknown_{FIRST_UNKNOWN}"]
    first = frame["unknown_0"].tolist()[:5]
    assert math.isnan(first[0])
    assert math.isnan(first[3])
    assert first[1] == math.inf
    assert first[2] == pytest.approx(2**-149)
    assert first[4] == 0
