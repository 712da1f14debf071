"""Messages in and out: kept unchanged, judged, carried out as a whole or not at all, answered once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.reasons import ChangeReason
from services.referral.istandaarden import (
    Allocation,
    AnswerToRequest,
    ClientDetails,
    Extent,
    MessageHeader,
    PersonName,
    ReferrerDetails,
    RequestedProduct,
    Retour,
    Standard,
    StartedProduct,
    StoppedProduct,
    read,
    request_for_allocation_315,
    retour,
    start_305,
    stop_307,
    validate_structure,
)
from services.referral.istandaarden.codes import Gender, Submission
from services.referral.istandaarden.envelope import Envelope, EnvelopeVersion, System, wrap
from services.referral.istandaarden.rules import check_content
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    HEUMEN,
    KOMPAS,
    OUTPATIENT,
    PLANNER,
    REIGER,
    START,
    SYSTEM,
    WORKER,
    World,
    person,
)

CONTACT = {"decision": "grant", "person": {"phone": "0241234567"}}


def header(identification: str = "A1", dated: date = date(2026, 8, 14), provider: str = REIGER) -> MessageHeader:
    return MessageHeader(Standard.IJW, HEUMEN, provider, identification, dated)


def client(ordinal: int = 0) -> ClientDetails:
    return ClientDetails(
        bsn=fictional_bsn(ordinal),
        name=PersonName(f"Wolkenveld{ordinal}", "van", initials="JT"),
        birth_date=date(2012, 3, 4),
        gender=Gender.FEMALE,
    )


def requested(reference: str = "R1", **changes: Any) -> RequestedProduct:
    values: dict[str, Any] = {
        "reference": reference,
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 2, 28),
        "referrer": ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Huisarts"),
        "category": "45",
        "code": OUTPATIENT,
        "extent": Extent(3, Unit.HOUR, Frequency.WEEK),
    }
    return RequestedProduct(**(values | changes))


def a_315(identification: str = "A1", ordinal: int = 0, *products: RequestedProduct, **header_changes: Any) -> bytes:
    return request_for_allocation_315(
        header(identification, **header_changes), client(ordinal), products or (requested(),)
    )


def a_305(number: int, *, identification: str = "S1", ordinal: int = 0, **changes: Any) -> bytes:
    values = {"starts_on": date(2026, 9, 1), "allocation_number": number, "category": "45", "code": OUTPATIENT}
    product = StartedProduct(**(values | changes))
    return start_305(header(identification, date(2026, 9, 2)), client(ordinal), [product])


def a_307(number: int, day: date, reason: StopReason, *, identification: str, **changes: Any) -> bytes:
    values = {"starts_on": date(2026, 9, 1), "allocation_number": number, "category": "45", "code": OUTPATIENT}
    product = StoppedProduct(ends_on=day, reason=reason, **(values | changes))
    return stop_307(header(identification, date(2026, 10, 2)), client(), [product])


async def answer(world: World, message: dict[str, Any]) -> Any:
    found = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['answerId']}/content")
    assert found.status_code == 200
    assert validate_structure(found.content) == []
    return read(found.content)


async def test_a_315_opens_a_journey_and_gets_a_316_and_a_301(world: World) -> None:
    original = a_315()
    received = await world.send(ADMINISTRATOR, original)
    assert (received["accepted"], received["level"], received["answerKind"]) == (True, None, "JW316")
    assert Retour.from_message(await answer(world, received)).approved
    content = await world.call(WORKER, "GET", f"/messages/{received['messageId']}/content")
    assert content.content == original

    [referral_id] = received["referralIds"]
    seen = await world.get(WORKER, f"/referrals/{referral_id}")
    assert (seen["channel"], seen["requestReference"], seen["referrer"]) == ("message", "R1", "general_practitioner")
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", CONTACT)
    [written] = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{written['messageId']}/content")
    allocation = Allocation.from_message(read(text.content))
    assert (allocation.client.bsn, allocation.products[0].reference) == (fictional_bsn(0), "R1")
    assert allocation.products[0].extent == Extent(3, Unit.HOUR, Frequency.WEEK)


async def test_the_same_message_twice_has_one_effect_and_one_answer(world: World) -> None:
    first = await world.send(ADMINISTRATOR, a_315())
    again = await world.send(ADMINISTRATOR, a_315())
    assert first == again
    kinds = [kind for kind, _ in await world.events()]
    assert sorted(kinds) == ["messages.received", "messages.written", "referrals.requested"]


async def test_a_message_in_an_envelope_is_the_same_message(world: World) -> None:
    def enveloped(reference: str) -> bytes:
        sender, receiver = System("73730001", "Zorgpakket"), System(HEUMEN, "Samenspel")
        return wrap(Envelope(EnvelopeVersion.V3_10, False, sender, receiver, reference, START, "JW315", a_315()))

    first = await world.send(ADMINISTRATOR, enveloped("9c0f7b90-5c69-41e5-a837-0800200c9a66"))
    assert (first["kind"], first["accepted"]) == ("JW315", True)
    kept = await world.call(ADMINISTRATOR, "GET", f"/messages/{first['messageId']}/content")
    assert kept.content == enveloped("9c0f7b90-5c69-41e5-a837-0800200c9a66"), "as it came"
    again = await world.send(ADMINISTRATOR, enveloped("b6e9f182-bc44-4f27-9863-9a5ccc1e1cf0"))
    assert again == await world.send(ADMINISTRATOR, a_315()) == first


async def test_the_box_of_each_party_tells_what_it_sent_and_what_it_got(world: World) -> None:
    received = await world.send(ADMINISTRATOR, a_315())

    async def box(who: str, sent: str) -> list[str]:
        return [each["messageId"] for each in (await world.get(who, "/messages", sent=sent))["items"]]

    assert await box(ADMINISTRATOR, "true") == await box(WORKER, "false") == [received["messageId"]]
    assert await box(ADMINISTRATOR, "false") == await box(WORKER, "true") == [received["answerId"]]


async def test_the_same_identification_for_another_message_is_refused(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315("A1", 0))
    other = await world.send(ADMINISTRATOR, a_315("A1", 1, requested("R2")))
    assert (other["accepted"], other["returnCodes"], other["level"]) == (False, ["9056"], "3")
    assert Retour.from_message(await answer(world, other)).codes == {"Bericht/Header": ("9056",)}


async def test_a_reference_is_used_once_and_a_client_has_one_pending_request(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315("A1", 0))
    same_reference = await world.send(ADMINISTRATOR, a_315("A2", 1))
    assert same_reference["returnCodes"] == ["9347"]
    pending = await world.send(ADMINISTRATOR, a_315("A3", 0, requested("R2")))
    assert pending["returnCodes"] == ["9374"]


async def test_a_message_is_refused_as_a_whole(world: World) -> None:
    products = (requested("R1"), requested("R2", category="54"))
    received = await world.send(ADMINISTRATOR, a_315("A1", 0, *products))
    assert (received["accepted"], received["level"], received["returnCodes"]) == (False, "4", ["S329"])
    found = Retour.from_message(await answer(world, received))
    assert list(found.codes) == ["Bericht/Client/AangevraagdeProducten/AangevraagdProduct[2]"]
    assert (await world.get(WORKER, "/referrals"))["items"] == []


@pytest.mark.parametrize(
    ("damage", "level"),
    [
        (lambda text: text.replace(b"2027-02-28", b"2027-02-31"), "1"),
        (lambda text: b"<!DOCTYPE x>" + text, "technical"),
        (lambda text: b"not xml", "technical"),
    ],
)
async def test_what_fails_level_1_is_kept_and_gets_no_retour(world: World, damage: Any, level: str) -> None:
    text = damage(a_315().replace(b'<?xml version="1.0" encoding="UTF-8"?>\r\n', b""))
    received = await world.send(ADMINISTRATOR, text)
    assert (received["accepted"], received["level"], received["answerId"]) == (False, level, None)
    assert received["findings"][0]["wrongNl"]
    assert await world.send(ADMINISTRATOR, text) == received
    kept = await world.call(ADMINISTRATOR, "GET", f"/messages/{received['messageId']}/content")
    assert kept.content == text


async def test_a_damaged_message_may_be_sent_again_under_its_identification(world: World) -> None:
    await world.send(ADMINISTRATOR, a_315().replace(b"2027-02-28", b"2027-02-31"))
    assert (await world.send(ADMINISTRATOR, a_315()))["accepted"]


async def test_level_2_is_answered_with_0001(world: World) -> None:
    received = await world.send(ADMINISTRATOR, a_315().replace(fictional_bsn(0).digits.encode(), b"123456789"))
    assert (received["level"], received["returnCodes"]) == ("2", ["0001"])
    assert Retour.from_message(await answer(world, received)).codes == {"Bericht/Header": ("0001",)}


async def test_a_message_of_somebody_else_is_not_taken(world: World) -> None:
    refused = await world.send("planner-kompas", a_315())
    assert (refused["accepted"], refused["sender"], refused["receiver"]) == (False, "provider:73730002", None)
    assert "andere afzender" in refused["findings"][0]["wrongNl"]
    assert [each["messageId"] for each in (await world.get("planner-kompas", "/messages"))["items"]]
    for nobody in (ADMINISTRATOR, WORKER):
        assert (await world.get(nobody, "/messages"))["items"] == []
    assert (await world.send(ADMINISTRATOR, a_315()))["accepted"], "the real sender is not in its way"


async def test_305_and_307_move_the_journey(world: World) -> None:
    referral_id = await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_305(1)))["accepted"]
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["startedOn"] == "2026-09-01"
    again = await world.send(ADMINISTRATOR, a_305(1, identification="S2"))
    assert again["returnCodes"] == ["9074"]
    other_day = await world.send(ADMINISTRATOR, a_305(1, identification="S3", starts_on=date(2026, 9, 2)))
    assert other_day["returnCodes"] == ["9326"]

    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    temporary = StopReason.TEMPORARY
    assert (await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 20), temporary, identification="T1")))["accepted"]
    twice = await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 21), temporary, identification="T2"))
    assert twice["returnCodes"] == ["9413"]
    earlier = await world.send(ADMINISTRATOR, a_307(1, date(2026, 9, 19), StopReason.AS_PLANNED, identification="T3"))
    assert earlier["returnCodes"] == ["9414"]
    definitive = a_307(1, date(2026, 10, 1), StopReason.AS_PLANNED, identification="T4")
    assert (await world.send(ADMINISTRATOR, definitive))["accepted"]
    after = await world.send(ADMINISTRATOR, a_307(1, date(2026, 10, 2), StopReason.DIED, identification="T5"))
    assert after["returnCodes"] == ["9415"]
    assert (await world.types(referral_id))[-3:] == [
        "deliveries.started",
        "deliveries.stopped",
        "deliveries.stopped",
    ]


async def test_a_start_belongs_to_an_allocation_of_this_client(world: World) -> None:
    await world.granted(0)
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    unknown = await world.send(ADMINISTRATOR, a_305(99))
    assert unknown["returnCodes"] == ["9019"]
    other_client = await world.send(ADMINISTRATOR, a_305(1, identification="S2", ordinal=1))
    assert other_client["returnCodes"] == ["9019"]
    no_start = a_307(1, date(2026, 9, 1), StopReason.AS_PLANNED, identification="T1")
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, no_start))["returnCodes"] == ["9069"]


async def test_what_was_not_reported_cannot_be_removed(world: World) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    received = await world.send(ADMINISTRATOR, a_305(1, submission=Submission.REMOVED))
    assert (received["accepted"], received["returnCodes"]) == (False, ["9063"])


async def test_a_refusal_is_answered_with_a_319(world: World) -> None:
    [referral_id] = (await world.send(ADMINISTRATOR, a_315()))["referralIds"]
    await world.post(WORKER, f"/referrals/{referral_id}/decisions", {"decision": "refuse", "reason": "stacking"})
    [written] = (await world.get(ADMINISTRATOR, "/messages", kind="JW319"))["items"]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{written['messageId']}/content")
    found = AnswerToRequest.from_message(read(text.content))
    assert (found.reference, found.reason) == ("R1", "stacking")


async def test_a_decline_removes_the_allocation_and_a_302_is_linked(world: World) -> None:
    referral_id = await world.granted()
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    messages = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    texts = [(await world.call(ADMINISTRATOR, "GET", f"/messages/{m['messageId']}/content")).content for m in messages]
    removal, first = (Allocation.from_message(read(text)).products[0] for text in texts)
    assert (first.change_reason, removal.change_reason) == (None, ChangeReason.REMOVED)
    assert removal.ends_on == removal.starts_on

    retours = (await world.get(WORKER, "/messages", kind="JW302"))["items"]
    assert [each["answerId"] for each in messages] == [each["messageId"] for each in retours]


async def test_a_provider_with_software_of_its_own_sends_the_retours(world: World) -> None:
    await world.call(ADMINISTRATOR, "PUT", "/exchange-settings", {"ownRetours": True}, key="1")
    await world.granted()
    [message] = (await world.get(WORKER, "/messages", awaited="true"))["items"]
    assert (message["kind"], message["receiptDue"]) == ("JW301", "2026-08-19T22:00:00Z")
    assert set(await world.deadlines(message["messageId"])) == {"receipt"}
    early = await world.call(SYSTEM, "POST", f"/messages/{message['messageId']}/missed-receipts")
    assert early.status_code == 409
    await world.move_clock_to(datetime(2026, 8, 20, 9, tzinfo=UTC))
    missed = await world.post(SYSTEM, f"/messages/{message['messageId']}/missed-receipts")
    assert missed["receiptMissed"]
    text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
    approved = retour(read(text.content), identification="Z1", dated=date(2026, 8, 20))
    received = await world.send(ADMINISTRATOR, approved)
    assert (received["kind"], received["accepted"]) == ("JW302", True)
    assert (await world.get(WORKER, f"/messages/{message['messageId']}"))["answerId"] == received["messageId"]
    assert (await world.get(WORKER, "/messages", awaited="true"))["items"] == []


async def test_a_301_names_everything_that_runs_for_the_client_there(world: World) -> None:
    await world.granted(0, desiredStart="2026-09-01", desiredEnd="2026-12-31")
    await world.granted(0, desiredStart="2027-01-01", desiredEnd="2027-06-30", volume=2)
    messages = (await world.get(ADMINISTRATOR, "/messages", kind="JW301"))["items"]
    numbers = []
    for message in messages:
        text = await world.call(ADMINISTRATOR, "GET", f"/messages/{message['messageId']}/content")
        assert check_content(read(text.content)) == []
        numbers.append([each.number for each in Allocation.from_message(read(text.content)).products])
    assert numbers == [[2, 1], [1]]
    assert person(0)["bsn"] not in str(await world.events())


async def test_the_same_product_is_not_allocated_twice_in_the_same_days(world: World) -> None:
    await world.granted(0, desiredStart="2026-09-01", desiredEnd="2026-12-31")
    second = await world.requested(0, provider=KOMPAS, desiredStart="2026-10-01", desiredEnd="2027-01-31", volume=1)
    here = {"decision": "grant", "provider": REIGER}
    refused = await world.call(WORKER, "POST", f"/referrals/{second}/decisions", here)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:samenspel:problem:stacking")
    later = {**here, "startsOn": "2027-01-01"}
    assert (await world.post(WORKER, f"/referrals/{second}/decisions", later))["status"] == "granted"
