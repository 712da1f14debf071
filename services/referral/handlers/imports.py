"""Trajectories from before joining come in as one file: all rows, or none."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.events.referral import Channel, StopReason, TrajectoryImported
from contracts.values import PartyKind
from services.kit.problems import FieldError, Invalid, NotFound, Text
from services.kit.unit import Unit
from services.kit.working_days import local_date, start_of_day_utc
from services.referral.commands import ImportTrajectories
from services.referral.domain.allocation import CareRelation
from services.referral.domain.deliveries import Delivery
from services.referral.domain.journey import Status
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.domain.trajectories import NotATable, RowError, Trajectory, parse, read_rows
from services.referral.handlers import deadlines
from services.referral.handlers.context import Context
from services.referral.handlers.imported_ends import is_near, plan_later
from services.referral.handlers.people import admit_all
from services.referral.store import allocations, deliveries, queries, referrals
from services.referral.store.clients import Known, record_looks
from services.referral.vault.vault import Vault, WrappedKey
from services.referral.views import ImportedFile, RowProblem

MAX_PROBLEMS = 200
"""How many wrong values an answer names; the total is told besides."""


async def import_trajectories(context: Context, command: ImportTrajectories, unit: Unit) -> ImportedFile:
    """Import a file. Rows that were imported before are left alone; the same file again changes nothing.

    Raises ``Invalid`` naming each wrong value, unless it is a dry run, which answers with them.
    """
    earlier = await queries.find_file(unit.conn, party=unit.actor.party, content_mark=bytes.fromhex(command.mark))
    if earlier is not None:
        return ImportedFile(**dict(earlier), changed=False)
    try:
        table = read_rows(command.content)
    except NotATable as error:
        raise Invalid(error.text, code="not-a-table", errors=[FieldError("", error.text, "not-a-table")]) from None
    own = unit.actor.code if unit.actor.kind is PartyKind.MUNICIPALITY else None
    found, errors = parse(table, today=local_date(unit.now), own=own)
    marks = {row.key: context.vault.mark(row.source.encode()) for row in found}
    new, known, clashes = await _compare(unit, found, marks)
    errors = sorted([*errors, *clashes], key=lambda error: (error.line, error.column))
    result = ImportedFile(
        import_id=None if command.dry_run or errors else unit.new_id(),
        rows=len(table),
        imported=0 if errors else len(new),
        already_known=known,
        imported_at=unit.now,
        problems=[RowProblem.of(error) for error in errors[:MAX_PROBLEMS]],
        problem_count=len(errors),
    )
    if command.dry_run:
        return result
    if errors:
        raise _refused(errors)
    await _store(context, unit, new, marks, result, bytes.fromhex(command.mark))
    await _keep(context, unit, result, found, command.content)
    return result


async def _compare(
    unit: Unit, found: Sequence[Trajectory], marks: dict[tuple[str, int], bytes]
) -> tuple[list[Trajectory], int, list[RowError]]:
    """Which rows are new, how many are known already, and which clash with what is known."""
    rows = queries.known_rows(
        unit.conn,
        municipalities=[row.municipality for row in found],
        numbers=[row.allocation_number for row in found],
    )
    existing = {(row["municipality"], row["number"]): row["row_mark"] async for row in rows}
    new, known, clashes = [], 0, []
    for row in found:
        if row.key not in existing:
            new.append(row)
        elif existing[row.key] == marks[row.key]:
            known += 1
        else:
            clashes.append(
                RowError(
                    row.line,
                    "allocation_number",
                    Text(
                        "Dit nummer bestaat al in deze gemeente, met andere gegevens.",
                        "This number exists in this municipality already, with other data.",
                    ),
                    Text("een nieuw nummer, of laat de rij weg", "a new number, or leave the row out"),
                )
            )
    return new, known, clashes


def _refused(errors: Sequence[RowError]) -> Invalid:
    text = Text(
        f"Het bestand heeft {len(errors)} fouten; er is niets geïmporteerd. Verbeter de genoemde regels en bied het"
        " hele bestand opnieuw aan.",
        f"The file has {len(errors)} errors; nothing was imported. Correct the lines mentioned and offer the whole"
        " file again.",
    )
    fields = [
        FieldError(
            f"/rows/{error.line}/{error.column}",
            Text(
                f"Regel {error.line}, kolom {error.column}: {error.wrong.nl} Goed is: {error.right.nl}.",
                f"Line {error.line}, column {error.column}: {error.wrong.en} Right is: {error.right.en}.",
            ),
            "wrong-value",
        )
        for error in errors[:MAX_PROBLEMS]
    ]
    return Invalid(text, code="rows-refused", errors=fields)


async def _store(
    context: Context,
    unit: Unit,
    rows: Sequence[Trajectory],
    marks: dict[tuple[str, int], bytes],
    result: ImportedFile,
    mark: bytes,
) -> None:
    people = await admit_all(unit, context.vault, [(row.municipality, row.person) for row in rows])
    journeys = [
        _journey(context, row, person, unit.new_id(), unit.now) for row, person in zip(rows, people, strict=True)
    ]
    await referrals.insert(unit, *journeys)
    await allocations.grant(unit, *journeys)
    await deliveries.report(unit, *(each for journey in journeys for each in _reported(journey)))
    await queries.insert_file(
        unit.conn,
        import_id=result.import_id,
        party=unit.actor.party,
        content_mark=mark,
        rows=result.rows,
        imported=result.imported,
        already_known=result.already_known,
        at=unit.now,
    )
    await queries.insert_rows(
        unit.conn,
        import_id=result.import_id,
        municipalities=[row.municipality for row in rows],
        numbers=[row.allocation_number for row in rows],
        row_marks=[marks[row.key] for row in rows],
        lines=[row.line for row in rows],
        referral_ids=[each.referral_id for each in journeys],
    )
    highest: dict[str, int] = {}
    for row in rows:
        highest[row.municipality] = max(row.allocation_number, highest.get(row.municipality, 0))
    await queries.raise_allocation_counter(unit.conn, municipalities=list(highest), lasts=list(highest.values()))
    await deadlines.put(unit, [row for each in journeys for row in _promises(each, context.terms)])
    for each in journeys:
        unit.emit(each.referral_id, _imported(context, each, unit.now), audience=each.parties)
    plan_later(unit, result.import_id, journeys)


async def _keep(
    context: Context, unit: Unit, result: ImportedFile, found: Sequence[Trajectory], content: bytes
) -> None:
    """The file as it came, sealed with a key of its own until somebody in it is erased."""
    assert result.import_id is not None  # noqa: S101 - only a dry run and a refused file have none
    key = context.vault.new_key(result.import_id)
    await queries.insert_file_content(
        unit.conn,
        import_id=result.import_id,
        party=unit.actor.party,
        municipalities=[row.municipality for row in found],
        numbers=[row.allocation_number for row in found],
        key_id=key.key_id,
        wrapped_key=key.wrapped,
        sealed=context.vault.seal(content, key, result.import_id),
    )


async def original_file(vault: Vault, unit: Unit, import_id: UUID) -> bytes:
    """An imported file as it came; that it is read is recorded for everybody in it.

    Raises ``NotFound`` when it is another party's, or gone because somebody in it was erased.
    """
    row = await queries.get_file_content(unit.conn, import_id=import_id)
    if row is None:
        raise NotFound(
            Text(
                "Dit bestand is er niet (meer). Als van iemand in het bestand de gegevens zijn gewist, is ook het"
                " bestand weg; wat er verder in stond, staat bij de trajecten.",
                "This file is not there (any more). When the data of somebody in it were erased, the file is gone too;"
                " what else it held is in the trajectories.",
            )
        )
    found = queries.people_in_file(unit.conn, import_id=import_id)
    await record_looks(unit, "read-import", [each["dossier"] async for each in found])
    return vault.open(bytes(row["sealed"]), WrappedKey(row["key_id"], bytes(row["wrapped_key"])), import_id)


def _promises(journey: Referral, terms: Terms) -> list[dict[str, str]]:
    """What is still to be done: of care that did not begin its start, of care under way its end."""
    if journey.status is Status.ACCEPTED:
        return deadlines.start_rows(journey, terms) + deadlines.report_rows(journey, terms)
    return deadlines.stop_rows(journey, terms)


def _journey(context: Context, row: Trajectory, person: Known, referral_id: UUID, now: datetime) -> Referral:
    granted_at = start_of_day_utc(row.granted_on) + timedelta(hours=12)
    status, ended_at = Status.ACCEPTED, None
    if row.stopped_on is not None:
        paused = row.stop_reason is StopReason.TEMPORARY
        status = Status.PAUSED if paused else Status.STOPPED
        ended_at = None if paused else start_of_day_utc(row.stopped_on)
    elif row.started_on is not None:
        status = Status.STARTED
    journey = Referral(
        referral_id=referral_id,
        municipality=row.municipality,
        provider=row.provider,
        client_id=person.client_id,
        client_stream=person.stream,
        client_dossier=person.dossier,
        status=status,
        assignment=row.assignment,
        referrer=row.referrer,
        channel=Channel.IMPORT,
        desired_start=row.starts_on,
        desired_end=row.ends_on,
        requested_at=granted_at,
        allocation_number=row.allocation_number,
        granted_at=granted_at,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        start_due=context.terms.start_due(granted_at, row.starts_on, row.assignment.category),
        accepted_at=granted_at,
        started_on=row.started_on,
        stopped_on=row.stopped_on,
        stop_reason=row.stop_reason,
        ended_at=ended_at,
        offers=1,
    )
    if status is Status.ACCEPTED:
        return journey.promise_report(context.terms, now)
    return journey.promise_stop(context.terms) if is_near(row.ends_on, local_date(now)) else journey


def _reported(journey: Referral) -> Iterator[tuple[CareRelation, Delivery]]:
    """What a trajectory says of its care, as it would have been reported."""
    relation = CareRelation.of(journey)
    if journey.started_on is not None:
        yield relation, deliveries.started(journey)
        if journey.stopped_on is not None:
            yield relation, deliveries.stopped(journey)


def _imported(context: Context, each: Referral, now: datetime) -> TrajectoryImported:
    granted = each.granted
    # Every part was checked when the row was read: building it unchecked halves the time of a large file.
    return TrajectoryImported.model_construct(
        referral_id=each.referral_id,
        allocation_number=granted.number,
        municipality=each.municipality,
        provider=each.provider,
        client=each.client_stream,
        assignment=each.assignment,
        referrer=each.referrer,
        starts_on=granted.starts_on,
        ends_on=each.ends_on,
        granted_at=granted.granted_at,
        started_on=each.started_on,
        stopped_on=each.stopped_on,
        stop_reason=each.stop_reason,
        start_due=granted.start_due,
        remind_start_at=context.terms.remind_at(granted.start_due) if each.started_on is None else None,
        report_due=each.report_due,
        remind_report_at=context.terms.remind_at(each.report_due) if each.report_due else None,
        stop_due=each.stop_due,
        remind_stop_at=context.terms.remind_stop_at(each.ends_on) if each.stop_due and each.ends_on else None,
        imported_at=now,
    )
