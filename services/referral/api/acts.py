"""What people do with a journey: request, decide, answer, report, take back."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel

from contracts.values import Role
from services.kit.commands import Command
from services.kit.problems import Forbidden, Text
from services.kit.runner import Runner
from services.referral import bodies, commands
from services.referral.api.access import Decider, Deliverer, OpenVault, Planner, ReferralId, Requester
from services.referral.vault.vault import Vault
from services.referral.views import ReferralState

router = APIRouter(tags=["referrals"])


def mark_of(vault: Vault, person: BaseModel | None) -> str | None:
    """A keyed hash that stands in for personal data where a command is remembered."""
    return vault.mark(person.model_dump_json().encode()).hex() if person is not None else None


@router.post("/referrals", status_code=201)
async def request_allocation(
    body: bodies.RequestBody, response: Response, run: Runner, vault: OpenVault, actor: Requester
) -> ReferralState:
    """Ask for an allocation by form. An access worker for the own municipality, a provider for itself."""
    values = {name: getattr(body, name) for name in bodies.RequestBody.model_fields}
    command = commands.RequestAllocation(**values, person_mark=mark_of(vault, body) or "")
    state: ReferralState = await run(command, actor)
    response.headers["Location"] = f"/v1/referrals/{state.referral_id}"
    return state


@router.post("/referrals/{referralId}/decisions", status_code=201)
async def decide_request(
    referral_id: ReferralId,
    body: Annotated[bodies.DecisionBody, Body()],
    run: Runner,
    vault: OpenVault,
    actor: Decider,
) -> ReferralState:
    """Allocate (a 301 is written) or refuse (a 319 is written when the request had a reference)."""
    if isinstance(body, bodies.RefuseBody):
        refusal = commands.RefuseRequest(
            referral_id=referral_id, reason=body.reason, responsible_municipality=body.responsible_municipality
        )
        return await _state(run, refusal, actor)
    values = {name: getattr(body, name) for name in bodies.GrantBody.model_fields if name != "decision"}
    grant = commands.GrantAllocation(referral_id=referral_id, **values, person_mark=mark_of(vault, body.person))
    return await _state(run, grant, actor)


@router.post("/referrals/{referralId}/acceptances", status_code=201)
async def accept_allocation(
    referral_id: ReferralId, body: bodies.AcceptBody, run: Runner, actor: Planner
) -> ReferralState:
    """The provider takes the allocation on."""
    command = commands.AcceptAllocation(referral_id=referral_id, own_number=body.own_number)
    return await _state(run, command, actor)


@router.post("/referrals/{referralId}/declines", status_code=201)
async def decline_allocation(
    referral_id: ReferralId, body: bodies.DeclineBody, run: Runner, actor: Planner
) -> ReferralState:
    """The provider does not take it on; the next provider is asked by the workflow."""
    return await _state(run, commands.DeclineAllocation(referral_id=referral_id, reason=body.reason), actor)


@router.post("/referrals/{referralId}/offers", status_code=201)
async def offer_allocation(
    referral_id: ReferralId, body: bodies.OfferBody, run: Runner, actor: Decider
) -> ReferralState:
    """Offer a declined allocation again. Without `provider` (the workflow) to the next candidate."""
    if body.provider is None and not actor.has(Role.SYSTEM):
        raise Forbidden(
            Text(
                "Kies zelf een aanbieder uit de lijst; de volgende op rij kiest alleen Samenspel.",
                "Choose a provider from the list; only Samenspel chooses the next in line.",
            )
        )
    return await _state(run, commands.OfferAllocation(referral_id=referral_id, provider=body.provider), actor)


@router.post("/referrals/{referralId}/expected-starts", status_code=201)
async def expect_start(
    referral_id: ReferralId, body: bodies.ExpectedStartBody, run: Runner, actor: Deliverer
) -> ReferralState:
    """Care did not begin yet: why, and when it is expected. Its start is asked after from that day on (OP271)."""
    command = commands.ExpectStart(referral_id=referral_id, expected_on=body.expected_on, reason=body.reason)
    return await _state(run, command, actor)


@router.post("/referrals/{referralId}/starts", status_code=201)
async def report_start(referral_id: ReferralId, body: bodies.StartBody, run: Runner, actor: Deliverer) -> ReferralState:
    """Care really began (as a 305 says). Report it within five working days (OP271)."""
    return await _state(run, commands.ReportStart(referral_id=referral_id, started_on=body.started_on), actor)


@router.post("/referrals/{referralId}/stops", status_code=201)
async def report_stop(referral_id: ReferralId, body: bodies.StopBody, run: Runner, actor: Deliverer) -> ReferralState:
    """Care stopped (as a 307 says), for good unless the reason is temporary."""
    command = commands.ReportStop(referral_id=referral_id, stopped_on=body.stopped_on, reason=body.reason)
    return await _state(run, command, actor)


@router.post("/referrals/{referralId}/withdrawals", status_code=201)
async def withdraw_referral(
    referral_id: ReferralId, body: bodies.WithdrawalBody, run: Runner, actor: Decider
) -> ReferralState:
    """Take a journey back before care began."""
    return await _state(run, commands.WithdrawReferral(referral_id=referral_id, reason=body.reason), actor)


@router.put("/referrals/{referralId}/own-number")
async def number_client(
    referral_id: ReferralId, body: bodies.OwnNumberBody, run: Runner, actor: Deliverer
) -> ReferralState:
    """Set the provider's own number for the client."""
    return await _state(run, commands.NumberClient(referral_id=referral_id, own_number=body.own_number), actor)


async def _state(run: Runner, command: Command, actor: Decider) -> ReferralState:
    state: ReferralState = await run(command, actor)
    return state
