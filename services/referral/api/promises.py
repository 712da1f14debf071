"""What the workflow of a journey does when an instant arrives, and the book of promises."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from contracts.events.referral import DeclineReason
from services.kit.runner import Runner
from services.referral import bodies, commands
from services.referral.api.access import Reader, ReferralId, Store, Workflow
from services.referral.store import queries
from services.referral.views import DeadlineView, PromisedEnds, ReferralState

router = APIRouter(tags=["promises"])


@router.post("/referrals/{referralId}/reminders", status_code=201)
async def remind_of_promise(
    referral_id: ReferralId, body: bodies.PromiseBody, run: Runner, actor: Workflow
) -> ReferralState:
    """Remind the party that made a promise; `changed` is false when that is no longer needed."""
    state: ReferralState = await run(commands.RemindOfPromise(referral_id=referral_id, promise=body.promise), actor)
    return state


@router.post("/referrals/{referralId}/escalations", status_code=201)
async def escalate_promise(
    referral_id: ReferralId, body: bodies.PromiseBody, run: Runner, actor: Workflow
) -> ReferralState:
    """Put a promise that was not kept on the worklist of the access team; `changed` is false when it was kept."""
    state: ReferralState = await run(commands.EscalatePromise(referral_id=referral_id, promise=body.promise), actor)
    return state


@router.post("/referrals/{referralId}/no-answers", status_code=201)
async def register_no_answer(referral_id: ReferralId, run: Runner, actor: Workflow) -> ReferralState:
    """The provider let its term pass: the allocation counts as declined."""
    command = commands.DeclineAllocation(referral_id=referral_id, reason=DeclineReason.NO_ANSWER)
    state: ReferralState = await run(command, actor)
    return state


@router.post("/imports/{importId}/promised-ends", status_code=201)
async def promise_ends(
    import_id: Annotated[UUID, Path(alias="importId", description="The imported file.")], run: Runner, actor: Workflow
) -> PromisedEnds:
    """Ends of imported care came near: their reports are waited for from now on (OP272)."""
    taken_up: PromisedEnds = await run(commands.PromiseEnds(import_id=import_id), actor)
    return taken_up


@router.get("/deadlines")
async def list_deadlines(
    database: Store,
    actor: Reader,
    before: Annotated[AwareDatetime | None, Query(description="Only what is due at or before this instant.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most, earliest first.")] = 200,
) -> list[DeadlineView]:
    """Promises of the caller's organisation that are still open, earliest first; for Samenspel itself those of all."""
    async with database.reading(actor) as unit:
        rows = (
            queries.open_deadlines(unit.conn, before=before, limit=limit)
            if actor.is_system
            else queries.open_deadlines_of(unit.conn, party=actor.party, before=before, limit=limit)
        )
        return [DeadlineView(**dict(row)) async for row in rows]
