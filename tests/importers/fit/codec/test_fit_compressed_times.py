"""Times with only the lowest bits in the headers, in whole files and in damaged ones."""

from __future__ import annotations

import random

import numpy as np
import pytest

from runanalytics.importers.fit import decode
from runanalytics.importers.fit.codec.timestamps import ChainSearch

N_RECORDS = 400
#: All different, as nobody runs: they tell which record is which.
POWERS = random.Random(2).sample(range(0x100, 0xFF00), N_RECORDS)


def test_a_missing_full_time_is_no_compressed_one(fit):
    writer = fit.Writer()
    writer.define(1, 20, [(253, "uint32"), (3, "uint8")]).define(2, 20, [(3, "uint8")])
    base = fit.start - fit.start % 32 + 30
    writer.write(1, base, 100).write_compressed(2, 31, 101)
    writer.write(1, 0xFFFFFFFF, 102).write_compressed(2, 31, 103)
    times = decode(writer.bytes())["record"]["timestamp"]
    passed = (times - times[0]).dt.total_seconds()
    assert passed.dropna().tolist() == [0, 1, 1]
    assert passed.isna().tolist() == [False, False, True, False]


def a_run(fit, local: int, rate: int) -> tuple[bytes, int]:
    """A run between two full times; its records hold a rising heart rate, and power at random."""
    writer = fit.event(fit.file_id(fit.Writer()), fit.start, 0)
    writer.define(local, 20, [(3, "uint8"), (7, "uint16")])
    first = len(writer.body) + 14
    for second in range(N_RECORDS):
        writer.write_compressed(
            local, (fit.start + second) % 32, rate + second // 60, POWERS[second]
        )
    fit.event(writer, fit.start + N_RECORDS, 4)
    return fit.session(writer, fit.start, N_RECORDS, metres=1200).bytes(), first


def read_of(fit, content: bytes) -> dict[int, int]:
    """Which records are read, and of which second."""
    table = decode(content).messages("record").arrays()
    epoch = np.datetime64("1989-12-31", "us") + np.timedelta64(fit.start, "s")
    seconds = (table["timestamp"] - epoch) / np.timedelta64(1, "s")
    powers = [POWERS.index(power) if power in POWERS else -1 for power in table["power"].tolist()]
    # What is read out of step may have the same number as a record before it.
    return dict(reversed(list(zip(powers, seconds.tolist(), strict=True))))


@pytest.mark.parametrize(("local", "rate"), [(3, 130), (2, 60)])
@pytest.mark.parametrize("lost", [3, 50, 401])
def test_records_after_a_lost_block_are_found_with_their_times(fit, local, rate, lost):
    whole, first = a_run(fit, local, rate)
    assert read_of(fit, whole) == {second: second for second in range(N_RECORDS)}
    source, n_right, n_after = random.Random(lost + local), 0, 0
    for _ in range(12):
        place = source.randrange(first + 40, first + 4 * (N_RECORDS - 20) - lost)
        found = read_of(fit, whole[:place] + whole[place + lost :])
        before, after = (place - first) // 4, -(-(place + lost - first) // 4)
        assert all(found[second] == second for second in range(before))
        n_right += sum(found.get(second) == second for second in range(after, N_RECORDS))
        n_after += N_RECORDS - after
    # Out of step, one or two that are none may be read before that shows.
    assert n_right >= 0.9 * n_after


def test_noise_is_no_chain():
    noise = np.frombuffer(random.Random(4).randbytes(1 << 20), dtype=np.uint8)
    steps, is_compressed = np.full(256, 6), np.arange(256) >= 0xE0
    chain = ChainSearch(noise, len(noise), steps, is_compressed).first(0, len(noise))
    assert chain is None


def test_a_chain_in_noise_is_found_where_it_begins():
    noise = bytearray(random.Random(5).randbytes(1 << 16))
    for number in range(20):
        noise[50_003 + 6 * number] = 0xE0 | (number + 25) % 32
    view, steps = np.frombuffer(noise, dtype=np.uint8), np.full(256, 6)
    is_compressed = np.arange(256) >= 0xE0
    assert ChainSearch(view, len(view), steps, is_compressed).first(0, len(view)) == 50_003
