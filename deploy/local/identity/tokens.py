"""The tokens of the local provider: JWTs signed with RS256 by a key that lives in the state directory.

Access tokens carry what every service reads (``sub``, ``name``, ``party``, ``roles``; audience ``samenspel``).
Subjects are pairwise (OpenID Connect Core 8.1): each client knows a person by another name, and the services,
being one audience, by yet another that is the same whichever client asked.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from contracts.values import SYSTEM_PARTY, Role
from deploy.local.identity.clients import DRIVER, Client
from deploy.local.identity.persons import Person, find_person, load_persons
from deploy.local.state import State

AUDIENCE = "samenspel"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 12 * 3600
_KEY = "oidc-signing-key.pem"


class TokenRefused(Exception):
    """The token is not one of ours, is of another kind, or is over its time."""


def signing_key(state: State) -> RSAKey:
    """The key that signs every token; made at first use, mode 0600."""
    file = state.path("secrets", _KEY)
    if not file.exists():
        state.write_secret(_KEY, RSAKey.generate_key(2048).as_pem(private=True).decode())
    key = RSAKey.import_key(file.read_bytes(), {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


class Issuer:
    """Makes and reads tokens. ``clock`` is machine time in seconds since 1970; ``new_id`` names each token."""

    def __init__(
        self,
        issuer: str,
        key: RSAKey,
        pairwise_secret: bytes,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self.issuer = issuer
        self._key = key
        self._pairwise_secret = pairwise_secret
        self._clock = clock
        self._new_id = new_id

    @classmethod
    def of(cls, state: State, issuer: str, clock: Callable[[], float] = time.time) -> Self:
        """The issuer of a state directory."""
        return cls(issuer, signing_key(state), state.secret("oidc-pairwise").read_bytes(), clock)

    def public_keys(self) -> dict[str, Any]:
        """The JSON Web Key Set that services verify by."""
        return {"keys": [self._key.as_dict(private=False)]}

    def subject(self, person: Person, sector: str) -> str:
        """The opaque name of a person for one client, or for the services together (``samenspel``)."""
        digest = hmac.digest(self._pairwise_secret, f"{sector}\0{person.id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def access_token(self, person: Person, client_id: str) -> str:
        """For a person who signed in at ``client_id``."""
        claims = {"sub": self.subject(person, AUDIENCE), "name": person.name, "party": person.party}
        roles = [role.value for role in person.roles]
        return self._sign("at+jwt", AUDIENCE, ACCESS_SECONDS, claims | {"roles": roles, "client_id": client_id})

    def system_token(self, client_id: str) -> str:
        """For a program that acts for itself."""
        claims = {"sub": client_id, "name": client_id, "party": SYSTEM_PARTY, "roles": [Role.SYSTEM.value]}
        return self._sign("at+jwt", AUDIENCE, ACCESS_SECONDS, claims | {"client_id": client_id})

    def id_token(self, person: Person, client: Client, nonce: str | None) -> str:
        """Tells the client who signed in."""
        claims: dict[str, Any] = {"auth_time": int(self._clock()), **self.about(person, client.id)}
        if nonce is not None:
            claims["nonce"] = nonce
        return self._sign("JWT", client.id, ACCESS_SECONDS, claims)

    def refresh_token(self, person: Person, client_id: str) -> str:
        """Good for new access tokens during one working day, for the client that got it."""
        claims = {"sub": person.id, "client_id": client_id}
        return self._sign("refresh+jwt", self.issuer, REFRESH_SECONDS, claims)

    def about(self, person: Person, client_id: str) -> dict[str, Any]:
        """What a client may know about a person who signed in there."""
        roles = [role.value for role in person.roles]
        return {
            "sub": self.subject(person, client_id),
            "name": person.name,
            "party": person.party,
            "roles": roles,
        }

    def read_refresh_token(self, token: str, client_id: str) -> Person:
        """Whose refresh token it is. Raises TokenRefused."""
        claims = self._read(token, "refresh+jwt", self.issuer)
        if claims.get("client_id") != client_id:
            raise TokenRefused("the refresh token belongs to another client")
        return find_person(str(claims["sub"]))

    def read_access_token(self, token: str) -> tuple[Person, str]:
        """The person and the client of an access token. Raises TokenRefused, also for a machine's token."""
        claims = self._read(token, "at+jwt", AUDIENCE)
        for person in load_persons():
            if self.subject(person, AUDIENCE) == claims["sub"]:
                return person, str(claims["client_id"])
        raise TokenRefused("the token is not that of a person")

    def _sign(self, kind: str, audience: str, seconds: int, claims: dict[str, Any]) -> str:
        now = int(self._clock())
        standard = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + seconds, "jti": self._new_id()}
        return jwt.encode({"alg": "RS256", "kid": self._key.kid, "typ": kind}, standard | claims, self._key)

    def _read(self, token: str, kind: str, audience: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, KeySet([self._key]), algorithms=["RS256"])
            jwt.JWTClaimsRegistry(
                now=int(self._clock()),
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": audience},
                exp={"essential": True},
                sub={"essential": True},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise TokenRefused("the token is not valid or is over its time") from error
        if decoded.header.get("typ") != kind:
            raise TokenRefused("the token is of another kind")
        return dict(decoded.claims)


def issue_token(state: State, person_id: str) -> str:
    """An access token for a demo person, without signing in: for trying the API. Raises LocalError."""
    return _running_issuer(state).access_token(find_person(person_id), DRIVER)


def issue_system_token(state: State) -> str:
    """An access token of the driver of demonstrations and tests, who acts as the system."""
    return _running_issuer(state).system_token(DRIVER)


def _running_issuer(state: State) -> Issuer:
    from deploy.local.errors import LocalError

    issuer = state.read().get("issuer")
    if not issuer:
        raise LocalError(f"There is no Samenspel in {state.directory} yet. Start it with 'samenspel up'.")
    return Issuer.of(state, issuer)
