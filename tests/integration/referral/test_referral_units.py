"""Euros count in cents from the request to the declaration, and pieces keep telling effort from output."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.commissioning import Law, Unit, Variant
from services.referral.client import DeclareBody, LineToDeclare, ReferralClient
from services.referral.istandaarden import Allocation, Declaration, read
from tests.integration.referral.declaring import agree, events_of, total_spent
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, World, request_body

ACCESS = "access-worker-nijmegen"
JULY = date(2026, 7, 1)


async def allocated(
    world: World, code: str, unit: Unit, *, variant: Variant | None = None, **request: Any
) -> Allocation:
    """The 301 on a request by form for a product with that unit, in the summer of 2026."""
    await agree(world, {code: 2500}, unit=unit, variant=variant, agreement=uuid4())
    body = request_body(
        municipality=NIJMEGEN, productCode=code, frequency="month", desiredStart="2026-07-01", desiredEnd="2026-08-31"
    )
    state = await world.post(ACCESS, "/referrals", body | request)
    await world.post(ACCESS, f"/referrals/{state['referralId']}/decisions", {"decision": "grant"})
    [written] = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{written['messageId']}/content")
    return Allocation.from_message(read(text.content))


async def declared(world: World, number: int, volume: int) -> Any:
    """What comes of declaring July, with the message that was written."""
    client = ReferralClient("http://referral", world.http).acting_for(ADMINISTRATOR)
    body = DeclareBody(
        municipality=NIJMEGEN,
        law=Law.YOUTH,
        month=JULY,
        lines=(LineToDeclare(allocation_number=number, volume=volume),),
    )
    sent = await client.declare(body, idempotency_key=str(uuid4()))
    assert sent.message_id is not None
    message = Declaration.from_message(read(await client.message_content(sent.message_id)))
    return sent, message.clients[0].performances[0]


@pytest.mark.parametrize("by_effort", [True, False])
async def test_pieces_say_whether_they_count_effort_or_output(world: World, by_effort: bool) -> None:
    allocation = await allocated(world, "45P01", Unit.PIECE, volume=4, byEffort=by_effort)
    extent = allocation.products[0].extent
    assert extent is not None
    assert (extent.unit, extent.by_effort, extent.volume) == (Unit.PIECE, by_effort, 4)
    sent, line = await declared(world, allocation.products[0].number, 3)
    assert (line.by_effort, sent.granted_cents) == (by_effort, 7500)


@pytest.mark.parametrize("variant", [Variant.EFFORT, Variant.OUTPUT])
async def test_pieces_count_what_the_agreement_pays_for_whatever_the_request_says(
    world: World, variant: Variant
) -> None:
    by_effort = variant is Variant.EFFORT
    allocation = await allocated(world, "45P01", Unit.PIECE, variant=variant, volume=4, byEffort=not by_effort)
    extent = allocation.products[0].extent
    assert extent is not None
    assert extent.by_effort == by_effort
    sent, line = await declared(world, allocation.products[0].number, 3)
    assert (line.by_effort, sent.granted_cents) == (by_effort, 7500)


async def test_euros_are_cents_all_the_way(world: World) -> None:
    allocation = await allocated(world, "45E01", Unit.EURO, volume=30_000)
    extent = allocation.products[0].extent
    assert extent is not None
    assert (extent.unit, extent.volume) == (Unit.EURO, 30_000)
    # Two months of three hundred euros.
    assert [each["cents"] for each in await events_of(world, "amounts.reserved")] == [60_000]
    sent, line = await declared(world, allocation.products[0].number, 12_345)
    assert (line.volume, line.amount_cents, line.tariff_cents) == (12_345, 12_345, None)
    assert sent.granted_cents == await total_spent(world) == 12_345
    [spent] = await events_of(world, "amounts.spent")
    assert (spent["unit"], spent["volume"]) == ("euro", 12_345)
    assert UUID(spent["agreementId"])


async def test_effort_says_nothing_of_anything_but_pieces(world: World) -> None:
    allocation = await allocated(world, "45H01", Unit.HOUR, volume=4, byEffort=True)
    extent = allocation.products[0].extent
    assert extent is not None
    assert (extent.unit, extent.by_effort) == (Unit.HOUR, False)
