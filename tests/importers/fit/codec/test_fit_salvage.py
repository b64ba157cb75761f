"""Damage: everything intact is read, all rows after it are flagged, and its place is named."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from runanalytics.importers.fit import FIT, decode


def seconds_of(fit, file) -> list[int]:
    times = file["record"]["timestamp"]
    epoch = (times - times.iloc[0].__class__("1989-12-31", tz="UTC")).dt.total_seconds()
    return [int(value) - fit.start for value in epoch]


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
    # Only of the last one it is unknown whether its end is as it was written.
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


@pytest.mark.parametrize("size", [0, 5, 400, 0xFFFFFFFF])
def test_a_wrong_size_beside_a_checksum_that_vouches_for_all_else(fit, size):
    whole = fit.a_run(50).bytes(12)
    file = decode(whole[:4] + struct.pack("<I", size) + whole[8:])
    assert seconds_of(fit, file) == list(range(50))
    assert not file["record"]["damaged"].any()
    assert "header" in file.problems[0].message


def test_a_checksum_taken_for_a_message(fit):
    """A block is missing, so the file seems cut off; what was its checksum fits a message."""
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 30)
    writer.define(5, 65_290, [(0, "uint8")])
    for number in range(40):
        writer.write(5, number)
    whole = writer.bytes()
    while whole[-2] != 5:  # until the checksum begins as such a message does
        writer.write(5, 7)
        whole = writer.bytes()
    begin = whole.index(bytes([5, 3, 5, 4]))
    file = decode(whole[:begin] + whole[begin + 10 :])
    assert file["unknown_65290"]["damaged"].all()
    assert file["record"]["damaged"].all()


def test_times_in_headers_of_a_file_that_breaks_off_are_not_vouched_for(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 30)
    writer.define(3, 20, [(3, "uint8"), (4, "uint8")])
    for second in range(30, 60):
        writer.write_compressed(3, (fit.start + second) % 32, 150, 84)
    file = decode(writer.bytes()[:-4])
    assert seconds_of(fit, file) == list(range(59))
    assert file["record"]["damaged"].tolist() == [False] * 29 + [True] * 30


def test_damage_in_a_file_whose_clock_counts_from_when_it_was_switched_on(fit):
    writer = fit.file_id(fit.Writer())
    fit.event(writer, 500, 0)
    fit.records(writer, 500, 200)
    whole = writer.bytes()
    broken = whole[:2_000] + bytes([0x6B]) * 100 + whole[2_100:]
    rows = decode(broken)["record"]["distance"]
    read = {round(metres / 3) for metres in rows}
    assert len(read & set(range(200))) >= 192


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
