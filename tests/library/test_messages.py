"""What is given wrongly is answered in one message that says what to write."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from runanalytics import Library, RunAnalyticsError, dose, effect, effects, form, trend
from runanalytics.simulate import simulate_form
from runanalytics.simulate.claims import simulate_claims

DRAWN = simulate_form(2, weeks=30)
CLAIMS = simulate_claims(2, weeks=20)
F, D = DRAWN.form, DRAWN.dose
SEGMENTS = CLAIMS.segments

WRONG = {
    "text for form": (lambda: trend("cadence"), "library.form('cadence')"),
    "text for a dose": (lambda: effect(F, "strength"), "library.dose('strength')"),
    "texts for many": (lambda: effects("cadence", "strength"), "library.form("),
    "text for sessions": (lambda: dose("sessions", "sets"), "library.sessions()"),
    "text for segments": (lambda: form("segments.csv", "cadence"), "library.segments()"),
    "a column for form": (lambda: effect(F["value"], D), "give the whole table"),
    "a column for a dose": (lambda: effect(F, D["amount"]), "'local_date', 'amount'"),
    "a list for form": (lambda: trend([1, 2]), "pd.DataFrame(...)"),
    "a day twice": (lambda: effect(F, pd.concat([D, D.head(1)])), "groupby('local_date'"),
    "training days alone": (lambda: effect(F, D[D["amount"] > 0]), "fill_value=0"),
    "a misspelt column": (
        lambda: effect(F, D.rename(columns={"amount": "amuont"})),
        "rename(columns={'amuont': 'amount'})",
    ),
    "a pace for a speed": (lambda: form(SEGMENTS, "cadence", "5:00/km"), "write pace='5:00/km'"),
    "km/h for m/s": (lambda: form(SEGMENTS, "cadence", 12), "write pace='12 km/h'"),
    "pace and speed": (lambda: form(SEGMENTS, "cadence", 3.0, pace="5:00/km"), "give one of them"),
    "no pace": (lambda: form(SEGMENTS, "cadence", pace="5"), "such as 5:00/km"),
}


@pytest.mark.parametrize(("ask", "says"), WRONG.values(), ids=WRONG)
def test_the_message_says_what_to_write(ask, says):
    with pytest.raises(RunAnalyticsError) as caught:
        ask()
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_messages_say_works():
    summed = pd.concat([D, D.head(1)]).groupby("local_date", as_index=False)["amount"].sum()
    assert effect(F, summed, what="strength").verdict
    some = D[D["amount"] > 0]
    whole = (
        some.set_index(pd.to_datetime(some["local_date"]))[["amount"]]
        .asfreq("D", fill_value=0)
        .reset_index()
    )
    assert effect(F, whole, what="strength").n_weeks


def test_a_broken_log_is_no_list_of_sessions():
    days = D["local_date"]
    kept = D[(days < days.iloc[20]) | (days > days.iloc[-20])]
    assert effect(F, kept).n_weeks


@pytest.mark.parametrize("ask", ["form", "trend", "drift", "dose"])
def test_a_folder_that_does_not_exist_is_named(tmp_path, ask):
    library = Library.open(tmp_path / "typo")
    with pytest.raises(RunAnalyticsError, match=r"typo: there is no library; .*add\(PATH\)"):
        getattr(library, ask)("cadence" if ask != "dose" else "strength")
    assert not (tmp_path / "typo").exists()
    assert "nothing in it yet" in repr(library)


def test_a_pace_is_a_speed_wherever_one_is_taken():
    at_pace = form(SEGMENTS, "cadence", pace="5:33.3/km")
    pd.testing.assert_frame_equal(at_pace, form(SEGMENTS, "cadence", 1000 / 333.3))


def test_a_library_counts_what_its_tables_have(tmp_path):
    (tmp_path / "sets.csv").write_text("date,movement,sets,reps\n2026-03-01,squat,3,5\n")
    (tmp_path / "races.csv").write_text("date,distance,time\n2026-03-01,10 km,41:20\n")
    library = Library.open(tmp_path / "library")
    report = library.add([tmp_path / "sets.csv", tmp_path / "races.csv"])
    assert f"0 runs, 1 session, {report.total('sets')} sets, {len(library.races())} race)" in repr(
        library
    )
    library.add_race("2026-04-01", 5000.0, 1200.0)
    assert f", {len(library.races())} races)" in repr(library)
    assert str(report) == report.summary()


def test_results_show_their_sentence():
    found = trend(F)
    assert repr(found) == str(found) == found.summary()
    assert found == trend(F)
    assert datetime.date.today().isoformat() not in found._repr_html_()
