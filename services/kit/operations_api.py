"""For the operator: how far the log, the relay and every consumer of this service are, and what is parked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.values import Role
from services.kit import dead_letters
from services.kit.actor import Actor
from services.kit.auth import allow, public
from services.kit.database import Database
from services.kit.problems import NotFound, Text
from services.kit.projections import Projection

router = APIRouter(tags=["operations"])
Operator = Annotated[Actor, Depends(allow(Role.OPERATOR, Role.SYSTEM))]


class _View(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ClockView(_View):
    """The business clock: what the platform takes for now. In production it is the time of the machine."""

    now: datetime


class PartitionState(_View):
    """One partition of this service's log: the last sequence, and the last that Kafka acknowledged."""

    partition: int
    last: int
    relayed: int


class PositionState(_View):
    """How far a consumer group of this service is in one partition of a source."""

    group: str
    source: str
    partition: int
    last: int


class StreamState(_View):
    """Where everything stands. Nothing is under way when positions equal the heads of their sources."""

    service: str
    partitions: list[PartitionState]
    positions: list[PositionState]
    dead_letters: int = Field(description="Parked events that nobody resolved yet.")


class DeadLetterView(_View):
    """A parked event. The data are not shown: the log of its source has them."""

    id: int
    group: str
    source: str
    partition: int
    sequence: int
    key: str
    type: str
    error: str
    parked_at: datetime


class DropReason(_View):
    """Why an event is given up."""

    reason: str = Field(min_length=3, max_length=500)


class Retried(_View):
    """How many parked events were applied."""

    applied: int


_NO_SUCH = Text("Er is geen open geparkeerd bericht met dit nummer.", "There is no open parked event with this number.")


@router.get("/clock")
async def get_clock(request: Request, access: Annotated[None, Depends(public())]) -> ClockView:
    """What the platform takes for now."""
    database: Database = request.app.state.database
    return ClockView(now=await database.worker.fetchval("select clock.now()"))


@router.get("/stream-state")
async def get_stream_state(request: Request, actor: Operator) -> StreamState:
    """How far the event log, the relay and the consumers of this service are."""
    database: Database = request.app.state.database
    partitions = await database.worker.fetch(
        """select h.partition, h.last, c.sequence as relayed
           from log_head h join relay_cursor c using (partition) order by 1"""
    )
    positions = await database.worker.fetch(
        """select group_name as "group", source, partition, last from consumer_position order by 1, 2, 3"""
    )
    parked = await database.worker.fetchval("select count(*) from dead_letter where resolved_at is null")
    return StreamState(
        service=database.service,
        partitions=[PartitionState(**dict(row)) for row in partitions],
        positions=[PositionState(**dict(row)) for row in positions],
        dead_letters=parked,
    )


@router.get("/dead-letters")
async def list_dead_letters(request: Request, actor: Operator) -> list[DeadLetterView]:
    """The parked events of this service, oldest first."""
    letters = await dead_letters.open_letters(request.app.state.database)
    return [DeadLetterView.model_validate(letter, from_attributes=True) for letter in letters]


@router.post("/dead-letters/{letterId}/retries")
async def retry_dead_letter(
    request: Request, actor: Operator, letter_id: Annotated[int, Path(alias="letterId")]
) -> Retried:
    """Apply the parked events of this one's key again, in order. All or nothing."""
    database: Database = request.app.state.database
    projections: Sequence[Projection] = request.app.state.projections
    open_now = {letter.id: letter for letter in await dead_letters.open_letters(database)}
    if letter_id not in open_now:
        raise NotFound(_NO_SUCH)
    [projection] = [item for item in projections if item.group == open_now[letter_id].group]
    return Retried(applied=await dead_letters.retry(database, projection, letter_id))


@router.post("/dead-letters/{letterId}/drops", status_code=204)
async def drop_dead_letter(
    request: Request, actor: Operator, letter_id: Annotated[int, Path(alias="letterId")], body: DropReason
) -> None:
    """Give up a parked event for good, with a reason. A rebuild honours it."""
    try:
        await dead_letters.drop(request.app.state.database, letter_id, body.reason)
    except dead_letters.NoSuchDeadLetter:
        raise NotFound(_NO_SUCH) from None
