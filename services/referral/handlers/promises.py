"""What the workflow of a journey does when an instant arrives: remind, and escalate. Each at most once per promise."""

from contracts.events.referral import ReferralEscalated, ReferralReminded
from services.kit.problems import Conflict, Text
from services.kit.unit import Unit
from services.referral.commands import EscalatePromise, RemindOfPromise
from services.referral.domain.reasons import Promise
from services.referral.domain.referral import Referral
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.store import referrals
from services.referral.views import ReferralState


async def remind_of_promise(context: Context, command: RemindOfPromise, unit: Unit) -> ReferralState:
    """Remind the party that made a promise, unless it was kept, is overdue, or a reminder went out already."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    kind = deadlines.REMINDER_OF.get(command.promise)
    due = referral.due(command.promise)
    if kind is None or due is None:
        raise Conflict(
            Text(
                "Aan deze toezegging wordt niet herinnerd: zij heeft geen termijn.",
                "There is no reminder of this promise: it has no term.",
            ),
            code="no-term",
        )
    await deadlines.close(unit, referral, kind)
    if referral.kept(command.promise) or unit.now >= due or command.promise.value in referral.reminded:
        return ReferralState.of(referral, changed=False)
    reminded = referral.remind(command.promise)
    await referrals.update(unit, reminded)
    unit.emit(
        referral.referral_id,
        ReferralReminded(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            promise=command.promise,
            due=due,
            reminded_at=unit.now,
        ),
        audience=referral.parties,
    )
    return ReferralState.of(reminded)


async def escalate_promise(context: Context, command: EscalatePromise, unit: Unit) -> ReferralState:
    """Put a promise that was not kept on the worklist of the access team.

    Raises ``Conflict`` while the term still runs.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    if referral.kept(command.promise) or command.promise.value in referral.escalated:
        return ReferralState.of(referral, changed=False)
    due = referral.due(command.promise)
    if due is not None and unit.now < due:
        raise Conflict(
            Text(
                "De termijn loopt nog; er is nog niets te escaleren. Wacht tot de termijn voorbij is.",
                "The term still runs; there is nothing to escalate yet. Wait until it has passed.",
            ),
            code="term-running",
        )
    return ReferralState.of(await escalate(unit, referral, command.promise))


async def escalate(unit: Unit, referral: Referral, promise: Promise) -> Referral:
    """The promise was not kept: remember it, close its deadline, and tell."""
    escalated = referral.escalate(promise)
    await referrals.update(unit, escalated)
    if promise is not Promise.PLACE:
        await deadlines.close(unit, referral, promise.value)
    unit.emit(
        referral.referral_id,
        ReferralEscalated(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=referral.provider,
            promise=promise,
            due=referral.due(promise) or unit.now,
            escalated_at=unit.now,
        ),
        audience=referral.parties,
    )
    return escalated
