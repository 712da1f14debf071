"""Who looks at the page: the signed-in person, read from the session, and what a page may ask of them."""

import time
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from fastapi import Depends, Request

from contracts.values import PartyKind, Role, party_code, party_kind
from services.kit.problems import Forbidden
from services.portal.i18n import N_

ROLE_LABELS: Final = {
    Role.CONTRACT_MANAGER: N_("Contract manager"),
    Role.ACCESS_WORKER: N_("Access team worker"),
    Role.PLANNER: N_("Planner"),
    Role.PROFESSIONAL: N_("Professional"),
    Role.PROVIDER_ADMINISTRATOR: N_("Administrator of a provider"),
    Role.COUNCIL_MEMBER: N_("Council member"),
    Role.CLERK: N_("Council clerk"),
    Role.EXECUTIVE: N_("Member of the executive"),
    Role.REGIONAL_OFFICER: N_("Regional officer"),
    Role.OPERATOR: N_("Operator of Samenspel"),
    Role.SYSTEM: N_("Samenspel itself"),
}
"""What people call a role; translate before showing."""

SPARE_SECONDS = 30
"""A token that lives shorter than this is renewed before it is used."""


class SignInNeeded(Exception):
    """The page is for signed-in people; the visitor is sent to sign in and comes back to ``next``."""

    def __init__(self, next_url: str) -> None:
        super().__init__("sign-in needed")
        self.next = next_url


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person: opaque subject, name for on screen only, party, roles and the token for the services."""

    subject: str
    name: str
    party: str
    roles: frozenset[Role]
    access_token: str
    expires_at: float

    @classmethod
    def from_session(cls, session: dict[str, Any]) -> Self | None:
        """The person in a session, or ``None``."""
        kept = session.get("person")
        if not isinstance(kept, dict):
            return None
        return cls(
            subject=kept["subject"],
            name=kept["name"],
            party=kept["party"],
            roles=frozenset(Role(role) for role in kept["roles"]),
            access_token=kept["access_token"],
            expires_at=kept["expires_at"],
        )

    @property
    def kind(self) -> PartyKind:
        """The kind of party that the person acts for."""
        return party_kind(self.party)

    @property
    def code(self) -> str:
        """The party without its kind: CBS code, AGB code or name."""
        return party_code(self.party)

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)

    def expired(self, now: float | None = None) -> bool:
        """Whether the access token is at its end; machine time, not the business clock."""
        return self.expires_at - SPARE_SECONDS <= (time.time() if now is None else now)


def own_path(request: Request) -> str:
    """The address that a visitor comes back to after signing in; after a form it is the page with the form."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    if shown := request.headers.get("hx-current-url"):
        request_url = request.url.replace(path="", query="")
        return shown.removeprefix(str(request_url).rstrip("/")) if shown.startswith(str(request_url)) else "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


async def maybe_person(request: Request) -> Person | None:
    """The signed-in person, with a token that is still good; ``None`` for a visitor."""
    person = Person.from_session(request.session)
    if person is not None and person.expired(request.app.state.wall_clock()):
        person = await request.app.state.sign_in.renew(request)
    if person is not None:
        await request.app.state.names.follow(person.access_token)
    request.state.person = person
    return person


async def current_person(request: Request, person: Annotated[Person | None, Depends(maybe_person)]) -> Person:
    """The signed-in person. Raises :class:`SignInNeeded` for a visitor, who is then sent to sign in."""
    if person is None:
        raise SignInNeeded(own_path(request))
    return person


class Require:
    """A dependency that wants one of ``roles``; use :func:`require`."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, person: Annotated[Person, Depends(current_person)]) -> Person:
        if not person.has(*self.roles):
            raise Forbidden()
        return person


def require(*roles: Role) -> Require:
    """``person: Annotated[Person, Depends(require(Role.PLANNER))]``: others get the page "not allowed"."""
    return Require(frozenset(roles))


Visitor = Annotated[Person | None, Depends(maybe_person)]
"""A parameter for a public page: the person when signed in, else ``None``."""

SignedIn = Annotated[Person, Depends(current_person)]
"""A parameter for a page that anyone who is signed in may see."""
