"""The user's own claims: read like the sources' own, and refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import runanalytics.claims
from runanalytics.claims import claims, read_claims
from runanalytics.errors import UsageError

GOOD = {
    "id": '"mine"',
    "statement": '"Squats raise my cadence."',
    "outcome": '"cadence_spm"',
    "dose": '"squat"',
    "expected": '"up"',
}


def text(**more: str | None) -> bytes:
    rows = {key: value for key, value in {**GOOD, **more}.items() if value is not None}
    return "\n".join(["[[claim]]", *(f"{key} = {value}" for key, value in rows.items())]).encode()


def test_a_claim_is_read_with_what_it_says() -> None:
    found = read_claims(text(sources='["A 2026"]', research='"None."'), "claims.toml")["mine"]
    assert (found.dose, found.expected, found.sources) == ("squat", "up", ("A 2026",))
    assert read_claims(b"", "claims.toml") == {}


def test_the_sources_own_claims_pass_but_for_their_names() -> None:
    data = Path(runanalytics.claims.__file__).with_name("claims.toml").read_bytes()
    own = data.replace(b'id = "', b'id = "my-')
    found = read_claims(own, "claims.toml")
    renamed = [replace(each, id=each.id.removeprefix("my-")) for each in found.values()]
    assert renamed == list(claims().values())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (text(id='"pull-contact"'), "line 1: the sources have a claim 'pull-contact' already"),
        (text() + b"\n" + text(), "line 7: 'mine' stands above already"),
        (text(id='" "'), "the id is empty"),
        (text(dose='"squt"'), "line 1: 'squt' is no category.*did you mean 'squat'"),
        (text(dose='"elapsd time"'), "or other dose: did you mean 'elapsed_time'.*Others: elapsed"),
        (text(outcome='"cadence"'), "no outcome 'cadence': there are ground_contact_ms"),
        (text(outcome='"cadence"'), r"peak_force_bw \(did you mean 'cadence_spm'\?\)"),
        (text(expected='"Up"'), r"no further change \(did you mean 'up'\?\)"),
        (text(expected='"higher"'), "nothing is expected as 'higher': say up, down"),
        (text(expected='"faster"'), "'faster' goes with outcome race_performance only"),
        (text(dose=None), "line 1: no dose"),
        (text(dose="3"), "dose must be text in quotes, not 3"),
        (text(beyond_per_week="true"), "beyond_per_week must be a number"),
        (text(beyond_per_week="1"), "'no further change' and beyond_per_week go together"),
        (
            text(beyond_per_week="0", expected='"no further change"'),
            "beyond_per_week must be above 0",
        ),
        (
            text(
                outcome='"ground_contact_drift"',
                beyond_per_week="1",
                expected='"no further change"',
            ),
            "beyond_per_week does not go with outcome ground_contact_drift",
        ),
        (
            text(
                dose='"adherence"',
                programme='"legs_at_home"',
                beyond_per_week="1",
                expected='"no further change"',
            ),
            "beyond_per_week counts sessions",
        ),
        (
            text(dose='"adherence"', programme='"technique"'),
            "no programme 'technique'; did you mean 'technique_drills'",
        ),
        (text(note='"x"'), "there is no 'note' in a claim, only id, statement"),
        (text(statment='"x"'), r"beyond_per_week \(did you mean 'statement'\?\)"),
        (text(sources="[1]"), "sources must be a list of texts"),
        (text(dose='"adherence"'), "dose 'adherence' needs a programme, of specialised_strength"),
        (text(programme='"legs_at_home"'), "a programme goes with dose 'adherence' only"),
        (text(dose='"elapsed_time"'), "goes with outcome ground_contact_drift only"),
        (text(outcome='"peak_force_bw"'), "goes with dose 'speed' only"),
        (b"[claim]\nid = 1", "'claim' is no list of claims"),
        (b'[[claims]]\nid = "x"', "'claims' is no claim; begin each claim with a line"),
        (b"[[claim]]\nid = \n", "not TOML: .*line 2"),
        (b"[[claim]]\nid = \xff", "line 2 is not UTF-8"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=rf"^claims\.toml: .*{message}"):
        read_claims(data, "claims.toml")


def test_every_fault_of_a_file_is_named_at_once() -> None:
    data = text(dose='"squt"') + b"\n" + text(id='"other"', expected='"higher"')
    with pytest.raises(UsageError, match=r"line 1: .*; line 7: "):
        read_claims(data, "claims.toml")
