import csv
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runanalytics.errors import UsageError
from runanalytics.movements import catalogue, match, texts, unread, word_sets
from runanalytics.movements.index import _SHIPPED, _made_index, every_name, index, index_table
from runanalytics.movements.matcher import match_shipped
from runanalytics.movements.names import lexicon, plain_text, words
from runanalytics.words import _shipped, words_table

HERE = Path(__file__).parent
SEEN = HERE.parents[1] / ".." / "shared" / "tables" / "exercise_names_seen.csv"

with (HERE / "reviewed_names.csv").open(encoding="utf-8", newline="") as file:
    #: Names as people log them, each looked at: (name, movement, or "" for none).
    REVIEWED = [(row["name_as_logged"], row["movement"]) for row in csv.DictReader(file)]

#: Each name in every language with its movement, but ids.
EVERY_NAME = [(text, id) for text, id, _ in every_name() if text != id]
#: Main categories of what one word gives away, whatever else is said.
BY_ONE_WORD = ("mobility", "conditioning", "endurance", "other_sport", "warm_up", "rest")


def spelled(text):
    """Return what a name is known by: its text, where its only word is an everyday one."""
    tokens, lists = words(text), lexicon()
    everyday = len(tokens) == 1 and tokens[0] in lists.meaningful | lists.manner | lists.posture
    return (plain_text(text),) if everyday else tokens


def test_every_name_alias_and_id_matches_its_own_movement():
    taken = {(text, id): match(text).movement for text, id in EVERY_NAME}
    taken |= {(id, id): match(id).movement for id in catalogue()}
    assert {pair: got for pair, got in taken.items() if got != pair[1]} == {}


def test_no_alias_is_shared_by_two_movements():
    owners = {}
    for text, id in EVERY_NAME:
        owners.setdefault(spelled(text), set()).add(id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


def test_every_alias_says_something_that_the_name_and_other_aliases_do_not():
    idle = []
    for entry in catalogue().values():
        known = {tuple(sorted(spelled(entry.name)))}
        for alias in entry.aliases:
            key = tuple(sorted(spelled(alias)))
            abbreviated = any(part.isupper() and len(part) > 1 for part in alias.split())
            if key in known and not abbreviated:
                idle.append((entry.id, alias))
            known.add(key)
    assert idle == []


def test_every_reviewed_name_is_matched_as_it_was_labelled():
    # One test: a test of each of thousands of names would take longer to collect than to run.
    found = {(name, expected): match(name).movement or "" for name, expected in REVIEWED}
    assert {pair: got for pair, got in found.items() if got != pair[1]} == {}


def test_the_review_covers_the_commonest_names():
    assert sum(bool(expected) for _, expected in REVIEWED) >= 250
    assert sum(not expected for _, expected in REVIEWED) >= 60


@pytest.mark.skipif(not SEEN.exists(), reason="names of real logs are not at hand")
def test_at_least_95_percent_of_the_sets_of_each_real_log_are_matched():
    sets, matched = {}, {}
    with SEEN.open(encoding="utf-8", newline="") as seen:
        for row in csv.DictReader(seen):
            app, n_sets = row["app"], int(row["sets"])
            sets[app] = sets.get(app, 0) + n_sets
            if match(row["name_as_logged"]).movement:
                matched[app] = matched.get(app, 0) + n_sets
    assert {app for app in sets if matched[app] < 0.95 * sets[app]} == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("leg press", "calf press"),
        ("leg press", "leg curl"),
        ("leg curl", "leg extension"),
        ("bench press", "bench dip"),
        ("front squat", "squat"),
        ("squat", "squat (barbell)"),
        ("squat", "split squat"),
        ("squat", "jump squat"),
        ("deadlift", "single-leg deadlift"),
        ("calf raise", "seated calf raise"),
        ("calf raise", "single-leg calf raise"),
        ("lunge", "reverse lunge"),
        ("lunge", "jump lunge"),
        ("box jump", "single-leg box jump"),
        ("hip abduction", "hip adduction"),
        ("row (machine)", "upright row"),
        ("biceps curl", "reverse curl"),
        ("plank", "side plank"),
        ("prone heel-to-hip pull", "prone double-leg heel-to-hip pull"),
        ("one-leg pedalling", "two-leg pedalling"),
        ("low skipping", "high skipping"),
        ("A-skip", "B-skip"),
        ("A-skip", "A-march"),
        ("elbow to knee", "knees to elbow"),
        ("straight-leg raise", "straight-leg run"),
    ],
)
def test_near_names_stay_apart(one, other):
    assert match(one).movement
    assert match(other).movement
    assert match(one).movement != match(other).movement


