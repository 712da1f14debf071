"""Care starts and stops (305 and 307), whether told on a screen or by message."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from contracts.events.referral import CareStarted, CareStopped, DeliveryCorrected, DeliveryReported, StartExpected
from services.kit.unit import Unit
from services.referral.commands import ExpectStart, ReportStart, ReportStop
from services.referral.domain.allocation import Allocation, CareRelation
from services.referral.domain.deliveries import Delivered, Delivery
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.store import clients, deliveries, referrals
from services.referral.views import ReferralState

Value = TypeVar("Value")


async def expect_start(context: Context, command: ExpectStart, unit: Unit) -> ReferralState:
    """Care did not begin yet: the watch over its report goes on from the day on which the provider expects it.

    Raises ``Conflict`` when it is not waited for, ``Invalid`` for a day in the past or after the allocation.
    """
    referral = await referrals.lock(unit.conn, command.referral_id)
    waiting = referral.await_start(command.expected_on, command.reason, unit.now, context.terms)
    await referrals.update(unit, waiting)
    await deadlines.promise_report(unit, waiting, context.terms)
    unit.emit(
        waiting.referral_id,
        StartExpected(
            referral_id=waiting.referral_id,
            municipality=waiting.municipality,
            provider=waiting.provider,
            allocation_number=waiting.granted.number,
            expected_on=command.expected_on,
            reason=command.reason,
            told_at=unit.now,
            report_due=waiting.report_due,
            remind_report_at=context.terms.remind_at(waiting.report_due) if waiting.report_due else None,
            watch=waiting.watch,
        ),
        audience=waiting.parties,
    )
    return ReferralState.of(waiting)


async def report_start(context: Context, command: ReportStart, unit: Unit) -> ReferralState:
    """Care really began."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    started = await _started(context.terms, unit, referral.start(command.started_on, unit.now))
    await deliveries.report(unit, (CareRelation.of(started), deliveries.started(started)))
    return ReferralState.of(started)


async def report_stop(context: Context, command: ReportStop, unit: Unit) -> ReferralState:
    """Care stopped, for good or for a while."""
    referral = await referrals.lock(unit.conn, command.referral_id)
    stopped = await _stopped(context.terms, unit, referral.stop(command.stopped_on, command.reason, unit.now))
    await deliveries.report(unit, (CareRelation.of(stopped), deliveries.stopped(stopped)))
    return ReferralState.of(stopped)


async def follow(terms: Terms, unit: Unit, referral: Referral, reported: Sequence[Delivery]) -> Referral:
    """Let a journey follow what was reported of it by message; the last of ``reported`` is new.

    A stop of an earlier start than the latest changes nothing in where the journey stands.
    """
    care, new = Delivered.after(reported), reported[-1]
    after = referral.delivered(care, unit.now)
    if new.reason is None:
        return await _started(terms, unit, after)
    return await _stopped(terms, unit, after) if care.stop is new else referral


async def correct(terms: Terms, unit: Unit, referral: Referral, reported: Sequence[Delivery]) -> Referral:
    """Let a journey follow what is left of the reports, after one was taken back, and tell how it stands."""
    stood = referral.stop_due
    after = referral.delivered(Delivered.after(reported), unit.now).promise_stop(terms)
    anew = after.started_on is None and referral.started_on is not None
    if anew:
        after = after.watch_again(terms, unit.now)
    await referrals.update(unit, after)
    await (deadlines.promise_start_again if anew else deadlines.promise_stop)(unit, after, terms)
    start_due, report_due = (after.start_due, after.report_due) if anew else (None, None)
    unit.emit(
        after.referral_id,
        DeliveryCorrected(
            referral_id=after.referral_id,
            municipality=after.municipality,
            provider=after.provider,
            client=after.client_stream,
            product_code=after.assignment.product_code,
            started_on=after.started_on,
            stopped_on=after.stopped_on,
            reason=after.stop_reason,
            corrected_at=unit.now,
            stop_due=after.stop_due or stood,
            remind_stop_at=terms.remind_stop_at(after.ends_on) if after.stop_due and after.ends_on else None,
            spell=after.spell,
            start_due=start_due,
            remind_start_at=terms.remind_at(start_due) if start_due else None,
            report_due=report_due,
            remind_report_at=terms.remind_at(report_due) if report_due else None,
            watch=after.watch,
        ),
        audience=after.parties,
    )
    return after


async def tell_broadly(unit: Unit, allocation: Allocation, told: Iterable[tuple[bool, Delivery]]) -> None:
    """Tell what was reported of care that no journey follows; each report with whether it is taken back."""
    names = await clients.names(unit, allocation.client_id)
    for removed, each in told:
        unit.emit(
            allocation.allocation_id,
            DeliveryReported(
                allocation_id=allocation.allocation_id,
                allocation_number=allocation.number,
                municipality=allocation.municipality,
                provider=allocation.provider,
                client=names.stream,
                law=allocation.law,
                category=each.category or allocation.category,
                product_code=each.product_code,
                started_on=each.starts_on,
                stopped_on=each.ends_on,
                reason=each.reason,
                removed=removed,
                reported_at=unit.now,
            ),
            audience=allocation.parties,
        )


async def _started(terms: Terms, unit: Unit, started: Referral) -> Referral:
    started = started.promise_stop(terms)
    await referrals.update(unit, started)
    await deadlines.promise_stop_alone(unit, started, terms)
    unit.emit(
        started.referral_id,
        CareStarted(
            referral_id=started.referral_id,
            municipality=started.municipality,
            provider=started.provider,
            client=started.client_stream,
            product_code=started.assignment.product_code,
            started_on=_reported(started.started_on),
            reported_at=unit.now,
            stop_due=started.stop_due,
            remind_stop_at=terms.remind_stop_at(started.ends_on) if started.stop_due and started.ends_on else None,
            spell=started.spell,
            watch=started.watch,
        ),
        audience=started.parties,
    )
    return started


async def _stopped(terms: Terms, unit: Unit, stopped: Referral) -> Referral:
    due, stopped = stopped.stop_due, stopped.promise_stop(terms)
    await referrals.update(unit, stopped)
    await deadlines.promise_stop(unit, stopped, terms)
    unit.emit(
        stopped.referral_id,
        CareStopped(
            referral_id=stopped.referral_id,
            municipality=stopped.municipality,
            provider=stopped.provider,
            client=stopped.client_stream,
            product_code=stopped.assignment.product_code,
            stopped_on=_reported(stopped.stopped_on),
            reason=_reported(stopped.stop_reason),
            reported_at=unit.now,
            stop_due=due,
            spell=stopped.spell,
        ),
        audience=stopped.parties,
    )
    return stopped


def _reported(value: Value | None) -> Value:
    if value is None:
        raise LookupError("nothing was reported")
    return value
