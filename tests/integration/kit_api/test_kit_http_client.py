"""One service calling another: the same problem on both sides, and repeats only where that is safe."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from services.kit.http import ClientCredentials, ServiceClient, Versioned, path
from services.kit.paging import Page
from services.kit.problems import Conflict, Invalid, NotFound, PreconditionFailed, Unauthorized, Unavailable
from services.kit.tracing import current_traceparent, span


class Garden(BaseModel):
    gardenId: str  # noqa: N815 - as on the wire
    plants: int


class Plant(BaseModel):
    gardenId: str  # noqa: N815 - as on the wire
    plants: int


class FlakyTransport(httpx.AsyncBaseTransport):
    """The way to the sample service, which fails a number of times: by exception or by status."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app)
        self.failures: list[Exception | int] = []
        self.calls: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return httpx.Response(failure, text="bad gateway", request=request)
        return await self._inner.handle_async_request(request)


@pytest.fixture
def transport(app: FastAPI) -> FlakyTransport:
    return FlakyTransport(app)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
async def gardens(
    app: FastAPI, transport: FlakyTransport, issuer: Any, pauses: list[float]
) -> AsyncIterator[ServiceClient]:
    async def token() -> str:
        return str(issuer.token())

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
        yield ServiceClient("http://gardens.example/", client, token, pause=pause)


async def test_reads_and_commands_are_typed(gardens: ServiceClient, commands: Any) -> None:
    page = await gardens.get(Page[Garden], "/gardens", limit=2, after=None)
    assert page.items == [Garden(gardenId="0", plants=0), Garden(gardenId="1", plants=1)]
    planted = await gardens.post(Garden, "/gardens", Plant(gardenId="tulips", plants=3), idempotency_key="k-1")
    assert planted == Garden(gardenId="tulips", plants=3)
    assert commands.executed[0]["key"] == "k-1"
    assert await gardens.get(list[str], "/gardens/opening-hours") == ["9-17"]


async def test_an_edit_goes_with_the_version_that_was_read(gardens: ServiceClient) -> None:
    found = await gardens.get_versioned(Garden, path("/gardens/{id}", id="roses"))
    assert found == Versioned(Garden(gardenId="roses", plants=12), '"v3"')
    await gardens.put(Garden, "/gardens/roses", Plant(gardenId="roses", plants=4), if_match=found.etag)
    with pytest.raises(PreconditionFailed):
        await gardens.put(Garden, "/gardens/roses", Plant(gardenId="roses", plants=4), if_match='"v1"')


async def test_failures_are_the_same_on_both_sides(gardens: ServiceClient) -> None:
    with pytest.raises(NotFound):
        await gardens.get(Garden, "/gardens/none")
    with pytest.raises(Conflict) as conflict:
        await gardens.post(Garden, "/gardens", Plant(gardenId="taken", plants=1), idempotency_key="k")
    assert conflict.value.code == "garden-exists"
    assert conflict.value.document()["detail"] == "Deze tuin bestaat al."
    english = gardens.acting_for("not a token", "en")
    with pytest.raises(Unauthorized) as refused:
        await english.get(Garden, "/gardens")
    assert refused.value.document()["title"] == "Not signed in"
    with pytest.raises(Invalid) as invalid:
        await gardens.post(Garden, "/gardens", Plant(gardenId="X", plants=-1), idempotency_key="k")
    assert [error.pointer for error in invalid.value.errors] == ["/gardenId", "/plants"]


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), 502, 503])
async def test_a_read_is_repeated_with_growing_pauses(
    gardens: ServiceClient, transport: FlakyTransport, pauses: list[float], failure: Exception | int
) -> None:
    transport.failures = [failure] * 3
    assert await gardens.get(list[str], "/gardens/opening-hours") == ["9-17"]
    assert len(transport.calls) == 4
    assert all(0.05 * 2**n <= seconds <= 0.15 * 2**n for n, seconds in enumerate(pauses))


async def test_a_command_with_its_key_is_repeated_with_the_same_key(
    gardens: ServiceClient, transport: FlakyTransport
) -> None:
    transport.failures = [httpx.ReadError("cut")]
    await gardens.post(Garden, "/gardens", Plant(gardenId="tulips", plants=3), idempotency_key="k-2")
    assert [call.headers["Idempotency-Key"] for call in transport.calls] == ["k-2", "k-2"]


async def test_an_edit_without_a_key_is_not_repeated(gardens: ServiceClient, transport: FlakyTransport) -> None:
    transport.failures = [httpx.ReadError("cut")]
    with pytest.raises(Unavailable):
        await gardens.put(Garden, "/gardens/roses", Plant(gardenId="roses", plants=4), if_match='"v3"')
    assert len(transport.calls) == 1


async def test_silence_becomes_a_problem(
    gardens: ServiceClient, transport: FlakyTransport, pauses: list[float]
) -> None:
    transport.failures = [httpx.ConnectError("refused to 10.0.0.1")] * 9
    with pytest.raises(Unavailable) as silent:
        await gardens.get(list[str], "/gardens/opening-hours")
    assert silent.value.code == "service-silent"
    assert len(transport.calls) == 4
    assert len(pauses) == 3


async def test_the_trace_travels_along(gardens: ServiceClient, transport: FlakyTransport, commands: Any) -> None:
    with span("caller"):
        here = current_traceparent()
        await gardens.post(Garden, "/gardens", Plant(gardenId="tulips", plants=3), idempotency_key="k-3")
    assert here is not None
    assert transport.calls[0].headers["traceparent"] == here
    assert commands.executed[0]["traceparent"].split("-")[1] == here.split("-")[1]


def test_parts_of_an_address_are_escaped() -> None:
    assert path("/a/{x}/b", x="../c d") == "/a/..%2Fc%20d/b"


async def test_a_process_signs_in_and_keeps_its_token(
    issuer: Any, issuer_client: httpx.AsyncClient, clock: Any
) -> None:
    token = ClientCredentials("https://issuer.example", "worker", "s/cret", issuer_client, clock=clock)
    first = await token()
    assert await token() == first
    clock.now += 269
    assert await token() == first
    clock.now += 2
    assert await token() != first
    assert issuer.asked.count("token") == 2


async def test_a_process_without_access_says_so(issuer_client: httpx.AsyncClient) -> None:
    with pytest.raises(Unavailable) as refused:
        await ClientCredentials("https://issuer.example", "worker", "wrong", issuer_client)()
    assert refused.value.code == "issuer-unavailable"
