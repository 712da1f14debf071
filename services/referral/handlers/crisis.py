"""A crisis is placed at once: the team that asks allocates in the same breath, and nothing waits for the paperwork."""

from contracts.values import municipality
from services.kit.problems import Invalid
from services.kit.unit import Unit
from services.referral.commands import RequestAllocation
from services.referral.handlers.context import Context
from services.referral.handlers.decisions import allocate
from services.referral.handlers.requests import request_allocation
from services.referral.store import referrals
from services.referral.views import ReferralState


async def request_help(context: Context, command: RequestAllocation, unit: Unit) -> ReferralState:
    """Ask by form. What a municipality asks for in a crisis is allocated (301) in the same transaction.

    Room is not looked at, and neither is what an agreement has left: crisis is always paid (OV 1.5.5) and knows no
    client stop (OV 3.6). When the dossier cannot carry a 301 yet the request stands, with hours to complete it.
    """
    state = await request_allocation(context, command, unit)
    if not command.crisis or unit.actor.party != municipality(command.municipality):
        return state
    referral = await referrals.lock(unit.conn, state.referral_id)
    try:
        async with unit.conn.transaction():
            granted = await allocate(
                context,
                unit,
                referral,
                provider=referral.provider,
                assignment=referral.assignment,
                starts_on=referral.desired_start,
                ends_on=referral.desired_end,
            )
    except Invalid:
        return state
    return ReferralState.of(granted)
