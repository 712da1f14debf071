"""Declarations over HTTP: lists in pages, reconciliation line by line in plain words, and a file."""

import csv
import io
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.commissioning import Law
from services.referral.client import DeclarationStatus, ReferralClient
from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.declaring import a_323, agree, allocated, hours, know
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, REIGER, WORKER, World

CHILD, STRANGER = fictional_bsn(1), fictional_bsn(2)
ACCESS = "access-worker-nijmegen"
JUNE = (date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
async def declared(world: World) -> dict[str, Any]:
    """Two declarations: April wholly granted, June with two of three lines rejected."""
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, CHILD), 5301, date(2026, 3, 1), date(2026, 8, 31))
    await world.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1")])], number="D1"))
    lines = [hours("P2", month=6, volume=5), hours("P3", month=6, volume=3, code="45A05")]
    sent = a_323("A2", [(CHILD, lines), (STRANGER, [hours("P4", 5302, month=6)])], number="D2", period=JUNE)
    received: dict[str, Any] = await world.send(ADMINISTRATOR, sent)
    return received


async def test_both_sides_see_what_was_submitted_granted_and_rejected(world: World, declared: dict[str, Any]) -> None:
    for person in (ADMINISTRATOR, ACCESS, "planner-reiger"):
        page = await world.get(person, "/declarations")
        found = [(each["number"], each["status"], each["submittedCents"]) for each in page["items"]]
        assert found == [("D2", "partly_granted", 108_000), ("D1", "granted", 60_000)]
        assert all(each["grantedCents"] + each["rejectedCents"] == each["submittedCents"] for each in page["items"])
    assert (await world.get(WORKER, "/declarations"))["items"] == []
    for person in ("professional-reiger", "council-member-heumen"):
        assert (await world.call(person, "GET", "/declarations")).status_code == 403


async def test_the_list_narrows_down_and_goes_on_from_a_cursor(world: World, declared: dict[str, Any]) -> None:
    async def numbers(**query: Any) -> list[str]:
        return [each["number"] for each in (await world.get(ADMINISTRATOR, "/declarations", **query))["items"]]

    assert await numbers(rejected=True) == await numbers(period="2026-06-17") == ["D2"]
    assert await numbers(messageId=declared["messageId"]) == await numbers(messageId=declared["answerId"]) == ["D2"]
    assert await numbers(municipality=NIJMEGEN, provider=REIGER, law="youth") == ["D2", "D1"]
    assert await numbers(law="wmo") == []
    first = await world.get(ADMINISTRATOR, "/declarations", limit=1)
    rest = await world.get(ADMINISTRATOR, "/declarations", limit=1, after=first["next"])
    assert [each["number"] for each in (*first["items"], *rest["items"])] == ["D2", "D1"]
    assert rest["next"] is None


async def test_each_line_says_why_in_plain_words_and_what_is_left(world: World, declared: dict[str, Any]) -> None:
    [one, _] = (await world.get(ADMINISTRATOR, "/declarations"))["items"]
    address = f"/declarations/{one['declarationId']}"
    assert await world.get(ACCESS, address) == one
    page = await world.get(ACCESS, f"{address}/lines")
    granted, wrong, unknown = page["items"]
    assert (granted["granted"], granted["reasons"], granted["amountCents"]) == (True, [], 30_000)
    # Six months of twenty hours, of which ten and five were granted.
    room = granted["room"]
    assert (room["countedIn"], room["total"], room["used"], room["left"]) == ("minute", 7200, 900, 6300)
    [reason] = wrong["reasons"]
    assert reason["code"] == "9340"
    assert reason["wrongNl"] == "De productcode is een andere dan die van de toewijzing."
    assert reason["rightNl"] == "De code van de toewijzing."
    assert (unknown["reasons"][0]["code"], unknown["room"], unknown["client"]) == ("8187", None, None)
    rejected = await world.get(ACCESS, f"{address}/lines", rejected=True, limit=1)
    assert [each["line"] for each in rejected["items"]] == [2]
    rest = await world.get(ACCESS, f"{address}/lines", rejected=True, limit=1, after=rejected["next"])
    assert [each["line"] for each in rest["items"]] == [3]
    assert sum(each["amountCents"] for each in page["items"] if each["granted"]) == one["grantedCents"]
    assert sum(each["amountCents"] for each in page["items"] if not each["granted"]) == one["rejectedCents"]


async def test_the_file_has_every_line(world: World, declared: dict[str, Any]) -> None:
    [one, _] = (await world.get(ADMINISTRATOR, "/declarations"))["items"]
    found = await world.call(ADMINISTRATOR, "GET", f"/declarations/{one['declarationId']}/export")
    assert found.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert [row["reference"] for row in rows] == ["P2", "P3", "P4"]
    assert [row["codes"] for row in rows] == ["", "9340", "8187"]
    assert sum(int(row["amount_cents"]) for row in rows) == one["submittedCents"]
    assert CHILD.digits not in found.text


async def test_what_is_not_ones_own_is_not_found(world: World, declared: dict[str, Any]) -> None:
    [one, _] = (await world.get(ADMINISTRATOR, "/declarations"))["items"]
    for address in ("", "/lines", "/export"):
        other = await world.call("planner-kompas", "GET", f"/declarations/{one['declarationId']}{address}")
        assert other.status_code == 404
    assert (await world.call(ADMINISTRATOR, "GET", f"/declarations/{uuid4()}")).status_code == 404
    assert (await world.call(ADMINISTRATOR, "GET", "/declarations?after=x")).status_code == 400


async def test_the_client_gives_the_same(world: World, declared: dict[str, Any]) -> None:
    client = ReferralClient("http://referral", world.http).acting_for(ADMINISTRATOR)
    page = await client.declarations(municipality=NIJMEGEN, law=Law.YOUTH, rejected=True)
    [one] = page.items
    assert one.status is DeclarationStatus.PARTLY_GRANTED
    assert await client.declaration(one.declaration_id) == one
    lines = await client.declaration_lines(one.declaration_id, rejected=True)
    assert [each.reference for each in lines.items] == ["P3", "P4"]
