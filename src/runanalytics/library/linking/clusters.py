"""Groups of rows that are one thing, built from pairs, with the user's word above all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from runanalytics.library.linking.candidates import Pairs


@dataclass(frozen=True)
class Said:
    """What the user says of rows, by identifier.

    Parameters
    ----------
    apart : tuple of (str, str)
        Pairs that are not the same: the row that was hidden, and the one that spoke.
    together : mapping of str to str
        Rows that are the same as another, which then speaks.
    """

    apart: tuple[tuple[str, str], ...] = ()
    together: Mapping[str, str] = field(default_factory=dict)


class Groups:
    """Rows in groups that grow as pairs are joined; the best pairs have to come first.

    Parameters
    ----------
    ids : sequence of str
        Identifier of each row.
    files : sequence of frozenset of str
        Digests of the files that each row stands in.
    said : Said
        What the user says. Rows that were taken apart once are joined last, so that what they
        were taken from finds together first.
    """

    def __init__(self, ids: Sequence[str], files: Sequence[frozenset[str]], said: Said) -> None:
        self.ids = ids
        self._files = files
        rows = {identifier: row for row, identifier in enumerate(ids)}
        self._members: dict[int, list[int]] = {}
        self._of = np.arange(len(ids))
        self._evidence: dict[tuple[int, int], str] = {}
        self._chosen: dict[int, int] = {}
        self._apart = {(rows[a], rows[b]) for a, b in said.apart if a in rows and b in rows}
        self._taken_out = {a for a, _ in self._apart}
        for hidden, speaker in said.together.items():
            if hidden in rows and speaker in rows:
                self._chosen[rows[hidden]] = rows[speaker]
                self._unite(rows[hidden], rows[speaker], "user")

    def join(self, kind: str, pairs: Pairs, *, within_files: bool = False) -> None:
        """Join pairs, the best first, unless the user said no.

        Parameters
        ----------
        kind : str
            What the evidence is.
        pairs : Pairs
            The pairs.
        within_files : bool
            Whether two rows of one file may be the same.
        """
        last = np.array(
            [a in self._taken_out or b in self._taken_out
             for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)],
            dtype=bool,
        )  # fmt: skip
        for at in np.lexsort((pairs.b, pairs.a, -pairs.score, last)).tolist():
            a, b = int(pairs.a[at]), int(pairs.b[at])
            if self._may(a, b, kind, within_files):
                self._unite(a, b, kind)

    def join_only_candidates(self, kind: str, pairs: Pairs) -> None:
        """Join each row `a` with `b` if `b` is the only thing it can be, and `a` is for `b`."""
        candidates: dict[int, dict[int, int]] = {}
        claims: dict[int, set[int]] = {}
        for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True):
            group = int(self._of[b])
            candidates.setdefault(a, {}).setdefault(group, b)
            claims.setdefault(group, set()).add(a)
        for a, groups in candidates.items():
            if len(groups) > 1:
                continue
            ((group, b),) = groups.items()
            files = self._files[a]
            rival = any(one != a and self._files[one] & files for one in claims[group])
            if not rival and self._may(a, b, kind, within_files=False):
                self._unite(a, b, kind)

    def several(self) -> list[list[int]]:
        """Return the groups of more than one row."""
        return [sorted(members) for _, members in sorted(self._members.items())]

    def chosen(self, members: Sequence[int]) -> int | None:
        """Return the row of a group that the user lets speak, None if no word was said."""
        speakers = [self._chosen[row] for row in members if row in self._chosen]
        return next((row for row in speakers if row not in self._chosen), None)

    def evidence(self, row: int, speaker: int) -> tuple[str, int]:
        """Return why a row is in its group: the kind of evidence, and the row it agrees with."""
        if kind := self._between(row, speaker):
            return kind, speaker
        for other in self._members[int(self._of[row])]:
            if kind := self._between(row, other):
                return kind, other
        return "overlap", speaker

    def _between(self, a: int, b: int) -> str | None:
        return self._evidence.get((min(a, b), max(a, b)))

    def _all(self, row: int) -> list[int]:
        return self._members.get(int(self._of[row]), [row])

    def _may(self, a: int, b: int, kind: str, within_files: bool) -> bool:
        if self._of[a] == self._of[b]:
            self._evidence.setdefault((min(a, b), max(a, b)), kind)
            return False
        ours, theirs = self._all(a), self._all(b)
        for one in ours:
            for other in theirs:
                if (one, other) in self._apart or (other, one) in self._apart:
                    return False
                if not within_files and self._files[one] & self._files[other]:
                    return False
        return True

    def _unite(self, a: int, b: int, kind: str) -> None:
        self._evidence.setdefault((min(a, b), max(a, b)), kind)
        into, other = int(self._of[a]), int(self._of[b])
        if into == other:
            return
        members = [*self._all(a), *self._all(b)]
        self._members.pop(other, None)
        self._members[into] = members
        self._of[members] = into