def test_a_side_run_is_no_run():
    assert match("side run").movement == "side_run"
    assert match("run").movement == "running"


@pytest.mark.parametrize(
    "word", ["single-leg", "jump", "reverse", "upright", "curl", "press", "raise", "row", "twist"]
)
def test_a_word_that_changes_the_exercise_is_never_dropped(word):
    for text, id in EVERY_NAME[::23]:
        changed = match_shipped(f"{word} {text}")
        if changed.movement == id and catalogue()[id].categories[0] not in BY_ONE_WORD:
            found = changed.reason
            found = (
                found[found.find("'") + 1 : found.rfind("'")]
                if "'" in found
                else catalogue()[id].name
            )
            added = set(words(f"{word} {text}")) - set(words(text))
            # A press is a presse in French: read, not dropped.
            kept = [[each for each in words(found) if each.startswith(one)] for one in added]
            assert all(kept), changed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Bulgarain split sqaut", "bulgarian_split_squat"),
        ("Lat puldown", "lat_pulldown"),
        ("Romainian deadlift", "romanian_deadlift"),
        ("Rumänishes Kreuzheben", "romanian_deadlift"),
        ("Calf riase", "calf_raise"),
        ("Single leg calf raize", "single_leg_calf_raise"),
        ("Inclime dumbbell bench press", "incline_bench_press"),
    ],
)
def test_a_slip_of_the_pen_is_forgiven_with_a_lower_score_and_a_reason(typed, expected):
    found = match(typed)
    assert found.movement == expected
    assert 82 <= found.score < 100
    assert found.reason.startswith("similar to '")


def test_a_slip_that_fits_two_movements_fits_none():
    found = match("hip aduction")
    assert found.movement is None
    assert found.reason == "as similar to 'Hip abduction' as to 'Hip adduction'"


def test_reasons_say_how_the_name_was_found():
    assert match("Calf raise from a step").reason == "exact name"
    assert match("SL RDL").reason == "alias 'single-leg Romanian deadlift'"
    assert match("Leg press (heavy)").reason == "variant of 'Leg press'"
    unmatched = match("Underwater basket weaving")
    assert unmatched.movement is None
    assert unmatched.reason.startswith("nothing similar enough; nearest '")
    assert 0 < unmatched.score < 82
    assert match("").reason == "no word in the name"
    assert match("squat " * 50).reason == "too long for the name of an exercise"
    assert match("Sentadilla / squat").reason == "variant of 'sentadilla'"
    assert match("Squat / bench press").movement is None


def test_the_equipment_that_makes_another_movement_is_kept():
    assert match("Squat (Smith Machine)").movement == "rack_squat"
    assert match("Squat (Barbell, paused)").movement == "back_squat"
    assert match("Squat (Dumbbell)").movement == "squat"
    assert match("Trap bar deadlift (heavy)").movement == "trap_bar_deadlift"
    assert match("Iso-Lateral Row (Machine)").movement == "seated_row"


