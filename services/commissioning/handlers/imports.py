"""Running agreements taken over from a workbook: all rows or none, and the same file again changes nothing."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.events.commissioning import AgreementAmended, ProviderRegistered
from contracts.values import PartyId, PartyKind, party_code, party_kind, provider
from services.commissioning.commands import ImportAgreements
from services.commissioning.domain.agreement import Agreement, AgreementStatus
from services.commissioning.domain.agreement_import import ImportedAgreement, agreements_from
from services.commissioning.domain.mandate import require_commissioner
from services.commissioning.domain.promises import Promise, about_agreement, of_extension
from services.commissioning.domain.workbook import Findings
from services.commissioning.handlers.agreements import concluded, parties_of
from services.commissioning.store import queries
from services.commissioning.store.records import join, partners, promise, row_of
from services.commissioning.views import ImportedRow, ImportReport
from services.commissioning.workbook import read_workbook
from services.kit.problems import Invalid, Text
from services.kit.unit import Unit

MAX_ERRORS = 200


@dataclass(frozen=True, slots=True)
class _Planned:
    agreement: Agreement
    effect: str


async def import_agreements(command: ImportAgreements, unit: Unit) -> ImportReport:
    owner = command.owner if unit.actor.is_system and command.owner else unit.actor.party
    require_commissioner(owner)
    findings = Findings()
    rows = await asyncio.to_thread(read_workbook, command.content, findings)
    imported = agreements_from(rows, findings)
    if not imported and not findings.errors:
        findings.about(
            "Overeenkomsten",
            "Het blad Overeenkomsten heeft geen rijen. Vul ten minste één overeenkomst in.",
            "The sheet Agreements has no rows. Fill in at least one agreement.",
            "empty",
        )
    await _check_mandate(imported, owner, unit, findings)
    planned = [] if findings.errors else await _plan(imported, owner, unit, findings)
    if findings.errors:
        raise _refusal(findings)
    counts = {effect: sum(plan.effect == effect for plan in planned) for effect in ("created", "changed", "unchanged")}
    names = {each.terms.provider: each.provider_name for each in imported}
    registered = 0
    if not command.dry_run:
        registered = await _carry_out(planned, names, owner, unit)
        await queries.keep_file(
            unit.conn,
            import_id=unit.new_id(),
            owner=owner,
            sha256=hashlib.sha256(command.content).hexdigest(),
            content=command.content,
            at=unit.now,
            **counts,
        )
    return ImportReport(
        dry_run=command.dry_run,
        providers_registered=registered,
        agreements=tuple(
            ImportedRow(
                reference=plan.agreement.reference or "",
                provider=plan.agreement.provider,
                effect=plan.effect,
                tariffs=len(plan.agreement.tariffs) or len(plan.agreement.products),
            )
            for plan in planned
        ),
        **counts,
    )


def _refusal(findings: Findings) -> Invalid:
    number, shown = len(findings.errors), findings.errors[:MAX_ERRORS]
    return Invalid(
        Text(
            f"Er is niets ingelezen: {number} plek(ken) in het bestand kloppen niet. Verbeter ze en lees opnieuw in.",
            f"Nothing was imported: {number} place(s) in the file are not right. Correct them and import it again.",
        ),
        code="workbook-invalid",
        errors=shown,
    )


async def _check_mandate(imported: Sequence[ImportedAgreement], owner: PartyId, unit: Unit, findings: Findings) -> None:
    allowed = await partners(unit, owner)
    if party_kind(owner) is PartyKind.MUNICIPALITY:
        allowed.add(party_code(owner))
    for each in imported:
        outside = [code for code in each.terms.municipalities if code not in allowed]
        if outside:
            findings.add(
                each.row,
                "municipalities",
                f"u kunt geen overeenkomst inlezen voor {', '.join(outside)}: dat is niet uw gemeente of regio",
                f"you cannot import an agreement for {', '.join(outside)}: not your municipality or region",
                "no-mandate",
            )


async def _plan(
    imported: Sequence[ImportedAgreement], owner: PartyId, unit: Unit, findings: Findings
) -> list[_Planned]:
    """What each row does: agreements are known by their owner's reference."""
    await queries.hold_imports(unit.conn, owner=owner)
    references = [each.reference for each in imported]
    known = {
        row["reference"]: Agreement.model_validate(dict(row))
        async for row in queries.agreements_by_reference(unit.conn, owner=owner, references=references)
    }
    planned = []
    for each in imported:
        before = known.get(each.reference)
        if before is None:
            planned.append(_Planned(_new(each, owner, unit), "created"))
        elif before.provider != each.terms.provider:
            findings.add(
                each.row,
                "agb",
                f"kenmerk {each.reference} hoort al bij aanbieder {before.provider}",
                f"reference {each.reference} already belongs to provider {before.provider}",
                "other-provider",
            )
        elif before.terms == each.terms:
            planned.append(_Planned(before, "unchanged"))
        else:
            changed = {name: getattr(each.terms, name) for name in type(each.terms).model_fields}
            planned.append(_Planned(before.model_copy(update=changed), "changed"))
    return planned


def _new(imported: ImportedAgreement, owner: PartyId, unit: Unit) -> Agreement:
    terms = imported.terms
    return Agreement(
        **{name: getattr(terms, name) for name in type(terms).model_fields},
        agreement_id=unit.new_id(),
        reference=imported.reference,
        owner=owner,
        provider_party=provider(terms.provider),
        status=AgreementStatus.CONCLUDED,
        imported=True,
        drafted_at=unit.now,
        concluded_at=unit.now,
    )


async def _carry_out(planned: Sequence[_Planned], names: dict[str, str], owner: PartyId, unit: Unit) -> int:
    """Write what is new or different and tell it; gives how many providers were not known yet."""
    rows = queries.add_providers(unit.conn, agbs=list(names), names=list(names.values()), at=unit.now)
    registered = {row["agb"]: row["name"] async for row in rows}
    for agb, name in registered.items():
        unit.emit(agb, ProviderRegistered(agb=agb, name=name), [provider(agb)])
    created = [plan.agreement for plan in planned if plan.effect == "created"]
    changed = [plan.agreement for plan in planned if plan.effect == "changed"]
    if created:
        await queries.insert_agreements(unit.conn, rows=[row_of(agreement) for agreement in created])
    if changed:
        await queries.amend_agreements(unit.conn, rows=[row_of(agreement) for agreement in changed])
        subjects = [about_agreement(agreement.agreement_id) for agreement in changed]
        await queries.drop_deadline(unit.conn, subjects=subjects, kind=Promise.EXTENSION_NOTICE.value)
    await promise(unit.conn, [due for agreement in [*created, *changed] for due in of_extension(agreement, unit.now)])
    for agreement in [*created, *changed]:
        await join(unit.conn, agreement.agreement_id, owner, agreement.municipalities)
    for agreement in created:
        unit.emit(agreement.agreement_id, concluded(agreement, unit), parties_of(agreement))
    for agreement in changed:
        unit.emit(agreement.agreement_id, _amended(agreement, unit), parties_of(agreement))
    return len(registered)


def _amended(agreement: Agreement, unit: Unit) -> AgreementAmended:
    return AgreementAmended(
        agreement_id=agreement.agreement_id,
        provider=agreement.provider,
        municipalities=agreement.municipalities,
        products=agreement.products,
        tariffs=agreement.tariffs,
        ceiling_cents=agreement.ceiling_cents,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        amended_at=unit.now,
    )
