"""Reporting what came of trajectories: one by form, or many by file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.events.monitoring import OutcomeReported, WithoutHelp
from contracts.values import PartyKind, municipality, provider
from services.kit.problems import Conflict, FieldError, Forbidden, Invalid, NotFound, Text
from services.kit.unit import Connection, Unit
from services.monitoring.commands import ImportOutcomes, ReportOutcome
from services.monitoring.domain.outcome_file import ByNumber, CellError, Column, OutcomeRow, read
from services.monitoring.store import queries
from services.monitoring.views import ImportView, OutcomeView, RowErrorView, RowStatus, RowView, Words

MAX_ERRORS_TOLD = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A trajectory that the caller may report on, and what was reported before."""

    referral_id: UUID
    provider: str
    municipality: str
    allocation_number: int
    stopped_on: date | None
    outcome_due: bool
    usefulness: int | None
    without_help: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """An outcome to keep: what is new, with what stays of an earlier report."""

    known: Known
    ended_on: date
    usefulness: int | None
    without_help: WithoutHelp | None

    @property
    def changes(self) -> bool:
        return (self.usefulness, self.without_help) != (self.known.usefulness, self.known.without_help)


async def report_outcome(command: ReportOutcome, unit: Unit) -> OutcomeView:
    """Report one outcome, or correct it."""
    _only_providers(unit)
    if command.usefulness is None and command.without_help is None:
        raise Invalid(_NO_ANSWER, code="no-answer", errors=[FieldError("/usefulness", _NO_ANSWER, "missing")])
    found = await _by_referral(unit.conn, [command.referral_id])
    known = found.get(command.referral_id)
    if known is None:
        raise NotFound(_UNKNOWN, code="no-such-trajectory")
    if not known.outcome_due or known.stopped_on is None:
        raise Conflict(_NOT_ENDED, code="not-ended")
    report = _report(known, known.stopped_on, command.usefulness, command.without_help)
    if report.changes:
        await _keep(unit, [report])
    return OutcomeView(
        referral_id=known.referral_id,
        municipality=known.municipality,
        provider=known.provider,
        ended_on=report.ended_on,
        usefulness=report.usefulness,
        without_help=report.without_help,
        reported_at=unit.now,
    )


async def import_outcomes(command: ImportOutcomes, unit: Unit) -> ImportView:
    """Take in a file: all rows, or none and every error. A trial run tells the same and keeps nothing."""
    _only_providers(unit)
    file = read(command.content)
    errors = list(file.errors)
    found = await _named(unit.conn, [row.key for row in file.rows])
    reports: dict[int, Report] = {}
    seen: set[tuple[UUID, str]] = set()
    for row in file.rows:
        known = found.get(row.key)
        if known is None:
            errors.append(CellError(row.row, _key_column(row), _UNKNOWN, "unknown-trajectory"))
        elif not known.outcome_due or known.stopped_on is None:
            errors.append(CellError(row.row, _key_column(row), _NOT_ENDED, "not-ended"))
        elif (known.referral_id, known.provider) in seen:
            errors.append(CellError(row.row, _key_column(row), _DOUBLE, "double"))
        else:
            seen.add((known.referral_id, known.provider))
            reports[row.row] = _report(known, known.stopped_on, row.usefulness, row.without_help)
    if errors and not command.dry_run:
        raise _refused(errors)
    if not command.dry_run:
        await _keep(unit, [report for report in reports.values() if report.changes])
    return _result(command.dry_run, reports, errors)


def _only_providers(unit: Unit) -> None:
    # Row-level security lets a municipality read these trajectories; reporting is for who delivered the care.
    if not unit.actor.is_system and unit.actor.kind is not PartyKind.PROVIDER:
        raise Forbidden()


def _report(known: Known, ended_on: date, usefulness: int | None, without_help: WithoutHelp | None) -> Report:
    earlier = None if known.without_help is None else WithoutHelp(known.without_help)
    return Report(
        known,
        ended_on,
        known.usefulness if usefulness is None else usefulness,
        earlier if without_help is None else without_help,
    )


