"""Several simulated runners' libraries, some of them broken."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from runanalytics import Libraries
from runanalytics.cli import app
from runanalytics.errors import LibraryError, UsageError
from runanalytics.libraries.kept import Kept
from runanalytics.libraries.stage_one import Asked
from runanalytics.simulate import simulate_form

RUNNERS = 5


def write_files(folder: Path, seed: int) -> None:
    """Write the runs and sessions of a simulated runner as plain CSV."""
    drawn = simulate_form(seed, weeks=44, effect_pct=-4.0)
    folder.mkdir(parents=True)
    pd.DataFrame(
        {
            "date": drawn.form["local_date"].dt.strftime("%Y-%m-%d"),
            "time": "07:00",
            "distance_m": drawn.runs["distance_m"].round(1),
            "duration_s": (drawn.runs["distance_m"] / drawn.runs["speed_m_s"]).round(1),
            "ground_contact_ms": drawn.runs["raw_value"].round(2),
            "device": drawn.form["device"],
        }
    ).to_csv(folder / "runs.csv", index=False)
    days = drawn.dose.loc[drawn.dose["amount"] > 0, "local_date"].dt.strftime("%Y-%m-%d")
    pd.DataFrame({"date": days, "kind": "strength", "duration_min": 40}).to_csv(
        folder / "sessions.csv", index=False
    )


@pytest.fixture(scope="module")
def group(tmp_path_factory) -> Path:
    """Libraries of simulated runners, an empty, a broken and a newer one among them."""
    folder = tmp_path_factory.mktemp("group")
    for number in range(RUNNERS):
        write_files(folder / "files" / f"=runner {number}", number)
    (folder / "files" / "no runner").mkdir()
    found = Libraries.add(folder / "files", folder / "libraries", timezone="UTC")
    assert len(found) == RUNNERS + 1
    for name in ("broken", "empty", "newer"):
        (folder / "libraries" / name).mkdir()
    (folder / "libraries" / "broken" / "catalogue.sqlite").write_bytes(b"no database" * 500)
    newer = sqlite3.connect(folder / "libraries" / "newer" / "catalogue.sqlite")
    newer.execute("PRAGMA user_version = 9999")
    newer.execute("CREATE TABLE runs (run_id TEXT)")
    newer.close()
    return folder / "libraries"


@pytest.fixture(scope="module")
def serial(group):
    return Libraries.open([group]).rows(workers=0)[0]


def as_text(rows) -> list[str]:
    return [json.dumps(row.to_dict()) for row in rows]


def test_the_same_rows_from_each_executor(group, serial) -> None:
    libraries = Libraries.open([group])
    assert as_text(libraries.rows(workers=2)[0]) == as_text(serial)
    with ThreadPoolExecutor(2) as threads:
        assert as_text(libraries.rows(executor=threads)[0]) == as_text(serial)


def test_what_cannot_be_read_is_a_row_with_its_reason(serial) -> None:
    reasons = {row.runner: row.reason for row in serial if not row.metric}
    assert set(reasons) >= {"broken", "empty", "newer"}
    assert "no library" in reasons["empty"]
    assert reasons["broken"].startswith("cannot be read")
    assert reasons["newer"].startswith("cannot be read")
    good = [row for row in serial if row.metric]
    assert len(good) == RUNNERS
    assert all(row.pooled for row in good)


def test_all_together(group, tmp_path) -> None:
    about = tmp_path / "runners.csv"
    about.write_text("runner;sex\n=runner 0;w\n=runner 1;m\n", encoding="utf-8")
    (found,) = Libraries.open([group]).cohort(workers=0, about=about)
    assert found.n_pooled == RUNNERS
    assert found.percent_low < -4.0 < found.percent_high
    assert set(found.unread) >= {"broken", "newer"}
    assert len(found.roster) == found.n_runners
    hidden = json.dumps(found.anonymous().to_dict())
    assert "runner 0" not in hidden
    assert "percent_low" in hidden


def test_resumed_rows_are_those_of_unchanged_libraries(group, serial, tmp_path) -> None:
    libraries, file, asked = Libraries.open([group]), tmp_path / "rows.jsonl", []

    class Stopping:
        def map(self, function, tasks):
            for number, task in enumerate(tasks):
                if number == 3:
                    raise KeyboardInterrupt
                yield function(task)

    class Counting:
        def map(self, function, tasks):
            asked.append(len(tasks))
            return map(function, tasks)

    with pytest.raises(KeyboardInterrupt):
        libraries.rows(executor=Stopping(), resume=file)
    file.write_text(file.read_text(encoding="utf-8") + '["cut sho', encoding="utf-8")
    assert as_text(libraries.rows(executor=Counting(), resume=file)[0]) == as_text(serial)
    changed = libraries.folders["empty"] / "diary.md"
    changed.write_text("2026-03-01\n", encoding="utf-8")
    libraries.rows(executor=Counting(), resume=file)
    changed.unlink()
    assert asked == [len(libraries) - 3, 1]
    with pytest.raises(UsageError, match="another question"):
        libraries.rows("cadence", workers=0, resume=file)
    with pytest.raises(UsageError):
        libraries.rows(workers=0, resume=group / "broken" / "catalogue.sqlite")


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of a process")
def test_rows_that_cannot_be_kept_are_one_message_and_leave_no_half_a_file(tmp_path) -> None:
    import resource

    file, asked = tmp_path / "rows.jsonl", Asked(("contact-time",), ("strength",))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def with_room_for(n_bytes: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
        try:
            kept = Kept(file, asked)
            try:
                kept.keep("a", tmp_path, "", "x" * 500)
            finally:
                kept.close()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with pytest.raises(LibraryError, match=r"rows\.jsonl: cannot be written"):
        with_room_for(20)
    assert not file.exists()
    with pytest.raises(LibraryError, match=r"rows\.jsonl: cannot be written"):
        with_room_for(300)
    assert file.stat().st_size == 300
    Kept(file, asked).close()
    with pytest.raises(UsageError, match="no file of answers"):
        Kept(Path("/dev/zero"), asked)


def test_folders_may_have_any_name(tmp_path) -> None:
    """One name that is no text, or breaks a line, stops nobody and forges no line."""
    names = [b"a\nb: 9 files", b"=1+1", b"<script>", "\u202ex".encode()]
    if sys.platform.startswith("linux"):
        names.append(b"\xff\xfe")
    for name in names:
        folder = tmp_path / os.fsdecode(name)
        folder.mkdir()
        (folder / "catalogue.sqlite").touch()
    libraries = Libraries.open([tmp_path])
    assert len(libraries) == len(names)
    (found,) = libraries.cohort(workers=0)
    shown = found.roster["runner"].to_list()
    assert {"a\\u000ab: 9 files", "=1+1", "<script>"} < set(shown)
    assert ("\\xff\\xfe" in shown) == (len(names) == 5)
    table = pd.read_csv(io.StringIO(libraries.csv([found])))
    assert set(table["runner"].str.lstrip("'")) == set(shown)
    assert "'=1+1" in table["runner"].to_list()
    json.dumps(found.to_dict(), ensure_ascii=False).encode("utf-8")


def test_the_command(group, tmp_path, capsys) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            app(["cohort", *words])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    pdf, kept = tmp_path / "group.pdf", str(tmp_path / "rows")
    status, out, _ = run(str(group), str(pdf), "--workers", "0", "--resume", kept, "--csv")
    assert status == 1
    lines = out.splitlines()
    assert lines[0].startswith("metric,what,runner,look")
    assert sum("'=runner" in line for line in lines) == RUNNERS
    pages = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "Who needs a look" in pages
    assert "=runner 3" in pages
    assert "Simulated data" in pages
    status, out, _ = run(str(group), "--resume", kept, "--json", "--anonymous")
    assert status == 1
    assert "runner 1" not in out
    assert json.loads(out)[0]["n_pooled"] == RUNNERS
    status, out, _ = run(str(group), "--resume", kept)
    assert "beside the group" in out
    assert "Over runners" in out


def test_wrong_words_are_refused(group, tmp_path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        app(["cohort", str(tmp_path / "missing")])
    with pytest.raises(UsageError, match="no library is named"):
        app(["cohort"])
    with pytest.raises(UsageError):
        app(["cohort", str(group), "contract-time"])
    with pytest.raises(UsageError):
        app(["cohort", str(group), "--of", "knitting-needles"])
    with pytest.raises(UsageError, match="sub-folder"):
        Libraries.add(tmp_path, tmp_path / "libraries")


def test_runners_of_one_name_are_told_apart(tmp_path) -> None:
    for team in ("a", "b"):
        (tmp_path / team / "same").mkdir(parents=True)
    names = list(Libraries.open([tmp_path / "a", tmp_path / "b"]).folders)
    assert names == ["a/same", "b/same"]


def test_none_is_lost_where_the_folders_above_are_called_alike_too(tmp_path) -> None:
    for team in ("a", "b"):
        for runner in ("anna", "ben"):
            (tmp_path / team / "libraries" / runner).mkdir(parents=True)
    both = [tmp_path / team / "libraries" for team in ("a", "b")]
    names = list(Libraries.open(both).folders)
    assert names == ["a/libraries/anna", "a/libraries/ben", "b/libraries/anna", "b/libraries/ben"]
