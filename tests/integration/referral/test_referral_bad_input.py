"""Bad input through the API: refused with a code of the standard or one clear line, kept, nothing else done."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from services.referral.istandaarden import AnswerToRequest, Retour, Standard, read
from tests.integration.referral.referral_world import ADMINISTRATOR, WORKER, World
from tests.integration.referral.test_referral_messages import CONTACT, a_315, header, requested
from tests.unit.istandaarden.rules_across.messages_across import answered, message

KOMPAS = "planner-kompas"
BOMB = (
    b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"%d" % (n - 1) if n else b"") * 10) for n in range(9))
    + b"]><b>&a8;</b>"
)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.xml", a_315())
    return out.getvalue()


@dataclass(frozen=True)
class Bad:
    """What is sent by whom, and how it is refused: at which level, with which code, or in which words."""

    name: str
    original: bytes
    level: str | None
    words: str = ""
    code: str | None = None
    person: str = ADMINISTRATOR

    def __str__(self) -> str:
        return self.name


_TEXT = a_315()
CASES = (
    Bad("malformed", _TEXT.replace(b"</", b"<", 1), "technical", "not well-formed XML"),
    Bad("not xml at all", b"HEADER;JW315;0252", "technical", "not well-formed XML"),
    Bad("utf-16", _TEXT.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "technical", "not written in UTF-8"),
    Bad(
        "latin-1",
        _TEXT.decode().replace("Wolkenveld0", "Wölkenveld").encode("latin-1"),
        "technical",
        "not written in UTF-8",
    ),
    Bad("declares latin-1", _TEXT.replace(b"UTF-8", b"ISO-8859-1", 1), "technical", "not written in UTF-8"),
    Bad(
        "another namespace", _TEXT.replace(b"istandaarden.nl", b"example.nl"), "technical", "no message of iWmo or iJw"
    ),
    Bad("an earlier version", _TEXT.replace(b"/3_2/", b"/3_1/"), "technical", "version 3.1; only version 3.2"),
    Bad("entity bomb", BOMB, "technical", "DOCTYPE"),
    Bad("cut off", _TEXT[: len(_TEXT) // 2], "technical", "not well-formed XML"),
    Bad("zip", zipped(), "technical", "is a zip"),
    Bad("another party", _TEXT, None, "another sender", person=KOMPAS),
    Bad("no retour in it", _TEXT.replace(b"2027-02-28", b"28-02-2027"), "1", ""),
    Bad("parts that disagree", a_315("A1", 0, requested(ends_on=None)), "2", code="0001"),
    Bad("of tomorrow", _TEXT.replace(b"2026-08-14", b"2026-08-15"), "4", code="8848"),
)


async def touched(world: World) -> Mapping[str, Any]:
    """Everything that a message could have done but be kept: rows, and events other than of messages."""
    tables = ("referral", "allocation", "chain_request", "reported_delivery", "client", "deadline")
    counts = ", ".join(f"(select count(*) from {table}) as {table}" for table in tables)
    events = "(select count(*) from event_log where type not like '%.messages.%') as events"
    async with world.database.worker.acquire() as connection:
        row = await connection.fetchrow(f"select {counts}, {events}")
    assert row is not None
    return dict(row)


async def check_kept(world: World, person: str, original: bytes, received: Mapping[str, Any]) -> None:
    """The original is kept and the box shows it."""
    kept = await world.call(person, "GET", f"/messages/{received['messageId']}/content")
    assert kept.content == original
    box = await world.get(person, "/messages", accepted=False)
    assert [each["messageId"] for each in box["items"]] == [received["messageId"]]


@pytest.mark.parametrize("bad", CASES, ids=str)
async def test_bad_input_is_refused_kept_and_touches_nothing(world: World, bad: Bad) -> None:
    before = await touched(world)
    received = await world.send(bad.person, bad.original)
    assert received["accepted"] is False
    assert received["level"] == bad.level
    assert received["findings"]
    assert bad.words in received["findings"][0]["wrongEn"]
    assert received["returnCodes"] == ([bad.code] if bad.code else [])
    assert (received["answerId"] is not None) == (bad.code is not None)
    await check_kept(world, bad.person, bad.original, received)
    assert await touched(world) == before
    assert await world.send(bad.person, bad.original) == received, "again it is the same"


async def test_a_replayed_message_has_the_same_answer_and_no_effect(world: World) -> None:
    first = await world.send(ADMINISTRATOR, _TEXT)
    before = await touched(world)
    assert await world.send(ADMINISTRATOR, _TEXT) == first
    assert await touched(world) == before
    other = await world.send(ADMINISTRATOR, a_315("A1", 1, requested("R2")))
    assert (other["accepted"], other["returnCodes"]) == (False, ["9056"])
    await check_kept(world, ADMINISTRATOR, a_315("A1", 1, requested("R2")), other)
    assert await touched(world) == before


async def test_a_refusal_that_comes_too_late_is_refused_itself(world: World) -> None:
    """The allocation was sent already (TR359)."""
    received = await world.send(ADMINISTRATOR, _TEXT)
    await world.post(WORKER, f"/referrals/{received['referralIds'][0]}/decisions", CONTACT)
    before = await touched(world)
    late = message(
        Standard.IJW,
        "319",
        answered("1"),
        BerichtIdentificatie={"Identificatie": "L1", "Dagtekening": "2026-08-14"},
    ).to_bytes()
    refused = await world.send(WORKER, late)
    assert (refused["accepted"], refused["level"], refused["returnCodes"]) == (False, "3", ["9359"])
    await check_kept(world, WORKER, late, refused)
    assert await touched(world) == before


async def test_who_has_no_agreement_gets_no_allocation_but_the_reason_of_the_standard(world: World) -> None:
    """No rule rejects the message itself (OP296); the answer is a 319 with reason 3, no contract."""
    original = a_315(provider="73730002").replace(b"45A04", b"45A07")
    received = await world.send(KOMPAS, original)
    assert received["accepted"]
    [referral] = received["referralIds"]
    refused = await world.call(WORKER, "POST", f"/referrals/{referral}/decisions", CONTACT)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "no-agreement")
    await world.post(WORKER, f"/referrals/{referral}/decisions", {"decision": "refuse", "reason": "no_contract"})
    [written] = (await world.get(KOMPAS, "/messages", kind="JW319"))["items"]
    text = await world.call(KOMPAS, "GET", f"/messages/{written['messageId']}/content")
    answer = AnswerToRequest.from_message(read(text.content))
    assert (answer.reference, answer.reason) == ("R1", "no_contract")
    async with world.database.worker.acquire() as connection:
        assert await connection.fetchval("select count(*) from allocation") == 0


async def test_a_retour_on_what_was_never_sent_is_kept_and_changes_nothing(world: World) -> None:
    from services.referral.istandaarden import retour

    unknown = message(Standard.IJW, "319", answered("1"))
    original = retour(unknown, identification="X1", dated=header().dated)
    before = await touched(world)
    received = await world.send(ADMINISTRATOR, original)
    assert Retour.from_message(read(original)).approved
    assert received["kind"] == "JW320"
    assert await touched(world) == before
