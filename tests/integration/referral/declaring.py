"""What declarations need: clients the municipality knows, allocations, agreed tariffs, and a provider that declares."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracts.events.commissioning import AgreementConcluded, Law, Product, Unit, Variant
from contracts.events.referral import Frequency
from services.kit.actor import Actor
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import Bsn
from services.referral.domain.person import Person
from services.referral.istandaarden import AnswerToDeclaration, MessageHeader, Standard, declaration_323, read
from services.referral.istandaarden.rules import check_content
from services.referral.store import clients
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, REIGER, World, apply_market

AGREEMENT = UUID(int=2026)
"""Concluded after that of the world, so that its tariffs go first."""
DAY = datetime(2026, 1, 1, tzinfo=UTC)


async def know(world: World, bsn: Bsn, municipality: str = NIJMEGEN) -> UUID:
    """The client in the vault of the municipality."""
    async with world.database.unit(Actor.system()) as unit:
        return (await clients.admit(unit, world.vault, municipality, Person(bsn=bsn))).client_id


async def allocated(world: World, client: UUID, number: int, first: date, last: date | None, **details: Any) -> None:
    """An allocation of 45A04 at 20 hours a month, unless ``details`` say otherwise."""
    row = {
        "municipality": NIJMEGEN,
        "law": Law.YOUTH,
        "number": number,
        "provider": REIGER,
        "client_id": client,
        "granted_at": DAY,
        "decided_at": DAY,
        "category": "45",
        "product_code": "45A04",
        "volume": 20,
        "unit": Unit.HOUR,
        "frequency": Frequency.MONTH,
        "starts_on": first,
        "ends_on": last,
    } | details
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await world.as_admin(f"insert into allocation ({', '.join(row)}) values ({places})", *row.values())


async def agree(
    world: World,
    hourly: dict[str, int],
    *,
    law: Law = Law.YOUTH,
    unit: Unit = Unit.HOUR,
    variant: Variant | None = None,
    agreement: UUID = AGREEMENT,
    since: date = date(2025, 1, 1),
    provider: str = REIGER,
    **moments: Any,
) -> None:
    """An agreement of the provider in Nijmegen with these tariffs in cents."""
    products = tuple(
        Product(
            product_code=code,
            category=code[:2],
            name="Zorg",
            law=law,
            unit=unit,
            tariff_cents=cents,
            variant=variant,
            **moments,
        )
        for code, cents in hourly.items()
    )
    concluded = AgreementConcluded(
        agreement_id=agreement,
        provider=provider,
        municipalities=(NIJMEGEN,),
        products=products,
        valid_from=since,
        valid_until=date(2027, 12, 31),
        imported=True,
        concluded_at=DAY,
    )
    await apply_market(world.database, [concluded])


def hours(reference: str, number: int = 5301, month: int = 4, volume: int = 10, **details: Any) -> Performance:
    """Hours of 45A04 at 60 euros in a month of thirty days of 2026, unless ``details`` say otherwise."""
    given: dict[str, Any] = {
        "allocation_number": number,
        "category": "45",
        "code": "45A04",
        "starts_on": date(2026, month, 1),
        "ends_on": date(2026, month, 30),
        "volume": volume,
        "unit": Unit.HOUR,
        "tariff_cents": 6000,
    } | details
    given.setdefault("amount_cents", given["volume"] * (given["tariff_cents"] or 1))
    return Performance(reference, **given)


def a_323(
    identification: str,
    clients: Iterable[tuple[Bsn, Iterable[Performance]]],
    *,
    number: str | None = None,
    period: tuple[date, date] = (date(2026, 4, 1), date(2026, 4, 30)),
    standard: Standard = Standard.IJW,
    provider: str = REIGER,
    municipality: str = NIJMEGEN,
    dated: date = date(2026, 8, 14),
) -> bytes:
    """A declaration; its number follows from its identification."""
    header = MessageHeader(standard, municipality, provider, identification, dated)
    listed = [DeclaredClient(bsn, tuple(performances)) for bsn, performances in clients]
    return declaration_323(header, number or f"D{identification}", period, listed)


async def answered(world: World, received: dict[str, Any], person: str = ADMINISTRATOR) -> AnswerToDeclaration:
    """The 325 on a declaration that was sent; it keeps the rules of level 2 itself."""
    found = await world.call(person, "GET", f"/messages/{received['answerId']}/content")
    assert found.status_code == 200, found.text
    message = read(found.content)
    assert check_content(message) == []
    return AnswerToDeclaration.from_message(message)


async def events_of(world: World, kind: str) -> list[dict[str, Any]]:
    """The data of every event of a kind, in order."""
    rows = await world.database.worker.fetch(
        "select data from event_log where type = $1 order by time, partition, sequence", f"nl.samenspel.{kind}.v1"
    )
    return [row["data"] for row in rows]


async def total_spent(world: World) -> int:
    return sum(each["cents"] for each in await events_of(world, "amounts.spent"))


async def recounted(world: World) -> int:
    """What stands granted by the lines themselves: debits that were not taken back."""
    [row] = await world.as_admin(
        "select coalesce(sum(amount_cents), 0)::bigint as cents from performance"
        " where granted and not credit and credited_in is null"
    )
    return int(row["cents"])
