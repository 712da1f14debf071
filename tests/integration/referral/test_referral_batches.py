"""Many messages in one upload: each received once as if it had come alone, also when it is interrupted."""

import asyncio
import io
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.kit.problems import Invalid, NotFound
from services.referral.batch_receiving import AT_ONCE, AT_ONCE_BYTES, groups
from services.referral.client import ReferralClient
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Standard, read
from tests.integration.referral.referral_world import ADMINISTRATOR, PLANNER, SYSTEM, WORKER, World
from tests.unit.istandaarden.rules_across.messages_across import message, requested, started

OTHER = "planner-kompas"


def request(number: int, *, reference: str = "", identification: str = "") -> bytes:
    body = requested(Standard.IJW, {"ReferentieAanbieder": reference or f"R{number}"})
    return message(
        Standard.IJW,
        "315",
        body | {"Bsn": fictional_bsn(number).digits},
        BerichtIdentificatie={"Identificatie": identification or f"B{number}", "Dagtekening": "2026-08-14"},
    ).to_bytes()


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


async def submit(world: World, content: bytes, person: str = ADMINISTRATOR, **rest: Any) -> Any:
    return await world.post(person, "/message-batches", content=content, media_type="application/zip", **rest)


async def step(world: World, batch: Any, limit: int = 100) -> int:
    answer = await world.call(SYSTEM, "POST", f"/message-batches/{batch['batchId']}/steps", limit=limit)
    assert answer.status_code == 201, answer.text
    waiting: int = answer.json()["waiting"]
    return waiting


async def items(world: World, batch: Any, **query: Any) -> list[Any]:
    found = await world.get(ADMINISTRATOR, f"/message-batches/{batch['batchId']}/items", **query)
    return list(found["items"])


async def written(world: World, sql: str) -> Any:
    async with world.database.worker.acquire() as connection:
        return await connection.fetchval(sql)


async def test_each_file_of_a_batch_gets_its_own_verdict_and_reply(world: World) -> None:
    wrong = message(Standard.IJW, "305", started(Standard.IJW), **_today("X1")).to_bytes()
    batch = await submit(
        world,
        zipped(**{"1.xml": request(1), "2.xml": wrong, "map/3.xml": b"<geen/>", "4.zip": zipped(a=request(4))}),
    )
    assert (batch["items"], batch["waiting"], batch["refused"]) == (4, 3, 1)
    assert await step(world, batch) == 0
    found = await world.get(ADMINISTRATOR, f"/message-batches/{batch['batchId']}")
    assert [found[name] for name in ("accepted", "rejected", "refused", "kept", "waiting")] == [1, 2, 1, 0, 0]
    assert found["finishedAt"]

    first, second, third, fourth = await items(world, batch)
    assert (first["name"], first["kind"], first["accepted"]) == ("1.xml", "JW315", True)
    assert first["answerKind"] == "JW316"
    assert (second["accepted"], second["returnCodes"]) == (False, ["9019"])
    assert (third["name"], third["accepted"], third["level"]) == ("map/3.xml", False, "technical")
    assert "zip in a zip" in fourth["refusalEn"]
    assert [each["number"] for each in await items(world, batch, wrong=True)] == [2, 3, 4]
    assert [each["number"] for each in await items(world, batch, wrong=False)] == [1]
    assert [each["number"] for each in await items(world, batch, limit=2)] == [1, 2]

    box = await world.get(ADMINISTRATOR, "/messages", sent=True)
    assert {each["messageId"] for each in box["items"]} >= {first["messageId"], second["messageId"]}
    results = await world.call(ADMINISTRATOR, "GET", f"/message-batches/{batch['batchId']}/results")
    lines = results.text.splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("1,1.xml,JW315,B1,accepted,")
    replies = await world.call(ADMINISTRATOR, "GET", f"/message-batches/{batch['batchId']}/replies")
    with zipfile.ZipFile(io.BytesIO(replies.content)) as archive:
        assert [read(archive.read(name)).kind for name in archive.namelist()] == ["JW316", "JW306"]
    assert await written(world, "select count(*) from message_batch_original") == 1


