"""All that is proposed, grouped by wording: work in words and samples, and races in titles.

Races are proposed and decided here like all else; what is known of a single race beside (its time,
its course) is stated by `runanalytics.library.race_list`, and counts before a decision on its
wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.importers.contract import stable_id
from runanalytics.library.corrections.identifiers import begins, the_only
from runanalytics.library.corrections.proposals import decide
from runanalytics.library.linking.proposals import (
    CONFIRMED,
    PROPOSED,
    RACE,
    REJECTED,
    proposed_sessions,
)
from runanalytics.library.race_list import race_list, race_wording
from runanalytics.measures.race_detection import COUNTS, TITLE

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder

#: Columns of `proposals`, and of `proposed_in`.
COLUMNS = (
    *("group", "what", "wording", "means", "count", "open", "first_date", "last_date", "state"),
)
ONE = ("group", "what", "wording", "id", "local_date", "text", "means", "state")
#: States of races -> of proposals.
_STATES = {COUNTS: CONFIRMED, "proposed": PROPOSED, "rejected": REJECTED}


def proposals(folder: LibraryFolder) -> pd.DataFrame:
    """Return what is proposed, one row a wording; decided ones, too.

    Parameters
    ----------
    folder : LibraryFolder
        The library.

    Returns
    -------
    DataFrame
        group (a short identifier), what ("words", "calendar", "samples" or "race"), wording,
        means (in words), count, open (how many of them nothing was decided of), first_date,
        last_date and state ("proposed" where any is open, else "confirmed", "rejected", or
        "both"), the most frequent first, open ones before decided ones. Its attrs have ``open``:
        of how many runs and events something is open, by what.
    """
    rows = _every(folder)
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    by_group = rows.groupby("group", sort=False)
    table = pd.DataFrame(
        {
            "what": by_group["what"].first(),
            "wording": by_group["wording"].first(),
            "means": by_group["means"].agg(lambda each: ", ".join(dict.fromkeys(each))),
            "count": by_group.size(),
            "open": by_group["state"].agg(lambda states: int((states == PROPOSED).sum())),
            "first_date": by_group["local_date"].min(),
            "last_date": by_group["local_date"].max(),
            "state": by_group["state"].agg(_state),
        }
    ).reset_index()
    decided = table["state"] != PROPOSED
    order = table.assign(decided=decided, fewer=-table["count"])
    order = order.sort_values(["decided", "fewer", "wording", "what"], kind="stable")
    table = table.loc[order.index, list(COLUMNS)].reset_index(drop=True)
    undecided = rows[rows["state"] == PROPOSED]
    table.attrs = {"open": undecided.groupby("what")["id"].nunique().to_dict()}
    return table


def proposed_in(folder: LibraryFolder, group: str) -> pd.DataFrame:
    """Return all that belongs to a group, by day.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    group : str
        Its identifier, or at least the first four characters of it, or its wording.

    Returns
    -------
    DataFrame
        group, what, wording, id (of the run or event), local_date, text (as it stands in the title
        or note), means and state.

    Raises
    ------
    UsageError
        If there is no such group, or there are several.
    """
    rows = _every(folder)
    known = rows.drop_duplicates("group")
    plain = " ".join(group.casefold().split())
    found = {
        f"{row.group} ({row.what}: {row.wording})": str(row.group)
        for row in known.itertuples(index=False)
        if begins(group, str(row.group)) or row.wording == plain
    }
    none = UsageError(
        f"nothing is proposed under '{group}'", hint="'runanalytics log proposed' lists proposals"
    )
    chosen = the_only(group, found, none)
    return rows[rows["group"] == chosen].reset_index(drop=True)


def decide_proposals(
    folder: LibraryFolder, group: str, decision: str | None, only: str | None = None
) -> pd.DataFrame:
    """Confirm or reject all of a group, now and later, or one of it; return the group.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    group : str
        As for `proposed_in`.
    decision : str or None
        "confirmed" or "rejected"; None takes back what was decided.
    only : str, optional
        A run or event of the group, or at least the first four characters of its identifier: the
        decision is on it alone, and holds whatever is decided of the group.

    Raises
    ------
    UsageError
        If there is no such group or none such in it, or it was decided so already.
    """
    rows = proposed_in(folder, group)
    what, wording = str(rows["what"].iloc[0]), str(rows["wording"].iloc[0])
    identifier = ""
    if only is not None:
        found = {each: each for each in rows["id"].astype("str") if begins(only, each)}
        none = UsageError(
            f"no run or event '{only}' in this group",
            hint=f"'runanalytics log proposed {rows['group'].iloc[0]}' lists them",
        )
        identifier = the_only(only, found, none)
    decide(folder, what, wording, decision, identifier)
    return proposed_in(folder, str(rows["group"].iloc[0]))


def in_words(listed: pd.DataFrame) -> tuple[str, ...]:
    """Return what is still open, in a line for each kind of work.

    Parameters
    ----------
    listed : DataFrame
        From `proposals`.

    Examples
    --------
    >>> listed = pd.DataFrame()
    >>> listed.attrs["open"] = {"words": 7}
    >>> in_words(listed)
    ('7 runs name drills, strides or strength work',)
    """
    numbers = listed.attrs.get("open", {})
    return tuple(
        f"{numbers[what]:,} {one if numbers[what] == 1 else many}"
        for what, (one, many) in _OPEN.items()
        if numbers.get(what)
    )


#: What is open -> in words, of one and of several.
_OPEN = {
    "words": (
        "run names drills, strides or strength work",
        "runs name drills, strides or strength work",
    ),
    "samples": ("run has bursts as of strides", "runs have bursts as of strides"),
    "calendar": (
        "past event of a calendar names drills or strength work",
        "past events of a calendar name drills or strength work",
    ),
    "race": ("run may have been a race", "runs may have been races"),
}


def _state(states: pd.Series) -> str:
    known = set(states)
    if PROPOSED in known:
        return PROPOSED
    return str(known.pop()) if len(known) == 1 else "both"


def _every(folder: LibraryFolder) -> pd.DataFrame:
    """Return every proposal, one row each."""
    catalogue = folder.reading()
    if catalogue is None:
        return pd.DataFrame(columns=list(ONE))
    sessions = proposed_sessions(catalogue, datetime.now(UTC))
    means = [_means(row) for row in sessions.to_dict("records")]
    rows = pd.concat([sessions.assign(means=means), _races(folder)], ignore_index=True)
    keys = zip(rows["what"], rows["wording"], strict=True)
    groups = [stable_id(*key)[:8] for key in keys]
    return rows.assign(group=groups)[list(ONE)].astype({"local_date": "datetime64[us]"})


def _races(folder: LibraryFolder) -> pd.DataFrame:
    listed = race_list(folder, altitude=False)
    found = listed[listed["found_by"] == TITLE]
    return pd.DataFrame(
        {
            "what": RACE,
            "wording": [race_wording(title) for title in found["title"]],
            "id": found["run_id"],
            "local_date": found["local_date"],
            "text": found["title"],
            "means": "race",
            "state": found["state"].map(_STATES),
        }
    )


def _means(row: Mapping[Any, Any]) -> str:
    from runanalytics.movements import movement

    name = movement(row["movement"]).name.lower()
    return f"{row['kind']}: {name}"
