"""Fetch what you missed: the events of a real log, for who may see them, none lost and none twice."""

import random
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from contracts.event import Event
from contracts.events.exchange import MessageWritten, ReceiptMissed
from services.kit import events_api
from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.events_api import events_router

NIJMEGEN, PROVIDER = "municipality:0268", "provider:73730001"
NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)


def fact(key: str) -> MessageWritten:
    return MessageWritten(
        message_id=uuid.uuid5(uuid.NAMESPACE_OID, key),
        kind="JW301",
        sender=NIJMEGEN,
        receiver=PROVIDER,
        written_at=NOON,
    )


async def write(pools: Database, *keys: str, audience: tuple[str, ...] = (NIJMEGEN,)) -> None:
    await log(pools, *map(fact, keys), keys=keys, audience=audience)


async def log(pools: Database, *events: Event, keys: Sequence[str], audience: tuple[str, ...] = (NIJMEGEN,)) -> None:
    async with pools.unit(Actor.system()) as unit:
        for key, event in zip(keys, events, strict=True):
            unit.emit(key, event, audience)


class Waiting:
    """Stands in for sleeping: counts, moves the clock, and may do something meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], Any] | None = None

    def clock(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.now += seconds
        if self.meanwhile is not None:
            await self.meanwhile()
            self.meanwhile = None


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
async def pools(database: Any) -> Database:
    pools: Database = (await database("referral")).pools
    return pools


@pytest.fixture
async def follow(
    make_app: Callable[..., FastAPI], pools: Database, issuer: Any, waiting: Waiting
) -> AsyncIterator[Callable[..., Any]]:
    app = make_app(events_router(pause=waiting.pause, clock=waiting.clock))
    app.state.database = pools

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:

        async def get(party: str = NIJMEGEN, roles: tuple[str, ...] = ("planner",), **query: Any) -> Any:
            token = issuer.token(party=party, roles=list(roles))
            expected = query.pop("expected", 200)
            answer = await client.get("/v1/events", params=query, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == expected, answer.text
            return answer.json()

        get.client = client  # type: ignore[attr-defined]
        yield get


async def everything(follow: Any, limit: int, **rest: Any) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await follow(limit=limit, **cursor, **rest)
        assert len(page["items"]) <= limit
        if not page["items"]:
            return seen
        seen += page["items"]
        cursor = {"after": page["next"]}


async def test_an_event_is_a_cloud_event(follow: Any, pools: Database) -> None:
    await write(pools, "r-1")
    page = await follow()
    (event,) = page["items"]
    assert event["specversion"] == "1.0"
    assert event["type"] == MessageWritten.type
    assert event["subject"] == "r-1"
    assert event["source"].endswith(":systeem:samenspel-referral")
    assert event["data"]["kind"] == "JW301"
    assert event["id"] == f"{event['id'].split('-')[0]}-{int(event['sequence'])}"
    assert (await follow(after=page["next"]))["items"] == []


@pytest.mark.parametrize("limit", [1, 3, 7, 500])
async def test_a_follower_misses_nothing_and_sees_nothing_twice(follow: Any, pools: Database, limit: int) -> None:
    chance = random.Random(limit)
    for batch in range(12):
        keys = [f"r-{chance.randrange(20)}" for _ in range(chance.randrange(1, 6))]
        await write(pools, *keys, audience=(NIJMEGEN,) if batch % 3 else (PROVIDER,))
    seen = await everything(follow, limit)
    other = await everything(follow, limit, party=PROVIDER)
    whole = await everything(follow, limit, party="system:samenspel", roles=("system",))
    ids = [event["id"] for event in seen]
    assert len(set(ids)) == len(ids)
    assert sorted(ids + [event["id"] for event in other]) == sorted(event["id"] for event in whole)
    async with pools.reading(Actor.system()) as unit:
        logged = await unit.conn.fetch(
            "select partition || '-' || sequence as id from event_log where $1 = any(audience)", NIJMEGEN
        )
    assert set(ids) == {row["id"] for row in logged}
    for partition in {event["id"].split("-")[0] for event in seen}:
        sequences = [event["sequence"] for event in seen if event["id"].startswith(f"{partition}-")]
        assert sequences == sorted(sequences)


async def test_new_events_come_after_the_cursor(follow: Any, pools: Database) -> None:
    await write(pools, "r-1", "r-2", "r-3")
    cursor = (await follow())["next"]
    await write(pools, "r-4", audience=(PROVIDER,))
    await write(pools, "r-2")
    page = await follow(after=cursor)
    assert [event["subject"] for event in page["items"]] == ["r-2"]


async def test_who_wants_some_types_goes_past_the_others(follow: Any, pools: Database) -> None:
    missed = ReceiptMissed(
        message_id=uuid.uuid4(), kind="JW301", sender=NIJMEGEN, receiver=PROVIDER, due=NOON, missed_at=NOON
    )
    await log(pools, fact("r-1"), missed, fact("r-1"), fact("r-1"), keys=["r-1"] * 4)
    page = await follow(type=[ReceiptMissed.type], limit=2)
    assert [event["type"] for event in page["items"]] == [ReceiptMissed.type]
    assert page["next"] == (await follow())["next"], "what was passed over is not read again"
    both = await follow(type=[ReceiptMissed.type, MessageWritten.type])
    assert len(both["items"]) == 4
    await follow(type=["everything"], expected=400)


async def test_who_wants_only_what_is_recent_begins_near_the_end(follow: Any, pools: Database) -> None:
    await write(pools, *["r-1"] * 6)
    page = await follow(recent=2)
    assert len(page["items"]) == 2
    assert page["next"] == (await follow())["next"]
    assert (await follow(recent=0))["items"] == []
    assert len((await follow(recent=20))["items"]) == 6


async def test_a_party_that_sees_little_is_not_made_to_wait(
    follow: Any, pools: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_api, "SCAN", 2)
    await write(pools, *["r-1"] * 9, audience=(PROVIDER,))
    await write(pools, "r-1")
    assert [event["subject"] for event in await everything(follow, 10)] == ["r-1"]


async def test_waiting_ends_with_the_first_event(follow: Any, pools: Database, waiting: Waiting) -> None:
    cursor = (await follow())["next"]
    waiting.meanwhile = lambda: write(pools, "r-9")
    page = await follow(after=cursor, wait=30)
    assert [event["subject"] for event in page["items"]] == ["r-9"]
    assert waiting.now < 1


async def test_waiting_ends_in_time_with_nothing(follow: Any, waiting: Waiting) -> None:
    page = await follow(wait=3)
    assert page["items"] == []
    assert 3 <= waiting.now < 4


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "WzEsMiwzLDQsNSw2LDcsOCw5XQ", "WyJhIl0", "Wy0xXQ", "W3RydWVd"])
async def test_a_cursor_that_is_not_ours_is_bad_input(follow: Any, issuer: Any, cursor: str) -> None:
    answer = await follow.client.get(
        "/v1/events", params={"after": cursor}, headers={"Authorization": f"Bearer {issuer.token()}"}
    )
    assert answer.status_code == 400


async def test_row_level_security_alone_hides_what_is_not_yours(pools: Database) -> None:
    await write(pools, "r-1", audience=(PROVIDER,))
    stranger = Actor("p", NIJMEGEN)
    async with pools.reading(stranger) as unit:
        places = dict.fromkeys(range(8), 0)
        seen = await events_api.look(unit.conn, "referral", None, places, 10)
    assert seen.events == []
