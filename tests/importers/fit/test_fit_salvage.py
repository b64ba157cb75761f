"""Damage: everything intact is read, what came after is flagged, and the place is named."""

from __future__ import annotations

import random
import struct
import tracemalloc

import numpy as np
import pytest
from fastcrc import crc16

from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.fit import FIT, decode


def seconds_of(fit, file) -> list[int]:
    times = file["record"]["timestamp"]
    epoch = (times - times.iloc[0].__class__("1989-12-31", tz="UTC")).dt.total_seconds()
    return [int(value) - fit.start for value in epoch]


def signed(content: bytes) -> bytes:
    return content[:-2] + struct.pack("<H", crc16.arc(content[:-2]))


@pytest.fixture(scope="module")
def whole(fit) -> bytes:
    return fit.a_run(300).bytes()


def record_bytes(whole: bytes) -> tuple[int, int]:
    """Where the 300 records begin, and the size of one."""
    size = 15
    first = whole.index(bytes([4]) + struct.pack("<I", 1_100_000_000))
    return first, size


def test_truncated(fit, whole):
    first, size = record_bytes(whole)
    file = decode(whole[: first + 100 * size + 7])
    assert seconds_of(fit, file) == list(range(100))
    # Of the last one alone it cannot be told whether its end is what was written there.
    assert file["record"]["damaged"].tolist() == [False] * 99 + [True]
    assert "bytes early" in str(file.problems[0])
    assert file.problems[1].byte == first + 100 * size


def test_truncated_between_two_messages(fit, whole):
    first, size = record_bytes(whole)
    file = decode(whole[: first + 100 * size])
    assert seconds_of(fit, file) == list(range(100))
    assert file.problems


def test_data_size_of_zero(fit, whole):
    file = decode(whole[:4] + bytes(4) + whole[8:])
    assert len(file["record"]) == 300
    assert "no data" in str(file.problems)


