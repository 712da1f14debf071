"""A reporting round: opened, reminded, reported, closed. Its workflow only waits for the instants computed here."""

from collections.abc import Sequence
from uuid import UUID

from contracts.events.monitoring import RoundClosed, RoundOpened, RoundReminded, RoundReported
from contracts.values import PartyKind, Role, municipality, provider
from services.kit.problems import Conflict, FieldError, Forbidden, Invalid, NotFound, Text
from services.kit.unit import Unit
from services.monitoring.commands import CloseRound, DeclareReported, OpenPlannedRound, OpenRound, RemindRound
from services.monitoring.domain.periods import Month
from services.monitoring.domain.rounds import (
    AgreementSpan,
    RoundDue,
    RoundTerms,
    due_instants,
    expected_providers,
    is_over,
    opens_at,
)
from services.monitoring.handlers import calendar
from services.monitoring.store import queries, rounds
from services.monitoring.views import RoundPlanView, RoundView

REMIND, CLOSE, PUBLISH, REPORT = "round-reminder", "round-closing", "round-publication", "outcomes-report"
"""Kinds of deadlines of a round; the last is each provider's own."""


def workflow_id(round_id: UUID) -> str:
    """The workflow that owns a round."""
    return f"round/{round_id}"


def provider_subject(round_id: UUID, agb: str) -> str:
    """The subject of a provider's own deadline in a round."""
    return f"{round_id}/{agb}"


def month_of(text: str) -> Month:
    """The month of a command. Raises ``Invalid``: the year 0000 is written like a year but is none."""
    try:
        return Month.parse(text)
    except ValueError:
        message = Text("Deze maand bestaat niet. Schrijf 2026-08.", "This month does not exist. Write 2026-08.")
        raise Invalid(message, errors=[FieldError("/month", message, "no-such-month")]) from None


async def open_round(command: OpenRound, unit: Unit, *, terms: RoundTerms) -> RoundView:
    """Open a round for a month that is over; the providers with an agreement in force in it are expected."""
    if not unit.actor.is_system and unit.actor.party != f"region:{command.region_id}":
        raise Forbidden()
    month = month_of(command.month)
    if not is_over(month, unit.now):
        raise _not_over()
    members = [
        row["municipality"] async for row in queries.regions(unit.conn, region_id=command.region_id, municipality=None)
    ]
    if not members:
        raise NotFound(_NO_REGION, code="no-such-region")
    if await queries.round_of_month(unit.conn, region_id=command.region_id, month=month.first_day) is not None:
        raise Conflict(_ALREADY_OPENED, code="round-exists")
    agreements = [
        AgreementSpan(row["provider"], frozenset(row["municipalities"]), row["valid_from"], row["valid_until"])
        async for row in queries.agreements(unit.conn, municipalities=members)
    ]
    expected = expected_providers(agreements, members, month)
    if not expected:
        raise Conflict(_NOBODY_EXPECTED, code="nobody-expected")
    round_id, due = unit.new_id(), due_instants(unit.now, terms)
    await queries.insert_round(
        unit.conn, round_id=round_id, region_id=command.region_id, month=month.first_day, municipalities=members,
        providers=list(expected), opened_at=unit.now, remind_at=due.remind_at, closes_at=due.closes_at,
        publish_at=due.publish_at,
    )  # fmt: skip
    await queries.insert_round_providers(
        unit.conn, round_id=round_id, providers=list(expected), region_id=command.region_id, municipalities=members,
        month=month.first_day,
    )  # fmt: skip
    await _promise(unit, round_id, command.region_id, expected, due)
    await calendar.opened(unit, command.region_id, month)
    unit.emit(
        round_id,
        RoundOpened(
            round_id=round_id, region_id=command.region_id, municipalities=tuple(members), month=str(month),
            providers=expected, remind_at=due.remind_at, closes_at=due.closes_at, publish_at=due.publish_at,
            opened_at=unit.now,
        ),
        [f"region:{command.region_id}", *map(municipality, members), *map(provider, expected)],
    )  # fmt: skip
    return await rounds.view(unit.conn, round_id)


async def open_planned_round(command: OpenPlannedRound, unit: Unit, *, terms: RoundTerms) -> RoundPlanView:
    """Open the round and plan the next; a month in which nobody has anything to report is passed over.

    A plan that was carried out before is left alone. Raises ``Conflict`` when it is too early.
    """
    month = month_of(command.month)
    if await calendar.planned(unit, command.region_id) == month:
        if unit.now < opens_at(month):
            raise Conflict(_TOO_EARLY, code="term-running")
        try:
            await open_round(OpenRound(region_id=command.region_id, month=command.month), unit, terms=terms)
        except Conflict:  # it was opened before it was planned, or nobody is expected: nothing was changed
            await calendar.done(unit, command.region_id, month)
    return await calendar.view(unit, command.region_id)


async def _promise(unit: Unit, round_id: UUID, region_id: str, expected: Sequence[str], due: RoundDue) -> None:
    region = f"region:{region_id}"
    promises = [
        (str(round_id), REMIND, due.remind_at, region, "reminder to providers that did not report"),
        (str(round_id), CLOSE, due.closes_at, region, "the round closes"),
        (str(round_id), PUBLISH, due.publish_at, region, "the figures are released"),
        *(
            (provider_subject(round_id, agb), REPORT, due.closes_at, provider(agb), "report outcomes (IP 4.2)")
            for agb in expected
        ),
    ]
    subjects, kinds, dues, parties, rules = (list(column) for column in zip(*promises, strict=True))
    await queries.insert_deadlines(
        unit.conn, subjects=subjects, kinds=kinds, dues=dues, parties=parties, rules=rules,
        workflows=[workflow_id(round_id)] * len(promises),
    )  # fmt: skip


