"""Offers to several providers in PostgreSQL."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Law
from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import Assignment, DeclineReason, Frequency
from services.kit.unit import Connection, Unit
from services.referral.domain.open_offer import OfferStatus, OpenOffer
from services.referral.domain.referral import Referral
from services.referral.store import queries


def from_row(row: asyncpg.Record) -> OpenOffer:
    """The offer in a row."""
    return OpenOffer(
        referral_id=row["referral_id"],
        provider=row["provider"],
        provider_name=row["provider_name"],
        municipality=row["municipality"],
        assignment=Assignment(
            law=Law(row["law"]),
            product_code=row["product_code"],
            category=row["category"],
            unit=CountedIn(row["unit"]),
            frequency=Frequency(row["frequency"]),
            volume=row["volume"],
            total_units=row["total_units"],
        ),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        offered_at=row["offered_at"],
        claim_due=row["claim_due"],
        crisis=row["crisis"],
        status=OfferStatus(row["status"]),
        reason=DeclineReason(row["reason"]) if row["reason"] else None,
        ended_at=row["ended_at"],
    )


async def insert(unit: Unit, referral: Referral, providers: Iterable[str], claim_due: datetime) -> None:
    """Offer a journey to these providers, each with a row of its own."""
    assignment, starts_on = referral.assignment, referral.starts_on or referral.desired_start
    shared = {
        "referral_id": str(referral.referral_id),
        "municipality": referral.municipality,
        "law": assignment.law,
        "product_code": assignment.product_code,
        "category": assignment.category,
        "unit": assignment.unit,
        "frequency": assignment.frequency,
        "volume": assignment.volume,
        "total_units": assignment.total_units,
        "starts_on": starts_on.isoformat(),
        "ends_on": referral.ends_on.isoformat() if referral.ends_on else None,
        "offered_at": unit.now.isoformat(),
        "claim_due": claim_due.isoformat(),
        "crisis": referral.crisis,
    }
    await queries.put_open_offers(unit.conn, rows=[{**shared, "provider": provider} for provider in providers])


async def of_referral(conn: Connection, referral_id: UUID) -> list[OpenOffer]:
    """Every offer of one journey that the caller may see."""
    return [from_row(row) async for row in queries.offers_in(conn, referral_id=referral_id)]


async def of_provider(conn: Connection, provider: str, since: datetime, limit: int) -> list[OpenOffer]:
    """What a provider may still claim, and what ended since an instant."""
    rows = queries.offers_to(conn, provider=provider, since=since, limit=limit)
    return [from_row(row) async for row in rows]