async def _keep(unit: Unit, reports: Sequence[Report]) -> None:
    if not reports:
        return
    await queries.put_outcomes(
        unit.conn,
        referral_ids=[report.known.referral_id for report in reports],
        providers=[report.known.provider for report in reports],
        municipalities=[report.known.municipality for report in reports],
        ended_ons=[report.ended_on for report in reports],
        usefulnesses=[report.usefulness for report in reports],
        without_helps=[report.without_help for report in reports],
        reported_ats=[unit.now] * len(reports),
    )
    for report in reports:
        unit.emit(
            report.known.referral_id,
            OutcomeReported(
                referral_id=report.known.referral_id, municipality=report.known.municipality,
                provider=report.known.provider, ended_on=report.ended_on, usefulness=report.usefulness,
                without_help=report.without_help, reported_at=unit.now,
            ),
            [municipality(report.known.municipality), provider(report.known.provider)],
        )  # fmt: skip


async def _named(conn: Connection, keys: Sequence[UUID | ByNumber]) -> Mapping[UUID | ByNumber, Known]:
    """The trajectories that a file names, as far as the caller may see them."""
    numbers = [key for key in keys if isinstance(key, ByNumber)]
    found: dict[UUID | ByNumber, Known] = {
        ByNumber(row["municipality"], row["allocation_number"]): Known(**dict(row))
        async for row in queries.named_by_number(
            conn,
            municipalities=[key.municipality for key in numbers],
            numbers=[key.allocation_number for key in numbers],
        )
    }
    by_referral = await _by_referral(conn, [key for key in keys if isinstance(key, UUID)])
    found.update((referral, known) for referral, known in by_referral.items())
    return found


async def _by_referral(conn: Connection, referrals: Sequence[UUID]) -> dict[UUID, Known]:
    return {
        row["referral_id"]: Known(**dict(row))
        async for row in queries.named_by_referral(conn, referrals=list(referrals))
    }


def _key_column(row: OutcomeRow) -> Column:
    return Column.REFERRAL_ID if isinstance(row.key, UUID) else Column.ALLOCATION_NUMBER


def _refused(errors: Sequence[CellError]) -> Invalid:
    told = sorted(errors, key=lambda error: (error.row, error.column))[:MAX_ERRORS_TOLD]
    return Invalid(
        Text(
            f"In het bestand staan {len(errors)} fouten. Er is niets bewaard. Verbeter de genoemde cellen en stuur het "
            "hele bestand opnieuw.",
            f"The file holds {len(errors)} errors. Nothing was kept. Correct the cells mentioned and send the whole "
            "file again.",
        ),
        code="file-refused",
        errors=[FieldError(f"/rows/{error.row}/{error.column}", error.message, error.code) for error in told],
    )


def _result(dry_run: bool, reports: Mapping[int, Report], errors: Sequence[CellError]) -> ImportView:
    wrong: dict[int, list[RowErrorView]] = {}
    for error in errors:
        message = Words(nl=error.message.nl, en=error.message.en)
        wrong.setdefault(error.row, []).append(RowErrorView(column=error.column, code=error.code, message=message))
    rows = [RowView(row=row, status=RowStatus.REJECTED, errors=found) for row, found in wrong.items()]
    for row, report in reports.items():
        status = RowStatus.ACCEPTED if report.changes else RowStatus.UNCHANGED
        rows.append(RowView(row=row, status=status, errors=[]))
    count = {status: sum(row.status is status for row in rows) for status in RowStatus}
    return ImportView(
        dry_run=dry_run,
        accepted=count[RowStatus.ACCEPTED],
        unchanged=count[RowStatus.UNCHANGED],
        rejected=count[RowStatus.REJECTED],
        rows=sorted(rows, key=lambda row: row.row),
    )


_NO_ANSWER = Text(
    "Geef minstens één antwoord: nut of zonder hulp.", "Give at least one answer: usefulness or without help."
)
_UNKNOWN = Text(
    "Dit traject kennen we niet bij uw organisatie. Controleer gemeente en toewijzingsnummer.",
    "This trajectory is not known with your organisation. Check municipality and allocation number.",
)
_NOT_ENDED = Text(
    "Van dit traject vragen we (nog) geen resultaat: de zorg is niet definitief gestopt. Meld eerst de stop (307).",
    "No outcome is asked of this trajectory (yet): care has not definitively ended. Report the stop (307) first.",
)
_DOUBLE = Text(
    "Dit traject staat al eerder in dit bestand. Laat één rij staan.",
    "This trajectory stands earlier in this file. Keep one row.",
)
