"""What words and samples propose that was done, the user's decisions on it, and what follows.

A title ("easy 8k + 6 strides"), a note, an event of a calendar or bursts in a run's samples may
tell of strength or technique work that no log has. Each is proposed, wording by wording; what the
user confirms becomes sessions, made anew from words and decisions by `reconcile` whenever either
changes, so that a decision holds for what is imported later, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from runanalytics import schema
from runanalytics.importers.contract import stable_id
from runanalytics.library.linking.combine import Links
from runanalytics.library.linking.removed import of_removed_sources, removed
from runanalytics.movements import WHOLES, movement

if TYPE_CHECKING:
    from runanalytics.library.storage.catalogue import Catalogue

#: Where a proposal comes from: a run's title and notes, a calendar, bursts in samples; and titles
#: that propose a race (`library.race_list`).
WORDS, CALENDAR, SAMPLES, RACE = "words", "calendar", "samples", "race"
#: What the user decided; what nothing was decided of is proposed.
CONFIRMED, REJECTED, PROPOSED = "confirmed", "rejected", "proposed"
#: What identifiers of sessions that were made of confirmed proposals begin with.
MADE = "proposal-"
#: What they come from, in words.
BY_WORDS = "confirmed words"
#: The wording of what has no words.
BURSTS = "strides found in samples"
#: Movements of which bursts in samples are the recording.
_FAST = frozenset(("strides", "sprint", "hill_sprint", "flying_sprint"))
#: Kinds of session that a day's words are merged with.
_KINDS = ("strength", "technique", "mixed")
_LAYOUT = 5


@dataclass(frozen=True)
class Decisions:
    """The user's decisions on proposals.

    Parameters
    ----------
    made : mapping of (str, str, str) to str
        "confirmed" or "rejected", by source, wording and identifier; the identifier is empty
        where the decision is on all of the wording.
    """

    made: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    def state(self, what: str, wording: str, identifier: str) -> str:
        """Return what holds of one of a wording: what was decided of it alone counts first."""
        alone = self.made.get((what, wording, identifier))
        return alone or self.made.get((what, wording, ""), PROPOSED)

    def confirms(self, *sources: str) -> bool:
        """Return whether anything of these sources is confirmed."""
        said = ((what, decision) for (what, _, _), decision in self.made.items())
        return any(what in sources and decision == CONFIRMED for what, decision in said)


def decisions(catalogue: Catalogue) -> Decisions:
    """Return the user's decisions on proposals.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout.
    """
    if catalogue.layout < _LAYOUT:
        return Decisions()
    query = "SELECT what, wording, id, decision FROM user_proposals"
    rows = catalogue.rows(query)
    return Decisions({(what, wording, one): decision for what, wording, one, decision in rows})


def proposed_sessions(catalogue: Catalogue, until: datetime) -> pd.DataFrame:
    """Return all strength and technique work that words and samples propose, decided or not.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout.
    until : datetime
        Events of calendars count that had ended by then (UTC).

    Returns
    -------
    DataFrame
        As `runanalytics.measures.session_words.proposed_work` gives it, with what ("words",
        "calendar" or "samples") and state ("proposed", "confirmed" or "rejected"), by day; id is
        that of the run or event. Bursts of a run whose words name strides are those strides.
    """
    from runanalytics.measures.session_words import proposed_work

    decided = decisions(catalogue)
    runs, events = _runs(catalogue), _events(catalogue, until)
    found = [
        proposed_work(rows).assign(what=what) for what, rows in ((WORDS, runs), (CALENDAR, events))
    ]
    named = pd.concat([_with_states(each, decided) for each in found], ignore_index=True)
    fast = named["movement"].isin(_FAST) & (named["state"] != REJECTED)
    bursts = _bursts(runs[~runs["id"].isin(named.loc[fast, "id"])])
    table = pd.concat([named, _with_states(bursts, decided)], ignore_index=True)
    return table.sort_values(["local_date", "id"], kind="stable", ignore_index=True)


def _with_states(rows: pd.DataFrame, decided: Decisions) -> pd.DataFrame:
    keys = zip(rows["what"], rows["wording"], rows["id"], strict=True)
    states = [decided.state(*key) for key in keys]
    return rows.assign(state=pd.Series(states, index=rows.index, dtype="str"))


def _runs(catalogue: Catalogue) -> pd.DataFrame:
    """Return the texts of all sources of each run, the source that is read first."""
    present = catalogue.columns("runs")
    wanted = ["run_id", "local_date", "kind", "title", "notes", "n_bursts"]
    names = ", ".join(name if name in present else "NULL" for name in wanted)
    rows = catalogue.rows(f"SELECT {names} FROM runs ORDER BY run_id")  # noqa: S608
    frame = pd.DataFrame(rows, columns=wanted)
    frame = frame[~frame["run_id"].isin(removed(catalogue, "runs"))]
    primary_of = Links.from_catalogue(catalogue, "runs").primary_of
    primary = frame["run_id"].map(lambda run_id: primary_of.get(run_id, run_id))
    days = frame.set_index("run_id")["local_date"].to_dict()
    frame = frame.assign(
        id=primary,
        local_date=pd.to_datetime(primary.map(days), format="ISO8601"),
        is_duplicate=primary != frame["run_id"],
    )
    return frame.sort_values(["is_duplicate", "run_id"], ignore_index=True)


def _events(catalogue: Catalogue, until: datetime) -> pd.DataFrame:
    """Return the events of calendars that had ended."""
    events = catalogue.frame("events")
    events = events[~events["event_id"].isin(of_removed_sources(catalogue, "events"))]
    ends = events["start_utc"] + pd.to_timedelta(events["duration_s"].fillna(0.0), unit="s")
    # An event without a time ends with its day, which is over everywhere half a day later.
    whole_days = events["local_date"].dt.tz_localize("UTC") + timedelta(hours=36)
    past = ends.fillna(whole_days) <= pd.Timestamp(until)
    return events[past.to_numpy(dtype=bool)].rename(columns={"event_id": "id"})


def _bursts(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs in whose samples there are bursts, as proposals."""
    racing = set(runs.loc[runs["kind"] == "race", "id"])
    runs = runs[(runs["n_bursts"].fillna(0) > 0) & ~runs["id"].isin(racing)].drop_duplicates("id")
    return pd.DataFrame(
        {
            "id": runs["id"],
            "local_date": runs["local_date"],
            "wording": BURSTS,
            "text": runs["title"].astype("str"),
            "kind": "technique",
            "movement": "strides",
            "n_sets": runs["n_bursts"].astype("Int64"),
            "what": SAMPLES,
        }
    )


