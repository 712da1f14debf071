"""Moments in the council's calendar, and what it gives at them."""

from contracts.events.council import MomentKind, MomentScheduled, ViewSubmitted
from contracts.values import PartyKind, municipality
from services.council.commands import FinishMoment, ScheduleMoment, SubmitView
from services.council.domain.moment import Moment, MomentText, due
from services.council.store import queries
from services.council.store.records import require_kind, row_of, value
from services.council.views import MomentView
from services.kit.model import refused
from services.kit.unit import Unit


async def schedule_moment(command: ScheduleMoment, unit: Unit) -> MomentView:
    require_kind(unit.actor, PartyKind.COUNCIL)
    moment = Moment(
        **{name: getattr(command, name) for name in MomentText.model_fields},
        moment_id=unit.new_id(),
        municipality=unit.actor.code,
        due=due(command.opens_on, command.term_days),
        scheduled_at=unit.now,
    )
    await queries.insert_moment(unit.conn, row=row_of(moment))
    await queries.set_deadline(
        unit.conn,
        subject=f"moment/{moment.moment_id}",
        kind=moment.kind.value,
        due=moment.due,
        party=unit.actor.party,
        rule=moment.rule,
    )
    unit.emit(
        moment.moment_id,
        MomentScheduled(
            moment_id=moment.moment_id,
            municipality=moment.municipality,
            kind=moment.kind,
            title=moment.title,
            opens_on=moment.opens_on,
            due=moment.due,
            term_days=moment.term_days,
            rule=moment.rule,
        ),
        [unit.actor.party, municipality(moment.municipality)],
    )
    return MomentView.of(moment, unit.now)


async def submit_view(command: SubmitView, unit: Unit) -> MomentView:
    """Given once, while the term runs."""
    moment = value(Moment, await queries.lock_moment(unit.conn, moment_id=command.moment_id))
    if moment.kind is not MomentKind.VIEW:
        raise refused(
            "Bij dit moment hoort geen zienswijze. Leg vast hoe de raad besloot.",
            "This moment does not ask for a view. Record how the council decided.",
            "no-view-asked",
        )
    done = await _finish(moment, command.text, unit)
    unit.emit(
        moment.moment_id,
        ViewSubmitted(moment_id=moment.moment_id, municipality=moment.municipality, submitted_at=unit.now),
        [unit.actor.party, municipality(moment.municipality)],
    )
    return done


async def finish_moment(command: FinishMoment, unit: Unit) -> MomentView:
    """For every moment but a view: what the council decided."""
    moment = value(Moment, await queries.lock_moment(unit.conn, moment_id=command.moment_id))
    if moment.kind is MomentKind.VIEW:
        raise refused(
            "Bij dit moment hoort een zienswijze. Dien die in.",
            "This moment asks for a view. Submit it.",
            "view-asked",
        )
    return await _finish(moment, command.outcome, unit)


async def _finish(moment: Moment, text: str, unit: Unit) -> MomentView:
    moment = moment.finish(unit.now)
    await queries.finish_moment(unit.conn, moment_id=moment.moment_id, at=unit.now)
    await queries.insert_view(
        unit.conn,
        moment_id=moment.moment_id,
        municipality=moment.municipality,
        text=text,
        person=unit.actor.person,
        at=unit.now,
    )
    await queries.keep_deadline(unit.conn, subject=f"moment/{moment.moment_id}", kind=moment.kind.value, at=unit.now)
    return MomentView.of(moment, unit.now, text)
