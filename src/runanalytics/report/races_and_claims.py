"""The report on races, on form late in runs, on programmes, and on what the sources claim."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from runanalytics.findings.adherence import LATELY_WEEKS
from runanalytics.findings.finding import NOT_ENOUGH_DATA, SIMULATED_NOTE, count
from runanalytics.plots.races import course_name
from runanalytics.report import figures
from runanalytics.report.blocks import Block, heading, section, table, text
from runanalytics.report.wording import NBSP, is_known, month, name, percent, short_day
from runanalytics.units import duration_text, pace_text

if TYPE_CHECKING:
    from runanalytics.findings.claims import Verdict
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.report.contents import Evidence

#: Rows of a long table.
MOST_RACES = 24
#: Weeks below which form late in runs is not drawn.
LEAST_WEEKS_DRAWN = 3

_ONE_SCALE = (
    "Over 10 km: what each race was worth over that distance on the level in the cool, with what "
    "is known of climbing, heat and altitude taken out. Race times vary by 1 to 4 % from one race "
    "to the next with no change of fitness (Hopkins & Hewson 2001)."
)
_TO_COME = (
    "Of a single race on the level in the cool; 95 % of races would lie between. VDOT: what an "
    "equal VDOT (Daniels & Gilbert 1979) would take."
)
_RESEARCH = (
    "What the sources of the programmes say, in our words, beside what your data say and what "
    "others have found. Research does not side with every claim, and a shorter contact is not "
    "better in itself."
)


def races(evidence: Evidence, units: str) -> dict[str, Any]:
    """Return the section on races: on one scale, and what they promise."""
    raced = evidence.races.sort_values("local_date", kind="stable")
    if not len(raced):
        return section("Races", [text("No race is recorded.")])
    found = evidence.results
    worth = found.raced.set_index("race_id") if found.n_races else found.raced
    rows = [_race(race, worth, units) for race in raced.to_dict(orient="records")]
    left_out = len(rows) - MOST_RACES
    earlier = f" {count(left_out, 'earlier race')} not listed." if left_out > 0 else ""
    listed = table(
        ["Date", "Race", "Distance", "Time", "Pace", "Over 10 km", "VDOT"],
        rows[-MOST_RACES:],
        sides="llrrrrr",
        wide=(1,),
        caption=f"{_ONE_SCALE}{earlier}",
    )
    if not found.n_races:
        return section("Races", [listed])
    drawn = [figures.race_results(found)] if found.n_races > 1 else []
    blocks = [
        text(_results(found)),
        *drawn,
        listed,
        heading("Races to come"),
        _to_come(found, units),
    ]
    return section("Races", blocks)


def _race(race: Mapping[Hashable, Any], worth: Any, units: str) -> list[str]:
    distance_m, time_s = race["distance_m"], race["time_s"]
    timed = is_known(time_s) and is_known(distance_m) and time_s > 0
    own = worth.loc[race["race_id"]] if race["race_id"] in worth.index else None
    return [
        short_day(race["local_date"]),
        name(race["title"]),
        course_name(distance_m, units) if is_known(distance_m) else "–",
        duration_text(time_s) if is_known(time_s) else "–",
        pace_text(distance_m / time_s, units) if timed else "–",
        "–" if own is None else duration_text(own["time_10km_s"]),
        "–" if own is None else f"{own['vdot']:.1f}",
    ]


def _results(found: RaceResults) -> str:
    words = found.summary()
    for note in found.notes:
        if note == SIMULATED_NOTE:  # which every page is marked with
            words = words.replace(f" {note[:1].upper()}{note[1:]}.", "")
    return words.replace(" %", f"{NBSP}%")


def _to_come(found: RaceResults, units: str) -> Block:
    rows = [
        [
            course_name(row["distance_m"], units),
            duration_text(row["time_s"]),
            f"{duration_text(row['low_s'])} to {duration_text(row['high_s'])}",
            duration_text(row["vdot_time_s"]),
            str(row["note"]).capitalize(),
        ]
        for row in found.predicted().to_dict(orient="records")
    ]
    caption = (
        f"{_TO_COME} Your race time grows with distance to the power of {found.exponent:.3f} ± "
        f"{found.exponent_sd:.3f} (usual: 1.06)."
    )
    if found.critical is not None:
        caption += (
            f" Critical speed {pace_text(found.critical.speed_m_s, units)}, with "
            f"{found.critical.d_prime_m:.0f}{NBSP}m beyond it."
        )
    return table(
        ["", "Time", "Between", "VDOT", ""], rows, sides="lrrrl", wide=(4,), caption=caption
    )


def late_in_runs(evidence: Evidence) -> dict[str, Any] | None:
    """Return the section on how form changes inside runs, where there are long enough ones."""
    blocks: list[Block] = []
    for trend in evidence.drifts.values():
        if trend.n_weeks < LEAST_WEEKS_DRAWN or not is_known(trend.value):
            continue
        blocks += [
            heading(trend.label),
            figures.progress(trend, evidence.doses, y="% of an hour earlier"),
            text(
                f"An hour into a run it is now {trend.value:.1f}{NBSP}% of what it was at the "
                f"start, at matched pace (95{NBSP}% interval {trend.low:.1f} to "
                f"{trend.high:.1f}{NBSP}%), from {count(trend.n_runs, 'run')} in "
                f"{count(trend.n_weeks, 'week')}.{_since(trend)}"
            ),
        ]
    if not blocks:
        return None
    first = text(
        "How form gives way the longer a run lasts, whatever the pace. Contact time mostly rises "
        "and cadence falls, but runners differ, even in the direction."
    )
    return section("Late in long runs", [first, *blocks])


def _since(trend: Any) -> str:
    if trend.verdict == NOT_ENOUGH_DATA or trend.first_date is None:
        return f" Not enough data for a change: {trend.reason}." if trend.reason else ""
    return (
        f" Change since {month(trend.first_date)}: {percent(trend.percent)} (interval "
        f"{percent(trend.percent_low)} to {percent(trend.percent_high)})."
    )


def programmes_and_claims(evidence: Evidence) -> list[dict[str, Any]]:
    """Return the sections on programmes and claims, those for which there are data, together."""
    told = [each for each in (_programmes(evidence), _claims(evidence)) if each is not None]
    return [{**each, "new_page": place == 0} for place, each in enumerate(told)]


def _programmes(evidence: Evidence) -> dict[str, Any] | None:
    """Return the section on how far programmes were followed, where any was done."""
    done = [one for one in evidence.followed if one.n_weeks_done]
    if not done:
        return None
    rows = [
        [
            f"{one.name}: {one.prescription}",
            f"{one.n_weeks_done} of {one.n_weeks}",
            f"{one.sessions_a_week:.1f}",
            f"{one.score:.0%}",
            f"{one.lately:.0%}",
        ]
        for one in done
    ]
    never = [one.name for one in evidence.followed if one.n_weeks and not one.n_weeks_done]
    caption = (
        "Followed: how much of what it prescribes was done, mean over the weeks that lie within "
        "the log."
    )
    if never:
        caption += f" Never done: {', '.join(never)}."
    return section(
        "Programmes",
        [
            table(
                [
                    "",
                    "Weeks\nwith it",
                    "Sessions\na week",
                    "Followed",
                    f"Last {LATELY_WEEKS}\nweeks",
                ],
                rows,
                sides="lrrrr",
                caption=caption,
            )
        ],
    )


def _claims(evidence: Evidence) -> dict[str, Any] | None:
    """Return the section on claims, where one at least could be tried."""
    found = evidence.claims
    tried = [each for each in found.verdicts if each.verdict != NOT_ENOUGH_DATA]
    if not tried:
        return None
    left = [each for each in found.verdicts if each.verdict == NOT_ENOUGH_DATA]
    blocks: list[Block] = [
        text(_RESEARCH),
        figures.claims(found),
        table(
            ["Claim", "Your data", "What others have found"],
            [[each.statement, _said(each), each.research or "–"] for each in tried],
            sides="lll",
            breaks=True,
            caption=f"Verdicts allow for the {found.n_tests} tests made here (Benjamini & Hochberg "
            "1995); intervals are each one's own.",
        )
        | {"widths": [3, 4, 5]},
    ]
    if left:
        told = [f"{each.statement} {_missing(each)}" for each in left]
        blocks += [heading("Not enough data"), {"kind": "list", "items": told}]
    return section("Claims on trial", blocks)


def _said(each: Verdict) -> str:
    return (
        f"{each.verdict.capitalize()}. {each.question}: {percent(each.percent)} "
        f"({percent(each.low_percent)} to {percent(each.high_percent)})"
    )


def _missing(each: Verdict) -> str:
    when = f", by {month(each.enough_on)} if this goes on" if each.enough_on else ""
    return f"Missing: {each.reason or 'nothing to go by'}{when}."
