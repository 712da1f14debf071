"""For the operator: how far the log, the relay and every consumer of this service are, and what is parked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.values import Role
from services.kit import dead_letters
from services.kit.actor import Actor
from services.kit.auth import allow, public
from services.kit.commands import Command, Handler
from services.kit.database import Database
from services.kit.problems import NotFound, Text
from services.kit.projections import Projection
from services.kit.runner import Runner
from services.kit.unit import Unit

router = APIRouter(tags=["operations"])
Operator = Annotated[Actor, Depends(allow(Role.OPERATOR, Role.SYSTEM))]
LetterId = Annotated[int, Path(alias="letterId", description="The number of the parked event.")]


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


class Dropped(_View):
    """Which parked event was given up."""

    letter_id: int


class RetryDeadLetter(Command):
    """Apply the parked events of this one's key again."""

    letter_id: int


class DropDeadLetter(Command):
    """Give up a parked event for good."""

    letter_id: int
    reason: str


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


@router.post("/dead-letters/{letterId}/retries", status_code=201)
async def retry_dead_letter(run: Runner, actor: Operator, letter_id: LetterId) -> Retried:
    """Apply the parked events of this one's key again, in order. All or nothing."""
    retried: Retried = await run(RetryDeadLetter(letter_id=letter_id), _with_system_rights(actor))
    return retried


@router.post("/dead-letters/{letterId}/drops", status_code=201)
async def drop_dead_letter(run: Runner, actor: Operator, letter_id: LetterId, body: DropReason) -> Dropped:
    """Give up a parked event for good, with a reason. A rebuild honours it."""
    dropped: Dropped = await run(DropDeadLetter(letter_id=letter_id, reason=body.reason), _with_system_rights(actor))
    return dropped


def _with_system_rights(actor: Actor) -> Actor:
    """Parked events belong to no party: an operator handles them as the system."""
    return replace(actor, roles=actor.roles | {Role.SYSTEM})


async def _retry(projections: Sequence[Projection], command: RetryDeadLetter, unit: Unit) -> Retried:
    try:
        return Retried(applied=await dead_letters.retry(unit, projections, command.letter_id))
    except dead_letters.NoSuchDeadLetter:
        raise NotFound(_NO_SUCH) from None


async def _drop(command: DropDeadLetter, unit: Unit) -> Dropped:
    try:
        await dead_letters.drop(unit, command.letter_id, command.reason)
    except dead_letters.NoSuchDeadLetter:
        raise NotFound(_NO_SUCH) from None
    return Dropped(letter_id=command.letter_id)


def operations(projections: Sequence[Projection]) -> dict[type[Command], Handler]:
    """The operator's commands that every service has."""
    return {RetryDeadLetter: partial(_retry, projections), DropDeadLetter: _drop}
