"""Every request for a page is measured and traced by its route, and carries each header of safety once."""

import httpx
import pytest
from fastapi import FastAPI

from services.kit import metrics, tracing
from services.kit.problems import TooLarge
from services.portal.security import HEADERS
from tests.web.visitor import PERSON, with_session


def count(route: str, status: int, method: str = "GET") -> float:
    labels = {"service": "portal", "method": method, "route": route, "status": str(status)}
    return metrics.REGISTRY.get_sample_value("samenspel_http_request_seconds_count", labels) or 0.0


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/help", "/help", 200),
        ("/gallery/agreements.csv", "/gallery/agreements.{form}", 200),
        ("/gallery/broken", "/gallery/broken", 500),
        ("/nobody/knows/123456789", "unmatched", 404),
        ("/static/samenspel.css", "/static/{name}", 200),
        ("/health/live", "/health/live", 200),
    ],
)
async def test_a_request_is_measured_by_its_route(
    client: httpx.AsyncClient, path: str, route: str, status: int
) -> None:
    before = count(route, status)
    answer = await client.get(path)
    assert answer.status_code == status
    assert count(route, status) == before + 1
    for name in HEADERS:
        assert len(answer.headers.get_list(name)) == 1, f"{name} once"
    assert "api-version" not in answer.headers


async def test_measurements_name_no_address(client: httpx.AsyncClient) -> None:
    await client.get("/nobody/knows/123456789")
    said = (await client.get("/metrics")).text
    assert 'service="portal"' in said
    assert "123456789" not in said


async def test_what_a_page_asks_of_a_service_belongs_to_the_trace_of_the_browser(app: FastAPI) -> None:
    seen: list[str | None] = []

    @app.get("/traced")
    async def traced() -> str:
        seen.append(tracing.current_traceparent())
        return "x"

    transport = httpx.ASGITransport(app)
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as visitor:
        await visitor.get("/traced", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert seen[0] is not None
    assert seen[0].split("-")[1] == trace


async def test_a_file_that_is_too_large_is_refused_with_a_page(client: httpx.AsyncClient) -> None:
    headers = {"Content-Length": "30000001", "Origin": "http://portal.test", **with_session(person=PERSON)}
    answer = await client.post("/language", content=b"x", headers=headers)
    assert answer.status_code == 413
    assert "<html" in answer.text
    assert TooLarge().title.nl in answer.text
