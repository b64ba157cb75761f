"""Figures: what is drawn, and that words say the same."""

from __future__ import annotations

import errno

import numpy as np
import pandas as pd
import pytest

from runanalytics import plots
from runanalytics.errors import LibraryError, SchemaError
from runanalytics.findings.effect import effect
from runanalytics.findings.trend import trend
from runanalytics.plots.calendar import KIND_COLOURS, NOTHING_COLOUR
from runanalytics.plots.races import by_course
from runanalytics.simulate import simulate_form


def test_a_full_disk_leaves_an_older_figure_alone(drawn, tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "old.png"
    file.write_bytes(b"the old one")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LibraryError, match=r"cannot be written \(No space left"):
        plots.save(trend(drawn.form).plot(), file)
    assert file.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture(scope="module")
def drawn():
    return simulate_form(5, weeks=60, effect_pct=-3.0)


def sessions(*days: str, kind: str = "strength") -> pd.DataFrame:
    return pd.DataFrame({"local_date": pd.to_datetime(list(days)), "kind": kind})


def spans(**of: tuple[str, str]) -> pd.DataFrame:
    rows = [(what, pd.Timestamp(first), pd.Timestamp(last)) for what, (first, last) in of.items()]
    return pd.DataFrame(rows, columns=["what", "first_date", "last_date"])


def cells(axes) -> dict[str, int]:
    """How many cells of each colour stand on the axes (the key above has patches of its own)."""
    from matplotlib.colors import to_hex
    from matplotlib.patches import PathPatch

    counts: dict[str, int] = {}
    for patch in [*axes.patches, *axes.artists]:
        if isinstance(patch, PathPatch):
            alpha = patch.get_facecolor()[3]
            colour = to_hex(patch.get_facecolor()) if alpha else "empty"
            drawn = int((patch.get_path().codes == 1).sum())
            counts[colour] = counts.get(colour, 0) + drawn
    return counts


def test_calendar_tells_known_rest_from_unknown():
    log = spans(strength=("2026-03-02", "2026-03-08"), technique=("2026-03-05", "2026-03-08"))
    figure = plots.dose_calendar(sessions("2026-03-02", "2026-03-06"), log)
    # Each day has two halves: seven days, three of them with half a log only.
    found = cells(figure.axes[0])
    assert found == {
        KIND_COLOURS["strength"].lower(): 3,
        NOTHING_COLOUR.lower(): 8,
    }


def test_calendar_frames_days_that_no_log_covers():
    log = pd.concat(
        [
            spans(strength=("2026-03-02", "2026-03-03")),
            spans(technique=("2026-03-06", "2026-03-08")),
        ]
    )
    found = cells(plots.dose_calendar(sessions(), log).axes[0])
    assert found == {"empty": 2, NOTHING_COLOUR.lower(): 5}


def test_calendar_of_one_log_has_whole_cells():
    log = spans(strength=("2026-03-02", "2026-03-05"))
    found = cells(plots.dose_calendar(sessions("2026-03-02"), log).axes[0])
    assert found == {KIND_COLOURS["strength"].lower(): 2, NOTHING_COLOUR.lower(): 6}


def test_calendar_splits_a_day_with_both():
    log = spans(strength=("2026-03-02", "2026-03-03"), technique=("2026-03-02", "2026-03-03"))
    both = pd.concat([sessions("2026-03-02"), sessions("2026-03-02", kind="technique")])
    found = cells(plots.dose_calendar(both, log).axes[0])
    assert found[KIND_COLOURS["strength"].lower()] == found[KIND_COLOURS["technique"].lower()] == 1
    mixed = cells(plots.dose_calendar(sessions("2026-03-02", kind="mixed"), log).axes[0])
    assert mixed == found


def test_calendar_draws_the_last_years_and_rings_races():
    log = spans(strength=("2019-01-01", "2026-03-08"))
    races = pd.DataFrame({"local_date": pd.to_datetime(["2018-05-01", "2026-02-01"])})
    figure = plots.dose_calendar(sessions("2026-03-02"), log, races=races, years=2)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "2025" in texts
    assert "2024" not in texts
    assert len(figure.axes[0].collections[0].get_offsets()) == 1


def test_calendar_in_words():
    log = spans(strength=("2025-12-30", "2026-01-03"))
    words = plots.describe_calendar(sessions("2025-12-31", "2026-01-01", "2026-01-02"), log)
    assert "2025: 1 days with strength work" in words
    assert "2026: 2 days with strength work" in words


def test_calendar_of_nothing():
    figure = plots.dose_calendar(sessions(), spans())
    assert cells(figure.axes[0]) == {}
    assert "No day is logged" in plots.describe_calendar(sessions(), spans())


def test_calendar_names_a_missing_column():
    with pytest.raises(SchemaError, match="'kind'"):
        plots.dose_calendar(sessions("2026-03-02").drop(columns="kind"), spans())


def test_form_over_time_has_a_row_of_weeks_for_each_log(drawn):
    doses = {"strength": drawn.dose, "technique": drawn.dose.head(70)}
    axes = plots.form_over_time(trend(drawn.form), doses)
    texts = [text.get_text() for text in axes.texts]
    assert {"Strength", "Technique"} <= set(texts)
    # A row has a cell for each logged week, and none beyond the log.
    assert sum(cells(axes).values()) in range(68, 73)
    assert "strength and technique" in plots.describe_form(trend(drawn.form), doses)


