"""Agreements from a commission: drafted after the standstill, concluded when both sides signed."""

from contracts.events.commissioning import AgreementConcluded, AgreementDrafted, AgreementSigned
from contracts.values import PartyId, municipality
from services.commissioning.commands import DraftAgreement, SignAgreement
from services.commissioning.domain.agreement import Agreement, AgreementStatus, check_terms, sign_due
from services.commissioning.domain.promises import Promise, about_agreement, of_extension, of_signing
from services.commissioning.handlers.admissions import require_admitted
from services.commissioning.store import queries
from services.commissioning.store.records import (
    get_agreement,
    get_application,
    get_commission,
    join,
    kept,
    promise,
    row_of,
    with_signatures,
)
from services.commissioning.views import AgreementView
from services.kit.model import refused
from services.kit.unit import Unit


def parties_of(agreement: Agreement) -> list[PartyId]:
    """Who hears of an agreement: both sides and the municipalities it is for."""
    return [*agreement.sides, *map(municipality, agreement.municipalities)]


async def draft_agreement(command: DraftAgreement, unit: Unit) -> AgreementView:
    """For the products that an admitted provider applied for, at the commission's tariffs."""
    application = await get_application(unit.conn, command.application_id)
    commission = await get_commission(unit.conn, application.commission_id, lock=True)
    commission.require_final()
    await require_admitted(application, unit)
    if await queries.agreement_of_application(unit.conn, application_id=application.application_id):
        raise refused(
            "Bij deze inschrijving ligt al een overeenkomst. Laat die ondertekenen.",
            "There already is an agreement for this application. Have that one signed.",
            "agreement-exists",
        )
    due = sign_due(unit.now, commission.terms.signing_days)
    agreement = Agreement(
        agreement_id=unit.new_id(),
        commission_id=commission.commission_id,
        application_id=application.application_id,
        owner=commission.owner,
        provider=application.provider,
        provider_party=application.provider_party,
        municipalities=commission.municipalities,
        products=tuple(product for product in commission.products if product.product_code in application.products),
        ceiling_cents=command.ceiling_cents,
        valid_from=command.valid_from or commission.valid_from,
        valid_until=command.valid_until or commission.valid_until,
        status=AgreementStatus.DRAFTED,
        drafted_at=unit.now,
        sign_due=due,
    )
    check_terms(agreement)
    await queries.insert_agreements(unit.conn, rows=[row_of(agreement)])
    await join(unit.conn, agreement.agreement_id, agreement.owner, agreement.municipalities)
    await promise(unit.conn, of_signing(agreement, due))
    unit.emit(
        agreement.agreement_id,
        AgreementDrafted(
            agreement_id=agreement.agreement_id,
            commission_id=commission.commission_id,
            provider=agreement.provider,
            sign_due=due,
            drafted_at=unit.now,
        ),
        parties_of(agreement),
    )
    return AgreementView(**agreement.model_dump())


async def sign_agreement(command: SignAgreement, unit: Unit) -> AgreementView:
    """The caller's side signs; the second signature concludes the agreement."""
    before = await get_agreement(unit.conn, command.agreement_id, lock=True)
    party = unit.actor.party
    rows = queries.signatures(unit.conn, agreement_ids=[before.agreement_id])
    agreement = before.sign(party, {row["party"] async for row in rows}, unit.now)
    await queries.sign(
        unit.conn, agreement_id=agreement.agreement_id, party=party, person=unit.actor.person, at=unit.now
    )
    promised = Promise.SIGNATURE_COMMISSIONER if party == agreement.owner else Promise.SIGNATURE_PROVIDER
    await kept(unit.conn, about_agreement(agreement.agreement_id), unit.now, promised)
    unit.emit(
        agreement.agreement_id,
        AgreementSigned(
            agreement_id=agreement.agreement_id,
            commission_id=agreement.commission_id,
            signed_by=party,
            signed_at=unit.now,
        ),
        parties_of(agreement),
    )
    if agreement.status is AgreementStatus.CONCLUDED:
        await queries.conclude_agreement(unit.conn, agreement_id=agreement.agreement_id, at=unit.now)
        await promise(unit.conn, of_extension(agreement, unit.now))
        unit.emit(agreement.agreement_id, concluded(agreement, unit), parties_of(agreement))
    [signed] = await with_signatures([agreement], unit)
    return signed


def concluded(agreement: Agreement, unit: Unit) -> AgreementConcluded:
    """The fact that from now on allocations may be granted under an agreement."""
    return AgreementConcluded(
        agreement_id=agreement.agreement_id,
        commission_id=agreement.commission_id,
        provider=agreement.provider,
        municipalities=agreement.municipalities,
        products=agreement.products,
        tariffs=agreement.tariffs,
        ceiling_cents=agreement.ceiling_cents,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        imported=agreement.imported,
        concluded_at=unit.now,
    )