def _today(identification: str) -> dict[str, Any]:
    return {"BerichtIdentificatie": {"Identificatie": identification, "Dagtekening": "2026-08-14"}}


async def test_a_batch_may_come_as_several_files(world: World) -> None:
    sent = [("file", (f"{number}.xml", request(number), "application/xml")) for number in (1, 2)]
    sent.append(("file", ("rest.zip", zipped(a=request(3)), "application/zip")))
    headers = {"Authorization": f"Bearer {PLANNER}", "Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = await world.http.post("/v1/message-batches", files=sent, headers=headers)
        assert answer.status_code == 201, answer.text
    batch = answer.json()
    assert batch["items"] == 3
    assert await written(world, "select count(*) from message_batch") == 1
    assert await step(world, batch) == 0
    assert [each["name"] for each in await items(world, batch)] == ["1.xml", "2.xml", "a"]


async def test_steps_that_run_at_once_or_again_receive_each_file_once(world: World) -> None:
    batch = await submit(world, zipped(**{f"{number:03d}.xml": request(number) for number in range(12)}))
    assert await step(world, batch, limit=5) == 7
    await asyncio.gather(*(step(world, batch) for _ in range(3)))
    assert await step(world, batch) == 0
    assert await written(world, "select count(*) from message where direction = 'received'") == 12
    assert await written(world, "select count(*) from message where direction = 'written'") == 12
    assert await written(world, "select count(*) from event_log where type like '%message-batches.finished%'") == 1


async def test_files_that_are_received_together_fail_apart(world: World) -> None:
    """What the service itself fails on is refused and kept, and holds up none of those it came with."""
    await world.as_admin(
        "create function referral.fail() returns trigger language plpgsql as $$ begin raise 'disk of sand'; end $$"
    )
    await world.as_admin(
        "create trigger fail before insert on referral.message for each row when (new.identification = 'B2')"
        " execute function referral.fail()"
    )
    batch = await submit(world, zipped(**{f"{number}.xml": request(number) for number in (1, 2, 3)}))
    assert await step(world, batch) == 0
    assert [each["accepted"] for each in await items(world, batch)] == [True, None, True]
    assert "could not process" in (await items(world, batch))[1]["refusalEn"]
    assert await written(world, "select count(*) from message where direction = 'received'") == 2
    assert await written(world, "select array_agg(number) from message_batch_original") == [2]


async def test_the_same_message_twice_in_one_batch_has_one_effect(world: World) -> None:
    other = request(1).replace(b"R1", b"R2")
    batch = await submit(world, zipped(**{"1.xml": request(1), "2.xml": request(1), "3.xml": other}))
    assert await step(world, batch) == 0
    first, again, used = await items(world, batch)
    assert (first["accepted"], again["messageId"]) == (True, first["messageId"])
    assert (used["accepted"], used["returnCodes"]) == (False, ["9056"])
    assert await written(world, "select count(*) from referral") == 1


async def test_messages_side_by_side_get_the_verdicts_that_they_get_one_by_one(world: World) -> None:
    """Of one client, under one reference or one identification they are judged after each other, as they came."""
    files = [
        request(1),
        request(2),
        request(3, reference="R1"),  # of another client under a reference that was used (TR347)
        request(2, reference="R9", identification="B9"),  # of a client with a request that waits (TR374)
        request(1, reference="R8"),  # under an identification that was used (TR056)
        request(4),
    ]
    batch = await submit(world, zipped(**{f"{number}.xml": each for number, each in enumerate(files)}))
    assert await step(world, batch) == 0
    together = [(each["accepted"], each["returnCodes"]) for each in await items(world, batch)]
    assert [accepted for accepted, _ in together] == [True, True, False, False, False, True]
    assert await written(world, "select array_agg(key) from command_log where key like 'batch/%'") == [
        f"batch/{batch['batchId']}/1-6"
    ], "none of them failed and made all be received apart"
    await world.as_admin("truncate referral.message, referral.referral, referral.chain_request cascade")
    alone = [await world.post(ADMINISTRATOR, "/messages", content=each, media_type="application/xml") for each in files]
    assert [(each["accepted"], each["returnCodes"]) for each in alone] == together


def test_files_go_together_until_they_are_many_or_large() -> None:
    assert list(groups((number, 10) for number in range(AT_ONCE + 1))) == [tuple(range(AT_ONCE)), (AT_ONCE,)]
    assert list(groups([(1, 10), (2, AT_ONCE_BYTES + 1), (3, AT_ONCE_BYTES), (4, 1)])) == [(1,), (2,), (3,), (4,)]
    assert list(groups([])) == []


async def test_a_message_of_another_party_is_refused_and_kept_in_the_batch(world: World) -> None:
    batch = await submit(world, zipped(**{"1.xml": request(1)}), person=OTHER)
    assert await step(world, batch) == 0
    found = await world.get(OTHER, f"/message-batches/{batch['batchId']}")
    assert found["refused"] + found["rejected"] == 1
    assert await written(world, "select count(*) from referral") == 0
    assert await written(world, "select (select count(*) from message_batch_original) + (select count(*) from message)")


async def test_nobody_else_sees_a_batch(world: World) -> None:
    batch = await submit(world, zipped(**{"1.xml": request(1)}))
    address = f"/message-batches/{batch['batchId']}"
    for person in (OTHER, WORKER):
        for path in (address, f"{address}/items", f"{address}/results", f"{address}/replies"):
            assert (await world.call(person, "GET", path)).status_code == 404, path
        assert (await world.get(person, "/message-batches"))["items"] == []
    assert (await world.call(ADMINISTRATOR, "POST", f"{address}/steps")).status_code == 403
    assert [each["batchId"] for each in (await world.get(PLANNER, "/message-batches"))["items"]] == [batch["batchId"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(**{"../x.xml": b"<a/>"}), "unsafe-path"),
        (zipped(a=b"<a/>")[:-20], "broken-zip"),
        (zipped(), "no-files"),
    ],
    ids=["path outside", "cut off", "empty"],
)
async def test_an_upload_that_is_refused_leaves_nothing(world: World, content: bytes, code: str) -> None:
    answer = await world.call(ADMINISTRATOR, "POST", "/message-batches", content=content, media_type="application/zip")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (400, code)
    assert await written(world, "select count(*) from message_batch") == 0


