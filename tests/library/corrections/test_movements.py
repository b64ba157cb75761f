"""The user's own word on what a name means: it wins, and it stays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics import Library, schema
from runanalytics.errors import UsageError
from runanalytics.library.corrections.movements import FILE, correct, read_corrections
from runanalytics.movements import folded

GOLDEN = Path(__file__).parents[2] / "importers" / "golden"


@pytest.fixture
def logged(library: Library, tmp_path: Path) -> Library:
    """A library with drills, lifts and a name that matches nothing."""
    path = tmp_path / "sets.csv"
    path.write_text(
        "date,movement,reps\n"
        "2026-01-05,Flurgle,20\n"
        "2026-01-06,A-skip,20\n2026-01-06,Squat,5\n"
        "2026-01-07,Squat,5\n"
        "2026-01-12,Flurgle,20\n2026-01-12,A-skip,20\n",
        encoding="utf-8",
    )
    assert library.add(path).exit_status == 0
    return library


def movements(library: Library, name: str) -> set[str | None]:
    sets = library.sets()
    found = sets.loc[sets["name_as_logged"] == name, "movement"]
    return {None if value != value else value for value in found}


def kinds(library: Library) -> list[str]:
    return library.sessions()["kind"].tolist()


def write(library: Library, text: str | bytes) -> Path:
    path = library.folder / FILE
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_without_a_file_everything_is_as_stored(logged: Library) -> None:
    assert movements(logged, "Flurgle") == {None}
    assert kinds(logged) == ["unknown", "mixed", "strength", "technique"]


@pytest.mark.parametrize("movement", ["a_march", "A-march", "a-march", "A March"])
@pytest.mark.parametrize("name", ["Flurgle", "  flurgle ", "FLURGLE"])
def test_a_correction_gives_a_name_its_movement(logged: Library, name: str, movement: str) -> None:
    logged.correct(name, movement)
    assert movements(logged, "Flurgle") == {"a_march"}
    assert movements(logged, "Squat") == {"squat"}


def test_it_wins_over_what_the_importer_stored(logged: Library) -> None:
    logged.correct("A-skip", "lunge")
    assert movements(logged, "A-skip") == {"lunge"}
    logged.correct("A-skip", "unknown")
    assert movements(logged, "A-skip") == {None}


def test_what_is_no_exercise_counts_for_nothing(logged: Library) -> None:
    assert logged.dose("strength")["amount"].sum() == 2
    logged.correct("Flurgle", "none")
    assert movements(logged, "Flurgle") == set()
    assert kinds(logged) == ["mixed", "strength", "technique"]
    assert logged.dose("strength")["amount"].sum() == 2
    schema.check(logged.sets(), "sets")
    schema.check(logged.sessions(), "sessions")
    for name in ("Squat", "A-skip"):
        logged.correct(name, "none")
    assert len(logged.sets()) == len(logged.sessions()) == len(logged.log_spans()) == 0


def test_a_sessions_kind_follows_its_movements(logged: Library) -> None:
    logged.correct("Flurgle", "a_march")
    assert kinds(logged) == ["technique", "mixed", "strength", "technique"]
    logged.correct("A-skip", "squat")
    assert kinds(logged) == ["technique", "strength", "strength", "mixed"]


def test_it_follows_within_a_span_too(logged: Library) -> None:
    logged.correct("Flurgle", "a_march")
    assert logged.sessions(until="2026-01-05")["kind"].tolist() == ["technique"]


def test_a_log_of_drills_begins_with_the_first_drill(logged: Library) -> None:
    def span(what: str) -> list[str]:
        spans = logged.log_spans()
        mine = spans[spans["what"] == what]
        return [f"{mine['first_date'].min():%m-%d}", f"{mine['last_date'].max():%m-%d}"]

    assert span("technique") == ["01-06", "01-12"]
    logged.correct("Flurgle", "a_march")
    assert span("technique") == ["01-05", "01-12"]
    assert logged.dose("technique")["amount"].sum() == 3
    logged.correct("Flurgle", "squat")
    logged.correct("A-skip", "squat")
    assert logged.log_spans()["what"].tolist() == ["strength"]


def test_other_spans_of_the_same_log_stay(logged: Library, tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("date,distance,duration\n2026-01-02,10 km,50:00\n")
    logged.add(tmp_path / "runs.csv")
    logged.correct("Flurgle", "squat")
    logged.correct("A-skip", "squat")
    spans = logged.log_spans()
    assert spans.loc[spans["source"] == "tidy", "what"].tolist() == ["strength", "runs"]


def test_a_log_is_called_what_its_file_calls_it(library: Library) -> None:
    library.add(GOLDEN / "garmin_json_archive.json", timezone="Europe/Paris")
    library.correct("walking lunge", "a_march")
    assert kinds(library) == ["other", "technique"]
    spans = library.log_spans()
    stated = spans[spans["source"] != "activities"]
    assert set(stated["source"]) == {"garmin-json"}
    assert stated["what"].tolist() == ["runs", "endurance", "technique"]


def test_a_kind_that_a_source_states_stands(library: Library, tmp_path: Path) -> None:
    fit = sorted((Path(__file__).parents[3] / "data" / "sample" / "gym").glob("*.fit"))[0]
    library.add(fit)
    name = library.sets()["name_as_logged"].dropna().iloc[0]
    (stated,) = kinds(library)
    library.correct(name, "calf_raise")
    assert movements(library, name) == {"calf_raise"}
    assert kinds(library) == [stated]


def test_it_outlives_a_reimport_and_a_longer_export(library: Library, tmp_path: Path) -> None:
    source = GOLDEN / "hevy_metric.csv"
    library.add(source, timezone="Europe/Paris")
    library.correct("Flurgle", "single-leg deadlift")
    path = tmp_path / "longer.csv"
    later = '"Later","9 Jun 2024, 16:34","9 Jun 2024, 17:40","","Flurgle",,"",0,"normal",9,8,,,\n'
    path.write_text(source.read_text(encoding="utf-8") + later, encoding="utf-8")
    library.add([source, path], timezone="Europe/Paris")
    assert movements(library, "Flurgle") == {"single_leg_deadlift"}
    assert len(library.sessions()) == 4


def test_a_correction_may_come_before_the_first_import(library: Library, tmp_path: Path) -> None:
    library.correct("Flurgle", "calf raise")
    library.add(GOLDEN / "hevy_metric.csv", timezone="Europe/Paris")
    assert movements(library, "Flurgle") == {"calf_raise"}


def test_it_can_be_changed_and_taken_back(logged: Library) -> None:
    logged.correct("Flurgle", "squat")
    logged.correct("FLURGLE", "lunge")
    assert movements(logged, "Flurgle") == {"lunge"}
    assert (logged.folder / FILE).read_text().count("urgle") == 0
    logged.correct("flurgle", None)
    assert movements(logged, "Flurgle") == {None}
    with pytest.raises(UsageError, match="no correction of 'Flurgle'; there are: none"):
        logged.correct("Flurgle", None)


def test_what_stands_in_the_file_by_hand_stays(logged: Library) -> None:
    path = write(logged, "\ufeff# mine\r\n\r\nname;movement\r\nGlute;hip thrust\r\nA;B-skip,,\r\n")
    logged.correct("Flurgle", "squat")
    assert path.read_text(encoding="utf-8") == (
        "# mine\n\nname;movement\nGlute;hip thrust\nA;B-skip,,\nFlurgle,squat\n"
    )


@pytest.mark.parametrize(
    ("line", "name", "movement"),
    [
        ("SL RDL,single-leg-deadlift", "sl rdl", "single_leg_deadlift"),
        ('"Squat, heavy",back squat', "squat, heavy", "back_squat"),
        ("Squat, heavy,back squat", "squat, heavy", "back_squat"),
        ("Glute;Hip thrust", "glute", "hip_thrust"),
        ("Glute\tHip thrust", "glute", "hip_thrust"),
        ("Glute,hip_thrust,,", "glute", "hip_thrust"),
        ("Sauna,none", "sauna", "none"),
        ("Sauna, NONE ", "sauna", "none"),
        ("Sauna,Unknown", "sauna", "unknown"),
        ("'=Squat,squat", "=squat", "squat"),
    ],
)
def test_lines_as_people_write_them(tmp_path: Path, line: str, name: str, movement: str) -> None:
    (tmp_path / FILE).write_text(f"# mine\nname,movement\n\n{line}\n", encoding="utf-8")
    (one,) = read_corrections(tmp_path).by_name.items()
    assert (one[0], one[1].movement) == (name, movement)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Flurgle", "'Flurgle' is no name and movement"),
        ("Flurgle,", "'Flurgle,' is no name and movement"),
        (",squat", "',squat' is no name and movement"),
        ("Flurgle,calf rse", "no movement 'calf rse'; did you mean 'calf_raise'"),
        ('"Flurgle,squat', "stray quotation mark"),
        ("GLUTE,lunge", "'GLUTE' stands in line 2 already"),
    ],
)
def test_a_bad_line_is_named_and_never_dropped(logged: Library, line: str, reason: str) -> None:
    path = write(logged, f"# mine\nGlute,squat\n{line}\nA-skip,sqat\n")
    before = path.read_bytes()
    calls = (
        logged.sets,
        logged.sessions,
        logged.log_spans,
        lambda: logged.correct("Flurgle", "squat"),
    )
    for call in calls:
        with pytest.raises(UsageError) as caught:
            call()
        message = str(caught.value)
        assert message.startswith(f"{path}: line 3: ")
        assert reason in message
        assert "line 4: no movement 'sqat'" in message
    assert path.read_bytes() == before


def test_a_file_in_another_encoding_is_refused_with_its_line(logged: Library) -> None:
    write(logged, "name,movement\nÜbung,squat\n".encode("cp1252"))
    with pytest.raises(UsageError, match=r"movements\.csv: line 2 is not UTF-8; save it"):
        logged.sets()


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_the_file_is_private_whatever_the_umask(library: Library) -> None:
    old = os.umask(0)
    try:
        library.correct("Flurgle", "squat")
        path = library.folder / FILE
        assert path.stat().st_mode & 0o777 == 0o600
        assert library.folder.stat().st_mode & 0o777 == 0o700
        path.chmod(0o644)
        library.correct("Glute", "squat")
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(old)


def test_a_write_that_fails_leaves_the_old_file(
    logged: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged.correct("Flurgle", "squat")
    before = (logged.folder / FILE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="full"):
        logged.correct("Glute", "squat")
    monkeypatch.undo()
    assert (logged.folder / FILE).read_bytes() == before


def test_a_wrong_movement_changes_nothing(logged: Library) -> None:
    with pytest.raises(UsageError, match="did you mean 'single_leg_deadlift'"):
        logged.correct("Flurgle", "single leg dedlift")
    assert not (logged.folder / FILE).exists()


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda name: folded(name.replace("\0", "")) and "\0" not in name
)


@settings(deadline=None, max_examples=25)
@given(names=st.lists(NAMES | st.sampled_from(["#1", "=1+1", "-x", "a,b", 'q"', "'x", "none"])))
def test_any_name_comes_back_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("library")
    for name in names:
        correct(folder, name, "squat")
    assert {key: one.movement for key, one in read_corrections(folder).by_name.items()} == {
        folded(name): "squat" for name in names
    }
    for name in {folded(name): name for name in names}.values():
        correct(folder, name, None)
    assert read_corrections(folder).by_name == {}
    shutil.rmtree(folder)


@settings(deadline=None, max_examples=25)
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("library")
    (folder / FILE).write_bytes(data)
    message = ""
    try:
        read_corrections(folder)
    except UsageError as error:
        message = str(error)
    assert not message or str(folder / FILE) in message
    shutil.rmtree(folder)
