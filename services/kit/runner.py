"""Commands over HTTP: every POST carries an ``Idempotency-Key``, every edit the version it edits.

@router.post("/allocations/{allocationId}/grants", status_code=201)
async def grant_allocation(
    body: GrantAllocation, run: Runner, actor: Annotated[Actor, Depends(allow(Role.ACCESS_WORKER))]
) -> Allocation:
    return await run(body, actor)
"""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import Depends, Header, Request, Response

from services.kit.actor import Actor
from services.kit.metrics import COMMANDS
from services.kit.problems import FieldError, Invalid, PreconditionFailed, PreconditionRequired, Problem, Text
from services.kit.tracing import current_traceparent

_KEY = re.compile(r"^[\x21\x23-\x7e]{1,200}$")
_ETAG = re.compile(r'^"v(\d{1,18})"$')

_MISSING_KEY = Text(
    "Stuur een kop Idempotency-Key mee (1 tot 200 tekens, bijvoorbeeld een UUID). Zo wordt uw opdracht nooit dubbel "
    "uitgevoerd als u die na een storing herhaalt.",
    "Send an Idempotency-Key header (1 to 200 characters, for example a UUID). It keeps your command from being "
    "carried out twice when you repeat it after a failure.",
)


def _idempotency_key(request: Request, given: str | None) -> str:
    # The header is a structured string (draft-ietf-httpapi-idempotency-key-header), with or without its quotes.
    key = (given or "").strip().removeprefix('"').removesuffix('"')
    if _KEY.match(key):
        return key
    if given is None and request.method != "POST":
        # PUT, PATCH and DELETE are idempotent or guarded by If-Match; the key only names this attempt.
        return str(uuid4())
    code = "missing" if given is None else "string-pattern-mismatch"
    raise Invalid(
        _MISSING_KEY,
        code="idempotency-key-required",
        errors=[FieldError("/Idempotency-Key", _MISSING_KEY, code, "header")],
    )


class CommandRunner:
    """Gives commands of one request to ``app.state.commands``; call it as ``await run(command, actor)``."""

    def __init__(self, request: Request, idempotency_key: str | None) -> None:
        self._request = request
        self._given_key = idempotency_key
        self._execute = cast(Callable[..., Awaitable[Any]], request.app.state.commands.execute)

    async def __call__(self, command: Any, actor: Actor, *, step: str = "") -> Any:
        """Carry out ``command`` and give its answer. ``step`` names it when one request has several commands.

        Raises the ``Problem`` of the handler; ``Conflict`` when the key was used for another command; ``Invalid`` when
        a POST came without a key.
        """
        # Looked at here and not earlier: who is not signed in must hear that first.
        key = _idempotency_key(self._request, self._given_key)
        key = f"{key}/{step}" if step else key
        outcome = "failed"
        try:
            answer = await self._execute(command, actor=actor, idempotency_key=key, traceparent=current_traceparent())
            outcome = "done"
        except Problem:
            outcome = "refused"
            raise
        finally:
            COMMANDS.labels(self._request.app.state.service, type(command).__name__, outcome).inc()
        return answer


# Asynchronous, because FastAPI sends synchronous dependencies to a thread: 1 ms a request.
async def _runner(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Names this command; the same key again gives the first answer.",
            max_length=202,
        ),
    ] = None,
) -> CommandRunner:
    return CommandRunner(request, idempotency_key)


Runner = Annotated[CommandRunner, Depends(_runner)]
"""The dependency of a route that carries out a command."""


def etag(version: int) -> str:
    """The entity tag of a version: ``etag(3) == '"v3"'`` (RFC 9110, 8.8.3; strong)."""
    return f'"v{version}"'


def set_etag(response: Response, version: int) -> None:
    """Tell the reader which version this is, for ``If-Match`` on a later edit."""
    response.headers["ETag"] = etag(version)


async def _expected_version(
    if_match: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag of the version that you read.", examples=['"v3"']),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired()
    found = _ETAG.match(if_match.strip())
    if found is None:
        # Not a tag that we ever gave: nothing can match it (RFC 9110, 13.1.1).
        raise PreconditionFailed()
    return int(found[1])


ExpectedVersion = Annotated[int, Depends(_expected_version)]
"""The version that the caller edits, from ``If-Match``: missing gives 428. The handler compares, in its transaction,
with :func:`require_version`."""


def require_version(expected: int, present: int) -> None:
    """Raise ``PreconditionFailed`` (412) when someone else changed it since the caller read it."""
    if expected != present:
        raise PreconditionFailed()