def test_wrong_checksum_is_never_clean(whole):
    file = decode(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert len(file["record"]) == 300
    assert file["record"]["damaged"].all()
    assert "checksum" in file.problems[0].message


def test_unterminated_last_record(fit):
    writer = fit.a_run(50)
    writer.raw(bytes([4, 1, 2, 3]))
    file = decode(writer.bytes())
    assert len(file["record"]) == 50
    assert "end within a message" in file.problems[0].message
    assert not file["record"]["damaged"].any()


def test_trailing_garbage(whole):
    file = decode(whole + b"garbage" * 3)
    assert len(file["record"]) == 300
    assert file.problems[0].message.startswith("21 bytes follow")
    assert not file["record"]["damaged"].any()


def test_undefined_local_message(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 40)
    writer.raw(bytes([11, 3, 4]))
    for second in range(40, 80):
        writer.write(4, fit.start + second, 300 * second, 3000, 84, 0, 2500)
    file = decode(writer.bytes())
    assert seconds_of(fit, file) == list(range(80))
    assert file["record"]["damaged"].sum() >= 40
    assert not file["record"]["damaged"][:39].any()
    assert "local type 11, which nothing defines" in file.problems[0].message


@pytest.mark.parametrize("damage", [slice(0, 1), slice(4, 8), slice(8, 12), slice(0, 14)])
def test_header_damage(fit, whole, damage):
    broken = bytearray(whole)
    broken[damage] = bytes([0xA5]) * (damage.stop - damage.start)
    file = decode(bytes(broken))
    assert seconds_of(fit, file) == list(range(300))
    assert file["record"]["damaged"].all()
    assert file.problems


def test_second_file_with_a_damaged_header(fit, whole):
    second = bytearray(whole)
    second[8:12] = b"?FIT"
    file = decode(whole + bytes(second))
    assert [len(part["record"]) for part in file.parts] == [300, 300]
    assert not file.parts[0]["record"]["damaged"].any()
    assert file.parts[1]["record"]["damaged"].all()


def test_a_lost_block_is_stepped_over(fit, whole):
    first, size = record_bytes(whole)
    begin = first + 100 * size + 9
    file = decode(whole[:begin] + whole[begin + 100 :])
    seconds = seconds_of(fit, file)
    assert seconds[:100] == list(range(100))
    assert len(set(range(300)) & set(seconds)) >= 292
    assert file["record"]["damaged"].all()


def test_random_bytes_in_the_middle(fit, whole):
    first, size = record_bytes(whole)
    begin = first + 100 * size + 3
    noise = random.Random(3).randbytes(64)
    file = decode(whole[:begin] + noise + whole[begin + 64 :])
    assert len(set(range(300)) & set(seconds_of(fit, file))) >= 294


def test_lost_first_definitions(fit, whole):
    writer = fit.file_id(fit.Writer())
    for block in range(3):
        fit.records(writer, fit.start + 100 * block, 100)
    content = bytearray(writer.bytes())
    content[0:60] = bytes([0x55]) * 60
    assert len(set(range(100, 300)) & set(seconds_of(fit, decode(bytes(content))))) == 200


@pytest.mark.parametrize("kind", ["flip", "noise", "deletion", "doubling"])
def test_all_that_is_intact_before_damage_is_read(fit, whole, kind):
    first, size = record_bytes(whole)
    source = random.Random(5)
    for _ in range(25):
        place = source.randrange(first + 20 * size, len(whole) - 2)
        before, after = whole[:place], whole[place:]
        broken = {
            "flip": before + bytes([after[0] ^ 1 << source.randrange(8)]) + after[1:],
            "noise": before + source.randbytes(30) + after[30:],
            "deletion": before + after[30:],
            "doubling": before + after[:30] + after,
        }[kind]
        intact = min((place - first) // size, 300)
        assert seconds_of(fit, decode(broken))[:intact] == list(range(intact))


def mutants(whole: bytes, count: int):
    source = random.Random(11)
    for number in range(count):
        data = bytearray(whole)
        place = source.randrange(len(data))
        kind = number % 6
        if kind == 0:
            data[place] ^= 1 << source.randrange(8)
        elif kind == 1:
            del data[place:]
        elif kind == 2:
            data[4:8] = source.randbytes(4)
        elif kind == 3:
            data[place:place] = data[place : place + source.randrange(200)]
        elif kind == 4:
            del data[place : place + source.randrange(1, 200)]
        else:
            for _ in range(20):
                data[source.randrange(len(data))] = source.randrange(256)
        repaired = number % 2 == 0 and len(data) > 20
        yield (signed(bytes(data)) if repaired else bytes(data)), repaired


def test_no_mutant_gets_out_of_hand(fit):
    writer = fit.a_run(120)
    writer.define(5, 132, [(253, "uint32"), (9, "uint32"), (10, "byte", 3)])
    writer.write(5, fit.start, 1, 2, 3, 4)
    whole = writer.bytes()
    read = 0
    for mutant, repaired in mutants(whole, 400):
        try:
            file = decode(mutant)
            for name in file:
                assert len(file[name]) > 0
            FIT.read(mutant)
        except RunAnalyticsError:
            continue
        read += 1
        if not repaired and mutant != whole:
            assert file.problems
    assert read > 350


def test_mutants_of_a_real_file(corpus):
    whole = (corpus / "devices" / "dtcooper__garmin-fenix-5-run.fit").read_bytes()
    for mutant, repaired in mutants(whole, 150):
        try:
            file = decode(mutant)
            frames = [file[name] for name in file]
            FIT.read(mutant)
        except RunAnalyticsError:
            continue
        assert frames
        if not repaired and mutant != whole:
            assert file.problems


MILLION = 1_000_000
BOMBS = {
    "empty messages": lambda fit: fit.Writer().define(1, 20, []).raw(b"\1" * 8 * MILLION),
    "empty messages in disorder": lambda fit: (
        fit.Writer()
        .define(1, 20, [])
        .define(2, 20, [])
        .raw(bytes(random.Random(1).choices((1, 2), k=MILLION)))
    ),
    "zero-size fields": lambda fit: (
        fit.Writer()
        .raw(bytes([0x41, 0, 0, 20, 0, 200]) + bytes([9, 0, 2]) * 200)
        .raw(b"\1" * MILLION)
    ),
    "one wide, many narrow": lambda fit: (
        fit.Writer()
        .define(1, 20, [(number, "uint8") for number in range(250)])
        .write(1, *[1] * 250)
        .define(2, 20, [(3, "uint8")])
        .raw(b"\2\5" * MILLION)
    ),
    "definitions alone": lambda fit: fit.Writer().raw(bytes([0x41, 0, 0, 20, 0, 0]) * MILLION),
    "field descriptions": lambda fit: (
        fit.Writer()
        .define(1, 206, [(0, "uint8"), (1, "uint8")])
        .raw(b"\1\2\3" * MILLION)
        .define(2, 20, [(3, "uint8")], developer=[(3, 1, 2, "B")])
        .write(2, 100, 1)
    ),
}


@pytest.mark.parametrize("name", [*BOMBS, "60,000 chained files"])
def test_files_made_to_exhaust_the_machine(fit, name):
    if name in BOMBS:
        content = BOMBS[name](fit).bytes()
    else:
        content = fit.file_id(fit.Writer()).bytes() * 60_000
    said = ""
    tracemalloc.start()
    try:
        said = str(FIT.read(content).notes)
    except UnreadableFileError as error:
        said = str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 256 * 2**20
    assert said


def test_times_from_0_to_the_end_of_the_clock(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(2, 12, [(0, "enum")]).write(2, 1)
    writer.define(1, 20, [(253, "uint32"), (4, "uint8")])
    for moment in (0, 1, 3_600, *(fit.start + second for second in range(90)), 4_290_000_000):
        writer.write(1, moment, 84)
    imported = FIT.read(writer.bytes())
    assert len(imported.samples) == 90
    assert imported.samples["elapsed_s"].max() == 89
    assert any("impossible time: 4 of" in note.message for note in imported.notes)
    assert np.isclose(imported.runs["elapsed_s"][0], 89)
