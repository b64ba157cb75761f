"""Files damaged on purpose: no exception, hang or memory bomb, and checks that can fail."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.fit import FIT, decode

SEED = 20


def compressed_run(fit) -> bytes:
    """A run whose records have no time but in their headers."""
    writer = fit.event(fit.file_id(fit.Writer()), fit.start, 0)
    writer.define(3, 20, [(3, "uint8"), (4, "uint8")])
    for second in range(200):
        writer.write_compressed(3, (fit.start + second) % 32, 140 + second % 9, 84)
    fit.event(writer, fit.start + 200, 4)
    return fit.session(writer, fit.start, 200, metres=600).bytes()


def switched_on_clock(fit) -> bytes:
    """A run whose times count from when the device was switched on."""
    writer = fit.file_id(fit.Writer())
    fit.event(writer, 1_000, 0)
    fit.records(writer, 1_000, 120)
    return fit.session(writer, 1_000, 120, metres=360).bytes()


@pytest.fixture(scope="module")
def fuzz(benchmark_module):
    return benchmark_module("fit_fuzz")


@pytest.fixture(scope="module")
def made(benchmark_module):
    return benchmark_module("fit_mutants")


@pytest.fixture(scope="module")
def wholes(fit, made, sample_fits):
    chained = fit.a_run(60).bytes() + fit.a_run(40).bytes(12)
    big_endian = fit.records(fit.file_id(fit.Writer(big_endian=True)), fit.start, 90).bytes()
    contents = {
        "sample": sample_fits[-1].read_bytes(),
        "compressed": compressed_run(fit),
        "switched on": switched_on_clock(fit),
        "chained": chained,
        "big endian": big_endian,
    }
    return [made.whole(name, content, decode) for name, content in contents.items()]


@pytest.mark.parametrize("part", range(4))
def test_no_mutant_gets_out_of_hand(made, wholes, part):
    for one, damage, _ in made.mutants(wholes, 100, SEED + part):
        assert made.faults(one, damage, decode, FIT.read) == {}, (one.name, damage)


def test_no_mutant_of_real_files_gets_out_of_hand(made, fuzz, corpus):
    for one, damage, _ in made.mutants(fuzz.wholes(), 60, SEED):
        assert made.faults(one, damage, decode, FIT.read) == {}, (one.name, damage)


def test_the_checks_find_careless_decoders(fuzz, made, wholes):
    found = fuzz.controls(wholes, 120, SEED)
    assert found["flags dropped"][made.UNFLAGGED] > 50
    assert found["stumbles over damage"][made.EXCEPTION] > 50
    assert found["checksum ignored"][made.CLEAN] > 5


@pytest.mark.parametrize("mutator", ["truncation", "flips", "noise", "deleted", "doubled"])
def test_all_that_stood_before_damage_is_read_and_what_comes_after_flagged(
    made, fuzz, wholes, mutator
):
    source = random.Random(SEED)
    for one in wholes:
        if one.name == "chained":
            continue  # the second file is whole whatever befalls the first
        for _ in range(25):
            damage = getattr(made, mutator)(one.data, source)
            before = one.expected(one.ends <= damage.first)
            tables = fuzz.tables_of(damage.data)
            assert made.n_read(tables, before) == sum(map(len, before.values())), damage
            assert made.n_unflagged(tables, before) == 0, (one.name, damage)


def test_all_is_read_after_header_damage(made, wholes):
    source = random.Random(SEED)
    for one in wholes:
        everything = one.expected(np.ones(len(one.types), dtype=bool))
        for _ in range(25):
            damage = made.header(one.data, source)
            tables = made.fingerprints(decode(damage.data))
            assert made.n_read(tables, everything) == len(one.types), (one.name, damage)


#: Of the benchmark's bombs those that tracing of memory does not make slow.
BOMBS = [
    "8 MB of empty messages",
    "8 MB of empty messages, compressed headers",
    "8 MB of empty messages in disorder",
    "8 MB of messages of one byte",
    "60,000 chained files",
    "zero-size fields",
    "one message of 250 columns, a million of one",
    "8 MB of definitions",
    "a million field descriptions",
    "8 MB of noise",
    "8 MB of noise after a broken header",
    "timestamps 0, then 4.29e9",
]


@pytest.mark.parametrize("name", BOMBS)
def test_files_made_to_exhaust_the_machine(benchmark_module, name):
    bombs = benchmark_module("fit_bombs").BOMBS
    content = bombs[name]()
    tracemalloc.start()
    try:
        outcome = str(FIT.read(content).notes)
    except UnreadableFileError as error:
        outcome = str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 160 * 2**20  # beside 100 MiB of interpreter and libraries
    assert outcome
