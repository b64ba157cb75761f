"""One body: runs at one time, and races of one day, that cannot all be of one person.

A library is one person's. Two runs that overlap in time and are not one run, merged as such, are
another person's (a list of a partner's in the same folder, a shared account) or a second watch
that disagrees by more than a merge allows. Every answer would take both for form of one runner.
They are named, not decided on: which of them is the runner's own only the runner knows.

What is assumed:

1. Sources of one run agree in distance or in duration. Where they agree in distance alone and
   their durations differ by a tenth and five minutes, two may have run one race: they are read
   as one, and named.
2. A hand-over (one watch stopped late, another started early; a recording split in two) overlaps
   by minutes. Beyond five minutes, and a fifth of the shorter run, it is none.
3. A run whose start is known by its day alone is at no time; neither is one whose time zone is
   assumed, beside one that states it.
4. Nobody runs two races of ten kilometres or more on one day, unless one began when the other
   had ended; of lists that do not say when, they are named.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.library.linking.removed import removed
from runanalytics.units import distance_text, duration_text

if TYPE_CHECKING:
    from runanalytics.library.storage.catalogue import Catalogue

#: How long two runs of one person may overlap: s, and as a share of the shorter.
HAND_OVER_S, HAND_OVER_SHARE = 300.0, 0.2
#: From this difference of durations on (s, and as a share of the longer) a merge is named.
MERGED_APART_S, MERGED_APART_SHARE = 300.0, 0.1
#: Races of one day that are both at least so long (m) are of two people.
LONG_RACE_M = 10_000.0
#: Distances of one race in two lists, or in a list and on a watch, lie within this share.
SAME_SHARE = 0.05


#: The key of a run or race, and its duration by preference.
_RUN, _RACE = ("run_id", ("elapsed_s", "moving_s")), ("race_id", ("time_s",))
#: How to take one of them out, as a line of text.
WAY_OUT = (
    "take out what is not yours: runanalytics remove FILE, or ID; two that are one: "
    "runanalytics merges join ID ID; one that is two: runanalytics merges undo ID"
)
#: Pairs that a note names; the others are counted.
MOST_NAMED = 3


@dataclass(frozen=True)
class AtOneTime:
    """Two runs, or two races, that are not the same and that nobody can have run both.

    Parameters
    ----------
    what : str
        ``runs``, ``races`` or ``merges``: runs that are read as one, perhaps wrongly.
    day : str
        Their day, as ISO text.
    first, second : str
        Their identifiers.
    first_files, second_files : tuple of str
        Names of the files that they stand in.
    first_words, second_words : str
        Distance, duration and title or device of each.
    """

    what: str
    day: str
    first: str
    second: str
    first_words: str
    second_words: str
    first_files: tuple[str, ...] = ()
    second_files: tuple[str, ...] = ()

    def text(self) -> str:
        """Return both in a line."""
        one = _named(self.first, self.first_words, self.first_files)
        other = _named(self.second, self.second_words, self.second_files)
        return f"{self.day}  {one} and {other}"


def _named(identifier: str, words: str, files: tuple[str, ...]) -> str:
    known = ", ".join(filter(None, (words, *files[:1])))
    return f"{identifier} ({known})" if known else identifier


def at_one_time_in_words(pairs: Sequence[AtOneTime]) -> str:
    """Return how many pairs there are of which kind, and what may be behind them.

    Parameters
    ----------
    pairs : sequence of AtOneTime
        At least one.

    Examples
    --------
    >>> at_one_time_in_words([AtOneTime("runs", "2026-05-03", "a", "b", "", "")])
    "1 pair of runs at one time that are not the same: another person's, or a second watch's?"
    """
    kinds = {
        "runs": "runs at one time that are not the same",
        "races": "long races of one day",
        "merges": "runs read as one whose durations differ",
    }
    counted = []
    for what, words in kinds.items():
        if number := sum(pair.what == what for pair in pairs):
            counted.append(f"{number:,} {'pair' if number == 1 else 'pairs'} of {words}")
    return f"{' and '.join(counted)}: another person's, or a second watch's?"


def note_of(pairs: Sequence[AtOneTime]) -> str:
    """Return one note on all pairs that names the first few, and the way out.

    Parameters
    ----------
    pairs : sequence of AtOneTime
        At least one.
    """
    named = "; ".join(pair.text() for pair in pairs[:MOST_NAMED])
    more = "; ..." if len(pairs) > MOST_NAMED else ""
    return f"{at_one_time_in_words(pairs)} {named}{more} ({WAY_OUT})"


def at_one_time(
    catalogue: Catalogue, runs: pd.DataFrame, races: pd.DataFrame
) -> tuple[AtOneTime, ...]:
    """Return all such pairs of a library, with the files that they stand in.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout.
    runs, races : DataFrame
        Its tables, without duplicates; races that count.
    """
    assumed = {
        run_id
        for (run_id,) in catalogue.rows(
            "SELECT id FROM clocks WHERE what = 'runs' AND clock = 'local' AND basis = ''"
        )
    }
    pairs = runs_at_one_time(runs, assumed)
    named = {run_id for pair in pairs for run_id in (pair.first, pair.second)}
    pairs += races_of_one_day(races, named)
    pairs += _merged_though_apart(catalogue)
    return tuple(
        replace(
            pair,
            first_files=_files(catalogue, pair.what, pair.first),
            second_files=_files(catalogue, pair.what, pair.second),
        )
        for pair in sorted(pairs, key=lambda pair: (pair.day, pair.first))
    )


def _merged_though_apart(catalogue: Catalogue) -> list[AtOneTime]:
    """Return merges that an import made and that agree in distance but not in duration."""
    merged = dict(
        catalogue.rows(
            "SELECT id, into_id FROM merges"
            " WHERE what = 'runs' AND made_by = 'import' AND NOT undone"
        )
    )
    if not merged:
        return []
    rows = catalogue.frame("runs").set_index("run_id", drop=False)
    gone = removed(catalogue, "runs")
    found = []
    for one, other in merged.items():
        if one in rows.index and other in rows.index and gone.isdisjoint((one, other)):
            pair = rows.loc[[one, other]]
            if _durations_apart(pair):
                found.append(_pair("merges", pair.iloc[0], pair.iloc[1], *_RUN))
    return found


def _durations_apart(pair: pd.DataFrame) -> bool:
    """Return whether no duration of one row is near any of the other's."""
    one, other = pair[["elapsed_s", "moving_s"]].to_numpy(dtype="float64", na_value=np.nan)
    apart = np.abs(np.subtract.outer(one, other))
    allowed = np.maximum(MERGED_APART_S, MERGED_APART_SHARE * np.maximum.outer(one, other))
    known = np.isfinite(apart)
    return bool(known.any() and (apart[known] > allowed[known]).all())


