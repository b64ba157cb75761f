"""Which clock a FIT file states."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.fit import FIT

BERLIN = ReadOptions(timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("place", "stated"),
    [
        ("longitudinal/132298352.fit", "both"),
        ("devices/dtcooper__activity-small-fenix2-run.fit", "both"),
    ],
)
def test_a_file_with_local_time_states_both(shared: Path, place: str, stated: str) -> None:
    assert FIT.read((shared / "corpus" / place).read_bytes(), BERLIN).clock == stated


def test_a_file_without_its_zone_says_that_it_assumed_one(shared: Path) -> None:
    clocks = {}
    for path in sorted((shared / "corpus" / "devices").glob("*.fit"))[::4]:
        try:
            imported = FIT.read(path.read_bytes(), ReadOptions())
        except Exception:  # what cannot be read has no clock
            continue
        if len(imported.runs):
            assumed = any("does not state its time zone" in note.message for note in imported.notes)
            clocks[path.name] = (imported.clock != "both", assumed)
    assert len(clocks) >= 5
    assert all(clock == assumed for clock, assumed in clocks.values())
    assert len(set(clocks.values())) == 2  # both kinds are met
