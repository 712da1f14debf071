"""The endpoints of the local OpenID provider (OpenID Connect Core and Discovery 1.0, RFC 6749, 7636, 9207)."""

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from deploy.local.errors import LocalError
from deploy.local.identity import pages
from deploy.local.identity.client_authentication import ALGORITHMS, ClientAuthentication, UnknownClient
from deploy.local.identity.clients import Client
from deploy.local.identity.grants import AuthorizeRequest, GrantRefused, Grants
from deploy.local.identity.persons import Person, find_person, load_persons
from deploy.local.identity.tokens import ACCESS_SECONDS, Issuer, TokenRefused

_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def create_app(issuer: Issuer, clients: Mapping[str, Client], clock: Callable[[], float] = time.time) -> FastAPI:
    """The provider as an ASGI application."""
    app = FastAPI(title="Samenspel local identity", openapi_url=None, docs_url=None, redoc_url=None)
    grants = Grants(clock)
    authentication = ClientAuthentication(clients, issuer.issuer, clock)
    _add_metadata(app, issuer)
    _add_sign_in(app, issuer, clients, grants)
    _add_tokens(app, issuer, authentication, grants)
    _add_sign_out(app, clients)
    return app


def _add_metadata(app: FastAPI, issuer: Issuer) -> None:
    base = issuer.issuer

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "end_session_endpoint": f"{base}/end-session",
            "jwks_uri": f"{base}/jwks",
            "scopes_supported": ["openid", "profile"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", "name", "party", "roles"],
            "ui_locales_supported": ["nl", "en"],
            "authorization_response_iss_parameter_supported": True,
        }

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return issuer.public_keys()

    @app.get("/health/live")
    @app.get("/health/ready")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/style.css")
    async def style() -> Response:
        return Response(pages.STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _add_sign_in(app: FastAPI, issuer: Issuer, clients: Mapping[str, Client], grants: Grants) -> None:
    def answer(request: AuthorizeRequest, person_id: str | None, language: str) -> Response:
        client = clients.get(request.client_id)
        if client is None or not client.may_return_to(request.redirect_uri):
            # Never send somebody to an address that no registered client owns (RFC 6749 4.1.2.1).
            return pages.message("unknown-client", language, 400)
        if (refusal := request.refusal()) is not None:
            return back(request, error=refusal[0], error_description=refusal[1])
        try:
            person = find_person(person_id) if person_id else None
        except LocalError:
            person = None  # a hint that means nobody: ask
        if person is not None:
            return back(request, code=grants.issue(request, person.id))
        if request.prompt == "none":
            return back(request, error="login_required", error_description="nobody is signed in here")
        return pages.sign_in(request, load_persons(), language)

    def back(request: AuthorizeRequest, **parameters: str) -> Response:
        if request.state is not None:
            parameters["state"] = request.state
        address = f"{request.redirect_uri}?{urlencode(parameters | {'iss': issuer.issuer})}"
        return RedirectResponse(address, status_code=303, headers=_UNCACHED)

    @app.get("/authorize")
    async def authorize(
        request: Annotated[AuthorizeRequest, Query()], accept_language: Annotated[str | None, Header()] = None
    ) -> Response:
        """Sign in the person of ``login_hint`` at once, or show the persons to pick from."""
        return answer(request, request.login_hint, pages.language_of(request.ui_locales, accept_language))

    @app.post("/authorize")
    async def picked(request: Request, accept_language: Annotated[str | None, Header()] = None) -> Response:
        """Somebody picked a person."""
        form = await _form(request)
        asked = AuthorizeRequest.model_validate(form)
        return answer(asked, form.get("person"), pages.language_of(asked.ui_locales, accept_language))


def _add_tokens(app: FastAPI, issuer: Issuer, authentication: ClientAuthentication, grants: Grants) -> None:
    def for_person(person: Person, client: Client, **more: str) -> Response:
        return JSONResponse(
            {
                "access_token": issuer.access_token(person, client.id),
                "refresh_token": issuer.refresh_token(person, client.id),
                "token_type": "Bearer",
                "expires_in": ACCESS_SECONDS,
                "scope": "openid profile",
                **more,
            },
            headers=_UNCACHED,
        )

    @app.post("/token")
    async def token(request: Request, authorization: Annotated[str | None, Header()] = None) -> Response:
        form = await _form(request)
        try:
            client = authentication.authenticate(authorization, form)
        except UnknownClient as error:
            return _refuse("invalid_client", str(error), 401, {"WWW-Authenticate": 'Basic realm="samenspel"'})
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    grant = grants.redeem(
                        form.get("code", ""), client.id, form.get("redirect_uri", ""), form.get("code_verifier", "")
                    )
                    person = find_person(grant.person_id)
                    return for_person(person, client, id_token=issuer.id_token(person, client, grant.request.nonce))
                case "refresh_token":
                    return for_person(issuer.read_refresh_token(form.get("refresh_token", ""), client.id), client)
                case "client_credentials" if client.machine:
                    access = {"access_token": issuer.system_token(client.id), "token_type": "Bearer"}
                    return JSONResponse(access | {"expires_in": ACCESS_SECONDS}, headers=_UNCACHED)
                case "client_credentials":
                    return _refuse("unauthorized_client", "this client acts for people only")
                case _:
                    return _refuse("unsupported_grant_type", "use authorization_code or client_credentials")
        except (GrantRefused, TokenRefused) as error:
            return _refuse("invalid_grant", str(error))

    @app.get("/userinfo")
    @app.post("/userinfo")
    async def userinfo(authorization: Annotated[str, Header()] = "") -> Response:
        try:
            person, client_id = issuer.read_access_token(authorization.removeprefix("Bearer "))
        except TokenRefused as error:
            headers = {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{error}"'}
            return _refuse("invalid_token", str(error), 401, headers)
        return JSONResponse(issuer.about(person, client_id), headers=_UNCACHED)


def _add_sign_out(app: FastAPI, clients: Mapping[str, Client]) -> None:
    def goodbye(client_id: str | None, address: str | None, state: str | None, language: str) -> Response:
        client = clients.get(client_id or "")
        if client is not None and address and client.may_say_goodbye_at(address):
            target = f"{address}?{urlencode({'state': state})}" if state else address
            return RedirectResponse(target, status_code=303, headers=_UNCACHED)
        return pages.message("signed-out", language)

    @app.get("/end-session")
    async def end_session(
        client_id: str | None = None,
        post_logout_redirect_uri: str | None = None,
        state: str | None = None,
        ui_locales: str | None = None,
        accept_language: Annotated[str | None, Header()] = None,
    ) -> Response:
        """There is no session here to end: go back to the client (OpenID Connect RP-Initiated Logout 1.0)."""
        return goodbye(client_id, post_logout_redirect_uri, state, pages.language_of(ui_locales, accept_language))

    @app.post("/end-session")
    async def end_session_form(
        client_id: Annotated[str | None, Form()] = None,
        post_logout_redirect_uri: Annotated[str | None, Form()] = None,
        state: Annotated[str | None, Form()] = None,
    ) -> Response:
        return goodbye(client_id, post_logout_redirect_uri, state, "nl")


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _refuse(error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Response:
    body = {"error": error, "error_description": description}
    return JSONResponse(body, status_code=status, headers={**_UNCACHED, **(headers or {})})
