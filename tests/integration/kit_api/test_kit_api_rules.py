"""The NL API Design Rules on a running application: what holds for every answer of every service."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.api import routes_of
from services.kit.api_rules import violations
from services.kit.auth import access_of, allow, public
from services.kit.tracing import current_traceparent

PLANT = {"gardenId": "tulips", "plants": 3}
KEY = {"Idempotency-Key": "7c1e"}
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def assert_problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:samenspel:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/gardens", 200),
        ("GET", "/v1/openapi.json", 200),
        ("GET", "/v1/gardens/none", 404),
        ("GET", "/v1/gardens?limit=0", 400),
        ("GET", "/v1/gardens/bug", 500),
        ("GET", "/v1/gardens/away", 503),
        ("DELETE", "/v1/gardens", 405),
        ("GET", "/nothing", 404),
        ("GET", "/health/live", 200),
    ],
)
async def test_every_answer_tells_its_version_and_is_safe(
    api: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await api.request(method, path)
    assert answer.status_code == status
    expected = {
        "API-Version": "1.2.3",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected


@pytest.mark.parametrize("path", ["/v1/gardens/", "/v1/gardens/roses/", "/v1/openapi.json/"])
async def test_a_trailing_slash_is_another_address(api: httpx.AsyncClient, path: str) -> None:
    assert_problem(await api.get(path), 404, "not-found")


async def test_an_unknown_method_tells_what_is_possible(api: httpx.AsyncClient) -> None:
    answer = await api.delete("/v1/gardens/roses")
    assert_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


async def test_wrong_fields_are_named_by_pointer_in_the_readers_language(api: httpx.AsyncClient) -> None:
    wrong = {"gardenId": "UPPER", "plants": 5000, "surprise": 1, "wateredAt": "2026-08-31T09:00:00"}
    dutch = assert_problem(await api.post("/v1/gardens", json=wrong, headers=KEY), 400, "invalid")
    assert {(error["location"], error["pointer"], error["code"]) for error in dutch["errors"]} == {
        ("body", "/gardenId", "string-pattern-mismatch"),
        ("body", "/plants", "less-than-equal"),
        ("body", "/surprise", "extra-forbidden"),
        ("body", "/wateredAt", "timezone-aware"),
    }
    assert dutch["errors"][1]["message"] == "Geef 1000 of minder."
    answer = await api.post("/v1/gardens", json=wrong, headers={**KEY, "Accept-Language": "de, en;q=0.8, nl;q=0.1"})
    assert answer.headers["Content-Language"] == "en"
    assert answer.json()["errors"][1]["message"] == "Give 1000 or less."


async def test_a_wrong_value_is_never_repeated(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/gardens", json={"gardenId": "999900006", "plants": "Jan"}, headers=KEY)
    assert "999900006" not in answer.text
    assert "Jan" not in answer.text


@pytest.mark.parametrize(
    ("content", "type_", "code"),
    [
        (b"{", "application/json", "json-invalid"),
        (b"<a/>", "text/xml", "model-attributes-type"),
        (b"", None, "missing"),
    ],
)
async def test_a_body_that_cannot_be_read_is_bad_input(
    api: httpx.AsyncClient, content: bytes, type_: str | None, code: str
) -> None:
    headers = {**KEY, **({"Content-Type": type_} if type_ else {})}
    body = assert_problem(await api.post("/v1/gardens", content=content, headers=headers), 400, "invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [("", code)]


async def test_a_query_error_names_the_parameter(api: httpx.AsyncClient) -> None:
    body = assert_problem(await api.get("/v1/gardens", params={"limit": "many"}), 400, "invalid")
    assert body["errors"] == [
        {"location": "query", "pointer": "/limit", "message": "Geef een geheel getal.", "code": "int-parsing"}
    ]


async def test_a_body_beyond_the_limit_is_refused_announced_or_not(api: httpx.AsyncClient) -> None:
    body = json.dumps({**PLANT, "gardenId": "x" * 3000}).encode()

    async def in_pieces() -> Any:
        for start in range(0, len(body), 500):
            yield body[start : start + 500]

    headers = {**KEY, "Content-Type": "application/json"}
    assert_problem(await api.post("/v1/gardens", content=body, headers=headers), 413, "too-large")
    assert_problem(await api.post("/v1/gardens", content=in_pieces(), headers=headers), 413, "too-large")


async def test_a_defect_tells_the_caller_nothing_of_its_inside(
    api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await api.get("/v1/gardens/bug")
    assert_problem(answer, 500, "internal")
    assert "burger" not in answer.text
    assert "request_failed" in caplog.text
    assert "999900006" not in caplog.text


async def test_an_engine_that_is_away_is_not_a_defect(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/gardens/away")
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "10.0.0.1" not in answer.text


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        *((away, 503) for away in ("cut", "closing", "stopping", "slow", "socket")),
        *((mistake, 500) for mistake in ("mistake", "file", "read-only")),
    ],
)
async def test_a_mistake_of_ours_is_not_blamed_on_an_engine(api: httpx.AsyncClient, failure: str, status: int) -> None:
    assert (await api.get(f"/v1/gardens/{failure}")).status_code == status


async def test_commands_are_counted_by_outcome(api: httpx.AsyncClient) -> None:
    await api.post("/v1/gardens", json=PLANT, headers=KEY)
    await api.post("/v1/gardens", json={**PLANT, "gardenId": "taken"}, headers=KEY)
    text = (await api.get("/metrics")).text
    assert 'samenspel_commands_total{command="PlantGarden",outcome="done",service="council"}' in text
    assert 'samenspel_commands_total{command="PlantGarden",outcome="refused",service="council"}' in text


async def test_the_description_is_open_to_all(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as anyone:
        answer = await anyone.get("/v1/openapi.json", headers={"Origin": "https://anywhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["openapi"].startswith("3.1")


async def test_browsers_are_let_in_from_listed_origins_only(api: httpx.AsyncClient) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
    listed = await api.options("/v1/gardens", headers={"Origin": "https://portal.example", **asks})
    assert listed.status_code == 204
    assert listed.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert listed.headers["API-Version"] == "1.2.3"
    other = await api.options("/v1/gardens", headers={"Origin": "https://evil.example", **asks})
    assert_problem(other, 403, "origin-not-allowed")
    assert "Access-Control-Allow-Origin" not in other.headers
    simple = await api.get("/v1/gardens", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in simple.headers


async def test_the_document_breaks_no_rule(app: FastAPI, api: httpx.AsyncClient) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    assert violations(document) == []
    assert document["servers"][0]["url"] == "/v1"
    assert set(document["paths"]) == {"/gardens", "/gardens/{gardenId}", "/gardens/opening-hours"}
    assert document["components"]["schemas"]["Garden"]["properties"]["openingDate"]["format"] == "date"
    assert "GardenPage" in document["components"]["schemas"]
    put = document["paths"]["/gardens/{gardenId}"]["put"]
    assert {"400", "401", "403", "404", "409", "412", "413", "428", "500", "503"} < set(put["responses"])
    assert next(p for p in put["parameters"] if p["name"] == "If-Match")["required"]
    post = document["paths"]["/gardens"]["post"]
    assert next(p for p in post["parameters"] if p["name"] == "Idempotency-Key")["required"]
    assert "401" not in document["paths"]["/gardens/opening-hours"]["get"]["responses"]


async def test_a_trace_goes_on_through_the_command(api: httpx.AsyncClient, commands: Any) -> None:
    answer = await api.post("/v1/gardens", json=PLANT, headers={**KEY, "traceparent": TRACEPARENT})
    assert answer.status_code == 201
    (executed,) = commands.executed
    assert executed["key"] == "7c1e"
    assert executed["traceparent"].split("-")[1] == TRACEPARENT.split("-")[1]
    assert executed["traceparent"].split("-")[2] != TRACEPARENT.split("-")[2]
    assert current_traceparent() is None


async def test_metrics_count_by_template(api: httpx.AsyncClient) -> None:
    await api.get("/v1/gardens/roses")
    await api.get("/v1/unknown/999900006")
    text = (await api.get("/metrics")).text
    assert 'route="/gardens/{gardenId}",service="council",status="200"' in text
    assert 'route="unmatched"' in text
    assert "999900006" not in text


async def test_ready_names_each_check(app: FastAPI, api: httpx.AsyncClient) -> None:
    async def fine() -> None: ...

    async def broken() -> None:
        raise OSError("no route to host")

    app.state.readiness["database"] = fine
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": "ready"})
    app.state.readiness["relay"] = broken
    answer = await api.get("/health/ready")
    body = assert_problem(answer, 503, "not-ready")
    assert body["checks"] == {"database": "ready", "relay": "failing"}
    assert (await api.get("/health/live")).status_code == 200


def test_each_route_tells_who_may_call_it(app: FastAPI) -> None:
    access = {(route.path, *(route.methods or ())): access_of(route) for route in routes_of(app)}
    planners = frozenset({Role.PLANNER, Role.SYSTEM})
    assert access == {
        ("/v1/gardens", "GET"): planners,
        ("/v1/gardens", "POST"): planners,
        ("/v1/gardens/{gardenId}", "GET"): planners,
        ("/v1/gardens/{gardenId}", "PUT"): planners,
        ("/v1/gardens/opening-hours", "GET"): "public",
    }


def test_a_route_that_does_not_say_who_may_call_it_does_not_start(make_app: Callable[..., FastAPI]) -> None:
    silent = APIRouter()

    @silent.get("/secrets")
    async def list_secrets() -> None: ...

    with pytest.raises(LookupError, match="/v1/secrets must declare its access once"):
        make_app(silent)

    both = APIRouter(dependencies=[Depends(public())])

    @both.get("/secrets")
    async def list_both(actor: Annotated[Actor, Depends(allow(Role.CLERK))]) -> None: ...

    with pytest.raises(LookupError, match="found 2"):
        make_app(both)
