"""The protocol, one oddity at a time."""

from __future__ import annotations

import struct

import numpy as np
import pandas as pd
import pytest

from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.importers.fit import decode


@pytest.mark.parametrize("header_size", [12, 14])
def test_both_header_sizes(fit, header_size):
    file = decode(fit.a_run(20).bytes(header_size))
    assert file.problems == ()
    assert len(file["record"]) == 20


def test_header_checksum_of_zero_means_unchecked(fit):
    assert decode(fit.a_run(20).bytes(header_crc=False)).problems == ()


def test_values_are_scaled_and_invalid_ones_missing(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(1, 20, [(253, "uint32"), (2, "uint16"), (3, "uint8"), (13, "sint8")])
    writer.write(1, fit.start, 2600, 150, -5).write(1, 0xFFFFFFFF, 0xFFFF, 0xFF, 0x7F)
    frame = decode(writer.bytes())["record"]
    assert frame["altitude"].tolist()[0] == 20.0  # 2600 / 5 - 500
    assert frame["heart_rate"][0] == 150
    assert frame["temperature"][0] == -5
    assert frame.drop(columns="damaged").iloc[1].isna().all()
    assert frame["timestamp"].dtype == "datetime64[us, UTC]"
    assert frame["timestamp"][0] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")


def test_big_endian(fit):
    writer = fit.Writer(big_endian=True)
    writer.define(1, 20, [(253, "uint32"), (6, "uint16")]).write(1, fit.start, 3456)
    frame = decode(writer.bytes())["record"]
    assert frame["speed"][0] == 3.456
    assert frame["timestamp"][0] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")


def test_enhanced_fields_stand_beside_what_they_enhance(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(6, "uint16"), (2, "uint16")]).write(1, 3000, 2600)
    writer.define(2, 20, [(73, "uint32")]).write(2, 70_000)
    frame = decode(writer.bytes())["record"]
    assert frame["enhanced_speed"].tolist() == [3.0, 70.0]
    assert frame["speed"].tolist()[0] == 3.0
    assert np.isnan(frame["speed"][1])
    assert frame["enhanced_altitude"][0] == 20.0


def test_a_stated_enhanced_field_wins_over_the_plain_one(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(6, "uint16"), (73, "uint32")])
    writer.write(1, 3000, 3001).write(1, 3000, 0xFFFFFFFF)
    assert decode(writer.bytes())["record"]["enhanced_speed"].tolist() == [3.001, 3.0]


def test_compressed_timestamps_roll_over(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(253, "uint32"), (3, "uint8")]).define(2, 20, [(3, "uint8")])
    base = fit.start - fit.start % 32 + 30
    writer.write(1, base, 100)
    for seconds in (31, 0, 1, 20, 5):  # 1, 2, 3, 22 and 39 seconds later
        writer.write_compressed(2, seconds, 101)
    times = decode(writer.bytes())["record"]["timestamp"]
    assert (times - times[0]).dt.total_seconds().tolist() == [0, 1, 2, 3, 22, 39]


def test_compressed_timestamps_without_a_full_one_before_are_missing(fit):
    writer = fit.Writer().define(2, 20, [(3, "uint8")])
    writer.write_compressed(2, 3, 101)
    assert decode(writer.bytes())["record"]["timestamp"].isna().all()


def test_a_compressed_message_may_have_no_field_at_all(fit):
    writer = fit.Writer().define(1, 20, [(253, "uint32")]).define(2, 20, [])
    writer.write(1, fit.start).write_compressed(2, (fit.start + 1) % 32)
    times = decode(writer.bytes())["record"]["timestamp"]
    assert (times[1] - times[0]).total_seconds() == 1


def test_definitions_change_within_a_file(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(3, "uint8")]).write(1, 100)
    writer.define(1, 20, [(3, "uint8"), (4, "uint8")]).write(1, 101, 85)
    writer.define(1, 18, [(5, "enum")]).write(1, 1)
    writer.define(1, 20, [(3, "uint8")]).write(1, 102)
    file = decode(writer.bytes())
    assert file["record"]["heart_rate"].tolist() == [100, 101, 102]
    assert file["record"]["cadence"].tolist()[1] == 85
    assert file["session"]["sport"].tolist() == ["running"]


