"""Authorization codes: made at sign-in, exchanged once, within a minute, by who asked for them (RFC 6749, RFC 7636)."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

CODE_SECONDS = 60
_CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")
_VERIFIER = re.compile(r"^[A-Za-z0-9._~-]{43,128}$")


class GrantRefused(Exception):
    """The code is unknown, used, too old, or not for this client, address or verifier."""


class AuthorizeRequest(BaseModel):
    """What a client sends along when it sends somebody to sign in; unknown parameters are ignored, as OAuth wants."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = ""
    state: str | None = None
    nonce: str | None = None
    code_challenge: str = ""
    code_challenge_method: str = ""
    login_hint: str | None = None
    prompt: str | None = None
    ui_locales: str | None = None

    def refusal(self) -> tuple[str, str] | None:
        """The OAuth error and its description when the client's request cannot be carried out."""
        if self.response_type != "code":
            return "unsupported_response_type", "only response_type=code is offered"
        if "openid" not in self.scope.split():
            return "invalid_scope", "the scope must contain openid"
        if self.code_challenge_method != "S256" or not _CHALLENGE.match(self.code_challenge):
            return "invalid_request", "PKCE with code_challenge_method=S256 is required"
        return None


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    request: AuthorizeRequest
    person_id: str
    expires_at: float


class Grants:
    """The codes that are out, in memory: whoever was signing in while the provider restarts does it again."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._open: dict[str, Grant] = {}

    def issue(self, request: AuthorizeRequest, person_id: str) -> str:
        """A fresh code for a person who signed in."""
        now = self._clock()
        self._open = {code: grant for code, grant in self._open.items() if grant.expires_at > now}
        code = secrets.token_urlsafe(32)
        self._open[code] = Grant(request, person_id, now + CODE_SECONDS)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> Grant:
        """Exchange a code. It is spent by the attempt, also when that fails. Raises GrantRefused."""
        grant = self._open.pop(code, None)
        if grant is None or grant.expires_at <= self._clock():
            raise GrantRefused("the code is unknown, was used before, or is too old")
        if grant.request.client_id != client_id or grant.request.redirect_uri != redirect_uri:
            raise GrantRefused("the code was issued to another client or redirect_uri")
        if not _VERIFIER.match(verifier) or not hmac.compare_digest(challenge(verifier), grant.request.code_challenge):
            raise GrantRefused("the code_verifier does not belong to the code_challenge")
        return grant


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
