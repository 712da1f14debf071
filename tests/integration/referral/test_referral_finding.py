"""The access team finds a client by citizen number or own reference: of its own alone, and nothing typed is kept."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    NIJMEGEN,
    SYSTEM,
    WORKER,
    World,
    person,
    request_body,
)

PATH = "/clients/searches"
NEIGHBOUR = "access-worker-nijmegen"
REFERENCE = "K-2026.Sterrenberg"
MISTYPED = "999900007"
TABLES = ("command_log", "event_log", "processing_record", "client", "client_pseudonym")


async def search(world: World, number: Any, by: str = WORKER) -> httpx.Response:
    return await world.call(by, "POST", PATH, {"number": number})


def found(client: str, *others: str) -> dict[str, Any]:
    return {"client": client, "others": list(others)}


async def known(world: World, ordinal: int = 0, **changes: Any) -> str:
    referral_id = await world.requested(ordinal, **({"person": person(ordinal, **changes)} if changes else {}))
    return str((await world.get(WORKER, f"/referrals/{referral_id}"))["client"])


async def looks(world: World) -> list[Any]:
    return list(await world.as_admin("select * from processing_record where name = 'find-client'"))


async def test_a_client_is_found_by_citizen_number_or_reference_and_the_look_is_recorded(world: World) -> None:
    about, other = await known(world, reference=REFERENCE), await known(world, 1, reference=MISTYPED)
    digits = fictional_bsn(0).digits
    for typed in (digits, f" {digits[:4]}.{digits[4:6]}.{digits[6:]} ", f"{digits[:3]} {digits[3:]}", REFERENCE):
        answer = await search(world, typed)
        assert (answer.status_code, answer.json()) == (200, found(about)), typed
    # A reference of nine digits that are no citizen number is found all the same.
    assert (await search(world, MISTYPED)).json() == found(other)
    records = await looks(world)
    assert [each["data_subject_id"] for each in records].count(UUID(about)) == 4
    assert {(each["person"], each["party"]) for each in records} == {(WORKER, "municipality:0252")}


async def test_who_is_not_found_is_told_apart_from_a_mistake(world: World) -> None:
    await known(world)
    nobody = await search(world, fictional_bsn(7).digits)
    assert nobody.status_code == 404
    assert nobody.json()["type"].endswith("client-not-found")
    for typed in (MISTYPED, "9999.00.007"):
        wrong = await search(world, typed)
        [error] = wrong.json()["errors"]
        assert (wrong.status_code, error["pointer"], error["code"]) == (400, "/number", "bsn")
    assert (await search(world, "WMO-0")).status_code == 404
    for nonsense in ("", "   ", "7" * 41, "a\tb", "a\x00b", None, 7):
        assert (await search(world, nonsense)).status_code in (400, 422), nonsense
    assert await looks(world) == []


async def test_only_the_own_municipality_finds_a_client(world: World) -> None:
    about = await known(world, reference=REFERENCE)
    digits = fictional_bsn(0).digits
    for typed in (digits, REFERENCE):
        assert (await search(world, typed, NEIGHBOUR)).status_code == 404
    for by in (
        ADMINISTRATOR,
        "contract-manager-heumen",
        "council-member-heumen",
        SYSTEM,
    ):
        assert (await search(world, digits, by)).status_code == 403, by
    assert await looks(world) == []
    # The same person in both municipalities: each finds its own dossier.
    assert (await search(world, digits)).json() == found(about)
    state = await world.post(NEIGHBOUR, "/referrals", request_body(0, municipality=NIJMEGEN))
    theirs = str((await world.get(NEIGHBOUR, f"/referrals/{state['referralId']}"))["client"])
    assert (await search(world, digits, NEIGHBOUR)).json() == found(theirs)
    assert (await search(world, digits)).json() == found(about)
    assert theirs != about


@pytest.mark.parametrize("typed", [fictional_bsn(0).digits, REFERENCE, MISTYPED, fictional_bsn(9).digits])
async def test_what_is_typed_is_kept_nowhere(
    world: World, typed: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await known(world, reference=REFERENCE)
    answer = await search(world, typed)
    assert typed not in answer.text
    assert typed not in str(answer.request.url)
    for table in TABLES:
        for each in await world.as_admin(f"select t::text as text from {table} t"):
            assert typed not in each["text"], table
            assert typed.encode().hex() not in each["text"], table
    printed = capsys.readouterr()
    assert typed not in caplog.text + printed.out + printed.err


async def test_who_was_erased_is_found_no_more(world: World) -> None:
    referral_id = await world.requested(person=person(0, reference=REFERENCE))
    about = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    await world.post(WORKER, f"/referrals/{referral_id}/withdrawals", {"reason": "mistake"})
    await world.post(WORKER, f"/clients/{about}/erasures", {"reason": "entered_by_mistake"})
    for typed in (fictional_bsn(0).digits, REFERENCE):
        assert (await search(world, typed)).status_code == 404
