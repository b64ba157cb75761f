"""Files that people edit, too: what goes in comes back, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runanalytics import Library
from runanalytics.library.corrections import movements
from runanalytics.library.corrections import races as race_words
from runanalytics.library.corrections.edited_file import cells_of, guarded, line_of, unguarded
from runanalytics.library.corrections.movements import read_corrections
from runanalytics.library.corrections.races import read_race_corrections

#: Characters that some spreadsheets drop in front of a formula: white space of several kinds, the
#: byte order mark, a zero-width space, a soft hyphen and a mark of writing direction.
UNSEEN = (" ", "\t", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u00ad", "\u202e")
LEADS = "=+-@＝＋－＠"

HOSTILE = st.builds(
    "{}{}{}".format,
    st.text(st.sampled_from([*UNSEEN, "'"]), max_size=4),
    st.sampled_from(LEADS),
    st.text(max_size=6),
)


def is_run(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    return cell.lstrip("".join(UNSEEN)).startswith(tuple(LEADS))


@given(st.text() | HOSTILE)
@example("")
@example("'")
@example("'t Gooi")
def test_a_guarded_text_is_no_formula_and_comes_back_exactly(text: str) -> None:
    cell = guarded(text)
    assert cell
    assert not is_run(cell)
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", ["Squat", "t Gooi", "5 x 5", "a=b", "Łódź 🏃", "#1"])
def test_a_harmless_text_is_written_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("cell", ["'t Gooi", "'n Sprint", "quoted'"])
def test_an_apostrophe_that_somebody_wrote_stays(cell: str) -> None:
    assert unguarded(cell) == cell


@pytest.mark.parametrize("cell", ["''quoted'", "''=1+1", "'", "'\tcell", "'＝1"])
def test_cells_of_older_exports_are_read_as_they_were_written(cell: str) -> None:
    assert unguarded(cell) == cell[1:]


@pytest.mark.parametrize(
    "text", ["=1+1", "\u200b=1+1", "\ufeff@SUM(A1)", "'=1+1", "''", "\u00ad-2", "＝1", "'t Gooi"]
)
def test_both_files_guard_alike(library: Library, text: str) -> None:
    library.correct(text, "squat")
    library.add_race("2025-10-05", 21_097.5, 5_640.0, title=text)
    for name in (movements.FILE, race_words.FILE):
        with (library.folder / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(is_run(cell) for cell in cells), name
    (correction,) = read_corrections(library.folder).by_name.values()
    (race,) = read_race_corrections(library.folder).values()
    assert (correction.name, race.title) == (text, text)


def test_a_line_is_split_where_it_makes_sense() -> None:
    def two(cells: list[str]) -> bool:
        return len(cells) == 2

    assert cells_of('"Squat, heavy";squat', two) == ["Squat, heavy", "squat"]
    assert cells_of("Squat\tsquat\t\t", two) == ["Squat", "squat"]
    assert cells_of('6" box jump,box_jump', two) == ['6" box jump', "box_jump"]
    assert cells_of("Squat", two) == ["Squat"]


def test_lines_that_a_spreadsheet_quotes_throughout_are_read(tmp_path: Path) -> None:
    quoted = '"no race";"abcd";"";"";"";"";"";""\n"race";"beef";"";"10 km"\n'
    (tmp_path / race_words.FILE).write_text(quoted)
    races = read_race_corrections(tmp_path)
    assert races["abcd"].decision == "no race"
    assert races["beef"].distance_m == 10_000.0


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")), min_size=2))
def test_a_written_line_is_read_back(cells: list[str]) -> None:
    line = line_of([*cells, "end"])
    assert not line.lstrip().startswith("#")
    assert cells_of(line, lambda found: len(found) == len(cells) + 1) == [*cells, "end"]


def test_what_a_killed_writer_left_is_swept_by_the_next(library: Library) -> None:
    code = (
        "import os, sys\n"
        "from runanalytics import Library\n"
        "library = Library.open(sys.argv[1])\n"
        "library.correct('Glute', 'squat')\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "library.correct('Flurgle', 'squat')\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(library.folder)], check=False)
    assert killed.returncode == 9
    assert any(path.suffix == ".tmp" for path in library.folder.rglob("*"))
    library.add_race("2025-10-05", 21_097.5, 5_640.0)
    assert not any(path.suffix == ".tmp" for path in library.folder.rglob("*"))
    assert list(read_corrections(library.folder).by_name) == ["glute"]


def test_a_name_may_be_longer_than_the_csv_modules_limit(tmp_path: Path) -> None:
    name = "x" * 140_000
    (tmp_path / "movements.csv").write_text(f'"{name}",squat\n', encoding="utf-8")
    code = (
        "import csv, sys; csv.field_size_limit(131_072); from pathlib import Path;"
        "from runanalytics.library.corrections.movements import read_corrections;"
        "print(*map(len, read_corrections(Path(sys.argv[1])).names()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "140000", done.stderr
