"""The frame (*kader*): the goals within which a municipality directs, adopted by its council (*kaderstellen*)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.values import MunicipalityCode
from services.kit.model import Line, Model, Prose, refused, wrong

Indicator = Annotated[int, Field(ge=1, le=31)]
"""Number of an indicator in the first set (1–31)."""


class FrameStatus(StrEnum):
    DRAFT = "draft"
    ADOPTED = "adopted"


class GoalText(Model):
    """A goal as it is written: its title and the indicators that show whether it comes closer."""

    goal_id: UUID | None = None
    title: Line
    explanation: Prose | None = None
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=31)]


class FrameGoal(GoalText):
    """A goal with its identifier."""

    goal_id: UUID


class FrameText(Model):
    """What a clerk writes in a frame."""

    title: Line
    introduction: Prose | None = None
    first_year: int = Field(ge=2000, le=2100)
    last_year: int = Field(ge=2000, le=2100)
    goals: Annotated[tuple[GoalText, ...], Field(max_length=12)] = ()


class Frame(Model):
    """A frame of one council. ``version`` grows with every edit of the draft."""

    frame_id: UUID
    municipality: MunicipalityCode
    title: Line
    introduction: Prose | None = None
    first_year: int
    last_year: int
    goals: tuple[FrameGoal, ...]
    status: FrameStatus
    version: int
    drafted_at: datetime
    adopted_at: datetime | None = None

    def edit(self, text: FrameText, goals: tuple[FrameGoal, ...]) -> Self:
        """Other words for a draft."""
        self._require_draft()
        return self.model_copy(
            update={
                "title": text.title,
                "introduction": text.introduction,
                "first_year": text.first_year,
                "last_year": text.last_year,
                "goals": goals,
                "version": self.version + 1,
            }
        )

    def adopt(self, now: datetime) -> Self:
        """The council adopted it; from then on it is fixed."""
        self._require_draft()
        if not self.goals:
            raise wrong(
                "/goals",
                "Een kader zonder doel geeft geen richting. Noem ten minste één doel.",
                "A frame without a goal gives no direction. Name at least one goal.",
                "missing",
            )
        return self.model_copy(update={"status": FrameStatus.ADOPTED, "adopted_at": now, "version": self.version + 1})

    def _require_draft(self) -> None:
        if self.status is not FrameStatus.DRAFT:
            raise refused(
                "Dit kader is vastgesteld en ligt daarmee vast. Maak een nieuw kader als de raad anders besluit.",
                "This frame is adopted and therefore fixed. Make a new one when the council decides otherwise.",
                "frame-adopted",
            )


def goals(text: FrameText, identifiers: tuple[UUID, ...]) -> tuple[FrameGoal, ...]:
    """The goals with their identifiers. Raises ``Invalid`` when the years are reversed or an indicator is repeated."""
    if text.last_year < text.first_year:
        raise wrong(
            "/lastYear",
            "Het laatste jaar ligt vóór het eerste. Wissel ze om.",
            "The last year is before the first. Exchange them.",
            "ends-before-start",
        )
    for index, goal in enumerate(text.goals):
        if len(set(goal.indicators)) < len(goal.indicators):
            raise wrong(
                f"/goals/{index}/indicators",
                "Noem elke indicator één keer per doel.",
                "Name each indicator once per goal.",
                "repeated",
            )
    return tuple(
        FrameGoal(**{**goal.model_dump(), "goal_id": goal.goal_id or identifier})
        for goal, identifier in zip(text.goals, identifiers, strict=True)
    )
