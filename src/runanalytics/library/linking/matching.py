"""Which rows of several sources are the same run, or the same gym session.

Nobody does two runs at once, so a true overlap is strong evidence; nearness in time is none: a
warm-up, its main run and a second lap of the same loop stay three runs. A distance or a
duration must agree too, so that a long run is not taken for the part of it that a second watch
recorded. Sessions are compared with sessions alone: a run is never taken for a lift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.library.linking.candidates import (
    CLOSE_DURATION_SHARE,
    DURATION_S,
    DURATION_SHARE,
    Lengths,
    Pairs,
    Times,
    joined,
    numbers,
    on_the_same_day,
    one_zone_apart,
    overlapping,
    overlapping_as_placed,
)
from runanalytics.library.linking.clusters import Groups, Said
from runanalytics.units import distance_text, duration_text

#: Least overlap of two sources of one run, as a share of the longer.
RUN_OVERLAP = 0.6
#: Least overlap of gym sessions, as a share of the shorter: a watch runs on, a log is opened
#: early.
SESSION_OVERLAP = 0.5
#: A session whose duration was not logged is looked for in this time (s) from its start.
UNKNOWN_SESSION_S = 1_800.0
#: Speed (m/s) that stands in for a duration of a run that is not known.
_USUAL_SPEED_M_S = 2.8


@dataclass(frozen=True)
class Merge:
    """One row that is the same thing as another, and why.

    Parameters
    ----------
    id, into_id : str
        The hidden row, and the one that speaks.
    place : int
        Order in which hidden rows fill what the other leaves open, from 1.
    timed : bool
        Whether its start and duration count.
    reason : str
        Why, in words.
    """

    id: str
    into_id: str
    place: int
    timed: bool
    reason: str


def same_runs(
    runs: pd.DataFrame, files: Sequence[frozenset[str]], said: Said | None = None
) -> list[Merge]:
    """Return which runs are the same.

    Parameters
    ----------
    runs : DataFrame
        Table ``runs`` and, beside it, `clock` ("both", "local" or "utc") and `rank`, the
        place of its importer: 0 speaks first.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    said : Said, optional
        What the user says.

    Returns
    -------
    list of Merge
        One a hidden row. Samples speak before averages, then contact time and dynamics, then
        the importers in their order.
    """
    lengths = Lengths(*(numbers(runs, name) for name in ("distance_m", "elapsed_s", "moving_s")))
    length = np.where(np.isnan(lengths.elapsed), lengths.moving, lengths.elapsed)
    length = np.where(np.isnan(length), lengths.distance / _USUAL_SPEED_M_S, length)
    times = Times.of(runs, length)
    kind = runs["kind"].to_numpy(dtype=object)
    indoor, trail = kind == "treadmill", kind == "trail"

    def one_place(pairs: Pairs) -> Pairs:
        a, b = pairs.a, pairs.b
        return pairs.where(~((indoor[a] & trail[b]) | (trail[a] & indoor[b])))

    over = one_place(overlapping(times, RUN_OVERLAP))
    agree = lengths.distances_agree(over) | (
        lengths.durations_agree(over, DURATION_SHARE, DURATION_S) & ~lengths.distances_differ(over)
    )
    day = on_the_same_day(times)
    close = lengths.distances_agree(day) & lengths.durations_agree(
        day, CLOSE_DURATION_SHARE, DURATION_S / 2
    )
    groups = Groups(runs["run_id"].tolist(), files, said or Said())
    groups.join("overlap", over.where(agree), within_files=True)
    groups.join("zone", one_place(one_zone_apart(times, lengths)))
    groups.join_only_candidates("day", one_place(day.where(close)))
    dynamics = runs[["vertical_oscillation_mm", "vertical_ratio_pct", "step_length_m"]]
    order = pd.DataFrame(
        {
            "summary": (runs["detail"] != "samples").to_numpy(dtype=bool),
            "no_contact": runs["ground_contact_ms"].isna().to_numpy(),
            "missing": dynamics.isna().sum(axis=1).to_numpy(),
            "rank": runs["rank"].to_numpy(),
            "shorter": -np.nan_to_num(length),
            "id": runs["run_id"].to_numpy(dtype=object),
        }
    )
    timed = np.zeros(len(runs), dtype=bool)
    return _merges(groups, order, timed, times, _in_words(lengths.distance, length))


def same_sessions(
    sessions: pd.DataFrame, files: Sequence[frozenset[str]], said: Said | None = None
) -> list[Merge]:
    """Return which gym and drill sessions are the same.

    Parameters
    ----------
    sessions : DataFrame
        Table ``sessions`` and, beside it, `clock` ("both", "local" or "utc"), `typed`, whether
        its source is a log that is typed rather than a watch, and `n_sets`, its number of sets.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    said : Said, optional
        What the user says.

    Returns
    -------
    list of Merge
        One a hidden row. Typed sets speak before a watch's guesses; of a watch, start and
        duration count.
    """
    duration = numbers(sessions, "duration_s")
    times = Times.of(sessions, np.where(np.isnan(duration), UNKNOWN_SESSION_S, duration))
    kind = sessions["kind"].to_numpy(dtype=object)

    def of_one_kind(pairs: Pairs) -> Pairs:
        a, b = kind[pairs.a], kind[pairs.b]
        return pairs.where(np.asarray((a == b) | (a == "mixed") | (b == "mixed"), dtype=bool))

    over = joined(
        overlapping(times, SESSION_OVERLAP, of_shorter=True),
        overlapping_as_placed(times, SESSION_OVERLAP),
    )
    groups = Groups(sessions["session_id"].tolist(), files, said or Said())
    groups.join("overlap", of_one_kind(over))
    groups.join_only_candidates("day", of_one_kind(on_the_same_day(times)))
    typed = sessions["typed"].to_numpy(dtype=bool)
    n_sets = sessions["n_sets"].to_numpy(dtype=np.int64)
    order = pd.DataFrame(
        {
            "no_sets": n_sets == 0,
            "watch": ~typed,
            "fewer": -n_sets,
            "id": sessions["session_id"].to_numpy(dtype=object),
        }
    )
    unknown = np.full(len(sessions), np.nan)
    return _merges(groups, order, ~typed, times, _in_words(unknown, duration))


def _merges(
    groups: Groups, order: pd.DataFrame, timed: np.ndarray, times: Times, words: list[str]
) -> list[Merge]:
    """Return the merges of every group: its first row by `order` speaks, or whom the user names."""
    place = np.empty(len(order), dtype=np.int64)
    place[order.sort_values(list(order.columns), kind="stable").index.to_numpy()] = np.arange(
        len(order)
    )
    found = []
    for members in groups.several():
        ranked = sorted(members, key=lambda row: place[row])
        speaker = groups.chosen(members)
        if speaker is None:
            speaker = ranked[0]
        hidden = [row for row in ranked if row != speaker]
        for number, row in enumerate(hidden, start=1):
            kind, other = groups.evidence(row, speaker)
            found.append(
                Merge(
                    groups.ids[row],
                    groups.ids[speaker],
                    number,
                    bool(timed[row]) and not bool(timed[speaker]),
                    _reason(kind, row, other, times, words),
                )
            )
    return found


def _reason(kind: str, row: int, other: int, times: Times, words: list[str]) -> str:
    day = np.datetime64(int(times.day[other]), "D")
    figures = f"; {words[row]} and {words[other]}" if words[row] and words[other] else ""
    if kind == "user":
        return f"joined by hand{figures}"
    if kind == "day":
        return f"the only one of {day} that a log without times can mean{figures}"
    if kind == "zone":
        steps = [times.local[one] - times.instant[two] for one, two in ((row, other), (other, row))]
        step_s = next(step for step in steps if not np.isnan(step))
        sign = "-" if step_s < 0 else "+"
        minutes = round(abs(step_s) / 60)
        offset = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
        return f"one start is local, the other UTC ({offset}), on {day}{figures}"
    return f"both at the same time on {day}{figures}"


def _in_words(distance_m: Floats, duration_s: Floats) -> list[str]:
    words = []
    for metres, seconds in zip(distance_m.tolist(), duration_s.tolist(), strict=True):
        parts = [distance_text(metres)] if metres == metres else []
        parts += [f"in {duration_text(seconds)}"] if seconds == seconds else []
        words.append(" ".join(parts).removeprefix("in ") if metres != metres else " ".join(parts))
    return words
