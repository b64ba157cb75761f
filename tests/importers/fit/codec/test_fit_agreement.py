"""Every value of real files as fitdecode, fitparse and the official SDK have it.

What differs is of one of the kinds that `benchmarks.fit_agreement.EXPLAINED` explains.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

SHARED = Path(__file__).parents[5] / "shared" / "corpus"
#: Files of all devices but the largest, and every hundredth of one runner's: what is quick.
LARGEST = 50_000
FILES = [
    path.relative_to(SHARED).as_posix()
    for path in [
        *(one for one in sorted(SHARED.glob("devices/*")) if one.stat().st_size <= LARGEST),
        *sorted(SHARED.glob("longitudinal/*.fit"))[::100],
    ]
]


@pytest.fixture(scope="module")
def agreement(benchmark_module):
    return benchmark_module("fit_agreement")


@pytest.mark.skipif(not FILES, reason="the folder of real files is not here")
@pytest.mark.parametrize("name", FILES)
def test_every_value_of_a_real_file_as_others_have_it(agreement, corpus, name):
    for peer in agreement.PEERS:
        counted, unexplained = agreement.compare(corpus / name, peer)
        assert unexplained == [], peer
        explained = sum(counted[kind] for kind in agreement.EXPLAINED if kind != "rows")
        stops = any(kind.startswith("files") for kind in counted)
        assert counted[agreement.SAME] > 0 or stops, peer
        # Names aside, fitdecode has the profile that we have: hardly anything may differ.
        assert peer != "fitdecode" or explained <= max(8, counted[agreement.SAME] // 4)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (1.0, 1, True),
        (1.0, 2, False),
        (np.nan, None, True),
        (np.nan, 0, False),
        (0.0, None, False),
        ((1.0, np.nan), [1, None], True),
        ((1.0, 2.0), [1], False),
        ("82", 82, True),
        ("running", "walking", False),
        (b"\1\2", (1, 2), True),
        (b"\1\2", (1, 3), False),
        (np.datetime64("1990-01-01", "us"), 86_400, True),
        (np.datetime64("1990-01-01", "us"), 86_401, False),
    ],
)
def test_what_counts_as_the_same(agreement, ours, theirs, expected):
    assert agreement.alike(ours, theirs) is expected


def test_a_wrong_value_is_not_explained(agreement, corpus, monkeypatch):
    """A decoder that errs by a thousandth in one column must be found out."""
    decode = agreement.decode

    def wrong(data):
        file = decode(data)
        messages = file.messages

        def altered(name):
            found = messages(name)
            found.columns.matrix[:] *= 1.001
            return found

        file.messages = altered
        return file

    monkeypatch.setattr(agreement, "decode", wrong)
    path = corpus / "devices" / "dtcooper__garmin-fenix-5-run.fit"
    for peer in agreement.PEERS:
        assert len(agreement.compare(path, peer)[1]) > 10, peer