def _files(catalogue: Catalogue, what: str, identifier: str) -> tuple[str, ...]:
    rows = catalogue.rows(
        "SELECT name FROM provenance JOIN sources USING (digest) WHERE what = ? AND id = ?"
        " ORDER BY name",
        ("runs" if what == "merges" else what, identifier),
    )
    return tuple(name for (name,) in rows)


def runs_at_one_time(runs: pd.DataFrame, assumed: Collection[str] = ()) -> list[AtOneTime]:
    """Return the pairs of runs that overlap by more than a hand-over.

    Parameters
    ----------
    runs : DataFrame
        Table ``runs`` without duplicates.
    assumed : collection of str, optional
        Runs whose time zone is only assumed: they are compared with one another alone.

    Examples
    --------
    >>> start = pd.to_datetime(["2026-05-03T08:00Z", "2026-05-03T08:02Z"])
    >>> runs = pd.DataFrame({"run_id": ["a", "b"], "start_utc": start, "local_date": start,
    ...                      "elapsed_s": [5_400.0, 7_200.0], "distance_m": [21_100.0, 21_100.0]})
    >>> [(pair.first, pair.second) for pair in runs_at_one_time(runs)]
    [('a', 'b')]
    """
    if runs.empty:
        return []
    length = runs["elapsed_s"].astype("float64")
    if "moving_s" in runs.columns:
        length = length.fillna(runs["moving_s"].astype("float64"))
    known = runs["start_utc"].notna() & (length > 0)
    rows = runs[known.to_numpy(dtype=bool)]
    start = rows["start_utc"].dt.tz_localize(None).to_numpy("datetime64[ms]").astype(np.int64) / 1e3
    order = np.argsort(start, kind="stable")
    rows, begin = rows.iloc[order], start[order]
    seconds = length[known.to_numpy(dtype=bool)].to_numpy()[order]
    end = begin + seconds
    unsure = rows["run_id"].isin(assumed).to_numpy(dtype=bool)
    found = []
    # A run overlaps with those that begin before it ends; they are few.
    for first, last in enumerate(np.searchsorted(begin, end).tolist()):
        for second in range(first + 1, last):
            if unsure[first] != unsure[second]:
                continue
            overlap = min(end[first], end[second]) - begin[second]
            if overlap > max(HAND_OVER_S, HAND_OVER_SHARE * min(seconds[first], seconds[second])):
                found.append((first, second))
    return [_pair("runs", rows.iloc[a], rows.iloc[b], *_RUN) for a, b in found]


def races_of_one_day(races: pd.DataFrame, named: set[str] | None = None) -> list[AtOneTime]:
    """Return the pairs of long races of one day.

    Parameters
    ----------
    races : DataFrame
        Table ``races``, those that count.
    named : set of str, optional
        Runs that are named already: a pair of races of such runs is not named once more.

    Examples
    --------
    >>> races = pd.DataFrame({"race_id": ["a", "b", "c"], "run_id": None, "title": "",
    ...                       "local_date": pd.to_datetime(["2026-05-03"] * 2 + ["2026-06-07"]),
    ...                       "distance_m": 21_097.5, "time_s": [5_400.0, 7_200.0, 5_300.0]})
    >>> [(pair.first, pair.second) for pair in races_of_one_day(races)]
    [('a', 'b')]
    """
    long = races[(races["distance_m"] >= LONG_RACE_M).to_numpy(dtype=bool)]
    found = []
    for _, day in long.groupby("local_date", sort=True):
        rows = [row for _, row in day.iterrows()]
        for number, one in enumerate(rows):
            for other in rows[number + 1 :]:
                runs = {one["run_id"], other["run_id"]}
                if not (named and runs <= named):
                    found.append(_pair("races", one, other, *_RACE))
    return found


def _pair(
    what: str, one: pd.Series, other: pd.Series, key: str, seconds: tuple[str, ...]
) -> AtOneTime:
    return AtOneTime(
        what,
        f"{one['local_date']:%Y-%m-%d}",
        str(one[key]),
        str(other[key]),
        _words(one, seconds),
        _words(other, seconds),
    )


def _words(row: pd.Series, seconds: tuple[str, ...]) -> str:
    parts = []
    if pd.notna(row["distance_m"]):
        parts.append(distance_text(float(row["distance_m"])))
    lasted = next((row[name] for name in seconds if name in row and pd.notna(row[name])), None)
    if lasted is not None:
        parts.append(duration_text(float(lasted)))
    words = " in ".join(parts)
    name = next(
        (str(row[name]) for name in ("title", "device") if name in row and pd.notna(row[name])), ""
    )
    return ", ".join(filter(None, (words, name)))
