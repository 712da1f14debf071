"""Speaking to the referral service as one municipality or provider, with a token of that party."""

import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from pydantic import TypeAdapter, ValidationError

from contracts.values import PartyId, PartyKind, Role, party_kind
from deploy.cli.reach import Reach
from deploy.local.errors import LocalError
from deploy.local.identity.persons import load_persons
from deploy.local.identity.tokens import issue_token
from deploy.local.state import State, default_directory
from services.kit.http import ClientCredentials, TokenProvider
from services.kit.problems import Problem
from services.referral.client import ReferralClient

MESSENGERS = frozenset({Role.PROVIDER_ADMINISTRATOR, Role.PLANNER, Role.ACCESS_WORKER})
"""Who may send and fetch messages."""
TIMEOUT_SECONDS = 60.0


def exchanging_party(text: str) -> PartyId:
    """A party that exchanges messages. Raises LocalError."""
    try:
        party: PartyId = TypeAdapter(PartyId).validate_python(text)
    except ValidationError:
        raise LocalError(f"{text!r} is no party; say municipality:0268 or provider:73730001.", wrong_use=True) from None
    if party_kind(party) not in (PartyKind.MUNICIPALITY, PartyKind.PROVIDER):
        raise LocalError(f"{text} exchanges no messages; a municipality or a provider does.", wrong_use=True)
    return party


@asynccontextmanager
async def acting_as(
    party: PartyId, token_file: Path | None, environ: Mapping[str, str] = os.environ
) -> AsyncIterator[ReferralClient]:
    """A client of the referral service that speaks as ``party``.

    Its token stands in ``token_file`` (read anew for each call), comes from ``OIDC_ISSUER`` by client credentials, or
    is that of a demo person on the local stack. Raises LocalError when it is of another party.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as http:
        token = _token(party, token_file, environ, http)
        try:
            first = await token()
        except Problem as problem:
            raise LocalError(problem.detail.en) from None
        found = _party_of(first)
        if found != party:
            raise LocalError(f"The access token is of {found or 'nobody known'}, not of {party}. Give one of {party}.")
        yield ReferralClient(Reach(environ=environ).service_url("referral"), http, token, language="en")


def _token(party: PartyId, file: Path | None, environ: Mapping[str, str], http: httpx.AsyncClient) -> TokenProvider:
    if file is not None:
        return _from(lambda: _read(file))
    issuer, client = environ.get("OIDC_ISSUER"), environ.get("OIDC_CLIENT_ID")
    secret = environ.get("OIDC_CLIENT_SECRET_FILE")
    if issuer and client and secret:
        return ClientCredentials(issuer, client, _read(Path(secret)), http)
    person = next((each for each in load_persons() if each.party == party and MESSENGERS & set(each.roles)), None)
    if person is None:
        raise LocalError(f"No demo person of {party} exchanges messages. Give a token with --token-file.")
    state = State(default_directory())
    return _from(lambda: issue_token(state, person.id))


def _from(give: Callable[[], str]) -> TokenProvider:
    async def token() -> str:
        return give()

    return token


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise LocalError(f"{file} cannot be read as a token or secret.", wrong_use=True) from None


def _party_of(token: str) -> str | None:
    """Whom a token speaks for, as it says itself; the service checks whether that is true."""
    try:
        claims = json.loads(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        return None
    party = claims.get("party") if isinstance(claims, dict) else None
    return party if isinstance(party, str) else None
