"""The labelled pairs of `benchmarks/duplicates.py`, a few weeks of them."""

from __future__ import annotations

import pytest
from benchmarks import duplicates

from runanalytics import Library


@pytest.mark.parametrize("scene", duplicates.SCENES, ids=lambda scene: scene.name)
def test_no_pair_is_wrong_and_hardly_any_is_missed(
    library: Library, scene: duplicates.Scene
) -> None:
    drawn = duplicates.draw(7, scene, weeks=5)
    duplicates.enter(library, drawn)
    true, found = duplicates.true_pairs(drawn), duplicates.found_pairs(library)
    assert len(true) >= 50
    assert found - true == set()
    assert len(true - found) <= 0.02 * len(true)
    assert len(library.runs()) + len(library.sessions()) == len(drawn.truth) - sum(
        1 for merge in library.merges() if not merge.undone
    )
    guessed = duplicates.control_pairs(drawn)
    assert guessed - true, "nearness in time alone takes different things for one"


def test_every_merge_is_undone_on_request_and_taken_back(library: Library) -> None:
    duplicates.enter(library, duplicates.draw(3, duplicates.SCENES[1], weeks=1))
    assert duplicates.undone_restores(library)
