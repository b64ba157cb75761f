"""What backs up what in a FIT file: summaries, positions, speeds, fields of apps, the clock."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.fit import FIT
from runanalytics.importers.fit.codec import decoder

NEW_YORK = ReadOptions(timezone="America/New_York")
SECONDS = 120
NO_U16, NO_U32 = 0xFFFF, 0xFFFFFFFF
SEMICIRCLES_PER_M = 2**31 / 180 / 111_195.08


def read(writer):
    return FIT.read(writer.bytes(), NEW_YORK)


def notes_of(imported) -> str:
    return "\n".join(str(note) for note in imported.notes)


def made(fit, fields, row, *, session=(), sport=1, metres=357.0, maker=None, offset_s=-14_400):
    """A run of two minutes: what each record and the session hold, given as (number, type)."""
    writer = fit.Writer()
    if maker is None:
        fit.file_id(writer)
    else:
        writer.define(0, 0, [(0, "enum"), (1, "uint16"), (2, "uint16")]).write(0, 4, maker, 802)
    writer.define(4, 20, [(253, "uint32"), *fields])
    for second in range(SECONDS):
        writer.write(4, fit.start + second, *row(second))
    end = fit.start + SECONDS - 1
    kinds = [(253, "uint32"), (2, "uint32"), (7, "uint32"), (8, "uint32"), (5, "enum")]
    writer.define(2, 18, [*kinds, (9, "uint32"), *((number, kind) for number, kind, _ in session)])
    lasted_ms = (SECONDS - 1) * 1000
    total = NO_U32 if metres is None else round(metres * 100)
    values = (value for *_, value in session)
    writer.write(2, end, fit.start, lasted_ms, lasted_ms, sport, total, *values)
    return fit.activity(writer, end, offset_s)


DISTANCE, SPEED, CADENCE = (5, "uint32"), (6, "uint16"), (4, "uint8")
CONTACT, NORTH, EAST = (41, "uint16"), (0, "sint32"), (1, "sint32")


def described(fit, names, *, native=255, contact=None, column=None):
    """A run whose app describes fields of contact times: (name, unit, value)."""
    writer = fit.file_id(fit.Writer())
    writer.define(5, 207, [(3, "uint8")]).write(5, 0)
    kinds = [(0, "uint8"), (1, "uint8"), (2, "uint8"), (3, "string", 24), (8, "string", 16)]
    writer.define(6, 206, [*kinds, (14, "uint16"), (15, "uint8")])
    for number, (name, unit, _) in enumerate(names):
        writer.write(6, 0, number, 0x84, name.encode(), unit.encode(), 20, native)
    apps = [(number, 2, 0, "H") for number in range(len(names))]
    writer.define(4, 20, [(253, "uint32"), DISTANCE, CADENCE, CONTACT], apps)
    for second in range(SECONDS):
        own = contact(second) if contact else NO_U16
        values = [value(second) if callable(value) else value for *_, value in names]
        writer.write(4, fit.start + second, 300 * second, 87, own, *values)
    fit.session(writer, fit.start, SECONDS - 1, metres=3.0 * (SECONDS - 1))
    return fit.activity(writer, fit.start + SECONDS - 1)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("GCT", "ms"),
        ("currContactTime", "ms"),
        ("Ground Contact Time", "msec"),
        ("ground-contact-time", "milliseconds"),
        ("GroundContactTime (ms)", ""),
        ("RS_Contact_Time", "ms"),
        ("Stance Time", "MS"),
    ],
)
def test_names_that_apps_give_to_contact_time(fit, name, unit):
    imported = read(described(fit, [(name, unit, 245)]))
    assert imported.runs["ground_contact_ms"].tolist() == [245]
    assert "looks like" not in notes_of(imported)


@pytest.mark.parametrize(
    ("left", "right"), [("GCT_L", "GCT_R"), ("contact time left", "contact time right")]
)
def test_a_pod_on_each_foot_and_one_that_drops_out(fit, left, right):
    names = [(left, "ms", 240), (right, "ms", lambda second: 250 if second < 60 else 0)]
    imported = read(described(fit, names))
    contact = imported.samples["ground_contact_ms"]
    assert contact.notna().all()
    assert (contact.iloc[10], contact.iloc[100]) == (245, 240)


def test_runscribes_fields_name_their_sensor(fit):
    assert read(described(fit, [("GCT_L", "ms", 240)])).runs["sensor"].tolist() == ["RunScribe"]


@pytest.mark.parametrize(
    ("names", "native", "sensor"),
    [
        ([("Power", "Watts", 250), ("Leg Spring Stiffness", "kN/m", 9)], 255, "Stryd"),
        ([("Power", "Watts", 250)], 255, "app field 'Power'"),
        ([("RS_Power", "Watts", 250)], 255, "RunScribe"),
    ],
)
def test_whose_app_estimated_power_is_known_by_its_fields(fit, names, native, sensor):
    run = read(described(fit, names, native=native)).runs.iloc[0]
    assert (run["power_w"], run["power_sensor"]) == (250, sensor)


@pytest.mark.parametrize(("kind", "sensor"), [(11, "Stryd"), (124, "Garmin Forerunner 255")])
def test_power_is_the_watchs_own_unless_a_meter_is_paired(fit, kind, sensor):
    power = (7, "uint16")
    writer = made(fit, [DISTANCE, CADENCE, power], lambda second: (300 * second, 87, 250))
    # Index, ANT+ type, maker (Stryd), and that it is connected by ANT+.
    paired = [(253, "uint32"), (0, "uint8"), (1, "uint8"), (2, "uint16"), (25, "enum")]
    writer.define(7, 23, paired).write(7, fit.start, 3, kind, 95, 1)
    run = read(writer).runs.iloc[0]
    assert (run["power_w"], run["power_sensor"]) == (250, sensor)


@pytest.mark.parametrize(
    ("name", "unit", "looks"),
    [
        ("GCT", "steps", "contact time"),
        ("Contact Time Avg", "ms", "contact time"),
        ("Stride Cadence", "furlongs", "cadence"),
        ("Oscillation index", "", "oscillation"),
        ("L/R Balance", "%", "balance"),
    ],
)
def test_what_looks_like_form_and_is_not_understood_is_named(fit, name, unit, looks):
    imported = read(described(fit, [(name, unit, 90)]))
    assert f"'{name}'" in notes_of(imported)
    assert f"looks like {looks} and is not understood" in notes_of(imported)
    assert imported.runs["ground_contact_ms"].isna().all()


def test_fields_without_a_value_or_of_another_kind_are_not_named(fit):
    names = [("Contact Time Avg", "ms", NO_U16), ("Leg Spring Stiffness", "kN/m", 9)]
    assert "looks like" not in notes_of(read(described(fit, names)))


def test_a_strap_that_drops_out_is_backed_up_by_the_pod(fit):
    writer = described(
        fit,
        [("Ground Time", "Milliseconds", 240)],
        native=41,
        contact=lambda second: 2600 if second < 20 else NO_U16,
    )
    imported = read(writer)
    contact = imported.samples["ground_contact_ms"]
    assert contact.value_counts().to_dict() == {240: 100, 260: 20}
    assert imported.runs["sensor"].tolist() == ["Stryd"]


def test_a_strap_that_misses_a_few_seconds_is_not_mixed_with_the_pod(fit):
    writer = described(
        fit,
        [("Ground Time", "Milliseconds", 240)],
        native=41,
        contact=lambda second: 2600 if second >= 5 else NO_U16,
    )
    assert read(writer).samples["ground_contact_ms"].dropna().unique().tolist() == [260]


@pytest.mark.parametrize("times", [2.0, 3.6, 0.5])
def test_speeds_that_are_not_distance_per_time(fit, times):
    row = lambda second: (300 * second, round(3_000 * times), 87)  # noqa: E731
    imported = read(made(fit, [DISTANCE, SPEED, CADENCE], row))
    assert imported.samples["speed_m_s"].median() == pytest.approx(3.0)
    assert imported.runs["step_length_m"].iloc[0] == pytest.approx(3 / 174 * 60)
    assert f"{times:.2f} times its distance per time" in notes_of(imported)


def test_cadence_and_heart_rate_that_only_the_session_states(fit):
    session = [(18, "uint8", 88), (16, "uint8", 150)]
    imported = read(made(fit, [DISTANCE], lambda second: (300 * second,), session=session))
    assert imported.runs[["cadence_spm", "heart_rate_bpm"]].to_numpy().tolist() == [[176, 150]]
    assert "said by the summary, not by samples" in notes_of(imported)
    assert imported.samples["cadence_spm"].isna().all()


def test_positions_outvote_a_summary_that_is_wrong(fit):
    def row(second):
        return 300 * second, round((40 + 0) * 1e7 + 3 * second * SEMICIRCLES_PER_M), 10_000_000

    imported = read(made(fit, [DISTANCE, NORTH, EAST], row, metres=500.0))
    assert imported.runs["distance_m"].tolist() == [357]
    assert "positions 357 m: the run has the records' distance" in notes_of(imported)


def test_positions_go_on_where_the_records_distance_ends(fit):
    def row(second):
        stated = 300 * second if second < 40 else NO_U32
        return stated, round(4e8 + 3 * second * SEMICIRCLES_PER_M), 10_000_000

    imported = read(made(fit, [DISTANCE, NORTH, EAST], row, metres=None))
    assert imported.runs["distance_m"].iloc[0] == pytest.approx(357, rel=0.01)
    assert "ends early" in notes_of(imported)


def test_a_summary_alone_is_used(fit):
    imported = read(made(fit, [CADENCE], lambda second: (87,)))
    assert imported.runs["distance_m"].tolist() == [357]
    assert "said by the summary alone" in notes_of(imported)


def test_laps_state_what_the_session_does_not(fit):
    writer = made(fit, [CADENCE], lambda second: (87,), metres=None)
    writer.define(7, 19, [(253, "uint32"), (2, "uint32"), (7, "uint32"), (9, "uint32")])
    for begin, metres in ((0, 200), (60, 157)):
        start = fit.start + begin
        writer.write(7, start + 60, start, 60_000, metres * 100)
    imported = read(writer)
    assert imported.runs["distance_m"].tolist() == [357]
    assert "said by the laps alone" in notes_of(imported)


@pytest.mark.parametrize(("number", "offset_s"), [(294, 0), (255, 0), (294, 5_000), (1, 5_000)])
def test_an_offset_that_is_not_believed_ranks_below_the_users_zone(fit, number, offset_s):
    """COROS (294) and apps without a number (255) write 0; 5,000 s is the time of no place."""
    writer = made(fit, [DISTANCE], lambda s: (300 * s,), maker=number, offset_s=offset_s)
    imported = read(writer)
    assert imported.clock == "utc"
    assert imported.runs["utc_offset_s"].tolist() == [-18_000]
    assert "is not believed" in notes_of(imported)


@pytest.mark.parametrize(("number", "offset_s"), [(1, 0), (294, 7_200), (23, 3_600)])
def test_an_offset_of_a_place_is_believed(fit, number, offset_s):
    writer = made(fit, [DISTANCE], lambda s: (300 * s,), maker=number, offset_s=offset_s)
    imported = read(writer)
    assert (imported.clock, imported.runs["utc_offset_s"].tolist()) == ("both", [offset_s])


@pytest.mark.parametrize(("speed", "is_run"), [(300, True), (130, False), (900, False)])
def test_a_session_of_no_sport_is_a_run_by_its_speeds(fit, speed, is_run):
    writer = made(fit, [DISTANCE], lambda s: (speed * s,), sport=0, metres=speed * 1.19)
    imported = read(writer)
    assert len(imported.runs) == is_run
    assert "a runner's" in notes_of(imported) or "no runner's" in notes_of(imported)


def test_a_leg_of_no_sport_among_others_is_none(fit):
    """Whoever names two of three legs would have named the third, were it a run."""
    writer = fit.file_id(fit.Writer())
    for leg, sport in enumerate((1, 0)):
        start = fit.start + leg * 400
        fit.records(writer, start, 300)
        fit.session(writer, start, 299, sport, 0, 897)
    fit.activity(writer, fit.start + 700)
    assert len(read(writer).runs) == 1


def many_layouts(fit, count, layouts=60):
    """A long file whose sensors come and go: each record's layout lacks another field."""
    fields = [(5, "uint32"), *((number, "uint16") for number in (39, 40, 41, 83, 84, 85, 7))]
    fields += [(number, "uint8") for number in (3, 4, 13)]
    writer = fit.file_id(fit.Writer())
    second = 0
    for layout in range(layouts):
        kept = [fields[0], *(f for place, f in enumerate(fields[1:]) if layout >> place & 1)]
        writer.define(4, 20, [(253, "uint32"), *kept])
        writer.write(4, fit.start + second, 300 * second, *(80 for _ in kept[1:]))
        second += 1
    writer.define(4, 20, [(253, "uint32"), (5, "uint32"), (4, "uint8")])
    body = bytearray(writer.body)
    for later in range(second, count):
        body += b"\x04" + struct.pack("<IIB", fit.start + later, 300 * later, 85)
    writer.body = body
    fit.session(writer, fit.start, count - 1, metres=3.0 * (count - 1))
    return fit.activity(writer, fit.start + count - 1)


def test_a_table_costs_its_rows_by_its_distinct_columns(fit, monkeypatch):
    monkeypatch.setattr(decoder, "MAX_CELLS", 60_000)
    imported = read(many_layouts(fit, 2_500))
    assert imported.runs["distance_m"].tolist() == [3.0 * 2_499]
    assert imported.runs["cadence_spm"].tolist() == [170]
    with pytest.raises(Exception, match="no device writes so many"):
        read(many_layouts(fit, 6_000))


def test_averages_weigh_what_was_measured(fit):
    """Half a run with the strap, half with the pod: each sample has one of them."""
    writer = described(
        fit,
        [("Ground Time", "Milliseconds", 240)],
        contact=lambda second: 2600 if second < 60 else NO_U16,
    )
    run = read(writer).runs.iloc[0]
    assert np.isclose(run["ground_contact_ms"], 250, atol=0.5)
