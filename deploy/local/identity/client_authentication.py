"""Which client is asking at the token endpoint: by secret (RFC 6749 2.3.1) or by its own key (RFC 7523 2.2)."""

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError

from deploy.local.identity.clients import Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_SECONDS = 300
ALGORITHMS = ["RS256", "PS256", "ES256"]


class UnknownClient(Exception):
    """The caller did not prove to be a registered client."""


class ClientAuthentication:
    """Remembers the assertions it accepted, so that none is used twice."""

    def __init__(self, clients: Mapping[str, Client], issuer: str, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._audiences = {issuer, f"{issuer}/token"}
        self._clock = clock
        self._used: dict[str, float] = {}

    def authenticate(self, authorization: str | None, form: Mapping[str, str]) -> Client:
        """The client behind a request to the token endpoint. Raises UnknownClient."""
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            return self._by_key(form.get("client_assertion", ""))
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization and authorization.lower().startswith("basic "):
            client_id, secret = _basic(authorization[6:])
        client = self._clients.get(client_id)
        if client is None or not client.has_secret(secret):
            raise UnknownClient("the client is unknown or its secret is wrong")
        return client

    def _by_key(self, assertion: str) -> Client:
        try:
            claimed = _unverified_subject(assertion)
            client = self._clients.get(claimed)
            keys = client.keys() if client is not None else None
            if client is None or keys is None:
                raise UnknownClient("no public key is registered for this client")
            claims = jwt.decode(assertion, keys, algorithms=ALGORITHMS).claims
            now = self._clock()
            jwt.JWTClaimsRegistry(
                now=int(now),
                leeway=10,
                iss={"essential": True, "value": client.id},
                sub={"essential": True, "value": client.id},
                aud={"essential": True, "values": sorted(self._audiences)},
                exp={"essential": True},
                jti={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise UnknownClient("the assertion is not valid") from error
        self._once(f"{client.id} {claims['jti']}", float(claims["exp"]), now)
        return client

    def _once(self, identifier: str, until: float, now: float) -> None:
        self._used = {known: end for known, end in self._used.items() if end > now - 10}
        if identifier in self._used or until > now + LONGEST_ASSERTION_SECONDS:
            raise UnknownClient("the assertion was used before or lives too long")
        self._used[identifier] = until


def _basic(encoded: str) -> tuple[str, str]:
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise UnknownClient("the Authorization header cannot be read") from error
    return unquote_plus(client_id), unquote_plus(secret)


def _unverified_subject(assertion: str) -> str:
    """Who the assertion says it is from: only to find the key by which that is then verified."""
    import json

    payload = assertion.split(".")[1]
    claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["sub"])
