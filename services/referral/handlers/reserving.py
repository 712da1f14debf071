"""What each allocation may cost is told as soon as it is known: when it is granted, changed or taken back."""

from contracts.events.declarations import AmountReserved
from services.kit.unit import Unit
from services.referral.domain.referral import Referral
from services.referral.domain.reserved import cost_of, price_of
from services.referral.store import declarations
from services.referral.store.declarations import Parties


async def reserved(unit: Unit, referral: Referral) -> None:
    """Tell what the allocation of a journey may cost from now on, at the tariff of its first day."""
    await _tell(unit, referral, taken_back=False)


async def released(unit: Unit, referral: Referral) -> None:
    """Tell that the allocation was taken back: nothing of it will be spent."""
    await _tell(unit, referral, taken_back=True)


async def _tell(unit: Unit, referral: Referral, *, taken_back: bool) -> None:
    granted, assignment = referral.granted, referral.assignment
    parties = Parties(referral.municipality, referral.provider, assignment.law)
    tariffs = await declarations.tariffs_of(unit, parties, [assignment.product_code])
    price = price_of(assignment, granted.starts_on, tariffs.get(assignment.product_code, ()))
    amount = AmountReserved(
        referral_id=referral.referral_id,
        allocation_number=granted.number,
        municipality=referral.municipality,
        provider=referral.provider,
        agreement_id=price.agreement if price else None,
        product_code=assignment.product_code,
        cents=0 if taken_back else cost_of(assignment, price),
        reserved_at=unit.now,
    )
    unit.emit(referral.referral_id, amount, audience=referral.parties)
