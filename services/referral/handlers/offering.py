"""The end of offers to several providers: whoever could claim hears that it no longer can."""

from contracts.events.referral import DeclineReason, OfferEnded, OfferOutcome
from contracts.values import municipality, provider
from services.kit.unit import Unit
from services.referral.domain.referral import Referral
from services.referral.store import queries


def tell_ended(
    unit: Unit, referral: Referral, agb: str, outcome: OfferOutcome, left: int, reason: DeclineReason | None = None
) -> None:
    """Tell one provider and the municipality that an offer ended."""
    unit.emit(
        referral.referral_id,
        OfferEnded(
            referral_id=referral.referral_id,
            municipality=referral.municipality,
            provider=agb,
            outcome=outcome,
            reason=reason,
            left=left,
            ended_at=unit.now,
        ),
        audience=(municipality(referral.municipality), provider(agb)),
    )


async def end_offers(unit: Unit, referral: Referral, outcome: OfferOutcome) -> None:
    """Nobody can claim this journey any more. Does nothing for one that was not offered to several."""
    ended = queries.end_open_offers(unit.conn, referral_id=referral.referral_id, status=outcome, at=unit.now)
    for agb in sorted([row["provider"] async for row in ended]):
        tell_ended(unit, referral, agb, outcome, 0)
