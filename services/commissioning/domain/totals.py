"""What a batch of events adds to the sums per agreement: each journey's contribution before and after it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.commissioning.domain.spending import Contribution

Counts = tuple[int, int, int, int, int]
"""Waiting, started, within norm, ended, dropouts."""


def _no_counts() -> Counts:
    return (0, 0, 0, 0, 0)


@dataclass(slots=True)
class Deltas:
    """Differences to add to the sums. Adding them in any order, in any batches, gives the same sums."""

    months: defaultdict[tuple[UUID, date], int] = field(default_factory=lambda: defaultdict(int))
    counts: defaultdict[UUID, Counts] = field(default_factory=lambda: defaultdict(_no_counts))

    def replace(self, before: Contribution | None, after: Contribution | None) -> None:
        """A journey contributed ``before`` and now contributes ``after``."""
        if before == after:
            return
        for contribution, sign in ((before, -1), (after, 1)):
            if contribution is not None:
                self._add(contribution, sign)

    def _add(self, contribution: Contribution, sign: int) -> None:
        agreement = contribution.agreement_id
        self.months[agreement, contribution.month] += sign * contribution.committed_cents
        waiting, started, within_norm, ended, dropouts = self.counts[agreement]
        self.counts[agreement] = (
            waiting + sign * contribution.waiting,
            started + sign * contribution.started,
            within_norm + sign * contribution.within_norm,
            ended + sign * contribution.ended,
            dropouts + sign * contribution.dropouts,
        )

    @property
    def years(self) -> dict[tuple[UUID, int], int]:
        """The same cents per calendar year."""
        years: defaultdict[tuple[UUID, int], int] = defaultdict(int)
        for (agreement, month), cents in self.months.items():
            years[agreement, month.year] += cents
        return dict(years)

    @property
    def agreements(self) -> set[UUID]:
        """The agreements whose sums change."""
        return set(self.counts)
