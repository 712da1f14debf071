"""Signing in and out with OpenID Connect: code flow with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 7636)."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from services.kit.auth import TokenVerifier
from services.kit.problems import Problem, Text, Unauthorized, Unavailable
from services.portal.people import Person

with warnings.catch_warnings():
    # Authlib announces a successor of httpx that it does not need yet; its own filter comes with this module.
    from authlib.deprecate import AuthlibDeprecationWarning

    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.starlette_client import OAuth

router = APIRouter()

_ISSUER_AWAY = Text(
    "De aanmeldvoorziening antwoordt niet. U bent niet aangemeld. Probeer het over een minuut opnieuw.",
    "The sign-in service does not answer. You are not signed in. Try again in a minute.",
)
_REFUSED = Text(
    "Aanmelden is niet gelukt: de aanmelding is verlopen of afgebroken. Begin opnieuw.",
    "Signing in did not succeed: the attempt expired or was cancelled. Please start again.",
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the local demo: the hint for the identity provider, and who they are in a few words."""

    login: str
    name: str
    description: str


def load_demo_people(path: Path | None) -> tuple[DemoPerson, ...]:
    """The demo persons of a local stack (``[{"login", "name", "description"}]``); none without a file."""
    if path is None:
        return ()
    people = json.loads(path.read_text(encoding="utf-8"))
    return tuple(DemoPerson(one["login"], one["name"], one.get("description", "")) for one in people)


def safe_next(address: str | None, otherwise: str = "/home") -> str:
    """An address of ours to continue at; anything that could lead to another site becomes ``otherwise``."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")):
        return address
    return otherwise


class SignIn:
    """The conversation with the identity provider. ``clock`` is machine time in seconds."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        verifier: TokenVerifier,
        public_url: str | None,
        clock: Callable[[], float],
    ) -> None:
        oauth = OAuth()
        oauth.register(
            "samenspel",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10.0},
        )
        self._client: Any = oauth.create_client("samenspel")
        self._verifier = verifier
        self._public_url = public_url
        self._clock = clock

    def _own(self, request: Request, path: str) -> str:
        return (self._public_url or str(request.base_url).rstrip("/")) + path

    async def begin(self, request: Request, login: str | None) -> RedirectResponse:
        """Send the visitor to the identity provider; ``login`` names the person to expect."""
        extra = {"login_hint": login} if login else {}
        try:
            answer: RedirectResponse = await self._client.authorize_redirect(
                request, self._own(request, "/sign-in/callback"), **extra
            )
        except httpx.HTTPError as error:
            raise Unavailable(_ISSUER_AWAY, code="issuer-unavailable") from error
        return answer

    async def finish(self, request: Request) -> None:
        """Turn the code of the identity provider into a session. Raises ``Unauthorized`` or ``Unavailable``."""
        try:
            token = await self._client.authorize_access_token(request)
        except (OAuthError, KeyError, TypeError, ValueError) as error:
            raise Unauthorized(_REFUSED, code="sign-in-refused") from error
        except httpx.HTTPError as error:
            raise Unavailable(_ISSUER_AWAY, code="issuer-unavailable") from error
        await self._keep(request, token)

    async def _keep(self, request: Request, token: dict[str, Any], name: str | None = None) -> None:
        actor = await self._verifier.verify(token["access_token"])
        claims = token.get("userinfo") or {}
        kept: dict[str, Any] = {key: request.session[key] for key in ("language", "next") if key in request.session}
        request.session.clear()
        request.session.update(kept)
        request.session["person"] = {
            "subject": actor.person,
            "name": claims.get("name") or name or actor.person,
            "party": actor.party,
            "roles": sorted(role.value for role in actor.roles),
            "access_token": token["access_token"],
            "refresh_token": token.get("refresh_token"),
            "expires_at": float(token.get("expires_at") or self._clock() + float(token.get("expires_in") or 300)),
        }

    async def renew(self, request: Request) -> Person | None:
        """A fresh access token by the refresh token; without one, or when it is refused, the visitor is signed out."""
        kept = request.session.pop("person", None) or {}
        refresh, name = kept.get("refresh_token"), kept.get("name")
        if not refresh:
            return None
        try:
            token = await self._client.fetch_access_token(grant_type="refresh_token", refresh_token=refresh)
            await self._keep(request, {"refresh_token": refresh, **token}, name)
        except (OAuthError, Problem, httpx.HTTPError):
            return None
        return Person.from_session(request.session)

    async def end(self, request: Request) -> str:
        """Forget the session; the address to go to, at the identity provider when it can sign out there as well."""
        language = request.session.get("language")
        request.session.clear()
        if language:
            request.session["language"] = language
        try:
            metadata = await self._client.load_server_metadata()
        except httpx.HTTPError:
            return "/"
        if not metadata.get("end_session_endpoint"):
            return "/"
        address = httpx.URL(metadata["end_session_endpoint"]).copy_merge_params(
            {"client_id": self._client.client_id, "post_logout_redirect_uri": self._own(request, "/")}
        )
        return str(address)


@router.get("/sign-in")
async def begin(request: Request, next: str | None = None, login_hint: str | None = None) -> RedirectResponse:
    """Send the visitor to the identity provider, remembering where they were."""
    sign_in: SignIn = request.app.state.sign_in
    request.session["next"] = safe_next(next)
    return await sign_in.begin(request, login_hint)


@router.get("/sign-in/callback")
async def callback(request: Request) -> RedirectResponse:
    """The visitor returns from the identity provider."""
    sign_in: SignIn = request.app.state.sign_in
    await sign_in.finish(request)
    return RedirectResponse(safe_next(request.session.pop("next", None)), status_code=303)


@router.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """Forget the session here and, when it can, at the identity provider."""
    sign_in: SignIn = request.app.state.sign_in
    return RedirectResponse(await sign_in.end(request), status_code=303)