def test_form_over_time_without_a_log_or_without_runs(drawn):
    assert cells(plots.form_over_time(trend(drawn.form))) == {}
    nothing = trend(drawn.form.head(0))
    assert plots.form_over_time(nothing, {"strength": drawn.dose}).texts


def test_a_device_may_be_called_anything():
    form = simulate_form(3, weeks=60).form
    new = form["local_date"] >= "2024-08-01"
    form["device"] = new.map({True: "Q$x^ " * 60, False: "$\\undefined{ " * 40})
    axes = plots.form_over_time(trend(form))
    axes.figure.draw_without_rendering()
    assert axes.get_position().height > 0.5
    assert [text.get_text() for text in axes.texts] == [f"{'Q$x^ ' * 8}".strip() + "…"]


def test_forest_shows_interval_prior_and_what_is_not_known(drawn):
    known = effect(drawn.form, drawn.dose)
    unknown = effect(drawn.form.head(1), drawn.dose)
    axes = plots.forest({"Strength": known, "Drills": unknown})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Strength", "Drills"]
    interval = next(line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_lw() > 2)
    assert interval.get_xdata() == pytest.approx([known.percent_low, known.percent_high])
    assert sum(line.get_marker() == "D" for line in axes.lines) == 2
    assert [text.get_text() for text in axes.texts] == ["not enough data"]
    words = plots.describe_forest({"Strength": known, "Drills": unknown})
    assert "Drills: not enough data" in words
    assert "interval" in words


def races() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "local_date": pd.to_datetime(["2026-04-01", "2026-03-01", "2026-05-01", "2026-06-01"]),
            "distance_m": [5_000.0, 5_030.0, 21_097.5, 10_000.0],
            "time_s": [1_190.0, 1_200.0, 5_700.0, np.nan],
        }
    )


def test_races_of_one_distance_are_joined_in_order():
    (short, fives), (half, halves) = by_course(races())
    assert (short, half) == (5_015.0, 21_097.5)
    assert fives["time_s"].tolist() == [1_200.0, 1_190.0]
    assert len(halves) == 1


def test_races_are_drawn_so_that_faster_is_higher():
    axes = plots.races_over_time(races())
    fives = axes.lines[0].get_ydata()
    assert fives[1] != pytest.approx(fives[0])
    assert fives == pytest.approx([5_030 / 1_200, 5_000 / 1_190])
    assert [text.get_text() for text in axes.texts] == ["5 km", "Half marathon"]
    labels = [axes.yaxis.get_major_formatter()(tick, 0) for tick in axes.get_yticks()]
    assert labels
    assert all(label.endswith(("0/km", "5/km")) for label in labels)
    words = plots.describe_races(races())
    assert "5 km: 2 races, from 20:00 to 19:50" in words
    assert "Half marathon: 1:35:00" in words


def test_races_in_miles_keep_the_names_of_their_courses():
    axes = plots.races_over_time(races(), units="imperial")
    assert [text.get_text() for text in axes.texts] == ["5 km", "Half marathon"]
    assert axes.yaxis.get_major_formatter()(axes.get_yticks()[0], 0).endswith("/mi")


def test_no_race_is_an_empty_figure():
    axes = plots.races_over_time(races().head(0))
    assert len(axes.lines) == 0
    assert plots.describe_races(races().head(0)).endswith("There is none.")


def test_words_of_marks_stand_above_the_axes_whole_and_apart():
    from matplotlib.text import Text

    from runanalytics.findings import drawing

    axes = drawing.axes()
    days = pd.date_range("2025-01-01", periods=100, unit="us")
    axes.plot(days, np.arange(100.0))
    long = "Watch of a name that is longer than a figure has room for"
    for day, name in ((0, "Watch A (treadmill)"), (4, "Watch B"), (9, long), (99, "Watch C")):
        drawing.mark(axes, days[day], name)
    axes.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in axes.texts]  # their leaders aside
    assert all(box.y0 >= axes.get_window_extent().y1 for box in boxes)
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
    shown = [text.get_text() for text in axes.texts]
    assert shown[:2] == ["Watch A (treadmill)", "Watch B"]
    assert long.startswith(shown[2].removesuffix("…") + " ")


def test_notches_are_named_below_the_axes():
    from runanalytics.findings import drawing

    axes = drawing.axes()
    for month in (1, 2):
        drawing.notch(axes, pd.Timestamp(2025, month, 1), f"firmware {month}")
    assert axes.get_xlabel() == ("marks at the foot: firmware 1 (Jan 2025), firmware 2 (Feb 2025)")


@pytest.mark.parametrize(("low_s", "high_s"), [(1110, 1300), (2531, 2840), (5000, 20000)])
def test_axes_of_times_have_round_ones(low_s, high_s):
    from runanalytics.findings.drawing import round_times

    times = round_times(low_s, high_s)
    assert 2 <= len(times) <= 8
    assert all(low_s <= each <= high_s for each in times)
    step = times[1] - times[0]
    assert step in (30, 60, 3600)
    assert not [each for each in times if each % step]
