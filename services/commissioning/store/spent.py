"""The read model of what was spent and reserved in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from uuid import UUID

import asyncpg

from contracts.events.commissioning import Unit as CountedIn
from services.commissioning.domain.spending import Price
from services.commissioning.domain.spent import Place, Reservation, Reserved, ReservedDeltas, SpentLines
from services.commissioning.store import queries
from services.kit.unit import Connection

Prices = Mapping[str, Sequence[Price]]
"""Tariff lines by provider."""

_RESERVATION = [field.name for field in fields(Reservation)]


async def add_spent(conn: Connection, added: SpentLines, prices: Prices) -> None:
    """Add to the spend; each sum counts under the agreement that was named, or that prices it now."""
    if not added.cents:
        return
    rows = list(added.cents)
    await queries.add_spent(
        conn,
        providers=[place.provider for place, _ in rows],
        municipalities=[place.municipality for place, _ in rows],
        product_codes=[place.product_code for place, _ in rows],
        months=[place.month for place, _ in rows],
        named=[named for _, named in rows],
        agreement_ids=[named or place.agreement(prices.get(place.provider, ())) for place, named in rows],
        cents=[added.cents[key] for key in rows],
        lines=[added.lines[key] for key in rows],
    )


async def attribute_again(conn: Connection, providers: Collection[str], prices: Prices) -> None:
    """Agreements of these providers changed: what named none may count under another one now."""
    moved: list[tuple[Place, UUID | None]] = []
    async for row in queries.unnamed_spent(conn, providers=list(providers)):
        place = Place(row["provider"], row["municipality"], row["product_code"], row["month"])
        agreement = place.agreement(prices.get(place.provider, ()))
        if agreement != row["agreement_id"]:
            moved.append((place, agreement))
    if moved:
        await queries.attribute_spent(
            conn,
            providers=[place.provider for place, _ in moved],
            municipalities=[place.municipality for place, _ in moved],
            product_codes=[place.product_code for place, _ in moved],
            months=[place.month for place, _ in moved],
            agreement_ids=[agreement for _, agreement in moved],
        )
    known = [_reserved(row) async for row in queries.unnamed_reservations(conn, providers=list(providers))]
    await _replace(conn, {_key(found): found for found in known}, [reservation for reservation, _ in known], prices)


async def reserve(conn: Connection, reservations: Collection[Reservation], prices: Prices) -> None:
    """What these allocations may cost from now on."""
    if not reservations:
        return
    referrals = list({reservation.referral_id for reservation in reservations})
    known = [_reserved(row) async for row in queries.reservations(conn, referral_ids=referrals)]
    await _replace(conn, {_key(found): found for found in known}, reservations, prices)


async def _replace(
    conn: Connection,
    before: Mapping[tuple[UUID, int], Reserved],
    reservations: Collection[Reservation],
    prices: Prices,
) -> None:
    deltas = ReservedDeltas()
    changed: list[Reserved] = []
    for reservation in reservations:
        after = reservation.counted(prices.get(reservation.provider, ()))
        stored = before.get(_key(after))
        if stored != after:
            deltas.replace(stored, after)
            changed.append(after)
    if changed:
        await queries.put_reservations(conn, rows=[_row(found) for found in changed])
    if deltas.cents:
        keys = list(deltas.cents)
        await queries.add_reserved(
            conn,
            agreement_ids=[agreement for agreement, _, _ in keys],
            municipalities=[municipality for _, municipality, _ in keys],
            months=[month for _, _, month in keys],
            cents=[deltas.cents[key] for key in keys],
        )
        await queries.drop_empty_reserved(conn, agreement_ids=list({agreement for agreement, _, _ in keys}))


def _key(reserved: Reserved) -> tuple[UUID, int]:
    return reserved[0].referral_id, reserved[0].allocation_number


def _reserved(row: asyncpg.Record) -> Reserved:
    values = {name: row[name] for name in _RESERVATION} | {"unit": row["unit"] and CountedIn(row["unit"])}
    return Reservation(**values), row["agreement_id"]


def _row(reserved: Reserved) -> dict[str, object]:
    reservation, agreement = reserved
    values = asdict(reservation) | {"agreement_id": agreement, "starts_on": reservation.starts_on.isoformat()}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
