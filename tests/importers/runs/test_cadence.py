"""Whether a cadence counts one leg or both: the same rule whichever source wrote it."""

from __future__ import annotations

import numpy as np
import pytest

from runanalytics.importers.activity_lists.strava import STRAVA_CSV
from runanalytics.importers.contract import Note, ReadOptions
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, Counted, steps_per_count
from runanalytics.importers.tidy.importer import TIDY_RUNS

OPTIONS = ReadOptions(timezone="UTC")
STATED: tuple[Counted, ...] = ("one leg", None, "both legs")


def steps_and_notes(cadence: float, speed_m_s: float, stated: Counted) -> tuple[float, list[Note]]:
    notes: list[Note] = []
    counts, speeds = np.full(60, cadence), np.full(60, speed_m_s)
    return steps_per_count(counts, speeds, notes, stated), notes


@pytest.mark.parametrize("stated", STATED)
@pytest.mark.parametrize("speed_m_s", [2.0, 3.0, 6.0])
def test_at_a_runners_speed_the_count_tells_whatever_is_stated(
    stated: Counted, speed_m_s: float
) -> None:
    for steps in range(120, 231, 2):
        assert steps_and_notes(steps, speed_m_s, stated)[0] == 1
        assert steps_and_notes(steps / 2, speed_m_s, stated)[0] == 2


@pytest.mark.parametrize(
    ("cadence", "speed_m_s", "stated", "steps"),
    [
        (97, 1.7, "one leg", 2),  # somebody of short legs who jogs slowly
        (97, 1.7, None, 1),
        (97, 1.7, "both legs", 1),
        (110, 1.4, "one leg", 1),  # nobody who walks takes 220 steps
        (110, np.nan, "one leg", 2),
        (110, np.nan, None, 1),
        (55, 1.4, "both legs", 1),  # a stroll with pauses is no reason to double
        (85, np.nan, "both legs", 1),
    ],
)
def test_otherwise_what_is_stated_decides(
    cadence: float, speed_m_s: float, stated: Counted, steps: float
) -> None:
    assert steps_and_notes(cadence, speed_m_s, stated)[0] == steps


def test_a_note_says_what_was_not_stated() -> None:
    for stated in STATED:
        assert len(steps_and_notes(87, 3.0, stated)[1]) == (stated != "one leg")
        assert len(steps_and_notes(174, 3.0, stated)[1]) == (stated != "both legs")


def test_a_single_average_is_enough_and_a_single_sample_is_not() -> None:
    walked, ran = np.array([100.0, 100.0, 86.0]), np.array([1.5, 1.5, 3.0])
    assert steps_per_count(walked, ran, []) == 1
    assert steps_per_count(walked, ran, [], enough=ENOUGH_AVERAGES) == 2


@pytest.mark.parametrize("stated", STATED)
def test_without_a_cadence_what_is_stated_holds(stated: Counted) -> None:
    nothing = np.array([np.nan, 0.0])
    expected = 1 if stated == "both legs" else 2
    assert steps_per_count(nothing, nothing, [], stated) == expected


@pytest.mark.parametrize("cadence", [116.0, 118.0])
def test_lists_that_state_one_leg_and_lists_that_state_both_are_told_alike(cadence: float) -> None:
    names = "Activity ID,Activity Date,Activity Type,Moving Time,Elapsed Time,Distance"
    row = f'7,"Jun 1, 2025, 5:02:03 AM",Run,1800,1800,5.4,{cadence}'
    strava = STRAVA_CSV.read(f"{names},Average Cadence\n{row}".encode(), OPTIONS)
    header = "date,distance,duration,cadence_spm"
    tidy = TIDY_RUNS.read(f"{header}\n2025-06-01,5.4 km,30:00,{cadence}".encode(), OPTIONS)
    assert strava.runs["cadence_spm"].tolist() == tidy.runs["cadence_spm"].tolist()


def test_a_list_of_strava_that_counts_both_legs_says_so() -> None:
    names = "Activity ID,Activity Date,Activity Type,Moving Time,Elapsed Time,Distance"
    row = '7,"Jun 1, 2025, 5:02:03 AM",Run,1800,1800,5.4,171'
    read = STRAVA_CSV.read(f"{names},Average Cadence\n{row}".encode(), OPTIONS)
    assert read.runs["cadence_spm"].tolist() == [171]
    assert any("both feet" in note.message for note in read.notes)
