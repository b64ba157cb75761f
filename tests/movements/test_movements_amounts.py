import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics.movements import take_amounts


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("A-skips 3x30 m", {"n_sets": 3, "distance_m": 30.0}, None),
        ("calf raises 3 x 15 each side", {"n_sets": 3, "reps": (15,), "side": "both"}, None),
        ("plank 3 x 1 min", {"n_sets": 3, "hold_s": 60.0}, "plank"),
        ("Seitstütz links 2x45 s", {"n_sets": 2, "hold_s": 45.0, "side": "left"}, "Seitstütz"),
        ("3 sets of 10 lunges per leg", {"n_sets": 3, "reps": (10,), "side": "both"}, "lunges"),
        ("squat 3x8 RPE 8 rest 90 s", {"reps": (8,), "effort_rpe": 8.0, "rest_s": 90.0}, "squat"),
        ("squat 3x8-12", {"n_sets": 3, "reps": (), "inexact": ("8-12",)}, "squat"),
        ("hip thrust 8,8,6", {"n_sets": None, "reps": (8, 8, 6)}, "hip thrust"),
        ("6 strides", {"count": 6, "reps": (), "n_sets": None}, "strides"),
        ('box jump 24"', {"hold_s": None, "inexact": ('24"',)}, "box jump"),
        ("90/90", {"n_sets": None, "reps": ()}, "90/90"),
        ("1-leg calf raise", {"n_sets": None, "reps": (), "count": None}, "1-leg calf raise"),
    ],
)
def test_amounts_are_taken_off_a_name(text, expected, rest):
    amounts, left = take_amounts(text)
    assert {name: getattr(amounts, name) for name in expected} == expected
    if rest is not None:
        assert left.lower() == rest.lower()


@pytest.mark.parametrize(
    ("text", "kg", "unit", "bodyweight"),
    [
        ("Kniebeugen 3x8 mit 60 kg", 60, "kg", False),
        ("hip thrust 8,8,6 @ 175 lb", 79.4, "lb", False),
        ("pull-ups bw+10kg", 10, "kg", True),
    ],
)
def test_a_load_keeps_its_unit(text, kg, unit, bodyweight):
    amounts, _ = take_amounts(text)
    assert amounts.load.kg == pytest.approx(kg, abs=0.05)
    assert amounts.load.unit == unit
    assert amounts.bodyweight is bodyweight


@given(st.text(max_size=60))
def test_any_text_leaves_no_more_than_it_had(text):
    _, rest = take_amounts(text)
    assert len(rest) <= len(text) + 2


@given(st.integers(1, 12), st.integers(1, 60), st.sampled_from(["x", " x ", "×"]))
def test_sets_and_repetitions_are_read_before_and_after_a_name(n_sets, reps, times):
    for text in (f"lunges {n_sets}{times}{reps}", f"{n_sets}{times}{reps} lunges"):
        amounts, rest = take_amounts(text)
        assert (amounts.n_sets, amounts.reps, rest) == (n_sets, (reps,), "lunges")
