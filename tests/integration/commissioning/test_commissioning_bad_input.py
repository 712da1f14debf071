"""Whatever comes in from outside, the answer is never a failure of the service."""

import base64
import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.commissioning.bootstrap import compose
from services.kit.actor import Actor
from tests.integration.applications import borrowed
from tests.integration.calling import settings_of
from tests.integration.commissioning.commissioning_world import OFFICER, World, commission_text

SOME = UUID(int=1)


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


class Everyone:
    async def verify(self, token: str) -> Actor:
        return OFFICER


SCENARIO = {"title": "T", "story": "S", "municipalities": ["0268"]}
OUTCOME = {"indicator": 6, "title": "T", "lower": 1, "year": 2029}
COMMISSION = json.loads(commission_text(SOME).model_dump_json(by_alias=True))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/scenarios", {"after": cursor("2026-01-01T00:00:00", str(SOME))}),
        ("/scenarios", {"after": cursor("2026-01-01T00:00:00Z", "x")}),
        ("/commissions", {"after": cursor("2026-01-01T00:00:00Z")}),
        ("/agreements", {"after": cursor(1, 2, 3)}),
        ("/published-scenarios", {"municipality": "\x00\x00\x00\x00"}),
        ("/deadlines", {"before": "2026-01-01T00:00:00"}),
        ("/spending-rooms", {"year": "1"}),
        ("/providers/%00%00%00%00", {}),
        ("/regions/%00", {}),
        ("/agreements/not-a-uuid/spending-room", {}),
    ],
)
async def test_a_strange_address_is_refused_in_words(world: World, path: str, query: dict[str, str]) -> None:
    assert await answer(world, "GET", path, query, None) in (400, 404)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/scenarios", SCENARIO | {"title": "a\x00b"}),
        ("/scenarios", SCENARIO | {"title": "\ud800"}),
        ("/scenarios", SCENARIO | {"title": "x" * 201}),
        ("/scenarios", SCENARIO | {"municipalities": []}),
        ("/scenarios", SCENARIO | {"municipalities": ["0268", "0268"]}),
        ("/scenarios", SCENARIO | {"outcomes": [OUTCOME | {"lower": 9, "upper": 1}]}),
        ("/scenarios", SCENARIO | {"outcomes": [OUTCOME | {"lower": None}]}),
        ("/scenarios", SCENARIO | {"outcomes": [OUTCOME | {"indicator": 32}]}),
        ("/commissions", COMMISSION),
        ("/commissions", COMMISSION | {"products": []}),
        ("/commissions", COMMISSION | {"products": COMMISSION["products"] * 2}),
        ("/commissions", COMMISSION | {"validUntil": "2026-01-01"}),
        ("/commissions", COMMISSION | {"validFrom": "0001-01-01"}),
        ("/commissions", COMMISSION | {"validUntil": "2035-01-01"}),
        ("/commissions", COMMISSION | {"terms": {"questionWorkingDays": 30, "applicationWorkingDays": 20}}),
        ("/regions", {"regionId": "rijk-van-nijmegen", "name": "R", "municipalities": [{"code": "0268"}]}),
    ],
)
async def test_a_strange_body_is_refused_in_words(world: World, path: str, body: Any) -> None:
    await world.region()
    assert await answer(world, "POST", path, {}, json.dumps(body)) == 400


async def answer(world: World, method: str, path: str, query: dict[str, str], body: str | None) -> int:
    with borrowed(compose(), settings_of("commissioning"), world.pools, Everyone()) as app:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://commissioning") as http:
            headers = {"Authorization": "Bearer x", "Idempotency-Key": "k", "Content-Type": "application/json"}
            response = await http.request(method, f"/v1{path}", params=query, content=body, headers=headers)
            problem = response.json()
            assert {"type", "title", "status", "detail"} <= problem.keys()
            return response.status_code
