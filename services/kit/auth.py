"""Who is calling: access tokens (RFC 9068, OpenID Connect) verified against the issuer's keys, and roles per route.

A token is a JWT signed with RS256 or ES256 by the configured issuer, for our audience, inside its time, with the claims
``sub``, ``party`` and ``roles``. Every route declares who may call it, with :func:`allow` or :func:`public`;
:func:`access_of` reads that declaration back, so that a test can hold it against ``docs/access-matrix.csv``.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Literal, cast

import httpx
from fastapi import Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError

from contracts.values import PartyId, Role
from services.kit.actor import Actor
from services.kit.problems import Forbidden, Text, Unauthorized, Unavailable

ALGORITHMS = ["RS256", "ES256"]
LEEWAY_SECONDS = 30
"""How far the clocks of issuer and service may differ."""
KEYS_LIVE_SECONDS = 600.0
"""How long fetched keys are trusted before they are fetched again (a withdrawn key stops working)."""
REMEMBERED_TOKENS = 10_000
"""Tokens whose signature need not be verified again; when there are more, all are forgotten."""
RETRY_SECONDS = 5.0
"""How long after a fetch an unknown key id does not cause another one: nobody can make us flood the issuer."""

_party = TypeAdapter[str](PartyId)
_bearer = HTTPBearer(
    scheme_name="accessToken",
    bearerFormat="JWT",
    description="An access token of the OpenID Connect provider, for audience `samenspel`.",
    auto_error=False,
)


class TokenVerifier:
    """Turns an access token into an :class:`Actor`; finds and caches the issuer's keys.

    ``clock`` is machine time in seconds since 1970: tokens never follow the business clock. Raises ``Unauthorized``
    for a token that does not hold, ``Forbidden`` for one without a party, ``Unavailable`` when the issuer is away.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        client: httpx.AsyncClient,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._audience = audience
        self._client = client
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._lock = asyncio.Lock()
        self._verified: dict[bytes, tuple[Actor, float]] = {}

    async def verify(self, token: str) -> Actor:
        """The caller that ``token`` speaks for."""
        keys = await self._current_keys(older_than=KEYS_LIVE_SECONDS)
        # The same token comes with every request of a session; its signature does not change.
        digest = hashlib.sha256(token.encode()).digest()
        actor, ends = self._verified.get(digest, (None, 0.0))
        if actor is not None and self._clock() < ends:
            return actor
        claims = await self._claims(token, keys)
        actor = _actor(claims)
        if len(self._verified) >= REMEMBERED_TOKENS:
            self._verified.clear()
        self._verified[digest] = actor, float(claims["exp"])
        return actor

    async def _claims(self, token: str, keys: KeySet) -> dict[str, Any]:
        try:
            return self._decode(token, keys)
        except InvalidKeyIdError:
            # The issuer may have begun to sign with a new key since we looked.
            keys = await self._current_keys(older_than=RETRY_SECONDS)
            try:
                return self._decode(token, keys)
            except (JoseError, ValueError) as error:
                raise _refused(error) from None
        except (JoseError, ValueError) as error:
            raise _refused(error) from None

    async def ready(self) -> None:
        """Raises ``Unavailable`` unless the issuer's keys are known."""
        await self._current_keys(older_than=KEYS_LIVE_SECONDS)

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        now = int(self._clock())
        jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(decoded.claims)
        return dict(decoded.claims)

    async def _current_keys(self, older_than: float) -> KeySet:
        if self._keys is not None and self._clock() - self._fetched_at < older_than:
            return self._keys
        async with self._lock:
            if self._keys is not None and self._clock() - self._fetched_at < older_than:
                return self._keys
            try:
                self._keys = await self._fetch()
                self._verified.clear()  # a key may have been withdrawn
            except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                if self._keys is None:
                    raise Unavailable(
                        Text(
                            "De aanmeldvoorziening antwoordt niet. Er is niets gewijzigd. Probeer het zo opnieuw.",
                            "The sign-in service does not answer. Nothing was changed. Try again shortly.",
                        ),
                        code="issuer-unavailable",
                        headers={"Retry-After": "5"},
                    ) from error
                # Known keys stay good while the issuer is briefly away; asked again at the next unknown key or expiry.
            self._fetched_at = self._clock()
            return self._keys

    async def _fetch(self) -> KeySet:
        answer = await self._client.get(f"{self._issuer}/.well-known/openid-configuration")
        discovered = answer.raise_for_status().json()
        if str(discovered["issuer"]).rstrip("/") != self._issuer:
            raise ValueError("the discovery document belongs to another issuer")
        keys = (await self._client.get(discovered["jwks_uri"])).raise_for_status().json()
        signing = [key for key in keys["keys"] if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC")]
        return KeySet.import_key_set({"keys": cast(Any, signing)})


def _refused(error: Exception) -> Unauthorized:
    expired = getattr(error, "error", "") == "expired_token"
    detail = (
        Text(
            "Uw toegangstoken is verlopen. Meld u opnieuw aan.", "Your access token has expired. Please sign in again."
        )
        if expired
        else Text(
            "Het toegangstoken is niet geldig voor Samenspel. Meld u opnieuw aan.",
            "The access token is not valid for Samenspel. Please sign in again.",
        )
    )
    return Unauthorized(
        detail,
        code="token-expired" if expired else "token-invalid",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _actor(claims: dict[str, Any]) -> Actor:
    known = {role.value for role in Role}
    given = claims.get("roles")
    # Roles of other systems may travel in the same token; they say nothing here.
    roles = frozenset(Role(role) for role in given if role in known) if isinstance(given, list) else frozenset()
    try:
        party = _party.validate_python(claims.get("party"))
    except ValidationError:
        raise Forbidden(
            Text(
                "Uw account hoort nog bij geen organisatie. Vraag uw beheerder het account aan te vullen.",
                "Your account does not belong to an organisation yet. Ask your administrator to complete it.",
            ),
            code="no-party",
        ) from None
    return Actor(person=str(claims["sub"]), party=party, roles=roles)


class Access:
    """The declaration on a route of who may call it; as a dependency it gives the :class:`Actor`."""

    def __init__(self, roles: frozenset[Role]) -> None:
        if not roles:
            raise ValueError("name at least one role, or declare the route public()")
        self.roles = roles

    async def __call__(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Actor:
        if credentials is None:
            raise Unauthorized()
        verify = cast(Callable[[str], Awaitable[Actor]], request.app.state.verifier.verify)
        actor = await verify(credentials.credentials)
        request.state.actor = actor
        if not actor.has(*self.roles):
            raise Forbidden()
        return actor


class Public:
    """The declaration on a route that anyone may call it, without a token."""

    async def __call__(self) -> None:
        return None


def allow(*roles: Role) -> Access:
    """Only callers with one of ``roles``: ``actor: Annotated[Actor, Depends(allow(Role.PLANNER))]``."""
    return Access(frozenset(roles))


def public() -> Public:
    """Anyone, without a token: ``dependencies=[Depends(public())]``."""
    return Public()


def _declarations(dependant: Dependant) -> Iterator[Access | Public]:
    if isinstance(dependant.call, Access | Public):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from _declarations(dependency)


def access_of(route: APIRoute | RouteContext) -> frozenset[Role] | Literal["public"]:
    """Who may call ``route``: the roles, or ``"public"``. Raises ``LookupError`` unless it says so exactly once."""
    found = list(_declarations(route.dependant))
    if len(found) != 1:
        raise LookupError(f"{route.path} must declare its access once, with allow(...) or public(); found {len(found)}")
    return found[0].roles if isinstance(found[0], Access) else "public"
