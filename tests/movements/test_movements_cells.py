"""Amounts of work as people write them into cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.errors import UnitError
from runanalytics.movements import (
    CellAmount,
    beside_bodyweight,
    parse_amounts,
    read_name,
    without_side,
)
from runanalytics.words import words


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("10", [CellAmount(reps=10)]),
        ("12 reps", [CellAmount(reps=12)]),
        ("8,0", [CellAmount(reps=8)]),
        ("3x10", [CellAmount(3, 10)]),
        ("3 × 10", [CellAmount(3, 10)]),
        ("3 sets of 10", [CellAmount(3, 10)]),
        ("3 Sätze à 10", [CellAmount(3, 10)]),
        ("10/leg", [CellAmount(reps=10, side="both")]),
        ("15 per side", [CellAmount(reps=15, side="both")]),
        ("12 je Bein", [CellAmount(reps=12, side="both")]),
        ("10 L", [CellAmount(reps=10, side="left")]),
        ("30s", [CellAmount(hold_s=30)]),
        ("45 Sek", [CellAmount(hold_s=45)]),
        ("0:45", [CellAmount(hold_s=45)]),
        ("1 min", [CellAmount(hold_s=60)]),
        ("2 x 30 s each side", [CellAmount(2, hold_s=30, side="both")]),
        ("30m", [CellAmount(distance_m=30)]),
        ("2x20m", [CellAmount(2, distance_m=20)]),
        ("10,8,6", [CellAmount(1, 10), CellAmount(1, 8), CellAmount(1, 6)]),
        ("10-8-6", [CellAmount(1, 10), CellAmount(1, 8), CellAmount(1, 6)]),
        ("10 / 8", [CellAmount(1, 10), CellAmount(1, 8)]),
        ("30s, 20s", [CellAmount(1, hold_s=30), CellAmount(1, hold_s=20)]),
        ("3x10回", [CellAmount(3, 10)]),
    ],
)
def test_amounts(text: str, amounts: list[CellAmount]) -> None:
    assert parse_amounts(text) == amounts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8-12", "range"),
        ("3x8-12", "range"),
        ("8–12 reps", "range"),
        ("AMRAP", "no amount"),
        ("10+", "no amount"),
        ("5x5@80%", "no amount"),
        ("0x10", "no number of sets"),
        ("", "no amount"),
    ],
)
def test_what_does_not_say_what_was_done_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnitError, match=why):
        parse_amounts(text)


@given(st.integers(1, 100), st.integers(1, 999))
def test_any_sets_of_any_repetitions(n_sets: int, reps: int) -> None:
    assert parse_amounts(f"{n_sets}x{reps}") == [CellAmount(n_sets, reps)]
    assert parse_amounts(f"{n_sets} x {reps}/side") == [CellAmount(n_sets, reps, side="both")]


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_an_error_of_ours(text: str) -> None:
    try:
        amounts = parse_amounts(text)
    except UnitError:
        return
    assert amounts


@pytest.mark.parametrize("code", words("amounts"))
def test_each_language_says_each_side_seconds_and_metres(code: str) -> None:
    tables = [words(name).get(code, {}) for name in ("amounts", "amounts.in_cells")]

    def last(kind: str) -> str:
        return next(table[kind][-1] for table in tables if kind in table)

    assert parse_amounts(f"10 {last('each_side')}") == [CellAmount(reps=10, side="both")]
    assert parse_amounts(f"30 {last('seconds')}") == [CellAmount(hold_s=30)]
    assert parse_amounts(f"40 {last('metres')}") == [CellAmount(distance_m=40)]
    assert parse_amounts(f"3x10 {last('repetitions')}") == [CellAmount(3, 10)]


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("Walking Lunges (Each Side)", "both"),
        ("Split squat per leg", "both"),
        ("Ausfallschritt je Bein", "both"),
        ("Leg press (left)", "left"),
        ("Leg press - right", "right"),
        ("Curl barre droite", None),
        ("Fente jambe droite", "right"),
        ("Askelkyykky per jalka", "both"),
        ("Lateral raise", None),
        ("Single leg squat", None),
        ("Each", None),
    ],
)
def test_sides_in_names(name: str, side: str | None) -> None:
    assert read_name(name).side == side


def test_the_side_is_taken_off() -> None:
    assert without_side("Walking Lunges (Each Side)") == ("Walking Lunges", "both")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("bw+10kg", ("10kg", False)),
        ("Körpergewicht + 10 kg", ("10 kg", False)),
        ("+10 kg", ("10 kg", False)),
        ("BW-20 kg", ("20 kg", True)),
        ("-20", ("20", True)),
        ("60 kg", ("60 kg", False)),
        ("red band + 5", ("red band + 5", False)),
    ],
)
def test_loads_beside_the_body(text: str, rest: tuple[str, bool]) -> None:
    assert beside_bodyweight(text) == rest
