"""A provider declares a month by allocation number: checked beforehand as the municipality judges, then sent."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.commissioning import Law, Unit
from services.kit.problems import Invalid
from services.referral.client import DeclareBody, LineToDeclare, ReferralClient
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Declaration, read
from tests.integration.referral.declaring import agree, allocated, events_of, know, recounted, total_spent
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, World

CHILD, OTHER_CHILD = fictional_bsn(1), fictional_bsn(2)
SPRING = (date(2026, 3, 1), date(2026, 8, 31))


@pytest.fixture
async def client(world: World) -> ReferralClient:
    """Two children with an allocation each, and an hourly tariff."""
    await agree(world, {"45A04": 6990})
    await allocated(world, await know(world, CHILD), 5301, *SPRING)
    await allocated(world, await know(world, OTHER_CHILD), 5302, date(2026, 6, 8), date(2026, 6, 17))
    return ReferralClient("http://referral", world.http).acting_for(ADMINISTRATOR)


def body(*lines: dict[str, Any], month: date = date(2026, 6, 1)) -> DeclareBody:
    return DeclareBody(
        municipality=NIJMEGEN,
        law=Law.YOUTH,
        month=month,
        lines=tuple(LineToDeclare.model_validate(line) for line in lines),
    )


def key() -> str:
    return str(uuid4())


TEN_HOURS = {"allocation_number": 5301, "volume": 10}
MINUTES = {"allocation_number": 5302, "volume": 95, "unit": Unit.MINUTE}


async def test_a_draft_says_what_would_be_granted_and_changes_nothing(world: World, client: ReferralClient) -> None:
    wanted = body(TEN_HOURS, MINUTES, {"allocation_number": 5301, "volume": 21, "month": date(2026, 4, 1)})
    draft = await client.declare(wanted, dry_run=True, idempotency_key=key())
    assert (draft.submitted_cents, draft.granted_cents, draft.rejected_cents) == (227_758, 80_968, 146_790)
    assert (draft.message_id, draft.declaration_id, draft.findings) == (None, None, [])
    assert [(each.starts_on.day, each.ends_on.day, each.amount_cents) for each in draft.lines] == [
        (1, 30, 69_900),
        (8, 17, 11_068),
        (1, 30, 146_790),
    ]
    assert [[reason.code for reason in each.reasons] for each in draft.lines] == [[], [], ["9321"]]
    assert await events_of(world, "declarations.answered") == []
    assert (await world.get(ADMINISTRATOR, "/messages"))["items"] == []


async def test_what_is_sent_is_what_the_draft_said(world: World, client: ReferralClient) -> None:
    same = key()
    sent = await client.declare(body(TEN_HOURS, MINUTES), idempotency_key=same)
    assert (sent.granted_cents, sent.rejected_cents) == (80_968, 0)
    assert await client.declare(body(TEN_HOURS, MINUTES), idempotency_key=same) == sent
    assert await total_spent(world) == await recounted(world) == 80_968
    assert sent.message_id is not None
    assert sent.declaration_id is not None
    message = Declaration.from_message(read(await client.message_content(sent.message_id)))
    assert {each.bsn for each in message.clients} == {CHILD, OTHER_CHILD}
    assert (await client.declaration(sent.declaration_id)).granted_cents == 80_968
    again = await client.declare(body(TEN_HOURS), dry_run=True, idempotency_key=key())
    assert [reason.code for reason in again.lines[0].reasons] == ["9389"]


async def test_a_granted_line_is_taken_back_and_declared_anew(world: World, client: ReferralClient) -> None:
    sent = await client.declare(body(TEN_HOURS), idempotency_key=key())
    assert sent.declaration_id is not None
    [line] = (await client.declaration_lines(sent.declaration_id)).items
    corrected = await client.declare(
        body({"takes_back": line.reference}, TEN_HOURS | {"volume": 8}), idempotency_key=key()
    )
    assert (corrected.submitted_cents, corrected.granted_cents) == (-13_980, -13_980)
    assert await total_spent(world) == await recounted(world) == 55_920


async def test_lines_that_cannot_be_built_refuse_all_of_them(world: World, client: ReferralClient) -> None:
    wrong = body(
        TEN_HOURS,
        {"allocation_number": 9999, "volume": 1},
        {"allocation_number": 5302, "volume": 1, "month": date(2026, 7, 1)},
        {"takes_back": "NEVER"},
        {"allocation_number": 5301},
        {"volume": 1},
    )
    for dry_run in (True, False):
        with pytest.raises(Invalid) as refused:
            await client.declare(wrong, dry_run=dry_run, idempotency_key=key())
        assert [each.pointer for each in refused.value.errors] == [
            "/lines/1/allocationNumber",
            "/lines/2/month",
            "/lines/3/takesBack",
            "/lines/4/volume",
            "/lines/5/allocationNumber",
        ]
    assert await total_spent(world) == 0


async def test_who_runs_in_a_month_is_listed(world: World, client: ReferralClient) -> None:
    await client.declare(body(TEN_HOURS), idempotency_key=key())
    page = await client.declarable_allocations(NIJMEGEN, Law.YOUTH, date(2026, 6, 30), limit=1)
    rest = await client.declarable_allocations(NIJMEGEN, Law.YOUTH, date(2026, 6, 30), limit=1, after=page.next)
    found = [(each.allocation_number, each.unit, each.declared) for each in (*page.items, *rest.items)]
    assert found == [(5301, Unit.HOUR, True), (5302, Unit.HOUR, False)]
    assert rest.next is None
    july = await client.declarable_allocations(NIJMEGEN, Law.YOUTH, date(2026, 7, 1))
    assert [each.allocation_number for each in july.items] == [5301]


async def test_only_a_provider_declares_and_only_its_own(world: World, client: ReferralClient) -> None:
    given = {"municipality": NIJMEGEN, "law": "youth", "month": "2026-06-01", "lines": [{"allocationNumber": 5301}]}
    given["lines"] = [{"allocationNumber": 5301, "volume": 1}]
    for person, status in (("access-worker-nijmegen", 403), ("professional-reiger", 403), ("planner-kompas", 400)):
        assert (await world.call(person, "POST", "/declarations", given)).status_code == status
    looks = await world.as_admin("select name, party from processing_record")
    assert looks == []
    await client.declare(body(TEN_HOURS, TEN_HOURS | {"month": date(2026, 5, 1)}), dry_run=True, idempotency_key=key())
    looks = await world.as_admin("select name, party from processing_record")
    assert [tuple(row) for row in looks] == [("declare", "provider:73730001")]
