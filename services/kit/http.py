"""Calling another service: the base of every typed client.

A failure of the other side is the same ``Problem`` here as there. What is safe to repeat (a read, or a command with
its ``Idempotency-Key``) is repeated with backoff when the connection fails or the service says 503.
"""

import asyncio
import base64
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote

import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import TypeAdapter

from services.kit.problems import Language, Problem, Text, Unavailable, problem_from
from services.kit.tracing import current_traceparent

T = TypeVar("T")
TokenProvider = Callable[[], Awaitable[str]]
"""Gives the access token for the next request."""

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.1
_AGAIN = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """Something read together with its ETag, for ``if_match`` on a later edit."""

    data: T
    etag: str | None


def network(connections: int = 100) -> httpx.AsyncBaseTransport:
    """The ``transport`` of an ``httpx.AsyncClient`` that asks much: httpx's own costs twice as much a request.

    ``connections`` may be open at once.
    """
    return AiohttpTransport(limits=httpx.Limits(max_connections=connections))


def path(template: str, **parts: object) -> str:
    """``path("/agreements/{id}", id=x)`` with every part escaped for an address."""
    return template.format_map({name: quote(str(part), safe="") for name, part in parts.items()})


class ServiceClient:
    """Base of a service's ``client``: give it the address of the service and who is calling.

    ``client`` is shared between callers and owned by whoever made it. Raises ``Problem`` subclasses only: those of the
    service, or ``Unavailable`` when it does not answer. ``pause`` waits between attempts (seconds).
    """

    def __init__(
        self,
        base_url: str,
        client: httpx.AsyncClient,
        token: TokenProvider | None = None,
        *,
        language: Language = "nl",
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._base = f"{base_url.rstrip('/')}/v1"
        self._client = client
        self._token = token
        self._language = language
        self._pause = pause

    def acting_for(self, token: str, language: Language = "nl") -> Self:
        """The same client for one person, by their access token."""

        async def given() -> str:
            return token

        return type(self)(self._base.removesuffix("/v1"), self._client, given, language=language, pause=self._pause)

    async def get(self, answer: type[T], path: str, **query: object) -> T:
        """Read ``path`` as ``answer`` (a pydantic model, or a list of them); ``None`` in ``query`` is left out."""
        return _parse(answer, await self.request("GET", path, query=query))

    async def get_versioned(self, answer: type[T], path: str, **query: object) -> Versioned[T]:
        """As :meth:`get`, with the ETag of what was read."""
        response = await self.request("GET", path, query=query)
        return Versioned(_parse(answer, response), response.headers.get("ETag"))

    async def post(self, answer: type[T], path: str, body: object = None, *, idempotency_key: str) -> T:
        """Carry out a command and read what it answers."""
        return _parse(answer, await self.request("POST", path, body=body, idempotency_key=idempotency_key))

    async def put(
        self,
        answer: type[T],
        path: str,
        body: object = None,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> T:
        """Replace ``path``; ``if_match`` is the ETag of the version that was read."""
        headers = {"If-Match": if_match} if if_match else {}
        response = await self.request("PUT", path, body=body, idempotency_key=idempotency_key, headers=headers)
        return _parse(answer, response)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        idempotency_key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call, repeated where that is safe; the answer, which is never an error."""
        repeatable = method in ("GET", "HEAD") or idempotency_key is not None
        sent = {"Accept": "application/json", "Accept-Language": self._language, **(headers or {})}
        if idempotency_key is not None:
            sent["Idempotency-Key"] = idempotency_key
        if traceparent := current_traceparent():
            sent["traceparent"] = traceparent
        content = None
        if isinstance(body, bytes):
            content = body  # a file: its Content-Type is in ``headers``
        elif body is not None:
            content = TypeAdapter(type(body)).dump_json(body, by_alias=True)
            sent["Content-Type"] = "application/json"
        parameters = {name: value for name, value in (query or {}).items() if value is not None}

        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1 or not repeatable
            if self._token is not None:
                sent["Authorization"] = f"Bearer {await self._token()}"
            try:
                response = await self._client.request(
                    method,
                    self._base + path,
                    params=httpx.QueryParams(_query(parameters)),
                    content=content,
                    headers=sent,
                )
            except httpx.TransportError as error:
                if last:
                    raise _silent(self._base) from error
            else:
                if response.is_success:
                    return response
                if last or response.status_code not in _AGAIN:
                    raise _problem(response)
            # Jitter keeps many callers from returning at the same moment.
            await self._pause(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
        raise AssertionError("unreachable")


def _query(parameters: Mapping[str, object]) -> list[tuple[str, str | int | float | bool | None]]:
    pairs: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in parameters.items():
        for item in value if isinstance(value, list | tuple | set | frozenset) else [value]:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            pairs.append((name, text))
    return pairs


def _parse(answer: type[T], response: httpx.Response) -> T:
    read: TypeAdapter[T] = _reader(answer)  # type: ignore[arg-type]  # a class is hashable
    return read.validate_json(response.content)


@cache
def _reader(answer: Any) -> TypeAdapter[Any]:
    """Making one takes far longer than reading an answer with it."""
    return TypeAdapter(answer)


def _problem(response: httpx.Response) -> Problem:
    try:
        document = response.json()
    except ValueError:
        document = None
    problem = problem_from(response.status_code, document if isinstance(document, dict) else None)
    if "Retry-After" in response.headers:
        problem.headers["Retry-After"] = response.headers["Retry-After"]
    return problem


def _silent(base: str) -> Unavailable:
    return Unavailable(
        Text(
            "Een ander onderdeel van Samenspel antwoordt niet. Er is misschien nog niets gewijzigd. "
            "Probeer het over een minuut opnieuw.",
            "Another part of Samenspel does not answer. Perhaps nothing was changed yet. Try again in a minute.",
        ),
        code="service-silent",
        headers={"Retry-After": "60"},
    )


class ClientCredentials:
    """Access tokens for a process (OAuth 2.0 client credentials, RFC 6749 4.4), kept until shortly before they end.

    Use an instance as ``token`` of a client. ``clock`` is machine time in seconds. Raises ``Unavailable`` when the
    issuer gives no token.
    """

    EARLY_SECONDS = 30.0

    def __init__(
        self,
        issuer: str,
        client_id: str,
        secret: str,
        client: httpx.AsyncClient,
        *,
        audience: str = "samenspel",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._basic = base64.b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()
        self._client = client
        self._audience = audience
        self._clock = clock
        self._token = ""
        self._ends = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self) -> str:
        async with self._lock:
            if not self._token or self._clock() >= self._ends - self.EARLY_SECONDS:
                await self._ask()
            return self._token

    async def _ask(self) -> None:
        try:
            found = await self._client.get(f"{self._issuer}/.well-known/openid-configuration")
            answer = await self._client.post(
                found.raise_for_status().json()["token_endpoint"],
                data={"grant_type": "client_credentials", "audience": self._audience},
                headers={"Authorization": f"Basic {self._basic}"},
            )
            given = answer.raise_for_status().json()
            self._token = str(given["access_token"])
            self._ends = self._clock() + float(given.get("expires_in", 60))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Unavailable(
                Text(
                    "De aanmeldvoorziening geeft dit onderdeel geen toegang. Er is niets gewijzigd. Bel de beheerder.",
                    "The sign-in service gives this part no access. Nothing was changed. Tell the administrator.",
                ),
                code="issuer-unavailable",
            ) from error
