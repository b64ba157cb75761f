"""Invented files of all messages of the profile, value by value as other decoders have them."""

from __future__ import annotations

import pytest

from runanalytics.importers.fit import decode
from runanalytics.importers.fit.codec import profile

FILES = 40


@pytest.fixture(scope="module")
def made(benchmark_module):
    return benchmark_module("fit_invented")


@pytest.mark.parametrize("peer", ["fitdecode", "fitparse", "garmin-fit-sdk"])
def test_every_value_of_invented_files_as_others_have_it(made, peer):
    same = 0
    # Every file begins from the next message; after each round, times are compressed or not.
    for seed in range(0, 2 * len(made.MESSAGES), 2 * len(made.MESSAGES) // FILES):
        counted, unexplained = made.compare_content(f"seed {seed}", made.invented(seed), peer)
        assert unexplained == []
        same += counted["the same"]
    assert same > 5_000


def test_invented_files_hold_what_they_promise(made):
    contents = [made.invented(seed) for seed in range(70)]
    files = [decode(content) for content in contents]
    assert not any(file.problems for file in files)
    names = {name for file in files for name in file}
    assert len(names) > 60
    assert {content[0] for content in contents} == {12, 14}
    fields = [known for file in files for known in file.developer_fields]
    assert {known.base for known in fields} == set(profile.BASE_TYPES)
    columns = {(name, key) for one in files for name in one for key in one.messages(name).arrays()}
    assert len(columns) > 800


def test_the_same_seed_invents_the_same_file(made):
    assert made.invented(7) == made.invented(7) != made.invented(8)
