"""Care starts and stops (305 and 307), whether told on a screen or by message."""

from datetime import date

from contracts.events.referral import CareStarted, CareStopped, StopReason
from services.kit.unit import Unit
from services.referral.commands import ReportStart, ReportStop
from services.referral.domain.referral import Referral
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.store import referrals
from services.referral.views import ReferralState


async def report_start(context: Context, command: ReportStart, unit: Unit) -> ReferralState:
    """Care really began."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    return ReferralState.of(await start(unit, referral, command.started_on))


async def report_stop(context: Context, command: ReportStop, unit: Unit) -> ReferralState:
    """Care stopped, for good or for a while."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    return ReferralState.of(await stop(unit, referral, command.stopped_on, command.reason))


async def start(unit: Unit, referral: Referral, started_on: date) -> Referral:
    """Store and tell that care began."""
    started = referral.start(started_on, unit.now)
    await referrals.update(unit, started)
    await deadlines.close(unit, started)
    unit.emit(
        started.referral_id,
        CareStarted(
            referral_id=started.referral_id,
            municipality=started.municipality,
            provider=started.provider,
            client=started.client_stream,
            product_code=started.assignment.product_code,
            started_on=started_on,
            reported_at=unit.now,
        ),
        audience=started.parties,
    )
    return started


async def stop(unit: Unit, referral: Referral, stopped_on: date, reason: StopReason) -> Referral:
    """Store and tell that care stopped."""
    stopped = referral.stop(stopped_on, reason, unit.now)
    await referrals.update(unit, stopped)
    unit.emit(
        stopped.referral_id,
        CareStopped(
            referral_id=stopped.referral_id,
            municipality=stopped.municipality,
            provider=stopped.provider,
            client=stopped.client_stream,
            product_code=stopped.assignment.product_code,
            stopped_on=stopped_on,
            reason=reason,
            reported_at=unit.now,
        ),
        audience=stopped.parties,
    )
    return stopped
