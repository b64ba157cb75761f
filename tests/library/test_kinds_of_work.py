"""Kinds of work from files to answers: what counts as strength, as technique, and as neither."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.library.status import status

STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps,Distance,Seconds\n"


def strong(*rows: tuple[int, str, str]) -> str:
    """Return an export of Strong with one row a day, exercise and rest of the row."""
    return STRONG + "".join(
        f"2026-01-{day:02} 18:00:00,{name},31m,{name},1,{rest}\n" for day, name, rest in rows
    )


def drills(*rows: tuple[int, str]) -> str:
    return "date,movement,sets,reps\n" + "".join(
        f"2026-01-{day:02},{name},2,20\n" for day, name in rows
    )


def added(library: Library, tmp_path: Path, name: str, text: str) -> Library:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert library.add(path).exit_status == 0
    return library


def total(library: Library, what: str, measure: str = "sessions") -> float:
    return float(library.dose(what, measure)["amount"].sum())


def kinds(library: Library) -> list[str]:
    return library.sessions()["kind"].tolist()


OTHER = (
    "Yoga",
    "Stretching",
    "Aerobics",
    "Climbing",
    "Pilates",
    "Boxing",
    "Foam Rolling",
    "Walking",
)


@pytest.mark.parametrize("name", OTHER)
def test_names_of_an_app_for_other_work_are_no_strength(
    library: Library, tmp_path: Path, name: str
) -> None:
    text = strong((5, name, "0,0,0,1800"), (6, "Squat (Barbell)", "60,5,0,0"))
    added(library, tmp_path, "strong.csv", text)
    assert kinds(library) == ["other", "strength"]
    assert total(library, "strength") == 1
    spans = library.log_spans()
    first = spans.loc[spans["what"] == "strength", "first_date"]
    assert first.tolist() == [pd.Timestamp("2026-01-06")]


@pytest.mark.parametrize("unknown", ["Flurgle", "Zwirbelhupf", "Something else"])
def test_an_unknown_drill_makes_no_strength(library: Library, tmp_path: Path, unknown: str) -> None:
    rows = ((5, "A-skip"), (5, unknown), (8, unknown))
    added(library, tmp_path, "sets.csv", drills(*rows))
    assert kinds(library) == ["technique", "unknown"]
    assert (total(library, "strength"), total(library, "technique")) == (0, 1)
    assert library.dose("technique").attrs["unknown_names"]["not_counted"] == 1
    held = {one.what: one.count for one in status(library.opened).known}
    assert held["unknown work"] == 1


def test_strides_open_no_log_of_strength(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path, "sets.csv", drills((5, "High knees"), (5, "Strides"), (12, "Strides")))
    assert kinds(library) == ["technique", "technique"]
    assert library.log_spans()["what"].tolist() == ["technique"]
    assert len(library.dose("strength")) == 0
    assert total(library, "speed") == 2


def test_the_minutes_of_strength_are_without_the_walk(library: Library, tmp_path: Path) -> None:
    text = (
        '"Date";"Workout Name";"Duration (sec)";"Exercise Name";"Set Order";"Weight (kg)";"Reps";'
        '"Distance (meters)";"Seconds"\n'
        '"2026-01-05 18:00:00";"Legs";"3600";"Walking";"1";"";"";"3000.0";"2400.0"\n'
        '"2026-01-05 18:00:00";"Legs";"3600";"Squat (Barbell)";"1";"60.0";"5";"";""\n'
    )
    added(library, tmp_path, "strong.csv", text)
    assert total(library, "strength", "minutes") == pytest.approx(20)
    assert total(library, "endurance", "minutes") == pytest.approx(40)
    assert total(library, "strength", "sets") == 1


@pytest.mark.parametrize(
    ("meaning", "kind", "what"),
    [
        ("strength", "strength", "strength"),
        ("technique", "technique", "technique"),
        ("flibbertigibbet", None, None),
        ("speed", "technique", "speed"),
        ("mobility", "other", "mobility"),
        ("other-sport", "other", "other sport"),
        ("plyometric", "strength", "plyometric"),
        ("squat", "strength", "squat"),
        ("unknown", "unknown", None),
    ],
)
def test_a_name_is_settled_for_good_and_backwards(
    library: Library, tmp_path: Path, meaning: str, kind: str | None, what: str | None
) -> None:
    added(library, tmp_path, "sets.csv", drills((5, "Flurgle"), (8, "A-skip")))
    if kind is None:
        with pytest.raises(UsageError, match="no movement 'flibbertigibbet'"):
            library.correct("Flurgle", meaning)
        return
    library.correct("flurgle", meaning)
    assert kinds(library) == [kind, "technique"]
    if what is not None:
        assert total(library, what) >= 1
        assert library.sets()["category"].notna().sum() == (meaning != "squat")
    library.correct("Flurgle", None)
    assert kinds(library) == ["unknown", "technique"]


def test_rows_of_endurance_come_back_without_a_new_import(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path, "strong.csv", strong((5, "Rower", "0,0,500,120")))
    assert kinds(library) == ["other"]
    library.correct("Rower", "bent over row")
    assert kinds(library) == ["strength"]
    assert total(library, "strength") == 1
    spans = library.log_spans()
    assert spans.loc[spans["source"] == "strong", "what"].tolist() == ["strength"]
    library.correct("Rower", "none")
    assert len(library.sessions()) == len(library.sets()) == len(library.log_spans()) == 0
    library.correct("Rower", None)
    assert library.log_spans()["what"].tolist() == ["endurance"]


def test_a_name_may_be_settled_before_it_is_imported(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path, "one.csv", drills((5, "A-skip")))
    library.correct("Flurgle", "mobility")
    added(library, tmp_path, "sets.csv", drills((6, "Flurgle")))
    assert kinds(library) == ["technique", "other"]
    assert library.movement("Flurgle").category == "mobility"
    assert library.movement("Flurgle").to_dict()["category"] == "mobility"


def test_a_library_of_the_version_before_is_read_anew_and_keeps_what_the_user_said(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "sets.csv"
    rows = (
        (5, "A-skip"),
        (5, "Flurgle"),
        (6, "Strides"),
        (7, "Bike"),
        (8, "Zwirbel"),
        (9, "Squat"),
    )
    path.write_text(drills(*rows), encoding="utf-8")
    library.add(path)
    library.correct("Zwirbel", "a_march")
    library.set_span("technique", "2026-01-01", "2026-01-31")
    expected, spans = library.sessions(), library.log_spans()
    # As the version before had it: unknown names were strength, and endurance was left out.
    with library.opened.writing() as catalogue, catalogue.transaction():
        old = {"2026-01-05": "mixed", "2026-01-06": "strength", "2026-01-08": "strength"}
        catalogue.write(
            "UPDATE sessions SET kind = ? WHERE local_date = ?",
            [(kind, day) for day, kind in old.items()],
        )
        for table in ("sets", "sessions"):
            catalogue.write(
                f"DELETE FROM {table} WHERE session_id IN"
                " (SELECT session_id FROM sessions WHERE local_date = '2026-01-07')",
                [()],
            )
        catalogue.write("ALTER TABLE sets DROP COLUMN category", [()])
        catalogue.write("UPDATE sources SET importer_version = importer_version - 1", [()])
        catalogue.write("UPDATE meta SET value = '0.0.1' WHERE key = 'version'", [()])
    library.close()
    older = Library.open(library.folder)
    assert older.sessions()["kind"].tolist() == ["mixed", "strength", "technique", "strength"]
    assert "category" in older.sets().columns
    older.correct("Flurgle", "mobility")
    assert older.sessions()["kind"].tolist()[0] == "technique"
    older.correct("Flurgle", None)
    (again,) = older.add(path).files
    assert again.outcome == "added"
    pd.testing.assert_frame_equal(older.sessions(), expected)
    pd.testing.assert_frame_equal(older.log_spans(), spans)
    assert older.corrections().names() == {"Zwirbel": "a_march"}
    assert older.verify() == []


def test_checks_find_their_control_doses_themselves(
    sample_library: Library, tmp_path: Path
) -> None:
    alone = sample_library.checks("contact-time", "strength")
    assert any("holds no mobility, upper-body work or other sport" in note for note in alone.notes)
    library = Library.open(tmp_path / "library")
    library.restore(sample_library.export(tmp_path / "out")[0].parent)
    days = pd.date_range("2025-04-07", "2026-10-04", freq="5D")
    rows = "".join(
        f"{day:%Y-%m-%d},{'yoga' if n % 3 else 'climbing'}\n" for n, day in enumerate(days)
    )
    added(library, tmp_path, "sessions.csv", "date,kind\n" + rows)
    found = library.checks("contact-time", "strength")
    names = [each.name for each in found.checks]
    assert {"control dose: mobility", "control dose: other sport"} <= set(names)
    assert "found in the log: mobility and other sport" in found.summary()
    assert library.effect("contact-time", "strength") == sample_library.effect(
        "contact-time", "strength"
    )
    chosen = library.checks("contact-time", "strength", controls=["yoga"])
    assert [name for name in (each.name for each in chosen.checks) if "control" in name] == [
        "control dose: yoga"
    ]
    assert not any("control doses" in note for note in chosen.notes)
