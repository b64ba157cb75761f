"""Races that several lists name: a runner's own list, a parkrun page, Power of 10.

Each names a race its own way, so that the rows stay apart as they were imported; whoever lists
races takes them as one.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

#: Shorter races may have heats of one time on one day, m.
_SHORTEST_M = 3_000.0
#: How far distances of one race may lie apart, as a share, and times, s: some lists round.
_DISTANCE_SHARE, _TIME_S = 0.015, 1.0
#: What a race has from a list that says more than the others.
_FILLED = ("title", "course", "ascent_m", "temperature_c", "run_id")


def race_repeats(races: pd.DataFrame) -> Mapping[str, str]:
    """Return the races that stand in another list, too.

    Parameters
    ----------
    races : DataFrame
        Table ``races``.

    Returns
    -------
    mapping of str to str
        race_id of what counts no more -> race_id of the row that stands for it: of the same day,
        distance and time, the one of which the lists say most.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a", "b"], "local_date": pd.Timestamp("2025-05-03"),
    ...     "title": ["Pier", "Pier parkrun # 9"], "course": None, "distance_m": 5_000.0,
    ...     "time_s": [1_370.0, 1_370.4], "ascent_m": None, "temperature_c": None,
    ...     "run_id": [None, "r"]})
    >>> dict(race_repeats(races))
    {'a': 'b'}
    """
    said = races[list(_FILLED)].notna().sum(axis="columns")
    best_first = races.assign(said=said)[races["distance_m"] >= _SHORTEST_M].sort_values(
        ["local_date", "said", "race_id"], ascending=[True, False, True]
    )
    of_day = best_first.groupby("local_date")["race_id"].transform("size") > 1
    found: dict[str, str] = {}
    for _, day in best_first[of_day].groupby("local_date"):
        kept: list[tuple[str, float, float]] = []
        for race_id, distance_m, time_s in day[["race_id", "distance_m", "time_s"]].itertuples(
            index=False
        ):
            same = (
                other
                for other, its_m, its_s in kept
                if abs(distance_m / its_m - 1) <= _DISTANCE_SHARE and abs(time_s - its_s) <= _TIME_S
            )
            stands_for = next(same, None)
            if stands_for is None:
                kept.append((race_id, distance_m, time_s))
            else:
                found[race_id] = stands_for
    return found


def without_repeats(races: pd.DataFrame, repeats: Mapping[str, str]) -> pd.DataFrame:
    """Return each race once, with what any of its lists says.

    Parameters
    ----------
    races : DataFrame
        Table ``races``.
    repeats : mapping of str to str
        As `race_repeats` returns it.
    """
    if not repeats:
        return races
    stands_for = races["race_id"].map(lambda race_id: repeats.get(race_id, race_id))
    more = races[list(_FILLED)].groupby(stands_for).first()
    kept = races[~races["race_id"].isin(list(repeats))].reset_index(drop=True)
    filled = more.loc[kept["race_id"]].reset_index(drop=True)
    columns = {name: kept[name].fillna(filled[name].astype(kept[name].dtype)) for name in _FILLED}
    return kept.assign(**columns)