@pytest.mark.parametrize("pattern", [(1,), (1, 2), (1, 2, 3), (1, 1, 2), (1, 2, 1, 3, 2)])
def test_interleaved_messages_keep_their_order(fit, pattern):
    writer = fit.Writer()
    for local, wide in ((1, False), (2, True)):
        extra = [(4, "uint8")] if wide else []
        writer.define(local, 20, [(5, "uint32"), *extra])
    writer.define(3, 21, [(0, "enum")])
    odd = {7, 100, 333, 334}
    expected = []
    for number in range(400):
        local = 3 if number in odd else pattern[number % len(pattern)]
        writer.write(local, *{1: (number,), 2: (number, 9), 3: (0,)}[local])
        if local != 3:
            expected.append(number / 100)
    file = decode(writer.bytes())
    assert file["record"]["distance"].tolist() == expected
    assert len(file["event"]) == 400 - len(expected)


@pytest.mark.parametrize("layouts", [2, 65])
@pytest.mark.parametrize("count", [1, 40])
def test_many_layouts_are_scaled_as_each_alone(fit, layouts, count):
    """Offsets, copies and missing values, in rows that some of the layouts lack."""
    fields = [(2, "uint16"), (3, "uint8"), (6, "uint16"), (5, "uint32")]
    raw = {2: (2600, 0xFFFF), 3: (100, 0xFF), 6: (3000, 0xFFFF), 5: (700, 0xFFFFFFFF)}
    writer, written = fit.Writer(), []
    for number in range(layouts):
        # Fields that the profile lacks, so that layouts differ.
        has = [*fields[number % 2 : number % 2 + 3], (200 + number // 2 % 50, "uint8")]
        writer.define(1, 20, has)
        for row in range(count):
            values = {key: raw[key][row % 2] for key, _ in has[:3]}
            writer.write(1, *values.values(), 1)
            written.append(values)

    def expected(key, scale, offset=0):
        cells = [row.get(key, raw[key][1]) for row in written]
        return [np.nan if cell == raw[key][1] else cell / scale - offset for cell in cells]

    columns = decode(writer.bytes()).messages("record").arrays()
    for names, cells in (
        (("altitude", "enhanced_altitude"), expected(2, 5, 500)),
        (("heart_rate",), expected(3, 1)),
        (("speed", "enhanced_speed"), expected(6, 1000)),
        (("distance",), expected(5, 100)),
    ):
        for name in names:
            np.testing.assert_array_equal(columns[name], cells, name)


def test_more_layouts_than_fit_into_a_byte(fit):
    writer = fit.Writer()
    writer.define(15, 20, [(3, "uint8")])
    for number in range(300):
        writer.define(number % 15, 65_000 + number, [(0, "uint16"), (1, "uint8")])
        writer.write(number % 15, number, number % 250).write(15, number % 200)
    file = decode(writer.bytes())
    assert file.problems == ()
    assert file["record"]["heart_rate"].tolist() == [number % 200 for number in range(300)]
    for number in range(300):
        columns = file.messages(f"unknown_{65_000 + number}").arrays()
        assert columns["unknown_0"].tolist() == [number]
        assert columns["unknown_1"].tolist() == [number % 250]


def test_every_base_type(fit):
    kinds = ["sint8", "uint8", "sint16", "uint16", "sint32", "uint32", "float32", "float64"]
    writer = fit.Writer().define(1, 65_290, [(n, kind) for n, kind in enumerate(kinds)])
    values = (-7, 7, -700, 700, -70_000, 70_000, 0.5, 0.1)
    invalid = (0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, np.nan, np.nan)
    writer.write(1, *values).write(1, *invalid)
    frame = decode(writer.bytes())["unknown_65290"]
    assert frame.iloc[0, :-1].tolist() == list(values)
    assert frame.iloc[1, :-1].isna().all()
    assert list(frame.columns[:-1]) == [f"unknown_{n}" for n in range(len(kinds))]


def test_zero_is_missing_for_types_that_say_so(fit):
    writer = fit.Writer().define(1, 65_290, [(0, "uint8z"), (1, "uint16z"), (2, "uint32z")])
    writer.write(1, 0, 0, 0).write(1, 1, 2, 3)
    frame = decode(writer.bytes())["unknown_65290"]
    assert frame.iloc[0, :-1].isna().all()
    assert frame.iloc[1, :-1].tolist() == [1, 2, 3]


def test_integers_of_64_bits_are_not_rounded(fit):
    large = 2**63 + 1
    writer = fit.Writer().define(1, 65_290, [(0, "uint64"), (1, "sint64"), (2, "uint64z")])
    writer.write(1, large, -(2**62) - 1, 5).write(1, 2**64 - 1, 2**63 - 1, 0)
    frame = decode(writer.bytes())["unknown_65290"]
    assert frame.iloc[0, :-1].tolist() == [large, -(2**62) - 1, 5]
    assert frame.iloc[1, :-1].tolist() == [None, None, None]


def test_lists_text_and_bytes(fit):
    writer = fit.Writer()
    writer.define(1, 65_290, [(0, "uint16", 3), (1, "string", 8), (2, "byte", 2)])
    writer.write(1, 1, 0xFFFF, 3, b"Stra\xc3\x9fe\0", b"\1"[0], 2)
    writer.write(1, 0xFFFF, 0xFFFF, 0xFFFF, b"\0junk", 0xFF, 0xFF)
    frame = decode(writer.bytes())["unknown_65290"]
    assert frame["unknown_0"][0] == (1.0, pytest.approx(np.nan, nan_ok=True), 3.0)
    assert frame["unknown_1"][0] == "Straße"
    assert frame["unknown_2"][0] == b"\1\2"
    assert frame.iloc[1, :-1].isna().all()


def test_words_of_a_vocabulary_and_numbers_that_it_lacks(fit):
    writer = fit.Writer().define(1, 18, [(5, "enum"), (6, "enum")])
    writer.write(1, 1, 4).write(1, 250, 255)
    frame = decode(writer.bytes())["session"]
    assert frame["sport"].tolist() == ["running", "250"]
    assert frame["sub_sport"][0] == "track"
    assert frame["sub_sport"].isna()[1]
    assert frame["sport"].dtype == "str"


def test_long_columns_of_words(fit):
    writer = fit.Writer().define(1, 20, [(42, "enum")])
    for number in range(300):
        writer.write(1, 1 if number % 3 else 255)
    words = decode(writer.bytes())["record"]["activity_type"]
    assert words.isna().sum() == 100
    assert set(words.dropna()) == {"running"}


def test_long_columns_of_lists_of_words(fit):
    writer = fit.Writer().define(1, 20, [(42, "enum", 2)]).define(2, 20, [(42, "enum")])
    for _ in range(300):
        writer.write(1, 1, 0)
    writer.write(2, 1)
    words = decode(writer.bytes())["record"]["activity_type"].tolist()
    assert words == [("running", "generic")] * 300 + ["running"]


def test_a_field_whose_meaning_hangs_on_another(fit):
    writer = fit.Writer().define(1, 0, [(1, "uint16"), (2, "uint16")])
    writer.write(1, 1, 3992).write(1, 294, 802)
    frame = decode(writer.bytes())["file_id"]
    assert frame["manufacturer"].tolist() == ["garmin", "coros"]
    assert frame["product"].tolist() == [3992, 802]
    assert frame["garmin_product"][0] == "fr255"
    assert frame["garmin_product"].isna()[1]


def test_meanings_of_many_messages_at_once(fit):
    writer = fit.Writer().define(1, 21, [(0, "enum"), (3, "uint32")])
    for number in range(60):
        writer.write(1, 0 if number % 2 else 36, number)
    frame = decode(writer.bytes())["event"]
    assert frame["data"].tolist() == list(range(60))
    trigger = frame["timer_trigger"][1::2].tolist()
    assert trigger[:2] == ["auto", "3"]
    assert frame["timer_trigger"][::2].isna().all()


def test_quantities_packed_into_bits(fit):
    # compressed_speed_distance: 12 bits of speed in cm/s, 12 bits of distance in 1/16 m.
    def packed(speed: int, sixteenths: int) -> bytes:
        return (speed | (sixteenths & 0xFFF) << 12).to_bytes(3, "little")

    writer = fit.Writer().define(1, 20, [(8, "byte", 3)])
    for metres in (100, 200, 300, 600):
        writer.write(1, *packed(310, metres * 16))
    frame = decode(writer.bytes())["record"]
    assert frame["speed"].tolist() == [3.1] * 4
    assert frame["enhanced_speed"].tolist() == [3.1] * 4
    # 300 m is beyond the 256 m that 12 bits hold: the count goes on, by the least that fits.
    assert frame["distance"].tolist() == [100, 200, 300, 600 - 256]


def test_a_packed_counter_goes_on_over_two_layouts(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(18, "uint8")]).define(2, 20, [(18, "uint8"), (3, "uint8")])
    writer.write(1, 250).write(2, 4, 99).write(1, 8)
    assert decode(writer.bytes())["record"]["total_cycles"].tolist() == [250, 260, 264]


def test_event_timestamps_of_a_chest_strap_count_on_from_the_full_one(fit):
    writer = fit.Writer().define(1, 132, [(253, "uint32"), (9, "uint32")])
    writer.write(1, fit.start, 5000 * 1024)
    writer.define(2, 132, [(10, "byte", 3)])
    low = [(5000 * 1024 + 512) & 0xFFF, (5000 * 1024 + 1536) & 0xFFF]
    writer.write(2, *(low[0] | low[1] << 12).to_bytes(3, "little"))
    frame = decode(writer.bytes())["hr"]
    assert frame["event_timestamp"][0] == 5000.0
    assert frame["event_timestamp"][1] == (5000.5, 5001.5)


def developer_file(fit, described=(b"Ground Time", b"Milliseconds"), native=41):
    writer = fit.Writer()
    writer.define(0, 207, [(3, "uint8")]).write(0, 0)
    writer.define(
        1,
        206,
        [
            (0, "uint8"),
            (1, "uint8"),
            (2, "uint8"),
            (3, "string", 16),
            (8, "string", 16),
            (14, "uint16"),
            (15, "uint8"),
        ],
    )
    return writer.write(1, 0, 7, 0x84, *described, 20, native)


def test_developer_fields_have_their_own_names_and_units(fit):
    writer = developer_file(fit)
    writer.define(2, 20, [(3, "uint8")], developer=[(7, 2, 0, "H")]).write(2, 150, 245)
    writer.write(2, 151, 0xFFFF)
    file = decode(writer.bytes())
    assert file["record"]["Ground Time"].tolist()[0] == 245
    assert file["record"]["Ground Time"].isna()[1]
    (known,) = file.developer_fields
    assert (known.unit, known.native_message, known.native_field) == ("Milliseconds", 20, 41)


def test_developer_fields_never_hide_native_ones(fit):
    writer = developer_file(fit, described=(b"heart_rate", b"bpm"))
    writer.define(2, 20, [(3, "uint8")], developer=[(7, 2, 0, "H")]).write(2, 150, 149)
    frame = decode(writer.bytes())["record"]
    assert frame["heart_rate"].tolist() == [150]
    assert frame["heart_rate_developer_0"].tolist() == [149]


def test_developer_fields_that_nothing_describes_are_bytes(fit):
    writer = fit.Writer()
    writer.define(2, 20, [(3, "uint8")], developer=[(7, 2, 0, "H")]).write(2, 150, 0x0201)
    assert decode(writer.bytes())["record"]["developer_0_7"].tolist() == [b"\1\2"]


def test_coros_writes_a_uint32_of_one_byte(fit):
    writer = fit.Writer()
    writer.raw(bytes([0x41, 0, 0, 21, 0, 2, 253, 4, 0x86, 3, 1, 0x86]))
    writer.formats[1] = "<IB"
    writer.write(1, fit.start, 5).write(1, fit.start + 1, 6)
    file = decode(writer.bytes())
    assert file.problems == ()
    assert file["event"]["data"].tolist() == [b"\5", b"\6"]


def test_several_files_in_one(fit):
    file = decode(fit.a_run(20).bytes() + fit.a_run(30).bytes(12))
    assert [len(part["record"]) for part in file.parts] == [20, 30]
    assert len(file["record"]) == 50
    assert file.problems == ()


def test_a_file_is_a_mapping_of_frames(fit, tmp_path):
    path = tmp_path / "run.fit"
    path.write_bytes(fit.a_run(20).bytes())
    file = decode(path)
    assert list(file) == ["file_id", "event", "record", "session", "activity"]
    assert "record" in file
    assert "lap" not in file
    assert file.get("lap") is None
    assert repr(file) == "FitFile(1 file_id, 2 event, 20 record, 1 session, 1 activity)"
    with pytest.raises(UsageError, match="no message 'lap'; it has: file_id"):
        file.messages("lap")


def test_frames_are_the_callers_own(fit):
    file = decode(fit.a_run(20).bytes())
    changed = file["record"]
    changed["speed"] = 0.0
    changed.iloc[:, 2:4] = -1.0
    assert (file["record"]["speed"] == 3.0).all()
    event = file["event"]
    event.columns.name = "field"
    event.loc[0, "event"] = "changed"
    assert file["event"].columns.name is None
    assert file["event"]["event"][0] == "timer"


def test_only_what_is_wanted_is_decoded(fit):
    file = decode(fit.a_run(20).bytes())
    arrays = file.messages("record", frozenset({"enhanced_speed", "timestamp"})).arrays()
    assert set(arrays) == {"speed", "enhanced_speed", "timestamp", "damaged"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"date,kind\n2026-01-01,strength\n" * 50, "this is not a FIT file"),
        (bytes(500), "this is not a FIT file"),
        (struct.pack("<BBHI4s", 12, 16, 0, 0, b".FIT") + b"\0\0", "no message can be read"),
    ],
)
def test_what_holds_no_message_is_refused_with_the_reason(content, reason):
    with pytest.raises(UnreadableFileError, match=reason):
        decode(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"gone\.fit: the file cannot be opened"):
        decode(tmp_path / "gone.fit")
