"""Which rows of several sources are the same run, or the same gym session.

Nobody does two runs at once, so an overlap in time is strong evidence. Nearness in time is none:
a warm-up, its main run and a second lap of the same loop stay three runs. A distance or a
duration must agree too, so that a long run is not taken for the part of it that a second watch
recorded. Runs are compared with runs alone, and sessions with sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.library.linking.candidates import (
    CLOSE_DURATION_SHARE,
    DURATION_S,
    DURATION_SHARE,
    Lengths,
    Pairs,
    Times,
    first_of_each,
    joined,
    numbers,
    on_days_of,
    on_the_same_day,
    one_zone_apart,
    overlapping,
    overlapping_as_placed,
)
from runanalytics.library.linking.clusters import Clusters, UserDecisions
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
class DuplicatePair:
    """A row that is a duplicate of another, and why.

    Parameters
    ----------
    duplicate, primary : str
        Their identifiers.
    place : int
        Order in which the duplicates of a primary fill its missing values, from 1.
    timed : bool
        Whether start and duration are those of the duplicate.
    reason : str
        Why, in words.
    """

    duplicate: str
    primary: str
    place: int
    timed: bool
    reason: str


def duplicate_runs(
    runs: pd.DataFrame, files: Sequence[frozenset[str]], decisions: UserDecisions | None = None
) -> list[DuplicatePair]:
    """Return which runs are duplicates of others.

    Parameters
    ----------
    runs : DataFrame
        Table ``runs`` with `clock` ("both", "local" or "utc") and `rank`, that of its importer:
        the lowest is the primary.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    decisions : UserDecisions, optional
        What the user took apart or joined.

    Returns
    -------
    list of DuplicatePair
        One a duplicate. The primary is the one with samples rather than averages, then with
        contact time and dynamics, then of the importer with the lowest rank.
    """
    lengths = Lengths(*(numbers(runs, name) for name in ("distance_m", "elapsed_s", "moving_s")))
    length = np.where(np.isnan(lengths.elapsed), lengths.moving, lengths.elapsed)
    length = np.where(np.isnan(length), lengths.distance / _USUAL_SPEED_M_S, length)
    times = Times.from_rows(runs, length)
    kind = runs["kind"].to_numpy(dtype=object)
    indoor, trail = kind == "treadmill", kind == "trail"

    def not_in_two_places(pairs: Pairs) -> Pairs:
        a, b = pairs.a, pairs.b
        return pairs.where(~((indoor[a] & trail[b]) | (trail[a] & indoor[b])))

    over = not_in_two_places(overlapping(times, RUN_OVERLAP))
    agree = lengths.distances_agree(over) | (
        lengths.durations_agree(over, DURATION_SHARE, DURATION_S) & ~lengths.distances_differ(over)
    )
    # Measurements alone, with neither distance nor time in motion, are of the run around them.
    measured = np.isnan(lengths.distance) & np.isnan(lengths.moving)
    agree |= measured[over.a] != measured[over.b]
    day = on_the_same_day(times)
    close = lengths.distances_agree(day) & lengths.durations_agree(
        day, CLOSE_DURATION_SHARE, DURATION_S / 2
    )
    clusters = Clusters(runs["run_id"].tolist(), files, decisions or UserDecisions())
    clusters.join("overlap", over.where(agree), within_files=True)
    clusters.join("zone", not_in_two_places(one_zone_apart(times, lengths)))
    clusters.join_unambiguous("day", not_in_two_places(day.where(close)))
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
    return _pairs(clusters, order, timed, times, _in_words(lengths.distance, length))


def duplicate_sessions(
    sessions: pd.DataFrame,
    files: Sequence[frozenset[str]],
    decisions: UserDecisions | None = None,
) -> list[DuplicatePair]:
    """Return which gym and drill sessions are duplicates of others.

    Parameters
    ----------
    sessions : DataFrame
        Table ``sessions`` with `clock` ("both", "local" or "utc"), `typed` (whether its source
        is a log that is typed rather than a watch), `n_sets`, its number of sets, and, where
        known, `n_set_rows`, the rows in which they stand (fewer where a row sums several up), and
        `work`: its kind, and which work it holds where that is "other", and `proposed`: whether
        it was made of confirmed words, and so is a duplicate of any of its kind on its day.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    decisions : UserDecisions, optional
        What the user took apart or joined.

    Returns
    -------
    list of DuplicatePair
        One a duplicate. The primary is a typed log rather than a watch, whose sets are guesses;
        start and duration are the watch's.
    """
    duration = numbers(sessions, "duration_s")
    times = Times.from_rows(sessions, np.where(np.isnan(duration), UNKNOWN_SESSION_S, duration))
    kind = sessions["kind"].to_numpy(dtype=object)
    work = sessions["work"].to_numpy(dtype=object) if "work" in sessions.columns else kind
    typed = sessions["typed"].to_numpy(dtype=bool)
    n_sets = sessions["n_sets"].to_numpy(dtype=np.int64)
    is_mixed, is_other, is_unknown = (
        np.asarray(kind == name, dtype=bool) for name in ("mixed", "other", "unknown")
    )
    # A log that says that it was other work is of the hour that a watch recorded, whatever
    # activity the wearer chose.
    says, bare = typed & (n_sets > 0) & is_other, ~typed & (n_sets <= 1)

    def of_one_kind(pairs: Pairs) -> Pairs:
        a, b = pairs.a, pairs.b
        same = np.asarray(work[a] == work[b], dtype=bool)
        # Both kinds of training may be in a mixed session.
        partly = (is_mixed[a] | is_mixed[b]) & ~(is_other | is_unknown)[a]
        return pairs.where(same | (partly & ~(is_other | is_unknown)[b]))

    def at_one_time(pairs: Pairs) -> Pairs:
        a, b = pairs.a, pairs.b
        told = (says[a] & bare[b]) | (says[b] & bare[a])
        either = ((is_unknown[a] | is_unknown[b]) & ~is_other[a] & ~is_other[b]) | told
        agreeing = of_one_kind(pairs)
        return joined(agreeing, pairs.where(either))

    over = joined(
        overlapping(times, SESSION_OVERLAP, of_shorter=True),
        overlapping_as_placed(times, SESSION_OVERLAP),
    )
    clusters = Clusters(sessions["session_id"].tolist(), files, decisions or UserDecisions())
    clusters.join("overlap", at_one_time(over))
    no_words = np.zeros(len(sessions), dtype=bool)
    proposed = sessions["proposed"].to_numpy(dtype=bool) if "proposed" in sessions else no_words
    clusters.join("words", first_of_each(of_one_kind(on_days_of(times, proposed))))
    day = on_the_same_day(times)
    clusters.join_unambiguous("day", of_one_kind(day.where(~proposed[day.a])))
    of_sums = "n_set_rows" not in sessions.columns
    n_set_rows = n_sets if of_sums else sessions["n_set_rows"].to_numpy(dtype=np.int64)
    order = pd.DataFrame(
        {
            "proposed": proposed,
            "no_sets": n_sets == 0,
            "watch": ~typed,
            "fewer": -n_sets,
            "coarser": -n_set_rows,
            "id": sessions["session_id"].to_numpy(dtype=object),
        }
    )
    unknown = np.full(len(sessions), np.nan)
    return _pairs(clusters, order, ~typed, times, _in_words(unknown, duration))


def _pairs(
    clusters: Clusters, order: pd.DataFrame, timed: Booleans, times: Times, words: list[str]
) -> list[DuplicatePair]:
    """Return the pairs of every cluster; its primary is its first row by `order`, or the user's."""
    place = np.argsort(order.sort_values(list(order.columns), kind="stable").index.to_numpy())
    found = []
    for members in clusters.of_several_rows():
        ranked = sorted(members, key=lambda row: place[row])
        primary = clusters.chosen_primary(members)
        if primary is None:
            primary = ranked[0]
        duplicates = [row for row in ranked if row != primary]
        for number, row in enumerate(duplicates, start=1):
            kind, other = clusters.evidence(row, primary)
            found.append(
                DuplicatePair(
                    clusters.ids[row],
                    clusters.ids[primary],
                    number,
                    bool(timed[row]) and not bool(timed[primary]),
                    _reason(kind, row, other, times, words),
                )
            )
    return found


def _reason(kind: str, row: int, other: int, times: Times, words: list[str]) -> str:
    day = np.datetime64(int(times.day[other]), "D")
    figures = f"; {words[row]} and {words[other]}" if words[row] and words[other] else ""
    if kind == "user":
        return f"joined by hand{figures}"
    if kind == "words":
        return f"words tell of work on {day} that a log has, too{figures}"
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
        parts += [duration_text(seconds)] if seconds == seconds else []
        words.append(" in ".join(parts))
    return words