# What follows from what is confirmed --------------------------------------------------------------


def store_confirmed(catalogue: Catalogue) -> None:
    """Store the sessions that confirmed proposals make, in place of those made before.

    Parameters
    ----------
    catalogue : Catalogue
        Inside the transaction of `reconcile`, when duplicates of runs are known.
    """
    for table in ("sets", "sessions"):
        catalogue.write(f"DELETE FROM {table} WHERE session_id LIKE '{MADE}%'", [()])  # noqa: S608
    if not decisions(catalogue).confirms(WORDS, CALENDAR, SAMPLES):
        return
    proposed = proposed_sessions(catalogue, _last_act(catalogue))
    confirmed = proposed[proposed["state"] == CONFIRMED]
    if confirmed.empty:
        return
    sessions, sets = made_sessions(confirmed, _days_with_sessions(catalogue))
    catalogue.upsert("sessions", sessions)
    if len(sets):
        catalogue.upsert("sets", sets)


def _last_act(catalogue: Catalogue) -> datetime:
    """Return when something was last imported or decided: what was past then is past for good.

    Taken from what is stored and not from the clock, so that the same library always gives the
    same sessions.
    """
    query = (
        "SELECT max(at) FROM (SELECT max(added_utc) AS at FROM sources"
        " UNION ALL SELECT max(decided_utc) FROM user_proposals)"
    )
    ((last,),) = catalogue.rows(query)
    return datetime.fromisoformat(last) if last else datetime.fromtimestamp(0, UTC)


