"""A declaration comes in: judged on what the database knows, kept line by line, answered once, and told to the cent."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.events.commissioning import Law, Unit
from services.referral.domain.declaration_checks import last_of_month
from services.referral.domain.identity import Bsn, fictional_bsn
from services.referral.istandaarden import Standard
from services.referral.istandaarden.codes import LAWS
from tests.integration.referral.declaring import (
    AGREEMENT,
    a_323,
    agree,
    allocated,
    answered,
    events_of,
    hours,
    know,
    recounted,
    total_spent,
)
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, PEOPLE, REIGER, SYSTEM, WORKER, World
from tests.unit.istandaarden.declarations.test_declaration_scenarios import (
    GIVEN,
    codes_in,
    in_standard,
    message_of_step,
    scenarios,
    standards_of,
)

CHILD, OTHER_CHILD = fictional_bsn(1), fictional_bsn(2)
SPRING = (date(2026, 3, 1), date(2026, 8, 31))
MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
async def ready(world: World) -> World:
    """Sixty euros an hour, and allocation 5301 for a child: 20 hours a month from March to August."""
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, CHILD), 5301, *SPRING)
    return world


async def given(world: World, scenario: dict[str, Any], standard: Standard) -> None:
    """What the scenario says in words, in the database."""
    tariffs, allocations, last_period = GIVEN[scenario["id"]]
    law = LAWS[standard]
    await agree(world, {in_standard(code, standard): cents for code, cents in tariffs.items()}, law=law)
    [bsn] = {Bsn(client["Bsn"]) for step in scenario["steps"] for client in step["fields"]["Client"]}
    client = await know(world, bsn)
    for each in allocations:
        assert each.extent is not None
        await allocated(
            world,
            client,
            each.number,
            each.starts_on,
            each.ends_on,
            law=law,
            category=in_standard(each.category, standard),
            product_code=in_standard(each.code, standard),
            volume=each.extent.volume,
        )
    if last_period is not None:
        code = in_standard("45A04", standard)
        await allocated(world, client, 9999, *MAY, law=law, category=code[:2], product_code=code)
        earlier = hours("EARLIER", 9999, 5, category=code[:2], code=code, ends_on=MAY[1])
        sent = a_323("EARLIER", [(bsn, [earlier])], period=MAY, standard=standard, dated=date(2026, 6, 1))
        assert (await world.send(ADMINISTRATOR, sent))["returnCodes"] == []


@pytest.mark.parametrize(("scenario", "standard"), [each for s in scenarios() for each in standards_of(s)])
async def test_every_scenario_gets_its_answer(world: World, scenario: dict[str, Any], standard: Standard) -> None:
    await given(world, scenario, standard)
    for place, step in enumerate(scenario["steps"]):
        before = await total_spent(world)
        received = await world.send(ADMINISTRATOR, message_of_step(step, place, standard).to_bytes())
        assert received["answerKind"] == ("JW325" if standard is Standard.IJW else "WMO325")
        answer = await answered(world, received)
        expected = step["expect"]
        assert codes_in(answer) == expected["codes"]
        if "TotaalToegekendBedrag" in expected:
            assert answer.granted_cents == expected["TotaalToegekendBedrag"]
        if answer.number is None:
            assert await total_spent(world) == before
            continue
        told = (await events_of(world, "declarations.answered"))[-1]
        assert (told["grantedCents"], told["submittedCents"]) == (answer.granted_cents, answer.submitted_cents)
        assert told["grantedCents"] + told["rejectedCents"] == told["submittedCents"]
        assert await total_spent(world) - before == told["grantedCents"]
    assert await total_spent(world) == await recounted(world)


async def test_what_is_granted_is_told_per_product_month_and_agreement(ready: World) -> None:
    lines = [hours("P1"), hours("P2", month=6, volume=5), hours("P3", code="45A05"), hours("P4", 77, volume=1)]
    june = (date(2026, 6, 1), date(2026, 6, 30))
    received = await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, lines)], period=june))
    assert (received["accepted"], received["returnCodes"]) == (True, ["9338", "9340"])
    [answer] = await events_of(ready, "declarations.answered")
    assert {name: answer[name] for name in ("submittedCents", "grantedCents", "rejectedCents", "lines")} == {
        "submittedCents": 156_000,
        "grantedCents": 90_000,
        "rejectedCents": 66_000,
        "lines": 4,
    }
    assert (answer["rejectedLines"], answer["period"], answer["law"]) == (2, "2026-06-01", "youth")
    # Friday 14 August and ten working days: Friday 28 August, whose end in the Netherlands is 22:00 UTC.
    assert answer["answerDue"] == "2026-08-28T22:00:00Z"
    spent = await events_of(ready, "amounts.spent")
    assert [(each["month"], each["volume"], each["cents"], each["lines"]) for each in spent] == [
        ("2026-04-01", 10, 60_000, 1),
        ("2026-06-01", 5, 30_000, 1),
    ]
    assert {(each["agreementId"], each["productCode"], each["unit"]) for each in spent} == {
        (str(AGREEMENT), "45A04", "hour")
    }


async def test_the_same_declaration_twice_has_one_effect_and_one_answer(ready: World) -> None:
    message = a_323("A1", [(CHILD, [hours("P1")])])
    first = await ready.send(ADMINISTRATOR, message)
    again = await ready.send(ADMINISTRATOR, message)
    assert again == first
    assert await total_spent(ready) == 60_000
    assert len(await events_of(ready, "declarations.answered")) == 1


async def test_a_used_number_refuses_the_declaration_and_leaves_its_references_free(ready: World) -> None:
    await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1")])], number="D1"))
    refused = await ready.send(ADMINISTRATOR, a_323("A2", [(CHILD, [hours("P2", month=6)])], number="D1"))
    assert (refused["accepted"], refused["returnCodes"]) == (False, ["9333"])
    answer = await answered(ready, refused)
    assert (answer.codes, answer.granted_cents, answer.clients) == (("9333",), 0, ())
    june = (date(2026, 6, 1), date(2026, 6, 30))
    right = await ready.send(ADMINISTRATOR, a_323("A3", [(CHILD, [hours("P2", month=6)])], period=june))
    assert right["returnCodes"] == []
    assert await total_spent(ready) == 120_000


async def test_a_declaration_of_which_the_header_is_wrong_counts_as_never_sent(ready: World) -> None:
    await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1")])]))
    refused = await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P2", month=6)])], number="D2"))
    assert (refused["accepted"], refused["returnCodes"]) == (False, ["9056"])
    answer = await answered(ready, refused)
    assert (answer.header_codes, answer.number) == (("9056",), None)
    assert len(await events_of(ready, "declarations.answered")) == 1


async def test_whoever_is_unknown_is_rejected_and_the_others_are_paid(ready: World) -> None:
    sent = a_323("A1", [(CHILD, [hours("P1")]), (OTHER_CHILD, [hours("P2", 5302)])])
    received = await ready.send(ADMINISTRATOR, sent)
    assert (received["accepted"], received["returnCodes"]) == (True, ["8187"])
    answer = await answered(ready, received)
    assert [(each.codes, each.performances[0].codes) for each in answer.clients] == [(("8187",), ("0233",))]
    assert await total_spent(ready) == 60_000


async def test_a_product_of_another_category_is_not_paid_on_an_open_allocation(ready: World) -> None:
    """Category 45 is allocated and declared, but what is delivered belongs to 54 in the agreements (TR381)."""
    await agree(ready, {"54A01": 6000}, agreement=UUID(int=2027))
    await allocated(ready, await know(ready, CHILD), 5303, *SPRING, product_code=None, volume=None)
    lines = [hours("P1", 5303, code="54A01"), hours("P2", 5303)]
    received = await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, lines)]))
    assert (received["accepted"], received["returnCodes"]) == (True, ["S329"])
    answer = await answered(ready, received)
    [client] = answer.clients
    assert [(each.performance.reference, each.codes) for each in client.performances] == [("P1", ("S329",))]
    assert await total_spent(ready) == 60_000


async def test_credits_give_back_what_was_paid_under_the_same_agreement(ready: World) -> None:
    await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1")])]))
    # A later agreement has another tariff; the credit goes where the debit went.
    await agree(ready, {"45A04": 7000}, agreement=UUID(int=2027), since=date(2026, 2, 1))
    back = replace(hours("P2"), credit=True, previous_reference="P1")
    again = hours("P3", volume=8, tariff_cents=7000)
    received = await ready.send(ADMINISTRATOR, a_323("A2", [(CHILD, [back, again])]))
    assert received["returnCodes"] == []
    spent = await events_of(ready, "amounts.spent")
    assert [(each["cents"], each["volume"]) for each in spent[1:]] == [(-60_000, -10), (56_000, 8)]
    assert spent[0]["agreementId"] == spent[1]["agreementId"] != spent[2]["agreementId"]
    assert await recounted(ready) == await total_spent(ready) == 56_000
    twice = replace(back, reference="P4")
    assert (await ready.send(ADMINISTRATOR, a_323("A3", [(CHILD, [twice])])))["returnCodes"] == ["9390"]


async def test_minutes_and_hours_count_together_on_one_allocation(ready: World) -> None:
    """Twenty hours a month are twelve hundred minutes."""
    for month in (4, 6):
        period = (date(2026, month, 1), date(2026, month, 30))
        line = hours(f"P{month}", month=month, volume=20)
        assert (await ready.send(ADMINISTRATOR, a_323(f"A{month}", [(CHILD, [line])], period=period)))["accepted"]
    july = (date(2026, 7, 1), date(2026, 7, 31))
    details: dict[str, Any] = {"unit": Unit.MINUTE, "tariff_cents": 100, "month": 7, "ends_on": july[1]}
    fits = hours("P8", volume=1200, **details)
    sent = a_323("A8", [(CHILD, [fits])], period=july)
    sent_now = await ready.send(ADMINISTRATOR, sent)
    assert sent_now["returnCodes"] == [], sent_now["findings"]
    spent = await events_of(ready, "amounts.spent")
    assert (spent[-1]["unit"], spent[-1]["volume"], spent[-1]["cents"]) == ("minute", 1200, 120_000)


async def test_two_declarations_at_the_same_moment_come_one_after_the_other(world: World) -> None:
    """Each alone would fit the budget; together they do not."""
    await agree(world, {"45A04": 6000})
    open_product = {"product_code": None, "volume": None, "unit": None, "frequency": None, "budget_cents": 100_000}
    await allocated(world, await know(world, CHILD), 5301, *SPRING, **open_product)
    sent = [a_323(f"A{number}", [(CHILD, [hours(f"P{number}", code=f"45A0{number}")])]) for number in (4, 5)]
    found = await asyncio.gather(*(world.send(ADMINISTRATOR, each) for each in sent))
    assert sorted(tuple(each["returnCodes"]) for each in found) == [(), ("9369",)]
    assert await total_spent(world) == await recounted(world) == 60_000


async def test_many_at_the_same_moment_never_deadlock_and_pay_once(ready: World) -> None:
    sent = [a_323(f"A{number}", [(CHILD, [hours(f"P{number}")])]) for number in range(6)]
    found = await asyncio.gather(*(ready.send(ADMINISTRATOR, each) for each in sent))
    assert sorted(tuple(each["returnCodes"]) for each in found) == [(), *[("9389",)] * 5]
    assert await total_spent(ready) == 60_000


async def test_no_other_party_sees_a_declaration_even_without_the_api(ready: World) -> None:
    await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1"), hours("P2", code="45A05")])]))
    seen = {}
    for person in (ADMINISTRATOR, "access-worker-nijmegen", WORKER, "planner-kompas", "council-member-heumen", SYSTEM):
        async with ready.database.reading(PEOPLE[person]) as unit:
            seen[person] = [
                await unit.conn.fetchval(f"select count(*) from {table}")
                for table in ("declaration", "performance", "message_clients")
            ]
    assert seen[ADMINISTRATOR] == seen["access-worker-nijmegen"] == [1, 2, 0]
    assert seen[WORKER] == seen["planner-kompas"] == seen["council-member-heumen"] == [0, 0, 0]
    assert seen[SYSTEM] == [1, 2, 2]


async def test_nothing_about_the_person_leaves_the_messages(ready: World) -> None:
    await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1"), hours("P2", code="45A05")])]))
    for table in ("declaration", "performance", "agreed_tariff", "message", "message_clients", "event_log"):
        rows = await ready.as_admin(f"select row_to_json(t)::text as text from {table} t")
        assert not [row for row in rows if CHILD.digits in row["text"]], table


async def test_who_is_erased_takes_the_texts_of_the_declarations_along(ready: World) -> None:
    received = await ready.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1")])]))
    await ready.as_admin("select forget_files_with(array(select client_id from performance))")
    for message_id in (received["messageId"], received["answerId"]):
        found = await ready.call(ADMINISTRATOR, "GET", f"/messages/{message_id}/content")
        assert found.status_code == 404
    assert (await ready.get(ADMINISTRATOR, f"/messages/{received['messageId']}"))["accepted"]


VOLUMES = scenarios("volume")


@pytest.mark.parametrize("scenario", VOLUMES, ids=[each["id"] for each in VOLUMES])
async def test_every_volume_has_its_limit(world: World, scenario: dict[str, Any]) -> None:
    fields = scenario["steps"][0]["fields"]
    first, last = map(date.fromisoformat, fields["toewijzing"])
    household = fields.get("categorie") == "01"
    law, standard = (Law.WMO, Standard.IWMO) if household else (Law.YOUTH, Standard.IJW)
    unit = Unit.EURO if fields.get("eenheid") == "83" else Unit.HOUR
    frequency = {"2": "week", "4": "month"}[fields["frequentie"]]
    code = "01A03" if household else "45A04"
    await world.move_clock_to(datetime.fromisoformat("2027-02-01T09:00:00+00:00"))
    await agree(world, {code: 6000}, law=law)
    client = await know(world, CHILD)
    details = {"law": law, "category": code[:2], "product_code": code, "volume": fields["volume"], "unit": unit}
    for number in (1, 2):
        await allocated(world, client, number, first, last, frequency=frequency, **details)
    total = fields.get("max_totaal")
    used = 0
    for place, each in enumerate(fields["max_per_productperiode"]):
        begin, end = map(date.fromisoformat, (each["van"], each["tot"]))
        line: dict[str, Any] = {"category": code[:2], "code": code, "starts_on": begin, "ends_on": end, "unit": unit}
        if unit is Unit.EURO:
            line |= {"tariff_cents": None}
        month = (begin.replace(day=1), last_of_month(end))
        lines = [hours(f"M{place}", 2, volume=each["max"] + 1, **line)]
        expected = {f"M{place}": ("9321",)}
        if each["max"]:
            lines.insert(0, hours(f"R{place}", 1, volume=each["max"], **line))
        sent = a_323(f"A{place}", [(CHILD, lines)], period=month, standard=standard, dated=date(2027, 2, 1))
        answer = await answered(world, await world.send(ADMINISTRATOR, sent))
        rejected = {p.performance.reference: p.codes for found in answer.clients for p in found.performances}
        if total is not None and each["max"] + 1 > total:
            expected[f"M{place}"] = ("9321", "9322")
        if total is not None and used + each["max"] > total:
            expected[f"R{place}"] = ("9322",)
        else:
            used += each["max"]
        assert rejected == expected
    assert total is None or used <= total


def test_the_world_is_that_of_the_scenarios() -> None:
    assert (NIJMEGEN, REIGER) == ("0268", "73730001")
