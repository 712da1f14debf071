"""The scenario: a story of where a municipality wants to go, with outcomes and a band around each.

It prescribes no process: inside a band the professional decides alone. It cites the frames of the councils.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.events.commissioning import OutcomeBand
from contracts.values import MunicipalityCode, PartyId
from services.kit.model import Line, Model, Prose, refused, wrong

FIRST_INDICATOR, LAST_INDICATOR = 1, 31
Indicator = Annotated[int, Field(ge=FIRST_INDICATOR, le=LAST_INDICATOR)]
"""Number of an indicator in the first set (1–31)."""

Measure = Annotated[float, Field(allow_inf_nan=False, ge=-(10**9), le=10**9)]
"""A value in the unit of its indicator: days, percent, clients or a score."""


class ScenarioStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class DesiredOutcome(Model):
    """What should be true in ``year``; ``lower`` and ``upper`` are the band, ``None`` open on that side."""

    outcome_id: UUID | None = None
    indicator: Indicator
    title: Line
    lower: Measure | None = None
    upper: Measure | None = None
    year: int = Field(ge=2000, le=2100)


class Scenario(Model):
    """A scenario of ``owner`` for ``municipalities``. ``version`` grows with every edit of the draft."""

    scenario_id: UUID
    owner: PartyId
    title: Line
    story: Prose
    municipalities: tuple[MunicipalityCode, ...]
    frames: tuple[UUID, ...]
    outcomes: tuple[OutcomeBand, ...]
    status: ScenarioStatus
    version: int
    drafted_at: datetime
    published_at: datetime | None = None

    def edit(
        self,
        *,
        title: str,
        story: str,
        municipalities: tuple[MunicipalityCode, ...],
        frames: tuple[UUID, ...],
        outcomes: tuple[OutcomeBand, ...],
    ) -> Self:
        """Other words for a draft."""
        self._require_draft()
        return self.model_copy(
            update={
                "title": title,
                "story": story,
                "municipalities": municipalities,
                "frames": frames,
                "outcomes": outcomes,
                "version": self.version + 1,
            }
        )

    def publish(self, now: datetime, adopted: Collection[UUID]) -> Self:
        """Tell it to everyone; ``adopted`` are the frames of these municipalities' councils that are known."""
        self._require_draft()
        if not self.outcomes:
            raise wrong(
                "/outcomes",
                "Een verhaal zonder resultaat zegt niet waarheen. Noem ten minste één gewenst resultaat.",
                "A story without an outcome does not say where to. Name at least one desired outcome.",
                "missing",
            )
        unknown = [str(frame) for frame in self.frames if frame not in adopted]
        if not self.frames or unknown:
            raise wrong(
                "/frames",
                "Noem het kader waarbinnen dit verhaal valt. Het kader moet door de raad van een van deze gemeenten"
                " zijn vastgesteld.",
                "Cite the frame within which this story falls. It must be adopted by the council of one of these"
                " municipalities.",
                "unknown-frame" if unknown else "missing",
            )
        return self.model_copy(
            update={"status": ScenarioStatus.PUBLISHED, "published_at": now, "version": self.version + 1}
        )

    def _require_draft(self) -> None:
        if self.status is not ScenarioStatus.DRAFT:
            raise refused(
                "Dit verhaal is gepubliceerd en ligt daarmee vast. Schrijf een nieuw verhaal als de koers verandert.",
                "This scenario is published and therefore fixed. Write a new one when the direction changes.",
                "scenario-published",
            )


def bands(desired: Sequence[DesiredOutcome], identifiers: Sequence[UUID]) -> tuple[OutcomeBand, ...]:
    """The outcomes with their identifiers. Raises ``Invalid`` when a band is upside down or open on both sides."""
    for index, outcome in enumerate(desired):
        if outcome.lower is None and outcome.upper is None:
            raise wrong(
                f"/outcomes/{index}",
                "Geef ten minste één grens van de bandbreedte.",
                "Give at least one side of the band.",
                "missing",
            )
        if outcome.lower is not None and outcome.upper is not None and outcome.lower > outcome.upper:
            raise wrong(
                f"/outcomes/{index}/lower",
                "De ondergrens ligt boven de bovengrens. Wissel ze om.",
                "The lower bound is above the upper bound. Exchange them.",
                "band-upside-down",
            )
    return tuple(
        OutcomeBand(
            outcome_id=outcome.outcome_id or identifier,
            indicator=outcome.indicator,
            title=outcome.title,
            lower=outcome.lower,
            upper=outcome.upper,
            year=outcome.year,
        )
        for outcome, identifier in zip(desired, identifiers, strict=True)
    )