def test_a_correction_wins_whatever_its_case_and_spacing():
    corrections = {"My  Thing": "calf_raise", "leg press": "calf_press", "Glute": ""}
    found = match("my thing", corrections=corrections)
    assert (found.movement, found.score, found.reason) == ("calf_raise", 100.0, "your correction")
    assert match("Leg Press", corrections=corrections).movement == "calf_press"
    assert match("Leg Press").movement == "leg_press"
    assert match("glute", corrections=corrections).movement is None
    assert match("Squat", corrections=corrections).movement == "squat"


def test_a_correction_to_an_unknown_movement_is_an_error():
    with pytest.raises(UsageError, match="no movement 'calf_rise'"):
        match("x", corrections={"x": "calf_rise"})


@given(st.text(max_size=80))
def test_any_text_gives_the_same_answer_twice(name):
    once = match(name)
    assert once == match(name)
    assert once.name == name
    assert once.movement is None or once.movement in catalogue()
    assert 0 <= once.score <= 100


@given(
    st.sampled_from(EVERY_NAME),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from([" ", "  ", "-", "_", "\t", " / ", "\u00a0"]),
    st.sampled_from(["", " ", "!", ".", " *"]),
)
@example(("suspension à la barre", "dead_hang"), str.upper, "_", "")
@settings(max_examples=300)
def test_case_space_and_punctuation_do_not_matter(named, recase, gap, tail):
    text, id = named
    plain = text.replace("'", "").replace("’", "")
    assert match(recase(gap.join(plain.split(" "))) + tail).movement == match(plain).movement
    if plain == text:
        assert match(plain).movement == id


@given(st.lists(st.sampled_from(sorted({w for t, _ in EVERY_NAME for w in words(t)})), max_size=6))
def test_words_in_any_combination_never_raise(tokens):
    found = match(" ".join(tokens))
    if found.movement:
        assert found.score >= 82


@pytest.mark.parametrize("name", ["Cable Kickback", "Kickbacks (Machine)", "Scissors", "Knee ups"])
def test_a_name_that_could_be_several_movements_matches_none(name):
    found = match(name)
    assert found.movement is None
    assert " or " in found.reason


@pytest.mark.parametrize(
    ("name", "movement"),
    [
        ("Barbell Deep Squat", "squat"),
        ("Deep squat", "stretching"),
        ("Kettlebell deep squat sit", None),
        ("Sandbag walk", None),
        ("Dumbbell run", None),
        ("Kettlebell-Rudern", "dumbbell_row"),
        ("Rowing machine", "rowing_machine"),
        ("Elliptical machine", "elliptical"),
        ("Kettlebell stretch", "stretching"),
    ],
)
def test_work_with_a_weight_is_neither_mobility_nor_endurance(name, movement):
    assert match(name).movement == movement


def test_a_grip_may_have_any_name_and_a_reversed_one_stays_reversed():
    assert match("Gerald grip lat pulldown").movement == "lat_pulldown"
    assert match("Gerald lat pulldown").movement is None
    assert match("Reverse grip curl").movement == "reverse_curl"


def test_a_misspelt_word_behind_a_name_is_no_remark():
    assert match("Calf raise, bluebox").movement == "calf_raise"
    assert match("Calf raise, seatet").movement != "calf_raise"


def test_the_shipped_index_is_that_of_the_names_and_words() -> None:
    assert _SHIPPED.read_text(encoding="utf-8") == index_table(), "run: make index"
    assert json.loads(words_table().partition("\n")[2]) == _shipped(), "run: make index"
    shipped_sets = Path(word_sets.__file__).with_suffix(".tsv").read_text(encoding="utf-8")
    assert {texts.__name__, unread.__name__} == {
        make.__module__ for make in word_sets._MADE.values()
    }
    assert shipped_sets == word_sets.word_sets_table(), "run: make index"
    made, kinds = _made_index(), ("by_text", "by_letters", "by_words", "by_stems", "known")
    assert all(getattr(index(), kind) == getattr(made, kind) for kind in kinds)
    assert index().vocabulary == made.vocabulary
    # The first of equals is the nearest.
    assert list(index().by_words) == list(made.by_words)
