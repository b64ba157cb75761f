"""What was asked of a library is kept, counted once, and told beside clear answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runanalytics import Library
from runanalytics.errors import LibraryError
from runanalytics.findings.asked import Answer, among_all, answers_of
from runanalytics.findings.effect import Effect, effect
from runanalytics.findings.effects import Effects
from runanalytics.library.questions import Question, ask, asked_questions, forget_questions
from runanalytics.library.storage.words import QUESTIONS
from runanalytics.simulate import simulate_form


def asked(p_value: float, metric: str = "cadence_spm", **more: object) -> Question:
    return Question(metric, "strength", "sessions", p_value=p_value, **more)  # type: ignore[arg-type]


def test_the_same_question_is_one_and_its_last_answer_counts(tmp_path: Path) -> None:
    ask(tmp_path, [asked(0.04), asked(0.5, alone=True), asked(0.2, since="2026-01-01")])
    every = ask(tmp_path, [asked(0.3)])
    assert [each.p_value for each in every] == [0.3, 0.5, 0.2]
    assert asked_questions(tmp_path) == every
    size = (tmp_path / QUESTIONS).stat().st_size
    assert ask(tmp_path, [asked(0.3)]) == every
    assert (tmp_path / QUESTIONS).stat().st_size == size
    if os.name == "posix":
        assert (tmp_path / QUESTIONS).stat().st_mode & 0o777 == 0o600
    assert forget_questions(tmp_path) == 3
    assert asked_questions(tmp_path) == ()
    assert forget_questions(tmp_path) == 0


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"metric": 3, "what": "x"}',
        b'{"metric": "x", "what": "y", "p_value": NaN}',
        b'{"metric": "x"}',
        b"[]",
        b'{"metric": "cut sh',
    ],
)
def test_a_damaged_line_is_skipped_and_takes_none_with_it(tmp_path: Path, line: bytes) -> None:
    ask(tmp_path, [asked(0.04)])
    with (tmp_path / QUESTIONS).open("ab") as file:
        file.write(line)
    ask(tmp_path, [asked(0.5, "ground_contact_ms")])
    assert [each.p_value for each in asked_questions(tmp_path)] == [0.04, 0.5]


def test_a_line_of_a_newer_version_is_read(tmp_path: Path) -> None:
    (tmp_path / QUESTIONS).write_text('{"metric": "x", "what": "y", "p_value": 0.1, "lag": 3}\n')
    (question,) = asked_questions(tmp_path)
    assert question.p_value == 0.1


def test_where_nothing_can_be_written_the_answer_is_the_same(tmp_path: Path) -> None:
    (tmp_path / QUESTIONS).mkdir()
    assert [each.p_value for each in ask(tmp_path, [asked(0.04)])] == [0.04]
    assert ask(tmp_path / "none", [asked(0.04)])
    assert not (tmp_path / "none").exists()
    with pytest.raises(LibraryError, match="cannot be begun anew"):
        forget_questions(tmp_path)


def test_two_processes_keep_both_lines(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from runanalytics.library.questions import Question, ask\n"
        "for n in range(40):\n"
        "    ask(Path(sys.argv[1]), [Question(sys.argv[2], str(n), p_value=0.5)])\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("a", "b")
    ]
    assert [each.wait(60) for each in both] == [0, 0]
    assert len(asked_questions(tmp_path)) == 80


def test_a_question_costs_one_line_and_no_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(tmp_path, [asked(0.5, str(n)) for n in range(60)])
    file = tmp_path / QUESTIONS
    before, node = file.read_bytes(), file.stat().st_ino
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    ask(tmp_path, [asked(0.5, "new")])
    after = file.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == before.count(b"\n") + 1
    assert file.stat().st_ino == node
    assert not synced


@pytest.fixture(scope="module")
def clear() -> Effect:
    drawn = simulate_form(3, weeks=104, effect_pct=-3.0)
    return effect(drawn.form, drawn.dose, what="strength")


def test_a_clear_answer_after_thirty_others_says_so(clear: Effect) -> None:
    (own,) = answers_of([clear])
    weak = Answer(own.label, own.metric, own.what, own.measure, 0.03, clear=True)
    told = among_all(clear, [weak], [0.5] * 30)
    assert told.asked == (
        "Corrected for all 31 questions asked of this library: p = 0.5 (it may be chance)."
    )
    assert told.asked in told.summary()
    assert told.asked in told.answer()
    assert told == clear
    strong = Answer(own.label, own.metric, own.what, own.measure, 0.0001, clear=True)
    assert "chance" not in among_all(clear, [strong], [0.5] * 30).asked


def test_what_is_not_clear_or_the_only_question_says_nothing(clear: Effect) -> None:
    (own,) = answers_of([clear])
    unclear = Answer(own.label, own.metric, own.what, own.measure, 0.3, clear=False)
    assert among_all(clear, [own], []) is clear
    assert among_all(clear, [unclear], [0.5] * 30) is clear


def test_a_library_counts_what_it_tests(sample_library: Library) -> None:
    sample_library.forget_questions()
    sample_library.effect("contact-time", "strength", until="2026-06-01")
    sample_library.checks("contact-time", "strength", until="2026-06-01")
    assert len(sample_library.questions()) == 1
    sample_library.race_effect("strength")
    found = sample_library.effects("contact-time, cadence", "strength")
    assert isinstance(found, Effects)
    assert sample_library.questions()["metric"].tolist() == [
        *("ground_contact_ms", "race_time", "ground_contact_ms", "cadence_spm"),
    ]
    assert "all 4 questions asked of this library" in found.answer()
    assert "Asked so far: 4 questions" in sample_library.status().text()
    assert sample_library.forget_questions() == 4
    assert "Asked so far" not in sample_library.status().text()


def test_a_restored_library_knows_what_was_asked(tmp_path: Path) -> None:
    library, other = Library.open(tmp_path / "library"), Library.open(tmp_path / "other")
    (tmp_path / "races.csv").write_text("date,distance,time\n2026-06-01,10k,50:02\n")
    library.add(tmp_path / "races.csv")
    ask(library.folder, [asked(0.04)])
    library.export(tmp_path / "export")
    other.restore(tmp_path / "export")
    assert len(other.questions()) == 1
    assert other.questions().equals(library.questions())
    library.rebuild()
    assert library.questions().equals(other.questions())
    assert library.verify() == []