async def test_another_kind_of_body_is_refused(world: World) -> None:
    answer: httpx.Response = await world.call(ADMINISTRATOR, "POST", "/message-batches", {"no": "zip"})
    assert answer.status_code == 415


async def test_a_large_batch_is_taken_where_other_bodies_are_not(world: World) -> None:
    large = bytes(3_000_000)
    with_zip = io.BytesIO()
    with zipfile.ZipFile(with_zip, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.xml", large)
    batch = await submit(world, with_zip.getvalue())
    assert await step(world, batch) == 0
    assert (await items(world, batch))[0]["level"] == "technical"


async def test_the_client_sends_a_batch_and_fetches_its_files(world: World) -> None:
    async def token() -> str:
        return ADMINISTRATOR

    client = ReferralClient("http://referral", world.http, token)
    batch = await client.submit_batch([("1.xml", request(1)), ("rest.zip", zipped(a=request(2)))], idempotency_key="k")
    assert await step(world, {"batchId": batch.batch_id}) == 0
    assert [each.batch_id for each in (await client.batches()).items] == [batch.batch_id]
    assert [each.accepted for each in (await client.batch_items(batch.batch_id)).items] == [True, True]
    with zipfile.ZipFile(io.BytesIO(await client.batch_replies(batch.batch_id))) as archive:
        assert len(archive.namelist()) == 2
    assert len((await client.batch_results(batch.batch_id)).splitlines()) == 3
    with pytest.raises(Invalid):
        await client.submit_batch([("x.zip", zipped())], idempotency_key="other")
    with pytest.raises(NotFound):
        await client.batch_replies(uuid4())
