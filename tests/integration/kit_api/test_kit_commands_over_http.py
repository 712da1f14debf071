"""Commands, versions and pages over HTTP."""

from typing import Any

import httpx
import pytest

PLANT = {"gardenId": "tulips", "plants": 3}


async def test_a_post_without_a_key_is_refused(api: httpx.AsyncClient, commands: Any) -> None:
    answer = await api.post("/v1/gardens", json=PLANT)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:samenspel:problem:idempotency-key-required"
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"
    assert answer.json()["errors"][0]["location"] == "header"
    assert commands.executed == []


@pytest.mark.parametrize("key", ["", '""', "two words", "é", "x" * 201])
async def test_a_key_that_is_none_is_refused(api: httpx.AsyncClient, commands: Any, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = await api.post("/v1/gardens", json=PLANT, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert commands.executed == []


@pytest.mark.parametrize("key", ["7c1e", '"7c1e"'])
async def test_a_key_may_be_quoted(api: httpx.AsyncClient, commands: Any, key: str) -> None:
    answer = await api.post("/v1/gardens", json=PLANT, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["gardenId"]) == (201, "tulips")
    assert commands.executed[0]["key"] == "7c1e"
    assert commands.executed[0]["actor"].party == "municipality:0268"


async def test_who_is_not_signed_in_hears_that_first(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/gardens", json={}, headers={"Authorization": ""})
    assert answer.status_code == 401


async def test_a_handlers_problem_reaches_the_caller(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/gardens", json={**PLANT, "gardenId": "taken"}, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "urn:samenspel:problem:garden-exists",
        "status": 409,
        "title": "Past niet bij de huidige stand",
        "detail": "Deze tuin bestaat al.",
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"If-Match": '"v3"'}, 200), ({}, 428), ({"If-Match": '"v2"'}, 412), ({"If-Match": "W/x"}, 412)],
)
async def test_an_edit_names_the_version_it_edits(
    api: httpx.AsyncClient, commands: Any, headers: dict[str, str], status: int
) -> None:
    assert (await api.get("/v1/gardens/roses")).headers["ETag"] == '"v3"'
    answer = await api.put("/v1/gardens/roses", json=PLANT, headers=headers)
    assert answer.status_code == status
    assert len(commands.executed) == (status == 200)


async def test_pages_follow_each_other_to_the_end(api: httpx.AsyncClient) -> None:
    seen: list[str] = []
    parameters: dict[str, Any] = {"limit": 3}
    while True:
        page = (await api.get("/v1/gardens", params=parameters)).json()
        assert len(page["items"]) <= 3
        seen += [garden["gardenId"] for garden in page["items"]]
        if page["next"] is None:
            break
        parameters["after"] = page["next"]
    assert seen == ["0", "1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("cursor", ["x", "!!", "e30", "WyJhIl0", "W10", "é"])
async def test_a_cursor_that_is_not_ours_is_bad_input(api: httpx.AsyncClient, cursor: str) -> None:
    answer = await api.get("/v1/gardens", params={"after": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/after"