def _days_with_sessions(catalogue: Catalogue) -> frozenset[pd.Timestamp]:
    query = "SELECT session_id, local_date FROM sessions WHERE kind IN (?, ?, ?)"
    gone = removed(catalogue, "sessions")
    rows = catalogue.rows(query, _KINDS)
    return frozenset(pd.Timestamp(day) for row_id, day in rows if row_id not in gone)


def made_sessions(
    confirmed: pd.DataFrame, days_with_sessions: Iterable[pd.Timestamp] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sessions that confirmed proposals make: one a day, without a time of day.

    Parameters
    ----------
    confirmed : DataFrame
        Rows of `proposed_sessions`.
    days_with_sessions : iterable of Timestamp
        Days on which there are other sessions. There strength and technique make a session each,
        which can be merged with what the log has of its kind; elsewhere they make a mixed one.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        Tables ``sessions`` and ``sets``. A name that stands for a whole ("drills") makes no set.
        Each movement counts once for each run, and for a calendar where no run of the day names
        it.

    Examples
    --------
    >>> day = pd.Timestamp("2026-05-03")
    >>> confirmed = pd.DataFrame({"what": "words", "id": "a", "local_date": day,
    ...     "wording": ["drills", "strides"], "kind": "technique", "n_sets": [None, 6],
    ...     "movement": ["running_abc", "strides"], "hold_s": [600.0, None]})
    >>> sessions, sets = made_sessions(confirmed)
    >>> sessions[["kind", "title"]].to_numpy().tolist(), sets["n_sets"].tolist()
    ([['technique', 'Running drills, Strides']], [6])
    """
    rows = confirmed.drop_duplicates(["id", "movement"])
    of_runs = rows[rows["what"] != CALENDAR]
    named = pd.MultiIndex.from_frame(of_runs[["local_date", "movement"]])
    again = pd.MultiIndex.from_frame(rows[["local_date", "movement"]]).isin(named)
    rows = rows[~again | (rows["what"] != CALENDAR).to_numpy()]
    both = rows.groupby("local_date")["kind"].transform("nunique") > 1
    mixed = both & ~rows["local_date"].isin(list(days_with_sessions))
    rows = rows.assign(kind=rows["kind"].mask(mixed, "mixed"))
    days = rows["local_date"].dt.strftime("%Y-%m-%d")
    keys = zip(days, rows["kind"], strict=True)
    rows = rows.assign(session_id=[MADE + stable_id(MADE, *key) for key in keys])
    whole = rows["movement"].isin(WHOLES)
    minutes = rows["hold_s"].astype("float64").where(whole)
    by_session = rows.assign(duration_s=minutes).groupby("session_id", sort=False)
    sessions = pd.DataFrame(
        {
            "local_date": by_session["local_date"].first(),
            "kind": by_session["kind"].first(),
            "title": by_session["movement"].agg(lambda each: ", ".join(map(_name, each.unique()))),
            # Known where every part of the session is a whole of known duration.
            "duration_s": by_session["duration_s"]
            .sum(min_count=1)
            .where(by_session["duration_s"].count() == by_session.size()),
        }
    ).reset_index()
    sets = rows[~whole]
    columns = [name for name in _SET_COLUMNS if name in sets.columns]
    sets = sets[columns].assign(
        position=sets.groupby("session_id").cumcount() + 1,
        # What was written is the user's own; a report shows names of sets.
        name_as_logged=sets["movement"].map(_name).astype("str"),
        set_type="normal",
        n_sets=sets["n_sets"].astype("Int64").fillna(1),
    )
    return schema.check(sessions, "sessions"), schema.check(sets, "sets")


_SET_COLUMNS = (
    *("session_id", "movement", "reps", "hold_s", "distance_m", "load_kg", "load_unit", "side"),
)


def _name(movement_id: str) -> str:
    return movement(movement_id).name