async def remind_round(command: RemindRound, unit: Unit) -> RoundView:
    """Remind who did not report yet; nothing happens in a round that is closed or was reminded."""
    row = await rounds.locked(unit.conn, command.round_id)
    if row["reminded_at"] is None and row["closed_at"] is None:
        if unit.now < row["remind_at"]:
            raise Conflict(_TOO_EARLY, code="term-running")
        missing = await _missing(unit, command.round_id)
        for agb in missing:
            # One each: who else is late is no provider's business.
            unit.emit(
                command.round_id,
                RoundReminded(round_id=command.round_id, providers=(agb,), reminded_at=unit.now),
                [f"region:{row['region_id']}", provider(agb)],
            )
        await queries.mark_reminded(unit.conn, round_id=command.round_id, at=unit.now)
        await finish(unit, [str(command.round_id)], [REMIND])
    return await rounds.view(unit.conn, command.round_id)


async def declare_reported(command: DeclareReported, unit: Unit) -> RoundView:
    """The provider reported all it had. Saying it again changes nothing."""
    if unit.actor.kind is not PartyKind.PROVIDER or not unit.actor.has(
        Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR
    ):
        raise Forbidden()
    agb = unit.actor.code
    row = await rounds.found(unit.conn, command.round_id)
    shown = await rounds.view(unit.conn, command.round_id)
    if any(member.provider == agb and member.reported_at is not None for member in shown.providers):
        return shown
    month = Month.of(row["month"])
    outcomes = await queries.count_outcomes(
        unit.conn, provider=agb, municipalities=row["municipalities"], first=month.first_day, last=month.last_day
    )
    marked = await queries.mark_reported(
        unit.conn, round_id=command.round_id, provider=agb, at=unit.now, outcomes=outcomes
    )
    if marked is None:
        raise Conflict(_CLOSED, code="round-closed")
    await finish(unit, [provider_subject(command.round_id, agb)], [REPORT])
    unit.emit(
        command.round_id,
        RoundReported(round_id=command.round_id, provider=agb, outcomes=outcomes, reported_at=unit.now),
        [f"region:{row['region_id']}", provider(agb), *map(municipality, row["municipalities"])],
    )
    return await rounds.view(unit.conn, command.round_id)


async def close_round(command: CloseRound, unit: Unit) -> RoundView:
    """Close the round when it is due, or as soon as everybody has reported. Closing it again changes nothing."""
    row = await rounds.locked(unit.conn, command.round_id)
    if row["closed_at"] is None:
        members = [row async for row in queries.close_providers(unit.conn, round_id=command.round_id, at=unit.now)]
        missing = tuple(sorted(member["provider"] for member in members if member["reported_at"] is None))
        if missing and unit.now < row["closes_at"]:
            raise Conflict(_TOO_EARLY, code="term-running")
        await queries.mark_closed(unit.conn, round_id=command.round_id, at=unit.now)
        subjects = [str(command.round_id), *(provider_subject(command.round_id, agb) for agb in row["providers"])]
        await finish(unit, subjects, [REMIND, CLOSE, REPORT])
        unit.emit(
            command.round_id,
            RoundClosed(round_id=command.round_id, missing=missing, closed_at=unit.now),
            # It says who did not report, so it is not for the providers; they see the round itself.
            [f"region:{row['region_id']}", *map(municipality, row["municipalities"])],
        )
    return await rounds.view(unit.conn, command.round_id)


async def _missing(unit: Unit, round_id: UUID) -> tuple[str, ...]:
    return tuple(
        [
            row["provider"]
            async for row in queries.round_providers(unit.conn, round_ids=[round_id])
            if row["reported_at"] is None
        ]
    )


async def finish(unit: Unit, subjects: Sequence[str], kinds: Sequence[str]) -> None:
    """These promises were kept, or are over."""
    await queries.finish_deadlines(unit.conn, subjects=list(subjects), kinds=list(kinds), at=unit.now)


def _not_over() -> Invalid:
    message = Text(
        "Deze maand is nog niet voorbij. Open de ronde vanaf de eerste dag van de volgende maand.",
        "This month is not over yet. Open the round from the first day of the next month.",
    )
    return Invalid(message, code="month-not-over", errors=[FieldError("/month", message, "month-not-over")])


_NO_REGION = Text(
    "Deze regio kennen we (nog) niet. Kijk of de regio is gevormd.",
    "This region is not known (yet). Look whether the region was formed.",
)
_ALREADY_OPENED = Text(
    "Voor deze maand is al een ronde geopend. Er is niets gewijzigd.",
    "A round was opened for this month already. Nothing was changed.",
)
_NOBODY_EXPECTED = Text(
    "In deze maand gold in de regio geen enkele overeenkomst, dus niemand heeft iets te melden.",
    "No agreement was in force in the region in this month, so nobody has anything to report.",
)
_TOO_EARLY = Text(
    "Daarvoor is het nog te vroeg. De ronde noemt het moment waarop dit mag.",
    "It is too early for this. The round tells from when it may be done.",
)
_CLOSED = Text(
    "Deze ronde is gesloten. Resultaten die u nu nog meldt, tellen mee bij de volgende correctie.",
    "This round is closed. Outcomes that you report now count in the next correction.",
)
